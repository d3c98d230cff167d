"""Arcs from the points of a component on which the Hessian decides nothing.

Along fields k_a(x) with H k_a = 0 on the component, L(x + sum s_a k_a(x)) - value starts, modulo the ideal, with a form
of degree m in s whose coefficients are polynomials in x. Where no two terms of the form share their variables, each
coefficient c gives an arc on which the leading term is -c^2, and one on which it is c^2; for odd m it gives -c^(m+1)
always, and higher values backwards: lower and higher values arbitrarily near wherever one coefficient is not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, prod
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import Exponents, from_terms, terms
from exactland.classify.curvature import Along, Vector, combined, fields_in_kernel
from exactland.classify.dividers import simple
from exactland.classify.modulo import Basis, TooLarge
from exactland.classify.tubes import PositiveGain, positive_gain
from exactland.polynomial import from_fmpq

_MAXIMUM_IMAGE = 300_000  # products in the objective along arcs
_MAXIMUM_ORDER = 9
_MAXIMUM_KERNEL = 9
MAX_GAIN_POWER = 8
_SECONDS = 2.0
_MAXIMUM_PAIRED = 6  # variables


def kernel_fields(place: Along, degree: int) -> list[Vector]:
    """The fields up to this degree that the Hessian maps to 0 modulo the ideal."""
    return fields_in_kernel(place.basis, degree, place.normal)


@dataclass(frozen=True)
class Arcs:
    """Arcs below and above the value wherever one of `nonzero` is not 0 (none: everywhere); `above` may be missing.
    Arcs of odd orders are on both sides.
    """

    nonzero: list[fmpq_mpoly]
    below: dict[str, Any]
    above: dict[str, Any] | None
    odd: bool


def saddle_arcs(place: Along, fields: Sequence[Vector]) -> Arcs | None:
    """Arcs in the fields with a leading term that is not 0; None when no arcs are seen."""
    if not 0 < len(fields) <= _MAXIMUM_KERNEL:
        return None
    order, form = _lowest_form(place, fields)
    if not form:
        return _bent(place, fields)
    apart = all(max(alpha) == 1 and _alone(alpha, form) for alpha in form)
    constants = _constants(form, len(fields), order)
    if constants:
        power, chosen = 0, constants
    elif order % 2 == 0 and not apart:
        return None
    else:
        power, chosen = 1 if apart else (order + 1) // 2, _chosen(form, len(fields), apart)
    kept = [] if constants else _needed(place, [simple(c) for c, _ in chosen])
    below = _entry(place, fields, chosen[:1] if constants else chosen, order, 1, power, kept)
    above = None
    if order % 2 == 0 and (not constants or len(constants) == 2):
        turned = chosen[1:] if constants else [(c, _turned(d)) for c, d in chosen]
        above = _entry(place, fields, turned, order, -1, power, kept)
    if below is None:
        return None
    return Arcs(_rooted(kept, below, above), below, above, order % 2 == 1)


def _needed(place: Along, polys: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """Some of the polynomials, short ones first, where all of which vanish the others do as well."""
    kept: list[fmpq_mpoly] = []
    for p in sorted(polys, key=lambda q: (q.total_degree(), len(q), str(q))):
        try:
            basis = Basis([*place.basis.basis, *kept], place.ring, real=True, seconds=_SECONDS)
        except TooLarge:
            return list(polys)
        if not basis.normal(p).is_zero():
            kept.append(p)
    return kept or list(polys)


def _rooted(nonzero: list[fmpq_mpoly], *entries: dict[str, Any] | None) -> list[fmpq_mpoly]:
    """The root of a single polynomial that is a power, whose gains then have a higher power."""
    factors = nonzero[0].factor()[1] if len(nonzero) == 1 else []
    if len(factors) != 1 or factors[0][1] == 1:
        return nonzero
    (root, k) = factors[0]
    root = simple(root)
    given = [entry["gain"] for entry in entries if entry is not None]
    if root**k != nonzero[0] or any(gain[1] * k > MAX_GAIN_POWER for gain in given):
        return nonzero
    for gain in given:
        gain[1] *= k
    return [root]


def _constants(
    form: dict[Exponents, fmpq_mpoly], count: int, order: int
) -> list[tuple[fmpq_mpoly, list[fmpq_mpoly]]] | None:
    """Directions in which the form is a constant: a negative one, and for an even order a positive one; the first entry
    of each pair is a number whose square is that constant up to its sign.
    """
    ring: fmpq_mpoly_ctx = next(iter(form.values())).context()
    found: dict[int, tuple[fmpq_mpoly, list[fmpq_mpoly]]] = {}
    for v in _small_vectors(count):
        value = _value(form, v)
        if value.is_zero() or not value.is_constant():
            continue
        sign = 1 if value.coefficient(0) > 0 else -1
        if order % 2:
            v, sign = tuple(-sign * x for x in v), -1
        found.setdefault(sign, (value, [ring.constant(x) for x in v]))
        if order % 2 or len(found) == 2:
            break
    return [found[s] for s in sorted(found)] if -1 in found else None


def _small_vectors(count: int) -> list[tuple[int, ...]]:
    return sorted(product((0, 1, -1), repeat=count), key=lambda v: (sum(map(abs, v)), v))[:3000]


def _value(form: dict[Exponents, fmpq_mpoly], v: Sequence[int]) -> fmpq_mpoly:
    """The form at a vector."""
    total = next(iter(form.values())).context().constant(0)
    for alpha, c in form.items():
        total = total + prod(x**a for a, x in zip(alpha, v, strict=True)) * c
    return total


def _bent(place: Along, fields: Sequence[Vector]) -> Arcs | None:
    """Arcs x + t q d + t^2 r e_j of order 4 where the objective does not change along the fields alone.

    With H_jj = 2 k g^2 and B = (1/2) d^T (d_j Hess L) d modulo the ideal, q = g and r = -B/(2 k) give the leading term
    -g^2 B^2/(4 k); and along B e_j the objective grows by k g^2 B^2.
    """
    ring, n = place.ring, place.n
    zero = ring.constant(0)
    arcs, higher, nonzero = [], [], []
    known: set[str] = set()
    for j in range(n):
        if place.normal[j][j].is_zero():
            continue
        unit, factors = place.normal[j][j].factor()
        if unit <= 0 or any(k % 2 for _, k in factors):
            continue
        scale, root = unit / 2, prod((f ** (k // 2) for f, k in factors), start=ring.constant(1))
        slopes = [[h.derivative(j) for h in row] for row in place.hessian]
        for v in _small_vectors(len(fields)):
            if sum(map(abs, v)) > 2:
                break
            d = combined([fmpq(x) for x in v], fields, ring)
            change = sum((d[i] * d[k] * slopes[i][k] for i in range(n) for k in range(n)), zero)
            b = place.basis.normal(change) / 2
            h = place.basis.normal(root * b)
            if h.is_zero() or (name := str(h / h.leading_coefficient())) in known:
                continue
            content = h.leading_coefficient() / simple(h).leading_coefficient()
            h = simple(h)
            curve = [[root * x] for x in d]
            curve[j].append(-b / (2 * scale))
            lead = [[from_fmpq(content**2 / (4 * scale)), 0, h]]
            arc = _curve(place, curve, 4, 1, lead)
            up = _curve(
                place, [[b] if i == j else [zero] for i in range(n)], 2, -1, [[from_fmpq(content**2 * scale), 0, h]]
            )
            if arc is None or up is None:
                continue
            known.add(name)
            arcs.append(arc)
            higher.append(up)
            nonzero.append(h)
            if h.is_constant():
                return Arcs([], _sum(place, [arc], [h]), _sum(place, [up], [h]), False)
    if not nonzero:
        return None
    below, above = _sum(place, arcs, nonzero), _sum(place, higher, nonzero)
    return Arcs(_rooted(nonzero, below, above), below, above, False)


def _sum(place: Along, arcs: list[dict[str, Any]], members: list[fmpq_mpoly]) -> dict[str, Any]:
    """The entry of arcs whose leading terms are w h^2 for the members h: the gain has the least w."""
    weights = [arc["lead"][0][0] for arc in arcs]
    least = min(weights)
    rest = [[w - least, 0, h] for w, h in zip(weights, members, strict=True) if w > least]
    if members[0].is_constant():
        least *= from_fmpq(members[0].coefficient(0)) ** 2
    stated = place.stated(least, int(not members[0].is_constant()))
    return {"arcs": arcs, "rest": rest, "gain": stated, "cofactors": []}


def positive_arc(place: Along, sign: int) -> dict[str, Any] | None:
    """An arc along one or two coordinates or along x itself on which sign * (L - value) starts with a negative number,
    or with one times powers of the positive polynomials.
    """
    ring, n = place.ring, place.n
    gens = ring.gens()
    pairs = [v for v in _small_vectors(n) if 0 < sum(map(abs, v)) <= 2] if n <= _MAXIMUM_PAIRED else []
    units = [tuple(int(k == i) for k in range(n)) for i in range(n)]
    directions = [list(gens), *([ring.constant(x) for x in v] for v in pairs or units)]
    for direction in directions:
        order, form = _lowest_form(place, [direction])
        if not form:
            continue
        for turn in (1, -1) if order % 2 else (1,):
            found = positive_gain(place, -sign * turn * next(iter(form.values())))
            lead = None if found is None or found.nonzero else _as_sum(place, found)
            arc = None if lead is None else _curve(place, [[turn * p] for p in direction], order, sign, lead)
            if found is not None and arc is not None:
                return {"arcs": [arc], "rest": [], "gain": found.stated, "cofactors": []}
    return None


def kernel_arc(place: Along) -> dict[str, Any] | None:
    """Arcs in the kernel of the Hessian on which the objective is above the value everywhere on the part."""
    found = saddle_arcs(place, kernel_fields(place, 0))
    if found is None or found.nonzero:
        return None
    return _reversed(found.below) if found.odd else found.above


def _reversed(entry: dict[str, Any]) -> dict[str, Any]:
    """Arcs of odd orders in the other direction: x + t a_1 + t^2 a_2 + ... becomes x - t a_1 + t^2 a_2 - ..."""
    arcs = []
    for arc in entry["arcs"]:
        curve = [[p if k % 2 else -p for k, p in enumerate(row)] for row in arc["curve"]]
        cofactors = [given if k % 2 else [[j, -q] for j, q in given] for k, given in enumerate(arc["cofactors"])]
        arcs.append({**arc, "curve": curve, "cofactors": cofactors})
    return {**entry, "arcs": arcs}


def _as_sum(place: Along, gain: PositiveGain) -> list[list[Any]] | None:
    """The gain as a square times one of the positive polynomials, or times 1."""
    odd = [i for i, e in enumerate(gain.powers) if e % 2]
    if len(odd) > 1:
        return None
    halves = [h ** (e // 2) for h, e in zip(place.positive, gain.powers, strict=True)]
    return [[gain.stated[0], odd[0] + 1 if odd else 0, prod(halves, start=place.ring.constant(1))]]


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
    kept: Sequence[fmpq_mpoly],
) -> dict[str, Any] | None:
    """The arcs in these directions, which start with -sign h^(2 power), or for power 0 with a number; the gain is the
    sum of the powers of the polynomials kept.
    """
    n, zero, one = place.n, place.ring.constant(0), place.ring.constant(1)
    arcs = []
    for h, direction in chosen:
        step = [sum((d * v[i] for d, v in zip(direction, fields, strict=True)), zero) for i in range(n)]
        lead = [[Fraction(1), 0, h**power] if power else [abs(from_fmpq(h.coefficient(0))), 0, one]]
        arc = _curve(place, [[p] for p in step], order, sign, lead)
        if arc is None:
            return None
        arcs.append(arc)
    if not power:
        return {"arcs": arcs, "rest": [], "gain": place.stated(arcs[0]["lead"][0][0], 0), "cofactors": []}
    scales = [from_fmpq(h.leading_coefficient() / simple(h).leading_coefficient()) ** (2 * power) for h, _ in chosen]
    weights = [(c, simple(h)) for c, (h, _) in zip(scales, chosen, strict=True)]
    least = min(c for c, h in weights if h in kept)
    rest = [[c - least * (h in kept), 0, h**power] for c, h in weights if h not in kept or c > least]
    return {"arcs": arcs, "rest": rest, "gain": place.stated(least, power), "cofactors": []}


def _lowest_form(place: Along, fields: Sequence[Vector]) -> tuple[int, dict[Exponents, fmpq_mpoly]]:
    """The lowest order in s at which the objective changes along s_1 field_1 + ..., and that part of it, modulo the
    ideal; 0 where there is none, or where it is very long.
    """
    ring, n, k = place.ring, place.n, len(fields)
    names = [*ring.names(), *(f"s_{a}" for a in range(k))]
    wide = _ring(names)
    gens = wide.gens()
    lifted = [[p.compose(*gens[:n], ctx=wide) for p in v] for v in fields]
    moved = [gens[i] + sum((gens[n + a] * lifted[a][i] for a in range(k)), wide.constant(0)) for i in range(n)]
    longest = sum(prod(comb(a + len(m) - 1, a) for a, m in zip(e, moved, strict=True)) for e in terms(place.loss))
    if longest > _MAXIMUM_IMAGE:
        return 0, {}
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


def _chosen(form: dict[Exponents, fmpq_mpoly], count: int, apart: bool) -> list[tuple[fmpq_mpoly, list[fmpq_mpoly]]]:
    """Pairs of a coefficient and a direction in s; the coefficients span those of the form."""
    ring: fmpq_mpoly_ctx = next(iter(form.values())).context()
    result = []
    if apart:
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
    for v in _small_vectors(count):
        value = _value(form, v)
        row = [value[e] for e in keys]
        if value.is_zero() or fmpq_mat([*rows, row]).rank() == len(rows):
            continue
        rows.append(row)
        result.append((value, [-x * value for x in v]))
        if len(rows) == wanted:
            break
    return result


def _curve(
    place: Along, curve: Sequence[Sequence[fmpq_mpoly]], order: int, sign: int, lead: list[list[Any]]
) -> dict[str, Any] | None:
    """The arc x + t a_1 + t^2 a_2 + ... with this leading term, when its lower terms vanish modulo the ideal."""
    series = _series(place, curve, order)
    for w, k, root in lead:
        series[order] = series[order] + sign * fmpq(w.numerator, w.denominator) * place.multipliers[k] * root * root
    cofactors = [place.basis.cofactors(p) for p in series[1:]]
    if any(found is None for found in cofactors):
        return None
    plain = [row if any(not p.is_zero() for p in row) else [] for row in curve]
    return {"curve": plain, "order": order, "lead": lead, "cofactors": cofactors}


def _series(place: Along, curve: Sequence[Sequence[fmpq_mpoly]], order: int) -> list[fmpq_mpoly]:
    """The coefficients of 1, t, ..., t^order in L(x + t a_1 + t^2 a_2 + ...)."""
    ring, n = place.ring, place.n
    wide = _ring([*ring.names(), "t"])
    gens = wide.gens()
    moved = [
        gens[i] + sum((gens[n] ** k * p.compose(*gens[:n], ctx=wide) for k, p in enumerate(row, 1)), wide.constant(0))
        for i, row in enumerate(curve)
    ]
    parts: dict[int, dict[Exponents, fmpq]] = {}
    for e, c in terms(place.loss.compose(*moved, ctx=wide)).items():
        if e[n] <= order:
            parts.setdefault(e[n], {})[e[:n]] = c
    return [from_terms(ring, parts.get(k, {})) for k in range(order + 1)]
