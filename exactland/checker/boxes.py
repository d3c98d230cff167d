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
from functools import cached_property, lru_cache
from operator import mul
from typing import Any

from . import kernel
from .calculus import MAX_KEPT, Calculus, Parts, limb_size, limbs, ones, powers, scaled_value
from .kernel import dot, integer, integers, matrix, natural, record

BOUND_BITS = 32  # binary places of the moduli in bounds on second derivatives
VALUE_BITS = 8  # binary places of a value beyond twice those of the box
INERTIA_BITS = 32  # binary places of H(x) beyond those of the box


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

    @cached_property
    def modulus(self) -> int:
        """A bound of the moduli of all coordinates of the centre, times 2^bits."""
        imaginary = self.imaginary or (0,) * len(self.real)
        return max((abs(x) + abs(y) for x, y in zip(self.real, imaginary, strict=True)), default=0)

    def centre(self) -> list[tuple[object, object]]:
        """The coordinates of the centre times 2^bits, each beside its negative."""
        imaginary = self.imaginary or (0,) * len(self.real)
        return [((x, y), (-x, -y)) for x, y in zip(self.real, imaginary, strict=True)]


def read_box(value: Any, calculus: Calculus, complex_allowed: bool) -> Box:
    """Rules B1 and B2 for one box."""
    entry = record(value, "bits real radius inverse", "imaginary" if complex_allowed else "", "box")
    bits = natural(entry["bits"], "bits", kernel.MAX_BITS)
    real = integers(entry["real"], "real", calculus.n)
    imaginary = integers(entry["imaginary"], "imaginary", calculus.n) if "imaginary" in entry else None
    radius = integer(entry["radius"], "radius")
    kernel.need(radius > 0, "F3", radius, "a positive radius")
    box = Box(bits, tuple(real), None if imaginary is None else tuple(imaginary), radius)
    inverse = record(entry["inverse"], "bits real", "imaginary" if imaginary is not None else "", "inverse")
    places = natural(inverse["bits"], "bits", kernel.MAX_BITS)
    rows = matrix(inverse["real"], "inverse", calculus.n)
    rows_i = None
    if imaginary is not None:
        rows_i = matrix(inverse.get("imaginary"), "inverse", calculus.n)
        kernel.need(
            any(abs(y) > radius for y in imaginary), "B2", "a box that meets its conjugate", "a box off the real points"
        )
    inside = contracts(calculus, box, rows, rows_i, places)
    kernel.need(inside, "B1", "a Newton map that leaves the box", "a contraction of the box into its interior")
    return box


def values_at(calculus: Calculus, box: Box, places: int) -> tuple[list[list[int]], list[list[list[int]]]]:
    """The gradient and its Jacobian times 2^places at the centre: the real parts, and the imaginary ones unless the
    centre is real. The errors are below 3 in modulus.
    """
    n = calculus.n
    packed = calculus.packed
    errors, least, reach = calculus.sizes_of_values(box.modulus, box.bits)
    fine = max(least, places + errors.bit_length())
    scale = fine << packed.apart
    size = limb_size((reach + 1 << scale) * packed.growth(box.bits))
    gradients, jacobians = [], []
    for given in packed.rows(box.real, box.imaginary, box.bits, fine, size):
        rows = [[v >> (scale - places) for v in limbs(row, n + 1, size)] for row in given]
        gradients.append([row[n] for row in rows])
        jacobians.append([row[:n] for row in rows])
    return gradients, jacobians


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


def contracts(
    calculus: Calculus, box: Box, inverse: list[list[int]], inverse_i: list[list[int]] | None, places: int
) -> bool:
    """Rule B1. Entries of the inverse are in units 2^-places.

    Values are computed so exactly that their errors take a sixteenth of the room at most.
    """
    n, bits, r = calculus.n, box.bits, box.radius
    rows = inverse if inverse_i is None else [a + b for a, b in zip(inverse, inverse_i, strict=True)]
    weight = max([sum(map(abs, row)) for row in rows], default=0)  # at least the sums of the moduli
    packed = calculus.packed
    errors, least, reach = calculus.sizes_of_values(box.modulus, bits)
    excess = (weight * errors).bit_length() - places
    fine = max(least, excess + bits - r.bit_length() + 5, excess + n.bit_length() + 5)
    scale = fine << packed.apart
    errors <<= scale - fine
    unit = scale + places
    most = ((reach << scale) + errors) * max(weight + 1, packed.growth(bits)) + (1 << unit)  # bounds every limb below
    size = limb_size(most)
    parts = packed.rows(box.real, box.imaginary, bits, fine, size)
    if box.imaginary is None and size * n * (n + 1) <= MAX_KEPT:
        calculus.kept[box] = parts[0], size, scale, errors
    sums = _row_sums(rows, parts, size, unit, min(unit, unit + r.bit_length() - bits - 4))
    sides = [(step + weight * errors << bits) + (slope + n * weight * errors) * r for step, slope in sums]
    coarse = weight * max(calculus.coarse_bends(box.modulus + r, bits), default=0)
    if max(sides, default=0) + (coarse * r * r << scale >> bits) + 1 < r << unit:
        return True
    moduli = [[abs(x) + abs(y) for x, y in zip(row[:n], row[n:] or [0] * n, strict=True)] for row in rows]
    bends = _bends(calculus, box)
    return all(
        side + (dot(row, bends) * r * r << scale >> 3 * bits) + 1 < r << unit
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
        raised, other = _small(n, len(parts), size, step, slope)
        if not any(product + raised & other for product in products):
            return [(2 << step, 2 * n << slope)] * n
    result = []
    for product in products:
        found = [abs(x) for x in limbs(product, len(parts) * (n + 1), size)]
        offset = sum(found[n :: n + 1])
        result.append((offset, sum(found) - offset))
    return result


@lru_cache(maxsize=16)
def _small(n: int, parts: int, size: int, step: int, slope: int) -> tuple[int, int]:
    """What is added to so many parts of n + 1 limbs, to make them positive if the last limb of each part is at most
    2^step, and the others at most 2^slope, in absolute value; and the bits that are then 0.
    """
    last = ones(parts, size * (n + 1)) << 8 * size * n
    others = ones(parts * (n + 1), size) - last
    raised = (last << step) + (others << slope)
    return raised, ~(2 * raised - last - others)


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
