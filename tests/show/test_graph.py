"""Landscapes as graphs."""

from __future__ import annotations

import builtins
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

import exactland as el
from exactland.errors import InputError
from exactland.landscape import Kind, Landscape
from exactland.show.descents import Descents, images


def relations(graph: Any) -> Counter[str]:
    return Counter(data["relation"] for _, _, data in graph.edges(data=True))


def test_points_of_an_orbit_are_joined_and_can_be_collapsed() -> None:
    landscape = el.solve("(a*b - 1)^2/2 + (a^2 + b^2)/20")
    whole, orbits = landscape.graph(), landscape.graph(collapse=True)
    assert (len(whole), len(orbits)) == (len(landscape.points), 2) == (3, 2)
    assert relations(whole) == {"symmetry": 1, "descent": 2}
    statuses = {(data["relation"], data["status"]) for _, _, data in whole.edges(data=True)}
    assert statuses == {("symmetry", "proved"), ("descent", "checked")}  # only the checker's word is a proof
    assert [whole.nodes[i]["kinds"] for i in whole] == [("minimum",), ("minimum",), ("strict_saddle",)]
    assert orbits.nodes[0]["members"] == (0, 1)
    assert relations(orbits) == {"descent": 1}


def test_a_saddle_above_one_minimum_only_leads_there() -> None:
    """x^4 - 2x^2 + x: the maximum lies between two minima, the flat point of x^4 - 4x^3 above one."""
    tilted, flat = el.solve("x^4 - 2*x^2 + x"), el.solve("x^4 - 4*x^3")
    assert relations(tilted.graph()) == {"descent": 2}
    graph = flat.graph()
    assert relations(graph) == {"descent": 1}
    (i, j) = next(iter(graph.edges()))
    assert sorted((graph.nodes[i]["kinds"], graph.nodes[j]["kinds"])) == [("minimum",), ("nonstrict_saddle",)]


def test_where_sublevel_sets_are_not_compact_only_explicit_paths_lead_downwards() -> None:
    """The other side of the saddle of x^3 - 3x + y^2 leads to infinity."""
    assert descents(el.solve("x^3 - 3*x + y^2")) == {(1, 0)}
    assert descents(el.solve("x^2 - y^2 + y^3/3 - x^3/3")) == {(1, 0), (2, 0), (3, 0)}
    assert descents(el.solve("x*y")) == set()


def descents(landscape: Landscape) -> set[tuple[int, int]]:
    """From the upper to the lower."""
    edges = landscape.graph().edges(data=True)
    found = {(i, j) for i, j, data in edges if data["relation"] == "descent"}
    return {(max(e), min(e)) for e in found}


def test_paths_join_every_saddle_of_a_grid_to_its_neighbours() -> None:
    """Four minima, four saddles between two of them each, one maximum above all."""
    landscape = el.solve("x^4 - 2*x^2 + y^4 - 2*y^2 + x/7 + y/5 + x*y/9")
    kinds = [p.kind for p in landscape]
    assert kinds == [Kind.MINIMUM] * 4 + [Kind.STRICT_SADDLE] * 4 + [Kind.MAXIMUM]
    found = descents(landscape)
    ends = [{j for i, j in found if i == saddle} for saddle in range(4, 8)]
    assert all(len(e) == 2 for e in ends)
    assert {j for e in ends for j in e} == {0, 1, 2, 3}
    assert len({frozenset(e) for e in ends}) == 4


def test_images_under_symmetries_are_joined_as_well() -> None:
    landscape = el.solve("(a*b*c - 1)^2 + (a^2 + b^2 + c^2)/10")
    found = descents(landscape)
    minima = [i for i, p in enumerate(landscape) if p.kind is Kind.MINIMUM]
    permutations = images(landscape)
    assert permutations
    assert all((p[i], p[j]) in found for p in permutations for i, j in found)
    assert {j for _, j in found} >= set(minima) if found else len(minima) == 5


def test_a_path_that_ends_exactly_in_a_spurious_minimum_leads_there() -> None:
    """Newton's steps from the maximum 1 come to the minimum 0 itself, below which there is one critical set only."""
    u = 10**5  # the unit of x
    landscape = el.solve(f"x^2/2 - 61*x^3/{90 * u} + 41*x^4/{120 * u**2} - 11*x^5/{150 * u**3} + x^6/{180 * u**4}")
    places = [round(p.point["x"].lower / u) for p in landscape.points]
    edges = {tuple(sorted((places[i], places[j]))) for i, j in landscape.graph().edges()}
    assert edges == {(0, 1), (1, 2), (2, 3), (3, 5)}


@pytest.mark.parametrize(
    ("start", "end", "falls"), [(0, 1, True), (1, 0, False), (0, 2, False), (-2, 1, False), (1, 1, False)]
)
def test_a_segment_falls_only_where_the_slope_is_negative_all_along(start: int, end: int, falls: bool) -> None:
    """x^4 - 2 x^2 falls from 0 to 1 and from -2 to -1."""
    search = Descents(el.solve("x^4 - 2*x^2"), True)
    assert search._falls((Fraction(start),), (Fraction(end),)) is falls


def test_curvature_decides_near_a_point_only() -> None:
    search = Descents(el.solve("x^4 - 2*x^2"), True)
    near, far = (Fraction(1, 10),), (Fraction(3, 2),)
    origin, one = [(Fraction(0), Fraction(0))], [(Fraction(1), Fraction(1))]
    assert search._curved(origin, near, -1)
    assert not search._curved(origin, far, -1)
    assert not search._curved(origin, near, 1)
    assert search._curved(one, (Fraction(11, 10),), 1)
    assert not search._curved(origin, (Fraction(0),), -1)


def test_strata_of_a_component_are_joined() -> None:
    landscape = el.solve("(x*y*z - 1)^2")
    whole, sets = landscape.graph(), landscape.graph(collapse=True)
    assert relations(whole)["set"] == 3
    assert len(sets) == 4
    assert sorted(sets.nodes[i]["dimension"] for i in sets) == [1, 1, 1, 2]


def test_without_networkx(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "networkx":
            raise ImportError(name)
        return original(name, *rest, **more)

    landscape = el.solve("x^2")
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match="pip install networkx"):
        landscape.graph()
