"""Candidates for all critical points of a polynomial objective, gathered from engines one after the other.

A pool only ever grows by points whose existence has been certified, whatever an engine says; an engine that lies can
make the search slower or leave it open, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from fractions import Fraction

from exactland.checker.kernel import value_at
from exactland.engines.base import Engine, EngineAnswer, Status
from exactland.solving.pool import ExactPoint, Functional, Pool
from exactland.solving.refine import Certified, Refiner, distinct
from exactland.solving.system import GradientSystem

__all__ = [
    "ExactPoint",
    "Functional",
    "Pool",
    "absorb",
    "add_points",
    "add_symmetric_images",
    "rational_point",
]

PAIRED = 1e-11


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
    pool.seconds[engine.name] = seconds
    start = time.monotonic()
    add_points(gs, answer.points, pool)
    pool.seconds["refine"] = pool.seconds.get("refine", 0.0) + time.monotonic() - start


def add_points(gs: GradientSystem, points: Iterable[Sequence[complex]], pool: Pool) -> None:
    """Refine and certify approximate points; what does not converge to a simple zero is dropped."""
    n = len(gs.variables)
    refiner = Refiner(gs.calculus, gs.elements.gradient)
    found = list(pool.certified)
    for conjugates in _pairs([p for p in points if len(p) == n and all(abs(x) < 1e30 for x in p)]):
        candidate = refiner.refine(conjugates[0])
        if candidate is None:
            pool.unresolved.extend(tuple(complex(x) for x in point) for point in conjugates)
        else:
            found.append(candidate)
    pool.certified = distinct(found)


def _pairs(points: Iterable[Sequence[complex]]) -> list[list[Sequence[complex]]]:
    """The points; of two that are equal or conjugate up to rounding only one need be refined."""
    groups: dict[tuple[int, ...], list[Sequence[complex]]] = {}
    for point in points:
        scale = PAIRED * (1 + max((abs(x) for x in point), default=0.0))
        lead = next((x.imag for x in point if abs(x.imag) > 1e3 * scale), 0.0)
        sign = -1 if lead < 0 else 1
        key = tuple(round(v / scale) for x in point for v in (x.real, sign * x.imag))
        groups.setdefault(key, []).append(point)
    return list(groups.values())


def add_symmetric_images(gs: GradientSystem, symmetries: Iterable[tuple[int, ...]], pool: Pool) -> None:
    """Images of certified points under symmetries of the objective, until nothing new appears."""
    while True:
        before = len(pool.certified)
        images = []
        for found in pool.certified:
            one = float(1 << found.box.bits)
            centre = [
                complex(x / one, y / one)
                for x, y in zip(found.box.real, found.box.imaginary or (0,) * len(found.box.real), strict=True)
            ]
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
