"""Critical sets on many targets: the list is complete, every type is shown, losses agree with linear algebra."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

import exactland as el
from exactland.certify.components import cover
from exactland.decompose.cases import OutOfReach
from exactland.landscape import Completeness, Kind, Landscape
from exactland.objective import as_objective
from exactland.solving.system import gradient_system_of

Matrix = tuple[tuple[int, int], tuple[int, int]]


def matrices(count: int, seed: int, symmetric: bool = False) -> Iterator[Matrix]:
    source = random.Random(seed)
    for _ in range(count):
        a, b, c, d = (source.randint(-3, 3) for _ in range(4))
        yield ((a, b), (b if symmetric else c, d))


def factorisation(left: str, right: str, rank: int, target: Matrix) -> str:
    terms = []
    for i in range(2):
        for j in range(2):
            product = " + ".join(f"{left}{i}{k}*{right}{j}{k}" for k in range(rank))
            terms.append(f"({product} - ({target[i][j]}))^2")
    return " + ".join(terms)


def solved(expression: str, rule: str | None = None) -> Landscape:
    landscape = el.solve(expression, seconds=60, rule=rule)
    assert landscape.complete is Completeness.PROVED
    assert landscape.of_kind(Kind.UNDECIDED) == ()
    return landscape


def losses(landscape: Landscape) -> set[float]:
    return {round(float(p.value.approx), 6) for p in landscape.points}


def sums(squares: list[float], rank: int) -> set[float]:
    """The losses of the critical points of a factorisation: up to `rank` of the squares are left out."""
    chosen = [[], *[[s] for s in squares], *([squares] if rank > 1 else [])]
    return {round(sum(squares) - sum(c), 6) for c in chosen}


RANK_ONE: list[Matrix] = [((0, 0), (0, 0)), ((1, 2), (2, 4)), ((0, 2), (-2, 0)), ((2, 0), (0, -2)), *matrices(6, 1)]


@pytest.mark.parametrize("target", RANK_ONE, ids=str)
def test_rank_one(target: Matrix) -> None:
    landscape = solved(factorisation("u", "v", 1, target))
    squares = [float(s) ** 2 for s in np.linalg.svd(np.array(target))[1]]
    assert losses(landscape) == sums(squares, 1)
    least = min(sums(squares, 1))
    for p in landscape.points:
        at_bottom = round(float(p.value.approx), 6) == least
        assert (p.kind is Kind.MINIMUM) is at_bottom
        assert p.is_global is at_bottom


RANK_TWO: list[Matrix] = [((1, 2), (2, 4)), ((1, 0), (0, 0)), ((2, 0), (0, -1))]


@pytest.mark.parametrize("target", RANK_TWO, ids=str)
def test_rank_two(target: Matrix) -> None:
    landscape = solved(factorisation("u", "v", 2, target))
    squares = [float(s) ** 2 for s in np.linalg.svd(np.array(target))[1]]
    assert losses(landscape) == sums(squares, 2)
    assert {p.kind for p in landscape.points if p.value.exact != 0} <= {Kind.STRICT_SADDLE}


SYMMETRIC: list[Matrix] = [((0, 0), (0, 0)), ((1, 2), (2, 1)), ((-1, 0), (0, -2)), *matrices(4, 2, symmetric=True)]


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("target", SYMMETRIC, ids=str)
def test_semidefinite(rank: int, target: Matrix) -> None:
    """Critical points use up to `rank` positive eigenvalues; those that leave one out below the rank are saddles."""
    landscape = solved(factorisation("x", "x", rank, target))
    eigenvalues = np.linalg.eigvalsh(np.array(target))
    positive = [float(e) ** 2 for e in eigenvalues if e > 1e-9]
    rest = sum(float(e) ** 2 for e in eigenvalues) - sum(positive)
    assert losses(landscape) == {round(rest + s, 6) for s in sums(positive, rank)}
    assert len({p.value.lower for p in landscape.minima}) == 1


def test_a_target_of_rank_one_has_three_critical_sets() -> None:
    """The sets where one factor has rank one are not listed again inside those of the minima."""
    landscape = solved(factorisation("u", "v", 2, ((1, 1), (1, 1))), rule="cases")
    assert sorted(p.dimension for p in landscape.points) == [3, 4, 4]


@pytest.mark.parametrize("seed", range(4))
def test_quadratic_neurons(seed: int) -> None:
    source = random.Random(seed)
    a, b = source.randint(-3, 3), source.randint(-3, 3)
    landscape = solved(f"(v*x^2 - ({a}))^2 + (v*y^2 - ({b}))^2")
    assert landscape.infimum is not None
    assert landscape.global_minima


APPROACHED = [
    ("(x*y - 1)^2 + x^2", "0"),
    ("(x*y - 2)^2 + x^4 + 3", "3"),
    ("(u1*v1)^2 + (u1*v2 - 2)^2 + (u2*v1 - 3)^2", "0"),
    ("(u*v - 1)^2 + (u*w - 1)^2 + (v*w)^2", "0"),
]


@pytest.mark.parametrize(("expression", "value"), APPROACHED)
def test_infimum_that_is_not_attained(expression: str, value: str) -> None:
    infimum = solved(expression).infimum
    assert infimum is not None
    assert infimum.value is not None
    assert str(infimum.value.exact) == value
    assert infimum.attained is False
    assert infimum.to_json()["attained"] is False


ABOVE = ["x^4*y^2 + x^2*y^4 - 3*x^2*y^2 + 1", "x^4*y^2 + x^2*y^4 - 3*x^2*y^2*z^2 + z^6"]


@pytest.mark.parametrize("expression", ABOVE)
def test_infimum_of_a_polynomial_that_is_no_sum_of_squares(expression: str) -> None:
    landscape = solved(expression)
    assert landscape.infimum is not None
    assert landscape.infimum.attained is True
    assert landscape.infimum.value is not None
    assert landscape.infimum.value.exact == 0
    assert all(p.value.exact == 0 for p in landscape.global_minima)


def test_orbits_of_different_types_are_told_apart() -> None:
    """Signs that no symmetry changes are stated; what a sign change of the loss changes is not."""
    landscape = solved("(y^2*z - 1)^2 + (z^2*x + 1)^2")
    sets = [p.equations for p in landscape.components]
    assert len(set(sets)) == len(sets) == 5
    below = next(p for p in landscape.spurious_minima)
    assert {"y = 0", "z < 0", "x < 0"} <= set(below.equations)
    assert "y != 0" in landscape.global_minima[0].equations


def test_types_change_where_the_product_of_the_curvatures_does() -> None:
    """Two orthonormal vectors and a penalty on one difference: the circle of equal vectors is a spurious minimum where
    w^2 is above 5/9, a strict saddle below.
    """
    landscape = solved("(x^2+y^2-1)^2 + (z^2+w^2-1)^2 + (x*z+y*w)^2 + (x-z)^2", "cases")
    kinds = [c.kind for c in landscape.components]
    assert kinds == [Kind.MINIMUM, Kind.STRICT_SADDLE, Kind.NONSTRICT_SADDLE]
    assert [c.conditions for c in landscape.components] == [
        ("9*w^2 - 5 > 0",), ("9*w^2 - 5 < 0",), ("9*w^2 - 5 = 0",)
    ]  # fmt: skip


def test_a_minimum_across_which_no_constant_is_a_bound() -> None:
    """Four entries of a matrix of rank one, two of them 0: the curvature has no bound from below along the set."""
    landscape = solved("(u1*v1)^2 + (u1*v2 - 1)^2 + (u2*v1 - 2)^2 + (u2*v3)^2", "cases")
    assert [round(float(c.value.approx), 6) for c in landscape.minima] == [4, 4]
    assert landscape.spurious_minima == landscape.minima


def test_parts_without_real_points_are_no_parts() -> None:
    """x^2 = 3 y^2 and x y = 0 meet only where x = 0."""
    landscape = solved("z^2*(x^3 - 3*x*y^2)", "cases")
    assert len(landscape.components) == 9
    assert not any("x*y = 0" in c.conditions for c in landscape.components)


def test_symmetries_come_before_slow_engines() -> None:
    """Only the origin is critical, the complex critical set has dimension 3."""
    entries = [("a", "a", 1), ("b", "b", 1), ("c", "c", 1), ("a", "b", 2), ("a", "c", 2), ("b", "c", 2)]
    landscape = solved(" + ".join(f"{k}*({p}1*{q}1 + {p}2*{q}2)^2" for p, q, k in entries))
    assert list(landscape.engines) == ["cases"]
    assert [p.kind for p in landscape.points] == [Kind.MINIMUM]


def test_a_large_case_tree_is_left_early_whatever_the_speed() -> None:
    objective = as_objective(factorisation("u", "v", 2, ((1, 2), (3, 5))))
    with pytest.raises(OutOfReach, match="the case tree is large"):
        cover(gradient_system_of(objective), 60, lambda _: None, work=1_000)


def test_a_square_times_what_changes_its_sign() -> None:
    """A cylinder of minima and maxima by turns, told apart by the signs of two factors."""
    landscape = solved("(x^2 + y^2 - 1)^2*(z^3 - 3*z)", "cases")
    kinds = {c.conditions: c.kind for c in landscape.components}
    assert kinds == {
        ("z > 0", "z^2 - 3 > 0"): Kind.MINIMUM,
        ("z > 0", "z^2 - 3 < 0"): Kind.MAXIMUM,
        ("z^2 - 3 = 0", "z > 0"): Kind.NONSTRICT_SADDLE,
        ("z < 0", "z^2 - 3 > 0"): Kind.MAXIMUM,
        ("z < 0", "z^2 - 3 < 0"): Kind.MINIMUM,
        ("z^2 - 3 = 0", "z < 0"): Kind.NONSTRICT_SADDLE,
        ("z = 0",): Kind.NONSTRICT_SADDLE,
    }
    assert all(c.inhabited for c in landscape.components)


def test_a_curve_whose_simplest_points_are_cusps() -> None:
    """All integer points of the astroid are singular: its dimension is shown at another point."""
    landscape = solved("((x^2 + y^2 - 1)^3 + 27*x^2*y^2)^2", "cases")
    assert [(c.kind, c.dimension) for c in landscape.components] == [(Kind.MINIMUM, 1)]
    assert len(landscape.points) == 2
