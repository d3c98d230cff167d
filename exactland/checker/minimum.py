"""Rules G: the infimum, who attains it, and which minima are spurious. Rules S and E: equal values by symmetry and by
algebra.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from . import growth, kernel, univariate
from .coordinates import Element
from .fields import Field
from .kernel import RationalPoly, TermBudget, index, integer, natural, rational, record, sequence
from .kinds import (
    less,
    multiplied,
    read_curve,
    read_squares,
    read_weights,
    squares_and_powers,
    substitute,
    sum_of_squares,
    weighted_degree,
)
from .problem import Problem

MAX_SHIFT = 12
Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Infimum:
    """`value` is None when the objective is unbounded below; `argmin` lists the points and, counted on after
    them, the components that attain it, `argmax` those that attain the supremum.
    """

    value: Interval | None
    argmin: tuple[int, ...]
    argument: str
    argmax: tuple[int, ...] = ()


class Classes:
    """Points known to share something, as a partition."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, i: int) -> int:
        while self.parent[i] != i:
            i = self.parent[i]
        return i

    def join(self, i: int, j: int) -> None:
        self.parent[self.find(i)] = self.find(j)


class Places:
    """Enclosures, to be found by where their images under signed permutations are; a sieve leaves a few of them to be
    compared: bounds of a fixed linear form of the coordinates.
    """

    def __init__(self, enclosures: list[list[Interval]]) -> None:
        distinct = {id(bounds): bounds for box in enclosures for bounds in box}  # images have bounds in common
        unit = lcm(*{x.denominator for bounds in distinct.values() for x in bounds})
        if unit.bit_length() > kernel.MAX_BITS:
            unit = 0  # else bounds become integers, which are compared faster
        scaled = {key: (_times(low, unit), _times(high, unit)) for key, (low, high) in distinct.items()}
        boxes = [[scaled[id(bounds)] for bounds in box] for box in enclosures]
        self.lows: list[list[Any]] = [[low for low, _ in box] for box in boxes]
        self.highs: list[list[Any]] = [[high for _, high in box] for box in boxes]
        self.weights = [(997 * k * k + 31 * k) % 1009 + 1 for k in range(max(map(len, enclosures), default=0))]
        starts = [kernel.dot(self.weights, row) for row in self.lows]
        ends = [kernel.dot(self.weights, row) for row in self.highs]
        self.order = sorted(range(len(starts)), key=starts.__getitem__)
        self.starts = [starts[j] for j in self.order]
        self.ends = list(itertools.accumulate((ends[j] for j in self.order), max))  # of all up to here
        numbers: dict[tuple[Any, Any], int] = {}  # of the intervals and their negatives
        self.opposite: list[int] = []
        self.rows: list[list[int]] = []
        for box in boxes:
            self.rows.append([])
            for bounds in box:
                if bounds not in numbers:
                    k = numbers[bounds] = len(numbers)
                    own = numbers.setdefault((-bounds[1], -bounds[0]), k + 1) == k
                    self.opposite += [k] if own else [k + 1, k]
                self.rows[-1].append(numbers[bounds])
        self.boxes = {tuple(row): j for j, row in enumerate(self.rows)}
        self.others: dict[int, list[int]] = {}  # what enclosures meet: those alone, and those looked at so far
        for place, j in enumerate(self.order):
            before = place == 0 or self.ends[place - 1] < self.starts[place]
            if before and (place + 1 == len(starts) or self.ends[place] < self.starts[place + 1]):
                self.others[j] = [j]

    def met(self, i: int, images: Sequence[int]) -> list[int]:
        """The enclosures that the image of number i under a signed permutation meets."""
        row, opposite = self.rows[i], self.opposite
        same = self.boxes.get(tuple([row[s - 1] if s > 0 else opposite[row[~s]] for s in images]))
        if same is None:
            return self._met(i, images)
        if same not in self.others:  # the image is one of the enclosures
            self.others[same] = self._met(same, range(1, len(images) + 1))
        return self.others[same]

    def _met(self, i: int, images: Sequence[int]) -> list[int]:
        lows, highs = self.lows[i], self.highs[i]
        low = [lows[s - 1] if s > 0 else -highs[-s - 1] for s in images]
        high = [highs[s - 1] if s > 0 else -lows[-s - 1] for s in images]
        start, end = kernel.dot(self.weights, low), kernel.dot(self.weights, high)
        found = []
        for place in range(bisect.bisect_right(self.starts, end) - 1, -1, -1):
            if self.ends[place] < start:
                break
            j = self.order[place]
            below = all(a <= b for a, b in zip(low, self.highs[j], strict=True))
            if below and all(a <= b for a, b in zip(self.lows[j], high, strict=True)):
                found.append(j)
        return found


