"""The type of a degenerate critical point with rational coordinates, with evidence that a checker can expand.

Search, after moving the point to 0: diagonalise the Hessian; an indefinite one gives two straight arcs. Otherwise (up
to sign it is positive semidefinite) split off its nonsingular block: u = phi(v) solves df/du = 0 up to some order,
and r(v) = f(phi(v), v) on the kernel decides. Corank 1: the lowest term of r decides, always (up to the order bound).
Corank >= 2: arcs on which some lowest weighted form of r is negative; a lowest weighted form that is a sum of squares
with pure powers; changes of coordinates that straighten a lowest form q^m; squares that reach beyond the lowest form.
Where these fail: tangency to small spheres, of r on the surface u = phi(v) and of f; at last global squares. What is
returned has been verified exactly against f itself; `kind` None claims nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import (
    along_arc,
    constant_term,
    diagonalise,
    null_space,
    terms,
    univariate_ring,
)
from exactland.classify.kernel_arcs import kernel_arcs, lowest_form, small_weights
from exactland.classify.local_evidence import (
    Arc,
    GlobalSquares,
    LocalForm,
    Point,
    compose_truncated,
    shifted,
)
from exactland.classify.local_squares import bounded_form, plain_form
from exactland.classify.sos import SumOfSquares, sum_of_squares
from exactland.classify.tangency import TangencyType, classify_by_tangency
from exactland.polynomial import from_fmpq

Curve = tuple[fmpq_mpoly, ...]
Evidence = Arc | LocalForm | GlobalSquares | TangencyType
Kind = Literal["minimum", "maximum", "saddle"]
_ORDERS = {1: (2, 3, 4, 6, 9, 13, 18), 2: (2, 3, 4, 6, 8)}
_ORDERS_OTHERWISE = (2, 3, 4)
_MAXIMUM_COORDINATE_CHANGES = 6
_NOTHING = "neither local forms, arcs, tangency to small spheres nor squares decide it"


@dataclass(frozen=True)
class DegenerateType:
    """The type of a critical point and the evidence for it: one object for an extremum; arcs or tangency points below
    and above for a saddle.
    """

    kind: Kind | None
    evidence: tuple[Evidence, ...]
    reason: str

    def proves(self, f: fmpq_mpoly, point: Point) -> bool:
        """The evidence holds exactly and is of the right shape for the kind."""
        if not all(e.proves(f, point) for e in self.evidence):
            return False
        if self.kind == "saddle":
            return {-1, 1} == {sign for e in self.evidence for sign in _sides(e)}
        if self.kind is None:
            return all(isinstance(e, Arc) for e in self.evidence)
        sign = 1 if self.kind == "minimum" else -1
        return len(self.evidence) == 1 and all(not isinstance(e, Arc) and e.sign == sign for e in self.evidence)


def _sides(evidence: Evidence) -> Iterator[int]:
    """The signs of f - f(point) that are shown to occur arbitrarily near."""
    if isinstance(evidence, Arc):
        yield 1 if evidence.coefficient > 0 else -1
    elif isinstance(evidence, TangencyType):
        if evidence.below is not None:
            yield -1
        if evidence.above is not None:
            yield 1


def classify_degenerate(f: fmpq_mpoly, point: Point) -> DegenerateType:
    """Minimum, maximum or saddle of f at a rational critical point (degenerate or not), or kind None with the arcs
    found.
    """
    g = shifted(f, point)
    ring = f.context()
    count = ring.nvars()
    if any(sum(e) == 1 for e in terms(g)):
        raise ValueError("the gradient of the polynomial does not vanish at this point")
    if g.is_zero():
        return DegenerateType(None, (), "the polynomial is constant")
    columns, values = _hessian_frame(g, count)
    order = sorted(range(count), key=lambda k: (values[k] == 0, k))
    columns, values = [columns[k] for k in order], [values[k] for k in order]
    rank = sum(1 for v in values if v != 0)
    below = next((_straight(columns[k]) for k in range(rank) if values[k] < 0), None)
    above = next((_straight(columns[k]) for k in range(rank) if values[k] > 0), None)
    if below is not None and above is not None:
        result = DegenerateType("saddle", _arcs(g, [below, above]), "the Hessian is indefinite")
    else:
        result = _semidefinite(g, columns, values, rank, below, above)
    if not result.proves(f, point):
        return DegenerateType(None, (), "the evidence found did not verify")
    return result


def _semidefinite(
    g: fmpq_mpoly,
    columns: list[list[fmpq]],
    values: list[fmpq],
    rank: int,
    below: Curve | None,
    above: Curve | None,
) -> DegenerateType:
    """The answer for a semidefinite Hessian (when it is zero, both signs of g are asked), cheap searches first."""
    searches = []
    known: tuple[Evidence, ...] = ()
    for sign, low, high in ((1, below, above), (-1, above, below)):
        if low is None:
            search = _Search(sign * g, columns, [sign * v for v in values], rank)
            form, low, high = search.run(high)
            if form is not None:
                return _extremum(sign, LocalForm(sign, *form), "a local form")
            evidence = _arcs(g, [a for a in ((low, high) if sign > 0 else (high, low)) if a is not None])
            if len(evidence) == 2:
                return DegenerateType("saddle", evidence, "an arc below and an arc above")
            known = evidence or known
            searches.append((sign, search, low is None))
    by_spheres = _by_tangency(g, known, searches[0][1])
    if by_spheres is not None:
        return by_spheres
    for sign, search, possible in searches:
        form = search.beyond() if possible else None
        if form is not None:
            return _extremum(sign, LocalForm(sign, *form), "a local form")
        squares = sum_of_squares(sign * g) if possible else None
        if squares is not None:
            return _extremum(sign, GlobalSquares(sign, squares), "a sum of squares")
    return DegenerateType(None, known, f"{_NOTHING} (corank {g.context().nvars() - rank})")


def _extremum(sign: int, evidence: Evidence, reason: str) -> DegenerateType:
    return DegenerateType("minimum" if sign > 0 else "maximum", (evidence,), reason)


def _by_tangency(g: fmpq_mpoly, arcs: tuple[Evidence, ...], search: _Search) -> DegenerateType | None:
    """What g shows; with a nonsingular block, what its restriction to a surface u = phi(v) shows together with an
    arc.
    """
    origin = (0,) * g.context().nvars()
    for images in search.surfaces() if search.rank else (None,):
        found = classify_by_tangency(g, origin, images)
        if found is not None:
            kind: Kind = found.kind if found.sign else "saddle"
            alone = found.sign != 0 or len(list(_sides(found))) == 2
            result = DegenerateType(kind, (found,) if alone else (*arcs, found), "tangency to small spheres")
            if result.proves(g, origin):
                return result
    return None


def _hessian_frame(g: fmpq_mpoly, count: int) -> tuple[list[list[fmpq]], list[fmpq]]:
    matrix = [[fmpq(0)] * count for _ in range(count)]
    for e, c in terms(g).items():
        if sum(e) == 2:
            i, j = [k for k, a in enumerate(e) for _ in range(a)]
            matrix[i][j] += c / 2
            matrix[j][i] += c / 2
    return diagonalise(matrix)


def _straight(direction: Sequence[fmpq]) -> tuple[fmpq_mpoly, ...]:
    t = univariate_ring().gen(0)
    return tuple(c * t for c in direction)


def _arcs(g: fmpq_mpoly, arcs: Sequence[tuple[fmpq_mpoly, ...]]) -> tuple[Evidence, ...]:
    images = [(arc, along_arc(g, arc)) for arc in arcs]
    return tuple(Arc(arc, *image[0]) for arc, image in images if image)


Form = tuple[tuple[fmpq_mpoly, ...], tuple[int, ...], SumOfSquares]


class _Search:
    """The search at 0 for h with positive semidefinite Hessian: coordinates (u, v), the first `rank` of them with
    nonzero value.
    """

    def __init__(self, h: fmpq_mpoly, columns: Sequence[Sequence[fmpq]], values: Sequence[fmpq], rank: int) -> None:
        self.h = h
        self.ring: fmpq_mpoly_ctx = h.context()
        self.count = self.ring.nvars()
        self.values = values
        self.rank = rank
        gens = self.ring.gens()
        self.frame = tuple(
            sum((columns[k][i] * gens[k] for k in range(self.count)), self.ring.constant(0)) for i in range(self.count)
        )
        self.straight = h.compose(*self.frame, ctx=self.ring)
        self.ones = (1,) * self.count
        self.tried: list[list[fmpq_mpoly]] = []
        self.last: tuple[list[fmpq_mpoly], fmpq_mpoly, int] | None = None  # slaves, reduced, the degree it is known to

    def run(self, above: Curve | None) -> tuple[Form | None, Curve | None, Curve | None]:
        """A local form, or an arc below and an arc above (each None when not found)."""
        corank = self.count - self.rank
        orders = _ORDERS.get(corank, _ORDERS_OTHERWISE)
        if corank == 0:
            orders = (2,)
        if self.rank == 0:
            orders = (max(2, self.h.total_degree()),)
        below: Curve | None = None
        for order in orders:
            slaves, exact = self._slaves(order)
            degree = self.straight.total_degree()
            limit = degree * order if exact else 2 * order - 1
            reduced = compose_truncated(self.straight, self._images(slaves), self.ones, limit)
            if slaves not in self.tried:
                self.tried.append(slaves)
            self.last = (slaves, reduced, reduced.total_degree() + 4 if exact else limit)
            form = self._plain(slaves, reduced)
            if form is not None:
                return form, None, above
            if above is None:
                above = self._arc(slaves, reduced, 1)
            below = self._arc(slaves, reduced, -1)
            if (below is not None and above is not None) or exact:
                break
        return None, below, above

    def surfaces(self) -> Iterator[Curve]:
        """The surfaces u = phi(v) of all orders in the original coordinates, in the kernel variables alone."""
        small = self._kernel_ring()
        free = (*([small.constant(0)] * self.rank), *small.gens())
        for slaves in self.tried:
            moved = (*(s.compose(*free, ctx=small) for s in slaves), *small.gens())
            yield tuple(x.compose(*moved, ctx=small) for x in self.frame)

    def _kernel_ring(self) -> fmpq_mpoly_ctx:
        return fmpq_mpoly_ctx.get(tuple(self.ring.name(i) for i in range(self.rank, self.count)), "degrevlex")

    # splitting lemma

    def _images(self, slaves: Sequence[fmpq_mpoly]) -> tuple[fmpq_mpoly, ...]:
        return (*slaves, *self.ring.gens()[self.rank :])

    def _slaves(self, order: int) -> tuple[list[fmpq_mpoly], bool]:
        """phi with dh/du(phi(v), v) = 0 modulo degree `order`, and whether it vanishes exactly."""
        slaves = [self.ring.constant(0)] * self.rank
        slopes = [self.straight.derivative(i) for i in range(self.rank)]
        for _ in range(order + 1):
            images = self._images(slaves)
            defects = [compose_truncated(s, images, self.ones, order - 1) for s in slopes]
            if all(d.is_zero() for d in defects):
                break
            slaves = [phi - d / (2 * v) for phi, d, v in zip(slaves, defects, self.values, strict=False)]
        if self.rank == 0:
            return slaves, True
        if max(s.total_degree() for s in slaves) * self.straight.total_degree() > 40:
            return slaves, False
        images = self._images(slaves)
        return slaves, all(s.compose(*images, ctx=self.ring).is_zero() for s in slopes)

    # arcs

    def _arc(self, slaves: Sequence[fmpq_mpoly], reduced: fmpq_mpoly, sign: int) -> Curve | None:
        """An arc in the original coordinates along which sign * h is positive."""
        if reduced.is_zero():
            return None
        t_ring = univariate_ring()
        zero = t_ring.constant(0)
        for kernel in kernel_arcs(reduced, self.rank, sign):
            free = (*([zero] * self.rank), *kernel)
            moved = (*(s.compose(*free, ctx=t_ring) for s in slaves), *kernel)
            arc = tuple(x.compose(*moved, ctx=t_ring) for x in self.frame)
            image = along_arc(self.h, arc)
            if image and image[0][1] * sign > 0:
                return arc
        return None

    # local forms

    def _plain(self, slaves: Sequence[fmpq_mpoly], reduced: fmpq_mpoly) -> Form | None:
        for substitution, current in self._coordinates(reduced):
            found = self._restricted(current, None)
            for weights, form in found:
                done = self._lifted(slaves, substitution, weights, form)
                if done is not None:
                    return done
        return None

    def beyond(self) -> Form | None:
        """A local form of the last order with squares that reach beyond the lowest form."""
        if self.last is None or self.count - self.rank < 2:
            return None
        slaves, reduced, known_degree = self.last
        for substitution, current in self._coordinates(reduced):
            for weights, form in self._restricted(current, known_degree):
                done = self._lifted(slaves, substitution, weights, form)
                if done is not None:
                    return done
        return None

    def _restricted(self, reduced: fmpq_mpoly, highest: int | None) -> Iterator[tuple[tuple[int, ...], SumOfSquares]]:
        """Forms of the reduced function in the ring of the kernel variables alone."""
        corank = self.count - self.rank
        if corank == 0:
            yield (), SumOfSquares(())
            return
        small = self._kernel_ring()
        projected = small.from_dict({e[self.rank :]: c for e, c in terms(reduced).items()})
        if projected.is_zero():
            return
        if highest is None:
            found = plain_form(projected)
            if found is not None:
                yield found
        else:
            pure = [max((e[i] for e in terms(projected) if sum(e) == e[i]), default=0) for i in range(corank)]
            yield from bounded_form(projected, min(highest, max(pure) + 4))

    def _lifted(
        self,
        slaves: Sequence[fmpq_mpoly],
        substitution: Sequence[fmpq_mpoly],
        weights: Sequence[int],
        form: SumOfSquares,
    ) -> Form | None:
        """The form in all variables: squares of the slaves with weight d / 2 in front, verified against h."""
        degree = weights[0] * form.powers[0][1] if weights else 2
        if degree % 2:
            return None
        half = degree // 2
        gens = self.ring.gens()
        back = (*gens[: self.rank], *substitution)
        moved = (*(gens[i] + s.compose(*back, ctx=self.ring) for i, s in enumerate(slaves)), *substitution)
        phi = tuple(x.compose(*moved, ctx=self.ring) for x in self.frame)
        squares = tuple(
            (c, self.ring.from_dict({(0,) * self.rank + e: k for e, k in terms(q).items()})) for c, q in form.squares
        )
        powers = (*((from_fmpq(v), 2) for v in self.values[: self.rank]), *form.powers)
        all_weights = (*([half] * self.rank), *weights)
        whole = SumOfSquares(squares, powers)
        evidence = LocalForm(1, phi, all_weights, whole)
        if not evidence.proves(self.h, (0,) * self.count):
            return None
        return phi, all_weights, whole

    def _coordinates(self, reduced: fmpq_mpoly) -> Iterator[tuple[tuple[fmpq_mpoly, ...], fmpq_mpoly]]:
        """The kernel variables as they are, then after changes that straighten the lowest form."""
        gens = self.ring.gens()
        substitution = tuple(gens[self.rank :])
        current = reduced
        limit = reduced.total_degree()
        yield substitution, current
        if self.count - self.rank < 2 or reduced.is_zero():
            return
        for _ in range(_MAXIMUM_COORDINATE_CHANGES):
            change = _straighten(current, self.rank)
            if change is None:
                return
            images = (*gens[: self.rank], *change)
            substitution = tuple(x.compose(*images, ctx=self.ring) for x in substitution)
            current = compose_truncated(current, images, self.ones, limit)
            if current.is_zero():
                return
            yield substitution, current


def _straighten(reduced: fmpq_mpoly, rank: int) -> tuple[fmpq_mpoly, ...] | None:
    """New kernel variables that make some lowest form simpler: fewer variables of a form, or q^m with q = a x_i + r
    turned into x_i^m.
    """
    ring = reduced.context()
    count = ring.nvars()
    gens = ring.gens()
    linear = _fewer_variables(lowest_form(reduced, (1,) * count), rank)
    if linear is not None:
        return linear
    seen: set[str] = set()
    for small in small_weights(count - rank):
        form = lowest_form(reduced, (*([1] * rank), *small))
        if len(form) < 2 or str(form) in seen:
            continue
        seen.add(str(form))
        _, factors = form.factor_squarefree()
        if len(factors) != 1 or factors[0][1] < 2:
            continue
        q = factors[0][0]
        for i in range(rank, count):
            slope = q.derivative(i)
            if slope.is_constant() and not slope.is_zero():
                a = constant_term(slope)
                rest = q - a * gens[i]
                image = (gens[i] - rest) / a
                return tuple(image if j == i else gens[j] for j in range(rank, count))
    return None


def _fewer_variables(form: fmpq_mpoly, rank: int) -> tuple[fmpq_mpoly, ...] | None:
    """A linear change after which the form does not contain the last variables, when it is constant along oblique
    directions.
    """
    ring = form.context()
    count = ring.nvars()
    gens = ring.gens()
    slopes = [form.derivative(i) for i in range(rank, count)]
    keys = sorted({e for s in slopes for e in terms(s)})
    if not keys:
        return None
    kernel = null_space(fmpq_mat([[s[e] for s in slopes] for e in keys]))
    if not kernel or all(sum(1 for c in v if c != 0) == 1 for v in kernel):
        return None
    corank = count - rank
    free = [max(i for i in range(corank) if v[i] != 0 and all(u[i] == 0 for u in kernel if u is not v)) for v in kernel]
    images = [gens[rank + i] if i not in free else ring.constant(0) for i in range(corank)]
    for i, v in zip(free, kernel, strict=True):
        for j in range(corank):
            if v[j] != 0:
                images[j] = images[j] + v[j] * gens[rank + i]
    return tuple(images)
