"""Networks with one hidden layer on three samples: two unit vectors with target 0, their midpoint with target 1.

    L = 1/2 (o_1^2 + o_2^2 + (o_3 - 1)^2)
    o_1 = sum u_i h(a_i),  o_2 = sum u_i h(b_i),  o_3 = sum u_i h((a_i + b_i)/2)

Let D = (o_1 + o_2)/2 - o_3 and q = (o_1 + o_2)/2 - 1/3. For every activation h and every width

    L = 1/3 + q^2 + 1/2 (D - q)^2 + 1/4 (o_1 - o_2)^2 + 2/3 D,

and D = sum u_i [(h(a_i) + h(b_i))/2 - h((a_i + b_i)/2)] >= 0 where u_i > 0 and h is convex between a_i and b_i (or
u_i < 0 and h concave). So L >= 1/3 there. For powers D is a sum of terms with visible sign.
"""

from __future__ import annotations

from dataclasses import dataclass

from exactland.claims.regions import MinimumOnRegion, Term
from exactland.objective import Objective

__all__ = ["MidpointNetwork"]

_GAPS = {2: "1/4*u{i}*(a{i} - b{i})^2", 3: "3/8*u{i}*(a{i} + b{i})*(a{i} - b{i})^2"}


@dataclass(frozen=True)
class MidpointNetwork:
    """`width` hidden units u_i h(a_i x + b_i y) with h(z) = z^power, of power 1, 2 or 3."""

    width: int
    power: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{letter}{i}" for i in self._units for letter in "uab")

    @property
    def _units(self) -> range:
        return range(1, self.width + 1)

    def _sum(self, unit: str) -> str:
        return "(" + " + ".join(unit.format(i=i) for i in self._units) + ")"

    def outputs(self) -> tuple[str, str, str]:
        """On the two unit vectors and on their midpoint."""
        inputs = ("a{i}", "b{i}", "(1/2*a{i} + 1/2*b{i})")
        first, second, third = (self._sum(f"u{{i}}*{z}^{self.power}") for z in inputs)
        return first, second, third

    def loss(self) -> Objective:
        first, second, third = self.outputs()
        return Objective.from_expression(f"1/2*({first}^2 + {second}^2 + ({third} - 1)^2)", self.names)

    def dead(self, point: tuple[str, ...], lower: tuple[str, ...]) -> MinimumOnRegion:
        """For squares: L = 1/2 + 1/2 (o_1^2 + o_2^2 + o_3^2) - o_3 >= 1/2 where all u_i < 0, as then o_3 <= 0."""
        negative = tuple(f"-u{i}" for i in self._units)
        terms = [Term("1/2", output) for output in self.outputs()]
        terms += [Term("1/4", f"a{i} + b{i}", (g,)) for i, g in enumerate(negative, 1)]
        return MinimumOnRegion(point, lower, negative, tuple(terms))

    def minimum(self, point: tuple[str, ...], lower: tuple[str, ...]) -> MinimumOnRegion:
        """The claim that L is least at the point in the region where all terms of D have the right sign."""
        first, second, _ = self.outputs()
        gap = "0" if self.power == 1 else self._sum(_GAPS[self.power])
        q = f"1/2*{first} + 1/2*{second} - 1/3"
        terms = [Term("1", q), Term("1/2", f"{gap} - ({q})"), Term("1/4", f"{first} - {second}")]
        sign, coefficient = {1: ("", "0"), 2: ("u{i}", "1/6"), 3: ("u{i}*(a{i} + b{i})", "1/4")}[self.power]
        positive = tuple(sign.format(i=i) for i in self._units if sign)
        terms += [Term(coefficient, f"a{i} - b{i}", (g,)) for i, g in enumerate(positive, 1)]
        return MinimumOnRegion(point, lower, positive, tuple(terms))
