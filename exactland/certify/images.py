"""Boxes that are images of others under sign changes that leave the objective unchanged (rule B4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exactland.certify.points import FieldStore, RealPoint, simple_point
from exactland.engines.classes import loss_symmetries
from exactland.solving.refine import Certified
from exactland.solving.system import GradientSystem

Signs = tuple[int, ...]
MAX_GENERATORS = 10  # of the group whose images are looked for


def images(gs: GradientSystem, found: Sequence[Certified]) -> list[tuple[int, Signs] | None]:
    """For each box the number of an earlier one and the signs that make it, or its conjugate, this one; or None."""
    changes = _changes(gs)
    known: dict[Any, tuple[int, Signs]] = {}
    result: list[tuple[int, Signs] | None] = []
    for i, box in enumerate(c.box for c in found):
        earlier = known.get((box.bits, box.radius, box.real, box.imaginary))
        result.append(earlier)
        if earlier is None:
            for signs in changes:
                moved = box.changed(signs)
                known.setdefault((box.bits, box.radius, moved.real, moved.imaginary), (i, signs))
                if moved.imaginary is not None:
                    conjugate = tuple(-y for y in moved.imaginary)
                    known.setdefault((box.bits, box.radius, moved.real, conjugate), (i, signs))
    return result


def sign_images(gs: GradientSystem, found: Sequence[Certified]) -> Iterator[Certified]:
    """The boxes and their images under sign changes, each once but for conjugate ones."""
    changes, known = _changes(gs), set()
    for original in found:
        for signs in changes:
            box = original.box.changed(signs)
            key = (box.bits, box.radius, box.real, box.imaginary)
            if key not in known:
                known.add(key)
                yield original.changed(signs)


def _changes(gs: GradientSystem) -> list[Signs]:
    """The sign changes that leave the objective unchanged, the one that changes nothing first."""
    group = [0]
    for mask in loss_symmetries(gs.system)[:MAX_GENERATORS]:
        group += [g ^ mask for g in group]
    return [tuple(-1 if g >> k & 1 else 1 for k in range(len(gs.variables))) for g in group]


def boxed_points(gs: GradientSystem, found: Sequence[Certified], store: FieldStore) -> list[RealPoint]:
    """The real points among the boxes; what an image has in common with its original is not computed again."""
    real = [c for c in found if c.is_real]
    points: list[RealPoint] = []
    for box, image in zip(real, images(gs, real), strict=True):
        points.append(simple_point(gs, box, store) if image is None else _image(points[image[0]], box, image[1]))
    return points


def _image(original: RealPoint, found: Certified, signs: Signs) -> RealPoint:
    rational = original.rational
    if rational is not None:
        rational = tuple(s * x for s, x in zip(signs, rational, strict=True))
    return RealPoint(
        {}, original.value, found.box.enclosure(), found, rational, original.inertia, original=original, signs=signs
    )


def complete_entries(points: Sequence[RealPoint]) -> None:
    """The entries of images, once the points stand in their order."""
    places = {id(p): i for i, p in enumerate(points)}
    for point in points:
        if point.original is not None:
            point.entry = {"image": places[id(point.original)], "signs": list(point.signs)}


def joined(names: Sequence[int], points: Sequence[RealPoint]) -> list[int]:
    """The names of orbits, those of an image and of its original equal."""
    result, places = list(names), {id(p): i for i, p in enumerate(points)}
    for i, point in enumerate(points):
        if point.original is not None:
            old, new = result[i], result[places[id(point.original)]]
            result = [new if name == old else name for name in result]
    return result
