from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from exactland.errors import InputError, did_you_mean, shown
from exactland.exact import exact_float, integer_text, rational, rational_text

ACCEPTED = [
    (3, Fraction(3)),
    (Fraction(1, 20), Fraction(1, 20)),
    ("-3", Fraction(-3)),
    ("+3", Fraction(3)),
    ("6/4", Fraction(3, 2)),
    (" 1/2 ", Fraction(1, 2)),
    ("0.1", Fraction(1, 10)),
    ("-0.25", Fraction(-1, 4)),
    ("1.5e-3", Fraction(3, 2000)),
    ("2E2", Fraction(200)),
    ("-0", Fraction(0)),
    ("007", Fraction(7)),
    ("9" * 1000, Fraction(10**1000 - 1)),
    (np.int64(-4), Fraction(-4)),
    (sympy.Rational(-2, 6), Fraction(-1, 3)),
    (sympy.Integer(5), Fraction(5)),
    (flint.fmpz(7), Fraction(7)),
    (flint.fmpq(1, -3), Fraction(-1, 3)),
]

REFUSED = [
    (0.1, ["the float 0.1", "'0.1'", 'write "0.1" or Fraction(1, 10)']),
    (1e-7, ["the float 1e-07", 'write "1e-07" or Fraction(1, 10000000)']),
    (float("nan"), ["the float nan", "leave it out"]),
    (float("-inf"), ["the float -inf", "leave it out"]),
    (np.float64(0.5), ["the float", "Fraction(1, 2)"]),
    (np.float32(0.5), ["inexact", "give an exact fraction"]),
    (1j, ["inexact or non-rational", "give an exact fraction"]),
    (sympy.sqrt(2), ["non-rational", "sqrt(2)"]),
    (sympy.Float("0.5"), ["inexact", "exact fraction"]),
    (sympy.nan, ["nan"]),
    (True, ["the truth value True", "write 1"]),
    (None, ["None (NoneType)", "an integer, 'p/q', or a decimal"]),
    ([1], ["[1] (list)"]),
    ("", ["''", "an integer, 'p/q', or a decimal"]),
    ("1/0", ["'1/0', a zero denominator", "other than 0"]),
    ("nan", ["'nan'", "leave it out"]),
    ("-Infinity", ["leave it out"]),
    ("1.", ["'1.'", "write '1'"]),
    (".5", ["'.5'", "write '0.5'"]),
    ("1 / 2", ["write '1/2'"]),
    ("1_000", ["write '1000'"]),
    ("1/2/3", ["'1/2/3'"]),
    ("1/-2", ["'1/-2'"]),
    ("0x10", ["'0x10'"]),
    ("1,5", ["'1,5'"]),
    ("\u0663", ["where a number belongs"]),
    ("1e999999999", ["the exponent e999999999", "from -1000 to 1000"]),
    ("1e-1001", ["the exponent e-1001"]),
    ("1e1000", ["at most 1000 digits"]),
    ("9" * 1001, ["1001 digits", "at most 1000 digits"]),
    ("1/" + "9" * 10_000, ["characters", "at most 1000 digits"]),
    (10**10_000, ["digits", "at most 1000 digits"]),
    (Fraction(1, 10**1000), ["at most 1000 digits"]),
    ("9" * 10_000_000, ["10000000 characters", "at most 1000 digits"]),
]


@pytest.mark.parametrize(
    ("value", "expected"), ACCEPTED, ids=[f"{i} {shown(v)[:30]}" for i, (v, _) in enumerate(ACCEPTED)]
)
def test_exact_values_come_in(value: object, expected: Fraction) -> None:
    found = rational(value)
    assert found == expected
    assert type(found) is Fraction
    assert type(found.numerator) is int


@pytest.mark.parametrize(("value", "parts"), REFUSED, ids=[f"{i} {shown(v)[:30]}" for i, (v, _) in enumerate(REFUSED)])
def test_a_refusal_names_what_was_given_what_is_allowed_and_the_fix(value: object, parts: list[str]) -> None:
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        rational(value)
    message = str(caught.value)
    assert time.perf_counter() - start < 1
    assert [part for part in parts if part not in message] == []
    assert "allowed: " in message
    assert "fix: " in message
    assert message.count("\n") == 1
    assert len(message) < 500


def test_an_input_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"the float 0\.1"):
        rational(0.1)


@given(st.fractions())
def test_canonical_text_reads_back(value: Fraction) -> None:
    text = rational_text(value)
    assert rational(text) == value
    assert "+" not in text
    assert not text.endswith("/1")
    assert text == str(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_decimal_means_what_it_says(value: object) -> None:
    assert rational(str(value)) == Fraction(str(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_fix_for_a_float_is_accepted(value: float) -> None:
    with pytest.raises(InputError) as caught:
        rational(value)
    written = caught.value.fix.split('"')[1]
    assert float(rational(written)) == value
    assert exact_float(value) == Fraction(value)


@pytest.mark.parametrize("digits", [1, 3999, 4000, 4001, 8000, 8001, 30_000])
def test_integers_of_any_length_have_text(digits: int) -> None:
    value = 10**digits + 7
    assert integer_text(value) == "1" + "0" * (digits - 1) + "7"
    assert integer_text(-value) == "-" + integer_text(value)
    assert integer_text(value - 8) == "9" * digits if digits > 1 else integer_text(value - 8) == "9"
    assert rational_text(Fraction(1, value)) == f"1/{integer_text(value)}"


@given(st.integers(min_value=0, max_value=2**60_000))
def test_integer_text_agrees_with_flint(value: int) -> None:
    assert integer_text(value) == flint.fmpz(value).str()


@pytest.mark.parametrize("value", [math.inf, math.nan, 1, "0.1", None])
def test_the_float_door_takes_finite_floats_only(value: object) -> None:
    with pytest.raises(InputError, match="finite float"):
        exact_float(value)  # type: ignore[arg-type]


def test_a_value_with_a_broken_repr_is_still_refused_politely() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(InputError, match="a Broken"):
        rational(Broken())


def test_the_nearest_word() -> None:
    assert did_you_mean("tann", ["tan", "sin"], "no") == "did you mean tan?"
    assert did_you_mean("Tann", ["tan", "sin"], "no", "(...)") == "did you mean tan(...)?"
    for strange in ("zzzz", "", 3, None):
        assert did_you_mean(strange, ["tan", "sin"], "no") == "no"


def test_a_part_of_one_word_is_enough() -> None:
    known = ["deep_learning_without_poor_local_minima", "classic_baldi_hornik_saxe", "classic_ding_li_sun"]
    assert did_you_mean("deep_learning", known, "no") == f"did you mean {known[0]}?"
    assert did_you_mean("BALDI", known, "no") == f"did you mean {known[1]}?"
    assert did_you_mean("classic", known, "no") == "no"  # two of them
    assert did_you_mean("sun", known, "no") == "no"  # too short


def test_errors_survive_a_pipe_between_processes() -> None:
    code = (
        "import pickle, json\n"
        "from exactland.errors import InputError\n"
        "e = InputError('g', 'a', 'f', file='p.toml', key='k', source='xx', position=1)\n"
        "print(json.dumps([str(e), str(pickle.loads(pickle.dumps(e)))]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout)
    assert before == after == "p.toml, k: g at character 2, here: x-->x\n  allowed: a; fix: f"
