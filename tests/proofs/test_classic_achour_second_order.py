"""Strict and non-strict saddles of deep linear networks: exactly where partial products vanish."""

from __future__ import annotations

from tests.proofs.declared import assert_as_declared

NAME = "classic_achour_second_order"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_tightened_points(claims):
    claim = claims["nonstrict_exactly_where_tightened"]
    tightened = {c.name: claim.conclusion(c.parameters).alternatives for c in claim.cases}
    assert tightened["scalar_H2"] == tightened["narrow_H2"] == ()
    assert tightened["scalar_H3"] == (("w1_1_1", "w2_1_1", "w3_1_1"),)
    assert tightened["wide_H3"] == (("w1_1_1", "w1_2_1", "w2_1_1", "w2_1_2", "w3_1_1"),)
    # A stratum of the landscape lies in a union of two of these, and in no single one.
    assert len(tightened["scalar_H4"]) == 7
