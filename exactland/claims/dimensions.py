"""The dimension of the set of polynomial maps that a network realises, between two certified bounds.

A network with widths d_0, ..., d_h and activation t -> t^r maps its N weights w to a polynomial map phi(w; x), whose
coefficients are forms of degree r^(h-1) in x. The closure of all of them is an irreducible variety V, and dim V is the
rank of the derivative of w -> phi(w; .) at almost every w.

* Lower bound: at weights w0 and samples x_m the loss sum |phi(w; x_m) - phi(w0; x_m)|^2 has the value 0 and a Hessian
  2 J^T J, J the derivative of the values at the samples. Its rank, certified as inertia, is at most the rank of the
  derivative of phi at w0, and that is at most dim V.
* Upper bound: the number of coefficients; and N - m, if v_1, ..., v_m are polynomial vector fields with
  phi(w + e v_k(w); x) = phi(w; x) + e^2 (...) as an identity, that are linearly independent at some point (so at almost
  every one): they lie in the kernel of the derivative. That they are independent is certified as the inertia of a sum
  of squares. The fields are found by linear algebra modulo a prime.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd

import flint

from exactland.claims.evidence import Evidence
from exactland.claims.properties import IdentityHolds, Property
from exactland.claims.truth import Finding, Truth, false, true, unknown
from exactland.landscape import Certificate
from exactland.objective import Objective
from exactland.polynomial import exponents_of_degree

__all__ = ["DimensionAtMost", "DimensionIs", "PowerNetwork", "RecursiveBound"]

_PRIME = 2**31 - 1
_MOST_UNKNOWNS = 2_000
_FIELD_DEGREES = (1, 2)
_ENTRIES = (1, -1, 2, 3, -2)
_STEP = "step_"

Field = tuple[dict[tuple[int, ...], int], ...]
"""A polynomial vector field with integer coefficients: for each weight monomial -> coefficient."""


@dataclass(frozen=True)
class PowerNetwork:
    """Widths d_0, ..., d_h, no biases, and t -> t^power after every layer but the last."""

    widths: tuple[int, ...]
    power: int = 2

    @property
    def weights(self) -> tuple[str, ...]:
        """Named and ordered as those of a dense network."""
        return tuple(
            f"w{layer}_{i + 1}_{j + 1}"
            for layer, (inputs, units) in enumerate(itertools.pairwise(self.widths), 1)
            for i in range(units)
            for j in range(inputs)
        )

    @property
    def ambient(self) -> int:
        """The number of coefficients of the output."""
        degree = self.power ** (len(self.widths) - 2)
        return self.widths[-1] * comb(self.widths[0] + degree - 1, degree)

    @property
    def naive(self) -> int:
        """Weights minus the scalings of the hidden units."""
        return len(self.weights) - sum(self.widths[1:-1])

    @property
    def parts(self) -> Iterator[tuple[PowerNetwork, PowerNetwork]]:
        """The networks below and above every hidden layer."""
        for k in range(1, len(self.widths) - 1):
            yield PowerNetwork(self.widths[: k + 1], self.power), PowerNetwork(self.widths[k:], self.power)

    def outputs(self, weights: Sequence[str], inputs: Sequence[str]) -> list[str]:
        """The outputs as text, for any text in the place of weights and inputs."""
        rest, values = list(weights), list(inputs)
        for layer, units in enumerate(self.widths[1:]):
            if layer:
                values = [f"({value})^{self.power}" for value in values]
            rows = [[rest.pop(0) for _ in values] for _ in range(units)]
            values = [" + ".join(f"{w}*{x}" for w, x in zip(row, values, strict=True)) for row in rows]
        return values

    def derivatives(self, weights: Sequence[int], inputs: Sequence[int]) -> list[list[int]]:
        """The derivative of every output by every weight, modulo the prime."""
        layers, rest = [list(inputs)], list(weights)
        tables, before = [], []
        for layer, units in enumerate(self.widths[1:]):
            arguments = layers[-1]
            before.append(arguments)
            values = [pow(v, self.power, _PRIME) for v in arguments] if layer else arguments
            rows = [[rest.pop(0) for _ in values] for _ in range(units)]
            tables.append((rows, values))
            layers.append([sum(w * v for w, v in zip(row, values, strict=True)) % _PRIME for row in rows])
        found = []
        for output in range(self.widths[-1]):
            slopes, parts = [int(i == output) for i in range(self.widths[-1])], []
            for layer in range(len(tables) - 1, -1, -1):
                rows, values = tables[layer]
                parts.append([s * v % _PRIME for s in slopes for v in values])
                inner = [sum(s * row[j] for s, row in zip(slopes, rows, strict=True)) for j in range(len(values))]
                chain = [self.power * pow(v, self.power - 1, _PRIME) for v in before[layer]] if layer else []
                slopes = [a * b % _PRIME for a, b in zip(inner, chain, strict=True)] if layer else inner
            found.append([x for part in reversed(parts) for x in part])
        return found

    def place(self) -> tuple[int, ...]:
        """The weights at which ranks are taken."""
        return _place(self)

    def fit(self) -> Objective:
        """The squared distance to the network with the weights `place`, on samples for which its rank is largest."""
        values = _values(self)
        squares = [
            f"({text} - ({target}))^2"
            for sample, targets in zip(_samples(self), values, strict=True)
            for text, target in zip(self.outputs(self.weights, list(map(str, sample))), targets, strict=True)
        ]
        return Objective.from_expression(" + ".join(squares), self.weights)


@dataclass(frozen=True)
class _Bounds:
    lower: int
    upper: int
    text: str
    certificates: tuple[Certificate, ...]


@dataclass(frozen=True)
class DimensionIs(Property):
    """dim V is this number."""

    network: PowerNetwork
    dimension: int

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _bounds(evidence, self.network)
        if found.lower == found.upper == self.dimension and found.certificates:
            return true(found.text, *found.certificates)
        if found.certificates and (self.dimension < found.lower or self.dimension > found.upper):
            return false(found.text, *found.certificates)
        return unknown(found.text)


@dataclass(frozen=True)
class DimensionAtMost(Property):
    """dim V is at most this number."""

    network: PowerNetwork
    bound: int

    def evaluate(self, evidence: Evidence) -> Finding:
        found = _bounds(evidence, self.network)
        if found.certificates and found.upper <= self.bound:
            return true(f"{found.text}; at most {self.bound}", *found.certificates)
        if found.lower > self.bound:
            return false(f"{found.text}; above {self.bound}", *found.certificates)
        return unknown(found.text)


@dataclass(frozen=True)
class RecursiveBound(Property):
    """dim V <= dim V' + dim V'' - d_k (or `slack` less) for the networks below and above every hidden layer k."""

    network: PowerNetwork
    slack: int = 0

    def evaluate(self, evidence: Evidence) -> Finding:
        whole = _bounds(evidence, self.network)
        texts, certificates = [whole.text], list(whole.certificates)
        open_ = not whole.certificates
        for low, high in self.network.parts:
            below, above = _bounds(evidence, low), _bounds(evidence, high)
            certificates += [*below.certificates, *above.certificates]
            shared = low.widths[-1] + self.slack
            least, most = below.lower + above.lower - shared, below.upper + above.upper - shared
            sign = "=" if whole.lower == whole.upper == least == most else "<"
            texts.append(f"{below.text} and {above.text}: {whole.upper} {sign} {most}")
            if whole.lower > most:
                return false("; ".join([*texts[:-1], f"{below.text} and {above.text}"]), *dict.fromkeys(certificates))
            open_ = open_ or whole.upper > least
        return unknown("; ".join(texts)) if open_ else true("; ".join(texts), *dict.fromkeys(certificates))


