"""Polynomials that vanish at real zeros, from sums of squares among the multiples of given polynomials."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from exactland.classify.real_zeros import RealZeros, coordinates, real_zeros
from exactland.objective import Objective
from exactland.polynomial import Polynomial, evaluate, gradient


def polynomial(text: str, variables: str) -> Polynomial:
    return Objective.from_expression(text, variables).polynomial


def slopes(text: str, variables: str) -> list[Polynomial]:
    return gradient(polynomial(text, variables))


COMPLETION = "(1 - x^2)^2 + (4 - y^2)^2 + (1/9 - z^2)^2 + 2*(2 - x*y)^2 + 2*(1/3 - x*z)^2 + 2*(2/3 - y*z)^2"


@pytest.mark.parametrize(
    ("text", "variables", "sizes", "dimension"),
    [
        ("(x^2 + y^2)^2", "x y", (), 3),
        ("(x^2 + 3*y^2)^2", "x y", (), 3),
        (COMPLETION, "x y z", ("1", "2", "1/3"), 5),
    ],
)
def test_squares_at_real_points(text, variables, sizes, dimension):
    given = slopes(text, variables)
    found = real_zeros(given, tuple(map(Fraction, sizes)))
    assert found is not None
    assert found.proves(given)
    assert len(found.squares) == len(found.kernel) == dimension
    for q in found.kernel:
        assert coordinates(q, [p for _, p in found.squares]) is not None


def test_the_kernel_vanishes_at_the_real_points_and_not_on_the_curve():
    found = real_zeros(slopes(COMPLETION, "x y z"), (Fraction(1), Fraction(2), Fraction(1, 3)))
    assert found is not None
    for point in ((0, 0, 0), (1, 2, Fraction(1, 3)), (-1, -2, Fraction(-1, 3))):
        assert all(evaluate(q, tuple(map(Fraction, point))) == 0 for q in found.kernel)
    assert any(evaluate(q, (Fraction(1), Fraction(0), Fraction(0))) != 0 for q in found.kernel)


@pytest.mark.parametrize(("text", "variables"), [("(x*y - 1)^2", "x y"), ("x^2 + y^2", "x y"), ("x^4 - 2*x^2", "x")])
def test_nothing_is_found_where_there_is_nothing(text, variables):
    """A real curve, simple real points, and several of them."""
    found = real_zeros(slopes(text, variables))
    if found is not None:  # for simple points there may be squares; on a real curve they must vanish too
        assert found.proves(slopes(text, variables))
        assert text != "(x*y - 1)^2"


def test_too_large_systems_are_left_alone():
    names = " ".join(f"x{i}" for i in range(9))
    assert real_zeros(slopes("(" + " + ".join(f"x{i}^2" for i in range(9)) + ")^2", names)) is None


def test_wrong_identities_prove_nothing():
    given = slopes("(x^2 + y^2)^2", "x y")
    found = real_zeros(given)
    assert found is not None
    negative = tuple((-c, q) for c, q in found.squares)
    assert not replace(found, squares=negative, multipliers=tuple(-m for m in found.multipliers)).proves(given)
    assert not replace(found, squares=found.squares[1:]).proves(given)
    assert isinstance(found, RealZeros)
