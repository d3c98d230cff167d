"""Evidence for the ideal rule: border elements with exact derivations, radical elements where points are multiple.

The rows of the rank evidence are solved exactly for every border monomial. Where the quotient is not reduced, the
squarefree part of the minimal polynomial of a variable is added as a radical element (Seidenberg's lemma: doing so for
every variable makes the ideal radical), with a derivation of the power of it that lies in the ideal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import gcd, lcm
from typing import Any

from flint import fmpq, fmpq_mat, fmpz_mat

from exactland.certify.algebraic import primitive
from exactland.certify.numbers import root_cuts
from exactland.certify.points import NoIdealEvidence
from exactland.engines.base import RankEvidence, expand_lines
from exactland.exact import rational_text
from exactland.polynomial import from_fmpq
from exactland.solving.system import GradientSystem

Exponents = tuple[int, ...]
Poly = dict[Exponents, int]
MAX_BASIS = 64
MAX_ROWS = 700


@dataclass(frozen=True)
class Rule:
    """lead * monomial = sum of tail[b] * b modulo the ideal, proved by the element with this index."""

    lead: int
    tail: Poly
    element: int


@dataclass
class Derivation:
    """The lines written so far, and the rewriting of monomials by them."""

    n: int
    first: int
    lines: list[dict[str, Any]]
    basis: list[Exponents]
    rules: dict[Exponents, Rule] = field(default_factory=dict)

    def add(self, combination: Iterable[tuple[int, Poly]], divisor: int = 1) -> int:
        """A new line; returns the index of its element."""
        entries = [[index, _terms(poly)] for index, poly in combination if poly]
        self.lines.append({"combination": entries})
        if divisor != 1:
            self.lines[-1]["divisor"] = str(divisor)
        return self.first + len(self.lines) - 1

    def add_power(self, element: Poly, exponent: int, index: int) -> int:
        """The line that says: element^exponent is the element with this index."""
        combination = [[index, _terms({(0,) * self.n: 1})]]
        self.lines.append({"combination": combination, "power": exponent, "element": _terms(element)})
        return self.first + len(self.lines) - 1

    def rule(self, monomial: Exponents) -> Rule:
        """The rewriting of any monomial outside the basis, derived from a smaller one where needed."""
        known = self.rules.get(monomial)
        if known is not None:
            return known
        inside = set(self.basis)
        for k in range(self.n):
            if not monomial[k]:
                continue
            smaller = _shift(monomial, k, -1)
            if smaller in inside:
                continue
            below = self.rule(smaller)
            products = [(_shift(b, k, 1), c) for b, c in below.tail.items()]
            outside = [(m, c, self.rule(m)) for m, c in products if m not in inside]
            scale = lcm(*(r.lead for _, _, r in outside)) if outside else 1
            tail: Poly = {}
            for m, c in products:
                if m in inside:
                    tail[m] = tail.get(m, 0) + scale * c
            parts: list[tuple[int, Poly]] = [(below.element, {_shift((0,) * self.n, k, 1): scale})]
            for _, c, r in outside:
                factor = c * (scale // r.lead)
                parts.append((r.element, {(0,) * self.n: factor}))
                for b, x in r.tail.items():
                    tail[b] = tail.get(b, 0) + factor * x
            return self.store(monomial, scale * below.lead, tail, _collect(parts))
        raise NoIdealEvidence("a monomial cannot be rewritten")

    def store(self, monomial: Exponents, lead: int, tail: Poly, parts: list[tuple[int, Poly]]) -> Rule:
        """Write the line of a rewriting rule, without common factors."""
        tail = {b: c for b, c in tail.items() if c}
        common = gcd(lead, *tail.values()) * (1 if lead > 0 else -1)
        rule = Rule(lead // common, {b: c // common for b, c in tail.items()}, self.add(parts, common))
        self.rules[monomial] = rule
        return rule

    def reduce(self, poly: Poly) -> tuple[int, Poly, list[tuple[int, Poly]]]:
        """(scale, remainder, parts) with scale * poly - remainder = sum of the parts, remainder in the basis."""
        inside = set(self.basis)
        outside = [(m, c, self.rule(m)) for m, c in poly.items() if m not in inside]
        scale = lcm(*(r.lead for _, _, r in outside)) if outside else 1
        rest: Poly = {m: scale * c for m, c in poly.items() if m in inside}
        parts = []
        for _, c, r in outside:
            factor = c * (scale // r.lead)
            parts.append((r.element, {(0,) * self.n: factor}))
            for b, x in r.tail.items():
                rest[b] = rest.get(b, 0) + factor * x
        return scale, {b: c for b, c in rest.items() if c}, _collect(parts)

    def multiplication(self, form: Sequence[int]) -> fmpq_mat:
        """The matrix of the multiplication by a linear form, columns in the order of the basis."""
        position = {b: i for i, b in enumerate(self.basis)}
        size = len(self.basis)
        matrix = fmpq_mat(size, size)
        for j, b in enumerate(self.basis):
            for k, c in enumerate(form):
                if c:
                    scale, rest, _ = self.reduce({_shift(b, k, 1): 1})
                    for m, x in rest.items():
                        matrix[position[m], j] += fmpq(x * c, scale)
        return matrix


def _shift(monomial: Exponents, k: int, step: int) -> Exponents:
    return (*monomial[:k], monomial[k] + step, *monomial[k + 1 :])


def _terms(poly: Poly) -> list[list[Any]]:
    ordered = sorted(poly.items(), key=lambda t: (sum(t[0]), t[0]), reverse=True)
    return [[str(c), list(m)] for m, c in ordered if c]


def _collect(parts: Iterable[tuple[int, Poly]]) -> list[tuple[int, Poly]]:
    """One entry for each element."""
    total: dict[int, Poly] = {}
    for index, poly in parts:
        target = total.setdefault(index, {})
        for m, c in poly.items():
            target[m] = target.get(m, 0) + c
    return sorted((index, poly) for index, poly in total.items())


def ideal_evidence(
    gs: GradientSystem, evidence: RankEvidence, form: Sequence[int], first_lines: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The entry `completeness` of the ideal rule and all lines; `first_lines` are those of the rank evidence."""
    if not 0 < len(evidence.basis) <= MAX_BASIS or len(evidence.rows) > MAX_ROWS:
        raise NoIdealEvidence(f"{len(evidence.basis)} basis monomials and {len(evidence.rows)} rows")
    n = len(gs.variables)
    derivation = Derivation(n, n, list(first_lines), list(evidence.basis))
    _border(gs, evidence, derivation)
    for k in range(n):
        _make_reduced(derivation, k)
    matrix = derivation.multiplication(form)
    eliminant = matrix.minpoly()
    if eliminant.degree() != len(derivation.basis):
        raise NoIdealEvidence("the form does not separate the points")
    coefficients = primitive([from_fmpq(eliminant[k]) for k in range(eliminant.degree() + 1)])
    border = sorted(
        {
            derivation.rule(_shift(b, k, 1)).element
            for b in derivation.basis
            for k in range(n)
            if _shift(b, k, 1) not in set(derivation.basis)
        }
    )
    entry = {
        "rule": "ideal",
        "basis": [list(b) for b in derivation.basis],
        "border": border,
        "eliminant": [str(c) for c in coefficients],
        "cuts": [rational_text(c) for c in root_cuts(coefficients, 40)],
    }
    return entry, derivation.lines


