"""Paths between right-hand sides: their ends, points that stand many times, and ill-conditioned solutions."""

from __future__ import annotations

import time

import numpy as np
import pytest

from exactland.engines import sharpen
from exactland.engines.base import PolynomialSystem
from exactland.engines.evaluation import Complex, Evaluator
from exactland.engines.near import first_ones, meeting
from exactland.engines.numeric import newton
from exactland.engines.sharpen import Sharpener
from exactland.engines.sides import Line, Right, Search, Side, solutions
from exactland.objective import Objective
from exactland.solving.system import gradient_system
from tests.engines.systems import SYSTEMS

#: x^3 + x y = c_1, y^2 - x = c_2
SYSTEM = PolynomialSystem(("x", "y"), (((1, (3, 0)), (1, (1, 1))), ((1, (0, 2)), (-1, (1, 0)))))
NOTHING = Right(*np.zeros((2, 2), dtype=np.complex128))


def test_ends_solve_the_system_with_the_other_side() -> None:
    evaluate, start = Evaluator(SYSTEM), np.array([[0.3 + 1j, 0.7 - 0.2j], [1.1 + 0.1j, -0.4j]])
    ridge = np.array([0.5 - 1j, 0.25 + 0.5j])
    for point in start:
        begin = Right(evaluate(point[None])[0][0] + ridge * point, ridge)
        for end in (Right(np.array([2 - 1j, 0.5 + 0.25j]), 2 * ridge + 1j), Right(np.array([1j, 2]), NOTHING.ridge)):
            found, arrived = Line(evaluate, Sharpener(SYSTEM), begin, end).ends(point[None], time.monotonic() + 10)
            assert arrived.all()
            assert np.abs(evaluate(found)[0] + end.ridge * found - end.constants).max() < 1e-12


def test_all_solutions_are_found_and_no_more() -> None:
    """x (x^2 + y) = 0 and x = y^2: the double origin and y^3 = -1; double points are left out, but for the origin."""
    found = solutions(SYSTEM, 6, time.monotonic() + 10)
    cubes = sorted(found[np.abs(found[:, 1]) > 0.5, 1] ** 3, key=abs)
    assert np.allclose(cubes, [-1, -1, -1])
    assert len(found) == 4
    assert len(solutions(SYSTEM, 2, time.monotonic() + 10)) >= 2
    assert len(solutions(SYSTEM, 6, 0.0)) <= 1


@pytest.mark.parametrize(("name", "bound", "most"), [("chain4", 48, 49), ("product3", 1000, 17)])
def test_few_solutions_lead_to_the_others(name: str, bound: int, most: int) -> None:
    """And the search ends when there is nothing more."""
    system = SYSTEMS[name][0]()
    evaluate, n = Evaluator(system), len(system.variables)
    start, last, residual = newton(evaluate, np.full((1, n), 1.3 + 0.2j))
    assert last[0] < 1e-9
    assert residual[0] < 1e-11
    search = Search(system, evaluate, lambda points: points, deadline=time.monotonic() + 60)
    search.add(start)
    search.run(bound)
    assert min(bound, most) <= search.count <= most
    assert (np.abs(evaluate(search.zero.points)[0]) <= 1e-9 * (1 + evaluate.sizes(search.zero.points))).all()
    assert not any(side.value.ridge.any() for side in search.sides[:1])
    assert all(side.value.ridge.all() for side in search.sides[1:])


def test_ill_conditioned_solutions_are_found_from_larger_ridges() -> None:
    """Two neurons z^2 + z^3 with bias: 361 critical points, of which some have a Jacobian with a condition of 10^8."""
    samples, parts = ((-4, 3), (7, -2), (1, 5), (6, -1)), ["(w^2 + 2*b^2 + 3*u^2 + 5*c^2)/20"]
    for x, y in samples:
        first, second = f"({x}*w + b)", f"({x}*u + c)"
        parts.append(f"({first}^2 + {first}^3 + 2*({second}^2 + {second}^3) - {y})^2")
    objective = Objective.from_expression(" + ".join(parts))
    system = gradient_system(objective.polynomial, objective.variables).system
    found = solutions(system, 361, time.monotonic() + 60)
    sizes = np.linalg.svd(Evaluator(system)(found)[1], compute_uv=False)
    assert len(found) == 361
    assert (sizes[:, 0] / sizes[:, -1]).max() > 1e8


