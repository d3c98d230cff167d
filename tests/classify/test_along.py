"""Types along components: what the search finds is read by the checker, stratum by stratum."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mpoly

from exactland.certify.strata import plain_strata
from exactland.checker.kernel import TermBudget
from exactland.checker.problem import read_problem
from exactland.checker.strata import Component, ProvedStratum, read_strata
from exactland.classify.along import strata_of
from exactland.polynomial import from_fmpq, ring

Value = Fraction | int | str | tuple[int, int]


def polynomials(variables: str, texts: Sequence[str]) -> list[fmpq_mpoly]:
    context = ring(variables.split())
    result = []
    for text in texts:
        loss = read_problem({"variables": variables.split(), "expression": text}).loss
        result.append(context.from_dict({m: fmpq(c.numerator, c.denominator) for m, c in loss.items()}))
    return result


def plain(p: fmpq_mpoly) -> dict[tuple[int, ...], Fraction]:
    return {tuple(int(a) for a in e): from_fmpq(c) for e, c in p.to_dict().items()}


def proved(variables: str, expression: str, generators: Sequence[str], value: Value) -> tuple[ProvedStratum, ...]:
    loss, *given = polynomials(variables, [expression, *generators])
    bounds = (Fraction(value[0]), Fraction(value[1])) if isinstance(value, tuple) else (Fraction(value),) * 2
    exact = None if isinstance(value, tuple) else Fraction(value)
    strata = strata_of(loss, given, bounds if exact is None else exact, seconds=60)
    data = json.loads(json.dumps(plain_strata(strata)))
    problem = read_problem({"variables": variables.split(), "expression": expression})
    component = Component(tuple(plain(g) for g in given), exact, bounds, 1)
    return read_strata(data, problem, component, TermBudget())


CASES: list[tuple[str, str, str, list[str], Value, list[str]]] = [
    ("three layers, minima", "a b c", "(a*b*c - 1)^2", ["a*b*c - 1"], 0, ["minimum"]),
    ("three layers, an axis", "a b c", "(a*b*c - 1)^2", ["a", "b"], 1, ["strict_saddle", "nonstrict_saddle"]),
    (
        "four layers, a plane",
        "a b c d",
        "(a*b*c*d - 1)^2",
        ["a", "b"],
        1,
        ["strict_saddle", "nonstrict_saddle", "nonstrict_saddle"],
    ),
    (
        "rank 1, one singular value 0",
        "a b c d",
        "(a*c - 1)^2 + (a*d)^2 + (b*c)^2 + (b*d)^2",
        ["a", "c", "b*d"],
        1,
        ["strict_saddle"],
    ),
    (
        "rank 1, two singular values",
        "a b c d",
        "(a*c - 2)^2 + (a*d)^2 + (b*c)^2 + (b*d - 1)^2",
        ["a", "c", "b*d - 1"],
        4,
        ["strict_saddle"],
    ),
    (
        "rank 1 of the identity",
        "a b c d",
        "(a*c - 1)^2 + (a*d)^2 + (b*c)^2 + (b*d - 1)^2",
        ["a*d - b*c", "a*c + b*d - 1"],
        1,
        ["minimum"],
    ),
    (
        "rank 1, irrational singular values, the larger one",
        "a b c d",
        "(a*c - 2)^2 + (a*d - 1)^2 + (b*c - 1)^2 + (b*d - 3)^2",
        [
            "a*c^2 + a*d^2 - 2*c - d",
            "b*c^2 + b*d^2 - c - 3*d",
            "a^2*c + b^2*c - 2*a - b",
            "a^2*d + b^2*d - a - 3*b",
            "(a^2 + b^2)^2*(c^2 + d^2)^2 - 15*(a^2 + b^2)*(c^2 + d^2) + 25",
        ],
        (13, 14),
        ["strict_saddle"],
    ),
    (
        "rank 1, irrational singular values, the smaller one",
        "a b c d",
        "(a*c - 2)^2 + (a*d - 1)^2 + (b*c - 1)^2 + (b*d - 3)^2",
        [
            "a*c^2 + a*d^2 - 2*c - d",
            "b*c^2 + b*d^2 - c - 3*d",
            "a^2*c + b^2*c - 2*a - b",
            "a^2*d + b^2*d - a - 3*b",
            "(a^2 + b^2)^2*(c^2 + d^2)^2 - 15*(a^2 + b^2)*(c^2 + d^2) + 25",
        ],
        (1, 2),
        ["minimum"],
    ),
    (
        "weights on the entries off the diagonal",
        "a b c d",
        "(a*c - 2)^2 + (b*d - 1)^2 + 3*(a*d)^2 + 3*(b*c)^2",
        ["a", "c", "b*d - 1"],
        4,
        ["minimum"],
    ),
    (
        "2-1-1-2, outer layers 0",
        "p q s a b",
        "(s*p*a - 2)^2 + (s*p*b)^2 + (s*q*a)^2 + (s*q*b - 1)^2",
        ["p", "q", "a", "b"],
        5,
        ["strict_saddle", "nonstrict_saddle"],
    ),
    (
        "2-1-1-2, inner layer 0",
        "p q s a b",
        "(s*p*a - 2)^2 + (s*p*b)^2 + (s*q*a)^2 + (s*q*b - 1)^2",
        ["s", "2*p*a + q*b"],
        5,
        ["strict_saddle", "nonstrict_saddle"],
    ),
    (
        "a quadratic neuron with positive targets",
        "v w b",
        "(v*(w + b)^2 - 1)^2 + (v*b^2 - 2)^2 + (v*(2*w - b)^2 - 1)^2",
        ["w", "b"],
        6,
        ["maximum", "minimum", "nonstrict_saddle"],
    ),
    (
        "a quadratic neuron, targets of both signs",
        "v w b",
        "(v*(w + b)^2 - 1)^2 + (v*b^2 + 1)^2",
        ["v", "(w + b)^2 - b^2"],
        2,
        ["strict_saddle", "nonstrict_saddle"],
    ),
    (
        "a circle of minima that are not global",
        "x y z",
        "(x^2 + y^2 - 1)^2 + 3*z^4 - 4*z^3 - 12*z^2",
        ["x^2 + y^2 - 1", "z + 1"],
        -5,
        ["minimum"],
    ),
    (
        "an ellipse of minima that are not global",
        "x y z",
        "(x^2 + 2*y^2 - 1)^2 + 3*z^4 - 4*z^3 - 12*z^2",
        ["x^2 + 2*y^2 - 1", "z + 1"],
        -5,
        ["minimum"],
    ),
    (
        "five layers: arcs of even order",
        "a b c d e",
        "(a*b*c*d*e - 1)^2",
        ["a", "b"],
        1,
        ["strict_saddle", "nonstrict_saddle", "nonstrict_saddle", "nonstrict_saddle"],
    ),
    (
        "a cubic neuron: arcs in the kernel of the Hessian",
        "v w b",
        "(v*(w + b)^3 - 1)^2 + (v*b^3 + 1)^2",
        ["b", "v*w^3 - 1"],
        1,
        ["nonstrict_saddle", "empty"],
    ),
    (
        "a cubic neuron: the outer weight 0",
        "v w b",
        "(v*(w + b)^3 - 1)^2 + (v*b^3 + 1)^2",
        ["v", "w"],
        2,
        ["strict_saddle", "nonstrict_saddle"],
    ),
    (
        "a circle of degenerate minima that are not global",
        "x y z",
        "(x^2 + y^2 - 1)^4 + 3*z^4 - 4*z^3 - 12*z^2",
        ["x^2 + y^2 - 1", "z + 1"],
        -5,
        ["minimum"],
    ),
    ("degenerate maxima", "x y", "-x^4 - x^6", ["x"], 0, ["maximum"]),
    ("maxima", "x y", "-x^2 - x^4", ["x"], 0, ["maximum"]),
    ("a line of any type", "x y", "y*x^2", ["x"], 0, ["minimum", "maximum", "nonstrict_saddle"]),
    ("maxima off a point, squares near it", "x y", "(x^2*y^2 - 1)^2", ["x"], 1, ["maximum"]),
    ("a cubic power of a curve", "x y", "(x*y - 1)^3", ["x*y - 1"], 0, ["nonstrict_saddle", "empty"]),
    ("a cubic power that changes sign", "x y", "y*(x^2 - y)^3", ["x^2 - y"], 0, ["nonstrict_saddle"] * 2),
    ("a cubic neuron without output weight", "x y", "((x + y)^3 - 1)^2", ["x + y"], 1, ["nonstrict_saddle"]),
    (
        "minima, maxima and saddles of a square and a cube",
        "x y",
        "x^2*y^3",
        ["x"],
        0,
        ["minimum", "maximum", "nonstrict_saddle"],
    ),
    (
        "an axis whose type changes twice",
        "x y z",
        "(x*y)^2 + (y*z)^2 + (z*x)^2 - x*y*z",
        ["y", "z"],
        0,
        ["minimum", "strict_saddle", "nonstrict_saddle", "minimum", "nonstrict_saddle", "nonstrict_saddle"],
    ),
    (
        "an axis of a product of signs",
        "x y z",
        "(x^2 + y^2 - 1)^2 + (x*z)^2",
        ["x", "y"],
        1,
        ["strict_saddle", "maximum", "strict_saddle"],
    ),
    (
        "two quadratic neurons: four orthants and their sides",
        "v w x y",
        "(v*x^2 + w*y^2 - 1)^2",
        ["x", "y"],
        1,
        ["maximum", *["strict_saddle"] * 4, "minimum", *["nonstrict_saddle"] * 3],
    ),
    (
        "two quadratic neurons, two samples",
        "v w x y",
        "(v*x^2 + w*y^2 - 1)^2 + (4*v*x^2 + w*y^2 - 2)^2",
        ["x", "2*w*y^2 - 3"],
        "1/2",
        ["minimum", "strict_saddle", "nonstrict_saddle"],
    ),
    (
        "two square layers",
        "u v w",
        "(u^4*v^2*w - 2)^2",
        ["v"],
        4,
        ["maximum", "minimum", "nonstrict_saddle", "nonstrict_saddle"],
    ),
    (
        "2-1-1-2 with a target of rank 1: bent arcs",
        "p q s a b",
        "(s*p*a - 1)^2 + (s*p*b)^2 + (s*q*a)^2 + (s*q*b)^2",
        ["s", "a"],
        1,
        ["strict_saddle", "nonstrict_saddle", "nonstrict_saddle"],
    ),
    (
        "maxima at an irrational value",
        "x y",
        "(x^2 + y^2)^3 - 3*(x^2 + y^2)^2 + x^2 + y^2",
        ["3*(x^2 + y^2)^2 - 6*(x^2 + y^2) + 1"],
        (0, 1),
        ["maximum"],
    ),
    (
        "two quadratic neurons on one of two samples",
        "u v a b c d",
        "(u*a^2 + v*b^2 - 1)^2 + (u*c^2 + v*d^2 + 1)^2",
        ["a", "b", "u*c^2 + v*d^2 + 1"],
        1,
        ["strict_saddle", "strict_saddle", "minimum", *["nonstrict_saddle"] * 4],
    ),
    (
        "a quadratic neuron with two outputs: the Hessian in a and b is definite where 3 v < u or 8 u < 11 v only",
        "u v a b",
        (
            "u^2*(2*b - a)^4 + (v*(2*b - a)^2 - 2)^2 + (u*(2*a - b)^2 - 1)^2 + (v*(2*a - b)^2 + 3)^2 + "
            "(4*u*b^2 - 1)^2 + (4*v*b^2 + 3)^2"
        ),
        ["a", "b"],
        24,
        ["maximum", "minimum", *["nonstrict_saddle"] * 3, *["strict_saddle"] * 11, *["empty"] * 2],
    ),
    ("no real points", "x y", "(x^2 + y^2 + 1)^2", ["x^2 + y^2 + 1"], 0, ["empty"]),
    ("more zero directions than dimensions", "x y z", "x^2 + y^4", ["x", "y"], 0, ["minimum"]),
]


@pytest.mark.parametrize(
    ("variables", "expression", "generators", "value", "kinds"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_kinds(variables: str, expression: str, generators: list[str], value: Value, kinds: list[str]) -> None:
    assert sorted(s.kind for s in proved(variables, expression, generators, value)) == sorted(kinds)


def test_a_spurious_circle_is_shown_to_be_one() -> None:
    (only,) = proved(
        "x y z", "(x^2 + y^2 - 1)^2 + 3*z^4 - 4*z^3 - 12*z^2", ["x^2 + y^2 - 1", "z + 1"], -5
    )  # fmt: skip
    assert only.kind == "minimum"
    assert only.spurious is True
    assert only.is_global is False
    assert only.tangent is True


def test_strata_name_where_the_type_changes() -> None:
    strict, origin = proved("a b c", "(a*b*c - 1)^2", ["a", "b"], 1)
    assert strict.nonzero == (((((0, 0, 1)), Fraction(1)),),)
    assert origin.equations == strict.nonzero
    assert origin.sample == (0, 0, 0)
    assert origin.inertia == (0, 3, 0)


def test_what_is_not_decided_says_why() -> None:
    loss, generator = polynomials("x y", ["x^2*y^2*(x^4*y^2 + x^2*y^4 - 3*x^2*y^2 + 1)", "x*y"])
    found = strata_of(loss, [generator], Fraction(0), seconds=5)
    assert all(s.reason for s in found if s.kind == "undecided")


def test_the_search_ends_at_its_time_limit() -> None:
    loss, *given = polynomials("v w x y", ["(v*x^2 + w*y^2 - 1)^2", "x", "y"])
    strata = strata_of(loss, given, Fraction(1), seconds=0)
    assert {s.reason for s in strata if s.kind == "undecided"} == {"the time limit came first"}
