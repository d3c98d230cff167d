"""Multiple critical points: exact coordinates, and the local dual space that proves the multiplicity (rules A and M).

A multiple point shows up as a cluster of approximate points on which Newton's iteration does not settle. The mean of a
cluster is far more accurate than its members; rational points are guessed from it and verified exactly. What is left
comes from the rational univariate representation of the quotient algebra.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import acb, acb_poly, ctx, fmpz_poly

from exactland.certify import algebraic
from exactland.checker.kernel import value_at
from exactland.classify.multiplicity import DualBasis, dual_basis
from exactland.engines.base import LevelEvidence, RankEvidence
from exactland.polynomial import gradient
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint, Functional, Pool, add_points

if TYPE_CHECKING:
    from exactland.engines.rur import AlgebraicOrbit

CLUSTER_RADII = (1e-4, 1e-3, 1e-2, 5e-2)
DENOMINATORS = (1, 2, 6, 12, 60, 1000)
MAX_EXACT_BASIS = 150
EXACT_SECONDS = 60.0
MAX_MULTIPLICITY = 60


def find_multiple_points(
    gs: GradientSystem, pool: Pool, evidence: RankEvidence, seconds: float = EXACT_SECONDS
) -> None:
    """Add exact multiple points to the pool, and simple ones that the candidates missed."""
    bound = len(evidence.basis)
    slopes = gradient(gs.polynomial)
    _add_rational(gs, pool, lambda: bound - pool.count(), lambda: bound - pool.count() >= 2)
    if pool.count() == bound:
        return
    known = {point.rational for point in pool.multiple}
    for orbit in univariate_orbits(gs, evidence, seconds=seconds):
        point = ExactPoint(orbit.modulus, orbit.coordinates)
        if orbit.multiplicity == 1:
            add_points(gs, _approximations(orbit), pool)
        elif point.rational is None or point.rational not in known:
            coordinates = algebraic.coordinates_of(point)
            basis = dual_basis(slopes, coordinates, algebraic.modulus_of(point), bound=MAX_MULTIPLICITY)
            if basis is not None:
                pool.multiple.append(ExactPoint(point.modulus, point.coordinates, functionals(basis)))


def add_multiple_points(gs: GradientSystem, pool: Pool, evidence: LevelEvidence) -> None:
    """Add rational multiple points to the pool; with sign changes the bound says little about one multiplicity."""

    def missing() -> Fraction:
        return evidence.bound - pool.orbits(evidence.signs)

    if evidence.signs:
        _add_rational(gs, pool, lambda: MAX_MULTIPLICITY, lambda: missing() > 0)
    else:
        _add_rational(gs, pool, lambda: int(missing()), lambda: missing() >= 2)


def _add_rational(gs: GradientSystem, pool: Pool, most: Callable[[], int], wanted: Callable[[], bool]) -> None:
    """Rational multiple points near what did not converge, while more are wanted."""
    slopes = gradient(gs.polynomial)
    for guess in _rational_guesses(gs, pool.unresolved):
        if not wanted():
            break
        if any(point.rational == guess for point in pool.multiple):
            continue
        basis = dual_basis(slopes, guess, bound=min(most(), MAX_MULTIPLICITY))
        if basis is not None and basis.multiplicity > 1:
            pool.multiple.append(ExactPoint((0, 1), tuple((x,) for x in guess), functionals(basis)))


def univariate_orbits(
    gs: GradientSystem, evidence: RankEvidence, largest: int | None = None, seconds: float = EXACT_SECONDS
) -> tuple[AlgebraicOrbit, ...]:
    """The rational univariate representation by orbits, those of a degree above `largest` left out; empty when out of
    reach.
    """
    if not 0 < len(evidence.basis) <= MAX_EXACT_BASIS:
        return ()
    from exactland.engines.rur import rational_univariate

    try:
        return rational_univariate(gs.system, evidence, min(seconds, EXACT_SECONDS), largest)
    except ArithmeticError:
        return ()


def _approximations(orbit: AlgebraicOrbit) -> list[list[complex]]:
    with ctx.workprec(53 + 4 * max(abs(c) for c in orbit.modulus).bit_length()):
        found: list[tuple[acb, int]] = fmpz_poly(list(orbit.modulus)).complex_roots()  # type: ignore[assignment]
        roots = [root for root, _ in found]
        polys = [acb_poly(algebraic.rational_poly(c)) for c in orbit.coordinates]
        return [[complex(p(root)) for p in polys] for root in roots]


def functionals(basis: DualBasis) -> tuple[Functional, ...]:
    """A dual space as the pool keeps it."""
    return tuple((f.pivot, dict(f.coefficients)) for f in basis.functionals)


def _rational_guesses(gs: GradientSystem, points: Sequence[Sequence[complex]]) -> Iterator[tuple[Fraction, ...]]:
    """Rational critical points near clusters, each once: the origin first, as nets often degenerate there."""
    seen: set[tuple[Fraction, ...]] = set()
    for guess in _guesses(len(gs.variables), points):
        if guess not in seen:
            seen.add(guess)
            if all(value_at({m: Fraction(c) for m, c in g.items()}, list(guess)) == 0 for g in gs.elements.gradient):
                yield guess


def _guesses(n: int, points: Sequence[Sequence[complex]]) -> Iterator[tuple[Fraction, ...]]:
    yield (Fraction(0),) * n
    for radius in CLUSTER_RADII:
        for mean in _cluster_means(points, radius):
            if all(abs(x.imag) <= 0.05 * (1 + abs(x)) for x in mean):
                for most in DENOMINATORS:
                    yield tuple(Fraction(x.real).limit_denominator(most) for x in mean)


def _cluster_means(points: Sequence[Sequence[complex]], radius: float) -> list[list[complex]]:
    clusters: list[list[Sequence[complex]]] = []
    for point in points:
        for cluster in clusters:
            scale = radius * (1 + max(abs(x) for x in point))
            if max(abs(x - y) for x, y in zip(point, cluster[0], strict=True)) <= scale:
                cluster.append(point)
                break
        else:
            clusters.append([point])
    return [[sum(column) / len(cluster) for column in zip(*cluster, strict=True)] for cluster in clusters]
