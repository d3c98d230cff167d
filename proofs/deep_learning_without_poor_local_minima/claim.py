"""Deep linear networks have no poor local minima.

For inputs X and targets Y (one sample per column) and weight matrices W_1, ..., W_{H+1}:

    L(W) = 1/2 || W_{H+1} ... W_1 X - Y ||_F^2   (+ 1/2 ridge * (sum of squared weights), in a control).
"""

from __future__ import annotations

from itertools import combinations, permutations, product

from exactland import losses, networks
from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.critical_sets import KindExactlyWhere, KindExists
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
    Property,
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
DEEP = Hypothesis("there are at least two hidden layers (H >= 2)", lambda p: len(p["widths"]) >= 4)
HIDDEN = Hypothesis("there is a hidden layer (H >= 1)", lambda p: len(p["widths"]) >= 3)
HYPOTHESES = (LINEAR, UNWEIGHTED, NO_RIDGE, FULL_RANK, NARROW, DISTINCT)

ONE = (("1",),)
IDENTITY, DIAGONAL = (("1", "0"), ("0", "1")), (("2", "0"), ("0", "1"))
SCALAR_H1 = Case("scalar_H1", {"widths": (1, 1, 1), "inputs": ONE, "targets": ONE})
SCALAR_H2 = Case("scalar_H2", {"widths": (1, 1, 1, 1), "inputs": ONE, "targets": ONE})
SCALAR_H3 = Case("scalar_H3", {"widths": (1, 1, 1, 1, 1), "inputs": ONE, "targets": ONE})
RANK1 = Case("rank1_2x2", {"widths": (2, 1, 2), "inputs": IDENTITY, "targets": DIAGONAL})
BOTTLENECK = Case("bottleneck_H2", {"widths": (2, 1, 1, 2), "inputs": IDENTITY, "targets": DIAGONAL})
DECAY = Case("weight_decay", {**SCALAR_H2.parameters, "ridge": "1/10"})
WEIGHTED = Case(
    "weighted_loss",
    {
        "widths": (2, 1, 2),
        "inputs": IDENTITY,
        "targets": (("1", "1"), ("11/10", "-1")),
        "loss_weights": (("10", "1"), ("1", "10")),
    },
)
SQUARE = Case("square_H1", {"widths": (2, 2, 2), "inputs": IDENTITY, "targets": DIAGONAL})
SQUARE_H2 = Case("square_H2", {"widths": (1, 2, 2, 1), "inputs": ONE, "targets": ONE})
WIDE_H2 = Case("wide_H2", {"widths": (1, 2, 1, 1), "inputs": ONE, "targets": ONE})
EQUAL = {"widths": (2, 1, 2), "inputs": IDENTITY, "targets": IDENTITY}
EQUAL_SQUARE = {"widths": (2, 2, 2), "inputs": IDENTITY, "targets": IDENTITY}
RELU = {"widths": (1, 1, 1), "inputs": (("1",), ("-1",)), "targets": (("2",), ("1",)), "activation": "relu"}

ALL = (SCALAR_H1, SCALAR_H2, SCALAR_H3, RANK1, SQUARE, BOTTLENECK, SQUARE_H2, WIDE_H2)
FAILING = (
    *NO_RIDGE.dropped_by(DECAY),
    *UNWEIGHTED.dropped_by(WEIGHTED),
    Control("relu", LINEAR.name, RELU, Verdict.UNDECIDED, PIECEWISE),
)

SHAPE = Claim(
    name="neither_convex_nor_concave",
    statement="The loss is neither convex nor concave.",
    source=f"{THEOREM}, part 1",
    hypotheses=(*HYPOTHESES, HIDDEN),
    objective=loss,
    conclusion=lambda _: NeitherConvexNorConcave(),
    cases=(SCALAR_H1, SCALAR_H2, RANK1, SQUARE, BOTTLENECK, SQUARE_H2),
    controls=(Control("no_hidden_layer", HIDDEN.name, {"widths": (1, 1), "inputs": ONE, "targets": ONE}),),
)

