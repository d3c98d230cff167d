"""Polynomials in floating point."""

from __future__ import annotations

import numpy as np

from exactland.classify.sampling import Numerics
from exactland.polynomial import ring


def test_coefficients_of_any_length() -> None:
    x, y = ring(["x", "y"]).gens()
    values = Numerics([10**400 * x - 2 * 10**400 * y, x + y], 2)
    assert values(np.array([2.0, 1.0])).tolist() == [0.0, 3.0]
    assert values(np.array([1.0, 1.0])).tolist() == [-0.5, 2.0]
