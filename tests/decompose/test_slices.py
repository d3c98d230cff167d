"""Orbits of critical points on slices: against numerical critical points, on symmetries of every sort, and where the
route does not apply.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

import exactland as el
from exactland.decompose.cases import OutOfReach
from exactland.decompose.invariants import invariants
from exactland.decompose.slices import Case, Moves
from exactland.landscape import Completeness, Kind, Landscape
from exactland.objective import as_objective
from exactland.polynomial import ring
from tests.decompose.numeric import critical_points


def factorisation(target: list[list[int]], rank: int, weights: list[list[int]] | None = None) -> str:
    """The squared distance of u v to the target, entry by entry with its weight."""
    parts = []
    for i, row in enumerate(target):
        for j, m in enumerate(row):
            entry = "+".join(f"u{i}{k}*v{k}{j}" for k in range(rank))
            parts.append(f"{1 if weights is None else weights[i][j]}*({entry} - ({m}))^2")
    return "+".join(parts)


def gram(target: dict[tuple[int, int], int]) -> str:
    """Each entry on and above the diagonal once, so that the weights are unequal."""
    return "+".join(f"(x{i}*x{j} + y{i}*y{j} - ({m}))^2" for (i, j), m in target.items())


def by_slices(text: str) -> Landscape:
    return el.solve(text, rule="slices", seconds=60)


def every_numeric_point_is_listed(landscape: Landscape, seed: int) -> None:
    """Values and inertias of critical points found by Newton's method stand in the list."""
    listed = {(round(float(p.value.approx), 5), p.inertia) for p in landscape}
    found = critical_points(landscape.objective, seed)
    assert len(found) > 3
    for value, inertia in found:
        assert any(abs(value - v) < 1e-4 and inertia == i for v, i in listed)


def test_a_local_minimum_that_is_not_global() -> None:
    land = by_slices(factorisation([[2, 1], [-1, 3]], 1, [[1, 2], [3, 1]]))
    assert land.complete is Completeness.PROVED
    assert [p.kind for p in land] == [Kind.MINIMUM, Kind.MINIMUM] + 3 * [Kind.STRICT_SADDLE]
    assert [p.spurious for p in land.minima] == [False, True]
    assert [p.dimension for p in land] == [1, 1, 1, 1, 0]
    assert land.not_established == ()


@pytest.mark.parametrize("seed", range(4))
def test_random_weighted_factorisations(seed: int) -> None:
    rng = random.Random(seed)
    target = [[rng.randint(-4, 4) for _ in range(2)] for _ in range(2)]
    weights = [[rng.randint(1, 4) for _ in range(2)] for _ in range(2)]
    land = by_slices(factorisation(target, 1, weights))
    assert land.complete is Completeness.PROVED
    every_numeric_point_is_listed(land, seed)


@pytest.mark.parametrize(
    "text",
    [
        gram({(1, 1): 2, (1, 2): 1, (1, 3): 0, (2, 2): 3, (2, 3): -1, (3, 3): 1}),
        factorisation([[2, 1], [-1, 3]], 2),
        "(x^2 + 4*y^2 - 1)^2",
        "(a*d - b*c - 1)^2",
        "(x*y - 1)^2 + (z^2 + w^2 - 2)^2",
        "(a*b*c - 1)^2",
        "(x^2 + y^2 + z^2 - 1)^2 + z^2*(x^2 + y^2)",
        "(x*y - 1)^2 + (x*z - 2)^2",
        "(w*(a + b) + c - 1)^2 + (w*(2*a + b) + c - 3)^2 + (w*(b - a) + c)^2",
        "(x + y - 1)^2 + (x + y - 1)^4 + z^2",
        "(a + b + c + d + e + f + g - 1)^2",
    ],
)
def test_symmetries_of_every_sort(text: str) -> None:
    land = by_slices(text)
    assert land.complete is Completeness.PROVED
    assert land.undecided == ()
    every_numeric_point_is_listed(land, 1)


def test_orbits_and_components_agree() -> None:
    """The same values and types as by a case tree, which lists whole sets."""
    for text in ("(x*y - 1)^2 + (x*z - 2)^2", factorisation([[2, 1], [-1, 3]], 1), "(x^2 + 4*y^2 - 1)^2"):
        one, other = by_slices(text), el.solve(text, rule="cases", seconds=60)
        assert one.complete is other.complete is Completeness.PROVED
        assert {(p.kind, p.value.approx[:9]) for p in one} == {(p.kind, p.value.approx[:9]) for p in other}
        assert one.infimum is not None
        assert other.infimum is not None
        assert one.infimum.attained is other.infimum.attained is True


