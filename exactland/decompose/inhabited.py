"""Points with algebraic coordinates on parts of components: on curves without rational points, say.

Everything here is searched; rule W8 of the checker decides.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from exactland.classify import sampling
from exactland.classify.stratum import Stratum
from exactland.decompose import quotient
from exactland.decompose.cases import OutOfReach, Search
from exactland.decompose.components import MAX_SAMPLE_DEGREE, RealSample, orbit_of, real_roots
from exactland.decompose.tree import Leaf
from exactland.polynomial import to_fmpq
from exactland.solving.zero_dimensional import ExactPoint

Array = NDArray[np.float64]
WORK = 20_000  # of a case tree
NEAR = 1e-7
DENOMINATORS = (1, 2, 4, 10, 50)


def point_inside(
    loss: fmpq_mpoly, generators: Sequence[fmpq_mpoly], stratum: Stratum, seconds: float
) -> RealSample | None:
    """A point of the stratum of low degree, or None when none was found."""
    n = int(loss.context().nvars())
    equations = [*generators, *stratum.equations]
    accept = [(p, 1e-4, math.inf) for p in stratum.positive]
    if stratum.bounds is not None:
        accept.append((loss, float(stratum.bounds[0]), float(stratum.bounds[1])))
    nonzero = sampling.Numerics(stratum.nonzero, n)
    seen = [x for x in sampling.points_on(equations, accept, n) if not stratum.nonzero or _off(nonzero(x))]
    try:
        for leaf in Search(loss, seconds, work=WORK).tree(equations).leaves:
            for point in _points(leaf, loss, seen, seconds):
                for root, place, level in real_roots(point, loss):
                    x = np.array(place)
                    inside = all(low < sampling.Numeric(p).value(x) < high for p, low, high in accept)
                    if inside and (not stratum.nonzero or _off(nonzero(x))):
                        return RealSample(point, root, place, level)
    except OutOfReach:
        pass
    return None


def on_part(stratum: Stratum, x: Sequence[float]) -> bool:
    """Whether a point of the component seems to be on the stratum."""
    place, n = np.array(x), len(x)
    near = not stratum.equations or not _off(sampling.Numerics(stratum.equations, n)(place))
    some = not stratum.nonzero or _off(sampling.Numerics(stratum.nonzero, n)(place))
    return near and some and all(sampling.Numeric(p).value(place) > NEAR for p in stratum.positive)


def _off(values: Array) -> bool:
    return float(np.abs(values).max(initial=0.0)) > NEAR


def _points(leaf: Leaf, loss: fmpq_mpoly, seen: Sequence[Array], seconds: float) -> Iterator[ExactPoint]:
    """Orbits of points: that of a leaf of dimension 0, or where planes near points that were seen cut the leaf."""
    if leaf.dimension == 0:
        yield orbit_of(leaf)
        return
    ring = leaf.ring
    sets = list(itertools.islice(quotient.independent_sets([g.lead for g in leaf.basis], ring.nvars()), 2))
    for digits, chosen, x in itertools.product(DENOMINATORS, sets, seen[:4]):
        near = [to_fmpq(Fraction(round(float(x[i]) * digits), digits)) for i in chosen]
        plane = [ring.gen(i) - c for i, c in zip(chosen, near, strict=True)]
        for part in Search(loss, seconds, work=WORK).tree([*(g.poly for g in leaf.basis), *plane]).points():
            point = orbit_of(part)
            if point.degree <= MAX_SAMPLE_DEGREE:
                yield point
