"""Completeness by the Bezout number where some of the zeros lie at infinity."""

from __future__ import annotations

import json
from itertools import combinations_with_replacement

import pytest

from exactland.api import solve
from exactland.certify.infinity import bezout_entry, ready_entries, zeros_at_infinity
from exactland.engines.base import PolynomialSystem, Zero
from exactland.engines.homotopy import Homotopy, unsuited
from exactland.engines.infinity import Boundary
from exactland.engines.tracking import search
from exactland.landscape import Completeness
from exactland.objective import as_objective
from exactland.solving.refine import Certified, Refiner
from exactland.solving.system import GradientSystem, gradient_system_of
from tests.engines.test_groups import MASKED, WEIGHTED


def completion(n: int, missing: set[tuple[int, int]]) -> str:
    """Rank-one completion of a symmetric matrix with odd entries."""
    pairs = [p for p in combinations_with_replacement(range(1, n + 1), 2) if p not in missing]
    return "+".join(f"(x{i}*x{j} - {(7 * i * i + 5 * j * i + 3 * j) % 19 + 1})^2" for i, j in pairs)


def system(expression: str) -> GradientSystem:
    return gradient_system_of(as_objective(expression))


def boundary(of: PolynomialSystem, groups: tuple[int, ...] | None = None) -> Boundary:
    return Boundary(of, groups or (0,) * len(of.variables))


def unit(n: int, k: int) -> Zero:
    return Zero((k,), tuple((int(i == k), 0) for i in range(n)))


WITHOUT_FIRST = completion(4, {(1, 1)})
WITHOUT_DIAGONAL = completion(4, {(i, i) for i in range(1, 5)})


@pytest.mark.parametrize(
    ("expression", "points", "zeros"), [(WITHOUT_FIRST, 75, [0]), (WITHOUT_DIAGONAL, 57, [0, 1, 2, 3])]
)
def test_masked_completion_misses_the_bezout_number_by_six_for_each_zero(
    expression: str, points: int, zeros: list[int]
) -> None:
    landscape = solve(expression, engines=[Homotopy()], rule="bezout")
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == points
    entry = json.loads(landscape.certificate().text)["completeness"]
    assert [far["chart"] for far in entry["infinity"]["points"]] == [[k] for k in zeros]
    assert {len(far["dual"]) for far in entry["infinity"]["points"]} == {6}
    assert landscape.complex_points + 6 * len(zeros) == 3**4


def test_conjugate_zeros_at_infinity() -> None:
    """Two missing entries without a common row: eight zeros x = (1, +-i, 0, +-1, +-i), of multiplicity 6."""
    landscape = solve(completion(5, {(1, 4), (2, 5)}), engines=[Homotopy()])
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == 3**5 - 8 * 6
    far = json.loads(landscape.certificate().text)["completeness"]["infinity"]["points"]
    assert [len(point["modulus"]) for point in far] == [3] * 4
    assert {len(point["dual"]) for point in far} == {6}


def test_zeros_with_coordinates_in_the_gaussian_integers() -> None:
    given = system(completion(5, {(1, 4), (2, 5)})).system
    assert given.variables == ("x1", "x2", "x3", "x5", "x4")
    at = boundary(given)
    zero = Zero((0,), ((1, 0), (0, 1), (0, 0), (0, -1), (-1, 0)))
    assert at.vanishes(zero)
    assert not at.vanishes(unit(5, 0))
    assert at.corank(zero) == 2
    assert at.recognised([50j, -50.1 + 1j, 0.3, 49.9, -50j]) == zero
    assert at.recognised([50j, -50.1 + 1j, 30, 49.9, -50j]) is None
    assert at.recognised([0j] * 5) is None


def test_groups_of_variables_and_zeros_at_infinity_in_both() -> None:
    """Rank-one completion u v^T without three entries: of 245 zeros four at each missing one; the rank rule agrees."""
    landscape = solve(MASKED, engines=[Homotopy()])
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == 245 - 3 * 4
    entry = json.loads(landscape.certificate().text)["completeness"]
    assert entry["groups"] == [0, 0, 0, 1, 1, 1]
    assert [far["chart"] for far in entry["infinity"]["points"]] == [[0, 5], [1, 3], [2, 4]]
    assert solve(MASKED, rule="rank").complex_points == 233


def test_groups_that_attain_their_number() -> None:
    """Weights keep all zeros of a rank-one approximation away from infinity; the rank rule agrees."""
    landscape = solve(WEIGHTED, engines=[Homotopy()])
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == 73
    entry = json.loads(landscape.certificate().text)["completeness"]
    assert entry == {"rule": "bezout", "groups": [0, 0, 1, 1, 1]}
    other = solve(WEIGHTED, rule="rank")
    assert other.complex_points == 73
    assert other.counts() == landscape.counts()


def test_conjugate_zeros_in_both_groups() -> None:
    """Complete 2 by 2 matrices: u and v isotropic, four zeros (1, +-i | 1, +-i) of multiplicity 4."""
    objective = "(u1*v1-1)^2+(u1*v2-3)^2+(u2*v1-5)^2+(u2*v2+2)^2+u1^2/2+u2^2/3+v1^2/5+v2^2/7"
    landscape = solve(objective, engines=[Homotopy()], rule="bezout")
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == 33 - 16
    entry = json.loads(landscape.certificate().text)["completeness"]
    assert len(set(entry["groups"])) == 2
    assert [len(far["modulus"]) for far in entry["infinity"]["points"]] == [3, 3]
    assert solve(objective, rule="rank").complex_points == 17


