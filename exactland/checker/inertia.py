"""The inertia of a Hessian at a point, computed by the checker: no evidence is needed."""

from __future__ import annotations

from fractions import Fraction


def rational_inertia(matrix: list[list[Fraction]]) -> tuple[int, int, int]:
    """(positive, zero, negative) of a symmetric rational matrix, by congruence (Sylvester)."""
    rows = [list(row) for row in matrix]
    counts = {1: 0, -1: 0}
    while rows:
        size = len(rows)
        pivot = next((i for i in range(size) if rows[i][i]), None)
        if pivot is None:
            pair = next(((i, k) for i in range(size) for k in range(i) if rows[i][k]), None)
            if pair is None:
                break
            i, k = pair
            rows[i] = [a + b for a, b in zip(rows[i], rows[k], strict=True)]
            for row in rows:
                row[i] += row[k]
            pivot = i
        head = rows.pop(pivot)
        value = head.pop(pivot)
        counts[1 if value > 0 else -1] += 1
        for row in rows:
            factor = row.pop(pivot) / value
            for k, a in enumerate(head):
                row[k] -= factor * a
    return counts[1], len(matrix) - counts[1] - counts[-1], counts[-1]
