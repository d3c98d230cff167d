"""Mixed cells of supports, by tropical homotopy continuation (Jensen 2016). Nothing here is trusted: the checker looks
at every cell.

The points of the supports, and the further vertices of products of simplices, have a lifting, which moves. In the
beginning it is a sum over the groups of variables, and the mixed cells are known: they choose a group for each equation
and meet tropical hyperplanes in each group. Where a further point comes as low as the two of a cell, the cell is
replaced by those that are cells just after. Each cell is one for an interval of time, so that none is met twice.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import lt
from typing import TYPE_CHECKING, Any

from exactland.checker import ResourceLimit
from exactland.checker.bezout import multihomogeneous
from exactland.checker.mixed import Points, degrees_of, points_of
from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.groups import best_groups

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

Cell = tuple[int, ...]  # two points of each support, one support after the other

ATTEMPTS = 4
MOST_CELLS, MOST_AT_FIRST = 2_000_000, 50_000  # that are met on the way, and that it begins with
BATCH = 2_000_000  # numbers in one array
SMALL, HIGH = 1 << 24, 1 << 36  # liftings: random ones; of added points


@dataclass(frozen=True)
class Cells:
    """A lifting and all mixed cells with their volumes."""

    groups: list[int]
    lifting: list[list[int]]
    cells: dict[Cell, int]
    sizes: list[int]  # of the supports, without added points

    @property
    def volume(self) -> int:
        """The mixed volume of the supports."""
        return sum(v for cell, v in self.cells.items() if all(map(lt, cell[1::2], self.sizes)))

    @property
    def entry(self) -> dict[str, Any]:
        """The certificate, rules Q of `proofs/SPEC.md`."""
        lifting = [" ".join(map(str, row)) for row in self.lifting]
        return {
            "rule": "mixed",
            "groups": self.groups,
            "lifting": lifting,
            "cells": [list(c) for c in sorted(self.cells)],
        }


def mixed_cells(system: PolynomialSystem, linear: bool) -> Cells | None:
    """The mixed cells of the exponents of a square system with 0, and with `linear` the unit vectors; None when no
    lifting tried is generic enough, or there are too many.
    """
    supports = [[m for _, m in equation] for equation in system.equations]
    try:
        return Mixed(supports, best_groups(system)[0], linear).cells()
    except ResourceLimit:  # a product of simplices with too many vertices
        return None


class Mixed:
    """The search in supports, for groups of variables."""

    def __init__(self, supports: Sequence[Iterable[Exponents]], groups: Sequence[int], linear: bool) -> None:
        self.groups = list(groups)
        self.points: list[Points] = points_of(supports, groups, linear)
        self.random = random.Random(1)

    def cells(self) -> Cells | None:
        """Those of the first lifting tried that is generic enough."""
        degrees = [degrees_of(real, self.groups) for real, _ in self.points]
        if multihomogeneous([[min(d, 1) for d in row] for row in degrees], self.groups) > MOST_AT_FIRST:
            return None
        whole = multihomogeneous(degrees, self.groups)
        for _ in range(ATTEMPTS):
            small = [[self.random.randrange(SMALL) for _ in (*real, *added)] for real, added in self.points]
            high = [[0] * len(real) + [1] * len(added) for real, added in self.points]
            start, cells = self._start()
            target = [[w + HIGH * h for w, h in zip(*rows, strict=True)] for rows in zip(small, high, strict=True)]
            every = [[*real, *added] for real, added in self.points]
            found = _moved(every, start, target, cells)
            if found is not None and sum(found.values()) == whole:
                return Cells(self.groups, small, found, [len(real) for real, _ in self.points])
        return None

    def _start(self) -> tuple[list[list[int]], list[Cell]]:
        """A lifting in which only the vertices of the products are low, and its mixed cells. The other points are above
        all vertices, whose convex hull they are in.
        """
        n = len(self.groups)
        members = [[k for k in range(n) if self.groups[k] == g] for g in range(max(self.groups) + 1)]
        every = [[*real, *added] for real, added in self.points]
        degrees = [[max(sum(p[k] for k in group) for p in points) for group in members] for points in every]
        forms = [[[self.random.randrange(SMALL) for _ in (0, *group)] for group in members] for _ in every]
        lifting, numbers = [], []
        for points, degree, form in zip(every, degrees, forms, strict=True):
            row, number = [SMALL * (1 + sum(degree))] * len(points), {p: i for i, p in enumerate(points)}
            ways = [range(len(group) + 1) if d else (0,) for group, d in zip(members, degree, strict=True)]
            chosen = {}
            for choice in itertools.product(*ways):
                vertex = [0] * n
                for group, d, c in zip(members, degree, choice, strict=True):
                    if c:
                        vertex[group[c - 1]] = d
                chosen[choice] = number[tuple(vertex)]
                row[chosen[choice]] = sum(d * f[c] for d, f, c in zip(degree, form, choice, strict=True))
            lifting.append(row)
            numbers.append(chosen)
        cells = []
        for sharing in _shares([len(group) for group in members], degrees):
            where = [_meeting([forms[i][g] for i in range(n) if sharing[i] == g]) for g in range(len(members))]
            cell: list[int] = []
            for i in range(n):
                ends: list[list[int]] = []
                for g, x in enumerate(where):
                    heights = sorted((f + y, c) for c, (f, y) in enumerate(zip(forms[i][g], x, strict=True)))
                    ends.append([c for _, c in heights[: 2 if sharing[i] == g else 1]] if degrees[i][g] else [0])
                cell += sorted(numbers[i][choice] for choice in itertools.product(*ends))
            cells.append(tuple(cell))
        return lifting, cells


def _shares(sizes: list[int], degrees: list[list[int]]) -> Iterator[tuple[int, ...]]:
    """A group for each equation, each group as often as it has variables."""
    if not degrees:
        yield ()
        return
    for g, d in enumerate(degrees[0]):
        if d and sizes[g]:
            left = [size - (h == g) for h, size in enumerate(sizes)]
            yield from ((g, *rest) for rest in _shares(left, degrees[1:]))


def _meeting(forms: list[list[int]]) -> list[int]:
    """Where tropical hyperplanes meet, by Cramer's rule: the least sums over permutations, without one column."""
    columns = range(len(forms) + 1)
    least: dict[int, int] = {0: 0}  # by the set of the columns used
    for form in forms:
        following: dict[int, int] = {}
        for used, total in least.items():
            for c in columns:
                if not used >> c & 1:
                    key = used | 1 << c
                    following[key] = min(following.get(key, total + form[c]), total + form[c])
        least = following
    whole = (1 << len(columns)) - 1
    return [least[whole ^ 1 << c] for c in columns]


