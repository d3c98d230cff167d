"""Rules X: an upper bound on the number of critical points by way of smaller objectives.

Variables in which the objective is quadratic with a constant coefficient are eliminated, variables are changed
linearly, sums in disjoint variables are taken apart. The critical points of the objective are in bijection with those
of the smaller ones, or with their tuples: see `proofs/SPEC.md`. The checker computes every smaller objective by itself,
up to a nonzero factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, prod
from typing import Any

from . import kernel
from .bezout import at_infinity, bezout_bound, read_groups
from .ideal import ideal_bound
from .kernel import (
    Exponents,
    IntPoly,
    TermBudget,
    add_into,
    common_integers,
    index,
    integer,
    multiply,
    record,
    sequence,
)
from .levels import level_bound, read_signs
from .lines import Elements
from .problem import Problem, bounded
from .rank import nonsingular, rank_bound

RULES = ("rank", "levels", "ideal", "bezout", "eliminate", "linear", "product")
PRIME = 2305843009213693951


@dataclass(frozen=True)
class Bound:
    """What a completeness rule shows, see C1 to C4."""

    number: int
    rule: str
    real: bool = False  # on the real points only
    isolated: bool = False  # on the isolated points, with multiplicity; when it is attained there are no others
    radical: bool = False  # on the distinct points, not on the sum of their multiplicities
    group: tuple[int, ...] = (0,)  # the sign changes whose orbits are counted


def read_bound(
    value: Any, problem: Problem, elements: Elements, form: list[int], budget: TermBudget, inner: bool = False
) -> Bound:
    """The bound that a completeness entry proves for the objective that the elements belong to; orbits are counted for
    the objective of the certificate only.
    """
    rule = value.get("rule") if isinstance(value, dict) else None
    kernel.need(type(rule) is str and rule in RULES, "F2", rule, f"one of {', '.join(RULES)}")
    if rule == "ideal":
        return Bound(ideal_bound(value, elements, form), rule, real=True)
    if rule == "bezout":
        number = bezout_bound(value, elements) - at_infinity(value, elements)
        return Bound(number, rule, isolated=True)
    if rule == "levels":
        plain = inner or elements.real
        signs = read_signs([] if plain else value.get("signs", []), elements.n)
        number = level_bound(value, elements, signs, "" if plain else "signs")
        return Bound(number, rule, real=elements.real, radical=elements.radical, group=tuple(signs.group()))
    if rule in ("eliminate", "linear", "product"):
        return _by_smaller(value, problem, budget)
    return Bound(rank_bound(value, elements), str(rule), real=elements.real, radical=elements.radical)


def _by_smaller(value: dict[str, Any], problem: Problem, budget: TermBudget) -> Bound:
    rule: str = value["rule"]
    loss = common_integers([problem.loss])[0][0]
    if rule == "eliminate":
        entry = record(value, "rule variables inner", where="completeness")
        n = len(problem.variables)
        for place in sequence(entry["variables"], "variables", most=kernel.MAX_VARIABLES):
            loss = _eliminated(loss, index(place, n, "variable"), budget)
            n -= 1
        return _inner([entry["inner"]], [(loss, n)], rule, budget)
    if rule == "linear":
        entry = record(value, "rule matrix inner", where="completeness")
        n = len(problem.variables)
        rows = [sequence(row, "row", n) for row in sequence(entry["matrix"], "matrix", n)]
        matrix = [[integer(c, "matrix", 18) for c in row] for row in rows]
        residues: list[IntPoly] = [{(j,): c % PRIME for j, c in enumerate(row) if c % PRIME} for row in matrix]
        kernel.need(nonsingular(residues, PRIME), "X2", "a singular matrix", "one that is nonsingular modulo 2^61 - 1")
        return _inner([entry["inner"]], [(_changed(loss, matrix, budget), n)], rule, budget)
    entry = record(value, "rule groups inner", where="completeness")
    groups = read_groups(entry["groups"], len(problem.variables))
    blocks = _blocks(loss, groups)
    return _inner(sequence(entry["inner"], "inner", len(blocks)), blocks, rule, budget)


def _inner(entries: list[Any], losses: list[tuple[IntPoly, int]], rule: str, budget: TermBudget) -> Bound:
    """The product of the bounds of the smaller objectives, each given with its number of variables."""
    bounds = []
    for given, (loss, n) in zip(entries, losses, strict=True):
        entry = record(given, "form lines completeness", where="inner")
        content = gcd(*loss.values()) or 1
        smaller = {m: Fraction(c // content) for m, c in loss.items()}
        problem = Problem(("",) * n, bounded(smaller))
        elements = Elements(problem)
        elements.read_lines(entry["lines"], budget)
        form = [integer(c, "form") for c in sequence(entry["form"], "form", n)]
        bounds.append(read_bound(entry["completeness"], problem, elements, form, budget, inner=True))
    return Bound(
        prod(b.number for b in bounds),
        f"{rule}, {' and '.join(dict.fromkeys(b.rule for b in bounds))}",
        any(b.real for b in bounds),
        any(b.isolated for b in bounds),
        any(b.radical for b in bounds),
    )


def _eliminated(loss: IntPoly, k: int, budget: TermBudget) -> IntPoly:
    """Rule X1: for loss = a x_k^2 + q x_k + r the polynomial 4 a r - q^2, without the variable."""
    parts: list[IntPoly] = [{}, {}, {}]
    for m, c in loss.items():
        kernel.need(m[k] <= 2, "X1", f"degree {m[k]} in variable {k}", "a quadratic polynomial in the variable")
        parts[m[k]][(*m[:k], *m[k + 1 :])] = c
    rest, linear, square = parts
    one = next(iter(square), ())
    kernel.need(
        len(square) == 1 and not any(one), "X1", "another coefficient", "a constant coefficient of the square, not 0"
    )
    budget.spend(len(linear) ** 2 + len(rest))
    result = {m: 4 * square[one] * c for m, c in rest.items()}
    add_into(result, multiply(linear, linear), -1)
    bounded({m: Fraction(c) for m, c in result.items()})
    return result


def _changed(loss: IntPoly, matrix: list[list[int]], budget: TermBudget) -> IntPoly:
    """The loss at x = matrix * y."""
    n = len(matrix)
    powers: list[list[IntPoly]] = [[{(0,) * n: 1}] for _ in range(n)]
    forms = [{kernel.unit(n, j): c for j, c in enumerate(row) if c} for row in matrix]
    result: IntPoly = {}
    for m, c in loss.items():
        term: IntPoly = {(0,) * n: c}
        for i, e in enumerate(m):
            while len(powers[i]) <= e:
                budget.spend(len(powers[i][-1]) * len(forms[i]))
                powers[i].append(multiply(powers[i][-1], forms[i]))
            if e:
                budget.spend(len(term) * len(powers[i][e]))
                term = multiply(term, powers[i][e])
        add_into(result, term)
        kernel.limit(len(result), kernel.MAX_PROBLEM_TERMS, "terms of the objective")
    return result


def _blocks(loss: IntPoly, groups: list[int]) -> list[tuple[IntPoly, int]]:
    """Rule X3: the summand of each group, in the variables of the group; the constant term is left out."""
    count = max(groups) + 1
    blocks: list[dict[Exponents, int]] = [{} for _ in range(count)]
    for m, c in loss.items():
        used = {g for g, e in zip(groups, m, strict=True) if e}
        kernel.need(len(used) <= 1, "X3", "a product of variables of two groups", "a sum of one summand for each group")
        for g in used:
            blocks[g][tuple(e for e, h in zip(m, groups, strict=True) if h == g)] = c
    return [(block, groups.count(g)) for g, block in enumerate(blocks)]
