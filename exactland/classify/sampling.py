"""Numbers that guide the search for types: points of a component, curvatures there, lower values elsewhere.

Nothing here is evidence; a rational point with a lower value is exact, and is checked where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mpoly

from exactland.classify._tools import Exponents, terms
from exactland.polynomial import evaluate, hessian

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
Accept: TypeAlias = "list[tuple[fmpq_mpoly, float, float]]"  # polynomials with bounds of their values
Terms = tuple[tuple[Exponents, fmpq], ...]
_SHORT = 60  # terms of the equations that guide the iteration
_SPREAD = np.array([0.5, 1.0, 2.5])  # of random starts


LARGEST = 10**200
"""Polynomials with larger coefficients are divided by the largest, which floating point could not hold."""


class Numerics:
    """Polynomials as one function of floating-point vectors; their monomials are computed once."""

    def __init__(self, polys: Sequence[fmpq_mpoly | Terms], n: int) -> None:
        place: dict[Exponents, int] = {}
        known = [dict(p) if isinstance(p, tuple) else terms(p) for p in polys]
        for table in known:
            for e in table:
                place.setdefault(e, len(place))
        self.exponents = np.array(list(place), dtype=int).reshape(len(place), n)
        self.coefficients = np.zeros((len(polys), len(place)))
        for row, table in enumerate(known):
            largest = max((abs(c) for c in table.values()), default=fmpq(0))
            scale = largest if largest > LARGEST else fmpq(1)  # a longer one has the same zeros
            for e, c in table.items():
                self.coefficients[row, place[e]] = float(c / scale)
        self.top = int(self.exponents.max(initial=0))
        self.columns = np.arange(n)

    def __call__(self, x: Array) -> Array:
        """The values at a point, or at each of many points: the last axis is that of the coordinates."""
        with np.errstate(over="ignore", invalid="ignore"):  # far away is infinite
            powers = np.power(x[..., None, :], np.arange(self.top + 1)[:, None])
            monomials = np.prod(powers[..., self.exponents, self.columns], axis=-1)
            values: Array = monomials @ self.coefficients.T
        return values


class Numeric(Numerics):
    """One polynomial."""

    def __init__(self, p: fmpq_mpoly) -> None:
        super().__init__([p], int(p.context().nvars()))

    def value(self, x: Array) -> float:
        return float(self(x)[0])


def _changes(numeric: Numeric, x: Array, kernel: Array) -> tuple[bool, bool]:
    """Whether there seem to be lower and higher values near x in these directions, at the least distance at which they
    change visibly.
    """
    generator = np.random.default_rng(31)
    size, start = 1 + float(np.abs(x).max(initial=0.0)), numeric.value(x)
    floor = 1e-13 * max(1.0, float((np.abs(numeric.coefficients[0]).sum()) * size**numeric.top))
    directions = generator.normal(size=(60, kernel.shape[1]))
    steps = (directions / np.linalg.norm(directions, axis=1, keepdims=True)) @ kernel.T
    for length in (0.003, 0.01, 0.03, 0.1, 0.3):
        changes = numeric(x + length * steps)[:, 0] - start
        largest = float(np.abs(changes).max())
        if largest > 1e3 * floor:
            return bool(changes.min() < -0.001 * largest), bool(changes.max() > 0.001 * largest)
    return False, False


@dataclass(frozen=True)
class Curvatures:
    """Points of a set and the eigenvalues of the Hessian there, ascending."""

    points: list[Array]
    spectra: list[Array]
    vectors: list[Array]

    def active(self, sign: int) -> set[int]:
        """The coordinates that occur in directions in which sign * Hessian is negative."""
        result: set[int] = set()
        for values, vectors in zip(self.spectra, self.vectors, strict=True):
            chosen = vectors[:, sign * values < -1e-7 * self.scale]
            result |= {int(i) for i in np.flatnonzero(np.abs(chosen).max(axis=1, initial=0.0) > 1e-6)}
        return result

    def kinds(self, loss: fmpq_mpoly, equations: Sequence[fmpq_mpoly] = ()) -> list[str]:
        """The types that the points seem to have; where the Hessian vanishes along the set of these equations only, its
        other eigenvalues decide.
        """
        flat = 1e-7 * max(1.0, self.scale)
        numeric, n = Numeric(loss), int(loss.context().nvars())
        slopes = Numerics([g.derivative(i) for g in equations for i in range(n)], n)
        result = []
        for x, spectrum, vectors in zip(self.points, self.spectra, self.vectors, strict=True):
            curved, above = float(spectrum[0]) < -flat, float(spectrum[-1]) > flat
            below = curved
            across = slopes(x).reshape(len(equations), n)
            sizes = np.linalg.svd(across, compute_uv=False) if len(equations) else np.zeros(0)
            along = n - int((sizes > 1e-7 * sizes.max(initial=0.0)).sum())
            if not (curved and above) and int((np.abs(spectrum) <= flat).sum()) != along:
                least, most = _changes(numeric, x, vectors[:, np.abs(spectrum) <= flat])
                below, above = below or least, above or most
            saddle = "strict_saddle" if curved else "nonstrict_saddle"
            result.append("minimum" if not below else saddle if above else "maximum")
        return result

    def filled(self, fields: Sequence[Sequence[fmpq_mpoly]]) -> bool:
        """Whether the fields span the kernel of the Hessian at a few of the points."""
        flat = 1e-7 * max(1.0, self.scale)
        for x, spectrum in list(zip(self.points, self.spectra, strict=True))[:4]:
            values = np.array([[Numeric(p).value(x) for p in field] for field in fields]).reshape(-1, len(x))
            if np.linalg.matrix_rank(values, 1e-7) < int((np.abs(spectrum) <= flat).sum()):
                return False
        return True

    @property
    def scale(self) -> float:
        return max((float(np.abs(s).max()) for s in self.spectra), default=1.0)


def points_on(
    equations: Sequence[fmpq_mpoly], accept: Sequence[tuple[fmpq_mpoly, float, float]], n: int, count: int = 12
) -> list[Array]:
    """Real zeros of the equations at which every polynomial of `accept` is between its bounds, by Gauss-Newton."""
    known = sorted((g for g in equations if not g.is_zero()), key=len)
    short = [g for g in known if len(g) <= _SHORT] or known[:1]
    functions = Numerics(short, n)
    slopes = Numerics([g.derivative(i) for g in short for i in range(n)], n)
    others = Numerics(known[len(short) :], n)
    bounds = [(Numeric(p), low, high) for p, low, high in accept]
    generator = np.random.default_rng(11)
    found: list[Array] = []
    for first in range(0, 8 * count, count):
        starts = generator.normal(size=(count, n)) * _SPREAD[np.arange(first, first + count) % 3, None]
        for x in _zeros(functions, slopes, starts):
            size = np.abs(others.coefficients).max(axis=1, initial=1.0) * (1 + float(np.abs(x).max())) ** others.top
            if np.all(np.abs(others(x)) < 1e-7 * size) and all(low < p.value(x) < high for p, low, high in bounds):
                found.append(x)
        if len(found) >= count:
            break
    return found[:count]


def _zeros(functions: Numerics, slopes: Numerics, x: Array) -> Array:
    """Where Gauss-Newton, all starts at once, comes to zeros of the functions."""
    count, n = x.shape
    going = np.arange(count)
    for _ in range(60):
        here = x[going]
        values, matrices = functions(here), slopes(here).reshape(len(going), -1, n)
        on = np.abs(values).max(axis=1, initial=0.0) >= 1e-13
        on &= np.isfinite(matrices).all(axis=(1, 2))
        going, here, values, matrices = going[on], here[on], values[on], matrices[on]
        if not len(going):
            break
        u, s, v = np.linalg.svd(matrices, full_matrices=False)
        weights = np.where(s > 1e-9 * s.max(axis=1, keepdims=True), 1 / np.where(s > 0, s, 1.0), 0.0)
        along = np.einsum("kij,ki->kj", u, -values) * weights
        step = np.einsum("kji,kj->ki", v, along)
        norm = np.linalg.norm(step, axis=1, keepdims=True)
        here = here + step * np.minimum(1.0, 2.0 / (norm + 1e-300))
        x[going] = here
        going = going[np.abs(here).max(axis=1, initial=0.0) <= 1e6]
    near: Array = x[np.abs(functions(x)).max(axis=1, initial=0.0) <= 1e-8]
    return near


def curvatures(loss: fmpq_mpoly, points: Sequence[Array]) -> Curvatures:
    n = int(loss.context().nvars())
    entries = Numerics([h for row in hessian(loss) for h in row], n)
    found = [np.linalg.eigh(entries(x).reshape(n, n)) for x in points]
    return Curvatures(list(points), [values for values, _ in found], [vectors for _, vectors in found])


def lower_point(loss: fmpq_mpoly, value: Fraction) -> list[Fraction] | None:
    """A rational point with a value below `value`, by descent from random starts; None when none was met."""
    ends, levels = _descents(int(loss.context().nvars()), tuple(terms(loss).items()))
    bound = float(value)
    for k in np.argsort(levels):
        if levels[k] >= bound - 1e-6 * (1 + abs(bound)):
            return None
        for places in (0, 2, 6, 20):
            point = [Fraction(round(float(c) * 2**places), 2**places) for c in ends[k]]
            if evaluate(loss, point) < value:
                return point
    return None


def _slope(p: Terms, i: int) -> Terms:
    """The derivative by one variable."""
    return tuple(((*e[:i], e[i] - 1, *e[i + 1 :]), e[i] * c) for e, c in p if e[i])


@lru_cache(maxsize=2)
def _descents(n: int, loss: Terms) -> tuple[Array, Array]:
    """The ends of gradient descents, all at once, and the values there."""
    f, slopes = Numerics([loss], n), Numerics([_slope(loss, i) for i in range(n)], n)
    x = np.random.default_rng(5).normal(size=(24, n)) * _SPREAD[np.arange(24) % 3, None]
    here, step = f(x)[:, 0], np.full(24, 0.1)
    going = np.arange(24)
    for _ in range(250):
        g = slopes(x[going])
        going, g = (part[np.abs(g).max(axis=1, initial=0.0) >= 1e-10] for part in (going, g))
        left = np.arange(len(going))
        while len(left):
            k = going[left]
            trial = x[k] - step[k, None] * g[left]
            values = f(trial)[:, 0]
            lower = values < here[k]
            x[k[lower]], here[k[lower]] = trial[lower], values[lower]
            step[k] = np.where(lower, np.minimum(2 * step[k], 1.0), step[k] / 2)
            left = left[~lower & (step[k] > 1e-12)]
        going = going[(step[going] > 1e-12) & (np.abs(x[going]).max(axis=1, initial=0.0) <= 1e4)]
        if not len(going):
            break
    return x, here