MINIMA = Claim(
    name="every_minimum_global",
    statement="Every local minimum is a global minimum.",
    source=f"{THEOREM}, part 2",
    hypotheses=HYPOTHESES,
    objective=loss,
    conclusion=lambda _: EveryMinimumGlobal(),
    cases=ALL,
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
    cases=ALL,
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
    cases=(SCALAR_H1, RANK1, SQUARE),
    controls=SHALLOW.dropped_by(SCALAR_H2, SCALAR_H3, BOTTLENECK, SQUARE_H2),
)

BAD_SADDLES = Claim(
    name="bad_saddles_exist",
    statement="With two hidden layers and more there are saddle points whose Hessian has no negative eigenvalue.",
    source='"there exist `bad` saddle points (where the Hessian has no negative eigenvalue) for the deeper networks '
    '(with more than three layers)" (abstract of the published version; three layers are one hidden layer)',
    hypotheses=(*HYPOTHESES, DEEP),
    objective=loss,
    conclusion=lambda _: KindExists((Kind.NONSTRICT_SADDLE,)),
    cases=(SCALAR_H2, SCALAR_H3, BOTTLENECK, SQUARE_H2),
    controls=DEEP.dropped_by(SCALAR_H1, RANK1, SQUARE),
    notes=("The certificate holds an arc through each of them along which the loss falls.",),
)


def _middle_minors(parameters: Parameters) -> tuple[str, ...]:
    """The minors of size p of W_H ... W_2, p the smallest hidden width; they vanish where the rank is below p."""
    widths = parameters["widths"][1:-1]
    size = min(widths)
    if len(widths) == 1:
        return ("1",)  # the determinant of the empty product, an identity

    def entry(row: int, column: int) -> str:
        paths = ((column, *middle, row) for middle in product(*map(range, widths[1:-1])))
        steps = ([f"w{k}_{p[k - 1] + 1}_{p[k - 2] + 1}" for k in range(2, len(widths) + 1)] for p in paths)
        return "(" + " + ".join("*".join(path) for path in steps) + ")"

    def minor(rows: tuple[int, ...], columns: tuple[int, ...]) -> str:
        terms = []
        for order in permutations(range(size)):
            odd = sum(i > j for i, j in combinations(order, 2)) % 2
            terms.append(("-" if odd else "") + "*".join(entry(rows[k], columns[order[k]]) for k in range(size)))
        return " + ".join(f"({term})" for term in terms)

    chosen = product(combinations(range(widths[-1]), size), combinations(range(widths[0]), size))
    return tuple(minor(*pair) for pair in chosen)


def _strict_at_full_rank(parameters: Parameters) -> Property:
    if not parameters["full_rank"]:
        return KindExactlyWhere(Kind.NONSTRICT_SADDLE, ())
    return KindExactlyWhere(Kind.NONSTRICT_SADDLE, (_middle_minors(parameters),), conversely=False)


FULL_RANK_ASKED = Hypothesis("rank(W_H ... W_2) = p is asked for", lambda p: p["full_rank"])


def asked(instance: Case) -> Case:
    return Case(instance.name, {**instance.parameters, "full_rank": True})


def any_rank(instance: Case) -> Case:
    return Case(f"{instance.name}_any_rank", {**instance.parameters, "full_rank": False})


RANK_CONDITION = Claim(
    name="strict_where_the_middle_has_full_rank",
    statement="If rank(W_H ... W_2) = p, the smallest hidden width, at a saddle, the Hessian there has a negative "
    "eigenvalue.",
    source=f"{THEOREM}, part 4",
    hypotheses=(*HYPOTHESES, HIDDEN, FULL_RANK_ASKED),
    objective=loss,
    conclusion=_strict_at_full_rank,
    cases=tuple(map(asked, ALL)),
    controls=FULL_RANK_ASKED.dropped_by(*map(any_rank, (SCALAR_H2, BOTTLENECK, SQUARE_H2))),
    notes=("Shown as: where there is no negative eigenvalue, all minors of size p of W_H ... W_2 vanish.",),
)

