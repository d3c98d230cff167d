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
from operator import neg
from typing import Any

from . import kernel
from .calculus import Calculus, limbs, powers, scaled_value
from .kernel import dot, integer, integers, matrix, natural, record

BOUND_BITS = 32  # binary places of the moduli in bounds on second derivatives
STEP_BITS, SLOPE_BITS = 12, 20  # binary places of Y G(x) beyond those of the box, and of 1 - Y H(x)
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
        real, imaginary = (
            None if part is None else tuple(s * x for s, x in zip(signs, part, strict=True))
            for part in (self.real, self.imaginary)
        )
        return Box(self.bits, real or (), imaginary, self.radius)

    @property
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


def values_at(calculus: Calculus, box: Box, places: int, fine: int) -> tuple[list[list[int]], list[list[list[int]]]]:
    """The gradient times 2^places and its Jacobian times 2^fine at the centre, fine <= places: the real parts, and the
    imaginary ones unless the centre is real. The errors are below 3 in modulus.
    """
    guard, reach = calculus.sizes_of_values(box.modulus, box.bits)
    drop = places - fine
    gradients, jacobians = [], []
    for table in calculus.tables(box.real, box.imaginary, box.bits, places + guard):
        values = calculus.packed_gradient.values(table, reach << (places + guard))
        gradients.append([v >> guard for v in values])
        upper = calculus.packed_jacobian.values([v >> drop for v in table], reach << (fine + guard))
        jacobians.append(_symmetric([h >> guard for h in upper], calculus.n))
    return gradients, jacobians


def _symmetric(upper: list[int], n: int) -> list[list[int]]:
    """The matrix whose rows from the diagonal on are these, one after the other."""
    rows: list[list[int]] = []
    start = 0
    for j in range(n):
        rows.append([row[j] for row in rows] + upper[start : start + n - j])
        start += n - j
    return rows


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
    """Rule B1. Entries of the inverse are in units 2^-places."""
    n, bits, r = calculus.n, box.bits, box.radius
    rows = inverse if inverse_i is None else [a + b for a, b in zip(inverse, inverse_i, strict=True)]
    weights = [sum(map(abs, row)) for row in rows]  # at least the sums of the moduli
    size = (max(weights, default=0) >> places).bit_length()
    exact = min(2 * bits, bits + STEP_BITS + size)
    fine = min(exact, SLOPE_BITS + size)
    gradients, jacobians = values_at(calculus, box, exact, fine)
    steps = gradients  # by each of them a row gives a part of Y G
    if inverse_i is not None:
        steps = [[*gradients[0], *map(neg, gradients[1])], gradients[1] + gradients[0]]
    slopes = _distances(rows, jacobians, 1 << (fine + places))
    sides = []
    for row, weight, slope in zip(rows, weights, slopes, strict=True):
        step = sum(abs(dot(row, part)) for part in steps) + 3 * weight
        sides.append((step << 4 * bits - exact) + ((slope + 3 * n * weight) * r << (3 * bits - fine)))
    moduli = [[abs(x) + abs(y) for x, y in zip(row[:n], row[n:] or [0] * n, strict=True)] for row in rows]

    def inside(bends: list[int]) -> bool:
        return all(
            side + dot(row, bends) * r * r < r << (3 * bits + places) for side, row in zip(sides, moduli, strict=True)
        )

    coarse = calculus.coarse_bends(box.modulus + r, bits)
    return inside([b << 2 * bits for b in coarse]) or inside(_bends(calculus, box))


def _distances(rows: list[list[int]], jacobians: list[list[list[int]]], unit: int) -> list[int]:
    """The sums over k of the absolute values of the parts of (unit * identity - Y H)_ik for each i.

    The rows of Y are real, or real parts followed by imaginary ones. A row of H is packed into one integer, a limb for
    each part of each entry, so that a row of Y H is a combination of n or 2n integers.
    """
    largest = max((max(map(abs, row)) for part in jacobians for row in part), default=0)
    most = max((sum(map(abs, row)) for row in rows), default=0) * largest + unit  # bounds every part
    size = 8 * (most.bit_length() // 64 + 1)
    count = len(rows) * len(jacobians)
    shifts = range(0, 8 * size * count, 8 * size)
    parts = jacobians[0]
    if len(jacobians) == 2:
        parts = [a + b for a, b in zip(*jacobians, strict=True)]
        parts += [[*map(neg, b), *a] for a, b in zip(*jacobians, strict=True)]  # times i
    packed = [sum([v << s for v, s in zip(part, shifts, strict=True)]) for part in parts]
    products = [dot(row, packed) - (unit << place) for row, place in zip(rows, shifts[: len(rows)], strict=True)]
    whole = sum([product << (8 * size * count * i) for i, product in enumerate(products)])
    found = [abs(x) for x in limbs(whole, count * len(rows), size)]
    return [sum(found[i : i + count]) for i in range(0, len(found), max(1, count))]


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
    n, bits = calculus.n, box.bits
    places = min(2 * bits, bits + INERTIA_BITS)
    hessian = values_at(calculus, box, places, places)[1][0]
    columns = list(zip(*matrix(entry["rows"], "transform", n), strict=True))
    images = [[dot(row, column) for row in hessian] for column in columns]
    product = [[dot(column, image) for image in images] for column in columns]
    sizes = [[abs(x) for x in column] for column in columns]
    load = sum(map(sum, sizes))

    def dominant(bends: list[int]) -> bool:
        error = [4 + (b * box.radius >> (3 * bits - places)) for b in bends]
        margins = (2 * abs(row[a]) - sum(map(abs, row)) for a, row in enumerate(product))
        return all(margin > dot(size, error) * load for margin, size in zip(margins, sizes, strict=True))

    coarse = calculus.coarse_bends(box.modulus + box.radius, bits)
    shown = dominant([b << 2 * bits for b in coarse]) or dominant(_bends(calculus, box))
    kernel.need(shown, "H1", "a row that is not dominated by its diagonal", "strict diagonal dominance")
    positive = sum(row[a] > 0 for a, row in enumerate(product))
    return positive, 0, n - positive
