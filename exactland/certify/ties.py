"""Equal values among the lowest points: by symmetry where there is one, else over number fields (rules S and E)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import acb, arb, ctx, fmpq_poly

from exactland.certify import algebraic
from exactland.certify.lowest import lowest_group, tied
from exactland.certify.numbers import root_cuts
from exactland.certify.points import FieldStore, Interval, RealPoint, attach
from exactland.checker import boxes as trusted
from exactland.checker.minimum import Places
from exactland.checker.univariate import real_root_intervals
from exactland.exact import rational_text
from exactland.solving.refine import Refiner
from exactland.solving.system import GradientSystem
from exactland.solving.zero_dimensional import ExactPoint

SMALL_DENOMINATOR = 1_000_000
SMALL_COORDINATE = 1_000
SMALL_VALUE = 1_000  # where there are many solutions
FEW_POINTS = 40
SHARP = 2  # the first of the precisions with which it is seen whether numbers are rational
#: Up to so many complex solutions coordinates that may be rational are worth the exact ones of all solutions.
FEW_SOLUTIONS = 60
VALUE_BITS = (40, 80, 160)


def orbit_names(points: Sequence[RealPoint], symmetries: Sequence[tuple[int, ...]]) -> list[int] | None:
    """The orbit of every point, or None when an image cannot be told apart.

    Coordinates that a symmetry shows to be 0 are noted in the points.
    """
    names = list(range(len(points)))
    places = Places([point.enclosure for point in points])
    for s in symmetries:
        for i, point in enumerate(points):
            met = places.met(i, s)
            if len(met) != 1:
                return None
            if met[0] == i:
                point.zeros.update(k for k, image in enumerate(s) if image == -(k + 1))
            old, new = names[i], names[met[0]]
            names = [new if name == old else name for name in names]
    return names


def with_products(points: Sequence[RealPoint], symmetries: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The symmetries, and products of the sign changes among them that may fix one of the points."""
    found = list(symmetries)
    masks = [_mask(s) for s in symmetries if all(abs(k) == i + 1 for i, k in enumerate(s))]
    known = set(masks)
    for zeros in {sum(1 << k for k, (low, high) in enumerate(p.enclosure) if low <= 0 <= high) for p in points}:
        echelon: list[int] = []
        for mask in masks:  # eliminate the variables that are not 0: what is left over changes zeros only
            for row in echelon:
                mask = min(mask, mask ^ row, key=lambda m: m & ~zeros)
            if mask & ~zeros:
                echelon.append(mask)
            elif mask and mask not in known:
                known.add(mask)
                found.append(tuple(-(k + 1) if mask >> k & 1 else k + 1 for k in range(len(points[0].enclosure))))
    return found


def _mask(signs: tuple[int, ...]) -> int:
    return sum(1 << k for k, s in enumerate(signs) if s < 0)


def looks_rational(bounds: tuple[Fraction, Fraction], denominator: int) -> bool:
    """Whether a number that is only enclosed may be a rational number with a small denominator."""
    low, high = bounds
    return low < high and low <= ((low + high) / 2).limit_denominator(denominator) <= high


def _worth_exact(gs: GradientSystem, point: RealPoint, few: bool, solutions: int) -> bool:
    """Irrational points whose value, or in small systems a coordinate, may be rational, by a sharp box."""
    if point.certified is None or point.rational is not None:
        return False

    def looks(enclosure: Sequence[Interval], value: Interval) -> bool:
        if solutions > FEW_SOLUTIONS:
            return looks_rational(value, SMALL_VALUE)
        unknown = [bounds for k, bounds in enumerate(enclosure) if k not in point.zeros]
        coordinates = few and any(looks_rational(bounds, SMALL_COORDINATE) for bounds in unknown)
        return coordinates or looks_rational(value, SMALL_DENOMINATOR)

    if not looks(point.enclosure, point.value):
        return False
    box = point.certified.box
    with ctx.workprec(box.bits + 53):
        centre = [acb(arb(x) / (1 << box.bits)) for x in box.real]
    finer = Refiner(gs.calculus, gs.elements.gradient).refine(centre, SHARP)
    return finer is None or looks(finer.box.enclosure(), trusted.value_enclosure(gs.calculus, finer.box))


