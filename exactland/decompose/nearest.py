"""Sets without real points, or with none but singular ones, shown by nearest points: rules T9 to T11 of the checker.

Where the zeros of a basis have real points off s = 0, a weighted distance to a centre is least at one of them, and
there its derivative along every tangent field is 0. These equations leave finitely many points as a rule, or a set of
lower dimension, for which the same is done; when none of them is real, s vanishes at all real points. With s = 1 there
are none. Where the fields are dependent, at singular points, the equations say less: those are looked at as well.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq_mpoly

from exactland.classify import sampling
from exactland.decompose import quotient
from exactland.decompose.cases import Case, OutOfReach, Search, element, reduced
from exactland.decompose.components import (
    CENTRES,
    Field,
    determinant,
    distance_forms,
    orbit_of,
    real_parameters,
    real_roots,
    tangent_fields,
)
from exactland.decompose.tree import Earlier, Element, Leaf, Line, Nearest, Node, Split

MAX_DEPTH = 3
MAX_SPREAD = 1e-3  # the least singular value, relative, of slopes at a point that is taken for smooth
_SECONDS = 15.0


class RealPoint(Exception):
    """The search for a proof that there is no real point has met some."""

    def __init__(self, points: list[sampling.Array]) -> None:
        super().__init__("a real point")
        self.points = points


def smooth_point(leaf: Leaf) -> bool:
    """Whether a real point at which the slopes of the basis have full rank is found in floating point."""
    if not leaf.basis:
        return True
    n, equations = int(leaf.ring.nvars()), [g.poly for g in leaf.basis]
    points = sampling.points_on(equations, [], n, 8)
    return any(_is_smooth(leaf, x) for x in points)


def _is_smooth(leaf: Leaf, x: sampling.Array) -> bool:
    n = int(leaf.ring.nvars())
    rank = n - leaf.dimension
    equations = [_scaled(g.poly) for g in leaf.basis]
    rows = sampling.Numerics([p.derivative(i) for p in equations for i in range(n)], n)(x).reshape(-1, n)
    sizes = np.linalg.norm(rows, axis=1)
    kept = rows[sizes > MAX_SPREAD]
    if len(kept) < rank:
        return False
    singular = np.linalg.svd(kept / np.linalg.norm(kept, axis=1)[:, None], compute_uv=False)
    return bool(singular[rank - 1] > MAX_SPREAD)


def _scaled(p: fmpq_mpoly) -> fmpq_mpoly:
    """The multiple whose largest coefficient is 1 or -1, so that floating point can hold it."""
    return p / max(abs(c) for c in p.coeffs())


class Empty(Search):
    """A search for a proof that no real point is left; raises RealPoint, or OutOfReach."""

    depth = 0

    def _finish(self, case: Case, node: Node) -> bool:
        simpler = self._simpler(case, node)
        if simpler is not None:
            return self._insert(case, node, simpler)
        for split, branch, factor in case.closed:
            rest, quotients = reduced(factor.poly, case.basis)
            if not rest:
                derived = self._derive(node, factor.poly, (), [(g, -q) for g, q in quotients])
                node.append(Earlier(derived, split, branch))
                return True
        if self._no_real_points(case, node):
            return False
        dimension = quotient.dimension([g.lead for g in case.basis], int(self.ring.nvars()))
        if dimension == 0:
            return self._points(case, node)
        found = apart(Leaf(self.ring, list(case.basis), dimension), self.loss, self.deadline, self.depth + 1)
        if found is None:
            raise OutOfReach("a set of nearest points")
        return self._apart(case, node, found)

    def _end(self, case: Case, node: Node) -> None:
        leaf = Leaf(self.ring, list(case.basis), 0)
        orbit = orbit_of(leaf)
        if real_parameters(orbit):
            raise RealPoint([np.array(x) for _, x, _ in real_roots(orbit, self.loss)])
        n = int(self.ring.nvars())
        size = len(quotient.standard_monomials([g.lead for g in leaf.basis], n))
        for form in quotient.forms(self.ring):
            minimal = quotient.minimal_polynomial(lambda p: reduced(p, leaf.basis)[0], form, size)
            if minimal is not None and len(minimal) == size + 1:
                slopes = [form.derivative(i) for i in range(n)]
                leaf.none = tuple(int(s.leading_coefficient()) if s else 0 for s in slopes), minimal
                node.append(leaf)
                return
        raise OutOfReach("isolated points without a separating form")


def apart(leaf: Leaf, loss: fmpq_mpoly, deadline: float, depth: int = 0) -> Nearest | None:
    """A step that shows that s vanishes at all real points of a leaf, for some s of which no multiple does everywhere;
    s is 1 where there seems to be no real point. The branch of s is left to the caller.
    """
    if depth > MAX_DEPTH:
        return None
    fields = tangent_fields(leaf)
    if not fields:
        return None
    n = int(leaf.ring.nvars())
    real = sampling.points_on([g.poly for g in leaf.basis], [], n, 8)
    until = min(deadline, time.monotonic() + _SECONDS)
    offs = singular(leaf, loss, fields, real, until) if real else [leaf.ring.constant(1)]
    while offs:
        off = offs.pop(0)
        for pattern in CENTRES:
            try:
                centre = [pattern[i % len(pattern)] for i in range(n)]
                return _attempt(leaf, loss, fields, off, centre, until, depth)
            except RealPoint as met:
                if off.is_constant():
                    offs = singular(leaf, loss, fields, met.points, until)
                break
            except (OutOfReach, OverflowError):
                continue
    return None


def _attempt(
    leaf: Leaf,
    loss: fmpq_mpoly,
    fields: Sequence[Field],
    off: fmpq_mpoly,
    centre: Sequence[int],
    until: float,
    depth: int,
) -> Nearest:
    found = zip(fields, distance_forms(leaf, fields, off, centre), strict=True)
    kept = [(field, Element(p, _lead(p))) for field, p in found if p]
    if not kept:
        raise OutOfReach("the distance is the same at all points")
    forms = tuple(form for _, form in kept)
    places = tuple(map(Fraction, centre))
    step = Nearest(Element(off, _lead(off)), places, tuple(leaf.basis), tuple(f for f, _ in kept), forms)
    search = Empty(loss, until - time.monotonic())
    search.depth = depth
    one = search.one
    queue: list[tuple[fmpq_mpoly, tuple[tuple[Element, fmpq_mpoly], ...]]]
    queue = [(f.poly, ((f, one),)) for f in forms]
    closed = () if off.is_constant() else ((step, 0, step.off),)
    branch: Node = []
    search.begin(Case(list(leaf.basis), queue, [], set(), closed), branch)
    step.branches.append(branch)
    return step


def _lead(p: fmpq_mpoly) -> tuple[int, ...]:
    return tuple(map(int, p.monomial(0)))


def singular(
    leaf: Leaf, loss: fmpq_mpoly, fields: Sequence[Field], real: Sequence[sampling.Array], until: float
) -> list[fmpq_mpoly]:
    """Polynomials of low degree that vanish where the fields are dependent, though not on the whole leaf, and at these
    points.
    """
    n, d = int(leaf.ring.nvars()), leaf.dimension
    minors = [
        m
        for some in itertools.combinations(fields, d)
        for places in itertools.combinations(range(n), d)
        if (m := reduced(determinant([[v[i] for i in places] for v in some]), leaf.basis)[0])
    ]
    shortest = sorted(minors, key=len)[:30]
    candidates = [f for m in shortest for f, _ in m.factor()[1]] + shortest
    try:
        for step in Search(loss, (until - time.monotonic()) / 3).tree([*(g.poly for g in leaf.basis), *shortest]).root:
            if isinstance(step, Line):
                candidates.append(step.element.poly)
            elif isinstance(step, Split):
                whole = leaf.ring.constant(1)
                for f, _ in step.factors:
                    whole = whole * f.poly
                candidates.append(whole)
    except OutOfReach:
        pass
    found: dict[str, fmpq_mpoly] = {}
    for p in candidates:
        rest = reduced(p, leaf.basis)[0]
        if rest and not rest.is_constant() and all(_near_zero(rest, x) for x in real):
            whole = element(rest).poly
            found[str(whole)] = whole
    return sorted(found.values(), key=lambda p: (p.total_degree(), len(p)))[:3]


def _near_zero(p: fmpq_mpoly, x: sampling.Array) -> bool:
    size = len(p) * (1 + float(np.abs(x).max())) ** int(p.total_degree())
    return abs(sampling.Numeric(_scaled(p)).value(x)) < 1e-3 * size
