"""The parts that an objective is reduced to, and the way back of everything that is found for them.

The certificate is about the objective that the user wrote: points are lifted and certified there again, completeness is
that of the parts (rules X).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import acb, ctx, fmpq_poly

from exactland.certify import algebraic, json_forms
from exactland.certify.images import images, sign_images
from exactland.certify.multiple import MAX_MULTIPLICITY, functionals, univariate_orbits
from exactland.certify.points import CannotAssemble, FieldStore, multiple_points
from exactland.classify.multiplicity import dual_basis
from exactland.polynomial import Polynomial, gradient, terms
from exactland.reduce.plan import Plan
from exactland.solving.refine import Certified, Refiner, distinct
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint, Part, Pool, rational_point

if TYPE_CHECKING:
    from exactland.engines.rur import AlgebraicOrbit

LIFT_BITS = 320
MAX_POINTS = 6_000


def lift(gs: GradientSystem, plan: Plan, parts: Sequence[Part], pool: Pool) -> None:
    """Fill the pool with the points that belong to those of the parts."""
    pools = [_real(part.pool) if plan.real else part.pool for part in parts]
    if math.prod(pool.count() for pool in pools) > MAX_POINTS:
        raise CannotAssemble("too many combinations of the points of the parts")
    pool.multiple.clear()
    refiner = Refiner(gs.calculus, gs.elements.gradient)
    simple = [part.certified for part in pools]
    if len(parts) == 1:
        wanted = Pool(simple[0]).count()
        originals = [c for c, image in zip(simple[0], images(parts[0].gs, simple[0]), strict=True) if image is None]
        pool.certified = distinct(sign_images(gs, _lifted(plan, refiner, [originals])))
        if len(originals) == len(simple[0]) or Pool(pool.certified).count() == wanted:
            simple = []
    if simple:
        pool.certified = distinct(_lifted(plan, refiner, simple))
    if any(part.pool.multiple for part in parts):
        pool.multiple.extend(_multiple(gs, plan, parts))


def _lifted(plan: Plan, refiner: Refiner, simple: Sequence[Sequence[Certified]]) -> list[Certified]:
    """The points that belong to combinations of those of the parts; of conjugate ones one."""
    found = []
    with ctx.workprec(LIFT_BITS):
        for chosen in itertools.product(*map(_simple, simple)):
            first = next((upper for _, upper in chosen if upper is not None), True)
            if first:
                found.append(refiner.refine(plan.invert([point for point, _ in chosen], _at_ball)))
    return [one for one in found if one is not None]


def _real(pool: Pool) -> Pool:
    """The real ones among the simple points; only these belong to points of the objective."""
    return Pool([found for found in pool.certified if found.is_real], pool.multiple)


def list_of_points(part: Part, form: Sequence[int], lines: list[Any], rule: dict[str, Any]) -> dict[str, Any]:
    """The points of a part, with a rule that shows that there are no others, and no more about them."""
    store = FieldStore(part.gs, tuple(form))
    entries: list[dict[str, Any]] = []
    for exact in part.pool.multiple:
        entries += [
            {"root": point.entry["root"], "kind": "undecided"} for point in multiple_points(part.gs, exact, store)
        ]
    boxes = [found for found in part.pool.certified if found.is_real]
    first = len(entries)
    for found, image in zip(boxes, images(part.gs, boxes), strict=True):
        boxed = {"box": json_forms.box(found), "kind": "undecided"}
        entries.append(boxed if image is None else {"image": first + image[0], "signs": list(image[1])})
    others = [found for found in part.pool.certified if not found.is_real]
    nonreal = [
        json_forms.box(found) if image is None else {"image": image[0], "signs": list(image[1])}
        for found, image in zip(others, images(part.gs, others), strict=True)
    ]
    made = json_forms.certificate({}, form, entries, store.entries, lines=lines, completeness=rule, nonreal=nonreal)
    return {name: entry for name, entry in made.items() if name not in ("schema", "problem")}


def _simple(found: Sequence[Certified]) -> Iterator[tuple[list[acb], bool | None]]:
    """The centres of the boxes, beside them whether it is the first of a conjugate pair (None: real)."""
    for one in found:
        scale = acb(2) ** (-one.box.bits)
        imaginary = one.box.imaginary
        if imaginary is None:
            yield [acb(x) * scale for x in one.box.real], None
        else:
            for sign in (1, -1):
                pairs = zip(one.box.real, imaginary, strict=True)
                yield [acb(x, sign * y) * scale for x, y in pairs], sign == 1


def _at_ball(polynomial: Polynomial, point: Sequence[acb]) -> acb:
    total = acb(0)
    for c, exponents in terms(polynomial):
        term = acb(c.numerator) / acb(c.denominator)
        for x, e in zip(point, exponents, strict=True):
            term *= x**e
        total += term
    return total.mid()


def _multiple(gs: GradientSystem, plan: Plan, parts: Sequence[Part]) -> Iterator[ExactPoint]:
    """Multiple points with their dual spaces, where at most one of the parts has irrational coordinates."""
    slopes = gradient(gs.polynomial)
    alone = len(parts) == 1
    choices = [[*part.pool.multiple, *(() if alone else _simple_exact(part))] for part in parts]
    for chosen in itertools.product(*choices):
        most = math.prod(point.multiplicity for point in chosen)
        if most == 1:
            continue
        if most > MAX_MULTIPLICITY:
            raise CannotAssemble("a point of high multiplicity")
        lifted = lift_exact(plan, chosen)
        if lifted.rational is not None:
            basis = dual_basis(slopes, lifted.rational, bound=most)
        else:
            modulus, coordinates = algebraic.modulus_of(lifted), algebraic.coordinates_of(lifted)
            basis = dual_basis(slopes, coordinates, modulus, bound=most)
        if basis is None:
            raise CannotAssemble("a multiple point of a part was not lifted")
        yield ExactPoint(lifted.modulus, lifted.coordinates, functionals(basis))


def _simple_exact(part: Part) -> list[ExactPoint]:
    """The simple points of a part, exactly: they are combined with multiple points of other parts."""
    known = [rational_point(part.gs, found) for found in part.pool.certified]
    rational = [ExactPoint((0, 1), tuple((x,) for x in point)) for point in known if point is not None]
    if len(rational) == len(known):
        return rational
    orbits = next((found for e in part.pool.evidence if (found := univariate_orbits(part.gs, e))), ())
    simple = [ExactPoint(o.modulus, o.coordinates) for o in orbits if o.multiplicity == 1]
    exact = sum(point.degree * point.multiplicity for point in (*simple, *part.pool.multiple))
    if exact != part.pool.count():
        raise CannotAssemble("no exact coordinates of the simple points of a part")
    return simple


def lift_exact(plan: Plan, points: Sequence[ExactPoint]) -> ExactPoint:
    """The point over the field of the one that is irrational."""
    field = next((point for point in points if point.degree > 1), points[0])
    if sum(point.degree > 1 for point in points) > 1:
        raise CannotAssemble("points of two parts with irrational coordinates at a multiple point")
    modulus = algebraic.modulus_of(field)

    def at(polynomial: Polynomial, point: Sequence[fmpq_poly]) -> fmpq_poly:
        return algebraic.evaluate_at(polynomial, point, modulus)

    given = []
    for point in points:
        rational = point.rational
        constant = None if rational is None else [algebraic.rational_poly([x]) for x in rational]
        given.append(constant if constant is not None else algebraic.coordinates_of(point))
    coordinates = plan.invert(given, at)
    return ExactPoint(field.modulus, tuple(algebraic.coefficients(x, field.degree) for x in coordinates))


def lift_orbit(plan: Plan, orbit: AlgebraicOrbit) -> AlgebraicOrbit | None:
    """The orbit of the objective that belongs to one of the only part."""
    form = plan.form([Fraction(c) for c in orbit.form])
    if form is None:
        return None
    whole = math.lcm(*(c.denominator for c in form))
    integral = tuple(int(c * whole) for c in form)
    point = algebraic.reparametrise(lift_exact(plan, [ExactPoint(orbit.modulus, orbit.coordinates)]), integral)
    from exactland.engines.rur import AlgebraicOrbit

    return None if point is None else AlgebraicOrbit(point.modulus, integral, point.coordinates, orbit.multiplicity)
