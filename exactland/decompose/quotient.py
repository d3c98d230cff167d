"""Quotients of polynomial rings by Groebner bases: dimension, standard monomials, minimal polynomials, exact points."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from math import gcd, lcm

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx, fmpz_poly

from exactland.polynomial import exponents_of_degree

Exponents = tuple[int, ...]
Reducer = Callable[[fmpq_mpoly], fmpq_mpoly]


def independent_sets(leads: Sequence[Exponents], n: int) -> Iterator[tuple[int, ...]]:
    """Largest sets of variables in which no leading monomial lies."""
    supports = {frozenset(i for i, e in enumerate(m) if e) for m in leads}
    for size in range(n, -1, -1):
        found = [s for s in itertools.combinations(range(n), size) if not any(t <= set(s) for t in supports)]
        if found:
            yield from found
            return


def dimension(leads: Sequence[Exponents], n: int) -> int:
    """The dimension of the ideal with these leading monomials; -1 for the whole ring."""
    return next((len(s) for s in independent_sets(leads, n)), -1)


def standard_monomials(leads: Sequence[Exponents], n: int) -> list[Exponents]:
    """The monomials that no leading monomial divides, for dimension 0."""
    found: list[Exponents] = []
    layer = {(0,) * n}
    while layer:
        kept = sorted(m for m in layer if not any(all(a <= b for a, b in zip(t, m, strict=True)) for t in leads))
        found += kept
        layer = {(*m[:k], m[k] + 1, *m[k + 1 :]) for m in kept for k in range(n)}
    return found


def forms(ring: fmpq_mpoly_ctx) -> Iterator[fmpq_mpoly]:
    """The variables, then linear forms with small coefficients that separate sooner or later."""
    n = ring.nvars()
    for i in range(n):
        yield ring.gen(i)
    for k in range(1, 12):
        yield sum(((i * k * k + k * i + 1) % (5 * k + 2) - k) * ring.gen(i) for i in range(n)) + ring.constant(0)


def minimal_polynomial(reduce: Reducer, p: fmpq_mpoly, most: int) -> tuple[int, ...] | None:
    """The polynomial of least degree that vanishes at p in the quotient: primitive, ascending, positive leading
    coefficient; None when the degree is above `most`.
    """
    base = reduce(p)
    powers = [reduce(p.context().constant(1))]
    for d in range(most + 1):
        relation = dependency(powers)
        if relation is not None:
            return primitive_integers(relation)
        if d < most:
            powers.append(reduce(powers[-1] * base))
    return None


def dependency(vectors: Sequence[fmpq_mpoly]) -> list[fmpq] | None:
    """Coefficients of a linear relation in which the last vector has coefficient 1, or None."""
    *before, last = vectors
    monomials = sorted({m for v in vectors for m in v.to_dict()})
    if not last:
        return [fmpq(0)] * len(before) + [fmpq(1)]
    if not before:
        return None
    place = {m: i for i, m in enumerate(monomials)}
    matrix = fmpq_mat(len(monomials), len(vectors))
    for j, v in enumerate(vectors):
        for m, c in v.to_dict().items():
            matrix[place[m], j] = c
    echelon, rank = matrix.rref()
    if rank == len(vectors):
        return None
    # All but the last are independent, so the last column holds its coordinates.
    return [-echelon[i, len(before)] for i in range(len(before))] + [fmpq(1)]


def primitive_integers(values: Sequence[fmpq]) -> tuple[int, ...]:
    den = lcm(*(int(c.q) for c in values))
    nums = [int(c.p) * (den // int(c.q)) for c in values]
    common = gcd(*nums) * (1 if nums[-1] > 0 else -1)
    return tuple(x // common for x in nums)


def factors(poly: Sequence[int]) -> list[tuple[tuple[int, ...], int]]:
    """The irreducible factors with their powers, primitive, ascending."""
    _, found = fmpz_poly(list(poly)).factor()
    return [(tuple(int(c) for c in f.coeffs()), int(k)) for f, k in found]


def monomials(n: int, degree: int) -> list[Exponents]:
    """All monomials up to a degree."""
    return [e for d in range(degree + 1) for e in exponents_of_degree(n, d)]


def candidates(ring: fmpq_mpoly_ctx) -> Iterator[tuple[fmpq_mpoly, ...]]:
    """Sets of polynomials whose squares may add up to something simple: monomials, and sets of variables."""
    n = ring.nvars()
    for m in monomials(n, 2):
        if any(m):
            yield (ring.from_dict({m: fmpq(1)}),)
    variables = [ring.gen(i) for i in range(n)]
    for mask in range((1 << n) - 1, 0, -1) if n <= 8 else ((1 << n) - 1,):
        chosen = tuple(v for k, v in enumerate(variables) if mask >> k & 1)
        if len(chosen) > 1:
            yield chosen
