"""`make bench`: the suite, side by side with every program found here. `--help` lists the options."""

from __future__ import annotations

import argparse
import datetime
import difflib
import fnmatch
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import peers, plot, report
from benchmarks.report import FAILED, NOT_RUN, SOLVED, TIMEOUT, Cell, Program, Report, Row
from benchmarks.suite import SYSTEMS, Instance, System

HERE = Path(__file__).resolve().parent
OUTPUT_LIMIT = 256 * 2**20
MESSAGE = 160


def measure(command: Sequence[str], folder: Path, seconds: float, memory: int, stdin: str = "") -> dict[str, Any]:
    """Run a command in this folder through `measure.py`; its output is in `stdout` and `stderr` there."""
    (folder / "stdin").write_text(stdin, encoding="ascii")
    request = {
        "command": list(command),
        "seconds": seconds,
        "memory": memory,
        "stdin": "stdin",
        "stdout": "stdout",
        "stderr": "stderr",
        "environment": peers.environment(folder),
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(HERE / "measure.py")],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def text_of(path: Path) -> str:
    """The text of a file, up to a limit; empty when there is none."""
    try:
        with path.open("rb") as file:
            return file.read(OUTPUT_LIMIT).decode("ascii", "replace")
    except OSError:
        return ""


def plain(message: str) -> str:
    """One short line without paths."""
    return re.sub(r"~?(?:/[\w.+-]+)+", "...", " ".join(message.split()))[:MESSAGE]


def ending(code: int, errors: str) -> str:
    """How a process ended that did not end well."""
    if re.search(r"MemoryError|bad_alloc|[Oo]ut of memory|no more memory|memory exhausted|STORAGE_ERROR", errors):
        return "out of memory"
    if code < 0:
        try:
            return f"ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"ended by signal {-code}"
    return f"ended with code {code}"


def run_once(peer: peers.Peer, instance: Instance, cell: Cell, seconds: float, memory: int) -> float | None:
    """One run of one program, entered into its cell. For exactland: the time of the checker alone, in seconds."""
    try:
        job = peer.job(instance, seconds)
    except peers.NotApplicable as reason:
        cell.status, cell.message = NOT_RUN, str(reason)
        return None
    with tempfile.TemporaryDirectory(prefix="bench_") as name:
        folder = Path(name)
        for file, text in job.files.items():
            (folder / file).write_text(text, encoding="ascii")
        done = measure(job.command, folder, seconds, memory, job.stdin)
        if done["code"] is None:
            cell.status = TIMEOUT
            return None
        if done["code"] != 0:
            cell.status, cell.message = FAILED, ending(done["code"], text_of(folder / "stderr")[-4000:])
            return None
        try:
            answer = peer.read(instance, folder, text_of(folder / "stdout"))
        except peers.Refused as trouble:
            cell.status, cell.message = FAILED, plain(str(trouble))
            return None
        changed = cell.count is not None and cell.count != answer.count
        cell.status = SOLVED
        cell.count, cell.more = answer.count, answer.more
        cell.walls.append(done["wall"])
        cell.cpus.append(done["cpu"])
        cell.rss.append(done["rss"])
        if changed:
            cell.status, cell.message = FAILED, "different numbers of solutions in different runs"
        return check_alone(folder, seconds, memory) if peer is peers.OURS else None


def check_alone(folder: Path, seconds: float, memory: int) -> float | None:
    """Seconds of the checker on the certificate in this folder; None when it does not accept within the limit."""
    checker = HERE.parent / "exactland" / "checker"
    command = [sys.executable, "-I", "-S", str(checker), "--seconds", str(max(1, int(seconds)))]
    done = measure([*command, "--megabytes", str(memory >> 20), "certificate.json"], folder, 2 * seconds, memory)
    return float(done["wall"]) if done["code"] == 0 else None


def check_net(instance: Instance, seconds: float, memory: int) -> list[float] | None:
    """Seconds of the check and of the rest, without the start of a process; None when nothing is proved in time."""
    command = [sys.executable, "-P", str(HERE / "net_child.py"), str(seconds)]
    with tempfile.TemporaryDirectory(prefix="bench_") as name:
        folder = Path(name)
        done = measure(command, folder, 3 * seconds, memory, json.dumps(instance.statement))
        if done["code"] != 0:
            return None
        net = json.loads(text_of(folder / "stdout"))
    return [float(net["check"]), float(net["rest"])]


def bench_system(system: System, programs: Sequence[peers.Peer], seconds: float, runs: int, memory: int) -> Row:
    """All programs on one system: in turns, each round starting with another one."""
    instance = system.instance
    row = Row(system.name, system.family, len(instance.variables), instance.bezout, system.complex_points)
    row.cells = {peer.name: Cell() for peer in programs}
    for round_ in range(runs):
        start = round_ % len(programs)
        for peer in [*programs[start:], *programs[:start]]:
            cell = row.cells[peer.name]
            if round_ == 0 or cell.solved:
                check = run_once(peer, instance, cell, seconds, memory)
                if check is not None:
                    row.checks.append(check)
                    net = check_net(instance, seconds, memory)
                    row.nets += [] if net is None else [net]
    report.settle(row, system.complex_points)
    return row


