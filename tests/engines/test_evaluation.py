"""Values and derivatives in floating point, beside exact ones; the predictor of the path tracker."""

from __future__ import annotations

import numpy as np
import pytest

from exactland.engines.base import PolynomialSystem
from exactland.engines.evaluation import Evaluator
from exactland.engines.noise import Noise
from exactland.engines.tracking import _extrapolated
from tests.engines.systems import SYSTEMS

POINTS = np.array([[1 + 2j, -1, 3j, 2 - 1j, 1, 2], [0, 0, 0, 0, 0, 0], [-2, 1j, 1, 1, -1j, 3]], dtype=np.complex128)


def naive(system: PolynomialSystem, point: list[complex]) -> tuple[list[complex], list[list[complex]], list[float]]:
    def value(terms: list[tuple[int, tuple[int, ...]]]) -> complex:
        return sum((c * np.prod([z**e for z, e in zip(point, m, strict=True)]) for c, m in terms), 0j)

    values, jacobian, sizes = [], [], []
    for equation in system.equations:
        top = max((abs(c) for c, _ in equation), default=1)
        values.append(value(list(equation)) / top)
        sizes.append(sum((abs(value([term])) for term in equation), 0.0) / top)
        row = []
        for k in range(len(point)):
            slope = [(c * m[k], (*m[:k], m[k] - 1, *m[k + 1 :])) for c, m in equation if m[k]]
            row.append(value(slope) / top)
        jacobian.append(row)
    return values, jacobian, sizes


@pytest.mark.parametrize("name", ["chain4", "neuron", "product3"])
def test_values_and_slopes_are_those_of_the_polynomials(name: str) -> None:
    system = SYSTEMS[name][0]()
    points = POINTS[:, : len(system.variables)]
    evaluate = Evaluator(system)
    values, jacobian = evaluate(points)
    for k, point in enumerate(points):
        exact, slopes, sizes = naive(system, [complex(z) for z in point])
        assert np.allclose(values[k], exact, rtol=1e-12, atol=1e-12)
        assert np.allclose(jacobian[k], slopes, rtol=1e-12, atol=1e-12)
        assert np.allclose(evaluate.sizes(points)[k], sizes, rtol=1e-12)


def test_systems_that_are_no_gradients_and_empty_lists_of_points() -> None:
    system = PolynomialSystem(("x", "y"), (((10**400, (3, 1)), (-(10**399), (0, 0))), (), ((2, (0, 1)),)))
    values, jacobian = Evaluator(system)(np.array([[2, 3]], dtype=np.complex128))
    assert np.allclose(values, [[24 - 0.1, 0, 3]])
    assert np.allclose(jacobian, [[[36, 8], [0, 0], [0, 1]]])
    none = Evaluator(system)(np.zeros((0, 2), dtype=np.complex128))
    assert (none[0].shape, none[1].shape) == ((0, 3), (0, 3, 2))


def test_many_points_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate = Evaluator(SYSTEMS["neuron"][0]())
    points = np.random.default_rng(3).normal(size=(50, 3)) + 0j
    whole = evaluate(points)
    monkeypatch.setattr("exactland.engines.evaluation.CHUNK", 100)
    parts = evaluate(points)
    assert np.allclose(whole[0], parts[0])
    assert np.allclose(whole[1], parts[1])


def test_cubics_are_continued_exactly() -> None:
    def curve(t: float) -> list[complex]:
        return [1 - 2 * t + 3 * t**2 - 1j * t**3, t**3]

    def slope(t: float) -> list[complex]:
        return [-2 + 6 * t - 3j * t**2, 3 * t**2]

    rows = [np.array([found], dtype=np.complex128) for found in (curve(0.2), slope(0.2), curve(0.5), slope(0.5))]
    continued = _extrapolated(*rows, np.array([0.3]), np.array([0.7]))
    assert np.allclose(continued, [curve(1.2)])


def test_noise_is_uniform_and_the_same_in_every_run() -> None:
    noise = Noise(5)
    assert (noise.uniform((3,)) == Noise(5).uniform((3,))).all()
    assert (noise.uniform((3,)) != Noise(5).uniform((3,))).all()
    many = noise.uniform((200, 100))
    assert many.min() >= 0
    assert many.max() < 1
    assert np.allclose(np.histogram(many, 10, (0, 1))[0], 2000, atol=200)
    normal = noise.normal((20000,))
    assert np.allclose([normal.mean(), normal.std(), (normal**4).mean()], [0, 1, 3], atol=0.2)
    assert sorted(noise.permutation(9)) == list(range(9))
    assert set(noise.integers(4, (200,)).tolist()) == {0, 1, 2, 3}
