"""Rules B and H1: existence, distinctness and inertia at boxes, in integers scaled by powers of two.

A box is a polydisc |z_k - x_k| <= r around a centre with binary fractions as coordinates. Newton's map with a fixed
approximate inverse of the Jacobian is shown to be a contraction of the polydisc into itself, by values at the centre
and a bound on second derivatives over the polydisc (rule B1).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel
from .kernel import Exponents, IntPoly, RationalPoly, derivative, integer, natural, record, sequence
from .lines import Elements

Compiled = list[tuple[int, int, tuple[tuple[int, int], ...]]]  # (coefficient, degree, ((variable, exponent), ...))
Sparse = list[tuple[int, int]]  # (coefficient, place of the monomial)


def compiled(poly: IntPoly) -> Compiled:
    return [(c, sum(m), tuple((i, e) for i, e in enumerate(m) if e)) for m, c in poly.items()]


class Calculus:
    """The scaled gradient, its Jacobian, and bounds on second derivatives, ready for evaluation."""

    def __init__(self, elements: Elements, loss: RationalPoly) -> None:
        self.n = elements.n
        self.scale = elements.scale
        gradient = elements.gradient
        jacobian = [[derivative(g, k) for k in range(self.n)] for g in gradient]
        self.steps: list[tuple[int, int]] = []  # of each monomial but 1: a lower one and the variable that is missing
        self.sizes = [0]  # their degrees
        self._places: dict[Exponents, int] = {(0,) * self.n: 0}
        self.gradient = [self._sparse(g) for g in gradient]
        self.jacobian = [[self._sparse(jacobian[j][k]) for k in range(j, self.n)] for j in range(self.n)]
        self.bends = [
            compiled(_absolute_sum([derivative(h, k) for h in row for k in range(self.n)])) for row in jacobian
        ]
        self.curvature = compiled(_absolute_sum([h for row in jacobian for h in row]))
        (whole,), self.loss_scale = kernel.common_integers([loss])
        self.loss = compiled(whole)
        self.degree = max((sum(m) for m in loss), default=0)

    def _sparse(self, poly: IntPoly) -> Sparse:
        """Coefficients and places of the monomials; those of the gradient and the Jacobian share their divisors."""
        return [(c, self._place(m)) for m, c in poly.items()]

    def _place(self, monomial: Exponents) -> int:
        missing: list[tuple[Exponents, int]] = []
        m = monomial
        while m not in self._places:
            k = next(i for i in range(self.n - 1, -1, -1) if m[i])
            missing.append((m, k))
            m = (*m[:k], m[k] - 1, *m[k + 1 :])
        for product, k in reversed(missing):
            self.steps.append((self._places[m], k))
            self.sizes.append(sum(product))
            self._places[product] = len(self.steps)
            m = product
        return self._places[monomial]

    def monomials(self, values: tuple[int, ...], bits: int) -> list[int]:
        """Those of the gradient and the Jacobian times 2^(bits * degree), where the values are times 2^bits."""
        found = [1]
        for lower, k in self.steps:
            found.append(found[lower] * values[k])
        return [v << (bits * (self.degree - size)) for v, size in zip(found, self.sizes, strict=True)]

    def complex_monomials(self, box: Box) -> tuple[list[int], list[int]]:
        """The same, real and imaginary parts, at the centre of a box."""
        real, imaginary = [1], [0]
        points = list(zip(box.real, box.imaginary or (), strict=True))
        for lower, k in self.steps:
            (a, b), (x, y) = (real[lower], imaginary[lower]), points[k]
            real.append(a * x - b * y)
            imaginary.append(a * y + b * x)
        shifts = [box.bits * (self.degree - size) for size in self.sizes]
        return tuple([v << s for v, s in zip(part, shifts, strict=True)] for part in (real, imaginary))  # type: ignore[return-value]


def _absolute_sum(polys: list[IntPoly]) -> IntPoly:
    total: IntPoly = {}
    for poly in polys:
        for monomial, coefficient in poly.items():
            total[monomial] = total.get(monomial, 0) + abs(coefficient)
    return total


BOUND_BITS = 32  # binary places of the moduli in bounds on second derivatives


@dataclass(frozen=True)
class Box:
    """Centre (real + i imaginary) / 2^bits, radius / 2^bits; `imaginary` is None for a real box."""

    bits: int
    real: tuple[int, ...]
    imaginary: tuple[int, ...] | None
    radius: int

    def enclosure(self) -> list[tuple[Fraction, Fraction]]:
        one = 1 << self.bits
        return [(Fraction(x - self.radius, one), Fraction(x + self.radius, one)) for x in self.real]

    def changed(self, signs: Sequence[int]) -> Box:
        """The image under a sign change."""
        real, imaginary = (
            None if part is None else tuple(s * x for s, x in zip(signs, part, strict=True))
            for part in (self.real, self.imaginary)
        )
        return Box(self.bits, real or (), imaginary, self.radius)

    def centre(self) -> list[tuple[object, object]]:
        """The coordinates of the centre times 2^bits, each beside its negative."""
        imaginary = self.imaginary or (0,) * len(self.real)
        return [((x, y), (-x, -y)) for x, y in zip(self.real, imaginary, strict=True)]


def read_box(value: Any, calculus: Calculus, complex_allowed: bool) -> Box:
    """Rules B1 and B2 for one box."""
    entry = record(value, "bits real radius inverse", "imaginary" if complex_allowed else "", "box")
    bits = natural(entry["bits"], "bits", kernel.MAX_BITS)
    real = _integers(entry["real"], calculus.n, "real")
    imaginary = _integers(entry["imaginary"], calculus.n, "imaginary") if "imaginary" in entry else None
    radius = integer(entry["radius"], "radius")
    kernel.need(radius > 0, "F3", radius, "a positive radius")
    box = Box(bits, tuple(real), None if imaginary is None else tuple(imaginary), radius)
    inverse = record(entry["inverse"], "bits real", "imaginary" if imaginary is not None else "", "inverse")
    places = natural(inverse["bits"], "bits", kernel.MAX_BITS)
    rows = [_integers(row, calculus.n, "inverse") for row in sequence(inverse["real"], "inverse", calculus.n)]
    rows_i = None
    if imaginary is not None:
        rows_i = [
            _integers(row, calculus.n, "inverse") for row in sequence(inverse.get("imaginary"), "inverse", calculus.n)
        ]
        kernel.need(
            any(abs(y) > radius for y in imaginary), "B2", "a box that meets its conjugate", "a box off the real points"
        )
    inside = contracts(calculus, box, rows, rows_i, places)
    kernel.need(inside, "B1", "a Newton map that leaves the box", "a contraction of the box into its interior")
    return box


def _integers(value: Any, length: int, where: str) -> list[int]:
    return [integer(entry, where) for entry in sequence(value, where, length)]


def powers(values: tuple[int, ...], degree: int) -> list[list[int]]:
    table = []
    for x in values:
        row = [1]
        for _ in range(degree):
            row.append(row[-1] * x)
        table.append(row)
    return table


def scaled_value(poly: Compiled, table: list[list[int]], bits: int, degree: int) -> int:
    """The value times 2^(bits * degree), exactly; `degree` is at least that of the polynomial."""
    total = 0
    for coefficient, size, factors in poly:
        for variable, exponent in factors:
            coefficient *= table[variable][exponent]
        total += coefficient << (bits * (degree - size))
    return total


def combination(poly: Sparse, monomials: list[int]) -> int:
    return sum([c * monomials[place] for c, place in poly])


def scaled_hessian(calculus: Calculus, box: Box) -> list[list[int]]:
    """The Jacobian of the scaled gradient at the centre of a real box, times 2^(bits * degree), exactly."""
    table = calculus.monomials(box.real, box.bits)
    return _symmetric([[combination(h, table) for h in row] for row in calculus.jacobian])


def _moduli(box: Box) -> tuple[int, ...]:
    """Upper bounds of |z_k| over the polydisc, times 2^bits."""
    imaginary = box.imaginary or (0,) * len(box.real)
    return tuple(abs(x) + abs(y) + box.radius for x, y in zip(box.real, imaginary, strict=True))


def _bends(calculus: Calculus, box: Box) -> list[int]:
    """For each gradient entry an upper bound, times 2^(2 bits), of its summed second derivatives on the polydisc."""
    d, bits = calculus.degree, box.bits
    few = min(bits, BOUND_BITS)  # the moduli may be rounded up, as all coefficients are positive
    table = powers(tuple(-(-m >> (bits - few)) for m in _moduli(box)), d)
    return [_up(scaled_value(poly, table, few, d), few * d - 2 * bits) for poly in calculus.bends]


def _up(value: int, shift: int) -> int:
    return (value >> shift) + 1 if shift >= 0 else value << -shift


def _down(value: int, shift: int) -> int:
    """value / 2^shift to within one unit, towards 0: changing signs of coordinates changes signs only."""
    if shift < 0:
        return value << -shift
    return value >> shift if value >= 0 else -(-value >> shift)


def contracts(
    calculus: Calculus, box: Box, inverse: list[list[int]], inverse_i: list[list[int]] | None, places: int
) -> bool:
    """Rule B1. Everything is counted in units 2^-(2 bits); entries of the inverse in units 2^-places."""
    n, bits, r, d = calculus.n, box.bits, box.radius, calculus.degree
    shift = bits * d - 2 * bits
    bends = _bends(calculus, box)
    one = 1 << (2 * bits + places)
    if inverse_i is None:
        table = calculus.monomials(box.real, bits)
        f = [_down(combination(g, table), shift) for g in calculus.gradient]
        jacobian = _symmetric([[_down(combination(h, table), shift) for h in row] for row in calculus.jacobian])
        for i, row in enumerate(inverse):
            weight = sum(map(abs, row))
            step = abs(sum(y * v for y, v in zip(row, f, strict=True))) + weight
            slope = n * weight
            for k in range(n):
                slope += abs((one if i == k else 0) - sum(y * jacobian[j][k] for j, y in enumerate(row)))
            bend = sum(abs(y) * b for y, b in zip(row, bends, strict=True))
            if not (step << 2 * bits) + (slope * r << bits) + bend * r * r < r << (3 * bits + places):
                return False
        return True
    tables = calculus.complex_monomials(box)
    fr, fi = ([_down(combination(g, table), shift) for g in calculus.gradient] for table in tables)
    jr, ji = (
        _symmetric([[_down(combination(h, table), shift) for h in row] for row in calculus.jacobian])
        for table in tables
    )
    for i in range(n):
        yr, yi = inverse[i], inverse_i[i]
        weight = sum(map(abs, yr)) + sum(map(abs, yi))  # at least the sum of the moduli
        a = sum(p * u - q * v for p, q, u, v in zip(yr, yi, fr, fi, strict=True))
        b = sum(p * v + q * u for p, q, u, v in zip(yr, yi, fr, fi, strict=True))
        step = abs(a) + abs(b) + 2 * weight
        slope = 2 * n * weight
        for k in range(n):
            a = (one if i == k else 0) - sum(yr[j] * jr[j][k] - yi[j] * ji[j][k] for j in range(n))
            b = sum(yr[j] * ji[j][k] + yi[j] * jr[j][k] for j in range(n))
            slope += abs(a) + abs(b)
        bend = sum((abs(p) + abs(q)) * s for p, q, s in zip(yr, yi, bends, strict=True))
        if not (step << 2 * bits) + (slope * r << bits) + bend * r * r < r << (3 * bits + places):
            return False
    return True


def _symmetric(upper: list[list[int]]) -> list[list[int]]:
    n = len(upper)
    return [[upper[min(j, k)][abs(j - k)] for k in range(n)] for j in range(n)]


def span(box: Box, form: Sequence[int]) -> tuple[Fraction, Fraction]:
    """Bounds of 7 Re T + 3 |Im T| over the polydisc, for the integer linear form T; the same for the conjugate
    polydisc.
    """
    half = 10 * sum(map(abs, form)) * box.radius
    real = sum(c * x for c, x in zip(form, box.real, strict=True))
    imaginary = sum(c * y for c, y in zip(form, box.imaginary or (0,) * len(form), strict=True))
    centre = 7 * real + 3 * abs(imaginary)
    return Fraction(centre - half, 1 << box.bits), Fraction(centre + half, 1 << box.bits)


def separated(boxes: list[Box], form: list[int]) -> None:
    """Rule B3: the boxes have disjoint spans, so their points are neither equal nor conjugate."""
    spans = sorted(span(box, form) for box in boxes)
    for (_, end), (start, _) in itertools.pairwise(spans):
        kernel.need(
            end < start, "B3", "two boxes whose spans under the form meet", "disjoint spans of the separating form"
        )


def value_enclosure(calculus: Calculus, box: Box) -> tuple[Fraction, Fraction]:
    """The critical value lies within radius^2/2 times the curvature bound of the value at the centre, as the gradient
    vanishes at the point.
    """
    d, bits = calculus.degree, box.bits
    centre = Fraction(scaled_value(calculus.loss, powers(box.real, d), bits, d), calculus.loss_scale << (bits * d))
    bound = Fraction(scaled_value(calculus.curvature, powers(_moduli(box), d), bits, d), calculus.scale << (bits * d))
    slack = bound * Fraction(box.radius, 1 << bits) ** 2 / 2
    return centre - slack, centre + slack


def box_inertia(calculus: Calculus, box: Box, value: Any) -> tuple[int, int, int]:
    """Rule H1: signs of a congruent matrix that is strictly diagonally dominant over the whole box: (positive, zero,
    negative).
    """
    entry = record(value, "rows", where="transform")
    n, bits, d = calculus.n, box.bits, calculus.degree
    p = [_integers(row, n, "transform") for row in sequence(entry["rows"], "transform", n)]
    shift = bits * d - 2 * bits
    hessian = [[_down(h, shift) for h in row] for row in scaled_hessian(calculus, box)]
    error = [2 + (b * box.radius >> bits) for b in _bends(calculus, box)]
    half = [[sum(hessian[j][k] * p[k][b] for k in range(n)) for b in range(n)] for j in range(n)]
    loads = [sum(abs(p[k][b]) for k in range(n)) for b in range(n)]
    errors = [sum(abs(p[j][a]) * error[j] for j in range(n)) for a in range(n)]
    positive = 0
    for a in range(n):
        row = [sum(p[j][a] * half[j][b] for j in range(n)) for b in range(n)]
        off = sum(abs(row[b]) for b in range(n) if b != a) + errors[a] * sum(loads)
        kernel.need(abs(row[a]) > off, "H1", "a row that is not dominated by its diagonal", "strict diagonal dominance")
        positive += row[a] > 0
    return positive, 0, n - positive
