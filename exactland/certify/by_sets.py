"""Critical sets of positive dimension: by a case tree, or as orbits on slices where there are continuous symmetries.

A case tree gives whole sets with their equations, so it comes first; where it is slow, or leaves types open, the slices
have the next word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exactland.certify.by_cases import solve_by_cases
from exactland.certify.by_slices import solve_by_slices
from exactland.engines.base import Engine
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective
from exactland.solving.begin import Begun
from exactland.solving.pool import ExactPoint, Pool
from exactland.solving.system import GradientSystem

CASES_FIRST = 12.0  # seconds for the case tree before slices are tried
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
    if rule == "cases":
        return solve_by_cases(objective, gs, seconds, progress, pool)
    if rule == SLICES:
        return by_slices(objective, gs, seconds, progress, pool, engines)

    def cases(left: float) -> Landscape | None:
        return solve_by_cases(objective, gs, left, progress, pool)

    best = cases(min(seconds, CASES_FIRST))
    if best is None or best.undecided:
        best = _better(best, by_slices(objective, gs, seconds, progress, pool, engines))
    if (best is None or best.undecided) and seconds > CASES_FIRST:
        best = _better(best, cases(seconds))
    return best


def _better(one: Landscape | None, other: Landscape | None) -> Landscape | None:
    """The landscape with fewer open types."""
    if one is None or other is None:
        return one or other
    return other if len(other.undecided) < len(one.undecided) else one


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
