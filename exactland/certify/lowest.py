"""Evidence for the infimum (rules G of `proofs/SPEC.md`)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flint import fmpq_mpoly

from exactland.certify import json_forms
from exactland.classify._tools import constant_term, sum_squares
from exactland.classify.coercivity import lower_bound_squares, prove_coercive, unbounded_below, visibly_coercive
from exactland.exact import rational_text
from exactland.later import Later
from exactland.polynomial import evaluate, from_fmpq, from_terms, ring, terms
from exactland.solving.system import GradientSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = Later("numpy")

Interval = tuple[Fraction, Fraction]
DESCENT_STEPS = (40, 60, 200)  # after each of these the points are tried
LARGE = 10**200
FEW_CURVES = 600  # tried before the search for bounds, which is longer
_LEVEL_BITS = 9
Squares = Sequence[tuple[Fraction, fmpq_mpoly]]


def infimum_evidence(
    polynomial: fmpq_mpoly,
    values: Sequence[Interval],
    orbits: Sequence[int] | None,
    complete: bool,
    hint: Squares,
    left: Sequence[int] = (),
) -> dict[str, Any] | None:
    """The entry `infimum`, or None when nothing is found. `left` are points from which the objective falls."""
    bounded = _is_sum_of_squares(polynomial, hint)
    arc = None if bounded else _short_curve(polynomial)
    if arc is not None:
        return {"rule": "unbounded", "curve": json_forms.curve(arc)}
    argmin = lowest_group(values)
    if set(argmin) <= set(left):
        argmin = []
    settled = bool(argmin) and complete and tied(argmin, values, orbits)
    if complete and bounded and not visibly_coercive(polynomial, hint):
        far = _with_gates(polynomial, values, argmin if settled else [], hint)
        if far is not None:
            return far
    if settled:
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
    if settled:
        from exactland.classify.balanced import prove_balanced

        balanced = prove_balanced(polynomial)
        if balanced is not None:
            return {**json_forms.balanced(balanced), "argmin": argmin}
    if complete and bounded:
        approached = _approached(polynomial, values, hint)
        if approached is not None:
            return approached
    if argmin and len(exact) == 1 and all(values[i][0] == values[i][1] for i in argmin):
        from exactland.classify.multiples import multiplied_squares

        multiple = multiplied_squares(polynomial, next(iter(exact))[0])
        if multiple is not None:
            return {"rule": "bound", **json_forms.multiple(multiple), "argmin": argmin}
    arc = None if bounded else unbounded_below(polynomial)
    if arc is not None:
        return {"rule": "unbounded", "curve": json_forms.curve(arc)}
    if settled:
        from exactland.classify.balanced import prove_below

        below = prove_below(polynomial, _above(min(values[i][1] for i in argmin)))
        if below is not None:
            return {**json_forms.balanced(below), "argmin": argmin}
    return None


def _with_gates(
    polynomial: fmpq_mpoly, values: Sequence[Interval], argmin: Sequence[int], hint: Squares
) -> dict[str, Any] | None:
    """Where no square bounds a variable: all values far away are above the lowest listed one, or tend to one below."""
    from exactland.classify.gates import gated

    found = gated(polynomial, hint)
    if found is None:
        return None
    high = min((values[i][1] for i in argmin), default=found.below)
    if high < found.below:
        return {"rule": "squares", **json_forms.gated(found.above((high + found.below) / 2)), "argmin": list(argmin)}
    if any(low <= found.below for low, _ in values):
        return None
    from exactland.classify.channels import channel, written

    along = channel(found.squares, found.below - found.constant, exactly=True)
    if along is None:
        return None
    curve, shift = written(along.curve)
    return {"rule": "limit", **json_forms.gated(found), "curve": _rows(curve), "shift": shift}


def _rows(curve: list[list[Fraction]]) -> list[list[str]]:
    return [[rational_text(c) for c in row] for row in curve]


def visible_infimum(polynomial: fmpq_mpoly, hint: Squares) -> bool:
    """Whether the first steps, for which little is needed, are likely to find the evidence."""
    if visibly_coercive(polynomial, hint):
        return True
    if not _is_sum_of_squares(polynomial, hint):
        return _short_curve(polynomial) is not None
    from exactland.classify.gates import gated

    return gated(polynomial, hint) is not None


def _short_curve(polynomial: fmpq_mpoly) -> tuple[fmpq_mpoly, ...] | None:
    """A short curve along which the polynomial falls to minus infinity; it is looked for while an engine works and then
    asked for again.
    """
    return _curve(tuple(polynomial.context().names()), tuple(terms(polynomial)))


@lru_cache(maxsize=2)
def _curve(
    names: tuple[str, ...], known: tuple[tuple[Fraction, tuple[int, ...]], ...]
) -> tuple[fmpq_mpoly, ...] | None:
    return unbounded_below(from_terms(ring(names), known), FEW_CURVES)


def _above(value: Fraction) -> Fraction:
    """A short number, not below this one and near it."""
    unit = Fraction(2) ** (max(math.ceil(abs(value)).bit_length(), 1) - _LEVEL_BITS)
    return math.ceil(value / unit) * unit


def _approached(polynomial: fmpq_mpoly, values: Sequence[Interval], hint: Squares) -> dict[str, Any] | None:
    """The infimum of a sum of squares that tend to 0, or some of them to constants, along a curve to infinity, below
    all listed values.
    """
    from exactland.classify.channels import channel, written

    constant = from_fmpq(constant_term(polynomial - sum_squares(polynomial.context(), hint)))
    least = min((low for low, _ in values), default=None)
    if least is not None and least <= constant:
        return None
    found = channel(hint, None if least is None else least - constant)
    if found is None:
        return None
    limit = constant + found.limit
    bound = _bound(polynomial, limit, hint)
    if bound is None:
        return None
    curve, shift = written(found.curve)
    return {"rule": "limit", **bound, "curve": _rows(curve), "shift": shift}


def _bound(polynomial: fmpq_mpoly, value: Fraction, hint: Squares) -> dict[str, Any] | None:
    """Squares that show that the objective is at least the value, perhaps after multiplication."""
    found = lower_bound_squares(polynomial, value, tuple(hint))
    if found is not None:
        return {"constant": rational_text(value), "squares": json_forms.squares(found.squares)}
    from exactland.classify.multiples import multiplied_squares

    multiple = multiplied_squares(polynomial, value)
    return None if multiple is None else json_forms.multiple(multiple)


def _is_sum_of_squares(polynomial: fmpq_mpoly, hint: Squares) -> bool:
    """Whether the objective, as it was written, is bounded below."""
    squares = sum_squares(polynomial.context(), hint)
    return all(c > 0 for c, _ in hint) and (polynomial - squares).is_constant()


def compact_evidence(gs: GradientSystem, values: Sequence[Interval], orbits: Sequence[int]) -> dict[str, Any] | None:
    """The entry `infimum` when all variables lie on a sphere; with the points of the largest value where these are
    shown equal.
    """
    argmin = lowest_group(values)
    if len(gs.sphere) != len(gs.variables) - 1 or not argmin or not tied(argmin, values, orbits):
        return None
    negative = [(-high, -low) for low, high in values]
    argmax = lowest_group(negative)
    return {"rule": "compact", "argmin": argmin, **({"argmax": argmax} if tied(argmax, negative, orbits) else {})}


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
    """Rational points with low values, on short gradient descents from scattered starts."""
    n = polynomial.context().nvars()
    known = list(terms(polynomial))
    largest = max((abs(c) for c, _ in known), default=Fraction(1))
    unit = largest if largest > LARGE else Fraction(1)  # a multiple that floating point can hold
    table = [(float(c / unit), m) for c, m in known]
    coefficients, exponents = np.array([c for c, _ in table]), np.array([m for _, m in table]).reshape(-1, n).T
    top = int(exponents.max(initial=0))
    generator = np.random.default_rng(3)

    def table_of(x: Floats) -> Floats:
        return np.asarray(np.cumprod(np.stack([np.ones_like(x.T), *([x.T] * top)], axis=1), axis=1))

    def factors(x: Floats) -> list[Floats]:
        """The power of each variable in all terms, at all points."""
        powers = table_of(x)
        return [powers[k, exponents[k]] for k in range(n)]

    def value(x: Floats) -> Floats:
        return np.asarray(coefficients @ np.prod(factors(x), axis=0))

    def slope(x: Floats) -> Floats:
        found = factors(x)
        below, above = [np.ones_like(found[0])], [np.ones_like(found[0])]
        for k in range(n - 1):
            below.append(below[-1] * found[k])
            above.append(above[-1] * found[n - 1 - k])
        powers = table_of(x)
        parts = []
        for k in range(n):
            lowered = powers[k, np.maximum(exponents[k] - 1, 0)]
            parts.append((coefficients * exponents[k]) @ (below[k] * above[n - 1 - k] * lowered))
        return np.stack(parts, axis=1)

    x = generator.normal(size=(seeds, n)) * 2.0 ** (np.arange(seeds) % 4)[:, None]
    step, best = np.full(seeds, 0.1), value(x)
    for steps in DESCENT_STEPS:
        with np.errstate(all="ignore"):
            for _ in range(steps):
                if np.all(step < 1e-9):
                    break
                direction = slope(x)
                size = np.linalg.norm(direction, axis=1)
                trial = x - (step / np.where(size > 0, size, 1))[:, None] * direction
                found = value(trial)
                better = found < best
                x, best = np.where(better[:, None], trial, x), np.where(better, found, best)
                step = np.where(better, 1.3 * step, step / 2)
        for row in x[np.argsort(best)]:
            if np.all(np.isfinite(row)):
                yield tuple(Fraction(float(v)).limit_denominator(10_000) for v in row)
