"""The gradient and its Jacobian at many points at once, in integers scaled by powers of two.

One integer holds a number for each point, in limbs of equal length, so that one product of integers multiplies all of
them by a coefficient. Then the numbers of one point stand side by side, and one product multiplies them by a power of
a coordinate.
"""

from __future__ import annotations

import itertools
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import isqrt
from struct import iter_unpack
from typing import TYPE_CHECKING

from . import kernel
from .kernel import Exponents, IntPoly, dot

if TYPE_CHECKING:
    from .boxes import Box

Parts = Sequence[Sequence[int]]  # real parts, and imaginary ones unless all numbers are real
Terms = list[tuple[int, int]]  # (coefficient, place of the monomial)
MAX_PACKED = 50_000_000  # bytes of the limbs of some points
MAX_KEPT = 100_000  # bytes of a number kept for other points
WORD = array("I").itemsize  # bytes; all limbs are whole words


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

    def values(self, one: int, base: Sequence[Parts], shift: int) -> list[Parts]:
        """All of them where the variables have the values of `base`, in units 2^-shift, rounded down; times `one`."""
        count = len(base[0][0])
        result: list[Parts] = [[[one] * count, *([0] * count for _ in base[0][1:])]]
        for lower, k in self.steps:
            result.append(_times(result[lower], base[k], shift))
        return result


def _times(left: Parts, right: Parts, shift: int) -> Parts:
    """The products, over 2^shift, rounded down."""
    if len(left) == 1:
        return [[a * x >> shift for a, x in zip(*left, *right, strict=True)]]
    real, imaginary = [], []
    for a, b, x, y in zip(*left, *right, strict=True):
        real.append(a * x - b * y >> shift)
        imaginary.append(a * y + b * x >> shift)
    return [real, imaginary]


