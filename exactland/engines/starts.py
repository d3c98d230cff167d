"""Start systems of the path tracker, with as many solutions as the Bezout number, all of them known and simple.

With one group of variables S_i = x_i^d_i - 1, or x_i^d_i - x_i when F is odd: then x -> -x maps solutions to
solutions, and half of the paths is enough. With several groups S_i is the product over the groups j of p(l(x_j)) where
l is a linear form of its own for each i and j, and p(z) = z^d - 1; where S is to be odd and d is odd, p(z) = z^d - z,
or z when d is 1.
"""

from __future__ import annotations

import abc
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from exactland.engines.base import PolynomialSystem
from exactland.engines.evaluation import Complex
from exactland.engines.groups import Groups
from exactland.engines.noise import Noise


class Start(abc.ABC):
    """A start system; `odd` when it is an odd function of x."""

    odd: bool

    @abc.abstractmethod
    def points(self) -> Complex:
        """All start solutions; for odd systems one of each pair x, -x, without 0."""

    @abc.abstractmethod
    def add_to(self, jacobian: Complex, x: Complex, factor: Complex) -> Complex:
        """The values; the derivatives times a factor for each point are added to the Jacobians."""


def start_system(system: PolynomialSystem, groups: Groups, degrees: Sequence[Sequence[int]]) -> Start:
    """The start system for these groups."""
    odd_parts = all(equation and all(sum(m) % 2 for _, m in equation) for equation in system.equations)
    if max(groups) == 0:
        return Powers([d for (d,) in degrees], odd_parts and all(d >= 3 for (d,) in degrees))
    # More equations with a factor l(x_j) than variables in the group would all vanish where x_j = 0.
    few = all(sum(row[g] % 2 for row in degrees) <= groups.count(g) for g in range(max(groups) + 1))
    return Products(groups, degrees, odd_parts and few and all(sum(row) % 2 for row in degrees))


def _roots(d: int, odd: bool) -> list[complex]:
    """The roots of z^d - z or z^d - 1."""
    lower = int(odd)
    roots = np.exp(2j * np.pi * np.arange(d - lower) / max(1, d - lower))
    return [0j] * lower + [complex(z) for z in roots]


def _one_of_two(start: Sequence[complex]) -> bool:
    """True for one of each pair z, -z, false for 0."""
    lead = next((z for z in start if abs(z) > 0), 0)
    return lead.imag > 1e-9 or (abs(lead.imag) <= 1e-9 and lead.real > 0)


class Powers(Start):
    """Powers of the variables."""

    def __init__(self, degrees: Sequence[int], odd: bool) -> None:
        self.d, self.odd = np.array(degrees), odd

    def points(self) -> Complex:
        """All start solutions; for odd systems one of each pair x, -x, without 0."""
        choices = [_roots(int(d), self.odd) for d in self.d]
        found = [start for start in itertools.product(*choices) if not self.odd or _one_of_two(start)]
        return np.array(found, dtype=np.complex128).reshape(-1, len(self.d))

    def add_to(self, jacobian: Complex, x: Complex, factor: Complex) -> Complex:
        """The values; the derivatives times a factor for each point are added to the Jacobians."""
        lower = x ** (self.d - 1)
        index = np.arange(len(self.d))
        jacobian[:, index, index] += factor * (self.d * lower - (1 if self.odd else 0))
        return np.asarray(lower * x - (x if self.odd else 1))


class Products(Start):
    """Products of linear forms in the variables of one group each."""

    def __init__(self, groups: Groups, degrees: Sequence[Sequence[int]], odd: bool) -> None:
        self.groups, self.d, self.odd = np.array(groups), np.array(degrees), odd
        n, count = self.d.shape
        self.homogeneous = (self.d % 2 == 1) & odd  # where p(z) = z^d - z, or z when d = 1
        own = self.groups[None, :] == np.arange(count)[:, None]  # of each group, its variables
        real, imaginary = Noise(1).normal((2, count, n, n))
        self.forms = (real + 1j * imaginary) * own[:, None, :]
        self.forms[self.groups, np.arange(n)] = np.eye(n)  # in the group of x_i equation i has the form x_i
        self.forms /= np.linalg.norm(self.forms, axis=2, keepdims=True)
        self._columns = np.ascontiguousarray(self.forms.reshape(count * n, n).T)
        self._coefficients = self.forms.sum(axis=0)  # each variable stands in the forms of its group only
        self._powers = np.array(self.d.T, dtype=np.float64)
        self._linear = np.array((self.homogeneous & (self.d > 1)).T, dtype=np.float64)
        self._constant = np.array(~self.homogeneous.T, dtype=np.float64)

    def _assignments(self) -> Iterator[list[list[int]]]:
        """For each group the equations of which a factor of this group vanishes, as many as it has variables."""
        sizes = [int((self.groups == g).sum()) for g in range(self.d.shape[1])]

        def choose(g: int, left: list[int]) -> Iterator[list[list[int]]]:
            if g == len(sizes):
                yield []
                return
            for chosen in itertools.combinations(left, sizes[g]):
                for rest in choose(g + 1, [i for i in left if i not in chosen]):
                    yield [list(chosen), *rest]

        return choose(0, list(range(len(self.d))))

    def points(self) -> Complex:
        """All start solutions; for odd systems one of each pair x, -x, without 0."""
        n = len(self.d)
        found: list[Complex] = []
        for chosen in self._assignments():
            matrix = np.zeros((n, n), dtype=np.complex128)
            roots: list[list[complex]] = []
            for g, equations in enumerate(chosen):
                for i in equations:
                    matrix[len(roots)] = self.forms[g, i]
                    roots.append(_roots(int(self.d[i, g]), bool(self.homogeneous[i, g])))
            values = [z for z in itertools.product(*roots) if not self.odd or _one_of_two(z)]
            if values:
                found.append(np.asarray(np.linalg.solve(matrix, np.array(values).T).T, dtype=np.complex128))
        return np.concatenate(found)

    def add_to(self, jacobian: Complex, x: Complex, factor: Complex) -> Complex:
        """The values; the derivatives times a factor for each point are added to the Jacobians."""
        n, count = self.d.shape
        z = (x @ self._columns).reshape(-1, count, n)
        lower = np.ones_like(z)  # z^(d-1)
        for exponent in range(1, int(self.d.max())):
            lower = np.where(self._powers > exponent, lower * z, lower)
        values = z * (lower - self._linear) - self._constant
        slopes = self._powers * lower - self._linear
        slopes *= factor[:, :, None]
        total = values[:, 0]
        for g in range(count):
            total = total * values[:, g] if g else total
            for other in range(count):
                if other != g:
                    slopes[:, g] *= values[:, other]
        jacobian += slopes[:, self.groups].transpose(0, 2, 1) * self._coefficients
        return np.asarray(total)
