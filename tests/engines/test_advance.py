"""Who gets a child in advance: objectives whose paths will be tracked, and nobody without a processor for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from exactland.engines.advance import likely_engine
from exactland.kind import degrees
from exactland.objective import as_objective
from exactland.parser import as_expression

DENSE = "a^4 + 2*b^4 + 3*c^4 + 4*d^4 + a*b*c + b*c*d + a + 2*b + 3*c + d"


@pytest.mark.parametrize(
    ("expression", "total", "alone"),
    [
        ("(a*b - 1)^2 + a", 4, {"a": 2, "b": 2}),
        ("2*(a + b^3)*a - 7*c", 4, {"a": 2, "b": 3, "c": 1}),
        ("3", 0, {}),
        ("a^2*(b + 1)^3 - a^5", 5, {"a": 5, "b": 3}),
    ],
)
def test_degrees_are_bounded_without_expanding(expression: str, total: int, alone: dict[str, int]) -> None:
    assert degrees(as_expression(expression)) == (total, alone)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (DENSE, "homotopy"),
        ("a^4 + b^4 + a*b", None),
        ("(a*b*c*d*e - 1)^2 + a^2 + b^2 + c^2 + d^2 + e^2", None),
        ("(a^2 - 1)^2 + (a*b - 2)^2 + (a*c - 3)^2 + (a*d - 1)^2 + (b*c - 1)^2 + (b*d - 4)^2 + (c*d - 5)^2", "homotopy"),
        ("(c*(a + 2*b)^3 - 1)^2 + (c*(3*a - b)^3 - 2)^2 + a^2 + b^2 + c^2", "macaulay"),
        ("(c*(a + 2*b)^2 - 1)^2 + (c*(3*a - b)^2 - 2)^2 + a^2 + b^2 + c^2", None),
    ],
)
def test_which_objectives_get_one(expression: str, expected: str | None) -> None:
    assert likely_engine(as_objective(expression)) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is none in advance")
@pytest.mark.parametrize(
    ("cores", "more", "expected"),
    [(2, "", ["True", "proved", "81"]), (1, "", ["False", "proved", "81"]), (2, ", engines=['macaulay']", ["False"])],
)
def test_it_is_made_before_flint_is_imported(cores: int, more: str, expected: list[str]) -> None:
    code = (
        "import os, sys\n"
        f"os.sched_getaffinity = lambda _: range({cores})\n"
        "fork = os.fork\n"
        "def watched():\n"
        "    print('flint' not in sys.modules, flush=True)\n"
        "    return fork()\n"
        "os.fork = watched\n"
        "from exactland.api import solve\n"
        f"land = solve({DENSE!r}{more})\n"
        "print(land.complete.value, land.complex_points)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split()[: len(expected)] == expected
