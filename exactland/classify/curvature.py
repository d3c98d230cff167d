"""The Hessian along a component: identities that show negative curvature, or definiteness across the component.

All searches are semidefinite programs on normal forms (`cones`), split into blocks by the sign symmetries of the
objective and the ideal, with fields and squares of growing degree. What they return is expanded again modulo the ideal
before it is used.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify import cones
from exactland.classify._tools import Exponents, monomial, null_space, terms
from exactland.classify.gram import combination
from exactland.classify.modulo import Basis
from exactland.classify.semidefinite import decompose
from exactland.polynomial import exponents_of_degree, hessian, sign_symmetries

Vector = list[fmpq_mpoly]
_MAXIMUM_FIELDS = 150
_MAXIMUM_ROWS = 700
_FEW_VARIABLES = 3


@dataclass(frozen=True)
class Gram:
    """The sum of matrix[a][b] * multiplier * (members a and b multiplied), at least 0 for a semidefinite matrix."""

    matrix: list[list[fmpq]]
    multiplier: int
    members: list[Any]

    def pairs(self) -> Iterator[tuple[fmpq, Any, Any]]:
        for row, u in zip(self.matrix, self.members, strict=True):
            for c, v in zip(row, self.members, strict=True):
                if c != 0:
                    yield c, u, v

    def definite(self) -> bool:
        parts = decompose(self.matrix)
        return parts is not None and len(parts) == len(self.matrix)


@dataclass
class Along:
    """A part of a component: a basis of what vanishes there, and polynomials that are not negative there."""

    loss: fmpq_mpoly
    basis: Basis
    multipliers: list[fmpq_mpoly]  # the first is 1
    strong: int  # so many of them are 1 or stated by the strata, the others bound the objective
    seconds: float
    hessian: list[Vector] = field(default_factory=list)
    normal: list[Vector] = field(default_factory=list)
    signs: list[int] = field(default_factory=list)  # for each sign symmetry the variables that change, as bits
    gradings: list[list[int]] = field(default_factory=list)  # weights under which all is homogeneous
    active: dict[int, set[int]] = field(default_factory=dict)  # by sign, the coordinates of promising fields

    def __post_init__(self) -> None:
        self.hessian = [list(row) for row in hessian(self.loss)]
        self.normal = [[self.basis.normal(h) for h in row] for row in self.hessian]
        others = [*self.basis.elements[: self.basis.given], *self.multipliers]
        self.signs = sign_symmetries(self.n, [[(0,) * self.n, *terms(self.loss)], *map(terms, others)])
        self.gradings = _gradings(self.loss, others, self.n)

    @property
    def ring(self) -> fmpq_mpoly_ctx:
        return self.basis.ring

    @property
    def n(self) -> int:
        return int(self.ring.nvars())

    @property
    def wide(self) -> int:
        """So many multipliers may multiply fields and squares of any degree, the others positive numbers only."""
        return len(self.multipliers) if self.n <= _FEW_VARIABLES else self.strong

    @cached_property
    def used(self) -> list[tuple[int, fmpq_mpoly]]:
        """The multipliers, numbered, without those that are another one plus a positive number."""
        known = list(enumerate(self.multipliers))

        def follows(p: fmpq_mpoly) -> bool:
            rests = ((q, p - p.leading_coefficient() / q.leading_coefficient() * q) for _, q in known[1:])
            return any(
                rest.is_constant() and not rest.is_zero() and rest.leading_coefficient() > 0
                for q, rest in rests
                if q.leading_coefficient() * p.leading_coefficient() > 0
            )

        return [(k, p) for k, p in known if p.is_constant() or not follows(p)]

    @property
    def positive(self) -> list[fmpq_mpoly]:
        """The polynomials that are positive on this part, as its strata state."""
        return self.multipliers[1 : self.strong]

    def stated(self, c: Fraction | int, power: int, powers: Sequence[int] = ()) -> list[Any]:
        """The gain of rule W3: c * (sum of h^(2 power) over nonzero) * (product of the positive, to these powers)."""
        count = self.strong - 1
        return [Fraction(c), power, list(powers or [0] * count)] if count else [Fraction(c), power]

    def character(self, e: Exponents) -> tuple[int, ...]:
        return tuple(sum(a for k, a in enumerate(e) if s >> k & 1) % 2 for s in self.signs)

    def weight(self, e: Sequence[int]) -> tuple[int, ...]:
        return tuple(sum(a * w for a, w in zip(e, row, strict=True)) for row in self.gradings)

    def standard(self, degree: int) -> list[Exponents]:
        """The monomials up to this degree that are normal forms."""
        return list(_standard(self.basis, degree))

    def along(self, left: Vector, right: Vector) -> fmpq_mpoly:
        """left^T H right, H in normal form."""
        zero = self.ring.constant(0)
        return sum(
            (
                a * b * self.normal[i][k]
                for i, a in enumerate(left)
                if not a.is_zero()
                for k, b in enumerate(right)
                if not b.is_zero() and not self.normal[i][k].is_zero()
            ),
            zero,
        )

    # ------------------------------------------------------------------------------------------ negative curvature

    def curvature(self, sign: int, gain: fmpq_mpoly, level: int) -> dict[str, Any] | None:
        """sum w p d^T (sign H) d + rest + gain = 0 modulo the ideal; the entry without its `gain`."""
        for fields, still in self._field_sets(sign, level):
            found = self._with_fields(fields, sign, gain, level, still)
            if found is not None:
                return found
        return None

    def empty(self, level: int, gain: fmpq_mpoly) -> dict[str, Any] | None:
        """rest + gain = 0 modulo the ideal, squares up to this degree: the entry without its `gain`."""
        found = self._with_fields([], 1, gain, level, False)
        return None if found is None else {"rest": found["rest"], "cofactors": found["cofactors"]}

    def _field_sets(self, sign: int, level: int) -> Iterator[tuple[list[Vector], bool]]:
        """Fields m e_i with m of growing degree; first those that keep all weights, if any."""
        zero = self.ring.constant(0)
        coordinates = sorted(self.active.get(sign, set(range(self.n))))

        def vectors(pairs: list[tuple[Exponents, int]]) -> list[Vector]:
            return [[monomial(self.ring, e) if k == i else zero for k in range(self.n)] for e, i in pairs]

        if level == 0:
            yield vectors([((0,) * self.n, i) for i in coordinates]), False
            return
        if self.gradings and self.n <= 9:
            wide = [(e, i) for e in self.standard(level if level < 2 else level + 2) for i in coordinates]
            still = [(e, i) for e, i in wide if self.weight(e) == self.weight(_unit(self.n, i))]
            if still:
                yield vectors(still), True
        yield vectors([(e, i) for e in self.standard(level) for i in coordinates]), False

    def _with_fields(
        self, fields: list[Vector], sign: int, gain: fmpq_mpoly, level: int, still: bool
    ) -> dict[str, Any] | None:
        if len(fields) > _MAXIMUM_FIELDS:
            return None
        blocks: list[tuple[int, cones.Products]] = []
        content: list[tuple[str, int, list[Any]]] = []
        top = 0
        for k, p in self.used:
            if k >= self.wide:
                continue
            for members in self._split(fields, self._field_character):
                products: cones.Products = {}
                for a, u in enumerate(members):
                    for b in range(a, len(members)):
                        value = self.basis.normal_terms(p * self.along(u, members[b]) * sign)
                        if value:
                            products[a, b] = cones.keyed(value)
                            top = max(top, max(sum(e) for e in value))
                blocks.append((len(members), products))
                content.append(("fields", k, members))
            if k == 0 and fields and not any(p for _, p in blocks):
                return None
        top = max(top, gain.total_degree(), 2 * level)
        for k, p in self.used:
            squares = [monomial(self.ring, e) for e in self._rest(k, top - p.total_degree(), level, still)]
            for members in self._split(squares, self._character_of):
                products = {}
                for a, u in enumerate(members):
                    for b in range(a, len(members)):
                        products[a, b] = cones.keyed(self.basis.normal_terms(p * u * members[b]))
                blocks.append((len(members), products))
                content.append(("rest", k, members))
        lead = cones.keyed(self.basis.normal_terms(gain))
        if not lead or len({key for _, ps in blocks for v in ps.values() for key in v}) > _MAXIMUM_ROWS:
            return None
        blocks.append((1, {(0, 0): lead}))
        content.append(("gain", 0, []))
        solved = cones.solve(blocks, [len(blocks) - 1], self.seconds, scaled=True)
        if solved is None:
            return None
        constant = cones.number(solved.pop())
        grams: dict[str, list[Gram]] = {"fields": [], "rest": []}
        for (matrix, frame), (name, k, members) in zip(solved, content, strict=False):
            made = [
                combined(row, members, self.ring) if name == "fields" else combination(row, members) for row in frame
            ]
            if made:
                grams[name].append(Gram([[c / constant for c in row] for row in matrix], k, made))
        return self._completed(grams, sign, gain)

    def _rest(self, k: int, degree: int, level: int, still: bool) -> list[Exponents]:
        """The monomials of the squares that are added, times multiplier k."""
        if still and level > 1:
            return [e for e in self.standard(4) if not any(self.weight(e))][:30]
        return self.standard(max(0, min(degree // 2, max(2, level))) if k < self.wide else 0)

    def _completed(self, entry: dict[str, list[Gram]], sign: int, gain: fmpq_mpoly) -> dict[str, Any] | None:
        """The entry with its cofactors, when it is an identity."""
        total = gain
        for g in entry["fields"]:
            for c, u, v in g.pairs():
                total = total + c * sign * self.multipliers[g.multiplier] * self._exact_along(u, v)
        for g in entry["rest"]:
            for c, u, v in g.pairs():
                total = total + c * self.multipliers[g.multiplier] * u * v
        cofactors = self.basis.cofactors(total)
        return None if cofactors is None else {**entry, "cofactors": cofactors}

    def _exact_along(self, u: Vector, v: Vector) -> fmpq_mpoly:
        zero = self.ring.constant(0)
        return sum(
            (
                u[i] * v[k] * self.hessian[i][k]
                for i in range(self.n)
                for k in range(self.n)
                if not (u[i].is_zero() or v[k].is_zero())
            ),
            zero,
        )

    def from_fields(self, fields: list[Vector], sign: int, gain: fmpq_mpoly) -> dict[str, Any] | None:
        """The entry with these fields and no rest, when it is an identity."""
        return self._completed({"fields": [Gram([[fmpq(1)]], 0, [d]) for d in fields], "rest": []}, sign, gain)

    def _split(self, members: list[Any], key: Any) -> list[list[Any]]:
        groups: dict[Any, list[Any]] = {}
        for m in members:
            groups.setdefault(key(m), []).append(m)
        return list(groups.values())

    def _field_character(self, v: Vector) -> tuple[int, ...]:
        i = next(k for k, p in enumerate(v) if not p.is_zero())
        e = tuple(int(a) for a in v[i].monomial(0))
        return tuple((a + b) % 2 for a, b in zip(self.character(e), self.character(_unit(self.n, i)), strict=True))

    def _character_of(self, p: fmpq_mpoly) -> tuple[int, ...]:
        return self.character(tuple(int(a) for a in p.monomial(0)))

    # ----------------------------------------------------------------------------------- matrices modulo the ideal

    def homogeneous_vectors(self, fill: bool = False) -> tuple[list[Vector], list[fmpq_mpoly]] | None:
        """Vectors m e_i with m of the weight opposite to x_i, and for every i the square of one of these m that is
        nowhere 0, or the sum of all m^2; None without gradings or when some variable has no such m, unless 1 is to
        take its place.
        """
        if not self.gradings:
            return None
        zero = self.ring.constant(0)
        known: dict[tuple[int, ...], list[Exponents]] = {}
        for e in self.standard(4 if self.n <= 5 else 3 if self.n <= 8 else 2):
            known.setdefault(self.weight(e), []).append(e)
        vectors: list[Vector] = []
        metric: list[fmpq_mpoly] = []
        for i in range(self.n):
            wanted = tuple(-w for w in self.weight(_unit(self.n, i)))
            chosen = known.get(wanted, [])
            least = min((sum(e) for e in chosen), default=0)
            chosen = [e for e in chosen if sum(e) == least]
            if not chosen and (fill or self.strong > 1):
                chosen = [(0,) * self.n]  # a positive polynomial may balance the weight
            if not chosen:
                return None
            vectors.extend([monomial(self.ring, e) if k == i else zero for k in range(self.n)] for e in chosen)
            units = [e for e in chosen if self._unit(e)]
            metric.append(sum((monomial(self.ring, e) ** 2 for e in units[:1] or chosen), zero))
        return vectors, metric

    def _unit(self, e: Exponents) -> bool:
        """Whether the product with a short monomial is a nonzero constant modulo the ideal."""
        m = monomial(self.ring, e)
        products = (self.basis.normal(m * monomial(self.ring, s)) for s in self.standard(2))
        return any(p.is_constant() and not p.is_zero() for p in products)

    def definite(
        self,
        sign: int,
        tangents: list[Vector],
        gain: fmpq_mpoly | None,
        level: int,
        vectors: list[Vector] | None = None,
    ) -> tuple[list[Gram], list[Gram], fmpq] | None:
        """sign H + sum Y_kl T_k T_l^T - c gain = sum of w p a a^T modulo the ideal: the fields, the squares and c.

        Without a gain (and without tangents) it shows that sign H is positive semidefinite.
        """
        zero = self.ring.constant(0)
        blocks: list[tuple[int, cones.Products]] = []
        content: list[tuple[str, int, list[Vector]]] = []
        given = vectors is not None
        if vectors is None:
            vectors = [
                [monomial(self.ring, e) if k == i else zero for k in range(self.n)]
                for e in self.standard(level)
                for i in range(self.n)
            ]
        if len(vectors) > _MAXIMUM_FIELDS:
            return None
        for k, _ in self.used:
            for members in self._split(vectors if k < self.wide or given else vectors[: self.n], self._field_character):
                blocks.append((len(members), self._outer(members, k, 1)))
                content.append(("squares", k, members))
            if tangents and k < self.wide:
                blocks.append((len(tangents), self._outer(tangents, k, -1)))
                content.append(("fields", k, tangents))
        lead: dict[Hashable, fmpq] = {
            (i, k, e): -sign * c
            for i in range(self.n)
            for k in range(i, self.n)
            for e, c in terms(self.normal[i][k]).items()
        }
        wanted = []
        if gain is not None:
            diagonal: dict[Hashable, fmpq] = {
                (i, i, e): c for i in range(self.n) for e, c in self.basis.normal_terms(gain).items()
            }
            wanted.append(len(blocks))
            blocks.append((1, {(0, 0): diagonal}))
            content.append(("gain", 0, []))
        if len({key for _, ps in blocks for v in ps.values() for key in v}) > 2 * _MAXIMUM_ROWS:
            return None
        blocks.append((1, {(0, 0): lead}))
        wanted.append(len(blocks) - 1)
        solved = cones.solve(blocks, wanted, self.seconds)
        if solved is None:
            return None
        grams: dict[str, list[Gram]] = {"fields": [], "squares": []}
        scale = cones.number(solved.pop())
        constant = fmpq(0)
        for (matrix, frame), (name, k, members) in zip(solved, content, strict=False):
            if name == "gain":
                constant = cones.number((matrix, frame)) / scale
            elif frame:
                made = [combined(row, members, self.ring) for row in frame]
                grams[name].append(Gram([[c / scale for c in row] for row in matrix], k, made))
        return grams["fields"], grams["squares"], constant

    def span(self, squares: list[Gram], vectors: list[Vector]) -> list[dict[str, Any]] | None:
        """For each unit vector a combination of the squares' vectors that is congruent to it (rows of rule W16).

        The vectors are m e_i, and 1 is congruent to a combination of those m of every i for which m e_i is in the span
        of the squares' vectors.
        """
        given = [v for g in squares if g.definite() for v in g.members]
        rows = []
        for i in range(self.n):
            known: list[tuple[fmpq_mpoly, dict[int, fmpq]]] = []  # m with m e_i = sum c (vector k)
            for v in vectors:
                found = None if v[i].is_zero() else _constants(given, v)
                if found is not None:
                    known.append((v[i], found))
            factors = self._one_from([m for m, _ in known])
            if factors is None:
                return None
            parts: dict[int, fmpq_mpoly] = {}
            total = -self.ring.constant(1)
            for (m, numbers), f in zip(known, factors, strict=True):
                total = total + m * f
                for k, c in numbers.items():
                    parts[k] = parts.get(k, self.ring.constant(0)) + c * f
            cofactors = self.basis.cofactors(total)
            if cofactors is None:
                return None
            rows.append({"parts": [(k, p) for k, p in parts.items() if not p.is_zero()], "cofactors": cofactors})
        return rows

    def _one_from(self, members: list[fmpq_mpoly]) -> list[fmpq_mpoly] | None:
        """Polynomials f with the sum of f * member congruent to 1."""
        for degree in range(8):
            candidates: list[tuple[int, Exponents]] = []
            for number, m in enumerate(members):
                e = tuple(int(a) for a in m.monomial(0))
                opposite = tuple(-w for w in self.weight(e))
                candidates.extend(
                    (number, s)
                    for s in self.standard(degree)
                    if self.weight(s) == opposite and self.character(s) == self.character(e)
                )
            if not candidates or len(candidates) > 300:
                continue
            rows: dict[Exponents, dict[int, fmpq]] = {(0,) * self.n: {}}
            for column, (number, s) in enumerate(candidates):
                for key, c in self.basis.normal_terms(members[number] * monomial(self.ring, s)).items():
                    rows.setdefault(key, {})[column] = c
            matrix = fmpq_mat(len(rows), len(candidates))
            for r, row in enumerate(rows.values()):
                for column, c in row.items():
                    matrix[r, column] = c
            solved = _solved(matrix, 0)
            if solved is not None:
                result = [self.ring.constant(0)] * len(members)
                for column, c in solved.items():
                    number, s = candidates[column]
                    result[number] = result[number] + c * monomial(self.ring, s)
                return result
        return None

    def _outer(self, members: list[Vector], k: int, sign: int) -> cones.Products:
        p = self.multipliers[k]
        products: cones.Products = {}
        for a, u in enumerate(members):
            for b in range(a, len(members)):
                v = members[b]
                value: dict[Hashable, fmpq] = {}
                for i in range(self.n):
                    for j in range(i, self.n):
                        entry = u[i] * v[j] + u[j] * v[i]
                        if not entry.is_zero():
                            for e, c in self.basis.normal_terms(p * entry).items():
                                value[i, j, e] = sign * c / 2
                if value:
                    products[a, b] = value
        return products

    def matrix_cofactors(
        self, sign: int, fields: list[Gram], gain: fmpq_mpoly, squares: list[Gram]
    ) -> list[Any] | None:
        """The cofactors of the entries on and above the diagonal of the matrix identity."""
        result = []
        for i in range(self.n):
            for k in range(i, self.n):
                entry = sign * self.hessian[i][k] - (gain if i == k else 0)
                for factor, given in ((1, fields), (-1, squares)):
                    for g in given:
                        inner = sum((c * u[i] * v[k] for c, u, v in g.pairs()), self.ring.constant(0))
                        entry = entry + factor * self.multipliers[g.multiplier] * inner
                cofactors = self.basis.cofactors(entry)
                if cofactors is None:
                    return None
                result.append(cofactors)
        return result


def _standard(basis: Basis, degree: int) -> Iterator[Exponents]:
    for d in range(degree + 1):
        for e in exponents_of_degree(int(basis.ring.nvars()), d):
            if basis.normal(monomial(basis.ring, e)) == monomial(basis.ring, e):
                yield e


def tangent_fields(basis: Basis, generators: Sequence[fmpq_mpoly], degree: int) -> list[Vector]:
    """All polynomial fields up to this degree (modulo the ideal) that keep the ideal of the generators."""
    return fields_in_kernel(basis, degree, [[g.derivative(i) for i in range(basis.ring.nvars())] for g in generators])


def fields_in_kernel(basis: Basis, degree: int, matrix: Sequence[Vector]) -> list[Vector]:
    """A basis of the polynomial fields up to this degree that the matrix maps to 0 modulo the ideal."""
    ring, n = basis.ring, int(basis.ring.nvars())
    candidates = [(e, i) for e in _standard(basis, degree) for i in range(n)]
    rows: dict[Hashable, list[tuple[int, fmpq]]] = {}
    for column, (e, i) in enumerate(candidates):
        for j, row in enumerate(matrix):
            for key, c in basis.normal_terms(monomial(ring, e) * row[i]).items():
                rows.setdefault((j, key), []).append((column, c))
    conditions = fmpq_mat(max(len(rows), 1), len(candidates))
    for r, entries in enumerate(rows.values()):
        for column, c in entries:
            conditions[r, column] = conditions[r, column] + c
    fields = []
    for v in null_space(conditions):
        made: Vector = [ring.constant(0)] * n
        for c, (e, i) in zip(v, candidates, strict=True):
            if c != 0:
                made[i] = made[i] + c * monomial(ring, e)
        fields.append(made)
    return fields


def combined(v: Iterable[fmpq], members: Sequence[Vector], ring: fmpq_mpoly_ctx) -> Vector:
    result = [ring.constant(0)] * int(ring.nvars())
    for c, member in zip(v, members, strict=True):
        if c != 0:
            result = [a + c * b for a, b in zip(result, member, strict=True)]
    return result


def _constants(given: Sequence[Vector], v: Vector) -> dict[int, fmpq] | None:
    """Numbers with which the vectors given, a few of them, add up to v."""
    wanted = [str(q) for q in v]
    for k, u in enumerate(given):
        if [str(q) for q in u] == wanted:
            return {k: fmpq(1)}
    rows: dict[tuple[int, Exponents], dict[int, fmpq]] = {}
    for column, u in enumerate((*given, v)):
        for i, q in enumerate(u):
            for e, c in terms(q).items():
                rows.setdefault((i, e), {})[column] = c
    matrix = fmpq_mat(len(rows) + 1, len(given) + 1)
    for r, row in enumerate(rows.values()):
        for column, c in row.items():
            matrix[r, column] = c if column < len(given) else -c
    matrix[len(rows), len(given)] = fmpq(1)
    solved = _solved(matrix, len(rows))
    return None if solved is None else {k: c for k, c in solved.items() if k < len(given)}


def _solved(matrix: fmpq_mat, row: int) -> dict[int, fmpq] | None:
    """Some x with matrix x = the unit vector of the row, its nonzero entries; None when there is none."""
    count, columns = matrix.nrows(), matrix.ncols()
    wide = fmpq_mat(count, columns + 1)
    for i in range(count):
        for j in range(columns):
            wide[i, j] = matrix[i, j]
    wide[row, columns] = fmpq(1)
    reduced, rank = wide.rref()
    result: dict[int, fmpq] = {}
    for i in range(rank):
        pivot = next(j for j in range(columns + 1) if reduced[i, j] != 0)
        if pivot == columns:
            return None
        if reduced[i, columns] != 0:
            result[pivot] = reduced[i, columns]
    return result


def _unit(n: int, i: int) -> Exponents:
    return tuple(int(k == i) for k in range(n))


def _gradings(loss: fmpq_mpoly, others: Sequence[fmpq_mpoly], n: int) -> list[list[int]]:
    """A basis of the weights for which the loss has weight 0 and every other polynomial is homogeneous."""
    rows = [list(e) for e in terms(loss)]
    for p in others:
        known = list(terms(p))
        rows.extend([a - b for a, b in zip(e, known[0], strict=True)] for e in known[1:])
    matrix = fmpq_mat([[fmpq(a) for a in row] for row in rows or [[0] * n]])
    result = []
    for v in null_space(matrix):
        scale = lcm(*(int(c.q) for c in v))
        result.append([int((c * scale).p) for c in v])
    return result
