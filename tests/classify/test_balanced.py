"""Symmetric objectives with noncompact orbits: the infimum is attained, and the evidence is an identity."""

from __future__ import annotations

import pytest
from flint import fmpq, fmpq_mpoly

import exactland as el
from exactland.classify.balanced import prove_balanced
from exactland.classify.symmetries import symmetries
from exactland.polynomial import ring

CASES = {
    "two layers": ("a b", "(a*b - 1)^2"),
    "four layers": ("a b c d", "(a*b*c*d - 1)^2"),
    "rank one": ("a b c d", "(a*c - 2)^2 + (a*d - 1)^2 + (b*c - 1)^2 + (b*d - 3)^2"),
    "2-1-1-2": ("p q s a b", "(s*p*a - 2)^2 + (s*p*b - 1)^2 + (s*q*a - 1)^2 + (s*q*b - 3)^2"),
}


def polynomial(variables: str, expression: str) -> fmpq_mpoly:
    names = variables.split()
    gens = dict(zip(names, ring(names).gens(), strict=True))
    return eval(expression.replace("^", "**"), gens)


@pytest.mark.parametrize("name", CASES)
def test_evidence_is_an_identity(name: str) -> None:
    p = polynomial(*CASES[name])
    found = prove_balanced(p)
    assert found is not None
    gens = p.context().gens()
    changed = p
    for matrix, factor in found.balances:
        image = [sum((c * x for c, x in zip(row, gens, strict=True)), 0 * gens[0]) for row in matrix]
        assert sum((image[i] * p.derivative(i) for i in range(len(gens))), 0 * gens[0]).is_zero()
        changed = changed + factor * sum((x * y for x, y in zip(gens, image, strict=True)), 0 * gens[0])
    assert found.form.proves(changed)


def test_nothing_without_a_symmetry() -> None:
    assert prove_balanced(polynomial("a b", "(a*b - 1)^2 + a^2")) is None


def test_rotations_do_not_balance() -> None:
    """x^T A x is 0 for a rotation: it says nothing about where the least norm is attained."""
    p = polynomial("a b", "(a^2 + b^2 - 1)^2")
    assert len(symmetries(p, shifts=False)) == 1
    assert prove_balanced(p) is None


def test_not_where_the_infimum_is_not_attained() -> None:
    """0 is approached for a b -> 0 and a b c -> 1."""
    p = polynomial("a b c", "(a*b*c - 1)^2 + (a*b)^2")
    assert symmetries(p, shifts=False)
    assert prove_balanced(p) is None


def test_symmetries_are_found_over_the_rationals() -> None:
    (matrix,) = symmetries(polynomial("a b", "(a*b - 1)^2"), shifts=False)
    assert matrix[0][0] == -matrix[1][1] != 0
    assert matrix[0][1] == matrix[1][0] == fmpq(0)


def test_an_irrational_minimum_is_global() -> None:
    a, b, c, d = el.variables("a b c d")
    land = el.solve((a * c - 2) ** 2 + (a * d - 1) ** 2 + (b * c - 1) ** 2 + (b * d - 3) ** 2)
    assert land.infimum is not None
    assert land.infimum.attained is True
