"""Whether the critical set meets a linear subspace, when the list of all critical points is out of reach.

The subspace is x = E(a), linear in parameters a. The restricted gradient entries g_i(a) = (dL/dx_i)(E(a)) are shown to
the checker by L(E(a) + e u_i) = r + e g_i + e^2 (...), u_i the i-th unit vector. There are two ways to decide:

* 1 = sum h_i g_i: the g_i have no common zero, real or complex, so no point of the subspace is critical;
* every g_i is a constant combination of the partial derivatives sum_i E_ij g_i of the restriction a -> L(E(a)): its
  critical points are critical points of L, and one of them is certified.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint

from exactland.certify import facts
from exactland.claims.evidence import Evidence, is_plain_polynomial
from exactland.claims.membership import combination, expression_text, ideal_combination
from exactland.claims.properties import IdentityHolds, Property
from exactland.claims.truth import Finding, Truth, conjunction, false, true, unknown
from exactland.objective import Objective
from exactland.polynomial import Polynomial, evaluate, gradient, terms, to_fmpq

__all__ = ["CriticalPointOnSubspace", "RestrictionKeepsCriticalPoints"]

_STEP = "step_"
_MOST_DEGREE = 6


@dataclass(frozen=True)
class CriticalPointOnSubspace(Property):
    """The objective has a real critical point on x_i = sum_j embedding[i][j] a_j; FALSE: not even a complex one."""

    parameters: tuple[str, ...]
    embedding: tuple[tuple[Fraction, ...], ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        if not is_plain_polynomial(evidence.objective):
            return unknown("polynomials only")
        slopes = self._slopes(evidence.objective)
        shown = conjunction([self._identity(evidence, i, g) for i, g in enumerate(slopes)])
        if shown.truth is not Truth.TRUE:
            return unknown("the gradient on the subspace is not certified")
        distinct = _up_to_scale(slopes)
        factors = _unit_combination(distinct)
        if factors is not None:
            pairs = zip(factors, distinct, strict=True)
            text = " + ".join(f"({expression_text(h)})*({expression_text(g)})" for h, g in pairs if not h.is_zero())
            proof = IdentityHolds(self.parameters, text, "1").evaluate(evidence)
            if proof.truth is Truth.TRUE:
                reason = (
                    f"1 is a combination of {len(distinct)} gradient entries on the subspace: no common zero over C"
                )
                return false(reason, *dict.fromkeys((*proof.certificates, *shown.certificates)))
        tangent = conjunction([self._tangent(evidence, g, slopes) for g in slopes])
        if tangent.truth is not Truth.TRUE:
            return unknown("neither a common zero of the gradient entries nor their absence is shown")
        restricted = Objective.from_expression(self._along(evidence.objective), self.parameters)
        found = evidence.landscape_of(restricted)
        if not found.points or found.evidence is None:
            return unknown("no critical point of the restriction is certified")
        place = ", ".join(f"{name}={number!r}" for name, number in found.points[0].point.items())
        kinds = ", ".join(p.kind.value.replace("_", " ") for p in found.points)
        reason = f"critical at {place}; types on the subspace: {kinds}"
        return true(reason, *dict.fromkeys((found.evidence, *shown.certificates, *tangent.certificates)))

    def _along(self, objective: Objective, moved: int | None = None) -> str:
        """The objective on the subspace; with `moved`, one coordinate is a step off."""
        places = {}
        for i, (name, row) in enumerate(zip(objective.variables, self.embedding, strict=True)):
            parts = [f"({c})*{a}" for c, a in zip(row, self.parameters, strict=True) if c]
            places[name] = f"({' + '.join([*parts, *([_STEP] if i == moved else [])]) or '0'})"
        return re.sub(r"[A-Za-z_]\w*", lambda m: places[m.group()], str(objective.expression))

    def _slopes(self, objective: Objective) -> list[Polynomial]:
        """The gradient entries on the subspace."""
        names = (*self.parameters, _STEP)
        found = []
        for i in range(len(objective.variables)):
            moved = Objective.from_expression(self._along(objective, i), names).polynomial
            found.append(moved.derivative(len(self.parameters)).compose(*_parameters(self.parameters, names)))
        return found

    def _identity(self, evidence: Evidence, i: int, slope: Polynomial) -> Finding:
        """L(E(a) + step u_i) = r + step * slope + step^2 * rest."""
        names = (*self.parameters, _STEP)
        left = self._along(evidence.objective, i)
        powers: dict[int, list[str]] = {}
        for c, m in terms(Objective.from_expression(left, names).polynomial):
            powers.setdefault(m[-1], []).append(_monomial(c, m[:-1], self.parameters))
        powers[1] = [expression_text(slope)]
        right = " + ".join(f"({' + '.join(parts)})*{_STEP}^{k}" for k, parts in sorted(powers.items()))
        return IdentityHolds(names, left, right).evaluate(evidence)

    def _tangent(self, evidence: Evidence, slope: Polynomial, slopes: Sequence[Polynomial]) -> Finding:
        """The entry is a constant combination of the partial derivatives of the restriction."""
        ring = slope.context()
        partials, texts = [], []
        for j in range(len(self.parameters)):
            total = ring.constant(0)
            for row, g in zip(self.embedding, slopes, strict=True):
                total += to_fmpq(row[j]) * g
            partials.append(total)
            pairs = zip(self.embedding, slopes, strict=True)
            texts.append(" + ".join(f"({row[j]})*({expression_text(g)})" for row, g in pairs if row[j]) or "0")
        factors = combination(slope, partials)
        if factors is None:
            return unknown("an entry that is no combination")
        right = " + ".join(f"({c})*({text})" for c, text in zip(factors, texts, strict=True))
        return IdentityHolds(self.parameters, expression_text(slope), right).evaluate(evidence)


@dataclass(frozen=True)
class RestrictionKeepsCriticalPoints(Property):
    """Every critical point of the restriction to the subspace is a critical point of the objective.

    TRUE when every gradient entry there is a constant combination of the partial derivatives of the restriction. FALSE
    by a certified rational critical point of the restriction at which a gradient entry is not 0.
    """

    parameters: tuple[str, ...]
    embedding: tuple[tuple[Fraction, ...], ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        if not is_plain_polynomial(evidence.objective):
            return unknown("polynomials only")
        inner = CriticalPointOnSubspace(self.parameters, self.embedding)
        slopes = inner._slopes(evidence.objective)
        shown = [inner._identity(evidence, i, g) for i, g in enumerate(slopes)]
        found = conjunction([*shown, *(inner._tangent(evidence, g, slopes) for g in slopes)])
        if found.truth is Truth.TRUE:
            return true("the gradient on the subspace is that of the restriction", *found.certificates)
        restricted = Objective.from_expression(inner._along(evidence.objective), self.parameters)
        landscape, partials = evidence.landscape_of(restricted), gradient(evidence.objective.polynomial)
        for point in landscape:
            at = [n.exact for n in point.point.values()]
            if not at or any(x is None for x in at) or landscape.evidence is None:
                continue
            place = [sum((c * (x or 0) for c, x in zip(r, at, strict=True)), Fraction(0)) for r in self.embedding]
            for i, partial in enumerate(partials):
                if evaluate(partial, place) == 0:
                    continue
                proof = evidence.prove([facts.slope(place, i)])
                if proof is not None and any(fact.name == "not_critical" for fact in proof.report.facts):
                    where = ", ".join(map(str, at))
                    reason = f"({where}) is critical on the subspace only"
                    return false(reason, landscape.evidence, proof.certificate)
        return unknown("neither an identity of gradients nor a counterexample is certified")


def _parameters(parameters: tuple[str, ...], names: tuple[str, ...]) -> list[Polynomial]:
    """The substitution that sets the step to 0."""
    ring = flint.fmpq_mpoly_ctx.get(parameters, "degrevlex")
    return [*ring.gens(), ring.constant(0)][: len(names)]


def _up_to_scale(polynomials: Sequence[Polynomial]) -> list[Polynomial]:
    found: list[Polynomial] = []
    for p in polynomials:
        if not p.is_zero() and all(combination(p, [q]) is None for q in found):
            found.append(p)
    return found


def _unit_combination(polynomials: Sequence[Polynomial]) -> list[Polynomial] | None:
    """h_k with sum h_k polynomials_k = 1, of small degree."""
    if not polynomials:
        return None
    return ideal_combination(polynomials[0].context().constant(1), polynomials, _MOST_DEGREE)


def _monomial(c: Fraction, m: Sequence[int], names: Sequence[str]) -> str:
    return "*".join((f"({c})", *(f"{name}^{e}" for name, e in zip(names, m, strict=True) if e)))
