"""Groups of variables for the Bezout number of a square system, and the system where variables of a group are infinite.

The number is that of zeros in the product of the projective spaces of the groups (`proofs/SPEC.md`, section 6a).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache

from exactland.engines.base import PolynomialSystem

#: The number of the group of each variable.
Groups = tuple[int, ...]

#: Partitions into unions of this many classes are all tried, and so many ways to join independent parts.
MAX_CLASSES, MAX_PARTS = 5, 6


def degrees_in(system: PolynomialSystem, groups: Groups) -> list[list[int]]:
    """The degree of each equation in each group."""
    members = [[k for k, g in enumerate(groups) if g == group] for group in range(max(groups, default=-1) + 1)]
    return [
        [max((sum(m[k] for k in group) for _, m in equation), default=0) for group in members]
        for equation in system.equations
    ]


def bezout_number(degrees: Sequence[Sequence[int]], groups: Groups) -> int:
    """The coefficient of prod a_k^size_k in the product over the equations of sum_k degree_k a_k."""
    sizes = tuple(groups.count(g) for g in range(max(groups, default=-1) + 1))
    ways = {(0,) * len(sizes): 1}
    for row in degrees:
        following: dict[tuple[int, ...], int] = {}
        for used, count in ways.items():
            for g, d in enumerate(row):
                if d and used[g] < sizes[g]:
                    key = (*used[:g], used[g] + 1, *used[g + 1 :])
                    following[key] = following.get(key, 0) + count * d
        ways = following
    return ways.get(sizes, 0)


@lru_cache(maxsize=16)
def best_groups(system: PolynomialSystem) -> tuple[Groups, int]:
    """A partition in which every equation contains every group, with a small Bezout number, and the number.

    Variables are kept apart whose common degree in some equation is larger than each of their own: groups are unions
    of the classes of such a colouring. One group is always among the partitions.
    """
    n = len(system.variables)
    one = (0,) * n
    best = one, bezout_number(degrees_in(system, one), one)
    for groups in dict.fromkeys(_partitions(_conflicts(system))):
        degrees = degrees_in(system, groups)
        if min(map(min, degrees)) >= 1:
            best = min(best, (groups, bezout_number(degrees, groups)), key=lambda found: found[1])
    return best


def _conflicts(system: PolynomialSystem) -> list[set[int]]:
    """For each variable those that it should not share a group with."""
    n = len(system.variables)
    found: list[set[int]] = [set() for _ in range(n)]
    for equation in system.equations:
        alone = [max((m[k] for _, m in equation), default=0) for k in range(n)]
        if min(alone) == max((sum(m) for _, m in equation), default=0):
            continue
        for support in {tuple((k, e) for k, e in enumerate(m) if e) for _, m in equation}:
            for (k, d), (j, e) in itertools.combinations(support, 2):
                if d + e > max(alone[k], alone[j]):
                    found[k].add(j)
                    found[j].add(k)
    return found


def _partitions(conflicts: list[set[int]]) -> Iterator[Groups]:
    """The colourings with few colours that are tried, and unions of their classes; the groups are numbered in order."""
    parts = _coloured_parts(conflicts)
    free = parts[1 : MAX_PARTS + 1] if all(max(part.values()) <= 1 for part in parts) else []
    for flips in itertools.product(range(2), repeat=len(free)):
        colours = {k: c for part in parts for k, c in part.items()}
        for part, flip in zip(free, flips, strict=True):
            colours |= {k: c ^ flip for k, c in part.items()}
        count = max(colours.values(), default=0) + 1
        joined = _joined(count) if count <= MAX_CLASSES else [tuple(range(count))]
        for union in joined:
            yield _in_order([union[colours[k]] for k in range(len(conflicts))])


def _coloured_parts(conflicts: list[set[int]]) -> list[dict[int, int]]:
    """The connected parts of the graph, the large ones first, each coloured: always a variable next that has most
    different colours around it.
    """
    left = set(range(len(conflicts)))
    parts: list[dict[int, int]] = []
    while left:
        colours: dict[int, int] = {}
        border = {min(left)}
        while border:
            around = {k: {colours[j] for j in conflicts[k] if j in colours} for k in border}
            k = max(border, key=lambda k: (len(around[k]), len(conflicts[k]), -k))
            colours[k] = next(c for c in itertools.count() if c not in around[k])
            border = (border | conflicts[k]) - colours.keys()
        left -= colours.keys()
        parts.append(colours)
    return sorted(parts, key=lambda part: -len(part))


def _joined(count: int) -> Iterator[Groups]:
    """All partitions of so many classes."""
    if count == 0:
        yield ()
        return
    for before in _joined(count - 1):
        for group in range(max(before, default=-1) + 2):
            yield (*before, group)


def _in_order(groups: Sequence[int]) -> Groups:
    number = {g: i for i, g in enumerate(dict.fromkeys(groups))}
    return tuple(number[g] for g in groups)
