"""The quotient that the rank evidence describes, modulo primes, and the way back to the rationals.

The rows give the multiplication matrices modulo any prime but the unlucky ones. For a linear form T the traces of T^k
and x_i T^k give, by Rouillier's formulas, the squarefree polynomial of the values of T and the coordinates as quotients
of polynomials. What many primes say is brought to the rationals by Chinese remainders; nothing is proved here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt
from operator import add

from flint import fmpz, nmod_mat, nmod_poly

from exactland.engines.base import Exponents, PolynomialSystem, RankEvidence, expand_lines


class NoRepresentation(ArithmeticError):
    """No representation was found: the time is over, or the evidence does not describe the quotient."""


@dataclass(frozen=True, eq=False)
class _Block:
    """Rows that share columns: (column, coefficient) in the square part and in the basis."""

    square: tuple[tuple[tuple[int, int], ...], ...]
    right: tuple[tuple[tuple[int, int], ...], ...]
    basis: tuple[int, ...]
    border: tuple[tuple[int, int], ...]  # (column, global number of the border monomial)


class Quotient:
    """The multiplication matrices modulo any prime."""

    def __init__(self, system: PolynomialSystem, evidence: RankEvidence) -> None:
        self.n, self.basis = len(system.variables), evidence.basis
        self.index = {b: i for i, b in enumerate(self.basis)}
        elements = expand_lines(system, evidence.lines)
        self.border: dict[Exponents, int] = {}
        #: For each variable and basis monomial whether the product is one, and its number there or in the border.
        self.products: list[list[tuple[bool, int]]] = []
        for k in range(self.n):
            self.products.append([])
            for b in self.basis:
                m = self.shifted(b, k)
                inside = m in self.index
                number = self.index[m] if inside else self.border.setdefault(m, len(self.border))
                self.products[k].append((inside, number))
        self.blocks = self._split(evidence.rows, elements)

    @property
    def cost(self) -> int:
        """About how many multiplications the normal forms modulo one prime take."""
        return sum(len(block.square) ** 2 * (len(block.square) // 3 + len(block.basis)) for block in self.blocks)

    def shifted(self, monomial: Exponents, k: int) -> Exponents:
        """The monomial times variable k."""
        return tuple(e + (i == k) for i, e in enumerate(monomial))

    def _split(
        self, rows: Sequence[tuple[int, Exponents]], elements: Sequence[Sequence[tuple[int, Exponents]]]
    ) -> list[_Block]:
        """The rows in blocks that share no column outside the basis."""
        numbers: dict[Exponents, int] = {}  # of the columns outside the basis
        parent: list[int] = []

        def find(j: int) -> int:
            while parent[j] != j:
                parent[j] = j = parent[parent[j]]
            return j

        found: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]] = []
        for g, shift in rows:
            inner: list[tuple[int, int]] = []
            outer: list[tuple[int, int]] = []
            for c, m in elements[g]:
                moved = tuple(map(add, m, shift))
                b = self.index.get(moved)
                if b is not None:
                    outer.append((b, c))
                    continue
                j = numbers.setdefault(moved, len(parent))
                if j == len(parent):
                    parent.append(j)
                inner.append((j, c))
                parent[find(j)] = find(inner[0][0])
            if not inner:
                raise NoRepresentation("a row within the basis")
            found.append((inner, outer))
        groups: dict[int, list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]] = {}
        for inner, outer in found:
            groups.setdefault(find(inner[0][0]), []).append((inner, outer))
        border = {numbers[m]: k for m, k in self.border.items() if m in numbers}
        blocks = []
        for group in groups.values():
            columns: dict[int, int] = {}
            local: dict[int, int] = {}
            square, right = [], []
            for inner, outer in group:
                square.append(tuple([(columns.setdefault(j, len(columns)), c) for j, c in inner]))
                right.append(tuple([(local.setdefault(b, len(local)), c) for b, c in outer]))
            edge = tuple((j, border[number]) for number, j in columns.items() if number in border)
            blocks.append(_Block(tuple(square), tuple(right), tuple(local), edge))
        return blocks

    def normal_forms(self, q: int) -> list[list[tuple[int, int]]] | None:
        """(basis element, coefficient) of each border monomial; None when the prime is unlucky."""
        forms: list[list[tuple[int, int]]] = [[] for _ in self.border]
        for block in self.blocks:
            size, width = len(block.square), len(block.basis)
            matrix, right = nmod_mat(size, size, q), nmod_mat(size, max(width, 1), q)
            for i, (inner, outer) in enumerate(zip(block.square, block.right, strict=True)):
                for j, c in inner:
                    matrix[i, j] = c % q
                for j, c in outer:
                    right[i, j] = -c % q
            try:
                solution = matrix.solve(right)
            except ZeroDivisionError:
                return None
            for j, number in block.border:
                forms[number] = [(b, int(solution[j, k])) for k, b in enumerate(block.basis)]
        return forms

    def multiplication(
        self, k: int, forms: list[list[tuple[int, int]]], q: int, rows: Sequence[int], columns: Sequence[int]
    ) -> nmod_mat:
        """x_k times these basis elements, over those: a part of a matrix outside of which it is 0 in these rows."""
        place = {b: j for j, b in enumerate(columns)}
        matrix = nmod_mat(len(rows), len(columns), q)
        for i, row in enumerate(rows):
            inside, number = self.products[k][row]
            if inside:
                matrix[i, place[number]] = 1
            else:
                for b, c in forms[number]:
                    matrix[i, place[b]] = c
        return matrix

    def matrices(self, q: int) -> list[nmod_mat] | None:
        """Row i of matrix k is x_k times basis element i; None when the prime is unlucky."""
        forms, every = self.normal_forms(q), range(len(self.basis))
        return None if forms is None else [self.multiplication(k, forms, q, every, every) for k in range(self.n)]


def primes() -> Iterator[int]:
    q = 2**62 - 1
    while True:
        if fmpz(q).is_probable_prime():
            yield q
        q -= 2


def combination(matrices: list[nmod_mat], form: Sequence[int], q: int) -> nmod_mat:
    total = matrices[0] * (form[0] % q)
    for matrix, c in zip(matrices[1:], form[1:], strict=True):
        total += matrix * (c % q)
    return total


def representation(
    matrices: list[nmod_mat], one: int, form: Sequence[int], q: int, traces: Callable[[], list[int]] | None = None
) -> tuple[int, list[int]]:
    """Number d of distinct values of T, and the coefficients of m, h_1 and the h_i modulo q, d each (m is monic).

    The matrices are those of the x_i, `one` is the place of 1 in the basis. `traces` gives those of the multiplications
    by the basis, for the case that the powers of T do not generate the algebra; else that is a `ZeroDivisionError`.
    """
    size = matrices[0].nrows()
    multiplication = combination(matrices, form, q)
    vector = nmod_mat(1, size, [int(i == one) for i in range(size)], q)
    krylov_rows: list[int] = []
    for _ in range(size):
        krylov_rows.extend(map(int, vector.entries()))
        vector = vector * multiplication
    krylov = nmod_mat(size, size, krylov_rows, q)
    characteristic = multiplication.charpoly()
    derivative = characteristic.derivative()
    squarefree = characteristic // characteristic.gcd(derivative)
    d = squarefree.degree()
    try:
        sums = _power_sums(characteristic, size, q)
        trace = krylov.solve(nmod_mat(size, 1, sums, q))
    except ZeroDivisionError:
        if traces is None:
            raise
        trace = nmod_mat(size, 1, traces(), q)
    m = [int(c) for c in squarefree.coeffs()]
    result = m[:d]
    for k in range(-1, len(matrices)):
        moments = krylov * (trace if k < 0 else matrices[k] * trace)
        values = [int(moments[j, 0]) for j in range(d)]
        product = nmod_poly(list(reversed(values)), q) * squarefree
        # sum_k values[k] s^(-k-1), times m, polynomial part: shift of the product with the reversed moments
        coefficients = [int(c) for c in product.coeffs()]
        result.extend((coefficients[j + d] if j + d < len(coefficients) else 0) for j in range(d))
    return d, result


def _power_sums(polynomial: nmod_poly, count: int, q: int) -> list[int]:
    """Sums of the powers 0, 1, ... of the roots of a monic polynomial: the expansion of p'/p at infinity."""
    a = [int(c) for c in reversed(polynomial.coeffs())]
    degree = len(a) - 1
    sums = [degree % q]
    for k in range(1, count):
        value = -k * a[k] if k <= degree else 0
        for i in range(1, min(k, degree + 1)):
            value -= a[i] * sums[k - i]
        sums.append(value % q)
    return sums


