"""The types of the points of a component, stratum by stratum: the search for the proofs that rules W read.

A component is where the generators vanish (and the objective has its value). Stage by stage: what shows one type
everywhere is tried first (a sum of squares, negative curvature, a Hessian that is definite across the component); where
none does, the type is shown where some polynomials do not all vanish, and the next stage adds them to the equations.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly

from exactland.classify import sampling
from exactland.classify.across import Across
from exactland.classify.component_arcs import kernel_arc, kernel_fields, positive_arc, saddle_arcs
from exactland.classify.curvature import Along, Vector, tangent_fields
from exactland.classify.degenerate import classify_degenerate
from exactland.classify.dividers import common_factors, dividers
from exactland.classify.modulo import Basis, TooLarge, squarefree_simple
from exactland.classify.multiples import multiplied_squares
from exactland.classify.rational_points import rational_point, satisfies
from exactland.classify.sos import sum_of_squares
from exactland.classify.stratum import Stratum, Where, among, kind_at, short
from exactland.classify.tubes import product_tube, square_tube
from exactland.polynomial import evaluate, from_fmpq, gradient, hessian, to_fmpq

Stage = Stratum | list[fmpq_mpoly]  # one type, or polynomials by the sign of one of which a part is to be divided

_MAXIMUM_STAGES = 8
_MAXIMUM_STRATA = 40
_FLAT = 1e-7
NO_PROOF = "no proof of one type was found"
_NEAR = 64  # a polynomial is 1/64 at points near where it is 0
_SHARES = (4, 64, 4096)  # bounds around a value are nearer to it than other values by these factors


def strata_of(
    loss: fmpq_mpoly,
    generators: Sequence[fmpq_mpoly],
    value: Fraction | tuple[Fraction, Fraction],
    *,
    others: Sequence[tuple[Fraction, Fraction]] = (),
    seconds: float = 60,
) -> list[Stratum]:
    """The strata of the component where the generators vanish and the loss is the value, or strictly between the two.

    `others` are bounds of other values that the loss has where the generators vanish. The chain covers the component;
    strata on which no type was shown are `undecided`, with the reason. Where the value is not rational and no type was
    shown between wide bounds, narrow ones follow: what holds at the value may fail a little beside it.
    """
    end = time.monotonic() + seconds
    best: list[Stratum] = []
    for share in _SHARES[: 1 if isinstance(value, Fraction) else None]:
        if not best or time.monotonic() < end:
            found = Search(loss, list(generators), value, others, end, share).run()
            if not best or _undecided(found) < _undecided(best):
                best = found
        if not _undecided(best):
            break
    return best


def _undecided(strata: Sequence[Stratum]) -> int:
    return sum(stratum.kind == "undecided" for stratum in strata)


class Search:
    """The strata of one component."""

    def __init__(
        self,
        loss: fmpq_mpoly,
        generators: list[fmpq_mpoly],
        value: Fraction | tuple[Fraction, Fraction],
        others: Sequence[tuple[Fraction, Fraction]],
        deadline: float,
        share: int = _SHARES[0],
    ) -> None:
        self.loss, self.generators, self.deadline = loss, generators, deadline
        self.ring = loss.context()
        self.n = int(self.ring.nvars())
        self.one = self.ring.constant(1)
        self.value = value if isinstance(value, Fraction) else None
        self.bounds: list[fmpq_mpoly] = []
        self.accept: sampling.Accept = []
        self.around: tuple[Fraction, Fraction] | None = None
        if isinstance(value, tuple):
            low, high = self.around = self._around(value, others, share)
            self.bounds = [loss - to_fmpq(low), to_fmpq(high) - loss]
            self.accept = [(loss, float(low), float(high))]
        self.floor = value if isinstance(value, Fraction) else value[0]
        self.count = 0

    def _around(
        self, value: tuple[Fraction, Fraction], others: Sequence[tuple[Fraction, Fraction]], share: int
    ) -> tuple[Fraction, Fraction]:
        """Short bounds around the value, well away from the other values seen where the generators vanish: within this
        part of the distance.
        """
        low, high = value
        function = sampling.Numeric(self.loss).value
        seen = [function(x) for x in sampling.points_on(self.generators, [], self.n, 24)]
        slack = max(1e-6, float(high - low), 1e-6 * abs(float(low)))
        gaps = [float(low) - v for v in seen if v < float(low) - slack]
        gaps += [v - float(high) for v in seen if v > float(high) + slack]
        gaps += [float(max(a - high, low - b)) for a, b in others if a > high or b < low]
        gap = Fraction(min([*gaps, 1.0]))
        return short(low - gap / share, low), -short(-high - gap / share, -high)

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    # ------------------------------------------------------------------------------------------------------ stages

    def run(self) -> list[Stratum]:
        if sampling.points_on(self.generators, self.accept, self.n, 1):
            proof = self._global()
            if proof is not None:
                return [Stratum([], [], "minimum", {"rule": "squares", **proof})]
        return self._cover([], [], 0)

    def _cover(self, equations: list[fmpq_mpoly], positive: list[fmpq_mpoly], depth: int) -> list[Stratum]:
        """Strata of the part where the equations vanish and all of `positive` are positive."""
        self.count += 1
        limits = {
            f"more than {_MAXIMUM_STAGES} conditions": depth > _MAXIMUM_STAGES,
            f"more than {_MAXIMUM_STRATA} parts": self.count > _MAXIMUM_STRATA,
            "the time limit came first": self.count > 1 and self.left < 0,
        }
        met = next((text for text, holds in limits.items() if holds), None)
        if met is not None:
            return [Stratum(equations, [], "undecided", None, positive, reason=met)]
        try:
            found = self._stage(equations, positive)
        except TooLarge as error:
            reason = f"the ideal of the stratum is too large: {error}"
            return [Stratum(equations, [], "undecided", None, positive, reason=reason)]
        if isinstance(found, Stratum):
            made = replace(found, bounds=self.around, sample=self._sample(found))
            if not made.nonzero or (len(made.nonzero) == 1 and among(made.nonzero[0], positive)):
                return [made]
            return [made, *self._cover(self._joined(equations, made.nonzero), positive, depth + 1)]
        reason = NO_PROOF
        for h in found:
            parts = [self._cover(equations, [*positive, side], depth + 1) for side in (h, -h)]
            if any(s.kind not in ("undecided", "empty") for part in parts for s in part):
                zero = self._cover(self._joined(equations, [h]), positive, depth + 1)
                return [*parts[0], *parts[1], *zero]
            reason = next((s.reason for part in parts for s in part if s.kind == "undecided"), reason)
        return [Stratum(equations, [], "undecided", None, positive, reason=reason)]

    def _joined(self, equations: list[fmpq_mpoly], more: list[fmpq_mpoly]) -> list[fmpq_mpoly]:
        """The equations with more of them; only these when the others follow."""
        try:
            basis = Basis([*self.generators, *more], self.ring, real=True, seconds=max(1.0, min(10.0, self.left)))
        except TooLarge:
            return [*equations, *more]
        return more if all(basis.normal(e).is_zero() for e in equations) else [*equations, *more]

    def _global(self) -> dict[str, Any] | None:
        if self.value is None or self.lower is not None:
            return None
        found = sum_of_squares(self.loss - to_fmpq(self.value))
        if found is not None:
            return {"squares": found.squares}
        multiple = multiplied_squares(self.loss, self.value)
        return None if multiple is None else {"squares": multiple.squares, "multiplier": multiple.multiplier}

    @cached_property
    def lower(self) -> list[Fraction] | None:
        return sampling.lower_point(self.loss, self.floor)

    def _stage(self, equations: list[fmpq_mpoly], positive: list[fmpq_mpoly]) -> Stage:
        """A stratum, or polynomials by the sign of one of which the part is to be divided."""
        basis = Basis([*self.generators, *equations], self.ring, real=True, seconds=max(1.0, min(20.0, self.left)))
        place = self._place(basis, positive)
        where = Where(place, equations, positive)
        if basis.is_one():
            return where.stratum("empty", {"rule": "empty", "identity": where.nothing(basis.cofactors(self.one))})
        accept = [*self.accept, *((h, 1e-9, math.inf) for h in positive)]
        return self._typed(where, accept, sampling.points_on(basis.basis, accept, self.n, 24))

    def _typed(self, where: Where, accept: sampling.Accept, points: Sequence[sampling.Array]) -> Stage:
        """The same for a part that may have points; those given were found, and lie where `accept` says."""
        place, basis, positive = where.place, where.place.basis, where.positive
        found = self._empty(where, not points or basis.point() is not None)
        if found is not None:
            return found
        point = basis.point()
        if point is not None:
            return self._point(where, point)
        seen = sampling.curvatures(self.loss, points)
        kinds = seen.kinds(self.loss, self.generators)
        near = self._near(basis, accept, positive) if len(set(kinds)) == 1 else []
        beside = sampling.curvatures(self.loss, near).kinds(self.loss, self.generators)
        both = len({kind == "strict_saddle" for kind in (*kinds, *beside)}) > 1
        if both or len(set(kinds)) > 1:
            seen = sampling.curvatures(self.loss, [*sampling.points_on(basis.basis, accept, self.n, 40), *near])
            kinds = seen.kinds(self.loss, self.generators)
        place.active = {sign: seen.active(sign) for sign in (1, -1)} if len(seen.points) > 3 else {}
        found = self._zero_diagonal(where)
        if found is not None:
            return found
        choices = dividers(place, self._difference, seen, kinds)
        if choices:
            return choices
        extremum = (self._product, self._tangent, self._extremum, self._off_common)
        attempts = {"strict_saddle": (self._curved, self._off_zero), "nonstrict_saddle": (self._flat,)}
        flat = -_FLAT * max(1.0, seen.scale)
        curved = any(float(spectrum[0]) < flat for spectrum in seen.spectra)
        others = {"strict_saddle" if curved else "nonstrict_saddle"} if kinds else {"strict_saddle", "minimum"}
        for kind in sorted({*kinds, *others}, key=lambda k: (-kinds.count(k), k != "strict_saddle", k)):
            for attempt in attempts.get(kind, extremum):
                found = attempt(where, seen)
                if found is not None:
                    return found
        h = next(iter(common_factors(place)), None)
        if h is not None and not positive:
            return [h]
        return where.stratum("undecided", reason=NO_PROOF)

    def _near(self, basis: Basis, accept: sampling.Accept, positive: Sequence[fmpq_mpoly]) -> list[sampling.Array]:
        """Points of a part near its borders, where it may be narrow and of another type."""
        edges = [h - fmpq(1, _NEAR) for h in positive]
        return [x for h in edges for x in sampling.points_on([*basis.basis, h], accept, self.n, 4)]

    @cached_property
    def _difference(self) -> fmpq_mpoly | None:
        return None if self.value is None else self.loss - to_fmpq(self.value)

    def _sample(self, stratum: Stratum) -> list[Fraction] | None:
        """A rational point on a stratum that need not contain the sample of the component."""
        part = stratum.equations or stratum.nonzero or stratum.positive
        if not part or stratum.kind == "empty" or (stratum.proof or {}).get("rule") == "point":
            return None
        if self.value is None:
            return None  # the loss of a rational point is rational

        def suits(point: list[Fraction]) -> bool:
            return evaluate(self.loss, point) == self.value and satisfies(point, stratum.nonzero, stratum.positive)

        return rational_point([*self.generators, *stratum.equations], self.ring, suits, min(1.5, max(0.2, self.left)))

    def _empty(self, where: Where, thorough: bool) -> Stratum | None:
        """A part without points, as reductions show it; by squares only if thorough."""
        basis = where.place.basis
        for gain, stated in where.gains(self.one):
            left = basis.normal(gain)
            if left.is_zero() or (left.is_constant() and left.coefficient(0) < 0):
                rest = [] if left.is_zero() else [[-from_fmpq(left.coefficient(0)), 0, self.one]]
                identity = {"rest": rest, "gain": stated, "cofactors": basis.cofactors(gain - left)}
                return where.stratum("empty", {"rule": "empty", "identity": identity})
        for gain, stated in where.gains(self.one) if thorough else ():
            for level in (1, 2):
                found = where.place.empty(level, gain)
                if found is not None:
                    return where.stratum("empty", {"rule": "empty", "identity": {**found, "gain": stated}})
        return None

    def _place(self, basis: Basis, positive: list[fmpq_mpoly]) -> Along:
        seconds = max(1.0, min(25.0, self.left / 2))
        return Along(self.loss, basis, [self.one, *positive, *self.bounds], 1 + len(positive), seconds)

    # --------------------------------------------------------------------------------------------- one type everywhere

    def _curved(self, where: Where, seen: sampling.Curvatures) -> Stratum | None:
        """A strict saddle everywhere."""
        for gain, stated in where.gains(self.one):
            for level in (0, 1, 2):
                below = where.place.curvature(1, gain, level)
                if below is not None:
                    found = self._strict(where, [], below, gain, stated)
                    if found is not None:
                        return found
                    break
        return None

    def _strict(
        self,
        where: Where,
        nonzero: list[fmpq_mpoly],
        below: dict[str, Any],
        gain: fmpq_mpoly,
        stated: list[Any],
        higher: dict[str, Any] | None = None,
    ) -> Stratum | None:
        """A strict saddle, when higher values are shown as well."""
        above = self._above(where, gain, stated) if higher is None else {**higher, "gain": stated}
        if above is None:
            return None
        proof = {"rule": "saddle", "below": {**below, "gain": stated}, "above": above}
        return where.stratum("strict_saddle", proof, nonzero)

    def _above(self, where: Where, gain: fmpq_mpoly, stated: list[Any]) -> dict[str, Any] | None:
        if self._subharmonic is not None:
            return self._subharmonic
        for level in (0, 1, 2):
            found = where.place.curvature(-1, gain, level)
            if found is not None:
                return {**found, "gain": stated}
        return positive_arc(where.place, -1) or kernel_arc(where.place)

    @cached_property
    def _subharmonic(self) -> dict[str, Any] | None:
        trace = sum((row[i] for i, row in enumerate(hessian(self.loss))), self.ring.constant(0))
        found = sum_of_squares(trace)
        if found is None or self.loss.is_constant():
            return None
        return {"weights": [Fraction(1)] * self.n, "squares": [[c, q] for c, q in found.squares]}

    def _tangent(
        self,
        where: Where,
        seen: sampling.Curvatures,
        nonzero: Sequence[fmpq_mpoly] = (),
        quick: bool = False,
    ) -> Stratum | None:
        """A minimum or maximum whose Hessian is definite across the component, where one of `nonzero` is not 0; the
        simplest proofs only if quick.
        """
        factor = sum((h * h for h in nonzero), self.ring.constant(0)) if nonzero else self.one
        component = self._component
        if component is None:
            return None
        across = Across(component, self.generators)
        for degree in (1,) if quick else (1, 2):
            tangents = [
                t for t in tangent_fields(component, self.generators, degree) if any(not p.is_zero() for p in t)
            ]
            if len(tangents) > 24:
                break
            if not nonzero and not seen.filled(tangents):
                continue
            for sign in (1, -1):
                if any(float((sign * s).min()) < -1e-6 * max(1.0, seen.scale) for s in seen.spectra):
                    continue
                kind, lower = ("minimum", self.lower) if sign > 0 else ("maximum", None)
                proof = None if quick else across.weighted(where.place, sign, tangents)
                if proof is not None:
                    return where.stratum(kind, proof, nonzero, lower=lower)
                for gain, stated in where.gains(factor, int(bool(nonzero))):
                    proof = across.proof(where.place, sign, tangents, gain, stated, degree, quick)
                    if proof is not None:
                        return where.stratum(kind, proof, nonzero, lower=lower)
        return None

    @cached_property
    def _component(self) -> Basis | None:
        try:
            return Basis(self.generators, self.ring, real=False, seconds=max(1.0, min(10.0, self.left)))
        except TooLarge:
            return None

    def _product(self, where: Where, seen: sampling.Curvatures) -> Stratum | None:
        """A minimum or maximum where loss - value is a square times what has one sign, unless it is just as easily seen
        that the Hessian is definite across the component.
        """
        for sign, kind, lower in ((1, "minimum", self.lower), (-1, "maximum", None)):
            found = None if self._difference is None else product_tube(where.place, sign * self._difference)
            if found is not None and not found[1]:
                proof = {"rule": "tube", "sign": sign, **found[0]}
                return self._tangent(where, seen, quick=True) or where.stratum(kind, proof, [], lower)
        return None

    def _extremum(self, where: Where, seen: sampling.Curvatures) -> Stratum | None:
        """A minimum or maximum by the sign of loss - value near the stratum."""
        if self.value is None:
            return None
        elements = [*self.generators, *where.equations]
        differences = {sign: sign * (self.loss - to_fmpq(self.value)) for sign in (1, -1)}
        kinds = {1: ("minimum", self.lower), -1: ("maximum", None)}
        for sign, difference in differences.items():
            found = product_tube(where.place, difference)
            if found is not None:
                return where.stratum(
                    kinds[sign][0], {"rule": "tube", "sign": sign, **found[0]}, found[1], kinds[sign][1]
                )
        for sign, difference in differences.items():
            if kinds[sign][0] not in seen.kinds(self.loss, self.generators):
                continue
            proved = square_tube(where.place, elements, difference)
            if proved is not None:
                return where.stratum(kinds[sign][0], {"rule": "tube", "sign": sign, **proved}, lower=kinds[sign][1])
        return None

    # ------------------------------------------------------------------------------------------- off some subset

    def _zero_diagonal(self, where: Where) -> Stratum | None:
        """Where H_ii = 0 modulo the ideal, d = H_ij e_j - (1 + H_jj)/2 e_i has d^T H d = -H_ij^2, and 1 - H_jj in place
        of -(1 + H_jj) gives H_ij^2.
        """
        place, zero = where.place, self.ring.constant(0)
        fields: list[Vector] = []
        mirrored: list[Vector] = []
        nonzero: list[fmpq_mpoly] = []
        known: set[str] = set()
        for i in range(self.n):
            if not place.normal[i][i].is_zero():
                continue
            for j in range(self.n):
                g = place.normal[i][j]
                if g.is_zero():
                    continue
                scale = g.leading_coefficient()
                h = g / scale
                if str(h) in known:
                    continue
                known.add(str(h))
                direction = [zero] * self.n
                direction[j] = h
                direction[i] = -(1 + place.normal[j][j]) / (2 * scale)
                nonzero.append(h)
                fields.append(direction)
                mirrored.append([d if k != i else d + 1 / scale for k, d in enumerate(direction)])
        if not nonzero:
            return None
        constant = [h for h in nonzero if h.is_constant()]
        if constant:
            keep = nonzero.index(constant[0])
            fields, mirrored, nonzero = [fields[keep]], [mirrored[keep]], []
        gain = sum((h * h for h in nonzero), zero) if nonzero else self.one
        below = place.from_fields(fields, 1, gain)
        if below is None:
            return None
        above = place.from_fields(mirrored, -1, gain)
        return self._strict(where, nonzero, below, gain, where.place.stated(1, int(bool(nonzero))), above)

    def _off_zero(self, where: Where, seen: sampling.Curvatures) -> Stratum | None:
        """Strict where not all coordinates (modulo the ideal) vanish."""
        nonzero = squarefree_simple(where.place.basis.normal(x) for x in self.ring.gens())
        if any(h.is_constant() for h in nonzero):
            return None
        for power, level in ((1, 0), (1, 1), (1, 2), (2, 3)):
            squares = sum((h ** (2 * power) for h in nonzero), self.ring.constant(0))
            for gain, stated in where.gains(squares, power):
                below = where.place.curvature(1, gain, level)
                if below is not None:
                    return self._strict(where, nonzero, below, gain, stated)
        return None

    def _off_common(self, where: Where, seen: sampling.Curvatures) -> Stratum | None:
        """A minimum or maximum where a common factor of the Hessian does not vanish."""
        found = (self._tangent(where, seen, [h]) for h in common_factors(where.place))
        return next((s for s in found if s is not None), None)

    # ------------------------------------------------------------------------------------------- flat Hessians, points

    def _flat(self, where: Where, seen: sampling.Curvatures) -> Stratum | None:
        """Saddles with a semidefinite Hessian: squares for the Hessian, arcs of odd order in its kernel."""
        place = where.place
        for degree in (0, 1):
            found = saddle_arcs(place, kernel_fields(place, degree))
            if found is not None:
                break
        else:
            return None
        above = found.above
        if above is None and not found.odd and not found.nonzero:
            above = self._above(where, self.one, place.stated(1, 0))
        if above is None and not found.odd:
            return None
        homogeneous = place.homogeneous_vectors(fill=True)
        levels = [(0, None), (1, homogeneous and homogeneous[0]), (1, None), *([(2, None)] if self.n <= 5 else [])]
        for level, vectors in levels:
            shown = place.definite(1, [], None, level, vectors)
            if shown is None:
                continue
            cofactors = place.matrix_cofactors(1, [], self.ring.constant(0), shown[1])
            if cofactors is None:
                continue
            proof = {
                "rule": "saddle",
                "semidefinite": {"squares": shown[1], "cofactors": cofactors},
                "below": found.below,
            }
            if above is not None:
                proof["above"] = above
            return where.stratum("nonstrict_saddle", proof, found.nonzero)
        return None

    def _point(self, where: Where, point: list[Fraction]) -> Stratum:
        place = where.place
        exact = [to_fmpq(x) for x in point]
        cofactors = [place.basis.cofactors(x - c) for x, c in zip(self.ring.gens(), exact, strict=True)]
        if any(g(*exact) != 0 for g in [*self.generators, *gradient(self.loss)]):
            return where.stratum("undecided", reason="the only point is not critical")
        proof: dict[str, Any] = {"rule": "point", "point": point, "cofactors": cofactors}
        matrix = np.array([[float(h(*exact).p) / float(h(*exact).q) for h in row] for row in hessian(self.loss)])
        found = classify_degenerate(self.loss, point)
        kind: str = found.kind or "undecided"
        values = np.linalg.eigvalsh(matrix) if self.n else np.zeros(0)
        decided = kind_at(hessian(self.loss), exact)
        if decided is None:
            if found.kind is None:
                made = self._extremum(where, sampling.curvatures(self.loss, [np.array([float(x) for x in point])]))
                return made or where.stratum("undecided", reason=found.reason)
            proof["proof"] = found.evidence
            if kind == "saddle":
                kind = "strict_saddle" if float(values[0]) < -1e-12 else "nonstrict_saddle"
        else:
            kind = decided
        lower = self.lower if kind == "minimum" else None
        return where.stratum(kind, proof, lower=lower)
