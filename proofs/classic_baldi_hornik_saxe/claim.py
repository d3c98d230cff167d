"""One hidden layer of linear units learns principal components; the exact dynamics of a single mode.

    L(A, B) = E |x - A B x|^2 = trace (1 - A B) Sig (1 - A B)^T,    A: n x p, B: p x n, p < n, Sig = E x x^T

is a deep linear network on the identity; we take p = 1 and diagonal Sig, so that the eigenvectors are coordinate axes.
"""

from __future__ import annotations

from itertools import product

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.critical_sets import CriticalSetIs, Piece
from exactland.claims.directions import DerivativeAlong
from exactland.claims.properties import (
    And,
    EveryCriticalPointGlobalOrSaddle,
    EveryMinimumGlobal,
    NoNonstrictSaddle,
    Property,
)
from exactland.exact import rational, rational_text
from exactland.landscape import Kind
from exactland.objective import Objective

BALDI_HORNIK = "P. Baldi, K. Hornik, Neural Networks 2, 1989, 53-58"
SAXE = "A. M. Saxe, J. L. McClelland, S. Ganguli, arXiv 1312.6120"


def autoencoder(parameters: Parameters) -> Objective:
    """trace (1 - a b^T) Sig (1 - a b^T)^T for one hidden unit and a diagonal Sig.

    For controls: with weight decay, or with weights on the entries of 1 - a b^T off the diagonal.
    """
    eigenvalues = parameters["eigenvalues"]
    n = range(1, len(eigenvalues) + 1)
    off = parameters.get("off_diagonal", "1")
    pairs = [(i, j, s) for i in n for j, s in zip(n, eigenvalues, strict=True)]
    terms = [f"{s}*{1 if i == j else off}*({int(i == j)} - a{i}*b{j})^2" for i, j, s in pairs]
    names = (*(f"a{i}" for i in n), *(f"b{i}" for i in n))
    terms += [f"{parameters['decay']}*{x}^2" for x in names if "decay" in parameters]
    return Objective.from_expression(" + ".join(terms), names)


def projectors(parameters: Parameters) -> CriticalSetIs:
    """A B is the projector on one eigenvector, the one of the largest eigenvalue at minima; or A = 0 and B = 0."""
    eigenvalues = [rational(s) for s in parameters["eigenvalues"]]
    n = range(1, len(eigenvalues) + 1)
    total = sum(eigenvalues)
    pieces = [Piece(tuple(f"{x}{i}" for x in "ab" for i in n), rational_text(total), (Kind.STRICT_SADDLE,))]
    for k, s in enumerate(eigenvalues, 1):
        equations = tuple(f"a{i}*b{j} - {int(i == j == k)}" for i, j in product(n, repeat=2))
        kind = Kind.MINIMUM if s == max(eigenvalues) else Kind.STRICT_SADDLE
        pieces.append(Piece(equations, rational_text(total - s), (kind,)))
    return CriticalSetIs(tuple(pieces))


def benign(_: Parameters) -> Property:
    return And(EveryMinimumGlobal(), EveryCriticalPointGlobalOrSaddle(), NoNonstrictSaddle())


DISTINCT = Hypothesis(
    "the eigenvalues of Sig are distinct", lambda p: len(set(map(rational, p["eigenvalues"]))) == len(p["eigenvalues"])
)
POSITIVE = Hypothesis("the eigenvalues of Sig are positive", lambda p: min(map(rational, p["eigenvalues"])) > 0)
UNWEIGHTED = Hypothesis("all entries of the error have the same weight", lambda p: "off_diagonal" not in p)
NO_DECAY = Hypothesis("there is no regulariser", lambda p: "decay" not in p)

TWO = Case("diag_2_1", {"eigenvalues": ("2", "1")})
THREE = Case("diag_3_2_1", {"eigenvalues": ("3", "2", "1")})
EQUAL = Case("equal_eigenvalues", {"eigenvalues": ("1", "1")})
SINGULAR = Case("singular", {"eigenvalues": ("1", "0")})
WEIGHTED = Case("weighted_error", {**TWO.parameters, "off_diagonal": "10"})
DECAY = Case("weight_decay", {**TWO.parameters, "decay": "4"})

