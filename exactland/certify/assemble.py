"""The certificate of a zero-dimensional landscape, assembled from what the search found.

Parts are added one after the other; a part for which no evidence is found stays out, and the landscape then says that
it is not established.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly

from exactland.certify import json_forms
from exactland.certify.images import boxed_points, complete_entries, images, joined
from exactland.certify.lowest import compact_evidence, infimum_evidence, lower_evidence
from exactland.certify.points import CannotAssemble, FieldStore, RealPoint, multiple_points
from exactland.certify.ties import orbit_names, settle, with_products
from exactland.checker import Rejection, ResourceLimit
from exactland.solving.refine import separating_form
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint, Pool

Completeness = Callable[[Sequence[int]], tuple[dict[str, Any], list[dict[str, Any]]]]
Squares = Sequence[tuple[Fraction, fmpq_mpoly]]


def assemble(
    gs: GradientSystem,
    statement: dict[str, Any],
    pool: Pool,
    completeness: Completeness | None,
    symmetries: Sequence[tuple[int, ...]],
    hint: Squares,
    orbits: Callable[[], Sequence[ExactPoint]],
    values: bool = True,
) -> tuple[dict[str, Any], list[str | None]]:
    """The certificate as plain data, and for each of its points why its type is undecided.

    `completeness` gives the entry of a rule and the lines that it refers to, for a separating form; `orbits` supplies
    exact coordinates of all points when they are needed to compare values. Without `values` the lowest ones are not
    compared, and the infimum stays out.
    """
    form = separating_form(pool.certified, len(gs.variables))
    if form is None:
        raise CannotAssemble("no linear form with small coefficients separates the points")
    rule, lines = (None, []) if completeness is None else completeness(form)
    store = FieldStore(gs, form)
    points: list[RealPoint] = []
    for exact in pool.multiple:
        points += multiple_points(gs, exact, store)
    points += boxed_points(gs, pool.certified, store)
    points.sort(key=lambda p: (p.value[0], [low for low, _ in p.enclosure]))
    complete = rule is not None
    symmetries = with_products(points, symmetries)
    names = orbit_names(points, symmetries) if complete else None
    used_symmetries = symmetries if names is not None else ()
    names = joined(names or range(len(points)), points)
    equal_values = settle(gs, points, names, orbits, store, ties=values, solutions=pool.count())
    bounds = [p.value for p in points]
    lowest = None
    if values and gs.sphere:
        lowest = compact_evidence(gs, bounds, names) if complete else None
    elif values:
        left = [i for i, p in enumerate(points) if p.inertia is not None and p.inertia[2] > 0]
        lowest = infimum_evidence(gs.polynomial, bounds, names, complete, hint, left)
    add_kinds(gs, points, bounds, lowest, witnesses=values)
    complete_entries(points)
    others = [found for found in pool.certified if not found.is_real]
    nonreal = [
        json_forms.box(found) if image is None else {"image": image[0], "signs": list(image[1])}
        for found, image in zip(others, images(gs, others), strict=True)
    ]
    certificate = json_forms.certificate(
        statement,
        form,
        [p.entry for p in points],
        store.entries,
        lines=lines,
        completeness=rule,
        nonreal=nonreal,
        symmetries=[list(s) for s in used_symmetries],
        equal_values=equal_values,
        infimum=lowest,
    )
    return certificate, [(p.original or p).reason for p in points]


def text(certificate: dict[str, Any]) -> str:
    """Canonical text: sorted keys, no spaces, ASCII."""
    return json.dumps(certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def add_kinds(
    gs: GradientSystem,
    points: Sequence[RealPoint],
    values: Sequence[tuple[Fraction, Fraction]],
    lowest: dict[str, Any] | None,
    witnesses: bool = True,
) -> None:
    """The types that the certificate proves go into the entries; with `witnesses`, where the infimum is not known, a
    lower value beside a minimum. The values are those of the points and of whatever is listed after them.
    """
    for i, point in enumerate(points):
        if point.original is not None:
            continue
        ends = [] if lowest is None else [k for k in ("argmin", "argmax") if i in lowest.get(k, ())]
        point.entry["kind"] = kind_of(gs, point, ends)
        if witnesses and lowest is None and point.entry["kind"] == "minimum":
            witness = lower_evidence(None if gs.sphere else gs.polynomial, values, i)
            if witness is not None:
                point.entry["lower"] = witness


def kind_of(gs: GradientSystem, point: RealPoint, ends: Sequence[str]) -> str:
    """The type that the certificate proves, knowing which ends of all values are attained; adds a proof to the entry,
    or a reason, where the inertia does not decide.
    """
    if point.kind is not None:
        return point.kind
    if ends:
        return "minimum" if "argmin" in ends else "maximum"
    if point.inertia is None or point.where is None:
        point.reason = "the signs of the eigenvalues of the Hessian were not found"
        return "undecided"
    if gs.sphere:
        point.reason = "degenerate on a sphere: the exact tests are for points without constraint"
        return "undecided"
    from exactland.checker.degenerate import degenerate_kind
    from exactland.checker.kernel import TermBudget

    for proof in _proofs(gs, point):
        try:
            kind = degenerate_kind(gs.loss, point.where, point.inertia, proof, TermBudget())
        except (Rejection, ResourceLimit):
            continue
        point.entry["proof"] = proof
        return kind
    return "undecided"


def _proofs(gs: GradientSystem, point: RealPoint) -> Iterator[dict[str, Any]]:
    """Candidates for the proof of a type at a degenerate exact point; the reason says why there are no others."""
    if point.rational is not None:
        from exactland.classify.degenerate import classify_degenerate

        found = classify_degenerate(gs.polynomial, point.rational)
        point.reason = found.reason
        if found.kind is not None:
            yield json_forms.degenerate_proof(found.evidence)
            point.reason = "the checker did not accept the proof that was found"
    elif point.where is not None and point.inertia is not None:
        flat = point.inertia[1]
        point.reason = f"irrational coordinates and corank {flat}: the exact tests for these are for rational points"
        if flat == 1:
            from exactland.certify import algebraic
            from exactland.classify.branches import find_branch

            field = point.where[0]
            branch = find_branch(gs.polynomial, *algebraic.frame(field, point.entry["inertia"]["transform"]))
            point.reason = "irrational coordinates, and flat to a high order along one direction"
            if branch is not None:
                yield from json_forms.branch_proofs(branch, field.d)


def decided_kind(kind: str | None, proof: dict[str, Any], point: RealPoint) -> str | None:
    """The kind that the proof shows at a rational point with semidefinite Hessian; the proof goes into the entry."""
    if kind in ("minimum", "maximum"):
        point.entry["proof"] = proof
        return kind
    if kind == "saddle" and point.inertia is not None:
        point.entry["proof"] = proof
        return "strict_saddle" if point.inertia[2] else "nonstrict_saddle"
    return None
