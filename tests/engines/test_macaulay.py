"""The macaulay engine: counts, evidence, special systems, recognised failures."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from exactland.certify import json_forms
from exactland.checker.levels import level_bound, read_signs
from exactland.engines import EngineAnswer, PolynomialSystem, RankEvidence, Status, engine_named, expand_lines
from exactland.engines.base import MERSENNE_PRIMES, Terms
from exactland.engines.evidence import check_rank
from exactland.engines.macaulay import SMALL, growth_dimension, search
from tests.engines.systems import SLOW, SYSTEMS, UNSOLVED, chain, completion, linear_net, quadratic_neuron

CASES = [
    pytest.param(name, marks=pytest.mark.skipif("EXACTLAND_SLOW" not in os.environ, reason=f"takes {SLOW[name]}"))
    if name in SLOW
    else name
    for name in SYSTEMS
]


def system(names: str, *equations: list[tuple[int, tuple[int, ...]]]) -> PolynomialSystem:
    return PolynomialSystem(tuple(names), tuple(tuple(e) for e in equations))


def residual(given: PolynomialSystem, point: tuple[complex, ...]) -> float:
    worst = 0.0
    for equation in given.equations:
        terms = []
        for c, m in equation:
            value = complex(c)
            for z, e in zip(point, m, strict=True):
                value *= z**e
            terms.append(value)
        worst = max(worst, abs(sum(terms)) / (1 + sum(map(abs, terms))))
    return worst


def distinct(answer: EngineAnswer) -> int:
    kept: list[tuple[complex, ...]] = []
    for p in answer.points:
        if all(max(abs(a - b) for a, b in zip(p, q, strict=True)) > 1e-8 for q in kept):
            kept.append(p)
    return len(kept)


def bound_by_levels(given: PolynomialSystem, answer: EngineAnswer) -> int:
    """What the checker makes of the evidence."""
    assert answer.levels is not None
    polys = [{m: c for c, m in element} for element in expand_lines(given, answer.levels.lines)]
    elements = SimpleNamespace(n=len(given.variables), polys=polys)
    value = json.loads(json.dumps(json_forms.levels(answer.levels)))
    signs = read_signs(value.get("signs", []), elements.n)
    return level_bound(value, elements, signs, "signs")  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "orbits"), [("chain5", 9), ("linear222", 65), ("linear2112", 21)])
def test_orbits_under_sign_changes(name: str, orbits: int) -> None:
    build, count = SYSTEMS[name]
    given = build()
    answer = engine_named("orbits").solve(given, 240)
    assert answer.status is Status.SOLVED, answer.message
    assert distinct(answer) == len(answer.points) == bound_by_levels(given, answer) == orbits
    assert answer.levels is not None
    group = {(1,) * len(given.variables)}
    for change in answer.levels.signs:
        group |= {tuple(a * b for a, b in zip(g, change, strict=True)) for g in group}
    images = {
        tuple(complex(round((s * z).real, 6), round((s * z).imag, 6)) for s, z in zip(g, p, strict=True))
        for g in group
        for p in answer.points
    }
    assert len(images) == count


@pytest.mark.parametrize("name", CASES)
def test_every_point_is_found_and_the_evidence_bounds_their_number(name: str) -> None:
    build, count = SYSTEMS[name]
    given = build()
    answer = engine_named("macaulay").solve(given, 240)
    assert answer.status is Status.SOLVED, answer.message
    assert distinct(answer) == len(answer.points) == count
    assert max(residual(given, p) for p in answer.points) < 1e-10
    assert answer.rank is not None or count > SMALL
    if answer.rank is not None:
        assert len(answer.rank.basis) == count
        assert answer.rank.prime in MERSENNE_PRIMES
        assert check_rank(given, answer.rank) is None
    else:
        assert bound_by_levels(given, answer) == count
    assert answer.engine == "macaulay"
    assert answer.version


@pytest.mark.parametrize("name", ["completion", "chain4", "product3"])
def test_levels_where_rows_are_too_many(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build, count = SYSTEMS[name]
    monkeypatch.setattr("exactland.engines.macaulay.ROWS_BUDGET", 0)
    answer = search(build(), 60)
    assert distinct(answer) == len(answer.points) == count
    assert (answer.rank is None) == (count > SMALL)
    if answer.levels is not None:
        assert bound_by_levels(build(), answer) == count
    else:
        assert answer.rank is not None


@pytest.mark.skipif("EXACTLAND_SLOW" not in os.environ, reason="waits for a time limit")
@pytest.mark.parametrize("name", UNSOLVED)
def test_what_is_out_of_reach_ends_at_the_time_limit(name: str) -> None:
    answer = engine_named("macaulay").solve(UNSOLVED[name][0](), 20)
    assert answer.status is Status.TIMED_OUT
    assert answer.seconds < 25


def test_a_nondegenerate_net_needs_no_lines() -> None:
    answer = search(SYSTEMS["deep"][0](), 60)
    assert answer.rank is not None
    assert answer.rank.lines == ()
    assert "Newton polytope" in answer.message


def test_conservation_laws_are_short_lines() -> None:
    answer = search(linear_net((2, 1, 2), 3), 20)
    assert answer.rank is not None
    elements = expand_lines(linear_net((2, 1, 2), 3), answer.rank.lines)
    assert [max(sum(m) for _, m in e) for e in elements[4:]] == [2, 2, 2]
    shifts = [m for line in answer.rank.lines for _, multiplier in line.combination for _, m in multiplier]
    assert all(sum(m) == 1 for m in shifts)


def test_an_ill_conditioned_net_is_solved() -> None:
    answer = search(linear_net((2, 2, 2), 1), 60)
    assert answer.status is Status.SOLVED
    assert answer.rank is not None
    assert len(answer.points) == len(answer.rank.basis) == 33


@pytest.mark.parametrize(
    ("given", "bound", "points"),
    [
        (system("x", [(3, (1,)), (-2, (0,))]), 1, [(2 / 3,)]),
        (system("x", [(1, (2,)), (1, (0,))]), 2, [(-1j,), (1j,)]),
        (system("xy", [(2, (1, 0)), (1, (0, 1)), (-3, (0, 0))], [(1, (1, 0)), (1, (0, 1))]), 1, [(3, -3)]),
        (system("xy", [(1, (2, 0))], [(1, (0, 2))]), 4, [(0, 0)]),
        (system("xy", [(3, (2, 0)), (-3, (0, 2))], [(-6, (1, 1))]), 4, [(0, 0)]),
        (system("xy", [(4, (3, 0)), (-4, (1, 0))], [(3, (0, 2))]), 6, [(-1, 0), (0, 0), (1, 0)]),
    ],
    ids=["linear in one", "no real point", "linear", "double squares", "monkey saddle", "degenerate wells"],
)
def test_small_systems(given: PolynomialSystem, bound: int, points: list[tuple[complex, ...]]) -> None:
    answer = search(given, 10)
    assert answer.status is Status.SOLVED
    assert answer.rank is not None
    assert len(answer.rank.basis) == bound
    assert check_rank(given, answer.rank) is None
    for p in points:
        assert any(max(abs(a - b) for a, b in zip(p, q, strict=True)) < 1e-5 for q in answer.points)
    assert ("multiple" in answer.message) == (bound > len(points))


@pytest.mark.parametrize(
    "given",
    [
        system("x", [(5, (0,))]),
        system("xy", [(1, (1, 1)), (-1, (0, 0))], [(1, (1, 0))]),
        system("xy", [(1, (1, 0))], [(-7, (0, 0))]),
        system("xy", [(1, (1, 0)), (1, (0, 1))], [(2, (1, 0)), (2, (0, 1)), (1, (0, 0))]),
    ],
    ids=["constant", "hyperbola and axis", "one constant", "parallel lines"],
)
def test_no_solutions_come_with_evidence(given: PolynomialSystem) -> None:
    answer = search(given, 10)
    assert answer.status is Status.NO_SOLUTIONS
    assert answer.points == ()
    assert answer.rank is not None
    assert answer.rank.basis == ()
    assert check_rank(given, answer.rank) is None


@pytest.mark.parametrize(
    "given",
    [
        system("xy", [(1, (1, 0))], []),
        system("xy", [(2, (1, 2)), (-2, (0, 1))], [(2, (2, 1)), (-2, (1, 0))]),
        system(
            "xy",
            [(1, (3, 0)), (1, (1, 2)), (-1, (1, 0))],
            [(1, (2, 1)), (1, (0, 3)), (-1, (0, 1))],
        ),
        system("xyz", [(1, (0, 1, 1))], [(1, (1, 0, 1))], [(1, (1, 1, 0))]),
        chain(3, Fraction(0)),
        completion(Fraction(0)),
        quadratic_neuron(1, 3, ridge=False),
    ],
    ids=["unused variable", "hyperbola", "circle", "three axes", "chain", "completion", "neuron"],
)
def test_positive_dimension_is_recognised(given: PolynomialSystem) -> None:
    answer = search(given, 20)
    assert answer.status is Status.POSITIVE_DIMENSIONAL
    assert answer.message
    assert answer.points == ()


def test_no_variables() -> None:
    answer = search(PolynomialSystem((), ()), 1)
    assert answer.status is Status.SOLVED
    assert answer.points == ((),)


def test_growth() -> None:
    assert growth_dimension([3, 3, 3, 3, 3], 3) == 1
    assert growth_dimension([1, 3, 5, 7, 9, 11], 3) == 2
    assert growth_dimension([9, 8, 7, 6, 5, 4, 3], 3) is None
    assert growth_dimension([1, 2, 3, 4, 5, 6, 7], 2) is None
    assert growth_dimension([3, 3, 3, 3], 3) is None
    assert growth_dimension([0] * 9, 3) is None


def test_time_limit() -> None:
    answer = engine_named("macaulay").solve(linear_net((2, 2, 2), 2), 1.0)
    assert answer.status is Status.TIMED_OUT
    assert answer.points == ()
    assert answer.seconds < 5


def test_nonpositive_and_undefined_time_limits() -> None:
    for seconds in (0.0, -1.0, float("nan")):
        assert engine_named("macaulay").solve(chain(2), seconds).status is Status.TIMED_OUT


def test_too_high_a_degree_fails_with_a_message() -> None:
    answer = engine_named("macaulay").solve(system("x", [(1, (10**6,)), (-1, (0,))]), 20)
    assert answer.status in (Status.FAILED, Status.TIMED_OUT)
    assert answer.message


def test_the_answer_does_not_depend_on_the_run() -> None:
    first, second = (engine_named("macaulay").solve(chain(3), 20) for _ in range(2))
    assert replace(first, seconds=0.0) == replace(second, seconds=0.0)


def test_systems_refuse_malformed_terms() -> None:
    bad: list[tuple[Terms, ...]] = [
        (((0, (1,)),),),
        (((1, (1, 2)),),),
        (((1, (-1,)),),),
        (((1, (1,)), (2, (1,))),),
    ]
    for equations in bad:
        with pytest.raises(ValueError, match=r"nonzero|nonnegative|twice"):
            PolynomialSystem(("x",), equations)


def damaged(evidence: RankEvidence) -> dict[str, RankEvidence]:
    """Evidence that the rank rule must refuse."""
    one = (0,) * len(evidence.basis[0])
    return {
        "a row is missing": replace(evidence, rows=evidence.rows[1:]),
        "a row is there twice": replace(evidence, rows=(evidence.rows[1], *evidence.rows[1:])),
        "1 is missing": replace(evidence, basis=tuple(b for b in evidence.basis if b != one)),
        "a basis monomial is missing": replace(evidence, basis=evidence.basis[:-1]),
        "a line is missing": replace(evidence, lines=evidence.lines[:-1]),
        "no basis": replace(evidence, basis=()),
        "a basis monomial is there twice": replace(evidence, basis=(*evidence.basis, evidence.basis[-1])),
    }


@pytest.mark.parametrize("kind", ["a row is missing", "a row is there twice", "1 is missing", "no basis"])
def test_damaged_evidence_is_refused(kind: str) -> None:
    answer = search(chain(3), 20)
    assert answer.rank is not None
    assert check_rank(chain(3), damaged(answer.rank)[kind]) is not None


def test_the_prime_that_divides_a_coefficient() -> None:
    prime = MERSENNE_PRIMES[0]
    given = system("x", [(prime, (1,)), (-1, (0,))])
    answer = search(given, 10)
    assert answer.status in (Status.SOLVED, Status.FAILED)
    if answer.rank is not None:
        assert answer.rank.prime != prime
        assert check_rank(given, answer.rank) is None
    wrong = RankEvidence((), ((0, (0,)),), ((1,),), prime)
    assert check_rank(given, wrong) is not None
