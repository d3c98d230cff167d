"""Where to look for the facts about an objective: curves, brackets, directions and points.

Nothing that is returned here is a statement. `Evidence.prove` hands it to the checker, and only the report counts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint

from exactland.classify._tools import diagonalise, null_space
from exactland.exact import rational_text
from exactland.polynomial import Polynomial, evaluate, from_fmpq, gradient, hessian, terms, to_fmpq

__all__ = ["HarmonicForm", "curvature", "curve_text", "curves", "harmonic_forms", "origin", "sloping", "stationary"]

Laurent = dict[int, Fraction]
"""A Laurent polynomial in t: exponent -> coefficient, without zeros."""
Curve = tuple[Laurent, ...]
Point = tuple[Fraction, ...]

_MOST_CANDIDATES = 3_000
_MOST_CURVES = 5
_MOST_CONSTANTS = 5


def origin(p: Polynomial) -> Point:
    return (Fraction(0),) * int(p.context().nvars())


def _grid(n: int, values: Sequence[int]) -> Iterator[Point]:
    """Small integer points, boundedly many."""
    for candidate in itertools.islice(itertools.product(values, repeat=n), _MOST_CANDIDATES):
        yield tuple(map(Fraction, candidate))


def _is_critical(partials: Sequence[Polynomial], point: Point) -> bool:
    return all(evaluate(g, point) == 0 for g in partials)


def curves(p: Polynomial) -> Iterator[Curve]:
    """A few curves that pass through critical points at t = 1, 2 and 3.

    Tried, through the critical points with entries 0, 1, -1: orbits of the scalings x_i -> t^(a_i) x_i that leave the
    polynomial unchanged, and lines along the axes.
    """
    yield from itertools.islice(_curves(p), _MOST_CURVES)


def _curves(p: Polynomial) -> Iterator[Curve]:
    n, partials, scalings = p.context().nvars(), gradient(p), _scalings(p)
    for point in _grid(n, (0, 1, -1)):
        if not _is_critical(partials, point):
            continue
        found: list[Curve] = [
            tuple({a: c} if c else {} for a, c in zip(weights, point, strict=True)) for weights in scalings
        ]
        fixed = tuple({0: c} if c else {} for c in point)
        found += [(*fixed[:i], {**fixed[i], 1: Fraction(1)}, *fixed[i + 1 :]) for i in range(n)]
        for curve in found:
            moving = any(power for coordinate in curve for power in coordinate)
            if moving and all(_is_critical(partials, _at(curve, t)) for t in (2, 3)):
                yield curve


def _at(curve: Curve, t: int) -> Point:
    return tuple(sum((c * Fraction(t) ** e for e, c in x.items()), Fraction(0)) for x in curve)


def _scalings(p: Polynomial) -> list[tuple[int, ...]]:
    """Integer weights a with a . m = 0 for every monomial m: a basis."""
    rows = [list(m) for _, m in terms(p) if any(m)]
    if not rows:
        return []
    basis = []
    for vector in null_space(flint.fmpq_mat(rows)):
        exact = [from_fmpq(x) for x in vector]
        scale = math.lcm(*(x.denominator for x in exact))
        basis.append(tuple(int(x * scale) for x in exact))
    return basis


def curve_text(curve: Curve) -> str:
    """The curve for a reader, as in `t -> (0, t, 1/2*t^(-1))`."""
    return f"t -> ({', '.join(map(_laurent_text, curve))})"


def _laurent_text(value: Laurent) -> str:
    parts: list[str] = []
    for power, coefficient in sorted(value.items()):
        monomial = {0: "", 1: "t"}.get(power, f"t^{power}" if power > 0 else f"t^({power})")
        size = rational_text(abs(coefficient))
        body = size if not monomial else monomial if abs(coefficient) == 1 else f"{size}*{monomial}"
        minus = coefficient < 0
        parts.append(f"{'-' if minus else ''}{body}" if not parts else f" {'-' if minus else '+'} {body}")
    return "".join(parts) or "0"


@dataclass(frozen=True)
class HarmonicForm:
    """Candidates for constant + scale * bracket^2 with sum of weights_i d_i^2 bracket = 0."""

    constant: Fraction
    scale: Fraction
    bracket: Polynomial
    weights: tuple[Fraction, ...]

    @property
    def text(self) -> str:
        constant = f"{rational_text(self.constant)} + " if self.constant else ""
        scale = "" if self.scale == 1 else f"{rational_text(self.scale)}*"
        return f"the loss is {constant}{scale}g^2 with harmonic g = {self.bracket}"


def harmonic_forms(p: Polynomial) -> Iterator[HarmonicForm]:
    """The constants tried are 0 and the values at critical points with entries 0, 1, -1."""
    if p.total_degree() < 1:
        return
    for constant in _constants(p):
        leading, factors = (p - to_fmpq(constant)).factor()
        scale = from_fmpq(leading)
        if scale <= 0 or any(int(multiplicity) % 2 for _, multiplicity in factors):
            continue
        bracket = p.context().constant(1)
        for factor, multiplicity in factors:
            bracket = bracket * factor ** (int(multiplicity) // 2)
        weights = _harmonic_weights(bracket)
        if weights is not None:
            yield HarmonicForm(constant, scale, bracket, weights)


def _constants(p: Polynomial) -> Iterator[Fraction]:
    partials, seen = gradient(p), {Fraction(0)}
    yield Fraction(0)
    for point in _grid(p.context().nvars(), (0, 1, -1)):
        value = evaluate(p, point)
        if value not in seen and len(seen) < _MOST_CONSTANTS and _is_critical(partials, point):
            seen.add(value)
            yield value


def _harmonic_weights(bracket: Polynomial) -> Point | None:
    """Positive w_i with sum w_i d_i^2 bracket = 0; small combinations of a basis of all solutions are tried."""
    second = [bracket.derivative(i).derivative(i) for i in range(bracket.context().nvars())]
    places = sorted({m for q in second for _, m in terms(q)})
    if not places:
        return (Fraction(1),) * len(second)
    columns = [{m: c for c, m in terms(q)} for q in second]
    rows = [[to_fmpq(column.get(m, Fraction(0))) for column in columns] for m in places]
    basis = [[from_fmpq(x) for x in vector] for vector in null_space(flint.fmpq_mat(rows))]
    shapes = itertools.product((1, -1, 2, -2), repeat=len(basis)) if basis else iter(())
    for factors in itertools.islice(shapes, _MOST_CANDIDATES):
        weights = tuple(
            sum((f * v[i] for f, v in zip(factors, basis, strict=True)), Fraction(0)) for i in range(len(second))
        )
        if all(w > 0 for w in weights):
            return weights
    return None


def curvature(p: Polynomial, sign: int) -> tuple[Point, Point] | None:
    """A small integer point and a direction along which the second derivative has this sign."""
    entries = hessian(p)
    for point in itertools.islice(_grid(p.context().nvars(), (0, 1, -1, 2)), 300):
        columns, values = diagonalise([[to_fmpq(evaluate(h, point)) for h in row] for row in entries])
        for column, value in zip(columns, values, strict=True):
            if (value > 0) if sign > 0 else (value < 0):
                return point, tuple(map(from_fmpq, column))
    return None


def sloping(p: Polynomial) -> tuple[Point, int] | None:
    """A small integer point and a variable such that this partial derivative is not 0 there."""
    partials = gradient(p)
    for point in itertools.islice(_grid(p.context().nvars(), (1, 2, 0, -1)), 300):
        for i, g in enumerate(partials):
            if evaluate(g, point) != 0:
                return point, i
    return None


def stationary(p: Polynomial) -> Point | None:
    """A critical point of a polynomial of degree 2 at most."""
    if p.total_degree() > 2:
        return None
    start = origin(p)
    partials = gradient(p)
    slopes = [[to_fmpq(evaluate(h, start)) for h in row] for row in hessian(p)]
    extended = flint.fmpq_mat([[*row, to_fmpq(evaluate(g, start))] for row, g in zip(slopes, partials, strict=True)])
    solutions = [vector for vector in null_space(extended) if vector[-1] != 0]
    return tuple(map(from_fmpq, solutions[0][:-1])) if solutions else None
