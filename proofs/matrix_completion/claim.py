"""Symmetric matrix completion of rank one: is every local minimum the matrix that was sampled?

For z in Q^d, M = z z^T and a symmetric set Omega of observed positions, both (i, j) and (j, i) count:

    f(x) = 1/2 * sum over (i, j) in Omega of (M_ij - x_i x_j)^2 + lambda * sum over i of max(|x_i| - alpha, 0)^4.
"""

from __future__ import annotations

from exactland.claims.claim import Case, Claim, Hypothesis, Parameters, System, Verdict
from exactland.claims.pieces import MinimaOfPieces, Spline
from exactland.claims.properties import (
    And,
    CountIs,
    EveryMinimumGlobal,
    EveryMinimumSatisfies,
    MorseSumIs,
    PointIs,
    Property,
)
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

GE_LEE_MA = "R. Ge, J. D. Lee, T. Ma, NIPS 2016, arXiv 1605.07272"
ABSTRACT = '"all local minima must also be global" (abstract)'


def observed(parameters: Parameters) -> set[tuple[int, int]]:
    """The observed positions, as ordered pairs: '12' stands for (1, 2) and (2, 1)."""
    d = len(parameters["z"])
    if parameters["omega"] == "all":
        return {(i, j) for i in range(d) for j in range(d)}
    pairs = [(int(word[0]) - 1, int(word[1]) - 1) for word in parameters["omega"]]
    return {pair for i, j in pairs for pair in ((i, j), (j, i))}


def names(parameters: Parameters) -> tuple[str, ...]:
    return tuple(f"x{i + 1}" for i in range(len(parameters["z"])))


def _data(parameters: Parameters) -> str:
    """The loss without the regulariser."""
    z, x = [rational(v) for v in parameters["z"]], names(parameters)
    squares = [
        f"{1 if i == j else 2}*({z[i] * z[j]} - {x[i]}*{x[j]})^2" for i, j in sorted(observed(parameters)) if i <= j
    ]  # i < j stands for two positions
    return f"1/2*({' + '.join(squares)})"


def loss(parameters: Parameters) -> Objective:
    x, text = names(parameters), _data(parameters)
    if "alpha" in parameters:
        text += "".join(f" + {parameters['lambda']}*max(abs({v}) - {parameters['alpha']}, 0)^4" for v in x)
    return Objective.from_expression(text, x)


def minima_satisfy(parameters: Parameters, equations: tuple[str, ...]) -> Property:
    """These vanish at every local minimum; with a regulariser, which is piecewise polynomial, cell by cell."""
    if "alpha" not in parameters:
        return EveryMinimumSatisfies(equations)
    alpha, factor = rational(parameters["alpha"]), parameters["lambda"]
    spline = Spline((-alpha, alpha), (f"{factor}*(-t - ({alpha}))^4", "0*t", f"{factor}*(t - ({alpha}))^4"))
    return MinimaOfPieces(_data(parameters), names(parameters), spline, equations)


def recovered(parameters: Parameters) -> Property:
    """x x^T = z z^T at every local minimum, entry by entry."""
    z, x = [rational(v) for v in parameters["z"]], names(parameters)
    d = len(x)
    return minima_satisfy(parameters, tuple(f"{x[i]}*{x[j]} - {z[i] * z[j]}" for i in range(d) for j in range(i, d)))


def zero_loss(parameters: Parameters) -> Property:
    """The loss is 0, so that the minimum is global, as the loss is a sum of squares."""
    equations = minima_satisfy(parameters, ("loss",))
    return equations if "alpha" in parameters else And(EveryMinimumGlobal(), equations)


def _identifiable(parameters: Parameters) -> bool:
    """z is determined up to sign: the graph of observed positions is connected and has a loop or another odd cycle.

    (For z without zero entries. A walk of odd length from a vertex to itself shows x_i^2, edges pass it on.)
    """
    d, omega = len(parameters["z"]), observed(parameters)
    if any(rational(v) == 0 for v in parameters["z"]):
        return False
    reached = {(0, 0)}  # (vertex, parity of the walk from vertex 0)
    while True:
        more = {(j, 1 - parity) for i, parity in reached for k, j in omega if k == i} | reached
        if more == reached:
            return len(reached) == 2 * d
        reached = more


