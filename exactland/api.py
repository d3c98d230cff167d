"""`solve` and `check`: the two verbs of the package."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactland.errors import InputError, did_you_mean, shown
from exactland.landscape import Completeness, Landscape
from exactland.objective import Objective, ObjectiveClass, as_objective

if TYPE_CHECKING:
    from pathlib import Path

    from exactland.engines.base import Engine

DEFAULT_SECONDS, MOST_SECONDS = 300.0, 1e7
RULES = ("rank", "levels", "ideal", "bezout", "mixed", "cases", "slices")
SETS = ("cases", "slices")

Progress = Callable[[str], None]


def solve(
    objective: object,
    *,
    seconds: float = DEFAULT_SECONDS,
    engines: Sequence[Engine | str] | None = None,
    without: Sequence[str] = (),
    progress: Progress | None = None,
    rule: str | None = None,
    minimal_polynomials: bool = False,
    count_complex: bool = False,
) -> Landscape:
    """Every critical point of the objective, classified, with a certificate that the checker has accepted.

    `objective` is an `Objective`, an expression, its text, or a sympy expression with rational coefficients. `engines`
    are the only ones that may be used, engines or their names; those named in `without` are not. `seconds` bounds each
    engine. `rule` forces the rule that proves completeness ("rank", "levels", "ideal", "bezout", "mixed", "cases",
    "slices"); `minimal_polynomials` adds those of all values and coordinates; `count_complex` leaves out reductions
    that find the real critical points only, so that `complex_points` is known where possible. What cannot be proved is
    `open` in the result with the reason; a wrong input raises `InputError`.
    """
    check_rule(rule)
    _check_seconds(seconds)
    chosen = None
    if engines is not None or without:
        from exactland.engines.registry import chosen_engines

        chosen = chosen_engines(engines, without)
    target = as_objective(objective)
    reason = _not_built(target)
    if reason is not None:
        return Landscape(target, Completeness.OPEN, reason)
    from exactland.engines.advance import child_in_advance

    with child_in_advance(target, chosen):
        found = _solve(target, seconds, chosen, progress or (lambda _: None), rule, count_complex)
    return found.with_minimal_polynomials() if minimal_polynomials else found


def _solve(
    target: Objective,
    seconds: float,
    chosen: tuple[Engine, ...] | None,
    say: Progress,
    rule: str | None,
    count_complex: bool,
) -> Landscape:
    from exactland.engines.registry import available_engines
    from exactland.solving.begin import Begun
    from exactland.solving.system import gradient_system_of, trivially_infinite

    available = tuple(engine.proving(rule) for engine in available_engines(chosen))
    if rule in SETS or (rule is None and trivially_infinite(target)):
        from exactland.certify.by_sets import only_sets

        covered = only_sets(target, gradient_system_of(target), seconds, say, available, rule)
        if rule is not None or covered.complete is Completeness.PROVED:
            return covered
    with Begun(target, available, seconds, say, reduced=rule is None, nonreal=count_complex) as begun:
        # The first engine is at work by now: importing the rest costs nothing.
        from exactland.certify.zero_dimensional import solve_zero_dimensional

        return solve_zero_dimensional(target, begun, say, seconds, rule, chosen is None)


def _check_seconds(given: object) -> None:
    if not isinstance(given, int | float) or not 0 < given <= MOST_SECONDS:
        raise InputError(f"seconds = {shown(given)}", "numbers above 0, at most 10^7", "write seconds=60")


def check_rule(rule: object) -> None:
    """`InputError` unless this is None or the name of a rule that proves completeness."""
    if rule not in (None, *RULES):
        fix = did_you_mean(rule, RULES, "leave it out to let exactland choose")
        raise InputError(f"no rule {shown(rule)}", ", ".join(RULES), fix)


def _not_built(objective: Objective) -> str | None:
    """Why this objective is not answered yet, as one sentence."""
    if objective.positive:
        return f"positivity constraints (on {', '.join(objective.positive)}) are not built yet"
    kind, because = objective.kind, ", ".join(objective.classification.because)
    if kind is ObjectiveClass.POLYNOMIAL:
        return None
    part = {
        ObjectiveClass.RATIONAL: "rational functions",
        ObjectiveClass.PIECEWISE: "piecewise polynomial objectives (cells and faces)",
        ObjectiveClass.ANALYTIC: "analytic objectives (proved subdivision)",
        ObjectiveClass.PIECEWISE_ANALYTIC: "piecewise analytic objectives",
    }[kind]
    return f"{part} are not built yet; this one uses {because}"


@dataclass(frozen=True)
class CheckResult:
    """What the checker said of one certificate.

    `outcome` is ACCEPT, REJECT, RESOURCE (a limit came first, nothing is decided) or ERROR (the file cannot be read).
    """

    path: Path
    outcome: str
    lines: tuple[str, ...]
    code: int
    seconds: float

    def __bool__(self) -> bool:
        raise TypeError("compare .outcome with 'ACCEPT'; a certificate can also be too large to decide")


_CODES = {0: "ACCEPT", 1: "REJECT", 3: "RESOURCE"}


def check(
    path: str | Path, *, seconds: int = 300, megabytes: int = 2_000, problem: object | None = None
) -> CheckResult:
    """Check a certificate in a child process that has the standard library only and bounded time and memory.

    `seconds` bounds the processor time. With `problem`, an objective as `solve` takes it, a certificate about any other
    one is rejected. `InputError` when there is no such file or a limit is no whole number.
    """
    import subprocess
    from pathlib import Path

    from exactland.files import check_readable

    if not isinstance(path, str | os.PathLike):
        raise InputError(f"{shown(path)} as path", "the path of a certificate", 'write check("certificate.json")')
    wanted = None if problem is None else as_objective(problem)
    target = Path(path)
    try:
        check_readable(target, "certificate (JSON)")
    except InputError as error:
        raise error.at(file=str(target)) from None
    for name, limit in (("seconds", seconds), ("megabytes", megabytes)):
        if type(limit) is not int or not 0 < limit < 10**6:
            raise InputError(f"{name} = {shown(limit)}", "whole numbers from 1 to 999999", f"write {name}=300")
    named = f"./{target}" if str(target).startswith("-") else str(target)
    folder = Path(__file__).resolve().parent / "checker"
    limits = ["--seconds", str(seconds), "--megabytes", str(megabytes)]
    command = [sys.executable, "-I", "-S", str(folder), *limits, named]
    start = time.monotonic()

    def stopped(why: str) -> CheckResult:
        line = f"RESOURCE {named}: {why}; nothing is decided"
        return CheckResult(target, "RESOURCE", (line,), 3, time.monotonic() - start)

    try:
        run = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=10 * seconds + 60, check=False
        )
    except subprocess.TimeoutExpired:
        return stopped(f"no answer within {10 * seconds + 60} seconds, for {seconds} seconds of processor time")
    if run.returncode < 0:
        return stopped(
            f"the system ended the checker ({_signal_name(-run.returncode)}), as when time or memory run out"
        )
    lines = tuple((run.stdout or run.stderr).splitlines())
    word = lines[0].split(" ", 1)[0] if lines else ""
    outcome = word if word and word == _CODES.get(run.returncode) else "ERROR"
    code = run.returncode
    if outcome == "ACCEPT" and wanted is not None:
        about = _problem(target)
        if about.sha256 != wanted.sha256 or not "".join(lines[1:2]).startswith(f"  problem {about.sha256[:16]} "):
            found, required = (f"{o.sha256[:16]} in {', '.join(o.variables)}" for o in (about, wanted))
            outcome, code = "REJECT", 1
            lines = (f"REJECT {named}: a valid certificate of another problem: found {found}; required {required}",)
    return CheckResult(target, outcome, lines, code, time.monotonic() - start)


def _problem(certificate: Path) -> Objective:
    """What a certificate that the checker has accepted says that it is about."""
    import json

    from exactland.files import read_bytes

    return Objective.from_statement(json.loads(read_bytes(certificate, "certificate (JSON)", -1))["problem"])


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
