"""Rules W1 to W5: identities on a part of a component, modulo polynomials that vanish there.

A place is a set of real points: those where the elements vanish, at least one of `nonzero` does not (when there are
any), and every polynomial of `positive` is positive. Further multipliers are known to be nonnegative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

from . import kernel
from .kernel import RationalPoly, TermBudget, add_into, derivative, index, multiply, natural, rational, record, sequence
from .kinds import read_squares, sum_of_squares

MAX_ORDER = 40  # of an arc
MAX_GAIN_POWER = 8
MAX_PRODUCT_BITS = 100_000
MAX_GRAM = 120  # rows of a Gram matrix
MAX_GRAM_BITS = 100_000  # rows times bits of an entry over a common denominator
Vector = list[RationalPoly]


@dataclass
class Place:
    """Polynomials known to vanish, not to vanish all at once, to be positive, to be nonnegative."""

    n: int
    loss: RationalPoly
    elements: list[RationalPoly]
    nonzero: list[RationalPoly]
    positive: list[RationalPoly]
    nonnegative: list[RationalPoly]
    budget: TermBudget
    sphere: tuple[int, ...] = ()
    lagrangian: RationalPoly = field(default_factory=dict)  # on a sphere that of the objective
    hessian: list[list[RationalPoly]] = field(default_factory=list)

    def __post_init__(self) -> None:
        slopes = [derivative(self.loss, i) for i in range(self.n)]
        self.hessian = [[derivative(g, k) for k in range(self.n)] for g in slopes]

    # ---------------------------------------------------------------------------------------------------- reading

    def polynomial(self, value: Any) -> RationalPoly:
        return self.budget.polynomial(value, self.n)

    def vector(self, value: Any) -> Vector:
        return [self.polynomial(p) for p in sequence(value, "vector", self.n)]

    def times(self, left: RationalPoly, right: RationalPoly) -> RationalPoly:
        bits = _bits(left) + _bits(right)
        kernel.limit(bits, MAX_PRODUCT_BITS, "bits of a product")
        self.budget.spend(24 * len(left) * len(right) * (1 + bits // 1_000))  # fractions, not integers
        degree = max(map(sum, left), default=0) + max(map(sum, right), default=0)
        kernel.limit(degree, 8 * kernel.MAX_DEGREE, "degree of a product")
        return multiply(left, right)

    def power(self, base: RationalPoly, exponent: int) -> RationalPoly:
        result: RationalPoly = {(0,) * self.n: Fraction(1)}
        for _ in range(exponent):
            result = self.times(result, base)
        return result

    def combination(self, value: Any, elements: list[RationalPoly]) -> RationalPoly:
        """[[j, m_j], ...], meaning the sum of m_j * element j: a polynomial that vanishes where the elements do."""
        total: RationalPoly = {}
        for pair in sequence(value, "combination"):
            j, factor = sequence(pair, "summand", 2)
            element = elements[index(j, len(elements), "an element")]
            add_into(total, self.times(self.polynomial(factor), element))
        return total

    def grams(self, value: Any, where: str) -> Iterator[tuple[list[list[Fraction]], RationalPoly, list[Any], bool]]:
        """Rule W2. Entries [w, k, item] or [matrix, k, items]: w > 0, or a positive semidefinite matrix, and multiplier
        k (0 is 1), with the items unread; and whether the matrix is definite.
        """
        for entry in sequence(value, where):
            w, k, rest = sequence(entry, where, 3)
            known = [{(0,) * self.n: Fraction(1)}, *self.positive, *self.nonnegative]
            factor = known[index(k, len(known), "multiplier")]
            if type(w) is str:
                matrix, items = [[rational(w, "weight", kernel.MAX_DIGITS)]], [rest]
            else:
                items = sequence(rest, where, most=MAX_GRAM)
                size = len(items)
                rows = [sequence(row, "matrix", size) for row in sequence(w, "matrix", size)]
                matrix = [[rational(c, "matrix") for c in row] for row in rows]
            rank = semidefinite_rank(matrix, self.budget)
            kernel.need(rank is not None and rank > 0, "W2", w, "positive weights, semidefinite matrices")
            yield matrix, factor, items, rank == len(items)

    def nonnegative_sum(self, value: Any) -> RationalPoly:
        """The sum of matrix[a][b] * multiplier k * q_a * q_b."""
        total: RationalPoly = {}
        for matrix, factor, items, _ in self.grams(value, "nonnegative"):
            polys = [self.polynomial(q) for q in items]
            inner: RationalPoly = {}
            for row, q in zip(matrix, polys, strict=True):
                line: RationalPoly = {}
                for c, other in zip(row, polys, strict=True):
                    add_into(line, other, c)
                add_into(inner, self.times(line, q))
            add_into(total, self.times(inner, factor))
        return total

    def gain(self, value: Any) -> RationalPoly:
        """Rule W3. [c, r, [e_1, ...]]: c times the product of the `positive`, each to its power, times the sum of
        h^(2r) over `nonzero` when r > 0: positive on the place. Without a list each power is 1 for r = 0, else 0.
        """
        entry = sequence(value, "gain", most=3)
        entry = sequence(entry, "gain", 3 if len(entry) == 3 else 2)
        weight = rational(entry[0], "gain", kernel.MAX_DIGITS)
        power = natural(entry[1], "power", MAX_GAIN_POWER)
        kernel.need(weight > 0, "W3", weight, "a positive gain")
        powers = [0 if power else 1] * len(self.positive)
        if len(entry) == 3:
            given = sequence(entry[2], "powers", len(self.positive))
            powers = [natural(e, "power", MAX_GAIN_POWER) for e in given]
        product: RationalPoly = {(0,) * self.n: weight}
        for p, e in zip(self.positive, powers, strict=True):
            product = self.times(product, self.power(p, e))
        if power == 0:
            return product
        kernel.need(bool(self.nonzero), "W3", "a sum over no polynomials", "polynomials that do not all vanish")
        total: RationalPoly = {}
        for h in self.nonzero:
            add_into(total, self.power(h, 2 * power))
        return self.times(product, total)

    def lines(self, value: Any) -> None:
        """Rule W1: further elements, each a combination, or g with g^p + (nonnegative) equal to a combination."""
        for item in sequence(value, "lines", most=kernel.MAX_LINES):
            line = record(item, "combination", "power element nonnegative", "line")
            total = self.combination(line["combination"], self.elements)
            if "power" not in line:
                kernel.need(len(line) == 1, "F2", sorted(line), "element and nonnegative only beside power")
                self.elements.append(total)
                continue
            power = natural(line["power"], "power", kernel.MAX_DEGREE)
            element = self.polynomial(line.get("element", []))
            added = self.nonnegative_sum(line.get("nonnegative", []))
            fits = power >= 1 and (power % 2 == 0 or not added)
            kernel.need(fits, "W1", power, "a power from 1, even beside squares")
            add_into(total, self.power(element, power), -1)
            add_into(total, added, -1)
            kernel.need(not total, "W1", f"{len(total)} terms left over", "power + nonnegative = combination")
            self.elements.append(element)

    # ------------------------------------------------------------------------------------------------------ proofs

    def along(self, left: Vector, right: Vector) -> RationalPoly:
        """left^T H right."""
        total: RationalPoly = {}
        for i, a in enumerate(left):
            line: RationalPoly = {}
            for k, b in enumerate(right):
                if a and b and self.hessian[i][k]:
                    add_into(line, self.times(b, self.hessian[i][k]))
            if line:
                add_into(total, self.times(a, line))
        return total

    def curvature(self, value: Any, sign: int) -> None:
        """Rule W4: sum of (G_ab p_k) d_a^T (sign H) d_b + rest + gain vanishes, so some d^T (sign H) d is negative."""
        entry = record(value, "fields rest gain cofactors", where="curvature")
        total = self.nonnegative_sum(entry["rest"])
        add_into(total, self.gain(entry["gain"]))
        for matrix, factor, items, _ in self.grams(entry["fields"], "fields"):
            fields = [self.vector(d) for d in items]
            for d in fields if self.sphere else ():
                outward: RationalPoly = {}
                for i in self.sphere:
                    add_into(outward, self.times({kernel.unit(self.n, i): Fraction(1)}, d[i]))
                inside = not outward and not d[-1]  # the multiplier, the last variable, stays as it is
                kernel.need(inside, "W19", "a field that leaves the sphere", "fields along the sphere")
            for row, d in zip(matrix, fields, strict=True):
                mixed = _mixed(row, fields, self.n)
                add_into(total, self.times(self.along(d, mixed), factor), sign)
        add_into(total, self.combination(entry["cofactors"], self.elements), -1)
        kernel.need(not total, "W4", f"{len(total)} terms left over", "curvatures + rest + gain in the ideal")

    def empty(self, value: Any) -> None:
        """Rule W4 without a direction: rest + gain vanishes, so there is no point."""
        entry = record(value, "rest gain cofactors", where="empty")
        self.curvature({**entry, "fields": []}, 1)

    def arcs(self, value: Any, sign: int) -> bool:
        """Rule W5: along each arc sign * (L - value) starts with -(nonnegative) t^m; these add up to a positive sum.

        Says whether all orders are odd: then the arcs, run backwards, have values on the other side.
        """
        entry = record(value, "arcs rest gain cofactors", where="arcs")
        total: RationalPoly = {}
        odd = True
        for item in sequence(entry["arcs"], "arcs"):
            arc = record(item, "curve order lead cofactors" + (" sphere" if self.sphere else ""), where="arc")
            order = natural(arc["order"], "order", MAX_ORDER)
            kernel.need(order >= 1, "F3", order, "order: from 1")
            odd = odd and order % 2 == 1
            lead = self.nonnegative_sum(arc["lead"])
            add_into(total, lead)
            curve = self._curve(arc["curve"])
            if self.sphere:
                self._near_sphere(curve, order, arc["sphere"])
            series = self._series(self.lagrangian or self.loss, curve, order)
            add_into(series[order], lead, sign)
            for k, cofactors in enumerate(sequence(arc["cofactors"], "cofactors", order), 1):
                rest = series[k]
                add_into(rest, self.combination(cofactors, self.elements), -1)
                kernel.need(not rest, "W5", f"a coefficient of t^{k}", "lower terms 0 and the stated leading term")
        add_into(total, self.nonnegative_sum(entry["rest"]), -1)
        add_into(total, self.gain(entry["gain"]), -1)
        add_into(total, self.combination(entry["cofactors"], self.elements), -1)
        kernel.need(not total, "W5", f"{len(total)} terms left over", "leading terms = rest + gain")
        return odd

    def subharmonic(self, value: Any) -> None:
        """Rule W11: sum w_i d_i^2 L is a sum of squares with w_i > 0, and L is not constant: no local maximum."""
        entry = record(value, "weights squares", where="subharmonic")
        weights = [rational(w, "weight") for w in sequence(entry["weights"], "weights", self.n)]
        total = sum_of_squares(read_squares(entry["squares"], self.n, self.budget, "W11"))
        for i, w in enumerate(weights):
            add_into(total, self.hessian[i][i], -w)
        varies = any(any(m) for m in self.loss)
        shown = all(w > 0 for w in weights) and not total and varies
        kernel.need(shown, "W11", "an objective that is not subharmonic", "positive weights and a sum of squares")

    def _near_sphere(self, curve: list[list[RationalPoly]], order: int, value: Any) -> None:
        """Rule W22: the multiplier stays as it is, and the sum of the squares minus 1 has no terms below the order."""
        still = not any(curve[-1][1:])
        squares = {tuple(2 * (k == i) for k in range(self.n)): Fraction(1) for i in self.sphere}
        length = self._series(squares, curve, order)
        for k, cofactors in enumerate(sequence(value, "sphere", order - 1), 1):
            add_into(length[k], self.combination(cofactors, self.elements), -1)
        kernel.need(still and not any(length[1:order]), "W22", "an arc off the sphere", "an arc near the sphere")

    def _curve(self, value: Any) -> list[list[RationalPoly]]:
        """x + a_1(x) t + a_2(x) t^2 + ...; `value` lists the a_k of every coordinate."""
        moved: list[list[RationalPoly]] = []
        for i, row in enumerate(sequence(value, "curve", self.n)):
            given = [self.polynomial(p) for p in sequence(row, "curve", most=MAX_ORDER)]
            moved.append([{kernel.unit(self.n, i): Fraction(1)}, *given])
        return moved

    def _series(self, poly: RationalPoly, moved: list[list[RationalPoly]], order: int) -> list[RationalPoly]:
        """The polynomial along the curve, up to t^order."""
        one: RationalPoly = {(0,) * self.n: Fraction(1)}
        powers: list[list[list[RationalPoly]]] = [[[one]] for _ in range(self.n)]
        result: list[RationalPoly] = [{} for _ in range(order + 1)]
        for monomial, coefficient in poly.items():
            term = [{(0,) * self.n: coefficient}]
            for i, e in enumerate(monomial):
                while len(powers[i]) <= e:
                    powers[i].append(self._truncated(powers[i][-1], moved[i], order))
                if e:
                    term = self._truncated(term, powers[i][e], order)
            for k, part in enumerate(term):
                add_into(result[k], part)
        return result

    def _truncated(self, left: list[RationalPoly], right: list[RationalPoly], order: int) -> list[RationalPoly]:
        result: list[RationalPoly] = [{} for _ in range(min(len(left) + len(right) - 2, order) + 1)]
        for i, a in enumerate(left):
            for k, b in enumerate(right[: order + 1 - i]):
                if a and b:
                    add_into(result[i + k], self.times(a, b))
        return result

    def matrix_identity(self, matrix: list[list[RationalPoly]], value: Any, rule: str) -> list[Vector]:
        """{"squares": [[G, k, [a, ...]], ...], "cofactors": [...]}: the matrix is the sum of G_ab p_k a b^T, entry by
        entry on and above the diagonal, modulo the elements. Returns the vectors of the definite G.
        """
        vectors: list[Vector] = []
        for gram, factor, items, definite in self.grams(value["squares"], "squares"):
            given = [self.vector(a) for a in items]
            self.add_squares(matrix, gram, factor, given, -1)
            vectors.extend(given if definite else [])
        cofactors = iter(sequence(value["cofactors"], "cofactors", self.n * (self.n + 1) // 2))
        for i in range(self.n):
            for k in range(i, self.n):
                rest = dict(matrix[i][k])
                add_into(rest, self.combination(next(cofactors), self.elements), -1)
                kernel.need(not rest, rule, f"entry {i}, {k} of the matrix", "a sum of squares modulo the ideal")
        return vectors

    def add_squares(
        self,
        matrix: list[list[RationalPoly]],
        gram: list[list[Fraction]],
        factor: RationalPoly,
        vectors: list[Vector],
        sign: int,
    ) -> None:
        """matrix += sign * factor * sum gram[a][b] a b^T, on and above the diagonal."""
        for row, a in zip(gram, vectors, strict=True):
            mixed = _mixed(row, vectors, self.n)
            for i in range(self.n):
                for k in range(i, self.n):
                    if a[i] and mixed[k]:
                        add_into(matrix[i][k], self.times(self.times(a[i], mixed[k]), factor), sign)


def _mixed(row: list[Fraction], vectors: list[Vector], n: int) -> Vector:
    total: Vector = [{} for _ in range(n)]
    for c, vector in zip(row, vectors, strict=True):
        for i, p in enumerate(vector):
            add_into(total[i], p, c)
    return total


def _bits(poly: RationalPoly) -> int:
    return max((c.numerator.bit_length() + c.denominator.bit_length() for c in poly.values()), default=0)


def semidefinite_rank(matrix: list[list[Fraction]], budget: TermBudget) -> int | None:
    """The rank of a symmetric positive semidefinite matrix, by elimination without fractions; None for any other."""
    size, last, rank, scale = len(matrix), 1, 0, 1
    for row in matrix:
        for c in row:
            scale = lcm(scale, c.denominator)
            kernel.limit(size * scale.bit_length(), MAX_GRAM_BITS, "bits of a matrix")
    rows = [[c.numerator * (scale // c.denominator) for c in row] for row in matrix]
    bits = size * max((c.bit_length() for row in rows for c in row), default=0)
    kernel.limit(bits, MAX_GRAM_BITS, "bits of a matrix")
    budget.spend(size**3 * (1 + (bits // 1_000) ** 2))
    if any(rows[i][k] != rows[k][i] for i in range(size) for k in range(i)):
        return None
    for i in range(size):
        pivot = rows[i][i]
        if pivot < 0 or (pivot == 0 and any(rows[i][i:])):
            return None
        if pivot == 0:
            continue
        for k in range(i + 1, size):
            head = rows[k][i]
            rows[k] = [(pivot * a - head * b) // last for a, b in zip(rows[k], rows[i], strict=True)]
        last, rank = pivot, rank + 1
    return rank
