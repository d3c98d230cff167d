"""Deep linear networks with L2 regularisation: isolated critical points, and local minima that are not global.

The instances are scalar chains of three layers,

    L(x, y, z) = (x y z - 1)^2 + l1 x^2 + l2 y^2 + l3 z^2,

and of two layers, L(x, y) = (x y - s)^2 + l1 x^2 + l2 y^2.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.properties import (
    AllCriticalPointsIsolated,
    And,
    CountIs,
    IdentityHolds,
    MorseSumIs,
    PointIs,
    Property,
    SpuriousMinimumExists,
)
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

ABSTRACT = "Mehta, Chen, Tang, Hauenstein, arXiv 1810.07716, abstract"
OURS = "ours: the exact answer to the question for which l1, l2, l3 this happens"


def chain(parameters: Parameters) -> Objective:
    """(product of the weights - s)^2 + sum of l_i weight_i^2."""
    names = ("x", "y", "z")[: len(parameters["lam"])]
    ridge = "".join(f" + {w}*{v}^2" for w, v in zip(weights(parameters), names, strict=True) if w)
    return Objective.from_expression(f"({'*'.join(names)} - {rational(parameters['s'])})^2{ridge}", names)


def weights(parameters: Parameters) -> list[Fraction]:
    """The regularisation l_i of every weight."""
    return [rational(w) for w in parameters["lam"]]


def strength(parameters: Parameters) -> Fraction:
    """l1 l2 l3: after x -> x / sqrt(l1) and so on, the loss depends on the regularisation through it alone."""
    return prod(weights(parameters), start=Fraction(1))


def origin(kind: Kind, is_global: bool | None = None) -> Callable[[Parameters], Property]:
    """The origin is a critical point of this kind."""
    return lambda parameters: PointIs(("0",) * len(parameters["lam"]), kind, is_global)


POSITIVE = Hypothesis("every l_i > 0", lambda p: all(w > 0 for w in weights(p)))
THREE = Hypothesis("at least three layers", lambda p: len(p["lam"]) >= 3)
TWO = Hypothesis("two layers with the same l > 0", lambda p: len(p["lam"]) == 2 and len(set(weights(p))) == 1)
UNIT = Hypothesis("the target is 1", lambda p: rational(p["s"]) == 1)
BELOW_TIE = Hypothesis("16 l1 l2 l3 < 1", lambda p: 16 * strength(p) < 1)
ABOVE_TIE = Hypothesis("16 l1 l2 l3 > 1", lambda p: 16 * strength(p) > 1)
BELOW_FOLD = Hypothesis("256 l1 l2 l3 < 27", lambda p: 256 * strength(p) < 27)
ABOVE_FOLD = Hypothesis("256 l1 l2 l3 > 27", lambda p: 256 * strength(p) > 27)
STRONG = Hypothesis("l >= s", lambda p: weights(p)[0] >= rational(p["s"]))

UNREGULARISED = Case("no_regularisation", {"lam": ("0", "0", "0"), "s": "1"})
R100 = Case("R100", {"lam": ("1/100", "1/100", "1/100"), "s": "1"})
UNEQUAL = Case("unequal", {"lam": ("1/100", "1/50", "1/20"), "s": "1"})
WEAK = Case("weak", {"lam": ("1", "1", "1/20"), "s": "1"})
TIE = Case("tie", {"lam": ("1", "1", "1/16"), "s": "1"})
BETWEEN = Case("between", {"lam": ("1", "1", "1/12"), "s": "1"})
FOLD = Case("fold", {"lam": ("3", "3", "3/256"), "s": "1"})
ABOVE = Case("above", {"lam": ("1", "1", "1/8"), "s": "1"})


def two(strength_of_both: str, s: str = "1") -> Parameters:
    """Two layers with equal regularisation."""
    return {"lam": (strength_of_both, strength_of_both), "s": s}


ISOLATED = Claim(
    name="isolated",
    statement="With L2 regularisation of every weight all critical points are isolated.",
    source=f'our reading of: "the geometrically flat minima [...] can be straightforwardly removed by a generalized L2 '
    f'regularization" ({ABSTRACT})',
    hypotheses=(POSITIVE,),
    objective=chain,
    conclusion=lambda _: AllCriticalPointsIsolated(),
    cases=(R100, UNEQUAL, TIE, FOLD, ABOVE),
    controls=POSITIVE.dropped_by(UNREGULARISED),
    notes=(
        (
            "Generic l is meant in the source; for scalar chains equal weights do no harm. With matrix layers they "
            "give whole orbits of critical points."
        ),
    ),
)

NON_GLOBAL = Claim(
    name="non_global_minimum",
    statement="A regularised deep linear network can have a local minimum that is not global; this instance has one.",
    source=f'our reading of: "in the presence of the non-zero regularization, deep linear networks indeed possess '
    f'local minima which are not the global minima" ({ABSTRACT})',
    hypotheses=(POSITIVE, THREE),
    objective=chain,
    conclusion=lambda _: SpuriousMinimumExists(),
    cases=(R100, UNEQUAL, BETWEEN),
    controls=(*POSITIVE.dropped_by(UNREGULARISED), Control("two_layers", THREE.name, two("1/2"))),
    notes=("'Can have' is existential: that strongly regularised instances have none (see below) does not refute it.",),
)

COUNT = Claim(
    name="nine_real_points",
    statement="If 256 l1 l2 l3 < 27 there are exactly 17 complex critical points, 9 of them real, all non-degenerate, "
    "and the signs (-1)^index add up to 1.",
    source=OURS,
    hypotheses=(POSITIVE, THREE, UNIT, BELOW_FOLD),
    objective=chain,
    conclusion=lambda _: And(CountIs(real=9, complex_=17), MorseSumIs(1)),
    cases=(R100, UNEQUAL, TIE, BETWEEN),
    controls=BELOW_FOLD.dropped_by(FOLD, ABOVE),
)

ORIGIN_NON_GLOBAL = Claim(
    name="origin_not_global",
    statement="If 16 l1 l2 l3 < 1 the origin is a local minimum that is not global.",
    source=OURS,
    hypotheses=(POSITIVE, THREE, UNIT, BELOW_TIE),
    objective=chain,
    conclusion=origin(Kind.MINIMUM, False),
    cases=(R100, UNEQUAL, WEAK),
    controls=BELOW_TIE.dropped_by(TIE, BETWEEN, ABOVE),
)

ORIGIN_GLOBAL = Claim(
    name="origin_global_others_not",
    statement="If 1/16 < l1 l2 l3 < 27/256 the origin is the global minimum, and there are 4 further local minima, not "
    "global.",
    source=OURS,
    hypotheses=(POSITIVE, THREE, UNIT, ABOVE_TIE, BELOW_FOLD),
    objective=chain,
    conclusion=lambda p: And(origin(Kind.MINIMUM, True)(p), SpuriousMinimumExists(), CountIs(minima=5)),
    cases=(BETWEEN,),
    controls=(*ABOVE_TIE.dropped_by(R100, TIE), *BELOW_FOLD.dropped_by(FOLD, ABOVE)),
)

ORIGIN_ONLY = Claim(
    name="origin_only",
    statement="If 256 l1 l2 l3 > 27 the origin is the only real critical point, and the global minimum.",
    source=OURS,
    hypotheses=(POSITIVE, THREE, UNIT, ABOVE_FOLD),
    objective=chain,
    conclusion=lambda p: And(origin(Kind.MINIMUM, True)(p), CountIs(real=1)),
    cases=(ABOVE,),
    controls=ABOVE_FOLD.dropped_by(FOLD, BETWEEN),
    notes=("At the fold itself (256 l1 l2 l3 = 27) four further critical points appear at once, all degenerate.",),
)

ORIGIN_MINIMUM = Claim(
    name="origin_is_minimum",
    statement="The origin is a local minimum for every l > 0.",
    source="ours: with three layers the Hessian of the origin is 2 diag(l1, l2, l3)",
    hypotheses=(POSITIVE, THREE),
    objective=chain,
    conclusion=origin(Kind.MINIMUM),
    cases=(R100, TIE, FOLD, ABOVE),
    controls=(
        Control("one_layer_fewer", THREE.name, two("1/2")),
        Control("one_layer_fewer_near_the_threshold", THREE.name, two("2999/1000", "3")),
    ),
)

TWO_LAYERS = Claim(
    name="two_layers_threshold",
    statement="With two layers, L = (x y - s)^2 + l (x^2 + y^2), s > 0: if l >= s the origin is the global minimum.",
    source="ours: the threshold of the control above",
    hypotheses=(TWO, STRONG),
    objective=chain,
    conclusion=origin(Kind.MINIMUM, True),
    cases=(Case("at_the_threshold", two("1")), Case("above", two("2")), Case("at_the_threshold_3", two("3", "3"))),
    controls=(Control("below", STRONG.name, two("1/2")),),
    notes=(
        (
            "At l = s the Hessian of the origin is singular and the origin is a minimum all the same, so the "
            "threshold belongs to the minimum side."
        ),
    ),
)


def _identities(_: Parameters) -> Property:
    chain_loss = "(x*y - s)^2 + l*(x^2 + y^2) - s^2"
    f, df, tie = "(t^4 - t + m)", "(4*t^3 - 1)", "(2*t^3 - 1)"
    gradient = [f"(2*(x*y*z - 1)*{rest} + 2*{w}*{v})" for rest, w, v in (("y*z", "l1", "x"), ("x*z", "l2", "y"))]
    return And(
        IdentityHolds(("l", "s"), "(2*l)^2 - (2*s)^2", "4*(l - s)*(l + s)"),
        IdentityHolds(("x", "y", "l", "s"), chain_loss, "x^2*y^2 + s*(x - y)^2 + (l - s)*(x^2 + y^2)"),
        IdentityHolds(("t", "l", "s"), "(t^2 - s)^2 + 2*l*t^2 - s^2", "t^4 + 2*(l - s)*t^2"),
        IdentityHolds(("x", "y", "z", "l1", "l2"), f"x*{gradient[0]} - y*{gradient[1]}", "2*(l1*x^2 - l2*y^2)"),
        IdentityHolds(("t", "m"), f"27*{df} + 4*(4*{f} - t*{df})*(16*m^2 + 12*m*t + 9*t^2)", "256*m^3 - 27"),
        IdentityHolds(("t", "m"), "(t^3 - 1)^2 + 3*m*t^2 - 1", f"3*t^2*{f} - t^3*{tie}"),
        IdentityHolds(("t", "m"), f"{tie} + 2*(2*{f} - t*{tie})*(4*m^2 + 2*m*t + t^2)", "16*m^3 - 1"),
    )


THRESHOLDS = Claim(
    name="threshold_identities",
    statement="The identities behind the thresholds l = s, 16 l1 l2 l3 = 1 and 256 l1 l2 l3 = 27.",
    source="ours",
    hypotheses=(),
    objective=chain,
    conclusion=_identities,
    cases=(Case("symbolic", R100.parameters),),
    without_controls="an identity has no hypothesis to drop",
    notes=(
        (
            "Two layers: the Hessian of the origin is [[2l, -2s], [-2s, 2l]] (first identity: its determinant). The "
            "second shows that the origin is a global minimum for l >= s, the third that the loss falls along x = y "
            "for l < s."
        ),
        (
            "Three layers: at a critical point l1 x^2 = l2 y^2 = l3 z^2 (fourth identity, and its two siblings). "
            "Away from the origin write x y z = t^3 and m^3 = l1 l2 l3; the common value is m t^2, and what remains "
            "is t^4 - t + m = 0. Over C each of its roots gives 4 points, so there are 1 + 4*4 = 17; over R it is "
            "convex in t and has 2, 1 or 0 roots, all positive, each giving the 4 points with an even number of "
            "minus signs: 9, 5 or 1 real points. A double root means 256 m^3 = 27 (fifth identity)."
        ),
        (
            "The loss there is 1 - t^3 (2 t^3 - 1) (sixth), which is below the loss 1 of the origin when 2 t^3 > 1 "
            "and equal to it only if 16 m^3 = 1 (seventh)."
        ),
        (
            "Machine-checked are the identities, and complete landscapes below, at, between and above the thresholds. "
            "The steps from the identities to all l1, l2, l3 are the few lines above, to be read by a person."
        ),
    ),
)

SYSTEM = System(
    name="classic_mehta_regularised_linear",
    title="The loss surface of deep linear networks viewed through the algebraic geometry lens",
    source="D. Mehta, T. Chen, T. Tang, J. D. Hauenstein, arXiv 1810.07716 (2018)",
    source_status="The quoted half-sentences were compared with public copies of the abstract. The body of the paper "
    "was not available: its theorems are not quoted, and the claims are our reading of the abstract. The instances "
    "are ours.",
    claims=(
        ISOLATED,
        NON_GLOBAL,
        COUNT,
        ORIGIN_NON_GLOBAL,
        ORIGIN_GLOBAL,
        ORIGIN_ONLY,
        ORIGIN_MINIMUM,
        TWO_LAYERS,
        THRESHOLDS,
    ),
    notes=(
        (
            "Answer to the question of the page, for three layers and target 1: the number of real critical points "
            "and their types depend on l1, l2, l3 through the product P = l1 l2 l3 only. P < 1/16: 9 points, the "
            "origin is a local minimum that is not global. P = 1/16: 9 points, the origin and four others are all "
            "global minima. 1/16 < P < 27/256: 9 points, the origin is the global minimum, four other local minima "
            "are not global. P = 27/256: 5 points, four of them degenerate. P > 27/256: the origin is the only one."
        ),
    ),
)
