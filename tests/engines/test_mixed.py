"""Mixed cells: their lists are accepted, and give the areas of polygons, whatever the groups of variables are."""

from __future__ import annotations

import random

import pytest

from exactland.checker.kernel import TermBudget
from exactland.checker.mixed import mixed_volume
from exactland.engines import mixed
from exactland.engines.base import PolynomialSystem
from exactland.engines.groups import best_groups
from exactland.engines.mixed import Mixed, mixed_cells

Support = set[tuple[int, ...]]


def area(points: Support) -> int:
    """Twice the area of the convex hull (monotone chain)."""
    ordered = sorted(points)
    hull: list[tuple[int, ...]] = []
    for chain in (ordered, ordered[::-1]):
        half: list[tuple[int, ...]] = []
        for p in chain:
            while len(half) > 1 and _turn(half[-2], half[-1], p) <= 0:
                half.pop()
            half.append(p)
        hull += half[:-1]
    return abs(sum(p[0] * q[1] - p[1] * q[0] for p, q in zip(hull, [*hull[1:], *hull[:1]], strict=True)))


def _turn(a: tuple[int, ...], b: tuple[int, ...], c: tuple[int, ...]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def volume(supports: list[Support], groups: list[int], linear: bool = False) -> int:
    found = Mixed(supports, groups, linear).cells()
    assert found is not None
    assert mixed_volume(found.entry, supports, len(groups), linear, TermBudget()) == found.volume
    return found.volume


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("linear", [False, True])
def test_two_polygons(seed: int, linear: bool) -> None:
    choose, size = random.Random(seed), 31 if seed % 3 == 0 else 5
    supports = [
        {(choose.randrange(size), choose.randrange(size)) for _ in range(choose.randrange(1, 6))} for _ in range(2)
    ]
    p, q = (s | {(0, 0)} | ({(0, 1), (1, 0)} if linear else set()) for s in supports)
    both = {(a[0] + b[0], a[1] + b[1]) for a in p for b in q}
    wanted = (area(both) - area(p) - area(q)) // 2
    assert volume(supports, [0, 0], linear) == volume(supports, [0, 1], linear) == wanted


def test_three_variables() -> None:
    """x^2 = a, y^2 = b + c x, z = d have 4 solutions; the start does not matter."""
    block: list[Support] = [{(2, 0, 0)}, {(0, 2, 0), (1, 0, 0)}, {(0, 0, 1)}]
    partitions = ([0, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1], [0, 1, 2])
    assert {volume(block, groups) for groups in partitions} == {4}
    assert len({volume([s | {(1, 1, 1)} for s in block], groups) for groups in partitions}) == 1


def test_unit_vectors_are_added() -> None:
    twice: list[Support] = [{(1, 0)}, {(1, 0)}]
    assert volume(twice, [0, 0]) == 0
    assert volume(twice, [0, 0], linear=True) == 1


def test_liftings_with_ties_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "SMALL", 1)
    supports: list[Support] = [{(2, 0), (1, 1), (0, 2)}, {(2, 0), (1, 1), (0, 2)}]
    assert Mixed(supports, [0, 0], linear=False).cells() is None


def test_too_many_cells_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "MOST_CELLS", 1)
    assert Mixed([{(3, 1), (2, 2)}, {(1, 3), (0, 2)}], [0, 0], linear=False).cells() is None


def test_large_systems_are_refused_at_once() -> None:
    """Ten variables in groups of their own: 10! choices of a group for each equation; then 2^14 vertices."""
    assert Mixed([{(1,) * 10}] * 10, range(10), linear=False).cells() is None
    product = tuple((1, tuple(2 - (i == k) for i in range(14))) for k in range(14))
    system = PolynomialSystem(tuple(f"x{i}" for i in range(14)), tuple((term, (1, (0,) * 14)) for term in product))
    assert best_groups(system)[0] == tuple(range(14))
    assert mixed_cells(system, linear=False) is None
