"""The comparison on critical sets of positive dimension."""

from __future__ import annotations

import json
import shutil

import pytest

from benchmarks import components
from benchmarks.components import SYSTEMS, Cell, bench, dimensions, ours


def test_answers_of_singular_are_read_strictly() -> None:
    assert dimensions("DIM 1\nDIM 2\nEND\n") == [2, 1]
    assert dimensions("END") == []
    assert dimensions("? error occurred\nDIM 1\nEND\n") is None
    assert dimensions("DIM 1\n") is None


def test_systems_are_what_they_are_called() -> None:
    statement = json.loads(ours(SYSTEMS["2x2 rank 1 diagonal"], 1).stdin)
    assert sorted(statement["variables"]) == ["u00", "u10", "v00", "v10"]
    assert len(SYSTEMS) == len(set(SYSTEMS.values()))


def test_one_row() -> None:
    row = bench("(w3 w2 w1 - 1)^2", 60, 1)
    assert row[:3] == ["(w3 w2 w1 - 1)^2", "4", "0"]
    assert float(row[3]) > 0
    if shutil.which("Singular"):
        assert row[-1] == "2 1 1 1"


def test_a_time_limit_is_said() -> None:
    cell = Cell()
    components.run_once(ours(SYSTEMS["2x2 rank 2 generic"], 60), cell, 0.05, True)
    assert str(cell) == "time limit"


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert components.main(["--runs", "1", "--only", "2x2 rank 1 identity"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("| 2x2 rank 1 identity | 1 | 0 |")
