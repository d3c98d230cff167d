"""Real algebraic numbers in radicals, where real radicals suffice and the text stays short.

After a shift that removes the second coefficient, a polynomial in u = s^k of degree one, two or, with a single real
root, three in u is solved (Cardano); square roots of a + b sqrt(n) are separated where a^2 - b^2 n is a square.
Candidates are roots by construction; which of them is the number is decided in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd, lcm

from flint import arb, ctx, fmpq, fmpz

from exactland.exact import integer_text, rational_text
from exactland.roots import Bounds, ends, minimal_at

BITS = 1024
LONGEST = 100  # characters
MOST_FACTORED = 160  # bits of integers whose square factors are looked for
LINEAR, QUADRATIC, CUBIC = 1, 2, 3


@dataclass(frozen=True)
class _Sum:
    """A sum of rational multiples of radicals, whose text is empty for 1; and its value."""

    terms: tuple[tuple[Fraction, str], ...]
    value: arb

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum((*self.terms, *other.terms), self.value + other.value)

    def times(self, factor: Fraction) -> _Sum:
        return _Sum(tuple((factor * c, r) for c, r in self.terms), self.value * _ball(factor))

    @property
    def rational(self) -> Fraction | None:
        """The value, when no radical is left."""
        total: dict[str, Fraction] = {}
        for c, radical in self.terms:
            total[radical] = total.get(radical, Fraction(0)) + c
        return total.get("", Fraction(0)) if all(radical == "" or c == 0 for radical, c in total.items()) else None

    def text(self) -> str:
        total: dict[str, Fraction] = {}
        for c, radical in sorted(self.terms, key=lambda term: term[1] != ""):
            total[radical] = total.get(radical, Fraction(0)) + c
        kept = [(c, radical) for radical, c in total.items() if c]
        if not kept:
            return "0"
        kept.sort(key=lambda term: term[0] < 0)  # a positive term first
        common = lcm(*(c.denominator for c, _ in kept))
        written = ""
        for c, radical in kept:
            number = c * common
            size = abs(int(number))
            whole = integer_text(size)
            factor = radical if size == 1 and radical else whole if not radical else f"{whole}*{radical}"
            sign = ("-" if number < 0 else "") if not written else (" - " if number < 0 else " + ")
            written += sign + factor
        if common == 1:
            return written
        below = integer_text(common)
        return f"({written})/{below}" if len(kept) > 1 else f"{written}/{below}"


def closed_form(polynomial: Sequence[int], bounds: Bounds) -> str | None:
    """The only root of the polynomial within the bounds, in radicals; None where no short form is known."""
    minimal = minimal_at(polynomial, bounds)
    if minimal is None:
        return None
    if len(minimal) == QUADRATIC:
        return rational_text(Fraction(-minimal[0], minimal[1]))
    with ctx.workprec(BITS):
        found = {s.text() for s in _roots(minimal) if _within(s.value, bounds)}
    return next(iter(found)) if len(found) == 1 and len(next(iter(found))) <= LONGEST else None


def _within(value: arb, bounds: Bounds) -> bool:
    low, high = ends(value)
    return low <= bounds[1] and bounds[0] <= high


def _roots(minimal: Sequence[int]) -> Iterator[_Sum]:
    """Real roots of an irreducible polynomial, as far as they are found."""
    degree = len(minimal) - 1
    centre = Fraction(-minimal[-2], degree * minimal[-1])
    for shift in dict.fromkeys((Fraction(0), centre)):
        shifted = _shifted(minimal, shift)
        step = gcd(*(k for k, c in enumerate(shifted) if c))
        inner = shifted[::step]
        if len(inner) - 1 > CUBIC or (len(inner) - 1 == CUBIC and inner[2] != 0):
            continue
        for u in _solutions(inner):
            for root in _powers(u, step):
                yield _whole(shift) + root


def _shifted(polynomial: Sequence[int], shift: Fraction) -> list[Fraction]:
    """The polynomial in s = t - shift."""
    result = [Fraction(0)] * len(polynomial)
    for k, c in enumerate(polynomial):
        for j in range(k + 1):
            result[j] += c * comb(k, j) * shift ** (k - j)
    return result


def _solutions(inner: Sequence[Fraction]) -> Iterator[_Sum]:
    """Real roots of a polynomial of degree one, two, or three without second coefficient."""
    if len(inner) - 1 == LINEAR:
        yield _whole(-inner[0] / inner[1])
    elif len(inner) - 1 == QUADRATIC:
        c, b, a = inner
        under = b * b - 4 * a * c
        if under >= 0:
            for sign in (1, -1):
                yield _whole(-b / (2 * a)) + _root(under, 2).times(sign / (2 * a))
    else:
        p, q = inner[1] / inner[3], inner[0] / inner[3]
        under = q * q / 4 + p**3 / 27
        if under > 0:  # else all three roots are real, and real radicals do not suffice
            parts = [_whole(-q / 2) + _root(under, 2).times(Fraction(sign)) for sign in (1, -1)]
            yield _nested(parts[0], 3) + _nested(parts[1], 3)


def _powers(u: _Sum, k: int) -> Iterator[_Sum]:
    """Real numbers whose k-th power is u."""
    if k == 1:
        yield u
    elif k % 2 == 1:
        yield _nested(u, k)
    elif u.value >= 0:
        root = _nested(u, k)
        yield root
        yield root.times(Fraction(-1))


def _nested(u: _Sum, k: int) -> _Sum:
    """The real k-th root of a number, of a positive one for even k."""
    known = u.rational
    if known is not None:
        return _root(known, k)
    if k == QUADRATIC:
        separated = _separated(u)
        if separated is not None:
            return separated
    if u.value < 0:
        return _nested(u.times(Fraction(-1)), k).times(Fraction(-1))
    outside = _outside(u, k)
    if outside != 1:
        return _nested(u.times(1 / outside**k), k).times(outside)
    text = f"sqrt({u.text()})" if k == QUADRATIC else f"({u.text()})^(1/{k})"
    return _Sum(((Fraction(1), text),), u.value.root(k))


def _outside(u: _Sum, k: int) -> Fraction:
    """The largest rational number whose k-th power divides all coefficients: 2/5 for (20 sqrt(5) - 8)/25 and k = 2."""
    numbers = [c for c, _ in u.terms if c]
    whole = gcd(*(c.numerator for c in numbers))
    common = lcm(*(c.denominator for c in numbers))
    if max(whole, common).bit_length() > MOST_FACTORED:
        return Fraction(1)
    parts = []
    for number in (whole, common):
        part = 1
        for prime, e in fmpz(number).factor():
            part *= int(prime) ** (e // k)
        parts.append(part)
    return Fraction(*parts)


def _separated(u: _Sum) -> _Sum | None:
    """sqrt(a + b sqrt(n)) = sqrt((a + r)/2) +- sqrt((a - r)/2) with r^2 = a^2 - b^2 n, where r is rational."""
    a = sum((c for c, radical in u.terms if not radical), Fraction(0))
    rest = [(c, radical) for c, radical in u.terms if radical and c]
    if len(rest) != 1 or not rest[0][1].startswith("sqrt(") or not rest[0][1][5:-1].isdigit():
        return None
    if len(rest[0][1]) > LONGEST:  # no short form, and Python does not read very long integers
        return None
    b, n = rest[0][0], int(rest[0][1][5:-1])
    square = a * a - b * b * n
    if square < 0:
        return None
    r = _root(square, 2).rational
    if r is None or a < r:
        return None
    return _root((a + r) / 2, 2) + _root((a - r) / 2, 2).times(Fraction(1 if b > 0 else -1))


def _whole(x: Fraction) -> _Sum:
    return _Sum(((x, ""),), _ball(x))


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def _root(x: Fraction, k: int) -> _Sum:
    """The real k-th root of a rational number, powers taken out."""
    sign = -1 if x < 0 else 1
    if x == 0:
        return _whole(Fraction(0))
    inside = abs(x.numerator) * x.denominator ** (k - 1)
    outside = 1
    if inside.bit_length() <= MOST_FACTORED:
        for prime, e in fmpz(inside).factor():
            outside *= int(prime) ** (e // k)
        inside //= outside**k
    else:
        whole = int(fmpz(inside).root(k)) if k > QUADRATIC else int(fmpz(inside).isqrt())
        if whole**k == inside:
            outside, inside = whole, 1
    common = gcd(k, *(e for _, e in fmpz(inside).factor())) if 1 < inside.bit_length() <= MOST_FACTORED else 1
    if inside > 1 and common > 1:  # such as 4^(1/4) = sqrt(2)
        inside, k = int(fmpz(inside).root(common)), k // common
    factor = Fraction(sign * outside, x.denominator)
    if inside == 1:
        return _whole(factor)
    whole_text = integer_text(inside)
    text = f"sqrt({whole_text})" if k == QUADRATIC else f"{whole_text}^(1/{k})"
    return _Sum(((factor, text),), _ball(factor) * arb(inside).root(k))
