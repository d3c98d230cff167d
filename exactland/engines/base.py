"""What every engine shares: polynomial systems, the evidence of the rank rule, answers.

Nothing in this package is trusted. An answer is a list of candidates plus, possibly, evidence which the checker
examines by its own rules.
"""

from __future__ import annotations

import abc
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import gcd, lcm
from operator import add

Exponents = tuple[int, ...]
Terms = tuple[tuple[int, Exponents], ...]
Multiplier = tuple[tuple[Fraction, Exponents], ...]

#: The primes that the checker knows, in the order in which they are tried.
MERSENNE_PRIMES = (2**31 - 1, 2**61 - 1, 2**19 - 1)


@dataclass(frozen=True)
class PolynomialSystem:
    """Integer polynomials, one per gradient entry: the partial derivatives times one common positive integer."""

    variables: tuple[str, ...]
    equations: tuple[Terms, ...]

    def __post_init__(self) -> None:
        n = len(self.variables)
        for equation in self.equations:
            seen = set()
            for coefficient, exponents in equation:
                if type(coefficient) is not int or coefficient == 0:
                    raise ValueError(f"coefficient {coefficient!r} is not a nonzero integer")
                if len(exponents) != n or any(type(e) is not int or e < 0 for e in exponents):
                    raise ValueError(f"exponents {exponents!r} are not {n} nonnegative integers")
                if exponents in seen:
                    raise ValueError(f"monomial {exponents!r} occurs twice")
                seen.add(exponents)


@dataclass(frozen=True)
class Line:
    """An element of the ideal: the sum of multiplier times earlier element; equations first, then the earlier lines.

    The multipliers are scaled so that the expanded element has coprime integer coefficients.
    """

    combination: tuple[tuple[int, Multiplier], ...]


@dataclass(frozen=True)
class RankEvidence:
    """Rows and a basis for the rank rule: at most `len(basis)` critical points, none when it is empty.

    A row (g, m) is monomial m times element g, where elements are the equations followed by the lines. The rows,
    restricted to the columns that are not in the basis, form a square matrix, nonsingular modulo the prime.

    The rows are in block triangular order: wherever the last k rows have exactly k columns that are not in the basis,
    the matrix may be cut, and the diagonal blocks are nonsingular one by one.

    """

    lines: tuple[Line, ...]
    rows: tuple[tuple[int, Exponents], ...]
    basis: tuple[Exponents, ...]
    prime: int


@dataclass(frozen=True)
class LevelEquation:
    """An element times a monomial; or, without element, a monomial to be reduced by way of two multipliers."""

    monomial: Exponents
    element: int | None = None
    ways: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class LevelEvidence:
    """Normal forms level by level, for the rule of levels: at most as many critical points as basis monomials.

    `levels` holds, for each degree, the basis monomials and the equations that reduce the other border monomials.
    With `signs`, sign changes that leave the objective unchanged, all monomials are invariant and the number is that
    of orbits; the points of the answer are then representatives of the orbits.
    """

    lines: tuple[Line, ...]
    multipliers: tuple[Exponents, ...]
    levels: tuple[tuple[tuple[Exponents, ...], tuple[LevelEquation, ...]], ...]
    prime: int
    signs: tuple[tuple[int, ...], ...] = ()

    @property
    def bound(self) -> int:
        """The number of basis monomials."""
        return sum(len(basis) for basis, _ in self.levels)


class OutOfTime(Exception):
    """The time for a search is over."""


class Status(Enum):
    """How a run of an engine ended."""

    SOLVED = "solved"
    POSITIVE_DIMENSIONAL = "positive-dimensional"
    NO_SOLUTIONS = "no solutions"
    TIMED_OUT = "timed out"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Zero:
    """A zero at infinity with coordinates in Z[i], in the product of the projective spaces of groups of variables.

    In a group with a variable in the chart this variable is 1, as are those before it 0, and the group is infinite.
    """

    chart: tuple[int | None, ...]
    at: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class EngineAnswer:
    """Candidates found by an engine: claims, not facts. `message` says what is unusual or went wrong. One that failed
    may list points all the same.

    `zeros` lie at infinity with regard to `groups`, the number of the group of each variable.
    """

    engine: str
    version: str
    status: Status
    points: tuple[tuple[complex, ...], ...] = ()
    rank: RankEvidence | None = None
    dimension: int | None = None
    message: str = ""
    seconds: float = 0.0
    levels: LevelEvidence | None = None
    groups: tuple[int, ...] = ()
    zeros: tuple[Zero, ...] = ()


class Engine(abc.ABC):
    """A solver for polynomial systems that runs in a child process and never raises.

    `purpose` says in a few words what it is used for. One that `complements` others gives points only and is asked when
    points are missing. One that `joins` others does not begin alone while others wait, but beside one that takes long.
    """

    name: str
    purpose: str = ""
    complements: bool = False
    joins: bool = False

    @abc.abstractmethod
    def is_available(self) -> bool:
        """Whether the engine can be started here."""

    @abc.abstractmethod
    def version(self) -> str:
        """Version text, empty when unknown."""

    def at_once(self, system: PolynomialSystem) -> EngineAnswer | None:
        """The answer without any child, for systems so small that this takes less time than to start one; else None."""
        return None

    def proving(self, rule: str | None) -> Engine:
        """The engine that looks for evidence for this rule of the checker where it has a choice."""
        return self

    @abc.abstractmethod
    def solve(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        """All complex solutions of the system, within a hard time limit."""


def expand_lines(system: PolynomialSystem, lines: tuple[Line, ...]) -> tuple[Terms, ...]:
    """The equations and the lines, expanded exactly; error when a line is not a primitive integer polynomial."""
    elements: list[Terms] = list(system.equations)
    for number, line in enumerate(lines):
        scale = lcm(*(factor.denominator for _, multiplier in line.combination for factor, _ in multiplier))
        total: dict[Exponents, int] = {}  # times the scale
        for index, multiplier in line.combination:
            if not 0 <= index < len(elements):
                raise ValueError(f"line {number} refers to element {index}, which is not earlier")
            for factor, shift in multiplier:
                whole = factor.numerator * (scale // factor.denominator)
                for coefficient, exponents in elements[index]:
                    key = tuple(map(add, shift, exponents))
                    total[key] = total.get(key, 0) + whole * coefficient
        terms = [(c, m) for m, c in total.items() if c]
        content = gcd(*(c for c, _ in terms))
        if content != scale:
            raise ValueError(f"line {number} has content {Fraction(content, scale)}")
        terms.sort(key=lambda t: (sum(t[1]), t[1]), reverse=True)
        elements.append(tuple((c // scale, m) for c, m in terms))
    return tuple(elements)
