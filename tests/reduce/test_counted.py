"""The number of complex critical points where a reduction finds the real ones only."""

from __future__ import annotations

import pytest

from exactland import solve
from exactland.claims.evidence import certified_landscape
from exactland.landscape import Completeness
from exactland.objective import Objective

EQUAL_OUTPUTS = "((b*a*v-3)^2+(b*a*w-5)^2)/2+(a^2+3*b^2+2*v^2+2*w^2)/2"


@pytest.mark.parametrize("count", [False, True])
def test_on_demand(count: bool) -> None:
    landscape = solve(EQUAL_OUTPUTS, count_complex=count)
    assert len(landscape) == 9
    assert (landscape.complex_points is None) is not count


def test_claims_count() -> None:
    landscape = certified_landscape(Objective.from_expression(EQUAL_OUTPUTS), 60)
    assert landscape.complex_points == solve(EQUAL_OUTPUTS, count_complex=True).complex_points


def test_squares_of_an_objective_are_not_those_of_its_lagrangian() -> None:
    text = "((a*v-1)^2+(a*w-2)^2+(a*x-3)^2+(a*y+1)^2+(a^2-2)^2+a^2*x^2)"
    names = list("avwxy")
    landscape = solve(Objective.from_expression(text, variables=names, on_sphere=names), seconds=20)
    assert landscape.complete is Completeness.PROVED
    assert len(landscape) == 5
    assert all(set(p.point) == set(names) for p in landscape)
