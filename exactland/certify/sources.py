"""Where the numbers of a landscape come from: its isolated points, and the points that are shown of larger sets.

Places are numbered as in the report of the checker: points, then components or orbits, then samples of strata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exactland.number import Bounds, Place, Size
from exactland.objective import Objective

if TYPE_CHECKING:
    from exactland.certify.exact_numbers import ExactNumbers
    from exactland.solving.system import GradientSystem


class Numbers:
    """The numbers of one landscape (`exactland.number.Source`); the certificate is read when it is asked for."""

    def __init__(self, objective: Objective, certificate: str, complex_points: int | None = None) -> None:
        self._objective, self._text, self._complex_points = objective, certificate, complex_points

    @cached_property
    def _certificate(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self._text)
        return loaded

    @cached_property
    def _found(self) -> ExactNumbers:
        from exactland.certify.exact_numbers import ExactNumbers
        from exactland.solving.system import gradient_system_of

        return ExactNumbers(gradient_system_of(self._objective), self._certificate, self._complex_points)

    @cached_property
    def _orbits(self) -> list[tuple[int, ExactNumbers, int, dict[int, int]]]:
        """For each orbit the number of the slice, its numbers, the place among these and the coordinates there."""
        rule = self._certificate["completeness"]
        if rule is None or rule["rule"] != "slices":
            return []
        from exactland.certify.exact_numbers import ExactNumbers

        slices = []
        for entry in rule["slices"]:
            constants = {int(k): Fraction(c) for k, c in entry["constants"]}
            free = [k for k in range(len(self._found.system.variables)) if k not in constants]
            numbers = ExactNumbers(_on_slice(self._found.system, constants), entry["certificate"])
            slices.append((numbers, len(entry["certificate"]["points"]), {k: i for i, k in enumerate(free)}))
        found = []
        for orbit in rule["orbits"]:
            numbers, listed, names = slices[orbit["slice"]]
            number = orbit["point"] if "point" in orbit else listed + orbit["component"]
            found.append((orbit["slice"], numbers, number, names))
        return found

    def _at(self, place: Place) -> tuple[int, ExactNumbers, Place]:
        """A number for the source, the source and the place there."""
        point, coordinate = place
        after = point - len(self._certificate["points"])
        if after < 0 or not self._orbits:
            return -1, self._found, place
        number, numbers, within, names = self._orbits[after]
        return number, numbers, (within, None if coordinate is None else names[coordinate])

    def bounds(self, place: Place, bits: int) -> Bounds | None:
        """See `Source`."""
        _, numbers, there = self._at(place)
        return numbers.bounds(there, bits)

    def same(self, first: Place, second: Place) -> bool:
        """See `Source`."""
        (i, numbers, there), (j, _, other) = self._at(first), self._at(second)
        return i == j and numbers.same(there, other)

    def rational(self, place: Place) -> Fraction | None:
        """See `Source`."""
        _, numbers, there = self._at(place)
        return numbers.rational(there)

    def size(self, place: Place) -> Size | None:
        """See `Source`."""
        number, numbers, there = self._at(place)
        found = numbers.size(there)
        return found if found is None or found.field is None else replace(found, field=(number, found.field))

    def sign(self, first: Place, second: Place, gap: int) -> int | None:
        """See `Source`."""
        (i, numbers, there), (j, _, other) = self._at(first), self._at(second)
        return numbers.sign(there, other, gap) if i == j else None

    def polynomial(self, place: Place) -> tuple[int, ...] | None:
        """See `Source`."""
        _, numbers, there = self._at(place)
        return numbers.polynomial(there)


def samples(certificate: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The points of components, then those of their strata that are not rational, as roots of fields."""
    components: Sequence[Mapping[str, Any]] = certificate.get("components", [])
    strata = [s["sample"] for c in components for s in c.get("strata", []) if isinstance(s.get("sample"), dict)]
    return [*(c["sample"] for c in components), *strata]


def _on_slice(system: GradientSystem, constants: Mapping[int, Fraction]) -> GradientSystem:
    """The gradient system of the objective with these constants."""
    from exactland.polynomial import from_terms, ring
    from exactland.solving.system import gradient_system

    terms: dict[tuple[int, ...], Fraction] = {}
    for m, c in system.loss.items():
        for k, value in constants.items():
            c *= value ** m[k]
        rest = tuple(e for k, e in enumerate(m) if k not in constants)
        terms[rest] = terms.get(rest, Fraction(0)) + c
    names = tuple(name for k, name in enumerate(system.variables) if k not in constants)
    polynomial = from_terms(ring(names), [(c, m) for m, c in terms.items() if c])
    return gradient_system(polynomial, names)
