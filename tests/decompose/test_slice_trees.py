"""Case trees in the tree of moves: sets of critical points as orbits of components of slices, against numerical points,
against the case tree of the whole objective, and against what is known of products of matrices.
"""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest

import exactland as el
from exactland.certify.by_slices import Sections
from exactland.checker import Rejection, check_bytes
from exactland.classify.along import strata_of
from exactland.decompose.slices import Case, Moves
from exactland.landscape import Completeness, Kind, Landscape
from exactland.objective import as_objective
from tests.decompose.numeric import critical_points, derivatives_at
from tests.decompose.test_slices import factorisation

STRICT, NONSTRICT, MINIMUM = Kind.STRICT_SADDLE, Kind.NONSTRICT_SADDLE, Kind.MINIMUM
CURVED = (STRICT, Kind.MAXIMUM)  # with a negative eigenvalue, at the maxima in these tests as well
TENSOR = [1, 3, -3, 0, -1, 1, 2, -1]


def tensor(target: list[int]) -> str:
    """The squared distance of a rank-one tensor a b c to the target."""
    parts = [
        f"(a{i}*b{j}*c{k} - ({t}))^2" for (i, j, k), t in zip(itertools.product((0, 1), repeat=3), target, strict=True)
    ]
    return "+".join(parts)


def chain(widths: list[int], target: list[list[int]]) -> str:
    """The squared distance of a product of matrices of these sizes to the target."""

    def entry(i: int, j: int) -> str:
        paths = itertools.product(*[range(w) for w in widths[1:-1]])
        steps = [list(itertools.pairwise((j, *p, i))) for p in paths]
        return "+".join("*".join(f"w{level}_{b}_{a}" for level, (a, b) in enumerate(path)) for path in steps)

    return "+".join(f"({entry(i, j)} - ({m}))^2" for i, row in enumerate(target) for j, m in enumerate(row))


def gram(target: list[list[int]], rank: int) -> str:
    """Each entry on and above the diagonal once."""
    n = len(target)
    parts = []
    for i, j in itertools.combinations_with_replacement(range(n), 2):
        entry = "+".join(f"x{i}{k}*x{j}{k}" for k in range(rank))
        parts.append(f"({entry} - ({target[i][j]}))^2")
    return "+".join(parts)


def by_slices(text: str) -> Landscape:
    land = el.solve(text, rule="slices", seconds=60)
    assert land.complete is Completeness.PROVED, land.reason
    return land


def every_row_holds(land: Landscape) -> None:
    """At the point shown the gradient vanishes, the loss is the value and the eigenvalues have the signs listed."""
    for p in land:
        x = np.array([float(v.approx) for v in p.point.values()])
        value, slope, hessian = derivatives_at(land.objective, x)
        size = 1 + np.abs(hessian).max()
        assert abs(value - float(p.value.approx)) < 1e-4 * (1 + abs(value))
        assert np.abs(slope).max() < 1e-3 * size
        lowest = np.linalg.eigvalsh(hessian)[0]
        assert (lowest < -1e-3) == (p.kind in CURVED)
        if p.inertia is not None:
            signs = [0 if abs(e) < 1e-3 * size else int(np.sign(e)) for e in np.linalg.eigvalsh(hessian)]
            assert signs.count(-1) == p.inertia.negative
            assert signs.count(1) == p.inertia.positive


def every_numeric_point_fits(land: Landscape, seed: int) -> None:
    """Newton's method from scattered starts, and from starts on the sets near which it is rare to arrive."""
    listed = {(round(float(p.value.approx), 4), p.kind in CURVED) for p in land}
    found = critical_points(land.objective, seed, 40)
    found += critical_points(land.objective, seed, 40, zeros=0.5)
    assert len(found) > 3
    for value, inertia in found:
        assert any(abs(value - v) < 1e-3 and strict == (inertia.negative > 0) for v, strict in listed)


@pytest.mark.parametrize(
    ("text", "minima"),
    [
        (tensor(TENSOR), 1),
        (chain([2, 2, 2, 1], [[2, 1]]), 3),
        (chain([1, 2, 2, 1], [[2]]), None),
        (gram([[2, 1], [1, 3]], 2), None),
        ("(x*y)^2 + (z^2 + w^2 - 1)^2", None),
    ],
)
def test_sets_of_critical_points(text: str, minima: int | None) -> None:
    land = by_slices(text)
    assert land.not_established == ()
    every_row_holds(land)
    every_numeric_point_fits(land, 2)
    assert minima is None or len(land.minima) == minima


