from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exactland import losses, networks
from exactland.errors import InputError, NotBuilt
from exactland.expression import Number, evaluate
from exactland.objective import Objective
from exactland.polynomial import evaluate as evaluate_polynomial
from exactland.squares import square_terms

SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=4)
FUNCTIONS = {"identity": lambda z: z, "square": lambda z: z * z, "cube": lambda z: z * z * z}


def forward(net: networks.Dense, values: dict[str, Fraction], sample: list[Fraction]) -> list[Fraction]:
    """The network written once more, with loops over numbers and nothing else."""
    layer = list(sample)
    last = len(net.widths) - 1
    for number in range(1, last + 1):
        fixed = number == last and net.output != "trained"
        new = []
        for i in range(1, net.widths[number] + 1):
            z = Fraction(0)
            for j in range(1, net.widths[number - 1] + 1):
                weight = net.output[(i - 1) * net.widths[-2] + j - 1] if fixed else values[f"w{number}_{i}_{j}"]
                z += weight * layer[j - 1]
            if net.bias and not fixed:
                z += values[f"b{number}_{i}"]
            if number < last:
                act = net.activation
                z = (
                    FUNCTIONS[act](z)
                    if isinstance(act, str)
                    else sum((c * z**k for k, c in enumerate(act)), Fraction(0))
                )
            new.append(z)
        layer = new
    return layer


@st.composite
def cases(draw: st.DrawFn) -> tuple[networks.Dense, dict[str, Any], list[Fraction]]:
    widths = draw(st.lists(st.integers(1, 2), min_size=2, max_size=4))
    bias = draw(st.booleans())
    activation = draw(st.one_of(st.sampled_from(sorted(FUNCTIONS)), st.lists(SMALL, min_size=1, max_size=4)))
    fixed = len(widths) > 2 and draw(st.booleans())
    count = widths[-1] * widths[-2]
    output = draw(st.lists(SMALL, min_size=count, max_size=count)) if fixed else "trained"
    if len(widths) == 4:
        activation = draw(st.sampled_from(["identity", "square"]))
    net = networks.Dense(widths, activation, bias, output)
    assume(net.weight_count <= 16)
    samples = draw(st.integers(0, 2))
    row = lambda n: st.lists(SMALL, min_size=n, max_size=n)  # noqa: E731
    problem = {
        "inputs": draw(st.lists(row(widths[0]), min_size=samples, max_size=samples)),
        "targets": draw(st.lists(row(widths[-1]), min_size=samples, max_size=samples)),
        "scale": draw(st.fractions(min_value=Fraction(1, 9), max_value=3, max_denominator=9)),
        "ridge": draw(
            st.one_of(
                st.fractions(min_value=0, max_value=2, max_denominator=5),
                st.lists(
                    st.fractions(min_value=0, max_value=2, max_denominator=5),
                    min_size=len(net.weights),
                    max_size=len(net.weights),
                ),
            )
        ),
    }
    return net, problem, draw(row(len(net.weights)))


@given(cases())
def test_the_loss_agrees_with_brute_force(case: tuple[networks.Dense, dict[str, Any], list[Fraction]]) -> None:
    net, problem, point = case
    objective = losses.squared(net, **problem)
    values = dict(zip(net.weights, point, strict=True))
    ridge = problem["ridge"] if isinstance(problem["ridge"], list) else [problem["ridge"]] * len(net.weights)
    expected = sum((r * w**2 for r, w in zip(ridge, point, strict=True)), Fraction(0))
    for sample, target in zip(problem["inputs"], problem["targets"], strict=True):
        predicted = forward(net, values, sample)
        expected += sum(((p - t) ** 2 for p, t in zip(predicted, target, strict=True)), Fraction(0))
    expected *= problem["scale"]
    assert objective.variables == net.weights
    assert evaluate(objective.expression, values) == expected
    assert evaluate_polynomial(objective.polynomial, point) == expected
    squares = square_terms(objective.expression)
    assert squares.is_sum_of_squares
    assert squares.constant >= 0
    again = Objective.from_statement(objective.statement)
    assert again == objective
    assert again.statement == objective.statement


