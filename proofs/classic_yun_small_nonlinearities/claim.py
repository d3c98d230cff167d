"""A small nonlinearity of the activation makes bad local minima: three samples, two hidden units, no biases.

    L = 1/2 (o_1^2 + o_2^2 + (o_3 - 1)^2),  o_k = sum_i u_i h(a_i x_k + b_i y_k),  samples (1, 0), (0, 1), (1/2, 1/2)

The best linear fit is 1/3 on all samples, with L = 1/3. Units with a_i = b_i = v_i and sum u_i h(v_i) = 1/3 realise it.
"""

from __future__ import annotations

from fractions import Fraction

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.midpoint import MidpointNetwork
from exactland.claims.properties import IdentityHolds
from exactland.claims.regions import MinimumOnRegion, SpuriousMinimumOnRegion, StrictSaddleAt
from exactland.claims.values import GlobalMinimum
from exactland.exact import rational, rational_text
from exactland.objective import Objective

PAPER = "C. Yun, S. Sra, A. Jadbabaie, ICLR 2019, arXiv 1802.03487"
OURS = "ours"
LOWER = {  # weights with a loss below 1/3, where there are any; given as a hint and evaluated by the checker's code
    1: ("0",) * 6,
    2: ("1", "1", "1", "-1", "1", "-1"),
    3: ("27/7", "1/3", "1", "-27/7", "-1/3", "1"),
}


def network(parameters: Parameters) -> MidpointNetwork:
    return MidpointNetwork(2, parameters["power"])


def loss(parameters: Parameters) -> Objective:
    return network(parameters).loss()


def place(parameters: Parameters) -> tuple[str, ...]:
    """The point (u_1, v_1, v_1, u_2, v_2, v_2)."""
    return tuple(x for u, v in parameters["units"] for x in (u, v, v))


def minimum(parameters: Parameters) -> MinimumOnRegion:
    return network(parameters).minimum(place(parameters), LOWER[parameters["power"]])


def _units(p: Parameters) -> list[tuple[Fraction, Fraction]]:
    return [(rational(u), rational(v)) for u, v in p["units"]]


def _bends(p: Parameters) -> list[Fraction]:
    """u_i h''(v_i)."""
    r = p["power"]
    return [u * r * (r - 1) * v ** max(r - 2, 0) for u, v in _units(p)]


def _second_order(p: Parameters) -> bool:
    """A_1 > 0 and (u_1 h'(v_1))^2 (u_2 h'(v_2))^2 < A_1 A_2."""
    r = p["power"]
    slopes = [(u * r * v ** (r - 1)) ** 2 for u, v in _units(p)]
    first, second = (s + b / 3 for s, b in zip(slopes, _bends(p), strict=True))
    return bool(first > 0 and slopes[0] * slopes[1] < first * second)


FIT = Hypothesis(
    "u_1 h(v_1) + u_2 h(v_2) = 1/3", lambda p: sum(u * v ** p["power"] for u, v in _units(p)) == Fraction(1, 3)
)
BENT = Hypothesis("the activation is bent, not linear: all u_i h''(v_i) > 0", lambda p: min(_bends(p)) > 0)
MIXED = Hypothesis("u_1 > 0 > u_2", lambda p: _units(p)[0][0] > 0 > _units(p)[1][0])
SECOND = Hypothesis("A_1 > 0 and (u_1 h'(v_1))^2 (u_2 h'(v_2))^2 < A_1 A_2", _second_order)

EQUAL = (("1/6", "1"), ("1/6", "1"))
OTHER = (("1/12", "1"), ("1/4", "-1"))
SIDES = (("1/12", "1"), ("-1/4", "-1"))
OPPOSITE = (("2/3", "1"), ("-1/3", "1"))
LINEAR = {"power": 1, "units": EQUAL}

EXISTS = Claim(
    name="bad_minimum",
    statement="If all u_i h''(v_i) > 0 and sum u_i h(v_i) = 1/3, there is a local minimum that is not global: the "
    "units with a_i = b_i = v_i, with output 1/3 on all samples and L = 1/3.",
    source=f"our reading, for powers, of {PAPER}, which has a dataset with a bad local minimum for general "
    "activations; number and conditions of the theorem were not confirmed",
    hypotheses=(FIT, BENT),
    objective=loss,
    conclusion=lambda p: SpuriousMinimumOnRegion(minimum(p)),
    cases=(
        Case("square", {"power": 2, "units": EQUAL}),
        Case("square_distinct", {"power": 2, "units": OTHER}),
        Case("cube", {"power": 3, "units": EQUAL}),
        Case("cube_both_sides", {"power": 3, "units": SIDES}),
    ),
    controls=(Control("linear", BENT.name, LINEAR),),
    notes=(
        (
            "Not isolated: with these signs all points with a_i = b_i and output 1/3 are local minima, by the same "
            "identity."
        ),
        (
            "In the control all critical points are listed: those with loss 1/3 are global minima, the others strict "
            "saddles."
        ),
    ),
)

ZERO = Claim(
    name="zero_loss",
    statement="With h(z) = z^2 and two units zero loss is attained, so the local minima with L = 1/3 are far from "
    "global.",
    source=f"our reading of {PAPER}",
    hypotheses=(Hypothesis("h(z) = z^2", lambda p: p["power"] == 2),),
    objective=loss,
    conclusion=lambda p: GlobalMinimum(tuple(map(rational, LOWER[2])), (tuple(map(rational, place(p))),)),
    cases=(Case("square", {"power": 2, "units": EQUAL}),),
    controls=(Control("linear", "h(z) = z^2", LINEAR),),
    notes=("The point has the units (x + y)^2 - (x - y)^2 = 4 x y: 0, 0 and 1 on the samples.",),
)

