"""Polynomials and their derivatives at many points at once, in floating point."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from exactland.engines.base import Exponents, PolynomialSystem

if TYPE_CHECKING:
    import numpy.typing as npt

Complex: TypeAlias = "npt.NDArray[np.complex128]"
Real: TypeAlias = "npt.NDArray[np.float64]"

CHUNK = 1 << 21  # numbers of a table of monomials


class Evaluator:
    """The equations of a system and their Jacobian; every equation is scaled to a largest coefficient of 1.

    Each monomial is one product of a lower one and a variable. All values are one product of real matrices, in which a
    polynomial stands once however often it is a derivative: the Jacobian of a gradient is symmetric.
    """

    def __init__(self, system: PolynomialSystem) -> None:
        self.n, self.width = len(system.variables), len(system.equations)
        self.degrees = [max((sum(m) for _, m in equation), default=0) for equation in system.equations]
        sizes = [max((abs(c) for c, _ in equation), default=1) for equation in system.equations]
        polys: dict[tuple[tuple[Exponents, int], ...], int] = {}
        tops: list[int] = []
        rows: list[int] = []
        factors: list[float] = []
        for equation, size in zip(system.equations, sizes, strict=True):
            slopes = [[(m[k] * c, (*m[:k], m[k] - 1, *m[k + 1 :])) for c, m in equation if m[k]] for k in range(self.n)]
            for poly in (equation, *slopes):
                top = max((abs(c) for c, _ in poly), default=1)
                key = tuple(sorted((m, c) for c, m in poly))
                if key not in polys:
                    polys[key] = len(tops)
                    tops.append(top)
                rows.append(polys[key])
                factors.append(top / size)
        place = self._monomials({m for key in polys for m, _ in key})
        self._coefficients = np.zeros((len(tops), len(place)))
        for (key, row), top in zip(polys.items(), tops, strict=True):
            for m, c in key:
                self._coefficients[row, place[m]] = c / top
        shape = (self.width, self.n + 1)
        self._rows = np.array(rows, dtype=np.int64).reshape(shape)
        self._factors = np.array(factors, dtype=np.float64).reshape(shape)

    def _monomials(self, wanted: set[Exponents]) -> dict[Exponents, int]:
        """All monomials that are formed, in order, and the steps that form them, one for each degree and variable."""
        levels: list[set[Exponents]] = [set() for _ in range(max(map(sum, wanted), default=0) + 1)]
        for m in wanted:
            levels[sum(m)].add(m)
        groups: list[list[dict[Exponents, Exponents]]] = []  # for each degree and variable: monomials and lower ones
        for degree in range(len(levels) - 1, 0, -1):
            group: list[dict[Exponents, Exponents]] = [{} for _ in range(self.n)]
            for m in levels[degree]:
                k = next(i for i, e in enumerate(m) if e)
                lower = group[k][m] = (*m[:k], m[k] - 1, *m[k + 1 :])
                levels[degree - 1].add(lower)
            groups.append(group)
        place = {(0,) * self.n: 0}
        self._steps: list[tuple[int, slice, slice | npt.NDArray[np.int64]]] = []
        for group in reversed(groups):
            for k, found in enumerate(group):
                if found:
                    sources, monomials = zip(*sorted((place[lower], m) for m, lower in found.items()), strict=True)
                    first, count = len(place), len(found)
                    place.update(zip(monomials, range(first, first + count), strict=True))
                    together = sources[-1] - sources[0] == count - 1
                    lower_ones = slice(sources[0], sources[0] + count) if together else np.array(sources)
                    self._steps.append((k, slice(first, first + count), lower_ones))
        return place

    def _table(self, points: Complex) -> Complex:
        """The monomials, one row each."""
        columns = np.ascontiguousarray(points.T)
        table = np.empty((self._coefficients.shape[1], len(points)), dtype=np.complex128)
        table[0] = 1
        for k, target, source in self._steps:
            np.multiply(table[source], columns[k], out=table[target])
        return table

    def _values(self, points: Complex) -> Complex:
        """The values of all polynomials, one row each."""
        step = max(1, CHUNK // self._coefficients.shape[1])
        if len(points) > step:
            parts = [self._values(points[i : i + step]) for i in range(0, len(points), step)]
            return np.concatenate(parts, axis=1)
        return (self._coefficients @ self._table(points).view(np.float64)).view(np.complex128)

    def __call__(self, points: Complex) -> tuple[Complex, Complex]:
        """Values and Jacobians."""
        both = self._values(points).T[:, self._rows] * self._factors
        return both[:, :, 0], both[:, :, 1:]

    def sizes(self, points: Complex) -> Real:
        """The sums of the absolute values of the terms of each equation."""
        table = np.abs(self._table(points))
        found = np.abs(self._coefficients) @ table
        return np.asarray(found.T[:, self._rows[:, 0]] * self._factors[:, 0], dtype=np.float64)
