"""In the child of an engine that runs a foreign program: one run of it in a folder of its own.

A foreign program is driven by a child of this Python (`process`), which has the limits and is killed with everything
it has started; the program only writes files there, so that nothing it prints can fill the memory of the child.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from exactland.engines.base import EngineAnswer, PolynomialSystem, Status, Terms
from exactland.engines.child import clean_output
from exactland.engines.wire import answer_to_text, system_from_json

TEXT_LIMIT = 128 * 2**20


class Refused(ValueError):
    """The output of a program is not what its grammar allows."""


class Stopped(Exception):
    """The run of a program ended without an answer."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


def polynomial_texts(system: PolynomialSystem) -> list[str]:
    """The equations that are not zero: expanded monomials with integer coefficients and the names x1, x2, ..."""
    names = [f"x{i + 1}" for i in range(len(system.variables))]
    return [_polynomial(equation, names) for equation in system.equations if equation]


def _polynomial(equation: Terms, names: Sequence[str]) -> str:
    from flint import fmpz

    terms = []
    for coefficient, exponents in equation:
        factors = [n if e == 1 else f"{n}^{e}" for n, e in zip(names, exponents, strict=True) if e]
        number = str(fmpz(coefficient)) if coefficient < 0 else f"+{fmpz(coefficient)}"
        terms.append("*".join([number, *factors]))
    return "".join(terms).removeprefix("+")


def run_program(
    command: Sequence[str], files: Mapping[str, str], stdin: str, seconds: float, wanted: str = "stdout"
) -> str:
    """Run a program in a new folder that holds these files; the text of the file `wanted` afterwards.

    Raises Stopped. The program stays in the process group of this process, so that one kill ends both.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in {**files, "stdin": stdin}.items():
            (folder / file).write_text(text, encoding="ascii")
        try:
            with (folder / "stdin").open("rb") as given, (folder / "stdout").open("wb") as out:
                done = subprocess.run(
                    list(command),
                    stdin=given,
                    stdout=out,
                    stderr=subprocess.DEVNULL,
                    cwd=folder,
                    timeout=max(seconds, 0.1),
                    check=False,
                )
        except subprocess.TimeoutExpired:
            raise Stopped(Status.TIMED_OUT, "time limit") from None
        except OSError as trouble:
            raise Stopped(Status.UNAVAILABLE, str(trouble)) from trouble
        if done.returncode == -signal.SIGILL:
            raise Stopped(Status.UNAVAILABLE, "the program was built for another processor")
        if done.returncode != 0:
            raise Stopped(Status.FAILED, f"{Path(command[0]).name} ended with code {done.returncode}")
        return _text(folder / wanted)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(TEXT_LIMIT + 1)
        if len(raw) > TEXT_LIMIT:
            raise Stopped(Status.FAILED, "the output is too long")
        return raw.decode("ascii")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Stopped(Status.FAILED, f"no readable output: {type(trouble).__name__}") from trouble


def degenerate(system: PolynomialSystem) -> tuple[Status, str] | None:
    """Systems that no program is asked about."""
    if not system.variables:
        return Status.FAILED, "no variables"
    if not any(system.equations):
        return Status.POSITIVE_DIMENSIONAL, "no equation is nonzero"
    return None


Run = Callable[[PolynomialSystem, str, str, float], EngineAnswer]


def serve(name: str, run: Run, *, anonymous: bool = False) -> int:
    """The child of an engine: read a request, run the program, print the answer.

    A program that does not say what it is is asked only when it may be anonymous.
    """
    import json

    with clean_output() as output:
        request = json.loads(sys.stdin.buffer.read())
        system = system_from_json(request["system"])
        version = str(request["version"])
        try:
            if not version and not anonymous:
                raise Stopped(Status.UNAVAILABLE, "the program does not say that it is the one it is taken for")
            special = degenerate(system)
            if special is not None:
                raise Stopped(*special)
            answer = run(system, str(request["program"]), version, float(request["seconds"]))
        except Stopped as stop:
            answer = EngineAnswer(name, version, stop.status, message=str(stop))
        except Refused as trouble:
            answer = EngineAnswer(name, version, Status.FAILED, message=str(trouble))
        output.write(answer_to_text(answer) + "\n")
    return 0
