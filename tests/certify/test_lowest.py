"""Evidence for the infimum: what is looked for, and what is not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland.certify import lowest
from exactland.certify.lowest import infimum_evidence
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
