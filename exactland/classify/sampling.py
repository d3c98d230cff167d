"""Numbers that guide the search for types: points of a component, curvatures there, lower values elsewhere.

Nothing here is evidence; a rational point with a lower value is exact, and is checked where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from exactland.classify._tools import terms
from exactland.polynomial import evaluate, gradient, hessian

Array = NDArray[np.float64]


class Numeric:
    """A polynomial as a function of floating-point vectors."""

    def __init__(self, p: fmpq_mpoly) -> None:
        known = terms(p)
        n = p.context().nvars()
        self.exponents = np.array(list(known), dtype=float).reshape(len(known), n)
        self.coefficients = np.array([float(c) for c in known.values()])

    def __call__(self, x: Array) -> float:
        if not len(self.coefficients):
            return 0.0
        return float(np.prod(np.power(x[None, :], self.exponents), axis=1) @ self.coefficients)


@dataclass(frozen=True)
class Curvatures:
    """Points of a set and the eigenvalues of the Hessian there, ascending."""

    points: list[Array]
    spectra: list[Array]

    @property
    def scale(self) -> float:
        return max((float(np.abs(s).max()) for s in self.spectra), default=1.0)


def points_on(
    equations: Sequence[fmpq_mpoly], accept: Sequence[tuple[fmpq_mpoly, float, float]], n: int, count: int = 12
) -> list[Array]:
    """Real zeros of the equations at which every polynomial of `accept` is between its bounds, by Gauss-Newton."""
    functions = [Numeric(g) for g in equations if not g.is_zero()]
    slopes = [[Numeric(g.derivative(i)) for i in range(n)] for g in equations if not g.is_zero()]
    bounds = [(Numeric(p), low, high) for p, low, high in accept]
    generator = np.random.default_rng(11)
    found: list[Array] = []
    for attempt in range(8 * count):
        x = generator.normal(size=n) * (0.4, 1.0, 2.5)[attempt % 3]
        for _ in range(60):
            values = np.array([f(x) for f in functions])
            if not len(values) or float(np.abs(values).max()) < 1e-13:
                break
            jacobian = np.array([[s(x) for s in row] for row in slopes])
            step = np.linalg.lstsq(jacobian, -values, rcond=1e-9)[0]
            norm = float(np.linalg.norm(step))
            x = x + step * min(1.0, 2.0 / (norm + 1e-300))
            if not np.all(np.isfinite(x)) or float(np.abs(x).max()) > 1e6:
                break
        small = all(abs(f(x)) < 1e-8 for f in functions) if np.all(np.isfinite(x)) else False
        if small and all(low < p(x) < high for p, low, high in bounds):
            found.append(x)
            if len(found) == count:
                break
    return found


def curvatures(loss: fmpq_mpoly, points: Sequence[Array]) -> Curvatures:
    matrix = [[Numeric(h) for h in row] for row in hessian(loss)]
    spectra = [np.linalg.eigvalsh(np.array([[h(x) for h in row] for row in matrix])) for x in points]
    return Curvatures(list(points), spectra)


def lower_point(loss: fmpq_mpoly, value: Fraction) -> list[Fraction] | None:
    """A rational point with a value below `value`, by descent from random starts; None when none was met."""
    n = loss.context().nvars()
    f, slopes = Numeric(loss), [Numeric(g) for g in gradient(loss)]
    bound = float(value)
    generator = np.random.default_rng(5)
    for attempt in range(24):
        x = generator.normal(size=n) * (0.5, 1.0, 2.0)[attempt % 3]
        step = 0.1
        for _ in range(250):
            here = f(x)
            if here < bound - 1e-6 * (1 + abs(bound)):
                for places in (0, 2, 6, 20):
                    point = [Fraction(round(float(c) * 2**places), 2**places) for c in x]
                    if evaluate(loss, point) < value:
                        return point
            g = np.array([s(x) for s in slopes])
            if float(np.abs(g).max()) < 1e-10:
                break
            while step > 1e-12 and not f(x - step * g) < here:
                step /= 2
            x = x - step * g
            step = min(2 * step, 1.0)
            if float(np.abs(x).max()) > 1e4:
                break
    return None
