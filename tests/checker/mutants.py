"""Mutants of certificates, and an oracle for those that are accepted.

A mutant of a good certificate may be another valid witness: another box around the same point, another transform,
fewer claims. The oracle compares what its report claims with the report of the original: nothing may be said that the
original does not say as well.
"""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactland.checker import ProvedPoint, Report
from exactland.checker.kernel import derivative, value_at
from exactland.checker.sets import ProvedComponent

Path = tuple[str | int, ...]
Interval = tuple[Fraction, Fraction]


def paths(value: Any, here: Path = ()) -> Iterator[tuple[Path, Any]]:
    if here:
        yield here, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*here, key))


def replaced(value: Any) -> list[Any]:
    """What may stand in the place of a value."""
    if isinstance(value, bool):
        return [not value, int(value), str(value), None]
    if isinstance(value, int):
        return [value + 1, value - 1, -value, 0, 10**9, bool(value), float(value), str(value), None, [value]]
    if isinstance(value, str):
        return _texts(value)
    if value is None:
        return [0, "", [], {}, False]
    if isinstance(value, list):
        shorter = [value[:i] + value[i + 1 :] for i in range(len(value))]
        longer = [[*value[: i + 1], *value[i:]] for i in range(len(value))]
        swapped = [[*value[:i], value[i + 1], value[i], *value[i + 2 :]] for i in range(len(value) - 1)]
        return [[], *shorter, *longer, *swapped, [*value, None], value[::-1], {}, None, 0]
    if not isinstance(value, dict):
        return [0, None]
    fewer = [{k: v for k, v in value.items() if k != key} for key in value]
    return [*fewer, {**value, "more": 0}, {}, [], None, list(value.values())]


def _texts(value: str) -> list[Any]:
    try:
        number = Fraction(value)
    except ValueError:
        return [value + "x", value[:-1], "", None, 0, [value]]
    near = [number + 1, number - 1, -number, number / 2, number * 2, Fraction(0), number + Fraction(1, 10**9)]
    wrong = [f"{value}/1", f"0{value}", f"+{value}", f" {value}", f"{value}.0", f"{value}e0", "-0", ""]
    return [*map(str, near), *wrong, float(number), int(number), None, [value], True]