@pytest.mark.parametrize("text", ["x^2 + y^4", "(x - 1)^4 + y^2 + x*y"])
def test_without_symmetries_it_says_so(text: str) -> None:
    land = by_slices(text)
    assert land.complete is Completeness.OPEN
    assert "no continuous affine symmetry" in str(land.reason)


def test_not_on_a_sphere() -> None:
    objective = el.Objective.from_statement({"variables": ["x", "y"], "expression": "x^2", "on_sphere": ["x", "y"]})
    land = el.solve(objective, rule="slices", seconds=20)
    assert land.complete is Completeness.OPEN
    assert "not for points on a sphere" in str(land.reason)


def test_sets_on_a_slice_are_left_open() -> None:
    """On both slices the critical points are curves that no linear flow moves."""
    land = el.solve("(x*y)^2 + (z^2 + w^4 - 1)^2", rule="slices", seconds=1)
    assert land.complete is Completeness.OPEN
    assert land.reason


def test_invariants() -> None:
    scaling = [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0]]
    assert invariants([scaling], 3, 2) == [{(1, 1, 0): 1}, {(1, 0, 1): 1}]
    rotation = [[0, -1, 0], [1, 0, 0]]
    assert invariants([rotation], 2, 4) == [{(2, 0): 1, (0, 2): 1}]
    assert invariants([[[0, 0, 0], [1, 0, 0]]], 2, 3) == [{(1, 0): 1}]
    shift = [[0, 0, 0, 1], [0, 0, 0, 0], [0, -1, 0, 0]]
    assert invariants([shift], 3, 2) == [{(0, 1, 0): 1}, {(1, 1, 0): 1, (0, 0, 1): 1}]


def test_the_tree_of_a_matrix_factorisation_is_small() -> None:
    moves = Moves(as_objective(factorisation([[2, 1, 0], [-1, 3, 1], [1, 1, -2]], 2)).polynomial)
    leaves = [step for step in moves.steps if isinstance(step, Case)]
    assert moves.dimension == 4
    assert len(leaves) < 20
    assert all(not set(case.fixed) & set(case.signs) for case in leaves)


def test_no_time_for_the_tree() -> None:
    with pytest.raises(OutOfReach, match="no time left"):
        Moves(as_objective("(x*y - 1)^2").polynomial, seconds=-1.0)


def test_too_many_variables_are_refused() -> None:
    x = ring([f"x{i}" for i in range(17)]).gens()
    with pytest.raises(OutOfReach, match="16 variables"):
        Moves(x[0] * x[1])


def test_flows_leave_the_objective_unchanged() -> None:
    """Along exp(t A), to third order in t, at a point."""
    objective = as_objective(gram({(1, 1): 2, (1, 2): 1, (2, 2): 3}))
    for flow in Moves(objective.polynomial).flows:
        matrix, x = np.array(flow, dtype=float)[:, :4], np.array([0.3, -1.2, 0.7, 0.4])
        moved = sum(
            (np.linalg.matrix_power(matrix, k) * 0.01**k / f for k, f in enumerate((1, 1, 2, 6, 24))), 0 * matrix
        )
        values = [_value(objective, y) for y in (x, moved @ x)]
        assert abs(values[0] - values[1]) < 1e-8


def _value(objective: el.Objective, x: np.ndarray) -> float:
    terms = objective.polynomial.to_dict().items()
    return sum(
        float(c.p) / float(c.q) * float(np.prod([a ** int(e) for a, e in zip(x, m, strict=True)])) for m, c in terms
    )


def test_a_slice_that_the_checker_rejects_leaves_the_list_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from exactland.certify import by_slices as route
    from exactland.checker import Rejection

    def refuse(data: bytes) -> None:
        raise Rejection("Y2", "a certificate of a slice", "another one")

    monkeypatch.setattr(route, "check_bytes", refuse)
    land = by_slices("(x*y - 1)^2")
    assert land.complete is Completeness.OPEN
    assert "did not accept the certificate of a slice" in str(land.reason)


def test_an_objective_too_long_for_a_slice_leaves_the_list_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from exactland.certify import by_slices as route
    from exactland.errors import InputError

    class Refusing:
        @staticmethod
        def from_statement(statement: object) -> None:
            raise InputError("an expression of 200000 characters", "at most 100000", "write less")

    monkeypatch.setattr(route, "Objective", Refusing)
    land = by_slices(gram({(1, 1): 1, (1, 2): 1, (2, 2): 3}))
    assert land.complete is Completeness.OPEN
    assert "200000 characters" in str(land.reason)
