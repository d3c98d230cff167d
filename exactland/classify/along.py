"""The types of the points of a component, stratum by stratum: the search for the proofs that rules W read.

A component is where the generators vanish (and the objective has its value). Stage by stage: what shows one type
everywhere is tried first (a sum of squares, negative curvature, a Hessian that is definite across the component); where
none does, the type is shown where some polynomials do not all vanish, and the next stage adds them to the equations.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly

from exactland.classify import sampling
from exactland.classify._tools import diagonalise
from exactland.classify.component_arcs import constant_arc, kernel_fields, saddle_arcs
from exactland.classify.curvature import Along, Gram, Vector, tangent_fields
from exactland.classify.degenerate import classify_degenerate
from exactland.classify.modulo import Basis, Line, TooLarge, squarefree_simple
from exactland.classify.rational_points import rational_point, satisfies
from exactland.classify.sos import sum_of_squares
from exactland.polynomial import evaluate, from_fmpq, gradient, hessian, to_fmpq

_MAXIMUM_STAGES = 8
_FLAT = 1e-7


@dataclass(frozen=True)
class Stratum:
    """One stratum with its proof, whose polynomials are still those of the solver."""

    equations: list[fmpq_mpoly]
    nonzero: list[fmpq_mpoly]
    kind: str
    proof: dict[str, Any] | None = None
    positive: list[fmpq_mpoly] = field(default_factory=list)
    lower: list[Fraction] | None = None
    bounds: tuple[Fraction, Fraction] | None = None  # around the value, where it is not rational
    sample: list[Fraction] | None = None  # a rational point of the stratum
    reason: str = ""


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
    strata on which no type was shown are `undecided`, with the reason.
    """
    return _Search(loss, list(generators), value, others, time.monotonic() + seconds).run()


