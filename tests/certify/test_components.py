"""Positive-dimensional critical sets end to end: every component, its loss, its dimension, proved."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

import exactland as el
from exactland.certify import by_cases
from exactland.checker import Rejection, check_bytes
from exactland.landscape import Completeness, Landscape


@dataclass(frozen=True)
class Case:
    """An expression, the (dimension, loss) of its components, the losses of its isolated points.

    Losses are rational, or rounded to six digits.
    """

    name: str
    expression: str
    components: tuple[tuple[int, str], ...]
    points: tuple[str, ...] = ()


def factorisation(rank: int, target: tuple[tuple[int, int], tuple[int, int]]) -> str:
    """||U V^T - M||^2 for 2 x 2 matrices."""
    terms = []
    for i in range(2):
        for j in range(2):
            product = " + ".join(f"u{i}{k}*v{j}{k}" for k in range(rank))
            terms.append(f"({product} - ({target[i][j]}))^2")
    return " + ".join(terms)


def semidefinite(size: int, rank: int, target: tuple[tuple[int, ...], ...]) -> str:
    """||X X^T - M||^2."""
    terms = []
    for i in range(size):
        for j in range(size):
            product = " + ".join(f"x{i}{k}*x{j}{k}" for k in range(rank))
            terms.append(f"({product} - ({target[i][j]}))^2")
    return " + ".join(terms)


CASES = [
    Case("chain of three", "(w3*w2*w1 - 1)^2", ((2, "0"), (1, "1"), (1, "1"), (1, "1"))),
    Case("chain of four", "(w4*w3*w2*w1 - 1)^2", ((3, "0"), *[(2, "1")] * 6)),
    Case("constant", "3 + 0*x + 0*y", ((2, "3"),)),
    Case("cylinder", "(x^2 - 1)^2 + 0*y", ((1, "0"), (1, "0"), (1, "1"))),
    Case("cross", "x^2*y^2", ((1, "0"), (1, "0"))),
    Case("hyperbola", "(a*b - 1)^2", ((1, "0"),), ("1",)),
    Case("double line", "x^2*(y^2 + 1)", ((1, "0"),)),
    Case("circle", "(x^2 + y^2 - 1)^2", ((1, "0"),), ("1",)),
    Case("complex circle", "(x^2 + y^2 + 1)^2", (), ("1",)),
    Case("isolated over the reals", "(x^2 + y^2)^2", (), ("0",)),
    Case("quartic without real points", "(x^4 + 3*x^2*y^2 + y^4 + 1)^2 + 0*z", ((1, "1"),)),
    Case("rank 1, diagonal", factorisation(1, ((2, 0), (0, 1))), ((1, "1"), (1, "4")), ("5",)),
    Case("rank 1, singular", factorisation(1, ((1, 0), (0, 0))), ((1, "0"), (1, "1"), (1, "1"))),
    Case("rank 1, identity", factorisation(1, ((1, 0), (0, 1))), ((2, "1"),), ("2",)),
    Case("rank 1, generic", factorisation(1, ((1, 2), (3, 5))), ((1, "0.0256579"), (1, "38.9743")), ("39",)),
    Case("rank 2, diagonal", factorisation(2, ((2, 0), (0, 1))), ((4, "0"), (3, "1"), (3, "4")), ("5",)),
    Case("rank 2, identity", factorisation(2, ((1, 0), (0, 1))), ((4, "0"), (4, "1")), ("2",)),
    Case("rank 2, generic", factorisation(2, ((1, 2), (3, 5))), ((4, "0"), (3, "0.0256579"), (3, "38.9743")), ("39",)),
    Case(
        "semidefinite",
        semidefinite(3, 2, ((3, 0, 0), (0, 2, 0), (0, 0, 1))),
        ((1, "1"), (1, "4"), (1, "5"), (1, "9"), (1, "10"), (1, "13")),
        ("14",),
    ),
    Case(
        "semidefinite, two sheets of lowest points",
        semidefinite(3, 2, ((3, 1, 0), (1, 2, 1), (0, 1, 1))),
        (
            *[(1, "0.0717968")] * 2,
            (1, "4"),
            (1, "4.0718"),
            *[(1, "13.9282")] * 2,
            (1, "14"),
            (1, "17.9282"),
        ),
        ("18",),
    ),
    Case(
        "a root of the loss without real points",
        "(a1*b1 - 2)^2 + 2*(a1*b2)^2 + 3*(a2*b1)^2 + (a2*b2 - 1)^2",
        ((1, "1"), (1, "4"), (1, "4.04041")),
        ("5",),
    ),
]


def shown(landscape: Landscape) -> tuple[list[tuple[int, str]], list[str]]:
    def text(value: el.landscape.Number) -> str:
        return str(value.exact) if value.exact is not None else f"{float(value.lower):.6g}"

    components = {p.orbit: (p.dimension, text(p.value)) for p in landscape.components}
    return list(components.values()), [text(p.value) for p in landscape.points if p.dimension == 0]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_component_is_proved(case: Case) -> None:
    landscape = el.solve(case.expression, rule="cases")
    assert landscape.complete is Completeness.PROVED
    components, points = shown(landscape)
    assert sorted(components) == sorted(case.components)
    assert tuple(points) == case.points


def test_a_component_says_what_it_is() -> None:
    landscape = el.solve("(w3*w2*w1 - 1)^2")
    lowest = landscape.components[0]
    assert lowest.equations == ("w3*w2*w1 - 1 = 0",)
    assert lowest.is_global is True
    assert lowest.value.exact == Fraction(0)
    product = Fraction(1)
    for number in lowest.point.values():
        assert number.exact is not None
        product *= number.exact
    assert product == 1
    assert landscape.counts()["components"] == 4
    assert landscape.to_json()["critical"][0]["dimension"] == 2
    assert "dimension 2: w3*w2*w1 - 1 = 0" in repr(landscape)


def kinds(landscape: Landscape) -> list[tuple[int, str, str]]:
    """Dimension, loss and type of every stratum, in order."""
    return [(p.dimension, str(p.value.exact), p.kind.value) for p in landscape.points]


def test_types_along_a_chain() -> None:
    axis = [(1, "1", "strict_saddle"), (1, "1", "nonstrict_saddle")]
    landscape = el.solve("(w3*w2*w1 - 1)^2")
    assert kinds(landscape) == [(2, "0", "minimum"), *axis, *axis, *axis]
    assert landscape.not_established == ()
    assert "w3 != 0" in landscape.strict_saddles[0].equations[-1] + landscape.strict_saddles[-1].equations[-1]


def test_a_spurious_minimum_along_a_curve() -> None:
    landscape = el.solve("(a1*b1 - 2)^2 + 2*(a1*b2)^2 + 3*(a2*b1)^2 + (a2*b2 - 1)^2")
    (spurious,) = landscape.spurious_minima
    assert (spurious.dimension, spurious.value.exact) == (1, Fraction(4))
    assert [p.value.exact for p in landscape.global_minima] == [Fraction(1)]


def without_a_component(certificate: dict[str, Any]) -> None:
    del certificate["components"][-1]


def with_an_open_case(certificate: dict[str, Any]) -> None:
    del certificate["completeness"]["steps"][-1]


def with_another_dimension(certificate: dict[str, Any]) -> None:
    certificate["components"][0]["dimension"] -= 1


def with_another_value(certificate: dict[str, Any]) -> None:
    certificate["components"][0]["value"] = "1/2"


def with_another_point(certificate: dict[str, Any]) -> None:
    certificate["components"][0]["sample"] = certificate["components"][1]["sample"]


def with_a_local_minimum(certificate: dict[str, Any]) -> None:
    certificate["components"][1]["strata"][0]["kind"] = "minimum"


def with_a_strict_saddle_where_the_hessian_vanishes(certificate: dict[str, Any]) -> None:
    certificate["components"][1]["strata"][1]["kind"] = "strict_saddle"


@pytest.mark.parametrize(
    "forge",
    [
        without_a_component,
        with_an_open_case,
        with_another_dimension,
        with_another_value,
        with_another_point,
        with_a_local_minimum,
        with_a_strict_saddle_where_the_hessian_vanishes,
    ],
    ids=lambda f: f.__name__,
)
def test_false_claims_are_rejected(forge: Callable[[dict[str, Any]], None]) -> None:
    certificate = json.loads(el.solve("(w3*w2*w1 - 1)^2").certificate().text)
    forge(certificate)
    with pytest.raises(Rejection):
        check_bytes(json.dumps(certificate).encode())


def test_the_rule_can_be_forced() -> None:
    landscape = el.solve("(x^2 - 1)^2 + (y - x)^2", rule="cases")
    assert landscape.complete is Completeness.PROVED
    assert len(landscape.points) == 3
    assert "cases rule" in " ".join(landscape.certificate().proved)


def test_the_time_for_types_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    types = by_cases.add_types

    def slow(*arguments: Any) -> bool:
        time.sleep(0.2)
        return types(*arguments)

    monkeypatch.setattr(by_cases, "add_types", slow)
    found = el.solve("(x*y - 1)^2")
    assert dict(found.seconds)["cases"] >= 0.2
