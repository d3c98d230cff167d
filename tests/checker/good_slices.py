"""Good certificates by slices: orbits of critical points under continuous symmetries."""

from __future__ import annotations

from typing import Any

from tests.checker.build import (
    Certificate,
    Number,
    box,
    boxed,
    by_bound,
    certificate,
    congruence,
    exact,
    field,
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


def shell(*generators: list[Any], value: str, sample: int, **more: Any) -> dict[str, Any]:
    """Finitely many points of a slice as one component."""
    place = {"field": sample, "interval": more.pop("interval", 0)}
    nowhere = {"vectors": [], "coordinates": []}
    return {"generators": list(generators), "value": value, "sample": place, "dimension": 0, "fields": nowhere, **more}


def on_a_ray(first: list[Any]) -> Certificate:
    """x^4 (x^2 - 1)^2 at the zeros of `first` and where 2 x^2 is 1; the minima are shown by the square."""
    square = {"rule": "squares", "squares": squares((1, poly((1, [4]), (-1, [2]))))}
    least = {"equations": [], "nonzero": [], "kind": "minimum", "proof": square}
    return certificate(
        "x",
        "x^4*(x^2 - 1)^2",
        fields=[rational([1], counted=False), field([-1, 0, 2], [[0, 1]], [-2, 0, "1/2", 2], counted=False)],
        components=[
            shell(first, value="0", sample=0, strata=[least]),
            shell(poly((2, [2]), (-1, [0])), value="1/16", sample=1, interval=1),
        ],
    )


def orbits_of_sets() -> Certificate:
    """(x^2 + y^2)^2 (x^2 + y^2 - 1)^2: on the ray y = 0 < x a case tree finds the circles of radius 1 and 1/sqrt(2)."""
    unit, other = poly((1, [2, 0]), (-1, [0, 0])), poly((2, [2, 0]), (-1, [0, 0]))
    tree = [
        {"element": 0, "factors": [[poly((1, [1, 0])), 3], [unit, 1], [other, 1]]},
        {"element": 3, "factors": []},
        {"components": [0], "elements": [3]},
        {"components": [1], "elements": [3]},
    ]
    return certificate(
        "x y",
        "(x^2 + y^2)^2*(x^2 + y^2 - 1)^2",
        completeness=slices(
            [[[0, -1], [1, 0]]],
            [({1: 0}, on_a_ray(poly((1, [2]), (-1, [0]))))],
            [orbit(0, 0, [0], [[1]], "component"), orbit(0, 1, [0], [[1]], "component")],
            {"flow": 0, "turn": 1, "to": 0},
            {"at": {"point": 0}},
            {"cases": tree},
        ),
        fields=[rational([0, 0])],
        points=[root(0)],
    )


def orbits_of_points_and_sets() -> Certificate:
    """(x y)^3/3 - x y: a slice with points, and with components that are the same points."""
    on_it = ("y", "y^3/3 - y")
    shape = {"inertia": identity(1)}
    both = certificate(
        *on_it,
        completeness=univariate_rank(2),
        points=[
            boxed(box(*on_it, [y]), kind, inertia=transform([[1]])) for y, kind in ((1, "minimum"), (-1, "maximum"))
        ],
        fields=[rational([y], counted=False) for y in (1, -1)],
        components=[
            shell(poly((1, [1]), (-1, [0])), value="-2/3", sample=0, **shape),
            shell(poly((1, [1]), (1, [0])), value="2/3", sample=1, **shape),
        ],
    )
    return certificate(
        "x y",
        "(x*y)^3/3 - x*y",
        completeness=slices(
            [[[1, 0], [0, -1]]],
            [({0: 1}, both)],
            [orbit(0, 0, [0], [[1]]), orbit(0, 1, [0], [[1]], "component")],
            {"split": 0, "signs": [-1, -1]},
            {"combination": [[0, poly((1, [0, 0]))]]},
            {"at": {"point": 0}},
            {"flow": 0, "coordinate": 0},
            {"slice": 0, "points": [{"orbit": 0}, {"orbit": 1}]},
        ),
        fields=[rational([0, 0])],
        points=[root(0, kind="strict_saddle", inertia=CROSS)],
    )


MADE = (
    orbits_of_points_and_sets,
    orbits_of_sets,
    orbits_of_a_product,
    orbits_around_a_point,
    orbits_of_shears,
)
