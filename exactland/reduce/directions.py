"""Directions along which the slope of the loss is affine, turned into variables (rule X2), which are then eliminated.

When the inputs of a network span less than the space they are in, the first layer has such directions: those orthogonal
to all inputs meet the ridge only. They are found in the polynomial, by linear algebra: the combinations of the partial
derivatives in which every term of degree 2 and more cancels. The other coordinates are chosen orthogonal to them for
the (constant) second derivatives, so that the loss is a quadratic form in the one and the same function as before in
the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from exactland.polynomial import Polynomial, terms
from exactland.reduce.base import NO_SQUARES, Squares
from exactland.reduce.linear import Linear, Vector, null_space, orthogonal, primitive, turned
from exactland.reduce.quadratic import Elimination


@dataclass(frozen=True)
class Directions(Linear):
    """The last columns of the matrix are the directions."""

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The directions, where the second derivatives along them are not degenerate and there are other ones."""
        n = polynomial.context().nvars()
        rows: dict[tuple[int, ...], Vector] = {}
        slopes: list[Vector] = [[Fraction(0)] * n for _ in range(n)]  # linear terms of the derivatives
        for c, m in terms(polynomial):
            degree = sum(m)
            for i, e in enumerate(m):
                if e and degree > 2:
                    lower = (*m[:i], e - 1, *m[i + 1 :])
                    rows.setdefault(lower, [Fraction(0)] * n)[i] += e * c
                elif e and degree == 2:
                    k = next(k for k, f in enumerate(m) if f > (k == i))
                    slopes[i][k] += e * c
        found = null_space(dict.fromkeys(tuple(row) for row in rows.values()), n)
        if not 0 < len(found) < n:
            return None
        columns = _columns(found, slopes, n)
        if columns is None:
            return None
        part, matrix = turned(polynomial, columns)
        return cls(polynomial, (part,), matrix) if Elimination.accepts(part) else None


def _columns(found: list[Vector], slopes: list[Vector], n: int) -> list[list[int]] | None:
    """Coordinates beside the directions, and the directions, all orthogonal as far as that is possible."""
    directions: list[tuple[Vector, Vector]] = []
    for given in found:
        vector = list(given)
        for other, image in directions:
            share = _dot(vector, image) / _dot(other, image)
            vector = [a - share * b for a, b in zip(vector, other, strict=True)]
        image = [_dot(vector, [row[k] for row in slopes]) for k in range(n)]
        if not _dot(vector, image):
            return None
        directions.append((vector, image))
    beside = null_space([image for _, image in directions], n)
    weights = [slopes[i][i] for i in range(n)]
    slanted = [v for v in beside if sum(map(bool, v)) > 1]
    if all(w > 0 for w in weights):
        slanted = orthogonal(slanted, weights) or slanted
    upright = [v for v in beside if sum(map(bool, v)) == 1]
    columns = [primitive(v) for v in (*upright, *slanted, *(d for d, _ in directions))]
    return [c for c in columns if c is not None] if None not in columns else None


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True) if x and y), Fraction(0))
