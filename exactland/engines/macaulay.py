"""Our own engine: Macaulay matrices modulo a prime, exact degree falls, rank evidence, and candidates by eigenvectors.

Run as a program it reads a system as JSON on standard input and prints one answer.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exactland.engines.base import EngineAnswer, Line, OutOfTime, PolynomialSystem, RankEvidence, Status
from exactland.engines.classes import (
    FEWEST_SYMMETRIES,
    FEWEST_VARIABLES,
    MAX_VARIABLES,
    Classes,
    invariant_class,
    loss_symmetries,
)
from exactland.engines.process import ChildEngine
from exactland.engines.wire import answer_to_text, system_from_json

if TYPE_CHECKING:
    from exactland.engines.closure import Closure
    from exactland.engines.numeric import Source

NAME = "macaulay"
ORBITS = "orbits"
VERSION = "2"
SEARCH_PRIMES = (2**31 - 1, 2**31 - 19, 2**31 - 61)
# Bits of the coefficients of a lifted fall; by total degree long ones can be the only way (two quadratic neurons).
LONGEST_BY_DEGREE = 100_000
FIRST_BUDGET = 100_000_000  # about nanoseconds
MAX_DEGREE = 1000
HIGH_DEGREE = 5  # above, polytopes are tried before the total degree
MANY_PRIMES = 400
SMALL = 150  # points; for up to so many the rows are kept, as they give exact coordinates too
GROWING_BUDGET = 8 * FIRST_BUDGET
#: By total degree, rows come before levels of normal forms up to this work, and where a degree has so many monomials.
ROWS_BUDGET, ROWS_COLUMNS = 30 * FIRST_BUDGET, 4000
#: The share of the search by total degree where the degree is low.
SHARE_BY_DEGREE = 12
FEWEST_FOR_LEVELS = 4  # variables; below, rows in this process take less time than to import anything


class Macaulay(ChildEngine):
    """The built-in engine; needs nothing but numpy and python-flint."""

    name = NAME
    purpose = "linear algebra modulo a prime: the points, and the evidence that they are all"
    module = "exactland.engines.macaulay"
    orbits = levels = False
    rule: str | None = None

    def request(self, system: PolynomialSystem, seconds: float) -> dict[str, Any]:
        """Adds whether orbits are to be counted, and whether evidence by levels is wanted."""
        return {**super().request(system, seconds), "orbits": self.orbits, "levels": self.levels}

    def proving(self, rule: str | None) -> Macaulay:
        """With evidence by levels where rows would do as well."""
        found = copy(self)
        found.rule, found.levels = rule, rule == "levels"
        return found

    def is_available(self) -> bool:
        """Always: it is part of the package."""
        return True

    def at_once(self, system: PolynomialSystem) -> EngineAnswer | None:
        """In this process, with a bound on the work."""
        from exactland.engines import tiny

        if not tiny.suits(system):
            return None
        # Without rows there are no exact coordinates; where they are wanted `rule` says so.
        by_levels = self.rule in (None, "levels") and len(system.variables) >= FEWEST_FOR_LEVELS
        by_levels = by_levels and Orbits().unsuited(system) is not None  # else it was asked
        if by_levels:
            from exactland.engines import small

            found = small.search(system, NAME)
            if found is not None:
                return found
        return tiny.search(system)

    def version(self) -> str:
        """Version of the engine."""
        return VERSION


class Orbits(Macaulay):
    """The same engine in the class of the invariants of sign symmetries; only for systems that have some."""

    name = ORBITS
    purpose = "the same among the invariants of sign symmetries: one point of each orbit, and the evidence"
    orbits = True

    def at_once(self, system: PolynomialSystem) -> EngineAnswer | None:
        """In this process, with a bound on the work."""
        if self.rule not in (None, "levels") or self.unsuited(system) is not None:
            return None
        from exactland.engines import small

        return small.search(system) if small.suits(system) else None

    def unsuited(self, system: PolynomialSystem) -> str | None:
        """Small systems, and few symmetries, which have many invariants, are left to the engine without orbits."""
        if not FEWEST_VARIABLES <= len(system.variables) <= MAX_VARIABLES:
            return "too few or too many variables to count orbits"
        return "few sign symmetries" if len(loss_symmetries(system)) < FEWEST_SYMMETRIES else None


def search(system: PolynomialSystem, seconds: float, orbits: bool = False, levels: bool = False) -> EngineAnswer:
    """Solve in this process."""
    answer = _search(system, seconds, orbits, levels)
    return replace(answer, engine=ORBITS) if orbits else answer


def _search(system: PolynomialSystem, seconds: float, orbits: bool, levels: bool) -> EngineAnswer:
    trivial = _trivial(system)
    if trivial is not None:
        return trivial
    from exactland.engines.evidence import NoEvidence
    from exactland.engines.falls import BadPrime
    from exactland.engines.flow import positive_dimension

    if max(sum(m) for equation in system.equations for _, m in equation) > MAX_DEGREE:
        return _answer(Status.FAILED, message=f"a degree above {MAX_DEGREE}")
    deadline = time.monotonic() + seconds
    moving = positive_dimension(system)
    if moving is not None:
        return _answer(Status.POSITIVE_DIMENSIONAL, dimension=moving[0], message=moving[1])
    troubles: list[str] = []
    for prime in SEARCH_PRIMES:
        try:
            return _attempt(system, prime, deadline, orbits, levels)
        except OutOfTime as trouble:
            return _answer(Status.TIMED_OUT, message=str(trouble))
        except (BadPrime, NoEvidence) as trouble:
            troubles.append(f"prime {prime}: {trouble}")
    return _answer(Status.FAILED, message="; ".join(troubles))


def _attempt(system: PolynomialSystem, prime: int, deadline: float, orbits: bool, levels: bool) -> EngineAnswer:
    """Searches with several gradings, in turn, each with a budget that doubles from round to round."""
    from exactland.engines.grading import TooLarge
    from exactland.engines.levels import TooLarge as TooManyEquations

    searches: list[_Search] = []
    growing: EngineAnswer | None = None
    budget = FIRST_BUDGET
    while searches or budget == FIRST_BUDGET:
        first = budget == FIRST_BUDGET
        for search in _searches(system, prime, deadline, orbits, levels) if first else list(searches):
            if first:
                searches.append(search)
            try:
                while search.work < budget * search.weight:
                    if search.advance():
                        return search.finish()
                    if search.growing is not None:
                        break
            except (TooLarge, TooManyEquations, MemoryError):
                searches.remove(search)
                continue
            if search.growing is not None:
                growing = search.growing
                searches.remove(search)
        if growing is not None and (len(searches) == 0 or budget >= GROWING_BUDGET):
            return growing
        budget *= 2
    return _answer(Status.FAILED, message="too many monomials")


def _searches(system: PolynomialSystem, prime: int, deadline: float, orbits: bool, levels: bool) -> Iterator[_Search]:
    """The searches, the most promising first; each is prepared when it is its turn."""
    from exactland.engines.closure import Closure
    from exactland.engines.grading import TotalDegree, monotone_polytope, newton_polytope
    from exactland.engines.laws import conservation_laws
    from exactland.engines.packed import Packing

    packing = Packing(len(system.variables))
    degree = max((sum(m) for equation in system.equations for _, m in equation), default=0)

    def by_degree() -> Iterator[_Search]:
        closure = Closure(system, prime, deadline, TotalDegree(packing), LONGEST_BY_DEGREE)
        closure.adopt_lines(conservation_laws(system))
        classes = invariant_class(packing, system) if orbits else Classes(packing, closure.masks)
        if classes is not None:
            share = SHARE_BY_DEGREE if degree <= HIGH_DEGREE and not orbits else 1
            yield _LevelSearch(closure, share, classes, rows_first=not (orbits or levels))

    def by_polytopes() -> Iterator[_Search]:
        for polytope, share in ((newton_polytope, 1), (monotone_polytope, 2)):
            grading = polytope(packing, system)
            if grading is not None:
                yield _Search(Closure(system, prime, deadline, grading, 256), min(share, 1 + degree // 6))

    if degree <= HIGH_DEGREE or orbits:
        yield from by_degree()
    if not orbits:
        yield from by_polytopes()
    if degree > HIGH_DEGREE and not orbits:
        yield from by_degree()


class _Search:
    """One search, its share of the work, and whether its basis seems to grow for ever."""

    def __init__(self, closure: Closure, share: int) -> None:
        self.closure = closure
        self.share = share
        self.steady = 0  # the first level since the last fall
        self.growing: EngineAnswer | None = None

    @property
    def work(self) -> int:
        """About how many nanoseconds it took so far."""
        return self.closure.work

    @property
    def weight(self) -> int:
        """A search without a fall, not by degree, is likely to end soon."""
        closure = self.closure
        regular = not closure.lines and not closure.lazy and closure.grading.name == "Newton polytope"
        return 3 * self.share if regular else self.share

    def advance(self) -> bool:
        """One more level; whether the search is at its end."""
        from exactland.engines.grading import TotalDegree

        closure = self.closure
        if not closure.advance():
            self.steady = len(closure.levels)
        if closure.is_empty or (closure.is_closed and closure.is_quotient()):
            return True
        if isinstance(closure.grading, TotalDegree):
            growth = [sum(len(block.basis) for block in level.values()) for level in closure.levels]
            self.watch(growth, max([self.steady, *(e.degree for e in closure.elements)]))
        return False

    def watch(self, growth: list[int], start: int, step: int = 1) -> None:
        """Whether the basis, from the level `start` on, grows as for a positive-dimensional set."""
        steady = [sum(growth[i : i + step]) for i in range(start, len(growth) - step + 1, step)]
        dimension = growth_dimension(steady, self.closure.n)
        if dimension is not None:
            message = (
                f"the number of basis monomials per degree, {', '.join(map(str, growth[start:]))} from degree "
                f"{start} on, grows like that of a set of dimension {dimension}, without a degree fall"
            )
            self.growing = _answer(Status.POSITIVE_DIMENSIONAL, dimension=dimension, message=message)

    def finish(self) -> EngineAnswer:
        """The evidence and the candidates."""
        from exactland.engines.evidence import build_evidence
        from exactland.engines.numeric import reduction_source

        closure = self.closure
        reduction = build_evidence(closure, closure.prime)
        evidence = reduction.evidence
        if closure.is_empty:
            return _answer(Status.NO_SOLUTIONS, rank=evidence, message="1 is in the ideal")
        how = f"{len(evidence.lines)} lines, {len(evidence.rows)} rows, by {closure.grading.name}"
        answer, missing = _listed(closure, reduction_source(closure, reduction), how)
        if missing and len(evidence.basis) <= SMALL:
            answer = _by_primes(closure, evidence, how) or answer
        return replace(answer, rank=evidence)


class _LevelSearch(_Search):
    """By total degree: rows while they are few, then levels of normal forms, for which the rows find and lift the
    falls. Small systems are finished by rows.
    """

    def __init__(self, closure: Closure, share: int, classes: Classes, rows_first: bool) -> None:
        super().__init__(closure, share)
        self.classes = classes
        self.spent = 0
        self.by_rows = self.few = rows_first
        self._begin()

    def _begin(self) -> None:
        from exactland.engines.levels import Levels, Modular

        closure = self.closure
        elements, degrees = [e.modular for e in closure.elements], [e.degree for e in closure.elements]
        self.levels = Levels(self.classes, elements, degrees, Modular(closure.prime), closure.deadline)
        self.tried = False  # whether the points were looked for before the levels were known to be enough
        self.answer: EngineAnswer | None = None
        self.answered = 0  # the bound then

    @property
    def work(self) -> int:
        return self.closure.work + self.spent + self.levels.work

    def advance(self) -> bool:
        if self.few and not self._few():
            self.few = self.by_rows = False
            self._begin()
        if self.by_rows:
            return super().advance()
        levels = self.levels
        if levels.advance():
            if levels.reaches and not self.tried:
                return self._close()
            if levels.is_closed:
                return not self._finished_by_rows()
            step = 2 if self.classes.invariant else 1
            start = max(levels.starting, default=0)
            self.watch([len(level.basis) for level in levels.levels], start + start % step, step)
            return False
        closure, known = self.closure, len(self.closure.elements)
        while len(closure.elements) == known:
            if closure.is_closed or closure.is_empty or closure.lazy:  # what is left needs the rows
                self.by_rows = True
                return closure.is_empty or (closure.is_closed and closure.is_quotient())
            closure.advance()
        self.spent += levels.work
        self._begin()
        return False

    def _close(self) -> bool:
        """Before it is certain that no other level reduces the basis: whether as many points as there are basis
        monomials show it.
        """
        self.tried = True
        if not self.levels.commutes() or self._finished_by_rows():
            return False
        self.answer, missing = self._by_levels()
        self.answered = len(self.levels.order)
        return not missing

    def _finished_by_rows(self) -> bool:
        """Small systems are finished by rows."""
        self.by_rows = not self.classes.invariant and len(self.levels.order) <= SMALL
        return self.by_rows

    def _few(self) -> bool:
        """Whether the next level has few rows."""
        closure, degree = self.closure, len(self.closure.levels)
        return closure.work < ROWS_BUDGET and math.comb(closure.n + degree - 1, degree) <= ROWS_COLUMNS

    def finish(self) -> EngineAnswer:
        from exactland.engines.evidence import level_evidence

        levels = self.levels
        if self.by_rows:
            answer = super().finish()
            enough = levels.reaches and levels.commutes()
            return replace(answer, levels=level_evidence(self.closure, levels)) if enough else answer
        if self.answer is not None and self.answered == len(levels.order):
            return self.answer  # nothing has changed since: the points that were missing would be missing again
        return self._by_levels()[0]

    def _by_levels(self) -> tuple[EngineAnswer, int]:
        """The answer out of the levels, and how many points are missing."""
        from exactland.engines.evidence import level_evidence
        from exactland.engines.numeric import level_source

        closure, levels = self.closure, self.levels
        evidence = level_evidence(closure, levels)
        how = f"{len(evidence.lines)} lines, {levels.needed} levels of normal forms"
        answer, missing = _listed(closure, level_source(closure, levels), how)
        return replace(answer, levels=evidence), missing


def _listed(closure: Closure, source: Source, how: str) -> tuple[EngineAnswer, int]:
    """The answer with the candidates from this source, and how many points are missing."""
    from exactland.engines.numeric import candidates

    points, count = candidates(closure.system, source, closure.deadline)
    what = "orbits" if source.classes.invariant else "points"
    message = f"{count} distinct {what}, bound {source.bound}, {how}"
    if count < source.bound:
        message += f"; multiple points, or points not refined ({len(points) - count} further candidates listed)"
    if not len(points):
        return _answer(Status.FAILED, message="no point converged; " + message), source.bound
    listed = tuple(sorted((tuple(complex(z) for z in p) for p in points), key=_point_key))
    return _answer(Status.SOLVED, points=listed, dimension=0, message=message), source.bound - count


def _by_primes(closure: Closure, evidence: RankEvidence, how: str) -> EngineAnswer | None:
    """Where floating point loses all digits, as with a tiny ridge: the points from a representation modulo many primes.

    None when there are multiple points.
    """
    from exactland.engines.approximate import approximations
    from exactland.engines.residues import NoRepresentation, Quotient

    left = closure.deadline - time.monotonic()
    try:
        points = approximations(closure.system, Quotient(closure.system, evidence), left, MANY_PRIMES)
    except NoRepresentation:
        return None
    message = f"{len(points)} distinct points modulo primes, bound {len(evidence.basis)}, {how}"
    return _answer(Status.SOLVED, tuple(sorted(points, key=_point_key)), dimension=0, message=message)


def growth_dimension(counts: list[int], n: int) -> int | None:
    """Dimension of a solution set whose basis monomials per degree follow a polynomial of low degree, None otherwise.

    The counts of a complete intersection without points at infinity are piecewise polynomials of degree n - 1, so that
    degree is left out. A sign, not a proof: falls of a higher degree may still come.
    """
    for degree in range(n - 1):
        window = counts[-(degree + 5) :]
        if len(window) < degree + 5:
            return None
        for _ in range(degree):
            window = [b - a for a, b in pairwise(window)]
        if window[0] > 0 and all(v == window[0] for v in window):
            return degree + 1
    return None


def _point_key(point: tuple[complex, ...]) -> tuple[tuple[float, float], ...]:
    return tuple((round(z.real, 9), round(z.imag, 9)) for z in point)


def _trivial(system: PolynomialSystem) -> EngineAnswer | None:
    n = len(system.variables)
    zero = (0,) * n
    for g, equation in enumerate(system.equations):
        if len(equation) == 1 and equation[0][1] == zero:
            # The line says that 1 is a rational multiple of this equation.
            line = Line(((g, ((Fraction(1, equation[0][0]), zero),)),))
            evidence = RankEvidence((line,), ((len(system.equations), zero),), (), SEARCH_PRIMES[0])
            return _answer(Status.NO_SOLUTIONS, rank=evidence, message=f"equation {g} is a nonzero constant")
    if n == 0:
        evidence = RankEvidence((), (), ((),), SEARCH_PRIMES[0])
        return _answer(Status.SOLVED, points=((),), rank=evidence, dimension=0, message="no variables")
    if sum(1 for equation in system.equations if equation) < n:
        missing = [i for i, equation in enumerate(system.equations) if not equation]
        message = f"fewer than {n} equations that are not zero (zero: {missing})"
        return _answer(Status.POSITIVE_DIMENSIONAL, message=message)
    return None


def _answer(
    status: Status,
    points: tuple[tuple[complex, ...], ...] = (),
    rank: RankEvidence | None = None,
    dimension: int | None = None,
    message: str = "",
) -> EngineAnswer:
    return EngineAnswer(NAME, VERSION, status, points, rank, dimension, message)


def main() -> int:
    """Read a request, print an answer."""
    import json

    from exactland.engines.child import clean_output

    with clean_output() as output:
        request = json.loads(sys.stdin.buffer.read())
        wishes = request["orbits"] is True, request["levels"] is True
        answer = search(system_from_json(request["system"]), float(request["seconds"]), *wishes)
        output.write(answer_to_text(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
