"""Which reductions are applied to an objective, and everything in one go: down to the leaves and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactland.polynomial import Polynomial
from exactland.reduce.base import NO_SQUARES, Evaluate, N, Reduction, Squares, bezout_number, through

SMALL = 64
"""Systems with a smaller Bezout number take no time; they are solved as they are."""
LARGER = 16
"""Some reductions are only tried where it is larger by this factor."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A tree of reductions; a plan without a reduction is a leaf, which is solved as it is."""

    polynomial: Polynomial
    reduction: Reduction | None = None
    inner: tuple[Plan, ...] = ()

    def leaves(self) -> list[Polynomial]:
        """The objectives to solve."""
        if self.reduction is None:
            return [self.polynomial]
        return [leaf for plan in self.inner for leaf in plan.leaves()]

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """The critical point of the objective, from one critical point of each leaf."""
        return self._invert(iter(points), evaluate)

    def _invert(self, points: Iterator[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        if self.reduction is None:
            return list(next(points))
        return self.reduction.invert([plan._invert(points, evaluate) for plan in self.inner], evaluate)

    def form(self, of_leaf: Sequence[Fraction]) -> list[Fraction] | None:
        """The linear form with the value of a form on the only leaf; None when there are several."""
        if self.reduction is None:
            return list(of_leaf)
        below = self.inner[0].form(of_leaf) if len(self.inner) == 1 else None
        return None if below is None else self.reduction.form(below)

    @property
    def share(self) -> float:
        """The part of the time of an engine that the smaller objectives get."""
        own = [self.reduction.share] if self.reduction is not None else []
        return max([*own, *(plan.share for plan in self.inner)], default=0.0)

    @property
    def real(self) -> bool:
        """Whether only real critical points are found in this way."""
        return self.reduction is not None and (self.reduction.real or any(plan.real for plan in self.inner))

    def entry(self, leaves: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The entry {form, lines, completeness}, from those of the leaves."""
        return self._entry(iter(leaves))

    def _entry(self, leaves: Iterator[dict[str, Any]]) -> dict[str, Any]:
        if self.reduction is None:
            return next(leaves)
        rule = self.reduction.entry([plan._entry(leaves) for plan in self.inner])
        ones = ["1"] * self.polynomial.context().nvars()
        return {"form": ones, "lines": self.reduction.lines(), "completeness": rule}


def kinds(number: int) -> Iterator[type[Reduction]]:
    """The reductions that may pay at this Bezout number, in the order tried; each is imported when it is its turn."""
    if number <= SMALL:
        return
    from exactland.reduce.quadratic import Elimination

    yield Elimination
    from exactland.reduce.blocks import Blocks

    yield Blocks
    if number > SMALL * LARGER:
        from exactland.reduce.directions import Directions

        yield Directions
    from exactland.reduce.zero import Zero

    yield Zero
    from exactland.reduce.outputs import Outputs

    yield Outputs
    from exactland.reduce.residuals import Residuals

    yield Residuals
    if number > SMALL * LARGER:
        from exactland.reduce.layers import Layer

        yield Layer
    from exactland.reduce.turned import Turned

    yield Turned


def plan(polynomial: Polynomial, squares: Squares = NO_SQUARES, nonreal: bool = False) -> Plan:
    """The reductions that are worth it; a leaf when none is. With `nonreal` those that lose other points than real ones
    are left out.
    """
    for kind in kinds(bezout_number(polynomial)):
        found = kind.apply(polynomial, squares)
        if found is not None and not (nonreal and found.real):
            inner = [plan(part, through(found, i, squares), nonreal) for i, part in enumerate(found.parts)]
            return Plan(polynomial, found, tuple(inner))
    return Plan(polynomial)
