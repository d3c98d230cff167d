"""Local minima by a bound on a region: every part of the hint has to be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exactland import networks
from exactland.claims.evidence import Evidence, certified_landscape
from exactland.claims.midpoint import MidpointNetwork
from exactland.claims.regions import MinimumOnRegion, SpuriousMinimumOnRegion, StrictSaddleAt, Term
from exactland.claims.truth import Truth
from exactland.objective import Objective
from exactland.polynomial import to_polynomial

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
# the line y = z = 0 is a valley where x > 0; where x < 0 there are negative losses
VALLEY = Objective.from_expression("x*y^2 + z^2", "x y z")
GOOD = MinimumOnRegion(("1", "0", "0"), ("-1", "1", "0"), ("x",), (Term("1", "y", ("x",)), Term("1", "z")))


def unsolved(objective: Objective) -> Evidence:
    def refuse(_: Objective):
        raise AssertionError("the solver was asked")

    return Evidence(objective, refuse)


def test_a_valley():
    given = unsolved(VALLEY)
    finding = GOOD.evaluate(given)
    assert finding.truth is T
    assert finding.certificates
    assert all(map(given.holds, finding.certificates))
    assert SpuriousMinimumOnRegion(GOOD).evaluate(given).truth is T
    assert StrictSaddleAt(GOOD).evaluate(given).truth is F


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GOOD, point=("0", "0", "0")),  # on the border of the region
        replace(GOOD, point=("-1", "0", "0")),  # outside: the loss falls there
        replace(GOOD, point=("1", "1", "0")),  # not where the bound is attained
        replace(GOOD, lower=("1", "1", "0")),  # not lower
        replace(GOOD, lower=("2", "0", "0")),  # as low
        replace(GOOD, lower=("-1", "1")),
        replace(GOOD, positive=()),  # a factor without its sign
        replace(GOOD, terms=(Term("1", "y", ("x",)),)),  # no identity
        replace(GOOD, terms=(Term("2", "y", ("x",)), Term("1", "z"))),
        replace(GOOD, terms=(Term("2", "y", ("x",)), Term("-1", "y", ("x",)), Term("1", "z"))),  # a negative term
        replace(GOOD, terms=(Term("1", "y", ("-x",)), Term("1", "z"))),
    ],
)
def test_wrong_hints_prove_nothing(wrong):
    assert wrong.evaluate(unsolved(VALLEY)).truth is not T


def test_a_saddle_is_found_by_a_certificate_of_its_own():
    wrong = replace(GOOD, point=("-1", "0", "0"))
    assert wrong.evaluate(unsolved(VALLEY)).truth is F
    assert StrictSaddleAt(wrong).evaluate(unsolved(VALLEY)).truth is T
    degenerate = replace(GOOD, point=("0", "0", "0"))
    assert StrictSaddleAt(degenerate).evaluate(unsolved(VALLEY)).truth is not T


def test_without_a_bound_the_list_decides():
    def solver(objective: Objective):
        return certified_landscape(objective, 30)

    hint = MinimumOnRegion(("0",), ("1",), (), ())
    two = Objective.from_expression("3*x^4 - 8*x^3 - 6*x^2 + 24*x", "x")
    assert SpuriousMinimumOnRegion(hint).evaluate(Evidence(two, solver)).truth is T
    one = Objective.from_expression("x^2", "x")
    assert SpuriousMinimumOnRegion(hint).evaluate(Evidence(one, solver)).truth is F


@pytest.mark.parametrize(("power", "activation"), [(1, "identity"), (2, "square"), (3, "cube")])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_network_is_that_of_the_package(power, activation, width):
    network = MidpointNetwork(width, power)
    dense = networks.Dense([2, width, 1], activation)
    rename = {f"w1_{i}_1": f"a{i}" for i in range(1, width + 1)}
    rename |= {f"w1_{i}_2": f"b{i}" for i in range(1, width + 1)}
    rename |= {f"w2_1_{i}": f"u{i}" for i in range(1, width + 1)}
    order = [dense.weights.index(next(w for w, n in rename.items() if n == name)) for name in network.names]
    place = [2 * k + 3 for k in range(3 * width)]
    seen = [0] * (3 * width)
    for value, position in zip(place, order, strict=True):
        seen[position] = value
    for text, sample in zip(network.outputs(), ([1, 0], [0, 1], ["1/2", "1/2"]), strict=True):
        ours = Objective.from_expression(text, network.names).polynomial
        theirs = to_polynomial(dense.outputs(sample)[0], dense.weights)
        assert ours(*place) == theirs(*seen)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_the_bound_holds_for_all_powers(power):
    """Also for linear units, where no point is lower than the bound."""
    network = MidpointNetwork(2, power)
    point = ("1/6", "1", "1", "1/6", "1", "1")
    lower = ("27/7", "1/3", "1", "-27/7", "-1/3", "1")
    finding = network.minimum(point, lower).evaluate(unsolved(network.loss()))
    assert (finding.truth is T) == (power > 1)


def test_signs_matter():
    network = MidpointNetwork(2, 2)
    lower = ("1", "1", "1", "-1", "1", "-1")
    mixed = network.minimum(("2/3", "1", "1", "-1/3", "1", "1"), lower)
    assert mixed.evaluate(unsolved(network.loss())).truth is F
    assert network.dead(("-1", "0", "0") * 2, lower).evaluate(unsolved(network.loss())).truth is T
    assert network.dead(("1", "0", "0") * 2, lower).evaluate(unsolved(network.loss())).truth is not T
