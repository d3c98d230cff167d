"""The command `exactland`. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from exactland import __version__
from exactland.errors import ExactlandError, InputError, NotBuilt, did_you_mean, shown
from exactland.process import begin, leave

if TYPE_CHECKING:
    from exactland.claims.runner import Report

__all__ = ["main", "run"]

OK, REFUTED, BAD_INPUT, OPEN, INTERNAL, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 70, 130, 141
MOST_EXACT = 12  # complex critical points up to which exact numbers are shown unasked
_EXIT_CODES = """exit codes: 0 holds or complete, 1 refuted or not as declared, 2 usage or bad input,
  3 undecided, incomplete or not built yet, 4 vacuous"""


def run() -> NoReturn:
    """The command as a process of its own."""
    begin()
    leave(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error ends in one or two lines on stderr."""
    _open_streams()
    # The matrices are small; and a process of one thread can be copied instead of starting Python for every engine.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _silence()
        return BROKEN_PIPE
    except NotBuilt as error:
        return _say(str(error), OPEN)
    except ExactlandError as error:
        return _say(str(error), BAD_INPUT)
    except MemoryError:
        return _say("memory ran out, and nothing was decided\n  try a smaller problem", OPEN)
    except OSError as error:
        _silence()
        return _say(f"the system refused to read or write: {error.strerror or error}", BAD_INPUT)
    except Exception as error:  # the last resort: no traceback unless asked for
        if os.environ.get("EXACTLAND_DEBUG") == "1":
            raise
        said = f"{type(error).__name__}: {error}".split("\n")[0][:200]
        return _say(f"internal error, please report it: {said}\n  EXACTLAND_DEBUG=1 shows where", INTERNAL)


def _open_streams() -> None:
    """Streams that take any text, also where the shell has closed them or the locale is ASCII."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 -- open until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _silence() -> None:
    """Nothing more can be written to stdout; without this Python would complain when it flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """Complaints in two lines, with the nearest word; files and options of a command in any order."""

    _entered = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._entered or self._subparsers is not None or "--" in (args or ()):
            return super().parse_known_args(args, namespace)
        self._entered = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._entered = False

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {' '.join(message.split())}\n  see: {self.prog} --help\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            fix = did_you_mean(value, action.choices, f"known: {', '.join(action.choices)}")
            self.error(f"no command {shown(value)}; {fix}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="exactland",
        description="Exact, machine-checked loss landscapes of small networks.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"exactland {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        made.set_defaults(run=run)
        return made

    solve = command("solve", _solve, "solve a problem file: its critical points, their types, a checked certificate")
    solve.add_argument("file", metavar="FILE", help="problem file (TOML)")
    _json_option(solve)
    solve.add_argument("--certificate", metavar="PATH", type=Path, help="write the certificate to this file")
    solve.add_argument("--all", action="store_true", help="show all rows of the table, not only 20")
    solve.add_argument(
        "--minimal-polynomials", action="store_true", help="give exact values and coordinates, as far as found"
    )
    solve.add_argument(
        "--count-complex", action="store_true", help="no reductions that find only the real critical points"
    )
    solve.add_argument(
        "--rule",
        metavar="RULE",
        help="prove completeness by this rule only: rank, levels, ideal, bezout, mixed, cases or slices",
    )
    solve.add_argument("--seconds", metavar="N", type=_seconds, default=300.0, help="limit for each engine (300)")
    solve.add_argument("--engine", metavar="NAME", action="append", help="use only this engine; repeatable")
    solve.add_argument(
        "--without",
        "--without-engine",
        dest="without",
        metavar="NAME",
        action="append",
        default=[],
        help="do not use this engine; repeatable",
    )

    check = command("check", _check, "check certificates with the standalone checker")
    check.add_argument("certificates", metavar="CERTIFICATE", nargs="+", help="files that solve or report has written")
    check.add_argument("--problem", metavar="FILE", help="reject certificates of any problem but this one (TOML)")
    check.add_argument("--seconds", metavar="N", type=_whole, default=300, help="processor time for each (300)")
    check.add_argument("--megabytes", metavar="N", type=_whole, default=2000, help="memory for each (2000)")
    _json_option(check)

    verify = command("verify", _verify, "decide the claims of the library, and their controls")
    verify.add_argument("systems", metavar="SYSTEM", nargs="*", help="a name out of exactland list; none means all")
    _json_option(verify)

    _json_option(command("list", _list, "list the systems of the library, with what they are about"))
    explain = command("explain", _explain, "show one system as a worked example: instances, points, verdicts, controls")
    explain.add_argument("system", metavar="SYSTEM", help="a name out of exactland list")

    report = command("report", _report, "decide the claims and write the verdicts as HTML pages")
    report.add_argument("--out", metavar="DIR", type=Path, required=True, help="directory for the pages")

    _json_option(command("doctor", _doctor, "show versions and engines, and run a self-test"))
    return parser


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _seconds(text: str) -> float:
    from exactland.exact import rational

    try:
        value = rational(text)
    except InputError:
        value = None
    if value is None or not 0 < value <= 10**7:
        raise argparse.ArgumentTypeError(f"{shown(text)} where a number of seconds above 0 belongs, for example 60")
    return float(value)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{shown(text)} where an integer from 1 to 999999 belongs")
    return int(text)


def _say(message: str, code: int) -> int:
    """Print an error and hand its exit code on."""
    with contextlib.suppress(OSError):  # when nobody listens, the exit code remains
        sys.stderr.write(f"exactland: {message}\n")
        sys.stderr.flush()
    return code


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=True) + "\n")


