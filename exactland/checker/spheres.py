"""Rules W19 to W22: the types along components of critical points on a sphere."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from . import kernel
from .inertia import rational_inertia
from .kernel import RationalPoly, TermBudget, add_into, derivative, multiply, rational, record, value_at
from .problem import Problem

EXTENDED = ("tangent", "squares", "tube")


def extended(
    entry: dict[str, Any], problem: Problem, generators: Sequence[RationalPoly], budget: TermBudget
) -> RationalPoly:
    """Rule W20: the Lagrangian plus (m - p) q + c (q^2 + (m - p)^2), where m - p, like q, vanishes on the component."""
    if "extension" not in entry:
        return problem.loss
    kernel.need(bool(problem.sphere), "F2", "an extension without a sphere", "extensions from a sphere")
    n = len(problem.variables)
    given = record(entry["extension"], "multiplier penalty cofactors", where="extension")
    gap: RationalPoly = {kernel.unit(n, n - 1): Fraction(1)}
    p = budget.polynomial(given["multiplier"], n)
    kernel.need(all(not m[-1] for m in p), "W20", "a multiplier of itself", "a polynomial in the variables")
    add_into(gap, p, -1)
    rest = dict(gap)
    cofactors = kernel.sequence(given["cofactors"], "cofactors", len(generators))
    for text, g in zip(cofactors, generators, strict=True):
        factor = budget.polynomial(text, n)
        budget.spend(kernel.products(factor, g))
        add_into(rest, multiply(factor, g), -1)
    kernel.need(not rest, "W20", "another multiplier", "the multiplier modulo the generators")
    c = rational(given["penalty"], "penalty")
    off = _off_sphere(problem)
    result = dict(problem.loss)
    for weight, left, right in ((Fraction(1), gap, off), (c, off, off), (c, gap, gap)):
        budget.spend(kernel.products(left, right))
        add_into(result, multiply(left, right), weight)
    return result


def _off_sphere(problem: Problem) -> RationalPoly:
    """The sum of the squares minus 1."""
    n = len(problem.variables)
    result = {tuple(2 * (k == i) for k in range(n)): Fraction(1) for i in problem.sphere}
    return {**result, (0,) * n: Fraction(-1)}


def proved_on_sphere(proof: dict[str, Any], extension: bool) -> None:
    """Rule W21: curvature and arcs along the sphere, extrema of an extension, or that there is no point."""
    flat = "semidefinite" in proof
    suited = extension == (proof["rule"] in EXTENDED or flat)
    kernel.need(suited, "W21", proof["rule"], f"an extension beside {', '.join(EXTENDED)}, semidefinite, and no other")
    below, above = (_shown_by(proof.get(side)) for side in ("below", "above"))
    curved = below == "fields" and above in ("fields", "arcs")
    saddle = (below == "arcs" and above in (None, "arcs")) if flat else curved
    shown = saddle if proof["rule"] == "saddle" else extension or proof["rule"] == "empty"
    kernel.need(shown, "W21", "a proof for points without constraint", "fields and arcs for lower and higher values")


def _shown_by(side: Any) -> str | None:
    """How values on one side are shown."""
    if side is None:
        return None
    return next((key for key in ("fields", "arcs") if isinstance(side, dict) and key in side), "another way")


def inertia_at(problem: Problem, point: Sequence[Fraction]) -> tuple[int, int, int]:
    """That of the Hessian at a rational critical point; on the tangent space where there is a sphere (section 16)."""
    n = len(problem.variables)
    slopes = [derivative(problem.loss, i) for i in range(n)]
    hessian = [[value_at(derivative(g, k), list(point)) for k in range(n)] for g in slopes]
    positive, zero, negative = rational_inertia(hessian)
    return (positive - 1, zero, negative - 1) if problem.sphere else (positive, zero, negative)
