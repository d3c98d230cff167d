"""Landscapes as text: numbers, tables, and the words that only a proof allows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactland.api import solve
from exactland.landscape import Certificate, Completeness, CriticalPoint, Inertia, Infimum, Kind, Landscape
from exactland.number import Number
from exactland.objective import Objective
from exactland.show.text import landscape_block, number_text, plural, printable, proves_something, table

BOWL = Objective.from_expression("(a*b - 1)^2 + a^2", "a b")


def near(value: str, width: str = "1e-30") -> Number:
    return Number(Fraction(value), Fraction(value) + Fraction(width))


NUMBERS = {
    "0": (Number(Fraction(0), Fraction(0)), "0"),
    "integer": (Number(Fraction(-12), Fraction(-12)), "-12"),
    "rational": (Number(Fraction(19, 200), Fraction(19, 200)), "19/200"),
    "long rational": (Number(Fraction(10**20 + 1, 3), Fraction(10**20 + 1, 3)), "3.33333e+19"),
    "near one": (near("1"), "1.00000"),
    "six digits": (near("0.94868329805"), "0.948683"),
    "small": (near("0.0000123456789"), "0.0000123457"),
    "tiny": (near("1.5e-20", "1e-40"), "1.50000e-20"),
    "large": (near("123456789"), "1.23457e+8"),
    "just six": (near("123456"), "123456"),
    "wide": (near("1.2341", "1/10000"), "1.234"),
    "very wide": (Number(Fraction(1), Fraction(3)), "[1.0, 3.0]"),
    "around 0": (Number(Fraction(-1, 10**21), Fraction(2, 10**21)), "±1e-20"),
    "from 0": (Number(Fraction(0), Fraction(1, 7)), "±1e+0"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(name: str) -> None:
    number, text = NUMBERS[name]
    assert number_text(number) == text


RATIONALS = st.fractions(max_denominator=10**9)


@given(RATIONALS, st.fractions(min_value=0, max_denominator=10**12))
def test_a_shown_number_is_as_near_as_its_last_digit(lower: Fraction, width: Fraction) -> None:
    number = Number(lower, lower + width)
    text = number_text(number)
    if text.startswith("["):
        low, high = (Fraction(part) for part in text[1:-1].split(", "))
        assert low <= number.lower <= number.upper <= high
    elif text.startswith("±"):
        assert max(-number.lower, number.upper) <= Fraction(text[1:])
    elif number.exact is not None and "." not in text and "e" not in text:
        assert Fraction(text) == number.exact
    else:
        digits, _, exponent = text.partition("e")
        last = Fraction(10) ** (int(exponent or 0) - len(digits.partition(".")[2]))
        assert abs(Fraction(text) - number.lower) <= last / 2 * (1 + Fraction(1, 10**40))
        assert abs(Fraction(text) - number.upper) <= last / 2 * (1 + Fraction(1, 10**40))


def test_repr_is_the_block() -> None:
    landscape = solve("(a*b - 1)^2/2 + (a^2 + b^2)/20")
    assert repr(landscape) == landscape_block(landscape)
    assert repr(landscape) == repr(solve("(a*b - 1)^2/2 + (a^2 + b^2)/20"))
    lines = repr(landscape).splitlines()
    assert lines[0] == "Landscape of 1/2*(a*b - 1)^2 + 1/20*(a^2 + b^2) in a, b (polynomial)"
    assert lines[-1] == "  not established: nothing"
    assert max(map(len, lines)) <= 120


OPEN = {
    "nothing": Landscape(BOWL, Completeness.OPEN, "no engine is here"),
    "a point": Landscape(
        BOWL,
        Completeness.OPEN,
        "no engine proved it",
        (CriticalPoint(Kind.UNDECIDED, near("2"), {"a": near("1"), "b": near("3")}, None, None, None),),
    ),
    "checked": Landscape(
        BOWL,
        Completeness.CHECKED,
        "two engines agree",
        (CriticalPoint(Kind.UNDECIDED, near("2"), {"a": near("1"), "b": near("3")}, None, None, None),),
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_no_word_of_proof_without_a_proof(name: str) -> None:
    landscape = OPEN[name]
    block = landscape_block(landscape)
    assert f"complete: {landscape.complete.value}; critical points: {len(landscape)} found" in block
    for word in ("proved; ", "proved by", "global", "minimum", "every", "accepted"):
        assert word not in block
    assert landscape.reason is not None
    last = block.splitlines()[-1]
    assert last.startswith(f"  not established: completeness ({landscape.reason}); the infimum")
    assert block.splitlines()[-2].endswith("no certificate")


def test_an_empty_open_list_is_no_accepted_certificate() -> None:
    evidence = Certificate("{}", SimpleNamespace(proved=("problem 0123 in a, b",)))
    nothing = Landscape(BOWL, Completeness.OPEN, "time limit", evidence=evidence)
    assert not proves_something(nothing)
    block = landscape_block(nothing)
    assert "critical points: 0 found" in block
    assert "no certificate" in block
    assert "accepted" not in block
    bounded = replace(nothing, infimum=Infimum(None, False, "along a curve"))
    assert proves_something(bounded)
    assert "certificate accepted by the checker" in landscape_block(bounded)
    empty = replace(nothing, complete=Completeness.PROVED, reason=None, complex_points=0)
    assert "certificate accepted by the checker" in landscape_block(empty)


def test_exact_numbers_stand_below_the_table() -> None:
    root = Number(Fraction(14, 10), Fraction(15, 10), (-2, 0, 1))
    exact, long = Number(Fraction(1), Fraction(1), (-1, 1)), replace(root, polynomial=(-(10**90), *[0] * 18, 7))
    cubic = replace(root, lower=Fraction(15, 10), upper=Fraction(16, 10), polynomial=(1, -3, 0, 1))
    shared = CriticalPoint(Kind.MINIMUM, exact, {"a": root, "b": exact}, Inertia(2, 0, 0), None, None)
    other = replace(shared, value=replace(root, polynomial=None), point={"a": cubic, "b": long})
    lines = landscape_block(Landscape(BOWL, Completeness.OPEN, "made up", (shared, shared, other))).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("  the irrational numbers"))
    assert "not part of the certificate" in lines[start]
    assert lines[start + 1 : start + 4] == [
        "    rows 1, 2: a: sqrt(2)",
        "    row 3: loss: not found; a: root of t^3 - 3*t + 1; b: root of degree 19 (--json shows the polynomial)",
        "",
    ]
    without = replace(shared, point={"a": replace(root, polynomial=None), "b": Number(*[Fraction(1)] * 2)})
    assert "irrational" not in landscape_block(Landscape(BOWL, Completeness.OPEN, "made up", (without,)))


def test_rows_are_bounded_and_say_so() -> None:
    point = CriticalPoint(Kind.MINIMUM, near("2"), {"a": near("1"), "b": near("3")}, Inertia(2, 0, 0), None, None)
    landscape = Landscape(BOWL, Completeness.OPEN, "made up", (point,) * 25)
    assert landscape_block(landscape).count("not checked") == 20
    assert "... 5 more rows" in landscape_block(landscape)
    assert landscape_block(landscape, None).count("not checked") == 25


def test_flags_sets_and_multiplicities_are_shown() -> None:
    place = {"a": near("1"), "b": near("3")}
    points = (
        CriticalPoint(Kind.MINIMUM, near("2"), place, Inertia(1, 1, 0), True, False, multiplicity=3, smooth=False),
        CriticalPoint(
            Kind.MINIMUM, near("3"), place, Inertia(1, 1, 0), False, True, dimension=1, equations=("a*b = 1",)
        ),
    )
    block = landscape_block(Landscape(BOWL, Completeness.OPEN, "made up", points))
    assert "minimum, global, multiplicity 3, not smooth" in block
    assert "minimum, spurious" in block
    assert "set 1, dimension 1: a*b = 1" in block
    assert "points and parts of sets: 2 minima (1 global, 1 spurious)" in block


def test_parts_of_a_set_stand_below_its_equations() -> None:
    place = {"a": near("1"), "b": near("3")}
    point = CriticalPoint(Kind.MAXIMUM, near("4"), place, Inertia(0, 1, 1), None, None)
    part = CriticalPoint(Kind.MINIMUM, near("3"), place, Inertia(1, 1, 0), False, True, dimension=1)
    parts = (
        replace(part, equations=("a = 0", "b > 0"), conditions=("b > 0",)),
        replace(part, equations=("a = 0", "b < 0"), conditions=("b < 0",), point={}, inertia=None, spurious=None),
    )
    landscape = Landscape(BOWL, Completeness.OPEN, "made up", (point, *parts))
    lines = landscape_block(landscape).splitlines()
    start = lines.index("  set 1, dimension 1: a = 0")
    assert lines[start + 1 : start + 3] == ["    row 2 where b > 0", "    row 3 where b < 0"]
    assert landscape.counts()["minimum"] == 1
    assert lines[2] == "  points and parts of sets: 1 minimum (1 spurious), 1 maximum"
    assert lines[-1].endswith("whether 1 part of a critical set has points at all")
    assert [entry["inhabited"] for entry in landscape.to_json()["critical"]] == [True, True, False]
    assert [entry["set"] for entry in landscape.to_json()["critical"]] == [None, 1, 1]


INFIMA = {
    "minus infinity": (Infimum(None, False, "along a curve"), "infimum: minus infinity, not attained (along a curve)"),
    "attained": (
        Infimum(Number(Fraction(1, 2), Fraction(1, 2)), True, "coercive"),
        "infimum: 1/2, attained (coercive)",
    ),
    "channel": (Infimum(Number(Fraction(0), Fraction(0)), False, "sum"), "infimum: 0, not attained (sum)"),
}


@pytest.mark.parametrize("name", INFIMA)
def test_the_infimum_is_one_line(name: str) -> None:
    infimum, line = INFIMA[name]
    assert f"\n  {line}\n" in landscape_block(Landscape(BOWL, Completeness.OPEN, "made up", infimum=infimum))


def test_titles_and_paths_cannot_steer_a_terminal() -> None:
    steering = replace(BOWL, title="red\x1b[31m\nsecond line " + "x" * 200)
    landscape = Landscape(steering, Completeness.OPEN, "a\x1breason", certificate_path=Path("a\x07b"))
    block = landscape_block(landscape)
    assert not {"\x1b", "\x07"} & set(block)
    assert block.splitlines()[0].startswith("Landscape of red [31m second line xxx")
    assert len(block.splitlines()) == 4


def test_a_network_is_described_by_its_widths() -> None:
    statement = {
        "network": {"widths": [1, 1, 1]},
        "data": {"inputs": [["1"], ["2"]], "targets": [["1"], ["2"]]},
        "loss": {"kind": "squared"},
    }
    objective = Objective.from_statement(statement)
    block = landscape_block(Landscape(objective, Completeness.OPEN, "made up"))
    assert block.startswith("Landscape of the squared loss of a 1-1-1 network on 2 samples in w1_1_1, w2_1_1 ")
    titled = replace(objective, title="mine")
    assert landscape_block(Landscape(titled, Completeness.OPEN, "made up")).startswith("Landscape of mine in ")


def test_small_tools() -> None:
    assert (plural(1, "point"), plural(0, "point"), plural(2, "point")) == ("1 point", "0 points", "2 points")
    assert printable("a\tb\x00c") == "a b c"
    assert table(("name", "n"), [("a", "10"), ("long name", "9")]) == [
        "name        n",
        "a          10",
        "long name   9",
    ]


def test_long_equations_stand_once_and_short_ones_first() -> None:
    """The longest are left out, and a second set with the same equations refers to the first."""
    place = {"a": near("1"), "b": near("3")}
    equations = ("a*b - 1 = 0", *(f"{k}{'*a' * 30} = 0" for k in range(1, 6)), "b = 0")
    sets = tuple(
        CriticalPoint(
            Kind.MINIMUM,
            near("3"),
            place,
            None,
            None,
            None,
            dimension=1,
            orbit=k,
            equations=(*equations, f"loss = {k}"),
        )
        for k in range(2)
    )
    lines = landscape_block(Landscape(BOWL, Completeness.OPEN, "made up", sets)).splitlines()
    first = next(line for line in lines if "set 1, dimension 1:" in line)
    assert first.startswith("  set 1, dimension 1: a*b - 1 = 0; 1*a*a")
    assert first.endswith("b = 0; 3 more equations (--json shows them); loss = 0")
    assert "  set 2, dimension 1: equations as set 1; loss = 1" in lines
