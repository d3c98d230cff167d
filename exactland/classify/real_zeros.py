"""Polynomials that vanish at the real common zeros of others, by sums of squares.

If sum m_j p_j = sum c_i q_i^2 with c_i > 0, every q_i vanishes at all real common zeros of the p_j, though perhaps not
at the complex ones: a real point may be isolated on a complex curve. With a column b of polynomials up to some degree,
matrices G >= 0 with b^T G b in the span of monomial multiples of the p_j are searched: the span is cut out by linear
conditions on G. Where all such G are singular their common kernel is guessed and b made smaller.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify import gram
from exactland.classify._tools import Exponents, Square, monomial, null_space, sum_squares, terms
from exactland.polynomial import from_fmpq, to_fmpq

MAX_BASIS = 36
MAX_SUPPORT = 500
MAX_ROUNDS = 6


@dataclass(frozen=True)
class RealZeros:
    """sum over j of multipliers_j * given_j = sum of c q^2; `kernel` spans the same space as the q, in short form."""

    multipliers: tuple[fmpq_mpoly, ...]
    squares: tuple[Square, ...]
    kernel: tuple[fmpq_mpoly, ...]

    def proves(self, given: Sequence[fmpq_mpoly]) -> bool:
        """The identity holds exactly."""
        ring = given[0].context()
        left = sum((m * p for m, p in zip(self.multipliers, given, strict=True)), ring.constant(0))
        return all(c > 0 for c, _ in self.squares) and left == sum_squares(ring, self.squares)


def real_zeros(given: Sequence[fmpq_mpoly], sizes: Sequence[Fraction] = ()) -> RealZeros | None:
    """A sum of squares in the span of the multiples up to the least even degree that holds all of them.

    `sizes` are numbers of the size of the coordinates of real zeros: in units of them the numerical search does better.
    """
    units = [to_fmpq(s) for s in sizes] or [fmpq(1)] * given[0].context().nvars()
    found = _search([_scaled(p, units) for p in given])
    if found is None:
        return None
    back = [1 / u for u in units]
    answer = RealZeros(
        tuple(_scaled(m, back) for m in found.multipliers),
        tuple((c, _scaled(q, back)) for c, q in found.squares),
        tuple(_echelon([_scaled(q, back) for q in found.kernel])),
    )
    return answer if answer.proves(given) else None


def _scaled(p: fmpq_mpoly, units: Sequence[fmpq]) -> fmpq_mpoly:
    """p with u_i x_i in the place of x_i."""
    return p.compose(*(u * x for u, x in zip(units, p.context().gens(), strict=True)))


def _search(given: Sequence[fmpq_mpoly]) -> RealZeros | None:
    ring = given[0].context()
    half = (max(p.total_degree() for p in given) + 1) // 2
    count = ring.nvars()
    if half < 1 or math.comb(count + half, half) > MAX_BASIS or math.comb(count + 2 * half, 2 * half) > MAX_SUPPORT:
        return None
    shifts = [(j, m) for j, p in enumerate(given) for m in _monomials(count, 2 * half - p.total_degree())]
    multiples = [given[j] * monomial(ring, m) for j, m in shifts]
    support = list(_monomials(count, 2 * half))
    conditions = null_space(_rows(multiples, support))
    found = _squares([monomial(ring, m) for m in _monomials(count, half)], conditions, support)
    if not found:
        return None
    factors = _combination(sum_squares(ring, found), multiples, support)
    if factors is None:
        return None
    multipliers = [ring.constant(0) for _ in given]
    for (j, m), c in zip(shifts, factors, strict=True):
        multipliers[j] += c * monomial(ring, m)
    return RealZeros(tuple(multipliers), tuple(found), tuple(_echelon([q for _, q in found])))


def _monomials(count: int, degree: int) -> Iterator[Exponents]:
    """All of them up to this degree."""
    for d in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(range(count), d):
            yield tuple(chosen.count(i) for i in range(count))


def _rows(polynomials: Sequence[fmpq_mpoly], support: Sequence[Exponents]) -> fmpq_mat:
    place = {m: i for i, m in enumerate(support)}
    matrix = fmpq_mat(len(polynomials), len(support))
    for i, p in enumerate(polynomials):
        for m, c in terms(p).items():
            matrix[i, place[m]] = c
    return matrix


def _squares(
    basis: list[fmpq_mpoly], conditions: Sequence[Sequence[fmpq]], support: Sequence[Exponents]
) -> list[Square]:
    """The squares of a rational G >= 0 of trace |basis| with conditions . (b^T G b) = 0; empty when none is found."""
    place = {m: i for i, m in enumerate(support)}
    for _ in range(MAX_ROUNDS):
        products = {
            (i, j): {place[m]: (1 if i == j else 2) * c for m, c in terms(u * basis[j]).items()}
            for i, u in enumerate(basis)
            for j in range(i, len(basis))
        }
        rows = []
        for vector in conditions:
            values = {
                pair: sum((c * vector[k] for k, c in product.items()), fmpq(0)) for pair, product in products.items()
            }
            rows.append({pair: value for pair, value in values.items() if value != 0})
        rows = [row for row in rows if row]
        rows.append({(i, i): fmpq(1) for i in range(len(basis))})
        right = (*(fmpq(0) for _ in rows[1:]), fmpq(len(basis)))
        space = gram.GramSpace(tuple(basis), tuple(rows), right)
        numeric = gram.centre(space)
        if numeric is None:
            return []
        parts = gram.round_exactly(space, numeric.matrix) if numeric.residual < 1e-6 else None
        if parts is not None and not _meets(parts, rows, right):
            parts = None  # conditions that depend on others only nearly
        if parts is not None:
            combined = [(d, _linear(vector, basis)) for d, vector in parts]
            return [(from_fmpq(d), q) for d, q in combined if not q.is_zero()]
        members = gram.kernel_complement(space, numeric.matrix)
        if not members or len(members) >= len(basis):
            return []
        basis = members
    return []


def _meets(
    parts: Sequence[tuple[fmpq, list[fmpq]]], rows: Sequence[dict[tuple[int, int], fmpq]], right: Sequence[fmpq]
) -> bool:
    """Whether G = sum d v v^T satisfies the conditions exactly."""
    size = range(len(parts[0][1]) if parts else 0)
    matrix = {(i, j): sum((d * v[i] * v[j] for d, v in parts), fmpq(0)) for i in size for j in range(i, len(size))}
    sums = (sum((c * matrix[pair] for pair, c in row.items()), fmpq(0)) for row in rows)
    return bool(matrix) and all(total == r for total, r in zip(sums, right, strict=True))


def _linear(vector: Sequence[fmpq], basis: Sequence[fmpq_mpoly]) -> fmpq_mpoly:
    ring: fmpq_mpoly_ctx = basis[0].context()
    return sum((c * z for c, z in zip(vector, basis, strict=True) if c != 0), ring.constant(0))


def _combination(
    wanted: fmpq_mpoly, multiples: Sequence[fmpq_mpoly], support: Sequence[Exponents]
) -> list[fmpq] | None:
    """Constants c with wanted = sum c_k multiples_k."""
    columns = _rows([*multiples, wanted], support).transpose()
    for vector in null_space(columns):
        if vector[-1] != 0:
            return [-c / vector[-1] for c in vector[:-1]]
    return None


def _echelon(polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """A basis of their span with as few leading monomials as possible in each, high degrees eliminated first."""
    ring = polynomials[0].context()
    support = sorted({m for p in polynomials for m in terms(p)}, key=lambda m: (sum(m), m), reverse=True)
    reduced, rank = _rows(polynomials, support).rref()
    found = []
    for i in range(rank):
        row = {m: reduced[i, j] for j, m in enumerate(support) if reduced[i, j] != 0}
        scale = math.lcm(*(from_fmpq(c).denominator for c in row.values()))
        found.append(ring.from_dict({m: c * scale for m, c in row.items()}))
    return found


def coordinates(polynomial: fmpq_mpoly, span: Sequence[fmpq_mpoly]) -> list[Fraction] | None:
    """Constants c with polynomial = sum c_k span_k."""
    support = sorted({m for p in (polynomial, *span) for m in terms(p)})
    found = _combination(polynomial, span, support)
    return None if found is None else [from_fmpq(c) for c in found]
