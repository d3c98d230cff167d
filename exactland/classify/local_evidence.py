"""Evidence about a polynomial near one rational point: arcs, local forms, global squares.

Arc. x(t) = x0 + a_1 t + a_2 t^2 + ... with rational vectors a_k, not constant. If f(x(t)) - f(x0) = c t^m + (higher
powers of t), c != 0, then points x(t) -> x0 (t -> 0+) have values of the sign of c: c < 0 proves that x0 is no local
minimum, c > 0 that it is no local maximum.

Local form. Let Phi be a polynomial map with Phi(0) = 0 and invertible linear part, w positive integer weights, d > 0,
and suppose that f(x0 + Phi(y)) - f(x0) - sum c_j q_j(y)^2 - sum_i lambda_i y_i^(2 k_i) has only monomials of weighted
degree > d, where c_j > 0, lambda_i > 0 and 2 k_i w_i = d for every i. Then x0 is a strict local minimum of f. Proof:
Phi is a local diffeomorphism at 0, so it is enough to look at h(y) = f(x0 + Phi(y)) - f(x0) near 0. Let N(y) = max_i
|y_i|^(1/w_i). A monomial of weighted degree e is at most N^e in absolute value, so for N <= 1 the remainder is at
most C N^(d+1), while sum lambda_i y_i^(2 k_i) >= lambda N^d with lambda = min lambda_i. Hence h >= N^d (lambda - C N)
> 0 for 0 < N < lambda / C. (When the q_j are weighted-homogeneous of degree d / 2 the sum is the lowest weighted form
of h, the classical case; `is_leading` tells.) With -f in place of f the point is a strict local maximum.

Squares. f - f(x0) = sum of squares: x0 is a global minimum, strict or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mat, fmpq_mpoly

from exactland.classify._tools import along_arc, constant_term, from_terms, terms, weighted_degree
from exactland.classify.sos import SumOfSquares
from exactland.polynomial import to_fmpq

Point = Sequence[Fraction | int]


def shifted(f: fmpq_mpoly, point: Point) -> fmpq_mpoly:
    """f(point + x) - f(point)."""
    ring = f.context()
    moved = f.compose(*(x + to_fmpq(a) for x, a in zip(ring.gens(), point, strict=True)), ctx=ring)
    return moved - constant_term(moved)


def truncate(p: fmpq_mpoly, weights: Sequence[int], limit: int) -> fmpq_mpoly:
    """The terms of weighted degree at most `limit`."""
    return from_terms(p.context(), {e: c for e, c in terms(p).items() if weighted_degree(e, weights) <= limit})


def compose_truncated(p: fmpq_mpoly, images: Sequence[fmpq_mpoly], weights: Sequence[int], limit: int) -> fmpq_mpoly:
    """p(images) without the terms of weighted degree above `limit`, exactly."""
    ring = images[0].context()
    powers: list[list[fmpq_mpoly]] = [[ring.constant(1)] for _ in images]

    def power_of(i: int, exponent: int) -> fmpq_mpoly:
        while len(powers[i]) <= exponent:
            powers[i].append(truncate(powers[i][-1] * images[i], weights, limit))
        return powers[i][exponent]

    total = ring.constant(0)
    for e, c in terms(p).items():
        product = ring.constant(c)
        for i, a in enumerate(e):
            if a:
                product = truncate(product * power_of(i, a), weights, limit)
        total = total + product
    return total


@dataclass(frozen=True)
class Arc:
    """The curve point + coordinates(t); along it f - f(point) starts with coefficient * t^order."""

    coordinates: tuple[fmpq_mpoly, ...]
    order: int
    coefficient: Fraction

    def proves(self, f: fmpq_mpoly, point: Point) -> bool:
        """The curve starts at the point and the lowest term is the stated one, not zero."""
        if any(constant_term(a) != 0 for a in self.coordinates):
            return False
        image = along_arc(shifted(f, point), self.coordinates)
        return bool(image) and image[0] == (self.order, self.coefficient) and self.order >= 1


@dataclass(frozen=True)
class LocalForm:
    """A strict local minimum of sign * f; see the module text. `form.powers` fixes the weighted degree d."""

    sign: int
    substitution: tuple[fmpq_mpoly, ...]
    weights: tuple[int, ...]
    form: SumOfSquares

    @property
    def degree(self) -> int:
        """The weighted degree d up to which the identity holds."""
        return self.weights[0] * self.form.powers[0][1]

    def is_leading(self) -> bool:
        """Every square is weighted-homogeneous of degree d / 2: the sum is the lowest weighted form itself."""
        return all(2 * weighted_degree(e, self.weights) == self.degree for _, q in self.form.squares for e in terms(q))

    def proves(self, f: fmpq_mpoly, point: Point) -> bool:
        """Check the map, the degrees and the identity modulo higher weighted degree."""
        ring = f.context()
        count = ring.nvars()
        lengths = {len(self.substitution), len(self.weights), len(self.form.powers)}
        if lengths != {count} or any(w < 1 for w in self.weights) or self.sign not in (1, -1):
            return False
        if any(c <= 0 for c, _ in self.form.squares) or any(c <= 0 for c, _ in self.form.powers):
            return False
        if any(
            e < 2 or e % 2 or e * w != self.degree for w, (_, e) in zip(self.weights, self.form.powers, strict=True)
        ):
            return False
        if any(constant_term(image) != 0 for image in self.substitution):
            return False
        unit = [tuple(int(i == j) for i in range(count)) for j in range(count)]
        if fmpq_mat([[image[e] for e in unit] for image in self.substitution]).rank() != count:
            return False
        local = compose_truncated(self.sign * shifted(f, point), self.substitution, self.weights, self.degree)
        return truncate(self.form.expand(ring), self.weights, self.degree) == local


@dataclass(frozen=True)
class GlobalSquares:
    """sign * (f - f(point)) is a sum of squares."""

    sign: int
    squares: SumOfSquares

    def proves(self, f: fmpq_mpoly, point: Point) -> bool:
        """The identity holds exactly, in coordinates centred at the point."""
        return self.sign in (1, -1) and self.squares.proves(self.sign * shifted(f, point))
