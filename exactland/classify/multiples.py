"""Lower bounds of polynomials that are no sums of squares themselves, but times a sum of squares."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from exactland.classify._tools import Square, sum_squares
from exactland.classify.sos import sum_of_squares
from exactland.polynomial import to_fmpq

_VARIABLES = 4
_DEGREE = 8


@dataclass(frozen=True)
class Multiple:
    """(p - value) * (the sum of the squares of the multiplier) = the sum of the squares."""

    value: Fraction
    multiplier: tuple[Square, ...]
    squares: tuple[Square, ...]


def multiplied_squares(p: fmpq_mpoly, value: Fraction) -> Multiple | None:
    """Evidence that p is nowhere below the value."""
    ring = p.context()
    gap = p - to_fmpq(value)
    if ring.nvars() > _VARIABLES or p.total_degree() > _DEGREE or _negative_somewhere(gap):
        return None
    for multiplier in _multipliers(gap):
        found = sum_of_squares(gap * sum_squares(ring, multiplier))
        if found is not None:
            return Multiple(value, multiplier, found.squares)
    return None


def _multipliers(p: fmpq_mpoly) -> Iterator[tuple[Square, ...]]:
    one = Fraction(1)
    variables = tuple((one, x) for x in p.context().gens())
    yield variables
    yield (*variables, (one, p.context().constant(1)))
    yield from ((v,) for v in variables)


def _negative_somewhere(p: fmpq_mpoly) -> bool:
    source = random.Random(7)
    points = ([fmpq(source.randint(-12, 12), source.randint(1, 6)) for _ in p.context().gens()] for _ in range(60))
    return any(p(*point) < 0 for point in points)
