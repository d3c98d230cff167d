"""Singular and PHCpack: what is written, the grammars, faulty programs, and agreement with our own engine."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from exactland.engines import PolynomialSystem, Status, engine_named, phcpack, singular
from exactland.engines.macaulay import search
from exactland.engines.program import Refused, Stopped
from tests.engines.systems import SLOW, SPECIAL, SYSTEMS, chain
from tests.engines.test_msolve import PAIR

PHC = """
THE SOLUTIONS :
2 2
===========================================================================
solution 1 :
t :  1.00000000000000E+00   0.00000000000000E+00
m : 1
the solution for t :
 x1 :  3.72553704939318E-01   0.00000000000000E+00
 x2 : -1.83645138921217E+00   0.00000000000000E+00
== err :  3.890E-17 = rco :  8.034E-01 = res :  8.327E-17 ==
solution 2 :
t :  1.00000000000000E+00   0.00000000000000E+00
m : 1
the solution for t :
 x1 :  5.27017663180568E-01   4.65601571189061E-01
 x2 :  1.88210448981039E+00   1.23691743394111E-01
== err :  5.923E-17 = rco :  6.834E-01 = res :  1.110E-16 ==
"""

GIVEN = "2\n1*x1^2*x2-2*x1+1;\n1*x2^2-1*x1-3;\n"
WHOLE = GIVEN + PHC


def wave() -> PolynomialSystem:
    """x1^2 - 2 = 0, x2^2 - x1 = 0."""
    return PolynomialSystem(("a", "b"), (((1, (2, 0)), (-2, (0, 0))), ((1, (0, 2)), (-1, (1, 0)))))


WAVE = """DIM 0
VDIM 4
BASIS x1*x2
BASIS x2
BASIS x1
BASIS 1
ROW 2*x2
ROW x1*x2
ROW 2
ROW x1
ROW 2
ROW x1
ROW x1*x2
ROW x2
END
"""


def test_only_expanded_integer_monomials_are_written() -> None:
    written = singular.script(PolynomialSystem(("x/2", "(y)"), (((2, (1, 0)),), ((-1, (0, 3)),), ())), 0, 10)
    assert "ring r=0,(x1,x2),dp;" in written
    assert "ideal i=2*x1,-1*x2^3;" in written
    assert phcpack.given(PAIR) == GIVEN


def test_phcpack_is_not_asked_what_it_reads_wrongly() -> None:
    long = PolynomialSystem(("x",), (((10**18, (2,)), (-1, (0,))),))
    with pytest.raises(Stopped, match="more than 18 digits, here 19"):
        phcpack.given(long)
    with pytest.raises(Stopped, match="square"):
        phcpack.given(PolynomialSystem(("x", "y"), (((1, (2, 0)), (-1, (0, 1))),)))
    with pytest.raises(Stopped, match="constant"):
        phcpack.given(PolynomialSystem(("x", "y"), (((1, (2, 0)),), ((3, (0, 0)),))))


def test_known_answers_are_read() -> None:
    answer = singular.interpret(wave(), WAVE, "test", float("inf"))
    assert (answer.status, len(answer.points), answer.dimension) == (Status.SOLVED, 4, 0)
    assert all(abs(a * a - 2) < 1e-12 and abs(b * b - a) < 1e-12 for a, b in answer.points)
    given = phcpack.given(PAIR)
    listed = phcpack.interpret(PAIR, given + PHC, given, "test")
    assert (listed.status, len(listed.points), listed.dimension) == (Status.SOLVED, 2, None)
    assert all(abs(b * b - a - 3) < 1e-12 for a, b in listed.points)


def test_special_answers_of_singular() -> None:
    for text, status in {
        "DIM -1\nVDIM -1\nEND\n": Status.NO_SOLUTIONS,
        "DIM 1\nVDIM -1\nEND\n": Status.POSITIVE_DIMENSIONAL,
        "DIM 0\nVDIM 5000\nEND\n": Status.FAILED,
    }.items():
        assert singular.interpret(wave(), text, "", float("inf")).status is status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "END\n",
        WAVE[:-5],
        WAVE[:40],
        WAVE + "END\n",
        WAVE + "   ? error occurred\n",
        "   ? `foo` is not defined\n" + WAVE,
        WAVE.replace("VDIM 4", "VDIM 5"),
        WAVE.replace("VDIM 4", "VDIM 3"),
        WAVE.replace("VDIM 4", "VDIM 04x"),
        WAVE.replace("VDIM 4", "VDIM " + "9" * 30),
        WAVE.replace("DIM 0\nV", "DIM 1\nV"),
        WAVE.replace("DIM 0\nV", "DIM 3\nV"),
        "DIM 0\nVDIM -1\nEND\n",
        WAVE.replace("BASIS x2\n", "BASIS x1\n"),
        WAVE.replace("BASIS x2\n", "BASIS 2*x2\n"),
        WAVE.replace("BASIS x2\n", "BASIS x2+1\n"),
        WAVE.replace("BASIS 1\n", "BASIS x1^3\n"),
        WAVE.replace("ROW 2*x2\n", "ROW 2*x3\n"),
        WAVE.replace("ROW 2*x2\n", "ROW 2x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW 2*y2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW 2/0*x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW 0*x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW 1.5*x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW x2 + x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW x2+x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW x2*x2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW x2^99999999\n"),
        WAVE.replace("ROW 2*x2\n", "ROW x2^2\n"),
        WAVE.replace("ROW 2*x2\n", "ROW\n"),
        WAVE.replace("ROW 2*x2\n", "ROW \n"),
        WAVE.replace("ROW x1\nROW 2\n", "ROW x2\nROW 2\n"),
    ],
)
def test_surprises_from_singular_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        singular.interpret(wave(), text, "", float("inf"))


def test_wrong_matrices_of_singular_lead_to_no_wrong_point() -> None:
    for wrong in (WAVE.replace("ROW 2*x2", "ROW 3*x2"), WAVE.replace("ROW 2\n", "ROW 7\n")):
        try:
            points = singular.interpret(wave(), wrong, "", float("inf")).points
        except Refused:
            continue
        assert all(abs(a * a - 2) < 1e-12 and abs(b * b - a) < 1e-12 for a, b in points)


@pytest.mark.parametrize(
    "text",
    [
        "",
        WHOLE[:30],
        WHOLE[:-30],
        WHOLE[: WHOLE.index("solution 2")],
        WHOLE.replace("2 2\n===", "3 2\n==="),
        WHOLE.replace("2 2\n===", "1 2\n==="),
        WHOLE.replace("2 2\n===", "2 3\n==="),
        WHOLE.replace(" x2 : -1", " x3 : -1"),
        WHOLE.replace(" x2 : -1", " x1 : -1"),
        WHOLE.replace(" x2 : -1", " y : -1"),
        WHOLE.replace("-1.83645138921217E+00", "NaN"),
        WHOLE.replace("-1.83645138921217E+00", "-1.8E+9999"),
        WHOLE.replace("solution 2", "solution 3"),
        WHOLE + "solution 3 :\n",
        WHOLE.replace("2*x1", "3*x1"),
        WHOLE.replace("3.72553704939318E-01", "3.72553704939318E+20").replace("5.27", "5.27E+9"),
    ],
)
def test_surprises_from_phcpack_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        phcpack.interpret(PAIR, text, GIVEN, "")


def test_points_that_do_not_solve_the_system_are_dropped() -> None:
    given = phcpack.given(PAIR)
    far = PHC.replace("5.27017663180568E-01", "9.27017663180568E+12").replace("1.88210448981039E+00", "0.0E+00")
    assert len(phcpack.interpret(PAIR, given + far, given, "").points) <= 2
    nothing = PHC[: PHC.index("2 2")] + "0 2\n=====\n"
    assert phcpack.interpret(PAIR, given + nothing, given, "").status is Status.FAILED


def program(folder: Path, body: str, version: str) -> Path:
    path = folder / "program"
    ask = f"if '--version' in sys.argv: print({version!r}); sys.exit()"
    path.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{ask}\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


FAULTS = {
    "SIGILL": ("os.kill(os.getpid(), signal.SIGILL)", Status.UNAVAILABLE),
    "crash": ("os.kill(os.getpid(), signal.SIGSEGV)", Status.FAILED),
    "error": ("sys.exit(1)", Status.FAILED),
    "silence": ("pass", Status.FAILED),
    "garbage": ("say('segmentation fault')", Status.FAILED),
    "truncated": ("say(truth[:-40])", Status.FAILED),
    "doubled": ("say(truth + truth)", Status.FAILED),
    "not ascii": ("say('\\u00e9')", Status.FAILED),
    "flood": ("while True: say('x' * 10**7)", Status.FAILED),
    "hang": ("time.sleep(60)", Status.TIMED_OUT),
    "deaf hang": ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", Status.TIMED_OUT),
    "the truth": ("say(truth)", Status.SOLVED),
}
SPEAK = {
    "singular": f"truth = {WAVE!r}\nsay = sys.stdout.write",
    "phcpack": f"truth = {PHC!r}\nsay = open('in.phc', 'a').write",
}
ANSWERED = {
    "singular": (wave, 4, "Singular for x86_64-Linux version 9.9 (99)"),
    "phcpack": (lambda: PAIR, 2, "PHCv9.9"),
}


@pytest.mark.parametrize("name", SPEAK)
@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_programs(fault: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body, status = FAULTS[fault]
    build, count, version = ANSWERED[name]
    module = singular if name == "singular" else phcpack
    monkeypatch.setenv(module.ENVIRONMENT, str(program(tmp_path, f"{SPEAK[name]}\n{body}", version)))
    engine = engine_named(name)
    assert engine.is_available()
    assert engine.version() == "9.9"
    answer = engine.solve(build(), 2.0 if "hang" in fault else 20.0)
    assert answer.status is status, answer.message
    assert answer.seconds < 15
    assert len(answer.points) == (count if status is Status.SOLVED else 0)


@pytest.mark.parametrize("name", SPEAK)
@pytest.mark.parametrize("version", ["", "GNU hello 1.0", "version"])
def test_another_program_of_that_name_is_not_asked(
    name: str, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, _, _ = ANSWERED[name]
    module = singular if name == "singular" else phcpack
    monkeypatch.setenv(module.ENVIRONMENT, str(program(tmp_path, f"{SPEAK[name]}\nsay(truth)", version)))
    assert engine_named(name).solve(build(), 20).status is Status.UNAVAILABLE


@pytest.mark.parametrize("name", SPEAK)
def test_absent_programs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = singular if name == "singular" else phcpack
    monkeypatch.setenv(module.ENVIRONMENT, str(tmp_path / "nowhere"))
    engine = engine_named(name)
    assert not engine.is_available()
    assert engine.version() == ""
    assert engine.solve(PAIR, 5).status is Status.UNAVAILABLE
    assert singular.guide(PAIR, 5) is None or name != "singular"


def test_guidance_reads_a_run_modulo_a_prime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = f"{SPEAK['singular']}\nsay(truth)"
    monkeypatch.setenv(singular.ENVIRONMENT, str(program(tmp_path, body, ANSWERED["singular"][2])))
    found = singular.guide(wave(), 10)
    assert found is not None
    assert (found.dimension, found.count, found.distinct) == (0, 4, 4)
    monkeypatch.setenv(singular.ENVIRONMENT, str(program(tmp_path, f"{body[:-3]}th[:30])", ANSWERED["singular"][2])))
    assert singular.guide(wave(), 10) is None


needs = {
    name: pytest.mark.skipif(not engine_named(name).is_available(), reason=f"{name} is not installed") for name in SPEAK
}
# Too long for a test, or known to make PHCpack crash.
BEYOND = {"singular": ("deep", "two neurons"), "phcpack": ("linear1221", "two neurons")}


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        pytest.param(engine, name, marks=needs[engine])
        for engine in SPEAK
        for name in SYSTEMS
        if name not in SLOW and name not in BEYOND[engine]
    ],
)
def test_counts_agree_with_our_engine(engine: str, name: str) -> None:
    build, count = SYSTEMS[name]
    answer = engine_named(engine).solve(build(), 60)
    if answer.status is Status.TIMED_OUT:
        pytest.skip(f"{engine} needs more than a minute here, so there is no second count to compare with")
    if answer.status is Status.UNAVAILABLE:
        assert "digits" in answer.message
        return
    assert answer.status is Status.SOLVED, answer.message
    # PHCpack loses paths now and then, which is why its lists are not believed to be complete.
    assert 0.9 * count <= len(answer.points) <= count if engine == "phcpack" else len(answer.points) == count


@pytest.mark.parametrize("engine", [pytest.param(name, marks=needs[name]) for name in SPEAK])
def test_points_agree_with_our_engine(engine: str) -> None:
    theirs = engine_named(engine).solve(chain(3), 60).points
    ours = search(chain(3), 60).points
    assert len(theirs) == len(ours)
    for p in ours:
        assert min(max(abs(a - b) for a, b in zip(p, q, strict=True)) for q in theirs) < 1e-10


@needs["singular"]
@pytest.mark.parametrize(("given", "status", "points"), SPECIAL)
def test_special_systems_by_singular(given: PolynomialSystem, status: Status, points: int) -> None:
    answer = engine_named("singular").solve(given, 30)
    assert answer.status is status, answer.message
    assert len(answer.points) == points


@needs["phcpack"]
def test_an_inconsistent_system_has_no_point_by_phcpack() -> None:
    nothing = PolynomialSystem(("x", "y"), (((1, (1, 0)), (1, (0, 0))), ((1, (1, 0)),)))
    assert engine_named("phcpack").solve(nothing, 30).points == ()


@needs["singular"]
def test_guidance_counts_points_and_dimension() -> None:
    found = singular.guide(chain(3), 20)
    assert found is not None
    assert (found.dimension, found.count, found.distinct) == (0, 17, 17)
    line = singular.guide(PolynomialSystem(("x", "y"), (((1, (2, 1)),), ((1, (1, 2)),))), 20)
    assert line == singular.Guidance(1)
