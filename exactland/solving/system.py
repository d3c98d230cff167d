"""The gradient system of a polynomial objective, in the forms that engines and the refinement need."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from flint import fmpq_mpoly, fmpz_mat

from exactland.engines.base import PolynomialSystem
from exactland.objective import Objective
from exactland.polynomial import from_terms, ring, terms

if TYPE_CHECKING:
    from exactland.checker.calculus import Calculus
    from exactland.checker.lines import Elements


@dataclass(frozen=True, eq=False)
class GradientSystem:
    """The gradient times one positive integer, and its derivatives.

    With points on a sphere it is that of the Lagrangian, and `sphere` lists the variables on the sphere. What belongs
    to the checker is made when it is asked for, so that engines are at work before the checker is imported.
    """

    polynomial: fmpq_mpoly
    system: PolynomialSystem
    sphere: tuple[int, ...] = ()

    @cached_property
    def elements(self) -> Elements:
        """The gradient as the checker has it."""
        from exactland.checker.lines import Elements
        from exactland.checker.problem import Problem

        found = Elements(Problem(self.variables, self.loss))
        if found.gradient != [{m: c for c, m in equation} for equation in self.system.equations]:
            raise RuntimeError("the gradient of the engines is not that of the checker")
        return found

    @cached_property
    def calculus(self) -> Calculus:
        """Values of the gradient and of its derivatives."""
        from exactland.checker.calculus import Calculus

        return Calculus(self.elements, self.loss)

    def inertia(self, of_hessian: tuple[int, int, int]) -> tuple[int, int, int]:
        """The inertia that counts: on a sphere that on the tangent space (section 16 of `proofs/SPEC.md`)."""
        positive, zero, negative = of_hessian
        return (positive - 1, zero, negative - 1) if self.sphere else of_hessian

    @property
    def variables(self) -> tuple[str, ...]:
        return self.system.variables

    @property
    def loss(self) -> dict[tuple[int, ...], Fraction]:
        return {m: c for c, m in terms(self.polynomial)}


def gradient_system_of(objective: Objective) -> GradientSystem:
    """The system whose real solutions are the critical points; on a sphere that of the Lagrangian."""
    if not objective.on_sphere:
        return gradient_system(objective.polynomial, objective.variables)
    from exactland.checker.problem import read_problem

    problem = read_problem(objective.statement)
    polynomial = from_terms(ring(problem.variables), [(c, m) for m, c in problem.loss.items()])
    return replace(gradient_system(polynomial, problem.variables), sphere=problem.sphere)


def gradient_system(polynomial: fmpq_mpoly, variables: tuple[str, ...]) -> GradientSystem:
    """The system of a polynomial without constraint."""
    loss, count = terms(polynomial), len(variables)
    slopes = [[(c * m[k], (*m[:k], m[k] - 1, *m[k + 1 :])) for c, m in loss if m[k]] for k in range(count)]
    scale = math.lcm(*(c.denominator for slope in slopes for c, _ in slope))
    equations = tuple(tuple((c.numerator * (scale // c.denominator), m) for c, m in slope) for slope in slopes)
    return GradientSystem(polynomial, PolynomialSystem(variables, equations))


def trivially_infinite(objective: Objective) -> bool:
    """Whether a variable does not occur, or scalings of the variables leave the objective unchanged."""
    if objective.on_sphere:
        return False
    exponents = [list(m) for _, m in terms(objective.polynomial)]
    return not exponents or fmpz_mat(exponents).rank() < len(objective.variables)
