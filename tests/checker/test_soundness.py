"""Attempts at a false ACCEPT that break no single field: each reads a rule as a hostile mathematician would.

Where the forged tables break one rule at a time, these certificates use odd but well-formed data: empty lists, constant
objectives, points where two kinds of evidence meet, moduli that vanish modulo the primes.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.checker import Rejection, Report, ResourceLimit, univariate
from exactland.checker.boxes import Box, contracts, span, value_enclosure
from exactland.checker.calculus import Calculus
from exactland.checker.kernel import value_at
from exactland.checker.lines import Elements
from exactland.checker.problem import read_problem
from exactland.checker.rank import PRIMES, nonsingular
from tests.checker.build import (
    arc,
    box,
    boxed,
    by_bound,
    by_form,
    certificate,
    check,
    derivatives,
    exact,
    field,
    ideal,
    identity,
    local,
    poly,
    rank,
    rational,
    root,
    squares,
    transform,
    unbounded,
    univariate_rank,
)
from tests.checker.good import good

WELL = ("x", "x^4/4 - x^2")


def rule_of(given: dict[str, Any]) -> str:
    """The rule that rejects."""
    with pytest.raises(Rejection) as caught:
        check(given)
    return caught.value.rule


# --------------------------------------------------------------------------------------- constant and zero objectives


@pytest.mark.parametrize("value", ["0", "5", "x - x"])
def test_constant_objective_has_no_complete_list(value: str) -> None:
    assert rule_of(certificate("x", value, completeness=rank([], []))) == "R1"
    assert rule_of(certificate("x", value, completeness=rank([], [[0]]))) == "R2"
    assert rule_of(certificate("x", value, completeness=rank([(0, [0])], [[0]]))) == "R3"
    assert rule_of(certificate("x", value, completeness=ideal([[0]], [], [0, 1], [-3, 3]))) == "I3"
    assert rule_of(certificate("x", value, completeness=ideal([[0]], [0], [0, 1], [-3, 3]))) == "I2"
    assert rule_of(certificate("x", value, points=[boxed(box("x", "x^2", [0]))])) == "B1"


def test_constant_objective_is_at_its_bound_everywhere() -> None:
    point = {"fields": [rational([7])], "points": [root(0, kind="minimum")]}
    report = check(certificate("x", "5", **point, infimum=by_bound(5, [], [0])))
    assert [(p.kind, p.is_global, p.multiplicity) for p in report.points] == [("minimum", True, None)]
    assert rule_of(certificate("x", "5", **point, infimum=by_bound(4, squares((1, poly((1, [0])))), [0]))) == "G6"
    assert rule_of(certificate("x", "5", **point, infimum=unbounded([[1]]))) == "G7"
    strict = {"local": local(1, [poly((1, [1]))], [1], 2, [], [1])}
    degenerate = root(0, kind="minimum", inertia=identity(1), proof=strict)
    assert rule_of(certificate("x", "5", fields=[rational([7])], points=[degenerate])) == "K6"


def test_cylinder_is_never_complete() -> None:
    """x^2 in the plane: y is free."""
    for basis, rows in (([[0, 0]], [(0, [0, 0])]), ([[0, 0], [0, 1]], [(0, [0, 0]), (0, [0, 1])])):
        assert rule_of(certificate("x y", "x^2", completeness=rank(rows, basis))) == "R2"
    zero_row = rank([(0, [0, 0]), (1, [0, 0])], [[0, 0]])
    assert rule_of(certificate("x y", "x^2", completeness=zero_row)) == "R3"
    line = [{"combination": [[0, poly((1, [0, 1]))]]}]
    quotient = ideal([[0, 0]], [0, 2], [0, 1], [-3, 3])
    assert rule_of(certificate("x y", "x^2", lines=line, completeness=quotient)) in ("I2", "I3")


def test_form_of_zeros_separates_nothing() -> None:
    boxes = [boxed(box(*WELL, [x])) for x in (0, 2**0.5)]
    assert rule_of(certificate(*WELL, form=["0"], points=boxes)) == "B3"
    fields = [{**rational([0]), "modulus": ["0", "1"]}] * 2
    assert rule_of(certificate(*WELL, form=["0"], fields=fields, points=[root(0), root(1)])) == "A4"
    both = certificate(*WELL, form=["0"], fields=fields[:1], points=[root(0), boxes[1]])
    assert rule_of(both) == "A5"


# ------------------------------------------------------------------------------------- points, boxes, fields together


def test_box_that_overlaps_a_counted_point_but_holds_another() -> None:
    """A wide box may not touch a value of T that a field has taken."""
    wide = box(*WELL, [2**0.5], 0.2)
    edge = "6/5"  # 1.2 is in the box, and not critical
    given = certificate(*WELL, fields=[rational([edge])], points=[root(0), boxed(wide)])
    assert rule_of(given) == "A2"
    assert rule_of(certificate(*WELL, fields=[rational([0])], points=[root(0), boxed(box(*WELL, [0], 0.01))])) == "A5"


def test_nonreal_box_of_a_real_point() -> None:
    """The imaginary centre may be moved off the axis only as far as the box reaches."""
    real = box(*WELL, [2**0.5], 2**-10)
    for lift in (0, 1, 2**29, 2**30):
        tilted = {**real, "imaginary": [str(lift)], "inverse": {**real["inverse"], "imaginary": [["0"]]}}
        assert rule_of(certificate(*WELL, nonreal=[tilted])) == "B2"
    outside = {**real, "imaginary": [str(2**30 + 1)], "inverse": {**real["inverse"], "imaginary": [["0"]]}}
    assert rule_of(certificate(*WELL, nonreal=[outside])) == "B1"


def test_pair_and_its_conjugate_in_the_plane() -> None:
    """Re T alone would separate i + 0 from -i + 0 under no form: |Im T| makes them equal."""
    problem = ("x y", "x^3/3 + x + y^2/2 + y*x/5")
    root_x = sympy.Poly("25*x**2 - x + 25").nroots()[0]
    centre = [complex(root_x), complex(-root_x / 5)]
    conjugate = [z.conjugate() for z in centre]
    for form in (["1", "0"], ["3", "-7"], ["0", "1"]):
        pair = [box(*problem, centre), box(*problem, conjugate)]
        assert check(certificate(*problem, form=form, nonreal=pair[:1])).complete is None
        assert rule_of(certificate(*problem, form=form, nonreal=pair)) == "B3"


def test_field_not_counted_may_repeat() -> None:
    """Fields that are not counted add no points."""
    given = good("double_well")
    given["fields"] += [rational([0], counted=False)] * 3
    assert check(given).complex_points == 3
    given["fields"][1]["counted"] = True
    assert rule_of(given) == "A5"


def test_reducible_modulus_takes_its_points_once() -> None:
    """m = t (t^2 - 2) beside m = t, and a modulus with a coefficient that all primes divide."""
    whole = field([0, -2, 0, 1], [[0, 1]], [-4, -1, 1, 4])
    points = [root(0, k) for k in range(3)]
    report = check(certificate(*WELL, completeness=univariate_rank(3), fields=[whole], points=points))
    assert (len(report.points), report.complex_points) == (3, 3)
    assert rule_of(certificate(*WELL, fields=[whole, rational([0])], points=[*points, root(1)])) == "A4"
    product = 524287 * 2147483647 * 2305843009213693951
    unlucky = field([0, -2 * product, 0, product], [[0, 1]], [-4, -1, 1, 4])
    assert rule_of(certificate(*WELL, fields=[unlucky], points=points)) == "A1"


def test_element_that_vanishes_at_one_root_only_has_no_sign_there() -> None:
    """L'' = t + ... is a zero divisor modulo a reducible m: not zero modulo m, and zero at one of its roots."""
    problem = ("x", "x^4/4 - x^3/3")  # L' = x^2 (x - 1)
    both = field([0, -1, 1], [[0, 1]], [-3, "1/2", 3])
    points = [root(0, 0), root(0, 1, "minimum", inertia=identity(1))]
    narrow = {**both, "cuts": ["-3", "-1/100", "1/100", "99/100", "101/100", "3"]}
    for modulus in (both, narrow):
        assert check(certificate(*problem, fields=[modulus], points=points)).points[1].kind == "minimum"
        other = [root(0, 0, "minimum", inertia=identity(1)), root(0, 1)]
        assert rule_of(certificate(*problem, fields=[modulus], points=other)) == "H4"


def test_exact_coordinates_on_the_edge_of_a_box() -> None:
    given = box("x", "x^2", [2**-10], 2**-10)
    point = boxed(given, exact=exact(0))
    assert rule_of(certificate("x", "x^2", fields=[rational([0], counted=False)], points=[point])) in ("A6", "B1")


def test_multiplicity_is_claimed_only_when_counted() -> None:
    """x^4 at 0 without functionals: an open list says nothing about the multiplicity 3."""
    point = {"fields": [rational([0])], "points": [root(0)]}
    assert check(certificate("x", "x^4", **point)).points[0].multiplicity is None
    assert rule_of(certificate("x", "x^4", **point, completeness=univariate_rank(3))) == "C1"
    whole = {"fields": [rational([0], dual=derivatives([0], [1], [2]))], "points": [root(0)]}
    assert check(certificate("x", "x^4", **whole, completeness=univariate_rank(3))).points[0].multiplicity == 3
    line = {"combination": [[0, poly((1, [0]))]], "divisor": "4"}
    power = {"combination": [[1, poly((1, [0]))]], "power": 3, "element": poly((1, [1]))}
    radical = certificate("x", "x^4", **point, lines=[line, power], completeness=univariate_rank(1, element=2))
    assert check(radical).points[0].multiplicity is None


def test_functionals_of_a_conjugate_family() -> None:
    """L' = (x^2 - 2)^2 (x - 3): multiplicity 2 at both roots; three functionals are too many."""
    problem = ("x", "x^6/6 - 3*x^5/5 - x^4 + 4*x^3 + 2*x^2 - 12*x")
    points = [root(0, 0), root(0, 1), root(1)]

    def with_dual(*orders: list[int]) -> dict[str, Any]:
        pair = field([-2, 0, 1], [[0, 1]], [-3, 0, 3], dual=derivatives(*orders))
        return certificate(*problem, completeness=univariate_rank(5), fields=[pair, rational([3])], points=points)

    assert [p.multiplicity for p in check(with_dual([0], [1])).points] == [2, 2, 1]
    assert rule_of(with_dual([0])) == "C1"
    assert rule_of(with_dual([0], [1], [2])) == "M3"


