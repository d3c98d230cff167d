"""The logic of verdicts, as truth tables over made-up landscapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from exactland.claims import properties as has
from exactland.claims.claim import Case, Claim, ClaimError, Control, Hypothesis, System, Verdict, check_system
from exactland.claims.evidence import Evidence
from exactland.claims.runner import Report, Run, judge
from exactland.claims.truth import Finding, Truth, conjunction, disjunction, negation
from exactland.landscape import Certificate, Completeness, CriticalPoint, Inertia, Kind, Landscape
from exactland.number import Number
from exactland.objective import Objective

OBJECTIVE = Objective.from_expression("(x^2 - 1)^2 + y^2", "x y")  # critical: (-1, 0), (0, 0), (1, 0)
POSITIVE = Hypothesis("l > 0", lambda p: p["l"] > 0)
SMALL = Hypothesis("l < 10", lambda p: p["l"] < 10)
ACCEPTED = Certificate("stands for an accepted certificate", SimpleNamespace(proved=("a sentence",)))


def point(x: Any, kind: Kind, is_global: bool | None = None, inertia: tuple[int, int, int] | None = None, **more: Any):
    low, high = x if isinstance(x, tuple) else (x, x)
    numbers = {"x": Number(Fraction(low), Fraction(high)), "y": Number(Fraction(0), Fraction(0))}
    spurious = None if is_global is None or kind is not Kind.MINIMUM else not is_global
    signs = None if inertia is None else Inertia(*inertia)
    return CriticalPoint(kind, Number(Fraction(0), Fraction(1)), numbers, signs, is_global, spurious, **more)


LEFT = point(-1, Kind.MINIMUM, True, (2, 0, 0))
RIGHT = point(1, Kind.MINIMUM, True, (2, 0, 0))
MIDDLE = point(0, Kind.STRICT_SADDLE, False, (1, 0, 1))
BAD = point(1, Kind.MINIMUM, False, (2, 0, 0))
UNSURE = point(1, Kind.MINIMUM, None, (2, 0, 0))
OPEN = point(0, Kind.UNDECIDED, False, (1, 1, 0))
TOP = point(0, Kind.MAXIMUM, False, (0, 0, 2))
FLAT = point(0, Kind.NONSTRICT_SADDLE, False, (1, 1, 0))
ALL = (LEFT, MIDDLE, RIGHT)
VALLEY = point(1, Kind.MINIMUM, True, dimension=1)
PASS = point(0, Kind.STRICT_SADDLE, False, dimension=1)
BAD_PASS = point(0, Kind.NONSTRICT_SADDLE, False, dimension=1)
BAD_VALLEY = point(1, Kind.MINIMUM, False, dimension=1)
RIDGE = point(0, Kind.MAXIMUM, False, dimension=1)
UNSURE_SET = point(0, Kind.UNDECIDED, False, dimension=1)


def empty(p: CriticalPoint) -> CriticalPoint:
    """A stratum that may have no points."""
    return replace(p, point={}, spurious=None)


def evidence(points: tuple[CriticalPoint, ...], complete: bool = True, **more: Any) -> Evidence:
    status = Completeness.PROVED if complete else Completeness.OPEN
    return Evidence(OBJECTIVE, lambda o: Landscape(o, status, None, points, evidence=ACCEPTED, **more))


T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
GLOBAL, SPURIOUS = has.EveryMinimumGlobal(), has.SpuriousMinimumExists()
SADDLES, STRICT = has.EveryCriticalPointGlobalOrSaddle(), has.NoNonstrictSaddle()
ORIGIN, RIGHT_END = ("0", "0"), ("1", "0")


@pytest.mark.parametrize(
    ("prop", "points", "complete", "wanted"),
    [
        (GLOBAL, ALL, True, T),
        (GLOBAL, ALL, False, U),
        (GLOBAL, (LEFT, MIDDLE, BAD), True, F),
        (GLOBAL, (BAD,), False, F),  # a witness needs no complete list
        (GLOBAL, (LEFT, MIDDLE, UNSURE), True, U),
        (GLOBAL, (LEFT, OPEN, RIGHT), True, U),
        (GLOBAL, (), False, U),
        (SPURIOUS, ALL, True, F),
        (SPURIOUS, ALL, False, U),
        (SPURIOUS, (BAD,), False, T),
        (SADDLES, ALL, True, T),
        (SADDLES, ALL, False, U),
        (SADDLES, (LEFT, TOP), False, F),
        (SADDLES, (BAD,), False, F),
        (SADDLES, (LEFT, OPEN), True, U),
        (SADDLES, (LEFT, point(0, Kind.STRICT_SADDLE, False, (0, 1, 1))), True, T),  # with arcs (K4)
        (SADDLES, (LEFT, point(0, Kind.UNDECIDED, False, (0, 1, 1))), True, U),  # perhaps a local maximum
        (STRICT, ALL, True, T),
        (STRICT, ALL, False, U),
        (STRICT, (LEFT, FLAT), False, F),
        (STRICT, (LEFT, OPEN), True, U),
        (has.PointIs(ORIGIN, Kind.STRICT_SADDLE), ALL, True, T),
        (has.PointIs(ORIGIN, Kind.STRICT_SADDLE), (MIDDLE,), False, T),
        (has.PointIs(ORIGIN, Kind.MINIMUM), ALL, True, F),
        (has.PointIs(ORIGIN, Kind.MINIMUM), (LEFT, OPEN), True, F),  # a certificate of its own
        (has.PointIs(RIGHT_END, Kind.MINIMUM, True), (UNSURE,), False, T),
        (has.PointIs(RIGHT_END, Kind.MINIMUM, False), (), False, F),
        (has.PointIs(RIGHT_END, Kind.MINIMUM), (point(("1/2", "3/2"), Kind.STRICT_SADDLE),), True, T),  # which one?
        (has.PointIs(("2", "0"), Kind.MINIMUM), ALL, True, F),  # not in a complete list
        (has.PointIs(("2", "0"), Kind.MINIMUM), ALL, False, U),
        (has.PointIs(RIGHT_END, Kind.MINIMUM, True), (RIGHT,), False, T),
        (has.PointIs(RIGHT_END, Kind.MINIMUM, True), (BAD,), False, F),
        (has.CountIs(real=3), ALL, True, T),
        (has.CountIs(real=4), ALL, True, F),
        (has.CountIs(real=3), ALL, False, U),
        (has.CountIs(complex_=3), ALL, True, U),
        (has.CountIs(minima=2), ALL, True, T),
        (has.CountIs(minima=2), (LEFT, OPEN, RIGHT), True, U),
        (has.MorseSumIs(1), ALL, True, T),
        (has.MorseSumIs(2), ALL, True, F),
        (has.MorseSumIs(1), ALL, False, U),
        (has.MorseSumIs(1), (LEFT, OPEN), False, F),  # a degenerate point
        (has.MorseSumIs(1), (point(0, Kind.MINIMUM),), True, U),
        (has.EveryMinimumSatisfies(("x^2 - 1", "y*x")), ALL, True, T),
        (has.EveryMinimumSatisfies(("x^2 - 1", "loss")), ALL, True, U),  # the loss is between 0 and 1
        (has.EveryMinimumSatisfies(("x - 1",)), ALL, False, F),
        (has.EveryMinimumSatisfies(("x^2 - 1",)), ALL, False, U),
        (has.EveryMinimumSatisfies(("x^2 - 1",)), (LEFT, OPEN), True, U),
        (has.EveryMinimumSatisfies(("x^2 - 1",)), (point(("9/10", "11/10"), Kind.MINIMUM),), True, U),
        (has.EveryMinimumSatisfies(("x^2 - 1",)), (point(("11/10", "12/10"), Kind.MINIMUM),), True, F),
        (has.EveryMinimumSatisfies(("x^2 - 1",)), (point(("91/100", "99/100"), Kind.MINIMUM),), True, F),
        (has.EveryMinimumSatisfies(("x^2 - 2",)), (point(("14/10", "15/10"), Kind.MINIMUM),), True, U),
        (GLOBAL, (VALLEY, PASS, MIDDLE), True, T),
        (GLOBAL, (VALLEY, PASS, MIDDLE), False, U),
        (GLOBAL, (VALLEY, BAD_VALLEY), True, F),
        (GLOBAL, (VALLEY, empty(BAD_VALLEY)), True, U),
        (GLOBAL, (VALLEY, UNSURE_SET), True, U),
        (SADDLES, (VALLEY, PASS, MIDDLE), True, T),
        (SADDLES, (VALLEY, RIDGE), True, F),
        (SADDLES, (VALLEY, empty(RIDGE)), True, U),
        (SADDLES, (VALLEY, UNSURE_SET), True, U),
        (STRICT, (VALLEY, PASS), True, T),
        (STRICT, (VALLEY, BAD_PASS), True, F),
        (STRICT, (VALLEY, empty(BAD_PASS)), True, U),
        (has.NoNonstrictSaddle("x"), (VALLEY, point(0, Kind.NONSTRICT_SADDLE, False)), True, T),  # only x != 0 counts
        (has.NoNonstrictSaddle("x"), (VALLEY, BAD_PASS), True, U),  # x = 0 at one of its points
        (has.CountIs(real=2), (VALLEY, PASS), True, U),
        (has.MorseSumIs(0), (VALLEY, PASS), True, U),
        (has.EveryMinimumSatisfies(("x - 1",)), (VALLEY, PASS), True, U),
        (has.EveryMinimumSatisfies(("x - 2",)), (empty(VALLEY),), True, U),
        (has.EveryMinimumSatisfies(("x - 2",)), (VALLEY,), True, F),
        (has.PointIs(("2", "0"), Kind.MINIMUM), (VALLEY, empty(PASS)), True, U),
        (has.AllCriticalPointsIsolated(), (VALLEY, MIDDLE), True, F),
        (has.AllCriticalPointsIsolated(), (empty(VALLEY), MIDDLE), True, U),
        (has.AllCriticalPointsIsolated(), ALL, True, T),
        (has.AllCriticalPointsIsolated(), ALL, False, U),
        (
            has.AllCriticalPointsIsolated(),
            (point(0, Kind.MINIMUM, True, dimension=1),),
            False,
            U,
        ),  # no certificate says so
    ],
)
def test_properties_are_three_valued(prop, points, complete, wanted):
    finding = prop.evaluate(evidence(points, complete))
    assert finding.truth is wanted
    assert finding.reason


def test_counts_of_complex_points():
    assert has.CountIs(complex_=5).evaluate(evidence(ALL, complex_points=5)).truth is T
    assert has.CountIs(complex_=5).evaluate(evidence(ALL, complex_points=7)).truth is F


@pytest.mark.parametrize("left", list(Truth))
@pytest.mark.parametrize("right", list(Truth))
def test_connectives_follow_kleene(left, right):
    a, b = Finding(left, "a", (ACCEPTED,)), Finding(right, "b", (ACCEPTED,))
    order = [F, U, T]
    assert conjunction([a, b]).truth is min(left, right, key=order.index)
    assert disjunction([a, b]).truth is max(left, right, key=order.index)
    assert negation(negation(a)).truth is left
    assert negation(conjunction([a, b])).truth is disjunction([negation(a), negation(b)]).truth


def test_one_of_several_is_enough():
    yes, no, open_ = has.CountIs(real=3), has.CountIs(real=4), has.CountIs(complex_=3)
    found = {
        part: has.Or(*part).evaluate(evidence(ALL)).truth for part in ((no, yes), (no, open_), (no, no), (open_, yes))
    }
    assert list(found.values()) == [T, U, F, T]
    assert has.Not(has.Or(no, no)).evaluate(evidence(ALL)).truth is T


@pytest.mark.parametrize("value", [Truth.TRUE, Truth.FALSE])
def test_nothing_is_decided_without_a_certificate(value):
    with pytest.raises(ValueError, match="without a certificate"):
        Finding(value, "because I say so")
    with pytest.raises(ValueError, match="without a certificate"):
        has.And().evaluate(evidence(ALL))
    bare = Evidence(OBJECTIVE, lambda o: Landscape(o, Completeness.PROVED, None, ALL))
    with pytest.raises(ValueError, match="without a certificate"):
        GLOBAL.evaluate(bare)


def test_conclusions_carry_the_certificates_of_their_parts():
    both = conjunction(
        [has.CountIs(real=3).evaluate(evidence(ALL)), has.PointIs(ORIGIN, Kind.STRICT_SADDLE).evaluate(evidence(ALL))]
    )
    assert both.certificates == (ACCEPTED,)
    other = Certificate("another one", SimpleNamespace(proved=("another sentence",)))
    findings = [Finding(T, "a", (ACCEPTED,)), Finding(T, "b", (other, ACCEPTED))]
    assert conjunction(findings).certificates == (ACCEPTED, other)
    assert disjunction(findings).certificates == (ACCEPTED,)


@pytest.mark.parametrize("truth", [T, F])
def test_a_certificate_from_elsewhere_gives_no_verdict(truth):
    class Invented(has.Property):
        def evaluate(self, evidence: Evidence) -> Finding:
            return Finding(
                truth, "trust me", (Certificate("not accepted by anyone", SimpleNamespace(proved=("all is well",))),)
            )

    with pytest.raises(RuntimeError, match="not accepted here"):
        judge(claim(lambda _: Invented()), {"l": 1}, solver(ALL))


@pytest.mark.parametrize("value", [*Truth, *Verdict])
def test_verdicts_are_no_truth_values(value):
    with pytest.raises(TypeError, match="compare with"):
        bool(value)


def claim(
    conclusion: Callable[[Mapping[str, Any]], has.Property] = lambda _: GLOBAL,
    cases: tuple[Case, ...] = (Case("one", {"l": 1}),),
    controls: tuple[Control, ...] = (Control("zero", "l > 0", {"l": 0}),),
    **more: Any,
) -> Claim:
    def objective(parameters: Mapping[str, Any]) -> Objective:
        return Objective.from_expression(f"(x^2 - 1)^2 + y^2 + {parameters['l']}*x/1000", "x y")

    return Claim("toy", "a statement", "a source", (POSITIVE, SMALL), objective, conclusion, cases, controls, **more)


def system(*claims: Claim) -> System:
    return System("toys", "Toys", "nowhere", "ours", claims)


def solver(points: tuple[CriticalPoint, ...], complete: bool = True):
    status = Completeness.PROVED if complete else Completeness.OPEN
    return lambda objective, seconds=0.0: Landscape(objective, status, None, points, evidence=ACCEPTED)


@pytest.mark.parametrize(
    ("parameter", "drops", "evaluate", "points", "complete", "wanted"),
    [
        (1, None, True, ALL, True, Verdict.VERIFIED),
        (1, None, True, (BAD,), True, Verdict.REFUTED),
        (1, None, True, ALL, False, Verdict.UNDECIDED),
        (0, None, True, ALL, True, Verdict.VACUOUS),  # a hypothesis fails: the claim says nothing
        (0, None, True, (BAD,), True, Verdict.VACUOUS),
        (0, "l > 0", True, (BAD,), True, Verdict.REFUTED),  # a control looks at the conclusion all the same
        (0, "l > 0", True, ALL, True, Verdict.VERIFIED),
        (0, "l > 0", True, ALL, False, Verdict.UNDECIDED),
        (0, "l > 0", False, (BAD,), True, Verdict.VACUOUS),
        (20, "l > 0", True, (BAD,), True, Verdict.VACUOUS),  # another hypothesis fails as well
    ],
)
def test_the_verdict_on_one_instance(parameter, drops, evaluate, points, complete, wanted):
    judgement = judge(claim(), {"l": parameter}, solver(points, complete), drops, evaluate)
    assert judgement.verdict is wanted


def test_an_undecided_hypothesis_decides_nothing():
    unsure = replace(claim(), hypotheses=(Hypothesis("who knows", lambda _: Truth.UNKNOWN),))
    assert judge(unsure, {"l": 1}, solver(ALL)).verdict is Verdict.UNDECIDED


def test_a_vacuous_case_never_asks_the_solver():
    def refuse(objective: Objective) -> Landscape:
        raise AssertionError(objective)

    assert judge(claim(), {"l": 0}, refuse).verdict is Verdict.VACUOUS


def run(*claims: Claim, points: tuple[CriticalPoint, ...] = ALL, complete: bool = True) -> Report:
    return Report(tuple(Run(solver=solver(points, complete)).system(system(*claims))))


def test_a_control_that_does_not_fail_makes_the_run_fail():
    report = run(claim())
    assert [(c.role, c.verdict) for c in report.cases] == [("case", Verdict.VERIFIED), ("control", Verdict.VERIFIED)]
    assert report.code == 1
    assert [c.case for c in report.unexpected] == ["toy/zero"]


@pytest.mark.parametrize(
    ("expected", "complete", "parameter", "code"),
    [
        (Verdict.VERIFIED, True, 1, 0),
        (Verdict.VERIFIED, False, 1, 3),
        (Verdict.UNDECIDED, False, 1, 0),
        (Verdict.UNDECIDED, True, 1, 1),  # machinery has arrived: the declaration is to be changed
        (Verdict.VERIFIED, True, 0, 4),
        (Verdict.REFUTED, True, 1, 1),
    ],
)
def test_exit_codes(expected, complete, parameter, code):
    case = Case("one", {"l": parameter}, expected, because="not built")
    assert run(claim(cases=(case,), controls=()), complete=complete).code == code


def test_a_refutation_outranks_an_undecided_case():
    cases = (Case("open", {"l": 1}), Case("vacuous", {"l": 0}))
    assert run(claim(cases=cases, controls=()), complete=False).code == 3
    refuted = claim(conclusion=lambda p: has.CountIs(real=9) if p["l"] == 2 else GLOBAL, cases=(Case("bad", {"l": 2}),))
    assert run(refuted).code == 1


@pytest.mark.parametrize("expected", list(Verdict))
def test_the_expected_verdict_reaches_neither_verdict_nor_solver(expected):
    asked: list[tuple[str, float]] = []

    def spy(objective: Objective, seconds: float) -> Landscape:
        asked.append((objective.sha256, seconds))
        return Landscape(objective, Completeness.PROVED, None, (LEFT, MIDDLE, BAD), evidence=ACCEPTED)

    case, control = Case("one", {"l": 1}, expected, "why"), Control("zero", "l > 0", {"l": 0}, expected, "why")
    reports = Run(solver=spy).system(system(claim(cases=(case,), controls=(control,))))
    plain = Run(solver=spy).system(system(claim()))
    assert asked[:2] == asked[2:]
    assert [(r.verdict, r.reason, r.proved) for r in reports] == [(r.verdict, r.reason, r.proved) for r in plain]


def test_landscapes_are_shared_within_a_run():
    asked: list[str] = []

    def spy(objective: Objective, seconds: float) -> Landscape:
        asked.append(objective.sha256)
        return Landscape(objective, Completeness.PROVED, None, ALL, evidence=ACCEPTED)

    twice = claim(cases=(Case("one", {"l": 1}), Case("again", {"l": 1})), controls=())
    Run(solver=spy).system(system(twice, replace(twice, name="other")))
    assert len(asked) == 1


def test_an_open_landscape_is_tried_again_only_with_more_time():
    asked: list[float] = []

    def spy(objective: Objective, seconds: float) -> Landscape:
        asked.append(seconds)
        return Landscape(objective, Completeness.OPEN, "too hard")

    cases = tuple(Case(f"s{s}", {"l": 1}, seconds=s) for s in (5, 3, 8, 900))
    Run(seconds=10, solver=spy).system(system(claim(cases=cases, controls=())))
    assert asked == [5, 8, 10]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (claim(cases=()), "no cases"),
        (claim(cases=(Case("none", {"l": 0}),)), "says nothing"),
        (claim(controls=()), "no control"),
        (claim(controls=(Control("zero", "l >= 0", {"l": 0}),)), "the hypotheses are"),
        (claim(controls=(Control("not", "l > 0", {"l": 1}),)), "nothing is dropped"),
        (claim(controls=(Control("zero", "l > 0", {"l": 0}, Verdict.VERIFIED),)), "must come out"),
        (claim(cases=(Case("one", {"l": 1}, Verdict.UNDECIDED),)), "because of what"),
        (claim(cases=(Case("one", {"l": 1}), Case("one", {"l": 2}))), "named 'one'"),
        (claim(vacuous="said so"), "declared vacuous"),
        (replace(claim(), hypotheses=(POSITIVE, POSITIVE)), "two hypothesis"),
        (replace(claim(), hypotheses=(POSITIVE, Hypothesis("odd", lambda _: 1))), "not True, False"),
    ],
)
def test_badly_stated_claims_are_errors(bad, message):
    with pytest.raises(ClaimError, match=message):
        check_system(system(bad))


def test_cases_of_one_claim_are_controls_of_another():
    cases = (Case("zero", {"l": 0}, Verdict.VACUOUS, "too small", seconds=5), Case("less", {"l": -1}))
    assert POSITIVE.dropped_by(*cases) == (
        Control("zero", POSITIVE.name, {"l": 0}, seconds=5),
        Control("less", POSITIVE.name, {"l": -1}),
    )
    check_system(system(claim(controls=POSITIVE.dropped_by(*cases))))
    with pytest.raises(ClaimError, match="nothing is dropped"):
        check_system(system(claim(controls=POSITIVE.dropped_by(Case("two", {"l": 2})))))


def test_well_stated_claims_pass():
    check_system(system(claim()))
    check_system(system(claim(cases=(Case("none", {"l": 0}, Verdict.VACUOUS),), vacuous="no small instance")))
    with pytest.raises(ClaimError, match="two claim"):
        check_system(system(claim(), claim()))
    with pytest.raises(ClaimError, match="no claims"):
        check_system(system())
