"""The parts of the macaulay engine: gradings, elimination, loops."""

from __future__ import annotations

import random
import time
from itertools import product as tuples

import numpy as np
import pytest
from flint import nmod_mat

import exactland.engines.closure as closures
from exactland.engines.base import PolynomialSystem
from exactland.engines.classes import negative_signs
from exactland.engines.closure import Closure
from exactland.engines.elimination import Elimination, product
from exactland.engines.evaluation import Evaluator
from exactland.engines.grading import MAX_POINTS, TooLarge, facets_at_infinity, monotone_polytope, newton_polytope
from exactland.engines.levels import Doubtful, Floating, Levels
from exactland.engines.macaulay import search
from exactland.engines.numeric import newton
from exactland.engines.packed import Packing
from tests.engines.systems import SYSTEMS, generic_chain, psd

PRIME = 2**31 - 1


def test_the_facets_of_a_chain() -> None:
    # 2 e_i and (2, 2, 2): the facets leave out one axis each.
    points = [(2, 0, 0), (0, 2, 0), (0, 0, 2), (1, 1, 1), (2, 2, 2)]
    assert facets_at_infinity(3, points) == [(2, -1, 1, 1), (2, 1, -1, 1), (2, 1, 1, -1)]


def test_a_polytope_needs_every_axis() -> None:
    assert facets_at_infinity(2, [(2, 0), (1, 1)]) is None
    assert facets_at_infinity(1, [(3,)]) == [(3, 1)]


def test_random_polytopes_have_supporting_facets() -> None:
    rng = random.Random(4)
    for n in (2, 3, 4):
        points = [tuple(rng.randint(0, 4) for _ in range(n)) for _ in range(8)]
        points += [tuple(rng.randint(1, 4) * (i == j) for j in range(n)) for i in range(n)]
        facets = facets_at_infinity(n, points)
        assert facets is not None
        for t, *w in facets:
            values = [sum(a * b for a, b in zip(w, p, strict=True)) for p in points]
            assert max(values) == t
            on = np.array([p for p, v in zip(points, values, strict=True) if v == t])
            assert np.linalg.matrix_rank(on) == n


@pytest.mark.parametrize("name", ["chain4", "neuron", "deep"])
def test_the_points_of_a_level_are_all_there(name: str) -> None:
    system = SYSTEMS[name][0]()
    packing = Packing(len(system.variables))
    for grading in (newton_polytope(packing, system), monotone_polytope(packing, system)):
        assert grading is not None
        level = grading.unit
        top = 2 * max(max(m) for equation in system.equations for _, m in equation) + 2
        wanted = {m for m in tuples(range(min(top, 9)), repeat=packing.n) if grading.level(packing.pack(m)) <= level}
        found = {tuple(m) for m in grading.points(level).tolist()}
        assert wanted == {m for m in found if max(m) < min(top, 9)}
        assert all(grading.level(packing.pack(m)) <= level for m in found)


def test_levels_are_subadditive() -> None:
    system = SYSTEMS["deep"][0]()
    packing = Packing(3)
    grading = newton_polytope(packing, system)
    assert grading is not None
    rng = random.Random(1)
    for _ in range(200):
        a, b = (packing.pack(tuple(rng.randint(0, 6) for _ in range(3))) for _ in range(2))
        assert grading.level(a + b) <= grading.level(a) + grading.level(b)


def test_no_polytope_where_the_level_is_the_degree() -> None:
    assert newton_polytope(Packing(4), psd(4)) is None
    assert monotone_polytope(Packing(4), psd(4)) is None


def test_too_many_monomials() -> None:
    system = generic_chain(6)
    grading = newton_polytope(Packing(6), system)
    assert grading is not None
    with pytest.raises(TooLarge, match=str(MAX_POINTS)):
        grading.points(40 * grading.unit)


def test_products_modulo_a_prime() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, PRIME, (20, 300)), rng.integers(0, PRIME, (300, 7))
    left[0], right[:, 0] = PRIME - 1, PRIME - 1
    exact = (left.astype(object) @ right.astype(object)) % PRIME
    assert (product(left, right, PRIME) == exact).all()


