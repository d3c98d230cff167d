"""Linear networks that fill the space of matrices, and those that do not: local minima, and numbers of critical points.

    L(W) = l(W_L ... W_1),  l(P) = sum of one polynomial in each entry of P

A critical point W is called pure if P is critical for l on the set of all reachable matrices, else spurious.
"""

from __future__ import annotations

from itertools import combinations

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.entrywise import convex, entrywise_loss, fills, same_squares, square
from exactland.claims.matrices import distinct_eigenvalues, matrix, rank
from exactland.claims.properties import And, CountIs, EveryMinimumGlobal, PointIs, SpuriousMinimumExists
from exactland.claims.values import CriticalValuesAre
from exactland.exact import rational
from exactland.landscape import Kind
from exactland.objective import Objective

PAPER = "M. Trager, K. Kohn, J. Bruna, ICLR 2020, arXiv 1910.01671"
UNCONFIRMED = "number and wording of the theorem were not confirmed"
OURS = "ours"


def loss(parameters: Parameters) -> Objective:
    return entrywise_loss(parameters["widths"], parameters["losses"])


def to_diagonal(widths: tuple[int, ...], off: str) -> Parameters:
    """(P_11 - 1)^2 + (P_22 - 2)^2 + off (P_12^2 + P_21^2)."""
    rest = square(off, "0")
    return {"widths": widths, "losses": ((square("1", "1"), rest), (rest, square("1", "2"))), "off": off}


FILLING = Hypothesis("the architecture is filling: no layer is narrower than both ends", lambda p: fills(p["widths"]))
NARROW = Hypothesis("the architecture is not filling", lambda p: not fills(p["widths"]))
CONVEX = Hypothesis("l is smooth and convex", lambda p: convex(p["losses"]))
FROBENIUS = Hypothesis("l is a squared Frobenius distance", lambda p: same_squares(p["losses"]))
HEAVY = Hypothesis("the off-diagonal entries weigh more than 2", lambda p: rational(p["off"]) > 2)

WIDE = to_diagonal((2, 2, 2), "3")
RANK1_FROBENIUS, RANK1 = to_diagonal((2, 1, 2), "1"), to_diagonal((2, 1, 2), "3")
QUARTIC = (("1", "-4", "7", "-4", "1"),)  # (p - 1)^4 + p^2
TWO_WELLS = (("0", "24", "-6", "-8", "3"),)  # minima at p = -1 and p = 2, maximum at p = 1

FILLING_CLAIM = Claim(
    name="filling_no_bad_minimum",
    statement="If the architecture is filling and l is smooth and convex, every local minimum is global.",
    source=f"our reading of {PAPER}; {UNCONFIRMED}",
    hypotheses=(FILLING, CONVEX),
    objective=loss,
    conclusion=lambda _: EveryMinimumGlobal(),
    cases=(
        Case("2_2_2_weighted", WIDE),
        Case("1_2_1_quartic", {"widths": (1, 2, 1), "losses": (QUARTIC,)}),
        Case("1_1_1_1_quartic", {"widths": (1, 1, 1, 1), "losses": (QUARTIC,)}),
    ),
    controls=(
        Control("2_1_2_weighted", FILLING.name, RANK1),
        Control("1_1_1_two_wells", CONVEX.name, {"widths": (1, 1, 1), "losses": (TWO_WELLS,)}),
    ),
    notes=("Product and loss are polynomials; convexity is decided from the second derivatives.",),
)

QUADRATIC_CLAIM = Claim(
    name="frobenius_no_bad_minimum",
    statement="If the architecture is not filling and l is a squared Frobenius distance, every local minimum is "
    "global.",
    source=f"our reading of {PAPER}; {UNCONFIRMED}",
    hypotheses=(NARROW, FROBENIUS),
    objective=loss,
    conclusion=lambda p: (
        And(EveryMinimumGlobal(), CriticalValuesAre(p["values"])) if "values" in p else EveryMinimumGlobal()
    ),
    cases=(
        Case("2_1_2", {**RANK1_FROBENIUS, "values": ("1", "4", "5")}),
        Case(
            "3_1_2",
            {
                "widths": (3, 1, 2),
                "losses": (
                    (square("1", "1"), square("1", "0"), square("1", "0")),
                    (square("1", "0"), square("1", "2"), square("1", "0")),
                ),
                "values": ("1", "4", "5"),
            },
        ),
    ),
    controls=(Control("2_1_2_weighted", FROBENIUS.name, RANK1),),
    notes=("The losses at the critical points, 1, 4 and 5, are those of the two singular values and of P = 0.",),
)

