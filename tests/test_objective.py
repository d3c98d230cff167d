from __future__ import annotations

import itertools
import json
import math
from fractions import Fraction
from typing import Any

import pytest
import sympy
from flint import fmpz
from hypothesis import given
from hypothesis import strategies as st

from exactland.checker.kernel import Rejection, TermBudget
from exactland.checker.problem import read_problem as read_in_checker
from exactland.errors import InputError
from exactland.expression import total, variables
from exactland.objective import Objective, ObjectiveClass, as_objective
from exactland.parser import parse
from exactland.polynomial import (
    evaluate,
    exponents_of_degree,
    from_terms,
    gradient,
    hessian,
    integer_terms,
    ring,
    sign_symmetries,
    terms,
    to_json,
    to_polynomial,
)

NAMES = ("x", "y", "z")
POLYNOMIALS = st.dictionaries(
    st.tuples(*[st.integers(0, 4)] * 3), st.fractions(max_denominator=50).filter(bool), max_size=8
)
POINTS = st.tuples(*[st.fractions(min_value=-9, max_value=9, max_denominator=7)] * 3)


def test_an_objective_from_an_expression() -> None:
    a, b = variables("a b")
    objective = Objective.from_expression((a * b - 1) ** 2 / 2 + (a**2 + b**2) / 20, title="two")
    assert objective.variables == ("a", "b")
    assert objective.statement == {"variables": ["a", "b"], "expression": "1/2*(a*b - 1)^2 + 1/20*(a^2 + b^2)"}
    assert objective.kind is ObjectiveClass.POLYNOMIAL
    assert objective.title == "two"
    assert objective.unused_variables == ()
    assert evaluate(objective.polynomial, {"a": 1, "b": Fraction(1, 2)}) == Fraction(3, 16)


def test_the_variables_may_be_named() -> None:
    a, b = variables("a b")
    made = [
        Objective.from_expression("a + b^2", "b a"),
        Objective.from_expression(a + b**2, ["b", "a"]),
        Objective.from_expression(a + b**2, (b, a)),
    ]
    assert made[0] == made[1] == made[2]
    assert len({hash(objective) for objective in made}) == 1
    assert made[0].variables == ("b", "a")
    assert Objective.from_expression("a^2", a).variables == ("a",)


def test_constants_and_unused_variables_are_ordinary() -> None:
    constant = Objective.from_expression("3", "a")
    assert constant.unused_variables == ("a",)
    assert constant.polynomial == 3
    assert Objective.from_expression(3, ["a"]) == constant  # type: ignore[arg-type]
    assert Objective.from_expression("a^2", "a b").unused_variables == ("b",)
    assert Objective.from_expression("0*a").variables == ("a",)


def test_the_domain_is_recorded() -> None:
    objective = Objective.from_expression("u*v + u", positive=["u"], on_sphere=["u", "v"])
    assert objective.positive == ("u",)
    assert objective.on_sphere == ("u", "v")
    assert objective.statement["positive"] == ["u"]
    assert Objective.from_statement(objective.statement) == objective
    assert Objective.from_expression("u*v + u") != objective


def test_the_digest_is_of_the_statement() -> None:
    one = Objective.from_expression("a+a ^2", title="one")
    two = Objective.from_expression("a + a^2", title="two")
    assert one.sha256 == two.sha256
    assert len(one.sha256) == 64
    assert one.sha256 != Objective.from_expression("a + a^3").sha256


@pytest.mark.parametrize(
    ("text", "kind", "because"),
    [("exp(a)", "analytic", "exp"), ("1/a", "rational", "division by a variable"), ("abs(a)", "piecewise", "abs")],
)
def test_only_polynomials_have_a_polynomial(text: str, kind: str, because: str) -> None:
    objective = Objective.from_expression(text)
    assert objective.kind.value == kind
    with pytest.raises(InputError) as caught:
        _ = objective.polynomial
    assert f"of the class {kind} (because of {because})" in str(caught.value)


def test_sympy_comes_in_and_agrees() -> None:
    x, y = sympy.symbols("x y")
    given_ = (x * y - sympy.Rational(1, 3)) ** 2
    objective = as_objective(given_, title="t")
    oracle = sympy.Poly(given_, *sympy.symbols(objective.variables))
    assert {e: sympy.Rational(str(c)) for c, e in terms(objective.polynomial)} == dict(oracle.terms())
    assert as_objective(objective) is objective
    assert as_objective(sympy.Symbol("u", positive=True) ** 2 + x).positive == ("u",)
    assert objective.positive == ()
    assert as_objective("x^2") == as_objective(parse("x^2"))


