from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq_mpoly
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.classify._tools import univariate_ring
from exactland.classify.degenerate import DegenerateType, classify_degenerate
from exactland.classify.local_evidence import Arc, GlobalSquares, LocalForm
from exactland.classify.sos import SumOfSquares
from exactland.classify.tangency import TangencyType
from tests.classify.polynomials import polynomial, polynomials, ring, value

MINIMA = [
    "x**2 + y**4",
    "x**4 + y**4 - x**2*y**2",
    "(y - x**2)**2 + x**6",
    "(x*y - 1)**2/2 + (x**2 + y**2)/2",
    "x**2 + (y**2 - z**3)**2 + z**8",
    "(y**2 - 2*x**2)**2 + x**6",
    "x**4 + y**4 - 2*x**2*y**2 + x**6",
    "x**4 + x**2*y**2 + y**6",
    "(x + y)**4 + y**6",
    "(x - y**2)**4 + y**10",
    "(x + y - z)**2 + (x - y)**4 + z**6",
    "x**2 + y**2",
    "x**6",
    "x**2*(1 + y) + (y - z)**4 + z**4 + x*z**2/10",
    "(x - y**2 + z**2)**2 + y**4 + z**4",
    "(x - y**2)**2 + (z - y**3)**2 + y**12",
    "x**2 + y**4 + y**2*z**2 - y*z**3*0 + z**4 + u**6",
]
SADDLES = [
    "x**2 - y**4",
    "(y - x**2)*(y - 2*x**2)",
    "x**3 - 3*x*y**2",
    "x**2 + y**3 + z**4",
    "x*y*z + x**4 + y**4 + z**4",
    "x**4 + y**4 + z**4 - 3*x*y*z**2",
    "(y - x**2)**2 + x**5",
    "(x*y*z - 1)**2",
    "x**3",
    "x*y",
    "x**5 + y**6",
    "(x - y**2)**2 + (z - y**3)**2 - y**12",
    "x**2 + 2*x*y**2 + y**4 + x**3",
    "(x*y*z*u - 1)**2",
    "x**4 - y**4 + z**2",
    "(x + y)**4 - y**6",
    "(x**2 - y**2 + x**3)**2 - x**9",
    "(x**2 - y**2 + x**3)**2 + x**9",
    "(x*y + x**3 - 2*y**4)**2 - x**9",
    "z**2 + (x**2 - y**2 + x**3 + z*x)**2 - x**9",
]


def near(count: int, seed: int, radius: Fraction) -> list[tuple[Fraction, ...]]:
    """Random rational points of the cube, on several scales and on curves with unequal exponents."""
    generator = np.random.default_rng(seed)
    points = []
    for _ in range(200):
        t = radius / int(generator.integers(1, 50))
        powers = generator.integers(1, 4, size=count)
        points.append(
            tuple(
                Fraction(int(v), 100) * t ** int(k)
                for v, k in zip(generator.integers(-100, 101, count), powers, strict=True)
            )
        )
    return points


@pytest.mark.parametrize("text", MINIMA)
def test_minima(text: str) -> None:
    f = polynomial(text)
    count = f.context().nvars()
    found = classify_degenerate(f, (0,) * count)
    assert found.kind == "minimum"
    (evidence,) = found.evidence
    assert isinstance(evidence, LocalForm | TangencyType)
    assert evidence.proves(f, (0,) * count)
    assert not evidence.proves(-f, (0,) * count)
    assert all(value(f, x) > value(f, (0,) * count) for x in near(count, 1, Fraction(1, 100)) if any(x))


@pytest.mark.parametrize("text", MINIMA)
def test_maxima(text: str) -> None:
    f = -polynomial(text)
    found = classify_degenerate(f, (0,) * f.context().nvars())
    assert found.kind == "maximum"
    assert found.proves(f, (0,) * f.context().nvars())


@pytest.mark.parametrize("text", SADDLES)
def test_saddles(text: str) -> None:
    f = polynomial(text)
    origin = (0,) * f.context().nvars()
    found = classify_degenerate(f, origin)
    assert found.kind == "saddle"
    for arc, sign in zip(found.evidence, (-1, 1), strict=True):
        assert isinstance(arc, Arc)
        for t in (Fraction(1, 1000), Fraction(1, 10**6)):
            difference = value(f, [value(a, (t,)) for a in arc.coordinates]) - value(f, origin)
            assert difference * sign > 0


@pytest.mark.parametrize("text", ["x**2*y**2", "(x**2 - y**2)**2", "x**2 + y**2*z**2", "(y - x**2)**2 + 0*z"])
def test_minima_that_are_not_strict(text: str) -> None:
    f = polynomial(text)
    found = classify_degenerate(f, (0,) * f.context().nvars())
    assert found.kind == "minimum"
    assert isinstance(found.evidence[0], GlobalSquares)


