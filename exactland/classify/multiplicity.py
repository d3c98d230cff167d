"""The local multiplicity structure of a polynomial system at an isolated zero: Macaulay's dual space, exactly.

The coordinates of the zero lie in K = Q[t]/(m), m irreducible (rational points: m = t and constants). A functional is
sum_a c_a D_a with D_a(g) = (1/a!) d^a g / dx^a at the point and c_a in K; the shift by e_k sends D_a to D_(a - e_k),
or to 0 when a_k = 0. A finite space of functionals that contains the evaluation, is closed under all shifts and kills
every equation kills the whole ideal (D_a(x_k' g) = D_(a - e_k)(g) with x_k' = x_k - point_k, so Lambda(x^b' g) is a
shift of Lambda applied to g): the local ring has dimension at least the number of functionals.

The space of order <= k is computed from the one of order < k by integration: a new functional is given by its n
shifts, which lie in the previous space and must agree where they overlap. When the dimension stops growing the space
is the whole dual space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from flint import fmpq, fmpq_mpoly, fmpq_poly

from exactland.classify._tools import Exponents, terms
from exactland.polynomial import from_fmpq

MAXIMUM_MULTIPLICITY = 60
Element = tuple[Fraction, ...]  # coefficients of 1, t, ..., t^(deg m - 1)
_Vector = dict[Exponents, fmpq_poly]
_Row = dict[int, fmpq_poly]


@dataclass(frozen=True)
class Functional:
    """sum c_a D_a; the exponents ascend by total degree, the pivot has coefficient 1 and no other functional of the
    basis has that exponent.
    """

    pivot: Exponents
    coefficients: tuple[tuple[Exponents, Element], ...]


@dataclass(frozen=True)
class DualBasis:
    """A basis of the dual space in reduced echelon form; the first functional is the evaluation."""

    modulus: tuple[Fraction, ...]
    point: tuple[Element, ...]
    functionals: tuple[Functional, ...]

    @property
    def pivots(self) -> tuple[Exponents, ...]:
        """The pivot exponents: closed under division, and a monomial basis of the local ring at the point."""
        return tuple(f.pivot for f in self.functionals)

    @property
    def multiplicity(self) -> int:
        """The number of functionals."""
        return len(self.functionals)

    def proves(self, equations: Sequence[fmpq_mpoly]) -> bool:
        """Echelon form, closure under shifts and annihilation of every equation, all exactly."""
        field = _Field(_poly(self.modulus))
        count = len(self.point)
        basis = [{a: _poly(c) for a, c in f.coefficients} for f in self.functionals]
        if not basis or basis[0] != {(0,) * count: fmpq_poly([1])}:
            return False
        if any(c.degree() >= field.degree for b in basis for c in b.values()):
            return False
        for i, pivot in enumerate(self.pivots):
            if any(b.get(pivot, fmpq_poly([0])) != fmpq_poly([int(i == j)]) for j, b in enumerate(basis)):
                return False
        for b in basis:
            for k in range(count):
                rest = _shift(b, k)
                for pivot, other in zip(self.pivots, basis, strict=True):
                    field.subtract(rest, rest.get(pivot, fmpq_poly([0])), other)
                if rest:
                    return False
        point = [_poly(c) for c in self.point]
        expansions = [field.taylor(g, point) for g in equations]
        return all(field.pair(b, g).is_zero() for b in basis for g in expansions)


def _poly(coefficients: Sequence[Fraction]) -> fmpq_poly:
    return fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])


def _shift(vector: Mapping[Exponents, fmpq_poly], k: int) -> _Vector:
    return {(*a[:k], a[k] - 1, *a[k + 1 :]): c for a, c in vector.items() if a[k]}


class _Field:
    """Arithmetic in Q[t]/(m) and the few vector operations over it."""

    def __init__(self, modulus: fmpq_poly) -> None:
        self.modulus = modulus
        self.degree = modulus.degree()

    def inverse(self, a: fmpq_poly) -> fmpq_poly:
        one, s, _ = a.xgcd(self.modulus)
        if one.degree() != 0:
            raise ValueError("the modulus is not irreducible")
        return (s / one[0]) % self.modulus

    def element(self, a: fmpq_poly) -> Element:
        return tuple(from_fmpq(a[i]) for i in range(self.degree))

    def subtract(self, target: _Vector, factor: fmpq_poly, other: Mapping[Exponents, fmpq_poly]) -> None:
        """target -= factor * other, dropping zeros."""
        if factor.is_zero():
            return
        for a, c in other.items():
            value = (target.get(a, fmpq_poly([0])) - factor * c) % self.modulus
            if value.is_zero():
                target.pop(a, None)
            else:
                target[a] = value

    def pair(self, vector: Mapping[Exponents, fmpq_poly], taylor: Mapping[Exponents, fmpq_poly]) -> fmpq_poly:
        """The functional applied to a Taylor expansion."""
        total = fmpq_poly([0])
        for a, c in vector.items():
            g = taylor.get(a)
            if g is not None:
                total += c * g
        return total % self.modulus

    def taylor(self, g: fmpq_mpoly, point: Sequence[fmpq_poly]) -> _Vector:
        """D_a(g) at the point for every a."""
        degrees = [int(d) for d in g.degrees()]
        powers: list[list[fmpq_poly]] = []
        for x, d in zip(point, degrees, strict=True):
            row = [fmpq_poly([1])]
            for _ in range(d):
                row.append((row[-1] * x) % self.modulus)
            powers.append(row)
        result: _Vector = {}
        for e, c in terms(g).items():
            parts: list[tuple[Exponents, fmpq_poly]] = [((), fmpq_poly([c]))]
            for i, d in enumerate(e):
                parts = [
                    ((*a, k), value * powers[i][d - k] * comb(d, k) % self.modulus)
                    for a, value in parts
                    for k in range(d + 1)
                    if k == d or not point[i].is_zero()
                ]
            for a, value in parts:
                total = result.get(a, fmpq_poly([0])) + value
                result[a] = total
        return {a: v for a, v in result.items() if not v.is_zero()}

    def kernel(self, rows: Sequence[_Row], columns: int) -> list[_Row]:
        """A basis of the solutions of a homogeneous linear system."""
        reduced: dict[int, _Row] = {}
        for row in sorted(rows, key=len):
            current = dict(row)
            for column in sorted(current):
                if column in reduced and column in current:
                    self._eliminate(current, column, reduced[column])
            while current and min(current) in reduced:
                self._eliminate(current, min(current), reduced[min(current)])
            if not current:
                continue
            lead = min(current)
            scale = self.inverse(current[lead])
            current = {k: (v * scale) % self.modulus for k, v in current.items()}
            for other in reduced.values():
                if lead in other:
                    self._eliminate(other, lead, current)
            for column in [c for c in current if c != lead and c in reduced]:
                self._eliminate(current, column, reduced[column])
            reduced[lead] = current
        free = [c for c in range(columns) if c not in reduced]
        solutions: list[_Row] = []
        for c in free:
            solution: _Row = {c: fmpq_poly([1])}
            for lead, row in reduced.items():
                if c in row:
                    solution[lead] = -row[c]
            solutions.append(solution)
        return solutions

    def _eliminate(self, row: _Row, column: int, pivot_row: Mapping[int, fmpq_poly]) -> None:
        factor = row[column]
        for k, v in pivot_row.items():
            value = (row.get(k, fmpq_poly([0])) - factor * v) % self.modulus
            if value.is_zero():
                row.pop(k, None)
            else:
                row[k] = value


def dual_basis(
    equations: Sequence[fmpq_mpoly],
    point: Sequence[Fraction | int | fmpq_poly],
    modulus: fmpq_poly | None = None,
    *,
    bound: int = MAXIMUM_MULTIPLICITY,
) -> DualBasis | None:
    """The dual space of the ideal of `equations` at `point`, or None when the point is no zero, or not isolated (or
    of multiplicity > bound).

    Coordinates are rationals or polynomials in t taken modulo the irreducible `modulus` (t when omitted).
    """
    field = _Field(fmpq_poly([0, 1]) if modulus is None else modulus)
    coordinates = [
        (x if isinstance(x, fmpq_poly) else fmpq_poly([fmpq(x.numerator, x.denominator)])) % field.modulus
        for x in point
    ]
    expansions = [field.taylor(g, coordinates) for g in equations]
    count = len(coordinates)
    zero = (0,) * count
    if any(zero in g for g in expansions):
        return None
    basis: list[_Vector] = [{zero: fmpq_poly([1])}]
    while True:
        larger = _echelon(field, [basis[0], *_integrate(field, basis, expansions, count)])
        if len(larger) > bound:
            return None
        if len(larger) == len(basis):
            break
        basis = larger
    functionals = tuple(
        Functional(max(b, key=_degree_key), tuple((a, field.element(b[a])) for a in sorted(b, key=_degree_key)))
        for b in basis
    )
    found = DualBasis(
        tuple(from_fmpq(field.modulus[i]) for i in range(field.degree + 1)),
        tuple(field.element(x) for x in coordinates),
        functionals,
    )
    return found if found.proves(equations) else None


def _degree_key(exponents: Exponents) -> tuple[int, tuple[int, ...]]:
    """Graded reverse lexicographic order."""
    return (sum(exponents), tuple(-a for a in reversed(exponents)))


def _integrate(field: _Field, basis: Sequence[_Vector], expansions: Sequence[_Vector], count: int) -> list[_Vector]:
    """All functionals without constant term whose shifts lie in the span of `basis` and that kill the equations.

    Unknown number k * len(basis) + i is the coefficient of basis[i] in the k-th shift.
    """
    size = len(basis)
    sources: dict[Exponents, dict[int, _Row]] = {}
    for i, b in enumerate(basis):
        for a, c in b.items():
            for k in range(count):
                up = (*a[:k], a[k] + 1, *a[k + 1 :])
                sources.setdefault(up, {}).setdefault(k, {})[k * size + i] = c
    rows: list[_Row] = []
    chosen: dict[Exponents, _Row] = {}
    for a, options in sources.items():
        support = [k for k in range(count) if a[k]]
        first = options.get(support[0], {})
        chosen[a] = first
        for k in support[1:]:
            difference = dict(first)
            for unknown, c in options.get(k, {}).items():
                difference[unknown] = -c
            if difference:
                rows.append(difference)
    for g in expansions:
        row: _Row = {}
        for a, value in g.items():
            for unknown, c in chosen.get(a, {}).items():
                total = (row.get(unknown, fmpq_poly([0])) + c * value) % field.modulus
                row[unknown] = total
        row = {k: v for k, v in row.items() if not v.is_zero()}
        if row:
            rows.append(row)
    found: list[_Vector] = []
    for solution in field.kernel(rows, count * size):
        vector: _Vector = {}
        for a, combination in chosen.items():
            total = fmpq_poly([0])
            for unknown, c in combination.items():
                if unknown in solution:
                    total += c * solution[unknown]
            total %= field.modulus
            if not total.is_zero():
                vector[a] = total
        if vector:
            found.append(vector)
    return found


def _echelon(field: _Field, vectors: Sequence[_Vector]) -> list[_Vector]:
    """Reduced echelon form with the largest exponent as pivot, sorted by pivot."""
    rows: dict[Exponents, _Vector] = {}
    for vector in vectors:
        current = dict(vector)
        for pivot, row in rows.items():
            if pivot in current:
                field.subtract(current, current[pivot], row)
        if not current:
            continue
        pivot = max(current, key=_degree_key)
        scale = field.inverse(current[pivot])
        current = {a: (c * scale) % field.modulus for a, c in current.items()}
        for row in rows.values():
            if pivot in row:
                field.subtract(row, row[pivot], current)
        rows[pivot] = current
    return [rows[p] for p in sorted(rows, key=_degree_key)]
