"""How the index of critical points, the number of negative eigenvalues, goes with their loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exactland.claims.evidence import Evidence
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.landscape import CriticalPoint

__all__ = ["IndexGrowsWithLoss", "MinimaBelowSaddles"]


@dataclass(frozen=True)
class IndexGrowsWithLoss(Property):
    """No real critical point has a higher loss and a smaller index than another one."""

    def evaluate(self, evidence: Evidence) -> Finding:
        return _ordered(evidence, lambda lower, upper: lower > upper)


@dataclass(frozen=True)
class MinimaBelowSaddles(Property):
    """No nondegenerate local minimum has a higher loss than a critical point of index 1 or more."""

    def evaluate(self, evidence: Evidence) -> Finding:
        return _ordered(evidence, lambda lower, upper: lower > upper == 0)


def _ordered(evidence: Evidence, excluded: Callable[[int, int], bool]) -> Finding:
    """Whether no two points have indices that are excluded, that of the lower point first."""
    known = [(p, p.index) for p in evidence.landscape if p.index is not None]
    gaps = []
    for low, i in known:
        for high, j in known:
            if excluded(i, j) and low.value.upper < high.value.lower:
                reason = f"index {i} at {_place(low)} with loss {low.value!r}, index {j} at {_place(high)} with loss "
                return false(f"{reason}{high.value!r}", *evidence.listed)
            if excluded(i, j) and not (high.value.upper <= low.value.lower):
                gaps.append(f"which of {_place(low)} and {_place(high)} has the higher loss is not decided")
    if not evidence.complete:
        return unknown(evidence.gap)
    if len(known) < len(evidence.landscape):
        return unknown("the inertia of a critical point is not decided")
    if gaps:
        return unknown(gaps[0])
    pairs = dict.fromkeys((repr(p.value), i) for p, i in sorted(known, key=lambda k: (k[0].value.lower, k[1])))
    return true(f"complete list; (loss, index): {', '.join(f'({v}, {i})' for v, i in pairs)}", *evidence.listed)


def _place(point: CriticalPoint) -> str:
    return f"({', '.join(repr(number) for number in point.point.values())})"
