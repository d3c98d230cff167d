"""From the report of the checker to the entries of a landscape: points, and components stratum by stratum."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from exactland.certify.minimal import polynomial_text
from exactland.checker import Report
from exactland.checker.check import ProvedComponent, ProvedPoint
from exactland.landscape import (
    Certificate,
    Completeness,
    CriticalPoint,
    Inertia,
    Infimum,
    Kind,
    Landscape,
    Number,
    outward,
)
from exactland.objective import Objective
from exactland.polynomial import ring
from exactland.solving.zero_dimensional import Pool

Checked = tuple[Report, str, list[str | None]]  # the report, the text checked, why points are undecided


def landscape_of(
    objective: Objective, found: Checked, pool: Pool, complete: Completeness, reason: str | None
) -> Landscape:
    """The landscape that a report proves; what the pool says of it is provenance only."""
    report, written, reasons = found
    proved = (complete is Completeness.PROVED) == (report.complete is not None)
    if not proved:
        raise RuntimeError("the report of the checker and the landscape disagree on completeness")
    lowest = None
    if report.infimum is not None:
        value = None if report.infimum.value is None else Number(*outward(*report.infimum.value))
        lowest = Infimum(value, report.infimum.value is not None, report.infimum.argument)
    return Landscape(
        objective,
        complete,
        reason,
        entries(report, reasons),
        report.complex_points,
        lowest,
        {name: round(value, 4) for name, value in pool.seconds.items()},
        pool.engines,
        Certificate(written, report.proved),
    )


def entries(report: Report, reasons: Sequence[str | None] | None = None) -> tuple[CriticalPoint, ...]:
    """Every critical set of a report, by loss, orbits together; `reasons` say why the type of a point is undecided.

    The multiplier of a sphere, the last coordinate, is left out.
    """
    variables = report.problem.variables[: -1 if report.problem.sphere else None]
    given = reasons or [None] * len(report.points)
    points = [_point(variables, *p) for p in zip(report.points, given, strict=True)]
    orbit = max((p.orbit for p in report.points), default=-1) + 1
    for k, component in enumerate(report.components):
        points += _component(variables, component, orbit + k)
    lowest_of_orbit = {p.orbit: min(q.value.lower for q in points if q.orbit == p.orbit) for p in points}
    return tuple(sorted(points, key=lambda p: (lowest_of_orbit[p.orbit], p.orbit, [n.lower for n in p.point.values()])))


def _point(variables: tuple[str, ...], p: ProvedPoint, reason: str | None) -> CriticalPoint:
    numbers = [Number(*outward(low, high)) for low, high in p.enclosure]
    return CriticalPoint(
        kind=Kind(p.kind),
        value=Number(*outward(*p.value), polynomial_text(p.value_polynomial)),
        point=dict(zip(variables, numbers[: len(variables)], strict=True)),
        inertia=None if p.inertia is None else Inertia(*p.inertia),
        is_global=p.is_global,
        spurious=p.spurious,
        multiplicity=p.multiplicity,
        orbit=p.orbit,
        orbit_size=p.orbit_size,
        reason=reason if p.kind == Kind.UNDECIDED.value else None,
    )


def _component(variables: tuple[str, ...], c: ProvedComponent, orbit: int) -> list[CriticalPoint]:
    numbers = [Number(*outward(low, high)) for low, high in c.sample]
    context = ring(variables)
    equations = [f"{context.from_dict({m: fmpq(a) for m, a in g})} = 0" for g in c.generators]
    value = Number(*outward(*c.value), polynomial_text(c.value_polynomial))
    if c.value_polynomial is not None:
        equations.append(f"loss = the root {value!r} of {polynomial_text(c.value_polynomial)}")
    kind = Kind.MINIMUM if c.is_global else Kind.UNDECIDED
    entry = CriticalPoint(
        kind=kind,
        value=value,
        point=dict(zip(variables, numbers, strict=True)),
        inertia=None,
        is_global=c.is_global if kind is Kind.MINIMUM else None,
        spurious=False if kind is Kind.MINIMUM else None,
        multiplicity=None,
        orbit=orbit,
        dimension=c.dimension,
        equations=tuple(equations),
        reason=None if kind is Kind.MINIMUM else "no proof of a type along this set was found",
    )
    return [entry]
