"""Good certificates: a few lines each, one feature of the format after the other.

`SOLVED` are certificates that the solver wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from tests.checker import good_infimum, good_slices, good_smaller
from tests.checker.build import (
    Certificate,
    alone,
    arc,
    beyond,
    bezout,
    box,
    boxed,
    by_bound,
    by_form,
    by_squares,
    certificate,
    congruence,
    derivatives,
    exact,
    field,
    ideal,
    identity,
    infinite,
    levels,
    local,
    poly,
    rank,
    rational,
    root,
    squares,
    tangency,
    text,
    transform,
    unbounded,
    univariate_rank,
)
from tests.forged.table import lost_infimum

FOLDER = Path(__file__).parent / "good"


def double_well() -> Certificate:
    """x^4/4 - x^2: boxes with inertia, a symmetry, the infimum by the leading form."""
    problem = ("x", "x^4/4 - x^2")
    sides = [boxed(box(*problem, [x]), "minimum", inertia=transform([[1]])) for x in (-(2**0.5), 2**0.5)]
    return certificate(
        *problem,
        completeness=univariate_rank(3),
        points=[*sides, boxed(box(*problem, [0]), "maximum", inertia=transform([[1]]), exact=exact(0))],
        fields=[rational([0], counted=False)],
        symmetries=[[-1]],
        infimum=by_form([1], [], ["1/4"], [0, 1]),
    )


WELLS = ((-(2**0.5), "minimum"), (2**0.5, "minimum"), (0, "strict_saddle"))


def by_levels() -> Certificate:
    """x^4/4 - x^2 by levels of normal forms: 1, x, x^2 are the basis, x^3 is reduced by the gradient."""
    given = [([[0]], []), ([[1]], []), ([[2]], []), ([], [[0, [0]]])]
    return {**double_well(), "completeness": levels([[1]], *given)}


def by_orbits() -> Certificate:
    """The same among the even monomials: the orbits {0} and {-sqrt 2, sqrt 2}."""
    given = [([[0]], []), ([], []), ([[2]], []), ([], []), ([], [[0, [1]]])]
    return {**double_well(), "completeness": {**levels([[2]], *given), "signs": [[-1]]}}


def orbit_of_a_multiple_point() -> Certificate:
    """x^4/4 + y^2/2: of the three functionals at 0 two are even in x, where 1 and x^2 span all modulo the gradient."""
    given = [
        ([[0, 0]], []),
        ([], [[1, [0, 0]]]),
        ([[2, 0]], []),
        ([], [[[2, 1], 0, 1]]),
        ([], [[0, [1, 0]]]),
    ]
    return certificate(
        "x y",
        "x^4/4 + y^2/2",
        completeness={**levels([[2, 0], [0, 1]], *given), "signs": [[-1, 1]]},
        fields=[rational([0, 0], dual=derivatives([0, 0], [1, 0], [2, 0]))],
        points=[root(0)],
        symmetries=[[-1, 2]],
    )


def two_ways() -> Certificate:
    """x^4/4 - x^2 + y^2/2: the gradient reduces y, and x y and x^2 y are reduced by way of it."""
    problem = ("y x", "x^4/4 - x^2 + y^2/2")
    levels_given = [
        ([[0, 0]], []),
        ([[0, 1]], [[0, [0, 0]]]),
        ([[0, 2]], [[[1, 1], 0, 1]]),
        ([], [[1, [0, 0]], [[1, 2], 0, 1]]),
    ]
    return certificate(
        *problem,
        form=["1", "3"],
        completeness=levels([[1, 0], [0, 1]], *levels_given),
        points=[boxed(box(*problem, [0, x]), kind, inertia=transform([[1, 0], [0, 1]])) for x, kind in WELLS],
        symmetries=[[1, -2]],
    )


def counted_field() -> Certificate:
    """x^4/4 - x^2 again: +-sqrt 2 as roots of one modulus, the infimum by squares, the tie by equal rational values."""
    return certificate(
        "x",
        "x^4/4 - x^2",
        completeness=univariate_rank(3),
        fields=[field([-2, 0, 1], [[0, 1]], [-3, -1, 1, 3]), rational([0])],
        points=[
            root(0, 0, "minimum", inertia=identity(1)),
            root(0, 1, "minimum", inertia=identity(1)),
            root(1, 0, "maximum", inertia=identity(1)),
        ],
        symmetries=[[-1]],
        infimum=by_squares(-1, squares((1, poly(("1/2", [2]), (-1, [0])))), [[0, 0]], [0, 1]),
    )


def attached_field() -> Certificate:
    """x^6/6 - x^2: a nonreal pair, boxes that name the roots of t^4 - 2, and their irrational value -(2/3) sqrt 2."""
    problem = ("x", "x^6/6 - x^2")
    r = 2**0.25
    return certificate(
        *problem,
        completeness=univariate_rank(5),
        nonreal=[box(*problem, [1j * r])],
        fields=[field([-2, 0, 0, 0, 1], [[0, 1]], [-4, "-6/5", "-117/100", 0, "117/100", "6/5", 4], counted=False)],
        points=[
            boxed(box(*problem, [-r], 2**-4), "minimum", inertia=transform([[1]]), exact=exact(0, 0)),
            boxed(box(*problem, [r], 2**-4), "minimum", inertia=transform([[1]]), exact=exact(0, 1)),
            boxed(box(*problem, [0]), "maximum", inertia=transform([[1]])),
        ],
        symmetries=[[-1]],
        equal_values=[{"points": [0, 1], "polynomial": ["-8", "0", "9"], "interval": ["-1", "-7/10"]}],
        infimum=by_form([1], [], ["1/6"], [0, 1]),
    )


def images() -> Certificate:
    """L' = x (x^2 - 2) (x^4 + x^2 + 1): a real and a nonreal image under x -> -x, with exact coordinates and facts."""
    problem = ("x", "x^8/8 - x^6/6 - x^4/4 - x^2")
    side = boxed(box(*problem, [2**0.5], 2**-6), "minimum", inertia=transform([[1]]), exact=exact(0, 1))
    made = certificate(
        *problem,
        completeness=univariate_rank(7),
        nonreal=[box(*problem, [0.5 + 0.75**0.5 * 1j]), {"image": 0, "signs": [-1]}],
        fields=[field([-2, 0, 1], [[0, 1]], [-5, "-71/50", "-7/5", "7/5", "71/50", 5], counted=False)],
        points=[{"image": 1, "signs": [-1]}, side, boxed(box(*problem, [0]), "maximum", inertia=transform([[1]]))],
        symmetries=[[-1]],
        equal_values=[{"points": [1], "polynomial": ["7", "3"], "interval": ["-3", "-2"]}],
        infimum=by_form([1], [], ["1/8"], [0, 1]),
    )
    vanishing = [(poly((1, [2]), (-2, [0])), True), (poly((1, [1]), (-3, [0])), False)]
    given = [{"rule": "value", "point": 0, "polynomial": q, "zero": zero} for q, zero in vanishing]
    return {**made, "facts": [*given, {"rule": "slope", "point": ["1"], "variable": 0}]}


