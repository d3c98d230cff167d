"""Linear networks P = W_L ... W_1 under a loss that adds up one polynomial in each entry of P."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactland.exact import rational, rational_text
from exactland.objective import Objective

__all__ = ["EntryLosses", "convex", "entrywise_loss", "fills", "product_entries", "same_squares", "square"]

EntryLosses = Sequence[Sequence[Sequence[str]]]
"""Row by row, for each entry of P: the coefficients of its loss, constant term first."""


def square(weight: str, target: str) -> tuple[str, ...]:
    """weight (p - target)^2."""
    w, t = rational(weight), rational(target)
    return tuple(map(rational_text, (w * t * t, -2 * w * t, w)))


def product_entries(widths: Sequence[int]) -> tuple[tuple[str, ...], list[list[str]]]:
    """The weights w<layer>_<row>_<column>, and the entries of W_L ... W_1 as expressions in them."""
    sizes = list(zip(widths[1:], widths[:-1], strict=True))
    layers = [
        [[f"w{layer}_{i + 1}_{j + 1}" for j in range(columns)] for i in range(rows)]
        for layer, (rows, columns) in enumerate(sizes, 1)
    ]
    product = layers[0]
    for layer in layers[1:]:
        product = [
            [" + ".join(f"{x}*({product[k][j]})" for k, x in enumerate(row)) for j in range(widths[0])] for row in layer
        ]
    return tuple(name for layer in layers for row in layer for name in row), product


def entrywise_loss(widths: Sequence[int], losses: EntryLosses) -> Objective:
    """The sum over all entries; a term of degree 2 is completed to a square, to show it as people write it."""
    names, product = product_entries(widths)
    if (len(losses), {len(row) for row in losses}) != (widths[-1], {widths[0]}):
        raise ValueError(f"losses of another shape than {widths[-1]} x {widths[0]}; give one for each entry")
    terms = [
        _loss(coefficients, entry)
        for row, entries in zip(losses, product, strict=True)
        for coefficients, entry in zip(row, entries, strict=True)
    ]
    return Objective.from_expression(" + ".join(terms), names)


def _loss(coefficients: Sequence[str], entry: str) -> str:
    c = [rational(x) for x in coefficients]
    if len(c) == 3 and c[2] and c[1] ** 2 == 4 * c[0] * c[2]:
        return f"({rational_text(c[2])})*({entry} - ({rational_text(-c[1] / (2 * c[2]))}))^2"
    return " + ".join(f"({rational_text(x)})*({entry})^{k}" if k else f"({rational_text(x)})" for k, x in enumerate(c))


def fills(widths: Sequence[int]) -> bool:
    """Whether every matrix is a product: no layer is narrower than both ends."""
    return min(widths) == min(widths[0], widths[-1])


def convex(losses: EntryLosses) -> bool:
    """Whether every entry has a convex loss, of degree 4 at most: the second derivative is nowhere negative."""
    return all(_convex([rational(x) for x in entry]) for row in losses for entry in row)


def _convex(c: Sequence[Fraction]) -> bool:
    if len(c) > 5:
        raise ValueError("convexity is decided up to degree 4")
    a, b, d = (list(c) + [Fraction(0)] * 5)[4:1:-1]
    a, b, d = 12 * a, 6 * b, 2 * d
    return d >= 0 if a == b == 0 else a > 0 and b * b <= 4 * a * d


def same_squares(losses: EntryLosses) -> bool:
    """Whether this is a positive multiple of the squared Frobenius distance to some matrix, up to a constant."""
    found = {tuple(rational(x) for x in entry[2:]) for row in losses for entry in row}
    return len(found) == 1 and len(last := found.pop()) == 1 and last[0] > 0
