"""Children that lie, die, hang, print garbage or truncate: an answer every time, never an exception, never late."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exactland.engines import Engine, EngineAnswer, PolynomialSystem, Status, available_engines, engine_named
from exactland.engines.base import Zero
from exactland.engines.child import Child, run_child
from exactland.engines.macaulay import Macaulay, search
from exactland.engines.wire import Malformed, answer_from_text, answer_to_text, system_from_json, system_to_json
from exactland.errors import InputError
from tests.engines.systems import chain

HONEST = answer_to_text(search(chain(2), 20))


class Faulty(Macaulay):
    """The macaulay engine with another child."""

    def __init__(self, script: Path) -> None:
        self.script = script

    def child(self, request: bytes, seconds: float) -> Child:
        return Child.program([str(self.script)], request, seconds)


def script(folder: Path, text: str) -> Path:
    path = folder / "child"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def python(body: str) -> str:
    return f"#!{sys.executable}\nimport os, signal, sys, time\n{body}\n"


CASES = {
    "garbage": "print('hello')",
    "nothing": "pass",
    "nonzero": f"print({HONEST!r}); sys.exit(3)",
    "killed": "os.kill(os.getpid(), signal.SIGSEGV)",
    "illegal instruction": "os.kill(os.getpid(), signal.SIGILL)",
    "truncated": f"sys.stdout.write({HONEST[:-40]!r})",
    "two answers": f"print({HONEST!r}); print({HONEST!r})",
    "not an object": "print('[]')",
    "binary": "sys.stdout.buffer.write(bytes(range(256)))",
    "deep": "print('[' * 100000)",
    "other engine": f"print({HONEST.replace('macaulay', 'oracle', 1)!r})",
    "no points": f"print({json.dumps({**json.loads(HONEST), 'points': []})!r})",
    "infinite": f"print({HONEST.replace('[0.0,0.0]', '[Infinity,0.0]', 1)!r})",
    "huge": f"print({HONEST.replace('[0.0,0.0]', '[1e999,0.0]', 1)!r})",
    "short point": f"print({HONEST.replace('[[0.0,0.0],', '[', 1)!r})",
    "unknown status": f"print({HONEST.replace('solved', 'certainly', 1)!r})",
}


@pytest.mark.parametrize("case", CASES)
def test_a_faulty_child_is_a_failure(case: str, tmp_path: Path) -> None:
    answer = Faulty(script(tmp_path, python(CASES[case]))).solve(chain(2), 20)
    assert answer.status is Status.FAILED
    assert answer.message
    assert answer.points == ()
    assert answer.rank is None


def test_an_honest_child_is_read(tmp_path: Path) -> None:
    answer = Faulty(script(tmp_path, python(f"print({HONEST!r})"))).solve(chain(2), 20)
    assert answer.status is Status.SOLVED
    assert len(answer.points) == 5


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(60)",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "sys.stdout.close(); os.close(1); time.sleep(60)",
    ],
)
def test_a_hanging_child_is_killed(body: str, tmp_path: Path) -> None:
    start = time.monotonic()
    answer = Faulty(script(tmp_path, python(body))).solve(chain(2), 1.0)
    assert answer.status is Status.TIMED_OUT
    assert time.monotonic() - start < 10


def test_grandchildren_are_killed_and_do_not_delay(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = f"import subprocess\nopen({str(mark)!r}, 'w').write(str(subprocess.Popen(['sleep', '60']).pid))"
    start = time.monotonic()
    answer = Faulty(script(tmp_path, python(body))).solve(chain(2), 20)
    assert answer.status is Status.FAILED
    assert time.monotonic() - start < 10
    time.sleep(0.2)
    state = subprocess.run(["ps", "-o", "stat=", "-p", mark.read_text()], capture_output=True, text=True, check=False)
    assert state.stdout.strip() in ("", "Z")


def test_a_missing_or_unusable_program(tmp_path: Path) -> None:
    assert Faulty(tmp_path / "nowhere").solve(chain(2), 5).status is Status.FAILED
    broken = script(tmp_path, "not a program")
    assert Faulty(broken).solve(chain(2), 5).status is Status.FAILED


def test_output_and_memory_are_limited(tmp_path: Path) -> None:
    flood = script(tmp_path, python("while True: sys.stdout.write('x' * 10**7)"))
    result = run_child([str(flood)], b"", 60)
    assert result.returncode not in (0, None)
    hungry = script(
        tmp_path, python("time.sleep(0.3)\ntry:\n    bytearray(2**34)\nexcept MemoryError:\n    sys.exit(7)")
    )
    assert run_child([str(hungry)], b"", 60).returncode == 7


def test_a_large_request_to_a_child_that_does_not_read(tmp_path: Path) -> None:
    result = run_child([str(script(tmp_path, python("print('done')")))], b"x" * 10**7, 20)
    assert result.returncode == 0
    assert result.stdout == b"done\n"


def test_engines_can_be_given() -> None:
    class Absent(Engine):
        name = "absent"

        def is_available(self) -> bool:
            return False

        def version(self) -> str:
            return ""

        def solve(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
            return EngineAnswer(self.name, "", Status.UNAVAILABLE)

    given = [Absent(), Macaulay()]
    assert [e.name for e in available_engines(given)] == ["macaulay"]
    assert engine_named("absent", given).solve(chain(2), 1).status is Status.UNAVAILABLE
    with pytest.raises(InputError, match="absent, macaulay"):
        engine_named("oracle", given)
    assert "macaulay" in [e.name for e in available_engines()]


def test_the_wire_returns_what_was_sent() -> None:
    system = chain(3)
    assert system_from_json(json.loads(json.dumps(system_to_json(system)))) == system
    answer = search(system, 20)
    assert answer_from_text(answer_to_text(answer).encode(), system, 0.0) == answer


def test_the_wire_returns_zeros_at_infinity() -> None:
    zeros = (Zero((0, 1, None), ((1, 0), (1, 0), (0, -2))), Zero((None, 1, 2), ((0, 0), (1, 0), (1, 0))))
    answer = EngineAnswer("homotopy", "3", Status.FAILED, groups=(0, 1, 2), zeros=zeros)
    assert answer_from_text(answer_to_text(answer).encode(), chain(3), 0.0) == answer


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("groups",), [0]),
        (("groups",), [0, 2]),
        (("groups",), [1, 1]),
        (("zeros",), [[[0], [[1, 0], [0, 0]]]]),  # without groups
        (("rank", "prime"), 4),
        (("rank", "prime"), 2147483629),
        (("rank", "rows"), [[99, [0, 0]]]),
        (("rank", "rows"), [[0, [0, -1]]]),
        (("rank", "rows"), [[0, [0]]]),
        (("rank", "rows"), [[True, [0, 0]]]),
        (("rank", "basis"), "none"),
        (("rank", "lines"), [[[5, []]]]),
        (("rank", "lines"), [[[0, [["1/0", [0, 0]]]]]]),
        (("rank", "lines"), [[[0, [[1.5, [0, 0]]]]]]),
        (("dimension",), -1),
        (("dimension",), "two"),
        (("message",), None),
        (("points",), [[[0, 0]]]),
        (("points",), [[["0", 0], [0, 0]]]),
        (("format",), "exactland.engine-answer/2"),
        (("extra",), 1),
    ],
)
def test_malformed_answers_are_refused(path: tuple[str, ...], value: object) -> None:
    data = json.loads(HONEST)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(Malformed):
        answer_from_text(json.dumps(data).encode(), chain(2), 0.0)


@pytest.mark.parametrize(
    "zero",
    [
        [[None, None], [[1, 0], [0, 0]]],
        [[0], [[1, 0], [0, 0]]],
        [[1, None], [[1, 0], [1, 0]]],
        [[0, None], [[0, 1], [0, 0]]],
        [[0, None], [[1, 0]]],
        [[0, None], [[1, 0], [0.5, 0]]],
        [[0, 7], [[1, 0], [1, 0]]],
    ],
)
def test_malformed_zeros_at_infinity_are_refused(zero: object) -> None:
    data = json.loads(HONEST) | {"groups": [0, 1], "zeros": [zero]}
    with pytest.raises(Malformed):
        answer_from_text(json.dumps(data).encode(), chain(2), 0.0)


def test_the_child_finds_the_package_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert engine_named("macaulay").solve(chain(2), 20).status is Status.SOLVED
    assert os.listdir(tmp_path) == []
