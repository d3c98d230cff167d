"""Statements on deep linear networks that need all components of the critical set."""

from __future__ import annotations

import pytest

from exactland.claims import registry
from exactland.claims.claim import Verdict
from exactland.claims.critical_sets import KindExactlyWhere, KindExists
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.runner import Report, verify
from exactland.claims.truth import Truth
from exactland.landscape import Kind
from exactland.objective import Objective

NAME = "deep_learning_without_poor_local_minima"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.fixture(scope="module")
def report() -> Report:
    return verify([NAME])


@pytest.fixture(scope="module")
def chain() -> Evidence:
    return Evidence(Objective.from_expression("(x*y*z - 1)^2", "x y z"), lambda o: certified_landscape(o, 30))


def test_everything_comes_out_as_declared(report):
    assert [(c.case, c.verdict, c.reason) for c in report.unexpected] == []
    undecided = {c.case.split("/")[1] for c in report.cases if c.verdict is Verdict.UNDECIDED}
    assert undecided == {"relu"}


def test_minors_of_the_middle_product():
    claim = next(c for c in registry.load(NAME).claims if c.name == "strict_where_the_middle_has_full_rank")
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


@pytest.mark.parametrize(
    ("kind", "equations", "wanted"),
    [
        (Kind.STRICT_SADDLE, ("y",), T),
        (Kind.STRICT_SADDLE, ("x", "y", "z"), F),
        (Kind.STRICT_SADDLE, ("x*y*z - 1",), F),
        (Kind.MINIMUM, ("y",), F),
        (Kind.MINIMUM, ("x - 1",), T),
        (Kind.MINIMUM, ("x - 2",), U),  # there is one, which is not the point shown
        (Kind.MAXIMUM, (), F),
    ],
)
def test_a_kind_somewhere(chain, kind, equations, wanted):
    finding = KindExists((kind,), equations).evaluate(chain)
    assert finding.truth is wanted, finding.reason
    assert all(map(chain.holds, finding.certificates))


@pytest.mark.parametrize(
    ("alternatives", "wanted"),
    [((("y",),), T), ((("x*y*z",),), T), ((("x + y + z - 1",),), F), ((("x",), ("y",)), T)],
)
def test_only_where(chain, alternatives, wanted):
    finding = KindExactlyWhere(Kind.NONSTRICT_SADDLE, alternatives, conversely=False).evaluate(chain)
    assert finding.truth is wanted, finding.reason
