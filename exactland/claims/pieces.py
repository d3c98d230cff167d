"""Local minima of a function that is polynomial on each cell of a grid and continuously differentiable.

The function is base(x) + sum of s(x_i) with a spline s: on the interval number k between its cuts it is the polynomial
p_k, and at a cut its two neighbours have the same value and the same derivative. The closed cells, one interval for
each variable, cover space. On a closed cell the gradient of the function is that of the polynomial of the cell, so
every critical point of the function is a critical point of the polynomial of a closed cell in which it lies. Inside an
open cell the function is the polynomial, so a critical point there has the same type for both.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactland.claims.evidence import Evidence
from exactland.claims.places import bounds, read, vanishes
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.errors import InputError
from exactland.exact import rational_text
from exactland.landscape import Completeness, CriticalPoint, Kind
from exactland.objective import Objective
from exactland.polynomial import evaluate

__all__ = ["MinimaOfPieces", "Spline"]


@dataclass(frozen=True)
class Spline:
    """Polynomials in `t`, one more than there are cuts; `InputError` unless they fit at the cuts."""

    cuts: tuple[Fraction, ...]
    polynomials: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.polynomials) != len(self.cuts) + 1 or list(self.cuts) != sorted(set(self.cuts)):
            given = f"{len(self.polynomials)} polynomials for the cuts {', '.join(map(str, self.cuts))}"
            raise InputError(given, "increasing cuts, and one polynomial more", "give one for each interval")
        read_ = [Objective.from_expression(p, "t").polynomial for p in self.polynomials]
        for cut, (left, right) in zip(self.cuts, itertools.pairwise(read_), strict=True):
            for p in (left - right, (left - right).derivative(0)):
                if evaluate(p, (cut,)) != 0:
                    given = f"polynomials that do not fit at {cut}"
                    raise InputError(given, "equal values and derivatives at the cuts", "change the polynomials")

    def pieces(self, variable: str) -> Iterator[tuple[str, list[str]]]:
        """For each interval the polynomial, and what is not negative on the interval."""
        ends = [None, *self.cuts, None]
        for text, (low, high) in zip(self.polynomials, itertools.pairwise(ends), strict=True):
            above = [] if low is None else [f"{variable} - ({rational_text(low)})"]
            above += [] if high is None else [f"({rational_text(high)}) - {variable}"]
            yield re.sub(r"\bt\b", variable, f"({text})"), above


@dataclass(frozen=True)
class MinimaOfPieces(Property):
    """These polynomials vanish at every local minimum of base + sum of spline(x_i); `loss` stands for the function."""

    base: str
    variables: tuple[str, ...]
    spline: Spline
    equations: tuple[str, ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        gaps: list[str] = []
        certificates = []
        minima = 0
        for chosen in itertools.product(*(list(self.spline.pieces(v)) for v in self.variables)):
            text = " + ".join((f"({self.base})", *(summand for summand, _ in chosen)))
            landscape = evidence.landscape_of(Objective.from_expression(text, self.variables))
            if landscape.complete is not Completeness.PROVED or landscape.components or landscape.evidence is None:
                gaps.append("the critical points of the polynomial of a cell are not all listed")
                continue
            certificates.append(landscape.evidence)
            above = [read(condition, self.variables) for _, conditions in chosen for condition in conditions]
            for point in landscape:
                sides = [bounds(condition, point.point.values()) for condition in above]
                if any(high < 0 for _, high in sides):
                    continue  # in another cell
                if any(low <= 0 for low, _ in sides) or point.kind is Kind.UNDECIDED:
                    gaps.append(f"at the edge of a cell, or of an open type: {_place(point)}")
                elif point.kind is Kind.MINIMUM:
                    minima += 1
                    for equation in self.equations:
                        zero = self._vanishes(equation, point)
                        if zero is False:
                            reason = f"{equation} is not 0 at a local minimum: {_place(point)}, loss {point.value!r}"
                            return false(reason, landscape.evidence)
                        if zero is None:
                            gaps.append(f"whether {equation} vanishes at {_place(point)} is not decided")
        if gaps:
            return unknown(gaps[0])
        reason = f"{len(certificates)} cells; the equations hold exactly at all {minima} local minima"
        return true(reason, *dict.fromkeys(certificates))

    def _vanishes(self, text: str, point: CriticalPoint) -> bool | None:
        if text != "loss":
            return vanishes(read(text, self.variables), point.point.values())
        low, high = point.value.lower, point.value.upper
        return True if low == high == 0 else False if low > 0 or high < 0 else None


def _place(point: CriticalPoint) -> str:
    return f"({', '.join(repr(number) for number in point.point.values())})"
