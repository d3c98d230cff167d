"""Variables that are 0 at every real critical point, because the slope along them is a sum of squares (rule X4).

For L = L_0(x) + z^T A(x) z with A positive definite at all real x, the sum of z_i dL/dz_i is 2 z^T A z, which is 0 only
for z = 0. The squares come from the loss as it is written: a residual a + l with l linear in z contributes l^2, and the
ridge z_i^2. Of this kind are weights to outputs whose targets are 0, also where these are combinations of the outputs
that there are (`outputs`). Nonreal critical points may have other z; they are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Self

from exactland.exact import rational_text
from exactland.polynomial import Polynomial, from_fmpq, from_terms, terms, to_fmpq, to_json
from exactland.reduce.base import NO_SQUARES, Evaluate, N, Reduction, Squares, scaled, without


@dataclass(frozen=True)
class Zero(Reduction):
    """`zeros` are the variables, `squares` what the sum of x_k times the element of the gradient is made of."""

    zeros: tuple[int, ...]
    squares: tuple[tuple[Fraction, Polynomial], ...]

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The most variables that are seen to be 0."""
        from exactland.reduce.outputs import quadratic_blocks

        best: tuple[int, ...] = ()
        for blocks in quadratic_blocks(polynomial):
            found = tuple(sorted(i for block in blocks if not block.linear for i in block.variables))
            best = max(best, found, key=len)
        shown = _as_squares(polynomial, best, squares) if best else None
        if shown is None:
            return None
        context = polynomial.context()
        left = {m: c for m, c in polynomial.to_dict().items() if not any(m[k] for k in best)}
        whole = len(best) == context.nvars()
        parts = () if whole else (scaled(without(context.from_dict(left), best)),)
        return cls(polynomial, parts, best, shown)

    @property
    def real(self) -> bool:
        """Nonreal critical points are lost."""
        return True

    def images(self, part: int) -> list[Polynomial]:
        """The variables that are left, and 0."""
        context = self.parts[part].context()
        left = iter(context.gens())
        count = self.polynomial.context().nvars()
        return [context.constant(0) if k in self.zeros else next(left) for k in range(count)]

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """0 for the variables that are 0."""
        context = self.polynomial.context()
        nothing = context.constant(0)
        rest = iter(points[0] if points else [])
        given = points[0] if points else []
        zero = without(nothing, self.zeros) if points else nothing
        return [evaluate(zero, given) if k in self.zeros else next(rest) for k in range(context.nvars())]

    def form(self, of_part: Sequence[Fraction]) -> list[Fraction]:
        """The same form, without the variables that are 0."""
        rest = iter(of_part)
        return [Fraction(0) if k in self.zeros else next(rest) for k in range(self.polynomial.context().nvars())]

    def lines(self) -> list[dict[str, Any]]:
        """The sum of squares."""
        n = self.polynomial.context().nvars()
        combination = [[k, [["1", [int(i == k) for i in range(n)]]]] for k in self.zeros]
        return [{"combination": combination, "squares": [[rational_text(c), to_json(q)] for c, q in self.squares]}]

    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The variables with the squares that show that they are 0."""
        n = self.polynomial.context().nvars()
        gens = self.polynomial.context().gens()
        own = {k: n + i for i, (_, q) in enumerate(self.squares) for k in self.zeros if q == gens[k]}
        zeros = [[k, own[k]] for k in self.zeros]
        return {"rule": "zero", "zeros": zeros, "inner": inner[0] if inner else None}


def _as_squares(
    polynomial: Polynomial, zeros: tuple[int, ...], squares: Squares
) -> tuple[tuple[Fraction, Polynomial], ...] | None:
    """The sum of z_i G_i as squares, those of all z_i themselves among them; the G_i are as the checker scales them."""
    context = polynomial.context()
    slope = sum((context.gen(k) * polynomial.derivative(k) for k in zeros), context.constant(0))
    found: list[tuple[Fraction, Polynomial]] = []
    own: dict[tuple[int, int], Fraction] = {}  # a constant quadratic form
    for weight, root in squares():
        odd: dict[tuple[int, ...], Fraction] = {}
        for c, m in terms(root):
            degree = sum([m[k] for k in zeros])
            if degree > 1:
                return None
            if degree:
                odd[m] = c
        if odd and all(sum(m) == 1 for m in odd):
            places = [(next(k for k in zeros if m[k]), c) for m, c in odd.items()]
            for i, a in places:
                for j, b in places:
                    own[i, j] = own.get((i, j), Fraction(0)) + weight * a * b
        elif odd:
            found.append((weight, from_terms(context, [(c, m) for m, c in odd.items()])))
    if any(c for (i, j), c in own.items() if i != j) or not all(own.get((k, k), 0) > 0 for k in zeros):
        return None
    found += [(own[k, k], context.gen(k)) for k in zeros]
    total = sum((to_fmpq(c) * q * q for c, q in found), context.constant(0))
    lead = next(iter(total.to_dict()))
    ratio = slope[lead] / total[lead]
    if ratio <= 0 or slope != ratio * total:
        return None
    denominators = (int(c.q) for i in range(context.nvars()) for c in polynomial.derivative(i).coeffs())
    factor = lcm(*denominators) * from_fmpq(ratio)
    return tuple((factor * c, q) for c, q in found)
