"""Case trees: the real critical set as a union of simpler sets, by a Groebner basis that branches where an element
factors and where a sum of squares vanishes.

The search keeps every derived element with the combination that derives it, so that the tree can be written down and
checked line by line; nothing here is trusted. Elements are primitive integer polynomials, in the degree reverse
lexicographic order of their ring.
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import acb, fmpq, fmpq_mpoly, fmpz_poly

from exactland.classify import sampling
from exactland.classify._tools import Exponents, Square
from exactland.classify.sos import sum_of_squares
from exactland.classify.tubes import empty_by_squares
from exactland.decompose import quotient
from exactland.decompose.tree import Absurd, Earlier, Element, Leaf, Line, Nearest, Node, Split, Squares, Tree
from exactland.polynomial import from_fmpq, integer_terms, ring, to_fmpq

MAX_TERMS = 20_000
MAX_NODES = 3_000
MAX_COEFFICIENT_BITS = 13_000
MAX_LOSS_DEGREE = 16
MAX_SQUARES_DEGREE = 8
MAX_SQUARES_TERMS = 60
MAX_SQUARES_COEFFICIENT = 10**150  # they are looked for in floating point
MAX_SQUARES_VARIABLES = 6


Relation = tuple[fmpq_mpoly, tuple[int, ...]]  # a polynomial, and one in one variable that vanishes at it


class OutOfReach(Exception):
    """The search stopped at a limit; the text says which."""


def primitive(p: fmpq_mpoly) -> fmpq_mpoly:
    """The primitive integer multiple with a positive leading coefficient."""
    found = integer_terms(p)
    result = p.context().from_dict({m: fmpq(c) for m, c in found.items()})
    return result if result.leading_coefficient() > 0 else -result


def element(p: fmpq_mpoly) -> Element:
    whole = primitive(p)
    return Element(whole, tuple(map(int, whole.monomial(0))))


def _probes(n: int) -> list[list[fmpq]]:
    """Rational points at which a polynomial that is not semidefinite soon shows both signs."""
    source = random.Random(n)
    return [[fmpq(source.randint(-12, 12), source.randint(1, 6)) for _ in range(n)] for _ in range(40)]


def divides(a: Exponents, b: Exponents) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def reduced(p: fmpq_mpoly, basis: Sequence[Element]) -> tuple[fmpq_mpoly, list[tuple[Element, fmpq_mpoly]]]:
    """The remainder of p and the quotients of the division by the basis, tails included."""
    quotients: dict[int, fmpq_mpoly] = {}
    moving = bool(p)
    while moving:
        moving = False
        for k, g in enumerate(basis):
            if not p:
                break
            q, rest = divmod(p, g.poly)
            if q:
                quotients[k] = quotients.get(k, q.context().constant(0)) + q
                p, moving = rest, True
                if len(p) > MAX_TERMS:
                    raise OutOfReach(f"an element of more than {MAX_TERMS} terms")
    return p, [(basis[k], q) for k, q in sorted(quotients.items()) if q]


_Queued = tuple[fmpq_mpoly, tuple[tuple[Element, fmpq_mpoly], ...]]


@dataclass
class Case:
    """One branch of the search: a basis under way."""

    basis: list[Element]
    queue: list[_Queued]
    pairs: list[tuple[tuple[int, int, int], int, Element, Element]]
    finished: set[tuple[int, int]]
    closed: tuple[
        tuple[Split | Nearest, int, Element], ...
    ]  # factors of earlier branches: not 0 here, or looked at there

    def copy(self) -> Case:
        return Case(list(self.basis), list(self.queue), list(self.pairs), set(self.finished), self.closed)


class Search:
    """The case tree of one objective."""

    def __init__(
        self,
        loss: fmpq_mpoly,
        seconds: float,
        say: Callable[[str], None] = lambda _: None,
        separator: Callable[[Leaf], Relation | None] = lambda _: None,
        work: int | None = None,
        idle: Callable[[], None] = lambda: None,
        nonzero: Collection[int] = (),
        nearest: Callable[[Leaf, float], Nearest | None] = lambda leaf, until: None,
    ) -> None:
        """`separator` may find a polynomial with finitely many values on a leaf and a reducible minimal polynomial;
        `work` bounds the divisions, whatever the speed of the machine; `idle` is called now and then; `nonzero` are
        variables that are not 0; `nearest` may find that a leaf has no real points but singular ones.
        """
        self.loss = loss
        self.ring = loss.context()
        self.one = self.ring.constant(1)
        self.probes = _probes(self.ring.nvars())
        self.deadline = time.monotonic() + seconds
        self.say, self.separator, self.nonzero, self.nearest = say, separator, frozenset(nonzero), nearest
        self.work, self.idle = work, idle
        self.nodes = self.count = self.worked = 0
        self.leaves: list[Leaf] = []
        self.known: dict[fmpq, tuple[Square, ...]] = {}  # the loss minus a value as a sum of squares

    def tree(self, gradient: Sequence[fmpq_mpoly]) -> Tree:
        """All cases; raises OutOfReach at a limit."""
        first = [Element(g, tuple(map(int, g.monomial(0))) if g else ()) for g in gradient]
        queue: list[_Queued] = [(g.poly, ((g, self.one),)) for g in first if g.poly]
        root: Node = []
        self._run(Case([], queue, [], set(), ()), root)
        self._merge()
        return Tree(first, root, self.leaves)

    # ------------------------------------------------------------------------------------------------ the algorithm

    def _run(self, case: Case, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise OutOfReach(f"more than {MAX_NODES} cases")
        while True:
            if time.monotonic() > self.deadline:
                raise OutOfReach("time limit of the case tree")
            if self.work is not None and self.worked > self.work:
                raise OutOfReach("the case tree is large")
            self.idle()
            if case.queue:
                new = self._next(case, node)
                if new is not None and self._insert(case, node, new):
                    return
            elif case.pairs:
                self._pair(case)
            elif self._finish(case, node):
                return

    def _reduced(self, p: fmpq_mpoly, basis: Sequence[Element]) -> tuple[fmpq_mpoly, list[tuple[Element, fmpq_mpoly]]]:
        """As `reduced`; counted, in units of which there are some 70,000 a second."""
        rest, quotients = reduced(p, basis)
        self.worked += len(basis) + sum(len(q) * len(g.poly) for g, q in quotients) // 4
        return rest, quotients

    def _next(self, case: Case, node: Node) -> Element | None:
        """The smallest element in the queue, reduced by the basis; None when it reduces to 0."""
        best = min(range(len(case.queue)), key=lambda k: (case.queue[k][0].total_degree(), len(case.queue[k][0])))
        poly, combination = case.queue.pop(best)
        rest, quotients = self._reduced(poly, case.basis)
        if not rest:
            return None
        return self._derive(node, rest, combination, quotients)

    def _derive(
        self,
        node: Node,
        poly: fmpq_mpoly,
        combination: Sequence[tuple[Element, fmpq_mpoly]],
        quotients: Sequence[tuple[Element, fmpq_mpoly]],
    ) -> Element:
        """The element combination - quotients, as a line unless it is an element already."""
        if not quotients and len(combination) == 1 and combination[0][1] == self.one:
            return combination[0][0]
        whole = element(poly)
        if any(int(c.p).bit_length() > MAX_COEFFICIENT_BITS for c in whole.poly.coeffs()):
            raise OutOfReach(f"coefficients of more than {MAX_COEFFICIENT_BITS} bits")
        factor = whole.poly.leading_coefficient() / poly.leading_coefficient()
        total: dict[Element, fmpq_mpoly] = {}
        for sign, parts in ((1, combination), (-1, quotients)):
            for g, m in parts:
                total[g] = total.get(g, self.ring.constant(0)) + sign * factor * m
        node.append(Line(whole, tuple((g, m) for g, m in total.items() if m)))
        return whole

    def _pair(self, case: Case) -> None:
        _, _, f, g = heapq.heappop(case.pairs)
        case.finished.add((id(f), id(g)))
        if f not in case.basis or g not in case.basis:
            return
        top = tuple(map(max, f.lead, g.lead))
        if any(self._chain(case, f, g, h, top) for h in case.basis):
            return
        parts = []
        for h, sign in ((f, 1), (g, -1)):
            shift = tuple(a - b for a, b in zip(top, h.lead, strict=True))
            parts.append((h, self.ring.from_dict({shift: sign / h.poly.leading_coefficient()})))
        poly = parts[0][1] * f.poly + parts[1][1] * g.poly
        if poly:
            case.queue.append((poly, tuple(parts)))

    @staticmethod
    def _chain(case: Case, f: Element, g: Element, h: Element, top: Exponents) -> bool:
        if h is f or h is g or not divides(h.lead, top):
            return False
        pairs = ((id(f), id(h)), (id(h), id(f))), ((id(g), id(h)), (id(h), id(g)))
        return all(any(p in case.finished for p in both) for both in pairs)

    def _insert(self, case: Case, node: Node, new: Element) -> bool:
        """Add a reduced element to the basis, or branch; True when the case is finished."""
        if len(new.poly) == 1 and all(not e or k in self.nonzero for k, e in enumerate(new.lead)):
            node.append(Absurd(new))
            return True
        for split, branch, factor in case.closed:
            if factor.poly == new.poly:
                node.append(Earlier(new, split, branch))
                return True
        factors = self._factors(new.poly)
        if len(factors) > 1 or factors[0][1] > 1:
            return self._split(case, node, new, factors)
        squares = self._squares(new)
        if squares is not None:
            node.append(squares)
            case.queue += [(q.poly, ((q, self.one),)) for q in squares.roots]
            return False
        kept = []
        for g in case.basis:
            if divides(new.lead, g.lead):
                case.queue.append((g.poly, ((g, self.one),)))
            else:
                kept.append(g)
        for g in kept:
            top = tuple(map(max, g.lead, new.lead))
            if sum(top) == sum(g.lead) + sum(new.lead):
                case.finished.add((id(g), id(new)))
                continue
            self.count += 1
            weight = (sum(top), len(g.poly) + len(new.poly), self.count)
            heapq.heappush(case.pairs, (weight, self.count, g, new))
        case.basis = [*kept, new]
        return False

    def _factors(self, p: fmpq_mpoly) -> list[tuple[Element, int]]:
        _, found = p.factor()
        factors = [(element(g), int(k)) for g, k in found]
        return sorted(factors, key=lambda f: (f[0].poly.total_degree(), len(f[0].poly), str(f[0].poly)))

    def _split(
        self, case: Case, node: Node, whole: Element, factors: list[tuple[Element, int]], reduce: bool = False
    ) -> bool:
        split = Split(whole, tuple(factors))
        node.append(split)
        for k, (g, _) in enumerate(factors):
            branch: Node = []
            split.branches.append(branch)
            inner = case.copy()
            inner.closed = (*case.closed, *((split, j, h) for j, (h, _) in enumerate(factors[:k])))
            if reduce:
                inner.queue.append((g.poly, ((g, self.one),)))
            if reduce or not self._insert(inner, branch, g):
                self._run(inner, branch)
        return True

    def _squares(self, e: Element) -> Squares | None:
        """Whether the element, of one sign at sample points, is a sum of squares."""
        p = e.poly
        small = p.total_degree() <= MAX_SQUARES_DEGREE and len(p) <= MAX_SQUARES_TERMS
        small = small and all(abs(c) < MAX_SQUARES_COEFFICIENT for c in p.coeffs())
        if p.total_degree() % 2 or not small or any(p(*point) < 0 for point in self.probes):
            return None
        found = sum_of_squares(p)
        if found is None or (len(found.squares) == 1 and not found.squares[0][1].is_constant()):
            return None
        return Squares(e, 1, found.squares, tuple(element(q) for _, q in found.squares))

    # ------------------------------------------------------------------------------------------------------- leaves

    def _finish(self, case: Case, node: Node) -> bool:
        """A complete basis: a leaf, or a further element that splits it."""
        simpler = self._simpler(case, node)
        if simpler is not None:
            return self._insert(case, node, simpler)
        for leaf in self.leaves:
            if leaf.dimension > 0 and self._close(case.basis, node, leaf):
                return True
        if self._no_real_points(case, node):
            return False
        dimension = quotient.dimension([g.lead for g in case.basis], self.ring.nvars())
        if dimension == 0:
            return self._points(case, node)
        apart = self.nearest(Leaf(self.ring, list(case.basis), dimension), self.deadline)
        if apart is not None:
            return self._apart(case, node, apart)
        minimal = self._relation(case, self.loss)
        if minimal is None:
            raise OutOfReach(f"the values of the loss on a component: no polynomial of degree {MAX_LOSS_DEGREE}")
        factors = quotient.factors(minimal)
        if len(factors) > 1 or factors[0][1] > 1:
            return self._insert_relation(case, node, self.loss, minimal)
        if self._never_real(case, node, self.loss, minimal):
            return False
        constant = fmpq(-minimal[0], minimal[1]) if len(minimal) == 2 else None
        if constant is not None and self._least(case, node, constant):
            return False
        leaf = Leaf(self.ring, list(case.basis), dimension, constant, minimal if constant is None else ())
        found = self.separator(leaf)
        if found is not None:
            return self._insert_relation(case, node, *found)
        node.append(leaf)
        self.leaves.append(leaf)
        self.say(f"critical set {len(self.leaves)}, dimension {dimension}")
        return True

    def _simpler(self, case: Case, node: Node) -> Element | None:
        """An element, reduced by the others, that has factors or is a sum of squares; it is taken out of the basis.
        Elements that get shorter are replaced on the way, which leaves the basis complete.
        """
        for k, g in enumerate(case.basis):
            rest, quotients = self._reduced(g.poly, [h for h in case.basis if h is not g])
            if not quotients:
                continue
            factors = self._factors(rest)
            if len(factors) > 1 or factors[0][1] > 1 or len(rest) < len(g.poly):
                new = self._derive(node, rest, ((g, self.one),), quotients)
                case.basis[k] = new
                if len(factors) > 1 or factors[0][1] > 1 or self._squares(new) is not None:
                    del case.basis[k]
                    return new
        return None

    def _no_real_points(self, case: Case, node: Node) -> bool:
        """Where no real point is found, squares that add up to a constant that is not positive modulo the basis; the
        polynomials squared then vanish, or there is no real point at all.
        """
        if sampling.points_on([g.poly for g in case.basis], [], self.ring.nvars(), 1):
            return False
        for candidate in quotient.candidates(self.ring):
            rest = self._reduced(sum((q * q for q in candidate), self.ring.constant(0)), case.basis)[0]
            if not rest.is_constant() or (rest and rest.leading_coefficient() > 0):
                continue
            if not rest and all(not self._reduced(q, case.basis)[0] for q in candidate):
                continue
            squares: list[Square] = [(Fraction(1), q) for q in candidate]
            if rest:
                squares.append((-from_fmpq(rest.leading_coefficient()), self.one))
            self._add_squares(case, node, squares)
            return True
        found = empty_by_squares(self.loss, [g.poly for g in case.basis], max(1.0, self.deadline - time.monotonic()))
        if found is None:
            return False
        self._add_squares(case, node, [*found, (Fraction(1), self.one)])
        return True

    def _never_real(self, case: Case, node: Node, p: fmpq_mpoly, minimal: Sequence[int]) -> bool:
        """Whether a polynomial without real roots vanishes at p: it is then a sum of squares, which vanish."""
        roots: list[tuple[acb, int]] = fmpz_poly(list(minimal)).complex_roots()  # type: ignore[assignment]
        if any(root.imag == 0 for root, _ in roots):
            return False
        context = ring(["t"])
        sign = 1 if minimal[-1] > 0 else -1
        found = sum_of_squares(context.from_dict({(k,): fmpq(sign * c) for k, c in enumerate(minimal) if c}))
        if found is None:
            return False
        base = self._reduced(p, case.basis)[0]
        squares: list[Square] = []
        for c, q in found.squares:
            value = self.ring.constant(0)
            for k in range(q.total_degree(), -1, -1):
                value = self._reduced(value * base + q[(k,)], case.basis)[0]
            squares.append((c, value))
        self._add_squares(case, node, [square for square in squares if square[1]])
        return True

    def _add_squares(self, case: Case, node: Node, squares: Sequence[Square]) -> None:
        """The polynomials, a positive combination of whose squares is in the ideal of the basis, vanish."""
        total = sum((to_fmpq(c) * q * q for c, q in squares), self.ring.constant(0))
        _, quotients = self._reduced(total, case.basis)
        new = self._derive(node, total, (), [(g, -q) for g, q in quotients])
        scale = from_fmpq(new.poly.leading_coefficient() / total.leading_coefficient())
        found = Squares(new, 1, tuple((scale * c, q) for c, q in squares), tuple(element(q) for _, q in squares))
        node.append(found)
        case.queue += [(q.poly, ((q, self.one),)) for q in found.roots]

    def _least(self, case: Case, node: Node, value: fmpq) -> bool:
        """Where the loss minus its value is a sum of squares, all of which vanish: whether one of them is new."""
        if value not in self.known:
            found, difference = None, self.loss - value
            above = all(difference(*point) >= 0 for point in self.probes)
            small = self.ring.nvars() <= MAX_SQUARES_VARIABLES
            if above and small and sampling.lower_point(self.loss, from_fmpq(value)) is None:
                found = sum_of_squares(difference)
            self.known[value] = () if found is None else found.squares
        squares = self.known[value]
        if all(not self._reduced(q, case.basis)[0] for _, q in squares):
            return False
        self._add_squares(case, node, squares)
        return True

    def _relation(self, case: Case, p: fmpq_mpoly) -> tuple[int, ...] | None:
        return quotient.minimal_polynomial(lambda q: self._reduced(q, case.basis)[0], p, MAX_LOSS_DEGREE)

    def _insert_relation(self, case: Case, node: Node, p: fmpq_mpoly, minimal: Sequence[int]) -> bool:
        """Branch on the factors of minimal(r), where r is the remainder of p.

        With r_k the remainder of r^k, the differences r^(k+1) - r_(k+1) = r (r^k - r_k) + (r r_k - r_(k+1)) are derived
        one after the other, which keeps the multipliers small.
        """
        base, _ = self._reduced(p, case.basis)
        rest, difference = base, None
        total: list[tuple[Element, fmpq_mpoly]] = []
        power = base
        for c in minimal[2:]:
            following, quotients = self._reduced(rest * base, case.basis)
            power = power * base
            combination = [(g, -q) for g, q in quotients]
            if difference is not None:
                combination.append((difference[0], -difference[1] * base))
            if power != following:
                new = self._derive(node, power - following, (), combination)
                factor = (power - following).leading_coefficient() / new.poly.leading_coefficient()
                difference = new, self.ring.constant(factor)
                total.append((new, -c * difference[1]))
            rest = following
        new = self._derive(node, self._value(minimal, base), (), total)
        factors = [(element(self._value(f, base)), k) for f, k in quotient.factors(minimal)]
        return self._split(case, node, new, factors, reduce=True)

    def _value(self, poly: Sequence[int], x: fmpq_mpoly) -> fmpq_mpoly:
        """The polynomial with these ascending coefficients at x."""
        value = self.ring.constant(0)
        for c in reversed(poly):
            value = value * x + c
            if len(value) > MAX_TERMS:
                raise OutOfReach(f"an element of more than {MAX_TERMS} terms")
        return value

    def _points(self, case: Case, node: Node) -> bool:
        """A zero-dimensional case: branch until it is one orbit of conjugate points."""
        reducer = lambda q: self._reduced(q, case.basis)[0]  # noqa: E731
        size = len(quotient.standard_monomials([g.lead for g in case.basis], self.ring.nvars()))
        for form in quotient.forms(self.ring):
            minimal = quotient.minimal_polynomial(reducer, form, size)
            if minimal is None:
                raise OutOfReach("a finite quotient without minimal polynomial")
            factors = quotient.factors(minimal)
            if len(factors) > 1 or factors[0][1] > 1:
                return self._insert_relation(case, node, form, minimal)
            if self._never_real(case, node, form, minimal):
                return False
            if len(minimal) == size + 1:
                break
        else:
            raise OutOfReach("isolated points without a separating form")
        self._end(case, node)
        return True

    def _end(self, case: Case, node: Node) -> None:
        """A case that is one orbit of conjugate points."""
        leaf = Leaf(self.ring, list(case.basis), 0)
        node.append(leaf)
        self.leaves.append(leaf)

    def _apart(self, case: Case, node: Node, found: Nearest) -> bool:
        """A polynomial is shown to vanish at all real points: go on where it does."""
        branch: Node = []
        found.branches.insert(0, branch)
        node.append(found)
        if found.off.poly.is_constant():
            branch.append(Absurd(found.off))
        else:
            inner = case.copy()
            inner.queue.append((found.off.poly, ((found.off, self.one),)))
            self._run(inner, branch)
        return True

    def begin(self, case: Case, node: Node) -> None:
        """All that follows from a case."""
        self._run(case, node)

    def _close(self, basis: Sequence[Element], node: Node, leaf: Leaf) -> bool:
        """Close a case whose points lie in a leaf found before: all generators of that leaf are derived."""
        found = []
        for g in leaf.basis:
            rest, quotients = self._reduced(g.poly, basis)
            if rest:
                return False
            found.append((g, quotients))
        members = []
        for g, quotients in found:
            if len(quotients) == 1 and quotients[0][1] == self.one:
                members.append(quotients[0][0])
            else:
                members.append(self._derive(node, g.poly, (), [(h, -q) for h, q in quotients]))
        node.append(Leaf(self.ring, list(basis), leaf.dimension, part_of=leaf, members=tuple(members)))
        return True

    def _merge(self) -> None:
        """Leaves inside others, found later, become parts of them; `members` is then filled where lines are written."""
        for leaf in self.leaves:
            for other in self.leaves:
                if other is leaf or other.part_of is not None or other.dimension == 0:
                    continue
                if all(not self._reduced(g.poly, leaf.basis)[0] for g in other.basis):
                    leaf.part_of = other
                    break
        for leaf in self.leaves:
            while leaf.part_of is not None and leaf.part_of.part_of is not None:
                leaf.part_of = leaf.part_of.part_of
