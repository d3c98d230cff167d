"""Systems with few solutions, in this process: starting a child and numpy would take longer than all the work.

The same search as `closure` by total degree, on rows as dictionaries, and points out of the evidence. The work is
bounded before it starts: when there are too many terms, rows or solutions the search ends without an answer, and an
engine in a child is asked.
"""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import acb, acb_poly, ctx, fmpq, fmpq_poly, fmpz_poly, nmod_mat

from exactland.engines.approximate import approximations
from exactland.engines.base import EngineAnswer, Line, PolynomialSystem, RankEvidence, Status, expand_lines
from exactland.engines.evidence import NoEvidence, build_evidence
from exactland.engines.falls import BadPrime, Row, lift, line
from exactland.engines.homotopy import chosen_groups, unsuited
from exactland.engines.infinity import Boundary, total_degrees
from exactland.engines.laws import conservation_laws
from exactland.engines.packed import Element, Packing, make_element, pack_terms
from exactland.engines.residues import NoRepresentation, Quotient

if TYPE_CHECKING:
    from exactland.engines.rur import AlgebraicOrbit

PRIME = 2**31 - 1
MAX_VARIABLES = 8
SMALL_BEZOUT, MAX_BEZOUT = 100, 5000
MAX_TERMS = 300  # of the system
MAX_BASIS = 65  # of monomials before all falls are found
MAX_POINTS = 60
MAX_WORK = 200_000  # terms of rows that are looked at, about ten million a second
WORK_OF_ROW = 50  # of a row that is looked at, as many terms
MAX_SOLVING = 1_500_000  # multiplications for the normal forms modulo one prime
MAX_LEVELS = 40
MAX_BITS = 600  # of the coefficients of a lifted fall
FEW_POINTS = 28  # of which exact points are looked for when they are not simple
SECONDS = 0.3  # for points


class GaveUp(Exception):
    """The system is not tiny."""


def suits(system: PolynomialSystem) -> bool:
    """Whether the system may be tiny, at a glance."""
    if not 1 <= len(system.variables) <= MAX_VARIABLES or len(system.variables) != len(system.equations):
        return False
    if sum(map(len, system.equations)) > MAX_TERMS or not all(total_degrees(system)):
        return False
    bezout = math.prod(total_degrees(system))
    if bezout <= SMALL_BEZOUT:
        return True  # when there are as many solutions, and too many, the basis soon shows it
    if bezout > MAX_BEZOUT or not Boundary(system, (0,) * len(system.variables)).coordinate_zeros():
        return False  # there are likely to be as many solutions as the Bezout number says
    return unsuited(system) is not None or chosen_groups(system)[1] <= SMALL_BEZOUT  # nearly as many, with groups


def search(system: PolynomialSystem) -> EngineAnswer | None:
    """The points and the evidence; None when the system is not tiny, has no solutions or infinitely many."""
    from exactland.engines.macaulay import NAME, VERSION

    start = time.monotonic()
    try:
        evidence, quotient = Tiny(system, conservation_laws(system)).run()
        points = _points(system, evidence, quotient)
    except (GaveUp, NoEvidence, BadPrime, NoRepresentation, ZeroDivisionError):
        return None
    points.sort(key=lambda p: [(round(z.real, 9), round(z.imag, 9)) for z in p])
    message = _message(evidence, len(points))
    seconds = time.monotonic() - start
    return EngineAnswer(NAME, VERSION, Status.SOLVED, tuple(points), evidence, 0, message, seconds)


def _points(system: PolynomialSystem, evidence: RankEvidence, quotient: Quotient) -> list[tuple[complex, ...]]:
    """In floating point; by way of exact points when some are multiple."""
    try:
        return approximations(system, quotient, SECONDS)
    except NoRepresentation:
        if len(evidence.basis) > FEW_POINTS:
            raise
    from exactland.engines.rur import represent

    return [point for orbit in represent(system, evidence, SECONDS) for point in of_orbit(orbit)]


def commute(matrices: list[nmod_mat] | None) -> bool:
    """Whether the matrices are there and commute; otherwise falls of a higher degree are still to come."""
    return matrices is not None and all(a * b == b * a for a, b in itertools.combinations(matrices, 2))


