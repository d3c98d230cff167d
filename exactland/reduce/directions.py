"""Directions along which the slope of the loss is affine, turned into variables (rule X2), which are then eliminated.

When the inputs of a network span less than the space they are in, the first layer has such directions: those orthogonal
to all inputs meet the ridge only. They are found in the polynomial, by linear algebra: the combinations of the partial
derivatives in which every term of degree 2 and more cancels. Each of them takes the place of one variable, so the other
variables stay as they are, with their sign changes, and what is left after the elimination is as sparse as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from flint import nmod_mat

from exactland.polynomial import Polynomial, terms
from exactland.reduce.base import NO_SQUARES, Squares
from exactland.reduce.linear import Linear, Vector, null_space, primitive, turned
from exactland.reduce.quadratic import Elimination

PRIME = 2**31 - 1


@dataclass(frozen=True)
class Directions(Linear):
    """The columns of the matrix are the directions and, for all other variables, unit vectors."""

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """All directions, where there are others, and a second derivative along one of them is not 0."""
        n = polynomial.context().nvars()
        if not _perhaps(polynomial, n):
            return None
        rows: dict[tuple[int, ...], Vector] = {}
        for c, m in terms(polynomial):
            if sum(m) > 2:
                for i, e in enumerate(m):
                    if e:
                        lower = (*m[:i], e - 1, *m[i + 1 :])
                        rows.setdefault(lower, [Fraction(0)] * n)[i] += e * c
        found = null_space(dict.fromkeys(tuple(row) for row in rows.values()), n)
        if not 0 < len(found) < n:
            return None
        columns = [[int(i == k) for i in range(n)] for k in range(n)]
        for vector in found:
            column = primitive(vector)
            if column is None:
                return None
            columns[max(k for k, c in enumerate(vector) if c)] = column  # 0 in the other ones
        part, matrix = turned(polynomial, columns)
        return cls(polynomial, (part,), matrix) if Elimination.accepts(part) else None


def _perhaps(polynomial: Polynomial, n: int) -> bool:
    """Whether the partial derivatives of the terms of highest degree are dependent modulo a prime; else there are no
    directions. Most objectives end here.
    """
    degree = polynomial.total_degree()
    leading = {m: c for m, c in polynomial.to_dict().items() if sum(m) == degree}
    rows: dict[tuple[int, ...], list[int]] = {}
    for m, c in leading.items():
        if not int(c.q) % PRIME:
            return True
        residue = int(c.p) * pow(int(c.q), -1, PRIME)
        for i, e in enumerate(m):
            if e:
                rows.setdefault((*m[:i], e - 1, *m[i + 1 :]), [0] * n)[i] += int(e) * residue % PRIME
    first = list(rows.values())[: 8 * n]
    rank: int = nmod_mat(len(first), n, [c for row in first for c in row], PRIME).rank()
    return rank < n
