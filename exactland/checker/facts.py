"""Rules V: statements about the objective as a whole, each from one polynomial identity; and the mixed volume (Q)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel
from .fields import Field
from .kernel import (
    Exponents,
    RationalPoly,
    TermBudget,
    add_into,
    derivative,
    index,
    multiply,
    rational,
    record,
    sequence,
)
from .kinds import product, proportional, read_squares, shift, sum_of_squares
from .problem import Problem

MAX_CURVE_EXPONENT = 64
Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Fact:
    """One statement. `name` is critical_curve, harmonic_square, negative_curvature, positive_curvature, zero, nonzero,
    not_critical, convex, concave or mixed_volume, of which `constant` is the number.

    For harmonic_square `strict` lists polynomials: where one of them is not 0, every critical point above the minimum
    has a Hessian with a negative eigenvalue. For zero and nonzero `index` is the point listed and `polynomial` what
    is, or is not, 0 there.
    """

    name: str
    sentence: str
    constant: Fraction | None = None
    strict: tuple[tuple[tuple[Exponents, Fraction], ...], ...] = ()
    point: tuple[Fraction, ...] = ()
    index: int | None = None
    polynomial: tuple[tuple[Exponents, Fraction], ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a listed point is: its field and root when it is exact, and bounds of its coordinates."""

    exact: tuple[Field, Interval] | None
    enclosure: list[Interval]


def read_facts(value: Any, problem: Problem, budget: TermBudget, places: list[Place]) -> tuple[Fact, ...]:
    readers = {
        "curve": _curve,
        "harmonic": _harmonic,
        "curvature": _curvature,
        "value": lambda item, problem, budget: _value(item, problem, budget, places),
        "slope": _slope,
        "convex": _convex,
        "mixed": _mixed,
    }
    facts = []
    for item in sequence(value, "facts", most=1_000):
        kernel.need(isinstance(item, dict), "F2", item, "fact: an object")
        rule = item.get("rule")
        kernel.need(type(rule) is str and rule in readers, "F3", rule, f"one of {', '.join(readers)}")
        facts.append(readers[rule](item, problem, budget))
    return tuple(facts)


def _curve(item: Any, problem: Problem, budget: TermBudget) -> Fact:
    """Rule V1: a curve of critical points, coordinates as sums of [coefficient, exponent of t], exponents from -64."""
    entry = record(item, "rule coordinates", where="curve")
    n = len(problem.variables)
    curve: list[dict[Exponents, Fraction]] = []
    for terms in sequence(entry["coordinates"], "coordinates", n):
        coordinate: dict[Exponents, Fraction] = {}
        for term in sequence(terms, "coordinate", most=MAX_CURVE_EXPONENT):
            c, e = sequence(term, "term", 2)
            kernel.need(type(e) is int, "F3", e, "an integer exponent")
            kernel.limit(abs(e), MAX_CURVE_EXPONENT, "exponent of a curve")
            kernel.need((e,) not in coordinate, "F3", e, "each exponent once")
            coordinate[(e,)] = rational(c, "curve")
            kernel.need(coordinate[(e,)] != 0, "F3", c, "nonzero coefficients")
        curve.append(coordinate)
    moving = any(e != (0,) for coordinate in curve for e in coordinate)
    kernel.need(moving, "V1", "a constant curve", "a curve that moves")
    for i in range(n):
        along = _substitute(derivative(problem.loss, i), curve, budget)
        kernel.need(not along, "V2", "a gradient entry that does not vanish on the curve", "critical points")
    return Fact("critical_curve", "a curve of critical points: they are not all isolated")


def _substitute(
    poly: RationalPoly, curve: list[dict[Exponents, Fraction]], budget: TermBudget
) -> dict[Exponents, Fraction]:
    total: dict[Exponents, Fraction] = {}
    for monomial, coefficient in poly.items():
        term: dict[Exponents, Fraction] = {(0,): coefficient}
        for coordinate, e in zip(curve, monomial, strict=True):
            for _ in range(e):
                term = product(term, coordinate, budget)
        add_into(total, term)
    return total


def _harmonic(item: Any, problem: Problem, budget: TermBudget) -> Fact:
    """Rules V3 and V4: the objective is constant + scale * g^2 with g harmonic for positive weights."""
    entry = record(item, "rule constant scale bracket weights strict", where="harmonic")
    n = len(problem.variables)
    constant, scale = rational(entry["constant"], "constant"), rational(entry["scale"], "scale")
    g = budget.polynomial(entry["bracket"], n)
    weights = [rational(w, "weight") for w in sequence(entry["weights"], "weights", n)]
    total = {m: scale * c for m, c in multiply(g, g).items()}
    if constant:
        add_into(total, {(0,) * n: constant})
    kernel.need(scale > 0 and total == problem.loss, "V3", "another polynomial", "constant + scale * bracket^2")
    laplacian: RationalPoly = {}
    for i, w in enumerate(weights):
        add_into(laplacian, derivative(derivative(g, i), i), w)
    varies = any(any(m) for m in g)
    harmonic = all(w > 0 for w in weights) and not laplacian and varies
    kernel.need(harmonic, "V4", "a bracket that is not harmonic", "a harmonic bracket that is not constant")
    strict = []
    for condition in sequence(entry["strict"], "strict"):
        h = budget.polynomial(condition, n)
        found = any(proportional(derivative(derivative(g, i), j), h) for i in range(n) for j in range(i, n))
        kernel.need(bool(h) and found, "V5", "no second derivative", "a multiple of a second derivative of the bracket")
        strict.append(tuple(sorted(h.items())))
    sentence = "every local minimum is global, and every other critical point is a saddle (harmonic bracket)"
    return Fact("harmonic_square", sentence, constant, tuple(strict))


