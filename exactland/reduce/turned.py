"""Symmetries that swap variables, turned into sign changes: x + x' and x - x' instead of x and x' (rule X2).

Hidden units with equal ridge may be swapped. Engines and the rule of levels use sign changes only (the linear algebra
falls into blocks, and only the invariant one is needed), so commuting symmetries of order 2 are made diagonal by a
change of variables with entries 0, 1 and -1. It is used where that gives more sign changes than there were.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Self

from exactland.polynomial import Polynomial, sign_symmetries
from exactland.reduce.base import NO_SQUARES, Squares
from exactland.reduce.linear import Linear, turned

Move = tuple[int, ...]
MAX_GROUP = 512


@dataclass(frozen=True, eq=False)
class Turned(Linear):
    """The columns of the matrix are common eigenvectors of the symmetries."""

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The largest group of commuting symmetries of order 2 that is found, when it has more than sign changes."""
        from exactland.reduce.symmetries import signed_permutations

        n = polynomial.context().nvars()
        elements = _closure(signed_permutations(polynomial), n)
        best = max((_commuting(first, elements) for first in elements), key=len, default=[])
        # All sign changes count, not those among the elements, which may be a part of a large group: the new objective
        # has more of them than this one, so that it is not turned again without end.
        if len(best) <= 1 << len(sign_symmetries(n, [[(0,) * n, *polynomial.monoms()]])):
            return None
        columns = _eigenvectors(best, n)
        if len(columns) != n:
            return None
        part, matrix = turned(polynomial, columns)
        return cls(polynomial, (part,), matrix)


def _product(first: Move, second: Move) -> Move:
    return tuple(second[abs(s) - 1] * (1 if s > 0 else -1) for s in first)


def _closure(generators: Iterable[Move], n: int) -> list[Move]:
    """The group, or as many of its elements as are wanted."""
    known: dict[Move, None] = {tuple(range(1, n + 1)): None}
    steps = list(generators)
    queue = list(known)
    while queue and len(known) < MAX_GROUP:
        element = queue.pop(0)
        for step in steps:
            image = _product(element, step)
            if image not in known:
                known[image] = None
                queue.append(image)
    return list(known)


def _commuting(first: Move, elements: Sequence[Move]) -> list[Move]:
    """A group of commuting elements of order 2 with this one, as large as possible one after the other."""
    one = tuple(range(1, len(first) + 1))
    if _product(first, first) != one:
        return []
    group = list(dict.fromkeys([one, first]))
    for element in elements:
        fits = element not in group and _product(element, element) == one
        if fits and all(_product(element, g) == _product(g, element) for g in group):
            group += [_product(element, g) for g in group]
    return group


def _eigenvectors(group: Sequence[Move], n: int) -> list[list[int]]:
    """Common eigenvectors with entries 0, 1, -1: the sums over the group with the signs of each character."""
    generators: list[Move] = []
    spanned = [tuple(range(1, n + 1))]
    for g in group:
        if g not in spanned:
            generators.append(g)
            spanned += [_product(g, h) for h in spanned]
    found: list[list[int]] = []
    seen: set[int] = set()
    for i in range(n):
        if i in seen:
            continue
        seen |= {abs(g[i]) - 1 for g in group}
        for character in itertools.product((1, -1), repeat=len(generators)):
            vector = [int(j == i) for j in range(n)]
            for g, sign in zip(generators, character, strict=True):
                vector = [
                    v + sign * (vector[abs(s) - 1] * (1 if s > 0 else -1)) for v, s in zip(vector, g, strict=True)
                ]
            common = gcd(*vector)
            if common:
                found.append([v // common for v in vector])
    return found
