"""Sums of squares with rational coefficients: p = sum c_j q_j^2 (+ sum lambda_i x_i^(2 k_i)), found numerically,
proved exactly.

The identity is the whole evidence; `SumOfSquares.proves` expands it again. Not finding one proves nothing: Motzkin's
form is nonnegative and has none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import Exponents, Square, monomial, power, sum_squares, terms
from exactland.later import Later
from exactland.polynomial import exponents_of_degree, from_fmpq, to_fmpq

if TYPE_CHECKING:
    import numpy as np

    from exactland.classify import gram, semidefinite
else:
    np, gram = Later("numpy"), Later("exactland.classify.gram")
    semidefinite = Later("exactland.classify.semidefinite")

MAXIMUM_BASIS = 90
_MAXIMUM_CANDIDATES = 4000
_FLOATING = 300  # bits of the largest coefficient
_HALVINGS, _PLACES = 24, 30  # of a coefficient that is split off; of the parameter of a Gram matrix


@dataclass(frozen=True)
class SumOfSquares:
    """sum c_j q_j^2 + sum_i lambda_i x_i^(2 k_i): `squares` holds (c_j, q_j), `powers` holds (lambda_i, 2 k_i) per
    variable.

    `powers` is empty (a plain sum of squares) or has one entry per variable, every lambda_i > 0.
    """

    squares: tuple[Square, ...]
    powers: tuple[tuple[Fraction, int], ...] = ()

    def expand(self, ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
        """The polynomial that the two sums make, in `ring`."""
        total = sum_squares(ring, self.squares)
        for i, (c, exponent) in enumerate(self.powers):
            total = total + to_fmpq(c) * power(ring, i, exponent)
        return total

    def times(self, factor: Fraction) -> SumOfSquares:
        """The sums of a positive multiple."""
        squares = tuple((c * factor, q) for c, q in self.squares)
        return SumOfSquares(squares, tuple((c * factor, exponent) for c, exponent in self.powers))

    def proves(self, p: fmpq_mpoly) -> bool:
        """The identity p = sum holds exactly, and every coefficient has the right sign."""
        if any(c <= 0 for c, _ in self.squares):
            return False
        if self.powers and len(self.powers) != p.context().nvars():
            return False
        if any(c <= 0 or exponent < 2 or exponent % 2 for c, exponent in self.powers):
            return False
        return self.expand(p.context()) == p


def sum_of_squares(
    p: fmpq_mpoly, *, powers: bool = False, exponents: Sequence[int] | None = None
) -> SumOfSquares | None:
    """p as a sum of squares over Q, or None when none was found.

    With `powers`, also lambda_i x_i^(2 k_i) with lambda_i > 0 for every variable i is split off (for a
    weighted-homogeneous p this proves p positive definite). 2 k_i is `exponents[i]` when given, else the largest
    exponent of a pure power of x_i in p.
    """
    largest = max(map(abs, terms(p).values()), default=fmpq(0))
    if largest != 0 and abs(_log2(largest)) > _FLOATING:  # a multiple that floating point can hold
        unit = fmpq(2) ** round(_log2(largest))
        part = sum_of_squares(p * (1 / unit), powers=powers, exponents=exponents)
        return None if part is None else part.times(from_fmpq(unit))
    pure = _pure_powers(p, exponents) if powers else ()
    if pure is None:
        return None
    found = _visible(p, pure) or _binary_quartic(p, pure)
    if found is None and not powers and p.total_degree() <= 2:
        return quadratic_squares(p)
    if found is None:
        found = _by_gram(p, pure)
    if found is None and pure:
        found = _with_half_of_the_powers(p, pure)
    return found if found is not None and found.proves(p) else None


def _pure_powers(p: fmpq_mpoly, exponents: Sequence[int] | None) -> tuple[int, ...] | None:
    """2 k_i for every variable; None when some variable has no positive even pure power."""
    count = p.context().nvars()
    if exponents is not None:
        chosen = tuple(exponents)
        return chosen if all(e >= 2 and e % 2 == 0 for e in chosen) else None
    best = [0] * count
    known = terms(p)
    for e in known:
        support = [i for i, a in enumerate(e) if a]
        if len(support) == 1:
            best[support[0]] = max(best[support[0]], e[support[0]])
    for i, exponent in enumerate(best):
        if exponent < 2 or exponent % 2 or known[_pure(count, i, exponent)] <= 0:
            return None
    return tuple(best)


def _pure(count: int, i: int, exponent: int) -> Exponents:
    return tuple(exponent if j == i else 0 for j in range(count))


def _visible(p: fmpq_mpoly, pure: tuple[int, ...]) -> SumOfSquares | None:
    """Every term is a positive multiple of an even monomial."""
    ring = p.context()
    left = terms(p)
    if any(c < 0 or any(a % 2 for a in e) for e, c in left.items()):
        return None
    split: list[tuple[Fraction, int]] = []
    for i, exponent in enumerate(pure):
        key = _pure(len(pure), i, exponent)
        if key not in left:
            return None
        split.append((from_fmpq(left.pop(key)), exponent))
    squares = tuple((from_fmpq(c), monomial(ring, (a // 2 for a in e))) for e, c in left.items())
    return SumOfSquares(squares, tuple(split))


def _binary_quartic(p: fmpq_mpoly, pure: tuple[int, ...]) -> SumOfSquares | None:
    """A form a x^4 + b x^3 y + c x^2 y^2 + d x y^3 + e y^4 with powers of both variables split off, by hand: its Gram
    matrices have one parameter t, the entry at x^2 and y^2, and the determinant is a cubic in it.
    """
    known = terms(p)
    if pure != (4, 4) or any(sum(m) != 4 for m in known):
        return None
    a, b, c, d, e = (known.get((4 - k, k), fmpq(0)) for k in range(5))
    ring = p.context()
    x, y = ring.gens()
    for halvings in range(1, _HALVINGS):
        left = a * (1 - fmpq(1, 2**halvings))
        root = float(c) ** 2 - 3 * (float(b * d) - 4 * float(left * e))
        if not 0 <= root < math.inf:
            continue
        best = (float(c) - math.sqrt(root)) / 6  # where the determinant is largest
        unit = fmpq(2) ** (math.frexp(math.sqrt(float(left * e)))[1] - _PLACES)
        t = round(best / float(unit)) * unit
        second = c - 2 * t - b * b / (4 * left)
        across = d / 2 - b * t / (2 * left)
        if second > 0:
            last = e - t * t / left - across * across / second
            if last > 0:
                squares = (
                    (left, x * x + b / (2 * left) * x * y + t / left * y * y),
                    (second, x * y + across / second * y * y),
                )
                powers = (from_fmpq(a - left), 4), (from_fmpq(last), 4)
                return SumOfSquares(_squares(squares), powers)
    return None


def monomial_basis(p: fmpq_mpoly, extra: Sequence[Exponents] = ()) -> list[Exponents] | None:
    """The monomials that can occur in the squares of p, or None when p has an odd leading behaviour or the basis is
    too large.

    Start from a box; drop z while 2z is neither in the support of p nor a sum of two other candidates: then the
    diagonal Gram entry of z is zero. The fixed point lies inside half the Newton polytope of p (a vertex of the hull
    of the candidates has only one way to be written).
    """
    support = set(terms(p)) | set(extra)
    if not support:
        return []
    count = p.context().nvars()
    top = [max(e[i] for e in support) // 2 for i in range(count)]
    low = [-(-min(e[i] for e in support) // 2) for i in range(count)]
    highest = max(sum(e) for e in support) // 2
    lowest = -(-min(sum(e) for e in support) // 2)
    candidates: list[Exponents] = []
    for degree in range(lowest, highest + 1):
        if math.comb(count + degree - 1, degree) > 20 * _MAXIMUM_CANDIDATES:
            return None
        all_of_them = exponents_of_degree(count, degree)
        candidates += [e for e in all_of_them if all(low[i] <= e[i] <= top[i] for i in range(count))]
        if len(candidates) > _MAXIMUM_CANDIDATES:
            return None
    candidates = _inside_half_polytope(candidates, support)
    if len(candidates) > 6 * MAXIMUM_BASIS:
        return None
    while True:
        sums: dict[Exponents, int] = {}
        for i, u in enumerate(candidates):
            for v in candidates[i + 1 :]:
                total = tuple(a + b for a, b in zip(u, v, strict=True))
                sums[total] = 1
        kept = [u for u in candidates if (d := tuple(2 * a for a in u)) in support or d in sums]
        if len(kept) == len(candidates):
            break
        candidates = kept
    return candidates if len(candidates) <= MAXIMUM_BASIS else None


def _inside_half_polytope(candidates: list[Exponents], support: set[Exponents]) -> list[Exponents]:
    """Drop candidates outside supporting half-spaces in a few hundred fixed directions (only to make the exact
    pruning cheaper).
    """
    if len(candidates) < 40:
        return candidates
    count = len(candidates[0])
    directions = np.random.default_rng(7).normal(size=(400, count))
    limits = (np.array(sorted(support)) @ directions.T).max(axis=0) + 1e-9
    inside = np.all(2 * np.array(candidates) @ directions.T <= limits[None, :], axis=1)
    return [c for c, keep in zip(candidates, inside, strict=True) if keep]


def _parity_blocks(basis: Sequence[Exponents], support: Sequence[Exponents]) -> list[int]:
    """Blocks of the basis under the sign symmetries of the support: u, v share a block when u + v is a sum of support
    vectors modulo 2.
    """
    rows: list[int] = []
    for e in support:
        rest = _reduce(_bits(e), rows)
        if rest:
            rows = sorted([*rows, rest], reverse=True)
    labels: dict[int, int] = {}
    return [labels.setdefault(_reduce(_bits(e), rows), len(labels)) for e in basis]


def _bits(exponents: Exponents) -> int:
    return sum(1 << i for i, a in enumerate(exponents) if a % 2)


def _reduce(word: int, rows: Sequence[int]) -> int:
    """Normal form modulo the span of `rows`, which have distinct leading bits and descend."""
    for row in rows:
        word = min(word, word ^ row)
    return word


def _scaling(p: fmpq_mpoly, basis: Sequence[Exponents]) -> list[int]:
    """s_i such that 2^(-s_i) z_i has a coefficient near 1 in p: least squares on the logarithms of the even terms."""
    known = terms(p)
    rows = [e for e in known if all(a % 2 == 0 for a in e) and known[e] > 0]
    if not rows:
        return [0] * len(basis)
    matrix = np.array([[1.0, *e] for e in rows])
    logs = np.array([_log2(known[e]) for e in rows])
    penalty = np.diag([1e-3] + [1e-2] * p.context().nvars())
    solution = np.linalg.lstsq(
        np.vstack([matrix, penalty]), np.concatenate([logs, np.zeros(len(penalty))]), rcond=None
    )[0]
    return [-round(float(solution[0] / 2 + solution[1:] @ np.array(e, dtype=float))) for e in basis]


def _log2(c: fmpq) -> float:
    """Of a positive number, also one that is too large or too small for floating point."""
    bits = int(c.p).bit_length() - int(c.q).bit_length()
    return bits + math.log2(float(c / fmpq(2) ** bits))


def _by_gram(p: fmpq_mpoly, pure: tuple[int, ...]) -> SumOfSquares | None:
    ring = p.context()
    count = ring.nvars()
    if p.is_zero():
        return None if pure else SumOfSquares(())
    extra = [_pure(count, i, exponent) for i, exponent in enumerate(pure)]
    exponents = monomial_basis(p, extra)
    if exponents is None:
        return None
    blocks = _parity_blocks(exponents, [*terms(p), *extra])
    scale = _scaling(p, exponents)
    basis = [monomial(ring, e) for e in exponents]
    space = gram.gram_space(p, basis, blocks, scale)
    if space is None:
        return None
    rows = [exponents.index(tuple(a // 2 for a in e)) for e in extra]
    numeric = gram.centre(space)
    if numeric is None:
        return None
    if numeric.residual > 1e-8:
        return None if pure else _on_a_face(p, space, numeric)
    matrix = numeric.matrix
    split: list[tuple[Fraction, int]] = []
    rest = p
    if pure:
        lift = np.array([float(matrix[r, r]) for r in rows])
        inverse = np.linalg.inv(matrix)[np.ix_(rows, rows)]
        root = np.sqrt(lift)
        largest = float(np.linalg.eigvalsh(inverse * np.outer(root, root))[-1])
        share = Fraction(2) ** math.floor(math.log2(0.75 / largest))
        for i, r in enumerate(rows):
            unit = Fraction(2) ** (-2 * scale[r])
            value = share * unit * Fraction(2) ** math.floor(math.log2(float(lift[i])))
            split.append((value, pure[i]))
            matrix[r, r] -= float(value / unit)
            rest = rest - to_fmpq(value) * power(ring, i, pure[i])
        shifted = gram.gram_space(rest, basis, blocks, scale)
        if shifted is None:
            return None
        space = shifted
    parts = gram.round_exactly(space, matrix)
    if parts is None:
        return None if pure else _on_a_face(p, space, numeric)
    return SumOfSquares(_squares(parts), tuple(split))


def _with_half_of_the_powers(p: fmpq_mpoly, pure: tuple[int, ...]) -> SumOfSquares | None:
    """Half of every pure power of p and squares for the rest: helps when every Gram matrix is singular."""
    ring = p.context()
    known = terms(p)
    halves = [known.get(_pure(len(pure), i, exponent), fmpq(0)) / 2 for i, exponent in enumerate(pure)]
    if any(c <= 0 for c in halves):
        return None
    rest = p - sum((c * power(ring, i, e) for i, (c, e) in enumerate(zip(halves, pure, strict=True))), ring.constant(0))
    found = sum_of_squares(rest)
    if found is None:
        return None
    return SumOfSquares(found.squares, tuple((from_fmpq(c), e) for c, e in zip(halves, pure, strict=True)))


def _squares(parts: Sequence[tuple[fmpq, fmpq_mpoly]]) -> tuple[Square, ...]:
    return tuple((from_fmpq(d), q) for d, q in parts if not q.is_zero())


def _on_a_face(p: fmpq_mpoly, space: gram.GramSpace, numeric: semidefinite.Centre) -> SumOfSquares | None:
    """p on the boundary of the cone of sums of squares: guess the common kernel of its Gram matrices, at most three
    times.
    """
    for _ in range(4):
        members = gram.kernel_complement(space, numeric.matrix)
        smaller = gram.gram_space(p, members) if members else None
        if smaller is None:
            return None
        again = gram.centre(smaller)
        if again is None:
            return None
        parts = gram.round_exactly(smaller, again.matrix)
        if parts is not None:
            return SumOfSquares(_squares(parts))
        space, numeric = smaller, again
    return None


def quadratic_squares(p: fmpq_mpoly) -> SumOfSquares | None:
    """The exact decision for polynomials of degree at most 2: their Gram matrix is unique."""
    if p.total_degree() > 2:
        return None
    ring = p.context()
    count = ring.nvars()
    known = terms(p)
    basis = [*ring.gens(), ring.constant(1)]
    size = count + 1
    matrix = [[fmpq(0)] * size for _ in range(size)]
    for e, c in known.items():
        support = [i for i, a in enumerate(e) for _ in range(a)]
        i, j = [*support, count, count][:2]
        if i == j:
            matrix[i][i] += c
        else:
            matrix[i][j] += c / 2
            matrix[j][i] += c / 2
    parts = semidefinite.decompose(matrix)
    return None if parts is None else SumOfSquares(_squares([(d, gram.combination(v, basis)) for d, v in parts]))
