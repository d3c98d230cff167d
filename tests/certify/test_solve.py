"""The whole thread on objectives whose landscape is known by hand, and properties that hold for every landscape."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland import losses, networks
from exactland.api import solve
from exactland.checker import check_bytes
from exactland.errors import InputError
from exactland.landscape import Completeness, Kind, Landscape
from exactland.polynomial import from_fmpq, gradient, to_fmpq
from tests.certify.cases import CASES, Expected

IDS = [case.name for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_known_landscapes(case: Expected) -> None:
    landscape = solve(case.expression)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    counts = landscape.counts()
    assert [counts[kind.value] for kind in Kind] == [
        case.minimum, case.maximum, case.strict_saddle, case.nonstrict_saddle, 0,
    ]  # fmt: skip
    assert counts["complex_points"] == case.complex_points
    assert counts["spurious_minimum"] == case.spurious
    if case.infimum is None and landscape.infimum is not None:
        assert landscape.infimum.value is not None
    elif case.infimum == "unbounded":
        assert landscape.infimum is not None
        assert landscape.infimum.value is None
    elif case.infimum is not None:
        assert landscape.infimum is not None
        assert landscape.infimum.value is not None
        assert landscape.infimum.value.exact == case.infimum


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.complex_points], ids=[c.name for c in CASES if c.complex_points]
)
def test_the_ideal_rule_agrees(case: Expected) -> None:
    by_ideal = solve(case.expression, rule="ideal")
    assert by_ideal.complete is Completeness.PROVED, by_ideal.reason
    counts = by_ideal.counts()
    assert counts["real_points"] == case.real_points
    assert [counts[kind.value] for kind in Kind][:4] == [
        case.minimum, case.maximum, case.strict_saddle, case.nonstrict_saddle,
    ]  # fmt: skip


def test_an_infimum_that_is_not_attained() -> None:
    landscape = solve("(x*y-1)^2+x^2")
    assert landscape.infimum is not None
    assert landscape.infimum.value is not None
    assert landscape.infimum.value.exact == 0
    assert landscape.infimum.attained is False
    assert landscape.not_established == ()


def test_an_empty_list_is_proved_empty() -> None:
    landscape = solve("x^3/3+x")
    assert len(landscape) == 0
    assert landscape.complete is Completeness.PROVED


def assert_consistent(landscape: Landscape) -> None:
    """What must hold for every landscape: the certificate says it, gradients vanish, enclosures are disjoint."""
    report = check_bytes(landscape.certificate().text.encode("ascii"))
    assert (report.complete is not None) == (landscape.complete is Completeness.PROVED)
    assert len(report.points) == len(landscape.points)
    slopes = gradient(landscape.objective.polynomial)
    for point in landscape.points:
        middle = [(n.lower + n.upper) / 2 for n in point.point.values()]
        for slope in slopes:
            assert abs(from_fmpq(slope(*map(to_fmpq, middle)))) < Fraction(1, 10**10)
        value = from_fmpq(landscape.objective.polynomial(*map(to_fmpq, middle)))
        assert abs(value - point.value.lower) < Fraction(1, 10**10)
    for i, a in enumerate(landscape.points):
        for b in landscape.points[:i]:
            pairs = zip(a.point.values(), b.point.values(), strict=True)
            assert any(x.upper < y.lower or y.upper < x.lower for x, y in pairs)


def morse_sum(landscape: Landscape) -> int:
    """Poincare-Hopf: 1 for a coercive objective with nondegenerate critical points."""
    assert all(p.degenerate is False for p in landscape.points)
    return sum((-1) ** (p.index or 0) for p in landscape.points)


coefficients = st.integers(min_value=-4, max_value=4)


@given(st.lists(coefficients, min_size=6, max_size=6), st.integers(min_value=1, max_value=5))
@settings(max_examples=12)
def test_random_coercive_quartics(cs: list[int], ridge: int) -> None:
    a, b, c, d, e, f = cs
    landscape = solve(
        f"x^4+y^4+({a})*x^2*y+({b})*x*y+({c})*x+({d})*y+({e})*x^2/3+({f})*y^3/2+{ridge}/7*y^2", seconds=60
    )
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert_consistent(landscape)
    if all(p.degenerate is False for p in landscape.points):
        assert morse_sum(landscape) == 1
    assert landscape.infimum is not None
    assert landscape.infimum.value is not None
    # An independent oracle: no value on a grid is below the proved infimum.
    grid = np.linspace(-4, 4, 161)
    x, y = np.meshgrid(grid, grid)
    sampled = x**4 + y**4 + a * x * x * y + b * x * y + c * x + d * y + e * x * x / 3 + f * y**3 / 2 + ridge / 7 * y * y
    assert float(landscape.infimum.value.lower) <= float(sampled.min()) + 1e-9


NETWORKS = (
    ("2-1-2", networks.Dense([2, 1, 2]), [["1", "0"], ["1", "2"], ["0", "3"]], [["2", "0"], ["0", "1"], ["1", "1"]]),
    ("1-2-1", networks.Dense([1, 2, 1]), [["1"], ["2"]], [["2"], ["1"]]),
    ("square neuron", networks.Dense([1, 1, 1], "square", output=["1"], bias=True), [["1"], ["2"]], [["1"], ["3"]]),
    ("chain", networks.Dense([1, 1, 1, 1]), [["1"]], [["2"]]),
)


@pytest.mark.parametrize(("name", "net", "inputs", "targets"), NETWORKS, ids=[n[0] for n in NETWORKS])
def test_ridge_networks(name: str, net: networks.Dense, inputs: list[list[str]], targets: list[list[str]]) -> None:
    weights = [f"1/{7 + 3 * i}" for i in range(net.weight_count)]
    landscape = solve(losses.squared(net, inputs=inputs, targets=targets, ridge=weights))
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert_consistent(landscape)
    assert morse_sum(landscape) == 1
    assert landscape.not_established == ()


def test_no_data_with_ridge_is_the_ridge_alone() -> None:
    landscape = solve(losses.squared(networks.Dense([1, 1, 1]), inputs=[], targets=[], ridge="1/3"))
    assert landscape.counts()["minimum"] == 1
    assert landscape.complete is Completeness.PROVED


NOT_BUILT = (
    ("relu(x)^2+x^2", "piecewise"),
    ("tanh(x)^2+x^2", "analytic"),
    ("x^2+1/(1+x^2)", "rational"),
)


@pytest.mark.parametrize(("expression", "word"), NOT_BUILT, ids=[e for e, _ in NOT_BUILT])
def test_what_is_not_built_is_said_and_never_called_complete(expression: str, word: str) -> None:
    landscape = solve(expression, seconds=60)
    assert landscape.complete is Completeness.OPEN
    assert word in (landscape.reason or "")


def test_unknown_rule() -> None:
    with pytest.raises(InputError, match="no rule 'magic'\n  allowed: rank, levels, ideal, bezout, mixed, cases"):
        solve("x^2", rule="magic")


def test_minimal_polynomials_on_demand() -> None:
    landscape = solve("(x^2-2)^2+y^2", minimal_polynomials=True)
    assert {p.point["x"].minimal_polynomial for p in landscape.minima} == {"t^2 - 2"}
    assert {p.value.minimal_polynomial for p in landscape.points} == {"t", "t - 4"}


def test_truth_values_are_refused() -> None:
    landscape = solve("x^2")
    with pytest.raises(TypeError):
        bool(landscape.complete)
