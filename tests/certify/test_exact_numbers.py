"""Numbers of accepted certificates as algebraic numbers (oracle: eliminants by sympy)."""

from __future__ import annotations

import json
from fractions import Fraction
from math import isqrt
from typing import Any

import pytest
import sympy
from flint import acb, arb, ctx, fmpq_poly, fmpz_poly

from exactland import solve
from exactland.certify import exact_numbers, recognise
from exactland.certify.exact_numbers import ExactNumbers
from exactland.certify.listed import ListedRoot
from exactland.certify.recognise import Element, Orbit, Unclear, rational, simplest
from exactland.landscape import Landscape
from exactland.objective import Objective
from exactland.roots import PRIMES, real_roots
from exactland.solving.system import GradientSystem, gradient_system_of

SYSTEMS = (
    "(a*b-1)^2/2+a^2/10+b^2/7",
    "(a*b*c-1)^2/2+a^2/10+b^2/7+c^2/5",
    "(x^2+y-3)^2+(y^2-x-1)^2+x*y/5",
    "x^4-3*x^2+x+(y^2-x)^2",
)


def parts(landscape: Landscape) -> tuple[GradientSystem, dict[str, Any]]:
    return gradient_system_of(landscape.objective), json.loads(landscape.certificate().text)


def numbers(landscape: Landscape) -> ExactNumbers:
    return ExactNumbers(*parts(landscape))


@pytest.mark.parametrize("text", SYSTEMS)
def test_polynomials_divide_the_eliminants(text: str) -> None:
    landscape = solve(text, minimal_polynomials=True)
    expression = sympy.sympify(text.replace("^", "**"), rational=True)
    symbols = sorted(expression.free_symbols, key=str)
    t = sympy.Symbol("t")
    gradient = [sympy.diff(expression, s) for s in symbols]
    for name, target in {**{str(s): s for s in symbols}, None: expression}.items():
        basis = sympy.groebner([*gradient, t - target], *symbols, t, order="lex")
        eliminant = sympy.Poly(basis.exprs[-1], t)
        for p in landscape:
            number = p.value if name is None else p.point[name]
            assert number.polynomial is not None
            found = sympy.Poly(list(number.polynomial)[::-1], t)
            assert found.is_irreducible
            assert sympy.rem(eliminant, found).is_zero
            inside = found.count_roots(sympy.Rational(number.lower), sympy.Rational(number.upper))
            assert inside == 1


def test_bounds_get_narrow_and_stay_inside() -> None:
    landscape = solve(SYSTEMS[1])
    for p in landscape:
        for number in (p.value, *p.point.values()):
            narrow = number.narrowed(400)
            assert number.lower <= narrow.lower <= narrow.upper <= number.upper
            assert narrow.upper - narrow.lower <= Fraction(1, 2**380)


def test_multiple_points_are_read_from_their_fields() -> None:
    landscape = solve("(x^2-2)^3+(y-x)^2", minimal_polynomials=True)
    texts = {p.point["x"].closed_form for p in landscape}
    assert texts == {"sqrt(2)", "-sqrt(2)", "0"}
    wide = max(landscape, key=lambda p: p.point["x"]).point["y"]
    narrow = wide.narrowed(300)
    assert narrow.upper - narrow.lower < Fraction(1, 2**290)
    assert narrow == wide == max(landscape, key=lambda p: p.point["x"]).point["x"]


def test_points_on_a_sphere() -> None:
    objective = Objective.from_statement(
        {"variables": ["x", "y"], "expression": "x^2 + x*y + 3*y^2", "on_sphere": ["x", "y"]}
    )
    landscape = solve(objective, minimal_polynomials=True)
    assert {p.value.closed_form for p in landscape} == {"(4 - sqrt(5))/2", "(4 + sqrt(5))/2"}


def test_no_time_no_polynomial() -> None:
    landscape = solve(SYSTEMS[1])
    found = ExactNumbers(*parts(landscape), seconds=-1.0)
    assert found.polynomial((0, 0)) is None
    assert numbers(landscape).polynomial((0, 0)) is not None


def test_too_many_points_no_polynomial(monkeypatch: pytest.MonkeyPatch) -> None:
    landscape = solve(SYSTEMS[1])
    monkeypatch.setattr(exact_numbers, "MOST_POINTS", 3)
    assert numbers(landscape).polynomial((0, 0)) is None


