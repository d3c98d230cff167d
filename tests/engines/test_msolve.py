"""msolve: what is written and the grammar of what is read."""

from __future__ import annotations

import time

import pytest
from flint import fmpz_poly

from exactland.engines import PolynomialSystem, Status
from exactland.engines.msolve import (
    Refused,
    emit,
    evaluate,
    first_precision,
    interpret,
    parametrisation,
    parse_lists,
)
from tests.engines.programs import LISTS, PAIR


def test_only_expanded_integer_monomials_are_written() -> None:
    assert emit(PAIR) == "x1,x2\n0\n1*x1^2*x2-2*x1+1,\n1*x2^2-1*x1-3\n"
    names = PolynomialSystem(("x/2", "(y)"), (((2, (1, 0)),), ((-1, (0, 3)),), ()))
    assert emit(names) == "x1,x2\n0\n2*x1,\n-1*x2^3\n"


def test_a_known_answer_is_read() -> None:
    answer = interpret(PAIR, LISTS, "test")
    assert answer.status is Status.SOLVED
    assert len(answer.points) == 5
    assert all(abs(b * b - a - 3) < 1e-12 and abs(a * a * b - 2 * a + 1) < 1e-12 for a, b in answer.points)


def test_the_two_special_answers() -> None:
    assert interpret(PAIR, "[-1]:\n", "").status is Status.NO_SOLUTIONS
    assert interpret(PAIR, "[1, 2, -1, []]:\n", "").status is Status.POSITIVE_DIMENSIONAL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[]:",
        "[0]:",
        "[-1]",
        "[-1]: and more",
        "[-1]:[-1]:",
        "[[-1]]:",
        "[1, 2, -1, [0]]:",
        "[1, 2, 3, []]:",
        "[0,,1]:",
        "[0, 1,]:",
        "[, 1]:",
        "[0 1]:",
        "[0 [1]]:",
        "[0.5]:",
        "]:",
        "[1]]:",
        "[" * 50,
        "[0, [0, [1]]]:",
        LISTS[:-20],
        LISTS[:60],
        LISTS.replace("-6, 0, 1]", "-6, 1]", 1),
        LISTS.replace("[9, -4", "[8, -4"),
        LISTS.replace("'x2'", "'x3'"),
        LISTS.replace("'x2'", "'x1'"),
        LISTS.replace("\n1]\n", "\n0]\n"),
        LISTS.replace("[27, 23", "[28, 23"),
        LISTS.replace("[27, 23,", "[27, 'x1',"),
        LISTS.replace("[4, [27", "[5, [27"),
        LISTS.replace("[0, [0,", "[0, [65521,"),
        LISTS.replace("\n5,\n", "\n3,\n"),
        LISTS.replace("[[5, [7, 9, -2, -6, 0, 1]]", "[[0, [7]]"),
    ],
)
def test_surprises_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        interpret(PAIR, text, "")


def test_an_appended_variable_and_long_integers() -> None:
    long = 10**6000
    digits = "1" + "0" * 6000
    text = f"[0,[0,3,2,['x2','x1','A'],[1,1,1],[1,[[2,[-{digits},0,1]],[1,[0,2]],[[[0,[0]],1],[[0,[3]],-{digits}]]]]]]:"
    total, polynomial, coordinates, last = parametrisation(parse_lists(text), 2)
    assert (total, polynomial, last) == (2, [-long, 0, 1], None)
    assert coordinates == {1: ([0], 1), 0: ([3], -long)}


def test_roots_of_long_polynomials_begin_with_more_digits() -> None:
    """Two neurons z^2 + z^3: 361 roots, coefficients of 4844 bits; 128 bits were too few, and each try takes 7 s."""
    assert [first_precision(bits) for bits in (1, 1000, 4844, 10**6)] == [128, 253, 640, 640]


def test_long_coefficients_need_no_long_roots() -> None:
    """The points are evaluated with few digits first, however long the coefficients of the parametrisation are."""
    wanted = [complex(k, 1) for k in range(-20, 21)]
    scale = 10**2000
    polynomial = fmpz_poly([1])
    for k in range(-20, 21):
        polynomial *= fmpz_poly([scale * (k * k + 1) + k, -2 * k * scale, scale])
    coefficients = [int(c) for c in polynomial.coeffs()]
    numerator = [-int(c) for c in (fmpz_poly([0, 1]) * polynomial.derivative() % polynomial).coeffs()]
    begin = time.process_time()
    points = evaluate(2, coefficients, {0: (numerator, 1)}, 1)
    assert time.process_time() - begin < 10
    assert len(points) == 82
    for point in wanted:
        assert min(abs(point - y) for _, y in points) < 1e-9
    assert all(abs(x - y) < 1e-9 for x, y in points)
