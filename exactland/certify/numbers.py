"""Exact points and inertia transforms as evidence."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, isfinite, log2, sqrt
from typing import TYPE_CHECKING, Any

from flint import acb, ctx, fmpq, fmpq_mat, fmpz_poly

from exactland.certify import json_forms
from exactland.checker import Rejection
from exactland.checker import boxes as trusted
from exactland.checker.univariate import root_bound, sign_at, variations
from exactland.classify._tools import diagonalise
from exactland.exact import rational_text
from exactland.later import Later
from exactland.solving.refine import Certified, midpoint
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint

if TYPE_CHECKING:
    import numpy as np
else:
    np = Later("numpy")


def rational_exact(point: Sequence[Fraction], form: Sequence[int]) -> ExactPoint:
    """A rational point as a field of degree 1: the modulus is t minus the value of the form."""
    t = sum((c * x for c, x in zip(form, point, strict=True)), Fraction(0))
    return ExactPoint((-t.numerator, t.denominator), tuple((x,) for x in point))


def field(point: ExactPoint, counted: bool, bits: int = 80) -> dict[str, Any]:
    result: dict[str, Any] = {
        "modulus": [str(c) for c in point.modulus],
        "coordinates": [[rational_text(c) for c in coordinate] for coordinate in point.coordinates],
        "cuts": [rational_text(c) for c in root_cuts(point.modulus, bits)],
        "counted": counted,
    }
    if point.dual:
        result["dual"] = json_forms.dual(point.dual)
    return result


def root_cuts(modulus: Sequence[int], width_bits: int = 80) -> list[Fraction]:
    """Cuts that isolate the real roots of a squarefree polynomial in narrow intervals, with 0 or 1 sign variations
    everywhere.
    """
    poly = list(modulus)
    bound = root_bound(poly)
    edge = Fraction(bound.__ceil__() + 1)
    if len(poly) == 2:
        return [-edge, edge]
    with ctx.workprec(max(256, 4 * width_bits)):
        found: list[tuple[acb, int]] = fmpz_poly(poly).complex_roots()  # type: ignore[assignment]
        roots = sorted(midpoint(r.real) for r, _ in found if r.imag == 0)
        apart = min((b - a for a, b in itertools.pairwise(roots)), default=Fraction(1))
        bits = max(width_bits, (apart.denominator // apart.numerator).bit_length() + 3)
        half = Fraction(1, 1 << bits)
        cuts = [-edge]
        for root in roots:
            middle = Fraction(round(root * (1 << (bits + 8))), 1 << (bits + 8))
            cuts += [middle - half, middle + half]
        cuts.append(edge)
    return _refined(poly, cuts)


def _refined(poly: list[int], cuts: list[Fraction]) -> list[Fraction]:
    """Halve the intervals between roots until Descartes' rule decides each of them."""
    result = [cuts[0]]
    stack = [(a, b) for a, b in reversed(list(itertools.pairwise(cuts)))]
    while stack:
        low, high = stack.pop()
        if variations(poly, low, high) <= 1:
            result.append(high)
            continue
        middle = (low + high) / 2
        while sign_at(poly, middle) == 0:
            middle = (low + middle) / 2
        stack += [(middle, high), (low, middle)]
    return result


def box_transform(gs: GradientSystem, found: Certified) -> tuple[dict[str, Any], tuple[int, int, int]] | None:
    """A matrix P with P^T H P strictly diagonally dominant over the box (rule H1), and the inertia that it shows; first
    from floats, then exactly.
    """
    box = found.box
    places = 2 * box.bits
    jacobian = trusted.values_at(gs.calculus, box, places)[1][0]
    # Dominance does not change with the scale of H, and at scale 1 the floats of the search hold it, however large.
    scale = max((abs(h) for row in jacobian for h in row), default=1).bit_length()
    hessian = [[Fraction(h, 1 << scale) for h in row] for row in jacobian]
    for search in (_elimination, _eigen, _congruence):
        rows = search(hessian)
        if rows is None:
            continue
        entry = {"rows": [[str(x) for x in row] for row in rows]}
        try:
            return entry, trusted.box_inertia(gs.calculus, box, entry)
        except Rejection:
            continue
    return None


