"""What the outputs of a network have in common: the same quadratic form in the last weights of each of them.

With one ridge weight for a layer the loss is the sum over outputs j of v_j^T A v_j / 2 + b_j^T v_j, with one matrix A
and vectors b_j of polynomials in the other weights. An orthogonal change of the outputs leaves A as it is and combines
the b_j; those of as many outputs as the b_j have linear relations become 0, and the weights of these outputs are 0 at
every real critical point (`zero`). So a loss in k outputs is one in as many as the targets have rank. The same holds
for the weights of inputs that are orthonormal. It is seen in the polynomial: variables with equal second derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Self, TypeVar

from exactland.polynomial import Polynomial, terms
from exactland.reduce.base import NO_SQUARES, Squares, through
from exactland.reduce.linear import Linear, Vector, echelon, null_space, orthogonal, primitive, turned
from exactland.reduce.zero import Zero

Monomial = tuple[int, ...]
T = TypeVar("T", bound=tuple[object, ...])


@dataclass(frozen=True)
class Block:
    """Variables; the quadratic form in them, as a number times another form; the coefficients of each of them alone."""

    variables: tuple[int, ...]
    weight: Fraction
    form: frozenset[tuple[int, int, Monomial, Fraction]]
    linear: dict[tuple[int, Monomial], Fraction]


@dataclass(frozen=True)
class Outputs(Linear):
    """Corresponding variables of blocks with the same form are changed alike."""

    @classmethod
    def apply(cls, polynomial: Polynomial, squares: Squares = NO_SQUARES) -> Self | None:
        """The change after which the most variables are 0."""
        n = polynomial.context().nvars()
        for blocks in quadratic_blocks(polynomial):
            columns = [[int(i == k) for i in range(n)] for k in range(n)]
            changes = False
            for form in dict.fromkeys(block.form for block in blocks):
                alike = [block for block in blocks if block.form == form]
                matrix = _common(alike)
                if matrix is None:
                    continue
                changes = True
                for places in zip(*(block.variables for block in alike), strict=True):
                    for place, column in zip(places, matrix, strict=True):
                        columns[place] = [0] * n
                        for other, c in zip(places, column, strict=True):
                            columns[place][other] = c
            if not changes:
                continue
            found = cls(polynomial, *_one(turned(polynomial, columns)))
            if Zero.apply(found.parts[0], through(found, 0, squares)) is not None:
                return found
        return None

    @property
    def real(self) -> bool:
        """The variables that are 0 then are so at real critical points."""
        return True


def _one(made: tuple[Polynomial, tuple[tuple[int, ...], ...]]) -> tuple[tuple[Polynomial], tuple[tuple[int, ...], ...]]:
    return (made[0],), made[1]


def quadratic_blocks(polynomial: Polynomial) -> Iterator[list[Block]]:
    """Sets of variables in which the polynomial is quadratic, as far as second derivatives suggest them, each taken
    apart into blocks that no product connects.
    """
    n = polynomial.context().nvars()
    if polynomial.total_degree() < 3 or sum(d == 2 for d in polynomial.degrees()) < 2:
        return
    known = {m: c for c, m in terms(polynomial)}
    classes = _classes(known, n)
    tried: set[frozenset[int]] = set()
    for first in classes:
        if not _is_quadratic(known, first):
            continue
        layer = set(first)
        for other in sorted(classes, key=lambda c: len(c) != len(first)):
            both = layer | set(other)
            if not layer & set(other) and _connected(known, layer, other) and _is_quadratic(known, both):
                layer = both
        if frozenset(layer) not in tried:
            tried.add(frozenset(layer))
            yield list(_blocks(known, sorted(layer)))


def _classes(known: dict[Monomial, Fraction], n: int) -> list[list[int]]:
    """Two and more variables of degree 2 with the same second derivative up to a factor and a constant summand."""
    squares: list[dict[Monomial, Fraction]] = [{} for _ in range(n)]
    degrees = [0] * n
    for m, c in known.items():
        for i, e in enumerate(m):
            degrees[i] = max(degrees[i], e)
            if e == 2 and sum(m) > 2:
                squares[i][(*m[:i], 0, *m[i + 1 :])] = c
    alike: dict[frozenset[tuple[Monomial, Fraction]], list[int]] = {}
    for i in range(n):
        if degrees[i] == 2 and squares[i]:
            alike.setdefault(frozenset(_normal(squares[i])[1].items()), []).append(i)
    return [found for found in alike.values() if len(found) > 1]


def _normal(coefficients: dict[T, Fraction]) -> tuple[Fraction, dict[T, Fraction]]:
    """A number and the coefficients divided by it; multiples of each other have equal ones."""
    first = coefficients[min(coefficients)]
    return first, {m: c / first for m, c in coefficients.items()}


def _is_quadratic(known: dict[Monomial, Fraction], layer: set[int] | list[int]) -> bool:
    return all(sum([m[i] for i in layer]) <= 2 for m in known)


def _connected(known: dict[Monomial, Fraction], layer: set[int], other: list[int]) -> bool:
    return any(any(m[i] for i in layer) and any(m[i] for i in other) for m in known)


def _blocks(known: dict[Monomial, Fraction], layer: list[int]) -> Iterator[Block]:
    names = {i: i for i in layer}
    for m in known:
        met = {names[i] for i in layer if m[i]}
        if len(met) > 1:
            names = {i: min(met) if name in met else name for i, name in names.items()}
    for name in dict.fromkeys(names.values()):
        variables = tuple(i for i in layer if names[i] == name)
        form: dict[tuple[int, int, Monomial], Fraction] = {}
        linear: dict[tuple[int, Monomial], Fraction] = {}
        for m, c in known.items():
            used = [k for k, i in enumerate(variables) for _ in range(m[i])]
            rest = tuple(0 if i in variables else e for i, e in enumerate(m))
            if len(used) == 2:
                form[used[0], used[1], rest] = c
            elif used:
                linear[used[0], rest] = c
        weight, normal = _normal(form)
        yield Block(variables, weight, frozenset((*key, c) for key, c in normal.items()), linear)


def _common(alike: list[Block]) -> list[list[int]] | None:
    """Orthogonal columns, the first of which span the linear parts of the blocks; None when nothing is gained."""
    k = len(alike)
    keys = dict.fromkeys(key for block in alike for key in block.linear)
    rows: list[Vector] = [[block.linear.get(key, Fraction(0)) for block in alike] for key in keys]
    kept = list(echelon(rows, k).values())
    gone = null_space(rows, k)
    if len(gone) <= sum(not block.linear for block in alike):
        return None
    weights = [block.weight for block in alike]
    kept = [[c / w for c, w in zip(row, weights, strict=True)] for row in kept]
    columns = [primitive(v) for part in (kept, gone) for v in orthogonal(part, weights) or []]
    return [c for c in columns if c is not None] if None not in columns and len(columns) == k else None
