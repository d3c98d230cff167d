"""Forms that vanish together more than they should, because they have factors in common.

On a product of projective spaces as many forms as its dimension have isolated common zeros as a rule. Where some
variables are 0, and a few of the factors that are left, the forms may all vanish: when these are fewer than the
dimension, and the spaces are large enough for them, there are curves of common zeros.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from math import gcd

from exactland.engines.base import Exponents, Terms

#: So many sets of variables that are 0, and choices of factors, are tried.
MAX_CHOICES = 300

#: A polynomial that is not 0, primitive, its first coefficient positive.
Factor = tuple[tuple[Exponents, int], ...]


def common_curve(names: Sequence[str], members: Sequence[Sequence[int]], forms: Sequence[Terms]) -> bool:
    """Whether curves of common zeros are seen, with these groups of variables, one for each projective space."""
    from exactland.polynomial import from_terms, integer_terms, ring

    ours = ring(names)
    factors = [
        [tuple(integer_terms(f).items()) for f, _ in from_terms(ours, list(form)).factor()[1]] for form in forms if form
    ]
    most = sum(len(group) - 1 for group in members) - 1  # hypersurfaces for a curve
    budget = iter(range(MAX_CHOICES))
    alone = sorted({m.index(1) for found in factors for f in found if len(f) == 1 for m, _ in f})
    for zeros in itertools.chain.from_iterable(itertools.combinations(alone, r) for r in range(most + 1)):
        left = [len(group) - 1 - len(set(group) & set(zeros)) for group in members]
        if min(left) >= 0:
            search = _Few(members, left, [rest for found in factors if (rest := _inside(found, zeros)) is not None])
            if search.found({(0,) * len(left)}, (), most - len(zeros), budget):
                return True
            if next(budget, None) is None:
                return False
    return False


def _inside(factors: Sequence[Factor], zeros: Collection[int]) -> set[Factor] | None:
    """The factors where these variables are 0; None when one of them vanishes."""
    result = set()
    for factor in factors:
        terms = [(m, c) for m, c in factor if not any(m[k] for k in zeros)]
        if not terms:
            return None
        content = gcd(*(c for _, c in terms)) * (1 if terms[0][1] > 0 else -1)
        result.add(tuple((m, c // content) for m, c in terms))
    return result


class _Few:
    """The search for a few factors, not variables, one in each form, in spaces of these dimensions."""

    def __init__(self, members: Sequence[Sequence[int]], left: Sequence[int], forms: Sequence[set[Factor]]) -> None:
        self.left, self.forms = left, forms
        self.reach = {
            f: [g for g, group in enumerate(members) if any(m[k] for m, _ in f for k in group)]
            for f in set().union(*forms)
        }

    def found(self, ways: set[tuple[int, ...]], chosen: tuple[Factor, ...], more: int, budget: Iterator[int]) -> bool:
        """Whether these factors and at most so many more are enough; a way says what they take off the dimensions."""
        rest = [form for form in self.forms if form.isdisjoint(chosen)]
        if not rest:
            return True
        if more == 0 or next(budget, None) is None:
            return False
        for factor in min(rest, key=len):
            if len(factor) > 1:
                cut = {
                    (*way[:g], way[g] + 1, *way[g + 1 :])
                    for way in ways
                    for g in self.reach[factor]
                    if way[g] < self.left[g]
                }
                if cut and self.found(cut, (*chosen, factor), more - 1, budget):
                    return True
        return False
