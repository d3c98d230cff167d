"""Measurements, tables and the plot. No time is compared with anything."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import peers, plot, report, run
from benchmarks.report import FAILED, SOLVED, TIMEOUT, WRONG, Cell, Program, Report, Row
from benchmarks.suite import Instance, linear_net

GIGABYTE = 10**9
PYTHON = [sys.executable, "-I", "-S", "-c"]


def started(pid: int) -> bool:
    """Whether this process runs; one that has ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_command_is_measured(tmp_path: Path) -> None:
    code = "import sys; x = bytearray(80_000_000); x[::4096] = b'1' * len(x[::4096]); print(sys.stdin.read())"
    done = run.measure([*PYTHON, code], tmp_path, 30, GIGABYTE, "hello")
    assert done["code"] == 0
    assert (tmp_path / "stdout").read_text() == "hello\n"
    assert done["rss"] > 80_000_000
    assert done["wall"] > 0
    assert done["cpu"] > 0


def test_the_limits_hold(tmp_path: Path) -> None:
    assert run.measure([*PYTHON, "while True: pass"], tmp_path, 0.3, GIGABYTE)["code"] is None
    assert run.measure([*PYTHON, "bytearray(2 * 10**9)"], tmp_path, 30, GIGABYTE)["code"] not in (0, None)
    assert "MemoryError" in (tmp_path / "stderr").read_text()


def test_failures_are_reported(tmp_path: Path) -> None:
    assert run.measure([*PYTHON, "raise SystemExit(7)"], tmp_path, 30, GIGABYTE)["code"] == 7
    assert run.measure([*PYTHON, "import os; os.kill(os.getpid(), 9)"], tmp_path, 30, GIGABYTE)["code"] == -9
    assert run.measure(["/nowhere/program"], tmp_path, 30, GIGABYTE)["code"] not in (0, None)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are found in /proc")
def test_nothing_is_left_running(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "open('pid', 'w').write(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    assert run.measure([sys.executable, "-c", code], tmp_path, 3, GIGABYTE)["code"] is None
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if not started(pid):
            break
        time.sleep(0.05)
    assert not started(pid)


class Stub(peers.Peer):
    """A peer that prints a text, or does something else."""

    does = "prints"
    lists = True

    def __init__(self, name: str, code: str) -> None:
        self.name, self.code = name, code

    def version(self) -> str | None:
        return "1"

    def job(self, instance: Instance, seconds: float) -> peers.Job:
        return peers.Job([*PYTHON, self.code])

    def read(self, instance: Instance, folder: Path, output: str) -> peers.Answer:
        if not output.strip().isdigit():
            raise peers.Refused("not a number in /some/where/file")
        return peers.Answer(int(output))


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("print(5)", SOLVED, ""),
        ("print('five')", FAILED, "not a number in ..."),
        ("raise SystemExit(3)", FAILED, "ended with code 3"),
        ("raise MemoryError", FAILED, "out of memory"),
        ("import os; os.kill(os.getpid(), 11)", FAILED, "ended by SIGSEGV"),
        ("import time; time.sleep(100)", TIMEOUT, ""),
    ],
)
def test_what_happened_is_entered(code: str, status: str, message: str) -> None:
    cell = Cell()
    run.run_once(Stub("stub", code), linear_net((1, 1, 1)), cell, 1.0 if status == TIMEOUT else 30.0, GIGABYTE)
    assert (cell.status, cell.message) == (status, message)
    assert len(cell.walls) == len(cell.cpus) == len(cell.rss) == (status == SOLVED)


def test_a_system_side_by_side() -> None:
    system = next(system for system in run.SYSTEMS if system.name == "chain 2")
    programs = [peers.OURS, Stub("right", "print(5)"), Stub("wrong", "print(4)"), Stub("broken", "raise SystemExit(1)")]
    row = run.bench_system(system, programs, 60.0, 2, 4 * GIGABYTE)
    assert row.complex_points == 5
    assert {name: cell.status for name, cell in row.cells.items()} == {
        "exactland": SOLVED,
        "right": SOLVED,
        "wrong": WRONG,
        "broken": FAILED,
    }
    assert len(row.checks) == len(row.cells["exactland"].walls) == len(row.cells["right"].walls) == 2
    assert len(row.nets) == 2
    assert row.net_share is not None
    assert 0 < row.net_share < 10
    assert row.cells["exactland"].more["real"] == 3
    assert row.cells["exactland"].more["undecided"] == 0
    best = row.best(["right", "wrong", "broken"], report.wall)
    assert best is not None
    assert best[0] == "right"


def cell(count: int, wall: float) -> Cell:
    return Cell(SOLVED, [wall, 2 * wall, wall / 2], [wall], [int(wall * 1e7) + 1], count)