class _Search:
    def __init__(
        self,
        loss: fmpq_mpoly,
        generators: list[fmpq_mpoly],
        value: Fraction | tuple[Fraction, Fraction],
        others: Sequence[tuple[Fraction, Fraction]],
        deadline: float,
    ) -> None:
        self.loss, self.generators, self.deadline = loss, generators, deadline
        self.ring = loss.context()
        self.n = int(self.ring.nvars())
        self.one = self.ring.constant(1)
        self.value = value if isinstance(value, Fraction) else None
        self.bounds: list[fmpq_mpoly] = []
        self.accept: list[tuple[fmpq_mpoly, float, float]] = []
        self.around: tuple[Fraction, Fraction] | None = None
        if isinstance(value, tuple):
            low, high = self.around = self._around(value, others)
            self.bounds = [loss - to_fmpq(low), to_fmpq(high) - loss]
            self.accept = [(loss, float(low), float(high))]
        self.floor = value if isinstance(value, Fraction) else value[0]

    def _around(
        self, value: tuple[Fraction, Fraction], others: Sequence[tuple[Fraction, Fraction]]
    ) -> tuple[Fraction, Fraction]:
        """Short bounds around the value, well away from the other values seen where the generators vanish."""
        low, high = value
        function = sampling.Numeric(self.loss).value
        seen = [function(x) for x in sampling.points_on(self.generators, [], self.n, 24)]
        slack = max(1e-6, float(high - low), 1e-6 * abs(float(low)))
        gaps = [float(low) - v for v in seen if v < float(low) - slack]
        gaps += [v - float(high) for v in seen if v > float(high) + slack]
        gaps += [float(max(a - high, low - b)) for a, b in others if a > high or b < low]
        gap = Fraction(min([*gaps, 1.0]))
        return _short(low - gap / 4, low), -_short(-high - gap / 4, -high)

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    # ------------------------------------------------------------------------------------------------------ stages

    def run(self) -> list[Stratum]:
        if sampling.points_on(self.generators, self.accept, self.n, 1):
            squares = self._global()
            if squares is not None:
                return [Stratum([], [], "minimum", {"rule": "squares", "squares": squares})]
        result: list[Stratum] = []
        equations: list[fmpq_mpoly] = []
        for _ in range(_MAXIMUM_STAGES):
            try:
                stage = self._stage(equations)
            except TooLarge as error:
                stage = [Stratum(equations, [], "undecided", reason=f"the ideal of the stratum is too large: {error}")]
            result.extend(replace(s, bounds=self.around, sample=self._sample(s)) for s in stage)
            equations = stage[0].nonzero
            if not equations:
                return result
        result.append(Stratum(equations, [], "undecided", reason=f"more than {_MAXIMUM_STAGES} strata"))
        return result

    def _global(self) -> list[Any] | None:
        if self.value is None or self.lower is not None:
            return None
        found = sum_of_squares(self.loss - to_fmpq(self.value))
        return None if found is None else [[c, q] for c, q in found.squares]

    @cached_property
    def lower(self) -> list[Fraction] | None:
        return sampling.lower_point(self.loss, self.floor)

    def _stage(self, equations: list[fmpq_mpoly]) -> list[Stratum]:
        basis = Basis([*self.generators, *equations], self.ring, real=True, seconds=max(1.0, min(20.0, self.left)))
        place = self._place(basis, [])
        if basis.is_one():
            identity = {"rest": [], "gain": [Fraction(1), 0], "cofactors": basis.cofactors(self.one)}
            return [Stratum(equations, [], "empty", self._proof(place, {"rule": "empty", "identity": identity}))]
        point = basis.point()
        if point is not None:
            return [self._point(place, equations, point)]
        points = sampling.points_on(basis.basis, self.accept, self.n)
        seen = sampling.curvatures(self.loss, points)
        place.active = {sign: seen.active(sign) for sign in (1, -1)} if len(points) > 3 else {}
        flat = _FLAT * max(1.0, seen.scale)
        if not points:
            found = self._empty(place, equations)
            if found is not None:
                return [found]
        strict = [float(s[0]) < -flat for s in seen.spectra]
        found = self._uniform(place, equations, strict, seen)
        if found is not None:
            return [found]
        found = self._tube(place, equations, seen) or self._zero_diagonal(place, equations)
        if found is not None:
            return [found]
        parts = self._by_sign(basis, equations, points, strict)
        if parts is not None:
            return parts
        if not any(strict):
            found = self._flat(place, equations)
            if found is not None:
                return [found]
        else:
            found = self._off_zero(place, equations)
            if found is not None:
                return [found]
        return [Stratum(equations, [], "undecided", reason="no proof of one type was found")]

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

    def _empty(self, place: Along, equations: list[fmpq_mpoly]) -> Stratum | None:
        for level in (1, 2):
            found = place.empty(level)
            if found is not None:
                identity = {**found, "gain": [Fraction(1), 0]}
                return Stratum(equations, [], "empty", self._proof(place, {"rule": "empty", "identity": identity}))
        return None

    def _place(self, basis: Basis, positive: list[fmpq_mpoly]) -> Along:
        seconds = max(1.0, min(25.0, self.left / 2))
        return Along(self.loss, basis, [self.one, *positive, *self.bounds], 1 + len(positive), seconds)

    def _proof(self, place: Along, proof: dict[str, Any]) -> dict[str, Any]:
        lines = [_line(line) for line in place.basis.lines]
        return {**proof, "lines": lines} if lines else proof

    # --------------------------------------------------------------------------------------------- one type everywhere

    def _uniform(
        self, place: Along, equations: list[fmpq_mpoly], strict: list[bool], seen: sampling.Curvatures
    ) -> Stratum | None:
        flat = _FLAT * max(1.0, seen.scale)
        if all(strict):
            for level in (0, 1, 2):
                below = place.curvature(1, self.one, level)
                if below is not None:
                    found = self._strict(place, equations, [], [], below, self.one, [Fraction(1), 0])
                    if found is not None:
                        return found
                    break
        if not any(strict) or all(float(s[-1]) < flat for s in seen.spectra):
            return self._tangent(place, equations, [], [], self.one, seen)
        return None

    def _strict(
        self,
        place: Along,
        equations: list[fmpq_mpoly],
        nonzero: list[fmpq_mpoly],
        positive: list[fmpq_mpoly],
        below: dict[str, Any],
        gain: fmpq_mpoly,
        stated: list[Any],
        higher: dict[str, Any] | None = None,
    ) -> Stratum | None:
        """A strict saddle, when higher values are shown as well."""
        above = self._above(place, gain, stated) if higher is None else {**higher, "gain": stated}
        if above is None:
            return None
        proof = {"rule": "saddle", "below": {**below, "gain": stated}, "above": above}
        return Stratum(equations, nonzero, "strict_saddle", self._proof(place, proof), positive)

    def _above(self, place: Along, gain: fmpq_mpoly, stated: list[Any]) -> dict[str, Any] | None:
        if self._subharmonic is not None:
            return self._subharmonic
        for level in (0, 1, 2):
            found = place.curvature(-1, gain, level)
            if found is not None:
                return {**found, "gain": stated}
        return constant_arc(place, -1)

    @cached_property
    def _subharmonic(self) -> dict[str, Any] | None:
        trace = sum((row[i] for i, row in enumerate(hessian(self.loss))), self.ring.constant(0))
        found = sum_of_squares(trace)
        if found is None or self.loss.is_constant():
            return None
        return {"weights": [Fraction(1)] * self.n, "squares": [[c, q] for c, q in found.squares]}

    def _tangent(
        self,
        place: Along,
        equations: list[fmpq_mpoly],
        nonzero: list[fmpq_mpoly],
        positive: list[fmpq_mpoly],
        gain: fmpq_mpoly,
        seen: sampling.Curvatures | None = None,
    ) -> Stratum | None:
        """A minimum or maximum whose Hessian is definite across the component."""
        component = self._component
        if component is None:
            return None
        for degree in (1, 2):
            tangents = [
                t for t in tangent_fields(component, self.generators, degree) if any(not p.is_zero() for p in t)
            ]
            if len(tangents) > 24:
                break
            for sign in (1, -1):
                if seen is not None and any(
                    float((sign * s).min()) < -1e-6 * max(1.0, seen.scale) for s in seen.spectra
                ):
                    continue
                proof = self._across(place, sign, tangents, gain, degree)
                if proof is not None:
                    kind = "minimum" if sign > 0 else "maximum"
                    return Stratum(equations, nonzero, kind, proof, positive, self.lower if sign > 0 else None)
        return None

    @cached_property
    def _component(self) -> Basis | None:
        try:
            return Basis(self.generators, self.ring, real=False, seconds=max(1.0, min(10.0, self.left)))
        except TooLarge:
            return None

    def _across(
        self, place: Along, sign: int, tangents: list[Vector], gain: fmpq_mpoly, degree: int
    ) -> dict[str, Any] | None:
        found = place.definite(sign, tangents, gain, 0)
        if found is not None:
            return self._tangent_proof(place, sign, found, gain, None)
        homogeneous = place.homogeneous_vectors() if degree == 1 else None
        if homogeneous is not None:
            vectors, metric = homogeneous
            moved = [[q * t for q, t in zip(metric, field, strict=True)] for field in tangents]
            found = place.definite(sign, moved, None, 1, vectors)
            if found is not None:
                span = place.span(found[1], vectors)
                if span is not None:
                    return self._tangent_proof(place, sign, found, gain, (metric, span))
        found = place.definite(sign, tangents, gain, 1)
        return None if found is None else self._tangent_proof(place, sign, found, gain, None)

    def _tangent_proof(
        self,
        place: Along,
        sign: int,
        found: tuple[list[Gram], list[Gram], fmpq],
        gain: fmpq_mpoly,
        moved: tuple[list[fmpq_mpoly], list[Any]] | None,
    ) -> dict[str, Any] | None:
        fields, squares, constant = found
        component = self._component
        if component is None:
            return None
        subtracted = constant * gain if moved is None else self.ring.constant(0)
        cofactors = place.matrix_cofactors(sign, fields, subtracted, squares)
        if cofactors is None:
            return None
        given = []
        for gram in fields:
            members = []
            for t in gram.members:
                if moved is not None:
                    t = [x / q for x, q in zip(t, moved[0], strict=True)]
                rows = []
                for g in self.generators:
                    change = sum((t[i] * g.derivative(i) for i in range(self.n)), self.ring.constant(0))
                    combination = component.cofactors(change)
                    if combination is None:
                        return None
                    rows.append(component.expanded(combination))
                members.append({"field": t, "cofactors": rows})
            given.append(Gram(gram.matrix, gram.multiplier, members))
        proof: dict[str, Any] = {
            "rule": "tangent",
            "sign": sign,
            "fields": given,
            "squares": squares,
            "cofactors": cofactors,
        }
        if moved is None:
            proof["gain"] = [from_fmpq(constant), 0]
        else:
            proof["metric"] = moved[0]
            proof["span"] = {"gain": [Fraction(1), 0], "rest": [], "rows": moved[1]}
        return self._proof(place, proof)

    def _tube(self, place: Along, equations: list[fmpq_mpoly], seen: sampling.Curvatures) -> Stratum | None:
        """A minimum or maximum whose Hessian is singular across the component: squares near it."""
        if self.value is None or not seen.spectra:
            return None
        for sign in (1, -1):
            flat = all(float((sign * s).min()) > -_FLAT * max(1.0, seen.scale) for s in seen.spectra)
            if flat and not sampling.leaves(self.loss, seen.points[:3], sign):
                width = Fraction(1)
                for _ in range(4):
                    squares = place.tube(self.generators, sign * (self.loss - to_fmpq(self.value)), width)
                    if squares is not None:
                        widths = [width] * len(self.generators)
                        proof: dict[str, Any] = {"rule": "tube", "sign": sign, "widths": widths, "squares": squares}
                        kind, lower = ("minimum", self.lower) if sign > 0 else ("maximum", None)
                        return Stratum(equations, [], kind, proof, lower=lower)
                    width /= 8
        return None

    # ------------------------------------------------------------------------------------------- off some subset

    def _zero_diagonal(self, place: Along, equations: list[fmpq_mpoly]) -> Stratum | None:
        """Where H_ii = 0 modulo the ideal, d = H_ij e_j - (1 + H_jj)/2 e_i has d^T H d = -H_ij^2, and 1 - H_jj in place
        of -(1 + H_jj) gives H_ij^2.
        """
        zero = self.ring.constant(0)
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
        return self._strict(place, equations, nonzero, [], below, gain, [Fraction(1), 1 if nonzero else 0], above)

    def _off_zero(self, place: Along, equations: list[fmpq_mpoly]) -> Stratum | None:
        """Strict where not all coordinates (modulo the ideal) vanish."""
        nonzero = squarefree_simple(place.basis.normal(x) for x in self.ring.gens())
        if any(h.is_constant() for h in nonzero):
            return None
        for power, level in ((1, 0), (1, 1), (1, 2), (2, 3)):
            gain = sum((h ** (2 * power) for h in nonzero), self.ring.constant(0))
            below = place.curvature(1, gain, level)
            if below is not None:
                return self._strict(place, equations, nonzero, [], below, gain, [Fraction(1), power])
        return None

    def _by_sign(
        self, basis: Basis, equations: list[fmpq_mpoly], points: list[sampling.Array], strict: list[bool]
    ) -> list[Stratum] | None:
        """Two parts by the sign of a polynomial that separates the points seen of different types."""
        if not points or ((all(strict) or not any(strict)) and len(points) > 3 and not self._common(basis)):
            return None
        candidates = self._common(basis) or squarefree_simple(
            f for row in self._place(basis, []).normal for p in row for _, f in [(0, p)]
        )
        for h in [c for c in candidates if not c.is_constant()][:6]:
            values = [sampling.Numeric(h).value(x) for x in points]
            kinds = {s: {k for k, v in zip(strict, values, strict=True) if v * s > 1e-9} for s in (1, -1)}
            if any(len(k) > 1 for k in kinds.values()):
                continue
            parts = [self._signed(equations, basis, h, s) for s in (1, -1)]
            if any(p.kind != "undecided" for p in parts):
                return parts
        return None

    def _common(self, basis: Basis) -> list[fmpq_mpoly]:
        """The factors that all entries of the Hessian share modulo the ideal."""
        place = self._place(basis, [])
        common = self.ring.constant(0)
        for row in place.normal:
            for p in row:
                common = common.gcd(p) if not common.is_zero() else p
        if common.is_zero() or common.is_constant():
            return []
        return [f for f, _ in common.factor()[1]]

    def _signed(self, equations: list[fmpq_mpoly], basis: Basis, h: fmpq_mpoly, sign: int) -> Stratum:
        positive = [h * sign]
        place = self._place(basis, positive)
        for gain, stated in ((h * sign, [Fraction(1), 0]), (h * h, [Fraction(1), 1])):
            for level in (0, 1):
                below = place.curvature(1, gain, level)
                if below is not None:
                    made = self._strict(place, equations, [h], positive, below, gain, stated)
                    if made is not None:
                        return made
        made = self._tangent(place, equations, [h], positive, h * sign)
        if made is not None:
            return made
        return Stratum(equations, [h], "undecided", None, positive, reason="no proof of one type was found")

    # ------------------------------------------------------------------------------------------- flat Hessians, points

    def _flat(self, place: Along, equations: list[fmpq_mpoly]) -> Stratum | None:
        """Saddles with a semidefinite Hessian: squares for the Hessian, arcs of odd order in its kernel."""
        for degree in (0, 1):
            found = saddle_arcs(place, kernel_fields(place, degree))
            if found is not None:
                break
        else:
            return None
        nonzero, power, below, above = found
        homogeneous = place.homogeneous_vectors()
        for level, vectors in ((0, None), (1, homogeneous and homogeneous[0]), (1, None)):
            shown = place.definite(1, [], None, level, vectors)
            if shown is None:
                continue
            cofactors = place.matrix_cofactors(1, [], self.ring.constant(0), shown[1])
            if cofactors is None:
                continue
            constant = [h for h in nonzero if h.is_constant()]
            if constant:
                nonzero = []
            stated = [Fraction(1), power if nonzero else 0]
            proof = {
                "rule": "saddle",
                "semidefinite": {"squares": shown[1], "cofactors": cofactors},
                "below": {**below, "gain": stated},
            }
            if above is not None:
                proof["above"] = {**above, "gain": stated}
            return Stratum(equations, nonzero, "nonstrict_saddle", self._proof(place, proof))
        return None

    def _point(self, place: Along, equations: list[fmpq_mpoly], point: list[Fraction]) -> Stratum:
        exact = [to_fmpq(x) for x in point]
        cofactors = [place.basis.cofactors(x - c) for x, c in zip(self.ring.gens(), exact, strict=True)]
        if any(g(*exact) != 0 for g in [*self.generators, *gradient(self.loss)]):
            return Stratum(equations, [], "undecided", reason="the only point is not critical")
        proof: dict[str, Any] = {"rule": "point", "point": point, "cofactors": cofactors}
        matrix = np.array([[float(h(*exact).p) / float(h(*exact).q) for h in row] for row in hessian(self.loss)])
        found = classify_degenerate(self.loss, point)
        kind: str = found.kind or "undecided"
        values = np.linalg.eigvalsh(matrix) if self.n else np.zeros(0)
        decided = _decided(hessian(self.loss), exact)
        if decided is None:
            if found.kind is None:
                return Stratum(equations, [], "undecided", reason=found.reason)
            proof["proof"] = found.evidence
            if kind == "saddle":
                kind = "strict_saddle" if float(values[0]) < -1e-12 else "nonstrict_saddle"
        else:
            kind = decided
        lower = self.lower if kind == "minimum" else None
        return Stratum(equations, [], kind, self._proof(place, proof), lower=lower)


def _decided(matrix: list[list[fmpq_mpoly]], point: Sequence[fmpq]) -> str | None:
    """The kind that the inertia of the Hessian shows, or None."""
    _, values = diagonalise([[h(*point) for h in row] for row in matrix])
    positive, negative = any(v > 0 for v in values), any(v < 0 for v in values)
    if positive and negative:
        return "strict_saddle"
    if any(v == 0 for v in values):
        return None
    return "maximum" if negative else "minimum"


def _short(least: Fraction, most: Fraction) -> Fraction:
    """A number of few binary places from `least` to `most`."""
    for places in range(200):
        found = Fraction(math.floor(most * 2**places), 2**places)
        if found >= least:
            return found
    return most


def _line(line: Line) -> dict[str, Any]:
    combination = [[j, q] for j, q in line.combination]
    if not line.power:
        return {"combination": combination}
    result: dict[str, Any] = {"combination": combination, "power": line.power, "element": line.element}
    if line.squares:
        result["nonnegative"] = [[c, 0, q] for c, q in line.squares]
    return result
