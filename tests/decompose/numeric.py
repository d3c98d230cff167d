"""Real critical points by Newton's method in floating point: an oracle that shares nothing with the search."""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np

from exactland.landscape import Inertia
from exactland.objective import Objective


def derivatives_at(objective: Objective, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The value, the gradient and the Hessian at a point."""
    tables = _derivatives(objective)
    n = len(x)
    values = np.array([weights @ np.prod(x**powers, axis=1) for weights, powers in tables])
    hessian = np.zeros((n, n))
    hessian[np.triu_indices(n)] = values[n + 1 :]
    return float(values[0]), values[1 : n + 1], hessian + np.triu(hessian, 1).T


@lru_cache(maxsize=8)
def _derivatives(objective: Objective) -> list[tuple[np.ndarray, np.ndarray]]:
    """Coefficients and exponents of the polynomial, of its first, and of its second derivatives."""
    terms = [(float(c.p) / float(c.q), [int(e) for e in m]) for m, c in objective.polynomial.to_dict().items()]
    coefficients, exponents = np.array([c for c, _ in terms]), np.array([m for _, m in terms])
    n = exponents.shape[1]
    tables = []
    for derived in [(), *((i,) for i in range(n)), *itertools.combinations_with_replacement(range(n), 2)]:
        weights, powers = coefficients.copy(), exponents.copy()
        for i in derived:
            weights = weights * powers[:, i]
            powers[:, i] = np.maximum(powers[:, i] - 1, 0)
        tables.append((weights[weights != 0], powers[weights != 0]))
    return tables


def critical_points(
    objective: Objective, seed: int, starts: int = 60, zeros: float = 0.0
) -> list[tuple[float, Inertia]]:
    """The value and the inertia of the Hessian at the ends of runs from scattered starts, where they converge; this
    part of the coordinates of the starts is 0.
    """
    n = int(objective.polynomial.context().nvars())
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(starts):
        x = rng.normal(size=n) * 2
        if zeros:
            x = x * (rng.random(size=n) >= zeros)
        for _ in range(80):
            value, slope, hessian = derivatives_at(objective, x)
            step = np.linalg.lstsq(hessian, slope, rcond=1e-10)[0]
            x = x - step * min(1.0, 1.0 / (np.linalg.norm(step) + 1e-300))
            if np.linalg.norm(step) < 1e-13:
                break
        eigenvalues = np.linalg.eigvalsh(hessian)
        size = np.abs(eigenvalues).max() + 1
        clear = all(abs(e) > 1e-3 * size or abs(e) < 1e-8 * size for e in eigenvalues)
        if np.linalg.norm(slope) < 1e-10 * size and clear and np.linalg.norm(x) < 50:
            signs = [0 if abs(e) < 1e-8 * size else int(np.sign(e)) for e in eigenvalues]
            found.append((value, Inertia(signs.count(1), signs.count(0), signs.count(-1))))
    return found
