"""Evidence for the infimum: what is looked for, and what is not."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from exactland.api import solve
from exactland.certify import lowest
from exactland.certify.lowest import infimum_evidence
from exactland.classify.gates import gated
from exactland.landscape import Landscape
from exactland.polynomial import ring


def test_points_from_which_the_objective_falls_are_not_the_lowest(monkeypatch: pytest.MonkeyPatch) -> None:
    """x^4 - 2 x^2 is coercive; were 0, from which it falls, its lowest listed point, no proof could be found."""
    (x,) = ring(("x",)).gens()
    objective, values = x**4 - 2 * x**2, [(Fraction(0), Fraction(0))]
    found = infimum_evidence(objective, values, [0], True, [])
    assert found is not None
    assert found["argmin"] == [0]
    monkeypatch.setattr(lowest, "prove_coercive", lambda *_: pytest.fail("a search that cannot succeed"))
    assert infimum_evidence(objective, values, [0], True, [], left=[0]) is None


def test_other_points_of_the_lowest_group_may_attain_it() -> None:
    (x,) = ring(("x",)).gens()
    minus, zero = (Fraction(-1), Fraction(-1)), (Fraction(0), Fraction(0))
    found = infimum_evidence(x**4 - 2 * x**2, [minus, zero, minus], [0, 1, 0], True, [], left=[1])
    assert found is not None
    assert found["argmin"] == [0, 2]


def infimum_of(text: str) -> tuple[dict[str, Any], Landscape]:
    landscape = solve(text, engines=["macaulay"])
    entry: dict[str, Any] = json.loads(landscape.certificate().text)["infimum"]
    return entry, landscape


def test_a_variable_that_no_square_bounds_costs_more_than_the_minimum() -> None:
    """A large x makes z nearly 0, which costs 16; the others are bounded by squares."""
    entry, landscape = infimum_of("(x*y - 1)^2 + (x*z - 2)^2 + (y*z - 3)^2 + (y^2 - 1)^2 + (z^2 - 4)^2")
    assert landscape.infimum is not None
    assert landscape.infimum.attained
    assert entry["rule"] == "squares"
    gate = dict(entry["chain"])[0]
    assert gate == [[4, "-4", 2, [[1, "-2"], [1, "-2"]]]]


def test_an_infimum_that_is_approached_is_that_of_the_variables_that_grow() -> None:
    """Of three products with signs that contradict each other one has to be 0: the one that costs least."""
    entry, landscape = infimum_of("(x*y - 3)^2 + (x*z - 5)^2 + (y*z + 2)^2")
    assert landscape.infimum is not None
    assert not landscape.infimum.attained
    assert entry["rule"] == "limit"
    assert landscape.infimum.value is not None
    assert landscape.infimum.value.exact == 4


def test_without_gates_for_every_variable_there_is_no_evidence() -> None:
    x, y, z = ring(("x", "y", "z")).gens()
    squares = [(Fraction(1), q) for q in (x * y - 1, y * z - 1)]
    assert gated(sum((q**2 for _, q in squares), 0 * x), squares) is None
    assert gated(x**4 - x, [(Fraction(1), x**2)]) is None  # the squares as written are not the objective


def test_no_more_gates_are_written_than_needed() -> None:
    a, b, c, d = ring(("a", "b", "c", "d")).gens()
    squares = [(Fraction(1), q) for q in (a * b - 1, a * c - 1, a * d - 1, b * c - 2, b * d - 5, c * d - 3)]
    found = gated(sum((q**2 for _, q in squares), 0 * a), squares)
    assert found is not None
    assert found.below == 1 + 1 + 4  # where d is large a b, a c and b c are nearly 0; for other variables it is more
    assert [len(gates) for _, gates in found.above(Fraction(4)).chain if not isinstance(gates, int)] == [1, 1, 1, 2]
