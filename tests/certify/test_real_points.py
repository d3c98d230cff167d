"""Real critical points that are isolated over the reals and not over the complex numbers, end to end (rule D3)."""

from __future__ import annotations

import json

import pytest

import exactland as el
from exactland.checker import Rejection, check_bytes
from exactland.landscape import Completeness, Kind


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("(x^2 + y^2)^2", [Kind.MINIMUM]),
        ("(x^2 + y^2 + 1)^2", [Kind.MINIMUM]),
        ("(x^2 + y^2)^2 + (z^2 - 2)^2", [Kind.MINIMUM, Kind.MINIMUM, Kind.STRICT_SADDLE]),
    ],
)
def test_isolated_real_points_on_complex_curves(text, kinds):
    landscape = el.solve(text, seconds=20)
    assert landscape.complete is Completeness.PROVED
    assert [p.kind for p in landscape] == kinds
    assert all(p.dimension == 0 for p in landscape)
    assert landscape.complex_points is None
    assert any("squares" in step for step in json.loads(landscape.certificate().text)["completeness"]["steps"])


@pytest.mark.parametrize(
    ("text", "dimensions"), [("(x*y - 1)^2", [1, 0]), ("(x^2 + y^2 - 1)^2", [1, 0]), ("x^2*(x^2 + y^2 + 1)", [1])]
)
def test_real_curves_are_no_points(text, dimensions):
    landscape = el.solve(text, seconds=20)
    assert landscape.complete is Completeness.PROVED
    assert [p.dimension for p in landscape] == dimensions


def completion(z: tuple[str, ...]) -> str:
    return " + ".join(f"({a}*({b}) - x{i}*x{j})^2" for i, a in enumerate(z) for j, b in enumerate(z))


@pytest.mark.parametrize("z", [("1", "1", "1"), ("1", "-2", "1/3"), ("1", "0", "2"), ("1", "1", "1", "1")])
def test_matrix_completion_with_everything_observed(z):
    landscape = el.solve(completion(z), seconds=20)
    assert landscape.complete is Completeness.PROVED
    assert sorted(p.inertia.zero for p in landscape) == [0, 0, len(z) - 1]
    assert len(landscape.global_minima) == 2


def test_a_point_cannot_be_left_out():
    whole = json.loads(el.solve(completion(("1", "1", "1")), seconds=20).certificate().text)
    check_bytes(json.dumps(whole).encode())
    for i in range(len(whole["points"])):
        cut = {**whole, "points": [p for k, p in enumerate(whole["points"]) if k != i]}
        cut |= {"symmetries": [], "equal_values": [], "infimum": None}
        with pytest.raises(Rejection) as caught:
            check_bytes(json.dumps(cut).encode())
        assert caught.value.rule == "A7"