def _bounds(evidence: Evidence, network: PowerNetwork) -> _Bounds:
    """Certified bounds; without certificates when nothing is certified."""
    name = f"dim V{list(network.widths)}"
    place = tuple(map(Fraction, network.place()))
    proof = evidence.prove(points=[place], infimum=True, objective=network.fit())
    inertia = None if proof is None else proof.report.points[0].inertia
    if proof is None or inertia is None:
        return _Bounds(0, network.ambient, f"{name} <= {network.ambient} (coefficients)", ())
    lower = inertia[0]
    if lower == network.ambient:
        return _Bounds(lower, lower, f"{name} = {lower} (filling)", (proof.certificate,))
    upper, certificates = _kernel(evidence, network, lower)
    count = len(network.weights)
    if network.ambient < upper:
        return _Bounds(lower, network.ambient, f"{lower} <= {name} <= {network.ambient}", (proof.certificate,))
    text = f"{name} = {lower} (kernel of dimension {count - upper} on {count} weights)"
    text = text if upper == lower else f"{lower} <= {name} <= {upper}"
    return _Bounds(lower, upper, text, (proof.certificate, *certificates))


def _kernel(evidence: Evidence, network: PowerNetwork, lower: int) -> tuple[int, tuple[Certificate, ...]]:
    """The upper bound by vector fields, and what certifies it."""
    weights = network.weights
    found: list[Field] = []
    certificates: list[Certificate] = []
    for field in _fields(network, len(weights) - lower):
        finding = IdentityHolds((*weights, *_inputs(network), _STEP), *_moved(network, field)).evaluate(evidence)
        if finding.truth is Truth.TRUE:
            found.append(field)
            certificates += finding.certificates
    if not found:
        return len(weights), ()
    factors = tuple(f"s{k + 1}" for k in range(len(found)))
    numbers = network.place()
    squares = []
    for i in range(len(weights)):
        parts = [
            f"{s}*({_component(field[i], list(map(str, numbers)))})" for s, field in zip(factors, found, strict=True)
        ]
        squares.append(f"({' + '.join(parts)})^2")
    form = Objective.from_expression(" + ".join(squares), factors)
    proof = evidence.prove(points=[(Fraction(0),) * len(found)], infimum=True, objective=form)
    if proof is None or proof.report.points[0].inertia != (len(found), 0, 0):
        return len(weights), ()
    return len(weights) - len(found), (*certificates, proof.certificate)


