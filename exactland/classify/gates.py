"""Squares that bound all variables below a value, to which they add up where a variable tends to infinity (rule G16).

Where a sum of squares of q_l = (monomial) + b_l is bounded, so are these monomials. When a product of them is x_i^k
times the monomial of q_j, k >= 1, then that monomial tends to 0 where |x_i| -> infinity, and q_j to b_j. So it is when
a matrix is completed of which some entries are not observed: rows that grow make the others vanish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from flint import fmpq_mpoly

from exactland.classify._tools import Exponents, Square, constant_term, sum_squares, terms
from exactland.classify.coercivity import bounding_square
from exactland.polynomial import from_fmpq, to_fmpq

_LARGEST_POWER = 4
_MOST_PRODUCTS = 4_000


@dataclass(frozen=True)
class Gate:
    """x_i^power times square number `square` minus `limit` is the product of the other squares minus numbers."""

    square: int
    limit: Fraction
    power: int
    factors: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class Gated:
    """constant + sum c_j q_j^2; each variable in turn with a square that bounds it, or with gates. The objective does
    not fall below `below` where a variable with gates tends to infinity.
    """

    constant: Fraction
    squares: tuple[Square, ...]
    chain: tuple[tuple[int, int | tuple[Gate, ...]], ...]
    below: Fraction

    def above(self, value: Fraction) -> Gated:
        """The same with as few gates as show that the objective does not fall to this value far away."""
        shorter = []
        for variable, item in self.chain:
            if not isinstance(item, int):
                least, kept = self.constant, []
                for gate in sorted(item, key=lambda g: -self.squares[g.square][0] * g.limit**2):
                    if least <= value:
                        kept.append(gate)
                        least += self.squares[gate.square][0] * gate.limit**2
                item = tuple(kept)
            shorter.append((variable, item))
        return Gated(self.constant, self.squares, tuple(shorter), self.below)


def gated(p: fmpq_mpoly, squares_hint: Sequence[Square]) -> Gated | None:
    """Gates for the variables that no square bounds, by the squares as written, or None."""
    squares = tuple(_monic(c, q) for c, q in squares_hint if not q.is_constant())
    rest = p - sum_squares(p.context(), squares)
    if not squares or any(c <= 0 for c, _ in squares) or not rest.is_constant():
        return None
    constant = from_fmpq(constant_term(rest))
    monomials = list(_monomials(squares))
    products = _products(monomials)
    count, bounded = int(p.context().nvars()), set[int]()
    chain: list[tuple[int, int | tuple[Gate, ...]]] = []
    below: Fraction | None = None
    while len(chain) < count:
        step = bounding_square(squares, bounded, count)
        if step is None:
            left = [i for i in range(count) if i not in bounded]
            far, i, gates = max((_gates(constant, squares, monomials, products, i) for i in left), key=lambda c: c[0])
            if not gates:
                return None
            chain.append((i, gates))
            below = far if below is None else min(below, far)
        else:
            chain.append(step)
        bounded.add(chain[-1][0])
    return None if below is None else Gated(constant, squares, tuple(chain), below)


def _monic(c: Fraction, q: fmpq_mpoly) -> Square:
    lead = from_fmpq(q.leading_coefficient())
    return c * lead**2, q / to_fmpq(lead)


def _monomials(squares: Sequence[Square]) -> Iterator[tuple[int, Exponents, Fraction]]:
    """The squares of a monomial plus a number: place, exponents, number."""
    for j, (_, q) in enumerate(squares):
        found = [e for e in terms(q) if any(e)]
        if len(found) == 1:
            yield j, found[0], from_fmpq(constant_term(q))


def _products(
    monomials: Sequence[tuple[int, Exponents, Fraction]],
) -> dict[Exponents, tuple[tuple[int, Fraction], ...]]:
    """Products of up to three of these monomials, the short ones preferred."""
    result: dict[Exponents, tuple[tuple[int, Fraction], ...]] = {}
    for count in (1, 2, 3):
        if len(monomials) ** count > _MOST_PRODUCTS:
            break
        for chosen in combinations_with_replacement(monomials, count):
            exponents = tuple(map(sum, zip(*(e for _, e, _ in chosen), strict=True)))
            result.setdefault(exponents, tuple((j, b) for j, _, b in chosen))
    return result


def _gates(
    constant: Fraction,
    squares: Sequence[Square],
    monomials: Sequence[tuple[int, Exponents, Fraction]],
    products: dict[Exponents, tuple[tuple[int, Fraction], ...]],
    i: int,
) -> tuple[Fraction, int, tuple[Gate, ...]]:
    """What the squares add up to at least where the variable tends to infinity, and the gates that show it."""
    gates = []
    for j, e, b in monomials:
        shown = ((k, products.get((*e[:i], e[i] + k, *e[i + 1 :]))) for k in range(1, _LARGEST_POWER + 1))
        power, factors = next(((k, f) for k, f in shown if f is not None), (0, ()))
        if b and power:
            gates.append(Gate(j, b, power, factors))
    return constant + sum((squares[g.square][0] * g.limit**2 for g in gates), Fraction(0)), i, tuple(gates)
