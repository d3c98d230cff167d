"""Rules Y: critical sets of an objective with continuous symmetries, as orbits of critical points on slices.

A flow is an affine field A x + a with (A x + a) . grad L = 0: L is constant along it. A slice fixes some coordinates;
L on a slice is a smaller objective, with a certificate of its own. A tree of moves shows that every real critical point
is moved by the flows, and by sign changes, to one of the points listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from . import kernel
from .components import value_range
from .kernel import (
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
from .lines import Elements
from .listed import SignChanges
from .problem import Problem, bounded, derivatives_work, inserted

Interval = tuple[Fraction, Fraction]
Matrix = tuple[tuple[int, ...], ...]
Speed = tuple[Fraction, dict[int, int]]  # a constant, and coefficients of the coordinates that are not fixed
STILL: Speed = (Fraction(0), {})
MAX_SLICES = 60
MAX_STEPS = 4_000
MAX_DIGITS = 300  # of constants


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
    """Coordinates with their constants, and the critical points of the objective on it."""

    constants: dict[int, Fraction]
    complete: bool
    points: tuple[SlicePoint, ...]

    def place(self, number: int, n: int) -> list[Interval]:
        """Bounds of all coordinates of a point."""
        return self._whole(self.points[number].enclosure, n)

    def holds(self, number: int, place: list[Interval]) -> bool:
        """Whether a critical point within these bounds is that point: it is on the slice, and where that is alone."""
        alone = self.points[number].alone
        on_it = all(place[k] == (c, c) for k, c in self.constants.items())
        if alone is None or not on_it:
            return False
        bounds = zip(self._whole(alone, len(place)), place, strict=True)
        return all(a[0] <= x[0] and x[1] <= a[1] for a, x in bounds)

    def _whole(self, bounds: tuple[Interval, ...], n: int) -> list[Interval]:
        free = iter(bounds)
        return [(self.constants[k], self.constants[k]) if k in self.constants else next(free) for k in range(n)]


@dataclass(frozen=True)
class Orbit:
    """The orbit of a point of a slice: critical points of one type. It contains a manifold of this dimension."""

    number: int  # of the slice
    point: int
    constants: dict[int, Fraction]
    dimension: int
    exact: bool  # it is not of a larger dimension
    sample: list[Interval]
    found: SlicePoint
    flows: list[Matrix]


@dataclass(frozen=True)
class _State:
    """What is known of the point in the open case: coordinates with their constants, coordinates with their signs."""

    fixed: dict[int, Fraction] = field(default_factory=dict)
    signs: dict[int, int] = field(default_factory=dict)

    def with_fixed(self, k: int, c: Fraction | int) -> _State:
        return _State({**self.fixed, k: Fraction(c)}, {i: s for i, s in self.signs.items() if i != k})

    def with_sign(self, k: int, s: int) -> _State:
        return _State(self.fixed, {**self.signs, k: s})


Examine = Callable[[Any, Problem, TermBudget], tuple[bool, tuple[SlicePoint, ...]]]


def read_slices(
    value: Any, problem: Problem, elements: Elements, listed: list[list[Interval]], examine: Examine, budget: TermBudget
) -> list[Orbit]:
    """The orbits; every real critical point is on one of them, or is one of those listed, up to sign changes.

    `examine` checks the certificate of a smaller objective, and says whether its list is complete.
    """
    entry = record(value, "rule flows slices orbits steps", where="completeness")
    n = len(problem.variables)
    flows = [_flow(item, elements, budget) for item in sequence(entry["flows"], "flows", most=n * n)]
    slices = [_slice(item, problem, examine, budget) for item in sequence(entry["slices"], "slices", most=MAX_SLICES)]
    given = sequence(entry["orbits"], "orbits", most=kernel.MAX_POINTS)
    orbits = [_orbit(item, slices, flows, n, budget) for item in given]
    _Tree(problem.loss, elements, flows, slices, orbits, listed, budget).read(entry["steps"])
    return orbits


def _flow(value: Any, elements: Elements, budget: TermBudget) -> Matrix:
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


def _slice(value: Any, problem: Problem, examine: Examine, budget: TermBudget) -> Slice:
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
    return Slice(constants, *examine(entry["certificate"], Problem(names, bounded(loss)), budget))


def _orbit(value: Any, slices: list[Slice], flows: list[Matrix], n: int, budget: TermBudget) -> Orbit:
    """Rule Y3: the flows cross the slice at the point: `inverse` times the matrix of their speeds in the fixed
    coordinates is strictly diagonally dominant.
    """
    entry = record(value, "slice point flows inverse", where="orbit")
    number = index(entry["slice"], len(slices), "slice")
    chosen = slices[number]
    point = index(entry["point"], len(chosen.points), "point")
    places = sorted(chosen.constants)
    d = len(places)
    across = [flows[index(j, len(flows), "flow")] for j in sequence(entry["flows"], "flows", d)]
    sample, found = chosen.place(point, n), chosen.points[point]
    budget.spend(32 * d**2 * (n + d) * (1 + _bits(sample) // 1_000))
    speeds = [[_speed(flow[k], sample) for flow in across] for k in places]
    for i, row in enumerate(sequence(entry["inverse"], "inverse", d)):
        factors = [Fraction(integer(c, "inverse")) for c in sequence(row, "inverse", d)]
        bounds = [_combination(factors, [speed[j] for speed in speeds]) for j in range(d)]
        others = sum((max(abs(low), abs(high)) for j, (low, high) in enumerate(bounds) if j != i), Fraction(0))
        low, high = bounds[i]
        across_it = low > others or -high > others
        kernel.need(across_it, "Y3", "a row that is not dominated by its diagonal", "flows that cross the slice")
    exact = chosen.complete or found.alone is not None or (found.inertia is not None and found.inertia[1] == 0)
    return Orbit(number, point, chosen.constants, d, exact, sample, found, flows)


def _bits(place: list[Interval]) -> int:
    """Of the longest number."""
    return max(x.numerator.bit_length() + x.denominator.bit_length() for bounds in place for x in bounds)


def _speed(row: tuple[int, ...], sample: list[Interval]) -> Interval:
    one = Fraction(1)
    return _combination([Fraction(c) for c in row], [*sample, (one, one)])


def _combination(factors: list[Fraction], bounds: list[Interval]) -> Interval:
    low = high = Fraction(0)
    for c, (a, b) in zip(factors, bounds, strict=True):
        low, high = low + min(c * a, c * b), high + max(c * a, c * b)
    return low, high


class _Tree:
    """The steps: cases by the signs of coordinates, moves along flows, and where the moved point is found."""

    def __init__(
        self,
        loss: RationalPoly,
        elements: Elements,
        flows: list[Matrix],
        slices: list[Slice],
        orbits: list[Orbit],
        listed: list[list[Interval]],
        budget: TermBudget,
    ) -> None:
        self.n, self.gradient = elements.n, elements.gradient
        self.flows, self.slices, self.orbits, self.listed, self.budget = flows, slices, orbits, listed, budget
        self.used: set[int] = set()  # listed points that were met
        self.changes = SignChanges(loss)
        self.mirrors: set[tuple[int, ...]] = set()  # sign changes that were used

    def read(self, value: Any) -> None:
        open_cases = [_State()]
        for step in sequence(value, "steps", most=MAX_STEPS):
            kernel.need(bool(open_cases), "Y11", "a step after the last case", "no step when all cases are closed")
            open_cases += reversed(self._step(step, open_cases.pop()))
        kernel.need(not open_cases, "Y11", "an open case", "steps that close every case")
        for i, place in enumerate(self.listed):
            moved = [_speed(row, place) for flow in self.flows for row in flow]
            moved += [x for s in self.mirrors for c, x in zip(s, place, strict=True) if c < 0]
            still = i in self.used and all(low == high == 0 for low, high in moved)
            kernel.need(still, "Y10", "a listed point that is moved, or met nowhere", "points that all moves fix")

    def _step(self, step: Any, state: _State) -> list[_State]:
        kernel.need(isinstance(step, dict), "F2", step, "step: an object")
        if "split" in step:
            return self._split(step, state)
        if "turn" in step:
            return self._turn(step, state)
        if "flow" in step:
            return [self._moved(step, state)]
        if "combination" in step:
            return self._consequence(step, state)
        if "slice" in step:
            self._on_slice(step, state)
        else:
            entry = record(step, "at", where="step")
            kernel.need(len(state.fixed) == self.n, "Y8", "a free coordinate", "a point with all coordinates fixed")
            place = [(state.fixed[k], state.fixed[k]) for k in range(self.n)]
            self._met(entry["at"], place, None, state)
        return []

    def _split(self, step: Any, state: _State) -> list[_State]:
        """The coordinate is 0, positive or negative; a sign change makes it positive, and where it is 0 and has a
        speed, it need not stay 0 (rule Y4).
        """
        entry = record(step, "split", "signs speeds", "step")
        k = index(entry["split"], self.n, "coordinate")
        cases = [*self._at_rest(entry, state, [k], state.with_fixed(k, 0)), state.with_sign(k, 1)]
        if "signs" not in entry:
            return [*cases, state.with_sign(k, -1)]
        signs = kernel.signs(entry["signs"], self.n)
        kept = all(signs[i] == 1 or c == 0 for i, c in state.fixed.items()) and all(signs[i] == 1 for i in state.signs)
        unchanged = self.changes.leave_unchanged(signs) and signs[k] == -1
        kernel.need(unchanged and kept, "Y4", "a sign change that changes what is known", "one that leaves it")
        self.mirrors.add(signs)
        return cases

    def _at_rest(self, entry: dict[str, Any], state: _State, zeros: list[int], zero: _State) -> list[_State]:
        """The case in which the coordinates `zeros` are 0 and have no speed along the flows named (rule Y4)."""
        cases = [zero]
        for item in sequence(entry.get("speeds", []), "speeds", most=self.n**2):
            pair = sequence(item, "speed", 2)
            k = zeros[index(pair[1], len(zeros), "coordinate")]
            constant, others = self._kept(self.flows[index(pair[0], len(self.flows), "flow")], state)[k]
            single = constant == 0 and len(others) == 1 and others.keys().isdisjoint(zeros)
            kernel.need(single, "Y4", "a speed that may be 0 in another way", "a multiple of one other coordinate")
            (j,) = others
            cases = [] if j in state.signs else [case.with_fixed(j, 0) for case in cases]
        return cases

    def _kept(self, flow: Matrix, state: _State) -> list[Speed]:
        """The speed of each coordinate where the fixed ones have their constants, as a constant and coefficients of
        the others. Rule Y5: the fixed coordinates stay.
        """
        self.budget.spend(self.n**2)
        speeds = []
        for row in flow:
            constant = sum((row[i] * c for i, c in state.fixed.items()), Fraction(row[self.n]))
            speeds.append((constant, {i: c for i, c in enumerate(row[: self.n]) if c and i not in state.fixed}))
        still = all(speeds[i] == STILL for i in state.fixed)
        kernel.need(still, "Y5", "a flow that moves a fixed coordinate", "flows along what is fixed")
        return speeds

    def _signs(self, speeds: list[Speed], state: _State) -> _State:
        """The signs that stay along the flow: those of coordinates whose speed is a multiple of themselves."""
        stay = {i: s for i, s in state.signs.items() if speeds[i][0] == 0 and speeds[i][1].keys() <= {i}}
        return _State(state.fixed, stay)

    def _moved(self, step: Any, state: _State) -> _State:
        """Rule Y6: along the flow the coordinate comes to 1 or -1, by its sign, or to 0."""
        entry = record(step, "flow coordinate", where="step")
        flow = self.flows[index(entry["flow"], len(self.flows), "flow")]
        k = index(entry["coordinate"], self.n, "coordinate")
        speeds = self._kept(flow, state)
        constant, others = speeds[k]
        after = self._signs(speeds, state)
        if constant == 0 and others.keys() == {k} and k in state.signs:
            return after.with_fixed(k, state.signs[k])
        steady = constant != 0 and not others
        if constant == 0 and len(others) == 1:
            (j,) = others
            steady = j != k and j in state.signs and speeds[j] == STILL
        kernel.need(steady and k not in state.fixed, "Y6", "a coordinate that may not come there", "a steady speed")
        return after.with_fixed(k, 0)

    def _turn(self, step: Any, state: _State) -> list[_State]:
        """Rule Y6 for a rotation: one coordinate comes to 0, the other one is 0 or positive."""
        entry = record(step, "flow turn to", "speeds", "step")
        flow = self.flows[index(entry["flow"], len(self.flows), "flow")]
        k, j = index(entry["turn"], self.n, "coordinate"), index(entry["to"], self.n, "coordinate")
        speeds = self._kept(flow, state)
        (a, around), (b, back) = speeds[k], speeds[j]
        turning = a == b == 0 and around.keys() == {j} != back.keys() == {k} and around[j] * back[k] < 0
        kernel.need(turning, "Y6", "no rotation of the two coordinates", "speeds of opposite signs")
        after = self._signs(speeds, state).with_fixed(k, 0)
        moving = k in state.signs or j in state.signs
        zero = [] if moving else self._at_rest(entry, state, [k, j], after.with_fixed(j, 0))
        return [*zero, after.with_sign(j, 1)]

    def _consequence(self, step: Any, state: _State) -> list[_State]:
        """Rule Y7: a combination of gradient entries is, where the fixed coordinates have their constants, a product of
        a constant and coordinates, all but at most one of them not 0, which is then 0; or a x_k + b, which fixes x_k.
        """
        entry = record(step, "combination", where="step")
        total: RationalPoly = {}
        for item in sequence(entry["combination"], "combination", most=self.n):
            pair = sequence(item, "summand", 2)
            entry_of = inserted(self.gradient[index(pair[0], self.n, "gradient entry")], state.fixed, self.budget)
            factor = inserted(self.budget.polynomial(pair[1], self.n), state.fixed, self.budget)
            self.budget.spend(kernel.products(factor, entry_of))
            add_into(total, multiply(factor, entry_of))
        one = (0,) * self.n
        if len(total) == 2 and one in total and max(map(sum, total)) == 1:
            number = total.pop(one)
            ((m, slope),) = total.items()
            kernel.limit(_bits([(number, slope)]), 6 * MAX_DIGITS, "bits of a constant")
            return [state.with_fixed(m.index(1), -number / slope)]
        rest = {i for m in total for i, e in enumerate(m) if e and i not in state.signs}
        kernel.need(len(total) == 1 and len(rest) <= 1, "Y7", "a combination that may vanish", "one product")
        return [state.with_fixed(k, 0) for k in rest]

    def _on_slice(self, step: Any, state: _State) -> None:
        """Rule Y8: the constants of the slice are among the fixed coordinates, and its list is complete."""
        entry = record(step, "slice points", where="step")
        number = index(entry["slice"], len(self.slices), "slice")
        chosen = self.slices[number]
        inside = all(state.fixed.get(k) == c for k, c in chosen.constants.items())
        kernel.need(inside and chosen.complete, "Y8", "another slice", "a slice around the case, with a complete list")
        for i, use in enumerate(sequence(entry["points"], "points", len(chosen.points))):
            self._met(use, chosen.place(i, self.n), (number, i), state)

    def _met(self, value: Any, place: list[Interval], known: tuple[int, int] | None, state: _State) -> None:
        """Rule Y9: the point is no critical point or not in the case, or it is that of an orbit or a listed one."""
        kernel.need(isinstance(value, dict) and len(value) == 1, "F2", value, "an object with one key")
        if "gradient" in value:
            slope = self.gradient[index(value["gradient"], self.n, "coordinate")]
            self.budget.spend(16 * self.n * len(slope) * (1 + _bits(place) // 100))
            low, high = value_range(slope, place)
            kernel.need(low > 0 or high < 0, "Y9", "a slope that may vanish", "a slope that is not 0")
        elif "coordinate" in value:
            k = index(value["coordinate"], self.n, "coordinate")
            (low, high), sign = place[k], state.signs.get(k, 0)
            apart = k in state.fixed and not low <= state.fixed[k] <= high
            apart = apart or (sign > 0 and high <= 0) or (sign < 0 and low >= 0)
            kernel.need(apart, "Y9", "a coordinate as in the case", "a coordinate that is otherwise in the case")
        elif "orbit" in value:
            orbit = self.orbits[index(value["orbit"], len(self.orbits), "orbit")]
            same = known == (orbit.number, orbit.point) or self.slices[orbit.number].holds(orbit.point, place)
            same = same or (known is not None and self.slices[known[0]].holds(known[1], orbit.sample))
            kernel.need(same or _equal(place, orbit.sample), "Y9", "another point", "the point of the orbit")
        else:
            entry = record(value, "point", where="place")
            i = index(entry["point"], len(self.listed), "point")
            kernel.need(_equal(place, self.listed[i]), "Y9", "another point", "the listed point")
            self.used.add(i)


def _equal(a: list[Interval], b: list[Interval]) -> bool:
    """Whether two points are known to be equal: both have rational coordinates, and these are the same."""
    return a == b and all(low == high for low, high in a)
