"""What a report says of orbits on slices, and what it leaves open."""

from __future__ import annotations

import pytest

from exactland.certify.reading import entries
from exactland.checker import ResourceLimit, kernel
from tests.checker.build import (
    Certificate,
    box,
    boxed,
    certificate,
    check,
    exact,
    orbit,
    rational,
    root,
    slices,
    univariate_rank,
)
from tests.checker.good import good

AROUND_Z, AROUND_Y, AROUND_X = (
    [[0, -1, 0], [1, 0, 0], [0, 0, 0]],
    [[0, 0, -1], [0, 0, 0], [1, 0, 0]],
    [[0, 0, 0], [0, 0, -1], [0, 1, 0]],
)


def wells(variable: str) -> Certificate:
    """(v^2 - 1)^2, with exact coordinates."""
    on_it = (variable, f"({variable}^2 - 1)^2")
    return certificate(
        *on_it,
        completeness=univariate_rank(3),
        points=[boxed(box(*on_it, [v]), exact=exact(v + 1)) for v in (-1, 0, 1)],
        fields=[rational([v], counted=False) for v in (-1, 0, 1)],
    )


def sphere() -> Certificate:
    """(x^2 + y^2 + z^2 - 1)^2, and a circle of a slice of which nothing but one point is known."""
    plane = ("x y", "(x^2 + y^2 - 1)^2")
    circle = certificate(*plane, form=["1", "2"], fields=[rational([1, 0], [1, 2])], points=[root(0)])
    orbits = [
        orbit(0, 2, [1, 2], [[-1, 0], [0, -1]]),
        orbit(0, 0, [1, 2], [[-1, 0], [0, -1]]),
        orbit(1, 0, [1], [[1]]),
    ]
    steps = [
        {"flow": 0, "turn": 0, "to": 1},
        {"slice": 0, "points": [{"orbit": 1}, {"point": 0}, {"orbit": 0}]},
        {"flow": 2, "turn": 1, "to": 2},
        {"slice": 0, "points": [{"coordinate": 2}, {"coordinate": 2}, {"orbit": 0}]},
    ]
    return certificate(
        "x y z",
        "(x^2 + y^2 + z^2 - 1)^2",
        form=["1", "2", "3"],
        completeness=slices(
            [AROUND_Z, AROUND_Y, AROUND_X], [({0: 0, 1: 0}, wells("z")), ({2: 0}, circle)], orbits, *steps
        ),
        fields=[rational([0, 0, 0], [1, 2, 3])],
        points=[root(0)],
    )


def test_the_dimension_of_an_orbit_whose_point_may_not_be_isolated_on_its_slice_is_a_lower_bound() -> None:
    """The circle in the plane z = 0 meets the plane x = 0, so one flow crosses the slice; the orbit is the sphere."""
    report = check(sphere())
    assert [(c.dimension, c.exact) for c in report.components] == [(2, True), (2, True), (1, False)]
    assert "component 0: dimension 2, loss 0" in report.proved
    assert "component 2: dimension 1 or more, loss 0" in report.proved
    (last,) = [p for p in entries(report) if p.dimension == 1]
    assert last.equations[-1].endswith(", of this dimension or more")


def test_an_orbit_has_its_images_under_sign_changes_with_it() -> None:
    """(x y)^2 = 1 on two curves for x > 0; a sign change of x alone brings x < 0 there."""
    steps = [
        {"split": 0, "signs": [-1, 1]},
        {"split": 1, "signs": [1, -1]},
        {"at": {"point": 0}},
        {"flow": 0, "coordinate": 1},
        {"slice": 1, "points": [{"coordinate": 0}, {"orbit": 3}, {"coordinate": 0}]},
        {"flow": 0, "coordinate": 0},
        {"slice": 0, "points": [{"orbit": k} for k in range(3)]},
    ]
    report = check(
        certificate(
            "x y",
            "((x*y)^2 - 1)^2",
            completeness=slices(
                [[[1, 0], [0, -1]]],
                [({0: 1}, wells("y")), ({1: 1}, wells("x"))],
                [*(orbit(0, k, [0], [[1]]) for k in range(3)), orbit(1, 1, [0], [[-1]])],
                *steps,
            ),
            fields=[rational([0, 0])],
            points=[root(0)],
        )
    )
    assert report.proved[1].startswith("complete: 4 orbits up to sign changes and 1 other real")
    found = {p.equations for p in entries(report) if p.dimension}
    last = "the orbit of the point under the continuous symmetries of the loss and its sign changes"
    assert found == {
        ("x != 0", "y != 0", "x*y = 1 or -1", last),
        ("x != 0", "y != 0", "x*y = -1 or 1", last),
        ("x = 0", "y != 0", last),
        ("y = 0", "x != 0", last),
    }


def test_work_on_slices_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty slices of an objective cost sixty times what one costs, and so do sixty steps."""
    given = good("orbits_of_a_product")
    spent: list[int] = []
    monkeypatch.setattr(kernel.TermBudget, "spend", lambda _, products: spent.append(products))
    check(given)
    once = sum(spent)
    given["completeness"]["slices"] *= 3
    spent.clear()
    check(given)
    assert sum(spent) > once + 2 * 4  # each of them at least the terms of the objective
    monkeypatch.undo()
    monkeypatch.setattr(kernel, "MAX_TOTAL_WORK", once)
    with pytest.raises(ResourceLimit, match="work of all lines"):
        check(given)
    check(good("orbits_of_a_product"))
