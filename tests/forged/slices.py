"""Forgeries against Y: trees of moves that lose points, and orbits that are not what they are said to be."""

from __future__ import annotations

from typing import Any

from tests.checker.build import (
    Certificate,
    box,
    boxed,
    certificate,
    changed,
    orbit,
    poly,
    rational,
    root,
    slices,
    univariate_rank,
)
from tests.checker.good import good
from tests.checker.good_slices import on_a_ray, on_axis, shell
from tests.forged.sphere import on_sphere
from tests.forged.table import CRASH, REJECTED, Forgery

ONE = poly((1, [0, 0]))
SCALING, HYPERBOLIC, SHEAR = [[1, 0], [0, -1]], [[0, 1], [1, 0]], [[0, 0], [1, 0]]
FIRST, SECOND = {"combination": [[0, ONE]]}, {"combination": [[1, ONE]]}
NOTHING = "there is no critical point"
ONLY_ORIGIN = "the origin is the only critical point"

STEPS: list[Any] = good("orbits_of_a_product")["completeness"]["steps"]


def covered(
    expression: str, flows: Any, given: Any, orbits: Any, *steps: Any, points: Any = (), variables: str = "x y"
) -> Certificate:
    """A certificate by slices; the points named are rational ones, of unknown type."""
    return certificate(
        variables,
        expression,
        form=["1", "2", "3"][: len(variables.split())],
        completeness=slices(flows, given, orbits, *steps),
        fields=[rational(x, [1, 2, 3][: len(x)]) for x in points],
        points=[root(i) for i in range(len(points))],
    )


def open_list(expression: str) -> Certificate:
    return certificate("x", expression)


def half(use: dict[str, Any]) -> Certificate:
    """(x - 1)^2 + y^2 on the axis y = 0, with a use of the point (1, 0)."""
    return covered("(x - 1)^2 + y^2", [], [({1: 0}, on_axis())], [], SECOND, {"slice": 0, "points": [use]})


def two_values(use: dict[str, Any]) -> Certificate:
    """(x y)^3/3 - x y, critical where x y is 1 or -1; the orbit of (1, 1) and a use of (1, -1)."""
    on_it = ("y", "y^3/3 - y")
    both = certificate(*on_it, completeness=univariate_rank(2), points=[boxed(box(*on_it, [y])) for y in (1, -1)])
    steps: list[Any] = [
        {"split": 0, "signs": [-1, -1]},
        FIRST,
        {"at": {"point": 0}},
        {"flow": 0, "coordinate": 0},
        {"slice": 0, "points": [{"orbit": 0}, use]},
    ]
    return covered("(x*y)^3/3 - x*y", [SCALING], [({0: 1}, both)], [orbit(0, 0, [0], [[1]])], *steps, points=[[0, 0]])


def beside_a_component() -> Certificate:
    """The orbit of the component y = 1 of a slice, and uses of it for the last point listed there as well, y = -1."""
    made = two_values({"orbit": 0})
    rule = made["completeness"]
    rule["slices"][0]["certificate"].update(
        fields=[rational([1], counted=False)],
        components=[shell(poly((1, [1]), (-1, [0])), value="-2/3", sample=0)],
    )
    return changed(made, (("completeness", "orbits"), [orbit(0, 0, [0], [[1]], "component")]))


def circle() -> Certificate:
    """The circle, and the origin as an orbit of dimension 1."""
    return changed(
        good("orbits_around_a_point"),
        (("completeness", "orbits"), [orbit(0, 2, [0], [[1]]), orbit(0, 1, [0], [[1]])]),
    )


def stretched() -> Certificate:
    """(x - 1)^2 + y^2 with a scaling of x, which changes it."""
    steps: list[Any] = [
        {"split": 0},
        FIRST,
        {"flow": 0, "coordinate": 0},
        {"slice": 0, "points": [{"orbit": 0}]},
        {"flow": 0, "coordinate": 0},
        {"slice": 1, "points": [{"gradient": 0}]},
    ]
    given = [({0: 1}, on_axis("x^2", 0)), ({0: -1}, on_axis("x^2 + 4", 0))]
    return covered("(x - 1)^2 + y^2", [[[1, 0], [0, 0]]], given, [orbit(0, 0, [0], [[1]])], *steps)


