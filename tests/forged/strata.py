"""Forgeries against W: wrong types along components."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exactland.checker import kernel
from exactland.checker.fields import Field
from exactland.checker.kernel import TermBudget
from exactland.checker.lines import Elements
from exactland.checker.problem import read_problem
from exactland.checker.strata import Component, ProvedStratum, read_strata
from tests.checker.build import Certificate, arc
from tests.forged.table import CRASH, REJECTED, Forgery


def check_strata(data: bytes) -> tuple[ProvedStratum, ...]:
    """What the rules say about one component by itself."""
    entry = kernel.load(data)
    problem = read_problem(entry["problem"])
    budget = TermBudget()
    generators = tuple(budget.polynomial(g, len(problem.variables)) for g in entry["generators"])
    low, high = (kernel.rational(v, "value") for v in entry["value"])
    form = [1] * len(problem.variables)
    fields = tuple(Field(f, Elements(problem), form) for f in entry.get("fields", ()))
    component = Component(generators, low if low == high else None, (low, high), entry["dimension"], None, fields)
    return read_strata(entry["strata"], problem, component, budget)


def p(variables: str, expression: str) -> list[Any]:
    """A polynomial from text."""
    loss = read_problem({"variables": variables.split(), "expression": expression}).loss
    return [[str(c), list(m)] for m, c in sorted(loss.items())]


def component(
    variables: str, expression: str, generators: Sequence[str], value: int | str, strata: list[Any], dimension: int = 1
) -> Certificate:
    return {
        "problem": {"variables": variables.split(), "expression": expression},
        "generators": [p(variables, g) for g in generators],
        "value": [str(Fraction(value))] * 2,
        "dimension": dimension,
        "strata": strata,
    }


def stratum(kind: str, proof: Any = None, variables: str = "x y", **more: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"equations": [], "nonzero": [], "kind": kind}
    for name, value in more.items():
        polys = name in ("equations", "nonzero", "positive")
        result[name] = [p(variables, e) for e in value] if polys else value
    if proof is not None:
        result["proof"] = proof
    return result


VALLEY = ("x y", "y*x^2", ["x"], 0)  # the line x = 0: minima for y > 0, maxima for y < 0
QUARTIC = ("x y", "x^4", ["x"], 0)
RIDGE = ("x y", "-x^2", ["x"], 0)
CUBE = ("x y z", "x^3 - y^2", ["x^2", "y"], 0)
FALL = ("x y z", "x^2 - y^4", ["x", "y"], 0)
DEEP = ("a b c", "(a*b*c - 1)^2", ["a", "b"], 1)
ONE = [["1", [0, 0]]]
NOTHING = "the line x = 0 of critical points of y x^2 has no points"


def valley(*strata: Any) -> Certificate:
    return component(*VALLEY, list(strata))


UNITS = [[["1"], ["0"]], [["0"], ["1"]]]


def roots(interval: int, more: Any = None) -> Certificate:
    """The sample (0, +-sqrt 2) on the part y > 0 of the line of critical points of y x^2."""
    sample = {"field": 0, "interval": interval, **(more or {})}
    upper = stratum("undecided", positive=["y"])
    upper["sample"] = sample
    field = {
        "modulus": ["-2", "0", "1"],
        "coordinates": [["0"], ["0", "1"]],
        "cuts": ["-4", "-3/2", "-1", "1", "3/2", "4"],
        "counted": False,
    }
    made = valley(upper, stratum("undecided", positive=["-y"]), stratum("undecided", equations=["y"]))
    return {**made, "fields": [field]}


def levels(interval: int) -> Certificate:
    """The sample (+-sqrt 2, 0) on the line of critical points of x^3 - 6 x with the value 4 sqrt 2."""
    field = {
        "modulus": ["-2", "0", "1"],
        "coordinates": [["0", "1"], ["0"]],
        "cuts": ["-4", "-3/2", "-1", "1", "3/2", "4"],
        "counted": False,
    }
    line = stratum("undecided")
    line["sample"] = {"field": 0, "interval": interval}
    made = component("x y", "x^3 - 6*x", ["x^2 - 2"], 0, [line])
    return {**made, "value": ["3", "7"], "fields": [field]}


def empty(*, lines: Any = None, rest: Any = (), gain: Any = ("1", 0), cofactors: Any = ()) -> Certificate:
    """The claim that the line x = 0 is empty."""
    identity = {"rest": list(rest), "gain": list(gain), "cofactors": list(cofactors)}
    proof: dict[str, Any] = {"rule": "empty", "identity": identity}
    if lines is not None:
        proof["lines"] = lines
    return valley(stratum("empty", proof))


def flat(variables: int, *entries: tuple[int, Any]) -> list[Any]:
    """Cofactors of a matrix identity, empty but for the entries named."""
    result: list[Any] = [[] for _ in range(variables * (variables + 1) // 2)]
    for place, value in entries:
        result[place] = value
    return result


def quartic(curve_order: int, lead: Any, above: bool) -> Certificate:
    """x^4 with an arc below its least value."""
    lower = [p("x y", "4*x^3"), p("x y", "6*x^2"), p("x y", "4*x")]

    def arcs(given: Any) -> dict[str, Any]:
        cofactors = [[[0, [[c, [e[0] - 1, 0]] for c, e in q]]] for q in lower][:curve_order]
        cofactors += [[] for _ in range(curve_order - 3)]
        made = {"curve": [[ONE], []], "order": curve_order, "lead": given, "cofactors": cofactors}
        return {"arcs": [made], "rest": [], "gain": ["1", 0], "cofactors": []}

    proof: dict[str, Any] = {
        "rule": "saddle",
        "semidefinite": {"squares": [], "cofactors": flat(2, (0, [[0, p("x y", "12*x")]]))},
        "below": arcs(lead),
    }
    if above:
        proof["above"] = arcs([["1", 0, ONE]])
    return component(*QUARTIC, [stratum("nonstrict_saddle", proof)])


def ridge(**more: Any) -> Certificate:
    """The line of maxima of -x^2, called strict saddles."""
    below = {"fields": [["1", 0, [ONE, []]]], "rest": [], "gain": ["2", 0], "cofactors": []}
    return component(*RIDGE, [stratum("strict_saddle", {"rule": "saddle", "below": below, **more})])


def deep(gain: Sequence[Any], nonzero: Sequence[str], *rest: Any, kind: str = "strict_saddle") -> Certificate:
    """The axis a = b = 0 of (a b c - 1)^2, where d = (1/2, c, 0) has the curvature -2 c^2."""
    v = "a b c"
    field = [p(v, "1/2"), p(v, "c"), []]
    below = {
        "fields": [["1", 0, field]],
        "rest": [],
        "gain": list(gain),
        "cofactors": [[0, p(v, "4*b*c^3 + 2*a*c^4")], [1, p(v, "b*c^2/2")]],
    }
    above = {**below, "fields": [["1", 0, [p(v, "-1/2"), p(v, "c"), []]]]}
    above["cofactors"] = [[0, p(v, "4*b*c^3 - 2*a*c^4")], [1, p(v, "-b*c^2/2")]]
    first = stratum(kind, {"rule": "saddle", "below": below, "above": above}, v, nonzero=nonzero)
    return component(*DEEP, [first, *rest])


def origin(equations: Sequence[str], cofactors: Any, point: Sequence[str] = ("0", "0", "0")) -> Any:
    """The origin of (a b c - 1)^2 with its two arcs."""
    proof = {"below": arc([[1], [1], [1]]), "above": arc([[1], [1], [-1]])}
    whole = {"rule": "point", "point": list(point), "cofactors": cofactors, "proof": proof}
    return stratum("nonstrict_saddle", whole, "a b c", equations=equations)


UNIT = [["1", [0, 0, 0]]]
AXES = [[[0, UNIT]], [[1, UNIT]], [[2, UNIT]]]


def axis(**more: Any) -> Certificate:
    """The axis a = b = 0, strict where c is not 0, with the origin."""
    return deep(("2", 1), ["c"], {**origin(["c"], AXES), **more})


def fall(fields: Sequence[int], squares: Sequence[int]) -> Certificate:
    """x^2 - y^4 along the z-axis, called minima, with these coordinate fields and squares."""

    def unit(i: int) -> list[Any]:
        return [UNIT if k == i else [] for k in range(3)]

    proof = {
        "rule": "tangent",
        "sign": 1,
        "fields": [["1", 0, {"field": unit(i), "cofactors": [[], []]}] for i in fields],
        "gain": ["1", 0],
        "squares": [["1", 0, unit(i)] for i in squares],
        "cofactors": flat(3, (3, [[1, p("x y z", "-12*y")]])),
    }
    return component(*FALL, [stratum("minimum", proof)])


def spanned(**more: Any) -> Certificate:
    """The same with vectors that are said to span, and no gain."""
    good = fall([2], [0])
    proof = good["strata"][0]["proof"]
    del proof["gain"]
    proof["squares"] = [["2", 0, [UNIT, [], []]], ["1", 0, [[], [], UNIT]]]
    proof.update(more)
    return good


def inflated() -> Certificate:
    """x^3 - 3 x at x = -1, a maximum: for a value below -1 it were a minimum."""
    proof = {
        "rule": "tangent",
        "sign": 1,
        "fields": [["1", 0, {"field": [[], ONE], "cofactors": [[]]}]],
        "gain": ["1", 0],
        "squares": [["3", 2, [ONE, []]], ["2", 0, [ONE, []]]],
        "cofactors": flat(2, (0, [[0, p("x y", "3*x")]])),
    }
    given = component("x y", "x^3 - 3*x", ["x^2 - 1"], 0, [stratum("minimum", proof, bounds=["-3", "-1"])])
    return {**given, "value": ["1", "3"]}


def circle(**more: Any) -> Certificate:
    """The circle of minima of (x^2 + y^2 - 1)^2, called spurious, or otherwise wrong."""
    v = "x y"
    proof: dict[str, Any] = {"rule": "squares", "squares": [["1", p(v, "x^2 + y^2 - 1")]]}
    return component(v, "(x^2 + y^2 - 1)^2", ["x^2 + y^2 - 1"], 0, [stratum("minimum", proof, **more)])


def bowl(**more: Any) -> Certificate:
    """The line of minima of x^2, by its tangent field."""
    proof = {
        "rule": "tangent",
        "sign": 1,
        "fields": [["1", 0, {"field": [[], ONE], "cofactors": [[]]}]],
        "gain": ["1", 0],
        "squares": [["1", 0, [ONE, []]]],
        "cofactors": flat(2),
    }
    return component("x y", "x^2", ["x"], 0, [stratum("minimum", {**proof, **more.pop("proof", {})}, **more)])


def cube(semidefinite: Any) -> Certificate:
    """x^3 - y^2 along the z-axis: negative curvature, called a saddle without."""
    curve = [[p("x y z", "-1")], [], []]
    made = {
        "curve": curve,
        "order": 3,
        "lead": [["1", 0, UNIT]],
        "cofactors": [[[0, p("x y z", "-3")]], [[2, p("x y z", "3")]], []],
    }
    below = {"arcs": [made], "rest": [], "gain": ["1", 0], "cofactors": []}
    lines = [{"combination": [[0, UNIT]], "power": 2, "element": p("x y z", "x")}]
    proof = {"rule": "saddle", "lines": lines, "below": below, **semidefinite}
    return component(*CUBE, [stratum("nonstrict_saddle", proof)])


def halves(first: str, second: str) -> Certificate:
    """The line x = 0 of y x^2 in two parts by the sign of y."""
    parts = [
        stratum("undecided", nonzero=["y"], positive=[first]),
        stratum("undecided", nonzero=["y"], positive=[second]),
    ]
    last = stratum("undecided", equations=["y"])
    return valley(*parts, last)


def valley_minima() -> Any:
    """The proof for y > 0: H = diag(2 y, 0) and the field along the line; y is multiplier 1."""
    return {
        "rule": "tangent",
        "sign": 1,
        "fields": [["1", 1, {"field": [[], ONE], "cofactors": [[]]}]],
        "gain": ["1", 0],
        "squares": [["1", 1, [ONE, []]]],
        "cofactors": flat(2, (1, [[0, p("x y", "2")]])),
    }


def overlooked() -> Certificate:
    """Both parts have y > 0, so that y < 0 is overlooked."""
    part = stratum("minimum", valley_minima(), nonzero=["y"], positive=["y"])
    return valley(part, part, stratum("undecided", equations=["y"]))


def good() -> dict[str, Certificate]:
    """Certificates that are accepted, from which the forgeries differ."""
    first = stratum("minimum", valley_minima(), nonzero=["y"], positive=["y"])
    second = stratum("undecided", nonzero=["y"], positive=["-y"])
    return {
        "axis": axis(sample=["0", "0", "0"]),
        "valley": valley(first, second, stratum("undecided", equations=["y"])),
        "parts of parts": valley(
            stratum("undecided", positive=["y", "y - 1"]),
            stratum("undecided", positive=["y", "1 - y"]),
            stratum("undecided", equations=["y - 1"], positive=["y"]),
            stratum("undecided", positive=["-y"]),
            stratum("undecided", equations=["y"]),
        ),
        "bowl": bowl(sample=["0", "3"]),
        "a root": roots(1, {"inertia": {"transform": UNITS, "inverse": UNITS}}),
        "a level": levels(0),
        "circle": circle(sample=["1", "0"]),
    }


FORGERIES = [
    Forgery(
        "W1",
        "a line that is no combination",
        lambda: empty(lines=[{"combination": [], "power": 1, "element": ONE}], cofactors=[[1, ONE]]),
        NOTHING,
    ),
    Forgery(
        "W1",
        "an odd power beside squares",
        lambda: empty(
            lines=[{"combination": [], "power": 1, "element": p("x y", "-1"), "nonnegative": [["1", 0, ONE]]}],
            cofactors=[[1, p("x y", "-1")]],
        ),
        NOTHING,
    ),
    Forgery("W2", "a negative weight", lambda: empty(rest=[["-1", 0, ONE]]), NOTHING),
    Forgery(
        "W2",
        "an indefinite matrix",
        lambda: empty(rest=[[[["0", "1"], ["1", "0"]], 0, [ONE, p("x y", "-1/2")]]]),
        NOTHING,
    ),
    Forgery(
        "W2",
        "a matrix that is not symmetric",
        lambda: empty(rest=[[[["1", "-3"], ["0", "1"]], 0, [ONE, ONE]]]),
        NOTHING,
    ),
    Forgery("W3", "a negative gain", lambda: empty(rest=[["1", 0, ONE]], gain=("-1", 0)), NOTHING),
    Forgery("W3", "a gain over no polynomials", lambda: empty(gain=("1", 1)), NOTHING),
    Forgery("W4", "no identity", empty, NOTHING),
    Forgery(
        "W4",
        "strict where the Hessian vanishes",
        lambda: deep(("2", 0), []),
        "the Hessian of (a b c - 1)^2 has a negative eigenvalue at 0, where it is 0",
    ),
    Forgery(
        "W5",
        "an arc that ascends",
        lambda: quartic(4, [["1", 0, ONE]], above=True),
        "x^4 takes values below 0",
    ),
    Forgery("W5", "arcs without a leading term", lambda: quartic(3, [], above=False), "x^4 takes values below 0"),
    Forgery(
        "W6",
        "a stratum left out at the start",
        lambda: valley(
            stratum(
                "minimum",
                {
                    **valley_minima(),
                    "fields": [["1", 0, {"field": [[], ONE], "cofactors": [[]]}]],
                    "squares": [["1", 0, [ONE, []]]],
                    "cofactors": flat(2, (0, [[1, p("x y", "2")]]), (1, [[0, p("x y", "2")]])),
                },
                equations=["y - 1"],
            )
        ),
        "the whole line x = 0 consists of minima of y x^2",
    ),
    Forgery("W6", "no last stratum", lambda: valley(stratum("undecided", nonzero=["y"])), NOTHING),
    Forgery(
        "W6",
        "a stratum after the last",
        lambda: valley(stratum("undecided"), stratum("undecided")),
        "a stratum with nothing left to cover",
    ),
    Forgery(
        "W6",
        "a zero left out inside a part",
        lambda: valley(
            stratum("undecided", positive=["y", "y - 1"]),
            stratum("undecided", positive=["y", "1 - y"]),
            stratum("undecided", positive=["-y"]),
            stratum("undecided", equations=["y"]),
        ),
        "all points of x = 0 with y > 0 have y < 1 or y > 1",
    ),
    Forgery("W6", "one part twice", overlooked, "all points of x = 0 but the origin are minima of y x^2"),
    Forgery(
        "W6",
        "the sign of another polynomial",
        lambda: halves("y + 1", "-y"),
        "all points of x = 0 but the origin have y + 1 > 0 or y < 0",
    ),
    Forgery(
        "W7",
        "a saddle called a minimum",
        lambda: deep(("2", 1), ["c"], origin(["c"], AXES), kind="minimum"),
        "the points of the axis a = b = 0 are minima of (a b c - 1)^2",
    ),
    Forgery("W8", "a sample off the stratum", lambda: bowl(sample=["1", "0"]), "(1, 0) is a minimum of x^2"),
    Forgery("W8", "a sample in a field off the stratum", lambda: roots(0), "(0, -sqrt 2) has y > 0"),
    Forgery("W8", "a sample with another value", lambda: levels(1), "x^3 - 6 x is 4 sqrt 2 at x = sqrt 2"),
    Forgery("W9", "no lower value", lambda: bowl(lower=["1", "0"]), "the minima of x^2 on x = 0 are spurious"),
    Forgery(
        "W10",
        "negative curvature left out",
        lambda: cube({"semidefinite": {"squares": [], "cofactors": flat(3, (0, [[2, p("x y z", "6")]]))}}),
        "the Hessian of x^3 - y^2 is semidefinite on x = y = 0",
    ),
    Forgery("W10", "arcs without a semidefinite Hessian", lambda: cube({}), off=CRASH),
    Forgery("W11", "one side only", ridge, "the maxima of -x^2 are strict saddles"),
    Forgery(
        "W11",
        "an objective that is not subharmonic",
        lambda: ridge(above={"weights": ["1", "1"], "squares": []}),
        "the maxima of -x^2 are strict saddles",
    ),
    Forgery("W12", "a field across the component", lambda: fall([1, 2], [0]), "the z-axis are minima of x^2 - y^4"),
    Forgery("W13", "a rank that is too small", lambda: fall([2], [0]), "the z-axis are minima of x^2 - y^4"),
    Forgery(
        "W16",
        "vectors that do not span",
        lambda: spanned(
            span={
                "gain": ["1", 0],
                "rest": [],
                "rows": [{"parts": [[k, UNIT]] if k >= 0 else [], "cofactors": []} for k in (0, -1, 1)],
            }
        ),
        "the z-axis are minima of x^2 - y^4",
    ),
    Forgery("W17", "bounds elsewhere", inflated, "x = -1 is a minimum of x^3 - 3 x"),
    Forgery("F2", "neither gain nor span", spanned, "the z-axis are minima of x^2 - y^4"),
    Forgery(
        "W14",
        "no sum of squares",
        lambda: valley(stratum("minimum", {"rule": "squares", "squares": []})),
        "the line x = 0 consists of global minima of y x^2",
    ),
    Forgery(
        "W18",
        "another polynomial",
        lambda: valley(stratum("minimum", {"rule": "tube", "sign": 1, "tubes": [], "squares": []})),
        "the line x = 0 consists of minima of y x^2",
    ),
    Forgery(
        "W18",
        "a multiplier that is negative",
        lambda: component(
            *RIDGE,
            [
                stratum(
                    "minimum",
                    {
                        "rule": "tube",
                        "sign": 1,
                        "tubes": [{"polynomial": p("x y", "-1"), "gain": ["1", 0], "cofactors": []}],
                        "squares": [["1", 1, p("x y", "x")]],
                    },
                )
            ],
        ),
        "the line x = 0 consists of minima of -x^2",
    ),
    Forgery(
        "F3",
        "a sign of a tube that is no sign",
        lambda: component(
            *QUARTIC,
            [stratum("minimum", {"rule": "tube", "sign": True, "tubes": [], "squares": [["1", 0, p("x y", "x^2")]]})],
        ),
    ),
    Forgery(
        "W15",
        "a line that is called a point",
        lambda: component(*DEEP, [origin([], [[[0, UNIT]], [[1, UNIT]], []])]),
        "every point of the axis a = b = 0 is a saddle of (a b c - 1)^2 without negative curvature",
    ),
    Forgery("F2", "an element without power", lambda: bowl(proof={"lines": [{"combination": [], "element": ONE}]})),
    Forgery("F3", "an arc of order 0", lambda: quartic(0, [], above=False), off=REJECTED),
    Forgery("F3", "an unknown kind of strata", lambda: valley(stratum("canyon")), off=REJECTED),
    Forgery("F2", "an idle lower value of a stratum", lambda: valley(stratum("undecided", lower=["1", "-1"]))),
    Forgery(
        "F2", "a proof of a stratum that is no object", lambda: valley(stratum("undecided", ["squares"])), off=CRASH
    ),
    Forgery("F3", "an unknown rule of strata", lambda: valley(stratum("undecided", {"rule": "magic"})), off=CRASH),
    Forgery("F2", "another side that is no object", lambda: ridge(above=["fields"]), off=CRASH),
    Forgery("F3", "a sign of strata that is no sign", lambda: bowl(proof={"sign": True})),
    Forgery(
        "F2",
        "a proof beside the inertia of a stratum",
        lambda: component(
            "x",
            "x^2",
            ["x"],
            0,
            [
                stratum(
                    "minimum",
                    {
                        "rule": "point",
                        "point": ["0"],
                        "cofactors": [[[0, [["1", [0]]]]]],
                        "proof": {},
                    },
                    "x",
                )
            ],
        ),
    ),
]