SECOND_ORDER = Claim(
    name="second_order_condition",
    statement="Let A_i = (u_i h'(v_i))^2 + u_i h''(v_i)/3. If A_1 > 0 and (u_1 h'(v_1))^2 (u_2 h'(v_2))^2 < A_1 A_2, "
    "the point with a_i = b_i = v_i is a local minimum that is not global.",
    source=f"{OURS}: a reduced form of conditions of {PAPER}, which were not confirmed",
    hypotheses=(FIT, SECOND),
    objective=loss,
    conclusion=minimum,
    cases=(
        Case("square", {"power": 2, "units": EQUAL}),
        Case("cube", {"power": 3, "units": EQUAL}),
        Case("cube_both_sides", {"power": 3, "units": SIDES}),
    ),
    controls=(
        Control("square_mixed", SECOND.name, {"power": 2, "units": OPPOSITE}),
        Control("cube_mixed", SECOND.name, {"power": 3, "units": OPPOSITE}),
    ),
    notes=("In the controls the point is a strict saddle, with the same output and loss.",),
)

MIXED_SIGNS = Claim(
    name="mixed_signs",
    statement="With h(z) = z^2 the points of the same set with u_1 > 0 > u_2 are strict saddles.",
    source=OURS,
    hypotheses=(FIT, MIXED),
    objective=loss,
    conclusion=lambda p: StrictSaddleAt(minimum(p)),
    cases=(
        Case("square", {"power": 2, "units": OPPOSITE}),
        Case("square_distinct", {"power": 2, "units": (("1/3", "2"), ("-1", "1"))}),
    ),
    controls=(Control("same_signs", MIXED.name, {"power": 2, "units": EQUAL}),),
    notes=(
        (
            "By hand, for the whole set: to second order L - 1/3 is a sum of squares of the first-order changes of "
            "o_1 + o_2 and o_1 - o_2, plus (u_1 d_1^2 + u_2 d_2^2)/6 with d_i = a_i - b_i. On u_1 v_1 d_1 + u_2 v_2 "
            "d_2 = 0, with the first-order changes kept at 0 by u, that is u_2 d_2^2/(18 u_1 v_1^2) < 0."
        ),
    ),
)


def _midpoint_identity(parameters: Parameters) -> IdentityHolds:
    third = f"{rational_text(rational(parameters['share']))}*(o1 + o2) - D"
    q = "(1/2*o1 + 1/2*o2 - 1/3)"
    return IdentityHolds(
        ("o1", "o2", "D"),
        f"1/2*(o1^2 + o2^2 + ({third} - 1)^2)",
        f"1/3 + {q}^2 + 1/2*(D - {q})^2 + 1/4*(o1 - o2)^2 + 2/3*D",
    )


WHY = Claim(
    name="why_a_minimum",
    statement="Let D = (o_1 + o_2)/2 - o_3. Then L = 1/3 + q^2 + 1/2 (D - q)^2 + 1/4 (o_1 - o_2)^2 + 2/3 D with q = "
    "(o_1 + o_2)/2 - 1/3, for every activation and every width.",
    source=OURS,
    hypotheses=(
        Hypothesis("the third sample is the midpoint of the others", lambda p: rational(p["share"]) == Fraction(1, 2)),
    ),
    objective=lambda p: Objective.from_expression("o1^2 + o2^2 + D^2", ("o1", "o2", "D")),
    conclusion=_midpoint_identity,
    cases=(Case("midpoint", {"share": "1/2"}),),
    controls=(Control("third", "the third sample is the midpoint of the others", {"share": "1/3"}),),
    notes=(
        (
            "By hand: D = sum u_i ((h(a_i) + h(b_i))/2 - h((a_i + b_i)/2)) >= 0 where u_i > 0 and h is convex "
            "between a_i and b_i, or u_i < 0 and h is concave. So wherever all u_i h''(v_i) > 0 the points with a_i "
            "= b_i = v_i and output 1/3 are local minima, also for h = 1/(1 + e^(-z)), v_i < 0, u_i > 0. Certified "
            "is the identity only."
        ),
    ),
)

SYSTEM = System(
    name="classic_yun_small_nonlinearities",
    title="Small nonlinearities in activation functions create bad local minima in neural networks",
    source=PAPER,
    source_status="The abstract was compared with public copies: it says that networks with one hidden layer have "
    "spurious local minima 'in most cases', with 'a counterexample for more general activations'. The theorem, its "
    "conditions and the data are recalled and were not confirmed. The instances are ours.",
    claims=(EXISTS, ZERO, SECOND_ORDER, MIXED_SIGNS, WHY),
    notes=(
        (
            "Covered are h(z) = z^2 and z^3. Not covered: sigmoid, tanh, arctan, erf (analytic activations are "
            "outside the certificates); for the sigmoid the argument by hand in `why_a_minimum` remains. The theorem "
            "on ReLU is another page."
        ),
        (
            "Not covered: the list of all critical points for h(z) = z^2 and two units. It can be computed (losses "
            "0, 1/3 and 1/2), but not in the time of these cases, and the types of several strata are open."
        ),
    ),
)
