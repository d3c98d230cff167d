"""Singular as an engine, run as a subprocess when it is found: a Groebner basis and the multiplication matrices.

A basis in degree order, without a conversion to another order, is what Singular does best here; eigenvectors give the
points. The same run modulo a prime takes milliseconds and tells what to expect (`guide`); it proves nothing.

Singular ends with code 0 after errors, and prints them among the results, so that the output is read line by line by
a grammar that knows which line comes next.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from exactland.engines.base import EngineAnswer, Exponents, PolynomialSystem, Status
from exactland.engines.child import Child, ChildResult
from exactland.engines.foreign import Singular
from exactland.engines.program import (
    Refused,
    degenerate,
    polynomial_texts,
    run_program,
    serve,
)

if TYPE_CHECKING:
    from exactland.engines.quotient import Quotient

NAME, ENVIRONMENT = Singular.name, Singular.environment
ARGUMENTS = ("-q", "--no-rc", "--no-tty")
MAX_BASIS = 1200
#: For runs that guide.
PRIME = 32003
MAX_PATTERN = 300

_NUMBER = r"[0-9]+(?:/[0-9]+)?"
_POWERS = r"x[0-9]+(?:\^[0-9]+)?(?:\*x[0-9]+(?:\^[0-9]+)?)*"
_TERM = re.compile(rf"([+-]?)(?:({_NUMBER})(?:\*({_POWERS}))?|({_POWERS}))")
_COUNT = re.compile(r"(-?)([0-9]{1,9})")


@dataclass(frozen=True)
class Guidance:
    """What a run modulo a prime says: a guess that saves time and proves nothing.

    `count` is with multiplicity, `distinct` without, `pattern` the degrees of the factors modulo the prime; None when
    not computed.
    """

    dimension: int
    count: int | None = None
    distinct: int | None = None
    pattern: tuple[int, ...] | None = None


def script(system: PolynomialSystem, characteristic: int, largest: int) -> str:
    """The program: dimension, number of solutions, and up to that number the matrices."""
    n = len(system.variables)
    names = ",".join(f"x{i + 1}" for i in range(n))
    return f"""ring r={characteristic},({names}),dp;
short=0;
option(redSB);
ideal i={",".join(polynomial_texts(system))};
ideal j=std(i);
int d=dim(j);
int v=vdim(j);
print("DIM "+string(d));
print("VDIM "+string(v));
if(d==0){{if(v<={largest}){{
ideal b=kbase(j);
ideal m;
int k;
int l;
for(l=1;l<=v;l++){{print("BASIS "+string(b[l]));}}
for(k=1;k<={n};k++){{
m=reduce(var(k)*b,j);
for(l=1;l<=v;l++){{print("ROW "+string(m[l]));}}
}}
}}}}
print("END");
quit;
"""


def read(text: str, n: int, largest: int) -> tuple[int, int, Quotient | None]:
    """Dimension, number of solutions, and the matrices when there are not too many; raises Refused."""
    lines = iter(text.split("\n"))

    def said(word: str) -> str:
        line = next(lines, "")
        head, found, rest = line.partition(" ")
        if head != word or bool(rest) != bool(found):
            raise Refused(f"a line that starts with {word} was expected: {line[:40]!r}")
        return rest

    dimension, count = read_count(said("DIM")), read_count(said("VDIM"))
    # There may be no solution (-1), finitely many (0), or a set of at most n dimensions.
    if not -1 <= dimension <= n or (dimension == 0) != (count > 0):
        raise Refused(f"dimension {dimension} with {count} solutions")
    matrices = _matrices(said, n, count) if dimension == 0 and count <= largest else None
    if said("END") or any(lines):
        raise Refused("something follows the answer")
    return dimension, count, matrices


def _matrices(said: Callable[[str], str], n: int, count: int) -> Quotient:
    from exactland.engines.quotient import Quotient

    basis: list[Exponents] = []
    for _ in range(count):
        terms = list(read_terms(said("BASIS"), n))
        if len(terms) != 1 or terms[0][0] != 1:
            raise Refused("a basis element is not a monomial")
        basis.append(terms[0][1])
    place = {b: i for i, b in enumerate(basis)}
    if len(place) != count or (0,) * n not in place:
        raise Refused("the monomials are not a basis")
    rows = []
    for k in range(n):
        table = []
        for b in basis:
            terms = list(read_terms(said("ROW"), n))
            if any(m not in place for _, m in terms) or len({m for _, m in terms}) != len(terms):
                raise Refused("a row is not in the span of the basis")
            product = (*b[:k], b[k] + 1, *b[k + 1 :])
            if product in place and terms != [(Fraction(1), product)]:
                raise Refused("a product of basis elements is wrong")
            table.append(tuple((place[m], c) for c, m in terms))
        rows.append(tuple(table))
    return Quotient(tuple(basis), tuple(rows))


def read_count(text: str) -> int:
    match = _COUNT.fullmatch(text)
    if match is None:
        raise Refused("not a count")
    return -int(match.group(2)) if match.group(1) else int(match.group(2))


def read_terms(text: str, n: int) -> Iterator[tuple[Fraction, Exponents]]:
    """The terms of an expanded polynomial in x1, ..., xn."""
    if text == "0":
        return
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None or (not match.group(1) and position > 0):
            raise Refused(f"not a polynomial: {text[:40]!r}")
        sign, number, powers, alone = match.groups()
        value = _fraction(number) if number else Fraction(1)
        if not value:
            raise Refused("a coefficient is zero")
        yield (-value if sign == "-" else value), _monomial(powers or alone or "", n)
        position = match.end()
    if not text:
        raise Refused("not a polynomial: ''")


def _monomial(text: str, n: int) -> Exponents:
    exponents = [0] * n
    for factor in text.split("*") if text else ():
        name, _, power = factor.partition("^")
        if len(name) > 6 or len(power) > 6 or not 1 <= int(name[1:]) <= n or exponents[int(name[1:]) - 1]:
            raise Refused(f"not a monomial: {text[:40]!r}")
        exponents[int(name[1:]) - 1] = int(power) if power else 1
    return tuple(exponents)


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    below = _integer(bottom) if bottom else 1
    if below == 0:
        raise Refused("a denominator is zero")
    return Fraction(_integer(top), below)


def _integer(text: str) -> int:
    from flint import fmpz

    return int(text) if len(text) < 4000 else int(fmpz(text))


def interpret(system: PolynomialSystem, text: str, version: str, deadline: float) -> EngineAnswer:
    """The answer in Singular's output; raises Refused."""
    from exactland.engines.quotient import points

    dimension, count, quotient = read(text, len(system.variables), MAX_BASIS)
    if dimension == -1:
        return EngineAnswer(NAME, version, Status.NO_SOLUTIONS, message="Singular says that there are no solutions")
    if dimension > 0:
        message = f"Singular says that the solutions have dimension {dimension}"
        return EngineAnswer(NAME, version, Status.POSITIVE_DIMENSIONAL, dimension=dimension, message=message)
    if quotient is None:
        message = f"{count} solutions, more than {MAX_BASIS}"
        return EngineAnswer(NAME, version, Status.FAILED, dimension=0, message=message)
    found, refined = points(system, quotient, deadline)
    if not len(found):
        raise Refused("no point of the answer solves the system")
    message = f"{refined} distinct points, {count} with multiplicity"
    listed = sorted((tuple(complex(z) for z in p) for p in found), key=lambda p: [(z.real, z.imag) for z in p])
    return EngineAnswer(NAME, version, Status.SOLVED, tuple(listed), None, 0, message)


