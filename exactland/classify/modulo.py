"""Arithmetic modulo an ideal, with every step recorded as lines that a checker can replay.

A `Basis` starts from given elements and adds lines: combinations of earlier elements (S-polynomials, reduced), and
real radicals: g with g^p + (positive combination of squares) equal to a combination. `reduce` returns the normal form
together with the quotients, so that p = normal form + sum of quotient * element.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import Exponents, monomial
from exactland.polynomial import from_fmpq

Combination = list[tuple[int, fmpq_mpoly]]
_MAXIMUM_ELEMENTS = 400
_MAXIMUM_TERMS = 3_000


class TooLarge(Exception):
    """The basis is not finished within its limits."""


@dataclass(frozen=True)
class Line:
    """One derived element: the combination itself, or `element` with element^power + squares = combination."""

    combination: tuple[tuple[int, fmpq_mpoly], ...]
    element: fmpq_mpoly
    power: int = 0
    squares: tuple[tuple[Fraction, fmpq_mpoly], ...] = ()


class Basis:
    """A Groebner basis (degrevlex) of the elements, real radicals of visible squares included when asked."""

    def __init__(
        self, elements: Sequence[fmpq_mpoly], ring: fmpq_mpoly_ctx, *, real: bool, seconds: float = 20
    ) -> None:
        self.ring = ring
        self.real = real
        self.elements = list(elements)
        self.given = len(elements)
        self.lines: list[Line] = []
        self._active: list[tuple[Exponents, int]] = []  # leading exponents, number of the element
        self._normal: dict[Exponents, dict[Exponents, fmpq]] = {}
        self._deadline = time.monotonic() + seconds
        self._complete(list(range(len(elements))))

    # --------------------------------------------------------------------------------------------------- reduction

    def reduce(self, p: fmpq_mpoly) -> tuple[fmpq_mpoly, Combination]:
        """The normal form, and the combination of elements that was subtracted."""
        quotients: dict[int, fmpq_mpoly] = {}
        rest = self.ring.constant(0)
        while not p.is_zero():
            lead = _leading(p)
            divisor = next((item for item in self._active if _divides(item[0], lead)), None)
            c = p.coefficient(0)
            if divisor is None:
                term = c * monomial(self.ring, lead)
                rest, p = rest + term, p - term
                continue
            exponents, number = divisor
            g = self.elements[number]
            step = (c / g.leading_coefficient()) * monomial(
                self.ring, (a - b for a, b in zip(lead, exponents, strict=True))
            )
            p = p - step * g
            quotients[number] = quotients[number] + step if number in quotients else step
        return rest, sorted((j, q) for j, q in quotients.items() if not q.is_zero())

    def normal(self, p: fmpq_mpoly) -> fmpq_mpoly:
        return self.reduce(p)[0]

    def cofactors(self, p: fmpq_mpoly) -> Combination | None:
        """p as a combination of elements, or None when it is not in the ideal."""
        rest, combination = self.reduce(p)
        return combination if rest.is_zero() else None

    def normal_terms(self, p: fmpq_mpoly) -> dict[Exponents, fmpq]:
        """The terms of the normal form, by those of the monomials (remembered)."""
        total: dict[Exponents, fmpq] = {}
        for e, c in p.to_dict().items():
            for key, value in self._monomial(tuple(int(a) for a in e)).items():
                new = total.get(key, fmpq(0)) + c * value
                if new == 0:
                    total.pop(key, None)
                else:
                    total[key] = new
        return total

    def _monomial(self, e: Exponents) -> dict[Exponents, fmpq]:
        known = self._normal.get(e)
        if known is None:
            rest = self.normal(monomial(self.ring, e))
            known = self._normal[e] = {tuple(int(a) for a in k): c for k, c in rest.to_dict().items()}
        return known

    def expanded(self, combination: Combination) -> Combination:
        """The same polynomial as a combination of the given elements alone (lines without powers only)."""
        total = dict(combination)
        for number in range(len(self.elements) - 1, self.given - 1, -1):
            factor = total.pop(number, None)
            if factor is None or factor.is_zero():
                continue
            for j, q in self.lines[number - self.given].combination:
                total[j] = total[j] + factor * q if j in total else factor * q
        return sorted((j, q) for j, q in total.items() if not q.is_zero())

    def is_one(self) -> bool:
        return any(not any(e) for e, _ in self._active)

    def point(self) -> list[Fraction] | None:
        """The only point of the ideal when every variable is congruent to a number."""
        values = []
        for x in self.ring.gens():
            rest = self.normal(x)
            if not rest.is_constant():
                return None
            values.append(from_fmpq(rest.coefficient(0)) if not rest.is_zero() else Fraction(0))
        return values

    @property
    def basis(self) -> list[fmpq_mpoly]:
        return [self.elements[j] for _, j in self._active]

    # ---------------------------------------------------------------------------------------------------- building

    def _complete(self, new: list[int]) -> None:
        pairs: list[tuple[int, int, int]] = []
        queue = [j for j in new if not self.elements[j].is_zero()]
        while queue or pairs or (self.real and self._tails(queue)):
            if time.monotonic() > self._deadline or len(self.elements) > _MAXIMUM_ELEMENTS:
                raise TooLarge(f"{len(self.elements)} elements")
            if queue:
                queue.sort(key=lambda j: (self.elements[j].total_degree(), len(self.elements[j]), j), reverse=True)
                j = queue.pop()
                self._enter(j, queue, pairs)
                continue
            pairs.sort(reverse=True)
            _, i, j = pairs.pop()
            self._spoly(i, j, queue)
        self._normal.clear()

    def _tails(self, queue: list[int]) -> bool:
        """Whether an element of the complete basis shows a square once its other terms are reduced."""
        for e, k in self._active:
            lead = self.elements[k].leading_coefficient() * monomial(self.ring, e)
            rest, combination = self.reduce(self.elements[k] - lead)
            if combination:
                parts = (k, self.ring.constant(1)), *((m, -q) for m, q in combination)
                radical = self._radical(self._add(Line(parts, lead + rest)))
                if radical:
                    queue += radical
                    return True
                self.elements.pop()
                self.lines.pop()
        return False

    def _enter(self, j: int, queue: list[int], pairs: list[tuple[int, int, int]]) -> None:
        """Element j, reduced, joins the basis."""
        rest, combination = self.reduce(self.elements[j])
        if rest.is_zero():
            return
        number = j
        if combination:
            number = self._add(Line(((j, self.ring.constant(1)), *((k, -q) for k, q in combination)), rest))
        if self.real:
            radical = self._radical(number)
            if radical:
                queue.extend(radical)
                queue.append(number)
                return
        lead = _leading(self.elements[number])
        for e, k in self._active:
            if any(a and b for a, b in zip(e, lead, strict=True)):
                pairs.append((sum(map(max, e, lead)), k, number))
        kept = []
        for e, k in self._active:
            if _divides(lead, e):
                queue.append(k)
            else:
                kept.append((e, k))
        self._active = [*kept, (lead, number)]
        self._active.sort(key=lambda item: (len(self.elements[item[1]]), item[1]))

    def _spoly(self, i: int, j: int, queue: list[int]) -> None:
        f, g = self.elements[i], self.elements[j]
        a, b = _leading(f), _leading(g)
        top = tuple(map(max, a, b))
        u = (1 / f.leading_coefficient()) * monomial(self.ring, (t - e for t, e in zip(top, a, strict=True)))
        v = (-1 / g.leading_coefficient()) * monomial(self.ring, (t - e for t, e in zip(top, b, strict=True)))
        rest, combination = self.reduce(u * f + v * g)
        if rest.is_zero():
            return
        if len(rest) > _MAXIMUM_TERMS:
            raise TooLarge(f"an element of {len(rest)} terms")
        parts: dict[int, fmpq_mpoly] = {i: u}
        for k, q in [(j, v), *((k, -q) for k, q in combination)]:
            parts[k] = parts[k] + q if k in parts else q
        queue.append(self._add(Line(tuple(sorted(parts.items())), rest)))

    def _add(self, line: Line) -> int:
        self.elements.append(line.element)
        self.lines.append(line)
        return len(self.elements) - 1

    def _radical(self, j: int) -> list[int]:
        """Lines for polynomials that vanish at the real zeros of element j and are simpler; none when it has no visible
        square.
        """
        g = self.elements[j]
        unit, factors = g.factor()
        if any(k > 1 for _, k in factors):
            top = max(k for _, k in factors)
            root = prod((f for f, _ in factors), start=self.ring.constant(1))
            rest = prod((f ** (top - k) for f, k in factors), start=self.ring.constant(1))
            return [self._add(Line(((j, rest / unit),), root, top))]
        terms = {tuple(int(a) for a in e): c for e, c in g.to_dict().items()}
        for sign in (1, -1):
            if all(sign * c > 0 and all(a % 2 == 0 for a in e) for e, c in terms.items()) and len(terms) > 1:
                added = []
                for e, c in terms.items():
                    others = tuple(
                        (from_fmpq(d / c), monomial(self.ring, (a // 2 for a in o))) for o, d in terms.items() if o != e
                    )
                    half = monomial(self.ring, (a // 2 for a in e))
                    added.append(self._add(Line(((j, self.ring.constant(1 / c)),), half, 2, others)))
                return added
        return []


def _leading(p: fmpq_mpoly) -> Exponents:
    return tuple(int(a) for a in p.monomial(0))


def _divides(a: Exponents, b: Exponents) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def squarefree_simple(polys: Iterable[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """Squarefree parts, primitive with positive leading coefficient, each once; constants become 1."""
    found: dict[str, fmpq_mpoly] = {}
    for p in polys:
        if p.is_zero():
            continue
        ring = p.context()
        _, factors = p.factor()
        root = prod((f for f, _ in factors), start=ring.constant(1))
        root = root / root.term_content().coefficient(0) if not root.is_constant() else ring.constant(1)
        if root.leading_coefficient() < 0:
            root = -root
        found.setdefault(str(root), root)
    return sorted(found.values(), key=lambda q: (q.total_degree(), len(q), str(q)))
