"""Common structure of several outputs and of inputs: the landscape with and without it has the same real points."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest

import exactland as el
from exactland.landscape import Completeness, Landscape, Number
from exactland.objective import Objective, as_objective
from exactland.polynomial import Polynomial, evaluate, gradient
from exactland.reduce import plan as planning
from exactland.reduce.base import Reduction
from exactland.reduce.blocks import Blocks
from exactland.reduce.directions import Directions
from exactland.reduce.layers import Layer
from exactland.reduce.outputs import Outputs
from exactland.reduce.plan import Plan, plan
from exactland.reduce.quadratic import Elimination
from exactland.reduce.turned import Turned
from exactland.reduce.zero import Zero

SQUARE = ["0", "0", "1"]
OLD = (Elimination, Blocks, Turned)


def network(
    widths: Sequence[int],
    inputs: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    ridge: object = "1/10",
    activation: object = "identity",
    bias: bool = False,
) -> Objective:
    return el.losses.squared(
        el.networks.Dense(list(widths), activation=activation, bias=bias), inputs=inputs, targets=targets, ridge=ridge
    )


def plan_of(objective: Objective) -> Plan:
    return plan(objective.polynomial, lambda: objective.squares)


def kinds_in(made: Plan) -> list[type[Reduction]]:
    """The reductions from the objective down to the leaf."""
    if made.reduction is None:
        return []
    return [type(made.reduction), *(kind for inner in made.inner for kind in kinds_in(inner))]


def rounded(number: Number) -> float:
    return round(float((number.lower + number.upper) / 2), 6) + 0.0


def table(landscape: Landscape) -> list[tuple[object, ...]]:
    """What a landscape says of its points, numbers rounded."""
    assert landscape.complete is Completeness.PROVED, landscape.reason
    return sorted(
        (
            tuple(rounded(x) for x in p.point.values()),
            rounded(p.value),
            p.kind.value,
            str(p.inertia),
            p.is_global is True,
        )
        for p in landscape.points
    )


NETWORKS = {
    "3-1-3, two samples": (network([3, 1, 3], [[1, 0, 2], [0, 1, 1]], [[1, 2, 0], [1, 1, 1]]), [Outputs, Zero]),
    "4-1-3, one sample": (network([4, 1, 3], [[1, 1, 2, 1]], [[1, 2, 1]]), [Directions, Elimination, Outputs]),
    "squares, dependent targets": (
        network([1, 1, 3], [[1], [2]], [[1, 2, 1], [2, 4, 2]], activation=SQUARE),
        [Outputs, Zero],
    ),
    "a target that is 0": (network([1, 1, 3], [[1], [2]], [[1, 0, 1], [2, 0, 1]], activation=SQUARE), [Zero]),
    "another ridge for each layer": (
        network([4, 1, 3], [[1, 2, 3, 0], [1, 0, 1, 1]], [[2, 1, 0], [1, 1, 2]], ["1/10"] * 4 + ["1/5"] * 3),
        [Directions, Elimination, Outputs, Zero],
    ),
    "another ridge for each weight": (
        network([4, 1, 3], [[1, 2, 3, 1]], [[2, 1, 0]], [f"1/{k}" for k in range(4, 11)]),
        [Directions, Elimination],
    ),
    "equal data": (
        network([3, 1, 4], [[1, 1, 1], [1, 1, 1]], [[1, 1, 0, 1], [1, 2, 0, 1]]),
        [Directions, Elimination, Zero],
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_real_points(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, wanted = NETWORKS[name]
    found = kinds_in(plan_of(objective))
    assert [kind for kind in found if kind in wanted][: len(wanted)] == wanted
    with_it = table(el.solve(objective, seconds=60))
    monkeypatch.setattr(planning, "kinds", lambda number: OLD if number > planning.SMALL else ())
    assert with_it == table(el.solve(objective, seconds=60))


def test_random_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(6)
    new = 0
    for _ in range(8):
        monkeypatch.undo()
        widths = [source.randint(2, 3), 1, source.randint(3, 4)]
        samples = source.randint(1, 2)
        inputs = [[source.randint(-2, 2) for _ in range(widths[0])] for _ in range(samples)]
        targets = [[source.randint(-2, 2) for _ in range(widths[2])] for _ in range(samples)]
        objective = network(widths, inputs, targets, Fraction(1, source.randint(2, 9)))
        new += any(kind in (Zero, Directions) for kind in kinds_in(plan_of(objective)))
        with_it = table(el.solve(objective, seconds=60))
        monkeypatch.setattr(planning, "kinds", lambda number: OLD if number > planning.SMALL else ())
        assert with_it == table(el.solve(objective, seconds=60)), objective.statement
    assert new >= 4


FOUR = network(
    [4, 1, 4],
    [[1, 2, 0, 1], [2, 1, 1, 0], [0, 1, 1, 1], [1, 0, 0, 1]],
    [[1, 2, 1, 1], [2, 1, 1, 0], [0, 1, 2, 1], [1, 1, 0, 3]],
)


def test_two_variables_for_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """4-1-4 with as many samples: two variables in the place of four."""
    assert kinds_in(plan_of(FOUR)) == [Layer]
    with_it = table(el.solve(FOUR, seconds=60))
    assert len(with_it) == 9
    monkeypatch.setattr(planning, "kinds", lambda number: OLD if number > planning.SMALL else ())
    assert with_it == table(el.solve(FOUR, seconds=60))


def test_a_layer_without_ridge_stays() -> None:
    """Where all features are 0 the coefficient is 0."""
    ridge = ["1/10"] * 4 + [0] * 4
    plain = network([4, 1, 4], [[1, 2, 0, 1], [2, 1, 1, 0]], [[1, 2, 1, 1], [2, 1, 1, 0]], ridge)
    assert Layer.apply(plain.polynomial, lambda: plain.squares) is None
    assert Layer.apply(FOUR.polynomial) is None


def test_the_layer_at_its_values() -> None:
    """At t = 1/(4a) the weights have no slope, and with u = b^2/(4a) the smaller objective is the objective."""
    found = Layer.apply(FOUR.polynomial, lambda: FOUR.squares)
    assert found is not None
    (smaller,) = found.parts
    source, ratios = random.Random(8), set()
    for _ in range(3):
        w = [Fraction(source.randint(-5, 5), 3) for _ in range(4)]

        def slope(k: int, t: Fraction, u: Fraction, w: list[Fraction] = w) -> Fraction:
            return at(gradient(smaller)[k], [*w, t, u])

        t = -slope(5, Fraction(0), Fraction(0)) / (
            slope(5, Fraction(1), Fraction(0)) - slope(5, Fraction(0), Fraction(0))
        )
        u = -slope(4, t, Fraction(0)) / (slope(4, t, Fraction(1)) - slope(4, t, Fraction(0)))
        x = found.invert([[*w, t, u]], at)
        assert not any(at(gradient(FOUR.polynomial)[k], x) for k in found.variables)
        ratios.add(at(smaller, [*w, t, u]) / at(FOUR.polynomial, x))
    assert len(ratios) == 1


def test_autoencoder_on_few_points() -> None:
    """5-1-5 on one point x: the critical points are multiples of x, as for one input and one output."""
    x = [1, 2, 0, 1, -1]
    landscape = el.solve(network([5, 1, 5], [x], [x]), seconds=60)
    assert landscape.complete is Completeness.PROVED
    assert [p.kind.value for p in landscape.points] == ["minimum", "minimum", "strict_saddle"]
    for p in landscape.points:
        first = [rounded(p.point[f"w1_1_{i + 1}"]) for i in range(5)]
        assert [round(v - first[0] * c, 4) + 0.0 for v, c in zip(first, x, strict=True)] == [0.0] * 5


def test_no_ridge_no_reduction() -> None:
    """Without ridge nothing holds the other weights at 0."""
    objective = network([2, 1, 3], [[1, 2]], [[1, 2, 1]], 0)
    assert not {Zero, Outputs, Directions} & set(kinds_in(plan_of(objective)))


def test_another_ridge_weight_for_each_output() -> None:
    """Outputs with different ridge weights have different quadratic forms."""
    objective = network([1, 1, 3], [[1], [2]], [[1, 2, 1], [2, 4, 2]], ["1/2", "1/3", "1/5", "1/7"], SQUARE)
    assert Outputs.apply(objective.polynomial, lambda: objective.squares) is None


def test_nothing_is_claimed_without_squares() -> None:
    objective, _ = NETWORKS["a target that is 0"]
    assert Zero.apply(objective.polynomial, lambda: objective.squares) is not None
    assert Zero.apply(objective.polynomial) is None
    free = [(c, q) for c, q in objective.squares if str(q) != "w2_2_1"]
    assert len(free) == len(objective.squares) - 1
    assert Zero.apply(objective.polynomial, lambda: free) is None


def test_all_targets_zero() -> None:
    """Only the origin is left."""
    landscape = el.solve(network([2, 1, 3], [[1, 2], [2, 1]], [[0, 0, 0]] * 2), seconds=60)
    assert [p.kind.value for p in landscape.points] == ["minimum"]
    assert landscape.complete is Completeness.PROVED
    assert landscape.complex_points is None


def reductions(made: Plan) -> Iterator[Reduction]:
    if made.reduction is not None:
        yield made.reduction
        for inner in made.inner:
            yield from reductions(inner)


def at(p: Polynomial, point: Sequence[Fraction]) -> Fraction:
    return evaluate(p, list(point))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_way_back_and_the_images(name: str) -> None:
    """The objective on the points of a part is the part, up to a factor and a constant; its slopes vanish across."""
    source = random.Random(7)
    for step in reductions(plan_of(NETWORKS[name][0])):
        differences = set()
        for part, smaller in enumerate(step.parts):
            for _ in range(3):
                y, z = ([Fraction(source.randint(-5, 5), 3) for _ in smaller.context().names()] for _ in range(2))
                images = [[at(image, point) for image in step.images(part)] for point in (y, z)]
                assert step.invert([y], at) == images[0]
                whole = at(step.polynomial, images[0]) - at(step.polynomial, images[1])
                change = at(smaller, y) - at(smaller, z)
                differences.add(whole / change if change else None)
                if isinstance(step, Zero):
                    assert not any(at(gradient(step.polynomial)[k], images[0]) for k in step.zeros)
        assert len(differences - {None}) <= 1


def test_products_of_real_lists() -> None:
    """A sum of two: one with a variable that is 0, the other one with nonreal points, which are not listed."""
    text = "(v*w^2 - 1)^2 + (u*w^2)^2 + v^2/9 + u^2/9 + w^2/9 + x^6/6 - x^2 + x/5 + y^4 + x*y"
    objective = as_objective(text)
    found = kinds_in(plan_of(objective))
    assert found[0] is Blocks
    landscape = el.solve(objective, seconds=60)
    assert landscape.complete is Completeness.PROVED
