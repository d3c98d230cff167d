"""Splitting a neuron: the split line, its plateau, and the numbers of subspaces."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from tests.proofs.declared import assert_as_declared

NAME = "classic_neuron_splitting"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report, vacuous=("plateau_of_minima/B_is_0", "saddles_on_the_line/B_is_0"))


def test_the_single_neuron(page):
    curvature, small = page.curvature, page.small
    assert small({"alpha": "2", "beta": "6"}) == Fraction(232, 65)
    assert curvature({"alpha": "2", "beta": "6"}) < 0 < curvature({"alpha": "2", "beta": "-6"})
    assert curvature({"alpha": "-17/65", "beta": "1"}) == 0 == small({"alpha": "-17/65", "beta": "1"})


@pytest.mark.parametrize(
    ("k", "m", "extra", "number"),
    [
        *((1, m, False, 1) for m in (1, 2, 3)),
        *((2, m, False, n) for m, n in ((1, 0), (2, 2), (3, 6), (4, 14))),
        (2, 2, True, 2),
        (2, 3, True, 12),
        (3, 5, False, 150),
        (4, 5, True, 360),
    ],
)
def test_numbers_of_subspaces(page, k, m, extra, number):
    assert sum(page.subspaces({"k": k, "m": m, "extra": extra}).values()) == number


def test_formulas_at_one_are_the_numbers(page):
    def g(k: int, m: int) -> int:
        return sum(comb(k, j) * (-1) ** (k - j) * j**m for j in range(k + 1))

    assert g(3, 4) == 36
    assert eval(page._surjections(3, 4, True).replace("^", "**")) == 36
    assert eval(page._minima(4, 5, True).replace("^", "**")) == 360 == g(4, 5) + 5 * g(4, 4)
    assert eval(page._bell(4, True).replace("^", "**")) == 15
