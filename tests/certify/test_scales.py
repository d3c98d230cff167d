"""Systems with very long, very large and very small coefficients, and ties that are not worth exact coordinates."""

from __future__ import annotations

import json
import time
from fractions import Fraction

import pytest

import exactland as el
from exactland.certify import multiple, points
from exactland.checker.kernel import Rejection, ResourceLimit
from exactland.landscape import Completeness, Kind, Landscape
from exactland.objective import Objective, as_objective
from exactland.solving.system import gradient_system_of
from exactland.solving.zero_dimensional import ExactPoint


def solved(variables: list[str], expression: str) -> Landscape:
    found = el.solve(Objective.from_expression(expression, variables), without=["msolve", "singular", "phcpack"])
    assert found.complete is Completeness.PROVED
    assert not found.undecided
    return found


def test_integers_beyond_floating_point() -> None:
    """The gradient in integers has coefficients of more than 308 digits: the Hessian is scaled before it is rounded."""
    numbers = [f"{7**36 + k * 3**60}/{5**43 + k * 11**27}" for k in range(12)]
    parts = [f"(({numbers[k]})*a*b-({numbers[k + 1]}))^2+(({numbers[k]})*a*c-({numbers[k + 2]}))^2" for k in range(10)]
    found = solved(["a", "b", "c"], "+".join([*parts, f"({numbers[4]})*a^2/10", f"({numbers[5]})*b^2/9", "c^2/8"]))
    assert max(len(str(c)) for entry in gradient_system_of(found.objective).system.equations for c, _ in entry) > 308
    assert found.complex_points == 9


def test_numbers_too_long_for_a_certificate() -> None:
    """What would need more digits than Python writes is open, not an error."""
    numbers = [f"{7**k}{11**k}/{13**k}{17 ** (k - 1)}" for k in range(60, 66)]
    first = f"(a*b*({numbers[0]})-({numbers[1]}))^2+(a*c*({numbers[2]})-({numbers[3]}))^2"
    expression = f"{first}+({numbers[4]})*a^2/10^5+({numbers[5]})*b^2/10^5+c^2/10^9"
    objective = Objective.from_expression(expression, ["a", "b", "c"])
    found = el.solve(objective, seconds=10, without=["msolve", "singular", "phcpack"])
    assert found.complete in (Completeness.OPEN, Completeness.CHECKED)
    assert "digits" in (found.reason or "")


def test_a_ridge_that_floating_point_does_not_see() -> None:
    """A ridge of 10^-10 of the data: the points come from a representation modulo primes."""
    z = "(w*({x})+b)"
    samples = ((8000000, -4000000), (-9000000, 9000000), (-8000000, -3500000))
    parts = [f"(v*{z.format(x=x)}^2-({y}))^2" for x, y in samples]
    found = solved(["w", "b", "v"], "+".join([*parts, "950*w^2", "25*b^2", "625*v^2"]))
    assert found.complex_points == 33
    assert len(found.points) == 9


