"""Candidates for all critical points of a polynomial objective, gathered from engines one after the other.

A pool only ever grows by points whose existence was certified, or estimated when they are off the real ones, whatever
an engine says; an engine that lies can make the search slower or leave it open, and nothing else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from exactland.checker.kernel import value_at
from exactland.engines.base import Engine, EngineAnswer, Status
from exactland.solving.pool import ExactPoint, Functional, Part, Pool
from exactland.solving.refine import Certified, Refiner, distinct
from exactland.solving.system import GradientSystem

__all__ = [
    "ExactPoint",
    "Functional",
    "Part",
    "Pool",
    "absorb",
    "add_points",
    "add_symmetric_images",
    "rational_point",
    "settle_boxes",
    "sign_images",
]

PAIRED = 1e-11
SMALL_COORDINATE = 1e-9


def absorb(engine: Engine, answer: EngineAnswer, seconds: float, gs: GradientSystem, pool: Pool) -> None:
    """Add what can be certified of the answer of an engine that took so many seconds."""
    if answer.status is Status.UNAVAILABLE:
        return
    pool.engines[engine.name] = answer.version
    if answer.message:
        pool.messages.append(f"{engine.name}: {answer.message}")
    if answer.status is Status.POSITIVE_DIMENSIONAL:
        pool.positive_dimensional = (
            pool.positive_dimensional or f"{engine.name}: {answer.message or 'positive-dimensional'}"
        )
    elif answer.status in (Status.TIMED_OUT, Status.FAILED):
        pool.messages.append(f"{engine.name}: {answer.status.value}")
    if answer.status in (Status.SOLVED, Status.NO_SOLUTIONS):
        pool.claimed[engine.name] = len(answer.points)
    if answer.rank is not None and answer.rank not in pool.evidence:
        pool.evidence.append(answer.rank)
    signs = () if answer.levels is None else answer.levels.signs
    odd = [m for m in gs.loss for change in signs if sum(e for e, s in zip(m, change, strict=True) if s < 0) & 1]
    if odd:
        pool.messages.append(f"{engine.name}: a sign change that is no symmetry")
        signs = ()
    elif answer.levels is not None and answer.levels not in pool.levels:
        pool.levels.append(answer.levels)
    pool.seconds[engine.name] = seconds
    if answer.groups:
        known = pool.zeros.get(answer.groups, ())
        pool.zeros[answer.groups] = tuple(dict.fromkeys((*known, *answer.zeros)))
    start = time.monotonic()
    add_points(gs, answer.points, pool, signs)
    if signs and answer.status is Status.SOLVED:
        pool.claimed[engine.name] = pool.count()
    pool.seconds["refine"] = pool.seconds.get("refine", 0.0) + time.monotonic() - start


def add_points(
    gs: GradientSystem, points: Iterable[Sequence[complex]], pool: Pool, signs: Sequence[Sequence[int]] = ()
) -> None:
    """Refine and certify approximate points; what does not converge to a simple zero is dropped.

    `signs` are sign changes that leave the objective unchanged, at least that of all variables when it is even: of each
    orbit, and of each conjugate pair, one point is enough. Coordinates close to 0 are tried as 0 first.
    """
    n = len(gs.variables)
    refiner = Refiner(gs.calculus, gs.elements.gradient)
    even = all(sum(m) % 2 == 0 for m in gs.loss)
    found = list(pool.certified)
    orbits = _orbits([p for p in points if len(p) == n and all(abs(x) < 1e30 for x in p)], even)
    refiner.prepare([images[0] for images in orbits])
    for images in orbits:
        point = images[0]
        candidate = None
        if signs:
            small = SMALL_COORDINATE * max((abs(x) for x in point), default=0.0)
            candidate = refiner.refine([0 if abs(x) <= small else x for x in point])
        candidate = candidate or refiner.estimate(point) or refiner.refine(point)
        if candidate is None:
            pool.unresolved.extend(tuple(complex(x) for x in point) for point in images)
        else:
            found += sign_images(candidate, signs or ([(-1,) * n] if even else []))
    pool.certified = distinct(found)


def settle_boxes(gs: GradientSystem, pool: Pool) -> None:
    """Test the boxes that were only estimated; where one fails a box is looked for in ball arithmetic."""
    refiner = Refiner(gs.calculus, gs.elements.gradient)
    kept: list[Certified] = []
    for found in pool.certified:
        if found.tested or found.holds(gs.calculus):
            kept.append(replace(found, tested=True))
        else:
            again = refiner.refine(found.centre)
            kept += [] if again is None else [again]
    pool.certified = distinct(kept)


def _orbits(points: Iterable[Sequence[complex]], even: bool) -> list[list[Sequence[complex]]]:
    """The points; of those that are equal or conjugate up to rounding, or negatives when `even`, only one need be
    refined.
    """
    groups: dict[tuple[int, ...], list[Sequence[complex]]] = {}
    for point in points:
        size = math.frexp(max(map(abs, point), default=0.0))[1]
        scale = math.ldexp(PAIRED, max(size, 0))
        real, imaginary = [round(x.real / scale) for x in point], [round(x.imag / scale) for x in point]
        groups.setdefault((size, *(_upward(real) if even else real), *_upward(imaginary)), []).append(point)
    return list(groups.values())


def _upward(numbers: list[int]) -> list[int]:
    """The numbers or their negatives, such that the first that is not 0 is positive."""
    return [-x for x in numbers] if next(filter(None, numbers), 0) < 0 else numbers


def sign_images(found: Certified, signs: Sequence[Sequence[int]]) -> list[Certified]:
    """The box and its images under the group that the sign changes generate; the gradient moves with the point."""
    images = {(1,) * len(found.box.real): found}
    for change in signs:
        for done, image in list(images.items()):
            key = tuple(1 if zero else a * b for a, b, zero in zip(done, change, found.zeros, strict=True))
            images.setdefault(key, image.changed(change))
    return list(images.values())


def add_symmetric_images(gs: GradientSystem, symmetries: Iterable[tuple[int, ...]], pool: Pool) -> None:
    """Images of certified points under symmetries of the objective, until nothing new appears."""
    while True:
        before = len(pool.certified)
        images = []
        for found in pool.certified:
            centre = found.centre
            images += [[centre[abs(s) - 1] * (1 if s > 0 else -1) for s in symmetry] for symmetry in symmetries]
        add_points(gs, images, pool)
        if len(pool.certified) == before:
            return


def rational_point(gs: GradientSystem, found: Certified) -> tuple[Fraction, ...] | None:
    """The rational critical point in the box, when its coordinates have small denominators."""
    if not found.is_real:
        return None
    one = 1 << found.box.bits
    guess = []
    for x in found.box.real:
        exact = Fraction(x, one)
        near = exact.limit_denominator(1_000_000)
        if abs(near - exact) > Fraction(found.box.radius, one):
            return None
        guess.append(near)
    if any(value_at({m: Fraction(c) for m, c in g.items()}, guess) != 0 for g in gs.elements.gradient):
        return None
    return tuple(guess)
