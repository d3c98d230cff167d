"""Deep linear networks have no poor local minima.

For inputs X and targets Y (one sample per column) and weight matrices W_1, ..., W_{H+1}:

    L(W) = 1/2 || W_{H+1} ... W_1 X - Y ||_F^2   (+ 1/2 ridge * (sum of squared weights), in a control).
"""

from __future__ import annotations

from exactland import losses, networks
from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.matrices import distinct_eigenvalues, matrix, rank
from exactland.claims.properties import (
    And,
    EveryCriticalPointGlobalOrSaddle,
    EveryMinimumGlobal,
    MorseSumIs,
    NeitherConvexNorConcave,
    NoNonstrictSaddle,
    Not,
    PointIs,
)
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

THEOREM = "our reading of K. Kawaguchi, NIPS 2016, arXiv 1605.07110, Theorem 2.3"
PIECEWISE = "declared UNDECIDED until cells and faces are built"


def loss(parameters: Parameters) -> Objective:
    """The loss of the network, or the weighted or rectified variant that a control asks for."""
    if parameters.get("activation", "identity") == "relu":
        rows = zip(parameters["inputs"], parameters["targets"], strict=True)
        text = " + ".join(f"(w2*relu({x}*w1) - {y})^2" for (x,), (y,) in rows)
        return Objective.from_expression(f"1/2*({text})", ("w1", "w2"))
    if "loss_weights" in parameters:  # one hidden unit, identity inputs
        columns = zip(*parameters["targets"], strict=True)  # the rows of Y: one sample is one row of the targets
        terms = [
            f"{w}*(a{i}*b{j} - {y})^2"
            for i, (ws, ys) in enumerate(zip(parameters["loss_weights"], columns, strict=True), 1)
            for j, (w, y) in enumerate(zip(ws, ys, strict=True), 1)
        ]
        return Objective.from_expression(f"1/2*({' + '.join(f'({t})' for t in terms)})", "a1 a2 b1 b2")
    return losses.squared(
        networks.Dense(list(parameters["widths"])),
        inputs=parameters["inputs"],
        targets=parameters["targets"],
        ridge=parameters.get("ridge", "0"),
    )


def _full_rank(parameters: Parameters) -> bool:
    x, y = matrix(parameters["inputs"]), matrix(parameters["targets"])  # one sample per row: X^T and Y^T
    d_x, d_y = x.ncols(), y.ncols()
    return rank(x.transpose() * x) == d_x and rank(x.transpose() * y) == min(d_x, d_y)


def _distinct(parameters: Parameters) -> bool:
    x, y = matrix(parameters["inputs"]), matrix(parameters["targets"])
    gram = x.transpose() * x
    if rank(gram) < x.ncols():
        return False
    return distinct_eigenvalues((y.transpose() * x) * gram.inv() * (x.transpose() * y))


LINEAR = Hypothesis("the activation is linear", lambda p: p.get("activation", "identity") == "identity")
UNWEIGHTED = Hypothesis("the squared loss is unweighted", lambda p: "loss_weights" not in p)
NO_RIDGE = Hypothesis("there is no regulariser", lambda p: rational(p.get("ridge", "0")) == 0)
FULL_RANK = Hypothesis("X X^T and X Y^T have full rank", _full_rank)
NARROW = Hypothesis("d_y <= d_x", lambda p: len(p["targets"][0]) <= len(p["inputs"][0]))
DISTINCT = Hypothesis("Sigma = Y X^T (X X^T)^(-1) X Y^T has d_y distinct eigenvalues", _distinct)
SHALLOW = Hypothesis("there is one hidden layer (H = 1)", lambda p: len(p["widths"]) == 3)
HIDDEN = Hypothesis("there is a hidden layer (H >= 1)", lambda p: len(p["widths"]) >= 3)
HYPOTHESES = (LINEAR, UNWEIGHTED, NO_RIDGE, FULL_RANK, NARROW, DISTINCT)

ONE = (("1",),)
IDENTITY, DIAGONAL = (("1", "0"), ("0", "1")), (("2", "0"), ("0", "1"))
SCALAR_H1 = {"widths": (1, 1, 1), "inputs": ONE, "targets": ONE}
SCALAR_H2 = {"widths": (1, 1, 1, 1), "inputs": ONE, "targets": ONE}
SCALAR_H3 = {"widths": (1, 1, 1, 1, 1), "inputs": ONE, "targets": ONE}
RANK1 = {"widths": (2, 1, 2), "inputs": IDENTITY, "targets": DIAGONAL}
BOTTLENECK = {"widths": (2, 1, 1, 2), "inputs": IDENTITY, "targets": DIAGONAL}
DECAY = {**SCALAR_H2, "ridge": "1/10"}
WEIGHTED = {
    "widths": (2, 1, 2),
    "inputs": IDENTITY,
    "targets": (("1", "1"), ("11/10", "-1")),
    "loss_weights": (("10", "1"), ("1", "10")),
}
RELU = {"widths": (1, 1, 1), "inputs": (("1",), ("-1",)), "targets": (("2",), ("1",)), "activation": "relu"}

OPEN_CASES = (
    Case("rank1_2x2", RANK1),
    Case("bottleneck_H2", BOTTLENECK),
)
FAILING = (
    Control("weight_decay", NO_RIDGE.name, DECAY),
    Control("weighted_loss", UNWEIGHTED.name, WEIGHTED),
    Control("relu", LINEAR.name, RELU, Verdict.UNDECIDED, PIECEWISE),
)

