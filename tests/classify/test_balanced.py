"""Symmetric objectives with noncompact orbits, and others with noncompact sublevel sets: the infimum is attained, and
the evidence is an identity.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mpoly

import exactland as el
from exactland.classify.balanced import prove_balanced, prove_below
from exactland.classify.symmetries import symmetries
from exactland.polynomial import ring

SECONDS = 60  # the proofs take one or two; more only on a busy machine
CASES = {
    "two layers": ("a b", "(a*b - 1)^2"),
    "four layers": ("a b c d", "(a*b*c*d - 1)^2"),
    "rank one": ("a b c d", "(a*c - 2)^2 + (a*d - 1)^2 + (b*c - 1)^2 + (b*d - 3)^2"),
    "hidden bias": ("w b v c", "(v*w + v*b + c - 2)^2 + (v*b + c - 1)^2 + (2*v*w + v*b + c)^2"),
    "three layers with biases": (
        "p b q c r d",
        "(r*(q*(p + b) + c) + d - 2)^2 + (r*(q*b + c) + d - 1)^2 + (r*(q*(2*p + b) + c) + d)^2",
    ),
    "2-1-1-2": ("p q s a b", "(s*p*a - 2)^2 + (s*p*b - 1)^2 + (s*q*a - 1)^2 + (s*q*b - 3)^2"),
}


def polynomial(variables: str, expression: str) -> fmpq_mpoly:
    names = variables.split()
    gens = dict(zip(names, ring(names).gens(), strict=True))
    return eval(expression.replace("^", "**"), gens)


@pytest.mark.parametrize("name", CASES)
def test_evidence_is_an_identity(name: str) -> None:
    p = polynomial(*CASES[name])
    found = prove_balanced(p, seconds=SECONDS)
    assert found is not None
    assert found.balances
    assert found.level is None
    assert found.proves(p)
    assert not found.proves(p + p.context().gens()[0])


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


RING = "(u*x - 1)^2 + (u*y - 2)^2 + (v*x - 3)^2 + (v*z - 1)^2 + (w*y - 1)^2 + (w*z - 2)^2"


@pytest.mark.parametrize(
    ("variables", "expression", "level"),
    [
        ("x y", "(x*y - 1)^2 + (x - 1)^2", Fraction(1, 8)),
        ("x y z", "(x*y - 1)^2 + (x*z - 2)^2 + (y*z - 3)^2", Fraction(1, 2)),
        ("u v w x y z", RING, Fraction(12, 5)),
    ],
)
def test_below_a_level(variables: str, expression: str, level: Fraction) -> None:
    p = polynomial(variables, expression)
    assert prove_balanced(p) is None
    found = prove_below(p, level, seconds=SECONDS)
    assert found is not None
    assert found.level is not None
    assert found.proves(p)
    assert not found.proves(p + 1)


@pytest.mark.parametrize(
    ("expression", "level"),
    [
        ("(x*y - 1)^2 + x^2", Fraction(1, 2)),  # 0 is approached
        ("(x*y - 1)^2 + (x - 1)^2", Fraction(3, 2)),  # 1 is approached
    ],
)
def test_not_above_what_is_approached(expression: str, level: Fraction) -> None:
    assert prove_below(polynomial("x y", expression), level) is None


def test_a_ring_of_entries_has_its_infimum_at_the_lowest_set() -> None:
    land = el.solve(RING)
    assert land.infimum is not None
    assert land.infimum.attained is True
    assert not land.not_established


def test_a_linear_network_with_bias_has_its_infimum_at_the_lowest_set() -> None:
    network = {"widths": [2, 1, 2], "activation": "identity", "bias": True}
    data = {"inputs": [["1", "0"], ["0", "1"], ["0", "0"]], "targets": [["2", "0"], ["0", "1"], ["1", "1"]]}
    loss = {"kind": "squared", "scale": "1", "ridge": "0"}
    land = el.solve(el.Objective.from_statement({"network": network, "data": data, "loss": loss}))
    assert land.infimum is not None
    assert land.infimum.attained is True
    assert not land.not_established
