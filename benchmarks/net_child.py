"""Seconds of solving, certifying and checking without the start of a process; statement on standard input.

A copy of the process solves the system first and says which modules that takes. These are imported here before the
clock runs, so that neither side is charged for them; nothing else is known in advance, and everything else is done for
the first time. Prints the seconds of the check and of all the rest as JSON. The argument is that of `exactland_child`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from importlib import import_module
from typing import Any


def solved(statement: dict[str, Any], seconds: float) -> tuple[bool, float, float]:
    """Whether the system is proved; the seconds of the check, and of everything else."""
    from exactland.api import solve
    from exactland.landscape import Completeness
    from exactland.objective import Objective

    begun = time.monotonic()
    landscape = solve(Objective.from_statement(statement), seconds=seconds)
    spent = time.monotonic() - begun
    check = landscape.seconds.get("check", 0.0)
    return landscape.complete is Completeness.PROVED, check, spent - check


def modules_used(statement: dict[str, Any], seconds: float) -> list[str]:
    """The modules that a copy of this process has imported when the system is solved."""
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(reading)
        try:
            solved(statement, seconds)
            with os.fdopen(writing, "w", encoding="utf-8") as stream:
                stream.write("\n".join(sys.modules))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        names = stream.read().split("\n")
    os.waitpid(copy, 0)
    return names


def main() -> int:
    """Import, solve, print."""
    statement, seconds = json.load(sys.stdin), float(sys.argv[1])
    for name in modules_used(statement, seconds):
        if name not in sys.modules:
            with contextlib.suppress(ImportError):
                import_module(name)
    proved, check, rest = solved(statement, seconds)
    json.dump({"check": check, "rest": rest}, sys.stdout)
    return 0 if proved else 1


if __name__ == "__main__":
    from exactland.process import begin, leave

    begin()
    leave(main())
