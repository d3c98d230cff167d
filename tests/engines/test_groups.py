"""Groups of variables: partitions, Bezout numbers, zeros at infinity, start systems."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import pytest

from exactland.engines.base import PolynomialSystem, Status, Zero
from exactland.engines.evaluation import Evaluator
from exactland.engines.groups import _joined, best_groups, bezout_number, degrees_in
from exactland.engines.homotopy import chosen_groups, unsuited
from exactland.engines.infinity import Boundary
from exactland.engines.starts import start_system
from exactland.engines.tracking import meeting, search
from exactland.objective import as_objective
from exactland.solving.system import gradient_system_of
from tests.engines.systems import chain, psd


def system(expression: str) -> PolynomialSystem:
    return gradient_system_of(as_objective(expression)).system


def completion(rows: int, columns: int, missing: Iterable[tuple[int, int]] = (), weighted: bool = False) -> str:
    """Rank-one completion u v^T with a generic ridge, and weights."""
    parts = [f"{i * i + 1}/7*u{i}^2" for i in range(1, rows + 1)] + [f"{2**j}/11*v{j}^2" for j in range(1, columns + 1)]
    for i, j in itertools.product(range(1, rows + 1), range(1, columns + 1)):
        weight = (5 * i * i + 3 * i * j + j) % 7 + 1 if weighted else 1
        if (i, j) not in set(missing):
            parts.append(f"{weight}*(u{i}*v{j} - {(7 * i * i + 4 * i * j + 2 * j) % 11 + 1}/3)^2")
    return "+".join(parts)


MASKED = completion(3, 3, [(1, 3), (2, 1), (3, 2)])
WEIGHTED = completion(2, 3, weighted=True)
SENSING = """(u1*v1 + 2*u2*v2 - 3)^2 + (u1*v2 - u2*v1 + u1*v1 - 1)^2 + (3*u1*v2 + u2*v1 + u2*v2 - 2)^2
    + u1^2 + u2^2/3 + v1^2/5 + v2^2/7"""
NEURON = "+".join(f"(v*({x}*w + b)^2 - {y})^2" for x, y in ((1, 2), (-2, 1), (3, -1))) + "+ v^2/3 + w^2/5 + b^2/7"


@pytest.mark.parametrize("expression", [MASKED, WEIGHTED, SENSING, NEURON, "(a*b*c - 1)^2 + a^2 + 2*b^2 + 3*c^2"])
def test_the_partition_is_the_best_of_all(expression: str) -> None:
    given = system(expression)
    numbers = {}
    for groups in _joined(len(given.variables)):
        degrees = degrees_in(given, groups)
        if min(map(min, degrees)) >= 1:
            numbers[groups] = bezout_number(degrees, groups)
    groups, number = best_groups(given)
    assert numbers[groups] == number == min(numbers.values())


def test_independent_parts_are_joined_in_the_best_way() -> None:
    """The pairs a, b and c, d conflict, and only both ways together say which of them share a group."""
    groups, number = best_groups(system("(a*b + c*d - 1)^2 + (2*a*b - c*d + a*d - 2)^2 + a^2 + 2*b^2 + 3*c^2 + 4*d^2"))
    assert len(set(groups)) == 2
    assert number == 33


def test_one_group_where_it_is_best() -> None:
    assert best_groups(psd(4)) == ((0,) * 4, 81)
    assert best_groups(system("(x1*x2 - 1)^2 + (x1*x3 - 2)^2 + (x2*x3 - 3)^2")) == ((0,) * 3, 27)


@pytest.mark.parametrize("expression", [MASKED, WEIGHTED, NEURON, "(x*y*z - 1)^2 + (x + y - z)^3 + x^2 + y^2*z"])
def test_start_systems(expression: str) -> None:
    """As many simple solutions as the Bezout number, up to sign where the system is odd; slopes as differences."""
    given = system(expression)
    groups, number = best_groups(given)
    start = start_system(given, groups, degrees_in(given, groups))
    points = start.points()
    n = len(groups)
    assert len(points) == ((number - 1) // 2 if start.odd else number)
    jacobian = np.zeros((len(points), n, n), dtype=np.complex128)
    one = np.ones((len(points), 1), dtype=np.complex128)
    assert np.abs(start.add_to(jacobian, points, one)).max() < 1e-9
    assert np.linalg.cond(jacobian).max() < 1e7
    signed = np.concatenate([points, -points]) if start.odd else points
    assert len({tuple(np.round(x, 6)) for x in signed}) == len(signed)
    x, step = points[:5] + 0.3, 1e-6
    slopes = np.zeros((len(x), n, n), dtype=np.complex128)
    values = start.add_to(slopes, x, one[: len(x)])
    if start.odd:
        assert np.allclose(start.add_to(slopes.copy(), -x, one[: len(x)]), -values)
    for k in range(n):
        there = start.add_to(slopes.copy(), x + step * np.eye(n)[k], one[: len(x)])
        assert np.allclose((there - values) / step, slopes[:, :, k], atol=1e-3, rtol=1e-3)


def test_zeros_of_a_masked_completion() -> None:
    """A missing entry (i, j) makes a zero where u is along i and v along j, both infinite."""
    given = system(MASKED)
    groups, number = chosen_groups(given)
    assert unsuited(given) is None
    assert (number, given.variables) == (245, ("u1", "u2", "u3", "v1", "v2", "v3"))
    at = Boundary(given, groups)
    zeros = at.coordinate_zeros()
    assert [zero.chart for zero in zeros] == [(0, 5), (1, 3), (2, 4)]
    assert [at.corank(zero) for zero in zeros] == [2, 2, 2]
    assert all(map(at.vanishes, zeros))
    assert at.recognised([90, 0.1, -1, 0.2j, 3, 60j]) == zeros[0]
    assert at.recognised([90, 90, -1, 0.2j, 3, 60j]) is None
    assert at.coordinate_line(zeros) is None
    assert not at.common_factors()
    answer = search(given, 20.0, groups)
    assert len(answer.points) == 233
    assert answer.zeros == tuple(zeros)
    values, _ = Evaluator(given)(np.array(answer.points))
    assert np.abs(values).max() < 1e-8


def test_a_zero_where_one_group_is_finite() -> None:
    at = Boundary(chain(3), (0, 1, 2))
    zero = Zero((0, 1, None), ((1, 0), (1, 0), (0, 0)))
    assert zero in at.coordinate_zeros()
    assert len(at.coordinate_zeros()) == 3
    assert at.recognised([400, -300, 0.01]) == zero
    assert at.recognised([400, -300, 0.7]) is None


def test_curves_at_infinity_are_seen() -> None:
    """Where a row has two missing entries a line; where nothing is missing all isotropic vectors."""
    two = system(completion(3, 3, [(1, 2), (1, 3)]))
    at = Boundary(two, best_groups(two)[0])
    assert at.coordinate_line(at.coordinate_zeros()) is not None
    assert unsuited(two) == "a line of solutions at infinity"
    # Where the only entry of a row and a column is missing, the isotropic vectors without these coordinates.
    for full in (completion(3, 3), completion(3, 3, [(1, 1)]), completion(4, 4, [(1, 1)])):
        assert unsuited(system(full)) == "leading forms with common factors"
    two_missing = completion(3, 3, [(1, 1), (2, 2)])
    assert unsuited(system(two_missing)) is None
    plane = system(completion(2, 2))  # four points: (1, +-i) twice
    assert not Boundary(plane, best_groups(plane)[0]).common_factors()


def test_paths_that_lead_to_a_curve_end_the_search() -> None:
    given = system(completion(4, 4))
    answer = search(given, 20.0, (0,) * 4 + (1,) * 4)
    assert answer.status is Status.FAILED
    assert "probing paths diverged" in answer.message


def test_paths_that_meet_have_jumped() -> None:
    """Where the system is odd, negatives are the same point, imaginary ones as well, and 0 is no end of a path."""
    ends = np.array([[1e-16 + 2j, 1], [-1e-16 - 2j, -1], [3, 1j], [0, 1e-12], [5, 5]], dtype=np.complex128)
    assert sorted(meeting(ends, np.ones(5, dtype=bool), True)) == [0, 1, 3]
    assert meeting(ends, np.ones(5, dtype=bool), False) == []
    assert meeting(np.concatenate([ends, ends[:1]]), np.arange(6) != 1, False) == [0, 5]
