"""The gradient, its Jacobian and bounds on second derivatives, to be evaluated in integers scaled by powers of two."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property

from . import kernel
from .kernel import IntPoly, RationalPoly, derivative
from .lines import Elements
from .packed import Monomials, Packed

Compiled = list[tuple[int, int, tuple[tuple[int, int], ...]]]  # (coefficient, degree, ((variable, exponent), ...))
Sparse = list[tuple[int, int]]  # (coefficient, place of the monomial)
NEARLY = 6  # binary places of moduli in bounds that are kept
MAX_BOUNDS = 1000  # bounds that are kept
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
        self._most_bent = [max(column) for column in zip(*self._bends_by_degree, strict=True)]
        self._bounds: dict[tuple[str, int], int] = {}
        self.work = 0
        self.works: dict[tuple[int, ...], int] = {}  # by sizes of numbers
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
    def _whole(self) -> tuple[Monomials, list[Sparse], list[int], int]:
        """The objective in integers: monomials in all variables but the last, coefficients by these for each power of
        the last; sums of absolute values by degree; what it is multiplied by.
        """
        (whole,), scale = kernel.common_integers([self._loss])
        heads = Monomials(self.n, {(*m[:-1], 0) for m in whole})
        rows: list[Sparse] = [[] for _ in range(max((m[-1] for m in whole), default=0) + 1)]
        for m, c in whole.items():
            rows[m[-1]].append((c, heads.places[*m[:-1], 0]))
        return heads, rows, _absolute_sums([whole], self.degree), scale

    def loss(self, real: Sequence[int], bits: int, places: int) -> tuple[int, int, int]:
        """The value at a real point times 2^places and a positive integer; a bound of its error; that integer.

        Monomials are rounded towards 0, which gives the same value at the images under sign changes. Where m >= 1
        bounds all |x_k|, those of degrees a and b have errors of at most a m^(a-1) and b m^(b-1), and their product one
        of at most (a + b + a b) m^(a+b-1).
        """
        heads, rows, sums, scale = self._whole
        values, powers = [1 << places], [1 << places]
        for lower, k in heads.steps:
            values.append(_towards_zero(values[lower] * real[k], bits))
        while len(powers) < len(rows):
            powers.append(_towards_zero(powers[-1] * real[-1], bits))
        total = sum([p * sum([c * values[head] for c, head in row]) for p, row in zip(powers, rows, strict=True)])
        reach = _coarse(sums, max(max(map(abs, real), default=0), 1 << bits), bits)
        return total >> places, (self.degree + 1) ** 2 * reach + 1, scale

    @cached_property
    def table(self) -> tuple[Monomials, list[Sparse], list[list[Sparse]]]:
        """All monomials of the gradient and of the rows of the Jacobian from the diagonal on, and both by these."""
        table = Monomials(self.n, {m for p in (*self._gradient, *itertools.chain(*self._upper)) for m in p})
        gradient = [[(c, table.places[m]) for m, c in g.items()] for g in self._gradient]
        return table, gradient, [[[(c, table.places[m]) for m, c in h.items()] for h in row] for row in self._upper]

    def sizes_of_values(self, modulus: int, bits: int) -> tuple[int, int, int]:
        """Where all |z_k| are at most modulus / 2^bits: a bound of the errors of all values, in units of the places
        that monomials are computed with; the least number of these places; and a bound of the moduli of all values.

        Let m >= 1 be a bound of all |z_k|. A monomial of degree s >= 1 is computed with an error of at most
        (5 s - 3) m^(s-1) units: z_k is rounded with an error below 2, 1 for each part; and a product of monomials of
        degrees a and b has an error of at most m^a e_b + m^b e_a, 2 for rounding, and e_a e_b over 2^places, which is
        at most m^(a+b-2) where there are twice as many places as 5 s has bits. The sum of the first two is
        (5 (a + b) - 6) m^(a+b-1). A value is rounded once more, with an error below 2.
        """
        reach = self._bound("values", self._most, max(modulus, 1 << bits), bits) + 1
        return 5 * max(1, self.degree - 1) * reach + 2, 2 * (5 * self.degree).bit_length(), reach

    def heads(self, modulus: int, bits: int) -> int:
        """A bound of the sums over heads that values are computed from, and of these heads, in the same units."""
        bound: int = sum(self._most) + 1
        for _ in range(self.packed.degree_of_heads):
            bound = (bound * max(modulus, 1 << bits) >> bits) + 1
        return 2 * bound

    def coarse_bend(self, modulus: int, bits: int) -> int:
        """A bound of all of them."""
        return self._bound("bends", self._most_bent, modulus, bits)

    def _bound(self, of: str, sums: list[int], modulus: int, bits: int) -> int:
        """A bound of the sum of the sizes times the powers of modulus / 2^bits, one for all moduli nearly as large."""
        m = -(-modulus >> bits - NEARLY) if bits >= NEARLY else modulus << NEARLY - bits
        if (of, m) not in self._bounds:
            if len(self._bounds) >= MAX_BOUNDS:
                self._bounds.clear()
            self._bounds[of, m] = _coarse(sums, m, NEARLY)
        return self._bounds[of, m]

    def coarse_bends(self, modulus: int, bits: int) -> list[int]:
        """For each gradient entry a bound of its summed second derivatives where all |z_k| <= modulus / 2^bits."""
        return [_coarse(sizes, modulus, bits) for sizes in self._bends_by_degree]


def _towards_zero(value: int, bits: int) -> int:
    return value >> bits if value >= 0 else -(-value >> bits)


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