def images_of_two() -> Certificate:
    """x^4/4 - x^2 + y^4/4 - y^2 by orbits under both sign changes: one box for each orbit, and seven images."""
    problem = ("x y", "x^4/4 - x^2 + y^4/4 - y^2")
    r, unit = 2**0.5, transform([[1, 0], [0, 1]])
    given = [
        ([[0, 0]], []),
        ([], []),
        ([[2, 0], [0, 2]], []),
        ([], []),
        ([[2, 2]], [[0, [1, 0]], [1, [0, 1]]]),
        ([], []),
        ([], [[0, [1, 2]], [1, [2, 1]]]),
    ]
    return certificate(
        *problem,
        form=["1", "3"],
        completeness={**levels([[2, 0], [0, 2]], *given), "signs": [[-1, 1], [1, -1]]},
        points=[
            boxed(box(*problem, [r, r]), "minimum", inertia=unit),
            *({"image": 0, "signs": signs} for signs in ([-1, 1], [1, -1], [-1, -1])),
            boxed(box(*problem, [r, 0]), "strict_saddle", inertia=unit),
            {"image": 4, "signs": [-1, 1]},
            boxed(box(*problem, [0, r]), "strict_saddle", inertia=unit),
            {"image": 6, "signs": [1, -1]},
            boxed(box(*problem, [0, 0]), "maximum", inertia=unit),
        ],
        symmetries=[[-1, 2], [1, -2], [2, 1]],
        infimum=by_form([1, 1], [], ["1/4", "1/4"], [0, 1, 2, 3]),
    )


