"""What a second-order method does near the critical points, read from the certified inertia."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from exactland.claims.evidence import Evidence, proved_points
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.exact import rational
from exactland.landscape import CriticalPoint

__all__ = ["Attracts", "Flow", "FollowsCurvature"]


class Flow(Enum):
    """A flow x' = -P(H) grad or an iteration x -> x - P(H) grad, H the Hessian.

    At a critical point with nonsingular H the flow is linearised by -P(H) H, and the Jacobian of the iteration is
    1 - P(H) H, as the derivative of P(H) is multiplied by grad = 0. An eigenvalue h of H gives the eigenvalue of the
    flow -h, -1 or -h / sqrt(h^2 + eps), and of the iteration 0 for Newton and 1 - h/|h| for the saddle-free map. Where
    H is singular the iterations are not defined.
    """

    GRADIENT = "flow, P = 1"
    NEWTON = "flow, P = H^-1"
    SADDLE_FREE = "flow, P = (H^2 + eps)^(-1/2)"
    NEWTON_MAP = "iteration, P = H^-1"
    SADDLE_FREE_MAP = "iteration, P = |H|^-1"

    def sign(self, curvature: int) -> int:
        """-1 if the critical point attracts along the eigenvectors of a nonzero h of this sign, 1 if it repels."""
        return -1 if self in (Flow.NEWTON, Flow.NEWTON_MAP) else -curvature

    def jacobian(self, curvature: int) -> int | None:
        """The eigenvalue of the Jacobian of an iteration that belongs to a nonzero h of this sign."""
        return {Flow.NEWTON_MAP: 0, Flow.SADDLE_FREE_MAP: 1 - curvature}.get(self)


@dataclass(frozen=True)
class FollowsCurvature(Property):
    """At every real critical point, or at the rational one given, the Hessian is nonsingular, and the method is
    attracted along all directions of positive curvature and repelled along all directions of negative curvature.
    """

    flow: Flow
    at: tuple[str, ...] | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        return _evaluate(evidence, self.flow, self.at, lambda curvature: curvature)


@dataclass(frozen=True)
class Attracts(Property):
    """Every real critical point, or the rational one given, has a nonsingular Hessian and attracts from all sides."""

    flow: Flow
    at: tuple[str, ...] | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        return _evaluate(evidence, self.flow, self.at, lambda _: 1)


def _evaluate(evidence: Evidence, flow: Flow, at: tuple[str, ...] | None, excluded: Callable[[int], int]) -> Finding:
    """Along curvature of a sign c there must not be attraction (`excluded(c)` is -1) or repulsion (1)."""
    if at is None:
        points, certificates = tuple(evidence.landscape), evidence.listed
    else:
        proof = evidence.prove(points=[tuple(map(rational, at))])
        if proof is None:
            return unknown(f"({', '.join(at)}) is not shown to be a critical point")
        points, certificates = proved_points(proof.report), (proof.certificate,)
    for point in points:
        if point.degenerate is True:
            return false(f"a singular Hessian at {_place(point)}", *certificates)
        if point.inertia is None:
            continue
        for curvature, directions in ((1, point.inertia.positive), (-1, point.inertia.negative)):
            if directions and flow.sign(curvature) == excluded(curvature):
                word = "negative" if curvature < 0 else "positive"
                side = "attracted" if flow.sign(curvature) < 0 else "repelled"
                factor = flow.jacobian(curvature)
                shown = "" if factor is None else f", eigenvalue {factor} of the Jacobian,"
                reason = f"{side} along {word} curvature ({directions}-dimensional){shown} at {_place(point)}"
                return false(reason, *certificates)
    if at is None and not evidence.complete:
        return unknown(evidence.gap)
    if any(point.inertia is None for point in points):
        return unknown("the inertia of a critical point is not decided")
    inertias = [i for p in points if (i := p.inertia) is not None]
    what = "complete list" if at is None else f"at {_place(points[0])}"
    if flow.jacobian(1) is not None:
        spectra = dict.fromkeys(_spectrum(flow, i.positive, i.negative) for i in inertias)
        return true(f"{what}; eigenvalues of the Jacobian: {' or '.join(spectra)}", *certificates)
    sides = [sum(n for c, n in ((1, i.positive), (-1, i.negative)) if flow.sign(c) < 0) for i in inertias]
    signs = ", ".join(f"({s}, {i.positive + i.negative - s})" for s, i in zip(sides, inertias, strict=True))
    return true(f"{what}; dimensions attracted and repelled: {signs}", *certificates)


def _spectrum(flow: Flow, positive: int, negative: int) -> str:
    """The eigenvalues of the Jacobian of an iteration, with multiplicities."""
    found = Counter({flow.jacobian(1): positive}) + Counter({flow.jacobian(-1): negative})
    return ", ".join(f"{value} ({count} times)" for value, count in sorted(found.items(), key=str))


def _place(point: CriticalPoint) -> str:
    return f"({', '.join(repr(number) for number in point.point.values())})"
