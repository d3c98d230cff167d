"""The paths of the homotopy engine, all at once in numpy.

H(x, t) = (1 - t) c S(x) + t F(x), S a system of `starts`, c a complex number of modulus 1. Paths may end at zeros at
infinity that are known; a few paths are tracked first, and when some of them diverge to others the search gives up at
once. Paths that did not end well are tracked again with shorter steps. Nothing here needs trust: the points are
candidates.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from exactland.engines.base import EngineAnswer, PolynomialSystem, Status, Zero
from exactland.engines.evaluation import Complex, Evaluator, Real
from exactland.engines.groups import Groups, bezout_number
from exactland.engines.infinity import MAX_CORANK, Boundary
from exactland.engines.noise import Noise
from exactland.engines.starts import Start, start_system

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME = "homotopy"
VERSION = "3"
PROBES = 24
FAR = 1e8
#: A path that stops ends at a zero at infinity when what is off that direction is smaller by this factor.
SHARE = 0.1
#: And when the coordinates of groups that are not infinite there are off by less than this.
NEAR = 0.3
MAX_ZEROS = 200
#: Newton's iteration begins at these multiples of where a path seemed to end at infinity.
PULLS = (1.0, 0.75, 0.5, 1.5)
ATTEMPTS = 3
#: What the first Newton step to the path corrects at most, and about, relative to the size of the point.
FARTHEST, WANTED = 0.1, 0.005
#: How much the steps along the path may change.
SHORTER, LONGER = 0.2, 3.0
#: A path is on its way to infinity where it is larger than this, and grows by this share when 1 - t becomes 1/e of what
#: it was; then a step takes at most this part of 1 - t, and the path ends when less than this is left.
OUT, GROWTH, NEARLY, LATEST = 10.0, 0.04, 0.7, 1e-11
#: What the second Newton step corrects at most, in the first attempt.
LOOSE = 1e-3
#: Probing pays where there are more paths than this.
MANY = 1000


class Tracker:
    """The homotopy from the start system to the system; paths with more steps than `most` are given up."""

    most = 1_000_000

    def __init__(self, evaluator: Evaluator, start: Start, angle: complex) -> None:
        self.f, self.start, self.angle = evaluator, start, angle

    def system(self, x: Complex, t: NDArray[np.float64]) -> tuple[Complex, Complex, Complex]:
        """H, its Jacobian, and dH/dt."""
        f, jacobian = self.f(x)
        jacobian = t[:, None, None] * jacobian
        rest = np.asarray((1 - t)[:, None] * self.angle, dtype=np.complex128)
        s = self.start.add_to(jacobian, x, rest)
        return t[:, None] * f + rest * s, jacobian, f - self.angle * s

    def track(
        self, x: Complex, first: float, tolerance: float, deadline: float
    ) -> tuple[Complex, NDArray[np.bool_], NDArray[np.bool_]]:
        """Follow all paths from t = 0 to 1; the end points, which paths arrived, and which went to infinity.

        A step goes along the cubic through the last two points and tangents, and back to the path by two Newton steps;
        the first of them tells how far the cubic was off, hence how long the next step may be.
        """
        x, count = x.copy(), len(x)
        t, step, alive = np.zeros(count), np.full(count, first), np.ones(count, dtype=bool)
        _, jacobian, rate = self.system(x, t)
        slope = -_solve(jacobian, rate[:, :, None])[:, :, 0]
        before, last, bent = x.copy(), np.full(count, -1.0), slope.copy()
        wanted = WANTED * np.sqrt(tolerance / LOOSE)
        for _ in range(self.most):
            active = np.flatnonzero(alive & (t < 1))
            if not len(active) or time.monotonic() > deadline:
                break
            now, at, by, along = x[active], t[active], np.minimum(step[active], 1 - t[active]), slope[active]
            began = last[active] < 0
            scale = 1 + np.abs(now).max(axis=1)
            left = 1 - at
            away = ~began & (scale > OUT) & (np.abs(along).max(axis=1) * left > GROWTH * scale)
            by = np.where(away, np.minimum(by, NEARLY * left), by)
            guess = now + by[:, None] * along
            if not began.all():
                # On the way to infinity a path is nearly a power of 1 - t: there the cubic is one in log(1 - t).
                gone = 1 - last[active]
                bend, turn = np.where(away, gone, 1)[:, None], np.where(away, left, 1)[:, None]
                length = np.where(away, np.log(gone / left), gone - left)
                onward = np.where(away, -np.log1p(-np.minimum(by / left, NEARLY)), by)
                cubic = _extrapolated(before[active], bend * bent[active], now, turn * along, length, onward)
                guess = np.where(began[:, None], guess, cubic)
            h, jacobian, _ = self.system(guess, at + by)
            change = _solve(jacobian, h[:, :, None])[:, :, 0]
            guess = guess - change
            off = np.abs(change).max(axis=1) / scale
            h, jacobian, rate = self.system(guess, at + by)
            both = _solve(jacobian, np.stack([h, rate], axis=2))
            guess = guess - both[:, :, 0]
            good = (np.abs(both[:, :, 0]).max(axis=1) < tolerance * scale) & (off < FARTHEST) & np.isfinite(off)
            moved = active[good]
            before[moved], last[moved], bent[moved] = now[good], at[good], along[good]
            x[moved], t[moved], slope[moved] = guess[good], (at + by)[good], -both[good, :, 1]
            factor = np.clip((wanted / np.maximum(off, 1e-30)) ** np.where(began, 0.5, 0.25), SHORTER, LONGER)
            step[active] = by * np.where(good, factor, np.fmin(factor, 0.5))
            alive[active] &= good | (step[active] > 1e-10)
            alive &= (np.abs(x).max(axis=1) < FAR) & ((t >= 1) | (1 - t > LATEST))
        return x, alive & (t >= 1), np.abs(x).max(axis=1) >= FAR


def _extrapolated(before: Complex, bent: Complex, now: Complex, along: Complex, length: Real, by: Real) -> Complex:
    """The cubic with these values and slopes at the ends of a step of some length, a way beyond its end."""
    w = (1 + by / length)[:, None]
    square, difference = w * w, length[:, None]
    chord = (now - before) * (square * (3 - 2 * w))
    return before + chord + difference * (w * (w - 1)) * ((w - 1) * bent + w * along)


def _solve(matrices: Complex, rights: Complex) -> Complex:
    for shift in (0.0, 1e-14):
        try:
            shifted = matrices + shift * np.eye(matrices.shape[1]) if shift else matrices
            return np.asarray(np.linalg.solve(shifted, rights), dtype=np.complex128)
        except np.linalg.LinAlgError:
            continue
    return np.full_like(rights, np.nan)


def search(system: PolynomialSystem, seconds: float, groups: Groups | None = None) -> EngineAnswer:
    """Solve in this process; with one group of variables when there are none."""
    deadline = time.monotonic() + seconds
    n = len(system.variables)
    boundary = Boundary(system, groups or (0,) * n)
    evaluator = Evaluator(system)
    rng = Noise(11)
    angle = np.exp(2j * np.pi * rng.uniform(()))
    start = start_system(system, boundary.groups, boundary.degrees)
    tracker, odd = Tracker(evaluator, start, angle), start.odd
    starts = start.points()
    known = dict.fromkeys(boundary.coordinate_zeros())
    ends, ended = starts.copy(), np.zeros(len(starts), dtype=bool)
    infinite, lost, sure = (ended.copy() for _ in range(3))
    probes = rng.permutation(len(starts))[:PROBES]
    for attempt in range(ATTEMPTS):
        first, tolerance = 0.02 / 4**attempt, LOOSE / 100**attempt
        again = np.flatnonzero(~(sure | infinite))
        for now in (probes, again) if attempt == 0 and len(starts) > MANY else (again,):
            ends[now], ended[now], lost[now] = tracker.track(starts[now], first, tolerance, deadline)
            astray = _at_infinity(boundary, ends[probes][~ended[probes]], known, PROBES).count(False)
            if attempt == 0 and astray:
                message = f"{astray} of {len(probes)} probing paths diverged: solutions at infinity"
                return EngineAnswer(NAME, VERSION, Status.FAILED, message=message)
        infinite[~ended] = _at_infinity(boundary, ends[~ended], known, MAX_ZEROS)
        infinite &= ~ended
        ends[ended] = polish(evaluator, ends[ended])
        ended &= np.isfinite(ends).all(axis=1)
        sure = ended.copy()
        sure[meeting(ends, ended, odd)] = False
        if (sure | infinite).all() or time.monotonic() > deadline:
            break
        if (lost & ~infinite).any():  # more accurate steps would lead to infinity as well
            break
    found = distinct(np.concatenate([ends[ended], _pulled_back(evaluator, ends[infinite])]), odd)
    if not found:
        return EngineAnswer(NAME, VERSION, Status.FAILED, message="no path arrived")
    astray = int((~ended & ~infinite).sum())
    message = f"{len(found)} distinct points, Bezout number {bezout_number(boundary.degrees, boundary.groups)}"
    message += f" with {len(boundary.members)} groups of variables" if len(boundary.members) > 1 else ""
    message += f", {infinite.sum()} of {len(starts)} paths end at {len(known)} solutions at infinity" if known else ""
    message += f", {astray} of {len(starts)} paths diverged or were lost" if astray else ""
    points, zeros = tuple(found), tuple(known)
    return EngineAnswer(NAME, VERSION, Status.SOLVED, points, message=message, groups=boundary.groups, zeros=zeros)


def _at_infinity(boundary: Boundary, points: Complex, known: dict[Zero, None], most: int) -> list[bool]:
    """Which points are near the known zeros at infinity; new ones with coordinates in Z[i] are added, up to a number
    of them, where they may be isolated.
    """
    result = []
    for point in points:
        size = float(np.abs(point).max())
        near = bool(np.isfinite(size)) and size > 1
        if near and not any(_close(boundary, point, zero) for zero in known):
            new = boundary.recognised([complex(x) for x in point]) if len(known) < most else None
            near = new is not None and boundary.corank(new) <= MAX_CORANK
            if new is not None and near:
                known[new] = None
        result.append(near)
    return result


def _close(boundary: Boundary, point: Complex, zero: Zero) -> bool:
    """Whether the point is near the zero, and in its infinite groups large and nearly a multiple."""
    vector = np.array([complex(*z) for z in zero.at])
    for k, group in zip(zero.chart, boundary.members, strict=True):
        x, v = point[group], vector[group]
        if k is not None:
            rest = x - (v.conj() @ x) / (v.conj() @ v) * v
            if np.abs(x).max() <= 1 or np.abs(rest).max() >= SHARE * np.abs(x).max():
                return False
        elif np.abs(x - v).max() >= NEAR * (1 + np.abs(v).max()):
            return False
    return True


def _pulled_back(evaluator: Evaluator, x: Complex) -> Complex:
    """Solutions with large coordinates, which Newton's iteration finds from where a path seemed to end at infinity."""
    x = np.concatenate([scale * x for scale in PULLS])
    size = np.full(len(x), np.inf)
    for _ in range(60 if len(x) else 0):
        f, jacobian = evaluator(x)
        change = _solve(jacobian, f[:, :, None])[:, :, 0]
        x = x - change
        with np.errstate(all="ignore"):
            size = np.abs(change).max(axis=1) / np.abs(x).max(axis=1)
    return x[np.isfinite(x).all(axis=1) & (size < 1e-10)]


