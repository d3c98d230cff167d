"""Helpers on ``flint.fmpq_mpoly``, the polynomials of the solver's side, always in a ``degrevlex`` context."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any, TypeAlias

import flint

from exactland.errors import InputError, shown
from exactland.exact import rational_text
from exactland.expression import Constant, Expression, Function, Number, Power, Product, Sum, Variable

__all__ = [
    "MAX_DEGREE",
    "MAX_TERMS",
    "evaluate",
    "from_fmpq",
    "from_terms",
    "gradient",
    "hessian",
    "integer_terms",
    "ring",
    "terms",
    "to_fmpq",
    "to_json",
    "to_polynomial",
]

Ring: TypeAlias = "flint.fmpq_mpoly_ctx"
Polynomial: TypeAlias = "flint.fmpq_mpoly"
Exponents: TypeAlias = tuple[int, ...]

MAX_TERMS = 200_000
"""Most terms of an expanded polynomial, bounded before every multiplication."""
MAX_DEGREE = 64
"""Largest total degree."""
_MAX_WORK = 50_000_000


def ring(variables: Sequence[str]) -> Ring:
    """The ring of rational polynomials in these variables, in this order."""
    return flint.fmpq_mpoly_ctx.get(tuple(variables), "degrevlex")


def to_fmpq(value: Fraction | int) -> flint.fmpq:
    """A ``Fraction`` or an integer as flint rational."""
    return flint.fmpq(value.numerator, value.denominator)


def from_fmpq(value: flint.fmpq) -> Fraction:
    """A flint rational as ``Fraction``."""
    return Fraction(int(value.p), int(value.q))


def to_polynomial(expression: Expression, variables: Sequence[str]) -> Polynomial:
    """The expanded polynomial in the ring of these variables.

    Raises ``InputError`` for anything but a polynomial, for other names, and beyond degree 64 or 200,000 terms; sizes
    are bounded before each multiplication, so that the error comes at once.
    """
    context = ring(variables)
    places = {name: context.gen(i) for i, name in enumerate(variables)}
    done: dict[int, Polynomial] = {}

    def expand(node: Expression) -> Polynomial:
        found = done.get(id(node))
        if found is None:
            found = done[id(node)] = make(node)
        return found

    def make(node: Expression) -> Polynomial:
        if isinstance(node, Number):
            return context.constant(to_fmpq(node.value))
        if isinstance(node, Variable):
            if node.name not in places:
                raise InputError(
                    f"the unknown name {node.name!r}", f"the variables {', '.join(variables)}", "declare it as variable"
                )
            return places[node.name]
        if isinstance(node, Sum):
            result = context.constant(0)
            for term in node.terms:
                result = result + expand(term)
                if len(result) > MAX_TERMS:
                    raise _too_many_terms(len(result))
            return result
        if isinstance(node, Product):
            result = context.constant(1)
            for factor in sorted((expand(factor) for factor in node.factors), key=len):
                _bound_product(result, factor)
                result = result * factor
            return result
        if isinstance(node, Power) and node.exponent >= 0:
            base = expand(node.base)
            _bound_power(base, node.exponent)
            return base**node.exponent
        raise _not_polynomial(node)

    return expand(expression)


def _not_polynomial(node: Expression) -> InputError:
    what = f"the function {node.name}" if isinstance(node, Function) else "a division by a variable"
    if isinstance(node, Constant):
        what = f"the irrational constant {node.name}"
    return InputError(
        f"{what} in {shown(node)}",
        "polynomials with rational coefficients",
        "solve it as what it is, not as polynomial",
    )


def _too_many_terms(count: int) -> InputError:
    return InputError(
        f"an expansion of up to {count} terms", f"at most {MAX_TERMS} terms", "lower the degree or use fewer variables"
    )


def _too_high(degree: int) -> InputError:
    return InputError(f"an expansion of degree {degree}", f"degree at most {MAX_DEGREE}", "lower the degree")


def _support(*polynomials: Polynomial) -> int:
    """How many variables occur."""
    return sum(1 for degrees in zip(*(p.degrees() for p in polynomials), strict=True) if any(degrees))


def _bound_product(left: Polynomial, right: Polynomial) -> None:
    if not left or not right:
        return
    degree = left.total_degree() + right.total_degree()
    if degree > MAX_DEGREE:
        raise _too_high(degree)
    count = min(len(left) * len(right), math.comb(_support(left, right) + degree, degree))
    if count > MAX_TERMS or len(left) * len(right) > _MAX_WORK:
        raise _too_many_terms(count)


def _bound_power(base: Polynomial, exponent: int) -> None:
    if not base:
        return
    degree = base.total_degree() * exponent
    if degree > MAX_DEGREE:
        raise _too_high(degree)
    count = min(math.comb(len(base) + exponent - 1, exponent), math.comb(_support(base) + degree, degree))
    if count > MAX_TERMS:
        raise _too_many_terms(count)


def from_terms(context: Ring, given: Iterable[tuple[Fraction | int, Sequence[int]]]) -> Polynomial:
    """The polynomial with these coefficients and exponents; repeated exponents add up."""
    collected: dict[Exponents, Fraction] = {}
    for coefficient, exponents in given:
        key = tuple(exponents)
        collected[key] = collected.get(key, Fraction(0)) + coefficient
    return context.from_dict({key: to_fmpq(value) for key, value in collected.items() if value})


def terms(p: Polynomial) -> list[tuple[Fraction, Exponents]]:
    """Coefficients and exponents, sorted by (total degree, exponents) descending."""
    found = [(from_fmpq(value), tuple(map(int, key))) for key, value in p.to_dict().items()]
    return sorted(found, key=lambda term: (sum(term[1]), term[1]), reverse=True)


def to_json(p: Polynomial) -> list[list[Any]]:
    """``[["p/q", [e1, ..., en]], ...]`` with canonical rational text, sorted as in ``terms``."""
    return [[rational_text(coefficient), list(exponents)] for coefficient, exponents in terms(p)]


def integer_terms(p: Polynomial) -> dict[Exponents, int]:
    """The primitive integer multiple of ``p`` by a positive number, from exponents to coefficients; sorted as in
    ``terms``.
    """
    found = terms(p)
    if not found:
        return {}
    common = math.lcm(*(coefficient.denominator for coefficient, _ in found))
    scaled = {exponents: int(coefficient * common) for coefficient, exponents in found}
    content = math.gcd(*scaled.values())
    return {exponents: value // content for exponents, value in scaled.items()}


def gradient(p: Polynomial) -> list[Polynomial]:
    """The partial derivatives, in the order of the variables."""
    return [p.derivative(i) for i in range(p.context().nvars())]


def hessian(p: Polynomial) -> list[list[Polynomial]]:
    """The symmetric matrix of second derivatives."""
    return [gradient(first) for first in gradient(p)]


def evaluate(p: Polynomial, point: Sequence[Fraction | int] | Mapping[str, Fraction | int]) -> Fraction:
    """The exact value at a rational point, given in the order of the variables or by name."""
    names = p.context().names()
    values = [point[name] for name in names] if isinstance(point, Mapping) else list(point)
    if len(values) != len(names):
        raise InputError(
            f"a point of {len(values)} numbers", f"{len(names)} numbers, one per variable", "give one per variable"
        )
    return from_fmpq(p(*(to_fmpq(value) for value in values)))


def exponents_of_degree(n: int, degree: int) -> Iterator[Exponents]:
    """The monomials of this degree in n variables, descending."""
    for chosen in combinations_with_replacement(range(n), degree):
        e = [0] * n
        for i in chosen:
            e[i] += 1
        yield tuple(e)


def sign_symmetries(n: int, supports: Iterable[Iterable[Exponents]]) -> list[int]:
    """Masks over the variables, a basis of the sign changes under which every polynomial is even or odd.

    With the monomial 1 in its support a polynomial has to be even.
    """
    # Pivots of the differences of exponents modulo 2; the symmetries are the orthogonal complement.
    pivots: dict[int, int] = {}
    for support in supports:
        masks = [sum((e & 1) << i for i, e in enumerate(m)) for m in support]
        for mask in masks[1:]:
            v = mask ^ masks[0]
            while v:
                top = v.bit_length() - 1
                if top not in pivots:
                    pivots[top] = v
                    break
                v ^= pivots[top]
    for top in sorted(pivots):
        for other in pivots:
            if other != top and pivots[other] >> top & 1:
                pivots[other] ^= pivots[top]
    return [
        (1 << free) | sum(1 << top for top, v in pivots.items() if v >> free & 1)
        for free in range(n)
        if free not in pivots
    ]
