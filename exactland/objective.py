"""The objective: what is minimised, over which variables, and what class of function it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exactland.divisors import check_divisors
from exactland.errors import InputError, shown
from exactland.expression import Expression, Variable
from exactland.kind import Classification, ObjectiveClass, classification
from exactland.later import Later
from exactland.statement import ReadStatement, check_title, expression_statement, read_statement

if TYPE_CHECKING:
    from fractions import Fraction

    import flint

    from exactland import parser
else:
    parser = Later("exactland.parser")

__all__ = ["Objective", "ObjectiveClass", "as_objective"]


@dataclass(frozen=True)
class Objective:
    """A real function of 1 to 16 variables, minimised over all of space or over the recorded domain.

    Build it with ``from_expression``, ``from_statement``, ``load_problem`` or ``losses.squared``. ``statement`` is the
    plain data that a certificate carries; ``positive`` names variables constrained to be above 0; ``on_sphere`` names
    variables that together lie on the unit sphere.
    """

    variables: tuple[str, ...]
    expression: Expression
    statement: dict[str, Any] = field(compare=False, repr=False)
    title: str = ""
    positive: tuple[str, ...] = ()
    on_sphere: tuple[str, ...] = ()

    @classmethod
    def from_expression(
        cls,
        expression: Expression | str,
        variables: str | Iterable[str | Expression] | None = None,
        *,
        positive: Iterable[str] = (),
        on_sphere: Iterable[str] = (),
        title: str = "",
    ) -> Objective:
        """The objective of an expression (or its text). Without ``variables``: those that occur, in the order of their
        occurrence.
        """
        if variables is None:
            parsed = parser.as_expression(expression)
            names = parsed.variable_names()
            if not names:
                fix = 'name them: variables="a"'
                raise InputError("a constant without variables", "1 to 16 variables", fix, key="variables")
        else:
            names = _variable_names(variables)
            if isinstance(expression, str):
                raw = {"variables": names, "expression": expression, "positive": positive, "on_sphere": on_sphere}
                return cls._from_read(read_statement(raw), title)
            parsed = parser.as_expression(expression)
        return cls._from_read(expression_statement(names, parsed, positive, on_sphere), title)

    @classmethod
    def from_statement(cls, statement: dict[str, Any], *, title: str = "") -> Objective:
        """The objective of a problem statement as a certificate carries it (see docs/architecture.md)."""
        return cls._from_read(read_statement(statement), title)

    @classmethod
    def _from_read(cls, read: ReadStatement, title: str) -> Objective:
        check_title(title)
        check_divisors(read.expression)
        return cls(read.variables, read.expression, read.statement, title, read.positive, read.on_sphere)

    @cached_property
    def classification(self) -> Classification:
        """The class, and the functions that made it so."""
        return classification(self.expression)

    @property
    def kind(self) -> ObjectiveClass:
        """The class of function."""
        return self.classification.kind

    @cached_property
    def polynomial(self) -> flint.fmpq_mpoly:
        """The expanded polynomial; ``InputError`` unless the class is polynomial."""
        from exactland.polynomial import to_polynomial

        if self.kind is not ObjectiveClass.POLYNOMIAL:
            because = ", ".join(self.classification.because)
            given = f"an objective of the class {self.kind.value} (because of {because})"
            raise InputError(given, "polynomials with rational coefficients", "use a polynomial objective here")
        return to_polynomial(self.expression, self.variables)

    @property
    def squares(self) -> list[tuple[Fraction, flint.fmpq_mpoly]]:
        """Squares with their coefficients that stand in the expression as it is written, of a polynomial objective."""
        from exactland.polynomial import to_polynomial
        from exactland.squares import square_terms

        return [(c, to_polynomial(q, self.variables)) for c, q in square_terms(self.expression).squares]

    @property
    def unused_variables(self) -> tuple[str, ...]:
        """Variables that do not occur in the expression; the loss is constant along them."""
        used = set(self.expression.variable_names())
        return tuple(name for name in self.variables if name not in used)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the statement as compact JSON with sorted keys."""
        import hashlib
        import json

        text = json.dumps(self.statement, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def as_objective(value: object, *, title: str = "") -> Objective:
    """An objective from an ``Objective``, an ``Expression``, its text, or a sympy expression.

    Symbols that sympy assumes to be positive become the domain ``positive``.
    """
    if isinstance(value, Objective):
        return value
    if isinstance(value, Expression | str):
        return Objective.from_expression(value, title=title)
    if hasattr(value, "free_symbols"):
        from exactland.interop import from_sympy

        positive = sorted(str(symbol) for symbol in value.free_symbols if symbol.is_positive)
        return Objective.from_expression(from_sympy(value), positive=positive, title=title)
    allowed = "an Objective, an expression, or its text"
    raise InputError(
        f"{shown(value)} ({type(value).__name__}) as objective", allowed, 'write for example "(a*b - 1)^2"'
    )


def _variable_names(given: str | Iterable[str | Expression]) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(given.replace(",", " ").split())
    if isinstance(given, Variable):
        return (given.name,)
    if not isinstance(given, Iterable):
        raise InputError(shown(given), "names", 'write variables="a b"', key="variables")
    return tuple(value.name if isinstance(value, Variable) else value for value in given)  # type: ignore[misc]
