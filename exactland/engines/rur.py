"""Exact points: a rational univariate representation out of the rows of the rank evidence.

A linear form T separates the points; the polynomial of its values and the coordinates are found modulo many primes
(`residues`), and over the rationals every equation is verified modulo every irreducible factor. The list is as complete
as the evidence is right.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from flint import fmpq, fmpq_poly, fmpz, fmpz_poly

from exactland.engines.base import PolynomialSystem, RankEvidence
from exactland.engines.rank import check_rank
from exactland.engines.residues import (
    NoRepresentation,
    Quotient,
    Remainders,
    combination,
    primes,
    representation,
    traces,
)
from exactland.engines.wire import (
    Malformed,
    fraction_from_text,
    rank_from_json,
    rank_to_json,
    system_from_json,
    system_to_json,
)

MAX_HERE = 20  # the largest basis that is not worth a process of its own


@dataclass(frozen=True)
class AlgebraicOrbit:
    """A set of conjugate points: one for each root t of an irreducible polynomial.

    `modulus` is primitive with a positive leading coefficient, ascending; t = sum of form[i] * x_i; coordinate i is the
    polynomial coordinates[i] in t, ascending, of degree below that of the modulus.
    """

    modulus: tuple[int, ...]
    form: tuple[int, ...]
    coordinates: tuple[tuple[Fraction, ...], ...]
    multiplicity: int

    @property
    def degree(self) -> int:
        """Number of points."""
        return len(self.modulus) - 1


def rational_univariate(
    system: PolynomialSystem, evidence: RankEvidence, seconds: float = 120.0, largest: int | None = None
) -> tuple[AlgebraicOrbit, ...]:
    """All points of the quotient, exactly, by orbits of conjugate points; raises NoRepresentation.

    Orbits of a degree above `largest` are left out: their coordinates are costly and long. All but the smallest cases
    run in a child process that is killed at the time limit.
    """
    problem = check_rank(system, evidence)
    if problem is not None:
        raise NoRepresentation(problem)
    if len(evidence.basis) <= MAX_HERE:
        return represent(system, evidence, seconds, largest)
    request = {
        "system": system_to_json(system),
        "rank": rank_to_json(evidence),
        "seconds": seconds,
        "largest": largest,
    }
    from exactland.engines.child import run_module

    result = run_module("exactland.engines.rur", json.dumps(request).encode(), seconds)
    if result.returncode is None:
        raise NoRepresentation("time limit")
    if result.returncode != 0:
        raise NoRepresentation(
            f"the child ended with code {result.returncode}: {(result.error or result.stderr)[-300:]}"
        )
    try:
        answer = json.loads(result.stdout.decode("ascii"))
        if "trouble" in answer:
            raise NoRepresentation(str(answer["trouble"]))
        return tuple(_orbit_from_json(orbit, len(system.variables)) for orbit in answer["orbits"])
    except (Malformed, ValueError, TypeError, KeyError, RecursionError) as trouble:
        raise NoRepresentation(f"the child answered nonsense: {trouble}"[:300]) from trouble


def _orbit_to_json(orbit: AlgebraicOrbit) -> list[object]:
    coordinates = [[f"{c.numerator:x}/{c.denominator:x}" for c in x] for x in orbit.coordinates]
    return [[f"{c:x}" for c in orbit.modulus], list(orbit.form), coordinates, orbit.multiplicity]


def _orbit_from_json(data: Any, n: int) -> AlgebraicOrbit:
    modulus, form, coordinates, multiplicity = data
    found = AlgebraicOrbit(
        tuple(int(c, 16) for c in modulus),
        tuple(int(c) for c in form),
        tuple(tuple(fraction_from_text(c) for c in x) for x in coordinates),
        int(multiplicity),
    )
    if len(found.form) != n or len(found.coordinates) != n or any(len(x) != found.degree for x in found.coordinates):
        raise Malformed("an orbit of another shape")
    return found


def represent(
    system: PolynomialSystem, evidence: RankEvidence, seconds: float, largest: int | None = None
) -> tuple[AlgebraicOrbit, ...]:
    """The same in this process, for evidence that satisfies the rank rule; the time is looked at between primes."""
    if not evidence.basis:
        return ()
    n = len(system.variables)
    if n == 0:
        return (AlgebraicOrbit((0, 1), (), (), 1),)
    deadline = time.monotonic() + seconds
    quotient = Quotient(system, evidence)
    rng = random.Random(5)
    candidates = primes()
    avoided: set[tuple[int, ...]] = set()
    for attempt in range(6):
        form = _separating_form(quotient, next(candidates), rng, 1 + 2 * attempt, avoided)
        avoided.add(form)
        orbits = _attempt(system, quotient, form, deadline, largest)
        if orbits is not None:
            return orbits
    raise NoRepresentation("no linear form gave points that satisfy the equations")


def _separating_form(
    quotient: Quotient, q: int, rng: random.Random, reach: int, avoided: set[tuple[int, ...]]
) -> tuple[int, ...]:
    """The form with the most distinct values modulo q among a few small ones."""
    n = quotient.n
    matrices = quotient.matrices(q)
    if matrices is None:
        raise NoRepresentation("the rows of the evidence are singular")
    best: tuple[int, tuple[int, ...]] | None = None
    for trial in range(4):
        size = reach + trial + n // 2
        form = tuple(rng.choice([c for c in range(-size, size + 1) if c]) for _ in range(n))
        if form in avoided:
            continue
        characteristic = combination(matrices, form, q).charpoly()
        distinct = characteristic.degree() - characteristic.gcd(characteristic.derivative()).degree()
        if best is None or distinct > best[0]:
            best = (distinct, form)
        if distinct == len(quotient.basis):
            break
    if best is None:
        return tuple(rng.randint(-1000, 1000) for _ in range(n))
    return best[1]


def _attempt(
    system: PolynomialSystem, quotient: Quotient, form: tuple[int, ...], deadline: float, largest: int | None
) -> tuple[AlgebraicOrbit, ...] | None:
    degree, count = -1, 0
    remainders = Remainders()
    for q in primes():
        if time.monotonic() > deadline:
            raise NoRepresentation(f"time limit after {count} primes")
        matrices = quotient.matrices(q)
        if matrices is None:
            continue
        one = quotient.index[(0,) * quotient.n]
        d, values = representation(matrices, one, form, q, partial(traces, quotient, matrices, q))
        if d < degree:
            continue
        if d > degree:
            degree, remainders, count = d, Remainders(), 0
        count += 1
        numbers = remainders.add(values, q)
        if numbers is not None:
            return _orbits(system, len(quotient.basis), form, degree, numbers, largest)
    return None


def _poly(values: list[Fraction]) -> fmpq_poly:
    return fmpq_poly([fmpq(v.numerator, v.denominator) for v in values])


def _orbits(
    system: PolynomialSystem, total: int, form: tuple[int, ...], d: int, numbers: list[Fraction], largest: int | None
) -> tuple[AlgebraicOrbit, ...] | None:
    """Split into irreducible factors, divide, and verify; None when the points do not satisfy the equations."""
    n = len(form)
    m = _poly([*numbers[:d], Fraction(1)])
    first = _poly(numbers[d : 2 * d])
    numerators = [_poly(numbers[(2 + i) * d : (3 + i) * d]) for i in range(n)]
    integer = fmpz_poly((m * m.denom()).numer().coeffs())
    orbits, counted = [], 0
    for factor, exponent in integer.factor()[1]:
        if exponent != 1:
            return None
        if factor[factor.degree()] < 0:
            factor = -factor
        modulus = fmpq_poly(factor)
        denominator = first % modulus
        slope = m.derivative() % modulus
        if not denominator or not slope:
            return None
        ratio = denominator[denominator.degree()] / slope[slope.degree()]
        if ratio.q != 1 or ratio <= 0 or denominator != slope * ratio:
            return None
        counted += factor.degree() * int(ratio.p)
        if largest is not None and factor.degree() > largest:
            continue
        parts = [h % modulus for h in numerators]
        if not _verified(system, parts, denominator, factor) or not _matches(form, parts, denominator, modulus):
            return None
        inverse = _inverse(denominator, modulus)
        coordinates = [h * inverse % modulus for h in parts]
        size = factor.degree()
        orbits.append(
            AlgebraicOrbit(
                tuple(int(c) for c in factor.coeffs()),
                form,
                tuple(tuple(Fraction(int(x[k].p), int(x[k].q)) for k in range(size)) for x in coordinates),
                int(ratio.p),
            )
        )
    if counted != total:
        return None
    return tuple(sorted(orbits, key=lambda o: (o.degree, o.modulus)))


def _inverse(value: fmpq_poly, modulus: fmpq_poly) -> fmpq_poly:
    common, inverse, _ = value.xgcd(modulus)
    return inverse / common[0]


def _matches(form: tuple[int, ...], parts: list[fmpq_poly], denominator: fmpq_poly, modulus: fmpq_poly) -> bool:
    total = fmpq_poly([0])
    for c, h in zip(form, parts, strict=True):
        total += h * c
    return not (total - fmpq_poly([0, 1]) * denominator) % modulus


def _verified(system: PolynomialSystem, parts: list[fmpq_poly], denominator: fmpq_poly, factor: fmpz_poly) -> bool:
    """Whether the modulus divides every equation at the quotients parts[i] / denominator, denominators cleared."""
    common = fmpz(1)
    for poly in (*parts, denominator):
        common = common.lcm(poly.denom())
    bases = [(poly * fmpq(common)).numer() for poly in (*parts, denominator)]
    powers: list[list[fmpz_poly]] = [[fmpz_poly([1])] for _ in bases]

    def power(i: int, e: int) -> fmpz_poly:
        while len(powers[i]) <= e:
            powers[i].append(powers[i][-1] * bases[i])
        return powers[i][e]

    for equation in system.equations:
        degree = max((sum(m) for _, m in equation), default=0)
        total = fmpz_poly([0])
        for c, monomial in equation:
            product = power(len(parts), degree - sum(monomial)) * c
            for i, e in enumerate(monomial):
                if e:
                    product = product * power(i, e)
            total += product
        # The modulus is primitive, so an exact quotient has integer coefficients and the division stays small.
        if fmpq_poly(total) % fmpq_poly(factor):
            return False
    return True


def main() -> int:
    """Read a request, print the orbits or what went wrong."""
    request = json.loads(sys.stdin.buffer.read())
    system = system_from_json(request["system"])
    evidence = rank_from_json(request["rank"], len(system.variables), len(system.equations))
    answer: dict[str, object]
    try:
        orbits = represent(system, evidence, float(request["seconds"]), request["largest"])
        answer = {"orbits": [_orbit_to_json(orbit) for orbit in orbits]}
    except ArithmeticError as trouble:
        answer = {"trouble": str(trouble)}
    sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
