"""Closed forms are the numbers (oracle: sympy reads them), in short text."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import isqrt

import pytest
import sympy

from exactland.number import polynomial_text
from exactland.radicals import closed_form
from exactland.roots import minimal_at, narrowed_root, real_roots, root_number

POLYNOMIALS = {
    "(1 + sqrt(5))/2": (-1, -1, 1),
    "2^(1/3)": (-2, 0, 0, 1),
    "sqrt(3) + sqrt(2)": (1, 0, -10, 0, 1),
    "sqrt((sqrt(70) - 2)/10)": (-33, 0, 20, 0, 50),
    "((9 + sqrt(69))/18)^(1/3) + ((9 - sqrt(69))/18)^(1/3)": (-1, -1, 0, 1),
    "1 + 4^(1/3)": (-5, 3, -3, 1),
    "3*sqrt(10)/10": (-9, 0, 10),
    "(sqrt(30) + sqrt(10))/2": (25, 0, -20, 0, 1),
    "-3^(1/5)": (3, 0, 0, 0, 0, 1),
    "7/3": (-7, 3),
    "2*sqrt(5*sqrt(5) - 2)/5": (-1936, 0, 400, 0, 625),
    "8^(1/4)": (-8, 0, 0, 0, 1),
}


@pytest.mark.parametrize("text", POLYNOMIALS)
def test_the_largest_root(text: str) -> None:
    polynomial = POLYNOMIALS[text]
    found = [closed_form(polynomial, b) for b in real_roots(polynomial, 200)]
    assert found[-1] == text
    t = sympy.Symbol("t")
    wanted = [sympy.N(r, 40) for r in sympy.Poly(list(polynomial)[::-1], t).real_roots()]
    for form, value in zip(found, wanted, strict=True):
        assert form is not None
        read = sympy.sympify(form.replace("^", "**"), rational=True)
        parts = [_real(r) for r in (read,)]
        assert abs(sympy.N(parts[0], 40) - value) < sympy.Float("1e-30")


def _real(expression: sympy.Expr) -> sympy.Expr:
    """Odd roots of negative numbers are meant to be real."""
    return expression.replace(
        lambda e: e.is_Pow and e.exp.is_Rational and e.exp.q % 2 == 1 and e.base.is_negative,
        lambda e: -((-e.base) ** e.exp),
    )


def test_three_real_roots_have_no_real_radicals() -> None:
    assert [closed_form((1, -3, 0, 1), b) for b in real_roots((1, -3, 0, 1), 200)] == [None] * 3


def test_long_forms_are_left_out() -> None:
    polynomial = (-(10**60 + 7), 10**59 + 9, 10**58 + 1)
    assert all(closed_form(polynomial, b) is None for b in real_roots(polynomial, 300))


def test_bounds_with_two_roots_or_none_decide_nothing() -> None:
    wide, empty = (Fraction(-2), Fraction(2)), (Fraction(5), Fraction(6))
    for bounds in (wide, empty):
        assert closed_form((-2, 0, 1), bounds) is None
        assert minimal_at((-2, 0, 1), bounds) is None
        assert root_number((-2, 0, 1), bounds) is None
        assert narrowed_root((-2, 0, 1), bounds, 100) is None


def test_the_factor_at_a_root() -> None:
    product = (6, 0, -5, 0, 1)  # (t^2 - 2)(t^2 - 3)
    assert minimal_at(product, (Fraction(17, 10), Fraction(18, 10))) == (-3, 0, 1)
    low, high = narrowed_root(product, (Fraction(14, 10), Fraction(15, 10)), 200) or (Fraction(0), Fraction(1))
    assert low * low < 2 < high * high
    assert high - low < Fraction(1, 2**200)


def test_roots_of_different_factors_that_agree_to_500_places() -> None:
    """sqrt(2) and a rational number next to it, below: apart, in order, each with its own minimal polynomial."""
    one = 1 << 500
    near = isqrt(2 * one * one)
    roots = real_roots((2 * near, -2 * one, -near, one), 128)
    assert len(roots) == 3
    assert all(a[1] < b[0] for a, b in pairwise(roots))
    rational = Fraction(near, one)
    assert minimal_at((2 * near, -2 * one, -near, one), roots[1]) == (-rational.numerator, rational.denominator)
    assert minimal_at((2 * near, -2 * one, -near, one), roots[2]) == (-2, 0, 1)


@pytest.mark.parametrize(
    "polynomial",
    [
        (-(10**3000) - 7, 3 * 10**2999 + 1, 10**3000 + 3),
        (-(10**2999) - 1, 10**2998 + 7, 0, 10**2997 + 3),
        (10**6000 - 3, 0, -4 * 10**3000, 0, 1),
    ],
)
def test_integers_that_python_does_not_print_are_no_error(polynomial: tuple[int, ...]) -> None:
    assert closed_form(polynomial, (Fraction(0), Fraction(10) ** 4000)) is None
    assert len(polynomial_text((*polynomial, 10**5000)) or "") > 5000
