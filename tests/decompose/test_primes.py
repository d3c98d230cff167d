"""Case trees along the primes of Singular: they say what the tree of our own says, or more finely, and a program that
lies cannot change what is proved.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from flint import fmpq_mpoly

from exactland.api import solve
from exactland.decompose.cases import OutOfReach, Search
from exactland.decompose.primes import Guided, Route
from exactland.decompose.tree import Line, Tree, walk
from exactland.engines.foreign import Singular
from exactland.landscape import Completeness, Landscape
from exactland.objective import as_objective
from exactland.polynomial import gradient
from tests.decompose.numeric import critical_points
from tests.engines.programs import CURVE_PRIMES, needs, stand_in

SYSTEMS = {
    "curve": "(x*y - 1)^2",
    "power": "(x^2 - 2*x*y + y^2)^2",
    "no real points": "(x^2 + y^2 + 1)^2",
    "points": "(x^2 - 2)^2 + (x*y - 1)^2",
    "chain": "(c*b*a - 1)^2",
    "rank 1": "(u0*v0 - 1)^2 + (u0*v1 - 2)^2 + (u1*v0 - 3)^2 + (u1*v1 - 5)^2",
    "quadratic neuron": "(v*(w + b)^2 - 1)^2 + (v*(2*w + b)^2 - 3)^2 + (v*(b - w)^2 - 1)^2",
    "squares": "(x^2*(x^2 + y^2 - 1)^2*z)^2",
    "unused variable": "(x*y - 1)^2 + 0*z",
}
#: A twisted cubic and one of its secants, which no equation of the factor search tells apart.
UNION = (
    "((2*y + 2*z - x - 1)*(2*y - 2*x - 2*z + 1) + (2*y + z + 2)*(2*y - z - 1))^2"
    " + ((2*y + 2*z - x - 1)*(x + 2*y + 2*z + 1) + (2*y + z + 2)*(x - y - z - 1))^2"
)


def summary(landscape: Landscape) -> list[tuple[int, str, str]]:
    return sorted((p.dimension, p.kind.value, p.value.approx) for p in landscape.points)


@needs["singular"]
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_same_sets_as_by_the_tree_of_our_own(name: str) -> None:
    forced = solve(SYSTEMS[name], engines=["singular"], rule="cases")
    own = solve(SYSTEMS[name], without=["singular"], rule="cases")
    assert forced.complete is own.complete is Completeness.PROVED, (forced.reason, own.reason)
    assert "singular" in forced.engines
    assert "singular" not in own.engines
    assert {p.value.approx for p in forced.points} == {p.value.approx for p in own.points}
    assert summary(forced) == summary(own)


@needs["singular"]
def test_components_with_the_same_loss_are_listed_one_by_one() -> None:
    finer = solve(UNION, engines=["singular"], rule="cases")
    coarse = solve(UNION, without=["singular"], rule="cases")
    assert finer.complete is coarse.complete is Completeness.PROVED
    lines = [c for c in finer.components if c.dimension == 1]
    assert len(lines) == 2 > len([c for c in coarse.components if c.dimension == 1])
    values = [float(p.value.approx) for p in finer.points]
    found = critical_points(as_objective(UNION), seed=3)
    assert len(found) > 10
    for value, _ in found:
        assert min(abs(value - v) for v in values) < 1e-6


@needs["singular"]
def test_lines_along_primes_are_identities() -> None:
    loss = as_objective(UNION).polynomial
    route = Route(Singular(), gradient(loss), lambda: Guided(loss, 30), 30, 0)
    tree = route.tree()
    assert tree is not None
    lines = [s for s in walk(tree.root) if isinstance(s, Line)]
    assert lines
    for line in lines:
        assert sum((m * g.poly for g, m in line.combination), line.element.poly * 0) == line.element.poly


LIES = {
    "another product": CURVE_PRIMES.replace("F x1*x2-1", "F x1*x2-2"),
    "another prime": CURVE_PRIMES.replace("P x1*x2-1", "P x1*x2+1"),
    "another cofactor": CURVE_PRIMES.replace("M x1^2", "M x1^2+1"),
    "another power": CURVE_PRIMES.replace("POWER 1", "POWER 2"),
    "the point is left out": re.sub(r"PRIMES 2((?s:.)*?)SIZES 2(?s:.)*", r"PRIMES 1\1END\n", CURVE_PRIMES),
    "a basis that is not complete": CURVE_PRIMES.replace("SIZES 2", "SIZES 1").replace("P x1\nR 1\n", "R 1\n"),
    "nothing": "",
    "no primes": "PRIMES 0\nEND\n",
    "an error": "   ? error occurred in or before STDIN line 2\n",
}
BODIES = {
    **{name: f"say({text!r})" for name, text in LIES.items()},
    "dies": "os.kill(os.getpid(), signal.SIGSEGV)",
    "nonzero": f"say({CURVE_PRIMES!r}); sys.exit(3)",
    "binary": "sys.stdout.buffer.write(bytes(range(256)))",
    "garbage": "say('PRIMES 1\\n' * 100000)",
}


@pytest.mark.parametrize("lie", BODIES)
def test_a_program_that_lies_changes_nothing(lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("singular", BODIES[lie], tmp_path, monkeypatch)
    found = solve("(a*b - 1)^2", engines=["singular"], rule="cases")
    assert found.complete is Completeness.PROVED
    assert [d for d, _, _ in summary(found)] == [0, 1]
    assert "singular" not in found.engines


def test_the_recorded_answer_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("singular", f"say({CURVE_PRIMES!r})", tmp_path, monkeypatch)
    found = solve("(a*b - 1)^2", engines=["singular"], rule="cases")
    assert found.complete is Completeness.PROVED
    assert found.engines["singular"] == "9.9"
    assert [d for d, _, _ in summary(found)] == [0, 1]


def test_primes_that_are_not_prime_are_split_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "PRIMES 1\nSIZES 2\nFEW 0\nREST 1\nOTHERS 1\nP x1*x2^2-x2\nP x1^2*x2-x1\nR 1\nO 1\n"
    text += "C 1\nM 1\nE\nC 2\nM 1\nE\nEND\n"
    stand_in("singular", f"say({text!r})", tmp_path, monkeypatch)
    found = solve("(a*b - 1)^2", engines=["singular"], rule="cases")
    assert found.complete is Completeness.PROVED
    assert [d for d, _, _ in summary(found)] == [0, 1]


def test_a_program_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("singular", "time.sleep(60)", tmp_path, monkeypatch)
    start = time.monotonic()
    found = solve("(a*b - 1)^2", rule="cases")
    assert found.complete is Completeness.PROVED
    assert time.monotonic() - start < 15


def test_a_tree_out_of_reach_is_tried_along_primes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree of our own is stopped, as at one of its limits."""
    stand_in("singular", f"say({CURVE_PRIMES!r})", tmp_path, monkeypatch)

    class Stopped(Search):
        def tree(self, gradient: Sequence[fmpq_mpoly]) -> Tree:
            raise OutOfReach("a limit")

    monkeypatch.setattr("exactland.certify.components.Search", Stopped)
    found = solve("(a*b - 1)^2", rule="cases")
    alone = solve("(a*b - 1)^2", rule="cases", without=["singular"])
    assert alone.complete is Completeness.OPEN
    assert "a limit" in str(alone.reason)
    assert "singular" in found.engines


@needs["singular"]
def test_singular_is_asked_where_the_tree_is_large_and_slices_do_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactland.certify.by_sets.CASES_WORK", (0, 0))
    found = solve("(y^2 - x^3 - x - 1)^2*(x + 1) + (y^2 - x^3 - x - 1)^2*x^2")
    assert found.complete is Completeness.PROVED
    assert "singular" in found.engines
    assert [c.dimension for c in found.components] == [1]
