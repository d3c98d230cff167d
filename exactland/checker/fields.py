"""Rules A and M: exact points with coordinates in Q[t]/(m(t)), one for each root of m, and their multiplicity.

A rational point is the case m(t) = t - value. All arithmetic is modulo m; m need only be squarefree.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

from . import kernel, univariate
from .boxes import Box
from .coordinates import Coordinates, Element
from .kernel import IntPoly, integer, rational, record, sequence
from .lines import Elements
from .local import dual_space, isolated, simple_space


class Zeros(Coordinates):
    """Exact points, one for each root of the modulus, at which polynomials vanish; the multiplicity shown there."""

    def __init__(self, entry: dict[str, Any], polys: list[IntPoly], form: list[int]) -> None:
        modulus = sequence(entry["modulus"], "modulus", most=kernel.MAX_BASIS)
        super().__init__(
            [integer(c, "modulus", kernel.MAX_DIGITS) for c in modulus],
            sequence(entry["coordinates"], "coordinates", len(form)),
        )
        squarefree = self.d == 1 or univariate.coprime(self.modulus, univariate.derivative(self.modulus))
        kernel.need(squarefree, "A1", "a modulus with a double root", "a squarefree modulus")
        for g in polys:
            kernel.need(
                self.value(g) == self.zero, "A2", "a gradient entry that does not vanish modulo m", "a critical point"
            )
        along = self.zero
        for c, x in zip(form, self.coordinates, strict=True):
            along = self.add(along, x, c) if x != self.zero else along
        t = self.element([Fraction(-self.modulus[0], self.modulus[1])] if self.d == 1 else [Fraction(0), Fraction(1)])
        kernel.need(
            along == t, "A3", "a separating form with another value", "the value t of the separating form at the point"
        )
        self.space = dual_space(entry["dual"], self, polys) if "dual" in entry else simple_space(len(form))
        self.isolated = "isolated" in entry
        self.work = 0
        if self.isolated:
            rows = record(entry["isolated"], "prime rows", where="isolated")
            self.work = isolated(rows, self, polys, self.space)

    @property
    def multiplicity(self) -> int:
        return self.space.dimension


class Field(Zeros):
    """One family of exact critical points, and the real ones among them."""

    def __init__(self, value: Any, elements: Elements, form: list[int]) -> None:
        entry = record(value, "modulus coordinates cuts counted", "dual isolated", "field")
        super().__init__(entry, elements.gradient, form)
        cuts = [rational(c, "cut", kernel.MAX_DIGITS) for c in sequence(entry["cuts"], "cuts")]
        self.intervals = univariate.real_root_intervals(self.modulus, cuts)
        kernel.need(type(entry["counted"]) is bool, "F3", entry["counted"], "counted: true or false")
        self.counted: bool = entry["counted"]

    def changed(self, signs: tuple[int, ...]) -> Field:
        """The images of the points under a sign change; only the coordinates are of use."""
        image = object.__new__(Field)
        image.__dict__ |= self.__dict__
        image.coordinates = [self.scaled(x, Fraction(s)) for x, s in zip(self.coordinates, signs, strict=True)]
        image.forget_powers()
        return image

    def enclosure(self, element: Element, interval: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        """Bounds of an element at the root inside the interval: value at the middle and a derivative bound."""
        nums, den = element
        if not any(nums[1:]):
            value = Fraction(nums[0], den)
            return value, value
        q = 2 * lcm(interval[0].denominator, interval[1].denominator)
        low, high = (x.numerator * (q // x.denominator) for x in interval)
        middle, half = (low + high) // 2, (high - low) // 2  # exactly, both times q
        reach = abs(middle) + half
        total = slope = 0  # times powers of q
        power = 1
        for k in range(self.d - 1, -1, -1):
            total = total * middle + nums[k] * power
            if k:
                slope = slope * reach + k * abs(nums[k]) * power
                power *= q
        return Fraction(total - half * slope, den * power), Fraction(total + half * slope, den * power)

    def point_enclosure(self, interval: tuple[Fraction, Fraction]) -> list[tuple[Fraction, Fraction]]:
        return [self.enclosure(x, interval) for x in self.coordinates]

    def avoids(self, box: Box, form: list[int]) -> bool:
        """Rule A5: the modulus has no root at the value of the form anywhere in the box, so the box holds none of these
        points.
        """
        one = 1 << box.bits
        real = Fraction(sum(c * x for c, x in zip(form, box.real, strict=True)), one)
        imaginary = Fraction(sum(c * y for c, y in zip(form, box.imaginary or (0,) * len(form), strict=True)), one)
        half = Fraction(sum(map(abs, form)) * box.radius, one)
        reach = abs(real) + abs(imaginary) + half
        a = b = slope = Fraction(0)
        for k in range(self.d, -1, -1):
            a, b = a * real - b * imaginary + self.modulus[k], a * imaginary + b * real
            if k:
                slope = slope * reach + k * abs(self.modulus[k])
        return max(abs(a), abs(b)) > half * slope


def read_fields(value: Any, elements: Elements, form: list[int], boxes: list[Box]) -> list[Field]:
    """Rules A1 to A5. Fields that are counted as points meet neither each other nor a box."""
    fields: list[Field] = []
    work = 0
    for entry in sequence(value, "fields", most=kernel.MAX_POINTS):
        fields.append(Field(entry, elements, form))
        work += fields[-1].work
        kernel.limit(work, kernel.MAX_ROWS, "monomials around all multiple points")
    counted = [field for field in fields if field.counted]
    for i, field in enumerate(counted):
        for other in counted[:i]:
            kernel.need(
                univariate.coprime(field.modulus, other.modulus),
                "A4",
                "two moduli that may share a root",
                "coprime moduli",
            )
        for box in boxes:
            kernel.need(
                field.avoids(box, form), "A5", "a box that may hold a point of a field", "boxes away from exact points"
            )
    return fields


def exact_inertia(
    field: Field, hessian: list[list[Element]], interval: tuple[Fraction, Fraction], value: Any
) -> tuple[int, int, int]:
    """Rule H2: P^T H P is diagonal and P Q = 1 modulo m; the signs of the diagonal at the root: (positive, zero,
    negative).
    """
    entry = record(value, "transform inverse", where="congruence")
    n = len(hessian)
    p, q = (
        [[field.read(c) for c in sequence(row, name, n)] for row in sequence(entry[name], name, n)]
        for name in ("transform", "inverse")
    )
    transposed = [list(column) for column in zip(*p, strict=True)]
    diagonal = _product(field, _product(field, transposed, hessian), p)
    identity = _product(field, p, q)
    counts = {1: 0, 0: 0, -1: 0}
    for i in range(n):
        for j in range(n):
            kernel.need(
                identity[i][j] == (field.one if i == j else field.zero),
                "H2",
                "a product that is not the identity",
                "P Q = 1",
            )
            kernel.need(
                i == j or diagonal[i][j] == field.zero, "H3", "an entry off the diagonal", "a diagonal congruent matrix"
            )
        low, high = field.enclosure(diagonal[i][i], interval)
        zero = diagonal[i][i] == field.zero
        kernel.need(
            zero or low > 0 or high < 0,
            "H4",
            "a diagonal entry of unknown sign",
            "entries that are zero or of one sign",
        )
        counts[0 if zero else 1 if low > 0 else -1] += 1
    return counts[1], counts[0], counts[-1]


def _product(field: Field, a: list[list[Element]], b: list[list[Element]]) -> list[list[Element]]:
    columns = list(zip(*b, strict=True))
    return [[field.combination(zip(row, column, strict=True)) for column in columns] for row in a]
