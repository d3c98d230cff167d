from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from flint import fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.classify.degenerate import classify_degenerate
from exactland.classify.tangency import classify_by_tangency, positive_on_circle, real_root_count, tangency_generators
from tests.classify.polynomials import polynomial, ring, symbolic, value

CASES = [
    ("x**2 + y**4", "minimum"),
    ("x**2 - y**4", "saddle"),
    ("(y - x**2)*(y - 2*x**2)", "saddle"),
    ("(y**2 - 2*x**2)**2 - x**7", "saddle"),  # the tangents have irrational slope: no rational arc goes below
    ("(y**2 - 2*x**2)**2 + x**6", "minimum"),
    ("(y - x**2)**2 + x**5", "saddle"),
    ("x**4 + y**4 - x**2*y**2", "minimum"),
    ("x**4 + y**4 - 2*x**2*y**2 + x**6", "minimum"),
    ("x**3 - 3*x*y**2", "saddle"),
    ("x**4 + y**4 + z**4 - 3*x*y*z**2", "saddle"),
    ("x**2 + y**3 + z**4", "saddle"),
    ("x*y*z + x**4 + y**4 + z**4", "saddle"),
    ("-x**4 - y**6", "maximum"),
    ("x**3", "saddle"),
    ("x**4 + x**5", "minimum"),
]


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_types(text: str, kind: str) -> None:
    f = polynomial(text)
    origin = (0,) * f.context().nvars()
    found = classify_by_tangency(f, origin)
    assert found is not None
    assert found.kind == kind
    assert found.proves(f, origin)
    for point, sign in ((found.below, -1), (found.above, 1)):
        if point is not None:
            assert sign * value(f, point) > 0
    arcs = classify_degenerate(f, origin)
    assert arcs.kind in (None, kind)


def test_the_identity_by_sympy() -> None:
    f = polynomial("(y**2 - 2*x**2)**2 - x**7")
    found = classify_by_tangency(f, (0, 0))
    assert found is not None
    x, y = sympy.symbols("x y")
    g = symbolic(f)
    tangency = x * sympy.diff(g, y) - y * sympy.diff(g, x)
    right = symbolic(found.cofactors[0]) * g + symbolic(found.cofactors[1]) * tangency
    assert sympy.expand((x**2 + y**2) ** found.power * symbolic(found.unit) - right) == 0
    assert found.unit[(0, 0)] == 1


@pytest.mark.parametrize("text", ["x**2*y**2", "(y - x**2)**2", "x**2 + 0*y", "(x**2 - y**2)**2", "x - x + 0*y"])
def test_points_that_are_not_isolated_are_refused(text: str) -> None:
    assert classify_by_tangency(polynomial(text), (0, 0) if "y" in text else (0,)) is None


def test_forged_evidence_is_refused() -> None:
    f = polynomial("x**2 - y**4")
    found = classify_by_tangency(f, (0, 0))
    assert found is not None
    for forged in (
        replace(found, kind="minimum"),
        replace(found, radius=Fraction(2)),
        replace(found, radius=Fraction(0)),
        replace(found, power=found.power + 1),
        replace(found, unit=found.unit + ring(2)[0]),
        replace(found, below=found.above),
        replace(found, below=None),
        replace(found, below=(Fraction(0), Fraction(0))),
        replace(found, below=(Fraction(0), Fraction(100))),
        replace(found, cofactors=found.cofactors[:1]),
    ):
        assert not forged.proves(f, (0, 0))
    assert not found.proves(f + ring(2)[0] ** 3, (0, 0))


def test_a_shifted_point() -> None:
    x, y = ring(2)
    f = ((y - 1) ** 2 - 2 * (x + 3) ** 2) ** 2 - (x + 3) ** 7 + 5
    found = classify_by_tangency(f, (-3, 1))
    assert found is not None
    assert found.kind == "saddle"
    assert len(tangency_generators(f)) == 2


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=8).filter(lambda c: c[-1] != 0))
def test_real_roots_are_counted(coefficients: list[int]) -> None:
    t = sympy.Symbol("t")
    p = sympy.Poly(list(reversed(coefficients)), t)
    assert real_root_count(fmpq_poly(coefficients)) == len(set(sympy.real_roots(p)))


@pytest.mark.parametrize(
    ("text", "radius", "positive"),
    [
        ("x**2 + y**2", 1, True),
        ("x**2 + 0*y", 1, False),
        ("x + 0*y", 1, False),
        ("x + y + Q(3, 2)", 1, True),
        ("x + y + Q(7, 5)", 1, False),
        ("1 + x + 0*y", 1, False),
        ("Q(11, 10) + x + 0*y", 1, True),
        ("1 - 4*x*y", Fraction(1, 2), True),
        ("1 - 8*x*y", Fraction(1, 2), False),
        ("x**2", 1, True),
        ("x**3", 1, False),
    ],
)
def test_positive_on_circle(text: str, radius: Fraction | int, positive: bool) -> None:
    assert positive_on_circle(polynomial(text), Fraction(radius)) == positive