WEIGHTED_CLAIM = Claim(
    name="weighted_bad_minimum",
    statement="With one hidden unit, (P_11 - 1)^2 + (P_22 - 2)^2 + c (P_12^2 + P_21^2) has a local minimum that is "
    "not global, with loss 4 at P = diag(1, 0), if c > 2.",
    source=f'ours, an instance of "smooth convex losses may lead to landscapes with many bad minima" ({PAPER}, '
    f"abstract)",
    hypotheses=(NARROW, CONVEX, HEAVY),
    objective=loss,
    conclusion=lambda p: And(
        SpuriousMinimumExists(),
        *((PointIs(("1", "0", "1", "0"), Kind.MINIMUM, False),) if not fills(p["widths"]) else ()),
    ),
    cases=(
        Case("c_3", RANK1),
        Case("c_21_10", to_diagonal((2, 1, 2), "21/10")),
    ),
    controls=(
        Control("c_2", HEAVY.name, to_diagonal((2, 1, 2), "2")),
        Control("c_19_10", HEAVY.name, to_diagonal((2, 1, 2), "19/10")),
        Control("c_1", HEAVY.name, RANK1_FROBENIUS),
        Control("2_2_2", NARROW.name, WIDE),
    ),
    notes=(
        (
            "By hand: at P = diag(1, 0) the Hessian across the curve is that of c (x^2 + y^2) - 4 x y, after "
            "scaling: positive definite exactly for c > 2. At c = 2, with w1 = (1 - t^2, t) and w2 = (1 - t^2, t), "
            "the loss is 4 - 3 t^4 + ...: a saddle that is not strict, as the control `c_2` certifies."
        ),
    ),
)


def _lifted(parameters: Parameters) -> tuple[str, ...]:
    """Weights with one hidden unit in use, for which P = diag(1, 0)."""
    hidden = parameters["widths"][1]
    first = [["1", "0"], *(["0", "0"] for _ in range(hidden - 1))]
    second = [["1", *["0"] * (hidden - 1)], ["0"] * hidden]
    return tuple(x for row in (*first, *second) for x in row)


LIFTED = Claim(
    name="bad_minimum_lifted",
    statement="With two hidden units the point over the bad minimum P = diag(1, 0) is a strict saddle.",
    source=OURS,
    hypotheses=(FILLING, CONVEX),
    objective=loss,
    conclusion=lambda p: PointIs(_lifted(p), Kind.STRICT_SADDLE),
    cases=(Case("2_2_2_weighted", WIDE),),
    controls=(Control("2_1_2_weighted", FILLING.name, RANK1),),
    notes=(
        (
            "P = diag(1, 0) is critical for l on matrices of rank 1, where it is pure, but not on all matrices: with "
            "two hidden units the critical points over it are spurious in the sense of the paper."
        ),
    ),
)

# ------------------------------------------------------------------------------- numbers of complex critical points


def distance(parameters: Parameters) -> Objective:
    """sum w_ij (u_i v_j - t_ij)^2 with u_1 = 1: a point for each matrix of rank one whose first row is not 0."""
    m, n = len(parameters["target"]), len(parameters["target"][0])
    u, v = ["1", *(f"u{i}" for i in range(2, m + 1))], [f"v{j}" for j in range(1, n + 1)]
    terms = [
        f"({w})*({u[i]}*{v[j]} - ({t}))^2"
        for i, (ws, ts) in enumerate(zip(parameters["form"], parameters["target"], strict=True))
        for j, (w, t) in enumerate(zip(ws, ts, strict=True))
    ]
    return Objective.from_expression(" + ".join(terms), (*u[1:], *v))


def generic_degree(m: int, n: int) -> int:
    """sum_i (-1)^i (2^(d+1-i) - 1) deg c_i of P^(m-1) x P^(n-1) in its Segre embedding, d = m + n - 2."""
    a, b = m - 1, n - 1
    d = a + b

    def choose(k: int, r: int) -> int:
        return 0 if r < 0 or r > k else choose(k - 1, r - 1) * k // r if r else 1

    def chern(i: int) -> int:  # (1 + x)^m (1 + y)^n in degree i, times (x + y)^(d - i), at x^a y^b
        return sum(choose(m, k) * choose(n, i - k) * choose(d - i, a - k) for k in range(i + 1) if 0 <= a - k <= d - i)

    return int(sum((-1) ** i * (2 ** (d + 1 - i) - 1) * chern(i) for i in range(d + 1)))


def _equal(p: Parameters) -> bool:
    return len({rational(w) for row in p["form"] for w in row}) == 1


