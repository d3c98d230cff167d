"""Linear changes of variables x = matrix * y with integer entries (rule X2), shared by the reductions that use one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from flint import fmpq, fmpq_mat

from exactland.polynomial import Polynomial, from_fmpq, ring
from exactland.reduce.base import Evaluate, N, Reduction, scaled

Vector = list[Fraction]
LARGEST = 10**15  # entries of a matrix; the checker reads 18 digits


@dataclass(frozen=True)
class Linear(Reduction):
    """x = matrix * y. What makes the part easier is up to the reductions that are made of it."""

    matrix: tuple[tuple[int, ...], ...]

    def images(self, part: int) -> list[Polynomial]:
        """The rows of the matrix as linear forms."""
        return _forms(self.matrix, self.parts[0])

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """The product of the matrix and the point."""
        return [evaluate(form, points[0]) for form in self.images(0)]

    def form(self, of_part: Sequence[Fraction]) -> list[Fraction]:
        """The form times the inverse matrix."""
        n = len(self.matrix)
        inverse = fmpq_mat(n, n, [fmpq(c) for row in self.matrix for c in row]).inv()
        row = fmpq_mat(1, n, [fmpq(c.numerator, c.denominator) for c in of_part]) * inverse
        return [from_fmpq(row[0, j]) for j in range(n)]

    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The matrix as text."""
        return {"rule": "linear", "matrix": [[str(c) for c in row] for row in self.matrix], "inner": inner[0]}


def turned(polynomial: Polynomial, columns: Sequence[Sequence[int]]) -> tuple[Polynomial, tuple[tuple[int, ...], ...]]:
    """The polynomial in the coordinates that belong to these columns, and the matrix made of them."""
    n = polynomial.context().nvars()
    matrix = tuple(tuple(column[i] for column in columns) for i in range(n))
    context = ring([f"y{i + 1}" for i in range(n)])
    return scaled(polynomial.compose(*_forms(matrix, context.constant(0)), ctx=context)), matrix


def _forms(matrix: Sequence[Sequence[int]], part: Polynomial) -> list[Polynomial]:
    context = part.context()
    return [sum((c * context.gen(j) for j, c in enumerate(row) if c), context.constant(0)) for row in matrix]


def null_space(rows: Iterable[Sequence[Fraction]], n: int) -> list[Vector]:
    """A basis of the vectors with n entries that are orthogonal to all rows."""
    pivots = echelon(rows, n)
    free = [k for k in range(n) if k not in pivots]
    basis = []
    for k in free:
        vector = [Fraction(0)] * n
        vector[k] = Fraction(1)
        for pivot, row in pivots.items():
            vector[pivot] = -row[k]
        basis.append(vector)
    return basis


def echelon(rows: Iterable[Sequence[Fraction]], n: int) -> dict[int, Vector]:
    """The reduced rows by their pivots."""
    given = list(rows)
    if not given:
        return {}
    entries = [fmpq(c.numerator, c.denominator) for row in given for c in row]
    reduced, rank = fmpq_mat(len(given), n, entries).rref()
    kept = [[from_fmpq(reduced[i, k]) for k in range(n)] for i in range(rank)]
    return {next(k for k, c in enumerate(row) if c): row for row in kept}


def orthogonal(vectors: Iterable[Sequence[Fraction]], weights: Sequence[Fraction]) -> list[Vector] | None:
    """Orthogonal vectors with the same span, for the product with these weights; None when one of them has norm 0."""
    found: list[tuple[Vector, Fraction]] = []
    for given in vectors:
        vector = list(given)
        for other, norm in found:
            share = _product(given, other, weights) / norm
            vector = [a - share * b for a, b in zip(vector, other, strict=True)]
        norm = _product(vector, vector, weights)
        if not norm:
            return None
        found.append((vector, norm))
    return [vector for vector, _ in found]


def _product(a: Sequence[Fraction], b: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    return sum((w * x * y for w, x, y in zip(weights, a, b, strict=True) if x and y), Fraction(0))


def primitive(vector: Sequence[Fraction]) -> list[int] | None:
    """The multiple with coprime integer entries, the first of them positive; None when they are large."""
    whole = lcm(*(c.denominator for c in vector))
    numbers = [int(c * whole) for c in vector]
    common = gcd(*numbers) or 1
    if next((c for c in numbers if c), 1) < 0:
        common = -common
    numbers = [c // common for c in numbers]
    return numbers if max(map(abs, numbers), default=0) <= LARGEST else None
