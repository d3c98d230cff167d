"""Forgeries against S, E and G: ties and infima that are not."""

from __future__ import annotations

from typing import Any

from tests.checker.build import (
    Certificate,
    box,
    boxed,
    by_bound,
    by_form,
    by_squares,
    certificate,
    changed,
    identity,
    poly,
    rational,
    root,
    squares,
    unbounded,
    univariate_rank,
)
from tests.checker.good import good
from tests.forged.form import SADDLE
from tests.forged.table import Forgery, lost_infimum

THREE = "the maximum 0 of x^4/4 - x^2 attains the infimum"
X, XY = poly((1, [1, 0])), poly((1, [1, 1]))
RESIDUAL = poly((1, [1, 1]), (-1, [0, 0]))


def nearly_even() -> Certificate:
    problem = ("x", "x^4/4 - x^2 + x/1000000")
    return certificate(
        *problem,
        completeness=univariate_rank(3),
        points=[boxed(box(*problem, [x], 2**-10)) for x in (-(2**0.5), 2**0.5, 0)],
        symmetries=[[-1]],
        infimum=by_form([1], [], ["1/4"], [0, 1]),
    )


def mixed_orbits() -> Certificate:
    """The intervals of the two minima are so wide that they meet the maximum between them."""
    given = changed(good("counted_field"), (("fields", 0, "cuts"), ["-3", "0", "3"]))
    return {**given, "points": [given["points"][i] for i in (2, 0, 1)], "symmetries": [[-1]], "infimum": None}


def tie(polynomial: list[str], interval: list[str]) -> Certificate:
    """The two minima and the maximum of x^4/4 - x^2 as points of equal value."""
    return changed(
        good("counted_field"),
        (("symmetries",), []),
        (("equal_values",), [{"points": [0, 1, 2], "polynomial": polynomial, "interval": interval}]),
        (("infimum", "argmin"), [0, 1, 2]),
    )


def two_zeros() -> Certificate:
    return certificate(
        "x",
        "x^2*(x - 1)^2",
        fields=[rational([0]), rational([1])],
        points=[root(i, kind="minimum", inertia=identity(1)) for i in (0, 1)],
        infimum=by_bound(0, squares((1, poly((1, [2]), (-1, [1])))), [0]),
    )


def spurious(**parts: Any) -> Certificate:
    """x^4/4 - x^2 + x/8: point 0 is the global minimum, point 1 is not."""
    given = good("spurious_minimum")
    del given["points"][1]["lower"]
    return {**given, **parts}


def approached(expression: str, given: list[Any], curve: list[list[str]], shift: int, **parts: Any) -> Certificate:
    """An even objective in x whose only critical point is the minimum 0, and an infimum 0 that is not attained."""
    infimum = {"rule": "limit", "constant": "0", "squares": given, "curve": curve, "shift": shift}
    point = root(0, kind="minimum", inertia=identity(1))
    made = certificate("x", expression, fields=[rational([0])], points=[point], infimum=infimum)
    return {**made, **parts}


def empty_level() -> Certificate:
    """(1 + x^2 + y^2) (L + 1) bounds x and y where L <= -1, that is nowhere, for L = (x y - 1)^2 + x^2."""
    monomials = ([0, 0], [1, 0], [0, 1])
    residuals = [poly((1, [1 + a, 1 + b]), (-1, [a, b])) for a, b in monomials]
    others = [poly((1, e)) for e in ([2, 0], [1, 1], [0, 1])]
    given = squares((2, X), *((1, q) for q in (*residuals, *others)))
    level = {"value": "-1", "multiplier": squares(*((1, poly((1, m))) for m in monomials))}
    return lost_infimum(infimum={**by_squares(1, given, [[0, 0], [1, 6]], [0]), "level": level})


def gates(*given: object) -> Certificate:
    """2 (x^2 y + 1)^2 + (y - 1)^2 has the infimum 1 for x -> infinity, and 2 at its only minimum, point 0."""
    both = squares((2, poly((1, [2, 1]), (1, [0, 0]))), (1, poly((1, [0, 1]), (-1, [0, 0]))))
    infimum = by_squares(0, both, [[1, 1], [0, list(given)]], [0])
    return changed(good("growing_to_the_infimum"), (("infimum",), infimum))


