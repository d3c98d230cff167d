"""Division with remainder by several polynomials, in the degree reverse lexicographic order.

A remainder 0 shows that a polynomial lies in the ideal of the divisors. Nothing else is ever concluded from a
remainder, so neither the order nor the choice of divisors matters for soundness.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from . import kernel
from .kernel import Exponents, RationalPoly, TermBudget

Key = tuple[int, Exponents]
MAX_BITS = 100_000  # numerator and denominator of a coefficient during a division


def order(monomial: Exponents) -> Key:
    """The degree reverse lexicographic order: larger monomials have larger keys."""
    return sum(monomial), tuple(-e for e in reversed(monomial))


def leading(poly: Mapping[Exponents, Any]) -> Exponents:
    """The leading monomial of a nonzero polynomial."""
    return max(poly, key=order)


class Division:
    """Division by these nonzero polynomials."""

    def __init__(self, divisors: Sequence[Mapping[Exponents, Any]], budget: TermBudget) -> None:
        self.budget = budget
        self.divisors = [(leading(g), g) for g in divisors]

    def remainder(self, poly: Mapping[Exponents, Any]) -> RationalPoly:
        """The polynomial minus a combination of the divisors; the same result on every run."""
        left = {m: Fraction(c) for m, c in poly.items()}
        rest: RationalPoly = {}
        heap = [_reversed(m) for m in left]
        heapq.heapify(heap)
        while heap:
            monomial = _monomial(heapq.heappop(heap))
            coefficient = left.pop(monomial, None)
            if coefficient is None:
                continue
            found = next((pair for pair in self.divisors if _divides(pair[0], monomial)), None)
            if found is None:
                rest[monomial] = coefficient
                continue
            lead, divisor = found
            shift = tuple(map(int.__sub__, monomial, lead))
            factor = coefficient * Fraction(1, divisor[lead])
            size = factor.numerator.bit_length() + factor.denominator.bit_length()
            kernel.limit(size, MAX_BITS, "bits of a coefficient in a division")
            self.budget.spend(len(divisor) * (1 + (size * size >> 20)))
            for m, c in divisor.items():
                if m == lead:
                    continue
                moved = tuple(map(int.__add__, m, shift))
                old = left.get(moved)
                value = (old or 0) - factor * c
                if value:
                    left[moved] = value
                    if old is None:
                        heapq.heappush(heap, _reversed(moved))
                elif old is not None:
                    del left[moved]
            kernel.limit(len(left), kernel.MAX_PROBLEM_TERMS, "terms of a remainder")
        return rest

    def contains(self, poly: Mapping[Exponents, Any]) -> bool:
        """Whether division shows that the polynomial lies in the ideal."""
        return not self.remainder(poly)

    def value(self, coefficients: Sequence[int], poly: Mapping[Exponents, Any], variables: int) -> RationalPoly:
        """A remainder of sum c_k poly^k, coefficients ascending, by Horner's rule."""
        base = self.remainder(poly)
        total: RationalPoly = {}
        for c in reversed(coefficients):
            self.budget.spend(kernel.products(total, base))
            product = kernel.multiply(total, base)
            kernel.add_into(product, {(0,) * variables: Fraction(c)} if c else {})
            total = self.remainder(product)
        return total


def _reversed(monomial: Exponents) -> tuple[int, ...]:
    """A key under which the largest monomial comes first, from which it can be read back."""
    return (-sum(monomial), *reversed(monomial))


def _monomial(key: tuple[int, ...]) -> Exponents:
    return tuple(reversed(key[1:]))


def _divides(a: Exponents, b: Exponents) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))
