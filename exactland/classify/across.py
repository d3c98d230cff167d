"""Minima and maxima whose Hessian is definite across a component: the proofs of the form `tangent` that rules W read.

Fields along the component are added to the Hessian until the sum is a positive multiple of what is not 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mpoly

from exactland.classify.curvature import Along, Gram, Vector
from exactland.classify.modulo import Basis
from exactland.polynomial import from_fmpq


@dataclass(frozen=True)
class Across:
    """The search for such proofs along one component, given by its ideal and the generators as written."""

    component: Basis
    generators: list[fmpq_mpoly]

    def proof(
        self,
        place: Along,
        sign: int,
        tangents: list[Vector],
        gain: fmpq_mpoly,
        stated: list[Any],
        degree: int,
        quick: bool,
    ) -> dict[str, Any] | None:
        found = place.definite(sign, tangents, gain, 0)
        if found is not None:
            return self._written(place, sign, found, gain, stated, None)
        homogeneous = place.homogeneous_vectors() if degree == 1 and gain.is_constant() else None
        if homogeneous is not None:
            vectors, metric = homogeneous
            moved = [[q * t for q, t in zip(metric, field, strict=True)] for field in tangents]
            found = place.definite(sign, moved, None, 1, vectors)
            if found is not None:
                span = place.span(found[1], vectors)
                if span is not None:
                    return self._written(place, sign, found, gain, stated, (metric, span))
        for level in () if quick else (1, 2) if place.n <= 4 else (1,):
            found = place.definite(sign, tangents, gain, level)
            if found is not None:
                return self._written(place, sign, found, gain, stated, None)
        return None

    def weighted(self, place: Along, sign: int, tangents: list[Vector]) -> dict[str, Any] | None:
        """Definite by squares with different multipliers, which span all directions."""
        if len(place.multipliers) < 2:
            return None
        zero, one = place.ring.constant(0), place.ring.constant(1)
        units = [[one if k == i else zero for k in range(place.n)] for i in range(place.n)]
        found = place.definite(sign, tangents, None, 0, units)
        span = None if found is None else place.span(found[1], units)
        if found is None or span is None:
            return None
        return self._written(place, sign, found, zero, place.stated(1, 0), ([one] * place.n, span))

    def _written(
        self,
        place: Along,
        sign: int,
        found: tuple[list[Gram], list[Gram], fmpq],
        gain: fmpq_mpoly,
        stated: list[Any],
        moved: tuple[list[fmpq_mpoly], list[Any]] | None,
    ) -> dict[str, Any] | None:
        fields, squares, constant = found
        subtracted = constant * gain if moved is None else place.ring.constant(0)
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
                    change = sum((t[i] * g.derivative(i) for i in range(place.n)), place.ring.constant(0))
                    combination = self.component.cofactors(change)
                    if combination is None:
                        return None
                    rows.append(self.component.expanded(combination))
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
            proof["gain"] = [from_fmpq(constant) * stated[0], *stated[1:]]
        else:
            proof["metric"] = moved[0]
            proof["span"] = {"gain": stated, "rest": [], "rows": moved[1]}
        return proof