def test_zeros_at_infinity_that_are_not_recognised_leave_the_proof_to_others() -> None:
    """When one ridge is the sum of two others, paths lead to points with square roots among their coordinates."""
    assert "10/7*u3^2" in MASKED
    objective = MASKED.replace("10/7*u3^2", "7/7*u3^2")
    assert unsuited(system(objective).system) is None
    alone = solve(objective, engines=[Homotopy()])
    assert alone.complete is not Completeness.PROVED
    assert "diverged" in str(alone.reason)
    landscape = solve(objective)
    assert landscape.complete is Completeness.PROVED, landscape.reason
    assert landscape.complex_points == 233 - 16


def test_a_liar_about_groups_proves_nothing() -> None:
    """Zeros at infinity that are none, that are left out or stand in another partition; and points left out."""
    gs = system(MASKED)
    honest = search(gs.system, 20.0, (0, 0, 0, 1, 1, 1))
    zeros, groups = honest.zeros, honest.groups
    assert bezout_entry(gs, 233, {groups: zeros}) is not None
    assert bezout_entry(gs, 233, {groups: ()}) is not None  # they are seen at once
    assert bezout_entry(gs, 231, {groups: zeros}) is None
    none = Zero((0, 3), tuple((int(k in (0, 3)), 0) for k in range(6)))
    assert bezout_entry(gs, 229, {groups: (*zeros, none)}) is None
    assert bezout_entry(gs, 233, {(0, 1, 0, 1, 0, 1): ()}) is None


def test_the_rank_rule_agrees() -> None:
    assert solve(WITHOUT_FIRST, rule="rank").complex_points == 75


def test_two_zeros_of_multiplicity_two() -> None:
    gs = system("(x*y - 1)^2 + (x^2 + 3*y^2)/10")
    entry = bezout_entry(gs, 9 - 2 * 2)
    assert entry is not None
    assert [len(point["dual"]) for point in entry["infinity"]["points"]] == [2, 2]


def test_too_many_or_too_few_points_are_no_evidence() -> None:
    gs = system(WITHOUT_FIRST)
    assert [bezout_entry(gs, count) is not None for count in (74, 75, 76, 80, 81)] == [False, True, False, False, True]
    assert zeros_at_infinity(gs, (0,) * 4, 5) is None
    assert zeros_at_infinity(system("x^4 + y^4 - x*y"), (0, 0), 3) is None  # there are none


def test_entries_made_in_advance_are_those_made_afterwards() -> None:
    gs, groups = system(WITHOUT_FIRST), (0,) * 4
    ready = ready_entries(gs, groups, lambda: True)
    assert len(ready) == 1
    assert zeros_at_infinity(gs, groups, 81 - 75, (), ready) == zeros_at_infinity(gs, groups, 81 - 75)
    assert zeros_at_infinity(gs, groups, 81 - 76, (), ready) is None
    assert zeros_at_infinity(gs, groups, 81 - 74, (), ready) is None
    assert ready_entries(gs, groups, lambda: False) == {}
    assert ready_entries(system("x^4 + y^4 - x*y"), (0, 0), lambda: True) == {}


def test_curves_at_infinity_are_seen_at_once() -> None:
    net = system("(a*b*c - 1)^2 + a^2 + 2*b^2 + 3*c^2").system
    at = boundary(net)
    assert at.coordinate_zeros() == [unit(3, k) for k in range(3)]
    assert at.coordinate_line(at.coordinate_zeros()) == (unit(3, 0), 1)
    assert unsuited(system("(a*b*c*d - 1)^2 + a^2 + 2*b^2 + 3*c^2 + 4*d^2").system) == "a line of solutions at infinity"
    without = boundary(system(WITHOUT_DIAGONAL).system)
    assert without.coordinate_line(without.coordinate_zeros()) is None
    assert without.corank(unit(4, 0)) == 1
    assert at.corank(unit(3, 0)) == 3


def test_zeros_at_infinity_that_are_not_seen_end_the_search() -> None:
    """The leading forms vanish where x = +- sqrt 2 y."""
    hidden = system("(x^2 - 2*y^2 - 1)^2 + x^2/3 + y^2/5 + x").system
    assert boundary(hidden).coordinate_zeros() == []
    assert unsuited(hidden) == "solutions at infinity modulo a prime"
    answer = search(hidden, 10.0)
    assert answer.points == ()
    assert "diverged" in answer.message


def test_solutions_far_out_are_pulled_back() -> None:
    """Two solutions of size 55 beside a zero at infinity that has multiplicity 8 when the last entry is exactly 1."""
    pairs = {(1, 2): "1", (1, 3): "1", (2, 2): "1", (2, 3): "-2", (3, 3): "1 - 1/1000"}
    gs = system("+".join(f"(x{i}*x{j} - ({m}))^2" for (i, j), m in pairs.items()))
    points = search(gs.system, 20.0).points
    assert len(points) == 21
    assert sum(max(map(abs, point)) > 50 for point in points) == 2


def test_the_mirror_image_of_a_box() -> None:
    gs = system(WITHOUT_FIRST)
    found = Refiner(gs.calculus, gs.elements.gradient).refine(search(gs.system, 20.0).points[0])
    assert isinstance(found, Certified)
    image = found.changed([-1] * len(gs.variables))
    assert image.box.real == tuple(-x for x in found.box.real)
    assert image.holds(gs.calculus)
    shifted = system(WITHOUT_FIRST + "+ x1")  # no longer even: the image is none of its critical points
    assert not image.holds(shifted.calculus)