def _border(gs: GradientSystem, evidence: RankEvidence, derivation: Derivation) -> None:
    """Exact border elements from the square system of the rank evidence."""
    n = len(gs.variables)
    elements = expand_lines(gs.system, evidence.lines)
    inside = set(evidence.basis)
    rows = [
        (g, shift, {tuple(a + b for a, b in zip(m, shift, strict=True)): c for c, m in elements[g]})
        for g, shift in evidence.rows
    ]
    border = sorted({_shift(b, k, 1) for b in evidence.basis for k in range(n)} - inside)
    columns = sorted({m for _, _, row in rows for m in row} - inside)
    place = {m: i for i, m in enumerate(columns)}
    if len(columns) != len(rows) or any(m not in place for m in border):
        raise NoIdealEvidence("the rows are not square on the columns")
    size = len(rows)
    square = fmpz_mat(size, size)
    for i, (_, _, row) in enumerate(rows):
        for m, c in row.items():
            if m in place:
                square[place[m], i] = c
    right = fmpz_mat(size, len(border))
    for j, m in enumerate(border):
        right[place[m], j] = 1
    try:
        solution = square.solve(right)
    except ZeroDivisionError:
        raise NoIdealEvidence("the rows are dependent") from None
    for j, m in enumerate(border):
        factors = [from_fmpq(solution[i, j]) for i in range(size)]
        den = lcm(*(f.denominator for f in factors))
        parts: dict[int, Poly] = {}
        tail: Poly = {}
        for (g, shift, row), f in zip(rows, factors, strict=True):
            c = int(f * den)
            if c:
                target = parts.setdefault(g, {})
                target[shift] = target.get(shift, 0) + c
                for b, x in row.items():
                    if b in inside:
                        tail[b] = tail.get(b, 0) - c * x
        derivation.store(m, den, tail, sorted(parts.items()))


