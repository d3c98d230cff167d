"""Sums of squares modulo terms of high weighted degree: the search behind a local form.

Given h with h(0) = 0, weights w and d, look for h = sum c_j q_j^2 + sum lambda_i y_i^(2 k_i) + (weighted degree > d),
2 k_i w_i = d. First the plain way (the part of h up to degree d is such a sum). Then with squares that reach beyond
d, which is needed when the lowest form of h vanishes on curves through 0, as in (y^2 - 2 x^2)^2 + x^6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from flint import fmpq, fmpq_mpoly

from exactland.classify import gram
from exactland.classify._tools import Exponents, monomial, power, terms, weighted_degree
from exactland.classify.local_evidence import truncate
from exactland.classify.semidefinite import Conditions
from exactland.classify.sos import SumOfSquares, sum_of_squares
from exactland.polynomial import from_fmpq, to_fmpq

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAXIMUM_BASIS = 45
_MAXIMUM_CHOICES = 4
_MAXIMUM_DEGREE = 60
_NEGLIGIBLE = 1e-9
_HIGH_DIAGONAL = 64


def weights_for(exponents: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """The weights with w_i * exponents[i] = d for all i, and d."""
    degree = math.lcm(*exponents)
    return tuple(degree // e for e in exponents), degree


def lowest_pure_powers(h: fmpq_mpoly) -> list[int] | None:
    """The smallest pure power of every variable in h when all of them are even with positive coefficients."""
    known = terms(h)
    count = h.context().nvars()
    result: list[int] = []
    for i in range(count):
        pure = [e for e in known if e[i] and sum(e) == e[i]]
        if not pure:
            return None
        least = min(pure, key=lambda e: e[i])
        if least[i] % 2 or known[least] <= 0:
            return None
        result.append(least[i])
    return result


def plain_form(h: fmpq_mpoly) -> tuple[tuple[int, ...], SumOfSquares] | None:
    """Weights from the lowest pure powers; the part of h up to degree d as squares plus pure powers."""
    exponents = lowest_pure_powers(h)
    if exponents is None:
        return None
    weights, degree = weights_for(exponents)
    found = sum_of_squares(truncate(h, weights, degree), powers=True, exponents=exponents)
    return None if found is None else (weights, found)


def bounded_form(h: fmpq_mpoly, highest: int) -> Iterator[tuple[tuple[int, ...], SumOfSquares]]:
    """Candidates with larger pure powers (up to exponent `highest`) and squares reaching beyond degree d."""
    least = lowest_pure_powers(h)
    if least is None:
        return
    choices = sorted(
        product(*(range(e, highest + 1, 2) for e in least)), key=lambda chosen: (sum(chosen), max(chosen), chosen)
    )
    tried = 0
    for exponents in choices:
        weights, degree = weights_for(exponents)
        if list(exponents) == least or degree > _MAXIMUM_DEGREE:
            continue
        ratio = _stable_ratio(h, exponents, weights)
        if ratio is None:
            continue
        tried += 1
        share = Fraction(2) ** math.floor(math.log2(min(ratio, 1.0) / 4))
        for smaller in (share, share / 64):
            found = _search(h, exponents, weights, degree, smaller)
            if found is not None:
                yield weights, found
                break
        if tried == _MAXIMUM_CHOICES:
            return


def _stable_ratio(h: fmpq_mpoly, exponents: Sequence[int], weights: Sequence[int]) -> float | None:
    """The least ratio of h to the pure powers when it is positive and does not shrink with the size of the sphere."""
    for scale in (1 / 8, 1 / 64):
        coarse = _least_ratio(h, exponents, weights, scale)
        if coarse > _NEGLIGIBLE:
            fine = _least_ratio(h, exponents, weights, scale / 8)
            return min(coarse, fine) if fine > max(_NEGLIGIBLE, coarse / 16) else None
    return None


def _least_ratio(h: fmpq_mpoly, exponents: Sequence[int], weights: Sequence[int], scale: float) -> float:
    """An estimate of the least h / sum y_i^(2 k_i) on a weighted sphere of this size, by sampling and local refinement.

    A local form needs it positive and bounded away from 0 as the size shrinks; a wrong estimate costs only a search.
    """
    generator = np.random.default_rng(4)
    shape = np.array(weights, dtype=float) / min(weights)
    known = [(np.array(e, dtype=float), float(c)) for e, c in terms(h).items()]
    pure = np.array(exponents, dtype=float)

    def ratio(points: NDArray[np.float64]) -> NDArray[np.float64]:
        norm = np.max(np.abs(points) ** (1 / shape), axis=1, keepdims=True)
        points = points / norm**shape * scale**shape
        total = np.zeros(len(points))
        for e, c in known:
            total += c * np.prod(points**e, axis=1)
        result: NDArray[np.float64] = total / np.sum(points**pure, axis=1)
        return result

    points = generator.uniform(-1, 1, size=(3000, len(weights)))
    values = ratio(points)
    width = 0.05
    for _ in range(14):
        best = points[np.argsort(values, kind="stable")[:12]]
        cloud = np.repeat(best, 40, axis=0) + width * generator.normal(size=(480, len(weights)))
        points = np.concatenate([best, cloud])
        values = ratio(points)
        width /= 3
    return float(values.min())


def _basis(h: fmpq_mpoly, weights: Sequence[int], degree: int) -> list[Exponents]:
    """Monomials that can matter: not below half the lowest degree of h, not so high that every product with them is
    beyond d.
    """
    lowest = min(weighted_degree(e, weights) for e in terms(h))
    low = -(-lowest // 2)
    top = degree - low
    box = product(*(range(top // w + 1) for w in weights))
    found = [e for e in box if low <= weighted_degree(e, weights) <= top]
    return sorted(found, key=lambda e: (weighted_degree(e, weights), e))


def _search(
    h: fmpq_mpoly, exponents: Sequence[int], weights: tuple[int, ...], degree: int, share: Fraction
) -> SumOfSquares | None:
    ring = h.context()
    basis = _basis(h, weights, degree)
    if not basis or len(basis) > _MAXIMUM_BASIS:
        return None
    rest = truncate(h, weights, degree)
    for i, e in enumerate(exponents):
        rest = rest - to_fmpq(share) * power(ring, i, e)
    members: list[fmpq_mpoly] = [monomial(ring, e) for e in basis]
    for _ in range(4):
        space = _space(rest, members, weights, degree)
        if space is None:
            return None
        numeric = gram.centre(space)
        if numeric is None:
            return None
        if numeric.residual < 1e-7:
            parts = gram.round_exactly(space, numeric.matrix)
            if parts is not None:
                squares = tuple((from_fmpq(d), truncate(q, weights, degree)) for d, q in parts)
                return SumOfSquares(squares, tuple((share, e) for e in exponents))
        smaller = gram.kernel_complement(space, numeric.matrix)
        if smaller is None:
            return None
        members = list(smaller)
    return None


def _space(p: fmpq_mpoly, members: Sequence[fmpq_mpoly], weights: Sequence[int], degree: int) -> gram.GramSpace | None:
    """Gram conditions for the terms up to degree d; members whose square is beyond d get a fixed diagonal entry."""
    rows: dict[Exponents, dict[tuple[int, int], fmpq]] = {}
    fixed: list[int] = []
    for i, u in enumerate(members):
        for j in range(i, len(members)):
            low = {e: c for e, c in terms(u * members[j]).items() if weighted_degree(e, weights) <= degree}
            if i == j and not low:
                fixed.append(i)
            for e, c in low.items():
                rows.setdefault(e, {})[i, j] = c if i == j else 2 * c
    wanted = terms(p)
    if any(e not in rows for e in wanted):
        return None
    keys = sorted(rows)
    conditions = Conditions(
        (*(rows[e] for e in keys), *({(i, i): fmpq(1)} for i in fixed)),
        (*(wanted.get(e, fmpq(0)) for e in keys), *(fmpq(_HIGH_DIAGONAL) for _ in fixed)),
        (0,) * len(members),
    )
    return gram.GramSpace(tuple(members), conditions)
