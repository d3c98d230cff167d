"""Zeros at infinity of a square system that can be seen at once: the unit vectors at which all leading forms vanish.

And those near large points at which all leading forms vanish exactly, with coordinates in Z[i].
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from exactland.engines.base import Exponents, PolynomialSystem

#: A zero at which the linear parts leave more directions open is taken to lie on a curve of zeros, as in networks.
MAX_CORANK = 4
PRIME = 998_244_353
ROOT = pow(3, (PRIME - 1) // 4, PRIME)

#: A point at infinity: real and imaginary parts of integral coordinates.
Direction = tuple[tuple[int, int], ...]


def degrees(system: PolynomialSystem) -> list[int]:
    """The total degrees of the equations."""
    return [max((sum(m) for _, m in equation), default=0) for equation in system.equations]


def unit_zeros(system: PolynomialSystem) -> list[int]:
    """The variables along which all leading forms vanish: none of them has a pure power of the variable."""
    pairs = list(zip(system.equations, degrees(system), strict=True))
    return [
        k
        for k in range(len(system.variables))
        if not any(m[k] == degree for equation, degree in pairs for _, m in equation)
    ]


def coordinate_plane(system: PolynomialSystem) -> tuple[int, int] | None:
    """Two variables such that all leading forms vanish where the others are 0: a line of zeros at infinity."""
    leading = [
        {frozenset(j for j, e in enumerate(m) if e) for _, m in equation if sum(m) == degree}
        for equation, degree in zip(system.equations, degrees(system), strict=True)
    ]
    for pair in itertools.combinations(unit_zeros(system), 2):
        if not any(support <= set(pair) for supports in leading for support in supports):
            return pair
    return None


def unit(n: int, k: int) -> Direction:
    """The k-th unit vector."""
    return tuple((int(i == k), 0) for i in range(n))


def vanishes(system: PolynomialSystem, direction: Direction) -> bool:
    """Whether all leading forms vanish there, exactly."""
    for equation, degree in zip(system.equations, degrees(system), strict=True):
        real = imaginary = 0
        for c, m in equation:
            if sum(m) == degree:
                a, b = power_product(direction, m)
                real, imaginary = real + c * a, imaginary + c * b
        if real or imaginary:
            return False
    return True


def power_product(direction: Direction, exponents: Exponents) -> tuple[int, int]:
    """The monomial at a point with coordinates in Z[i]."""
    a, b = 1, 0
    for (x, y), e in zip(direction, exponents, strict=True):
        for _ in range(e):
            a, b = a * x - b * y, a * y + b * x
    return a, b


def recognised(system: PolynomialSystem, point: Sequence[complex]) -> Direction | None:
    """The zero at infinity with coordinates in Z[i], the first one that is not 0 being 1, near a large point."""
    size = max(map(abs, point))
    lead = next((x for x in point if abs(x) > 0.3 * size), None)
    if lead is None or not lead:
        return None
    scaled = [x / lead for x in point]
    direction = tuple((round(x.real), round(x.imag)) for x in scaled)
    near = all(abs(x - complex(*z)) < 0.2 for x, z in zip(scaled, direction, strict=True))
    return direction if near and vanishes(system, direction) else None


def corank(system: PolynomialSystem, direction: Direction) -> int:
    """How many directions the linear parts leave open there, in the chart in which the first coordinate that is not 0
    is 1 and its place holds x_0; modulo a prime with a square root of -1, which stands for i.
    """
    from flint import nmod_mat

    n = len(system.variables)
    k = next(j for j, z in enumerate(direction) if z != (0, 0))
    local = (*direction[:k], (1, 0), *direction[k + 1 :])
    jacobian = [[0] * n for _ in range(n)]
    for i, (equation, degree) in enumerate(zip(system.equations, degrees(system), strict=True)):
        for c, m in equation:
            for j in range(n):
                if j != k and sum(m) == degree and m[j]:
                    lower = (*m[:j], m[j] - 1, *m[j + 1 :])
                    factor = c * m[j]
                elif j == k and sum(m) == degree - 1:
                    lower, factor = m, c
                else:
                    continue
                a, b = power_product(local, lower)
                jacobian[i][j] = (jacobian[i][j] + factor * (a + b * ROOT)) % PRIME
    return n - int(nmod_mat(n, n, [x for row in jacobian for x in row], PRIME).rank())
