"""A child made in advance: while this process prepares the system it starts numpy, which takes longer than the rest."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactland.engines.base import Engine
    from exactland.objective import Objective

#: Up to this Bezout number the linear algebra of this process may do.
SMALL_BEZOUT = 64
MAX_NODES = 10_000  # of an expression
#: What the path tracker imports.
MODULES = ("exactland.engines.tracking", "exactland.engines.wire")


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def likely_tracked(objective: Objective) -> bool:
    """Whether it seems, before anything is expanded, that paths will be tracked: many solutions, and some variable
    alone is of the full degree; where none is, as in networks, most solutions are at infinity.
    """
    if objective.expression.nodes > MAX_NODES:
        return False
    from exactland.kind import degrees

    degree, alone = degrees(objective.expression)
    many = (degree - 1) ** len(objective.variables) > SMALL_BEZOUT
    return many and degree in alone.values()


@contextlib.contextmanager
def child_in_advance(objective: Objective, engines: Sequence[Engine] | None) -> Iterator[None]:
    """A child that makes itself ready for the path tracker, where one is likely and there is a processor for it; of
    these engines, or of all.
    """
    tracked = engines is None or any(engine.name == "homotopy" for engine in engines)
    if not tracked or "numpy" in sys.modules or cores() < 2 or not likely_tracked(objective):
        yield
        return
    from exactland.engines.child import spare

    with spare(*MODULES):
        yield