def machine() -> dict[str, str]:
    """Cores, memory, processor and versions; nothing that names the machine."""
    processor = platform.processor() or platform.machine()
    for line in text_of(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "cores": str(cores),
        "memory": f"{size:.0f} GB",
        "processor": processor,
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }


def floor() -> int:
    """The peak memory that is measured for a program that does nothing, in bytes."""
    with tempfile.TemporaryDirectory(prefix="bench_") as name:
        return int(measure(["/bin/sh", "-c", "exit 0"], Path(name), 10.0, 2**31)["rss"])


def chosen(only: Sequence[str], quick: bool) -> list[System]:
    """The systems with these names or patterns; all, or the quick ones, when none is given."""
    if not only:
        return [system for system in SYSTEMS if system.quick or not quick]
    known = [system.name for system in SYSTEMS]
    found: list[System] = []
    for name in only:
        matching = [system for system in SYSTEMS if fnmatch.fnmatchcase(system.name, name)]
        if not matching:
            near = difflib.get_close_matches(name, known, 3, 0.3)
            raise SystemExit(f"no system {name!r}; near: {', '.join(near) or 'none'}; --list shows all")
        found += matching
    return [system for system in SYSTEMS if system in found]


def positive(text: str) -> float:
    """A number above 0."""
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("a number above 0")
    return value


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    made.add_argument("--quick", action="store_true", help="small systems and a limit of 10 s: a few minutes")
    made.add_argument("--limit", type=positive, metavar="SECONDS", help="limit of one run (20, with --quick 10)")
    made.add_argument("--runs", type=int, default=3, choices=range(1, 100), metavar="N", help="runs per program (3)")
    made.add_argument("--memory", type=positive, default=6.0, metavar="GB", help="memory limit of one process (6)")
    made.add_argument("--only", action="append", default=[], metavar="NAME", help="this system or pattern; repeatable")
    made.add_argument("--output", type=Path, metavar="FOLDER", help="write results here (benchmarks, for a full run)")
    made.add_argument("--list", action="store_true", help="list the systems and the programs found, and stop")
    return made


def write(found: Report, folder: Path) -> None:
    """RESULTS.md, scaling.svg and results.json, each in one step."""
    texts = {
        "results.json": found.to_text(),
        "scaling.svg": plot.svg(found),
        "RESULTS.md": report.markdown(found, "scaling.svg"),
    }
    for name, text in texts.items():
        partial = folder / f"{name}.part"
        partial.write_text(text, encoding="utf-8")
        partial.replace(folder / name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = parser().parse_args(arguments)
    systems = chosen(options.only, options.quick)
    everyone: list[peers.Peer] = [peers.OURS, *peers.PEERS]
    programs = [Program(peer.name, peer.does, peer.lists, peer.version()) for peer in everyone]
    for program in programs:
        print(f"{program.name:14s} {program.version or 'absent'}")
    if options.list:
        for system in systems:
            known = "?" if system.complex_points is None else str(system.complex_points)
            print(f"{system.name:28s} {system.family:18s} {known}")
        return 0
    folder = options.output or (HERE if not options.quick and not options.only else None)
    limit = options.limit or (10.0 if options.quick else 20.0)
    memory = int(options.memory * 1e9)
    begin = time.monotonic()
    selection = ", ".join(options.only) if options.only else "quick selection" if options.quick else "all systems"
    found = Report(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        options=f"{selection}, limit {limit:g} s, {options.runs} runs",
        machine=machine(),
        limit=limit,
        runs=options.runs,
        memory_limit=memory,
        floor=floor(),
        programs=programs,
        rows=[],
        planned=len(systems),
    )
    present = [peer for peer, program in zip(everyone, programs, strict=True) if program.version is not None]
    for place, system in enumerate(systems, 1):
        row = bench_system(system, present, limit, options.runs, memory)
        found.rows.append(row)
        found.loads.append(round(os.getloadavg()[0], 2))
        found.seconds = time.monotonic() - begin
        cells = ", ".join(f"{name} {report.shown(row, name)}" for name in row.cells)
        print(f"[{place}/{len(systems)}, {found.seconds:.0f} s] {row.name} ({row.complex_points}): {cells}", flush=True)
        if folder is not None:
            write(found, folder)
    if folder is None:
        print("\n" + report.markdown(found))
    else:
        print(f"wrote RESULTS.md, scaling.svg and results.json ({len(systems)} systems)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
