"""Local minima of splines in several variables, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.pieces import MinimaOfPieces, Spline
from exactland.claims.truth import Truth
from exactland.errors import InputError
from exactland.landscape import Completeness
from exactland.objective import Objective

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
FAR = Spline((Fraction(-2), Fraction(2)), ("(-t - 2)^4", "0*t", "(t - 2)^4"))
NEAR = Spline((Fraction(-1, 2), Fraction(1, 2)), ("(-t - 1/2)^4", "0*t", "(t - 1/2)^4"))
PLAIN = Spline((), ("0*t",))


def evidence() -> Evidence:
    return Evidence(Objective.from_expression("x^2"), lambda o: certified_landscape(o, 60))


@pytest.mark.parametrize(
    ("base", "variables", "spline", "equations", "wanted"),
    [
        ("(x^2 - 1)^2", "x", FAR, ("x^2 - 1", "loss"), T),
        ("(x^2 - 1)^2", "x", NEAR, ("x^2 - 1",), F),  # drawn inwards
        ("(x^2 - 1)^2", "x", NEAR, ("loss",), F),
        ("(x^2 - 1)^2", "x", PLAIN, ("x^2 - 1",), T),
        ("(x^2 - 1)^2", "x", PLAIN, ("x - 1",), F),
        ("(x^2 - 1)^2 + (y - x)^2", "x y", FAR, ("x - y", "loss"), T),
        ("(x - 2)^2", "x", FAR, ("x - 2",), U),  # the minimum is at the edge of two cells
        ("(x*y - 1)^2", "x y", FAR, ("x*y - 1",), U),  # a curve
        ("(x^2 - 9)^2 + 1", "x", FAR, ("loss",), F),  # a minimum in the outer cells
    ],
)
def test_minima_cell_by_cell(base, variables, spline, equations, wanted):
    given = evidence()
    finding = MinimaOfPieces(base, tuple(variables.split()), spline, equations).evaluate(given)
    assert finding.truth is wanted
    assert all(map(given.holds, finding.certificates))


def test_critical_points_of_other_cells_do_not_count():
    """x^2 - 4 x for |x| <= 1, continued by lines, has no critical point; the middle polynomial has one at 2."""
    spline = Spline((Fraction(-1), Fraction(1)), ("-6*t - 1", "t^2 - 4*t", "-2*t - 1"))
    finding = MinimaOfPieces("0*x", ("x",), spline, ("x^2 + 1",)).evaluate(evidence())
    assert finding.truth is T


def test_every_cell_must_be_complete():
    def cut(objective: Objective):
        found = certified_landscape(objective, 60)
        outer = "x - 2" in str(objective.expression)
        return replace(found, complete=Completeness.OPEN, reason="cut") if outer else found

    given = Evidence(Objective.from_expression("x^2"), cut)
    assert MinimaOfPieces("(x^2 - 1)^2", ("x",), FAR, ("x^2 - 1",)).evaluate(given).truth is U


@pytest.mark.parametrize(
    ("cuts", "polynomials"),
    [
        ((0,), ("0*t", "t")),  # a kink
        ((0,), ("0*t", "t^2 + 1")),  # a jump
        ((0,), ("0*t",)),
        ((1, 0), ("0*t", "0*t", "0*t")),
        ((0, 0), ("0*t", "0*t", "0*t")),
    ],
)
def test_splines_must_fit(cuts, polynomials):
    with pytest.raises(InputError):
        Spline(tuple(map(Fraction, cuts)), polynomials)


def test_the_cells_cover_the_line():
    conditions = [above for _, above in FAR.pieces("x")]
    assert conditions == [["(-2) - x"], ["x - (-2)", "(2) - x"], ["x - (2)"]]
