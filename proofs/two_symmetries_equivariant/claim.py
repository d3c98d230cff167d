"""Two symmetries of equivariant networks: planes of parameters, traps of the equivariant model, and a way out.

G = Z2 swaps x1 and x2; x ~ N(0, I), activation z^2, the target x^T M x with M symmetric.

Student (regular representation): f = a[(p x1 + q x2)^2 + (q x1 + p x2)^2]. For M with the eigenvalues t1 on (1, 1) and
t2 on (1, -1):  L = E(f - f*)^2 = 3 A^2 + 3 B^2 + 2 A B,  A = a(p + q)^2 - t1,  B = a(p - q)^2 - t2.

Relaxed network: f = a1 (w1.x)^2 + a2 (w2.x)^2, w_i = (p_i, q_i);  L = 2 tr(D^2) + (tr D)^2, D = sum a_i w_i w_i^T - M.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import factorial

import flint

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.lines import CriticalLine, InertiaAt, MinimumOnLine
from exactland.claims.properties import And, IdentityHolds, Not, Property, SpuriousMinimumExists
from exactland.claims.subspaces import RestrictionKeepsCriticalPoints
from exactland.claims.traps import SpuriousMinimumBelow
from exactland.claims.values import GlobalMinimum
from exactland.exact import rational
from exactland.objective import Objective

PAPER = "Y. Xie, T. Smidt, A Tale of Two Symmetries, NeurIPS 2025, arXiv 2506.02269"
READING = f"our reading of the abstract of {PAPER}"

# ------------------------------------------------------------------------------------------------- counting planes


def _plane(sigma: tuple[int, ...], order: int, faithful: bool) -> str:
    """The equations w_sigma(i) = g w_i, a_sigma(i) = a_i in reduced form; g turns the `order` inputs."""
    m, n = len(sigma), order
    rows = []
    for i, j in enumerate(sigma):
        for k in range(n):
            row = [0] * (m * (n + 1))
            row[j * (n + 1) + ((k + 1) % n if faithful else k)] += 1
            row[i * (n + 1) + k] -= 1
            rows.append(row)
        row = [0] * (m * (n + 1))
        row[j * (n + 1) + n] += 1
        row[i * (n + 1) + n] -= 1
        rows.append(row)
    reduced, rank = flint.fmpq_mat(rows).rref()
    return str([[reduced[i, j] for j in range(m * (n + 1))] for i in range(rank)])


def planes(parameters: Parameters) -> dict[str, tuple[int, int]]:
    """Every plane of every homomorphism Z_order -> S_m, once, with fixed neurons and cycles; by brute force."""
    order, m = parameters["order"], parameters["m"]
    found: dict[str, tuple[int, int]] = {}
    for sigma in itertools.permutations(range(m)):
        power = tuple(range(m))
        for _ in range(order):
            power = tuple(sigma[i] for i in power)
        if power == tuple(range(m)):
            fixed = sum(i == j for i, j in enumerate(sigma))
            found.setdefault(_plane(sigma, order, parameters.get("faithful", True)), (fixed, (m - fixed) // order))
    return found


def _count(parameters: Parameters) -> Property:
    order, m = parameters["order"], parameters["m"]
    classes = [
        f"{factorial(m) // (factorial(m - order * j) * factorial(j) * order**j)}*x^{m - order * j}*y^{j}"
        for j in range(m // order + 1)
    ]
    listed = [f"x^{fixed}*y^{cycles}" for fixed, cycles in planes(parameters).values()]
    return IdentityHolds(("x", "y"), " + ".join(classes), " + ".join(listed))


FAITHFUL = Hypothesis("the group moves the inputs", lambda p: p.get("faithful", True))
PRIME = Hypothesis("the group is cyclic of order 2 or 3", lambda p: p["order"] in (2, 3))

COUNT = Claim(
    name="one_plane_for_every_homomorphism",
    statement="The planes of equivariant parameters of width m, one for every homomorphism Z_p -> S_m, are different; "
    "those with j cycles are m! / ((m - pj)! j! p^j) in number.",
    source=f"{READING}: the equivariant networks are a union of linear planes, one for each representation",
    hypotheses=(PRIME, FAITHFUL),
    objective=lambda _: Objective.from_expression("x^2 + y^2", "x y"),
    conclusion=_count,
    cases=tuple(Case(f"Z{order}_m{m}", {"order": order, "m": m}) for order in (2, 3) for m in range(1, 7)),
    controls=(Control("Z3_m3_at_rest", FAITHFUL.name, {"order": 3, "m": 3, "faithful": False}),),
    notes=(
        (
            "Every plane found by brute force contributes a monomial x^(neurons at rest) y^(cycles), and the checker "
            "compares the sum with the formula. The enumeration itself is plain code."
        ),
        "The numbers: 1, 2, 4, 10, 26, 76 for Z2 and 1, 1, 3, 9, 21, 81 for Z3.",
        "Not checked: that equivariance of the function forces one of these planes (which needs irreducible networks).",
    ),
)

# ------------------------------------------------------------------------------------------------------- the student


def target(parameters: Parameters) -> tuple[Fraction, Fraction]:
    return rational(parameters["t"][0]), rational(parameters["t"][1])


def student(parameters: Parameters) -> Objective:
    t1, t2 = target(parameters)
    a, b = f"(a*(p + q)^2 - ({t1}))", f"(a*(p - q)^2 - ({t2}))"
    return Objective.from_expression(f"3*{a}^2 + 3*{b}^2 + 2*{a}*{b}", "a p q")


def _trap(parameters: Parameters) -> SpuriousMinimumBelow:
    """Below the loss of the network f = 0."""
    t1, t2 = target(parameters)
    return SpuriousMinimumBelow(3 * t1**2 + 3 * t2**2 + 2 * t1 * t2)


def _between(parameters: Parameters) -> bool:
    low, high = sorted(map(abs, target(parameters)))
    return high < 3 * low


OPPOSITE = Hypothesis("t1 t2 < 0", lambda p: target(p)[0] * target(p)[1] < 0)
SAME = Hypothesis("t1 > 0 and t2 > 0", lambda p: min(target(p)) > 0)
BETWEEN = Hypothesis("1/3 < |t1/t2| < 3", _between)
OUTSIDE = Hypothesis("|t1/t2| <= 1/3 or |t1/t2| >= 3", lambda p: not _between(p))
UNEQUAL = Hypothesis("|t1| is not |t2|", lambda p: abs(target(p)[0]) != abs(target(p)[1]))
T21 = {"t": ("2", "-1")}

TRAP = Claim(
    name="hidden_symmetry_traps",
    statement="If t1 t2 < 0, 1/3 < |t1/t2| < 3 and |t1| != |t2|, the student has a local minimum that is not global, "
    "with a loss below that of the network f = 0.",
    source=f"{READING}: parameter symmetries of the unconstrained model can prevent learning of the global minima; "
    "the interval is ours",
    hypotheses=(OPPOSITE, BETWEEN, UNEQUAL),
    objective=student,
    conclusion=_trap,
    cases=(
        Case("2_-1", T21),
        Case("1_-2", {"t": ("1", "-2")}),
        Case("-2_1", {"t": ("-2", "1")}),
        Case("29_-10", {"t": ("29", "-10")}),
    ),
    controls=(
        Control("2_1", OPPOSITE.name, {"t": ("2", "1")}),
        Control("4_-1", BETWEEN.name, {"t": ("4", "-1")}),
        Control("1_-3", BETWEEN.name, {"t": ("1", "-3")}),
        Control("1_-1", UNEQUAL.name, {"t": ("1", "-1")}),
    ),
    notes=(
        (
            "On p = q the best student has B = -t2, A = t2/3, so a(p + q)^2 = t1 + t2/3 and L = 8/3 t2^2; on p = -q, "
            "a(p - q)^2 = t2 + t1/3 and L = 8/3 t1^2. Both exist, with opposite signs of a, exactly in the interval; "
            "the claim is certified for the cases, the interval is not certified as a whole."
        ),
        (
            "For t = (2, -1) a critical set over the complex numbers has the loss 0 and no real point; the real "
            "global minimum is 8/3."
        ),
    ),
)

DEAD = Claim(
    name="a_network_of_the_wrong_sign_is_stuck",
    statement="If t1, t2 > 0, the student, which can realise the target, still has local minima that are not global.",
    source="ours; so 'a target of one sign has no spurious minimum' is false unless the network f = 0 is left out",
    hypotheses=(SAME,),
    objective=student,
    conclusion=lambda p: And(SpuriousMinimumExists(), Not(_trap(p))),
    cases=(Case("2_1", {"t": ("2", "1")}), Case("3_2", {"t": ("3", "2")})),
    controls=(Control("1_-1", SAME.name, {"t": ("1", "-1")}),),
    notes=("They are p = q = 0, a < 0: f = 0, and small p, q make it negative.",),
)

NO_TRAP = Claim(
    name="no_trap_outside_the_interval",
    statement="If t1 t2 < 0 and |t1/t2| is not between 1/3 and 3, every local minimum of the student with a loss below "
    "that of f = 0 is global.",
    source="ours",
    hypotheses=(OPPOSITE, OUTSIDE),
    objective=student,
    conclusion=lambda p: Not(_trap(p)),
    cases=(
        Case("4_-1", {"t": ("4", "-1")}),
        Case("3_-1", {"t": ("3", "-1")}),
        Case("1_-3", {"t": ("1", "-3")}),
    ),
    controls=(Control("2_-1", OUTSIDE.name, T21),),
)

# ----------------------------------------------------------------------------------------------- the relaxed network


def relaxed(parameters: Parameters) -> Objective:
    """For a target with the rows ((m11, m12), (m12, m22)), or with the eigenvalues t; `sliced` fixes p1 = p2 = 1."""
    if "t" in parameters:
        t1, t2 = target(parameters)
        m11, m12, m22 = (t1 + t2) / 2, (t1 - t2) / 2, (t1 + t2) / 2
    else:
        m11, m12, m22 = map(rational, parameters["M"])
    sliced = parameters.get("sliced", False)
    p1, p2 = ("1", "1") if sliced else ("p1", "p2")
    d11 = f"(a1*{p1}^2 + a2*{p2}^2 - ({m11}))"
    d12 = f"(a1*{p1}*q1 + a2*{p2}*q2 - ({m12}))"
    d22 = f"(a1*q1^2 + a2*q2^2 - ({m22}))"
    names = "a1 a2 q1 q2" if sliced else "a1 a2 p1 q1 p2 q2"
    return Objective.from_expression(f"2*({d11}^2 + {d22}^2 + 2*{d12}^2) + ({d11} + {d22})^2", names)


def _rows(text: str) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(map(Fraction, row.split())) for row in text.split(","))


def _place(*values: Fraction | int | str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, values))


PLANES = {  # a1, a2, p1, q1, p2, q2 by the parameters
    "regular": (("a", "p", "q"), _rows("1 0 0, 1 0 0, 0 1 0, 0 0 1, 0 0 1, 0 1 0")),
    "trivial": (("a", "b", "p", "q"), _rows("1 0 0 0, 0 1 0 0, 0 0 1 0, 0 0 1 0, 0 0 0 1, 0 0 0 1")),
    "signed": (("a", "b", "p", "q"), _rows("1 0 0 0, 0 1 0 0, 0 0 1 0, 0 0 1 0, 0 0 0 1, 0 0 0 -1")),
}

INVARIANT = Hypothesis("the target is invariant under the swap", lambda p: "t" in p or p["M"][0] == p["M"][2])

CRITICALITY = Claim(
    name="symmetric_criticality",
    statement="On a plane of equivariant parameters every critical point of the restricted loss is a critical point of "
    "the loss of the relaxed network.",
    source=f"the principle of symmetric criticality, as used in {PAPER}",
    hypotheses=(INVARIANT,),
    objective=relaxed,
    conclusion=lambda p: RestrictionKeepsCriticalPoints(*PLANES[p["plane"]]),
    cases=tuple(Case(f"{name}_2_-1", {**T21, "plane": name}) for name in PLANES),
    controls=(Control("target_3_1", INVARIANT.name, {"M": ("3", "0", "1"), "plane": "regular"}),),
    notes=(
        (
            "'signed' is w1 = s(1, 1), w2 = s'(1, -1): the swap maps w2 to -w2, and the even activation does not see "
            "it. Permutation representations alone do not contain it."
        ),
    ),
)


def _split(parameters: Parameters) -> tuple[Fraction, ...]:
    """(a1, a2, q1, q2): the trap p = -q of the student, with a share of it in each neuron and p1 = p2 = 1."""
    t1, t2 = target(parameters)
    whole, share = (t2 + t1 / 3) / 2, rational(parameters["share"])
    return (whole * share, whole * (1 - share), Fraction(-1), Fraction(-1))


ALONG = _place(1, -1, 0, 0)
INSIDE = Hypothesis("both shares are positive", lambda p: 0 < rational(p["share"]) < 1)
BEYOND = Hypothesis("a share is negative", lambda p: not 0 <= rational(p["share"]) <= 1)
HALF = {**T21, "sliced": True, "share": "1/2"}

STUCK = Claim(
    name="the_trap_stays_a_minimum",
    statement="The trap p = -q of the student is a local minimum of the relaxed network, and lies on a line of "
    "critical points of equal loss.",
    source=f"{READING}; the split line is ours",
    hypotheses=(OPPOSITE, BETWEEN, UNEQUAL, INSIDE),
    objective=relaxed,
    conclusion=lambda p: And(CriticalLine(_split(p), ALONG), MinimumOnLine(_split(p), ALONG)),
    cases=(Case("2_-1", HALF), Case("2_-1_third", {**HALF, "share": "1/3"})),
    controls=(Control("2_-1_beyond", INSIDE.name, {**HALF, "share": "3/2"}),),
    notes=(
        (
            "Slice p1 = p2 = 1: scaling a neuron, (a_i, w_i) -> (a_i/c^2, c w_i), leaves the loss unchanged and takes "
            "every point near one with p_i != 0 into the slice, so local minima of the slice are local minima."
        ),
    ),
)

ESCAPE = Claim(
    name="relaxing_opens_a_way_out",
    statement="Along the line of constant loss through the trap the point becomes a strict saddle when one share is "
    "negative, and another plane of equivariant parameters contains a point of lower loss than every student's.",
    source=f"{READING}: relaxing can solve the issue, and the weights then found belong to another representation",
    hypotheses=(OPPOSITE, BETWEEN, UNEQUAL, BEYOND),
    objective=relaxed,
    conclusion=lambda p: And(
        CriticalLine(_split(p), ALONG), InertiaAt(_split(p), 2, 1, 1), Not(GlobalMinimum(_best(p), (_exact(p),)))
    ),
    cases=(Case("2_-1", {**HALF, "share": "3/2"}), Case("2_-1_far", {**HALF, "share": "-2"})),
    controls=(Control("2_-1_half", BEYOND.name, HALF),),
    notes=(
        "The point of lower loss has the loss 0 and lies on the plane 'signed' of `symmetric_criticality`.",
        "Not covered: which minimum the gradient flow reaches after the escape.",
    ),
)


def _best(parameters: Parameters) -> tuple[Fraction, ...]:
    """The global minimum of the student for |t1| > |t2|, on the slice."""
    t1, t2 = target(parameters)
    each = (t1 + t2 / 3) / 4
    return (each, each, Fraction(1), Fraction(1))


def _exact(parameters: Parameters) -> tuple[Fraction, ...]:
    """t1/2 (x1 + x2)^2 + t2/2 (x1 - x2)^2."""
    t1, t2 = target(parameters)
    return (t1 / 2, t2 / 2, Fraction(1), Fraction(-1))


SYSTEM = System(
    name="two_symmetries_equivariant",
    title="A tale of two symmetries: equivariant networks and their relaxation",
    source=PAPER,
    source_status="The abstract was compared with public copies: planes for every representation, critical points and "
    "traps by parameter symmetries, escape to another representation by relaxing. No theorem was confirmed word by "
    "word; the precise statements and all instances are ours.",
    claims=(COUNT, TRAP, DEAD, NO_TRAP, CRITICALITY, STUCK, ESCAPE),
    notes=(
        "The planes all meet at 0: only the sets of minima are apart, not the planes.",
        "The complete critical set of the relaxed network (6 variables) is not computed.",
    ),
)
