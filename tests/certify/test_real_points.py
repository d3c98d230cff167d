"""Real critical points that are isolated over the reals and not over the complex numbers, end to end."""

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
    assert landscape.complex_points is None
    assert "squares" in landscape.certificate().text


@pytest.mark.parametrize("text", ["(x*y - 1)^2", "(x^2 + y^2 - 1)^2", "x^2*(x^2 + y^2 + 1)"])
def test_real_curves_are_left_to_components(text):
    landscape = el.solve(text, seconds=20)
    assert landscape.complete is Completeness.PROVED
    assert len(landscape.components) >= 1
    assert '"rule":"cases"' in landscape.certificate().text


def test_a_point_cannot_be_left_out():
    ones = " + ".join(f"(1 - {a}*{b})^2" for a in "xyz" for b in "xyz")
    whole = json.loads(el.solve(ones, seconds=20).certificate().text)
    check_bytes(json.dumps(whole).encode())
    for point in whole["points"]:
        cut = {**whole, "points": [p for p in whole["points"] if p is not point]}
        cut |= {"symmetries": [], "equal_values": [], "infimum": None}
        left_out = whole["fields"][point["root"]["field"]]
        cut["fields"] = [{**f, "counted": f["counted"] and f is not left_out} for f in whole["fields"]]
        with pytest.raises(Rejection) as caught:
            check_bytes(json.dumps(cut).encode())
        assert caught.value.rule[0] in "CT"


def test_points_are_told_apart_by_their_size():
    """Coordinates of different sizes: the search is done in their units."""
    z = ("1", "-2", "1/3")
    squares = [f"({a}*({b}) - x{i}*x{j})^2" for i, a in enumerate(z) for j, b in enumerate(z)]
    landscape = el.solve(" + ".join(squares), seconds=20)
    assert landscape.complete is Completeness.PROVED
    assert sorted(p.inertia.zero for p in landscape) == [0, 0, 2]
