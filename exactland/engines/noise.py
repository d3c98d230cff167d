"""Random numbers, the same in every run; the module of numpy takes longer to import than a small system to solve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Real: TypeAlias = "npt.NDArray[np.float64]"
GOLDEN, FIRST, SECOND = (np.uint64(x) for x in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
FEW = np.uint64(11)  # bits more than a number in floating point has


class Noise:
    """A counter, scrambled (splitmix64)."""

    def __init__(self, seed: int) -> None:
        self._next = (seed + 1) << 32

    def uniform(self, shape: tuple[int, ...]) -> Real:
        """Numbers from 0 to 1, 1 left out."""
        count = math.prod(shape)
        z = np.arange(self._next, self._next + count, dtype=np.uint64) * GOLDEN
        self._next += count
        for shift, factor in ((30, FIRST), (27, SECOND)):
            z = (z ^ (z >> np.uint64(shift))) * factor
        z ^= z >> np.uint64(31)
        return np.asarray((z >> FEW) * 2.0**-53).reshape(shape)

    def normal(self, shape: tuple[int, ...]) -> Real:
        """Normally distributed numbers (Box and Muller)."""
        length, angle = self.uniform((2, *shape))
        return np.asarray(np.sqrt(-2 * np.log(1 - length)) * np.cos(2 * np.pi * angle))

    def permutation(self, count: int) -> npt.NDArray[np.intp]:
        """The numbers below `count` in some order."""
        return np.argsort(self.uniform((count,)), kind="stable")

    def integers(self, most: int, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
        """Integers from 0 to below `most`, which is far below 2^53."""
        return np.asarray(self.uniform(shape) * most, dtype=np.int64)
