"""The order of the engines: who is asked, who runs beside whom, who is called off, and that losers are killed."""

from __future__ import annotations

import stat
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exactland import solve
from exactland.engines import (
    Engine,
    EngineAnswer,
    PolynomialSystem,
    RankEvidence,
    Status,
    all_engines,
)
from exactland.engines.child import Child
from exactland.engines.homotopy import Homotopy, chosen_groups, expected_seconds, meets_infinity, unsuited
from exactland.engines.macaulay import Macaulay
from exactland.engines.process import ChildEngine
from exactland.engines.singular import ENVIRONMENT
from exactland.engines.wire import answer_to_text
from exactland.errors import InputError
from exactland.landscape import Completeness
from exactland.solving import schedule as schedules
from exactland.solving.pool import Pool
from exactland.solving.schedule import Schedule, points_are_missing
from tests.engines.programs import HERE
from tests.engines.systems import chain, psd

SYSTEM = psd(3)


class Fake(ChildEngine):
    """Answers after some time."""

    def __init__(
        self, name: str, wait: float, status: Status = Status.FAILED, complements: bool = False, joins: bool = False
    ) -> None:
        self.name = name
        self.wait = wait
        self.status = status
        self.complements, self.joins = complements, joins
        self.children: list[Child] = []

    def is_available(self) -> bool:
        return True

    def version(self) -> str:
        return "0"

    def child(self, request: bytes, seconds: float) -> Child:
        text = answer_to_text(EngineAnswer(self.name, "0", self.status))
        code = f"import time; time.sleep({self.wait}); print({text!r})"
        self.children.append(Child.program([sys.executable, "-I", "-S", "-c", code], request, seconds))
        return self.children[-1]


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "cores", lambda: 2)
    monkeypatch.setattr(schedules, "expected_seconds", lambda _: 0.0)


def order(*engines: Engine, pool: Pool | None = None) -> list[str]:
    schedule = Schedule(SYSTEM, engines, 30.0)
    found = []
    while (asked := schedule.next(pool or Pool())) is not None:
        found.append(asked[0].name)
    return found


def test_engines_are_asked_in_turn() -> None:
    assert order(Fake("one", 0), Fake("two", 0), Fake("three", 0)) == ["one", "two", "three"]
    assert order() == []


def test_a_slow_tracker_is_joined_and_the_loser_is_killed() -> None:
    slow, quick = Fake("homotopy", 60), Fake("macaulay", 0)
    start = time.monotonic()
    schedule = Schedule(SYSTEM, [slow, quick], 100.0)
    schedule.begin()
    assert not quick.children
    asked = schedule.next(Pool())
    assert asked is not None
    assert asked[0] is quick
    assert not slow.children[0].ended()
    schedule.close()
    assert slow.children[0].ended()
    assert time.monotonic() - start < 20


def test_a_quick_tracker_stays_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "expected_seconds", lambda _: 10.0)
    quick, other = Fake("homotopy", 0), Fake("macaulay", 0)
    schedule = Schedule(SYSTEM, [quick, other], 30.0)
    asked = schedule.next(Pool())
    assert asked is not None
    assert asked[0] is quick
    assert not other.children
    schedule.close()


def test_no_tracker_stays_alone_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "expected_seconds", lambda _: 1000.0)
    monkeypatch.setattr(schedules, "PATIENCE", 0.2)
    monkeypatch.setattr("exactland.engines.singular.begin_guide", lambda *_: None)
    schedule = Schedule(SYSTEM, [Fake("homotopy", 60), Fake("macaulay", 0)], 100.0)
    asked = schedule.next(Pool())
    assert asked is not None
    assert asked[0].name == "macaulay"
    schedule.close()


def test_one_core_runs_one_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "cores", lambda: 1)
    slow, quick = Fake("homotopy", 1.0), Fake("macaulay", 0)
    assert order(slow, quick) == ["homotopy", "macaulay"]


def test_others_do_not_run_beside_each_other() -> None:
    first, second = Fake("macaulay", 0.5), Fake("other", 0)
    schedule = Schedule(SYSTEM, [first, second], 30.0)
    asked = schedule.next(Pool())
    assert asked is not None
    assert asked[0] is first
    assert not second.children


def test_an_engine_that_takes_long_is_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "LONG", 0.2)
    first, second, third = Fake("orbits", 60), Fake("macaulay", 0), Fake("third", 0)
    schedule = Schedule(SYSTEM, [first, second, third], 100.0)
    names = [asked[0].name for _ in range(2) if (asked := schedule.next(Pool())) is not None]
    assert names == ["macaulay", "third"]
    schedule.close()
    assert first.children[0].ended()


