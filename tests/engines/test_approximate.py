"""Points in floating point without numpy: those of the exact representation, whatever the symmetries."""

from __future__ import annotations

import pytest

from exactland.engines import approximate
from exactland.engines.approximate import approximations
from exactland.engines.base import PolynomialSystem
from exactland.engines.classes import loss_symmetries
from exactland.engines.laws import conservation_laws
from exactland.engines.rur import NoRepresentation, represent
from exactland.engines.tiny import Tiny, of_orbit
from exactland.objective import as_objective
from exactland.solving.system import gradient_system_of
from tests.engines.systems import chain, double_wells, linear_net, product_of_three, psd


def gradient(expression: str) -> PolynomialSystem:
    return gradient_system_of(as_objective(expression)).system


SYSTEMS = {  # with the number of sign symmetries that generate the others
    "chain 2": (chain(2), 1),
    "chain 3": (chain(3), 2),
    "1-2-1": (linear_net((1, 2, 1), 1), 2),
    "2-1-2": (linear_net((2, 1, 2), 1), 1),
    "psd 3": (psd(3), 1),
    "three": (product_of_three(), 2),
    "wells": (double_wells(), 1),
    "none": (gradient("a^4 + b^4 + a^2*b + 2*a*b + 3*a - b"), 0),
    "one of two": (gradient("a^4 + b^4 + a^2*b + a^2 - b + 2*b^2"), 1),
    "rational": (gradient("(a^2 - 1)^2 + (b^2 - 4)^2 + a^2*b^2"), 2),
    "squares only": (gradient("a^4 + b^4 + 3*a^2*b^2 - a^2 - 2*b^2"), 2),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_they_are_the_exact_points(name: str) -> None:
    system, symmetries = SYSTEMS[name]
    evidence, quotient = Tiny(system, conservation_laws(system)).run()
    found = approximations(system, quotient, 10.0)
    exact = [point for orbit in represent(system, evidence, 10.0) for point in of_orbit(orbit)]
    assert len(loss_symmetries(system)) == symmetries
    assert len(found) == len(exact) == len(evidence.basis)
    for point in exact:
        assert min(max(abs(a - b) for a, b in zip(p, point, strict=True)) for p in found) < 1e-9


@pytest.mark.parametrize("expression", ["a^4 + b^4 + a*b^3", "(a^2 - 1)^2*a^2 + b^4"])
def test_multiple_points_are_refused(expression: str) -> None:
    system = gradient(expression)
    _, quotient = Tiny(system, conservation_laws(system)).run()
    with pytest.raises(NoRepresentation, match="multiple"):
        approximations(system, quotient, 10.0)


def test_time_and_primes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    system = psd(3)
    _, quotient = Tiny(system, conservation_laws(system)).run()
    with pytest.raises(NoRepresentation, match="time"):
        approximations(system, quotient, -1.0)
    monkeypatch.setattr(approximate, "MAX_PRIMES", 1)
    with pytest.raises(NoRepresentation, match="primes"):
        approximations(system, quotient, 10.0)


def test_classes_of_variables_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    _, quotient = Tiny(chain(3), conservation_laws(chain(3))).run()
    monkeypatch.setattr(approximate, "MAX_LABELS", 2)
    with pytest.raises(NoRepresentation, match="classes"):
        approximations(chain(3), quotient, 10.0)


def test_symmetries_that_the_system_does_not_have_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    system = gradient("a^4 + b^4 + a^2*b + 2*a*b + 3*a - b")
    _, quotient = Tiny(system, ()).run()
    monkeypatch.setattr(approximate, "loss_symmetries", lambda _: [3])
    with pytest.raises(NoRepresentation, match="mixes"):
        approximations(system, quotient, 10.0)
