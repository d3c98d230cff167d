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


IN_PART = (
    "import sys\n"
    "from exactland.process import begin\n"
    "begin()\n"
    "import flint\n"
    "from exactland import solve\n"
    "from exactland.objective import Objective\n"
    "found = solve(Objective.from_statement({'variables': ['a'], 'expression': '(a^2 - 2)^2'}))\n"
    "print(found.complete.value, len(found.points), sorted({'inspect', 'flint.types.fq_default'} & set(sys.modules)))\n"
    "part, whole = flint.fmpq, flint.fq_default\n"
    "import inspect\n"
    "print(part is flint.fmpq, part(1, 2), flint.__version__ != '', inspect.isclass(whole))\n"
)


def test_a_command_imports_flint_in_part_and_the_whole_when_asked() -> None:
    lines = run_text(IN_PART)
    assert lines == ["proved 3 []", "True 1/2 True True"]


def test_another_release_of_flint_is_imported_as_it_is() -> None:
    lines = run_text(
        "import sys, exactland.light as light\n"
        "light.RELEASES = ('0.1.0',)\n"
        "light.flint_in_part()\n"
        "print('flint' in sys.modules)\n"
        "import flint\n"
        "light.RELEASES = ('0.9.0',)\n"
        "light.flint_in_part()\n"
        "print(type(flint).__name__, 'inspect' in sys.modules)\n"
    )
    assert lines == ["False", "module True"]


def run_text(text: str) -> list[str]:
    """The lines that a process with this text prints."""
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
