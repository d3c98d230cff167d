"""Exact positive semidefinite solutions of homogeneous linear conditions, in blocks: pruning, numerical centre, exact
rounding.

Block b of size s is a symmetric matrix G_b of unknowns; its products P_b[i][j] (i <= j) are rational vectors under
arbitrary keys. `solve` looks for G_b, all positive semidefinite, with the sum of G_b[i][j] P_b[i][j] over all
i, j equal to 0, and with G_b nonzero for the blocks named. Floating point guides the search; what is returned holds
exactly.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from flint import fmpq

from exactland.classify import semidefinite
from exactland.classify._tools import Exponents
from exactland.classify.semidefinite import Array, Centre, Conditions

Vector: TypeAlias = "Mapping[Hashable, fmpq]"
Products: TypeAlias = "dict[tuple[int, int], Vector]"  # keys (i, j) with i <= j
Rows: TypeAlias = "list[list[fmpq]]"
Solution: TypeAlias = "tuple[Rows, Rows]"  # G and the vectors it belongs to, combinations of the members of the block

_MAXIMUM_WORK = 100_000_000  # entries of all conditions
_MAXIMUM_STEPS = 120
_MAXIMUM_UNKNOWNS = 12_000
_ROUNDS = 5


def solve(
    blocks: Sequence[tuple[int, Products]], wanted: Sequence[int], seconds: float = 30, *, scaled: bool = False
) -> list[Solution] | None:
    """For each block G_b on some combinations of its members, or None when nothing was found; the blocks `wanted` are
    not zero. With `scaled` the members are first brought to about the same size.
    """
    deadline = time.monotonic() + seconds
    scales = _equilibrated(blocks) if scaled else [[fmpq(1)] * size for size, _ in blocks]
    frames = [[[c * x for x in row] for c, row in zip(s, _identity(len(s)), strict=True)] for s in scales]
    current: list[Products] = [
        {(i, j): {key: c * s[i] * s[j] for key, c in v.items()} for (i, j), v in products.items()}
        for s, (_, products) in zip(scales, blocks, strict=True)
    ]
    for _ in range(_ROUNDS):
        kept = _prune(current, [len(f) for f in frames])
        if any(not kept[b] for b in wanted) or time.monotonic() > deadline:
            return None
        frames = [[f[i] for i in k] for f, k in zip(frames, kept, strict=True)]
        current = [_restricted(p, k) for p, k in zip(current, kept, strict=True)]
        conditions, offsets = _conditions(current, [len(f) for f in frames])
        numeric = _centre(conditions, offsets, deadline)
        if numeric is None:
            return None
        if numeric.residual < 1e-7:
            exact = semidefinite.rounded(conditions, numeric.matrix)
            if exact is not None:
                found = _unpacked(exact, offsets, frames)
                if all(found[b][0] for b in wanted):
                    return found
        smaller = _face(numeric.matrix, offsets)
        if smaller is None:
            return None
        frames = [_combined(s, f) for s, f in zip(smaller, frames, strict=True)]
        current = [_congruent(p, s) for p, s in zip(current, smaller, strict=True)]
    return None


def keyed(terms: Mapping[Exponents, fmpq]) -> dict[Hashable, fmpq]:
    """A polynomial as a vector under its exponents."""
    return dict(terms.items())


def number(solution: Solution) -> fmpq:
    """The unknown of a block of one member."""
    matrix, frame = solution
    return matrix[0][0] * frame[0][0] ** 2


def _equilibrated(blocks: Sequence[tuple[int, Products]]) -> list[list[fmpq]]:
    """Powers of two for the members of the blocks that bring the entries of the products to about the same size."""
    keys: dict[Hashable, int] = {}
    entries: list[tuple[int, int, int, float]] = []
    starts = np.concatenate([[0], np.cumsum([size for size, _ in blocks])])
    for start, (_, products) in zip(starts, blocks, strict=False):
        for (i, j), vector in products.items():
            for key, c in vector.items():
                entries.append((int(start) + i, int(start) + j, keys.setdefault(key, len(keys)), abs(float(c))))
    if not entries:
        return [[fmpq(1)] * size for size, _ in blocks]
    left, right, row = (np.array([e[k] for e in entries], dtype=int) for k in range(3))
    sizes = np.log2(np.array([e[3] for e in entries]) + 1e-300)
    member, condition = np.zeros(int(starts[-1])), np.zeros(len(keys))
    for _ in range(8):
        now = sizes + member[left] + member[right] + condition[row]
        worst = np.full(len(keys), -np.inf)
        np.maximum.at(worst, row, now)
        condition -= worst
        now = sizes + member[left] + member[right] + condition[row]
        worst = np.full(len(member), -np.inf)
        np.maximum.at(worst, left, now)
        np.maximum.at(worst, right, now)
        member -= np.where(np.isfinite(worst), worst, 0.0) / 2
    powers = [round(float(x)) for x in member]
    made = [fmpq(1 << k) if k >= 0 else fmpq(1, 1 << -k) for k in powers]
    return [made[a:b] for a, b in pairwise(int(s) for s in starts)]


def _identity(size: int) -> list[list[fmpq]]:
    return [[fmpq(int(i == j)) for j in range(size)] for i in range(size)]


def _prune(current: Sequence[Products], sizes: Sequence[int]) -> list[list[int]]:
    """The indices that may be used: where a condition has only diagonal entries of one sign, these unknowns are 0, and
    so are their rows.
    """
    alive = [set(range(s)) for s in sizes]
    rows: dict[Hashable, list[tuple[int, int, int, fmpq]]] = {}
    for b, products in enumerate(current):
        for (i, j), vector in products.items():
            for key, c in vector.items():
                rows.setdefault(key, []).append((b, i, j, c))
    removed = True
    while removed:
        removed = False
        for key, entries in rows.items():
            left = [e for e in entries if e[1] in alive[e[0]] and e[2] in alive[e[0]]]
            rows[key] = left
            if left and all(i == j for _, i, j, _ in left) and len({c > 0 for *_, c in left}) == 1:
                for b, i, _, _ in left:
                    alive[b].discard(i)
                removed = True
    return [sorted(a) for a in alive]


def _restricted(products: Products, kept: Sequence[int]) -> Products:
    place = {i: k for k, i in enumerate(kept)}
    return {(place[i], place[j]): v for (i, j), v in products.items() if i in place and j in place}


def _conditions(current: Sequence[Products], sizes: Sequence[int]) -> tuple[Conditions, list[int]]:
    """The conditions on one matrix of all blocks, and where its blocks begin and end."""
    rows: dict[Hashable, dict[tuple[int, int], fmpq]] = {}
    offsets = [0]
    for products, size in zip(current, sizes, strict=True):
        start = offsets[-1]
        for (i, j), vector in products.items():
            factor = 1 if i == j else 2
            for key, c in vector.items():
                if c != 0:
                    rows.setdefault(key, {})[start + i, start + j] = factor * c
        offsets.append(start + size)
    return Conditions(tuple(rows.values()), (fmpq(0),) * len(rows), (0,) * offsets[-1]), offsets


def _centre(conditions: Conditions, offsets: Sequence[int], deadline: float) -> Centre | None:
    """The analytic centre of all blocks together, with the sum of their traces fixed."""
    count, squares, total = len(conditions.rows) + 1, sum((b - a) ** 2 for a, b in pairwise(offsets)), conditions.size
    if count * squares > _MAXIMUM_WORK or squares > _MAXIMUM_UNKNOWNS:
        return None
    trace = {(i, i): fmpq(1) for i in range(total)}
    bounded = Conditions((*conditions.rows, trace), (*conditions.right, fmpq(total)), conditions.scale)
    return semidefinite.centre(semidefinite.dense(bounded, offsets), 1.0, _MAXIMUM_STEPS, deadline)


def _face(matrix: Array, offsets: Sequence[int]) -> list[Rows] | None:
    """For each block a basis of the span that the numerical kernel leaves over; None when no kernel is in sight."""
    kernel = semidefinite.kernel(matrix, offsets)
    if kernel is None:
        return None
    result = []
    for rows in kernel:
        rest = semidefinite.rational_complement(rows) if len(rows) else _identity(rows.shape[1])
        if rest is None:
            return None
        result.append(rest)
    return result


def _combined(smaller: Sequence[Sequence[fmpq]], frame: Sequence[Sequence[fmpq]]) -> list[list[fmpq]]:
    width = len(frame[0]) if frame else 0
    return [
        [sum((c * f[k] for c, f in zip(row, frame, strict=True) if c != 0), fmpq(0)) for k in range(width)]
        for row in smaller
    ]


def _congruent(products: Products, rows: Sequence[Sequence[fmpq]]) -> Products:
    """The products of the new basis: P'[a][b] = sum rows[a][i] rows[b][j] P[i][j]."""
    full: dict[int, dict[int, Vector]] = {}
    for (i, j), v in products.items():
        full.setdefault(i, {})[j] = v
        full.setdefault(j, {})[i] = v
    result: Products = {}
    half: list[dict[int, dict[Hashable, fmpq]]] = []
    for row in rows:
        line: dict[int, dict[Hashable, fmpq]] = {}
        for i, c in enumerate(row):
            if c != 0:
                for j, v in full.get(i, {}).items():
                    _add(line.setdefault(j, {}), v, c)
        half.append(line)
    for a, line in enumerate(half):
        for b in range(a, len(rows)):
            total: dict[Hashable, fmpq] = {}
            for j, v in line.items():
                if rows[b][j] != 0:
                    _add(total, v, rows[b][j])
            if total:
                result[a, b] = total
    return result


def _add(target: dict[Hashable, fmpq], source: Vector, factor: fmpq) -> None:
    for key, c in source.items():
        value = target.get(key, fmpq(0)) + factor * c
        if value == 0:
            target.pop(key, None)
        else:
            target[key] = value


def _unpacked(exact: Rows, offsets: Sequence[int], frames: Sequence[Sequence[Sequence[fmpq]]]) -> list[Solution]:
    result: list[Solution] = []
    for b, frame in enumerate(frames):
        start = offsets[b]
        used = [i for i in range(len(frame)) if exact[start + i][start + i] != 0]
        matrix = [[exact[start + i][start + j] for j in used] for i in used]
        result.append((matrix, [list(frame[i]) for i in used]))
    return result
