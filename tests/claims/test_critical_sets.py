"""Membership in ideals, derivatives along fields, and sets of critical points as claims read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exactland.claims.critical_sets import CriticalSetIs, KindExactlyWhere, KindExists, Piece
from exactland.claims.directions import DerivativeAlong
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.membership import ideal_combination, shown_in_ideal
from exactland.claims.truth import Truth
from exactland.landscape import Completeness, Kind
from exactland.objective import Objective

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def polynomials(*texts: str):
    return [Objective.from_expression(text, "x y z").polynomial for text in texts]


def evidence(text: str, variables: str = "x y z") -> Evidence:
    return Evidence(Objective.from_expression(text, variables), lambda o: certified_landscape(o, 30))


@pytest.mark.parametrize(
    ("text", "ideal", "member"),
    [
        ("x*y", ("x",), True),
        ("0", ("x",), True),
        ("1", ("x*y - 1", "x"), True),
        ("x^2 - y^2", ("x - y",), True),
        ("x", ("x^2",), False),
        ("1", ("x^2 + 1",), False),
        ("x", (), False),
    ],
)
def test_combinations(text, ideal, member):
    (p,), others = polynomials(text), polynomials(*ideal)
    found = ideal_combination(p, others, 3)
    assert (found is not None) == member
    if found is not None:
        total = p - p
        for h, g in zip(found, others, strict=True):
            total += h * g
        assert total == p
    given = evidence("x^2")
    shown = shown_in_ideal(given, p, others)
    assert (shown is not None) == member
    assert shown is None or all(map(given.holds, shown.certificates))


def test_wrong_combinations_are_not_believed(monkeypatch):
    from exactland.claims import membership

    p, x = polynomials("x^2 + y", "x")
    monkeypatch.setattr(membership, "ideal_combination", lambda *_: [x])
    assert shown_in_ideal(evidence("x^2"), p, [x]) is None


@pytest.mark.parametrize(
    ("direction", "derivative", "places", "wanted"),
    [
        ({"x": "1"}, "2*x*y^2", {}, T),
        ({"x": "x", "y": "-y"}, "0", {}, T),
        ({"x": "1"}, "2*x*y", {}, F),
        ({"x": "1"}, "2*x*y", {"y": "1"}, T),
        ({"y": "x"}, "2*z^4", {"x": "z", "y": "z"}, T),
        ({}, "0", {}, T),
        ({}, "1", {}, F),
    ],
)
def test_derivatives_along_fields(direction, derivative, places, wanted):
    given = evidence("x^2*y^2 + z")
    finding = DerivativeAlong(direction, derivative, places).evaluate(given)
    assert finding.truth is wanted, finding.reason
    assert all(map(given.holds, finding.certificates))


@pytest.mark.parametrize(
    "claim",
    [
        CriticalSetIs((Piece(("x*y - 1",), "0", (Kind.MINIMUM,)), Piece(("x", "y"), "1", (Kind.STRICT_SADDLE,)))),
        KindExactlyWhere(Kind.MINIMUM, (("x*y - 1",),)),
        KindExactlyWhere(Kind.NONSTRICT_SADDLE, ()),
    ],
)
def test_nothing_is_verified_on_an_open_list(claim):
    objective = Objective.from_expression("(x*y - 1)^2", "x y")

    def opened(o: Objective):
        found = certified_landscape(o, 30)
        return replace(found, complete=Completeness.OPEN)

    assert claim.evaluate(Evidence(objective, lambda o: certified_landscape(o, 30))).truth is T
    assert claim.evaluate(Evidence(objective, opened)).truth is U
    assert KindExists((Kind.MAXIMUM,)).evaluate(Evidence(objective, opened)).truth is U


def test_undecided_types_leave_claims_open():
    objective = Objective.from_expression("(x*y - 1)^2", "x y")

    def undecided(o: Objective):
        found = certified_landscape(o, 30)
        points = tuple(replace(p, kind=Kind.UNDECIDED) if p.dimension else p for p in found.points)
        return replace(found, points=points)

    given = Evidence(objective, undecided)
    assert KindExactlyWhere(Kind.MINIMUM, (("x*y - 1",),)).evaluate(given).truth is U
    assert KindExists((Kind.MINIMUM,)).evaluate(given).truth is U
    assert KindExists((Kind.STRICT_SADDLE,)).evaluate(given).truth is T
    pieces = (Piece(("x*y - 1",), "0", (Kind.MINIMUM,)), Piece(("x", "y"), "1", (Kind.STRICT_SADDLE,)))
    assert CriticalSetIs(pieces).evaluate(given).truth is U


@pytest.fixture(scope="module")
def chain() -> Evidence:
    return evidence("(x*y*z - 1)^2")


@pytest.mark.parametrize(
    ("kind", "alternatives", "wanted"),
    [
        (Kind.NONSTRICT_SADDLE, (("x", "y", "z"),), T),
        (Kind.NONSTRICT_SADDLE, (("x + y", "x - y", "z"),), T),
        (Kind.NONSTRICT_SADDLE, (), F),
        (Kind.NONSTRICT_SADDLE, (("x", "y"),), F),
        (Kind.STRICT_SADDLE, (("x", "y", "z"),), F),
        (Kind.MINIMUM, (("x*y*z - 1",),), T),
        (Kind.MINIMUM, (("x - 1", "y*z - 1"),), U),  # holds at the point shown
        (Kind.MAXIMUM, (), T),
    ],
)
def test_where_a_kind_is(chain, kind, alternatives, wanted):
    finding = KindExactlyWhere(kind, alternatives).evaluate(chain)
    assert finding.truth is wanted, finding.reason
    assert all(map(chain.holds, finding.certificates))


def test_which_kinds_exist(chain):
    assert KindExists((Kind.NONSTRICT_SADDLE,)).evaluate(chain).truth is T
    assert KindExists((Kind.MAXIMUM,)).evaluate(chain).truth is F


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
