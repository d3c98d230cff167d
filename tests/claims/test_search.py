"""The search for facts, what the checker makes of them, and that near misses come to nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactland.certify import facts
from exactland.checker import check_bytes
from exactland.claims import properties as has
from exactland.claims import search
from exactland.claims.evidence import Evidence
from exactland.claims.matrices import distinct_eigenvalues, matrix, rank
from exactland.claims.truth import Finding, Truth
from exactland.landscape import Completeness, Kind, Landscape
from exactland.objective import Objective


def polynomial(text: str):
    return Objective.from_expression(text).polynomial


def unsolved(text: str, variables: str | None = None) -> Evidence:
    """Evidence whose landscape must not be asked for."""

    def refuse(objective: Objective):
        raise AssertionError("the solver was asked")

    return Evidence(Objective.from_expression(text, variables), refuse)


def given_up(text: str, variables: str | None = None) -> Evidence:
    """Evidence whose landscape is empty and open."""
    return Evidence(
        Objective.from_expression(text, variables), lambda o: Landscape(o, Completeness.OPEN, "not solved here")
    )


def accepted_facts(finding: Finding) -> list[str]:
    """The facts that the checker reads in the certificates of a finding."""
    return [fact.name for c in finding.certificates for fact in check_bytes(c.text.encode("ascii")).facts]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("(x*y*z - 1)^2", "x y z"),
        ("(x*y - 1)^2", "x y"),
        ("(a*b - 1)^2 + (a*c - 1)^2", "a b c"),
        ("x^2*y^2", "x y"),
        ("(x^2*y - 1)^2", "x y"),
        ("x^2", "x y"),
    ],
)
def test_curves_of_critical_points_are_found_and_accepted(text, variables):
    finding = has.AllCriticalPointsIsolated().evaluate(unsolved(text, variables))
    assert finding.truth is Truth.FALSE
    assert accepted_facts(finding) == ["critical_curve"]


@pytest.mark.parametrize("text", ["(x*y - 1)^2 + (x^2 + y^2)/20", "x^2 + y^2", "(x^2 - 1)^2 + y^4", "x*y"])
def test_isolated_critical_points_give_no_curve(text):
    assert list(search.curves(polynomial(text))) == []
    assert has.AllCriticalPointsIsolated().evaluate(given_up(text)).truth is Truth.UNKNOWN


def test_a_curve_that_only_looks_critical_is_not_believed(monkeypatch):
    line = ({1: Fraction(1)}, {})
    monkeypatch.setattr(search, "curves", lambda p: iter([line]))
    finding = has.AllCriticalPointsIsolated().evaluate(given_up("(x - 2)^2*(x - 3)^2 + y^2", "x y"))
    assert finding.truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("(x*y*z - 1)^2", 1),
        ("1/2*(x*y - 1)^2", Fraction(1, 2)),
        ("3*(x^2 - y^2 + 1)^2", 3),
        ("4*x^2", 4),
        ("(x*y - 1)^2 + 5", 1),
        ("(x^2 - 3*y^2)^2", 1),  # harmonic after scaling
        ("(x^3 - 3*x*y^2 + z)^2 - 1/3", 1),
    ],
)
def test_harmonic_squares(text, scale):
    assert [form.scale for form in search.harmonic_forms(polynomial(text))] == [scale]
    finding = has.EveryMinimumGlobal().evaluate(unsolved(text))
    assert finding.truth is Truth.TRUE
    assert accepted_facts(finding) == ["harmonic_square"]


NOT_HARMONIC = [
    "-(x*y - 1)^2",
    "(x^2*y - 1)^2",
    "(x^2 + y^2 - 1)^2",
    "(x*y - 1)^2*x",
    "(x*y - 1)^2 + x^2/1000000",
    "0*x",
    "7 + 0*x",
]


@pytest.mark.parametrize("text", NOT_HARMONIC)
def test_other_objectives_are_no_harmonic_squares(text):
    assert list(search.harmonic_forms(Objective.from_expression(text, "x y").polynomial)) == []
    assert has.EveryMinimumGlobal().evaluate(given_up(text, "x y")).truth is Truth.UNKNOWN


@pytest.mark.parametrize("text", NOT_HARMONIC)
def test_a_wrong_harmonic_form_is_not_believed(text, monkeypatch):
    bracket = Objective.from_expression("x*y - 1", "x y").polynomial
    one = Fraction(1)
    wrong = search.HarmonicForm(Fraction(0), one, bracket, (one, one))
    monkeypatch.setattr(search, "harmonic_forms", lambda p: iter([wrong]))
    for prop in (has.EveryMinimumGlobal(), has.EveryCriticalPointGlobalOrSaddle(), has.NoNonstrictSaddle()):
        assert prop.evaluate(given_up(text, "x y")).truth is not Truth.TRUE


def test_conclusions_from_harmonic_squares_need_no_solver():
    chain = "1/2*(a*b*c - 1)^2"
    assert has.EveryMinimumGlobal().evaluate(unsolved(chain)).truth is Truth.TRUE
    assert has.SpuriousMinimumExists().evaluate(unsolved(chain)).truth is Truth.FALSE
    assert has.EveryCriticalPointGlobalOrSaddle().evaluate(unsolved(chain)).truth is Truth.TRUE
    assert has.AllCriticalPointsIsolated().evaluate(unsolved(chain)).truth is Truth.FALSE
    assert has.NoNonstrictSaddle().evaluate(unsolved(chain)).truth is Truth.FALSE
    assert has.NoNonstrictSaddle("b").evaluate(unsolved(chain)).truth is Truth.TRUE
    assert has.NoNonstrictSaddle("a + b").evaluate(unsolved(chain)).truth is Truth.UNKNOWN
    assert has.NoNonstrictSaddle().evaluate(unsolved("(a*b - 1)^2")).truth is Truth.TRUE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(x*y - 1)^2", Truth.TRUE),
        ("x^2 - y^2", Truth.TRUE),
        ("x^2 + y^2", Truth.FALSE),
        ("-(x + 3*y - 1)^2", Truth.FALSE),
        ("x^2 + (y - 2/3)^2", Truth.FALSE),
        ("-x^2 + y", Truth.UNKNOWN),  # concave, but without a critical point
        ("x^4 + y^4", Truth.UNKNOWN),
    ],
)
def test_convexity(text, wanted):
    assert has.NeitherConvexNorConcave().evaluate(unsolved(text)).truth is wanted


def test_wrong_curvature_is_not_believed(monkeypatch):
    place = (Fraction(1), Fraction(1))
    monkeypatch.setattr(search, "curvature", lambda p, sign: (place, place))
    assert has.NeitherConvexNorConcave().evaluate(unsolved("x^4 + y^4")).truth is Truth.UNKNOWN


def test_one_sign_of_curvature_is_not_enough(monkeypatch):
    found = search.curvature(polynomial("x*y + y^4"), 1)
    monkeypatch.setattr(search, "curvature", lambda p, sign: found if sign > 0 else None)
    assert has.NeitherConvexNorConcave().evaluate(unsolved("x*y + y^4")).truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^2 + y^3", Truth.FALSE),
        ("(x*y*z - 1)^2", Truth.FALSE),
        ("x^2 + y^4", Truth.UNKNOWN),  # a minimum
        ("-x^4 - y^4", Truth.UNKNOWN),  # a maximum
        ("x^2 - y^2", Truth.UNKNOWN),  # a negative eigenvalue
        ("x + y^3", Truth.UNKNOWN),  # not critical
    ],
)
def test_nonstrict_saddles_at_the_origin(text, wanted):
    assert has.NoNonstrictSaddle().evaluate(given_up(text)).truth is wanted


@pytest.mark.parametrize(
    ("text", "point", "kind", "is_global", "wanted"),
    [
        ("(x*y - 1)^2", ("0", "0"), Kind.STRICT_SADDLE, None, Truth.TRUE),
        ("(x*y - 1)^2", ("0", "0"), Kind.MINIMUM, None, Truth.FALSE),
        ("(x*y - 1)^2", ("2", "1/2"), Kind.MINIMUM, True, Truth.TRUE),  # on a curve of minima
        ("(x*y - 1)^2", ("2", "1/2"), Kind.MINIMUM, False, Truth.FALSE),
        ("(x*y - 1)^2", ("2", "2"), Kind.MINIMUM, None, Truth.UNKNOWN),  # not critical, without a complete list
        ("x^2*y^2 - x^2*y^3", ("0", "-1"), Kind.MINIMUM, True, Truth.UNKNOWN),
        ("x^4 + y^4", ("0", "0"), Kind.MINIMUM, None, Truth.TRUE),
        ("3 + 0*x + 0*y", ("0", "0"), Kind.MAXIMUM, None, Truth.UNKNOWN),  # minimum and maximum at once
    ],
)
def test_single_points(text, point, kind, is_global, wanted):
    finding = has.PointIs(point, kind, is_global).evaluate(given_up(text, "x y"))
    assert finding.truth is wanted


def test_identities_with_symbols():
    holds = has.IdentityHolds(("a", "b"), "(a + b)^2", "a^2 + 2*a*b + b^2").evaluate(unsolved("x^2"))
    assert holds.truth is Truth.TRUE
    (certificate,) = holds.certificates
    assert check_bytes(certificate.text.encode("ascii")).problem.variables == ("a", "b")
    for left, right in (("(a + b)^2", "a^2 + b^2"), ("a", "-a"), ("1", "0"), ("a*b + 1", "a*b")):
        differs = has.IdentityHolds(("a", "b"), left, right).evaluate(unsolved("x^2"))
        assert differs.truth is Truth.FALSE
        (certificate,) = differs.certificates
        assert check_bytes(certificate.text.encode("ascii")).facts[0].name == "not_critical"


def test_a_certificate_about_another_problem_is_refused(monkeypatch):
    other = facts.certify_facts(Objective.from_expression("(x*y - 1)^2"), ())
    monkeypatch.setattr(facts, "certify_facts", lambda *_, **__: other)
    with pytest.raises(RuntimeError, match="another problem"):
        unsolved("(x*y - 2)^2").prove()


@pytest.mark.parametrize("domain", [{"positive": ["x"]}, {"on_sphere": ["x", "y"]}])
def test_facts_say_nothing_on_a_restricted_domain(domain):
    objective = Objective.from_expression("(x*y - 1)^2", "x y", **domain)
    evidence = Evidence(objective, lambda o: Landscape(o, Completeness.OPEN, "not built yet"))
    assert evidence.prove(points=[(Fraction(0), Fraction(0))]) is None
    for prop in (has.EveryMinimumGlobal(), has.AllCriticalPointsIsolated(), has.NeitherConvexNorConcave()):
        assert prop.evaluate(evidence).truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("rows", "distinct", "full"),
    [
        ([["1", "0"], ["0", "2"]], True, 2),
        ([["1", "0"], ["0", "1"]], False, 2),
        ([["1", "1"], ["1", "1"]], True, 1),
        ([["0.1", "1/3"], ["1/3", "0"]], True, 2),
    ],
)
def test_matrices(rows, distinct, full):
    assert distinct_eigenvalues(matrix(rows)) is distinct
    assert rank(matrix(rows)) == full
