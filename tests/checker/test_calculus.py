"""Evaluation in packed integers: values and bounds against exact rational arithmetic."""

from __future__ import annotations

import random
from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.checker import boxes as box_rules
from exactland.checker import kernel
from exactland.checker import packed as packed_rules
from exactland.checker.boxes import Box, _row_sums, contracts, symmetric, values_at
from exactland.checker.calculus import Calculus
from exactland.checker.kernel import derivative
from exactland.checker.kinds import substitute
from exactland.checker.lines import Elements
from exactland.checker.packed import limb_size, limbs
from exactland.checker.problem import Problem

Complex = tuple[Fraction, Fraction]


def problem_of(source: random.Random) -> Problem:
    n = source.randint(1, 4)
    degree = source.randint(2, 9)
    loss: dict[tuple[int, ...], Fraction] = {}
    for _ in range(source.randint(1, 12)):
        monomial = [0] * n
        for _ in range(source.randint(0, degree)):
            monomial[source.randrange(n)] += 1
        loss[tuple(monomial)] = Fraction(source.randint(-999, 999) or 1, source.randint(1, 9))
    return Problem(tuple(f"x{k}" for k in range(n)), loss)


def box_of(source: random.Random, n: int) -> Box:
    bits = source.choice([0, 1, 5, 17, 48, 96])
    reach = source.choice([1, 4, 100])

    def part() -> tuple[int, ...]:
        return tuple(source.choice([0, source.randint(-reach << bits, reach << bits)]) for _ in range(n))

    return Box(bits, part(), source.choice([None, part()]), source.randint(1, 1 << bits))


def times(a: Complex, b: Complex) -> Complex:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def value(poly: dict[tuple[int, ...], Any], box: Box) -> Complex:
    """The polynomial at the centre, exactly."""
    one = 1 << box.bits
    imaginary = box.imaginary or (0,) * len(box.real)
    centre = [(Fraction(x, one), Fraction(y, one)) for x, y in zip(box.real, imaginary, strict=True)]
    total: Complex = (Fraction(0), Fraction(0))
    for monomial, c in poly.items():
        term: Complex = (Fraction(c), Fraction(0))
        for x, e in zip(centre, monomial, strict=True):
            for _ in range(e):
                term = times(term, x)
        total = total[0] + term[0], total[1] + term[1]
    return total


def near(parts: list[int], exact: Complex, places: int) -> bool:
    """Within 3 units in modulus."""
    unit = Fraction(1, 1 << places)
    found = [p * unit for p in parts] + [Fraction(0)] * (2 - len(parts))
    return (found[0] - exact[0]) ** 2 + (found[1] - exact[1]) ** 2 < 9 * unit**2


@pytest.mark.parametrize("seed", range(80))
def test_values_are_right_to_three_units(seed: int) -> None:
    source = random.Random(seed)
    problem = problem_of(source)
    elements = Elements(problem)
    calculus = Calculus(elements, problem.loss)
    for _ in range(6):
        box = box_of(source, elements.n)
        places = source.randint(0, 2 * box.bits)
        gradients, jacobians = values_at(calculus, box, places)
        for j, g in enumerate(elements.gradient):
            assert near([part[j] for part in gradients], value(g, box), places)
            for k in range(elements.n):
                assert near([part[j][k] for part in jacobians], value(derivative(g, k), box), places)


def test_values_where_tails_are_powers() -> None:
    """The Jacobian has monomials, here x y, that are no lower ones of those of the gradient."""
    problem = Problem(("x", "y", "z"), {(3, 1, k): Fraction(k) for k in range(1, 9)})
    elements = Elements(problem)
    calculus = Calculus(elements, problem.loss)
    assert calculus.packed._power > 1
    box = Box(3, (9, -5, 11), (1, 0, -7), 1)
    gradients, jacobians = values_at(calculus, box, 12)
    for j, g in enumerate(elements.gradient):
        assert near([part[j] for part in gradients], value(g, box), 12)
        for k in range(3):
            assert near([part[j][k] for part in jacobians], value(derivative(g, k), box), 12)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("room", [packed_rules.MAX_PACKED, 30_000])
