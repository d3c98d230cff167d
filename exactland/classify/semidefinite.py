"""Positive semidefinite matrices under linear conditions: numerical centre, rational rounding, exact LDL^T.

The unknown is a symmetric matrix in diagonal blocks. Floating point only guides the search: `rounded` and `decompose`
hold exactly.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat, nmod_mat

from exactland.classify._tools import null_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
Matrix = list[list[fmpq]]
_PRIME = (1 << 61) - 1
_KERNEL_NOISE = 0.03
_SINGULAR = 1e-7  # least eigenvalue beside a diagonal of about 1
_MAXIMUM_EXACT_SYSTEM = 500
_ROUNDING_BITS = (1, 2, 4, 7, 11, 17, 26, 40)


@dataclass(frozen=True)
class Conditions:
    """sum_(i<=j) rows[m][i, j] * G_ij = right[m] for a symmetric G, one entry of `scale` for each of its rows."""

    rows: tuple[dict[tuple[int, int], fmpq], ...]
    right: tuple[fmpq, ...]
    scale: tuple[int, ...]  # G_ij is searched as 2^(-s_i - s_j) * (number near 1)

    @property
    def size(self) -> int:
        return len(self.scale)

    @property
    def units(self) -> Array:
        """G_ij = units_i * units_j * (scaled unknown)_ij."""
        units: Array = np.exp2(-np.array(self.scale, dtype=float))
        return units


@dataclass(frozen=True)
class Centre:
    """The end of the numerical search: a positive definite matrix and the relative residual of the conditions."""

    matrix: Array
    residual: float


@dataclass(frozen=True)
class Dense:
    """Conditions in floating point, each of norm 1, in the scaled unknowns; `offsets` bound the diagonal blocks."""

    stacks: tuple[Array, ...]
    right: Array
    offsets: tuple[int, ...]


def dense(conditions: Conditions, offsets: Sequence[int]) -> Dense:
    """The conditions as symmetric matrices, block by block; no condition has an entry between two blocks."""
    count, units = len(conditions.rows), conditions.units
    stacks = [np.zeros((count, b - a, b - a)) for a, b in pairwise(offsets)]
    block_of = [k for k, (a, b) in enumerate(pairwise(offsets)) for _ in range(a, b)]
    for m, row in enumerate(conditions.rows):
        for (i, j), c in row.items():
            start, stack = offsets[block_of[i]], stacks[block_of[i]]
            value = float(c) * units[i] * units[j] / (1 if i == j else 2)
            stack[m, i - start, j - start] = stack[m, j - start, i - start] = value
    norms = np.sqrt(np.sum([(s * s).sum(axis=(1, 2)) for s in stacks], axis=0))
    right = np.array([float(v) for v in conditions.right])
    return Dense(tuple(s / norms[:, None, None] for s in stacks), right / norms, tuple(offsets))


def centre(given: Dense, start: float, steps: int, deadline: float = math.inf) -> Centre | None:
    """Infeasible-start Newton for max log det of all blocks subject to the conditions, with centring steps in between,
    from `start` times the identity; None when a linear system on the way is singular.
    """
    try:
        blocks, residual = _newton(given, start, steps, deadline)
    except np.linalg.LinAlgError:
        return None
    whole = np.zeros((given.offsets[-1], given.offsets[-1]))
    for (a, b), block in zip(pairwise(given.offsets), blocks, strict=True):
        whole[a:b, a:b] = block
    return Centre(whole, residual)


def _newton(given: Dense, start: float, steps: int, deadline: float) -> tuple[list[Array], float]:
    stacks, right, count = given.stacks, given.right, len(given.right)
    flats = [s.reshape(count, -1) for s in stacks]
    norm = 1.0 + float(np.linalg.norm(right))
    xs = [start * np.eye(s.shape[1]) for s in stacks]
    stalled, centring, residual = 0, False, 1.0
    for _ in range(steps):
        if time.monotonic() > deadline:
            break
        lowers = [np.linalg.cholesky(x) for x in xs]
        moved = [(low.T @ s @ low).reshape(count, -1) for low, s in zip(lowers, stacks, strict=True)]
        value = _applied(flats, xs)
        target = value if centring else right
        schur = np.zeros((count, count))
        for m in moved:
            schur += m @ m.T
        schur[np.diag_indices(count)] += 1e-14 * np.trace(schur) / max(count, 1)
        multiplier = np.linalg.solve(schur, 2 * value - target)
        directions = [np.eye(x.shape[0]) - (multiplier @ m).reshape(x.shape) for x, m in zip(xs, moved, strict=True)]
        least = min((float(np.linalg.eigvalsh(d)[0]) for d in directions if d.size), default=0.0)
        step = 1.0 if least > -0.9 else 0.8 / -least
        decrement = float(np.sqrt(sum(float((d * d).sum()) for d in directions)))
        if centring:
            step = min(step, 1.0 if decrement < 0.7 else 1.0 / (1.0 + decrement) + 0.3)
            if least < 0:
                step = min(step, 0.95 / -least)
        xs = [x + step * (low @ d @ low.T) for x, low, d in zip(xs, lowers, directions, strict=True)]
        xs = [(x + x.T) / 2 for x in xs]
        if min(float(np.linalg.eigvalsh(x)[0]) for x in xs if x.size) <= 0:
            break
        after = _applied(flats, xs)
        residual = float(np.linalg.norm(after - right)) / norm
        if residual < 1e-11:
            centring = False
            if decrement < 1e-3:
                break
            continue
        if not centring:
            stalled = stalled + 1 if step < 0.03 else 0
            if stalled >= 12:
                break
        centring = step < 1.0 if not centring else decrement > 0.5
    return xs, residual


def _applied(flats: Sequence[Array], xs: Sequence[Array]) -> Array:
    """The left sides of all conditions."""
    total: Array = np.zeros(flats[0].shape[0])
    for f, x in zip(flats, xs, strict=True):
        total += f @ x.ravel()
    return total


class _Projection:
    """The exact orthogonal projection onto what satisfies the conditions; entries outside all of them stay."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.weight = [{(i, j): c / (1 if i == j else 2) for (i, j), c in row.items()} for row in conditions.rows]
        users: dict[tuple[int, int], list[int]] = {}
        for m, row in enumerate(conditions.rows):
            for place in row:
                users.setdefault(place, []).append(m)
        inner: dict[tuple[int, int], fmpq] = {}
        for place, rows in users.items():
            for m in rows:
                for other in rows:
                    value = conditions.rows[m][place] * self.weight[other][place]
                    inner[m, other] = inner.get((m, other), fmpq(0)) + value
        self.diagonal = all(len(rows) == 1 for rows in users.values())
        self.inner = inner
        self.independent: list[int] = []
        if not self.diagonal:
            count = len(conditions.rows)
            modular = nmod_mat(count, count, _PRIME)
            for (m, other), value in inner.items():
                modular[m, other] = int(value.p) * pow(int(value.q), -1, _PRIME)
            reduced, rank = modular.rref()
            for row_index in range(rank):
                start = self.independent[-1] + 1 if self.independent else 0
                self.independent.append(next(j for j in range(start, count) if int(reduced[row_index, j]) != 0))

    @cached_property
    def matrix(self) -> fmpq_mat:
        """The inner products of the independent conditions."""
        place = {m: k for k, m in enumerate(self.independent)}
        result = fmpq_mat(len(place), len(place))
        for (m, other), value in self.inner.items():
            if m in place and other in place:
                result[place[m], place[other]] = value
        return result

    def multipliers(self, defect: list[fmpq]) -> dict[int, fmpq] | None:
        """What to add of every condition; conditions that depend on the others are left out."""
        if self.diagonal:
            return {m: d / self.inner[m, m] for m, d in enumerate(defect) if d != 0}
        chosen = self.independent
        if len(chosen) > _MAXIMUM_EXACT_SYSTEM:
            return None
        try:
            solved = self.matrix.solve(fmpq_mat([[defect[m]] for m in chosen]))
        except ZeroDivisionError:
            return None
        return {m: solved[k, 0] for k, m in enumerate(chosen)}

    def apply(self, guess: Matrix) -> Matrix | None:
        """The nearest matrix that satisfies the conditions."""
        defect = [
            b - sum((c * guess[i][j] for (i, j), c in row.items()), fmpq(0))
            for row, b in zip(self.conditions.rows, self.conditions.right, strict=True)
        ]
        factors = self.multipliers(defect)
        if factors is None:
            return None
        result = [list(row) for row in guess]
        for m, factor in factors.items():
            for (i, j), w in self.weight[m].items():
                result[i][j] += factor * w
                if i != j:
                    result[j][i] = result[i][j]
        return result