def degenerate_minimum() -> Certificate:
    """x^2 + y^4: one point of multiplicity 3, a minimum by its local form, the infimum by a bound."""
    return certificate(
        "x y",
        "x^2 + y^4",
        completeness=rank([(0, [0, 0]), (0, [0, 1]), (0, [0, 2]), (1, [0, 0])], [[0, 0], [0, 1], [0, 2]]),
        fields=[rational([0, 0], dual=derivatives([0, 0], [0, 1], [0, 2]))],
        points=[
            root(
                0,
                kind="minimum",
                inertia=identity(2),
                proof={"local": local(1, [poly((1, [1, 0])), poly((1, [0, 1]))], [2, 1], 4, [], [1, 1])},
            )
        ],
        infimum=by_bound(0, squares((1, poly((1, [1, 0]))), (1, poly((1, [0, 2])))), [0]),
    )


def real_point() -> Certificate:
    """(x^2 + y^2)^2: the origin is the only real point of a complex curve of critical points."""
    radius = poly((1, [2, 0]), (1, [0, 2]))
    return certificate(
        "x y",
        "(x^2 + y^2)^2",
        lines=[
            {"combination": [[0, poly((1, [1, 0]))], [1, poly((1, [0, 1]))]], "squares": squares((4, radius))},
            {
                "combination": [[2, poly((1, [0, 0]))]],
                "squares": squares((1, poly((1, [1, 0]))), (1, poly((1, [0, 1])))),
            },
        ],
        completeness=rank([(3, [0, 0]), (4, [0, 0])], [[0, 0]]),
        fields=[rational([0, 0])],
        points=[
            root(
                0, kind="minimum", inertia=identity(2), proof={"squares": {"sign": 1, "squares": squares((1, radius))}}
            )
        ],
        infimum=by_bound(0, squares((1, radius)), [0]),
    )


def degenerate_saddle() -> Certificate:
    """x^2 - y^4: a nonstrict saddle by arcs, of multiplicity 3, unbounded below."""
    return changed_problem(
        degenerate_minimum(),
        "x^2 - y^4",
        points=[
            root(
                0,
                kind="nonstrict_saddle",
                inertia=identity(2),
                proof={"below": arc([[], [1]]), "above": arc([[1], []])},
            )
        ],
        infimum=unbounded([[], [1]]),
    )


def changed_problem(good: Certificate, expression: str, **parts: object) -> Certificate:
    return {**good, "problem": {**good["problem"], "expression": expression}, **parts}


def ideal_rule() -> Certificate:
    """x^3/3 - x + y^2/2: completeness by the quotient algebra; a minimum that is higher than L(-5, 0)."""
    return certificate(
        "x y",
        "x^3/3 - x + y^2/2",
        form=["1", "0"],
        lines=[{"combination": [[1, poly((2, [1, 0]))]], "divisor": "2"}],
        completeness=ideal([[0, 0], [1, 0]], [0, 1, 2], [-1, 0, 1], [-3, 0, 3]),
        fields=[rational([1, 0], [1, 0]), rational([-1, 0], [1, 0])],
        points=[
            root(0, kind="minimum", inertia=congruence([[2, 0], [0, 1]], [["1/2", 0], [0, 1]]), lower=["-5", "0"]),
            root(1, kind="strict_saddle", inertia=identity(2)),
        ],
    )


def powers_in_lines() -> Certificate:
    """L' = (x - 1)^2 (x + 1): the square of (x - 1)(x + 1) is in the ideal; an inflection by two arcs."""
    return certificate(
        "x",
        "x^4/4 - x^3/3 - x^2/2 + x",
        lines=[{"combination": [[0, poly((1, [1]), (1, [0]))]], "power": 2, "element": poly((1, [2]), (-1, [0]))}],
        completeness=univariate_rank(2, element=1),
        fields=[rational([1]), rational([-1])],
        points=[
            root(0, kind="nonstrict_saddle", inertia=identity(1), proof={"below": arc([[-1]]), "above": arc([[1]])}),
            root(1, kind="minimum", inertia=identity(1)),
        ],
        infimum=by_form([1], [], ["1/4"], [1]),
    )


