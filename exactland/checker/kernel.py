"""The ground the rules stand on: outcomes, strict reading of JSON, exact numbers, sparse polynomials.

Everything below the public functions of `exactland.checker` is standard library, integers and `Fraction`. A rule never
trusts what a certificate says: it computes, and calls `need` with the number of the rule (see `proofs/SPEC.md`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm, prod
from operator import add, mul
from typing import Any, NoReturn

Exponents = tuple[int, ...]
IntPoly = dict[Exponents, int]
RationalPoly = dict[Exponents, Fraction]


class Rejection(Exception):
    """The certificate breaks a rule: its number, what was found and what the rule requires."""

    def __init__(self, rule: str, found: str, required: str) -> None:
        super().__init__(f"{rule}: found {found}; required {required}")
        self.rule, self.found, self.required = rule, found, required


class ResourceLimit(Exception):
    """The certificate is larger than this checker agrees to look at; nothing is said about its truth."""


def need(condition: bool, rule: str, found: object, required: str) -> None:
    """The only way by which a rule rejects."""
    if not condition:
        raise Rejection(rule, shorten(found), required)


def shorten(value: object) -> str:
    """A value for a message: printable ASCII on one line, safe for numbers of any length, about 80 characters."""
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int):
        return repr(value) if value.bit_length() <= 200 else f"an integer of {value.bit_length()} bits"
    if isinstance(value, Fraction):
        size = value.numerator.bit_length() + value.denominator.bit_length()
        return str(value) if size <= 400 else f"a rational of {size} bits"
    if isinstance(value, str):
        text = ascii(value[:80])[1:-1]
        return text if len(text) <= 80 and len(value) <= 80 else text[:77] + "..."
    if isinstance(value, list | tuple) and len(value) <= 6 and all(type(v) is int for v in value):
        return "[" + ", ".join(shorten(v) for v in value) + "]"
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)} entries"
    return "an object"


# Limits, all enforced before any arithmetic on the data concerned. One that is exceeded is a RESOURCE outcome.
MAX_BYTES = 64_000_000
MAX_DEPTH = 24
MAX_VARIABLES = 16
MAX_DEGREE = 64
MAX_EXPRESSION = 100_000  # characters
MAX_PARENTHESES = 100
MAX_PROBLEM_TERMS = 100_000
MAX_TERMS = 2_000_000  # terms of all polynomials read from one certificate
MAX_LINES = 20_000
MAX_BASIS = 6_000
MAX_ROWS = 60_000
MAX_POINTS = 6_000
MAX_WITNESS_DIGITS = 1_300  # coordinates, radii, transforms
MAX_DIGITS = 40_000  # coefficients of derived elements and eliminants
MAX_BITS = 4_096  # binary places of a box
MAX_MULTIPLICITY = 100
MAX_PROBLEM_BITS = 20_000  # numerators and denominators of the objective
MAX_WORK = 40_000_000  # products of two terms in one expansion
MAX_TOTAL_WORK = 100_000_000  # the same in all lines together, more for long numbers
FEW_PAIRS = 6  # products of fractions that are formed one by one
MAX_COMMON_BITS = 100_000  # common denominator of a polynomial that is multiplied


def limit(value: int, most: int, what: str) -> None:
    if value > most:
        raise ResourceLimit(f"{what}: {shorten(value)} is more than {most}")


# ----------------------------------------------------------------------------------------------------------------
# reading


def load(data: bytes) -> Any:
    """Rules F1 and F4: the JSON of a certificate, strictly."""
    limit(len(data), MAX_BYTES, "size in bytes")
    need(data.isascii(), "F1", "bytes outside ASCII", "ASCII")
    text = data.decode("latin-1")
    _bounded_outside_strings(text)
    try:
        return _DECODER.decode(text)
    except ValueError as error:
        raise Rejection("F1", shorten(f"text that is not JSON ({error})"), "one JSON object") from None


_LONG = re.compile("[-0-9][0-9]{9}", re.ASCII)
_MINUS_0 = re.compile("-0(?![0-9.eE])", re.ASCII)
_ALIKE = bytes.maketrans(b"-123456789{}", b"0000000000[]")
_NO_BRACKETS = bytes(k for k in range(256) if chr(k) not in "[]")


def _bounded_outside_strings(text: str) -> None:
    """No more brackets are open at once than allowed, and integers are short and in their one canonical form."""
    plain = "\\" not in text  # then every other piece between quotes is outside of strings
    outside = "".join(text.split('"')[::2]) if plain else re.sub(r'(?s)"(?:[^"\\]++|\\.)*+"?', "", text)
    alike = outside.encode("latin-1").translate(_ALIKE)
    number = _LONG.search(outside) if b"0000000000" in alike else None
    if number is not None:
        raise ResourceLimit(f"JSON number {number[0]}...: an integer with more than 9 characters is written as text")
    need("-0" not in outside or _MINUS_0.search(outside) is None, "F1", "-0", "0")
    left = brackets = alike.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        left = left.replace(b"[]", b"") if left else left  # the innermost pairs
    depth = 0
    for bracket in brackets if left else b"":
        depth += 1 if bracket == b"["[0] else -1
        limit(depth, MAX_DEPTH, "depth of nesting")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    need(len(result) == len(pairs), "F4", "a key that stands twice in one object", "each key once")
    return result


def _no_float(text: str) -> NoReturn:
    raise Rejection("F1", f"the number {shorten(text)}", "integers, and exact rationals as text")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_float=_no_float, parse_constant=_no_float)


def record(value: Any, required: str, optional: str = "", where: str = "object") -> dict[str, Any]:
    """Rule F2: an object with exactly these keys."""
    wanted, allowed = _keys(required, optional)
    if type(value) is dict and wanted <= value.keys() <= allowed:
        return value
    need(isinstance(value, dict), "F2", value, f"{where}: an object")
    need(wanted <= value.keys(), "F2", f"{where} without {sorted(wanted - value.keys())}", f"the keys {required}")
    need(
        value.keys() <= allowed, "F2", f"{where} with {sorted(value.keys() - allowed)}", f"no key but {sorted(allowed)}"
    )
    return value  # type: ignore[no-any-return]


@lru_cache
def _keys(required: str, optional: str) -> tuple[frozenset[str], frozenset[str]]:
    """Those that have to be there, and all that may be."""
    wanted = frozenset(required.split())
    return wanted, wanted.union(optional.split())


def sequence(value: Any, where: str, length: int | None = None, most: int = MAX_ROWS) -> list[Any]:
    """Rule F3: a list, of the stated length."""
    if type(value) is list and len(value) <= most and length in (None, len(value)):
        return value
    need(type(value) is list, "F3", value, f"{where}: a list")
    limit(len(value), most, where)
    need(length is None or len(value) == length, "F3", f"{len(value)} entries", f"{where}: {length} entries")
    return value  # type: ignore[no-any-return]


def natural(value: Any, where: str, most: int) -> int:
    """Rule F3: a JSON integer from 0; a larger one than `most` is a resource question."""
    need(type(value) is int and value >= 0, "F3", value, f"{where}: an integer from 0")
    limit(value, most, where)
    return value  # type: ignore[no-any-return]


def index(value: Any, size: int, where: str) -> int:
    """Rule F3: an index below `size`."""
    if not (type(value) is int and 0 <= value < size):
        need(False, "F3", value, f"{where}: an index from 0 to {size - 1}")
    return value  # type: ignore[no-any-return]


_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)


def integer(value: Any, where: str, digits: int = MAX_WITNESS_DIGITS) -> int:
    """Rule F3: an integer as text, in its one canonical form."""
    if type(value) is str and len(value) <= digits and value != "-0" and _INTEGER.fullmatch(value) is not None:
        return int(value)
    need(type(value) is str, "F3", value, f"{where}: an integer as text")
    limit(len(value), digits + 1, f"digits of {where}")
    need(_INTEGER.fullmatch(value) is not None and value != "-0", "F3", value, f"{where}: an integer in canonical form")
    return int(value)


_INTEGERS = re.compile(r"(?:(?:0|-?[1-9][0-9]*+),)*+", re.ASCII)
_ROW = re.compile(r"(?:0|-?[1-9][0-9]*+)(?: (?:0|-?[1-9][0-9]*+))*+", re.ASCII)


def integers(value: Any, where: str, length: int) -> list[int]:
    """Rule F3: integers as one text with a space between two, or as a list of texts; when all of these are in order,
    they are read together.
    """
    if type(value) is str:
        if len(value) <= MAX_WITNESS_DIGITS and value.count(" ") == length - 1 and _ROW.fullmatch(value) is not None:
            return list(map(int, value.split(" ")))
        limit(len(value), (MAX_WITNESS_DIGITS + 2) * length, f"characters of {where}")
        need(
            _ROW.fullmatch(value) is not None, "F3", value, f"{where}: integers in canonical form, a space between two"
        )
        texts = value.split(" ")
        need(len(texts) == length, "F3", f"{len(texts)} integers", f"{where}: {length} integers")
        limit(max(map(len, texts)), MAX_WITNESS_DIGITS + 1, f"digits of {where}")
        return list(map(int, texts))
    entries = sequence(value, where, length)
    if {*map(type, entries)} == {str} and max(map(len, entries)) <= MAX_WITNESS_DIGITS:
        joined = ",".join(entries) + ","
        if _INTEGERS.fullmatch(joined) is not None and joined.count(",") == length:
            return [int(value) for value in entries]
    return [integer(entry, where) for entry in entries]


def matrix(value: Any, where: str, length: int) -> list[list[int]]:
    """Rule F3: a square matrix of integers, its rows one after the other in one text, or each a list."""
    given = value
    if type(value) is not str:
        rows = [sequence(row, where, length) for row in sequence(value, where, length)]
        given = [entry for row in rows for entry in row]
    entries = integers(given, where, length * length)
    return [entries[i : i + length] for i in range(0, len(entries), max(1, length))]


def rational(value: Any, where: str, digits: int = MAX_WITNESS_DIGITS) -> Fraction:
    """Rule F3: "p" or "p/q" in lowest terms with q > 1."""
    if type(value) is str and "/" not in value:
        return Fraction(integer(value, where, digits))
    need(type(value) is str, "F3", value, f"{where}: a rational as text")
    limit(len(value), 2 * digits + 2, f"digits of {where}")
    top, _, bottom = value.partition("/")
    numerator, denominator = integer(top, where, digits), integer(bottom, where, digits)
    result = Fraction(numerator, denominator or 1)
    need(result.denominator == denominator > 1, "F3", value, f"{where}: lowest terms, denominator above 1")
    return result


def exponents(value: Any, variables: int) -> Exponents:
    """Rule F3: one exponent for each variable."""
    natural_numbers = type(value) is list and {*map(type, value)} == {int} and min(value) >= 0
    if natural_numbers and len(value) == variables and sum(value) <= 4 * MAX_DEGREE:
        return tuple(value)
    entries = sequence(value, "exponents", variables)
    need(all(type(e) is int and e >= 0 for e in entries), "F3", value, "exponents: integers from 0")
    limit(sum(entries), 4 * MAX_DEGREE, "degree of a monomial")
    return tuple(entries)


def signs(value: Any, variables: int) -> tuple[int, ...]:
    """Rule F3: 1 or -1 for each variable."""
    entries = sequence(value, "signs", variables)
    right = {*map(type, entries)} <= {int} and {*entries} <= {1, -1}
    need(right, "F3", entries, "a sign for each variable")
    return tuple(entries)


class TermBudget:
    """Counts the terms of all polynomials of one certificate, and the products of terms that its lines ask for."""

    def __init__(self) -> None:
        self.used = 0
        self.work = 0

    def spend(self, products: int) -> None:
        self.work += products
        limit(self.work, MAX_TOTAL_WORK, "work of all lines")

    def polynomial(
        self, value: Any, variables: int, digits: int = MAX_DIGITS, read: Callable[[Any, str, int], Any] = rational
    ) -> dict[Exponents, Any]:
        """Rule F3: terms [coefficient, exponents], no zero coefficient, no exponents twice."""
        terms = sequence(value, "polynomial", most=MAX_TERMS)
        self.used += len(terms)
        limit(self.used, MAX_TERMS, "terms of all polynomials")
        result: dict[Exponents, Any] = {}
        for term in terms:
            number, powers = sequence(term, "term", 2)
            monomial = exponents(powers, variables)
            need(monomial not in result, "F3", powers, "polynomial: each monomial once")
            result[monomial] = read(number, "coefficient", digits)
        need(all(result.values()), "F3", "a zero coefficient", "polynomial: nonzero coefficients")
        return result


# --------------------------------------------------------------------------------------------------------------
# polynomials


def add_into(target: dict[Exponents, Any], source: dict[Exponents, Any], factor: Any = 1) -> None:
    """target += factor * source, without leaving zeros behind."""
    plain = factor == 1
    for monomial, coefficient in source.items():
        added = coefficient if plain else factor * coefficient
        value = target[monomial] + added if monomial in target else added
        if value:
            target[monomial] = value
        else:
            target.pop(monomial, None)


def multiply(left: dict[Exponents, Any], right: dict[Exponents, Any]) -> dict[Exponents, Any]:
    limit(len(left) * len(right), MAX_WORK, "work of one product")
    if len(left) == 1:
        left, right = right, left
    if len(right) == 1:
        ((b, y),) = right.items()
        plain = y == 1
        return {tuple(map(add, a, b)): c for a, x in left.items() if (c := x if plain else x * y)}
    square, kinds = left is right, {*map(type, left.values()), *map(type, right.values())}
    many = len(left) * len(right) > FEW_PAIRS and Fraction in kinds <= {int, Fraction}
    scale = _shared(left) * _shared(right) if many else 0
    if scale:  # numbers with small denominators are multiplied as integers
        left, right = common_integers([left])[0][0], common_integers([right])[0][0]
    result: dict[Exponents, Any] = {}
    others = list(right.items())
    for i, (a, x) in enumerate(left.items()):
        for b, y in others[i:] if square else others:  # of two equal products one is formed
            monomial = tuple(map(add, a, b))
            result[monomial] = result.get(monomial, 0) + (2 * x * y if square and a is not b else x * y)
    return {monomial: Fraction(value, scale) if scale else value for monomial, value in result.items() if value}


def _shared(poly: dict[Exponents, Any]) -> int:
    """The common denominator, if it is small; else 0."""
    denominators = {c.denominator for c in poly.values()}
    return lcm(*denominators) if sum(map(int.bit_length, denominators)) <= MAX_BITS else 0


def products(left: dict[Exponents, Any], right: dict[Exponents, Any]) -> int:
    """The work of a product of polynomials: the pairs of terms, each charged by the length of the numbers."""
    (a, common) = (b, other) = _lengths(left)
    if right is not left:
        (b, other) = _lengths(right)
    pair = (a + b) * (a + b + common + other) >> 20 if common or other else a * b >> 22
    return len(left) * len(right) * (1 + pair)


def _lengths(poly: dict[Exponents, Any]) -> tuple[int, int]:
    """Bits of the longest coefficient and of the common denominator, which sums of products get; 0 for integers."""
    if {*map(type, poly.values())} == {int}:
        return max(map(int.bit_length, poly.values())), 0
    longest, scale = 0, 1
    for c in poly.values():
        bottom = c.denominator
        size = c.numerator.bit_length() + bottom.bit_length() - 1
        longest = max(longest, size)
        if scale % bottom:
            scale = lcm(scale, bottom)
            limit(scale.bit_length(), MAX_COMMON_BITS, "bits of a common denominator")
    return longest, scale.bit_length() - 1


def derivative(poly: dict[Exponents, Any], variable: int) -> dict[Exponents, Any]:
    return {
        (*m[:variable], m[variable] - 1, *m[variable + 1 :]): c * m[variable] for m, c in poly.items() if m[variable]
    }


def value_at(poly: dict[Exponents, Any], point: list[Fraction]) -> Fraction:
    terms = [c * prod([x**e for x, e in zip(point, m, strict=True) if e]) for m, c in poly.items()]
    return sum(terms, Fraction(0))


def common_integers(polys: list[RationalPoly]) -> tuple[list[IntPoly], int]:
    """All polynomials times one positive integer that clears every denominator, and that integer."""
    scale = 1
    for poly in polys:
        for c in poly.values():
            scale = lcm(scale, c.denominator)
    return [{m: c.numerator * (scale // c.denominator) for m, c in poly.items()} for poly in polys], scale


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """The sum of the products of two sequences of numbers of one length."""
    if len(left) != len(right):
        raise ValueError(f"{len(left)} and {len(right)} numbers")
    return sum(map(mul, left, right))


def unit(variables: int, variable: int) -> Exponents:
    return tuple([1 if i == variable else 0 for i in range(variables)])


def times_variable(monomial: Exponents, variable: int) -> Exponents:
    return (*monomial[:variable], monomial[variable] + 1, *monomial[variable + 1 :])
