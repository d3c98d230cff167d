"""Continuous affine symmetries of a polynomial: fields along which it is constant."""

from __future__ import annotations

from flint import fmpq, fmpq_mat, fmpq_mpoly

from exactland.classify._tools import Exponents, null_space, terms
from exactland.polynomial import gradient

Matrix = list[list[fmpq]]


def symmetries(p: fmpq_mpoly, *, shifts: bool) -> list[Matrix]:
    """A basis of the fields A x + a with (A x + a) . grad p = 0, as matrices (A | a); without `shifts` a basis of the
    linear ones, as matrices A.
    """
    ring = p.context()
    factors = (*ring.gens(), ring.constant(1)) if shifts else ring.gens()
    n, width = int(ring.nvars()), len(factors)
    rows: dict[Exponents, dict[int, fmpq]] = {}
    for i, slope in enumerate(gradient(p)):
        for j, x in enumerate(factors):
            for e, c in terms(x * slope).items():
                rows.setdefault(e, {})[i * width + j] = c
    matrix = fmpq_mat(max(len(rows), 1), n * width)
    for r, row in enumerate(rows.values()):
        for column, c in row.items():
            matrix[r, column] = c
    return [[v[i * width : (i + 1) * width] for i in range(n)] for v in null_space(matrix)]
