"""Types along components, end to end, and what the checker says when a certificate claims another type."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import exactland as el
from exactland.certify.reading import _conditions, _writer
from exactland.certify.strata import accepted_strata
from exactland.checker import Rejection, check_bytes
from exactland.checker.problem import read_problem
from exactland.checker.strata import ProvedStratum
from exactland.classify.stratum import Stratum
from exactland.landscape import Completeness, Inertia, Kind, Landscape
from exactland.polynomial import ring

CHAIN = "(a*b*c - 1)^2"
WEIGHTED = "(a*c - 2)^2 + (b*d - 1)^2 + 3*(a*d)^2 + 3*(b*c)^2"
NEURON = "(v*(w + b)^2 - 1)^2 + (v*b^2 - 2)^2 + (v*(2*w - b)^2 - 1)^2"
EQUIVARIANT = "(a*(p + q)^2 - 1)^2 + (a*(p - q)^2 - 1)^2"
GENERIC = "(a*c - 2)^2 + (a*d - 1)^2 + (b*c - 1)^2 + (b*d - 3)^2"
CASES: dict[str, tuple[str, dict[str, int]]] = {
    "three layers": (CHAIN, {"minimum": 1, "strict_saddle": 3, "nonstrict_saddle": 3}),
    "four layers": ("(a*b*c*d - 1)^2", {"minimum": 1, "strict_saddle": 6, "nonstrict_saddle": 12}),
    "rank 1, irrational": (GENERIC, {"minimum": 1, "strict_saddle": 2}),
    "weighted entries": (WEIGHTED, {"minimum": 2, "strict_saddle": 2}),
    "2-1-1-2": (
        "(s*p*a - 2)^2 + (s*p*b)^2 + (s*q*a)^2 + (s*q*b - 1)^2",
        {"minimum": 1, "strict_saddle": 3, "nonstrict_saddle": 2},
    ),
    "a quadratic neuron": (NEURON, {"minimum": 3, "maximum": 1, "strict_saddle": 2, "nonstrict_saddle": 1}),
    "an equivariant student": (EQUIVARIANT, {"minimum": 3, "maximum": 1, "strict_saddle": 2, "nonstrict_saddle": 1}),
}


@pytest.fixture(scope="module")
def solved() -> Callable[[str], Landscape]:
    known: dict[str, Landscape] = {}

    def solve(expression: str) -> Landscape:
        if expression not in known:
            known[expression] = el.solve(expression, seconds=120)
        return known[expression]

    return solve


@pytest.mark.parametrize("name", CASES)
def test_every_type_is_proved(name: str, solved: Callable[[str], Landscape]) -> None:
    expression, kinds = CASES[name]
    land = solved(expression)
    assert land.complete is Completeness.PROVED
    assert Counter(p.kind.value for p in land) == kinds
    assert all(p.reason is None for p in land)


@pytest.mark.parametrize(("expression", "count"), [(WEIGHTED, 1), (NEURON, 2), (EQUIVARIANT, 1)])
def test_minima_along_curves_that_are_not_global(
    expression: str, count: int, solved: Callable[[str], Landscape]
) -> None:
    spurious = solved(expression).spurious_minima
    assert len(spurious) == count
    assert all(p.dimension == 1 for p in spurious)


def test_the_types_of_both_signs(solved: Callable[[str], Landscape]) -> None:
    """Along p = q = 0: maxima for a > 0, minima for a < 0, and 0 between them."""
    rows = [p for p in solved(EQUIVARIANT) if p.value.exact == 2]
    assert {(p.kind, p.point["a"].exact and p.point["a"].exact > 0) for p in rows} == {
        (Kind.MAXIMUM, True),
        (Kind.MINIMUM, False),
        (Kind.NONSTRICT_SADDLE, 0),
    }


def test_all_conditions_of_a_part_are_told(solved: Callable[[str], Landscape]) -> None:
    """A part by signs that leaves out where a polynomial vanishes says so: the origin is no strict saddle."""
    land = solved("(x*y)^2 + (y*z)^2 + (z*x)^2 - x*y*z")
    parts = [set(p.conditions) for p in land.strict_saddles if "x = 0" in p.equations and "y = 0" in p.equations]
    assert parts == [{"2*z - 1 < 0", "2*z + 1 > 0", "z != 0"}]


def certificate(land: Landscape) -> dict[str, Any]:
    return json.loads(land.certificate().text)


def strata(data: dict[str, Any], kinds: list[str]) -> list[dict[str, Any]]:
    """The strata of the first component with these kinds."""
    return next(c["strata"] for c in data["components"] if [s["kind"] for s in c["strata"]] == kinds)


AXIS = ["strict_saddle", "nonstrict_saddle"]


def mistyped(data: dict[str, Any]) -> None:
    strata(data, AXIS)[0]["kind"] = "minimum"


def strict_everywhere(data: dict[str, Any]) -> None:
    """The Hessian vanishes at the origin of the axis."""
    parts = strata(data, AXIS)
    parts[0]["nonzero"] = []
    parts[0]["proof"]["below"]["gain"][1] = 0
    del parts[1]


def left_out(data: dict[str, Any]) -> None:
    del strata(data, AXIS)[1]


def negative_weight(data: dict[str, Any]) -> None:
    strata(data, AXIS)[0]["proof"]["below"]["fields"][0][0] = "-1"


@pytest.mark.parametrize(
    ("change", "rule"), [(mistyped, "W7"), (strict_everywhere, "W4"), (left_out, "W6"), (negative_weight, "W2")]
)
def test_false_types_are_rejected(
    change: Callable[[dict[str, Any]], None], rule: str, solved: Callable[[str], Landscape]
) -> None:
    data = copy.deepcopy(certificate(solved(CHAIN)))
    change(data)
    with pytest.raises(Rejection) as caught:
        check_bytes(json.dumps(data).encode("ascii"))
    assert caught.value.rule == rule


def test_a_minimum_with_too_small_a_rank_is_rejected(solved: Callable[[str], Landscape]) -> None:
    """Without the field along the curve the Hessian would have to be definite in all directions."""
    data = copy.deepcopy(certificate(solved(WEIGHTED)))
    proof = next(
        s["proof"] for c in data["components"] for s in c["strata"] if s.get("proof", {}).get("rule") == "tangent"
    )
    proof["fields"] = []
    with pytest.raises(Rejection) as caught:
        check_bytes(json.dumps(data).encode("ascii"))
    assert caught.value.rule == "W13"


def test_a_wrong_proof_costs_one_component_only() -> None:
    """What the search got wrong becomes undecided, and the reason says why."""
    a, b = ring(["a", "b"]).gens()
    wrong = Stratum([], [], "minimum", {"rule": "squares", "squares": []})
    problem = read_problem({"variables": ["a", "b"], "expression": "(a*b - 1)^2"})
    entry, reasons = accepted_strata([wrong], problem, [a * b - 1], (Fraction(0), Fraction(0)), True)
    assert [s["kind"] for s in entry] == ["undecided"]
    assert "W14" in reasons[0]


@pytest.mark.parametrize(
    ("nonzero", "wanted"),
    [("", ["x > 0"]), ("x", ["x > 0"]), ("y", ["x > 0", "y != 0"]), ("yz", ["x > 0", "not all zero: y, z"])],
)
def test_a_sign_does_not_hide_other_conditions(nonzero: str, wanted: list[str]) -> None:
    """A minimum where x > 0 and y is not 0 is not said to be one where x > 0."""
    terms = {name: ((tuple(int(name == v) for v in "xyz"), Fraction(1)),) for name in "xyz"}
    given = tuple(terms[name] for name in nonzero)
    stratum = ProvedStratum("minimum", (), given, (terms["x"],), True, None, None, False, None, None)
    problem = read_problem({"variables": ["x", "y", "z"], "expression": "x + y + z"})
    assert list(_conditions(_writer(problem.variables, problem), stratum)) == wanted


def test_parts_without_rational_points_have_algebraic_ones() -> None:
    """On the circle of radius sqrt(2/3) there are no rational points: each part of it is shown at an algebraic one."""
    landscape = el.solve("(x^2+y^2-1)^2 + (z^2+w^2-1)^2 + (x*z+y*w)^2 + (x-z)^2", rule="cases")
    assert [c.kind for c in landscape.components] == [Kind.MINIMUM, Kind.STRICT_SADDLE, Kind.NONSTRICT_SADDLE]
    assert all(c.inhabited for c in landscape.components)
    assert [c.inertia for c in landscape.components] == [Inertia(3, 1, 0), Inertia(2, 1, 1), Inertia(2, 2, 0)]
    assert landscape.spurious_minima == landscape.components[:1]
    y = landscape.components[2].point["y"]
    assert y.exact is None
    assert abs(float(y.approx) ** 2 - 5 / 9) < 1e-9
