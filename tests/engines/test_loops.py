"""Loops of right-hand sides: all solutions where the mixed volume is attained, what is found where it is not."""

from __future__ import annotations

import pytest

from exactland.api import solve
from exactland.checker import check_bytes
from exactland.engines.base import PolynomialSystem, Status
from exactland.engines.loops import Loops, search
from exactland.landscape import Completeness
from exactland.objective import Objective
from exactland.solving.system import gradient_system

NEURON = (  # v ((2 w + b)^2 + 2 w + b), and so on: 33 critical points, Bezout number 125, or 57 with two groups
    "(v*((2*w + b)^2 + 2*w + b) - 4)^2 + (v*((w - b)^2 + w - b) + 1)^2 + (v*((3*w + b)^2 + 3*w + b) - 2)^2"
    " + (v*((w/2 - 3*b)^2 + w/2 - 3*b) - 5)^2 + w^2/3 + b^2/5 + v^2/7"
)
CHAIN = "(a*b*c - 2)^2 + a^2/2 + b^2/3 + c^2/5"  # 17 critical points with the origin, symmetric under signs
CORNER = "x^4/4 - x^2 + x*y + y^2"
CIRCLE = "(x^2 + y^2 - 1)^2 + x^3 + 2*y"


def system(text: str) -> PolynomialSystem:
    objective = Objective.from_expression(text)
    return gradient_system(objective.polynomial, objective.variables).system


@pytest.mark.parametrize(("text", "count"), [(NEURON, 33), (CHAIN, 17), (CORNER, 3)])
def test_attained_mixed_volumes_prove_lists_complete(text: str, count: int) -> None:
    answer = search(system(text), 30)
    assert (answer.status, len(answer.points)) == (Status.SOLVED, count)
    landscape = solve(text, engines=["loops"], rule="mixed")
    assert (landscape.complete, landscape.complex_points) == (Completeness.PROVED, count)
    assert check_bytes(landscape.certificate().text.encode("ascii")).complete == "mixed"


def test_mixed_volumes_that_are_not_attained() -> None:
    """Seven critical points, as both leading forms are multiples of x^2 + y^2, for a mixed volume of 9."""
    answer = search(system(CIRCLE), 30)
    assert (answer.status, len(answer.points)) == (Status.FAILED, 7)
    assert answer.message == "7 distinct points, mixed volume 9"
    assert Loops().solve(system(CIRCLE), 30).points == answer.points
    assert solve(CIRCLE, engines=["loops"]).complete is Completeness.OPEN


def test_points_of_other_engines_count() -> None:
    found = solve(CORNER, rule="mixed", engines=["macaulay"])
    assert (found.complete, found.complex_points) == (Completeness.PROVED, 3)
    assert solve(CIRCLE, rule="mixed", engines=["macaulay"]).complete is Completeness.CHECKED


def test_systems_that_are_not_square() -> None:
    one = PolynomialSystem(("x", "y"), (((1, (1, 0)), (-1, (0, 0))),))
    assert Loops().unsuited(one) == "not as many equations as variables"
    assert Loops().solve(one, 5).status is Status.UNAVAILABLE
