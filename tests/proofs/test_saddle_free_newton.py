"""Newton and saddle-free Newton: exact steps and Jacobians, the lemma, index against loss, points on spheres."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exactland.claims.claim import Verdict
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.flows import Attracts, Flow, FollowsCurvature
from exactland.claims.orders import IndexGrowsWithLoss, MinimaBelowSaddles
from exactland.claims.properties import IdentityHolds
from exactland.claims.steps import StepIs
from exactland.claims.truth import Truth
from exactland.claims.values import NonnegativeForm
from exactland.landscape import Completeness
from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "saddle_free_newton"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def evidence(text: str, variables: str, sphere: str = "") -> Evidence:
    objective = Objective.from_expression(text, variables, on_sphere=sphere.split())
    return Evidence(objective, lambda o: certified_landscape(o, 60))


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_the_statistical_statement_fails_on_the_sphere(report):
    case = next(c for c in report.cases if c.case == "minima_have_low_error/sphere_3")
    assert case.verdict is Verdict.REFUTED
    assert case.reason.startswith("index 1 at ")
    landscape = case.judgement.evidence.solved
    assert (len(landscape), len(landscape.minima), len(landscape.spurious_minima)) == (14, 4, 1)


def test_points_on_a_sphere_have_no_multiplier():
    landscape = certified_landscape(Objective.from_expression("x + 2*y", "x y", on_sphere=("x", "y")), 60)
    assert landscape.complete is Completeness.PROVED
    assert [set(p.point) for p in landscape] == [{"x", "y"}, {"x", "y"}]


@pytest.mark.parametrize(
    ("text", "flow", "at", "follows", "attracts"),
    [
        ("5*x^2 - y^2", Flow.SADDLE_FREE_MAP, ("0", "0"), T, F),
        ("5*x^2 - y^2", Flow.NEWTON_MAP, ("0", "0"), F, T),
        ("-x^2 - y^2", Flow.SADDLE_FREE_MAP, None, T, F),  # a maximum repels
        ("-x^2 - y^2", Flow.NEWTON_MAP, None, F, T),
        ("x^2 + y^2", Flow.SADDLE_FREE_MAP, None, T, T),
        ("x^2 + y^2", Flow.GRADIENT, None, T, T),
        ("x^3 - 3*x*y^2", Flow.NEWTON_MAP, None, F, F),  # a singular Hessian
        ("(x*y - 1)^2", Flow.SADDLE_FREE_MAP, ("1", "1"), F, F),
        ("(x*y - 1)^2", Flow.SADDLE_FREE_MAP, ("1", "2"), U, U),  # not critical
        ("(x*y - 1)^2", Flow.SADDLE_FREE_MAP, None, U, F),  # repelled at 0; a curve besides
    ],
)
def test_methods_at_critical_points(text, flow, at, follows, attracts):
    given = evidence(text, "x y")
    assert FollowsCurvature(flow, at).evaluate(given).truth is follows
    assert Attracts(flow, at).evaluate(given).truth is attracts


def test_the_jacobian_of_an_iteration_is_the_derivative_of_its_map():
    for flow, curvature in ((f, c) for f in (Flow.NEWTON_MAP, Flow.SADDLE_FREE_MAP) for c in (1, -1)):
        size = 1 if flow is Flow.SADDLE_FREE_MAP else curvature
        assert flow.jacobian(curvature) == 1 - curvature // size
        assert flow.sign(curvature) == (1 if abs(flow.jacobian(curvature)) > 1 else -1)
    assert Flow.GRADIENT.jacobian(1) is None


MONKEY = "x^3 - 3*x*y^2"
SIX = (("6*t", "0"), ("0", "6*t"))


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (StepIs(("x", "y"), ("x", "y"), ("1/2*x", "1/2*y")), T),
        (StepIs(("x", "y"), ("x", "y"), ("1/3*x", "1/2*y")), F),
        (StepIs(("t",), ("t", "0"), ("1/2*t", "0"), SIX, ("t",)), T),
        (StepIs(("t",), ("-t", "0"), ("-3/2*t", "0"), SIX, ("t",)), T),
        (StepIs(("t",), ("-t", "0"), ("-1/2*t", "0"), SIX, ("t",)), F),
        (StepIs(("t",), ("t", "0"), ("1/2*t", "0"), SIX), U),  # 6 t is no absolute value for negative t
        (StepIs(("t",), ("t", "0"), ("3/2*t", "0"), (("-6*t", "0"), ("0", "-6*t")), ("t",)), U),  # not positive
        (StepIs(("t",), ("t", "0"), ("1/2*t", "0"), (("6*t", "0"), ("0", "-6*t")), ("t",)), U),  # not positive
        (StepIs(("t",), ("t", "0"), ("0", "0"), (("3*t", "0"), ("0", "3*t")), ("t",)), U),  # another square
        (StepIs(("t",), ("t", "0"), ("1/2*t", "0"), (("6*t", "t"), ("-t", "6*t")), ("t",)), U),  # not symmetric
        (StepIs((), ("0", "0"), ("0", "0")), U),  # the matrix is 0
    ],
)
def test_steps(step, wanted):
    if not step.parameters:
        step = replace(step, parameters=("t",))
    assert step.evaluate(evidence(MONKEY, "x y")).truth is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^2 - 2*x*y + y^2", T),
        ("x^2 - 3*x*y + y^2", F),
        ("-x^2", F),
        ("0*x", T),
        ("x^4 + y^4", T),
        ("x^4 - y^4", U),  # directions are tried for quadratic forms only
        ("x^2 + x", U),  # not a form
        ("x^2 + 1", U),
    ],
)
def test_signs_of_forms(text, wanted):
    assert NonnegativeForm(("x", "y"), text).evaluate(evidence("x^2 + y^2", "x y")).truth is wanted


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [("(x + y)^2", "x^2 + 2*x*y + y^2", T), ("(x + y)^2", "x^2 + y^2", F), ("x", "x + 1", F), ("x^5", "x^3", F)],
)
def test_identities(left, right, wanted):
    finding = IdentityHolds(("x", "y"), left, right).evaluate(evidence("x^2 + y^2", "x y"))
    assert finding.truth is wanted


@pytest.mark.parametrize(
    ("text", "variables", "grows", "below"),
    [
        ("(x^2 - 1)^2 + y^2", "x y", T, T),
        ("x^3 - x", "x", T, T),  # the maximum is higher
        ("(x^2 - 1)^2 - y^2", "x y", T, T),  # saddles below a maximum, no minimum
        ("x^4/4 - x^2/2 + x^6/3", "x", T, T),
        ("x^2*(x - 3)^2*(x - 7)^2 + 90*x", "x", F, F),  # a high well beside a low hill
        ("(x^2 + y^2 - 1)^2", "x y", U, U),
    ],
)
def test_index_against_loss(text, variables, grows, below):
    given = evidence(text, variables)
    assert IndexGrowsWithLoss().evaluate(given).truth is grows
    assert MinimaBelowSaddles().evaluate(given).truth is below


def test_index_against_loss_needs_the_whole_list_and_all_indices():
    whole = evidence("x^3 - x", "x").landscape
    part = replace(whole, complete=Completeness.OPEN, reason="cut")
    unsure = replace(whole, points=(replace(whole.points[0], inertia=None), *whole.points[1:]))
    for landscape in (part, unsure):
        given = Evidence(whole.objective, lambda _, found=landscape: found)
        assert IndexGrowsWithLoss().evaluate(given).truth is U
