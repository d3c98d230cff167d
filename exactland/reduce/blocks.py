"""Sums of losses in disjoint variables: each summand is solved by itself (rule X3).

The critical points are the tuples of critical points of the summands, so k blocks of N points each are N^k points from
k systems with N. Matrix completion whose observed entries fall apart is of this kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from exactland.polynomial import Polynomial
from exactland.reduce.base import NO_SQUARES, Evaluate, N, Reduction, Squares, scaled, without


@dataclass(frozen=True, eq=False)
class Blocks(Reduction):
    """`groups` has the number of the block of each variable."""

    groups: tuple[int, ...]

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The finest partition; None when there is only one block."""
        count = polynomial.context().nvars()
        names = list(range(count))
        known: dict[Any, Any] = polynomial.to_dict()
        for m in known:
            met = {names[i] for i, e in enumerate(m) if e}
            if len(met) > 1:
                names = [min(met) if name in met else name for name in names]
        order = list(dict.fromkeys(names))
        if len(order) < 2:
            return None
        groups = tuple(order.index(name) for name in names)
        parts = []
        for g in range(len(order)):
            own = {m: c for m, c in known.items() if any(m) and all(groups[i] == g for i, e in enumerate(m) if e)}
            others = [i for i in range(count) if groups[i] != g]
            parts.append(scaled(without(polynomial.context().from_dict(own), others)))
        return cls(polynomial, tuple(parts), groups)

    def images(self, part: int) -> list[Polynomial]:
        """The variables of the block; the other ones are 0."""
        context = self.parts[part].context()
        own = iter(context.gens())
        return [next(own) if g == part else context.constant(0) for g in self.groups]

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """The coordinates side by side."""
        rest = [iter(point) for point in points]
        return [next(rest[g]) for g in self.groups]

    def form(self, of_part: Sequence[Fraction]) -> None:
        """There is more than one part."""
        return

    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """One entry for each block."""
        return {"rule": "product", "groups": list(self.groups), "inner": list(inner)}
