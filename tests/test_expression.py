from __future__ import annotations

import copy
import operator
import pickle
import re
import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from exactland.errors import InputError
from exactland.expression import (
    Expression,
    Function,
    Number,
    Product,
    Variable,
    apply,
    evaluate,
    power,
    product,
    total,
    variables,
    walk,
)
from exactland.functions import FUNCTIONS
from exactland.interop import from_sympy
from exactland.kind import ObjectiveClass, classification
from exactland.parser import parse
from exactland.polynomial import terms, to_polynomial
from exactland.squares import square_terms

NAMES = ("x", "y", "z1")
SYMPY_NAMES = {"abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min, "sigmoid": lambda t: 1 / (1 + sympy.exp(-t))}
SYMPY_NAMES["relu"] = lambda t: sympy.Max(t, 0)


def sympy_of(text: str) -> Any:
    """The independent reading of a text: Python's own grammar on sympy symbols, with every literal an exact number."""
    values: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in NAMES}
    values |= {name: SYMPY_NAMES.get(name, getattr(sympy, name, None)) for name in FUNCTIONS}
    values |= {"pi": sympy.pi, "N": lambda literal: sympy.Rational(literal)}
    python = re.sub(r"(?<![A-Za-z_0-9.])([0-9]+(?:\.[0-9]+)?)", r"N('\1')", text).replace("^", "**")
    return eval(python, {"__builtins__": {}}, values)


def sympy_tree(expression: Expression) -> Any:
    return sympy_of(str(expression))


fractions = st.fractions(min_value=-5, max_value=5, max_denominator=9)
leaves = st.one_of(st.sampled_from(NAMES).map(Variable), fractions.map(Number))


def sums_and_products(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.tuples(children, children).map(lambda p: p[0] + p[1]),
        st.tuples(children, children).map(lambda p: p[0] - p[1]),
        st.tuples(children, children).map(lambda p: p[0] * p[1]),
        children.map(operator.neg),
        st.tuples(children, st.integers(0, 3)).map(lambda p: p[0] ** p[1]),
    )


def everything(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def quotient(pair: tuple[Expression, Expression]) -> Expression:
        return pair[0] / pair[1] if pair[1] != Number(Fraction(0)) else pair[0]

    def inverse(pair: tuple[Expression, int]) -> Expression:
        return pair[0] if isinstance(pair[0], Number) else pair[0] ** pair[1]

    def called(pair: tuple[str, list[Expression]]) -> Expression:
        name, arguments = pair
        try:
            return apply(name, arguments[: FUNCTIONS[name][1] or 3])
        except InputError:  # outside the domain, such as sqrt(-1)
            return arguments[0]

    return st.one_of(
        sums_and_products(children),
        st.tuples(children, children).map(quotient),
        st.tuples(children, st.integers(-3, 3)).map(inverse),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(children, min_size=2, max_size=3)).map(called),
    )


polynomials = st.recursive(leaves, sums_and_products, max_leaves=8)
expressions = st.recursive(st.one_of(leaves, st.just(parse("pi"))), everything, max_leaves=12)


@given(expressions)
def test_canonical_text_parses_back_to_the_same_tree(expression: Expression) -> None:
    text = str(expression)
    assert parse(text) == expression
    assert str(parse(text)) == text
    assert hash(parse(text)) == hash(expression)


@given(polynomials)
def test_expanding_agrees_with_sympy(expression: Expression) -> None:
    try:
        expanded = to_polynomial(expression, NAMES)
    except InputError as error:
        assume("degree" not in error.given)
        raise
    symbols = [sympy.Symbol(name, real=True) for name in NAMES]
    oracle = sympy.Poly(sympy_tree(expression), *symbols, domain="QQ")
    assert {e: c for c, e in terms(expanded)} == {e: Fraction(int(c.p), int(c.q)) for e, c in oracle.terms() if c != 0}


tokens = st.lists(st.sampled_from(["x", "y", "2", "0.5", "+", "-", "*", "/", "^", "(", ")", " ", "3"]), max_size=14)


