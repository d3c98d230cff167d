"""Evidence that zeros at infinity are isolated, and their multiplicities (rules Z2 to Z5 and M)."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm, prod
from typing import Any

from flint import nmod_mat

from exactland.certify import json_forms
from exactland.certify.multiple import MAX_MULTIPLICITY, functionals
from exactland.checker.bezout import in_chart
from exactland.checker.coordinates import Coordinates
from exactland.checker.kernel import Exponents, IntPoly, times_variable
from exactland.classify.multiplicity import DualBasis, dual_basis
from exactland.engines.base import MERSENNE_PRIMES
from exactland.engines.infinity import MAX_CORANK, corank, degrees, unit_zeros
from exactland.polynomial import from_terms, ring
from exactland.solving.system import GradientSystem

MAX_COLUMNS = 3_000


def bezout_entry(gs: GradientSystem, count: int) -> dict[str, Any] | None:
    """The entry of the Bezout rule, when so many simple critical points and zeros at infinity attain the number."""
    missing = prod(degrees(gs.system)) - count
    entry: dict[str, Any] = {"rule": "bezout", "groups": [0] * len(gs.variables)}
    if missing == 0:
        return entry
    beyond = zeros_at_infinity(gs, missing)
    return None if beyond is None else {**entry, "infinity": beyond}


def zeros_at_infinity(gs: GradientSystem, missing: int) -> list[dict[str, Any]] | None:
    """The zeros at infinity that can be seen at once, when their multiplicities have this sum; None otherwise."""
    entries: list[dict[str, Any]] = []
    known = unit_zeros(gs.system)
    if not known or len(known) > missing:
        return None
    n = len(gs.variables)
    for k in known:
        if corank(gs.system, k) > MAX_CORANK:
            return None
        polys = [in_chart(g, [0] * n, [k]) for g in gs.elements.gradient]
        equations = [from_terms(ring(gs.variables), [(c, m) for m, c in poly.items()]) for poly in polys]
        basis = dual_basis(equations, [0] * n, bound=min(missing, MAX_MULTIPLICITY))
        if basis is None:
            return None
        missing -= basis.multiplicity
        found = isolating_rows(polys, basis)
        if found is None:
            return None
        prime, rows = found
        entries.append(
            {
                "chart": [k],
                "point": ["0"] * n,
                "dual": json_forms.dual(functionals(basis)),
                "prime": str(prime),
                "rows": [[i, list(s)] for i, s in rows],
            }
        )
    return entries if missing == 0 else None


def isolating_rows(polys: Sequence[IntPoly], basis: DualBasis) -> tuple[int, list[tuple[int, Exponents]]] | None:
    """A prime, and as many rows (polynomial, shift) as rules Z4 and Z5 want around a rational point."""
    point = [str(x[0]) for x in basis.point]
    at = Coordinates([0, 1], [[c] for c in point])
    n = len(point)
    inside = {m for f in basis.functionals for m, c in f.coefficients if any(c)}
    grown = {times_variable(m, k) for m in inside for k in range(n)} - inside
    edge = {m for m in grown if all((*m[:k], m[k] - 1, *m[k + 1 :]) in inside for k in range(n) if m[k])}
    columns = inside | edge
    if len(columns) > MAX_COLUMNS:
        return None
    place = {m: j for j, m in enumerate(sorted(columns - set(basis.pivots), key=lambda m: (sum(m), m)))}
    taylor = [at.expansion(poly, frozenset(columns)) for poly in polys]
    for prime in MERSENNE_PRIMES:
        rows: list[tuple[int, Exponents]] = []
        entries: list[dict[int, int]] = []
        for shift in sorted(columns, key=lambda m: (sum(m), m)):
            for i, expansion in enumerate(taylor):
                moved = {tuple(map(int.__add__, shift, m)): c for m, c in expansion.items()}
                scale = lcm(*(den for _, den in moved.values()))
                row = {place[m]: nums[0] * (scale // den) for m, (nums, den) in moved.items() if m in place}
                if row:
                    rows.append((i, shift))
                    entries.append(row)
        matrix = nmod_mat(len(place), len(rows), prime)
        for j, entry in enumerate(entries):
            for k, value in entry.items():
                matrix[k, j] = value % prime
        reduced, rank = matrix.rref()
        if rank == len(place):
            chosen = [next(j for j in range(i, len(rows)) if int(reduced[i, j])) for i in range(rank)]
            return prime, [rows[j] for j in chosen]
    return None
