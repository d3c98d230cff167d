"""The number of complex critical points where a reduction finds the real ones only."""

from __future__ import annotations

import pytest

from exactland import solve
from exactland.claims.evidence import certified_landscape
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
