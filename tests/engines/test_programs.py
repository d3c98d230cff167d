"""Foreign programs: faults that lead to no wrong point, and agreement with our own engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from exactland.engines import PolynomialSystem, Status, engine_named
from exactland.engines.macaulay import search
from tests.engines.programs import FOREIGN, HERE, needs, stand_in
from tests.engines.systems import SLOW, SPECIAL, SYSTEMS, chain

FAULTS = {
    "SIGILL": ("os.kill(os.getpid(), signal.SIGILL)", Status.UNAVAILABLE),
    "crash": ("os.kill(os.getpid(), signal.SIGSEGV)", Status.FAILED),
    "error": ("sys.exit(1)", Status.FAILED),
    "silence": ("pass", Status.FAILED),
    "empty file": ("say('')", Status.FAILED),
    "garbage": ("say('segmentation fault')", Status.FAILED),
    "truncated": ("say(truth[:-40])", Status.FAILED),
    "doubled": ("say(truth + truth)", Status.FAILED),
    "a lie": ("say(lie)", Status.FAILED),
    "not ascii": ("say('\\u00e9')", Status.FAILED),
    "flood": ("while True: say('x' * 10**7)", Status.FAILED),
    "hang": ("time.sleep(60)", Status.TIMED_OUT),
    "deaf hang": ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", Status.TIMED_OUT),
    "the truth": ("say(truth)", Status.SOLVED),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_programs(fault: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body, status = FAULTS[fault]
    stand_in(name, body, tmp_path, monkeypatch)
    engine = engine_named(name)
    assert engine.is_available()
    assert engine.version() == "9.9"
    answer = engine.solve(FOREIGN[name].given, 2.0 if "hang" in fault else 20.0)
    assert answer.status is status, answer.message
    assert answer.seconds < 15
    assert len(answer.points) == (FOREIGN[name].points if status is Status.SOLVED else 0)


@pytest.mark.parametrize("name", ["singular", "phcpack"])
@pytest.mark.parametrize("version", ["", "GNU hello 1.0", "version"])
def test_another_program_of_that_name_is_not_asked(
    name: str, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(name, "say(truth)", tmp_path, monkeypatch, version)
    assert engine_named(name).solve(FOREIGN[name].given, 20).status is Status.UNAVAILABLE


@pytest.mark.parametrize("name", FOREIGN)
def test_absent_programs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOREIGN[name].environment, str(tmp_path / "nowhere"))
    engine = engine_named(name)
    assert not engine.is_available()
    assert engine.version() == ""
    assert engine.solve(FOREIGN[name].given, 5).status is Status.UNAVAILABLE


# Too long for a test, or known to make PHCpack crash.
BEYOND = {
    "msolve": ("linear2112", "linear1221", "two neurons"),
    "singular": ("deep", "two neurons"),
    "phcpack": ("linear1221", "two neurons"),
}


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        pytest.param(engine, name, marks=needs[engine])
        for engine in FOREIGN
        for name in SYSTEMS
        if name not in SLOW and name not in BEYOND[engine]
    ],
)
def test_counts_agree_with_our_engine(engine: str, name: str) -> None:
    build, count = SYSTEMS[name]
    answer = engine_named(engine).solve(build(), 60)
    if answer.status is Status.TIMED_OUT:
        pytest.skip(f"{engine} needs more than a minute here, so there is no second count to compare with")
    if answer.status is Status.UNAVAILABLE and engine == "phcpack":
        assert "digits" in answer.message
        return
    assert answer.status is Status.SOLVED, answer.message
    # PHCpack loses paths now and then, which is why its lists are not believed to be complete.
    assert 0.9 * count <= len(answer.points) <= count if engine == "phcpack" else len(answer.points) == count


@pytest.mark.parametrize("engine", HERE)
def test_points_agree_with_our_engine(engine: str) -> None:
    theirs = engine_named(engine).solve(chain(3), 60).points
    ours = search(chain(3), 60).points
    assert len(theirs) == len(ours)
    for p in ours:
        assert min(max(abs(a - b) for a, b in zip(p, q, strict=True)) for q in theirs) < 1e-10


@pytest.mark.parametrize("engine", [pytest.param(name, marks=needs[name]) for name in ("msolve", "singular")])
@pytest.mark.parametrize(("given", "status", "points"), SPECIAL)
def test_special_systems(given: PolynomialSystem, status: Status, points: int, engine: str) -> None:
    answer = engine_named(engine).solve(given, 30)
    assert answer.status is status, answer.message
    assert len(answer.points) == points


@needs["phcpack"]
def test_an_inconsistent_system_has_no_point_by_phcpack() -> None:
    nothing = PolynomialSystem(("x", "y"), (((1, (1, 0)), (1, (0, 0))), ((1, (1, 0)),)))
    assert engine_named("phcpack").solve(nothing, 30).points == ()
