"""Minimal polynomials of coordinates and values, on demand: each orbit of conjugate points is a number field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flint import fmpq_poly

from exactland.certify import algebraic, numbers
from exactland.checker.fields import Field
from exactland.landscape import CriticalPoint, Number
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint

if TYPE_CHECKING:
    from exactland.engines.rur import AlgebraicOrbit

ROOT_BITS = 400


def polynomial_text(coefficients: Sequence[int] | None) -> str | None:
    """`3*t^2 - 2`, from ascending integer coefficients."""
    if coefficients is None:
        return None
    text = ""
    for k in range(len(coefficients) - 1, -1, -1):
        c = coefficients[k]
        if c:
            factors = [str(abs(c))] if abs(c) != 1 or k == 0 else []
            factors += [] if k == 0 else ["t"] if k == 1 else [f"t^{k}"]
            sign = (" - " if c < 0 else " + ") if text else ("-" if c < 0 else "")
            text += sign + "*".join(factors)
    return text


def with_minimal_polynomials(
    gs: GradientSystem, points: Sequence[CriticalPoint], orbits: Sequence[AlgebraicOrbit]
) -> tuple[CriticalPoint, ...]:
    """The points with minimal polynomials filled in wherever exactly one conjugate lies in the bounds of a point."""
    found: dict[int, list[CriticalPoint]] = {}
    for orbit in orbits:
        exact = ExactPoint(orbit.modulus, orbit.coordinates)
        read = Field(numbers.field(exact, counted=False, bits=ROOT_BITS), gs.elements, list(orbit.form))
        modulus, coordinates = algebraic.modulus_of(exact), algebraic.coordinates_of(exact)
        value = _text(algebraic.evaluate_at(gs.polynomial, coordinates, modulus), modulus)
        texts = [_text(x, modulus) for x in coordinates]
        for interval in read.intervals:
            enclosure = read.point_enclosure(interval)
            for i, point in enumerate(points):
                bounds = list(point.point.values())
                pairs = zip(bounds, enclosure[: len(bounds)], strict=True)  # on a sphere the multiplier comes last
                if all(b.lower <= high and low <= b.upper for b, (low, high) in pairs):
                    named = zip(point.point.items(), texts[: len(bounds)], strict=True)
                    numbers_now = {name: _with(number, text) for (name, number), text in named}
                    found.setdefault(i, []).append(replace(point, point=numbers_now, value=_with(point.value, value)))
    return tuple(found[i][0] if len(found.get(i, ())) == 1 else point for i, point in enumerate(points))


def _text(element: fmpq_poly, modulus: fmpq_poly) -> str | None:
    return polynomial_text(algebraic.minimal_polynomial(element, modulus))


def _with(number: Number, text: str | None) -> Number:
    return Number(number.lower, number.upper, text)
