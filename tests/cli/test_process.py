"""How the process of a command ends: at once, with everything written and the right code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import ROOT, exactland

LEAVES = (
    "import atexit, sys\n"
    "from exactland.process import leave\n"
    "atexit.register(print, 'taken apart')\n"
    "sys.stdout.write('written\\n' * int(sys.argv[2]))\n"
    "leave(int(sys.argv[1]))\n"
)


def left(code: int, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LEAVES, str(code), "100000"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("code", [0, 3])
def test_all_is_written_before_it_ends(code: int) -> None:
    done = left(code)
    assert (done.returncode, done.stdout, done.stderr) == (code, "written\n" * 100_000, "")


def test_debugging_ends_it_in_the_usual_way() -> None:
    done = left(3, EXACTLAND_DEBUG="1")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (3, "taken apart")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(("code", "seen"), [(0, 120), (3, 3)])
def test_what_cannot_be_written_is_no_success(code: int, seen: int) -> None:
    with Path("/dev/full").open("w", encoding="ascii") as full:
        done = subprocess.run(
            [sys.executable, "-c", LEAVES, str(code), "1"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == seen


def test_the_command_has_written_its_files_before_it_ends(tmp_path: Path) -> None:
    outcome = exactland("solve", "examples/product.toml", "--certificate", str(tmp_path / "product.json"))
    assert (outcome.code, outcome.err) == (0, "")
    assert exactland("check", str(tmp_path / "product.json")).out.startswith("ACCEPT ")
