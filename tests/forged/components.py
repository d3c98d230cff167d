"""Forgeries against T, L and C5: case trees that lose points, and components that are not what they are said to be."""

from __future__ import annotations

from typing import Any

from tests.checker.build import Certificate, certificate, changed, field, ideal, poly, rational, root
from tests.forged.table import CRASH, REJECTED, Forgery

X, ONE = poly((1, [1, 0])), poly((1, [0, 0]))
UP: dict[str, Any] = {"vectors": [[[], ONE]], "coordinates": [1]}  # the field d/dy
LOST = "x = 0 is the whole critical set of x^2 (x - 1)^2, which has x = 1/2 and x = 1 as well"


def component(
    generators: list[Any], value: Any = "0", dimension: int = 1, fields: Any = UP, sample: int = 0, interval: int = 0
) -> dict[str, Any]:
    return {
        "generators": generators,
        "value": value,
        "sample": {"field": sample, "interval": interval},
        "dimension": dimension,
        "fields": fields,
    }


def covered(expression: str, steps: Any, *components: Any, fields: Any = None, variables: str = "x y") -> Certificate:
    """A certificate by cases; without steps the list is open."""
    given = [rational([0, 0], counted=False)] if fields is None else fields
    rule = None if steps is None else {"rule": "cases", "steps": steps}
    return certificate(variables, expression, completeness=rule, components=list(components), fields=given)


def leaf(element: int, *numbers: int) -> dict[str, Any]:
    return {"components": list(numbers or (0,)), "elements": [element]}


def line(*parts: Any, **changes: Any) -> Certificate:
    """x^2 in x and y: its critical points are the line x = 0."""
    made = covered("x^2", list(parts) or [leaf(0)], component([X]))
    made["components"][0].update(changes)
    return made


def wells(*steps: Any) -> Certificate:
    """x^2 (x - 1)^2 with the component x = 0; the first entry of the gradient is 2 x (2 x - 1) (x - 1)."""
    return covered("x^2*(x - 1)^2", list(steps), component([X]))


FACTORS = [[X, 1], [poly((1, [1, 0]), (-1, [0, 0])), 1], [poly((2, [1, 0]), (-1, [0, 0])), 1]]


def isolated(points: Any, counted: bool = True) -> Certificate:
    """x^2 with the one critical point 0, by a leaf with a finite quotient."""
    steps = [{"field": 0, "points": ideal([[0]], [0], [0, 1], [-2, 2])}]
    made = covered("x^2", steps, variables="x", fields=[rational([0], counted=counted)])
    made["points"] = points
    return made


def one_of_three() -> Certificate:
    """x^4/4 - x^2/2 with 0 alone: the quotient by x^3 - x has room for -1 and 1."""
    steps = [{"field": 0, "points": ideal([[0], [1], [2]], [0], [0, -1, 0, 1], [-3, "-1/2", "1/2", 3])}]
    made = covered("x^4/4 - x^2/2", steps, variables="x", fields=[rational([0])])
    made["points"] = [root(0)]
    return made


Y = poly((1, [0, 1]))


def nearest(centre: Any, elements: Any, *vectors: Any, off: Any = ONE) -> dict[str, Any]:
    return {"nearest": centre, "off": off, "elements": elements, "fields": list(vectors)}


def pushed(**changes: Any) -> Certificate:
    """x^2 in x and y, without critical points: d/dx does not keep the line x = 0, and from (1, 0) it asks for x = 1."""
    step = {**nearest(["1", "0"], [0], [ONE, []]), **changes}
    absurd = {"element": 2, "factors": []}
    line = {"combination": [[0, ONE], [1, poly((-2, [0, 0]))]]}
    return covered("x^2", [step, absurd, line, absurd], fields=[])


def one_for_all() -> Certificate:
    """x^2 in x and y with the origin alone, which is the point of the line x = 0 next to it."""
    points = ideal([[0, 0]], [0, 1], [0, 1], [-2, 2])
    steps = [nearest(["0", "0"], [0], [[], ONE]), {"element": 2, "factors": []}, {"field": 0, "points": points}]
    made = covered("x^2", steps, fields=[rational([0, 0])])
    made["points"] = [root(0)]
    return made


