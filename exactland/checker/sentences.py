"""What is proved, in words: one sentence for each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .minimum import about

if TYPE_CHECKING:
    from .check import Report

SETS = ("cases", "slices")  # the rules that list sets of critical points


def sentences(report: Report) -> list[str]:
    lines = [f"problem {report.problem_sha256[:16]} in {', '.join(report.problem.variables)}"]
    count = len(report.points)
    if report.complete is None:
        lines.append(f"{count} real critical points exist; nothing is shown about others")
    else:
        total = f"exactly {count} real critical points"
        if report.complex_points is not None:
            total = f"exactly {report.complex_points} complex critical points, {count} of them real"
        elif report.complete in SETS:
            sets = "orbits up to sign changes" if report.complete == "slices" else "sets of critical points"
            total = f"{len(report.components)} {sets} and {count} other real critical points"
        lines.append(f"complete: {total} ({report.complete} rule)")
    for i, point in enumerate(report.points):
        parts = [f"point {i}: {point.kind}"]
        if point.inertia is not None:
            parts.append("inertia ({}, {}, {})".format(*point.inertia) + " as (positive, zero, negative)")
        if point.is_global:
            parts.append("global minimum")
        if point.spurious:
            parts.append("spurious")
        lines.append(", ".join(parts))
    for i, component in enumerate(report.components):
        text = f"component {i}: dimension {component.dimension}{'' if component.exact else ' or more'}"
        lines.append(f"{text}, loss {about(component.value)}{', global minima' if component.is_global else ''}")
        for j, stratum in enumerate(component.strata):
            what = ", spurious" if stratum.spurious else ", global minimum" if stratum.is_global else ""
            known = "" if stratum.inhabited or stratum.kind == "empty" else ", where it has points"
            lines.append(f"component {i}, stratum {j}: {stratum.kind}{what}{known}")
    if report.infimum is not None:
        lowest = report.infimum.argmin
        listed = "points and components" if report.components else "points"
        attained = f"attained at {len(lowest)} of the {listed}" if lowest else "not attained"
        lines.append(f"infimum {attained}: {report.infimum.argument}")
    return lines + [fact.sentence for fact in report.facts]
