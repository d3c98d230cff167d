"""Slices for objectives with continuous symmetries: a tree of moves that brings every point to one of few slices.

Flows are affine fields A x + a along which the objective is constant. In each case of the tree some coordinates are
fixed and others have a sign; a move along a flow that leaves the fixed coordinates as they are fixes one
more. Where no flow is left the case is a leaf. Nothing here is trusted: see rules Y of `proofs/SPEC.md`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from exactland.classify._tools import null_space
from exactland.classify.modulo import Basis, TooLarge
from exactland.classify.symmetries import symmetries
from exactland.decompose.cases import OutOfReach
from exactland.exact import rational_text
from exactland.polynomial import from_fmpq, gradient, ring, sign_symmetries, terms, to_fmpq, to_json

MAX_LEAVES = 600
MAX_VARIABLES = 16
MAX_FREE = 8  # coordinates, for combinations with factors of degree 1
Matrix = tuple[tuple[int, ...], ...]
Terms = dict[tuple[int, ...], Fraction]
Speed = tuple[Fraction, dict[int, Fraction]]  # a constant, and coefficients of the free coordinates
Active = list[tuple[list[Fraction], list[Speed]]]  # flows, and their speeds in a case
STILL: Speed = (Fraction(0), {})


@dataclass(frozen=True)
class Case:
    """Fixed coordinates, signs of others, and the coordinates that moves have fixed, in order."""

    fixed: dict[int, Fraction] = field(default_factory=dict)
    signs: dict[int, int] = field(default_factory=dict)
    moved: tuple[int, ...] = ()

    def fix(self, k: int, c: Fraction | int) -> Case:
        return replace(
            self, fixed={**self.fixed, k: Fraction(c)}, signs={i: s for i, s in self.signs.items() if i != k}
        )

    def sign(self, k: int, s: int) -> Case:
        return replace(self, signs={**self.signs, k: s})


Step = dict[str, Any] | Case  # a case is a leaf


@dataclass
class Moves:
    """The tree of an objective, in preorder, and the flows that it uses."""

    polynomial: fmpq_mpoly
    seconds: float = 60.0
    flows: list[Matrix] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.n = int(self.polynomial.context().nvars())
        if self.n > MAX_VARIABLES:
            raise OutOfReach(f"more than {MAX_VARIABLES} variables")
        self._slopes = gradient(self.polynomial)
        self._all = [[from_fmpq(c) for row in a for c in row] for a in symmetries(self.polynomial, shifts=True)]
        if not self._all:
            raise OutOfReach("no continuous affine symmetry")
        self._mirrors = _group(sign_symmetries(self.n, [[(0,) * self.n, *(m for _, m in terms(self.polynomial))]]))
        self._leaves = 0
        self._end = time.monotonic() + self.seconds
        self._actions = self._blocks()
        for flow in self._all:
            self._number(flow)
        general = [Fraction((5 * k * k + k + 3) % 13 + 1) for k in range(self.n)]
        self.dimension = len(self.crossing(range(self.n), general))  # of most orbits
        self._visit(Case())

    def _blocks(self) -> list[tuple[Fraction, ...]]:
        """For each coordinate how the flows act on it and on those that they mix with it: alike in the rows of one
        factor, say.
        """
        block = list(range(self.n))
        for flow in self._all:
            for i in range(self.n):
                for k in range(self.n):
                    if flow[i * (self.n + 1) + k] and block[i] != block[k]:
                        block = [block[i] if b == block[k] else b for b in block]
        members = [[k for k in range(self.n) if block[k] == b] for b in block]
        return [tuple(flow[i * (self.n + 1) + k] for flow in self._all for i in own for k in own) for own in members]

    def slice_of(self, case: Case) -> tuple[tuple[int, Fraction], ...]:
        """Fixed coordinates with their constants, as many as possible such that the flows cross the slice at general
        points of the case; those that moves have fixed come first.
        """
        point = [Fraction(case.fixed.get(k, (7 * k * k + 3 * k + 2) % 11 + 1)) for k in range(self.n)]
        chosen: list[int] = []
        for k in dict.fromkeys((*case.moved, *case.fixed)):
            if len(self.crossing([*chosen, k], point)) > len(chosen):
                chosen.append(k)
        return tuple(sorted((k, case.fixed[k]) for k in chosen))

    def crossing(self, coordinates: Sequence[int], point: Sequence[Fraction]) -> list[int]:
        """Flows whose speeds in these coordinates are independent at the point."""
        basis = range(len(self._all))  # these are the first of the flows
        reduced, rank = self.speeds_at(coordinates, basis, point).rref()
        return [next(j for j in basis if reduced[i, j] != 0) for i in range(rank)]

    def speeds_at(self, coordinates: Sequence[int], flows: Sequence[int], point: Sequence[Fraction]) -> fmpq_mat:
        """The speeds of the coordinates at the point, one column for each flow."""
        matrix, whole = fmpq_mat(len(coordinates), len(flows)), (*point, Fraction(1))
        for b, j in enumerate(flows):
            for a, k in enumerate(coordinates):
                speed = sum((c * x for c, x in zip(self.flows[j][k], whole, strict=True) if c), Fraction(0))
                matrix[a, b] = to_fmpq(speed)
        return matrix

    def _visit(self, case: Case) -> None:
        if time.monotonic() > self._end:
            raise OutOfReach("slices: no time left for the tree of moves")
        known = self._consequence(case)
        if known is not None:
            self.steps.append({"combination": known[0]})
            if known[1] is not None:
                self._visit(case.fix(*known[1]))
            return
        active = self._active(case)
        for step, cases in self._choices(case, active):
            self.steps.append(step)
            for following in cases:
                self._visit(following)
            return
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise OutOfReach(f"more than {MAX_LEAVES} cases by slices")
        self.steps.append(case)

    def _consequence(self, case: Case) -> tuple[list[Any], tuple[int, Fraction] | None] | None:
        """A combination of gradient entries that fixes a coordinate: a product of coordinates, all of them but one not
        0, or a linear polynomial in one; with the coordinate and its constant, or None when there is no critical point
        in the case.
        """
        slopes = [(j, restricted(slope, case.fixed)) for j, slope in enumerate(self._slopes)]
        slopes = [(j, slope) for j, slope in slopes if slope]
        free = [i for i in range(self.n) if i not in case.fixed]
        units = [tuple(int(i == k) for i in range(self.n)) for k in free]
        for factors in ([(0,) * self.n], [(0,) * self.n, *units] if len(free) <= MAX_FREE else []):
            found: tuple[list[Any], tuple[int, Fraction]] | None = None
            for cofactors, row in _short_combinations(slopes, factors):
                monomial = row[0][0]
                rest = [i for i, e in enumerate(monomial) if e and i not in case.signs]
                if len(row) == 1 and not rest:
                    return cofactors, None
                if len(row) == 1 and len(rest) == 1:
                    found = found or (cofactors, (rest[0], Fraction(0)))
                elif len(row) == 2 and sum(monomial) == 1 and not any(row[1][0]):
                    found = found or (cofactors, (monomial.index(1), -row[1][1] / row[0][1]))
            if found is not None:
                return found
        return None

    def contradiction(self, case: Case, seconds: float) -> list[Any] | None:
        """A combination of gradient entries that is a constant, not 0, where fixed coordinates have their constants."""
        context = self.polynomial.context()
        slopes = [
            context.from_dict({m: to_fmpq(c) for m, c in restricted(p, case.fixed).items()}) for p in self._slopes
        ]
        try:
            basis = Basis(slopes, context, real=False, seconds=seconds)
        except TooLarge:
            return None
        found = basis.cofactors(context.constant(1)) if basis.is_one() else None
        return None if found is None else [[j, to_json(q)] for j, q in basis.expanded(found)]

    def _active(self, case: Case) -> Active:
        """A sparse basis of the flows that leave the fixed coordinates, modulo those that move nothing else."""
        rows = []
        for flow in self._all:
            speeds = self._speeds(flow, case)
            free = [i for i in range(self.n) if i not in case.fixed]
            held = [_flat(speeds[i], free) for i in case.fixed]
            rows.append(([x for part in held for x in part], [x for i in free for x in _flat(speeds[i], free)]))
        basis = _combinations([held for held, _ in rows])
        mixed = []
        for weights in basis:
            acts = _sum(weights, [acts for _, acts in rows])
            mixed.append((acts, _sum(weights, self._all)))
        result = []
        for acts, flow in _echelon(mixed):
            if any(acts):
                result.append((flow, self._speeds(flow, case)))
        return result

    def _speeds(self, flow: Sequence[Fraction], case: Case) -> list[Speed]:
        speeds = []
        for i in range(self.n):
            row = flow[i * (self.n + 1) : (i + 1) * (self.n + 1)]
            constant = sum((row[k] * c for k, c in case.fixed.items()), row[self.n])
            speeds.append((constant, {k: c for k, c in enumerate(row[: self.n]) if c and k not in case.fixed}))
        return speeds

    def _choices(self, case: Case, active: Active) -> Iterator[tuple[dict[str, Any], list[Case]]]:
        """What to do in a case, the best first: steady moves, cases that allow such moves, scalings, rotations."""
        shears: list[int] = []
        scalings: list[int] = []
        later: list[tuple[dict[str, Any], list[Case]]] = []
        for flow, speeds in active:
            kept = {i: s for i, s in case.signs.items() if speeds[i][0] == 0 and speeds[i][1].keys() <= {i}}
            for k, (constant, others) in enumerate(speeds):
                if k in case.fixed or (constant != 0 and others) or len(others) > 1:
                    continue
                scaled, by = others.keys() == {k}, next(iter(others), k)
                steady = constant != 0 or (not scaled and others and speeds[by] == STILL)
                if steady and (constant != 0 or by in case.signs):
                    yield self._move(case, flow, k, kept, 0)
                    return
                if steady:
                    shears.append(by)
                elif scaled and k in case.signs:
                    later.append(self._move(case, flow, k, kept, case.signs[k]))
                elif scaled:
                    scalings.append(k)
                elif others and k > by and speeds[by][0] == 0 and speeds[by][1].keys() == {k}:
                    later += [self._turn(case, flow, k, by, kept, active)] if others[by] * speeds[by][1][k] < 0 else []

        def preference(k: int) -> tuple[bool, int, int]:
            """So that slices fix coordinates of one factor, the smaller one, and leave the others free."""
            kind = self._actions[k]
            return kind not in {self._actions[i] for i in case.moved}, self._actions.count(kind), k

        yield from (self._split(case, k, active) for k in sorted(shears, key=preference))
        yield from later
        yield from (self._split(case, k, active) for k in sorted(scalings, key=preference))

    def _move(
        self, case: Case, flow: Sequence[Fraction], k: int, kept: dict[int, int], target: int
    ) -> tuple[dict[str, Any], list[Case]]:
        number = self._number(flow)
        after = replace(case, signs=kept, moved=(*case.moved, k))
        return {"flow": number, "coordinate": k}, [after.fix(k, target)]

    def _turn(
        self, case: Case, flow: Sequence[Fraction], k: int, j: int, kept: dict[int, int], active: Active
    ) -> tuple[dict[str, Any], list[Case]]:
        number = self._number(flow)
        after = replace(case, signs=kept)
        positive = replace(after, moved=(*case.moved, k)).fix(k, 0).sign(j, 1)
        speeds, zero = self._at_rest(case, (k, j), after.fix(k, 0).fix(j, 0), active)
        if k in case.signs or j in case.signs:
            zero = []
        return {"flow": number, "turn": k, "to": j, "speeds": speeds}, [*zero, positive]

    def _split(self, case: Case, k: int, active: Active) -> tuple[dict[str, Any], list[Case]]:
        """Cases by the sign of a coordinate."""
        speeds, zero = self._at_rest(case, (k,), case.fix(k, 0), active)
        step: dict[str, Any] = {"split": k, "speeds": speeds}
        cases = [*zero, case.sign(k, 1)]
        mirror = self._mirror(case, k)
        if mirror is None:
            return step, [*cases, case.sign(k, -1)]
        return {**step, "signs": mirror}, cases

    def split(self, case: Case, k: int) -> tuple[dict[str, Any], list[Case]]:
        """Cases by the sign of a coordinate, the first one where it is 0."""
        return self._split(case, k, [])

    def _at_rest(
        self, case: Case, zeros: Sequence[int], zero: Case, active: Active
    ) -> tuple[list[list[int]], list[Case]]:
        """Where coordinates are 0, those others may be taken as 0 that would give them a speed along some flow."""
        named: list[list[int]] = []
        left = [zero]
        for flow, speeds in active:
            for place, k in enumerate(zeros):
                constant, others = speeds[k]
                if constant == 0 and len(others) == 1 and others.keys().isdisjoint(zeros):
                    (j,) = others
                    named.append([self._number(flow), place])
                    left = [] if j in case.signs else [one.fix(j, 0) for one in left]
        return named, left

    def _mirror(self, case: Case, k: int) -> list[int] | None:
        """A sign change that leaves the objective and what is known, and changes the coordinate."""
        held = {i for i, c in case.fixed.items() if c} | set(case.signs)
        for mask in self._mirrors:
            if mask >> k & 1 and not any(mask >> i & 1 for i in held):
                return [-1 if mask >> i & 1 else 1 for i in range(self.n)]
        return None

    def _number(self, flow: Sequence[Fraction]) -> int:
        scale = lcm(*(c.denominator for c in flow))
        whole = [int(c * scale) for c in flow]
        common = gcd(*whole)
        width = self.n + 1
        matrix = tuple(tuple(c // common for c in whole[i * width : (i + 1) * width]) for i in range(self.n))
        if matrix not in self.flows:
            self.flows.append(matrix)
        return self.flows.index(matrix)


def restricted(p: fmpq_mpoly, constants: dict[int, Fraction]) -> Terms:
    """The terms of the polynomial with constants for some coordinates; their exponents are 0."""
    result: Terms = {}
    for m, c in p.to_dict().items():
        value = from_fmpq(c)
        for k, constant in constants.items():
            value *= constant ** int(m[k])
        key = tuple(0 if k in constants else int(e) for k, e in enumerate(m))
        result[key] = result.get(key, Fraction(0)) + value
    return {m: c for m, c in result.items() if c}


def _short_combinations(
    slopes: Sequence[tuple[int, Terms]], factors: Sequence[tuple[int, ...]]
) -> Iterator[tuple[list[Any], list[tuple[tuple[int, ...], Fraction]]]]:
    """Those of one or two terms, a constant being the last one, in the space of the products of slopes and factors;
    each with the combination as JSON.
    """
    rows = [(j, f, {_times(m, f): c for m, c in slope.items()}) for j, slope in slopes for f in factors]
    names = sorted({m for _, _, row in rows for m in row}, key=sum, reverse=True)
    columns = {m: i for i, m in enumerate(names)}
    matrix = fmpq_mat(max(len(rows), 1), len(columns) + len(rows))
    for i, (_, _, row) in enumerate(rows):
        matrix[i, len(columns) + i] = fmpq(1)
        for m, c in row.items():
            matrix[i, columns[m]] = to_fmpq(c)
    reduced, rank = matrix.rref()
    for i in range(rank):
        entries = [k for k in range(len(columns)) if reduced[i, k] != 0]
        if 0 < len(entries) < 3:
            cofactors: dict[int, list[Any]] = {}
            for k, (j, f, _) in enumerate(rows):
                weight = from_fmpq(reduced[i, len(columns) + k])
                if weight:
                    cofactors.setdefault(j, []).append([rational_text(weight), list(f)])
            yield [[j, poly] for j, poly in cofactors.items()], [(names[k], from_fmpq(reduced[i, k])) for k in entries]


def _times(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def on_slice(p: fmpq_mpoly, constants: dict[int, Fraction]) -> fmpq_mpoly:
    """The polynomial on a slice, in the variables that are left."""
    free = [k for k in range(int(p.context().nvars())) if k not in constants]
    target = ring([p.context().names()[k] for k in free])
    found = restricted(p, constants)
    return target.from_dict({tuple(m[k] for k in free): to_fmpq(c) for m, c in found.items()})


def _group(basis: Sequence[int]) -> list[int]:
    group = [0]
    for mask in basis[:10]:
        group += [g ^ mask for g in group]
    return sorted(group, key=lambda g: (g.bit_count(), g))


def _flat(speed: Speed, free: Sequence[int]) -> list[Fraction]:
    return [speed[0], *(speed[1].get(k, Fraction(0)) for k in free)]


def _combinations(rows: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """A basis of the weights with which the rows add up to 0."""
    width = len(rows[0]) if rows else 0
    matrix = fmpq_mat(max(width, 1), len(rows))
    for j, row in enumerate(rows):
        for i, c in enumerate(row):
            matrix[i, j] = to_fmpq(c)
    return [[from_fmpq(c) for c in v] for v in null_space(matrix)]


def _sum(weights: Sequence[Fraction], rows: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    total = [Fraction(0)] * len(rows[0])
    for w, row in zip(weights, rows, strict=True):
        if w:
            total = [a + w * b for a, b in zip(total, row, strict=True)]
    return total


def _echelon(pairs: Sequence[tuple[list[Fraction], list[Fraction]]]) -> list[tuple[list[Fraction], list[Fraction]]]:
    """The same space, with the first parts in reduced echelon form."""
    if not pairs:
        return []
    first, second = len(pairs[0][0]), len(pairs[0][1])
    matrix = fmpq_mat(len(pairs), first + second)
    for i, (a, b) in enumerate(pairs):
        for j, c in enumerate([*a, *b]):
            matrix[i, j] = to_fmpq(c) if c else fmpq(0)
    reduced, rank = matrix.rref()
    rows = [[from_fmpq(reduced[i, j]) for j in range(first + second)] for i in range(rank)]
    return [(row[:first], row[first:]) for row in rows]
