"""Dimensions of the sets of maps of polynomial networks, between certified bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland import networks
from exactland.claims import dimensions
from exactland.claims.claim import Verdict
from exactland.claims.dimensions import DimensionAtMost, DimensionIs, PowerNetwork, RecursiveBound
from exactland.claims.evidence import Evidence
from exactland.claims.truth import Truth
from exactland.objective import Objective
from exactland.polynomial import evaluate, to_polynomial
from tests.proofs.declared import assert_as_declared

NAME = "classic_polynomial_networks"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def unsolved() -> Evidence:
    def refuse(objective: Objective):
        raise AssertionError("the solver was asked")

    return Evidence(Objective.from_expression("x^2"), refuse)


def test_everything_comes_out_as_declared(report):
    assert_as_declared(report)


def test_which_architectures_fall_below_the_expected_dimension(report):
    cases = [c for c in report.cases if c.case.startswith("expected_dimension/")]
    assert [c.case.split("/")[1] for c in cases if c.verdict is Verdict.REFUTED] == ["3_2_1", "3_2_2_1"]
    assert len(cases) == 7


@pytest.mark.parametrize("widths", [(2, 1, 1), (3, 2, 1), (2, 3, 2, 1)])
@pytest.mark.parametrize(("power", "activation"), [(2, "square"), (3, "cube")])
def test_the_networks_are_those_of_the_package(widths, power, activation):
    ours, dense = PowerNetwork(widths, power), networks.Dense(widths, activation)
    assert ours.weights == dense.weights
    sample = [2, -3, 5][: widths[0]]
    texts = ours.outputs(ours.weights, [f"({x})" for x in sample])
    for text, output in zip(texts, dense.outputs(sample), strict=True):
        polynomial = to_polynomial(output, dense.weights)
        assert Objective.from_expression(text, ours.weights).polynomial == polynomial
        place = [k + 2 for k in range(len(ours.weights))]
        slopes = [evaluate(polynomial.derivative(i), list(map(Fraction, place))) for i in range(len(place))]
        wanted = [int(s) % dimensions._PRIME for s in slopes]
        assert ours.derivatives(place, sample)[texts.index(text)] == wanted


@pytest.mark.parametrize(
    ("widths", "power", "naive", "ambient"),
    [((2, 1, 1), 2, 2, 3), ((3, 2, 1), 2, 6, 6), ((3, 2, 2, 1), 2, 8, 15), ((2, 2, 2, 2), 2, 8, 10), ((2, 3), 2, 6, 6)],
)
def test_naive_and_ambient_dimension(widths, power, naive, ambient):
    network = PowerNetwork(widths, power)
    assert (network.naive, network.ambient) == (naive, ambient)


@pytest.mark.parametrize(("widths", "power", "wanted"), [((2, 1, 1), 2, 2), ((3, 2, 1), 2, 5), ((2, 2, 1), 1, 2)])
def test_dimensions(widths, power, wanted):
    network, given = PowerNetwork(widths, power), unsolved()
    for dimension in range(wanted - 1, wanted + 2):
        finding = DimensionIs(network, dimension).evaluate(given)
        assert finding.truth is (T if dimension == wanted else F)
        assert all(map(given.holds, finding.certificates))
        at_most = DimensionAtMost(network, dimension).evaluate(given)
        assert at_most.truth is (F if dimension < wanted else T)


def test_the_recursive_bound_is_exact_here():
    given = unsolved()
    assert RecursiveBound(PowerNetwork((2, 2, 2))).evaluate(given).truth is T
    assert RecursiveBound(PowerNetwork((2, 2, 2)), 1).evaluate(given).truth is F
    assert RecursiveBound(PowerNetwork((3, 2, 1)), 1).evaluate(given).truth is T


def test_a_field_outside_the_kernel_bounds_nothing(monkeypatch):
    network = PowerNetwork((3, 2, 1))
    good = dimensions._fields(network, 3)
    first = {(1, *(0,) * 7): 1}
    wrong = (first, *({} for _ in range(7)))  # stretches one weight only
    monkeypatch.setattr(dimensions, "_fields", lambda *_: (*good[:2], wrong))
    assert DimensionIs(network, 5).evaluate(unsolved()).truth is U
    assert DimensionAtMost(network, 6).evaluate(unsolved()).truth is T  # the two good ones


def test_dependent_fields_bound_nothing(monkeypatch):
    network = PowerNetwork((3, 2, 1))
    good = dimensions._fields(network, 3)
    monkeypatch.setattr(dimensions, "_fields", lambda *_: (*good, good[0]))
    assert DimensionIs(network, 5).evaluate(unsolved()).truth is U
    monkeypatch.setattr(dimensions, "_fields", lambda *_: ())
    assert DimensionIs(network, 5).evaluate(unsolved()).truth is U


def test_too_few_samples_prove_no_filling(monkeypatch):
    network = PowerNetwork((2, 2, 1))
    few = dimensions._samples(network)[:2]
    monkeypatch.setattr(dimensions, "_samples", lambda _: few)
    assert DimensionIs(network, 3).evaluate(unsolved()).truth is U
    assert DimensionIs(network, 1).evaluate(unsolved()).truth is F  # two independent values are enough for that


def test_several_outputs_do_not_mix():
    """A field that moves two outputs against each other is not in the kernel."""
    network = PowerNetwork((1, 2))
    field = ({(0, 0): 1}, {(0, 0): -1})
    left, right = dimensions._moved(network, field)
    names = (*network.weights, "x1", "step_")
    difference = Objective.from_expression(f"({left}) - ({right})", names).polynomial
    assert not difference.is_zero()
