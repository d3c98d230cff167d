"""The gradient, its Jacobian and bounds on second derivatives, to be evaluated in integers scaled by powers of two."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from . import kernel
from .kernel import Exponents, IntPoly, RationalPoly, derivative
from .lines import Elements
from .rank import unpack

Compiled = list[tuple[int, int, tuple[tuple[int, int], ...]]]  # (coefficient, degree, ((variable, exponent), ...))
Sparse = list[tuple[int, int]]  # (coefficient, place of the monomial)
MAX_PACKED = 100_000_000  # bytes of all limbs
COARSE = 16  # binary places of the bounds by degree


def compiled(poly: IntPoly) -> Compiled:
    return [(c, sum(m), tuple((i, e) for i, e in enumerate(m) if e)) for m, c in poly.items()]


class Calculus:
    """The scaled gradient, its Jacobian, and bounds on second derivatives."""

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
        bends = [_absolute_sum([derivative(h, k) for h in row for k in range(self.n)]) for row in jacobian]
        self.bends = [compiled(b) for b in bends]
        self.curvature = compiled(_absolute_sum([h for row in jacobian for h in row]))
        (whole,), self.loss_scale = kernel.common_integers([loss])
        self.loss = compiled(whole)
        self.degree = max((sum(m) for m in loss), default=0)
        self._bends_by_degree = [self._by_degree(b) for b in bends]
        self.packed_gradient = Packed(self.gradient, len(self.sizes))
        self.packed_jacobian = Packed([h for row in self.jacobian for h in row], len(self.sizes))
        both = [self._by_degree(g) for g in (*gradient, *(h for row in jacobian for h in row))]
        self._most = [max(sizes) for sizes in zip(*both, strict=True)]  # of all, by degree

    def _by_degree(self, poly: IntPoly) -> list[int]:
        """The sums of the absolute values of the coefficients of each degree."""
        sizes = [0] * (self.degree + 1)
        for m, c in poly.items():
            sizes[sum(m)] += abs(c)
        return sizes

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

    def sizes_of_values(self, modulus: int, bits: int) -> tuple[int, int]:
        """Where all |z_k| are at most modulus / 2^bits: the binary places that values need beyond those wanted, and a
        bound of the moduli of all values.

        A monomial of degree s is computed from one of degree s - 1 with an error of at most e(s) = |z| e(s - 1) + 2
        units, 2 for the parts that are rounded down, and 2 more when places are dropped afterwards.
        """
        error, power, errors, reach = 0, 1, 1, 1
        for size in self._most:
            errors += (error + 2) * size
            reach += power * size
            error = (error * modulus >> bits) + 3
            power = (power * modulus >> bits) + 1
        return errors.bit_length(), reach

    def tables(
        self, real: tuple[int, ...], imaginary: tuple[int, ...] | None, bits: int, places: int
    ) -> list[list[int]]:
        """All monomials at the point real + i imaginary, in units 2^-bits, times 2^places, rounded: the real parts, and
        the imaginary ones unless there are none.
        """
        left, right = [1 << places], [0]
        if imaginary is None:
            for lower, k in self.steps:
                left.append(left[lower] * real[k] >> bits)
            return [left]
        for lower, k in self.steps:
            a, b, x, y = left[lower], right[lower], real[k], imaginary[k]
            left.append(a * x - b * y >> bits)
            right.append(a * y + b * x >> bits)
        return [left, right]

    def coarse_bends(self, modulus: int, bits: int) -> list[int]:
        """For each gradient entry a bound of its summed second derivatives where all |z_k| <= modulus / 2^bits."""
        m = -(-modulus >> (bits - COARSE)) if bits >= COARSE else modulus << (COARSE - bits)
        found = []
        for sizes in self._bends_by_degree:
            bound = 0
            for size in reversed(sizes):
                bound = -(-bound * m >> COARSE) + size
            found.append(bound)
        return found


def _absolute_sum(polys: Sequence[IntPoly]) -> IntPoly:
    total: IntPoly = {}
    for poly in polys:
        for monomial, coefficient in poly.items():
            total[monomial] = total.get(monomial, 0) + abs(coefficient)
    return total


class Packed:
    """Polynomials to be evaluated together: the coefficients of a monomial in all of them are one integer, with a limb
    for each polynomial, so that one product of integers is one product for each polynomial.
    """

    def __init__(self, polys: list[Sparse], monomials: int) -> None:
        self.polys, self.monomials = polys, monomials
        self._columns: dict[int, list[int]] = {}

    def values(self, table: list[int], most: int) -> list[int]:
        """The values for these values of the monomials; `most` bounds their absolute values."""
        size = 8 * (most.bit_length() // 64 + 1)  # bytes of a limb
        if size * self.monomials * len(self.polys) > MAX_PACKED:
            return [sum([c * table[place] for c, place in poly]) for poly in self.polys]
        if size not in self._columns:
            if len(self._columns) == 4:
                self._columns.clear()
            columns = self._columns[size] = [0] * self.monomials
            for p, poly in enumerate(self.polys):
                for c, place in poly:
                    columns[place] += c << (8 * size * p)
        return limbs(kernel.dot(self._columns[size], table), len(self.polys), size)


def limbs(total: int, count: int, size: int) -> list[int]:
    """The integers v_k of which `total` is the sum of v_k * 2^(8 * size * k), each below 2^(8 * size - 1) in absolute
    value.
    """
    half = 1 << (8 * size - 1)
    found = [x - half for x in unpack(total + _halves(count, size), size)]
    return found + [-half] * (count - len(found))


@lru_cache(maxsize=8)
def _halves(count: int, size: int) -> int:
    """The largest bit of every limb."""
    return (1 << (8 * size - 1)) * (((1 << (8 * size * count)) - 1) // ((1 << (8 * size)) - 1))


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
