"""Rules K2 to K14: the type of a critical point whose Hessian alone does not decide it.

An arc shows lower or higher values arbitrarily near. A branch is an arc along which the gradient is so small that it
decides alone where the Hessian has corank 1. A local form shows a strict local minimum or maximum: after a polynomial
change of variables that is invertible at the point, the terms up to some weighted degree are a sum of squares plus a
positive pure power of that degree of every variable. Squares show a global minimum or maximum, strict or not. A
tangency proof shows that the sign of the least and of the largest value on small spheres about the point does not
change with the radius; one value or one sphere then decides.

Arcs and branches are over the field of the point, all else is for rational points.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

from . import kernel, univariate
from .coordinates import Element
from .fields import Field
from .kernel import (
    Exponents,
    RationalPoly,
    TermBudget,
    add_into,
    common_integers,
    derivative,
    multiply,
    natural,
    rational,
    record,
    sequence,
    unit,
    value_at,
)
from .kinds import (
    invertible,
    read_curve,
    read_rational,
    read_squares,
    read_weights,
    shift,
    squares_and_powers,
    substitute,
    sum_of_squares,
    weighted_degree,
)

MAX_TANGENCY = 4  # variables of a tangency proof
FieldPoly = dict[Exponents, Any]  # coefficients are fractions and numbers of a field


def degenerate_kind(
    loss: RationalPoly,
    root: tuple[Field, tuple[Fraction, Fraction]],
    inertia: tuple[int, int, int],
    proof: Any,
    budget: TermBudget,
) -> str:
    """The kind that the proof establishes at an exact point with a semidefinite singular Hessian."""
    entry = record(proof, "", "below above branch local squares tangency", "proof")
    whole = entry.keys() & {"branch", "local", "squares", "tangency"}
    kernel.need(len(whole) <= 1, "F2", sorted(whole), "one of branch, local, squares, tangency")
    positive, _, negative = inertia
    below, above = negative > 0, positive > 0
    arcs = _Arcs(loss, *root, budget)
    if "below" in entry:
        sign = arcs.lowest(arcs.read(entry["below"]))[1]
        kernel.need(sign < 0, "K2", "an arc that does not descend", "a negative leading coefficient")
        below = True
    if "above" in entry:
        sign = arcs.lowest(arcs.read(entry["above"]))[1]
        kernel.need(sign > 0, "K3", "an arc that does not ascend", "a positive leading coefficient")
        above = True
    if "branch" in entry:
        return _extremum(_branch(arcs, inertia, entry["branch"]))
    exact = entry.keys() & {"local", "squares", "tangency"}
    kernel.need(root[0].d == 1 or not exact, "K4", "a proof at an irrational point", "a rational point")
    if exact:
        point = [low for low, _ in root[0].point_enclosure(root[1])]
        n = len(point)
        shifted = shift(loss, point, budget)
        shifted.pop((0,) * n, None)
        if "local" in entry:
            return _extremum(_local_form(shifted, n, entry["local"], budget))
        if "squares" in entry:
            return _extremum(_global_squares(shifted, n, entry["squares"], budget))
        low, high, sign = _tangency(shifted, n, entry["tangency"], budget)
        if sign:
            return _extremum(sign)
        below, above = below or low, above or high
    kernel.need(below and above, "K4", "a proof of one side only", "lower and higher values arbitrarily near")
    return "strict_saddle" if negative else "nonstrict_saddle"


def _extremum(sign: int) -> str:
    return "minimum" if sign > 0 else "maximum"


class _Number:
    """An element of a field among the coefficients of polynomials: zero when it is zero modulo m."""

    def __init__(self, field: Field, element: Element) -> None:
        self.field, self.element = field, element

    def _read(self, other: Any) -> Element:
        return other.element if isinstance(other, _Number) else self.field.element([Fraction(other)])

    def __add__(self, other: Any) -> _Number:
        return _Number(self.field, self.field.add(self.element, self._read(other)))

    def __mul__(self, other: Any) -> _Number:
        return _Number(self.field, self.field.multiply(self.element, self._read(other)))

    __radd__, __rmul__ = __add__, __mul__

    def __bool__(self) -> bool:
        return self.element != self.field.zero


class _Arcs:
    """The objective along curves x(t) from the point, with coefficients in its field."""

    def __init__(
        self, loss: RationalPoly, field: Field, interval: tuple[Fraction, Fraction], budget: TermBudget
    ) -> None:
        self.loss, self.field, self.interval, self.budget = loss, field, interval, budget

    def _along(self, poly: RationalPoly, curve: list[FieldPoly]) -> RationalPoly:
        return substitute(poly, curve, 1, self.budget, self.field.d**2)

    def read(self, value: Any) -> list[FieldPoly]:
        """The curve; its coefficients of t^1, t^2, ... are rationals as text when the field has degree 1, and elements
        of the field otherwise.
        """
        field = self.field
        moved = read_curve(value, len(field.coordinates), read_rational if field.d == 1 else self._element)
        for line, x in zip(moved, field.coordinates, strict=True):
            start = Fraction(x[0][0], x[1]) if field.d == 1 else _Number(field, x)
            if start:
                line[(0,)] = start
        return moved

    def _element(self, value: Any) -> _Number:
        return _Number(self.field, self.field.read(value))

    def sign(self, value: Any) -> int:
        """The sign of a number at the root; 0 also when it is not known."""
        low, high = self.field.enclosure(value.element, self.interval) if isinstance(value, _Number) else (value, value)
        return 1 if low > 0 else -1 if high < 0 else 0

    def lowest(self, curve: list[FieldPoly]) -> tuple[int, int]:
        """The degree and the sign of the lowest term of L(x(t)) - L(x(0)); sign 0 when it is constant or the sign
        unknown.
        """
        along = self._along(self.loss, curve)
        along.pop((0,), None)
        return (min(along)[0], self.sign(along[min(along)])) if along else (0, 0)

    def flatness(self, curve: list[FieldPoly]) -> int | None:
        """The least degree of a term of some dL/dx_i along the curve; None when the gradient vanishes on it."""
        slopes = [self._along(derivative(self.loss, i), curve) for i in range(len(curve))]
        return min((m[0] for slope in slopes for m in slope), default=None)


def _branch(arcs: _Arcs, inertia: tuple[int, int, int], value: Any) -> int:
    """Rules K13 and K14: +1 for a strict local minimum, -1 for a maximum."""
    positive, zero, negative = inertia
    curve = arcs.read(value)
    starts = any(arcs.sign(line.get((1,), Fraction(0))) for line in curve)
    kernel.need(zero == 1 and starts, "K13", "another inertia or no speed", "corank 1 and a curve of nonzero speed")
    order, sign = arcs.lowest(curve)
    flat = arcs.flatness(curve)
    small = flat is not None and order < 2 * flat
    kernel.need(small, "K14", "a gradient that is too large", "the square of the gradient smaller than the objective")
    even = order % 2 == 0 and not (negative if sign > 0 else positive)
    kernel.need(even and sign != 0, "K14", "no extremum along the branch", "an even order and the sign of the Hessian")
    return sign


def _local_form(shifted: RationalPoly, n: int, value: Any, budget: TermBudget) -> int:
    """Rules K5 and K6: +1 for a strict local minimum, -1 for a maximum."""
    entry = record(value, "sign map weights degree squares powers", where="local form")
    sign = _read_sign(entry["sign"])
    images = [budget.polynomial(p, n) for p in sequence(entry["map"], "map", n)]
    linear = [[image.get(unit(n, j), Fraction(0)) for j in range(n)] for image in images]
    fixed = all((0,) * n not in image for image in images)
    kernel.need(
        fixed and invertible(linear),
        "K5",
        "a map that is not invertible at the point",
        "an invertible linear part at 0",
    )
    pulled = substitute(shifted, images, n, budget)
    weights = read_weights(entry["weights"], n)
    degree = natural(entry["degree"], "degree", 1_000)
    kernel.need(degree > 0, "F3", degree, "a positive weighted degree")
    shown = squares_and_powers(n, entry, degree, weights, budget, "K6")
    kernel.need(
        _up_to(pulled, weights, degree, sign) == _up_to(shown, weights, degree, 1),
        "K6", "another polynomial", "squares plus pure powers, up to the weighted degree",
    )  # fmt: skip
    return sign


def _up_to(poly: RationalPoly, weights: list[int], degree: int, sign: int) -> RationalPoly:
    return {m: sign * c for m, c in poly.items() if weighted_degree(m, weights) <= degree}


def _read_sign(value: Any) -> int:
    kernel.need(value in (1, -1) and type(value) is int, "F3", value, "sign: 1 or -1")
    return 1 if value > 0 else -1


def _global_squares(shifted: RationalPoly, n: int, value: Any, budget: TermBudget) -> int:
    """Rule K7: +1 when no value is below that at the point, -1 when none is above."""
    entry = record(value, "sign squares", where="squares")
    sign = _read_sign(entry["sign"])
    shown = sum_of_squares(read_squares(entry["squares"], n, budget, "K7"))
    add_into(shown, shifted, -sign)
    kernel.need(not shown, "K7", "another polynomial", "the difference of the values as a sum of squares")
    return sign


def _tangency(shifted: RationalPoly, n: int, value: Any, budget: TermBudget) -> tuple[bool, bool, int]:
    """Rules K8 to K12: whether values below and above are shown to come arbitrarily near, and the sign on a sphere (0
    when there is none).
    """
    entry = record(value, "power unit cofactors radius", "map below above sphere", "tangency")
    f, k = shifted, n
    if "map" in entry:
        inner = record(entry["map"], "variables images", where="map")
        k = natural(inner["variables"], "variables", MAX_TANGENCY)
        images = [budget.polynomial(p, k) for p in sequence(inner["images"], "images", n)]
        fixed = all((0,) * k not in image for image in images)
        kernel.need(fixed, "K8", "a map that moves the point", "a map that fixes 0")
        f = substitute(shifted, images, k, budget)
    kernel.limit(k, MAX_TANGENCY, "variables of a tangency proof")
    power = natural(entry["power"], "power", kernel.MAX_DEGREE)
    factor = budget.polynomial(entry["unit"], k)
    total: RationalPoly = {}
    tangents = _tangents(f, k)
    for c, tangent in zip(sequence(entry["cofactors"], "cofactors", len(tangents)), tangents, strict=True):
        add_into(total, multiply(budget.polynomial(c, k), tangent))
    shown = factor
    for _ in range(power):
        shown = multiply(shown, {tuple(2 * e for e in unit(k, i)): Fraction(1) for i in range(k)})
    kernel.need(
        shown == total, "K9", "another polynomial", "|y|^(2 power) unit = the combination of f and its tangents"
    )
    radius = rational(entry["radius"], "radius")
    rest = sum((abs(c) * radius ** sum(m) for m, c in factor.items() if any(m)), Fraction(0))
    positive = radius > 0 and factor.get((0,) * k, 0) > rest
    kernel.need(positive, "K10", "a factor that may vanish", "a constant term above the other terms at the radius")
    for name, sign in (("below", -1), ("above", 1)):
        if name in entry:
            point = [rational(c, name) for c in sequence(entry[name], name, k)]
            inside = 0 < sum(c * c for c in point) <= radius * radius
            kernel.need(
                inside and sign * value_at(f, point) > 0, "K11", "another point", f"a point of the ball with f {name} 0"
            )
    sign = 0
    if "sphere" in entry:
        sphere = record(entry["sphere"], "sign cuts", where="sphere")
        sign = _read_sign(sphere["sign"])
        cuts = [rational(c, "cut") for c in sequence(sphere["cuts"], "cuts", most=1_000)]
        plane = n == 2 and "map" not in entry
        kernel.need(
            plane and _sign_on_circle(f, radius, cuts, budget) == sign,
            "K12",
            "no sign on the circle",
            "one sign on the circle",
        )
    return "below" in entry, "above" in entry, sign


def _tangents(f: RationalPoly, n: int) -> list[RationalPoly]:
    """f, and y_i d_j f - y_j d_i f for i < j."""
    slopes = [derivative(f, i) for i in range(n)]
    result = [f]
    for i, j in combinations(range(n), 2):
        tangent = multiply({unit(n, i): Fraction(1)}, slopes[j])
        add_into(tangent, multiply({unit(n, j): Fraction(1)}, slopes[i]), -1)
        result.append(tangent)
    return result


def _sign_on_circle(f: RationalPoly, radius: Fraction, cuts: list[Fraction], budget: TermBudget) -> int:
    """The sign of f at all points R (1 - s^2, 2 s) / (1 + s^2), s real; 0 when f may vanish at one."""
    degree = max(map(sum, f), default=0)
    parts: list[RationalPoly] = [
        {(0,): radius, (2,): -radius},
        {(1,): 2 * radius},
        {(0,): Fraction(1), (2,): Fraction(1)},
    ]
    numerator = substitute({(*m, degree - sum(m)): c for m, c in f.items()}, parts, 1, budget)
    scaled = common_integers([numerator])[0][0]
    if not scaled:
        return 0
    poly = [scaled.get((i,), 0) for i in range(max(scaled)[0] + 1)]
    return 0 if univariate.real_root_intervals(poly, cuts) else univariate.sign_at(poly, cuts[0])