class Heads:
    """Values of monomials at so many points: one integer for each monomial, with a limb of `size` bytes for each part
    at each point.
    """

    def __init__(self, values: Sequence[Parts], size: int) -> None:
        self.parts, self.count, self.size = len(values[0]), len(values[0][0]), size
        half = 1 << 8 * size - 1
        self._halves = filled(half, self.parts * self.count, size)
        data = [b"".join([(v + half).to_bytes(size, "little") for part in parts for v in part]) for parts in values]
        self._packed = [int.from_bytes(limbs_of_one, "little") - self._halves for limbs_of_one in data]

    def sums(self, terms: Terms) -> list[array[int]]:
        """For each part the limbs of a linear combination, with half of their range added to each."""
        total = sum([c * self._packed[place] for c, place in terms], self._halves)
        both = array("I", total.to_bytes(self.parts * self.count * self.size, "little"))
        return [both[i : i + len(both) // self.parts] for i in range(0, len(both), len(both) // self.parts)]


class Table:
    """For each of some points a row of limbs of so many bytes; in each stands a number of `size` bytes, to which half
    of their range has been added.
    """

    def __init__(self, count: int, width: int, limb: int, size: int) -> None:
        self.width, self.limb, self.size = width, limb, size
        half = 1 << 8 * size - 1
        self.words = array("I", half.to_bytes(limb, "little") * (count * width))

    def put(self, place: int, column: array[int], stride: int, first: int = 0) -> None:
        """What stands at one place of each row: every stride-th word of the column, and those after each."""
        gap = self.limb // WORD
        for word in range(self.size // WORD):
            self.words[place * gap + word :: self.width * gap] = column[first + word :: stride]

    def integers(self, width: int) -> list[int]:
        """So many limbs after each other as one integer, without the halves."""
        halves = filled(1 << 8 * self.size - 1, width, self.limb)
        rows = iter_unpack(f"{width * self.limb}s", self.words.tobytes())
        return [int.from_bytes(row, "little") - halves for (row,) in rows]


class Packed:
    """The gradient G and its Jacobian H at many points. Each monomial is a head times a tail, and a polynomial is the
    sum over the tails of the tail times the sum of coefficients times heads.

    Where the degree is high for the number of variables, tails are monomials in the t-th powers of the variables, and
    the exponents of heads are below t. Elsewhere tails are variables, and heads have a lower degree than G.
    """

    def __init__(self, gradient: list[IntPoly], jacobian: list[list[IntPoly]], n: int) -> None:
        self.n = n
        degree = max((sum(m) for g in gradient for m in g), default=0)
        self._power = isqrt(degree) if degree > 2 * n else 1
        polys = [(g, [j * (n + 1) + n]) for j, g in enumerate(gradient)]  # each with its places among the values
        for j, k in itertools.combinations_with_replacement(range(n), 2):
            polys.append((jacobian[j][k], sorted({j * (n + 1) + k, k * (n + 1) + j})))
        split = {m: self._split(m, max(0, degree - 1)) for m in {m for poly, _ in polys for m in poly}}
        tops = [tuple((self._power - 1) * (i == k) for i in range(n)) for k in range(n)]
        self._heads = Monomials(n, {*(head for head, _ in split.values()), *tops})
        self._tails = Monomials(n, {tail for _, tail in split.values()})
        self._tops = [self._heads.places[m] for m in tops]
        self.degree_of_heads = max(map(sum, self._heads.places))
        at = {m: (self._tails.places[tail], self._heads.places[head]) for m, (head, tail) in split.items()}
        self._short: list[tuple[list[int], Terms]] = []  # without tails
        self._long: list[list[int]] = []  # only the places
        self._by_tail: dict[int, list[tuple[int, Terms]]] = {}
        for poly, places in polys:
            sums: defaultdict[int, Terms] = defaultdict(list)
            for m, c in poly.items():
                tail, head = at[m]
                sums[tail].append((c, head))
            if any(sums) or self._power > 1:
                for place, terms in sums.items():
                    self._by_tail.setdefault(place, []).append((len(self._long), terms))
                self._long.append(places)
            else:
                self._short.append((places, sums[0]))
        self._terms = sum([8 + c.bit_length() // 8 for poly, _ in polys for c in poly.values()])  # and their lengths

    def _split(self, monomial: Exponents, lower: int) -> tuple[Exponents, Exponents]:
        if (t := self._power) > 1:
            return tuple([e % t for e in monomial]), tuple([e // t for e in monomial])
        head = []
        for e in monomial:
            head.append(min(e, lower))
            lower -= head[-1]
        return tuple(head), tuple([e - h for e, h in zip(monomial, head, strict=True)])

    def work(self, coordinate: int, value: int, product: int) -> int:
        """About how many products of two bytes the values at one point take, by the lengths in bytes of coordinates,
        values, and products of these; fewer for long numbers, as they are not multiplied digit by digit.
        """
        few = min(value, 40 * isqrt(value))
        products = len(self._by_tail) * len(self._long) * product + len(self._tails) * value
        return 2 * value * (2 * len(self._heads) * coordinate + self._terms) + 4 * few * products

    def rows(self, points: Sequence[Box], fine: int, most: int, heads: int, size: int) -> Iterator[Parts]:
        """For each point the real and, unless the points are real, the imaginary parts of the rows of H, each followed
        by its entry of G, times 2^fine: an integer with a limb of `size` bytes for each entry. All points are real, or
        none is. Values times 2^fine are bounded by `most`, which fits in these limbs, and sums over heads by `heads`.
        """
        own = limb_size(most)
        sums = own if self._short else limb_size(min(most, heads))
        wide = limb_size(most << fine)
        products = len(self._long) * (len(self._by_tail) + 1) * wide
        each = 2 * (sums * len(self._heads) + products + size * self.n * (self.n + 1))
        kernel.limit(each, MAX_PACKED, "bytes of all values at a point")
        step = MAX_PACKED // max(1, each)
        for i in range(0, len(points), step):
            yield from self._together(points[i : i + step], fine, sums, own, wide, size)

    def _together(self, points: Sequence[Box], fine: int, sums: int, own: int, wide: int, size: int) -> Iterator[Parts]:
        n, width, bits = self.n, len(self._long), max(p.bits for p in points)
        centres = [[p.real for p in points]]
        if points[0].imaginary is not None:
            centres.append([p.imaginary or () for p in points])
        shifts = [bits - p.bits for p in points]
        finer = [[[x << s for x in z] for z, s in zip(part, shifts, strict=True)] for part in centres]
        base: Sequence[Parts] = list(zip(*(zip(*part, strict=True) for part in finer), strict=True))
        values = self._heads.values(1 << fine, base, bits)
        heads, parts = Heads(values, sums), range(len(centres))
        found = Table(len(points), len(parts) * n * (n + 1), size, own)
        for places, terms in self._short:
            for part, column in enumerate(heads.sums(terms)):
                for place in places:
                    found.put(part * n * (n + 1) + place, column, sums // WORD)
        if width:
            if self._power > 1:
                base, bits = [_times(values[k], x, bits) for k, x in zip(self._tops, base, strict=True)], fine
            tails = self._tails.values(1 << fine, base, bits)
            given = []
            for work in self._by_tail.values():
                table = Table(len(points), len(parts) * width, wide, sums)
                for place, terms in work:
                    for part, column in enumerate(heads.sums(terms)):
                        table.put(part * width + place, column, sums // WORD)
                given.append(table.integers(len(parts) * width))
            products = _products([tails[tail] for tail in self._by_tail], given, fine, width, wide, own)
            gap = wide // WORD
            for (i, places), part in itertools.product(enumerate(self._long), parts):
                for place in places:
                    found.put(part * n * (n + 1) + place, products, len(parts) * width * gap, (part * width + i) * gap)
        rows = found.integers(n + 1)
        for i in range(0, len(rows), len(parts) * n):
            yield [rows[i + n * part : i + n * (part + 1)] for part in parts]


def _products(tails: list[Parts], given: list[list[int]], fine: int, width: int, size: int, own: int) -> array[int]:
    """For each point the sums of tails times so many limbs for each part, over 2^fine and rounded down, with half of
    the range of `own` bytes added to each; in limbs of `size` bytes.
    """
    count, half = width * len(tails[0]), 1 << 8 * size - 1
    halves, mask = filled(half, count, size), filled((1 << 8 * size - fine) - 1, count, size)
    offset = filled(1 << 8 * own - 1, count, size) - (halves >> fine & mask)
    columns = [zip(*part, strict=True) for part in zip(*tails, strict=True)]
    rows = zip(*given, strict=True)
    if len(columns) == 1:
        totals = [dot(a, z) for a, z in zip(*columns, rows, strict=True)]
    else:
        totals, length, lower = [], 8 * size * width, filled(half, width, size)
        for a, b, z in zip(*columns, rows, strict=True):
            turned = dot(b, z)  # to be multiplied by i
            imaginary = turned + lower >> length
            totals.append(dot(a, z) - imaginary + (turned - (imaginary << length) << length))
    rounded = [(total + halves >> fine & mask) + offset for total in totals]
    return array("I", b"".join([total.to_bytes(count * size, "little") for total in rounded]))


def limbs(total: int, count: int, size: int) -> list[int]:
    """The integers v_k of which `total` is the sum of v_k * 2^(8 * size * k), each below 2^(8 * size - 1) in absolute
    value.
    """
    half = 1 << 8 * size - 1
    halves = _kept_filled(half, count, size) if count * size <= MAX_KEPT else filled(half, count, size)
    data = (total + halves).to_bytes(count * size, "little")
    return [int.from_bytes(limb, "little") - half for (limb,) in iter_unpack(f"{size}s", data)]


def limb_size(most: int) -> int:
    """Bytes of limbs for numbers up to this in absolute value."""
    return -(-(most.bit_length() + 1) // (8 * WORD)) * WORD


def filled(limb: int, count: int, size: int) -> int:
    """The same number in so many limbs."""
    return int.from_bytes(limb.to_bytes(size, "little") * count, "little")


_kept_filled = lru_cache(maxsize=64)(filled)
