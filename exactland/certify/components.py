"""The certificate of a critical set with positive-dimensional components: rules T and L of `proofs/SPEC.md`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq

from exactland.certify import json_forms, numbers
from exactland.certify.assemble import Squares, add_kinds
from exactland.certify.case_tree import TreeWriter
from exactland.certify.lowest import compact_evidence, infimum_evidence, lowest_group
from exactland.certify.points import CannotAssemble, FieldStore, RealPoint, exact_inertia_entry, multiple_points
from exactland.certify.strata import accepted_strata
from exactland.certify.ties import exact_ties
from exactland.checker.problem import read_problem
from exactland.checker.univariate import coprime, real_root_intervals
from exactland.classify.along import strata_of
from exactland.classify.on_sphere import strata_on_sphere
from exactland.classify.stratum import Stratum
from exactland.decompose import quotient
from exactland.decompose.cases import OutOfReach, Relation, Search
from exactland.decompose.components import (
    RealSample,
    Tangent,
    TangentFields,
    empty_at,
    orbit_of,
    samples,
    separate,
)
from exactland.decompose.inhabited import on_part, point_inside
from exactland.decompose.nearest import apart, smooth_point
from exactland.decompose.primes import AFTER, Found, Guided, Route
from exactland.decompose.tree import Leaf, Nearest, Tree
from exactland.engines.base import Engine
from exactland.engines.foreign import Singular
from exactland.exact import rational_text
from exactland.polynomial import from_fmpq, ring, to_json
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint

MAX_SAMPLES = 200
NEAREST = 5.0  # seconds for nearest points on one set while the work of the tree is bounded
PRIMES = 20.0  # seconds for Singular's primes while the work of the tree is bounded
VALUE_BITS = 60
SAMPLE_BITS = 320
MAX_INERTIA_DEGREE = 12
FORMS = 40
SECONDS_INSIDE = 2.0


@dataclass
class Part:
    """One real component: the leaf with one value of the loss."""

    leaf: Leaf
    sample: RealSample
    tangent: TangentFields
    root: int | None  # the number of the root of the leaf's eliminant
    value: tuple[Fraction, Fraction]
    types: tuple[list[dict[str, Any]], list[str]] | None = None  # strata and reasons, once they are looked for
    inside: dict[int, RealSample] = field(default_factory=dict)  # points of strata without a rational one

    @property
    def points(self) -> list[ExactPoint]:
        """All sample points."""
        return [self.sample.point, *(sample.point for sample in self.inside.values())]


@dataclass
class Cover:
    """The whole critical set: components, isolated points, and the tree that shows that this is all of it."""

    tree: Tree
    parts: list[Part] = field(default_factory=list)
    empty: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # by leaf: roots without real points
    orbits: list[tuple[Leaf, ExactPoint]] = field(default_factory=list)
    primes: str = ""  # the version of Singular when the tree is along its primes


def cover(
    gs: GradientSystem,
    seconds: float,
    say: Callable[[str], None],
    work: int | None = None,
    engines: Sequence[Engine] = (),
) -> Cover:
    """The components and points of the real critical set; raises OutOfReach (beyond so much work of the tree, too) or
    CannotAssemble.

    Where Singular is among the engines it is asked for the prime components, if the tree of our own takes long or leads
    to no cover; at once when no other engine is allowed.
    """
    trouble: CannotAssemble | None = None
    for tree, version in _trees(gs, seconds, say, work, engines):
        try:
            return _cover_of(gs, tree, version)
        except CannotAssemble as error:
            trouble = trouble or error
    raise trouble or OutOfReach("no case tree")


def _trees(
    gs: GradientSystem, seconds: float, say: Callable[[str], None], work: int | None, engines: Sequence[Engine]
) -> Iterator[tuple[Tree, str]]:
    """Case trees, the first one first, each with the version of Singular when it is along its primes."""
    until = time.monotonic() + seconds
    context = ring(gs.variables)
    gradient = [context.from_dict({m: fmpq(c) for m, c in g.items()}) for g in gs.elements.gradient]
    singular = next((engine for engine in engines if isinstance(engine, Singular)), None)

    def separator(leaf: Leaf) -> Relation | None:
        return separate(leaf, gs.polynomial)

    def nearest(leaf: Leaf, until: float) -> Nearest | None:
        if work is not None:
            until = min(until, time.monotonic() + NEAREST)
        if work is not None or smooth_point(leaf):  # not for a small tree: the search for fields may be long
            return None
        return apart(leaf, gs.polynomial, until)

    if singular is None:
        yield Search(gs.polynomial, seconds, say, separator, work, nearest=nearest).tree(gradient), ""
        return

    def guided() -> Guided:
        return Guided(gs.polynomial, until - time.monotonic(), say, separator, nearest=nearest)

    alone = len(engines) == 1
    patience = seconds if work is None else min(seconds, PRIMES)
    with Route(singular, gradient, guided, patience, 0.0 if alone else AFTER) as route:
        found = route.tree() if alone else None
        if found is not None:
            yield found, singular.version()
        trouble = None
        try:
            left = until - time.monotonic()
            yield Search(gs.polynomial, left, say, separator, work, route.look, nearest=nearest).tree(gradient), ""
        except Found as other:
            found = other.tree
        except OutOfReach as error:
            trouble = error
        found = found or route.tree()
        if found is not None:
            yield found, singular.version()
        elif trouble is not None:
            raise OutOfReach("; ".join(filter(None, (str(trouble), route.message))))


def _cover_of(gs: GradientSystem, tree: Tree, primes: str) -> Cover:
    result = Cover(tree, primes=primes)
    for leaf in tree.components():
        result.parts += parts_of(gs, leaf, result.empty)
    result.parts.sort(key=lambda p: (p.value[0], -p.leaf.dimension))
    result.orbits = [(leaf, orbit_of(leaf)) for leaf in tree.points()]
    return result


def parts_of(gs: GradientSystem, leaf: Leaf, empty: dict[int, list[dict[str, Any]]]) -> list[Part]:
    """The real components of a leaf, one for each real value of the loss."""
    tangent = Tangent(leaf)
    wanted: dict[int | None, tuple[Fraction, Fraction]] = {}
    if leaf.value is not None:
        exact = from_fmpq(leaf.value)
        wanted[None] = exact, exact
    else:
        poly = list(leaf.eliminant)
        wanted.update(enumerate(real_root_intervals(poly, numbers.root_cuts(poly, VALUE_BITS))))
    found: dict[int | None, Part] = {}
    excluded: list[dict[str, Any]] = []
    for number, bounds in wanted.items():
        identity = None if number is None else empty_at(leaf, gs.polynomial, bounds)
        if identity is not None:
            squares = [[rational_text(c), to_json(q)] for c, q in identity.squares]
            excluded.append({"root": number, "squares": squares, "polynomial": [str(c) for c in identity.polynomial]})
    left = wanted.keys() - {entry["root"] for entry in excluded}
    for count, sample in enumerate(samples(leaf, gs.polynomial)):
        if not left or count > MAX_SAMPLES:
            break
        number = min(wanted, key=lambda k: abs(float(wanted[k][0]) - sample.loss))
        if number not in left:
            continue
        fields = tangent.at(sample.coordinates)
        if fields is not None:
            found[number] = Part(leaf, sample, fields, number, wanted[number])
            left.discard(number)
    if left:
        what = f"a component of dimension {leaf.dimension} with {len(leaf.basis)} equations"
        raise CannotAssemble(f"no real smooth point was found on {what}")
    empty[id(leaf)] = excluded
    return list(found.values())


# ------------------------------------------------------------------------------------------------------- certificate


def add_types(
    gs: GradientSystem, statement: dict[str, Any], parts: Sequence[Part], seconds: float, patient: bool
) -> bool:
    """Look for the types along the components; unless patient, only up to the first that stays open. Whether all types
    are known.
    """
    until = time.monotonic() + seconds
    problem, known = read_problem(statement), True
    for k, part in enumerate(parts):
        if part.types is None or (patient and any(part.types[1])):
            left = (until - time.monotonic()) / (len(parts) - k)
            strata = _strata(gs, part, parts, max(1.0, left))
            generators = [g.poly for g in part.leaf.basis]
            part.types = accepted_strata(strata, problem, generators, part.value, part.root is None)
            if len(part.types[0]) == len(strata):
                part.inside = _inside(gs, part, strata)
        known = known and not any(part.types[1])
        if not known and not patient:
            break
    return known


def _inside(gs: GradientSystem, part: Part, strata: Sequence[Stratum]) -> dict[int, RealSample]:
    """Points with algebraic coordinates on those strata of which no point is known."""
    found: dict[int, RealSample] = {}
    for k, stratum in enumerate(strata):
        known = stratum.kind == "empty" or stratum.sample is not None or on_part(stratum, part.sample.coordinates)
        if known or (stratum.proof or {}).get("rule") == "point":
            continue
        sample = point_inside(gs.polynomial, [g.poly for g in part.leaf.basis], stratum, SECONDS_INSIDE)
        if sample is not None:
            found[k] = sample
    return found


def assemble_components(
    gs: GradientSystem, statement: dict[str, Any], found: Cover, hint: Squares
) -> tuple[dict[str, Any], list[str | None], list[list[str]]]:
    """The certificate as plain data, and for each of its points and strata why its type is undecided; the types along
    the components must have been looked for.
    """
    form = separating(gs, [orbit for _, orbit in found.orbits], [p for part in found.parts for p in part.points])
    store = FieldStore(gs, form)
    points: list[RealPoint] = []
    listed: dict[ExactPoint, int] = {}  # the field of each orbit
    for _, orbit in found.orbits:
        adapted = store.adapt(orbit)
        if adapted not in listed:
            listed[adapted] = len(store.entries)
            points += multiple_points(gs, orbit, store)
    points.sort(key=lambda p: (p.value[0], [low for low, _ in p.enclosure]))
    components, reasons = component_entries(gs, found.parts, store)
    values = [p.value for p in points] + [part.value for part in found.parts]
    names = [*range(len(points)), *_names(found.parts, len(points))]
    ends = [lowest_group(values), lowest_group([(-high, -low) for low, high in values]) if gs.sphere else []]
    several = any(sum(i < len(points) for i in end) > 1 for end in ends)
    equal_values = exact_ties(gs, points, names, store) if several else []
    lowest = compact_evidence(gs, values, names) if gs.sphere else None
    if not gs.sphere:
        lowest = infimum_evidence(gs.polynomial, values, names, True, hint)
    add_kinds(gs, points, values, lowest)
    numbered = {id(part): k for k, part in enumerate(found.parts)}

    def component_leaf(leaf: Leaf) -> dict[str, Any]:
        return leaf_entry([numbered[id(p)] for p in found.parts if p.leaf is leaf], found.empty[id(leaf)])

    orbits = {id(leaf): orbit for leaf, orbit in found.orbits}

    def points_leaf(leaf: Leaf) -> dict[str, Any]:
        orbit = store.adapt(orbits[id(leaf)])
        standard = quotient.standard_monomials([g.lead for g in leaf.basis], leaf.ring.nvars())
        evidence = {
            "rule": "ideal",
            "basis": [list(m) for m in standard],
            "eliminant": [str(c) for c in orbit.modulus],
            "cuts": [rational_text(c) for c in numbers.root_cuts(orbit.modulus)],
        }
        return {"field": listed[orbit], "points": evidence}

    certificate = json_forms.certificate(
        statement,
        form,
        [p.entry for p in points],
        store.entries,
        completeness={"rule": "cases", "steps": TreeWriter(found.tree, component_leaf, points_leaf).write()},
        components=components,
        equal_values=equal_values,
        infimum=lowest,
    )
    return certificate, [p.reason for p in points], reasons


def component_entries(
    gs: GradientSystem, parts: Sequence[Part], store: FieldStore
) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """The entries of components with the types that were looked for, and for each of their strata why it is
    undecided.
    """
    components = [component_entry(gs, part, store) for part in parts]
    reasons: list[list[str]] = []
    for part, entry in zip(parts, components, strict=True):
        if part.types is None:
            raise CannotAssemble("types that were not looked for")
        strata, why = part.types
        samples = {k: sample_entry(gs, sample, store) for k, sample in part.inside.items()}
        entry["strata"] = [{**s, "sample": samples[k]} if k in samples else s for k, s in enumerate(strata)]
        reasons.append(why)
    return components, reasons


def leaf_entry(components: list[int], empty: list[dict[str, Any]]) -> dict[str, Any]:
    """The step that closes a case by components, without its elements."""
    return {"components": components, "empty": empty} if empty else {"components": components}


def _names(parts: Sequence[Part], first: int) -> list[int]:
    """Numbers that are equal for components with the same root of the same polynomial as value."""
    keys = [(part.leaf.eliminant, part.value) for part in parts]
    return [first + keys.index(key) for key in keys]


def _strata(gs: GradientSystem, part: Part, parts: Sequence[Part], seconds: float) -> list[Stratum]:
    """The types along one component."""
    value = part.value if part.root is not None else part.value[0]
    generators = [g.poly for g in part.leaf.basis]
    if gs.sphere:
        return strata_on_sphere(gs.polynomial, gs.sphere, generators, value, seconds=seconds)
    others = [p.value for p in parts if p.leaf is part.leaf and p is not part]
    return strata_of(gs.polynomial, generators, value, others=others, seconds=seconds)


def separating(gs: GradientSystem, orbits: Sequence[ExactPoint], others: Sequence[ExactPoint]) -> tuple[int, ...]:
    """A linear form that separates the isolated points, and the conjugates of each sample point."""
    n = len(gs.variables)
    for spread in range(1, FORMS):
        form = tuple(((k + 1) * spread * spread + k * k + spread) % (5 * spread + 2 * n + 1) + 1 for k in range(n))
        trial = FieldStore(gs, form)
        try:
            moduli = [list(p.modulus) for p in {trial.adapt(p) for p in orbits}]
            for p in others:
                trial.adapt(p)
        except CannotAssemble:
            continue
        if all(coprime(a, b) for i, a in enumerate(moduli) for b in moduli[:i]):
            return form
    raise CannotAssemble("no linear form with small coefficients separates the points")


def component_entry(gs: GradientSystem, part: Part, store: FieldStore) -> dict[str, Any]:
    """The entry of one component."""
    sample = sample_entry(gs, part.sample, store)
    inertia = {"inertia": sample.pop("inertia")} if "inertia" in sample else {}
    value: Any = rational_text(part.value[0])
    if part.root is not None:
        poly = list(part.leaf.eliminant)
        cuts = [rational_text(c) for c in numbers.root_cuts(poly, VALUE_BITS)]
        value = {"polynomial": [str(c) for c in poly], "cuts": cuts, "root": part.root}
    return {
        **inertia,
        "generators": [to_json(g.poly) for g in part.leaf.basis],
        "value": value,
        "sample": sample,
        "dimension": part.leaf.dimension,
        "fields": {
            "vectors": [[to_json(x) for x in vector] for vector in part.tangent.vectors],
            "coordinates": list(part.tangent.coordinates),
        },
    }


def sample_entry(gs: GradientSystem, sample: RealSample, store: FieldStore) -> dict[str, Any]:
    """A sample point, with the inertia of the Hessian there where its degree is moderate."""
    point = store.adapt(sample.point)
    number, read = store.add(point, counted=False, bits=SAMPLE_BITS)
    along = sum(c * Fraction(x) for c, x in zip(store.form, sample.coordinates, strict=True))
    interval = min(range(len(read.intervals)), key=lambda k: abs(read.intervals[k][0] - along))
    entry: dict[str, Any] = {"field": number, "interval": 0 if point.degree == 1 else interval}
    if point.degree <= MAX_INERTIA_DEGREE:
        entry["inertia"] = exact_inertia_entry(gs, point, read)
    return entry