def decompose(gram: Matrix) -> list[tuple[fmpq, list[fmpq]]] | None:
    """Exact LDL^T: G = sum d * v v^T with d > 0, or None when G is not positive semidefinite."""
    n = len(gram)
    a = [list(row) for row in gram]
    parts: list[tuple[fmpq, list[fmpq]]] = []
    for k in range(n):
        pivot = a[k][k]
        if pivot < 0:
            return None
        if pivot == 0:
            if any(a[k][j] != 0 for j in range(k, n)):
                return None
            continue
        vector = [fmpq(0)] * k + [a[k][j] / pivot for j in range(k, n)]
        parts.append((pivot, vector))
        for i in range(k + 1, n):
            if vector[i] != 0:
                factor = a[k][i]
                for j in range(i, n):
                    if vector[j] != 0:
                        a[i][j] -= factor * vector[j]
                        a[j][i] = a[i][j]
    return parts


def short_parts(gram: Matrix) -> list[tuple[fmpq, list[fmpq]]] | None:
    """The same as `decompose` with shorter numbers, for positive definite matrices: columns of a rounded factor, and
    what is left over, which is diagonally dominant, entry by entry. None when the matrix is too close to singular.
    """
    n = len(gram)
    if any(gram[i][i] <= 0 for i in range(n)):
        return None
    shifts = [round(math.log2(float(gram[i][i])) / 2) for i in range(n)]
    units = [fmpq(1 << s) if s >= 0 else fmpq(1, 1 << -s) for s in shifts]
    scaled = [[c / (u * v) for c, v in zip(row, units, strict=True)] for row, u in zip(gram, units, strict=True)]
    floating = np.array([[float(c) for c in row] for row in scaled])
    least = float(np.linalg.eigvalsh(floating)[0])
    if least < _SINGULAR:
        return None
    bits = math.ceil(math.log2(16 * n * n / least))
    factor = np.linalg.cholesky(floating - least / 2 * np.eye(n))
    rows = [[fmpq(round(float(c) * (1 << bits)), 1 << bits) for c in row[: i + 1]] for i, row in enumerate(factor)]
    rest = [list(row) for row in scaled]
    for i in range(n):
        for j in range(i + 1):
            rest[i][j] -= sum((a * b for a, b in zip(rows[i], rows[j], strict=False)), fmpq(0))
    parts = [(fmpq(1), [fmpq(0)] * j + [rows[i][j] * units[i] for i in range(j, n)]) for j in range(n)]
    diagonal = [rest[i][i] for i in range(n)]
    for i in range(n):
        for j in range(i):
            if rest[i][j] != 0:
                size = abs(rest[i][j])
                vector = [fmpq(0)] * n
                vector[i], vector[j] = units[i], units[j] if rest[i][j] > 0 else -units[j]
                parts.append((size, vector))
                diagonal[i] -= size
                diagonal[j] -= size
    if min(diagonal) < 0:
        return None
    parts += [(d, [units[i] if k == i else fmpq(0) for k in range(n)]) for i, d in enumerate(diagonal) if d > 0]
    return parts


