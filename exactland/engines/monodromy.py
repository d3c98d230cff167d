"""More solutions out of a few: loops of right-hand sides permute the solutions of a system.

The solutions of F(x) = c are followed along a random triangle of complex right-hand sides c from 0 back to 0. They come
back as solutions of F(x) = 0, in general as others. A path that jumps to another one does no harm: the steps are long.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from exactland.engines.evaluation import Complex, Evaluator, Real
from exactland.engines.noise import Noise
from exactland.engines.numeric import newton

FIRST_STEP = 0.1
LAST_STEP = 1e-5
MAX_STEPS = 120
PATIENCE, LATER = 4, 1  # idle paths per solution that is looked for, at first and after other attempts
PATHS = 96
SIZES = (0.5, 2.0, 0.1, 8.0)


def fill(
    evaluate: Evaluator,
    points: Complex,
    bound: int,
    orbit: Callable[[Complex], Complex],
    pick: Callable[[Complex], list[int]],
    deadline: float,
    patience: int = PATIENCE,
) -> Complex:
    """The given solutions and those that loops lead to, closed under `orbit`; `pick` leaves out those that stand twice.

    It ends at the bound, or when many paths brought nothing new.
    """
    rng = Noise(23)
    idle, loop = 0, 0
    while 0 < len(points) < bound and idle < patience * bound and time.monotonic() < deadline:
        size = np.median(evaluate.sizes(points), axis=0) * SIZES[loop % len(SIZES)]
        loop += 1
        corners: list[Complex] = [np.zeros(len(size), dtype=np.complex128)]
        normal = rng.normal((2, 2, len(size)))
        corners.extend(np.asarray(size * (a + 1j * b), dtype=np.complex128) for a, b in normal)
        moved = points[rng.permutation(len(points))[:PATHS]]
        idle += max(len(moved), PATHS // 4)
        for start, end in ((0, 1), (1, 2), (2, 0)):
            moved = follow(evaluate, moved, corners[start], corners[end], deadline)
        moved, last, residual = newton(evaluate, moved)
        moved = moved[(last < 1e-9) & (residual < 1e-11)]
        both = np.vstack([points, moved])
        fresh = both[[i for i in pick(both) if i >= len(points)]]
        if len(fresh):
            points = np.vstack([points, orbit(fresh)])
            points = points[pick(points)]
            idle = 0
    return points


def follow(evaluate: Evaluator, points: Complex, start: Complex, end: Complex, deadline: float) -> Complex:
    """Solutions of F = end at the ends of the paths that begin at solutions of F = start; lost paths are left out."""
    points = points.copy()
    if not len(points):
        return points
    count, change = len(points), end - start
    floor = 0.1 * float(np.median(np.abs(points).max(axis=1, initial=0)))
    at: Real = np.zeros(count)
    step: Real = np.full(count, FIRST_STEP)
    alive = np.ones(count, dtype=np.bool_)
    easy = np.zeros(count, dtype=np.int64)
    with np.errstate(all="ignore"):
        for _ in range(MAX_STEPS):
            active = np.flatnonzero(alive & (at < 1))
            if not len(active) or time.monotonic() > deadline:
                break
            now, by = points[active], np.minimum(step[active], 1 - at[active])
            slope = _rate(evaluate, now, change)
            guess = now + by[:, None] * _rate(evaluate, now + by[:, None] / 2 * slope, change)
            target = start + (at[active] + by)[:, None] * change
            size = np.full(len(active), np.inf)
            scale = floor + np.abs(now).max(axis=1, initial=0)
            for _ in range(3):
                values, jacobian = evaluate(guess)
                delta = _solve(jacobian, values - target)
                guess = guess - delta
                size = np.abs(delta).max(axis=1, initial=0)
            good = (size < 1e-4 * scale) & (np.abs(guess - now).max(axis=1, initial=0) < scale)
            good &= np.isfinite(guess).all(axis=1)
            moved, failed = active[good], active[~good]
            points[moved] = guess[good]
            at[moved] = np.where(by[good] < step[moved], 1.0, at[moved] + by[good])
            easy[moved] += 1
            longer = moved[easy[moved] >= 2]
            step[longer] = np.minimum(2 * step[longer], 0.5)
            easy[longer] = 0
            step[failed] /= 2
            easy[failed] = 0
            alive[failed] &= step[failed] > LAST_STEP
    return points[alive & (at >= 1)]


def _rate(evaluate: Evaluator, points: Complex, change: Complex) -> Complex:
    _, jacobian = evaluate(points)
    return _solve(jacobian, np.broadcast_to(change, points.shape))


def _solve(matrices: Complex, rights: Complex) -> Complex:
    matrices = np.where(np.isfinite(matrices), matrices, 0)
    for shift in (0.0, 1e-13):
        try:
            solved = np.linalg.solve(matrices + shift * np.eye(matrices.shape[1]), rights[:, :, None])
            return np.asarray(solved[:, :, 0], dtype=np.complex128)
        except np.linalg.LinAlgError:
            continue
    return np.full(rights.shape, np.nan, dtype=np.complex128)
