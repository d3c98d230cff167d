"""Real critical points by Newton's method in floating point: an oracle that shares nothing with the search."""

from __future__ import annotations

import numpy as np

from exactland.landscape import Inertia
from exactland.objective import Objective


def critical_points(objective: Objective, seed: int, starts: int = 60) -> list[tuple[float, Inertia]]:
    """The value and the inertia of the Hessian at the ends of runs from scattered starts, where they converge."""
    terms = [(float(c.p) / float(c.q), [int(e) for e in m]) for m, c in objective.polynomial.to_dict().items()]
    coefficients, exponents = np.array([c for c, _ in terms]), np.array([m for _, m in terms])
    n = exponents.shape[1]

    def monomials(x: np.ndarray, *derived: int) -> float:
        weights, powers = coefficients.copy(), exponents.copy()
        for i in derived:
            weights = weights * powers[:, i]
            powers[:, i] = np.maximum(powers[:, i] - 1, 0)
        return float(weights @ np.prod(x**powers, axis=1))

    rng = np.random.default_rng(seed)
    found = []
    for _ in range(starts):
        x = rng.normal(size=n) * 2
        for _ in range(80):
            slope = np.array([monomials(x, i) for i in range(n)])
            hessian = np.array([[monomials(x, i, j) for j in range(n)] for i in range(n)])
            step = np.linalg.lstsq(hessian, slope, rcond=1e-10)[0]
            x = x - step * min(1.0, 1.0 / (np.linalg.norm(step) + 1e-300))
            if np.linalg.norm(step) < 1e-13:
                break
        eigenvalues = np.linalg.eigvalsh(hessian)
        size = np.abs(eigenvalues).max() + 1
        clear = all(abs(e) > 1e-3 * size or abs(e) < 1e-8 * size for e in eigenvalues)
        if np.linalg.norm(slope) < 1e-10 * size and clear and np.linalg.norm(x) < 50:
            signs = [0 if abs(e) < 1e-8 * size else int(np.sign(e)) for e in eigenvalues]
            found.append((monomials(x), Inertia(signs.count(1), signs.count(0), signs.count(-1))))
    return found
