"""Polynomials that a claim names, at points that a certificate encloses: read and evaluated by the checker's code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from exactland.checker.kernel import RationalPoly, value_at
from exactland.checker.kinds import shift
from exactland.checker.problem import read_problem
from exactland.landscape import CriticalPoint
from exactland.number import Number
from exactland.objective import Objective

__all__ = ["bounds", "exact_place", "lies_on", "read", "vanishes"]


def read(text: str, variables: Sequence[str]) -> RationalPoly:
    """The polynomial of an expression, expanded by the checker."""
    return read_problem(Objective.from_expression(text, variables).statement).loss


def exact_place(point: CriticalPoint) -> tuple[Fraction, ...] | None:
    """The coordinates, when the certificate shows them to be rational."""
    exact = [n.exact for n in point.point.values()]
    known = tuple(x for x in exact if x is not None)
    return known if len(known) == len(exact) and point.dimension == 0 else None


def lies_on(place: Sequence[Fraction], entry: CriticalPoint, variables: Sequence[str]) -> bool:
    """Whether all conditions of a stratum hold at the rational point: then it has the type proved along the stratum."""
    conditions = entry.equations
    return entry.dimension > 0 and bool(conditions) and all(_holds(c, place, variables) for c in conditions)


def _holds(condition: str, place: Sequence[Fraction], variables: Sequence[str]) -> bool:
    def at(text: str) -> Fraction:
        return value_at(read(text, variables), list(place))

    several = condition.removeprefix("not all zero: ")
    if several != condition:
        return any(at(text) != 0 for text in several.split(", "))
    left, _, right = condition.rpartition(" ")
    text, _, sign = left.rpartition(" ")
    if right != "0" or sign not in ("=", "!=", ">", "<"):  # such as an irrational loss, which no rational point has
        return False
    value = at(text)
    return {"=": value == 0, "!=": value != 0, ">": value > 0, "<": value < 0}[sign]


def bounds(poly: RationalPoly, numbers: Iterable[Number]) -> tuple[Fraction, Fraction]:
    """Bounds of the polynomial at the point that these numbers enclose."""
    sides = [(n.lower, n.upper) for n in numbers]
    rest = shift(poly, [(low + high) / 2 for low, high in sides])
    centre = rest.pop((0,) * len(sides), Fraction(0))
    most = value_at({m: abs(c) for m, c in rest.items()}, [(high - low) / 2 for low, high in sides])
    return centre - most, centre + most


def vanishes(poly: RationalPoly, numbers: Iterable[Number]) -> bool | None:
    """Whether the polynomial is 0 at the point that these numbers enclose; None when the bounds do not tell."""
    low, high = bounds(poly, numbers)
    return True if low == high == 0 else False if low > 0 or high < 0 else None
