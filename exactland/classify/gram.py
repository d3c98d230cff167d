"""Exact positive Gram matrices: numerical centre, rational rounding, exact LDL^T.

Given polynomials z_1..z_N (usually monomials) and a polynomial p, the Gram space is the affine space of symmetric G
with z^T G z = p. `positive_gram` looks for a rational G in it that is positive semidefinite, and returns it together
with its exact squares; numbers in floating point only guide the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_mpoly, nmod_mat
from numpy.typing import NDArray

from exactland.classify._tools import Exponents, null_space, terms

Array = NDArray[np.float64]
Matrix = list[list[fmpq]]
_MAXIMUM_WORK = 6_000_000_000  # multiplications in one search for a centre
_MAXIMUM_STEPS = 200
_MINIMUM_STEPS = 30
_MAXIMUM_EXACT_SYSTEM = 500
_PRIME = (1 << 61) - 1
_KERNEL_NOISE = 0.03
_ROUNDING_BITS = (1, 2, 4, 7, 11, 17, 26, 40)


@dataclass(frozen=True)
class GramSpace:
    """The conditions sum_(i<=j) rows[m][i, j] * G_ij = right[m] for the products of `basis`."""

    basis: tuple[fmpq_mpoly, ...]
    rows: tuple[dict[tuple[int, int], fmpq], ...]
    right: tuple[fmpq, ...]
    scale: tuple[int, ...] = field(default=())  # G_ij is searched as 2^(-s_i - s_j) * (number near 1)

    def __post_init__(self) -> None:
        if not self.scale:
            object.__setattr__(self, "scale", (0,) * len(self.basis))


def gram_space(
    p: fmpq_mpoly, basis: Sequence[fmpq_mpoly], blocks: Sequence[int], scale: Sequence[int] = ()
) -> GramSpace | None:
    """The Gram space of p over `basis`, entries between different blocks being zero; None when p has a term out of
    reach.
    """
    rows: dict[Exponents, dict[tuple[int, int], fmpq]] = {}
    for i, u in enumerate(basis):
        for j in range(i, len(basis)):
            if blocks[i] != blocks[j]:
                continue
            factor = 1 if i == j else 2
            for e, c in terms(u * basis[j]).items():
                rows.setdefault(e, {})[i, j] = factor * c
    wanted = terms(p)
    if any(e not in rows for e in wanted):
        return None
    keys = sorted(rows, reverse=True)
    return GramSpace(
        tuple(basis),
        tuple(rows[e] for e in keys),
        tuple(wanted.get(e, fmpq(0)) for e in keys),
        tuple(scale),
    )


def _stack(space: GramSpace) -> tuple[Array, Array]:
    """The conditions as dense symmetric matrices in the scaled unknowns."""
    size = len(space.basis)
    weights = np.exp2(-np.array(space.scale, dtype=float))
    stack = np.zeros((len(space.rows), size, size))
    for m, row in enumerate(space.rows):
        for (i, j), c in row.items():
            value = float(c) * weights[i] * weights[j]
            if i == j:
                stack[m, i, i] = value
            else:
                stack[m, i, j] = stack[m, j, i] = value / 2
    right = np.array([float(v) for v in space.right])
    norms = np.sqrt(np.sum(stack * stack, axis=(1, 2)))
    return stack / norms[:, None, None], right / norms


@dataclass(frozen=True)
class Centre:
    """The end of the numerical search: a positive definite matrix and the relative residual of the conditions."""

    matrix: Array
    residual: float


def _newton(stack: Array, right: Array, steps: int) -> Centre:
    """Infeasible-start Newton for max log det G subject to the conditions, with centring steps in between."""
    count, size = stack.shape[0], stack.shape[1]
    flat = stack.reshape(count, -1)
    norm = 1.0 + float(np.linalg.norm(right))
    x = np.eye(size) * max(1.0, float(np.abs(right).max(initial=0.0)))
    stalled, centring = 0, False
    residual = 1.0
    for _ in range(steps):
        lower = np.linalg.cholesky(x)
        moved = (lower.T @ stack @ lower).reshape(count, -1)
        value = flat @ x.ravel()
        target = value if centring else right
        schur = moved @ moved.T
        schur[np.diag_indices(count)] += 1e-14 * np.trace(schur) / count
        multiplier = np.linalg.solve(schur, 2 * value - target)
        direction = np.eye(size) - (multiplier @ moved).reshape(size, size)
        least = float(np.linalg.eigvalsh(direction)[0])
        step = 1.0 if least > -0.9 else 0.8 / -least
        decrement = float(np.linalg.norm(direction))
        if centring:
            step = min(step, 1.0 if decrement < 0.7 else 1.0 / (1.0 + decrement) + 0.3)
            if least < 0:
                step = min(step, 0.95 / -least)
        x = x + step * (lower @ direction @ lower.T)
        x = (x + x.T) / 2
        if float(np.linalg.eigvalsh(x)[0]) <= 0:
            break
        residual = float(np.linalg.norm(flat @ x.ravel() - right)) / norm
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
    return Centre(x, residual)


def centre(space: GramSpace) -> Centre | None:
    """The analytic centre of the Gram space in scaled unknowns, or the last iterate; None when the problem is too
    large.
    """
    size = len(space.basis)
    count = len(space.rows)
    steps = min(_MAXIMUM_STEPS, _MAXIMUM_WORK // (count * size * size * (count + 2 * size) + 1))
    if steps < _MINIMUM_STEPS:
        return None
    stack, right = _stack(space)
    try:
        return _newton(stack, right, steps)
    except np.linalg.LinAlgError:
        return None


class _Projection:
    """The exact orthogonal projection onto the Gram space (entries outside every condition are left alone)."""

    def __init__(self, space: GramSpace) -> None:
        self.space = space
        self.weight = [{(i, j): c / (1 if i == j else 2) for (i, j), c in row.items()} for row in space.rows]
        users: dict[tuple[int, int], list[int]] = {}
        for m, row in enumerate(space.rows):
            for place in row:
                users.setdefault(place, []).append(m)
        inner: dict[tuple[int, int], fmpq] = {}
        for place, rows in users.items():
            for m in rows:
                for other in rows:
                    value = space.rows[m][place] * self.weight[other][place]
                    inner[m, other] = inner.get((m, other), fmpq(0)) + value
        self.diagonal = all(len(rows) == 1 for rows in users.values())
        self.inner = inner
        self.independent: list[int] = []
        if not self.diagonal:
            count = len(space.rows)
            modular = nmod_mat(count, count, _PRIME)
            for (m, other), value in inner.items():
                modular[m, other] = int(value.p) * pow(int(value.q), -1, _PRIME)
            reduced, rank = modular.rref()
            for row_index in range(rank):
                start = self.independent[-1] + 1 if self.independent else 0
                self.independent.append(next(j for j in range(start, count) if int(reduced[row_index, j]) != 0))

    def multipliers(self, defect: list[fmpq]) -> dict[int, fmpq] | None:
        """What to add of every condition; conditions that depend on the others are left out."""
        if self.diagonal:
            return {m: d / self.inner[m, m] for m, d in enumerate(defect) if d != 0}
        chosen = self.independent
        if len(chosen) > _MAXIMUM_EXACT_SYSTEM:
            return None
        matrix = fmpq_mat([[self.inner.get((m, other), fmpq(0)) for other in chosen] for m in chosen])
        try:
            solved = matrix.solve(fmpq_mat([[defect[m]] for m in chosen]))
        except ZeroDivisionError:
            return None
        return {m: solved[k, 0] for k, m in enumerate(chosen)}

    def apply(self, guess: Matrix) -> Matrix | None:
        """The nearest point of the Gram space."""
        defect = [
            b - sum((c * guess[i][j] for (i, j), c in row.items()), fmpq(0))
            for row, b in zip(self.space.rows, self.space.right, strict=True)
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


def _rounded(space: GramSpace, numeric: Array, bits: int) -> Matrix:
    size = len(space.basis)
    unit = 1 << bits
    guess = [[fmpq(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            shift = space.scale[i] + space.scale[j]
            scale = fmpq(1, 1 << shift) if shift >= 0 else fmpq(1 << -shift)
            guess[i][j] = guess[j][i] = fmpq(round(float(numeric[i, j]) * unit), unit) * scale
    return guess


def round_exactly(space: GramSpace, numeric: Array) -> list[tuple[fmpq, list[fmpq]]] | None:
    """The squares of a rational positive semidefinite Gram matrix near `numeric`, coarse roundings first."""
    found = rounded_gram(space, numeric)
    return None if found is None else decompose(found)


def rounded_gram(space: GramSpace, numeric: Array) -> Matrix | None:
    """A rational positive semidefinite Gram matrix near `numeric`, coarse roundings first."""
    weights = np.exp2(np.array(space.scale, dtype=float))
    projection = _Projection(space)
    for bits in _ROUNDING_BITS:
        exact = projection.apply(_rounded(space, numeric, bits))
        if exact is None:
            return None
        floating = np.array([[float(v) for v in row] for row in exact]) * np.outer(weights, weights)
        if float(np.linalg.eigvalsh(floating)[0]) < -1e-9 * (1 + float(np.abs(floating).max())):
            continue
        if decompose(exact) is not None:
            return exact
    return None


def kernel_complement(space: GramSpace, numeric: Array) -> list[fmpq_mpoly] | None:
    """A basis of the span that the numerical kernel of `numeric` leaves over, when that kernel looks rational.

    Used when every positive semidefinite G is singular (p has real zeros, say). A wrong guess is harmless: what is
    built on it is checked exactly.
    """
    size = len(space.basis)
    weights = np.exp2(np.array(space.scale, dtype=float))
    values, vectors = np.linalg.eigh(numeric)
    if size < 2:
        return None
    ratios = values[1:] / np.maximum(values[:-1], 1e-30 * values[-1])
    gaps = np.flatnonzero(ratios >= 20)
    if not gaps.size or values[gaps[0]] > 1e-2 * values[-1]:
        return None
    gap = int(gaps[0])  # the smallest kernel in sight: what is left of it shows up in the next round
    reduced = float_rref(vectors[:, : gap + 1].T * weights[None, :])
    if reduced is None:
        return None
    rest = null_space(fmpq_mat([[simple_rational(v) for v in row] for row in reduced]))
    ring = space.basis[0].context()
    return [sum((c * z for c, z in zip(row, space.basis, strict=True) if c != 0), ring.constant(0)) for row in rest]


def simple_rational(value: float) -> fmpq:
    """A short rational near a kernel entry; small entries are taken for noise."""
    if abs(value) < _KERNEL_NOISE:
        return fmpq(0)
    short = Fraction(value).limit_denominator(24)
    return fmpq(short.numerator, short.denominator)


def float_rref(matrix: Array) -> Array | None:
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