PROJECTORS = Claim(
    name="critical_points_are_projectors",
    statement="(A, B) of full rank is critical if and only if A B is the orthogonal projector on the span of p "
    "eigenvectors of Sig; the p largest eigenvalues give the global minima, all others are strict saddles. For p = 1 "
    "the only other critical point is the origin, a strict saddle.",
    source=f"our reading of {BALDI_HORNIK}, Facts 3 and 4 (as remembered), in the autoassociative case",
    hypotheses=(DISTINCT, POSITIVE, UNWEIGHTED, NO_DECAY),
    objective=autoencoder,
    conclusion=projectors,
    cases=(TWO, THREE),
    controls=(*DISTINCT.dropped_by(EQUAL), *POSITIVE.dropped_by(SINGULAR), *NO_DECAY.dropped_by(DECAY)),
    notes=(
        "That there are C(n, p) projectors is false for equal eigenvalues: every line gives one.",
        "The zero eigenvalues of the Hessian belong to the scaling A -> A C, B -> C^(-1) B.",
    ),
)

BENIGN = Claim(
    name="no_other_minima",
    statement="Every local minimum is global; every other critical point is a saddle, and its Hessian has a negative "
    "eigenvalue.",
    source=f'"We show that E has a unique minimum [...] All the additional critical points of E are saddle points" '
    f"({BALDI_HORNIK}, abstract)",
    hypotheses=(UNWEIGHTED, NO_DECAY),
    objective=autoencoder,
    conclusion=benign,
    cases=(TWO, THREE, EQUAL),
    controls=UNWEIGHTED.dropped_by(WEIGHTED),
    notes=("Distinct eigenvalues are not needed for this part: `equal_eigenvalues` is a case, not a control.",),
)


def mode(parameters: Parameters) -> Objective:
    """One mode of strength s, both weights and s as variables."""
    return Objective.from_expression(f"1/2*(s - a*b)^2 + {parameters.get('extra', '0')}", "a b s")


ONE_MODE = Hypothesis("L is a function of a b", lambda p: "extra" not in p)
BALANCED = Hypothesis("a = b", lambda p: p["places"] == {"b": "a"})

CONSERVED = Claim(
    name="conserved_quantity",
    statement="For L = 1/2 (s - a b)^2 the gradient flow conserves a^2 - b^2.",
    source=f"our reading of {SAXE}, the dynamics of one mode",
    hypotheses=(ONE_MODE,),
    objective=mode,
    conclusion=lambda _: DerivativeAlong({"a": "2*a", "b": "-2*b"}, "0"),
    cases=(Case("symbolic", {}),),
    controls=(Control("one_weight_decays", ONE_MODE.name, {"extra": "a^2"}),),
    notes=("The derivative of L along (2 a, -2 b), the gradient of a^2 - b^2, is 0, as polynomials in a, b and s.",),
)

STRENGTH = Claim(
    name="strength_of_a_mode",
    statement="For L = 1/2 (s - a b)^2 and a = b the strength m = a b obeys dm/dt = 2 m (s - m).",
    source=f"our reading of {SAXE}, the dynamics of one mode",
    hypotheses=(ONE_MODE, BALANCED),
    objective=mode,
    conclusion=lambda p: DerivativeAlong({"a": "b", "b": "a"}, "-2*a*b*(s - a*b)", p["places"]),
    cases=(Case("symbolic", {"places": {"b": "a"}}),),
    controls=(
        Control("unbalanced", BALANCED.name, {"places": {}}),
        Control("one_weight_decays", ONE_MODE.name, {"places": {"b": "a"}, "extra": "a^2"}),
    ),
    notes=("That a = b is kept by the flow is the first claim; the time is in units of 1/(learning rate).",),
)

SYSTEM = System(
    name="classic_baldi_hornik_saxe",
    title="Linear networks: principal components and the dynamics of a mode",
    source=f"{BALDI_HORNIK}; {SAXE}",
    source_status="The abstract of Baldi and Hornik was read in a public copy and agrees with the second claim. "
    "Numbering and hypotheses of the facts, and the equations of Saxe et al., are recalled and were not confirmed.",
    claims=(PROJECTORS, BENIGN, CONSERVED, STRENGTH),
    notes=(
        (
            "One hidden unit (p = 1) and diagonal Sig only. For p >= 2 there are critical points of lower rank besides "
            "the origin; they are not covered here."
        ),
    ),
)
