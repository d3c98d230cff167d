"""Numbers compare exactly, or say that they cannot."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from exactland import solve
from exactland.landscape import Kind
from exactland.number import Number, OpenComparison, compare
from exactland.roots import PRIMES, coprime_modulo

ROOT = Number(Fraction(14, 10), Fraction(15, 10), (-2, 0, 1))


def test_bounds_apart_decide() -> None:
    one, two = Number(Fraction(1), Fraction(1)), Number(Fraction(2), Fraction(5, 2))
    assert one < two
    assert two > one
    assert one != two
    assert one <= 1
    assert one == Fraction(1)
    assert two > Fraction(3, 2)
    assert hash(one) == hash(two)
    assert one != "1"
    with pytest.raises(TypeError):
        assert one < 1.5


def test_a_root_against_rational_numbers_next_to_it() -> None:
    near = Fraction(141421356237309504880168872420969807856967187537694, 10**50)
    assert near < ROOT
    assert near + Fraction(1, 10**50) > ROOT
    assert near != ROOT


def test_different_polynomials_with_a_common_root() -> None:
    other = Number(Fraction(1), Fraction(2), (-4, 0, 0, 0, 1))  # (t^2 - 2)(t^2 + 2)
    assert other == ROOT
    assert Number(Fraction(1), Fraction(2), (-3, 0, 1)) > ROOT
    negative = Number(Fraction(-2), Fraction(-1), (-2, 0, 1))
    assert negative < ROOT
    rational = Number(Fraction(1), Fraction(2), (-3, 2))
    assert rational == Fraction(3, 2)


def test_two_roots_within_the_bounds_are_open() -> None:
    vague = Number(Fraction(-2), Fraction(2), (-2, 0, 1))
    with pytest.raises(OpenComparison, match="open"):
        compare(vague, ROOT)


def test_nothing_known_is_open() -> None:
    vague = Number(Fraction(1), Fraction(2))
    with pytest.raises(OpenComparison, match="no polynomial of"):
        bool(vague == ROOT)
    assert vague == vague
    assert vague < 3


def test_numbers_of_a_chain_are_in_order() -> None:
    landscape = solve("(a*b*c-1)^2/2+a^2/10+b^2/7+c^2/5")
    values = [p.value for p in landscape]
    assert all(x <= y for x, y in itertools.pairwise(values))
    assert sorted(values) == values
    best = landscape.global_minima
    assert len({p.value for p in best}) == 1
    assert len({p.point["a"] for p in best}) == 2
    assert len({p.point["b"] for p in best}) == 2
    zero = next(p for p in landscape if p.kind is Kind.MINIMUM and p.spurious)
    assert zero.point["a"] == 0 == zero.point["b"]
    assert zero.value == Fraction(1, 2)


def test_equal_by_no_symmetry() -> None:
    """sqrt 2 and half of it as coordinates of one point, against roots of polynomials."""
    landscape = solve("(x^2-2)^2+(2*y-x)^2")
    positive = max(landscape.minima, key=lambda p: p.point["x"])
    x, y = positive.point["x"], positive.point["y"]
    assert x == ROOT
    assert y < x
    assert y.with_polynomial().closed_form == "sqrt(2)/2"
    assert y == Number(Fraction(7, 10), Fraction(8, 10), (-1, 0, 2))


def test_irrational_values_that_tie_without_symmetry() -> None:
    """z = 0 and z = 1 are exchanged by z -> 1 - z, which is no signed permutation; the value is -4 sqrt 2 at both."""
    landscape = solve("x^3-6*x+z^2*(z-1)^2")
    at = {z: next(p for p in landscape if p.point["x"] > 0 and p.point["z"] == z) for z in (0, 1)}
    assert at[0].orbit != at[1].orbit
    assert at[0].value.exact is None
    assert at[0].value == at[1].value == Number(Fraction(-6), Fraction(-5), (-32, 0, 1))
    between = next(p for p in landscape if p.point["x"] > 0 and p.point["z"] == Fraction(1, 2))
    assert at[0].value < between.value


def test_polynomials_without_a_common_root_modulo_a_prime() -> None:
    assert coprime_modulo((-2, 0, 1), (-3, 0, 1))
    assert not coprime_modulo((-2, 0, 1), (-4, 0, 0, 0, 1))
    assert not coprime_modulo((-2, 0, 1), (-2, 0, 1))
    assert coprime_modulo((-2, 0, 1), (0, 1))
    p, q = PRIMES
    assert not coprime_modulo((0, 1), (p * q, 1))  # different, and no prime sees it
    assert coprime_modulo((0, 1), (p, 1))
    assert not coprime_modulo((-2, 0, p * q), (-3, 0, 1))
    assert Number(Fraction(0), Fraction(1), (0, 1)) > Number(Fraction(-p * q), Fraction(-1), (p * q, 1))
