"""Deep linear networks under convex losses, differentiable or not."""

from __future__ import annotations

from exactland.claims.claim import Verdict
from exactland.claims.registry import load
from exactland.claims.runner import verify

NAME = "classic_laurent_von_brecht"


def test_everything_comes_out_as_declared():
    report = verify([NAME])
    assert [(c.case, c.verdict, c.reason) for c in report.unexpected] == []
    open_ = [c.case for c in report.cases if c.verdict is Verdict.UNDECIDED]
    assert open_ == ["differentiability/l1_d_2"]
    assert all(c.proved for c in report.cases if c.verdict is not Verdict.UNDECIDED)


def test_both_distances_have_the_loss_of_the_page_at_the_point():
    claim = next(c for c in load(NAME).claims if c.name == "differentiability")
    squared = claim.objective(claim.controls[0].parameters)
    place = [int(x) for x in claim.conclusion({}).point]
    assert squared.polynomial(*place) == 1
    assert squared.variables == claim.objective(claim.cases[0].parameters).variables