@pytest.mark.parametrize("text", ["(y**2 - 2*x**2 + x*y**2)**2", "(y - x**2)**2 - 0*x"])
def test_minima_along_curves(text: str) -> None:
    found = classify_degenerate(polynomial(text), (0, 0))
    assert found.kind == "minimum"
    assert isinstance(found.evidence[0], GlobalSquares)


@pytest.mark.parametrize("text", ["(x*y - z**2)**2*(x - 3)", "x - x + 0*y", "(y - x**2)**2*(1 + x)"])
def test_what_is_not_decided_is_not_claimed(text: str) -> None:
    f = polynomial(text)
    assert classify_degenerate(f, (0,) * f.context().nvars()).kind is None


@pytest.mark.parametrize(
    "text",
    [
        "(y**2 - 2*x**2)**2 - x**7",
        "x**7 - (y**2 - 2*x**2)**2",
        "(y**2 - 2*x**2)**2 - x**7 + x**10 + z**2 + z*x**3",
        "x**7 - (y**2 - 2*x**2)**2 - z**2 - z*x**3",
        "(y**2 - 2*x**2)**2 - x**7 + (z + x**2)**2 + (u + z*y)**2 + v**2",
    ],
)
def test_saddles_by_tangency(text: str) -> None:
    f = polynomial(text)
    origin = (0,) * f.context().nvars()
    found = classify_degenerate(f, origin)
    assert found.kind == "saddle"
    (last,) = found.evidence
    assert isinstance(last, TangencyType)
    assert not last.proves(-f, origin)
    for point, sign in ((last.below, -1), (last.above, 1)):
        if point is not None:
            moved = point if last.images is None else [value(image, point) for image in last.images]
            assert sign * value(f, moved) > 0


def test_rational_points_away_from_the_origin() -> None:
    x, y = ring(2)
    point = (Fraction(1, 2), Fraction(-3))
    u, v = 2 * x - 1, y + 3
    assert classify_degenerate((v - u**2) ** 2 + u**6 + 7, point).kind == "minimum"
    assert classify_degenerate((v - u**2) ** 2 + u**5 + 7, point).kind == "saddle"
    assert classify_degenerate(5 - u**4 - v**2, point).kind == "maximum"


def test_a_point_that_is_not_critical_is_an_error() -> None:
    with pytest.raises(ValueError, match="gradient"):
        classify_degenerate(polynomial("x + y**2"), (0, 0))


def test_forged_evidence_is_refused() -> None:
    x, y = ring(2)
    one = Fraction(1)
    t = univariate_ring()
    form = SumOfSquares((), ((one, 2), (one, 4)))
    assert LocalForm(1, (x, y), (2, 1), form).proves(x**2 + y**4 + y**5, (0, 0))
    assert not LocalForm(1, (x, y), (2, 1), form).proves(x**2 + y**4 + y**3, (0, 0))
    assert not LocalForm(1, (x, y), (1, 1), form).proves(x**2 + y**4, (0, 0))
    assert not LocalForm(1, (x, x), (2, 1), form).proves(x**2 + x**4, (0, 0))
    assert not LocalForm(1, (x, y + 1), (2, 1), form).proves(x**2 + (y - 1) ** 4, (0, 0))
    assert not LocalForm(1, (x, y**2), (4, 1), SumOfSquares((), ((one, 2), (one, 8)))).proves(x**2 + y**4, (0, 0))
    assert not LocalForm(2, (x, y), (2, 1), form).proves(x**2 + y**4, (0, 0))
    constant = t.constant(1)
    assert not Arc((constant, constant), 1, one).proves(x + y, (0, 0))
    below = Arc((t.gen(0), t.gen(0)), 2, Fraction(2))
    assert below.proves(x**2 + y**2, (0, 0))
    assert not DegenerateType("saddle", (below, below), "").proves(x**2 + y**2, (0, 0))
    assert not DegenerateType("minimum", (below,), "").proves(x**2 + y**2, (0, 0))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([2, 3]).flatmap(lambda n: polynomials(n, 5, size=2, terms=7)), st.integers(0, 2**32 - 1))
def test_random_germs(p: fmpq_mpoly, seed: int) -> None:
    f = p.context().from_dict({e: c for e, c in p.to_dict().items() if sum(e) > 1})
    count = p.context().nvars()
    origin = (0,) * count
    found = classify_degenerate(f, origin)
    assert found.proves(f, origin)
    values = [value(f, x) for x in near(count, seed, Fraction(1, 10**5))]
    assert found.kind != "minimum" or min(values) >= 0
    assert found.kind != "maximum" or max(values) <= 0


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9), st.integers(-3, 3).filter(bool), st.lists(st.integers(-2, 2), min_size=3, max_size=3))
def test_corank_one_is_decided_by_the_order(order: int, c: int, shape: list[int]) -> None:
    x, y = ring(2)
    a, b, d = shape
    curve = x + a * y**2 + b * y**3 + d * x * y
    found = classify_degenerate(2 * curve**2 + c * y**order, (0, 0))
    assert found.kind == ("saddle" if order % 2 or c < 0 else "minimum")