def settle(
    gs: GradientSystem,
    points: Sequence[RealPoint],
    names: list[int],
    orbits: Callable[[], Sequence[ExactPoint]],
    store: FieldStore,
    ties: bool = True,
    solutions: int = 0,
) -> list[dict[str, Any]]:
    """The entries `equal_values` that make the lowest points tie. `solutions` is the number of complex solutions.

    Points whose value looks rational, and lowest points that are not known to tie, get exact coordinates; `names` and
    the values of the points are updated. Without `ties` there are entries for all values when the points are few, so
    that these have polynomials, and lowest points are not compared.
    """
    argmin = lowest_group([p.value for p in points])
    wanted = [i for i, p in enumerate(points) if _worth_exact(gs, p, len(points) <= FEW_POINTS, solutions)]
    if ties and not tied(argmin, [p.value for p in points], names):
        wanted = sorted({*wanted, *argmin})
    every = not ties and len(points) <= FEW_POINTS
    if every:
        wanted = list(range(len(points)))
    wanted = [i for i in wanted if points[i].original is None]
    if not wanted:
        return []
    known = orbits()
    groups: dict[tuple[int, ...], list[int]] = {}
    for i in wanted:
        if points[i].certified is None or points[i].rational is not None:
            continue
        element = attach(gs, points[i], known, store)
        if element is not None and element.degree() > 0:
            modulus = fmpq_poly([int(c) for c in store.entries[points[i].entry["exact"]["field"]]["modulus"]])
            groups.setdefault(algebraic.minimal_polynomial(element, modulus), []).append(i)
    entries = []
    for point in points:
        if point.original is not None:
            point.value = point.original.value
    for polynomial, members in groups.items():
        entries += _equal(polynomial, members, points, names, every)
    return entries


def exact_ties(
    gs: GradientSystem, points: Sequence[RealPoint], names: list[int], store: FieldStore
) -> list[dict[str, Any]]:
    """The entries `equal_values` of points that are roots of fields, with equal irrational values; updates `names`."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, point in enumerate(points):
        if point.where is not None and point.value[0] < point.value[1]:
            numerators, denominator = point.where[0].value(gs.loss)
            modulus = fmpq_poly([int(c) for c in store.entries[point.entry["root"]["field"]]["modulus"]])
            element = fmpq_poly(list(numerators)) / denominator
            groups.setdefault(algebraic.minimal_polynomial(element, modulus), []).append(i)
    return [entry for polynomial, found in groups.items() for entry in _equal(polynomial, found, points, names, False)]


def _equal(
    polynomial: tuple[int, ...], members: Sequence[int], points: Sequence[RealPoint], names: list[int], every: bool
) -> list[dict[str, Any]]:
    """One entry for each root of the polynomial that is the value of two or more members or of one with images, or of
    any one.
    """
    originals = {id(p.original) for p in points}
    for bits in VALUE_BITS:
        intervals = real_root_intervals(list(polynomial), root_cuts(polynomial, bits))
        placed: dict[tuple[Fraction, Fraction], list[int]] = {}
        for i in members:
            inside = [(a, b) for a, b in intervals if a < points[i].value[0] and points[i].value[1] < b]
            if inside:
                placed.setdefault(inside[0], []).append(i)
        if sum(map(len, placed.values())) < len(members):
            continue
        entries = []
        for (low, high), group in placed.items():
            if every or len(group) > 1 or id(points[group[0]]) in originals:
                for i in group[1:]:
                    old, new = names[i], names[group[0]]
                    names[:] = [new if name == old else name for name in names]
                texts = [rational_text(low), rational_text(high)]
                entries.append({"points": group, "polynomial": [str(c) for c in polynomial], "interval": texts})
        return entries
    return []
