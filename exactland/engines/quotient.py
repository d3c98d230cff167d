"""Candidates out of multiplication matrices over the rationals, as programs for Groebner bases give them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.classes import Classes
from exactland.engines.evaluation import Complex, Real
from exactland.engines.numeric import Source, candidates
from exactland.engines.packed import Packing

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

    def matrices(scale: Real, spread: float) -> list[Real]:
        return _matrices(quotient, scale * spread)

    source = Source(Classes(Packing(len(system.variables)), ()), len(quotient.basis), matrices, SPREADS)
    return candidates(system, source, deadline)
