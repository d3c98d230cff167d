"""Exact positive Gram matrices.

Given polynomials z_1..z_N (usually monomials) and a polynomial p, the Gram space is the affine space of symmetric G
with z^T G z = p. What is looked for is a rational G in it that is positive semidefinite, with its exact squares;
numbers in floating point only guide the search.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from exactland.classify import semidefinite
from exactland.classify._tools import Exponents, terms
from exactland.classify.semidefinite import Array, Centre, Conditions, Matrix, decompose, short_parts

_MAXIMUM_WORK = 6_000_000_000  # multiplications in one search for a centre
_MAXIMUM_STEPS = 200
_MINIMUM_STEPS = 30
_LARGE = 12  # from here on exact factors have long numbers


@dataclass(frozen=True)
class GramSpace:
    """The conditions on the symmetric matrices G with z^T G z = p, for the products of z = `basis`."""

    basis: tuple[fmpq_mpoly, ...]
    conditions: Conditions


def gram_space(
    p: fmpq_mpoly, basis: Sequence[fmpq_mpoly], blocks: Sequence[int] = (), scale: Sequence[int] = ()
) -> GramSpace | None:
    """The Gram space of p over `basis`, entries between different blocks being zero; None when p has a term out of
    reach.
    """
    rows: dict[Exponents, dict[tuple[int, int], fmpq]] = {}
    for i, u in enumerate(basis):
        for j in range(i, len(basis)):
            if blocks and blocks[i] != blocks[j]:
                continue
            factor = 1 if i == j else 2
            for e, c in terms(u * basis[j]).items():
                rows.setdefault(e, {})[i, j] = factor * c
    wanted = terms(p)
    if any(e not in rows for e in wanted):
        return None
    keys = sorted(rows, reverse=True)
    conditions = Conditions(
        tuple(rows[e] for e in keys),
        tuple(wanted.get(e, fmpq(0)) for e in keys),
        tuple(scale) or (0,) * len(basis),
    )
    return GramSpace(tuple(basis), conditions)


def centre(space: GramSpace, seconds: float | None = None) -> Centre | None:
    """The analytic centre of the Gram space in scaled unknowns, or the last iterate; None when the problem is too
    large for a fixed amount of work, where no time is given.
    """
    size, count = space.conditions.size, len(space.conditions.rows)
    steps = min(_MAXIMUM_STEPS, _MAXIMUM_WORK // (count * size * size * (count + 2 * size) + 1))
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    if seconds is not None:
        steps = _MAXIMUM_STEPS
    if steps < _MINIMUM_STEPS:
        return None
    given = semidefinite.dense(space.conditions, (0, size))
    return semidefinite.centre(given, max(1.0, float(abs(given.right).max(initial=0.0))), steps, deadline)


def round_exactly(space: GramSpace, numeric: Array) -> list[tuple[fmpq, fmpq_mpoly]] | None:
    """(d, q) with p = sum of d * q^2 and all d > 0, from a rational Gram matrix near `numeric`."""
    found = semidefinite.rounded(space.conditions, numeric)
    parts = None if found is None else factored(found)
    return None if parts is None else [(d, combination(vector, space.basis)) for d, vector in parts]


def factored(matrix: Matrix) -> list[tuple[fmpq, list[fmpq]]] | None:
    """A positive semidefinite matrix as a sum of d v v^T with d > 0, with short numbers; None for any other."""
    parts = decompose(matrix)
    if parts is None or len(matrix) < _LARGE:
        return parts
    return min(parts, short_parts(matrix) or parts, key=_digits)


def _digits(parts: list[tuple[fmpq, list[fmpq]]]) -> int:
    return sum(len(str(c)) for d, vector in parts for c in (d, *vector) if c != 0)


def kernel_complement(space: GramSpace, numeric: Array) -> list[fmpq_mpoly] | None:
    """A basis of the span that the numerical kernel of `numeric` leaves over, when that kernel looks rational.

    Used when every positive semidefinite G is singular (p has real zeros, say).
    """
    kernel = semidefinite.kernel(numeric, (0, len(space.basis)))
    if kernel is None:
        return None
    rest = semidefinite.rational_complement(kernel[0] / space.conditions.units)
    return None if rest is None else [combination(row, space.basis) for row in rest]


def combination(coefficients: Sequence[fmpq], members: Sequence[fmpq_mpoly]) -> fmpq_mpoly:
    """The sum of c * z."""
    zero = members[0].context().constant(0)
    return sum((c * z for c, z in zip(coefficients, members, strict=True) if c != 0), zero)
