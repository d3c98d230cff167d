"""One stratum of a component, and the part of a component that a stratum is sought on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly

from exactland.classify._tools import diagonalise
from exactland.classify.curvature import Along
from exactland.classify.modulo import Line


@dataclass(frozen=True)
class Stratum:
    """One stratum with its proof, whose polynomials are still those of the solver."""

    equations: list[fmpq_mpoly]
    nonzero: list[fmpq_mpoly]
    kind: str
    proof: dict[str, Any] | None = None
    positive: list[fmpq_mpoly] = field(default_factory=list)
    lower: list[Fraction] | None = None
    bounds: tuple[Fraction, Fraction] | None = None  # around the value, where it is not rational
    sample: list[Fraction] | None = None  # a rational point of the stratum
    extension: dict[str, Any] | None = None  # from a sphere, of whose extremum the proof is (rule W20)
    reason: str = ""


@dataclass(frozen=True)
class Where:
    """A part of a component: where the equations vanish and `positive` are positive."""

    place: Along
    equations: list[fmpq_mpoly]
    positive: list[fmpq_mpoly]

    def stratum(
        self,
        kind: str,
        proof: dict[str, Any] | None = None,
        nonzero: Sequence[fmpq_mpoly] = (),
        lower: list[Fraction] | None = None,
        reason: str = "",
    ) -> Stratum:
        if proof is not None and self.place.basis.lines:
            proof = {**proof, "lines": [_line(line) for line in self.place.basis.lines]}
        return Stratum(self.equations, list(nonzero), kind, proof, self.positive, lower, reason=reason)

    def nothing(self, cofactors: Any) -> dict[str, Any]:
        """The identity by which 1 is in the ideal."""
        return {"rest": [], "gain": self.place.stated(1, 0), "cofactors": cofactors}

    def gains(self, factor: fmpq_mpoly, power: int = 0) -> Iterator[tuple[fmpq_mpoly, list[Any]]]:
        """Multiples of the factor by products of the positive polynomials, with what the certificate states."""
        k = len(self.positive)
        choices = sorted(product((0, 1, 2), repeat=k), key=lambda e: (sum(e), e))
        for powers in [c for c in choices if sum(c) <= 2 or set(c) == {1}][:8]:
            gain = prod((h**e for h, e in zip(self.positive, powers, strict=True)), start=factor)
            yield gain, self.place.stated(1, power, powers)


def _line(line: Line) -> dict[str, Any]:
    combination = [[j, q] for j, q in line.combination]
    if not line.power:
        return {"combination": combination}
    result: dict[str, Any] = {"combination": combination, "power": line.power, "element": line.element}
    if line.squares:
        result["nonnegative"] = [[c, 0, q] for c, q in line.squares]
    return result


def kind_at(matrix: list[list[fmpq_mpoly]], point: Sequence[fmpq]) -> str | None:
    """The kind that the inertia of the Hessian shows, or None."""
    _, values = diagonalise([[h(*point) for h in row] for row in matrix])
    positive, negative = any(v > 0 for v in values), any(v < 0 for v in values)
    if positive and negative:
        return "strict_saddle"
    if any(v == 0 for v in values):
        return None
    return "maximum" if negative else "minimum"


def among(h: fmpq_mpoly, positive: Sequence[fmpq_mpoly]) -> bool:
    return any(p in (h, -h) for p in positive)


def short(least: Fraction, most: Fraction) -> Fraction:
    """A number of few binary places from `least` to `most`."""
    for places in range(200):
        found = Fraction(math.floor(most * 2**places), 2**places)
        if found >= least:
            return found
    return most
