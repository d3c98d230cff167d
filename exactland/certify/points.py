"""Real critical points on their way into a certificate: boxes, exact points, inertia and values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq_poly

from exactland.certify import algebraic, json_forms, numbers
from exactland.checker import boxes as trusted
from exactland.checker.fields import Field, exact_inertia
from exactland.checker.kernel import Rejection, ResourceLimit, derivative, value_at
from exactland.checker.kinds import kind_by_inertia
from exactland.polynomial import hessian
from exactland.solving.refine import Certified
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint, rational_point

Interval = tuple[Fraction, Fraction]
ROOT_BITS = (80, 320, 1280)


class CannotAssemble(Exception):
    """No certificate can be written from this pool; the text is the reason."""


class NoIdealEvidence(ArithmeticError):
    """The ideal rule is out of reach here; the text says why."""


@dataclass(eq=False)
class RealPoint:
    """One real point: its entry, and what the entry will prove."""

    entry: dict[str, Any]
    value: Interval
    enclosure: list[Interval]
    certified: Certified | None
    rational: tuple[Fraction, ...] | None
    inertia: tuple[int, int, int] | None
    where: tuple[Field, Interval] | None = None  # the root that a multiple point is
    reason: str | None = None  # why no kind is proved
    zeros: set[int] = field(default_factory=set)  # coordinates that a symmetry shows to be 0
    original: RealPoint | None = None  # the point that this one is an image of (rule B4)
    signs: tuple[int, ...] = ()

    @property
    def kind(self) -> str | None:
        return None if self.inertia is None else kind_by_inertia(*self.inertia)


@dataclass
class _Trial:
    """A field that becomes an entry when one of its points is needed."""

    entry: dict[str, Any]
    read: Field
    enclosures: list[list[Interval]]  # of the real points
    number: int | None = None


@dataclass(eq=False)
class FieldStore:
    """The entries `fields`, each beside the checker's own reading of it."""

    gs: GradientSystem
    form: tuple[int, ...]
    entries: list[dict[str, Any]] = field(default_factory=list)
    # By the identity of the points that were asked for, which are kept here for that.
    _adapted: dict[int, tuple[ExactPoint, ExactPoint]] = field(default_factory=dict)
    _trials: dict[tuple[int, int], _Trial] = field(default_factory=dict)

    def add(self, point: ExactPoint, counted: bool, bits: int = ROOT_BITS[0]) -> tuple[int, Field]:
        """The index of a new field and the field; the point must have the value of the form as parameter."""
        entry = numbers.field(point, counted, bits)
        read = Field(entry, self.gs.elements, list(self.form))
        self.entries.append(entry)
        return len(self.entries) - 1, read

    def trial(self, point: ExactPoint, bits: int) -> _Trial:
        """The field of this point, not counted, as it may be added."""
        key = id(point), bits
        if key not in self._trials:
            entry = numbers.field(self.adapt(point), False, bits)
            read = Field(entry, self.gs.elements, list(self.form))
            self._trials[key] = _Trial(entry, read, [read.point_enclosure(interval) for interval in read.intervals])
        return self._trials[key]

    def place(self, trial: _Trial) -> int:
        """The index of its entry."""
        if trial.number is None:
            trial.number = len(self.entries)
            self.entries.append(trial.entry)
        return trial.number

    def adapt(self, point: ExactPoint) -> ExactPoint:
        """The point with the value of the form as parameter."""
        if id(point) not in self._adapted:
            self._adapted[id(point)] = point, self._reparametrised(point)
        return self._adapted[id(point)][1]

    def _reparametrised(self, point: ExactPoint) -> ExactPoint:
        rational = point.rational
        if rational is not None:
            renamed = numbers.rational_exact(rational, self.form)
            return ExactPoint(renamed.modulus, renamed.coordinates, point.dual)
        adapted = algebraic.reparametrise(point, self.form)
        if adapted is None:
            raise CannotAssemble("the separating form does not separate conjugate points")
        return adapted