def mutants(good: dict[str, Any], seed: str, most: int | None = None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Single edits of every field, all of them or a fixed sample."""
    edits = [
        (path, new) for path, old in paths(good) for new in replaced(old) if new != old or type(new) is not type(old)
    ]
    if most is not None and len(edits) > most:
        edits = random.Random(seed).sample(edits, most)
    for path, new in edits:
        result = copy.deepcopy(good)
        place: Any = result
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = copy.deepcopy(new)
        yield path, result


# -------------------------------------------------------------------------------------------------------------- oracle


def overclaims(original: Report, mutant: Report) -> list[str]:
    """What the mutant claims beyond the original, in words; nothing for another valid witness."""
    found = [] if same_landscape(original, mutant) else ["another landscape"]
    choices = itertools.product(*(_matches(point, original.points) for point in mutant.points))
    distinct = (where for where in choices if len(set(where)) == len(where))
    attempts = [_overclaims_with(original, mutant, where) for where in itertools.islice(distinct, 100)]
    if not attempts:
        return [*found, "a point that is none of the listed ones, or one of them twice"]
    if mutant.complete is not None and (original.complete is None or len(mutant.points) != len(original.points)):
        found.append("completeness")
    found += _overclaims_of_components(original, mutant)
    if mutant.complex_points not in (None, original.complex_points):
        found.append("the complex count")
    return [*found, *min(attempts, key=len), *_overclaims_of_facts(original, mutant)]


def _overclaims_of_components(original: Report, mutant: Report) -> list[str]:
    """Components with other equations, values, dimensions or types; fewer of them only in an open list."""
    found, met = [], set()
    for c in mutant.components:
        number = next((i for i, known in enumerate(original.components) if _same_set(c, known)), None)
        if number is None:
            found.append("another component")
            continue
        known = original.components[number]
        met.add(number)
        found += ["dimension"] if c.dimension != known.dimension or (c.exact and not known.exact) else []
        found += ["is_global"] if c.is_global not in (None, known.is_global) else []
        kinds = {s.kind for s in known.strata} | {"undecided"} | ({"minimum"} if known.is_global else set())
        found += [f"stratum {s.kind}" for s in c.strata if s.kind not in kinds]
        same = {(s.equations, s.nonzero, s.positive): s for s in known.strata}
        for s in c.strata:
            other = same.get((s.equations, s.nonzero, s.positive))
            if other is not None:
                whole = known.is_global and s.kind == "minimum"
                found += ["type"] if s.kind not in ("undecided", other.kind) and not whole else []
                found += ["spurious"] if s.spurious and not other.spurious else []
                found += ["tangent"] if s.tangent and not other.tangent else []
    if mutant.complete in ("cases", "slices") and len(met) != len(original.components):
        found.append("completeness of the components")
    return found


def _same_set(a: ProvedComponent, b: ProvedComponent) -> bool:
    """The same equations and value; of orbits the same slice, and bounds that the same point can be in."""
    if a.constants is None or b.constants is None:
        return a.constants == b.constants and (_zeros(a), a.value) == (_zeros(b), b.value)
    bounds = zip((*a.sample, a.value), (*b.sample, b.value), strict=True)
    return a.constants == b.constants and all(x[0] <= y[1] and y[0] <= x[1] for x, y in bounds)


def _zeros(component: ProvedComponent) -> frozenset[tuple[tuple[tuple[int, ...], Fraction], ...]]:
    """The generators, each up to a constant."""
    return frozenset(tuple((m, Fraction(c, g[0][1])) for m, c in g) for g in component.generators)


def _overclaims_with(original: Report, mutant: Report, where: Sequence[int]) -> list[str]:
    """The claims about points, when point i of the mutant is point where[i] of the original."""
    found = []
    for point, j in zip(mutant.points, where, strict=True):
        found += _overclaims_of_point(original.points[j], point)
    pairs = itertools.combinations(zip(mutant.points, where, strict=True), 2)
    if any(a.orbit == b.orbit and original.points[i].orbit != original.points[j].orbit for (a, i), (b, j) in pairs):
        found.append("an orbit")
    return found + _overclaims_of_infimum(original, mutant, where)


def same_landscape(a: Report, b: Report) -> bool:
    """Equal objectives up to a constant and a positive factor."""
    n = len(a.problem.variables)
    if len(b.problem.variables) != n:
        return False
    left = [derivative(a.problem.loss, i) for i in range(n)]
    right = [derivative(b.problem.loss, i) for i in range(n)]
    ratios = {r[m] / g[m] if m in g else None for g, r in zip(left, right, strict=True) for m in r}
    return (
        [g.keys() for g in left] == [r.keys() for r in right] and len(ratios) <= 1 and all(c and c > 0 for c in ratios)
    )


def _matches(point: ProvedPoint, listed: Sequence[ProvedPoint]) -> list[int]:
    def meets(other: ProvedPoint) -> bool:
        return all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(point.enclosure, other.enclosure, strict=True))

    return [j for j, other in enumerate(listed) if meets(other)]


def _overclaims_of_point(true: ProvedPoint, point: ProvedPoint) -> list[str]:
    names = ("inertia", "multiplicity", "is_global", "spurious")
    found = [name for name in names if getattr(point, name) not in (None, getattr(true, name))]
    if point.kind not in ("undecided", true.kind):
        found.append(f"kind {point.kind}")
    if point.value_polynomial is not None and not _has_root(point.value_polynomial, true.value):
        found.append("value polynomial")
    return found


def _has_root(polynomial: Sequence[int], interval: Interval) -> bool:
    low, high = (sum(c * x**k for k, c in enumerate(polynomial)) for x in interval)
    return low * high <= 0


def _overclaims_of_infimum(original: Report, mutant: Report, where: Sequence[int]) -> list[str]:
    given, true = mutant.infimum, original.infimum
    if given is None:
        return []
    if true is None or (given.value is None) != (true.value is None):
        return ["the infimum"]
    named = {_attaining(mutant, i, where) for i in given.argmin}
    meant = {_attaining(original, i, range(len(original.points))) for i in true.argmin}
    return [] if named == meant else ["the points of the infimum"]


def _attaining(report: Report, i: int, where: Sequence[int]) -> object:
    """A point, or after the points a component, as something to compare."""
    if i < len(report.points):
        return where[i]
    component = report.components[i - len(report.points)]
    return _zeros(component), component.value


def _overclaims_of_facts(original: Report, mutant: Report) -> list[str]:
    """Facts of another kind; facts about points are evaluated."""
    true = {(fact.name, fact.constant) for fact in original.facts}
    found = [f"fact {fact.name}" for fact in mutant.facts if (fact.name, fact.constant) not in true]
    for fact in mutant.facts:
        if fact.name in ("zero", "nonzero") and fact.index is not None:
            meant = [original.points[j] for j in _matches(mutant.points[fact.index], original.points)]
            middles = [[(low + high) / 2 for low, high in point.enclosure] for point in meant]
            values = [abs(value_at(dict(fact.polynomial), middle)) for middle in middles]
            small = [v < Fraction(1, 2) for v in values]  # sqrt 2 is known within a few percent
            found += [] if (fact.name == "zero") in small else [f"{fact.name} at point {fact.index}"]
        if fact.name == "not_critical":
            slopes = (derivative(mutant.problem.loss, i) for i in range(len(fact.point)))
            found += [] if any(value_at(s, list(fact.point)) for s in slopes) else ["not critical"]
    return found
