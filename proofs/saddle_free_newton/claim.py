"""Newton's method is attracted by saddles, its saddle-free variant is not: steps, Jacobians, and index against loss.

    Newton: x -> x - H^-1 g        saddle-free: x -> x - |H|^-1 g        g the gradient, H the Hessian,
    |H| = (H^2)^(1/2) the spectral absolute value.

For the third statement: two-layer linear networks of width 1, L = 1/2 |b a^T - diag(s_1, ..., s_n)|^2 with |a| = 1, and
functions on the unit sphere.
"""

from __future__ import annotations

from fractions import Fraction

import flint

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.flows import Attracts, Flow, FollowsCurvature
from exactland.claims.matrices import Rows, matrix
from exactland.claims.orders import IndexGrowsWithLoss, MinimaBelowSaddles
from exactland.claims.properties import (
    And,
    CountIs,
    MorseSumIs,
    NoNonstrictSaddle,
    PointIs,
    Property,
)
from exactland.claims.steps import StepIs
from exactland.claims.values import NonnegativeForm
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

PAPER = "Y. N. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio, NIPS 2014, arXiv 1406.2572"
ATTRACTIVE = (
    f'our reading of "saddle-points instead become attractive under the Newton dynamics" ({PAPER}, introduction)'
)
OURS = "ours"


def given(parameters: Parameters) -> Objective:
    """An expression, perhaps with variables on a sphere."""
    return Objective.from_expression(
        parameters["loss"], parameters["variables"], on_sphere=parameters.get("sphere", ())
    )


# ------------------------------------------------------------------------------------------------- the two methods

SADDLE_FREE = Hypothesis("the method is x -> x - |H|^-1 g", lambda p: p["flow"] is Flow.SADDLE_FREE_MAP)
NEWTON = Hypothesis("the method is x -> x - H^-1 g", lambda p: p["flow"] is Flow.NEWTON_MAP)


def _singular(p: Parameters) -> bool:
    """Whether the Hessian is singular at the point in question."""
    place = tuple(rational(v) for v in p["at"])
    poly = given(p).polynomial
    values = [flint.fmpq(v.numerator, v.denominator) for v in place]
    n = range(len(place))
    rows = [[poly.derivative(i).derivative(j)(*values) for j in n] for i in n]
    return bool(flint.fmpq_mat(rows).det() == 0)


REGULAR = Hypothesis("the Hessian is nonsingular at the point", lambda p: p.get("at") is None or not _singular(p))

CLASSICAL = {"loss": "5*x^2 - y^2", "variables": ("x", "y"), "flow": Flow.SADDLE_FREE_MAP}
HYPERBOLA = {
    "loss": "1/2*(x*y - 1)^2",
    "variables": ("x", "y"),
    "flow": Flow.SADDLE_FREE_MAP,
    "at": ("0", "0"),
}
REGULARISED = {"loss": "1/2*(x*y - 1)^2 + 1/20*(x^2 + y^2)", "variables": ("x", "y"), "flow": Flow.SADDLE_FREE_MAP}
THREE = {
    "loss": "1/2*(x*y*z - 1)^2 + 1/9*x^2 + 1/8*y^2 + 1/7*z^2",
    "variables": ("x", "y", "z"),
    "flow": Flow.SADDLE_FREE_MAP,
}
MONKEY = {"loss": "x^3 - 3*x*y^2", "variables": ("x", "y"), "flow": Flow.SADDLE_FREE_MAP, "at": ("0", "0")}


def newton(parameters: Parameters) -> Parameters:
    return {**parameters, "flow": Flow.NEWTON_MAP}


