"""Infima that are not attained: curves to infinity along which the squares tend to 0 or to constants."""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter, mul, or_

from flint import fmpq, fmpq_mpoly

from exactland.classify._tools import Exponents, Square, constant_term, terms
from exactland.classify.rational_points import rational_point
from exactland.polynomial import from_fmpq

_LARGEST = 2  # exponent
_MOST = 4_000  # vectors of exponents
_SECONDS = 4.0
Curve = tuple[list[Fraction], tuple[int, ...]]  # with coordinates a_i t^(e_i)
Part = list[tuple[int, Exponents, fmpq]]  # terms: their variables as bits, exponents, coefficient


@dataclass(frozen=True)
class Channel:
    """A curve to infinity, and what the sum of squares tends to along it."""

    curve: Curve
    limit: Fraction


def channel(squares: Sequence[Square], below: Fraction | None, *, exactly: bool = False) -> Channel | None:
    """A curve to infinity along which each square tends to 0 or to a constant of its own, so that the sum stays below
    the bound (if there is one), or is `exactly` that; None when no short one does it. The least sums are tried first.
    """
    polys = [(from_fmpq(constant_term(q)) ** 2 * c, _masked(q)) for c, q in squares if not q.is_zero()]
    if not polys:
        return None
    ring = squares[0][1].context()
    deadline = time.monotonic() + _SECONDS
    # The leading power of a square in one variable alone does not vanish where that variable grows.
    alone = [functools.reduce(or_, (mask for mask, _, _ in q)) for _, q in polys]
    bounded = [1 << i in alone for i in range(ring.nvars())]

    def choices() -> Iterator[tuple[Fraction, tuple[int, ...], list[Part]]]:
        for exponents in _directions(bounded):
            if time.monotonic() > deadline - _SECONDS / 2:
                return
            found = _equations(polys, exponents)
            if found is not None and (below is None or (found[1] == below if exactly else found[1] < below)):
                yield found[1], exponents, found[0]

    for limit, exponents, parts in choices() if exactly else sorted(choices(), key=itemgetter(0)):
        if time.monotonic() > deadline:
            return None
        equations = [ring.from_dict({m: c for _, m, c in part}) for part in parts]
        growing = [i for i, e in enumerate(exponents) if e > 0]

        def suits(point: list[Fraction], growing: list[int] = growing) -> bool:
            return any(point[i] for i in growing)

        point = rational_point(equations, ring, suits, 0.3) if equations else [Fraction(1)] * ring.nvars()
        if point is not None:
            return Channel((point, exponents), limit)
    return None


def _directions(bounded: Sequence[bool]) -> Iterator[tuple[int, ...]]:
    """Vectors of exponents with a positive one, the small ones first; none is positive for bounded variables."""
    sizes = math.prod(_LARGEST + 1 if low else 2 * _LARGEST + 1 for low in bounded)
    for largest in range(1, _LARGEST + 1 if sizes <= _MOST else 2):
        choices = itertools.product(*(range(-largest, 1 if low else largest + 1) for low in bounded))
        some = (e for e in itertools.islice(choices, 20 * _MOST) if max(e) > 0 and max(map(abs, e)) == largest)
        yield from sorted(some, key=lambda e: (sum(map(abs, e)), e))[:_MOST]


def _masked(q: fmpq_mpoly) -> Part:
    """The terms, each with its variables as bits."""
    return [(sum(1 << i for i, e in enumerate(m) if e), m, c) for m, c in terms(q).items()]


def _equations(
    squares: Sequence[tuple[Fraction, Part]], exponents: Sequence[int]
) -> tuple[list[Part], Fraction] | None:
    """What has to vanish at a: the parts of each polynomial that do not tend to 0, except constants; and what these
    add up to. None when it can be seen that a coordinate with a positive exponent would have to be 0, which another
    vector does as well, or that nothing vanishes there.
    """
    result: list[Part] = []
    limit = Fraction(0)
    growing = sum(1 << i for i, e in enumerate(exponents) if e > 0)
    for square, q in squares:
        parts: dict[int, Part] = {}
        for term in q:
            degree = sum(map(mul, exponents, term[1]))
            if degree >= 0:
                parts.setdefault(degree, []).append(term)
        for part in parts.values():
            if len(part) > 1 or part[0][0] & ~growing:
                result.append(part)
            elif part[0][0]:
                return None
            else:
                limit += square
    return None if _contradictory([[mask for mask, _, _ in part] for part in result], growing) else (result, limit)


def _contradictory(parts: Sequence[Sequence[int]], growing: int) -> bool:
    """Whether only one term is left of a sum that has to vanish; the growing variables are not 0."""
    zeros, known = 0, -1
    while zeros != known:
        known = zeros
        for part in parts:
            left = [mask for mask in part if not mask & zeros]
            if len(left) == 1:
                rest = left[0] & ~growing
                if not rest:
                    return True
                if rest & (rest - 1) == 0:
                    zeros |= rest
    return False


def written(curve: Curve) -> tuple[list[list[Fraction]], int]:
    """The curve as polynomials without constant term, divided by a power of t: coefficients from t^1, and the power."""
    point, exponents = curve
    shift = 1 - min(exponents)
    return [[Fraction(0)] * (e + shift - 1) + [a] for a, e in zip(point, exponents, strict=True)], shift
