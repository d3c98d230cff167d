"""Certificates that cost more to check than to write."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.checker.build import (
    alone,
    bezout,
    box,
    boxed,
    certificate,
    changed,
    derivatives,
    encode,
    field,
    inner,
    linear,
    poly,
    rational,
    root,
    text,
)
from tests.checker.good import good


@dataclass(frozen=True)
class Bomb:
    name: str
    outcome: str
    make: Callable[[], bytes]
    through_archive: bool = False
    needs_limit: bool = False

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def edited(name: str, *path: str | int, value: Any) -> bytes:
    return encode(changed(good(name), (path, value)))


def literal(old: str, new: str) -> bytes:
    data = encode(certificate("x", "x^2"))
    if old.encode() not in data:
        raise ValueError(old)
    return data.replace(old.encode(), new.encode())


def expression(text: str, variables: str = "x y") -> bytes:
    return encode(certificate(variables, text))


def lines(*given: Any, variables: str = "x y") -> bytes:
    sum_of_squares = " + ".join(f"{v}^2" for v in variables.split())
    return encode(certificate(variables, sum_of_squares, lines=list(given)))


def network(widths: list[int], **net: Any) -> bytes:
    inputs, targets = [["1"] * widths[0]], [["1"] * widths[-1]]
    statement = {
        "network": {"widths": widths, "activation": "identity", "bias": False, "output": "trained", **net},
        "data": {"inputs": inputs, "targets": targets},
        "loss": {"kind": "squared", "scale": "1", "ridge": "0"},
    }
    return encode(changed(certificate("x", "x"), (("problem",), statement)))


def deep_power(levels: int, base: str, exponent: int) -> str:
    return "(" * levels + base + f")^{exponent}" * levels


def dense_lines(variables: int, count: int) -> bytes:
    names = [f"x{i}" for i in range(variables)]
    units = [[int(i == j) for j in range(variables)] for i in range(variables)]
    linear = poly((1, [0] * variables), *((1, u) for u in units))
    chain = [{"combination": [[0 if k == 0 else variables + k - 1, linear]]} for k in range(count)]
    return lines(*chain, variables=" ".join(names))


WIDE_NET = {"bias": True, "output": ["1"], "activation": ["1"] * 33}
NESTED = 200_000
BOMBS = [
    Bomb("division of sixteen variables", "RESOURCE", lambda: long_division()),
    Bomb("division with growing coefficients", "RESOURCE", lambda: growing_division()),
    Bomb("division by long numbers", "RESOURCE", lambda: division_by_long_numbers(), needs_limit=True),
    Bomb("square of many denominators", "RESOURCE", lambda: many_denominators()),
    Bomb("power of long numbers", "RESOURCE", lambda: power_of_long_numbers()),
    Bomb("sets of variables", "REJECT", lambda: many_supports()),
    Bomb("a deep case tree", "REJECT", lambda: many_cases()),
    Bomb("earlier branches", "RESOURCE", lambda: earlier_branches()),
    Bomb("nested lists", "RESOURCE", lambda: b"[" * NESTED + b"]" * NESTED),
    Bomb("nested objects", "RESOURCE", lambda: b'{"a":' * NESTED + b"1" + b"}" * NESTED),
    Bomb("open lists", "RESOURCE", lambda: b"[" * NESTED),
    Bomb("nested proof", "RESOURCE", lambda: edited("degenerate_minimum", "points", 0, "proof", value=nest(30))),
    Bomb("closing brackets first", "REJECT", lambda: b"]" * NESTED),
    Bomb("brackets in a text", "REJECT", lambda: json.dumps({"schema": "[" * NESTED}).encode()),
    Bomb("escaped quotes", "REJECT", lambda: b'"' + b'\\"' * 1_000_000),
    Bomb("unclosed texts", "REJECT", lambda: b'"\\\n' * 300_000),
    Bomb("long text", "REJECT", lambda: json.dumps({"schema": "a" * 20_000_000}).encode(), through_archive=True),
    Bomb("JSON integer of 5 MB", "RESOURCE", lambda: literal('"lines": []', '"lines": ' + "9" * 5_000_000)),
    Bomb(
        "coefficient of 3 MB",
        "RESOURCE",
        lambda: edited("counted_field", "fields", 0, "modulus", 0, value="9" * 3_000_000),
    ),
    Bomb(
        "denominator of 400 kB",
        "RESOURCE",
        lambda: edited("ideal_rule", "points", 0, "lower", 0, value="1/" + "3" * 400_000),
    ),
    Bomb("key twice", "REJECT", lambda: literal('"lines": []', '"lines": [], "lines": []')),
    Bomb("100000 keys", "REJECT", lambda: json.dumps({str(k): k for k in range(100_000)}).encode()),
    Bomb("NaN", "REJECT", lambda: literal('"lines": []', '"lines": NaN')),
    Bomb("infinity", "REJECT", lambda: literal('"lines": []', '"lines": -Infinity')),
    Bomb("1e5", "REJECT", lambda: literal('"lines": []', '"lines": 1e5')),
    Bomb("1e999999999", "REJECT", lambda: literal('"lines": []', '"lines": 1e999999999')),
    Bomb("byte order mark", "REJECT", lambda: b"\xef\xbb\xbf" + encode(certificate("x", "x^2"))),
    Bomb("UTF-16", "REJECT", lambda: encode(certificate("x", "x^2")).decode().encode("utf-16")),
    Bomb("foreign digits", "REJECT", lambda: edited("counted_field", "form", 0, value="\u0661")),
    Bomb("truncated", "REJECT", lambda: encode(good("double_well"))[:-40]),
    Bomb("two values", "REJECT", lambda: encode(good("no_points")) * 2),
    Bomb("empty", "REJECT", lambda: b""),
    Bomb("null", "REJECT", lambda: b"null"),
    Bomb("null byte", "REJECT", lambda: encode(good("no_points")) + b"\0"),
    Bomb("65 MB", "RESOURCE", lambda: b" " * 65_000_000),
    Bomb("exponent", "RESOURCE", lambda: lines({"combination": [[0, poly((1, [10**6, 0]))]]})),
    Bomb("wide polynomial", "RESOURCE", lambda: lines(*wide_lines()), needs_limit=True),
    Bomb(
        "400000 cuts",
        "RESOURCE",
        lambda: edited("counted_field", "fields", 0, "cuts", value=[f"{i}/7" for i in range(400_000)]),
    ),
    Bomb("bits of a box", "RESOURCE", lambda: edited("double_well", "points", 0, "box", "bits", value=10**9)),
    Bomb(
        "power of a line", "RESOURCE", lambda: lines({"combination": [], "power": 10**6, "element": poly((1, [1, 0]))})
    ),
    Bomb("dense lines", "RESOURCE", lambda: dense_lines(16, 40), needs_limit=True),
    Bomb("60001 rows", "RESOURCE", lambda: edited("double_well", "completeness", "rows", value=[[0, [0]]] * 60_001)),
    Bomb(
        "rows around a point",
        "RESOURCE",
        lambda: edited("isolated_fields", "fields", 0, "isolated", "rows", value=[[0, [0]]] * 6_001),
    ),
    Bomb(
        "6001 zeros at infinity",
        "RESOURCE",
        lambda: edited("infinity", "completeness", "infinity", "points", value=[0] * 6001),
    ),
    Bomb("one isolated point 1000 times", "RESOURCE", lambda: repeated_point()),
    Bomb("6001 points", "RESOURCE", lambda: edited("double_well", "points", value=[0] * 6001)),
    Bomb("6000 empty points", "REJECT", lambda: edited("double_well", "points", value=[{}] * 6000)),
    Bomb("long argmin", "REJECT", lambda: edited("double_well", "infimum", "argmin", value=[0] * 60_000)),
    Bomb("weights", "RESOURCE", lambda: edited("double_well", "infimum", "weights", 0, value=10**9)),
    Bomb(
        "degree of a local form",
        "RESOURCE",
        lambda: edited("degenerate_minimum", "points", 0, "proof", "local", "degree", value=10**9),
    ),
    Bomb("many monomials at a far box", "RESOURCE", lambda: far_box()),
    Bomb("4096 bits in degree 64", "REJECT", lambda: precise_box()),
    Bomb("long values at many boxes", "RESOURCE", lambda: far_boxes()),
    Bomb("long modulus", "REJECT", lambda: long_modulus()),
    Bomb("powers of powers", "RESOURCE", lambda: expression(deep_power(3, "x + y", 8))),
    Bomb("powers of constants", "RESOURCE", lambda: expression(deep_power(10, "9", 64) + "*x")),
    Bomb("powers of small fractions", "RESOURCE", lambda: expression(deep_power(10, "1/3", 64) + "*x")),
    Bomb("many factors", "RESOURCE", lambda: expression("*".join(["99999999999999999999"] * 4_000))),
    Bomb("100000 parentheses", "RESOURCE", lambda: expression("(" * 50_000 + "x" + ")" * 49_999)),
    Bomb("100000 signs", "RESOURCE", lambda: expression("-" * 99_999 + "x")),
    Bomb("100000 terms", "ACCEPT", lambda: expression("+".join(["x"] * 50_000))),
    Bomb("long expression", "RESOURCE", lambda: expression("x" * 100_001)),
    Bomb("17 variables", "RESOURCE", lambda: expression("x", " ".join(f"x{i}" for i in range(17)))),
    Bomb(
        "power of 16 variables",
        "RESOURCE",
        lambda: expression("(" + "+".join(f"x{i}" for i in range(16)) + ")^64", " ".join(f"x{i}" for i in range(16))),
    ),
    Bomb("powers of long curves", "RESOURCE", lambda: long_curve()),
    Bomb("product of 16 sums", "RESOURCE", lambda: product_of_sums(16)),
    Bomb("exponent of 5000 digits", "RESOURCE", lambda: expression("x^" + "9" * 5000)),
    Bomb("network 64 x 64", "RESOURCE", lambda: network([64, 64, 1])),
    Bomb("16 layers of 64", "RESOURCE", lambda: network([64] * 16)),
    Bomb("17 layers", "RESOURCE", lambda: network([1] * 17)),
    Bomb("wide network of high degree", "RESOURCE", lambda: network([15, 1, 1], **WIDE_NET)),
    Bomb("vertices of a cube", "RESOURCE", lambda: cube()),
    Bomb("60000 mixed cells", "RESOURCE", lambda: edited("mixed_volume", "facts", 0, "cells", value=[[]] * 60_001)),
    Bomb("mixed cells in 16 variables", "RESOURCE", lambda: many_cells()),
    Bomb("long lifting", "RESOURCE", lambda: edited("mixed_volume", "facts", 0, "lifting", 0, value="1" * 10**6)),
    Bomb("dense change of variables", "RESOURCE", lambda: turned("x1^64 + x2^60")),
    Bomb("high activations in layers", "RESOURCE", lambda: network([1, 1, 1, 1, 1], activation="cube")),
    Bomb("long activation", "RESOURCE", lambda: network([1, 1, 1], activation=["1"] * 10_000)),
]


def long_curve() -> bytes:
    """Two coordinates of degree 40 in t, in a polynomial of degree 40."""
    along = {"rule": "unbounded", "curve": [["1/3"] * 40, ["2/7"] * 40]}
    return encode(certificate("x y", "(x + y + 1)^40", form=["1", "2"], infimum=along))


def product_of_sums(count: int) -> bytes:
    """Few letters, 2^16 terms, all of whose third derivatives are needed."""
    names = [f"x{i}" for i in range(count)]
    return expression("*".join(f"({name} + 1)" for name in names), " ".join(names))


def nest(depth: int) -> Any:
    return [] if depth == 0 else [nest(depth - 1)]


def repeated_point() -> bytes:
    """The origin of x^64, of multiplicity 63, shown to be isolated a thousand times."""
    return encode(
        certificate(
            "x",
            "x^64",
            completeness=bezout(0),
            fields=[{**rational([0], dual=derivatives(*([k] for k in range(63)))), "isolated": alone([(0, [0])])}]
            * 1_000,
            points=[root(0)],
        )
    )


def wide_lines() -> list[Any]:
    """Lines of 60,000 terms each, more than two million together."""
    terms = [["1", [i % 200, i // 200 % 50]] for i in range(10_000)]
    return [{"combination": [[0, terms]]} for _ in range(201)]


def precise_box() -> bytes:
    problem = ("x y", "(x^2 + y^2)^32 + x*y")
    given = box(*problem, [0.9, 0.9])
    digits = str(3 * 2**4094)
    return encode(
        certificate(*problem, points=[boxed({**given, "bits": 4096, "real": [digits, digits], "radius": "1"})] * 3)
    )


def far_box() -> bytes:
    """Monomials of 60,000 digits, each a lower one times a variable."""
    names = [f"x{i}" for i in range(16)]
    terms = ["*".join(f"{x}^{1 + (7 * k + i * (k + 3)) % 7}" for i, x in enumerate(names)) for k in range(40)]
    row = ["1" * 1290] * 16
    far = {"bits": 0, "real": row, "radius": "1", "inverse": {"bits": 0, "real": [row] * 16}}
    return encode(certificate(" ".join(names), " + ".join(terms), points=[boxed(far)]))


def far_boxes() -> bytes:
    """No box fails before the values at 500 of them are computed together."""
    terms = [f"x^{i}*y^{k}" for i in range(21) for k in range(21 - i)]
    far = {"bits": 0, "real": ["9" * 1290] * 2, "radius": "1", "inverse": {"bits": 0, "real": [["0", "0"]] * 2}}
    return encode(certificate("x y", " + ".join(terms), points=[boxed(far)] * 500))


def component(generators: list[Any], variables: str, expression_text: str, **changes: Any) -> bytes:
    """A set of critical points that is expensive to look at."""
    n = len(variables.split())
    entry = {
        "generators": generators,
        "value": "0",
        "sample": {"field": 0, "interval": 0},
        "dimension": 0,
        "fields": {"vectors": [], "coordinates": []},
    }
    fields = [rational([0] * n, counted=False)]
    return encode(certificate(variables, expression_text, components=[{**entry, **changes}], fields=fields))


def long_division() -> bytes:
    """x1^60 divided by x1 minus the sum of the others: (x2 + ... + x16)^59."""
    names = " ".join(f"x{i}" for i in range(1, 17))
    line = poly((1, [1] + [0] * 15), *((-1, [int(i == k) for i in range(16)]) for k in range(1, 16)))
    return component([line], names, "x1^60")


def growing_division() -> bytes:
    """x^64 divided by 10^1000 x - (10^1000 + 1) y, whose coefficients grow with every step."""
    long = "1" + "0" * 999
    return component([[[long, [1, 0]], ["-" + long[:-1] + "1", [0, 1]]]] * 300, "x y", "x^64")


def division_by_long_numbers() -> bytes:
    """w^64 divided by a w - b x - c y - d z: tens of thousands of terms, whose coefficients grow to 80,000 bits."""
    line = [[str(10**190 * (k + 7) + k), [int(i == k) for i in range(4)]] for k in range(4)]
    return component([line], "w x y z", "w^64")


def fractions_of(digits: int, count: int) -> list[Any]:
    """A polynomial whose coefficients have different long denominators."""
    return [[text(Fraction(10**digits + i, 10**digits + 7 * i + 3)), [i % 20, i // 20]] for i in range(count)]


def many_denominators() -> bytes:
    return lines({"combination": [], "squares": [["1", fractions_of(3_000, 60)]]})


def power_of_long_numbers() -> bytes:
    long = [["1" + "0" * 39_000, [i % 20, i // 20]] for i in range(200)]
    return lines({"combination": [], "power": 64, "element": long})


def many_supports() -> bytes:
    """A thousand times the 12,870 sets of eight of sixteen variables."""
    names = " ".join(f"x{i}" for i in range(1, 17))
    pairs = [poly((1, [int(i in (a, b)) for i in range(16)])) for a in range(16) for b in range(a)]
    return component(pairs * 3, names, "x1^2", dimension=7, value="0")


def turned(expression: str) -> bytes:
    """Every variable becomes a sum of sixteen."""
    names = " ".join(f"x{i}" for i in range(1, 17))
    matrix = [[1 + (i == j) for j in range(16)] for i in range(16)]
    smaller = inner(bezout(0), form=[1] * 16)
    return encode(certificate(names, expression, completeness=linear(matrix, smaller)))


def cube() -> bytes:
    """Each of sixteen variables in a group of its own, all of them in each gradient entry."""
    names = [f"x{i}" for i in range(16)]
    fact = {"rule": "mixed", "groups": list(range(16)), "lifting": ["0"] * 16, "cells": []}
    return encode({**certificate(" ".join(names), "*".join(f"{x}^2" for x in names)), "facts": [fact]})


def many_cells() -> bytes:
    """Sums of functions of one variable: each cell takes an edge of each of the segments, and a determinant."""
    degrees = [2] * 11 + [1] * 4 + [29]
    names = [f"x{i}" for i in range(16)]
    sums = (f"{x}^{e + 1}" for x, d in zip(names, degrees, strict=True) for e in range(1, d + 1))
    fact = {
        "rule": "mixed",
        "groups": list(range(16)),
        "lifting": [" ".join(str(e * e) for e in range(d + 1)) for d in degrees],
        "cells": [[k for e in cell for k in (e, e + 1)] for cell in itertools.product(*map(range, degrees))],
    }
    return encode({**certificate(" ".join(names), " + ".join(sums)), "facts": [fact]})


def many_cases() -> bytes:
    """Steps that square an element again and again."""
    twice = [{"element": 0, "factors": [[poly((1, [1, 0])), 1]]}] * 10_000
    return encode(certificate("x y", "x^2", completeness={"rule": "cases", "steps": twice}, components=[]))


def earlier_branches() -> bytes:
    """20,000 comparisons of a polynomial of 16,000 terms with the factor of an earlier branch."""
    wide = [["1", [i % 128, i // 128]] for i in range(16_000)]
    steps: list[Any] = [
        {"combination": [[0, [["1", [0, 0]], *wide[1:]]]]},
        {"element": 2, "factors": [[wide, 1], [poly((1, [1, 0])), 0]]},
        {"element": 0, "factors": []},
    ]
    for _ in range(99):
        steps.append({"element": 0, "factors": [[poly((1, [0, 1])), 0]] * 200})
        steps += [{"earlier": 0, "branch": 0, "element": 2}] * 199
    steps.append({"element": 0, "factors": []})
    return encode(certificate("x y", "x", completeness={"rule": "cases", "steps": steps}, components=[]))


def long_modulus() -> bytes:
    return encode(certificate("x", "x^2", fields=[field([1] * 1000, [[0, 1]], [-3, 3])]))
