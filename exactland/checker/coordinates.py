"""Exact points: arithmetic in Q[t]/(m(t)), and coordinates in it, one point for each root of m.

A rational point is the case d = 1. All arithmetic is modulo m; m need only be squarefree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from math import comb, gcd, lcm
from typing import Any

from . import kernel
from .kernel import Exponents, IntPoly, rational, sequence

Element = tuple[tuple[int, ...], int]  # numerators of 1, t, ..., t^(d-1) and a positive denominator


class Coordinates:
    """One family of exact points: the modulus, the coordinates."""

    def __init__(self, modulus: list[int], coordinates: list[Any]) -> None:
        self.modulus = modulus
        self.d = len(modulus) - 1
        kernel.need(self.d >= 1 and modulus[-1] != 0, "F3", modulus, "modulus: a polynomial of degree 1 or more")
        self._tails = self._reductions()
        self.zero: Element = ((0,) * self.d, 1)
        self.one = self.element([Fraction(1)])
        self.coordinates = [self.read(c) for c in coordinates]
        self.forget_powers()

    def forget_powers(self) -> None:
        """To be called when the coordinates are others."""
        self._powers: list[list[Element]] = [[self.one] for _ in self.coordinates]

    def element(self, coefficients: list[Fraction]) -> Element:
        if self.d == len(coefficients) == 1:
            return (coefficients[0].numerator,), coefficients[0].denominator
        den = lcm(*(c.denominator for c in coefficients)) if coefficients else 1
        nums = [c.numerator * (den // c.denominator) for c in coefficients]
        return self.normal(nums + [0] * (self.d - len(nums)), den)

    def read(self, value: Any) -> Element:
        entries = sequence(value, "field element", most=self.d)
        return self.element([rational(c, "field element", kernel.MAX_DIGITS) for c in entries])

    def normal(self, nums: list[int], den: int) -> Element:
        common = gcd(den, *nums)
        return tuple([c // common for c in nums]), den // common

    def _reductions(self) -> list[tuple[list[int], int]]:
        """t^(d+k) modulo m for k = 0 .. d-2, as numerators and denominator."""
        lead = self.modulus[-1]
        sign = 1 if lead > 0 else -1
        first = [-sign * c for c in self.modulus[:-1]], abs(lead)
        result = [first]
        for _ in range(self.d - 2):
            nums, den = result[-1]
            top = nums[-1]
            shifted = [c * first[1] for c in [0, *nums[:-1]]]
            nums = [a + top * b for a, b in zip(shifted, first[0], strict=True)]
            den *= first[1]
            common = gcd(den, *nums)
            result.append(([c // common for c in nums], den // common))
        return result

    def add(self, a: Element, b: Element, factor: int = 1) -> Element:
        den = lcm(a[1], b[1])
        p, q = den // a[1], factor * (den // b[1])
        return self.normal([p * x + q * y for x, y in zip(a[0], b[0], strict=True)], den)

    def multiply(self, a: Element, b: Element) -> Element:
        product = [0] * (2 * self.d - 1)
        for i, x in enumerate(a[0]):
            if x:
                for j, y in enumerate(b[0]):
                    product[i + j] += x * y
        den, low, high = a[1] * b[1], product[: self.d], product[self.d :]
        if any(high):
            used = self._tails[: len(high)]
            scale = lcm(*(q for c, (_, q) in zip(high, used, strict=True) if c))
            low = [c * scale for c in low]
            for c, (nums, q) in zip(high, used, strict=True):
                if c:
                    factor = c * (scale // q)
                    low = [x + factor * y for x, y in zip(low, nums, strict=True)]
            den *= scale
        return self.normal(low, den)

    def combination(self, pairs: Iterable[tuple[Element, Element]]) -> Element:
        """The sum of the products."""
        if self.d > 1:
            products = [self.multiply(a, b) for a, b in pairs]
        else:
            products = [((x * y,), p * q) for ((x,), p), ((y,), q) in pairs]
        den = lcm(*[q for _, q in products])
        columns = zip(*[[c * (den // q) for c in nums] for nums, q in products], strict=True)
        return self.normal([sum(column) for column in columns], den) if products else self.zero

    def scaled(self, a: Element, factor: Fraction) -> Element:
        return self.normal([factor.numerator * c for c in a[0]], a[1] * factor.denominator)

    def coordinate_power(self, variable: int, exponent: int) -> Element:
        row = self._powers[variable]
        while len(row) <= exponent:
            row.append(self.multiply(row[-1], self.coordinates[variable]))
        return row[exponent]

    def value(self, poly: dict[Exponents, Any]) -> Element:
        """The polynomial at the point."""
        if self.d == 1:
            return self._rational_value(poly)
        total = self.zero
        zeros = [k for k, x in enumerate(self.coordinates) if x == self.zero]
        for monomial, coefficient in poly.items():
            if any(monomial[k] for k in zeros):
                continue
            term = self.one
            for variable, exponent in enumerate(monomial):
                if exponent:
                    term = self.multiply(term, self.coordinate_power(variable, exponent))
            total = self.add(total, self.scaled(term, Fraction(coefficient)))
        return total

    def _rational_value(self, poly: dict[Exponents, Any]) -> Element:
        """The same at a point with rational coordinates: homogenised with their common denominator."""
        zeros = [k for k, x in enumerate(self.coordinates) if x == self.zero]
        left = {m: c for m, c in poly.items() if not sum([m[k] for k in zeros])} if zeros else poly
        if not left:
            return self.zero
        den = lcm(*(q for _, q in self.coordinates))
        nums = [num * (den // q) for (num,), q in self.coordinates]
        degree = max(map(sum, left))
        total: Any = 0
        for monomial, coefficient in left.items():
            for x, e in zip(nums, monomial, strict=True):
                if e:
                    coefficient *= x**e
            total += coefficient * den ** (degree - sum(monomial))
        return self.normal([total.numerator], total.denominator * den**degree)

    def expansion(self, poly: IntPoly, orders: frozenset[Exponents]) -> dict[Exponents, Element]:
        """The Taylor coefficients of these orders at the point, those that are zero left out."""
        if all(x == self.zero for x in self.coordinates):
            return {m: self.element([Fraction(c)]) for m, c in poly.items() if c and m in orders}
        result: dict[Exponents, Element] = {}
        for monomial, coefficient in poly.items():
            for order in self._orders_below(monomial, orders):
                term, factor = self.one, coefficient
                for k, (e, o) in enumerate(zip(monomial, order, strict=True)):
                    if e > o:
                        term = self.multiply(term, self.coordinate_power(k, e - o))
                        factor *= comb(e, o)
                result[order] = self.add(result.get(order, self.zero), self.scaled(term, Fraction(factor)))
        return {order: value for order, value in result.items() if value != self.zero}

    def _orders_below(self, monomial: Exponents, orders: frozenset[Exponents]) -> Iterable[Exponents]:
        """The orders that divide the monomial; a coordinate that is 0 must be derived away altogether."""
        ranges = [range(e if x == self.zero else 0, e + 1) for e, x in zip(monomial, self.coordinates, strict=True)]
        count = 1
        for r in ranges:
            count *= len(r)
        if count <= len(orders):
            return [order for order in itertools.product(*ranges) if order in orders]
        return [order for order in orders if all(o in r for o, r in zip(order, ranges, strict=True))]
