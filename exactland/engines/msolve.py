"""msolve as an engine, run as a subprocess when it is found. Its language is spoken narrowly.

msolve reads parentheses, `x/2`, `**` and unknown names wrongly and without an error, so only expanded monomials
with integer coefficients and names of our own are written. Its output is read by a grammar of nested lists; any
surprise is a failure. Run as a program this module runs msolve in its own process group, so that one kill ends
both.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from exactland.engines.base import EngineAnswer, PolynomialSystem, Status
from exactland.engines.foreign import Msolve
from exactland.engines.program import Refused, polynomial_texts, run_program, serve

__all__ = ["ENVIRONMENT", "Refused", "emit", "find_msolve", "interpret", "parametrisation", "parse_lists"]

FIRST_BITS, SHARE, MORE_BITS = 128, 8, 512
NAME, ENVIRONMENT = Msolve.name, Msolve.environment
_TOKEN = re.compile(r"\s*(?:([\[\],])|(-?[0-9]+)|'([A-Za-z][A-Za-z0-9]*)')")

Nested = Any  # list of Nested, int or str


def find_msolve() -> str | None:
    """The program, when it is found."""
    return Msolve().find()


def emit(system: PolynomialSystem) -> str:
    """The input file: expanded integer monomials, each once, and the names x1, x2, ..."""
    names = ",".join(f"x{i + 1}" for i in range(len(system.variables)))
    return names + "\n0\n" + ",\n".join(polynomial_texts(system)) + "\n"


def parse_lists(text: str) -> Nested:
    """One bracketed list followed by a colon and nothing else."""
    stack: list[list[Nested]] = [[]]
    position, after_item = 0, False
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            break
        position = match.end()
        bracket, number, name = match.groups()
        if bracket == "[":
            if after_item or len(stack) > 12:
                raise Refused("misplaced bracket")
            stack.append([])
        elif bracket == "]":
            if len(stack) < 2 or (not after_item and stack[-1]):
                raise Refused("misplaced bracket")
            closed = stack.pop()
            stack[-1].append(closed)
            after_item = True
        elif bracket == ",":
            if not after_item or len(stack) < 2:
                raise Refused("misplaced comma")
            after_item = False
        else:
            if after_item or len(stack) < 2:
                raise Refused("misplaced item")
            stack[-1].append(name if name is not None else _integer(number))
            after_item = True
        if len(stack) == 1:
            break
    if len(stack) != 1 or len(stack[0]) != 1 or not re.fullmatch(r"\s*:\s*", text[position:]):
        raise Refused("truncated, or something follows the answer")
    return stack[0][0]


def _integer(text: str) -> int:
    from flint import fmpz

    return int(text) if len(text) < 4000 else int(fmpz(text))


def _polynomial(data: Nested, degree_at_most: int | None = None) -> list[int]:
    if not (isinstance(data, list) and len(data) == 2 and type(data[0]) is int and isinstance(data[1], list)):
        raise Refused("not a polynomial")
    degree, coefficients = data
    if len(coefficients) != degree + 1 or any(type(c) is not int for c in coefficients):
        raise Refused("a polynomial has the wrong length")
    if degree_at_most is not None and degree > degree_at_most:
        raise Refused("a polynomial has too high a degree")
    return list(coefficients)


def parametrisation(data: Nested, n: int) -> tuple[int, list[int], dict[int, tuple[list[int], int]], int | None]:
    """Number with multiplicity, eliminating polynomial, numerators and factors by variable, the variable that is t."""
    try:
        zero, (characteristic, count, total, names, form, (one, (w, derivative, numerators))) = data
    except (TypeError, ValueError) as trouble:
        raise Refused("not a parametrisation") from trouble
    if zero != 0 or characteristic != 0 or one != 1 or type(total) is not int:
        raise Refused("not a parametrisation over the rationals")
    if not (isinstance(names, list) and isinstance(form, list) and isinstance(numerators, list)):
        raise Refused("not a parametrisation")
    expected = [f"x{i + 1}" for i in range(n)]
    extra = len(names) == n + 1 and names[-1] == "A"
    if sorted(map(str, names[:n])) != sorted(expected) or not (extra or len(names) == n) or count != len(names):
        raise Refused("unexpected variables")
    polynomial = _polynomial(w)
    if len(polynomial) < 2 or polynomial[-1] == 0 or total < len(polynomial) - 1:
        raise Refused("the eliminating polynomial is degenerate")
    if _polynomial(derivative) != [k * c for k, c in enumerate(polynomial)][1:]:
        raise Refused("the denominator is not the derivative")
    if len(numerators) != len(names) - 1:
        raise Refused("the number of coordinates is wrong")
    coordinates: dict[int, tuple[list[int], int]] = {}
    for name, entry in zip(names, numerators, strict=False):
        if not (isinstance(entry, list) and len(entry) == 2 and type(entry[1]) is int and entry[1] != 0):
            raise Refused("not a coordinate")
        coordinates[expected.index(name)] = (_polynomial(entry[0], len(polynomial) - 2), entry[1])
    return total, polynomial, coordinates, None if extra else expected.index(names[-1])


def first_precision(longest: int) -> int:
    """The bits for roots of a polynomial with coefficients of so many bits. As a rule little more than the digits of
    the answer are enough; with long coefficients some more, as to isolate the roots again takes as long again.
    """
    return FIRST_BITS + min(longest // SHARE, MORE_BITS)


def evaluate(
    n: int, polynomial: list[int], coordinates: dict[int, tuple[list[int], int]], last: int | None
) -> list[tuple[complex, ...]]:
    """All complex points of a parametrisation."""
    from flint import acb_poly, ctx, fmpz_poly

    longest = max(abs(c).bit_length() for c in polynomial)
    precision, most = first_precision(longest), 64 * (FIRST_BITS + longest)
    old = ctx.prec
    try:
        while precision <= most:
            ctx.prec = precision
            w = fmpz_poly(polynomial)
            roots: list[tuple[Any, int]] = list(w.complex_roots())  # type: ignore[arg-type]
            if any(multiplicity != 1 for _, multiplicity in roots) or len(roots) != len(polynomial) - 1:
                raise Refused("the eliminating polynomial is not squarefree")
            slope: Any = acb_poly(w.derivative())
            numerators: dict[int, tuple[Any, int]] = {
                i: (acb_poly(fmpz_poly(v)), c) for i, (v, c) in coordinates.items()
            }
            points, sharp = [], True
            for t, _ in roots:
                divisor = slope(t)
                point = []
                for i in range(n):
                    value: Any = t if i == last else -numerators[i][0](t) / (divisor * numerators[i][1])
                    sharp = sharp and float(value.rad()) < 1e-14 * (1 + float(abs(value.mid()).mid()))
                    point.append(complex(float(value.real.mid()), float(value.imag.mid())))
                points.append(tuple(point))
            if sharp:
                return points
            precision *= 4
        raise Refused("the points cannot be evaluated")
    finally:
        ctx.prec = old


def run(system: PolynomialSystem, program: str, version: str, seconds: float) -> EngineAnswer:
    """Run msolve in the process group of this process and read its answer."""
    command = [program, "-P", "2", "-t", "1", "-f", "in.ms", "-o", "out.ms"]
    return interpret(system, run_program(command, {"in.ms": emit(system)}, "", seconds, "out.ms"), version)


def interpret(system: PolynomialSystem, text: str, version: str) -> EngineAnswer:
    """The answer in msolve's output; raises Refused."""
    import numpy as np

    from exactland.engines.evaluation import Evaluator
    from exactland.engines.numeric import newton, residuals

    n = len(system.variables)
    data = parse_lists(text)
    if data == [-1]:
        return EngineAnswer(NAME, version, Status.NO_SOLUTIONS, message="msolve says that there are no solutions")
    if isinstance(data, list) and len(data) == 4 and data[0] == 1 and data[2:] == [-1, []]:
        message = "msolve says that there are infinitely many solutions"
        return EngineAnswer(NAME, version, Status.POSITIVE_DIMENSIONAL, message=message)
    total, polynomial, coordinates, last = parametrisation(data, n)
    points = np.array(evaluate(n, polynomial, coordinates, last), dtype=np.complex128)
    values = Evaluator(system)
    refined, step, _ = newton(values, points)
    simple = (step < 1e-11) & (np.abs(refined - points).max(axis=1) < 1e-6 * (1 + np.abs(points).max(axis=1)))
    if not np.isfinite(points).all() or (residuals(values, points) > 1e-9).any():
        raise Refused("the points do not solve the system")
    chosen = np.where(simple[:, None], refined, points)
    listed = tuple(tuple(complex(z) for z in p) for p in chosen)
    message = f"{len(listed)} distinct points, {total} with multiplicity"
    return EngineAnswer(NAME, version, Status.SOLVED, listed, None, 0, message)


def main() -> int:
    """Read a request, print an answer."""
    return serve(NAME, run, anonymous=True)


if __name__ == "__main__":
    sys.exit(main())
