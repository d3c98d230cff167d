"""Text to ``Expression``, by our own small grammar; never ``eval``.

    sum     = product (("+" | "-") product)*
    product = factor (("*" | "/") factor)*
    factor  = ("+" | "-")* atom ["^" factor]
    atom    = number | name | name "(" sum ("," sum)* ")" | "(" sum ")"
    number  = digits ["." digits] [("e" | "E") ["+" | "-"] digits]

So ``-x^2`` is ``-(x^2)`` and ``x^2^3`` is ``x^(2^3)``. A decimal means exactly what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from exactland.errors import InputError, did_you_mean, shown
from exactland.exact import rational
from exactland.expression import (
    Constant,
    Expression,
    Number,
    Variable,
    apply,
    exponent_of,
    power,
    product,
    total,
)
from exactland.functions import FUNCTIONS

__all__ = ["MAX_NESTING", "MAX_TEXT", "as_expression", "parse"]

MAX_TEXT = 100_000
"""Longest text that is read, in characters."""
MAX_NESTING = 100
"""Deepest nesting of parentheses, functions and exponents."""

_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/^(),])"
    r"|(?P<space>[ \t\r\n]+)"
)
_OPERATORS = "an operator + - * / ^"
_OPERAND = "a number, a name, a function or '('"
_CHARACTERS = "numbers, names, + - * / ^ ( ) and commas"
_REPLACEMENTS = {
    ".": "write 0.5 for .5 and 2 for 2.",
    "=": "bring everything to one side and leave out '='",
    "[": "use round parentheses",
    "]": "use round parentheses",
    "{": "use round parentheses",
    "}": "use round parentheses",
    "\u2212": "write the minus sign as -",
    "\u00b7": "write the product as *",
    "\u00d7": "write the product as *",
    "\u00b2": "write the square as ^2",
    "\u221a": "write the root as sqrt(...)",
    "|": "write the absolute value as abs(...)",
}


def parse(text: str, variables: Iterable[str] | None = None) -> Expression:
    """The expression that a text says. With ``variables`` every name must be one of them.

    Raises ``InputError`` with the position of the first fault (``error.position``, and ``error.picture`` with a caret).
    """
    if not isinstance(text, str):
        raise InputError(
            f"{shown(text)} ({type(text).__name__}) as expression", "a text", 'write for example "(a*b - 1)^2"'
        )
    if len(text) > MAX_TEXT:
        raise InputError(f"an expression of {len(text)} characters", f"at most {MAX_TEXT} characters", "shorten it")
    return _Parser(text, None if variables is None else tuple(variables)).parse()


def as_expression(value: object) -> Expression:
    """An expression from an expression, an exact number, or a text in the grammar."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        return parse(value)
    return Number(rational(value))


@dataclass(frozen=True, slots=True, eq=False)
class _Token:
    kind: str
    text: str
    position: int


