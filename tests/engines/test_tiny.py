"""Tiny systems in this process: the same answers as the engine in a child, and a bound on the work elsewhere."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from exactland.api import solve
from exactland.engines import tiny
from exactland.engines.base import EngineAnswer, PolynomialSystem, Status, expand_lines
from exactland.engines.macaulay import Macaulay, Orbits, search
from exactland.engines.rank import check_rank
from exactland.landscape import Completeness
from exactland.objective import as_objective
from exactland.solving.schedule import Schedule
from exactland.solving.system import gradient_system_of
from tests.engines.systems import chain, completion, double_wells, linear_net, product_of_three, psd, quadratic_neuron

TINY = {
    "chain 2": chain(2),
    "chain 3": chain(3),
    "1-2-1": linear_net((1, 2, 1), 1),
    "2-1-2": linear_net((2, 1, 2), 1),
    "2-1-2 with two samples": linear_net((2, 1, 2), 2),
    "psd 2": psd(2),
    "psd 3": psd(3),
    "three": product_of_three(),
    "wells": double_wells(),
    "chain 4": chain(4),
    "neuron": quadratic_neuron(1, 2),
}
OFF_DIAGONAL = "(a*b - 1)^2 + (a*c - 2)^2 + (b*c - 3)^2 + 1/10*(a^2 + 2*b^2 + 3*c^2)"
LARGE = {
    "chain 5": chain(5),
    "completion": completion(),
    "2-2-2": linear_net((2, 2, 2), 1),
    "psd 4": psd(4),
}


def system_of(expression: str) -> PolynomialSystem:
    return gradient_system_of(as_objective(expression)).system


@pytest.mark.parametrize("name", TINY)
def test_it_agrees_with_the_engine_in_a_child(name: str) -> None:
    system = TINY[name]
    found, other = tiny.search(system), search(system, 30.0)
    assert tiny.suits(system)
    assert found is not None
    assert found.rank is not None
    assert other.rank is not None
    assert (found.status, found.engine) == (Status.SOLVED, other.engine)
    assert check_rank(system, found.rank) is None
    assert len(found.rank.basis) == len(other.rank.basis)
    assert len(found.points) == len(other.points)
    for point in other.points:
        assert min(max(map(abs, (a - b for a, b in zip(p, point, strict=True)))) for p in found.points) < 1e-8


@pytest.mark.parametrize("name", LARGE)
def test_larger_systems_end_soon_without_an_answer(name: str) -> None:
    system = LARGE[name]
    begin = time.process_time()
    assert not tiny.suits(system) or tiny.search(system) is None
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    "expression",
    ["(a*b - 1)^2", "a^2*b^2", "a + b^2", "a^2*b + a", "(a*b*c - 1)^2", "(a^2 + b^2 - 1)^2"],
)
def test_no_solutions_and_infinitely_many_are_left_to_the_engines(expression: str) -> None:
    system = system_of(expression)
    assert not tiny.suits(system) or tiny.search(system) is None


def test_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "MAX_WORK", 10)
    assert tiny.search(linear_net((2, 1, 2), 1)) is None
    monkeypatch.undo()
    monkeypatch.setattr(tiny, "MAX_POINTS", 4)
    assert tiny.search(chain(2)) is None
    monkeypatch.undo()
    monkeypatch.setattr(tiny, "MAX_LEVELS", 2)
    assert tiny.search(psd(3)) is None
    monkeypatch.undo()
    monkeypatch.setattr(tiny, "MAX_BITS", 1)
    assert tiny.search(system_of(OFF_DIAGONAL)) is None
    monkeypatch.undo()
    monkeypatch.setattr(tiny, "MAX_SOLVING", 10)
    assert tiny.search(chain(2)) is None
    monkeypatch.undo()
    monkeypatch.setattr(tiny, "WORK_OF_ROW", tiny.MAX_WORK)
    assert tiny.search(chain(2)) is None


def test_multiple_points_are_counted() -> None:
    system = system_of("a^4 + b^4 + a*b^3")
    found = tiny.search(system)
    assert found is not None
    assert found.rank is not None
    assert (len(found.points), len(found.rank.basis)) == (1, 9)
    assert "multiple points" in found.message
    assert solve("a^4 + b^4 + a*b^3").complete is Completeness.PROVED


def test_a_fall_that_needs_earlier_rows_is_lifted_exactly() -> None:
    system = system_of(OFF_DIAGONAL)
    found = tiny.Tiny(system, ())
    found.run()
    assert max(len(line.combination) for line in found.lines) > 2
    assert len(expand_lines(system, tuple(found.lines))) == len(found.elements)
    for terms, element in zip(expand_lines(system, tuple(found.lines)), found.elements, strict=True):
        assert {found.packing.pack(m): c for c, m in terms} == element.terms


def test_who_is_asked_at_once() -> None:
    assert Macaulay().at_once(chain(2)) is not None
    assert Macaulay().at_once(chain(5)) is None
    assert Orbits().at_once(chain(2)) is None


class Silent(Macaulay):
    """Must not be started in a child."""

    def begin(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        raise AssertionError("a child for a tiny system")


def test_no_child_is_started_for_a_tiny_system() -> None:
    landscape = solve("(a*b - 1)^2/2 + a^2/20 + b^2/20", engines=[Silent()])
    assert (landscape.complete, landscape.complex_points) == (Completeness.PROVED, 5)


def test_with_little_time_nothing_is_done_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def refused(seconds: float) -> EngineAnswer | None:
        asked.append(seconds)
        return None

    for seconds in (0.5, 60.0):
        monkeypatch.setattr(Macaulay, "at_once", lambda *_, given=seconds: refused(given))
        schedule = Schedule(chain(2), [Macaulay()], seconds)
        schedule.begin()
        schedule.close()
    assert asked == [60.0]


def test_an_answer_that_is_not_enough_is_followed_by_the_child() -> None:
    # Only the child gives evidence for the rule of levels.
    landscape = solve("(a*b*c - 1)^2/2 + a^2/20 + b^2/21 + c^2/22", engines=["macaulay"], rule="levels")
    assert landscape.complete is Completeness.PROVED


@pytest.mark.parametrize("lie", [[], [(1.0 + 0j, 2.0 + 0j)], [(0j, 0j)] * 5, [(1e200 + 0j, 0j)]])
def test_wrong_points_are_followed_by_others(lie: list[tuple[complex, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "approximations", lambda *_: list(lie))
    landscape = solve("(a*b - 1)^2/2 + a^2/20 + b^2/30")
    assert (landscape.complete, landscape.complex_points) == (Completeness.PROVED, 5)


def test_it_does_without_numpy() -> None:
    code = "import sys; import exactland.engines.tiny; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
