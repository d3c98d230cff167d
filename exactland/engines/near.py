"""Which of many points are close to each other: close points have close values of a linear form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exactland.engines.evaluation import Complex
from exactland.engines.noise import Noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Points closer than this, relative to their size, are one; so many are compared with each.
CLOSE, NEIGHBOURS = 1e-7, 6


def first_ones(points: Complex, close: float = CLOSE) -> NDArray[np.int64]:
    """Which points are not close to an earlier one."""
    order, size = _ordered(points, close)
    fewer = True
    while fewer:  # of many copies of a point each is compared with some
        again = np.zeros(len(points), dtype=bool)
        for low, high in _pairs(points, order, size):
            again[np.maximum(low, high)] = True
        fewer = bool(again.any())
        order = order[~again[order]]
    return np.sort(order)


def meeting(points: Complex, close: float = CLOSE) -> NDArray[np.int64]:
    """Which points are close to another one."""
    order, size = _ordered(points, close)
    met = np.zeros(len(points), dtype=bool)
    for low, high in _pairs(points, order, size):
        met[low] = met[high] = True
    return np.flatnonzero(met)


def _ordered(points: Complex, close: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The points in the order of the values of a linear form, and what is close to each."""
    real, imaginary = Noise(7).normal((2, points.shape[1]))
    value = (points @ (real + 1j * imaginary)).real
    return np.argsort(value, kind="stable"), close * (1 + np.abs(points).max(axis=1, initial=0))


def _pairs(
    points: Complex, order: NDArray[np.int64], size: NDArray[np.float64]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of close points among neighbours in this order."""
    found = []
    for shift in range(1, NEIGHBOURS + 1):
        low, high = order[:-shift], order[shift:]
        close = np.abs(points[low] - points[high]).max(axis=1, initial=0) < size[low]
        found.append((low[close], high[close]))
    return found
