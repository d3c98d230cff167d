"""Critical values, signs of forms, whether a rational point is a global minimum, and whether there is one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactland.certify import facts
from exactland.checker.kernel import value_at
from exactland.claims import search
from exactland.claims.evidence import Evidence
from exactland.claims.places import read
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.exact import rational, rational_text
from exactland.objective import Objective

__all__ = ["CriticalValuesAre", "GlobalMinimum", "InfimumAttained", "NonnegativeForm"]

Place = tuple[Fraction, ...]


@dataclass(frozen=True)
class CriticalValuesAre(Property):
    """The losses at the real critical points are these rational numbers."""

    values: tuple[str, ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        wanted = set(map(rational, self.values))
        found, loose = set(), False
        for point in evidence.landscape:
            low, high = point.value.lower, point.value.upper
            if not point.point:  # not shown to be real
                loose = True
            elif all(v < low or high < v for v in wanted):
                return false(f"a critical point with loss {point.value!r}", *evidence.listed)
            elif low == high:
                found.add(low)
            else:
                loose = True
        if not evidence.covered:
            return unknown(evidence.gap)
        if loose:
            return unknown("a critical value is not known exactly")
        if found != wanted:
            return false(f"no critical point has the loss {rational_text(min(wanted - found))}", *evidence.listed)
        return true(f"complete list; the losses are {', '.join(map(rational_text, sorted(found)))}", *evidence.listed)


@dataclass(frozen=True)
class GlobalMinimum(Property):
    """The rational point is a global minimum.

    TRUE by a sum of squares. FALSE when one of the points `elsewhere`, hints where to look, is critical with a lower
    loss; the loss of the point itself is computed by the checker's code.
    """

    point: Place
    elsewhere: tuple[Place, ...] = ()

    def evaluate(self, evidence: Evidence) -> Finding:
        for place in self.elsewhere:
            other = evidence.prove_critical([place])
            if other is not None:
                here, there = value_at(other.report.problem.loss, list(self.point)), other.report.points[0].value[1]
                if there < here:
                    reason = (
                        f"loss {rational_text(here)} at {_text(self.point)}, {rational_text(there)} at {_text(place)}"
                    )
                    return false(reason, other.certificate)
        proof = evidence.prove(points=[self.point], infimum=True)
        if proof is not None and proof.report.points[0].is_global is True:
            lowest = proof.report.points[0].value[0]
            return true(f"global minimum at {_text(self.point)} with loss {rational_text(lowest)}", proof.certificate)
        return unknown(f"{_text(self.point)} is not shown to be a global minimum, and no lower loss was found")


@dataclass(frozen=True)
class InfimumAttained(Property):
    """There is a global minimum."""

    def evaluate(self, evidence: Evidence) -> Finding:
        found = evidence.landscape.global_minima
        if found:
            place = ", ".join(f"{name}={number!r}" for name, number in found[0].point.items())
            return true(f"a global minimum at {place}", *evidence.listed)
        return unknown("no global minimum is certified")


@dataclass(frozen=True)
class NonnegativeForm(Property):
    """A form (all terms of the same degree) is nowhere negative.

    TRUE by a sum of squares, which shows that 0 is its minimum; FALSE, for a quadratic form, by a direction.
    """

    variables: tuple[str, ...]
    text: str

    def evaluate(self, evidence: Evidence) -> Finding:
        form = Objective.from_expression(self.text, self.variables)
        degrees = {sum(m) for m in read(self.text, self.variables)} or {2}
        if len(degrees) != 1 or 0 in degrees:
            return unknown("terms of different degrees: not a form")
        origin = (Fraction(0),) * len(self.variables)
        proof = evidence.prove(points=[origin], infimum=True, objective=form)
        lowest = None if proof is None else proof.report.infimum
        if proof is not None and lowest is not None and lowest.value == (Fraction(0), Fraction(0)):
            return true("a sum of squares", proof.certificate)
        found = search.curvature(form.polynomial, -1) if degrees == {2} else None
        if found is not None:
            proof = evidence.prove([facts.curvature(-1, origin, found[1])], objective=form)
            if proof is not None and any(fact.name == "negative_curvature" for fact in proof.report.facts):
                return false(f"negative at {_text(found[1])}", proof.certificate)
        return unknown("neither a sum of squares nor a place with a negative value was found")


def _text(place: Place) -> str:
    return f"({', '.join(map(rational_text, place))})"