def test_values_at_many_points_are_within_the_errors(seed: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In limbs for all of them, of any size that is large enough, some points at a time or one after the other."""
    source = random.Random(f"many {seed}")
    problem = problem_of(source)
    elements = Elements(problem)
    n, calculus = elements.n, Calculus(elements, problem.loss)
    real, reach = source.choice([True, False]), source.choice([1, 4, 100])

    def part(bits: int) -> tuple[int, ...]:
        return tuple(source.choice([0, source.randint(-reach << bits, reach << bits)]) for _ in range(n))

    places = source.choices([0, 1, 5, 17, 48], k=source.randint(1, 7))
    boxes = [Box(bits, part(bits), None if real else part(bits), 1) for bits in places]
    sizes = [calculus.sizes_of_values(box.modulus, box.bits) for box in boxes]
    errors = max(size[0] for size in sizes)
    fine = max(size[1] for size in sizes) + source.choice([0, 3, 40])
    most = (max(size[2] for size in sizes) << fine) + errors
    heads = max(calculus.heads(box.modulus, box.bits) for box in boxes) << fine
    size = limb_size(most << source.choice([0, 1, 100]))
    monkeypatch.setattr(packed_rules, "MAX_PACKED", room)
    found = list(calculus.packed.rows(boxes, fine, most, heads, size))
    assert len(found) == len(boxes)
    for box, parts, (own, _, _) in zip(boxes, found, sizes, strict=True):
        entries = [[limbs(row, n + 1, size) for row in rows] for rows in parts]
        for j, g in enumerate(elements.gradient):
            for k in range(n + 1):
                exact = value(g if k == n else derivative(g, k), box)
                at = [Fraction(rows[j][k], 1 << fine) for rows in entries] + [Fraction(0)] * real
                off = (at[0] - exact[0]) ** 2 + (at[1] - exact[1]) ** 2
                assert off <= Fraction(own, 1 << fine) ** 2


@pytest.mark.parametrize("degree", [1, 2, 5, 12])
@pytest.mark.parametrize("length", range(26, 35))
def test_values_that_attain_their_bounds(degree: int, length: int) -> None:
    """All coefficients positive, all coordinates at the bound: limbs are filled up to the last bit, at one point of a
    list with others of other sizes.
    """
    problem = Problem(("x", "y"), {(k, degree - k): Fraction((1 << length) - 1) for k in range(degree + 1)})
    elements = Elements(problem)
    calculus = Calculus(elements, problem.loss)
    boxes = [Box(bits, (x << bits,) * 2, None, 1) for bits in (0, 40) for x in (1 << length, (1 << length) - 1, 0, -1)]
    sizes = [calculus.sizes_of_values(box.modulus, box.bits) for box in boxes]
    fine = max(size[1] for size in sizes)
    most = max((size[2] << fine) + size[0] for size in sizes)
    heads = max(calculus.heads(box.modulus, box.bits) for box in boxes) << fine
    largest = 0
    for box, (rows,) in zip(
        boxes, calculus.packed.rows(boxes, fine, most, heads, size := limb_size(most)), strict=True
    ):
        for j, row in enumerate(rows):
            exact = [value(derivative(elements.gradient[j], k), box)[0] for k in range(2)]
            exact.append(value(elements.gradient[j], box)[0])
            assert limbs(row, 3, size) == [x * (1 << fine) for x in exact]
            largest = max(largest, *limbs(row, 3, size))
    assert largest > most >> 1


def test_a_box_that_fails_is_the_last_one_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(("x",), {(2,): Fraction(1)})
    calculus = Calculus(Elements(problem), problem.loss)
    tried: list[Box] = []
    bends = box_rules._bends
    monkeypatch.setattr(box_rules, "_bends", lambda calculus, box: tried.append(box) or bends(calculus, box))
    far = {"bits": 0, "real": "9", "radius": "1", "inverse": {"bits": 1, "real": "1"}}
    with pytest.raises(kernel.Rejection, match="B1"):
        box_rules.contracting([far] * 9, calculus, complex_allowed=False)
    assert len(tried) == 1


def test_work_is_limited_while_boxes_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds of long values take time themselves: the second box is not looked at."""
    problem = Problem(("x",), {(64,): Fraction(1)})
    calculus = Calculus(Elements(problem), problem.loss)
    far = {"bits": 0, "real": "9" * 1290, "radius": "1", "inverse": {"bits": 1, "real": "1"}}
    monkeypatch.setattr(box_rules, "MAX_WORK", 10**9)
    with pytest.raises(kernel.ResourceLimit, match="work of all boxes"):
        box_rules.contracting([far, None], calculus, complex_allowed=False)


@pytest.mark.parametrize("bits", [0, 4096])
def test_boxes_in_one_unit_are_charged_for_it(bits: int) -> None:
    problem = Problem(("x",), {(2,): Fraction(1)})
    calculus = Calculus(Elements(problem), problem.loss)
    near = {"bits": 0, "real": "0", "radius": "1", "inverse": {"bits": 1, "real": "1"}}
    box_rules.contracting([near] * 9 + [{**near, "bits": bits}], calculus, complex_allowed=False)
    assert (calculus.work > 5_000) == (bits > 0)


@pytest.mark.parametrize("seed", range(40))
def test_bounds_of_second_derivatives(seed: int) -> None:
    """At random points of the polydisc no sum of second derivatives is larger, in absolute values."""
    source = random.Random(f"bends {seed}")
    problem = problem_of(source)
    elements = Elements(problem)
    calculus = Calculus(elements, problem.loss)
    box = box_of(source, elements.n)
    bounds = calculus.coarse_bends(box.modulus + box.radius, box.bits)
    largest = Fraction(box.modulus + box.radius, 1 << box.bits)
    for g, bound in zip(elements.gradient, bounds, strict=True):
        total = Fraction(0)
        for j in range(elements.n):
            for k in range(elements.n):
                second = derivative(derivative(g, j), k)
                total += sum((abs(c) * largest ** sum(m) for m, c in second.items()), Fraction(0))
        assert total <= bound


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=9), st.sampled_from([8, 12, 24]))
@settings(max_examples=200)
def test_limbs(values: list[int], size: int) -> None:
    wide = [v << (8 * (size - 8)) for v in values]
    for given_values in (values, wide):
        total = sum(v << (8 * size * k) for k, v in enumerate(given_values))
        assert limbs(total, len(values), size) == given_values


