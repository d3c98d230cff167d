"""Slices and orbits of rules Y: what is read of them before the tree of moves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from . import kernel
from .components import Component
from .kernel import (
    Exponents,
    IntPoly,
    RationalPoly,
    TermBudget,
    add_into,
    index,
    integer,
    multiply,
    rational,
    record,
    sequence,
    unit,
)
from .lines import Elements, linear
from .problem import Problem, bounded, derivatives_work, inserted

Interval = tuple[Fraction, Fraction]
Matrix = tuple[tuple[int, ...], ...]
T = TypeVar("T")
MAX_DIGITS = 300  # of constants
MAX_MINORS = 1 << 12


@dataclass(frozen=True)
class SlicePoint:
    """A real critical point of the objective on a slice: what the certificate of the slice proves."""

    kind: str
    inertia: tuple[int, int, int] | None
    enclosure: tuple[Interval, ...]  # of the free coordinates
    alone: tuple[Interval, ...] | None  # wider bounds: no other critical point of the objective on the slice is there
    value: Interval
    value_polynomial: tuple[int, ...] | None
    same: int  # points with equal numbers have equal values


@dataclass(frozen=True)
class Slice:
    """Coordinates with their constants, and critical points of the objective on it, perhaps sets of them."""

    constants: dict[int, Fraction]
    problem: Problem
    complete: bool  # there are no other critical points than `points`
    points: tuple[SlicePoint, ...]
    components: tuple[Component, ...]

    def place(self, number: int, n: int) -> list[Interval]:
        """Bounds of all coordinates of a point."""
        return self.whole(self.points[number].enclosure, n)

    def holds(self, number: int, place: list[Interval]) -> bool:
        """Whether a critical point within these bounds is that point: it is on the slice, and where that is alone."""
        alone = self.points[number].alone
        on_it = all(place[k] == (c, c) for k, c in self.constants.items())
        if alone is None or not on_it:
            return False
        bounds = zip(self.whole(alone, len(place)), place, strict=True)
        return all(a[0] <= x[0] and x[1] <= a[1] for a, x in bounds)

    def whole(self, bounds: Sequence[Interval], n: int) -> list[Interval]:
        """Bounds of all coordinates, where those of the free ones are given."""
        free = iter(bounds)
        return [(self.constants[k], self.constants[k]) if k in self.constants else next(free) for k in range(n)]

    def widened(self, monomial: Exponents, n: int) -> Exponents:
        """The exponents of all coordinates, where those of the free ones are given."""
        free = iter(monomial)
        return tuple([0 if k in self.constants else next(free) for k in range(n)])


@dataclass(frozen=True)
class Orbit:
    """The orbit of a point of a slice: critical points of one type; or that of a component of a slice, of its points
    that the flows named cross the slice at. It contains a manifold of this dimension.
    """

    number: int  # of the slice
    point: int  # -1 for a component
    chosen: Slice
    component: Component | None
    dimension: int
    exact: bool  # it is not of a larger dimension near the sample
    sample: list[Interval]
    found: SlicePoint  # for a component what is known at its sample
    across: list[Matrix]
    flows: list[Matrix]  # all of them

    @property
    def level(self) -> object:
        """Orbits with equal ones have equal values."""
        return (self.number, self.found.same) if self.component is None else self.component.level

    def minor(self, constants: Mapping[int, Fraction], budget: TermBudget) -> RationalPoly:
        """That of the speeds of the coordinates that the slice fixes, along the flows that cross it."""
        return minor(sorted(self.chosen.constants), self.across, constants, budget)

    def embedded(self, budget: TermBudget) -> Component | None:
        """The component with its generators as polynomials in all coordinates."""
        if self.component is None:
            return None
        polys = tuple(dict(self.whole(g.items(), budget)) for g in self.component.generators)
        return replace(self.component, generators=polys)

    def generators(self, budget: TermBudget) -> Iterator[IntPoly]:
        """The equations of the slice and of the component on it."""
        found = self.embedded(budget)
        if found is not None:
            yield from (linear(k, c, len(self.sample)) for k, c in sorted(self.chosen.constants.items()))
            yield from found.generators

    def whole(self, terms: Collection[tuple[Exponents, T]], budget: TermBudget) -> tuple[tuple[Exponents, T], ...]:
        """The terms of a polynomial in the free coordinates as those of one in all."""
        n = len(self.sample)
        budget.spend(n * len(terms))
        return tuple((self.chosen.widened(m, n), c) for m, c in terms)


def minor(
    places: Sequence[int], flows: Sequence[Matrix], constants: Mapping[int, Fraction], budget: TermBudget
) -> RationalPoly:
    """The determinant of the speeds of these coordinates along the flows, as many, where some coordinates have
    constants: by the minors of the first rows, one row after the other.
    """
    minors: dict[frozenset[int], RationalPoly] = {}
    for first, k in enumerate(places):
        n = len(flows[0][k]) - 1
        minors = minors if first else {frozenset(): {(0,) * n: Fraction(1)}}
        row = [inserted({unit(n, i): c for i, c in enumerate(flow[k]) if c}, constants, budget) for flow in flows]
        larger: dict[frozenset[int], RationalPoly] = {}
        for used, poly in minors.items():
            for j, entry in enumerate(row):
                if entry and j not in used:
                    budget.spend(8 * kernel.products(poly, entry))
                    sign = -1 if sum(i > j for i in used) % 2 else 1
                    add_into(larger.setdefault(used | {j}, {}), multiply(poly, entry), sign)
        minors = {used: poly for used, poly in larger.items() if poly}
        kernel.limit(len(minors), MAX_MINORS, "minors of the speeds across a slice")
    return next(iter(minors.values()), {})


Found = tuple[bool, tuple[SlicePoint, ...], tuple[Component, ...]]
Examine = Callable[[Any, Problem, TermBudget], Found]


def read_flow(value: Any, elements: Elements, budget: TermBudget) -> Matrix:
    """Rule Y1: the objective is constant along x' = A x + a; a is the last column."""
    n = elements.n
    lists = [sequence(row, "flow", n + 1) for row in sequence(value, "flow", n)]
    rows = tuple(tuple(integer(c, "flow", 18) for c in row) for row in lists)
    change: IntPoly = {}
    for row, slope in zip(rows, elements.gradient, strict=True):
        line = {unit(n, k): c for k, c in enumerate(row) if c}  # 1, of exponents 0, for k = n
        budget.spend(kernel.products(line, slope))
        add_into(change, multiply(line, slope))
    kernel.need(not change, "Y1", "an objective that changes", "an objective constant along the flow")
    return rows


