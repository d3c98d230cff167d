"""Saddle-free Newton in particle space, and the second-order condition for measures."""

from __future__ import annotations

import pytest

from exactland.claims.claim import Verdict
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.flows import Flow, FollowsCurvature
from exactland.claims.runner import Report
from exactland.claims.truth import Truth
from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "wasserstein_saddle_free_newton"


def verdict(report: Report, name: str) -> Verdict:
    return next(c.verdict for c in report.cases if c.case == name)


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_the_naive_condition_fails_in_W2_and_holds_for_particles(report):
    assert verdict(report, "second_order_condition_W2/P2") is Verdict.REFUTED
    assert verdict(report, "teleported_mass/P2") is Verdict.VERIFIED
    assert verdict(report, "second_order_condition_particles/P2_N2") is Verdict.VERIFIED
    assert verdict(report, "second_order_condition_W_infinity/P2") is Verdict.VERIFIED
    assert verdict(report, "second_order_condition_W_infinity/P2_too_far") is Verdict.REFUTED


def test_the_limit_need_not_be_global(report):
    assert verdict(report, "limit_is_global/N2") is Verdict.REFUTED
    assert verdict(report, "limit_is_global/N2_strong") is Verdict.VERIFIED


def test_the_landscape_of_two_atoms(report):
    case = next(c for c in report.cases if c.case == "landscape_of_N2/N2")
    landscape = case.judgement.evidence.solved
    assert landscape.complex_points == 9
    best = {tuple(n.exact for n in p.point.values()) for p in landscape.global_minima}
    assert best == {(1, 1), (-1, -1)}
    assert all(p.value.lower > q.value.upper for p in landscape.spurious_minima for q in landscape.global_minima)


@pytest.mark.parametrize(
    ("text", "flow", "wanted"),
    [
        ("(x^2 - 1)^2 + y^2", Flow.SADDLE_FREE, Truth.TRUE),
        ("(x^2 - 1)^2 + y^2", Flow.GRADIENT, Truth.TRUE),
        ("(x^2 - 1)^2 + y^2", Flow.NEWTON, Truth.FALSE),
        ("x^2 + 3*y^2", Flow.NEWTON, Truth.TRUE),  # no saddle
        ("x^4 + y^2", Flow.SADDLE_FREE, Truth.FALSE),  # a singular Hessian
    ],
)
def test_linearised_flows(text, flow, wanted):
    evidence = Evidence(Objective.from_expression(text, "x y"), lambda o: certified_landscape(o, 60))
    assert FollowsCurvature(flow).evaluate(evidence).truth is wanted