def _times(x: Fraction, unit: int) -> Any:
    return x.numerator * (unit // x.denominator) if unit else x


def orbits(value: Any, loss: RationalPoly, enclosures: list[list[Interval]]) -> tuple[Classes, list[set[int]]]:
    """Rules S1 and S2: signed permutations that leave the objective unchanged permute the complete list."""
    n = len(next(iter(loss), ()))
    classes = Classes(len(enclosures))
    vanishing: list[set[int]] = [set() for _ in enclosures]
    places = Places(enclosures if value else [])
    for item in sequence(value, "symmetries", most=1_000):
        images = sequence(item, "symmetry", n)
        valid = {*map(type, images)} <= {int} and sorted(map(abs, images)) == list(range(1, n + 1))
        kernel.need(valid, "F3", images, "a signed permutation of 1..n")
        source = sorted(range(n), key=lambda k: abs(images[k]))
        negative = [k for k, s in enumerate(images) if s < 0]
        image = {tuple([m[k] for k in source]): -c if sum([m[k] for k in negative]) & 1 else c for m, c in loss.items()}
        kernel.need(image == loss, "S1", "an objective that changes", "a symmetry of the objective")
        changed = [k for k in negative if source[k] == k]
        for i in range(len(enclosures)):
            met = places.met(i, images)
            kernel.need(len(met) == 1, "S2", met, "the number of exactly one box that the image can be in")
            classes.join(i, met[0])
            if met[0] == i:
                vanishing[i].update(changed)
    return classes, vanishing


def equal_values(
    value: Any, classes: Classes, values: list[Interval], exact: list[tuple[Field, Interval, Element] | None]
) -> dict[int, list[int]]:
    """Rules E1 to E3: points whose values are the same root of one polynomial. Returns that polynomial for each point
    named.
    """
    annihilators: dict[int, list[int]] = {}
    for item in sequence(value, "equal_values"):
        entry = record(item, "points polynomial interval", where="equal values")
        poly = [integer(c, "polynomial", kernel.MAX_DIGITS) for c in sequence(entry["polynomial"], "polynomial")]
        kernel.need(len(poly) >= 2 and poly[-1] != 0, "F3", poly, "a polynomial of degree 1 or more")
        low, high = (rational(c, "interval", kernel.MAX_DIGITS) for c in sequence(entry["interval"], "interval", 2))
        kernel.need(low < high, "F3", "an empty interval", "a lower end below the upper end")
        isolated = (
            univariate.sign_at(poly, low) * univariate.sign_at(poly, high) != 0
            and univariate.variations(poly, low, high) == 1
        )
        kernel.need(isolated, "E2", "an interval without exactly one root", "one root by Descartes' rule")
        points = [index(i, len(values), "point") for i in sequence(entry["points"], "points")]
        kernel.need(len(points) > 0, "F3", points, "one point or more")
        for i in points:
            where = exact[i]
            if where is None:
                raise kernel.Rejection(
                    "E1", "a point without exact coordinates", "exact coordinates for an equality of values"
                )
            field, root, element = where
            total = field.zero
            for c in reversed(poly):
                total = field.add(field.multiply(total, element), field.one, c)
            kernel.need(total == field.zero, "E1", "a value that is no root", "a polynomial that the value satisfies")
            least, most = field.enclosure(element, root)
            kernel.need(
                low < least and most < high, "E3", "a value outside the interval", "an interval around the value"
            )
            classes.join(points[0], i)
            annihilators[i] = poly
    return annihilators


def infimum(
    value: Any, problem: Problem, values: list[Interval], classes: Classes, complete: bool, budget: TermBudget
) -> Infimum:
    """Rules G1 to G8, G11 to G14 and G16, and G10 for points on a sphere."""
    loss, n = problem.loss, len(problem.variables)
    keys = "constant squares chain weights powers argmin argmax curve balances level multiplier shift"
    entry = record(value, "rule", keys, "infimum")
    rule = entry["rule"]
    whole = bool(problem.sphere) and len(problem.sphere) == n - 1
    suited = (rule == "compact") == whole == bool(problem.sphere)
    kernel.need(suited, "G10", rule, "the rule compact when all variables are on a sphere, and only then")
    if rule == "unbounded":
        record(value, "rule curve", where="infimum")
        along = substitute(loss, read_curve(entry["curve"], n), 1, budget)
        top = max(along, default=(0,))
        kernel.need(
            top > (0,) and along[top] < 0,
            "G7",
            "a curve along which the objective is bounded below",
            "values to -infinity",
        )
        return Infimum(None, (), "unbounded below along a polynomial curve")
    if rule == "limit":
        record(value, "rule constant squares curve shift", "chain" if "chain" in entry else "multiplier", "infimum")
        return _limit(entry, loss, n, values, complete, budget)
    points = [index(i, len(values), "argmin") for i in sequence(entry.get("argmin"), "argmin")]
    kernel.need(0 < len(points) == len(set(points)), "F3", points, "argmin: one or more points, each once")
    if rule == "bound":
        record(value, "rule constant squares argmin", "multiplier", where="infimum")
        constant = _bound(entry, loss, n, budget)
        for i in points:
            kernel.need(
                values[i] == (constant, constant),
                "G6",
                "a value that is not exactly the bound",
                "points whose value is the bound",
            )
        for i, (low, _) in enumerate(values):
            kernel.need(
                i in points or low > constant, "G4", "another point that may be as low", "every other value above"
            )
        return Infimum((constant, constant), tuple(points), _above(entry))
    kernel.need(complete, "G5", "no proof of completeness", "the complete list of critical points")
    high = min(values[i][1] for i in points)
    if rule == "squares":
        record(value, "rule constant squares chain argmin", "balances level", "infimum")
        _, below = _bounded(entry, _nearest(entry, loss, n, high, budget), n, budget)
        reached = below is None or (Fraction(0) if "level" in entry else high) < below
        kernel.need(reached, "G16", "no value below those far away", "a lowest point below them")
        bounds = "a sum of squares that bounds every variable"
        argument = f"coercive: {bounds}" if below is None else f"{bounds} where it is below {below}"
    elif rule == "compact":
        record(value, "rule argmin", "argmax", "infimum")
        argument = "compact: all variables lie on a sphere"
    else:
        kernel.need(rule == "form", "F3", rule, "one of squares, form, bound, limit, unbounded, compact")
        record(value, "rule weights squares powers argmin", "balances level", "infimum")
        loss = _nearest(entry, loss, n, high, budget)
        weights = read_weights(entry["weights"], n)
        degree = max((weighted_degree(m, weights) for m in loss), default=0)
        top_form = {m: c for m, c in loss.items() if weighted_degree(m, weights) == degree}
        definite = degree > 0 and squares_and_powers(n, entry, degree, weights, budget, "G3") == top_form
        kernel.need(definite, "G3", "another leading form", "squares plus a positive pure power of every variable")
        argument = "coercive: the weighted leading form is positive definite"
    argument += " at the points of least norm in all level sets" if "balances" in entry else ""
    argument += f", where the objective is at most {entry['level']['value']}" if "level" in entry else ""
    others, tied = _lowest(points, values, classes)
    kernel.need(not others, "G4", "another point that may be as low", "every other value above")
    kernel.need(
        tied, "G8", "lowest points whose values are not shown equal", "ties by symmetry or by equal algebraic values"
    )
    most: list[int] = []
    if "argmax" in entry:
        most = [index(i, len(values), "argmax") for i in sequence(entry["argmax"], "argmax")]
        kernel.need(len(most) > 0, "F3", most, "argmax: one or more points")
        others, tied = _lowest(most, [(-upper, -lower) for lower, upper in values], classes)
        kernel.need(tied and not others, "G15", "points that may not be highest", "one value, every other below")
    return Infimum((max(values[i][0] for i in points), high), tuple(points), argument, tuple(most))


def _lowest(points: list[int], values: list[Interval], classes: Classes) -> tuple[bool, bool]:
    """Whether another value may be as low as that of the points, and whether theirs are shown equal."""
    high = min(values[i][1] for i in points)
    others = any(i not in points and low <= high for i, (low, _) in enumerate(values))
    same = {classes.find(i) for i in points}
    exact = {values[i] for i in points if values[i][0] == values[i][1]}
    pinned = {classes.find(i) for i in points if values[i][0] == values[i][1]}
    return others, len(same) == 1 or (len(exact) == 1 and pinned == same)


def _nearest(entry: dict[str, Any], loss: RationalPoly, n: int, high: Fraction, budget: TermBudget) -> RationalPoly:
    """Rules G11 and G14: L, or p (L - level) with p >= 0, plus multiples of x . v for fields v with v . grad L = 0."""
    result = dict(loss)
    if "level" in entry:
        level = record(entry["level"], "value multiplier", where="level")
        value = rational(level["value"], "level", kernel.MAX_DIGITS)
        kernel.need(high <= value, "G14", "a level that no listed point is known to reach", "a listed value below it")
        result = multiplied(level["multiplier"], less(loss, n, value), n, budget)
    balances = sequence(entry.get("balances", []), "balances", most=n * n)
    gradient = [kernel.derivative(loss, i) for i in range(n)] if balances else []
    for item in balances:
        balance = record(item, "field multiplier", where="balance")
        multiplier = budget.polynomial(balance["multiplier"], n)
        change: RationalPoly = {}
        form: RationalPoly = {}
        for i, text in enumerate(sequence(balance["field"], "field", n)):
            speed = budget.polynomial(text, n)
            budget.spend(len(speed) + kernel.products(speed, gradient[i]))
            kernel.add_into(form, kernel.multiply({kernel.unit(n, i): Fraction(1)}, speed))
            kernel.add_into(change, kernel.multiply(speed, gradient[i]))
        kernel.need(not change, "G11", "an objective that changes", "an objective constant along the field")
        budget.spend(kernel.products(multiplier, form))
        kernel.add_into(result, kernel.multiply(multiplier, form))
    return result


def _limit(
    entry: dict[str, Any], loss: RationalPoly, n: int, values: list[Interval], complete: bool, budget: TermBudget
) -> Infimum:
    """Rule G12: the values tend to a lower bound along a curve that is divided by t^shift, and no listed one is it (or,
    with a chain, below it).
    """
    kernel.need(complete, "G5", "no proof of completeness", "the complete list of critical points")
    if "chain" in entry:
        least, below = _bounded(entry, loss, n, budget)
        constant, above = least if below is None else below, "where it is lower, squares bound every variable"
    else:
        constant, above = _bound(entry, loss, n, budget), _above(entry)
    shift = natural(entry["shift"], "shift", MAX_SHIFT)
    degree = max(map(sum, loss), default=0)
    whole = {(*m, degree - sum(m)): c for m, c in loss.items()}
    along = substitute(whole, [*read_curve(entry["curve"], n), {(shift,): Fraction(1)}], 1, budget)
    end = (shift * degree,)
    tends = max(along, default=end) <= end and along.get(end, 0) == constant
    kernel.need(tends, "G12", "a curve with another limit", "values that tend to the bound")
    for low, _ in values:
        kernel.need(low > constant, "G4", "another point that may be as low", "every listed value above")
    return Infimum((constant, constant), (), f"{constant} is approached along a curve to infinity; {above}")


def _above(entry: dict[str, Any]) -> str:
    times = ", times squares," if "multiplier" in entry else ""
    return f"the objective minus the value{times} is a sum of squares"


def _bound(entry: dict[str, Any], loss: RationalPoly, n: int, budget: TermBudget) -> Fraction:
    """Rules G1 and G13: the constant, above which the objective stays."""
    constant = rational(entry["constant"], "constant", kernel.MAX_DIGITS)
    difference = less(loss, n, constant)
    if "multiplier" in entry:
        difference = multiplied(entry["multiplier"], difference, n, budget)
    _identity(difference, read_squares(entry["squares"], n, budget, "G1"))
    return constant


def _bounded(entry: dict[str, Any], loss: RationalPoly, n: int, budget: TermBudget) -> tuple[Fraction, Fraction | None]:
    """Rules G1, G2 and G16: the constant, and the value below which sublevel sets are bounded (None when all are)."""
    squares = read_squares(entry["squares"], n, budget, "G1")
    constant = rational(entry["constant"], "constant", kernel.MAX_DIGITS)
    _identity(less(loss, n, constant), squares)
    return constant, growth.chain(entry["chain"], squares, constant, n, budget)


def _identity(difference: RationalPoly, squares: growth.Squares) -> None:
    equal = sum_of_squares(squares) == difference
    kernel.need(equal, "G1", "another polynomial", "the objective minus the constant as squares")


def lower_witness(value: Any, problem: Problem, values: list[Interval], point: int) -> None:
    """Rule G9: a value below that of a listed minimum, at another listed point or at a rational point."""
    if type(value) is int:
        other = values[index(value, len(values), "lower")][1]
    else:
        kernel.need(not problem.sphere, "F2", "a point beside a sphere", "the number of a listed point")
        n = len(problem.variables)
        other = kernel.value_at(problem.loss, [rational(c, "lower") for c in sequence(value, "lower", n)])
    kernel.need(other < values[point][0], "G9", "a value that is not lower", "a strictly lower value")


def about(value: Interval) -> str:
    """An exact value, or one between two decimals."""
    if value[0] == value[1]:
        return str(value[0])
    unit = 10**6
    ends = [
        f"{'-' * (n < 0)}{abs(n) // unit}.{abs(n) % unit:06d}" for n in (value[0] * unit // 1, -(-value[1] * unit // 1))
    ]
    return f"between {ends[0]} and {ends[1]}"
