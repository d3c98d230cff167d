"""Arcs from the points of a component on which the Hessian decides nothing.

Along fields k_a(x) with H k_a = 0 on the component, L(x + sum s_a k_a(x)) - value starts, modulo the ideal, with a form
of degree m in s whose coefficients are polynomials in x. Where no two terms of the form share their variables, each
coefficient c gives an arc on which the leading term is -c^2, and one on which it is c^2; for odd m it gives -c^(m+1)
always, and higher values backwards: lower and higher values arbitrarily near wherever one coefficient is not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import Exponents, from_terms, monomial, null_space, terms
from exactland.classify.curvature import Along, Vector
from exactland.polynomial import from_fmpq

_MAXIMUM_ORDER = 9
_MAXIMUM_KERNEL = 9


def kernel_fields(place: Along, degree: int) -> list[Vector]:
    """The fields up to this degree that the Hessian maps to 0 modulo the ideal."""
    ring, n = place.ring, place.n
    candidates = [(e, i) for e in place.standard(degree) for i in range(n)]
    rows: dict[Any, list[tuple[int, fmpq]]] = {}
    for column, (e, i) in enumerate(candidates):
        for j in range(n):
            for key, c in place.basis.normal_terms(monomial(ring, e) * place.normal[j][i]).items():
                rows.setdefault((j, key), []).append((column, c))
    matrix = fmpq_mat(max(len(rows), 1), len(candidates))
    for r, entries in enumerate(rows.values()):
        for column, c in entries:
            matrix[r, column] = matrix[r, column] + c
    result = []
    for v in null_space(matrix):
        made = [ring.constant(0)] * n
        for c, (e, i) in zip(v, candidates, strict=True):
            if c != 0:
                made[i] = made[i] + c * monomial(ring, e)
        result.append(made)
    return result


def saddle_arcs(
    place: Along, fields: Sequence[Vector]
) -> tuple[list[fmpq_mpoly], int, dict[str, Any], dict[str, Any] | None] | None:
    """The polynomials of which one is not 0, the power of their gain, and the entries below and (for even orders) above
    without the gain; None when no arcs are seen.
    """
    if not 0 < len(fields) <= _MAXIMUM_KERNEL:
        return None
    order, form = _lowest_form(place, fields)
    if not form:
        return None
    simple = all(max(alpha) == 1 and _alone(alpha, form) for alpha in form)
    if order % 2 == 0 and not simple:
        return None
    chosen = _chosen(form, len(fields), simple, order)
    nonzero = [c for c, _ in chosen]
    power = 1 if simple else (order + 1) // 2
    below = _entry(place, fields, chosen, order, 1, power)
    above = None
    if order % 2 == 0:
        above = _entry(place, fields, [(c, _turned(d)) for c, d in chosen], order, -1, power)
    if below is None or (order % 2 == 0 and above is None):
        return None
    return nonzero, power, below, above


def constant_arc(place: Along, sign: int) -> dict[str, Any] | None:
    """An arc along a coordinate or along x itself on which sign * (L - value) starts with a negative constant."""
    ring, n = place.ring, place.n
    gens = ring.gens()
    directions = [list(gens), *([ring.constant(int(k == i)) for k in range(n)] for i in range(n))]
    for direction in directions:
        order, form = _lowest_form(place, [direction])
        if not form or not (c := next(iter(form.values()))).is_constant():
            continue
        value = from_fmpq(c.coefficient(0))
        if order % 2 == 0 and value * sign > 0:
            continue
        step = direction if value * sign < 0 else [-d for d in direction]
        series = _series(place, step, order)
        lead = abs(value)
        series[order] = series[order] + fmpq(lead.numerator, lead.denominator) * sign
        cofactors = [place.basis.cofactors(p) for p in series[1:]]
        if any(found is None for found in cofactors):
            continue
        curve = [[p] if not p.is_zero() else [] for p in step]
        one = ring.constant(1)
        arc = {"curve": curve, "order": order, "lead": [[lead, 0, one]], "cofactors": cofactors}
        return {"arcs": [arc], "rest": [], "gain": [lead, 0], "cofactors": []}
    return None


def _turned(direction: list[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """The direction with its last entry of the other sign."""
    last = max(i for i, d in enumerate(direction) if not d.is_zero())
    return [-d if i == last else d for i, d in enumerate(direction)]


def _entry(
    place: Along,
    fields: Sequence[Vector],
    chosen: Sequence[tuple[fmpq_mpoly, list[fmpq_mpoly]]],
    order: int,
    sign: int,
    power: int,
) -> dict[str, Any] | None:
    arcs = []
    for _, direction in chosen:
        arc = _arc(place, fields, direction, order, sign)
        if arc is None:
            return None
        arcs.append(arc)
    total = sum((arc["lead"][0][2] ** 2 for arc in arcs), place.ring.constant(0))
    total = total - sum((h ** (2 * power) for h, _ in chosen), place.ring.constant(0))
    cofactors = place.basis.cofactors(total)
    return None if cofactors is None else {"arcs": arcs, "rest": [], "cofactors": cofactors}


def _lowest_form(place: Along, fields: Sequence[Vector]) -> tuple[int, dict[Exponents, fmpq_mpoly]]:
    ring, n, k = place.ring, place.n, len(fields)
    names = [*ring.names(), *(f"s_{a}" for a in range(k))]
    wide = _ring(names)
    gens = wide.gens()
    lifted = [[p.compose(*gens[:n], ctx=wide) for p in v] for v in fields]
    moved = [gens[i] + sum((gens[n + a] * lifted[a][i] for a in range(k)), wide.constant(0)) for i in range(n)]
    image = place.loss.compose(*moved, ctx=wide)
    parts: dict[Exponents, dict[Exponents, fmpq]] = {}
    for e, c in terms(image).items():
        if 0 < sum(e[n:]) <= _MAXIMUM_ORDER:
            parts.setdefault(e[n:], {})[e[:n]] = c
    for order in range(1, _MAXIMUM_ORDER + 1):
        form = {a: place.basis.normal(from_terms(ring, p)) for a, p in parts.items() if sum(a) == order}
        form = {a: c for a, c in form.items() if not c.is_zero()}
        if form:
            return order, form
    return 0, {}


def _ring(names: Sequence[str]) -> fmpq_mpoly_ctx:
    return fmpq_mpoly_ctx.get(tuple(names), "degrevlex")


def _alone(alpha: Exponents, form: dict[Exponents, fmpq_mpoly]) -> bool:
    """No other monomial of the form has its variables among those of alpha."""
    return all(beta == alpha or any(b and not a for a, b in zip(alpha, beta, strict=True)) for beta in form)


def _chosen(
    form: dict[Exponents, fmpq_mpoly], count: int, simple: bool, order: int
) -> list[tuple[fmpq_mpoly, list[fmpq_mpoly]]]:
    """Pairs of a coefficient and a direction in s; the coefficients span those of the form."""
    ring: fmpq_mpoly_ctx = next(iter(form.values())).context()
    result = []
    if simple:
        seen: set[str] = set()
        for alpha, c in sorted(form.items(), reverse=True):
            scale = c.leading_coefficient()
            c = c / scale
            if str(c) in seen:
                continue
            seen.add(str(c))
            support = [i for i, a in enumerate(alpha) if a]
            direction = [ring.constant(int(i in support)) for i in range(count)]
            direction[support[-1]] = -c / scale
            result.append((c, direction))
        return result
    keys = sorted({e for c in form.values() for e in terms(c)})
    rows: list[list[fmpq]] = []
    wanted = fmpq_mat([[c[e] for e in keys] for c in form.values()]).rank()
    vectors = sorted(product((0, 1, -1), repeat=count), key=lambda v: (sum(map(abs, v)), v))
    for v in vectors[:3000]:
        value = ring.constant(0)
        for alpha, c in form.items():
            sign = 1
            for a, x in zip(alpha, v, strict=True):
                sign *= x**a
            value = value + sign * c
        row = [value[e] for e in keys]
        if value.is_zero() or fmpq_mat([*rows, row]).rank() == len(rows):
            continue
        rows.append(row)
        result.append((value, [-x * value for x in v]))
        if len(rows) == wanted:
            break
    return result


def _arc(
    place: Along, fields: Sequence[Vector], direction: Sequence[fmpq_mpoly], order: int, sign: int
) -> dict[str, Any] | None:
    """The straight arc x + t * sum direction_a k_a, with the cofactors of its terms up to the order."""
    ring, n = place.ring, place.n
    zero = ring.constant(0)
    step = [sum((d * v[i] for d, v in zip(direction, fields, strict=True)), zero) for i in range(n)]
    series = _series(place, step, order)
    cofactors = []
    lead = zero
    for k in range(1, order + 1):
        coefficient = series[k]
        if k == order:
            root = (-sign * place.basis.normal(coefficient)).factor()
            lead = _square_root(root, ring)
            if lead is None:
                return None
            coefficient = coefficient + sign * lead * lead
        found = place.basis.cofactors(coefficient)
        if found is None:
            return None
        cofactors.append(found)
    curve = [[p] if not p.is_zero() else [] for p in step]
    return {"curve": curve, "order": order, "lead": [[Fraction(1), 0, lead]], "cofactors": cofactors}


def _series(place: Along, step: Sequence[fmpq_mpoly], order: int) -> list[fmpq_mpoly]:
    """The coefficients of 1, t, ..., t^order in L(x + t step)."""
    ring, n = place.ring, place.n
    wide = _ring([*ring.names(), "t"])
    gens = wide.gens()
    moved = [gens[i] + gens[n] * step[i].compose(*gens[:n], ctx=wide) for i in range(n)]
    parts: dict[int, dict[Exponents, fmpq]] = {}
    for e, c in terms(place.loss.compose(*moved, ctx=wide)).items():
        if e[n] <= order:
            parts.setdefault(e[n], {})[e[:n]] = c
    return [from_terms(ring, parts.get(k, {})) for k in range(order + 1)]


def _square_root(factored: Any, ring: fmpq_mpoly_ctx) -> Any:
    """The polynomial whose square has these factors, or None."""
    unit, factors = factored
    if unit <= 0 or any(k % 2 for _, k in factors):
        return None
    try:
        root = ring.constant(unit.sqrt())
    except (AttributeError, ValueError):
        return None
    for f, k in factors:
        root = root * f ** (k // 2)
    return root
