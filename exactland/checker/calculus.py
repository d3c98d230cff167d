"""The gradient, its Jacobian and bounds on second derivatives, to be evaluated in integers scaled by powers of two."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from math import lcm
from operator import mul

from . import kernel
from .kernel import Exponents, IntPoly, RationalPoly, derivative, dot
from .lines import Elements

Compiled = list[tuple[int, int, tuple[tuple[int, int], ...]]]  # (coefficient, degree, ((variable, exponent), ...))
Sparse = list[tuple[int, int]]  # (coefficient, place of the monomial)
Parts = list[list[int]]  # real parts, and imaginary ones unless all numbers are real
MAX_PACKED = 100_000_000  # bytes of all limbs, also of those kept for other sizes
MAX_VALUES = 200_000_000  # bytes of all monomials at a point
MAX_KEPT = 100_000  # bytes of a number kept for other boxes
COARSE = 16  # binary places of the bounds by degree


def compiled(poly: IntPoly) -> Compiled:
    return [(c, sum(m), tuple((i, e) for i, e in enumerate(m) if e)) for m, c in poly.items()]


class Calculus:
    """The scaled gradient, its Jacobian, and bounds on second derivatives."""

    def __init__(self, elements: Elements, loss: RationalPoly) -> None:
        self.n, self.scale, self._loss = elements.n, elements.scale, loss
        self._gradient = elements.gradient
        self.degree = max((sum(m) for m in loss), default=0)
        self._upper = [[derivative(g, k) for k in range(j, self.n)] for j, g in enumerate(self._gradient)]
        self.packed = Packed(self._gradient, [self._jacobian_row(j) for j in range(self.n)], self.n)
        sums = [_sums_by_degree(g, self.n, self.degree) for g in self._gradient]
        self._bends_by_degree = [bends for _, bends in sums]
        self.kept: dict[object, tuple[list[int], int, int, int]] = {}  # rows at boxes, their limbs, places and errors
        self._most = [max(sizes) for sizes in zip(*(row for rows, _ in sums for row in rows), strict=True)]

    def _jacobian_row(self, j: int) -> list[IntPoly]:
        """The Jacobian is symmetric."""
        return [self._upper[min(j, k)][abs(j - k)] for k in range(self.n)]

    @cached_property
    def _second(self) -> list[IntPoly]:
        return [
            _absolute_sum([derivative(h, k) for h in self._jacobian_row(j) for k in range(self.n)])
            for j in range(self.n)
        ]

    @cached_property
    def bends(self) -> list[Compiled]:
        """For each gradient entry the sum of its second derivatives, all coefficients with their absolute values."""
        return [compiled(b) for b in self._second]

    @cached_property
    def _curvature(self) -> list[int]:
        """The sums of the absolute values of all coefficients of each degree in the whole Jacobian."""
        return _absolute_sums([h for j in range(self.n) for h in self._jacobian_row(j)], self.degree)

    def curvature(self, modulus: int, bits: int) -> int:
        """A bound of the sum of all second derivatives times `scale` where all |z_k| <= modulus / 2^bits."""
        return _coarse(self._curvature, modulus, bits)

    @cached_property
    def _whole(self) -> tuple[Monomials, list[int], list[int], int]:
        """The objective in integers by monomials, sums of absolute values by degree, and what it is multiplied by."""
        (whole,), scale = kernel.common_integers([self._loss])
        table = Monomials(self.n, whole)
        return table, [whole.get(m, 0) for m in table.places], _absolute_sums([whole], self.degree), scale

    def loss(self, real: Sequence[int], bits: int, places: int) -> tuple[int, int, int]:
        """The value at a real point times 2^places and a positive integer; a bound of its error; that integer.

        Monomials are rounded towards 0, which gives the same value at the images under sign changes.
        """
        table, coefficients, sums, scale = self._whole
        values = [1 << places]
        for lower, k in table.steps:
            x = values[lower] * real[k]
            values.append(x >> bits if x >= 0 else -(-x >> bits))
        return dot(coefficients, values), _errors(sums, max(map(abs, real), default=0), bits)[0], scale

    @cached_property
    def table(self) -> tuple[Monomials, list[Sparse], list[list[Sparse]]]:
        """All monomials of the gradient and of the rows of the Jacobian from the diagonal on, and both by these."""
        table = Monomials(self.n, {m for p in (*self._gradient, *itertools.chain(*self._upper)) for m in p})
        gradient = [[(c, table.places[m]) for m, c in g.items()] for g in self._gradient]
        return table, gradient, [[[(c, table.places[m]) for m, c in h.items()] for h in row] for row in self._upper]

    def sizes_of_values(self, modulus: int, bits: int) -> tuple[int, int, int]:
        """Where all |z_k| are at most modulus / 2^bits: a bound of the errors of all values, in units of the places
        that monomials are computed with; the least number of these places; and a bound of the moduli of all values.

        A monomial of degree s is computed from one of degree s - 1 with an error of at most e(s) = |z| e(s - 1) + 2
        units, 2 for the parts that are rounded down. By Euler's identity the part of G_j of degree s gets no larger
        error from those of H_jk, as their coefficients have the sum s times that of its own, and 2 units more. With
        as many places as e(s) has bits, a product of two such monomials has an error of at most 3 e(s), as |a| e_b +
        |b| e_a <= 2 e(s) and e_a e_b is less than e_b.
        """
        errors, error, reach = _errors(self._most, modulus, bits)
        if self.packed.apart:
            return 3 * errors, error.bit_length(), reach
        return errors + 2, 0, reach

    def coarse_bends(self, modulus: int, bits: int) -> list[int]:
        """For each gradient entry a bound of its summed second derivatives where all |z_k| <= modulus / 2^bits."""
        return [_coarse(sizes, modulus, bits) for sizes in self._bends_by_degree]


def _errors(sums: list[int], modulus: int, bits: int) -> tuple[int, int, int]:
    """For polynomials with these sums of absolute values of the coefficients by degree where |z_k| <= modulus / 2^bits:
    bounds of the errors of the values and of those of a monomial, in units of the places, and of the values.
    """
    error, power, errors, reach = 0, 1, 1, 1
    for size in sums:
        errors += error * size
        reach += power * size
        error = (error * modulus >> bits) + 3
        power = (power * modulus >> bits) + 1
    return errors, error, reach


def _coarse(sums: list[int], modulus: int, bits: int) -> int:
    """A bound of the sum of the sizes times the powers of modulus / 2^bits."""
    m = -(-modulus >> (bits - COARSE)) if bits >= COARSE else modulus << (COARSE - bits)
    bound = 0
    for size in reversed(sums):
        bound = -(-bound * m >> COARSE) + size
    return bound


def _absolute_sums(polys: Iterable[IntPoly], degree: int) -> list[int]:
    """The sums of the absolute values of the coefficients of each degree."""
    sums = [0] * (degree + 1)
    for poly in polys:
        for m, c in poly.items():
            sums[sum(m)] += abs(c)
    return sums


def _sums_by_degree(poly: IntPoly, n: int, degree: int) -> tuple[list[list[int]], list[int]]:
    """The sums of the absolute values of the coefficients of each degree: of the polynomial and its derivatives; and of
    all second derivatives together, s (s - 1) for a monomial of degree s.
    """
    sizes = [[0] * (degree + 1) for _ in range(n + 1)]
    bends = [0] * (degree + 1)
    for m, c in poly.items():
        s, c = sum(m), abs(c)
        sizes[n][s] += c
        bends[s - 2] += s * (s - 1) * c
        for k, e in enumerate(m):
            sizes[k][s - 1] += c * e
    return sizes, bends


def _absolute_sum(polys: Sequence[IntPoly]) -> IntPoly:
    total: IntPoly = {}
    for poly in polys:
        for monomial, coefficient in poly.items():
            total[monomial] = total.get(monomial, 0) + abs(coefficient)
    return total


class Monomials:
    """Monomials by degree, with enough others that each but 1 is a lower one times a variable."""

    def __init__(self, n: int, used: Iterable[Exponents]) -> None:
        found: dict[Exponents, tuple[Exponents, int]] = {}
        one = (0,) * n
        for m in used:
            while m not in found and m != one:
                k = n - 1
                while not m[k]:
                    k -= 1
                lower = (*m[:k], m[k] - 1, *m[k + 1 :])
                found[m] = lower, k
                m = lower
        order = sorted(found, key=sum)
        self.places = {one: 0, **{m: i for i, m in enumerate(order, 1)}}
        self.steps = [(self.places[lower], k) for lower, k in map(found.__getitem__, order)]

    def __len__(self) -> int:
        return len(self.places)

    def values(self, real: Sequence[int], imaginary: Sequence[int] | None, bits: int, places: int) -> Parts:
        """All of them at the point real + i imaginary, in units 2^-bits, times 2^places, rounded down."""
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


class Packed:
    """The gradient and its Jacobian, to be evaluated together: the coefficients of a monomial in many polynomials are
    one integer, with a limb for each polynomial, so that one product of integers is one product for each polynomial.

    Where that leaves less than a third of the monomials, the powers of the last variable are kept `apart`: what stands
    at each of them in the gradient, and in the second derivatives without the last variable, is evaluated first; the
    other second derivatives are those of the gradient in the last variable. Elsewhere the parts H^(s) of the Jacobian
    that are homogeneous of degree s are evaluated, and by Euler's identity the gradient is G(0) + the sum over s of
    H^(s) z / (s + 1).
    """

    def __init__(self, gradient: list[IntPoly], jacobian: list[list[IntPoly]], n: int) -> None:
        self.n = n
        used = {m for g in gradient for m in g}
        self.apart = 3 * len({m[:-1] for m in used}) < len(used)
        self._columns: dict[int, Parts] = {}
        self.share = 1  # a multiple of all s + 1
        if self.apart:
            pairs = [(j, k) for j in range(n - 1) for k in range(j, n - 1)]
            polys = [*gradient, *(jacobian[j][k] for j, k in pairs)]
            at = {pair: i for i, pair in enumerate(pairs, n)} | {(j, n - 1): len(polys) + j for j in range(n)}
            self._rows = [[*(at[min(j, k), max(j, k)] for k in range(n)), j] for j in range(n)]  # places of limbs
            self._heads = Monomials(n, {(*m[:-1], 0) for p in polys for m in p})
            self._powers = Monomials(1, {m[-1:] for m in used})
            self._starts = [0] * len(self._powers)
            self._terms = [[(c, m[-1], self._heads.places[*m[:-1], 0]) for m, c in p.items()] for p in polys]
        else:
            polys = [p for row in jacobian for p in row]
            self._heads = Monomials(n, {m for p in polys for m in p})
            degrees = [sum(m) for m in self._heads.places]
            self._starts = [bisect_left(degrees, s) for s in range(degrees[-1] + 1)]
            self._terms = [[(c, sum(m), self._heads.places[m]) for m, c in p.items()] for p in polys]
            self.share = lcm(*range(1, degrees[-1] + 2))
            self._at_zero = [g.get((0,) * n, 0) for g in gradient]

    def growth(self, bits: int) -> int:
        """What limbs have to hold in `rows`, at most, over the values that it returns."""
        return 1 if self.apart else self.share << bits

    def rows(self, real: Sequence[int], imaginary: Sequence[int] | None, bits: int, fine: int, size: int) -> Parts:
        """The real and, unless the point is real, the imaginary parts of the rows of the Jacobian, each row followed by
        its entry of the gradient, in limbs of so many bytes; times 2^fine, or its square if powers are `apart`.
        """
        n = self.n
        kernel.limit(size * len(self._heads), MAX_VALUES, "bytes of all monomials at a box")
        heads = self._heads.values(real, imaginary, bits, fine)
        sums = self._sums(heads, size)
        if self.apart:
            tails = self._powers.values(real[-1:], None if imaginary is None else imaginary[-1:], bits, fine)
            slopes = [[0, *(j * v for j, v in enumerate(part[:-1], 1))] for part in tails]
            both = zip(_product(tails, sums), _product(slopes, sums), strict=True)
            return [self._joined(values, slope, size) for values, slope in both]
        result = [stretches(sum(part), n, size, n) for part in sums]
        shares = [self.share // (s + 1) for s in range(len(self._starts))]
        shared = [stretches(dot(shares, part), n, size, n) for part in sums]
        products = _product([real] if imaginary is None else [real, imaginary], shared)
        for rows, product in zip(result, products, strict=True):
            for j, v in enumerate(limbs(product, n, size)):
                rows[j] += v // (self.share << bits) << 8 * size * n
        for j, c in enumerate(self._at_zero):
            result[0][j] += c << 8 * size * n + fine
        return result

    def _joined(self, values: int, slopes: int, size: int) -> list[int]:
        """The rows out of the values of the polynomials and, in the first n limbs, of their slopes."""
        n, count = self.n, len(self._terms)
        data = (values + _halves(count, size)).to_bytes(count * size, "little")
        low = slopes + _halves(n, size) & (1 << 8 * size * n) - 1
        data += low.to_bytes(n * size, "little")
        halves = _halves(n + 1, size)
        joined = [b"".join([data[size * i : size * (i + 1)] for i in row]) for row in self._rows]
        return [int.from_bytes(row, "little") - halves for row in joined]

    def _sums(self, heads: Parts, size: int) -> Parts:
        """For each part the sums over the monomials of one degree, or at one power of the last variable."""
        count = len(self._terms)
        each = len(self._heads) * len(self._starts) * count
        if size * each > MAX_PACKED:  # one after the other
            whole = [[0] * len(self._starts) for _ in heads]
            for p in range(count):
                alone = self._summed(self._packed(range(p, p + 1), size), heads)
                whole = [
                    [w + (v << 8 * size * p) for w, v in zip(*both, strict=True)]
                    for both in zip(whole, alone, strict=True)
                ]
            return whole
        if size not in self._columns:
            if len(self._columns) == 16 or (sum(self._columns) + size) * each > MAX_PACKED:
                self._columns.clear()
            self._columns[size] = self._packed(range(count), size)
        return self._summed(self._columns[size], heads)

    def _packed(self, chosen: range, size: int) -> Parts:
        """The coefficients of chosen polynomials, from the first place of each group to the last that is used."""
        columns = [[0] * (len(self._heads) - start) for start in self._starts]
        for place, p in enumerate(chosen):
            for c, group, head in self._terms[p]:
                columns[group][head - self._starts[group]] += c << (8 * size * place)
        for column in columns:
            while column and not column[-1]:
                column.pop()
        return columns

    def _summed(self, columns: Parts, heads: Parts) -> Parts:
        groups = [(c, start, start + len(c)) for c, start in zip(columns, self._starts, strict=True)]
        return [[sum(map(mul, c, part[i:k] if i else part)) for c, i, k in groups] for part in heads]


def _product(left: Sequence[Sequence[int]], right: Parts) -> list[int]:
    """The parts of the sum of the products of complex numbers."""
    if len(left) == 1:
        return [dot(left[0], right[0])]
    (a, b), (x, y) = left, right
    return [dot(a, x) - dot(b, y), dot(a, y) + dot(b, x)]


def limbs(total: int, count: int, size: int) -> list[int]:
    """The integers v_k of which `total` is the sum of v_k * 2^(8 * size * k), each below 2^(8 * size - 1) in absolute
    value.
    """
    half = 1 << (8 * size - 1)
    data = (total + _halves(count, size)).to_bytes(count * size, "little")
    return [int.from_bytes(data[i : i + size], "little") - half for i in range(0, count * size, size)]


def limb_size(most: int) -> int:
    """Bytes of limbs for numbers up to this in absolute value; few sizes are used, to pack coefficients for few."""
    size = most.bit_length() // 8 + 1
    step = 1 << max(0, size.bit_length() - 3)
    return -(-size // step) * step


def stretches(total: int, count: int, size: int, limbs_of_each: int) -> list[int]:
    """The same for so many limbs together, still as one integer."""
    halves, width = _halves(limbs_of_each, size), size * limbs_of_each
    data = (total + _halves(count * limbs_of_each, size)).to_bytes(count * width, "little")
    return [int.from_bytes(data[i : i + width], "little") - halves for i in range(0, count * width, width)]


def ones(count: int, size: int) -> int:
    """1 in every limb."""
    return ((1 << (8 * size * count)) - 1) // ((1 << (8 * size)) - 1)


def _halves(count: int, size: int) -> int:
    """2^(8 * size - 1) in every limb: added to limbs, it makes them positive."""
    return _kept_halves(count, size) if count * size <= MAX_KEPT else ones(count, size) << 8 * size - 1


@lru_cache(maxsize=64)
def _kept_halves(count: int, size: int) -> int:
    return ones(count, size) << 8 * size - 1


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