@given(tokens)
def test_parsing_agrees_with_pythons_grammar(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        ours = parse(text, NAMES)
    except InputError:
        return
    symbols = [sympy.Symbol(name, real=True) for name in NAMES]
    if any(isinstance(node, Product) and node.coefficient == 0 for node in walk(ours)) or "zoo" in str(sympy_of(text)):
        return
    assert sympy.simplify(sympy_tree(ours) - sympy_of(text)) == 0, (text, symbols)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused_in_two_lines(text: str) -> None:
    refusal: InputError | None = None
    found: Expression | None = None
    try:
        found = parse(text)
    except InputError as error:
        refusal = error
    if refusal is None:
        assert parse(str(found)) == found
    else:
        assert str(refusal).count("\n") == 1
        assert refusal.position is None or 0 <= refusal.position <= len(text)


READ = [
    ("-x^2", "-x^2"),
    ("(-x)^2", "(-x)^2"),
    ("2^3^2", "512"),
    ("x^2^3", "x^8"),
    ("x^-2", "x^(-2)"),
    ("2*-x", "-2*x"),
    ("x - -y", "x + y"),
    ("+x", "x"),
    ("- - x", "x"),
    ("x*2*y*3", "6*x*y"),
    ("x/2", "1/2*x"),
    ("x/y/z1", "x/y/z1"),
    ("x/(y*z1)", "x/(y*z1)"),
    ("x*(y/z1)", "x*y/z1"),
    ("1/(1/x)", "1/(1/x)"),
    ("1/x^2", "1/x^2"),
    ("1 + x + 2", "3 + x"),
    ("x + (y - (z1 + 1))", "x + y - (z1 + 1)"),
    ("0.1*x", "1/10*x"),
    ("1e2*x", "100*x"),
    ("0*x", "0*x"),
    ("x^0", "x^0"),
    ("0^0", "1"),
    ("sqrt(4) + sqrt(1/9)", "7/3"),
    ("sqrt(2)", "sqrt(2)"),
    ("abs(-2) + relu(-3) + max(1, 2, 3) - min(4, 5)", "1"),
    ("exp(0) + sigmoid(0) + cos(0) + tanh(0) + log(1) + acos(1)", "5/2"),
    ("pi*x", "pi*x"),
    (" x\n +\t y ", "x + y"),
    ("(" * 100 + "x" + ")" * 100, "x"),
]


@pytest.mark.parametrize(("text", "canonical"), READ, ids=[text[:20] for text, _ in READ])
def test_the_grammar(text: str, canonical: str) -> None:
    assert str(parse(text, NAMES)) == canonical


WRONG = [
    ("", None, ["an empty expression"]),
    ("   ", None, ["an empty expression"]),
    ("2x", 1, ["'x' without an operator before it", "write * for a product: ...*x"]),
    ("x y", 2, ["without an operator before it", "here: x -->y", "write * for a product"]),
    ("(x)(y)", 3, ["without an operator before it", "write * for a product"]),
    ("x(y)", 0, ["the unknown function 'x'", "write x*(...)"]),
    ("pi(y)", 0, ["the unknown function 'pi'", "write pi*(...)"]),
    ("besselj(x) + y", 0, ["the unknown function 'besselj'", "the functions sqrt, exp", "fix: use one of these"]),
    ("tann(x)", 0, ["the unknown function 'tann'", "sqrt, exp, log", "did you mean tan(...)?"]),
    ("x**2", 1, ["'**'", "write ^ for a power"]),
    ("x + w", 4, ["the unknown name 'w'", "the variables x, y, z1"]),
    ("x + z", 4, ["the unknown name 'z'", "did you mean z1?"]),
    ("x +", 3, ["the end of the expression", "add the missing operand"]),
    ("* x", 0, ["'*'", "a number, a name, a function or '('"]),
    ("(x + y", 0, ["'(' that is never closed", "add ')'"]),
    ("x + y)", 5, ["')' without a '('"]),
    ("()", 1, ["')'", "a number, a name"]),
    ("x, y", 1, ["','", "commas only in max(x, y)"]),
    (".5*x", 0, ["the character '.'", "write 0.5 for .5"]),
    ("x = 1", 2, ["the character '='", "bring everything to one side"]),
    ("x \u2212 1", 2, ["write the minus sign as -"]),
    ("x\u00b2", 1, ["write the square as ^2"]),
    ("|x|", 0, ["abs(...)"]),
    ("x;y", 1, ["the character ';'"]),
    ("x^y", 2, ["the exponent y", "integer exponents from -64 to 64", "exp(y*log(x))"]),
    ("x^(1/2)", 2, ["the exponent '1/2'", "sqrt(x)"]),
    ("x^65", 2, ["the exponent 65", "from -64 to 64"]),
    ("x^9999999999", 2, ["the exponent 9999999999"]),
    ("x/0", 2, ["a division by zero"]),
    ("x/(1 - 1)", 2, ["a division by zero"]),
    ("0^-1", 2, ["a division by zero"]),
    ("max(x)", 0, ["max with 1 arguments", "at least 2 arguments", "max(x, y)"]),
    ("exp(x, y)", 0, ["exp with 2 arguments", "exactly 1 argument"]),
    ("exp()", 0, ["exp with 0 arguments"]),
    ("exp", 0, ["the function exp without argument", "exp(x)"]),
    ("exp x", 0, ["the function exp without argument"]),
    ("sqrt(-1)", 0, ["sqrt of the negative number"]),
    ("log(0)", 0, ["log of '0'", "above 0"]),
    ("asin(2)", 0, ["asin of '2'", "from -1 to 1"]),
    ("1e999999999", 0, ["the exponent e999999999"]),
    ("9" * 2000, 0, ["2000 digits", "at most 1000 digits"]),
    ("((9^64)^64)^64", 8, ["more than 1000 digits"]),
    ("9" * 600 + "*" + "9" * 600, 0, ["more than 1000 digits"]),
    ("(" * 101 + "x" + ")" * 101, 100, ["nesting deeper than 100"]),
    ("(" * 50_000, 100, ["nesting deeper than 100"]),
    ("x^" * 200 + "2", 202, ["nesting deeper than 100"]),
    ("abs(" * 101 + "x" + ")" * 101, 400 + 3, ["nesting deeper than 100"]),
    ("x+" * 60_000 + "x", None, ["120001 characters", "at most 100000 characters"]),
    ("__import__('os')", 11, ['the character "\'"']),
    ("x.real", 1, ["the character '.'"]),
    ("\x00", 0, ["the character"]),
]


@pytest.mark.parametrize(
    ("text", "position", "parts"), WRONG, ids=[f"{i} {row[0][:20]!r}" for i, row in enumerate(WRONG)]
)
def test_a_wrong_text_is_refused_with_its_place(text: str, position: int | None, parts: list[str]) -> None:
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        parse(text, NAMES)
    assert time.perf_counter() - start < 2
    message = str(caught.value)
    assert [part for part in parts if part not in message] == []
    assert caught.value.position == position
    assert message.count("\n") == 1
    assert len(message) < 500


def test_the_picture_has_a_caret_under_the_place() -> None:
    with pytest.raises(InputError) as caught:
        parse("a*b + 2 c")
    assert caught.value.picture == "a*b + 2 c\n        ^"
    with pytest.raises(InputError) as caught:
        parse("")
    assert caught.value.picture is None


def test_only_text_is_parsed() -> None:
    with pytest.raises(InputError, match="as expression"):
        parse(3)  # type: ignore[arg-type]


def test_a_long_flat_sum_is_read_quickly() -> None:
    start = time.perf_counter()
    found = parse("+".join(f"x^{k % 60}*{k}" for k in range(1, 9_000)))
    assert time.perf_counter() - start < 5
    assert found.depth <= 4
    assert parse("-" * 90_000 + "x") == Variable("x")


def test_variables() -> None:
    assert variables("a b") == variables("a, b") == variables(["a", "b"]) == (Variable("a"), Variable("b"))
    assert variables("a") == Variable("a")
    assert variables(["a"]) == (Variable("a"),)


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ("", "no names"),
        ("a a", "twice"),
        ("exp", "which the grammar uses itself"),
        ("pi", "which the grammar uses itself"),
        ("1a", "the name '1a'"),
        ("a-b", "the name 'a-b'"),
        ("\u03b1", "ASCII letters"),
        ([3], "the name 3"),
        (3, "3 as names"),
        ("a" * 51, "at most 50 characters"),
    ],
)
def test_names_that_cannot_name_a_variable(names: Any, part: str) -> None:
    with pytest.raises(InputError) as caught:
        variables(names)
    assert part in str(caught.value)


