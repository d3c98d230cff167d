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
from .kinds import proportional, read_squares
from .lines import Elements
from .nearest import read_nearest
from .problem import Problem

MAX_DEPTH = 50


@dataclass
class _Split:
    """An open branching: how many elements stood above it, its factors, and the branch that is open; a last branch may
    be about another point, the nearest one, with elements of its own while those above it wait.
    """

    above: int
    factors: list[IntPoly]
    nearest: list[IntPoly] | None = None
    branch: int = -1
    waiting: list[IntPoly] | None = None

    def last(self) -> bool:
        """Whether no branch is left."""
        return self.branch + 1 == len(self.factors) + (self.nearest is not None)

    def open(self, polys: list[IntPoly]) -> bool:
        """Go to the next branch; whether it is about the nearest point."""
        self.branch += 1
        del polys[self.above :]
        if self.branch < len(self.factors):
            polys.append(self.factors[self.branch])
            return False
        self.waiting, polys[:] = list(polys), self.nearest or []
        return True


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
    inner = [-1]  # the numbers of the open splits of which the branch of the nearest point is open
    signed, closed = elements.signed, False
    for step in steps:
        kernel.need(not closed, "T7", "a step after the last case", "no step when all cases are closed")
        kernel.need(isinstance(step, dict), "F2", step, "step: an object")
        if "combination" in step:
            elements.read_line(step, budget)
            continue
        if "factors" in step:
            open_splits.append(_Split(len(polys), _factors(step, elements, budget)))
        elif "nearest" in step:
            off, nearest = read_nearest(step, elements, budget)
            budget.spend(len(polys))
            kernel.limit(len(inner), MAX_DEPTH, "nearest points in one another")
            open_splits.append(_Split(len(polys), [off], nearest))
        elif "earlier" in step:
            _earlier(step, elements, open_splits, inner[-1], budget)
        elif "none" in step:
            _none(step, elements, budget)
        else:
            kernel.need(len(inner) == 1, "T10", "points in a case about a nearest point", "no point in such a case")
            close(step)
        while open_splits and open_splits[-1].last():
            waiting = open_splits.pop().waiting
            if waiting is not None:
                polys[:] = waiting
                inner.pop()
                elements.signed = signed if len(inner) == 1 else frozenset()
        closed = not open_splits
        if open_splits and open_splits[-1].open(polys):
            inner.append(len(open_splits) - 1)
            elements.signed = frozenset()  # nothing is known of the signs of the nearest point
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
    same = absurd or proportional(whole, product)
    kernel.need(same, "T1", "another product", "the element as product of the factors")
    return factors


def _earlier(step: Any, elements: Elements, open_splits: list[_Split], inner: int, budget: TermBudget) -> None:
    """Rule T2: an earlier branch of an open split has looked at these points, as its factor vanishes at them. By rule
    T10 the split is about the same point: it is not above the innermost one for a nearest point.
    """
    entry = record(step, "earlier branch element", where="earlier")
    place = index(entry["earlier"], len(open_splits), "split")
    kernel.need(place >= inner, "T10", f"split {place}", f"a split from number {inner}, of the nearest point, on")
    split = open_splits[place]
    number = natural(entry["branch"], "branch", kernel.MAX_LINES)
    kernel.need(number < split.branch, "T2", f"branch {number}", "a branch before the one that is open")
    found = elements.polys[index(entry["element"], len(elements.polys), "element")]
    budget.spend(4 * len(found))
    same = proportional(found, split.factors[number])
    kernel.need(same, "T3", "another element", "an element proportional to the factor of the earlier branch")


def _none(step: Any, elements: Elements, budget: TermBudget) -> None:
    """Rule T11: the elements leave room for no real point."""
    entry = record(step, "none form", where="leaf")
    form = [integer(c, "form") for c in sequence(entry["form"], "form", elements.n)]
    roots = ideal_bound(entry["none"], elements, form)
    budget.spend(len(entry["none"]["basis"]) ** 3)
    kernel.need(roots == 0, "T11", f"room for {roots} real points", "elements that leave room for no real point")


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
    shown = all(proportional(e, g) for e, g in zip(found, first.generators, strict=True))
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
