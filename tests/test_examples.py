"""The lessons in `examples/` run, and say what they are about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import exactland as el
from exactland.landscape import Completeness

FOLDER = Path(__file__).resolve().parent.parent / "examples"
SAID = {
    "certificate.py": ("as written: ACCEPT", "one saddle called a minimum: REJECT"),
    "depth.py": ("complete: proved", "not established: nothing", "minima that are not global: 1"),
    "weight_decay.py": (
        "loss 1/2     multiplicity 3\n  complete: proved\n",
        "loss 1/2     multiplicity 1\n  complete: proved\n",
    ),
}
#: Complex critical points, real ones, minima that are not global.
COUNTS = {"linear_network.toml": (9, 5, 0), "product.toml": (5, 3, 0), "quadratic_neuron.toml": (33, 5, 1)}


def test_every_example_is_run() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == {*SAID, *COUNTS}


@pytest.mark.parametrize("name", SAID)
def test_lessons(name: str) -> None:
    run = subprocess.run(
        [sys.executable, str(FOLDER / name)],
        env={**os.environ, "PYTHONPATH": str(FOLDER.parent)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert [words for words in SAID[name] if words not in run.stdout] == []


@pytest.mark.parametrize("name", COUNTS)
def test_problem_files(name: str) -> None:
    landscape = el.solve(el.load_problem(FOLDER / name))
    assert landscape.complete is Completeness.PROVED
    assert (landscape.complex_points, len(landscape), len(landscape.spurious_minima)) == COUNTS[name]
