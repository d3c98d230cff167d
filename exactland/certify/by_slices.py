"""Landscapes of objectives with continuous symmetries: orbits of critical points on slices (rules Y)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from flint import fmpq_mpoly

from exactland.certify import assemble, json_forms
from exactland.certify.components import Part
from exactland.certify.lowest import infimum_evidence
from exactland.certify.points import CannotAssemble, FieldStore, RealPoint, multiple_points
from exactland.certify.reading import checked, landscape_of
from exactland.certify.slice_trees import Sets, SliceTrees
from exactland.checker import Rejection, Report, ResourceLimit, check_bytes
from exactland.checker.components import value_range
from exactland.decompose.cases import OutOfReach
from exactland.decompose.slices import Case, Matrix, Moves, on_slice
from exactland.errors import InputError
from exactland.exact import rational_text
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective
from exactland.polynomial import from_fmpq
from exactland.solving.refine import Refiner, separating_form
from exactland.solving.system import GradientSystem, gradient_system
from exactland.solving.zero_dimensional import ExactPoint, Pool

Interval = tuple[Fraction, Fraction]
Constants = tuple[tuple[int, Fraction], ...]
INVERSE_BITS = 40
FIRST_SECONDS = 5.0  # for a slice, before others are tried
SPLIT_SECONDS = 3.0  # for a part of a case
POSITIVE = "positive-dimensional"  # in the reason of a solver that found a kernel at a solution
COARSE_BOXES = (32, 48, 64)  # wide ones, to hold the same point of a smaller slice


class SetsOnSlice(OutOfReach):
    """The critical points on a slice are not finitely many."""


class Solver(Protocol):
    """How smaller objectives are solved, within so many seconds."""

    def landscape(self, objective: Objective, seconds: float) -> Landscape:
        """The list of critical points with their types."""

    def exact(self, objective: Objective, seconds: float) -> Sequence[ExactPoint]:
        """The critical points with exact coordinates, or none of them."""


@dataclass
class Section:
    """A slice with the certificate of the objective on it."""

    constants: Constants
    statement: dict[str, Any]
    gs: GradientSystem
    text: str = ""
    report: Report | None = None

    def read(self, text: str) -> None:
        """Take the certificate for that of the slice; OutOfReach when the checker does not accept it."""
        try:
            self.text, self.report = text, check_bytes(text.encode("ascii"))
        except (Rejection, ResourceLimit) as error:
            raise OutOfReach(f"the checker did not accept the certificate of a slice: {error}") from None

    def places(self, n: int, alone: bool = False) -> list[list[Interval]]:
        """Bounds of all coordinates of each point; wide ones within which it is alone, as far as there are such."""
        fixed = {k: (c, c) for k, c in self.constants}
        result = []
        for p in () if self.report is None else self.report.points:
            free = iter((p.alone if alone else None) or p.enclosure)
            result.append([fixed[k] if k in fixed else next(free) for k in range(n)])
        return result

    def same(self, place: list[Interval], box: list[Interval] | None, constants: Constants, n: int) -> Iterator[int]:
        """The points that the checker takes for a critical point with these bounds, which is alone in the box on the
        slice with the constants.
        """
        for j, (wide, narrow) in enumerate(zip(self.places(n, alone=True), self.places(n), strict=True)):
            if _within(place, wide) or (box is not None and _on(narrow, constants) and _within(narrow, box)):
                yield j


class Sections:
    """The slices of one objective, each solved once, and the orbits of their points."""

    def __init__(self, gs: GradientSystem, moves: Moves, solver: Solver, seconds: float) -> None:
        self.gs, self.moves, self.solver = gs, moves, solver
        self.n = len(gs.variables)
        self.end = time.monotonic() + seconds
        self.sections: list[Section] = []
        self.orbits: list[dict[str, Any]] = []
        self.points: list[list[Fraction]] = []  # fixed by all moves
        self.trees = SliceTrees(gs, moves)
        self.levels: list[tuple[Interval, object]] = []  # for each orbit its value; equal names for equal values
        self.reasons: list[list[str]] = []  # for each orbit why types along it are undecided
        self._tried: dict[Constants, tuple[float, OutOfReach]] = {}  # seconds, and why it failed

    def complete(self, constants: Constants, seconds: float | None) -> int:
        """The number of the slice with a complete list of its critical points, or OutOfReach."""
        solved = self._solved(constants)
        if solved is not None:
            return solved
        left = self.end - time.monotonic()
        if seconds is not None:
            left = min(left, seconds)
        tried, why = self._tried.get(constants, (0.0, OutOfReach("slices: no time left")))
        if tried >= left:
            raise why
        section = self._section(constants)
        try:
            if section.gs.polynomial.is_constant():
                raise SetsOnSlice("an objective that is constant on a slice")
            found = self.solver.landscape(_objective(section), left)
            if found.complete is not Completeness.PROVED or found.evidence is None or found.components:
                reason = found.reason or "components"
                raise (SetsOnSlice if POSITIVE in reason else OutOfReach)(f"a slice: {reason}")
        except OutOfReach as error:
            self._tried[constants] = left, error
            raise
        section.read(found.evidence.text)
        self.sections.append(section)
        return len(self.sections) - 1

    def _solved(self, constants: Constants) -> int | None:
        """The number of the slice, when it is there with a complete list."""
        for i, section in enumerate(self.sections):
            if section.constants == constants and section.report is not None and section.report.complete:
                return i
        return None

    def _section(self, constants: Constants) -> Section:
        polynomial = on_slice(self.gs.polynomial, dict(constants))
        names = tuple(polynomial.context().names())
        statement = {"variables": list(names), "expression": str(polynomial)}
        return Section(constants, statement, gradient_system(polynomial, names))

    def listed(
        self, constants: Constants, place: list[Interval], known: tuple[int, int] | None = None
    ) -> tuple[int, int]:
        """The slice and the number of a critical point on it, which is the known point of another slice; a slice with
        this point is added.
        """
        within = () if known is None else self.sections[known[0]].constants
        box = None if known is None else self.sections[known[0]].places(self.n, alone=True)[known[1]]
        for i, section in enumerate(self.sections):
            if section.constants == constants:
                for j in section.same(place, box, within, self.n):
                    return i, j
        section = self._section(constants)
        free = [k for k in range(self.n) if k not in dict(constants)]
        for pool in self._candidates(section, [place[k] for k in free], free, known):
            made, _ = assemble.assemble(section.gs, section.statement, pool, None, (), (), list, values=False)
            section.read(assemble.text(made))
            for j in section.same(place, box, within, self.n):
                self.sections.append(section)
                return len(self.sections) - 1, j
        raise OutOfReach("a slice: a critical point that was not found again on a larger slice")

    def _candidates(
        self, section: Section, place: list[Interval], free: list[int], known: tuple[int, int] | None
    ) -> Iterator[Pool]:
        """Evidence for one critical point of a slice: a wide box, rational or algebraic coordinates."""
        point = [(low + high) / 2 for low, high in place]
        found = Refiner(section.gs.calculus, section.gs.elements.gradient).refine(
            [complex(float(x)) for x in point], precisions=COARSE_BOXES
        )
        if found is not None and found.is_real:
            yield Pool(certified=[found])
        elif all(low == high for low, high in place):
            yield Pool(multiple=[ExactPoint((0, 1), tuple((x,) for x in point))])
        elif known is not None:
            smaller = self.sections[known[0]]
            left = self.end - time.monotonic()
            for exact in self.solver.exact(_objective(smaller), left):
                others = iter(exact.coordinates)
                fixed = {k: (c,) for k, c in smaller.constants}
                whole = [fixed[k] if k in fixed else next(others) for k in range(self.n)]
                yield Pool(multiple=[ExactPoint(exact.modulus, tuple(whole[k] for k in free))])

    def orbit(self, section: int, point: int) -> int:
        """The number of the orbit of a point of a slice that is crossed by the flows."""
        for i, known in enumerate(self.orbits):
            if (known["slice"], known.get("point")) == (section, point):
                return i
        place = self.sections[section].places(self.n)[point]
        middle = [(low + high) / 2 for low, high in place]
        across = [k for k, _ in self.sections[section].constants]
        flows = self.moves.crossing(across, middle)
        if len(flows) < len(across):
            raise OutOfReach("a critical point on a slice that the flows do not cross")
        report = self.sections[section].report
        if report is None:
            raise CannotAssemble("an orbit without a report")
        found = report.points[point]
        self.levels.append((found.value, (section, found.orbit)))
        self._add_orbit({"slice": section, "point": point}, across, flows, middle)
        return len(self.orbits) - 1

    def _add_orbit(
        self, what: dict[str, int], across: Sequence[int], flows: Sequence[int], place: Sequence[Fraction]
    ) -> None:
        inverse, one = self.moves.speeds_at(across, flows, place).inv(), 1 << INVERSE_BITS
        rows = [[str(int(from_fmpq(inverse[a, b]) * one)) for b in range(len(across))] for a in range(len(across))]
        self.orbits.append({**what, "flows": list(flows), "inverse": rows})
        self.reasons.append([])

    def _add_set(self, sets: Sets, part: Part) -> int:
        """The number of the orbit of a component; `slice` is the number of its slice among the sets until the end."""
        sets.parts.append(part)
        fixed, free = dict(sets.constants), iter(part.sample.coordinates)
        place = [fixed[k] if k in fixed else Fraction(next(free)) for k in range(self.n)]
        self.levels.append((part.value, (part.leaf.eliminant, part.value)))
        what = {"slice": self.trees.sets.index(sets), "component": len(sets.parts) - 1}
        self._add_orbit(what, sorted(fixed), sets.flows, place)
        return len(self.orbits) - 1

    def finish(self) -> None:
        """Certificates for the slices with sets, which the orbits name."""
        first = len(self.sections)
        for number, sets in enumerate(self.trees.sets):
            section = Section(sets.constants, sets.statement, sets.gs)
            text, why = sets.certificate()
            section.text = text
            self.sections.append(section)
            for k, orbit in enumerate(self.orbits):
                if "component" in orbit and orbit["slice"] == number and not self.reasons[k]:
                    self.reasons[k] = why[orbit["component"]]
        for orbit in self.orbits:
            if "component" in orbit:
                orbit["slice"] += first

    def steps(self, case: Case) -> list[dict[str, Any]]:
        """The steps that close a case; by a case tree where that shows types that stay open otherwise."""
        before = len(self.orbits), self.trees.state()
        found = self.leaf(case)
        points = [k for k in range(before[0], len(self.orbits)) if "point" in self.orbits[k]]
        if len(case.fixed) == self.n or all(self._decided(k) for k in points):
            return found
        self._forget(*before)
        try:
            instead = self._by_tree(case)
            if all(self._decided(k) for k in range(before[0], len(self.orbits))):
                return instead
        except (OutOfReach, CannotAssemble):
            pass
        self._forget(*before)
        return self.leaf(case)

    def _decided(self, number: int) -> bool:
        """Whether the type of an orbit is known."""
        orbit = self.orbits[number]
        if "component" in orbit:
            return self.trees.decided(orbit["slice"], orbit["component"])
        report = self.sections[orbit["slice"]].report
        return report is not None and report.points[orbit["point"]].kind != "undecided"

    def _forget(self, count: int, sets: Sequence[int]) -> None:
        """All orbits but the first ones."""
        self.trees.forget(sets)
        for known in (self.orbits, self.levels, self.reasons):
            del known[count:]

    def leaf(self, case: Case) -> list[dict[str, Any]]:
        """The steps that close a case, by points if there are finitely many."""
        if len(case.fixed) == self.n:
            place = [(case.fixed[k], case.fixed[k]) for k in range(self.n)]
            return [{"at": self._use(case, None, place)}]
        whole, crossed = tuple(sorted(case.fixed.items())), self.moves.slice_of(case)
        known = self._solved(crossed) is not None
        reasons = []
        for seconds in (FIRST_SECONDS, None):
            for constants in dict.fromkeys((crossed, whole) if known else (whole, crossed)):
                try:
                    if constants:
                        return [self._on_slice(case, self.complete(constants, seconds))]
                except (OutOfReach, CannotAssemble) as error:
                    reasons.append(str(error))
                    if isinstance(error, SetsOnSlice) and seconds is not None:
                        try:
                            return self._by_tree(case)
                        except (OutOfReach, CannotAssemble) as inner:
                            reasons.append(str(inner))
                empty = self.moves.contradiction(case, FIRST_SECONDS) if seconds is not None else None
                if empty is not None:
                    return [{"combination": empty}]
        raise OutOfReach("; ".join(dict.fromkeys(reasons)) or "a case without a slice")

    def _by_tree(self, case: Case) -> list[dict[str, Any]]:
        """A case tree for the case, or for the parts of it where some coordinate is not 0; where it is, a smaller
        case is left.
        """
        try:
            return [self.trees.steps(case, self._seconds(FIRST_SECONDS), self._add_set)]
        except (OutOfReach, CannotAssemble) as error:
            reason = str(error)
        free = [k for k in range(self.n) if k not in case.fixed and k not in case.signs]
        for step, (zero, *others) in sorted((self.moves.split(case, k) for k in free), key=lambda split: len(split[1])):
            try:
                closed = [self.trees.steps(other, self._seconds(SPLIT_SECONDS), self._add_set) for other in others]
            except (OutOfReach, CannotAssemble):
                continue
            return [step, *self.leaf(zero), *closed]
        raise OutOfReach(f"a case of sets: {reason}")

    def _seconds(self, most: float) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise OutOfReach("slices: no time left")
        return min(most, left)

    def _on_slice(self, case: Case, number: int) -> dict[str, Any]:
        places = self.sections[number].places(self.n)
        return {"slice": number, "points": [self._use(case, (number, i), place) for i, place in enumerate(places)]}

    def _use(self, case: Case, listed: tuple[int, int] | None, place: list[Interval]) -> dict[str, int]:
        """What becomes of a point in a case: it is not in it, it is not critical, or it is on an orbit or fixed."""
        for k, (low, high) in enumerate(place):
            apart = k in case.fixed and not low <= case.fixed[k] <= high
            if apart or (case.signs.get(k, 0) > 0 and high <= 0) or (case.signs.get(k, 0) < 0 and low >= 0):
                return {"coordinate": k}
        for j, slope in enumerate(self.gs.elements.gradient):
            low, high = value_range(slope, place)
            if low > 0 or high < 0:
                return {"gradient": j}
        crossed = self.moves.slice_of(case)
        if crossed:
            if listed is not None and self.sections[listed[0]].constants == crossed:
                return {"orbit": self.orbit(*listed)}
            return {"orbit": self.orbit(*self.listed(crossed, place, listed))}
        if any(low != high for low, high in place):
            raise OutOfReach("a critical point that no flow moves and that is not rational")
        point = [low for low, _ in place]
        if point not in self.points:
            self.points.append(point)
        return {"point": self.points.index(point)}


def _objective(section: Section) -> Objective:
    """The objective on the slice; OutOfReach when it is longer, expanded, than an expression may be."""
    try:
        return Objective.from_statement(section.statement)
    except InputError as error:
        raise OutOfReach(f"a slice: {error}") from None


def _on(place: list[Interval], constants: Constants) -> bool:
    return all(place[k] == (c, c) for k, c in constants)


def _within(inner: list[Interval], outer: list[Interval]) -> bool:
    return all(b[0] <= a[0] and a[1] <= b[1] for a, b in zip(inner, outer, strict=True))


def solve_by_slices(
    objective: Objective, gs: GradientSystem, seconds: float, solver: Solver, pool: Pool
) -> Landscape | None:
    """All orbits of critical points, or None with the reason among the messages of the pool."""
    start = time.monotonic()
    pool.engines["slices"] = "1"
    try:
        moves = Moves(gs.polynomial, seconds)
        sections = Sections(gs, moves, solver, seconds)
        steps = [s for step in moves.steps for s in (sections.steps(step) if isinstance(step, Case) else [step])]
        sections.finish()
        certificate, reasons = _assembled(objective.statement, gs, moves, sections, steps, objective.squares)
    except (OutOfReach, CannotAssemble, OverflowError, RecursionError) as error:
        pool.messages.append(f"slices: {error}")
        return None
    finally:
        pool.seconds["slices"] = time.monotonic() - start
    found = checked(certificate, reasons, pool)
    if found is None:
        return None
    return landscape_of(objective, found, pool, Completeness.PROVED, None, sections.reasons)


def _assembled(
    statement: dict[str, Any],
    gs: GradientSystem,
    moves: Moves,
    sections: Sections,
    steps: list[Any],
    hint: Sequence[tuple[Fraction, fmpq_mpoly]],
) -> tuple[dict[str, Any], list[str | None]]:
    n = len(gs.variables)
    form = separating_form([], n) or (1,) * n
    store = FieldStore(gs, form)
    points: list[RealPoint] = []
    for still in sections.points:
        points += multiple_points(gs, ExactPoint((0, 1), tuple((x,) for x in still)), store)
    values, names = [p.value for p in points], list(range(len(points)))
    keys: list[object] = []
    for value, key in sections.levels:
        values.append(value)
        if key not in keys:
            keys.append(key)
        names.append(len(points) + keys.index(key))
    lowest = infimum_evidence(gs.polynomial, values, names, True, hint)
    assemble.add_kinds(gs, points, values, lowest)
    slices = []
    for section in sections.sections:
        inner = json.loads(section.text)
        del inner["schema"], inner["problem"]
        slices.append({"constants": [[k, rational_text(c)] for k, c in section.constants], "certificate": inner})
    flows, steps, orbits = _used_flows(moves.flows, steps, sections.orbits)
    completeness = {
        "rule": "slices",
        "flows": [[[str(c) for c in row] for row in flow] for flow in flows],
        "slices": slices,
        "orbits": orbits,
        "steps": steps,
    }
    parts = statement, form, [p.entry for p in points], store.entries
    certificate = json_forms.certificate(*parts, completeness=completeness, infimum=lowest)
    return certificate, [p.reason for p in points]


def _used_flows(
    flows: Sequence[Matrix], steps: Sequence[dict[str, Any]], orbits: Sequence[dict[str, Any]]
) -> tuple[list[Matrix], list[dict[str, Any]], list[dict[str, Any]]]:
    """The flows that steps and orbits name, and these with the new numbers."""
    number: dict[int, int] = {}

    def renumbered(j: int) -> int:
        return number.setdefault(j, len(number))

    named = []
    for step in steps:
        step = dict(step)
        if "flow" in step:
            step["flow"] = renumbered(step["flow"])
        if "speeds" in step:
            step["speeds"] = [[renumbered(j), place] for j, place in step["speeds"]]
        named.append(step)
    crossing = [{**orbit, "flows": [renumbered(j) for j in orbit["flows"]]} for orbit in orbits]
    return [flows[j] for j in number], named, crossing
