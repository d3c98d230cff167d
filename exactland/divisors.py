"""Divisors that are zero everywhere, such as `a - a`: found by values modulo a prime, proved by expansion."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from exactland.errors import InputError, shown
from exactland.expression import (
    Constant,
    Expression,
    Function,
    Number,
    Power,
    Sum,
    Variable,
    power,
    product,
    total,
    walk,
)

__all__ = ["check_divisors"]

_PRIME = 2**61 - 1
_ONE = Number(Fraction(1))


def check_divisors(expression: Expression) -> None:
    """Raises ``InputError`` when some divisor in here expands to 0; functions and constants count as unknowns."""
    bases = [node.base for node in walk(expression) if isinstance(node, Power) and node.exponent < 0]
    if not bases:
        return
    residue = _residues()
    for base in reversed(bases):
        if residue(base) == 0 and _expands_to_zero(base):
            given = f"a division by zero, as {shown(str(base))} expands to 0"
            raise InputError(given, "divisors other than 0", "change the divisor", key="expression")


def _residues() -> Callable[[Expression], int]:
    """Values modulo the prime at one point, the same on every run."""
    known: dict[int, int] = {}

    def at(node: Expression) -> int:
        found = known.get(id(node))
        if found is None:
            found = known[id(node)] = value(node) % _PRIME
        return found

    def value(node: Expression) -> int:
        if isinstance(node, Number):
            below = node.value.denominator
            return node.value.numerator * pow(below, -1, _PRIME) if below % _PRIME else 1
        if isinstance(node, Variable | Constant | Function):
            from hashlib import sha256

            return int.from_bytes(sha256(str(node).encode()).digest()[:8], "big")
        parts = [at(child) for child in node.children]
        if isinstance(node, Sum):
            return sum(parts)
        if isinstance(node, Power):
            return pow(parts[0], node.exponent, _PRIME) if parts[0] else 0
        result = 1
        for part in parts:
            result = result * part % _PRIME
        return result

    return at


def _expands_to_zero(expression: Expression) -> bool:
    """Whether the numerator of the expression is the zero polynomial; False when it is too large to expand."""
    from exactland.polynomial import to_polynomial

    names: dict[str, Variable] = {}
    try:
        numerator, _ = _quotient(expression, names)
        return not to_polynomial(numerator, [name.name for name in names.values()])
    except InputError:
        return False


def _quotient(node: Expression, names: dict[str, Variable]) -> tuple[Expression, Expression]:
    """Numerator and denominator, polynomials in one variable for each variable, function and constant."""
    if isinstance(node, Number):
        return node, _ONE
    if isinstance(node, Variable | Constant | Function):
        return names.setdefault(str(node), Variable(f"x{len(names)}")), _ONE
    parts = [_quotient(child, names) for child in node.children]
    if isinstance(node, Power):
        (above, below), size = parts[0], abs(node.exponent)
        if node.exponent < 0:
            above, below = below, above
        return power(above, size), power(below, size)
    if isinstance(node, Sum):
        above, below = parts[0]
        for top, bottom in parts[1:]:
            if bottom == below:
                above = total((above, top))
            else:
                above, below = total((product((above, bottom)), product((top, below)))), product((below, bottom))
        return above, below
    return product(top for top, _ in parts), product(bottom for _, bottom in parts)
