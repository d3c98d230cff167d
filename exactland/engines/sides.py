"""Solutions of F(x) = 0 from paths between right-hand sides.

A few right-hand sides c, 0 among them, are joined by straight lines. Every solution of F(x) = c that is known is
followed along every line once; what arrives is a solution at the other end, and 0 is where they are wanted. When all
has been followed, there is one more right-hand side. A path that jumps to another one does no harm.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from exactland.engines.classes import loss_symmetries
from exactland.engines.evaluation import Complex, Evaluator
from exactland.engines.noise import Noise
from exactland.engines.numeric import newton
from exactland.engines.tracking import Tracker
from exactland.engines.tracking import _solve as solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exactland.engines.base import PolynomialSystem

#: Random points that are tried, until so many have led to solutions.
SEEDS, FEW = 40, 4
#: Right-hand sides at first, and at most; their sizes, relative to those of the terms at solutions and at the random
#: points.
FIRST, MOST = 4, 8
SIZES = (1.0, 3.0, 0.3, 10.0)
BATCH = 256
#: Points closer than this, relative to their size, are one; so many are compared with each.
CLOSE, NEIGHBOURS = 1e-7, 6
STEP, TOLERANCE, POLISH = 0.05, 1e-3, 3


class Line(Tracker):
    """The homotopy F(x) = (1 - t) start + t end."""

    def __init__(self, evaluator: Evaluator, start: Complex, end: Complex) -> None:
        self.f, self.begin, self.change = evaluator, start, end - start

    def system(self, x: Complex, t: NDArray[np.float64]) -> tuple[Complex, Complex, Complex]:
        """H, its Jacobian, and dH/dt."""
        f, jacobian = self.f(x)
        return f - self.begin - t[:, None] * self.change, jacobian, np.broadcast_to(-self.change, x.shape)

    def ends(self, x: Complex, deadline: float) -> tuple[Complex, NDArray[np.bool_]]:
        """Where the paths end, and which arrive."""
        x, arrived, _ = self.track(x, STEP, TOLERANCE, deadline)
        for _ in range(POLISH):
            f, jacobian, _ = self.system(x, np.ones(len(x)))
            x = x - solve(jacobian, f[:, :, None])[:, :, 0]
        f, jacobian, _ = self.system(x, np.ones(len(x)))
        off = np.abs(solve(jacobian, f[:, :, None])).max(axis=(1, 2), initial=0)
        return x, arrived & (off < CLOSE / 100 * (1 + np.abs(x).max(axis=1, initial=0)))


class Side:
    """A right-hand side, the solutions known, and which of them have been followed to which others."""

    def __init__(self, value: Complex) -> None:
        self.value = value
        self.points = np.zeros((0, len(value)), dtype=np.complex128)
        self.followed: dict[int, NDArray[np.bool_]] = {}

    def waiting(self, other: int) -> NDArray[np.int64]:
        """Which have not been followed to the other one."""
        known = self.followed.get(other, np.zeros(0, dtype=bool))
        return np.flatnonzero(~np.pad(known, (0, len(self.points) - len(known))))

    def mark(self, other: int, chosen: NDArray[np.int64]) -> None:
        """These have been followed to the other one, or come from there."""
        known = self.followed.get(other, np.zeros(0, dtype=bool))
        self.followed[other] = np.pad(known, (0, len(self.points) - len(known)))
        self.followed[other][chosen] = True

    def add(self, points: Complex) -> NDArray[np.int64]:
        """The numbers of those that are new."""
        before = len(self.points)
        both = np.vstack([self.points, points])
        new = first_ones(both)
        self.points = np.vstack([self.points, both[new[new >= before]]])
        return np.arange(before, len(self.points))


def first_ones(points: Complex) -> NDArray[np.int64]:
    """Which points are not close to an earlier one; close points have close values of a linear form."""
    real, imaginary = Noise(7).normal((2, points.shape[1]))
    value = (points @ (real + 1j * imaginary)).real
    size = CLOSE * (1 + np.abs(points).max(axis=1, initial=0))
    order, fewer = np.argsort(value, kind="stable"), True
    while fewer:  # of many copies of a point each is compared with some
        again = np.zeros(len(points), dtype=bool)
        for shift in range(1, NEIGHBOURS + 1):
            low, high = order[:-shift], order[shift:]
            close = np.abs(points[low] - points[high]).max(axis=1, initial=0) < size[low]
            again[np.maximum(low, high)[close]] = True
        fewer = bool(again.any())
        order = order[~again[order]]
    return np.sort(order)


def solutions(system: PolynomialSystem, bound: int, deadline: float) -> Complex:
    """As many as are found, until there are so many."""
    evaluate, rng, n = Evaluator(system), Noise(5), len(system.variables)
    zero = Side(np.zeros(n, dtype=np.complex128))
    signs = [[-1.0 if mask >> k & 1 else 1.0 for k in range(n)] for mask in loss_symmetries(system)]

    def add(points: Complex) -> None:
        points, last, residual = newton(evaluate, points)
        points = points[(last < 1e-9) & (residual < 1e-11)]
        points = np.vstack([points, points.conj()])
        for change in signs:
            points = np.vstack([points, points * change])
        zero.add(points)

    led, seeds = 0, np.zeros((0, n), dtype=np.complex128)
    for _ in range(SEEDS):
        if led == FEW or len(zero.points) >= bound or time.monotonic() > deadline:
            break
        real, imaginary = rng.normal((2, 1, n))
        seed = real + 1j * imaginary
        seeds = np.vstack([seeds, seed])
        end, arrived = Line(evaluate, evaluate(seed)[0][0], zero.value).ends(seed, deadline)
        add(end[arrived])
        led += int(arrived.sum())
    if all(any(m) for equation in system.equations for _, m in equation):
        zero.add(np.zeros((1, n), dtype=np.complex128))  # for the origin a relative residual says nothing
    if not len(zero.points):
        return zero.points
    sides = [zero]
    while time.monotonic() < deadline and len(zero.points) < bound:
        waiting = [(len(a.waiting(j)), i, j) for i, a in enumerate(sides) for j in range(len(sides)) if j != i]
        count, i, j = max(waiting, default=(0, 0, 0), key=lambda entry: (entry[0], entry[2] == 0))
        if not count:
            if len(sides) == MOST:
                break
            terms = [np.median(evaluate.sizes(points), axis=0) for points in (zero.points, seeds)]
            for _ in range(FIRST - 1 if len(sides) == 1 else 1):
                real, imaginary = rng.normal((2, n))
                size = SIZES[len(sides) // 2 % len(SIZES)] * terms[len(sides) % 2]
                sides.append(Side(size * (real + 1j * imaginary)))
            continue
        chosen = sides[i].waiting(j)[:BATCH]
        sides[i].mark(j, chosen)
        ends, arrived = Line(evaluate, sides[i].value, sides[j].value).ends(sides[i].points[chosen], deadline)
        if j:
            sides[j].mark(i, sides[j].add(ends[arrived]))
        else:
            add(ends[arrived])
    return zero.points
