"""Equivariant networks: planes of parameters, traps of the student, and the way out of the relaxed network."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.lines import CriticalLine, InertiaAt, MinimumOnLine
from exactland.claims.subspaces import RestrictionKeepsCriticalPoints
from exactland.claims.traps import SpuriousMinimumBelow
from exactland.claims.truth import Truth
from exactland.landscape import Completeness
from exactland.objective import Objective
from tests.proofs.declared import assert_as_declared

NAME = "two_symmetries_equivariant"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def evidence(text: str, variables: str) -> Evidence:
    return Evidence(Objective.from_expression(text, variables), lambda o: certified_landscape(o, 60))


def place(*values: int) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, values))


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_no_real_point_realises_a_target_of_both_signs(report):
    case = next(c for c in report.cases if c.case == "hidden_symmetry_traps/2_-1")
    landscape = case.judgement.evidence.solved
    assert landscape.complete is Completeness.PROVED
    assert {p.dimension for p in landscape} == {1}
    assert [(m.value.exact, m.is_global) for m in landscape.minima] == [
        (Fraction(8, 3), True),
        (Fraction(32, 3), False),
    ]


@pytest.mark.parametrize(("order", "numbers"), [(2, [1, 2, 4, 10, 26, 76]), (3, [1, 1, 3, 9, 21, 81])])
def test_numbers_of_planes(page, order, numbers):
    assert [len(page.planes({"order": order, "m": m})) for m in range(1, 7)] == numbers


def test_the_student_is_the_relaxed_network_on_its_plane(claims):
    inside = claims["hidden_symmetry_traps"].objective({"t": ("2", "-1")}).polynomial
    outside = claims["symmetric_criticality"].objective({"t": ("2", "-1")}).polynomial
    a, p, q = inside.context().gens()
    assert outside.compose(a, a, p, q, q, p) == inside


LINE = "(x*y - 1)^2"  # no straight line of minima
VALLEY = "y^2*(x^2 + 1)"
CROSS = "x*y^2"  # minima for x > 0, maxima for x < 0


@pytest.mark.parametrize(
    ("text", "at", "direction", "line", "minimum"),
    [
        (VALLEY, (3, 0), (1, 0), T, T),
        (VALLEY, (3, 0), (0, 1), F, U),
        (VALLEY, (0, 1), (1, 0), F, F),
        (CROSS, (2, 0), (1, 0), T, T),
        (CROSS, (-2, 0), (1, 0), T, F),
        (CROSS, (0, 0), (1, 0), T, U),
        (LINE, (1, 1), (1, -1), F, U),
        ("y^4", (0, 0), (1, 0), T, U),
        ("y^2 + x^3", (0, 0), (1, 0), F, U),  # a flat direction that is no line of critical points
    ],
)
def test_minima_on_lines(text, at, direction, line, minimum):
    given = evidence(text, "x y")
    assert CriticalLine(place(*at), place(*direction)).evaluate(given).truth is line
    assert MinimumOnLine(place(*at), place(*direction)).evaluate(given).truth is minimum


def test_inertia_at_a_point():
    given = evidence(CROSS, "x y")
    assert InertiaAt(place(2, 0), 1, 1, 0).evaluate(given).truth is T
    assert InertiaAt(place(-2, 0), 1, 1, 0).evaluate(given).truth is F
    assert InertiaAt(place(0, 1), 1, 1, 0).evaluate(given).truth is F


@pytest.mark.parametrize(
    ("text", "row", "wanted"),
    [("(x - y)^2 + x*y", (1, 1), T), ("x^2 + y^2 - 2*x", (1, 1), F), ("(x - 1)^2 + (y - 1)^2", (1, 1), T)],
)
def test_restrictions(text, row, wanted):
    embedding = tuple((Fraction(c),) for c in row)
    given = evidence(text, "x y")
    found = RestrictionKeepsCriticalPoints(("s",), embedding).evaluate(given)
    assert found.truth is wanted
    assert all(map(given.holds, found.certificates))


def test_spurious_minima_below_a_bound():
    given = evidence("(x^2 - 1)^2 + 1/4*x", "x")
    higher = max(p.value.upper for p in given.landscape.minima)
    assert SpuriousMinimumBelow(higher + 1).evaluate(given).truth is T
    assert SpuriousMinimumBelow(Fraction(0)).evaluate(given).truth is F
