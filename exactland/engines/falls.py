"""Lift a degree fall, known modulo a prime, to the rationals, and verify it exactly."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import fmpz, fmpz_mat, nmod_mat

from exactland.engines.base import Line
from exactland.engines.packed import Element, Packing

Row = tuple[int, int]
Combination = dict[Row, int]
ZERO = fmpz(0)


class BadPrime(ArithmeticError):
    """Something that is true modulo the prime is not true over the rationals."""


def lift(
    level: Callable[[int], int], elements: list[Element], modular: Combination, degree: int, prime: int
) -> tuple[dict[Row, Fraction], dict[int, int]]:
    """Exact multipliers on the support of `modular` whose combination has this level, and its primitive value."""
    rows = list(modular)
    columns: dict[int, int] = {}
    high: list[list[tuple[int, int]]] = []
    for m, g in rows:
        entries = [(m + t, c) for t, c in elements[g].terms.items() if level(m + t) > degree]
        for key, _ in entries:
            columns.setdefault(key, len(columns))
        high.append([(columns[key], c) for key, c in entries])
    size = len(rows) - 1
    factors = _left_kernel(high, len(columns), prime) if size else [fmpz(1)]
    total: dict[int, fmpz] = {}  # long integers: those of flint are much faster
    for (m, g), factor in zip(rows, factors, strict=True):
        for t, c in elements[g].terms.items():
            total[m + t] = total.get(m + t, ZERO) + factor * c
    value = {m: c for m, c in total.items() if c != 0}
    if not value or any(level(m) > degree for m in value):
        raise BadPrime("a fall modulo the prime is none over the rationals")
    divisor = ZERO
    for number in value.values():
        divisor = divisor.gcd(number)
    if value[max(value)] < 0:
        divisor = -divisor
    whole = int(divisor)
    return (
        {row: Fraction(int(factor), whole) for row, factor in zip(rows, factors, strict=True) if factor != 0},
        {m: int(c // divisor) for m, c in value.items()},
    )


def _left_kernel(rows: list[list[tuple[int, int]]], width: int, prime: int) -> list[fmpz]:
    """An integral left null vector of a matrix of corank one."""
    size = len(rows) - 1
    matrix = nmod_mat(width, len(rows), prime)
    for i, row in enumerate(rows):
        for j, c in row:
            matrix[j, i] = c % prime
    # A row that depends on the others: any row in the support of the kernel. The last one is it.
    reduced, rank = matrix.transpose().rref()
    if rank != size:
        raise BadPrime("the rows of a fall have the wrong rank")
    place = {column: k for k, column in enumerate(staircase(reduced, rank))}
    square, right = fmpz_mat(size, size), fmpz_mat(size, 1)
    for i, row in enumerate(rows):
        for j, c in row:
            k = place.get(j)
            if k is None:
                continue
            if i < size:
                square[k, i] = c
            else:
                right[k, 0] = -c
    try:
        solution = square.solve(right)
    except ZeroDivisionError as trouble:
        raise BadPrime("singular over the rationals") from trouble
    numer, denominator = solution.numer_denom()  # type: ignore[attr-defined]
    return [*numer.entries(), denominator]


def staircase(reduced: nmod_mat, rank: int) -> list[int]:
    """The pivot columns of an echelon form."""
    columns, j = [], 0
    for i in range(rank):
        while int(reduced[i, j]) == 0:
            j += 1
        columns.append(j)
        j += 1
    return columns


def line(packing: Packing, exact: dict[Row, Fraction]) -> Line:
    """The line with these multipliers."""
    grouped: dict[int, list[tuple[Fraction, int]]] = {}
    for (m, g), c in exact.items():
        grouped.setdefault(g, []).append((c, m))
    return Line(
        tuple(
            (g, tuple((c, packing.unpack(m)) for c, m in sorted(parts, key=lambda t: packing.key(t[1]))))
            for g, parts in sorted(grouped.items())
        )
    )
