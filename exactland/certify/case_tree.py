"""A case tree as the steps of rule T: unneeded lines dropped, elements numbered, polynomials written out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mpoly

from exactland.certify import numbers
from exactland.decompose import quotient
from exactland.decompose.cases import element, reduced
from exactland.decompose.tree import Absurd, Earlier, Element, Leaf, Line, Nearest, Node, Split, Squares, Step, Tree
from exactland.exact import integer_text, rational_text
from exactland.polynomial import from_fmpq, to_json

LeafEntry = Callable[[Leaf], dict[str, Any]]


class TreeWriter:
    """Writes one tree. `component` gives the entry of a leaf that is a component, without its elements; `points` that
    of a zero-dimensional leaf, without its border: without `points` these are components as well.
    """

    def __init__(self, tree: Tree, component: LeafEntry, points: LeafEntry | None) -> None:
        self.tree, self.component, self.points = tree, component, points
        self.needed: set[Element] = set()
        self.borders: dict[int, list[Element]] = {}
        self.steps: list[dict[str, Any]] = []

    def write(self) -> list[dict[str, Any]]:
        """The steps in preorder."""
        self._complete(self.tree.root)
        self._mark(self.tree.root)
        self._node(self.tree.root, {g: k for k, g in enumerate(self.tree.gradient)}, len(self.tree.gradient), [])
        return self.steps

    # -------------------------------------------------------------------------------- lines that only leaves ask for

    def _complete(self, node: Node) -> None:
        last = node[-1]
        if isinstance(last, Split | Nearest):
            for branch in last.branches:
                self._complete(branch)
        if not isinstance(last, Leaf):
            return
        while last.part_of is not None and last.part_of.part_of is not None:
            last.part_of, last.members = last.part_of.part_of, ()
        if last.part_of is not None and not last.members:
            lines, members = _derivations([g.poly for g in last.part_of.basis], last.basis)
            last.members = tuple(members)
            node[-1:] = [*lines, last]
        elif self._is_finite(last):
            lines, self.borders[id(last)] = _derivations(_border(last), last.basis)
            node[-1:] = [*lines, last]

    def _mark(self, node: Node) -> None:
        for step in reversed(node):
            if isinstance(step, Split):
                for branch in step.branches:
                    self._mark(branch)
                self.needed.add(step.element)
            elif isinstance(step, Absurd | Earlier):
                self.needed.add(step.element)
            elif isinstance(step, Nearest):
                for branch in step.branches:
                    self._mark(branch)
                self.needed.update(step.elements)
            elif isinstance(step, Leaf):
                self.needed.update(self._members(step))
            elif isinstance(step, Line) and step.element in self.needed:
                self.needed.update(g for g, _ in step.combination)
            elif isinstance(step, Squares) and any(q in self.needed for q in step.roots):
                self.needed.add(step.element)

    def _members(self, leaf: Leaf) -> Sequence[Element]:
        if leaf.part_of is not None:
            return leaf.members
        return self.borders[id(leaf)] if self._is_finite(leaf) else leaf.basis

    def _is_finite(self, leaf: Leaf) -> bool:
        """Whether the points of the leaf are written one by one."""
        listed = self.points is not None and leaf.part_of is None and leaf.dimension == 0
        return listed or leaf.none is not None

    # ------------------------------------------------------------------------------------------------------- writing

    def _node(self, node: Node, places: dict[Element, int], count: int, splits: list[Split | Nearest]) -> None:
        places = dict(places)
        for step in node:
            if isinstance(step, Line):
                if step.element in self.needed:
                    self.steps.append(_line(step, places))
                    places[step.element] = count
                    count += 1
            elif isinstance(step, Squares):
                if any(q in self.needed for q in step.roots):
                    self.steps.append(_squares(step, places))
                    places.update({q: count + k for k, q in enumerate(step.roots)})
                    count += len(step.roots)
            elif isinstance(step, Split):
                factors = [[to_json(g.poly), k] for g, k in step.factors]
                self.steps.append({"element": places[step.element], "factors": factors})
                for (factor, _), branch in zip(step.factors, step.branches, strict=True):
                    self._node(branch, {**places, factor: count}, count + 1, [*splits, step])
            elif isinstance(step, Nearest):
                self.steps.append(_nearest(step, places))
                self._node(step.branches[0], {**places, step.off: count}, count + 1, [*splits, step])
                inside = {g: k for k, g in enumerate((*step.elements, *step.forms))}
                self._node(step.branches[1], inside, len(inside), [*splits, step])
            else:
                self.steps.append(self._end(step, places, splits))

    def _end(self, step: Step, places: dict[Element, int], splits: list[Split | Nearest]) -> dict[str, Any]:
        if isinstance(step, Absurd):
            return {"element": places[step.element], "factors": []}
        if isinstance(step, Earlier):
            number = next(k for k, split in enumerate(splits) if split is step.split)
            return {"earlier": number, "branch": step.branch, "element": places[step.element]}
        if not isinstance(step, Leaf):
            raise TypeError(f"a step of kind {type(step).__name__}")
        members = [places[g] for g in self._members(step)]
        if step.none is not None:
            return _none(step, members)
        if self.points is not None and self._is_finite(step):
            entry = self.points(step)
            return {**entry, "points": {**entry["points"], "border": members}}
        return {**self.component(step.part_of or step), "elements": members}


def _derivations(wanted: Sequence[fmpq_mpoly], basis: Sequence[Element]) -> tuple[list[Step], list[Element]]:
    """Lines that derive these polynomials, which reduce to 0 by the basis."""
    lines: list[Step] = []
    found = []
    for p in wanted:
        known = next((g for g in basis if g.poly == p), None)
        if known is None:
            rest, quotients = reduced(p, basis)
            if rest:
                raise ValueError("a polynomial that does not lie in the ideal of the basis")
            known = element(p)
            factor = known.poly.leading_coefficient() / p.leading_coefficient()
            lines.append(Line(known, tuple((g, factor * q) for g, q in quotients)))
        found.append(known)
    return lines, found


def _border(leaf: Leaf) -> list[fmpq_mpoly]:
    """One element for each product of a standard monomial and a variable that is not standard."""
    n = leaf.ring.nvars()
    standard = quotient.standard_monomials([g.lead for g in leaf.basis], n)
    inside = set(standard)
    outside = {(*m[:k], m[k] + 1, *m[k + 1 :]) for m in standard for k in range(n)} - inside
    result = []
    for m in sorted(outside):
        monomial = leaf.ring.from_dict({m: fmpq(1)})
        result.append(element(monomial - reduced(monomial, leaf.basis)[0]).poly)
    return result


def _line(step: Line, places: dict[Element, int]) -> dict[str, Any]:
    divisor = lcm(*(int(c.q) for _, m in step.combination for c in m.coeffs()))
    combination = [[places[g], to_json(divisor * m)] for g, m in step.combination]
    return (
        {"combination": combination} if divisor == 1 else {"combination": combination, "divisor": integer_text(divisor)}
    )


def _nearest(step: Nearest, places: dict[Element, int]) -> dict[str, Any]:
    return {
        "nearest": [rational_text(c) for c in step.centre],
        "off": to_json(step.off.poly),
        "elements": [places[g] for g in step.elements],
        "fields": [[to_json(x) for x in vector] for vector in step.fields],
    }


def _none(leaf: Leaf, border: Sequence[int]) -> dict[str, Any]:
    """No real point satisfies the border elements."""
    form, minimal = leaf.none or ((), ())
    standard = quotient.standard_monomials([g.lead for g in leaf.basis], leaf.ring.nvars())
    evidence = {
        "rule": "ideal",
        "basis": [list(m) for m in standard],
        "border": list(border),
        "eliminant": [str(c) for c in minimal],
        "cuts": [rational_text(c) for c in numbers.root_cuts(list(minimal))],
    }
    return {"none": evidence, "form": [str(c) for c in form]}


def _squares(step: Squares, places: dict[Element, int]) -> dict[str, Any]:
    """The roots are primitive, so that the checker, which clears denominators, has the same elements."""
    entries = []
    for (c, q), root in zip(step.squares, step.roots, strict=True):
        ratio = from_fmpq(q.leading_coefficient() / root.poly.leading_coefficient())
        entries.append([rational_text(Fraction(c) * ratio * ratio), to_json(root.poly)])
    one = step.element.poly.context().constant(step.sign)
    return {"combination": [[places[step.element], to_json(one)]], "squares": entries}
