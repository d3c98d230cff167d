"""The equations of a set of critical points on a sphere, without the multiplier."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq_mpoly

from exactland.checker.problem import Problem
from exactland.classify.modulo import Basis, TooLarge
from exactland.polynomial import ring, to_fmpq

_SECONDS = 2.0
Terms = Sequence[tuple[tuple[int, ...], Fraction | int]]


def without_multiplier(problem: Problem, terms: Terms) -> fmpq_mpoly:
    """A polynomial with half of the sum of x_i dL/dx_i over the sphere in place of the multiplier, the last variable:
    at critical points they are equal.
    """
    context = ring(problem.variables[:-1])
    objective = context.from_dict({m[:-1]: to_fmpq(c) for m, c in problem.loss.items() if not m[-1]})
    multiplier = sum((context.gen(i) * objective.derivative(i) for i in problem.sphere), context.constant(0)) / 2
    parts = (context.from_dict({m[:-1]: to_fmpq(a)}) * multiplier ** m[-1] for m, a in terms)
    return sum(parts, context.constant(0))


def sphere_equations(problem: Problem, generators: Sequence[Terms]) -> list[str]:
    """Equations that have the same solutions on the sphere as the generators; what follows from others that have no
    multiplier is left out.
    """
    plain = [without_multiplier(problem, g) for g in generators if not any(m[-1] for m, _ in g)]
    others = [without_multiplier(problem, g) for g in generators if any(m[-1] for m, _ in g)]
    try:
        basis = Basis(plain, ring(problem.variables[:-1]), real=False, seconds=_SECONDS)
        others = [basis.normal(p) for p in others]
    except TooLarge:
        pass
    return [f"{p} = 0" for p in (*plain, *others) if not p.is_zero()]
