"""Forgeries against B4: images that are no critical points, that stand twice, or of entries that have no box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.checker.build import Certificate, box, boxed, certificate, changed, rational, root, univariate_rank
from tests.checker.good import good
from tests.forged.sphere import on_sphere
from tests.forged.table import Forgery

WELL = ("x", "x^4/4 - x^2")
TWO = ("x y", "x^4/4 - x^2 + y^4/4 - y^2 + x*y")  # only both signs at once leave it unchanged
SEXTIC = ("x", "x^6/6 - x^2")
TILTED = ("x", "x^6/6 + x^4/4 + x^2/2 + x/100")  # L' = x^5 + x^3 + x + 1/100
TILTED_ZEROS = (-0.009999000, -0.4975065 + 0.86748921j)  # a real one, and one of the two pairs
SIDE = 2**0.5


def image(of: Any, *signs: Any) -> dict[str, Any]:
    return {"image": of, "signs": list(signs)}


def well(*points: dict[str, Any], **parts: Any) -> Certificate:
    return certificate(*WELL, completeness=univariate_rank(3), points=list(points), **parts)


def at(x: complex, problem: Sequence[str] = WELL) -> dict[str, Any]:
    return boxed(box(problem[0], problem[1], [x]))


def nearly_even() -> Certificate:
    """The image of the minimum on the left, where no critical point is, although both boxes would hold one."""
    problem = ("x", "x^4/4 - x^2 + x/8")
    left, right = -1.4443553, 1.3819024
    return certificate(
        *problem,
        points=[boxed(box(*problem, [left], 2**-10)), image(0, -1), boxed(box(*problem, [right], 2**-10))],
        completeness=univariate_rank(3),
    )


def wrong_tie() -> Certificate:
    """The global minimum on the left, and its image in place of the spurious one on the right."""
    given = good("spurious_minimum")
    points = [given["points"][0], image(0, -1)]
    return {**given, "points": points, "completeness": None, "infimum": None}


def one_sign() -> Certificate:
    """The minimum (-sqrt 3, sqrt 3) with one sign changed."""
    return certificate(*TWO, points=[boxed(box(*TWO, [-(3**0.5), 3**0.5])), image(0, -1, 1)])


def nonreal_image() -> Certificate:
    real, first = TILTED_ZEROS
    nonreal = [box(*TILTED, [first], 2**-8), image(0, -1)]
    return certificate(*TILTED, completeness=univariate_rank(5), points=[at(real, TILTED)], nonreal=nonreal)


def multiplier() -> Certificate:
    """x^2 on the circle: (1, 0) has the multiplier 1, and -1 is none."""
    problem = ("x y sphere_multiplier", "x^2 - sphere_multiplier*(x^2 + y^2 - 1)")
    points = [boxed(box(*problem, [1, 0, 1])), image(0, 1, 1, -1)]
    return on_sphere("x y", "x^2", ["x", "y"], points=points)


def pair_twice() -> Certificate:
    """The image of an imaginary point is its conjugate, which the box stands for already."""
    return certificate(
        *SEXTIC,
        completeness=univariate_rank(5),
        points=[at(0, SEXTIC)],
        nonreal=[box(*SEXTIC, [1j * 2**0.25]), image(0, -1)],
    )


def of_a_root() -> Certificate:
    return well(root(0), image(0, -1), fields=[rational([0])])


def two(path: Sequence[str | int], value: Any) -> Certificate:
    return changed(good("images_of_two"), (path, value))


ONLY_ZERO = "0 is the only critical point of x^4/4 - x^2"
FORGERIES = [
    Forgery("B4", "no symmetry", nearly_even, "x^4/4 - x^2 + x/8 has a critical point at 1.444"),
    Forgery("B4", "kind of another point", wrong_tie, "x^4/4 - x^2 + x/8 has its infimum on both sides"),
    Forgery("B4", "one sign of two", one_sign, "(sqrt 3, sqrt 3) is critical for x^4/4 - x^2 + y^4/4 - y^2 + x y"),
    Forgery("B4", "nonreal image", nonreal_image, "x^5 + x^3 + x + 1/100 has a root and its negative"),
    Forgery("B4", "sign of the multiplier", multiplier, "x^2 on the circle has a critical point of multiplier -1"),
    Forgery("B3", "image that is the box itself", lambda: well(at(0), image(0, -1), image(0, 1)), ONLY_ZERO),
    Forgery("B3", "image twice", lambda: well(at(SIDE), image(0, -1), image(0, -1)), "0 is not critical"),
    Forgery("B3", "image beside its box", lambda: well(at(SIDE), image(0, -1), at(-SIDE)), "0 is not critical"),
    Forgery("B3", "image without a change", lambda: well(at(SIDE), at(0), image(0, 1)), "-sqrt 2 is not critical"),
    Forgery("B3", "image that is the conjugate", pair_twice, "0 is the only real critical point of x^6/6 - x^2"),
    Forgery("F3", "image of an image", lambda: well(at(0), at(SIDE), image(3, -1), image(1, -1)), off="crash"),
    Forgery("F3", "image of itself", lambda: well(at(0), at(SIDE), image(2, -1)), off="crash"),
    Forgery("F3", "image of a root", of_a_root, off="crash"),
    Forgery("F3", "image of nothing", lambda: two(("points", 1, "image"), 9), off="crash"),
    Forgery("F3", "image counted from the end", lambda: two(("points", 1, "image"), -9), off="crash"),
    Forgery("F3", "number of an image as boolean", lambda: changed(good("images"), (("points", 0, "image"), True))),
    Forgery("F3", "sign of an image as boolean", lambda: two(("points", 1, "signs"), [-1, True])),
    Forgery(
        "F3", "sign that is a factor", lambda: changed(good("images"), (("points", 0, "signs"), [-2])), off="rejected"
    ),
    Forgery("F3", "signs of other variables", lambda: two(("points", 1, "signs"), [-1, 1, 1]), off="crash"),
    Forgery("F2", "image with a kind", lambda: two(("points", 1, "kind"), "maximum")),
    Forgery("F2", "image beside a box", lambda: two(("points", 0, "image"), 6), off="crash"),
    Forgery("F2", "nonreal image with a box", lambda: changed(good("images"), (("nonreal", 1, "bits"), 40))),
]