class _Progress:
    """One changing line on a terminal, silence elsewhere."""

    def __init__(self) -> None:
        self._width = 0
        self._terminal = sys.stderr.isatty()

    def __call__(self, message: str) -> None:
        if self._terminal:
            line = "".join(c if c.isprintable() else " " for c in str(message))[:78]
            sys.stderr.write(f"\r{line.ljust(self._width)}")
            sys.stderr.flush()
            self._width = len(line)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            sys.stderr.write(f"\r{' ' * self._width}\r")
            sys.stderr.flush()


def _solve(options: argparse.Namespace) -> int:
    from exactland.api import check_rule
    from exactland.files import check_writable, write_atomically

    check_rule(options.rule)
    if options.engine is not None or options.without:
        from exactland.engines.registry import chosen_engines

        chosen_engines(options.engine, options.without)  # wrong names are reported before anything is read
    if options.certificate is not None:
        check_writable(options.certificate)
    from exactland.problem_file import load_problem

    objective = load_problem(options.file)
    from dataclasses import replace

    from exactland.api import solve
    from exactland.landscape import Completeness
    from exactland.show.text import ROWS, landscape_block, proves_something

    with _Progress() as progress:
        landscape = solve(
            objective,
            seconds=options.seconds,
            engines=options.engine,
            without=options.without,
            progress=progress,
            rule=options.rule,
            minimal_polynomials=options.minimal_polynomials,
            count_complex=options.count_complex,
        )
    if options.certificate is not None:
        if landscape.evidence is None or not proves_something(landscape):
            _say("no certificate was written, because nothing was proved", OPEN)
        else:
            write_atomically(options.certificate, landscape.evidence.text)
            landscape = replace(landscape, certificate_path=options.certificate)
    if options.json:
        sys.stdout.write(landscape.json_text() + "\n")
    else:
        if landscape.complete is Completeness.PROVED and (landscape.complex_points or MOST_EXACT + 1) <= MOST_EXACT:
            landscape = landscape.with_minimal_polynomials()
        sys.stdout.write(landscape_block(landscape, None if options.all else ROWS) + "\n")
    if landscape.complete is Completeness.PROVED:
        return OK
    return _say(f"{options.file}: {landscape.reason}", OPEN) if options.json else OPEN


def _check(options: argparse.Namespace) -> int:
    from exactland.api import check
    from exactland.show.text import printable

    problem = None
    if options.problem is not None:
        from exactland.problem_file import load_problem

        problem = load_problem(options.problem)
    codes, results = [], []
    for name in options.certificates:
        try:
            result = check(name, seconds=options.seconds, megabytes=options.megabytes, problem=problem)
            outcome, code, lines = result.outcome, result.code, result.lines
        except InputError as error:
            outcome, code, lines = "ERROR", BAD_INPUT, tuple(str(error).splitlines())
        if outcome == "ERROR":
            code = BAD_INPUT
            _say("\n".join(printable(line) for line in lines[-2:]) or f"{name}: the checker died", code)
        elif not options.json:
            sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
            sys.stdout.flush()
        codes.append(code)
        results.append({"certificate": name, "outcome": outcome, "lines": list(lines), "code": code})
    if options.json:
        _print_json({"schema": "exactland.check/1", "certificates": results})
    return next((code for code in (BAD_INPUT, REFUTED, OPEN) if code in codes), OK)


def _run_claims(wanted: Sequence[str], certificates: Path | None = None) -> Report:
    from exactland.claims.registry import check_known

    check_known(wanted)
    from exactland.claims.runner import verify

    with _Progress() as progress:
        return verify(list(dict.fromkeys(wanted)) or None, progress, certificates=certificates)


def _verify(options: argparse.Namespace) -> int:
    report = _run_claims(options.systems)
    if options.json:
        _print_json(report.to_json())
    else:
        from exactland.show.verdicts import case_line, tally

        for case in report.cases:
            sys.stdout.write(case_line(case) + "\n")
        sys.stdout.write(tally(report.cases) + "\n")
    return report.code


def _list(options: argparse.Namespace) -> int:
    from exactland.claims.registry import load, systems

    known = systems()
    if options.json:
        _print_json({"schema": "exactland.systems/1", "systems": list(known)})
    else:
        width = max(map(len, known), default=0)
        sys.stdout.write("".join(f"{name:<{width}}  {load(name).title}\n" for name in known))
    return OK


def _explain(options: argparse.Namespace) -> int:
    from exactland.claims.registry import check_known

    check_known((options.system,))
    from exactland.claims.explain import explain

    with _Progress() as progress:
        text = explain(options.system, progress=progress)
    sys.stdout.write(text.rstrip("\n") + "\n")
    return OK


def _report(options: argparse.Namespace) -> int:
    from exactland.show.html import make_directory, write_report

    make_directory(options.out)
    report = _run_claims((), options.out / "certificates")
    from exactland.claims.registry import load

    def about(name: str) -> str:
        system = load(name)
        return "\n".join([system.title, f"Source: {system.source}", *(f"Note: {note}" for note in system.notes)])

    index = write_report(report.cases, options.out, about)
    sys.stdout.write(f"wrote {index}\n")
    return report.code


def _doctor(options: argparse.Namespace) -> int:
    from exactland.show.doctor import doctor_text, examine

    found = examine()
    if options.json:
        _print_json(found)
    else:
        sys.stdout.write(doctor_text(found) + "\n")
    return OK if found["ok"] else REFUTED


if __name__ == "__main__":
    run()
