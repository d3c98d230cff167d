"""Prime components by Singular: what is written, and the grammar of what is read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland.engines import PolynomialSystem, primes
from exactland.engines.child import ChildResult
from exactland.engines.foreign import Singular
from exactland.engines.primes import Product
from exactland.engines.program import Refused
from tests.engines.programs import CURVE, CURVE_PRIMES, needs

FOREVER = float("inf")


def read(text: str, code: int | None = 0, elements: int = 2) -> tuple[primes.SplitOff, ...]:
    return primes.read(ChildResult(code, text.encode(), "", 0.0), 2, elements, FOREVER)


def test_only_expanded_integer_monomials_are_written() -> None:
    system = PolynomialSystem(("x/2", "(y)"), (((2, (1, 0)),), ((-1, (0, 3)),), ()))
    assert "ring r=0,(x1,x2),dp;" in primes.script(system)
    assert "ideal j=2*x1,-1*x2^3;" in primes.script(system)


def test_a_known_answer_is_read() -> None:
    first, last = read(CURVE_PRIMES)
    assert first.prime == first.few == ({(1, 1): Fraction(1), (0, 0): Fraction(-1)},)
    assert first.products == (Product(0, 0, 1, ((0, {(0, 0): Fraction(1)}),)),)
    assert (len(first.rest), len(first.others), len(last.prime), len(last.few), last.rest) == (2, 1, 2, 0, ())


@needs["singular"]
def test_singular_says_what_was_recorded() -> None:
    child = primes.begin(CURVE, Singular(), 20)
    assert child is not None
    with child:
        assert primes.read(child.result(), 2, 2, FOREVER) == read(CURVE_PRIMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "END\n",
        CURVE_PRIMES[:-5],
        CURVE_PRIMES[:60],
        CURVE_PRIMES + "END\n",
        "   ? error occurred\n" + CURVE_PRIMES,
        CURVE_PRIMES.replace("PRIMES 2", "PRIMES 3"),
        CURVE_PRIMES.replace("PRIMES 2", "PRIMES 1"),
        CURVE_PRIMES.replace("PRIMES 2", "PRIMES -1"),
        CURVE_PRIMES.replace("PRIMES 2", "PRIMES 999999"),
        CURVE_PRIMES.replace("SIZES 1", "SIZES 2"),
        CURVE_PRIMES.replace("FEW 1", "FEW 900000000"),
        CURVE_PRIMES.replace("C 1\n", "C 0\n"),
        CURVE_PRIMES.replace("C 1\n", "C 4\n"),
        CURVE_PRIMES.replace("C 2\nM -1\nC 3", "C 3\nM -1\nC 3"),
        CURVE_PRIMES.replace("M x1^2", "M 0"),
        CURVE_PRIMES.replace("M x1^2", "M x3^2"),
        CURVE_PRIMES.replace("M x1^2", "M x1^2+x1^2"),
        CURVE_PRIMES.replace("POWER 1", "POWER 9"),
        CURVE_PRIMES.replace("P x2\n", "P (x2)\n"),
        CURVE_PRIMES.replace("P x2\n", "P x2\u0660\n"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read(text)


def test_a_run_that_did_not_end_well_is_refused() -> None:
    for code in (None, 1, -9):
        with pytest.raises(Refused):
            read(CURVE_PRIMES, code)
    with pytest.raises(Refused, match="time limit"):
        primes.read(ChildResult(0, CURVE_PRIMES.encode(), "", 0.0), 2, 2, 0.0)
