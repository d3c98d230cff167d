"""Squares that stand in an expression as it is written: a hint for proofs that it is bounded below."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactland.expression import Constant, Expression, Function, Number, Power, Product, Sum, power, product, walk

__all__ = ["SquareTerms", "square_terms"]


@dataclass(frozen=True, eq=False)
class SquareTerms:
    """The identity ``expression = constant + sum(c * q^2 for c, q in squares) + sum(leftover)``, every ``c > 0``."""

    squares: tuple[tuple[Fraction, Expression], ...]
    constant: Fraction
    leftover: tuple[Expression, ...]

    @property
    def is_sum_of_squares(self) -> bool:
        """Whether nothing is left over, so that ``constant`` is a lower bound."""
        return not self.leftover


def square_terms(expression: Expression) -> SquareTerms:
    """Reads squares off the syntax tree, expanding nothing: through sums, rational multiples and products of even
    powers.
    """
    squares: list[tuple[Fraction, Expression]] = []
    leftover: list[Expression] = []
    constant = Fraction(0)
    stack = [(Fraction(1), expression)]
    while stack:
        scale, node = stack.pop()
        if isinstance(node, Product):
            scale *= node.coefficient
            others = node.others
            node = others[0] if len(others) == 1 else Product(others)
        if scale == 0:
            if _is_polynomial(node):
                continue
            leftover.append(product((Number(scale), node)))
        elif isinstance(node, Number):
            constant += scale * node.value
        elif isinstance(node, Sum):
            stack.extend((scale, term) for term in reversed(node.terms))
        elif scale > 0 and (root := _square_root(node)) is not None:
            squares.append((scale, root))
        else:
            leftover.append(product((Number(scale), node)))
    return SquareTerms(tuple(squares), constant, tuple(leftover))


def _is_polynomial(expression: Expression) -> bool:
    """Whether the tree is literally a polynomial: no function, no irrational constant, no negative power."""
    return not any(
        isinstance(node, Function | Constant) or (isinstance(node, Power) and node.exponent < 0)
        for node in walk(expression)
    )


def _square_root(node: Expression) -> Expression | None:
    """An expression whose square is ``node`` by its shape, or ``None``."""
    exponents: dict[Expression, int] = {}
    for factor in node.factors if isinstance(node, Product) else (node,):
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, 1)
        exponents[base] = exponents.get(base, 0) + exponent
    if any(exponent % 2 or exponent <= 0 for exponent in exponents.values()):
        return None
    return product(power(base, exponent // 2) for base, exponent in exponents.items())