def test_no_ridge_where_an_equation_lacks_its_variable() -> None:
    evaluate = Evaluator(SYSTEM)
    search = Search(SYSTEM, evaluate, lambda points: points)
    search.add(np.array([[1, -1]], dtype=np.complex128))
    search.widen()
    assert not any(side.value.ridge.any() for side in search.sides)
    assert all(side.value.constants.all() for side in search.sides[1:])


def test_more_digits_where_floating_point_leaves_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """x^2 = 10^-20 beside 1: after scaling, x^2 = 4 10^-20 with a right-hand side."""
    system = PolynomialSystem(("x",), (((10**20, (2,)), (-2 * 10**20, (1,)), (10**20 - 1, (0,))),))
    start = np.array([[1 + 1.1e-10], [1 - 0.9e-10], [3]], dtype=np.complex128)
    found, good = Sharpener(system)(start)
    assert good.tolist() == [True, True, False]
    assert np.abs(found[:2, 0] - [1 + 1e-10, 1 - 1e-10]).max() < 1e-15
    moved, good = Sharpener(system)(start[:1], np.array([1.5e-20]), np.zeros(1))
    assert good.all()
    assert abs(moved[0, 0] - (1 + 2e-10)) < 1e-15
    assert not Sharpener(system, 0.0)(start)[1].any()
    monkeypatch.setattr(sharpen, "LARGEST", 5)
    assert not Sharpener(system)(start)[1].any()


def test_paths_that_meet_are_followed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate, end = Evaluator(SYSTEM), Right(np.array([2 - 1j, 0.5 + 0.25j]), NOTHING.ridge)
    line, steps = Line(evaluate, Sharpener(SYSTEM), NOTHING, end), []
    true = line.track

    def track(x: Complex, first: float, tolerance: float, deadline: float) -> object:
        ends, arrived, infinite = true(x, first, tolerance, deadline)
        steps.append((len(x), first))
        return (np.repeat(ends[:1], len(x), axis=0) if len(steps) == 1 else ends), arrived, infinite

    monkeypatch.setattr(line, "track", track)
    start = np.array([[np.exp(2j * w), -np.exp(1j * w)] for w in (0, 2 * np.pi / 3, 4 * np.pi / 3)])
    ends, arrived = line.ends(start, time.monotonic() + 10)
    assert arrived.all()
    assert len(first_ones(ends)) == 3
    assert [count for count, _ in steps] == [3, 3]
    assert steps[1][1] < steps[0][1]


def test_each_of_many_copies_is_left_out() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(30, 3)) + 1j * rng.normal(size=(30, 3))
    copies = np.repeat(points, 20, axis=0) + 1e-10 * rng.normal(size=(600, 3))
    assert first_ones(copies).tolist() == list(range(0, 600, 20))
    assert first_ones(points).tolist() == list(range(30))
    assert first_ones(points[:1]).tolist() == [0]
    assert first_ones(points[:0]).tolist() == []
    assert meeting(points).tolist() == []
    assert meeting(np.vstack([points[:3], points[1:2]])).tolist() == [1, 3]


def test_what_has_been_followed() -> None:
    side = Side(NOTHING)
    assert side.add(np.eye(2, dtype=np.complex128)).tolist() == [0, 1]
    side.mark(1, np.array([0]))
    assert side.add(np.array([[1, 0], [0, 2]], dtype=np.complex128)).tolist() == [2]
    assert side.waiting(1).tolist() == [1, 2]
    assert side.waiting(2).tolist() == [0, 1, 2]
