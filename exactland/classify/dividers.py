"""Polynomials by whose sign a part of a component is divided, so that each side has one type."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from flint import fmpq, fmpq_mpoly

from exactland.classify import sampling
from exactland.classify.curvature import Along
from exactland.polynomial import integer_terms

_LONGEST = 200  # terms
_FEW_VARIABLES = 6


def dividers(
    place: Along, difference: fmpq_mpoly | None, seen: sampling.Curvatures, kinds: Sequence[str]
) -> list[fmpq_mpoly]:
    """The polynomials whose sign best tells the points of different types apart, among short ones and among all."""
    if len(set(kinds)) < 2:
        return []
    flat = 1e-7 * max(1.0, seen.scale)
    rank = max((int((abs(s) > flat).sum()) for s in seen.spectra), default=0)
    chosen: dict[str, tuple[int, int, fmpq_mpoly]] = {}
    for candidates in (_short(place, difference), _factors(_minors(place, rank))):
        known = []
        for h in candidates:
            values = [sampling.Numeric(h).value(x) for x in seen.points]
            sides = [{s for s, v in zip(kinds, values, strict=True) if v * side > 1e-9} for side in (1, -1)]
            mixed = len(sides[0]) + len(sides[1])
            if all(sides) and mixed < 2 * len(set(kinds)):
                known.append((2 * mixed + h.total_degree(), len(h), h))
        if known:
            best = min(known, key=lambda entry: entry[:2])
            chosen.setdefault(str(best[2]), best)
    return [h for _, _, h in sorted(chosen.values(), key=lambda entry: entry[:2])]


def _short(place: Along, difference: fmpq_mpoly | None) -> list[fmpq_mpoly]:
    """The factors of the principal minors of size 1 and 2 of the Hessian, and of the objective minus its value, modulo
    the ideal.
    """
    normal, n = place.normal, place.n
    pairs = [(i, k) for i in range(n) for k in range(i) if not normal[i][k].is_zero() or n <= 4]
    products = [place.basis.normal(normal[i][i] * normal[k][k] - normal[i][k] ** 2) for i, k in pairs]
    others = []
    if difference is not None and len(difference) <= _LONGEST:
        others = [place.basis.normal(f) for f, k in difference.factor()[1] if k % 2]
    return _factors(*(normal[i][k] for i in range(n) for k in range(i + 1)), *products, *others)


def _factors(*polys: fmpq_mpoly) -> list[fmpq_mpoly]:
    """All factors, each once."""
    found: dict[str, fmpq_mpoly] = {}
    for p in polys:
        if p.is_zero() or len(p) > _LONGEST:
            continue
        for f, _ in p.factor()[1]:
            f = simple(f)
            found.setdefault(str(f), f)
    return list(found.values())


def _minors(place: Along, size: int) -> fmpq_mpoly:
    """The sum of the principal minors of this size, modulo the ideal; for the rank of the Hessian, the product of the
    eigenvalues that are not 0. Nothing where that is long.
    """
    if place.n > _FEW_VARIABLES or size < 3:
        return place.ring.constant(0)
    known: dict[tuple[tuple[int, ...], tuple[int, ...]], fmpq_mpoly] = {}

    def minor(rows: tuple[int, ...], columns: tuple[int, ...]) -> fmpq_mpoly:
        if not rows:
            return place.ring.constant(1)
        if (rows, columns) not in known:
            total = place.ring.constant(0)
            for j, column in enumerate(columns):
                entry = place.normal[rows[0]][column]
                if not entry.is_zero():
                    rest = minor(rows[1:], (*columns[:j], *columns[j + 1 :]))
                    total = total + (-1) ** j * entry * rest
            known[rows, columns] = place.basis.normal(total)
        return known[rows, columns]

    chosen = combinations(range(place.n), size)
    return place.basis.normal(sum((minor(s, s) for s in chosen), place.ring.constant(0)))


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