REPELLED = Claim(
    name="saddle_free_repelled",
    statement="The saddle-free method is attracted along positive curvature and repelled along negative curvature at "
    "every critical point with a nonsingular Hessian: its Jacobian 1 - |H|^-1 H has the eigenvalue 0 for each positive "
    "and 2 for each negative eigenvalue of H.",
    source=f"our reading of the method of {PAPER}",
    hypotheses=(SADDLE_FREE, REGULAR),
    objective=given,
    conclusion=lambda p: FollowsCurvature(p["flow"], p.get("at")),
    cases=(
        Case("classical", CLASSICAL),
        Case("hyperbola_origin", HYPERBOLA),
        Case("regularised", REGULARISED),
        Case("three_layers", THREE),
    ),
    controls=(
        Control("classical_newton", SADDLE_FREE.name, newton(CLASSICAL)),
        Control("regularised_newton", SADDLE_FREE.name, newton(REGULARISED)),
        Control("monkey", REGULAR.name, MONKEY),
    ),
    notes=(
        (
            "The derivative of P(H) g is P(H) H where g = 0. |H|^-1 H is the sign of H, with the eigenvalues 1 and -1. "
            "Certified are the critical points and the signs of the eigenvalues of H."
        ),
        "`hyperbola_origin`: the other critical points are the curve x y = 1, where H is singular: not claimed here.",
    ),
)

ATTRACTED = Claim(
    name="newton_attracted",
    statement="Newton's method is attracted from all sides, with Jacobian 0, by every critical point with a "
    "nonsingular Hessian, saddles and maxima included.",
    source=ATTRACTIVE,
    hypotheses=(NEWTON, REGULAR),
    objective=given,
    conclusion=lambda p: Attracts(p["flow"], p.get("at")),
    cases=(
        Case("classical", newton(CLASSICAL)),
        Case("hyperbola_origin", newton(HYPERBOLA)),
        Case("regularised", newton(REGULARISED)),
        Case("three_layers", newton(THREE)),
    ),
    controls=(
        Control("classical_saddle_free", NEWTON.name, CLASSICAL),
        Control("hyperbola_saddle_free", NEWTON.name, HYPERBOLA),
        Control("monkey", REGULAR.name, newton(MONKEY)),
    ),
)

STEPS = Claim(
    name="steps_of_the_classical_saddle",
    statement="On 5 x^2 - y^2, one Newton step leads from every (x, y) to the saddle 0, and one saddle-free step to "
    "(0, 2 y).",
    source="ours: exact steps for the example of the page",
    hypotheses=(Hypothesis("L = 5 x^2 - y^2", lambda p: p["loss"] == CLASSICAL["loss"]),),
    objective=given,
    conclusion=lambda _: And(
        StepIs(("x", "y"), ("x", "y"), ("0", "0")),
        StepIs(("x", "y"), ("x", "y"), ("0", "2*y"), (("10", "0"), ("0", "2"))),
    ),
    cases=(Case("classical", CLASSICAL),),
    controls=(Control("cubic", "L = 5 x^2 - y^2", {**CLASSICAL, "loss": "5*x^2 - y^2 + y^3"}),),
)

FORM_NAME = "L is a form: all terms have the same degree"
FORM = Hypothesis(FORM_NAME, lambda p: len({sum(m) for m in given(p).polynomial.monoms()}) == 1)


def _degree(parameters: Parameters) -> int:
    return int(given(parameters).polynomial.total_degree())


def _contraction(parameters: Parameters) -> Property:
    names, k = tuple(parameters["variables"]), _degree(parameters)
    factor = Fraction(k - 2, k - 1)
    return StepIs(names, names, tuple(f"{factor}*{v}" if factor else "0" for v in names))


HOMOGENEOUS = Claim(
    name="newton_on_forms",
    statement="On a form of degree k, Newton's method goes from x to (k - 2)/(k - 1) x wherever the Hessian is "
    "nonsingular: it converges to 0, linearly for k > 2, whatever the type of 0 is.",
    source=OURS,
    hypotheses=(FORM,),
    objective=given,
    conclusion=_contraction,
    cases=(
        Case("classical", CLASSICAL),
        Case("monkey", MONKEY),
        Case("quartic_saddle", {"loss": "x^4 - 3*y^4 + x^2*y^2", "variables": ("x", "y")}),
        Case("three_variables", {"loss": "x*y*z + x^3", "variables": ("x", "y", "z")}),
    ),
    controls=(Control("not_a_form", FORM.name, {"loss": "x^3 - 3*x*y^2 + y^2", "variables": ("x", "y")}),),
    notes=("Euler: H x = (k - 1) g.",),
)

