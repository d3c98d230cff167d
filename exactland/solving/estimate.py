"""Boxes around points off the real ones, in floating point: what rule B1 asks for, estimated with room to spare.

The checker decides on them when it reads the certificate; to ask it here as well would be the same work twice. A box
that cannot be seen to be good is left to ball arithmetic.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from operator import itemgetter, mul
from typing import TYPE_CHECKING, Any, NamedTuple

from exactland.checker.boxes import Box
from exactland.checker.calculus import Calculus, Sparse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Matrix = list[list[complex]]

SIZES = ((26, 8), (34, 8), (48, 1 << 12))  # binary places of the centre and radius in units of the last, tried in turn
INVERSE_BITS = 8  # binary places of the inverse beyond those of the Jacobian
ROOM, ROUNDED = 4.0, 1.0  # times the step of Newton's map; what rounding the centre adds to it
WORST = 2.0**24  # condition of a Jacobian
MANY = 48  # points; from so many on numpy is used, where it is there anyway
LARGEST = 1 << 22  # coefficients and values of monomials, that numpy keeps


class _Values:
    """A polynomial in the monomials of a table."""

    def __init__(self, poly: Sparse) -> None:
        self.factors = [float(c) for c, _ in poly]
        self.places = places = [place for _, place in poly]
        self.read = itemgetter(*places) if len(places) > 1 else lambda table: [table[place] for place in places]

    def __call__(self, table: list[complex]) -> complex:
        return sum(map(mul, self.factors, self.read(table)), 0j)


Rows = tuple[tuple[int, ...], ...]


class _Local(NamedTuple):
    """At a point the parts of the inverse of the Jacobian, rounded to binary places, the sizes of its entries, the norm
    of the Jacobian, and the step of Newton's map.
    """

    real: Sequence[Sequence[int]]
    imaginary: Sequence[Sequence[int]]
    places: int
    sizes: list[list[float]]
    most: float
    off: float


class Estimator:
    """For one gradient; raises OverflowError when its coefficients are too large for floating point."""

    def __init__(self, calculus: Calculus) -> None:
        self.calculus = calculus
        table, gradient, jacobian = calculus.table
        self.steps = table.steps
        self.gradient = [_Values(poly) for poly in gradient]
        self.jacobian = [[_Values(poly) for poly in row] for row in jacobian]
        self.prepared: dict[tuple[complex, ...], _Local] = {}

    def prepare(self, points: Sequence[Sequence[complex]]) -> None:
        """The values and derivatives at many points, all at once in numpy if this process has it."""
        polys = [*self.gradient, *(poly for row in self.jacobian for poly in row)]
        width = len(self.steps) + 1
        if "numpy" not in sys.modules or len(points) < MANY or width * (len(polys) + len(points)) > LARGEST:
            return
        import numpy as np

        n, count = len(self.gradient), len(points)
        factors = np.zeros((len(polys), width))
        for row, poly in zip(factors, polys, strict=True):
            row[poly.places] = poly.factors
        table, columns = np.ones((width, count), dtype=np.complex128), np.array(points).T
        with np.errstate(all="ignore"):
            for j, (lower, k) in enumerate(self.steps, 1):
                np.multiply(table[lower], columns[k], out=table[j])
            values = (factors @ table).T
            upper = [[n + sum(n - i for i in range(min(j, k))) + abs(j - k) for k in range(n)] for j in range(n)]
            jacobians = values[:, upper]
            try:
                inverses = np.linalg.inv(jacobians)
            except np.linalg.LinAlgError:
                return
            inverses += inverses.transpose(0, 2, 1).copy()
            inverses /= 2  # symmetric as the Jacobians are
            off = _sizes(inverses @ values[:, :n, None]).max(axis=(1, 2))
            sizes, most = _sizes(inverses), _sizes(jacobians).sum(axis=2).max(axis=1)
            places = np.frexp(most + 1)[1] + INVERSE_BITS
            unit = np.ldexp(1.0, places)[:, None, None]
            real, imaginary = (np.rint(part * unit).astype(np.int64) for part in (inverses.real, inverses.imag))
        parts = (real, imaginary, places, sizes, most, off)
        found = zip(*(part.tolist() for part in parts), strict=True)
        self.prepared = {tuple(point): _Local(*local) for point, local in zip(points, found, strict=True)}

    def _local(self, point: Sequence[complex]) -> _Local | None:
        table = [1 + 0j]
        for lower, k in self.steps:
            table.append(table[lower] * point[k])
        upper = [[poly(table) for poly in row] for row in self.jacobian]
        jacobian = [[upper[min(j, k)][abs(j - k)] for k in range(len(upper))] for j in range(len(upper))]
        inverse = inverted(jacobian)
        if inverse is None:
            return None
        values = [poly(table) for poly in self.gradient]
        most = max(sum(map(_size, row)) for row in jacobian)
        off = max(_size(sum(map(mul, row, values))) for row in inverse)
        places = math.frexp(most + 1)[1] + INVERSE_BITS
        unit = 1 << places
        real, imaginary = (
            [[round(unit * part[min(i, j)][max(i, j)]) for j in range(len(part))] for i in range(len(part))]
            for part in ([[z.real for z in row] for row in inverse], [[z.imag for z in row] for row in inverse])
        )
        return _Local(real, imaginary, places, [list(map(_size, row)) for row in inverse], most, off)

    def box(self, point: Sequence[complex]) -> tuple[Box, Rows, Rows, int] | None:
        """A box around a zero near the point, the parts of the inverse of the Jacobian, its places; None in doubt."""
        local = self.prepared.get(tuple(point)) or self._local(point)
        if local is None or not local.most * max(map(sum, local.sizes)) < WORST:
            return None
        for bits, radius in SIZES:
            box = _around(point, bits, radius)
            bends = self.calculus.coarse_bends(box.modulus + radius, bits)
            bent = max(sum(map(mul, row, bends)) for row in local.sizes) * radius / (1 << bits)
            far = any(abs(y) > radius for y in box.imaginary or ())
            if far and ROOM * (local.off * (1 << bits) + ROUNDED) < radius and 3 * bent < 1:
                return box, tuple(map(tuple, local.real)), tuple(map(tuple, local.imaginary)), local.places
        return None


def _around(point: Sequence[complex], bits: int, radius: int) -> Box:
    unit = 1 << bits
    return Box(bits, tuple(round(z.real * unit) for z in point), tuple(round(z.imag * unit) for z in point), radius)


def _size(z: complex) -> float:
    return abs(z.real) + abs(z.imag)


def _sizes(array: NDArray[np.complexfloating[Any, Any]]) -> NDArray[Any]:
    """The same of the entries of an array of numpy."""
    return abs(array.real) + abs(array.imag)


def inverted(matrix: Matrix) -> Matrix | None:
    """The inverse, by elimination with the largest pivots; None when there is none."""
    n = len(matrix)
    rows = [[*row, *(1 + 0j if i == j else 0j for j in range(n))] for i, row in enumerate(matrix)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: _size(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        pivot = rows[k][k]
        if not 0 < _size(pivot) < float("inf"):
            return None
        lead = rows[k] = [x / pivot for x in rows[k]]
        for i, row in enumerate(rows):
            factor = row[k]
            if i != k and factor:
                rows[i] = [x - factor * y for x, y in zip(row, lead, strict=True)]
    return [row[n:] for row in rows]
