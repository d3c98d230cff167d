"""Normal forms level by level: the border of a basis, and the equations that make two ways to a product agree.

Level d holds the products of degree d of a multiplier and a basis monomial of a lower level, the *border*. The normal
forms of the lower levels give equations between them: the product u * v * b, reduced as u * NF(v * b) and as
v * NF(u * b), must be the same; and each element of the ideal vanishes at its degree. A border monomial that the
equations do not reduce is a new basis monomial. The matrices have as many columns as the border, not as the
monomials of the degree.

The same steps run modulo a prime, which gives the evidence of the rule of levels (`proofs/SPEC.md`), and in floating
point with a well conditioned basis, which gives the candidates. A *fall*, an equation that reduces a lower level, ends
the search: it has to be lifted to the rationals and added to the elements.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from exactland.engines.base import OutOfTime
from exactland.engines.classes import Classes, Equation, Level, meetings
from exactland.engines.elimination import Array, echelon_form, product
from exactland.engines.noise import Noise

if TYPE_CHECKING:
    import numpy.typing as npt

Vector: TypeAlias = "npt.NDArray[Any]"  # of int64 modulo a prime, of float64 in floating point
Terms = Sequence[tuple[int, int]] | Sequence[tuple[int, float]]
Pair = tuple[int, int, int]  # a monomial and the numbers of two multipliers
MAX_ENTRIES = 60_000_000  # of one matrix
FEW, SPARE = 3, 40  # equations for each border monomial, and more, that are tried before all of them
SURE = 1e-5  # steps of a QR decomposition, relative to the largest, where nothing else is tried
QR_BLOCK = 16


class TooLarge(ArithmeticError):
    """The next level has too many equations."""


class Doubtful(ArithmeticError):
    """There may be too few equations among those that were chosen."""


class Arithmetic(Protocol):
    """Modulo a prime, or in floating point."""

    dtype: Any

    def product(self, left: Vector, right: Vector) -> Vector:
        """Matrix product."""

    def choices(self, plan: list[Pair], width: int, degree: int) -> Iterator[list[Pair]]:
        """The equations to be tried, one choice after the other; the last one is all of them."""

    def solve(self, rows: Vector, width: int, degree: int, whole: bool) -> tuple[list[int], list[int], Vector]:
        """Independent rows, pivots (below `width` unless there is a fall), and the pivots in terms of all columns.

        Raises Doubtful when these do not seem to be enough, unless they are the `whole`.
        """


@dataclass
class Modular:
    """Exact, modulo a prime."""

    prime: int
    dtype: Any = np.int64

    def product(self, left: Vector, right: Vector) -> Vector:
        return product(left.astype(np.int64), right.astype(np.int64), self.prime)

    def choices(self, plan: list[Pair], width: int, degree: int) -> Iterator[list[Pair]]:
        yield plan

    def solve(self, rows: Vector, width: int, degree: int, whole: bool) -> tuple[list[int], list[int], Vector]:
        kept, echelon, pivots = echelon_form(np.asarray(rows % self.prime, dtype=np.int64), self.prime)
        forms: Array = -echelon % self.prime
        forms[range(len(pivots)), pivots] = 0
        return kept, pivots, forms


@dataclass
class Floating:
    """In floating point; the numbers of basis monomials are known from the run modulo a prime."""

    sizes: Sequence[int]
    dtype: Any = np.float64

    def product(self, left: Vector, right: Vector) -> Vector:
        return np.asarray(left @ right, dtype=np.float64)

    def choices(self, plan: list[Pair], width: int, degree: int) -> Iterator[list[Pair]]:
        few = FEW * width + SPARE
        if not self.sizes[degree] and few < len(plan):
            yield [plan[i] for i in Noise(degree + 1).permutation(len(plan))[:few]]
        yield plan

    def solve(self, rows: Vector, width: int, degree: int, whole: bool) -> tuple[list[int], list[int], Vector]:
        rank = width - self.sizes[degree]
        if rank <= 0:
            return [], [], np.zeros((0, rows.shape[1]))
        if len(rows) > rows.shape[1]:
            rows = np.asarray(np.linalg.qr(rows, mode="r"))
        if rank == width and len(rows) >= width:
            steps = np.abs(np.diag(rows))[:width]
            if steps.min() > SURE * steps.max():
                forms = -np.linalg.solve(rows[:width, :width], rows[:width])
                forms[:, :width] = 0
                return list(range(width)), list(range(width)), forms
        if not whole:
            raise Doubtful
        space = np.linalg.svd(rows, full_matrices=False)[2][:rank]
        pivots = pivot_columns(space[:, :width], rank)
        forms = -np.linalg.solve(space[:, pivots], space)
        forms[range(rank), pivots] = 0
        return list(range(rank)), pivots, forms


def pivot_columns(matrix: npt.NDArray[np.float64], count: int) -> list[int]:
    """The first columns of a QR decomposition with column pivoting."""
    work = matrix.copy()
    norms = (work**2).sum(axis=0)
    picked: list[int] = []
    vectors, projections = np.zeros((QR_BLOCK, work.shape[0])), np.zeros((QR_BLOCK, work.shape[1]))
    for number in range(count):
        k = number % QR_BLOCK
        j = int(np.argmax(norms))
        vector = work[:, j] - projections[:k, j] @ vectors[:k]
        length = float(np.linalg.norm(vector))
        if length < 1e-12:
            raise np.linalg.LinAlgError("the null space is degenerate")
        picked.append(j)
        vectors[k] = vector / length
        projections[k] = vectors[k] @ work
        norms = norms - projections[k] ** 2
        if k == QR_BLOCK - 1:
            work -= vectors.T @ projections
            norms = (work**2).sum(axis=0)
        norms[picked] = -1.0
    return picked


@dataclass
class Levels:
    """The search. `elements` are polynomials with packed monomials; `degrees` are theirs over the rationals, as terms
    may vanish modulo the prime.
    """

    classes: Classes
    elements: Sequence[Terms]
    degrees: Sequence[int]
    arithmetic: Arithmetic
    deadline: float
    levels: list[Level] = field(default_factory=list)
    order: list[int] = field(default_factory=list)  # basis monomials so far
    fall: bool = False
    work: int = 0  # about nanoseconds

    def __post_init__(self) -> None:
        packing, classes = self.classes.packing, self.classes
        self.steps = [packing.degree(u) for u in classes.generators]
        self.starts = [0]  # the number of basis monomials below each degree
        self.place: dict[int, int] = {}
        self.row: dict[int, int] = {}
        self.table: Vector = np.zeros((0, 0), dtype=self.arithmetic.dtype)
        self.meetings = [(packing.degree(w), w, ways) for w, ways in meetings(classes).items()]
        self.extra: dict[int, Vector] = {}
        self.number = {u: k for k, u in enumerate(classes.generators)}
        self.starting: dict[int, list[tuple[int, int]]] = {}
        for g, (terms, degree) in enumerate(zip(self.elements, self.degrees, strict=True)):
            for start in classes.starts(classes.label(terms[0][0])) if terms else ():
                self.starting.setdefault(degree + packing.degree(start), []).append((g, start))

    @property
    def is_closed(self) -> bool:
        """Whether all products of multipliers and basis monomials are reduced, and no equation is left that could
        reduce the basis further.
        """
        last = max((d for d, level in enumerate(self.levels) if level.basis), default=0)
        reach = max([max(self.steps), *(d for d, _, _ in self.meetings)])
        return len(self.levels) > max(last + reach, *self.starting, 0)

    @property
    def needed(self) -> int:
        """The number of levels up to the products of multipliers and basis monomials."""
        return max((d for d, level in enumerate(self.levels) if level.basis), default=0) + max(self.steps) + 1

    @property
    def reaches(self) -> bool:
        """Whether all products of multipliers and basis monomials are reduced, and all elements are used."""
        return len(self.levels) >= max(self.needed, max(self.starting, default=0) + 1)

    def commutes(self) -> bool:
        """Whether multiplications commute, as far as a random combination tells: as a rule no later level and no other
        equation reduces the basis then.
        """
        matrices = [self.multiplication(u) for u in self.classes.generators]
        vector = np.asarray(Noise(17).integers(2**30, (1, len(self.order))), dtype=self.arithmetic.dtype)
        once = np.vstack([self.arithmetic.product(vector, matrix) for matrix in matrices])
        twice = [self.arithmetic.product(once, matrix) for matrix in matrices]
        return all((twice[i][j] == twice[j][i]).all() for i in range(len(twice)) for j in range(i))

    @property
    def is_empty(self) -> bool:
        """Whether 1 is reduced to 0."""
        return self.fall and self.order == [0]

    # -- one level -------------------------------------------------------------------------------------------------

    def advance(self) -> bool:
        """One more level; False when a fall was met."""
        if time.monotonic() > self.deadline:
            raise OutOfTime(f"at level {len(self.levels)} by borders")
        degree = len(self.levels)
        if degree == 0:
            self._extend((0,), [], np.zeros((0, 1), dtype=self.arithmetic.dtype), [])
            return True
        border = self._border(degree)
        columns = {m: j for j, m in enumerate(border)}
        plan = self._plan(degree, columns)
        for chosen in self.arithmetic.choices(plan, len(border), degree):
            equations, rows = self._equations(degree, columns, chosen)
            with contextlib.suppress(Doubtful):
                kept, pivots, forms = self.arithmetic.solve(rows, len(border), degree, len(chosen) == len(plan))
                break
        self.work += len(rows) * len(pivots) * rows.shape[1] + 200_000
        if any(j >= len(border) for j in pivots):
            self.fall = True
            return False
        gone = set(pivots)
        free = [j for j in range(len(border)) if j not in gone]
        read = [*range(len(border), rows.shape[1]), *free]
        self._extend(
            tuple(border[j] for j in free), [border[j] for j in pivots], forms[:, read], [equations[i] for i in kept]
        )
        return True

    def _extend(self, basis: tuple[int, ...], pivots: list[int], forms: Vector, equations: list[Equation]) -> None:
        for b in basis:
            self.place[b] = len(self.order)
            self.order.append(b)
        for m in pivots:
            self.row[m] = len(self.row)
        table = np.zeros((len(self.row), len(self.order)), dtype=self.arithmetic.dtype)
        table[: self.table.shape[0], : self.table.shape[1]] = self.table
        table[self.table.shape[0] :] = forms
        self.table = table
        self.levels.append(Level(basis, tuple(pivots), tuple(equations)))
        self.starts.append(len(self.order))

    def _border(self, degree: int) -> list[int]:
        found = {
            b + u
            for u, step in zip(self.classes.generators, self.steps, strict=True)
            if step <= degree
            for b in self.levels[degree - step].basis
        }
        return sorted(found, key=self.classes.packing.key)

    def _multiplication(self, u: int, rows: int, columns: dict[int, int]) -> Vector:
        """The first basis monomials times u, over the border and the basis."""
        width = len(columns)
        matrix = np.zeros((rows, width + len(self.order)), dtype=self.arithmetic.dtype)
        ones: list[tuple[int, int]] = []
        reduced: list[tuple[int, int]] = []
        for j, b in enumerate(self.order[:rows]):
            m = b + u
            if m in columns:
                ones.append((j, columns[m]))
            elif m in self.place:
                ones.append((j, width + self.place[m]))
            else:
                reduced.append((j, self.row[m]))
        matrix[[j for j, _ in ones], [k for _, k in ones]] = 1
        matrix[[j for j, _ in reduced], width:] = self.table[[k for _, k in reduced]]
        return matrix

    def _forms(self, monomials: Sequence[int], size: int) -> Vector:
        """The normal forms of monomials of levels that are done, over the first basis monomials."""
        result = np.zeros((len(monomials), size), dtype=self.arithmetic.dtype)
        ones: list[tuple[int, int]] = []
        reduced: list[tuple[int, int]] = []
        for i, m in enumerate(monomials):
            if m in self.place:
                ones.append((i, self.place[m]))
            elif m in self.row:
                reduced.append((i, self.row[m]))
            else:
                form = self.form(m)[:size]
                result[i, : len(form)] = form
        result[[i for i, _ in ones], [k for _, k in ones]] = 1
        known = self.table[[k for _, k in reduced], :size]
        result[[i for i, _ in reduced], : known.shape[1]] = known
        return result

    def _plan(self, degree: int, columns: dict[int, int]) -> list[Pair]:
        """The monomials that can be reduced in two ways, with the two multipliers."""
        plan: list[Pair] = []
        generators = self.classes.generators
        found: dict[int, list[int]] = {}
        for d, w, ways in self.meetings:
            for b in self.levels[degree - d].basis if d <= degree else ():
                found.setdefault(w + b, []).extend(ways)
        for m, given in found.items():
            if m not in columns:
                ways = sorted(set(given))
                plan += [(m, ways[0], u) for u in ways[1:]]
        for m in columns:
            ways = [self.number[m - q] for q in self.classes.quotients(m)]
            basic = next(u for u in ways if m - generators[u] in self.place)
            plan += [(m, basic, u) for u in ways if m - generators[u] not in self.place]
        return plan

    def _equations(self, degree: int, columns: dict[int, int], pairs: Sequence[Pair]) -> tuple[list[Equation], Vector]:
        """The equations of elements and of these pairs of ways, and their rows over the border and the basis."""
        width = len(columns) + len(self.order)
        wanted: dict[int, dict[int, int]] = {}  # u: the monomials to be multiplied by u, and their places
        generators = self.classes.generators

        def use(u: int, m: int) -> tuple[int, int]:
            places = wanted.setdefault(u, {})
            return u, places.setdefault(m - generators[u], len(places))

        plan = [(Equation(m, None, (u, v)), use(u, m), use(v, m)) for m, u, v in pairs]
        if (len(plan) + 1) * width > MAX_ENTRIES:
            raise TooLarge(f"{len(plan)} equations in {width} columns")
        starting = self.starting.get(degree, [])
        rows = np.zeros((len(starting) + len(plan), width), dtype=self.arithmetic.dtype)
        rest = self._elements(starting, columns, rows)
        self._learn(m for monomials in wanted.values() for m in monomials)
        self._learn(m for terms_of in rest.values() for terms in terms_of.values() for m, _ in terms)
        place = dict(zip(wanted, itertools.accumulate([0, *map(len, wanted.values())]), strict=False))
        values = np.zeros((sum(map(len, wanted.values())), width), dtype=self.arithmetic.dtype)
        for u in {**wanted, **rest}:
            size = self.starts[degree - self.steps[u] + 1]
            vectors = self._forms([*wanted.get(u, ())], size)
            if u in rest:
                vectors = np.vstack([vectors, *(self._combined(terms, size) for terms in rest[u].values())])
            found_here = self.arithmetic.product(vectors, self._multiplication(generators[u], size, columns))
            self.work += vectors.size * width // 8
            count = len(wanted.get(u, ()))
            if count:
                values[place[u] : place[u] + count] = found_here[:count]
            for i, value in zip(rest.get(u, ()), found_here[count:], strict=True):
                rows[i] += value
        rows[len(starting) :] = values[[place[u] + a for _, (u, a), _ in plan]]
        rows[len(starting) :] -= values[[place[v] + c for _, _, (v, c) in plan]]
        return [*(Equation(start, g) for g, start in starting), *(equation for equation, _, _ in plan)], rows

    def _elements(
        self, starting: list[tuple[int, int]], columns: dict[int, int], rows: Vector
    ) -> dict[int, dict[int, list[tuple[int, Any]]]]:
        """Elements times monomials over the border and the basis, into the first rows, but for the monomials of this
        degree off the border: for each multiplier and row, what it is to be multiplied by.
        """
        packing = self.classes.packing
        rest: dict[int, dict[int, list[tuple[int, Any]]]] = {}
        for i, (g, start) in enumerate(starting):
            lower: list[tuple[int, Any]] = []
            self._learn(start + t for t, _ in self.elements[g] if packing.degree(start + t) < len(self.levels))
            for t, c in self.elements[g]:
                m = start + t
                if m in columns:
                    rows[i, columns[m]] += c
                elif packing.degree(m) < len(self.levels):
                    lower.append((m, c))
                else:
                    left = next(self.classes.quotients(m))
                    rest.setdefault(self.number[m - left], {}).setdefault(i, []).append((left, c))
            rows[i, len(columns) :] += self._combined(lower, len(self.order))[0]
        return rest

    def _combined(self, terms: list[tuple[int, Any]], size: int) -> Vector:
        """The normal form of a polynomial, as one row."""
        factors = np.array([[c for _, c in terms]], dtype=self.arithmetic.dtype)
        return self.arithmetic.product(factors, self._forms([m for m, _ in terms], size))

    def _learn(self, monomials: Iterable[int]) -> None:
        """Normal forms of monomials that are off the borders of the levels that are done, many at once."""
        packing, todo = self.classes.packing, list(monomials)
        groups: dict[tuple[int, int], dict[int, int]] = {}
        while todo:
            m = todo.pop()
            if m not in self.place and m not in self.row and m not in self.extra:
                rest = next(self.classes.quotients(m))
                group = groups.setdefault((packing.degree(m), self.number[m - rest]), {})
                if m not in group:
                    group[m] = rest
                    todo.append(rest)
        for (degree, u), group in sorted(groups.items()):
            size = self.starts[degree - self.steps[u] + 1]
            vectors = self._forms(list(group.values()), size)
            forms = self.arithmetic.product(vectors, self._multiplication(self.classes.generators[u], size, {}))
            self.extra.update(zip(group, forms, strict=True))

    def form(self, m: int) -> Vector:
        """The normal form of any monomial of a level that is done, over the basis monomials so far or fewer."""
        if m in self.place:
            vector = np.zeros(self.place[m] + 1, dtype=self.arithmetic.dtype)
            vector[-1] = 1
            return vector
        if m in self.row:
            return np.asarray(self.table[self.row[m]])
        if m not in self.extra:
            self._learn([m])
        return self.extra[m]

    # -- the end ---------------------------------------------------------------------------------------------------

    def multiplication(self, u: int) -> Vector:
        """The matrix of a multiplier at the end: each basis monomial times u over the basis."""
        return self._multiplication(u, len(self.order), {})
