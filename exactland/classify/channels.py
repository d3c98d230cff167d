"""Infima that are not attained: curves to infinity along which the squares tend to 0 or to constants."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from exactland.classify._tools import Exponents, Square, constant_term, terms
from exactland.classify.rational_points import rational_point
from exactland.polynomial import from_fmpq

_LARGEST = 2  # exponent
_MOST = 4_000  # vectors of exponents
_SECONDS = 4.0
Curve = tuple[list[Fraction], tuple[int, ...]]  # with coordinates a_i t^(e_i)


@dataclass(frozen=True)
class Channel:
    """A curve to infinity, and what the sum of squares tends to along it."""

    curve: Curve
    limit: Fraction


def channel(squares: Sequence[Square], below: Fraction | None) -> Channel | None:
    """A curve to infinity along which each square tends to 0 or to a constant of its own, so that the sum stays below
    the bound (if there is one), or None when no short one does it. Those with the least sum are tried first.
    """
    polys = [(c, q) for c, q in squares if not q.is_zero()]
    if not polys:
        return None
    ring = polys[0][1].context()
    deadline = time.monotonic() + _SECONDS
    choices = []
    for exponents in _directions(ring.nvars()):
        if time.monotonic() > deadline - _SECONDS / 2:
            break
        found = _equations(polys, exponents)
        if below is None or found[1] < below:
            choices.append((found[1], exponents, found[0]))
    for limit, exponents, equations in sorted(choices, key=lambda choice: choice[0]):
        if time.monotonic() > deadline:
            return None
        growing = [i for i, e in enumerate(exponents) if e > 0]

        def suits(point: list[Fraction], growing: list[int] = growing) -> bool:
            return any(point[i] for i in growing)

        point = rational_point(equations, ring, suits, 0.3) if equations else [Fraction(1)] * ring.nvars()
        if point is not None:
            return Channel((point, exponents), limit)
    return None


def _directions(n: int) -> Iterator[tuple[int, ...]]:
    """Vectors of exponents with a positive one, the small ones first."""
    if (2 * _LARGEST + 1) ** n > _MOST:
        choices = itertools.product((0, 1, -1), repeat=n)
    else:
        choices = itertools.product(range(-_LARGEST, _LARGEST + 1), repeat=n)
    vectors = [e for e in itertools.islice(choices, 20 * _MOST) if any(a > 0 for a in e)]
    yield from sorted(vectors, key=lambda e: (max(map(abs, e)), sum(map(abs, e)), e))[:_MOST]


def _equations(squares: Sequence[Square], exponents: Sequence[int]) -> tuple[list[fmpq_mpoly], Fraction]:
    """What has to vanish at a: the parts of each polynomial that do not tend to 0, except constants; and what these
    add up to.
    """
    result = []
    limit = Fraction(0)
    for weight, q in squares:
        parts: dict[int, dict[Exponents, fmpq]] = {}
        for m, c in terms(q).items():
            degree = sum(e * k for e, k in zip(exponents, m, strict=True))
            if degree >= 0:
                parts.setdefault(degree, {})[m] = c
        for part in parts.values():
            equation = q.context().from_dict(part)
            if equation.is_constant():
                limit += weight * from_fmpq(constant_term(q)) ** 2
            else:
                result.append(equation)
    return result, limit


def written(curve: Curve) -> tuple[list[list[Fraction]], int]:
    """The curve as polynomials without constant term, divided by a power of t: coefficients from t^1, and the power."""
    point, exponents = curve
    shift = 1 - min(exponents)
    return [[Fraction(0)] * (e + shift - 1) + [a] for a, e in zip(point, exponents, strict=True)], shift
