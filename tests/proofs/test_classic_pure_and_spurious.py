"""Filling and non-filling linear networks, and numbers of complex critical points on matrices of rank one."""

from __future__ import annotations

import pytest

from exactland.claims.claim import Verdict
from tests.proofs.declared import assert_as_declared

NAME = "classic_pure_and_spurious"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_the_threshold_of_the_weights(report):
    found = {c.case.split("/")[1].split(" ")[0]: c.verdict for c in report.cases if "weighted_bad_minimum" in c.case}
    assert found["c_19_10"] is found["c_2"] is Verdict.REFUTED
    assert found["c_21_10"] is Verdict.VERIFIED


@pytest.mark.parametrize(("m", "n", "wanted"), [(2, 2, 6), (2, 3, 10), (3, 2, 10), (3, 3, 39), (1, 4, 1), (2, 4, 14)])
def test_generic_degree_of_the_segre_variety(page, m, n, wanted):
    assert page.generic_degree(m, n) == wanted


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ((("1", "2"), ("3", "5")), True),
        ((("1", "1"), ("1", "1")), False),
        ((("1", "2"), ("2", "4")), False),
        ((("0", "2"), ("2", "4")), False),
        ((("1", "2", "3"), ("3", "5", "1")), True),
        ((("1", "2", "3"), ("3", "5", "9")), False),
    ],
)
def test_minors(page, form, wanted):
    assert page._minors({"form": form}) is wanted


def test_the_lifted_point_is_over_the_same_matrix(page):
    narrow, wide = page.loss(page.RANK1), page.loss(page.WIDE)
    small, large = page._lifted(page.RANK1), page._lifted(page.WIDE)
    assert (len(small), len(large)) == (len(narrow.variables), len(wide.variables)) == (4, 8)
    values = [o.polynomial(*map(int, point)) for o, point in ((narrow, small), (wide, large))]
    assert values == [4, 4]
