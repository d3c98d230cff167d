"""Minima and maxima by the sign of the objective minus its value near a part of a component."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly

from exactland.classify import cones
from exactland.classify._tools import monomial, terms
from exactland.classify.curvature import Along, Gram
from exactland.classify.gram import combination
from exactland.polynomial import exponents_of_degree

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
        squares = _squares(place, elements, difference, width)
        if squares is not None:
            w = place.ring.constant(fmpq(width.numerator, width.denominator))
            tubes = [
                {"polynomial": w - g * g, "gain": place.stated(width, 0), "cofactors": [(j, -g)]}
                for j, g in enumerate(elements)
            ]
            return {"tubes": tubes, "squares": squares}
    return None


def _squares(place: Along, gens: Sequence[fmpq_mpoly], p: fmpq_mpoly, width: Fraction) -> list[Gram] | None:
    """p as a sum of squares, some of them times width - g^2 for a generator g; the squares are of polynomials that
    vanish on the component.
    """
    simple = [*gens, *(g * h for i, g in enumerate(gens) for h in gens[i:])]
    members: list[fmpq_mpoly] = []
    for degree in range(4):
        more = [g * monomial(place.ring, e) for g in simple for e in exponents_of_degree(place.n, degree)]
        more = [m for m in more if 2 * m.total_degree() <= p.total_degree()]
        members = list({str(m): m for m in [*members, *more]}.values())
        if len(members) > 60:
            return None
        found = _squares_of(place, members, gens, p, width) if more else None
        if found is not None:
            return found
    return None


def _squares_of(
    place: Along, members: list[fmpq_mpoly], gens: Sequence[fmpq_mpoly], p: fmpq_mpoly, width: Fraction
) -> list[Gram] | None:
    offset = len(place.multipliers)
    tubes = [fmpq(width.numerator, width.denominator) - g * g for g in gens]
    blocks: list[tuple[int, cones.Products]] = []
    content: list[tuple[int, list[fmpq_mpoly]]] = []
    for k, factor in [(0, place.ring.constant(1)), *enumerate(tubes, offset)]:
        room = (p.total_degree() - factor.total_degree()) // 2
        chosen = [m for m in members if m.total_degree() <= room]
        products: cones.Products = {}
        for a, u in enumerate(chosen):
            for b in range(a, len(chosen)):
                products[a, b] = cones.keyed(terms(factor * u * chosen[b]))
        blocks.append((len(chosen), products))
        content.append((k, chosen))
    blocks.append((1, {(0, 0): cones.keyed(terms(-p))}))
    solved = cones.solve(blocks, [len(blocks) - 1], place.seconds, scaled=True)
    if solved is None:
        return None
    scale = cones.number(solved.pop())
    return [
        Gram([[c / scale for c in row] for row in matrix], k, [combination(row, chosen) for row in frame])
        for (matrix, frame), (k, chosen) in zip(solved, content, strict=True)
        if frame
    ]
