"""The algebra of each reduction: the way back meets critical values, and the smaller objective is the same function."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest

from exactland.objective import as_objective
from exactland.polynomial import Polynomial, evaluate, gradient
from exactland.reduce.base import Reduction, bezout_number
from exactland.reduce.blocks import Blocks
from exactland.reduce.plan import Plan, plan
from exactland.reduce.quadratic import Elimination
from exactland.reduce.turned import Turned


def polynomial(expression: str) -> Polynomial:
    return as_objective(expression).polynomial


def at(p: Polynomial, point: Sequence[Fraction]) -> Fraction:
    return evaluate(p, list(point))


def points(source: random.Random, parts: Sequence[Polynomial]) -> list[list[Fraction]]:
    return [[Fraction(source.randint(-9, 9), source.randint(1, 5)) for _ in p.context().names()] for p in parts]


QUADRATIC = (
    ("x^2 + x*y^3 + y^4", ["x"]),
    ("-3*x^2 + 5*x*y - y + 1/7*y^4", ["x"]),
    ("(x - y)^2 + (z - 1)^2 + y^4/4 - y^2", ["x", "z"]),
    ("(x + y + z^2)^2 + (x - y + z)^2 + z^6", ["x", "y"]),
    ("x*y + x^2 + y^2*z^2 + z^4", ["x"]),
)


@pytest.mark.parametrize(("expression", "gone"), QUADRATIC, ids=[e for e, _ in QUADRATIC])
def test_elimination_completes_the_square(expression: str, gone: list[str]) -> None:
    p = polynomial(expression)
    found = Elimination.apply(p)
    assert found is not None
    names = p.context().names()
    assert sorted(names[k] for k, _ in found.eliminated) == sorted(gone)
    source, ratios = random.Random(1), set()
    for _ in range(6):
        (y,) = points(source, found.parts)
        x = found.invert([y], at)
        assert [at(gradient(p)[k], x) for k, _ in found.eliminated] == [0] * len(gone)
        value = at(found.parts[0], y)
        if value:
            ratios.add(at(p, x) / value)
    assert len(ratios) == 1


@pytest.mark.parametrize(
    "expression", ["x^2*y + y^2*x", "x^3 + y^4*x", "x*y + y^3 + x^3", "x^2*y^2 + x^2 + y^4", "x^2"]
)
def test_what_elimination_leaves_alone(expression: str) -> None:
    assert not Elimination.accepts(polynomial(expression))


def test_elimination_that_would_raise_the_degree_is_refused() -> None:
    before = polynomial("x^2 + x*y^3*z + x*y*z^3 + y^5 + z^5 + w^3*y + w*x*z^2 + w^5")
    assert not Elimination.accepts(before)
    assert bezout_number(before) == 4**4


def test_blocks_are_the_finest() -> None:
    found = Blocks.apply(polynomial("x*u + y^4 + u^4 + x^3 + y*z - z^2*5 + 7"))
    assert found is not None
    assert found.polynomial.context().names() == ("x", "u", "y", "z")
    assert found.groups == (0, 0, 1, 1)
    source = random.Random(2)
    for _ in range(4):
        given = points(source, found.parts)
        total = sum(at(part, y) for part, y in zip(found.parts, given, strict=True))
        assert at(found.polynomial, found.invert(given, at)) == total + 7


@pytest.mark.parametrize("expression", ["x*y + y*z + z^2", "x^4", "(x + y)^4 + (x - y)^2"])
def test_one_block_is_no_sum(expression: str) -> None:
    assert not Blocks.accepts(polynomial(expression))


def test_a_plan_nests_and_inverts() -> None:
    """The bias b couples the two halves and goes first; what is left is no sum, what was one stays one."""
    p = polynomial("(b - 1)^2 + (x*y - 2)^4 + x^2 + y^4 + (u*v - 3)^4 + u^2 + v^4")
    found = plan(p)
    assert isinstance(found.reduction, Elimination)
    assert isinstance(found.inner[0].reduction, Blocks)
    assert [leaf.context().nvars() for leaf in found.leaves()] == [2, 2]
    given = points(random.Random(3), found.leaves())
    x = dict(zip(p.context().names(), found.invert(given, at), strict=True))
    assert x == {"b": 1, "x": given[0][0], "y": given[0][1], "u": given[1][0], "v": given[1][1]}
    assert found.form([Fraction(1)] * 2) is None


def test_the_form_of_a_leaf() -> None:
    p = polynomial("(b - x*y)^2 + (x*y - 2)^4 + x^2*3 + y^4 + z^4*x + z^6")
    found = plan(p)
    assert [r.reduction.__class__ for r in (found, *found.inner)] == [Elimination, type(None)]
    form = found.form([Fraction(2), Fraction(3), Fraction(5)])
    (y,) = points(random.Random(4), found.leaves())
    assert form is not None
    assert sum(c * v for c, v in zip(form, found.invert([y], at), strict=True)) == 2 * y[0] + 3 * y[1] + 5 * y[2]


def test_small_objectives_are_left_as_they_are() -> None:
    assert plan(polynomial("x^2 + y^4 + z^4")).reduction is None


def test_a_leaf_is_its_own_plan() -> None:
    p = polynomial("x^4 + x*y")
    assert Plan(p).leaves() == [p]
    assert Plan(p).invert([[Fraction(1), Fraction(2)]], at) == [1, 2]


@pytest.mark.parametrize("kind", [Elimination, Blocks])
def test_accepts_is_apply(kind: type[Reduction]) -> None:
    for expression, _ in QUADRATIC:
        p = polynomial(expression)
        assert kind.accepts(p) is (kind.apply(p) is not None)


SYMMETRIC = (
    ("x^4 + y^4 + x*y + x^3 + y^3", 2),
    ("x^4 + y^4 - x^2*y + x*y^2", 2),  # x and -y are swapped
    ("x^3 + y^3 + z^3 + w^3 + x*y + z*w + (x + y)^2*(z + w)^2", 4),
    ("x^3*y + y^3*x + z^3 + w^3 + (x - y)*(z - w)", 2),
    ("a^4 + b^4 + c^4 + d^4 + a*b + b*c + c*d + d*a + a + b + c + d", 4),
)


@pytest.mark.parametrize(("expression", "order"), SYMMETRIC, ids=[e for e, _ in SYMMETRIC])
def test_swaps_become_sign_changes(expression: str, order: int) -> None:
    p = polynomial(expression)
    found = Turned.apply(p)
    assert found is not None
    turned = found.parts[0]
    signs = [s for s in product((1, -1), repeat=p.context().nvars()) if changed(turned, s) == turned]
    assert len(signs) >= order
    (y,) = points(random.Random(5), found.parts)
    assert at(p, found.invert([y], at)) * at(turned, [Fraction(1)] * len(y)) == at(turned, y) * at(
        p, found.invert([[Fraction(1)] * len(y)], at)
    )
    form = [Fraction(k + 1, 3) for k in range(len(y))]
    value = sum(c * v for c, v in zip(found.form(form), found.invert([y], at), strict=True))
    assert value == sum(c * v for c, v in zip(form, y, strict=True))


def changed(p: Polynomial, signs: Sequence[int]) -> Polynomial:
    context = p.context()
    return p.compose(*(s * context.gen(i) for i, s in enumerate(signs)), ctx=context)


@pytest.mark.parametrize("expression", ["x^4 + y^4", "x^4 + y^3 + x*y", "x^2*y^2 + x^2 + y^2", "x^3 + x"])
def test_no_turn_without_more_sign_changes(expression: str) -> None:
    assert not Turned.accepts(polynomial(expression))


def test_turns_come_to_an_end() -> None:
    """1-3-1 with equal ridges has more symmetries than are looked at."""
    network = "(a*x + b*y + c*z - 1)^2 + 1/10*(a^2 + b^2 + c^2 + x^2 + y^2 + z^2)"
    first = Turned.apply(polynomial(network))
    assert first is not None
    assert Turned.apply(first.parts[0]) is None
    assert plan(polynomial(network)).leaves
