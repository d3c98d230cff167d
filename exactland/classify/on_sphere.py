"""The types along components of critical points on a sphere: the search for the proofs that rules W19 to W22 read.

Saddles are shown by curvature along fields that stay on the sphere, with values m (x_i e_k - x_k e_i); minima and
maxima of the objective on the sphere as minima and maxima, without constraint, of a polynomial that equals it there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import prod

import numpy as np
from flint import fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify import sampling
from exactland.classify._tools import monomial, terms
from exactland.classify.along import NO_PROOF, Search, Stage
from exactland.classify.curvature import Along, Vector
from exactland.classify.dividers import dividers, simple
from exactland.classify.modulo import Basis
from exactland.classify.sampling import Array, Curvatures
from exactland.classify.stratum import Stratum, Where
from exactland.polynomial import from_fmpq, to_fmpq

_PENALTIES = (1, 4, 16, 64, 256)
_FLAT = 1e-7
_ARCS = 60


def strata_on_sphere(
    lagrangian: fmpq_mpoly,
    sphere: Sequence[int],
    generators: Sequence[fmpq_mpoly],
    value: Fraction | tuple[Fraction, Fraction],
    *,
    seconds: float = 60,
) -> list[Stratum]:
    """The strata of a component of critical points of a Lagrangian, whose last variable is the multiplier."""
    return _OnSphere(lagrangian, sphere, list(generators), value, time.monotonic() + seconds).run()


@dataclass
class _AlongSphere(Along):
    """Fields along the sphere of these variables; the last variable does not move."""

    sphere: Sequence[int] = ()

    def _field_sets(self, sign: int, level: int) -> Iterator[tuple[list[Vector], bool]]:
        zero, gens = self.ring.constant(0), self.ring.gens()
        pairs = [(i, k) for a, i in enumerate(self.sphere) for k in self.sphere[:a]]
        free = sorted(set(range(self.n - 1)) - set(self.sphere))
        moves = [[gens[k] if j == i else -gens[i] if j == k else zero for j in range(self.n)] for i, k in pairs]
        moves += [[self.ring.constant(1) if j == i else zero for j in range(self.n)] for i in free]
        factors = [monomial(self.ring, e) for e in self.standard(level)]
        yield [[f * x for x in move] for f in factors for move in moves], False


class _OnSphere(Search):
    def __init__(
        self,
        lagrangian: fmpq_mpoly,
        sphere: Sequence[int],
        generators: list[fmpq_mpoly],
        value: Fraction | tuple[Fraction, Fraction],
        deadline: float,
    ) -> None:
        super().__init__(lagrangian, generators, value, (), deadline)
        self.sphere = tuple(sphere)
        gens = self.ring.gens()
        self.off = sum((gens[i] ** 2 for i in self.sphere), -self.one)

    def run(self) -> list[Stratum]:
        return self._cover([], [], 0)

    @property
    def lower(self) -> None:
        """Lower values are those of other points of the list."""
        return None

    def _place(self, basis: Basis, positive: list[fmpq_mpoly]) -> Along:
        seconds = max(1.0, min(25.0, self.left / 2))
        known = [self.one, *positive, *self.bounds]
        return _AlongSphere(self.loss, basis, known, 1 + len(positive), seconds, sphere=self.sphere)

    def _typed(self, where: Where, accept: sampling.Accept, points: Sequence[Array]) -> Stage:
        if not points:
            return self._empty(where, True) or where.stratum("undecided", reason=NO_PROOF)
        seen = self._along_sphere(points)
        kinds = [_kind(spectrum, seen.scale) for spectrum in seen.spectra]
        choices = dividers(where.place, None, seen, kinds)
        if choices:
            return choices
        for kind in sorted(set(kinds)):
            found = self._curved(where, seen) if kind == "strict_saddle" else self._extremum_of(where, kind, points)
            if found is not None:
                return found
        return self._bent(where, points) or where.stratum("undecided", reason=NO_PROOF)

    def _along_sphere(self, points: Sequence[Array]) -> Curvatures:
        """The Hessian on the tangent space, and 0 across it."""
        whole = sampling.curvatures(self.loss, points)
        spectra, vectors = [], []
        for x, values, frame in zip(points, whole.spectra, whole.vectors, strict=True):
            normal = np.zeros((self.n, 2))
            normal[-1, 1] = 1.0
            for i in self.sphere:
                normal[i, 0] = x[i]
            inside = np.eye(self.n) - normal @ np.linalg.pinv(normal)
            found = np.linalg.eigh(inside @ (frame * values) @ frame.T @ inside)
            spectra.append(found[0])
            vectors.append(found[1])
        return Curvatures(list(points), spectra, vectors)

    def _curved(self, where: Where, seen: Curvatures) -> Stratum | None:
        """A strict saddle everywhere, or where a common factor of the curvatures does not vanish."""
        found = super()._curved(where, seen)
        if found is not None:
            return found
        for h in self._factors(where.place):
            for gain, stated in where.gains(h * h, 1):
                below = where.place.curvature(1, gain, 0) or where.place.curvature(1, gain, 1)
                found = None if below is None else self._strict(where, [h], below, gain, stated)
                if found is not None:
                    return found
        return None

    def _factors(self, place: Along) -> list[fmpq_mpoly]:
        """What all curvatures have in common modulo the ideal, and the coordinates that divide some."""
        moves = next(place._field_sets(1, 0))[0]
        pairs = (place.along(left, right) for a, left in enumerate(moves) for right in moves[: a + 1])
        found = [p for p in map(place.basis.normal, pairs) if not p.is_zero()]
        common = self.ring.constant(0)
        for p in found:
            common = p if common.is_zero() else common.gcd(p)
        coordinates = [x for x in self.ring.gens() if any(p.gcd(x) == x for p in found)]
        chosen = [prod((f for f, _ in common.factor()[1]), start=self.one)] if found else []
        chosen.append(prod(coordinates, start=self.one))
        return [simple(h) for h in chosen if not h.is_constant()]

    def _above(self, where: Where, gain: fmpq_mpoly, stated: list[object]) -> dict[str, object] | None:
        for level in (0, 1, 2):
            found = where.place.curvature(-1, gain, level)
            if found is not None:
                return {**found, "gain": stated}
        return None

    @cached_property
    def _extension(self) -> tuple[fmpq_mpoly, list[fmpq_mpoly]] | None:
        """The multiplier on the component as a polynomial p in the others, and m - p in the generators."""
        component = self._component
        if component is None:
            return None
        multiplier = self.ring.gens()[-1]
        p = component.normal(multiplier)
        if p.degrees()[-1]:
            # on the sphere the sum of x_i dF/dx_i is that of x_i dL/dx_i minus twice the multiplier
            slopes = (self.ring.gens()[i] * self.loss.derivative(i) for i in self.sphere)
            p = (sum(slopes, self.ring.constant(0)) + 2 * multiplier * (self.off + 1)) / 2
        cofactors = component.cofactors(multiplier - p)
        if cofactors is None or p.degrees()[-1]:
            return None
        given = dict(component.expanded(cofactors))
        return p, [given.get(k, self.ring.constant(0)) for k in range(len(self.generators))]

    def _extended(self, where: Where, sign: int, points: Sequence[Array]) -> Iterator[tuple[Where, dict[str, object]]]:
        """The part with polynomials in place of the objective that equal it on the sphere, convex (or concave) across
        it, with what the certificate says of them.
        """
        if self._extension is None:
            return
        p, factors = self._extension
        gap = self.ring.gens()[-1] - p
        for c in _PENALTIES:
            penalty = Fraction(sign * c)
            extended = self.loss + gap * self.off + to_fmpq(penalty) * (self.off**2 + gap**2)
            seen = sampling.curvatures(extended, points)
            if any(float((sign * s).min()) < -_FLAT * max(1.0, seen.scale) for s in seen.spectra):
                continue
            known = where.place
            place = Along(extended, known.basis, known.multipliers, known.strong, known.seconds)
            stated = {"multiplier": p, "penalty": penalty, "cofactors": factors}
            yield Where(place, where.equations, where.positive), stated

    def _extremum_of(self, where: Where, kind: str, points: Sequence[Array]) -> Stratum | None:
        """A minimum or maximum of the objective on the sphere, as one of a polynomial that equals it there."""
        for moved, stated in self._extended(where, 1 if kind == "minimum" else -1, points):
            found = self._tangent(moved, sampling.curvatures(moved.place.loss, points))
            if found is not None:
                return replace(found, extension=stated)
        return None

    def _bent(self, where: Where, points: Sequence[Array]) -> Stratum | None:
        """A saddle that is not strict: where the objective has a term of order 3 along arcs x + d t - |d|^2 x t^2/2."""
        place, zero = where.place, self.ring.constant(0)
        moves = next(place._field_sets(1, 0))[0][: len(self.sphere) * (len(self.sphere) - 1) // 2]
        chosen = [list(c) for k in (1, 2, 3) for c in combinations(moves, k)][:_ARCS]
        tried: set[str] = set()
        for several in chosen:
            d = [sum((v[i] for v in several), zero) for i in range(self.n)]
            series = self._series(place, d)
            if not (series[1].is_zero() and series[2].is_zero()) or series[3].is_zero() or str(series[3]) in tried:
                continue
            tried.add(str(series[3]))
            c = series[3]
            arc = self._arc(place, [-c * x for x in d], c**4)
            if arc is None:
                continue
            h, gain = self._fourth_power(place, c)
            below = {"arcs": [{**arc, "order": 3, "lead": [[Fraction(1), 0, c * c]]}], "rest": [], "gain": gain}
            for moved, stated in self._extended(where, 1, points):
                shown = next((s for s in (moved.place.definite(1, [], None, k) for k in (0, 1)) if s), None)
                cofactors = None if shown is None else moved.place.matrix_cofactors(1, [], zero, shown[1])
                if shown is None or cofactors is None:
                    continue
                proof = {
                    "rule": "saddle",
                    "below": {**below, "cofactors": []},
                    "semidefinite": {"squares": shown[1], "cofactors": cofactors},
                }
                return replace(moved.stratum("nonstrict_saddle", proof, h), extension=stated)
        return None

    def _fourth_power(self, place: Along, c: fmpq_mpoly) -> tuple[list[fmpq_mpoly], list[object]]:
        """c^4 as what does not vanish and the gain: c = u h^k for the simplest h."""
        if c.is_constant():
            return [], place.stated(from_fmpq(c.coefficient(0)) ** 4, 0)
        unit, factors = c.factor()
        k = min(e for _, e in factors)
        if k > 4 or any(e != k for _, e in factors):
            return [c], place.stated(1, 2)
        return [prod((f for f, _ in factors), start=self.one)], place.stated(from_fmpq(unit) ** 4, 2 * k)

    def _curve(self, d: Vector) -> list[list[fmpq_mpoly]]:
        """d t - |d|^2 x t^2 / 2 over the sphere, d t in the other coordinates."""
        square = sum((d[i] * d[i] for i in self.sphere), self.ring.constant(0))
        gens = self.ring.gens()
        return [
            [d[i], -square * gens[i] / 2] if i in self.sphere else [d[i]] if i < self.n - 1 else []
            for i in range(self.n)
        ]

    def _terms(self, p: fmpq_mpoly, d: Vector) -> list[fmpq_mpoly]:
        """The terms of the polynomial along the curve, up to t^3."""
        names = [*(self.ring.name(i) for i in range(self.n)), "along"]
        larger = fmpq_mpoly_ctx.get(tuple(names), "degrevlex")
        t = larger.gens()[-1]

        def lifted(q: fmpq_mpoly) -> fmpq_mpoly:
            return larger.from_dict({(*e, 0): c for e, c in terms(q).items()})

        line = [
            x + sum((lifted(a) * t**k for k, a in enumerate(row, 1)), larger.constant(0))
            for x, row in zip(larger.gens()[:-1], self._curve(d), strict=True)
        ]
        image = p.compose(*line, ctx=larger)
        found = terms(image)
        return [self.ring.from_dict({e[:-1]: c for e, c in found.items() if e[-1] == k}) for k in range(4)]

    def _series(self, place: Along, d: Vector) -> list[fmpq_mpoly]:
        return [place.basis.normal(p) for p in self._terms(self.loss, d)]

    def _arc(self, place: Along, d: Vector, lead: fmpq_mpoly) -> dict[str, object] | None:
        """The curve, with the cofactors of the lower terms of the objective, that of t^3 plus the lead, and of those of
        the squares.
        """
        values, lengths = self._terms(self.loss, d), self._terms(self.off, d)
        cofactors = [place.basis.cofactors(p) for p in (values[1], values[2], values[3] + lead)]
        sphere = [place.basis.cofactors(p) for p in lengths[1:3]]
        if any(c is None for c in (*cofactors, *sphere)):
            return None
        return {"curve": self._curve(d), "cofactors": cofactors, "sphere": sphere}


def _kind(spectrum: Array, scale: float) -> str:
    flat = _FLAT * max(1.0, scale)
    if spectrum[0] < -flat:
        return "strict_saddle" if spectrum[-1] > flat else "maximum"
    return "minimum"
