"""How a process begins and ends that is a command and nothing else. Programs that import exactland need neither."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

_OBJECTS = 100_000  # made between two searches for garbage; nearly all that a small run makes, it keeps
_NOT_WRITTEN = 120  # as of Python itself


def begin() -> None:
    """Search for garbage less often."""
    gc.set_threshold(_OBJECTS)


def leave(code: int) -> NoReturn:
    """End the process when all is written.

    To take every object and library apart, as Python does, takes longer than to solve a small system. Nothing is left
    to that: files are closed and children ended where they are used. EXACTLAND_DEBUG=1 leaves in the usual way.
    """
    if os.environ.get("EXACTLAND_DEBUG") == "1":
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or _NOT_WRITTEN
    os._exit(code)
