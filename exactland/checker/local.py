"""Rules M and Z4, Z5: the multiplicity of an exact zero from below, and from above, which shows that it is isolated.

Both work with n polynomials at a point with exact coordinates: the gradient at a critical point, or the gradient in a
chart at infinity.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import add
from typing import Any

from . import kernel
from .coordinates import Coordinates, Element
from .kernel import Exponents, IntPoly, record, sequence, times_variable
from .rank import PRIMES, nonsingular


@dataclass(frozen=True, eq=False)
class DualSpace:
    """Functionals at a point: their pivots, all orders of derivatives that occur in them, and those of each."""

    dimension: int
    pivots: frozenset[Exponents]
    support: frozenset[Exponents]
    orders: tuple[frozenset[Exponents], ...]


def simple_space(n: int) -> DualSpace:
    """The evaluation alone."""
    one = frozenset([(0,) * n])
    return DualSpace(1, one, one, (one,))


def dual_space(value: Any, at: Coordinates, polys: list[IntPoly]) -> DualSpace:
    """Rules M1 to M3: a space of differential functionals at the point that kills the ideal of the polynomials; its
    dimension bounds the multiplicity from below.
    """
    n = len(at.coordinates)
    pivots: list[Exponents] = []
    space: list[dict[Exponents, Element]] = []
    for entry in sequence(value, "dual", most=kernel.MAX_MULTIPLICITY):
        given = record(entry, "pivot terms", where="functional")
        pivots.append(kernel.exponents(given["pivot"], n))
        terms: dict[Exponents, Element] = {}
        for term in sequence(given["terms"], "terms"):
            pair = sequence(term, "term", 2)
            monomial = kernel.exponents(pair[1], n)
            kernel.need(monomial not in terms, "F3", pair[1], "functional: each derivative once")
            terms[monomial] = at.read(pair[0])
        space.append(terms)
    echelon = all(
        functional.get(pivot, at.zero) == (at.one if i == j else at.zero)
        for i, functional in enumerate(space)
        for j, pivot in enumerate(pivots)
    )
    kernel.need(
        bool(space) and echelon, "M1", "functionals that are not in echelon form", "1 at its own pivot, 0 at the others"
    )
    minus = at.element([Fraction(-1)])
    for functional in space:
        for k in range(n):
            shifted = {(*m[:k], m[k] - 1, *m[k + 1 :]): c for m, c in functional.items() if m[k]}
            rest = {m: [(c, minus)] for m, c in shifted.items()}
            for pivot, other in zip(pivots, space, strict=True):
                factor = shifted.get(pivot, at.zero)
                if factor != at.zero:
                    for m, c in other.items():
                        rest.setdefault(m, []).append((factor, c))
            kernel.need(
                all(at.combination(pairs) == at.zero for pairs in rest.values()),
                "M2",
                "a shifted functional outside the space",
                "a space closed under shifts",
            )
    support = frozenset(m for functional in space for m, c in functional.items() if c != at.zero)
    for g in polys:
        taylor = at.expansion(g, support)
        for functional in space:
            total = at.combination([(c, taylor[order]) for order, c in functional.items() if order in taylor])
            kernel.need(
                total == at.zero,
                "M3",
                "a gradient entry that a functional does not kill",
                "functionals that kill the gradient",
            )
    orders = tuple(frozenset(m for m, c in f.items() if c != at.zero) for f in space)
    return DualSpace(len(space), frozenset(pivots), support, orders)


def isolated(entry: dict[str, Any], at: Coordinates, polys: list[IntPoly], space: DualSpace) -> int:
    """Rules Z4 and Z5: the functionals are all there are, so the point is an isolated zero, of exactly this
    multiplicity. Returns the size of the matrix.
    """
    n = len(at.coordinates)
    prime = kernel.integer(entry["prime"], "prime")
    kernel.need(prime in PRIMES, "F3", prime, f"one of {sorted(PRIMES)}")
    inside = space.support
    grown = {times_variable(m, k) for m in inside for k in range(n)} - inside
    edge = {m for m in grown if all((*m[:k], m[k] - 1, *m[k + 1 :]) in inside for k in range(n) if m[k])}
    columns = frozenset(inside | edge)
    kernel.limit(len(columns) * at.d, kernel.MAX_BASIS, "monomials around a multiple point")
    expansions = [_integral(at.expansion(g, columns), at, prime) for g in polys]
    kept = {(*m, k) for m in columns - space.pivots for k in range(at.d)}
    rows: list[dict[Exponents, int]] = []
    given = sequence(entry["rows"], "rows", most=kernel.MAX_BASIS)
    for row in given:
        pair = sequence(row, "row", 2)
        expansion = expansions[kernel.index(pair[0], len(polys), "row")]
        shift = (*kernel.exponents(pair[1], n), 0)
        shifted = [{tuple(map(add, shift, m)): c for m, c in part.items()} for part in expansion]
        rows += [{m: c for m, c in part.items() if m in kept} for part in shifted]
    found, wanted = len(given), len(columns) - space.dimension
    kernel.need(found == wanted, "Z4", f"{found} rows for {wanted} monomials", "one row per monomial but the pivots")
    kernel.need(nonsingular(rows, prime), "Z5", "a singular matrix", "a matrix that is nonsingular modulo the prime")
    return len(columns) * at.d


def _integral(row: dict[Exponents, Element], at: Coordinates, prime: int) -> list[dict[Exponents, int]]:
    """An expansion times 1, t, ..., t^(d-1), in coordinates over the rationals, each times a nonzero integer: the
    determinant of such rows is, up to a factor, the product of those at the roots of the modulus.
    """
    result: list[dict[Exponents, int]] = []
    entries = row
    for r in range(at.d):
        if r:
            power = at.element([Fraction(0)] * r + [Fraction(1)])
            entries = {m: at.multiply(power, c) for m, c in row.items()}
        scale = lcm(*[den for _, den in entries.values()])
        whole = {(*m, k): c * (scale // den) % prime for m, (nums, den) in entries.items() for k, c in enumerate(nums)}
        result.append({m: c for m, c in whole.items() if c})
    return result