def test_operators_take_exact_numbers_only() -> None:
    x, y = variables("x y")
    assert str((x * y - 1) ** 2 / 2 + (x**2 + y**2) / 20) == "1/2*(x*y - 1)^2 + 1/20*(x^2 + y^2)"
    assert str(1 - x) == "1 - x"
    assert str(Fraction(1, 2) / x) == "1/2/x"
    assert str(2 * x - np.int64(3)) == "2*x - 3"
    assert str(-x * +y) == "-x*y"
    assert str(abs(x)) == "abs(x)"
    assert x ** Fraction(2) == x**2
    assert list(x * np.array([1, 2])) == list(np.array([1, 2]) * x) == [x, 2 * x]


@pytest.mark.parametrize(
    ("work", "part"),
    [
        (lambda x: x + 0.5, "write Fraction(1, 2)"),
        (lambda x: 0.1 * x, "write Fraction(1, 10)"),
        (lambda x: x**0.5, "the float 0.5"),
        (lambda x: x ** Fraction(1, 3), "the exponent '1/3'"),
        (lambda x: x**65, "the exponent 65"),
        (lambda x: 2**x, "the exponent x"),
        (lambda x: x ** (x + 1), "the exponent x + 1"),
        (lambda x: x / 0, "a division by zero"),
        (lambda x: x + True, "the truth value True"),
        (bool, "the truth value of x"),
        (float, "float(x)"),
    ],
)
def test_inexact_work_is_refused(work: Any, part: str) -> None:
    with pytest.raises(InputError) as caught:
        work(variables("x"))
    assert part in str(caught.value)


