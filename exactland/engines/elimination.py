"""Elimination of one block modulo a prime: the triangular part first, sparsely, and a dense rest.

Among the rows with the same first column one is chosen; the chosen rows are triangular and are solved by substitution.
The other rows, reduced by them, are short: they only have the columns that are first in no row, and the basis below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from flint import nmod_mat

if TYPE_CHECKING:
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[np.int64]"
CHUNK = 4_000_000
BATCH = 128
PANEL = 16


class Elimination:
    """Rows given by their terms in the columns, and a dense part behind; both are in the order of elimination."""

    def __init__(self, columns: Sequence[int], tops: list[dict[int, int]], low: Array, prime: int) -> None:
        self.prime = prime
        self.columns = list(columns)
        self.tops, self.low = tops, low
        self.index = {m: j for j, m in enumerate(self.columns)}
        self.leads: dict[int, int] = {}  # first column: row
        self.rest: list[int] = []
        for i, top in enumerate(tops):
            first = min((self.index[m] for m in top), default=-1)
            if first >= 0 and first not in self.leads:
                self.leads[first] = i
            else:
                self.rest.append(i)
        self.others = [j for j in range(len(self.columns)) if j not in self.leads]
        self.place = {j: k for k, j in enumerate(self.others)}
        self._triangular()
        self._dense()
        self.work = self._estimate()

    def _triangular(self) -> None:
        """Reduced rows with leading coefficient 1: their coefficients in the other columns and below."""
        p, first = self.prime, len(self.others)
        self.solved = np.zeros((len(self.leads), first + self.low.shape[1]), dtype=np.int64)
        self.position: dict[int, int] = {}
        for number, j in enumerate(sorted(self.leads, reverse=True)):
            i = self.leads[j]
            row = self.solved[number]
            row[first:] = self.low[i]
            sources, factors, inverse = [], [], 1
            for m, c in self.tops[i].items():
                k = self.index[m]
                if k == j:
                    inverse = pow(c, -1, p)
                elif k in self.leads:
                    sources.append(self.position[k])
                    factors.append(p - c)
                else:
                    row[self.place[k]] = c
            if sources:
                row += (self.solved[sources] * np.array(factors, dtype=np.int64)[:, None] % p).sum(axis=0)
            row %= p
            row *= inverse
            row %= p
            self.position[j] = number

    def _dense(self) -> None:
        """The other rows reduced by the triangular ones; the first independent of them; their echelon form."""
        p, first = self.prime, len(self.others)
        width = first + self.low.shape[1]
        residual = np.zeros((len(self.rest), width), dtype=np.int64)
        residual[:, first:] = self.low[self.rest]
        entries: list[tuple[int, int, int]] = []
        for k, i in enumerate(self.rest):
            for m, c in self.tops[i].items():
                j = self.index[m]
                if j in self.leads:
                    entries.append((k, self.position[j], p - c))
                else:
                    residual[k, self.place[j]] = c
        add_products(residual, entries, self.solved, p)
        kept, echelon, pivots = echelon_form(residual, p)
        order = sorted(range(len(pivots)), key=pivots.__getitem__)
        self.residual = residual[kept]
        self.kept_rest = [self.rest[k] for k in kept]
        self.echelon, self.pivots = echelon[order], [pivots[k] for k in order]

    def _estimate(self) -> int:
        """About how many nanoseconds this took; the same in every run."""
        terms, short = sum(map(len, self.tops)), self.solved.shape[1]
        dense = (len(self.kept_rest) + 64 * bool(self.kept_rest)) * short
        reductions = len(self.pivots) * len(self.tops) * short
        return int(terms * (700 + 6 * short) + 1500 * dense + 2 * reductions)

    # -- results ---------------------------------------------------------------------------------------------------

    @property
    def kept(self) -> list[int]:
        """The independent rows, in the given order."""
        return sorted([*self.leads.values(), *self.kept_rest])

    @property
    def falls(self) -> int:
        """How many combinations of the rows are zero in all columns and nonzero below."""
        return sum(1 for j in self.pivots if j >= len(self.others))

    def normal_forms(self) -> tuple[list[int], list[int], list[int], Array]:
        """Pivot columns, places below that became pivots, free columns; and the forms of the pivots, in this order.

        A form has one coefficient for each place below, then one for each free column.
        """
        p, first = self.prime, len(self.others)
        gone = set(self.pivots)
        free = [k for k in range(first) if k not in gone]
        read = [*range(first, first + self.low.shape[1]), *free]
        triangular = self.solved[:, read]
        if self.pivots:
            triangular = (triangular - product(self.solved[:, self.pivots], self.echelon[:, read], p)) % p
        order = sorted(self.leads, reverse=True)
        tops = [self.others[k] for k in self.pivots if k < first]
        lower = [k - first for k in self.pivots if k >= first]
        forms = -np.vstack([triangular, self.echelon[:, read]]) % p
        return [*order, *tops], lower, [self.others[k] for k in free], forms

    def combinations(self) -> list[tuple[dict[int, int], Array]]:
        """A basis of the combinations that are zero in all columns: the factors of the rows, the value below."""
        first, p = len(self.others), self.prime
        kernel, nullity = to_flint(self.residual[:, :first].T, p).nullspace()
        found = []
        for k in range(nullity):
            factors = {self.kept_rest[i]: c for i in range(len(self.kept_rest)) if (c := int(kernel[i, k]))}
            vector = np.array([int(kernel[i, k]) for i in range(len(self.kept_rest))], dtype=np.int64)
            value = (self.residual[:, first:] * vector[:, None] % p).sum(axis=0) % p
            found.append((self._with_triangular(factors, {}), value))
        return found

    def _with_triangular(self, factors: dict[int, int], given: dict[int, int]) -> dict[int, int]:
        """Add triangular rows so that all their first columns cancel in the combination plus a given vector."""
        p = self.prime
        total = [0] * len(self.columns)
        for m, c in given.items():
            j = self.index.get(m)
            if j is not None:
                total[j] = c
        for i, factor in factors.items():
            for m, c in self.tops[i].items():
                total[self.index[m]] += factor * c
        result = dict(factors)
        for j in sorted(self.leads):
            value = total[j] % p
            if value:
                top = self.tops[self.leads[j]]
                factor = -value * pow(top[self.columns[j]], -1, p) % p
                result[self.leads[j]] = factor
                for m, c in top.items():
                    total[self.index[m]] += factor * c
        return result

    def cancel(self, given: dict[int, int]) -> dict[int, int]:
        """Factors of the rows whose combination plus the given vector vanishes in all pivot columns."""
        p, first = self.prime, len(self.others)
        rest = np.zeros((1, first), dtype=np.int64)
        entries = []
        for m, c in given.items():
            j = self.index.get(m)
            if j is not None and j in self.leads:
                entries.append((0, self.position[j], p - c))
            elif j is not None:
                rest[0, self.place[j]] = c
        add_products(rest, entries, self.solved[:, :first], p)
        factors: dict[int, int] = {}
        tops = [k for k in self.pivots if k < first]
        if tops and rest.any():
            square = self.residual[:, tops]
            chosen = independent(square, p)
            right = to_flint(-rest[:, tops].T % p, p)
            solution = to_flint(square[chosen].T, p).solve(right)
            factors = {self.kept_rest[i]: c for k, i in enumerate(chosen) if (c := int(solution[k, 0]))}
        return self._with_triangular(factors, given)


def echelon_form(rows: Array, prime: int) -> tuple[list[int], Array, list[int]]:
    """Which rows are independent of those before them, batch by batch; their reduced form and its pivot columns, not
    in order.
    """
    kept: list[int] = []
    echelon: Array = np.zeros((0, rows.shape[1]), dtype=np.int64)
    pivots: list[int] = []
    alive = np.flatnonzero(rows.any(axis=1))
    while len(alive):
        now, alive = alive[:BATCH], alive[BATCH:]
        trial = rows[now]
        if pivots:
            trial = (trial - product(trial[:, pivots], echelon, prime)) % prime
        nonzero = trial.any(axis=1)
        now, trial = now[nonzero], trial[nonzero]
        if not len(now):
            continue
        chosen, fresh, places = _by_halves(trial, prime)
        kept.extend(now[chosen].tolist())
        if pivots:
            echelon = (echelon - product(echelon[:, places], fresh, prime)) % prime
        echelon = np.vstack([echelon, fresh])
        pivots.extend(places)
    return kept, echelon, pivots


def _by_halves(rows: Array, prime: int) -> tuple[list[int], Array, list[int]]:
    """The same for one batch: halves, so that most of the work is in matrix products."""
    if len(rows) <= PANEL:
        return _row_by_row(rows.copy(), prime)
    half = len(rows) // 2
    kept, upper, pivots = _by_halves(rows[:half], prime)
    lower = rows[half:]
    if pivots:
        lower = (lower - product(lower[:, pivots], upper, prime)) % prime
    more, lower, places = _by_halves(lower, prime)
    if pivots and places:
        upper = (upper - product(upper[:, places], lower, prime)) % prime
    return [*kept, *(half + i for i in more)], np.vstack([upper, lower]), [*pivots, *places]


def _row_by_row(rows: Array, prime: int) -> tuple[list[int], Array, list[int]]:
    """The same for a few rows, which are overwritten."""
    kept: list[int] = []
    pivots: list[int] = []
    for i in range(len(rows)):
        nonzero = np.flatnonzero(rows[i])
        if not len(nonzero):
            continue
        j = int(nonzero[0])
        rows[i, j:] = rows[i, j:] * pow(int(rows[i, j]), -1, prime) % prime
        column = rows[:, j].copy()
        column[i] = 0
        others = np.flatnonzero(column)
        if len(others):
            rows[others, j:] = (rows[others, j:] - column[others, None] * rows[i, j:]) % prime
        kept.append(i)
        pivots.append(j)
    return kept, rows[kept], pivots


def to_flint(matrix: Array, prime: int) -> nmod_mat:
    """The matrix as one of flint."""
    return nmod_mat(matrix.shape[0], matrix.shape[1], np.ascontiguousarray(matrix).ravel().tolist(), prime)


def independent(matrix: Array, prime: int) -> list[int]:
    """The first rows that span the row space."""
    return echelon_form(matrix % prime, prime)[0]


def add_products(target: Array, entries: list[tuple[int, int, int]], source: Array, prime: int) -> None:
    """Add factor * source[k] to row i of the target for all (i, k, factor), ordered by i, modulo the prime."""
    step = max(1, CHUNK // max(1, target.shape[1]))
    for start in range(0, len(entries), step):
        row, origin, factor = np.array(entries[start : start + step], dtype=np.int64).T
        products = source[origin] * factor[:, None] % prime
        starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
        target[row[starts]] += np.add.reduceat(products, starts, axis=0)
        target[row[starts]] %= prime


Halves: TypeAlias = "tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]"


def halves(matrix: Array) -> Halves:
    """The upper and the lower 16 bits in floating point."""
    return (matrix >> 16).astype(np.float64), (matrix & 0xFFFF).astype(np.float64)


def product(left: Array, right: Array | Halves, prime: int) -> Array:
    """Matrix product modulo a prime below 2^31, by halves in floating point, where all sums are exact."""
    a, b = halves(left)
    c, d = right if isinstance(right, tuple) else halves(right)
    high, low = a @ c, b @ d
    middle = ((a + b) @ (c + d) - high - low).astype(np.int64) % prime << 16
    top = high.astype(np.int64) % prime * ((1 << 32) % prime)
    return np.asarray((top + middle + low.astype(np.int64)) % prime, dtype=np.int64)
