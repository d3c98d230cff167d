"""Deep linear networks at order two: global minimisers, strict saddles, and the saddles without negative curvature.

    L(W) = 1/2 || W_H ... W_1 X - Y ||_F^2,    H factors, one sample per column of X and Y.

Instances with H >= 3 have a layer of width 1, so the rank r of the product W_H ... W_1 is 0 or r_max = 1.
"""

from __future__ import annotations

from itertools import combinations, pairwise, product

from exactland import losses, networks
from exactland.claims.claim import Case, Claim, Hypothesis, Parameters, System
from exactland.claims.critical_sets import CriticalSetIs, KindExactlyWhere, KindExists, Piece
from exactland.claims.matrices import distinct_eigenvalues, matrix, rank
from exactland.claims.properties import And, EveryCriticalPointGlobalOrSaddle, EveryMinimumGlobal
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

PAPER = "E. M. Achour, F. Malgouyres, S. Gerchinovitz, JMLR 25 (242), 2024, arXiv 2107.13289"
KAWAGUCHI = "K. Kawaguchi, NIPS 2016, arXiv 1605.07110"


def loss(parameters: Parameters) -> Objective:
    return losses.squared(
        networks.Dense(list(parameters["widths"])),
        inputs=parameters["inputs"],
        targets=parameters["targets"],
        ridge=parameters.get("ridge", "0"),
    )


def _entries(widths: tuple[int, ...], top: int, bottom: int) -> tuple[str, ...]:
    """The entries of the block W_top ... W_bottom, as text."""
    found = []
    for start, end in product(range(widths[bottom - 1]), range(widths[top])):
        middles = product(*(range(w) for w in widths[bottom:top]))
        paths = [(start, *middle, end) for middle in middles]
        texts = [
            "*".join(f"w{bottom + k}_{j + 1}_{i + 1}" for k, (i, j) in enumerate(pairwise(path))) for path in paths
        ]
        found.append(" + ".join(texts))
    return tuple(found)


def tightened(parameters: Parameters) -> tuple[tuple[str, ...], ...]:
    """What it means to be tightened when the product has rank 0: for all i > j one of the blocks W_H ... W_(i+1),
    W_(i-1) ... W_(j+1), W_(j-1) ... W_1 is 0. A block without factors is an identity, so it is not 0.
    """
    widths = parameters["widths"]
    depth = len(widths) - 1
    choices = []
    for j, i in combinations(range(1, depth + 1), 2):
        blocks = ((depth, i + 1), (i - 1, j + 1), (j - 1, 1))
        choices.append([_entries(widths, top, bottom) for top, bottom in blocks if top >= bottom])
    taken = (dict.fromkeys(q for block in chosen for q in block) for chosen in product(*choices))
    return tuple(dict.fromkeys(tuple(sorted(equations)) for equations in taken))


def _nondegenerate(parameters: Parameters) -> bool:
    x, y = matrix(parameters["inputs"]), matrix(parameters["targets"])  # one sample per row: X^T and Y^T
    gram = x.transpose() * x
    if rank(gram) < x.ncols() or x.ncols() < y.ncols() or rank(x.transpose() * y) < y.ncols():
        return False
    return distinct_eigenvalues((y.transpose() * x) * gram.inv() * (x.transpose() * y))


DATA = Hypothesis(
    "X X^T and X Y^T have full rank, d_y <= d_x, and Y X^T (X X^T)^(-1) X Y^T has distinct eigenvalues", _nondegenerate
)
NO_RIDGE = Hypothesis("there is no regulariser", lambda p: rational(p.get("ridge", "0")) == 0)
NARROW = Hypothesis("a layer has width 1 (r_max = 1)", lambda p: min(p["widths"]) == 1)
SHALLOW = Hypothesis("there are at most two factors (H <= 2)", lambda p: len(p["widths"]) <= 3)
DEEP = Hypothesis("there are at least three factors (H >= 3)", lambda p: len(p["widths"]) >= 4)
LAYERED = Hypothesis("there are at least two factors (H >= 2)", lambda p: len(p["widths"]) >= 3)

ONE = (("1",),)
UNIT = Hypothesis("input and target are 1", lambda p: p["inputs"] == p["targets"] == ONE)
IDENTITY, DIAGONAL = (("1", "0"), ("0", "1")), (("2", "0"), ("0", "1"))
H1 = Case("scalar_H1", {"widths": (1, 1), "inputs": ONE, "targets": ONE})
H2 = Case("scalar_H2", {"widths": (1, 1, 1), "inputs": ONE, "targets": ONE})
H3 = Case("scalar_H3", {"widths": (1, 1, 1, 1), "inputs": ONE, "targets": ONE})
H4 = Case("scalar_H4", {"widths": (1, 1, 1, 1, 1), "inputs": ONE, "targets": ONE})
BOTTLENECK = Case("bottleneck_H3", {"widths": (2, 1, 1, 2), "inputs": IDENTITY, "targets": DIAGONAL})
WIDE = Case("wide_H3", {"widths": (1, 2, 1, 1), "inputs": ONE, "targets": ONE})
H2_WIDE = Case("square_H2", {"widths": (2, 2, 2), "inputs": IDENTITY, "targets": DIAGONAL})
H2_NARROW = Case("narrow_H2", {"widths": (2, 1, 2), "inputs": IDENTITY, "targets": DIAGONAL})
DECAY = Case("weight_decay", {**H3.parameters, "ridge": "1/10"})
ZERO_TARGET = Case("zero_target", {**H3.parameters, "targets": (("0",),)})
SADDLES = (Kind.STRICT_SADDLE, Kind.NONSTRICT_SADDLE)

