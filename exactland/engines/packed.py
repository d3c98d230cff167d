"""Monomials packed into integers, so that a product of monomials is a sum of integers, and polynomials over them."""

from __future__ import annotations

from dataclasses import dataclass, field

from exactland.engines.base import Exponents, Terms

BITS = 16
_FIELD = (1 << BITS) - 1


@dataclass(frozen=True, eq=False)
class Packing:
    """Packing of the monomials in `n` variables: one field per variable and the total degree above them."""

    n: int

    def pack(self, exponents: Exponents) -> int:
        """The packed monomial."""
        degree = sum(exponents)
        if degree > _FIELD // 4:
            raise ValueError("the degree is too large")
        packed = degree << (BITS * self.n)
        for i, e in enumerate(exponents):
            packed |= e << (BITS * i)
        return packed

    def unpack(self, monomial: int) -> Exponents:
        """The exponents of a packed monomial."""
        return tuple((monomial >> (BITS * i)) & _FIELD for i in range(self.n))

    def degree(self, monomial: int) -> int:
        """Total degree."""
        return monomial >> (BITS * self.n)

    def units(self) -> tuple[int, ...]:
        """The variables themselves."""
        return tuple((1 << (BITS * self.n)) | (1 << (BITS * i)) for i in range(self.n))

    def fields(self) -> tuple[int, ...]:
        """Masks: a monomial is divisible by a variable when it has a bit of its mask."""
        return tuple(_FIELD << (BITS * i) for i in range(self.n))

    def guards(self) -> int:
        """A bit above each exponent: u divides m when they all stay in (m | guards) - u."""
        return sum(1 << (BITS * i + BITS - 1) for i in range(self.n))

    def key(self, monomial: int) -> tuple[int, int]:
        """Sort key that puts the larger monomial of the degree reverse lexicographic order first."""
        return -(monomial >> (BITS * self.n)), monomial & ((1 << (BITS * self.n)) - 1)


@dataclass(eq=False)
class Element:
    """A polynomial of the ideal, exact and modulo the prime of the search."""

    terms: dict[int, int]
    degree: int
    modular: list[tuple[int, int]] = field(default_factory=list)

    @property
    def bits(self) -> int:
        """Length of the longest coefficient."""
        return max((abs(c) for c in self.terms.values()), default=0).bit_length()

    @property
    def cost(self) -> tuple[int, int]:
        """Elements with small coefficients, then elements that make short rows, come first."""
        return self.bits // 32, len(self.terms)


def make_element(packing: Packing, terms: dict[int, int], prime: int) -> Element:
    """An element with its reduction modulo the prime."""
    degree = max((packing.degree(m) for m in terms), default=-1)
    return Element(terms, degree, [(m, c % prime) for m, c in terms.items() if c % prime])


def pack_terms(packing: Packing, terms: Terms) -> dict[int, int]:
    """Packed form of the terms of an equation."""
    return {packing.pack(m): c for c, m in terms}
