"""Nearest points: sets without real points, isolated real points on complex curves, sample points of small ovals."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from flint import fmpq_mpoly

from exactland.api import solve
from exactland.checker import Rejection
from exactland.checker.cases import walk
from exactland.checker.kernel import TermBudget
from exactland.checker.lines import Elements
from exactland.checker.problem import read_problem
from exactland.classify import sampling
from exactland.decompose.cases import Search, element
from exactland.decompose.nearest import apart, smooth_point
from exactland.decompose.tree import Leaf, Nearest
from exactland.decompose.tree import walk as steps_of
from exactland.landscape import Completeness, Landscape
from exactland.objective import as_objective
from exactland.polynomial import gradient
from tests.checker.build import poly

MOTZKIN = "x^4*y^2 + x^2*y^4 - 3*x^2*y^2"  # -1 at (1, 1) and its images, by the inequality of the means, and no less


def by_cases(expression: str) -> Landscape:
    return solve(expression, rule="cases", without=["singular"])


def curve(expression: str) -> tuple[Leaf, fmpq_mpoly]:
    """The leaf given by an irreducible polynomial, and its square."""
    p = as_objective(expression).polynomial
    return Leaf(p.context(), [element(p)], int(p.context().nvars()) - 1), p**2


def places(found: Landscape) -> list[tuple[float, ...]]:
    return sorted(tuple(float(v.approx) for v in p.point.values()) for p in found.points if p.dimension == 0)


def test_real_points_of_a_curve_that_is_no_sum_of_squares() -> None:
    found = by_cases(f"({MOTZKIN} + 1)^2")
    assert found.complete is Completeness.PROVED
    assert places(found) == [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    assert {p.kind.value for p in found.points if p.dimension == 0} == {"minimum"}
    assert found.undecided == ()


def test_zeros_of_the_form_of_robinson() -> None:
    """It is at least 0, no sum of squares, and 0 at (1, 1), (1, 0), (0, 1) and their images under signs."""
    form = "x^6 + y^6 + 1 - (x^4*y^2 + x^2*y^4 + x^4 + y^4 + x^2 + y^2) + 3*x^2*y^2"
    found = by_cases(f"({form})^2")
    assert found.complete is Completeness.PROVED
    assert found.components == ()
    zeros = [p for p in found.points if p.value.exact == 0]
    at = {tuple(float(v.approx) for v in p.point.values()) for p in zeros}
    assert at == {(x, y) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) if (x, y) != (0, 0)}


def test_a_curve_just_above_its_real_points() -> None:
    found = by_cases(f"({MOTZKIN} + 1001/1000)^2")
    assert found.complete is Completeness.PROVED
    assert min(float(p.value.approx) for p in found.points) == pytest.approx(1e-6)


def test_real_points_of_a_curve_in_space() -> None:
    loss = as_objective(f"(z - x*y)^2 + ({MOTZKIN} + 1)^2").polynomial
    search = Search(loss, 60, nearest=lambda leaf, end: None if smooth_point(leaf) else apart(leaf, loss, end))
    tree = search.tree(gradient(loss))
    assert [s.off.poly.is_constant() for s in steps_of(tree.root) if isinstance(s, Nearest)] == [False]
    assert all(leaf.dimension == 0 or leaf.value == 1 for leaf in tree.leaves)


def test_isolated_points_of_a_surface() -> None:
    """The form of Choi and Lam: 1 + x^2 y^2 + y^2 z^2 + z^2 x^2 >= 4 x y z, by the inequality of the means."""
    found = by_cases("(x^2*y^2 + y^2*z^2 + z^2*x^2 + 1 - 4*x*y*z)^2")
    assert found.complete is Completeness.PROVED
    lowest = [p for p in found.points if p.value.exact == 0]
    assert sorted(tuple(float(v.approx) for v in p.point.values()) for p in lowest) == [
        (-1, -1, 1),
        (-1, 1, -1),
        (1, -1, -1),
        (1, 1, 1),
    ]
    assert all(p.dimension == 0 for p in lowest)


@pytest.mark.parametrize("radius", ["1/100", "1/1000000"])
def test_a_small_oval_has_a_sample_point(radius: str) -> None:
    found = by_cases(f"((x - 7/3)^2 + (y - 9/5)^2 - {radius})^2")
    assert found.complete is Completeness.PROVED
    (oval,) = found.components
    x, y = (float(v.approx) for v in oval.point.values())
    assert (x - 7 / 3) ** 2 + (y - 9 / 5) ** 2 == pytest.approx(float(Fraction(radius)), rel=1e-6)


EMPTY = [
    "x^2 + y^2 + 1",
    f"{MOTZKIN} + 2",
    "x^4 + y^4 + x*y + 1",
    "x^2 + y^2 + z^2 + x*y + 2",
    "x^4 + y^4 + z^4 - x*y*z + 1",
]
REAL = [
    "x^2 + y^2 - 1",
    "x*y - 1",
    "y^2 - x^3 - 2*x + 1",
    "(x - 7/3)^2 + (y - 9/5)^2 - 1/1000000",
    "x^2 - y^2*z",
    "x^2 + y^2 + z^2 - 3*x*y - 100",
]


@pytest.fixture
def no_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of squares are not looked for, and no real point is found in floating point."""
    monkeypatch.setattr(Search, "_squares", lambda self, e: None)
    monkeypatch.setattr(Search, "_no_real_points", lambda self, case, node: False)
    monkeypatch.setattr(Search, "_never_real", lambda self, case, node, p, minimal: False)
    monkeypatch.setattr(sampling, "points_on", lambda *_: [])