def test_weights_are_named_layer_by_layer() -> None:
    net = networks.Dense([2, 1, 2], bias=True)
    assert net.weights == ("w1_1_1", "w1_1_2", "b1_1", "w2_1_1", "w2_2_1", "b2_1", "b2_2")
    assert net.weight_count == 7
    fixed = networks.Dense([2, 2, 1], "square", True, ["1/2", -1])
    assert fixed.weights == ("w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2", "b1_1", "b1_2")
    assert fixed.output == (Fraction(1, 2), Fraction(-1))
    assert fixed.weight_count == 6


def test_the_statement_is_canonical() -> None:
    net = networks.Dense([1, 1, 1], ["0", "0.5", Fraction(2, 4)], output=[2])
    objective = losses.squared(net, inputs=np.array([[1], [2]]), targets=[["1.50"], [0]], scale=1, ridge=["0.10"])
    assert objective.statement == {
        "network": {"widths": [1, 1, 1], "activation": ["0", "1/2", "1/2"], "bias": False, "output": ["2"]},
        "data": {"inputs": [["1"], ["2"]], "targets": [["3/2"], ["0"]]},
        "loss": {"kind": "squared", "scale": "1", "ridge": ["1/10"]},
    }
    assert str(objective.expression) == (
        "(2*(1/2*w1_1_1 + 1/2*w1_1_1^2) - 3/2)^2 + (2*(1/2*(2*w1_1_1) + 1/2*(2*w1_1_1)^2))^2 + 1/10*w1_1_1^2"
    ).replace("1/2*(2*w1_1_1)", "w1_1_1", 1)


def test_no_data_and_no_ridge_is_the_constant_zero() -> None:
    objective = losses.squared(networks.Dense([2, 1]), inputs=[], targets=[])
    assert objective.expression == Number(Fraction(0))
    assert objective.unused_variables == objective.variables == ("w1_1_1", "w1_1_2")
    assert objective.polynomial == 0


def test_a_network_is_a_value() -> None:
    assert networks.Dense([2, 1]) == networks.Dense((2, 1), "identity", False, "trained")
    assert hash(networks.Dense([2, 1])) == hash(networks.Dense([2, 1]))
    with pytest.raises(AttributeError):
        networks.Dense([2, 1]).bias = True  # type: ignore[misc]


WRONG_NETWORKS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("no list", {"widths": 3}, ["widths: 3", "at least two widths", "[2, 1, 2]"]),
    ("text", {"widths": "212"}, ["widths: '212'"]),
    ("one width", {"widths": [2]}, ["widths: 1 widths", "at least two"]),
    ("a zero width", {"widths": [2, 0, 1]}, ["the width 0", "integers from 1"]),
    ("a float width", {"widths": [2, 1.0]}, ["the width 1.0", "integers from 1"]),
    ("a true width", {"widths": [True, 1]}, ["the width True"]),
    ("a huge width", {"widths": [10**9, 1]}, ["the width 1000000000"]),
    (
        "an unknown activation",
        {"widths": [2, 1], "activation": "sqare"},
        ["activation: ", "'sqare'", "did you mean square?"],
    ),
    ("no coefficients", {"widths": [2, 1], "activation": []}, ["activation: 0 coefficients"]),
    ("a float coefficient", {"widths": [2, 1], "activation": [0, 0.5]}, ["activation, number 2: the float 0.5"]),
    ("an activation number", {"widths": [2, 1], "activation": 3}, ["activation: 3", "a list of numbers"]),
    ("a bias number", {"widths": [2, 1], "bias": 1}, ["bias: 1", "true or false"]),
    ("an unknown output", {"widths": [2, 1, 1], "output": "fixed"}, ["output: 'fixed'", "a list of 1 numbers"]),
    (
        "a short output",
        {"widths": [2, 2, 2], "output": [1, 2, 3]},
        ["output: 3 numbers", "4 numbers (2 x 2, row by row)"],
    ),
    ("nothing to train", {"widths": [1, 1], "output": [1]}, ["output: one layer", "at least one trained layer"]),
]


