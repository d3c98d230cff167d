"""The infimum of a polynomial whose sublevel sets are not compact is attained: the search for rules G11 and G14.

Every value of p is a value at a point of least norm in its level set. There x . v vanishes for every field v along
which p is constant, and p may be changed by multiples of these; when the result is coercive, p attains its infimum.
It is enough to look at the set where p is at most some value that it has: there s (p - value) <= 0 for squares s.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify import cones, gram
from exactland.classify._tools import Exponents, Square, monomial, power, sum_squares, terms, weighted_degree
from exactland.classify.coercivity import CoerciveForm, CoerciveSquares, Coercivity, find_chain, leading_form
from exactland.classify.modulo import Basis, TooLarge
from exactland.classify.sos import SumOfSquares
from exactland.classify.symmetries import Matrix, symmetries
from exactland.polynomial import exponents_of_degree, from_fmpq, sign_symmetries, to_fmpq

_MAXIMUM_VARIABLES = 12
_MAXIMUM_MONOMIALS = 90
_MOST_BELOW = 50  # for a sublevel set; searches among more take longer than all the rest and found nothing so far
_LARGEST_WEIGHT = 3
_GRADINGS = 4  # tried
_INVARIANTS = 25  # monomials whose squares multiply p - level

Field = tuple[fmpq_mpoly, ...]


@dataclass(frozen=True)
class Level:
    """The sublevel set of this value, and squares that p - value is multiplied by."""

    value: Fraction
    multiplier: tuple[Square, ...]


@dataclass(frozen=True)
class Balanced:
    """p, or multiplier * (p - value), plus the sum of factor * (x . v) is coercive; p is constant along each v."""

    balances: tuple[tuple[Field, fmpq_mpoly], ...]
    coercive: Coercivity
    level: Level | None = None

    def proves(self, p: fmpq_mpoly) -> bool:
        """The identities hold exactly."""
        ring, changed = p.context(), p
        if self.level is not None:
            changed = (p - to_fmpq(self.level.value)) * sum_squares(ring, self.level.multiplier)
        for field, factor in self.balances:
            if not _sum(ring.constant(0), (v * p.derivative(i) for i, v in enumerate(field))).is_zero():
                return False
            changed = changed + factor * _across(field)
        return self.coercive.proves(changed)


class _Fields:
    """The affine fields along which a polynomial is constant, and what they make vanish at points of least norm."""

    def __init__(self, p: fmpq_mpoly, *, shifts: bool) -> None:
        found = [_field(rows, p) for rows in symmetries(p, shifts=shifts)]
        self.kept = [(v, b) for v, b in ((v, _across(v)) for v in found) if not b.is_zero()]

    def balances(self, basis: Basis, difference: fmpq_mpoly) -> tuple[tuple[Field, fmpq_mpoly], ...] | None:
        """The difference as a combination of what vanishes, or of its leading forms, of which the basis is made."""
        cofactors = basis.cofactors(difference)
        if cofactors is None:
            return None
        factors = dict(basis.expanded(cofactors))
        return tuple((v, factors[k]) for k, (v, _) in enumerate(self.kept) if k in factors)


def prove_balanced(p: fmpq_mpoly, seconds: float = 10) -> Balanced | None:
    """Evidence that p attains its infimum, by all fields along which p is constant, or None."""
    if p.context().nvars() > _MAXIMUM_VARIABLES or p.total_degree() < 2:
        return None
    fields = _Fields(p, shifts=True)
    deadline = time.monotonic() + seconds
    for weights in _gradings(p) if fields.kept else ():
        left = deadline - time.monotonic()
        found = _by_form(p, fields, weights, left) if left > 0 else None
        if found is not None and found.proves(p):
            return found
    left = deadline - time.monotonic()
    found = _by_growth(p, fields, left / 2) if fields.kept and left > 0 else None
    return found if found is not None and found.proves(p) else None


def prove_below(p: fmpq_mpoly, level: Fraction, seconds: float = 10) -> Balanced | None:
    """Evidence that p attains its infimum when it has a value at most the level, or None."""
    ring = p.context()
    if ring.nvars() > _MAXIMUM_VARIABLES or p.total_degree() < 2:
        return None
    deadline = time.monotonic() + seconds
    fields = _Fields(p, shifts=False)
    try:
        basis = Basis([b for _, b in fields.kept], ring, real=False, seconds=seconds)
    except TooLarge:
        return None
    invariants = _invariants(p)
    for members in invariants[1:]:
        if not members or len(members) > _INVARIANTS:
            continue
        form = sum((m * m for m in members), ring.constant(0))
        degree = form.total_degree()
        bounded = _definite(basis, form, (1,) * int(ring.nvars()), degree, deadline - time.monotonic())
        balances = None if bounded is None else fields.balances(basis, bounded.expand(ring) - form)
        if bounded is None or balances is None:
            continue
        found = _below(p, level, members, [m for ms in invariants for m in ms], deadline - time.monotonic())
        if found is None:
            continue
        multiplier, constant, share, squares = found
        scaled = [(share * c, q) for c, q in bounded.squares]
        pure = [(share * c, power(ring, i, e // 2)) for i, (c, e) in enumerate(bounded.powers)]
        every = (*squares, *scaled, *pure)
        chain = find_chain(every, int(ring.nvars()))
        if chain is None:
            continue
        factors = tuple((v, to_fmpq(share) * q) for v, q in balances)
        result = Balanced(factors, CoerciveSquares(constant, every, chain), Level(level, multiplier))
        if result.proves(p):
            return result
    return None


def _field(rows: Matrix, p: fmpq_mpoly) -> Field:
    ring = p.context()
    factors = (*ring.gens(), ring.constant(1))
    return tuple(_sum(ring.constant(0), (c * x for c, x in zip(row, factors, strict=False) if c != 0)) for row in rows)


def _across(field: Field) -> fmpq_mpoly:
    ring = field[0].context()
    return _sum(ring.constant(0), (x * v for x, v in zip(ring.gens(), field, strict=True)))


def _sum(zero: fmpq_mpoly, parts: Iterator[fmpq_mpoly]) -> fmpq_mpoly:
    return sum(parts, zero)


# ------------------------------------------------------------------------------------------ leading forms


def _gradings(p: fmpq_mpoly) -> Iterator[tuple[int, ...]]:
    """Weights of the variables, those first for which most terms of p are of the largest degree; variables that occur
    alike have the same one.
    """
    known = terms(p)
    n = int(p.context().nvars())
    roles = [tuple(sorted((e[i], sum(e)) for e in known if e[i])) for i in range(n)]
    kinds = sorted(set(roles))
    choices = itertools.product(range(1, _LARGEST_WEIGHT + 1), repeat=min(len(kinds), 6))
    ranked = []
    for values in choices:
        if len(kinds) > 6:
            values = (1,) * len(kinds)
        weights = tuple(values[kinds.index(role)] for role in roles)
        degrees = [weighted_degree(e, weights) for e in known]
        top = max(degrees)
        if any(top % (2 * w) for w in weights):
            continue
        leading = [e for e, d in zip(known, degrees, strict=True) if d == top]
        ranked.append((-len(leading), sum(weights), weights))
    for _, _, weights in sorted(set(ranked))[:_GRADINGS]:
        yield weights


def _by_form(p: fmpq_mpoly, fields: _Fields, weights: tuple[int, ...], seconds: float) -> Balanced | None:
    top, degree = leading_form(p, weights)
    try:
        basis = Basis([leading_form(b, weights)[0] for _, b in fields.kept], p.context(), real=False, seconds=seconds)
    except TooLarge:
        return None
    form = _definite(basis, top, weights, degree, seconds)
    balances = None if form is None else fields.balances(basis, form.expand(p.context()) - top)
    return None if form is None or balances is None else Balanced(balances, CoerciveForm(weights, form))


def _by_growth(p: fmpq_mpoly, fields: _Fields, seconds: float) -> Balanced | None:
    """p as a constant, squares, and a positive multiple of the sum of all x_i^2, modulo what the fields make vanish."""
    ring = p.context()
    try:
        basis = Basis([b for _, b in fields.kept], ring, real=False, seconds=seconds)
    except TooLarge:
        return None
    n = int(ring.nvars())
    candidates = (e for k in range(p.total_degree() // 2 + 1) for e in exponents_of_degree(n, k))
    half = [e for e in candidates if basis.normal(monomial(ring, e)) == monomial(ring, e)]
    if len(half) > _MAXIMUM_MONOMIALS:
        return None
    blocks, groups = _blocks(basis, half, [terms(p), *map(terms, basis.elements[: basis.given])])
    blocks = [(size, {pair: _negative(v) for pair, v in products.items()}) for size, products in blocks]
    first = len(blocks)
    norm = sum((x * x for x in ring.gens()), ring.constant(0))
    blocks.append((1, {(0, 0): cones.keyed(terms(ring.constant(1)))}))
    blocks.append((1, {(0, 0): _negative(basis.normal_terms(norm))}))
    blocks.append((1, {(0, 0): cones.keyed(basis.normal_terms(p))}))
    solved = cones.solve(blocks, [first + 1, first + 2], seconds)
    if solved is None:
        return None
    scale = cones.number(solved[-1])
    constant = -cones.number(solved[first]) / scale if solved[first][0] else fmpq(0)
    share = cones.number(solved[first + 1]) / scale
    squares = (*_squares(basis, solved[:first], groups, scale), *((from_fmpq(share), x) for x in ring.gens()))
    balances = fields.balances(basis, sum_squares(ring, squares) + constant - p)
    chain = find_chain(squares, n)
    if balances is None or chain is None:
        return None
    return Balanced(balances, CoerciveSquares(from_fmpq(constant), squares, chain))


def _definite(
    basis: Basis, top: fmpq_mpoly, weights: tuple[int, ...], degree: int, seconds: float
) -> SumOfSquares | None:
    """Squares and a positive even power of every variable that are congruent to the form."""
    ring = basis.ring
    half = [e for e in _of_weight(weights, degree // 2) if basis.normal(monomial(ring, e)) == monomial(ring, e)]
    if len(half) > _MAXIMUM_MONOMIALS or degree % 2:
        return None
    blocks, groups = _blocks(basis, half, [terms(top), *map(terms, basis.elements[: basis.given])])
    first = len(blocks)
    pure = [power(ring, i, degree // w) for i, w in enumerate(weights)]
    blocks += [(1, {(0, 0): cones.keyed(basis.normal_terms(q))}) for q in pure]
    blocks.append((1, {(0, 0): _negative(basis.normal_terms(top))}))
    solved = cones.solve(blocks, range(first, len(blocks)), seconds)
    if solved is None:
        return None
    scale = cones.number(solved[-1])
    powers = tuple(
        (from_fmpq(cones.number(one) / scale), degree // w) for one, w in zip(solved[first:-1], weights, strict=True)
    )
    return SumOfSquares(tuple(_squares(basis, solved[:first], groups, scale)), powers)


def _of_weight(weights: Sequence[int], degree: int) -> Iterator[Exponents]:
    """The monomials of this weighted degree."""
    if not weights:
        if degree == 0:
            yield ()
        return
    for e in range(degree // weights[0] + 1):
        for rest in _of_weight(weights[1:], degree - e * weights[0]):
            yield (e, *rest)


def _blocks(
    basis: Basis, half: Sequence[Exponents], known: Sequence[dict[Exponents, fmpq]]
) -> tuple[list[tuple[int, cones.Products]], list[list[Exponents]]]:
    """Products of the monomials modulo the basis, in blocks by their signs under the sign changes of what is known."""
    n = int(basis.ring.nvars())
    signs = sign_symmetries(n, [[(0,) * n, *t] for t in known])
    groups: dict[tuple[int, ...], list[Exponents]] = {}
    for e in half:
        groups.setdefault(tuple(sum(a for k, a in enumerate(e) if s >> k & 1) % 2 for s in signs), []).append(e)
    blocks: list[tuple[int, cones.Products]] = []
    for members in groups.values():
        products: cones.Products = {}
        for i, u in enumerate(members):
            for j in range(i, len(members)):
                total = tuple(a + b for a, b in zip(u, members[j], strict=True))
                products[i, j] = cones.keyed(basis.normal_terms(monomial(basis.ring, total)))
        blocks.append((len(members), products))
    return blocks, list(groups.values())


def _squares(
    basis: Basis, solved: Sequence[cones.Solution], groups: Sequence[Sequence[Exponents]], scale: fmpq
) -> Iterator[Square]:
    for (matrix, frame), members in zip(solved, groups, strict=True):
        mixed = _mixed(basis.ring, frame, members)
        for d, v in gram.factored(matrix) or []:
            yield from_fmpq(d / scale), gram.combination(v, mixed)


def _mixed(ring: fmpq_mpoly_ctx, frame: cones.Rows, members: Sequence[Exponents]) -> list[fmpq_mpoly]:
    monomials = [monomial(ring, e) for e in members]
    return [gram.combination(row, monomials) for row in frame]


def _negative(vector: Mapping[Exponents, fmpq] | cones.Vector) -> cones.Vector:
    return {key: -c for key, c in vector.items()}


# ------------------------------------------------------------------------------------------ sublevel sets


def _invariants(p: fmpq_mpoly) -> list[list[fmpq_mpoly]]:
    """For each degree up to half of that of p the monomials that scalings of the variables which leave p unchanged
    leave unchanged too.
    """
    ring = p.context()
    n = int(ring.nvars())
    found = symmetries(p, shifts=False)
    scalings = [a for a in found if all(i == j or a[i][j] == 0 for i in range(n) for j in range(n))]
    return [
        [
            monomial(ring, e)
            for e in exponents_of_degree(n, degree)
            if all(sum((k * a[i][i] for i, k in enumerate(e)), fmpq(0)) == 0 for a in scalings)
        ]
        for degree in range(p.total_degree() // 2 + 1)
    ]


def _below(
    p: fmpq_mpoly, level: Fraction, members: Sequence[fmpq_mpoly], factors: Sequence[fmpq_mpoly], seconds: float
) -> tuple[tuple[Square, ...], Fraction, Fraction, list[Square]] | None:
    """(sum of l m^2) (p - level) = constant + share * (sum of m^2) + squares; l, constant, share and the squares."""
    ring = p.context()
    one = ring.constant(1)
    basis = Basis([], ring, real=False)
    multipliers = [one, *members]
    half = {tuple(int(a) for a in (u * v).monomial(0)) for u in multipliers for v in factors}
    if len(half) > _MOST_BELOW:
        return None
    deadline = time.monotonic() + seconds
    blocks, groups = _blocks(basis, sorted(half), [terms(p)])
    blocks = [(size, {pair: _negative(v) for pair, v in products.items()}) for size, products in blocks]
    first = len(blocks)
    blocks += [(1, {(0, 0): cones.keyed(terms(m * m * (p - to_fmpq(level))))}) for m in multipliers]
    blocks.append((1, {(0, 0): cones.keyed(terms(one))}))
    blocks.append((1, {(0, 0): _negative(terms(sum((m * m for m in members), ring.constant(0))))}))
    solved = cones.solve(blocks, [len(blocks) - 1], seconds)
    if solved is None:
        return None
    numbers = [cones.number(s) if s[0] else fmpq(0) for s in solved[first:]]
    share, constant = _rounded(numbers.pop() / 2), -_rounded(2 * numbers.pop())
    multiplier = [(from_fmpq(c), m) for c, m in zip(map(_rounded, numbers), multipliers, strict=True) if c > 0]
    gap = (p - to_fmpq(level)) * sum_squares(ring, multiplier) - constant
    rest = gap - share * sum((m * m for m in members), ring.constant(0))
    mixed = [_mixed(ring, frame, group) for (_, frame), group in zip(solved[:first], groups, strict=True)]
    names = [k for k, group in enumerate(mixed) for _ in group]
    space = gram.gram_space(rest, [q for group in mixed for q in group], names)
    centre = None if space is None else gram.centre(space, deadline - time.monotonic())
    squares = None if space is None or centre is None else gram.round_exactly(space, centre.matrix)
    if squares is None:
        return None
    parts = [(from_fmpq(c), q) for c, q in squares]
    return tuple(multiplier), from_fmpq(constant), from_fmpq(share), parts


def _rounded(c: fmpq) -> fmpq:
    """A short number near this one."""
    if c == 0:
        return c
    shift = round(math.log2(abs(float(c)))) - 8
    unit = fmpq(1 << shift) if shift >= 0 else fmpq(1, 1 << -shift)
    return fmpq(round(float(c / unit))) * unit
