"""What class of function an expression is, read off its tree without expanding anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from exactland.expression import Constant, Expression, Function, Power, Product, Variable, walk

__all__ = ["Classification", "ObjectiveClass", "classification", "degrees"]

_PIECEWISE = frozenset({"relu", "abs", "max", "min"})


class ObjectiveClass(Enum):
    """The class decides how every critical point is found."""

    POLYNOMIAL = "polynomial"
    RATIONAL = "rational"
    PIECEWISE = "piecewise"
    ANALYTIC = "analytic"
    PIECEWISE_ANALYTIC = "piecewise analytic"


@dataclass(frozen=True)
class Classification:
    """A class with what made it so: the names of the functions and constants, and division by a variable."""

    kind: ObjectiveClass
    because: tuple[str, ...]


def classification(expression: Expression) -> Classification:
    """The smallest class that the shape of the tree shows; what is folded to a rational constant (``sqrt(4)``) does not
    count.

    ``PIECEWISE`` means piecewise polynomial. A rational function with pieces is ``PIECEWISE_ANALYTIC``.
    """
    pieces: dict[str, None] = {}
    smooth: dict[str, None] = {}
    divided = False
    for node in walk(expression):
        if isinstance(node, Constant):
            smooth[node.name] = None
        elif isinstance(node, Power) and node.exponent < 0 and node.variable_names():
            divided = True
        elif isinstance(node, Function) and node.name not in _PIECEWISE:
            smooth[node.name] = None
        elif isinstance(node, Function) and node.variable_names():
            pieces[node.name] = None
    because = (*sorted(smooth), *sorted(pieces), *(("division by a variable",) if divided else ()))
    if pieces and (smooth or divided):
        kind = ObjectiveClass.PIECEWISE_ANALYTIC
    elif pieces:
        kind = ObjectiveClass.PIECEWISE
    elif smooth:
        kind = ObjectiveClass.ANALYTIC
    else:
        kind = ObjectiveClass.RATIONAL if divided else ObjectiveClass.POLYNOMIAL
    return Classification(kind, because)


def degrees(expression: Expression) -> tuple[int, dict[str, int]]:
    """Bounds of the degree of a polynomial, in all and in each variable alone, without expanding anything."""
    known: dict[int, tuple[int, dict[str, int]]] = {}

    def of(node: Expression) -> tuple[int, dict[str, int]]:
        found = known.get(id(node))
        if found is None:
            found = known[id(node)] = found_in(node)
        return found

    def found_in(node: Expression) -> tuple[int, dict[str, int]]:
        if isinstance(node, Variable):
            return 1, {node.name: 1}
        total, alone = 0, dict[str, int]()
        for degree, each in map(of, node.children):
            total = total + degree if isinstance(node, Product) else max(total, degree)
            for name, d in each.items():
                alone[name] = alone.get(name, 0) + d if isinstance(node, Product) else max(alone.get(name, 0), d)
        if isinstance(node, Power):
            factor = max(node.exponent, 0)
            return total * factor, {name: d * factor for name, d in alone.items()}
        return total, alone

    return of(expression)