SHAPE = Claim(
    name="neither_convex_nor_concave",
    statement="The loss is neither convex nor concave.",
    source=f"{THEOREM}, part 1",
    hypotheses=(*HYPOTHESES, HIDDEN),
    objective=loss,
    conclusion=lambda _: NeitherConvexNorConcave(),
    cases=tuple(
        Case(name, parameters)
        for name, parameters in (
            ("scalar_H1", SCALAR_H1),
            ("scalar_H2", SCALAR_H2),
            ("rank1_2x2", RANK1),
            ("bottleneck_H2", BOTTLENECK),
        )
    ),
    controls=(Control("no_hidden_layer", HIDDEN.name, {"widths": (1, 1), "inputs": ONE, "targets": ONE}),),
)

MINIMA = Claim(
    name="every_minimum_global",
    statement="Every local minimum is a global minimum.",
    source=f"{THEOREM}, part 2",
    hypotheses=HYPOTHESES,
    objective=loss,
    conclusion=lambda _: EveryMinimumGlobal(),
    cases=(
        Case("scalar_H1", SCALAR_H1),
        Case("scalar_H2", SCALAR_H2),
        Case("scalar_H3", SCALAR_H3),
        *OPEN_CASES,
    ),
    controls=FAILING,
    notes=(
        (
            "Scalar chains: the loss is g^2/2 with g = product of the weights - 1. g is linear in each weight, so it "
            "is harmonic, and a local minimum of g^2 with g != 0 would be a local extremum of g, which harmonic "
            "functions do not have. Hence g = 0 at every local minimum, at any depth."
        ),
    ),
)

SADDLES = Claim(
    name="others_are_saddles",
    statement="Every critical point that is not a global minimum is a saddle point.",
    source=f"{THEOREM}, part 3",
    hypotheses=HYPOTHESES,
    objective=loss,
    conclusion=lambda _: EveryCriticalPointGlobalOrSaddle(),
    cases=MINIMA.cases,
    controls=FAILING,
    notes=("A saddle point is a critical point that is neither a local minimum nor a local maximum.",),
)

STRICT = Claim(
    name="no_bad_saddle_shallow",
    statement="With one hidden layer the Hessian of every saddle point has a negative eigenvalue.",
    source=f"{THEOREM}, part 4 for H = 1",
    hypotheses=(*HYPOTHESES, SHALLOW),
    objective=loss,
    conclusion=lambda _: NoNonstrictSaddle(),
    cases=(Case("scalar_H1", SCALAR_H1), Case("rank1_2x2", RANK1)),
    controls=(Control("scalar_H2", SHALLOW.name, SCALAR_H2), Control("scalar_H3", SHALLOW.name, SCALAR_H3)),
)

RANK_CONDITION = Claim(
    name="strict_where_the_middle_has_rank_one",
    statement="With H = 2 and scalar weights: at a saddle with w2 != 0 the Hessian has a negative eigenvalue.",
    source=f"{THEOREM}, part 4: rank(W_H ... W_2) = p, the smallest hidden width, at the saddle",
    hypotheses=(*HYPOTHESES, Hypothesis("the middle weight is asked to be nonzero", lambda p: p["where"] is not None)),
    objective=loss,
    conclusion=lambda p: NoNonstrictSaddle(p["where"]),
    cases=(Case("scalar_H2", {**SCALAR_H2, "where": "w2_1_1"}),),
    controls=(Control("rank_condition", "the middle weight is asked to be nonzero", {**SCALAR_H2, "where": None}),),
)

DECAY_CLAIM = Claim(
    name="weight_decay_makes_the_origin_bad",
    statement="With weight decay on the chain of three weights the origin is a strict local minimum that is not "
    "global; all critical points are non-degenerate, with signs that add up to 1.",
    source="ours: what happens in the control 'weight_decay'",
    hypotheses=(Hypothesis("there is a regulariser", lambda p: rational(p.get("ridge", "0")) > 0),),
    objective=loss,
    conclusion=lambda _: And(PointIs(("0", "0", "0"), Kind.MINIMUM, False), Not(EveryMinimumGlobal()), MorseSumIs(1)),
    cases=(Case("scalar_H2_decay", DECAY),),
    controls=(Control("no_decay", "there is a regulariser", SCALAR_H2),),
)

SYSTEM = System(
    name="deep_learning_without_poor_local_minima",
    title="Deep learning without poor local minima",
    source="K. Kawaguchi, NIPS 2016, arXiv 1605.07110",
    source_status="The four parts were compared with public copies of the abstract, which lists them (and differs "
    "between versions on saddles). Number, hypotheses and wording of the theorem are recalled and were not "
    "confirmed: the claims are our reading.",
    claims=(SHAPE, MINIMA, SADDLES, STRICT, RANK_CONDITION, DECAY_CLAIM),
    notes=(
        (
            "Without a regulariser the critical sets are curves and surfaces. Scalar chains are decided by a "
            "certificate of the rule `harmonic`; the other cases by all components with their types."
        ),
        (
            "Not checkable here: the statement for nonlinear networks (Corollary 2.4) is about an averaged surrogate "
            "under independence assumptions, and its reduction ends in the linear claims above."
        ),
    ),
)
