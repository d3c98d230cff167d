"""Polynomial invariants of affine flows, which tell orbits apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import fmpq_mat

from exactland.classify._tools import null_space
from exactland.polynomial import exponents_of_degree, from_fmpq, to_fmpq

MAX_MONOMIALS = 400
Terms = dict[tuple[int, ...], Fraction]


def invariants(flows: Sequence[Sequence[Sequence[int]]], n: int, degree: int) -> list[Terms]:
    """Polynomials without constant term that are constant along the flows, up to the degree, without those that are
    combinations of products of earlier ones.
    """
    found: list[Terms] = []
    monomials: list[tuple[int, ...]] = []
    for d in range(1, degree + 1):
        monomials += exponents_of_degree(n, d)
        if len(monomials) > MAX_MONOMIALS:
            break
        place = {m: i for i, m in enumerate([(0,) * n, *monomials])}
        matrix = fmpq_mat(max(1, len(flows) * len(place)), len(monomials))
        for f, flow in enumerate(flows):
            for column, m in enumerate(monomials):
                for i, e in enumerate(m):
                    for k, c in enumerate(flow[i]) if e else ():
                        if c:
                            image = tuple(x - (j == i) + (j == k) for j, x in enumerate(m))
                            matrix[f * len(place) + place[image], column] += c * e
        rows = [[p.get(m, Fraction(0)) for m in monomials] for p in _products(found, d)]
        rank = _rank(rows)
        for vector in null_space(matrix):
            rows.append([from_fmpq(c) for c in vector])
            grown = _rank(rows)
            if grown > rank:
                rank = grown
                found.append({m: c for m, c in zip(monomials, rows[-1], strict=True) if c})
    return found


def _products(given: Sequence[Terms], degree: int, first: int = 0) -> Iterator[Terms]:
    """The polynomials and their products up to this degree."""
    for i in range(first, len(given)):
        rest = degree - max(map(sum, given[i]))
        if rest >= 0:
            yield given[i]
            for p in _products(given, rest, i):
                total: Terms = {}
                for a, x in given[i].items():
                    for b, y in p.items():
                        m = tuple(e + f for e, f in zip(a, b, strict=True))
                        total[m] = total.get(m, Fraction(0)) + x * y
                yield total


def _rank(rows: Sequence[Sequence[Fraction]]) -> int:
    if not rows:
        return 0
    return int(fmpq_mat(len(rows), len(rows[0]), [to_fmpq(c) for row in rows for c in row]).rank())
