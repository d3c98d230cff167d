"""What is said of a component besides its equations: sample points, and fields that show its dimension.

Everything here is searched; the rules L of the checker decide.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from flint import acb, fmpq, fmpq_mat, fmpq_mpoly, fmpz_poly

from exactland.classify import sampling
from exactland.classify._tools import null_space
from exactland.decompose import quotient
from exactland.decompose.cases import OutOfReach, Relation, Search, reduced
from exactland.decompose.tree import Leaf
from exactland.polynomial import from_fmpq
from exactland.solving.zero_dimensional import ExactPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SAMPLE_DEGREE = 30
MAX_FIELD_UNKNOWNS = 1_500
FEW_UNKNOWNS = 500  # for fields that are only to tell parts of a leaf apart
MAX_VALUES = 12
CENTRES = ((0,), (1, 2, -1, 3, -2), (3, -1, 2, 1, -3, 2))  # of distances: origin and others
MAX_FIELDS = 12
MAX_DEGREE = 5  # of fields for nearest points
VALUES = ((1,), (1, 0), (0, 1), (1, 2), (0,), (1, -1, 2), (2, 1, 3), (-1, 2), (1, 3, -2, 5), (-3, 2, 5, -1))
PATIENCE = 2  # patterns of hyperplanes before distances
DENOMINATORS = (2, 4, 10, 50)  # of planes near points that were seen
_SECONDS = 10.0


def orbit_of(leaf: Leaf) -> ExactPoint:
    """The exact coordinates of a zero-dimensional leaf that is one orbit of conjugate points."""
    ring = leaf.ring
    size = len(quotient.standard_monomials([g.lead for g in leaf.basis], ring.nvars()))

    def reduce(p: fmpq_mpoly) -> fmpq_mpoly:
        return reduced(p, leaf.basis)[0]

    for form in quotient.forms(ring):
        minimal = quotient.minimal_polynomial(reduce, form, size)
        if minimal is None or len(minimal) <= size:
            continue
        powers = [reduce(ring.constant(1))]
        for _ in range(size - 1):
            powers.append(reduce(powers[-1] * form))
        coordinates = []
        for i in range(ring.nvars()):
            found = quotient.dependency([*powers, reduce(ring.gen(i))])
            if found is None:
                raise OutOfReach("coordinates that are no polynomials in a separating form")
            coordinates.append(tuple(-from_fmpq(c) for c in found[:-1]))
        return ExactPoint(minimal, tuple(coordinates))
    raise OutOfReach("isolated points without a separating form")


@dataclass(frozen=True)
class RealSample:
    """One real point of a component: its orbit, the approximate parameter and coordinates, the loss there."""

    point: ExactPoint
    root: Fraction
    coordinates: tuple[float, ...]
    loss: float


def samples(leaf: Leaf, loss: fmpq_mpoly) -> Iterator[RealSample]:
    """Real points of a component, the simplest first among a few slices by rational hyperplanes; where few of these
    meet any, those at which the distance to a centre is critical as well: every part of the component has some. Last,
    those on planes near points that were seen: the first ones may all be singular.
    """
    found: list[tuple[int, int, RealSample]] = []
    sets = list(itertools.islice(quotient.independent_sets([g.lead for g in leaf.basis], leaf.ring.nvars()), 6))
    any_found = False
    for number, pattern in enumerate(VALUES):
        cuts: Iterator[list[fmpq_mpoly]] = (
            [x - pattern[k % len(pattern)] for k, x in enumerate(map(leaf.ring.gen, chosen))] for chosen in sets
        )
        if number == PATIENCE and not any_found:
            cuts = itertools.chain(_critical(leaf), cuts)
        for cut in cuts:
            for point in _slice(leaf, loss, cut):
                real = [RealSample(point, *r) for r in real_roots(point, loss)]
                any_found = any_found or bool(real)
                if point.degree == 1:
                    yield from real
                else:
                    found += [(point.degree, len(found), r) for r in real]
        if found and min(f[0] for f in found) <= 2 * max(1, len(leaf.eliminant) - 1):
            yield from (r for _, _, r in sorted(found, key=lambda f: f[:2]))
            found = []
    yield from (r for _, _, r in sorted(found, key=lambda f: f[:2]))
    seen = sampling.points_on([g.poly for g in leaf.basis], [], leaf.ring.nvars(), 6)
    for digits, chosen, x in itertools.product(DENOMINATORS, sets, seen):
        near = [leaf.ring.gen(i) - fmpq(round(float(x[i]) * digits), digits) for i in chosen]
        for point in _slice(leaf, loss, near):
            yield from (RealSample(point, *r) for r in real_roots(point, loss))


def _slice(leaf: Leaf, loss: fmpq_mpoly, cut: Sequence[fmpq_mpoly]) -> Iterator[ExactPoint]:
    """The isolated points of a leaf where further polynomials vanish."""
    try:
        for part in Search(loss, _SECONDS).tree([*(g.poly for g in leaf.basis), *cut]).points():
            point = orbit_of(part)
            if point.degree <= MAX_SAMPLE_DEGREE:
                yield point
    except OutOfReach:
        return


def _critical(leaf: Leaf) -> Iterator[list[fmpq_mpoly]]:
    """Equations for the points of a leaf at which the distance to a centre is critical."""
    fields, n = tangent_fields(leaf), int(leaf.ring.nvars())
    for pattern in CENTRES if fields else ():
        yield list(distance_forms(leaf, fields, leaf.ring.constant(1), [pattern[i % len(pattern)] for i in range(n)]))


def real_roots(point: ExactPoint, loss: fmpq_mpoly) -> list[tuple[Fraction, tuple[float, ...], float]]:
    """The real points of an orbit: parameter, coordinates and loss, approximately."""
    result = []
    for root in real_parameters(point):
        exact = [_horner(c, root) for c in point.coordinates]
        value = loss(*(fmpq(x.numerator, x.denominator) for x in exact))
        result.append((root, tuple(float(x) for x in exact), float(from_fmpq(value))))
    return result


def real_parameters(point: ExactPoint) -> list[Fraction]:
    """The real roots of the modulus of an orbit, approximately."""
    if point.degree == 1:
        return [Fraction(-point.modulus[0], point.modulus[1])]
    found: list[tuple[acb, int]] = fmpz_poly(list(point.modulus)).complex_roots()  # type: ignore[assignment]
    return [Fraction(float(r.real.mid())) for r, _ in found if r.imag == 0]


def _horner(coefficients: Sequence[Fraction], x: Fraction) -> Fraction:
    total = Fraction(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


# ------------------------------------------------------------------------------------------------- empty components


@dataclass(frozen=True)
class Identity:
    """Squares with positive weights whose sum equals polynomial(loss) on a leaf, integers ascending."""

    squares: tuple[tuple[Fraction, fmpq_mpoly], ...]
    polynomial: tuple[int, ...]


def empty_at(leaf: Leaf, loss: fmpq_mpoly, bounds: tuple[Fraction, Fraction]) -> Identity | None:
    """A square, or a sum of squares of variables, that equals a polynomial of the loss which is negative there."""
    ring = leaf.ring
    powers = [ring.constant(1)]
    for _ in range(len(leaf.eliminant) - 2):
        powers.append(reduced(powers[-1] * loss, leaf.basis)[0])
    for candidate in quotient.candidates(ring):
        total = reduced(sum((q * q for q in candidate), ring.constant(0)), leaf.basis)[0]
        relation = quotient.dependency([*powers, total])
        if relation is None:
            continue
        values = [-c for c in relation[:-1]] + [fmpq(1)]
        *whole, factor = quotient.primitive_integers(values)
        if _horner([Fraction(c) for c in whole], (bounds[0] + bounds[1]) / 2) < 0:
            return Identity(tuple((Fraction(factor), q) for q in candidate), tuple(whole))
    return None


# ---------------------------------------------------------------------------------------------------- vector fields


Field = tuple[fmpq_mpoly, ...]


@dataclass(frozen=True)
class TangentFields:
    """Polynomial vector fields along a component, and coordinates in which they are independent at a point."""

    vectors: tuple[tuple[fmpq_mpoly, ...], ...]
    coordinates: tuple[int, ...]


class Tangent:
    """The search for fields tangent to a leaf, degree by degree; what was found is kept for the next sample."""

    def __init__(self, leaf: Leaf, most: int = MAX_FIELD_UNKNOWNS) -> None:
        self.leaf, self.most = leaf, most
        self.degree = -1
        self.known: list[tuple[fmpq_mpoly, ...]] = []

    def at(self, point: Sequence[float]) -> TangentFields | None:
        """As many fields as the dimension, independent at the point; None when there are none of low degree."""
        if not self.leaf.dimension:
            return TangentFields((), ())
        highest = max((g.poly.total_degree() for g in self.leaf.basis), default=0)
        while True:
            found = self._choose(point)
            if found is not None:
                return found
            n = self.leaf.ring.nvars()
            if n * len(quotient.monomials(n, self.degree + 1)) > self.most or self.degree >= highest:
                return None
            self.degree += 1
            self.known += self._fields(self.degree)

    def by_degree(self, most: int) -> Iterator[list[Field]]:
        """The fields up to degree 0, 1, ..., as far as that is within reach."""
        n = self.leaf.ring.nvars()
        while self.degree < most and n * len(quotient.monomials(n, self.degree + 1)) <= MAX_FIELD_UNKNOWNS:
            self.degree += 1
            self.known += self._fields(self.degree)
            yield self.known

    def _fields(self, degree: int) -> list[tuple[fmpq_mpoly, ...]]:
        """All fields with coefficients of this degree at most."""
        ring, basis = self.leaf.ring, self.leaf.basis
        n = ring.nvars()
        unknowns = [(ring.from_dict({m: fmpq(1)}), i) for m in quotient.monomials(n, degree) for i in range(n)]
        columns = []
        for monomial, i in unknowns:
            column: dict[tuple[int, tuple[int, ...]], fmpq] = {}
            for j, g in enumerate(basis):
                rest, _ = reduced(monomial * g.poly.derivative(i), basis)
                column.update({(j, m): c for m, c in rest.to_dict().items()})
            columns.append(column)
        result = []
        for vector in null_space(_matrix(columns)):
            parts = [ring.constant(0) for _ in range(n)]
            for (monomial, i), c in zip(unknowns, vector, strict=True):
                if c != 0:
                    parts[i] = parts[i] + c * monomial
            result.append(_integral(parts))
        return sorted(result, key=lambda v: sum(map(len, v)))

    def _choose(self, point: Sequence[float]) -> TangentFields | None:
        d = self.leaf.dimension
        rows: list[NDArray[np.float64]] = []
        chosen: list[tuple[fmpq_mpoly, ...]] = []
        for vector in self.known:
            if len(chosen) == d:
                break
            row = np.array([_float_at(x, point) for x in vector])
            size = float(np.linalg.norm(row))
            if size < 1e-9:
                continue
            trial = np.array([*rows, row / size])
            if np.linalg.svd(trial, compute_uv=False)[-1] > 1e-7:
                rows.append(row / size)
                chosen.append(vector)
        if len(chosen) < d:
            return None
        return TangentFields(tuple(chosen), _pivots(np.array(rows).reshape(d, -1)))


# --------------------------------------------------------------------------------------------------- nearest points


def tangent_fields(leaf: Leaf) -> list[Field]:
    """Fields along the leaf that span its directions at a general point; none when they are not of low degree."""
    n, d = int(leaf.ring.nvars()), leaf.dimension
    chosen = next(quotient.independent_sets([g.lead for g in leaf.basis], n))
    for known in Tangent(leaf).by_degree(MAX_DEGREE):
        useful = [v for v in known if any(reduced(x, leaf.basis)[0] for x in v)][:MAX_FIELDS]
        for some in itertools.islice(itertools.combinations(useful, d), 200):
            if reduced(determinant([[v[i] for i in chosen] for v in some]), leaf.basis)[0]:
                return useful
    return []


def determinant(matrix: Sequence[Sequence[fmpq_mpoly]]) -> fmpq_mpoly:
    if len(matrix) == 1:
        return matrix[0][0]
    first, *rest = matrix
    minors = (determinant([[*row[:k], *row[k + 1 :]] for row in rest]) for k in range(len(first)))
    total = matrix[0][0] * 0
    for k, (x, minor) in enumerate(zip(first, minors, strict=True)):
        total += (-1) ** k * x * minor
    return total


def distance_forms(leaf: Leaf, fields: Sequence[Field], off: fmpq_mpoly, centre: Sequence[int]) -> Iterator[fmpq_mpoly]:
    """The derivatives of (1 + |x - centre|^2)^(k) / off^2, k = 1 + degree, along the fields, up to factors."""
    ring = leaf.ring
    shifted = [x - c for x, c in zip(ring.gens(), centre, strict=True)]
    distance = sum((x * x for x in shifted), ring.constant(1))
    power = 1 + int(off.total_degree())
    for field in fields:
        outward = sum((x * v for x, v in zip(shifted, field, strict=True)), ring.constant(0))
        slope = sum((v * off.derivative(i) for i, v in enumerate(field)), ring.constant(0))
        yield power * off * outward - distance * slope


def separate(leaf: Leaf, loss: fmpq_mpoly) -> Relation | None:
    """A polynomial of degree 2 at most that is locally constant on the leaf, with a reducible minimal polynomial: it
    takes different values on parts of the leaf.
    """
    ring, n = leaf.ring, leaf.ring.nvars()
    tangent = Tangent(leaf, FEW_UNKNOWNS)
    fields = next(
        (f for s in itertools.islice(samples(leaf, loss), 12) if (f := tangent.at(s.coordinates)) is not None), None
    )
    if fields is None:
        return None
    unknowns = [ring.from_dict({m: fmpq(1)}) for m in quotient.monomials(n, 2) if any(m)]
    columns = []
    for p in unknowns:
        column: dict[tuple[int, tuple[int, ...]], fmpq] = {}
        for k, vector in enumerate(fields.vectors):
            along = sum((x * p.derivative(i) for i, x in enumerate(vector)), ring.constant(0))
            column.update({(k, m): c for m, c in reduced(along, leaf.basis)[0].to_dict().items()})
        columns.append(column)
    found: list[fmpq_mpoly] = []
    for weights in null_space(_matrix(columns)):
        p = sum((c * q for c, q in zip(weights, unknowns, strict=True)), ring.constant(0))
        rest, _ = reduced(p, leaf.basis)
        if not rest.is_constant() and rest not in found:
            found.append(rest)
    if len(found) > 1:
        found.append(sum(((k + 1) * p for k, p in enumerate(found)), ring.constant(0)))
    for p in sorted(found, key=len):
        minimal = quotient.minimal_polynomial(lambda q: reduced(q, leaf.basis)[0], p, MAX_VALUES)
        if minimal is not None and len(quotient.factors(minimal)) > 1:
            return p, minimal
    return None


def _matrix(columns: Sequence[dict[tuple[int, tuple[int, ...]], fmpq]]) -> fmpq_mat:
    rows = sorted({key for column in columns for key in column})
    place = {key: k for k, key in enumerate(rows)}
    matrix = fmpq_mat(max(1, len(rows)), len(columns))
    for k, column in enumerate(columns):
        for key, c in column.items():
            matrix[place[key], k] = c
    return matrix


def _pivots(rows: NDArray[np.float64]) -> tuple[int, ...]:
    """Columns with a well-conditioned minor, by elimination with complete pivoting."""
    left = rows.copy()
    result: list[int] = []
    for _ in range(len(rows)):
        i, j = np.unravel_index(int(np.argmax(np.abs(left))), left.shape)
        result.append(int(j))
        left = left - np.outer(left[:, j] / left[i, j], left[i])
        left[:, j] = 0
    return tuple(sorted(result))


def _float_at(p: fmpq_mpoly, point: Sequence[float]) -> float:
    return sum(
        (
            float(from_fmpq(c)) * float(np.prod([x ** int(e) for x, e in zip(point, m, strict=True)]))
            for m, c in p.to_dict().items()
        ),
        0.0,
    )


def _integral(parts: Sequence[fmpq_mpoly]) -> tuple[fmpq_mpoly, ...]:
    coefficients = [c for p in parts for c in p.coeffs()]
    whole = quotient.primitive_integers(coefficients)
    factor = fmpq(whole[0]) / coefficients[0]
    return tuple(factor * p for p in parts)