# ------------------------------------------------------------------------------------------------------- completeness


def test_prime_times_variable() -> None:
    """L' = p x - 1: modulo p the ideal is everything, over Q it is one point."""
    for prime in PRIMES:
        problem = ("x", f"{prime}*x^2/2 - x")
        nothing = rank([(0, [0])], [], str(prime))
        assert rule_of(certificate(*problem, completeness=nothing)) == "R2"
        assert rule_of(certificate(*problem, completeness=rank([(0, [0]), (0, [1])], [[1]], str(prime)))) == "R1"
        one = rank([(0, [0])], [[0]], str(prime))
        assert rule_of(certificate(*problem, completeness=one)) == "R3"


def test_inside_columns_do_not_help() -> None:
    """A row whose monomials all lie in the basis is a zero row."""
    problem = ("x", "x^3/3 - x")
    assert rule_of(certificate(*problem, completeness=rank([(0, [0])], [[0], [1], [2]]))) == "R3"
    short = rank([(0, [0]), (0, [1])], [[0], [1]])
    assert rule_of(certificate(*problem, completeness=short)) == "C1"  # the bound 2 is right, the points are missing
    assert rule_of(certificate(*problem, completeness=rank([(0, [0]), (0, [1])], [[0], [2]]))) == "R3"


def test_gap_in_the_basis_is_paid_for() -> None:
    """B need not be closed under division: x * b enters A for each b, and each such monomial costs a row."""
    problem = ("x", "x^3/3 - x")  # x^2 = 1
    points = [root(0), root(1)]
    fields = [rational([1]), rational([-1])]
    rows = [(0, [0]), (0, [1]), (0, [2])]  # x^2 - 1, x^3 - x, x^4 - x^2 for the columns x, x^2, x^4
    given = certificate(*problem, fields=fields, points=points, completeness=rank(rows, [[0], [3]]))
    assert check(given).complex_points == 2
    for missing in range(3):
        fewer = rank(rows[:missing] + rows[missing + 1 :], [[0], [3]])
        assert rule_of({**given, "completeness": fewer}) == "R2"
    assert rule_of({**given, "completeness": rank(rows, [[0], [2]])}) == "R3"  # 1 and x^2 are the same


