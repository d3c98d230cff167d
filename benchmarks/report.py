"""What a run found, and its tables in Markdown. Numbers come from the measurements only."""

from __future__ import annotations

import dataclasses
import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

OURS = "exactland"
SOLVED, WRONG, TIMEOUT, FAILED, NOT_RUN = "solved", "wrong count", "time limit", "failed", "not run"
LARGE = 100
"""From so many solutions on a system counts as large in the summary."""
FIT_FROM = 20
"""Systems with fewer solutions measure the start of a program, so the fits leave them out."""


@dataclass
class Cell:
    """The runs of one program on one system."""

    status: str = NOT_RUN
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    rss: list[int] = field(default_factory=list)
    count: int | None = None
    message: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def solved(self) -> bool:
        return self.status == SOLVED

    @property
    def wall(self) -> float:
        """Median of the wall times."""
        return statistics.median(self.walls)

    @property
    def memory(self) -> float:
        """Median of the peaks, in megabytes."""
        return statistics.median(self.rss) / 1e6


@dataclass
class Row:
    """One system."""

    name: str
    family: str
    variables: int
    bezout: int
    complex_points: int | None
    cells: dict[str, Cell] = field(default_factory=dict)
    checks: list[float] = field(default_factory=list)
    nets: list[list[float]] = field(default_factory=list)
    """Seconds of the check and of the rest, without the start of a process."""

    @property
    def net_share(self) -> float | None:
        """Median of the seconds of the check over those of the rest."""
        return statistics.median(check / rest for check, rest in self.nets) if self.nets else None

    def peers(self) -> dict[str, Cell]:
        return {name: cell for name, cell in self.cells.items() if name != OURS}

    def best(self, among: Iterable[str], of: Callable[[Cell], float]) -> tuple[str, float] | None:
        """The smallest value among programs that solved this system."""
        found = [(of(self.cells[name]), name) for name in among if name in self.cells and self.cells[name].solved]
        return (min(found)[1], min(found)[0]) if found else None


@dataclass
class Program:
    """What is known about a program that takes part, or does not because it is absent."""

    name: str
    does: str
    lists: bool
    version: str | None


