"""Landscapes by way of smaller objectives: the same as without, with certificates that use rules X."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exactland.api import solve
from exactland.landscape import Completeness, Landscape
from exactland.objective import as_objective
from exactland.reduce import plan as planning
from tests.certify.cases import CASES, Expected


def entry(landscape: Landscape) -> dict[str, Any]:
    assert landscape.evidence is not None
    result: dict[str, Any] = json.loads(landscape.evidence.text)["completeness"]
    return result


def rule_names(given: dict[str, Any]) -> list[str]:
    below = given.get("inner", [])
    smaller = below if isinstance(below, list) else [below]
    return [given["rule"], *(name for part in smaller for name in rule_names(part["completeness"]))]


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small objectives are reduced as well."""
    monkeypatch.setattr(planning, "SMALL", 0)


def reducible(case: Expected) -> bool:
    p = as_objective(case.expression).polynomial
    return any(kind.accepts(p) for kind in planning.kinds(10**9))


REDUCIBLE = [case for case in CASES if reducible(case)]


def test_many_known_landscapes_can_be_reduced() -> None:
    assert len(REDUCIBLE) >= 7


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("case", REDUCIBLE, ids=[case.name for case in REDUCIBLE])
def test_known_landscapes(case: Expected) -> None:
    landscape = solve(case.expression)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    counts = landscape.counts()
    assert counts["minimum"] == case.minimum
    assert counts["maximum"] == case.maximum
    assert counts["strict_saddle"] == case.strict_saddle
    assert counts["nonstrict_saddle"] == case.nonstrict_saddle
    assert counts["complex_points"] == case.complex_points
    assert counts["spurious_minimum"] == case.spurious


NESTED = (
    ("x^4+y^4+x*y+x^3+y^3", ["linear", "bezout"]),
    ("(x^2*z+y^2*w-1)^2+(x*z+y*w-2)^2+(x^2+y^2+z^2+w^2)/5+x*y/3", ["linear", "rank"]),
    ("x^4-x+y^4-2*y^2+z^4-3*z", ["product", "bezout"]),
    ("(x*y-2)^2+x^2/10+y^2/7+(z*w-1)^2+z^2/3+w^2/5+(b-z)^2", ["eliminate", "product", "rank"]),
    ("(x*y-2)^2+x^4/10+y^2/7+(a^2-2)^4", ["rank"]),  # multiple points +-sqrt 2 beside irrational ones: not by parts
    ("x^4/4-x+y^4*(y-1)^2+z^4-8*z^2", ["product", "rank"]),
    ("(y-x^2)^2+(x^2-2)^4", ["eliminate", "rank"]),
    ("x^4-x^3+y^4-2*y^2+z^4-3*z", ["product", "rank"]),
)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(("expression", "rules"), NESTED, ids=[e for e, _ in NESTED])
def test_reduced_and_whole_landscapes_agree(expression: str, rules: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    reduced = solve(expression)
    monkeypatch.setattr(planning, "kinds", lambda _: ())
    whole = solve(expression)
    assert reduced.complete is whole.complete is Completeness.PROVED
    assert reduced.counts() == whole.counts()
    assert list(dict.fromkeys(rule_names(entry(reduced)))) == rules
    assert "inner" not in entry(whole)


def test_the_certificate_names_the_reductions() -> None:
    landscape = solve(
        "(x*z-3)^2+(x*w-1)^2+(y*z-2)^2+(y*w-4)^2+x^2/3+y^2/5+z^2/7+w^2/11"
        "+(a*c-2)^2+(a*d-3)^2+(b*c-1)^2+(b*d+2)^2+a^2/13+b^2/17+c^2/19+d^2/23+(e-a-1)^2"
    )
    assert landscape.complete is Completeness.PROVED
    assert landscape.complex_points == 17**2
    top = entry(landscape)
    assert top["rule"] == "eliminate"
    below = top["inner"]["completeness"]
    assert below["rule"] == "product"
    assert [part["completeness"]["rule"] for part in below["inner"]] == ["rank", "rank"]
    assert "(eliminate, product, rank rule)" in "\n".join(landscape.evidence.proved if landscape.evidence else ())


@pytest.mark.usefixtures("always")
def test_a_forced_rule_is_about_the_objective_itself() -> None:
    assert entry(solve("(y-x^2)^2+(x^2-2)^2", rule="rank"))["rule"] == "rank"


@pytest.mark.usefixtures("always")
def test_minimal_polynomials_are_lifted() -> None:
    landscape = solve("(y-x^2-x)^2+(x^2-2)^2", minimal_polynomials=True)
    assert entry(landscape)["rule"] == "eliminate"
    texts = {p.point["y"].minimal_polynomial for p in landscape.points}
    assert "t^2 - 4*t + 2" in texts


@pytest.mark.usefixtures("always")
def test_a_positive_dimensional_part_goes_to_the_case_tree() -> None:
    landscape = solve("(x*y-1)^2+(b-2)^2")
    assert landscape.complete is Completeness.PROVED
    assert len(landscape.components) == 1


WITH_ORBITS = {
    "eliminate": "(x*y-1)^2+x^2/3+y^2/5+(b-x*y*v)^2+(z*w-2)^2+z^2/7+w^2/2+x*y*z*w+v^4-v^2+v^2*x^2/3",
    "linear": "((x+p)^2*y-1)^2/4+(x+p)^2/3+(x-p)^4+(x-p)^2*(x+p)^2/3+y^2+(z*w-2)^2+z^2/7+w^2/2"
    "+(x-p)^2*z^2+(x-p)^2/5+y*w^2",
}


@pytest.mark.parametrize("rule", WITH_ORBITS)
def test_orbits_of_a_part_are_those_of_the_whole(rule: str) -> None:
    landscape = solve(WITH_ORBITS[rule], engines=["orbits"])
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert rule_names(entry(landscape)) == [rule, "levels"]
    assert len(entry(landscape)["inner"]["completeness"]["signs"]) == 3
