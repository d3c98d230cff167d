"""The closed vocabulary of conclusions.

Every property is read off reports of the checker: the certified list of critical points, or a certificate of facts that
`Evidence.prove` obtained. Anything else is UNKNOWN. Universal statements are TRUE only on a complete list or by a fact;
one witness makes them FALSE.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from exactland.certify import facts
from exactland.checker.facts import Fact
from exactland.claims import search
from exactland.claims.evidence import Evidence, Proof, is_plain_polynomial, proved_points
from exactland.claims.places import exact_place, lies_on, read, vanishes
from exactland.claims.truth import Finding, conjunction, disjunction, false, negation, true, unknown
from exactland.exact import rational
from exactland.landscape import Certificate, CriticalPoint, Kind
from exactland.number import Number
from exactland.objective import Objective
from exactland.polynomial import Polynomial

__all__ = [
    "AllCriticalPointsIsolated",
    "And",
    "CountIs",
    "EveryCriticalPointGlobalOrSaddle",
    "EveryMinimumGlobal",
    "EveryMinimumSatisfies",
    "IdentityHolds",
    "MorseSumIs",
    "NeitherConvexNorConcave",
    "NoNonstrictSaddle",
    "Not",
    "Or",
    "PointIs",
    "Property",
    "SpuriousMinimumExists",
    "described",
    "ordered",
]


class Property(ABC):
    """A statement about one landscape."""

    @abstractmethod
    def evaluate(self, evidence: Evidence) -> Finding:
        """TRUE, FALSE or UNKNOWN, with the reason."""


@dataclass(frozen=True, init=False)
class And(Property):
    parts: tuple[Property, ...]

    def __init__(self, *parts: Property) -> None:
        object.__setattr__(self, "parts", parts)

    def evaluate(self, evidence: Evidence) -> Finding:
        return conjunction([part.evaluate(evidence) for part in self.parts])


@dataclass(frozen=True, init=False)
class Or(Property):
    parts: tuple[Property, ...]

    def __init__(self, *parts: Property) -> None:
        object.__setattr__(self, "parts", parts)

    def evaluate(self, evidence: Evidence) -> Finding:
        return disjunction([part.evaluate(evidence) for part in self.parts])


@dataclass(frozen=True)
class Not(Property):
    part: Property

    def evaluate(self, evidence: Evidence) -> Finding:
        return negation(self.part.evaluate(evidence))


@dataclass(frozen=True)
class AllCriticalPointsIsolated(Property):
    """Every real critical point is isolated among the real critical points."""

    def evaluate(self, evidence: Evidence) -> Finding:
        p = _polynomial(evidence)
        for curve in () if p is None else search.curves(p):
            proof = evidence.prove([facts.curve(curve)])
            if proof is not None and _fact(proof, "critical_curve") is not None:
                return false(f"a curve of critical points: {search.curve_text(curve)}", proof.certificate)
        if evidence.complete:
            return true(f"the complete list is finite: {_counted(evidence)}", *evidence.listed)
        for point in evidence.landscape.components:
            if evidence.covered and point.point:
                return false(f"a component of dimension {point.dimension}: {described(point)}", *evidence.listed)
        return unknown(evidence.gap)


@dataclass(frozen=True)
class EveryMinimumGlobal(Property):
    """Every local minimum is a global minimum."""

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _harmonic(evidence)
        if found is not None:
            return true(f"{found.form}: g = 0 at every local minimum", found.certificate)
        for point in ordered(evidence.landscape.minima):
            if point.spurious is True:
                return false(f"a local minimum that is not global: {described(point)}", *evidence.listed)
        if not evidence.covered:
            return unknown(evidence.gap)
        for point in ordered(evidence.landscape):
            if point.kind is Kind.UNDECIDED and point.is_global is not True:
                return unknown(f"the type of a critical point is not decided: {described(point)}")
            if point.kind is Kind.MINIMUM and point.is_global is not True:
                return unknown(f"whether a local minimum is global is not decided: {described(point)}")
        if evidence.landscape.components:
            return true(f"{_counted(evidence)}; all local minima are global", *evidence.listed)
        count = len(evidence.landscape.minima)
        reason = f"complete list; {count} local minim{'um' if count == 1 else 'a'}, all global"
        return true(reason, *evidence.listed)


@dataclass(frozen=True)
class SpuriousMinimumExists(Property):
    """A local minimum that is not global exists."""

    def evaluate(self, evidence: Evidence) -> Finding:
        return negation(EveryMinimumGlobal().evaluate(evidence))


@dataclass(frozen=True)
class EveryCriticalPointGlobalOrSaddle(Property):
    """Every critical point that is not a global minimum is a saddle: neither a local minimum nor a local maximum."""

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _harmonic(evidence)
        if found is not None:
            reason = f"{found.form}: no local maximum, and g = 0 at every local minimum"
            return true(reason, found.certificate)
        gaps = []
        for point in ordered(evidence.landscape):
            if point.point and (point.spurious is True or point.kind is Kind.MAXIMUM):
                reason = f"a critical point that is neither a global minimum nor a saddle: {described(point)}"
                return false(reason, *evidence.listed)
            if point.kind not in (Kind.STRICT_SADDLE, Kind.NONSTRICT_SADDLE) and point.is_global is not True:
                gaps.append(f"whether it is a saddle is not decided: {described(point)}")
        if not evidence.covered:
            return unknown(evidence.gap)
        if gaps:
            return unknown(gaps[0])
        return true(f"complete list: {_counted(evidence)}, each a global minimum or a saddle", *evidence.listed)


@dataclass(frozen=True)
class NoNonstrictSaddle(Property):
    """Every saddle has a Hessian with a negative eigenvalue ('no bad saddle').

    With `where`, only points at which that polynomial does not vanish count. The origin is tried as counterexample.
    """

    where: str | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        p = _polynomial(evidence)
        condition = None if self.where is None else read(self.where, evidence.objective.variables)

        def excluded(point: CriticalPoint) -> bool | None:
            return False if condition is None else vanishes(condition, point.point.values())

        proof = None if p is None else evidence.prove(points=[search.origin(p)])
        if proof is not None:
            for point in proved_points(proof.report):
                if point.kind is Kind.NONSTRICT_SADDLE and excluded(point) is False:
                    return false(f"a saddle without negative eigenvalue: {described(point)}", proof.certificate)
        for text in ("1",) if self.where is None else ("1", self.where):
            found = _harmonic(evidence, text)
            if found is not None:
                shown = "is constant and not 0" if text == "1" else f"is a multiple of {text}"
                return true(f"{found.form}, and a second derivative of g {shown}", found.certificate)
        if _harmonic(evidence) is not None:
            return unknown("Hess(g) may vanish at a saddle")
        for point in ordered(evidence.landscape):
            if point.point and point.kind is Kind.NONSTRICT_SADDLE and excluded(point) is False:
                return false(f"a saddle without negative eigenvalue: {described(point)}", *evidence.listed)
        if not evidence.covered:
            return unknown(evidence.gap)
        for point in ordered(evidence.landscape):
            left_out = point.dimension == 0 and excluded(point) is True  # of a component one point is known only
            if point.kind in (Kind.NONSTRICT_SADDLE, Kind.UNDECIDED) and not left_out:
                return unknown(f"the type of a critical point is not decided: {described(point)}")
        return true("complete list; every saddle has a negative eigenvalue", *evidence.listed)


@dataclass(frozen=True)
class NeitherConvexNorConcave(Property):
    """The objective is neither convex nor concave.

    The Hessian of a polynomial of degree 2 is constant, so its inertia at one critical point decides.
    """

    def evaluate(self, evidence: Evidence) -> Finding:
        p = _polynomial(evidence)
        if p is None:
            return unknown("Hessians are computed for polynomials only")
        place = search.stationary(p)
        proof = None if place is None else evidence.prove(points=[place])
        if proof is not None and max(map(sum, proof.report.problem.loss), default=0) <= 2:
            inertia = proof.report.points[0].inertia
            if inertia is not None and 0 in (inertia[0], inertia[2]):
                signs = "({}, {}, {})".format(*inertia)
                return false(f"the Hessian is constant and semidefinite, of inertia {signs}", proof.certificate)
        found = {sign: search.curvature(p, sign) for sign in (-1, 1)}
        proof = evidence.prove([facts.curvature(sign, *place) for sign, place in found.items() if place is not None])
        if proof is None or not {"negative_curvature", "positive_curvature"} <= {f.name for f in proof.report.facts}:
            return unknown("no second derivatives of both signs found at small integer points")
        places = dict.fromkeys(f"({', '.join(map(str, f.point))})" for f in proof.report.facts)
        return true(f"second derivatives of both signs, at {' and '.join(places)}", proof.certificate)


@dataclass(frozen=True)
class PointIs(Property):
    """The rational point is a critical point of this kind (and global, or not)."""

    point: tuple[str, ...]
    kind: Kind
    is_global: bool | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        p = _polynomial(evidence)
        if p is None or p.total_degree() < 1:
            return unknown("points are looked up for polynomials that are not constant")
        place = tuple(map(rational, self.point))
        name = f"({', '.join(self.point)})"
        elsewhere = [
            any(x < n.lower or n.upper < x for x, n in zip(place, q.point.values(), strict=True))
            for q in evidence.landscape
            if q.dimension == 0
        ]
        if evidence.complete and all(elsewhere):
            return false(f"{name} is not a critical point: it is none of the complete list", *evidence.listed)
        open_ = f"{name} is not shown to be a critical point; {evidence.gap}"
        for found, certificate in self._known(evidence, place):
            shown = described(found)
            open_ = f"the type is not decided: {shown}"
            if found.kind is Kind.UNDECIDED:
                continue
            if found.kind is not self.kind:
                return false(shown, certificate)
            if self.is_global is None or found.is_global is self.is_global:
                return true(shown, certificate)
            if found.is_global is not None:
                return false(shown, certificate)
            open_ = f"global or not is not decided: {shown}"
        return unknown(open_)

    def _known(self, evidence: Evidence, place: tuple[Fraction, ...]) -> Iterator[tuple[CriticalPoint, Certificate]]:
        """What is proved of the point: as one of the list, then by a certificate of its own."""
        for certificate in evidence.listed:
            yield from ((q, certificate) for q in evidence.landscape if exact_place(q) == place)
            here = {name: Number(x, x) for name, x in zip(evidence.objective.variables, place, strict=True)}
            for q in evidence.landscape.components:
                if lies_on(place, q, evidence.objective.variables):
                    yield replace(q, point=here, inertia=None), certificate
        proof = evidence.prove(points=[place], infimum=self.kind is Kind.MINIMUM or self.is_global is not None)
        if proof is not None:
            yield from ((q, proof.certificate) for q in proved_points(proof.report))


@dataclass(frozen=True)
class CountIs(Property):
    """The number of critical points, real and complex, and of local minima."""

    real: int | None = None
    complex_: int | None = None
    minima: int | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        if not evidence.complete:
            return unknown(evidence.gap)
        landscape = evidence.landscape
        findings = []
        if self.real is not None:
            findings.append(_compared(evidence, len(landscape), self.real, "real critical points"))
        if self.complex_ is not None:
            found = landscape.complex_points
            missing = unknown("the certificate bounds the real critical points only")
            what = "complex critical points"
            findings.append(missing if found is None else _compared(evidence, found, self.complex_, what))
        if self.minima is not None:
            if landscape.undecided:
                findings.append(unknown("the type of a critical point is not decided"))
            else:
                findings.append(_compared(evidence, len(landscape.minima), self.minima, "local minima"))
        return conjunction(findings)


@dataclass(frozen=True)
class MorseSumIs(Property):
    """All critical points are non-degenerate and the signs (-1)^index add up to this number."""

    total: int

    def evaluate(self, evidence: Evidence) -> Finding:
        for point in ordered(evidence.landscape):
            if point.degenerate is True:
                return false(f"a degenerate critical point: {described(point)}", *evidence.listed)
        if not evidence.complete:
            return unknown(evidence.gap)
        found = 0
        for point in ordered(evidence.landscape):
            if point.index is None:
                return unknown(f"the inertia is not decided: {described(point)}")
            found += -1 if point.index % 2 else 1
        finding = true if found == self.total else false
        return finding(f"complete list; the signs (-1)^index add up to {found}", *evidence.listed)


@dataclass(frozen=True)
class EveryMinimumSatisfies(Property):
    """These polynomials vanish at every local minimum; the name `loss` stands for the objective."""

    equations: tuple[str, ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        gaps = []
        for point in (q for q in ordered(evidence.landscape.minima) if q.point):
            for text in self.equations:
                zero = self._vanishes(text, point, evidence)
                if zero is False:
                    return false(f"{text} is not 0 at a local minimum: {described(point)}", *evidence.listed)
                if zero is None:
                    gaps.append(f"whether {text} vanishes is not decided: {described(point)}")
        if not evidence.complete:
            return unknown(evidence.gap)
        if evidence.landscape.undecided:
            shown = described(evidence.landscape.undecided[0])
            return unknown(f"the type of a critical point is not decided: {shown}")
        if gaps:
            return unknown(gaps[0])
        count = len(evidence.landscape.minima)
        reason = f"complete list; the equations hold exactly at all {count} local minima"
        return true(reason, *evidence.listed)

    @staticmethod
    def _vanishes(text: str, point: CriticalPoint, evidence: Evidence) -> bool | None:
        variables = evidence.objective.variables
        if text != "loss" or text in variables:
            return vanishes(read(text, variables), point.point.values())
        low, high = point.value.lower, point.value.upper
        return True if low == high == 0 else None if low <= 0 <= high else False


@dataclass(frozen=True)
class IdentityHolds(Property):
    """Two polynomials in these variables are equal (for statements with symbolic parameters).

    The checker is asked for the minimum of -(left - right)^2: it is 0 only if both sides are equal everywhere. They
    differ when (left - right) times a variable has a point at which a partial derivative is not 0.
    """

    variables: tuple[str, ...]
    left: str
    right: str

    def evaluate(self, evidence: Evidence) -> Finding:
        square = Objective.from_expression(f"-(({self.left}) - ({self.right}))^2", self.variables)
        proof = evidence.prove(points=[(Fraction(0),) * len(self.variables)], infimum=True, objective=square)
        lowest = None if proof is None else proof.report.infimum
        if proof is not None and lowest is not None and lowest.value == (Fraction(0), Fraction(0)):
            return true("left = right: the minimum of -(left - right)^2 is 0", proof.certificate)
        difference = Objective.from_expression(f"(({self.left}) - ({self.right}))*{self.variables[0]}", self.variables)
        place = search.sloping(difference.polynomial)
        proof = None if place is None else evidence.prove([facts.slope(*place)], objective=difference)
        if proof is not None and _fact(proof, "not_critical") is not None:
            return false("left - right is not 0", proof.certificate)
        return unknown(f"{self.left} = {self.right} has no certificate")


def _polynomial(evidence: Evidence) -> Polynomial | None:
    return evidence.objective.polynomial if is_plain_polynomial(evidence.objective) else None


def _fact(proof: Proof, name: str) -> Fact | None:
    return next((fact for fact in proof.report.facts if fact.name == name), None)


class _Harmonic(NamedTuple):
    form: str
    certificate: Certificate


def _harmonic(evidence: Evidence, strict: str | None = None) -> _Harmonic | None:
    """The fact harmonic_square; with `strict`, one that shows negative eigenvalues where that polynomial is not 0."""
    p = _polynomial(evidence)
    names = evidence.objective.variables
    conditions = [] if strict is None else [Objective.from_expression(strict, names).polynomial]
    for form in () if p is None else search.harmonic_forms(p):
        proof = evidence.prove([facts.harmonic(form.constant, form.scale, form.bracket, form.weights, conditions)])
        fact = None if proof is None else _fact(proof, "harmonic_square")
        if proof is None or fact is None:
            continue
        if strict is None or read(strict, names) in map(dict, fact.strict):
            return _Harmonic(form.text, proof.certificate)
    return None


def _compared(evidence: Evidence, found: int, wanted: int, what: str) -> Finding:
    shown = what.replace("points", "point").replace("minima", "minimum") if found == 1 else what
    return (true if found == wanted else false)(f"exactly {found} {shown}", *evidence.listed)


def _counted(evidence: Evidence) -> str:
    landscape = evidence.landscape
    sets = len({p.orbit for p in landscape.components})
    if sets:
        count = sum(p.dimension == 0 for p in landscape)
        return f"{sets} critical set{'' if sets == 1 else 's'} and {count} other point{'' if count == 1 else 's'}"
    plain = f"{len(landscape)} real critical point{'' if len(landscape) == 1 else 's'}"
    return plain if landscape.complex_points is None else f"{plain} of {landscape.complex_points} complex ones"


def ordered(points: Iterable[CriticalPoint]) -> list[CriticalPoint]:
    """By loss, then by place, both rounded: the same on every machine."""

    def key(point: CriticalPoint) -> tuple[Fraction, ...]:
        numbers = (point.value, *point.point.values())
        return tuple(round((n.lower + n.upper) / 2, 9) for n in numbers)

    return sorted(points, key=key)


def described(point: CriticalPoint) -> str:
    place = ", ".join(f"{name}={number!r}" for name, number in point.point.items())
    word = point.kind.value.replace("_", " ")
    if point.kind is Kind.MINIMUM and point.is_global is not None:
        word = "global minimum" if point.is_global else "minimum, not global,"
    text = f"{word} at {place} with loss {point.value!r}"
    if point.inertia is not None:
        text += f" and inertia ({point.inertia.positive}, {point.inertia.zero}, {point.inertia.negative})"
    return text
