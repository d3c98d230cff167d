"""Local minima that are not global, between the infimum and a bound on the loss."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactland.claims.evidence import Evidence
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.exact import rational_text
from exactland.landscape import Kind

__all__ = ["SpuriousMinimumBelow"]


@dataclass(frozen=True)
class SpuriousMinimumBelow(Property):
    """There is a local minimum that is not global, of a loss below this bound."""

    bound: Fraction

    def evaluate(self, evidence: Evidence) -> Finding:
        landscape, limit = evidence.landscape, rational_text(self.bound)
        for point in landscape.minima:
            if point.point and point.spurious is True and point.value.upper < self.bound:
                place = ", ".join(f"{name}={number!r}" for name, number in point.point.items())
                return true(
                    f"a local minimum, not global, with loss {point.value!r} < {limit} at {place}", *evidence.listed
                )
        if not evidence.covered:
            return unknown(evidence.gap)
        for point in landscape:
            harmless = point.is_global is True or point.value.lower >= self.bound
            if point.kind in (Kind.MINIMUM, Kind.UNDECIDED) and not harmless:
                return unknown(f"a critical set with loss {point.value!r} is not decided")
        return false(f"complete list; every local minimum with a loss below {limit} is global", *evidence.listed)
