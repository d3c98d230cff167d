"""The systems: losses with generic data, each as a problem statement and as its gradient in integers.

Losses are written once, in an algebra of pairs (expanded polynomial, text), with the standard library only. The text
goes to exactland, the expanded gradient to the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm, prod
from typing import Any

Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Fraction]
Equation = tuple[tuple[int, Exponents], ...]


class Numbers:
    """Generic numbers, the same on every machine and with every version of Python."""

    def __init__(self, seed: int) -> None:
        self._state = (2 * seed + 1) * 0x9E3779B97F4A7C15 % 2**64

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return low + (self._state >> 33) % (high - low + 1)

    def rational(self, size: int = 9, denominator: int = 4) -> Fraction:
        """A number that is not zero."""
        sign = 1 if self.whole(0, 1) else -1
        return Fraction(sign * self.whole(1, size), self.whole(1, denominator))

    def ridges(self, count: int) -> list[Fraction]:
        """Different positive numbers below 1; equal ones would be a symmetry."""
        left = list(range(1, 40))
        return [Fraction(left.pop(self.whole(0, len(left) - 1)), 40) for _ in range(count)]


class Term:
    """An expression: its expansion, and its text as it was composed."""

    def __init__(self, expanded: Polynomial, text: str) -> None:
        self.expanded = expanded
        self.text = text

    @classmethod
    def variables(cls, names: Sequence[str]) -> list[Term]:
        """One term for each name, in the ring of all of them."""
        count = len(names)
        return [cls({tuple(int(i == j) for j in range(count)): Fraction(1)}, name) for i, name in enumerate(names)]

    def _constant(self, value: Fraction | int) -> Term:
        count = len(next(iter(self.expanded)))
        return Term({(0,) * count: Fraction(value)}, f"({Fraction(value)})")

    def _coerce(self, other: Term | Fraction | int) -> Term:
        return other if isinstance(other, Term) else self._constant(other)

    def __add__(self, other: Term | Fraction | int) -> Term:
        right = self._coerce(other)
        total = dict(self.expanded)
        for monomial, value in right.expanded.items():
            total[monomial] = total.get(monomial, Fraction(0)) + value
        return Term({m: v for m, v in total.items() if v}, f"({self.text}+{right.text})")

    def __mul__(self, other: Term | Fraction | int) -> Term:
        right = self._coerce(other)
        total: Polynomial = {}
        for (m, v), (k, w) in itertools.product(self.expanded.items(), right.expanded.items()):
            key = tuple(a + b for a, b in zip(m, k, strict=True))
            total[key] = total.get(key, Fraction(0)) + v * w
        return Term({m: v for m, v in total.items() if v}, f"{self.text}*{right.text}")

    def __pow__(self, exponent: int) -> Term:
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return Term(result.expanded, f"({self.text})^{exponent}")


def total(terms: Iterable[Term]) -> Term:
    """The sum, without nested parentheses."""
    listed = list(terms)
    expanded = dict(listed[0].expanded)
    for term in listed[1:]:
        for monomial, value in term.expanded.items():
            expanded[monomial] = expanded.get(monomial, Fraction(0)) + value
    return Term({m: v for m, v in expanded.items() if v}, "(" + "+".join(t.text for t in listed) + ")")


@dataclass(frozen=True)
class Instance:
    """One system: variables, statement of the loss, gradient entries as coprime integers."""

    variables: tuple[str, ...]
    statement: dict[str, Any]
    loss: Polynomial

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The gradient, each entry divided by a positive number so that its coefficients are coprime integers."""
        found = []
        for i in range(len(self.variables)):
            entry = {
                (*m[:i], m[i] - 1, *m[i + 1 :]): value * m[i]
                for m, value in sorted(self.loss.items(), reverse=True)
                if m[i]
            }
            common = lcm(*(value.denominator for value in entry.values()))
            whole = {m: int(value * common) for m, value in entry.items()}
            content = gcd(*whole.values())
            found.append(tuple((value // content, m) for m, value in whole.items()))
        return tuple(found)

    @property
    def bezout(self) -> int:
        """The product of the degrees of the gradient entries."""
        return prod(max(sum(m) for _, m in equation) for equation in self.equations)

    @property
    def digits(self) -> int:
        """Digits of the largest coefficient."""
        return max(len(str(abs(c))) for equation in self.equations for c, _ in equation)


@dataclass(frozen=True)
class System:
    """A named system. `complex_points` is known from more than one program, None where nobody has finished it."""

    name: str
    family: str
    make: Callable[[], Instance]
    complex_points: int | None = None
    quick: bool = False

    @cached_property
    def instance(self) -> Instance:
        """The system itself, made on first use."""
        return self.make()


def _written(loss: Term, names: Sequence[str]) -> Instance:
    return Instance(tuple(names), {"variables": list(names), "expression": loss.text}, loss.expanded)


def parabolas() -> Instance:
    """(a^2-1)^2: nothing to do, so that the time is that of starting."""
    (a,) = Term.variables(["a"])
    return _written((a * a + -1) ** 2, ["a"])


def linear_net(widths: tuple[int, ...], samples: int = 1, seed: int = 1) -> Instance:
    """Deep linear network: square loss on generic data, and a generic ridge for every weight."""
    numbers = Numbers(seed)
    shapes = list(zip(widths[1:], widths[:-1], strict=True))
    names = [
        f"w{layer}_{i}_{j}"
        for layer, (rows, columns) in enumerate(shapes, 1)
        for i in range(1, rows + 1)
        for j in range(1, columns + 1)
    ]
    weights = Term.variables(names)
    inputs = [[numbers.rational() for _ in range(widths[0])] for _ in range(samples)]
    targets = [[numbers.rational() for _ in range(widths[-1])] for _ in range(samples)]
    ridge = numbers.ridges(len(names))
    parts = []
    for given, wanted in zip(inputs, targets, strict=True):
        rest = iter(weights)
        signal: list[Any] = list(given)
        for rows, columns in shapes:
            signal = [total(next(rest) * signal[j] for j in range(columns)) for _ in range(rows)]
        parts += [(value + -target) ** 2 for value, target in zip(signal, wanted, strict=True)]
    parts += [weight**2 * penalty for weight, penalty in zip(weights, ridge, strict=True)]
    loss = total(parts) * Fraction(1, 2)
    statement = {
        "network": {"widths": list(widths), "activation": "identity", "bias": False, "output": "trained"},
        "data": {
            "inputs": [[str(x) for x in row] for row in inputs],
            "targets": [[str(y) for y in row] for row in targets],
        },
        "loss": {"kind": "squared", "scale": "1/2", "ridge": [str(r) for r in ridge]},
    }
    return Instance(tuple(names), statement, loss.expanded)


def neurons(
    count: int, activation: Sequence[Fraction | int], samples: int, trained: bool = True, seed: int = 2
) -> Instance:
    """`count` neurons v s(w x + b) with the coefficients of s, lowest power first; v is 1 unless it is trained."""
    numbers = Numbers(seed)
    kinds = "wbv" if trained else "wb"
    names = [f"{kind}{k}" for k in range(1, count + 1) for kind in kinds]
    weights = Term.variables(names)
    parts = []
    for _ in range(samples):
        x, y = numbers.rational(9, 2), numbers.rational(9, 2)
        outputs = []
        for k in range(count):
            own = weights[len(kinds) * k : len(kinds) * (k + 1)]
            z = own[0] * x + own[1]
            powers = [(z if p == 1 else z**p) * Fraction(c) for p, c in enumerate(activation) if p and c]
            value = total(powers) + Fraction(activation[0]) if activation[0] else total(powers)
            outputs.append(value * own[2] if trained else value)
        parts.append((total(outputs) + -y) ** 2)
    parts += [weight**2 * r for weight, r in zip(weights, numbers.ridges(len(names)), strict=True)]
    return _written(total(parts), names)


def positive_completion(n: int, missing: str = "", seed: int = 3) -> Instance:
    """Rank-one completion x x^T of a symmetric matrix: all entries observed, or without the first one, or without the
    diagonal.
    """
    numbers = Numbers(seed)
    names = [f"x{i}" for i in range(1, n + 1)]
    x = Term.variables(names)
    parts = []
    for i, j in itertools.combinations_with_replacement(range(n), 2):
        entry = Fraction(2 * numbers.whole(-20, 20) + 1, numbers.whole(1, 6))
        if not ((missing == "first" and i == j == 0) or (missing == "diagonal" and i == j)):
            parts.append((x[i] * x[j] + -entry) ** 2)
    return _written(total(parts), names)


def completion(seed: int = 4) -> Instance:
    """Rank-one completion u v^T of a 3 by 3 matrix with six observed entries, with a generic ridge."""
    numbers = Numbers(seed)
    names = ["u1", "u2", "u3", "v1", "v2", "v3"]
    t = Term.variables(names)
    observed = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)]
    parts = [(t[i] * t[3 + j] + -numbers.rational()) ** 2 for i, j in observed]
    parts += [weight**2 * r for weight, r in zip(t, numbers.ridges(len(names)), strict=True)]
    return _written(total(parts), names)


def dense(n: int, degree: int, seed: int = 5) -> Instance:
    """All monomials up to the degree, with coefficients of at most two digits."""
    numbers = Numbers(seed)
    names = [f"x{i}" for i in range(1, n + 1)]
    expanded: Polynomial = {}
    for exponents in itertools.product(range(degree + 1), repeat=n):
        if 0 < sum(exponents) <= degree:
            sign = 1 if numbers.whole(0, 1) else -1
            expanded[exponents] = Fraction(sign * numbers.whole(1, 99))
    pieces = []
    for exponents, value in sorted(expanded.items(), reverse=True):
        factors = [name if e == 1 else f"{name}^{e}" for name, e in zip(names, exponents, strict=True) if e]
        pieces.append("*".join([f"({value})", *factors]))
    return _written(Term(expanded, "+".join(pieces)), names)


def _net(
    widths: tuple[int, ...], samples: int, points: int | None, quick: bool = False, name: str | None = None
) -> System:
    shown = name or f"{'-'.join(map(str, widths))} m{samples}"
    family = "scalar chains" if set(widths) == {1} else "deep linear nets"
    return System(shown, family, lambda: linear_net(widths, samples), points, quick)


def _positive(n: int, missing: str, points: int | None, quick: bool = False) -> System:
    suffix = {"": "", "first": " without (1,1)", "diagonal": " without diagonal"}[missing]
    return System(f"psd {n}{suffix}", "PSD completion", lambda: positive_completion(n, missing), points, quick)


def _dense(n: int, degree: int, quick: bool = False) -> System:
    return System(f"dense n{n}d{degree}", "dense random", lambda: dense(n, degree), (degree - 1) ** n, quick)


_EXPONENTIAL = (1, 1, Fraction(1, 2), Fraction(1, 6))

SYSTEMS: tuple[System, ...] = (
    System("start", "start-up", parabolas, 3, True),
    *(_net((1,) * (depth + 1), 1, (depth - 1) * 2**depth + 1, depth < 6, f"chain {depth}") for depth in range(2, 7)),
    _net((1, 2, 1), 1, 9, True),
    _net((2, 1, 2), 1, 9, True),
    _net((2, 1, 2), 3, 17, True),
    _net((1, 2, 2), 1, 33, True),
    _net((1, 2, 2), 3, 33),
    _net((1, 2, 1, 1), 1, 33),
    _net((3, 1, 3), 1, 13),
    _net((3, 1, 3), 3, 37, True),
    _net((2, 1, 1, 2), 1, 33),
    _net((2, 1, 1, 2), 3, 81, True),
    _net((2, 2, 2), 1, 33),
    _net((2, 2, 2), 2, 225),
    _net((1, 2, 2, 1), 1, 129),
    System("neuron z^2", "neurons", lambda: neurons(1, (0, 0, 1), 4), 33, True),
    System("neuron z^3", "neurons", lambda: neurons(1, (0, 0, 0, 1), 4), 73, True),
    System("neuron z+z^2", "neurons", lambda: neurons(1, (0, 1, 1), 5), 33),
    System("neuron cubic", "neurons", lambda: neurons(1, _EXPONENTIAL, 5), 73),
    System("2 neurons z^2, v = 1", "neurons", lambda: neurons(2, (0, 0, 1), 5, trained=False), 33, True),
    System("2 neurons z^2", "neurons", lambda: neurons(2, (0, 0, 1), 6), 481),
    System("completion 3x3", "completion", completion, 233, True),
    *(_positive(n, "", 3**n, n < 6) for n in range(3, 9)),
    *(_positive(n, "first", c, n == 4) for n, c in enumerate((21, 75, 237, 723, 2181, 6555), 3)),
    *(_positive(n, "diagonal", c, n == 3) for n, c in enumerate((9, 57, 213, 693), 3)),
    _dense(2, 4, True),
    _dense(2, 8, True),
    _dense(2, 16),
    _dense(2, 32),
    _dense(3, 4, True),
    _dense(3, 6),
    _dense(3, 10),
    _dense(4, 4, True),
    _dense(4, 6),
    _dense(5, 4),
    _dense(6, 4),
)
