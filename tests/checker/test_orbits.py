"""Orbits counted by way of smaller objectives: moves that are carried back, and what happens where they cannot be."""

from __future__ import annotations

import pytest

from exactland.checker import Rejection, ResourceLimit, kernel
from exactland.checker import levels as level_rules
from exactland.checker.boxes import Box
from exactland.checker.lines import Elements
from exactland.checker.moves import group, orbit_weight
from exactland.checker.problem import read_problem
from exactland.checker.reductions import Bound
from tests.checker.build import (
    box,
    boxed,
    certificate,
    check,
    derivatives,
    eliminate,
    field,
    inner,
    levels,
    linear,
    poly,
    product,
    rational,
    root,
    univariate_rank,
)
from tests.checker.good import good
from tests.checker.good_smaller import ORBITS_OF_A_WELL

ORBITS = ("orbits_and_an_eliminated_variable", "orbits_and_a_root", "orbits_and_a_swap", "orbits_of_a_sum")


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


def test_points_of_one_modulus_may_have_different_stabilisers() -> None:
    """L' = x^2 (x - 1)^2: the first derivative at 0 is odd, although -1 changes the other root of t (t - 1)."""
    line = {"combination": [[0, poly((1, [2]), (2, [1]), (1, [0]))]]}  # x^2 (x^2 - 1)^2 is even
    given = [([[0]], []), ([], []), ([[2]], []), ([], []), ([[4]], []), ([], []), ([], [[1, [0]]])]
    whole = certificate(
        "x",
        "x^5/5 - x^4/2 + x^3/3",
        lines=[line],
        completeness={**levels([[2]], *given), "signs": [[-1]]},
        fields=[field([0, -1, 1], [[0, 1]], [-2, "1/2", 2], dual=derivatives([0], [1]))],
        points=[root(0, 0), root(0, 1)],
    )
    with pytest.raises(Rejection, match="C1: found 1 points for a bound of 3"):
        check(whole)
    apart = {**whole, "fields": [rational([k], dual=derivatives([0], [1])) for k in range(2)]}
    with pytest.raises(Rejection, match="C1: found 2 points for a bound of 3"):
        check({**apart, "points": [root(0), root(1)]})


def test_no_variable_is_left() -> None:
    """x^2, of which nothing is left after x: a product of no summand has one critical point."""
    given = certificate(
        "x",
        "x^2",
        completeness=eliminate([0], inner(product([]), form=[])),
        fields=[rational([0])],
        points=[root(0)],
    )
    assert check(given).complete == "eliminate, product"


def test_images_of_points_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The origin stays where it is under all four sign changes of two variables."""
    moves = group(((-1, 2), (1, -2)), 2)
    boxes = [Box(4, (0, 0), None, 1), Box(4, (0, 16), None, 1)]
    assert orbit_weight(moves, boxes, []) == 4 + 2
    monkeypatch.setattr(kernel, "MAX_WORK", 7)
    with pytest.raises(ResourceLimit, match="images of points: 8 is more than 7"):
        orbit_weight(moves, boxes, [])


def test_memory_for_normal_forms_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    given = good("by_orbits")
    assert check(given).complete == "levels"
    monkeypatch.setattr(level_rules, "MAX_KEPT", 8)
    with pytest.raises(ResourceLimit, match="size of the normal forms"):
        check(given)


def test_memory_for_equations_is_limited() -> None:
    """Each equation of a level has a number for each basis monomial."""
    elements = Elements(read_problem({"variables": ["x"], "expression": "x^2"}))
    table = level_rules._Table(elements, level_rules.read_signs([], 1), [(1,)], 2**61 - 1, 20_000)
    with pytest.raises(ResourceLimit, match="size of the normal forms"):
        table._solve([{0: 1, 25_999: 1}] * 20_000, 20_000, 6_000)
