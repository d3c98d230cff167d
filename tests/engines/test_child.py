"""Children by fork and by a new Python behave alike: limits, streams, crashes, and nothing of the parent leaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from exactland.engines.child import Child, wait_for

ROOT = Path(__file__).resolve().parents[2]

BEHAVIOUR = """
import os, resource, signal, subprocess, sys, time
from exactland.engines.child import clean_output

def main():
    word = sys.stdin.buffer.read().decode()
    if word == "echo":
        with clean_output() as output:
            print("a library talks")
            os.system("echo a program talks")
            output.write("answer")
        return 0
    if word == "raise":
        raise ValueError("this went wrong")
    if word == "exit":
        sys.exit(3)
    if word == "code":
        return 5
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "abort":
        os.abort()
    if word == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    if word == "memory":
        time.sleep(0.2)
        bytearray(2**34)
    if word == "flood":
        time.sleep(0.2)
        while True:
            sys.stdout.write("x" * 10**7)
    if word == "grandchild":
        print(subprocess.Popen(["sleep", "60"]).pid)
    if word == "group":
        print(os.getpgrp() == os.getpid(), os.environ["OPENBLAS_NUM_THREADS"], len(os.listdir("/proc/self/fd")))
    return 0

if __name__ == "__main__":
    sys.exit(main())
"""
PARENT = """
import contextlib, json, os, sys, threading, time
from exactland.engines.child import may_fork, run_module, spare
mode, word, seconds = sys.argv[1:]
if mode == "exec":
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
handle = open(os.devnull)
sys.stdout.write("once ")
start = time.monotonic()
forks = may_fork()
with spare("json", "no_such_module") if mode == "spare" else contextlib.nullcontext():
    if mode == "spare":
        os.fork = None  # it is there already
    done = run_module("behaviour", word.encode(), float(seconds))
took = time.monotonic() - start
print(json.dumps([forks, done.returncode, done.stdout.decode()[:100], done.stderr, took]), flush=True)
os._exit(0)
"""


def run(mode: str, word: str, folder: Path, seconds: float = 20) -> tuple[int | None, str, str]:
    """Code, output and errors of a child that does this; it must come back in time, and print once."""
    (folder / "behaviour.py").write_text(BEHAVIOUR)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", PARENT, mode, word, str(seconds)],
        capture_output=True, text=True, env=environment, timeout=60, check=True, cwd=folder,
    )  # fmt: skip
    assert done.stdout.count("once") == 1
    data: list[Any] = json.loads(done.stdout.removeprefix("once "))
    assert data[0] == (mode != "exec")
    assert data[4] < seconds + 5
    return data[1], data[2], data[3]


FORKED = pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux only")
MODES = [pytest.param("fork", marks=FORKED), pytest.param("spare", marks=FORKED), "exec"]


@pytest.mark.parametrize("mode", MODES)
def test_what_is_printed_is_not_the_answer(mode: str, tmp_path: Path) -> None:
    code, output, errors = run(mode, "echo", tmp_path)
    assert (code, output) == (0, "answer")
    assert "a library talks" in errors
    assert "a program talks" in errors


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("word", "code", "said"),
    [
        ("raise", 1, "this went wrong"),
        ("crash", -11, ""),
        ("abort", -6, ""),
        ("memory", 1, "MemoryError"),
        ("flood", 1, ""),
    ],
)
def test_ends_that_are_no_answer(mode: str, word: str, code: int, said: str, tmp_path: Path) -> None:
    found, _, errors = run(mode, word, tmp_path)
    assert found == code
    assert said in errors


@pytest.mark.parametrize("mode", MODES)
def test_hangs_are_killed(mode: str, tmp_path: Path) -> None:
    assert run(mode, "hang", tmp_path, 1.0)[0] is None


@pytest.mark.parametrize("mode", MODES)
def test_grandchildren_are_killed(mode: str, tmp_path: Path) -> None:
    code, output, _ = run(mode, "grandchild", tmp_path)
    assert code == 0
    time.sleep(0.2)
    state = subprocess.run(["ps", "-o", "stat=", "-p", output.strip()], capture_output=True, text=True, check=False)
    assert state.stdout.strip()[:1] in ("", "Z")


@pytest.mark.parametrize("mode", MODES)
def test_a_child_has_its_own_group_one_thread_and_no_file_of_the_parent(mode: str, tmp_path: Path) -> None:
    code, output, _ = run(mode, "group", tmp_path)
    assert (code, output.split()[:2]) == (0, ["True", "1"])
    assert int(output.split()[2]) <= 4  # three streams and the listing itself


SPARE = """
import os, sys, time
from exactland.engines.child import Child, run_module, spare
with spare("json"):
    from exactland.engines.child import _SPARES
    pid = _SPARES[0]._pid
    if sys.argv[1] == "dead":
        os.kill(pid, 9)
        time.sleep(0.2)
        print(run_module("behaviour", b"echo", 20.0).stdout.decode())
    if sys.argv[1] == "orphan":
        print(pid, flush=True)
        os._exit(0)
try:
    os.kill(pid, 0)
    print("still there")
except ProcessLookupError:
    print("gone", len(_SPARES))
"""


@FORKED
@pytest.mark.parametrize(("what", "said"), [("unused", "gone 0"), ("dead", "answer\ngone 0"), ("orphan", "")])
def test_a_spare_child_does_not_stay(what: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "behaviour.py").write_text(BEHAVIOUR)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", SPARE, what], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    if what == "orphan":
        time.sleep(0.3)
        state = subprocess.run(["ps", "-o", "stat=", "-p", done.stdout.strip()], capture_output=True, text=True)
        assert state.stdout.strip()[:1] in ("", "Z")
    else:
        assert done.stdout.strip() == said


def sleeper(seconds: float, limit: float = 20) -> Child:
    return Child.program([sys.executable, "-c", f"import time; time.sleep({seconds})"], b"", limit)


def test_the_first_of_several_is_noticed_and_the_others_die() -> None:
    start = time.monotonic()
    with sleeper(30) as slow, sleeper(0.1) as quick:
        wait_for([slow, quick], 20)
        assert quick.ended()
        assert not slow.ended()
        assert quick.result().returncode == 0
    assert slow.ended()
    assert time.monotonic() - start < 10
    slow.close()


def test_no_time_and_no_program() -> None:
    with sleeper(30, 0.0) as child:
        assert child.result().returncode is None
    with Child.program(["/nowhere/at/all"], b"", 5) as child:
        assert child.ended()
        result = child.result()
    assert (result.returncode, result.stdout) == (-1, b"")
    assert "FileNotFoundError" in result.error
