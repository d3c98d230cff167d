"""The zero in a box to very many places (oracle: integer square roots)."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
from flint import arb, ctx

from exactland.certify.narrow import narrowed
from exactland.checker.boxes import Box
from exactland.objective import Objective
from exactland.roots import ends
from exactland.solving.system import gradient_system_of

SQUARES = "(x^2-2)^2+(y-x)^2"


def box_near(root: int, bits: int, radius: int) -> Box:
    """Around (r, r), r^2 = root."""
    middle = isqrt(root << 2 * bits)
    return Box(bits, (middle, middle), None, radius)


@pytest.mark.parametrize(("bits", "radius"), [(10, 20), (12, 4), (60, 1), (200, 1 << 100)])
@pytest.mark.parametrize("places", [100, 5_000, 100_000])
def test_square_roots(bits: int, radius: int, places: int) -> None:
    calculus = gradient_system_of(Objective.from_expression(SQUARES)).calculus
    found = narrowed(calculus, box_near(2, bits, radius), places)
    assert found is not None
    one = 1 << places + 8
    true = isqrt(2 * one * one)
    for ball in found:
        low, high = ends(ball.real)
        assert ball.imag == 0
        assert low <= Fraction(true + 1, one)
        assert Fraction(true, one) <= high
        assert high - low <= Fraction(2, 1 << places)


def test_a_coefficient_of_1e300() -> None:
    objective = Objective.from_expression("(10^50)^6*(x^2-2)^2+(y-x)^2")
    found = narrowed(gradient_system_of(objective).calculus, box_near(2, 60, 1), 20_000)
    assert found is not None
    with ctx.workprec(20_100):
        assert all((x.real - arb(2).sqrt()).contains(0) for x in found)


def test_a_box_without_contraction() -> None:
    """Radius 2 around a zero holds another one; next to a double zero there is no inverse."""
    calculus = gradient_system_of(Objective.from_expression(SQUARES)).calculus
    assert narrowed(calculus, box_near(2, 10, 1 << 11), 1000) is None
    double = gradient_system_of(Objective.from_expression("x^4+(y-x)^2")).calculus
    assert narrowed(double, Box(10, (0, 0), None, 8), 1000) is None


def test_a_box_without_a_zero_gives_nothing() -> None:
    """Newton's map leads out of the box."""
    calculus = gradient_system_of(Objective.from_expression(SQUARES)).calculus
    one = 1 << 20
    assert narrowed(calculus, Box(20, (3 * one // 2, 3 * one // 2), None, 16), 1000) is None


@pytest.mark.parametrize("places", [200, 50_000])
def test_a_zero_off_the_real_points(places: int) -> None:
    """x = y = i sqrt 2."""
    calculus = gradient_system_of(Objective.from_expression("(x^2+2)^2+(y-x)^2")).calculus
    height = isqrt(2 << 80)
    found = narrowed(calculus, Box(40, (0, 0), (height, height), 4), places)
    assert found is not None
    with ctx.workprec(places + 64):
        for x in found:
            assert x.real.contains(0)
            assert (x.imag - arb(2).sqrt()).contains(0)
            assert x.imag.rad() * arb(2) ** places < 2
            assert x.real.rad() * arb(2) ** places < 2
    assert narrowed(calculus, Box(40, (0, 0), (height, 0), 4), places) is None