def test_eliminant_with_more_real_roots_than_points() -> None:
    """A multiple of the eliminant only raises the bound."""
    given = good("ideal_rule")
    given["completeness"].update(eliminant=["2", "-1", "-2", "1"], cuts=["-4", "0", "3/2", "4"])
    assert rule_of(given) == "C2"


def test_powers_under_the_ideal_rule() -> None:
    """With powers the quotient may be smaller than that of the gradient; the real points are the same."""
    given = good("powers_in_lines")
    given["completeness"] = ideal([[0], [1]], [1], [-1, 0, 1], [-3, 0, 3])
    report = check(given)
    assert (report.complete, [p.multiplicity for p in report.points]) == ("ideal", [None, None])


def test_empty_list_of_points_attains_nothing() -> None:
    linear = certificate("x", "x", completeness=rank([(0, [0])], []))
    assert rule_of({**linear, "infimum": by_form([1], [], [1], [0])}) == "F3"
    assert rule_of({**linear, "infimum": by_form([1], [], [1], [])}) == "F3"
    assert rule_of({**linear, "infimum": by_bound(0, [], [])}) == "F3"


# -------------------------------------------------------------------------------------------------- types and infimum


def test_arcs_that_touch_only_from_one_side() -> None:
    """Along (t, t^2) and (t, -t^2) L = (y - x^2)(y - 3 x^2) is flat or positive; (t, 2 t^2) descends."""
    problem = ("x y", "(y - x^2)*(y - 3*x^2)")
    fields = [rational([0, 0])]

    def with_arc(kind: str, curve: list[list[int]]) -> dict[str, Any]:
        inertia = identity(2)
        point = root(0, kind=kind, inertia=inertia, proof={"below": arc(curve)})
        return certificate(*problem, fields=fields, points=[point])

    assert check(with_arc("nonstrict_saddle", [[1], [0, 2]])).points[0].kind == "nonstrict_saddle"
    assert rule_of(with_arc("nonstrict_saddle", [[1], [0, 1]])) == "K2"
    assert rule_of(with_arc("nonstrict_saddle", [[1], []])) == "K2"


