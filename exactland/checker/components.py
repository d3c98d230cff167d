"""Rules L: sets of critical points given by equations, with their dimension and their loss.

A component is the set of real zeros of its generators, or, when its value is the root number `root` of a polynomial,
the part of that set where the loss is this root. Every membership in the ideal of the generators is shown by division
with remainder 0.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel, univariate
from .coordinates import Element
from .division import Division, leading
from .fields import Field, exact_inertia
from .kernel import (
    Exponents,
    IntPoly,
    TermBudget,
    add_into,
    derivative,
    index,
    integer,
    multiply,
    rational,
    record,
    sequence,
)
from .lines import Elements
from .problem import Problem
from .strata import Component as strata_component
from .strata import ProvedStratum, read_strata

Interval = tuple[Fraction, Fraction]
MAX_COMPONENTS = 400
MAX_GENERATORS = 400
MAX_GENERATOR_DIGITS = 4_000


@dataclass(frozen=True)
class Component:
    """A proved component.

    `value` is (v, v) for a rational value v, and else the interval around the root of `polynomial` that the value is.
    `family` are the polynomial and its root intervals, shared by the components that differ in their value only.
    """

    generators: tuple[IntPoly, ...]
    division: Division
    dimension: int
    value: Interval
    polynomial: tuple[int, ...] | None
    family: tuple[Interval, ...]
    sample: tuple[Field, Interval]
    inertia: tuple[int, int, int] | None  # of the Hessian at the sample point: (positive, zero, negative)
    strata: tuple[ProvedStratum, ...]

    @property
    def level(self) -> object:
        """Sets with equal ones have equal values: the same root of the same polynomial."""
        return self.polynomial, self.value


def read_components(
    value: Any, problem: Problem, elements: Elements, fields: list[Field], budget: TermBudget, least: int = 1
) -> list[Component]:
    """All components, each with rules L1 to L6, and the types along it by rules W. On a slice finitely many points may
    be a component: `least` is then 0.
    """
    return [
        _component(item, problem, elements, fields, budget, least)
        for item in sequence(value, "components", most=MAX_COMPONENTS)
    ]


def _component(
    item: Any, problem: Problem, elements: Elements, fields: list[Field], budget: TermBudget, least: int
) -> Component:
    entry = record(item, "generators value sample dimension fields", "inertia strata", "component")
    n = len(problem.variables)
    generators = tuple(integral(g, n, budget) for g in sequence(entry["generators"], "generators", most=MAX_GENERATORS))
    kernel.need(all(generators), "F3", "a generator 0", "generators that are not 0")
    division = Division(generators, budget)
    for g in elements.gradient:
        kernel.need(
            division.contains(g),
            "L1",
            "a gradient entry outside the ideal",
            "gradient entries in the generators' ideal",
        )
    bounds, polynomial, family = _value(entry["value"], problem, division)
    place = record(entry["sample"], "field interval", where="sample")
    field = fields[index(place["field"], len(fields), "field")]
    root = field.intervals[index(place["interval"], len(field.intervals), "interval")]
    on_it = all(field.value(g) == field.zero for g in generators)
    if polynomial is not None:
        low, high = field.enclosure(field.value(problem.loss), root)
        on_it = on_it and bounds[0] < low and high < bounds[1]
    kernel.need(on_it, "L3", "a sample point elsewhere", "a sample point on the component")
    dimension = kernel.natural(entry["dimension"], "dimension", n)
    kernel.need(dimension >= least, "L4", "a set of dimension 0", "a dimension from 1: finitely many points are listed")
    _not_larger(dimension, [leading(g) for g in generators], n, budget)
    _not_smaller(entry["fields"], dimension, generators, division, field, root, budget)
    inertia = None
    if "inertia" in entry:
        hessian = [[field.value(derivative(g, k)) for k in range(n)] for g in elements.gradient]
        inertia = exact_inertia(field, hessian, root, entry["inertia"])
        if problem.sphere:
            inertia = inertia[0] - 1, inertia[1], inertia[2] - 1  # on the tangent space: section 16 of SPEC.md
    strata: tuple[ProvedStratum, ...] = ()
    if "strata" in entry:
        polys = tuple({m: Fraction(c) for m, c in g.items()} for g in generators)
        exact = bounds[0] if polynomial is None else None
        along = strata_component(polys, exact, bounds, dimension, (field, root), tuple(fields))
        strata = read_strata(entry["strata"], problem, along, budget)
    return Component(generators, division, dimension, bounds, polynomial, family, (field, root), inertia, strata)


def integral(value: Any, n: int, budget: TermBudget) -> IntPoly:
    """Rule F3: a polynomial with integer coefficients of moderate length."""
    poly = budget.polynomial(value, n, MAX_GENERATOR_DIGITS)
    kernel.need(all(c.denominator == 1 for c in poly.values()), "F3", "a fraction", "integer coefficients")
    return {m: c.numerator for m, c in poly.items()}


def _value(
    value: Any, problem: Problem, division: Division
) -> tuple[Interval, tuple[int, ...] | None, tuple[Interval, ...]]:
    """Rule L2: the loss minus the value, or a polynomial of the loss, lies in the ideal."""
    n = len(problem.variables)
    if type(value) is str:
        constant = rational(value, "value")
        difference = dict(problem.loss)
        add_into(difference, {(0,) * n: constant} if constant else {}, -1)
        kernel.need(
            division.contains(difference), "L2", "a loss that is not shown constant", "loss - value in the ideal"
        )
        return (constant, constant), None, ((constant, constant),)
    entry = record(value, "polynomial cuts root", where="value")
    poly = [integer(c, "polynomial") for c in sequence(entry["polynomial"], "polynomial", most=100)]
    kernel.need(len(poly) >= 2 and poly[-1] != 0, "F3", poly, "a polynomial of degree 1 or more")
    cuts = [rational(c, "cut") for c in sequence(entry["cuts"], "cuts", most=1_000)]
    roots = univariate.real_root_intervals(poly, cuts)
    number = index(entry["root"], len(roots), "root")
    vanishes = not division.value(poly, problem.loss, n)
    kernel.need(vanishes, "L2", "a polynomial that the loss does not satisfy", "polynomial(loss) in the ideal")
    return roots[number], tuple(poly), tuple(roots)


def _not_larger(dimension: int, leads: list[Exponents], n: int, budget: TermBudget) -> None:
    """Rule L4: every set of more variables than the dimension contains the support of a leading monomial."""
    supports = {frozenset(i for i, e in enumerate(m) if e) for m in leads}
    for chosen in itertools.combinations(range(n), dimension + 1):
        inside = set(chosen)
        budget.spend(len(supports))
        bounded = any(s <= inside for s in supports)
        kernel.need(
            bounded, "L4", f"independent variables {chosen}", "a leading monomial in every larger set of variables"
        )


def _not_smaller(
    value: Any,
    dimension: int,
    generators: tuple[IntPoly, ...],
    division: Division,
    field: Field,
    root: Interval,
    budget: TermBudget,
) -> None:
    """Rules L5 and L6: as many polynomial vector fields along which the generators stay in their ideal, independent at
    the sample point in the named coordinates.
    """
    entry = record(value, "coordinates vectors", where="fields")
    n = len(field.coordinates)
    rows = []
    for item in sequence(entry["vectors"], "vectors", dimension):
        vector = [integral(x, n, budget) for x in sequence(item, "vector", n)]
        for g in generators:
            inside = division.contains(along(vector, g, budget))
            kernel.need(inside, "L5", "a field that leaves the ideal", "fields tangent to the generators")
        rows.append([field.value(x) for x in vector])
    chosen = [index(i, n, "coordinate") for i in sequence(entry["coordinates"], "coordinates", dimension)]
    budget.spend(dimension**4 * field.d**2)
    minor = determinant(field, [[row[i] for i in chosen] for row in rows])
    low, high = field.enclosure(minor, root)
    kernel.need(low > 0 or high < 0, "L6", "fields that may be dependent", "independent fields at the sample point")


def along(vector: list[IntPoly], poly: IntPoly, budget: TermBudget) -> IntPoly:
    """The derivative of a polynomial along a vector field."""
    total: IntPoly = {}
    for i, x in enumerate(vector):
        budget.spend(1 + (len(poly) if x else 0))
        if x:
            slope = derivative(poly, i)
            budget.spend(kernel.products(x, slope))
            add_into(total, multiply(x, slope))
    return total


def determinant(field: Field, matrix: list[list[Element]]) -> Element:
    """By Faddeev and LeVerrier: products in the field and divisions by integers only."""
    size = len(matrix)
    power = [[field.one if i == j else field.zero for j in range(size)] for i in range(size)]
    last = field.one
    for k in range(1, size + 1):
        columns = list(zip(*power, strict=True))
        product = [[field.combination(zip(row, column, strict=True)) for column in columns] for row in matrix]
        trace = field.zero
        for i in range(size):
            trace = field.add(trace, product[i][i])
        last = field.scaled(trace, Fraction(-1, k))
        power = [
            [field.add(product[i][j], last) if i == j else product[i][j] for j in range(size)] for i in range(size)
        ]
    return last


def off(component: Component, exact: tuple[Field, Interval] | None, enclosure: list[Interval]) -> bool:
    """Whether some generator is shown not to vanish at a listed point."""
    for g in component.generators:
        low, high = value_range(g, enclosure) if exact is None else exact[0].enclosure(exact[0].value(g), exact[1])
        if low > 0 or high < 0:
            return True
    return False


def value_range(poly: IntPoly, enclosure: list[Interval]) -> Interval:
    """Bounds of a polynomial on a box, term by term around the centre."""
    centre = [(low + high) * Fraction(1, 2) for low, high in enclosure]
    radius = [(high - low) * Fraction(1, 2) for low, high in enclosure]
    middle = kernel.value_at({m: Fraction(c) for m, c in poly.items()}, centre)
    slack = Fraction(0)
    for monomial, c in poly.items():
        most = least = Fraction(abs(c))
        for x, r, e in zip(centre, radius, monomial, strict=True):
            most *= (abs(x) + r) ** e
            least *= abs(x) ** e
        slack += most - least
    return middle - slack, middle + slack
