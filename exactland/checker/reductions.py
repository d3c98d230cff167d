"""Rules X: an upper bound on the number of critical points by way of smaller objectives.

Variables in which the objective is quadratic with a constant coefficient are eliminated, variables are changed
linearly, sums in disjoint variables are taken apart, squares become linear in a new variable. The critical points of
the objective are in bijection with those of the smaller ones, or with their tuples. Variables that are 0 at every real
critical point are left out; then only the real points of the smaller objective matter, and they are listed; as where
the weights of several outputs with the same positive coefficient of their squares are left out: see `proofs/SPEC.md`.
The checker computes every smaller objective by itself, up to a nonzero factor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, prod
from typing import TYPE_CHECKING, Any

from . import kernel
from .kernel import (
    Exponents,
    IntPoly,
    RationalPoly,
    TermBudget,
    add_into,
    common_integers,
    index,
    integer,
    multiply,
    rational,
    record,
    sequence,
)
from .kinds import read_squares, sum_of_squares
from .lines import Elements
from .moves import Move, group
from .problem import Problem, bounded, derivatives_work
from .rank import nonsingular, rank_bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sections import Examine

PARTS = ("eliminate", "linear", "product", "residuals", "zero", "layer", "listed")
RULES = ("rank", "levels", "ideal", "bezout", "mixed", *PARTS)
PRIME = 2305843009213693951


@dataclass(frozen=True)
class Bound:
    """What a completeness rule shows, see C1 to C4."""

    number: int
    rule: str
    real: bool = False  # on the real points only
    isolated: bool = False  # on the isolated points, with multiplicity; when it is attained there are no others
    radical: bool = False  # on the distinct points, not on the sum of their multiplicities
    moves: tuple[Move, ...] = ()  # commuting signed permutations, of order 2: orbits of their group are counted

    def without_orbits(self) -> Bound:
        """The same on distinct points: no orbit has more of them than the group has elements."""
        if not self.moves:
            return self
        return replace(self, number=self.number * len(group(self.moves, len(self.moves[0]))), moves=(), radical=True)


def read_bound(
    value: Any, problem: Problem, elements: Elements, form: list[int], examine: Examine, budget: TermBudget
) -> Bound:
    """The bound that a completeness entry proves for the objective that the elements belong to.

    `examine` checks a list of critical points of a smaller objective, and says whether it is complete.
    """
    rule = value.get("rule") if isinstance(value, dict) else None
    kernel.need(type(rule) is str and rule in RULES, "F2", rule, f"one of {', '.join(RULES)}")
    if rule == "ideal":
        from .ideal import ideal_bound

        return Bound(ideal_bound(value, elements, form), rule, real=True)
    if rule == "bezout":
        from .bezout import at_infinity, bezout_bound

        number = bezout_bound(value, elements) - at_infinity(value, elements)
        return Bound(number, rule, isolated=True)
    if rule == "mixed":
        from .mixed import mixed_volume

        return Bound(mixed_volume(value, elements.gradient, elements.n, True, budget), rule, isolated=True)
    if rule == "levels":
        from .levels import level_bound, read_signs

        signs = read_signs([] if elements.real else value.get("signs", []), elements.n)
        number = level_bound(value, elements, signs, "" if elements.real else "signs")
        moves = tuple(tuple(-k - 1 if mask >> k & 1 else k + 1 for k in range(elements.n)) for mask in signs.masks)
        return Bound(number, rule, real=elements.real, radical=elements.radical, moves=moves)
    if rule == "zero":
        return _by_zeros(value, problem, elements, examine, budget)
    if rule == "layer":
        return _by_layer(value, problem, examine, budget)
    if rule == "listed":
        return Bound(_listed(value, problem, examine, budget), rule, real=True)
    if rule in ("eliminate", "linear", "product", "residuals"):
        return _by_smaller(value, problem, examine, budget)
    return Bound(rank_bound(value, elements), str(rule), real=elements.real, radical=elements.radical)


def _by_zeros(
    value: dict[str, Any], problem: Problem, elements: Elements, examine: Examine, budget: TermBudget
) -> Bound:
    """Rule X4: the objective where variables that are 0 at every real critical point are 0."""
    entry = record(value, "rule zeros inner", where="completeness")
    n = len(problem.variables)
    gone: set[int] = set()
    given = sequence(entry["zeros"], "zeros", most=kernel.MAX_VARIABLES)
    for item in given:
        pair = sequence(item, "zero", 2)
        k, j = index(pair[0], n, "variable"), index(pair[1], len(elements.polys), "element")
        (powers, *others) = elements.polys[j] or [(0,) * n]
        alone = not others and powers[k] > 0 and sum(powers) == powers[k]
        kernel.need(alone, "X4", "another element", "an element that is a multiple of a power of the variable")
        gone.add(k)
    kernel.need(len(gone) == len(given), "F3", "a variable that stands twice", "distinct variables")
    if len(gone) == n:
        kernel.need(entry["inner"] is None, "F2", entry["inner"], "null where no variable is left")
        return Bound(1, "zero", real=True)
    kept = [k for k in range(n) if k not in gone]
    left = {m: c for m, c in common_integers([problem.loss])[0][0].items() if not any(m[k] for k in gone)}
    smaller = {tuple(m[k] for k in kept): c for m, c in left.items()}
    bound = _inner([entry["inner"]], [(smaller, len(kept))], "zero", examine, budget)
    kernel.need(not bound.isolated, "X4", "a bound on isolated points", "a bound on all points, or a list")
    return replace(bound.without_orbits(), real=True)


def _by_layer(value: dict[str, Any], problem: Problem, examine: Examine, budget: TermBudget) -> Bound:
    """Rule X6: the objective without variables that it is quadratic in, all with one positive coefficient."""
    entry = record(value, "rule variables squares inner", where="completeness")
    n, loss = len(problem.variables), common_integers([problem.loss])[0][0]
    given = sequence(entry["variables"], "variables", most=kernel.MAX_VARIABLES)
    gone = [index(k, n, "variable") for k in given]
    kernel.need(0 < len(set(gone)) == len(gone), "F3", gone, "distinct variables, at least one")
    kept = [k for k in range(n) if k not in gone]
    one = (0,) * n
    parts: dict[Exponents, RationalPoly] = {}
    for m, c in loss.items():
        of_layer = tuple(m[k] for k in gone)
        kernel.need(sum(of_layer) <= max(2 * (2 in of_layer), 1), "X6", of_layer, "squares and single variables")
        parts.setdefault(of_layer, {})[(*(m[k] for k in kept), 0, 0)] = Fraction(c)
    units = [kernel.unit(len(gone), j) for j in range(len(gone))]
    double = [parts.get(tuple(2 * e for e in unit), {}) for unit in units]
    square = double[0]
    lead = next(iter(square), one)
    result: RationalPoly = {}
    for unit, own in zip(units, double, strict=True):
        weight = own.get(lead, Fraction(0)) / square.get(lead, Fraction(1))
        same = weight != 0 and own == {m: weight * c for m, c in square.items()}
        kernel.need(same, "X6", "another coefficient of a square", "multiples of the first one, which is not 0")
        linear = parts.get(unit, {})
        budget.spend(4 * len(linear) ** 2)
        add_into(result, multiply(linear, linear), -1 / weight)
    squares = read_squares(entry["squares"], len(kept) + 2, budget, "X6")
    above = any(list(q) == [(0,) * (len(kept) + 2)] for _, q in squares)
    positive = above and sum_of_squares(squares) == square
    kernel.need(positive, "X6", "a coefficient that may vanish", "a sum of squares with a constant among them")
    t, u = kernel.unit(len(kept) + 2, len(kept)), kernel.unit(len(kept) + 2, len(kept) + 1)
    smaller = multiply(result, {t: Fraction(1)})
    both = tuple(a + b for a, b in zip(t, u, strict=True))
    add_into(smaller, multiply(square, {both: Fraction(4)}))
    add_into(smaller, {u: Fraction(-1)})
    add_into(smaller, parts.get((0,) * len(gone), {}))
    integral = common_integers([bounded(smaller)])[0][0]
    bound = _inner([entry["inner"]], [(integral, len(kept) + 2)], "layer", examine, budget)
    return replace(bound.without_orbits(), real=True)


def _listed(value: dict[str, Any], problem: Problem, examine: Examine, budget: TermBudget) -> int:
    """Rule X5: the number of real critical points, all of which are listed."""
    entry = record(value, "rule inner", where="completeness")
    budget.spend(4 * derivatives_work(problem.loss, len(problem.variables)))
    complete, points, components = examine(entry["inner"], problem, budget)
    kernel.need(complete and not components, "X5", "a list that may not be complete", "a complete list of points")
    return len(points)


def _by_smaller(value: dict[str, Any], problem: Problem, examine: Examine, budget: TermBudget) -> Bound:
    rule: str = value["rule"]
    loss = common_integers([problem.loss])[0][0]
    n = len(problem.variables)
    if rule == "eliminate":
        entry = record(value, "rule variables inner", where="completeness")
        gone: list[tuple[int, IntPoly]] = []
        for place in sequence(entry["variables"], "variables", most=kernel.MAX_VARIABLES):
            k = index(place, n - len(gone), "variable")
            loss, linear = _eliminated(loss, k, budget)
            gone.append((k, linear))
        bound = _inner([entry["inner"]], [(loss, n - len(gone))], rule, examine, budget)
        extended = [_extended(move, gone) for move in bound.moves]
    elif rule == "linear":
        entry = record(value, "rule matrix inner", where="completeness")
        rows = [sequence(row, "row", n) for row in sequence(entry["matrix"], "matrix", n)]
        matrix = [[integer(c, "matrix", 18) for c in row] for row in rows]
        residues: list[IntPoly] = [{(j,): c % PRIME for j, c in enumerate(row) if c % PRIME} for row in matrix]
        kernel.need(nonsingular(residues, PRIME), "X2", "a singular matrix", "one that is nonsingular modulo 2^61 - 1")
        bound = _inner([entry["inner"]], [(_changed(loss, matrix, budget), n)], rule, examine, budget)
        extended = [_conjugate(move, matrix) for move in bound.moves]
    elif rule == "residuals":
        entry = record(value, "rule squares inner", where="completeness")
        larger, roots = _with_residuals(loss, n, entry["squares"], budget)
        bound = _inner([entry["inner"]], [(larger, n + len(roots))], rule, examine, budget)
        extended = [_restricted(move, roots, n) for move in bound.moves]
    else:
        from .bezout import read_groups

        entry = record(value, "rule groups inner", where="completeness")
        groups = read_groups(entry["groups"], n)
        blocks = _blocks(loss, groups)
        return _inner(sequence(entry["inner"], "inner", len(blocks)), blocks, rule, examine, budget, groups)
    kept = tuple(move for move in extended if move is not None)
    return replace(bound, moves=kept) if len(kept) == len(extended) else bound.without_orbits()


def _inner(
    entries: list[Any],
    losses: list[tuple[IntPoly, int]],
    rule: str,
    examine: Examine,
    budget: TermBudget,
    groups: list[int] | None = None,
) -> Bound:
    """The product of the bounds of the smaller objectives, each given with its number of variables."""
    bounds = []
    for given, (loss, n) in zip(entries, losses, strict=True):
        entry = record(given, "form lines completeness", where="inner")
        content = gcd(*loss.values()) or 1
        smaller = {m: Fraction(c // content) for m, c in loss.items()}
        problem = Problem(("",) * n, bounded(smaller))
        elements = Elements(problem)
        elements.read_lines(entry["lines"], budget)
        form = [integer(c, "form") for c in sequence(entry["form"], "form", n)]
        bounds.append(read_bound(entry["completeness"], problem, elements, form, examine, budget))
    if any(b.real for b in bounds):
        bounds = [b.without_orbits() for b in bounds]
    moves = [move for b in bounds for move in b.moves]
    if groups is not None:
        places = [[i for i, g in enumerate(groups) if g == j] for j in range(len(bounds))]
        moves = [_placed(move, own, len(groups)) for b, own in zip(bounds, places, strict=True) for move in b.moves]
    kinds = " and ".join(dict.fromkeys(b.rule for b in bounds))
    return Bound(
        prod(b.number for b in bounds),
        f"{rule}, {kinds}" if kinds else rule,
        any(b.real for b in bounds),
        any(b.isolated for b in bounds),
        any(b.radical for b in bounds),
        tuple(moves),
    )


def _placed(move: Move, places: list[int], n: int) -> Move:
    """The move of some of n coordinates, which leaves the others as they are."""
    whole = list(range(1, n + 1))
    for place, s in zip(places, move, strict=True):
        whole[place] = (places[abs(s) - 1] + 1) * (1 if s > 0 else -1)
    return tuple(whole)


def _conjugate(move: Move, matrix: list[list[int]]) -> Move | None:
    """The move of x = matrix * y, when y moves: row i of the matrix, moved, is up to its sign a row of the matrix."""
    image: list[int] = []
    for row in matrix:
        moved = [0] * len(row)
        for i, s in enumerate(move):
            moved[abs(s) - 1] = row[i] if s > 0 else -row[i]
        opposite = [-c for c in moved]
        if moved in matrix:
            image.append(matrix.index(moved) + 1)
        elif opposite in matrix:
            image.append(-matrix.index(opposite) - 1)
        else:
            return None
    return tuple(image)


def _extended(move: Move, gone: list[tuple[int, IntPoly]]) -> Move | None:
    """The move with the eliminated variables, each with the sign that -q/(2a) has when the others move."""
    for k, linear in reversed(gone):
        sign = _sign(move, linear)
        if sign is None:
            return None
        shifted = [(abs(s) + (abs(s) > k)) * (1 if s > 0 else -1) for s in move]
        move = (*shifted[:k], sign * (k + 1), *shifted[k:])
    return move


def _sign(move: Move, poly: Mapping[Exponents, int | Fraction]) -> int | None:
    """By which sign the move of the variables multiplies the polynomial; None when it becomes another one."""
    moved: dict[Exponents, int | Fraction] = {}
    for m, c in poly.items():
        exponents, odd = [0] * len(move), 0
        for i, s in enumerate(move):
            exponents[abs(s) - 1] = m[i]
            odd += m[i] if s < 0 else 0
        moved[tuple(exponents)] = -c if odd & 1 else c
    if moved == poly:
        return 1
    return -1 if moved == {m: -c for m, c in poly.items()} else None


def _restricted(move: Move, roots: list[RationalPoly], n: int) -> Move | None:
    """The move of the first n variables, when it multiplies each root as it does the variable that stands for it."""
    own = move[:n]
    if any(abs(s) > n for s in own):
        return None
    for j, (q, s) in enumerate(zip(roots, move[n:], strict=True), n + 1):
        sign = _sign(own, q)
        if sign is None or s != sign * j:
            return None
    return own


def _with_residuals(loss: IntPoly, n: int, given: Any, budget: TermBudget) -> tuple[IntPoly, list[RationalPoly]]:
    """Section 6b: the objective minus all (q - r)^2/d, each r a new variable, and the polynomials q."""
    squares = sequence(given, "squares", most=kernel.MAX_VARIABLES)
    count = n + len(squares)
    kernel.limit(count, kernel.MAX_VARIABLES, "variables with those of squares")
    nothing = (0,) * len(squares)
    content = gcd(*loss.values()) or 1
    result: RationalPoly = {(*m, *nothing): Fraction(c // content) for m, c in loss.items()}
    roots: list[RationalPoly] = []
    for j, pair in enumerate(squares):
        item = sequence(pair, "square", 2)
        divisor = rational(item[1], "divisor", kernel.MAX_DIGITS)
        kernel.need(divisor != 0, "F3", divisor, "a divisor that is not 0")
        q = budget.polynomial(item[0], n)
        budget.spend(kernel.products(q, q))
        difference = {(*m, *nothing): c for m, c in q.items()}
        difference[kernel.unit(count, n + j)] = Fraction(-1)
        add_into(result, multiply(difference, difference), -1 / divisor)
        roots.append(q)
    return common_integers([bounded(result)])[0][0], roots


def _eliminated(loss: IntPoly, k: int, budget: TermBudget) -> tuple[IntPoly, IntPoly]:
    """Rule X1: for loss = a x_k^2 + q x_k + r the polynomials 4 a r - q^2 and q, without the variable."""
    parts: list[IntPoly] = [{}, {}, {}]
    for m, c in loss.items():
        kernel.need(m[k] <= 2, "X1", f"degree {m[k]} in variable {k}", "a quadratic polynomial in the variable")
        parts[m[k]][(*m[:k], *m[k + 1 :])] = c
    rest, linear, square = parts
    one = next(iter(square), ())
    kernel.need(
        len(square) == 1 and not any(one), "X1", "another coefficient", "a constant coefficient of the square, not 0"
    )
    budget.spend(len(linear) ** 2 + len(rest))
    result = {m: 4 * square[one] * c for m, c in rest.items()}
    add_into(result, multiply(linear, linear), -1)
    bounded({m: Fraction(c) for m, c in result.items()})
    return result, linear


def _changed(loss: IntPoly, matrix: list[list[int]], budget: TermBudget) -> IntPoly:
    """The loss at x = matrix * y."""
    n = len(matrix)
    powers: list[list[IntPoly]] = [[{(0,) * n: 1}] for _ in range(n)]
    forms = [{kernel.unit(n, j): c for j, c in enumerate(row) if c} for row in matrix]
    result: IntPoly = {}
    for m, c in loss.items():
        term: IntPoly = {(0,) * n: c}
        for i, e in enumerate(m):
            while len(powers[i]) <= e:
                budget.spend(len(powers[i][-1]) * len(forms[i]))
                powers[i].append(multiply(powers[i][-1], forms[i]))
                kernel.limit(len(powers[i][-1]), kernel.MAX_PROBLEM_TERMS, "terms of the objective")
            if e:
                budget.spend(len(term) * len(powers[i][e]))
                term = multiply(term, powers[i][e])
                kernel.limit(len(term), kernel.MAX_PROBLEM_TERMS, "terms of the objective")
        add_into(result, term)
        kernel.limit(len(result), kernel.MAX_PROBLEM_TERMS, "terms of the objective")
    return result


def _blocks(loss: IntPoly, groups: list[int]) -> list[tuple[IntPoly, int]]:
    """Rule X3: the summand of each group, in the variables of the group; the constant term is left out."""
    count = max(groups, default=-1) + 1
    blocks: list[dict[Exponents, int]] = [{} for _ in range(count)]
    for m, c in loss.items():
        used = {g for g, e in zip(groups, m, strict=True) if e}
        kernel.need(len(used) <= 1, "X3", "a product of variables of two groups", "a sum of one summand for each group")
        for g in used:
            blocks[g][tuple(e for e, h in zip(m, groups, strict=True) if h == g)] = c
    return [(block, groups.count(g)) for g, block in enumerate(blocks)]