@pytest.mark.parametrize("other", ["1", None, [1], (1,), {}])
def test_foreign_operands_are_a_type_error(other: Any) -> None:
    x = variables("x")
    for work in (operator.add, operator.sub, operator.mul, operator.truediv):
        with pytest.raises(TypeError):
            work(x, other)


def test_expressions_survive_copying_and_pipes() -> None:
    expression = parse("1/2*(x*y - 1)^2/exp(x) + pi - max(x, y, 1)")
    assert pickle.loads(pickle.dumps(expression)) == expression
    assert copy.deepcopy(expression) == expression
    assert pickle.loads(pickle.dumps(expression)).depth == expression.depth


def test_an_expression_cannot_be_changed() -> None:
    x = variables("x")
    with pytest.raises(AttributeError):
        x.name = "y"
    assert x.name == "x"


def test_depth_and_size_are_limited_before_they_hurt() -> None:
    deep = wide = variables("x")
    for _ in range(99):
        deep = apply("tanh", (deep,))
    for _ in range(17):
        wide = apply("max", (wide, wide + 1))
    assert deep.depth == 100
    assert parse(str(deep)) == deep
    with pytest.raises(InputError, match="nested 101 deep"):
        apply("tanh", (deep,))
    with pytest.raises(InputError, match="at most 1000000 parts"):
        apply("max", (wide, wide + 1))


def test_expansion_is_bounded_before_it_starts() -> None:
    names = tuple("abcdefgh")
    for text in [
        "(a+b+c+d+e+f+g+h+1)^20",
        "(a+b+c+d+e+f+g+h+1)^8*(a+b+c+d+e+f+g-h+1)^8",
        "((a^64)^64)^64",
        "(a^40)*(b^40)",
    ]:
        start = time.perf_counter()
        with pytest.raises(InputError, match="an expansion of"):
            to_polynomial(parse(text), names)
        assert time.perf_counter() - start < 2


def test_total_and_product_of_nothing() -> None:
    assert total(()) == Number(Fraction(0))
    assert product(()) == Number(Fraction(1))
    assert power(Number(Fraction(0)), 0) == Number(Fraction(1))


KINDS = [
    ("x^2 + 1/2", "polynomial", ()),
    ("x/2 + sqrt(4)*y + relu(3)", "polynomial", ()),
    ("0*x", "polynomial", ()),
    ("x/y", "rational", ("division by a variable",)),
    ("x^-2", "rational", ("division by a variable",)),
    ("relu(x) + abs(y)", "piecewise", ("abs", "relu")),
    ("max(x, 1, y)^2", "piecewise", ("max",)),
    ("exp(x)", "analytic", ("exp",)),
    ("pi*x", "analytic", ("pi",)),
    ("sqrt(2)*x", "analytic", ("sqrt",)),
    ("x/sqrt(2)", "analytic", ("sqrt",)),
    ("abs(pi)*x", "analytic", ("pi",)),
    ("exp(x)/y + tanh(x)", "analytic", ("exp", "tanh", "division by a variable")),
    ("relu(tanh(x))", "piecewise analytic", ("tanh", "relu")),
    ("abs(x)/y", "piecewise analytic", ("abs", "division by a variable")),
]


@pytest.mark.parametrize(("text", "kind", "because"), KINDS, ids=[text for text, _, _ in KINDS])
def test_the_class_of_an_expression(text: str, kind: str, because: tuple[str, ...]) -> None:
    found = classification(parse(text))
    assert found.kind is ObjectiveClass(kind)
    assert found.because == because