def _minors(p: Parameters) -> bool:
    """All square submatrices of the weights are invertible."""
    form = matrix(p["form"])
    m, n = int(form.nrows()), int(form.ncols())
    return all(
        rank(matrix([[p["form"][i][j] for j in columns] for i in rows])) == k
        for k in range(1, min(m, n) + 1)
        for rows in combinations(range(m), k)
        for columns in combinations(range(n), k)
    )


def _simple(p: Parameters) -> bool:
    t = matrix(p["target"])
    gram = t * t.transpose() if t.nrows() <= t.ncols() else t.transpose() * t
    return rank(gram) == int(gram.nrows()) and distinct_eigenvalues(gram)


EQUAL = Hypothesis("the form is Frobenius: all entries weigh the same", _equal)
TRANSVERSAL = Hypothesis("all minors of the matrix of weights are different from 0", _minors)
SIMPLE = Hypothesis("the singular values of the target are distinct and not 0", _simple)

T22, T23 = (("1", "2"), ("3", "-1")), (("1", "2", "-1"), ("3", "-1", "2"))
T33 = (*T23, ("-2", "1", "4"))
W22, W23 = (("1", "2"), ("3", "5")), (("1", "2", "3"), ("3", "5", "1"))


def ones(target: tuple[tuple[str, ...], ...]) -> Parameters:
    return {"target": target, "form": tuple(tuple("1" for _ in row) for row in target)}


FROBENIUS_COUNT = Claim(
    name="count_frobenius",
    statement="On m x n matrices of rank one a squared Frobenius distance has min(m, n) complex critical points.",
    source=f"our reading of {PAPER} and of G. Ottaviani, P.-J. Spaenlehauer, B. Sturmfels; {UNCONFIRMED}",
    hypotheses=(EQUAL, SIMPLE),
    objective=distance,
    conclusion=lambda p: CountIs(complex_=min(len(p["target"]), len(p["target"][0]))),
    cases=(Case("2x2", ones(T22)), Case("2x3", ones(T23)), Case("3x3", ones(T33))),
    controls=(Control("2x2_weighted", EQUAL.name, {"target": T22, "form": W22}),),
    notes=(
        (
            "Counted in the chart u_1 = 1: matrices of rank one whose first row is not 0. The matrix 0 is not "
            "critical there unless u^T T = 0 for some u with u_1 = 1, which full rank excludes for m <= n; solutions "
            "outside the chart are not counted."
        ),
    ),
)

GENERIC_COUNT = Claim(
    name="count_generic",
    statement="For weights without vanishing minors and a general target the number is the generic Euclidean "
    "distance degree of the Segre variety: 6 for 2 x 2, 10 for 2 x 3.",
    source=f"our reading of {PAPER} and of G. Ottaviani, P.-J. Spaenlehauer, B. Sturmfels; {UNCONFIRMED}. The "
    "condition on minors is ours: it says that the quadric sum w_ij x_i^2 y_j^2 = 0 is smooth on the Segre variety",
    hypotheses=(TRANSVERSAL,),
    objective=distance,
    conclusion=lambda p: CountIs(complex_=generic_degree(len(p["target"]), len(p["target"][0]))),
    cases=(
        Case("2x2", {"target": T22, "form": W22}),
        Case("2x2_c_3", {"target": T22, "form": (("1", "3"), ("3", "1"))}),
        Case("2x3", {"target": T23, "form": W23}),
    ),
    controls=(
        Control("2x2_frobenius", TRANSVERSAL.name, ones(T22)),
        Control("2x3_frobenius", TRANSVERSAL.name, ones(T23)),
    ),
    notes=(
        "That the target is general is not checked; the verdict is about these targets. 3 x 3 (39) is not a case.",
        "The degree is computed from Chern classes; what is counted are the certified solutions.",
    ),
)

SYSTEM = System(
    name="classic_pure_and_spurious",
    title="Pure and spurious critical points: a geometric study of linear networks",
    source=PAPER,
    source_status="The abstract was compared with public copies: it says that absence of bad minima holds 'for "
    "arbitrary smooth convex losses in the case of architectures that can express all linear maps' and 'only for the "
    "quadratic loss' on determinantal varieties. Numbers and wording of the theorems were not confirmed. All "
    "instances are ours.",
    claims=(FILLING_CLAIM, QUADRATIC_CLAIM, WEIGHTED_CLAIM, LIFTED, FROBENIUS_COUNT, GENERIC_COUNT),
    notes=(
        (
            "'Pure' and 'spurious' in the sense of the paper are about P, not about local and global minima; in the "
            "words of this package a spurious minimum is a local minimum that is not global."
        ),
        (
            "Not covered: general convex losses (only polynomials added up over entries), the description of pure "
            "points by fibres."
        ),
    ),
)
