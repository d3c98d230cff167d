"""Good certificates by way of smaller objectives."""

from __future__ import annotations

from tests.checker.build import (
    Certificate,
    bezout,
    box,
    boxed,
    by_form,
    certificate,
    congruence,
    eliminate,
    ideal,
    identity,
    inner,
    layer,
    levels,
    linear,
    listed,
    poly,
    product,
    rank,
    rational,
    residuals,
    root,
    squares,
    transform,
    univariate_rank,
    zero,
)


def eliminated() -> Certificate:
    """(x - y)^2 + (z - 1)^2 + y^4/4 - y^2: quadratic in z, then in x, which leaves y^4/4 - y^2."""
    problem = ("x y z", "(x - y)^2 + (z - 1)^2 + y^4/4 - y^2")
    shear = transform([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    sides = [boxed(box(*problem, [y, y, 1]), "minimum", inertia=shear) for y in (-(2**0.5), 2**0.5)]
    return certificate(
        *problem,
        completeness=eliminate([2, 0], inner(univariate_rank(3))),
        points=[*sides, boxed(box(*problem, [0, 0, 1]), "strict_saddle", inertia=shear)],
        symmetries=[[-1, -2, 3]],
    )


def taken_apart() -> Certificate:
    """(x + y)^4/4 - (x + y)^2/2 + (x - y)^2: a sum of two summands in u, v with x = u + v, y = u - v."""
    turned = [[1, 1], [1, -1]]
    smaller = product([0, 1], inner(univariate_rank(3)), inner(bezout(0)))
    return certificate(
        "x y",
        "(x + y)^4/4 - (x + y)^2/2 + (x - y)^2",
        completeness=linear(turned, inner(smaller, form=[1, 1])),
        points=[
            boxed(
                box("x y", "(x + y)^4/4 - (x + y)^2/2 + (x - y)^2", [c, c]),
                "minimum" if c else "strict_saddle",
                inertia=transform(turned),
            )
            for c in (-0.5, 0, 0.5)
        ],
        symmetries=[[-1, -2], [2, 1]],
    )


def real_points_of_a_sum() -> Certificate:
    """x^3/3 - x + y^2/2 again: the ideal rule for the first summand, which bounds the real points only."""
    wells = ideal([[0], [1]], [0], [-1, 0, 1], [-3, 0, 3])
    return certificate(
        "x y",
        "x^3/3 - x + y^2/2",
        completeness=product([0, 1], inner(wells), inner(univariate_rank(1))),
        fields=[rational([x, 0]) for x in (1, -1)],
        points=[
            root(0, kind="minimum", inertia=identity(2), lower=["-5", "0"]),
            root(1, kind="strict_saddle", inertia=identity(2)),
        ],
    )


ORBITS_OF_A_WELL = {
    **levels([[2]], ([[0]], []), ([], []), ([[2]], []), ([], []), ([], [[0, [1]]])),
    "signs": [[-1]],
}


def orbits_and_an_eliminated_variable() -> Certificate:
    """x^4/4 - x^2 + (y - x^3)^2: x and y change their signs together."""
    problem = ("x y", "x^4/4 - x^2 + (y - x^3)^2")
    sides = [
        boxed(box(*problem, [x, x**3], 2**-12), "minimum", inertia=transform([[1, 0], [6, 1]]))
        for x in (-(2**0.5), 2**0.5)
    ]
    return certificate(
        *problem,
        completeness=eliminate([1], inner(ORBITS_OF_A_WELL)),
        points=[*sides, boxed(box(*problem, [0, 0]), "strict_saddle", inertia=transform([[1, 0], [0, 1]]))],
        symmetries=[[-1, -2]],
    )


def root_of_a_square() -> Certificate:
    """x^4 - 4 x^2 with r for x^2: 2 r x^2 - 4 x^2 - r^2 is critical where x (r - 2) = 0 and r = x^2."""
    rows = [(0, [0, 0]), (1, [0, 0]), (0, [1, 0]), (1, [0, 1])]
    return _with_root(inner(rank(rows, [[0, 0], [1, 0], [0, 1]]), form=[1, 1]))


def orbits_and_a_root() -> Certificate:
    """The same, by orbits of x and -x, to which r = x^2 is the same."""
    fall = {"combination": [[0, poly((1, [1, 0]))], [1, poly((-2, [0, 1]), (4, [0, 0]))]], "divisor": "4"}
    given = [([[0, 0]], []), ([[0, 1]], []), ([], [[1, [0, 0]], [2, [0, 0]]]), ([], [[[2, 1], 0, 1]])]
    orbits = {**levels([[2, 0], [0, 1]], *given), "signs": [[-1, 1]]}
    return _with_root(inner(orbits, fall, form=[1, 1]))


def _with_root(smaller: Certificate) -> Certificate:
    """x^4/4 - x^2, with the infimum by the leading form."""
    problem = ("x", "x^4/4 - x^2")
    sides = [boxed(box(*problem, [x]), "minimum", inertia=transform([[1]])) for x in (-(2**0.5), 2**0.5)]
    return certificate(
        *problem,
        completeness=residuals([(poly((1, [2])), "1")], smaller),
        points=[*sides, boxed(box(*problem, [0]), "maximum", inertia=transform([[1]]))],
        symmetries=[[-1]],
        infimum=by_form([1], [], ["1/4"], [0, 1]),
    )


def orbits_and_a_swap() -> Certificate:
    """u^4/4 - u^2 + v^2/2 for x = u + v, y = u - v: that u changes its sign means that x and -y are swapped."""
    problem = ("x y", "((x + y)/2)^4/4 - ((x + y)/2)^2 + ((x - y)/2)^2/2")
    turned = [[1, 1], [1, -1]]
    given = [
        ([[0, 0]], []),
        ([], [[1, [0, 0]]]),
        ([[2, 0]], []),
        ([], [[[2, 1], 0, 1]]),
        ([], [[0, [1, 0]]]),
    ]
    orbits = {**levels([[2, 0], [0, 1]], *given), "signs": [[-1, 1]]}
    kinds = ((-(2**0.5), "minimum"), (2**0.5, "minimum"), (0, "strict_saddle"))
    return certificate(
        *problem,
        completeness=linear(turned, inner(orbits, form=[1, 1])),
        points=[boxed(box(*problem, [c, c]), kind, inertia=transform(turned)) for c, kind in kinds],
        symmetries=[[2, 1], [-1, -2]],
    )


def orbits_of_a_sum() -> Certificate:
    """x^4/4 - x^2 + y^4/4 - y^2: two orbits for each variable, four for both."""
    problem = ("x y", "x^4/4 - x^2 + y^4/4 - y^2")
    places = (-(2**0.5), 0, 2**0.5)
    kinds = {0: "maximum", 1: "strict_saddle", 2: "minimum"}
    one = transform([[1, 0], [0, 1]])
    return certificate(
        *problem,
        form=["1", "3"],
        completeness=product([0, 1], inner(ORBITS_OF_A_WELL), inner(ORBITS_OF_A_WELL)),
        points=[boxed(box(*problem, [x, y]), kinds[(x != 0) + (y != 0)], inertia=one) for x in places for y in places],
        symmetries=[[-1, 2], [2, 1]],
    )


WELL = "x^4/4 - x^2"
NARROWING = ("x y", f"{WELL} + y^2*(x^2 + 1)")
Y_VANISHES = {"combination": [[1, poly((1, [0, 1]))]], "squares": [["2", poly((1, [1, 1]))], ["2", poly((1, [0, 1]))]]}


def points_of_the_well() -> Certificate:
    """The critical points of x^4/4 - x^2, with coprime integer coefficients, and nothing else about them."""
    boxes = [{"box": box("x", "x^4 - 4*x^2", [x]), "kind": "undecided"} for x in (-(2**0.5), 0, 2**0.5)]
    return certificate("x", "x^4 - 4*x^2", completeness=univariate_rank(3), points=boxes)


def zero_variable() -> Certificate:
    """x^4/4 - x^2 + y^2 (x^2 + 1): y is 0 at every real critical point; at some others x^2 = -1."""
    sides = [
        boxed(box(*NARROWING, [x, 0], 2**-12), "minimum", inertia=transform([[1, 0], [0, 1]]))
        for x in (-(2**0.5), 2**0.5)
    ]
    saddle = boxed(box(*NARROWING, [0, 0], 2**-12), "strict_saddle", inertia=transform([[1, 0], [0, 1]]))
    return certificate(
        *NARROWING,
        lines=[Y_VANISHES],
        completeness=zero([(1, 3)], inner(listed(points_of_the_well()))),
        points=[*sides, saddle],
        symmetries=[[-1, 2], [1, -2]],
    )


def nothing_left() -> Certificate:
    """x^2 y^2 + x^2 + y^2: x times the first derivative and y times the second one."""
    pairs = [(2, [1, 1]), (1, [1, 0]), (1, [0, 1])]
    line = {
        "combination": [[0, poly((1, [1, 0]))], [1, poly((1, [0, 1]))]],
        "squares": [[str(2 * c if m == [1, 1] else 2), poly((1, m))] for c, m in pairs],
    }
    return certificate(
        "x y",
        "x^2*y^2 + x^2 + y^2",
        lines=[line],
        completeness=zero([(0, 3), (1, 4)], None),
        fields=[rational([0, 0])],
        points=[root(0, kind="minimum", inertia=identity(2))],
    )


def zero_real_points_of_a_rank() -> Certificate:
    """x^2/2 + y^2 (x^2 + 1): the only critical point of x^2/2 is real, so that no list is needed."""
    return certificate(
        "x y",
        "x^2/2 + y^2*(x^2 + 1)",
        lines=[Y_VANISHES],
        completeness=zero([(1, 3)], inner(univariate_rank(1))),
        fields=[rational([0, 0])],
        points=[root(0, kind="minimum", inertia=identity(2))],
    )


def layer_left_out() -> Certificate:
    """(v - w)^2 + w^2 without v: 2 w^2 - 4 t w^2 + u (4 t - 1), whose only critical point is (0, 1/4, 0)."""
    rows = [(2, [0, 0, 0]), (2, [1, 0, 0]), (0, [0, 0, 0]), (0, [1, 0, 0]), (2, [2, 0, 0]), (1, [0, 0, 0])]
    one = squares((1, poly((1, [0, 0, 0]))))
    return certificate(
        "v w",
        "(v - w)^2 + w^2",
        completeness=layer([0], one, inner(rank(rows, [[0, 0, 0]]), form=[1, 1, 1])),
        fields=[rational([0, 0])],
        points=[root(0, kind="minimum", inertia=congruence([[1, 1], [0, 1]], [[1, -1], [0, 1]]))],
    )


MADE = (
    layer_left_out,
    zero_variable,
    nothing_left,
    zero_real_points_of_a_rank,
    eliminated,
    taken_apart,
    real_points_of_a_sum,
    orbits_and_an_eliminated_variable,
    root_of_a_square,
    orbits_and_a_root,
    orbits_and_a_swap,
    orbits_of_a_sum,
)