TRICHOTOMY = Claim(
    name="trichotomy",
    statement="Every critical point is a global minimiser, a strict saddle (the Hessian has a negative eigenvalue) or "
    "a non-strict saddle; there are no other local minima and no local maxima.",
    source=f"our reading of {PAPER}, abstract and introduction",
    hypotheses=(DATA, NO_RIDGE),
    objective=loss,
    conclusion=lambda _: And(EveryMinimumGlobal(), EveryCriticalPointGlobalOrSaddle()),
    cases=(H3, H4, BOTTLENECK, H2_WIDE),
    controls=NO_RIDGE.dropped_by(DECAY),
)

TIGHTENED = Claim(
    name="nonstrict_exactly_where_tightened",
    statement="A critical point at which the product has rank r < r_max is a non-strict saddle if and only if it is "
    "tightened (and S = {1, ..., r}); all other saddles are strict. For r_max = 1: if and only if for all i > j one of "
    "the blocks W_H ... W_(i+1), W_(i-1) ... W_(j+1), W_(j-1) ... W_1 is 0.",
    source=f"our reading of {PAPER}, the classification by tightened pivots (as remembered)",
    hypotheses=(DATA, NO_RIDGE, NARROW),
    objective=loss,
    conclusion=lambda p: KindExactlyWhere(Kind.NONSTRICT_SADDLE, tightened(p)),
    cases=(H2, H2_NARROW, H3, WIDE, BOTTLENECK, H4),
    controls=(*DATA.dropped_by(ZERO_TARGET), *NO_RIDGE.dropped_by(DECAY)),
    notes=(
        (
            "H = 3 leaves one block for each pair: tightened means that all weights are 0. For H = 4 there are more: "
            "W_1 = W_2 = 0 and W_3 W_4 = 0, for example."
        ),
        "With H = 2 no point is tightened, so that every saddle is strict.",
    ),
)


def chain(parameters: Parameters) -> CriticalSetIs:
    """The product is 1, or two weights are 0."""
    weights = [f"w{k}_1_1" for k in range(1, len(parameters["widths"]))]
    minima = Piece(("*".join(weights) + " - 1",), "0", (Kind.MINIMUM,))
    return CriticalSetIs((minima, *(Piece(pair, "1/2", SADDLES) for pair in combinations(weights, 2))))


COMPONENTS = Claim(
    name="components_of_a_chain",
    statement="The critical points of 1/2 (w_H ... w_1 - 1)^2, H >= 2, are the global minima w_H ... w_1 = 1 of loss "
    "0, and saddles of loss 1/2 where two weights are 0.",
    source="ours: the components for all widths 1",
    hypotheses=(
        Hypothesis("all widths are 1", lambda p: set(p["widths"]) == {1}),
        UNIT,
        NO_RIDGE,
        LAYERED,
    ),
    objective=loss,
    conclusion=chain,
    cases=(H2, H3, H4),
    controls=(*UNIT.dropped_by(ZERO_TARGET), *NO_RIDGE.dropped_by(DECAY)),
    notes=("H = 3: a surface and the three axes, whose points are strict saddles except the origin.",),
)

SHALLOW_STRICT = Claim(
    name="no_nonstrict_saddle_for_two_factors",
    statement="For H = 2 no non-strict saddle exists.",
    source=f"our reading of {KAWAGUCHI}, and of {PAPER}",
    hypotheses=(DATA, NO_RIDGE, SHALLOW),
    objective=loss,
    conclusion=lambda _: KindExactlyWhere(Kind.NONSTRICT_SADDLE, ()),
    cases=(H2, H2_NARROW, H2_WIDE),
    controls=SHALLOW.dropped_by(H3, BOTTLENECK),
)

NONSTRICT_EXIST = Claim(
    name="nonstrict_saddles_exist",
    statement="For H >= 3 non-strict saddles exist.",
    source=f'"exhibit large sets of strict and non-strict saddle points" ({PAPER}, abstract)',
    hypotheses=(DATA, NO_RIDGE, DEEP),
    objective=loss,
    conclusion=lambda _: KindExists((Kind.NONSTRICT_SADDLE,)),
    cases=(H3, H4, BOTTLENECK),
    controls=DEEP.dropped_by(H2, H2_WIDE),
)

SADDLES_EXIST = Claim(
    name="saddles_exist",
    statement="For H >= 2 saddles exist.",
    source="ours: the control for one factor",
    hypotheses=(DATA, NO_RIDGE, LAYERED),
    objective=loss,
    conclusion=lambda _: KindExists(SADDLES),
    cases=(H2, H3),
    controls=LAYERED.dropped_by(H1),
)

SYSTEM = System(
    name="classic_achour_second_order",
    title="The loss landscape of deep linear networks at order two",
    source=PAPER,
    source_status="The abstract was read in public copies: global minimizers, strict and non-strict saddles are "
    "characterised by ranks of partial products. The list of assumptions on the data and the definition of `tightened` "
    "are recalled and were not confirmed: the claims are our reading.",
    claims=(TRICHOTOMY, COMPONENTS, TIGHTENED, SHALLOW_STRICT, NONSTRICT_EXIST, SADDLES_EXIST),
    notes=(
        (
            "Scalar chains with target 1, and nets with a layer of width 1: there the only rank below r_max is 0, and "
            "the condition on the eigenvalues chosen (S) is empty. Tightened points of rank 1 and more need 2-2-2-2 "
            "nets and are not covered."
        ),
        "On strata of non-strict saddles the Hessian is semidefinite, and arcs with lower values are certified.",
    ),
)