@dataclass
class Report:
    """One run of the benchmark."""

    date: str
    options: str
    machine: dict[str, str]
    limit: float
    runs: int
    memory_limit: int
    floor: int
    programs: list[Program]
    rows: list[Row]
    planned: int
    loads: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def to_text(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Report:
        data = json.loads(text)
        data["programs"] = [Program(**program) for program in data["programs"]]
        data["rows"] = [
            Row(**{**row, "cells": {name: Cell(**cell) for name, cell in row["cells"].items()}}) for row in data["rows"]
        ]
        return cls(**data)

    @property
    def present(self) -> list[Program]:
        return [program for program in self.programs if program.version is not None]

    @property
    def peers(self) -> list[str]:
        return [program.name for program in self.present if program.name != OURS]

    @property
    def listing(self) -> list[str]:
        """The peers that give the solutions, not only their number."""
        return [program.name for program in self.present if program.lists and program.name != OURS]


def settle(row: Row, known: int | None) -> None:
    """Decide the number of solutions and mark programs that found another one.

    It is the known number; else the one that exactland proved; else the one that two programs agree on.
    """
    ours = row.cells.get(OURS)
    found = [cell.count for cell in row.peers().values() if cell.solved and cell.count is not None]
    agreed = next((count for count in found if found.count(count) > 1), None)
    proved = ours.count if ours is not None and ours.solved else None
    row.complex_points = next((count for count in (known, proved, agreed) if count is not None), None)
    for cell in row.cells.values():
        if cell.solved and row.complex_points is not None and cell.count != row.complex_points:
            cell.status = WRONG
            cell.message = f"{cell.count} instead of {row.complex_points}"


def geometric_mean(values: Sequence[float]) -> float | None:
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def fit(points: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Exponent and factor of y = factor * x^exponent by least squares on logarithms; None for fewer than four."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len(logs) < 4 or len({x for x, _ in logs}) < 2:
        return None
    slope, intercept = statistics.linear_regression([x for x, _ in logs], [y for _, y in logs])
    return slope, math.exp(intercept)


def measured(report: Report, name: str, of: Callable[[Cell], float]) -> list[tuple[float, float]]:
    """(number of solutions, value) for every system that this program solved."""
    return [
        (float(row.complex_points), of(row.cells[name]))
        for row in report.rows
        if row.complex_points and name in row.cells and row.cells[name].solved
    ]


def wall(cell: Cell) -> float:
    return cell.wall


def memory(cell: Cell) -> float:
    return cell.memory


def processor(cell: Cell) -> float:
    return statistics.median(cell.cpus)


def ratios(report: Report, among: Sequence[str], of: Callable[[Cell], float], smallest: int = 0) -> list[float]:
    """Ours over the best of these programs, on the systems that both solved."""
    found = []
    for row in report.rows:
        ours, best = row.cells.get(OURS), row.best(among, of)
        if ours is not None and ours.solved and best is not None and (row.complex_points or 0) >= smallest:
            found.append(of(ours) / best[1])
    return found


def number(value: float | None) -> str:
    """About three digits."""
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: bool = False) -> str:
    """A Markdown table; all columns but the first are aligned to the right, unless `left`."""
    lines = ["| " + " | ".join(head) + " |", "|---" + ("|---" if left else "|--:") * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


_SHORT = {WRONG: "wrong", TIMEOUT: "time", FAILED: "failed", NOT_RUN: "-"}


def shown(row: Row, name: str, of: Callable[[Cell], float] = wall) -> str:
    """The value of a cell, or what happened instead."""
    cell = row.cells.get(name, Cell())
    return number(of(cell)) if cell.solved else _SHORT[cell.status]


def _ratio(row: Row, among: Sequence[str], of: Callable[[Cell], float]) -> str:
    ours, best = row.cells.get(OURS, Cell()), row.best(among, of)
    if ours.solved and best is not None:
        return number(of(ours) / best[1])
    return "only ours" if ours.solved else "only others" if best is not None else "none"


def _comparison(report: Report, of: Callable[[Cell], float]) -> str:
    head = ["system", "n", "Bezout", "solutions", OURS, *report.peers, "ours / best listing", "ours / best", "best"]
    body = []
    for row in report.rows:
        best = row.best(report.peers, of)
        body.append(
            [
                row.name,
                str(row.variables),
                str(row.bezout),
                "?" if row.complex_points is None else str(row.complex_points),
                shown(row, OURS, of),
                *(shown(row, name, of) for name in report.peers),
                _ratio(row, report.listing, of),
                _ratio(row, report.peers, of),
                best[0] if best is not None else "-",
            ]
        )
    return table(head, body)


def _certificates(report: Report) -> str:
    head = ["system", "solutions", "real", "not classified", "engines asked", "kB", "ours, s", "check, s", "fraction"]
    head += ["inside, s", "share", "net share"]
    body = []
    for row in report.rows:
        cell = row.cells.get(OURS, Cell())
        if not cell.solved or not row.checks:
            continue
        check = statistics.median(row.checks)
        inside = cell.more["seconds"].get("check", 0.0)
        work = cell.wall - inside
        body.append(
            [
                row.name,
                str(row.complex_points),
                str(cell.more["real"]),
                str(cell.more["undecided"]),
                ", ".join(cell.more["engines"]),
                f"{cell.more['certificate'] / 1e3:.1f}",
                number(cell.wall),
                number(check),
                number(check / work),
                number(inside),
                number(inside / work),
                number(row.net_share),
            ]
        )
    return table(head, body)


def check_fractions(report: Report) -> list[tuple[float, float]]:
    """Of each system, over the time of a run without its check: the checker in a process of its own, and the check."""
    found = []
    for row in report.rows:
        cell = row.cells.get(OURS, Cell())
        if cell.solved and row.checks:
            inside = cell.more["seconds"].get("check", 0.0)
            work = cell.wall - inside
            found.append((statistics.median(row.checks) / work, inside / work))
    return found


def _checks(report: Report) -> str:
    """What the columns about the checker mean, and what they come to."""
    fractions = check_fractions(report)
    alone, shares = zip(*fractions, strict=True) if fractions else ((), ())
    median = number(statistics.median(alone)) if alone else "-"
    most = number(max(shares)) if shares else "-"
    nets = [row.net_share for row in report.rows if row.net_share is not None]
    net = number(max(nets)) if nets else "-"
    return (
        "Check: the checker alone in a fresh process. Fraction: of the time of ours without the check; median "
        f"{median}. Inside: the check within ours, in the same process. Share: of the time of ours without it; largest "
        f"{most}. Net share: the check over solving and certifying, without the start of the process and imports; "
        f"largest {net}."
    )


def _summary(report: Report) -> str:
    lines = []
    sets = [("all peers", report.peers), ("peers that list the solutions", report.listing)]
    body = []
    for what, of in (("wall time", wall), ("processor time", processor), ("memory", memory)):
        for label, among in sets:
            small, large = ratios(report, among, of), ratios(report, among, of, LARGE)
            body.append(
                [
                    f"{what}, ours / best of {label}",
                    f"{number(geometric_mean(small))} ({len(small)})",
                    f"{number(geometric_mean(large))} ({len(large)})",
                ]
            )
    for name in report.peers:
        small, large = ratios(report, [name], wall), ratios(report, [name], wall, LARGE)
        body.append(
            [
                f"wall time, ours / {name}",
                f"{number(geometric_mean(small))} ({len(small)})",
                f"{number(geometric_mean(large))} ({len(large)})",
            ]
        )
    head = ["geometric mean (number of systems)", "all systems", f"{LARGE} solutions or more"]
    lines.append(table(head, body))
    lines.append(
        "Below 1 exactland needs less. Systems that only one side solved do not enter: "
        f"only exactland {_only(report, True)}, only peers {_only(report, False)}."
    )
    counts = []
    for name in [OURS, *report.peers]:
        cells = [row.cells.get(name, Cell()) for row in report.rows]
        counts.append([name, *(str(sum(c.status == s for c in cells)) for s in (SOLVED, WRONG, TIMEOUT, FAILED))])
    lines.append(table(["program", "solved", "wrong count", "time limit", "failed"], counts))
    return "\n\n".join(lines)


def _only(report: Report, ours: bool) -> str:
    found = []
    for row in report.rows:
        mine = row.cells.get(OURS, Cell()).solved
        theirs = row.best(report.peers, wall) is not None
        if mine != theirs and mine == ours:
            found.append(row.name)
    return f"{len(found)} ({'; '.join(found)})" if found else "0"


def _fits(report: Report) -> str:
    body = []
    for name in [OURS, *report.peers]:
        cells = [name]
        for of in (wall, memory):
            points = [(x, y) for x, y in measured(report, name, of) if x >= FIT_FROM]
            found = fit(points)
            cells += [str(len(points)), number(None) if found is None else f"{found[0]:.2f}"]
        body.append([cells[0], cells[1], cells[2], cells[4]])
    return table(["program", "systems", "exponent of time", "exponent of memory"], body)


def _failures(report: Report) -> str:
    lines = []
    for row in report.rows:
        found = [
            f"{name}: {cell.status}" + (f" ({cell.message})" if cell.message else "")
            for name, cell in row.cells.items()
            if not cell.solved
        ]
        if found:
            lines.append(f"* {row.name}: " + "; ".join(found))
    return "\n".join(lines) or "None."


def _disturbance(report: Report) -> str:
    if not report.loads:
        return "load unknown"
    middle = statistics.median(report.loads)
    text = f"load average median {middle:.1f}, largest {max(report.loads):.1f}"
    cores = int(report.machine.get("cores", "1"))
    return text + (
        " -- other programs were running, so times are inflated; compare ratios only" if middle > cores else ""
    )


_METHOD = """\
Every program runs in a process of its own with {limit} and one thread, in turns on the same system; medians of
{runs} runs (one when it did not succeed). Times are wall seconds with the start of the process. Memory is the peak of
the largest process in MB; {floor} is the least that can be measured."""

_TASK = """\
exactland has to *prove* that its list is complete, classify every real point, and have the certificate accepted. The
others list or count the complex solutions. exactland asks msolve as its last engine where it is found (see "engines
asked" below)."""

_LEGEND = """\
"time": not within the limit. "wrong": another number of solutions than is known or proved. "failed": see the end of the
page. "-": not run. m is the number of data points; psd is the completion of a symmetric matrix of that size."""

_GROWTH = f"""\
y = a C^b fitted to the systems with C >= {FIT_FROM} solutions that a program solved, all families together. A program
that reaches its limit early is fitted on the easier systems only."""


def markdown(report: Report, plot: str | None = None) -> str:
    """The whole page."""
    programs = [[p.name, p.version or "absent", "lists" if p.lists else "counts", p.does] for p in report.programs]
    absent = [p.name for p in report.programs if p.version is None]
    missing = len(report.rows) < report.planned
    machine = "; ".join(f"{key}: {value}" for key, value in report.machine.items())
    parts = [
        "# Results",
        f"Written by `make bench` on {report.date}; do not edit. Options: {report.options}.",
        *([f"**Unfinished: {len(report.rows)} of {report.planned} systems.**"] if missing else []),
        f"{machine}; {_disturbance(report)}. The run took {max(1, round(report.seconds / 60))} min.",
        _METHOD.format(
            limit=f"{report.limit:g} s and {report.memory_limit / 1e9:g} GB",
            runs=report.runs,
            floor=f"{report.floor / 1e6:.0f} MB",
        ),
        table(["program", "version", "solutions", "what it is asked"], programs, left=True),
        f"Absent on this machine: {', '.join(absent) or 'none'}.",
        _TASK,
        "## Summary",
        _summary(report),
        "## Time, s",
        _comparison(report, wall),
        _LEGEND,
        "## Memory, MB",
        _comparison(report, memory),
        "## Growth",
        _GROWTH,
        _fits(report),
    ]
    if plot is not None:
        parts.append(f"![Time and memory against the number of complex solutions]({plot})")
    parts += [
        "## Certificates",
        _checks(report),
        _certificates(report),
        "## Who did not solve what",
        _failures(report),
    ]
    return "\n\n".join(parts) + "\n"
