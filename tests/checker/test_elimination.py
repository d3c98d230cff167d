"""Elimination modulo a prime in packed integers, against elimination entry by entry."""

from __future__ import annotations

import random

import pytest

from exactland.checker.rank import (
    PRIMES,
    echelon,
    limb_size,
    nonsingular,
    pack,
    reduced_limbs,
    unpack,
)

Matrix = list[list[int]]


def rank_of(rows: Matrix, prime: int) -> int:
    left, rank = [[c % prime for c in row] for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(rank, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        inverse = pow(left[rank][column], -1, prime)
        for i in range(rank + 1, len(left)):
            factor = left[i][column] * inverse
            left[i] = [(a - factor * b) % prime for a, b in zip(left[i], left[rank], strict=True)]
        rank += 1
    return rank


def matrix_of(source: random.Random, rows: int, columns: int, prime: int) -> Matrix:
    """Sparse, at times with dependent rows, with entries up to the prime itself, which is 0."""
    small = source.choice([2, prime])

    def entry() -> int:
        return source.choice([0, 0, source.randrange(small), prime, prime - 1])

    made = [[entry() for _ in range(columns)] for _ in range(rows)]
    if rows > 1 and source.random() < 0.4:
        a, b = source.sample(range(rows), 2)
        factor = source.randrange(prime)
        made[a] = [factor * c % prime for c in made[b]]
    return made


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("seed", range(40))
def test_columns_are_determined_by_the_others(prime: int, seed: int) -> None:
    """A square part and further columns: None exactly when the square part is singular, and else every row is 0."""
    source = random.Random(f"{prime} {seed}")
    n, more = source.randint(1, 9), source.randint(0, 4)
    rows = matrix_of(source, n, n + more, prime)
    size = limb_size(prime, n)
    spent: list[int] = []
    packed = [pack(dict(enumerate(row)), n + more, size) for row in rows]
    tails = echelon(packed, prime, size, lambda vector, times: spent.append(times))
    square = [row[:n] for row in rows]
    assert (tails is not None) == (rank_of(square, prime) == n)
    assert nonsingular([{(k,): c % prime for k, c in enumerate(row) if c % prime} for row in square], prime) == (
        tails is not None
    )
    if tails is None:
        return
    forms: dict[int, list[int]] = {n + k: [int(j == k) for j in range(more)] for k in range(more)}
    for column in range(n - 1, -1, -1):
        combination = [0] * more
        for k, c in enumerate(unpack(tails[column], size)):
            combination = [(a + c * b) % prime for a, b in zip(combination, forms[column + 1 + k], strict=True)]
        forms[column] = combination
    for row in rows:
        total = [sum(c * forms[k][j] for k, c in enumerate(row)) % prime for j in range(more)]
        assert total == [0] * more


@pytest.mark.parametrize("prime", PRIMES)
def test_sums_of_products_fit_into_a_limb(prime: int) -> None:
    """The largest numbers that can meet in one limb, side by side."""
    for terms in (1, 2, 100, 60_000):
        size = limb_size(prime, terms)
        largest = prime + terms * prime * prime
        assert largest < 1 << (8 * size)
        vector = pack({0: largest, 1: largest, 2: 0, 3: largest}, 4, size)
        reduced = [c % prime for c in unpack(reduced_limbs(vector, prime, 8 * size), size)]
        assert reduced == [largest % prime, largest % prime, 0, largest % prime]
        assert all(c <= prime for c in unpack(reduced_limbs(vector, prime, 8 * size), size))
