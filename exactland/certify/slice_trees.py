"""Cases of the tree of moves in which critical points come in sets: a case tree for each, whose leaves are components
of slices that the flows cross (rule Y12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.certify import assemble, json_forms
from exactland.certify.case_tree import TreeWriter
from exactland.certify.components import Part, add_types, component_entries, leaf_entry, parts_of, separating
from exactland.certify.points import FieldStore
from exactland.checker.kernel import TermBudget
from exactland.checker.sections import minor
from exactland.decompose import quotient
from exactland.decompose.cases import OutOfReach, Search, element, reduced
from exactland.decompose.components import separate
from exactland.decompose.slices import Case, Moves, on_slice
from exactland.decompose.tree import Leaf
from exactland.polynomial import ring, to_fmpq
from exactland.solving.system import GradientSystem, gradient_system

Constants = tuple[tuple[int, Fraction], ...]
SECONDS_FOR_TYPES = 20.0  # on each slice


@dataclass(frozen=True)
class Known:
    """A leaf with the numbers of its orbits, and the values that it has no real points for."""

    leaf: Leaf
    orbits: list[int]
    empty: list[dict[str, Any]]


@dataclass
class Sets:
    """Components on one slice, with the numbers of their orbits."""

    constants: Constants
    gs: GradientSystem
    statement: dict[str, Any]
    flows: list[int]
    parts: list[Part] = field(default_factory=list)
    known: dict[tuple[str, ...], Known] = field(default_factory=dict)  # by generators

    def certificate(self) -> tuple[str, list[list[str]]]:
        """The certificate of the slice, which lists components only, and why types of theirs are undecided."""
        add_types(self.gs, self.statement, self.parts, SECONDS_FOR_TYPES, patient=True)
        form = separating(self.gs, [], [p for part in self.parts for p in part.points])
        store = FieldStore(self.gs, form)
        entries, why = component_entries(self.gs, self.parts, store)
        made = json_forms.certificate(self.statement, form, [], store.entries, components=entries)
        return assemble.text(made), why


class SliceTrees:
    """The case trees of one objective and the components that they name.

    `add` takes what an orbit is, but for the number of the component, and the place of a sample point; it returns the
    number of the orbit.
    """

    def __init__(self, gs: GradientSystem, moves: Moves) -> None:
        self.gs, self.moves, self.n = gs, moves, moves.n
        self.sets: list[Sets] = []

    def state(self) -> list[int]:
        """How many components of each slice are known."""
        return [len(sets.parts) for sets in self.sets]

    def forget(self, state: Sequence[int]) -> None:
        """All components found after this state."""
        del self.sets[len(state) :]
        for sets, count in zip(self.sets, state, strict=True):
            new = {id(part.leaf) for part in sets.parts[count:]}
            sets.known = {key: found for key, found in sets.known.items() if id(found.leaf) not in new}
            del sets.parts[count:]

    def decided(self, number: int, component: int) -> bool:
        """Whether all types along a component are known."""
        sets = self.sets[number]
        return add_types(sets.gs, sets.statement, [sets.parts[component]], SECONDS_FOR_TYPES, patient=True)

    def steps(self, case: Case, seconds: float, add: Callable[[Sets, Part], int]) -> dict[str, Any]:
        """The step that closes the case by a case tree; raises OutOfReach or CannotAssemble."""
        free = [k for k in range(self.n) if k not in case.fixed]
        names = self.gs.variables
        inside = ring([names[k] for k in free])
        loss = on_slice(self.gs.polynomial, case.fixed)
        elements = self.gs.elements.restricted(case.fixed, case.signs, TermBudget()).polys
        given = [_projected(inside, poly, free) for poly in elements[: self.n]]
        nonzero = [free.index(k) for k in case.signs]
        search = Search(loss, seconds, separator=lambda leaf: separate(leaf, loss), nonzero=nonzero)
        tree = search.tree([*given, *(inside.constant(0) for _ in elements[self.n :])])
        entries: dict[int, dict[str, Any]] = {}
        sets = self._crossed(case) if any(leaf.part_of is None for leaf in tree.leaves) else None
        for leaf in tree.leaves:
            if leaf.part_of is None and sets is not None:
                known = self._orbits(sets, case, leaf, loss, free, add)
                entries[id(leaf)] = leaf_entry(known.orbits, known.empty)
        steps = TreeWriter(tree, lambda leaf: entries[id(leaf)], None).write()
        outside = [] if sets is None else [k for k in sorted(case.fixed) if k not in dict(sets.constants)]
        first = [self.n + sorted(case.fixed).index(k) for k in outside]  # the elements x_k - c
        return {"cases": [_widened(step, free, self.n, first) for step in steps]}

    def _crossed(self, case: Case) -> Sets:
        """The slice of the fixed coordinates, as many as flows cross at all points of the case."""
        chosen: list[int] = []
        flows: list[int] = []
        point = [Fraction(case.fixed.get(k, (7 * k * k + 3 * k + 2) % 11 + 1)) for k in range(self.n)]
        for k in dict.fromkeys((*case.moved, *case.fixed)):
            trial = sorted([*chosen, k])
            found = self.moves.crossing(trial, point)
            if len(found) == len(trial) and self._everywhere(trial, found, case):
                chosen, flows = trial, found
        if not chosen:
            raise OutOfReach("a case of sets of critical points that no flow moves")
        constants = tuple((k, case.fixed[k]) for k in chosen)
        for sets in self.sets:
            if (sets.constants, sets.flows) == (constants, flows):
                return sets
        polynomial = on_slice(self.gs.polynomial, dict(constants))
        free = tuple(polynomial.context().names())
        statement = {"variables": list(free), "expression": str(polynomial)}
        self.sets.append(Sets(constants, gradient_system(polynomial, free), statement, flows))
        return self.sets[-1]

    def _everywhere(self, places: Sequence[int], flows: Sequence[int], case: Case) -> bool:
        found = minor(places, [self.moves.flows[j] for j in flows], case.fixed, TermBudget())
        return len(found) == 1 and all(not e or k in case.signs for m in found for k, e in enumerate(m))

    def _orbits(
        self,
        sets: Sets,
        case: Case,
        leaf: Leaf,
        loss: fmpq_mpoly,
        free: Sequence[int],
        add: Callable[[Sets, Part], int],
    ) -> Known:
        """The orbits of the components of a leaf."""
        outer = sets.gs.polynomial.context()
        own = [k for k in range(self.n) if k not in dict(sets.constants)]
        basis = [element(outer.gen(own.index(k)) - to_fmpq(c)) for k, c in sorted(case.fixed.items()) if k in own]
        place = [free.index(k) if k in free else None for k in own]
        for g in leaf.basis:
            moved = {tuple(0 if p is None else m[p] for p in place): c for m, c in g.poly.to_dict().items()}
            basis.append(element(outer.from_dict(moved)))
        key = tuple(str(g.poly) for g in basis)
        if key not in sets.known:
            value, eliminant = leaf.value, leaf.eliminant
            if leaf.dimension == 0:
                value, eliminant = _value(leaf, loss)
            empty: dict[int, list[dict[str, Any]]] = {}
            whole = Leaf(outer, basis, leaf.dimension, value, eliminant)
            parts = parts_of(sets.gs, whole, empty)
            sets.known[key] = Known(whole, [add(sets, part) for part in parts], empty[id(whole)])
        return sets.known[key]


def _value(leaf: Leaf, loss: fmpq_mpoly) -> tuple[fmpq | None, tuple[int, ...]]:
    """The loss at the points of a finite leaf, or its minimal polynomial."""
    size = len(quotient.standard_monomials([g.lead for g in leaf.basis], leaf.ring.nvars()))
    minimal = quotient.minimal_polynomial(lambda q: reduced(q, leaf.basis)[0], loss, size)
    if minimal is None:
        raise OutOfReach("the values of the loss at finitely many points")
    return (fmpq(-minimal[0], minimal[1]), ()) if len(minimal) == 2 else (None, tuple(minimal))


def _projected(context: fmpq_mpoly_ctx, poly: dict[tuple[int, ...], int], free: Sequence[int]) -> fmpq_mpoly:
    return context.from_dict({tuple(m[k] for k in free): fmpq(c) for m, c in poly.items()})


def _widened(step: dict[str, Any], free: Sequence[int], n: int, first: Sequence[int]) -> dict[str, Any]:
    """The step with polynomials in all coordinates; a leaf names the coordinates that are fixed as well."""

    def poly(given: Sequence[Any]) -> list[Any]:
        return [[c, _exponents(m, free, n)] for c, m in given]

    result = dict(step)
    if "factors" in step:
        result["factors"] = [[poly(f), k] for f, k in step["factors"]]
    if "combination" in step:
        result["combination"] = [[j, poly(f)] for j, f in step["combination"]]
    if "squares" in step:
        result["squares"] = [[c, poly(q)] for c, q in step["squares"]]
    if "components" in step:
        result["elements"] = [*first, *step["elements"]]
    return result


def _exponents(m: Sequence[int], free: Sequence[int], n: int) -> list[int]:
    place: Iterator[int] = iter(m)
    return [next(place) if k in free else 0 for k in range(n)]
