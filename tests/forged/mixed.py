"""Forgeries against Q: false mixed volumes, of x^2 y^2 + x + y, whose gradient has three zeros for 5 = 3 + 2."""

from __future__ import annotations

from tests.checker.build import Certificate, certificate, changed
from tests.checker.good import good
from tests.forged.table import CRASH, Forgery

NONE, NINE = (f"the mixed volume is {n} and not 3" for n in (0, 9))


def cells(*given: object) -> Certificate:
    """Points of the first support: 0, x y^2; y^2, x added. Of the second one: 0, x^2 y; y, x^2 added."""
    return changed(good("mixed_volume"), (("facts", 0, "cells"), list(given)))


def one_group(*given: object) -> Certificate:
    """The simplices of degree 3: points 0, x y^2 (or x^2 y), y^3, x^3; their mixed volume is 9."""
    entry = {"rule": "mixed", "groups": [0, 0], "lifting": ["0 0 0 0"] * 2, "cells": list(given)}
    return {**good("mixed_volume"), "facts": [entry]}


def empty() -> Certificate:
    entry = {"rule": "mixed", "groups": [0], "lifting": ["0 1 0"], "cells": []}
    return certificate("x", "x^3/3 - x", completeness=entry)


def line() -> Certificate:
    """Without the unit vectors the supports of (2 x, 0) have mixed volume 0, and no zero is isolated."""
    entry = {"rule": "mixed", "groups": [0, 0], "lifting": ["0 0 0"] * 2, "cells": []}
    return certificate("x y", "x^2", completeness=entry)


FORGERIES = [
    Forgery("F3", "points of a cell in another order", lambda: cells([1, 0, 0, 1], [0, 3, 1, 3], [1, 2, 0, 2])),
    Forgery("F3", "point of no support", lambda: cells([0, 4, 0, 1]), off=CRASH),
    Forgery("F3", "cell without points", lambda: cells([]), off=CRASH),
    Forgery("Q1", "added points below", lambda: one_group([0, 3, 0, 2]), NONE),
    Forgery("Q1", "dependent edges", lambda: cells([0, 1, 0, 1], [0, 3, 1, 3], [1, 2, 0, 2], [0, 2, 0, 2])),
    Forgery("Q2", "cell twice", lambda: one_group(*[[0, 1, 0, 1]] * 3), NINE),
    Forgery("Q3", "cells left out", lambda: cells([0, 3, 1, 3]), NONE),
    Forgery("Q3", "line of zeros", line, "x^2 has no critical point in the plane"),
    Forgery("Q3", "no cell", empty, "x^3/3 - x has no critical point"),
]
