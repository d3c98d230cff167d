"""Integer polynomials in one variable, coefficients ascending: isolation of real roots and coprimality."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import lcm

from . import kernel
from .rank import PRIMES


def sign_at(poly: list[int], x: Fraction) -> int:
    total = 0
    for k, c in enumerate(poly):
        total += c * x.numerator**k * x.denominator ** (len(poly) - 1 - k)
    return (total > 0) - (total < 0)


def variations(poly: list[int], low: Fraction, high: Fraction) -> int:
    """Sign variations of (1 + y)^d p((low + high y) / (1 + y)): by Descartes' rule 0 means no root and 1 exactly one
    root in (low, high).
    """
    d = len(poly) - 1
    q = lcm(low.denominator, high.denominator)
    start, width = low.numerator * (q // low.denominator), (high - low) * q
    c = [a * q ** (d - k) for k, a in enumerate(poly)]
    for i in range(d):
        for j in range(d - 1, i - 1, -1):
            c[j] += start * c[j + 1]
    c = [a * width.numerator**k for k, a in enumerate(c)]
    c.reverse()
    for i in range(d):
        for j in range(d - 1, i - 1, -1):
            c[j] += c[j + 1]
    signs = [a > 0 for a in c if a]
    return sum(a != b for a, b in itertools.pairwise(signs))


def root_bound(poly: list[int]) -> Fraction:
    """Cauchy: every complex root is smaller in modulus."""
    return 1 + Fraction(max((abs(c) for c in poly[:-1]), default=0), abs(poly[-1]))


def real_root_intervals(poly: list[int], cuts: list[Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Rules U1 to U3: the intervals between consecutive cuts that hold exactly one real root; all others hold none."""
    kernel.need(all(a < b for a, b in itertools.pairwise(cuts)), "U1", "cuts out of order", "increasing cuts")
    bound = root_bound(poly)
    kernel.need(
        len(cuts) >= 2 and cuts[0] <= -bound and cuts[-1] >= bound,
        "U1",
        "cuts that do not reach the root bound",
        "cuts beyond all roots",
    )
    result = []
    signs = [sign_at(poly, x) for x in cuts]
    kernel.need(0 not in signs, "U2", "a cut that is a root", "cuts at which the polynomial does not vanish")
    for (low, high), (left, right) in zip(itertools.pairwise(cuts), itertools.pairwise(signs), strict=True):
        count = variations(poly, low, high) if len(poly) > 2 else abs(left - right) // 2
        kernel.need(count <= 1, "U3", f"{count} sign variations", "0 or 1 on every interval")
        if count == 1:
            result.append((low, high))
    return result


def coprime(a: list[int], b: list[int]) -> bool:
    """Whether a prime that divides no leading coefficient shows that two nonzero polynomials have no common complex
    root.
    """
    return any(a[-1] % p and b[-1] % p and _gcd_degree(a, b, p) == 0 for p in PRIMES)


def _gcd_degree(a: list[int], b: list[int], p: int) -> int:
    x, y = [c % p for c in a], [c % p for c in b]
    while y and not y[-1]:
        y.pop()
    while y:
        inverse = pow(y[-1], -1, p)
        while len(x) >= len(y):
            factor, shift = x[-1] * inverse % p, len(x) - len(y)
            for i, c in enumerate(y):
                x[i + shift] = (x[i + shift] - factor * c) % p
            while x and not x[-1]:
                x.pop()
        x, y = y, x
    return len(x) - 1


def derivative(poly: list[int]) -> list[int]:
    return [k * c for k, c in enumerate(poly)][1:]