@pytest.mark.parametrize(
    ("known", "ours", "others", "result"),
    [(9, 8, (8, 8), 9), (None, 8, (7, 7), 8), (None, None, (7, 6, 7), 7), (None, None, (7, 6), None)],
)
def test_which_number_of_solutions_holds(
    known: int | None, ours: int | None, others: tuple[int, ...], result: int | None
) -> None:
    row = Row("a", "b", 1, 1, known, {f"p{k}": cell(count, 1.0) for k, count in enumerate(others)})
    row.cells[report.OURS] = Cell(FAILED) if ours is None else cell(ours, 1.0)
    report.settle(row, known)
    assert row.complex_points == result
    assert all((c.status == WRONG) == (c.count != result) for c in row.cells.values() if c.count and result)


def example() -> Report:
    rows = []
    for k in range(1, 8):
        count = 3**k
        row = Row(f"system {k}", "family", k, count, count)
        ours = cell(count, 0.01 * count**1.5)
        ours.more = {"real": 3, "undecided": 0, "engines": ["macaulay"], "certificate": 1500, "seconds": {"check": 0.0}}
        row.cells = {report.OURS: ours, "p": cell(count, 0.02 * count**1.5), "q": Cell(TIMEOUT)}
        row.checks = [0.001 * count**1.5]
        row.nets = [[0.001, 0.01], [0.003, 0.01], [0.002, 0.01]]
        rows.append(row)
    rows[0].cells[report.OURS] = Cell(FAILED, message="open")
    rows[1].cells["p"] = Cell(WRONG, [1.0], [1.0], [1], 8, "8 instead of 9")
    programs = [
        Program(report.OURS, "all", True, "1"),
        Program("p", "lists", True, "2"),
        Program("q", "counts | more", False, "3"),
        Program("r", "", False, None),
    ]
    machine = {"cores": "2", "processor": "some"}
    return Report("2000-01-01", "all", machine, 20.0, 3, 6 * GIGABYTE, 10**7, programs, rows, 8, [5.0] * 7, 100.0)


def test_tables_render() -> None:
    found = example()
    page = report.markdown(found, "scaling.svg")
    for text in (
        "Unfinished: 7 of 8 systems",
        "Absent on this machine: r.",
        "other programs were running",
        "only exactland 1 (system 2), only peers 1 (system 1)",
        "8 instead of 9",
        "![Time and memory",
        "| wall time, ours / p | 0.50 (5) | 0.50 (3) |",
        "| exactland | 5 | 1.50 |",
        "and imports; largest 0.20.",
    ):
        assert text in page
    blocks = [block for block in page.split("\n\n") if block.startswith("|")]
    assert len(blocks) == 7
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1
    assert report.markdown(Report.from_text(found.to_text()), "scaling.svg") == page


def test_an_empty_run_renders() -> None:
    found = example()
    found.rows, found.loads = [], []
    assert "# Results" in report.markdown(found)
    ElementTree.fromstring(plot.svg(found))


def test_the_plot_is_well_formed() -> None:
    root = ElementTree.fromstring(plot.svg(example()))
    text = " ".join(element.text or "" for element in root.iter())
    assert "exactland: 1.50" in text
    assert "wall time, s" in text


def test_fits() -> None:
    exact = report.fit([(x, 3 * x**2.5) for x in (1.0, 2.0, 5.0, 9.0)])
    assert exact is not None
    assert exact == pytest.approx((2.5, 3.0))
    assert report.fit([(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]) is None
    assert report.fit([(2.0, 1.0)] * 5) is None
    assert report.geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert report.geometric_mean([]) is None


def test_messages_have_no_paths() -> None:
    assert run.plain("no  file\n/home/me/x.py, sorry") == "no file ..., sorry"
    assert len(run.plain("x" * 1000)) == run.MESSAGE


def test_systems_are_chosen_by_name() -> None:
    assert [system.name for system in run.chosen(["psd 4", "chain 2"], False)] == ["chain 2", "psd 4"]
    assert len(run.chosen(["chain *"], False)) == 5
    assert {system.quick for system in run.chosen([], True)} == {True}
    with pytest.raises(SystemExit, match="near: psd 4"):
        run.chosen(["psd4"], False)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run.main(["--list"]) == 0
    assert "chain 2" in capsys.readouterr().out
    monkeypatch.setattr(peers, "PEERS", (Stub("right", "print(5)"),))
    options = ["--only", "chain 2", "--runs", "1", "--limit", "60", "--output", str(tmp_path)]
    assert run.main(options) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["RESULTS.md", "results.json", "scaling.svg"]
    page = (tmp_path / "RESULTS.md").read_text()
    data: dict[str, Any] = json.loads((tmp_path / "results.json").read_text())
    assert "| chain 2 | 2 | 9 | 5 |" in page
    assert "/" + str(tmp_path).split("/")[1] + "/" not in page + json.dumps(data)
    assert run.main([*options[:6]]) == 0
    assert "# Results" in capsys.readouterr().out