MONKEY_STEPS = Claim(
    name="monkey_saddle",
    statement="On x^3 - 3 x y^2, where the Hessian is singular at the saddle 0, |H| = 6 r at distance r. For t > 0 the "
    "saddle-free step leads from (t, 0) to (t/2, 0), so it converges to the saddle, and from (-t, 0) to (-3t/2, 0), so "
    "it is expelled; off these rays, (4t, 3t) goes to (33/10 t, 27/5 t).",
    source="ours: statement 1 says nothing about degenerate saddles, and the saddle-free method may converge to one",
    hypotheses=(
        Hypothesis("L = x^3 - 3 x y^2", lambda p: p["loss"] == MONKEY["loss"]),
        Hypothesis("the Hessian is singular at 0", _singular),
    ),
    objective=given,
    conclusion=lambda p: And(
        PointIs(("0", "0"), Kind.NONSTRICT_SADDLE),
        *(
            StepIs(("t",), place, image, ((size, "0"), ("0", size)), positive=("t",))
            for place, image, size in (
                (("t", "0"), ("1/2*t", "0"), "6*t"),
                (("-t", "0"), ("-3/2*t", "0"), "6*t"),
                (("4*t", "3*t"), ("33/10*t", "27/5*t"), "30*t"),
            )
        ),
    ),
    cases=(Case("monkey", MONKEY),),
    controls=(Control("mirrored", "L = x^3 - 3 x y^2", {**MONKEY, "loss": "-x^3 + 3*x*y^2"}),),
    notes=(
        (
            "In polar coordinates the step multiplies z = r e^(i s) by 1 - e^(-3 i s)/2: the rays s = 0, 2 pi/3, 4 "
            "pi/3 of highest increase contract by 1/2, those of steepest descent expand by 3/2 and attract the "
            "directions. The saddle-free method is not defined at 0 itself."
        ),
    ),
)

# ------------------------------------------------------------------------------------------------------- the lemma


def _absolute(parameters: Parameters) -> flint.fmpq_mat:
    """|A| as the parameters give it, or entry by entry."""
    a = parameters["A"]
    entrywise = [[abs(rational(x)) for x in row] for row in a]
    return matrix(entrywise if parameters["absolute"] == "entrywise" else parameters["absolute"])


def _psd(m: flint.fmpq_mat) -> bool:
    """Symmetric and positive semidefinite: (-1)^(n-k) times the k-th coefficient of the characteristic polynomial."""
    p, n = m.charpoly(), int(m.nrows())
    return bool(m == m.transpose()) and all((-1) ** (n - k) * p[k] >= 0 for k in range(n + 1))


def _quadratic(m: flint.fmpq_mat) -> str:
    size = range(int(m.nrows()))
    return " + ".join(f"({m[i, j]})*x{i + 1}*x{j + 1}" for i in size for j in size)


def _names(rows: Rows) -> tuple[str, ...]:
    return tuple(f"x{i + 1}" for i in range(len(rows)))


def difference(parameters: Parameters) -> Objective:
    return Objective.from_expression(
        _quadratic(_absolute(parameters) - matrix(parameters["A"])), _names(parameters["A"])
    )


def _bounds(parameters: Parameters) -> Property:
    a, b = matrix(parameters["A"]), _absolute(parameters)
    names = _names(parameters["A"])
    return And(NonnegativeForm(names, _quadratic(b - a)), NonnegativeForm(names, _quadratic(b + a)))


