"""Squares for parts of components: minima and maxima by the sign of the objective minus its value nearby, and parts
without real points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly

from exactland.classify import cones
from exactland.classify._tools import Square, monomial, terms
from exactland.classify.curvature import Along, Gram
from exactland.classify.gram import combination
from exactland.classify.modulo import Basis, TooLarge
from exactland.classify.semidefinite import decompose
from exactland.polynomial import exponents_of_degree, from_fmpq

_MAXIMUM_TERMS = 400
_SECONDS = 5.0
_WIDTHS = (Fraction(1), Fraction(1, 8), Fraction(1, 64), Fraction(1, 512))


def product_tube(place: Along, difference: fmpq_mpoly) -> tuple[dict[str, Any], list[fmpq_mpoly]] | None:
    """`difference` as a square times a polynomial that is positive where the polynomials returned do not all vanish."""
    if difference.is_zero() or len(difference) > _MAXIMUM_TERMS:
        return None
    one = place.ring.constant(1)
    unit, factors = difference.factor()
    root = prod((f ** (k // 2) for f, k in factors), start=one)
    factor = prod((f for f, k in factors if k % 2), start=unit * one)
    gain = place.basis.normal(factor)
    found = positive_gain(place, gain)
    if found is None:
        return None
    tube = {"polynomial": factor, "gain": found.stated, "cofactors": place.basis.cofactors(factor - gain)}
    squares = [Gram([[fmpq(1)]], len(place.multipliers), [root])]
    return {"tubes": [tube], "squares": squares}, found.nonzero


@dataclass(frozen=True)
class PositiveGain:
    """A number times powers of the positive polynomials, times h^2 where `nonzero` is [h], as certificates state it."""

    stated: list[Any]
    powers: list[int]
    nonzero: list[fmpq_mpoly]


def positive_gain(place: Along, p: fmpq_mpoly) -> PositiveGain | None:
    """p in this form."""
    if p.is_zero():
        return None
    unit, factors = p.factor()
    powers = [0] * len(place.positive)
    nonzero = place.ring.constant(1)
    for f, k in factors:
        known = [i for i, h in enumerate(place.positive) if h * f.leading_coefficient() == f * h.leading_coefficient()]
        if known:
            powers[known[0]] += k
            unit = unit * (f.leading_coefficient() / place.positive[known[0]].leading_coefficient()) ** k
        elif k % 2 == 0:
            nonzero = nonzero * f ** (k // 2)
        else:
            return None
    if unit <= 0:
        return None
    alone = nonzero.is_constant()
    stated = place.stated(from_fmpq(unit), int(not alone), powers)
    return PositiveGain(stated, powers, [] if alone else [nonzero])


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
    for k, factor in [*enumerate(place.multipliers[: place.strong]), *enumerate(tubes, offset)]:
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


def empty_by_squares(loss: fmpq_mpoly, basis: Sequence[fmpq_mpoly], seconds: float) -> list[Square] | None:
    """Squares of polynomials of degree 1 whose sum, with 1, is in the ideal of a Groebner basis."""
    ring = loss.context()
    one = ring.constant(1)
    try:
        ideal = Basis(basis, ring, real=False, seconds=min(_SECONDS, seconds))
    except TooLarge:
        return None
    found = Along(loss, ideal, [one], 1, min(_SECONDS, seconds)).empty(1, one)
    if found is None:
        return None
    result = []
    for gram in found["rest"]:
        for c, v in decompose(gram.matrix) or ():
            result.append((from_fmpq(c), combination(v, gram.members)))
    return result
