"""The gradient system of a polynomial objective, in the forms that engines and the refinement need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq_mpoly, fmpz_mat

from exactland.checker.calculus import Calculus
from exactland.checker.lines import Elements
from exactland.checker.problem import Problem, read_problem
from exactland.engines.base import PolynomialSystem
from exactland.objective import Objective
from exactland.polynomial import from_terms, ring, terms


@dataclass(frozen=True)
class GradientSystem:
    """The gradient times one positive integer, and its derivatives.

    With points on a sphere it is that of the Lagrangian, and `sphere` lists the variables on the sphere.
    """

    polynomial: fmpq_mpoly
    system: PolynomialSystem
    elements: Elements
    calculus: Calculus
    sphere: tuple[int, ...] = ()

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
    problem = read_problem(objective.statement)
    polynomial = from_terms(ring(problem.variables), [(c, m) for m, c in problem.loss.items()])
    return replace(gradient_system(polynomial, problem.variables), sphere=problem.sphere)


def gradient_system(polynomial: fmpq_mpoly, variables: tuple[str, ...]) -> GradientSystem:
    """The system of a polynomial without constraint."""
    loss = {m: c for c, m in terms(polynomial)}
    elements = Elements(Problem(variables, loss))
    equations = tuple(tuple((c, m) for m, c in g.items()) for g in elements.gradient)
    return GradientSystem(polynomial, PolynomialSystem(variables, equations), elements, Calculus(elements, loss))


def trivially_infinite(objective: Objective) -> bool:
    """Whether a variable does not occur, or scalings of the variables leave the objective unchanged."""
    if objective.on_sphere:
        return False
    exponents = [list(m) for _, m in terms(objective.polynomial)]
    return not exponents or fmpz_mat(exponents).rank() < len(objective.variables)
