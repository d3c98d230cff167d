"""Solutions of F(x) = 0 from paths between right-hand sides.

A few right-hand sides c - r x, 0 among them, are joined by straight lines: constants, and multiples of the variable of
its own in an equation that has one, as of a ridge. (A small ridge lets solutions go far out, where they are
ill-conditioned; with a larger one they come back.) Every solution of F(x) = c - r x that is known is followed along
every line once; what arrives is a solution at the other end, and 0 is where they are wanted. When all has been
followed, there is one more right-hand side. Different paths along a line have different ends: those that meet are
followed again with shorter steps, as are those that are lost. A path that jumps to another one does no other harm.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exactland.engines.classes import loss_symmetries
from exactland.engines.evaluation import Complex, Evaluator
from exactland.engines.near import first_ones, meeting
from exactland.engines.noise import Noise
from exactland.engines.sharpen import Sharpener
from exactland.engines.tracking import Tracker
from exactland.engines.tracking import _solve as solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exactland.engines.base import PolynomialSystem

#: Random points that are tried, until so many have led to solutions.
SEEDS, FEW = 40, 4
#: Right-hand sides at first, and at most; their sizes, relative to those of the terms at solutions, to this quantile of
#: them, or at random points: the solutions that are known may all be special.
FIRST, MOST = 4, 8
SIZES = ((0.5, 0.3), (1.0, 0.3), (None, 1.0), (1.0, 3.0), (0.5, 0.03), (None, 3.0), (0.5, 3.0))
BATCH = 512
#: How well a path is followed at first; every further attempt has shorter steps. Lost paths get fewer attempts than
#: those that meet: most of them end at multiple points or at infinity.
STEP, TOLERANCE, ATTEMPTS, LOST = 0.05, 1e-3, 3, 1
SHORTER, STRICTER = 4.0, 1e-2
#: Newton steps at the end of a path, and the last one, relative to the size, where no more digits are asked for.
POLISH, SHARP, LEAST = 4, 1e-9, 1e-3


class Right(NamedTuple):
    """The right-hand side c - r x."""

    constants: Complex
    ridge: Complex


class Line(Tracker):
    """The homotopy F(x) = (1 - t) start + t end."""

    most = 200

    def __init__(self, evaluator: Evaluator, sharpen: Sharpener, start: Right, end: Right) -> None:
        self.f, self.sharpen, self.begin, self.end = evaluator, sharpen, start, end

    def system(self, x: Complex, t: NDArray[np.float64]) -> tuple[Complex, Complex, Complex]:
        """H, its Jacobian, and dH/dt."""
        (c, r), (d, s) = self.begin, self.end
        return self.values(x, c + t[:, None] * (d - c), r + t[:, None] * (s - r), (s - r) * x - (d - c))

    def values(self, x: Complex, constants: Complex, ridge: Complex, rate: Complex) -> tuple[Complex, Complex, Complex]:
        """F(x) - c + r x, its Jacobian, and the rate."""
        f, jacobian = self.f(x)
        places = np.arange(x.shape[1])
        jacobian[:, places, places] += ridge
        return f - constants + ridge * x, jacobian, rate

    def ends(self, x: Complex, deadline: float) -> tuple[Complex, NDArray[np.bool_]]:
        """Where the paths end, and which arrive."""
        with np.errstate(all="ignore"):
            return self._ends(x, deadline)

    def _ends(self, x: Complex, deadline: float) -> tuple[Complex, NDArray[np.bool_]]:
        ends, arrived, again = x.copy(), np.zeros(len(x), dtype=bool), np.arange(len(x))
        for attempt in range(ATTEMPTS):
            first, tolerance = STEP / SHORTER**attempt, TOLERANCE * STRICTER**attempt
            now, good, infinite = self.track(x[again], first, tolerance, deadline)
            now[good], sharp = self.polished(now[good])
            good[good] = sharp
            ends[again[good]], arrived[again[good]] = now[good], True
            lost = np.zeros(len(x), dtype=bool)
            lost[again[~good & ~infinite]] = attempt < LOST
            listed = np.flatnonzero(arrived)
            lost[listed[meeting(ends[listed])]] = True
            again = np.flatnonzero(lost)
            if not len(again) or time.monotonic() > deadline:
                break
        return ends, arrived

    def polished(self, x: Complex) -> tuple[Complex, NDArray[np.bool_]]:
        """The solutions next to these points, and which are accurate."""
        off = np.full(len(x), np.inf)
        for _ in range(POLISH):
            f, jacobian, _ = self.values(x, *self.end, x)
            step = solve(jacobian, f[:, :, None])[:, :, 0]
            off, x = np.abs(step).max(axis=1, initial=0), x - step
        sharp = off < SHARP * np.maximum(np.abs(x).max(axis=1, initial=0), LEAST)
        rest = np.flatnonzero(~sharp & np.isfinite(x).all(axis=1))
        x[rest], sharp[rest] = self.sharpen(x[rest], *self.end)
        return x, sharp


class Side:
    """A right-hand side, the solutions known, and which of them have been followed to which others."""

    def __init__(self, value: Right) -> None:
        self.value = value
        self.points = np.zeros((0, len(value.constants)), dtype=np.complex128)
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


class Search:
    """Sides and the solutions known; `orbit` gives more solutions of F(x) = 0, and `pick` those that differ."""

    def __init__(
        self,
        system: PolynomialSystem,
        evaluate: Evaluator,
        orbit: Callable[[Complex], Complex],
        pick: Callable[[Complex], NDArray[np.int64]] = first_ones,
        deadline: float = math.inf,
    ) -> None:
        self.evaluate, self.orbit, self.pick, self.deadline = evaluate, orbit, pick, deadline
        self.sharpen = Sharpener(system, deadline)
        self.n = n = len(system.variables)
        own = [tuple(int(j == k) for j in range(n)) for k in range(n)]
        #: Which equations have the variable of their own.
        self.owned = np.array([any(m == e for _, m in given) for e, given in zip(own, system.equations, strict=True)])
        self.zero = Side(Right(*np.zeros((2, n), dtype=np.complex128)))
        self.sides = [self.zero]
        self.rng = Noise(5)

    @property
    def count(self) -> int:
        """How many solutions of F(x) = 0 are known."""
        return len(self.zero.points)

    def add(self, points: Complex) -> None:
        """Add solutions of F(x) = 0."""
        fresh = self.fresh(points)
        self.zero.points = np.vstack([self.zero.points, fresh])
        if len(fresh):
            fresh = self.fresh(self.orbit(fresh))
            self.zero.points = np.vstack([self.zero.points, fresh])

    def fresh(self, points: Complex) -> Complex:
        """Those that are not known."""
        chosen = self.pick(np.vstack([self.zero.points, points])) - len(self.zero.points)
        return points[chosen[chosen >= 0]]

    def seed(self, bound: int) -> None:
        """Look for a few solutions of F(x) = 0 from random points."""
        led = 0
        for _ in range(SEEDS):
            if led == FEW or self.count >= bound or time.monotonic() > self.deadline:
                break
            seed = self.random((1,))
            start = Right(self.evaluate(seed)[0][0], self.zero.value.ridge)
            ends, arrived = self.line(start, self.zero.value).ends(seed, self.deadline)
            self.add(ends[arrived])
            led += int(arrived.sum())

    def random(self, shape: tuple[int, ...] = ()) -> Complex:
        """Random points."""
        real, imaginary = self.rng.normal((2, *shape, self.n))
        return np.asarray(real + 1j * imaginary)

    def line(self, start: Right, end: Right) -> Line:
        """The paths between two right-hand sides."""
        return Line(self.evaluate, self.sharpen, start, end)

    def run(self, bound: int, most: int = MOST) -> None:
        """Follow the paths until there are so many solutions, or there are no more with so many sides."""
        sides = self.sides
        while time.monotonic() < self.deadline and 0 < self.count < bound:
            waiting = [(len(a.waiting(j)), i, j) for i, a in enumerate(sides) for j in range(len(sides)) if j != i]
            count, i, j = max(waiting, default=(0, 0, 0), key=lambda entry: (entry[0], entry[2] == 0))
            if not count:
                if len(sides) >= most:
                    break
                self.widen()
                continue
            chosen = sides[i].waiting(j)[:BATCH]
            sides[i].mark(j, chosen)
            ends, arrived = self.line(sides[i].value, sides[j].value).ends(sides[i].points[chosen], self.deadline)
            if j:
                sides[j].mark(i, sides[j].add(ends[arrived]))
            else:
                self.add(ends[arrived])

    def widen(self) -> None:
        """Further right-hand sides."""
        for _ in range(FIRST - 1 if len(self.sides) == 1 else 1):
            quantile, share = SIZES[(len(self.sides) - 1) % len(SIZES)]
            points = self.zero.points if quantile else self.random((SEEDS,))
            values = self.evaluate.sizes(points), np.abs(points)
            terms, size = (np.quantile(v, quantile or 0.5, axis=0) for v in values)
            terms, size = (np.where(v > 0, v, v.max() or 1.0) for v in (terms, size))
            ridge = self.owned * terms / size
            self.sides.append(Side(Right(share * terms * self.random(), share * ridge * self.random())))


def solutions(system: PolynomialSystem, bound: int, deadline: float) -> Complex:
    """As many as are found, until there are so many."""
    n = len(system.variables)
    signs = [[-1.0 if mask >> k & 1 else 1.0 for k in range(n)] for mask in loss_symmetries(system)]

    def orbit(points: Complex) -> Complex:
        points = np.vstack([points, points.conj()])
        for change in signs:
            points = np.vstack([points, points * change])
        return points

    search = Search(system, Evaluator(system), orbit, deadline=deadline)
    search.seed(bound)
    if all(any(m) for equation in system.equations for _, m in equation):
        search.add(np.zeros((1, n), dtype=np.complex128))  # it may be double, and is a solution even so
    search.run(bound)
    return search.zero.points