def test_a_case_is_split_where_its_sets_are_too_large() -> None:
    """A Gram matrix of full rank: where the last diagonal entry of the triangular factor is not 0 there is no point."""
    land = by_slices(gram([[2, 1, -1], [1, 3, 2], [-1, 2, -2]], 3))
    assert land.not_established == ()
    assert len(land.minima) == 1
    every_row_holds(land)
    every_numeric_point_fits(land, 2)
    assert land.evidence is not None
    steps = json.loads(land.evidence.text)["completeness"]["steps"]
    assert any("cases" in step for step in steps)


def test_a_product_of_three_matrices() -> None:
    """2-2-2-2: the losses are the sums of squares of the singular values left out; all minima are global; where two
    factors vanish and the third has rank 1, the Hessian is 0 for some of them when the target has rank 1.
    """
    land = by_slices(chain([2, 2, 2, 2], [[1, -2], [0, 0]]))
    assert land.not_established == ()
    assert {p.value.approx for p in land} == {"0", "5"}
    assert all(p.is_global for p in land.minima)
    assert {p.kind for p in land} == {MINIMUM, STRICT, NONSTRICT}
    every_row_holds(land)
    every_numeric_point_fits(land, 4)


def test_orbits_of_components_and_whole_components_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """2x2 of rank 2, with case trees on all slices, against the case tree of the whole objective."""
    text = factorisation([[2, 1], [-1, 3]], 2)

    def refuse(self: Sections, case: Case, number: int) -> None:
        raise AssertionError(f"a list of points for {case}, slice {number}")

    def always(self: Sections, case: Case) -> list[dict[str, object]]:
        at_once = len(case.fixed) == self.n
        return leaf(self, case) if at_once else self._by_tree(case)

    leaf = Sections.leaf
    monkeypatch.setattr(Sections, "_on_slice", refuse)
    monkeypatch.setattr(Sections, "leaf", always)
    one, other = by_slices(text), el.solve(text, rule="cases", seconds=60)
    assert other.complete is Completeness.PROVED
    every_row_holds(one)
    assert {(p.kind, p.value.approx[:9]) for p in one} == {(p.kind, p.value.approx[:9]) for p in other}
    largest = [
        {v.approx[:9]: p.dimension for p in sorted(land, key=lambda p: p.dimension) for v in [p.value]}
        for land in (one, other)
    ]
    assert largest[0] == largest[1]


def test_a_set_does_not_lie_on_the_orbit_of_a_point() -> None:
    """A case of a certificate of the solver closed by another orbit."""
    land = by_slices(tensor(TENSOR))
    assert land.evidence is not None
    made = json.loads(land.evidence.text)
    rule = made["completeness"]
    (orbit,) = [o for o in rule["orbits"] if o.get("component") == 0][:1]
    number = rule["orbits"].index(orbit)
    (step,) = [s for s in rule["steps"] if any(number in leaf.get("components", ()) for leaf in s.get("cases", ()))]
    other = next(o for o in rule["orbits"] if "point" in o)
    for leaf in step["cases"]:
        leaf["components"] = [rule["orbits"].index(other)]
    with pytest.raises(Rejection) as caught:
        check_bytes(json.dumps(made).encode("ascii"))
    assert caught.value.rule == "Y12"


def test_bounds_around_an_irrational_loss_are_made_narrow_enough() -> None:
    """The bad saddle of 2-2-2-2 on a slice, for a target with irrational singular values: its Hessian is semidefinite
    there, with a small eigenvalue, but not at a loss a little smaller.
    """
    text = "c^2*a^2*b^2 + 2*c*d*a*e*b + f^2*d^2 + d^2*e^2 - 6*c*a*b + f^2 - 4*f*d - 6*d*e + e^2 - 2*f + 2*e + 15"
    loss = as_objective(text).polynomial
    names = dict(zip(loss.context().names(), loss.context().gens(), strict=True))
    a, b, c, d, e, f = (names[k] for k in "abcdef")
    generators = [a, b, c, f + 3 * e + 1, 5 * e**2 + 5 * e + 1, d + 25 * e + 18]
    value = Fraction(140920585087727062537, 1 << 66), Fraction(140920585087727062665, 1 << 66)
    kinds = [s.kind for s in strata_of(loss, generators, value, seconds=20)]
    assert kinds[0] == "nonstrict_saddle"
    assert "undecided" not in kinds


def test_moves_may_split_any_coordinate() -> None:
    moves = Moves(as_objective("(x*y - 1)^2 + z^2").polynomial)
    step, cases = moves.split(Case(), 2)
    assert step["split"] == 2
    assert [case.fixed for case in cases] == [{2: 0}, {}]
