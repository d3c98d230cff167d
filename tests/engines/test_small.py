"""Systems with few orbits in this process: the same answers as the engine in a child, and a bound on the work."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from exactland.api import solve
from exactland.engines import small
from exactland.engines.base import EngineAnswer, PolynomialSystem, Status
from exactland.engines.macaulay import Orbits, search
from exactland.landscape import Completeness
from tests.engines.systems import chain, completion, linear_net, psd, quadratic_neuron

SMALL = {
    "chain 3": chain(3),
    "chain 5": chain(5),
    "chain 6": chain(6),
    "2-1-2 with two samples": linear_net((2, 1, 2), 2),
    "1-2-2": linear_net((1, 2, 2), 1),
    "2-2-2": linear_net((2, 2, 2), 1),
    "1-2-1-1": linear_net((1, 2, 1, 1), 1),
    "1-2-2-1": linear_net((1, 2, 2, 1), 1),
    "a neuron, with falls": quadratic_neuron(1, 2),
    "two neurons, with falls": quadratic_neuron(2, 1),
    "2-1-1-2, with falls": linear_net((2, 1, 1, 2), 2),
}
OTHERS = {
    "without symmetries": completion(),
    "more orbits": linear_net((2, 2, 2), 2),
    "the Bezout number": psd(5),
    "no laws": quadratic_neuron(1, 3, ridge=False),
}


@pytest.mark.parametrize("name", SMALL)
def test_it_agrees_with_the_engine_in_a_child(name: str) -> None:
    system = SMALL[name]
    found, other = small.search(system), search(system, 60.0, orbits=True)
    assert small.suits(system)
    assert found is not None
    assert found.levels is not None
    assert other.levels is not None
    assert (found.status, found.engine) == (Status.SOLVED, other.engine)
    assert (found.levels.bound, found.levels.signs) == (other.levels.bound, other.levels.signs)
    assert len(found.points) == len(other.points) == found.levels.bound

    def invariants(point: tuple[complex, ...]) -> list[complex]:
        assert other.levels is not None
        values = []
        for exponents in other.levels.multipliers:
            value = 1 + 0j
            for x, e in zip(point, exponents, strict=True):
                value *= x**e
            values.append(value)
        return values

    known = [invariants(point) for point in found.points]
    for point in other.points:
        wanted = invariants(point)
        size = 1 + max(map(abs, wanted))
        assert min(max(abs(a - b) for a, b in zip(values, wanted, strict=True)) for values in known) < 1e-7 * size


def test_points_are_right_to_the_last_digits() -> None:
    system = linear_net((1, 2, 2), 1)
    found = small.search(system)
    assert found is not None
    for point in found.points:
        for equation in system.equations:
            terms = []
            for c, m in equation:
                value = complex(c)
                for x, e in zip(point, m, strict=True):
                    value *= x**e
                terms.append(value)
            assert abs(sum(terms)) <= 1e-12 * max(map(abs, terms), default=0)


def test_more_bits_are_used_where_few_are_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    system = linear_net((1, 2, 2, 1), 1)
    usual = small.search(system)
    monkeypatch.setattr(small, "BITS", 40)
    monkeypatch.setattr(small, "BITS_OF_ORBIT", 1)
    monkeypatch.setattr(small, "MORE", 1)
    assert small.search(system) is None
    monkeypatch.setattr(small, "MORE", 8)
    again = small.search(system)
    assert usual is not None
    assert again is not None
    assert again.levels == usual.levels
    for point in usual.points:
        squares = [x * x for x in point]
        found = [[x * x for x in other] for other in again.points]
        assert min(max(abs(a - b) for a, b in zip(squares, other, strict=True)) for other in found) < 1e-9


@pytest.mark.parametrize("name", OTHERS)
def test_other_systems_end_soon_without_an_answer(name: str) -> None:
    system = OTHERS[name]
    begin = time.process_time()
    assert not small.suits(system) or small.search(system) is None
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_WORK", 10), ("MAX_ORBITS", 4), ("MAX_LEVELS", 2), ("MAX_BORDER", 3), ("MAX_FORMS", 0)]
)
def test_the_work_is_bounded(name: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, name, value)
    assert small.search(linear_net((1, 2, 2), 1)) is None


def test_too_few_equations_end_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, "ENOUGH", -1)
    assert small.search(linear_net((1, 2, 2), 1)) is None


def test_who_is_asked_at_once() -> None:
    assert Orbits().at_once(chain(5)) is not None
    assert Orbits().at_once(chain(3)) is None
    assert Orbits().proving("rank").at_once(chain(5)) is None
    assert Orbits().proving("levels").at_once(chain(5)) is not None


class Silent(Orbits):
    """Must not be started in a child."""

    def begin(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        raise AssertionError("a child for a small system")


def test_no_child_is_started_for_a_small_system() -> None:
    landscape = solve("(a*b*c*d*e - 1)^2 + 1/20*(a^2 + b^2 + c^2 + d^2 + e^2)", engines=[Silent()])
    assert (landscape.complete, landscape.complex_points) == (Completeness.PROVED, 129)


class Wrong(Orbits):
    """Leaves out a point, or an equation of the evidence."""

    def __init__(self, what: str) -> None:
        self.what = what

    def at_once(self, system: PolynomialSystem) -> EngineAnswer | None:
        found = small.search(system)
        assert found is not None
        assert found.levels is not None
        if self.what == "point":
            return replace(found, points=found.points[1:])
        levels = list(found.levels.levels)
        d = next(d for d, (_, equations) in enumerate(levels) if equations)
        levels[d] = (levels[d][0], levels[d][1][1:])
        return replace(found, levels=replace(found.levels, levels=tuple(levels)))

    def begin(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        return EngineAnswer(self.name, "", Status.FAILED)


@pytest.mark.parametrize("what", ["point", "equation"])
def test_a_wrong_answer_is_not_proved(what: str) -> None:
    landscape = solve("(a*b*c*d*e - 1)^2 + 1/20*(a^2 + b^2 + c^2 + d^2 + e^2)", engines=[Wrong(what)])
    assert landscape.complete is not Completeness.PROVED
