"""Deep linear networks with a convex differentiable loss have no bad local minima, if no hidden layer is a bottleneck.

L(W) = l(W_L ... W_1),  l(P) = sum of one polynomial in each entry of P;  or l(P) = |P - E_21|_1 (entrywise)
"""

from __future__ import annotations

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.entrywise import convex, entrywise_loss, fills, product_entries, square
from exactland.claims.properties import EveryMinimumGlobal, IdentityHolds, NoNonstrictSaddle, PointIs
from exactland.landscape import Kind
from exactland.objective import Objective

PAPER = "T. Laurent, J. von Brecht, ICML 2018, arXiv 1712.01473"
SEEN = f"our reading of {PAPER}, abstract; the number of the theorem was not confirmed"
OURS = "ours"
Entries = tuple[tuple[str, ...], ...]


def loss(parameters: Parameters) -> Objective:
    return entrywise_loss(parameters["widths"], parameters["losses"])


def to_diagonal(*widths: int) -> Parameters:
    """(P_11 - 1)^2 + (P_22 - 2)^2 + 3 (P_12^2 + P_21^2)."""
    rest = square("3", "0")
    return {"widths": widths, "losses": ((square("1", "1"), rest), (rest, square("1", "2")))}


WIDE = Hypothesis("each hidden layer is as wide as the input or as the output", lambda p: fills(p["widths"]))
CONVEX = Hypothesis("l is convex", lambda p: convex(p["losses"]))

QUARTIC = (("1", "-4", "7", "-4", "1"),)  # (p - 1)^4 + p^2
TWO_WELLS = (("0", "24", "-6", "-8", "3"),)  # minima at p = -1 and p = 2, maximum at p = 1

MINIMA = Claim(
    name="every_minimum_global",
    statement="If l is convex and differentiable and each hidden layer is at least as wide as the input layer or at "
    "least as wide as the output layer, every local minimum is global.",
    source=SEEN,
    hypotheses=(WIDE, CONVEX),
    objective=loss,
    conclusion=lambda _: EveryMinimumGlobal(),
    cases=(
        Case("d_2", to_diagonal(2, 2, 2)),
        Case("output_1", {"widths": (2, 1, 1), "losses": ((square("3", "1"), square("1", "2")),)}),
        Case("input_1", {"widths": (1, 1, 2), "losses": ((square("3", "1"),), (square("1", "2"),))}),
        Case("quartic_depth_3", {"widths": (1, 1, 1, 1), "losses": (QUARTIC,)}),
    ),
    controls=(
        Control("d_1", WIDE.name, to_diagonal(2, 1, 2)),
        Control("two_wells", CONVEX.name, {"widths": (1, 1, 1), "losses": (TWO_WELLS,)}),
    ),
    notes=(
        "The losses here are polynomials, hence differentiable; `differentiability` is about the other kind.",
        "In the control `d_1` the local minimum P = diag(1, 0) with loss 4 is not global.",
    ),
)

DESCENT = Claim(
    name="strict_descent",
    statement="With one hidden layer that is no bottleneck, every critical point of this loss that is not a global "
    "minimum has a Hessian with a negative eigenvalue.",
    source=f"{OURS}, on an instance; {PAPER} is about local minima only",
    hypotheses=(
        WIDE,
        CONVEX,
        Hypothesis("there is one hidden layer", lambda p: len(p["widths"]) == 3),
    ),
    objective=loss,
    conclusion=lambda _: NoNonstrictSaddle(),
    cases=(Case("d_2", to_diagonal(2, 2, 2)),),
    controls=(Control("depth_3", "there is one hidden layer", {"widths": (1, 1, 1, 1), "losses": (QUARTIC,)}),),
)

# --------------------------------------------------------------------------------------- without differentiability


def _entries(parameters: Parameters) -> tuple[tuple[str, ...], list[list[str]]]:
    return product_entries(parameters["widths"])


