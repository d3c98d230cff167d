"""Curves to infinity along which sums of squares tend to their infimum."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq_mpoly

import exactland as el
from exactland.classify.channels import channel
from exactland.polynomial import ring


def squares(*texts: str) -> list[tuple[Fraction, fmpq_mpoly]]:
    gens = dict(zip("xyz", ring(["x", "y", "z"]).gens(), strict=True))
    return [(Fraction(1), eval(text.replace("^", "**"), gens)) for text in texts]


def test_all_squares_vanish() -> None:
    found = channel(squares("x*y - 1", "x"), None)
    assert found is not None
    assert found.limit == 0


def test_one_square_is_lost() -> None:
    """x y z squared is the product of the entries: it is not negative."""
    found = channel(squares("x*y - 1", "x*z - 1", "y*z + 2"), None)
    assert found is not None
    assert found.limit == 1


def test_nothing_below_the_bound() -> None:
    assert channel(squares("x*y - 1", "x*z - 1", "y*z + 2"), Fraction(1)) is None
    assert channel(squares("x", "y", "z"), Fraction(1)) is None


@pytest.mark.parametrize(("last", "infimum"), [(-1, 2), (-3, 2), (-Fraction(1, 2), Fraction(1, 2))])
def test_infimum_of_a_symmetric_matrix_off_the_diagonal(last: Fraction, infimum: Fraction) -> None:
    x, y, z = el.variables("x y z")
    land = el.solve(2 * (x * y - 1) ** 2 + 2 * (x * z - 1) ** 2 + 2 * (y * z - last) ** 2)
    assert land.infimum is not None
    assert land.infimum.attained is False
    assert land.infimum.value is not None
    assert land.infimum.value.exact == infimum