FULL = Hypothesis("every position is observed", lambda p: len(observed(p)) == len(p["z"]) ** 2)
IDENTIFIABLE = Hypothesis("the observed positions determine z up to sign", _identifiable)
LARGE_ALPHA = Hypothesis(
    "no entry of z is larger than alpha",
    lambda p: "alpha" not in p or all(abs(rational(v)) <= rational(p["alpha"]) for v in p["z"]),
)
DENSE = Hypothesis(  # 3 log(d)/d <= 1 is d^3 <= e^d, and e < 2.7183
    "a probability p <= 1 can be at least 3 log(d)/d",
    lambda p: len(p["z"]) ** 3 <= rational("2.7183") ** len(p["z"]),
)

TWO = Case("full_2", {"z": ("1", "1"), "omega": "all"})
THREE = Case("full_3", {"z": ("1", "1", "1"), "omega": "all"}, seconds=10)
UNEQUAL = Case("unequal_3", {"z": ("1", "2", "-1/3"), "omega": "all"}, seconds=10)
REGULARISED = Case("regularised", {"z": ("1", "1"), "omega": "all", "lambda": "1", "alpha": "2"})
SMALL_ALPHA = Case("alpha_too_small", {"z": ("1", "1"), "omega": "all", "lambda": "1", "alpha": "1/2"})
TRIANGLE = Case("triangle", {"z": ("1", "1", "1"), "omega": ("12", "13", "23")})
SPARSE = Case("sparse", {"z": ("1", "1", "1"), "omega": ("12", "13", "22", "33")})
DIAGONAL = Case("diagonal_only", {"z": ("1", "1"), "omega": ("11", "22")})

ON_DIAGONAL = Hypothesis("the diagonal is observed", lambda p: all((i, i) in observed(p) for i in range(len(p["z"]))))
IS_TRIANGLE = Hypothesis("d = 3 and Omega is the triangle", lambda p: observed(p) == observed(TRIANGLE.parameters))

FULL_CASES = (TWO, THREE, UNEQUAL, REGULARISED)

RECOVERY = Claim(
    name="recovery",
    statement="Every local minimum has x x^T = z z^T.",
    source=f"our reading of the deterministic core of {GE_LEE_MA}, {ABSTRACT}; 'good sample' is read as: everything is "
    "observed",
    hypotheses=(FULL, LARGE_ALPHA),
    objective=loss,
    conclusion=recovered,
    cases=FULL_CASES,
    controls=(*FULL.dropped_by(SPARSE, DIAGONAL), *LARGE_ALPHA.dropped_by(SMALL_ALPHA)),
)

ZERO_LOSS = Claim(
    name="zero_loss",
    statement="Every local minimum has f = 0.",
    source=f"our reading of {GE_LEE_MA}, {ABSTRACT}; a separate test, weaker than x x^T = z z^T",
    hypotheses=(FULL, LARGE_ALPHA),
    objective=loss,
    conclusion=zero_loss,
    cases=FULL_CASES,
    controls=(*FULL.dropped_by(SPARSE), *LARGE_ALPHA.dropped_by(SMALL_ALPHA)),
    notes=(
        (
            "The control 'diagonal_only' of the claim 'recovery' passes this test and fails the other one: "
            "see 'zero_loss_is_weaker'."
        ),
    ),
)

CENSUS = Claim(
    name="three_critical_points",
    statement="With everything observed, z and -z are global minima, 0 is a strict saddle, and there is no other real "
    "critical point.",
    source="ours",
    hypotheses=(FULL, Hypothesis("z is not 0", lambda p: any(rational(v) != 0 for v in p["z"]))),
    objective=loss,
    conclusion=lambda p: And(
        CountIs(real=3, minima=2),
        PointIs(("0",) * len(p["z"]), Kind.STRICT_SADDLE),
        PointIs(p["z"], Kind.MINIMUM, True),
        PointIs(tuple(str(-rational(v)) for v in p["z"]), Kind.MINIMUM, True),
    ),
    cases=(
        TWO,
        THREE,
        UNEQUAL,
        Case("zero_entry_3", {"z": ("1", "0", "2"), "omega": "all"}, seconds=10),
        Case("full_4", {"z": ("1",) * 4, "omega": "all"}, seconds=10),
    ),
    controls=FULL.dropped_by(SPARSE, DIAGONAL),
    notes=(
        (
            "For d >= 3 the origin lies on the set x.x = z.x = 0 of complex critical points, a curve for d = 3, of "
            "which it is the only real point. (x.x) (z_i x_j - z_j x_i) is a combination of gradient entries, so one "
            "of the factors vanishes; and x.x is a sum of squares, all of which vanish with it at a real point."
        ),
        "The Hessian at 0 is -2 z z^T: one negative eigenvalue, and the eigenvalue 0 for d > 1.",
    ),
)