def _elimination(hessian: list[list[Fraction]]) -> list[list[int]] | None:
    """By symmetric elimination in floating point, the largest pivot first."""
    n = len(hessian)
    a = [[float(x) for x in row] for row in hessian]
    columns = [[float(i == j) for i in range(n)] for j in range(n)]

    def add(target: int, source: int, factor: float) -> None:
        columns[target] = [x + factor * y for x, y in zip(columns[target], columns[source], strict=True)]
        a[target] = [x + factor * y for x, y in zip(a[target], a[source], strict=True)]
        for row in a:
            row[target] += factor * row[source]

    left = list(range(n))
    while left:
        k = max(left, key=lambda j: abs(a[j][j]))
        size, i, j = max(((abs(a[i][j]), i, j) for i in left for j in left if i < j), default=(0.0, k, k))
        if size > 2 * abs(a[k][k]):
            add(i, j, 1.0 if a[i][j] * (a[i][i] + a[j][j]) >= 0 else -1.0)
            k = i
        pivot = a[k][k]
        if not isfinite(pivot) or abs(pivot) < 1e-300:
            return None
        left.remove(k)
        for j in left:
            if a[k][j]:
                add(j, k, -a[k][j] / pivot)
    scaled = [[x / sqrt(abs(a[k][k])) for x in columns[k]] for k in range(n)]
    top = max((abs(x) for column in scaled for x in column), default=1.0)
    return None if not isfinite(top) else _rounded([list(row) for row in zip(*scaled, strict=True)], top)


def _rounded(rows: Sequence[Sequence[float]], top: float) -> list[list[int]]:
    """The matrix, whose largest entry is `top`, times a power of two that leaves it 40 bits."""
    bits = 40 - ceil(log2(top))
    if not 0 <= bits <= 2_000:
        bits = 40
    return [[round(Fraction(x) * (1 << bits)) for x in row] for row in rows]


def _eigen(hessian: list[list[Fraction]]) -> list[list[int]] | None:
    matrix = np.array([[float(x) for x in row] for row in hessian])
    if not np.all(np.isfinite(matrix)):
        return None
    values, vectors = np.linalg.eigh(matrix)
    if np.any(np.abs(values) < 1e-300):
        return None
    scaled = vectors / np.sqrt(np.abs(values))
    return _rounded(scaled.tolist(), float(np.max(np.abs(scaled))))


def _congruence(hessian: list[list[Fraction]]) -> list[list[int]] | None:
    columns, values = diagonalise([[fmpq(x.numerator, x.denominator) for x in row] for row in hessian])
    if any(v == 0 for v in values):
        return None
    bits = 160
    scaled = []
    for column, value in zip(columns, values, strict=True):
        size = int(abs(value).p).bit_length() - int(value.q).bit_length()
        scaled.append([Fraction(int(x.p), int(x.q)) / Fraction(2) ** (size // 2) for x in column])
    return [[round(scaled[j][i] * (1 << bits)) for j in range(len(scaled))] for i in range(len(scaled))]


def exact_congruence(hessian: Sequence[Sequence[Fraction]]) -> dict[str, Any]:
    """P and its inverse with P^T H P diagonal, over the rationals (rules H2 to H4)."""
    columns, _ = diagonalise([[fmpq(x.numerator, x.denominator) for x in row] for row in hessian])
    n = len(columns)
    p = fmpq_mat([[columns[j][i] for j in range(n)] for i in range(n)])
    q = p.inv()

    def texts(matrix: fmpq_mat) -> list[list[list[str]]]:
        return [
            [[rational_text(Fraction(int(matrix[i, j].p), int(matrix[i, j].q)))] for j in range(n)] for i in range(n)
        ]

    return {"transform": texts(p), "inverse": texts(q)}
