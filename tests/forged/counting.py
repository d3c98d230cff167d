"""Forgeries against D, R, I, U and C: derived elements, bounds and the count. Nearly all drop a critical point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.checker.build import (
    PRIME,
    Certificate,
    Number,
    alone,
    beyond,
    bezout,
    box,
    boxed,
    certificate,
    changed,
    derivatives,
    ideal,
    infinite,
    levels,
    poly,
    rank,
    rational,
    root,
    squares,
    univariate_rank,
)
from tests.checker.good import good
from tests.forged.table import CRASH, REJECTED, Forgery

WELL = ("x", "x^4/4 - x^2")
ONLY_ZERO = "0 is the only critical point of x^4/4 - x^2"
ONLY_ONE = "(1, 0) is the only real critical point of x^3/3 - x + y^2/2, which has (-1, 0) as well"


def only_zero(completeness: Any, *lines: Any, problem: tuple[str, str] = WELL) -> Certificate:
    return certificate(*problem, lines=list(lines), completeness=completeness, fields=[rational([0])], points=[root(0)])


def well_ideal(basis: int, eliminant: Sequence[Number], cuts: Sequence[Number], *points: float) -> Certificate:
    """The ideal rule for x^4/4 - x^2 with the points named."""
    return certificate(
        *WELL,
        completeness=ideal([[k] for k in range(basis)], [0], eliminant, cuts),
        points=[boxed(box(*WELL, [x])) for x in points],
    )


def two(basis: Any, border: Any, eliminant: Any, cuts: Any, form: Sequence[int] = (1, 0)) -> Certificate:
    """The ideal rule for x^3/3 - x + y^2/2 with (1, 0) alone."""
    return certificate(
        "x y",
        "x^3/3 - x + y^2/2",
        form=[str(c) for c in form],
        lines=[{"combination": [[1, poly((1, [1, 0]))]]}],
        completeness=ideal(basis, border, eliminant, cuts),
        fields=[rational([1, 0], form)],
        points=[root(0)],
    )


def radical_with_multiplicity() -> Certificate:
    return certificate(
        "x",
        "x^5/5 - 3*x^4/4 + 2*x^3/3",
        lines=[
            {
                "combination": [[0, poly((1, [2]), (-3, [1]), (2, [0]))]],
                "power": 2,
                "element": poly((1, [3]), (-3, [2]), (2, [1])),
            }
        ],
        completeness=univariate_rank(3, element=1),
        fields=[rational([0], dual=derivatives([0], [1])), rational([1])],
        points=[root(0), root(1)],
    )


def no_constant() -> Certificate:
    """The span of x is closed under multiplication by x modulo x^2 - x, but holds no 1: x = 0 is overlooked."""
    completeness = ideal([[1]], [0], [-1, 1], [-3, 3])
    return certificate("x", "x^3/3 - x^2/2", completeness=completeness, fields=[rational([1])], points=[root(0)])


def nothing_rewritten() -> Certificate:
    """The basis 1 without an element that rewrites x, which then counts as 0."""
    completeness = ideal([[0]], [], [0, 1], [-3, 3])
    return certificate("x", "x^3/3 - x^2/2", completeness=completeness, fields=[rational([0])], points=[root(0)])


def hyperbola() -> Certificate:
    """(x y - 1)^2: the origin and four of the points of a curve, as many as the Bezout number 5."""
    points: list[list[Number]] = [[0, 0], [1, 1], [-1, -1], [2, "1/2"], [3, "1/3"]]
    return certificate(
        "x y",
        "(x*y - 1)^2",
        completeness=bezout(0, 1),
        fields=[rational(x) for x in points],
        points=[root(i) for i in range(5)],
    )


def no_real(*far: Any, problem: tuple[str, str] = ("x y", "x^2*y + y^2/2 - x")) -> Certificate:
    """Without the one real critical point: the zeros at infinity named stand for it."""
    return changed(
        good("infinity"),
        (("problem", "expression"), problem[1]),
        (("points",), []),
        (("completeness", "infinity", "points"), list(far)),
    )


def twice(chart: int, *point: Number) -> Any:
    """A simple zero at infinity in two variables."""
    return infinite([chart], point, derivatives([0, 0]), [(0, [0, 0]), (1, [0, 0])])


def sheared() -> Certificate:
    """The zero at infinity where x = y, in both charts; the nonreal pair moves with the variables."""
    problem = ("x y", "(x - y)^2*y + y^2/2 - (x - y)")
    r = 0.5 ** (1 / 3)
    z = r * (1 + 3**0.5 * 1j) / 2
    pair = box(*problem, [z - z * z, -z * z])
    return changed(no_real(twice(0, 0, 1), twice(1, 1, 0), problem=problem), (("nonreal",), [pair]))


def instead(chart: int | None) -> Certificate:
    """x^3/3 - x: its critical point 1 as a box, and again as one at infinity."""
    problem = ("x", "x^3/3 - x")
    again = infinite([chart], [1], derivatives([0]), [(0, [0])])
    return certificate(
        *problem, completeness=bezout(0, infinity=beyond(again, form=[1])), points=[boxed(box(*problem, [1]))]
    )


def cross(rows: Sequence[tuple[int, Sequence[int]]]) -> Certificate:
    """x^2 y^2/2: nine functionals at the origin, which lies on two lines of critical points."""
    dual = derivatives([0, 0], *([k, 0] for k in range(1, 5)), *([0, k] for k in range(1, 5)))
    return certificate(
        "x y",
        "x^2*y^2/2",
        completeness=bezout(0, 0),
        fields=[{**rational([0, 0], dual=dual), "isolated": alone(rows)}],
        points=[root(0)],
    )


FAR = ("completeness", "infinity", "points", 0)
ORIGIN_ALONE = "the origin is the only critical point of x^2 y^2/2"
NONE_REAL = "x^2 y + y^2/2 - x has no real critical point"


def by_levels(multipliers: Any, *given: Any, problem: tuple[str, str] = WELL, **parts: Any) -> Certificate:
    """The rule of levels with 0 as the only point."""
    return only_zero({**levels(multipliers, *given), **parts}, problem=problem)


def too_few_multipliers() -> Certificate:
    """x^4/4 - x^2 with the multiplier x^2 alone: 1 and x^2 span no more than the even polynomials."""
    given = [([[0]], []), ([], []), ([[2]], []), ([], []), ([], [[0, [1]]])]
    return certificate(
        *WELL, completeness=levels([[2]], *given), points=[boxed(box(*WELL, [0])), boxed(box(*WELL, [2**0.5]))]
    )


def zero_modulo_the_prime() -> Certificate:
    """p x^2/2 - x: modulo p the gradient p x - 1 is -1, but 1/p is a critical point."""
    return certificate("x", f"{PRIME}*x^2/2 - x", completeness=levels([[1]], ([], [[0, [0]]]), ([], [])))


LINE = [[0, poly((1, [0]))]]
SQUARE = [[0, 0], [1, 0]]
FORGERIES = [
    Forgery("N1", "too few multipliers", too_few_multipliers, "x^4/4 - x^2 has exactly 2 complex critical points"),
    Forgery("N2", "zero modulo the prime", zero_modulo_the_prime, "p x^2/2 - x has no critical point"),
    Forgery(
        "N3",
        "an equation that says nothing",
        lambda: changed(by_levels([[1]], ([[0]], []), ([], [[1, [0]]])), (["lines"], [{"combination": [[0, []]]}])),
        ONLY_ZERO,
    ),
    Forgery("N4", "levels that end too early", lambda: by_levels([[1]], ([[0]], [])), ONLY_ZERO),
    Forgery("F3", "sign 2", lambda: by_levels([[1]], ([[0]], []), signs=[[2]]), off=REJECTED),
    Forgery("F3", "unknown prime of levels", lambda: by_levels([[1]], ([[0]], []), prime="7"), off=CRASH),
    Forgery("F3", "basis monomial twice in a level", lambda: by_levels([[1]], ([[0], [0]], [])), off=REJECTED),
    Forgery("F3", "basis monomial off the border", lambda: by_levels([[1]], ([[0]], []), ([[2]], [])), off=REJECTED),
    Forgery("F3", "one equation too few", lambda: by_levels([[1]], ([[0]], []), ([], [])), off=REJECTED),
    Forgery("F3", "equation of one entry", lambda: by_levels([[1]], ([[0]], []), ([], [[0]])), off=CRASH),
    Forgery(
        "F3",
        "multiplier that does not divide",
        lambda: by_levels([[1], [2]], ([[0]], []), ([], [[[1], 0, 1]])),
        off=CRASH,
    ),
    Forgery(
        "F3",
        "group is a boolean",
        lambda: certificate("x y", "x^2*y^2 + x + y", completeness=bezout(False, True)),
        off=REJECTED,
    ),
    Forgery(
        "F3", "group without variables", lambda: certificate("x y", "x^2*y^2", completeness=bezout(1, 1)), off=REJECTED
    ),
    Forgery(
        "Z1", "idle variable", lambda: certificate("x y", "x^2", completeness=bezout(0, 0)), "x^2 has no critical point"
    ),
    Forgery("F3", "chart without variable", lambda: no_real(twice(2, 0, 0)), off=CRASH),
    Forgery(
        "F3",
        "chart of another group",
        lambda: changed(good("infinity_in_groups"), ((*FAR, "chart"), [None, 0])),
        off=REJECTED,
    ),
    Forgery("F3", "prime around a point", lambda: changed(good("infinity"), ((*FAR, "isolated", "prime"), "7"))),
    Forgery("Z2", "critical point at infinity", lambda: instead(0), "1 is the only critical point of x^3/3 - x"),
    Forgery("Z2", "chart of the critical points", lambda: instead(None), "1 is the only critical point of x^3/3 - x"),
    Forgery("Z2", "another chart", sheared, NONE_REAL + ", in other variables"),
    Forgery("Z3", "zero at infinity twice", lambda: no_real(twice(1, 0, 0), twice(1, 0, 0)), NONE_REAL),
    Forgery("Z4", "no rows around a point", lambda: cross([]), ORIGIN_ALONE),
    Forgery("Z5", "point on a curve", lambda: cross([(0, [0, 0]), (1, [0, 0]), (0, [1, 0])]), ORIGIN_ALONE),
    Forgery(
        "A2",
        "no zero at infinity",
        lambda: no_real(twice(1, 0, 0), infinite([0], [0, 5], None, [(0, [0, 0]), (1, [0, 0])])),
        NONE_REAL,
    ),
    Forgery(
        "C1",
        "zero at infinity counted too low",
        lambda: no_real(twice(1, 0, 0)),
        NONE_REAL,
    ),
    Forgery("C4", "points on a curve", hyperbola, "(x y - 1)^2 has exactly 5 complex critical points"),
    Forgery("F3", "later element", lambda: only_zero(None, {"combination": [[1, poly((1, [0]))]]}), off=CRASH),
    Forgery(
        "F3",
        "itself",
        lambda: only_zero(None, {"combination": LINE}, {"combination": [[2, poly((1, [0]))]]}),
        off=CRASH,
    ),
    Forgery("D1", "divisor 0", lambda: only_zero(None, {"combination": [], "divisor": "0"})),
    Forgery(
        "D1",
        "remainder",
        lambda: only_zero(rank([(0, [0]), (1, [0])], [[0]]), {"combination": LINE, "divisor": "3"}),
        ONLY_ZERO + ": (x^3 - 2x)/3 is rounded to -x",
    ),
    Forgery(
        "D2",
        "another power",
        lambda: only_zero(univariate_rank(1, 1), {"combination": LINE, "power": 1, "element": poly((1, [1]))}),
        ONLY_ZERO,
    ),
    Forgery(
        "D2",
        "power 0",
        lambda: only_zero(univariate_rank(1, 1), {"combination": [], "power": 0, "element": poly((1, [1]))}),
        ONLY_ZERO,
    ),
    Forgery(
        "D3",
        "another sum",
        lambda: only_zero(rank([(1, [0])], [[0]]), {"combination": [], "squares": squares((1, poly((1, [1]))))}),
        ONLY_ZERO,
    ),
    Forgery(
        "D3",
        "negative weight",
        lambda: only_zero(
            rank([(1, [0])], [[0]]), {"combination": [], "squares": squares(*((c, poly((1, [1]))) for c in (1, -1)))}
        ),
        ONLY_ZERO,
    ),
    Forgery(
        "F2",
        "squares beside a divisor",
        lambda: only_zero(None, {"combination": [], "divisor": "1", "squares": []}),
    ),
    Forgery(
        "F3", "basis monomial twice (rank)", lambda: only_zero(rank([(0, [0])], [[0], [1], [2], [2]])), off=REJECTED
    ),
    Forgery(
        "R1",
        "no 1",
        lambda: certificate(*WELL, completeness=rank([], [])),
        "x^4/4 - x^2 has no critical point",
    ),
    Forgery("R2", "no rows", lambda: only_zero(rank([], [[0]])), ONLY_ZERO),
    Forgery("R2", "column without entries", lambda: only_zero(rank([(0, [0])], [[0]])), off=REJECTED),
    Forgery("R3", "row twice", lambda: only_zero(rank([(0, [0]), (0, [0])], [[0]])), ONLY_ZERO),
    Forgery("R3", "two blocks", lambda: only_zero(rank([(0, [k]) for k in (0, 1, 0, 1)], [[0]])), ONLY_ZERO),
    Forgery(
        "F3",
        "basis monomial twice (ideal)",
        lambda: two([*SQUARE, [1, 0]], [0, 1, 2], [-1, 0, 1], [-3, 0, 3]),
        off=REJECTED,
    ),
    Forgery("I1", "no 1", no_constant, "1 is the only critical point of x^3/3 - x^2/2, which has 0 as well"),
    Forgery(
        "I2",
        "two monomials outside",
        lambda: only_zero(ideal([[0]], [0], [0, 1], [-3, 3]), problem=("x", "-x^2 + x^4/4")),
        ONLY_ZERO + ": of -2x + x^3 only -2x is kept",
    ),
    Forgery(
        "I3",
        "product not rewritten",
        nothing_rewritten,
        "0 is the only critical point of x^3/3 - x^2/2, which has 1 as well",
    ),
    Forgery("I4", "form that merges points", lambda: two(SQUARE, [0, 1, 2], [0, 1], [-3, 3], (0, 1)), ONLY_ONE),
    Forgery("I5", "factor of the eliminant", lambda: two(SQUARE, [0, 1, 2], [-1, 1], [-3, 3]), ONLY_ONE),
    Forgery(
        "U1",
        "cuts twice",
        lambda: changed(good("counted_field"), (("symmetries",), []), (("fields", 0, "cuts"), ["-3", "0", "0", "3"])),
    ),
    Forgery("U1", "cuts too short", lambda: two(SQUARE, [0, 1, 2], [-1, 0, 1], [0, 3]), ONLY_ONE),
    Forgery("U1", "one cut", lambda: two(SQUARE, [0, 1, 2], [-1, 0, 1], [3]), off=REJECTED),
    Forgery(
        "U2",
        "cut on a root",
        lambda: well_ideal(3, [0, -2, 0, 1], [-4, 0, 4], -(2**0.5), 2**0.5),
        "x^4/4 - x^2 has two real critical points: 0 is lost",
    ),
    Forgery(
        "U3",
        "three roots in one interval",
        lambda: well_ideal(3, [0, -2, 0, 1], [-4, 4]),
        "x^4/4 - x^2 has no critical point",
    ),
    Forgery("C1", "point dropped", lambda: only_zero(univariate_rank(3)), ONLY_ZERO),
    Forgery(
        "C2", "squares in a line", lambda: only_zero(univariate_rank(3), {"combination": [], "squares": []}), ONLY_ZERO
    ),
    Forgery("C2", "point dropped", lambda: two(SQUARE, [0, 1, 2], [-1, 0, 1], [-3, 0, 3]), ONLY_ONE),
    Forgery(
        "C3",
        "multiplicity beside a power",
        radical_with_multiplicity,
        "2 is no critical point of L' = x^2 (x - 1)(x - 2)",
    ),
]
