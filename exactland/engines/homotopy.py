"""Our own path tracker (see `tracking`) for systems that attain their Bezout number, for one or several groups of
variables, or miss it by zeros at infinity that can be seen at once.

Run as a program it reads a system as JSON on standard input and prints one answer.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from exactland.engines.base import Exponents, PolynomialSystem, Zero
from exactland.engines.groups import Groups, best_groups
from exactland.engines.infinity import MAX_CORANK, Boundary, total_degrees
from exactland.engines.process import ChildEngine

NAME = "homotopy"
VERSION = "3"
MAX_PATHS = 20_000
#: Largest number of monomials for which solutions at infinity are looked for by a rank modulo a prime.
MAX_COLUMNS = 400
PRIME = 2**31 - 1
#: With solutions at infinity linear algebra is as fast up to this Bezout number, and gives exact numbers too.
SMALL = 64


class Homotopy(ChildEngine):
    """The built-in path tracker; needs nothing but numpy."""

    name = NAME
    purpose = "path tracking, for systems that attain their Bezout number or nearly so"
    module = "exactland.engines.homotopy"

    def is_available(self) -> bool:
        """Always: it is part of the package."""
        return True

    def version(self) -> str:
        """Version of the engine."""
        return VERSION

    def unsuited(self, system: PolynomialSystem) -> str | None:
        """Why the Bezout number is visibly not attained or too large, or None."""
        return unsuited(system)

    def request(self, system: PolynomialSystem, seconds: float) -> dict[str, Any]:
        """What the child reads on its standard input."""
        return super().request(system, seconds) | {"groups": list(chosen_groups(system)[0])}


def unsuited(system: PolynomialSystem) -> str | None:
    """Why the Bezout number is too large, or visibly missed by more than isolated solutions at infinity, or None."""
    return _choice(system).reason


def chosen_groups(system: PolynomialSystem) -> tuple[Groups, int]:
    """The groups of variables with which the paths are tracked, and the Bezout number."""
    return _choice(system).groups, _choice(system).number


def seen_at_infinity(system: PolynomialSystem) -> bool:
    """Whether paths are tracked although some of them end at zeros at infinity that can be seen."""
    return _choice(system).reason is None and bool(_choice(system).zeros)


class Choice(NamedTuple):
    """Groups of variables, the Bezout number, the zeros at infinity that can be seen, and what speaks against it."""

    groups: Groups
    number: int
    zeros: tuple[Zero, ...]
    reason: str | None


@lru_cache(maxsize=16)
def _choice(system: PolynomialSystem) -> Choice:
    """One group where its number seems to be attained, else where the number is least and the zeros may be isolated."""
    one, number = (0,) * len(system.variables), math.prod(total_degrees(system))
    if len(system.equations) != len(one):
        return Choice(one, number, (), "not as many equations as variables")
    if not number or not one:
        return Choice(one, number, (), "an equation without variables")
    boundary = Boundary(system, one)
    if number <= MAX_PATHS and not boundary.coordinate_zeros():
        reason = "solutions at infinity modulo a prime" if meets_infinity(system) else None
        return Choice(one, number, (), reason)
    groups, least = best_groups(system)
    best = _examined(Boundary(system, groups), least)
    if best.reason is None or max(groups) == 0:
        return best
    other = _examined(boundary, number)
    return best if other.reason else other


def _examined(boundary: Boundary, number: int) -> Choice:
    """The choice of these groups."""
    if number > MAX_PATHS:
        return Choice(boundary.groups, number, (), f"Bezout number {number} is out of range")
    zeros = boundary.coordinate_zeros()
    reason = None
    if boundary.coordinate_line(zeros) is not None:
        reason = "a line of solutions at infinity"
    for zero in () if reason else zeros:
        if number <= SMALL or boundary.corank(zero) > MAX_CORANK:
            names = [boundary.system.variables[k] for k in zero.chart if k is not None]
            reason = f"a solution at infinity along {' and '.join(names)}"
    if reason is None and len(boundary.members) > 1 and boundary.common_factors():
        reason = "leading forms with common factors"
    return Choice(boundary.groups, number, tuple(zeros), reason)


def meets_infinity(system: PolynomialSystem) -> bool | None:
    """Whether the leading forms have a common zero modulo a prime, None when that takes too long to find out.

    They have none exactly when their multiples are all forms of degree sum (d_i - 1) + 1 (Macaulay).
    """
    from flint import nmod_mat

    n = len(system.variables)
    degrees = [max(sum(m) for _, m in equation) for equation in system.equations]
    degree = sum(degrees) - n + 1
    if math.comb(degree + n - 1, n - 1) > MAX_COLUMNS:
        return None
    place = {m: j for j, m in enumerate(monomials(n, degree))}
    rows: list[list[tuple[int, int]]] = []
    for equation, d in zip(system.equations, degrees, strict=True):
        leading = [(c % PRIME, m) for c, m in equation if sum(m) == d]
        rows.extend(
            [(place[tuple(a + b for a, b in zip(m, shift, strict=True))], c) for c, m in leading]
            for shift in monomials(n, degree - d)
        )
    matrix = nmod_mat(len(rows), len(place), PRIME)
    for i, row in enumerate(rows):
        for j, c in row:
            matrix[i, j] = c
    return int(matrix.rank()) < len(place)


def expected_seconds(system: PolynomialSystem) -> float:
    """About how long all paths take, with room to spare, from measurements with 80 to 6500 paths; for the choice of
    engines only.
    """
    n = len(system.variables)
    _, paths = chosen_groups(system)
    size = len({m for equation in system.equations for _, m in equation}) * n * n
    return 0.1 + paths * (2e-4 + 3e-5 * n + 6e-8 * size)


def monomials(n: int, degree: int) -> Iterator[Exponents]:
    """All exponents of n variables of this degree."""
    if n == 1:
        yield (degree,)
        return
    for first in range(degree + 1):
        for rest in monomials(n - 1, degree - first):
            yield (first, *rest)


def main() -> int:
    """Read a request, print an answer."""
    import json

    import numpy as np

    from exactland.engines.child import clean_output
    from exactland.engines.tracking import search
    from exactland.engines.wire import answer_to_text, system_from_json

    with clean_output() as output, np.errstate(all="ignore"):
        request = json.loads(sys.stdin.buffer.read())
        system, seconds = system_from_json(request["system"]), float(request["seconds"])
        answer = search(system, seconds, tuple(map(int, request["groups"])))
        output.write(answer_to_text(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
