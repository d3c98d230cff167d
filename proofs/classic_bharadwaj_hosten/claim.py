"""How many complex critical points has a regularised linear network, trained on one data point?

    L = 1/2 * sum over the samples of |W_{H+1} ... W_1 x - y|^2 + 1/2 * sum over the weights of l_i weight_i^2.

With one hidden layer, W_1 is d x dx (entries w1_j_k) and W_2 is dy x d (entries w2_i_j). Unit j is row j of W_1 with
column j of W_2.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import comb, prod
from typing import Any

from exactland import losses, networks
from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.matrices import matrix
from exactland.claims.patterns import (
    BezoutNumberIs,
    CountWithin,
    FinitelyManyCriticalPoints,
    MixedVolumeIs,
    OddRealCount,
    SupportCount,
    ZerosInGroups,
    rotated,
)
from exactland.claims.properties import And, CountIs, MorseSumIs, Property
from exactland.exact import rational
from exactland.objective import Objective

PAPER = "A. Bharadwaj, S. Hosten, arXiv 2301.12651 (and the master's thesis of A. Bharadwaj)"
OURS = "ours"
NUMBER = "the number of the statement is that of the thesis and was not confirmed"

TABLE = {  # (d, dx, dy): CBB, BKK, B_C, B_C*, N_C, N_C*, max N_R, as printed
    (1, 1, 1): (9, 5, 5, 4, 5, 4, 3),
    (1, 2, 1): (27, 9, 5, 4, 5, 4, 3),
    (1, 3, 1): (81, 13, 5, 4, 5, 4, 3),
    (1, 1, 2): (27, 9, 9, 8, 9, 8, 3),
    (1, 2, 2): (81, 33, 9, 8, 9, 8, 3),
    (1, 3, 2): (243, 73, 9, 8, 9, 8, 3),
    (1, 1, 3): (81, 13, 13, 12, 13, 12, 3),
    (1, 2, 3): (243, 73, 13, 12, 13, 12, 3),
    (1, 3, 3): (729, 245, 13, 12, 13, 12, 3),
    (2, 1, 1): (81, 25, 25, 16, 9, 0, 4),
    (2, 2, 1): (729, 81, 25, 16, 9, 0, 5),
    (2, 3, 1): (6561, 169, 25, 16, 9, 0, 5),
    (2, 1, 2): (81, 81, 81, 64, 33, 16, 9),
    (2, 2, 2): (6561, 1089, 81, 64, 33, 16, 9),
    (2, 3, 2): (59049, 5329, 81, 64, 33, 16, 9),
    (2, 1, 3): (6561, 169, 169, 144, 73, 48, 9),
    (2, 2, 3): (59049, 5329, 169, 144, 73, 48, 9),
    (2, 3, 3): (531441, 60025, 169, 144, 73, 48, 9),
}


def _stream(seed: int) -> Iterator[int]:
    state = seed
    while True:
        state = (1103515245 * state + 12345) % 2**31
        yield state >> 16


def instance(widths: tuple[int, ...], seed: int, samples: int = 1, size: int = 17) -> dict[str, Any]:
    """Rational data, the same on every machine; larger `size` means larger targets."""
    numbers = _stream(seed)
    weights = sum(a * b for a, b in itertools.pairwise(widths))
    next(numbers)
    return {
        "widths": widths,
        "ridge": tuple(f"{2 + next(numbers) % 29}/7" for _ in range(weights)),
        "inputs": tuple(tuple(str(1 + next(numbers) % 5) for _ in range(widths[0])) for _ in range(samples)),
        "targets": tuple(
            tuple(str((-1) ** (next(numbers) % 2) * (5 + next(numbers) % size)) for _ in range(widths[-1]))
            for _ in range(samples)
        ),
    }


def loss(parameters: Parameters) -> Objective:
    return losses.squared(
        networks.Dense(list(parameters["widths"])),
        inputs=parameters["inputs"],
        targets=parameters["targets"],
        ridge=list(parameters["ridge"]),
    )


def sizes(parameters: Parameters) -> tuple[int, int, int]:
    """(d, dx, dy) of one hidden layer."""
    dx, d, dy = parameters["widths"]
    return d, dx, dy


def units(parameters: Parameters) -> tuple[tuple[str, ...], ...]:
    """The weights of every hidden unit: a row of W_1 and a column of W_2."""
    d, dx, dy = sizes(parameters)
    return tuple(
        (*(f"w1_{j}_{k + 1}" for k in range(dx)), *(f"w2_{i + 1}_{j}" for i in range(dy))) for j in range(1, d + 1)
    )


def _numbers(parameters: Parameters) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    x, y = ([[rational(v) for v in row] for row in parameters[key]] for key in ("inputs", "targets"))
    return x, y


def _determinants(parameters: Parameters, x: list[Fraction]) -> Iterator[Fraction]:
    """The minors that keep critical points from infinity, see the notes of `closed_formula`."""
    d, dx, dy = sizes(parameters)
    ridge = [rational(r) for r in parameters["ridge"]]
    first, second = ridge[: d * dx], ridge[d * dx :]
    b = [[1 / second[i * d + j] for j in range(d)] for i in range(dy)]
    c = [1 / sum((x[k] ** 2 / first[j * dx + k] for k in range(dx)), Fraction(0)) for j in range(d)]
    for size in range(1, min(d, dy) + 1):
        for columns in itertools.combinations(range(d), size):
            rows = [*([row[j] for j in columns] for row in b), [c[j] for j in columns]]
            affine = [[Fraction(1), *(row[j] for j in columns)] for row in b]
            for square in (*itertools.combinations(rows, size), *itertools.combinations(affine, size + 1)):
                value = matrix(square).det()
                yield Fraction(int(value.p), int(value.q))


def _separate(parameters: Parameters, x: list[Fraction]) -> bool:
    """Several hidden layers: what tells the units of a wide layer apart, see the notes of `no_adjacent_wide_layers`."""
    widths, left = parameters["widths"], [rational(r) for r in parameters["ridge"]]
    layers = []
    for inputs, count in itertools.pairwise(widths):
        layers.append([left[j * inputs : (j + 1) * inputs] for j in range(count)])
        left = left[inputs * count :]
    outputs = [b for row in layers[-1] for b in row]
    if widths[-1] > 1 and len(set(outputs)) < len(outputs):
        return False
    for k, (below, above) in enumerate(itertools.pairwise(layers)):
        given = x if k == 0 else [Fraction(1)]
        if len(below) > 1 and len(above) == 1 and len(given) == len(below[0]):
            sizes = [sum(v * v / a for v, a in zip(given, row, strict=True)) for row in below]
            if len({b / size for size, b in zip(sizes, above[0], strict=True)}) < len(sizes):
                return False
    return True


def _generic(parameters: Parameters) -> bool:
    x, y = _numbers(parameters)
    if any(v == 0 for row in (*x, *y) for v in row):
        return False
    if len(parameters["widths"]) != 3:
        return all(_separate(parameters, row) for row in x)
    return all(value != 0 for row in x for value in _determinants(parameters, row))


def _full(parameters: Parameters) -> bool:
    x, y = _numbers(parameters)
    pairs = itertools.product(zip(*x, strict=True), (*zip(*x, strict=True), *zip(*y, strict=True)))
    return all(sum(a * b for a, b in zip(left, right, strict=True)) != 0 for left, right in pairs)


ONE_HIDDEN = Hypothesis("one hidden layer", lambda p: len(p["widths"]) == 3)
ONE_SAMPLE = Hypothesis("one data point", lambda p: len(p["inputs"]) == 1)
POSITIVE = Hypothesis(
    "every weight has its own positive regulariser", lambda p: all(rational(r) > 0 for r in p["ridge"])
)
GENERIC = Hypothesis("data and regulariser are generic: no zero data, and the determinants are not 0", _generic)
FULL = Hypothesis("no entry of x x^T and y x^T, summed over the data points, is 0", _full)
NARROW = Hypothesis(
    "no two adjacent ones of d_1, ..., d_H, dy are above 1",
    lambda p: all(1 in pair for pair in itertools.pairwise(p["widths"][1:])),
)
BASE = (ONE_HIDDEN, ONE_SAMPLE, POSITIVE, GENERIC)


def _name(parameters: Parameters) -> str:
    return "_".join(map(str, sizes(parameters)))


SEEDS = {(1, 2, 3): 3, (2, 1, 2): 1, (2, 1, 3): 1, (2, 2, 3): 1}  # seed 2: not generic, or fewer real points
SIZES = {(2, 3, 2): 60}  # targets for which as many as possible of the critical points are real
FIRST = {row: instance((row[1], row[0], row[2]), SEEDS.get(row, 2), size=SIZES.get(row, 17)) for row in TABLE}
SECOND = {row: instance((row[1], row[0], row[2]), 3) for row in ((1, 1, 1), (1, 1, 2), (1, 1, 3), (2, 1, 1), (2, 1, 2))}
ROWS = (
    *(Case(_name(p), p) for p in FIRST.values()),
    *(Case(f"{_name(p)}_second", p) for p in SECOND.values()),
)
WIDE = (
    Case("3_1_1", instance((1, 3, 1), 2)),
    Case("3_1_2", instance((1, 3, 2), 2)),
)
TWO_SAMPLES_1 = Case("two_samples_1_2_1", instance((2, 1, 1), 2, samples=2))
TWO_SAMPLES_2 = Case("two_samples_1_2_2", instance((2, 1, 2), 2, samples=2))
M2 = ONE_SAMPLE.dropped_by(TWO_SAMPLES_1, TWO_SAMPLES_2)
EQUAL = Control(
    "equal_regulariser_1_1_2",
    GENERIC.name,
    {"widths": (1, 1, 2), "ridge": ("1", "2", "2"), "inputs": (("1",),), "targets": (("3", "5"),)},
)
ZERO_INPUT = {"widths": (2, 1, 1), "ridge": ("1", "2", "3"), "inputs": (("1", "0"),), "targets": (("5",),)}
ZERO = Control("zero_input", FULL.name, ZERO_INPUT)
ISOTROPIC = {"widths": (1, 2, 2), "ridge": ("5",) * 6, "inputs": (("1",),), "targets": (("18", "24"),)}
ORBIT = rotated([Fraction(v) for v in (5, 0, 3, 0, 4, 0)], ((0, 1), (2, 3), (4, 5)), 140)


def row(parameters: Parameters) -> tuple[int, ...]:
    return TABLE[sizes(parameters)]


def count(parameters: Parameters) -> int:
    """N_C = sum over s of C(d, s) C(dy, s) 4^s."""
    d, _, dy = sizes(parameters)
    return sum(comb(d, s) * comb(dy, s) * 4**s for s in range(d + 1))


def mixed(parameters: Parameters) -> int:
    """The mixed volume of `MIXED`."""
    d, dx, dy = sizes(parameters)
    return sum(4**s * comb(dx, s) * comb(dy, s) for s in range(dx + 1)) ** d


def two_layers(d1: int, d2: int, dy: int) -> int:
    """The conjectured count of `TWO_LAYERS`."""
    pairs = itertools.product(range(1, d1 + 1), range(1, dy + 1))
    return 1 + sum(4 ** (s + t) * comb(d1, s) * comb(dy, t) * comb(d2, max(s, t)) for s, t in pairs)


def _finite(parameters: Parameters) -> Property:
    d, dx, dy = sizes(parameters)
    groups = (0,) * (d * dx) + (1,) * (dy * d)
    return FinitelyManyCriticalPoints(groups, ORBIT if parameters is ISOTROPIC else ())


ZEROS = Claim(
    name="zero_patterns",
    statement="The zero rows of W_1 match the zero columns of W_2, and no other entries vanish at a complex critical "
    "point.",
    source=f"{PAPER}, Propositions 3.1 to 3.3; {NUMBER}",
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: ZerosInGroups(units(p)),
    cases=(*ROWS, *WIDE),
    controls=(Control("zero_input", GENERIC.name, ZERO_INPUT),),
)

NONZERO = Claim(
    name="all_weights_nonzero",
    statement="At most (4 dy)^d complex critical points have all weights non-zero.",
    source=f"{PAPER}, Proposition 3.6; {NUMBER}",
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: SupportCount(units(p), sizes(p)[0], at_most=(4 * sizes(p)[2]) ** sizes(p)[0]),
    cases=(*ROWS, *WIDE),
    controls=M2,
)

ONE_ROW = Claim(
    name="one_row_nonzero",
    statement="Exactly 4 dy d complex critical points have one non-zero row in W_1.",
    source=f"{PAPER}, Corollary 3.7.2; {NUMBER}",
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: SupportCount(units(p), 1, exactly=4 * sizes(p)[0] * sizes(p)[2]),
    cases=(*ROWS, *WIDE),
    controls=(*M2, EQUAL),
)

BOUND = Claim(
    name="number_of_critical_points",
    statement="There are at most (1 + 4 dy)^d complex critical points.",
    source=f"{PAPER}, Theorem 3.9; {NUMBER}",
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: CountWithin(complex_=(1 + 4 * sizes(p)[2]) ** sizes(p)[0]),
    cases=(*ROWS, *WIDE),
    controls=M2,
)

PRINTED = Claim(
    name="printed_counts",
    statement="N_C and N_C*, the numbers of complex critical points and of those with all weights non-zero, are as in "
    "the printed row, which lies within the printed B_C and B_C*.",
    source=f"{PAPER}, tables",
    hypotheses=(*BASE, Hypothesis("the row is printed and computed", lambda p: sizes(p) in TABLE)),
    objective=loss,
    conclusion=lambda p: And(
        CountIs(complex_=row(p)[4]),
        CountWithin(complex_=row(p)[2]),
        SupportCount(units(p), sizes(p)[0], exactly=row(p)[5], at_most=row(p)[3]),
    ),
    cases=ROWS,
    controls=(*M2, EQUAL),
)

CLASSICAL = Claim(
    name="printed_bezout_numbers",
    statement="The Bezout number of the gradient system, the product of its degrees, is the printed CBB.",
    source=f"{PAPER}, tables",
    hypotheses=(ONE_HIDDEN, POSITIVE),
    objective=loss,
    conclusion=lambda p: BezoutNumberIs(row(p)[0]),
    cases=tuple(Case(_name(p), p, Verdict.REFUTED if d == (2, 1, 2) else Verdict.VERIFIED) for d, p in FIRST.items()),
    without_controls="a comparison of printed numbers",
    notes=("Row (2, 1, 2): 3^6 = 729, the printed 81 is not the Bezout number of a system in 6 variables.",),
)

BKK = Claim(
    name="printed_bkk",
    statement="The mixed volume of the supports of the gradient system, with the origin, is the printed BKK.",
    source=f"{PAPER}, tables",
    hypotheses=(ONE_HIDDEN, POSITIVE, FULL),
    objective=loss,
    conclusion=lambda p: MixedVolumeIs(row(p)[1]),
    cases=tuple(Case(_name(p), p) for p in FIRST.values()),
    controls=(ZERO,),
    notes=(
        (
            "All 18 rows. The list of mixed cells of each row is complete, as their volumes, with those of cells that "
            "use added points, have a Bezout number as sum (rules Q)."
        ),
    ),
)

MIXED = Claim(
    name="mixed_volumes",
    statement="The mixed volume of the supports of the gradient system, with the origin, is M^d with M = sum over s of "
    "4^s C(dx, s) C(dy, s).",
    source=OURS,
    hypotheses=(ONE_HIDDEN, POSITIVE, FULL),
    objective=loss,
    conclusion=lambda p: MixedVolumeIs(mixed(p)),
    cases=(
        *(
            Case("_".join(map(str, d)), instance((d[1], d[0], d[2]), 2))
            for d in ((1, 2, 2), (1, 4, 2), (2, 2, 2), (3, 1, 1), (3, 1, 2), (3, 2, 1), (4, 1, 1))
        ),
        TWO_SAMPLES_1,
        TWO_SAMPLES_2,
    ),
    controls=(ZERO,),
    notes=(
        "A derivation for all sizes, to be read by a person, is in `docs/bezout.md`.",
        (
            "The numbers of all rows of `printed_bkk` have this form; (3, 2, 2) and (4, 2, 1), too long for a run, "
            "were certified as well, with 33^3 and 9^4. More data points add no exponent."
        ),
    ),
)

MAXIMUM = Claim(
    name="printed_maxima",
    statement="The printed max N_R is a number of real critical points that occurs, and no instance has more.",
    source=f"{PAPER}, tables; the printed numbers are the largest of 100 random systems",
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: And(CountWithin(real=row(p)[6]), CountIs(real=row(p)[6])),
    cases=tuple(Case(_name(p), p, Verdict.REFUTED if d == (2, 1, 1) else Verdict.VERIFIED) for d, p in FIRST.items()),
    without_controls="a comparison of printed numbers with one instance each",
    notes=(
        (
            "An instance shows that the number occurs; that none has more is the bound of `real_counts`, proved in its "
            "notes. Row (2, 1, 1): 4 is no number of real critical points at all, which is odd; 5 occurs."
        ),
    ),
)

FORMULA = Claim(
    name="closed_formula",
    statement="N_C = sum over s of C(d, s) C(dy, s) 4^s, and N_C* = 4^d C(dy, d); all critical points are simple.",
    source=OURS,
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: And(
        CountIs(complex_=count(p)),
        SupportCount(units(p), sizes(p)[0], exactly=4 ** sizes(p)[0] * comb(sizes(p)[2], sizes(p)[0])),
        MorseSumIs(1),
    ),
    cases=(*ROWS, *WIDE),
    controls=(*M2, EQUAL),
    notes=(
        (
            "Derivation, to be read by a person. Let r = W_2 W_1 x - y, h = W_1 x, u_j = h_j^2, b_ij and a_jk the "
            "regularisers of w2_i_j and w1_j_k, c_j = sum_k x_k^2 / a_jk. The gradient vanishes exactly if w1_j_k = "
            "-(sum_i r_i w2_i_j) x_k / a_jk and w2_i_j = -r_i h_j / b_ij. So unit j vanishes as a whole, or h_j is not "
            "0 and sum_i r_i^2 / b_ij = 1 / c_j; and r_i = -y_i / (1 + sum_j u_j / b_ij) is not 0, so that no weight "
            "of the unit is 0. For a set of s units that do not vanish let M be the number of solutions u without zero "
            "entries; each stands for 2^s critical points (the signs of the h_j)."
        ),
        (
            "The points r = -y_i / (1 + sum_j u_j / b_ij) fill a variety that is, in the projective space of dimension "
            "dy, the reciprocal of a linear space of dimension s; for a uniform matroid its degree is C(dy, s), and it "
            "is less than s-dimensional (so M = 0) for s > dy. The s quadrics sum_i r_i^2 / b_ij = 1 / c_j do not meet "
            "its boundary, where at most s of the coordinates are not 0, if the determinants of the hypothesis are not "
            "0. So M = 2^s C(dy, s) with multiplicities. Sum over the sets of units."
        ),
        (
            "The formula is symmetric in d and dy and does not depend on dx. It agrees with every N_C and N_C* on the "
            "page."
        ),
        "Simplicity is a further open condition (a discriminant); it is certified for every instance here.",
    ),
)

REAL = Claim(
    name="real_counts",
    statement="The number N_R of real critical points is odd and at most the sum of C(d, s) 2^s over s <= min(d, dy).",
    source=OURS,
    hypotheses=BASE,
    objective=loss,
    conclusion=lambda p: And(
        OddRealCount(),
        CountWithin(real=sum(comb(sizes(p)[0], s) * 2**s for s in range(min(sizes(p)[0], sizes(p)[2]) + 1))),
    ),
    cases=(*ROWS, *WIDE),
    controls=ONE_SAMPLE.dropped_by(TWO_SAMPLES_2),
    notes=(
        (
            "Odd: changing the signs of all weights of a unit permutes the critical points without fixed points on "
            "those where the unit is not 0; the origin is left over. At most: with u as in `closed_formula` the real "
            "critical points with a given set of s units are 2^s for each critical point u > 0 of sum_i y_i^2 / (1 + "
            "sum_j u_j / b_ij) + sum_j u_j / c_j, which is strictly convex there for s <= dy and independent rows; and "
            "for s > dy there is none."
        ),
        "All max N_R on the page except that of row (2, 1, 1) equal this bound.",
    ),
)

NARROW_COUNT = Claim(
    name="no_adjacent_wide_layers",
    statement="With H hidden layers of widths d_1, ..., d_H, no two adjacent ones of d_1, ..., d_H, dy above 1, there "
    "are exactly 1 + H 2^(H+1) d_1 ... d_H dy complex critical points.",
    source=OURS,
    hypotheses=(ONE_SAMPLE, POSITIVE, GENERIC, NARROW),
    objective=loss,
    conclusion=lambda p: CountIs(
        complex_=1 + (len(p["widths"]) - 2) * prod(p["widths"][1:]) * 2 ** (len(p["widths"]) - 1)
    ),
    cases=tuple(
        Case("_".join(map(str, w)), instance(w, 2))
        for w in (
            *((1, 1, 1), (2, 1, 2), (1, 2, 1), (1, 1, 1, 1), (2, 1, 1, 1), (1, 1, 1, 2), (2, 1, 1, 2), (1, 1, 1, 1, 1)),
            *((1, 1, 2, 1), (2, 1, 2, 1), (1, 1, 3, 1)),
        )
    ),
    controls=(
        Control("adjacent", NARROW.name, FIRST[2, 1, 2]),
        Control("two_samples", ONE_SAMPLE.name, instance((2, 1, 1, 1), 2, samples=2)),
        EQUAL,
    ),
    notes=(
        (
            "Derivation, to be read by a person, for width 1: away from the origin no weight vanishes, the squares of "
            "the H hidden values are fixed multiples of the powers of one number T, and what remains is T^(H-1) * "
            "sum_i y_i^2 / (b_i (1 + k T^H / b_i)^2) = const, of degree 2 dy H in T; each T stands for 2^H points."
        ),
        (
            "A wide layer between narrow ones: unit j has one outgoing weight v_j, with regulariser b_j, and incoming "
            "weights u_jk with a_jk. With D the derivative of the loss by the value that the layer feeds and q_k its "
            "inputs, D u_j.q + b_j v_j = 0 and D v_j q_k + a_jk u_jk = 0. So v_j = 0 and u_j = 0, or D^2 sum_k q_k^2 / "
            "a_jk = b_j, which for generic regularisers (q is x, or a single number) holds for one unit at most. So "
            "every critical point but the origin is one of a network of width 1, one unit of each layer."
        ),
        ("With two adjacent wide layers there are more: see `two_hidden_layers`."),
    ),
)

TWO_LAYERS = Claim(
    name="two_hidden_layers",
    statement="With two hidden layers of widths d_1, d_2 there are 1 + sum over s, t >= 1 of 4^(s+t) C(d_1, s) "
    "C(dy, t) C(d_2, max(s, t)) complex critical points.",
    source=f"{OURS}, a conjecture",
    hypotheses=(
        Hypothesis("two hidden layers", lambda p: len(p["widths"]) == len(("dx", "d_1", "d_2", "dy"))),
        ONE_SAMPLE,
        POSITIVE,
        GENERIC,
    ),
    objective=loss,
    conclusion=lambda p: CountIs(complex_=two_layers(*p["widths"][1:])),
    cases=tuple(
        Case("_".join(map(str, w)), instance(w, 2))
        for w in ((1, 2, 2, 1), (1, 1, 2, 2), (1, 2, 1, 2), (1, 1, 2, 3), (1, 2, 3, 1), (2, 2, 2, 1))
    ),
    controls=(
        Control("two_samples", ONE_SAMPLE.name, instance((2, 1, 1, 1), 2, samples=2)),
        Control(
            "equal_outputs",
            GENERIC.name,
            {"widths": (1, 1, 1, 2), "ridge": ("1", "3", "2", "2"), "inputs": (("1",),), "targets": (("3", "5"),)},
        ),
    ),
    notes=(
        (
            "Found from the counts of the widths (1, 2, 2, 1), (1, 3, 2, 1) and (1, 2, 2, 2), which are 129, 289 and "
            "641, and of those with narrow layers; it then foretold the 289 of (1, 1, 2, 3) and of (1, 1, 3, 2). Not "
            "tested where s or t is 3. No proof is known to us. For one hidden layer the sum is `closed_formula`."
        ),
    ),
)

FINITE = Claim(
    name="finitely_many",
    statement="There are finitely many complex critical points.",
    source=f"{PAPER}; the setting of all its counts",
    hypotheses=BASE,
    objective=loss,
    conclusion=_finite,
    cases=(Case(_name(FIRST[1, 1, 2]), FIRST[1, 1, 2]), Case(_name(FIRST[2, 1, 2]), FIRST[2, 1, 2])),
    controls=(Control("isotropic_2_1_2", GENERIC.name, ISOTROPIC),),
    notes=(
        (
            "With equal regularisers O(2) acts on the two units, and every critical point that is not a fixed point "
            "lies on a circle of critical points. Circles are no curves with Laurent polynomials as coordinates, so "
            "the control shows more rational critical points on one circle than isolated zeros are possible."
        ),
    ),
)

SYSTEM = System(
    name="classic_bharadwaj_hosten",
    title="Complex critical points of deep linear neural networks",
    source=PAPER,
    source_status="The abstract was compared with public copies. The statements, their numbers and the printed table "
    "are those of the catalogue page (from the thesis); the text itself was not available to us. Hypothesis 'generic' "
    "is our explicit version. All instances are ours.",
    claims=(
        ZEROS,
        NONZERO,
        ONE_ROW,
        BOUND,
        PRINTED,
        CLASSICAL,
        BKK,
        MIXED,
        MAXIMUM,
        FORMULA,
        REAL,
        NARROW_COUNT,
        TWO_LAYERS,
        FINITE,
    ),
    notes=(
        (
            "All rows of the page are computed, and all 18 numbers of the column BKK are confirmed with certificates. "
            "The mixed volumes that PHCpack computes with MixedVol agree with them too."
        ),
        ("Rows that disagree: CBB of (2, 1, 2) is 3^6 = 729, not 81; max N_R of (2, 1, 1) cannot be 4 and is 5."),
    ),
)
