"""From the bytes of a certificate to a report of what it proves. The rules are numbered as in `proofs/SPEC.md`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import kernel
from .boxes import Box, box_inertia, separated, value_enclosure
from .calculus import Calculus
from .coordinates import Element
from .fields import Field, exact_inertia, read_fields
from .kernel import TermBudget, derivative, integer, record, sequence
from .kinds import KINDS, kind_by_inertia
from .lines import Elements
from .listed import Image, Listed, SignChanges, read_boxes, read_points
from .minimum import Infimum, Interval, equal_values, infimum, lower_witness, orbits
from .moves import group, orbit_weight
from .problem import Problem, read_problem
from .reductions import Bound, read_bound
from .sentences import SETS, sentences

if TYPE_CHECKING:  # families of rules that most certificates do not use are imported where they are asked for
    from .components import Component
    from .facts import Fact
    from .sections import Found, Orbit
    from .sets import ProvedComponent

SCHEMA = "exactland.certificate/1"


@dataclass(frozen=True)
class ProvedPoint:
    """What is proved of one real critical point. `None` stands for 'not established'."""

    kind: str
    inertia: tuple[int, int, int] | None  # (positive, zero, negative)
    enclosure: tuple[Interval, ...]
    value: Interval
    value_polynomial: tuple[int, ...] | None  # an integer polynomial with the value as a root
    multiplicity: int | None
    is_global: bool | None
    spurious: bool | None
    orbit: int
    orbit_size: int
    alone: tuple[Interval, ...] | None  # wider bounds, within which there is no other critical point


@dataclass(frozen=True)
class Report:
    """Everything that an accepted certificate proves."""

    problem: Problem
    statement: bytes  # the problem as the certificate states it, in canonical form
    complete: str | None  # the rule that proves completeness
    complex_points: int | None  # distinct complex critical points
    points: tuple[ProvedPoint, ...]
    components: tuple[ProvedComponent, ...]
    infimum: Infimum | None
    facts: tuple[Fact, ...]

    @cached_property
    def problem_sha256(self) -> str:
        import hashlib  # which takes as long as to check a small certificate

        return hashlib.sha256(self.statement).hexdigest()

    @cached_property
    def proved(self) -> tuple[str, ...]:
        """One sentence for each thing."""
        return tuple(sentences(self))


def check_bytes(data: bytes) -> Report:
    """Accept a certificate and report what it proves, or raise `Rejection` or `ResourceLimit`.

    Numbers of up to `MAX_DIGITS` digits are converted, each checked for its length before; the limit of the interpreter
    on such conversions is set for the duration of the call.
    """
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(kernel.MAX_DIGITS + 100)
    try:
        return check(kernel.load(data))
    finally:
        sys.set_int_max_str_digits(before)


def check(certificate: Any) -> Report:
    keys = "schema problem form lines completeness points nonreal fields symmetries equal_values infimum"
    entry = record(certificate, keys, "facts components", "certificate")
    kernel.need(entry["schema"] == SCHEMA, "F2", entry["schema"], SCHEMA)
    statement = canonical(entry["problem"])
    return _examine(entry, read_problem(entry["problem"]), statement, TermBudget())[0]


def _on_slice(certificate: Any, problem: Problem, budget: TermBudget) -> Found:
    """Whether the list of critical points is complete, and the points, all of them isolated; components."""
    from .sections import SlicePoint

    keys = "form lines completeness points nonreal fields symmetries equal_values infimum"
    entry = record(certificate, keys, "components", "certificate of a slice")
    rule = entry["completeness"].get("rule") if isinstance(entry["completeness"], dict) else None
    kernel.need(rule not in SETS, "Y2", rule, "a list of points on a slice")
    report, components = _examine(entry, problem, b"", budget, least=0)
    points = tuple(
        SlicePoint(p.kind, p.inertia, p.enclosure, p.alone, p.value, p.value_polynomial, p.orbit) for p in report.points
    )
    return report.complete is not None, points, tuple(components)


def _examine(
    entry: dict[str, Any], problem: Problem, statement: bytes, budget: TermBudget, least: int = 1
) -> tuple[Report, list[Component]]:
    """What the parts of a certificate prove of an objective, and its components, which are of dimension `least` or
    more.
    """
    n = len(problem.variables)
    elements = Elements(problem)
    elements.read_lines(entry["lines"], budget)
    form = [integer(c, "form") for c in sequence(entry["form"], "form", n)]
    calculus = Calculus(elements, problem.loss)

    given = sequence(entry["points"], "points", most=kernel.MAX_POINTS)
    others = sequence(entry["nonreal"], "nonreal", most=kernel.MAX_POINTS)
    changes = SignChanges(problem.loss)
    placed, images = read_boxes(given, calculus, changes, True)
    real, nonreal = list(placed.values()), list(read_boxes(others, calculus, changes, False)[0].values())
    separated([*real, *nonreal], form)
    fields = read_fields(entry["fields"], elements, form, [*real, *nonreal])
    points = read_points(given, placed, images, fields)

    components: list[Component] = []
    if "components" in entry:
        from .components import read_components

        components = read_components(entry["components"], problem, elements, fields, budget, least)
    found: list[Orbit] = []
    bound, complex_points, complete = None, None, None
    rule = entry["completeness"].get("rule") if isinstance(entry["completeness"], dict) else None
    if rule == "cases":
        from .cases import check_cases
        from .components import off

        check_cases(entry["completeness"], problem, elements, components, fields, form, budget)
        away = all(off(c, p.where, p.enclosure) for c in components for p in points)
        kernel.need(away, "C5", "a listed point that may be on a component", "points off the components")
        complete = "cases"
    elif rule == "slices":
        from .slices import read_slices

        whole = not problem.sphere and not components
        kernel.need(whole, "F2", "slices beside a sphere or components", "slices alone")
        places = [p.enclosure for p in points]
        found = read_slices(entry["completeness"], problem, elements, places, _on_slice, budget)
        complete = "slices"
    elif entry["completeness"] is not None:
        bound = read_bound(entry["completeness"], problem, elements, form, _on_slice, budget)
        complex_points = _attained(bound, n, real, nonreal, fields, len(points))
        complete = bound.rule
    every = bound is not None and not (bound.real or bound.radical or bound.moves)
    enclosures = [p.enclosure for p in points]
    if entry["symmetries"] != []:
        whole = complete is not None and complete not in SETS
        kernel.need(whole, "S2", "symmetries of an open list", "symmetries only with a complete list of points")
    classes, vanishing = orbits(entry["symmetries"], problem.loss, enclosures)
    roots = [classes.find(i) for i in range(len(points))]
    sizes: dict[int, int] = {}
    for root in roots:
        sizes[root] = sizes.get(root, 0) + 1
    names = {root: k for k, root in enumerate(sizes)}

    values, exact_values = _values(problem, calculus, points, images)
    for i, image in images.items():
        classes.join(i, image.of)
    annihilators = equal_values(entry["equal_values"], classes, values, exact_values)
    classes.parent += range(len(points), len(points) + len(components) + len(found))
    levels = [c.level for c in components] + [o.level for o in found]
    first: dict[object, int] = {}
    for i, level in enumerate(levels):
        classes.join(len(points) + i, len(points) + first.setdefault(level, i))
    values += [c.value for c in components]  # after the points, the components take part in the comparison of values
    values += [o.found.value for o in found]
    lowest = None
    if entry["infimum"] is not None:
        lowest = infimum(entry["infimum"], problem, values, classes, complete is not None, budget)
    kernel.need(not problem.sphere or not entry.get("facts"), "F2", "facts beside a sphere", "facts without constraint")
    facts: tuple[Fact, ...] = ()
    if "facts" in entry:
        from .facts import Place, read_facts

        facts = read_facts(entry["facts"], problem, budget, [Place(p.where, p.enclosure) for p in points])
    proved: dict[int, ProvedPoint] = {}
    for i, point in enumerate(points):
        if i in images:
            continue
        inertia = _inertia(point, calculus, elements)
        if problem.sphere and inertia is not None:
            inertia = inertia[0] - 1, inertia[1], inertia[2] - 1  # on the tangent space: section 16 of SPEC.md
        kind, is_global, spurious = _kind(i, point, problem, inertia, values, lowest, budget)
        polynomial = annihilators.get(i)
        proved[i] = ProvedPoint(
            kind=kind,
            inertia=inertia,
            enclosure=tuple(_sharp_enclosure(point, vanishing[i])),
            value=values[i],
            value_polynomial=None if polynomial is None else tuple(polynomial),
            multiplicity=_multiplicity(point, every),
            is_global=is_global,
            spurious=spurious,
            orbit=names[roots[i]],
            orbit_size=sizes[roots[i]],
            alone=_alone(point),
        )
    for i, image in images.items():
        own = {"orbit": names[roots[i]], "orbit_size": sizes[roots[i]], "alone": _alone(points[i])}
        enclosure = tuple(_sharp_enclosure(points[i], vanishing[i]))
        proved[i] = ProvedPoint(**vars(proved[image.of]) | own | {"enclosure": enclosure})
    listed = tuple(proved[i] for i in range(len(points)))
    sets: tuple[ProvedComponent, ...] = ()
    if components or found:
        from .sets import of_component, of_orbit

        sets = tuple(of_component(c, len(points) + k, lowest) for k, c in enumerate(components))
        sets += tuple(of_orbit(o, len(points) + k, values, lowest, budget) for k, o in enumerate(found))
    return Report(problem, statement, complete, complex_points, listed, sets, lowest, facts), components


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical(statement: Any) -> bytes:
    """The bytes that the hash of a problem is taken of."""
    return _ENCODER.encode(statement).encode("ascii")


def _attained(
    bound: Bound, n: int, real: list[Box], nonreal: list[Box], fields: list[Field], listed: int
) -> int | None:
    """Rules C1 to C4: the upper bound meets the number of points shown to exist, which is returned."""
    counted = [field for field in fields if field.counted]
    shown = not bound.isolated or all(field.isolated for field in counted)
    kernel.need(shown, "C4", "a counted field that is not shown to be isolated", "isolated points")
    if bound.real:
        found = f"{listed} real points for a bound of {bound.number}"
        kernel.need(listed == bound.number, "C2", found, "as many real points as the bound")
        return None
    multiple = bound.radical and any(f.multiplicity > 1 for f in fields)
    kernel.need(not multiple, "C3", "multiplicities beside powers", "one or the other")
    moves = group(bound.moves, n)
    twice = [*real, *nonreal, *nonreal]  # a box off the real points stands for a conjugate pair
    weight = orbit_weight(moves, twice, counted)
    number = Fraction(weight, len(moves))
    found = f"{number} points for a bound of {bound.number}"
    kernel.need(number == bound.number, "C1", found, "as many points as the bound")
    return len(twice) + sum(field.d for field in counted)


def _values(
    problem: Problem, calculus: Calculus, points: list[Listed], images: dict[int, Image]
) -> tuple[list[Interval], list[tuple[Field, Interval, Element] | None]]:
    """Bounds of the values and, at exact points, the values; an image has those of its original."""
    found: dict[int, tuple[Interval, tuple[Field, Interval, Element] | None]] = {}
    for i, point in enumerate(points):
        if i in images:
            continue
        if point.where is None:
            found[i] = value_enclosure(calculus, point.box), None  # type: ignore[arg-type]
        else:
            field, interval = point.where
            element = field.value(problem.loss)
            found[i] = field.enclosure(element, interval), (field, interval, element)
    both = [found[images[i].of if i in images else i] for i in range(len(points))]
    return [value for value, _ in both], [exact for _, exact in both]


def _multiplicity(point: Listed, counted: bool) -> int | None:
    """1 at a box; at an exact point the dimension of the dual space shown, when the count leaves no room for more."""
    if point.box is not None:
        return 1
    return point.where[0].multiplicity if counted and point.where is not None else None


def _inertia(point: Listed, calculus: Calculus, elements: Elements) -> tuple[int, int, int] | None:
    """Rules H."""
    if "inertia" not in point.entry:
        return None
    if point.box is not None:
        return box_inertia(calculus, point.box, point.entry["inertia"])
    field, interval = point.where  # type: ignore[misc]
    hessian = [[field.value(derivative(g, k)) for k in range(elements.n)] for g in elements.gradient]
    return exact_inertia(field, hessian, interval, point.entry["inertia"])


def _kind(
    i: int,
    point: Listed,
    problem: Problem,
    inertia: tuple[int, int, int] | None,
    values: list[Interval],
    lowest: Infimum | None,
    budget: TermBudget,
) -> tuple[str, bool | None, bool | None]:
    """Rules K1 and G9: the kind, whether the point attains the infimum, and whether it is a spurious minimum."""
    entry = point.entry
    kind = entry["kind"]
    kernel.need(kind in KINDS, "F3", kind, f"one of {KINDS}")
    shown = None if inertia is None else kind_by_inertia(*inertia)
    kernel.need(shown is None or "proof" not in entry, "F2", "a proof beside a deciding inertia", "one or the other")
    if shown is None and "proof" in entry:
        from .degenerate import degenerate_kind

        exact = inertia is not None and point.where is not None and not problem.sphere
        kernel.need(exact, "K4", "a proof elsewhere", "an exact point with exact inertia")
        shown = degenerate_kind(problem.loss, point.where, inertia, entry["proof"], budget)  # type: ignore[arg-type]
    if shown is None and lowest is not None and i in lowest.argmin:
        shown = "minimum"
    elif shown is None and lowest is not None and i in lowest.argmax:
        shown = "maximum"
    kernel.need(kind in ("undecided", shown), "K1", kind, f"the kind {shown or 'undecided'}")
    is_global = None if lowest is None else i in lowest.argmin
    spurious = None
    idle = kind != "minimum" or is_global is not None
    kernel.need(not idle or "lower" not in entry, "F2", "an idle lower value", "lower beside a minimum of unknown rank")
    if kind == "minimum":
        if is_global is not None:
            spurious = not is_global
        elif "lower" in entry:
            lower_witness(entry["lower"], problem, values, i)
            spurious, is_global = True, False
    return kind, is_global, spurious


def _alone(point: Listed) -> tuple[Interval, ...] | None:
    return None if point.box is None else tuple(point.enclosure)


def _sharp_enclosure(point: Listed, vanishing: set[int]) -> list[Interval]:
    """The best bounds known: exact coordinates where there are any, and zeros shown by symmetry."""
    zero = Fraction(0)
    return [(zero, zero) if k in vanishing else b for k, b in enumerate(point.sharp)] if vanishing else point.sharp