def test_one_that_joins_does_not_begin() -> None:
    joining = Fake("loops", 0, joins=True)
    assert order(joining, Fake("macaulay", 0), Fake("extra", 0, complements=True)) == ["macaulay", "loops", "extra"]
    assert order(joining) == ["loops"]


def test_one_that_joins_comes_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "JOINS", 0.2)
    slow, joining, other = Fake("orbits", 60), Fake("loops", 0, joins=True), Fake("macaulay", 0)
    schedule = Schedule(SYSTEM, [slow, joining, other], 100.0)
    start = time.monotonic()
    asked = schedule.next(Pool())
    assert asked is not None
    assert asked[0] is joining
    assert not other.children
    assert time.monotonic() - start < 8
    schedule.close()
    assert slow.children[0].ended()


def test_complements_run_beside_each_other() -> None:
    start = time.monotonic()
    two = [Fake("slow", 5, complements=True), Fake("quick", 0, complements=True)]
    schedule = Schedule(SYSTEM, [Fake("macaulay", 0), *two], 30.0)
    names = [asked[0].name for _ in range(2) if (asked := schedule.next(Pool())) is not None]
    assert names == ["macaulay", "quick"]
    schedule.close()
    assert time.monotonic() - start < 5


def evidence(bound: int) -> RankEvidence:
    return RankEvidence((), (), tuple((k, 0, 0) for k in range(bound)), 2**31 - 1)


@pytest.mark.parametrize(
    ("pool", "missing"),
    [
        (Pool(), True),
        (Pool(claimed={"macaulay": 4}), False),
        (Pool(positive_dimensional="macaulay: a curve"), False),
        (Pool(evidence=[evidence(2)]), True),
        (Pool(evidence=[evidence(2)], positive_dimensional="a curve"), True),
        (Pool(evidence=[evidence(2), evidence(0)]), False),
    ],
)
def test_complements_are_asked_when_points_are_missing(pool: Pool, missing: bool) -> None:
    assert points_are_missing(pool) is missing
    asked = order(Fake("macaulay", 0), Fake("extra", 0, complements=True), pool=pool)
    assert asked == (["macaulay", "extra"] if missing else ["macaulay"])


def test_complements_alone_are_all_asked() -> None:
    two = [Fake("one", 0, complements=True), Fake("two", 0, complements=True)]
    assert sorted(order(*two, pool=Pool(claimed={"one": 3}))) == ["one", "two"]


def test_an_engine_that_cannot_be_started_is_a_failure() -> None:
    class Broken(Fake):
        def child(self, request: bytes, seconds: float) -> Child:
            raise OSError("no more processes")

    schedule = Schedule(SYSTEM, [Broken("broken", 0), Fake("macaulay", 0)], 30.0)
    asked = schedule.next(Pool())
    assert asked is not None
    assert (asked[1].status, asked[1].message) == (Status.FAILED, "OSError: no more processes")
    following = schedule.next(Pool())
    assert following is not None
    assert following[0].name == "macaulay"


