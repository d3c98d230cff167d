"""Signs of a positive-dimensional solution set, found numerically. Recognition, never proof.

Newton's method from random complex points ends on the set; there the Jacobian has a kernel, and a step along it can be
corrected back to a new solution. At a multiple isolated point the step falls back.
"""

from __future__ import annotations

import numpy as np

from exactland.engines.base import PolynomialSystem
from exactland.engines.evaluation import Complex, Evaluator
from exactland.engines.noise import Noise
from exactland.engines.numeric import residuals, scaling


def positive_dimension(system: PolynomialSystem, tries: int = 8) -> tuple[int, str] | None:
    """Local dimension and a sentence when solutions that move were found, None otherwise."""
    evaluate, scale = Evaluator(system), scaling(system)
    rng = Noise(7)
    shape = (tries, len(system.variables))
    starts = np.asarray(scale * (rng.normal(shape) + 1j * rng.normal(shape)), dtype=np.complex128)
    found = []
    for point in _descend(evaluate, starts):
        dimension = _moves(evaluate, point, rng) if point is not None else 0
        if dimension:
            found.append(dimension)
            if len(found) == 2:
                return max(found), (
                    f"solutions with a kernel of dimension {max(found)} that can be moved along it were found"
                    " numerically"
                )
    return None


def _descend(evaluate: Evaluator, starts: Complex, steps: int = 60) -> list[Complex | None]:
    """Gauss-Newton with the pseudo-inverse from each point; None where it does not converge."""
    points, active = starts.copy(), np.arange(len(starts))
    arrived = np.zeros(len(starts), dtype=bool)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            if not len(active):
                break
            values, jacobian = evaluate(points[active])
            try:
                delta = (np.linalg.pinv(jacobian, rcond=1e-9) @ values[:, :, None])[:, :, 0]
            except np.linalg.LinAlgError:
                break
            points[active] -= delta
            size = np.linalg.norm(points[active], axis=1)
            going = np.isfinite(size) & (size <= 1e8)
            done = going & (np.linalg.norm(delta, axis=1) < 1e-13 * (1 + size))
            arrived[active[done]] = True
            active = active[going & ~done]
        arrived[arrived] = residuals(evaluate, points[arrived]) < 1e-12
    return [point if good else None for point, good in zip(points, arrived, strict=True)]


def _moves(evaluate: Evaluator, point: Complex, rng: Noise) -> int:
    """Dimension of the kernel at a solution when a step along it leads to another solution of the same kind, else 0."""
    kernel = _kernel(evaluate, point)
    if not len(kernel):
        return 0
    size = 1 + float(np.linalg.norm(point))
    for length in (1e-2, 3e-2):
        direction = (rng.normal((len(kernel),)) + 1j * rng.normal((len(kernel),))) @ kernel
        direction *= length * size / np.linalg.norm(direction)
        (moved,) = _descend(evaluate, (point + direction)[None, :])
        if moved is None:
            return 0
        distance = float(np.linalg.norm(moved - point))
        if not 0.5 * length * size < distance < 2 * length * size or len(_kernel(evaluate, moved)) != len(kernel):
            return 0
    return len(kernel)


def _kernel(evaluate: Evaluator, point: Complex) -> Complex:
    _, jacobian = evaluate(point[None, :])
    rows = jacobian[0] / (np.linalg.norm(jacobian[0], axis=1, keepdims=True) + 1e-300)
    _, values, vectors = np.linalg.svd(rows)
    rank = int((values > 1e-8 * max(float(values[0]), 1e-300)).sum())
    return np.asarray(vectors[rank:].conj(), dtype=np.complex128)
