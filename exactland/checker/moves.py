"""Moves of the coordinates whose orbits of critical points are counted: signed permutations that commute and have
order 2. See `proofs/SPEC.md`, sections 6b, 6c and 10.
"""

from __future__ import annotations

from fractions import Fraction
from operator import or_
from typing import Any

from . import kernel, univariate
from .boxes import Box
from .coordinates import Element
from .fields import Field
from .kernel import Exponents

Move = tuple[int, ...]  # coordinate i of the image is coordinate |s_i| - 1, with the sign of s_i


def group(moves: tuple[Move, ...], n: int) -> list[Move]:
    """All products of the moves of n coordinates."""
    elements: set[Move] = {tuple(range(1, n + 1))}
    for move in moves:
        elements |= {tuple(move[abs(s) - 1] * (1 if s > 0 else -1) for s in g) for g in elements}
        kernel.limit(len(elements), 1 << 14, "moves")
    return sorted(elements)


def orbit_weight(moves: list[Move], boxes: list[Box], fields: list[Field]) -> int:
    """The left side of rule C1, for boxes (those of conjugate points given twice) and counted fields."""
    work = len(boxes)
    for field in fields:
        work += sum(map(len, field.space.orders)) + (field.d**2 if field.d > 1 < field.multiplicity else 0)
    kernel.limit(len(moves) * work, kernel.MAX_WORK, "images of points")
    if len(moves) == 1:  # the identity
        return len(boxes) + sum(field.d * field.multiplicity for field in fields)
    signs = all(abs(s) == k for move in moves for k, s in enumerate(move, 1))
    alike: dict[tuple[Any, ...], int] = {}
    for box in boxes:
        centre = _zeros(box) if signs else tuple(box.centre())
        alike[centre] = alike.get(centre, 0) + 1
    weight = 0
    for centre, count in alike.items():
        # sign changes see of a centre which coordinates are not 0
        seen: list[Any] = [(1, -1) if x else (0, 0) for x in centre] if signs else list(centre)
        weight += count * len(_fixing(moves, seen))
    for field in fields:
        fixing = _fixing(moves, [(c, field.scaled(c, Fraction(-1))) for c in field.coordinates])
        even = field.multiplicity
        if even > 1:
            perhaps = [move for move in moves if not _moves_all(move, field)]
            even = sum(all(_unchanged(m, move) for m in f for move in perhaps) for f in field.space.orders)
        weight += field.d * len(fixing) * even
    return weight


def _zeros(box: Box) -> tuple[bool, ...]:
    """Which coordinates of the centre of a box are not 0."""
    parts = box.real if box.imaginary is None else map(or_, box.real, box.imaginary)
    return tuple(map(bool, parts))


def _fixing(moves: list[Move], coordinates: list[tuple[Any, Any]]) -> list[Move]:
    """The moves that leave a point as it is; each coordinate is given beside its negative."""
    return [
        move
        for move in moves
        if all(x[0] == coordinates[abs(s) - 1][s < 0] for x, s in zip(coordinates, move, strict=True))
    ]


def _moves_all(move: Move, field: Field) -> bool:
    """Whether the move is seen to leave none of the points of a field as it is: some coordinate changes at every root
    of the modulus.
    """
    for x, s in zip(field.coordinates, move, strict=True):
        change = field.add(x, field.coordinates[abs(s) - 1], -1 if s > 0 else 1)
        if change != field.zero and univariate.coprime(_stripped(change), field.modulus):
            return True
    return False


def _stripped(element: Element) -> list[int]:
    """The numerators without zeros at the end."""
    nums = list(element[0])
    while not nums[-1]:
        nums.pop()
    return nums


def _unchanged(monomial: Exponents, move: Move) -> bool:
    """Whether a derivative is the same after the move."""
    same = all(e == monomial[abs(s) - 1] for e, s in zip(monomial, move, strict=True))
    return same and not sum(e for e, s in zip(monomial, move, strict=True) if s < 0) & 1
