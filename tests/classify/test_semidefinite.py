"""Positive semidefinite matrices under linear conditions: blocks, scales, kernels, exact rounding."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from exactland.classify.semidefinite import Conditions, centre, decompose, dense, kernel, rational_complement, rounded

Row = dict[tuple[int, int], fmpq]


def given(*rows: tuple[Row, int], size: int, scale: tuple[int, ...] = ()) -> Conditions:
    return Conditions(tuple(row for row, _ in rows), tuple(fmpq(b) for _, b in rows), scale or (0,) * size)


def entry(i: int, j: int) -> Row:
    return {(i, j): fmpq(1 if i == j else 2)}


TRIANGLE = ((entry(0, 0), 2), (entry(1, 1), 3), ({(0, 1): fmpq(2), (2, 2): fmpq(1)}, 1))


def test_the_centre_maximises_the_determinant() -> None:
    found = centre(dense(given(*TRIANGLE, size=3), (0, 3)), 1.0, 100)
    assert found is not None
    assert found.residual < 1e-11
    # With x = G_01 the determinant is (6 - x^2) (1 - 2 x), stationary here.
    x = found.matrix[0, 1]
    assert -2 * x * (1 - 2 * x) - 2 * (6 - x * x) == pytest.approx(0, abs=1e-4)
    assert found.matrix[0, 2] == pytest.approx(0, abs=1e-6)


def test_blocks_are_searched_together_and_do_not_mix() -> None:
    shifted = tuple(({(i + 3, j + 3): c for (i, j), c in row.items()}, b) for row, b in TRIANGLE)
    alone = centre(dense(given(*TRIANGLE, size=3), (0, 3)), 1.0, 100)
    both = centre(dense(given(*TRIANGLE, *shifted, size=6), (0, 3, 6)), 1.0, 100)
    assert alone is not None
    assert both is not None
    for block in (both.matrix[:3, :3], both.matrix[3:, 3:]):
        assert block == pytest.approx(alone.matrix, abs=1e-4)
    assert not both.matrix[:3, 3:].any()


def test_what_is_rounded_satisfies_the_conditions_exactly() -> None:
    for scale in ((0, 0, 0), (-4, 3, 1)):
        conditions = given(*TRIANGLE, size=3, scale=scale)
        numeric = centre(dense(conditions, (0, 3)), 1.0, 200)
        assert numeric is not None
        exact = rounded(conditions, numeric.matrix)
        assert exact is not None
        assert [exact[0][0], exact[1][1], 2 * exact[0][1] + exact[2][2]] == [2, 3, 1]
        parts = decompose(exact)
        assert parts is not None
        again = [[sum((d * v[i] * v[j] for d, v in parts), fmpq(0)) for j in range(3)] for i in range(3)]
        assert again == exact


def test_what_is_not_positive_semidefinite_is_not_decomposed() -> None:
    assert decompose([[fmpq(1), fmpq(2)], [fmpq(2), fmpq(3)]]) is None
    assert decompose([[fmpq(0), fmpq(1)], [fmpq(1), fmpq(3)]]) is None
    conditions = given((entry(0, 0), 1), (entry(0, 1), 4), (entry(1, 1), 3), size=2)
    assert rounded(conditions, np.array([[1.0, 2.0], [2.0, 3.0]])) is None


def test_a_kernel_is_found_across_blocks() -> None:
    matrix = np.zeros((4, 4))
    matrix[:2, :2] = [[1.0 + 1e-9, -1.0], [-1.0, 1.0 + 1e-9]]
    matrix[2:, 2:] = np.diag([1.0, 2.0])
    found = kernel(matrix, (0, 2, 4))
    assert found is not None
    assert [len(rows) for rows in found] == [1, 0]
    assert rational_complement(found[0]) == [[fmpq(-1), fmpq(1)]]
    assert kernel(np.diag([1.0, 2.0, 3.0]), (0, 2, 3)) is None
    assert kernel(np.array([[1.0]]), (0, 1)) is None


def test_a_singular_search_ends_without_a_matrix() -> None:
    assert centre(dense(given((entry(0, 0), 1), size=1), (0, 1)), -1.0, 10) is None