@pytest.mark.parametrize("seed", range(80))
def test_products_of_matrices(seed: int) -> None:
    """The sizes of Y G and of the rows of 1 - Y H, real and complex, against plain arithmetic: exact sums, or bounds of
    all parts where these are small, which are right then and are not given when a single part is larger.
    """
    source = random.Random(f"products {seed}")
    n, parts = source.randint(1, 5), source.choice([1, 2])
    big = source.choice([1, 10, 10**6, 10**30])
    places = source.randint(8, 60)

    def matrix(rows: int, columns: int, diagonal: int) -> list[list[int]]:
        return [[source.randint(-big, big) + diagonal * (i == j) for j in range(columns)] for i in range(rows)]

    unit = 2 * places
    rows = [a + b for a, b in zip(matrix(n, n, 1 << places), matrix(n, (parts - 1) * n, 0), strict=True)]
    values = [[[*h, source.randint(-big, big)] for h in matrix(n, n, part << places)] for part in (1, 0)[:parts]]
    size = ((10 * n + 10) * (2 * big + (1 << places)) ** 2).bit_length() // 8 + 1
    packed = [[sum(v << 8 * size * k for k, v in enumerate(row)) for row in part] for part in values]
    offsets, slopes, largest = [], [], [0, 0]
    for i, row in enumerate(rows):
        found = []
        for k in range(n + 1):
            a = sum(row[j] * values[0][j][k] for j in range(n)) - (i == k) * (1 << unit)
            b = 0
            if parts == 2:
                a -= sum(row[n + j] * values[1][j][k] for j in range(n))
                b = sum(row[j] * values[1][j][k] + row[n + j] * values[0][j][k] for j in range(n))
            found.append((abs(a), abs(b)))
            largest[k == n] = max(largest[k == n], a, ~a, b, ~b)  # -2^s is seen to be small as well
        offsets.append(sum(found[n]))
        slopes.append(sum(map(sum, found[:n])))
    exact = list(zip(offsets, slopes, strict=True))
    assert _row_sums(rows, packed, size, unit, -1) == exact
    step = source.choice([0, largest[1].bit_length() - 1, largest[1].bit_length(), unit])
    bounds = _row_sums(rows, packed, size, unit, step)
    slope = unit - 3 - (2 * n).bit_length()
    if step >= 0 and largest[1] < 1 << step and largest[0] < 1 << slope:
        assert bounds == [(2 << step, 2 * n << slope)] * n
        assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in zip(exact, bounds, strict=True))
    else:
        assert bounds == exact


