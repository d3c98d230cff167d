"""Newton's iteration with many digits, where floating point leaves few: near a singular Jacobian.

A point that comes out is right to the last digit of a complex number, so that two ways to it are seen to lead to one.
"""

from __future__ import annotations

import math
import time
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from flint import acb, acb_mat, ctx

from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.evaluation import Complex

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 192
STEPS = 8
MOST = 200  # points at once
LARGEST = 200_000  # entries of the matrix of coefficients
#: What the iteration may move a point in all, and the size of its last step, relative to the size of the point.
FAR, SHARP = 1e-3, 1e-18


class Sharpener:
    """The equations of a system, scaled as those of an `Evaluator`, and their slopes at one point after the other.

    After the deadline, and for very large systems, it finds nothing.
    """

    def __init__(self, system: PolynomialSystem, deadline: float = math.inf) -> None:
        self.system, self.n, self.deadline = system, len(system.variables), deadline

    @cached_property
    def _sizes(self) -> list[int]:
        return [max((abs(c) for c, _ in equation), default=1) for equation in self.system.equations]

    @cached_property
    def _table(self) -> tuple[list[tuple[int, int]], acb_mat] | None:
        """For every monomial but 1 a lower one and the variable it is multiplied with; the coefficients."""
        equations, n = self.system.equations, self.n
        slopes = [
            tuple((c * m[k], (*m[:k], m[k] - 1, *m[k + 1 :])) for c, m in equation if m[k])
            for equation in equations
            for k in range(n)
        ]
        polys = [*equations, *slopes]
        wanted: dict[Exponents, Exponents] = {}
        for m in {m for poly in polys for _, m in poly}:
            while any(m) and m not in wanted:
                k = next(i for i, e in enumerate(m) if e)
                wanted[m] = m = (*m[:k], m[k] - 1, *m[k + 1 :])
        if len(polys) * (len(wanted) + 1) > LARGEST:
            return None
        place, steps = {(0,) * n: 0}, []
        for m in sorted(wanted, key=sum):
            steps.append((place[wanted[m]], next(i for i, e in enumerate(m) if e)))
            place[m] = len(place)
        factors = acb_mat(len(polys), len(place))
        for i, poly in enumerate(polys):
            for c, m in poly:
                factors[i, place[m]] = c
        return steps, factors

    def __call__(
        self, points: Complex, constants: Complex | None = None, ridge: Complex | None = None
    ) -> tuple[Complex, NDArray[np.bool_]]:
        """The solutions of F(x) = c - r x next to these points, and for which of them, as far as there are not too
        many, the iteration came to its end.
        """
        points, good = points.copy(), np.zeros(len(points), dtype=bool)
        if not len(points) or self._table is None:
            return points, good
        with ctx.workprec(BITS):
            right, slopes = acb_mat(self.n, 1), acb_mat(self.n, self.n)
            for i, size in enumerate(self._sizes):
                right[i, 0] = 0 if constants is None else acb(complex(constants[i])) * size
                slopes[i, i] = 0 if ridge is None else acb(complex(ridge[i])) * size
            for i, point in enumerate(points[:MOST].tolist()):
                if time.monotonic() > self.deadline:
                    break
                found = self._point(point, *self._table, right, slopes)
                if found is not None:
                    points[i], good[i] = found, True
        return points, good

    def _point(
        self, start: list[complex], steps: list[tuple[int, int]], factors: acb_mat, right: acb_mat, slopes: acb_mat
    ) -> list[complex] | None:
        n, x = self.n, acb_mat(self.n, 1, [acb(z) for z in start])
        size = max(map(abs, start), default=0.0)
        for _ in range(STEPS):
            monomials = [acb(1)]
            for lower, k in steps:
                monomials.append(monomials[lower] * x[k, 0])
            values = factors * acb_mat(len(monomials), 1, monomials)
            entries = values.entries()
            try:
                step = (
                    (acb_mat(n, n, entries[n:]) + slopes).solve(acb_mat(n, 1, entries[:n]) - right + slopes * x).mid()
                )
            except ZeroDivisionError:
                return None
            x = (x - step).mid()
            most = max(abs(complex(z)) for z in step.entries())
            if not most <= FAR * size:
                return None
            if most <= SHARP * size:
                return [complex(z) for z in x.entries()]
        return None