def test_a_guess_that_is_wrong_does_not_vanish() -> None:
    f = fmpz_poly([-2, 0, 1])
    good = Orbit(f, (Element(fmpz_poly([4]), 1), Element(fmpz_poly([0, 4]), 1)))  # 4 / (2 t) = t; 4 t / (2 t) = 2
    near = Orbit(f, (Element(fmpz_poly([4 * 10**40 + 1]), 10**40), Element(fmpz_poly([0, 4]), 1)))
    equations = [[(1, (2, 0)), (-1, (0, 1))]]  # x^2 = y
    assert good.vanish(equations)
    assert not near.vanish(equations)
    assert [good._nonzero_modulo(equations, p) for p in PRIMES] == [False, False]
    assert [near._nonzero_modulo(equations, p) for p in PRIMES] == [True, True]
    assert good.minimal(0, 2) == (-2, 0, 1)
    assert good.minimal(1, 2) == (-2, 1)
    wrong = near.minimal(0, 1000)
    assert wrong is not None
    assert wrong != (-2, 0, 1)


def test_primes_that_divide_denominators_say_nothing() -> None:
    f = fmpz_poly([-2, 0, 1])
    wrong = [[(1, (1,))]]  # x = 0
    for p in PRIMES:
        assert Orbit(f, (Element(fmpz_poly([4]), 1),))._nonzero_modulo(wrong, p)
        assert not Orbit(f, (Element(fmpz_poly([4]), p),))._nonzero_modulo(wrong, p)
        assert not Orbit(fmpz_poly([-2, 0, p]), (Element(fmpz_poly([4]), 1),))._nonzero_modulo(wrong, p)
        assert not Orbit(fmpz_poly([-p, 0, 1]), (Element(fmpz_poly([4]), 1),))._nonzero_modulo(wrong, p)


def test_a_height_that_is_too_large_costs_time_only() -> None:
    orbit = Orbit(fmpz_poly([-1, -1, 0, 1]), (Element(fmpz_poly([0, -1, 0, 3]) % fmpz_poly([-1, -1, 0, 1]), 1),))
    assert orbit.minimal(0, 2) == (-1, -1, 0, 1)  # t, times f' = 3 t^2 - 1
    again = Orbit(orbit.modulus, orbit.coordinates)
    assert again.minimal(0, 20_000) == (-1, -1, 0, 1)
    without = Orbit(orbit.modulus, orbit.coordinates)
    assert without.minimal(0, 10**9) == (-1, -1, 0, 1)


def test_recognition_needs_narrow_balls() -> None:
    with ctx.workprec(300):
        third = acb(arb(1) / 3)
        assert rational([third, acb(2)]) == ([1, 6], 3)
        with pytest.raises(Unclear):
            rational([acb(arb(1) / 3 + arb(0, 0.001))])
        with pytest.raises(Unclear):
            rational([acb(arb(2).sqrt())])
        with pytest.raises(Unclear):
            rational([acb(0, 1)])
    assert simplest((Fraction(3, 10), Fraction(4, 10))) == Fraction(1, 3)
    assert simplest((Fraction(-4, 10), Fraction(-3, 10))) == Fraction(-1, 3)


def test_roots_get_narrow() -> None:
    orbit = Orbit(fmpz_poly([-1, -1, 0, 1]), ())
    for root in orbit.roots(3000):
        assert (root.real.rad() * arb(2) ** 2900) < 1
        with ctx.workprec(4000):
            assert (root**3 - root - 1).contains(0)
    assert recognise.FIRST_BITS in orbit._roots


def test_a_root_of_a_field_next_to_one_of_another_factor() -> None:
    """sqrt(2) and a rational number that agrees with it to 400 binary places, of one modulus."""
    one = 1 << 400
    near = isqrt(2 * one * one) | 1
    modulus = (2 * near, -2 * one, -near, one)
    found = numbers(solve("x^2"))
    roots = [ListedRoot(modulus, [fmpq_poly([0, 1])], bounds) for bounds in real_roots(modulus, 256)]
    rational = Fraction(near, one)
    assert [found._in_field(root, 0) for root in roots] in (
        [(-2, 0, 1), (-rational.numerator, rational.denominator), (-2, 0, 1)],
        [(-2, 0, 1), (-2, 0, 1), (-rational.numerator, rational.denominator)],
    )
    assert found._in_field(roots[1], 0) == ((-2, 0, 1) if rational**2 > 2 else (-near, one))
