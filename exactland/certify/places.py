"""Certificates that rational points are critical and distinct, and on demand of their inertia; no other types."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exactland.certify import assemble, json_forms, numbers
from exactland.certify.points import FieldStore, multiple_points
from exactland.checker import Report, check_bytes
from exactland.landscape import Certificate
from exactland.objective import Objective
from exactland.solving.system import gradient_system
from exactland.solving.zero_dimensional import ExactPoint

__all__ = ["certify_places", "checked", "separating"]


def certify_places(
    objective: Objective, points: Sequence[Sequence[Fraction]], *, inertia: bool = False
) -> tuple[Report, Certificate]:
    """The report of the checker on these points; raises `Rejection` when one is not critical or stands twice."""
    gs = gradient_system(objective.polynomial, objective.variables)
    form = separating(len(objective.variables), points)
    store = FieldStore(gs, form)
    entries: list[dict[str, Any]] = []
    for point in points:
        if inertia:
            listed = multiple_points(gs, ExactPoint((0, 1), tuple((c,) for c in point)), store)
            entries += [{**found.entry, "kind": found.kind or "undecided"} for found in listed]
        else:
            number, _ = store.add(numbers.rational_exact(tuple(point), form), counted=True)
            entries.append({"root": {"field": number, "interval": 0}, "kind": "undecided"})
    return checked(objective, store, entries)


def checked(
    objective: Objective,
    store: FieldStore,
    points: Sequence[dict[str, Any]],
    facts: Sequence[dict[str, Any]] = (),
    infimum: dict[str, Any] | None = None,
) -> tuple[Report, Certificate]:
    """The report of the checker on points and facts, without a claim that the points are all; may raise `Rejection`."""
    parts = objective.statement, store.form, points, store.entries
    written = assemble.text(json_forms.certificate(*parts, infimum=infimum, facts=list(facts)))
    report = check_bytes(written.encode("ascii"))
    return report, Certificate(written, report)


def separating(n: int, points: Sequence[Sequence[Fraction]]) -> tuple[int, ...]:
    """A form with different values at different points, or the last one tried."""
    form = (1,) * n
    for power in range(1, 12):
        form = tuple((k + 1) ** power + 7 * k for k in range(n))
        values = {sum((c * x for c, x in zip(form, point, strict=True)), Fraction(0)) for point in points}
        if len(values) == len({tuple(point) for point in points}):
            break
    return form
