"""The points and boxes that a certificate lists, and rule B4: images of boxes under sign changes that leave the
objective unchanged. An image is a zero where the box that it is an image of is one, and with the same type and value.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import kernel
from .boxes import Box, contracting
from .calculus import Calculus
from .fields import Field
from .kernel import RationalPoly, index, record

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, eq=False)
class Image:
    """The image of the box that stands at a place of the same list."""

    of: int
    signs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Listed:
    """A real point; an image has the entry and, with other signs, the exact coordinates of its original."""

    entry: dict[str, Any]
    box: Box | None
    where: tuple[Field, Interval] | None  # an exact point
    enclosure: list[Interval]
    sharp: list[Interval]  # the best bounds known, by exact coordinates


class SignChanges:
    """Which sign changes leave a polynomial unchanged: those that change an even number of factors of each monomial."""

    def __init__(self, poly: RationalPoly) -> None:
        self.odd: list[int] = []  # a basis, modulo 2, of the exponents
        for monomial in poly:
            word = sum([1 << k for k, e in enumerate(monomial) if e & 1])
            for row in self.odd if word else ():
                word = min(word, word ^ row)
            if word:
                self.odd.append(word)

    def leave_unchanged(self, signs: tuple[int, ...]) -> bool:
        mask = sum([1 << k for k, s in enumerate(signs) if s < 0])
        return 1 not in [(mask & row).bit_count() & 1 for row in self.odd]


def read_boxes(
    given: list[Any], calculus: Calculus, changes: SignChanges, real: bool
) -> tuple[dict[int, Box], dict[int, Image]]:
    """Rules B1, B2 and B4: the boxes by their places in the list, and which of them are images.

    In the list of real points an entry with neither a box nor an image is a root of a field.
    """
    own: dict[int, Any] = {}
    images: dict[int, Image] = {}
    for i, entry in enumerate(given):
        if isinstance(entry, dict) and "image" in entry:
            record(entry, "image signs", where="image")
            images[i] = Image(index(entry["image"], len(given), "image"), kernel.signs(entry["signs"], calculus.n))
        elif not real:
            own[i] = entry
        elif isinstance(entry, dict) and "box" in entry:
            own[i] = entry["box"]
    found = contracting(own.values(), calculus, not real)
    for box in found if not real else ():
        kernel.need(box.imaginary is not None, "B2", "a real box among the others", "boxes off the real points")
    boxes = dict(zip(own, found, strict=True))
    for image in images.values():
        kernel.need(image.of in boxes, "F3", image.of, "image: the number of an entry with a box of its own")
    for signs in {image.signs for image in images.values()}:
        symmetric = changes.leave_unchanged(signs)
        kernel.need(symmetric, "B4", signs, "a sign change that leaves the objective unchanged")
    return boxes | {i: boxes[image.of].changed(image.signs) for i, image in images.items()}, images


def read_points(given: list[Any], boxes: dict[int, Box], images: dict[int, Image], fields: list[Field]) -> list[Listed]:
    """Rules A6 and A7."""
    points = {i: _listed(entry, boxes.get(i), fields) for i, entry in enumerate(given) if i not in images}
    opposite: dict[int, list[tuple[Interval, Interval]]] = {}
    for i, image in images.items():
        of, n = points[image.of], len(image.signs)
        exact = of.where is not None
        if image.of not in opposite:
            opposite[image.of] = [(b, (-b[1], -b[0])) for b in (of.enclosure + of.sharp if exact else of.enclosure)]
        both = [pair[s < 0] for pair, s in zip(opposite[image.of], image.signs * (1 + exact), strict=True)]
        moved = None if of.where is None else (of.where[0].changed(image.signs), of.where[1])
        points[i] = Listed(of.entry, boxes[i], moved, both[:n], both[n:] if exact else both)
    _all_roots_listed(list(points.values()), fields)
    return [points[i] for i in range(len(given))]


def _listed(value: Any, box: Box | None, fields: list[Field]) -> Listed:
    if box is not None:
        entry = record(value, "box kind", "exact inertia lower", "point")
        where = _root(entry["exact"], fields) if "exact" in entry else None
        enclosure = inner = box.enclosure()
        if where is not None:
            inner = where[0].point_enclosure(where[1])
            inside = all(b[0] < a[0] and a[1] < b[1] for a, b in zip(inner, enclosure, strict=True))
            kernel.need(inside, "A6", "exact coordinates outside the box", "exact coordinates inside the box")
        return Listed(entry, box, where, enclosure, inner)
    entry = record(value, "root kind", "inertia proof lower", "point")
    where = _root(entry["root"], fields)
    kernel.need(where[0].counted, "A7", "a point in a field that is not counted", "a counted field")
    bounds = where[0].point_enclosure(where[1])
    return Listed(entry, None, where, bounds, bounds)


def _root(value: Any, fields: list[Field]) -> tuple[Field, Interval]:
    entry = record(value, "field interval", where="root")
    field = fields[index(entry["field"], len(fields), "field")]
    return field, field.intervals[index(entry["interval"], len(field.intervals), "interval")]


def _all_roots_listed(points: list[Listed], fields: list[Field]) -> None:
    """Rule A7: the points of a counted field are its real roots, each once."""
    for field in fields:
        if field.counted:
            used = [p.where[1] for p in points if p.box is None and p.where is not None and p.where[0] is field]
            kernel.need(
                sorted(used) == field.intervals,
                "A7",
                f"{len(used)} points for {len(field.intervals)} real roots",
                "each root once",
            )
