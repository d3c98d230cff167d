"""Paths between right-hand sides: their ends, and points that stand many times."""

from __future__ import annotations

import time

import numpy as np

from exactland.engines.base import PolynomialSystem
from exactland.engines.evaluation import Evaluator
from exactland.engines.sides import Line, Side, first_ones, solutions

#: x^3 + x y = c_1, y^2 - x = c_2
SYSTEM = PolynomialSystem(("x", "y"), (((1, (3, 0)), (1, (1, 1))), ((1, (0, 2)), (-1, (1, 0)))))


def test_ends_solve_the_system_with_the_other_side() -> None:
    evaluate, start = Evaluator(SYSTEM), np.array([[0.3 + 1j, 0.7 - 0.2j], [1.1 + 0.1j, -0.4j]])
    for point in start:
        begin, end = evaluate(point[None])[0][0], np.array([2 - 1j, 0.5 + 0.25j])
        found, arrived = Line(evaluate, begin, end).ends(point[None], time.monotonic() + 10)
        assert arrived.all()
        assert np.abs(evaluate(found)[0] - end).max() < 1e-12


def test_all_solutions_are_found_and_no_more() -> None:
    """x (x^2 + y) = 0 and x = y^2: the double origin and y^3 = -1; double points are left out, but for the origin."""
    found = solutions(SYSTEM, 6, time.monotonic() + 10)
    cubes = sorted(found[np.abs(found[:, 1]) > 0.5, 1] ** 3, key=abs)
    assert np.allclose(cubes, [-1, -1, -1])
    assert len(found) == 4
    assert len(solutions(SYSTEM, 2, time.monotonic() + 10)) >= 2
    assert len(solutions(SYSTEM, 6, 0.0)) <= 1


def test_each_of_many_copies_is_left_out() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(30, 3)) + 1j * rng.normal(size=(30, 3))
    copies = np.repeat(points, 20, axis=0) + 1e-10 * rng.normal(size=(600, 3))
    assert first_ones(copies).tolist() == list(range(0, 600, 20))
    assert first_ones(points).tolist() == list(range(30))
    assert first_ones(points[:1]).tolist() == [0]
    assert first_ones(points[:0]).tolist() == []


def test_what_has_been_followed() -> None:
    side = Side(np.zeros(2, dtype=np.complex128))
    assert side.add(np.eye(2, dtype=np.complex128)).tolist() == [0, 1]
    side.mark(1, np.array([0]))
    assert side.add(np.array([[1, 0], [0, 2]], dtype=np.complex128)).tolist() == [2]
    assert side.waiting(1).tolist() == [1, 2]
    assert side.waiting(2).tolist() == [0, 1, 2]
