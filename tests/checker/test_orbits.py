"""Orbits counted by way of smaller objectives: moves that are carried back, and what happens where they cannot be."""

from __future__ import annotations

import pytest

from exactland.checker import Rejection
from exactland.checker.reductions import Bound, group
from tests.checker.build import box, boxed, certificate, check, eliminate, inner, levels, linear, univariate_rank
from tests.checker.good import ORBITS_OF_A_WELL, good

ORBITS = ("orbits_and_an_eliminated_variable", "orbits_and_a_swap", "orbits_of_a_sum")


@pytest.mark.parametrize("name", ORBITS)
def test_no_point_may_be_left_out(name: str) -> None:
    whole = good(name)
    for i in range(len(whole["points"])):
        part = {**whole, "points": whole["points"][:i] + whole["points"][i + 1 :], "symmetries": []}
        with pytest.raises(Rejection) as caught:
            check(part)
        assert caught.value.rule == "C1"


@pytest.mark.parametrize("name", ORBITS)
def test_all_points_are_counted(name: str) -> None:
    report = check(good(name))
    assert report.complex_points == len(report.points)
    assert report.complete is not None
    assert report.complete.endswith("levels")


@pytest.mark.parametrize(
    ("image", "carried"), [("x^2", True), ("x^3 - x", True), ("x + x^2", False), ("x^2 + 1", True), ("x^3 + 1", False)]
)
def test_an_eliminated_variable_moves_only_when_its_value_does(image: str, carried: bool) -> None:
    problem = ("x y", f"x^4/4 - x^2 + (y - ({image}))^2")

    def value(x: float) -> float:
        return {"x^2": x**2, "x^3 - x": x**3 - x, "x + x^2": x + x**2, "x^2 + 1": x**2 + 1, "x^3 + 1": x**3 + 1}[image]

    points = [boxed(box(*problem, [x, value(x)], 2**-12)) for x in (-(2**0.5), 0, 2**0.5)]
    by_points = certificate(*problem, completeness=eliminate([1], inner(univariate_rank(3))), points=points)
    by_orbits = certificate(*problem, completeness=eliminate([1], inner(ORBITS_OF_A_WELL)), points=points)
    assert check(by_points).complex_points == 3
    if carried:
        assert check(by_orbits).complex_points == 3
    else:
        with pytest.raises(Rejection, match="C1: found 3 points for a bound of 4"):
            check(by_orbits)


def test_a_change_of_variables_that_moves_no_coordinates() -> None:
    """x = u + 2v, y = u - v: that u changes its sign is no signed permutation of x and y."""
    problem = ("x y", "((x + 2*y)/3)^4/4 - ((x + 2*y)/3)^2 + ((x - y)/3)^2/2")
    given = [([[0, 0]], []), ([], [[1, [0, 0]]]), ([[2, 0]], []), ([], [[[2, 1], 0, 1]]), ([], [[0, [1, 0]]])]
    orbits = {**levels([[2, 0], [0, 1]], *given), "signs": [[-1, 1]]}
    points = [boxed(box(*problem, [c, c])) for c in (-(2**0.5), 0, 2**0.5)]
    completeness = linear([[1, 2], [1, -1]], inner(orbits, form=[1, 1]))
    with pytest.raises(Rejection, match="C1: found 3 points for a bound of 4"):
        check(certificate(*problem, completeness=completeness, points=points))


def test_the_group_of_moves() -> None:
    assert group((), 2) == [(1, 2)]
    assert group(((-1, 2, 3), (1, 3, 2)), 3) == [(-1, 2, 3), (-1, 3, 2), (1, 2, 3), (1, 3, 2)]


def test_points_without_orbits_are_counted_once() -> None:
    """The sum of multiplicities may be larger than the bound times the order of the group."""
    bound = Bound(3, "levels", moves=((-1, 2), (1, -2)))
    assert bound.without_orbits() == Bound(12, "levels", radical=True)
    assert Bound(3, "levels").without_orbits() == Bound(3, "levels")
