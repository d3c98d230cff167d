"""Local minima, isolated or not, by a lower bound on a region.

    L - c = sum of coefficients times products of some of the polynomials g_k, each times a square,

with coefficients >= 0. So L >= c wherever all g_k >= 0; where all g_k > 0 that holds near the point too, and a point
with L = c is a local minimum. The identity is shown to the checker; the signs at the rational point, and the loss, are
computed by the checker's code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactland.checker.kernel import value_at
from exactland.checker.problem import read_problem
from exactland.claims.evidence import Evidence, is_plain_polynomial, proved_points
from exactland.claims.places import read
from exactland.claims.properties import IdentityHolds, Property, SpuriousMinimumExists, described
from exactland.claims.truth import Finding, Truth, false, true, unknown
from exactland.exact import rational, rational_text
from exactland.landscape import Certificate, CriticalPoint, Kind

__all__ = ["MinimumOnRegion", "SpuriousMinimumOnRegion", "StrictSaddleAt", "Term"]


@dataclass(frozen=True)
class Term:
    """coefficient * product of these polynomials of the region * square^2."""

    coefficient: str
    square: str
    factors: tuple[str, ...] = ()


@dataclass(frozen=True)
class MinimumOnRegion(Property):
    """The rational point is a local minimum that is not global: the loss at the point `lower` is smaller.

    `positive` and `terms` are a hint for the bound. FALSE when the point is certified to be of another kind.
    """

    point: tuple[str, ...]
    lower: tuple[str, ...]
    positive: tuple[str, ...]
    terms: tuple[Term, ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        size = len(evidence.objective.variables)
        if not is_plain_polynomial(evidence.objective) or {len(self.point), len(self.lower)} != {size}:
            return unknown("points are looked up for polynomials, one coordinate for each variable")
        found = self._bounded(evidence)
        if found.truth is not Truth.UNKNOWN:
            return found
        for point, certificate in _certified(self.point, evidence):
            if point.kind not in (Kind.MINIMUM, Kind.UNDECIDED):
                return false(described(point), certificate)
        return found

    def _bounded(self, evidence: Evidence) -> Finding:
        variables, text = evidence.objective.variables, str(evidence.objective.expression)
        loss = read_problem(evidence.objective.statement).loss
        if read(text, variables) != loss:
            return unknown("the objective is not given as this expression")
        here, there = ([rational(x) for x in place] for place in (self.point, self.lower))
        least, less = value_at(loss, here), value_at(loss, there)
        if less >= least:
            return unknown("no point with a smaller loss is given")
        if any(value_at(read(g, variables), here) <= 0 for g in self.positive):
            return unknown("the point is not inside the region")
        if any(rational(t.coefficient) < 0 or not set(t.factors) <= set(self.positive) for t in self.terms):
            return unknown("a term may be negative on the region")
        identity = IdentityHolds(variables, text, self._bound(least)).evaluate(evidence)
        if identity.truth is not Truth.TRUE:
            return unknown("the bound is no identity")
        region = f" where {', '.join(f'{g} > 0' for g in self.positive)}" if self.positive else ""
        reason = (
            f"a local minimum that is not global: loss {rational_text(least)} at ({', '.join(self.point)}), the least "
            f"one{region}; {rational_text(less)} at ({', '.join(self.lower)})"
        )
        return true(reason, *identity.certificates)

    def _bound(self, least: Fraction) -> str:
        parts = (
            "*".join((f"({t.coefficient})", *(f"({g})" for g in t.factors), f"({t.square})^2")) for t in self.terms
        )
        return " + ".join((f"({rational_text(least)})", *parts))


def _certified(place: tuple[str, ...], evidence: Evidence) -> Iterator[tuple[CriticalPoint, Certificate]]:
    """What a certificate of its own proves of the point."""
    proof = evidence.prove(points=[tuple(map(rational, place))])
    if proof is not None:
        yield from ((point, proof.certificate) for point in proved_points(proof.report))


@dataclass(frozen=True)
class StrictSaddleAt(Property):
    """The point is a strict saddle; FALSE in particular when the bound shows a local minimum there."""

    witness: MinimumOnRegion

    def evaluate(self, evidence: Evidence) -> Finding:
        found = self.witness.evaluate(evidence)
        if found.truth is Truth.TRUE:
            return false(found.reason, *found.certificates)
        if found.truth is Truth.FALSE:
            for point, certificate in _certified(self.witness.point, evidence):
                return (true if point.kind is Kind.STRICT_SADDLE else false)(described(point), certificate)
        return unknown(found.reason)


@dataclass(frozen=True)
class SpuriousMinimumOnRegion(Property):
    """A local minimum that is not global exists: this one, or else one in the list of all critical points."""

    witness: MinimumOnRegion

    def evaluate(self, evidence: Evidence) -> Finding:
        found = self.witness.evaluate(evidence)
        return found if found.truth is Truth.TRUE else SpuriousMinimumExists().evaluate(evidence)
