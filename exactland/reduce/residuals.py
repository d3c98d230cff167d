"""Squares of the loss, each with a variable for its root, so that whole layers can be eliminated (X1, backwards first).

For L = L_0 + sum q_j^2/d_j the larger objective L - sum (q_j - r_j)^2/d_j has the same critical points, with r_j = q_j:
it is linear in the q_j. Those of a deep linear network are linear in each layer, so that the weights of a layer, or of
every second one, now have constant coefficients of their squares, from the ridge, and are eliminated at once. Several
samples have as few r_j as their residuals have independent combinations. It pays where more weights go than come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self

from flint import fmpq

from exactland.exact import rational_text
from exactland.polynomial import Exponents, Polynomial, from_fmpq, ring, to_fmpq, to_json
from exactland.reduce.base import NO_SQUARES, Evaluate, N, Reduction, Squares, scaled, without
from exactland.reduce.quadratic import MAX_TERMS, Elimination, split

MAX_VARIABLES = 16  # of the larger objective, as the checker allows
FEWEST = 10  # variables; the engines need little time for smaller objectives as they are
FEWER = 2  # variables, at least
MOST_TERMS = 60  # of a root


@dataclass(frozen=True, eq=False)
class Residuals(Reduction):
    """`roots` are the q_j with their d_j; `elimination` is that of the larger objective."""

    roots: tuple[tuple[Polynomial, fmpq], ...]
    elimination: Elimination
    share: ClassVar[float] = 1.0  # it is far easier

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """With the squares that are not quadratic, when enough variables can be eliminated then."""
        context = polynomial.context()
        n, names = context.nvars(), context.names()
        if n < FEWEST:
            return None
        whole = scaled(polynomial)
        roots = _independent(whole, squares())
        if not roots or n + len(roots) > MAX_VARIABLES:
            return None
        larger = ring([*names, *(f"r{j}" for j in range(len(roots)))])
        gens = larger.gens()

        def embedded(p: Polynomial) -> Polynomial:
            return p.compose(*gens[:n], ctx=larger)

        lifted = embedded(whole)
        for (q, d), r in zip(roots, gens[n:], strict=True):
            lifted -= (embedded(q) - r) ** 2 / d
        chosen = _eliminable(lifted, n)
        if len(chosen) < len(roots) + FEWER:
            return None
        left, found = lifted, []
        for k in chosen:
            parts = split(left, k)
            if parts is None:
                return None
            a, q, r = parts
            left = scaled(4 * a * r - q * q)
            if len(left) > MAX_TERMS:
                return None
            found.append((k, q * (fmpq(-1) / (2 * a))))
        elimination = Elimination(lifted, (scaled(without(left, chosen)),), tuple(found))
        return cls(polynomial, elimination.parts, tuple(roots), elimination)

    def images(self, part: int) -> list[Polynomial]:
        """The variables of the objective; the objective is the part there where the new variables have their values."""
        return self.elimination.images(part)[: self.polynomial.context().nvars()]

    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """The eliminated variables come back, the new ones are left out."""
        return self.elimination.invert(points, evaluate)[: self.polynomial.context().nvars()]

    def form(self, of_part: Sequence[Fraction]) -> list[Fraction] | None:
        """The same form, when the new variables do not occur in it."""
        n = self.polynomial.context().nvars()
        whole = self.elimination.form(of_part)
        return None if any(whole[n:]) else whole[:n]

    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The squares, and in it the elimination."""
        ones = ["1"] * self.elimination.polynomial.context().nvars()
        below = {"form": ones, "lines": [], "completeness": self.elimination.entry(inner)}
        squares = [[to_json(q), rational_text(from_fmpq(d))] for q, d in self.roots]
        return {"rule": "residuals", "squares": squares, "inner": below}


def _independent(whole: Polynomial, squares: Sequence[tuple[Fraction, Polynomial]]) -> list[tuple[Polynomial, fmpq]]:
    """The squares of a degree above 2 as few ones q^2/d, but for a constant: the quadratic form of their combinations,
    diagonal one monomial after the other.
    """
    given = [(to_fmpq(c), q) for c, q in squares if q.total_degree() > 1]
    total = sum((c * q * q for c, q in given), whole.context().constant(0))
    if not total:
        return []
    lead = next(iter(total.to_dict()))
    ratio = whole[lead] / total[lead]
    form: dict[Exponents, dict[Exponents, fmpq]] = {}
    for c, q in given:
        listed = list(q.to_dict().items())
        if len(listed) > MOST_TERMS or len(form) > MOST_TERMS:
            return []
        for m, a in listed:
            row = form.setdefault(m, {})
            for k, b in listed:
                row[k] = row.get(k, fmpq(0)) + ratio * c * a * b
    found: list[tuple[Polynomial, fmpq]] = []
    for m in sorted(form, key=lambda m: (-sum(m), m)):
        row = {k: c for k, c in form.pop(m).items() if c != 0 and (k == m or k in form)}
        if m in row and any(m):
            if len(found) == MAX_VARIABLES:
                return []
            root = whole.context().from_dict(row) / row[m]  # so that its value is not much larger than the variables
            found.append((root, 1 / row[m]))
            for k, c in row.items():
                if k in form:
                    other = form[k]
                    for j, b in row.items():
                        other[j] = other.get(j, fmpq(0)) - c * b / row[m]
    return found


def _eliminable(lifted: Polynomial, n: int) -> list[int]:
    """As many as there are of the first n variables that no monomial has two of, and which can be eliminated."""
    candidates = [k for k in range(n) if split(lifted, k) is not None]
    beside = dict.fromkeys(candidates, 0)
    for m in lifted.monoms():
        inside = [k for k in candidates if m[k]]
        for k in inside:
            beside[k] |= sum(1 << j for j in inside if j != k)

    def largest(left: int) -> int:
        if not left:
            return 0
        first = left & -left
        k = first.bit_length() - 1
        taken = first | largest(left & ~first & ~beside[k])
        if not beside[k] & left:
            return taken
        return max(taken, largest(left & ~first), key=int.bit_count)

    found = largest(sum(1 << k for k in candidates))
    return [k for k in candidates if found >> k & 1]
