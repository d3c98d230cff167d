"""A rational point on a part of a component, by fixing one variable after the other at small numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify.modulo import Basis, TooLarge
from exactland.polynomial import from_fmpq, to_fmpq

_VALUES = tuple(
    Fraction(v) for v in ("1", "-1", "0", "2", "-2", "1/2", "-1/2", "3", "3/5", "-3/5", "4/5", "5/13", "1/3")
)


def rational_point(
    equations: Sequence[fmpq_mpoly],
    ring: fmpq_mpoly_ctx,
    suits: Callable[[list[Fraction]], bool],
    seconds: float = 1.5,
) -> list[Fraction] | None:
    """A rational zero of the equations that suits, or None when none was found in time."""
    deadline = time.monotonic() + seconds
    try:
        first = Basis(list(equations), ring, real=True, seconds=seconds)
    except TooLarge:
        return None
    stack = [first]
    while stack and time.monotonic() < deadline:
        basis = stack.pop()
        if basis.is_one():
            continue
        point = basis.point()
        if point is not None:
            if suits(point):
                return point
            continue
        children = []
        for added in _next(basis):
            try:
                children.append(Basis([*basis.basis, added], ring, real=True, seconds=0.5))
            except TooLarge:
                continue
            if time.monotonic() > deadline:
                break
        stack.extend(reversed(children))
    return None


def _next(basis: Basis) -> Iterator[fmpq_mpoly]:
    """Equations that fix one more variable: rational roots where an element has one variable, else small numbers."""
    gens = basis.ring.gens()
    for p in basis.basis:
        used = [i for i, d in enumerate(p.degrees()) if d]
        if len(used) == 1 and p.total_degree() > 1:
            for f, _ in p.factor()[1]:
                if f.total_degree() == 1:
                    yield f
            return
    degrees = [max((int(p.degrees()[i]) for p in basis.basis), default=0) for i in range(len(gens))]
    order = sorted(range(len(gens)), key=lambda i: -degrees[i])  # what is left is of low degree
    free = next(gens[i] for i in order if not basis.normal(gens[i]).is_constant())
    for value in _VALUES:
        yield free - to_fmpq(value)


def satisfies(point: Sequence[Fraction], nonzero: Sequence[fmpq_mpoly], positive: Sequence[fmpq_mpoly]) -> bool:
    """Whether some `nonzero` (if any) is not 0 and all `positive` are positive."""
    exact = [to_fmpq(x) for x in point]
    some = not nonzero or any(h(*exact) != 0 for h in nonzero)
    return some and all(from_fmpq(p(*exact)) > 0 for p in positive)
