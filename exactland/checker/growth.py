"""Rules G2 and G16: squares that bound the variables, everywhere or below a value to which they tend far away."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from . import kernel
from .kernel import RationalPoly, TermBudget, index, natural, rational, sequence, unit
from .kinds import less, product

MAX_POWER = 40
Squares = list[tuple[Fraction, RationalPoly]]


def chain(value: Any, squares: Squares, constant: Fraction, n: int, budget: TermBudget) -> Fraction | None:
    """The value below which the constant plus the squares bounds all variables; None when it does so everywhere."""
    bounded: set[int] = set()
    below = None
    for item in sequence(value, "chain", n):
        pair = sequence(item, "chain", 2)
        variable = index(pair[0], n, "variable")
        if type(pair[1]) is int:
            _bounding(squares[index(pair[1], len(squares), "square")][1], variable, bounded)
        else:
            far = constant + _gates(pair[1], squares, variable, n, budget)
            below = far if below is None else min(below, far)
        bounded.add(variable)
    kernel.need(len(bounded) == n, "G2", f"{len(bounded)} bounded variables", f"all {n}")
    return below


def _bounding(q: RationalPoly, variable: int, bounded: set[int]) -> None:
    """Rule G2: where this square is bounded, the variable is."""
    top = max((m[variable] for m in q), default=0)
    leaders = [m for m in q if m[variable] == top]
    pure = top > 0 and leaders == [tuple(top if i == variable else 0 for i in range(len(leaders[0])))]
    others = all(not e or i == variable or i in bounded for m in q for i, e in enumerate(m))
    kernel.need(
        pure and others,
        "G2",
        f"a square that does not bound variable {variable}",
        "c x^m + lower powers over bounded variables",
    )


def _gates(value: Any, squares: Squares, variable: int, n: int, budget: TermBudget) -> Fraction:
    """Rule G16: to what these squares add up where the variable tends to infinity and all squares are bounded."""
    total = Fraction(0)
    seen: set[int] = set()
    for item in sequence(value, "gates"):
        gate = sequence(item, "gate", 4)
        place = index(gate[0], len(squares), "square")
        limit = rational(gate[1], "gate", kernel.MAX_DIGITS)
        power = natural(gate[2], "power", MAX_POWER)
        grown = {tuple(power * e for e in unit(n, variable)): Fraction(1)}
        right = {(0,) * n: Fraction(1)}
        for factor in sequence(gate[3], "factors", most=MAX_POWER):
            number, at = sequence(factor, "factor", 2)
            q = squares[index(number, len(squares), "square")][1]
            right = product(right, less(q, n, rational(at, "factor", kernel.MAX_DIGITS)), budget)
        weight, q = squares[place]
        equal = power > 0 and product(less(q, n, limit), grown, budget) == right
        kernel.need(equal and place not in seen, "G16", gate, "x^k (q - t), k > 0, as a product, each q once")
        seen.add(place)
        total += weight * limit * limit
    return total
