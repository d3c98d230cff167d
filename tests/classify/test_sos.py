from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import fmpq_mpoly
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.classify.sos import SumOfSquares, monomial_basis, quadratic_squares, sum_of_squares
from tests.classify.polynomials import polynomial, polynomials, ring, symbolic

MOTZKIN = "x**4*y**2 + x**2*y**4 + z**6 - 3*x**2*y**2*z**2"

SUMS = [
    "x**2",
    "x**2 - 2*x*y + y**2",
    "x**4 - x**2*y**2 + y**4 + z**2",
    "(1 - x)**2 + 100*(y - x**2)**2",
    "(x**2 - 1)**2 + (x*y - 1)**2 + (y**2 - 1)**2",
    "(x*y*z - 1)**2 + x**2 + y**2",
    "(x**2 - 2*y**2)**2 + z**4",
    "(x**2 + y**2 - 1)**2",
    "(x - y)**4 + (y*z - 1)**2",
    "x**2*y**2",
    "1000000*x**4 + y**4 - 10*x**2*y**2 + x**3*y",
    "x**6 - 2*x**3*y + 2*y**2",
    "Q(1, 3)*x**2 + Q(1, 7)*x*y + Q(2, 5)*y**2",
    "(x + y + z)**4 + (x - y)**6",
    "(x**2*y + z**2*u - 1)**2 + (4*x**2*y + 4*z**2*u + 1)**2 + x**2 + z**2 + y**2 + u**2",
]
DEFINITE = [
    "x**2 - x*y + y**2 + z**2",
    "x**4 + y**4 + z**4 - x*y*z**2 + x**2*y**2",
    "x**4 - x**2*y**2 + y**4",
    "x**4 - 2*x**3*y + x**2*y**2 + y**4",
    "5*x**4 - 3*x**3*y - 7*x**2*y**2 + 2*x*y**3 + 6*y**4",
    "Q(1, 10**9)*x**4 + x**3*y + 10**10*x**2*y**2 - 7*x*y**3 + 3*y**4",
    "x**4 - 4*x**3*y + 6*x**2*y**2 - 4*x*y**3 + Q(1001, 1000)*y**4",
    "x**6 + y**2 - x**3*y",
    "x**2 + y**4",
]
NOT_SUMS = [
    MOTZKIN,
    "x",
    "x**3",
    "x**2 - 3*x*y + y**2",
    "x**2 - y**2",
    "-x**2",
    "x**4 + y**4 - 3*x**2*y**2",
    "x**2*y**2 - 1",
    "x**2*y + y**2",
    "x**2 - Q(1, 1000000)",
]
NOT_DEFINITE = [
    "x**2*y**2",
    "x**4 + 0*y",
    "x**4 + y**4 - 2*x**2*y**2",
    "x**2 - 2*x*y + y**2",
    "x**3 + y**2",
    "(x**2 - 2*y**2)**2 + z**4",
    MOTZKIN,
]


def identity_by_sympy(p: fmpq_mpoly, found: SumOfSquares) -> bool:
    """The identity and the signs, expanded by sympy."""
    symbols = sympy.symbols(p.context().names())
    total = sympy.Add(*(sympy.Rational(c) * symbolic(q) ** 2 for c, q in found.squares))
    total += sympy.Add(*(sympy.Rational(c) * x**e for x, (c, e) in zip(symbols, found.powers, strict=False)))
    signs = all(c > 0 for c, _ in found.squares) and all(c > 0 and e % 2 == 0 for c, e in found.powers)
    return signs and sympy.expand(total - symbolic(p)) == 0


@pytest.mark.parametrize("text", SUMS)
def test_finds_sums_of_squares(text: str) -> None:
    p = polynomial(text)
    found = sum_of_squares(p)
    assert found is not None
    assert found.powers == ()
    assert identity_by_sympy(p, found)


