"""Deep linear networks under convex losses, differentiable or not."""

from __future__ import annotations

from tests.proofs.declared import assert_as_declared

NAME = "classic_laurent_von_brecht"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report, undecided=("differentiability/l1_d_2",))


def test_both_distances_have_the_loss_of_the_page_at_the_point(claims):
    claim = claims["differentiability"]
    squared = claim.objective(claim.controls[0].parameters)
    place = [int(x) for x in claim.conclusion({}).point]
    assert squared.polynomial(*place) == 1
    assert squared.variables == claim.objective(claim.cases[0].parameters).variables