def _guess(conditions: Conditions, numeric: Array, bits: int) -> Matrix:
    size = conditions.size
    unit = 1 << bits
    guess = [[fmpq(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            shift = conditions.scale[i] + conditions.scale[j]
            scale = fmpq(1, 1 << shift) if shift >= 0 else fmpq(1 << -shift)
            guess[i][j] = guess[j][i] = fmpq(round(float(numeric[i, j]) * unit), unit) * scale
    return guess


def rounded(conditions: Conditions, numeric: Array) -> Matrix | None:
    """A rational positive semidefinite solution near `numeric`, coarse roundings first."""
    unscaling = 1 / np.outer(conditions.units, conditions.units)
    projection = _Projection(conditions)
    for bits in _ROUNDING_BITS:
        exact = projection.apply(_guess(conditions, numeric, bits))
        if exact is None:
            return None
        floating = np.array([[float(v) for v in row] for row in exact]) * unscaling
        if float(np.linalg.eigvalsh(floating)[0]) < -1e-9 * (1 + float(np.abs(floating).max())):
            continue
        if decompose(exact) is not None:
            return exact
    return None


def kernel(matrix: Array, offsets: Sequence[int]) -> list[Array] | None:
    """For each diagonal block the eigenvectors, as rows, below the first clear gap of all eigenvalues: the smallest
    kernel in sight, since what is left of it shows up in the next round. None when there is no such gap.
    """
    spectra = [np.linalg.eigh(matrix[a:b, a:b]) for a, b in pairwise(offsets)]
    values = np.sort(np.concatenate([s[0] for s in spectra]))
    ratios = values[1:] / np.maximum(values[:-1], 1e-30 * values[-1])
    gaps = np.flatnonzero((ratios >= 20) & (values[:-1] < 1e-2 * values[-1]))
    if not gaps.size:
        return None
    threshold = values[gaps[0] + 1]
    return [vectors[:, eigenvalues < threshold].T for eigenvalues, vectors in spectra]


def rational_complement(rows: Array) -> list[list[fmpq]] | None:
    """A rational basis of the orthogonal complement of the span of the rows, when that span looks rational.

    A wrong guess is harmless: what is built on it is checked exactly.
    """
    reduced = _float_rref(rows)
    if reduced is None:
        return None
    return null_space(fmpq_mat([[_simple_rational(v) for v in row] for row in reduced]))


def _simple_rational(value: float) -> fmpq:
    """A short rational near a kernel entry; small entries are taken for noise."""
    if abs(value) < _KERNEL_NOISE:
        return fmpq(0)
    short = Fraction(value).limit_denominator(24)
    return fmpq(short.numerator, short.denominator)


def _float_rref(matrix: Array) -> Array | None:
    """Gauss-Jordan with complete pivoting: every row has a pivot 1 and the other entries stay of moderate size."""
    a = matrix.copy()
    for row in range(a.shape[0]):
        offset, column = divmod(int(np.argmax(np.abs(a[row:]))), a.shape[1])
        pivot = row + offset
        if abs(a[pivot, column]) < 1e-6 * float(np.abs(matrix).max()):
            return None
        a[[row, pivot]] = a[[pivot, row]]
        a[row] /= a[row, column]
        for other in range(a.shape[0]):
            if other != row:
                a[other] -= a[other, column] * a[row]
    return a