def test_exact_coordinates_are_not_looked_for_in_large_systems(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Units that vanish give coordinates 0; their exact representation is not worth more than the solution."""
    calls: list[float] = []
    monkeypatch.setattr(multiple, "univariate_orbits", lambda *_, **__: calls.append(time.monotonic()) or ())
    units = [("a", "p", "q"), ("b", "r", "s")]
    parts = []
    for x, y, z in ((3, 1, 2), (-2, 5, 1), (1, -3, 4)):
        for place, target in ((1, y), (2, z)):
            parts.append("(" + "+".join(f"{unit[place]}*({unit[0]}*({x}))^2" for unit in units) + f"-({target}))^2")
    ridge = "+".join(f"{name}^2*{k}/40" for k, name in enumerate("apqbrs", 7))
    found = solved(list("apqbrs"), "+".join([*parts, ridge]))
    assert found.complex_points is not None
    assert found.complex_points > 60
    assert not calls


def test_numbers_that_only_look_rational() -> None:
    """Coordinates near 10^-18 lie in boxes around 0; a sharper box shows that they are not 0."""
    found = solved(["x", "y"], "x^4+y^4-10^20*x*y+10^10*x")
    assert found.complex_points == 9


def test_points_of_one_orbit_share_a_field() -> None:
    """Sixteen minima of value 0 with irrational coordinates: one field for each set of conjugate points."""
    found = solved(["x", "y"], "((x+2*y)^2-3)^2+((3*x-y)^2-5)^2")
    assert len(found.points) == 9
    certificate = json.loads(found.certificate().text)
    moduli = [json.dumps(entry["modulus"]) for entry in certificate["fields"]]
    assert moduli
    assert len(moduli) == len(set(moduli))
    assert sum(point.is_global for point in found.minima) == 4


@pytest.mark.parametrize("error", [Rejection("H4", "a sign", "another"), ResourceLimit("too many bits")])
def test_an_inertia_that_the_checker_does_not_accept_is_a_reason(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(points, "exact_inertia", refuse)
    gs = gradient_system_of(as_objective("a^4 + b^4"))
    origin = ExactPoint((0, 1), ((Fraction(0),), (Fraction(0),)))
    with pytest.raises(points.CannotAssemble, match="inertia"):
        list(points.multiple_points(gs, origin, points.FieldStore(gs, (1, 1))))


def test_a_small_ridge_is_proved_in_this_process() -> None:
    """Coordinates of 10^-7 beside 1; floating point of many bits sees them."""
    found = solved(list("abcde"), "(a*b*c*d*e - 1)^2 + 1/10^20*(a^2 + b^2 + c^2 + d^2 + e^2)")
    assert (found.complex_points, list(found.engines)) == (129, ["orbits"])


LARGE = 10**399 + 7


@pytest.mark.parametrize(
    ("variables", "expression", "count"),
    [
        ("x y", f"{LARGE}*x^2*y^2 + {LARGE + 1}*x^2 + {LARGE + 3}*y^2 - {3 * LARGE}*x*y", 3),
        ("x", f"{LARGE}*x^6 - {3 * LARGE + 1}*x^3", 2),
    ],
)
def test_squares_and_arcs_of_objectives_beyond_floating_point(variables: str, expression: str, count: int) -> None:
    """Sums of squares are sought for a multiple of the polynomial, signs of forms along arcs at one, too."""
    found = solved(variables.split(), expression)
    assert len(found) == count
    assert found.infimum is not None
    for p in found.with_minimal_polynomials():
        for number in (p.value, *p.point.values()):
            assert number.minimal_polynomial
            assert number.closed_form is None or len(number.closed_form) < 4000


def test_an_open_list_beyond_floating_point_is_no_error() -> None:
    expression = f"({LARGE}*x - {LARGE + 2})^2*({LARGE + 4}*x - {3 * LARGE})^2"
    found = el.solve(Objective.from_expression(expression, ["x"]), without=["msolve", "singular", "phcpack"])
    assert found.complete is Completeness.PROVED or found.reason
    assert all(p.kind is Kind.MINIMUM or p.spurious is None for p in found)


def test_boxes_of_more_places_than_floating_point_has_exponents() -> None:
    long = 5526686272562729066300098021320379178375780936599341690782025
    expression = f"({long}*y*x*x - 588219770182*x*x*x)^2 + x^4 + y^4"
    found = el.solve(Objective.from_expression(expression, ["x", "y"]), without=["msolve", "singular", "phcpack"])
    assert found.complete is Completeness.PROVED or found.reason
    assert all(p.kind is not Kind.MAXIMUM for p in found)


def test_cuts_that_the_rules_do_not_take_leave_exact_coordinates_out() -> None:
    long = 7359557548331400041136432748013206215636575900452816831355039
    found = el.solve(f"-143054461908*y^2 + x/6 + {long}*y^4 + x^4/7 + y^4/7", seconds=10)
    assert found.complete is Completeness.PROVED or found.reason
