"""Forgeries against F: one meaning for each text."""

from __future__ import annotations

from typing import Any

from tests.checker.build import (
    Certificate,
    boxed,
    by_squares,
    certificate,
    changed,
    encode,
    local,
    poly,
    rational,
    squares,
)
from tests.checker.good import good
from tests.forged.table import CRASH, REJECTED, Forgery, lost_infimum

SADDLE = "the infimum 0 of (x y - 1)^2 + x^2, which is not attained, is attained at the saddle"


def empty(expression: Any = "x^2") -> Certificate:
    return changed(certificate("x", "x^2"), (("problem", "expression"), expression))


def raw(old: str, new: str) -> bytes:
    """An edit of the text itself, of the certificate that claims nothing."""
    data = encode(empty())
    if old.encode() not in data:
        raise ValueError(old)
    return data.replace(old.encode(), new.encode("latin-1"), 1)


def negative_radius() -> Certificate:
    given = {
        "bits": 10,
        "real": [str(50 << 10)],
        "radius": str(-(80 << 10)),
        "inverse": {"bits": 10, "real": [["-512"]]},
    }
    return certificate("x", "x^2", points=[boxed(given)])


def centre(edit: str) -> Certificate:
    """The coordinate of the centre of a box as one text, edited."""
    given = good("double_well")
    text = given["points"][0]["box"]["real"][0]
    return changed(given, (("points", 0, "box", "real"), edit.format(text)))


def zero_term() -> Certificate:
    shown = squares(
        (1, poly((1, [1, 1]), (-1, [0, 0]))), ("1/2", poly((1, [1, 0]))), ("1/2", [["1", [1, 0]], ["0", [0, 1]]])
    )
    return lost_infimum(infimum=by_squares(0, shown, [[0, 1], [1, 2]], [0]))


def one_power(**edit: Any) -> Certificate:
    """x^2 - y^4 with a local form, edited."""
    form = {**local(1, [poly((1, [1, 0])), poly((1, [0, 1]))], [2, 1], 4, [], [1, 1]), **edit}
    return changed(good("degenerate_minimum"), (("points", 0, "proof", "local"), form))


def field_edit(**edit: Any) -> Certificate:
    return certificate("x", "x^2", fields=[{**rational([0], counted=False), **edit}])


def equal_edit(**edit: Any) -> Certificate:
    entry = {"points": [0], "polynomial": ["1", "1"], "interval": ["-2", "0"], **edit}
    return {**good("counted_field"), "equal_values": [entry]}


def line(**parts: Any) -> Certificate:
    return {**empty(), "lines": [parts]}


