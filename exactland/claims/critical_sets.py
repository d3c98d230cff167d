"""Which sets the critical points fill, and where the critical points of one kind are.

A certificate lists isolated points and strata of components; of a stratum it proves equations that hold on it, and
perhaps that a polynomial vanishes nowhere on it, or that several do not all vanish. A set given by equations contains a
stratum when each of them is a combination of the equations of the stratum. It misses the stratum when, with the
equations of the set added, the combinations contain 1, or each of the polynomials that do not all vanish. The checker
accepts these combinations as identities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from exactland.claims.evidence import Evidence, is_plain_polynomial, proved_points
from exactland.claims.membership import shown_in_ideal
from exactland.claims.places import read, vanishes
from exactland.claims.properties import Property, described, ordered
from exactland.claims.truth import Finding, false, true, unknown
from exactland.exact import rational
from exactland.landscape import Certificate, CriticalPoint, Kind
from exactland.objective import Objective
from exactland.polynomial import Polynomial, to_fmpq

__all__ = ["CriticalSetIs", "KindExactlyWhere", "KindExists", "Piece"]

_ZERO, _NONZERO, _SOME = " = 0", " != 0", "not all zero: "


@dataclass(frozen=True)
class Piece:
    """The real zeros of these polynomials, claimed to be critical with this loss and of one of these kinds."""

    equations: tuple[str, ...]
    value: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class CriticalSetIs(Property):
    """The critical points are exactly those of the pieces, with the loss and a kind of a piece that they lie on.

    Zeros of q_1, ..., q_n are critical with loss v if L = v + sum h_jk q_j q_k. Each piece must have a real point.
    """

    pieces: tuple[Piece, ...]

    def evaluate(self, evidence: Evidence) -> Finding:
        for point in ordered(evidence.landscape):
            if point.point and all(_off(evidence, piece, point) for piece in self.pieces):
                return false(f"on none of the pieces with its loss and kind: {described(point)}", *evidence.listed)
        if not evidence.covered:
            return unknown(evidence.gap)
        certificates = list(evidence.listed)
        met = set()
        for point in ordered(evidence.landscape):
            for piece in self.pieces:
                fits = point.kind in piece.kinds and point.value.exact == rational(piece.value)
                found = _inside(evidence, piece.equations, point) if fits else None
                if found is not None:
                    certificates += found
                    if point.point:
                        met.add(piece)
                    break
            else:
                return unknown(f"not shown to lie on a piece with its loss and kind: {described(point)}")
        for piece in self.pieces:
            name = ", ".join(f"{q} = 0" for q in piece.equations)
            if piece not in met:
                return unknown(f"no real point is known on {name}")
            polynomials = _polynomials(evidence, piece.equations)
            products = [p * q for k, p in enumerate(polynomials) for q in polynomials[k:]]
            rest = evidence.objective.polynomial - to_fmpq(rational(piece.value))
            shown = shown_in_ideal(evidence, rest, products)
            if shown is None:
                return unknown(f"not shown to be critical: {name}")
            certificates += shown.certificates
        count = len(self.pieces)
        reason = (
            f"the critical set is the union of the {count} pieces" if count > 1 else "the critical set is the piece"
        )
        return true(reason, *dict.fromkeys(certificates))


@dataclass(frozen=True)
class KindExactlyWhere(Property):
    """A critical point is of this kind if and only if all polynomials of one of the alternatives vanish there.

    Without alternatives: no critical point is of this kind. With `conversely` off only this is claimed: if it is of
    this kind, the polynomials vanish.
    """

    kind: Kind
    alternatives: tuple[tuple[str, ...], ...]
    conversely: bool = True

    def evaluate(self, evidence: Evidence) -> Finding:
        gaps = []
        certificates = list(evidence.listed)
        count = 0
        for point in ordered(evidence.landscape):
            if point.kind is Kind.UNDECIDED:
                gaps.append(f"the type of a critical point is not decided: {described(point)}")
                continue
            reason = self._wrong(evidence, point)
            if reason:
                return false(reason, *evidence.listed)
            count += point.kind is self.kind
            found = self._right(evidence, point)
            if found is None:
                gaps.append(f"whether the condition holds is not decided: {described(point)}")
            certificates += found or []
        if not evidence.covered:
            return unknown(evidence.gap)
        if gaps:
            return self._origin(evidence) or unknown(gaps[0])
        word = self.kind.value.replace("_", " ")
        where = "where the condition holds" if self.alternatives else "nowhere"
        where = f"{'exactly' if self.conversely else 'only'} {where}" if self.alternatives else where
        shown = f"{count} {'entry' if count == 1 else 'entries'} of the list"
        return true(f"complete list; {word} {where} ({shown})", *dict.fromkeys(certificates))

    def _wrong(self, evidence: Evidence, point: CriticalPoint) -> str:
        """Why the point that is shown is a counterexample; empty if it is none."""
        at = [_vanish(evidence, a, point) for a in self.alternatives] if point.point else [None]
        if point.kind is self.kind and all(v is False for v in at):
            return f"none of the conditions holds: {described(point)}"
        if self.conversely and point.kind not in (self.kind, Kind.UNDECIDED) and True in at:
            return f"the condition holds: {described(point)}"
        return ""

    def _right(self, evidence: Evidence, point: CriticalPoint) -> list[Certificate] | None:
        """What certifies the claim on the whole entry.

        It lies in the union of two alternatives when all products of an equation of each vanish on it.
        """
        if point.kind is not self.kind:
            if not self.conversely:
                return []
            away = [_outside(evidence, a, point) for a in self.alternatives]
            return None if None in away else [c for found in away if found is not None for c in found]
        unions = [tuple(f"({p})*({q})" for p in a for q in b) for a, b in combinations(self.alternatives, 2)]
        tried = (_inside(evidence, a, point) for a in (*self.alternatives, *unions))
        return next((found for found in tried if found is not None), None)

    def _origin(self, evidence: Evidence) -> Finding | None:
        """The origin as a counterexample; lists show one point of each set only."""
        place = (Fraction(0),) * len(evidence.objective.variables)
        proof = evidence.prove(points=[place], infimum=True)
        for point in () if proof is None else proved_points(proof.report):
            reason = self._wrong(evidence, point)
            if proof is not None and reason:
                return false(reason, proof.certificate)
        return None


@dataclass(frozen=True)
class KindExists(Property):
    """There is a critical point of one of these kinds, at which these polynomials vanish."""

    kinds: tuple[Kind, ...]
    equations: tuple[str, ...] = ()

    def evaluate(self, evidence: Evidence) -> Finding:
        gap = ""
        certificates = list(evidence.listed)
        for point in ordered(evidence.landscape):
            if point.kind not in (*self.kinds, Kind.UNDECIDED):
                continue
            if point.kind in self.kinds and point.point and _vanish(evidence, self.equations, point) is True:
                return true(described(point), *evidence.listed)
            away = _outside(evidence, self.equations, point) if self.equations else None
            gap = gap or (f"whether there is one is not decided: {described(point)}" if away is None else "")
            certificates += away or []
        if not evidence.covered:
            return unknown(evidence.gap)
        words = " or ".join(kind.value.replace("_", " ") for kind in self.kinds)
        where = " where the equations hold" if self.equations else ""
        return unknown(gap) if gap else false(f"complete list without {words}{where}", *dict.fromkeys(certificates))


def _polynomials(evidence: Evidence, texts: Sequence[str]) -> list[Polynomial]:
    return [Objective.from_expression(text, evidence.objective.variables).polynomial for text in texts]


def _off(evidence: Evidence, piece: Piece, point: CriticalPoint) -> bool:
    """Whether the point shown is proved to be off the piece, or to have another loss, or none of its kinds."""
    value = rational(piece.value)
    if not point.value.lower <= value <= point.value.upper:
        return True
    if point.kind is not Kind.UNDECIDED and point.kind not in piece.kinds:
        return True
    return _vanish(evidence, piece.equations, point) is False


def _vanish(evidence: Evidence, equations: Sequence[str], point: CriticalPoint) -> bool | None:
    """Whether all of these polynomials vanish at the point that is shown."""
    found = [vanishes(read(q, evidence.objective.variables), point.point.values()) for q in equations]
    return False if False in found else None if None in found else True


def _inside(evidence: Evidence, equations: Sequence[str], point: CriticalPoint) -> list[Certificate] | None:
    """What certifies that the polynomials vanish on the whole entry."""
    if not is_plain_polynomial(evidence.objective):
        return None
    if not point.equations:  # an isolated point, not a set
        return list(evidence.listed) if _vanish(evidence, equations, point) is True else None
    given = _polynomials(evidence, [e.removesuffix(_ZERO) for e in point.equations if e.endswith(_ZERO)])
    certificates: list[Certificate] = []
    for q in _polynomials(evidence, equations):
        shown = shown_in_ideal(evidence, q, given)
        if shown is None:
            return None
        certificates += shown.certificates
    return certificates


def _outside(evidence: Evidence, equations: Sequence[str], point: CriticalPoint) -> list[Certificate] | None:
    """What certifies that nowhere on the entry all of these polynomials vanish."""
    if not is_plain_polynomial(evidence.objective):
        return None
    if not point.equations:  # an isolated point, not a set
        return list(evidence.listed) if _vanish(evidence, equations, point) is False else None
    zero = [e.removesuffix(_ZERO) for e in point.equations if e.endswith(_ZERO)]
    ideal = _polynomials(evidence, [*equations, *zero])
    choices = [[e.removesuffix(_NONZERO)] for e in point.equations if e.endswith(_NONZERO)]
    choices += [e.removeprefix(_SOME).split(", ") for e in point.equations if e.startswith(_SOME)]
    choices.append(["1"])
    for texts in choices:
        shown = [shown_in_ideal(evidence, p, ideal) for p in _polynomials(evidence, texts)]
        if all(found is not None for found in shown):
            return [c for found in shown if found is not None for c in found.certificates]
    return None
