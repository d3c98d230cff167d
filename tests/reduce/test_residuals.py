"""Residuals as variables, so that layers of deep linear networks can be eliminated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import pytest

import exactland as el
import exactland.certify.reduced as reduced
import exactland.reduce.plan as planning
import exactland.reduce.residuals as residuals
from benchmarks.suite import linear_net
from exactland.landscape import Completeness
from exactland.objective import Objective
from exactland.polynomial import evaluate, gradient
from exactland.reduce.residuals import Residuals
from exactland.solving.refine import Certified, Refiner

Widths = tuple[int, ...]


def objective(widths: Widths, samples: int, seed: int = 7) -> Objective:
    return Objective.from_statement(linear_net(widths, samples, seed).statement)


def reduction(given: Objective) -> Residuals | None:
    return Residuals.apply(given.polynomial, lambda: given.squares)


@pytest.mark.parametrize(
    ("widths", "samples", "left"),
    [((1, 3, 3), 1, 6), ((1, 3, 3), 4, 6), ((1, 3, 3, 1), 1, 7), ((1, 3, 2, 1), 2, 6), ((1, 2, 2, 2), 1, 8)],
)
def test_how_many_variables_are_left(widths: Widths, samples: int, left: int) -> None:
    """One residual for each output, as inputs are numbers, and the layers beside the largest one."""
    found = reduction(objective(widths, samples))
    assert found is not None
    assert len(found.parts[0].context().names()) == left


@pytest.mark.parametrize(("widths", "samples"), [((1, 2, 2), 1), ((2, 2, 2), 2), ((1, 3, 2), 1), ((5, 1, 5), 5)])
def test_small_ones_and_those_with_many_residuals_stay(widths: Widths, samples: int) -> None:
    assert reduction(objective(widths, samples)) is None


def test_no_squares_no_reduction() -> None:
    assert Residuals.apply(objective((1, 3, 3), 1).polynomial) is None


def test_the_way_back() -> None:
    """Where the residuals have their values, the slope of the objective is that of the larger one, which is 0 along the
    eliminated variables, and along the others in proportion to that of the smaller one.
    """
    given = objective((1, 3, 2, 1), 2)
    found = reduction(given)
    assert found is not None
    (smaller,) = found.parts
    larger, n = found.elimination.polynomial, len(given.variables)
    gone = [k for k, _ in found.elimination.eliminated]
    kept = [k for k in range(larger.context().nvars()) if k not in gone]
    source, ratios = random.Random(4), set()
    for _ in range(3):
        y = [Fraction(source.randint(1, 9), source.randint(1, 5)) for _ in kept]
        whole = found.elimination.invert([y], lambda p, at: evaluate(p, list(at)))
        x = found.invert([y], lambda p, at: evaluate(p, list(at)))
        assert x == whole[:n]
        slopes = [evaluate(s, whole) for s in gradient(larger)]
        assert not any(slopes[k] for k in gone)
        own = [evaluate(s, y) for s in gradient(smaller)]
        ratios |= {slopes[k] / own[i] for i, k in enumerate(kept)}
        roots = [evaluate(q, x) for q, _ in found.roots]
        there = [evaluate(s, [*x, *roots]) for s in gradient(larger)]
        assert not any(there[n:])
        exact = [evaluate(s, x) for s in gradient(given.polynomial)]
        assert len({a / b for a, b in zip(there, exact, strict=False)}) == 1
    assert len(ratios) == 1


@pytest.mark.parametrize(("widths", "samples"), [((1, 2, 2), 1), ((2, 2, 1), 2), ((1, 2, 2, 1), 1), ((1, 2, 3), 3)])
def test_the_same_points(widths: Widths, samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it does not pay; all complex points are counted."""
    given = objective(widths, samples)

    def solved() -> tuple[object, ...]:
        landscape = el.solve(given, seconds=60)
        assert landscape.complete is Completeness.PROVED
        kinds = sorted(
            (round(float((p.value.lower + p.value.upper) / 2), 6), p.kind.value, str(p.inertia))
            for p in landscape.points
        )
        return landscape.complex_points, kinds

    monkeypatch.setattr(residuals, "FEWEST", 4)
    monkeypatch.setattr(residuals, "FEWER", 1)
    assert isinstance(planning.plan(given.polynomial, lambda: given.squares).reduction, Residuals)
    with_it = solved()
    monkeypatch.setattr(residuals, "FEWEST", 99)
    assert solved() == with_it


@pytest.mark.parametrize("changed", ["nothing", "no images are seen", "images are not made"])
def test_one_point_of_each_orbit_is_lifted(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are its images; where some are missing, all points are lifted."""
    monkeypatch.setattr(residuals, "FEWEST", 4)
    lifted: list[int] = []
    original = reduced._lifted

    def counted(plan: planning.Plan, refiner: Refiner, simple: Sequence[Sequence[Certified]]) -> list[Certified]:
        lifted.append(len(simple[0]))
        return original(plan, refiner, simple)

    monkeypatch.setattr(reduced, "_lifted", counted)
    if changed == "no images are seen":
        monkeypatch.setattr(reduced, "images", lambda gs, found: [None] * len(found))
    elif changed == "images are not made":
        monkeypatch.setattr(reduced, "sign_images", lambda gs, found: found)
    landscape = el.solve(objective((1, 2, 2, 1), 1), seconds=60)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert (landscape.complex_points, len(landscape.points)) == (129, 33)
    assert (len(lifted), max(lifted) < 20) == {
        "nothing": (1, True),
        "no images are seen": (1, False),
        "images are not made": (2, False),
    }[changed]


LARGE = {
    # for each choice of as many units in both layers four values of the residual, and all signs
    (1, 3, 3, 1): 1 + 4 * (9 * 4 + 9 * 16 + 1 * 64),
    # after changes of variables that make one input of two; the numbers of its larger objective are large
    (2, 2, 2, 2): 641,
}


@pytest.mark.parametrize("widths", LARGE)
def test_large_networks(widths: Widths) -> None:
    landscape = el.solve(objective(widths, 1, 77), seconds=60)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == LARGE[widths]


def test_the_new_variables_are_of_the_size_of_outputs() -> None:
    """The engines are inaccurate where some coordinates are far larger than others."""
    found = reduction(objective((1, 3, 2, 1), 2))
    assert found is not None
    ((root, divisor),) = found.roots
    assert sorted(map(sum, root.monoms())) == [0, 3, 3, 3, 3, 3, 3]
    assert max(abs(c) for c in root.coeffs()) < 9
    assert divisor > 0
