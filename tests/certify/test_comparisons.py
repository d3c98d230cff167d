"""Numbers of landscapes compare exactly: nearly equal ones, equal ones that no symmetry explains, whole systems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb, ctx, fmpz_mat

from benchmarks.suite import SYSTEMS
from exactland import solve
from exactland.landscape import Completeness, CriticalPoint, Landscape
from exactland.number import Bounds, Number, OpenComparison, Place, Size, compare
from exactland.objective import Objective

TINY = Fraction(1, 10**200)


def signs(point: CriticalPoint) -> list[int]:
    return [compare(x, Number(Fraction(0), Fraction(0))) for x in point.point.values()]


def test_coordinates_that_differ_by_very_little() -> None:
    for p in solve("(x^2-2)^2+(y-x-1/(10^50)^4)^2"):
        x, y = p.point["x"], p.point["y"]
        assert x < y
        assert (x == 0) == (y == TINY)
    for p in solve("(x^3-2)^2+(y^3-2-1/(10^55)^4)^2"):
        x, y = p.point["x"], p.point["y"]
        assert compare(x, y) == (1 if y == 0 != x else -1 if y != 0 else 0)


def test_coordinates_that_are_nearly_zero() -> None:
    found = [signs(p) for p in solve("(x^2-2)^2+(y-x/(10^50)^4)^2+(z-1/(10^50)^4)^2+w^2*(1+x^2)")]
    assert sorted(found) == [[-1, -1, 1, 0], [0, 0, 1, 0], [1, 1, 1, 0]]


def test_values_that_differ_by_very_little() -> None:
    """The minima x = +-sqrt 2 have the values +-sqrt 2 / 10^180, about."""
    landscape = solve("(x^2-2)^2+x/(10^60)^3")
    values = [p.value for p in landscape]
    assert all(a < b for a, b in itertools.pairwise(values))
    assert values[0] < 0 < values[1]
    assert landscape.minima[0].value < landscape.minima[1].value


def test_equal_coordinates_of_different_points_without_symmetry() -> None:
    """x = sqrt 2 at several points, and nothing takes one to the other; y is another number near by."""
    landscape = solve("(x^2-2)^2*(1+z^2)+z^2*(z-1)^2*(z^2+1)+(y-x-1/(10^50)^4)^2")
    roots = [p for p in landscape if p.point["x"] == Number(Fraction(1), Fraction(2), (-2, 0, 1))]
    assert len(roots) >= 2
    assert len({p.orbit for p in roots}) >= 2
    for p, q in itertools.combinations(roots, 2):
        assert p.point["x"] == q.point["x"] < p.point["y"] == q.point["y"]


def test_signs_of_differences_at_a_gap() -> None:
    """The difference is 10^-200, whatever gap is named."""
    landscape = solve("(x^2-2)^2+(y-x-1/(10^50)^4)^2")
    x, y = (max(landscape, key=lambda p: p.point["x"]).point[k] for k in "xy")
    assert x.source is not None
    assert [x.source.sign(x.place, y.place, gap) for gap in (700, 5_000, 20_000)] == [-1, -1, -1]
    assert x.source.sign(y.place, x.place, 4_000) == 1
    assert x.source.sign(x.place, x.place, 4_000) == 0
    assert x.source.sign(x.place, y.place, 100) == -1


def test_boxes_of_low_precision() -> None:
    """The comparison does not depend on how narrow the bounds of the certificate are."""
    landscape = solve("(x^2-2)^2+(y-x)^2+(z-y-1/(10^50)^4)^2")
    p = max(landscape, key=lambda p: p.point["x"])
    x, y, z = (replace(p.point[k], lower=Fraction(1), upper=Fraction(2)) for k in "xyz")
    assert x == y < z


class Vague:
    """Narrow bounds around sqrt 2, and nothing else."""

    def __init__(self, size: Size | None = None) -> None:
        self._size = size

    def bounds(self, place: Place, bits: int) -> Bounds | None:
        return Number(Fraction(1), Fraction(2), (-2, 0, 1)).narrowed(bits).lower, Fraction(2)

    def same(self, first: Place, second: Place) -> bool:
        return False

    def rational(self, place: Place) -> Fraction | None:
        return None

    def size(self, place: Place) -> Size | None:
        return self._size

    def sign(self, first: Place, second: Place, gap: int) -> int | None:
        return None

    def polynomial(self, place: Place) -> tuple[int, ...] | None:
        return None


@pytest.mark.parametrize("size", [None, Size(2, 1), Size(10**6, 10**6)])
def test_nothing_is_equal_without_proof(size: Size | None) -> None:
    """Bounds that stay wide, and sizes that are not known or too large."""
    source = Vague(size)
    first, second = (Number(Fraction(1), Fraction(2), None, source, (k, None)) for k in (0, 1))
    with pytest.raises(OpenComparison):
        compare(first, second)


def test_samples_of_larger_sets() -> None:
    """On strata in fields, and on slices; the infimum is the value at the minima."""
    landscape = solve("(a*b-1)^2/2+(a*c-2)^2/3+(d^2-2)^2")
    roots = [p.point["d"] for p in landscape if p.point["d"] != 0]
    assert len(roots) >= 2
    assert {x.with_polynomial().closed_form for x in roots} <= {"sqrt(2)", "-sqrt(2)"}
    turned = solve("((x^2+y^2)^2-2)^2+(x^2+y^2)*z^2+z^3")
    for p in turned:
        for a, b in itertools.combinations([p.value, *p.point.values()], 2):
            assert compare(a, b) == -compare(b, a)
    assert "-sqrt(sqrt(2) - 1)" in {p.point["x"].with_polynomial().closed_form for p in turned}


def test_orbits_on_slices() -> None:
    """Weights 1, 2, 3, 1 on the entries of u v - M."""
    text = "(u*x-2)^2+2*(u*y-1)^2+3*(v*x+1)^2+(v*y-3)^2"
    landscape = solve(text, rule="slices")
    assert landscape.complete is Completeness.PROVED
    values = [p.value for p in landscape]
    assert len(values) == 5
    assert all(a < b for a, b in itertools.pairwise(values))
    polynomials = {x.with_polynomial().polynomial for x in values if x.exact is None}
    assert polynomials
    assert None not in polynomials
    numbers = [x for p in landscape for x in (p.value, *p.point.values())]
    assert 0 in {compare(a, b) for a, b in itertools.combinations(numbers, 2)}
    u, v = (landscape.points[0].point[k].narrowed(300) for k in "uv")
    x, y = (landscape.points[0].point[k].narrowed(300) for k in "xy")
    slope = 2 * x.lower * (u.lower * x.lower - 2) + 4 * y.lower * (u.lower * y.lower - 1)
    assert abs(slope) < Fraction(1, 2**280)
    assert abs(2 * v.lower * (v.lower * y.lower - 3) + 4 * u.lower * (u.lower * y.lower - 1)) < Fraction(1, 2**280)


def test_the_infimum_is_a_value() -> None:
    landscape = solve("(x^2-2)^2+x/7")
    assert landscape.infimum is not None
    assert landscape.infimum.value == min(p.value for p in landscape) == landscape.global_minima[0].value
    assert (
        landscape.infimum.value.with_polynomial().polynomial == landscape.points[0].value.with_polynomial().polynomial
    )


NAMES = ("start", "neuron z^2", "2 neurons z^2, v = 1", "chain 4", "psd 4", "2-1-2 m3", "dense n2d8", "2 neurons z^2")


def pairs(landscape: Landscape) -> Iterator[tuple[Number, Number]]:
    points = list(landscape)
    yield from itertools.combinations([p.value for p in points], 2)
    for name in points[0].point:
        yield from itertools.combinations([p.point[name] for p in points], 2)
    for p in points[:12]:
        yield from itertools.combinations(p.point.values(), 2)


@pytest.mark.parametrize("name", NAMES)
def test_no_comparison_of_a_system_is_open(name: str) -> None:
    system = next(s for s in SYSTEMS if s.name == name)
    landscape = solve(Objective.from_statement(system.make().statement))
    points = list(landscape)
    compared = [compare(a, b) for a, b in pairs(landscape)]
    assert len(compared) >= len(points) * (len(points) - 1)
    assert set(compared) <= {-1, 0, 1}
    values = [p.value for p in points]
    assert all(a <= b for a, b in itertools.pairwise(sorted(values)))


def nearly(bits: int) -> tuple[int, int, int, int]:
    """Coefficients, ascending, of a cubic with one real root, which differs from that of t^3 = 2 by about the cube of
    their inverses.
    """
    with ctx.workprec(8 * bits):
        root, scale = arb(2).root(3), arb(2) ** (3 * bits)
        rows = [[*(int(i == k) for i in range(3)), int((root**k * scale).floor().unique_fmpz())] for k in range(3)]
    low, *high = [int(x) for x in fmpz_mat(rows).lll().table()[0][:3]]
    most = 4 * max(map(abs, (low, *high)))
    return low - 2 * most, *high, most


def test_the_number_of_real_points_bounds_no_degree() -> None:
    """The list is complete for the real points: one, whose conjugates are not listed."""
    beside = " + (v*w^2)^2 + (u*w^2)^2 + v^2/9 + u^2/9 + w^2/9"
    first = solve("3*x^4 - 24*x" + beside)
    second = solve(" + ".join(f"({12 // (k + 1) * c})*x^{k + 1}" for k, c in enumerate(nearly(300))) + beside)
    for landscape in (first, second):
        assert landscape.complete is Completeness.PROVED
        assert landscape.complex_points is None
        assert len(landscape) == 1
    x, y = first.points[0].point["x"], second.points[0].point["x"]
    a, b = x.narrowed(1200), y.narrowed(1200)
    assert 0 < abs(a.lower - b.lower) < Fraction(1, 2**900)
    assert compare(x, y) == (1 if a.lower > b.upper else -1)
