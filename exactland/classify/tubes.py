"""Minima and maxima by the sign of the objective minus its value near a part of a component."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly

from exactland.classify.curvature import Along, Gram

_MAXIMUM_TERMS = 400
_WIDTHS = (Fraction(1), Fraction(1, 8), Fraction(1, 64), Fraction(1, 512))


def product_tube(
    place: Along, positive: Sequence[fmpq_mpoly], difference: fmpq_mpoly
) -> tuple[dict[str, Any], list[fmpq_mpoly]] | None:
    """`difference` as a square times a polynomial that is positive where the polynomials returned do not all vanish."""
    if difference.is_zero() or len(difference) > _MAXIMUM_TERMS:
        return None
    one = place.ring.constant(1)
    unit, factors = difference.factor()
    root = prod((f ** (k // 2) for f, k in factors), start=one)
    factor = prod((f for f, k in factors if k % 2), start=unit * one)
    found = _gain(place, positive, place.basis.normal(factor))
    if found is None:
        return None
    gain, stated, nonzero = found
    tube = {"polynomial": factor, "gain": stated, "cofactors": place.basis.cofactors(factor - gain)}
    squares = [Gram([[fmpq(1)]], len(place.multipliers), [root])]
    return {"tubes": [tube], "squares": squares}, nonzero


def _gain(
    place: Along, positive: Sequence[fmpq_mpoly], p: fmpq_mpoly
) -> tuple[fmpq_mpoly, list[Any], list[fmpq_mpoly]] | None:
    """p as a number times powers of the positive polynomials times a square, which is not 0 where `nonzero` is not."""
    if p.is_zero():
        return None
    unit, factors = p.factor()
    powers = [0] * len(positive)
    nonzero = place.ring.constant(1)
    for f, k in factors:
        known = next(
            (
                i
                for i, h in enumerate(positive)
                if len(h) == len(f) and h * f.leading_coefficient() == f * h.leading_coefficient()
            ),
            None,
        )
        if known is not None:
            powers[known] += k
            unit = unit * (f.leading_coefficient() / positive[known].leading_coefficient()) ** k
        elif k % 2 == 0:
            nonzero = nonzero * f ** (k // 2)
        else:
            return None
    if unit <= 0:
        return None
    alone = nonzero.is_constant()
    return p, place.stated(Fraction(int(unit.p), int(unit.q)), int(not alone), powers), [] if alone else [nonzero]


def square_tube(place: Along, elements: Sequence[fmpq_mpoly], difference: fmpq_mpoly) -> dict[str, Any] | None:
    """`difference` as a sum of squares, some of them times width - g^2 for an element g."""
    for width in _WIDTHS:
        squares = place.tube(elements, difference, width)
        if squares is not None:
            w = place.ring.constant(fmpq(width.numerator, width.denominator))
            tubes = [
                {"polynomial": w - g * g, "gain": place.stated(width, 0), "cofactors": [(j, -g)]}
                for j, g in enumerate(elements)
            ]
            return {"tubes": tubes, "squares": squares}
    return None
