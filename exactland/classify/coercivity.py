"""Evidence that a polynomial is coercive (bounded sublevel sets, so a minimiser exists), bounded below, or unbounded
below.

Squares. Let p = c0 + sum c_j q_j^2 with c_j > 0 and let a chain (i_1, j_1), ..., (i_n, j_n) name every variable once,
with q_(j_k) = a x_(i_k)^m + r, a != 0 rational, m >= 1, r of degree < m in x_(i_k) and otherwise only in x_(i_1),
..., x_(i_(k-1)). Then every set {p <= C} is bounded, and p(x) -> infinity as |x| -> infinity. Proof: on {p <= C}
every |q_j| <= sqrt((C - c0) / c_j). By induction x_(i_1), ..., x_(i_(k-1)) are bounded there, so the coefficients of
q_(j_k) as a polynomial in x_(i_k) are bounded while its leading coefficient is the constant a; a root of a x^m + r =
v with bounded v and bounded lower coefficients is bounded (Cauchy). So all coordinates are bounded.

Form. Let w be positive integer weights, T the part of p of the largest weighted degree d, and T = sum c_j q_j^2 +
sum_i lambda_i x_i^(2 k_i), c_j >= 0, lambda_i > 0, 2 k_i w_i = d for every i. Then p is coercive. Proof: let N(x) =
max_i |x_i|^(1/w_i). T >= lambda N^d with lambda = min lambda_i, and every term of weighted degree e < d is at most a
constant times N^e for N >= 1. So p >= lambda N^d - O(N^(d-1)) -> infinity as N -> infinity, and N -> infinity exactly
when |x| -> infinity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import lcm, prod
from operator import mul
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import (
    Exponents,
    Square,
    along_arc,
    arc_from_coefficients,
    constant_term,
    from_terms,
    power,
    sum_squares,
    terms,
    weighted_degree,
)
from exactland.later import Later
from exactland.polynomial import from_fmpq, to_fmpq

if TYPE_CHECKING:
    from exactland.classify import sos
else:
    sos = Later("exactland.classify.sos")

Chain = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class CoerciveSquares:
    """p = constant + sum c_j q_j^2 and a chain of (variable, index of a square) that bounds the variables one after
    the other.
    """

    constant: Fraction
    squares: tuple[Square, ...]
    chain: Chain

    def proves(self, p: fmpq_mpoly) -> bool:
        """The identity and the chain hold exactly."""
        ring = p.context()
        if any(c <= 0 for c, _ in self.squares):
            return False
        if sorted(i for i, _ in self.chain) != list(range(ring.nvars())):
            return False
        if sum_squares(ring, self.squares) + to_fmpq(self.constant) != p:
            return False
        bounded: set[int] = set()
        for i, j in self.chain:
            if not 0 <= j < len(self.squares) or not _bounds(self.squares[j][1], i, bounded):
                return False
            bounded.add(i)
        return True


@dataclass(frozen=True)
class CoerciveForm:
    """The part of p of the largest weighted degree is positive definite: `form` writes it as squares plus even pure
    powers.
    """

    weights: tuple[int, ...]
    form: sos.SumOfSquares

    def proves(self, p: fmpq_mpoly) -> bool:
        """The identity for the leading form holds exactly, with pure powers of the right degree."""
        count = p.context().nvars()
        if len(self.weights) != count or any(w < 1 for w in self.weights) or len(self.form.powers) != count:
            return False
        top, degree = leading_form(p, self.weights)
        if any(w * e != degree for w, (_, e) in zip(self.weights, self.form.powers, strict=True)):
            return False
        return self.form.proves(top)


Coercivity = CoerciveSquares | CoerciveForm


def leading_form(p: fmpq_mpoly, weights: Sequence[int]) -> tuple[fmpq_mpoly, int]:
    """The part of the largest weighted degree, and that degree."""
    known = terms(p)
    degree = max(weighted_degree(e, weights) for e in known)
    top = {e: c for e, c in known.items() if weighted_degree(e, weights) == degree}
    return from_terms(p.context(), top), degree


def _bounds(q: fmpq_mpoly, variable: int, bounded: set[int]) -> bool:
    """q = a x^m + r as the chain asks, the other variables being among `bounded`."""
    known = terms(q)
    degree = max((e[variable] for e in known), default=0)
    if degree == 0:
        return False
    for e in known:
        if e[variable] == degree and sum(e) != degree:
            return False
        if any(a and i != variable and i not in bounded for i, a in enumerate(e)):
            return False
    return True


def find_chain(squares: Sequence[Square], count: int) -> Chain | None:
    """A chain over all variables; the greedy choice loses nothing, since bounding a variable never invalidates
    another step.
    """
    bounded: set[int] = set()
    chain: list[tuple[int, int]] = []
    while len(chain) < count:
        step = bounding_square(squares, bounded, count)
        if step is None:
            return None
        bounded.add(step[0])
        chain.append(step)
    return tuple(chain)


def bounding_square(squares: Sequence[Square], bounded: set[int], count: int) -> tuple[int, int] | None:
    """One more variable, and a square that bounds it where those others are bounded."""
    return next(
        (
            (i, j)
            for i in range(count)
            if i not in bounded
            for j, (_, q) in enumerate(squares)
            if _bounds(q, i, bounded)
        ),
        None,
    )


def prove_coercive(p: fmpq_mpoly, squares_hint: Sequence[Square] = ()) -> Coercivity | None:
    """Evidence that p -> infinity as |x| -> infinity, or None. `squares_hint` holds (c, q) as the objective was
    written.
    """
    if p.context().nvars() == 0 or p.is_constant():
        return None
    searches = [_from_hint, _from_form, _from_completed_squares, _from_gram]
    if _seems_definite(p) and not visibly_coercive(p, squares_hint):
        searches[:2] = [_from_form, _from_hint]
    for search in searches:
        found = search(p, squares_hint)
        if found is not None and found.proves(p):
            return found
    return None


def _seems_definite(p: fmpq_mpoly) -> bool:
    """Whether the leading form is positive along the axes and halfway between them."""
    n = int(p.context().nvars())
    form = leading_form(p, (1,) * n)[0]
    points = [[int(i == k) for i in range(n)] for k in range(n)]
    halves = [[x + sign * y for x, y in zip(a, b, strict=True)] for a, b in combinations(points, 2) for sign in (1, -1)]
    return p.total_degree() % 2 == 0 and all(form(*point) > 0 for point in (*points, *halves))


def visibly_coercive(p: fmpq_mpoly, squares_hint: Sequence[Square]) -> bool:
    """Whether the squares as written are evidence already, so that none has to be searched for."""
    return _with_chain(p, _positive(squares_hint)) is not None


def _with_chain(p: fmpq_mpoly, squares: Sequence[Square]) -> CoerciveSquares | None:
    """The squares as evidence when p minus their sum is a constant and a chain exists."""
    rest = p - sum_squares(p.context(), squares)
    if not rest.is_constant():
        return None
    chain = find_chain(squares, p.context().nvars())
    if chain is None:
        return None
    return CoerciveSquares(from_fmpq(constant_term(rest)), tuple(squares), chain)


def _positive(squares_hint: Sequence[Square]) -> list[Square]:
    return [(c, q) for c, q in squares_hint if c > 0 and not q.is_constant()]


def _from_hint(p: fmpq_mpoly, squares_hint: Sequence[Square]) -> Coercivity | None:
    """The hint as it stands, or together with a sum of squares for what it leaves over."""
    squares = _positive(squares_hint)
    if not squares:
        return None
    found = _with_chain(p, squares)
    if found is not None:
        return found
    rest = p - sum_squares(p.context(), squares)
    if rest.is_constant():
        return None
    extra = squares_below(rest)
    return None if extra is None else _with_chain(p, [*squares, *extra])


def squares_below(p: fmpq_mpoly) -> list[Square] | None:
    """Squares whose sum differs from p by a constant, or None."""
    squares, rest = complete_squares(p)
    if rest.is_constant():
        return squares
    for shift in _shifts(rest):
        found = sos.sum_of_squares(rest - constant_term(rest) + to_fmpq(shift))
        if found is not None:
            return [*squares, *found.squares]
    return None


def _shifts(p: fmpq_mpoly) -> tuple[Fraction, ...]:
    """Constants to add, in the order tried: zero first, then growing on the scale of the coefficients."""
    size = max((abs(from_fmpq(c)) for c in p.coeffs()), default=Fraction(1))
    unit = Fraction(1 << max(0, (int(size) + 1).bit_length() - 1))
    return (Fraction(0), Fraction(1), 4 * unit, 64 * unit, 4096 * unit)


def complete_squares(p: fmpq_mpoly) -> tuple[list[Square], fmpq_mpoly]:
    """Complete the square in variables that occur as a x^2 + b x with a > 0 rational, as long as there is one.

    Returns the squares and what remains, which no longer contains those variables.
    """
    squares: list[Square] = []
    rest = p
    progress = True
    while progress:
        progress = False
        for i in _by_occurrence(rest):
            if rest.degrees()[i] != 2:
                continue
            slope = rest.derivative(i)
            twice = slope.derivative(i)
            if not twice.is_constant() or constant_term(twice) <= 0:
                continue
            a = constant_term(twice) / 2
            q = slope / (2 * a)
            squares.append((from_fmpq(a), q))
            rest = rest - a * q * q
            progress = True
            break
    return squares, rest


def _by_occurrence(p: fmpq_mpoly) -> list[int]:
    """Variables by the degree of their linear coefficient, largest first: completing those first leaves the simpler
    rest.
    """

    def size(i: int) -> tuple[int, int]:
        return (-max((sum(e) - 1 for e in terms(p) if e[i] == 1), default=0), i)

    return sorted((i for i, d in enumerate(p.degrees()) if d), key=size)


def _from_completed_squares(p: fmpq_mpoly, squares_hint: Sequence[Square]) -> Coercivity | None:
    """Complete squares, then prove the rest coercive in its own fewer variables."""
    squares, rest = complete_squares(p)
    if not squares:
        return None
    found = _with_chain(p, squares)
    if found is not None or rest.is_constant():
        return found
    for shift in _shifts(rest):
        moved = rest - constant_term(rest) + to_fmpq(shift)
        used = [i for i, d in enumerate(rest.degrees()) if d]
        for exponents in _power_choices(rest, used):
            found_rest = _restricted(moved, used, exponents)
            if found_rest is None:
                continue
            done = _with_chain(p, [*squares, *found_rest])
            if done is not None:
                return done
    return None


def _power_choices(p: fmpq_mpoly, used: Sequence[int]) -> list[tuple[int, ...]]:
    """Exponents 2 k_i worth trying in lambda_i x_i^(2 k_i): the largest pure powers, then 2 for everybody."""
    known = terms(p)
    count = p.context().nvars()
    pure = [max((e[i] for e in known if sum(e) == e[i] and e[i]), default=0) for i in range(count)]
    choices: list[tuple[int, ...]] = []
    if any(pure[i] < 2 for i in used):
        return []
    choices.append(tuple(pure[i] - pure[i] % 2 for i in used))
    choices.append((2,) * len(used))
    return list(dict.fromkeys(choices))


def _restricted(p: fmpq_mpoly, used: Sequence[int], exponents: Sequence[int]) -> list[Square] | None:
    """Squares with every lambda_i x_i^(2 k_i) among them, for a polynomial in the variables `used` only."""
    ring = p.context()
    names = [ring.name(i) for i in used]
    small = fmpq_mpoly_ctx.get(tuple(names), "degrevlex")
    projected = from_terms(small, {tuple(e[i] for i in used): c for e, c in terms(p).items()})
    found = sos.sum_of_squares(projected, powers=True, exponents=exponents)
    if found is None:
        return None

    def lift(q: fmpq_mpoly) -> fmpq_mpoly:
        return from_terms(ring, {_lift(e, used, ring.nvars()): c for e, c in terms(q).items()})

    squares = [(c, lift(q)) for c, q in found.squares]
    squares.extend((c, power(ring, i, e // 2)) for i, (c, e) in zip(used, found.powers, strict=True))
    return squares


def _lift(exponents: Exponents, used: Sequence[int], count: int) -> Exponents:
    full = [0] * count
    for i, a in zip(used, exponents, strict=True):
        full[i] = a
    return tuple(full)


def _from_form(p: fmpq_mpoly, squares_hint: Sequence[Square]) -> Coercivity | None:
    """The only possible weights come from the largest pure powers: those must be even and reach the largest weighted
    degree.
    """
    count = p.context().nvars()
    pure = [max((e[i] for e in terms(p) if sum(e) == e[i]), default=0) for i in range(count)]
    if any(e < 2 or e % 2 for e in pure):
        return None
    degree = lcm(*pure)
    weights = tuple(degree // e for e in pure)
    top, reached = leading_form(p, weights)
    if reached != degree:
        return None
    found = sos.sum_of_squares(top, powers=True)
    return None if found is None else CoerciveForm(weights, found)


def _from_gram(p: fmpq_mpoly, squares_hint: Sequence[Square]) -> Coercivity | None:
    """p + shift = sum of squares + sum lambda_i x_i^(2 k_i) with several guesses of the shift and the k_i."""
    used = tuple(range(p.context().nvars()))
    bare = p - constant_term(p)
    for exponents in _power_choices(p, used):
        for shift in (from_fmpq(constant_term(p)), *_shifts(p)[2:]):
            if shift <= 0:
                continue
            squares = _restricted(bare + to_fmpq(shift), used, exponents)
            if squares is not None:
                found = _with_chain(p, squares)
                if found is not None:
                    return found
    for shift in _shifts(p)[::3]:
        plain = sos.sum_of_squares(bare + to_fmpq(shift))
        if plain is not None:
            found = _with_chain(p, plain.squares)
            if found is not None:
                return found
    return None


def lower_bound_squares(p: fmpq_mpoly, value: Fraction, squares_hint: Sequence[Square] = ()) -> sos.SumOfSquares | None:
    """p - value as a sum of squares: proves p >= value everywhere. The hint is tried first."""
    ring = p.context()
    gap = p - to_fmpq(value)
    hint = [(c, q) for c, q in squares_hint if c > 0 and not q.is_zero()]
    if hint:
        rest = gap - sum_squares(ring, hint)
        found = sos.sum_of_squares(rest)
        if found is not None:
            whole = sos.SumOfSquares((*hint, *found.squares))
            if whole.proves(gap):
                return whole
    squares, rest = complete_squares(gap)
    if squares:
        found = sos.sum_of_squares(rest)
        if found is not None:
            whole = sos.SumOfSquares((*squares, *found.squares))
            if whole.proves(gap):
                return whole
    return sos.sum_of_squares(gap)


def descends(p: fmpq_mpoly, arc: Sequence[fmpq_mpoly]) -> bool:
    """p(arc(t)) -> -infinity as t -> infinity: its leading term has positive degree and a negative coefficient."""
    image = along_arc(p, arc)
    return bool(image) and image[-1][0] > 0 and image[-1][1] < 0


def unbounded_below(p: fmpq_mpoly, budget: int = 6000, *, through_origin: bool = True) -> tuple[fmpq_mpoly, ...] | None:
    """A curve x(t) in Q[t]^n with p(x(t)) -> -infinity as t -> infinity, or None when the short ones do not do it.

    With `through_origin` (the form in which certificates write curves) no coordinate has a constant term.
    """
    if p.is_constant():
        return None
    known = list(terms(p).items())
    for rows in _short_arcs(p.context().nvars(), budget, 1 if through_origin else 0):
        if all(len(row) < 2 for row in rows):
            degree, leading = _leading(known, rows)
            if leading >= 0 or not degree:
                continue
        arc = arc_from_coefficients(rows)
        if descends(p, arc):
            return arc
    return None


def _leading(known: Sequence[tuple[Exponents, fmpq]], rows: Sequence[dict[int, int]]) -> tuple[int, fmpq]:
    """The degree and the leading coefficient of p on a curve with at most one term in each coordinate."""
    powers, values = [max(row, default=0) for row in rows], [sum(row.values()) for row in rows]
    by_degree: dict[int, list[tuple[Exponents, fmpq]]] = {}
    for m, c in known:
        by_degree.setdefault(sum(map(mul, m, powers)), []).append((m, c))
    for degree in sorted(by_degree, reverse=True):
        total = sum((c * prod(map(pow, values, m)) for m, c in by_degree[degree]), fmpq(0))
        if total:
            return degree, total
    return 0, fmpq(0)


def _short_arcs(count: int, budget: int, lowest: int) -> Iterator[list[dict[int, int]]]:
    """Lines a t with small a, then random a t^b and a t^b + a' t^b' with small entries, in a fixed order."""
    from random import Random  # which loads more than most objectives, squares, need

    generator = Random(11)
    made = 0
    values = (0, 1, -1, 2, -2, 3, -3)
    if len(values) ** count <= budget // 4:
        for a in product(values, repeat=count):
            made += 1
            yield [{1: v} if v else {} for v in a]
    while made < budget:
        made += 1
        highest = generator.randint(1, 4)
        rows: list[dict[int, int]] = []
        for _ in range(count):
            lead = generator.randint(lowest, highest)
            value = generator.randint(-3, 3)
            row = {lead: value} if value else {}
            if made % 3 == 0 and lead > lowest and value:
                lower = generator.randint(lowest, lead - 1)
                extra = generator.randint(-2, 2)
                if extra:
                    row[lower] = extra
            rows.append(row)
        yield rows
