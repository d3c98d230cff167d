"""Rules W: the type of the points of a component of critical points, stratum by stratum.

The strata cover the component: a stratum leaves open the part of its cell where all its `nonzero` vanish, and, when it
asks for a sign, the parts where that polynomial vanishes or has the other sign; further strata take up what is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel
from .degenerate import degenerate_kind
from .fields import Field
from .inertia import rational_inertia
from .kernel import RationalPoly, TermBudget, add_into, derivative, rational, record, sequence, unit, value_at
from .kinds import KINDS, kind_by_inertia, multiplied, read_squares, sum_of_squares
from .lines import Elements
from .modulo import Place
from .problem import Problem
from .samples import algebraic_sample, inside
from .spheres import extended, inertia_at, proved_on_sphere

MAX_STRATA = 50
STRATUM_KINDS = (*KINDS, "empty")
Interval = tuple[Fraction, Fraction]
Terms = tuple[tuple[kernel.Exponents, Fraction], ...]


@dataclass(frozen=True)
class Component:
    """A set of real critical points: the generators vanish and the objective is in the interval, and is the value.

    `value` is None where it is not rational. Whoever makes a Component has proved that every gradient entry is in the
    ideal of the generators, and that the value is the only value of the objective on the component.
    """

    generators: tuple[RationalPoly, ...]
    value: Fraction | None
    interval: Interval
    dimension: int
    sample: tuple[Field, Interval] | None = None
    fields: tuple[Field, ...] = ()  # those that samples of strata may be in


@dataclass(frozen=True)
class ProvedStratum:
    """What is proved of the points of a component where the equations vanish, some `nonzero` does not, and all
    `positive` are positive. `None` stands for 'not established'.
    """

    kind: str
    equations: tuple[Terms, ...]
    nonzero: tuple[Terms, ...]
    positive: tuple[Terms, ...]
    inhabited: bool  # a point of the stratum is known
    sample: tuple[Fraction, ...] | None  # a rational one
    inertia: tuple[int, int, int] | None  # (positive, zero, negative) there
    tangent: bool  # everywhere on the stratum the kernel of the Hessian is the tangent space of the component
    is_global: bool | None
    spurious: bool | None
    enclosure: tuple[Interval, ...] | None = None  # of a sample that is not rational


def read_strata(value: Any, problem: Problem, component: Component, budget: TermBudget) -> tuple[ProvedStratum, ...]:
    """The strata of a component of an objective without constraint."""
    result = []
    n = len(problem.variables)
    open_cells = [_Cell(((),), [])]
    for item in sequence(value, "strata", most=MAX_STRATA):
        entry = record(item, "equations nonzero kind", "positive bounds proof sample lower extension", "stratum")
        equations, nonzero, positive = (
            [budget.polynomial(p, n) for p in sequence(entry.get(name, []), name)]
            for name in ("equations", "nonzero", "positive")
        )
        kernel.need(bool(open_cells), "W6", "a stratum after the last", "a cell that is open")
        cell = open_cells.pop() if open_cells else _Cell((), [])
        same = tuple(equations) in cell.equations and positive[: len(cell.positive)] == cell.positive
        kernel.need(same, "W6", "another cell", "the equations and the positive polynomials of the cell opened last")
        open_cells += _left(cell, equations, nonzero, positive)
        loss, sphere = extended(entry, problem, component.generators, budget), problem.sphere
        place = Place(n, loss, [*component.generators, *equations], nonzero, positive, [], budget, sphere, problem.loss)
        result.append(_stratum(entry, place, problem, component))
    kernel.need(not open_cells, "W6", "an open cell", "strata that cover the component")
    return tuple(result)


@dataclass(frozen=True)
class _Cell:
    """Points of a component: the equations, in any of these forms, hold and all of `positive` are positive."""

    equations: tuple[tuple[RationalPoly, ...], ...]
    positive: list[RationalPoly]


def _left(
    cell: _Cell, equations: list[RationalPoly], nonzero: list[RationalPoly], positive: list[RationalPoly]
) -> list[_Cell]:
    """Rule W6: what a stratum leaves of its cell; the last one is opened first."""
    left = []
    for k in range(len(cell.positive), len(positive)):
        h, before = positive[k], positive[:k]
        left.append(_Cell(((h,), (*equations, h)), before))
        left.append(_Cell((tuple(equations),), [*before, _negative(h)]))
    if nonzero and not (len(nonzero) == 1 and (nonzero[0] in positive or _negative(nonzero[0]) in positive)):
        left.append(_Cell((tuple(nonzero), (*equations, *nonzero)), positive))
    return left


def _negative(p: RationalPoly) -> RationalPoly:
    return {m: -c for m, c in p.items()}


def _stratum(entry: dict[str, Any], place: Place, problem: Problem, component: Component) -> ProvedStratum:
    n, loss = place.n, problem.loss
    equations = place.elements[len(component.generators) :]
    parts = [tuple(tuple(sorted(p.items())) for p in polys) for polys in (equations, place.nonzero, place.positive)]
    if component.value is None:
        low, high = component.interval
        if "bounds" in entry:
            least, most = (rational(c, "bounds") for c in sequence(entry["bounds"], "bounds", 2))
            wide = least <= low and high <= most
            kernel.need(wide, "W17", "bounds that may be wrong", "bounds around the interval of the value")
            low, high = least, most
        above, below = dict(loss), {m: -c for m, c in loss.items()}
        add_into(above, {(0,) * n: Fraction(1)}, -low)
        add_into(below, {(0,) * n: Fraction(1)}, high)
        place.nonnegative = [above, below]
    kind = entry["kind"]
    kernel.need(type(kind) is str and kind in STRATUM_KINDS, "F3", kind, f"one of {STRATUM_KINDS}")
    shown = _Shown("undecided")
    if "proof" in entry:
        shown = _proof(entry["proof"], place, problem, component, "extension" in entry)
    kernel.need(kind in ("undecided", shown.kind), "W7", kind, f"the kind {shown.kind}")
    sample, enclosure, inertia = shown.point, None, None
    if isinstance(entry.get("sample"), dict):
        bounds = component.interval if component.value is None else None
        enclosure, inertia = algebraic_sample(entry["sample"], place, problem, component.fields, bounds)
    elif "sample" in entry:
        sample = [rational(x, "sample") for x in sequence(entry["sample"], "sample", n)]
    if enclosure is not None:
        sample = None
    elif sample is None:
        sample = _rational_sample(component)
        lies = sample is not None and _lies_on(sample, place, component)
        sample = sample if lies else None
    else:
        kernel.need(_lies_on(sample, place, component), "W8", "a point off the stratum", "a point of the stratum")
    inhabited = sample is not None or enclosure is not None or _sample_inside(place, component)
    if sample is not None:
        inertia = inertia_at(problem, sample)
    is_global = True if shown.is_global else None
    spurious = False if kind == "minimum" and is_global else None
    if "lower" in entry:
        idle = kind != "minimum" or is_global or bool(problem.sphere)
        kernel.need(not idle, "F2", "an idle lower value", "lower beside a local minimum without constraint")
        point = [rational(x, "lower") for x in sequence(entry["lower"], "lower", n)]
        least = component.interval[0] if component.value is None else component.value
        kernel.need(value_at(loss, point) < least, "W9", "no lower value", "a point with a lower value")
        is_global, spurious = False, True
    return ProvedStratum(
        kind=kind,
        equations=parts[0],
        nonzero=parts[1],
        positive=parts[2],
        inhabited=inhabited,
        sample=None if sample is None else tuple(sample),
        inertia=inertia,
        tangent=shown.tangent and kind != "undecided",
        is_global=is_global,
        spurious=spurious,
        enclosure=enclosure,
    )


# ------------------------------------------------------------------------------------------------------------- proofs


@dataclass(frozen=True)
class _Shown:
    kind: str
    is_global: bool = False
    tangent: bool = False
    point: list[Fraction] | None = None


def _proof(value: Any, place: Place, problem: Problem, component: Component, extension: bool) -> _Shown:
    readers = {
        "saddle": _saddle,
        "tangent": _tangent,
        "squares": _squares,
        "point": _point,
        "empty": _empty,
        "tube": _tube,
    }
    kernel.need(isinstance(value, dict), "F2", value, "proof: an object")
    rule = value.get("rule")
    kernel.need(type(rule) is str and rule in readers, "F3", rule, f"one of {', '.join(readers)}")
    if problem.sphere:
        proved_on_sphere(value, extension)
    if "lines" in value:
        place.lines(value["lines"])
    return readers[rule](value, place, problem, component)


def _saddle(value: Any, place: Place, problem: Problem, component: Component) -> _Shown:
    """Rules W4, W5, W10, W11: points with lower and higher values arbitrarily near; strict by a negative curvature."""
    entry = record(value, "rule below", "lines above semidefinite", "saddle")
    strict = isinstance(entry["below"], dict) and "fields" in entry["below"]
    kernel.need(strict or "semidefinite" in entry, "W10", "no curvature", "negative curvature or semidefiniteness")
    if strict:
        place.curvature(entry["below"], 1)
        both = False
    else:
        semidefinite = record(entry["semidefinite"], "squares cofactors", where="semidefinite")
        place.matrix_identity([[dict(h) for h in row] for row in place.hessian], semidefinite, "W10")
        both = place.arcs(entry["below"], 1)
    kernel.need(both or "above" in entry, "W11", "one side only", "higher values arbitrarily near as well")
    if "above" in entry:
        above = entry["above"]
        kernel.need(isinstance(above, dict), "F2", above, "above: an object")
        if "fields" in above:
            place.curvature(above, -1)
        elif "arcs" in above:
            place.arcs(above, -1)
        else:
            place.subharmonic(above)
    return _Shown("strict_saddle" if strict else "nonstrict_saddle")


def _tangent(value: Any, place: Place, problem: Problem, component: Component) -> _Shown:
    """Rules W12, W13 and W16: fields tangent to the component, and a Hessian that is definite across them."""
    entry = record(value, "rule sign fields squares cofactors", "lines metric gain span", "tangent")
    kernel.need(("gain" in entry) != ("span" in entry), "F2", "gain and span, or none", "one of gain, span")
    sign = entry["sign"]
    kernel.need(type(sign) is int and sign in (1, -1), "F3", sign, "sign: 1 or -1")
    one: RationalPoly = {(0,) * place.n: Fraction(1)}
    metric = place.vector(entry["metric"]) if "metric" in entry else [one] * place.n
    generators = list(component.generators)
    matrix = [[{m: sign * c for m, c in h.items()} for h in row] for row in place.hessian]
    for gram, factor, items, _ in place.grams(entry["fields"], "fields"):
        moved = []
        for item in items:
            given = record(item, "field cofactors", where="field")
            field = place.vector(given["field"])
            moved.append([place.times(q, t) for q, t in zip(metric, field, strict=True)])
            for g, cofactors in zip(
                generators, sequence(given["cofactors"], "cofactors", len(generators)), strict=True
            ):
                change: RationalPoly = {}
                for i, t in enumerate(field):
                    add_into(change, place.times(t, derivative(g, i)))
                add_into(change, place.combination(cofactors, generators), -1)
                kernel.need(not change, "W12", "a generator that changes", "a field tangent to the component")
        place.add_squares(matrix, gram, factor, moved, 1)
    if "gain" in entry:
        gain = place.gain(entry["gain"])
        for i in range(place.n):
            add_into(matrix[i][i], gain, -1)
    vectors = place.matrix_identity(matrix, entry, "W13")
    if "span" in entry:
        _span(entry["span"], vectors, place)
    return _Shown("minimum" if sign > 0 else "maximum", tangent=True)


def _span(value: Any, vectors: list[list[RationalPoly]], place: Place) -> None:
    """Rule W16: combinations of the vectors are (rest + gain) times each unit vector, modulo the ideal."""
    entry = record(value, "gain rest rows", where="span")
    wanted = place.nonnegative_sum(entry["rest"])
    add_into(wanted, place.gain(entry["gain"]))
    for i, item in enumerate(sequence(entry["rows"], "rows", place.n)):
        row = record(item, "parts cofactors", where="row")
        total: list[RationalPoly] = [{} for _ in range(place.n)]
        for part in sequence(row["parts"], "parts"):
            k, factor = sequence(part, "part", 2)
            vector = vectors[kernel.index(k, len(vectors), "a square")]
            multiple = place.polynomial(factor)
            for j, a in enumerate(vector):
                add_into(total[j], place.times(a, multiple))
        add_into(total[i], wanted, -1)
        add_into(total[i], place.combination(row["cofactors"], place.elements), -1)
        kernel.need(not any(total), "W16", f"row {i}", "a positive multiple of the unit vector")


def _squares(value: Any, place: Place, problem: Problem, component: Component) -> _Shown:
    """Rule W14: the objective minus the value, perhaps times a sum of squares, is a sum of squares."""
    entry = record(value, "rule squares", "lines multiplier", "squares")
    difference = dict(place.loss)
    add_into(difference, {(0,) * place.n: Fraction(1)}, -component.interval[0])
    if "multiplier" in entry:
        difference = multiplied(entry["multiplier"], difference, place.n, place.budget)
    equal = sum_of_squares(read_squares(entry["squares"], place.n, place.budget, "W14")) == difference
    kernel.need(
        equal and component.value is not None, "W14", "another polynomial", "objective - value = sum of squares"
    )
    return _Shown("minimum", is_global=True)


def _tube(value: Any, place: Place, problem: Problem, component: Component) -> _Shown:
    """Rule W18: sign * (objective - value) is a sum of squares times multipliers, among them polynomials that are
    positive on the stratum, so near it.
    """
    entry = record(value, "rule sign tubes squares", "lines", "tube")
    sign = entry["sign"]
    kernel.need(type(sign) is int and sign in (1, -1), "F3", sign, "sign: 1 or -1")
    for item in sequence(entry["tubes"], "tubes"):
        given = record(item, "polynomial gain cofactors", where="tube")
        tube = place.polynomial(given["polynomial"])
        rest = dict(tube)
        add_into(rest, place.gain(given["gain"]), -1)
        add_into(rest, place.combination(given["cofactors"], place.elements), -1)
        kernel.need(not rest, "W18", "a polynomial that may be 0", "a gain plus what vanishes on the stratum")
        place.nonnegative = [*place.nonnegative, tube]
    total = place.nonnegative_sum(entry["squares"])
    add_into(total, place.loss, -sign)
    rest = {m: c for m, c in total.items() if any(m)}
    shown = not rest and component.value is not None and total.get((0,) * place.n, 0) == -sign * component.value
    kernel.need(shown, "W18", "another polynomial", "sign * (objective - value) as the sum")
    return _Shown("minimum" if sign > 0 else "maximum")


def _point(value: Any, place: Place, problem: Problem, component: Component) -> _Shown:
    """Rule W15: the stratum is a single rational point; rules K decide."""
    entry = record(value, "rule point cofactors", "lines proof", "point")
    n = place.n
    point = [rational(x, "point") for x in sequence(entry["point"], "point", n)]
    for i, cofactors in enumerate(sequence(entry["cofactors"], "cofactors", n)):
        rest: RationalPoly = {unit(n, i): Fraction(1)}
        add_into(rest, {(0,) * n: Fraction(1)}, -point[i])
        add_into(rest, place.combination(cofactors, place.elements), -1)
        kernel.need(not rest, "W15", f"coordinate {i}", "the coordinates of one point modulo the ideal")
    inertia = rational_inertia([[value_at(h, point) for h in row] for row in place.hessian])
    kind = kind_by_inertia(*inertia)
    kernel.need(kind is None or "proof" not in entry, "F2", "a proof beside a deciding inertia", "one or the other")
    if kind is None:
        kind = "undecided"
        if "proof" in entry:
            kind = degenerate_kind(place.loss, _exact(point, problem), inertia, entry["proof"], place.budget)
    return _Shown(kind, point=point)


def _empty(value: Any, place: Place, problem: Problem, component: Component) -> _Shown:
    entry = record(value, "rule identity", "lines", "empty")
    place.empty(entry["identity"])
    return _Shown("empty")


# ------------------------------------------------------------------------------------------------------------- points


def _exact(point: list[Fraction], problem: Problem) -> tuple[Field, Interval]:
    """A rational critical point in the form that rules K read."""
    x = point[0]
    edge = str(abs(x.numerator) + 2)
    field = {
        "modulus": [str(-x.numerator), str(x.denominator)],
        "coordinates": [[str(v)] for v in point],
        "cuts": ["-" + edge, edge],
        "counted": False,
    }
    form = [1, *[0] * (len(point) - 1)]
    made = Field(field, Elements(problem), form)
    return made, made.intervals[0]


def _rational_sample(component: Component) -> list[Fraction] | None:
    if component.sample is None or component.sample[0].d != 1:
        return None
    return [low for low, _ in component.sample[0].point_enclosure(component.sample[1])]


def _lies_on(point: list[Fraction], place: Place, component: Component) -> bool:
    value = value_at(place.loss, point)
    low, high = component.interval
    inside = low < value < high if component.value is None else value == component.value
    return (
        inside
        and all(value_at(g, point) == 0 for g in place.elements)
        and (not place.nonzero or any(value_at(h, point) != 0 for h in place.nonzero))
        and all(value_at(p, point) > 0 for p in place.positive)
    )


def _sample_inside(place: Place, component: Component) -> bool:
    """Whether the sample of the component lies on the stratum, as far as bounds show."""
    return component.sample is not None and inside(*component.sample, place, len(component.generators))
