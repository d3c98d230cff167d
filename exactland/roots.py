"""Real roots of polynomials over the rationals, isolated and numbered (by `flint`, in ball arithmetic)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import acb, arb, ctx, fmpz_poly, nmod_poly

Bounds = tuple[Fraction, Fraction]

FIRST_BITS = 256
MOST_BITS = 1 << 17
PRIMES = ((1 << 61) - 1, (1 << 62) - 57)


def ends(ball: arb) -> Bounds:
    """The ends of a ball, exactly: rounded ones of two balls could meet where the balls do not."""
    middle, radius = exactly(ball), exactly(ball.rad())
    return middle - radius, middle + radius


def exactly(x: arb) -> Fraction:
    """The middle of a ball."""
    mantissa, exponent = map(int, x.mid().man_exp())
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def real_roots(polynomial: Sequence[int], bits: int) -> list[Bounds]:
    """Disjoint bounds of the distinct real roots, in increasing order."""
    with ctx.workprec(bits):
        found: list[tuple[acb, int]] = fmpz_poly(list(polynomial)).complex_roots()  # type: ignore[assignment]
        return sorted(ends(root.real) for root, _ in found if root.imag == 0)


def minimal_at(polynomial: Sequence[int], bounds: Bounds) -> tuple[int, ...] | None:
    """The irreducible factor that vanishes at the only root within the bounds; None unless there is just one."""
    factors = [factor for factor, _ in fmpz_poly(list(polynomial)).factor()[1]]
    for bits in (FIRST_BITS, 8 * FIRST_BITS):
        inside = [(f, b) for f in factors for b in real_roots([int(c) for c in f.coeffs()], bits) if _meet(b, bounds)]
        if len(inside) == 1:
            coefficients = [int(c) for c in inside[0][0].coeffs()]
            return tuple(coefficients if coefficients[-1] > 0 else [-c for c in coefficients])
    return None


def coprime_modulo(first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether a prime shows that two polynomials have no common root: a common factor over the integers keeps its
    degree modulo a prime that does not divide the leading coefficients.
    """
    for p in PRIMES:
        if first[-1] % p and second[-1] % p:
            a, b = (nmod_poly([c % p for c in x], p) for x in (first, second))
            if a.gcd(b).degree() == 0:
                return True
    return False


def root_number(minimal: Sequence[int], bounds: Bounds) -> int | None:
    """The place among the real roots of the only one within the bounds; None unless there is just one."""
    for bits in (FIRST_BITS, 8 * FIRST_BITS):
        inside = [k for k, b in enumerate(real_roots(minimal, bits)) if _meet(b, bounds)]
        if len(inside) == 1:
            return inside[0]
    return None


def narrowed_root(polynomial: Sequence[int], bounds: Bounds, bits: int) -> Bounds | None:
    """Narrow bounds of the only root within the bounds; None unless there is just one."""
    for more in (64, 512):
        if bits + more > MOST_BITS:
            return None
        inside = [b for b in real_roots(polynomial, bits + more) if _meet(b, bounds)]
        if len(inside) == 1:
            return max(inside[0][0], bounds[0]), min(inside[0][1], bounds[1])
    return None


def _meet(first: Bounds, second: Bounds) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]
