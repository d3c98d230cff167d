"""Rules Q: mixed volumes of supports, which bound the number of isolated zeros (Bernstein, Li and Wang).

To the supports are added points with a very large lifting, so that their convex hulls are products of simplices and
their mixed volume is a Bezout number. A list of mixed cells of that volume is the list of all; those without an added
point are the mixed cells of the supports themselves: see `proofs/SPEC.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from . import kernel
from .bezout import multihomogeneous, read_groups
from .kernel import Exponents, TermBudget, dot, integers, record, sequence, unit

HIGH = 1 << 256  # the lifting of an added point, beside a small one; it exceeds what Cramer's rule makes of small ones
MAX_LIFTING = 1_000_000_000
Points = tuple[list[Exponents], list[Exponents]]  # of the support, and added ones


def mixed_volume(value: Any, supports: Sequence[Iterable[Exponents]], n: int, linear: bool, budget: TermBudget) -> int:
    """Rules Q1 to Q3: the mixed volume of the supports with the origin, and with `linear` all variables, added."""
    entry = record(value, "rule groups lifting cells", where="mixed volume")
    kernel.limit(n, kernel.MAX_VARIABLES, "variables")
    groups = read_groups(entry["groups"], n)
    points = points_of(supports, groups, linear)
    lifted = []
    for (real, added), given in zip(points, sequence(entry["lifting"], "lifting", n), strict=True):
        lifting = integers(given, "lifting", len(real) + len(added))
        kernel.limit(max(map(abs, lifting)), MAX_LIFTING, "lifting")
        high = [0] * len(real) + [HIGH] * len(added)
        lifted.append([(*p, w + h) for p, w, h in zip(real + added, lifting, high, strict=True)])
    cells = sequence(entry["cells"], "cells")
    budget.spend(len(cells) * n * (n * n + sum(map(len, lifted))))
    seen = set()
    whole = volume = 0
    for given in cells:
        pairs = _pairs(given, lifted)
        kernel.need(pairs not in seen, "Q2", "a cell that stands twice", "distinct cells")
        seen.add(pairs)
        size = _cell(pairs, lifted)
        whole += size
        if all(b < len(real) for (_, b), (real, _) in zip(pairs, points, strict=True)):
            volume += size
    most = multihomogeneous([degrees_of(real + added, groups) for real, added in points], groups)
    kernel.need(whole == most, "Q3", f"cells of volume {whole}", f"the mixed volume {most} of products of simplices")
    return volume


def points_of(supports: Sequence[Iterable[Exponents]], groups: Sequence[int], linear: bool) -> list[Points]:
    """Each support with the origin, and with `linear` all variables; and the other vertices of the least product of
    simplices, one for each group, that contains it. In the order of their exponents.
    """
    n = len(groups)
    least = {(0,) * n, *(unit(n, k) for k in range(n) if linear)}
    result = []
    for support in supports:
        real = least.union(support)
        corners = []
        degrees = degrees_of(real, groups)
        kernel.limit(max(degrees), kernel.MAX_DEGREE, "degree of a support")
        for g, d in enumerate(degrees):
            corners.append([(0,) * n, *(tuple(d * e for e in unit(n, k)) for k in range(n) if groups[k] == g and d)])
        number = 1
        for corner in corners:
            number *= len(corner)
        kernel.limit(number, kernel.MAX_BASIS, "vertices of a product of simplices")
        added = {tuple(map(sum, zip(*vertex, strict=True))) for vertex in product(*corners)} - real
        result.append((sorted(real), sorted(added)))
    return result


def degrees_of(points: Iterable[Exponents], groups: Sequence[int]) -> list[int]:
    every = range(max(groups, default=-1) + 1)
    return [max(sum(e for e, g in zip(p, groups, strict=True) if g == k) for p in points) for k in every]


def _pairs(value: Any, lifted: list[list[tuple[int, ...]]]) -> tuple[tuple[int, int], ...]:
    """Two points of each support, the first one first."""
    given = sequence(value, "cell", 2 * len(lifted))
    pairs = []
    for i, points in enumerate(lifted):
        b = kernel.index(given[2 * i + 1], len(points), "point")
        pairs.append((kernel.index(given[2 * i], b, "an earlier point"), b))
    return tuple(pairs)


def _cell(pairs: tuple[tuple[int, int], ...], lifted: list[list[tuple[int, ...]]]) -> int:
    """Rule Q1: the volume of a cell, whose points are the lowest ones in one direction, and no other point is."""
    edges = []
    for (a, b), points in zip(pairs, lifted, strict=True):
        edges.append([y - x for x, y in zip(points[a], points[b], strict=True)])
    direction = _direction(edges)
    strict = direction[-1] > 0
    for (a, b), points in zip(pairs, lifted, strict=True):
        heights = [dot(direction, p) for p in points]
        lowest = min(heights)
        strict = strict and heights[a] == heights[b] == lowest and heights.count(lowest) == 2
    kernel.need(strict, "Q1", "a lower point, or a third one", "two lowest points of each support")
    return direction[-1]


def _direction(rows: list[list[int]]) -> list[int]:
    """A vector (y, v) with v = |det| of the first n columns of n rows of n + 1 integers, orthogonal to all rows; zeros
    when the rows of the first n columns are dependent.
    """
    n, before = len(rows), 1
    for k in range(n):  # without fractions (Bareiss); above the diagonal as well, so that it ends in v times the unit
        pivot = next((i for i in range(k, n) if rows[i][k]), None)
        if pivot is None:
            return [0] * (n + 1)
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
        top = rows[k]
        value = top[k]
        for i, row in enumerate(rows):
            if i != k:
                factor = row[k]
                rows[i] = [(value * x - factor * y) // before for x, y in zip(row, top, strict=True)]
        before = value
    signed = -1 if before < 0 else 1
    return [*(-signed * row[n] for row in rows), abs(before)]