def traces(quotient: Quotient, matrices: list[nmod_mat], q: int) -> list[int]:
    """Trace of the multiplication by each basis monomial."""
    size = len(quotient.basis)
    identity = nmod_mat(size, size, [int(i == j) for i in range(size) for j in range(size)], q)
    known = {(0,) * quotient.n: identity}
    pending = sorted(quotient.basis, key=sum)
    for b in pending:
        if b in known:
            continue
        for k in range(quotient.n):
            lower = tuple(e - (i == k) for i, e in enumerate(b))
            if lower in known:
                known[b] = known[lower] * matrices[k]
                break
        else:  # the basis is not connected to 1 through itself: build the monomial from scratch
            product = identity
            for k, e in enumerate(b):
                for _ in range(e):
                    product = product * matrices[k]
            known[b] = product
    return [sum(int(known[b][i, i]) for i in range(size)) % q for b in quotient.basis]


class Remainders:
    """Numbers modulo more and more primes, until they are known over the rationals."""

    def __init__(self) -> None:
        self._residues: list[int] = []
        self._modulus = 1
        self._count, self._target = 0, 1

    def add(self, values: Sequence[int], q: int) -> list[Fraction] | None:
        """The rationals, when one more prime seems to be enough; they are not tried with each of many primes."""
        inverse = pow(self._modulus, -1, q)
        pairs = zip(self._residues or [0] * len(values), values, strict=True)
        self._residues = [r + self._modulus * ((v - r) * inverse % q) for r, v in pairs]
        self._modulus *= q
        self._count += 1
        if self._count < self._target:
            return None
        self._target = max(self._count + 1, self._count * 5 // 4)
        return reconstruct(self._residues, self._modulus)


def reconstruct(residues: list[int], modulus: int) -> list[Fraction] | None:
    """Rationals with a growing common denominator, or None when the modulus is still too small."""
    bound = isqrt(modulus // 2) >> 16
    denominator, result = 1, []
    for residue in residues:
        value = residue * denominator % modulus
        if value > modulus // 2:
            value -= modulus
        if abs(value) > bound:
            a, b, u, v = modulus, value % modulus, 0, 1
            while b > bound:
                quotient = a // b
                a, b, u, v = b, a - quotient * b, v, u - quotient * v
            if v < 0:
                b, v = -b, -v
            if v == 0 or v > bound or gcd(b, v) != 1:
                return None
            value, denominator = b, denominator * v
            if denominator > bound:
                return None
        result.append(Fraction(value, denominator))
    return result
