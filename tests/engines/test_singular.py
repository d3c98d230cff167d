"""Singular: what is written and the grammar of what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from exactland.engines import PolynomialSystem, Status, singular
from exactland.engines.program import Refused
from tests.engines.programs import RING, WAVE, needs, stand_in
from tests.engines.systems import chain


def test_only_expanded_integer_monomials_are_written() -> None:
    written = singular.script(PolynomialSystem(("x/2", "(y)"), (((2, (1, 0)),), ((-1, (0, 3)),), ())), 0, 10)
    assert "ring r=0,(x1,x2),dp;" in written
    assert "ideal i=2*x1,-1*x2^3;" in written


def test_a_known_answer_is_read() -> None:
    answer = singular.interpret(WAVE, RING, "test", float("inf"))
    assert (answer.status, len(answer.points), answer.dimension) == (Status.SOLVED, 4, 0)
    assert all(abs(a * a - 2) < 1e-12 and abs(b * b - a) < 1e-12 for a, b in answer.points)


def test_special_answers() -> None:
    for text, status in {
        "DIM -1\nVDIM -1\nEND\n": Status.NO_SOLUTIONS,
        "DIM 1\nVDIM -1\nEND\n": Status.POSITIVE_DIMENSIONAL,
        "DIM 0\nVDIM 5000\nEND\n": Status.FAILED,
    }.items():
        assert singular.interpret(WAVE, text, "", float("inf")).status is status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "END\n",
        RING[:-5],
        RING[:40],
        RING + "END\n",
        RING + "   ? error occurred\n",
        "   ? `foo` is not defined\n" + RING,
        RING.replace("VDIM 4", "VDIM 5"),
        RING.replace("VDIM 4", "VDIM 3"),
        RING.replace("VDIM 4", "VDIM 04x"),
        RING.replace("VDIM 4", "VDIM " + "9" * 30),
        RING.replace("DIM 0\nV", "DIM 1\nV"),
        RING.replace("DIM 0\nV", "DIM 3\nV"),
        "DIM 0\nVDIM -1\nEND\n",
        RING.replace("BASIS x2\n", "BASIS x1\n"),
        RING.replace("BASIS x2\n", "BASIS 2*x2\n"),
        RING.replace("BASIS x2\n", "BASIS x2+1\n"),
        RING.replace("BASIS 1\n", "BASIS x1^3\n"),
        RING.replace("ROW 2*x2\n", "ROW 2*x3\n"),
        RING.replace("ROW 2*x2\n", "ROW 2x2\n"),
        RING.replace("ROW 2*x2\n", "ROW 2*y2\n"),
        RING.replace("ROW 2*x2\n", "ROW 2/0*x2\n"),
        RING.replace("ROW 2*x2\n", "ROW 0*x2\n"),
        RING.replace("ROW 2*x2\n", "ROW 1.5*x2\n"),
        RING.replace("ROW 2*x2\n", "ROW x2 + x2\n"),
        RING.replace("ROW 2*x2\n", "ROW x2+x2\n"),
        RING.replace("ROW 2*x2\n", "ROW x2*x2\n"),
        RING.replace("ROW 2*x2\n", "ROW x2^99999999\n"),
        RING.replace("ROW 2*x2\n", "ROW x2^2\n"),
        RING.replace("ROW 2*x2\n", "ROW\n"),
        RING.replace("ROW 2*x2\n", "ROW \n"),
        RING.replace("ROW x1\nROW 2\n", "ROW x2\nROW 2\n"),
    ],
)
def test_surprises_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        singular.interpret(WAVE, text, "", float("inf"))


def test_wrong_matrices_lead_to_no_wrong_point() -> None:
    for wrong in (RING.replace("ROW 2*x2", "ROW 3*x2"), RING.replace("ROW 2\n", "ROW 7\n")):
        try:
            points = singular.interpret(WAVE, wrong, "", float("inf")).points
        except Refused:
            continue
        assert all(abs(a * a - 2) < 1e-12 and abs(b * b - a) < 1e-12 for a, b in points)


def test_guidance_reads_a_run_modulo_a_prime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("singular", "say(truth)", tmp_path, monkeypatch)
    found = singular.guide(WAVE, 10)
    assert found is not None
    assert (found.dimension, found.count, found.distinct) == (0, 4, 4)
    stand_in("singular", "say(truth[:30])", tmp_path, monkeypatch)
    assert singular.guide(WAVE, 10) is None
    monkeypatch.setenv(singular.ENVIRONMENT, str(tmp_path / "nowhere"))
    assert singular.guide(WAVE, 10) is None


@needs["singular"]
def test_guidance_counts_points_and_dimension() -> None:
    found = singular.guide(chain(3), 20)
    assert found is not None
    assert (found.dimension, found.count, found.distinct) == (0, 17, 17)
    line = singular.guide(PolynomialSystem(("x", "y"), (((1, (2, 1)),), ((1, (1, 2)),))), 20)
    assert line == singular.Guidance(1)
