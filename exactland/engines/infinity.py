"""Zeros at infinity of a square system that can be seen at once: the unit vectors at which all leading forms vanish.

The chart at the k-th unit vector has x_k = 1; the place of x_k then holds the coordinate x_0 of the homogenised system.
"""

from __future__ import annotations

import itertools

from exactland.engines.base import Exponents, PolynomialSystem, Terms

#: A zero at which the linear parts leave more directions open is taken to lie on a curve of zeros, as in networks.
MAX_CORANK = 2


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


def in_chart(equation: Terms, degree: int, k: int) -> Terms:
    """The equation at x_k = 1, in the coordinate x_0 and the other ones."""

    def moved(m: Exponents) -> Exponents:
        return (*m[:k], degree - sum(m), *m[k + 1 :])

    return tuple((c, moved(m)) for c, m in equation)


def corank(system: PolynomialSystem, k: int) -> int:
    """How many directions the linear parts leave open at the k-th unit vector."""
    from flint import fmpz_mat

    n = len(system.variables)
    jacobian = fmpz_mat(n, n)
    for i, (equation, degree) in enumerate(zip(system.equations, degrees(system), strict=True)):
        for c, m in in_chart(equation, degree, k):
            if sum(m) == 1:
                jacobian[i, m.index(1)] = c
    return n - int(jacobian.rank())
