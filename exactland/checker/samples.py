"""Rule W8 for points with algebraic coordinates: whether such a point is on a stratum."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from . import kernel
from .fields import Field, exact_inertia
from .kernel import RationalPoly, derivative, record
from .modulo import Place
from .problem import Problem

Interval = tuple[Fraction, Fraction]


def inside(field: Field, root: Interval, place: Place, known: int = 0) -> bool:
    """Whether the point is shown to be where the elements vanish (so many are known to), some `nonzero` does not, and
    all `positive` are positive.
    """

    def sign(poly: RationalPoly) -> int:
        low, high = field.enclosure(field.value(poly), root)
        return 1 if low > 0 else -1 if high < 0 else 0

    vanish = all(field.value(e) == field.zero for e in place.elements[known:])
    some = not place.nonzero or any(sign(h) != 0 for h in place.nonzero)
    return vanish and some and all(sign(p) > 0 for p in place.positive)


def algebraic_sample(
    value: Any, place: Place, problem: Problem, fields: Sequence[Field], bounds: Interval | None
) -> tuple[tuple[Interval, ...], tuple[int, int, int] | None]:
    """The enclosure of a sample, which is on the stratum, and the inertia there when a congruence is given (H2 to H4);
    `bounds` are those of the objective on the component where it is not rational.
    """
    entry = record(value, "field interval", "inertia", "sample")
    field = fields[kernel.index(entry["field"], len(fields), "field")]
    root = field.intervals[kernel.index(entry["interval"], len(field.intervals), "interval")]
    on_it = inside(field, root, place)
    if bounds is not None:
        low, high = field.enclosure(field.value(problem.loss), root)
        on_it = on_it and bounds[0] < low and high < bounds[1]
    kernel.need(on_it, "W8", "a point off the stratum", "a point of the stratum")
    inertia = None
    if "inertia" in entry:
        slopes = [derivative(problem.loss, i) for i in range(place.n)]
        hessian = [[field.value(derivative(g, k)) for k in range(place.n)] for g in slopes]
        inertia = exact_inertia(field, hessian, root, entry["inertia"])
        if problem.sphere:
            inertia = inertia[0] - 1, inertia[1], inertia[2] - 1  # on the tangent space: section 16 of SPEC.md
    return tuple(field.point_enclosure(root)), inertia
