"""Weights to several outputs, in which the loss is quadratic with one positive coefficient, left out (rule X6).

Behind one hidden unit the loss is a(w) |v|^2 + b(w)^T v + r(w) in the weights v to the outputs, where a is a sum of
squares and the ridge. To insert v = -b/(2a) and clear a raises the degree and adds solutions where a = 0. Instead two
variables take the place of all v: t, which is 1/(4a), and u, the multiplier of this equation. The degrees stay as they
are, and so do the critical points; with many outputs there are fewer variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from exactland.exact import rational_text
from exactland.polynomial import Polynomial, from_terms, ring, terms, to_fmpq, to_json
from exactland.reduce.base import NO_SQUARES, Evaluate, N, Reduction, Squares, scaled
from exactland.reduce.outputs import quadratic_blocks

FEWEST = 3  # outputs; two variables take their place
LARGEST_DEGREE = 4  # of a loss; for higher ones the engines gain nothing from fewer variables


@dataclass(frozen=True)
class Layer(Reduction):
    """`values` are those of the variables left out, as polynomials in those of the part."""

    variables: tuple[int, ...]
    values: tuple[Polynomial, ...]
    coefficient: tuple[tuple[Fraction, Polynomial], ...]

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The most variables that can be left out."""
        if polynomial.total_degree() > LARGEST_DEGREE:
            return None
        for blocks in quadratic_blocks(polynomial):
            single = all(len(block.variables) == 1 for block in blocks)
            if len(blocks) >= FEWEST and single and len({block.form for block in blocks}) == 1:
                found = cls._without(polynomial, [block.variables[0] for block in blocks], squares)
                if found is not None:
                    return found
        return None

    @classmethod
    def _without(cls, polynomial: Polynomial, gone: list[int], squares: Squares) -> Self | None:
        whole = scaled(polynomial)
        names = polynomial.context().names()
        kept = [k for k in range(len(names)) if k not in gone]
        context = ring([*(names[k] for k in kept), "t", "u"])
        t, u = context.gens()[-2:]

        def part(of_layer: Sequence[int], p: Polynomial) -> Polynomial:
            chosen = [(c, m) for c, m in terms(p) if [m[k] for k in gone] == list(of_layer)]
            return from_terms(context, [(c, (*(m[k] for k in kept), 0, 0)) for c, m in chosen])

        def power(j: int, e: int) -> list[int]:
            return [e if i == j else 0 for i in range(len(gone))]

        a = part(power(0, 2), whole)
        # The coefficient of the square of the first variable, from the squares as they are written.
        roots = [(c, part(power(0, 1), q)) for c, q in squares()]
        roots = [(c, q) for c, q in roots if q]
        total = sum((to_fmpq(c) * q * q for c, q in roots), context.constant(0))
        if not total or not any(q.is_constant() for _, q in roots):
            return None
        lead = next(iter(total.to_dict()))
        ratio = a[lead] / total[lead]
        if ratio <= 0 or ratio * total != a:
            return None
        values, both = [], context.constant(0)
        for j in range(len(gone)):
            own = part(power(j, 2), whole)
            weight = own[lead] / a[lead]
            linear = part(power(j, 1), whole)
            both += linear * linear / weight
            values.append(-2 * t * linear / weight)
        smaller = scaled(part([0] * len(gone), whole) - t * both + u * (4 * a * t - 1))
        scale = Fraction(int(ratio.p), int(ratio.q))
        positive = tuple((scale * c, q) for c, q in roots)
        if smaller.total_degree() > polynomial.total_degree():
            return None
        return cls(polynomial, (smaller,), tuple(gone), tuple(values), positive)

    @property
    def real(self) -> bool:
        """Where the coefficient is 0 nonreal critical points may be lost."""
        return True

    def images(self, part: int) -> list[Polynomial]:
        """The variables of the objective; the objective is the part there where t and u have their values."""
        left, values = iter(self.parts[part].context().gens()), iter(self.values)
        return [next(values) if k in self.variables else next(left) for k in range(self.polynomial.context().nvars())]

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """The images at the point."""
        left, values = iter(points[0]), iter(self.values)
        count = self.polynomial.context().nvars()
        return [evaluate(next(values), points[0]) if k in self.variables else next(left) for k in range(count)]

    def form(self, of_part: Sequence[Fraction]) -> None:
        """The values of t and u are no linear forms."""
        return

    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The variables, and their coefficient as squares."""
        given = [[rational_text(c), to_json(q)] for c, q in self.coefficient]
        return {"rule": "layer", "variables": list(self.variables), "squares": given, "inner": inner[0]}
