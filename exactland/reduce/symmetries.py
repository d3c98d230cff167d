"""Signed permutations of the variables that leave a polynomial unchanged.

Convention. s is a tuple of nonzero integers +-1..+-n whose absolute values are a permutation of 1..n. s is a symmetry
of p when p(y) == p(x) as polynomials in x, with y_i = sign(s[i]) * x_(|s[i]| - 1), indices from 0. So (2, -1) means
p(x1, -x0) == p(x0, x1).

Every generator returned has been verified exactly, so the tuple always generates a group of symmetries. It is the
full group unless the search was cut off by its node budget, which ordinary polynomials do not reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq, fmpq_mpoly

Exponents = tuple[int, ...]
SignedPermutation = tuple[int, ...]
MAXIMUM_VARIABLES = 12
_NODE_BUDGET = 3000


def terms(p: fmpq_mpoly) -> dict[Exponents, fmpq]:
    """Exponent vector -> coefficient, with plain int exponents."""
    return {tuple(int(k) for k in e): c for e, c in p.to_dict().items()}


def preserves(p: fmpq_mpoly, s: SignedPermutation) -> bool:
    """Exact test that s is a symmetry of p."""
    count = p.context().nvars()
    if sorted(abs(v) for v in s) != list(range(1, count + 1)):
        return False
    return _preserves(terms(p), s)


def _preserves(known: dict[Exponents, fmpq], s: SignedPermutation) -> bool:
    target = [abs(v) - 1 for v in s]
    negative = [i for i, v in enumerate(s) if v < 0]
    for e, c in known.items():
        moved = [0] * len(s)
        for i, j in enumerate(target):
            moved[j] = e[i]
        other = known.get(tuple(moved))
        odd = sum(e[i] for i in negative) % 2
        if other is None or other != (-c if odd else c):
            return False
    return True


def signed_permutations(p: fmpq_mpoly) -> tuple[SignedPermutation, ...]:
    """Generators of the group of signed permutations that leave p unchanged; empty when only the identity does (or n
    > 12).
    """
    count = p.context().nvars()
    known = terms(p)
    if count == 0 or count > MAXIMUM_VARIABLES:
        return ()
    found = [tuple(-(i + 1) if word >> i & 1 else i + 1 for i in range(count)) for word in _sign_words(known, count)]
    found.extend(_Search(known, count).generators())
    return tuple(s for s in dict.fromkeys(found) if _preserves(known, s))


def _sign_words(known: dict[Exponents, fmpq], count: int) -> list[int]:
    """A basis of the sign vectors orthogonal modulo 2 to every exponent vector, as bit words."""
    solution = _solve_parity([(_bits(e), 0) for e in known], count)
    return [] if solution is None else solution[1]


def _bits(exponents: Sequence[int]) -> int:
    return sum(1 << i for i, a in enumerate(exponents) if a % 2)


def _solve_parity(equations: Sequence[tuple[int, int]], count: int) -> tuple[int, list[int]] | None:
    """A solution word and a basis of the homogeneous solutions of a linear system over F2; None when inconsistent."""
    rows: dict[int, tuple[int, int]] = {}
    for word, right in dict.fromkeys(equations):
        while word:
            lead = word.bit_length() - 1
            if lead not in rows:
                rows[lead] = (word, right)
                break
            word, right = word ^ rows[lead][0], right ^ rows[lead][1]
        if not word and right:
            return None
    free = [i for i in range(count) if i not in rows]

    def complete(word: int, inhomogeneous: bool) -> int:
        for lead in sorted(rows):
            row, right = rows[lead]
            parity = (row & word & ((1 << lead) - 1)).bit_count() + (right if inhomogeneous else 0)
            if parity % 2:
                word |= 1 << lead
        return word

    return complete(0, True), [complete(1 << i, False) for i in free]


class _Search:
    """Backtracking over permutations, pruned by colour refinement of the variables against the terms."""

    def __init__(self, known: dict[Exponents, fmpq], count: int) -> None:
        self.known = known
        self.count = count
        self.nodes = 0
        sizes = {c: i for i, c in enumerate(dict.fromkeys(abs(c) for c in known.values()))}
        self.terms = [(sizes[abs(c)], [(i, a) for i, a in enumerate(e) if a]) for e, c in known.items()]

    def refine(self, fixed: Sequence[int]) -> list[int]:
        """Colours of the variables, invariant under symmetries that fix the listed variables in order.

        Colours are hashes of numbers, which are the same in every process; where two of them should meet by accident
        the search takes longer.
        """
        colours = [0] * self.count
        for mark, i in enumerate(fixed, 1):
            colours[i] = mark
        classes = -1
        for _ in range(self.count + 2):
            seen = [0] * self.count
            for size, factors in self.terms:
                whole = hash((size, sum([hash((colours[i], a)) for i, a in factors])))
                for i, a in factors:
                    seen[i] += hash((whole, a))
            colours = [hash(pair) for pair in zip(colours, seen, strict=True)]
            now = len(set(colours))
            if now == classes:
                break
            classes = now
        return colours

    def generators(self) -> Iterator[SignedPermutation]:
        """A strong generating set modulo signs: for each prefix of fixed variables, one symmetry per new point of the
        orbit.
        """
        found: list[tuple[int, SignedPermutation]] = []
        for level in range(self.count - 2, -1, -1):
            prefix = list(range(level))
            source = self.refine(prefix)
            for j in range(level + 1, self.count):
                if source[j] != source[level] or j in self._orbit(level, found):
                    continue
                s = self._extend([*prefix, level], [*prefix, j])
                if s is not None:
                    found.append((level, s))
                    yield s

    def _orbit(self, level: int, found: Sequence[tuple[int, SignedPermutation]]) -> set[int]:
        orbit = {level}
        queue = [level]
        while queue:
            i = queue.pop()
            for _, s in found:
                j = abs(s[i]) - 1
                if j not in orbit:
                    orbit.add(j)
                    queue.append(j)
        return orbit

    def _extend(self, source: list[int], image: list[int]) -> SignedPermutation | None:
        """A symmetry that sends the fixed variables to their images, or None."""
        self.nodes += 1
        if self.nodes > _NODE_BUDGET:
            return None
        left, right = self.refine(source), self.refine(image)
        if sorted(left) != sorted(right):
            return None
        groups: dict[int, list[int]] = {}
        for j, colour in enumerate(right):
            groups.setdefault(colour, []).append(j)
        open_variables = [i for i in range(self.count) if len(groups[left[i]]) > 1 and i not in source]
        if not open_variables:
            guess = [groups[colour][0] for colour in left]
            for i, j in zip(source, image, strict=True):
                guess[i] = j
            return self._with_signs(guess) if len(set(guess)) == self.count else None
        i = min(open_variables, key=lambda v: (len(groups[left[v]]), v))
        for j in groups[left[i]]:
            if j not in image:
                s = self._extend([*source, i], [*image, j])
                if s is not None:
                    return s
        return None

    def _with_signs(self, image: Sequence[int]) -> SignedPermutation | None:
        """Signs that make the permutation i -> image[i] a symmetry: one equation over F2 per term."""
        equations: list[tuple[int, int]] = []
        for e, c in self.known.items():
            moved = [0] * self.count
            for i, j in enumerate(image):
                moved[j] = e[i]
            other = self.known.get(tuple(moved))
            if other is None or abs(other) != abs(c):
                return None
            equations.append((_bits(e), int(other != c)))
        solution = _solve_parity(equations, self.count)
        if solution is None:
            return None
        return tuple(-(j + 1) if solution[0] >> i & 1 else j + 1 for i, j in enumerate(image))
