"""Infima that are not attained: curves to infinity along which every square of the objective tends to 0."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from exactland.classify._tools import Exponents, Square, terms
from exactland.classify.rational_points import rational_point

_LARGEST = 2  # exponent
_MOST = 4_000  # vectors of exponents
_SECONDS = 4.0
Channel = tuple[list[Fraction], tuple[int, ...]]  # the curve with coordinates a_i t^(e_i)


def channel(squares: Sequence[Square]) -> Channel | None:
    """A curve to infinity along which all squares tend to 0, or None when no short one does it."""
    polys = [q for _, q in squares if not q.is_zero()]
    if not polys or any(q.is_constant() for q in polys):
        return None
    ring = polys[0].context()
    deadline = time.monotonic() + _SECONDS
    for exponents in _directions(ring.nvars()):
        if time.monotonic() > deadline:
            return None
        equations = _equations(polys, exponents)
        if equations is None:
            continue
        growing = [i for i, e in enumerate(exponents) if e > 0]

        def suits(point: list[Fraction], growing: list[int] = growing) -> bool:
            return any(point[i] for i in growing)

        found = rational_point(equations, ring, suits, 0.3) if equations else [Fraction(1)] * ring.nvars()
        if found is not None:
            return found, exponents
    return None


def _directions(n: int) -> Iterator[tuple[int, ...]]:
    """Vectors of exponents with a positive one, the small ones first."""
    if (2 * _LARGEST + 1) ** n > _MOST:
        choices = itertools.product((0, 1, -1), repeat=n)
    else:
        choices = itertools.product(range(-_LARGEST, _LARGEST + 1), repeat=n)
    vectors = [e for e in itertools.islice(choices, 20 * _MOST) if any(a > 0 for a in e)]
    yield from sorted(vectors, key=lambda e: (max(map(abs, e)), sum(map(abs, e)), e))[:_MOST]


def _equations(polys: Sequence[fmpq_mpoly], exponents: Sequence[int]) -> list[fmpq_mpoly] | None:
    """What has to vanish at a: the parts of each polynomial that do not tend to 0; None when one visibly cannot."""
    result = []
    for q in polys:
        parts: dict[int, dict[Exponents, fmpq]] = {}
        for m, c in terms(q).items():
            weight = sum(e * k for e, k in zip(exponents, m, strict=True))
            if weight >= 0:
                parts.setdefault(weight, {})[m] = c
        for part in parts.values():
            equation = q.context().from_dict(part)
            if equation.is_constant():
                return None
            result.append(equation)
    return result


def written(curve: Channel) -> tuple[list[list[Fraction]], int]:
    """The curve as polynomials without constant term, divided by a power of t: coefficients from t^1, and the power."""
    point, exponents = curve
    shift = 1 - min(exponents)
    return [[Fraction(0)] * (e + shift - 1) + [a] for a, e in zip(point, exponents, strict=True)], shift
