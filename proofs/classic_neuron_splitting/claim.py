"""Splitting a neuron: lines of critical points, plateaus of minima on them, and the number of such subspaces.

Two cubic neurons with biases on the inputs x = (-2, -1, 1, 2), targets y = alpha x^3 + beta x:

    L = 1/2 sum_j (a1 (x_j + u1)^3 + a2 (x_j + u2)^3 - y_j)^2.

One neuron has a critical point at u = 0, a = alpha + 17/65 beta; there B = a sum_j r_j 6 x_j, r_j = a x_j^3 - y_j.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import comb

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System, Verdict
from exactland.claims.lines import CriticalLine, InertiaAt, MinimumOnLine
from exactland.claims.properties import And, IdentityHolds, PointIs, Property
from exactland.claims.subspaces import RestrictionKeepsCriticalPoints
from exactland.claims.values import GlobalMinimum, NonnegativeForm
from exactland.exact import rational, rational_text
from exactland.landscape import Kind
from exactland.objective import Objective

PLATEAUS = "K. Fukumizu, S. Amari, Local minima and plateaus, Neural Networks 13 (2000)"
GEOMETRY = "B. Simsek et al., ICML 2021, arXiv 2105.12221"
INPUTS = (-2, -1, 1, 2)

# ------------------------------------------------------------------------------------------------- the split line


def targets(parameters: Parameters) -> list[Fraction]:
    alpha, beta = rational(parameters["alpha"]), rational(parameters["beta"])
    return [alpha * x**3 + beta * x for x in INPUTS]


def network(parameters: Parameters) -> Objective:
    squares = (
        f"(a1*({x} + u1)^3 + a2*({x} + u2)^3 - ({rational_text(y)}))^2"
        for x, y in zip(INPUTS, targets(parameters), strict=True)
    )
    return Objective.from_expression(f"1/2*({' + '.join(squares)})", "a1 a2 u1 u2")


def small(parameters: Parameters) -> Fraction:
    """The weight of the single neuron, at the bias 0; given, or where the loss is stationary in it."""
    if "a" in parameters:
        return rational(parameters["a"])
    return rational(parameters["alpha"]) + Fraction(17, 65) * rational(parameters["beta"])


def _residuals(parameters: Parameters) -> list[Fraction]:
    return [small(parameters) * x**3 - y for x, y in zip(INPUTS, targets(parameters), strict=True)]


def curvature(parameters: Parameters) -> Fraction:
    """B."""
    return small(parameters) * sum(r * 6 * x for r, x in zip(_residuals(parameters), INPUTS, strict=True))


def _critical(parameters: Parameters) -> bool:
    pairs = list(zip(_residuals(parameters), INPUTS, strict=True))
    slope = small(parameters) * sum(r * 3 * x**2 for r, x in pairs)
    return sum(r * x**3 for r, x in pairs) == 0 == slope


def _strict_minimum(parameters: Parameters) -> bool:
    """The Hessian of the single neuron is positive definite; its mixed entry is 0 because the data is odd."""
    a = small(parameters)
    mixed = sum(3 * a * x**5 + 3 * r * x**2 for r, x in zip(_residuals(parameters), INPUTS, strict=True))
    return mixed == 0 and sum(9 * a**2 * x**4 for x in INPUTS) + curvature(parameters) > 0


def _sign(parameters: Parameters) -> Fraction:
    mu = rational(parameters["mu"])
    return mu * (1 - mu) * curvature(parameters)


def split(parameters: Parameters) -> tuple[Fraction, ...]:
    a, mu = small(parameters), rational(parameters["mu"])
    return (mu * a, (1 - mu) * a, Fraction(0), Fraction(0))


ALONG = tuple(map(Fraction, (1, -1, 0, 0)))
CRITICAL = Hypothesis("(a, u) is a critical point of the single neuron", _critical)
STRICT = Hypothesis("(a, u) is a strict local minimum of the single neuron", _strict_minimum)
POSITIVE = Hypothesis("mu (1 - mu) B is positive", lambda p: _sign(p) > 0)
NEGATIVE = Hypothesis("mu (1 - mu) B is negative", lambda p: _sign(p) < 0)
END = Hypothesis("mu is 0 or 1", lambda p: rational(p["mu"]) in (0, 1))

P1 = {"alpha": "2", "beta": "6", "mu": "1/2"}
UP = {"alpha": "2", "beta": "-6", "mu": "1/2"}
FLAT = {"alpha": "-17/65", "beta": "1", "mu": "1/2"}
WEAK = {"alpha": "-191/130", "beta": "6", "mu": "2"}

LINE = Claim(
    name="split_line",
    statement="Splitting the neuron (a, u) of a critical point into (mu a, u), ((1 - mu) a, u) gives a line of "
    "critical points of equal loss.",
    source=f"our reading of {PLATEAUS}: critical points of the smaller model give lines of critical points",
    hypotheses=(CRITICAL,),
    objective=network,
    conclusion=lambda p: CriticalLine(split(p), ALONG),
    cases=(Case("P1", P1), Case("P1_up", UP), Case("P1_weak", WEAK)),
    controls=(Control("not_critical", CRITICAL.name, {**P1, "a": "1"}),),
)

MINIMA = Claim(
    name="plateau_of_minima",
    statement="If the small point is a strict local minimum and mu (1 - mu) B is positive, the split point is a local "
    "minimum.",
    source=f"our reading of {PLATEAUS}, for a scalar B",
    hypotheses=(CRITICAL, STRICT, POSITIVE),
    objective=network,
    conclusion=lambda p: MinimumOnLine(split(p), ALONG),
    cases=(
        *(Case(f"P1_mu_{mu}", {**P1, "mu": mu}) for mu in ("-1", "2", "11/10")),
        *(Case(f"P1_up_mu_{mu}", {**UP, "mu": mu}) for mu in ("1/2", "1/10")),
    ),
    controls=(
        Control("P1_inside", POSITIVE.name, P1),
        Control("P1_up_outside", POSITIVE.name, {**UP, "mu": "2"}),
        Control("saddle_of_one_neuron", STRICT.name, WEAK),
        Control("B_is_0", POSITIVE.name, FLAT, Verdict.VACUOUS, evaluate=False),
    ),
    notes=("P1: B is negative, so the plateau of minima is the part of the line with mu < 0 or mu > 1.",),
)

SADDLES = Claim(
    name="saddles_on_the_line",
    statement="If the small point is a strict local minimum and mu (1 - mu) B is negative, the split point is a strict "
    "saddle, with one negative eigenvalue.",
    source=MINIMA.source,
    hypotheses=(CRITICAL, STRICT, NEGATIVE),
    objective=network,
    conclusion=lambda p: InertiaAt(split(p), 2, 1, 1),
    cases=(
        *(Case(f"P1_mu_{mu}", {**P1, "mu": mu}) for mu in ("1/2", "1/4")),
        *(Case(f"P1_up_mu_{mu}", {**UP, "mu": mu}) for mu in ("-1", "2")),
    ),
    controls=(
        Control("P1_outside", NEGATIVE.name, {**P1, "mu": "2"}),
        Control("B_is_0", NEGATIVE.name, FLAT, Verdict.VACUOUS, evaluate=False),
    ),
)

ENDS = Claim(
    name="ends_of_the_segment",
    statement="Where one of the two shares is 0 the split point of P1 is a saddle without negative eigenvalue.",
    source="ours: the sources say nothing about mu (1 - mu) = 0",
    hypotheses=(CRITICAL, STRICT, END),
    objective=network,
    conclusion=lambda p: And(
        InertiaAt(split(p), 2, 2, 0), PointIs(tuple(map(rational_text, split(p))), Kind.NONSTRICT_SADDLE)
    ),
    cases=(Case("P1_mu_0", {**P1, "mu": "0"}, seconds=2), Case("P1_mu_1", {**P1, "mu": "1"}, seconds=2)),
    controls=(Control("P1_half", END.name, P1),),
)


def _swap(parameters: Parameters) -> Property:
    left, right = (tuple(map(Fraction, point)) for point in ((1, 1, 1, -1), (1, 1, -1, 1)))
    plane = tuple(tuple(map(Fraction, row)) for row in ((1, 0), (1, 0), (0, 1), (0, -1)))
    return And(
        InertiaAt(left, 4, 0, 0),
        GlobalMinimum(left),
        GlobalMinimum(right),
        RestrictionKeepsCriticalPoints(("c", "s"), plane),
        InertiaAt(split(parameters), 2, 1, 1),
    )


TEACHER = Hypothesis("y = (x + 1)^3 + (x - 1)^3", lambda p: (rational(p["alpha"]), rational(p["beta"])) == (2, 6))
SWAP = Claim(
    name="permutation_saddle",
    statement="The two global minima of P1 that differ by swapping the neurons lie on the plane a1 = a2, u1 = -u2; "
    "there the point with u = 0 where the neurons coincide is a critical point of a split line: a saddle of index 1.",
    source="our reading of J. Brea, B. Simsek, B. Illing, W. Gerstner, arXiv 1907.02911; not confirmed",
    hypotheses=(TEACHER, CRITICAL),
    objective=network,
    conclusion=_swap,
    cases=(Case("P1", P1),),
    controls=(Control("other_targets", TEACHER.name, UP),),
    notes=(
        "On the plane the gradient is that of the restricted loss, so a descent that starts there stays there.",
        "Not covered: how high the loss rises on a path between the two minima.",
    ),
)

# ------------------------------------------------------------------------------------------------ counting subspaces


def _partitions(items: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for mates in itertools.combinations(rest, size):
            for others in _partitions(tuple(i for i in rest if i not in mates)):
                yield [(first, *mates), *others]


def subspaces(parameters: Parameters) -> Counter[tuple[int, ...]]:
    """Different affine subspaces, by brute force, under the number of neurons at each vector and of blocks.

    Every neuron of the wide network has the incoming vector of a neuron of the small one, each of which occurs; with
    `extra`, some form blocks with a free vector instead, the outgoing weights of a block adding up to 0. `vectors` are
    the incoming vectors of the small network, by name.
    """
    k, m = parameters["k"], parameters["m"]
    vectors = parameters.get("vectors", tuple(range(k)))
    seen: set[tuple[tuple[int, ...], frozenset[tuple[int, ...]]]] = set()
    for free in range(m - k + 1 if parameters.get("extra") else 1):
        for loose in itertools.combinations(range(m), free):
            for chosen in itertools.product(range(k), repeat=m - free):
                if len(set(chosen)) == k:
                    rest = iter(chosen)
                    labels = tuple(-1 if i in loose else vectors[next(rest)] for i in range(m))
                    seen |= {(labels, frozenset(blocks)) for blocks in _partitions(loose)}
    return Counter((*(labels.count(v) for v in range(k)), len(blocks)) for labels, blocks in seen)


def _surjections(k: int, m: int, ones: bool = False) -> str:
    """sum over subsets S of (-1)^(k - |S|) (sum of x_i, i in S)^m; at x = 1 this is G(k, m)."""
    sizes = range(1, k + 1)
    if ones:
        return " + ".join(f"({(-1) ** (k - size) * comb(k, size)})*{size}^{m}" for size in sizes)
    sums = [(size, chosen) for size in sizes for chosen in itertools.combinations(range(1, k + 1), size)]
    return " + ".join(f"({(-1) ** (k - n)})*({' + '.join(f'x{i}' for i in chosen)})^{m}" for n, chosen in sums)


def _bell(u: int, ones: bool = False) -> str:
    """Partitions of u things, y to the number of blocks: sum_j G(j, u)/j! y^j."""
    found = Counter(len(blocks) for blocks in _partitions(tuple(range(u))))
    return " + ".join(f"{n}*{1 if ones else 'y'}^{j}" for j, n in sorted(found.items()))


def _minima(k: int, m: int, ones: bool = False) -> str:
    """T(k, m), with variables or at 1."""
    extra = (f"{comb(m, u)}*({_surjections(k, m - u, ones)})*({_bell(u, ones)})" for u in range(1, m - k + 1))
    return " + ".join([_surjections(k, m, ones), *extra])


def _counted(parameters: Parameters) -> Property:
    k, m = parameters["k"], parameters["m"]
    names = (*(f"x{i + 1}" for i in range(k)), "y")
    listed = [
        "*".join([str(n), *(f"{v}^{e}" for v, e in zip(names, powers, strict=True) if e)])
        for powers, n in sorted(subspaces(parameters).items())
    ]
    return IdentityHolds(names, (_minima if parameters.get("extra") else _surjections)(k, m), " + ".join(listed))


def _plain(_: Parameters) -> Objective:
    return Objective.from_expression("x^2", "x")


IRREDUCIBLE = Hypothesis(
    "the incoming vectors of the small network are different", lambda p: len(set(p.get("vectors", ()))) in (0, p["k"])
)
WIDER = Hypothesis("m >= k", lambda p: p["m"] >= p["k"])
SIZES = (*((k, m) for k in (1, 2, 3) for m in range(k, 6)), (4, 4), (4, 5))
SHARED = {"k": 2, "m": 3, "vectors": (0, 0)}

COUNT = Claim(
    name="number_of_critical_subspaces",
    statement="An irreducible critical point of width k gives G(k, m) = sum_j C(k, j) (-1)^(k - j) j^m affine "
    "subspaces of critical points of width m.",
    source=f"{GEOMETRY}: the abstract names G and what it counts; the formula is recalled",
    hypotheses=(IRREDUCIBLE, WIDER),
    objective=_plain,
    conclusion=_counted,
    cases=tuple(Case(f"{k}_{m}", {"k": k, "m": m}) for k, m in SIZES),
    controls=(Control("shared_vector", IRREDUCIBLE.name, SHARED),),
    notes=(
        (
            "Every subspace found by brute force contributes a monomial, and the checker compares their sum with the "
            "formula in variables x_i, which at x = 1 is G. The enumeration itself is plain code."
        ),
        "Odd and even activations have more symmetries, which the formula does not count.",
    ),
)

COUNT_MINIMA = Claim(
    name="number_of_minimal_subspaces",
    statement="For an irreducible teacher of width k the global minima of width m fill T(k, m) = G(k, m) + sum_u C(m, "
    "u) G(k, m - u) Bell(u) affine subspaces, u = 1, ..., m - k.",
    source=f"{GEOMETRY}: the abstract names T and what it counts; the formula is recalled",
    hypotheses=(IRREDUCIBLE, WIDER),
    objective=_plain,
    conclusion=_counted,
    cases=tuple(Case(f"{k}_{m}", {"k": k, "m": m, "extra": True}) for k, m in SIZES),
    controls=(Control("shared_vector", IRREDUCIBLE.name, {**SHARED, "extra": True}),),
    notes=("That these subspaces contain all global minima is a theorem of the paper and is not checked here.",),
)

NARROW = Hypothesis("no neuron is added: m = k", lambda p: p["m"] == p["k"])
MILD = Claim(
    name="saddles_outnumber_minima",
    statement="G(k - 1, m) >= T(k, m): at least as many subspaces of critical points from width k - 1 as of global "
    "minima.",
    source=f"{GEOMETRY}, abstract: true in the mildly overparameterised regime, the reverse in the vast one",
    hypotheses=(NARROW,),
    objective=_plain,
    conclusion=lambda p: NonnegativeForm(
        ("x",), f"({_surjections(p['k'] - 1, p['m'], True)} - ({_minima(p['k'], p['m'], True)}))*x^2"
    ),
    cases=(Case("4_4", {"k": 4, "m": 4}),),
    controls=tuple(Control(f"4_{m}", NARROW.name, {"k": 4, "m": m}) for m in range(5, 12)),
    notes=("For k = 4 this already fails with one more neuron: G(3, 5) = 150, T(4, 5) = 360.",),
)

SYSTEM = System(
    name="classic_neuron_splitting",
    title="Neuron splitting and permutation symmetry",
    source=f"{PLATEAUS}; {GEOMETRY}; J. Brea et al., arXiv 1907.02911",
    source_status="The abstracts of the first two papers were compared with public copies. Numbers and wording of the "
    "theorems, the formulas for G and T, and the third paper were not confirmed. All instances are ours.",
    claims=(LINE, MINIMA, SADDLES, ENDS, SWAP, COUNT, COUNT_MINIMA, MILD),
    notes=(
        (
            "Not covered: the case of the even targets 3 x^2, whose single-neuron critical points are irrational; a "
            "matrix B (several inputs), about which the theorem is silent when it is indefinite."
        ),
        "Bell(u), where it appears in a formula, is counted by listing the partitions.",
    ),
)
