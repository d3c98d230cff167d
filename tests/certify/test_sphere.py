"""Critical points on a sphere: known lists, and the Euler characteristic as an independent count."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland import Objective
from exactland.api import solve
from exactland.landscape import Completeness, Landscape


def on_sphere(expression: str, names: list[str]) -> Landscape:
    return solve(Objective.from_expression(expression, variables=names, on_sphere=names))


def index_sum(landscape: Landscape) -> int:
    assert all(p.degenerate is False for p in landscape.points)
    return sum((-1) ** (p.index or 0) for p in landscape.points)


@pytest.mark.parametrize(
    ("expression", "names", "count", "euler"),
    [
        ("x^3+y^3+z^3", ["x", "y", "z"], 14, 2),
        ("x^2+2*y^2+3*z^2", ["x", "y", "z"], 6, 2),
        ("x^2*y+y^3/7-x/5", ["x", "y"], None, 0),
        ("x", ["x"], 2, 2),
    ],
)
def test_lists_and_euler_characteristic(expression: str, names: list[str], count: int | None, euler: int) -> None:
    landscape = on_sphere(expression, names)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert count is None or len(landscape) == count
    assert index_sum(landscape) == euler
    assert landscape.infimum is not None
    assert landscape.infimum.attained


def test_eigenvalues_are_the_critical_values_of_a_quadratic_form() -> None:
    landscape = on_sphere("x^2+2*y^2+3*z^2", ["x", "y", "z"])
    assert sorted({p.value.exact for p in landscape.points}) == [Fraction(1), Fraction(2), Fraction(3)]
    assert len(landscape.global_minima) == 2


def test_a_sphere_in_some_of_the_variables_is_not_compact() -> None:
    objective = Objective.from_expression("x*y+z^2*x", variables=["x", "y", "z"], on_sphere=["x", "y"])
    landscape = solve(objective)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.infimum is None


def test_a_constant_has_no_isolated_points() -> None:
    landscape = on_sphere("3", ["x", "y"])
    assert landscape.complete is Completeness.OPEN


def test_a_circle_of_critical_points_is_left_open_with_one_reason_from_each() -> None:
    landscape = on_sphere("x^2 + y^2 + 2*z^2", ["x", "y", "z"])
    assert landscape.complete is Completeness.OPEN
    reason = str(landscape.reason)
    assert reason.count("macaulay") == 1
    assert "sets of critical points on a sphere are not built yet" in reason
