"""Exact expressions: a small immutable syntax tree, its operators, its canonical text.

Every node is built through the functions ``total``, ``product``, ``power`` and ``apply``, which keep these invariants
(so that the text of a tree parses back to the same tree): a ``Sum`` holds no ``Sum`` and at most one ``Number``, which
is not 0; a ``Product`` holds no ``Product`` and at most one ``Number``, which stands first and is not 1; a ``Number``
is never the base of a ``Power``; division is ``Power(..., -1)``. Nothing is expanded and nothing is reordered beyond
that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from exactland.errors import InputError, did_you_mean, shown
from exactland.exact import MAX_DIGITS, is_short, rational, rational_text
from exactland.functions import FUNCTIONS, fold

__all__ = [
    "MAX_DEPTH",
    "MAX_EXPONENT",
    "MAX_NODES",
    "Constant",
    "Expression",
    "Function",
    "Number",
    "Power",
    "Product",
    "Sum",
    "Variable",
    "absolute",
    "apply",
    "check_name",
    "evaluate",
    "exponent_of",
    "power",
    "product",
    "total",
    "variables",
    "walk",
]

MAX_DEPTH = 100
"""Deepest nesting of a tree."""
MAX_NODES = 1_000_000
"""Most nodes of a tree, counted as if nothing were shared."""
MAX_EXPONENT = 64
"""Largest size of an exponent."""

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


@dataclass(frozen=True, slots=True, repr=False)
class Expression:
    """An exact expression. Build one with ``variables``, ``parse`` and the operators ``+ - * / **``; ``str`` gives its
    canonical text.

    Numbers mixed in by the operators must be exact: integers or ``Fraction``; a float raises ``InputError``.
    """

    _precedence: ClassVar[int] = _ATOM

    depth: int = field(init=False, compare=False, default=1)
    nodes: int = field(init=False, compare=False, default=1)

    @property
    def children(self) -> tuple[Expression, ...]:
        """The direct subexpressions, in order."""
        return ()

    def _measure(self) -> None:
        depth, nodes = 1, 1
        for child in self.children:
            depth = max(depth, child.depth + 1)
            nodes += child.nodes
        if depth > MAX_DEPTH:
            raise InputError(
                f"an expression nested {depth} deep", f"nesting up to {MAX_DEPTH}", "name fewer levels or flatten it"
            )
        if nodes > MAX_NODES:
            raise InputError(f"an expression of {nodes} parts", f"at most {MAX_NODES} parts", "use fewer terms")
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "nodes", nodes)

    def variable_names(self) -> tuple[str, ...]:
        """The names of the variables that occur, in the order of their first occurrence."""
        names: dict[str, None] = {}
        for node in walk(self):
            if isinstance(node, Variable):
                names[node.name] = None
        return tuple(names)

    def _text(self) -> str:
        raise NotImplementedError

    def _wrapped(self, precedence: int) -> str:
        return self._text() if self._precedence >= precedence else f"({self._text()})"

    def __str__(self) -> str:
        return self._text()

    def __repr__(self) -> str:
        return self._text()

    def __pos__(self) -> Expression:
        return self

    def __neg__(self) -> Expression:
        return product((Number(Fraction(-1)), self))

    def __abs__(self) -> Expression:
        return absolute(self)

    def __add__(self, other: object) -> Expression:
        right = _operand(other)
        return NotImplemented if right is None else total((self, right))

    def __radd__(self, other: object) -> Expression:
        left = _operand(other)
        return NotImplemented if left is None else total((left, self))

    def __sub__(self, other: object) -> Expression:
        right = _operand(other)
        return NotImplemented if right is None else total((self, -right))

    def __rsub__(self, other: object) -> Expression:
        left = _operand(other)
        return NotImplemented if left is None else total((left, -self))

    def __mul__(self, other: object) -> Expression:
        right = _operand(other)
        return NotImplemented if right is None else product((self, right))

    def __rmul__(self, other: object) -> Expression:
        left = _operand(other)
        return NotImplemented if left is None else product((left, self))

    def __truediv__(self, other: object) -> Expression:
        right = _operand(other)
        return NotImplemented if right is None else product((self, power(right, -1)))

    def __rtruediv__(self, other: object) -> Expression:
        left = _operand(other)
        return NotImplemented if left is None else product((left, power(self, -1)))

    def __pow__(self, exponent: object) -> Expression:
        return power(self, exponent_of(exponent))

    def __rpow__(self, base: object) -> Expression:
        raise InputError(f"the exponent {shown(self)}", "an integer as exponent", "write exp(y*log(x)) for x^y")

    def __bool__(self) -> bool:
        raise InputError(
            f"the truth value of {shown(self)}", "an expression has none", "compare with == or use str(...)"
        )

    def __float__(self) -> float:
        raise InputError(f"float({shown(self)})", "exact operations", "evaluate with exactland.polynomial.evaluate")


@dataclass(frozen=True, slots=True, repr=False)
class Number(Expression):
    """A rational constant."""

    value: Fraction

    def __post_init__(self) -> None:
        if not is_short(self.value):
            raise _too_long()

    @property
    def _precedence(self) -> int:  # type: ignore[override]
        return _ATOM if self.value >= 0 and self.value.denominator == 1 else _PRODUCT

    def _text(self) -> str:
        return rational_text(self.value)


@dataclass(frozen=True, slots=True, repr=False)
class Constant(Expression):
    """A named irrational constant; the only one is ``pi``."""

    name: str

    def _text(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, repr=False)
class Variable(Expression):
    """A real variable."""

    name: str

    def __post_init__(self) -> None:
        check_name(self.name)

    def _text(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, repr=False)
class Sum(Expression):
    """Two or more terms. Build it with ``total``."""

    _precedence: ClassVar[int] = _SUM

    terms: tuple[Expression, ...]

    def __post_init__(self) -> None:
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.terms

    def _text(self) -> str:
        pieces = [self.terms[0]._text()]
        for term in self.terms[1:]:
            text = term._text()
            pieces.append(f" - {text[1:]}" if text.startswith("-") else f" + {text}")
        return "".join(pieces)


@dataclass(frozen=True, slots=True, repr=False)
class Product(Expression):
    """Two or more factors; a rational coefficient stands first. Build it with ``product``."""

    _precedence: ClassVar[int] = _PRODUCT

    factors: tuple[Expression, ...]

    def __post_init__(self) -> None:
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.factors

    @property
    def coefficient(self) -> Fraction:
        """The rational coefficient in front."""
        first = self.factors[0]
        return first.value if isinstance(first, Number) else Fraction(1)

    @property
    def others(self) -> tuple[Expression, ...]:
        """The factors after the coefficient."""
        return self.factors[1:] if isinstance(self.factors[0], Number) else self.factors

    def _text(self) -> str:
        factors = self.factors
        text = ""
        if isinstance(factors[0], Number):
            text, factors = ("-", factors[1:]) if factors[0].value == -1 else (factors[0]._text(), factors)
            if text != "-":
                factors = factors[1:]
        for factor in factors:
            inverse = isinstance(factor, Power) and factor.exponent == -1
            if inverse and text not in ("", "-"):
                text += "/" + factor.children[0]._wrapped(_POWER)
            elif inverse:
                text += factor._text()
            else:
                text += ("*" if text not in ("", "-") else "") + factor._wrapped(_POWER)
        return text


@dataclass(frozen=True, slots=True, repr=False)
class Power(Expression):
    """A base that is not a number, to an integer exponent other than 1. Build it with ``power``."""

    base: Expression
    exponent: int

    def __post_init__(self) -> None:
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.base,)

    @property
    def _precedence(self) -> int:  # type: ignore[override]
        return _PRODUCT if self.exponent == -1 else _POWER

    def _text(self) -> str:
        if self.exponent == -1:
            return "1/" + self.base._wrapped(_POWER)
        exponent = str(self.exponent) if self.exponent >= 0 else f"({self.exponent})"
        return f"{self.base._wrapped(_ATOM)}^{exponent}"


@dataclass(frozen=True, slots=True, repr=False)
class Function(Expression):
    """A function of the grammar applied to its arguments. Build it with ``apply``."""

    name: str
    arguments: tuple[Expression, ...]

    def __post_init__(self) -> None:
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments

    def _text(self) -> str:
        return f"{self.name}({', '.join(argument._text() for argument in self.arguments)})"


def walk(expression: Expression) -> Iterator[Expression]:
    """Every distinct node once, parents first, from left to right (shared subtrees are visited once)."""
    seen: set[int] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        stack.extend(reversed(node.children))


def variables(names: str | Iterable[str]) -> Any:
    """Variables from names separated by spaces or commas: one ``Expression`` for a single name in a text, else a tuple
    of them.

    ``a, b = variables("a b")``; ``x = variables("x")``. Names are ASCII letters, digits and ``_``, and none of the
    grammar's functions.
    """
    if not isinstance(names, Iterable):
        raise InputError(f"{shown(names)} as names", "a text or a list of names", 'write variables("a b")')
    listed = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    if not listed:
        raise InputError("no names", "one or more names", 'write variables("a b")')
    for name in listed:
        if listed.count(name) > 1:
            raise InputError(f"the name {shown(name)} twice", "different names", "drop one of them")
    made = tuple(Variable(name) for name in listed)
    return made[0] if isinstance(names, str) and len(made) == 1 else made


def check_name(name: object) -> None:
    """Raises ``InputError`` unless ``name`` can name a variable."""
    allowed = "names of ASCII letters, digits and _, that start with a letter or _ and have at most 50 characters"
    if not isinstance(name, str):
        raise InputError(f"the name {shown(name)}", allowed, "write the name as text")
    if name in FUNCTIONS or name == "pi":
        raise InputError(
            f"the name {name!r}, which the grammar uses itself",
            f"{allowed}, and are no function",
            f"write {name}_ instead",
        )
    if not (name.isascii() and name.isidentifier() and len(name) <= 50):
        raise InputError(f"the name {shown(name)}", allowed, "rename it, for example to w1")


def _operand(value: object) -> Expression | None:
    if isinstance(value, Expression):
        return value
    if value is None or hasattr(value, "__iter__"):  # an array distributes the operator over its entries by itself
        return None
    if isinstance(value, float) and math.isfinite(value):
        meant = Fraction(float.__repr__(value))
        raise InputError(
            f"the float {float.__repr__(value)}, which is not an exact number",
            "integers and Fractions beside the operators",
            f"write Fraction({meant.numerator}, {meant.denominator})",
        )
    return Number(rational(value))


def exponent_of(value: object) -> int:
    """The integer that an exponent is; ``InputError`` for anything else or beyond 64."""
    allowed = f"integer exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}"
    if isinstance(value, Expression) and not isinstance(value, Number):
        raise InputError(f"the exponent {shown(value)}", allowed, "write exp(y*log(x)) for x^y")
    number = value.value if isinstance(value, Number) else rational(value)
    if number.denominator != 1:
        fix = "write sqrt(x) for x^(1/2)" if number.denominator == 2 else "write exp(log(x)/3) for x^(1/3)"
        raise InputError(f"the exponent {shown(str(number))}", allowed, fix)
    if abs(number.numerator) > MAX_EXPONENT:
        raise InputError(f"the exponent {shown(number.numerator)}", allowed, "lower the degree")
    return number.numerator


def total(terms: Iterable[Expression]) -> Expression:
    """The sum of the terms, in order; 0 for none."""
    kept: list[Expression] = []
    place, constant = -1, Fraction(0)
    for term in terms:
        for part in term.terms if isinstance(term, Sum) else (term,):
            if not isinstance(part, Number):
                kept.append(part)
            elif place < 0:
                place, constant = len(kept), part.value
            else:
                constant += part.value
    if constant != 0 or not kept:
        kept.insert(max(place, 0), Number(constant))
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def product(factors: Iterable[Expression]) -> Expression:
    """The product of the factors, in order, with all rational constants multiplied into one in front; 1 for none."""
    kept: list[Expression] = []
    coefficient = Fraction(1)
    for factor in factors:
        for part in factor.factors if isinstance(factor, Product) else (factor,):
            if isinstance(part, Number):
                coefficient *= part.value
            else:
                kept.append(part)
    if coefficient != 1 or not kept:
        kept.insert(0, Number(coefficient))
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def power(base: Expression, exponent: int) -> Expression:
    """The base to an integer exponent; 0^0 is 1."""
    exponent_of(exponent)
    if isinstance(base, Number):
        if base.value == 0 and exponent < 0:
            raise InputError("a division by zero", "divisors other than 0", "change the divisor")
        return Number(base.value**exponent)
    return base if exponent == 1 else Power(base, exponent)


def apply(name: str, arguments: Iterable[Expression]) -> Expression:
    """A function of the grammar at its arguments, folded to a number where the value is exactly rational (``sqrt(4)``,
    ``exp(0)``).
    """
    given = tuple(arguments)
    if name not in FUNCTIONS:
        fix = did_you_mean(name, FUNCTIONS, "use one of these")
        raise InputError(f"the unknown function {shown(name)}", ", ".join(FUNCTIONS), fix)
    least, most = FUNCTIONS[name]
    if len(given) < least or (most is not None and len(given) > most):
        count = "exactly 1 argument" if most == 1 else f"at least {least} arguments"
        raise InputError(
            f"{name} with {len(given)} arguments", count, f"write {name}(x)" if most == 1 else f"write {name}(x, y)"
        )
    values = [argument.value for argument in given if isinstance(argument, Number)]
    if len(values) == len(given):
        folded = fold(name, values)
        if folded is not None:
            return Number(folded)
    return Function(name, given)


def _too_long() -> InputError:
    allowed = f"constants of up to {MAX_DIGITS} digits above and below the line"
    return InputError(f"a constant of more than {MAX_DIGITS} digits", allowed, "use smaller numbers")


def absolute(value: Expression) -> Expression:
    """``abs`` of an expression."""
    return apply("abs", (value,))


def evaluate(expression: Expression, point: Mapping[str, Fraction | int]) -> Fraction:
    """The exact value at a rational point; ``InputError`` where it is irrational, undefined, or a variable has no
    value.
    """
    values: dict[int, Number] = {}

    def at(node: Expression) -> Number:
        found = values.get(id(node))
        if found is None:
            found = values[id(node)] = number(node)
        return found

    def number(node: Expression) -> Number:
        if isinstance(node, Number):
            return node
        if isinstance(node, Variable):
            if node.name not in point:
                raise InputError(
                    f"no value for {node.name}", "a value for every variable", f"add {node.name} to the point"
                )
            return Number(rational(point[node.name]))
        parts = tuple(at(child) for child in node.children)
        made: Expression = node
        if isinstance(node, Sum):
            made = total(parts)
        elif isinstance(node, Product):
            made = product(parts)
        elif isinstance(node, Power):
            made = power(parts[0], node.exponent)
        elif isinstance(node, Function):
            made = apply(node.name, parts)
        if not isinstance(made, Number):
            raise InputError(
                f"the irrational value {shown(made)}",
                "points with a rational value",
                "enclose it with intervals instead",
            )
        return made

    return at(expression).value
