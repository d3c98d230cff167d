"""The sign of f near an isolated degenerate critical point, from the points where f is tangent to small spheres.

Let f(0) = 0 (the point moved to the origin), rho = x_1^2 + ... + x_n^2 and T_ij = x_i d_j f - x_j d_i f. Suppose that

    rho^a * U = c_0 f + sum_(i<j) c_ij T_ij        with polynomials, U(0) = 1,

and that 0 < R <= 1 is rational with sum_(e != 0) |u_e| R^|e| < 1, u_e being the coefficients of U. Then f has no zero
that is a critical point of f on a sphere |x| = r, 0 < r <= R: there all T_ij vanish, so rho^a U = c_0 f; rho^a > 0
and U > 0, so f != 0. The minimum of f over the sphere |x| = r is attained at such a point and depends continuously on
r, so its sign is constant for 0 < r <= R, and likewise the maximum. (For n = 1 both points of the sphere are
critical, and the statement concerns each of them.) Hence: one point p, 0 < |p| <= R, with f(p) < 0 shows values below
f(0) arbitrarily near; f(p) > 0 shows values above; f > 0 on the one sphere |x| = R shows a strict local minimum.
Positivity on the circle (n = 2) is that of the numerator of f(R (1 - s^2) / (1 + s^2), R 2 s / (1 + s^2)): no real
root, and f(-R, 0) > 0, the point that the parametrisation misses. (The checker does without that point: f >= 0 on the
circle is enough, because the minimum is not 0.)

The points p also decide when f is the restriction of another function to a surface x = Phi(v), Phi(0) = 0, of fewer
dimensions: a value below 0 arbitrarily near on the surface is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Literal

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly, nmod_mat

from exactland.checker import univariate
from exactland.classify._tools import Exponents, constant_term, monomial, terms
from exactland.classify.local_evidence import Point, shifted
from exactland.classify.multiplicity import dual_basis
from exactland.polynomial import from_fmpq, to_fmpq

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PRIME = (1 << 61) - 1
_DEGREES = {1: 40, 2: 40, 3: 19}
_MAXIMUM_ROWS = 2400
_MAXIMUM_MULTIPLICITY = 90
_SHORT_POWERS = 5
_MAXIMUM_CUTS = 500
_POINT_BITS = (4, 8, 12, 18, 26, 36, 53)


@dataclass(frozen=True)
class TangencyType:
    """The identity, the radius, points of both signs (None when not found), for an extremum also the circle.

    `cuts` show that there is no real root on the circle (Descartes). With `images` all this is about the restriction to
    the surface that they parametrise, and only the points say something about the function itself.
    """

    kind: Literal["minimum", "maximum", "saddle"]
    power: int
    unit: fmpq_mpoly
    cofactors: tuple[fmpq_mpoly, ...]  # of f, then of T_ij in the order (0, 1), (0, 2), ..., (1, 2)
    radius: Fraction
    below: tuple[Fraction, ...] | None
    above: tuple[Fraction, ...] | None
    cuts: tuple[Fraction, ...] = ()
    images: tuple[fmpq_mpoly, ...] | None = None

    @property
    def sign(self) -> int:
        """1 for a minimum, -1 for a maximum, 0 for a saddle or when only a surface was looked at."""
        return 0 if self.images is not None else {"minimum": 1, "maximum": -1, "saddle": 0}[self.kind]

    def proves(self, f: fmpq_mpoly, point: Point) -> bool:
        """Check the identity, the radius, the points and, for an extremum, the circle."""
        g = shifted(f, point)
        if self.images is not None:
            if len(self.images) != f.context().nvars() or any(constant_term(x) != 0 for x in self.images):
                return False
            g = g.compose(*self.images, ctx=self.images[0].context())
        ring = g.context()
        generators = tangency_generators(g)
        if len(self.cofactors) != len(generators) or self.power < 1 or not 0 < self.radius <= 1:
            return False
        total = sum((c * h for c, h in zip(self.cofactors, generators, strict=True)), ring.constant(0))
        rho = sum((x * x for x in ring.gens()), ring.constant(0))
        if rho**self.power * self.unit != total or not _positive_in_ball(self.unit, self.radius):
            return False
        for chosen, sign in ((self.below, -1), (self.above, 1)):
            if chosen is not None:
                size = sum(x * x for x in chosen)
                if len(chosen) != ring.nvars() or not 0 < size <= self.radius**2:
                    return False
                if sign * g(*(to_fmpq(x) for x in chosen)) <= 0:
                    return False
        if self.images is not None:
            return self.below is not None or self.above is not None
        if self.kind == "saddle":
            return self.below is not None and self.above is not None
        return positive_on_circle(g if self.kind == "minimum" else -g, self.radius)


def tangency_generators(f: fmpq_mpoly) -> list[fmpq_mpoly]:
    """f and the polynomials x_i d_j f - x_j d_i f."""
    gens = f.context().gens()
    slopes = [f.derivative(i) for i in range(len(gens))]
    pairs = combinations(range(len(gens)), 2)
    return [f, *(gens[i] * slopes[j] - gens[j] * slopes[i] for i, j in pairs)]


def _positive_in_ball(unit: fmpq_mpoly, radius: Fraction) -> bool:
    known = terms(unit)
    zero = (0,) * unit.context().nvars()
    if known.get(zero) != 1:
        return False
    return sum((abs(from_fmpq(c)) * radius ** sum(e) for e, c in known.items() if any(e)), Fraction(0)) < 1


def positive_on_circle(f: fmpq_mpoly, radius: Fraction) -> bool:
    """f > 0 on the circle of this radius about the origin (or at both points, in one variable), exactly."""
    count = f.context().nvars()
    r = to_fmpq(radius)
    if count == 1:
        return bool(f(r) > 0 and f(-r) > 0)
    if count != 2 or f(-r, fmpq(0)) <= 0:
        return False
    numerator = _on_circle(f, radius)
    return bool(numerator(fmpq(0)) > 0) and real_root_count(numerator) == 0


def _on_circle(f: fmpq_mpoly, radius: Fraction) -> fmpq_poly:
    """The numerator of f(R (1 - s^2) / (1 + s^2), R 2 s / (1 + s^2))."""
    degree = int(f.total_degree())
    below = fmpq_poly([1, 0, 1])
    x, y = to_fmpq(radius) * fmpq_poly([1, 0, -1]), to_fmpq(radius) * fmpq_poly([0, 2])
    numerator = fmpq_poly([0])
    for e, c in terms(f).items():
        numerator += c * x ** e[0] * y ** e[1] * below ** (degree - sum(e))
    return numerator


def circle_cuts(f: fmpq_mpoly, radius: Fraction) -> tuple[Fraction, ...]:
    """Cuts between which Descartes' rule sees no real root of f on the circle; empty when there are too many, or a
    root.
    """
    if f.context().nvars() != 2:
        return ()
    poly = [int(c) for c in _on_circle(f, radius).numer().coeffs()]
    bound = Fraction(2 ** (univariate.root_bound(poly).__ceil__()).bit_length())
    open_intervals, cuts = [(-bound, bound)], [-bound, bound]
    while open_intervals:
        low, high = open_intervals.pop()
        if univariate.variations(poly, low, high) == 0:
            continue
        middle = (low + high) / 2
        if len(cuts) >= _MAXIMUM_CUTS or univariate.sign_at(poly, middle) == 0:
            return ()
        cuts.append(middle)
        open_intervals += [(low, middle), (middle, high)]
    return tuple(sorted(cuts))


def real_root_count(p: fmpq_poly) -> int:
    """The number of distinct real roots, by a Sturm chain."""
    chain = [p, p.derivative()]
    while not chain[-1].is_zero():
        rest = -(chain[-2] % chain[-1])
        chain.append(rest / abs(rest.leading_coefficient()) if not rest.is_zero() else rest)
    chain.pop()

    def changes(at_plus_infinity: bool) -> int:
        signs = [
            (q.leading_coefficient() > 0) == (at_plus_infinity or q.degree() % 2 == 0) for q in chain if not q.is_zero()
        ]
        return sum(1 for a, b in pairwise(signs) if a != b)

    return changes(False) - changes(True)


def classify_by_tangency(
    f: fmpq_mpoly, point: Point, images: tuple[fmpq_mpoly, ...] | None = None
) -> TangencyType | None:
    """The type of an isolated rational critical point by the tangency identity (at most 3 variables), or None.

    With `images`, the points that its restriction to the surface point + images has.
    """
    g = shifted(f, point)
    if images is not None:
        g = g.compose(*images, ctx=images[0].context())
    if g.context().nvars() not in _DEGREES or g.is_zero():
        return None
    identity = _identity(g)
    if identity is None:
        return None
    power, unit, cofactors = identity
    radius = Fraction(1)
    while not _positive_in_ball(unit, radius):
        radius /= 2
    below, above = (_point_of_sign(g, radius, sign) for sign in (-1, 1))
    kind: Literal["minimum", "maximum", "saddle"]
    cuts: tuple[Fraction, ...] = ()
    if below is not None and above is not None:
        kind = "saddle"
    elif below is None and above is None:
        return None
    else:
        kind = "minimum" if below is None else "maximum"
        cuts = circle_cuts(g, radius) if images is None else ()
    found = TangencyType(kind, power, unit, cofactors, radius, below, above, cuts, images)
    return found if found.proves(f, point) else None


def _identity(g: fmpq_mpoly) -> tuple[int, fmpq_mpoly, tuple[fmpq_mpoly, ...]] | None:
    """The smallest degree in which rho^a (1 + ...) is a combination of the generators, by linear algebra."""
    count = g.context().nvars()
    generators = tangency_generators(g)
    for power in range(1, _SHORT_POWERS + 1):
        found = _solve(g, generators, _multiples(generators, 2 * power), power, 2 * power)
        if found is not None:
            return found
    least = _least_power(g, generators)
    if least is None:
        return None
    for degree in range(2 * least, _DEGREES[count] + 1):
        rows = _multiples(generators, degree)
        if len(rows) > _MAXIMUM_ROWS:
            return None
        for power in range(least, min(least + 1, degree // 2) + 1):
            found = _solve(g, generators, rows, power, degree)
            if found is not None:
                return found
    return None


def _least_power(g: fmpq_mpoly, generators: Sequence[fmpq_mpoly]) -> int | None:
    """The smallest a with rho^a in the local ideal of the generators at 0: all functionals of its dual space kill
    rho^a.
    """
    count = g.context().nvars()
    dual = dual_basis([h for h in generators if not h.is_zero()], (0,) * count, bound=_MAXIMUM_MULTIPLICITY)
    if dual is None:
        return None
    rho = sum((x * x for x in g.context().gens()), g.context().constant(0))
    for power in range(1, dual.multiplicity + 1):
        image = {e: from_fmpq(c) for e, c in terms(rho**power).items()}
        values = (sum(c[0] * image.get(a, Fraction(0)) for a, c in f.coefficients) for f in dual.functionals)
        if all(v == 0 for v in values):
            return power
    return None


_Row = tuple[int, Exponents, dict[Exponents, fmpq]]  # index of the generator (-1: a term of U), shift, the product


def _multiples(generators: Sequence[fmpq_mpoly], degree: int) -> list[_Row]:
    count = generators[0].context().nvars()
    rows: list[_Row] = []
    for k, h in enumerate(generators):
        if h.is_zero():
            continue
        room = degree - int(h.total_degree())
        known = terms(h)
        shifts = [e for e in product(range(room + 1), repeat=count) if sum(e) <= room]
        rows.extend(
            (k, e, {tuple(a + b for a, b in zip(m, e, strict=True)): c for m, c in known.items()}) for e in shifts
        )
    return rows


def _unit_rows(g: fmpq_mpoly, power: int, degree: int) -> tuple[list[_Row], dict[Exponents, fmpq]]:
    """The products rho^a x^e, e != 0, that fit, and rho^a itself."""
    ring = g.context()
    rho = sum((x * x for x in ring.gens()), ring.constant(0)) ** power
    rows = _multiples([rho], degree)
    return [(-1, e, row) for _, e, row in rows if any(e)], terms(rho)


def _modular(
    vectors: Sequence[dict[Exponents, fmpq]], target: dict[Exponents, fmpq]
) -> tuple[list[int] | None, list[Exponents]]:
    """Indices of vectors that are independent modulo the prime and span the target, or None; and the rows of
    monomials.
    """
    keys = sorted({e for v in vectors for e in v} | set(target))
    place = {e: i for i, e in enumerate(keys)}
    columns = len(vectors) + 1
    matrix = nmod_mat(len(keys), columns, _PRIME)
    for j, v in enumerate([*vectors, target]):
        for e, c in v.items():
            if int(c.q) % _PRIME == 0:
                return None, keys
            matrix[place[e], j] = int(c.p) * pow(int(c.q), -1, _PRIME)
    reduced, rank = matrix.rref()
    pivots: list[int] = []
    for row in range(rank):
        first = pivots[-1] + 1 if pivots else 0
        pivots.append(next(j for j in range(first, columns) if int(reduced[row, j]) != 0))
    if pivots and pivots[-1] == columns - 1:
        return None, keys
    return [j for row, j in enumerate(pivots) if int(reduced[row, columns - 1]) != 0], keys


def _solve(
    g: fmpq_mpoly, generators: Sequence[fmpq_mpoly], rows: Sequence[_Row], power: int, degree: int
) -> tuple[int, fmpq_mpoly, tuple[fmpq_mpoly, ...]] | None:
    """The identity over Q on the vectors that the modular solution uses."""
    ring = g.context()
    extra, target = _unit_rows(g, power, degree)
    everything = [*rows, *extra]
    used, keys = _modular([r for _, _, r in everything], target)
    if used is None:
        return None
    solution = _rational_solution([everything[j][2] for j in used], target, keys)
    if solution is None:
        return None
    unit = ring.constant(1)
    cofactors = [ring.constant(0) for _ in generators]
    for j, c in zip(used, solution, strict=True):
        k, e, _ = everything[j]
        if k < 0:
            unit = unit - c * monomial(ring, e)
        else:
            cofactors[k] = cofactors[k] + c * monomial(ring, e)
    return power, unit, tuple(cofactors)


def _rational_solution(
    vectors: Sequence[dict[Exponents, fmpq]], target: dict[Exponents, fmpq], keys: Sequence[Exponents]
) -> list[fmpq] | None:
    """The combination of independent vectors that gives the target: a square subsystem is solved, the caller verifies
    the rest.
    """
    size = len(vectors)
    transposed = nmod_mat(size, len(keys), _PRIME)
    place = {e: i for i, e in enumerate(keys)}
    for i, v in enumerate(vectors):
        for e, c in v.items():
            transposed[i, place[e]] = int(c.p) * pow(int(c.q), -1, _PRIME)
    reduced, rank = transposed.rref()
    if rank < size:
        return None
    chosen: list[int] = []
    for row in range(rank):
        first = chosen[-1] + 1 if chosen else 0
        chosen.append(next(j for j in range(first, len(keys)) if int(reduced[row, j]) != 0))
    matrix = fmpq_mat([[v.get(keys[j], fmpq(0)) for v in vectors] for j in chosen])
    right = fmpq_mat([[target.get(keys[j], fmpq(0))] for j in chosen])
    try:
        solved = matrix.solve(right)
    except ZeroDivisionError:
        return None
    return [solved[i, 0] for i in range(size)]


def _point_of_sign(g: fmpq_mpoly, radius: Fraction, sign: int) -> tuple[Fraction, ...] | None:
    """A rational point of the punctured ball where sign * g > 0: sampling on the sphere, refined, then checked
    exactly.
    """
    count = g.context().nvars()
    generator = np.random.default_rng(6)
    size = float(radius) * 0.99
    known = [(np.array(e, dtype=float), float(c)) for e, c in terms(g).items()]

    def score(points: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros(len(points))
        for e, c in known:
            total += sign * c * np.prod(points**e, axis=1)
        return total

    def onto_sphere(points: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = points / np.sqrt(np.sum(points**2, axis=1, keepdims=True)) * size
        return moved

    points = onto_sphere(generator.normal(size=(6000, count)))
    width = 0.1
    for _ in range(18):
        best = points[np.argsort(-score(points), kind="stable")[:12]]
        cloud = np.repeat(best, 40, axis=0) + size * width * generator.normal(size=(480, count))
        points = onto_sphere(np.concatenate([best, cloud]))
        width /= 3
    best = points[np.argsort(-score(points), kind="stable")[:4]]
    for bits, row in product(_POINT_BITS, best):
        one = (1 << bits) / radius
        exact = tuple(round(Fraction(float(x)) * one) / one for x in row)
        if 0 < sum(x * x for x in exact) <= radius**2 and sign * g(*(to_fmpq(x) for x in exact)) > 0:
            return exact
    return None
