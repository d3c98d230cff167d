"""Rules Z: the (multi-homogeneous) Bezout number as an upper bound on the number of complex critical points.

When as many critical points as this number are shown to exist, in affine space and at infinity, each isolated and
counted with its multiplicity, there is no other one, isolated or not: see `proofs/SPEC.md`.
"""

from __future__ import annotations

from typing import Any

from . import kernel, univariate
from .fields import Zeros
from .kernel import IntPoly, integer, record, sequence
from .lines import Elements


def bezout_bound(value: Any, elements: Elements) -> int:
    """The Bezout number of the gradient for the given groups of variables."""
    entry = record(value, "rule groups", "infinity", "completeness")
    groups = read_groups(entry["groups"], elements.n)
    degrees = [_degrees(gradient, groups) for gradient in elements.gradient]
    least = min(min(row) for row in degrees)
    kernel.need(least >= 1, "Z1", "a degree of 0", "a positive degree of every gradient entry in every group")
    return multihomogeneous(degrees, groups)


def multihomogeneous(degrees: list[list[int]], groups: list[int]) -> int:
    """The coefficient of prod a_k^size_k in the product over the equations of sum_k degree_k a_k."""
    sizes = [groups.count(k) for k in range(max(groups, default=-1) + 1)]
    ways: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}
    for row in degrees:
        following: dict[tuple[int, ...], int] = {}
        for used, count in ways.items():
            for k, d in enumerate(row):
                if used[k] < sizes[k]:
                    key = (*used[:k], used[k] + 1, *used[k + 1 :])
                    following[key] = following.get(key, 0) + count * d
        kernel.limit(len(following), kernel.MAX_TERMS, "work of the Bezout number")
        ways = following
    return ways[tuple(sizes)]


def read_groups(value: Any, n: int) -> list[int]:
    """A partition of the variables: the number of the group of each."""
    groups = sequence(value, "groups", n)
    kernel.need(all(type(g) is int and 0 <= g < n for g in groups), "F3", groups, "a group number for each variable")
    used = range(max(groups, default=-1) + 1)
    kernel.need(all(k in groups for k in used), "F3", groups, "groups numbered without gaps")
    return groups


def _degrees(poly: IntPoly, groups: list[int]) -> list[int]:
    return [
        max((sum(e for e, g in zip(m, groups, strict=True) if g == k) for m in poly), default=0)
        for k in range(max(groups, default=-1) + 1)
    ]


def at_infinity(value: Any, elements: Elements) -> int:
    """Rules Z2 to Z5, A1 to A3 and M: the sum of the multiplicities of isolated zeros at infinity."""
    if "infinity" not in value:
        return 0
    n = elements.n
    groups = read_groups(value["groups"], n)
    infinity = record(value["infinity"], "form points", where="infinity")
    form = [integer(c, "form") for c in sequence(infinity["form"], "form", n)]
    seen: list[tuple[list[int | None], Zeros]] = []
    total = work = 0
    for given in sequence(infinity["points"], "points at infinity", most=kernel.MAX_POINTS):
        entry = record(given, "chart modulus coordinates isolated", "dual", "point at infinity")
        chart = sequence(entry["chart"], "chart", max(groups, default=-1) + 1)
        inside = all(j is None or (type(j) is int and 0 <= j < n and groups[j] == k) for k, j in enumerate(chart))
        kernel.need(inside, "F3", chart, "chart: for each group one of its variables, or null")
        at = Zeros(entry, [in_chart(g, groups, chart) for g in elements.gradient], form)
        ones = [chart[g] for g in groups]  # in its group this variable is 1, and its place holds the coordinate x_0
        normal = all(j is None or i > j or at.coordinates[i] == at.zero for i, j in enumerate(ones))
        off = any(j is not None for j in chart)
        kernel.need(off and normal, "Z2", "a point in another form", "a point at infinity in normal form")
        new = all(univariate.coprime(at.modulus, other.modulus) for there, other in seen if there == chart)
        kernel.need(new, "Z3", "two moduli that may share a root", "coprime moduli in one chart")
        seen.append((chart, at))
        work += at.work
        kernel.limit(work, kernel.MAX_ROWS, "monomials around all points at infinity")
        total += at.d * at.multiplicity
    return total


def in_chart(poly: IntPoly, groups: list[int], chart: list[int | None]) -> IntPoly:
    """Homogenised in each group that has a variable in the chart; that variable becomes 1, and its exponent the one of
    x_0.
    """
    degrees = _degrees(poly, groups)
    result: IntPoly = {}
    for monomial, coefficient in poly.items():
        exponents = list(monomial)
        for k, j in enumerate(chart):
            if j is not None:
                exponents[j] = degrees[k] - sum(e for e, g in zip(monomial, groups, strict=True) if g == k)
        result[tuple(exponents)] = coefficient
    return result
