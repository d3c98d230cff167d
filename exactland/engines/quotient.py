"""Candidates out of multiplication matrices over the rationals, as programs for Groebner bases give them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.monodromy import fill
from exactland.engines.numeric import Complex, Evaluator, Real, distinct, newton, scaling

SPREADS = (1.0, 4.0, 0.25, 16.0, 0.0625)


@dataclass(frozen=True)
class Quotient:
    """A basis of monomials and, for each variable, the rows of its multiplication: index and coefficient."""

    basis: tuple[Exponents, ...]
    rows: tuple[tuple[tuple[tuple[int, Fraction], ...], ...], ...]


def _matrices(quotient: Quotient, scale: Real) -> list[Real]:
    """The matrices for the variables divided by `scale`."""
    logs = np.log2(scale)
    weights = [float(logs @ np.array(b, dtype=float)) for b in quotient.basis]
    size = len(weights)
    found = []
    for k, rows in enumerate(quotient.rows):
        matrix = np.zeros((size, size))
        for i, row in enumerate(rows):
            for j, value in row:
                exponent = weights[j] - weights[i] - logs[k]
                matrix[i, j] = _scaled(value, round(exponent))
        found.append(matrix)
    return found


def _scaled(value: Fraction, exponent: int) -> float:
    top, bottom = value.numerator, value.denominator
    try:
        return (top << exponent) / bottom if exponent >= 0 else top / (bottom << -exponent)
    except OverflowError:
        return float("inf")


def points(system: PolynomialSystem, quotient: Quotient, deadline: float) -> tuple[Complex, int]:
    """Points that solve the system, refined ones first, and the number of the refined ones."""
    n = len(system.variables)
    evaluate = Evaluator(system)
    bound = len(quotient.basis)
    unit = scaling(system)
    found = rest = np.zeros((0, n), dtype=np.complex128)
    for attempt, spread in enumerate(SPREADS):
        if time.monotonic() > deadline:
            break
        scale = unit * spread
        matrices = _matrices(quotient, scale)
        if not all(np.isfinite(m).all() for m in matrices):
            continue
        try:
            raw = _eigenpoints(matrices, attempt) * scale
        except np.linalg.LinAlgError:
            continue
        before = len(found)
        refined, last, residual = newton(evaluate, np.vstack([np.zeros((1, n)), raw]))
        good = (last < 1e-9) & (residual < 1e-11)
        found = _closed(np.vstack([found, refined[good]]))
        rest = np.vstack([rest, refined[~good & (residual < 1e-6)]])
        if n == len(system.equations) and len(found) > before:
            found = fill(evaluate, found, bound, _closed, deadline)
        if len(found) >= bound:
            break
    count = len(found)
    if count < bound and len(rest):
        both = np.vstack([found, rest])
        found = both[distinct(both, 1e-5)]
    return found, count


def _eigenpoints(matrices: Sequence[Real], seed: int) -> Complex:
    """Coordinates at the eigenvectors of a random combination, each by its Rayleigh quotient."""
    weights = np.random.default_rng(seed).normal(size=len(matrices))
    total = np.asarray(sum(w * m for w, m in zip(weights, matrices, strict=True)))
    _, vectors = np.linalg.eig(total)
    norms = (vectors.conj() * vectors).sum(axis=0)
    with np.errstate(all="ignore"):
        coordinates = np.array([(vectors.conj() * (m @ vectors)).sum(axis=0) / norms for m in matrices]).T
    return np.asarray(coordinates[np.isfinite(coordinates).all(axis=1)], dtype=np.complex128)


def _closed(points: Complex) -> Complex:
    both = np.vstack([points, points.conj()])
    return np.asarray(both[distinct(both)])