def simple_point(gs: GradientSystem, found: Certified, store: FieldStore) -> RealPoint:
    """A boxed point; with exact coordinates when they are rational."""
    entry: dict[str, Any] = {"box": json_forms.box(found)}
    inertia = None
    transform = numbers.box_transform(gs, found)
    if transform is not None:
        entry["inertia"], of_hessian = transform
        inertia = gs.inertia(of_hessian)
    rational = rational_point(gs, found)
    value = trusted.value_enclosure(gs.calculus, found.box)
    if rational is not None:
        number, _ = store.add(numbers.rational_exact(rational, store.form), counted=False)
        entry["exact"] = {"field": number, "interval": 0}
        exact = value_at(gs.loss, list(rational))
        value = (exact, exact)
    return RealPoint(entry, value, found.box.enclosure(), found, rational, inertia)


def multiple_points(gs: GradientSystem, point: ExactPoint, store: FieldStore) -> Iterator[RealPoint]:
    """The real points of one orbit of multiple points."""
    adapted = store.adapt(point)
    number, read = store.add(adapted, counted=True)
    inertia_entry, matrix = _exact_inertia(gs, adapted, read)
    value = read.value(gs.loss)
    rational = adapted.rational
    for k, interval in enumerate(read.intervals):
        entry: dict[str, Any] = {"root": {"field": number, "interval": k}, "inertia": inertia_entry}
        try:
            inertia = gs.inertia(exact_inertia(read, matrix, interval, inertia_entry))
        except (Rejection, ResourceLimit) as error:
            raise CannotAssemble(f"the inertia at a multiple point: {error}") from error
        bounds = read.enclosure(value, interval), read.point_enclosure(interval)
        yield RealPoint(entry, *bounds, None, rational, inertia, (read, interval))


def exact_inertia_entry(gs: GradientSystem, point: ExactPoint, read: Field) -> dict[str, Any]:
    """Evidence for the inertia of the Hessian at an exact point whose parameter is the value of the form."""
    return _exact_inertia(gs, point, read)[0]


def _exact_inertia(gs: GradientSystem, point: ExactPoint, read: Field) -> tuple[dict[str, Any], list[list[Any]]]:
    matrix = [[read.value(derivative(g, k)) for k in range(len(gs.variables))] for g in gs.elements.gradient]
    if point.degree == 1:
        rows = [[Fraction(x[0][0], x[1]) for x in row] for row in matrix]
        return numbers.exact_congruence(rows), matrix
    modulus, coordinates = algebraic.modulus_of(point), algebraic.coordinates_of(point)
    exact = [[algebraic.evaluate_at(h, coordinates, modulus) for h in row] for row in hessian(gs.polynomial)]
    return algebraic.congruence(exact, modulus), matrix


def attach(gs: GradientSystem, point: RealPoint, orbits: Sequence[ExactPoint], store: FieldStore) -> fmpq_poly | None:
    """Exact coordinates for a boxed point from one of the orbits; the value as element of its field, or None."""
    for bits in ROOT_BITS:
        for orbit in orbits:
            try:
                trial = store.trial(orbit, bits)
            except (Rejection, ResourceLimit, ValueError):  # numbers too long, or cuts that the rules do not take
                continue
            read = trial.read
            for k, (interval, inner) in enumerate(zip(read.intervals, trial.enclosures, strict=True)):
                if all(b[0] < a[0] and a[1] < b[1] for a, b in zip(inner, point.enclosure, strict=True)):
                    point.entry["exact"] = {"field": store.place(trial), "interval": k}
                    point.value = read.enclosure(read.value(gs.loss), interval)
                    adapted = store.adapt(orbit)
                    modulus, coordinates = algebraic.modulus_of(adapted), algebraic.coordinates_of(adapted)
                    return algebraic.evaluate_at(gs.polynomial, coordinates, modulus)
    return None