WRONG: list[tuple[str, Any, list[str]]] = [
    (
        "a constant without names",
        lambda: Objective.from_expression("3"),
        ["a constant without variables", 'variables="a"'],
    ),
    ("no names", lambda: Objective.from_expression("3", ""), ["variables: no variables", "1 to 16 names"]),
    (
        "17 variables",
        lambda: Objective.from_expression("+".join(f"x{i}" for i in range(17))),
        ["17 variables", "at most 16"],
    ),
    (
        "an unknown name",
        lambda: Objective.from_expression("aa + b", "aa c"),
        ["expression: the unknown name 'b'", "aa, c"],
    ),
    (
        "a near name",
        lambda: Objective.from_expression(parse("w11"), "w1"),
        ["expression: the unknown name 'w11'", "did you mean w1?"],
    ),
    ("a name twice", lambda: Objective.from_expression("a", "a a"), ["the name 'a' twice"]),
    ("a function's name", lambda: Objective.from_expression("1", "exp"), ["variables: the name 'exp'", "write exp_"]),
    ("a number for names", lambda: Objective.from_expression("a", 3), ["variables: 3"]),
    ("a number among names", lambda: Objective.from_expression("a", ["a", 3]), ["variables: the name 3"]),
    ("a float", lambda: Objective.from_expression(0.5, "a"), ["the float 0.5"]),
    (
        "positive",
        lambda: Objective.from_expression("ab", positive=["aB"]),
        ["positive: the unknown name 'aB'", "did you mean ab?"],
    ),
    ("positive twice", lambda: Objective.from_expression("a", positive=["a", "a"]), ["positive: the name 'a' twice"]),
    ("positive as text", lambda: Objective.from_expression("a", positive="a"), ["positive: 'a'", "a list of names"]),
    ("sphere", lambda: Objective.from_expression("a", on_sphere=["b"]), ["on_sphere: the unknown name 'b'"]),
    (
        "a syntax error",
        lambda: Objective.from_expression("a b", "a b"),
        ["expression: 'b' without an operator", "character 3"],
    ),
    ("no objective", lambda: as_objective(3), ["3 (int) as objective"]),
    ("a statement of nothing", lambda: Objective.from_statement({}), ["no key 'variables'"]),
    ("a statement that is no table", lambda: Objective.from_statement([]), ["[]", "either 'expression' or 'network'"]),  # type: ignore[arg-type]
    (
        "a statement with a wrong key",
        lambda: Objective.from_statement({"variables": ["a"], "expresion": "a"}),
        ["the unknown key 'expresion'", "did you mean expression?"],
    ),
    (
        "an expression that is no text",
        lambda: Objective.from_statement({"variables": ["a"], "expression": 3}),
        ["expression: 3", "a text"],
    ),
    (
        "a text that grew too long",
        lambda: Objective.from_expression(total((variables("a") + i) ** 2 for i in range(12_000)), "a"),
        ["characters", "at most 100000 characters"],
    ),
    (
        "a network that is no table",
        lambda: Objective.from_statement({"network": 1, "data": {}, "loss": {}}),
        ["network: 1", "a table"],
    ),
]


