"""The README says what really happens, and the examples run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from exactland.problem_file import load_problem
from tests.cli import readme
from tests.cli.running import ROOT, exactland

TEXT = readme.README.read_text(encoding="utf-8")


def test_the_python_of_the_readme(tmp_path: Path) -> None:
    readme.prepare(tmp_path)
    blocks = readme.python_blocks(TEXT)
    assert len(blocks) == 4
    assert readme.run_python([code for code, _ in blocks], tmp_path) == [output for _, output in blocks]


def test_the_commands_of_the_readme(tmp_path: Path) -> None:
    readme.prepare(tmp_path)
    blocks = readme.console_blocks(TEXT)
    assert sum(block.count("$ ") for block in blocks) == 5
    for block in blocks:
        assert readme.run_console(block, tmp_path) == block


def test_the_problem_files_of_the_readme(tmp_path: Path) -> None:
    files = re.findall(r"```toml\n(.*?)```\n", TEXT, re.DOTALL)
    assert len(files) == 2
    for content in files:
        (tmp_path / "problem.toml").write_text(content)
        assert load_problem(tmp_path / "problem.toml").variables


def test_the_size_of_the_checker() -> None:
    found = re.search(r"about ([\d,]+) lines", TEXT)
    assert found is not None
    said = int(found[1].replace(",", ""))
    lines = sum(len(path.read_text().splitlines()) for path in (ROOT / "exactland" / "checker").glob("*.py"))
    assert 0.9 * lines <= said <= 1.1 * lines


def test_the_readme_names_no_machine() -> None:
    for word in ("/home", "/work", "/tmp", "/root", "localhost", "pypi", "badge"):
        assert word not in TEXT.lower()
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("https://") or (ROOT / target).is_file()
    for word in re.findall(r"(?:`|^    )make (\w+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


LESSONS = {
    "weight_decay.py": ["r = 1/10", "r = 1", "  minimum        loss 1/2     multiplicity 3", "  complete: proved"],
    "depth.py": ["  complete: proved; 17 complex critical points, 9 of them real", "minima that are not global: 1"],
    "certificate.py": ["as written: ACCEPT", "one saddle called a minimum: REJECT"],
}


def test_every_example_is_known() -> None:
    assert sorted(path.name for path in (ROOT / "examples").glob("*.py")) == sorted(LESSONS)


@pytest.mark.parametrize("name", LESSONS)
def test_lessons(name: str) -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert [line for line in LESSONS[name] if line not in run.stdout.splitlines()] == []


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda path: path.stem)
def test_problem_files_are_solved(path: Path) -> None:
    outcome = exactland("solve", str(path))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith("not established: nothing\n")
