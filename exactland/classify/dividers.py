"""Polynomials by whose sign a part of a component is divided, so that each side has one type."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mpoly

from exactland.classify import sampling
from exactland.classify.curvature import Along
from exactland.polynomial import integer_terms

_LONGEST = 200  # terms


def divider(
    place: Along, difference: fmpq_mpoly | None, seen: sampling.Curvatures, kinds: Sequence[str]
) -> fmpq_mpoly | None:
    """The polynomial whose sign best tells the points of different types apart."""
    if len(set(kinds)) < 2:
        return None
    best: tuple[int, int, int] = (2 * len(set(kinds)), 0, 0)
    chosen = None
    for h in _candidates(place, difference):
        values = [sampling.Numeric(h).value(x) for x in seen.points]
        sides = [{s for s, v in zip(kinds, values, strict=True) if v * side > 1e-9} for side in (1, -1)]
        weight = len(sides[0]) + len(sides[1]), h.total_degree(), len(h)
        if all(sides) and weight < best:
            best, chosen = weight, h
    return chosen


def _candidates(place: Along, difference: fmpq_mpoly | None) -> list[fmpq_mpoly]:
    """The factors of the principal minors of size 1 and 2 of the Hessian, and of the objective minus its value, modulo
    the ideal.
    """
    normal, n = place.normal, place.n
    pairs = [(i, k) for i in range(n) for k in range(i) if not normal[i][k].is_zero() or n <= 4]
    products = [place.basis.normal(normal[i][i] * normal[k][k] - normal[i][k] ** 2) for i, k in pairs]
    others = []
    if difference is not None and len(difference) <= _LONGEST:
        others = [place.basis.normal(f) for f, k in difference.factor()[1] if k % 2]
    found: dict[str, fmpq_mpoly] = {}
    for p in (*(normal[i][k] for i in range(n) for k in range(i + 1)), *products, *others):
        if p.is_zero() or len(p) > _LONGEST:
            continue
        for f, _ in p.factor()[1]:
            f = simple(f)
            found.setdefault(str(f), f)
    return list(found.values())


def common_factors(place: Along) -> list[fmpq_mpoly]:
    """The factors that all entries of the Hessian share modulo the ideal."""
    common = place.ring.constant(0)
    for row in place.normal:
        for p in row:
            common = common.gcd(p) if not common.is_zero() else p
    if common.is_zero() or common.is_constant():
        return []
    return [simple(f) for f, _ in common.factor()[1]]


def simple(p: fmpq_mpoly) -> fmpq_mpoly:
    """The primitive integer multiple with a positive leading coefficient."""
    whole = p.context().from_dict({m: fmpq(c) for m, c in integer_terms(p).items()})
    return -whole if whole.leading_coefficient() < 0 else whole
