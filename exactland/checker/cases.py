"""Rules T: a case tree covers the real critical points by components and by finitely many points.

The tree is a list of steps in preorder. A step adds an element that vanishes at the real points of the open case, or
branches it, or closes it; the next step then belongs to the next branch that is still open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel
from .components import Component, Interval, integral
from .fields import Field
from .ideal import ideal_bound
from .kernel import IntPoly, TermBudget, index, integer, multiply, natural, record, sequence
from .kinds import read_squares
from .lines import Elements
from .problem import Problem


@dataclass
class _Split:
    """An open branching: how many elements stood above it, its factors, and the branch that is open."""

    above: int
    factors: list[IntPoly]
    branch: int


def check_cases(
    value: Any,
    problem: Problem,
    elements: Elements,
    components: list[Component],
    fields: list[Field],
    form: list[int],
    budget: TermBudget,
) -> None:
    """Every real critical point is on a component or is a real point of a counted field."""

    def close(step: Any) -> None:
        if "components" in step:
            numbers = sequence(step["components"], "components")
            listed = [components[index(k, len(components), "component")] for k in numbers]
            check_components(step, elements, listed, problem, budget)
        else:
            _points(step, elements, fields, form, budget)

    walk(record(value, "rule steps", where="completeness")["steps"], elements, close, budget)


def walk(value: Any, elements: Elements, close: Callable[[Any], None], budget: TermBudget) -> None:
    """Go through the steps; `close` reads those that close a case by what is listed."""
    steps = sequence(value, "steps", most=kernel.MAX_LINES)
    polys, all_elements = elements.polys, list(elements.polys)
    open_splits: list[_Split] = []
    closed = False
    for step in steps:
        kernel.need(not closed, "T7", "a step after the last case", "no step when all cases are closed")
        kernel.need(isinstance(step, dict), "F2", step, "step: an object")
        if "combination" in step:
            elements.read_line(step, budget)
            continue
        if "factors" in step:
            split = _Split(len(polys), _factors(step, elements, budget), -1)
            open_splits.append(split)
        elif "earlier" in step:
            _earlier(step, elements, open_splits, budget)
        else:
            close(step)
        while open_splits and open_splits[-1].branch + 1 == len(open_splits[-1].factors):
            open_splits.pop()
        closed = not open_splits
        if open_splits:
            split = open_splits[-1]
            split.branch += 1
            del polys[split.above :]
            polys.append(split.factors[split.branch])
    kernel.need(closed, "T7", "an open case", "steps that close every case")
    polys[:] = all_elements


def _factors(step: Any, elements: Elements, budget: TermBudget) -> list[IntPoly]:
    """Rule T1: the element is the product of powers of the factors, up to a constant; without factors a constant, or a
    product of coordinates that are not 0 in the case.
    """
    entry = record(step, "element factors", where="split")
    whole = elements.polys[index(entry["element"], len(elements.polys), "element")]
    product: IntPoly = {(0,) * elements.n: 1}
    factors = []
    for item in sequence(entry["factors"], "factors", most=200):
        pair = sequence(item, "factor", 2)
        factor = integral(pair[0], elements.n, budget)
        for _ in range(natural(pair[1], "power", 64)):
            budget.spend(kernel.products(product, factor))
            product = multiply(product, factor)
        factors.append(factor)
    absurd = (
        not factors and len(whole) == 1 and all(not e or k in elements.signed for m in whole for k, e in enumerate(m))
    )
    same = absurd or kernel.proportional(whole, product)
    kernel.need(same, "T1", "another product", "the element as product of the factors")
    return factors


def _earlier(step: Any, elements: Elements, open_splits: list[_Split], budget: TermBudget) -> None:
    """Rule T2: an earlier branch of an open split has looked at these points, as its factor vanishes at them."""
    entry = record(step, "earlier branch element", where="earlier")
    split = open_splits[index(entry["earlier"], len(open_splits), "split")]
    number = natural(entry["branch"], "branch", kernel.MAX_LINES)
    kernel.need(number < split.branch, "T2", f"branch {number}", "a branch before the one that is open")
    found = elements.polys[index(entry["element"], len(elements.polys), "element")]
    budget.spend(4 * len(found))
    same = kernel.proportional(found, split.factors[number])
    kernel.need(same, "T3", "another element", "an element proportional to the factor of the earlier branch")


def _points(step: Any, elements: Elements, fields: list[Field], form: list[int], budget: TermBudget) -> None:
    """Rule T8: the points of a field satisfy the border elements, which leave room for no other real point."""
    entry = record(step, "field points", where="leaf")
    field = fields[index(entry["field"], len(fields), "field")]
    roots = ideal_bound(entry["points"], elements, form)
    budget.spend(len(entry["points"]["basis"]) ** 3)
    border = [elements.polys[i] for i in entry["points"]["border"]]
    kernel.need(field.counted, "T8", "a field that is not counted", "a counted field")
    all_there = roots == len(field.intervals) and all(field.value(e) == field.zero for e in border)
    kernel.need(all_there, "T8", f"{roots} real points", "the real points of the field, and no others")


def check_components(
    step: Any, elements: Elements, listed: list[Component], problem: Problem, budget: TermBudget
) -> None:
    """Rules T4 to T6 for the components that the step names: the generators of one are among the elements; of a family,
    every real root of the polynomial of the loss has its component or no real point.
    """
    entry = record(step, "components elements", "empty", "leaf")
    kernel.need(len(listed) > 0, "F3", listed, "one component or more")
    first = listed[0]
    places = sequence(entry["elements"], "elements", len(first.generators))
    found = [elements.polys[index(i, len(elements.polys), "element")] for i in places]
    budget.spend(16 * len(listed) + 4 * sum(map(len, found)))
    shown = all(kernel.proportional(e, g) for e, g in zip(found, first.generators, strict=True))
    kernel.need(shown, "T4", "other elements", "the generators of the component among the elements")
    shared = (first.generators, first.polynomial, first.family)
    roots = [c.value for c in listed if (c.generators, c.polynomial, c.family) == shared]
    roots += [_empty(item, first, problem, budget) for item in sequence(entry.get("empty", []), "empty")]
    kernel.need(sorted(roots) == list(first.family), "T5", "values left out", "each real root of the polynomial once")


def _empty(item: Any, component: Component, problem: Problem, budget: TermBudget) -> Interval:
    """Rule T6: a root at which the family has no real point, as a sum of squares there equals a negative number."""
    entry = record(item, "root squares polynomial", where="empty")
    root = component.family[index(entry["root"], len(component.family), "root")]
    squares = read_squares(entry["squares"], len(problem.variables), budget, "T6")
    bound = [integer(c, "polynomial") for c in sequence(entry["polynomial"], "polynomial", most=100)]
    difference = component.division.value(bound, problem.loss, len(problem.variables))
    for c, q in squares:
        kernel.add_into(difference, multiply(q, q), -c)
    middle, half = (root[0] + root[1]) * Fraction(1, 2), (root[1] - root[0]) * Fraction(1, 2)
    value = slope = Fraction(0)
    for k in range(len(bound) - 1, -1, -1):
        value = value * middle + bound[k]
        slope = slope * (abs(middle) + half) + k * abs(bound[k]) if k else slope
    negative = value + half * slope < 0 and component.division.contains(difference)
    kernel.need(negative, "T6", "squares that may exist", "squares equal to a polynomial of the loss that is negative")
    return root
