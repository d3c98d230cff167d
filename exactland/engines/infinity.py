"""Zeros at infinity of a square system, in the product of the projective spaces of some groups of variables.

Some can be seen at once: those where in each group one coordinate is 1, possibly that at infinity, and the others are
0. Others are recognised near large points: those with coordinates in Z[i].
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from exactland.engines.base import Exponents, PolynomialSystem, Zero
from exactland.engines.factors import common_curve
from exactland.engines.groups import Groups, degrees_in

#: A zero at which the linear parts leave more directions open is taken to lie on a curve of zeros, as in networks.
MAX_CORANK = 4
#: So many candidates are looked at to see zeros at once.
MAX_CANDIDATES = 2_000
PRIME = 998_244_353
ROOT = pow(3, (PRIME - 1) // 4, PRIME)
#: Of a large point: groups with a larger coordinate may be infinite, and those with smaller ones only may be finite.
LARGE, SMALL = 2.0, 30.0


class Boundary:
    """The system where groups of variables are infinite."""

    def __init__(self, system: PolynomialSystem, groups: Groups) -> None:
        self.system, self.groups, self.n = system, groups, len(groups)
        self.degrees = degrees_in(system, groups)
        self.members = [[k for k, g in enumerate(groups) if g == group] for group in range(max(groups) + 1)]
        self._reach = [
            [(c, m, [sum(m[k] for k in group) for group in self.members]) for c, m in equation]
            for equation in system.equations
        ]

    def _leading(self, i: int, infinite: Sequence[int], lower: int | None = None) -> Iterator[tuple[int, Exponents]]:
        """The terms of full degree in the infinite groups, one less in one of them."""
        degrees = self.degrees[i]
        for c, m, reach in self._reach[i]:
            if all(reach[g] == degrees[g] - (g == lower) for g in infinite):
                yield c, m

    def coordinate_zeros(self) -> list[Zero]:
        """Those with one coordinate 1 in each group and the others 0."""
        found = []
        supports = [{m for _, m in equation} for equation in self.system.equations]
        charts = itertools.product(*([None, *group] for group in self.members))
        for chart in itertools.islice(charts, 1, MAX_CANDIDATES):
            for degrees, support in zip(self.degrees, supports, strict=True):
                power = [0] * self.n
                for g, k in enumerate(chart):
                    if k is not None:
                        power[k] = degrees[g]
                if tuple(power) in support:
                    break
            else:
                found.append(Zero(chart, tuple((int(k in chart), 0) for k in range(self.n))))
        return found

    def coordinate_line(self, zeros: Sequence[Zero]) -> tuple[Zero, int] | None:
        """One of these zeros and a coordinate along which there are zeros only."""
        supports = [
            {(frozenset(k for k, e in enumerate(m) if e), tuple(reach)) for _, m, reach in equation}
            for equation in self._reach
        ]
        for zero in zeros:
            infinite = [g for g, k in enumerate(zero.chart) if k is not None]
            leading = [
                {support - set(zero.chart) for support, reach in found if all(reach[g] == d[g] for g in infinite)}
                for found, d in zip(supports, self.degrees, strict=True)
            ]
            for k in range(self.n):
                if k not in zero.chart and not any(set() in s or {k} in s for s in leading):
                    return zero, k
        return None

    def common_factors(self) -> bool:
        """Whether the leading forms in all groups have factors in common, and so curves of common zeros."""
        everywhere = range(len(self.members))
        forms = [tuple(self._leading(i, everywhere)) for i in range(self.n)]
        return common_curve(self.system.variables, self.members, forms)

    def vanishes(self, zero: Zero) -> bool:
        """Whether the system vanishes there, exactly."""
        infinite = _infinite(zero)
        for i in range(len(self.degrees)):
            real = imaginary = 0
            for c, m in self._leading(i, infinite):
                a, b = power_product(zero.at, m)
                real, imaginary = real + c * a, imaginary + c * b
            if real or imaginary:
                return False
        return True

    def corank(self, zero: Zero) -> int:
        """How many directions the linear parts leave open in the chart; modulo a prime with a square root of -1, which
        stands for i.
        """
        from flint import nmod_mat

        infinite = _infinite(zero)
        jacobian = [[0] * self.n for _ in range(self.n)]
        for i, row in enumerate(jacobian):
            for c, m in self._leading(i, infinite):
                for j, e in enumerate(m):
                    if e and j not in zero.chart:
                        row[j] += c * e * _modulo(zero.at, (*m[:j], e - 1, *m[j + 1 :]))
            for g in infinite:
                lower = sum(c * _modulo(zero.at, m) for c, m in self._leading(i, infinite, g))
                row[zero.chart[g] or 0] += lower
        return self.n - int(nmod_mat(self.n, self.n, [x % PRIME for row in jacobian for x in row], PRIME).rank())

    def recognised(self, point: Sequence[complex]) -> Zero | None:
        """The zero at infinity with coordinates in Z[i] near a point with large coordinates."""
        sizes = [max(abs(point[k]) for k in group) for group in self.members]
        order = sorted(range(len(sizes)), key=lambda g: -sizes[g])
        for count in range(len(order), 0, -1):
            infinite = order[:count]
            if sizes[infinite[-1]] < LARGE or any(sizes[g] > SMALL for g in order[count:]):
                continue
            zero = self._rounded(point, sizes, infinite)
            if zero is not None and self.vanishes(zero):
                return zero
        return None

    def _rounded(self, point: Sequence[complex], sizes: Sequence[float], infinite: Sequence[int]) -> Zero | None:
        """In each infinite group the first coordinate that is not 0 becomes 1."""
        chart: list[int | None] = [None] * len(self.members)
        at = [(0, 0)] * self.n
        for g, group in enumerate(self.members):
            lead: complex = 1
            if g in infinite:
                place = chart[g] = next(k for k in group if abs(point[k]) > 0.3 * sizes[g])
                lead = point[place]
            for k in group:
                x = point[k] / lead
                at[k] = round(x.real), round(x.imag)
                if abs(x - complex(*at[k])) > 0.2:
                    return None
        return Zero(tuple(chart), tuple(at))


def _infinite(zero: Zero) -> list[int]:
    return [g for g, k in enumerate(zero.chart) if k is not None]


def total_degrees(system: PolynomialSystem) -> list[int]:
    """The total degrees of the equations."""
    return [max((sum(m) for _, m in equation), default=0) for equation in system.equations]


def power_product(point: Sequence[tuple[int, int]], exponents: Exponents) -> tuple[int, int]:
    """The monomial at a point with coordinates in Z[i]."""
    a, b = 1, 0
    for (x, y), e in zip(point, exponents, strict=True):
        for _ in range(e):
            a, b = a * x - b * y, a * y + b * x
    return a, b


def _modulo(point: Sequence[tuple[int, int]], exponents: Exponents) -> int:
    a, b = power_product(point, exponents)
    return a + b * ROOT
