"""Strict and non-strict saddles of deep linear networks: exactly where partial products vanish."""

from __future__ import annotations

import pytest

from exactland.claims import registry
from exactland.claims.claim import Verdict
from exactland.claims.critical_sets import KindExactlyWhere, KindExists
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.runner import Report, verify
from exactland.claims.truth import Truth
from exactland.landscape import Kind
from exactland.objective import Objective

NAME = "classic_achour_second_order"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.fixture(scope="module")
def report() -> Report:
    return verify([NAME])


@pytest.fixture(scope="module")
def chain() -> Evidence:
    return Evidence(Objective.from_expression("(x*y*z - 1)^2", "x y z"), lambda o: certified_landscape(o, 30))


def test_everything_comes_out_as_declared(report):
    assert [(c.case, c.verdict, c.reason) for c in report.unexpected] == []
    assert all(c.verdict in (Verdict.VERIFIED, Verdict.REFUTED) and c.proved for c in report.cases)


@pytest.mark.parametrize(
    ("kind", "alternatives", "wanted"),
    [
        (Kind.NONSTRICT_SADDLE, (("x", "y", "z"),), T),
        (Kind.NONSTRICT_SADDLE, (("x + y", "x - y", "z"),), T),
        (Kind.NONSTRICT_SADDLE, (), F),
        (Kind.NONSTRICT_SADDLE, (("x", "y"),), F),
        (Kind.STRICT_SADDLE, (("x", "y", "z"),), F),
        (Kind.MINIMUM, (("x*y*z - 1",),), T),
        (Kind.MINIMUM, (("x - 1", "y*z - 1"),), U),  # holds at the point shown
        (Kind.MAXIMUM, (), T),
    ],
)
def test_where_a_kind_is(chain, kind, alternatives, wanted):
    finding = KindExactlyWhere(kind, alternatives).evaluate(chain)
    assert finding.truth is wanted, finding.reason
    assert all(map(chain.holds, finding.certificates))


def test_which_kinds_exist(chain):
    assert KindExists((Kind.NONSTRICT_SADDLE,)).evaluate(chain).truth is T
    assert KindExists((Kind.MAXIMUM,)).evaluate(chain).truth is F


def test_tightened_points():
    claim = next(c for c in registry.load(NAME).claims if c.name == "nonstrict_exactly_where_tightened")
    tightened = {c.name: claim.conclusion(c.parameters).alternatives for c in claim.cases}
    assert tightened["scalar_H2"] == tightened["narrow_H2"] == ()
    assert tightened["scalar_H3"] == (("w1_1_1", "w2_1_1", "w3_1_1"),)
    assert tightened["wide_H3"] == (("w1_1_1", "w1_2_1", "w2_1_1", "w2_1_2", "w3_1_1"),)
    assert (
        len(tightened["scalar_H4"]) == 7
    )  # a stratum of the landscape lies in a union of two of them, and in no single one
