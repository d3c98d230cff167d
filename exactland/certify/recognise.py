"""Conjugate algebraic points out of ball arithmetic, with a proof.

Let f be a primitive irreducible polynomial of degree d with leading coefficient a and roots t_1, ..., t_d. A number of
the field Q[t]/f is written w / (q f'), w an integer polynomial of degree below d and q an integer; such w have small
coefficients (they are sums over all roots). What is recognised as w / (q f') is a guess. It is proved by a resultant:

    h in Z[t] of degree at most k has a^k h(t_1) ... h(t_d) in Z, so that h vanishes at all roots when the modulus of
    that product is below 1,

and h is the equation that has to hold, times a power of q f'. The product of all T - x(t_j), for an element x, has
rational coefficients; a bound on the height of x (`heights`) is one of their common denominator, so that they are read
off without a guess as soon as the balls are narrow.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm

from flint import acb, acb_poly, arb, ctx, fmpz, fmpz_poly, nmod_poly

from exactland.roots import PRIMES, Bounds, ends

FIRST_BITS = 256
SPARE = 48  # binary places by which a rational number has to be recognised
MOST_BITS = 1 << 18
TALL = 1 << 16  # bounds on heights that are made use of
LONGEST = 13_000  # bits of a coefficient of a minimal polynomial; Python does not print longer integers

Term = tuple[int, tuple[int, ...]]


class Unclear(Exception):
    """Narrower balls are needed."""


class TooLarge(Exception):
    """More work than is allowed."""


@dataclass(frozen=True)
class Element:
    """The number w / (q f') of a field Q[t]/f."""

    w: fmpz_poly
    q: int


@dataclass
class Orbit:
    """Conjugate points: the roots of an irreducible polynomial, and coordinates as elements of its field."""

    modulus: fmpz_poly
    coordinates: tuple[Element, ...]
    go_on: Callable[[], None] = lambda: None  # called often; raises `TooLarge` when there is no time left
    _roots: dict[int, list[acb]] = field(default_factory=dict)
    _minimal: dict[int, tuple[int, ...] | None] = field(default_factory=dict)

    @property
    def degree(self) -> int:
        return self.modulus.degree()

    @property
    def leading_bits(self) -> int:
        return int(self.modulus[self.degree]).bit_length()

    def roots(self, bits: int) -> list[acb]:
        """All roots to about so many binary places, in a fixed order."""
        if bits > MOST_BITS:
            raise TooLarge
        have = min((b for b in self._roots if b >= bits), default=None)
        if have is None:
            if not self._roots:
                with ctx.workprec(FIRST_BITS):
                    isolated: list[tuple[acb, int]] = self.modulus.complex_roots()  # type: ignore[assignment]
                    self._roots[FIRST_BITS] = [ball for ball, _ in isolated]
            known = max(self._roots)
            while known < bits:
                known = min(2 * known, max(bits, FIRST_BITS))
                before = self._roots[max(self._roots)]
                with ctx.workprec(known + self.leading_bits + 64):
                    self._roots[known] = [self._narrowed(root) for root in before]
            have = known
        return self._roots[have]

    def _narrowed(self, root: acb) -> acb:
        """A disc around a Newton step: one of radius d |f / f'| holds a root (Laguerre), and no other is so near."""
        self.go_on()
        slope = self.modulus.derivative()
        middle = root.mid()
        for _ in range(2):
            middle = (middle - self.modulus(middle) / slope(middle)).mid()
        radius = (self.modulus(middle) / slope(middle)).abs_upper() * self.degree
        if not abs(middle - root) + radius < self._reach:
            raise Unclear
        wide = arb(0, radius)
        return middle + (acb(wide) if root.imag == 0 else acb(wide, wide))

    @cached_property
    def _reach(self) -> arb:
        """Half of the least distance between two roots, or less."""
        with ctx.workprec(FIRST_BITS):
            pairs = itertools.combinations(self.roots(FIRST_BITS), 2)
            return min((abs(a - b).lower() for a, b in pairs), key=float, default=arb(1)) / 4

    def at(self, element: Element, root: acb) -> acb:
        """The value of an element at a root."""
        return element.w(root) / (element.q * self.modulus.derivative()(root))

    def vanish(self, equations: Sequence[Sequence[Term]]) -> bool:
        """Whether polynomials with integer coefficients vanish at all points; False where that was not seen."""
        if any(self._nonzero_modulo(equations, p) for p in PRIMES):
            return False
        common = lcm(*(x.q for x in self.coordinates))
        most = max((sum(m) for e in equations for _, m in e), default=0)
        least = self.leading_bits * most * (self.degree - 1)
        bits, before = FIRST_BITS, None
        while True:
            size = max((s + least for s in self._sizes(equations, common, most, bits)), default=-1)
            if size < 0:
                return True
            if before is not None and size > before // 2:
                return False  # more binary places do not make it smaller
            before, bits = size, bits + size // self.degree + 64

    def _nonzero_modulo(self, equations: Sequence[Sequence[Term]], p: int) -> bool:
        """Whether an equation has a value in the field that is not 0 modulo a prime. In the ring of all w / (q f')^k
        with denominators prime to p that value is not 0 either.
        """
        modulus = nmod_poly([int(c) % p for c in self.modulus.coeffs()], p)
        if modulus.degree() < self.degree or any(x.q % p == 0 for x in self.coordinates):
            return False
        common, inverse, _ = modulus.derivative().xgcd(modulus)
        if common.degree() != 0:
            return False
        inverse = inverse * pow(int(common[0]), -1, p)
        found = []
        for x in self.coordinates:
            w = nmod_poly([int(c) % p for c in x.w.coeffs()], p)
            found.append(w * inverse % modulus * pow(x.q, -1, p))
        for equation in equations:
            total = nmod_poly([0], p)
            for c, m in equation:
                term = nmod_poly([c % p], p)
                for value, e in zip(found, m, strict=True):
                    for _ in range(e):
                        term = term * value % modulus
                total += term
            if not (total % modulus).is_zero():
                return True
        return False

    def _sizes(self, equations: Sequence[Sequence[Term]], common: int, most: int, bits: int) -> list[int]:
        """Bounds of the binary logarithms of the product over all roots of each equation times (common f')^most."""
        sizes = [0] * len(equations)
        roots, slope = self.roots(bits), self.modulus.derivative()
        with ctx.workprec(bits + 64):
            for root in roots:
                self.go_on()
                numerators = [x.w(root) * (common // x.q) for x in self.coordinates]
                powers = [_powers(x, most) for x in (*numerators, common * slope(root))]
                for k, equation in enumerate(equations):
                    sizes[k] += _log2(_homogeneous(equation, powers, most))
        return sizes

    def minimal(self, k: int, height: int) -> tuple[int, ...] | None:
        """The minimal polynomial of a coordinate, ascending; None when it is too long. `height` bounds the degree
        times the height of the coordinate, in binary digits.
        """
        if k not in self._minimal:
            element = self.coordinates[k]
            product = self._characteristic(element, height) if height <= TALL else self._by_norms(element)
            parts = fmpz_poly(product).factor()[1]
            found = [int(c) for c in parts[0][0].coeffs()]
            signed = tuple(found if found[-1] > 0 else [-c for c in found])
            short = len(parts) == 1 and max(map(abs, found)).bit_length() <= LONGEST
            self._minimal[k] = signed if short else None
        return self._minimal[k]

    def _characteristic(self, element: Element, height: int) -> list[int]:
        """A polynomial with integer coefficients that has the values of the element at all roots as its roots."""
        bits = FIRST_BITS
        while True:
            roots = self.roots(bits)
            with ctx.workprec(bits + 64):
                values = []
                for t in roots:
                    self.go_on()
                    values.append(self.at(element, t))
                product = acb_poly.from_roots(values).coeffs()
                try:
                    found, common = rational(product)
                except Unclear:
                    bits *= 2
                    continue
                # The leading coefficient of the polynomial over the integers is at most its Mahler measure, so that
                # another rational number is at least 1 / (common 2^height) away.
                widest = max(_log2(c.real.rad()) for c in product)
                missing = widest + 2 + common.bit_length() + height
                if missing <= 0:
                    return found
            bits += missing + SPARE

    def _by_norms(self, element: Element) -> list[fmpz]:
        """The same without a bound on the height: the product of all q f' T - w, times a^(d - 1), has integer
        coefficients.
        """
        a, slope, bits = self.modulus[self.degree], self.modulus.derivative(), FIRST_BITS
        while True:
            roots = self.roots(bits)
            with ctx.workprec(bits + 64):
                factors = []
                for t in roots:
                    self.go_on()
                    factors.append(acb_poly([-element.w(t), element.q * slope(t)]))
                product = (_product(factors) * acb(a ** (self.degree - 1))).coeffs()
                widest = max(_log2(c.real.rad()) for c in product)
                found = [c.real.unique_fmpz() for c in product] if widest < 0 else [None]
            if None not in found:
                return [c for c in found if c is not None]
            bits += max(widest, 0) + SPARE


def recognised(
    factor: fmpz_poly, roots: Sequence[acb], coordinates: Sequence[Sequence[acb]], go_on: Callable[[], None]
) -> Orbit:
    """The orbit with these values of the coordinates at these roots; a guess."""
    slope = factor.derivative()
    slopes = [slope(t) for t in roots]
    found = []
    for values in coordinates:
        weights = [x * s for x, s in zip(values, slopes, strict=True)]
        w, q = rational(acb_poly.interpolate(list(roots), weights).coeffs())
        found.append(Element(fmpz_poly(w), q))
    return Orbit(factor, tuple(found), go_on)


def rational(balls: Sequence[acb]) -> tuple[list[int], int]:
    """Integers and a common denominator: the simplest rational numbers in these balls, the last ones first."""
    common = 1
    found: list[int] = []
    for ball in reversed(balls):
        if not ball.imag.contains(0):
            raise Unclear
        scaled = ball.real * fmpz(common)
        if not scaled.rad() * arb(2) ** SPARE < 1:
            raise Unclear
        whole = scaled.unique_fmpz()
        if whole is None:
            simple = simplest(ends(scaled))
            if not simple.denominator**2 * scaled.rad() * arb(2) ** SPARE < 1:
                raise Unclear
            found = [x * simple.denominator for x in found]
            common *= simple.denominator
            whole = fmpz(simple.numerator)
        found.append(int(whole))
    return found[::-1], common


def simplest(bounds: Bounds) -> Fraction:
    """The rational number of least denominator within the bounds (continued fractions)."""
    low, high = bounds
    p, q, r, s = 1, 0, 0, 1  # the convergents before
    while True:
        whole = -(-low.numerator // low.denominator)
        if whole <= high:
            return Fraction(p * whole + r, q * whole + s)
        whole = low.numerator // low.denominator
        p, q, r, s = p * whole + r, q * whole + s, p, q
        low, high = 1 / (high - whole), 1 / (low - whole)


def _powers(x: acb, most: int) -> list[acb]:
    powers = [acb(1)]
    for _ in range(most):
        powers.append(powers[-1] * x)
    return powers


def _homogeneous(equation: Sequence[Term], powers: Sequence[Sequence[acb]], degree: int) -> acb:
    """The equation made homogeneous of this degree by the last variable."""
    total = acb(0)
    for c, m in equation:
        term = c * powers[-1][degree - sum(m)]
        for row, e in zip(powers, m, strict=False):
            if e:
                term *= row[e]
        total += term
    return total


def _log2(x: acb | arb) -> int:
    """An integer that is not below the binary logarithm of the modulus."""
    mantissa, exponent = map(int, x.abs_upper().man_exp())
    return mantissa.bit_length() + exponent if mantissa else -MOST_BITS


def _product(factors: list[acb_poly]) -> acb_poly:
    while len(factors) > 1:
        pairs = [a * b for a, b in zip(factors[::2], factors[1::2], strict=False)]
        factors = pairs + factors[len(factors) - len(factors) % 2 :]
    return factors[0]
