"""Counts of complex critical points: their zero patterns, bounds, parity, and whether there are finitely many.

The zero patterns are read from the boxes of an accepted certificate, together with the certified counts of the
objective restricted to coordinate subspaces. Let the variables be cut into groups such that every term of the objective
has an even degree in each group. Then the partial derivatives by the variables of a group vanish where the group does,
so the critical points on a coordinate subspace are those of the restriction, and their numbers N(S), S the groups that
remain, are certified. By inclusion and exclusion E(S) = sum of (-1)^|S \\ T| N(T) over T in S is the number of critical
points at which exactly the groups outside S vanish. Each box shows that some coordinates are not zero; let B(S) be the
number of points in boxes for which these are all the variables of S and no other. If B(S) = E(S) for all S, then by
induction from the largest S down, the points of those boxes are zero exactly outside S.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactland.checker.bezout import bezout_bound
from exactland.checker.kernel import RationalPoly, integer, integers
from exactland.checker.lines import Elements
from exactland.checker.problem import read_problem
from exactland.claims.evidence import Evidence
from exactland.claims.properties import Property
from exactland.claims.truth import Finding, false, true, unknown
from exactland.landscape import Certificate, Completeness, CriticalPoint
from exactland.objective import Objective

__all__ = [
    "BezoutNumberIs",
    "CountWithin",
    "FinitelyManyCriticalPoints",
    "MixedVolumeIs",
    "OddRealCount",
    "SupportCount",
    "ZerosInGroups",
    "rotated",
]

Groups = tuple[tuple[str, ...], ...]
Support = frozenset[int]


@dataclass(frozen=True)
class _Census:
    """The number of complex critical points for every set of groups that do not vanish; all others vanish."""

    counts: dict[Support, int]
    certificates: tuple[Certificate, ...]

    def of_size(self, size: int) -> int:
        return sum(count for support, count in self.counts.items() if len(support) == size)

    @property
    def text(self) -> str:
        rows = sorted((sorted(s), n) for s, n in self.counts.items() if n)
        shown = ", ".join(f"{{{', '.join(str(i + 1) for i in s)}}}: {n}" for s, n in rows)
        return f"complex critical points by the groups that are not zero: {shown}"


@dataclass(frozen=True)
class ZerosInGroups(Property):
    """At every complex critical point each of these groups of variables vanishes as a whole or nowhere."""

    groups: Groups

    def evaluate(self, evidence: Evidence) -> Finding:
        for point in evidence.landscape:
            group = _torn(point, self.groups)
            if group is not None:
                numbers = ", ".join(f"{name} = {point.point[name]!r}" for name in group)
                return false(f"a critical point with {numbers}", *evidence.listed)
        found = _census(evidence, self.groups)
        return unknown(found) if isinstance(found, str) else true(found.text, *found.certificates)


@dataclass(frozen=True)
class SupportCount(Property):
    """The number of complex critical points at which exactly `size` groups do not vanish (and these nowhere)."""

    groups: Groups
    size: int
    exactly: int | None = None
    at_most: int | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _census(evidence, self.groups)
        if isinstance(found, str):
            return unknown(found)
        count = found.of_size(self.size)
        fits = self.exactly in (None, count) and (self.at_most is None or count <= self.at_most)
        wanted = [f"{word} {n}" for word, n in (("claimed", self.exactly), ("bound", self.at_most)) if n is not None]
        reason = f"{count} with {self.size} non-zero ({', '.join(wanted)}); {found.text}"
        return (true if fits else false)(reason, *found.certificates)


@dataclass(frozen=True)
class CountWithin(Property):
    """Upper bounds on the number of critical points: complex, and real."""

    complex_: int | None = None
    real: int | None = None

    def evaluate(self, evidence: Evidence) -> Finding:
        landscape = evidence.landscape
        number = landscape.complex_points
        counts = [(self.real, len(landscape), "real")]
        if number is not None:
            counts.append((self.complex_, number, "complex"))
        for most, count, what in counts:
            if most is not None and count > most:
                return false(f"at least {count} {what} critical points, more than {most}", *evidence.listed)
        if not evidence.complete:
            return unknown(evidence.gap)
        if self.complex_ is not None and number is None:
            return unknown("the certificate bounds the real critical points only")
        bounded = [(most, n, what) for most, n, what in counts if most is not None]
        shown = " and ".join(f"{n} {what} critical points, at most {most}" for most, n, what in bounded)
        return true(f"exactly {shown}", *evidence.listed)


@dataclass(frozen=True)
class OddRealCount(Property):
    """The number of real critical points is odd."""

    def evaluate(self, evidence: Evidence) -> Finding:
        if not evidence.complete:
            return unknown(evidence.gap)
        count = len(evidence.landscape)
        return (true if count % 2 else false)(f"exactly {count} real critical points", *evidence.listed)


@dataclass(frozen=True)
class BezoutNumberIs(Property):
    """The product of the degrees of the partial derivatives, computed by the checker on the certified problem."""

    number: int

    def evaluate(self, evidence: Evidence) -> Finding:
        if not evidence.listed:
            return unknown(evidence.gap)
        found = _bezout(evidence.objective, (0,) * len(evidence.objective.variables))
        return (true if found == self.number else false)(f"the product of the degrees is {found}", *evidence.listed)


@dataclass(frozen=True)
class MixedVolumeIs(Property):
    """The mixed volume of the exponents of the partial derivatives, the origin added to each (Bernstein, Kushnirenko
    and Khovanskii; Li and Wang).
    """

    number: int

    def evaluate(self, evidence: Evidence) -> Finding:
        from exactland.certify.facts import mixed

        entry = mixed(evidence.objective)
        proof = evidence.prove([entry]) if entry is not None else None
        if proof is None:
            return unknown("no list of mixed cells was accepted")
        (found,) = (fact.constant for fact in proof.report.facts)
        return (true if found == self.number else false)(f"the mixed volume is {found}", proof.certificate)


@dataclass(frozen=True)
class FinitelyManyCriticalPoints(Property):
    """There are finitely many complex critical points.

    FALSE when the checker accepts more rational critical points than the Bezout number of the gradient for the given
    groups of variables: a system has at most that many isolated zeros. `candidates` are hints where to look.
    """

    bezout_groups: tuple[int, ...]
    candidates: tuple[tuple[Fraction, ...], ...] = ()

    def evaluate(self, evidence: Evidence) -> Finding:
        proof = evidence.prove_critical(self.candidates) if self.candidates else None
        if proof is not None:
            count, most = len(proof.report.points), _bezout(evidence.objective, self.bezout_groups)
            if count > most:
                reason = f"{count} rational critical points; at most {most} are isolated (Bezout number)"
                return false(reason, proof.certificate)
        if evidence.complete:
            return true(f"exactly {evidence.landscape.complex_points} complex critical points", *evidence.listed)
        return unknown(evidence.gap)


def rotated(
    point: Sequence[Fraction], pairs: Sequence[tuple[int, int]], count: int
) -> tuple[tuple[Fraction, ...], ...]:
    """`count` rational rotations of a point, each acting on all these pairs of coordinates alike."""
    found = []
    for t in range(1, count + 1):
        c, s = Fraction(1 - t * t, 1 + t * t), Fraction(2 * t, 1 + t * t)
        turned = list(point)
        for i, j in pairs:
            turned[i], turned[j] = c * point[i] - s * point[j], s * point[i] + c * point[j]
        found.append(tuple(turned))
    return tuple(found)


def _bezout(objective: Objective, groups: tuple[int, ...]) -> int:
    return bezout_bound({"rule": "bezout", "groups": list(groups)}, Elements(read_problem(objective.statement)))


def _torn(point: CriticalPoint, groups: Groups) -> tuple[str, ...] | None:
    """A group with a coordinate that is shown to be 0 beside one that is shown not to be."""
    for group in groups:
        numbers = [point.point[name] for name in group if point.point]
        if any(n.exact == 0 for n in numbers) and any(n.lower > 0 or n.upper < 0 for n in numbers):
            return group
    return None


def _census(evidence: Evidence, groups: Groups) -> _Census | str:
    """The census, or why there is none."""
    landscape, variables = evidence.landscape, evidence.objective.variables
    if not evidence.complete or landscape.complex_points is None:
        return evidence.gap if not evidence.complete else "the certificate bounds the real critical points only"
    if sorted(name for group in groups for name in group) != sorted(variables):
        return "the groups do not cut up the variables"
    loss = read_problem(evidence.objective.statement).loss
    places = [[variables.index(name) for name in group] for group in groups]
    if any(sum(m[k] for k in group) % 2 for m in loss for group in places):
        return "the objective has terms of odd degree in a group"
    restricted = _counts_on_subspaces(evidence, groups, loss)
    if isinstance(restricted, str):
        return restricted
    numbers, certificates = restricted
    seen = Counter[Support | None]()
    for shown, weight in _nonzero_coordinates(evidence):
        support = frozenset(i for i, group in enumerate(groups) if set(group) <= shown)
        whole = shown == {name for i in support for name in groups[i]}
        seen[support if whole else None] += weight
    for support in numbers:
        exact = sum((-1) ** len(support - part) * count for part, count in numbers.items() if part <= support)
        if seen[support] != exact:
            return "the boxes do not tell which coordinates vanish"
    if sum(seen.values()) != landscape.complex_points:
        return "not every complex critical point has a box"
    return _Census({support: seen[support] for support in numbers}, (*evidence.listed, *certificates))


def _counts_on_subspaces(
    evidence: Evidence, groups: Groups, loss: RationalPoly
) -> tuple[dict[Support, int], list[Certificate]] | str:
    """For every set of groups the certified number of critical points where the others vanish."""
    whole = frozenset(range(len(groups)))
    assert evidence.landscape.complex_points is not None
    numbers: dict[Support, int] = {Support(): 1, whole: evidence.landscape.complex_points}
    certificates: list[Certificate] = []
    variables = evidence.objective.variables
    for size in range(1, len(groups)):
        for chosen in map(Support, itertools.combinations(range(len(groups)), size)):
            kept = [name for name in variables if any(name in groups[i] for i in chosen)]
            part = _restriction(evidence.objective, kept)
            rows = [variables.index(name) for name in kept]
            wanted = {tuple(m[k] for k in rows): c for m, c in loss.items() if sum(m) == sum(m[k] for k in rows)}
            if read_problem(part.statement).loss != wanted:
                raise RuntimeError("a restriction is not the objective on the coordinate subspace")
            found = evidence.landscape_of(part)
            if found.complete is not Completeness.PROVED or found.complex_points is None or found.evidence is None:
                return "the critical points on a coordinate subspace are not counted"
            numbers[chosen] = found.complex_points
            certificates.append(found.evidence)
    return numbers, certificates


def _restriction(objective: Objective, kept: Sequence[str]) -> Objective:
    """The objective with the other variables set to 0."""
    text = str(objective.expression)
    for name in objective.variables:
        if name not in kept:
            text = re.sub(rf"\b{name}\b", "0", text)
    return Objective.from_expression(text, kept)


def _nonzero_coordinates(evidence: Evidence) -> list[tuple[set[str], int]]:
    """For every box of the certificate the coordinates that are not 0 in it, and the number of points that it holds."""
    variables = evidence.objective.variables
    found = [
        ({name for name, n in point.point.items() if n.lower > 0 or n.upper < 0}, 1) for point in evidence.landscape
    ]
    for certificate in evidence.listed:
        boxes = json.loads(certificate.text)["nonreal"]
        for entry in boxes:
            box = boxes[entry["image"]] if "image" in entry else entry  # an image differs by signs
            real, imaginary = (integers(box[part], "box", len(variables)) for part in ("real", "imaginary"))
            radius = integer(box["radius"], "box")
            sizes = zip(variables, real, imaginary, strict=True)
            found.append(({name for name, x, y in sizes if x * x + y * y > radius * radius}, 2))
    return found
