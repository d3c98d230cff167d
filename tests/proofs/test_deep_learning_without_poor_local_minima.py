"""Statements on deep linear networks that need all components of the critical set."""

from __future__ import annotations

from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "deep_learning_without_poor_local_minima"


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report, undecided=("every_minimum_global/relu", "others_are_saddles/relu"))


def test_minors_of_the_middle_product(claims):
    claim = claims["strict_where_the_middle_has_full_rank"]
    found = {c.name: claim.conclusion(c.parameters) for c in claim.cases}
    variables = {c.name: claim.objective(c.parameters).variables for c in claim.cases}

    def minors(name: str) -> list[str]:
        texts = found[name].alternatives[0]
        return [str(Objective.from_expression(t, variables[name]).polynomial) for t in texts]

    assert minors("scalar_H1") == minors("square_H1") == ["1"]
    assert minors("scalar_H3") == ["w2_1_1*w3_1_1"]
    assert minors("wide_H2") == ["w2_1_1", "w2_1_2"]
    determinant = Objective.from_expression("w2_1_1*w2_2_2 - w2_1_2*w2_2_1", variables["square_H2"]).polynomial
    assert minors("square_H2") == [str(determinant)]
    assert not any(f.conversely for f in found.values())
