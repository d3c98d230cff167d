"""Rules D: elements that vanish at every critical point, as a derivation graph.

Elements 0..n-1 are the partial derivatives of the objective times one positive integer. Each further line is a
combination of earlier elements, divided exactly by an integer; a line with a power k proves that the k-th power of its
element is such a combination. A line with squares proves that such a combination is a sum of squares, each of which
then vanishes at every real critical point.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd
from typing import Any

from . import kernel
from .kernel import IntPoly, TermBudget, add_into, common_integers, derivative, multiply, record, sequence, unit
from .kinds import read_squares, sum_of_squares
from .problem import Problem, derivatives_work, inserted


class Elements:
    """The integer polynomials known to vanish on the complex critical points, or with `real` on the real ones only;
    `radical` when a power was used.
    """

    def __init__(self, problem: Problem) -> None:
        self.n = len(problem.variables)
        kernel.limit(derivatives_work(problem.loss, self.n), kernel.MAX_WORK, "work of all derivatives")
        ((whole,), scale) = common_integers([problem.loss])
        slopes = [derivative(whole, i) for i in range(self.n)]
        common = gcd(scale, *(c for g in slopes for c in g.values()))
        self.gradient = [{m: c // common for m, c in g.items()} for g in slopes] if common > 1 else slopes
        self.scale = scale // common  # the least that makes them integral
        self.polys: list[IntPoly] = list(self.gradient)
        self.radical = False
        self.real = False
        self.signed: frozenset[int] = frozenset()  # coordinates that are not 0

    def restricted(self, constants: Mapping[int, Fraction], signed: Iterable[int], budget: TermBudget) -> Elements:
        """The gradient where some coordinates have constants, x_k - c for each of these in order, and no more, about
        points of which some coordinates are not 0.
        """
        made = copy.copy(self)
        inside = [inserted(g, constants, budget) for g in self.gradient]
        made.polys = [common_integers([p])[0][0] for p in inside]
        made.polys += [linear(k, c, self.n) for k, c in sorted(constants.items())]
        made.signed = frozenset(signed)
        return made

    def read_lines(self, value: Any, budget: TermBudget) -> None:
        for entry in sequence(value, "lines", most=kernel.MAX_LINES):
            self.read_line(entry, budget)

    def read_line(self, entry: Any, budget: TermBudget) -> None:
        """One more element, or those of some squares."""
        line = record(entry, "combination", "divisor power element squares", "line")
        combination = self._combination(line["combination"], budget)
        if "squares" in line:
            kernel.need(len(line) == 2, "F2", sorted(line), "combination and squares")
            self._squares(line["squares"], combination, budget)
            return
        if "power" not in line:
            kernel.need("element" not in line, "F2", "an element without a power", "element only beside power")
            divisor = kernel.integer(line.get("divisor", "1"), "divisor", kernel.MAX_DIGITS)
            kernel.need(divisor != 0, "D1", "divisor 0", "a nonzero divisor")
            kernel.need(
                all(c % divisor == 0 for c in combination.values()),
                "D1",
                "a remainder",
                "a divisor of every coefficient",
            )
            self.polys.append({m: c // divisor for m, c in combination.items()})
            return
        kernel.need("divisor" not in line, "F2", "a divisor beside a power", "power or divisor")
        exponent = kernel.natural(line["power"], "power", 64)
        kernel.need(exponent >= 1, "D2", exponent, "a power from 1")
        element = budget.polynomial(line.get("element"), self.n, read=kernel.integer)
        raised = {(0,) * self.n: 1}
        for _ in range(exponent):
            budget.spend(kernel.products(raised, element))
            raised = multiply(raised, element)
        add_into(combination, raised, -1)
        kernel.need(
            not combination, "D2", f"{len(combination)} terms left over", "element^power equal to the combination"
        )
        self.polys.append(element)
        self.radical = self.radical or exponent > 1

    def _squares(self, value: Any, combination: IntPoly, budget: TermBudget) -> None:
        """Rule D3. Each square contributes its polynomial, times a positive integer."""
        squares = read_squares(value, self.n, budget, "D3")
        kernel.need(sum_of_squares(squares) == combination, "D3", "another polynomial", "the combination as squares")
        self.polys += [common_integers([q])[0][0] for _, q in squares]
        kernel.limit(len(self.polys), kernel.MAX_LINES + kernel.MAX_VARIABLES, "elements")
        self.real = True

    def _combination(self, value: Any, budget: TermBudget) -> IntPoly:
        result: IntPoly = {}
        for pair in sequence(value, "combination", most=kernel.MAX_ROWS):
            entry = sequence(pair, "summand", 2)
            element = self.polys[kernel.index(entry[0], len(self.polys), "an earlier element")]
            factor = budget.polynomial(entry[1], self.n, read=kernel.integer)
            budget.spend(kernel.products(factor, element))
            add_into(result, multiply(factor, element))
        return result


def linear(k: int, c: Fraction, n: int) -> IntPoly:
    """x_k - c, times the denominator of c."""
    return {unit(n, k): c.denominator, **({(0,) * n: -c.numerator} if c else {})}
