"""Linear attention: exact moments, global minima by sums of squares, and critical points on a subspace."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland.claims import registry, subspaces
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.moments import gaussian_mean
from exactland.claims.truth import Truth
from exactland.claims.values import GlobalMinimum, InfimumAttained
from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "in_context_preconditioned_gradient_descent"


def evidence(text: str, variables: str) -> Evidence:
    return Evidence(Objective.from_expression(text, variables), lambda o: certified_landscape(o, 60))


def point(*values: int | str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, values))


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_losses_of_the_page(report):
    reasons = {c.case: c.reason for c in report.cases}
    for n, loss in ((1, "2/3"), (3, "2/5")):  # 1 - n/(n + 2)
        assert reasons["one_layer/one_layer_d1" + ("_n3" if n == 3 else "")].endswith(f"with loss {loss}")
    assert "a0=1/3, a1=1" in reasons["two_layers_attained/two_layer_d1"]


def objective(claim: str, **parameters: object) -> Objective:
    return next(c for c in registry.load(NAME).claims if c.name == claim).objective(parameters)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_one_layer_loss_is_that_of_the_page(n):
    derived = objective("one_layer", sigma=("1",), w=("1",), n=n).polynomial
    square = "(b1*a1_1)^2 + (b1*a1_2 + b2*a1_1)^2 + 3*(b2*a1_2)^2 + 2*b1*a1_1*b2*a1_2"
    page = f"({n} + 2)/{n}*({square}) + 2*(b1*a1_2 + b2*a1_1) + 1"
    assert derived == Objective.from_expression(page, "b1 b2 a1_1 a1_2").polynomial


def test_the_two_layer_loss_is_that_of_the_page():
    derived = objective("two_layers_attained", sigma=("1",), w=("1",), n=4).polynomial
    page = "15/2*a0^2*a1^2 - 6*a0^2*a1 + 3/2*a0^2 - 6*a0*a1^2 + 6*a0*a1 - 2*a0 + 3/2*a1^2 - 2*a1 + 1"
    assert derived == Objective.from_expression(page, "a0 a1").polynomial


def test_moments():
    names = ("a", "x", "y")
    p = Objective.from_expression("a*x^4*y^2 + a^2*x^3 + x*y + 7*a^3 + x^6", names).polynomial
    mean = gaussian_mean(p, {"x": Fraction(2), "y": Fraction(1, 3)}, Fraction(1, 2))
    assert mean.polynomial == Objective.from_expression("2*a + 7/2*a^3 + 60", "a").polynomial
    zero = Objective.from_expression("a*x", ("a", "x")).polynomial
    assert gaussian_mean(zero, {"x": Fraction(1)}).polynomial == Objective.from_expression("0*a", "a").polynomial


def test_global_minima_at_rational_points():
    bowl = evidence("(x*y - 1)^2 + (x - y)^2", "x y")
    assert GlobalMinimum(point(1, 1)).evaluate(bowl).truth is Truth.TRUE
    assert GlobalMinimum(point(0, 0)).evaluate(bowl).truth is Truth.UNKNOWN
    assert GlobalMinimum(point(0, 0), (point(1, 1),)).evaluate(bowl).truth is Truth.FALSE
    assert GlobalMinimum(point(1, 1), (point(0, 0),)).evaluate(bowl).truth is Truth.TRUE  # higher
    assert GlobalMinimum(point(0, 0), (point(2, 1),)).evaluate(bowl).truth is Truth.UNKNOWN  # not critical
    assert InfimumAttained().evaluate(bowl).truth is Truth.TRUE
    assert InfimumAttained().evaluate(evidence("x^3 - x + y^2", "x y")).truth is Truth.UNKNOWN


DIAGONAL = tuple((Fraction(1),) for _ in range(2))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(x*y - 2)^2 + x^2 + y^2", Truth.TRUE),  # symmetric: the gradient is tangent to x = y
        ("(x - 1)^2 + (y - 2)^2", Truth.FALSE),  # a - 1 and a - 2
        ("(x^2 - 1)^2 + (y^2 - 1)^2", Truth.TRUE),
        ("x^2 + y^2 + x^4", Truth.UNKNOWN),  # critical at 0, but not tangent to x = y
        ("x + y^3", Truth.FALSE),
    ],
)
def test_critical_points_on_a_line(text, wanted):
    found = evidence(text, "x y")
    finding = subspaces.CriticalPointOnSubspace(("a",), DIAGONAL).evaluate(found)
    assert finding.truth is wanted
    assert all(map(found.holds, finding.certificates))


def test_a_wrong_gradient_on_the_subspace_is_not_believed(monkeypatch):
    true_slopes = subspaces.CriticalPointOnSubspace._slopes

    def wrong(self, objective):
        return [g + 1 for g in true_slopes(self, objective)]

    monkeypatch.setattr(subspaces.CriticalPointOnSubspace, "_slopes", wrong)
    for text in ("(x*y - 2)^2 + x^2 + y^2", "(x - 1)^2 + (y - 2)^2"):
        finding = subspaces.CriticalPointOnSubspace(("a",), DIAGONAL).evaluate(evidence(text, "x y"))
        assert finding.truth is Truth.UNKNOWN
