"""msolve: the emitter, the grammar, faulty programs, and agreement with our own engine."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from exactland.engines import PolynomialSystem, Status, engine_named
from exactland.engines.macaulay import search
from exactland.engines.msolve import ENVIRONMENT, Refused, emit, find_msolve, interpret, parametrisation, parse_lists
from tests.engines.systems import SLOW, SPECIAL, SYSTEMS, chain

MINUTES = ("linear2112", "linear1221", "two neurons")  # for msolve
needs_msolve = pytest.mark.skipif(find_msolve() is None, reason="msolve is not installed")

GOLDEN = """[0, [0,
2,
5,
['x1', 'x2'],
[0, 1],
[1,
[[5, [7, 9, -2, -6, 0, 1]],
[4, [9, -4, -18, 0, 5]],
[
[[4, [27, 23, -18, -6, 3]],
1]
]]]]]:
"""
# x1^2 x2 - 2 x1 + 1 and x2^2 - x1 - 3, whose answer the text above is.
PAIR = PolynomialSystem(
    ("a", "b"),
    (((1, (2, 1)), (-2, (1, 0)), (1, (0, 0))), ((1, (0, 2)), (-1, (1, 0)), (-3, (0, 0)))),
)


def program(folder: Path, body: str) -> Path:
    path = folder / "msolve"
    path.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def writing(text: str) -> str:
    return f"if '-o' in sys.argv:\n    open(sys.argv[sys.argv.index('-o') + 1], 'w').write({text!r})"


def test_only_expanded_integer_monomials_are_written() -> None:
    assert emit(PAIR) == "x1,x2\n0\n1*x1^2*x2-2*x1+1,\n1*x2^2-1*x1-3\n"
    names = PolynomialSystem(("x/2", "(y)"), (((2, (1, 0)),), ((-1, (0, 3)),), ()))
    assert emit(names) == "x1,x2\n0\n2*x1,\n-1*x2^3\n"


def test_a_known_answer_is_read() -> None:
    answer = interpret(PAIR, GOLDEN, "test")
    assert answer.status is Status.SOLVED
    assert len(answer.points) == 5
    assert all(abs(b * b - a - 3) < 1e-12 and abs(a * a * b - 2 * a + 1) < 1e-12 for a, b in answer.points)


def test_the_two_special_answers() -> None:
    assert interpret(PAIR, "[-1]:\n", "").status is Status.NO_SOLUTIONS
    assert interpret(PAIR, "[1, 2, -1, []]:\n", "").status is Status.POSITIVE_DIMENSIONAL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[]:",
        "[0]:",
        "[-1]",
        "[-1]: and more",
        "[-1]:[-1]:",
        "[[-1]]:",
        "[1, 2, -1, [0]]:",
        "[1, 2, 3, []]:",
        "[0,,1]:",
        "[0, 1,]:",
        "[, 1]:",
        "[0 1]:",
        "[0 [1]]:",
        "[0.5]:",
        "]:",
        "[1]]:",
        "[" * 50,
        "[0, [0, [1]]]:",
        GOLDEN[:-20],
        GOLDEN[:60],
        GOLDEN.replace("-6, 0, 1]", "-6, 1]", 1),
        GOLDEN.replace("[9, -4", "[8, -4"),
        GOLDEN.replace("'x2'", "'x3'"),
        GOLDEN.replace("'x2'", "'x1'"),
        GOLDEN.replace("\n1]\n", "\n0]\n"),
        GOLDEN.replace("[27, 23", "[28, 23"),
        GOLDEN.replace("[27, 23,", "[27, 'x1',"),
        GOLDEN.replace("[4, [27", "[5, [27"),
        GOLDEN.replace("[0, [0,", "[0, [65521,"),
        GOLDEN.replace("\n5,\n", "\n3,\n"),
        GOLDEN.replace("[[5, [7, 9, -2, -6, 0, 1]]", "[[0, [7]]"),
    ],
)
def test_surprises_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        interpret(PAIR, text, "")


def test_an_appended_variable_and_long_integers() -> None:
    long = 10**6000
    digits = "1" + "0" * 6000
    text = f"[0,[0,3,2,['x2','x1','A'],[1,1,1],[1,[[2,[-{digits},0,1]],[1,[0,2]],[[[0,[0]],1],[[0,[3]],-{digits}]]]]]]:"
    total, polynomial, coordinates, last = parametrisation(parse_lists(text), 2)
    assert (total, polynomial, last) == (2, [-long, 0, 1], None)
    assert coordinates == {1: ([0], 1), 0: ([3], -long)}


FAULTS = {
    "SIGILL": ("os.kill(os.getpid(), signal.SIGILL)", Status.UNAVAILABLE),
    "crash": ("os.kill(os.getpid(), signal.SIGSEGV)", Status.FAILED),
    "error": ("sys.exit(1)", Status.FAILED),
    "silence": ("pass", Status.FAILED),
    "empty file": (writing(""), Status.FAILED),
    "garbage": (writing("segmentation fault"), Status.FAILED),
    "truncated": (writing(GOLDEN[:100]), Status.FAILED),
    "a lie": (writing(GOLDEN.replace("[27, 23", "[28, 23")), Status.FAILED),
    "not ascii": (writing("[-1]:\u00e9"), Status.FAILED),
    "hang": ("time.sleep(60)", Status.TIMED_OUT),
    "the truth": (writing(GOLDEN), Status.SOLVED),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_programs(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body, status = FAULTS[fault]
    monkeypatch.setenv(ENVIRONMENT, str(program(tmp_path, f"if '-V' in sys.argv: print('9.9'); sys.exit()\n{body}")))
    engine = engine_named("msolve")
    assert engine.is_available()
    assert engine.version() == "9.9"
    answer = engine.solve(PAIR, 2.0 if fault == "hang" else 20.0)
    assert answer.status is status, answer.message
    assert answer.seconds < 15
    assert bool(answer.points) == (status is Status.SOLVED)


def test_absent_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "nowhere"))
    engine = engine_named("msolve")
    assert not engine.is_available()
    assert engine.version() == ""
    assert engine.solve(PAIR, 5).status is Status.UNAVAILABLE


@needs_msolve
@pytest.mark.parametrize("name", [n for n in SYSTEMS if n not in SLOW and n not in MINUTES])
def test_counts_agree_with_our_engine(name: str) -> None:
    build, count = SYSTEMS[name]
    answer = engine_named("msolve").solve(build(), 60)
    if answer.status is Status.TIMED_OUT:
        pytest.skip("msolve needs more than a minute here, so there is no second count to compare with")
    assert answer.status is Status.SOLVED, answer.message
    assert len(answer.points) == count


@needs_msolve
def test_points_agree_with_our_engine() -> None:
    theirs = engine_named("msolve").solve(chain(3), 60).points
    ours = search(chain(3), 60).points
    assert len(theirs) == len(ours)
    for p in ours:
        assert min(max(abs(a - b) for a, b in zip(p, q, strict=True)) for q in theirs) < 1e-10


@needs_msolve
@pytest.mark.parametrize(("given", "status", "points"), SPECIAL)
def test_special_systems(given: PolynomialSystem, status: Status, points: int) -> None:
    answer = engine_named("msolve").solve(given, 30)
    assert answer.status is status, answer.message
    assert len(answer.points) == points
