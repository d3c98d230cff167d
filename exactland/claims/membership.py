"""Membership in ideals: polynomials as combinations of others. A search: the checker is shown the identity found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import comb

import flint

from exactland.claims.evidence import Evidence
from exactland.claims.properties import IdentityHolds
from exactland.claims.truth import Finding, Truth
from exactland.classify._tools import null_space
from exactland.polynomial import Polynomial, from_fmpq, terms, to_fmpq

__all__ = ["combination", "expression_text", "ideal_combination", "shown_in_ideal"]

_MOST_UNKNOWNS = 900
_MOST_STEPS = 400


def combination(p: Polynomial, others: Sequence[Polynomial]) -> list[Fraction] | None:
    """Constants c with p = sum c_k others_k."""
    columns = [{m: c for c, m in terms(q)} for q in (*others, p)]
    places = sorted({m for column in columns for m in column})
    if not places:
        return [Fraction(0)] * len(others)
    matrix = flint.fmpq_mat([[to_fmpq(column.get(m, Fraction(0))) for column in columns] for m in places])
    for vector in null_space(matrix):
        if vector[-1] != 0:
            return [-from_fmpq(x) / from_fmpq(vector[-1]) for x in vector[:-1]]
    return None


def ideal_combination(p: Polynomial, polynomials: Sequence[Polynomial], degree: int) -> list[Polynomial] | None:
    """h_k with sum h_k polynomials_k = p: by division, else with h_k of at most this degree."""
    if not polynomials:
        return None
    divided = _division(p, polynomials)
    if divided is not None:
        return divided
    ring = p.context()
    gens = ring.gens()
    for most in range(degree + 1):
        if comb(len(gens) + most, most) * len(polynomials) > _MOST_UNKNOWNS:
            return None
        shifts = []
        for m in itertools.product(range(most + 1), repeat=len(gens)):
            if sum(m) <= most:
                shift = ring.constant(1)
                for x, e in zip(gens, m, strict=True):
                    shift *= x**e
                shifts.append(shift)
        found = combination(p, [s * q for q in polynomials for s in shifts])
        if found is not None:
            result = []
            for k in range(len(polynomials)):
                total = ring.constant(0)
                for c, s in zip(found[k * len(shifts) : (k + 1) * len(shifts)], shifts, strict=True):
                    total += to_fmpq(c) * s
                result.append(total)
            return result
    return None


def shown_in_ideal(evidence: Evidence, p: Polynomial, polynomials: Sequence[Polynomial]) -> Finding | None:
    """An accepted certificate of p = sum h_k polynomials_k, or None: then nothing is known."""
    degree = max((int(q.total_degree()) for q in polynomials), default=0)
    factors = ideal_combination(p, polynomials, degree)
    if factors is None:
        return None
    pairs = zip(factors, polynomials, strict=True)
    text = " + ".join(f"({expression_text(h)})*({expression_text(g)})" for h, g in pairs if not h.is_zero())
    names = tuple(map(str, p.context().names()))
    finding = IdentityHolds(names, expression_text(p), text or "0").evaluate(evidence)
    return finding if finding.truth is Truth.TRUE else None


def expression_text(p: Polynomial) -> str:
    """The polynomial in the grammar of expressions."""
    names = p.context().names()
    parts = ["*".join((f"({c})", *(f"{x}^{e}" for x, e in zip(names, m, strict=True) if e))) for c, m in terms(p)]
    return " + ".join(parts) or "0"


def _division(p: Polynomial, polynomials: Sequence[Polynomial]) -> list[Polynomial] | None:
    """The quotients of a division that leaves no remainder."""
    ring = p.context()
    quotients = [ring.constant(0) for _ in polynomials]
    leading = [(k, *next(iter(q.terms()))) for k, q in enumerate(polynomials) if not q.is_zero()]
    for _ in range(_MOST_STEPS):
        if p.is_zero():
            return quotients
        top, c = next(iter(p.terms()))
        for k, m, d in leading:
            if all(a >= b for a, b in zip(top, m, strict=True)):
                factor = ring.from_dict({tuple(a - b for a, b in zip(top, m, strict=True)): c / d})
                quotients[k] += factor
                p -= factor * polynomials[k]
                break
        else:
            return None
    return None
