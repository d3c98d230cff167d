"""Images stand for boxes: the report is that of the same certificate with all boxes written out."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from typing import Any

import pytest

from exactland import solve
from exactland.checker import Rejection, Report, kernel
from exactland.checker.listed import SignChanges
from exactland.checker.minimum import Places
from tests.checker.build import Certificate, check
from tests.checker.good import good


def written_out(certificate: Certificate) -> Certificate:
    """Every image replaced by a box: the signs of centre and approximate inverse changed."""
    result = copy.deepcopy(certificate)
    for i, entry in enumerate(certificate["points"]):
        if "image" in entry:
            original = {k: v for k, v in certificate["points"][entry["image"]].items() if k != "exact"}
            result["points"][i] = {**original, "box": moved(original["box"], entry["signs"])}
            if "inertia" in original:
                rows = zip(entry["signs"], original["inertia"]["rows"], strict=True)
                result["points"][i]["inertia"] = {"rows": [[times(s, x) for x in row] for s, row in rows]}
    for i, entry in enumerate(certificate["nonreal"]):
        if "image" in entry:
            result["nonreal"][i] = moved(certificate["nonreal"][entry["image"]], entry["signs"])
    return result


def times(sign: int, text: str) -> str:
    return str(sign * int(text))


def numbers(given: Any) -> list[str]:
    """Of one text, a list of texts, or a list of such rows."""
    if isinstance(given, str):
        return given.split(" ")
    return [x for part in given for x in numbers(part)]


def changed(signs: list[int], texts: list[str]) -> str:
    return " ".join(times(s, x) for s, x in zip(signs, texts, strict=True))


def moved(box: dict[str, Any], signs: list[int]) -> dict[str, Any]:
    parts = [part for part in ("real", "imaginary") if part in box]
    half = [s * t for i, s in enumerate(signs) for t in signs[i:]]
    whole = [s * t for s in signs for t in signs]
    inverse = {}
    for part in parts:
        entries = numbers(box["inverse"][part])
        inverse[part] = changed(half if len(entries) == len(half) else whole, entries)
    centre = {part: changed(signs, numbers(box[part])) for part in parts}
    return {**box, **centre, "inverse": {**box["inverse"], **inverse}}


def said(report: Report) -> list[Any]:
    points = [(p.kind, p.inertia, p.value, p.multiplicity, p.is_global, p.orbit) for p in report.points]
    return [report.complete, report.complex_points, points, report.infimum]


def test_hand_written_images() -> None:
    given = good("images_of_two")
    assert said(check(given)) == said(check(written_out(given)))
    assert check(given).complex_points == 9


@pytest.mark.parametrize(
    ("objective", "most"),
    [
        ("(a*b*c - 2)^2 + a^2/10 + b^2/7 + c^2/9", 8),
        ("x^4/4 + y^4/5 + x^2*y^2/3 + x*y/7 - x^2", 4),
        ("x^6/6 - x^2 + y^2*(1 + x^2) + x*y/5", 4),
    ],
)
def test_solved_systems(objective: str, most: int) -> None:
    landscape = solve(objective, seconds=60)
    given = json.loads(landscape.certificate().text)
    boxes = [entry for entry in [*given["points"], *given["nonreal"]] if "image" not in entry]
    assert len(boxes) <= most < len(given["points"]) + len(given["nonreal"])
    assert said(check(given)) == said(check(written_out(given)))


def test_exact_coordinates_of_an_image() -> None:
    """An image has the coordinates with the signs changed, as bounds and in facts."""
    report = check(good("images"))
    left, right = report.points[0].enclosure[0], report.points[1].enclosure[0]
    assert left == (-right[1], -right[0])
    assert right[1] - right[0] < Fraction(1, 40)  # the box is wider
    assert report.points[0].value_polynomial == (7, 3)
    wrong = good("images")
    wrong["facts"][0]["polynomial"] = [["1", [1]], ["-1", [0]]]
    with pytest.raises(Rejection) as caught:
        check(wrong)
    assert caught.value.rule == "V7"


def test_images_attain_the_infimum_together() -> None:
    """Without symmetries of the whole list the tie follows from B4; an image cannot be left out."""
    given = {**good("images_of_two"), "symmetries": []}
    given["points"] = given["points"][:4]
    given["completeness"], given["infimum"] = None, None
    assert [p.kind for p in check(given).points] == ["minimum"] * 4
    bound = {
        "rule": "bound",
        "constant": "-2",
        "squares": [["1", [["1/2", [2, 0]], ["-1", [0, 0]]]], ["1", [["1/2", [0, 2]], ["-1", [0, 0]]]]],
        "argmin": [0, 1, 2, 3],
    }
    whole = {**good("images"), "symmetries": [], "equal_values": []}
    assert [p.is_global for p in check(whole).points] == [True, True, False]
    for part in ([0], [1]):
        with pytest.raises(Rejection) as caught:
            check({**whole, "infimum": {**whole["infimum"], "argmin": part}})
        assert caught.value.rule == "G4"
    with pytest.raises(Rejection) as caught:
        check({**given, "infimum": bound})
    assert caught.value.rule == "G6"  # the values are known in bounds only


@pytest.mark.parametrize(
    ("terms", "signs", "same"),
    [
        ([(2, 0), (0, 2)], (-1, 1), True),
        ([(2, 0), (1, 1), (0, 2)], (-1, 1), False),
        ([(2, 0), (1, 1), (0, 2)], (-1, -1), True),
        ([(1, 1, 0), (0, 1, 1)], (-1, -1, -1), True),
        ([(1, 1, 0), (0, 1, 1)], (-1, 1, -1), False),
        ([(1, 1, 0), (0, 1, 1), (1, 0, 1)], (-1, -1, 1), False),
        ([(3, 0), (0, 2)], (1, -1), True),
        ([(3, 0), (0, 2)], (-1, 1), False),
        ([], (-1, -1), True),
    ],
)
def test_sign_changes(terms: list[tuple[int, ...]], signs: tuple[int, ...], same: bool) -> None:
    poly = {m: Fraction(k + 1) for k, m in enumerate(terms)}
    assert SignChanges(poly).leave_unchanged(signs) is same
    odd = [m for m in terms if sum(e for e, s in zip(m, signs, strict=True) if s < 0) % 2]
    assert same is not bool(odd)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("integers", [True, False])
def test_enclosures_that_an_image_meets(seed: int, integers: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sieve loses none and adds none, with integers and with fractions."""
    if not integers:
        monkeypatch.setattr(kernel, "MAX_BITS", 0)
    source = random.Random(seed)
    n = source.randint(1, 4)

    def bounds() -> tuple[Fraction, Fraction]:
        low = Fraction(source.randint(-6, 6), source.randint(1, 3))
        return low, low + Fraction(source.randint(0, 4), source.randint(1, 3))

    enclosures = [[bounds() for _ in range(n)] for _ in range(source.randint(1, 25))]
    places = Places(enclosures)
    for _ in range(5):
        images = [k * source.choice([1, -1]) for k in source.sample(range(1, n + 1), n)]
        for i, box in enumerate(enclosures):
            moved = [box[s - 1] if s > 0 else (-box[-s - 1][1], -box[-s - 1][0]) for s in images]
            met = [
                j
                for j, other in enumerate(enclosures)
                if all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(moved, other, strict=True))
            ]
            assert sorted(places.met(i, images)) == met


def test_no_enclosures() -> None:
    assert Places([]).order == []