def to_unit(parameters: Parameters) -> Objective:
    """Distance of P to E_21: entrywise l1, or squared Frobenius."""
    names, p = _entries(parameters)
    parts = [p[0][0], p[0][1], p[1][1], f"{p[1][0]} - 1"]
    shape = "({})^2" if parameters["distance"] == "frobenius" else "abs({})"
    return Objective.from_expression(" + ".join(shape.format(part) for part in parts), names)


def entry_21(parameters: Parameters) -> Objective:
    names, p = _entries(parameters)
    return Objective.from_expression(p[1][0], names)


def _identity(parameters: Parameters) -> IdentityHolds:
    names, p = _entries(parameters)
    left = f"w2_1_1*w1_2_2*({p[1][0]})"
    right = f"w2_2_1*w1_2_2*({p[0][0]}) + w1_2_1*w2_1_1*({p[1][1]}) - w2_2_1*w1_2_1*({p[0][1]})"
    return IdentityHolds(names, left, right)


E11, E22 = ("1", "0", "0", "0"), ("0", "0", "0", "1")
BY_HAND = (
    "Near W_2 = E_11, W_1 = E_22 the factors w2_1_1 and w1_2_2 are near 1, w2_2_1 and w1_2_1 near 0. So |P_21| <= "
    "(|P_11| + |P_12| + |P_22|)/2 there, and |P_11| + |P_12| + |P_22| + |P_21 - 1| >= 1, which is the loss at the "
    "point, where P = 0. Zero loss is attained, at W_2 = E_21, W_1 = E_11."
)

SMOOTH = Claim(
    name="differentiability",
    statement="For l(P) = |P - E_21|_1, which is convex and Lipschitz but not differentiable, W_2 = E_11, W_1 = E_22 "
    "is a local minimum that is not global.",
    source=f'ours, an instance of "if the loss is convex and Lipschitz but not differentiable then deep linear '
    f'networks can have sub-optimal local minima" ({PAPER}, abstract)',
    hypotheses=(Hypothesis("l is not differentiable", lambda p: p["distance"] == "l1"),),
    objective=to_unit,
    conclusion=lambda _: PointIs((*E22, *E11), Kind.MINIMUM, False),
    cases=(
        Case(
            "l1_d_2",
            {"widths": (2, 2, 2), "distance": "l1"},
            Verdict.UNDECIDED,
            "points of piecewise objectives are not certified; `why_a_minimum` certifies the identity behind it",
        ),
    ),
    controls=(Control("frobenius", "l is not differentiable", {"widths": (2, 2, 2), "distance": "frobenius"}),),
    notes=(BY_HAND,),
)

IDENTITY = Claim(
    name="why_a_minimum",
    statement="For P = W_2 W_1 with 2 x 2 matrices: w2_11 w1_22 P_21 = w2_21 w1_22 P_11 + w1_21 w2_11 P_22 - w2_21 "
    "w1_21 P_12.",
    source=OURS,
    hypotheses=(Hypothesis("the hidden layer has width 2", lambda p: p["widths"][1] == 2),),
    objective=entry_21,
    conclusion=_identity,
    cases=(Case("d_2", {"widths": (2, 2, 2)}),),
    controls=(Control("d_3", "the hidden layer has width 2", {"widths": (2, 3, 2)}),),
    notes=(
        f"Certified is the identity only. By hand: {BY_HAND}",
        "In the control a third hidden unit adds a term that moves P_21 alone.",
    ),
)

SYSTEM = System(
    name="classic_laurent_von_brecht",
    title="Deep linear networks with arbitrary loss: all local minima are global",
    source=PAPER,
    source_status="The abstract was compared with public copies: it has both statements, with the width condition. "
    "The numbers and the wording of the theorems, and the counterexample of the paper, were not seen. All instances "
    "are ours.",
    claims=(MINIMA, DESCENT, SMOOTH, IDENTITY),
    notes=(
        (
            "Covered are polynomial losses. Not covered: other convex losses, and a certificate for the l1 loss as a "
            "whole."
        ),
    ),
)
