"""Rules R: an upper bound on the number of complex critical points from the rank of an integer matrix modulo one prime.

The rows are monomial multiples of elements that vanish at every critical point. Elimination modulo the prime proves
that a square submatrix is nonsingular over the rationals, so every monomial outside the basis is congruent to a
combination of the basis: see `proofs/SPEC.md`, rules R1 to R3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import add
from typing import Any

from . import kernel
from .kernel import Exponents, record, sequence, times_variable
from .lines import Elements

# The only primes this checker knows: Mersenne primes 2^k - 1, so that a whole packed row is reduced by masks and
# shifts.
PRIMES = {524287: 19, 2147483647: 31, 2305843009213693951: 61}
FEW = 6  # numbers that are faster shifted one by one


def rank_bound(value: Any, elements: Elements) -> int:
    """The dimension bound |basis|, or a rejection."""
    entry = record(value, "rule prime rows basis", where="completeness")
    n = elements.n
    prime = kernel.integer(entry["prime"], "prime")
    kernel.need(prime in PRIMES, "F3", prime, f"one of {sorted(PRIMES)}")
    basis = [kernel.exponents(e, n) for e in sequence(entry["basis"], "basis", most=kernel.MAX_BASIS)]
    inside = set(basis)
    kernel.need(len(inside) == len(basis), "F3", "a monomial that stands twice", "distinct basis monomials")
    rows: list[dict[Exponents, int]] = []
    columns: set[Exponents] = set()
    residues: dict[int, list[int]] = {}
    for row in sequence(entry["rows"], "rows", most=kernel.MAX_ROWS):
        pair = sequence(row, "row", 2)
        j = kernel.index(pair[0], len(elements.polys), "row")
        shift = kernel.exponents(pair[1], n)
        element = elements.polys[j]
        if j not in residues:
            residues[j] = [c % prime for c in element.values()]
        shifted = [tuple(map(add, shift, m)) for m in element]
        columns.update(shifted)  # also those whose coefficient is 0 modulo the prime
        rows.append({m: c for m, c in zip(shifted, residues[j], strict=True) if c and m not in inside})
    one = (0,) * n
    kernel.need(
        one in inside or (not inside and one in columns), "R1", "a basis without 1", "1 in the basis, or eliminated"
    )
    columns |= {times_variable(b, k) for b in basis for k in range(n)}
    pivots = columns - inside
    kernel.need(
        len(rows) == len(pivots),
        "R2",
        f"{len(rows)} rows for {len(pivots)} monomials",
        "one row per monomial outside the basis",
    )
    kernel.need(nonsingular(rows, prime), "R3", "a singular matrix", "a matrix that is nonsingular modulo the prime")
    return len(basis)


def nonsingular(rows: list[dict[Exponents, int]], prime: int) -> bool:
    """Whether a square sparse matrix (rows without stored zeros, as many as columns) is nonsingular modulo the prime.

    Where the last k rows have entries in exactly k columns the matrix is block triangular, and its determinant is a
    product; the order of the rows is chosen by whoever wrote the certificate, to have many such places.
    """
    seen: dict[Exponents, int] = {}
    end = len(rows)
    for start in range(len(rows) - 1, -1, -1):
        for column in rows[start]:
            seen.setdefault(column, end)
        if len(seen) < len(rows) - start:
            return False
        if len(seen) == len(rows) - start:
            if end - start > 1:  # one row has one entry
                block = [{c: v for c, v in row.items() if seen[c] == end} for row in rows[start:end]]
                if not _nonsingular_part(block, prime):
                    return False
            end = start
    return end == 0


def _nonsingular_part(rows: list[dict[Exponents, int]], prime: int) -> bool:
    """One square block: rows or columns with a single entry are split off first, which expands the determinant; what
    is left falls apart into pieces that are eliminated one by one.
    """
    active = {r: dict(row) for r, row in enumerate(rows)}
    where: dict[Exponents, set[int]] = {}
    for r, row in active.items():
        for column in row:
            where.setdefault(column, set()).add(r)
    columns = [c for c, rs in where.items() if len(rs) == 1]
    short = [r for r, row in active.items() if len(row) <= 1]
    while columns or short:
        if columns:
            column = columns.pop()
            if len(where.get(column, ())) != 1:
                continue
            r = next(iter(where[column]))
        else:
            r = short.pop()
            if r not in active:
                continue
            if not active[r]:
                return False
            if len(active[r]) > 1:
                continue
            column = next(iter(active[r]))
        for c in active.pop(r):
            where[c].discard(r)
            if len(where[c]) == 1:
                columns.append(c)
        for other in where.pop(column):
            del active[other][column]
            if len(active[other]) <= 1:
                short.append(other)
    if len(active) != len([c for c, rs in where.items() if rs]):
        return False
    return all(_nonsingular_block(block, prime) for block in _blocks(active, where))


def _blocks(
    active: dict[int, dict[Exponents, int]], where: dict[Exponents, set[int]]
) -> list[list[dict[Exponents, int]]]:
    seen: set[int] = set()
    done: set[Exponents] = set()
    blocks = []
    for start in active:
        if start in seen:
            continue
        seen.add(start)
        stack, block = [start], []
        while stack:
            row = active[stack.pop()]
            block.append(row)
            for column in row.keys() - done:
                done.add(column)
                stack += where[column] - seen
                seen |= where[column]
        blocks.append(block)
    return blocks


def _nonsingular_block(block: list[dict[Exponents, int]], prime: int) -> bool:
    """Dense elimination with each row packed into one big integer, a limb for each column, so that row operations run
    at C speed.
    """
    count: dict[Exponents, int] = {}
    for row in block:
        for column in row:
            count[column] = count.get(column, 0) + 1
    if len(count) != len(block):
        return False
    size = limb_size(prime, len(block))
    places = {c: i for i, c in enumerate(sorted(count, key=lambda c: (count[c], c)))}
    packed = [pack({places[c]: v for c, v in row.items()}, len(block), size) for row in sorted(block, key=len)]
    return echelon(packed, prime, size, lambda vector, times: None) is not None


def limb_size(prime: int, terms: int) -> int:
    """Bytes that hold a sum of so many products of two reduced numbers, and one more number."""
    return (2 * PRIMES[prime] + terms.bit_length() + 7) // 8


def pack(entries: dict[int, int], count: int, size: int) -> int:
    """One integer with the entries as limbs at their places, out of so many."""
    if len(entries) < FEW:
        return sum([c << 8 * size * k for k, c in entries.items()])
    data = bytearray(size * count)
    for k, c in entries.items():
        data[size * k : size * (k + 1)] = c.to_bytes(size, "little")
    return int.from_bytes(data, "little")


def unpack(vector: int, size: int) -> Sequence[int]:
    """The limbs of an integer from 0."""
    count = -(-vector.bit_length() // (8 * size))
    data = vector.to_bytes(count * size, "little")
    if size <= 8:
        words = bytearray(8 * count)
        for i in range(size):
            words[i::8] = data[i::size]
        return struct.unpack(f"<{count}Q", words)
    return [int.from_bytes(data[i : i + size], "little") for i in range(0, len(data), size)]


def echelon(rows: list[int], prime: int, size: int, spend: Callable[[int, int], None]) -> list[int] | None:
    """Elimination in as many columns as there are rows, each packed into one integer, limbs of `size` bytes: for each
    column the combination of the limbs behind it that it is; None when the columns are not determined.

    A limb holds one entry plus, for each row, a product of two reduced numbers.
    """
    width = 8 * size
    low = (1 << width) - 1
    waiting: list[list[int]] = [rows, *([] for _ in rows)]  # by the column that they are shifted to
    result: list[int] = []
    for column in range(len(rows)):
        pivot = 0
        for row in waiting[column]:
            head = row & low
            if not head:
                zeros = ((row & -row).bit_length() - 1) // width if row else len(rows)
                if column + zeros >= len(rows):
                    return None
                waiting[column + zeros].append(row >> width * zeros)
                continue
            head %= prime
            if not head:
                waiting[column + 1].append(row >> width)
            elif not pivot:
                pivot = reduced_limbs(row, prime, width)
                if head != prime - 1:
                    pivot = reduced_limbs(pivot * (prime - pow(head, -1, prime)), prime, width)
            else:
                waiting[column + 1].append((row + head * pivot) >> width)
        if not pivot:
            return None
        spend(pivot, len(waiting[column]))
        waiting[column] = []
        result.append(pivot >> width)
    return result


def reduced_limbs(row: int, prime: int, width: int) -> int:
    """Every limb modulo 2^bits - 1, up to a last carry: 2^bits = 1 there, so the high part of a limb is added to its
    low part.
    """
    bits = PRIMES[prime]
    field, rest, other = _fields(-(-row.bit_length() // width), bits, width)
    while row & other:
        row = (row & field) + ((row >> bits) & rest)
    return row


@lru_cache(maxsize=256)
def _fields(count: int, bits: int, width: int) -> tuple[int, int, int]:
    """The low bits of so many limbs, as many places as there are others, and all bits but the low ones."""
    ones = ((1 << (width * count)) - 1) // ((1 << width) - 1)
    field = ones * ((1 << bits) - 1)
    return field, ones * ((1 << (width - bits)) - 1), ~field
