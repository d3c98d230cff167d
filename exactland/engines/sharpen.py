"""Newton's iteration with many digits, where floating point leaves few: near a singular Jacobian.

A point that comes out is right to the last digit of a complex number, so that two ways to it are seen to lead to one.
"""

from __future__ import annotations

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
#: What the iteration may move a point in all, and the size of its last step, relative to the size of the point.
FAR, SHARP = 1e-3, 1e-18


class Sharpener:
    """The equations of a system, scaled as those of an `Evaluator`, and their slopes at one point after the other."""

    def __init__(self, system: PolynomialSystem) -> None:
        self.n = n = len(system.variables)
        self.sizes = [max((abs(c) for c, _ in equation), default=1) for equation in system.equations]
        slopes = [
            [(c * m[k], (*m[:k], m[k] - 1, *m[k + 1 :])) for c, m in equation if m[k]]
            for equation in system.equations
            for k in range(n)
        ]
        polys = [*system.equations, *slopes]
        self._steps: list[tuple[int, int]] = []  # a lower monomial and the variable it is multiplied with
        place: dict[Exponents, int] = {(0,) * n: 0}
        for m in sorted({m for poly in polys for _, m in poly}, key=sum):
            self._place(m, place)
        self._factors = acb_mat(len(polys), len(place))
        for i, poly in enumerate(polys):
            for c, m in poly:
                self._factors[i, place[m]] = c

    def _place(self, m: Exponents, place: dict[Exponents, int]) -> int:
        if m not in place:
            k = next(i for i, e in enumerate(m) if e)
            lower = self._place((*m[:k], m[k] - 1, *m[k + 1 :]), place)
            place[m] = len(place)
            self._steps.append((lower, k))
        return place[m]

    def __call__(
        self, points: Complex, constants: Complex | None = None, ridge: Complex | None = None
    ) -> tuple[Complex, NDArray[np.bool_]]:
        """The solutions of F(x) = c - r x next to these points, and for which of them, as far as there are not too
        many, the iteration came to its end.
        """
        points, good = points.copy(), np.zeros(len(points), dtype=bool)
        with ctx.workprec(BITS):
            right, slopes = acb_mat(self.n, 1), acb_mat(self.n, self.n)
            for i, size in enumerate(self.sizes):
                right[i, 0] = 0 if constants is None else acb(complex(constants[i])) * size
                slopes[i, i] = 0 if ridge is None else acb(complex(ridge[i])) * size
            for i, point in enumerate(points[:MOST].tolist()):
                found = self._point(point, right, slopes)
                if found is not None:
                    points[i], good[i] = found, True
        return points, good

    def _point(self, start: list[complex], right: acb_mat, slopes: acb_mat) -> list[complex] | None:
        n, x = self.n, acb_mat(self.n, 1, [acb(z) for z in start])
        size = max(map(abs, start), default=0.0)
        for _ in range(STEPS):
            monomials = [acb(1)]
            for lower, k in self._steps:
                monomials.append(monomials[lower] * x[k, 0])
            values = self._factors * acb_mat(len(monomials), 1, monomials)
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