def _inputs(network: PowerNetwork) -> tuple[str, ...]:
    return tuple(f"x{i + 1}" for i in range(network.widths[0]))


def _component(terms: dict[tuple[int, ...], int], names: Sequence[str]) -> str:
    parts = [
        "*".join((f"({c})", *(f"({name})^{e}" for name, e in zip(names, m, strict=True) if e)))
        for m, c in sorted(terms.items())
    ]
    return " + ".join(parts) or "0"


def _moved(network: PowerNetwork, field: Field) -> tuple[str, str]:
    """Both sides of phi(w + e v; x) = phi(w; x) + e^2 (...), outputs told apart by powers of the last input.

    Outputs are forms of the same degree k in x, so adding the i-th one times x_last^(i (k + 1)) mixes none of them.
    """
    names = (*network.weights, *_inputs(network), _STEP)
    weights = [
        f"({w} + {_STEP}*({_component(terms, network.weights)}))" if terms else w
        for w, terms in zip(network.weights, field, strict=True)
    ]
    degree = network.power ** (len(network.widths) - 2)

    def combined(given: Sequence[str]) -> str:
        texts = network.outputs(given, _inputs(network))
        return " + ".join(f"{_inputs(network)[-1]}^{i * (degree + 1)}*({text})" for i, text in enumerate(texts))

    left, plain = combined(weights), combined(network.weights)
    rest = []
    for exponents, c in Objective.from_expression(f"({left}) - ({plain})", names).polynomial.terms():
        power = int(exponents[-1])
        if power >= 2:  # what is left over in power 1 makes the identity false
            monomial = [f"{name}^{int(e)}" for name, e in zip(names, exponents, strict=True) if e]
            rest.append("*".join((f"({c})", *monomial)))
    return left, " + ".join((f"({plain})", *rest))


# ---------------------------------------------------------------------------------------------------- the search


def _candidates(n: int) -> list[tuple[int, ...]]:
    """Small primitive integer points up to sign, those with many zeros first."""
    points = [p for p in itertools.product(range(-2, 3), repeat=n) if gcd(*p) == 1 and next(v for v in p if v) > 0]
    return sorted(points, key=lambda p: (sum(v != 0 for v in p), sum(map(abs, p)), p))


@lru_cache(maxsize=64)
def _place(network: PowerNetwork) -> tuple[int, ...]:
    """Of a few small random choices the first one with the largest rank of the derivative."""
    choose = random.Random(repr(network))
    tried = []
    for _ in range(8):
        place = tuple(choose.choice(_ENTRIES) for _ in network.weights)
        rows = [row for sample in _candidates(network.widths[0])[:40] for row in network.derivatives(place, sample)]
        tried.append((_rank(rows), place))
    return max(tried, key=lambda t: t[0])[1]


def _rank(rows: Sequence[Sequence[int]]) -> int:
    """Modulo the prime."""
    return int(flint.nmod_mat(len(rows), len(rows[0]), [x for row in rows for x in row], _PRIME).rank())


