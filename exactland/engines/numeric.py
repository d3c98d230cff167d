"""Candidates in floating point: multiplication matrices from the rows of the evidence, eigenvectors, Newton steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from exactland.engines.base import PolynomialSystem
from exactland.engines.classes import Classes, negative_signs
from exactland.engines.closure import Closure
from exactland.engines.evaluation import Complex, Evaluator, Real
from exactland.engines.evidence import Reduction
from exactland.engines.levels import Floating, Levels, pivot_columns
from exactland.engines.near import first_ones
from exactland.engines.noise import Noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: With this share of the points, another basis is tried before loops.
NEARLY = 0.9
#: A relative step after which nothing is slow, and how many steps more there are for those that are.
CONVERGED, SLOW = 1e-9, 64


def newton(evaluate: Evaluator, points: Complex, steps: int = 16) -> tuple[Complex, Real, Real]:
    """Newton steps for all points; the points, the relative last step (inf when it failed) and the residual."""
    points = points.copy()
    last = np.full(len(points), np.inf)
    active = np.arange(len(points))
    with np.errstate(all="ignore"):
        for step in range(steps + SLOW):
            if step >= steps:  # near others a zero may be reached slowly
                active = active[last[active] > CONVERGED]
            if not len(active):
                break
            values, jacobian = evaluate(points[active])
            delta = _solve(jacobian, values)
            points[active] -= delta
            size = np.linalg.norm(delta, axis=1) / (1 + np.linalg.norm(points[active], axis=1))
            last[active] = np.where(np.isfinite(size), size, np.inf)
            good = np.isfinite(points[active]).all(axis=1)
            points[active[~good]] = 0
            last[active[~good]] = np.inf
            active = active[good & ~(size < 1e-15)]
        return points, last, residuals(evaluate, points)


def residuals(evaluate: Evaluator, points: Complex) -> Real:
    """The largest values, relative to the largest sum of the absolute values of the terms of an equation."""
    largest = evaluate.sizes(points).max(axis=1, initial=0.0)
    return np.asarray(np.abs(evaluate(points)[0]).max(axis=1, initial=0.0) / (largest + 1e-300), dtype=np.float64)


def _solve(jacobian: Complex, values: Complex) -> Complex:
    if jacobian.shape[1] == jacobian.shape[2]:
        try:
            return np.asarray(np.linalg.solve(jacobian, values[:, :, None])[:, :, 0], dtype=np.complex128)
        except np.linalg.LinAlgError:
            pass
    result = np.zeros((len(values), jacobian.shape[2]), dtype=np.complex128)
    for i in range(len(values)):
        try:
            result[i] = np.linalg.lstsq(jacobian[i], values[i], rcond=1e-12)[0]
        except np.linalg.LinAlgError:
            result[i] = np.nan
    return result


def scaling(system: PolynomialSystem) -> Real:
    """Positive factors for the variables that make the terms of each equation about equally large."""
    n, logs, rows = len(system.variables), [], []
    for i, equation in enumerate(system.equations):
        for c, m in equation:
            row = np.zeros(n + len(system.equations))
            row[:n] = m
            row[n + i] = 1
            rows.append(row)
            logs.append(-_log(abs(c)))
    if not rows:
        return np.ones(n)
    solution = np.linalg.lstsq(np.array(rows), np.array(logs), rcond=None)[0][:n]
    return np.asarray(np.exp2(np.clip(np.round(solution), -40, 40)), dtype=np.float64)


def _log(c: int) -> float:
    shift = max(0, c.bit_length() - 60)
    return float(np.log2(float(c >> shift))) + shift


def scaled_elements(closure: Closure, scale: Real) -> list[list[tuple[int, float]]]:
    """Terms of every element in the scaled variables, its largest coefficient about 1; its rows differ by a factor."""
    logs, packing, result = np.log2(scale), closure.packing, []
    for element in closure.elements:
        mantissas, powers = [], []
        for c in element.terms.values():
            shift = max(0, abs(c).bit_length() - 60)
            mantissas.append(float(c >> shift if c > 0 else -(-c >> shift)))
            powers.append(shift)
        exponents = np.array([packing.unpack(t) for t in element.terms], dtype=np.float64) @ logs + np.array(powers)
        values = np.array(mantissas)
        top = (exponents + np.log2(np.abs(values))).max()
        values *= np.exp2(np.maximum(exponents - top, -1000.0))
        result.append(list(zip(element.terms, values.tolist(), strict=True)))
    return result


def normal_forms(closure: Closure, reduction: Reduction, scale: Real) -> dict[int, Real]:
    """Normal form of every column of the evidence, in variables divided by `scale`, as a vector over the basis."""
    index = {b: j for j, b in enumerate(reduction.basis)}
    elements = scaled_elements(closure, scale)
    number = {c: k for k, c in enumerate(c for _, columns in reversed(reduction.components) for c in columns)}
    table = np.zeros((len(number), len(index)))
    first = 0
    for rows, columns in reversed(reduction.components):
        end = first + len(columns)
        square, right = np.zeros((len(rows), len(rows))), np.zeros((len(rows), len(index)))
        for i, (m, g) in enumerate(rows):
            sources, factors = [], []
            for t, value in elements[g]:
                k = number.get(m + t)
                if k is None:
                    right[i, index[m + t]] -= value
                elif k >= first:
                    square[i, k - first] = value
                else:
                    sources.append(k)
                    factors.append(value)
            if sources:
                right[i] -= np.array(factors) @ table[sources]
        table[first:end] = right / square[0, 0] if len(rows) == 1 else np.linalg.solve(square, right)
        first = end
    return {c: table[k] for c, k in number.items()}


def null_space(closure: Closure, scale: Real) -> dict[int, tuple[list[int], Real]]:
    """For each class: monomials and an orthonormal basis of the null space of all rows, extended degree by degree.

    Orthogonal steps only, and all rows that were tried: much better conditioned than the independent rows alone.
    The dimension is known from the search modulo the prime.
    """
    elements = scaled_elements(closure, scale)
    rng = Noise(11)
    spaces: dict[int, tuple[list[int], Real]] = {}
    for level in closure.levels:
        for label, block in level.items():
            old, frame = spaces.get(label, ([], np.zeros((0, 0))))
            lower = {m: i for i, m in enumerate(old)}
            new = block.columns
            place = {m: j for j, m in enumerate(new)}
            width = frame.shape[1]
            matrix = np.zeros((len(block.tried), width + len(new)))
            for i, (m, g) in enumerate(block.tried):
                for t, value in elements[g]:
                    key = m + t
                    if key in place:
                        matrix[i, width + place[key]] += value
                    else:
                        matrix[i, :width] += value * frame[lower[key]]
            rank = len(block.pivots)
            if rank:
                norms = np.linalg.norm(matrix, axis=1, keepdims=True)
                matrix /= np.where(norms > 0, norms, 1)
                if len(matrix) > rank:  # mix the rows instead of choosing among them
                    matrix = rng.normal((rank, len(matrix))) @ matrix
                vectors = np.linalg.qr(matrix.T, mode="complete")[0][:, rank:]
            else:
                vectors = np.eye(width + len(new))
            spaces[label] = ([*old, *new], np.vstack([frame @ vectors[:width], vectors[width:]]))
    return spaces


def orthogonal_forms(closure: Closure, scale: Real) -> tuple[list[int], dict[int, Real]]:
    """A well conditioned basis, chosen by pivoted QR on the null space, and the normal forms of its border."""
    spaces = null_space(closure, scale)
    known = {m for level in closure.levels for block in level.values() for m in block.columns}
    units = closure.packing.units()
    total = sum(frame.shape[1] for _, frame in spaces.values())
    basis: list[int] = []
    parts: list[tuple[dict[int, int], Real, list[int]]] = []
    offset = 0
    for monomials, frame in spaces.values():
        allowed = [i for i, m in enumerate(monomials) if all(m + u in known for u in units)]
        if frame.shape[1]:
            triangle: Real = np.asarray(np.linalg.qr(frame[allowed], mode="r"), dtype=np.float64)
            frame = np.asarray(np.linalg.solve(triangle.T, frame.T).T, dtype=np.float64)
            picked = [allowed[i] for i in pivot_columns(frame[allowed].T, frame.shape[1])]
            coordinates: Real = np.asarray(np.linalg.solve(frame[picked].T, frame.T).T, dtype=np.float64)
        else:
            picked, coordinates = [], frame
        basis.extend(monomials[i] for i in picked)
        parts.append(({m: i for i, m in enumerate(monomials)}, coordinates, [offset]))
        offset += frame.shape[1]
    wanted = {b + u for b in basis for u in units} | {0, *units} | set(basis)
    forms: dict[int, Real] = {}
    for where, coordinates, (start,) in parts:
        for m in wanted & set(where):
            vector = np.zeros(total)
            vector[start : start + coordinates.shape[1]] = coordinates[where[m]]
            forms[m] = vector
    return basis, forms


def eigen_values(matrices: Sequence[Real], seed: int) -> Complex:
    """Values of the multipliers at the common eigenvectors of their matrices, by Rayleigh quotients.

    Row i of a matrix is the product of the multiplier and basis monomial i over the basis.
    """
    if not all(np.isfinite(m).all() for m in matrices):
        raise np.linalg.LinAlgError("a matrix is not finite")
    weights = Noise(seed).normal((len(matrices),))
    total = sum((w * m for w, m in zip(weights, matrices, strict=True)), np.zeros_like(matrices[0]))
    vectors = np.linalg.eig(total)[1]
    norms = (vectors.conj() * vectors).sum(axis=0)
    with np.errstate(all="ignore"):
        values = np.array([(vectors.conj() * (m @ vectors)).sum(axis=0) / norms for m in matrices]).T
    return np.asarray(values[np.isfinite(values).all(axis=1)], dtype=np.complex128)


def multiplications(units: Sequence[int], basis: Sequence[int], forms: dict[int, Real]) -> list[Real]:
    """The matrices of the variables, from normal forms."""
    index = {b: i for i, b in enumerate(basis)}
    result = []
    for u in units:
        matrix = np.zeros((len(basis), len(basis)))
        for b, i in index.items():
            if b + u in index:
                matrix[i, index[b + u]] = 1
            else:
                matrix[i] = forms[b + u]
        result.append(matrix)
    return result


@dataclass(frozen=True)
class Source:
    """Ways to approximate values of the multipliers of `classes`: in variables divided by `scale` times `spread`."""

    classes: Classes
    bound: int
    matrices: Callable[[Real, float], list[Real]]  # of scale and spread
    spreads: tuple[float, ...]


def reduction_source(closure: Closure, reduction: Reduction) -> Source:
    """The rows of the rank rule first, then orthogonal steps."""
    units = closure.packing.units()

    def matrices(scale: Real, spread: float) -> list[Real]:
        if not spread:
            return multiplications(units, reduction.basis, normal_forms(closure, reduction, scale))
        return multiplications(units, *orthogonal_forms(closure, scale * spread))

    masks = closure.masks
    return Source(Classes(closure.packing, masks), len(reduction.basis), matrices, (0.0, 1.0, 2.0, 8.0, 0.5))


def level_source(closure: Closure, levels: Levels) -> Source:
    """The same levels in floating point, with the elements of `closure`."""

    def matrices(scale: Real, spread: float) -> list[Real]:
        scaled = scaled_elements(closure, scale * spread)
        sizes = [len(level.basis) for level in levels.levels]
        run = Levels(levels.classes, scaled, levels.degrees, Floating(sizes), closure.deadline)
        while len(run.levels) < levels.needed:
            run.advance()
        return [np.asarray(run.multiplication(u), dtype=np.float64) for u in levels.classes.generators]

    return Source(levels.classes, len(levels.order), matrices, (16.0, 4.0, 64.0, 1.0, 0.5))


def candidates(system: PolynomialSystem, source: Source, deadline: float) -> tuple[Complex, int]:
    """Refined candidates, distinct ones first, and the number of distinct ones that converged quadratically.

    With invariant multipliers one point stands for each orbit.
    """
    from exactland.engines.sides import FIRST, MOST, Search

    evaluate = Evaluator(system)
    bound, n = source.bound, len(system.variables)
    square = n == len(system.equations)
    scale = scaling(system)

    def signature(points: Complex) -> Complex:
        return representatives(source.classes, points)

    def pick(points: Complex) -> NDArray[np.int64]:
        return first_ones(signature(points))

    search = Search(system, evaluate, partial(_orbit, source.classes), pick, deadline)
    rest = np.zeros((0, n), dtype=np.complex128)
    gains = False  # whether the paths led to anything
    for attempt, spread in enumerate(source.spreads):
        if time.monotonic() > deadline:
            break
        try:
            values = eigen_values(source.matrices(scale, spread), attempt)
            raw = coordinates(source.classes, values) * scale * (spread or 1.0)
        except (np.linalg.LinAlgError, KeyError, MemoryError):
            continue
        points, last, residual = newton(evaluate, np.vstack([np.zeros((1, n)), raw]))
        good = (last < 1e-9) & (residual < 1e-11)
        if square:  # large steps at small values mean a nearly singular Jacobian: more digits decide
            doubtful = np.flatnonzero(~good & (residual < 1e-9))
            points[doubtful], good[doubtful] = search.sharpen(points[doubtful])
        before = search.count
        search.add(points[good])
        rest = np.vstack([rest, points[~good & (residual < 1e-6)]])
        nearly = attempt == 0 and bound > search.count > NEARLY * bound
        if square and not nearly and (gains or search.count > before):
            before = search.count
            search.run(bound, min(FIRST + 2 * attempt, MOST))
            gains = search.count > before
        if search.count >= bound:
            break
    found, count = search.zero.points, search.count
    if count < bound and len(rest):
        others = first_ones(signature(np.vstack([found, rest])), 1e-5) - count
        found = np.vstack([found, rest[others[others >= 0]]])
    return found, count


def _orbit(classes: Classes, points: Complex) -> Complex:
    """Close under conjugation, and under the sign symmetries unless points stand for their orbits."""
    points = np.vstack([points, points.conj()])
    for mask in () if classes.invariant else classes.masks:
        signs = np.array([-1.0 if mask >> i & 1 else 1.0 for i in range(classes.packing.n)])
        points = np.vstack([points, points * signs])
        points = points[first_ones(points)]
    return points


def representatives(classes: Classes, points: Complex) -> Complex:
    """Of every point the image under the sign symmetries whose first coordinates that can be changed point one way.

    Only where points stand for their orbits. The half-plane is a general one: coordinates are often real or imaginary.
    """
    if not classes.invariant:
        return points
    result = points.copy()
    turned = (points * np.exp(0.7j)).real
    size = np.abs(points).max(axis=1, initial=0.0)
    for row, direction, top in zip(result, turned, size, strict=True):
        masks = list(classes.masks)
        for i in range(classes.packing.n):
            chosen = next((mask for mask in masks if mask >> i & 1), 0)
            if not chosen or abs(row[i]) <= 1e-7 * top:
                continue
            masks = [mask ^ chosen if mask >> i & 1 else mask for mask in masks if mask != chosen]
            if direction[i] < 0:
                flipped = [k for k in range(classes.packing.n) if chosen >> k & 1]
                row[flipped] *= -1
                direction[flipped] *= -1
    return result


def coordinates(classes: Classes, values: Complex) -> Complex:
    """Points from the values of the multipliers; for invariants one point of each orbit.

    The squares give the coordinates up to signs, and the circuits whose coordinates are not 0 give the products of the
    signs: linear equations over the field with two elements.
    """
    if not classes.invariant:
        return values
    n = classes.packing.n
    shapes = [classes.packing.unpack(u) for u in classes.generators]
    points = np.zeros((len(values), n), dtype=np.complex128)
    for place, shape in enumerate(shapes):
        if sum(shape) <= 2 and max(shape) == sum(shape):
            k = shape.index(sum(shape))
            points[:, k] = values[:, place] if sum(shape) == 1 else np.sqrt(values[:, place])
    members = [sum(1 << i for i, e in enumerate(shape) if e) for shape in shapes]
    for row, given in zip(points, values, strict=True):
        nonzero = sum(1 << i for i in range(n) if abs(row[i]) > 1e-6 * (1 + np.abs(row).max()))
        products: list[tuple[int, bool]] = []
        for place, shape in enumerate(shapes):
            if sum(shape) == 1 or max(shape) > 1 or members[place] & ~nonzero:
                continue
            product = np.prod(row[[i for i in range(n) if shape[i]]])
            products.append((members[place], bool(abs(given[place] - product) > abs(given[place] + product))))
        for k in negative_signs(products):
            row[k] = -row[k]
    return points
