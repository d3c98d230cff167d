"""Rational critical points on a line of critical points, without a list of all critical points.

Let every point of the line p + t d be critical, and let the Hessian at p have n - 1 positive eigenvalues and one that
is 0. Then p is a local minimum. The loss f is constant on the line, so d is in the kernel of the Hessian, which is
positive definite on a complement Y of d. By continuity f is strictly convex in y near y = 0, y in Y, for every small t,
and the gradient vanishes at y = 0; so f(p + t d + y) >= f(p + t d) = f(p).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactland.certify import facts
from exactland.claims.evidence import Evidence, Proof, is_plain_polynomial, proved_points
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.exact import rational_text
from exactland.landscape import Inertia
from exactland.polynomial import evaluate, gradient

__all__ = ["CriticalLine", "InertiaAt", "MinimumOnLine"]

Place = tuple[Fraction, ...]


@dataclass(frozen=True)
class CriticalLine(Property):
    """Every point of start + t * direction is critical; so the loss is constant there."""

    start: Place
    direction: Place

    def evaluate(self, evidence: Evidence) -> Finding:
        proof = _line(evidence, self.start, self.direction)
        if proof is not None:
            return true(f"critical on {_text(self.start)} + t {_text(self.direction)}", proof.certificate)
        for t in range(3):
            place = tuple(x + t * v for x, v in zip(self.start, self.direction, strict=True))
            found = _not_critical(evidence, place)
            if found is not None:
                return found
        return unknown("neither a line of critical points nor a point of it that is not critical is certified")


@dataclass(frozen=True)
class InertiaAt(Property):
    """The rational point is critical, and the Hessian there has so many positive, zero and negative eigenvalues."""

    point: Place
    positive: int
    zero: int
    negative: int

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _inertia(evidence, self.point)
        if found is None:
            return _not_critical(evidence, self.point) or unknown(f"no certified inertia at {_text(self.point)}")
        inertia, proof = found
        same = (inertia.positive, inertia.zero, inertia.negative) == (self.positive, self.zero, self.negative)
        return (true if same else false)(_shown(self.point, inertia), proof.certificate)


@dataclass(frozen=True)
class MinimumOnLine(Property):
    """The rational point is a local minimum, because it lies on a line of critical points and the Hessian allows no
    other flat direction; FALSE when it has a negative eigenvalue, or the point is not critical."""

    point: Place
    direction: Place

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _inertia(evidence, self.point)
        if found is None:
            return _not_critical(evidence, self.point) or unknown(f"no certified inertia at {_text(self.point)}")
        inertia, proof = found
        if inertia.negative:
            return false(_shown(self.point, inertia), proof.certificate)
        line = _line(evidence, self.point, self.direction)
        if line is None or inertia.zero > 1:
            return unknown(f"no line of critical points, or other flat directions: {_shown(self.point, inertia)}")
        reason = f"{_shown(self.point, inertia)}; critical along {_text(self.direction)}, so a local minimum"
        return true(reason, proof.certificate, line.certificate)


def _line(evidence: Evidence, start: Place, direction: Place) -> Proof | None:
    coordinates = [{0: x, 1: v} for x, v in zip(start, direction, strict=True)]
    proof = evidence.prove([facts.curve(coordinates)])
    known = proof is not None and any(fact.name == "critical_curve" for fact in proof.report.facts)
    return proof if known else None


def _inertia(evidence: Evidence, point: Place) -> tuple[Inertia, Proof] | None:
    proof = evidence.prove_critical([point], inertia=True)
    if proof is None:
        return None
    inertia = proved_points(proof.report)[0].inertia
    return None if inertia is None else (inertia, proof)


def _not_critical(evidence: Evidence, point: Place) -> Finding | None:
    if not is_plain_polynomial(evidence.objective):
        return None
    for i, partial in enumerate(gradient(evidence.objective.polynomial)):
        if evaluate(partial, point) != 0:
            proof = evidence.prove([facts.slope(point, i)])
            if proof is not None and any(fact.name == "not_critical" for fact in proof.report.facts):
                return false(f"{_text(point)} is not critical", proof.certificate)
    return None


def _shown(point: Place, inertia: Inertia) -> str:
    return f"inertia ({inertia.positive}, {inertia.zero}, {inertia.negative}) at {_text(point)}"


def _text(place: Place) -> str:
    return f"({', '.join(map(rational_text, place))})"
