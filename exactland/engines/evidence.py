"""From a closed search to the evidence of the rank rule: the few rows that the basis needs, nearly triangular.

The independent rows of the search and their pivot monomials form a nonsingular square matrix. A set of rows is
*closed* when every monomial of its rows that is no basis monomial is matched to one of its rows; closed sets are
again square and nonsingular, and the smallest one that contains the border of the basis is what a graph search from
the border finds. Its strongly connected components, sources first, give the order: a column whose row stands alone
in its component never occurs in a later row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from exactland.engines.base import (
    MERSENNE_PRIMES,
    LevelEquation,
    LevelEvidence,
    Line,
    PolynomialSystem,
    RankEvidence,
)
from exactland.engines.packed import Element, Packing
from exactland.engines.rank import check_rank

if TYPE_CHECKING:
    from exactland.engines.classes import Classes, Level

Row = tuple[int, int]


class Closed(Protocol):
    """A search at its end: a basis, rows that reduce everything else, and the elements that the rows belong to."""

    system: PolynomialSystem
    packing: Packing
    elements: list[Element]
    lines: list[Line]

    @property
    def is_empty(self) -> bool:
        """Whether there are no solutions."""

    def basis(self) -> list[int]:
        """The basis monomials."""

    def matching(self) -> tuple[dict[int, Row], list[Row], list[int]]:
        """Pivot monomials whose row is known, as it starts with them; the other rows; the other pivot monomials."""


class Found(Protocol):
    """A search modulo a prime, with the lines that are elements behind the equations of the system."""

    system: PolynomialSystem
    lines: list[Line]
    prime: int


class Levelled(Protocol):
    """A closed search by levels."""

    classes: Classes
    levels: list[Level]

    @property
    def needed(self) -> int:
        """The number of levels up to the products of multipliers and basis monomials."""


class NoEvidence(ArithmeticError):
    """The rows of the search do not satisfy the rank rule."""


@dataclass(frozen=True, eq=False)
class Reduction:
    """The evidence, and the order in which it can be solved: components of rows and their columns, sources first."""

    evidence: RankEvidence
    basis: tuple[int, ...]
    components: tuple[tuple[tuple[Row, ...], tuple[int, ...]], ...]


def build_evidence(closure: Closed, prime: int | None = None) -> Reduction:
    """Evidence for a closed search; raises NoEvidence.

    It is verified by `check_rank`, unless the search was modulo one of the primes of the checker: its rows are
    independent modulo that prime, and those that are taken are closed.
    """
    packing = closure.packing
    basis = [] if closure.is_empty else closure.basis()
    inside = set(basis)
    targets = {b + u for b in basis for u in packing.units()} - inside if basis else {0}
    components = _minimal_rows(closure, targets, inside)
    rows = [row for part, _ in components for row in part]
    used, lines = _needed_lines(len(closure.system.equations), closure.lines, {g for _, g in rows})
    exponents = tuple((used[g], packing.unpack(m)) for m, g in rows)
    base = tuple(packing.unpack(b) for b in basis)
    if prime in MERSENNE_PRIMES:
        return Reduction(RankEvidence(lines, exponents, base, prime), tuple(basis), components)
    problem = ""
    for candidate in MERSENNE_PRIMES:
        evidence = RankEvidence(lines, exponents, base, candidate)
        found = check_rank(closure.system, evidence)
        if found is None:
            return Reduction(evidence, tuple(basis), components)
        problem = found
    raise NoEvidence(problem)


def level_evidence(closure: Found, levels: Levelled) -> LevelEvidence:
    """Evidence for a closed search by levels, with the elements of `closure`."""
    packing, classes = levels.classes.packing, levels.classes
    elements = {e.element for level in levels.levels for e in level.equations if e.element is not None}
    used, lines = _needed_lines(len(closure.system.equations), closure.lines, elements)
    found = tuple(
        (
            tuple(packing.unpack(b) for b in level.basis),
            tuple(
                LevelEquation(packing.unpack(e.monomial), None if e.element is None else used[e.element], e.ways)
                for e in level.equations
            ),
        )
        for level in levels.levels[: levels.needed]
    )
    masks = classes.masks if classes.invariant else ()
    signs = tuple(tuple(-1 if mask >> i & 1 else 1 for i in range(packing.n)) for mask in masks)
    multipliers = tuple(packing.unpack(u) for u in classes.generators)
    prime = closure.prime if closure.prime in MERSENNE_PRIMES else MERSENNE_PRIMES[-1]
    return LevelEvidence(lines, multipliers, found, prime, signs)


def _minimal_rows(
    closure: Closed, targets: set[int], inside: set[int]
) -> tuple[tuple[tuple[Row, ...], tuple[int, ...]], ...]:
    """Rows of the smallest closed set that contains the targets, with their matched columns, in elimination order."""
    matched = _perfect_matching(closure.elements, *closure.matching())
    successors: dict[int, list[int]] = {}
    pending = sorted(targets, key=closure.packing.key)
    while pending:
        column = pending.pop()
        if column in successors:
            continue
        if column not in matched:
            raise NoEvidence("a border monomial is not reduced")
        m, g = matched[column]
        successors[column] = [m + t for t in closure.elements[g].terms if m + t not in inside and m + t != column]
        pending.extend(successors[column])
    ordered = [_arrange(component, successors) for component in reversed(_components(successors))]
    return tuple((tuple(matched[c] for c in part), tuple(part)) for part in ordered)


def _perfect_matching(
    elements: list[Element], known: dict[int, Row], rows: list[Row], pivots: list[int]
) -> dict[int, Row]:
    """Match every pivot monomial to a row in which it occurs, by augmenting paths from the known matches."""
    wanted = {*known, *pivots}
    owner = dict(known)
    choices: dict[Row, list[int]] = {}

    def columns(row: Row) -> list[int]:
        if row not in choices:
            m, g = row
            choices[row] = [m + t for t, _ in elements[g].modular if m + t in wanted]
        return choices[row]

    for start in rows:
        # Breadth-first search for an augmenting path; the column by which a row was reached leads back.
        parent: dict[int, Row] = {}
        reached: dict[Row, int] = {}
        queue, end = [start], None
        for row in queue:
            for column in columns(row):
                if column in parent:
                    continue
                parent[column] = row
                if column not in owner:
                    end = column
                    break
                queue.append(owner[column])
                reached[owner[column]] = column
            if end is not None:
                break
        while end is not None:
            row = parent[end]
            owner[end] = row
            end = reached.get(row)
    if len(owner) != len(known) + len(rows):
        raise NoEvidence("the rows have no perfect matching")
    return owner


def _components(successors: dict[int, list[int]]) -> list[list[int]]:
    """Strongly connected components, sinks first (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    result: list[list[int]] = []
    for root in successors:
        if root in index:
            continue
        work = [(root, iter(successors[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, children = work[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(successors[child])))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        other = stack.pop()
                        on_stack.discard(other)
                        component.append(other)
                        if other == node:
                            break
                    result.append(component)
    return result


def _arrange(component: list[int], successors: dict[int, list[int]]) -> list[int]:
    """Order inside a component: rows whose columns occur in few rows, and short rows, come first."""
    if len(component) == 1:
        return component
    members = set(component)
    count = dict.fromkeys(component, 1)
    width = dict.fromkeys(component, 1)
    for c in component:
        for other in successors[c]:
            if other in members:
                count[other] += 1
                width[c] += 1
    return sorted(component, key=lambda c: (count[c] * width[c], -c))


def _needed_lines(equations: int, lines: list[Line], used: Iterable[int]) -> tuple[dict[int, int], tuple[Line, ...]]:
    """The lines that the rows need, with the new index of every element."""
    needed = {g for g in used if g >= equations}
    for g in range(equations + len(lines) - 1, equations - 1, -1):
        if g in needed:
            needed.update(h for h, _ in lines[g - equations].combination if h >= equations)
    renamed = {g: g for g in range(equations)}
    kept: list[Line] = []
    for g in sorted(needed):
        combination = lines[g - equations].combination
        renamed[g] = equations + len(kept)
        kept.append(Line(tuple((renamed[h], multiplier) for h, multiplier in combination)))
    return renamed, tuple(kept)
