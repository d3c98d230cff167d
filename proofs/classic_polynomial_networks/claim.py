"""Networks with the activation t -> t^r: the dimension of the set of maps that an architecture realises.

An architecture d = (d_0, ..., d_h) has matrices W_1, ..., W_h, no biases, and t -> t^r after every layer but the last.
V_d is the closure of the set of its maps, in the space of d_h-tuples of forms of degree r^(h-1) in d_0 variables.

    naive dimension = number of weights - number of hidden units; ambient dimension = d_h C(d_0 + r^(h-1) - 1, d_0 - 1)
"""

from __future__ import annotations

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.dimensions import DimensionAtMost, DimensionIs, PowerNetwork, RecursiveBound
from exactland.claims.properties import EveryMinimumGlobal
from exactland.exact import rational
from exactland.objective import Objective

PAPER = "J. Kileel, M. Trager, J. Bruna, NeurIPS 2019, arXiv 1905.12207"
UNCONFIRMED = "number and wording were not confirmed"
OURS = "ours"


def network(parameters: Parameters) -> PowerNetwork:
    return PowerNetwork(parameters["widths"], parameters["power"])


def fit(parameters: Parameters) -> Objective:
    """The loss whose Hessian at a global minimum bounds the dimension from below."""
    return network(parameters).fit()


def expected(parameters: Parameters) -> int:
    return min(network(parameters).naive, network(parameters).ambient)


def freedom(parameters: Parameters) -> int:
    """The bound of statement 1; with `group`, GL(d_i) is divided out in the place of the scalings of the units."""
    found = network(parameters)
    hidden = found.widths[1:-1]
    free = sum(d * d for d in hidden) if parameters.get("group") == "GL" else sum(hidden)
    return min(len(found.weights) - free, found.ambient)


def architecture(*widths: int, power: int = 2) -> Parameters:
    return {"widths": widths, "power": power}


ARCHITECTURES = {
    "2_1_1": architecture(2, 1, 1),
    "2_2_1": architecture(2, 2, 1),
    "3_2_1": architecture(3, 2, 1),
    "2_2_2": architecture(2, 2, 2),
    "2_2_2_1": architecture(2, 2, 2, 1),
    "3_2_2_1": architecture(3, 2, 2, 1),
    "2_2_2_2": architecture(2, 2, 2, 2),
}
CUBIC = architecture(3, 2, 1, power=3)
DROPS = ("3_2_1", "3_2_2_1")
FILLING = ("2_2_1", "2_2_2", "2_2_2_1")

SCALINGS = Hypothesis("divided out are the scalings, one for each hidden unit", lambda p: p.get("group") != "GL")
HIDDEN = Hypothesis("there is a hidden layer", lambda p: len(p["widths"]) > 2)
ONCE = Hypothesis("d_k is subtracted, and no more", lambda p: not p.get("slack"))
TWO_INPUTS = Hypothesis("two inputs", lambda p: p["widths"][0] == 2)
ROOM = Hypothesis("the naive dimension is at least the ambient one", lambda p: network(p).naive >= network(p).ambient)
STEEP = Hypothesis("the activation is t^3 or of higher degree", lambda p: p["power"] >= 3)

NAIVE = Claim(
    name="naive_bound",
    statement="dim V_d is at most the naive dimension and at most the ambient dimension.",
    source=f"{PAPER}; {UNCONFIRMED}",
    hypotheses=(HIDDEN, SCALINGS),
    objective=fit,
    conclusion=lambda p: DimensionAtMost(network(p), freedom(p)),
    cases=(*(Case(name, p) for name, p in ARCHITECTURES.items()), Case("3_2_1_cubic", CUBIC)),
    controls=(
        Control("2_2_1_general_linear", SCALINGS.name, {**ARCHITECTURES["2_2_1"], "group": "GL"}),
        Control("2_2_2_general_linear", SCALINGS.name, {**ARCHITECTURES["2_2_2"], "group": "GL"}),
    ),
    notes=(
        (
            "Row j of W_l times c and column j of W_(l+1) times c^(-r) change nothing. Unlike in linear networks, "
            "whole matrices cannot be moved through t -> t^r: the control divides out too much."
        ),
    ),
)

RECURSIVE = Claim(
    name="recursive_bound",
    statement="dim V_(d_0..d_h) <= dim V_(d_0..d_k) + dim V_(d_k..d_h) - d_k for every hidden layer k.",
    source=f"{PAPER}; {UNCONFIRMED}",
    hypotheses=(HIDDEN, ONCE),
    objective=fit,
    conclusion=lambda p: RecursiveBound(network(p), p.get("slack", 0)),
    cases=tuple(Case(name, p) for name, p in ARCHITECTURES.items()),
    controls=(
        Control("2_1_1_once_more", ONCE.name, {**ARCHITECTURES["2_1_1"], "slack": 1}),
        Control("3_2_2_1_once_more", ONCE.name, {**ARCHITECTURES["3_2_2_1"], "slack": 1}),
    ),
    notes=(
        "Every bound of a network with one matrix is exact: dim V_(a,b) = a b.",
        (
            "Equality or strictness is part of the verdict. It is strict where the network with all layers fills its "
            "space, or where a symmetry, such as the rotations below, mixes the two parts."
        ),
    ),
)