WEAKER = Claim(
    name="zero_loss_is_weaker",
    statement="Every local minimum has f = 0, whatever is observed on the diagonal.",
    source="ours: f = 0 does not identify z",
    hypotheses=(ON_DIAGONAL,),
    objective=loss,
    conclusion=lambda _: EveryMinimumSatisfies(("loss",)),
    cases=(TWO, DIAGONAL),
    controls=ON_DIAGONAL.dropped_by(SPARSE),
)

TRIANGLE_CLAIM = Claim(
    name="triangle",
    statement="With all off-diagonal positions of a 3 x 3 matrix observed, every local minimum has x x^T = z z^T; "
    "there are two of them, and all critical points are non-degenerate with signs that add up to 1.",
    source="ours: the question of the page, decided on this instance",
    hypotheses=(IDENTIFIABLE, IS_TRIANGLE),
    objective=loss,
    conclusion=lambda p: And(recovered(p), EveryMinimumGlobal(), CountIs(minima=2), MorseSumIs(1)),
    cases=(TRIANGLE, Case("triangle_unequal", {"z": ("1", "2", "-1/3"), "omega": TRIANGLE.parameters["omega"]})),
    controls=IS_TRIANGLE.dropped_by(SPARSE),
    notes=("Recovery from the off-diagonal positions alone: the signs and sizes follow from z1 z2, z1 z3 and z2 z3.",),
)

IDENTIFIABILITY = Claim(
    name="identifiability_is_enough",
    statement="If the observed positions determine z up to sign, every local minimum has x x^T = z z^T.",
    source="ours: false, and shown here so that nobody reads it into the triangle",
    hypotheses=(IDENTIFIABLE,),
    objective=loss,
    conclusion=recovered,
    cases=(TWO, TRIANGLE, Case("sparse", SPARSE.parameters, Verdict.REFUTED)),
    controls=IDENTIFIABLE.dropped_by(DIAGONAL),
    notes=(
        (
            "`sparse` observes 12, 13, 22, 33, from which z follows up to sign, and has a strict local minimum that "
            "is not global: the sampling condition is about more than uniqueness."
        ),
    ),
)

RANDOM = Claim(
    name="random_sample",
    statement="If every position is observed with probability p >= poly(mu, kappa, r) log(d)/d, then with high "
    "probability every local minimum has x x^T = z z^T.",
    source=f"our reading of the main theorem of {GE_LEE_MA}; the constants are not specified, and are read as at "
    "least 3",
    hypotheses=(DENSE,),
    objective=loss,
    conclusion=recovered,
    cases=tuple(Case(c.name, c.parameters, Verdict.VACUOUS) for c in (TWO, THREE)),
    without_controls="no instance of this size satisfies the hypothesis, so there is nothing to drop",
    vacuous="for d = 2 and 3 the bound 3 log(d)/d is above 1, so no probability reaches it: the random statement says "
    "nothing at this size, and only the landscape of the instance is decided",
)

SYSTEM = System(
    name="matrix_completion",
    title="Matrix completion has no spurious local minimum",
    source=GE_LEE_MA,
    source_status="The quoted half-sentence was compared with public copies of the abstract. Number, wording and "
    "constants of the theorems were not confirmed: the claims are our reading. The instances are ours.",
    claims=(RECOVERY, ZERO_LOSS, CENSUS, WEAKER, TRIANGLE_CLAIM, IDENTIFIABILITY, RANDOM),
    notes=(
        (
            "The regularised loss is piecewise polynomial and C^3. Its local minima are decided cell by cell: 3^d "
            "polynomials with all their critical points, of which those count that lie in the cell. Other "
            "questions about piecewise objectives are not built."
        ),
        (
            "The factor 1/2 and the two positions of every off-diagonal entry are part of f: without them the "
            "critical points of the sparse instance are others."
        ),
    ),
)
