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
#: Up to so many variables, from this Bezout number on, that linear algebra does not do.
FEW_VARIABLES, LARGE_BEZOUT = 3, 300
#: What the path tracker imports, and what the linear algebra in a child does.
TRACKER = ("exactland.engines.tracking", "exactland.engines.wire")
ALGEBRA = (
    "exactland.engines.closure",
    "exactland.engines.grading",
    "exactland.engines.levels",
    "exactland.engines.numeric",
    "exactland.engines.wire",
)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def likely_engine(objective: Objective) -> str | None:
    """The engine that, as it seems before anything is expanded, will be asked in a child.

    Paths will be tracked where there are many solutions and some variable alone is of the full degree; where none is,
    as in networks, most solutions are at infinity, but a high degree in few variables leaves many.
    """
    if objective.expression.nodes > MAX_NODES:
        return None
    from exactland.kind import degrees

    degree, alone = degrees(objective.expression)
    count = len(objective.variables)
    bezout = (degree - 1) ** count
    if bezout > SMALL_BEZOUT and degree in alone.values():
        return "homotopy"
    return "macaulay" if bezout >= LARGE_BEZOUT and count <= FEW_VARIABLES else None


@contextlib.contextmanager
def child_in_advance(objective: Objective, engines: Sequence[Engine] | None) -> Iterator[None]:
    """A child that makes itself ready for the engine, where one is likely to be asked in a child and there is a
    processor for it; of these engines, or of all.
    """
    likely = None if "numpy" in sys.modules or cores() < 2 else likely_engine(objective)
    if likely is None or not (engines is None or any(engine.name == likely for engine in engines)):
        yield
        return
    from exactland.engines.child import spare

    with spare(*(TRACKER if likely == "homotopy" else ALGEBRA)):
        yield