def _message(evidence: RankEvidence, count: int) -> str:
    rows = f"{len(evidence.lines)} lines, {len(evidence.rows)} rows, by total degree"
    multiple = "; multiple points" if count < len(evidence.basis) else ""
    return f"{count} distinct points, bound {len(evidence.basis)}, {rows}{multiple}"


def of_orbit(orbit: AlgebraicOrbit) -> list[tuple[complex, ...]]:
    """The points of an orbit in floating point."""
    with ctx.workprec(53 + 4 * max(abs(c) for c in orbit.modulus).bit_length()):
        found: list[tuple[acb, int]] = fmpz_poly(list(orbit.modulus)).complex_roots()  # type: ignore[assignment]
        polys = [acb_poly(fmpq_poly([fmpq(c.numerator, c.denominator) for c in x])) for x in orbit.coordinates]
        return [tuple(complex(p(root)) for p in polys) for root, _ in found]


@dataclass(frozen=True, eq=False)
class Kept:
    """An independent row, reduced: (row - sum of factor * earlier one) * scale has the coefficient 1 at the pivot."""

    row: Row
    pivot: int
    terms: list[tuple[int, int]]  # by places, without that of the pivot
    steps: tuple[tuple[int, int], ...]  # (number of the earlier row, factor)
    scale: int


