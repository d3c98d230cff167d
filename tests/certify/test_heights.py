"""Bounds on degrees and heights, and what is known of a point (oracle: zeros written down, minimal polynomials)."""

from __future__ import annotations

from fractions import Fraction
from math import log2

import pytest
from flint import arb, ctx, fmpz_poly

from exactland import solve
from exactland.certify.heights import UNIT, heights, surroundings
from exactland.certify.sources import Numbers
from exactland.engines.base import PolynomialSystem
from exactland.landscape import Landscape


def powers(count: int, first: int) -> PolynomialSystem:
    """2^first x0 = 3, x1 = x0^2, x2 = x1^2, ...: the height of the last one is log2(2^first) 2^(count - 1)."""
    equations = [((1 << first, tuple(int(i == 0) for i in range(count))), (-3, (0,) * count))]
    for k in range(1, count):
        before = tuple(2 * int(i == k - 1) for i in range(count))
        equations.append(((1, tuple(int(i == k) for i in range(count))), (-1, before)))
    return PolynomialSystem(tuple(f"x{k}" for k in range(count)), tuple(equations))


@pytest.mark.parametrize(("count", "first"), [(1, 5), (2, 40), (3, 17), (5, 100), (6, 3)])
def test_bounds_hold_and_are_nearly_attained(count: int, first: int) -> None:
    system = powers(count, first)
    for groups in ((0,) * count, tuple(range(count))):
        found = heights(system, groups)
        true = [first * 2**k for k in range(count)]
        assert all(bound >= UNIT * h for bound, h in zip(found.coordinates, true, strict=True))
    assert found.coordinates[-1] <= UNIT * (true[-1] + 2 ** (count + 1))
    assert found.count == 1


def test_several_zeros_and_common_factors() -> None:
    """x^2 = 2, y^2 = 3 x: four zeros, of heights 1/2 and (log 3 + 1/2) / 2."""
    system = PolynomialSystem(("x", "y"), (((7, (2, 0)), (-14, (0, 0))), ((1, (0, 2)), (-3, (1, 0)))))
    found = heights(system, (0, 1))
    assert found.count == 4
    assert 4 * 0.5 * UNIT <= found.coordinates[0] <= 2 * log2(3) * UNIT + 4
    assert 4 * (log2(3) + 0.5) / 2 * UNIT <= found.coordinates[1]


def measure(polynomial: tuple[int, ...]) -> float:
    """The logarithm of the Mahler measure."""
    roots = fmpz_poly(list(polynomial)).complex_roots()
    return log2(abs(polynomial[-1])) + sum(m * max(0.0, log2(float(abs(r).mid()) or 1.0)) for r, m in roots)


def numbers(landscape: Landscape) -> Numbers:
    return Numbers(landscape.objective, landscape.certificate().text)


@pytest.mark.parametrize(
    "text",
    [
        "(a*b-1)^2/2+a^2/10+b^2/7",
        "(a*b*c-1)^2/2+a^2/10+b^2/7+c^2/5",
        "(x^2+y-3)^2+(y^2-x-1)^2+x*y/5",
        "x^4-3*x^2+x+(y^2-x)^2",
        "(x^2-2)^2+(y-x/10^50)^2",
        "(1000*x^3-2)^2/999983+(x*y-1/7)^2+y^4",
    ],
)
def test_sizes_hold_for_minimal_polynomials(text: str) -> None:
    landscape = solve(text, minimal_polynomials=True)
    source = numbers(landscape)
    assert len(landscape) >= 3
    for p in landscape:
        for number in (p.value, *p.point.values()):
            size = source.size(number.place)
            assert size is not None
            assert number.polynomial is not None
            assert len(number.polynomial) - 1 <= size.degree
            assert measure(number.polynomial) <= size.height + 1e-9


def test_known_coordinates_make_the_system_smaller() -> None:
    """At x = 0 = y the third coordinate is a square root of two."""
    one = Fraction(1)
    equations = (((1, (1, 0, 1)),), ((1, (0, 1, 0)), (1, (3, 0, 0))), ((1, (0, 0, 3)), (-2, (0, 0, 1)), (5, (1, 1, 0))))
    with ctx.workprec(200):
        point = [arb(0), arb(0), arb(2).sqrt()]
    whole = surroundings(equations, ((0, one), (1, one), (2, one)), point)
    less = surroundings(equations, ((None, Fraction(0)), (None, Fraction(0)), (2, one)), point)
    assert whole is not None
    assert less is not None
    assert less.free == (2,)
    assert less.system.equations == (((-2, (0,)), (1, (2,))),)
    assert less.degree == 2 < whole.degree
    assert less.size([(one, (0, 0, 1))], 100).height < whole.size([(one, (0, 0, 1))], 100).height
    equal = surroundings((((1, (2, 0)), (1, (0, 2)), (-4, (0, 0))),), ((0, one), (0, -one)), point[2:] * 2)
    assert equal is not None
    assert equal.system.equations == (((-2, (0,)), (1, (2,))),)


def test_a_singular_jacobian_is_seen() -> None:
    one = Fraction(1)
    double = (((1, (2, 0)), (-1, (0, 0))), ((1, (0, 2)),))
    assert surroundings(double, ((0, one), (1, one)), [arb(1), arb(0)]) is None
    assert surroundings(double[:1], ((0, one), (1, one)), [arb(1), arb(0)]) is None
