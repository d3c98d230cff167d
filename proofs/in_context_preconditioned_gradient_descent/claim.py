"""Linear attention learns preconditioned gradient descent: population losses with exact Gaussian moments.

n samples (x_i, y_i = w.x_i), x ~ N(0, Sigma), Sigma = diag(l_1, ..., l_d), w ~ N(0, diag(v_1, ..., v_d)).

One layer: z_i = (x_i, y_i), G = 1/n sum_i z_i z_i^T, b the last row of P and a_j the columns of Q that matter;
f = sum_j l_j E(<b a_j^T, G> + w_j)^2.

Two layers: S = 1/n sum_i x_i x_i^T; f = E tr[Sigma M Wc M^T], M = (1 - A_1 S)(1 - A_0 S), Wc = diag(v_1, ..., v_d).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactland.claims import search
from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.moments import gaussian_mean
from exactland.claims.properties import (
    And,
    EveryCriticalPointGlobalOrSaddle,
    EveryMinimumSatisfies,
    MorseSumIs,
    Not,
    PointIs,
    Property,
)
from exactland.claims.subspaces import CriticalPointOnSubspace
from exactland.claims.values import GlobalMinimum, InfimumAttained
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective
from exactland.polynomial import Polynomial, ring, to_fmpq

PAPER = "K. Ahn, X. Cheng, H. Daneshmand, S. Sra, NeurIPS 2023, arXiv 2306.00297"

Matrix = list[list[Polynomial]]


def sigma(parameters: Parameters) -> list[Fraction]:
    return [rational(v) for v in parameters["sigma"]]


def covariance(parameters: Parameters) -> list[Fraction]:
    """The variances of w."""
    return [rational(v) for v in parameters["w"]]


def _samples(parameters: Parameters) -> dict[str, Fraction]:
    """The names of the entries of x_1, ..., x_n, with their variances."""
    return {f"x{i + 1}_{k + 1}": v for i in range(parameters["n"]) for k, v in enumerate(sigma(parameters))}


def _dot(left: Sequence[Polynomial], right: Sequence[Polynomial]) -> Polynomial:
    total = left[0] * right[0]
    for a, b in zip(left[1:], right[1:], strict=True):
        total = total + a * b
    return total


def one_layer(parameters: Parameters) -> Objective:
    d, n = len(parameters["sigma"]), parameters["n"]
    columns = [[f"a{j + 1}_{k + 1}" for k in range(d + 1)] for j in range(d)]
    weights = [f"w{k + 1}" for k in range(d)]
    names = [*(f"b{k + 1}" for k in range(d + 1)), *(a for column in columns for a in column)]
    samples = _samples(parameters)
    context = ring([*names, *samples, *weights])
    at = dict(zip([*names, *samples, *weights], context.gens(), strict=True))
    w, b = [at[v] for v in weights], [at[f"b{k + 1}"] for k in range(d + 1)]
    total = context.constant(0)
    for j, column in enumerate(columns):
        predicted = context.constant(0)
        for i in range(n):
            x = [at[f"x{i + 1}_{k + 1}"] for k in range(d)]
            z = [*x, _dot(x, w)]
            predicted = predicted + _dot(b, z) * _dot([at[v] for v in column], z)
        total = total + to_fmpq(sigma(parameters)[j]) * (predicted * to_fmpq(Fraction(1, n)) + w[j]) ** 2
    return gaussian_mean(total, samples | dict(zip(weights, covariance(parameters), strict=True)))


def _product(left: Matrix, right: Matrix) -> Matrix:
    return [[_dot(row, column) for column in zip(*right, strict=True)] for row in left]


def two_layers(parameters: Parameters) -> Objective:
    d, n = len(parameters["sigma"]), parameters["n"]
    names = [f"a{layer}_{i + 1}{j + 1}" for layer in range(2) for i in range(d) for j in range(d)]
    names = ["a0", "a1"] if d == 1 else names
    samples = _samples(parameters)
    context = ring([*names, *samples])
    at = dict(zip([*names, *samples], context.gens(), strict=True))
    x = [[at[f"x{m + 1}_{k + 1}"] for k in range(d)] for m in range(n)]
    s = [[_dot([r[i] for r in x], [r[j] for r in x]) * to_fmpq(Fraction(1, n)) for j in range(d)] for i in range(d)]
    steps = []
    for layer in range(2):
        chosen = [at[name] for name in names[layer * d * d : (layer + 1) * d * d]]
        moved = _product([chosen[i * d : (i + 1) * d] for i in range(d)], s)
        steps.append([[context.constant(int(i == j)) - moved[i][j] for j in range(d)] for i in range(d)])
    both = _product(steps[1], steps[0])
    total = context.constant(0)
    for i, v in enumerate(sigma(parameters)):
        for j, u in enumerate(covariance(parameters)):
            total = total + to_fmpq(v * u) * both[i][j] ** 2
    return gaussian_mean(total, samples)


def printed(parameters: Parameters) -> tuple[Fraction, ...]:
    """b = (0, ..., 0, 1), a_j = -1 / ((n + 1)/n l_j + 1/n sum_k l_k) times the j-th unit vector."""
    values, n = sigma(parameters), parameters["n"]
    d = len(values)
    steps = [-1 / (Fraction(n + 1, n) * v + sum(values) / n) for v in values]
    columns = [steps[j] if j == k else Fraction(0) for j in range(d) for k in range(d + 1)]
    return (*(Fraction(0) for _ in range(d)), Fraction(1), *columns)


def best_for_fixed_row(parameters: Parameters) -> tuple[Fraction, ...]:
    """With b = (0, ..., 0, 1) the loss is a quadratic form in the a_j; where it is stationary. A hint, not a claim."""
    objective, d = one_layer(parameters), len(parameters["sigma"])
    fixed = [Fraction(0)] * d + [Fraction(1)]
    context = ring(objective.variables[d + 1 :])
    restricted = objective.polynomial.compose(*(context.constant(to_fmpq(v)) for v in fixed), *context.gens())
    found = search.stationary(restricted)
    return () if found is None else (*fixed, *found)


def other_row(parameters: Parameters) -> tuple[Fraction, ...]:
    """For d = 1: b = (1, 0) and a_1 = (0, a), with the value a of the printed solution."""
    return (Fraction(1), Fraction(0), Fraction(0), printed(parameters)[2])


def _printed_is_global(parameters: Parameters) -> Property:
    other = best_for_fixed_row(parameters)
    return GlobalMinimum(printed(parameters), (other,) if other else ())


def _subspace(parameters: Parameters) -> Property:
    """S = {A_i = a_i Sigma^-1}."""
    values = sigma(parameters)
    d = len(values)
    zero = Fraction(0)
    rows = [
        tuple(1 / values[i] if i == j and layer == k else zero for k in range(2))
        for layer in range(2)
        for i in range(d)
        for j in range(d)
    ]
    return CriticalPointOnSubspace(("a0", "a1"), tuple(rows))


ISOTROPIC = Hypothesis("w ~ N(0, I)", lambda p: all(v == 1 for v in covariance(p)))
WHITE = Hypothesis("x ~ N(0, I)", lambda p: all(v == 1 for v in sigma(p)))
INVERSE = Hypothesis(
    "w ~ N(0, Sigma^-1)", lambda p: all(v * u == 1 for v, u in zip(sigma(p), covariance(p), strict=True))
)
FOUR = Hypothesis("n = 4", lambda p: p["n"] == 4)
SCALAR = Hypothesis("d = 1", lambda p: len(p["sigma"]) == 1)

ONE_D1 = {"sigma": ("1",), "w": ("1",), "n": 1}
ONE_D2 = {"sigma": ("1", "4"), "w": ("1", "1"), "n": 2}
TWO_D1 = {"sigma": ("1",), "w": ("1",), "n": 4}
TWO_D2 = {"sigma": ("1", "4"), "w": ("1", "1/4"), "n": 1}

ONE_LAYER = Claim(
    name="one_layer",
    statement="For one layer and w ~ N(0, I), P_0 = diag(0, ..., 0, 1) and Q_0 = -[diag(1 / ((n+1)/n l_i + 1/n sum_k "
    "l_k)), 0; 0, 0] is a global minimiser.",
    source=f"{PAPER}, Theorem 1",
    hypotheses=(ISOTROPIC,),
    objective=one_layer,
    conclusion=_printed_is_global,
    cases=(
        Case("one_layer_d1", ONE_D1),
        Case("one_layer_d1_n3", {**ONE_D1, "n": 3}),
        Case("one_layer_d2", ONE_D2),
        Case("one_layer_d2_n1", {**ONE_D2, "n": 1}),
    ),
    controls=(Control("one_layer_d2_anisotropic", ISOTROPIC.name, {**ONE_D2, "w": ("1", "9")}),),
    notes=(
        (
            "The loss is shown to be its value at the printed point plus a sum of squares, so no list of critical "
            "points is needed. In the control another critical point has a lower loss."
        ),
        "The other rows of P and the last column of Q do not enter the loss.",
    ),
)

UNIQUE = Claim(
    name="one_layer_unique",
    statement="Up to the scaling (gamma P, Q / gamma) the global minimiser is unique.",
    source="not claimed by the paper; the question of the page",
    hypotheses=(ISOTROPIC, SCALAR),
    objective=one_layer,
    conclusion=lambda p: And(GlobalMinimum(printed(p)), Not(GlobalMinimum(other_row(p)))),
    cases=(
        Case("one_layer_d1", ONE_D1, Verdict.REFUTED),
        Case("one_layer_d1_n3", {**ONE_D1, "n": 3}, Verdict.REFUTED),
    ),
    without_controls="the statement is false, so there is nothing to drop",
    notes=("b = (1, 0) and a_1 = (0, -n/(n+2)) is a global minimum that no scaling of the printed one reaches.",),
)

CRITICAL_SET = Claim(
    name="one_layer_critical_set",
    statement="Every critical point of the one-layer loss for d = 1 is a global minimum or a saddle.",
    source="ours: the complete critical set that the page asks for",
    hypotheses=(ISOTROPIC, SCALAR),
    objective=one_layer,
    conclusion=lambda _: EveryCriticalPointGlobalOrSaddle(),
    cases=(Case("one_layer_d1", ONE_D1),),
    without_controls="for d = 1 another variance of w only rescales the loss and the parameters: nothing to drop",
    notes=("The scaling (gamma, 1/gamma) puts all critical points but the origin on curves, certified as components.",),
)

TWO_LAYER = Claim(
    name="two_layers_attained",
    statement="For two layers and x, w ~ N(0, I) some diagonal (A_0, A_1) is a global minimiser.",
    source=f"{PAPER}, Theorem 2",
    hypotheses=(ISOTROPIC, WHITE, SCALAR),
    objective=two_layers,
    conclusion=lambda _: InfimumAttained(),
    cases=(Case("two_layer_d1", TWO_D1), *(Case(f"two_layer_d1_n{n}", {**TWO_D1, "n": n}) for n in (1, 2, 3))),
    notes=("The losses found, 8/15, 1/3, 8/35, 1/6 for n = 1, 2, 3, 4, are 8/((n + 2)(n + 4)); one layer: 2/(n + 2).",),
    without_controls="for d = 1 every matrix is diagonal, so only the existence of a minimiser is left to decide",
)

VALUES = Claim(
    name="two_layers_steps",
    statement="For d = 1, n = 4 the global minima have the step sizes (1/3, 1) and (1, 1/3).",
    source="ours",
    hypotheses=(ISOTROPIC, WHITE, SCALAR, FOUR),
    objective=two_layers,
    conclusion=lambda _: And(
        PointIs(("1/3", "1"), Kind.MINIMUM, True), PointIs(("1", "1/3"), Kind.MINIMUM, True), MorseSumIs(1)
    ),
    cases=(Case("two_layer_d1", TWO_D1),),
    controls=(Control("two_layer_d1_n2", FOUR.name, {**TWO_D1, "n": 2}),),
)

EQUAL_STEPS = Claim(
    name="two_layers_equal_steps",
    statement="Equal step sizes a_0 = a_1 are optimal.",
    source="ours: false, compared because every layer solves the same problem",
    hypotheses=(ISOTROPIC, WHITE, SCALAR),
    objective=two_layers,
    conclusion=lambda _: EveryMinimumSatisfies(("a0 - a1",)),
    cases=(
        Case("two_layer_d1", TWO_D1, Verdict.REFUTED),
        *(Case(f"two_layer_d1_n{n}", {**TWO_D1, "n": n}, Verdict.REFUTED) for n in (1, 2, 3)),
    ),
    without_controls="the statement is false, so there is nothing to drop",
)

SUBSPACE = Claim(
    name="two_layers_critical_on_S",
    statement="For x ~ N(0, Sigma) and w ~ N(0, Sigma^-1), S = {A_i = a_i Sigma^-1} contains a critical point of the "
    "loss, all entries of A_0 and A_1 free.",
    source=f"{PAPER}, Theorem 3, in the stronger form that the infimum 0 of the gradient norm on S is attained",
    hypotheses=(INVERSE,),
    objective=two_layers,
    conclusion=_subspace,
    cases=(Case("two_layer_d2", TWO_D2), Case("two_layer_d2_n2", {**TWO_D2, "n": 2})),
    controls=(
        Control("two_layer_d2_identity", INVERSE.name, {**TWO_D2, "w": ("1", "1")}),
        Control("two_layer_d2_n2_identity", INVERSE.name, {**TWO_D2, "n": 2, "w": ("1", "1")}),
    ),
    notes=(
        (
            "In the controls 1 is a polynomial combination of the gradient entries on S: S contains no critical point, "
            "not even a complex one. That the infimum of the gradient norm on S is positive there does not follow from "
            "this alone, and is not claimed."
        ),
        "The theorem says nothing about the type: a critical point on S may be a saddle of the loss.",
    ),
)

SYSTEM = System(
    name="in_context_preconditioned_gradient_descent",
    title="Transformers learn to implement preconditioned gradient descent for in-context learning",
    source=PAPER,
    source_status="The abstract was compared with public copies. Theorems 1 to 3 are quoted from the catalogue page, "
    "which was read against the paper; we had no copy. The losses are recomputed from their description, all moments "
    "by E z^(2k) = (2k - 1)!! v^k.",
    claims=(ONE_LAYER, UNIQUE, CRITICAL_SET, TWO_LAYER, VALUES, EQUAL_STEPS, SUBSPACE),
    notes=("Theorems 4 and 5 (an extra scalar, ReLU attention) are not checked.",),
)
