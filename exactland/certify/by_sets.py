"""Critical sets of positive dimension: by a case tree, or as orbits on slices where there are continuous symmetries.

A case tree gives whole sets with their equations, so a small one comes first; then the slices, for a short time; then
both once more with more patience, beside Singular where it is installed, whose primes are a hint for a tree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exactland.certify.by_cases import Cases
from exactland.certify.by_slices import solve_by_slices
from exactland.certify.orbit_equations import AT_LEAST
from exactland.engines.base import Engine
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective
from exactland.solving.begin import Begun
from exactland.solving.pool import ExactPoint, Pool
from exactland.solving.system import GradientSystem

CASES_WORK = 60_000, 1_000_000  # of the case tree, before the slices are tried shortly and at length
SLICES_FIRST = 5.0  # seconds for the slices before a larger case tree is tried
TYPES = 6.0  # seconds for types along the sets of a case tree before slices are tried at length
HARD_TYPES = 4.0  # the same for sets with irrational losses before the slices are tried
LARGEST_DEGREE = 4  # of losses, for types along sets before the slices are tried
TYPE_OPEN = 4  # the weight of an open type; a dimension that may be larger weighs 1
SLICES = "slices"


def solve_by_sets(
    objective: Objective,
    gs: GradientSystem,
    seconds: float,
    progress: Callable[[str], None],
    pool: Pool,
    engines: Sequence[Engine],
    rule: str | None = None,
) -> Landscape | None:
    """All critical sets, or None with the reasons among the messages of the pool; a rule may be forced."""
    if rule == SLICES:
        return by_slices(objective, gs, seconds, progress, pool, engines)
    cases = Cases(objective, gs, progress, pool)
    if rule == "cases" or gs.sphere:
        return cases.landscape(seconds / 2) if cases.find(seconds, engines=engines) else None
    end = time.monotonic() + seconds

    def slices(left: float) -> Landscape | None:
        return by_slices(objective, gs, left, progress, pool, engines)

    best: Landscape | None = None
    on_slices: Landscape | None = None
    if cases.find(seconds, CASES_WORK[0]) and cases.degree() <= LARGEST_DEGREE:
        best = cases.landscape(min(TYPES if cases.degree() == 1 else HARD_TYPES, seconds / 2), patient=False)
    if not _settled(best):
        on_slices = slices(min(SLICES_FIRST, seconds))
        best = _better(best, on_slices)
    wanting = best is None or bool(best.undecided)
    if not _settled(best) and (cases.sets is not None or (wanting and cases.find(seconds, CASES_WORK[1], engines))):
        best = _better(best, cases.landscape(min(TYPES, seconds / 2)))
    if wanting and not _settled(best) and on_slices is None and seconds > SLICES_FIRST:
        best = _better(best, slices(seconds))
    left = end - time.monotonic()
    if wanting and not _settled(best) and left > TYPES and cases.find(left, engines=engines):
        best = _better(best, cases.landscape(left))
    return best


def _settled(landscape: Landscape | None) -> bool:
    """Whether nothing is left to be found."""
    return landscape is not None and not _open(landscape)


def _open(landscape: Landscape) -> int:
    """How much is open: types, and with less weight dimensions that may be larger."""
    inexact = sum(any(AT_LEAST in e for e in c.equations) for c in landscape.components)
    return TYPE_OPEN * len(landscape.undecided) + inexact


def _better(one: Landscape | None, other: Landscape | None) -> Landscape | None:
    """The landscape of which less is open."""
    if one is None or other is None:
        return one or other
    return other if _open(other) < _open(one) else one


def by_slices(
    objective: Objective,
    gs: GradientSystem,
    seconds: float,
    progress: Callable[[str], None],
    pool: Pool,
    engines: Sequence[Engine],
) -> Landscape | None:
    """The orbits of critical points on slices; see `solve_by_slices`."""
    if gs.sphere:
        pool.messages.append("slices: not for points on a sphere")
        return None
    return solve_by_slices(objective, gs, seconds, OnSlices(engines, progress), pool)


@dataclass(frozen=True)
class OnSlices:
    """Solves the objective on a slice by engines, points only."""

    engines: Sequence[Engine]
    progress: Callable[[str], None]

    def landscape(self, objective: Objective, seconds: float) -> Landscape:
        """The list of critical points with their types."""
        from exactland.certify.zero_dimensional import solve_zero_dimensional

        with Begun(objective, self.engines, seconds, self.progress, reduced=True) as begun:
            return solve_zero_dimensional(objective, begun, self.progress, seconds, free=False, values=False)

    def exact(self, objective: Objective, seconds: float) -> Sequence[ExactPoint]:
        """The critical points with exact coordinates, or none of them."""
        from exactland.certify.zero_dimensional import exact_points

        with Begun(objective, self.engines, seconds, self.progress, reduced=True) as begun:
            return exact_points(objective, begun, self.progress, seconds)


def only_sets(
    objective: Objective,
    gs: GradientSystem,
    seconds: float,
    progress: Callable[[str], None],
    engines: Sequence[Engine],
    rule: str | None,
) -> Landscape:
    """The landscape by critical sets alone; open with the reasons when that fails."""
    pool = Pool()
    found = solve_by_sets(objective, gs, seconds, progress, pool, engines, rule)
    if found is not None:
        return found
    reason = "; ".join(pool.messages)
    return Landscape(objective, Completeness.OPEN, reason, seconds=pool.seconds, engines=pool.engines)
