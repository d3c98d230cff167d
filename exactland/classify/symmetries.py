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


def moving(p: fmpq_mpoly) -> list[Matrix]:
    """Of a basis of the fields A x + a those that are not seen to vanish at all critical points.

    Where a combination of the slopes is affine it is 0 at the critical points; a field whose entries are combinations
    of such forms vanishes there, as does the rotation between two directions in which p is a sum of squares alone.
    """
    n = int(p.context().nvars())
    slopes = [terms(slope) for slope in gradient(p)]
    high = {e: i for i, e in enumerate({e for slope in slopes for e in slope if sum(e) > 1})}
    matrix = fmpq_mat(max(len(high), 1), n)
    for k, slope in enumerate(slopes):
        for e, c in slope.items():
            if e in high:
                matrix[high[e], k] = c
    forms: Matrix = []
    for vector in null_space(matrix):
        form = [fmpq(0)] * (n + 1)
        for factor, slope in zip(vector, slopes, strict=True):
            for e, c in slope.items():
                if sum(e) <= 1:
                    form[e.index(1) if sum(e) else n] += factor * c
        forms.append(form)

    def vanishes(field: Matrix) -> bool:
        return _rank([*forms, *field]) == _rank(forms)

    return [field for field in symmetries(p, shifts=True) if not vanishes(field)]


def _rank(rows: Matrix) -> int:
    return int(fmpq_mat(rows).rank()) if rows else 0
