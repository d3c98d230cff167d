"""Attention with a rank-one matrix u u^T on Gaussian tokens finds the leading eigenvector of their covariance.

Tokens x ~ N(0, Sigma), Sigma = diag(l_1, ..., l_d). Infinite prompt: R(u) = E|x - Sigma u u^T x|^2
= tr Sigma - 2 q + p q with p = u^T Sigma u, q = u^T Sigma^2 u. Prompt of n tokens y_k, linear attention:
R_n(u) = E|x - S u u^T x|^2, S = 1/n sum_k y_k y_k^T, where the query x is independent of the prompt, or
its first token.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.critical_sets import CriticalSetIs, Piece
from exactland.claims.moments import gaussian_mean
from exactland.claims.properties import (
    AllCriticalPointsIsolated,
    And,
    CountIs,
    EveryMinimumGlobal,
    EveryMinimumSatisfies,
    IdentityHolds,
    MorseSumIs,
    NoNonstrictSaddle,
    PointIs,
    Property,
)
from exactland.claims.values import GlobalMinimum
from exactland.exact import rational, rational_text
from exactland.landscape import Kind
from exactland.objective import Objective
from exactland.polynomial import ring, to_fmpq

PAPER = "R. Maulen-Soto, C. Boyer, Attention-based PCA, arXiv 2605.18315"
READING = f"our reading of the abstract of {PAPER}"


def spectrum(parameters: Parameters) -> list[Fraction]:
    return [rational(v) for v in parameters["sigma"]]


def names(parameters: Parameters) -> tuple[str, ...]:
    return tuple(f"u{i + 1}" for i in range(len(parameters["sigma"])))


def closed_form(parameters: Parameters) -> str:
    """R, or R_n for an independent query: tr Sigma - 2 q + p (q (1 + 1/n) + p tr Sigma / n)."""
    pairs = list(zip(spectrum(parameters), names(parameters), strict=True))
    trace = rational_text(sum(spectrum(parameters)))
    p = f"({' + '.join(f'({v})*{u}^2' for v, u in pairs)})"
    q = f"({' + '.join(f'({v})^2*{u}^2' for v, u in pairs)})"
    n = parameters.get("n")
    return f"{trace} - 2*{q} + {p}*" + (q if n is None else f"({q}*(1 + 1/{n}) + {p}*({trace})/{n})")


def loss(parameters: Parameters) -> Objective:
    """R or R_n; with `full` the loss E|x - Sigma A x|^2 of a full matrix A."""
    if parameters.get("full"):
        d = range(len(parameters["sigma"]))
        values = spectrum(parameters)
        entries = [f"({values[j]})*({int(i == j)} - ({values[i]})*a{i + 1}{j + 1})^2" for i in d for j in d]
        return Objective.from_expression(" + ".join(entries), [f"a{i + 1}{j + 1}" for i in d for j in d])
    if parameters.get("n") is None:
        return Objective.from_expression(closed_form(parameters), names(parameters))
    return finite(parameters)


def finite(parameters: Parameters) -> Objective:
    """R_n from its definition, by exact Gaussian moments."""
    values, n = spectrum(parameters), parameters["n"]
    size = range(len(values))
    first = 1 if parameters.get("query_in_prompt") else 0
    tokens = [[f"x{i}" for i in size], *([f"y{k}_{i}" for i in size] for k in range(first, n))]
    context = ring([*names(parameters), *(name for token in tokens for name in token)])
    at = dict(zip(context.names(), context.gens(), strict=True))
    u, query, *others = ([at[v] for v in row] for row in (names(parameters), *tokens))
    prompt = [query, *others] if first else others
    score = sum((a * b for a, b in zip(u, query, strict=True)), context.constant(0))
    total = context.constant(0)
    for i in size:
        output = context.constant(0)
        for token in prompt:
            output += token[i] * sum((a * b for a, b in zip(u, token, strict=True)), context.constant(0)) * score
        total += (query[i] - output * to_fmpq(Fraction(1, n))) ** 2
    return gaussian_mean(total, {token[i]: values[i] for token in tokens for i in size})


def _root(value: Fraction) -> Fraction | None:
    found = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return found if found**2 == value else None


def norms(parameters: Parameters, shrunk: bool) -> list[Fraction | None]:
    """1/sqrt(l_i), or 1/sqrt(l_i (1 + 1/n) + tr Sigma / n), where rational."""
    values, n = spectrum(parameters), parameters.get("n")
    used = [v * (1 + Fraction(1, n)) + sum(values) / n for v in values] if shrunk and n else values
    return [_root(1 / v) for v in used]


def _listed(parameters: Parameters, shrunk: bool) -> Property:
    """2 d + 1 points; those with rational coordinates at their places, with their types."""
    d = len(parameters["sigma"])
    count = CountIs(real=2 * d + 1, minima=2)
    if parameters.get("full"):
        return count
    leading = max(spectrum(parameters))
    points = [
        PointIs(
            tuple(rational_text(sign * norm * (i == j)) for j in range(d)),
            Kind.MINIMUM if value == leading else Kind.STRICT_SADDLE,
        )
        for i, (value, norm) in enumerate(zip(spectrum(parameters), norms(parameters, shrunk), strict=True))
        for sign in (1, -1)
        if norm is not None
    ]
    return And(AllCriticalPointsIsolated(), count, *points, PointIs(("0",) * d, Kind.MAXIMUM))


def _distinct(parameters: Parameters) -> bool:
    return len(set(spectrum(parameters))) == len(parameters["sigma"])


def _gap(parameters: Parameters) -> bool:
    values = sorted(spectrum(parameters))
    return len(values) == 1 or values[-1] > values[-2]


RANK_ONE = Hypothesis("the attention matrix is u u^T", lambda p: not p.get("full"))
INFINITE = Hypothesis("the prompt is infinite", lambda p: p.get("n") is None)
FINITE = Hypothesis("the prompt is finite", lambda p: p.get("n") is not None)
DISTINCT = Hypothesis("the eigenvalues are distinct and positive", lambda p: _distinct(p) and min(spectrum(p)) > 0)
GAP = Hypothesis("the largest eigenvalue is simple", _gap)
INDEPENDENT = Hypothesis("the query is independent of the prompt", lambda p: not p.get("query_in_prompt"))
GAUSSIAN = Hypothesis("the tokens are Gaussian", lambda p: not p.get("two_points"))

D21 = {"sigma": ("2", "1")}
D41 = {"sigma": ("4", "1")}
SHORT = {"sigma": ("23/8", "3/8"), "n": 1}

# -------------------------------------------------------------------------------------------------- the reduction


def _moments(parameters: Parameters) -> Property:
    """sum_i c_i E[Y_i (v.Y)^k] = k (c . Sigma v) E (v.Y)^(k-1), in the variables c and v."""
    values, k = spectrum(parameters), parameters["k"]
    size = range(len(values))
    given = [f"{letter}{i}" for letter in "cv" for i in size]
    random = [f"y{i}" for i in size]
    context = ring([*given, *random])
    at = dict(zip(context.names(), context.gens(), strict=True))
    chosen = sum((at[f"c{i}"] * at[f"y{i}"] for i in size), context.constant(0))
    score = sum((at[f"v{i}"] * at[f"y{i}"] for i in size), context.constant(0))
    if parameters.get("two_points"):  # d = 1, y = +-1
        return IdentityHolds(("c0", "v0"), f"c0*v0^{k}", f"{k}*c0*v0*v0^{k - 1}")
    variances = dict(zip(random, values, strict=True))
    left = gaussian_mean(chosen * score**k, variances).expression
    mean = gaussian_mean(score ** (k - 1), variances).expression
    inner = " + ".join(f"({v})*c{i}*v{i}" for i, v in enumerate(values))
    return IdentityHolds(tuple(given), str(left), f"{k}*({inner})*({mean})")


REDUCTION = Claim(
    name="softmax_is_linear",
    statement="For Y ~ N(0, Sigma): E[Y (v.Y)^k] = k Sigma v E[(v.Y)^(k-1)]. For all odd k together this is E[Y "
    "exp(v.Y)] = Sigma v E[exp(v.Y)]: with an infinite prompt softmax attention is linear attention.",
    source=f"{READING}; the reduction is ours",
    hypotheses=(GAUSSIAN,),
    objective=lambda _: Objective.from_expression("x^2", "x"),
    conclusion=_moments,
    cases=tuple(Case(f"2_1_k{k}", {**D21, "k": k}) for k in (1, 3, 5, 7)),
    controls=(Control("two_points", GAUSSIAN.name, {"sigma": ("1",), "k": 3, "two_points": True}),),
    notes=("Certified are the identities of order k; the sum over all k is not.",),
)

# ------------------------------------------------------------------------------------------------ critical points

POINTS = Claim(
    name="critical_points",
    statement="The real critical points of R are the maximum 0, the minima +-e_1/sqrt(l_1) for the largest eigenvalue "
    "l_1, and the strict saddles +-e_i/sqrt(l_i) for the other ones.",
    source=f"{READING}; the list is ours",
    hypotheses=(RANK_ONE, INFINITE, DISTINCT),
    objective=loss,
    conclusion=lambda p: _listed(p, shrunk=False),
    cases=(
        Case("2_1", D21),
        Case("4_1", D41),
        Case("9_4", {"sigma": ("9", "4")}),
        Case("3_2_1", {"sigma": ("3", "2", "1")}),
    ),
    controls=(
        Control("full_matrix", RANK_ONE.name, {**D21, "full": True}),
        Control("finite_prompt", INFINITE.name, {**D41, "n": 1}),
        Control("equal_eigenvalues", DISTINCT.name, {"sigma": ("1", "1")}),
    ),
    notes=(
        "Places are compared where 1/sqrt(l_i) is rational: for (4, 1) and (9, 4), and the second pair of (2, 1).",
        "d = 2: 9 complex critical points, 5 of them real. d = 3: complex curves p = 2, q = 0 without real points.",
    ),
)

ALIGNED = Claim(
    name="minima_are_aligned",
    statement="Every local minimum of R is global and a multiple of the leading eigenvector; every saddle is strict.",
    source=READING,
    hypotheses=(RANK_ONE, INFINITE, GAP),
    objective=loss,
    conclusion=lambda p: And(EveryMinimumSatisfies(names(p)[1:]), EveryMinimumGlobal(), NoNonstrictSaddle()),
    cases=(Case("2_1", D21), Case("4_1", D41)),
    controls=(Control("identity", GAP.name, {"sigma": ("1", "1")}),),
    notes=("For equal eigenvalues the minima form a circle. Convergence of the gradient flow is not covered.",),
)


def _pieces(parameters: Parameters) -> CriticalSetIs:
    """0 with R = tr Sigma; for every i the pair l_i u_i^2 = 1, all other entries 0, with R = tr Sigma - l_i."""
    values, u = spectrum(parameters), names(parameters)
    trace = sum(values, Fraction(0))
    found = [Piece(u, rational_text(trace), (Kind.MAXIMUM,))]
    for i, value in enumerate(values):
        kind = Kind.MINIMUM if value == max(values) else Kind.STRICT_SADDLE
        equations = (f"{rational_text(value)}*{u[i]}^2 - 1", *u[:i], *u[i + 1 :])
        found.append(Piece(equations, rational_text(trace - value), (kind,)))
    return CriticalSetIs(tuple(found))


CRITICAL_SET = Claim(
    name="critical_set_with_losses",
    statement="The critical set of R is exactly 0, a maximum with R = tr Sigma, and the pairs l_i u_i^2 = 1, all other "
    "entries 0, with R = tr Sigma - l_i: minima for the largest eigenvalue, strict saddles otherwise.",
    source=f"{READING}; the list is ours",
    hypotheses=(INFINITE, DISTINCT),
    objective=loss,
    conclusion=lambda p: And(AllCriticalPointsIsolated(), _pieces(p)),
    cases=(
        Case("4_1", D41),
        Case("9_4", {"sigma": ("9", "4")}),
        Case("2_1", D21, Verdict.UNDECIDED, "equations at isolated points with irrational coordinates"),
    ),
    controls=(
        Control("equal_eigenvalues", DISTINCT.name, {"sigma": ("1", "1")}),
        Control("finite_prompt", INFINITE.name, {**D21, "n": 1}),
    ),
)

MORSE = Claim(
    name="morse_count",
    statement="All critical points of R are nondegenerate, and the signs (-1)^index add up to 1.",
    source="ours: a cross-check of the list",
    hypotheses=(RANK_ONE, INFINITE, DISTINCT),
    objective=loss,
    conclusion=lambda _: And(MorseSumIs(1), CountIs(complex_=9)),
    cases=(Case("2_1", D21), Case("4_1", D41)),
    controls=(Control("full_matrix", RANK_ONE.name, {**D21, "full": True}),),
)

FULL = Claim(
    name="a_full_matrix_copies",
    statement="With a full matrix A the loss is a quadratic function of A with the only critical point Sigma^-1, where "
    "it is 0.",
    source="ours: without rank one nothing is said about eigenvectors",
    hypotheses=(Hypothesis("the attention matrix is full", lambda p: bool(p.get("full"))),),
    objective=loss,
    conclusion=lambda p: And(
        CountIs(real=1, minima=1),
        *(
            (GlobalMinimum((1 / spectrum(p)[0], Fraction(0), Fraction(0), 1 / spectrum(p)[1])),)
            if p.get("full")
            else ()
        ),
    ),
    cases=(Case("2_1", {**D21, "full": True}), Case("4_1", {**D41, "full": True})),
    controls=(Control("rank_one", "the attention matrix is full", D21),),
)

# --------------------------------------------------------------------------------------------------- finite prompts

FORMULA = Claim(
    name="finite_prompt_formula",
    statement="R_n = tr Sigma - 2 q + p (q (1 + 1/n) + p tr Sigma / n).",
    source="ours; recomputed from the definition by exact Gaussian moments",
    hypotheses=(FINITE, INDEPENDENT),
    objective=loss,
    conclusion=lambda p: IdentityHolds(names(p), str(finite(p).expression), closed_form(p)),
    cases=tuple(Case(f"2_1_n{n}", {**D21, "n": n}) for n in (1, 2, 3)),
    controls=(Control("query_in_prompt", INDEPENDENT.name, {**D21, "n": 2, "query_in_prompt": True}),),
)

SHRUNK = Claim(
    name="finite_prompt_norm",
    statement="For a prompt of n tokens the critical points of R_n are 0 and +-e_i / sqrt(l_i (1 + 1/n) + tr Sigma / "
    "n), of the same types as for an infinite prompt: same directions, smaller norms.",
    source="ours; the abstract says 'up to sampling effects'",
    hypotheses=(FINITE, INDEPENDENT, DISTINCT),
    objective=loss,
    conclusion=lambda p: _listed(p, shrunk=True),
    cases=(Case("23/8_3/8_n1", SHORT), Case("2_1_n2", {**D21, "n": 2})),
    controls=(Control("query_in_prompt", INDEPENDENT.name, {**SHORT, "query_in_prompt": True}),),
    notes=("Places are compared where the norm is rational: +-1/3 and +-1/2 in the first case.",),
)

SYSTEM = System(
    name="attention_pca",
    title="Attention-based PCA",
    source=PAPER,
    source_status="The abstract was compared with public copies: alignment with the principal eigenvectors, global "
    "optimality for infinite prompts, the same up to sampling effects for finite ones. The theorems were not seen: the "
    "statements, formulas and instances are ours, and the paper's convention for the query token was not confirmed.",
    claims=(REDUCTION, POINTS, CRITICAL_SET, ALIGNED, MORSE, FULL, FORMULA, SHRUNK),
    notes=("Not covered: the gradient flow, the spiked Wishart model, softmax attention with finite prompts, d >= 4.",),
)
