"""Bounds on the heights of the coordinates of isolated zeros; `docs/numbers.md` has the theorem and its proof.

Numbers of known degree and height that are different differ by more than a power of two (`exactland.number.apart`). The
bounds come from the degrees and the coefficients of the equations alone, so that they hold at every degree. Where some
coordinates of a zero are known, the equations that are left in the others give better ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from flint import arb, ctx

from exactland.engines.base import PolynomialSystem, Terms
from exactland.engines.groups import Groups, best_groups, degrees_in
from exactland.number import Size

UNIT = 16  # heights are counted in so many parts of a binary digit, rounded up
MOST_SINGLE = 10  # variables that are all kept apart
BITS = 1024

#: What is known of a coordinate: a rational number (None, c), or a free coordinate up to its sign (k, 1) or (k, -1).
Known = tuple[int | None, Fraction]


@dataclass(frozen=True)
class Heights:
    """Bounds for one set of points, closed under conjugation: how many there are, and for each variable (in parts
    of a binary digit) the sum over all points of the logarithmic heights of its group.
    """

    groups: Groups
    count: int
    coordinates: tuple[int, ...]

    def degrees(self, group: int, exponents: Sequence[int]) -> int:
        return sum(e for e, g in zip(exponents, self.groups, strict=True) if g == group)

    def polynomial(self, numerators: Sequence[int], exponents: Sequence[Sequence[int]], denominator: int) -> int:
        """The same for the value of a polynomial, in binary digits, rounded up."""
        length = _log2(max(sum(map(abs, numerators)), denominator))
        total = self.count * length
        for group in set(self.groups):
            members = [k for k, g in enumerate(self.groups) if g == group]
            most = max((self.degrees(group, m) for m in exponents), default=0)
            total += most * self.coordinates[members[0]]
        return -(-total // UNIT)


def heights(system: PolynomialSystem, groups: Groups) -> Heights:
    """The theorem of `docs/numbers.md` for one partition of the variables: the product over all equations of
    sum_g d_g a_g + h b, where b^2 = 0, h is the logarithm of the sum of the absolute values of the coefficients
    (without common divisor) and d_g the degree in a group.
    """
    sizes = tuple(groups.count(g) for g in range(max(groups, default=-1) + 1))
    ways: dict[tuple[int, ...], tuple[int, int]] = {(0,) * len(sizes): (1, 0)}
    for equation, row in zip(system.equations, degrees_in(system, groups), strict=True):
        common = gcd(*(c for c, _ in equation))
        length = _log2(sum(abs(c) for c, _ in equation) // common)
        following: dict[tuple[int, ...], tuple[int, int]] = {}
        for used, (count, height) in ways.items():
            steps = [(used, 0, length)] + [
                ((*used[:g], used[g] + 1, *used[g + 1 :]), d, 0) for g, d in enumerate(row) if d and used[g] < sizes[g]
            ]
            for key, d, h in steps:
                a, b = following.get(key, (0, 0))
                following[key] = a + count * d, b + height * d + count * h
        ways = following
    each = []
    for g, size in enumerate(sizes):
        each.append(ways.get((*sizes[:g], size - 1, *sizes[g + 1 :]), (0, 0))[1])
    return Heights(groups, ways.get(sizes, (0, 0))[0], tuple(each[g] for g in groups))


@dataclass(frozen=True)
class Surroundings:
    """The equations around one isolated zero with nonsingular Jacobian, in the coordinates that are not known."""

    system: PolynomialSystem
    free: tuple[int, ...]
    known: tuple[Known, ...]  # of all coordinates

    @cached_property
    def bounds(self) -> tuple[Heights, ...]:
        """For several partitions of the variables; each of them holds."""
        n = len(self.free)
        partitions: set[Groups] = {(0,) * n, best_groups(self.system)[0]} if n else {()}
        if n <= MOST_SINGLE:
            partitions.add(tuple(range(n)))
        return tuple(heights(self.system, groups) for groups in sorted(partitions))

    @cached_property
    def degree(self) -> int:
        """A bound on the number of conjugates."""
        return min(h.count for h in self.bounds)

    def size(self, polynomial: Sequence[tuple[Fraction, tuple[int, ...]]], degree: int) -> Size:
        """Of the value of a polynomial in all coordinates, at a point with at most so many conjugates."""
        terms: dict[tuple[int, ...], Fraction] = {}
        for c, m in polynomial:
            value, rest = _substituted(c, m, self.known, self.free)
            terms[rest] = terms.get(rest, Fraction(0)) + value
        terms = {m: c for m, c in terms.items() if c}
        den = lcm(*(c.denominator for c in terms.values()))
        numerators = [int(c * den) for c in terms.values()]
        found = [
            # The number of points in a bound of heights is that of the bound, or the least one known.
            Heights(h.groups, min(h.count, degree), h.coordinates).polynomial(numerators, list(terms), den)
            for h in self.bounds
        ]
        return Size(min(degree, self.degree), min(found, default=0))


def surroundings(equations: Sequence[Terms], known: Sequence[Known], point: Sequence[arb]) -> Surroundings | None:
    """The equations in the coordinates that are not known, as many as there are of these, at a point within the
    balls; None where their Jacobian is not seen to be nonsingular.
    """
    free = tuple(k for k, (name, _) in enumerate(known) if name == k)
    at = [point[k] for k in free]
    rows: list[Terms] = []
    for equation in equations:
        terms: dict[tuple[int, ...], Fraction] = {}
        for c, m in equation:
            value, rest = _substituted(Fraction(c), m, known, free)
            terms[rest] = terms.get(rest, Fraction(0)) + value
        terms = {m: c for m, c in terms.items() if c}
        if terms:
            rows.append(_reduced(terms, at))
    rows = sorted(set(rows), key=lambda row: (max(sum(m) for _, m in row), len(row)))
    chosen = _independent(rows, at)
    if chosen is None:
        return None
    return Surroundings(PolynomialSystem(tuple(f"x{k}" for k in free), tuple(chosen)), free, tuple(known))


def _substituted(
    c: Fraction, exponents: Sequence[int], known: Sequence[Known], free: Sequence[int]
) -> tuple[Fraction, tuple[int, ...]]:
    total = dict.fromkeys(free, 0)
    for (name, factor), e in zip(known, exponents, strict=True):
        if e:
            c *= factor**e
            if name is not None:
                total[name] += e
    return c, tuple(total.values())


def _reduced(terms: dict[tuple[int, ...], Fraction], point: Sequence[arb]) -> Terms:
    """Coprime integers, without a power of a coordinate that is not 0: the zero stays one, and the Jacobian is
    multiplied by a number that is not 0.
    """
    den = lcm(*(c.denominator for c in terms.values()))
    numerators = {m: int(c * den) for m, c in terms.items()}
    common = gcd(*numerators.values())
    least = [
        0 if x.contains(0) else min(m[k] for m in terms)  # a ball that holds 0 tells nothing
        for k, x in enumerate(point)
    ]
    return tuple(
        (c // common, tuple(e - f for e, f in zip(m, least, strict=True))) for m, c in sorted(numerators.items())
    )


def _independent(rows: Sequence[Terms], point: Sequence[arb]) -> list[Terms] | None:
    """As many of the equations as variables, the first ones whose Jacobian is nonsingular at the point."""
    n = len(point)
    chosen: list[Terms] = []
    reduced: list[tuple[int, list[arb]]] = []
    with ctx.workprec(BITS):
        for row in rows:
            slopes = [_slope(row, k, point) for k in range(n)]
            for pivot, other in reduced:
                factor = slopes[pivot] / other[pivot]
                slopes = [a - factor * b for a, b in zip(slopes, other, strict=True)]
                slopes[pivot] = arb(0)
            sure = [k for k in range(n) if not slopes[k].contains(0)]
            if sure and len(chosen) < n:
                reduced.append((max(sure, key=lambda k: float(abs(slopes[k]).lower())), slopes))
                chosen.append(row)
    return chosen if len(chosen) == n else None


def _slope(row: Terms, k: int, point: Sequence[arb]) -> arb:
    total = arb(0)
    for c, m in row:
        if m[k]:
            term = arb(c * m[k])
            for i, (x, e) in enumerate(zip(point, m, strict=True)):
                term *= x ** (e - (i == k))
            total += term
    return total


def _log2(x: int) -> int:
    """The binary logarithm of a positive integer in parts of a digit, rounded up."""
    return int(x**UNIT - 1).bit_length()
