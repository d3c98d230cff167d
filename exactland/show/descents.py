"""Paths along which a polynomial falls from one critical point to another, checked exactly, but not by the checker.

A path leaves a saddle or maximum p along a segment to a rational point q near it: where d^T Hess L(x) d < 0 for all x
in a box around p and q and all d = q - p, L falls from p to q, since its slope along the segment is 0 at p and falls.
On each following segment, between rational points, the slope has no root and is negative (Descartes). The path ends in
a minimum m, where d^T Hess L(x) d > 0 in the same way, so that the slope, which is 0 at m, is negative before; or at a
point below all critical sets but one, where sublevel sets are compact and the list is complete: the gradient flow from
there leads to that set (its bounded paths converge, S. Lojasiewicz).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from exactland.checker.components import value_range
from exactland.checker.univariate import sign_at, variations
from exactland.classify._tools import along_arc, univariate_ring
from exactland.classify.sampling import Numeric, Numerics
from exactland.landscape import CriticalPoint, Kind, Landscape
from exactland.polynomial import evaluate, hessian, to_fmpq

Array = NDArray[np.float64]
Box = list[tuple[Fraction, Fraction]]
Point = tuple[Fraction, ...]
_STEPS = 150  # of one path
_SEGMENTS = 3_000  # tried in all
_DIRECTIONS = 3  # eigenvectors
_ASIDE = 0.37  # so much of another eigenvector: the first alone may lead along an axis of symmetry to a saddle
_BITS = 24


class Descents:
    """Paths from the saddles and maxima of a landscape with a polynomial objective without constraint."""

    def __init__(self, landscape: Landscape, compact: bool) -> None:
        self.points = landscape.points
        self.loss: fmpq_mpoly = landscape.objective.polynomial
        self.names = landscape.objective.variables
        self.n = len(self.names)
        self.value = Numeric(self.loss)
        self.slopes = Numerics([self.loss.derivative(i) for i in range(self.n)], self.n)
        self.hessian = Numerics([h for row in hessian(self.loss) for h in row], self.n)
        self.form = self._second_derivative()
        self.left = _SEGMENTS
        self.minima = [
            j
            for j, p in enumerate(self.points)
            if p.kind is Kind.MINIMUM and p.dimension == 0 and p.inertia is not None and not p.degenerate
        ]
        self.centres = np.array([_middle(self.box(self.points[j])) for j in self.minima])
        self.lowest = self._lowest() if compact else None

    def _lowest(self) -> tuple[int, Fraction, Fraction] | None:
        """An entry of the lowest set, with a bound above its value and one below those of all others."""
        first = min(range(len(self.points)), key=lambda j: self.points[j].value.lower)
        one = self.points[first]
        others = [
            p.value.lower
            for j, p in enumerate(self.points)
            if j != first and not (one.dimension and p.dimension and p.orbit == one.orbit)
        ]
        return (first, one.value.upper, min(others)) if others else None

    def _second_derivative(self) -> dict[tuple[int, ...], int]:
        """d^T Hess L(x) d in the variables x and d, times a positive number."""
        total: dict[tuple[int, ...], Fraction] = {}
        for i, row in enumerate(hessian(self.loss)):
            for k, h in enumerate(row):
                for e, c in h.to_dict().items():
                    key = (*map(int, e), *((j == i) + (j == k) for j in range(self.n)))
                    total[key] = total.get(key, Fraction(0)) + Fraction(int(c.p), int(c.q))
        scale = lcm(*(c.denominator for c in total.values()))
        return {e: int(c * scale) for e, c in total.items() if c}

    def box(self, p: CriticalPoint) -> Box:
        return [(p.point[name].lower, p.point[name].upper) for name in self.names]

    def ends(self, start: CriticalPoint) -> set[int]:
        """Entries to which paths lead from the point."""
        found = set()
        box = self.box(start)
        centre = _middle(box)
        spectrum, vectors = np.linalg.eigh(self.hessian(centre[None, :])[0].reshape(self.n, self.n))
        down = vectors.T[: min(_DIRECTIONS, int((spectrum < 0).sum()))]
        others = [(u, w * v) for u in down for v in down if u is not v for w in (_ASIDE, -_ASIDE)]
        for direction in [u + v for u, v in others] or list(down):
            for side in (1.0, -1.0):
                q = next(self._beside(box, centre, side * direction), None)
                end = None if q is None else self._follow(q)
                if end is not None:
                    found.add(end)
        return found

    def _beside(self, box: Box, centre: Array, direction: Array) -> Iterator[Point]:
        """Points that the loss falls to along the segment from the one in the box."""
        size = 0.5 * (1 + float(np.abs(centre).max()))
        for _ in range(24):
            q = _rational(centre + size * direction, size)
            if self._curved(box, q, -1):
                yield q
            size /= 2

    def _curved(self, box: Box, q: Point, sign: int) -> bool:
        """Whether sign * d^T Hess L(x) d > 0 for all x between a point of the box and q, d the difference."""
        hull = [(min(a, x), max(b, x)) for (a, b), x in zip(box, q, strict=True)]
        differences = [(x - b, x - a) for (a, b), x in zip(box, q, strict=True)]
        low, high = value_range(self.form, [*hull, *differences])
        return low > 0 if sign > 0 else high < 0

    def _follow(self, q: Point) -> int | None:
        """Down from the point; the number of an entry that the path leads to."""
        for _ in range(_STEPS):
            end = self._arrived(q)
            if end is not None:
                return end
            step = self._step(q)
            if step is None:
                return None
            q = step
        return None

    def _step(self, q: Point) -> Point | None:
        """Newton's step with the eigenvalues made positive, shortened until the loss falls all along it."""
        x = np.array([float(c) for c in q])
        slope = self.slopes(x[None, :])[0]
        values, vectors = np.linalg.eigh(self.hessian(x[None, :])[0].reshape(self.n, self.n))
        sizes = np.maximum(np.abs(values), 1e-3 * max(1.0, float(np.abs(values).max())))
        step = -vectors @ ((vectors.T @ slope) / sizes)
        step *= min(1.0, (1 + float(np.abs(x).max())) / (float(np.linalg.norm(step)) + 1e-300))
        for _ in range(30):
            if self.left <= 0:
                return None
            self.left -= 1
            target = _rational(x + step, float(np.linalg.norm(step)))
            if self.value.value(np.array([float(c) for c in target])) < self.value.value(x) and self._falls(q, target):
                return target
            step = step / 2
        return None

    def _falls(self, a: Point, b: Point) -> bool:
        """Whether the loss falls strictly along the segment."""
        (t,) = univariate_ring().gens()
        line = [to_fmpq(x) + to_fmpq(y - x) * t for x, y in zip(a, b, strict=True)]
        known = dict(along_arc(self.loss, line))
        slope = [k * known.get(k, Fraction(0)) for k in range(1, max(known, default=0) + 1)]
        scale = lcm(*(c.denominator for c in slope))
        poly = [int(c * scale) for c in slope]
        while poly and poly[-1] == 0:
            poly.pop()
        if not poly:
            return False
        return variations(poly, Fraction(0), Fraction(1)) == 0 and sign_at(poly, Fraction(1, 2)) < 0

    def _arrived(self, q: Point) -> int | None:
        """A minimum that the loss falls to along the segment from q, or the only critical set below q. From a critical
        point the gradient flow leads nowhere: a minimum there has to be q itself.
        """
        if not any(evaluate(self.loss.derivative(i), q) for i in range(self.n)):
            here = [(c, c) for c in q]
            minima = (j for j, p in enumerate(self.points) if p.kind is Kind.MINIMUM and p.dimension == 0)
            return next((j for j in minima if self.box(self.points[j]) == here), None)
        x = np.array([float(c) for c in q])
        if self.minima:
            far = np.linalg.norm(self.centres - x, axis=1)
            for k in np.flatnonzero(far < 0.2 * (1 + float(np.abs(x).max()))):
                if self._curved(self.box(self.points[self.minima[k]]), q, 1):
                    return self.minima[k]
        if self.lowest is None or not self.lowest[1] < evaluate(self.loss, q) < self.lowest[2]:
            return None
        return self.lowest[0]