def nested() -> Certificate:
    """x^2 + (y z - 1)^2: on x = 0 there are orbits besides the origin."""
    still = covered("x^2 + (y*z - 1)^2", [], [], [], points=[[0, 0, 0]], variables="x y z")
    inner = slices([], [({0: 0}, good("orbits_of_a_product"))], [])["slices"]
    steps: list[Any] = [{"combination": [[0, poly((1, [0, 0, 0]))]]}, {"slice": 0, "points": [{"point": 0}]}]
    still["completeness"].update(slices=inner, steps=steps)
    return still


def moved_twice() -> Certificate:
    """(x y - 4)^2: a second scaling of a point with x = 1."""
    steps: list[Any] = [
        {"split": 0, "signs": [-1, -1]},
        FIRST,
        {"at": {"point": 0}},
        {"flow": 0, "coordinate": 0},
        {"split": 1},
        {"at": {"gradient": 1}},
        {"flow": 0, "coordinate": 1},
        {"at": {"gradient": 0}},
        {"flow": 0, "coordinate": 1},
        {"at": {"gradient": 0}},
    ]
    return covered("(x*y - 4)^2", [SCALING], [], [], *steps, points=[[0, 0]])


def hyperbola() -> Certificate:
    """(x^2 - y^2 + 1)^2, critical where y^2 = x^2 + 1: the flow never brings y to 0 there."""
    made = on_axis("(x^2 + 1)^2", 0)
    steps: list[Any] = [
        {"flow": 0, "turn": 1, "to": 0},
        {"at": {"point": 0}},
        {"slice": 0, "points": [{"coordinate": 0}]},
    ]
    made["completeness"] = univariate_rank(3)
    made["nonreal"] = [box("x", "(x^2 + 1)^2", [1j])]
    made["points"][0]["kind"] = "undecided"
    return covered("(x^2 - y^2 + 1)^2", [HYPERBOLIC], [({1: 0}, made)], [], *steps, points=[[0, 0]])


def at_rest() -> Certificate:
    """The origin as a point of the circle of radius 1, of which the case tree of the ray knows no sign."""
    inside, x = poly((1, [2, 0]), (-1, [0, 0])), poly((1, [1, 0]))
    made = good("orbits_of_sets")
    turn, _, ray = made["completeness"]["steps"]
    split, absurd, _, last = ray["cases"]

    def shell(element: int, factor: Any) -> list[Any]:
        """x^3 - x, and the circle."""
        return [{"combination": [[element, factor]]}, {"components": [0], "elements": [4]}]

    steps = [turn, {"cases": shell(2, inside)}, {"cases": [split, absurd, *shell(3, x), last]}]
    given = slices([], [({1: 0}, on_a_ray(poly((1, [3]), (-1, [1]))))], [])["slices"]
    rule = {**made["completeness"], "slices": given, "steps": steps}
    return changed(made, (("completeness",), rule), (("fields",), []), (("points",), []))


def product(*edits: Any) -> Certificate:
    return changed(good("orbits_of_a_product"), *edits)


