"""Polynomial systems for the tests: gradients of small losses, built with a plain dictionary algebra."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import product
from math import gcd, lcm

from exactland import losses, networks
from exactland.engines.base import PolynomialSystem, Status
from exactland.solving.system import gradient_system as gradient_of

Poly = dict[tuple[int, ...], Fraction]


def constant(n: int, value: Fraction | int) -> Poly:
    return {(0,) * n: Fraction(value)} if value else {}


def variable(n: int, i: int) -> Poly:
    return {tuple(int(j == i) for j in range(n)): Fraction(1)}


def add(*polys: Poly) -> Poly:
    total: Poly = {}
    for poly in polys:
        for m, c in poly.items():
            total[m] = total.get(m, Fraction(0)) + c
    return {m: c for m, c in total.items() if c}


def times(p: Poly, q: Poly) -> Poly:
    total: Poly = {}
    for (m, c), (k, d) in product(p.items(), q.items()):
        key = tuple(a + b for a, b in zip(m, k, strict=True))
        total[key] = total.get(key, Fraction(0)) + c * d
    return {m: c for m, c in total.items() if c}


def scaled(c: Fraction | int, p: Poly) -> Poly:
    return {m: c * v for m, v in p.items() if c * v}


def power(n: int, p: Poly, k: int) -> Poly:
    result = constant(n, 1)
    for _ in range(k):
        result = times(result, p)
    return result


def gradient_system(names: Iterable[str], loss: Poly) -> PolynomialSystem:
    """The partial derivatives, times one common positive integer."""
    variables = tuple(names)
    parts = [
        {tuple(e - (j == i) for j, e in enumerate(m)): c * m[i] for m, c in loss.items() if m[i]}
        for i in range(len(variables))
    ]
    values = [c for part in parts for c in part.values()]
    common = lcm(*(c.denominator for c in values)) if values else 1
    divisor = gcd(*(int(c * common) for c in values)) if values else 1
    equations = tuple(
        tuple((int(c * common) // divisor, m) for m, c in sorted(part.items(), reverse=True)) for part in parts
    )
    return PolynomialSystem(variables, equations)


def linear_net(widths: tuple[int, ...], samples: int, seed: int = 0) -> PolynomialSystem:
    """Deep linear network with generic data and a generic ridge for every weight."""
    rng = random.Random(seed)

    def number() -> Fraction:
        return Fraction(rng.choice([k for k in range(-9, 10) if k]), rng.randint(1, 7))

    shapes = list(zip(widths[1:], widths[:-1], strict=True))
    n = sum(a * b for a, b in shapes)
    inputs = [[constant(n, number()) for _ in range(widths[0])] for _ in range(samples)]
    targets = [[number() for _ in range(widths[-1])] for _ in range(samples)]
    loss: Poly = {}
    for x, y in zip(inputs, targets, strict=True):
        signal, k = x, 0
        for a, b in shapes:
            signal = [add(*(times(variable(n, k + i * b + j), signal[j]) for j in range(b))) for i in range(a)]
            k += a * b
        for value, target in zip(signal, y, strict=True):
            error = add(value, constant(n, -target))
            loss = add(loss, times(error, error))
    for i in range(n):
        ridge = Fraction(rng.randint(1, 9), rng.randint(5, 20))
        loss = add(loss, scaled(ridge, power(n, variable(n, i), 2)))
    return gradient_system([f"w{i + 1}" for i in range(n)], loss)


def quadratic_neuron(units: int, samples: int, seed: int = 0, ridge: bool = True) -> PolynomialSystem:
    """sum of (sum_k v_k (w_k x + b_k)^2 - y)^2 with a ridge."""
    rng = random.Random(seed)
    n = 3 * units
    loss: Poly = {}
    for _ in range(samples):
        x, y = Fraction(rng.randint(-9, 9), rng.randint(1, 5)), Fraction(rng.randint(-9, 9), rng.randint(1, 5))
        output = constant(n, -y)
        for k in range(units):
            z = add(scaled(x, variable(n, 3 * k + 1)), variable(n, 3 * k + 2))
            output = add(output, times(variable(n, 3 * k), times(z, z)))
        loss = add(loss, times(output, output))
    if ridge:
        for i in range(n):
            loss = add(loss, scaled(Fraction(rng.randint(1, 9), 10), power(n, variable(n, i), 2)))
    return gradient_system([f"{c}{k}" for k in range(units) for c in "vwb"], loss)


def chain(depth: int, ridge: Fraction = Fraction(1, 50)) -> PolynomialSystem:
    """(w_1 ... w_depth - 1)^2 plus a ridge."""
    n = depth
    error = constant(n, 1)
    for i in range(n):
        error = times(error, variable(n, i))
    error = add(error, constant(n, -1))
    loss = times(error, error)
    for i in range(n):
        loss = add(loss, scaled(ridge * (i + 1), power(n, variable(n, i), 2)))
    return gradient_system([f"w{i + 1}" for i in range(n)], loss)


def product_of_three() -> PolynomialSystem:
    """(x y z - 1)^2 + (x^2 + y^2 + z^2)/100: 17 critical points."""
    error = add({(1, 1, 1): Fraction(1)}, constant(3, -1))
    squares = [scaled(Fraction(1, 100), power(3, variable(3, i), 2)) for i in range(3)]
    return gradient_system("xyz", add(times(error, error), *squares))


def psd(n: int, seed: int = 0) -> PolynomialSystem:
    """sum over i <= j of (x_i x_j - M_ij)^2: 3^n critical points."""
    rng = random.Random(seed)
    loss: Poly = {}
    for i in range(n):
        for j in range(i, n):
            m = Fraction(rng.randint(-20, 20) * 2 + 1, rng.randint(1, 6))
            error = add(times(variable(n, i), variable(n, j)), constant(n, -m))
            loss = add(loss, times(error, error))
    return gradient_system([f"x{i + 1}" for i in range(n)], loss)


def completion(ridge: Fraction = Fraction(1, 3)) -> PolynomialSystem:
    """Rank-one completion of a 3 by 3 matrix with six observed entries."""
    observed = {(0, 0): 1, (0, 1): 2, (1, 1): -1, (1, 2): 3, (2, 2): 1, (2, 0): 2}
    n = 6
    loss: Poly = {}
    for (i, j), m in observed.items():
        error = add(times(variable(n, i), variable(n, 3 + j)), constant(n, -m))
        loss = add(loss, times(error, error))
    for i in range(n):
        loss = add(loss, scaled(ridge, power(n, variable(n, i), 2)))
    return gradient_system(["u1", "u2", "u3", "v1", "v2", "v3"], loss)


def double_wells() -> PolynomialSystem:
    """Three coupled double wells: 27 real critical points."""
    n = 3
    loss: Poly = {}
    for i in range(n):
        square = times(variable(n, i), variable(n, i))
        well = add(square, constant(n, -1))
        loss = add(loss, times(well, well), scaled(Fraction(1, 20), times(variable(n, i), variable(n, (i + 1) % n))))
    return gradient_system("xyz", loss)


def generic_chain(depth: int) -> PolynomialSystem:
    """(x_1 ... x_depth - 2)^2 / 2 plus a generic ridge: (depth - 1) 2^depth + 1 critical points."""
    rng, n = random.Random(depth), depth
    error = constant(n, 1)
    for i in range(n):
        error = times(error, variable(n, i))
    error = add(error, constant(n, -2))
    loss = scaled(Fraction(1, 2), times(error, error))
    for i in range(n):
        loss = add(loss, scaled(Fraction(rng.randint(1, 9), rng.randint(3, 20)), power(n, variable(n, i), 2)))
    return gradient_system([f"x{i + 1}" for i in range(n)], loss)


def dense_net(
    widths: list[int], activation: str | list[str], samples: int, bias: bool = False, seed: int = 1
) -> PolynomialSystem:
    """A network of the package with generic data and a generic ridge for every weight."""
    rng = random.Random(seed)

    def number() -> str:
        return f"{rng.choice([k for k in range(-9, 10) if k])}/{rng.randint(1, 5)}"

    net = networks.Dense(widths, activation, bias)
    ridge = [f"{rng.randint(1, 9)}/{rng.randint(3, 20)}" for _ in range(net.weight_count)]
    inputs = [[number() for _ in range(widths[0])] for _ in range(samples)]
    targets = [[number() for _ in range(widths[-1])] for _ in range(samples)]
    loss = losses.squared(net, inputs=inputs, targets=targets, ridge=ridge)
    return gradient_of(loss.polynomial, loss.variables).system


SYSTEMS: dict[str, tuple[Callable[[], PolynomialSystem], int]] = {
    "chain2": (lambda: chain(2), 5),
    "product3": (product_of_three, 17),
    "linear212": (lambda: linear_net((2, 1, 2), 3), 17),
    "linear121": (lambda: linear_net((1, 2, 1), 2), 9),
    "chain4": (lambda: chain(4), 49),
    "wells": (double_wells, 27),
    "neuron": (lambda: quadratic_neuron(1, 3), 33),
    "psd4": (lambda: psd(4), 81),
    "linear2112": (lambda: linear_net((2, 1, 1, 2), 3), 81),
    "psd5": (lambda: psd(5), 243),
    "completion": (completion, 209),
    "linear222": (lambda: linear_net((2, 2, 2), 2), 225),
    "chain5": (lambda: generic_chain(5), 129),
    "deep": (lambda: dense_net([1, 1, 1, 1], ["0", "1", "1"], 3), 81),
    "linear1221": (lambda: linear_net((1, 2, 2, 1), 2), 129),
    "two neurons": (lambda: quadratic_neuron(2, 2), 353),
    "chain6": (lambda: generic_chain(6), 321),
    "biased squares": (lambda: dense_net([1, 1, 1, 1], "square", 1, bias=True), 73),
    "two neurons, three samples": (lambda: quadratic_neuron(2, 3), 481),
    "wide": (lambda: dense_net([2, 2, 1], ["1", "1", "1/2"], 2), 353),
}

#: Systems that the tests leave out unless EXACTLAND_SLOW is set, and why.
SLOW: dict[str, str] = {
    "psd5": "3 s",
    "linear222": "8 s",
    "chain6": "7 s",
    "biased squares": "8 s",
    "two neurons, three samples": "17 s",
    "wide": "15 s: 33 falls with coefficients of 500 bits",
}

#: Beyond reach today: the number of points is not known either (msolve does not end within a minute).
UNSOLVED: dict[str, tuple[Callable[[], PolynomialSystem], str]] = {
    "deep exponential": (
        lambda: dense_net([1, 1, 1, 1, 1], ["1", "1", "1/2"], 1),
        "one sample: the loss is a square on every face of its polytope, so there are falls by every grading",
    ),
}

#: Small systems in x and y, how an engine that sees all of them ends, and the number of distinct points.
SPECIAL: tuple[tuple[PolynomialSystem, Status, int], ...] = tuple(
    (PolynomialSystem(("x", "y"), equations), status, points)
    for equations, status, points in (
        ((((1, (2, 0)),), ((1, (0, 2)),)), Status.SOLVED, 1),
        ((((1, (1, 0)), (1, (0, 0))), ((1, (1, 0)),)), Status.NO_SOLUTIONS, 0),
        ((((1, (2, 1)),), ((1, (1, 2)),)), Status.POSITIVE_DIMENSIONAL, 0),
        ((((1, (1, 0)),), ()), Status.POSITIVE_DIMENSIONAL, 0),
        (((), ()), Status.POSITIVE_DIMENSIONAL, 0),
        ((((1, (2, 0)), (-1, (0, 0))), ((1, (0, 2)), (-2, (0, 0)))), Status.SOLVED, 4),
    )
)