def looked_at_elsewhere() -> Certificate:
    """x^2 y^2 with x = 0 alone: the point of x y^2 = 0 next to (0, 1) has x = 0, though others have not."""
    steps = [
        {"element": 0, "factors": [[X, 1], [Y, 2]]},
        leaf(2),
        nearest(["0", "1"], [0], [X, []], [[], Y]),
        {"element": 3, "factors": []},
        {"element": 1, "factors": [[X, 2]]},
        {"earlier": 0, "branch": 0, "element": 3},
    ]
    return covered("x^2*y^2", steps, component([X]))


def no_room() -> Certificate:
    """x^2 with no critical point: the quotient by x has room for one."""
    step = {"none": ideal([[0]], [0], [0, 1], [-2, 2]), "form": ["1"]}
    return covered("x^2", [step], variables="x", fields=[])


ROOT_TWO = field(
    [-2, 0, 1], [[0, 1], [0]], [-3, "-1415/1000", "-1414/1000", "1414/1000", "1415/1000", 3], counted=False
)
NINE = {"polynomial": ["-32", "0", "9"], "cuts": ["-5", "-1", "1", "5"]}


def family(*numbers: int, **more: Any) -> Certificate:
    """x^3/3 - 2 x in x and y: critical along x^2 = 2, with the two roots of 9 t^2 - 32 as values."""
    two = poly((1, [2, 0]), (-2, [0, 0]))
    both = [component([two], {**NINE, "root": k}, interval=1 - k) for k in numbers]
    return covered("x^3/3 - 2*x", [{**leaf(0, *range(len(numbers))), **more}], *both, fields=[ROOT_TWO])


def plane() -> Certificate:
    """The plane x = 0, critical for x^2 in x, y and z, with one of the two fields that it has."""
    fields = {"vectors": [[[], poly((1, [0, 0, 0])), []]], "coordinates": [1]}
    one = component([poly((1, [1, 0, 0]))], fields=fields)
    return covered("x^2", None, one, fields=[rational([0, 0, 0], counted=False)], variables="x y z")


def two_points() -> Certificate:
    """The points -1 and 1 of (x^2 - 1)^2 as a component of dimension 0."""
    points = component([poly((1, [2]), (-1, [0]))], "0", 0, {"vectors": [], "coordinates": []})
    return covered("(x^2 - 1)^2", None, points, fields=[rational([1], counted=False)], variables="x")


