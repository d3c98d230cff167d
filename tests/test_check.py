"""`exactland.check`: the checker in a child process, whatever the name of the file and however the child ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exactland.api import check, solve
from exactland.errors import InputError
from exactland.objective import Objective


@pytest.fixture(scope="module")
def text() -> str:
    return solve("(a*b - 1)^2/2 + (a^2 + b^2)/20").certificate().text


@pytest.mark.parametrize("name", ["-", "-x.json", "--seconds", "a b.json", "ä\n.json"])
def test_any_name_of_a_file(name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text)
    for path in (name, tmp_path / name):
        found = check(path)
        assert (found.outcome, found.code) == ("ACCEPT", 0)
        assert found.lines[0].startswith("ACCEPT ")
        assert any("complete: exactly 5 complex critical points" in line for line in found.lines)


def test_a_certificate_of_another_problem_is_rejected(text: str, tmp_path: Path) -> None:
    path = tmp_path / "good.json"
    path.write_text(text)
    assert check(path, problem="1/2*(a*b - 1)^2 + (a^2 + b^2)/20").outcome == "ACCEPT"
    for other in (
        "(a*b - 1)^2",
        "(x*b - 1)^2/2 + (x^2 + b^2)/20",
        Objective.from_expression("a^2 + b^2", on_sphere=["a"]),
    ):
        found = check(path, problem=other)
        assert (found.outcome, found.code, len(found.lines)) == ("REJECT", 1, 1)
        assert "a valid certificate of another problem" in found.lines[0]
    path.write_text(text.replace("strict_saddle", "minimum"))
    assert "rule K1" in check(path, problem="a^2").lines[0]


@pytest.mark.parametrize("seconds", [0, -1.0, "5", None, float("nan"), float("inf")])
def test_a_limit_that_is_no_number_of_seconds(seconds: Any) -> None:
    with pytest.raises(InputError, match="numbers above 0"):
        solve("a^2", seconds=seconds)


def test_a_certificate_that_cannot_be_written(tmp_path: Path) -> None:
    certificate = solve("a^2").certificate()
    for wrong, said in ((tmp_path, "add a file name"), (tmp_path / "no" / "x.json", "make the directory")):
        with pytest.raises(InputError, match=said):
            certificate.save(wrong)
    assert certificate.save(tmp_path / "x.json").read_text() == certificate.text
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_changed_certificate_is_rejected(text: str, tmp_path: Path) -> None:
    path = tmp_path / "changed.json"
    path.write_text(text.replace("strict_saddle", "minimum"))
    found = check(path)
    assert (found.outcome, found.code, len(found.lines)) == ("REJECT", 1, 1)
    with pytest.raises(TypeError, match=r"compare \.outcome"):
        bool(found)


def test_no_answer_in_time_is_a_resource_limit(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "slow.json"
    path.write_text(text)

    def hanging(command: list[str], *, timeout: float, **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hanging)
    found = check(path, seconds=2)
    assert (found.outcome, found.code) == ("RESOURCE", 3)
    assert found.lines == (
        f"RESOURCE {path}: no answer within 80 seconds, for 2 seconds of processor time; nothing is decided",
    )


@pytest.mark.parametrize("number", [signal.SIGXCPU, signal.SIGKILL, signal.SIGSEGV])
def test_an_end_by_a_signal_is_a_resource_limit(
    number: signal.Signals, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.json"
    path.write_text(text)
    really = subprocess.run

    def killed(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        code = f"import os, sys; sys.stdout.write('ACCEPT'); sys.stdout.flush(); os.kill(os.getpid(), {int(number)})"
        return really([sys.executable, "-c", code], **options)

    monkeypatch.setattr(subprocess, "run", killed)
    found = check(path)
    assert (found.outcome, found.code, len(found.lines)) == ("RESOURCE", 3, 1)
    assert f"the system ended the checker ({number.name})" in found.lines[0]
    assert found.lines[0].endswith("nothing is decided")


def test_a_word_that_does_not_fit_the_exit_code_is_an_error(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "good.json"
    path.write_text(text)
    really = subprocess.run

    def lying(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        return really([sys.executable, "-c", "print('ACCEPT good.json'); raise SystemExit(1)"], **options)

    monkeypatch.setattr(subprocess, "run", lying)
    assert check(path).outcome == "ERROR"


def test_too_little_memory_is_a_resource_limit(text: str, tmp_path: Path) -> None:
    path = tmp_path / "good.json"
    path.write_text(text)
    assert check(path, megabytes=1).outcome == "RESOURCE"


@pytest.mark.parametrize("limits", [{"seconds": 1.5}, {"seconds": 0}, {"megabytes": True}, {"megabytes": 10**6}])
def test_limits_are_whole_numbers(limits: dict[str, Any], text: str, tmp_path: Path) -> None:
    path = tmp_path / "good.json"
    path.write_text(text)
    with pytest.raises(InputError, match="whole numbers from 1 to 999999"):
        check(path, **limits)


def test_nothing_there(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path, "a directory"),
        (tmp_path / "none.json", "none.json: no such file"),
        (5, "5 as path"),
    ):
        with pytest.raises(InputError, match=said):
            check(path)
