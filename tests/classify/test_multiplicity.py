from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.classify.multiplicity import dual_basis
from tests.classify.polynomials import polynomial, ring, symbolic


def local_dimension(equations: list[fmpq_mpoly], order: int) -> int:
    """dim Q[x]/(I + m^order) at the origin, from the ranks of all multiples up to that order."""
    ctx = equations[0].context()
    monomials = [e for e in product(range(order), repeat=ctx.nvars()) if sum(e) < order]
    rows = []
    for g in equations:
        for e in monomials:
            shifted = {tuple(int(a) + b for a, b in zip(k, e, strict=True)): c for k, c in g.to_dict().items()}
            rows.append([shifted.get(m, 0) for m in monomials])
    return len(monomials) - fmpq_mat(rows).rank()


KNOWN = [
    (["x*y**2 - y + x", "x**2*y - x + y"], 3),
    (["y - x**2", "x**3"], 3),
    (["x**2 + y - z", "y**2 - x*z", "z**2 - x*y"], 6),
    (["x**7", "y**8"], 56),
    (["x**4", "y**4 - z*x", "z**3"], 48),
    (["x", "y"], 1),
    (["x**2", "x*y", "y**2"], 3),
    (["x**2 - y**3", "x*y"], 5),
    (["x**2 + x**3", "y**2 + x*y*7"], 4),
]


@pytest.mark.parametrize(("texts", "multiplicity"), KNOWN)
def test_known_multiplicities(texts: list[str], multiplicity: int) -> None:
    count = max(polynomial(t).context().nvars() for t in texts)
    equations = [polynomial(t, count) for t in texts]
    found = dual_basis(equations, (0,) * count)
    assert found is not None
    assert found.multiplicity == multiplicity
    assert found.proves(equations)
    order = max(sum(p) for p in found.pivots) + 2
    if count < 3 or order < 8:
        assert local_dimension(equations, order) == multiplicity
    assert found.functionals[0].coefficients == (((0,) * count, (Fraction(1),)),)
    pivots = set(found.pivots)
    divided = {tuple(a - (i == k) for i, a in enumerate(p)) for p in pivots for k in range(count) if p[k]}
    assert divided <= pivots


@pytest.mark.parametrize(
    ("texts", "point"),
    [
        (["x*y", "x**2"], (0, 0)),
        (["x**2 - 2", "y - x"], (1, 1)),
        (["x**8", "y**8"], (0, 0)),
        (["x*y", "x*y"], (0, 0)),
    ],
)
def test_no_basis_where_there_is_none(texts: list[str], point: tuple[int, int]) -> None:
    assert dual_basis([polynomial(t, 2) for t in texts], point) is None


def test_functionals_at_a_shifted_point_by_sympy() -> None:
    equations = [
        polynomial(t, 3) for t in ("(x - 1)**3 + y*z - 2*z", "(y - 2)*z", "z**2 + (x - 1)*(y - 2)", "y - 2 - z")
    ]
    found = dual_basis(equations, (1, 2, 0))
    assert found is not None
    symbols = sympy.symbols("x y z")
    at = dict(zip(symbols, (1, 2, 0), strict=True))
    for functional in found.functionals:
        for g in equations:
            for monomial in (1, symbols[0], symbols[1] * symbols[2], symbols[0] ** 2):
                total = sympy.Integer(0)
                for exponents, (c,) in functional.coefficients:
                    derivative = symbolic(g) * monomial
                    for s, k in zip(symbols, exponents, strict=True):
                        derivative = sympy.diff(derivative, s, k) / sympy.factorial(k) if k else derivative
                    total += sympy.Rational(c) * derivative.subs(at)
                assert sympy.simplify(total) == 0


def test_algebraic_points() -> None:
    x, y = ring(2)
    root = fmpq_poly([0, 1])
    modulus = fmpq_poly([-2, 0, 1])
    equations = [(x**2 - 2) ** 2, (y - x) ** 3]
    found = dual_basis(equations, (root, root), modulus)
    assert found is not None
    assert found.multiplicity == 6
    assert found.modulus == (-2, 0, 1)
    assert found.point == ((0, 1), (0, 1))
    assert all(len(c) == 2 for f in found.functionals for _, c in f.coefficients)
    assert dual_basis(equations, (root, -root), modulus) is None
    simple = dual_basis([x**2 - 2, y**3 - x * y**2], (root, root), modulus)
    assert simple is not None
    assert simple.multiplicity == 1
    double = dual_basis([x**2 - 2, y**3 - x * y**2], (root, 0), modulus)
    assert double is not None
    assert double.multiplicity == 2


def test_pitchfork_of_the_two_layer_network() -> None:
    a, b = ring(2)
    loss = (a * b - 1) ** 2 / 2 + (a**2 + b**2) / 2
    found = dual_basis([loss.derivative(0), loss.derivative(1)], (0, 0))
    assert found is not None
    assert found.multiplicity == 3


def test_altered_bases_prove_nothing() -> None:
    equations = [polynomial("y - x**2", 2), polynomial("x**3", 2)]
    found = dual_basis(equations, (0, 0))
    assert found is not None
    shorter = replace(found, functionals=(found.functionals[0], found.functionals[2]))
    assert not shorter.proves(equations)
    wrong = replace(found.functionals[2], coefficients=(((2, 0), (Fraction(1),)),))
    assert not replace(found, functionals=(*found.functionals[:2], wrong)).proves(equations)
    assert not replace(found, functionals=found.functionals[1:]).proves(equations)
    assert not found.proves([*equations, polynomial("x", 2)])
    assert not replace(found, point=((Fraction(1),), (Fraction(0),))).proves(equations)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=8, max_size=8), st.integers(1, 3), st.integers(1, 3))
def test_random_isolated_zeros(c: list[int], p: int, q: int) -> None:
    x, y = ring(2)
    u = x + c[0] * y**2 + c[1] * x * y + c[2] * x**2
    v = y + c[3] * x**2 + c[4] * y**2
    equations = [u**p * (1 + c[5] * x), v**q + c[6] * u * x**0]
    found = dual_basis(equations, (0, 0))
    assert found is not None
    assert found.multiplicity == local_dimension(equations, p * q + 2)


def test_coefficients_are_rational_numbers() -> None:
    x, y = ring(2)
    found = dual_basis([3 * y - x**2 * fmpq(1, 7), x**3], (0, 0))
    assert found is not None
    assert found.functionals[2].coefficients == (((0, 1), (Fraction(1, 21),)), ((2, 0), (Fraction(1),)))