def _curvature(item: Any, problem: Problem, budget: TermBudget) -> Fact:
    """Rule V6: the second derivative along a direction at a rational point, of the stated sign."""
    entry = record(item, "rule sign point direction", where="curvature")
    n = len(problem.variables)
    point = [rational(x, "point") for x in sequence(entry["point"], "point", n)]
    direction = [rational(x, "direction") for x in sequence(entry["direction"], "direction", n)]
    kernel.need(type(entry["sign"]) is int and entry["sign"] in (1, -1), "F3", entry["sign"], "sign: 1 or -1")
    second = Fraction(0)
    for i in range(n):
        for j in range(n):
            if direction[i] and direction[j]:
                slope = derivative(derivative(problem.loss, i), j)
                second += direction[i] * direction[j] * kernel.value_at(slope, point)
    kernel.need(second * entry["sign"] > 0, "V6", "another sign", "a second derivative of the stated sign")
    if entry["sign"] < 0:
        return Fact(
            "negative_curvature", f"not convex: a negative second derivative at {_tuple(point)}", point=tuple(point)
        )
    return Fact(
        "positive_curvature", f"not concave: a positive second derivative at {_tuple(point)}", point=tuple(point)
    )


def _value(item: Any, problem: Problem, budget: TermBudget, places: list[Place]) -> Fact:
    """Rules V7 and V8: a polynomial is 0, or is not 0, at a listed point."""
    entry = record(item, "rule point polynomial zero", where="value")
    i = index(entry["point"], len(places), "point")
    q = budget.polynomial(entry["polynomial"], len(problem.variables))
    kernel.need(type(entry["zero"]) is bool, "F3", entry["zero"], "zero: true or false")
    place = places[i]
    terms = tuple(sorted(q.items()))
    if entry["zero"]:
        vanishes = place.exact is not None and place.exact[0].value(q) == place.exact[0].zero
        kernel.need(vanishes, "V7", "a polynomial that is not shown to vanish", "0 at exact coordinates")
        return Fact("zero", f"{_text(q, problem)} = 0 at point {i}", index=i, polynomial=terms)
    centre = [(low + high) / 2 for low, high in place.enclosure]
    local = shift(q, centre, budget)
    here = abs(local.pop((0,) * len(centre), Fraction(0)))
    slack = Fraction(0)
    for monomial, c in local.items():
        term = abs(c)
        for (low, high), e in zip(place.enclosure, monomial, strict=True):
            term *= ((high - low) / 2) ** e
        slack += term
    kernel.need(here > slack, "V8", "a polynomial that may vanish", "a value away from 0 on the bounds of the point")
    return Fact("nonzero", f"{_text(q, problem)} is not 0 at point {i}", index=i, polynomial=terms)


def _slope(item: Any, problem: Problem, budget: TermBudget) -> Fact:
    """Rule V9: a gradient entry that is not 0 at a rational point."""
    entry = record(item, "rule point variable", where="slope")
    n = len(problem.variables)
    point = [rational(x, "point") for x in sequence(entry["point"], "point", n)]
    variable = index(entry["variable"], n, "variable")
    slope = kernel.value_at(derivative(problem.loss, variable), point)
    kernel.need(slope != 0, "V9", "a gradient entry that vanishes", "a gradient entry that is not 0")
    return Fact("not_critical", f"the point {_tuple(point)} is not critical", point=tuple(point))


def _convex(item: Any, problem: Problem, budget: TermBudget) -> Fact:
    """Rule V10: degree at most 2 and a quadratic part that is a sum of squares, up to the sign."""
    entry = record(item, "rule sign squares", where="convex")
    n = len(problem.variables)
    kernel.need(type(entry["sign"]) is int and entry["sign"] in (1, -1), "F3", entry["sign"], "sign: 1 or -1")
    squares = read_squares(entry["squares"], n, budget, "V10")
    quadratic = {m: entry["sign"] * c for m, c in problem.loss.items() if sum(m) == 2}
    low = all(sum(m) <= 2 for m in problem.loss)
    kernel.need(low and sum_of_squares(squares) == quadratic, "V10", "another quadratic part", "a sum of squares")
    if entry["sign"] > 0:
        return Fact("convex", "convex: of degree at most 2, with a positive semidefinite Hessian")
    return Fact("concave", "concave: of degree at most 2, with a negative semidefinite Hessian")


def _mixed(item: Any, problem: Problem, budget: TermBudget) -> Fact:
    """Rules Q1 to Q3: the mixed volume of the supports of the gradient, with the origin."""
    from .mixed import mixed_volume

    n = len(problem.variables)
    volume = mixed_volume(item, [derivative(problem.loss, i) for i in range(n)], n, False, budget)
    sentence = f"at most {volume} isolated complex critical points: the mixed volume of the gradient with the origin"
    return Fact("mixed_volume", sentence, Fraction(volume))


def _text(poly: RationalPoly, problem: Problem) -> str:
    """A short polynomial written out, a long one described."""
    parts = []
    for monomial, c in sorted(poly.items(), reverse=True):
        factors = [name if e == 1 else f"{name}^{e}" for name, e in zip(problem.variables, monomial, strict=True) if e]
        sign = " - " if c < 0 else " + "
        size = [kernel.shorten(abs(c))] if abs(c) != 1 or not factors else []
        parts.append(sign + "*".join(size + factors))
    text = "".join(parts)
    text = "-" + text[3:] if text.startswith(" - ") else text[3:]
    return text if len(text) <= 100 else f"a polynomial of {len(poly)} terms"


def _tuple(point: list[Fraction]) -> str:
    return "(" + ", ".join(kernel.shorten(x) for x in point) + ")"
