"""Linear networks of two convolutions: strides above 1 against stride 1.

A filter is a polynomial. Two layers with k and l weights and stride s of the first layer realise the product

    (a0 + a1 x + ... + a_(k-1) x^(k-1)) (c0 + c1 x^s + ... + c_(l-1) x^(s (l-1))),

and the loss is a positive definite quadratic form in (coefficients of the product - target). Scaling a by t and c by
1/t changes nothing. Critical points with c0 != 0 are counted at c0 = 1: every orbit with c0 != 0 has exactly one such
point, and it is critical there if and only if the orbit is, as the loss is constant on orbits, which cross c0 = 1.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import comb

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.critical_sets import KindExists
from exactland.claims.properties import And, CountIs, Not, Property
from exactland.claims.subspaces import CriticalPointOnSubspace
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

FUNCTION_SPACE = "K. Kohn, G. Montufar, V. Shahverdi, M. Trager, arXiv 2304.05752"
COMPLEXITY = "V. Shahverdi, arXiv 2401.16613"
GEOMETRY = "K. Kohn, T. Merkh, G. Montufar, M. Trager, arXiv 2108.01538"
ANY_KIND = tuple(kind for kind in Kind if kind is not Kind.UNDECIDED)


def _coefficients(parameters: Parameters) -> list[str]:
    """The coefficients of the product of the two filters, with one weight fixed to 1."""
    (first, second), stride, one = parameters["filters"], parameters["stride"], parameters.get("one", "c0")
    found: dict[int, list[str]] = {}
    for i, j in product(range(first), range(second)):
        factors = [x for x in (f"a{i}", f"c{j}") if x != one]
        found.setdefault(i + stride * j, []).append("*".join(factors))
    return [" + ".join(terms) for _, terms in sorted(found.items())]


def _form(parameters: Parameters) -> list[list[int]]:
    """The quadratic form: one without any structure, or the sum of squares."""
    n = range(len(parameters["target"]))
    if parameters["form"] == "frobenius":
        return [[int(i == j) for j in n] for i in n]
    b = [[(3 * i * i + 5 * j + 7 * i * j * j + 2) % 7 - 3 for j in n] for i in n]
    return [[sum(b[k][i] * b[k][j] for k in n) + len(n) * (i == j) for j in n] for i in n]


def distance(parameters: Parameters) -> Objective:
    """The quadratic form of the residuals at c0 = 1 (or where another weight is 1)."""
    (first, second), one = parameters["filters"], parameters.get("one", "c0")
    names = [x for x in (*(f"a{i}" for i in range(first)), *(f"c{j}" for j in range(second))) if x != one]
    residuals = [f"({q} - ({t}))" for q, t in zip(_coefficients(parameters), parameters["target"], strict=True)]
    g = _form(parameters)
    squares = [f"{g[i][i]}*{r}^2" for i, r in enumerate(residuals)]
    squares += [f"({2 * g[i][j]})*{residuals[i]}*{residuals[j]}" for i, j in combinations(range(len(g)), 2)]
    return Objective.from_expression(" + ".join(squares), names)


def segre_degree(m: int, n: int) -> int:
    """The generic distance degree of P^m x P^n in its Segre embedding.

    For a smooth X of dimension d it is the sum of (-1)^i (2^(d+1-i) - 1) deg c_i(X). Here c(X) is
    (1+h)^(m+1) (1+k)^(n+1), and the degree of c_i is the coefficient of h^m k^n in c_i (h + k)^(d-i).
    """
    total = 0
    for p, q in product(range(m + 1), range(n + 1)):
        i = p + q
        degree = comb(m + 1, p) * comb(n + 1, q) * comb(m + n - i, m - p)
        total += (-1) ** i * (2 ** (m + n + 1 - i) - 1) * degree
    return total


def singular(parameters: Parameters) -> tuple[str, ...]:
    """Where the product may be no smooth interior point: it has another factorisation, or a repeated one.

    If A(x) C(x^s) = A'(x) C'(x^s) in another way, or if the derivative of the product vanishes in a direction that is
    no scaling, then A has a factor in x^s, of degree s as a form. With k = 3 and s = 2 it is A, so that a1 = 0; with
    k = 2 and s = 2 there is none (the equation 1 = 0). For k = l = 2 and s = 1 the boundary is a0 c1 = a1 c0.
    """
    if parameters["stride"] == 1:
        return ("a0*c1 - a1",)
    return ("a1",) if parameters["filters"][0] == 3 else ("1",)


GENERIC = Hypothesis(
    "the quadratic form is one without structure, in place of a generic one", lambda p: p["form"] == "random"
)
STRIDE = Hypothesis("the stride is larger than 1", lambda p: p["stride"] > 1)
STRIDE_ONE = Hypothesis("the stride is 1", lambda p: p["stride"] == 1)


def _no_real_root(parameters: Parameters) -> bool:
    c0, c1, c2 = map(rational, parameters["target"][:3])
    return len(parameters["target"]) == 3 and c1 * c1 < 4 * c0 * c2


NO_REAL_ROOT = Hypothesis("the target is a quadratic polynomial without real roots", _no_real_root)

S22 = {"filters": (2, 2), "stride": 2, "form": "random", "target": ("1", "2", "-3", "5")}
S32 = {"filters": (3, 2), "stride": 2, "form": "random", "target": ("1", "2", "-3", "5", "4")}
S33 = {"filters": (3, 3), "stride": 2, "form": "random", "target": ("1", "2", "-3", "5", "4", "-2", "3")}
ELLIPTIC = {"filters": (2, 2), "stride": 1, "form": "frobenius", "target": ("1", "0", "1")}
HYPERBOLIC = {**ELLIPTIC, "target": ("1", "-1", "-2")}


def frobenius(parameters: Parameters) -> Parameters:
    return {**parameters, "form": "frobenius"}


def _at_zero(parameters: Parameters) -> CriticalPointOnSubspace:
    """A critical point with c0 = 1 and a = 0."""
    first, second = parameters["filters"]
    columns = range(1, second)
    rows = tuple(tuple(Fraction(i == first + j - 1) for j in columns) for i in range(first + second - 1))
    return CriticalPointOnSubspace(tuple(f"t{j}" for j in columns), rows)


COUNT = Claim(
    name="generic_distance_degree",
    statement="For strides larger than 1 the number of complex critical points, without the zero function and up to "
    "scaling, is the generic Euclidean distance degree of the Segre variety P^(k-1) x P^(l-1).",
    source='"the number of all complex critical points in the optimization of such a network is equal to the generic '
    f'Euclidean distance degree of a Segre variety" ({COMPLEXITY}, abstract)',
    hypotheses=(STRIDE, GENERIC),
    objective=distance,
    conclusion=lambda p: And(
        CountIs(complex_=segre_degree(p["filters"][0] - 1, p["filters"][1] - 1)), Not(_at_zero(p))
    ),
    cases=(Case("filters_2_2", S22), Case("filters_3_2", S32), Case("filters_3_3", S33)),
    controls=(
        Control("frobenius_2_2", GENERIC.name, frobenius(S22)),
        Control("frobenius_3_3", GENERIC.name, frobenius(S33)),
    ),
    notes=(
        "6, 10 and 39 points. All of them have c0 = 1; that none is lost there is the claim `nothing_at_c0_zero`.",
        "The zero function (a = 0) is not critical at c0 = 1, over the complex numbers: the second part of the check.",
    ),
)

CHART = Claim(
    name="nothing_at_c0_zero",
    statement="With two weights in the second filter no critical point other than the zero function has c0 = 0.",
    source="ours: what the counts leave out",
    hypotheses=(STRIDE, GENERIC, Hypothesis("l = 2 and c1 = 1", lambda p: p.get("one") == "c1")),
    objective=distance,
    conclusion=lambda p: Not(_at_c0_zero(p)),
    cases=(Case("filters_2_2", {**S22, "one": "c1"}), Case("filters_3_2", {**S32, "one": "c1"})),
    controls=(
        Control("special_target", GENERIC.name, {**frobenius(S22), "one": "c1", "target": ("0", "0", "2", "1")}),
    ),
)


def _at_c0_zero(parameters: Parameters) -> CriticalPointOnSubspace:
    """A critical point with c1 = 1 and c0 = 0, the last variable."""
    k = parameters["filters"][0]
    rows = tuple(tuple(Fraction(i == j) for j in range(k)) for i in range(k + 1))
    return CriticalPointOnSubspace(tuple(f"t{i}" for i in range(k)), rows)


def _smooth(parameters: Parameters) -> Property:
    return Not(KindExists(ANY_KIND, singular(parameters)))


INTERIOR = Claim(
    name="critical_points_are_smooth_and_interior",
    statement="For strides larger than 1 and generic data the non-zero critical points are smooth interior points of "
    "the function space.",
    source='"for architectures where all strides are larger than one and generic data, the non-zero critical points of '
    f'that optimization problem are smooth interior points of the function space" ({FUNCTION_SPACE}, abstract)',
    hypotheses=(STRIDE,),
    objective=distance,
    conclusion=_smooth,
    cases=(Case("filters_2_2", S22), Case("filters_3_2", S32), Case("filters_3_3", S33)),
    controls=(Control("stride_1", STRIDE.name, ELLIPTIC),),
    notes=(
        (
            "Where a1 != 0 the product determines the filters up to scaling, and its derivative vanishes along the "
            "scaling only: a smooth interior point. Checked is a1 != 0 at all real critical points with c0 != 0. "
            "Rank-one matrices (filters 2, 2) are all smooth except 0, so there is nothing more to check."
        ),
        '"This property is known to be false for [...] linear convolutional networks with stride one" (abstract).',
    ),
)

BOUNDARY = Claim(
    name="minimum_on_the_boundary",
    statement="With stride 1 the function space has a boundary (a repeated real root), and for a target without real "
    "roots a local minimum lies on it.",
    source=f"our reading of {GEOMETRY}; the instance is ours",
    hypotheses=(STRIDE_ONE, NO_REAL_ROOT),
    objective=distance,
    conclusion=lambda p: KindExists((Kind.MINIMUM,), singular(p)),
    cases=(Case("one_plus_x_squared", ELLIPTIC),),
    controls=(Control("real_roots", NO_REAL_ROOT.name, HYPERBOLIC),),
    notes=("The product (a0 + a1 x)(1 + c1 x) has the discriminant (a0 c1 - a1)^2; interior means that it is not 0.",),
)


def cone(parameters: Parameters) -> Objective:
    """The squared distance of (u + v x)^2 to a target, in a weighted norm of the coefficients."""
    coefficients = ("u^2", "2*u*v", "v^2")
    triples = zip(parameters["weights"], coefficients, parameters["target"], strict=True)
    text = " + ".join(f"{w}*({q} - ({t}))^2" for w, q, t in triples)
    return Objective.from_expression(f"{text} + {parameters.get('mixed', '0')}*(u^2 - 1)*(2*u*v - 2)", "u v")


BOMBIERI = Hypothesis("the norm is the one of Bombieri", lambda p: p["weights"] == ("1", "1/2", "1"))
NOT_BOMBIERI = Hypothesis("the norm is not the one of Bombieri", lambda p: p["weights"] != ("1", "1/2", "1"))
TARGET = ("1", "2", "3")
BOMBIERI_NORM = {"weights": ("1", "1/2", "1"), "target": TARGET}
FROBENIUS_NORM = {"weights": ("1", "1", "1"), "target": TARGET}
GENERIC_NORM = {"weights": ("2", "3", "5"), "target": TARGET, "mixed": "1"}

CONE = Claim(
    name="critical_points_on_the_cone",
    statement="On the cone of quadratic polynomials with a repeated root there are 4 complex critical points of the "
    "distance other than 0.",
    source="ours: the count that the page asks for (Frobenius and a norm without structure)",
    hypotheses=(NOT_BOMBIERI,),
    objective=cone,
    conclusion=lambda _: CountIs(complex_=2 * 4 + 1),
    cases=(Case("frobenius", FROBENIUS_NORM), Case("generic", GENERIC_NORM)),
    controls=(Control("bombieri", NOT_BOMBIERI.name, BOMBIERI_NORM),),
    notes=("(u, v) and (-u, -v) are the same polynomial, and (0, 0) is critical: 2 n + 1 points of the objective.",),
)

CONE_BOMBIERI = Claim(
    name="critical_points_on_the_cone_bombieri",
    statement="In the norm of Bombieri (weights 1, 1/2, 1) there are 2 of them.",
    source="ours: the count that the page asks for",
    hypotheses=(BOMBIERI,),
    objective=cone,
    conclusion=lambda _: CountIs(complex_=2 * 2 + 1),
    cases=(Case("bombieri", BOMBIERI_NORM),),
    controls=(Control("frobenius", BOMBIERI.name, FROBENIUS_NORM),),
)

SYSTEM = System(
    name="classic_linear_convolutional",
    title="Linear convolutional networks: strides and critical points",
    source=f"{GEOMETRY}; {FUNCTION_SPACE}; {COMPLEXITY}",
    source_status="The abstracts of arXiv 2304.05752 and 2401.16613 were read in public copies and are quoted. The "
    "exact hypotheses of the theorems, and arXiv 2108.01538, were not confirmed.",
    claims=(COUNT, CHART, INTERIOR, BOUNDARY, CONE, CONE_BOMBIERI),
    notes=(
        "Two layers only. Genericity is no property of one instance: forms and targets without structure stand for it.",
        "For filters 3, 3 it is not shown that no critical point has c0 = 0.",
    ),
)
