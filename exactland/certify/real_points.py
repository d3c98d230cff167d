"""Completeness for the real critical points alone, when the complex critical set is not finite (rule D3).

Polynomials that vanish at the real critical points, by sums of squares, are added to the gradient until an engine finds
finitely many common zeros. Rank or ideal rule then bound the real points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from exactland.certify import json_forms
from exactland.certify.assemble import Completeness
from exactland.certify.ideal import ideal_evidence
from exactland.certify.multiple import approximations, univariate_orbits
from exactland.classify.real_zeros import RealZeros, coordinates, real_zeros
from exactland.engines.base import Engine, PolynomialSystem, RankEvidence, Status, Terms
from exactland.polynomial import from_fmpq, gradient, hessian, terms
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint, Pool, add_points

Vector = NDArray[np.float64]
MAX_ROUNDS = 2
MAX_ORBIT = 32
STARTS = 4
STEPS = 40


@dataclass
class _Elements:
    """Elements of the certificate so far: the gradient, short ones, and the lines that define these."""

    short: list[tuple[int, fmpq_mpoly]]  # the number of the element, the polynomial
    count: int
    lines: list[dict[str, Any]]

    def add(self, found: RealZeros) -> None:
        """The line with squares, then one line for each short polynomial."""
        scale = lcm(*(from_fmpq(c).denominator for m in found.multipliers for c in m.coeffs()))
        combination = [
            [index, _json(m * scale)]
            for (index, _), m in zip(self.short, found.multipliers, strict=True)
            if not m.is_zero()
        ]
        squares = [(c * scale, q) for c, q in found.squares]
        self.lines.append({"combination": combination, "squares": json_forms.squares(squares)})
        integral = [q * lcm(*(from_fmpq(c).denominator for c in q.coeffs())) for _, q in squares]
        first, zero = self.count, [0] * integral[0].context().nvars()
        self.count += len(integral)
        for p in found.kernel:
            factors = coordinates(p, integral) or []
            divisor = lcm(*(f.denominator for f in factors))
            parts = [[first + k, [[str(int(f * divisor)), zero]]] for k, f in enumerate(factors) if f]
            self.lines.append({"combination": parts, "divisor": str(divisor)})
            self.short.append((self.count, p))
            self.count += 1


def _json(p: fmpq_mpoly) -> list[Any]:
    return [[str(int(c)), list(m)] for c, m in terms(p)]


def real_completeness(
    gs: GradientSystem, engine: Engine, seconds: float
) -> tuple[Completeness, Pool, list[ExactPoint]] | None:
    """The rule, the real critical points, and exact coordinates of all of them; None when out of reach."""
    slopes = [p * gs.elements.scale for p in gradient(gs.polynomial)]
    elements = _Elements(list(enumerate(slopes)), len(slopes), [])
    sizes = _sizes(gs)
    for _ in range(MAX_ROUNDS):
        found = real_zeros([p for _, p in elements.short], sizes)
        if found is None:
            return None
        elements.add(found)
        system = PolynomialSystem(gs.variables, tuple(_terms(p) for _, p in elements.short))
        answer = engine.solve(system, seconds)
        if answer.status is Status.SOLVED and answer.rank is not None:
            return _complete(gs, replace(gs, system=system), answer.rank, elements)
    return None


def _sizes(gs: GradientSystem) -> list[Fraction]:
    """The size of each coordinate at a local minimum where Newton's method with a shift ends up; 1 where it is 0."""
    n = len(gs.variables)
    slopes = [_Floating(p) for p in gradient(gs.polynomial)]
    slopes_of = [[_Floating(p) for p in row] for row in hessian(gs.polynomial)]
    best = np.zeros(n)
    choose = np.random.default_rng(5)
    for _ in range(STARTS):
        x = choose.normal(size=n)
        for _ in range(STEPS):
            g = np.array([p.at(x) for p in slopes])
            values, vectors = np.linalg.eigh(np.array([[p.at(x) for p in row] for row in slopes_of]))
            step = vectors @ ((vectors.T @ g) / np.maximum(np.abs(values), 1e-3))
            x = x - step * min(1.0, 1.0 / (1e-9 + float(np.abs(step).max())))
            if not np.all(np.abs(x) < 1e6):
                break
        if np.all(np.abs(x) < 1e6):
            best = np.maximum(best, np.abs(x))
    found = [Fraction(float(b)).limit_denominator(12) for b in best]
    return [f if f > 0 else Fraction(1) for f in found]


class _Floating:
    """A polynomial in floating point."""

    def __init__(self, p: fmpq_mpoly) -> None:
        known = terms(p)
        self.coefficients = np.array([float(c) for c, _ in known])
        self.exponents = np.array([m for _, m in known], dtype=float).reshape(len(known), p.context().nvars())

    def at(self, x: Vector) -> float:
        return float(self.coefficients @ np.prod(x**self.exponents, axis=1))


def _terms(p: fmpq_mpoly) -> Terms:
    return tuple((int(c), m) for c, m in terms(p))


def _complete(
    gs: GradientSystem, augmented: GradientSystem, evidence: RankEvidence, elements: _Elements
) -> tuple[Completeness, Pool, list[ExactPoint]] | None:
    """The points of the augmented system are critical: boxes where they are nondegenerate, else exact points."""
    pool, exact = Pool(), []
    for orbit in univariate_orbits(augmented, evidence):
        before = len(pool.certified)
        point = ExactPoint(orbit.modulus, orbit.coordinates)
        add_points(gs, approximations(orbit), pool)
        if len(pool.certified) == before:
            pool.multiple.append(point)
        if point.degree <= MAX_ORBIT:
            exact.append(point)
    pool.certified = [c for c in pool.certified if c.is_real]
    if not exact:
        return None
    numbers = [index for index, _ in elements.short]
    found = [json_forms.line(line) for line in evidence.lines]

    def completeness(form: Sequence[int]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        if not pool.multiple and len(pool.certified) == len(evidence.basis):
            entry, lines = json_forms.rank(evidence), found
            entry["rows"] = [[_number(g, numbers, elements.count), m] for g, m in entry["rows"]]
        else:
            entry, lines = ideal_evidence(augmented, evidence, form, found)
            entry["border"] = [_number(g, numbers, elements.count) for g in entry["border"]]
        return entry, [*elements.lines, *(_renumbered(line, numbers, elements.count) for line in lines)]

    return completeness, pool, exact


def _number(index: int, numbers: Sequence[int], count: int) -> int:
    """The number in the certificate of an element of the augmented system or of a line that follows."""
    return numbers[index] if index < len(numbers) else count + index - len(numbers)


def _renumbered(line: dict[str, Any], numbers: Sequence[int], count: int) -> dict[str, Any]:
    return {**line, "combination": [[_number(index, numbers, count), m] for index, m in line["combination"]]}
