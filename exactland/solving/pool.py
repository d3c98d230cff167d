"""What the engines have led to: certified points, exact multiple points, evidence, and what was said on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exactland.engines.base import LevelEvidence, RankEvidence, Zero
from exactland.solving.refine import Certified
from exactland.solving.system import GradientSystem

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


@dataclass(eq=False)
class Pool:
    """What the engines have led to so far."""

    certified: list[Certified] = field(default_factory=list)
    multiple: list[ExactPoint] = field(default_factory=list)
    evidence: list[RankEvidence] = field(default_factory=list)
    levels: list[LevelEvidence] = field(default_factory=list)
    positive_dimensional: str | None = None
    messages: list[str] = field(default_factory=list)
    engines: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)
    zeros: dict[tuple[int, ...], tuple[Zero, ...]] = field(default_factory=dict)  # at infinity, by groups of variables
    unresolved: list[tuple[complex, ...]] = field(default_factory=list)

    def count(self) -> int:
        """Complex points with multiplicity."""
        simple = sum(1 if c.is_real else 2 for c in self.certified)
        return simple + sum(p.degree * p.multiplicity for p in self.multiple)

    def orbits(self, signs: Sequence[Sequence[int]]) -> Fraction:
        """The number of orbits of the points under sign changes: the sum of the inverse sizes of their orbits.

        A multiple point counts with the dimension of the part of its dual space that its stabiliser leaves unchanged.
        """
        group = {0}
        for mask in (sum(1 << k for k, s in enumerate(change) if s < 0) for change in signs):
            group |= {g ^ mask for g in group}

        def fixing(zeros: Sequence[bool]) -> list[int]:
            free = sum(1 << k for k, zero in enumerate(zeros) if zero)
            return [g for g in group if not g & ~free]

        total = 0
        for found in self.certified:
            total += (1 if found.is_real else 2) * len(fixing(found.zeros))
        for point in self.multiple:
            stabiliser = fixing([not any(c) for c in point.coordinates])
            even = [
                terms
                for _, terms in point.dual
                if not any(sum(e for k, e in enumerate(m) if g >> k & 1) & 1 for m in terms for g in stabiliser)
            ]
            total += point.degree * len(stabiliser) * (len(even) if point.dual else 1)
        return Fraction(total, len(group))


@dataclass(frozen=True, eq=False)
class Part:
    """A system that is solved as it is."""

    gs: GradientSystem
    pool: Pool
    symmetries: Sequence[tuple[int, ...]]
