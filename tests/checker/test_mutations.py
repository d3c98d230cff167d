"""Mutants of good certificates: every outcome is clean, and no accepted mutant claims more than the original.

EXACTLAND_LONG=1 tries every single edit of every field.
"""

from __future__ import annotations

import json
import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.checker import Rejection, ResourceLimit, check_bytes
from tests.checker.build import check, encode
from tests.checker.good import NAMES, good
from tests.checker.mutants import mutants, overclaims, paths, replaced

LONG = os.environ.get("EXACTLAND_LONG") == "1"
QUICK = {
    "chain_of_three": 250,
    "degenerate_circle": 250,
    "equivariant_student": 250,
    "two_quadratic_neurons": 250,
    "motzkin": 250,
    "weighted_products": 250,
    "linear_network": 250,
    "cubic_product": 250,
    "rational_wells": 250,
}


def outcome(data: bytes) -> str:
    """Every other exception is a failure of the test."""
    try:
        check_bytes(data)
    except Rejection as error:
        return error.rule
    except ResourceLimit:
        return "RESOURCE"
    return "ACCEPT"


@pytest.mark.parametrize("name", NAMES)
def test_accepted_mutants_claim_no_more(name: str) -> None:
    original = check(good(name))
    most = None if LONG else QUICK.get(name, 500)
    tried = accepted = 0
    for path, mutant in mutants(good(name), name, most):
        tried += 1
        try:
            report = check(mutant)
        except (Rejection, ResourceLimit):
            continue
        accepted += 1
        assert overclaims(original, report) == [], (path, mutant)
    assert tried >= 200
    assert accepted < tried / 4


@pytest.mark.parametrize("name", NAMES)
def test_pairs_of_edits(name: str) -> None:
    """Two edits at once, so that one may hide the other."""
    original, source = check(good(name)), random.Random(f"pairs {name}")
    accepted = []
    for _ in range(3000 if LONG else 60):
        mutant = good(name)
        for _ in range(2):
            places = list(paths(mutant))
            path, old = source.choice(places)
            place = mutant
            for key in path[:-1]:
                place = place[key]  # type: ignore[index]
            place[path[-1]] = source.choice(replaced(old))  # type: ignore[index]
        try:
            report = check(mutant)
        except (Rejection, ResourceLimit):
            continue
        accepted.append(overclaims(original, report))
    assert all(claims == [] for claims in accepted)


@pytest.mark.parametrize("one", NAMES)
def test_parts_of_another_certificate(one: str) -> None:
    """Each top-level entry replaced by that of every other certificate."""
    original = check(good(one))
    for other in NAMES:
        for key in good(one).keys() & good(other).keys() - {"problem"}:
            mixed = {**good(one), key: good(other)[key]}
            try:
                report = check(mixed)
            except (Rejection, ResourceLimit):
                continue
            assert overclaims(original, report) == [], (other, key)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.text(max_size=8)
    | st.sampled_from(["0", "1", "-1/2"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=2000 if LONG else 150)
def test_random_json_is_rejected(value: object) -> None:
    assert outcome(json.dumps(value).encode()) in ("F1", "F2", "F3", "RESOURCE")


@given(st.data())
@settings(max_examples=20000 if LONG else 600)
def test_random_entries_end_cleanly(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    mutant = good(name)
    path, _ = data.draw(st.sampled_from(list(paths(mutant))))
    place = mutant
    for key in path[:-1]:
        place = place[key]  # type: ignore[index]
    place[path[-1]] = data.draw(JSON)  # type: ignore[index]
    assert outcome(encode(mutant)) != ""


@given(st.data())
@settings(max_examples=5000 if LONG else 300)
def test_random_bytes_end_cleanly(data: st.DataObject) -> None:
    text = bytearray(encode(good(data.draw(st.sampled_from(["double_well", "facts", "network"])))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert outcome(bytes(text)) != ""