FORGERIES = [
    Forgery("F1", "byte outside ASCII", lambda: raw('x^2"', 'x^2\xa0"')),
    Forgery("F1", "float", lambda: raw('"lines": []', '"lines": [1.0]'), off=REJECTED),
    Forgery("F1", "exponent", lambda: raw('"lines": []', '"lines": [1e5]'), off=REJECTED),
    Forgery("F1", "NaN", lambda: raw('"lines": []', '"lines": [NaN]'), off=REJECTED),
    Forgery("F1", "minus zero", lambda: raw('"lines": []', '"lines": [-0]'), off=REJECTED),
    Forgery("F1", "not JSON", lambda: b"{", off=REJECTED),
    Forgery("F2", "not an object", lambda: b"[]", off=CRASH),
    Forgery("F2", "key missing", lambda: {k: v for k, v in empty().items() if k != "infimum"}, off=CRASH),
    Forgery(
        "F2", "key unknown", lambda: {**empty(), "global": True}, "the note `global: true` is part of what was checked"
    ),
    Forgery(
        "F2", "schema", lambda: {**empty(), "schema": "exactland.certificate/2"}, "the rules of another format hold"
    ),
    Forgery("F2", "problem", lambda: {**empty(), "problem": ["network"]}, off=CRASH),
    Forgery(
        "F2",
        "completeness",
        lambda: changed(good("double_well"), (("completeness", "rule"), "guess")),
        "the list is complete by another rule",
    ),
    Forgery("F2", "element without power", lambda: line(combination=[], element=[]), "the line proves its `element`"),
    Forgery(
        "F2",
        "divisor beside power",
        lambda: line(combination=[], power=1, element=[], divisor="2"),
        "the divisor was used",
    ),
    Forgery(
        "F2",
        "idle proof",
        lambda: changed(good("counted_field"), (("points", 0, "proof"), {})),
        "the proof has shown the kind",
    ),
    Forgery(
        "F2",
        "idle lower value",
        lambda: changed(good("double_well"), (("points", 2, "lower"), 0)),
        "the value named was compared",
    ),
    Forgery("F3", "rational is a number", lambda: field_edit(cuts=[-2, 2]), off=CRASH),
    Forgery("F3", "list", lambda: {**empty(), "points": {}}),
    Forgery("F3", "length", lambda: {**certificate("x y", "x^2 + y^2"), "form": ["1"]}),
    Forgery("F3", "natural", lambda: changed(good("double_well"), (("points", 0, "box", "bits"), -1)), off=CRASH),
    Forgery("F3", "natural is boolean", lambda: changed(good("double_well"), (("infimum", "weights", 0), True))),
    Forgery("F3", "index", lambda: changed(good("double_well"), (("points", 2, "exact", "field"), -1))),
    Forgery("F3", "integer is a number", lambda: {**empty(), "form": [1]}, off=CRASH),
    Forgery("F3", "integer not canonical", lambda: {**empty(), "form": ["01"]}),
    Forgery("F3", "integer with foreign digits", lambda: {**empty(), "form": ["\u0661"]}),
    Forgery("F3", "row not canonical", lambda: centre("{}\n")),
    Forgery("F3", "row too long", lambda: centre("{} 0"), off=CRASH),
    Forgery("F3", "rational not in lowest terms", lambda: field_edit(cuts=["-4/2", "2"])),
    Forgery(
        "F3", "exponents", lambda: changed(good("degenerate_minimum"), (("completeness", "rows", 0, 1), [False, 0]))
    ),
    Forgery(
        "F3",
        "monomial twice",
        lambda: line(combination=[[0, [["5", [0]], ["1", [0]]]]]),
        "the line says 6 G_1 and means G_1",
    ),
    Forgery("F3", "zero coefficient", zero_term, SADDLE),
    Forgery("F3", "negative radius", negative_radius, "x^2 has a critical point near 50"),
    Forgery("F3", "prime", lambda: changed(good("double_well"), (("completeness", "prime"), "4"))),
    Forgery("F3", "modulus", lambda: field_edit(modulus=["1", "0"]), off=CRASH),
    Forgery("F3", "counted", lambda: field_edit(counted=0)),
    Forgery(
        "F3",
        "derivative twice",
        lambda: field_edit(dual=[{"pivot": [0], "terms": [[["2"], [0]], [["1"], [0]]]}]),
        "the functional is 3 times the value",
    ),
    Forgery(
        "F3", "eliminant", lambda: changed(good("ideal_rule"), (("completeness", "eliminant", 2), "0")), off=REJECTED
    ),
    Forgery("F3", "expression", lambda: empty(["x"]), off=CRASH),
    Forgery("F3", "bias", lambda: changed(good("network"), (("problem", "network", "bias"), 0))),
    Forgery("F3", "kind", lambda: changed(good("double_well"), (("points", 0, "kind"), "spurious")), off=REJECTED),
    Forgery("F3", "symmetry", lambda: changed(good("spurious_minimum"), (("symmetries",), [[True]]))),
    Forgery("F3", "empty polynomial", lambda: equal_edit(polynomial=[]), off=REJECTED),
    Forgery("F3", "empty interval", lambda: equal_edit(interval=["0", "-2"]), off=REJECTED),
    Forgery("F3", "no point", lambda: equal_edit(points=[])),
    Forgery(
        "F3",
        "argmin twice",
        lambda: changed(good("double_well"), (("infimum", "argmin"), [0, 1, 1])),
        "the infimum is attained at 3 points",
    ),
    Forgery(
        "F3", "infimum", lambda: changed(good("double_well"), (("infimum", "rule"), "guess")), "another rule proved it"
    ),
    Forgery("F3", "weights", lambda: one_power(weights=[0, 1]), off=CRASH),
    Forgery("F3", "sign", lambda: one_power(sign=True)),
    Forgery("F3", "degree", lambda: one_power(degree=0), off=REJECTED),
    Forgery("F3", "index of an element", lambda: line(combination=[[-1, poly((1, [0]))]])),
    Forgery("F3", "fraction", lambda: line(combination=[[0, poly(("1/2", [0]))]]), off=CRASH),
    Forgery(
        "F4",
        "key twice",
        lambda: raw('"expression"', '"expression": "x^3", "expression"'),
        "a reader that keeps the first key sees a claim about x^3",
    ),
]
