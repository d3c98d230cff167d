"""Entrywise losses of linear networks, conditions of strata at rational points, and lists of critical values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from exactland.claims.entrywise import convex, entrywise_loss, fills, product_entries, same_squares, square
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.places import lies_on
from exactland.claims.properties import PointIs
from exactland.claims.truth import Truth
from exactland.claims.values import CriticalValuesAre
from exactland.landscape import CriticalPoint, Kind
from exactland.number import Number
from exactland.objective import Objective

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
ONE = Number(Fraction(1), Fraction(1))


def solved(text: str, variables: str) -> Evidence:
    return Evidence(Objective.from_expression(text, variables), lambda o: certified_landscape(o, 30))


def test_product_of_two_layers():
    names, product = product_entries((2, 1, 2))
    assert names == ("w1_1_1", "w1_1_2", "w2_1_1", "w2_2_1")
    expected = Objective.from_expression("w2_2_1*w1_1_2", names).polynomial
    assert Objective.from_expression(product[1][1], names).polynomial == expected


def test_loss_of_a_product():
    found = entrywise_loss((1, 2, 1), ((("1", "-2", "1", "0", "5"),),))
    wanted = "(w2_1_1*w1_1_1 + w2_1_2*w1_2_1 - 1)^2 + 5*(w2_1_1*w1_1_1 + w2_1_2*w1_2_1)^4"
    assert found.polynomial == Objective.from_expression(wanted, found.variables).polynomial


def test_losses_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="1 x 2"):
        entrywise_loss((2, 1), ((square("1", "0"),),))


@pytest.mark.parametrize(
    ("widths", "wanted"), [((2, 1, 2), False), ((2, 1, 1), True), ((2, 2, 3), True), ((3, 1), True)]
)
def test_filling(widths, wanted):
    assert fills(widths) is wanted


@pytest.mark.parametrize(
    ("coefficients", "wanted"),
    [
        (("3",), True),
        (("0", "-7"), True),
        (("0", "0", "1"), True),
        (("0", "0", "-1"), False),
        (("0", "0", "9", "1"), False),  # a cubic bends both ways
        (("0", "0", "0", "0", "1"), True),
        (("1", "-4", "6", "-4", "1"), True),
        (("0", "24", "-6", "-8", "3"), False),
        (("0", "0", "1", "0", "-1"), False),
    ],
)
def test_convexity(coefficients, wanted):
    assert convex(((coefficients,),)) is wanted


def test_convexity_of_high_degree_is_not_guessed():
    with pytest.raises(ValueError, match="degree 4"):
        convex(((("0",) * 7,),))


def test_multiples_of_the_frobenius_distance():
    assert same_squares(((square("3", "1"), square("3", "2")),))
    assert not same_squares(((square("3", "1"), square("1", "2")),))
    assert not same_squares(((("0", "1"), ("0", "1")),))
    assert not same_squares(((square("-1", "0"),),))


def stratum(*conditions: str) -> CriticalPoint:
    return CriticalPoint(
        Kind.MINIMUM, ONE, {"x": ONE, "y": ONE}, None, None, None, 1, dimension=1, equations=conditions
    )


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        (("x - 2*y = 0",), True),
        (("x - y = 0",), False),
        (("x - 2*y = 0", "y - 1 != 0"), False),
        (("x - 2*y = 0", "y != 0"), True),
        (("x - 2*y = 0", "y > 0"), True),
        (("x - 2*y = 0", "-y > 0"), False),
        (("x - 2*y = 0", "1 - y > 0"), False),
        (("x - 2*y = 0", "not all zero: y - 1, x - 2"), False),
        (("x - 2*y = 0", "not all zero: y - 1, x"), True),
        (("x - 2*y = 0", "loss = the root 1.41 of x^2 - 2"), False),
        (("x - 2*y = 0", "y >= 0"), False),
        ((), False),
    ],
)
def test_conditions_of_a_stratum(conditions, wanted):
    place = (Fraction(2), Fraction(1))
    assert lies_on(place, stratum(*conditions), ("x", "y")) is wanted


def test_an_isolated_point_is_no_stratum():
    assert not lies_on((Fraction(2), Fraction(1)), replace(stratum("x - 2*y = 0"), dimension=0), ("x", "y"))


def test_the_type_of_a_point_is_that_of_its_stratum():
    given = solved("(x*y - 1)^2*(1 + z^2)", "x y z")
    assert PointIs(("7", "1/7", "0"), Kind.MINIMUM, True).evaluate(given).truth is T
    assert PointIs(("7", "1/7", "0"), Kind.STRICT_SADDLE).evaluate(given).truth is F
    assert PointIs(("7", "1/5", "0"), Kind.MINIMUM).evaluate(given).truth is U


def test_critical_values():
    given = solved("(x*y - 1)^2 + z^2", "x y z")
    assert CriticalValuesAre(("1", "0")).evaluate(given).truth is T
    assert CriticalValuesAre(("0",)).evaluate(given).truth is F
    assert CriticalValuesAre(("0", "1", "2")).evaluate(given).truth is F


def test_critical_values_without_a_complete_list():
    given = solved("(x*y - 1)^2 + z^2", "x y z")
    entry = given.landscape.points[0]
    values = tuple(str(p.value.lower) for p in given.landscape)
    hidden = replace(given.landscape, points=(replace(entry, point={}), *given.landscape.points[1:]))
    assert CriticalValuesAre(values).evaluate(Evidence(given.objective, lambda _: hidden)).truth is U
