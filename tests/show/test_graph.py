"""Landscapes as graphs."""

from __future__ import annotations

import builtins
from collections import Counter
from typing import Any

import pytest

import exactland as el
from exactland.errors import InputError


def relations(graph: Any) -> Counter[str]:
    return Counter(data["relation"] for _, _, data in graph.edges(data=True))


def test_points_of_an_orbit_are_joined_and_can_be_collapsed() -> None:
    landscape = el.solve("(a*b - 1)^2/2 + (a^2 + b^2)/20")
    whole, orbits = landscape.graph(), landscape.graph(collapse=True)
    assert (len(whole), len(orbits)) == (len(landscape.points), 2) == (3, 2)
    assert relations(whole) == {"symmetry": 1}
    assert [whole.nodes[i]["kinds"] for i in whole] == [("minimum",), ("minimum",), ("strict_saddle",)]
    assert orbits.nodes[0]["members"] == (0, 1)
    assert relations(orbits) == {}


def test_a_saddle_above_one_minimum_only_leads_there() -> None:
    """x^4 - 2x^2 + x: the maximum lies above two minima, the flat point of x^4 - 4x^3 above one."""
    tilted, flat = el.solve("x^4 - 2*x^2 + x"), el.solve("x^4 - 4*x^3")
    assert relations(tilted.graph()) == {}
    graph = flat.graph()
    assert relations(graph) == {"descent": 1}
    (i, j) = next(iter(graph.edges()))
    assert sorted((graph.nodes[i]["kinds"], graph.nodes[j]["kinds"])) == [("minimum",), ("nonstrict_saddle",)]


def test_nothing_leads_downwards_where_sublevel_sets_are_not_compact() -> None:
    assert relations(el.solve("x^3 - 3*x + y^2").graph()) == {}


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