RANK_NOT_NECESSARY = Claim(
    name="rank_condition_is_not_necessary",
    statement="With H >= 2 there are saddles with rank(W_H ... W_2) < p whose Hessian has a negative eigenvalue.",
    source="ours: the condition of part 4 is sufficient only",
    hypotheses=(*HYPOTHESES, DEEP),
    objective=loss,
    conclusion=lambda p: KindExists((Kind.STRICT_SADDLE,), _middle_minors(p)),
    cases=(SCALAR_H2, BOTTLENECK),
    controls=DEEP.dropped_by(RANK1, SQUARE),
    notes=("With one hidden layer the empty product is the identity, of rank p.",),
)

EQUAL_EIGENVALUES = Claim(
    name="distinct_eigenvalues_are_not_needed",
    statement="Without distinct eigenvalues of Sigma: every local minimum is global, and every other critical point is "
    "a saddle; with one hidden layer each saddle has a negative eigenvalue.",
    source="ours: parts 2 to 4 with one hypothesis less, on two instances",
    hypotheses=(LINEAR, UNWEIGHTED, NO_RIDGE, FULL_RANK, NARROW, SHALLOW),
    objective=loss,
    conclusion=lambda _: And(EveryMinimumGlobal(), EveryCriticalPointGlobalOrSaddle(), NoNonstrictSaddle()),
    cases=(Case("rank1_identity", EQUAL), Case("square_identity", EQUAL_SQUARE)),
    controls=(*SHALLOW.dropped_by(SCALAR_H2), *UNWEIGHTED.dropped_by(WEIGHTED)),
)

DECAY_CLAIM = Claim(
    name="weight_decay_makes_the_origin_bad",
    statement="With weight decay on the chain of three weights the origin is a strict local minimum that is not "
    "global; all critical points are non-degenerate, with signs that add up to 1.",
    source="ours: what happens in the control 'weight_decay'",
    hypotheses=(Hypothesis("there is a regulariser", lambda p: rational(p.get("ridge", "0")) > 0),),
    objective=loss,
    conclusion=lambda _: And(PointIs(("0", "0", "0"), Kind.MINIMUM, False), Not(EveryMinimumGlobal()), MorseSumIs(1)),
    cases=(Case("scalar_H2_decay", DECAY.parameters),),
    controls=(Control("no_decay", "there is a regulariser", SCALAR_H2.parameters),),
)

SYSTEM = System(
    name="deep_learning_without_poor_local_minima",
    title="Deep learning without poor local minima",
    source="K. Kawaguchi, NIPS 2016, arXiv 1605.07110",
    source_status="The four parts were compared with public copies of the abstract, which lists them (and differs "
    "between versions on saddles). Number, hypotheses and wording of the theorem are recalled and were not "
    "confirmed: the claims are our reading.",
    claims=(
        SHAPE,
        MINIMA,
        SADDLES,
        STRICT,
        BAD_SADDLES,
        RANK_CONDITION,
        RANK_NOT_NECESSARY,
        EQUAL_EIGENVALUES,
        DECAY_CLAIM,
    ),
    notes=(
        (
            "Without a regulariser the critical sets are curves, surfaces and more. Nets with one input and one output "
            "are decided by a certificate of the rule `harmonic` where that is enough; the other cases by all "
            "components with their types. Square nets with H = 2 and two outputs (2-2-2-2) are not covered."
        ),
        (
            "Not checkable here: the statement for nonlinear networks (Corollary 2.4) is about an averaged surrogate "
            "under independence assumptions, and its reduction ends in the linear claims above."
        ),
    ),
)