def read_slice(value: Any, problem: Problem, examine: Examine, budget: TermBudget) -> Slice:
    """Rule Y2: the certificate is about the objective with these constants."""
    entry = record(value, "constants certificate", where="slice")
    n = len(problem.variables)
    constants: dict[int, Fraction] = {}
    given = sequence(entry["constants"], "constants", most=kernel.MAX_VARIABLES)
    for item in given:
        pair = sequence(item, "constant", 2)
        constants[index(pair[0], n, "coordinate")] = rational(pair[1], "constant", MAX_DIGITS)
    kernel.need(0 < len(constants) == len(given) < n, "F3", constants, "some of the coordinates, each once")
    whole = inserted(problem.loss, constants, budget)
    loss = {tuple(e for k, e in enumerate(m) if k not in constants): c for m, c in whole.items()}
    names = tuple(name for k, name in enumerate(problem.variables) if k not in constants)
    budget.spend(4 * derivatives_work(loss, len(names)))
    inner = Problem(names, bounded(loss))
    return Slice(constants, inner, *examine(entry["certificate"], inner, budget))


def read_orbit(value: Any, slices: list[Slice], flows: list[Matrix], n: int, budget: TermBudget) -> Orbit:
    """Rule Y3: the flows cross the slice at the point: `inverse` times the matrix of their speeds in the fixed
    coordinates is strictly diagonally dominant.
    """
    what = "component" if isinstance(value, dict) and "component" in value else "point"
    entry = record(value, f"slice {what} flows inverse", where="orbit")
    number = index(entry["slice"], len(slices), "slice")
    chosen = slices[number]
    component, point = None, -1
    if what == "component":
        component = chosen.components[index(entry["component"], len(chosen.components), "component")]
        found = _at_sample(component)
    else:
        point = index(entry["point"], len(chosen.points), "point")
        found = chosen.points[point]
    places = sorted(chosen.constants)
    d = len(places)
    across = [flows[index(j, len(flows), "flow")] for j in sequence(entry["flows"], "flows", d)]
    sample = chosen.whole(found.enclosure, n)
    budget.spend(32 * d**2 * (n + d) * (1 + bits(sample) // 1_000))
    speeds = [[speed(flow[k], sample) for flow in across] for k in places]
    for i, row in enumerate(sequence(entry["inverse"], "inverse", d)):
        factors = [Fraction(integer(c, "inverse")) for c in sequence(row, "inverse", d)]
        bounds = [combination(factors, [speed[j] for speed in speeds]) for j in range(d)]
        others = sum((max(abs(low), abs(high)) for j, (low, high) in enumerate(bounds) if j != i), Fraction(0))
        low, high = bounds[i]
        across_it = low > others or -high > others
        kernel.need(across_it, "Y3", "a row that is not dominated by its diagonal", "flows that cross the slice")
    within = 0 if component is None else component.dimension
    sharp = found.inertia is not None and found.inertia[1] == within
    exact = sharp or (component is None and (chosen.complete or found.alone is not None))
    return Orbit(number, point, chosen, component, d + within, exact, sample, found, across, flows)


def _at_sample(component: Component) -> SlicePoint:
    field, root = component.sample
    place = tuple(field.point_enclosure(root))
    return SlicePoint("undecided", component.inertia, place, None, component.value, component.polynomial, -1)


def bits(place: list[Interval]) -> int:
    """Of the longest number."""
    return max(x.numerator.bit_length() + x.denominator.bit_length() for bounds in place for x in bounds)


def speed(row: tuple[int, ...], sample: list[Interval]) -> Interval:
    one = Fraction(1)
    return combination([Fraction(c) for c in row], [*sample, (one, one)])


def combination(factors: list[Fraction], bounds: list[Interval]) -> Interval:
    low = high = Fraction(0)
    for c, (a, b) in zip(factors, bounds, strict=True):
        low, high = low + min(c * a, c * b), high + max(c * a, c * b)
    return low, high
