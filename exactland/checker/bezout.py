"""Rule Z: the (multi-homogeneous) Bezout number as an upper bound on the number of complex critical points.

When as many nondegenerate critical points as this number are shown to exist there is no other one, isolated or not:
see `proofs/SPEC.md`.
"""

from __future__ import annotations

from typing import Any

from . import kernel
from .kernel import record, sequence
from .lines import Elements


def read_groups(value: Any, n: int) -> list[int]:
    """A partition of the variables: the number of the group of each."""
    groups = sequence(value, "groups", n)
    kernel.need(all(type(g) is int and 0 <= g < n for g in groups), "F3", groups, "a group number for each variable")
    used = range(max(groups, default=-1) + 1)
    kernel.need(all(k in groups for k in used), "F3", groups, "groups numbered without gaps")
    return groups


def bezout_bound(value: Any, elements: Elements) -> int:
    """The Bezout number of the gradient for the given groups of variables."""
    entry = record(value, "rule groups", where="completeness")
    n = elements.n
    groups = read_groups(entry["groups"], n)
    sizes = [groups.count(k) for k in range(max(groups, default=-1) + 1)]
    # The coefficient of prod a_k^size_k in the product over the equations of sum_k degree_k a_k.
    ways: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}
    for gradient in elements.gradient:
        degrees = [
            max((sum(e for e, g in zip(m, groups, strict=True) if g == k) for m in gradient), default=0)
            for k in range(len(sizes))
        ]
        kernel.need(
            min(degrees) >= 1, "Z1", "a degree of 0", "a positive degree of every gradient entry in every group"
        )
        following: dict[tuple[int, ...], int] = {}
        for used, count in ways.items():
            for k, d in enumerate(degrees):
                if used[k] < sizes[k]:
                    key = (*used[:k], used[k] + 1, *used[k + 1 :])
                    following[key] = following.get(key, 0) + count * d
        kernel.limit(len(following), kernel.MAX_TERMS, "work of the Bezout number")
        ways = following
    return ways[tuple(sizes)]
