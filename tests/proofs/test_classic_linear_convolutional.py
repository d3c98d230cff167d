"""Counts of critical points of linear convolutional networks, and where they lie."""

from __future__ import annotations

import pytest

from tests.proofs.declared import assert_as_declared

NAME = "classic_linear_convolutional"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_the_counts(report):
    found = {c.case: c.judgement.evidence.solved.complex_points for c in report.cases if "distance_degree" in c.case}
    assert found == {
        "generic_distance_degree/filters_2_2": 6,
        "generic_distance_degree/filters_3_2": 10,
        "generic_distance_degree/filters_3_3": 39,
        "generic_distance_degree/frobenius_2_2": 2,
        "generic_distance_degree/frobenius_3_3": 23,
    }


@pytest.mark.parametrize(("m", "n", "wanted"), [(0, 1, 1), (1, 1, 6), (2, 1, 10), (1, 2, 10), (3, 1, 14), (2, 2, 39)])
def test_generic_distance_degrees_of_segre_varieties(page, m, n, wanted):
    assert page.segre_degree(m, n) == wanted


@pytest.mark.parametrize(
    ("filters", "stride", "wanted"),
    [
        ((2, 2), 2, ["a0", "a1", "a0*c1", "a1*c1"]),
        ((3, 2), 2, ["a0", "a1", "a2 + a0*c1", "a1*c1", "a2*c1"]),
        ((2, 2), 1, ["a0", "a1 + a0*c1", "a1*c1"]),
    ],
)
def test_products_of_filters(page, filters, stride, wanted):
    found = page._coefficients({"filters": filters, "stride": stride})
    assert [set(text.split(" + ")) for text in found] == [set(text.split(" + ")) for text in wanted]


def test_the_subspaces_are_those_that_are_meant(page):
    at_zero = page._at_zero({"filters": (3, 3)})
    assert at_zero.parameters == ("t1", "t2")
    assert [list(map(int, row)) for row in at_zero.embedding] == [[0, 0]] * 3 + [[1, 0], [0, 1]]
    chart = page._at_c0_zero({"filters": (2, 2)})
    assert [list(map(int, row)) for row in chart.embedding] == [[1, 0], [0, 1], [0, 0]]
