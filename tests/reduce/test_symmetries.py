from __future__ import annotations

from itertools import permutations, product

import pytest
from flint import fmpq_mpoly
from hypothesis import given, settings
from hypothesis import strategies as st

from exactland.reduce.symmetries import preserves, signed_permutations
from tests.classify.polynomials import polynomial, polynomials, ring


def compose(p: fmpq_mpoly, s: tuple[int, ...]) -> fmpq_mpoly:
    """p(y) with y_i = sign(s[i]) * x_(|s[i]| - 1), by flint."""
    gens = p.context().gens()
    return p.compose(*((1 if v > 0 else -1) * gens[abs(v) - 1] for v in s), ctx=p.context())


def generated(generators: tuple[tuple[int, ...], ...], count: int) -> set[tuple[int, ...]]:
    group = {tuple(range(1, count + 1))}
    queue = list(group)
    while queue:
        a = queue.pop()
        for g in generators:
            b = tuple((1 if v > 0 else -1) * g[abs(v) - 1] for v in a)
            if b not in group:
                group.add(b)
                queue.append(b)
    return group


def every_symmetry(p: fmpq_mpoly) -> set[tuple[int, ...]]:
    count = p.context().nvars()
    candidates = (
        tuple(a * b for a, b in zip(order, signs, strict=True))
        for order in permutations(range(1, count + 1))
        for signs in product((1, -1), repeat=count)
    )
    return {s for s in candidates if compose(p, s) == p}


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("(x*y - 1)**2 + x**2 + y**2", 4),
        ("x**2 + y**2 + z**2", 48),
        ("x*y*z + x**4 + y**4 + z**4", 24),
        ("x**3 - y**3", 2),
        ("x**3*y - y**3*z + z**3*x", 6),
        ("x + 2*y", 1),
        ("x**2 + x + 2*y**2 + 3*y", 1),
        ("x - x + 0*y", 8),
    ],
)
def test_known_groups(text: str, order: int) -> None:
    p = polynomial(text)
    assert len(generated(signed_permutations(p), p.context().nvars())) == len(every_symmetry(p)) == order


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([2, 3]).flatmap(lambda n: polynomials(n, 3, size=1, terms=8)))
def test_the_group_is_complete(p: fmpq_mpoly) -> None:
    assert generated(signed_permutations(p), p.context().nvars()) == every_symmetry(p)


def test_convention() -> None:
    x, y = ring(2)
    p = x**2 * y + x * y**2 * 0 + x**3 - x**3
    assert preserves(x - y, (-2, -1))
    assert not preserves(x - y, (2, 1))
    assert preserves(p, (-1, 2))
    assert not preserves(p, (1, 1))
    assert compose(x - y, (-2, -1)) == x - y


def test_hidden_units_are_exchanged() -> None:
    x = ring(12)
    data = [((1, 2, -1), 1), ((0, 1, 3), 2), ((1, 1, 1), -1), ((2, 0, 1), 0)]
    p = sum((v * v for v in x), x[0] * 0) / 10
    for inputs, target in data:
        units = [x[9 + k] * sum(a * x[3 * k + i] for i, a in enumerate(inputs)) ** 2 for k in range(3)]
        p = p + (sum(units) - target) ** 2
    found = signed_permutations(p)
    assert all(compose(p, s) == p for s in found)
    assert len(generated(found, 12)) == 48  # 3! exchanges of units times 2^3 signs of their input weights


def test_too_many_variables_is_no_claim() -> None:
    from flint import fmpq_mpoly_ctx

    gens = fmpq_mpoly_ctx.get([f"x{i}" for i in range(13)], "degrevlex").gens()
    assert signed_permutations(sum(v * v for v in gens)) == ()
