"""Variables in which the loss is quadratic with a constant coefficient: output biases, last layers with fixed features.

For L = a x^2 + q x + r with a constant a, the critical points are those of 4 a r - q^2 in the other variables, with x =
-q/(2a): complete the square. The proof is that of rule X1. Other quadratic layers: `layers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from flint import fmpq

from exactland.polynomial import Polynomial
from exactland.reduce.base import NO_SQUARES, Evaluate, N, Reduction, Squares, bezout_number, scaled, without

MAX_TERMS = 20_000
MAX_WORK = 2_000_000
MAX_BITS = 4_000


@dataclass(frozen=True, eq=False)
class Elimination(Reduction):
    """`eliminated` are places in the objective, in order, each with the value of the variable in terms of those that
    are left after it (in the ring of the objective).
    """

    eliminated: tuple[tuple[int, Polynomial], ...]

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """Eliminate as long as the smaller objective has no higher degree, or no larger Bezout number."""
        left = polynomial
        found: list[tuple[int, Polynomial]] = []
        while len(found) < polynomial.context().nvars() - 1:
            step = _next(left, [k for k, _ in found])
            if step is None:
                break
            left, place, value = step
            found.append((place, value))
        if not found:
            return None
        return cls(polynomial, (scaled(without(left, [k for k, _ in found])),), tuple(found))

    def images(self, part: int) -> list[Polynomial]:
        """The variables that are left, and the values of the others in terms of them."""
        gens = self.parts[part].context().gens()

        def at(value: Polynomial, point: Sequence[Polynomial]) -> Polynomial:
            return value.compose(*point, ctx=self.parts[part].context())

        return self.invert([gens], at)

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """Values of the eliminated variables, the last one first."""
        places = [k for k, _ in self.eliminated]
        rest = iter(points[0])
        known: dict[int, N] = {}
        count = self.polynomial.context().nvars()
        for i in range(count):
            if i not in places:
                known[i] = next(rest)
        for place, value in reversed(self.eliminated):
            kept = sorted(known)
            known[place] = evaluate(
                without(value, [i for i in range(count) if i not in known]), [known[i] for i in kept]
            )
        return [known[i] for i in range(count)]

    def form(self, of_part: Sequence[Fraction]) -> list[Fraction]:
        """The same form, with 0 at the eliminated variables."""
        places = [k for k, _ in self.eliminated]
        rest = iter(of_part)
        return [Fraction(0) if i in places else next(rest) for i in range(self.polynomial.context().nvars())]

    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Each number counts the variables that are left at its turn."""
        places = [k for k, _ in self.eliminated]
        numbers = [k - sum(p < k for p in places[:i]) for i, k in enumerate(places)]
        return {"rule": "eliminate", "variables": numbers, "inner": inner[0]}


def _next(left: Polynomial, gone: Sequence[int]) -> tuple[Polynomial, int, Polynomial] | None:
    """The smaller objective (in the same ring), the variable that went and its value; the shortest result first."""
    context = left.context()
    best: tuple[Polynomial, int, Polynomial] | None = None
    for k in range(context.nvars()):
        parts = None if k in gone else split(left, k)
        if parts is None:
            continue
        a, q, r = parts
        if len(q) ** 2 > MAX_WORK:
            continue
        smaller = scaled(4 * a * r - q * q)
        if len(smaller) > MAX_TERMS or _bits(smaller) > MAX_BITS or not _easier(left, smaller):
            continue
        if best is None or len(smaller) < len(best[0]):
            best = smaller, k, q * (fmpq(-1) / (2 * a))
    return best


def split(left: Polynomial, k: int) -> tuple[fmpq, Polynomial, Polynomial] | None:
    """(a, q, r) with left = a x_k^2 + q x_k + r and a nonzero constant a, or None."""
    if left.degrees()[k] != 2:
        return None
    parts: list[dict[Any, Any]] = [{}, {}, {}]
    for m, c in left.to_dict().items():
        parts[m[k]][(*m[:k], 0, *m[k + 1 :])] = c
    context = left.context()
    if len(parts[2]) != 1 or any(next(iter(parts[2]))):
        return None
    return next(iter(parts[2].values())), context.from_dict(parts[1]), context.from_dict(parts[0])


def _easier(before: Polynomial, after: Polynomial) -> bool:
    return after.total_degree() <= before.total_degree() or bezout_number(after) <= bezout_number(before)


def _bits(polynomial: Polynomial) -> int:
    return max((int(abs(c.p)).bit_length() for c in polynomial.coeffs()), default=0)
