"""From the report of the checker to the entries of a landscape: points, and components stratum by stratum."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exactland.certify.assemble import text
from exactland.certify.sources import Numbers
from exactland.checker import Rejection, Report, ResourceLimit, check_bytes
from exactland.checker.check import ProvedPoint
from exactland.landscape import (
    Certificate,
    Completeness,
    CriticalPoint,
    Inertia,
    Infimum,
    Kind,
    Landscape,
)
from exactland.number import Bounds, Number, outward, polynomial_text
from exactland.objective import Objective
from exactland.polynomial import ring, to_fmpq
from exactland.solving.zero_dimensional import Pool

if TYPE_CHECKING:
    from exactland.checker.problem import Problem
    from exactland.checker.sets import ProvedComponent
    from exactland.checker.strata import ProvedStratum

Terms = Sequence[tuple[tuple[int, ...], Fraction | int]]
Checked = tuple[Report, str, list[str | None]]  # the report, the text checked, why points are undecided


def checked(certificate: dict[str, Any], reasons: list[str | None], pool: Pool) -> Checked | None:
    """What the checker says of a certificate; None, with the reason among the messages, when it does not accept it."""
    written = text(certificate)
    start = time.monotonic()
    try:
        return check_bytes(written.encode("ascii")), written, reasons
    except (Rejection, ResourceLimit) as error:
        pool.messages.append(f"the checker did not accept the certificate: {error}")
        return None
    finally:
        pool.seconds["check"] = pool.seconds.get("check", 0.0) + time.monotonic() - start


def landscape_of(
    objective: Objective,
    found: Checked,
    pool: Pool,
    complete: Completeness,
    reason: str | None,
    strata_reasons: Sequence[Sequence[str]] | None = None,
) -> Landscape:
    """The landscape that a report proves; what the pool says of it is provenance only."""
    report, written, reasons = found
    numbers = Numbers(objective, written, report.complex_points)
    proved = (complete is Completeness.PROVED) == (report.complete is not None)
    if not proved:
        raise RuntimeError("the report of the checker and the landscape disagree on completeness")
    lowest = None
    if report.infimum is not None:
        place = next(iter(report.infimum.argmin), None)
        value = None
        if report.infimum.value is not None:
            source = None if place is None else numbers
            value = Number(*outward(*report.infimum.value), None, source, (place or 0, None))
        lowest = Infimum(value, bool(report.infimum.argmin), report.infimum.argument)
    return Landscape(
        objective,
        complete,
        reason,
        entries(report, reasons, strata_reasons, numbers),
        report.complex_points,
        lowest,
        {name: round(value, 6) for name, value in pool.seconds.items()},
        pool.engines,
        Certificate(written, report),
    )


def entries(
    report: Report,
    reasons: Sequence[str | None] | None = None,
    strata_reasons: Sequence[Sequence[str]] | None = None,
    source: Numbers | None = None,
) -> tuple[CriticalPoint, ...]:
    """Every critical set of a report, by loss, orbits together; the reasons say why the type of a point, or of a
    stratum of a component, is undecided.

    The multiplier of a sphere, the last coordinate, is left out.
    """
    variables = report.problem.variables[: -1 if report.problem.sphere else None]
    given = reasons or [None] * len(report.points)
    along = strata_reasons or [[]] * len(report.components)
    points = [_point(variables, p, why, source, i) for i, (p, why) in enumerate(zip(report.points, given, strict=True))]
    order = sorted(range(len(report.components)), key=lambda k: (report.components[k].value[0], k))
    numbers = {k: number for number, k in enumerate(order)}
    for k, (component, why) in enumerate(zip(report.components, along, strict=True)):
        points += _component(variables, report.problem, component, numbers[k], why, _Places(source, report, k))
    lowest: dict[tuple[bool, int], Fraction] = {}
    for p in points:
        key = p.dimension > 0, p.orbit
        lowest[key] = min(lowest.get(key, p.value.lower), p.value.lower)

    def place(p: CriticalPoint) -> tuple[Fraction, bool, int, list[Fraction]]:
        coordinates = [] if p.dimension else [n.lower for n in p.point.values()]  # strata stay in their order
        return lowest[p.dimension > 0, p.orbit], p.dimension > 0, p.orbit, coordinates

    return tuple(sorted(points, key=place))


def _point(
    variables: tuple[str, ...], p: ProvedPoint, reason: str | None, source: Numbers | None, i: int
) -> CriticalPoint:
    numbers = [Number(*outward(low, high), None, source, (i, k)) for k, (low, high) in enumerate(p.enclosure)]
    return CriticalPoint(
        kind=Kind(p.kind),
        value=Number(*outward(*p.value), p.value_polynomial, source, (i, None)),
        point=dict(zip(variables, numbers[: len(variables)], strict=True)),
        inertia=None if p.inertia is None else Inertia(*p.inertia),
        is_global=p.is_global,
        spurious=p.spurious,
        multiplicity=p.multiplicity,
        orbit=p.orbit,
        orbit_size=p.orbit_size,
        reason=reason if p.kind == Kind.UNDECIDED.value else None,
    )


class _Places:
    """The numbers of one of the sets of a report: see `exactland.certify.sources`."""

    def __init__(self, source: Numbers | None, report: Report, k: int) -> None:
        self._source, self._set = source, len(report.points) + k
        before = report.components[:k]
        self._strata = len(report.points) + len(report.components)
        self._strata += sum(s.enclosure is not None for c in before for s in c.strata)

    def value(self, bounds: Bounds, polynomial: tuple[int, ...] | None) -> Number:
        return Number(*outward(*bounds), polynomial, self._source, (self._set, None))

    def point(self, enclosure: Sequence[Bounds], before: int | None = None) -> list[Number]:
        """The sample of the set, or that of a stratum, where so many of them have one that is not rational."""
        place = self._set if before is None else self._strata + before
        return [Number(*outward(low, high), None, self._source, (place, k)) for k, (low, high) in enumerate(enclosure)]


def _component(
    variables: tuple[str, ...],
    problem: Problem,
    c: ProvedComponent,
    orbit: int,
    reasons: Sequence[str],
    places: _Places,
) -> Iterator[CriticalPoint]:
    """One entry for each stratum that is not shown to be empty, or one where they are all alike; all of them have the
    dimension of the component.
    """
    from exactland.checker.strata import ProvedStratum

    numbers = places.point(c.sample)
    write = _writer(variables, problem)
    equations = [f"{write(g)} = 0" for g in c.generators]
    if problem.sphere:
        from exactland.certify.sphere_equations import sphere_equations

        equations = sphere_equations(problem, c.generators)
    if c.constants is not None:
        from exactland.certify.orbit_equations import orbit_equations

        equations = list(orbit_equations(ring(variables), c, problem.loss))
    value = places.value(c.value, c.value_polynomial)
    if c.value_polynomial is not None:
        equations.append(f"loss = the root {value!r} of {polynomial_text(c.value_polynomial)}")
    whole = ProvedStratum(
        "minimum" if c.is_global else "undecided", (), (), (), True, None, None, False, c.is_global, None
    )
    known = [*(_plainer(s, rest) for s, rest in pairwise(c.strata)), *c.strata[-1:]]
    strata = [(k, s) for k, s in enumerate(known or [whole]) if s.kind != "empty"]
    if len(strata) > 1 and _alike(c, [s for _, s in strata]):
        # They cover the component, and its sample is on one of them.
        k, s = strata[0]
        strata = [(k, ProvedStratum(s.kind, (), (), (), True, None, None, s.tangent, s.is_global, s.spurious))]
    for k, s in strata:
        why = reasons[k] if k < len(reasons) else ""
        point = numbers if s.sample is None else [Number(x, x) for x in s.sample]
        inertia = c.inertia if s.sample is None and s.inhabited else s.inertia
        if s.enclosure is not None:
            before = sum(other.enclosure is not None for other in c.strata[:k])
            point, inertia = places.point(s.enclosure, before), s.inertia
        kind = Kind(s.kind)
        is_minimum = kind is Kind.MINIMUM
        on_slice = "" if c.constants is None else " on the slice"
        conditions = tuple(f"{text}{on_slice}" for text in _conditions(write, s))
        yield CriticalPoint(
            kind=kind,
            value=value,
            point=dict(zip(variables, point[: len(variables)], strict=True)) if s.inhabited else {},
            inertia=None if inertia is None else Inertia(*inertia),
            is_global=_is_global(c, s),
            spurious=s.spurious if is_minimum and s.inhabited else None,
            multiplicity=None,
            orbit=orbit,
            dimension=c.dimension,
            equations=(*equations, *conditions),
            conditions=conditions,
            reason=(why or "no proof of one type was found") if kind is Kind.UNDECIDED else None,
        )


def _plainer(s: ProvedStratum, rest: ProvedStratum) -> ProvedStratum:
    """The stratum without `nonzero` where what that leaves of its cell is shown to be empty."""
    left = rest.kind == "empty" and rest.positive == s.positive and s.nonzero
    return replace(s, nonzero=()) if left and rest.equations in (s.nonzero, (*s.equations, *s.nonzero)) else s


def _alike(c: ProvedComponent, strata: Sequence[ProvedStratum]) -> bool:
    """Whether the same is known of all strata, as far as there are points on them."""
    types = {(s.kind, s.is_global, s.spurious) for s in strata}
    inertias = {s.inertia for s in strata if s.inertia is not None} | ({c.inertia} - {None})
    return len(types) == 1 and strata[0].kind != "undecided" and len(inertias) < 2


def _is_global(c: ProvedComponent, s: ProvedStratum) -> bool | None:
    """Nothing is said of a stratum of local minima that may be empty."""
    if s.kind != "minimum":
        return None if c.is_global is None else False
    return s.is_global if s.inhabited or s.is_global else None


def _conditions(write: Callable[[Terms], str], s: ProvedStratum) -> Iterator[str]:
    """What sets a stratum apart within its component."""
    yield from (f"{write(g)} = 0" for g in s.equations)
    yield from (_signed(write, h) for h in s.positive)
    implied = len(s.nonzero) == 1 and any(
        tuple(h) in (tuple(s.nonzero[0]), _negative(s.nonzero[0])) for h in s.positive
    )
    if len(s.nonzero) == 1 and not implied:
        yield f"{write(s.nonzero[0])} != 0"
    elif s.nonzero and not implied:
        yield f"not all zero: {', '.join(write(h) for h in s.nonzero)}"


def _signed(write: Callable[[Terms], str], h: Terms) -> str:
    text = write(h)
    return f"{write(_negative(h))} < 0" if text.startswith("-") else f"{text} > 0"


def _negative(h: Terms) -> tuple[tuple[tuple[int, ...], Fraction | int], ...]:
    return tuple((m, -c) for m, c in h)


def _writer(variables: Sequence[str], problem: Problem) -> Callable[[Terms], str]:
    """How polynomials are written; on a sphere without the multiplier."""
    if problem.sphere:
        from exactland.certify.sphere_equations import without_multiplier

        return lambda terms: str(without_multiplier(problem, terms))
    context = ring(variables)
    return lambda terms: str(context.from_dict({m: to_fmpq(a) for m, a in terms}))
