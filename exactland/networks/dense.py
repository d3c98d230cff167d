"""Dense feed-forward networks: their weights in order, and their outputs as exact expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactland.errors import InputError, NotBuilt, did_you_mean, shown
from exactland.exact import rational, rational_text
from exactland.expression import Expression, Number, Variable, power, product, total

__all__ = ["ACTIVATIONS", "Dense", "numbers"]

ACTIVATIONS = ("identity", "square", "cube")
"""The activations that have a name and are built; every other polynomial is given by its coefficients."""
_NOT_BUILT = {
    "relu": "piecewise polynomial",
    "leaky_relu": "piecewise polynomial",
    "abs": "piecewise polynomial",
    "tanh": "analytic",
    "sigmoid": "analytic",
    "erf": "analytic",
    "exp": "analytic",
    "sin": "analytic",
    "cos": "analytic",
    "softplus": "analytic",
    "gelu": "analytic",
    "silu": "analytic",
    "swish": "analytic",
    "elu": "piecewise analytic",
    "softmax": "analytic",
}
_MAX_COEFFICIENTS = 65
_MAX_UNITS = 10_000


@dataclass(frozen=True)
class Dense:
    """A network of dense layers with ``widths`` (inputs, hidden units..., outputs); the activation acts on every hidden
    layer.

    ``activation`` is ``"identity"``, ``"square"``, ``"cube"`` or the coefficients of a polynomial, lowest power first.
    ``output`` is ``"trained"``, or numbers that fix the weights of the last layer, row by row; that layer then has no
    bias and no variables. ``weights`` are the names of the variables, layer by layer: ``w{layer}_{unit}_{input}`` row
    by row, then ``b{layer}_{unit}``, all from 1. Raises ``InputError``, and ``NotBuilt`` for activations that are no
    polynomials.
    """

    widths: Sequence[int]
    activation: str | Sequence[Any] = "identity"
    bias: bool = False
    output: str | Sequence[Any] = "trained"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", _widths(self.widths))
        object.__setattr__(self, "activation", _activation(self.activation))
        if not isinstance(self.bias, bool):
            raise InputError(shown(self.bias), "true or false", "write bias = false", key="bias")
        object.__setattr__(self, "output", self._fixed_output())
        if self.weight_count == 0:
            raise InputError(
                "one layer, whose weights are fixed",
                "at least one trained layer",
                'write output = "trained"',
                key="output",
            )

    def _fixed_output(self) -> str | tuple[Fraction, ...]:
        count = self.widths[-1] * self.widths[-2]
        if isinstance(self.output, str):
            if self.output != "trained":
                allowed = f'"trained" or a list of {count} numbers'
                raise InputError(shown(self.output), allowed, 'write output = "trained"', key="output")
            return self.output
        values = numbers(self.output, "output")
        if len(values) != count:
            allowed = f"{count} numbers ({self.widths[-1]} x {self.widths[-2]}, row by row)"
            raise InputError(_counted(len(values)), allowed, f"give {count}", key="output")
        return values

    @property
    def layers(self) -> int:
        """The number of layers of weights."""
        return len(self.widths) - 1

    def _trained(self, layer: int) -> bool:
        return layer < self.layers or self.output == "trained"

    def _has_bias(self, layer: int) -> bool:
        return self.bias and self._trained(layer)

    @property
    def weight_count(self) -> int:
        """The number of trained weights, biases included."""
        trained = [layer for layer in range(1, self.layers + 1) if self._trained(layer)]
        return sum(self.widths[layer] * (self.widths[layer - 1] + self._has_bias(layer)) for layer in trained)

    @property
    def weights(self) -> tuple[str, ...]:
        """The names of the trained weights, biases included, in the order of the variables."""
        names: list[str] = []
        for layer in range(1, self.layers + 1):
            units, inputs = range(1, self.widths[layer] + 1), range(1, self.widths[layer - 1] + 1)
            if self._trained(layer):
                names += [f"w{layer}_{i}_{j}" for i in units for j in inputs]
            if self._has_bias(layer):
                names += [f"b{layer}_{i}" for i in units]
        return tuple(names)

    def outputs(self, sample: Sequence[Any]) -> tuple[Expression, ...]:
        """The outputs on one sample, as expressions in the weights. ``sample`` holds ``widths[0]`` exact numbers."""
        if len(sample) != self.widths[0]:
            raise InputError(
                f"a sample of {_counted(len(sample))}", _counted(self.widths[0]), "give one number per input"
            )
        values: tuple[Expression, ...] = tuple(Number(rational(x)) for x in sample)
        for layer in range(1, self.layers + 1):
            values = tuple(self._unit(layer, i, values) for i in range(1, self.widths[layer] + 1))
            if layer < self.layers:
                values = tuple(self._activated(value) for value in values)
        return values

    def _unit(self, layer: int, i: int, values: tuple[Expression, ...]) -> Expression:
        terms = [
            product((self._weight(layer, i, j), value))
            for j, value in enumerate(values, 1)
            if value != Number(Fraction(0))
        ]
        if self._has_bias(layer):
            terms.append(Variable(f"b{layer}_{i}"))
        return total(terms)

    def _weight(self, layer: int, i: int, j: int) -> Expression:
        if self._trained(layer):
            return Variable(f"w{layer}_{i}_{j}")
        value = self.output[(i - 1) * self.widths[-2] + j - 1]
        return Number(rational(value))

    def _activated(self, value: Expression) -> Expression:
        if self.activation == "identity":
            return value
        if self.activation in ("square", "cube"):
            return power(value, 2 if self.activation == "square" else 3)
        nonzero = [(k, Number(rational(c))) for k, c in enumerate(self.activation) if c != 0]
        return total(c if k == 0 else product((c, power(value, k))) for k, c in nonzero)

    def statement(self) -> dict[str, Any]:
        """The network as a certificate states it; numbers are canonical text."""
        activation, output = self.activation, self.output
        return {
            "widths": list(self.widths),
            "activation": activation
            if isinstance(activation, str)
            else [rational_text(rational(c)) for c in activation],
            "bias": self.bias,
            "output": output if isinstance(output, str) else [rational_text(rational(v)) for v in output],
        }


def numbers(given: Any, key: str) -> tuple[Fraction, ...]:
    """A flat list of exact numbers; complaints name the key and the place in the list (from 1)."""
    if isinstance(given, str | bytes | dict) or not hasattr(given, "__iter__"):
        raise InputError(shown(given), "a list of numbers", 'write for example ["1", "-1/2"]', key=key)
    values: list[Fraction] = []
    for place, value in enumerate(given, 1):
        try:
            values.append(rational(value))
        except InputError as error:
            raise error.at(key=f"{key}, number {place}") from None
    return tuple(values)


def _counted(count: int) -> str:
    return f"{count} number{'' if count == 1 else 's'}"


def _widths(given: Any) -> tuple[int, ...]:
    allowed = "a list of at least two widths: inputs, hidden units, outputs"
    if isinstance(given, str | bytes | dict) or not hasattr(given, "__iter__"):
        raise InputError(shown(given), allowed, "write for example [2, 1, 2]", key="widths")
    found: list[int] = []
    for width in given:
        if isinstance(width, bool) or not hasattr(width, "__index__") or not 1 <= width.__index__() <= _MAX_UNITS:
            raise InputError(
                f"the width {shown(width)}",
                f"integers from 1 to {_MAX_UNITS}",
                "write for example [2, 1, 2]",
                key="widths",
            )
        found.append(width.__index__())
    if len(found) < 2 or len(found) > 32:
        raise InputError(f"{len(found)} widths", allowed, "write for example [2, 1, 2]", key="widths")
    return tuple(found)


def _activation(given: Any) -> str | tuple[Fraction, ...]:
    allowed = f"{', '.join(ACTIVATIONS)} or a list of polynomial coefficients, lowest power first"
    if isinstance(given, str):
        if given in ACTIVATIONS:
            return given
        if given in _NOT_BUILT:
            raise NotBuilt(
                f"networks with the activation {given} ({_NOT_BUILT[given]}) are not built yet; built: {allowed}"
            )
        fix = did_you_mean(given, (*ACTIVATIONS, *_NOT_BUILT), 'write activation = "identity"')
        raise InputError(f"the activation {shown(given)}", allowed, fix, key="activation")
    values = numbers(given, "activation")
    if not values or len(values) > _MAX_COEFFICIENTS:
        raise InputError(
            f"{len(values)} coefficients",
            f"1 to {_MAX_COEFFICIENTS} coefficients",
            'write ["0", "1"] for z',
            key="activation",
        )
    return values