@pytest.mark.parametrize("seed", range(8))
def test_elimination_agrees_with_a_dense_one(seed: int) -> None:
    rng = random.Random(seed)
    columns, width, count = rng.randint(1, 12), rng.randint(0, 4), rng.randint(1, 18)
    tops = [
        {j: rng.randint(1, PRIME - 1) for j in range(columns) if rng.random() < rng.choice([0.1, 0.4])}
        for _ in range(count)
    ]
    low = np.array([[rng.choice([0, 1, PRIME - 2]) for _ in range(width)] for _ in tops], dtype=np.int64)
    low = low.reshape(count, width)
    for copy in range(count // 3):  # rows that depend on others
        tops[copy], low[copy] = dict(tops[-1 - copy]), low[-1 - copy]
    dense = [[top.get(j, 0) for j in range(columns)] + low[i].tolist() for i, top in enumerate(tops)]
    reduced, rank = nmod_mat(count, columns + width, [v for row in dense for v in row], PRIME).rref()
    solved = Elimination(range(columns), tops, low, PRIME)
    assert len(solved.kept) == rank
    kept = nmod_mat(rank, columns + width, [v for i in solved.kept for v in dense[i]], PRIME)
    assert kept.rank() == rank
    first, lower, free, forms = solved.normal_forms()
    pivots = [next(j for j in range(columns + width) if int(reduced[i, j])) for i in range(rank)]
    assert sorted([*first, *(columns + k for k in lower)]) == pivots
    read = [*range(columns, columns + width), *free]
    for pivot, form in zip([*first, *(columns + k for k in lower)], forms.tolist(), strict=True):
        row = pivots.index(pivot)
        expected = [-int(reduced[row, j]) % PRIME if j not in pivots else None for j in read]
        assert all(e in (None, v) for e, v in zip(expected, form, strict=True))
    falls = solved.combinations()
    assert len(falls) == solved.falls == len(lower)
    for factors, value in falls:
        total = [sum(c * dense[i][j] for i, c in factors.items()) % PRIME for j in range(columns + width)]
        assert total[:columns] == [0] * columns
        assert total[columns:] == value.tolist() != [0] * width


def test_cancelling_a_vector() -> None:
    rng = random.Random(3)
    tops = [{j: rng.randint(1, PRIME - 1) for j in range(9) if rng.random() < 0.5} for _ in range(14)]
    solved = Elimination(range(9), tops, np.zeros((14, 0), dtype=np.int64), PRIME)
    given = {j: rng.randint(1, PRIME - 1) for j in range(9)}
    total = dict(given)
    for i, factor in solved.cancel(given).items():
        for j, c in tops[i].items():
            total[j] = (total[j] + factor * c) % PRIME
    first, _, _, _ = solved.normal_forms()
    assert all(total[j] == 0 for j in first)


def test_the_lowest_monomials_stay_in_the_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Falls that are not lifted make pivots of the highest basis monomials, not of 1."""
    monkeypatch.setattr(closures, "LONGER", 1)
    system = SYSTEMS["neuron"][0]()
    closure = Closure(system, PRIME, time.monotonic() + 60, bits=1)
    for _ in range(12):
        closure.advance()
    assert closure.lazy > 0
    assert closure.lines == []
    assert 0 in closure.levels[0][0].basis


def test_longer_falls_are_adopted_where_there_are_always_new_ones() -> None:
    """Two levels whose falls are all too long: then the limit is raised, until the search ends."""
    closure = Closure(SYSTEMS["neuron"][0](), PRIME, time.monotonic() + 60, bits=1)
    for _ in range(60):
        closure.advance()
        if closure.is_closed and closure.is_quotient():
            break
    assert closure.is_closed
    assert len(closure.basis()) == 33
    assert 1 < max(element.bits for element in closure.elements[3:]) <= closure.bits


def test_slow_steps_go_on() -> None:
    """Newton's iteration for x^3 = 10^-18 from 1 makes two thirds of each number, 34 times."""
    system = PolynomialSystem(("x",), (((10**18, (3,)), (-1, (0,))),))
    points, last, _ = newton(Evaluator(system), np.ones((1, 1), dtype=np.complex128))
    assert abs(points[0, 0] - 1e-6) < 1e-11
    assert last[0] < 1e-9


def test_too_few_equations_in_floating_point_are_noticed() -> None:
    arithmetic = Floating([0, 0])
    plan = [(m, 0, 1) for m in range(500)]
    few, whole = list(arithmetic.choices(plan, 10, 1))
    assert len(few) < len(whole) == 500
    assert set(few) <= set(whole)
    assert list(Floating([0, 3]).choices(plan, 10, 1)) == [plan]
    rows = np.random.default_rng(3).normal(size=(6, 5))
    kept, pivots, forms = arithmetic.solve(rows, 3, 1, False)
    assert (kept, pivots) == ([0, 1, 2], [0, 1, 2])
    assert np.allclose(forms[:, :3], 0)
    least = np.linalg.lstsq(rows[:, :3], -rows[:, 3:], rcond=None)[0]
    assert np.allclose(forms[:, 3:], least)
    rows[:, 2] = rows[:, 1]
    with pytest.raises(Doubtful):
        arithmetic.solve(rows, 3, 1, False)
    with pytest.raises(np.linalg.LinAlgError):
        arithmetic.solve(rows, 3, 1, True)


@pytest.mark.parametrize("name", ["chain5", "linear2112"])
def test_levels_end_when_multiplications_commute(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    system = SYSTEMS[name][0]()
    early = search(system, 60, orbits=True)
    monkeypatch.setattr(Levels, "reaches", False)
    late = search(system, 60, orbits=True)
    assert early.levels is not None
    assert early.levels == late.levels
    assert len(early.points) == len(late.points) == early.levels.bound


@pytest.mark.parametrize("seed", range(50))
def test_signs_have_the_products_that_are_given(seed: int) -> None:
    source = random.Random(seed)
    n = source.randint(1, 8)
    hidden = [source.random() < 0.5 for _ in range(n)]
    factors = [source.randrange(1, 1 << n) for _ in range(source.randint(0, 12))]
    products = [(f, sum(hidden[k] for k in range(n) if f >> k & 1) % 2 == 1) for f in factors]
    found = negative_signs(products)
    assert len(set(found)) == len(found)
    for f, negative in products:
        assert sum(f >> k & 1 for k in found) % 2 == negative
