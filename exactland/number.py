"""Real numbers of a landscape: rational bounds, and what it takes to compare them exactly.

Bounds come from an accepted certificate. Where those of two numbers meet, a comparison asks where the numbers come from
(`Source`): symmetries that take one to the other, narrower bounds, minimal polynomials. It never guesses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Protocol

from exactland.errors import ExactlandError
from exactland.exact import integer_text, rational_text

Bounds = tuple[Fraction, Fraction]
Place = tuple[int, int | None]  # a point, and a coordinate of it or None for the value of the objective
PRECISIONS = (128, 512)  # binary places at which numbers are told apart before anything else is looked for
MOST_PLACES = 1 << 16
FEW_PLACES = 1 << 19  # of a gap that is tried before polynomials
MANY_PLACES = 1 << 23  # of a gap that is tried after them
SPARE, MOST_LOST = 128, 1024  # places that bounds need beyond those of a gap


class OpenComparison(ExactlandError, ArithmeticError):
    """Whether two numbers are equal could not be decided."""


@dataclass(frozen=True)
class Size:
    """A number in a field of degree at most `degree`, and a bound on that degree times its logarithmic height, in
    binary digits; numbers of one source with the same `field` (not None) are in the same field.
    """

    degree: int
    height: int
    field: object = None


class Source(Protocol):
    """Where numbers come from; everything it says is exact."""

    def bounds(self, place: Place, bits: int) -> Bounds | None:
        """Bounds within the known ones and no further apart than about 2^-bits times the size; None: not found."""

    def same(self, first: Place, second: Place) -> bool:
        """Whether a symmetry of the objective shows that two numbers are equal; False says nothing."""

    def rational(self, place: Place) -> Fraction | None:
        """The number, if it is shown to be rational."""

    def size(self, place: Place) -> Size | None:
        """Degree and height, or None: not found."""

    def sign(self, first: Place, second: Place, gap: int) -> int | None:
        """The sign of a difference that is 0 or more than 2^-gap in modulus; None: not found."""

    def polynomial(self, place: Place) -> tuple[int, ...] | None:
        """The minimal polynomial over the rationals, ascending, primitive; None: not found."""


@dataclass(frozen=True, eq=False, repr=False)
class Number:
    """A real number between two rationals; `exact` when it is known to be rational.

    Numbers compare with each other, with integers and with fractions, exactly; `OpenComparison` is raised where that
    cannot be decided. `polynomial` is one over the rationals, ascending, with the number as its only root between the
    bounds.
    """

    lower: Fraction
    upper: Fraction
    polynomial: tuple[int, ...] | None = None
    source: Source | None = field(default=None, repr=False)
    place: Place = (0, None)

    @property
    def exact(self) -> Fraction | None:
        return self.lower if self.lower == self.upper else None

    @property
    def approx(self) -> str:
        return decimal_text((self.lower + self.upper) / 2, 16)

    @property
    def minimal_polynomial(self) -> str | None:
        """`polynomial` as text in t."""
        return polynomial_text(self.polynomial)

    @property
    def closed_form(self) -> str | None:
        """The number in radicals, where its polynomial is known and allows it without complex numbers; see
        `exactland.radicals`.
        """
        if self.exact is not None:
            return rational_text(self.lower)
        if self.polynomial is None:
            return None
        from exactland.radicals import closed_form

        return closed_form(self.polynomial, (self.lower, self.upper))

    def with_polynomial(self) -> Number:
        """The number with its minimal polynomial, if it can be found."""
        if self.exact is not None:
            found: tuple[int, ...] | None = (-self.lower.numerator, self.lower.denominator)
        elif self.polynomial is not None or self.source is None:
            return self
        else:
            found = self.source.polynomial(self.place)
        return Number(self.lower, self.upper, found, self.source, self.place)

    def narrowed(self, bits: int) -> Number:
        """The number with bounds no further apart than about 2^-bits times its size, if they can be found."""
        if self.exact is not None:
            return self
        found = None if self.source is None else self.source.bounds(self.place, bits)
        if found is None and self.polynomial is not None:
            from exactland.roots import narrowed_root

            found = narrowed_root(self.polynomial, (self.lower, self.upper), bits)
        return self if found is None else Number(*found, self.polynomial, self.source, self.place)

    def settled(self) -> Number:
        """The number with equal bounds where it is shown to be rational."""
        found = None if self.exact is not None or self.source is None else self.source.rational(self.place)
        return self if found is None else Number(found, found, self.polynomial, self.source, self.place)

    def __repr__(self) -> str:
        return rational_text(self.lower) if self.lower == self.upper else decimal_text((self.lower + self.upper) / 2, 8)

    def to_json(self) -> dict[str, str | None]:
        exact = self.exact
        return {
            "approx": self.approx,
            "lower": rational_text(self.lower),
            "upper": rational_text(self.upper),
            "exact": None if exact is None else rational_text(exact),
            "minimal_polynomial": self.minimal_polynomial,
        }

    def __hash__(self) -> int:
        # Equal numbers may have different bounds, so that only numbers known to be rational have hashes of their own;
        # and these may be equal to numbers not known to be.
        return hash(Number)

    def __eq__(self, other: object) -> bool:
        return self._compared(other, lambda sign: sign == 0)

    def __lt__(self, other: object) -> bool:
        return self._compared(other, lambda sign: sign < 0)

    def __le__(self, other: object) -> bool:
        return self._compared(other, lambda sign: sign <= 0)

    def __gt__(self, other: object) -> bool:
        return self._compared(other, lambda sign: sign > 0)

    def __ge__(self, other: object) -> bool:
        return self._compared(other, lambda sign: sign >= 0)

    def _compared(self, other: object, holds: Callable[[int], bool]) -> bool:
        if isinstance(other, int | Fraction):
            other = Number(Fraction(other), Fraction(other))
        return holds(compare(self, other)) if isinstance(other, Number) else NotImplemented


def compare(first: Number, second: Number) -> int:
    """-1, 0 or 1 when the first number is less than, equal to or greater than the second; raises `OpenComparison`."""
    if first is second or (first.exact is not None and first.exact == second.exact):
        return 0
    sign = _apart(first, second)
    if sign:
        return sign
    if first.source is not None and first.source is second.source and first.source.same(first.place, second.place):
        return 0
    for bits in PRECISIONS:
        first, second = first.narrowed(bits), second.narrowed(bits)
        sign = _apart(first, second)
        if sign:
            return sign
    first, second = first.settled(), second.settled()
    if first.exact is not None and second.exact is not None:
        return (first.exact > second.exact) - (first.exact < second.exact)
    gap = _gap(first, second)
    found = _by_gap(first, second, gap) if gap is not None and gap <= FEW_PLACES else None
    if found is None:
        try:
            return _by_polynomials(first, second)
        except OpenComparison:
            found = _by_gap(first, second, gap) if gap is not None and FEW_PLACES < gap <= MANY_PLACES else None
            if found is None:
                raise
    return found


def _apart(first: Number, second: Number) -> int:
    """The sign of the difference where the bounds show it, else 0."""
    return (first.lower > second.upper) - (first.upper < second.lower)


def _size(number: Number) -> Size | None:
    exact = number.exact
    if exact is not None:
        return Size(1, max(abs(exact.numerator), exact.denominator).bit_length())
    found = None if number.source is None else number.source.size(number.place)
    if found is None and number.polynomial is not None:
        # The Mahler measure of the minimal polynomial is at most that of this one, and this at most its length.
        found = Size(len(number.polynomial) - 1, sum(map(abs, number.polynomial)).bit_length())
    return found


def _gap(first: Number, second: Number) -> int | None:
    """Different numbers differ by more than 2^-gap (`docs/numbers.md`); None: nothing known."""
    a, b = _size(first), _size(second)
    if a is None or b is None:
        return None
    if first.source is not None and first.source is second.source and a.field is not None and a.field == b.field:
        return max(a.degree, b.degree) + a.height + b.height
    return a.degree * b.degree + a.degree * b.height + b.degree * a.height


def _by_gap(first: Number, second: Number, gap: int) -> int | None:
    """The comparison by bounds that are as narrow as that; None where they were not found."""
    if first.source is not None and first.source is second.source and first.exact is None and second.exact is None:
        found = first.source.sign(first.place, second.place, gap)
        if found is not None:
            return found
    bits, near = PRECISIONS[-1], Fraction(1)
    while near * (1 << gap) >= 1:
        if bits > gap + MOST_LOST:
            return None
        bits = 4 * bits if 8 * bits < gap else max(bits, gap) + SPARE  # bounds get wider where they are computed with
        first, second = first.narrowed(bits), second.narrowed(bits)
        sign = _apart(first, second)
        if sign:
            return sign
        near = max(first.upper, second.upper) - min(first.lower, second.lower)
    return 0


def _by_polynomials(first: Number, second: Number) -> int:
    """Numbers with different minimal polynomials differ, so that narrower bounds end it; with the same one they are
    two of its roots. Polynomials without a common root modulo a prime need not be factored.
    """
    from exactland.roots import coprime_modulo, minimal_at, root_number

    known = []
    for number in (first, second):
        found = number.with_polynomial().polynomial
        if found is None:
            raise _open(first, second, number)
        known.append(found)
    if coprime_modulo(*known):
        return _told_apart(first, second)
    minimal, places = [], []
    for number, polynomial in zip((first, second), known, strict=True):
        one = minimal_at(polynomial, (number.lower, number.upper))
        if one is None:
            raise _open(first, second, number)
        minimal.append(one)
        places.append(root_number(one, (number.lower, number.upper)))
    if minimal[0] == minimal[1] and None not in places:
        return (places[0] > places[1]) - (places[0] < places[1])  # type: ignore[operator]
    if minimal[0] != minimal[1]:
        return _told_apart(first, second)
    raise OpenComparison(f"{first!r} and {second!r} could not be told apart")


def _told_apart(first: Number, second: Number) -> int:
    """The comparison of numbers that are known to be different."""
    bits = 2 * PRECISIONS[-1]
    while bits <= MOST_PLACES:
        first, second = first.narrowed(bits), second.narrowed(bits)
        sign = _apart(first, second)
        if sign:
            return sign
        bits *= 2
    raise OpenComparison(f"{first!r} and {second!r} could not be told apart")


def _open(first: Number, second: Number, number: Number) -> OpenComparison:
    return OpenComparison(
        f"{first!r} and {second!r} agree to {PRECISIONS[-1]} binary places, and no polynomial of {number!r} "
        "was found: whether they are equal is open"
    )


def polynomial_text(coefficients: tuple[int, ...] | None, name: str = "t") -> str | None:
    """`3*t^2 - 2`, from ascending integer coefficients."""
    if coefficients is None:
        return None
    text = ""
    for k in range(len(coefficients) - 1, -1, -1):
        c = coefficients[k]
        if c:
            factors = [integer_text(abs(c))] if abs(c) != 1 or k == 0 else []
            factors += [] if k == 0 else [name] if k == 1 else [f"{name}^{k}"]
            sign = (" - " if c < 0 else " + ") if text else ("-" if c < 0 else "")
            text += sign + "*".join(factors)
    return text


def outward(lower: Fraction, upper: Fraction) -> Bounds:
    """Shorter bounds around these: about 30 significant digits, or half the width when that is more."""
    if lower == upper:
        return lower, upper
    size = max(abs(lower), abs(upper))
    step = max(size / 10**30, (upper - lower) / 2)
    bits = max(0, (step.denominator // step.numerator).bit_length())
    one = 1 << bits
    return Fraction(lower * one // 1, one), Fraction(-(-upper * one // 1), one)


def decimal_text(value: Fraction, digits: int) -> str:
    """The value to so many significant digits, without binary floating point."""
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = format(quotient.normalize(context), "f" if -7 < quotient.adjusted() < 17 else "e")
    return "0" if quotient == 0 else text
