"""Forgeries against X: completeness by way of smaller objectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.checker.build import (
    Certificate,
    bezout,
    box,
    certificate,
    changed,
    eliminate,
    inner,
    layer,
    linear,
    listed,
    poly,
    product,
    rank,
    rational,
    root,
    squares,
    zero,
)
from tests.checker.build import univariate_rank as univariate
from tests.checker.good import good
from tests.forged.table import CRASH, REJECTED, Forgery


def without_square(expression: str) -> Certificate:
    """The first of two variables is eliminated, and one point is left."""
    return certificate(
        "x y",
        expression,
        completeness=eliminate([0], inner(univariate(1))),
        fields=[rational([0, "1/2"])],
        points=[root(0)],
    )


def on_a_line() -> Certificate:
    """x y - x at y = 0 is -x, which has no critical point."""
    nowhere = rank([(0, [0, 0])], [])
    return certificate("x y", "x*y - x", completeness=linear([[1, 0], [0, 0]], inner(nowhere, form=[1, 1])))


def coupled() -> Certificate:
    """x^2 + y^2 - x^2 y^2 taken for a sum: the four points with x^2 = y^2 = 1 are lost."""
    return certificate(
        "x y",
        "x^2 + y^2 - x^2*y^2",
        completeness=product([0, 1], inner(univariate(1)), inner(univariate(1))),
        fields=[rational([0, 0])],
        points=[root(0)],
    )


def not_zero() -> Certificate:
    """x y^2 - x with the element 2 x y, from which y = 0 does not follow."""
    nowhere = rank([(0, [0])], [])
    return certificate("x y", "x*y^2 - x", completeness=zero([(1, 1)], inner(nowhere)))


def isolated_only() -> Certificate:
    """(a + b)^2/2 + z (a^2 - 1): z = 0 at the two critical points. (a + b)^2/2 has the Bezout number 1, and a line of
    critical points.
    """
    problem = ("a b z", "(a + b)^2/2 + z*(a^2 - 1)")
    z_vanishes = {
        "combination": [[0, poly((1, [1, 0, 0]))], [1, poly((-1, [1, 0, 0]))], [2, poly((-2, [0, 0, 1]))]],
        "divisor": "2",
    }
    return certificate(
        *problem,
        lines=[z_vanishes],
        completeness=zero([(2, 3)], inner(bezout(0, 0), form=[1, 1])),
        points=[{"box": box(*problem, [1, -1, 0], 2**-12), "kind": "undecided"}],
    )


def nothing_listed() -> Certificate:
    """x^2 with a list of points that is empty and does not claim to be complete."""
    return certificate("x", "x^2", completeness=listed(certificate("x", "x^2")))


def without_layer(expression: str, *given: Any, variables: Sequence[int] = (1,)) -> Certificate:
    """The second of two variables is left out; what is left has no critical point if the coefficient of its square is
    the first one and the rest is its negative.
    """
    nowhere = rank([(1, [0, 2, 0]), (2, [0, 1, 1]), (0, [0, 0, 0])], [])
    rule = layer(variables, squares(*given), inner(nowhere, form=[1, 1, 1]))
    return certificate("w v", expression, completeness=rule)


FORGERIES = [
    Forgery(
        "X6",
        "coefficient that vanishes",
        lambda: without_layer("w*v^2 - w", (1, poly((1, [0, 0, 0])))),
        "w v^2 - w has no critical point; it has (0, 1)",
    ),
    Forgery("X6", "a cube", lambda: without_layer("v^3 + v^2 - w", (1, poly((1, [0, 0, 0]))))),
    Forgery("X6", "no square", lambda: without_layer("w*v - w", (1, poly((1, [0, 0, 0])))), off=CRASH),
    Forgery(
        "X6",
        "negative square",
        lambda: without_layer("w*v^2 - w", (-1, poly((1, [0, 0, 0])))),
        "w v^2 - w has no critical point; it has (0, 1)",
    ),
    Forgery(
        "F3",
        "layer without variables",
        lambda: without_layer("w*v^2 - w", (1, poly((1, [0, 0, 0]))), variables=()),
        off=CRASH,
    ),
    Forgery("X4", "variable that is not 0", not_zero, "x y^2 - x has no critical point; it has (0, 1)"),
    Forgery(
        "X4",
        "points that are isolated only before",
        isolated_only,
        "(1, -1, 0) is the only critical point; (-1, 1, 0) is one as well",
    ),
    Forgery("X5", "list that is not complete", nothing_listed, "x^2 has no critical point"),
    Forgery(
        "F3",
        "variable that is 0 twice",
        lambda: changed(good("zero_variable"), (("completeness", "zeros"), [[1, 3], [1, 3]])),
    ),
    Forgery(
        "F2",
        "smaller objective without variables",
        lambda: changed(good("nothing_left"), (("completeness", "inner"), {})),
    ),
    Forgery(
        "X1",
        "coefficient with a variable",
        lambda: without_square("x^2*y + y^2 - y"),
        "(0, 1/2) is the only critical point of x^2 y + y^2 - y, which has (1, 0) as well",
    ),
    Forgery("X1", "no square", lambda: without_square("x*y + y^2 - x/2 - y"), off=CRASH),
    Forgery("X1", "a cube", lambda: without_square("x^2 + x^3 + y^2 - y"), off=CRASH),
    Forgery(
        "F3",
        "divisor 0",
        lambda: changed(good("root_of_a_square"), (("completeness", "squares", 0, 1), "0")),
        off=CRASH,
    ),
    Forgery("X2", "singular matrix", on_a_line, "x y - x has no critical point; it has (0, 1)"),
    Forgery(
        "X3",
        "coupled groups",
        coupled,
        "0 is the only critical point of x^2 + y^2 - x^2 y^2, which has (1, 1) as well",
    ),
    Forgery(
        "F3",
        "eliminated variable that is not there",
        lambda: changed(good("eliminated"), (("completeness", "variables"), [2, 2])),
        off=CRASH,
    ),
    Forgery(
        "F3",
        "one summand too many",
        lambda: changed(good("real_points_of_a_sum"), (("completeness", "groups"), [0, 0])),
        off=REJECTED,
    ),
    Forgery(
        "F2",
        "smaller objective without proof",
        lambda: certificate("x", "x^2", completeness=eliminate([0], {})),
        off=CRASH,
    ),
]
