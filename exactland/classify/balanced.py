"""The infimum of a polynomial with noncompact symmetries is attained: the search for the evidence of rule G11.

If p is constant along exp(s A_k) for matrices A_k, every value of p is a value at a balanced point, where all x^T A_k x
vanish. There p may be changed by multiples of these; when the result is coercive, p attains its infimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mpoly

from exactland.classify import cones
from exactland.classify._tools import Exponents, monomial, power, terms
from exactland.classify.coercivity import CoerciveForm
from exactland.classify.modulo import Basis, TooLarge
from exactland.classify.semidefinite import decompose
from exactland.classify.sos import SumOfSquares
from exactland.classify.symmetries import Matrix, symmetries
from exactland.polynomial import exponents_of_degree, from_fmpq, sign_symmetries

_MAXIMUM_VARIABLES = 12
_MAXIMUM_MONOMIALS = 90


@dataclass(frozen=True)
class Balanced:
    """p + sum of multiplier * x^T A x is coercive by its leading form, and p is constant along every exp(s A)."""

    balances: tuple[tuple[Matrix, fmpq_mpoly], ...]
    form: CoerciveForm


def prove_balanced(p: fmpq_mpoly, seconds: float = 10) -> Balanced | None:
    """Evidence that p attains its infimum, or None."""
    ring = p.context()
    n, degree = int(ring.nvars()), p.total_degree()
    if n > _MAXIMUM_VARIABLES or degree < 2 or degree % 2:
        return None
    found = [(a, _quadratic(a, ring.gens())) for a in symmetries(p, shifts=False)]
    found = [(a, b) for a, b in found if not b.is_zero()]
    if not found:
        return None
    try:
        basis = Basis([b for _, b in found], ring, real=False, seconds=seconds)
    except TooLarge:
        return None
    top = ring.from_dict({e: c for e, c in terms(p).items() if sum(e) == degree})
    form = _definite(basis, top, degree, seconds)
    if form is None:
        return None
    cofactors = basis.cofactors(form.expand(ring) - top)
    if cofactors is None:
        return None
    factors = dict(basis.expanded(cofactors))
    balances = tuple((a, factors[k]) for k, (a, _) in enumerate(found) if k in factors)
    return Balanced(balances, CoerciveForm((1,) * n, form))


def _quadratic(a: Matrix, gens: tuple[fmpq_mpoly, ...]) -> fmpq_mpoly:
    zero = gens[0].context().constant(0)
    return sum((c * x * y for x, row in zip(gens, a, strict=True) for c, y in zip(row, gens, strict=True)), zero)


def _definite(basis: Basis, top: fmpq_mpoly, degree: int, seconds: float) -> SumOfSquares | None:
    """Squares and a positive even power of every variable that are congruent to the form."""
    ring = basis.ring
    n = int(ring.nvars())
    half = [e for e in exponents_of_degree(n, degree // 2) if basis.normal(monomial(ring, e)) == monomial(ring, e)]
    if len(half) > _MAXIMUM_MONOMIALS:
        return None
    signs = sign_symmetries(n, [[(0,) * n, *terms(top)], *map(terms, basis.elements[: basis.given])])
    groups: dict[tuple[int, ...], list[Exponents]] = {}
    for e in half:
        groups.setdefault(tuple(sum(a for k, a in enumerate(e) if s >> k & 1) % 2 for s in signs), []).append(e)
    blocks: list[tuple[int, cones.Products]] = []
    for members in groups.values():
        products: cones.Products = {}
        for i, u in enumerate(members):
            for j in range(i, len(members)):
                total = tuple(a + b for a, b in zip(u, members[j], strict=True))
                products[i, j] = cones.keyed(basis.normal_terms(monomial(ring, total)))
        blocks.append((len(members), products))
    first = len(blocks)
    blocks += [(1, {(0, 0): cones.keyed(basis.normal_terms(power(ring, i, degree)))}) for i in range(n)]
    blocks.append((1, {(0, 0): {key: -c for key, c in cones.keyed(basis.normal_terms(top)).items()}}))
    solved = cones.solve(blocks, range(first, len(blocks)), seconds)
    if solved is None:
        return None
    scale = cones.number(solved[-1])
    powers = tuple((from_fmpq(cones.number(one) / scale), degree) for one in solved[first:-1])
    squares: list[tuple[Fraction, fmpq_mpoly]] = []
    for (matrix, frame), members in zip(solved[:first], groups.values(), strict=True):
        mixed = [
            sum((c * monomial(ring, e) for c, e in zip(row, members, strict=True) if c != 0), ring.constant(0))
            for row in frame
        ]
        for d, v in decompose(matrix) or []:
            q = sum((c * m for c, m in zip(v, mixed, strict=True) if c != 0), ring.constant(0))
            squares.append((from_fmpq(d / scale), q))
    return SumOfSquares(tuple(squares), powers)