@pytest.mark.parametrize(
    ("given_", "parts"), [row[1:] for row in WRONG_NETWORKS], ids=[row[0] for row in WRONG_NETWORKS]
)
def test_wrong_networks(given_: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        networks.Dense(**given_)
    assert [part for part in parts if part not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("name", "kind"), [("relu", "piecewise polynomial"), ("tanh", "analytic"), ("elu", "piecewise")]
)
def test_networks_that_are_not_built(name: str, kind: str) -> None:
    with pytest.raises(NotBuilt) as caught:
        networks.Dense([2, 1, 1], name)
    assert name in str(caught.value)
    assert kind in str(caught.value)
    assert "not built yet" in str(caught.value)


WRONG_LOSSES: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "a long row",
        {"inputs": [[1, 2], [1, 2, 3]]},
        ["data.inputs, row 2: 3 numbers", "rows of 2 numbers", "leave out 1"],
    ),
    ("a short row", {"targets": [[1], [1, 2]]}, ["data.targets, row 1: 1 number\n", "rows of 2 numbers", "add 1"]),
    ("flat inputs", {"inputs": [1, 2]}, ["data.inputs, row 1: 1 instead of a list", "write [1]"]),
    ("text for rows", {"inputs": "ab"}, ["data.inputs: 'ab'", "a list of rows"]),
    ("a number for rows", {"inputs": 3}, ["data.inputs: 3", "a list of rows"]),
    ("a text row", {"inputs": ["12", "34"]}, ["data.inputs, row 1: '12' instead of a list"]),
    ("more targets", {"targets": [[1, 2]] * 3}, ["data.targets: 3 rows", "2 rows", "one target per input"]),
    ("a float", {"inputs": [[1, 0.5], [0, 1]]}, ["data.inputs, row 1, number 2: the float 0.5", 'write "0.5"']),
    ("numpy floats", {"inputs": np.eye(2)}, ["data.inputs, row 1, number 1: the float 1.0"]),
    ("a word", {"inputs": [["x", 1], [0, 1]]}, ["data.inputs, row 1, number 1: 'x'"]),
    ("scale 0", {"scale": 0}, ["loss.scale: the scale 0", "numbers above 0"]),
    ("a float scale", {"scale": 0.5}, ["loss.scale: the float 0.5"]),
    ("a negative ridge", {"ridge": "-1"}, ["loss.ridge: the negative ridge '-1'", "at least 0"]),
    ("a short ridge", {"ridge": [1, 2]}, ["loss.ridge: 2 numbers", "one number, or 4 numbers"]),
    ("a word in the ridge", {"ridge": [1, 2, "x", 4]}, ["loss.ridge, number 3: 'x'"]),
    ("a negative entry", {"ridge": [1, 2, -3, 4]}, ["loss.ridge: the negative ridge '-3'"]),
    ("a title", {"title": 3}, ["title: the title 3"]),
]


@pytest.mark.parametrize(("changed", "parts"), [row[1:] for row in WRONG_LOSSES], ids=[row[0] for row in WRONG_LOSSES])
def test_wrong_losses(changed: dict[str, Any], parts: list[str]) -> None:
    right: dict[str, Any] = {"inputs": [[1, 0], [0, 1]], "targets": [[2, 0], [0, 1]]}
    with pytest.raises(InputError) as caught:
        losses.squared(networks.Dense([2, 1, 2]), **{**right, **changed})
    assert [part for part in parts if part not in str(caught.value)] == []
    assert str(caught.value).count("\n") == 1


def test_a_loss_needs_a_network() -> None:
    with pytest.raises(InputError, match="as network"):
        losses.squared([2, 1, 2], inputs=[], targets=[])  # type: ignore[arg-type]


def test_too_many_weights_are_refused_before_the_loss_is_built() -> None:
    with pytest.raises(InputError, match="200000000 trained weights") as caught:
        losses.squared(networks.Dense([10_000, 10_000, 10_000]), inputs=[], targets=[])
    assert "at most 16" in str(caught.value)


def test_a_sample_of_the_wrong_length() -> None:
    with pytest.raises(InputError, match="a sample of 3 numbers"):
        networks.Dense([2, 1]).outputs([1, 2, 3])
