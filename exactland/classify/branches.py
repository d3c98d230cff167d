"""The branch through an exact critical point of corank 1 along which the objective decides the type.

Coordinates lie in K = Q[t]/(m), m irreducible. Let the columns p_0, p_1, ... of P diagonalise the Hessian at z, p_0
spanning its kernel. On the curve x(s) = z + p_0 s + sum w_j(s) p_j the power series w_j are found one coefficient after
the other so that the slope along every p_j, j > 0, starts as late as wanted. Once the objective along the curve starts
with c s^k below twice that order, c s^k is also the lowest term of the objective on its kernel (splitting lemma).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly, fmpq_poly

from exactland.classify._tools import terms

Series = list[fmpq_poly]  # coefficients of 1, s, s^2, ... up to some order
_MAXIMUM_ORDER = 9


@dataclass(frozen=True)
class Branch:
    """The curve, as coefficients of s, s^2, ... of every coordinate, and the order of the objective along it."""

    curve: tuple[tuple[fmpq_poly, ...], ...]
    order: int

    def reversed(self) -> Branch:
        """The curve with -s for s."""
        return Branch(
            tuple(tuple(-c if k % 2 == 0 else c for k, c in enumerate(row)) for row in self.curve), self.order
        )


def find_branch(
    f: fmpq_mpoly, modulus: fmpq_poly, point: Sequence[fmpq_poly], columns: Sequence[Sequence[fmpq_poly]]
) -> Branch | None:
    """The branch of f at the point; None unless exactly one of the columns, which diagonalise the Hessian, is in its
    kernel, or when the order is too high.
    """
    count = len(point)
    zero = fmpq_poly([0])
    slopes = [f.derivative(i) for i in range(count)]

    def along(p: fmpq_mpoly, curve: Sequence[Series], length: int) -> Series:
        return _compose(p, curve, modulus, length)

    def combined(values: Sequence[fmpq_poly], column: Sequence[fmpq_poly]) -> fmpq_poly:
        return sum((c * v for c, v in zip(column, values, strict=True)), zero) % modulus

    curvatures = []
    for column in columns:
        line = [[x, v] for x, v in zip(point, column, strict=True)]
        curvatures.append(combined([along(s, line, 2)[1] for s in slopes], column))
    flat = [j for j, c in enumerate(curvatures) if c == zero]
    if len(flat) != 1:
        return None
    curve = [[x, v] for x, v in zip(point, columns[flat[0]], strict=True)]
    for order in range(2, _MAXIMUM_ORDER + 1):
        values = along(f, curve, 2 * order)
        lowest = next((k for k in range(1, 2 * order) if values[k] != zero), None)
        if lowest is not None:
            return Branch(tuple(tuple(row[1:]) for row in curve), lowest)
        defects = [along(s, curve, order + 1)[order] for s in slopes]
        steps = [
            zero if c == zero else -combined(defects, column) * _inverse(c, modulus) % modulus
            for column, c in zip(columns, curvatures, strict=True)
        ]
        for i, row in enumerate(curve):
            row.append(combined([column[i] for column in columns], steps))
    return None


def _compose(p: fmpq_mpoly, curve: Sequence[Series], modulus: fmpq_poly, length: int) -> Series:
    """The first `length` coefficients of p along the curve."""
    powers: list[list[Series]] = [[[fmpq_poly([1])]] for _ in curve]
    total = [fmpq_poly([0])] * length
    for exponents, c in terms(p).items():
        product = [fmpq_poly([c])]
        for row, line, e in zip(powers, curve, exponents, strict=True):
            while len(row) <= e:
                row.append(_multiply(row[-1], line, modulus, length))
            if e:
                product = _multiply(product, row[e], modulus, length)
        for k, value in enumerate(product):
            total[k] = total[k] + value
    return total


def _multiply(a: Series, b: Series, modulus: fmpq_poly, length: int) -> Series:
    result = [fmpq_poly([0])] * min(length, len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b[: len(result) - i]):
            result[i + j] = result[i + j] + x * y
    return [c % modulus for c in result]


def _inverse(element: fmpq_poly, modulus: fmpq_poly) -> fmpq_poly:
    common, s, _ = element.xgcd(modulus)
    return s / common[0] % modulus
