"""Bad local minima on three samples, with two units of powers as activation."""

from __future__ import annotations

from fractions import Fraction

from tests.proofs.declared import assert_as_declared

NAME = "classic_yun_small_nonlinearities"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_all_points_of_the_cases_have_the_loss_of_the_best_linear_fit(claims):
    for name in ("bad_minimum", "second_order_condition", "mixed_signs"):
        for entry in claims[name].entries:
            units = [(Fraction(u), Fraction(v) ** entry.parameters["power"]) for u, v in entry.parameters["units"]]
            assert sum(u * h for u, h in units) == Fraction(1, 3), entry.name


def test_second_order_condition(claims):
    holds = claims["second_order_condition"].hypotheses[-1].holds
    assert holds({"power": 2, "units": (("1/6", "1"), ("1/6", "1"))})
    assert not holds({"power": 2, "units": (("2/3", "1"), ("-1/3", "1"))})
    assert not holds({"power": 1, "units": (("1/6", "1"), ("1/6", "1"))})  # equality
    assert not holds({"power": 3, "units": (("1/3", "1"), ("0", "0"))})  # a unit that is off
