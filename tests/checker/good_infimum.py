"""Good certificates of an infimum that is attained although not every variable is bounded by a square."""

from __future__ import annotations

from tests.checker.build import (
    Certificate,
    by_squares,
    certificate,
    congruence,
    poly,
    rank,
    rational,
    root,
    squares,
)


def gated() -> Certificate:
    """(x y - 1)^2 + (y - 1)^2: x ((y - 1) + 1) = (x y - 1) + 1, so a large x makes y - 1 nearly -1, which costs 1."""
    residual, bounding = poly((1, [1, 1]), (-1, [0, 0])), poly((1, [0, 1]), (-1, [0, 0]))
    one, x = [0, 0], [1, 0]
    return certificate(
        "x y",
        "(x*y - 1)^2 + (y - 1)^2",
        lines=[
            {"combination": [[0, poly((1, x))], [1, poly((-1, [0, 1]))]]},  # 2 (y - y^2)
            {"combination": [[0, poly((1, one))], [2, poly((1, x))]]},  # 2 (x y - y)
            {"combination": [[1, poly((1, one))], [3, poly((-1, x), (-1, one))]]},  # 2 (2 y - x - 1)
        ],
        completeness=rank([(4, one), (3, one), (2, one)], [one, [0, 1]]),
        fields=[rational([1, 1]), rational([-1, 0])],
        points=[
            root(0, kind="minimum", inertia=congruence([[1, -1], [0, 1]], [[1, 1], [0, 1]])),
            root(1, kind="strict_saddle", inertia=congruence([[1, 0], ["1/2", 1]], [[1, 0], ["-1/2", 1]])),
        ],
        infimum=by_squares(0, squares((1, residual), (1, bounding)), [[1, 1], [0, [[1, "-1", 1, [[0, "-1"]]]]]], [0]),
    )


MADE = (gated,)