SYMMETRIC = Hypothesis("A is symmetric", lambda p: bool(matrix(p["A"]) == matrix(p["A"]).transpose()))
SPECTRAL = Hypothesis(
    "|A| is the spectral absolute value: |A|^2 = A^2, and |A| is positive semidefinite",
    lambda p: _psd(_absolute(p)) and bool(_absolute(p) * _absolute(p) == matrix(p["A"]) * matrix(p["A"])),
)
A = (("1", "2"), ("2", "-2"))
LEMMA_A = {"A": A, "absolute": (("11/5", "-2/5"), ("-2/5", "14/5"))}
LEMMA = Claim(
    name="lemma",
    statement="|x^T A x| <= x^T |A| x for all x.",
    source=f"our reading of a lemma of {PAPER}; its number and wording were not confirmed",
    hypotheses=(SYMMETRIC, SPECTRAL),
    objective=difference,
    conclusion=_bounds,
    cases=(
        Case("lemma_A", LEMMA_A),
        Case("exchange", {"A": (("0", "2"), ("2", "0")), "absolute": (("2", "0"), ("0", "2"))}),
        Case(
            "three",
            {
                "A": (("1", "2", "0"), ("2", "-2", "0"), ("0", "0", "-7")),
                "absolute": (("11/5", "-2/5", "0"), ("-2/5", "14/5", "0"), ("0", "0", "7")),
            },
        ),
    ),
    controls=(
        Control("entrywise_A", SPECTRAL.name, {"A": A, "absolute": "entrywise"}),
        Control("entrywise_ones", SPECTRAL.name, {"A": (("1", "-1"), ("-1", "1")), "absolute": "entrywise"}),
    ),
    notes=(
        (
            "In an eigenbasis: |sum h_i x_i^2| <= sum |h_i| x_i^2. Certified are sums of squares for |A| - A and |A| + "
            "A; in the controls a vector x with a negative value."
        ),
    ),
)

# ------------------------------------------------------------------------------------------- index against loss


def network(parameters: Parameters) -> Objective:
    """1/2 |b a^T - diag(s)|^2, with |a| = 1 unless `everywhere`."""
    s = parameters["s"]
    size = range(1, len(s) + 1)
    squares = [f"(a{j}*b{i}{f' - {s[i - 1]}' if i == j else ''})^2" for i in size for j in size]
    names = [f"{layer}{i}" for layer in "ab" for i in size]
    sphere = () if parameters.get("everywhere") else names[: len(s)]
    return Objective.from_expression(f"1/2*({' + '.join(squares)})", names, on_sphere=sphere)


def instance(parameters: Parameters) -> Objective:
    return network(parameters) if "s" in parameters else given(parameters)


def _distinct(parameters: Parameters) -> bool:
    s = [rational(v) for v in parameters.get("s", ())]
    return len({abs(v) for v in s}) == len(s) and 0 not in s


def cubes(n: int) -> Parameters:
    names = tuple(f"x{i + 1}" for i in range(n))
    return {"loss": " + ".join(f"{v}^3" for v in names), "variables": names, "sphere": names}


LINEAR = Hypothesis("the loss is that of a two-layer linear network of width 1", lambda p: "s" in p)
DISTINCT = Hypothesis("the singular values of the target are distinct and not 0", _distinct)
SPHERE_3 = cubes(3)
WIDTH_1 = {"s": ("3", "2", "1")}
TWISTED = {
    "loss": "x^2*y + y^2*z + 1/2*z^2*x",
    "variables": ("x", "y", "z"),
    "sphere": ("x", "y", "z"),
}

SLICE = (
    "Slice: for c > 0 the scaling (a, b) -> (c a, b/c) leaves the loss unchanged, and every point with a != 0 is "
    "scaled to exactly one with |a| = 1. The orbit crosses |a| = 1 transversally, along it the loss is constant, so "
    "points of the slice are critical on the slice exactly if they are critical, with the same index. The critical "
    "points with a = 0: the gradient in a, -diag(s)^T b, vanishes, so b = 0 (all s_i != 0); `origin_of_the_network` is "
    "about this one."
)

