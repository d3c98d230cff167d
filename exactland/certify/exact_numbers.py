"""Coordinates and values of the points of an accepted certificate, to any precision and as algebraic numbers.

Bounds are narrowed by Newton's map with the test of rule B1, or by narrowing a root. Exact points come from the whole
list: a linear form t separates all complex points, so that the product of all T - t, whose coefficients are rational,
is recognised in ball arithmetic, and on the points of one irreducible factor the coordinates are elements of its field
(`recognise`). The gradient is then proved to vanish there, and the root that belongs to the point gives coordinates
inside its box, which holds one critical point only. So what is returned is exact, whatever the precision was.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from flint import acb, acb_poly, arb, ctx, fmpq, fmpq_poly, fmpz_poly

from exactland.certify import algebraic
from exactland.certify.heights import Known, Surroundings, surroundings
from exactland.certify.listed import ListedBox, ListedRoot, boxes, centre, changed, conjugate
from exactland.certify.narrow import narrowed
from exactland.certify.recognise import FIRST_BITS, Orbit, TooLarge, Unclear, rational, recognised, simplest
from exactland.certify.sources import samples
from exactland.checker.boxes import Box
from exactland.checker.kernel import integers
from exactland.checker.minimum import Places
from exactland.number import MANY_PLACES, Bounds, Place, Size
from exactland.roots import ends, minimal_at, real_roots
from exactland.solving.refine import Refiner
from exactland.solving.system import GradientSystem

PRECISIONS = tuple(1 << k for k in range(8, 15))
SECONDS = 60.0  # for all polynomials of a landscape
MOST_POINTS = 700
MOST_DEGREE = 250  # of the field of a point
MOST_WORK = 1 << 22  # points times binary places
LOOK = 512  # binary places at which rational and equal coordinates are looked for
SHORT = 64  # bits of numerators and denominators that are looked for
LONG, MOST_LONG = 1 << 14, 16  # so many points with more binary places are kept
PLAIN = 1024  # binary places up to which boxes are narrowed by the test of the checker


class ExactNumbers:
    """The numbers of one landscape; see `exactland.number.Source`."""

    def __init__(
        self,
        system: GradientSystem,
        certificate: Mapping[str, Any],
        complex_points: int | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """`complex_points` is their number where the report of the checker says so: a complete list may be of the real
        points only, and then says nothing about conjugates.
        """
        self.system, self._certificate, self._left = system, certificate, seconds
        self._complex_points = complex_points
        self._since = time.monotonic()
        self._orbits: dict[int, Orbit | None] = {}
        self._polynomials: dict[Place, tuple[int, ...] | None] = {}
        self._balls: dict[tuple[int, int], list[acb] | None] = {}
        self._nearby: dict[int, Surroundings | None] = {}
        self._rational: dict[int, Fraction | None] = {}  # values

    def _go_on(self) -> None:
        if time.monotonic() - self._since > self._left:
            raise TooLarge

    def bounds(self, place: Place, bits: int) -> Bounds | None:
        """See `Source`."""
        ball = self._ball(place, bits)
        return None if ball is None else ends(ball)

    def sign(self, first: Place, second: Place, gap: int) -> int | None:
        """See `Source`. In balls: greatest common divisors of very long integers take long."""
        bits = LOOK
        while bits <= gap + LOOK:
            bits = 4 * bits if 8 * bits < gap else max(bits, gap) + LOOK
            one, other = self._ball(first, bits), self._ball(second, bits)
            if one is None or other is None:
                return None
            with ctx.workprec(2 * bits + 64):
                rest = one - other
                if not rest.contains(0):
                    return 1 if rest > 0 else -1
                if abs(rest) < arb(2) ** -gap:
                    return 0
        return None

    def _ball(self, place: Place, bits: int) -> arb | None:
        found = self._real_balls(place[0], bits)
        if found is None:
            return None
        with ctx.workprec(2 * bits + 64):
            return (self._value(found) if place[1] is None else found[place[1]]).real

    def same(self, first: Place, second: Place) -> bool:
        """See `Source`. Signed coordinates in one class are equal; a class with both signs of one is 0."""
        if max(first[0], second[0]) >= len(self._listed):
            return first == second
        if first[1] is None or second[1] is None:
            return first[1] is second[1] and self._classes.same((first[0], None), (second[0], None))
        return self._classes.same((first[0], first[1]), (second[0], second[1]))

    def rational(self, place: Place) -> Fraction | None:
        """See `Source`."""
        point, coordinate = place
        item = self._real[point]
        if isinstance(item, ListedRoot):
            found = self.polynomial(place)
            return Fraction(-found[0], found[1]) if found is not None and len(found) == 2 else None
        around = self._around(item.of)
        if around is None:
            return None
        if coordinate is not None:
            name, value = around.known[coordinate]
            return item.signs[coordinate] * value if name is None else None
        if item.of not in self._rational:
            self._rational[item.of] = self._rational_value(item.of)
        return self._rational[item.of]

    def size(self, place: Place) -> Size | None:
        """See `Source`."""
        point, coordinate = place
        item = self._real[point]
        if isinstance(item, ListedRoot):
            minimal = self.polynomial(place)
            return None if minimal is None else Size(len(minimal) - 1, sum(map(abs, minimal)).bit_length())
        found = self._size(item.of, coordinate, self._count)
        return Size(found.degree, found.height, item.of)

    def _size(self, point: int, coordinate: int | None, degree: int) -> Size:
        """The same for a box that is not an image, with a bound on the number of conjugates."""
        polynomial = self._loss if coordinate is None else [(Fraction(1), self._unit(coordinate))]
        return (self._around(point) or self._whole).size(polynomial, degree)

    def polynomial(self, place: Place) -> tuple[int, ...] | None:
        """See `Source`."""
        point, coordinate = place
        item = self._real[point]
        place = (item.of if isinstance(item, ListedBox) else point), coordinate
        if place not in self._polynomials:
            self._since = time.monotonic()
            self._polynomials[place] = self._polynomial(*place)
            self._left -= time.monotonic() - self._since
        found = self._polynomials[place]
        if found is None or coordinate is None or isinstance(item, ListedRoot) or item.signs[coordinate] == 1:
            return found
        mirrored = [c * (-1) ** k for k, c in enumerate(found)]
        return tuple(mirrored if mirrored[-1] > 0 else [-c for c in mirrored])

    def _polynomial(self, point: int, coordinate: int | None) -> tuple[int, ...] | None:
        item = self._real[point]
        if isinstance(item, ListedRoot):
            return self._in_field(item, coordinate)
        orbit = self._orbit(point)
        if orbit is None:
            return None
        try:
            size = self._size(point, coordinate, orbit.degree)
            return orbit.minimal(len(orbit.coordinates) - 1 if coordinate is None else coordinate, size.height)
        except TooLarge:
            return None

    # What the certificate says.

    @cached_property
    def _refiner(self) -> Refiner:
        return Refiner(self.system.calculus, self.system.elements.gradient)

    @cached_property
    def _fields(self) -> list[tuple[tuple[int, ...], list[fmpq_poly], list[Bounds]]]:
        found = []
        for entry in self._certificate["fields"]:
            modulus = tuple(int(c) for c in entry["modulus"])
            coordinates = [algebraic.rational_poly([Fraction(c) for c in x]) for x in entry["coordinates"]]
            found.append((modulus, coordinates, real_roots(modulus, 256)))
        return found

    @cached_property
    def _listed(self) -> list[ListedBox | ListedRoot]:
        """The isolated points."""
        return [
            item if item is not None else self._root(entry["root"])
            for item, entry in zip(
                boxes(self._certificate["points"], lambda e: e.get("box"), len(self.system.variables)),
                self._certificate["points"],
                strict=True,
            )
        ]

    @cached_property
    def _real(self) -> list[ListedBox | ListedRoot]:
        """The same, and points of larger sets."""
        return [*self._listed, *map(self._root, samples(self._certificate))]

    def _root(self, entry: Mapping[str, Any]) -> ListedRoot:
        modulus, coordinates, roots = self._fields[entry["field"]]
        return ListedRoot(modulus, coordinates, roots[entry["interval"]])

    @cached_property
    def _nonreal(self) -> list[ListedBox]:
        return [
            item
            for item in boxes(self._certificate["nonreal"], lambda e: e, len(self.system.variables))
            if item is not None
        ]

    @cached_property
    def _loss(self) -> list[tuple[Fraction, tuple[int, ...]]]:
        return [(c, m) for m, c in self.system.loss.items()]

    @cached_property
    def _classes(self) -> _Classes:
        """Numbers that symmetries of the objective take to each other, up to their signs."""
        enclosures = [
            item.enclosure if isinstance(item, ListedBox) else [_hull(item, x) for x in item.coordinates]
            for item in self._listed
        ]
        places, classes = Places(enclosures), _Classes()
        changes = [s for s in self._certificate["symmetries"] if enclosures and len(s) == len(enclosures[0])]
        for i, item in enumerate(self._listed):
            if isinstance(item, ListedBox) and item.of != i:
                classes.join((i, None), (item.of, None), 1)
                for k, sign in enumerate(item.signs):
                    classes.join((i, k), (item.of, k), sign)
            for s in changes:
                met = places.met(i, s)
                if len(met) == 1:
                    classes.join((i, None), (met[0], None), 1)
                    for k, image in enumerate(s):
                        classes.join((met[0], k), (i, abs(image) - 1), 1 if image > 0 else -1)
        return classes

    # Degrees and heights.

    def _unit(self, k: int) -> tuple[int, ...]:
        return tuple(int(i == k) for i in range(len(self.system.variables)))

    @cached_property
    def _count(self) -> int:
        """A bound on the number of conjugates of a point."""
        return self._whole.degree if self._complex_points is None else self._complex_points

    @cached_property
    def _whole(self) -> Surroundings:
        """The gradient system, of which every box holds a zero with nonsingular Jacobian."""
        free = tuple(range(len(self.system.variables)))
        return Surroundings(self.system.system, free, tuple((k, Fraction(1)) for k in free))

    def _around(self, point: int) -> Surroundings | None:
        """What is left of the gradient system at a box that is not an image where rational coordinates, and pairs that
        are equal up to the sign, are shown to be so.
        """
        if point not in self._nearby:
            self._nearby[point] = self._looked_at(point)
        return self._nearby[point]

    def _looked_at(self, point: int) -> Surroundings | None:
        balls = self._real_balls(point, LOOK)
        if balls is None:
            return None
        bounds = [ends(x.real) for x in balls]
        guess: list[Known] = []
        for k, (low, high) in enumerate(bounds):
            value = simplest((low, high))
            if max(abs(value.numerator), value.denominator).bit_length() <= SHORT:
                guess.append((None, value))
                continue
            other = (
                (j, Fraction(s))
                for j, (name, _) in enumerate(guess)
                for s in (1, -1)
                if name == j and (balls[j].real * s - balls[k].real).contains(0)
            )
            guess.append(next(other, (k, Fraction(1))))
        wanted = {k: x for k, x in enumerate(guess) if x[0] != k}
        gaps = {k: self._gap(k, name, value) for k, (name, value) in wanted.items()}
        bits = max((g for g in gaps.values() if g <= MANY_PLACES), default=0)
        narrow = self._real_balls(point, bits + 1) if bits else None
        if narrow is None:
            return self._whole
        known: list[Known] = [(k, Fraction(1)) for k in range(len(balls))]
        with ctx.workprec(2 * bits + 64):
            for k, (name, value) in wanted.items():
                scaled = fmpq(value.numerator, value.denominator)
                rest = narrow[k].real - (scaled if name is None else narrow[name].real * scaled)
                if gaps[k] <= bits and (name is None or known[name][0] == name) and abs(rest) < arb(2) ** -gaps[k]:
                    known[k] = name, value
        return surroundings(self.system.system.equations, known, [x.real for x in balls]) or self._whole

    def _gap(self, k: int, name: int | None, value: Fraction) -> int:
        """Coordinate k minus a number, or minus another coordinate times it, is 0 or more than 2^-gap in modulus."""
        polynomial = [(Fraction(1), self._unit(k)), (-value, self._unit(k if name is None else name))]
        if name is None:
            polynomial[1] = -value, (0,) * len(self.system.variables)
        return self._whole.size(polynomial, self._count).height + 1

    def _rational_value(self, point: int) -> Fraction | None:
        bounds = self.bounds((point, None), LOOK)
        size = self.size((point, None))
        if bounds is None or size is None:
            return None
        guess = simplest(bounds)
        length = max(abs(guess.numerator), guess.denominator).bit_length()
        gap = size.degree * (length + 1) + size.height
        if length > SHORT or gap > MANY_PLACES:
            return None
        ball = self._ball((point, None), gap + LOOK)
        if ball is None:
            return None
        with ctx.workprec(gap + 2 * LOOK):
            near = bool(abs(ball - fmpq(guess.numerator, guess.denominator)) < arb(2) ** -gap)
        return guess if near else None

    # Arithmetic in balls.

    def _real_balls(self, point: int, bits: int) -> list[acb] | None:
        """The coordinates of a real point."""
        item = self._real[point]
        if isinstance(item, ListedRoot):
            return _root_balls(item, bits)
        original = self._real[item.of]
        if not isinstance(original, ListedBox):
            return None
        key = item.of, bits
        if key not in self._balls:
            if bits > LONG:
                for k in [k for k in self._balls if k[1] > LONG][: 1 - MOST_LONG]:
                    del self._balls[k]
            self._balls[key] = self._narrowed(original, bits)
        found = self._balls[key]
        return None if found is None else changed(item.signs, found)

    def _narrowed(self, box: ListedBox, bits: int) -> list[acb] | None:
        """The zero in a box: the narrower box lies inside, so that it holds the same one."""
        found = self._narrow_box(box, min(bits, PLAIN))
        if found is None or bits > PLAIN:
            return None if found is None else narrowed(self.system.calculus, found, bits)
        with ctx.workprec(4 * bits + 128):
            unit, radius = arb(2) ** -found.bits, arb(0, found.radius)
            parts = found.real, found.imaginary or (0,) * len(found.real)
            wide = [0 if found.imaginary is None else radius] * len(found.real)
            return [acb((arb(x) + radius) * unit, (arb(y) + w) * unit) for x, y, w in zip(*parts, wide, strict=True)]

    def _narrow_box(self, box: ListedBox, bits: int) -> Box | None:
        places, start, found = 128, box.centre, None
        while places < 3 * bits:  # twice as many each time, as Newton's map keeps one inverse for some steps
            places = min(2 * places, 3 * bits)
            found = self._refiner.refine(start, precisions=(places // 2,))
            if found is None:
                return None
            start = centre(found.box.bits, found.box.real, found.box.imaginary)
        if found is None:
            return None
        one = 1 << found.box.bits
        inside = all(
            low <= Fraction(x - found.box.radius, one) and Fraction(x + found.box.radius, one) <= high
            for x, (low, high) in zip(found.box.real, box.enclosure, strict=True)
        )
        return found.box if inside else None

    def _alike(self, point: int) -> tuple[list[int], list[ListedBox]]:
        """The real and the nonreal boxes where what is known of the coordinates of a point may hold: conjugates share
        their rational coordinates and equations between them.
        """
        around = self._around(point)
        known = [] if around is None else [(k, *x) for k, x in enumerate(around.known) if x[0] != k]
        real = [i for i, item in enumerate(self._listed) if isinstance(item, ListedBox) and item.may_have(known)]
        return real, [box for box in self._nonreal if box.may_have(known)]

    def _everything(self, real: Sequence[int], nonreal: Sequence[ListedBox], bits: int) -> list[list[acb]] | None:
        """The points in these boxes and the roots of fields, each once; None when one of them was not narrowed."""
        self._go_on()
        found = [self._real_balls(i, bits) for i in real]
        narrowed: dict[int, list[acb] | None] = {}
        for box in nonreal:
            if box.of not in narrowed:
                narrowed[box.of] = self._narrowed(self._nonreal[box.of], bits)
            balls = narrowed[box.of]
            moved = None if balls is None else changed(box.signs, balls)
            found += [moved, None if moved is None else conjugate(moved)]
        for entry, (modulus, coordinates, _) in zip(self._certificate["fields"], self._fields, strict=True):
            if entry["counted"]:
                with ctx.workprec(2 * bits + 64):
                    roots: list[tuple[acb, int]] = fmpz_poly(list(modulus)).complex_roots()  # type: ignore[assignment]
                    found += [[_at(x, root) for x in coordinates] for root, _ in roots]
        return None if any(x is None for x in found) else [x for x in found if x is not None]

    def _value(self, point: Sequence[acb]) -> acb:
        total = acb(0)
        for c, m in self._loss:
            term = acb(fmpq(c.numerator, c.denominator))
            for x, e in zip(point, m, strict=True):
                if e:
                    term *= x**e
            total += term
        return total

    # Exact points.

    def _orbit(self, point: int) -> Orbit | None:
        """The conjugates of a real box that is not an image, with the value of the objective as a last coordinate."""
        if point not in self._orbits:
            self._orbits[point] = self._searched(point)
        return self._orbits[point]

    def _searched(self, point: int) -> Orbit | None:
        real, nonreal = self._alike(point)
        count = len(real) + 2 * len(nonreal)
        for bits in PRECISIONS:
            if count > MOST_POINTS or count * bits > MOST_WORK:
                return None
            try:
                return self._conjugates(point, bits, self._everything(real, nonreal, bits))
            except Unclear:
                continue
            except TooLarge:
                return None
        return None

    def _conjugates(self, point: int, bits: int, everything: list[list[acb]] | None) -> Orbit | None:
        """The orbit of a real box among these points; raises `Unclear` where more binary places may help."""
        here = self._real_balls(point, bits)
        if everything is None or here is None:
            return None
        form = integers(self._certificate["form"], "form", len(self.system.variables))
        with ctx.workprec(2 * bits + 64):
            along = [_along(form, x) for x in everything]
            product, _ = rational(acb_poly.from_roots(along).coeffs())
            target = _along(form, here)
            factors = [f for f, _ in fmpz_poly(product).factor()[1] if f(target).contains(0)]
            if len(factors) != 1:
                raise Unclear
            if factors[0].degree() > MOST_DEGREE:
                return None
            members = [k for k, t in enumerate(along) if factors[0](t).contains(0)]
            if len(members) != factors[0].degree():
                raise Unclear
            points = [(*everything[k], self._value(everything[k])) for k in members]
            values = list(zip(*points, strict=True))
            orbit = recognised(factors[0], [along[k] for k in members], values, self._go_on)
        if not orbit.vanish(self._equations):
            raise Unclear
        for i, other in enumerate(self._real):
            if isinstance(other, ListedBox) and other.of == i and self._belongs(orbit, other, form):
                self._orbits[i] = orbit
        if point not in self._orbits:
            raise Unclear
        return orbit

    def _belongs(self, orbit: Orbit, box: ListedBox, form: Sequence[int]) -> bool:
        """Whether the point in a box is one of the orbit: some root gives coordinates inside."""
        with ctx.workprec(FIRST_BITS):
            middle = _along(form, box.centre)
            roots = orbit.roots(FIRST_BITS)
            nearest = min(roots, key=lambda t: float((t - middle).abs_upper()))
            inside = [ends(orbit.at(x, nearest).real) for x in orbit.coordinates[:-1]]
        return nearest.imag == 0 and all(
            a[0] <= b[0] and b[1] <= a[1] for a, b in zip(box.enclosure, inside, strict=True)
        )

    @cached_property
    def _equations(self) -> list[list[tuple[int, tuple[int, ...]]]]:
        """The gradient, and the objective minus a last variable, with integer coefficients."""
        scale = lcm(*(c.denominator for c, _ in self._loss))
        value = [(int(c * scale), (*m, 0)) for c, m in self._loss]
        gradient = [[(c, (*m, 0)) for c, m in equation] for equation in self.system.system.equations]
        return [*gradient, [*value, (-scale, (*(0 for _ in self.system.variables), 1))]]

    def _in_field(self, root: ListedRoot, coordinate: int | None) -> tuple[int, ...] | None:
        """The minimal polynomial of a number at a root of a field."""
        found = minimal_at(root.modulus, root.interval)
        if found is None:  # roots of different factors are too close
            return None
        modulus = fmpq_poly(list(found))
        at = [x % modulus for x in root.coordinates]
        element = algebraic.evaluate_at(self.system.polynomial, at, modulus)
        return algebraic.minimal_polynomial(element if coordinate is None else at[coordinate], modulus)


class _Classes:
    """Numbers that are equal up to their signs."""

    def __init__(self) -> None:
        self._up: dict[tuple[int, int | None], tuple[tuple[int, int | None], int]] = {}
        self._zero: set[tuple[int, int | None]] = set()

    def _top(self, x: tuple[int, int | None]) -> tuple[tuple[int, int | None], int]:
        sign = 1
        while x in self._up:
            x, s = self._up[x]
            sign *= s
        return x, sign

    def join(self, x: tuple[int, int | None], y: tuple[int, int | None], sign: int) -> None:
        """x = sign * y."""
        (a, s), (b, t) = self._top(x), self._top(y)
        if a != b:
            self._up[a] = b, s * t * sign
            if a in self._zero:
                self._zero.add(b)
        elif s != t * sign:
            self._zero.add(a)

    def same(self, x: tuple[int, int | None], y: tuple[int, int | None]) -> bool:
        (a, s), (b, t) = self._top(x), self._top(y)
        return (a == b and s == t) or (a in self._zero and b in self._zero)


def _along(form: Sequence[int], point: Sequence[acb]) -> acb:
    return sum((c * x for c, x in zip(form, point, strict=True)), acb(0))


def _at(element: fmpq_poly, t: acb) -> acb:
    """The value of a polynomial at a ball."""
    total = acb(0)
    for c in reversed(element.coeffs()):
        total = total * t + acb(c)
    return total


def _root_balls(item: ListedRoot, bits: int) -> list[acb] | None:
    roots = [
        b for b in real_roots(item.modulus, 2 * bits + 64) if b[0] <= item.interval[1] and item.interval[0] <= b[1]
    ]
    if len(roots) != 1:
        return None
    with ctx.workprec(3 * bits + 64):
        low, high = (arb(fmpq(x.numerator, x.denominator)) for x in roots[0])
        t = acb(low.union(high))
        return [_at(x, t) for x in item.coordinates]


def _hull(item: ListedRoot, element: fmpq_poly) -> Bounds:
    with ctx.workprec(512):
        low, high = (arb(fmpq(x.numerator, x.denominator)) for x in item.interval)
        return ends(_at(element, acb(low.union(high))).real)