FORGERIES = [
    # the tree
    Forgery("T1", "a factor left out", lambda: wells({"element": 0, "factors": FACTORS[:1]}, leaf(2)), LOST),
    Forgery("T1", "absurd without a constant", lambda: wells({"element": 0, "factors": []}), "no critical points"),
    Forgery(
        "T2",
        "a branch that is its own",
        lambda: covered(
            "x^2*(x - 1)^2",
            [
                {"element": 0, "factors": FACTORS[:1] + FACTORS[1:]},
                {"earlier": 0, "branch": 0, "element": 2},
                {"components": [0], "elements": [2]},
                {"components": [1], "elements": [2]},
            ],
            component([FACTORS[1][0]], sample=0),
            component([FACTORS[2][0]], "1/16", sample=1),
            fields=[rational([1, 0], counted=False), rational(["1/2", 0], counted=False)],
        ),
        "x = 0 is not critical for x^2 (x - 1)^2",
    ),
    Forgery(
        "T3",
        "another factor",
        lambda: wells(
            {"element": 0, "factors": FACTORS},
            leaf(2),
            {"earlier": 0, "branch": 0, "element": 2},
            {"earlier": 0, "branch": 0, "element": 2},
        ),
        LOST,
    ),
    Forgery("T4", "generators that are no elements", lambda: wells(leaf(0)), LOST),
    Forgery("T5", "one of two values", lambda: family(0), "all critical points of x^3/3 - 2 x have a negative loss"),
    Forgery(
        "T6",
        "squares that are not negative",
        lambda: family(0, empty=[{"root": 1, "squares": [], "polynomial": ["-1"]}]),
        "all critical points of x^3/3 - 2 x have a negative loss",
    ),
    Forgery(
        "T6",
        "a polynomial of the loss that is positive there",
        lambda: family(0, empty=[{"root": 1, "squares": [["9", poly((1, [2, 0]))]], "polynomial": ["36"]}]),
        "all critical points of x^3/3 - 2 x have a negative loss",
    ),
    Forgery("T7", "an open case", lambda: wells({"element": 0, "factors": FACTORS}, leaf(2)), LOST),
    Forgery("T7", "a step after the end", lambda: line(leaf(0), leaf(0))),
    Forgery("T9", "a field across", pushed, "x^2 has no critical point"),
    Forgery("F3", "off nothing", lambda: pushed(off=[]), off=CRASH),
    Forgery("T10", "points for the nearest one", one_for_all, "x^2 in x and y has one critical point"),
    Forgery("T10", "an earlier case of other points", looked_at_elsewhere, "x = 0 is all of x y = 0"),
    Forgery("T11", "room for a point", no_room, "x^2 has no critical point"),
    Forgery("T8", "points that are not counted", lambda: isolated([], counted=False), "x^2 has no critical point"),
    Forgery("T8", "one of three", one_of_three, "0 is the only critical point of x^4/4 - x^2/2"),
    # components
    Forgery(
        "L1",
        "a component that is no set of critical points",
        lambda: covered("x*y^2 + x^2*y", None, component([X], "0", 1, UP)),
        "every point of x = 0 is critical for x y^2 + x^2 y",
    ),
    Forgery("L2", "another value", lambda: line(value="1"), "x^2 is 1 at its critical points"),
    Forgery(
        "L2",
        "another polynomial of the loss",
        lambda: line(value={"polynomial": ["-1", "2"], "cuts": ["-3", "3"], "root": 0}),
        "x^2 is 1/2 at its critical points",
    ),
    Forgery(
        "L3",
        "a component without real points",
        lambda: covered("x^2*(x^2 + 1)^2", None, component([poly((1, [2, 0]), (1, [0, 0]))])),
        "x^2 (x^2 + 1)^2 has a real critical point with x^2 = -1",
    ),
    Forgery(
        "L3",
        "a sample with another value",
        lambda: changed(family(0), (("completeness",), None), (("components", 0, "sample", "interval"), 0)),
        "the sample has a negative loss",
    ),
    Forgery(
        "L4",
        "too small a dimension",
        plane,
        "the plane x = 0 has dimension 1",
    ),
    Forgery("L4", "two points as one set", two_points, "-1 and 1 are one critical point of (x^2 - 1)^2"),
    Forgery(
        "L5",
        "a field that leaves the set",
        lambda: line(dimension=2, fields={"vectors": [[ONE, []], [[], ONE]], "coordinates": [0, 1]}),
        "the line x = 0 has dimension 2",
    ),
    Forgery(
        "L6",
        "dependent fields",
        lambda: line(dimension=2, fields={"vectors": [[[], ONE], [[], ONE]], "coordinates": [0, 1]}),
        "the line x = 0 has dimension 2",
    ),
    Forgery(
        "C5",
        "a point of a component as isolated",
        lambda: changed(line(), (("fields", 0, "counted"), True), (("points",), [root(0)])),
        "the origin is an isolated critical point of x^2 in x and y",
    ),
    # form
    Forgery("F2", "a step that is no object", lambda: line(3), off=CRASH),
    Forgery(
        "F2",
        "an extension without a sphere",
        lambda: line(
            strata=[
                {
                    "equations": [],
                    "nonzero": [],
                    "kind": "undecided",
                    "extension": {"multiplier": [], "penalty": "1", "cofactors": []},
                }
            ]
        ),
        off=REJECTED,
    ),
    Forgery("F3", "a fraction as coefficient", lambda: line(generators=[poly(("1/2", [1, 0]))])),
    Forgery("F3", "a generator 0", lambda: line(generators=[[]]), off=CRASH),
    Forgery(
        "F3",
        "a constant polynomial",
        lambda: line(value={"polynomial": ["1"], "cuts": ["-3", "3"], "root": 0}),
        off=REJECTED,
    ),
    Forgery("F3", "a leaf without components", lambda: line({"components": [], "elements": []}), off=CRASH),
]