@lru_cache(maxsize=64)
def _samples(network: PowerNetwork) -> tuple[tuple[int, ...], ...]:
    """Samples, one after the other as long as each makes the rank of the derivative at `place` larger."""
    chosen: list[tuple[int, ...]] = []
    rows: list[list[int]] = []
    rank = 0
    for sample in _candidates(network.widths[0]):
        more = [*rows, *network.derivatives(network.place(), sample)]
        if _rank(more) > rank:
            chosen.append(sample)
            rows, rank = more, _rank(more)
        if rank == min(network.ambient, network.naive):
            break
    return tuple(chosen)


def _values(network: PowerNetwork) -> list[list[int]]:
    """The outputs at the samples, exactly."""
    found = []
    for sample in _samples(network):
        rest, values = list(network.place()), list(sample)
        for layer, units in enumerate(network.widths[1:]):
            values = [v**network.power for v in values] if layer else values
            rows = [[rest.pop(0) for _ in values] for _ in range(units)]
            values = [sum(w * v for w, v in zip(row, values, strict=True)) for row in rows]
        found.append(values)
    return found


@lru_cache(maxsize=64)
def _fields(network: PowerNetwork, wanted: int) -> tuple[Field, ...]:
    """Vector fields in the kernel, independent at `place`: of low degree and with few terms first."""
    count = len(network.weights)
    chosen: list[Field] = []
    rows: list[list[int]] = []
    for degree in _FIELD_DEGREES:
        shapes = [m for m in exponents_of_degree(count, degree) if sum(m) == degree]
        if len(chosen) == wanted or count * len(shapes) > _MOST_UNKNOWNS:
            break
        for field in sorted(_solutions(network, shapes), key=lambda f: sum(map(len, f))):
            more = [*rows, [_at(component, network.place()) for component in field]]
            if _rank(more) == len(more):
                rows = more
                chosen.append(field)
    return tuple(chosen)


def _at(terms: dict[tuple[int, ...], int], place: Sequence[int]) -> int:
    total = 0
    for m, c in terms.items():
        for x, e in zip(place, m, strict=True):
            c *= x**e
        total += c
    return total % _PRIME


def _solutions(network: PowerNetwork, shapes: Sequence[tuple[int, ...]]) -> list[Field]:
    """A basis, in reduced echelon form, of the fields with these monomials in the kernel; small numbers only."""
    count, size = len(network.weights), len(network.weights) * len(shapes)
    choose = random.Random(repr((network, len(shapes))))
    rows: list[int] = []
    height = 0
    while height < size + 20:
        weights = [choose.randrange(_PRIME) for _ in range(count)]
        values = []
        for m in shapes:
            value = 1
            for x, e in zip(weights, m, strict=True):
                for _ in range(e):
                    value = value * x % _PRIME
            values.append(value)
        inputs = [choose.randrange(_PRIME) for _ in range(network.widths[0])]
        for slopes in network.derivatives(weights, inputs):
            rows += [s * v % _PRIME for s in slopes for v in values]
            height += 1
    kernel, rank = flint.nmod_mat(height, size, rows, _PRIME).nullspace()
    columns = [[int(kernel[i, j]) for i in range(size)] for j in range(rank)]
    table, _ = flint.nmod_mat(rank, size, [x for column in columns for x in column], _PRIME).rref()
    found = []
    for i in range(rank):
        numbers = [_small(int(table[i, j])) for j in range(size)]
        if None not in numbers:
            exact = [Fraction(0) if x is None else x for x in numbers]
            scale = _common(exact)
            cut = [exact[k * len(shapes) : (k + 1) * len(shapes)] for k in range(count)]
            found.append(tuple({m: int(c * scale) for m, c in zip(shapes, row, strict=True) if c} for row in cut))
    return found


def _small(value: int) -> Fraction | None:
    """The fraction with numerator and denominator up to 60 that this number modulo the prime stands for."""
    for denominator in range(1, 61):
        numerator = value * denominator % _PRIME
        numerator = numerator if numerator <= 60 else numerator - _PRIME
        if abs(numerator) <= 60:
            return Fraction(numerator, denominator)
    return None


def _common(numbers: Sequence[Fraction]) -> int:
    scale = 1
    for x in numbers:
        scale = scale * x.denominator // gcd(scale, x.denominator)
    return scale