@pytest.mark.usefixtures("no_squares")
@pytest.mark.parametrize("equation", EMPTY)
def test_no_real_points(equation: str) -> None:
    leaf, loss = curve(equation)
    found = apart(leaf, loss, time.monotonic() + 60)
    assert found is not None
    assert found.off.poly.is_constant()
    assert any(isinstance(s, Leaf) for s in steps_of(found.branches[0]))


@pytest.mark.usefixtures("no_squares")
@pytest.mark.parametrize("equation", REAL)
def test_a_set_with_real_points_is_not_shown_to_be_empty(equation: str) -> None:
    leaf, loss = curve(equation)
    found = apart(leaf, loss, time.monotonic() + 20)
    assert found is None or not found.off.poly.is_constant()


@pytest.mark.usefixtures("no_squares")
@pytest.mark.parametrize("equation", EMPTY[:4])
def test_the_checker_accepts_it_without_any_square(equation: str) -> None:
    found = by_cases(f"({equation})^2")
    assert found.complete is Completeness.PROVED, found.reason
    assert all(float(p.value.approx) > 0 for p in found.points)


def test_smooth_points() -> None:
    for equation in REAL[:3]:
        assert smooth_point(curve(equation)[0])
    assert not smooth_point(curve(f"{MOTZKIN} + 1")[0])
    assert not smooth_point(curve("x^2 + y^2 + 1 + x^4*y^2")[0])


def test_the_search_uses_it_where_squares_do_not_help() -> None:
    loss = as_objective(f"({MOTZKIN} + 1)^2").polynomial
    search = Search(loss, 60, nearest=lambda leaf, end: None if smooth_point(leaf) else apart(leaf, loss, end))
    tree = search.tree(gradient(loss))
    (step,) = [s for s in steps_of(tree.root) if isinstance(s, Nearest)]
    assert not step.off.poly.is_constant()
    assert len(step.branches) == 2


def test_a_search_out_of_reach_leaves_the_list_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactland.decompose.components.MAX_FIELD_UNKNOWNS", 0)
    found = by_cases(f"({MOTZKIN} + 1)^2")
    assert found.complete is Completeness.OPEN
    assert "no real smooth point" in str(found.reason)


def test_no_sign_is_known_of_a_nearest_point() -> None:
    """That x is not 0 at a point says nothing of the point of the set which is next to another one."""
    problem = read_problem({"variables": ["x", "y"], "expression": "x^2*y^2"})
    one = poly((1, [0, 0]))
    monomial = {"element": 0, "factors": []}
    step = {"nearest": ["0", "1"], "off": one, "elements": [0], "fields": []}

    def outcome(steps: list[object], signed: set[int]) -> str:
        elements = Elements(problem)
        elements.signed = frozenset(signed)
        try:
            walk(steps, elements, lambda step: None, TermBudget())
        except Rejection as error:
            return error.rule
        return "accepted"

    assert outcome([monomial], {0, 1}) == "accepted"
    assert outcome([monomial], set()) == "T1"
    assert outcome([step, {"element": 2, "factors": []}, monomial], {0, 1}) == "T1"
    assert outcome([step, monomial, {"element": 0, "factors": []}], {0, 1}) == "T1"
