"""Loops of right-hand sides, until there are as many solutions as the mixed volume allows.

The points (x, r, F(x) + r x) are a copy of the space of all x and r, so loops of right-hand sides lead from one
solution of a generic F(x) = c - r x to every other one. A few solutions are found from random points; loops find more
(`sides`). The mixed volume says when there are no others. Where it is not attained the search ends when all paths have
been followed.

Run as a program it reads a system as JSON on standard input and prints one answer.
"""

from __future__ import annotations

import sys
import time

from exactland.engines.base import EngineAnswer, PolynomialSystem, Status
from exactland.engines.process import ChildEngine

NAME = "loops"
VERSION = "2"
MAX_SOLUTIONS = 5_000


class Loops(ChildEngine):
    """For systems with as many solutions as their mixed volume; needs nothing but numpy."""

    name = NAME
    purpose = "loops of right-hand sides, for systems that attain their mixed volume"
    module = "exactland.engines.loops"
    joins = True

    def is_available(self) -> bool:
        """Always: it is part of the package."""
        return True

    def version(self) -> str:
        """Version of the engine."""
        return VERSION

    def unsuited(self, system: PolynomialSystem) -> str | None:
        """Why there is no mixed volume, or None."""
        square = len(system.variables) == len(system.equations) and all(system.equations)
        return None if square else "not as many equations as variables"


def search(system: PolynomialSystem, seconds: float) -> EngineAnswer:
    """Solve in this process."""
    from exactland.engines.mixed import mixed_cells
    from exactland.engines.sides import solutions

    deadline = time.monotonic() + seconds
    cells = mixed_cells(system, linear=True)
    if cells is None:
        return EngineAnswer(NAME, VERSION, Status.FAILED, message="no list of mixed cells was found")
    bound = cells.volume
    if bound > MAX_SOLUTIONS:
        return EngineAnswer(NAME, VERSION, Status.FAILED, message=f"mixed volume {bound} is out of range")
    found = solutions(system, bound, deadline)
    message = f"{len(found)} distinct points, mixed volume {bound}"
    points = sorted((tuple(complex(z) for z in p) for p in found), key=lambda p: [(z.real, z.imag) for z in p])
    status = Status.SOLVED if len(found) == bound else Status.FAILED  # with points that others may have missed
    return EngineAnswer(NAME, VERSION, status, tuple(points), message=message)


def main() -> int:
    """Read a request, print an answer."""
    import json

    import numpy as np

    from exactland.engines.child import clean_output
    from exactland.engines.wire import answer_to_text, system_from_json

    with clean_output() as output, np.errstate(all="ignore"):
        request = json.loads(sys.stdin.buffer.read())
        answer = search(system_from_json(request["system"]), float(request["seconds"]))
        output.write(answer_to_text(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