def test_sequences_of_different_lengths_are_not_cut() -> None:
    assert kernel.dot([1, 2], [3, 4]) == 11
    with pytest.raises(ValueError, match="2 and 1"):
        kernel.dot([1, 2], [3])


@pytest.mark.parametrize("bits", [8, 20, 48])
def test_a_box_at_the_edge(bits: int) -> None:
    """x^3/3 - x near 1: Newton's map contracts a box that holds 1 well inside, and none that just misses it."""
    problem = Problem(("x",), {(3,): Fraction(1, 3), (1,): Fraction(-1)})
    calculus = Calculus(Elements(problem), problem.loss)
    one, radius = 1 << bits, 1 << (bits - 5)
    inverse = [[1 << (bits - 1)]]
    assert contracts(calculus, Box(bits, (one,), None, radius), inverse, None, bits)
    assert contracts(calculus, Box(bits, (one + radius // 2,), None, radius), inverse, None, bits)
    assert not contracts(calculus, Box(bits, (one + radius + 1,), None, radius), inverse, None, bits)
    assert not contracts(calculus, Box(bits, (one,), None, radius), [[0]], None, bits)
    assert not contracts(calculus, Box(bits, (one,), None, radius), [[-1 << (bits - 1)]], None, bits)
    zero = Box(bits, (one,), (0,), radius)
    assert contracts(calculus, zero, inverse, [[0]], bits)
    assert not contracts(calculus, Box(bits, (one,), (radius + 1,), radius), inverse, [[0]], bits)


def exactly_inside(problem: Problem, box: Box, inverse: list[list[int]], inverse_i: Any, places: int) -> bool:
    """The inequality of rule B1 in rational numbers, moduli of complex numbers by sums of their parts."""
    elements = Elements(problem)
    n, r = elements.n, Fraction(box.radius, 1 << box.bits)
    rows_i = inverse_i or [[0] * n] * n
    y = [
        [(Fraction(a, 1 << places), Fraction(b, 1 << places)) for a, b in zip(row, part, strict=True)]
        for row, part in zip(inverse, rows_i, strict=True)
    ]
    reach = [
        Fraction(abs(a) + abs(b) + box.radius, 1 << box.bits)
        for a, b in zip(box.real, box.imaginary or (0,) * n, strict=True)
    ]
    g = [value(p, box) for p in elements.gradient]
    jacobian = [[value(derivative(p, k), box) for k in range(n)] for p in elements.gradient]
    bends = []
    for p in elements.gradient:
        seconds = [derivative(derivative(p, j), k) for j in range(n) for k in range(n)]
        absolute = [{m: Fraction(abs(c)) for m, c in second.items()} for second in seconds]
        bends.append(sum((kernel.value_at(q, reach) for q in absolute), Fraction(0)))
    for i in range(n):
        products = [times(y[i][j], g[j]) for j in range(n)]
        step = abs(sum(p[0] for p in products)) + abs(sum(p[1] for p in products))
        slope = Fraction(0)
        for k in range(n):
            row = [times(y[i][j], jacobian[j][k]) for j in range(n)]
            slope += abs(int(i == k) - sum(p[0] for p in row)) + abs(sum(p[1] for p in row))
        bend = sum(((abs(a) + abs(b)) * s for (a, b), s in zip(y[i], bends, strict=True)), Fraction(0))
        if not step + slope * r + bend * r * r < r:
            return False
    return True


def test_what_contracts_satisfies_the_inequality_exactly() -> None:
    assert sum(accepted_and_exact(seed) for seed in range(120)) > 300


def accepted_and_exact(seed: int) -> int:
    """Boxes around a zero found by Newton's iteration, with radii and inverses made worse until the test fails; those
    that pass are counted.
    """
    source = random.Random(f"exact {seed}")
    problem = problem_of(source)
    elements = Elements(problem)
    n, calculus = elements.n, Calculus(elements, problem.loss)
    point = np.array([complex(source.uniform(-2, 2), source.choice([0, source.uniform(-2, 2)])) for _ in range(n)])

    def at(poly: dict[tuple[int, ...], Any]) -> complex:
        return complex(sum(c * np.prod([x**e for x, e in zip(point, m, strict=True)]) for m, c in poly.items()))

    jacobian = np.eye(n, dtype=complex)
    for _ in range(30):
        jacobian = np.array([[at(derivative(g, k)) for k in range(n)] for g in elements.gradient])
        if not np.all(np.isfinite(jacobian)) or np.linalg.cond(jacobian) > 1e9:
            return 0
        point = point - np.linalg.solve(jacobian, np.array([at(g) for g in elements.gradient]))
        if not np.all(np.isfinite(point)) or np.max(np.abs(point)) > 1e6:
            return 0
    accepted = 0
    inverse = np.linalg.inv(jacobian)
    for _ in range(25):
        bits, places = source.choice([6, 12, 24, 40]), source.choice([4, 9, 16, 30])
        worse = inverse * (1 + source.choice([0, 0, 0.3, 0.9, -0.8])) * 2.0**places
        real = tuple(round(x.real * 2**bits) for x in point)
        imaginary = tuple(round(x.imag * 2**bits) for x in point) if any(abs(x.imag) > 1e-9 for x in point) else None
        rows, rows_i = ([[round(float(part(x))) for x in row] for row in worse] for part in (np.real, np.imag))
        box = Box(bits, real, imaginary, 1 << source.randint(0, bits))
        given_i = None if imaginary is None else rows_i
        if contracts(calculus, box, rows, given_i, places):
            accepted += 1
            assert exactly_inside(problem, box, rows, given_i, places)
    return accepted


@pytest.mark.parametrize("given", ["3 0 -25 4", [["3", "0"], ["-25", "4"]]])
def test_matrices_are_read_from_one_text_or_from_lists(given: Any) -> None:
    assert kernel.matrix(given, "matrix", 2) == [[3, 0], [-25, 4]]


@pytest.mark.parametrize(
    ("given", "length", "rows"),
    [
        ("3 0 4", 2, [[3, 0], [0, 4]]),
        ("1 2 3 4 5 6", 3, [[1, 2, 3], [2, 4, 5], [3, 5, 6]]),
        ("3 0 -25 4", 2, [[3, 0], [-25, 4]]),
        ([["3", "0"], ["-25", "4"]], 2, [[3, 0], [-25, 4]]),
        ("7", 1, [[7]]),
    ],
)
def test_symmetric_matrices_may_be_given_from_the_diagonal_on(given: Any, length: int, rows: list[list[int]]) -> None:
    assert symmetric(given, "matrix", length) == rows


@pytest.mark.parametrize("given", ["1 2", "1 2 3 4 5", "1  2", "1 2 x", ["1", "2", "3"], 5, None])
def test_other_texts_are_no_symmetric_matrix(given: Any) -> None:
    with pytest.raises(kernel.Rejection, match="F3"):
        symmetric(given, "matrix", 2)


@pytest.mark.parametrize(
    "given",
    ["", "1", "1 2 3", "1  2", "1 2 ", " 1 2", "1\t2", "1,2", "01 2", "+1 2", "-0 1", "1_0 2", "1.0 2", "\u0661 2"],
)
def test_rows_in_one_text_have_one_form(given: str) -> None:
    with pytest.raises(kernel.Rejection, match="F3"):
        kernel.integers(given, "row", 2)


@pytest.mark.parametrize("given", ["1" * 1302 + " 2", "1 " + "2" * 5000])
def test_long_numbers_in_one_text_are_not_read(given: str) -> None:
    with pytest.raises(kernel.ResourceLimit):
        kernel.integers(given, "row", 2)


@pytest.mark.parametrize("seed", range(40))
def test_substitution_of_monomials(seed: int) -> None:
    """Images that are monomials take a way of their own: the same as with coefficients, and as by values."""
    source = random.Random(f"monomials {seed}")
    problem = problem_of(source)
    n, variables = len(problem.variables), source.randint(1, 2)
    exponents = [tuple(source.randint(0, 3) for _ in range(variables)) for _ in range(n)]
    at = [Fraction(source.randint(-5, 5), source.randint(1, 4)) for _ in range(variables)]
    found = substitute(problem.loss, [{e: Fraction(1)} for e in exponents], variables, kernel.TermBudget())
    inside = [kernel.value_at({e: Fraction(1)}, at) for e in exponents]
    assert kernel.value_at(found, at) == kernel.value_at(problem.loss, inside)
    assert 0 not in found.values()
    twice = substitute(problem.loss, [{e: Fraction(2)} for e in exponents], variables, kernel.TermBudget())
    assert kernel.value_at(twice, at) == kernel.value_at(problem.loss, [2 * x for x in inside])


@pytest.mark.parametrize("seed", range(60))
def test_values_of_the_objective_are_within_their_errors(seed: int) -> None:
    """Also at the images under sign changes that leave the objective unchanged: there they are the same."""
    source = random.Random(f"objective {seed}")
    problem = problem_of(source)
    calculus = Calculus(Elements(problem), problem.loss)
    n, bits = len(problem.variables), source.choice([0, 1, 5, 17, 48])
    reach, places = source.choice([1, 4, 100]) << bits, source.choice([0, 3, 60])
    real = tuple(source.randint(-reach, reach) for _ in range(n))
    found, error, scale = calculus.loss(real, bits, places)
    exact = kernel.value_at(problem.loss, [Fraction(x, 1 << bits) for x in real])
    assert abs(Fraction(found, scale << places) - exact) <= Fraction(error, scale << places)
    even = {tuple(2 * e for e in m): c for m, c in problem.loss.items()}
    symmetric_one = Problem(problem.variables, even)
    values = Calculus(Elements(symmetric_one), even)
    signs = [source.choice([-1, 1]) for _ in range(n)]
    assert values.loss(real, bits, places) == values.loss(tuple(map(mul, signs, real)), bits, places)


@pytest.mark.parametrize("seed", range(40))
def test_kept_bounds_are_bounds(seed: int) -> None:
    """Of values and of second derivatives, for moduli one after the other: the one kept for a modulus that is a little
    smaller is not given to a larger one.
    """
    source = random.Random(f"kept {seed}")
    problem = problem_of(source)
    calculus = Calculus(Elements(problem), problem.loss)
    bits = source.choice([0, 3, 6, 17, 48])
    for modulus in sorted(source.randint(0, 3 << bits) for _ in range(30)):
        largest = max(Fraction(modulus, 1 << bits), Fraction(1))
        sizes = [sum((abs(c) * largest ** sum(m) for m, c in g.items()), Fraction(0)) for g in calculus._gradient]
        assert max(sizes, default=Fraction(0)) <= calculus.sizes_of_values(modulus, bits)[2]
        assert max(calculus.coarse_bends(modulus, bits), default=0) <= calculus.coarse_bend(modulus, bits)
