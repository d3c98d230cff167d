"""Rules B and H1: existence, distinctness and inertia at boxes, in integers scaled by powers of two.

A box is a polydisc |z_k - x_k| <= r around a centre with binary fractions as coordinates. Newton's map with a fixed
approximate inverse of the Jacobian is shown to be a contraction of the polydisc into itself, by values at the centre
and a bound on second derivatives over the polydisc (rule B1).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from operator import mul
from typing import Any, NamedTuple

from . import kernel
from .calculus import Calculus, powers, scaled_value
from .kernel import dot, integer, integers, matrix, natural, record
from .packed import MAX_KEPT, Parts, filled, limb_size, limbs

MANY = 512  # boxes that are read before they are shown to be good
BOUND_BITS = 32  # binary places of the moduli in bounds on second derivatives
VALUE_BITS = 8  # binary places of a value beyond twice those of the box
INERTIA_BITS = 32  # binary places of H(x) beyond those of the box
MAX_WORK = 1_000_000_000_000  # of all boxes of one certificate, in products of two bytes


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
        imaginary = None if self.imaginary is None else tuple(map(mul, signs, self.imaginary))
        return Box(self.bits, tuple(map(mul, signs, self.real)), imaginary, self.radius)

    @property
    def modulus(self) -> int:
        """A bound of the moduli of all coordinates of the centre, times 2^bits."""
        if self.imaginary is None:
            return max(map(abs, self.real), default=0)
        return isqrt(max([x * x + y * y for x, y in zip(self.real, self.imaginary, strict=True)], default=0)) + 1

    def centre(self) -> list[tuple[object, object]]:
        """The coordinates of the centre times 2^bits, each beside its negative."""
        imaginary = self.imaginary or (0,) * len(self.real)
        return [((x, y), (-x, -y)) for x, y in zip(self.real, imaginary, strict=True)]


def symmetric(value: Any, where: str, length: int) -> list[list[int]]:
    """Rule F3: a matrix, or in one text the entries of a symmetric one from the diagonal on, row after row."""
    half = length * (length + 1) // 2
    if type(value) is not str or value.count(" ") != half - 1:
        return matrix(value, where, length)
    entries = integers(value, where, half)
    return [[entries[i] for i in row] for row in _mirrored(length)]


@lru_cache(maxsize=16)
def _mirrored(length: int) -> list[list[int]]:
    """The places of the entries."""
    starts = [i * length - i * (i + 1) // 2 for i in range(length)]
    return [[starts[min(i, k)] + max(i, k) for k in range(length)] for i in range(length)]


def contracting(values: Iterable[Any], calculus: Calculus, complex_allowed: bool) -> list[Box]:
    """Rules B1 and B2 for some boxes."""
    boxes: list[Box] = []
    entries = iter(values)
    while some := list(itertools.islice(entries, MANY)):
        maps = [_read_box(entry, calculus, complex_allowed) for entry in some]
        bits = max(m.box.bits for m in maps)
        for given in maps:
            if given.box.bits < bits:
                _spend(calculus, given, bits)
        for inside in contractions(calculus, maps):
            kernel.need(inside, "B1", "a Newton map that leaves the box", "a contraction of the box into its interior")
        boxes.extend([given.box for given in maps])
    return boxes


def _read_box(value: Any, calculus: Calculus, complex_allowed: bool) -> Newton:
    entry = record(value, "bits real radius inverse", "imaginary" if complex_allowed else "", "box")
    bits = natural(entry["bits"], "bits", kernel.MAX_BITS)
    real = integers(entry["real"], "real", calculus.n)
    imaginary = integers(entry["imaginary"], "imaginary", calculus.n) if "imaginary" in entry else None
    radius = integer(entry["radius"], "radius")
    kernel.need(radius > 0, "F3", radius, "a positive radius")
    box = Box(bits, tuple(real), None if imaginary is None else tuple(imaginary), radius)
    inverse = record(entry["inverse"], "bits real", "imaginary" if imaginary is not None else "", "inverse")
    places = natural(inverse["bits"], "bits", kernel.MAX_BITS)
    rows = symmetric(inverse["real"], "inverse", calculus.n)
    if imaginary is not None:
        rows_i = symmetric(inverse.get("imaginary"), "inverse", calculus.n)
        rows = [a + b for a, b in zip(rows, rows_i, strict=True)]
        kernel.need(
            any(abs(y) > radius for y in imaginary), "B2", "a box that meets its conjugate", "a box off the real points"
        )
    given = newton(calculus, box, rows, places)
    _spend(calculus, given, bits)
    return given


def values_at(calculus: Calculus, box: Box, places: int) -> tuple[list[list[int]], list[list[list[int]]]]:
    """The gradient and its Jacobian times 2^places at the centre: the real parts, and the imaginary ones unless the
    centre is real. The errors are below 3 in modulus.
    """
    n = calculus.n
    errors, least, reach = calculus.sizes_of_values(box.modulus, box.bits)
    fine = max(least, places + errors.bit_length())
    most = (reach << fine) + errors
    (found,) = calculus.packed.rows([box], fine, most, most, size := limb_size(most))
    parts = [[[v >> fine - places for v in limbs(row, n + 1, size)] for row in rows] for rows in found]
    return [[row[n] for row in rows] for rows in parts], [[row[:n] for row in rows] for rows in parts]


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


class Newton(NamedTuple):
    """A box and the matrix Y of Newton's map, in units 2^-places: its rows, real parts before imaginary ones. By the
    size of Y, how exactly the gradient and its Jacobian are computed: their errors take a sixteenth of the room.
    """

    box: Box
    inverse: list[list[int]]
    places: int
    modulus: int  # that of the box
    weight: int  # at least the sums of the moduli of the rows
    fine: int  # binary places
    errors: int  # of values, in units of these
    reach: int  # a bound of the moduli of values


def newton(calculus: Calculus, box: Box, inverse: list[list[int]], places: int) -> Newton:
    weight = max([sum(map(abs, row)) for row in inverse], default=0)
    modulus = box.modulus
    errors, least, reach = calculus.sizes_of_values(modulus, box.bits)
    excess = (weight * errors).bit_length() - places
    fine = max(least, excess + box.bits - box.radius.bit_length() + 5, excess + calculus.n.bit_length() + 5)
    return Newton(box, inverse, places, modulus, weight, fine, errors, reach)


def _spend(calculus: Calculus, given: Newton, bits: int) -> None:
    """About how many products of two bytes rule B1 takes for a box, in one unit 2^-bits with others."""
    weight = given.weight.bit_length() // 8
    coordinate = (given.modulus.bit_length() + bits - given.box.bits) // 8
    value = ((given.reach << given.fine) + given.errors).bit_length() // 8 + 1
    sizes = weight, coordinate, value, value + given.fine // 8
    if sizes not in calculus.works:
        calculus.works[sizes] = 4 * calculus.n**3 * weight * (value + weight) + calculus.packed.work(*sizes[1:])
    calculus.work += calculus.works[sizes]
    kernel.limit(calculus.work, MAX_WORK, "work of all boxes")


def contracts(
    calculus: Calculus, box: Box, inverse: list[list[int]], inverse_i: list[list[int]] | None, places: int
) -> bool:
    """Rule B1 for one box."""
    rows = inverse if inverse_i is None else [a + b for a, b in zip(inverse, inverse_i, strict=True)]
    return all(contractions(calculus, [newton(calculus, box, rows, places)]))


def contractions(calculus: Calculus, maps: Sequence[Newton]) -> Iterator[bool]:
    """Rule B1 for each of them, in another order: those whose values need limbs of about the same size are evaluated
    together.
    """
    groups: dict[tuple[bool, int], list[Newton]] = {}
    for m in maps:
        groups.setdefault((m.box.imaginary is None, ((m.reach << m.fine).bit_length() + 3) // 64), []).append(m)
    for chosen in groups.values():
        fine = max(m.fine for m in chosen)
        most = max((m.reach << fine) + m.errors for m in chosen)
        heads = max(calculus.heads(m.modulus, m.box.bits) for m in chosen) << fine
        room = max(m.weight + 1 for m in chosen) * most + (1 << fine + max(m.places for m in chosen))
        values = calculus.packed.rows([m.box for m in chosen], fine, most, heads, size := limb_size(room))
        for given, rows in zip(chosen, values, strict=True):
            yield _contracts(calculus, given, rows, fine, size)


def _contracts(calculus: Calculus, given: Newton, rows: Parts, fine: int, size: int) -> bool:
    box, n = given.box, calculus.n
    bits, r, unit = box.bits, box.radius, fine + given.places
    if box.imaginary is None and size * n * (n + 1) <= MAX_KEPT:
        calculus.kept[box] = list(rows[0]), size, fine, given.errors
    sums = _row_sums(given.inverse, rows, size, unit, min(unit, unit + r.bit_length() - bits - 4))
    error = given.weight * given.errors
    more = (error << bits) + n * error * r
    sides = [(step << bits) + slope * r + more for step, slope in sums]
    bend = given.weight * calculus.coarse_bend(given.modulus + r, bits)
    if max(sides, default=0) + (bend * r * r << fine >> bits) + 1 < r << unit:
        return True
    moduli = [[abs(x) + abs(y) for x, y in zip(row[:n], row[n:] or [0] * n, strict=True)] for row in given.inverse]
    bends = _bends(calculus, box)
    return all(
        side + (dot(row, bends) * r * r << fine >> 3 * bits) + 1 < r << unit
        for side, row in zip(sides, moduli, strict=True)
    )


def _row_sums(rows: list[list[int]], parts: Parts, size: int, unit: int, step: int) -> list[tuple[int, int]]:
    """For each row of Y bounds of |Y G|, and of the sum over k of |delta_ik - (Y H)_ik|, by the sums of the absolute
    values of the real and the imaginary parts; all times 2^unit. `parts` hold the rows of H, each with its entry of G.

    The rows of Y are real, or real parts followed by imaginary ones. A row of Y times all rows of H and G is a
    combination of n or 2n integers with a limb for each part.
    """
    n = len(rows)
    width = 8 * size * (n + 1)
    given = parts[0]
    if len(parts) == 2:
        given = [x + (y << width) for x, y in zip(*parts, strict=True)]
        given += [(x << width) - y for x, y in zip(*parts, strict=True)]  # times i
    products = [dot(row, given) - (1 << unit + 8 * size * i) for i, row in enumerate(rows)]
    slope = unit - 3 - (2 * n).bit_length()
    if step >= 0 and slope >= 0:  # whether all parts are below 2^step and 2^slope, seen at once
        small = _kept_small if len(parts) * (n + 1) * size <= MAX_KEPT else _small
        raised, other = small(n, len(parts), size, step, slope)
        if not any(product + raised & other for product in products):
            return [(2 << step, 2 * n << slope)] * n
    result = []
    for product in products:
        found = [abs(x) for x in limbs(product, len(parts) * (n + 1), size)]
        offset = sum(found[n :: n + 1])
        result.append((offset, sum(found) - offset))
    return result


def _small(n: int, parts: int, size: int, step: int, slope: int) -> tuple[int, int]:
    """What is added to so many parts of n + 1 limbs, to make them positive if the last limb of each part is at most
    2^step, and the others at most 2^slope, in absolute value; and the bits that are then 0.
    """
    last = filled(1 << 8 * size * n, parts, size * (n + 1))
    others = filled(1, parts * (n + 1), size) - last
    raised = (last << step) + (others << slope)
    return raised, ~(2 * raised - last - others)


_kept_small = lru_cache(maxsize=64)(_small)


def span(box: Box, form: Sequence[int]) -> tuple[int, int]:
    """Bounds of 7 Re T + 3 |Im T| over the polydisc times 2^bits, for the integer linear form T; the same for the
    conjugate polydisc.
    """
    half = 10 * sum(map(abs, form)) * box.radius
    centre = 7 * dot(form, box.real)
    if box.imaginary is not None:
        centre += 3 * abs(dot(form, box.imaginary))
    return centre - half, centre + half


def spans(boxes: Sequence[Box], form: Sequence[int]) -> list[tuple[int, int]]:
    """The spans of all boxes, sorted, in one unit."""
    bits = max((box.bits for box in boxes), default=0)
    found = [(*span(box, form), bits - box.bits) for box in boxes]
    return sorted((low << shift, high << shift) for low, high, shift in found)


def separated(boxes: list[Box], form: list[int]) -> None:
    """Rule B3: the boxes have disjoint spans, so their points are neither equal nor conjugate."""
    for (_, end), (start, _) in itertools.pairwise(spans(boxes, form)):
        kernel.need(
            end < start, "B3", "two boxes whose spans under the form meet", "disjoint spans of the separating form"
        )


def value_enclosure(calculus: Calculus, box: Box) -> tuple[Fraction, Fraction]:
    """The critical value lies within radius^2/2 times the curvature bound of the value at the centre, as the gradient
    vanishes at the point.
    """
    places = 2 * box.bits + VALUE_BITS
    value, error, scale = calculus.loss(box.real, box.bits, places)
    bound = calculus.curvature(box.modulus + box.radius, box.bits) * box.radius**2 << VALUE_BITS
    slack = error - (-bound * scale // (2 * calculus.scale))
    return Fraction(value - slack, scale << places), Fraction(value + slack, scale << places)


def box_inertia(calculus: Calculus, box: Box, value: Any) -> tuple[int, int, int]:
    """Rule H1: signs of a congruent matrix that is strictly diagonally dominant over the whole box: (positive, zero,
    negative).
    """
    entry = record(value, "rows", where="transform")
    n, bits = calculus.n, box.bits
    if box in calculus.kept:  # as exactly as rule B1 has needed it
        kept, size, places, errors = calculus.kept[box]
        hessian = [limbs(row, n + 1, size)[:n] for row in kept]
    else:
        places, errors = min(2 * bits, bits + INERTIA_BITS), 3
        hessian = values_at(calculus, box, places)[1][0]
    columns = list(zip(*matrix(entry["rows"], "transform", n), strict=True))
    images = [[sum(map(mul, row, column)) for row in hessian] for column in columns]
    product = [[sum(map(mul, column, image)) for image in images] for column in columns]
    sizes = [list(map(abs, column)) for column in columns]
    load = sum(map(sum, sizes))

    def dominant(bends: list[int]) -> bool:
        error = [errors + 1 + (b * box.radius << places >> 3 * bits) for b in bends]
        margins = (2 * abs(row[a]) - sum(map(abs, row)) for a, row in enumerate(product))
        return all(margin > dot(size, error) * load for margin, size in zip(margins, sizes, strict=True))

    coarse = calculus.coarse_bends(box.modulus + box.radius, bits)
    shown = dominant([b << 2 * bits for b in coarse]) or dominant(_bends(calculus, box))
    kernel.need(shown, "H1", "a row that is not dominated by its diagonal", "strict diagonal dominance")
    positive = sum(row[a] > 0 for a, row in enumerate(product))
    return positive, 0, n - positive
