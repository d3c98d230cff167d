"""Evidence for the infimum (rules G of `proofs/SPEC.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from exactland.certify import json_forms
from exactland.classify.balanced import prove_balanced
from exactland.classify.coercivity import lower_bound_squares, prove_coercive, unbounded_below
from exactland.exact import rational_text
from exactland.polynomial import evaluate, terms
from exactland.solving.system import GradientSystem

Interval = tuple[Fraction, Fraction]
Squares = Sequence[tuple[Fraction, fmpq_mpoly]]


def infimum_evidence(
    polynomial: fmpq_mpoly, values: Sequence[Interval], orbits: Sequence[int] | None, complete: bool, hint: Squares
) -> dict[str, Any] | None:
    """The entry `infimum`, or None when nothing is found."""
    argmin = lowest_group(values)
    if argmin and complete and tied(argmin, values, orbits):
        coercive = prove_coercive(polynomial, tuple(hint))
        if coercive is not None:
            return {**json_forms.coercivity(coercive), "argmin": argmin}
    exact = {values[i] for i in argmin if values[i][0] == values[i][1]}
    if argmin and len(exact) == 1 and all(values[i][0] == values[i][1] for i in argmin):
        bound = next(iter(exact))[0]
        found = lower_bound_squares(polynomial, bound, tuple(hint))
        if found is not None:
            return {
                "rule": "bound",
                "constant": rational_text(bound),
                "squares": json_forms.squares(found.squares),
                "argmin": argmin,
            }
    if argmin and complete and tied(argmin, values, orbits):
        balanced = prove_balanced(polynomial)
        if balanced is not None:
            return {**json_forms.balanced(balanced), "argmin": argmin}
    arc = unbounded_below(polynomial)
    if arc is not None:
        return {"rule": "unbounded", "curve": json_forms.curve(arc)}
    return None


def compact_evidence(gs: GradientSystem, values: Sequence[Interval], orbits: Sequence[int]) -> dict[str, Any] | None:
    """The entry `infimum` when all variables lie on a sphere."""
    argmin = lowest_group(values)
    if len(gs.sphere) == len(gs.variables) - 1 and argmin and tied(argmin, values, orbits):
        return {"rule": "compact", "argmin": argmin}
    return None


def lowest_group(values: Sequence[Interval]) -> list[int]:
    """The points whose value may be the least one."""
    if not values:
        return []
    best = min(high for _, high in values)
    return [i for i, (low, _) in enumerate(values) if low <= best]


def tied(argmin: Sequence[int], values: Sequence[Interval], orbits: Sequence[int] | None) -> bool:
    """Whether the values of the group are known to be equal, by one orbit or as equal rational numbers."""
    if len(argmin) == 1:
        return True
    names = list(range(len(values))) if orbits is None else orbits
    exact = {values[i][0] for i in argmin if values[i][0] == values[i][1]}
    pinned = {names[i] for i in argmin if values[i][0] == values[i][1]}
    same = {names[i] for i in argmin}
    return len(same) == 1 or (len(exact) == 1 and pinned == same)


def lower_evidence(polynomial: fmpq_mpoly | None, values: Sequence[Interval], point: int) -> Any:
    """A lower value than at this point: another listed point, or a rational point of the polynomial."""
    other = min(range(len(values)), key=lambda i: values[i][1])
    if values[other][1] < values[point][0]:
        return other
    if polynomial is None:
        return None
    for guess in _descended(polynomial, seeds=12):
        if evaluate(polynomial, guess) < values[point][0]:
            return [rational_text(x) for x in guess]
    return None


def _descended(polynomial: fmpq_mpoly, seeds: int) -> Iterator[tuple[Fraction, ...]]:
    """Rational points with low values: the ends of short gradient descents from scattered starts."""
    n = polynomial.context().nvars()
    table = [(float(c), np.array(m)) for c, m in terms(polynomial)]
    coefficients, exponents = np.array([c for c, _ in table]), np.array([m for _, m in table]).reshape(-1, n)
    generator = np.random.default_rng(3)

    def value(x: NDArray[np.float64]) -> float:
        return float(coefficients @ np.prod(x**exponents, axis=1))

    for seed in range(seeds):
        x = generator.normal(size=n) * 2.0 ** (seed % 4)
        step, best = 0.1, value(x)
        for _ in range(300):
            slope = np.array([(value(x + 1e-6 * e) - value(x - 1e-6 * e)) / 2e-6 for e in np.eye(n)])
            size = float(np.linalg.norm(slope))
            if not np.isfinite(size) or size == 0 or step < 1e-9:
                break
            trial = x - step * slope / size
            if value(trial) < best:
                x, best, step = trial, value(trial), step * 1.3
            else:
                step /= 2
        if np.all(np.isfinite(x)):
            yield tuple(Fraction(float(v)).limit_denominator(10_000) for v in x)