MONOTONE = Claim(
    name="index_grows_with_loss",
    statement="Among the critical points of 1/2 |b a^T - diag(s)|^2, |a| = 1, none has a higher loss and a smaller "
    "index than another one; there are 2 n of them.",
    source="our reading, for single deterministic instances, of a statistical statement about random functions in many "
    f'dimensions (R. Pascanu, Y. N. Dauphin, S. Ganguli, Y. Bengio, "On the saddle point problem for non-convex '
    f'optimization", 2014, and {PAPER}): "local minima with high error relative to the global minimum occur with a '
    'probability that is exponentially small"; no theorem about instances',
    hypotheses=(LINEAR, DISTINCT),
    objective=instance,
    conclusion=lambda p: And(
        IndexGrowsWithLoss(), MinimaBelowSaddles(), *((CountIs(real=2 * len(p["s"])),) if "s" in p else ())
    ),
    cases=(
        Case("linear_width1", WIDTH_1),
        Case("two_outputs", {"s": ("5/2", "-1")}),
        Case("four_outputs", {"s": ("4", "3", "2", "1")}),
    ),
    controls=(Control("sphere_3", LINEAR.name, SPHERE_3),),
    notes=(
        SLICE,
        "The i-th pair +-(e_i, s_i e_i): loss 1/2 sum of the other s_j^2, index the number of j with |s_j| > |s_i|.",
        "Width 2 (12 variables) needs positive-dimensional critical sets: not covered here.",
    ),
)

ORIGIN = Claim(
    name="origin_of_the_network",
    statement="The remaining critical point a = b = 0 of 1/2 |b a^T - diag(s)|^2 is a strict saddle.",
    source=OURS,
    hypotheses=(LINEAR, DISTINCT),
    objective=network,
    conclusion=lambda p: And(
        FollowsCurvature(Flow.SADDLE_FREE_MAP, ("0",) * (2 * len(p["s"]))),
        PointIs(("0",) * (2 * len(p["s"])), Kind.STRICT_SADDLE),
    ),
    cases=(Case("linear_width1", {**WIDTH_1, "everywhere": True}),),
    controls=(Control("rank_deficient", DISTINCT.name, {"s": ("3", "2", "0"), "everywhere": True}),),
    notes=(
        (
            "Loss 1/2 sum s_i^2, above that of all other critical points, and index n, the largest of all: with "
            "`index_grows_with_loss` the index is non-decreasing in the loss on the whole critical set."
        ),
    ),
)

LOW_ERROR = Claim(
    name="minima_have_low_error",
    statement="No local minimum has a higher loss than a critical point of index 1 or more.",
    source=f"our reading of the same statistical statement of {PAPER}, on single deterministic instances",
    hypotheses=(Hypothesis("the function is smooth on a sphere", lambda p: bool(p.get("sphere"))),),
    objective=given,
    conclusion=lambda _: MinimaBelowSaddles(),
    cases=(
        Case("sphere_3", SPHERE_3, Verdict.REFUTED),
        Case("sphere_4", cubes(4), Verdict.REFUTED),
        Case("quadratic_form", {"loss": "x^2 + 2*y^2 - z^2", "variables": ("x", "y", "z"), "sphere": ("x", "y", "z")}),
    ),
    without_controls="the statement is about random functions: deterministic ones illustrate it or counter it, and "
    "both occur among the cases",
    notes=(
        (
            "Sum of cubes: the minimum (1, ..., 1)/sqrt(n) has the loss 1/sqrt(n) > 0, above saddles with negative "
            "values and above a maximum. Such structure has probability 0 in the random ensemble."
        ),
        "Quadratic forms: critical are the eigenvectors, the losses are the eigenvalues, the index counts those below.",
    ),
)

CENSUS = Claim(
    name="sphere_census",
    statement="The sum of cubes has exactly 2 (2^n - 1) critical points on the unit sphere of R^n, all nondegenerate "
    "and real, and the signs (-1)^index add up to the Euler characteristic of the sphere, 1 + (-1)^(n - 1).",
    source=OURS,
    hypotheses=(
        Hypothesis("all variables lie on the sphere", lambda p: len(p["sphere"]) == len(p["variables"])),
        Hypothesis("the loss is the sum of cubes", lambda p: p["loss"] == cubes(len(p["variables"]))["loss"]),
    ),
    objective=given,
    conclusion=lambda p: And(
        MorseSumIs(1 + (-1) ** (len(p["variables"]) - 1)),
        CountIs(real=2 * (2 ** len(p["variables"]) - 1), complex_=2 * (2 ** len(p["variables"]) - 1)),
    ),
    cases=(Case("sphere_2", cubes(2)), Case("sphere_3", SPHERE_3), Case("sphere_4", cubes(4))),
    controls=(
        Control(
            "cylinder",
            "all variables lie on the sphere",
            {"loss": "x1^3 + x2^3 + x3^3", "variables": ("x1", "x2", "x3"), "sphere": ("x1", "x2")},
        ),
        Control("twisted", "the loss is the sum of cubes", TWISTED),
    ),
    notes=("Lagrange: 3 x_i^2 = 2 m x_i, so the entries that are not 0 are equal: +-1/sqrt(|S|) on a set S.",),
)

