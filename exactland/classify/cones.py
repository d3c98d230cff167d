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
from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx
from numpy.typing import NDArray

from exactland.classify._tools import null_space
from exactland.classify.gram import GramSpace, float_rref, rounded_gram, simple_rational

Array = NDArray[np.float64]
Vector: TypeAlias = "Mapping[Hashable, fmpq]"
Products: TypeAlias = "dict[tuple[int, int], Vector]"  # keys (i, j) with i <= j
Rows: TypeAlias = "list[list[fmpq]]"
Solution: TypeAlias = "tuple[Rows, Rows]"  # G and the vectors it belongs to, combinations of the members of the block

_MAXIMUM_WORK = 40_000_000_000
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
        space, offsets = _space(current, [len(f) for f in frames])
        numeric = _centre(space, offsets, deadline)
        if numeric is None:
            return None
        matrix, residual = numeric
        if residual < 1e-7:
            exact = rounded_gram(space, matrix)
            if exact is not None:
                found = _unpacked(exact, offsets, frames)
                if all(found[b][0] for b in wanted):
                    return found
        smaller = _face(matrix, offsets)
        if smaller is None:
            return None
        frames = [_combined(s, f) for s, f in zip(smaller, frames, strict=True)]
        current = [_congruent(p, s) for p, s in zip(current, smaller, strict=True)]
    return None


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


def _space(current: Sequence[Products], sizes: Sequence[int]) -> tuple[GramSpace, list[int]]:
    """All blocks as one Gram space with the entries between blocks left out."""
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
    total = offsets[-1]
    space = GramSpace(_places(total), tuple(rows.values()), (fmpq(0),) * len(rows), (0,) * total)
    return space, offsets


def _places(count: int) -> tuple[fmpq_mpoly, ...]:
    """As many basis members as there are unknowns per row; only their number matters here."""
    return (fmpq_mpoly_ctx.get(("z",), "degrevlex").gen(0),) * count


def _centre(space: GramSpace, offsets: Sequence[int], deadline: float) -> tuple[Array, float] | None:
    """Infeasible-start Newton for max sum of log det G_b with the sum of the traces fixed, and the residual of the
    conditions.
    """
    count, sizes = len(space.rows) + 1, [b - a for a, b in pairwise(offsets)]
    if count * sum(s * s for s in sizes) > _MAXIMUM_WORK // 400 or sum(s * s for s in sizes) > _MAXIMUM_UNKNOWNS:
        return None
    stacks = [np.zeros((count, s, s)) for s in sizes]
    block_of = [b for b, s in enumerate(sizes) for _ in range(s)]
    for m, row in enumerate(space.rows):
        for (i, j), c in row.items():
            b = block_of[i]
            x, y = i - offsets[b], j - offsets[b]
            value = float(c)
            if x == y:
                stacks[b][m, x, x] = value
            else:
                stacks[b][m, x, y] = stacks[b][m, y, x] = value / 2
    for b, size in enumerate(sizes):
        stacks[b][count - 1] = np.eye(size)
    norms = np.sqrt(np.sum([(s * s).sum(axis=(1, 2)) for s in stacks], axis=0)) + 1e-300
    stacks = [s / norms[:, None, None] for s in stacks]
    right = np.zeros(count)
    right[-1] = offsets[-1] / norms[-1]
    try:
        found, residual = _newton(stacks, right, deadline)
    except np.linalg.LinAlgError:
        return None
    whole = np.zeros((offsets[-1], offsets[-1]))
    for b, block in enumerate(found):
        whole[offsets[b] : offsets[b + 1], offsets[b] : offsets[b + 1]] = block
    return whole, residual


def _newton(stacks: Sequence[Array], right: Array, deadline: float) -> tuple[list[Array], float]:
    count = len(right)
    flats = [s.reshape(count, -1) for s in stacks]
    norm = 1.0 + float(np.linalg.norm(right))
    xs = [np.eye(s.shape[1]) for s in stacks]
    stalled, centring, residual = 0, False, 1.0
    for _ in range(_MAXIMUM_STEPS):
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


def _face(matrix: Array, offsets: Sequence[int]) -> list[list[list[fmpq]]] | None:
    """For each block a basis of the span that the numerical kernel leaves over; None when no kernel is in sight."""
    spectra = [np.linalg.eigh(matrix[a:b, a:b]) for a, b in pairwise(offsets)]
    values = np.sort(np.concatenate([s[0] for s in spectra]))
    if len(values) < 2:
        return None
    ratios = values[1:] / np.maximum(values[:-1], 1e-30 * values[-1])
    gaps = np.flatnonzero((ratios >= 20) & (values[:-1] < 1e-2 * values[-1]))
    if not gaps.size:
        return None
    threshold = float(np.sqrt(values[gaps[0]] * values[gaps[0] + 1]))
    result = []
    for eigenvalues, vectors in spectra:
        size = len(eigenvalues)
        small = vectors[:, eigenvalues < threshold]
        if not small.shape[1]:
            result.append(_identity(size))
            continue
        reduced = float_rref(small.T)
        if reduced is None:
            return None
        result.append(null_space(fmpq_mat([[simple_rational(v) for v in row] for row in reduced])))
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