def _make_reduced(derivation: Derivation, k: int) -> None:
    """Add the squarefree part of the minimal polynomial of x_k as a radical element, unless it is squarefree."""
    n = derivation.n
    minimal = derivation.multiplication([int(i == k) for i in range(n)]).minpoly()
    common = minimal.gcd(minimal.derivative())
    if common.degree() < 1:
        return
    squarefree = minimal // common
    element = {
        tuple(e if i == k else 0 for i in range(n)): c
        for e, c in enumerate(primitive([from_fmpq(squarefree[j]) for j in range(squarefree.degree() + 1)]))
        if c
    }
    index = _radical_line(derivation, element)
    _quotient_by(derivation, element, index)


def _radical_line(derivation: Derivation, element: Poly) -> int:
    """The line that proves a power of the element to lie in the ideal."""
    n = derivation.n
    one = (0,) * n
    total = 1
    power: Poly = {one: 1}
    previous: int | None = None
    for exponent in range(1, 65):
        product = _multiply(element, power)
        scale, rest, parts = derivation.reduce(product)
        # previous: total * element^(exponent - 1) - power; the new line: scale * total * element^exponent - rest
        combination = list(parts)
        if previous is not None:
            combination.append((previous, {m: scale * c for m, c in element.items()}))
        total *= scale
        if not rest:
            whole = derivation.add(_collect(combination), total)
            return derivation.add_power(element, exponent, whole)
        previous = derivation.add(_collect(combination)) if _collect(combination) else None
        power = rest
    raise NoIdealEvidence("no power of a radical element up to 64 lies in the ideal")


def _quotient_by(derivation: Derivation, element: Poly, index: int) -> None:
    """Replace the basis and the rewriting by those of the ideal with the element added."""
    n = derivation.n
    order = sorted(derivation.basis, key=lambda m: (sum(m), m), reverse=True)
    place = {m: i for i, m in enumerate(order)}
    vectors: list[tuple[Poly, int]] = []
    for b in order:
        scale, rest, parts = derivation.reduce(_multiply(element, {b: 1}))
        if rest:
            parts = [(i, {m: -c for m, c in p.items()}) for i, p in parts]
            vectors.append((rest, derivation.add(_collect([*parts, (index, {b: scale})]))))
    matrix = fmpq_mat(len(vectors), len(order))
    for i, (vector, _) in enumerate(vectors):
        for m, c in vector.items():
            matrix[i, place[m]] = c
    # Solve for the reduced echelon form together with the combination of vectors that gives each row.
    size = len(vectors)
    wide = fmpq_mat(size, len(order) + size)
    for i in range(size):
        for j in range(len(order)):
            wide[i, j] = matrix[i, j]
        wide[i, len(order) + i] = 1
    reduced, _ = wide.rref()
    rank = matrix.rank()
    eliminated: dict[Exponents, Rule] = {}
    one = (0,) * n
    for i in range(rank):
        row = [from_fmpq(reduced[i, j]) for j in range(len(order) + size)]
        den = lcm(*(c.denominator for c in row))
        lead = next(j for j in range(len(order)) if row[j])
        tail = {order[j]: -int(row[j] * den) for j in range(lead + 1, len(order)) if row[j]}
        parts = [(vectors[j][1], {one: int(row[len(order) + j] * den)}) for j in range(size) if row[len(order) + j]]
        common = gcd(den, *tail.values())
        line = derivation.add(_collect(parts), common)
        eliminated[order[lead]] = Rule(den // common, {b: c // common for b, c in tail.items()}, line)
    old = derivation.rules
    derivation.basis = [b for b in derivation.basis if b not in eliminated]
    if one not in derivation.basis:
        raise NoIdealEvidence("the radical ideal has no points")
    derivation.rules = dict(eliminated)
    inside = set(derivation.basis)
    for m in sorted({_shift(b, k, 1) for b in inside for k in range(n)} - inside - set(eliminated)):
        rule = old[m]
        hit = [(b, c) for b, c in rule.tail.items() if b in eliminated]
        scale = lcm(*(eliminated[b].lead for b, _ in hit)) if hit else 1
        tail = {b: scale * c for b, c in rule.tail.items() if b in inside}
        parts = [(rule.element, {one: scale})]
        for b, c in hit:
            factor = c * (scale // eliminated[b].lead)
            parts.append((eliminated[b].element, {one: factor}))
            for other, x in eliminated[b].tail.items():
                tail[other] = tail.get(other, 0) + factor * x
        derivation.store(m, scale * rule.lead, tail, _collect(parts))


def _multiply(left: Poly, right: Poly) -> Poly:
    result: Poly = {}
    for a, x in left.items():
        for b, y in right.items():
            m = tuple(p + q for p, q in zip(a, b, strict=True))
            result[m] = result.get(m, 0) + x * y
    return {m: c for m, c in result.items() if c}