def images(landscape: Landscape) -> list[list[int]]:
    """The permutations of the entries by the symmetries that the certificate names; only for lists of points."""
    points = landscape.points
    if landscape.evidence is None or any(p.dimension for p in points):
        return []
    names = landscape.objective.variables
    boxes = [[(p.point[name].lower, p.point[name].upper) for name in names] for p in points]
    result = []
    for signed in json.loads(landscape.evidence.text)["symmetries"]:
        moved = [_image(box, signed) for box in boxes]
        met = [[j for j, other in enumerate(boxes) if _meet(box, other)] for box in moved]
        if all(len(found) == 1 for found in met):  # the image is in the list, so it is this one
            result.append([found[0] for found in met])
    return result


def _image(box: Box, signed: Sequence[int]) -> Box:
    return [box[s - 1] if s > 0 else (-box[-s - 1][1], -box[-s - 1][0]) for s in signed]


def _meet(one: Box, other: Box) -> bool:
    return all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(one, other, strict=True))


def _middle(box: Box) -> Array:
    return np.array([float((low + high) / 2) for low, high in box])


def _rational(x: Array, size: float) -> Point:
    """Close to x, compared with the size of what it is for, with few binary places."""
    places = max(0, _BITS // 2 - int(np.floor(np.log2(size + 1e-300))))
    return tuple(Fraction(round(float(c) * 2**places), 2**places) for c in x)
