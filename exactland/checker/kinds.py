"""Rule K1, and the polynomials and sums of squares that the rules about types and about the infimum share.

The type of a critical point whose Hessian alone does not decide it is the subject of `degenerate`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from operator import mul
from typing import Any

from . import kernel
from .kernel import RationalPoly, TermBudget, add_into, common_integers, multiply, natural, rational, sequence, unit

KINDS = ("minimum", "maximum", "strict_saddle", "nonstrict_saddle", "undecided")
MAX_ARC = 40
MANY_PAIRS = 20  # of terms, whose numbers are looked at
MAX_CURVE_DIGITS = 100


def kind_by_inertia(positive: int, zero: int, negative: int) -> str | None:
    """Rule K1."""
    if positive and negative:
        return "strict_saddle"
    if zero:
        return None
    return "maximum" if negative else "minimum"


def shift(loss: RationalPoly, point: list[Fraction], budget: TermBudget | None = None) -> RationalPoly:
    """loss(point + y) as a polynomial in y."""
    n = len(point)
    lines = []
    for i, x in enumerate(point):
        line = {unit(n, i): Fraction(1)}
        if x:
            line[(0,) * n] = x
        lines.append(line)
    return substitute(loss, lines, n, budget or TermBudget())


def product(left: RationalPoly, right: RationalPoly, budget: TermBudget, weight: int = 1) -> RationalPoly:
    """A product, charged by the pairs of terms, which are fractions, and their length; `weight` for other numbers."""
    pairs = len(left) * len(right)
    if pairs > MANY_PAIRS and weight == 1:
        weight += max((_bits(c) for poly in (left, right) for c in poly.values()), default=0) // 500
    budget.spend(40 * pairs * weight)
    return multiply(left, right)


def _bits(c: Fraction) -> int:
    return c.numerator.bit_length() + c.denominator.bit_length()


def substitute(
    poly: RationalPoly, images: list[RationalPoly], variables: int, budget: TermBudget, weight: int = 1
) -> RationalPoly:
    total: RationalPoly = {}
    if all(list(image.values()) == [1] for image in images):  # monomials go to monomials
        ways = list(zip(*[m for image in images for m in image], strict=True))
        budget.spend(40 * len(poly) * weight)
        for monomial, coefficient in poly.items():
            add_into(total, {tuple([sum(map(mul, way, monomial)) for way in ways]): coefficient})
        return total
    powers: list[list[RationalPoly]] = [[{(0,) * variables: Fraction(1)}] for _ in images]
    for monomial, coefficient in poly.items():
        term: RationalPoly = {(0,) * variables: coefficient}
        for i, e in enumerate(monomial):
            while len(powers[i]) <= e:
                powers[i].append(product(powers[i][-1], images[i], budget, weight))
            if e:
                term = product(term, powers[i][e], budget, weight)
        add_into(total, term)
    return total


def read_rational(value: Any) -> Fraction:
    return rational(value, "curve", MAX_CURVE_DIGITS)


def read_curve(value: Any, n: int, read: Callable[[Any], Any] = read_rational) -> list[dict[kernel.Exponents, Any]]:
    """Polynomials in one variable t, coefficients ascending from t^1."""
    curve: list[dict[kernel.Exponents, Any]] = []
    for row in sequence(value, "curve", n):
        coefficients = [read(c) for c in sequence(row, "curve", most=MAX_ARC)]
        curve.append({(k,): c for k, c in enumerate(coefficients, 1) if c})
    return curve


def read_squares(value: Any, n: int, budget: TermBudget, rule: str) -> list[tuple[Fraction, RationalPoly]]:
    """A list of [c, q] with c > 0, meaning the sum of c q^2, whose work is charged here."""
    result = []
    for pair in sequence(value, "squares"):
        entry = sequence(pair, "square", 2)
        weight = rational(entry[0], "weight", kernel.MAX_DIGITS)
        kernel.need(weight > 0, rule, weight, "positive weights of squares")
        q = budget.polynomial(entry[1], n)
        budget.spend(kernel.products(q, q))
        result.append((weight, q))
    return result


def multiplied(value: Any, poly: RationalPoly, n: int, budget: TermBudget) -> RationalPoly:
    """Rule G13: the polynomial times a sum of squares that is not 0."""
    factor = sum_of_squares(read_squares(value, n, budget, "G13"))
    kernel.need(bool(factor), "G13", "a multiplier that is 0", "squares that are not all 0")
    budget.spend(kernel.products(factor, poly))
    return multiply(factor, poly)


def less(poly: RationalPoly, n: int, constant: Fraction) -> RationalPoly:
    """The polynomial minus the constant."""
    result = dict(poly)
    add_into(result, {(0,) * n: Fraction(1)}, -constant)
    return result


def sum_of_squares(squares: list[tuple[Fraction, RationalPoly]]) -> RationalPoly:
    whole = [common_integers([q]) for _, q in squares]
    bottoms = [weight.denominator * scale**2 for (weight, _), (_, scale) in zip(squares, whole, strict=True)]
    short = sum(map(int.bit_length, {*bottoms})) <= kernel.MAX_BITS
    common = lcm(*bottoms) if short else 0  # then sums are formed in integers
    total: dict[kernel.Exponents, Any] = {}
    for (weight, _), ((q,), _), bottom in zip(squares, whole, bottoms, strict=True):
        if common:
            add_into(total, multiply(q, q), weight.numerator * (common // bottom))
        else:
            add_into(total, {m: Fraction(weight.numerator * c, bottom) for m, c in multiply(q, q).items()})
    return {m: Fraction(c, common) for m, c in total.items()} if common else total


def squares_and_powers(
    n: int, entry: Any, degree: int, weights: list[int], budget: TermBudget, rule: str
) -> RationalPoly:
    """The listed squares plus positive multiples of an even pure power, of the given weighted degree, of every
    variable.
    """
    total = sum_of_squares(read_squares(entry["squares"], n, budget, rule))
    pure = [rational(c, "power", kernel.MAX_DIGITS) for c in sequence(entry["powers"], "powers", n)]
    for i, c in enumerate(pure):
        kernel.need(c > 0 and degree % (2 * weights[i]) == 0, rule, c, "a positive even power of every variable")
        add_into(total, {tuple(degree // weights[i] if j == i else 0 for j in range(n)): c})
    return total


def read_weights(value: Any, n: int) -> list[int]:
    weights = [natural(w, "weight", 1_000) for w in sequence(value, "weights", n)]
    kernel.need(all(w > 0 for w in weights), "F3", weights, "positive weights")
    return weights


def weighted_degree(monomial: tuple[int, ...], weights: list[int]) -> int:
    return sum(e * w for e, w in zip(monomial, weights, strict=True))


def invertible(matrix: list[list[Fraction]]) -> bool:
    rows = [list(row) for row in matrix]
    for column in range(len(rows)):
        pivot = next((i for i in range(column, len(rows)) if rows[i][column]), None)
        if pivot is None:
            return False
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for i in range(column + 1, len(rows)):
            factor = rows[i][column] / rows[column][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[column], strict=True)]
    return True


def proportional(left: dict[kernel.Exponents, Any], right: dict[kernel.Exponents, Any]) -> bool:
    """Whether two nonzero polynomials are constant multiples of each other."""
    if not left or left.keys() != right.keys():
        return False
    first = next(iter(left))
    return all(left[m] * right[first] == right[m] * left[first] for m in left)
