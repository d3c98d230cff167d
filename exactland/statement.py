"""The problem statement: the plain data that a certificate carries, and from which an objective is made.

``read_statement`` is the one place where statements are validated; problem files and the Python functions all pass
through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from exactland.errors import InputError, NotBuilt, did_you_mean, shown
from exactland.exact import rational, rational_text
from exactland.expression import Expression, Number, Variable, check_name, power, product, total
from exactland.later import Later

if TYPE_CHECKING:  # a statement has a network or an expression, hardly ever both
    from exactland import parser
    from exactland.networks import dense
else:
    parser, dense = Later("exactland.parser"), Later("exactland.networks.dense")

__all__ = [
    "LOSSES",
    "MAX_TITLE",
    "MAX_VARIABLES",
    "ReadStatement",
    "check_keys",
    "check_title",
    "check_variables",
    "expression_statement",
    "read_statement",
]

MAX_VARIABLES = 16
"""Most variables of an objective."""
MAX_TITLE = 200
"""Longest title, in characters."""
LOSSES = ("squared",)
"""The losses that are built."""
_LOSSES_NOT_BUILT = ("logistic", "cross_entropy", "hinge", "absolute", "huber", "exponential")


@dataclass(frozen=True, eq=False)
class ReadStatement:
    """A validated statement: its canonical form and what it says."""

    statement: dict[str, Any]
    variables: tuple[str, ...]
    expression: Expression
    positive: tuple[str, ...] = ()
    on_sphere: tuple[str, ...] = ()


def read_statement(raw: Any) -> ReadStatement:
    """Validates a statement of either shape (see docs/architecture.md); ``InputError`` names the key at fault."""
    if not isinstance(raw, Mapping):
        raise InputError(shown(raw), "a table with either 'expression' or 'network'", "write a table")
    if "network" in raw:
        check_keys(raw, ("network", "data", "loss"), ("network", "data", "loss"))
        return _read_network(raw)
    check_keys(raw, ("variables", "expression", "positive", "on_sphere"), ("variables", "expression"))
    names = _names(raw["variables"], "variables")
    if not isinstance(raw["expression"], str):
        raise InputError(shown(raw["expression"]), "a text", 'write for example "(a*b - 1)^2"', key="expression")
    check_variables(names)
    try:
        expression = parser.parse(raw["expression"], names)
    except InputError as error:
        raise error.at(key="expression") from None
    return expression_statement(names, expression, raw.get("positive", []), raw.get("on_sphere", []))


def expression_statement(
    names: tuple[str, ...], expression: Expression, positive: Any = (), on_sphere: Any = ()
) -> ReadStatement:
    """The statement of an expression in these variables."""
    check_variables(names)
    strange = [name for name in expression.variable_names() if name not in names]
    if strange:
        fix = did_you_mean(strange[0], names, f"add {strange[0]} to the variables")
        raise InputError(
            f"the unknown name {shown(strange[0])}", f"the variables {', '.join(names)}", fix, key="expression"
        )
    text = str(expression)
    if len(text) > parser.MAX_TEXT:
        raise InputError(
            f"an expression of {len(text)} characters",
            f"at most {parser.MAX_TEXT} characters",
            "shorten it",
            key="expression",
        )
    statement: dict[str, Any] = {"variables": list(names), "expression": text}
    chosen = {"positive": _subset(positive, names, "positive"), "on_sphere": _subset(on_sphere, names, "on_sphere")}
    statement.update({key: list(value) for key, value in chosen.items() if value})
    return ReadStatement(statement, names, expression, chosen["positive"], chosen["on_sphere"])


def check_variables(names: tuple[str, ...]) -> None:
    """Raises ``InputError`` unless these are 1 to 16 different names that can name variables."""
    if not names:
        raise InputError("no variables", f"1 to {MAX_VARIABLES} names", 'write for example ["a", "b"]', key="variables")
    if len(names) > MAX_VARIABLES:
        raise InputError(f"{len(names)} variables", f"at most {MAX_VARIABLES} variables", "use fewer", key="variables")
    for name in names:
        try:
            check_name(name)
        except InputError as error:
            raise error.at(key="variables") from None
        if names.count(name) > 1:
            raise InputError(f"the name {shown(name)} twice", "different names", "drop one of them", key="variables")


def check_keys(
    table: Mapping[str, Any], allowed: Sequence[str], required: Sequence[str], key: str | None = None
) -> None:
    """Raises ``InputError`` for an unknown key (with the nearest allowed one) or a missing one."""
    for name in table:
        if name not in allowed:
            fix = did_you_mean(name, allowed, "remove it")
            raise InputError(f"the unknown key {shown(name)}", ", ".join(allowed), fix, key=key)
    for name in required:
        if name not in table:
            raise InputError(f"no key '{name}'", ", ".join(allowed), f"add {name}", key=key)


def check_title(title: object) -> None:
    """Raises ``InputError`` unless this is one printable line of at most 200 characters."""
    if not isinstance(title, str) or len(title) > MAX_TITLE or not title.isprintable():
        allowed = f"one line of at most {MAX_TITLE} printable characters"
        raise InputError(f"the title {shown(title)}", allowed, 'write title = "..."', key="title")


def _names(given: Any, key: str) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(shown(given), "a list of names", 'write for example ["a", "b"]', key=key)
    names = tuple(value.name if isinstance(value, Variable) else value for value in given)
    for name in names:
        if not isinstance(name, str):
            raise InputError(f"the name {shown(name)}", "names as text", 'write for example ["a", "b"]', key=key)
    return names


def _subset(given: Any, names: tuple[str, ...], key: str) -> tuple[str, ...]:
    chosen = _names(given, key)
    for name in chosen:
        if name not in names:
            fix = did_you_mean(name, names, "remove it")
            raise InputError(f"the unknown name {shown(name)}", f"the variables {', '.join(names)}", fix, key=key)
        if chosen.count(name) > 1:
            raise InputError(f"the name {shown(name)} twice", "different names", "drop one of them", key=key)
    return chosen


def _table(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if not isinstance(raw[key], Mapping):
        raise InputError(shown(raw[key]), "a table", f"write [{key}]", key=key)
    return dict(raw[key])


def _read_network(raw: Mapping[str, Any]) -> ReadStatement:
    network, data, loss = (_table(raw, key) for key in ("network", "data", "loss"))
    check_keys(network, ("widths", "activation", "bias", "output"), ("widths",), "network")
    check_keys(data, ("inputs", "targets"), ("inputs", "targets"), "data")
    check_keys(loss, ("kind", "scale", "ridge"), ("kind",), "loss")
    _check_loss_kind(loss["kind"])
    try:
        net = dense.Dense(**network)
    except InputError as error:
        raise error.at(key="network") from None
    if net.weight_count > MAX_VARIABLES:
        raise InputError(
            f"{net.weight_count} trained weights",
            f"at most {MAX_VARIABLES}",
            "narrow the network or fix its output",
            key="network.widths",
        )
    inputs = _matrix(data["inputs"], net.widths[0], "data.inputs", "the first width")
    targets = _matrix(data["targets"], net.widths[-1], "data.targets", "the last width")
    if len(inputs) != len(targets):
        allowed = f"{len(inputs)} rows, one per row of data.inputs"
        raise InputError(f"{len(targets)} rows", allowed, "give one target per input", key="data.targets")
    scale, ridge = _scale(loss.get("scale", "1/2")), _ridge(loss.get("ridge", "0"), net.weights)
    penalties = ridge if isinstance(ridge, tuple) else (ridge,) * len(net.weights)
    statement = {
        "network": net.statement(),
        "data": {
            key: [[rational_text(x) for x in row] for row in rows]
            for key, rows in (("inputs", inputs), ("targets", targets))
        },
        "loss": {
            "kind": "squared",
            "scale": rational_text(scale),
            "ridge": [rational_text(x) for x in ridge] if isinstance(ridge, tuple) else rational_text(ridge),
        },
    }
    return ReadStatement(statement, net.weights, _squared(net, inputs, targets, scale, penalties))


def _squared(
    net: dense.Dense,
    inputs: Sequence[Sequence[Fraction]],
    targets: Sequence[Sequence[Fraction]],
    scale: Fraction,
    penalties: Sequence[Fraction],
) -> Expression:
    """``scale * (sum of squared residuals + sum of ridge_i * weight_i^2)``, as a tree of squares."""
    terms: list[Expression] = []
    for sample, target in zip(inputs, targets, strict=True):
        for predicted, wanted in zip(net.outputs(sample), target, strict=True):
            terms.append(power(total((predicted, Number(-wanted))), 2))
    weights = zip(penalties, net.weights, strict=True)
    terms += [product((Number(penalty), power(Variable(name), 2))) for penalty, name in weights if penalty]
    return product((Number(scale), total(terms)))


def _check_loss_kind(kind: Any) -> None:
    if kind in LOSSES:
        return
    if kind in _LOSSES_NOT_BUILT:
        raise NotBuilt(f"the {kind} loss is not built yet; built: {', '.join(LOSSES)}")
    fix = did_you_mean(kind, (*LOSSES, *_LOSSES_NOT_BUILT), 'write kind = "squared"')
    raise InputError(f"the loss {shown(kind)}", ", ".join(LOSSES), fix, key="loss.kind")


def _scale(given: Any) -> Fraction:
    value = _number(given, "loss.scale")
    if value <= 0:
        raise InputError(f"the scale {shown(given)}", "numbers above 0", 'write scale = "1/2"', key="loss.scale")
    return value


def _ridge(given: Any, weights: Sequence[str]) -> Fraction | tuple[Fraction, ...]:
    key = "loss.ridge"
    if isinstance(given, str) or not isinstance(given, Iterable):
        ridge: Fraction | tuple[Fraction, ...] = _number(given, key)
        values: tuple[Fraction, ...] = (ridge,) if isinstance(ridge, Fraction) else ridge
    else:
        ridge = values = dense.numbers(given, key)
        if len(values) != len(weights):
            allowed = f"one number, or {len(weights)} numbers, one per weight"
            raise InputError(f"{len(values)} numbers", allowed, f"give {len(weights)}", key=key)
    for value in values:
        if value < 0:
            raise InputError(
                f"the negative ridge {shown(rational_text(value))}", "numbers of at least 0", "change its sign", key=key
            )
    return ridge


def _number(given: Any, key: str) -> Fraction:
    try:
        return rational(given)
    except InputError as error:
        raise error.at(key=key) from None


def _matrix(given: Any, columns: int, key: str, meaning: str) -> tuple[tuple[Fraction, ...], ...]:
    """Rows of exact numbers, one row per sample, each as long as ``meaning`` says."""
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise InputError(
            shown(given), "a list of rows, one per sample", 'write for example [["1", "0"], ["0", "1"]]', key=key
        )
    allowed = f"rows of {columns} number{'' if columns == 1 else 's'} ({meaning} is {columns})"
    rows: list[tuple[Fraction, ...]] = []
    for place, row in enumerate(given, 1):
        where = f"{key}, row {place}"
        if isinstance(row, str | bytes | Mapping) or not isinstance(row, Iterable):
            raise InputError(f"{shown(row)} instead of a list", allowed, f"write [{shown(row)}]", key=where)
        values = dense.numbers(row, where)
        if len(values) != columns:
            fix = f"leave out {len(values) - columns}" if len(values) > columns else f"add {columns - len(values)}"
            raise InputError(f"{len(values)} number{'' if len(values) == 1 else 's'}", allowed, fix, key=where)
        rows.append(values)
    return tuple(rows)