@pytest.mark.parametrize(
    ("said", "called_off"),
    [
        ("DIM 0\nVDIM 13\nEND", True),
        ("DIM 0\nVDIM 21\nEND", False),  # a few may be at infinity
        ("DIM 1\nVDIM -1\nEND", True),
        ("DIM 0\nVDIM 27\nEND", False),
        ("DIM 0\nVDIM twenty\nEND", False),
        ("", False),
    ],
)
def test_a_run_modulo_a_prime_calls_the_tracker_off(
    said: str, called_off: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "Singular"
    version = "Singular for here version 4.3.1 (1)"
    fake.write_text(
        f"#!{sys.executable} -IS\nimport sys\nprint({version!r} if '--version' in sys.argv else {said!r})\n"
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(ENVIRONMENT, str(fake))
    monkeypatch.setattr(schedules, "expected_seconds", lambda _: 10.0)
    monkeypatch.setattr(schedules, "PATIENCE", 60.0)
    tracker = Fake("homotopy", 4.0)
    start = time.monotonic()
    schedule = Schedule(SYSTEM, [tracker, Fake("macaulay", 0), Fake("singular", 0, complements=True)], 30.0)
    asked = schedule.next(Pool())
    assert asked is not None
    assert asked[0] is tracker
    assert ("called off" in asked[1].message) is called_off
    assert (time.monotonic() - start < 4) is called_off
    schedule.close()
    assert tracker.children[0].ended()


def test_what_is_seen_at_once() -> None:
    assert unsuited(SYSTEM) is None
    assert meets_infinity(SYSTEM) is False
    assert unsuited(chain(2)) is None
    assert chosen_groups(chain(2)) == ((0, 1), 5)
    assert "infinity along" in str(unsuited(chain(3)))  # isolated, but so few that linear algebra is as fast
    assert "line of solutions" in str(unsuited(chain(4)))
    # x^3 + x y^2 and y^3 + x^2 y: the leading forms vanish along (1, i).
    isotropic = PolynomialSystem(
        ("x", "y"),
        (((1, (3, 0)), (1, (1, 2)), (-1, (1, 0))), ((1, (0, 3)), (1, (2, 1)), (-2, (0, 1)))),
    )
    assert unsuited(isotropic) == "solutions at infinity modulo a prime"
    assert "not as many" in str(unsuited(PolynomialSystem(("x", "y"), (((1, (1, 0)),),))))
    wide = PolynomialSystem(
        tuple("abcdefgh"),
        tuple(((1, tuple(3 * (i == j) for j in range(8))), (-1, (0,) * 8)) for i in range(8)),
    )
    assert meets_infinity(wide) is None
    assert unsuited(wide) is None
    assert expected_seconds(wide) > expected_seconds(SYSTEM) > 0


def test_a_tracker_with_points_at_infinity_ends_early() -> None:
    # The leading forms vanish at (1, i sqrt 1/2), which is not recognised; pure powers are there, so that only paths or
    # the rank can tell.
    from exactland.engines.tracking import search

    hidden = PolynomialSystem(
        ("x", "y"),
        (((1, (3, 0)), (2, (1, 2)), (-1, (1, 0))), ((2, (0, 3)), (1, (2, 1)), (-2, (0, 1)))),
    )
    answer = search(hidden, 20)
    assert "diverged" in answer.message
    assert Homotopy().solve(hidden, 20).status is Status.UNAVAILABLE


OBJECTIVE = "(a*b - 1)^2/2 + (a^2 + b^2)/20"


def test_engines_forced_and_left_out() -> None:
    assert set(solve(OBJECTIVE, engines=["macaulay"]).engines) == {"macaulay"}
    only = solve(OBJECTIVE, without=["msolve", "singular", "phcpack", "homotopy"])
    assert (set(only.engines), only.complete) == ({"macaulay"}, Completeness.PROVED)
    bowl = solve("a^4 + b^4 - a - 2*b", without=["homotopy"])
    assert "homotopy" not in bowl.engines
    assert bowl.complete is Completeness.PROVED
    assert set(solve("a^4 + b^4 - a - 2*b", engines=["homotopy"]).engines) == {"homotopy"}


@pytest.mark.parametrize(
    ("engines", "without", "said"),
    [
        (["macauley"], [], "did you mean macaulay"),
        (["zzz"], [], ", ".join(e.name for e in all_engines())),
        (None, ["zzz"], ", ".join(e.name for e in all_engines())),
        ([3], [], "no engine 3"),
        ([["macaulay"]], [], "no engine ['macaulay']"),
        (3, [], "3 where names belong"),
        ("macaulay", [], "a list of names"),
        (None, "msolve", "a list of names"),
        (["macaulay"], ["macaulay"], "no engine is left"),
    ],
)
def test_wrong_choices_of_engines(engines: Any, without: Any, said: str) -> None:
    with pytest.raises(InputError) as error:
        solve(OBJECTIVE, engines=engines, without=without)
    assert said in str(error.value)


def test_an_engine_that_is_not_here_cannot_be_forced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="not found here"):
        solve(OBJECTIVE, engines=["singular"])
    assert solve(OBJECTIVE, without=["singular"]).complete is Completeness.PROVED


class Forgetful(Macaulay):
    """Gives the evidence, and only one of the points."""

    def at_once(self, system: PolynomialSystem) -> None:
        return None

    def begin(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        begun = super().begin(system, seconds)
        answer = begun if isinstance(begun, EngineAnswer) else begun.answer()
        return replace(answer, points=answer.points[:1])


CURVED = "(a*b*c - 1)^2/2 + a^2/20 + b^2/21 + c^2/22"


@pytest.mark.parametrize("name", HERE)
def test_a_foreign_program_fills_the_gaps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise the evidence of so small a system gives the points again.
    monkeypatch.setattr("exactland.certify.multiple.MAX_EXACT_BASIS", 0)
    landscape = solve(CURVED, engines=[Forgetful(), name])
    assert landscape.complete is Completeness.PROVED
    assert list(landscape.engines) == ["macaulay", name]
    alone = solve(CURVED, engines=[Macaulay(), name])
    assert (list(alone.engines), len(alone)) == (["macaulay"], len(landscape))


@pytest.mark.parametrize("name", HERE)
def test_a_foreign_program_alone(name: str) -> None:
    # The Bezout number is attained, so that points are enough for a proof; elsewhere they are not.
    assert solve("a^4 + b^4 + (a*b - 1)^2 - a", engines=[name]).complete is Completeness.PROVED
    assert solve(CURVED, engines=[name]).complete is Completeness.CHECKED