@pytest.mark.parametrize(("make", "parts"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_objectives(make: Any, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert [part for part in parts if part not in str(caught.value)] == []
    assert str(caught.value).count("\n") == 1


@given(POLYNOMIALS)
def test_json_reads_back(given_: dict[tuple[int, ...], Fraction]) -> None:
    p = from_terms(ring(NAMES), [(c, e) for e, c in given_.items()])
    written = json.loads(json.dumps(to_json(p)))
    assert TermBudget().polynomial(written, len(NAMES)) == given_
    keys = [(sum(e), e) for _, e in terms(p)]
    assert keys == sorted(keys, reverse=True)
    assert {e: c for c, e in terms(p)} == given_


@given(POLYNOMIALS, POINTS)
def test_polynomials_agree_with_brute_force(
    given_: dict[tuple[int, ...], Fraction], point: tuple[Fraction, ...]
) -> None:
    def at(pairs: dict[tuple[int, ...], Any]) -> Fraction:
        value = Fraction(0)
        for exponents, coefficient in pairs.items():
            monomial = Fraction(coefficient)
            for x, e in zip(point, exponents, strict=True):
                monomial *= x**e
            value += monomial
        return value

    def derivative(pairs: dict[tuple[int, ...], Fraction], i: int) -> dict[tuple[int, ...], Fraction]:
        return {(*e[:i], e[i] - 1, *e[i + 1 :]): c * e[i] for e, c in pairs.items() if e[i]}

    p = from_terms(ring(NAMES), [(c, e) for e, c in given_.items()])
    assert evaluate(p, point) == at(given_)
    assert [evaluate(q, point) for q in gradient(p)] == [at(derivative(given_, i)) for i in range(3)]
    assert [[evaluate(q, point) for q in row] for row in hessian(p)] == [
        [at(derivative(derivative(given_, i), j)) for j in range(3)] for i in range(3)
    ]
    whole = integer_terms(p)
    ratio = {whole[e] / c for e, c in given_.items()}
    assert len(ratio) == (1 if given_ else 0)
    assert all(r > 0 for r in ratio)
    assert math.gcd(*whole.values()) == (1 if given_ else 0)


NOT_CANONICAL: list[tuple[str, Any]] = [
    ("no list", {}),
    ("a short term", [["1"]]),
    ("a number for text", [[1, [0, 0, 0]]]),
    ("two exponents", [["1", [0, 0]]]),
    ("a negative exponent", [["1", [0, 0, -1]]]),
    ("a true exponent", [["1", [0, 0, True]]]),
    ("a plus", [["+1", [0, 0, 0]]]),
    ("not lowest terms", [["2/4", [0, 0, 0]]]),
    ("over one", [["2/1", [0, 0, 0]]]),
    ("zero", [["0", [0, 0, 0]]]),
    ("minus zero", [["-0", [0, 0, 0]]]),
    ("zero over two", [["0/2", [0, 0, 0]]]),
    ("a leading zero", [["01", [0, 0, 0]]]),
    ("a decimal", [["0.5", [0, 0, 0]]]),
    ("repeated", [["1", [1, 0, 0]], ["2", [1, 0, 0]]]),
]


@pytest.mark.parametrize("given_", [row[1] for row in NOT_CANONICAL], ids=[row[0] for row in NOT_CANONICAL])
def test_json_that_is_not_canonical_is_refused_by_the_checker(given_: Any) -> None:
    with pytest.raises(Rejection) as caught:
        TermBudget().polynomial(given_, len(NAMES))
    assert caught.value.rule in ("F2", "F3")


def test_long_coefficients_are_written() -> None:
    p = from_terms(ring(("x",)), [(Fraction(10**9000 + 1, 3**9000), (1,))])
    assert to_json(p) == [[f"1{'0' * 8999}1/{fmpz(3) ** 9000}", [1]]]


def test_a_point_of_the_wrong_length() -> None:
    with pytest.raises(InputError, match="a point of 1 numbers"):
        evaluate(to_polynomial(parse("x*y"), ("x", "y")), [1])


STATEMENTS: list[tuple[str, dict[str, Any]]] = [
    ("expression", {"variables": ["a", "b"], "expression": "1/2*(a*b-1)^2 - -a^2^2/3 + 0.1*b^0 + sqrt(4)*a*2"}),
    (
        "network",
        {
            "network": {"widths": [2, 2, 1], "activation": "square", "bias": True, "output": "trained"},
            "data": {"inputs": [["1", "0"], ["1/2", "-1"]], "targets": [["2"], ["0"]]},
            "loss": {"kind": "squared", "scale": "1/2", "ridge": "1/10"},
        },
    ),
    (
        "fixed output",
        {
            "network": {"widths": [1, 2, 1], "activation": [1, 0, "1/2"], "bias": True, "output": [1, "-1/3"]},
            "data": {"inputs": [["1"], ["1/2"]], "targets": [["2"], ["0"]]},
            "loss": {"kind": "squared", "scale": "2/3", "ridge": ["1/10", 0, 1, "2"]},
        },
    ),
    (
        "deep",
        {
            "network": {"widths": [1, 2, 1, 1], "activation": "identity"},
            "data": {"inputs": [[-1]], "targets": [["1/3"]]},
            "loss": {"kind": "squared", "ridge": "1"},
        },
    ),
]


@pytest.mark.parametrize("statement", [row[1] for row in STATEMENTS], ids=[row[0] for row in STATEMENTS])
def test_the_checker_expands_the_same_polynomial(statement: dict[str, Any]) -> None:
    objective = Objective.from_statement(statement)
    checked = read_in_checker(json.loads(json.dumps(objective.statement)))
    assert checked.variables == objective.variables
    assert {e: c for e, c in checked.loss.items() if c} == {e: c for c, e in terms(objective.polynomial)}


@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize("degree", [0, 1, 4])
def test_exponents_of_a_degree(n: int, degree: int) -> None:
    found = list(exponents_of_degree(n, degree))
    every = itertools.product(range(degree + 1), repeat=n)
    assert found == sorted((e for e in every if sum(e) == degree), reverse=True)


@pytest.mark.parametrize(
    ("supports", "symmetries"),
    [
        ([], {0b001, 0b010, 0b100}),
        ([[(2, 0, 1)]], {0b001, 0b010, 0b100}),  # even or odd under each
        ([[(0, 0, 0), (2, 0, 1)]], {0b001, 0b010}),  # even
        ([[(1, 1, 0), (0, 0, 2)]], {0b011, 0b100}),
        ([[(1, 0, 0), (0, 1, 0), (0, 0, 1)]], {0b111}),
        ([[(1, 0, 0), (0, 0, 0)], [(0, 1, 0), (0, 0, 1)]], {0b110}),
    ],
)
def test_sign_symmetries(supports: list[list[tuple[int, ...]]], symmetries: set[int]) -> None:
    assert set(sign_symmetries(3, supports)) == symmetries
