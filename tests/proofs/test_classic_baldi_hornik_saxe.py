"""Projectors on eigenvectors are the critical points of a linear autoencoder; the dynamics of a mode."""

from __future__ import annotations

import pytest

from exactland.claims.critical_sets import CriticalSetIs, Piece
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.truth import Truth
from exactland.landscape import Completeness, Kind
from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "classic_baldi_hornik_saxe"
SADDLE = (Kind.STRICT_SADDLE,)


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_the_landscape_of_the_page(report):
    case = next(c for c in report.cases if c.case == "critical_points_are_projectors/diag_2_1")
    landscape = case.judgement.evidence.solved
    assert landscape.complete is Completeness.PROVED
    assert [(p.dimension, p.value.exact, p.kind) for p in landscape] == [
        (1, 1, Kind.MINIMUM),
        (1, 2, Kind.STRICT_SADDLE),
        (0, 3, Kind.STRICT_SADDLE),
    ]
    assert all(p.degenerate is False for p in landscape)


def claim(*pieces: Piece) -> Truth:
    objective = Objective.from_expression("(a*b - 1)^2", "a b")
    evidence = Evidence(objective, lambda o: certified_landscape(o, 20))
    finding = CriticalSetIs(pieces).evaluate(evidence)
    assert all(map(evidence.holds, finding.certificates))
    return finding.truth


MINIMA = Piece(("a*b - 1",), "0", (Kind.MINIMUM,))
ORIGIN = Piece(("a", "b"), "1", SADDLE)


def test_the_critical_set_of_a_hyperbola():
    assert claim(MINIMA, ORIGIN) is Truth.TRUE


@pytest.mark.parametrize(
    "pieces",
    [
        (MINIMA,),
        (ORIGIN,),
        (MINIMA, Piece(("a", "b"), "2", SADDLE)),
        (MINIMA, Piece(("a", "b"), "1", (Kind.NONSTRICT_SADDLE,))),
        (MINIMA, Piece(("a - 1", "b"), "1", SADDLE)),
        (Piece(("a*b - 2",), "0", (Kind.MINIMUM,)), ORIGIN),
    ],
)
def test_wrong_pieces_are_refuted(pieces):
    assert claim(*pieces) is Truth.FALSE


@pytest.mark.parametrize(
    "pieces",
    [
        (MINIMA, Piece(("a*b",), "1", SADDLE)),  # the axes are not critical
        (Piece(("a*b - 1", "a - 1"), "0", (Kind.MINIMUM,)), ORIGIN),  # holds at the point shown, not on the curve
        (MINIMA, ORIGIN, Piece(("a^2 + 1",), "1", SADDLE)),  # without real points
    ],
)
def test_pieces_that_are_too_large_or_too_small_are_not_verified(pieces):
    assert claim(*pieces) is Truth.UNKNOWN