def meeting(ends: Complex, ended: NDArray[np.bool_], odd: bool) -> list[int]:
    """Paths that end at the same point: one of them at least has jumped to another one, or to that of 0."""
    groups: dict[bytes, list[int]] = {bytes(16 * ends.shape[1]): [-1]} if odd else {}
    arrived = np.flatnonzero(ended)
    for i, key in zip(arrived.tolist(), _keys(ends[arrived], odd), strict=True):
        groups.setdefault(key, []).append(i)
    return [i for group in groups.values() if len(group) > 1 for i in group if i >= 0]


def _keys(points: Complex, odd: bool) -> list[bytes]:
    """Equal for points that are equal up to rounding, for odd systems also for a point and its negative."""
    scale = 1e-7 * (1 + np.abs(points).max(axis=1, initial=0.0))
    places = np.round(np.concatenate([points.real, points.imag], axis=1) / scale[:, None]).astype(np.int64)
    if odd:
        lead = places[np.arange(len(places)), (places != 0).argmax(axis=1)]
        places[lead < 0] *= -1
    return [row.tobytes() for row in places]


def polish(evaluator: Evaluator, x: Complex) -> Complex:
    """Newton's iteration on the system itself."""
    for _ in range(4):
        if len(x):
            f, jacobian = evaluator(x)
            x = x - _solve(jacobian, f[:, :, None])[:, :, 0]
    return x


def distinct(points: Complex, odd: bool) -> list[tuple[complex, ...]]:
    """The different ones, in a canonical order; for odd systems with their negatives."""
    if odd:
        zero = np.zeros((1, points.shape[1]), dtype=complex)
        points = np.concatenate([points, -points, zero])
    first: dict[bytes, int] = {}
    for i, key in enumerate(_keys(points, False)):
        first.setdefault(key, i)
    points = points[list(first.values())]
    parts = np.round(points.view(np.float64), 9) + 0.0  # no zero is negative
    order = np.lexsort(parts.T[::-1])
    return [tuple(point) for point in points[order].tolist()]
