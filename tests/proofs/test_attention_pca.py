"""Attention and principal components: exact losses, complete lists, norms for finite prompts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland.objective import Objective
from exactland.polynomial import from_fmpq
from tests.proofs.declared import assert_as_declared

NAME = "attention_pca"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report, undecided=("critical_set_with_losses/2_1",))


@pytest.mark.parametrize("sigma", [("2", "1"), ("5", "3", "1/2")])
def test_the_closed_form_without_prompt_is_the_limit(page, sigma):
    infinite = Objective.from_expression(page.closed_form({"sigma": sigma}), page.names({"sigma": sigma}))
    n = 10**9
    long = Objective.from_expression(page.closed_form({"sigma": sigma, "n": n}), infinite.variables)
    difference = infinite.polynomial - long.polynomial
    assert difference.coeffs()
    assert all(abs(from_fmpq(c)) < Fraction(1, 10**6) for c in difference.coeffs())


@pytest.mark.parametrize("n", [1, 2])
def test_moments_agree_with_the_formula(page, n):
    parameters = {"sigma": ("3", "2"), "n": n}
    wanted = Objective.from_expression(page.closed_form(parameters), page.names(parameters))
    assert page.finite(parameters).polynomial == wanted.polynomial
    assert page.finite({**parameters, "query_in_prompt": True}).polynomial != wanted.polynomial


def test_norms(page):
    short = {"sigma": ("23/8", "3/8"), "n": 1}
    assert page.norms(short, True) == [Fraction(1, 3), Fraction(1, 2)]
    assert page.norms({"sigma": ("4", "2")}, True) == [Fraction(1, 2), None]


def test_the_minima_of_the_sampled_loss(report):
    case = next(c for c in report.cases if c.case == "finite_prompt_norm/2_1_n2")
    landscape = case.judgement.evidence.solved
    assert [m.value.exact for m in landscape.minima] == [Fraction(19, 9)] * 2
    for minimum in landscape.minima:  # 1/sqrt(2 (1 + 1/2) + 3/2) = sqrt(2/9)
        u = minimum.point["u1"]
        low, high = sorted((abs(u.lower), abs(u.upper)))
        assert low**2 < Fraction(2, 9) < high**2
        assert minimum.point["u2"].exact == 0
