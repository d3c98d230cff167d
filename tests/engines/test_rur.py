"""Exact points: degrees, multiplicities, and that every point solves the equations."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_poly

from exactland.engines import PolynomialSystem, RankEvidence
from exactland.engines.child import ChildResult
from exactland.engines.macaulay import search
from exactland.engines.rur import AlgebraicOrbit, NoRepresentation, rational_univariate, represent
from tests.engines.systems import SYSTEMS, chain, double_wells, psd


def system(names: str, *equations: list[tuple[int, tuple[int, ...]]]) -> PolynomialSystem:
    return PolynomialSystem(tuple(names), tuple(tuple(e) for e in equations))


def evidence(given: PolynomialSystem) -> RankEvidence:
    answer = search(given, 60)
    assert answer.rank is not None, answer.message
    return answer.rank


def vanishes(given: PolynomialSystem, orbit: AlgebraicOrbit) -> bool:
    """Horner-free evaluation modulo the modulus, apart from the code under test."""
    modulus = fmpq_poly(list(orbit.modulus))
    points = [fmpq_poly([fmpq(c.numerator, c.denominator) for c in x]) for x in orbit.coordinates]
    form = sum((x * c for x, c in zip(points, orbit.form, strict=True)), fmpq_poly([0, -1]))
    values = [form % modulus]
    for equation in given.equations:
        total = fmpq_poly([0])
        for c, m in equation:
            term = fmpq_poly([c])
            for x, e in zip(points, m, strict=True):
                for _ in range(e):
                    term = term * x % modulus
            total += term
        values.append(total % modulus)
    return not any(values)


@pytest.mark.parametrize("name", ["chain2", "product3", "linear212", "linear121", "chain4", "wells", "neuron"])
def test_all_points_exactly(name: str) -> None:
    build, count = SYSTEMS[name]
    given = build()
    orbits = rational_univariate(given, evidence(given))
    assert sum(o.degree for o in orbits) == count
    assert all(o.multiplicity == 1 for o in orbits)
    assert all(vanishes(given, o) for o in orbits)
    assert len({o.modulus for o in orbits}) == len(orbits)
    for o in orbits:
        assert all(len(x) == o.degree for x in o.coordinates)
        assert o.modulus[-1] > 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (system("xy", [(1, (2, 0))], [(1, (0, 2))]), [(1, 4)]),
        (system("xy", [(3, (2, 0)), (-3, (0, 2))], [(-6, (1, 1))]), [(1, 4)]),
        (system("xy", [(4, (3, 0))], [(2, (0, 1))]), [(1, 3)]),
        (
            system("xy", [(1, (4, 0)), (-1, (2, 0))], [(1, (0, 3)), (-2, (0, 2))]),
            [(1, 1), (1, 1), (1, 2), (1, 2), (1, 2), (1, 4)],
        ),
        (system("xy", [(1, (4, 0)), (-4, (2, 0)), (4, (0, 0))], [(1, (0, 3))]), [(2, 6)]),
        (
            system("xyz", [(1, (2, 0, 0)), (-1, (0, 1, 1))], [(1, (0, 2, 0)), (-1, (1, 0, 1))], [(1, (0, 0, 2))]),
            [(1, 8)],
        ),
        (system("x", [(1, (3,)), (-2, (0,))]), [(3, 1)]),
        (system("x", [(7, (1,)), (-2, (0,))]), [(1, 1)]),
    ],
)
def test_multiplicities(given: PolynomialSystem, expected: list[tuple[int, int]]) -> None:
    orbits = rational_univariate(given, evidence(given))
    assert sorted((o.degree, o.multiplicity) for o in orbits) == expected
    assert all(vanishes(given, o) for o in orbits)


def test_known_coordinates() -> None:
    given = system("xy", [(2, (1, 0)), (-3, (0, 0))], [(5, (0, 1)), (7, (0, 0))])
    (orbit,) = rational_univariate(given, evidence(given))
    assert orbit.coordinates == ((Fraction(3, 2),), (Fraction(-7, 5),))


def test_no_points() -> None:
    given = system("xy", [(1, (1, 1)), (-1, (0, 0))], [(1, (1, 0))])
    assert rational_univariate(given, evidence(given)) == ()


def test_large_orbits_can_be_left_out() -> None:
    given = psd(4)
    orbits = rational_univariate(given, evidence(given), largest=20)
    assert [(o.degree, o.multiplicity) for o in orbits] == [(1, 1)]
    assert orbits[0].coordinates == ((0,),) * 4


def test_evidence_of_another_system_is_no_representation() -> None:
    rank = evidence(double_wells())
    other = chain(3)
    with pytest.raises((NoRepresentation, ValueError)):
        rational_univariate(other, rank, seconds=5)


def test_a_basis_that_is_too_large_is_no_representation() -> None:
    given = system("x", [(1, (2,)), (-1, (0,))])
    rank = evidence(given)
    larger = replace(rank, rows=((0, (1,)),), basis=((0,), (1,), (2,)))
    with pytest.raises(NoRepresentation):
        rational_univariate(given, larger, seconds=5)


def test_time_limit() -> None:
    given = psd(4)
    with pytest.raises(NoRepresentation, match="time limit"):
        rational_univariate(given, evidence(given), seconds=0.0)


def test_the_time_limit_ends_a_long_run() -> None:
    given = psd(4)
    found = evidence(given)
    start = time.monotonic()
    with pytest.raises(NoRepresentation, match="time limit"):
        rational_univariate(given, found, seconds=0.05)
    assert time.monotonic() - start < 6


def test_the_child_and_this_process_agree() -> None:
    given = chain(3)
    found = evidence(given)
    assert rational_univariate(given, found) == represent(given, found, 60)


@pytest.mark.parametrize("output", ["", "[]", '{"orbits": [[["1"], [1], [], 1]]}', '{"orbits": 3}', "\\xff"])
def test_a_child_that_answers_nonsense(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = chain(4)
    found = evidence(given)
    answer = ChildResult(0, output.encode(), "", 0.1)
    monkeypatch.setattr("exactland.engines.child.run_module", lambda *_: answer)
    with pytest.raises(NoRepresentation, match="nonsense"):
        rational_univariate(given, found)


def test_a_child_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    given = chain(4)
    found = evidence(given)
    monkeypatch.setattr("exactland.engines.child.run_module", lambda *_: ChildResult(-9, b"", "killed", 0.1))
    with pytest.raises(NoRepresentation, match="code -9: killed"):
        rational_univariate(given, found)