@pytest.mark.parametrize("text", DEFINITE)
def test_splits_pure_powers_off_definite_forms(text: str) -> None:
    p = polynomial(text)
    found = sum_of_squares(p, powers=True)
    assert found is not None
    assert len(found.powers) == p.context().nvars()
    assert identity_by_sympy(p, found)


@pytest.mark.parametrize("text", NOT_SUMS)
def test_refuses_what_is_no_sum_of_squares(text: str) -> None:
    assert sum_of_squares(polynomial(text)) is None


@pytest.mark.parametrize("text", NOT_DEFINITE)
def test_refuses_pure_powers_of_forms_that_vanish_somewhere(text: str) -> None:
    assert sum_of_squares(polynomial(text), powers=True) is None


def test_zero_is_the_empty_sum() -> None:
    zero = polynomial("x - x")
    assert sum_of_squares(zero) == SumOfSquares(())
    assert sum_of_squares(zero, powers=True) is None


def test_chosen_exponents_are_respected() -> None:
    p = polynomial("x**4 + x**2 + y**4 + 1")
    found = sum_of_squares(p, powers=True, exponents=(2, 4))
    assert found is not None
    assert [e for _, e in found.powers] == [2, 4]
    assert found.proves(p)
    assert sum_of_squares(p, powers=True, exponents=(3, 4)) is None


def test_evidence_with_a_wrong_sign_or_identity_proves_nothing() -> None:
    p = polynomial("x**2 - y**2")
    x, y = ring(2)
    assert not SumOfSquares(((Fraction(1), x), (Fraction(-1), y))).proves(p)
    assert not SumOfSquares(((Fraction(1), x),)).proves(p)
    assert not SumOfSquares(((Fraction(1), x),), ((Fraction(-1), 2),)).proves(x**2 - y**2)
    assert not SumOfSquares((), ((Fraction(1), 2), (Fraction(0), 2))).proves(x**2)
    assert not SumOfSquares((), ((Fraction(1), 3), (Fraction(1), 2))).proves(x**3 + y**2)


def test_basis_lies_in_half_the_newton_polytope() -> None:
    assert monomial_basis(polynomial("x**2*y**2 + x**4*y**4")) == [(1, 1), (2, 2)]
    assert sorted(monomial_basis(polynomial(MOTZKIN)) or []) == [(0, 0, 3), (1, 1, 1), (1, 2, 0), (2, 1, 0)]


@settings(max_examples=60, deadline=None)
@given(st.lists(polynomials(2, 2), min_size=1, max_size=3))
def test_random_sums_of_two_variables(parts: list[fmpq_mpoly]) -> None:
    p = sum((q * q for q in parts), ring(2)[0] * 0) + sum(v**4 for v in ring(2))
    found = sum_of_squares(p)
    assert found is not None
    assert found.proves(p)


@settings(max_examples=40, deadline=None)
@given(polynomials(3, 2, size=4))
def test_quadratics_are_decided(p: fmpq_mpoly) -> None:
    matrix = sympy.hessian(symbolic(p), sympy.symbols("x y z")) / 2
    gradient = [sympy.diff(symbolic(p), s).subs(dict.fromkeys(sympy.symbols("x y z"), 0)) / 2 for s in "xyz"]
    constant = symbolic(p).subs(dict.fromkeys(sympy.symbols("x y z"), 0))
    gram = matrix.row_join(sympy.Matrix(gradient)).col_join(sympy.Matrix([[*gradient, constant]]))
    assert (quadratic_squares(p) is not None) == bool(gram.is_positive_semidefinite)


@settings(max_examples=60, deadline=None)
@given(polynomials(2, 4), st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=20, max_size=20))
def test_never_finds_squares_for_a_polynomial_with_a_negative_value(
    p: fmpq_mpoly, points: list[tuple[int, int]]
) -> None:
    found = sum_of_squares(p)
    negative = any(p(*point) < 0 for point in points)
    assert not (negative and found is not None)
    assert found is None or identity_by_sympy(p, found)
