"""The zero in a box to very many places: Newton's map, and one evaluation that proves how near the result is.

Let T(x) = x - A f(x) and let |I - A f'| <= k < 1 (sums over rows) on a box that holds the zero p. Then for each y in
the box |y - p| <= |A f(y)| + |T(y) - T(p)| <= |A f(y)| + k |y - p|.
"""

from __future__ import annotations

import itertools

from flint import acb, acb_mat, arb, ctx

from exactland.checker.boxes import Box
from exactland.checker.calculus import Calculus

SPARE = 64
STEPS = 60


def narrowed(calculus: Calculus, box: Box, bits: int) -> list[acb] | None:
    """Balls of radius at most 2^-bits around the coordinates of the zero in a box; None: not found."""
    near = _Near(calculus, box)
    if near.rate is None:
        return None
    most, point, known = bits + near.lost, near.centre, box.bits - box.radius.bit_length()
    for _ in range(STEPS):
        if known > bits:
            reach = near.reach(point, most)
            if reach is not None and reach < arb(2) ** -bits:
                with ctx.workprec(most):
                    around = acb(arb(0, reach), arb(0, 0 if box.imaginary is None else reach))
                    return [x + around for x in point]
        point, change = near.step(point, min(2 * known + near.lost, most), known + near.lost)
        # A step of this length squares the distance; precisions follow from what is known.
        known = min(most, max(2 * max(known, change) - near.bent, SPARE))
    return None


class _Near:
    """Newton's map near the centre of a box."""

    def __init__(self, calculus: Calculus, box: Box) -> None:
        self._table, self._gradient, self._slopes = calculus.table
        self._n = calculus.n
        with ctx.workprec(2 * box.bits + SPARE):
            unit, radius = arb(2) ** -box.bits, arb(0, box.radius)
            parts = list(zip(box.real, box.imaginary or (0,) * self._n, strict=True))
            wide = acb(radius, 0 if box.imaginary is None else radius)  # Newton's map of a real box keeps it real
            self.centre = [acb(x, y) * unit for x, y in parts]
            self._box = [(acb(x, y) + wide) * unit for x, y in parts]
            self._matrix = self._inverse()
            self.rate = None if self._matrix is None else self._rate(self._matrix)
        self.lost, self.bent = SPARE, 0
        if self._matrix is not None:
            with ctx.workprec(SPARE):
                self._measure(self._matrix)

    def _measure(self, inverse: acb_mat) -> None:
        """About how many places are lost in values and slopes (`lost`), and by the curvature in a step (`bent`)."""
        powers = [x.real for x in self._monomials([acb(abs(x).upper()) for x in self._box])]
        rows = [sum((abs(c) * powers[j] for c, j in row), arb(0)) for row in self._gradient]
        n, slopes = self._n, [arb(0)] * self._n
        for i, k in itertools.combinations_with_replacement(range(n), 2):
            size = sum((abs(c) * powers[j] for c, j in self._slopes[i][k - i]), arb(0))
            slopes[i] += size
            slopes[k] += size
        lost = max(
            _log2(abs(inverse[i, k]) * size)
            for sizes in (rows, slopes)
            for i in range(n)
            for k, size in enumerate(sizes)
        )
        self.lost, self.bent = SPARE + max(lost, 0) + n.bit_length(), max(lost, 0) + n.bit_length()

    def _monomials(self, point: list[acb]) -> list[acb]:
        found = [acb(1)]
        for lower, k in self._table.steps:
            found.append(found[lower] * point[k])
        return found

    def _values(self, monomials: list[acb]) -> acb_mat:
        return acb_mat(self._n, 1, [sum((c * monomials[j] for c, j in row), acb(0)) for row in self._gradient])

    def _jacobian(self, monomials: list[acb]) -> acb_mat:
        result = acb_mat(self._n, self._n)
        for i, k in itertools.combinations_with_replacement(range(self._n), 2):
            result[i, k] = result[k, i] = sum((c * monomials[j] for c, j in self._slopes[i][k - i]), acb(0))
        return result

    def _inverse(self) -> acb_mat | None:
        try:
            return self._jacobian(self._monomials(self.centre)).inv().mid()
        except ZeroDivisionError:
            return None

    def _rate(self, inverse: acb_mat) -> arb | None:
        """An upper bound of |I - A f'| on the box; None unless it is below 1."""
        product = inverse * self._jacobian(self._monomials(self._box))
        rest = [[abs(product[i, k] - int(i == k)).upper() for k in range(self._n)] for i in range(self._n)]
        most = arb(0)
        for row in rest:
            most = most.max(sum(row, arb(0)).upper())
        return most if most < 1 else None

    def step(self, point: list[acb], places: int, few: int) -> tuple[list[acb], int]:
        """A Newton step with values to so many places and slopes to a few; and minus the logarithm of its length."""
        with ctx.workprec(places):
            values = self._values(self._monomials(point)).mid()
        with ctx.workprec(few):
            jacobian = self._jacobian(self._monomials([x.mid() for x in point])).mid()
            try:
                change = jacobian.solve(values, algorithm="approx")
            except ZeroDivisionError:
                return point, 0
        with ctx.workprec(places):
            length = max(map(_log2, change.entries()), default=-places)
            return [(x - change[i, 0]).mid() for i, x in enumerate(point)], -length

    def reach(self, point: list[acb], places: int) -> arb | None:
        """A bound of the distance to the zero; None for a point that is not seen to be in the box."""
        if self._matrix is None or self.rate is None:
            return None
        if not all(b.contains(x) for b, x in zip(self._box, point, strict=True)):
            return None
        with ctx.workprec(places):
            values = self._values(self._monomials(point))
        with ctx.workprec(SPARE):
            moved = self._matrix * values
            most = arb(0)
            for x in moved.entries():
                most = most.max(abs(x).upper())
            return (most / (1 - self.rate)).upper()


def _log2(x: acb | arb) -> int:
    """About the binary logarithm of the modulus, of 0 a very small number."""
    mantissa, exponent = map(int, abs(x).upper().man_exp())
    return mantissa.bit_length() + exponent if mantissa else -(1 << 40)