def test_local_form_must_see_every_term_up_to_its_degree() -> None:
    """The same saddle as a minimum: y^2 - 4 x^2 y + 3 x^4 is not a sum of squares plus powers."""
    form = local(1, [poly((1, [1, 0])), poly((1, [0, 1]))], [1, 2], 4, [], [3, 1])
    point = root(0, kind="minimum", inertia=identity(2), proof={"local": form})
    assert rule_of(certificate("x y", "(y - x^2)*(y - 3*x^2)", fields=[rational([0, 0])], points=[point])) == "K6"
    shifted = local(1, [poly((1, [1, 0])), poly((1, [0, 1]), (2, [2, 0]))], [1, 2], 4, [], [1, 1])
    point = root(0, kind="minimum", inertia=identity(2), proof={"local": shifted})
    assert rule_of(certificate("x y", "(y - x^2)*(y - 3*x^2)", fields=[rational([0, 0])], points=[point])) == "K6"


def test_higher_terms_do_not_disturb_a_local_form() -> None:
    """x^2 + y^4 - 100 x^3 y^9: a strict local minimum that is not global."""
    problem = ("x y", "x^2 + y^4 - 100*x^3*y^9")
    form = local(1, [poly((1, [1, 0])), poly((1, [0, 1]))], [2, 1], 4, [], [1, 1])
    point = root(0, kind="minimum", inertia=identity(2), proof={"local": form}, lower=["1", "1"])
    report = check(certificate(*problem, fields=[rational([0, 0])], points=[point]))
    assert (report.points[0].kind, report.points[0].spurious) == ("minimum", True)


def test_weights_cannot_hide_a_direction() -> None:
    """x^2 - y^2: with a heavy y the leading form is that of y; with a light one it is that of x."""
    for weights in ([1, 1000], [1000, 1], [1, 1], [2, 3]):
        given = certificate("x y", "x^4 - y^2", completeness=None, fields=[rational([0, 0])], points=[root(0)])
        with pytest.raises(Rejection) as caught:
            check({**given, "infimum": by_form(weights, [], [1, 1], [0])})
        assert caught.value.rule == "G5"
    complete = rank([(0, [0, 0]), (1, [0, 0]), (1, [1, 0]), (1, [2, 0])], [[0, 0], [1, 0], [2, 0]])
    dual = derivatives([0, 0], [1, 0], [2, 0])
    given = certificate(
        "x y", "x^4 - y^2", completeness=complete, fields=[rational([0, 0], dual=dual)], points=[root(0)]
    )
    assert check(given).complete == "rank"
    for weights in ([1, 1000], [1000, 1], [1, 1], [1, 2], [2, 3]):
        assert rule_of({**given, "infimum": by_form(weights, [], [1, 1], [0])}) == "G3"


