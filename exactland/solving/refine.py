"""From an approximate zero of the gradient to a box on which Newton's map contracts (rule B1 of `proofs/SPEC.md`).

Newton's iteration in ball arithmetic, midpoints only. Nothing here is trusted: a box is kept only when the test of the
checker accepts it, and the precision is raised until it does or the budget is spent. For points off the real ones, of
which only the existence counts, an estimate of that test is enough until the checker reads the certificate.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from flint import acb, acb_mat, arb, ctx

from exactland.checker import boxes as trusted
from exactland.checker.boxes import Box
from exactland.checker.calculus import Calculus
from exactland.checker.kernel import IntPoly
from exactland.checker.packed import Monomials
from exactland.solving.estimate import Estimator

PRECISIONS = (96, 192, 384, 768, 1536)
COARSE = 48  # enough for most points off the real ones, of which only the existence counts
NEWTON_STEPS = 12
SMALL_STEP = arb(2) ** -20


@dataclass(frozen=True, eq=False)
class Certified:
    """A box with the approximate inverse Jacobian that proves it: integers over 2^places.

    `tested` says whether the test of the checker was made already.
    """

    box: Box
    inverse: tuple[tuple[int, ...], ...]
    inverse_imaginary: tuple[tuple[int, ...], ...] | None
    places: int
    tested: bool = True

    @property
    def is_real(self) -> bool:
        return self.box.imaginary is None

    @property
    def zeros(self) -> list[bool]:
        """Which coordinates of the centre are 0."""
        return [not (x or y) for x, y in zip(self.box.real, self.imaginary, strict=True)]

    @property
    def imaginary(self) -> tuple[int, ...]:
        """The imaginary parts of the centre, 0 for a real box."""
        return self.box.imaginary or (0,) * len(self.box.real)

    @property
    def centre(self) -> list[complex]:
        """The centre in floating point."""
        one = 1 << self.box.bits  # an integer: it may be more than floating point holds
        return [
            complex(_quotient(x, one), _quotient(y, one)) for x, y in zip(self.box.real, self.imaginary, strict=True)
        ]

    def changed(self, signs: Sequence[int]) -> Certified:
        """The image under sign changes that leave the objective unchanged: the gradient changes its signs alike."""
        matrices = []
        for rows in (self.inverse, self.inverse_imaginary):
            signed = None
            if rows is not None:
                signed = tuple(
                    tuple(s * t * x for t, x in zip(signs, row, strict=True))
                    for s, row in zip(signs, rows, strict=True)
                )
            matrices.append(signed)
        box = self.box.changed(signs)
        return replace(self, box=box, inverse=matrices[0] or (), inverse_imaginary=matrices[1])

    def holds(self, calculus: Calculus) -> bool:
        """The test of the checker."""
        imaginary = None if self.inverse_imaginary is None else list(map(list, self.inverse_imaginary))
        return trusted.contracts(calculus, self.box, list(map(list, self.inverse)), imaginary, self.places)


@dataclass(eq=False)
class Refiner:
    """Newton's iteration for one gradient."""

    calculus: Calculus
    gradient: list[IntPoly]
    _table: Monomials = field(init=False)
    _coefficients: acb_mat = field(init=False)  # of the gradient
    _slopes: acb_mat = field(init=False)  # of the upper half of its Jacobian
    _estimator: Estimator | None = field(init=False)

    def __post_init__(self) -> None:
        self._table, gradient, jacobian = self.calculus.table
        self._coefficients = self._matrix(gradient)
        self._slopes = self._matrix(list(itertools.chain(*jacobian)))
        try:
            self._estimator = Estimator(self.calculus)
        except OverflowError:
            self._estimator = None

    def _matrix(self, polynomials: Sequence[Sequence[tuple[int, int]]]) -> acb_mat:
        result = acb_mat(len(polynomials), len(self._table))
        for i, row in enumerate(polynomials):
            for c, j in row:
                result[i, j] = c
        return result

    def refine(
        self, start: Sequence[complex] | Sequence[acb], first: int = 0, precisions: Sequence[int] = ()
    ) -> Certified | None:
        """A certified box around the zero next to the start, or None: no convergence, or a singular Jacobian."""
        coarse = not first and _far_from_real(start)
        precisions = precisions or ((COARSE, *PRECISIONS) if coarse else PRECISIONS[first:])
        for bits in precisions:
            with ctx.workprec(2 * bits + 40):
                reached = self._newton([acb(x) for x in start], bits)
                if reached is None:
                    return None
                point, jacobian, inverse = reached
                found = self._box(point, jacobian, inverse, bits) or self._box_anew(point, bits)
            if found is not None:
                return found
            start = point
        return None

    def prepare(self, starts: Sequence[Sequence[complex]]) -> None:
        """What can be computed for all these points together before a box around each is estimated."""
        if self._estimator is not None:
            self._estimator.prepare([start for start in starts if _far_from_real(start)])

    def estimate(self, start: Sequence[complex]) -> Certified | None:
        """A box around a zero next to an approximation of it off the real points, which is not tested yet; or None."""
        if self._estimator is None or not _far_from_real(start):
            return None
        try:
            found = self._estimator.box(start)
        except (OverflowError, ZeroDivisionError, ValueError):
            return None
        return None if found is None else Certified(*found, tested=False)

    def _monomials(self, point: list[acb]) -> acb_mat:
        monomials = [acb(1)]
        for lower, i in self._table.steps:
            monomials.append(monomials[lower] * point[i])
        return acb_mat(len(monomials), 1, monomials)

    def _jacobian(self, monomials: acb_mat) -> acb_mat:
        n = self._coefficients.nrows()
        values = (self._slopes * monomials).entries()
        places = {pair: i for i, pair in enumerate(itertools.combinations_with_replacement(range(n), 2))}
        return acb_mat(n, n, [values[places[min(j, k), max(j, k)]] for j in range(n) for k in range(n)])

    def _newton(self, point: list[acb], bits: int) -> tuple[list[acb], acb_mat, acb_mat] | None:
        """The zero, the Jacobian near it and its inverse: once the steps are small they are all made with the same."""
        n = len(point)
        tolerance, last = arb(2) ** (-bits - 20), arb(0)
        inverse: acb_mat | None = None
        for _ in range(NEWTON_STEPS):
            monomials = self._monomials(point)
            if inverse is None:
                jacobian = self._jacobian(monomials)
                try:
                    inverse = jacobian.inv()
                except ZeroDivisionError:
                    return None
            step = inverse * (self._coefficients * monomials)
            point = [(x - step[i, 0]).mid() for i, x in enumerate(point)]
            size = max((abs(step[i, 0]) for i in range(n)), key=lambda s: float(s.mid()), default=arb(0))
            if not size < arb(2) ** 60:
                return None
            if size < tolerance:
                return point, jacobian, inverse
            if not (size < SMALL_STEP and (last == 0 or size < last * SMALL_STEP)):
                inverse = None
            last = size
        return None

    def _box_anew(self, point: list[acb], bits: int) -> Certified | None:
        """With the Jacobian at the zero itself."""
        jacobian = self._jacobian(self._monomials(point))
        try:
            return self._box(point, jacobian, jacobian.inv(), bits)
        except ZeroDivisionError:
            return None

    def _box(self, point: list[acb], jacobian: acb_mat, inverse: acb_mat, bits: int) -> Certified | None:
        n = len(point)
        near_real = all(abs(x.imag) < arb(2) ** (-bits // 2 - 8) for x in point)
        if near_real:
            point = [acb(x.real.mid()) for x in point]
        size = sum((abs(jacobian[i, j]).mid() for i in range(n) for j in range(n)), arb(1))
        places = max(0, _bits(size)) + 12
        real = tuple(_rounded(x.real, bits) for x in point)
        imaginary = None if near_real else tuple(_rounded(x.imag, bits) for x in point)
        upper = [[inverse[min(i, j), max(i, j)] for j in range(n)] for i in range(n)]  # symmetric as the Jacobian is
        rows = tuple(tuple(_rounded(x.real, places) for x in row) for row in upper)
        rows_i = None
        if not near_real:
            rows_i = tuple(tuple(_rounded(x.imag, places) for x in row) for row in upper)
        for radius in (1 << (bits // 4), 1 << (bits // 2)):
            box = Box(bits, real, imaginary, radius)
            if imaginary is not None and all(abs(y) <= radius for y in imaginary):
                continue
            found = Certified(box, rows, rows_i, places)
            if found.holds(self.calculus):
                return found
        return None


def _quotient(x: int, one: int) -> float:
    try:
        return x / one
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def _far_from_real(point: Sequence[complex] | Sequence[acb]) -> bool:
    size, off = (
        max((abs(complex(x)) for x in point), default=0.0),
        max((abs(complex(x).imag) for x in point), default=0.0),
    )
    return off > 1e-4 * size and off > 1e-6


def _bits(x: arb) -> int:
    return int(midpoint(x)).bit_length()


def midpoint(x: arb) -> Fraction:
    """The middle of a ball, exactly."""
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _rounded(x: arb, bits: int) -> int:
    """The middle of the ball times 2^bits, rounded to the nearest integer, to an even one in the middle of two."""
    mantissa, exponent = map(int, x.mid().man_exp())
    shift = -exponent - bits
    if shift <= 0:
        return mantissa << -shift
    whole, rest, half = mantissa >> shift, mantissa & ((1 << shift) - 1), 1 << (shift - 1)
    return whole + (rest > half or (rest == half and whole % 2 == 1))


def canonical(found: Certified) -> Certified:
    """Of a conjugate pair the member whose first coordinate off the reals has a positive imaginary part."""
    imaginary = found.box.imaginary
    if imaginary is None:
        return found
    lead = next(y for y in imaginary if abs(y) > found.box.radius)
    if lead > 0:
        return found
    box = Box(found.box.bits, found.box.real, tuple(-y for y in imaginary), found.box.radius)
    rows = found.inverse_imaginary or ()
    return replace(found, box=box, inverse_imaginary=tuple(tuple(-y for y in row) for row in rows))


def same_point(a: Box, b: Box) -> bool:
    """Whether two certified boxes meet; boxes of one refinement then hold the same zero."""
    shift = max(a.bits, b.bits)
    p, q = shift - a.bits, shift - b.bits
    reach = (a.radius << p) + (b.radius << q)
    zeros = (0,) * len(a.real)
    return all(abs((x << p) - (y << q)) <= reach for x, y in zip(a.real, b.real, strict=True)) and all(
        abs((x << p) - (y << q)) <= reach for x, y in zip(a.imaginary or zeros, b.imaginary or zeros, strict=True)
    )


def distinct(found: Iterable[Certified]) -> list[Certified]:
    """One box for each point and each conjugate pair, in a canonical order: real ones first, by their coordinates."""
    kept: list[Certified] = []
    buckets: dict[tuple[int, ...], list[Certified]] = {}
    for candidate in map(canonical, found):
        box = candidate.box
        key = tuple((x << 16) >> box.bits for x in box.real[:3])
        near = [key]
        for i in range(len(key)):
            near += [(*k[:i], k[i] + d, *k[i + 1 :]) for k in near for d in (-1, 1)]
        if any(same_point(box, other.box) for k in near for other in buckets.get(k, [])):
            continue
        buckets.setdefault(key, []).append(candidate)
        kept.append(candidate)
    return sorted(
        kept, key=lambda c: (not c.is_real, [(x << 40) >> c.box.bits for x in (*c.box.real, *(c.box.imaginary or ()))])
    )


def separating_form(found: Sequence[Certified], n: int) -> tuple[int, ...] | None:
    """Small integers whose linear form separates all boxes (rule B3)."""
    for spread in range(1, 60):
        form = tuple(((k + 1) * spread * spread + k * k + spread) % (5 * spread + 2 * n + 1) + 1 for k in range(n))
        if all(a[1] < b[0] for a, b in itertools.pairwise(trusted.spans([c.box for c in found], form))):
            return form
    return None
