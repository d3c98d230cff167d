"""Small certificates written by hand: every number is computed here, exactly or (approximate inverses) by floats.

The evidence is built from plain Python data, with no other part of exactland than the checker's own reader, so that a
good certificate and its forgeries stay readable side by side.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from exactland.checker import Report, check_bytes
from exactland.checker.kernel import derivative
from exactland.checker.lines import Elements
from exactland.checker.problem import read_problem

Certificate = dict[str, Any]
Number = int | str | Fraction
PRIME = "2147483647"
BITS = 40


def text(value: Number) -> str:
    return str(Fraction(value))


def encode(certificate: Certificate) -> bytes:
    return json.dumps(certificate).encode("ascii")


def check(certificate: Certificate) -> Report:
    return check_bytes(encode(certificate))


def certificate(variables: str, expression: str, **parts: Any) -> Certificate:
    """A certificate that claims nothing but what `parts` adds."""
    names = variables.split()
    result: Certificate = {
        "schema": "exactland.certificate/1",
        "problem": {"variables": names, "expression": expression},
        "form": ["1"] * len(names),
        "lines": [],
        "completeness": None,
        "points": [],
        "nonreal": [],
        "fields": [],
        "symmetries": [],
        "equal_values": [],
        "infimum": None,
    }
    unknown = parts.keys() - result.keys() - {"components"}
    if unknown:
        raise KeyError(unknown)
    result.update(parts)
    return result


def changed(good: Certificate, *edits: tuple[Sequence[str | int], Any]) -> Certificate:
    """A copy with some entries replaced; an edit is (path, new value)."""
    result = copy.deepcopy(good)
    for path, value in edits:
        place: Any = result
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return result


# -------------------------------------------------------------------------------------------------------- completeness


def poly(*terms: tuple[Number, Sequence[int]]) -> list[Any]:
    return [[text(c), list(e)] for c, e in terms]


def rank(
    rows: Iterable[tuple[int, Sequence[int]]], basis: Iterable[Sequence[int]], prime: str = PRIME
) -> dict[str, Any]:
    return {"rule": "rank", "prime": prime, "rows": [[j, list(m)] for j, m in rows], "basis": [list(b) for b in basis]}


def univariate_rank(degree: int, element: int = 0) -> dict[str, Any]:
    """Completeness for one variable, when the element has this degree."""
    return rank([(element, [0])], [[k] for k in range(degree)])


def levels(
    multipliers: Iterable[Sequence[int]], *given: tuple[Iterable[Sequence[int]], Iterable[Any]], prime: str = PRIME
) -> dict[str, Any]:
    """Each level as its basis and its equations."""
    read = [{"basis": [list(b) for b in basis], "equations": list(equations)} for basis, equations in given]
    return {"rule": "levels", "prime": prime, "multipliers": [list(u) for u in multipliers], "levels": read}


def bezout(*groups: int, **parts: Any) -> dict[str, Any]:
    return {"rule": "bezout", "groups": list(groups), **parts}


def alone(rows: Iterable[tuple[int, Sequence[int]]]) -> dict[str, Any]:
    """The rows (polynomial, shift) that show a point to be isolated."""
    return {"prime": PRIME, "rows": [[i, list(s)] for i, s in rows]}


def infinite(
    chart: Sequence[int | None],
    point: Sequence[Number],
    dual: Sequence[tuple[Sequence[int], Sequence[tuple[Number, Sequence[int]]]]] | None,
    rows: Iterable[tuple[int, Sequence[int]]],
) -> dict[str, Any]:
    """A rational zero at infinity, for the form of `beyond`."""
    t = sum((Fraction(c) for c in point), Fraction(0))
    result = {
        "chart": list(chart),
        "modulus": [text(-t.numerator), text(t.denominator)],
        "coordinates": [[text(c)] for c in point],
        "isolated": alone(rows),
    }
    return result if dual is None else {**result, "dual": functionals(dual)}


def beyond(*points: dict[str, Any], form: Sequence[int]) -> dict[str, Any]:
    return {"form": [str(c) for c in form], "points": list(points)}


def ideal(
    basis: Iterable[Sequence[int]], border: Sequence[int], eliminant: Sequence[Number], cuts: Sequence[Number]
) -> dict[str, Any]:
    return {
        "rule": "ideal",
        "basis": [list(b) for b in basis],
        "border": list(border),
        "eliminant": [text(c) for c in eliminant],
        "cuts": [text(c) for c in cuts],
    }


def inner(completeness: dict[str, Any], *lines: Any, form: Sequence[int] = (1,)) -> dict[str, Any]:
    """Completeness of a smaller objective."""
    return {"form": [str(c) for c in form], "lines": list(lines), "completeness": completeness}


def eliminate(variables: Sequence[int], smaller: dict[str, Any]) -> dict[str, Any]:
    return {"rule": "eliminate", "variables": list(variables), "inner": smaller}


def linear(matrix: Sequence[Sequence[int]], smaller: dict[str, Any]) -> dict[str, Any]:
    return {"rule": "linear", "matrix": [[str(c) for c in row] for row in matrix], "inner": smaller}


def residuals(given: Sequence[tuple[list[Any], str]], smaller: dict[str, Any]) -> dict[str, Any]:
    return {"rule": "residuals", "squares": [list(pair) for pair in given], "inner": smaller}


def zero(zeros: Sequence[tuple[int, int]], smaller: dict[str, Any] | None) -> dict[str, Any]:
    return {"rule": "zero", "zeros": [list(pair) for pair in zeros], "inner": smaller}


def layer(variables: Sequence[int], given: list[Any], smaller: dict[str, Any]) -> dict[str, Any]:
    return {"rule": "layer", "variables": list(variables), "squares": given, "inner": smaller}


def listed(made: Certificate) -> dict[str, Any]:
    """By a list of points, given as a certificate about the same objective."""
    return {"rule": "listed", "inner": {name: part for name, part in made.items() if name not in ("schema", "problem")}}


def slices(
    flows: Sequence[Sequence[Sequence[int]]],
    given: Sequence[tuple[dict[int, int], Certificate]],
    orbits: Sequence[dict[str, Any]],
    *steps: dict[str, Any],
) -> dict[str, Any]:
    """Orbits on slices, each slice as its constants and a certificate about the objective on it. Flows are linear."""
    parts = [
        {
            "constants": [[k, text(c)] for k, c in constants.items()],
            "certificate": {name: part for name, part in made.items() if name not in ("schema", "problem")},
        }
        for constants, made in given
    ]
    matrices = [[[text(c) for c in (*row, 0)] for row in flow] for flow in flows]
    return {"rule": "slices", "flows": matrices, "slices": parts, "orbits": list(orbits), "steps": list(steps)}


def orbit(
    slice_index: int, point: int, flows: Sequence[int], inverse: Sequence[Sequence[int]], what: str = "point"
) -> dict[str, Any]:
    return {
        "slice": slice_index,
        what: point,
        "flows": list(flows),
        "inverse": [[text(c) for c in row] for row in inverse],
    }


def product(groups: Sequence[int], *smaller: dict[str, Any]) -> dict[str, Any]:
    return {"rule": "product", "groups": list(groups), "inner": list(smaller)}


# -------------------------------------------------------------------------------------------------------------- points


def field(
    modulus: Sequence[Number],
    coordinates: Sequence[Sequence[Number]],
    cuts: Sequence[Number],
    counted: bool = True,
    dual: Sequence[tuple[Sequence[int], Sequence[tuple[Number, Sequence[int]]]]] | None = None,
) -> dict[str, Any]:
    """`dual`: for each functional the pivot and terms (rational coefficient, order)."""
    result: dict[str, Any] = {
        "modulus": [text(c) for c in modulus],
        "coordinates": [[text(c) for c in x] for x in coordinates],
        "cuts": [text(c) for c in cuts],
        "counted": counted,
    }
    if dual is not None:
        result["dual"] = functionals(dual)
    return result


def functionals(dual: Sequence[tuple[Sequence[int], Sequence[tuple[Number, Sequence[int]]]]]) -> list[Any]:
    return [{"pivot": list(pivot), "terms": [[[text(c)], list(order)] for c, order in terms]} for pivot, terms in dual]


def derivatives(*orders: Sequence[int]) -> list[tuple[Sequence[int], list[tuple[Number, Sequence[int]]]]]:
    """Functionals that are single derivatives."""
    return [(order, [(1, order)]) for order in orders]


def rational(
    point: Sequence[Number], form: Sequence[int] | None = None, counted: bool = True, **more: Any
) -> dict[str, Any]:
    """A field of degree 1."""
    x = [Fraction(c) for c in point]
    t = sum((c * v for c, v in zip(form or [1] * len(x), x, strict=True)), Fraction(0))
    edge = abs(t).__ceil__() + 2
    return field([-t.numerator, t.denominator], [[v] for v in x], [-edge, edge], counted, **more)


def root(field_index: int, interval: int = 0, kind: str = "undecided", **more: Any) -> dict[str, Any]:
    return {"root": {"field": field_index, "interval": interval}, "kind": kind, **more}


def exact(field_index: int, interval: int = 0) -> dict[str, int]:
    return {"field": field_index, "interval": interval}


def congruence(transform: Sequence[Sequence[Number]], inverse: Sequence[Sequence[Number]]) -> dict[str, Any]:
    def matrix(rows: Sequence[Sequence[Number]]) -> list[list[list[str]]]:
        return [[[text(c)] for c in row] for row in rows]

    return {"transform": matrix(transform), "inverse": matrix(inverse)}


def identity(n: int) -> dict[str, Any]:
    unit = [[int(i == j) for j in range(n)] for i in range(n)]
    return congruence(unit, unit)


def elements(variables: str, expression: str) -> Elements:
    return Elements(read_problem({"variables": variables.split(), "expression": expression}))


def box(
    variables: str, expression: str, centre: Sequence[complex], radius: float = 2**-20, bits: int = BITS
) -> dict[str, Any]:
    """A box with the rounded inverse of the Jacobian of the scaled gradient; a nonreal centre gives a nonreal box."""
    n, one = len(centre), 2.0**bits
    gradient = elements(variables, expression).gradient
    jacobian = np.array([[_value(derivative(g, k), centre) for k in range(n)] for g in gradient], dtype=complex)
    inverse = np.linalg.inv(jacobian)
    is_real = all(complex(x).imag == 0 for x in centre)

    def rounded(values: Iterable[complex], part: Callable[[complex], float]) -> list[str]:
        return [str(round(part(complex(v)) * one)) for v in values]

    def real(z: complex) -> float:
        return z.real

    def imaginary(z: complex) -> float:
        return z.imag

    result: dict[str, Any] = {
        "bits": bits,
        "real": rounded(centre, real),
        "radius": str(max(1, round(radius * one))),
        "inverse": {"bits": bits, "real": [rounded(row, real) for row in inverse]},
    }
    if not is_real:
        result["imaginary"] = rounded(centre, imaginary)
        result["inverse"]["imaginary"] = [rounded(row, imaginary) for row in inverse]
    return result


def _value(polynomial: dict[tuple[int, ...], int], point: Sequence[complex]) -> complex:
    total = 0j
    for monomial, coefficient in polynomial.items():
        term = complex(coefficient)
        for x, e in zip(point, monomial, strict=True):
            term *= x**e
        total += term
    return total


def boxed(given: dict[str, Any], kind: str = "undecided", **more: Any) -> dict[str, Any]:
    return {"box": given, "kind": kind, **more}


def transform(rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    """A congruence of the Hessian at a box."""
    return {"rows": [[str(c) for c in row] for row in rows]}


# ------------------------------------------------------------------------------------------------------------- infimum


def squares(*given: tuple[Number, list[Any]]) -> list[Any]:
    return [[text(c), q] for c, q in given]


def by_squares(
    constant: Number, given: list[Any], chain: Sequence[Sequence[Any]], argmin: Sequence[int]
) -> dict[str, Any]:
    return {
        "rule": "squares",
        "constant": text(constant),
        "squares": given,
        "chain": [list(pair) for pair in chain],
        "argmin": list(argmin),
    }


def by_form(
    weights: Sequence[int], given: list[Any], powers: Sequence[Number], argmin: Sequence[int]
) -> dict[str, Any]:
    return {
        "rule": "form",
        "weights": list(weights),
        "squares": given,
        "powers": [text(c) for c in powers],
        "argmin": list(argmin),
    }


def by_bound(constant: Number, given: list[Any], argmin: Sequence[int]) -> dict[str, Any]:
    return {"rule": "bound", "constant": text(constant), "squares": given, "argmin": list(argmin)}


def unbounded(curve: Sequence[Sequence[Number]]) -> dict[str, Any]:
    return {"rule": "unbounded", "curve": arc(curve)}


def arc(curve: Sequence[Sequence[Number]]) -> list[list[str]]:
    return [[text(c) for c in row] for row in curve]


def local(
    sign: int,
    images: Sequence[list[Any]],
    weights: Sequence[int],
    degree: int,
    given: list[Any],
    powers: Sequence[Number],
) -> dict[str, Any]:
    return {
        "sign": sign,
        "map": list(images),
        "weights": list(weights),
        "degree": degree,
        "squares": given,
        "powers": [text(c) for c in powers],
    }


def tangency(power: int, unit: list[Any], cofactors: Sequence[list[Any]], radius: Number) -> dict[str, Any]:
    """|y|^(2 power) unit = cofactors . (f, tangents of f), inside the radius."""
    return {"power": power, "unit": unit, "cofactors": list(cofactors), "radius": text(radius)}
