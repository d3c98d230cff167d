"""Arcs on which the reduced function of a degenerate point should be negative: the candidates, cheapest first.

Monomial arcs in directions where some lowest weighted form has the wanted sign; then, at rational zeros of a lowest
form, the branch on which the function is stationary, as a power series; then random two-term arcs. Whoever uses an
arc verifies it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import gcd

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_mpoly

from exactland.classify._tools import Exponents, constant_term, from_terms, terms, univariate_ring, weighted_degree
from exactland.classify.local_evidence import compose_truncated, truncate

_MAXIMUM_ZEROS = 36
_BRANCH_ORDER = 11
_LARGE = fmpq(10) ** 200


def small_weights(count: int) -> list[tuple[int, ...]]:
    top = {1: 1, 2: 7, 3: 4}.get(count, 2 if count <= 6 else 1)
    found = [w for w in product(range(1, top + 1), repeat=count) if gcd(*w) == 1]
    return sorted(found, key=lambda w: (sum(w), w))[:64]


def lowest_form(p: fmpq_mpoly, weights: Sequence[int]) -> fmpq_mpoly:
    degree = min(weighted_degree(e, weights) for e in terms(p))
    return truncate(p, weights, degree)


def kernel_arcs(reduced: fmpq_mpoly, rank: int, sign: int) -> Iterator[tuple[fmpq_mpoly, ...]]:
    """Arcs in the kernel variables on which sign * reduced should start positive: weighted monomial ones, then
    two-term ones.
    """
    t = univariate_ring().gen(0)
    count = reduced.context().nvars()
    corank = count - rank
    seen: set[str] = set()
    zeros: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for weights in small_weights(corank):
        form = lowest_form(reduced, (*([1] * rank), *weights))
        key = str(form)
        if key in seen:
            continue
        seen.add(key)
        small = {e[rank:]: c for e, c in terms(form).items()}
        for direction in _favourable(small, corank, sign):
            yield tuple(c * t**w for c, w in zip(direction, weights, strict=True))
        zeros.extend((weights, z) for z in _integer_zeros(small, corank))
    generator = np.random.default_rng(3)
    for weights, a in zeros[:_MAXIMUM_ZEROS]:
        yield from _branches(reduced, rank, weights, a)
        for _ in range(8):
            step = int(generator.integers(1, 4))
            b = [int(v) for v in generator.integers(-2, 3, size=corank)]
            yield tuple(a[i] * t ** weights[i] + b[i] * t ** (weights[i] + step) for i in range(corank))


def _branches(
    reduced: fmpq_mpoly, rank: int, weights: Sequence[int], a: Sequence[int]
) -> Iterator[tuple[fmpq_mpoly, ...]]:
    """Arcs v_i = t^(w_i) (a_i + s_i(t)) along which the reduced function is stationary in s, to growing order in t.

    `a` is a zero of the lowest form. One s_i with a_i != 0 stays 0 (a change of the parameter t); its slot in the
    ring carries t. When the Hessian in the other s is nonsingular, s(t) is a power series, found by iteration.
    """
    ring = reduced.context()
    count = ring.nvars()
    gauge = next(rank + i for i, c in enumerate(a) if c)
    t = ring.gen(gauge)
    slots = [i for i in range(rank, count) if i != gauge]
    images = list(ring.gens())
    for i in range(rank, count):
        moving = ring.constant(a[i - rank]) if i == gauge else a[i - rank] + ring.gen(i)
        images[i] = t ** weights[i - rank] * moving
    full = (*([1] * rank), *weights)
    degree = min(weighted_degree(e, full) for e in terms(reduced))
    pulled = reduced.compose(*images, ctx=ring)
    slope_in_t = {tuple(k - degree if i == gauge else k for i, k in enumerate(e)): c for e, c in terms(pulled).items()}
    family = from_terms(ring, slope_in_t)
    slopes = [family.derivative(i) for i in slots]
    hessian = fmpq_mat([[constant_term(s.derivative(i)) for i in slots] for s in slopes]) if slots else fmpq_mat(0, 0)
    if not slots or hessian.rank() < len(slots):
        return
    inverse = hessian.inv()
    ones = (1,) * count
    series = [ring.constant(0)] * len(slots)
    line = univariate_ring()
    for order in range(1, _BRANCH_ORDER + 1):
        point = list(ring.gens())
        for i, s in zip(slots, series, strict=True):
            point[i] = s
        defects = [compose_truncated(s, point, ones, order) for s in slopes]
        series = [
            s - sum((inverse[k, j] * d for j, d in enumerate(defects)), ring.constant(0)) for k, s in enumerate(series)
        ]
        if order in (1, 2, 4, 7, _BRANCH_ORDER):
            found = dict(zip(slots, series, strict=True))
            arc = []
            for i in range(rank, count):
                extra: dict[Exponents, fmpq] = (
                    {(e[gauge],): c for e, c in terms(found[i]).items()} if i in found else {}
                )
                arc.append(line.gen(0) ** weights[i - rank] * (a[i - rank] + from_terms(line, extra)))
            yield tuple(arc)


def _grid(corank: int) -> np.ndarray:
    if corank <= 3:
        return np.array(list(product(range(-3, 4), repeat=corank)), dtype=float)
    if corank <= 6:
        return np.array(list(product(range(-1, 2), repeat=corank)), dtype=float)
    return np.random.default_rng(2).integers(-1, 2, size=(700, corank)).astype(float)


def _values(form: dict[tuple[int, ...], fmpq], points: np.ndarray) -> np.ndarray:
    """The values at all points; divided by the largest coefficient where that is too large for floating point."""
    largest = max(map(abs, form.values()), default=fmpq(0))
    unit = largest if largest > _LARGE else fmpq(1)
    total = np.zeros(len(points))
    for e, c in form.items():
        total += float(c / unit) * np.prod(points ** np.array(e), axis=1)
    return total


def _favourable(form: dict[tuple[int, ...], fmpq], corank: int, sign: int) -> list[tuple[fmpq, ...]]:
    """Rational points where sign * form is positive, verified exactly; at most three."""
    grid = _grid(corank)
    cloud = np.random.default_rng(1).normal(size=(600, corank))
    cloud /= np.abs(cloud).max(axis=1, keepdims=True)
    found: list[tuple[fmpq, ...]] = []
    for points in (grid, cloud):
        scores = sign * _values(form, points) / np.maximum(1.0, np.abs(points).max(axis=1)) ** max(sum(e) for e in form)
        for k in np.argsort(-scores, kind="stable")[:6]:
            if scores[k] <= 0:
                break
            for denominator in (1, 2, 4, 8, 32, 128):
                rounded = tuple(fmpq(round(float(v) * denominator), denominator) for v in points[k])
                if sign * _exact_value(form, rounded) > 0:
                    found.append(rounded)
                    break
            if len(found) == 3:
                return found
    return found


def _exact_value(form: dict[tuple[int, ...], fmpq], a: Sequence[fmpq]) -> fmpq:
    total = fmpq(0)
    for e, c in form.items():
        for x, k in zip(a, e, strict=True):
            c = c * x**k
        total += c
    return total


def _integer_zeros(form: dict[tuple[int, ...], fmpq], corank: int) -> list[tuple[int, ...]]:
    points = _grid(corank)
    values = _values(form, points)
    close = points[(np.abs(values) < 1e-9) & (np.abs(points).max(axis=1) > 0)]
    return [tuple(int(v) for v in row) for row in close[np.argsort(np.abs(close).sum(axis=1), kind="stable")][:6]]