class Tiny:
    """The search, level by level; level d holds rows whose leading monomials have degree d."""

    def __init__(self, system: PolynomialSystem, laws: tuple[Line, ...], most: int | None = None) -> None:
        n = len(system.variables)
        self.most = MAX_WORK if most is None else most
        self.system, self.lines, self.packing = system, list(laws), Packing(n)
        self.units, fields = self.packing.units(), self.packing.fields()
        self.divisors = list(zip(self.units, fields, strict=True))
        self._mask = (1 << self.units[0].bit_length() - 1) - 1  # the exponents without the degree
        self.elements: list[Element] = []
        self.modular: list[list[tuple[int, int]]] = []  # of the elements: places and coefficients
        self.costs: list[tuple[tuple[int, int], int]] = []
        for terms in expand_lines(system, laws):
            self._add(make_element(self.packing, pack_terms(self.packing, terms), PRIME))
        self.kept: list[Kept] = []
        self.index: dict[int, int] = {}  # pivot: number of the row
        self.starts: list[int] = []  # of the levels, in `kept`
        self.levels: list[list[int]] = []  # basis monomials
        self.work = 0

    def _add(self, element: Element) -> None:
        self.costs.append((element.cost, len(self.elements)))
        self.elements.append(element)
        self.modular.append([(self._place(t), c) for t, c in element.modular])

    def _place(self, monomial: int) -> int:
        """Smaller for larger monomials of the degree reverse lexicographic order, and back; additive as well."""
        return 2 * (monomial & self._mask) - monomial

    def run(self) -> tuple[RankEvidence, Quotient]:
        """Until there is a level without basis monomials, and the basis is one of a quotient; raises GaveUp."""
        while True:
            if self.advance():
                last = max(element.degree for element in self.elements)
                if len(self.levels) > last and not self.levels[-1]:
                    if len(self.basis()) > MAX_POINTS or self.is_empty:
                        raise GaveUp
                    evidence = build_evidence(self, PRIME).evidence
                    quotient = Quotient(self.system, evidence)
                    if quotient.cost > MAX_SOLVING:
                        raise GaveUp
                    if commute(quotient.matrices(PRIME)):
                        return evidence, quotient
                if len(self.levels) > MAX_LEVELS or self.is_empty or len(self.basis()) > MAX_BASIS:
                    raise GaveUp

    def advance(self) -> bool:
        """One more level; False when falls were met, which are adopted."""
        degree = len(self.levels)
        self.starts.append(len(self.kept))
        falls: dict[int, tuple[Row, list[tuple[int, int]]]] = {}  # leading monomial: row and steps
        for row in self._candidates(degree):
            terms, steps = self._reduced(row)
            if not terms:
                continue
            place = min(terms)
            lead = self._place(place)
            if self.packing.degree(lead) < degree:
                falls.setdefault(lead, (row, steps))
                continue
            scale = pow(terms[place], -1, PRIME)
            self.index[lead] = len(self.kept)
            scaled = [(t, value) for t, c in terms.items() if t != place and (value := c * scale % PRIME)]
            self.kept.append(Kept(row, lead, scaled, tuple(steps), scale))
        if falls:
            self._adopt(falls)
            return False
        border = {b + u for b in self.levels[-1] for u in self.units} if degree else {0}
        self.levels.append(sorted((m for m in border if m not in self.index and self._inner(m)), key=self.packing.key))
        return True

    def _inner(self, monomial: int) -> bool:
        """Whether all divisors of the degree below are basis monomials."""
        below = self.levels[-1] if self.levels else []
        return all(monomial - u in below for u, f in self.divisors if monomial & f)

    def _candidates(self, degree: int) -> list[Row]:
        """Elements of this degree, and the rows of the level below times variables, all of whose divisors are kept."""
        found: list[Row] = [(0, g) for g, element in enumerate(self.elements) if element.degree == degree]
        if degree:
            before = {kept.row for kept in self.kept[self.starts[degree - 1] : self.starts[degree]]}
            for m, g in {(m + u, g) for m, g in before for u in self.units}:
                if all((m - u, g) in before for u, f in self.divisors if m & f):
                    found.append((m, g))
        return sorted(found, key=lambda r: (self.costs[r[1]], self._place(r[0])))

    def _reduced(self, row: Row) -> tuple[dict[int, int], list[tuple[int, int]]]:
        """The row by places, without pivots among its leading monomials and not reduced modulo the prime but there,
        and what was subtracted.
        """
        m, g = row
        start = self._place(m)
        terms = {start + t: c for t, c in self.modular[g]}
        steps: list[tuple[int, int]] = []
        get, mask = terms.get, self._mask
        self.work += WORK_OF_ROW
        while terms:
            place = min(terms)
            factor = terms.pop(place) % PRIME
            if not factor:
                continue
            number = self.index.get(2 * (place & mask) - place)
            if number is None:
                terms[place] = factor
                break
            other = self.kept[number].terms
            self.work += len(terms) + len(other)
            if self.work > self.most:
                raise GaveUp
            for t, c in other:
                terms[t] = get(t, 0) - factor * c
            steps.append((number, factor))
        return terms, steps

    def _adopt(self, falls: dict[int, tuple[Row, list[tuple[int, int]]]]) -> None:
        """Lift the falls of the lowest degree, and go back to it."""
        degree = min(map(self.packing.degree, falls))
        for lead, (row, steps) in falls.items():
            if self.packing.degree(lead) == degree:
                modular = self._combination(row, steps, degree)
                self.work += len(modular) ** 2
                if self.work > self.most:
                    raise GaveUp
                exact, terms = lift(self.packing.degree, self.elements, modular, degree, PRIME)
                element = make_element(self.packing, terms, PRIME)
                if element.bits > MAX_BITS:
                    raise GaveUp
                self._add(element)
                self.lines.append(line(self.packing, exact))
        del self.levels[degree:], self.kept[self.starts[degree] :], self.starts[degree:]
        self.index = {kept.pivot: number for number, kept in enumerate(self.kept)}

    def _combination(self, row: Row, steps: list[tuple[int, int]], degree: int) -> dict[Row, int]:
        """The rows, with factors, whose sum has no monomials above this degree."""
        first = self.starts[degree + 1]
        factors = [0] * len(self.kept)
        for number, factor in steps:
            factors[number] -= factor
        result = {row: 1}
        for number in range(len(self.kept) - 1, first - 1, -1):
            kept = self.kept[number]
            factor = factors[number] * kept.scale % PRIME
            if factor:
                result[kept.row] = factor
                for earlier, part in kept.steps:
                    factors[earlier] -= factor * part
        return result

    # -- the end, for `evidence` -------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether 1 is reduced to 0."""
        return 0 in self.index

    def basis(self) -> list[int]:
        """All basis monomials, low degrees first."""
        return [b for level in self.levels for b in level]

    def matching(self) -> tuple[dict[int, Row], list[Row], list[int]]:
        """Pivots whose row starts with them; the other rows and the other pivots."""
        known: dict[int, Row] = {}
        rest: list[Kept] = []
        for kept in self.kept:
            if kept.steps:
                rest.append(kept)
            else:
                known[kept.pivot] = kept.row
        return known, [kept.row for kept in rest], [kept.pivot for kept in rest]
