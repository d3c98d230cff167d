"""Rule P: the objective, expanded by the checker itself from the statement of the problem.

Nothing about the objective is taken from the rest of the certificate. The grammar is the polynomial part of the grammar
of problem files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel
from .kernel import Exponents, RationalPoly, TermBudget, add_into, multiply, rational, record, sequence, unit

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|\S", re.ASCII)
Terms = dict[Exponents, Any]  # integers, and fractions where something was divided
MULTIPLIER = "sphere_multiplier"
_ACTIVATIONS = {"identity": ["0", "1"], "square": ["0", "0", "1"], "cube": ["0", "0", "0", "1"]}


@dataclass(frozen=True, eq=False)
class Problem:
    """The objective as a polynomial over the rationals.

    With points on a sphere it is the Lagrangian in one more variable, and `sphere` lists the variables on the sphere.
    """

    variables: tuple[str, ...]
    loss: RationalPoly
    sphere: tuple[int, ...] = ()


def read_problem(statement: Any) -> Problem:
    kernel.need(isinstance(statement, dict), "F2", statement, "problem: an object")
    problem = _network(statement) if "network" in statement else _expression(statement)
    kernel.limit(max(map(sum, problem.loss), default=0), kernel.MAX_DEGREE, "degree of the objective")
    return problem


def _expression(statement: Any) -> Problem:
    entry = record(statement, "variables expression", "on_sphere", "problem")
    names = sequence(entry["variables"], "variables", most=kernel.MAX_VARIABLES)
    for name in names:
        kernel.need(
            type(name) is str and NAME.fullmatch(name) is not None, "P1", name, "names of ASCII letters, digits, _"
        )
    kernel.need(len(set(names)) == len(names) > 0, "P1", names, "at least one variable, each named once")
    text = entry["expression"]
    kernel.need(type(text) is str, "F3", text, "expression: text")
    kernel.limit(len(text), kernel.MAX_EXPRESSION, "length of the expression")
    loss = _Parser(text, names).parse()
    return _lagrangian(names, loss, entry["on_sphere"]) if "on_sphere" in entry else Problem(tuple(names), loss)


def _lagrangian(names: list[str], loss: RationalPoly, value: Any) -> Problem:
    """Rule P5: loss - multiplier * (sum of the squares of the variables on the sphere - 1)."""
    chosen = sequence(value, "on_sphere", most=kernel.MAX_VARIABLES)
    known = all(type(name) is str and name in names for name in chosen)
    kernel.need(known and 0 < len(set(chosen)) == len(chosen), "P5", chosen, "one or more of the variables, each once")
    kernel.need(MULTIPLIER not in names, "P5", MULTIPLIER, "another name than that of the multiplier")
    sphere = tuple(names.index(name) for name in chosen)
    n = len(names)
    result = {(*m, 0): c for m, c in loss.items()}
    add_into(result, {(*(0,) * n, 1): Fraction(1)})
    for i in sphere:
        add_into(result, {(*(2 if k == i else 0 for k in range(n)), 1): Fraction(-1)})
    return Problem((*names, MULTIPLIER), bounded(result), sphere)


def bounded(poly: RationalPoly) -> RationalPoly:
    """The polynomial itself, when it is within the limits for objectives."""
    kernel.limit(len(poly), kernel.MAX_PROBLEM_TERMS, "terms of the objective")
    kernel.limit(max(map(sum, poly), default=0), kernel.MAX_DEGREE, "degree of the objective")
    for c in poly.values():
        for x in c.as_integer_ratio():
            if x.bit_length() > kernel.MAX_PROBLEM_BITS:
                kernel.limit(x.bit_length(), kernel.MAX_PROBLEM_BITS, "bits of a coefficient")
    return poly


def derivatives_work(poly: RationalPoly, n: int) -> int:
    """About how many terms the first three derivatives in n variables have."""
    return n * sum([(1 + sum(map(bool, m))) ** 2 for m in poly])


def inserted(
    poly: Mapping[Exponents, int | Fraction], constants: Mapping[int, Fraction], budget: TermBudget
) -> RationalPoly:
    """The polynomial where some variables have constants, whose exponents are then 0."""
    bits = max([x.numerator.bit_length() + x.denominator.bit_length() for x in constants.values()], default=0)
    budget.spend(16 * len(poly) * (1 + bits * max(map(sum, poly), default=0) // 1_000) ** 2)
    result: RationalPoly = {}
    for m, coefficient in poly.items():
        c = Fraction(coefficient)
        for k, constant in constants.items():
            if m[k]:
                c *= constant ** m[k]
        add_into(result, {tuple([0 if k in constants else e for k, e in enumerate(m)]): c} if c else {})
    return result


class _Parser:
    """expression = term (+|- term)*; term = factor (*|/ factor)*; factor = -factor | atom [^ natural]."""

    def __init__(self, text: str, names: list[str]) -> None:
        self.n = len(names)
        self.names: dict[str, Terms] = {name: {unit(self.n, i): 1} for i, name in enumerate(names)}
        self.tokens: list[str] = [*_TOKEN.findall(text.rstrip()), ""]  # what is no token is refused where it stands
        self.at = 0
        self.depth = 0

    def parse(self) -> RationalPoly:
        result = self.sum()
        kernel.need(not self.tokens[self.at], "P2", self.tokens[self.at], "the end of the expression")
        return {m: Fraction(c) for m, c in result.items()}

    def take(self, *signs: str) -> str | None:
        token = self.tokens[self.at]
        if token not in signs:
            return None
        self.at += 1
        return token

    def sum(self) -> Terms:
        result = dict(self.product())
        while sign := self.take("+", "-"):
            add_into(result, self.product(), 1 if sign == "+" else -1)
        return bounded(result)

    def product(self) -> Terms:
        result = self.factor()
        while sign := self.take("*", "/"):
            right = self.factor()
            if sign == "*":
                result = bounded(multiply(result, right))
            else:
                zero = (0,) * self.n
                kernel.need(set(right) == {zero}, "P3", "a division", "division by a nonzero constant only")
                result = bounded({m: Fraction(c) / right[zero] for m, c in result.items()})
        return result

    def factor(self) -> Terms:
        if self.take("-"):
            self.depth += 1
            kernel.limit(self.depth, kernel.MAX_PARENTHESES, "depth of the expression")
            inner = self.factor()
            self.depth -= 1
            return {m: -c for m, c in inner.items()}
        base = self.atom()
        if self.take("^"):
            text = self.tokens[self.at]
            kernel.need(text.isascii() and text.isdigit(), "P2", text, "a natural number as exponent")
            kernel.limit(len(text), 3, "digits of an exponent")
            exponent = int(text)
            kernel.limit(exponent, kernel.MAX_DEGREE, "exponent")
            self.at += 1
            kernel.need(self.tokens[self.at] != "^", "P2", "^ after ^", "one exponent")
            degree = max(map(sum, base), default=0)
            kernel.limit(degree * exponent, kernel.MAX_DEGREE, "degree of the objective")
            if len(base) == 1 and 1 in base.values():  # a product of variables
                return {tuple([exponent * e for e in m]): 1 for m in base}
            result: Terms = base if exponent else {(0,) * self.n: 1}
            for _ in range(1, exponent):
                result = bounded(multiply(result, base))
            return result
        return base

    def atom(self) -> Terms:
        text = self.tokens[self.at]
        self.at += 1
        if text in self.names:
            return self.names[text]
        if "0" <= text[:1] <= "9":
            kernel.limit(len(text), kernel.MAX_WITNESS_DIGITS, "digits of a number")
            whole, _, places = text.partition(".")
            digits = int(whole + places)
            value = Fraction(digits, 10 ** len(places)) if places else digits
            return {(0,) * self.n: value} if value else {}
        kernel.need(text == "(", "P2", text or "the end", f"a number, ( or one of the variables {sorted(self.names)}")
        self.depth += 1
        kernel.limit(self.depth, kernel.MAX_PARENTHESES, "depth of the expression")
        inner = self.sum()
        self.depth -= 1
        kernel.need(self.take(")") is not None, "P2", self.tokens[self.at] or "the end", ")")
        return inner


def _rationals(value: Any, where: str) -> list[Fraction]:
    return [rational(entry, where) for entry in sequence(value, where, most=kernel.MAX_PROBLEM_TERMS)]


def _table(value: Any, width: int, where: str) -> list[list[Fraction]]:
    rows = [_rationals(row, where) for row in sequence(value, where)]
    for row in rows:
        kernel.need(len(row) == width, "P4", f"a sample of {len(row)} numbers", f"{where}: {width} numbers each")
    return rows


@dataclass(frozen=True, eq=False)
class _Net:
    """A dense network, read and measured; `fixed` holds the weights of a last layer that is not trained."""

    widths: list[int]
    activation: list[Fraction]
    bias: bool
    fixed: list[Fraction] | None

    @property
    def layers(self) -> int:
        return len(self.widths) - 1

    def is_fixed(self, layer: int) -> bool:
        return layer == self.layers and self.fixed is not None

    def names(self) -> list[str]:
        names: list[str] = []
        for layer in range(1, self.layers + 1):
            if not self.is_fixed(layer):
                rows, columns = self.widths[layer], self.widths[layer - 1]
                names += [f"w{layer}_{i}_{j}" for i in range(1, rows + 1) for j in range(1, columns + 1)]
                if self.bias:
                    names += [f"b{layer}_{i}" for i in range(1, rows + 1)]
        return names


def _read_net(value: Any) -> _Net:
    entry = record(value, "widths activation bias output", where="network")
    widths = sequence(entry["widths"], "widths", most=16)
    sizes = all(type(w) is int and 1 <= w <= 64 for w in widths)
    kernel.need(len(widths) >= 2 and sizes, "P4", widths, "two or more widths from 1 to 64")
    kernel.need(type(entry["bias"]) is bool, "F3", entry["bias"], "bias: true or false")
    given = entry["activation"]
    known = type(given) is list or (type(given) is str and given in _ACTIVATIONS)
    kernel.need(known, "P4", given, f"activation: coefficients or one of {', '.join(sorted(_ACTIVATIONS))}")
    activation = _rationals(_ACTIVATIONS[given] if type(given) is str else given, "activation")
    kernel.limit(len(activation), kernel.MAX_DEGREE + 1, "coefficients of the activation")
    fixed = None if entry["output"] == "trained" else _rationals(entry["output"], "output")
    right = fixed is None or len(fixed) == widths[-1] * widths[-2]
    kernel.need(right, "P4", entry["output"], "one fixed weight for each weight of the last layer")
    return _Net(widths, activation, entry["bias"], fixed)


def _network(statement: Any) -> Problem:
    """Rule P4: a dense network with squared loss, expanded sample by sample."""
    entry = record(statement, "network data loss", where="problem")
    net = _read_net(entry["network"])
    data = record(entry["data"], "inputs targets", where="data")
    loss = record(entry["loss"], "kind scale ridge", where="loss")
    names = net.names()
    n = len(names)
    kernel.limit(n, kernel.MAX_VARIABLES, "number of weights")
    kernel.need(n > 0, "P4", "no trained weight", "at least one trained weight")
    inputs = _table(data["inputs"], net.widths[0], "inputs")
    targets = _table(data["targets"], net.widths[-1], "targets")
    counts = f"{len(inputs)} inputs, {len(targets)} targets"
    kernel.need(len(inputs) == len(targets), "P4", counts, "as many targets as inputs")
    kernel.need(loss["kind"] == "squared", "P4", loss["kind"], "squared")
    scale = rational(loss["scale"], "scale")
    kernel.need(scale > 0, "P4", scale, "a positive scale")
    single = type(loss["ridge"]) is not list
    ridge = [rational(loss["ridge"], "ridge")] * n if single else _rationals(loss["ridge"], "ridge")
    kernel.need(len(ridge) == n, "P4", f"{len(ridge)} ridge weights", f"one, or one for each of the {n} weights")
    total: RationalPoly = {}
    for sample, target in zip(inputs, targets, strict=True):
        for prediction, wanted in zip(_forward(net, names, sample), target, strict=True):
            residual = dict(prediction)
            add_into(residual, _constant(wanted, n), -1)
            add_into(total, multiply(residual, residual))
            bounded(total)
    for i, factor in enumerate(ridge):
        if factor:
            add_into(total, {tuple([2 if k == i else 0 for k in range(n)]): factor})
    return Problem(tuple(names), bounded({m: c * scale for m, c in total.items()}))


def _constant(value: Fraction, n: int) -> RationalPoly:
    return {(0,) * n: value} if value else {}


def _forward(net: _Net, names: list[str], sample: list[Fraction]) -> list[RationalPoly]:
    """The predictions for one sample."""
    n, position = len(names), {name: i for i, name in enumerate(names)}
    values = [_constant(x, n) for x in sample]
    for layer in range(1, net.layers + 1):
        columns = net.widths[layer - 1]
        outputs = []
        for i in range(1, net.widths[layer] + 1):
            activity: RationalPoly = {}
            for j in range(1, columns + 1):
                weight: dict[Exponents, Any] = {unit(n, position.get(f"w{layer}_{i}_{j}", n)): 1}
                if net.is_fixed(layer):
                    weight = _constant((net.fixed or [])[(i - 1) * columns + j - 1], n)
                add_into(activity, multiply(weight, values[j - 1]))
            if net.bias and not net.is_fixed(layer):
                add_into(activity, {unit(n, position[f"b{layer}_{i}"]): Fraction(1)})
            if layer < net.layers:
                activity = _activated(net.activation, activity, n)
            outputs.append(bounded(activity))
        values = outputs
    return values


def _activated(coefficients: list[Fraction], activity: RationalPoly, n: int) -> RationalPoly:
    degree = max(map(sum, activity), default=0)
    kernel.limit(degree * (len(coefficients) - 1), kernel.MAX_DEGREE, "degree of the network")
    result: RationalPoly = {}
    current: RationalPoly = {(0,) * n: Fraction(1)}
    for k, coefficient in enumerate(coefficients):
        if k:
            current = bounded(multiply(current, activity)) if k > 1 else activity
        if coefficient:
            add_into(result, current, coefficient)
    return result
