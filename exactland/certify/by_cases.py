"""Landscapes with positive-dimensional critical sets: a case tree, its certificate, the report of the checker."""

from __future__ import annotations

import time
from collections.abc import Callable

from exactland.certify.components import assemble_components, cover
from exactland.certify.points import CannotAssemble
from exactland.certify.reading import checked, landscape_of
from exactland.decompose.cases import OutOfReach
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import Pool


def solve_by_cases(
    objective: Objective, gs: GradientSystem, seconds: float, progress: Callable[[str], None], pool: Pool
) -> Landscape | None:
    """All components and isolated points, or None with the reason among the messages of the pool."""
    if gs.sphere:
        pool.messages.append("cases: sets of critical points on a sphere are not built yet")
        return None
    pool.engines["cases"] = "1"
    start = time.monotonic()
    try:
        sets = cover(gs, seconds, progress)
        certificate, reasons, along = assemble_components(gs, objective.statement, sets, objective.squares, seconds / 2)
    except (OutOfReach, CannotAssemble, OverflowError, RecursionError) as error:
        pool.messages.append(f"cases: {error}")
        return None
    finally:
        pool.seconds["cases"] = time.monotonic() - start
    found = checked(certificate, reasons, pool)
    return None if found is None else landscape_of(objective, found, pool, Completeness.PROVED, None, along)
