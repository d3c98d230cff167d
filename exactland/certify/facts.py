"""Certificates about the objective as a whole (rules V), and about single rational critical points of open lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly

from exactland.certify import assemble, json_forms
from exactland.certify.places import checked, separating
from exactland.certify.points import FieldStore, multiple_points
from exactland.checker import Report
from exactland.classify.coercivity import lower_bound_squares
from exactland.classify.degenerate import classify_degenerate
from exactland.exact import rational_text
from exactland.landscape import Certificate
from exactland.objective import Objective
from exactland.polynomial import to_fmpq, to_json
from exactland.solving.system import gradient_system
from exactland.solving.zero_dimensional import ExactPoint


def curve(coordinates: Sequence[Mapping[int, Fraction]]) -> dict[str, Any]:
    """A curve of critical points: for each variable exponent of t -> coefficient."""
    return {
        "rule": "curve",
        "coordinates": [[[rational_text(c), e] for e, c in sorted(x.items()) if c] for x in coordinates],
    }


def harmonic(
    constant: Fraction, scale: Fraction, bracket: fmpq_mpoly, weights: Sequence[Fraction], strict: Sequence[fmpq_mpoly]
) -> dict[str, Any]:
    """constant + scale * bracket^2 with a harmonic bracket."""
    return {
        "rule": "harmonic",
        "constant": rational_text(constant),
        "scale": rational_text(scale),
        "bracket": to_json(bracket),
        "weights": [rational_text(w) for w in weights],
        "strict": [to_json(h) for h in strict],
    }


def curvature(sign: int, point: Sequence[Fraction], direction: Sequence[Fraction]) -> dict[str, Any]:
    """A second derivative of the stated sign along a direction at a point."""
    texts = [[rational_text(x) for x in values] for values in (point, direction)]
    return {"rule": "curvature", "sign": sign, "point": texts[0], "direction": texts[1]}


def value(point: int, polynomial: fmpq_mpoly, zero: bool) -> dict[str, Any]:
    """A polynomial that is 0, or is not 0, at the listed point of this number."""
    return {"rule": "value", "point": point, "polynomial": to_json(polynomial), "zero": zero}


def slope(point: Sequence[Fraction], variable: int) -> dict[str, Any]:
    """A rational point at which this gradient entry is not 0."""
    return {"rule": "slope", "point": [rational_text(x) for x in point], "variable": variable}


def convex(sign: int, squares: Sequence[tuple[Fraction, fmpq_mpoly]]) -> dict[str, Any]:
    """Degree at most 2, and sign times the quadratic part is this sum of squares."""
    return {"rule": "convex", "sign": sign, "squares": json_forms.squares(squares)}


def mixed(objective: Objective) -> dict[str, Any] | None:
    """The mixed volume of the exponents of the gradient with 0; None when no list of cells is found."""
    from exactland.engines.mixed import mixed_cells

    found = mixed_cells(gradient_system(objective.polynomial, objective.variables).system, linear=False)
    return None if found is None else found.entry


def certify_facts(
    objective: Objective,
    facts: Sequence[dict[str, Any]],
    points: Sequence[Sequence[Fraction]] = (),
    *,
    infimum: bool = False,
) -> tuple[Report, Certificate]:
    """The report of the checker on these facts and on rational critical points, isolated or not, with their types.

    With `infimum`, the lowest of the points are also shown to be global minima, if a sum of squares for it is found.
    Raises `Rejection` when a fact does not hold; a point whose type is not decided is reported as undecided.
    """
    gs = gradient_system(objective.polynomial, objective.variables)
    store = FieldStore(gs, separating(len(objective.variables), points))
    found = [p for x in points for p in multiple_points(gs, ExactPoint((0, 1), tuple((c,) for c in x)), store)]
    lowest = _bound(objective, [p.value for p in found]) if infimum and found else None
    for i, point in enumerate(found):
        kind = point.kind
        if kind is None and lowest is not None and i in lowest["argmin"]:
            kind = "minimum"
        if kind is None:
            decided = classify_degenerate(gs.polynomial, point.rational or ())
            kind = assemble.decided_kind(decided.kind, json_forms.degenerate_proof(decided.evidence), point)
        point.entry["kind"] = kind or "undecided"
    return checked(objective, store, [p.entry for p in found], facts, lowest)


def _bound(objective: Objective, values: Sequence[tuple[Fraction, Fraction]]) -> dict[str, Any] | None:
    """The entry of rule `bound` for the least of these exact values; None without a sum of squares."""
    polynomial = objective.polynomial
    least = min(low for low, _ in values)
    squares: Sequence[tuple[Fraction, fmpq_mpoly]] = ()
    if polynomial != to_fmpq(least):
        found = lower_bound_squares(polynomial, least, objective.squares)
        if found is None:
            return None
        squares = found.squares
    return {
        "rule": "bound",
        "constant": rational_text(least),
        "squares": json_forms.squares(squares),
        "argmin": [i for i, (low, _) in enumerate(values) if low == least],
    }
