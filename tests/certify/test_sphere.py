"""Critical points on a sphere: known lists, and the Euler characteristic as an independent count."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland import Objective
from exactland.api import solve
from exactland.landscape import Completeness, Kind, Landscape


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
    assert landscape.complete is Completeness.PROVED
    (whole,) = landscape
    assert (whole.kind, whole.dimension, whole.value.exact, whole.is_global) == (Kind.MINIMUM, 1, 3, True)
    assert whole.equations == ("-x^2 - y^2 + 1 = 0",)


SETS = {
    "equal lowest eigenvalues": ("x^2 + y^2 + 2*z^2", [(1, "minimum", (1, 1, 0))], 2),
    "equal middle eigenvalues": ("x^2 + 2*y^2 + 2*z^2 + 3*w^2", [(2, "strict_saddle", (1, 1, 1))], 4),
    "equal highest eigenvalues": ("x^2 + y^2", [(1, "maximum", (0, 1, 1))], 2),
    "two planes": ("-(2*x^2 + 2*y^2 + z^2 + w^2)", [(-2, "minimum", (2, 1, 0)), (-1, "maximum", (0, 1, 2))], 0),
    "degenerate": ("x^2*y^2", [(0, "minimum", (0, 2, 0)), (0, "minimum", (0, 2, 0))], 4),
}


@pytest.mark.parametrize("name", SETS)
def test_sets_of_critical_points(name: str) -> None:
    expression, expected, points = SETS[name]
    landscape = on_sphere(expression, sorted({c for c in expression if c in "wxyz"} | {"x", "y", "z"}))
    assert landscape.complete is Completeness.PROVED, landscape.reason
    sets = [p for p in landscape if p.dimension]
    found = [
        (p.value.exact, p.kind.value, (p.inertia.positive, p.inertia.zero, p.inertia.negative))
        for p in sets
        if p.inertia
    ]
    assert sorted(found) == sorted(expected)
    assert len(landscape) - len(sets) == points
    assert not landscape.not_established
    assert not any("multiplier" in e for p in sets for e in p.equations)


def test_a_set_of_spurious_minima_with_an_irrational_loss() -> None:
    landscape = on_sphere("3*(x^2 + y^2)^2 - 4*(x^2 + y^2) + z^3", ["x", "y", "z"])
    minima = [p for p in landscape if p.kind is Kind.MINIMUM]
    assert [p.dimension for p in minima] == [1, 1]
    assert [p.spurious for p in minima] == [False, True]
    assert not landscape.not_established


def test_points_with_the_same_irrational_value_attain_the_infimum_beside_a_set() -> None:
    landscape = on_sphere("x^3*y", ["x", "y", "z"])
    assert len(landscape.global_minima) == 2
    assert len([p for p in landscape if p.kind is Kind.MAXIMUM]) == 2
    kinds = [p.kind for p in landscape if p.dimension]
    assert kinds == [Kind.NONSTRICT_SADDLE, Kind.UNDECIDED]  # near (0, 0, 1), which is open, x^3 y has degree 4


def test_the_type_changes_along_a_set() -> None:
    landscape = on_sphere("x*y*z*w", ["x", "y", "z", "w"])
    assert landscape.complete is Completeness.PROVED
    kinds = [p.kind for p in landscape if p.dimension]
    assert kinds.count(Kind.STRICT_SADDLE) == 6
    assert kinds.count(Kind.NONSTRICT_SADDLE) == len(kinds) - 6 == 12
    assert not landscape.not_established


def test_a_set_on_a_sphere_in_some_of_the_variables() -> None:
    objective = Objective.from_expression("(x^2 + y^2)*t^2 - t", variables=["x", "y", "t"], on_sphere=["x", "y"])
    landscape = solve(objective)
    assert landscape.complete is Completeness.PROVED
    (whole,) = landscape
    assert (whole.kind, whole.dimension, whole.value.exact) == (Kind.MINIMUM, 1, Fraction(-1, 4))
    assert landscape.infimum is None
