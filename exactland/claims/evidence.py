"""What a claim may use on one instance: the objective, and what accepted certificates prove; nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple

from exactland.api import solve
from exactland.certify.reading import entries
from exactland.checker import Rejection, Report, ResourceLimit, check_bytes
from exactland.kind import ObjectiveClass
from exactland.landscape import Certificate, Completeness, CriticalPoint, Landscape
from exactland.objective import Objective
from exactland.solving.begin import plan_of
from exactland.solving.system import gradient_system_of

__all__ = ["Evidence", "Proof", "Solver", "certified_landscape", "is_plain_polynomial", "proved_points"]

Solver = Callable[[Objective, float], Landscape]


class Proof(NamedTuple):
    """A report of the checker with the certificate that it is about."""

    report: Report
    certificate: Certificate


def certified_landscape(objective: Objective, seconds: float) -> Landscape:
    """Solve, read the certificate a second time, and return the points of that second reading.

    RuntimeError when the landscape says anything else than its certificate.
    """
    landscape = _counted(objective, seconds)
    if landscape.evidence is None:
        if landscape.complete is Completeness.PROVED or landscape.points or landscape.infimum is not None:
            raise RuntimeError("a landscape makes statements without a certificate")
        return landscape
    report = check_bytes(landscape.evidence.text.encode("ascii"))
    points = proved_points(report)
    same = (
        report.problem_sha256 == objective.sha256 == landscape.objective.sha256
        and report.proved == landscape.evidence.proved
        and (report.complete is not None) == (landscape.complete is Completeness.PROVED)
        and report.complex_points == landscape.complex_points
        and sorted(map(_content, points)) == sorted(map(_content, landscape.points))
    )
    if not same:
        raise RuntimeError("the landscape says something else than its certificate")
    return replace(landscape, points=points)


def _counted(objective: Objective, seconds: float) -> Landscape:
    """The landscape; anew where a reduction to the real critical points left the number of complex ones open."""
    landscape = solve(objective, seconds=seconds)
    known = landscape.complete is not Completeness.PROVED or landscape.complex_points is not None
    if known or landscape.components or not plan_of(objective, gradient_system_of(objective)).real:
        return landscape
    counted = solve(objective, seconds=seconds, count_complex=True)
    return landscape if counted.complex_points is None else counted


def proved_points(report: Report) -> tuple[CriticalPoint, ...]:
    """The critical points and sets of a report, by loss."""
    return tuple(sorted(entries(report), key=lambda p: (p.value.lower, p.value.upper)))


def _content(q: CriticalPoint) -> str:
    """Everything that a property reads of a point."""
    numbers = [(name, n.lower, n.upper) for name, n in (("", q.value), *q.point.items())]
    return repr(
        (numbers, q.kind, q.inertia, q.is_global, q.spurious, q.multiplicity, q.smooth, q.dimension, q.equations)
    )


def is_plain_polynomial(objective: Objective) -> bool:
    """Whether the objective is a polynomial on all of space, which is what certificates are about."""
    return objective.kind is ObjectiveClass.POLYNOMIAL and not objective.positive and not objective.on_sphere


@dataclass
class Evidence:
    """The objective and, when a property asks for them, its landscape and single facts.

    `known` holds what was proved for other cases, by everything that the question depends on.
    """

    objective: Objective
    solver: Callable[[Objective], Landscape]
    known: dict[str, Proof | None] = field(default_factory=dict)
    _landscape: Landscape | None = field(default=None, init=False)
    _proofs: dict[str, Proof | None] = field(default_factory=dict, init=False)
    _others: dict[str, Landscape] = field(default_factory=dict, init=False)

    @property
    def landscape(self) -> Landscape:
        if self._landscape is None:
            self._landscape = self.solver(self.objective)
        return self._landscape

    @property
    def solved(self) -> Landscape | None:
        """The landscape, if some property has asked for it."""
        return self._landscape

    def landscape_of(self, objective: Objective) -> Landscape:
        """The landscape of another objective that the conclusion is about, such as a restriction of this one."""
        if objective.sha256 == self.objective.sha256:
            return self.landscape
        if objective.sha256 not in self._others:
            self._others[objective.sha256] = self.solver(objective)
        return self._others[objective.sha256]

    @property
    def listed(self) -> tuple[Certificate, ...]:
        """The certificate of the landscape, if it has one."""
        found = self.landscape.evidence
        return () if found is None else (found,)

    @property
    def complete(self) -> bool:
        """Whether the critical points are proved to be finitely many, and all listed."""
        return self.landscape.complete is Completeness.PROVED and not self.landscape.components

    @property
    def covered(self) -> bool:
        """Whether every critical point is proved to be listed or to lie on a listed component."""
        return self.landscape.complete is Completeness.PROVED

    @property
    def gap(self) -> str:
        """Why the list is not complete, in words that do not depend on the speed of the machine."""
        if self.landscape.components:
            return "the critical points are not finitely many"
        reason = self.landscape.reason
        if reason and not self.landscape.engines:
            return reason
        return "the list of critical points is not proved complete"

    def prove(
        self,
        facts: Sequence[dict[str, Any]] = (),
        points: Sequence[Sequence[Fraction]] = (),
        *,
        infimum: bool = False,
        objective: Objective | None = None,
    ) -> Proof | None:
        """The report of the checker on these facts and rational points, or None when it does not accept them."""
        about = self.objective if objective is None else objective
        key = repr((about.sha256, facts, points, infimum))
        if key not in self.known:
            self.known[key] = _proof(about, facts, points, infimum)
        self._proofs[key] = self.known[key]
        return self._proofs[key]

    def prove_critical(self, points: Sequence[Sequence[Fraction]], *, inertia: bool = False) -> Proof | None:
        """The report of the checker that these rational points are critical, or None; types by inertia only."""
        key = repr(("critical", points, inertia))
        if key not in self._proofs:
            self._proofs[key] = _accepted(self.objective, lambda: _certify_places(self.objective, points, inertia))
        return self._proofs[key]

    def holds(self, certificate: Certificate) -> bool:
        """Whether this certificate was accepted here."""
        proofs = [proof.certificate for proof in self._proofs.values() if proof is not None]
        solved = (self._landscape, *self._others.values())
        return certificate in proofs or any(found is not None and certificate == found.evidence for found in solved)


def _proof(
    objective: Objective, facts: Sequence[dict[str, Any]], points: Sequence[Sequence[Fraction]], infimum: bool
) -> Proof | None:
    from exactland.certify.facts import certify_facts

    return _accepted(objective, lambda: certify_facts(objective, facts, points, infimum=infimum))


def _certify_places(
    objective: Objective, points: Sequence[Sequence[Fraction]], inertia: bool
) -> tuple[Report, Certificate]:
    from exactland.certify.places import certify_places

    return certify_places(objective, points, inertia=inertia)


def _accepted(objective: Objective, certify: Callable[[], tuple[Report, Certificate]]) -> Proof | None:
    """What is certified about this objective, or None when the checker does not accept it."""
    if not is_plain_polynomial(objective):
        return None
    try:
        report, certificate = certify()
    except (Rejection, ResourceLimit):
        return None
    if report.problem_sha256 != objective.sha256:
        raise RuntimeError("the certificate is about another problem")
    return Proof(report, certificate)
