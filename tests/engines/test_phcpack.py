"""PHCpack: what is written and the grammar of what is read."""

from __future__ import annotations

import pytest

from exactland.engines import PolynomialSystem, Status, phcpack
from exactland.engines.program import Refused, Stopped
from tests.engines.programs import GIVEN, PAIR, PHC, WHOLE


def test_only_expanded_integer_monomials_are_written() -> None:
    assert phcpack.given(PAIR) == GIVEN


def test_it_is_not_asked_what_it_reads_wrongly() -> None:
    long = PolynomialSystem(("x",), (((10**18, (2,)), (-1, (0,))),))
    with pytest.raises(Stopped, match="more than 18 digits, here 19"):
        phcpack.given(long)
    with pytest.raises(Stopped, match="square"):
        phcpack.given(PolynomialSystem(("x", "y"), (((1, (2, 0)), (-1, (0, 1))),)))
    with pytest.raises(Stopped, match="constant"):
        phcpack.given(PolynomialSystem(("x", "y"), (((1, (2, 0)),), ((3, (0, 0)),))))


def test_a_known_answer_is_read() -> None:
    answer = phcpack.interpret(PAIR, WHOLE, GIVEN, "test")
    assert (answer.status, len(answer.points), answer.dimension) == (Status.SOLVED, 2, None)
    assert all(abs(b * b - a - 3) < 1e-12 for a, b in answer.points)


@pytest.mark.parametrize(
    "text",
    [
        "",
        WHOLE[:30],
        WHOLE[:-30],
        WHOLE[: WHOLE.index("solution 2")],
        WHOLE.replace("2 2\n===", "3 2\n==="),
        WHOLE.replace("2 2\n===", "1 2\n==="),
        WHOLE.replace("2 2\n===", "2 3\n==="),
        WHOLE.replace(" x2 : -1", " x3 : -1"),
        WHOLE.replace(" x2 : -1", " x1 : -1"),
        WHOLE.replace(" x2 : -1", " y : -1"),
        WHOLE.replace("-1.83645138921217E+00", "NaN"),
        WHOLE.replace("-1.83645138921217E+00", "-1.8E+9999"),
        WHOLE.replace("solution 2", "solution 3"),
        WHOLE + "solution 3 :\n",
        WHOLE.replace("2*x1", "3*x1"),
        WHOLE.replace("3.72553704939318E-01", "3.72553704939318E+20").replace("5.27", "5.27E+9"),
    ],
)
def test_surprises_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        phcpack.interpret(PAIR, text, GIVEN, "")


def test_points_that_do_not_solve_the_system_are_dropped() -> None:
    far = PHC.replace("5.27017663180568E-01", "9.27017663180568E+12").replace("1.88210448981039E+00", "0.0E+00")
    points = phcpack.interpret(PAIR, GIVEN + far, GIVEN, "").points
    assert len(points) == 1
    nothing = PHC[: PHC.index("2 2")] + "0 2\n=====\n"
    assert phcpack.interpret(PAIR, GIVEN + nothing, GIVEN, "").status is Status.FAILED