def spurious_minimum() -> Certificate:
    """x^4/4 - x^2 + x/8: the right minimum is higher than the left one; nothing is said about the infimum."""
    problem = ("x", "x^4/4 - x^2 + x/8")
    left, middle, right = -1.4442684, 0.0626234, 1.3816450
    points = [boxed(box(*problem, [x], 2**-10), "minimum", inertia=transform([[1]])) for x in (left, right)]
    points[1]["lower"] = 0
    points.append(boxed(box(*problem, [middle], 2**-10), "maximum", inertia=transform([[1]])))
    return certificate(*problem, completeness=univariate_rank(3), points=points)


def network() -> Certificate:
    """One weight, one sample: (2w - 3)^2 + w^2/4, from a network statement."""
    good = certificate(
        "w",
        "(2*w - 3)^2 + w^2/4",
        completeness=univariate_rank(1),
        fields=[rational(["24/17"])],
        points=[root(0, kind="minimum", inertia=identity(1))],
        infimum=by_form([1], [], ["17/4"], [0]),
    )
    good["problem"] = {
        "network": {"widths": [1, 1], "activation": "identity", "bias": False, "output": "trained"},
        "data": {"inputs": [["2"]], "targets": [["3"]]},
        "loss": {"kind": "squared", "scale": "1", "ridge": "1/4"},
    }
    return good


def bezout_rule() -> Certificate:
    """(x y - 1)^2 + (x^2 + y^2)/10: as many boxes as the Bezout number 5 of one group for each variable."""
    problem = ("x y", "(x*y - 1)^2 + (x^2 + y^2)/10")
    r, s = 0.9**0.5, 1.1**0.5  # (r, r) and (i s, -i s)
    return certificate(
        *problem,
        form=["3", "1"],
        completeness=bezout(0, 1),
        points=[
            boxed(box(*problem, [r, r]), "minimum", inertia=transform([[1, 1], [1, -1]])),
            boxed(box(*problem, [-r, -r]), "minimum", inertia=transform([[1, 1], [1, -1]])),
            boxed(box(*problem, [0, 0]), "strict_saddle", inertia=transform([[1, 1], [1, -1]])),
        ],
        nonreal=[box(*problem, [1j * s, -1j * s])],
        symmetries=[[2, 1], [-1, -2]],
        infimum=by_squares(
            0,
            squares((1, poly((1, [1, 1]), (-1, [0, 0]))), ("1/10", poly((1, [1, 0]))), ("1/10", poly((1, [0, 1])))),
            [[0, 1], [1, 2]],
            [0, 1],
        ),
    )


def no_points() -> Certificate:
    """A linear objective: 1 is in the ideal, no critical point, unbounded."""
    return certificate("x", "3*x - 1", completeness=rank([(0, [0])], []), infimum=unbounded([[-1]]))


def approached_infimum() -> Certificate:
    """(x y - 1)^2 + x^2: the infimum 0 is approached along (1/t, t) and not attained."""
    return lost_infimum(infimum=along_a_hyperbola())


def along_a_hyperbola() -> dict[str, Any]:
    residual = poly((1, [1, 1]), (-1, [0, 0]))
    return {
        "rule": "limit",
        "constant": "0",
        "squares": squares((1, residual), (1, poly((1, [1, 0])))),
        "curve": [["1"], ["0", "0", "1"]],
        "shift": 2,
    }


def facts() -> Certificate:
    """(x y - 1)^2: a curve of critical points, a harmonic bracket, curvature of both signs; no list of points."""
    result = certificate("x y", "(x*y - 1)^2")
    bracket, point = poly((1, [1, 1]), (-1, [0, 0])), ["0", "0"]
    result["facts"] = [
        {"rule": "curve", "coordinates": [[["1", 1]], [["1", -1]]]},
        {
            "rule": "harmonic",
            "constant": "0",
            "scale": "1",
            "bracket": bracket,
            "weights": ["1", "2"],
            "strict": [poly((3, [0, 0]))],
        },
        {"rule": "curvature", "sign": -1, "point": point, "direction": ["1", "1"]},
        {"rule": "curvature", "sign": 1, "point": point, "direction": ["1", "-1"]},
    ]
    return result