FORGERIES = [
    Forgery("Y1", "a scaling that changes the loss", stretched, "(x, 0) with x > 0 is critical for (x - 1)^2 + y^2"),
    Forgery("Y2", "orbits on a slice", nested, "the origin is the only critical point of x^2 + (y z - 1)^2"),
    Forgery("Y3", "a point at rest", circle, "(x^2 + y^2 - 1)^2 has a curve of maxima"),
    Forgery(
        "Y4",
        "a sign change that changes the loss",
        lambda: covered(
            "(x + 1)^2 + y^2",
            [],
            [({1: 0}, on_axis("(x + 1)^2", -1))],
            [],
            {"split": 0, "signs": [-1, 1]},
            FIRST,
            SECOND,
            {"slice": 0, "points": [{"coordinate": 0}]},
        ),
        NOTHING,
    ),
    Forgery(
        "Y4",
        "a speed of its own",
        lambda: covered("(x - 1)^2", [SHEAR], [], [], {"split": 0, "speeds": [[0, 0]]}),
        off=CRASH,
    ),
    Forgery("Y5", "a fixed coordinate that moves", moved_twice, ONLY_ORIGIN),
    Forgery(
        "Y6",
        "a coordinate that may be at rest",
        lambda: covered(
            "x^2",
            [SHEAR],
            [({1: 0}, on_axis("x^2", 0))],
            [],
            {"flow": 0, "coordinate": 1},
            {"slice": 0, "points": [{"point": 0}]},
            points=[[0, 0]],
        ),
        "the origin is the only critical point of x^2 in x and y",
    ),
    Forgery("Y6", "a hyperbola", hyperbola, "the origin is the only critical point of (x^2 - y^2 + 1)^2"),
    Forgery("Y7", "two terms", lambda: covered("(x - 1)^2 + y^2", [], [], [], FIRST, FIRST), NOTHING),
    Forgery(
        "Y8",
        "another slice",
        lambda: covered(
            "(x - 1)^2 + y^2", [], [({0: 0}, on_axis("x^2 + 1", 0))], [], {"slice": 0, "points": [{"gradient": 0}]}
        ),
        NOTHING,
    ),
    Forgery(
        "Y8",
        "an open list",
        lambda: covered(
            "(x - 1)^2 + y^2", [], [({1: 0}, open_list("(x - 1)^2"))], [], SECOND, {"slice": 0, "points": []}
        ),
        NOTHING,
    ),
    Forgery(
        "Y8",
        "a free coordinate",
        lambda: covered("x^2 + y^2", [], [], [], SECOND, {"at": {"point": 0}}, points=[[0, 0]]),
        off=CRASH,
    ),
    Forgery("Y9", "a slope that vanishes", lambda: half({"gradient": 0}), NOTHING),
    Forgery("Y9", "a coordinate as in the case", lambda: half({"coordinate": 1}), NOTHING),
    Forgery(
        "Y9",
        "the orbit of another point",
        lambda: two_values({"orbit": 0}),
        "all critical points of (x y)^3/3 - x y but the origin have the loss -2/3",
    ),
    Forgery(
        "Y9",
        "the orbit of a component",
        beside_a_component,
        "all critical points of (x y)^3/3 - x y but the origin have the loss -2/3",
    ),
    Forgery(
        "Y9",
        "another listed point",
        lambda: two_values({"point": 0}),
        "all critical points of (x y)^3/3 - x y but the origin have the loss -2/3",
    ),
    Forgery(
        "Y10",
        "a point that is moved",
        lambda: changed(
            covered(
                "(x*y - 1)^2",
                [SCALING],
                [({0: 1}, on_axis())],
                [],
                *STEPS[:4],
                {"slice": 0, "points": [{"point": 1}]},
                points=[[0, 0], [1, 1]],
            ),
        ),
        "the origin and (1, 1) are the only critical points of (x y - 1)^2",
    ),
    Forgery("Y11", "an open case", lambda: covered("(x - 1)^2 + y^2", [], [], []), NOTHING),
    Forgery("Y11", "a step after the end", lambda: product((("completeness", "steps"), [*STEPS, FIRST])), off=CRASH),
    Forgery("Y12", "a point at rest", at_rest, "the origin is an isolated critical point and on no circle"),
    Forgery(
        "Y12",
        "the orbit of a point in a case tree",
        lambda: covered(
            "(x*y - 1)^2",
            [SCALING],
            [({0: 1}, on_axis())],
            [orbit(0, 0, [0], [[1]])],
            *STEPS[:4],
            {"cases": [{"components": [0], "elements": []}]},
            points=[[0, 0]],
        ),
        off=REJECTED,
    ),
    Forgery(
        "T1",
        "a coordinate without sign",
        lambda: covered("x^2 + y^2", [], [], [], SECOND, {"cases": [{"element": 0, "factors": []}]}),
        ONLY_ORIGIN,
    ),
    # form
    Forgery(
        "F2",
        "orbits of a sphere",
        lambda: on_sphere("x y", "x", ["x", "y"], completeness=slices([], [], [])),
        off=REJECTED,
    ),
    Forgery("F2", "a step of slices that is no object", lambda: product((("completeness", "steps", 2), 3)), off=CRASH),
    Forgery("F2", "a use without a key", lambda: product((("completeness", "steps", 2, "at"), {})), off=CRASH),
    Forgery(
        "F3", "a slice without constants", lambda: product((("completeness", "slices", 0, "constants"), [])), off=CRASH
    ),
    Forgery("F3", "a sign 2", lambda: product((("completeness", "steps", 0, "signs"), [-1, 2])), off=REJECTED),
]