def run(system: PolynomialSystem, program: str, version: str, seconds: float) -> EngineAnswer:
    """Run Singular in the process group of this process and read its answer."""
    deadline = time.monotonic() + seconds
    text = run_program([program, *ARGUMENTS], {}, script(system, 0, MAX_BASIS), seconds)
    return interpret(system, text, version, deadline)


def guide(system: PolynomialSystem, seconds: float, largest: int = MAX_PATTERN) -> Guidance | None:
    """Dimension, numbers of solutions and factor pattern modulo a prime; None when Singular is not here or slow.

    Up to `largest` solutions the pattern is computed as well.
    """
    child = begin_guide(system, seconds, largest)
    if child is None:
        return None
    with child:
        return guidance(child.result(), len(system.variables), largest)


def begin_guide(system: PolynomialSystem, seconds: float, largest: int = 0) -> Child | None:
    """Start the run that `guidance` reads; None when Singular is not here or not suited."""
    engine = Singular()
    program = engine.find()
    if program is None or not engine.version() or degenerate(system) is not None:
        return None
    if any(all(c % PRIME == 0 for c, _ in equation) for equation in system.equations if equation):
        return None
    return Child.program([program, *ARGUMENTS], script(system, PRIME, largest).encode(), seconds)


def guidance(result: ChildResult, n: int, largest: int = 0) -> Guidance | None:
    """What the run has said; None when it has said nothing, or something else."""
    if result.returncode != 0:
        return None
    try:
        dimension, count, quotient = read(result.stdout.decode("ascii"), n, largest)
        return Guidance(dimension, count if dimension == 0 else None, *_pattern(quotient))
    except (Refused, UnicodeDecodeError):
        return None


def _pattern(quotient: Quotient | None) -> tuple[int | None, tuple[int, ...] | None]:
    """Number of distinct values of a linear form and the degrees of the factors of its polynomial."""
    from flint import nmod_mat

    if quotient is None:
        return None, None
    size = len(quotient.basis)
    matrix = nmod_mat(size, size, PRIME)
    weight = 1
    for rows in quotient.rows:
        weight = weight * 1103515245 % PRIME
        for i, row in enumerate(rows):
            for j, value in row:
                residue = value.numerator * pow(value.denominator, -1, PRIME)
                matrix[i, j] = int(matrix[i, j]) + weight * residue % PRIME
    _, factors = matrix.charpoly().factor()
    degrees = sorted(factor.degree() for factor, _ in factors)
    return sum(degrees), tuple(degrees)


def main() -> int:
    """Read a request, print an answer."""
    return serve(NAME, run)


if __name__ == "__main__":
    sys.exit(main())
