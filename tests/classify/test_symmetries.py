"""Continuous symmetries, and which of them move critical points."""

from __future__ import annotations

import pytest

from exactland.classify.symmetries import moving, symmetries
from exactland.objective import as_objective

FIELDS = [  # the number of fields, and how many of a basis do not vanish at all critical points
    ("(a*b - 1)^2", 1, 1),
    ("a^2 + b^2", 1, 0),
    ("(a^2 + b^2 - 1)^2", 1, 1),
    ("a^2 + b^2 + (c^2 + d^2 - 1)^2", 2, 1),
    ("(a - 1)^2 + (b + 2)^2 + c^4", 1, 0),
    ("(a*b - 1)^2 + c^2 + d^2", 2, 1),
    ("(a + b)^4 + a + b", 3, 3),
    ("a^4 + b^3 + a*b", 0, 0),
]


@pytest.mark.parametrize(("expression", "fields", "seen"), FIELDS)
def test_fields_and_those_that_move_critical_points(expression: str, fields: int, seen: int) -> None:
    polynomial = as_objective(expression).polynomial
    assert (len(symmetries(polynomial, shifts=True)), len(moving(polynomial))) == (fields, seen)
