"""Bad local minima at several widths."""

from __future__ import annotations

from tests.proofs.declared import assert_as_declared

NAME = "classic_ding_li_sun"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_the_losses_are_those_of_the_page(report):
    found = next(c for c in report.cases if c.case == "bad_minimum_at_any_width/width_3")
    assert "loss 1/3 at" in found.reason
    assert "; 0 at" in found.reason


def test_every_width_has_its_own_objective(claims):
    claim = claims["bad_minimum_at_any_width"]
    sizes = [len(claim.objective(case.parameters).variables) for case in claim.cases]
    assert sizes == [3 * case.parameters["width"] for case in claim.cases]