@given(polynomials, st.tuples(fractions, fractions, fractions))
def test_squares_read_off_a_tree_are_an_identity(
    expression: Expression, values: tuple[Fraction, Fraction, Fraction]
) -> None:
    point = dict(zip(NAMES, values, strict=True))
    found = square_terms(expression)
    squares = sum((c * evaluate(q, point) ** 2 for c, q in found.squares), Fraction(0))
    rest = sum((evaluate(term, point) for term in found.leftover), Fraction(0))
    assert found.constant + squares + rest == evaluate(expression, point)
    assert all(c > 0 for c, _ in found.squares)


SQUARES = [
    ("1/2*(x*y - 1)^2 + 1/20*(x^2 + y^2)", "0", ["1/2*(x*y - 1)", "1/20*(x)", "1/20*(y)"], []),
    ("x^4", "0", ["1*(x^2)"], []),
    ("((x - 1)^2 + 3*y^2)/100 + 5", "5", ["1/100*(x - 1)", "3/100*(y)"], []),
    ("x^2*y^4*3", "0", ["3*(x*y^2)"], []),
    ("x*x", "0", ["1*(x)"], []),
    ("2*(x^2 + 3*(y^2 + 1))", "6", ["2*(x)", "6*(y)"], []),
    ("-(-x^2)", "0", ["1*(x)"], []),
    ("x^2 + x*y", "0", ["1*(x)"], ["x*y"]),
    ("x^2 - y^2", "0", ["1*(x)"], ["-y^2"]),
    ("(x^2 + y^2)^3", "0", [], ["(x^2 + y^2)^3"]),
    ("exp(x)^2 + 1", "1", ["1*(exp(x))"], []),
    ("1/x^2", "0", [], ["1/x^2"]),
    ("0*x", "0", [], []),
    ("7", "7", [], []),
]


@pytest.mark.parametrize(("text", "constant", "squares", "leftover"), SQUARES, ids=[row[0] for row in SQUARES])
def test_squares(text: str, constant: str, squares: list[str], leftover: list[str]) -> None:
    found = square_terms(parse(text))
    assert str(found.constant) == constant
    assert [f"{c}*({q})" for c, q in found.squares] == squares
    assert [str(term) for term in found.leftover] == leftover
    assert found.is_sum_of_squares == (not leftover)


@given(polynomials, st.tuples(fractions, fractions, fractions))
def test_evaluating_agrees_with_sympy(expression: Expression, values: tuple[Fraction, Fraction, Fraction]) -> None:
    point = dict(zip(NAMES, values, strict=True))
    assume(all(abs(v) < 10**40 for v in values))
    oracle = sympy_tree(expression).subs({sympy.Symbol(k, real=True): sympy.Rational(str(v)) for k, v in point.items()})
    found = evaluate(expression, point)
    assert sympy.Rational(found.numerator, found.denominator) == oracle


@pytest.mark.parametrize(
    ("text", "part"), [("exp(x)", "irrational value"), ("1/x - y", "no value for y"), ("1/(x - 2)", "division by zero")]
)
def test_points_without_an_exact_value(text: str, part: str) -> None:
    with pytest.raises(InputError, match=part):
        evaluate(parse(text), {"x": 2})


def test_sympy_expressions_come_in() -> None:
    x, y = sympy.symbols("x y")
    given_expression = (
        (x * y - sympy.Rational(1, 3)) ** 2 / 2 + sympy.Max(x, 0) + sympy.sqrt(y) + sympy.pi / sympy.sqrt(x)
    )
    ours = from_sympy(given_expression)
    back = sympy_of(str(ours)).subs({sympy.Symbol(n, real=True): sympy.Symbol(n) for n in ("x", "y")})
    assert sympy.simplify(back - given_expression) == 0
    assert isinstance(from_sympy(sympy.exp(x)), Function)


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda x: 0.5 * x, "the float"),
        (lambda x: sympy.gamma(x), "gamma(x)"),
        (lambda x: x**x, "the exponent x"),
        (lambda x: sympy.I * x, "I"),
        (lambda x: sympy.E + x, "E"),
    ],
)
def test_sympy_expressions_outside_the_grammar(make: Any, part: str) -> None:
    with pytest.raises(InputError) as caught:
        from_sympy(make(sympy.Symbol("x")))
    assert part in str(caught.value)