def facts_at_points() -> Certificate:
    """x^2 - 2 is 0 at both minima of x^4/4 - x^2, x is not 0, and 3 is not critical."""
    result = counted_field()
    result["fields"][0]["cuts"] = ["-3", "-3/2", "-7/5", "7/5", "3/2", "3"]
    at = [{"rule": "value", "point": i, "polynomial": poly((1, [2]), (-2, [0])), "zero": True} for i in (0, 1)]
    away = {"rule": "value", "point": 1, "polynomial": poly((1, [1])), "zero": False}
    return {**result, "facts": [*at, away, {"rule": "slope", "point": ["3"], "variable": 0}]}


def convex() -> Certificate:
    """(x - 2 y)^2 + y: convex by its squares."""
    result = certificate("x y", "(x - 2*y)^2 + y")
    square = squares((1, poly((1, [1, 0]), (-2, [0, 1]))))
    return {**result, "facts": [{"rule": "convex", "sign": 1, "squares": square}]}


def tangency_saddle() -> Certificate:
    """x^4 - y^4: with f = L and t = x f_y - y f_x, f^2 + t^2/4 = (x^2 + y^2)^4; f takes both signs."""
    slope = poly(("-1", [3, 1]), ("-1", [1, 3]))  # t/4
    proof = tangency(4, poly((1, [0, 0])), [poly((1, [4, 0]), (-1, [0, 4])), slope], 1)
    proof.update(below=["0", "1/2"], above=["1/2", "0"])
    return certificate(
        "x y",
        "x^4 - y^4",
        fields=[rational([0, 0])],
        points=[root(0, kind="nonstrict_saddle", inertia=identity(2), proof={"tangency": proof})],
        infimum=unbounded([[], [1]]),
    )


def tangency_minimum() -> Certificate:
    """x^4 + y^4: a minimum, as f is positive on the unit circle and does not vanish to first order on smaller ones."""
    first = poly((1, [4, 0]), (6, [2, 2]), (1, [0, 4]))
    proof = tangency(4, poly((1, [0, 0])), [first, poly(("1/2", [3, 1]), ("-1/2", [1, 3]))], 1)
    proof["sphere"] = {"sign": 1, "cuts": [text(Fraction(k, 8)) for k in range(-240, 241)]}
    return certificate(
        "x y",
        "x^4 + y^4",
        fields=[rational([0, 0])],
        points=[root(0, kind="minimum", inertia=identity(2), proof={"tangency": proof})],
    )


def square_of_residual() -> Certificate:
    """x^2 y^2: the origin is a minimum, though not a strict one, because L is a square."""
    proof = {"squares": {"sign": 1, "squares": squares((1, poly((1, [1, 1]))))}}
    return certificate(
        "x y",
        "x^2*y^2",
        fields=[rational([0, 0])],
        points=[root(0, kind="minimum", inertia=identity(2), proof=proof)],
    )


def infinity() -> Certificate:
    """x^2 y + y^2/2 - x: 2 x^3 = -1 and y = -x^2, and a simple zero at infinity, at x = 0 and x_0 = 0 for y = 1."""
    problem = ("x y", "x^2*y + y^2/2 - x")
    r = 0.5 ** (1 / 3)
    z = r * (1 + 3**0.5 * 1j) / 2
    far = infinite([1], [0, 0], None, [(0, [0, 0]), (1, [0, 0])])
    return certificate(
        *problem,
        form=["3", "1"],
        completeness=bezout(0, 0, infinity=beyond(far, form=[1, 1])),
        points=[boxed(box(*problem, [-r, -r * r]), "strict_saddle", inertia=transform([[5, 0], [8, 1]]))],
        nonreal=[box(*problem, [z, -z * z])],
    )


def infinity_in_groups() -> Certificate:
    """(x y - 1)^2 + x^2, a group for each variable: 5 = 1 + 4, the origin and a zero of multiplicity 4 over y = 1.

    There the equations are x - u + x u^2 and x^2 - x u with u = x_0; along the curve x = u - u^3 + ... the second one
    has order 4.
    """
    monomials = [[i, d - i] for d in range(4) for i in range(d + 1)]
    dual = [
        ([0, 0], [(1, [0, 0])]),
        ([0, 1], [(1, [0, 1]), (1, [1, 0])]),
        ([0, 2], [(1, [0, 2]), (1, [1, 1]), (1, [2, 0])]),
        ([0, 3], [(1, [0, 3]), (1, [1, 2]), (1, [2, 1]), (1, [3, 0]), (-1, [1, 0])]),
    ]
    far = infinite([None, 1], [0, 0], dual, [*((0, m) for m in monomials), (1, [0, 0])])
    problem = ("x y", "(x*y - 1)^2 + x^2")
    return certificate(
        *problem,
        completeness=bezout(0, 1, infinity=beyond(far, form=[1, 1])),
        points=[boxed(box(*problem, [0, 0]), "strict_saddle", inertia=transform([[1, 1], [0, 1]]))],
        infimum=along_a_hyperbola(),
    )


