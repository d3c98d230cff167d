"""Rule T9: the nearest point. Where a real set given by elements of a case has points off a hypersurface, there is one
among them at which a weighted distance is least; along every flow that keeps the set its derivative is 0 there.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from . import kernel
from .components import along, integral
from .division import Division
from .kernel import IntPoly, RationalPoly, TermBudget, add_into, common_integers, index, multiply, rational, sequence
from .lines import Elements

MAX_ELEMENTS = 400
MAX_FIELDS = 100


def read_nearest(step: Any, elements: Elements, budget: TermBudget) -> tuple[IntPoly, list[IntPoly]]:
    """The polynomial `off`, and elements that vanish at the point for which the distance is least."""
    entry = kernel.record(step, "nearest off elements fields", where="nearest")
    n, polys = elements.n, elements.polys
    centre = [rational(c, "nearest") for c in sequence(entry["nearest"], "nearest", n)]
    off = integral(entry["off"], n, budget)
    places = sequence(entry["elements"], "elements", most=MAX_ELEMENTS)
    chosen = [polys[index(i, len(polys), "element")] for i in places]
    kernel.need(bool(off) and all(chosen), "F3", "a polynomial 0", "polynomials that are not 0")
    budget.spend(sum(map(len, chosen)))
    division = Division(chosen, budget)
    shifted = [_line(i, n, q) for i, q in enumerate(centre)]
    distance: RationalPoly = {(0,) * n: Fraction(1)}
    for x in shifted:
        add_into(distance, multiply(x, x))
    power = 1 + max(map(sum, off))
    found = list(chosen)
    for item in sequence(entry["fields"], "fields", most=MAX_FIELDS):
        vector = [integral(x, n, budget) for x in sequence(item, "vector", n)]
        tangent = all(division.contains(along(vector, g, budget)) for g in chosen)
        kernel.need(tangent, "T9", "a field that leaves the set", "fields along which the elements stay in their ideal")
        outward: RationalPoly = {}
        for x, component in zip(shifted, vector, strict=True):
            budget.spend(kernel.products(x, component))
            add_into(outward, multiply(x, component), power)
        slope = along(vector, off, budget)
        budget.spend(kernel.products(off, outward) + kernel.products(distance, slope))
        total = multiply(off, outward)
        add_into(total, multiply(distance, slope), -1)
        found.append(common_integers([total])[0][0])
    return off, found


def _line(i: int, n: int, q: Fraction) -> RationalPoly:
    """The polynomial x_i - q."""
    unit = tuple(1 if k == i else 0 for k in range(n))
    return {unit: Fraction(1), (0,) * n: -q} if q else {unit: Fraction(1)}
