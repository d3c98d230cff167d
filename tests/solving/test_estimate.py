"""Boxes that are only estimated: good ones as a rule, and where they are not the search goes on and proves the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from exactland.api import solve
from exactland.engines.macaulay import Macaulay
from exactland.engines.tracking import search
from exactland.landscape import Completeness
from exactland.objective import as_objective
from exactland.solving.estimate import Estimator, inverted
from exactland.solving.pool import Pool
from exactland.solving.refine import Refiner
from exactland.solving.system import GradientSystem, gradient_system_of
from exactland.solving.zero_dimensional import add_points, settle_boxes

DENSE = "x^6 + y^6 - 3*x^4*y + 2*x*y^3 - x*y + x - 2*y"
WELLS = "(x^2 + y*z - 1)^2 + (y^2 - x*z - 2)^2 + (z^2 + x/3 - y)^2 + x^2/7 + y*x/5"
COUNT = 25


def system(text: str) -> GradientSystem:
    return gradient_system_of(as_objective(text))


@pytest.mark.parametrize("text", [DENSE, WELLS, "(x - 1)^4 + (y - 2)^4 + x*y + 1000*x", "x^4 + y^4 - 10^6*x*y - x"])
def test_estimated_boxes_pass_the_test_of_the_checker(text: str) -> None:
    gs, pool = system(text), Pool()
    add_points(gs, search(gs.system, 20).points, pool)
    estimated = [found for found in pool.certified if not found.tested]
    assert estimated
    assert all(found.holds(gs.calculus) and not found.is_real for found in estimated)
    assert all(found.tested for found in pool.certified if found.is_real)


def test_what_cannot_be_estimated() -> None:
    gs = system(DENSE)
    point = next(p for p in search(gs.system, 20).points if abs(p[0].imag) > 0.1)
    refiner = Refiner(gs.calculus, gs.elements.gradient)
    assert refiner.estimate(point) is not None
    assert refiner.estimate([point[0] + 1e-6, point[1]]) is None  # too far off
    assert refiner.estimate([point[0].real, point[1].real]) is None  # real points are tested at once
    assert refiner.estimate([complex("nan"), 1j]) is None
    assert refiner.estimate([1e300 + 1e300j, 1j]) is None
    huge = system("10^64*10^64*10^64*10^64*10^64*(x^4 + y^4) - x*y - x")
    assert Refiner(huge.calculus, huge.elements.gradient).estimate([0.5 + 1j, 1j]) is None
    flat = system("(x^2 + 1)^3 + y^2")  # the points at x = i and -i are multiple
    assert Refiner(flat.calculus, flat.elements.gradient).estimate([1j, 0]) is None
    assert inverted([[1 + 0j, 2 + 0j], [2 + 0j, 4 + 0j]]) is None
    assert inverted([[0j, 2j], [4 + 0j, 1 + 0j]]) == [[0.125j, 0.25 + 0j], [-0.5j, 0j]]


@pytest.mark.parametrize("text", [DENSE, WELLS, "x^12 + y^12 + x*y^5 - 7*x^2*y - 3*x + y"])
def test_many_points_together_are_what_they_are_one_by_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gs = system(text)
    points = search(gs.system, 20).points
    monkeypatch.setattr("exactland.solving.estimate.MANY", 1)
    together, alone = (Refiner(gs.calculus, gs.elements.gradient) for _ in range(2))
    together.prepare(points)
    assert together._estimator is not None
    prepared = [point for point in points if point in together._estimator.prepared]
    assert len(prepared) > len(points) // 3
    for point in prepared:
        left, right = together.estimate(point), alone.estimate(point)
        assert left is not None
        assert right is not None
        assert (left.box, left.places) == (right.box, right.places)


def test_points_that_numpy_cannot_take() -> None:
    flat = system("(x^2 + 1)^3 + y^2")
    refiner = Refiner(flat.calculus, flat.elements.gradient)
    refiner.prepare([(1j, 0j)] * 100)
    assert refiner.estimate((1j, 0j)) is None
    wild = Refiner(flat.calculus, flat.elements.gradient)
    wild.prepare([(1e200 + 1e200j, 1j)] * 100)
    assert wild.estimate((1e200 + 1e200j, 1j)) is None


def shifted(real: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimates whose boxes hold no zero; or whose inverse is none."""
    honest = Estimator.box

    def box(self: Estimator, point: Sequence[complex]) -> Any:
        found = honest(self, point)
        if found is None:
            return None
        box, rows, rows_i, places = found
        if real:
            return replace(box, real=tuple(x + (1 << 20) for x in box.real)), rows, rows_i, places
        return box, tuple(tuple(2 * x for x in row) for row in rows), rows_i, places

    monkeypatch.setattr(Estimator, "box", box)


@pytest.mark.parametrize("real", [True, False])
def test_wrong_estimates_only_cost_time(real: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    shifted(real, monkeypatch)
    landscape = solve(DENSE, engines=["homotopy"])
    assert landscape.complete is Completeness.PROVED
    assert landscape.complex_points == COUNT


def test_wrong_estimates_without_a_proof_of_completeness(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = solve(DENSE, engines=["homotopy"])
    shifted(True, monkeypatch)
    landscape = solve(DENSE, engines=["homotopy"], rule="rank")  # no evidence for that rule
    assert landscape.complete is Completeness.CHECKED
    assert [point.kind for point in landscape.points] == [point.kind for point in honest.points]


def test_boxes_are_tested_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    gs, pool = system(DENSE), Pool()
    shifted(True, monkeypatch)
    add_points(gs, Macaulay().solve(gs.system, 20).points, pool)
    assert not all(found.holds(gs.calculus) for found in pool.certified)
    settle_boxes(gs, pool)
    assert all(found.tested and found.holds(gs.calculus) for found in pool.certified)
    assert pool.count() == COUNT