def _moved(
    every: list[list[Exponents]], start: list[list[int]], target: list[list[int]], cells: list[Cell]
) -> dict[Cell, int] | None:
    """The mixed cells of the second lifting and their volumes, when the cells of the first are given."""
    import numpy as np

    n = len(every)
    sizes = [len(points) for points in every]
    first = np.cumsum([0, *sizes])[:-1]
    support = np.repeat(np.arange(n), sizes)
    points = np.array([p for row in every for p in row], dtype=float)
    before = np.array([w for row in start for w in row], dtype=float)
    change = np.array([w for row in target for w in row], dtype=float) - before
    waiting: list[tuple[Cell, float, int]] = [(cell, 0.0, -1) for cell in cells]  # since when; the point left behind
    seen: set[Cell] = set()
    done: dict[Cell, int] = {}
    size = max(1, BATCH // len(points))
    while waiting:
        batch, waiting = waiting[-size:], waiting[:-size]
        pairs = np.array([cell for cell, _, _ in batch]).reshape(len(batch), n, 2) + first[None, :, None]
        since = np.array([t for _, t, _ in batch])
        left = np.array([k for _, _, k in batch])
        a, b = pairs[:, :, 0], pairs[:, :, 1]
        edges = points[b] - points[a]
        dets = np.rint(np.linalg.det(edges))
        fits = dets != 0
        edges[~fits] = np.eye(n)
        volumes = np.abs(dets)
        adjugates = np.rint(np.linalg.inv(edges) * volumes[:, None, None])
        slacks = []
        for lifting in (before, change):
            y = -np.einsum("bij,bj->bi", adjugates, lifting[b] - lifting[a])
            heights = y @ points.T + volumes[:, None] * lifting
            slacks.append(heights - np.take_along_axis(heights, a, axis=1)[:, support])
        here, slope = slacks
        rows = np.arange(len(batch))
        fits &= (left < 0) | (slope[rows, left] > 0)  # the point left behind is above just after
        np.put_along_axis(slope, pairs.reshape(len(batch), 2 * n), 0.0, axis=1)
        slope[rows[left >= 0], left[left >= 0]] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            times = np.where(slope < 0, here / -slope, np.inf)
        next_ = times.argmin(axis=1)
        until = times[rows, next_]
        if (fits & (until < since)).any():
            return None  # a lifting that is not generic
        for r in rows[fits]:
            cell, t, c = batch[r][0], float(until[r]), int(next_[r])
            if cell in seen:
                continue
            seen.add(cell)
            if t >= 1:
                done[cell] = int(volumes[r])
                continue
            i = int(support[c])
            one, two = cell[2 * i : 2 * i + 2]
            for stays, goes in ((one, two), (two, one)):
                pair = sorted((stays, c - int(first[i])))
                waiting.append(((*cell[: 2 * i], *pair, *cell[2 * i + 2 :]), t, goes + int(first[i])))
        if len(seen) > MOST_CELLS:
            return None
    return done
