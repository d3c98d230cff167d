"""What every reduction offers: whether it applies, the smaller objectives, and the way back for points."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from flint import fmpq_mpoly

from exactland.polynomial import Polynomial, integer_terms, ring

N = TypeVar("N")
Evaluate = Callable[[Polynomial, Sequence[N]], N]
Squares = Callable[[], Sequence[tuple[Fraction, Polynomial]]]
"""Squares with positive coefficients that are summands of an objective as it is written; computed when asked for."""


def NO_SQUARES() -> Sequence[tuple[Fraction, Polynomial]]:
    """No squares are known."""
    return ()


@dataclass(frozen=True, eq=False)
class Reduction(abc.ABC):
    """One reduction of one objective.

    `parts` are the smaller objectives, each in a ring of its own, scaled as the checker scales them. The critical
    points of the objective correspond one to one to the tuples of critical points of the parts.
    """

    polynomial: Polynomial
    parts: tuple[Polynomial, ...]
    share: ClassVar[float] = 1 / 3  # of the time of an engine, as smaller objectives are not always easier

    @classmethod
    @abc.abstractmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The reduction of this objective, or None when it does not apply."""

    @property
    def real(self) -> bool:
        """Whether the real critical points of the objective correspond to those of the parts, and the others do not."""
        return False

    @abc.abstractmethod
    def images(self, part: int) -> list[Polynomial]:
        """The variables of the objective as polynomials in those of a part, which make it the part (and a constant)."""

    @classmethod
    def accepts(cls, polynomial: Polynomial) -> bool:
        """Whether the reduction applies."""
        return cls.apply(polynomial) is not None

    @abc.abstractmethod
    def invert(self, points: Sequence[Sequence[N]], evaluate: Evaluate[N]) -> list[N]:
        """The critical point that belongs to one critical point of each part; numbers of any kind."""

    @abc.abstractmethod
    def form(self, of_part: Sequence[Fraction]) -> list[Fraction] | None:
        """The linear form that has the value of a given form on the only part; None when there are several parts."""

    def lines(self) -> list[dict[str, Any]]:
        """Derived elements that the entry refers to."""
        return []

    @abc.abstractmethod
    def entry(self, inner: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The entry `completeness`, from those of the parts."""


def through(reduction: Reduction, part: int, squares: Squares) -> Squares:
    """The squares of an objective as squares of a part, up to a constant factor."""

    @cache
    def changed() -> Sequence[tuple[Fraction, Polynomial]]:
        given = squares()
        context = reduction.parts[part].context()
        images = reduction.images(part) if given else []
        return [(c, q.compose(*images, ctx=context)) for c, q in given]

    return changed


def scaled(polynomial: Polynomial) -> Polynomial:
    """The positive multiple with coprime integer coefficients, which is the one that the checker computes."""
    return polynomial.context().from_dict(integer_terms(polynomial))


def without(polynomial: Polynomial, places: Sequence[int]) -> Polynomial:
    """The same polynomial in the ring without these variables, in which it is constant."""
    context = polynomial.context()
    kept = [i for i in range(context.nvars()) if i not in places]
    names = context.names()
    smaller = ring([names[i] for i in kept])
    given: dict[Any, Any] = {tuple(m[i] for i in kept): c for m, c in polynomial.to_dict().items()}
    result: fmpq_mpoly = smaller.from_dict(given)
    return result


def bezout_number(polynomial: Polynomial) -> int:
    """The product of the degrees of the gradient entries that are not constant."""
    slopes = (polynomial.derivative(i) for i in range(polynomial.context().nvars()))
    return math.prod(max(1, slope.total_degree()) for slope in slopes if slope)
