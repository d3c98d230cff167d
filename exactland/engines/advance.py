"""A child made in advance: while this process prepares the system it starts numpy, which takes longer than the rest."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactland.objective import Objective

#: Up to this Bezout number the linear algebra of this process may do.
SMALL_BEZOUT = 64
#: What the path tracker imports.
MODULES = ("exactland.engines.tracking", "exactland.engines.wire")


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def likely_tracked(objective: Objective) -> bool:
    """Whether it seems, before anything is expanded, that a child will be needed: many solutions, as no variable alone
    is of a lower degree, which would make some go to infinity.
    """
    from exactland.kind import degrees

    degree, alone = degrees(objective.expression)
    return all(alone.get(name) == degree for name in objective.variables) and (
        (degree - 1) ** len(objective.variables) > SMALL_BEZOUT
    )


@contextlib.contextmanager
def child_in_advance(objective: Objective) -> Iterator[None]:
    """A child that makes itself ready for the path tracker, where one is likely and there is a processor for it."""
    if "numpy" in sys.modules or cores() < 2 or not likely_tracked(objective):
        yield
        return
    from exactland.engines.child import spare

    with spare(*MODULES):
        yield
