"""The prime of an elimination: a small one first, and another one where the matrix is singular modulo it."""

from __future__ import annotations

import json

import pytest

from exactland import solve
from exactland.certify.json_forms import with_prime
from exactland.landscape import Completeness


@pytest.mark.parametrize("rule", ["rank", "levels"])
@pytest.mark.parametrize(
    ("objective", "prime"),
    [
        ("3*x^4 + y^4 + x^2*y + x - y", 2**19 - 1),
        ("524287*x^4 + y^4 + x^2*y + x - y", 2**31 - 1),
        ("1125897759358976*x^4 + y^4 + x^2*y + x - y", 2**31 - 1),
        ("1125897758834689*x^4 + y^4 + x^2*y + x - y", 2**61 - 1),
    ],
    ids=["neither divides", "the first divides", "the first divides another", "both divide"],
)
def test_a_prime_that_divides_the_leading_coefficient_is_passed_over(objective: str, prime: int, rule: str) -> None:
    landscape = solve(objective, rule=rule)
    assert landscape.complete is Completeness.PROVED
    assert json.loads(landscape.certificate().text)["completeness"]["prime"] == str(prime)


def test_primes_of_smaller_objectives() -> None:
    leaf = {"form": ["1"], "lines": [], "completeness": {"rule": "rank", "prime": "1", "rows": [], "basis": []}}
    bezout = {"form": ["1"], "lines": [], "completeness": {"rule": "bezout", "groups": [0]}}
    nested = {
        "rule": "eliminate",
        "variables": [0],
        "inner": {**leaf, "completeness": {"rule": "product", "groups": []}},
    }
    nested["inner"]["completeness"]["inner"] = [leaf, bezout]  # type: ignore[index]
    changed = with_prime(nested, 7)
    parts = changed["inner"]["completeness"]["inner"]
    assert parts[0]["completeness"]["prime"] == "7"
    assert parts[1] == bezout
    assert leaf["completeness"]["prime"] == "1"  # type: ignore[index]
