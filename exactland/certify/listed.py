"""The points that a certificate lists, as it is searched: boxes, images under sign changes, roots of fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpq_poly

from exactland.checker.kernel import integers
from exactland.number import Bounds

UNROUNDED = 1 << 24  # a precision at which negation is exact


@dataclass(frozen=True)
class ListedBox:
    """A listed box: centre, as complex numbers, and bounds of the real parts; its zero is the image of that of another
    box under sign changes.
    """

    of: int
    signs: tuple[int, ...]
    centre: list[acb]
    enclosure: list[Bounds]

    def may_have(self, known: Sequence[tuple[int, int | None, Fraction]]) -> bool:
        """Whether coordinates k may be these numbers, or other coordinates times them."""
        for k, name, value in known:
            (low, high), height = self.enclosure[k], self.signs[k] * self.centre[k].imag
            wide = (high - low) / 2
            if name is None:
                low, high = low - value, high - value
            else:
                a, b = sorted(value * x for x in self.enclosure[name])
                low, high, wide = low - b, high - a, wide + (b - a) / 2
                height -= fmpq(value.numerator, value.denominator) * self.signs[name] * self.centre[name].imag
            if not low <= 0 <= high or abs(height) > arb(fmpq(wide.numerator, wide.denominator)):
                return False
        return True


@dataclass(frozen=True)
class ListedRoot:
    """The point of a field at its root within the interval."""

    modulus: tuple[int, ...]
    coordinates: list[fmpq_poly]
    interval: Bounds


def boxes(
    entries: Sequence[dict[str, Any]], box_of: Callable[[dict[str, Any]], Any], length: int
) -> list[ListedBox | None]:
    """The boxes of a list of the certificate; None for points that are roots of a field."""
    own: dict[int, ListedBox] = {}
    for i, entry in enumerate(entries):
        box = None if "image" in entry else box_of(entry)
        if box is not None:
            real = integers(box["real"], "real", length)
            imaginary = integers(box["imaginary"], "imaginary", length) if "imaginary" in box else None
            radius, one = int(box["radius"]), 1 << box["bits"]
            middle = centre(box["bits"], real, imaginary)
            enclosure = [(Fraction(x - radius, one), Fraction(x + radius, one)) for x in real]
            own[i] = ListedBox(i, (1,) * len(real), middle, enclosure)
    found: list[ListedBox | None] = []
    for i, entry in enumerate(entries):
        if "image" in entry:
            original, signs = own[entry["image"]], tuple(entry["signs"])
            moved = [
                (low, high) if s > 0 else (-high, -low)
                for s, (low, high) in zip(signs, original.enclosure, strict=True)
            ]
            found.append(ListedBox(original.of, signs, original.centre, moved))
        else:
            found.append(own.get(i))
    return found


def centre(bits: int, real: Sequence[int], imaginary: Sequence[int] | None) -> list[acb]:
    with ctx.workprec(UNROUNDED):
        unit = arb(2) ** -bits
        parts = zip(real, imaginary or (0,) * len(real), strict=True)
        return [acb(arb(x) * unit, arb(y) * unit) for x, y in parts]


def changed(signs: Sequence[int], point: Sequence[acb]) -> list[acb]:
    """The image under sign changes."""
    with ctx.workprec(UNROUNDED):
        return [x if s > 0 else -x for s, x in zip(signs, point, strict=True)]


def conjugate(point: Sequence[acb]) -> list[acb]:
    with ctx.workprec(UNROUNDED):
        return [acb(x.real, -x.imag) for x in point]