GATE = [1, "-1", 2, [[0, "1"]]]  # x^2 y is a square minus a number, so y is nearly 0 where x is large
GLOBAL = "the minimum 2 of 2 (x^2 y + 1)^2 + (y - 1)^2 is global"
FORM = by_form([1], [], ["1/4"], [1])
FORGERIES = [
    Forgery("S1", "nearly a symmetry", nearly_even, "both minima of x^4/4 - x^2 + x/10^6 are global"),
    Forgery(
        "S2",
        "open list",
        lambda: {**good("double_well"), "completeness": None, "infimum": None},
        "the symmetry permutes a list that may lack points",
    ),
    Forgery("S2", "image meets two", mixed_orbits, "the maximum and a minimum of x^4/4 - x^2 are images of each other"),
    Forgery("E1", "no root", lambda: tie(["1", "2"], ["-2", "1"]), THREE),
    Forgery(
        "E1",
        "no exact coordinates",
        lambda: {**spurious(), "equal_values": [{"points": [0, 1], "polynomial": ["1", "1"], "interval": ["-2", "0"]}]},
        "both minima of x^4/4 - x^2 + x/8 have the value -1",
        off="rejected",
    ),
    Forgery("E2", "two roots", lambda: tie(["0", "1", "1"], ["-2", "1"]), THREE),
    Forgery("E2", "root at the end", lambda: tie(["0", "1", "1"], ["-1", "1"]), off="rejected"),
    Forgery("E3", "value outside", lambda: tie(["0", "1", "1"], ["-1/2", "1"]), THREE),
    Forgery("G1", "another polynomial", lambda: lost_infimum(infimum=by_bound(1, squares((1, X)), [0])), SADDLE),
    Forgery(
        "G1",
        "negative square",
        lambda: lost_infimum(
            infimum=by_bound(1, squares((1, XY), (1, poly((1, [1, 0]), (-1, [0, 1]))), (-1, poly((1, [0, 1])))), [0])
        ),
        "the infimum of (x y - 1)^2 + x^2 is 1",
    ),
    Forgery(
        "G2",
        "square that bounds nothing",
        lambda: lost_infimum(infimum=by_squares(0, squares((1, RESIDUAL), (1, X)), [[0, 1], [1, 0]], [0])),
        SADDLE,
    ),
    Forgery(
        "G2",
        "variable twice",
        lambda: lost_infimum(infimum=by_squares(0, squares((1, RESIDUAL), (1, X)), [[0, 1], [0, 1]], [0])),
        SADDLE,
    ),
    Forgery(
        "G2",
        "variable not yet bounded",
        lambda: lost_infimum(
            infimum=by_squares(0, squares((1, RESIDUAL), ("1/2", poly((1, [1, 0]))), ("1/2", X)), [[1, 0], [0, 1]], [0])
        ),
        SADDLE,
    ),
    Forgery(
        "G3",
        "another leading form",
        lambda: lost_infimum(infimum=by_form([1, 1], squares((1, XY)), [1, 1], [0])),
        SADDLE,
    ),
    Forgery(
        "G11",
        "a field that changes the objective",
        lambda: lost_infimum(
            infimum={
                **by_form([1, 1], squares(("1/2", XY)), ["1/4", "1/4"], [0]),
                "balances": [{"field": [X, poly((-1, [0, 1]))], "multiplier": poly(("1/4", [2, 0]), ("-1/4", [0, 2]))}],
            }
        ),
        SADDLE,
    ),
    Forgery("G14", "a level below all values", empty_level, SADDLE),
    Forgery("G16", "no product", lambda: gates([1, "-3", 2, [[0, "1"]]]), GLOBAL),
    Forgery("G16", "a square that need not tend to a number", lambda: gates([1, "2", 0, [[1, "2"]]]), GLOBAL),
    Forgery("G16", "a square counted again", lambda: gates(GATE, GATE, GATE), GLOBAL),
    Forgery("G16", "lower values far away", lambda: gates(GATE), GLOBAL),
    Forgery("G3", "zero power", lambda: lost_infimum(infimum=by_form([1, 1], squares((1, XY)), [0, 0], [0])), SADDLE),
    Forgery(
        "G3",
        "negative square",
        lambda: lost_infimum(
            infimum=by_form([1, 1], squares((1, XY), (-1, poly((1, [2, 0]))), (-1, poly((1, [0, 2])))), [1, 1], [0])
        ),
        SADDLE,
    ),
    Forgery("G4", "higher minimum", lambda: spurious(infimum=FORM), "the right minimum of x^4/4 - x^2 + x/8 is global"),
    Forgery("G4", "other point as low", two_zeros, "the minimum 1 of x^2 (x - 1)^2 is spurious"),
    Forgery(
        "G5",
        "open list",
        lambda: spurious(completeness=None, points=[spurious()["points"][1]], infimum=by_form([1], [], ["1/4"], [0])),
        "the right minimum of x^4/4 - x^2 + x/8 is global",
    ),
    Forgery(
        "G6",
        "bound below the value",
        lambda: lost_infimum(infimum=by_bound(0, squares((1, RESIDUAL), (1, X)), [0])),
        SADDLE,
    ),
    Forgery("G7", "curve upwards", lambda: certificate("x", "x^2", infimum=unbounded([[1]])), "x^2 is unbounded below"),
    Forgery(
        "G4",
        "a listed point with the value approached",
        lambda: approached("x^2", squares((1, poly((1, [1])))), [["1"]], 2, completeness=univariate_rank(1)),
        "the infimum 0 of x^2 is not attained",
    ),
    Forgery(
        "G5",
        "an infimum approached beside an open list",
        lambda: approached("x^2", squares((1, poly((1, [1])))), [["1"]], 2, points=[], fields=[]),
        "the infimum 0 of x^2 is not attained",
    ),
    Forgery(
        "G12",
        "a curve with another limit",
        lambda: approached(
            "x^2 + 1",
            squares((1, poly((1, [1]))), (1, poly((1, [0])))),
            [["1"]],
            1,
            completeness=univariate_rank(1),
        ),
        "the infimum of x^2 + 1 is 0",
    ),
    Forgery(
        "G13",
        "a multiplier that is 0",
        lambda: certificate(
            "x",
            "x^4/4 - x^2",
            fields=[rational([0])],
            points=[root(0)],
            infimum={**by_bound(0, [], [0]), "multiplier": []},
        ),
        "the infimum of x^4/4 - x^2 is 0",
    ),
    Forgery(
        "G8",
        "values not tied",
        lambda: spurious(infimum={**FORM, "argmin": [0, 1]}),
        "both minima of x^4/4 - x^2 + x/8 are global",
    ),
    Forgery(
        "G9",
        "higher point",
        lambda: changed(spurious(), (("points", 0, "lower"), 1)),
        "the global minimum of x^4/4 - x^2 + x/8 is spurious",
    ),
    Forgery(
        "G9",
        "rational point that is not lower",
        lambda: changed(spurious(), (("points", 0, "lower"), ["0"])),
        "the global minimum of x^4/4 - x^2 + x/8 is spurious",
    ),
]
