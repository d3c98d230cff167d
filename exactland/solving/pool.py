"""What the engines have led to: certified points, exact multiple points, evidence, and what was said on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from exactland.engines.base import RankEvidence
from exactland.solving.refine import Certified

Functional = tuple[tuple[int, ...], dict[tuple[int, ...], tuple[Fraction, ...]]]


@dataclass(frozen=True)
class ExactPoint:
    """Critical points with coordinates in Q[t]/(modulus), ascending coefficients; a rational point when the degree is
    1.

    `dual` holds (pivot, functional) of the local dual space when the point is multiple.
    """

    modulus: tuple[int, ...]
    coordinates: tuple[tuple[Fraction, ...], ...]
    dual: tuple[Functional, ...] = ()

    @property
    def degree(self) -> int:
        return len(self.modulus) - 1

    @property
    def multiplicity(self) -> int:
        return len(self.dual) or 1

    @property
    def rational(self) -> tuple[Fraction, ...] | None:
        return tuple(c[0] if c else Fraction(0) for c in self.coordinates) if self.degree == 1 else None


@dataclass
class Pool:
    """What the engines have led to so far."""

    certified: list[Certified] = field(default_factory=list)
    multiple: list[ExactPoint] = field(default_factory=list)
    evidence: list[RankEvidence] = field(default_factory=list)
    positive_dimensional: str | None = None
    messages: list[str] = field(default_factory=list)
    engines: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)
    unresolved: list[tuple[complex, ...]] = field(default_factory=list)

    def count(self) -> int:
        """Complex points with multiplicity."""
        simple = sum(1 if c.is_real else 2 for c in self.certified)
        return simple + sum(p.degree * p.multiplicity for p in self.multiple)