class _Parser:
    def __init__(self, source: str, names: tuple[str, ...] | None) -> None:
        self.source = source
        self.names = names
        self.known: dict[str, Expression] = {}  # of numbers and names; one node for all places where one stands
        self.tokens = self._tokens()
        self.index = 0
        self.nesting = 0

    def parse(self) -> Expression:
        if self.tokens[0].kind == "end":
            raise InputError("an empty expression", _OPERAND, 'write for example "(a*b - 1)^2"')
        found = self._sum()
        token = self._next
        if token.kind != "end":
            self._after_operand(token)
        return found

    @property
    def _next(self) -> _Token:
        return self.tokens[self.index]

    def _take(self, *signs: str) -> _Token | None:
        """The next token when it is one of these signs."""
        token = self._next
        if token.kind == "sign" and token.text in signs:
            self.index += 1
            return token
        return None

    def _fail(self, position: int, given: str, allowed: str, fix: str) -> NoReturn:
        raise InputError(given, allowed, fix, source=self.source, position=position)

    def _placed(self, position: int, make: Callable[[], Expression]) -> Expression:
        """What ``make`` returns; its complaint gets this position."""
        try:
            return make()
        except InputError as error:
            if error.source is None:
                self._fail(position, error.given, error.allowed, error.fix)
            raise

    def _once(self, token: _Token, make: Callable[[], Expression]) -> Expression:
        found = self.known.get(token.text)
        if found is None:
            found = self.known[token.text] = self._placed(token.position, make)
        return found

    def _deeper(self, position: int) -> None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self._fail(
                position, f"nesting deeper than {MAX_NESTING}", f"nesting up to {MAX_NESTING}", "flatten the expression"
            )

    def _sum(self) -> Expression:
        start = self._next.position
        terms = [self._product()]
        while sign := self._take("+", "-"):
            term = self._product()
            terms.append(-term if sign.text == "-" else term)
        return terms[0] if len(terms) == 1 else self._placed(start, lambda: total(terms))

    def _product(self) -> Expression:
        start = self._next.position
        factors = [self._factor()]
        while sign := self._take("*", "/"):
            position = self._next.position
            factor = self._factor()
            factors.append(factor if sign.text == "*" else self._placed(position, partial(power, factor, -1)))
        return factors[0] if len(factors) == 1 else self._placed(start, lambda: product(factors))

    def _factor(self) -> Expression:
        negative = False
        while sign := self._take("+", "-"):
            negative ^= sign.text == "-"
        start = self._next.position
        found = self._atom()
        if self._take("^"):
            position = self._next.position
            self._deeper(position)
            raised = self._factor()
            self.nesting -= 1
            found = self._placed(position, partial(_raised, found, raised))
        return self._placed(start, lambda: -found) if negative else found

    def _atom(self) -> Expression:
        token = self._next
        if token.kind == "number":
            self.index += 1
            return self._once(token, lambda: Number(rational(token.text)))
        if token.kind == "name":
            self.index += 1
            return self._named(token)
        if opening := self._take("("):
            self._deeper(opening.position)
            found = self._sum()
            self._close(opening)
            return found
        if token.kind == "end":
            return self._fail(token.position, "the end of the expression", _OPERAND, "add the missing operand")
        return self._fail(token.position, f"{token.text!r}", _OPERAND, "remove it or add an operand")

    def _named(self, token: _Token) -> Expression:
        name = token.text
        if name in FUNCTIONS:
            return self._call(token)
        if self._next.text == "(":
            self._unknown_function(token)
        if name == "pi":
            return Constant("pi")
        if self.names is not None and name not in self.names:
            allowed = f"the variables {', '.join(self.names) or '(none)'}, pi and the functions {', '.join(FUNCTIONS)}"
            self._fail(
                token.position,
                f"the unknown name {shown(name)}",
                allowed,
                did_you_mean(name, self.names, f"add {shown(name)} to the variables"),
            )
        return self._once(token, lambda: Variable(name))

    def _call(self, token: _Token) -> Expression:
        opening = self._take("(")
        if opening is None:
            self._fail(
                token.position,
                f"the function {token.text} without argument",
                "a function with its argument",
                f"write {token.text}(x)",
            )
        self._deeper(opening.position)
        arguments: list[Expression] = []
        if self._next.text != ")":
            arguments.append(self._sum())
            while self._take(","):
                arguments.append(self._sum())
        self._close(opening)
        return self._placed(token.position, lambda: apply(token.text, arguments))

    def _unknown_function(self, token: _Token) -> NoReturn:
        name = token.text
        if self._is_variable(name):
            fix = f"write {name}*(...) for a product"
        else:
            fix = did_you_mean(name, FUNCTIONS, "use one of these", "(...)")
        self._fail(token.position, f"the unknown function {shown(name)}", f"the functions {', '.join(FUNCTIONS)}", fix)

    def _is_variable(self, name: str) -> bool:
        """Whether a name in front of a parenthesis is declared, or else stands somewhere without one."""
        if name == "pi" or self.names is not None:
            return name == "pi" or name in (self.names or ())
        follows = zip(self.tokens, self.tokens[1:], strict=False)
        return any(token.text == name and after.text != "(" for token, after in follows)

    def _close(self, opening: _Token) -> None:
        if self._take(")"):
            self.nesting -= 1
        elif self._next.kind == "end":
            self._fail(opening.position, "'(' that is never closed", "matching parentheses", "add ')'")
        else:
            self._after_operand(self._next)

    def _after_operand(self, token: _Token) -> NoReturn:
        """Complains about a token where an operator belongs."""
        if token.text == ")":
            self._fail(token.position, "')' without a '('", "matching parentheses", "remove it or add '('")
        if token.text == ",":
            self._fail(token.position, "','", f"{_OPERATORS}; commas only in max(x, y) and min(x, y)", "remove it")
        fix = "write * for a product" if token.text == "(" else f"write * for a product: ...*{shown(token.text)[1:-1]}"
        self._fail(token.position, f"{shown(token.text)} without an operator before it", _OPERATORS, fix)

    def _tokens(self) -> list[_Token]:
        tokens, position = [], 0
        while position < len(self.source):
            match = _TOKEN.match(self.source, position)
            if match is None:
                character = self.source[position]
                fix = _REPLACEMENTS.get(character, "remove it")
                self._fail(position, f"the character {shown(character)}", _CHARACTERS, fix)
            kind = match.lastgroup or ""
            if match.group() == "**":
                self._fail(position, "'**'", _OPERATORS, "write ^ for a power")
            if kind != "space":
                tokens.append(_Token(kind, match.group(), position))
            position = match.end()
        tokens.append(_Token("end", "", position))
        return tokens


def _raised(base: Expression, exponent: Expression) -> Expression:
    return power(base, exponent_of(exponent))
