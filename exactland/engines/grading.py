"""Gradings: which monomials and which rows belong to which level of the search.

By total degree, or by the Newton polytope of the loss: the level of a monomial is the smallest multiple of the polytope
that holds it. Where the loss is nondegenerate at the faces of its polytope, as it is for many networks with generic
data, no combination of rows falls below its level, however many solutions there are at infinity for the total degree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, lcm
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.packed import Element, Packing

if TYPE_CHECKING:
    import numpy.typing as npt

Row = tuple[int, int]  # (packed monomial, index of the element)
Integers: TypeAlias = "npt.NDArray[np.int64]"
MAX_RAYS = 400
MAX_MONOTONE = 8
MAX_POINTS = 400_000


class TooLarge(ArithmeticError):
    """The next level has too many monomials."""


class TotalDegree:
    """The level of a monomial is its degree; rows and basis monomials come from those of the level below."""

    name = "total degree"

    def __init__(self, packing: Packing) -> None:
        self.packing = packing
        self.work = 0  # about how many nanoseconds the last list of rows took

    def level(self, monomial: int) -> int:
        """The degree."""
        return self.packing.degree(monomial)

    def rows(self, degree: int, elements: Sequence[Element], kept: set[Row], dropped: set[Row]) -> Iterable[Row]:
        """Multiples of the kept rows of the level below, and the elements of this degree."""
        units = self.packing.units()
        found = {(m + u, g) for m, g in kept for u in units}
        self.work = 1000 * (len(found) + len(units))
        found.update((0, g) for g, e in enumerate(elements) if e.degree == degree)
        return found

    def monomials(self, degree: int, basis: Iterable[int]) -> Iterable[int]:
        """Multiples of the basis monomials of the level below: the others are reduced by the rows."""
        if degree == 0:
            return {0}
        units = self.packing.units()
        return {b + u for b in basis for u in units}


class NewtonPolytope:
    """The level of a monomial is the largest value of some linear forms, one for each facet at infinity."""

    name = "Newton polytope"

    def __init__(self, packing: Packing, facets: Sequence[Sequence[tuple[int, ...]]], name: str = name) -> None:
        """The facets (t, w) of the projections to the first variables, the last ones those of the polytope itself."""
        self.packing, self.name, self.work = packing, name, 0
        self.unit = lcm(*(f[0] for f in facets[-1]))
        self.projections = [
            (np.array([f[1:] for f in part], dtype=np.int64) * self.unit, np.array([f[0] for f in part]))
            for part in facets
        ]
        self.forms: Integers = np.array([[v * (self.unit // f[0]) for v in f[1:]] for f in facets[-1]], dtype=np.int64)
        self._units = np.array(packing.units(), dtype=object)
        self._levels: dict[int, int] = {}
        self._points: dict[int, Integers] = {}
        self._shapes: dict[int, Integers] = {}

    def level(self, monomial: int) -> int:
        """The largest value of the forms."""
        known = self._levels.get(monomial)
        if known is None:
            known = int((self.forms @ np.array(self.packing.unpack(monomial), dtype=np.int64)).max(initial=0))
            self._levels[monomial] = known
        return known

    def points(self, level: int) -> Integers:
        """Exponents of all monomials up to this level."""
        if level not in self._points:
            found = np.zeros((1, 0), dtype=np.int64)
            for forms, bounds in self.projections:
                rising = forms[:, -1] >= 0
                grown: list[Integers] = []
                rest, e = found, 0
                while len(rest):
                    trial = np.hstack([rest, np.full((len(rest), 1), e, dtype=np.int64)])
                    fits = trial @ forms.T <= level * bounds
                    grown.append(trial[fits.all(axis=1)])
                    # A point outside comes inside again only when all that it exceeds falls along the new axis.
                    rest = rest[fits[:, rising].all(axis=1)]
                    e += 1
                    if sum(map(len, grown)) > MAX_POINTS:
                        raise TooLarge(f"more than {MAX_POINTS} monomials")
                found = np.vstack(grown)
            self._points = {k: v for k, v in self._points.items() if k >= level - 2}
            self._points[level] = found
        return self._points[level]

    def _pack(self, points: Integers) -> list[int]:
        return [int(v) for v in points.astype(object) @ self._units] if len(points) else []

    def _shape(self, number: int, element: Element) -> Integers:
        if number not in self._shapes:
            self._shapes[number] = np.array([self.packing.unpack(t) for t in element.terms], dtype=np.int64)
        return self._shapes[number]

    def rows(self, level: int, elements: Sequence[Element], kept: set[Row], dropped: set[Row]) -> Iterable[Row]:
        """All rows whose largest term has this level; none all of whose divisors depend on others."""
        points, units, bits = self.points(level), self.packing.units(), self.packing.fields()
        found: list[Row] = []
        self.work = 2000 * len(points)
        for g, element in enumerate(elements):
            shape = self._shape(g, element)
            self.work += 4 * len(points) * len(shape) * len(self.forms)
            shifts = points - shape[0]
            shifts = shifts[(shifts >= 0).all(axis=1)]
            top = np.zeros(len(shifts), dtype=np.int64)
            for t in shape:
                top = np.maximum(top, ((shifts + t) @ self.forms.T).max(axis=1, initial=0))
                shifts, top = shifts[top <= level], top[top <= level]
            found.extend(
                (m, g)
                for m in self._pack(shifts[top == level])
                if not m or any((m - u, g) not in dropped for u, f in zip(units, bits, strict=True) if m & f)
            )
        self.work += 5000 * len(found)
        return found

    def monomials(self, level: int, basis: Iterable[int]) -> Iterable[int]:
        """All monomials of this level."""
        points = self.points(level)
        exact = (points @ self.forms.T).max(axis=1, initial=0) == level
        result = self._pack(points[exact])
        self._levels.update(dict.fromkeys(result, level))
        return result


def newton_polytope(packing: Packing, system: PolynomialSystem) -> NewtonPolytope | None:
    """The grading by the convex hull of 0 and the terms of x_i * equation i; None when it is of no use.

    Every axis must carry a term, and the polytope should not be a simplex on the axes with equal edges, for which the
    level is the degree.
    """
    return _graded_by(packing, _support(system), NewtonPolytope.name)


def monotone_polytope(packing: Packing, system: PolynomialSystem) -> NewtonPolytope | None:
    """The same for the hull of all divisors of these terms; None also when there is no difference."""
    support = _support(system)
    if packing.n > MAX_MONOTONE:
        return None
    below = {
        tuple(e if mask >> j & 1 else 0 for j, e in enumerate(m)) for m in support for mask in range(1 << packing.n)
    }
    found, plain = (_graded_by(packing, points, "monotone Newton polytope") for points in (below, support))
    if found is None or plain is None or np.array_equal(found.forms, plain.forms):
        return None
    return found


def _support(system: PolynomialSystem) -> set[Exponents]:
    if len(system.equations) != len(system.variables):
        return set()
    return {
        tuple(e + (j == i) for j, e in enumerate(m)) for i, equation in enumerate(system.equations) for _, m in equation
    }


def _graded_by(packing: Packing, points: set[Exponents], name: str) -> NewtonPolytope | None:
    facets: list[list[tuple[int, ...]]] = []
    for k in range(1, packing.n + 1):
        found = facets_at_infinity(k, {m[:k] for m in points})
        if found is None:
            return None
        facets.append(found)
    if not facets or (len(facets[-1]) == 1 and len(set(facets[-1][0][1:])) == 1):
        return None
    return NewtonPolytope(packing, facets, name)


def facets_at_infinity(n: int, points: Iterable[Exponents]) -> list[tuple[int, ...]] | None:
    """Integers (t, w) with w.m <= t for all points and equality on a facet that does not contain 0; None without an
    axis point on some axis.

    The double description method: extreme rays of the cone of all (t, w) with t >= w.m for all points and t >= 0.
    """
    given = set(points)
    axes = [max((p[i] for p in given if sum(p) == p[i]), default=0) for i in range(n)]
    if not all(axes):
        return None
    common = lcm(*axes)
    first = (common, *(common // a for a in axes))
    start = [first] + [(0, *(-int(i == j) for j in range(n))) for i in range(n)]
    constraints: list[tuple[int, ...]] = [(1, *([0] * n))]
    constraints += [(1, *(-axes[i] * (i == j) for j in range(n))) for i in range(n)]
    zero: dict[tuple[int, ...], frozenset[int]] = {
        ray: frozenset(k for k, c in enumerate(constraints) if not _dot(c, ray)) for ray in start
    }
    for point in sorted(given, key=lambda p: (-sum(p), p)):
        number = len(constraints)
        constraint = (1, *(-e for e in point))
        constraints.append(constraint)
        values = {ray: _dot(constraint, ray) for ray in zero}
        grown = {ray: (met | {number} if values[ray] == 0 else met) for ray, met in zero.items() if values[ray] >= 0}
        for outside in (ray for ray in zero if values[ray] < 0):
            for inside in (ray for ray in zero if values[ray] > 0):
                met = zero[inside] & zero[outside]
                if len(met) < n - 1 or any(
                    met <= other for ray, other in zero.items() if ray is not inside and ray is not outside
                ):
                    continue
                pair = zip(inside, outside, strict=True)
                ray = tuple(values[inside] * b - values[outside] * a for a, b in pair)
                divisor = gcd(*ray)
                grown[tuple(v // divisor for v in ray)] = met | {number}
        zero = grown
        if len(zero) > MAX_RAYS:
            return None
    return sorted(ray for ray in zero if ray[0] > 0)


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))