def test_lowest_points_of_several_classes() -> None:
    """Two classes tie only by one exact value that each of them has."""
    wells = ("x", "x^2*(x - 1)^2*(x - 2)^2")
    minima = [root(k, kind="minimum", inertia=identity(1)) for k in range(3)]
    fields = [rational([k]) for k in range(3)]
    nonzero = [box(*wells, [1 - 3**-0.5], 2**-12), box(*wells, [1 + 3**-0.5], 2**-12)]
    given = certificate(*wells, completeness=univariate_rank(5), fields=fields, points=[*minima, *map(boxed, nonzero)])
    infimum = by_form([1], [], [1], [0, 1, 2])
    report = check({**given, "infimum": infimum})
    assert report.infimum is not None
    assert report.infimum.argmin == (0, 1, 2)
    assert rule_of({**given, "infimum": {**infimum, "argmin": [0, 1]}}) == "G4"
    assert rule_of({**given, "infimum": {**infimum, "argmin": [0, 1, 2, 3]}}) == "G8"
    assert rule_of({**given, "infimum": {**infimum, "argmin": [3, 4]}}) == "G4"


def test_unbounded_below_makes_every_minimum_spurious() -> None:
    given = certificate(
        "x",
        "x^3/3 - x",
        completeness=univariate_rank(2),
        fields=[rational([1]), rational([-1])],
        points=[root(0, kind="minimum", inertia=identity(1)), root(1, kind="maximum", inertia=identity(1))],
        infimum=unbounded([[-1]]),
    )
    assert [p.spurious for p in check(given).points] == [True, None]
    assert rule_of({**given, "infimum": unbounded([[1]])}) == "G7"
    assert rule_of({**given, "infimum": unbounded([[]])}) == "G7"


def test_inertia_transform_that_mixes_signs_up() -> None:
    """A transform may not be singular, however its diagonal looks."""
    problem = ("x y", "x^2 - y^2 + x^3")
    point = boxed(box(*problem, [0, 0]), "minimum", inertia=transform([[1, 1], [0, 0]]))
    assert rule_of(certificate(*problem, points=[point])) == "H1"
    point = boxed(box(*problem, [0, 0]), "minimum", inertia=transform([[10**6, 10**6], [1, -1]]))
    assert rule_of(certificate(*problem, points=[point])) == "H1"


# -------------------------------------------------------------------------------------------- arithmetic, numerically


@given(st.integers(1, 7), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_rank_routine_agrees_with_the_determinant(size: int, source: random.Random) -> None:
    prime = source.choice(sorted(PRIMES))
    dense = [[source.choice([0, 0, 0, 1, -1, 2, prime - 1]) for _ in range(size)] for _ in range(size)]
    if source.random() < 0.3 and size > 1:
        dense[0] = [2 * a for a in dense[1]]
    rows = [{(j,): c % prime for j, c in enumerate(row) if c % prime} for row in dense]
    assert nonsingular(rows, prime) == (int(sympy.Matrix(dense).det()) % prime != 0)


@pytest.mark.parametrize("prime", sorted(PRIMES))
def test_rank_routine_in_large_dense_blocks(prime: int) -> None:
    source = random.Random(prime)
    for size in (30, 60):
        dense = [[source.randrange(1, prime) for _ in range(size)] for _ in range(size)]
        mixed = [sum(x) % prime for x in zip(*dense[1:], strict=True)]
        for first, expected in ((dense[0], True), (mixed, False)):
            rows = [{(j,): c for j, c in enumerate(row) if c} for row in [first, *dense[1:]]]
            assert nonsingular(rows, prime) is expected


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=6), st.fractions(-9, 9, max_denominator=7), st.fractions(0, 9))
@settings(max_examples=200)
def test_variations_bound_the_roots(coefficients: list[int], low: Fraction, width: Fraction) -> None:
    if not coefficients[-1] or not width:
        return
    t, high = sympy.Symbol("t"), low + width
    if not (univariate.sign_at(coefficients, low) and univariate.sign_at(coefficients, high)):
        return
    polynomial = sympy.Poly(coefficients[::-1], t)
    count = polynomial.count_roots(sympy.Rational(*low.as_integer_ratio()), sympy.Rational(*high.as_integer_ratio()))
    found = univariate.variations(coefficients, low, high)
    assert found >= count
    assert (found > 1) or found == count


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=6))
@settings(max_examples=100)
def test_root_bound(coefficients: list[int]) -> None:
    if coefficients[-1]:
        bound = float(univariate.root_bound(coefficients))
        roots = sympy.Poly(coefficients[::-1], sympy.Symbol("t")).nroots(n=20, maxsteps=200)
        assert all(abs(complex(r)) < bound for r in roots)


