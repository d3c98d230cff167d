"""Normal forms modulo a prime, degree by degree, with every degree fall lifted to the rationals.

Level d holds, for each class of the sign symmetries, independent rows (monomial times element) of degree exactly d,
their pivot monomials and the remaining monomials, the basis. A *fall* is a combination of rows of degree D whose
degree is less than D and which the lower levels do not reduce to zero; it is lifted exactly, becomes a new element,
and the search goes back to its degree. The search ends at the first degree that has no basis monomial.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from flint import nmod_mat

from exactland.engines.base import Line, OutOfTime, PolynomialSystem, expand_lines
from exactland.engines.elimination import Array, Elimination, Halves, add_products, halves, product
from exactland.engines.falls import BadPrime, Combination, lift, line
from exactland.engines.grading import NewtonPolytope, TotalDegree
from exactland.engines.noise import Noise
from exactland.engines.packed import Element, Packing, make_element, pack_terms
from exactland.polynomial import sign_symmetries

Row = tuple[int, int]  # (packed monomial, index of the element)

REFUSED, LONGER = 2, 4  # after so many levels all of whose falls were too long, falls so many times as long are adopted


@dataclass
class Block:
    """One class of one level: independent rows, their pivot monomials, the basis, and all rows that were tried."""

    rows: list[Row]
    pivots: list[int]  # equally many; the last ones may belong to lower levels
    basis: list[int]
    tried: list[Row]
    columns: list[int]
    part: Part


@dataclass
class Part:
    """The elimination in one class of one level."""

    rows: list[Row]
    below: list[int]  # the places of the basis monomials of lower levels, high levels first
    solved: Elimination


@dataclass
class Forms:
    """Normal forms of one class: all basis monomials so far and, for each pivot monomial, its row of coefficients."""

    basis: list[int] = field(default_factory=list)
    index: dict[int, int] = field(default_factory=dict)
    pivot: dict[int, int] = field(default_factory=dict)
    table: Array = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))


@dataclass(frozen=True)
class Fall:
    """A fall found modulo the prime: the combination, starting at degree `top`, drops to degree `degree`."""

    degree: int
    top: int
    combination: dict[Row, int]
    leading: tuple[int, ...]
    label: int


class Closure:
    """The search for one system modulo one prime."""

    def __init__(
        self,
        system: PolynomialSystem,
        prime: int,
        deadline: float,
        grading: TotalDegree | NewtonPolytope | None = None,
        bits: int = 1 << 30,
    ) -> None:
        self.system, self.prime, self.deadline, self.bits = system, prime, deadline, bits
        self.n = len(system.variables)
        self.packing = Packing(self.n)
        self.grading = TotalDegree(self.packing) if grading is None else grading
        self.level = self.grading.level
        self.units = self.packing.units()
        self.work = self.lazy = 0
        self.refused = 0  # levels, one after the other, all of whose falls were too long
        self.dropped: set[Row] = set()
        self.elements: list[Element] = []
        self.costs: list[tuple[int, int]] = []
        self.heads: list[int] = []
        for equation in system.equations:
            self._append(make_element(self.packing, pack_terms(self.packing, equation), prime))
        self.lines: list[Line] = []
        self.masks = sign_symmetries(self.n, [[m for _, m in e] for e in system.equations])
        self.levels: list[dict[int, Block]] = []
        self.forms: dict[int, Forms] = {}
        self._labels: dict[int, int] = {}
        self.log: list[str] = []

    def _append(self, element: Element) -> None:
        self.elements.append(element)
        self.costs.append(element.cost)
        self.heads.append(next(iter(element.terms), 0))

    def adopt_lines(self, lines: Sequence[Line]) -> None:
        """Make lines elements, before the first level."""
        known = len(self.system.equations)
        for terms in expand_lines(self.system, tuple(lines))[known:]:
            self._append(make_element(self.packing, pack_terms(self.packing, terms), self.prime))
        self.lines.extend(lines)

    def order(self, monomial: int) -> tuple[int, tuple[int, int]]:
        """Sort key: high levels first, then the degree reverse lexicographic order."""
        return -self.level(monomial), self.packing.key(monomial)

    # -- classes ---------------------------------------------------------------------------------------------------

    def label(self, monomial: int) -> int:
        """Class of a monomial under the sign symmetries."""
        known = self._labels.get(monomial)
        if known is None:
            odd = sum((e & 1) << i for i, e in enumerate(self.packing.unpack(monomial)))
            known = sum(((odd & mask).bit_count() & 1) << k for k, mask in enumerate(self.masks))
            self._labels[monomial] = known
        return known

    # -- one level -------------------------------------------------------------------------------------------------

    def _candidates(self, degree: int) -> dict[int, list[Row]]:
        kept = {row for block in self.levels[degree - 1].values() for row in block.rows} if degree else set()
        rows = self.grading.rows(degree, self.elements, kept, self.dropped)
        self.work += self.grading.work
        result: dict[int, list[Row]] = {}
        for m, g in sorted(rows, key=lambda r: (self.costs[r[1]], r[1], self.packing.key(r[0]))):
            label = self.label(m + self.heads[g])
            result.setdefault(label, []).append((m, g))
        return result

    def _basis_candidates(self, degree: int) -> dict[int, set[int]]:
        below = [b for block in self.levels[degree - 1].values() for b in block.basis] if degree else []
        result: dict[int, set[int]] = {}
        for m in self.grading.monomials(degree, below):
            result.setdefault(self.label(m), set()).add(m)
        return result

    def _split(self, label: int, rows: list[Row]) -> tuple[list[dict[int, int]], Array]:
        """The terms of this level in every row, and the normal forms of what is below."""
        p, forms = self.prime, self.forms.setdefault(label, Forms())
        index, pivot = forms.index, forms.pivot
        tops: list[dict[int, int]] = []
        low = np.zeros((len(rows), len(forms.basis)), dtype=np.int64)
        entries: list[tuple[int, int, int]] = []
        for i, (m, g) in enumerate(rows):
            top: dict[int, int] = {}
            for t, c in self.elements[g].modular:
                key = t + m
                if key in index:
                    low[i, index[key]] += c
                elif key in pivot:
                    entries.append((i, pivot[key], c))
                else:
                    top[key] = c
            tops.append(top)
        add_products(low, entries, forms.table, p)
        return tops, low % p

    def _reduce(self, label: int, rows: list[Row], own: set[int]) -> Part:
        if time.monotonic() > self.deadline:
            raise OutOfTime(f"at level {len(self.levels)} by {self.grading.name}")
        tops, low = self._split(label, rows)
        basis = self.forms[label].basis
        below = sorted(range(len(basis)), key=lambda j: self.order(basis[j]))
        columns = sorted(own.union(*tops), key=self.order)
        solved = Elimination(columns, tops, low[:, below], self.prime)
        self.work += solved.work + sum(map(len, tops)) * (500 + 6 * len(below))
        return Part(rows, below, solved)

    def step(self, degree: int) -> tuple[dict[int, Part], list[Fall]]:
        """The elimination at this level, class by class, and the falls."""
        candidates, own = self._candidates(degree), self._basis_candidates(degree)
        parts = {
            label: self._reduce(label, candidates.get(label, []), own.get(label, set()))
            for label in sorted(set(candidates) | set(own))
        }
        falls: list[Fall] = []
        for label, part in parts.items():
            if part.solved.falls:
                falls.extend(self._falls(label, degree, part))
        return parts, falls

    def build(self, parts: dict[int, Part]) -> None:
        """Make the eliminated parts the next level; falls turn basis monomials of lower levels into pivots."""
        level: dict[int, Block] = {}
        for label, part in parts.items():
            columns, below = part.solved.columns, part.below
            first, lower, free, forms = part.solved.normal_forms()
            block = np.zeros_like(forms)
            block[:, below] = forms[:, : len(below)]
            block[:, len(below) :] = forms[:, len(below) :]
            places = [below[k] for k in lower]
            pivots, basis = [columns[j] for j in first], [columns[j] for j in free]
            removed = [self.forms[label].basis[j] for j in places]
            kept = [part.rows[i] for i in part.solved.kept]
            level[label] = Block(kept, [*pivots, *removed], basis, part.rows, columns, part)
            self.dropped.update(set(part.rows) - set(kept))
            self._extend(label, basis, pivots, block[: len(first)])
            if removed:
                self._remove(label, removed, places, block[len(first) :])
                for other in self.levels:
                    if label in other:
                        other[label].basis = [b for b in other[label].basis if b not in set(removed)]
                self.lazy += len(removed)
        self.levels.append(level)

    def _extend(self, label: int, basis: list[int], pivots: list[int], block: Array) -> None:
        forms = self.forms.setdefault(label, Forms())
        width = len(forms.basis)
        for k, b in enumerate(basis):
            forms.index[b] = width + k
        forms.basis.extend(basis)
        old = np.zeros((forms.table.shape[0], width + len(basis)), dtype=np.int64)
        old[:, : forms.table.shape[1]] = forms.table
        for k, m in enumerate(pivots):
            forms.pivot[m] = old.shape[0] + k
        forms.table = np.vstack([old, block]) if len(pivots) else old

    def _remove(self, label: int, removed: list[int], places: list[int], block: Array) -> None:
        """Replace basis monomials by their normal forms; the rows of the block are already free of them."""
        forms, p = self.forms[label], self.prime
        block[:, places] = 0
        for k, j in enumerate(places):
            column = forms.table[:, j].copy()
            forms.table[:, j] = 0
            for i in np.flatnonzero(column):
                forms.table[i] = (forms.table[i] + column[i] * block[k]) % p
        for k, m in enumerate(removed):
            forms.pivot[m] = forms.table.shape[0] + k
        gone = set(places)
        keep = [j for j in range(len(forms.basis)) if j not in gone]
        forms.table = np.ascontiguousarray(np.vstack([forms.table, block])[:, keep])
        forms.basis = [forms.basis[j] for j in keep]
        forms.index = {b: j for j, b in enumerate(forms.basis)}

    # -- falls -----------------------------------------------------------------------------------------------------

    def _falls(self, label: int, degree: int, part: Part) -> list[Fall]:
        forms = self.forms[label]
        levels = [self.level(forms.basis[j]) for j in part.below]
        found: list[Fall] = []
        for factors, value in part.solved.combinations():
            drop = max(levels[j] for j in np.flatnonzero(value))
            leading = tuple(int(v) for v, d in zip(value, levels, strict=True) if d == drop)
            found.append(Fall(drop, degree, {part.rows[i]: c for i, c in factors.items()}, leading, label))
        return found

    def select(self, falls: list[Fall]) -> list[Fall]:
        """The falls of the lowest degree, the shortest ones first, with independent leading parts."""
        lowest = min((f.degree for f in falls), default=0)
        chosen: list[Fall] = []
        groups: dict[int, list[tuple[int, ...]]] = {}
        for fall in sorted((f for f in falls if f.degree == lowest), key=lambda f: len(f.combination)):
            kept = groups.setdefault(fall.label, [])
            trial = [*kept, fall.leading]
            if nmod_mat(len(trial), len(trial[0]), [c for v in trial for c in v], self.prime).rank() == len(trial):
                kept.append(fall.leading)
                chosen.append(fall)
        return chosen

    def complete(self, fall: Fall) -> Combination:
        """Add the rows of the levels between, so that the combination modulo the prime has degree `fall.degree`."""
        p = self.prime
        combination = dict(fall.combination)
        residual: dict[int, int] = {}

        def add(row: Row, factor: int) -> None:
            m, g = row
            for t, c in self.elements[g].modular:
                value = (residual.get(t + m, 0) + factor * c) % p
                if value:
                    residual[t + m] = value
                else:
                    residual.pop(t + m, None)

        for row, factor in combination.items():
            add(row, factor)
        for degree in range(fall.top - 1, fall.degree, -1):
            block = self.levels[degree].get(fall.label)
            if block is None or not block.pivots or not any(self.level(m) >= degree for m in residual):
                continue
            for i, factor in block.part.solved.cancel(residual).items():
                row = block.part.rows[i]
                combination[row] = (combination.get(row, 0) + factor) % p
                add(row, factor)
        if any(self.level(m) > fall.degree for m in residual):
            raise BadPrime("a fall does not reach its degree")
        return {row: c for row, c in combination.items() if c}

    def adopt(self, fall: Fall) -> bool:
        """Lift one fall and make it an element, unless its coefficients are too long."""
        try:
            exact, terms = lift(self.level, self.elements, self.complete(fall), fall.degree, self.prime)
        except (BadPrime, ZeroDivisionError) as trouble:
            if self.lazy:  # it rests on falls that were not adopted
                return False
            raise BadPrime(str(trouble)) from trouble
        element = make_element(self.packing, terms, self.prime)
        self.work += len(exact) ** 3 * (1 + element.bits // 64) + 100_000
        if element.bits > self.bits:
            return False
        self._append(element)
        self.lines.append(line(self.packing, exact))
        return True

    def _cut(self, degree: int) -> None:
        """Forget the levels from this degree on."""
        levels, self.levels, forms = self.levels[:degree], [], self.forms
        self.forms, self.dropped = {}, set()
        if self.lazy:  # they changed lower levels: start again, with the elements found so far
            self.lazy = 0
            return
        for level in levels:
            for label, block in level.items():
                kept = self.forms.get(label, Forms())
                width = len(kept.basis) + len(block.basis)
                rows = [forms[label].pivot[m] for m in block.pivots]
                table = forms[label].table[rows][:, :width] if rows else np.zeros((0, 0), dtype=np.int64)
                self._extend(label, block.basis, block.pivots, table)
                self.dropped.update(set(block.tried) - set(block.rows))
            self.levels.append(level)

    def advance(self) -> bool:
        """One more level, or a step back when a fall is adopted. True when the level is done without a fall."""
        degree = len(self.levels)
        parts, falls = self.step(degree)
        chosen = self.select([f for f in falls if self._affordable(f)])
        adopted = [f for f in chosen if self.adopt(f)]
        if adopted:
            self.log.append(
                f"level {degree}: {len(falls)} falls, adopting {len(adopted)} of level {adopted[0].degree}"
                f" with {[len(f.combination) for f in adopted]} rows"
            )
            self._cut(adopted[0].degree)
            return False
        self.build(parts)
        self.refused = self.refused + 1 if falls else 0
        if falls:
            self.log.append(f"level {degree}: {len(falls)} falls, none adopted")
        if self.refused == REFUSED:  # without the falls there may be new ones at every level
            self.bits, self.refused = LONGER * self.bits, 0
        return not falls

    def _affordable(self, fall: Fall) -> bool:
        size = sum(self.elements[g].bits for _, g in fall.combination)
        return size <= 64 * self.bits

    # -- the end ---------------------------------------------------------------------------------------------------

    @property
    def is_closed(self) -> bool:
        """Whether every multiple of a basis monomial by a variable is known."""
        if not self.levels:
            return False
        for forms in self.forms.values():
            for b in forms.basis:
                for u in self.units:
                    other = self.forms.get(self.label(b + u))
                    if other is None or (b + u not in other.index and b + u not in other.pivot):
                        return False
        return True

    @property
    def is_empty(self) -> bool:
        """Whether 1 reduces to zero: there are no solutions."""
        return bool(self.levels) and not any(0 in block.basis for block in self.levels[0].values())

    def basis(self) -> list[int]:
        """All basis monomials, low degrees first."""
        return [b for level in self.levels for _, block in sorted(level.items()) for b in block.basis]

    def is_quotient(self) -> bool:
        """Whether the basis seems to be independent modulo the ideal, modulo the prime.

        So it is when the multiplication matrices commute, which is tried on a random vector, and the equations,
        evaluated at them, vanish.
        """
        p, basis = self.prime, self.basis()
        place = {b: i for i, b in enumerate(basis)}
        size = len(basis)
        matrices: list[Halves] = []
        positions = {label: [place[b] for b in forms.basis] for label, forms in self.forms.items()}
        for u in self.units:
            matrix = np.zeros((size, size), dtype=np.int64)
            for i, b in enumerate(basis):
                if b + u in place:
                    matrix[i, place[b + u]] = 1
                else:
                    label = self.label(b + u)
                    matrix[i, positions[label]] = self.forms[label].table[self.forms[label].pivot[b + u]]
            matrices.append(halves(matrix))
        vector = Noise(13).integers(p, (1, size))
        once = [product(vector, a, p) for a in matrices]
        for (x, left), (y, right) in itertools.combinations(zip(once, matrices, strict=True), 2):
            if (product(x, right, p) != product(y, left, p)).any():
                return False
        one = np.zeros((1, size), dtype=np.int64)
        one[0, place[0]] = 1
        known = {0: one}

        def value(monomial: int) -> Array:
            if monomial not in known:
                k = next(k for k, f in enumerate(self.packing.fields()) if monomial & f)
                known[monomial] = product(value(monomial - self.units[k]), matrices[k], p)
            return known[monomial]

        for element in self.elements[: len(self.system.equations)]:
            total = np.zeros((1, size), dtype=np.int64)
            for m, c in element.modular:
                total += value(m) * c % p
            if (total % p).any():
                return False
        return True

    def matching(self) -> tuple[dict[int, Row], list[Row], list[int]]:
        """Pivot monomials whose row is known, as it starts with them; the other rows; the other pivot monomials."""
        known: dict[int, Row] = {}
        rows: list[Row] = []
        pivots: list[int] = []
        for level in self.levels:
            for block in level.values():
                solved = block.part.solved
                known.update((solved.columns[j], block.part.rows[i]) for j, i in solved.leads.items())
                rows.extend(block.part.rows[i] for i in solved.kept_rest)
                pivots.extend(m for m in block.pivots if m not in known)
        return known, rows, pivots
