"""Points in floating point out of a quotient modulo primes, without numpy: for systems with few solutions.

The representation is that of `rur`, in the invariants of the sign symmetries, so that its size is the number of orbits.
For each class of variables that change their signs together let y be a linear form in them. The squares y^2, the
products x_k * y, and the products of such y that no symmetry changes are invariants, and give the coordinates: the
squares up to signs, the last products the signs, and x_k = (x_k * y) / y. Only the roots are approximated. Nothing is
proved here: a point that is none does not get a box.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, islice

from flint import acb, acb_poly, ctx, fmpq, fmpq_poly, nmod_mat

from exactland.engines.base import Exponents, PolynomialSystem
from exactland.engines.classes import loss_symmetries, negative_signs
from exactland.engines.residues import NoRepresentation, Quotient, Remainders, combination, primes, representation

MAX_PRIMES = 40
MAX_LABELS = 8
MAX_FORMS = 4
GUARD = 192  # bits
SMALL = 1e-36  # of a square beside others: it is 0

Point = tuple[complex, ...]
Relation = tuple[int, ...]


def approximations(system: PolynomialSystem, quotient: Quotient, seconds: float, most: int = 0) -> list[Point]:
    """All points; raises NoRepresentation, for multiple points too. The time is looked at between primes, of which at
    most so many are used (by default MAX_PRIMES).
    """
    masks = loss_symmetries(system)
    deadline = time.monotonic() + seconds
    for attempt in range(MAX_FORMS):
        invariants = _Invariants(quotient, masks, attempt)
        found = invariants.points(deadline, most or MAX_PRIMES)
        if found is not None:
            return found
    raise NoRepresentation("multiple points")


class _Invariants:
    """The algebra of the invariants modulo primes, and the invariants that the coordinates are made of."""

    def __init__(self, quotient: Quotient, masks: Sequence[int], attempt: int) -> None:
        n = quotient.n
        self.quotient, self.masks, self.n = quotient, masks, n
        self.labels = [sum((mask >> k & 1) << i for i, mask in enumerate(masks)) for k in range(n)]
        self.kinds = sorted(set(self.labels))
        if len(self.kinds) > MAX_LABELS:
            raise NoRepresentation("too many classes of variables")
        self.form = [1 + (3 * k + attempt * (k + 2)) % (5 + 2 * attempt) for k in range(n)]
        self.relations = self._relations()
        self.classes: dict[int, list[int]] = {}
        for i, b in enumerate(quotient.basis):
            self.classes.setdefault(self._label(b), []).append(i)
        self.even = self.classes[0]
        self.one = self.even.index(quotient.index[(0,) * n])

    def _label(self, monomial: Exponents) -> int:
        label = 0
        for e, other in zip(monomial, self.labels, strict=True):
            label ^= other * (e & 1)
        return label

    def _relations(self) -> list[Relation]:
        """The smallest sets of classes other than 0 whose sum is 0."""
        found: list[Relation] = []
        for size in range(1, len(self.kinds) + 1):
            for chosen in combinations([kind for kind in self.kinds if kind], size):
                total = 0
                for kind in chosen:
                    total ^= kind
                if total == 0 and not any(set(other) <= set(chosen) for other in found):
                    found.append(chosen)
        return found

    def multipliers(self, q: int) -> list[nmod_mat] | None:
        """On the invariants: for each variable x_k or x_k * y of its class, for each relation the product."""
        forms = self.quotient.normal_forms(q)
        if forms is None:
            return None
        parts: dict[tuple[int, int], nmod_mat] = {}

        def part(k: int, label: int) -> nmod_mat:
            """Of x_k, on the basis elements with this label."""
            if (k, label) not in parts:
                rows, columns = (self.classes.get(c, []) for c in (label, label ^ self.labels[k]))
                try:
                    parts[k, label] = self.quotient.multiplication(k, forms, q, rows, columns)
                except KeyError as trouble:
                    raise NoRepresentation("a normal form that mixes the classes") from trouble
            return parts[k, label]

        def linear(kind: int, label: int) -> nmod_mat:
            """Of the form of this class of variables."""
            members = [k for k, other in enumerate(self.labels) if other == kind]
            return combination([part(k, label) for k in members], [self.form[k] for k in members], q)

        starts = {kind: linear(kind, 0) for kind in self.kinds if kind}
        found = [part(k, 0) if not kind else starts[kind] * part(k, kind) for k, kind in enumerate(self.labels)]
        for relation in self.relations:
            product, label = starts[relation[0]], relation[0]
            for kind in relation[1:]:
                product, label = product * linear(kind, label), label ^ kind
            found.append(product)
        return found

    def points(self, deadline: float, most: int) -> list[Point] | None:
        """All points; None when the form does not separate the orbits."""
        size = len(self.even)
        weights = self.form + [1] * len(self.relations)
        remainders = Remainders()
        for q in islice(primes(), most):
            if time.monotonic() > deadline:
                raise NoRepresentation("time limit")
            multipliers = self.multipliers(q)
            if multipliers is None:
                continue
            try:
                degree, values = representation(multipliers, self.one, weights, q)
            except ZeroDivisionError:
                return None
            if degree != size:
                return None
            numbers = remainders.add(values, q)
            if numbers is not None:
                return self._evaluated([numbers[k : k + size] for k in range(0, len(numbers), size)])
        raise NoRepresentation("too many primes")

    def _evaluated(self, parts: list[list[Fraction]]) -> list[Point]:
        """The points, from the coefficients of the polynomial of the form and of the numerators."""
        modulus = fmpq_poly([*map(_fmpq, parts[0]), 1])
        integer = (modulus * modulus.denom()).numer()
        bits = max(abs(c) for c in integer.coeffs()).bit_length()
        result: dict[Point, None] = {}
        with ctx.workprec(GUARD + bits):
            polynomials = [acb_poly(fmpq_poly(list(map(_fmpq, part)))) for part in parts[1:]]
            for root in roots(acb_poly(integer), bits):
                first, *others = (p(root) for p in polynomials)
                for image in self._images(self._point([value / first for value in others])):
                    result[image] = None
        return list(result)

    def _point(self, values: list[acb]) -> Point:
        """One point of the orbit with these values of the invariants."""
        squares: dict[int, acb] = {}
        for kind, value, c in zip(self.labels, values[: self.n], self.form, strict=True):
            squares[kind] = squares.get(kind, acb(0)) + value * c
        small = SMALL * max(abs(complex(square)) for square in squares.values())
        roots = {kind: square.sqrt() for kind, square in squares.items() if kind and abs(complex(square)) > small}
        places = {kind: i for i, kind in enumerate(self.kinds)}
        products: list[tuple[int, bool]] = []
        for relation, given in zip(self.relations, values[self.n :], strict=True):
            if all(kind in roots for kind in relation):
                product = acb(1)
                for kind in relation:
                    product *= roots[kind]
                factors = sum(1 << places[kind] for kind in relation)
                products.append((factors, abs(complex(given - product)) > abs(complex(given + product))))
        for k in negative_signs(products):
            roots[self.kinds[k]] = -roots[self.kinds[k]]
        found = []
        for kind, value in zip(self.labels, values[: self.n], strict=True):
            found.append(complex(value if not kind else value / roots[kind]) if not kind or kind in roots else 0j)
        return tuple(found)

    def _images(self, point: Point) -> list[Point]:
        images = [point]
        for mask in self.masks:
            images += [tuple(-x if mask >> k & 1 else x for k, x in enumerate(image)) for image in images]
        return images


def roots(polynomial: acb_poly, bits: int) -> list[acb]:
    """Approximations of the roots of a polynomial with simple roots, to so many bits."""
    slope, found = polynomial.derivative(), []
    try:
        for coarse in polynomial.roots():
            root = coarse.mid()
            for _ in range(bits.bit_length()):  # each step doubles the bits that are right
                root = (root - polynomial(root) / slope(root)).mid()
            found.append(root)
    except (ValueError, ArithmeticError) as trouble:
        raise NoRepresentation(f"the roots were not found: {trouble}") from trouble
    return found


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