def conjugates_at_infinity() -> Certificate:
    """(x^2 + y^2)^2/4 + x^3/3 + y^2/2 - 2 x: seven points, (1, 0) the only real one, and the zeros (1 : +-i)."""
    problem = ("x y", "(x^2 + y^2)^2/4 + x^3/3 + y^2/2 - 2*x")
    far = {
        "chart": [0],
        "modulus": ["1", "0", "1"],
        "coordinates": [[], ["0", "1"]],
        "isolated": alone([(0, [0, 0]), (1, [0, 0])]),
    }
    others: list[list[complex]] = [[-1 + 1j, 0], [2, 5**0.5 * 1j], [-1, 2**0.5 * 1j]]
    return certificate(
        *problem,
        completeness=bezout(0, 0, infinity=beyond(far, form=[1, 1])),
        points=[boxed(box(*problem, [1, 0]), "minimum", inertia=transform([[1, 0], [0, 1]]))],
        nonreal=[box(*problem, point) for point in others],
    )


def mixed_rule() -> Certificate:
    """The same as `bezout_rule` by two cells, of volumes 1 and 4."""
    entry = {
        "rule": "mixed",
        "groups": [0, 1],
        "lifting": ["2 9 1 4 1", "7 7 7 6 3"],
        "cells": [[0, 2, 0, 1], [2, 3, 1, 3]],
    }
    return {**bezout_rule(), "completeness": entry}


def mixed_volume() -> Certificate:
    """x^2 y^2 + x + y: one cell of volume 3 of the points 0, x y^2 and 0, x^2 y, and two with added points."""
    fact = {
        "rule": "mixed",
        "groups": [0, 1],
        "lifting": ["2 9 1 4", "1 7 7 7"],
        "cells": [[0, 1, 0, 1], [0, 3, 1, 3], [1, 2, 0, 2]],
    }
    return {**certificate("x y", "x^2*y^2 + x + y"), "facts": [fact]}


def isolated_fields() -> Certificate:
    """The derivative (x^2 - 2)^2: two double points, counted with all of their multiplicity."""
    double = [([0], [(1, [0])]), ([1], [(1, [1])])]
    return certificate(
        "x",
        "x^5/5 - 4/3*x^3 + 4*x",
        completeness=bezout(0),
        fields=[{**field([-2, 0, 1], [[0, 1]], [-3, 0, 3], dual=double), "isolated": alone([(0, [0])])}],
        points=[root(0, 0), root(0, 1)],
        infimum=unbounded([[-1]]),
    )


HAND_WRITTEN: dict[str, Callable[[], Certificate]] = {
    make.__name__: make
    for make in (
        double_well,
        by_levels,
        by_orbits,
        orbit_of_a_multiple_point,
        two_ways,
        counted_field,
        attached_field,
        images,
        images_of_two,
        degenerate_minimum,
        real_point,
        degenerate_saddle,
        ideal_rule,
        powers_in_lines,
        spurious_minimum,
        *good_smaller.MADE,
        *good_infimum.MADE,
        network,
        bezout_rule,
        mixed_rule,
        mixed_volume,
        infinity,
        infinity_in_groups,
        conjugates_at_infinity,
        isolated_fields,
        *good_slices.MADE,
        no_points,
        approached_infimum,
        facts,
        facts_at_points,
        convex,
        tangency_saddle,
        tangency_minimum,
        square_of_residual,
    )
}
SOLVED = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
NAMES = (*HAND_WRITTEN, *SOLVED)


@cache
def _text(name: str) -> str:
    if name in HAND_WRITTEN:
        return json.dumps(HAND_WRITTEN[name]())
    return (FOLDER / f"{name}.json").read_text(encoding="ascii")


def good(name: str) -> Certificate:
    """A fresh copy of a good certificate."""
    result: Certificate = json.loads(_text(name))
    return result
