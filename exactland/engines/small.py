"""Systems with few orbits under sign symmetries, in this process: normal forms level by level (`levels`) without numpy.

Modulo a prime below 2^20 a row is one integer, with 64 bits for each of its entries, so that sums of multiples of rows
are a few operations on integers, and are reduced modulo the prime only once. The same equations in floating point, of
many bits, give the points: a linear form in the squares of the coordinates, its powers in terms of the basis, the roots
of the polynomial that they satisfy. Where conservation laws show that there are few solutions, further falls of the
degree are found and lifted by rows (`tiny`). The work is bounded before it starts; when it is not enough an engine in a
child is asked.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from flint import acb, acb_poly, arb, arb_mat, ctx, nmod_mat

from exactland.engines.approximate import roots
from exactland.engines.base import EngineAnswer, Line, PolynomialSystem, Status, expand_lines
from exactland.engines.classes import (
    Classes,
    Equation,
    InvariantClass,
    Level,
    invariant_class,
    meetings,
    negative_signs,
)
from exactland.engines.evidence import level_evidence
from exactland.engines.infinity import total_degrees
from exactland.engines.laws import conservation_laws
from exactland.engines.packed import Element, Packing, make_element, pack_terms
from exactland.engines.tiny import GaveUp, Tiny

PRIME = 2**19 - 1
SLOT = 64  # bits
MAX_TERMS = 400  # of the system
MAX_ORBITS = 40
MAX_LEVELS = 60
MAX_BORDER = 160
MAX_WORK = 600_000  # products of a number and a row
MAX_ROWS = 400_000  # terms of rows that are looked at for falls
MAX_FORMS = 4
ENOUGH = 120  # equations that depend on the earlier ones, one after the other, before no other is tried
BITS, BITS_OF_ORBIT, MORE = 128, 16, 4  # of floating point: at first, and times so many where that is not enough
SHARE = 3  # of the bits that a square is smaller than others: it is 0
FIT = 1e-9  # how well a circuit fits the coordinates that its square is made of

Items = list[tuple[int, int]]  # places of basis monomials, and numbers modulo the prime
Form = tuple[int, Items]  # packed as well
Real = dict[int, Any]  # of type arb, over places of basis monomials


class Inaccurate(ArithmeticError):
    """Floating point needs more bits."""


class Incomplete(Exception):
    """A fall, or multiplications that do not commute: falls of a higher degree are still to come."""


def suits(system: PolynomialSystem) -> bool:
    """Whether the system may be small, at a glance."""
    return sum(map(len, system.equations)) <= MAX_TERMS and all(total_degrees(system))


def search(system: PolynomialSystem, engine: str = "orbits") -> EngineAnswer | None:
    """One point of each orbit, and the evidence; None when that is not found with little work."""
    from exactland.engines.macaulay import VERSION

    start = time.monotonic()
    classes = invariant_class(Packing(len(system.variables)), system)
    if classes is None:
        return None
    try:
        found = _closed(system, classes)
        points = Points(found).all()
    except (GaveUp, ArithmeticError, ValueError):
        return None
    evidence, count = level_evidence(found, found), len(found.order)
    how = f"{len(evidence.lines)} lines, {found.needed} levels of normal forms"
    message = f"{count} distinct orbits, bound {count}, {how}"
    seconds = time.monotonic() - start
    return EngineAnswer(
        engine, VERSION, Status.SOLVED, tuple(points), message=message, seconds=seconds, levels=evidence
    )


def _closed(system: PolynomialSystem, classes: InvariantClass) -> Small:
    """A search that is closed, with the falls that it needs: rows find and lift them."""
    lines, work, rows = conservation_laws(system), 0, None
    while True:
        found = Small(system, classes, lines, work)
        try:
            found.run()
        except Incomplete:
            if not lines:
                raise GaveUp from None
            if rows is None:
                rows = Tiny(system, lines, MAX_ROWS)
            _find_fall(rows)
            lines, work = tuple(rows.lines), found.work
        else:
            return found


def _find_fall(rows: Tiny) -> None:
    known = len(rows.lines)
    while len(rows.lines) == known:
        top = max(element.degree for element in rows.elements)
        if rows.is_empty or (len(rows.levels) > top and not rows.levels[-1]) or len(rows.levels) > MAX_LEVELS:
            raise GaveUp
        rows.advance()


def _noise(seed: int) -> Iterator[int]:
    """Numbers below 2^31 without a pattern that matters here."""
    state = seed
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield state >> 33


def _packed(values: list[int]) -> int:
    return int.from_bytes(array("Q", values).tobytes(), "little")


class Small:
    """The search modulo the prime; what `levels.Levels` is, where few equations are tried."""

    prime = PRIME

    def __init__(
        self, system: PolynomialSystem, classes: InvariantClass, laws: tuple[Line, ...], work: int = 0
    ) -> None:
        self.system, self.lines, self.packing = system, list(laws), classes.packing
        self.classes: Classes = classes
        self.elements: list[Element] = [
            make_element(self.packing, pack_terms(self.packing, terms), PRIME) for terms in expand_lines(system, laws)
        ]
        self.steps = [self.packing.degree(u) for u in classes.generators]
        self.number = {u: k for k, u in enumerate(classes.generators)}
        self.levels: list[Level] = []
        self.order: list[int] = []
        self.place: dict[int, int] = {}
        self.forms: dict[int, Form] = {}
        self.work = work
        self.meetings = [(self.packing.degree(w), w, ways) for w, ways in meetings(classes).items()]
        self.starting: dict[int, list[tuple[int, int]]] = {}
        for g, element in enumerate(self.elements):
            for s in classes.starts(classes.label(next(iter(element.terms)))):
                self.starting.setdefault(element.degree + self.packing.degree(s), []).append((g, s))

    @property
    def last(self) -> int:
        """The largest degree of a basis monomial."""
        return max((d for d, level in enumerate(self.levels) if level.basis), default=0)

    @property
    def needed(self) -> int:
        """The number of levels up to the products of multipliers and basis monomials."""
        return self.last + max(self.steps) + 1

    def run(self) -> None:
        """Until all products of multipliers and basis monomials are reduced; raises GaveUp and Incomplete."""
        self._extend((0,), [], [], [])
        while len(self.levels) < max(self.needed, max(self.starting) + 1):
            if len(self.levels) > MAX_LEVELS or len(self.order) > MAX_ORBITS:
                raise GaveUp
            self._advance()
        if not self._commutes():
            raise Incomplete

    # -- one level ---------------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        degree = len(self.levels)
        border = sorted(
            {
                b + u
                for u, step in zip(self.classes.generators, self.steps, strict=True)
                if step <= degree
                for b in self.levels[degree - step].basis
            },
            key=self.packing.key,
        )
        width = len(border)
        if width > MAX_BORDER:
            raise GaveUp
        base = len(self.order)
        columns = {m: base + j for j, m in enumerate(border)}
        size = 8 * (base + width)
        echelon: list[tuple[int, int]] = []  # shift of the pivot and the row, which is 0 at earlier pivots
        pivots: list[int] = []  # columns
        kept: list[Equation] = []
        dependent = 0
        for equation in self._candidates(degree, columns):
            if len(pivots) == width or dependent > ENOUGH:
                break
            row = self._row(equation, degree, columns)
            row = _packed([v % PRIME for v in memoryview(row.to_bytes(size, "little")).cast("Q")])
            for shift, other in echelon:
                factor = (row >> shift & 0xFFFFFFFFFFFFFFFF) % PRIME
                if factor:
                    row += (PRIME - factor) * other
            values = [v % PRIME for v in memoryview(row.to_bytes(size, "little")).cast("Q")]
            self.work += len(echelon) // 4 + 10
            pivot = next((j for j in range(base, base + width) if values[j]), None)
            if pivot is None:
                if any(values):
                    raise Incomplete  # a fall
                dependent += 1
                continue
            dependent = 0
            inverse = pow(values[pivot], -1, PRIME)
            echelon.append((SLOT * pivot, _packed([v * inverse % PRIME for v in values])))
            pivots.append(pivot)
            kept.append(equation)
        self._finish(border, echelon, pivots, kept)

    def _finish(
        self, border: list[int], echelon: list[tuple[int, int]], pivots: list[int], kept: list[Equation]
    ) -> None:
        """Normal forms out of the rows: without other pivots."""
        base, size = len(self.order), 8 * (len(self.order) + len(border))
        gone = set(pivots)
        final: dict[int, int] = {}
        forms: list[list[int]] = []
        read = [*range(base), *(j for j in range(base, base + len(border)) if j not in gone)]
        for k in range(len(pivots) - 1, -1, -1):
            row = echelon[k][1]
            values = memoryview(row.to_bytes(size, "little")).cast("Q")
            for j in pivots[k + 1 :]:
                if values[j]:
                    row += (PRIME - values[j]) * final[j]
            reduced = [v % PRIME for v in memoryview(row.to_bytes(size, "little")).cast("Q")]
            final[pivots[k]] = _packed(reduced)
            forms.append([(PRIME - reduced[j]) % PRIME for j in read])
        self.work += len(pivots) * 10
        forms.reverse()
        free = tuple(border[j - base] for j in read[base:])
        self._extend(free, [border[j - base] for j in pivots], forms, kept)

    def _extend(self, basis: tuple[int, ...], pivots: list[int], forms: list[list[int]], kept: list[Equation]) -> None:
        for b in basis:
            k = self.place[b] = len(self.order)
            self.order.append(b)
            self.forms[b] = (1 << SLOT * k, [(k, 1)])
        for m, values in zip(pivots, forms, strict=True):
            self._learn(m, values)
        self.levels.append(Level(basis, tuple(pivots), tuple(kept)))

    def _learn(self, monomial: int, values: list[int]) -> Form:
        found = self.forms[monomial] = (_packed(values), [(k, v) for k, v in enumerate(values) if v])
        return found

    def _candidates(self, degree: int, columns: dict[int, int]) -> Iterator[Equation]:
        """Equations at this level: the elements, then pairs of ways, those with a border monomial first."""
        for g, start in self.starting.get(degree, ()):
            yield Equation(start, g)
        generators, noise = self.classes.generators, _noise(degree)
        first: list[Equation] = []
        more: list[Equation] = []
        for m in columns:
            ways = [self.number[m - q] for q in self.classes.quotients(m)]
            basic = next(u for u in ways if m - generators[u] in self.place)
            pairs = [Equation(m, None, (basic, u)) for u in ways if m - generators[u] not in self.place]
            first += pairs[:1]
            more += pairs[1:]
        yield from first
        yield from sorted(more, key=lambda _: next(noise))
        found: dict[int, set[int]] = {}
        for d, w, ways in self.meetings:
            for b in self.levels[degree - d].basis if d <= degree else ():
                if w + b not in columns:
                    found.setdefault(w + b, set()).update(ways)
        rest: list[Equation] = []
        for m, given in found.items():
            one, *others = sorted(given)
            rest += [Equation(m, None, (one, u)) for u in others]
        yield from sorted(rest, key=lambda _: next(noise))

    def _row(self, equation: Equation, degree: int, columns: dict[int, int]) -> int:
        """An equation over the basis and the border, packed, its entries not reduced."""
        m, generators = equation.monomial, self.classes.generators
        if equation.element is None:
            one, other = (
                self._product(self.form(m - u)[1], u, columns) for u in map(generators.__getitem__, equation.ways)
            )
            return one + (PRIME - 1) * other
        total = 0
        for t, c in self.elements[equation.element].modular:
            total += c * self._value(m + t, degree, columns)
        return total

    def _value(self, m: int, degree: int, columns: dict[int, int]) -> int:
        if m in columns:
            return 1 << SLOT * columns[m]
        if self.packing.degree(m) < degree:
            return self.form(m)[0]
        left = next(self.classes.quotients(m))
        row = self._product(self.form(left)[1], m - left, columns)
        size = 8 * (len(self.order) + len(columns))
        return _packed([v % PRIME for v in memoryview(row.to_bytes(size, "little")).cast("Q")])

    def _product(self, items: Items, u: int, columns: dict[int, int]) -> int:
        """A normal form times a multiplier, over the basis and the border, packed, its entries not reduced."""
        total = 0
        self.work += len(items) + 2
        if self.work > MAX_WORK:
            raise GaveUp
        for k, c in items:
            m = self.order[k] + u
            j = columns.get(m)
            total += c << SLOT * j if j is not None else c * self.forms[m][0]
        return total

    def form(self, m: int) -> Form:
        """The normal form of a monomial of a level that is done."""
        found = self.forms.get(m)
        if found is None:
            left = next(self.classes.quotients(m))
            row = self._product(self.form(left)[1], m - left, {})
            values = memoryview(row.to_bytes(8 * len(self.order), "little")).cast("Q")
            found = self._learn(m, [v % PRIME for v in values])
        return found

    def _commutes(self) -> bool:
        """Whether multiplications commute, as far as a random vector tells."""
        noise = _noise(17)
        vector = [(k, next(noise) % PRIME) for k in range(len(self.order))]

        def times(items: Items, u: int) -> Items:
            row = self._product(items, u, {})
            values = memoryview(row.to_bytes(8 * len(self.order), "little")).cast("Q")
            return [(k, v % PRIME) for k, v in enumerate(values)]

        generators = self.classes.generators
        once = [times(vector, u) for u in generators]
        return all(
            times(once[i], generators[j]) == times(once[j], generators[i])
            for i in range(len(generators))
            for j in range(i)
        )


class Points:
    """The points in floating point: the equations of the search again, where they are needed."""

    def __init__(self, found: Small) -> None:
        self.found, self.classes, self.order = found, found.classes, found.order
        packing = found.packing
        shapes = [packing.unpack(u) for u in found.classes.generators]
        self.squares: list[tuple[int, int]] = []  # (multiplier, variable)
        self.invariant: dict[int, int] = {}  # variables that no symmetry changes, with their multipliers
        self.circuits: list[tuple[int, tuple[int, ...]]] = []
        for u, shape in zip(found.classes.generators, shapes, strict=True):
            members = tuple(i for i, e in enumerate(shape) if e)
            if sum(shape) == 1:
                self.invariant[members[0]] = u
            elif max(shape) == 2:
                self.squares.append((u, members[0]))
            else:
                self.circuits.append((u, members))
        self.forms: dict[int, Real] = {}

    def all(self) -> list[tuple[complex, ...]]:
        """A point of each orbit; raises GaveUp or ArithmeticError."""
        form, bits = self._separating(), BITS + BITS_OF_ORBIT * len(self.order)
        try:
            with ctx.workprec(bits):
                return self._points(form)
        except Inaccurate:
            self.forms.clear()
            with ctx.workprec(MORE * bits):
                return self._points(form)

    # -- the linear form -----------------------------------------------------------------------------------------------

    def _multipliers(self) -> list[int]:
        return [*self.invariant.values(), *(u for u, _ in self.squares)]

    def _separating(self) -> list[int]:
        """Factors of the squares whose combination has powers that span the quotient, modulo the prime."""
        noise, found, size = _noise(3), self.found, len(self.order)
        for attempt in range(MAX_FORMS):
            form = [1 + next(noise) % (4 + 4 * attempt) for _ in self._multipliers()]
            items: Items = [(0, 1)]
            entries: list[int] = []
            for _ in range(size):
                row = [0] * size
                for k, v in items:
                    row[k] = v
                entries += row
                total = 0
                for c, u in zip(form, self._multipliers(), strict=True):
                    total += c * found._product(items, u, {})
                values = memoryview(total.to_bytes(8 * size, "little")).cast("Q")
                items = [(k, v % PRIME) for k, v in enumerate(values) if v % PRIME]
            if nmod_mat(size, size, entries, PRIME).rank() == size:
                return form
        raise GaveUp

    # -- normal forms ------------------------------------------------------------------------------------------------

    def _points(self, form: list[int]) -> list[tuple[complex, ...]]:
        size = len(self.order)
        top = max(self.found.packing.degree(u) for u in self._multipliers())
        for degree in range(max(self.found.last + top, *self.found.steps) + 1):
            self._level(degree)
        wanted = [*self._multipliers(), *(u for u, _ in self.circuits)]
        factors = list(zip(form, self._multipliers(), strict=True))
        images = [self._sum((c, self.form(b + u)) for c, u in factors) for b in self.order]
        times = arb_mat(size, size, [image.get(i, 0) for i in range(size) for image in images])
        powers = [arb_mat(size, 1, [int(i == 0) for i in range(size)])]
        for _ in range(size):
            powers.append(times * powers[-1])
        square = arb_mat(size, size, [power[k, 0] for k in range(size) for power in powers[:size]])
        columns = [self.form(u) for u in wanted]
        right = arb_mat(
            size,
            1 + len(columns),
            [v for k in range(size) for v in (powers[size][k, 0], *(x.get(k, 0) for x in columns))],
        )
        solution = square.solve(right, algorithm="approx")
        modulus = acb_poly([*(-solution[j, 0].mid() for j in range(size)), 1])
        values = [acb_poly([solution[j, k + 1].mid() for j in range(size)]) for k in range(len(wanted))]
        return [self._point([value(root) for value in values]) for root in roots(modulus, ctx.prec)]

    def _level(self, degree: int) -> None:
        """The equations of this level again, in floating point."""
        level, found = self.found.levels[degree], self.found
        for b in level.basis:
            self.forms[b] = {found.place[b]: arb(1)}
        unknown = set(level.pivots)
        rows = [self._row(equation, degree, unknown) for equation in level.equations]
        # Rows with one unknown first, and again and again; the others are dense.
        waiting: dict[int, list[int]] = {}
        left: list[int] = []
        for i, (heads, _) in enumerate(rows):
            left.append(len(heads))
            for m in heads:
                waiting.setdefault(m, []).append(i)
        ready = [i for i, count in enumerate(left) if count == 1]
        done: set[int] = set()
        while ready:
            i = ready.pop()
            heads, tail = rows[i]
            open_ = [m for m in heads if m not in self.forms]
            if len(open_) != 1:
                continue
            done.add(i)
            factor = arb(-1) / heads[open_[0]]
            tail = self._sum([(1, tail), *((heads[m], self.forms[m]) for m in heads if m != open_[0])])
            self._set(open_[0], {k: factor * v for k, v in tail.items()})
            for other in waiting[open_[0]]:
                left[other] -= 1
                if left[other] == 1:
                    ready.append(other)
        rest = [m for m in level.pivots if m not in self.forms]
        if rest:
            self._dense(rest, [row for i, row in enumerate(rows) if i not in done])

    def _dense(self, unknown: list[int], rows: list[tuple[Real, Real]]) -> None:
        place, size = {m: j for j, m in enumerate(unknown)}, len(unknown)
        width = max(k for m in unknown for k, _ in self.found.forms[m][1]) + 1 if unknown else 0
        square, right = [arb(0)] * (size * size), [arb(0)] * (size * width)
        if len(rows) != size:
            raise GaveUp
        for i, (heads, tail) in enumerate(rows):
            tail = self._sum([(1, tail), *((c, self.forms[m]) for m, c in heads.items() if m in self.forms)])
            for m, c in heads.items():
                if m in place:
                    square[i * size + place[m]] = c
            for k, v in tail.items():
                if k < width:
                    right[i * width + k] = -v
        solution = arb_mat(size, size, square).solve(arb_mat(size, width, right), algorithm="approx").entries()
        for m, j in place.items():
            self._set(m, {k: solution[j * width + k] for k in range(width)})

    def _set(self, m: int, form: Real) -> None:
        """The normal form of a pivot, where it is not 0 modulo the prime."""
        self.forms[m] = {k: form.get(k, arb(0)).mid() for k, _ in self.found.forms[m][1]}

    def _row(self, equation: Equation, degree: int, unknown: set[int]) -> tuple[Real, Real]:
        """An equation: over the unknown monomials, and over the basis."""
        m, generators = equation.monomial, self.classes.generators
        heads: Real = {}
        tail: Real = {}
        if equation.element is None:
            for k, sign in zip(equation.ways, (1, -1), strict=True):
                self._add(self.form(m - generators[k]), generators[k], sign, unknown, heads, tail)
        else:
            for t, c in self.found.elements[equation.element].terms.items():
                w = m + t
                if w in unknown:
                    heads[w] = heads.get(w, 0) + c
                elif self.found.packing.degree(w) < degree or w in self.found.place:
                    for k, v in self.form(w).items():
                        tail[k] = tail.get(k, 0) + c * v
                else:
                    left = next(self.classes.quotients(w))
                    self._add(self.form(left), w - left, c, unknown, heads, tail)
        return {w: c for w, c in heads.items() if c != 0}, tail

    def _add(self, form: Real, u: int, factor: int, unknown: set[int], heads: Real, tail: Real) -> None:
        """Add a multiple of a normal form times a multiplier."""
        for k, v in form.items():
            w = self.order[k] + u
            c = factor * v
            if w in unknown:
                heads[w] = heads.get(w, 0) + c
            else:
                for i, x in self.forms[w].items():
                    tail[i] = tail.get(i, 0) + c * x

    def _times(self, form: Real, u: int) -> Real:
        tail: Real = {}
        self._add(form, u, 1, set(), {}, tail)
        return tail

    def _sum(self, parts: Iterable[tuple[arb | int, Real]]) -> Real:
        total: Real = {}
        for c, form in parts:
            for k, v in form.items():
                total[k] = total.get(k, 0) + c * v
        return total

    def form(self, m: int) -> Real:
        """The normal form of a monomial of a level that is done."""
        found = self.forms.get(m)
        if found is None:
            left = next(self.classes.quotients(m))
            found = self.forms[m] = self._times(self.form(left), m - left)
        return found

    # -- coordinates -------------------------------------------------------------------------------------------------

    def _point(self, values: list[acb]) -> tuple[complex, ...]:
        """One point of the orbit with these values of the multipliers."""
        n, known = self.found.packing.n, iter(values)
        point: list[acb] = [acb(0)] * n
        for i in self.invariant:
            point[i] = next(known)
        squares = {i: next(known) for _, i in self.squares}
        small = 2.0 ** -(ctx.prec // SHARE) * max((abs(complex(square)) for square in squares.values()), default=0.0)
        nonzero = set(self.invariant)
        for i, square in squares.items():
            if abs(complex(square)) > small:
                nonzero.add(i)
                point[i] = square.sqrt()
        products: list[tuple[int, bool]] = []
        for (_, members), given in zip(self.circuits, known, strict=True):
            if nonzero.issuperset(members):
                product = acb(1)
                for i in members:
                    product *= point[i]
                minus, plus = abs(complex(given - product)), abs(complex(given + product))
                if min(minus, plus) > FIT * max(minus, plus):
                    raise Inaccurate
                products.append((sum(1 << i for i in members), minus > plus))
        for i in negative_signs(products):
            point[i] = -point[i]
        return tuple(map(complex, point))
