"""Engines that lie: whatever one says, nothing false is ever proved, and a sound second engine still succeeds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exactland.api import solve
from exactland.engines.base import Engine, EngineAnswer, PolynomialSystem, RankEvidence, Status
from exactland.engines.macaulay import Macaulay
from exactland.landscape import Completeness

OBJECTIVE = "(x*y*z-1)^2+(x^2+y^2+z^2)/100"
TRUE_COUNTS = {"real_points": 9, "complex_points": 17, "minimum": 5, "strict_saddle": 4, "spurious_minimum": 1}


class Liar(Engine):
    """Answers with a distortion of the truth."""

    name = "liar"

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def is_available(self) -> bool:
        return True

    def version(self) -> str:
        return "0"

    def solve(self, system: PolynomialSystem, seconds: float) -> EngineAnswer:
        truth = Macaulay().solve(system, seconds)
        points, rank = list(truth.points), truth.rank
        assert rank is not None
        if self.fault == "raises":
            raise RuntimeError("segmentation fault")
        if self.fault == "drops a root":
            points = points[1:]
        elif self.fault == "drops all roots":
            points = []
        elif self.fault == "adds a root":
            points.append((1 + 1j, 2.0, 3.0))
        elif self.fault == "repeats a root":
            points += points[:5]
        elif self.fault == "swaps signs":
            points = [(-p[0], *p[1:]) for p in points]
        elif self.fault == "garbage":
            points = [(float("nan"), 1e300, -1e308), (1.0,), (), (float("inf"), 0, 0)]  # type: ignore[list-item]
        elif self.fault == "drops a root and a basis monomial":
            points, rank = points[1:], replace(rank, basis=rank.basis[:-1])
        elif self.fault == "empty basis":
            points, rank = [], replace(rank, basis=())
        elif self.fault == "other rows":
            rank = replace(rank, rows=rank.rows[:-1])
        elif self.fault == "wrong lines":
            rank = replace(rank, lines=rank.lines[:-1])
        elif self.fault == "no evidence":
            rank = None
        elif self.fault == "says empty":
            return replace(truth, status=Status.NO_SOLUTIONS, points=(), rank=RankEvidence((), (), (), 2**31 - 1))
        elif self.fault == "says infinite":
            return replace(truth, status=Status.POSITIVE_DIMENSIONAL, points=(), rank=None, message="a lie")
        elif self.fault == "dies":
            return EngineAnswer(self.name, "0", Status.FAILED, message="killed by signal 9")
        return replace(truth, engine=self.name, points=tuple(points), rank=rank)


FAULTS = (
    "raises", "drops a root", "drops all roots", "adds a root", "repeats a root", "swaps signs", "garbage",
    "drops a root and a basis monomial", "empty basis", "other rows", "wrong lines", "no evidence", "says empty",
    "says infinite", "dies",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lying_engine_never_changes_a_proved_answer(fault: str) -> None:
    landscape = solve(OBJECTIVE, engines=[Liar(fault)])
    counts = landscape.counts()
    if landscape.complete is Completeness.PROVED:
        assert {key: counts[key] for key in TRUE_COUNTS} == TRUE_COUNTS
    else:
        assert landscape.reason
        assert (counts["real_points"] or 0) <= 9


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sound_engine_behind_a_lying_one_still_proves(fault: str) -> None:
    landscape = solve(OBJECTIVE, engines=[Liar(fault), Macaulay()])
    assert landscape.complete is Completeness.PROVED
    counts = landscape.counts()
    assert {key: counts[key] for key in TRUE_COUNTS} == TRUE_COUNTS


def test_no_engine_at_all() -> None:
    landscape = solve(OBJECTIVE, engines=[])
    assert landscape.complete is Completeness.OPEN
    assert landscape.reason == "no engine proved the list complete"
