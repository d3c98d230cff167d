"""Rules Y: critical sets of an objective with continuous symmetries, as orbits of critical points on slices.

A flow is an affine field A x + a with (A x + a) . grad L = 0: L is constant along it. A slice fixes some coordinates;
L on a slice is a smaller objective, with a certificate of its own. A tree of moves shows that every real critical point
is moved by the flows, and by sign changes, to one of the points listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from . import kernel
from .cases import check_components, walk
from .components import value_range
from .kernel import RationalPoly, TermBudget, add_into, index, multiply, record, sequence
from .lines import Elements
from .listed import SignChanges
from .problem import Problem, inserted
from .sections import (
    MAX_DIGITS,
    Examine,
    Interval,
    Matrix,
    Orbit,
    Slice,
    bits,
    read_flow,
    read_orbit,
    read_slice,
    speed,
)

Speed = tuple[Fraction, dict[int, int]]  # a constant, and coefficients of the coordinates that are not fixed
STILL: Speed = (Fraction(0), {})
MAX_SLICES = 200
MAX_STEPS = 4_000


@dataclass(frozen=True)
class _State:
    """What is known of the point in the open case: coordinates with their constants, coordinates with their signs."""

    fixed: dict[int, Fraction] = field(default_factory=dict)
    signs: dict[int, int] = field(default_factory=dict)

    def with_fixed(self, k: int, c: Fraction | int) -> _State:
        return _State({**self.fixed, k: Fraction(c)}, {i: s for i, s in self.signs.items() if i != k})

    def with_sign(self, k: int, s: int) -> _State:
        return _State(self.fixed, {**self.signs, k: s})


def read_slices(
    value: Any, problem: Problem, elements: Elements, listed: list[list[Interval]], examine: Examine, budget: TermBudget
) -> list[Orbit]:
    """The orbits; every real critical point is on one of them, or is one of those listed, up to sign changes.

    `examine` checks the certificate of a smaller objective, and says whether its list is complete.
    """
    entry = record(value, "rule flows slices orbits steps", where="completeness")
    n = len(problem.variables)
    flows = [read_flow(item, elements, budget) for item in sequence(entry["flows"], "flows", most=n * n)]
    slices = [
        read_slice(item, problem, examine, budget) for item in sequence(entry["slices"], "slices", most=MAX_SLICES)
    ]
    given = sequence(entry["orbits"], "orbits", most=kernel.MAX_POINTS)
    orbits = [read_orbit(item, slices, flows, n, budget) for item in given]
    _Tree(problem.loss, elements, flows, slices, orbits, listed, budget).read(entry["steps"])
    return orbits


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
        self.n, self.gradient, self.elements = elements.n, elements.gradient, elements
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
            moved = [speed(row, place) for flow in self.flows for row in flow]
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
        elif "cases" in step:
            self._by_cases(step, state)
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
            kernel.limit(bits([(number, slope)]), 6 * MAX_DIGITS, "bits of a constant")
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

    def _by_cases(self, step: Any, state: _State) -> None:
        """A case tree as in rules T about the gradient where the fixed coordinates have their constants, which closes
        its cases by orbits of components. Rule Y12: the flows cross the slice at all points of the case.
        """
        entry = record(step, "cases", where="step")
        elements = self.elements.restricted(state.fixed, state.signs, self.budget)

        def close(leaf: Any) -> None:
            numbers = sequence(leaf.get("components"), "components", most=len(self.orbits))
            named = [self.orbits[index(k, len(self.orbits), "orbit")] for k in numbers]
            for orbit in named:
                inside = all(state.fixed.get(k) == c for k, c in orbit.chosen.constants.items())
                minor = orbit.minor(state.fixed, self.budget) if inside else {}
                crossed = len(minor) == 1 and all(not e or k in state.signs for m in minor for k, e in enumerate(m))
                shown = orbit.component is not None and inside and crossed
                kernel.need(shown, "Y12", "points that may be at rest", "a component on a slice that flows cross")
            listed = [component for orbit in named if (component := orbit.embedded(self.budget)) is not None]
            problem = named[0].chosen.problem if named else Problem((), {})
            check_components(leaf, elements, listed, problem, self.budget)

        walk(entry["cases"], elements, close, self.budget)

    def _met(self, value: Any, place: list[Interval], known: tuple[int, int] | None, state: _State) -> None:
        """Rule Y9: the point is no critical point or not in the case, or it is that of an orbit or a listed one."""
        kernel.need(isinstance(value, dict) and len(value) == 1, "F2", value, "an object with one key")
        if "gradient" in value:
            slope = self.gradient[index(value["gradient"], self.n, "coordinate")]
            self.budget.spend(16 * self.n * len(slope) * (1 + bits(place) // 100))
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
            same = known == (orbit.number, orbit.point)
            if orbit.component is None:  # the sample of a component is in no box
                same = same or self.slices[orbit.number].holds(orbit.point, place)
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