EXPECTED = Claim(
    name="expected_dimension",
    statement="dim V_d is the smaller one of the naive and the ambient dimension.",
    source="ours: the bound of the paper read as an equality, which is false for small degrees",
    hypotheses=(HIDDEN,),
    objective=fit,
    conclusion=lambda p: DimensionIs(network(p), expected(p)),
    cases=tuple(
        Case(name, p, Verdict.REFUTED if name in DROPS else Verdict.VERIFIED) for name, p in ARCHITECTURES.items()
    ),
    without_controls="false on two of the architectures, which are cases",
    notes=(
        (
            "[3,2,1]: 5, not 6: b_1 l_1^2 + b_2 l_2^2 is a quadratic form of rank 2, the 3 x 3 determinant is 0. As "
            "a field: l_1 -> l_1 + e b_2 l_2, l_2 -> l_2 - e b_1 l_1 changes the form by e^2 only (a rotation)."
        ),
        (
            "[3,2,2,1]: 7, not 8: the same rotation of the two units of the last hidden layer, whose output is one "
            "number. [2,2,2,1] has it too, and still fills its space of dimension 5."
        ),
    ),
)

FILLS = Claim(
    name="filling",
    statement="With two inputs, an architecture of the list whose naive dimension is at least the ambient one is "
    "filling: dim V_d is the ambient dimension.",
    source=f'ours, on instances; {PAPER} studies when networks "fill the ambient functional space" (abstract)',
    hypotheses=(HIDDEN, TWO_INPUTS, ROOM),
    objective=fit,
    conclusion=lambda p: DimensionIs(network(p), network(p).ambient),
    cases=tuple(Case(name, ARCHITECTURES[name]) for name in FILLING),
    controls=(
        Control("3_2_1", TWO_INPUTS.name, ARCHITECTURES["3_2_1"]),
        Control("2_1_1", ROOM.name, ARCHITECTURES["2_1_1"]),
        Control("2_2_2_2", ROOM.name, ARCHITECTURES["2_2_2_2"]),
    ),
)

HIGH_DEGREE = Claim(
    name="high_degree",
    statement="For t -> t^3 these architectures have the naive dimension.",
    source=f'ours, on instances; {PAPER} has "an exact formula for high activation degrees" (abstract)',
    hypotheses=(HIDDEN, STEEP),
    objective=fit,
    conclusion=lambda p: DimensionIs(network(p), network(p).naive),
    cases=(
        Case("3_2_1", CUBIC),
        Case("2_2_1", architecture(2, 2, 1, power=3)),
        Case("2_2_2", architecture(2, 2, 2, power=3)),
    ),
    controls=(
        Control("3_2_1_square", STEEP.name, ARCHITECTURES["3_2_1"]),
        Control("2_2_1_square", STEEP.name, ARCHITECTURES["2_2_1"]),
    ),
    notes=("The rotation of two units is a symmetry of squares only.",),
)


def one_unit(parameters: Parameters) -> Objective:
    """min over b of |b a a^T - T|^2 = |T|^2 - (a^T T a)^2 for a diagonal T and |a| = 1."""
    t = parameters["form"]
    names = tuple(f"a{i + 1}" for i in range(len(t)))
    form = " + ".join(f"({c})*{a}^2" for c, a in zip(t, names, strict=True))
    size = " + ".join(f"({c})^2" for c in t)
    return Objective.from_expression(f"{size} - ({form})^2", names, on_sphere=names)


DEFINITE = Hypothesis(
    "the form is definite", lambda p: all(rational(c) > 0 for c in p["form"]) or all(rational(c) < 0 for c in p["form"])
)
UNEQUAL = Hypothesis("its eigenvalues are distinct", lambda p: len({rational(c) for c in p["form"]}) == len(p["form"]))

ONE_UNIT = Claim(
    name="one_unit_minima",
    statement="One quadratic unit b (a.x)^2, an architecture [n,1,1] that does not fill, is fitted to a definite "
    "quadratic form by least squares on the coefficients: every local minimum is global.",
    source="ours: what may go wrong in training when an architecture does not fill",
    hypotheses=(DEFINITE, UNEQUAL),
    objective=one_unit,
    conclusion=lambda _: EveryMinimumGlobal(),
    cases=(
        Case("definite_2", {"form": ("3", "2")}),
        Case("flat_2", {"form": ("5", "1/9")}),
        Case("negative_2", {"form": ("-3", "-1/2")}),
    ),
    controls=(Control("indefinite_2", DEFINITE.name, {"form": ("3", "-2")}),),
    notes=(
        (
            "The scaling (a, b) -> (c a, b/c^2) is removed by |a| = 1, and b = a^T T a is the best one for given a. "
            "For an indefinite form b has to change its sign on the way between the eigenvectors: the worse one is "
            "a spurious minimum. An architecture that fills, as [2,2,1], has no such obstruction, but its critical "
            "sets are not isolated (rotations): not covered here."
        ),
    ),
)

SYSTEM = System(
    name="classic_polynomial_networks",
    title="On the expressive power of deep polynomial neural networks",
    source=PAPER,
    source_status="The abstract and the introduction were compared with public copies (dimension as a measure of "
    "expressive power, filling architectures, a formula for high degrees). Number and wording of the bounds were not "
    "confirmed: the claims are our reading. Dimensions are computed here.",
    claims=(NAIVE, RECURSIVE, EXPECTED, FILLS, HIGH_DEGREE, ONE_UNIT),
    notes=(
        (
            "Both bounds are proved, not sampled: the inertia at one rational point from below, vector fields in the "
            "kernel of the derivative, or the number of coefficients, from above. No rank modulo a prime is used."
        ),
        (
            "Near the weights w0 of a certificate the derivative has its largest rank, so the global minima of the fit "
            "are there a manifold of dimension N - dim V_d. The components as a whole are not covered here."
        ),
    ),
)
