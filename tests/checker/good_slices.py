"""Good certificates by slices: orbits of critical points under continuous symmetries."""

from __future__ import annotations

from tests.checker.build import (
    Certificate,
    Number,
    box,
    boxed,
    by_bound,
    certificate,
    congruence,
    exact,
    identity,
    orbit,
    poly,
    rational,
    root,
    slices,
    squares,
    transform,
    univariate_rank,
)


def on_axis(expression: str = "(x - 1)^2", at: Number = 1, kind: str = "minimum") -> Certificate:
    """The one critical point of a quadratic polynomial in one variable."""
    shape = congruence([[1]], [[1]])
    return certificate(
        "x",
        expression,
        completeness=univariate_rank(1),
        fields=[rational([at])],
        points=[root(0, 0, kind, inertia=shape)],
    )


CROSS = congruence([[1, 1], [1, -1]], [["1/2", "1/2"], ["1/2", "-1/2"]])


def orbits_of_a_product() -> Certificate:
    """(x y - 1)^2: scaling brings x > 0 to 1; where x is 0 the first entry of the gradient, there -2 y, vanishes."""
    return certificate(
        "x y",
        "(x*y - 1)^2",
        completeness=slices(
            [[[1, 0], [0, -1]]],
            [({0: 1}, on_axis())],
            [orbit(0, 0, [0], [[1]])],
            {"split": 0, "signs": [-1, -1]},
            {"combination": [[0, poly((1, [0, 0]))]]},
            {"at": {"point": 0}},
            {"flow": 0, "coordinate": 0},
            {"slice": 0, "points": [{"orbit": 0}]},
        ),
        fields=[rational([0, 0])],
        points=[root(0, kind="strict_saddle", inertia=CROSS)],
    )


def orbits_around_a_point() -> Certificate:
    """(x^2 + y^2 - 1)^2: rotation brings y to 0."""
    on_it = ("x", "(x^2 - 1)^2")
    wells = certificate(
        *on_it,
        completeness=univariate_rank(3),
        points=[
            boxed(box(*on_it, [x]), kind, exact=exact(x + 1), inertia=transform([[1]]))
            for x, kind in ((-1, "minimum"), (0, "maximum"), (1, "minimum"))
        ],
        fields=[rational([x], counted=False) for x in (-1, 0, 1)],
    )
    return certificate(
        "x y",
        "(x^2 + y^2 - 1)^2",
        completeness=slices(
            [[[0, -1], [1, 0]]],
            [({1: 0}, wells)],
            [orbit(0, 2, [0], [[1]])],
            {"flow": 0, "turn": 1, "to": 0},
            {"at": {"point": 0}},
            {"slice": 0, "points": [{"coordinate": 0}, {"coordinate": 0}, {"orbit": 0}]},
        ),
        fields=[rational([0, 0])],
        points=[root(0, kind="maximum", inertia=identity(2))],
        infimum=by_bound(0, squares((1, poly((1, [2, 0]), (1, [0, 2]), (-1, [0, 0])))), [1]),
    )


def orbits_of_shears() -> Certificate:
    """(x - 1)^2 in x and y: y + t x is brought to 0 where x is not 0; y = 0 where it has no speed."""
    no_point = {"combination": [[0, poly((1, [0, 0]))]]}
    at_rest = [{"split": 0}, no_point, {"flow": 0, "coordinate": 1}, {"slice": 0, "points": [{"orbit": 0}]}]
    return certificate(
        "x y",
        "(x - 1)^2",
        completeness=slices(
            [[[0, 0], [1, 0]]],
            [({1: 0}, on_axis())],
            [orbit(0, 0, [0], [[1]])],
            {"split": 1, "speeds": [[0, 0]], "signs": [1, -1]},
            no_point,
            *at_rest,
            {"flow": 0, "coordinate": 1},
            {"slice": 0, "points": [{"coordinate": 0}]},
        ),
    )


MADE = (
    orbits_of_a_product,
    orbits_around_a_point,
    orbits_of_shears,
)
