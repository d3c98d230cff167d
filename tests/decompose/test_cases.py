"""The search for case trees: leaves, values, what is closed by squares, sample points and tangent fields."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq

from exactland.decompose import cases, quotient
from exactland.decompose.cases import OutOfReach, Search, reduced
from exactland.decompose.components import Tangent, empty_at, orbit_of, samples, separate
from exactland.decompose.tree import Absurd, Leaf, Line, Split, Tree, walk
from exactland.objective import as_objective
from exactland.polynomial import gradient, ring


def tree(expression: str, seconds: float = 30) -> Tree:
    polynomial = as_objective(expression).polynomial
    return Search(polynomial, seconds).tree(gradient(polynomial))


def described(leaf: Leaf) -> tuple[int, list[str]]:
    return leaf.dimension, sorted(str(g.poly) for g in leaf.basis)


def test_leaves_of_a_chain() -> None:
    found = [described(leaf) for leaf in tree("(c*b*a - 1)^2").components()]
    axes = [(1, sorted(pair)) for pair in ("ab", "ac", "bc")]
    assert sorted(found) == sorted([*axes, (2, ["c*b*a - 1"])])


def test_lines_are_identities() -> None:
    lines = [s for s in walk(tree("(u*v - 1)^2 + (u*w)^2 + (v*w - 2)^2").root) if isinstance(s, Line)]
    assert lines
    for line in lines:
        assert sum((m * g.poly for g, m in line.combination), line.element.poly * 0) == line.element.poly


def test_branches_hold_their_factors() -> None:
    splits = [s for s in walk(tree("(x^2 - y^2)^2*(x + 2)^2").root) if isinstance(s, Split)]
    assert splits
    for split in splits:
        product = split.element.poly.context().constant(1)
        for g, k in split.factors:
            product = product * g.poly**k
        assert cases.primitive(product) == cases.primitive(split.element.poly)
        assert len(split.branches) == len(split.factors)


@pytest.mark.parametrize(
    ("expression", "absurd"),
    [("(x^2 + y^2 + 1)^2", True), ("(x^4 + 3*x^2*y^2 + y^4 + 1)^2", True), ("(x^2 + y^2)^2", False)],
)
def test_no_real_points(expression: str, absurd: bool) -> None:
    found = tree(expression)
    assert found.components() == []
    assert [described(leaf) for leaf in found.points()] == [(0, ["x", "y"])]
    assert any(isinstance(step, Absurd) for step in walk(found.root)) is absurd


def test_squares_modulo_an_ideal_without_real_points() -> None:
    """x y = 1 and x^2 + y^2 = -1: no element of the basis is a sum of squares."""
    context = ring(("x", "y", "z"))
    x, y, z = context.gens()
    assert Search(z * 0 + 1, 30).tree([x * y - 1, x**2 + y**2 + 1, z * 0]).leaves == []
    assert Search(z * 0 + 1, 30).tree([x * y - 1, (x + y) ** 2 + 1, z * 0]).leaves == []


def test_values_of_the_loss() -> None:
    (leaf,) = tree("x^3/3 - 2*x + 0*y").components()
    assert leaf.value is None
    assert leaf.eliminant == (-32, 0, 9)


def test_a_value_without_real_points() -> None:
    found = tree("(a*b - 2)^2 + 2*(a*d)^2 + 3*(c*b)^2 + (c*d - 1)^2")
    (leaf,) = [leaf for leaf in found.components() if leaf.eliminant]
    assert leaf.eliminant == (804, -300, 25)
    loss = as_objective("(a*b - 2)^2 + 2*(a*d)^2 + 3*(c*b)^2 + (c*d - 1)^2").polynomial
    identity = empty_at(leaf, loss, (Fraction(7), Fraction(8)))
    assert identity is not None
    squares = sum((fmpq(c.numerator, c.denominator) * q * q for c, q in identity.squares), loss * 0)
    power = sum((c * loss**k for k, c in enumerate(identity.polynomial)), loss * 0)
    assert not reduced(squares - power, leaf.basis)[0]
    assert empty_at(leaf, loss, (Fraction(4), Fraction(41, 10))) is None


def test_isolated_points_over_a_field() -> None:
    (leaf,) = tree("x^3/3 - 2*x + y^2").points()
    point = orbit_of(leaf)
    assert point.modulus == (-2, 0, 1)
    assert point.coordinates == ((Fraction(0), Fraction(1)), (Fraction(0), Fraction(0)))


def test_samples_and_fields() -> None:
    loss = as_objective("(x^2 + y^2 - 2)^2").polynomial
    (leaf,) = tree("(x^2 + y^2 - 2)^2").components()
    sample = next(samples(leaf, loss))
    assert abs(sum(x * x for x in sample.coordinates) - 2) < 1e-9
    found = Tangent(leaf).at(sample.coordinates)
    assert found is not None
    assert len(found.vectors) == 1
    for g in leaf.basis:
        along = sum((x * g.poly.derivative(i) for i, x in enumerate(found.vectors[0])), loss * 0)
        assert not reduced(along, leaf.basis)[0]


def test_sheets_are_told_apart() -> None:
    """||X X^T - M||^2 with eigenvalues 2 and 2 +- sqrt 3 of M: the 2 x 2 minors of X are rational in sqrt 3."""
    target = ((3, 1, 0), (1, 2, 1), (0, 1, 1))
    rows = [("a", "b"), ("c", "d"), ("e", "f")]
    products = [[" + ".join(f"{u}*{v}" for u, v in zip(p, q, strict=True)) for q in rows] for p in rows]
    loss = as_objective(
        " + ".join(f"({products[i][j]} - {target[i][j]})^2" for i in range(3) for j in range(3))
    ).polynomial

    def lowest(found: Tree) -> list[Leaf]:
        return [leaf for leaf in found.components() if leaf.eliminant == (1, -14, 1)]

    (whole,) = lowest(Search(loss, 30).tree(gradient(loss)))
    assert separate(whole, loss) is not None
    parts = lowest(Search(loss, 30, separator=lambda leaf: separate(leaf, loss)).tree(gradient(loss)))
    assert [separate(part, loss) for part in parts] == [None, None]


def test_a_singular_point_has_no_fields() -> None:
    (leaf,) = tree("(y^2 - x^3 + x^2)^2").components()
    assert Tangent(leaf).at((0.0, 0.0)) is None
    assert Tangent(leaf).at((1.0, 0.0)) is not None


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutOfReach, match="time limit"):
        tree("(x*y - 1)^2", seconds=-1)
    monkeypatch.setattr(cases, "MAX_NODES", 2)
    with pytest.raises(OutOfReach, match="more than 2 cases"):
        tree("(w4*w3*w2*w1 - 1)^2")


def test_dimensions_of_monomial_ideals() -> None:
    assert quotient.dimension([], 3) == 3
    assert quotient.dimension([(1, 1, 0)], 3) == 2
    assert quotient.dimension([(2, 0), (0, 3)], 2) == 0
    assert quotient.dimension([(0, 0)], 2) == -1
    assert set(quotient.standard_monomials([(2, 0), (1, 1), (0, 2)], 2)) == {(0, 0), (1, 0), (0, 1)}


def test_a_polynomial_without_real_roots_closes_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """y = x^2 and x^4 - x + 1 = 0, where squares of other sorts are not looked for."""
    monkeypatch.setattr(Search, "_no_real_points", lambda self, case, node: False)
    monkeypatch.setattr(Search, "_squares", lambda self, e: None)
    context = ring(["x", "y"])
    x, y = context.gens()
    tree = Search(x + y, 20).tree([x**2 - y, y**2 - x + 1])
    assert tree.leaves == []


def test_variables_that_are_not_0() -> None:
    """x y = 0 where x is not 0."""
    context = ring(["x", "y"])
    x, y = context.gens()
    (leaf,) = Search(x, 20, nonzero=[0]).tree([x * y, x - 2]).leaves
    assert {str(g.poly) for g in leaf.basis} == {"x - 2", "y"}
    assert Search(x, 20, nonzero=[0]).tree([x * y, y - 2]).leaves == []