@given(st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_contracting_boxes_hold_a_zero(source: random.Random) -> None:
    """Random boxes near and far from +-sqrt 2, 0: what contracts holds exactly one zero, and its value is enclosed."""
    problem = read_problem({"variables": ["x"], "expression": WELL[1]})
    calculus = Calculus(Elements(problem), problem.loss)
    bits = source.choice([2, 5, 20])
    centre = Fraction(source.randint(-2 << bits, 2 << bits), 1 << bits)
    radius = source.randint(1, 1 << bits)
    slope = 3 * centre**2 - 2
    places = source.choice([1, 6, 24])
    inverse = round((1 << places) / slope) if slope else 1
    given = Box(bits, (int(centre * (1 << bits)),), None, radius)
    zeros = [z for z in (-(2**0.5), 0.0, 2**0.5) if abs(z - centre) < Fraction(radius, 1 << bits)]
    if contracts(calculus, given, [[inverse]], None, places):
        assert len(zeros) == 1
        low, high = value_enclosure(calculus, given)
        assert float(low) - 1e-12 <= (-1 if zeros[0] else 0) <= float(high) + 1e-12
    start, end = (Fraction(x, 1 << bits) for x in span(given, [3]))
    assert all(start <= 21 * z <= end for z in zeros)
    assert start < end


def test_reports_say_nothing_false() -> None:
    """Values, by evaluation at the middle of the enclosures, and positions of every point of every good certificate."""
    for name in ("cubic_product", "linear_network", "coupled_wells", "ridge_scalar", "rational_wells"):
        report: Report = check(good(name))
        for point in report.points:
            middle = [(low + high) / 2 for low, high in point.enclosure]
            value = value_at(report.problem.loss, middle)
            assert abs(value - point.value[0]) < Fraction(1, 10**6)
            assert abs(value - point.value[1]) < Fraction(1, 10**6)


def test_numbers_of_40000_digits_are_read() -> None:
    digits = "1" + "0" * 39_998 + "7"
    given = certificate("x", "x^2", lines=[{"combination": [[0, [[digits, [0]]]]], "divisor": digits}])
    assert check(given).complete is None
    with pytest.raises(ResourceLimit):
        check(certificate("x", "x^2", lines=[{"combination": [[0, [[digits + "00", [0]]]]]}]))


# ---------------------------------------------------------------------------------------- squares at real points


def test_squares_bound_the_real_points_only() -> None:
    """(x^2 + y^2)^2 has a curve of nonreal critical points: only the real one is counted."""
    report = check(good("real_point"))
    assert (report.complete, report.complex_points, len(report.points)) == ("rank", None, 1)
    assert report.points[0].multiplicity is None
    assert "complete: exactly 1 real critical points (rank rule)" in report.proved


def test_squares_do_not_count_nonreal_points() -> None:
    """x^4/4 + x^2/2 has the critical points 0, i, -i; beside squares the bound 3 is a bound on real points."""
    problem = ("x", "x^4/4 + x^2/2")
    plain = certificate(
        *problem,
        completeness=univariate_rank(3),
        points=[boxed(box(*problem, [0]))],
        nonreal=[box(*problem, [1j])],
    )
    assert check(plain).complex_points == 3
    assert rule_of({**plain, "lines": [{"combination": [], "squares": []}]}) == "C2"
    # x (x^3 + x) = x^4 + x^2: 0 alone is real, and now the bound is 1
    line = {"combination": [[0, poly((1, [1]))]], "squares": squares((1, poly((1, [2]))), (1, poly((1, [1]))))}
    sharp = {**plain, "lines": [line], "completeness": rank([(2, [0])], [[0]])}
    report = check(sharp)
    assert (report.complex_points, len(report.points)) == (None, 1)
    assert rule_of({**sharp, "points": []}) == "C2"


def test_elements_of_squares_are_integral() -> None:
    """1/4 (x/2)^2 is x^2/16; the element is x."""
    line = {"combination": [[0, poly((1, [1]))]], "squares": squares((64, poly(("1/2", [2]))))}
    given = certificate(
        "x",
        "4*x^4",
        lines=[line],
        completeness=rank([(1, [0])], [[0], [1]]),
        fields=[rational([0])],
        points=[root(0)],
    )
    assert rule_of(given) == "C2"  # x^2 vanishes: dimension 2, one real point
    given["lines"].append({"combination": [[1, poly((1, [0]))]], "squares": squares((1, poly((1, [1]))))})
    given["completeness"] = rank([(2, [0])], [[0]])
    assert check(given).complete == "rank"