EULER = Claim(
    name="euler_characteristic",
    statement="On the unit sphere of R^3 a function with nondegenerate critical points only has signs (-1)^index that "
    "add up to 2.",
    source="Morse theory; a cross-check of the lists of critical points, not of the theorem",
    hypotheses=(
        Hypothesis("three variables, all on the sphere", lambda p: len(p["sphere"]) == len(p["variables"]) == 3),
    ),
    objective=given,
    conclusion=lambda _: MorseSumIs(2),
    cases=(
        Case("sphere_3", SPHERE_3),
        Case("twisted", TWISTED),
        Case("quadratic_form", {"loss": "x^2 + 2*y^2 - z^2", "variables": ("x", "y", "z"), "sphere": ("x", "y", "z")}),
    ),
    controls=(
        Control("circle", "three variables, all on the sphere", cubes(2)),
        Control("sphere_4", "three variables, all on the sphere", cubes(4)),
    ),
)

LAGRANGIAN = {
    "loss": "x1^3 + x2^3 + x3^3 - m*(x1^2 + x2^2 + x3^2 - 1)",
    "variables": ("x1", "x2", "x3", "m"),
    "flow": Flow.SADDLE_FREE_MAP,
}

MULTIPLIER = Claim(
    name="saddle_free_on_the_lagrangian",
    statement="Every critical point of the Lagrangian L - m (|x|^2 - 1) is a strict saddle, so the saddle-free method "
    "is repelled by all of them, also by the minima on the sphere.",
    source="ours: a method that avoids saddles must not be applied to a Lagrangian",
    hypotheses=(
        SADDLE_FREE,
        Hypothesis("the loss is a Lagrangian with multiplier m", lambda p: "m" in p["variables"]),
    ),
    objective=given,
    conclusion=lambda p: And(FollowsCurvature(p["flow"]), NoNonstrictSaddle(), CountIs(minima=0)),
    cases=(Case("sphere_3", LAGRANGIAN),),
    controls=(
        Control("newton", SADDLE_FREE.name, newton(LAGRANGIAN)),
        Control("no_multiplier", "the loss is a Lagrangian with multiplier m", REGULARISED),
    ),
    notes=("The Hessian has a row b, b, ..., 0 with b != 0, so it has a negative eigenvalue everywhere.",),
)

SYSTEM = System(
    name="saddle_free_newton",
    title="Identifying and attacking the saddle point problem in high-dimensional non-convex optimization",
    source=PAPER,
    source_status="The quoted half-sentences were seen in public copies and quotations. Number and wording of the "
    "lemma were not confirmed. The third statement is statistical, about random functions in many dimensions: it is no "
    "theorem about single functions, and an instance can only illustrate or counter it. All instances are ours.",
    claims=(
        REPELLED,
        ATTRACTED,
        STEPS,
        HOMOGENEOUS,
        MONKEY_STEPS,
        LEMMA,
        MONOTONE,
        ORIGIN,
        LOW_ERROR,
        CENSUS,
        EULER,
        MULTIPLIER,
    ),
    notes=(
        (
            "Not covered: the linear network of hidden width 2 (12 variables), whose critical sets are orbits of GL(2) "
            "and need positive-dimensional components; convergence from afar, damping, and Krylov subspaces."
        ),
        "'Attracted' is about iterations, not about the gradient flow.",
    ),
)
