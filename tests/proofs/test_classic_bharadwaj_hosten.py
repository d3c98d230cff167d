"""Counts and zero patterns of complex critical points: the table, the formulas, and what must fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from exactland.claims import patterns
from exactland.claims.claim import Verdict
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.truth import Truth
from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "classic_bharadwaj_hosten"


def evidence(text: str, variables: str | None = None) -> Evidence:
    return Evidence(Objective.from_expression(text, variables), lambda o: certified_landscape(o, 60))


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_which_printed_entries_fail(report):
    found = {c.case for c in report.cases if c.role == "case" and c.verdict is Verdict.REFUTED}
    assert found == {"printed_bezout_numbers/2_1_2", "printed_maxima/2_1_1"}


def test_the_circle_of_critical_points(report):
    case = next(c for c in report.cases if c.case == "finitely_many/isotropic_2_1_2")
    assert case.verdict is Verdict.REFUTED
    assert case.reason == "140 rational critical points; at most 129 are isolated (Bezout number)"


def test_all_rows_of_the_page_are_computed(report, page):
    rows = {c.case.removeprefix("printed_counts/") for c in report.cases if c.case.startswith("printed_counts/")}
    assert {"_".join(map(str, row)) for row in page.TABLE} <= rows
    assert len(page.TABLE) == 18


def test_all_mixed_volumes_are_certified(report, page):
    cases = [c for c in report.cases if c.case.startswith(("printed_bkk/", "mixed_volumes/"))]
    assert {c.case for c in cases if c.role != "case"} == {"printed_bkk/zero_input", "mixed_volumes/zero_input"}
    for row, numbers in page.TABLE.items():
        d, dx, dy = row
        widths = {"widths": (dx, d, dy)}
        assert page.mixed(widths) == numbers[1]
        (case,) = [c for c in cases if c.case == "printed_bkk/" + "_".join(map(str, row))]
        assert (case.verdict, case.reason) == (Verdict.VERIFIED, f"the mixed volume is {numbers[1]}")


def test_mixed_volumes_of_small_supports():
    def refuse(objective):
        raise AssertionError("the solver was asked")

    hyperbola = Evidence(Objective.from_expression("x^2*y^2 + x + y", "x y"), refuse)
    assert patterns.MixedVolumeIs(3).evaluate(hyperbola).truth is Truth.TRUE
    assert patterns.MixedVolumeIs(5).evaluate(hyperbola).truth is Truth.FALSE
    sphere = Evidence(Objective.from_expression("x^2 + x*y", "x y", on_sphere=["x", "y"]), refuse)
    assert patterns.MixedVolumeIs(1).evaluate(sphere).truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("widths", "seed", "generic", "count"), [((1, 3, 2), 1, Truth.FALSE, 69), ((1, 2, 3), 2, Truth.FALSE, 69)]
)
def test_the_formula_needs_the_determinants(page, claims, widths, seed, generic, count):
    formula, parameters = claims["closed_formula"], page.instance(widths, seed)
    condition = next(h for h in formula.hypotheses if h.name.startswith("data and regulariser"))
    assert condition.check(parameters) is generic
    assert certified_landscape(formula.objective(parameters), 120).complex_points == count
    assert formula.conclusion(parameters).parts[0].complex_ == 73


def test_units_of_a_wide_layer_must_be_told_apart(claims):
    hypotheses = claims["no_adjacent_wide_layers"].hypotheses
    condition = next(h for h in hypotheses if h.name.startswith("data and regulariser"))
    shape = {"widths": (1, 1, 2, 1), "inputs": (("1",),), "targets": (("5",),)}
    ridge = ("1", "2", "3", "5", "7")  # w1, then the incoming and the outgoing weights of both units
    assert condition.check({**shape, "ridge": ridge}) is Truth.TRUE
    assert condition.check({**shape, "ridge": ("1", "2", "3", "3", "2")}) is Truth.FALSE  # 2 * 3 = 3 * 2
    first = {"widths": (2, 2, 1, 1), "inputs": (("1", "2"),), "targets": (("5",),)}
    assert condition.check({**first, "ridge": ("1", "4", "2", "8", "1", "2", "9")}) is Truth.TRUE
    assert condition.check({**first, "ridge": ("1", "4", "2", "8", "2", "1", "9")}) is Truth.FALSE  # 2 : 2 = 1 : 1


def test_zero_patterns_need_matching_groups():
    chain = evidence("(a*b - 3)^2 + a^2 + 2*b^2 + (c^2 - 2)^2", "a b c")
    assert patterns.ZerosInGroups((("a", "b"), ("c",))).evaluate(chain).truth is Truth.TRUE
    assert patterns.ZerosInGroups((("a", "b", "c"),)).evaluate(chain).truth is Truth.FALSE
    assert patterns.ZerosInGroups((("a",), ("b",), ("c",))).evaluate(chain).truth is Truth.UNKNOWN  # odd in a
    assert patterns.ZerosInGroups((("a", "b"),)).evaluate(chain).truth is Truth.UNKNOWN  # c is in no group


def test_counts_by_support():
    double = evidence("(x^2 - 2)^2 + (y^2 + 1)^2 + x^2*y^2/10", "x y")
    groups = (("x",), ("y",))
    for size, count in ((0, 1), (1, 4), (2, 4)):
        assert patterns.SupportCount(groups, size, exactly=count).evaluate(double).truth is Truth.TRUE
        assert patterns.SupportCount(groups, size, exactly=count + 1).evaluate(double).truth is Truth.FALSE
        assert patterns.SupportCount(groups, size, at_most=count - 1).evaluate(double).truth is Truth.FALSE
    findings = patterns.SupportCount(groups, 2, exactly=4).evaluate(double)
    assert len(findings.certificates) == 3
    assert all(map(double.holds, findings.certificates))


def test_a_census_is_not_believed_when_the_counts_on_subspaces_are_wrong():
    text = "(x^2 - 2)^2 + (y^2 + 1)^2 + x^2*y^2/10"

    def solver(objective):
        found = certified_landscape(objective, 60)
        return found if len(objective.variables) == 2 else replace(found, complex_points=found.complex_points + 2)

    wrong = Evidence(Objective.from_expression(text, "x y"), solver)
    assert patterns.SupportCount((("x",), ("y",)), 2, exactly=4).evaluate(wrong).truth is Truth.UNKNOWN


def test_bounds_parity_and_bezout_number():
    double = evidence("(x^2 - 2)^2 + (y^2 + 1)^2", "x y")
    assert patterns.CountWithin(complex_=9, real=3).evaluate(double).truth is Truth.TRUE
    assert patterns.CountWithin(complex_=8).evaluate(double).truth is Truth.FALSE
    assert patterns.CountWithin(real=2).evaluate(double).truth is Truth.FALSE
    assert patterns.OddRealCount().evaluate(double).truth is Truth.TRUE
    assert patterns.OddRealCount().evaluate(evidence("x^3 - x")).truth is Truth.FALSE
    assert patterns.BezoutNumberIs(9).evaluate(double).truth is Truth.TRUE
    assert patterns.BezoutNumberIs(8).evaluate(double).truth is Truth.FALSE


def test_too_many_critical_points():
    start = (Fraction(1), Fraction(0))
    circle = Objective.from_expression("(x^2 + y^2 - 1)^2", "x y")

    def refuse(objective):
        raise AssertionError("the solver was asked")

    def finite(points):
        return patterns.FinitelyManyCriticalPoints((0, 0), points)

    points = patterns.rotated(start, ((0, 1),), 10)
    assert len(set(points)) == 10
    assert finite(points).evaluate(Evidence(circle, refuse)).truth is Truth.FALSE
    assert finite(()).evaluate(evidence("x^2 + y^2")).truth is Truth.TRUE
    off = (*points[:9], (Fraction(2), Fraction(0)))  # one is no critical point
    twice = (*points[:9], points[0])
    for wrong in (off, twice, points[:9]):
        with pytest.raises(AssertionError, match="the solver was asked"):
            finite(wrong).evaluate(Evidence(circle, refuse))
