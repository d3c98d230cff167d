"""The foreign programs that are engines: how each of them is found and what it says it is.

What is written for them and read from them is in the module of each, which runs in the child.
"""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from typing import Any

from exactland.engines.base import PolynomialSystem
from exactland.engines.process import ChildEngine


class ProgramEngine(ChildEngine):
    """A program on this machine: the one that an environment variable names, else the one on the search path."""

    complements = True
    program: str
    environment: str
    version_arguments: tuple[str, ...] = ("--version",)
    version_pattern: str

    def find(self) -> str | None:
        """The path of the program."""
        given = os.environ.get(self.environment)
        if given is not None:
            return given if _is_program(given) else None
        return next(filter(_is_program, (os.path.join(folder, self.program) for folder in os.get_exec_path())), None)

    def is_available(self) -> bool:
        """Whether the program is found."""
        return self.find() is not None

    def version(self) -> str:
        """What the program says; empty when it does not say that it is the one it is taken for."""
        found = self.find()
        return "" if found is None else _version(found, self.version_arguments, self.version_pattern)

    def request(self, system: PolynomialSystem, seconds: float) -> dict[str, Any]:
        """The system and the program."""
        return {**super().request(system, seconds), "program": self.find(), "version": self.version()}


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


@lru_cache(maxsize=32)
def _version(program: str, arguments: tuple[str, ...], pattern: str) -> str:
    from exactland.engines.child import run_child

    result = run_child([program, *arguments], b"", 5.0)
    match = re.match(pattern, result.stdout[:400].decode("ascii", "replace"))
    return match.group(1) if match and result.returncode == 0 else ""


class Msolve(ProgramEngine):
    """All complex solutions from a rational parametrisation; probabilistic, so candidates only."""

    name = "msolve"
    purpose = "a rational parametrisation: points that the built-in engines have missed"
    module = "exactland.engines.msolve"
    program = "msolve"
    environment = "EXACTLAND_MSOLVE"
    version_arguments = ("-V",)
    version_pattern = r"\s*([0-9][0-9A-Za-z.+-]*)\s*\Z"

    def find(self) -> str | None:
        """The environment variable, the search path, or next to the packages of this Python."""
        found = super().find()
        if found is not None or self.environment in os.environ:
            return found
        return next(filter(_is_program, (f"{folder}/sage_wheels/bin/msolve" for folder in sys.path)), None)


class Singular(ProgramEngine):
    """Points from the multiplication matrices over the rationals."""

    name = "singular"
    purpose = "a Groebner basis: points that the others have missed; prime components of critical sets that take long"
    module = "exactland.engines.singular"
    program = "Singular"
    environment = "EXACTLAND_SINGULAR"
    version_pattern = r"Singular for \S+ version ([0-9]+(?:\.[0-9]+)*)"


class Phcpack(ProgramEngine):
    """Approximations of the isolated solutions, none of which is trusted."""

    name = "phcpack"
    purpose = "polyhedral homotopies: points that the others have missed"
    module = "exactland.engines.phcpack"
    program = "phc"
    environment = "EXACTLAND_PHC"
    version_pattern = r"PHCv([0-9]+(?:\.[0-9]+)*)"
