"""Forgeries against P: the certificate says one thing and the statement another."""

from __future__ import annotations

from typing import Any

from tests.checker.build import (
    Certificate,
    by_form,
    certificate,
    changed,
    identity,
    rational,
    root,
    univariate_rank,
)
from tests.checker.good import good
from tests.forged.table import CRASH, REJECTED, Forgery

VALLEY = "the point 0 is the only critical point"


def valley(expression: str) -> Certificate:
    """What is true of x^2, said of another expression."""
    return certificate(
        "x",
        expression,
        completeness=univariate_rank(1),
        fields=[rational([0])],
        points=[root(0, kind="minimum", inertia=identity(1))],
        infimum=by_form([1], [], [1], [0]),
    )


def net(*path: str, value: Any) -> Certificate:
    return changed(good("network"), (("problem", *path), value))


def nothing(*edits: tuple[tuple[str, ...], Any]) -> Certificate:
    """The network, with no claim about its points."""
    plain = certificate("w", "w")
    plain["problem"] = good("network")["problem"]
    return changed(plain, *((("problem", *path), value) for path, value in edits))


def fixed_output(output: list[str]) -> Certificate:
    widths = {"widths": [1, 1, 1], "activation": "identity", "bias": False, "output": output}
    return changed(good("network"), (("problem", "network"), widths))


FORGERIES = [
    Forgery("P1", "name", lambda: changed(certificate("x", "2"), (("problem", "variables"), ["x "]))),
    Forgery("P1", "name twice", lambda: changed(certificate("x y", "x^2"), (("problem", "variables"), ["x", "x"]))),
    Forgery(
        "P1",
        "no variable",
        lambda: {**certificate("x", "5"), "form": [], "problem": {"variables": [], "expression": "5"}},
    ),
    Forgery("P2", "token", lambda: valley("x^2 # - x^4"), VALLEY + " of x^2 # - x^4"),
    Forgery("P2", "what follows", lambda: valley("x^2) - x^4"), VALLEY + " of (x^2) - x^4"),
    Forgery("P2", "implicit product", lambda: valley("x^2 (x - 1)"), VALLEY + " of x^2 (x - 1)"),
    Forgery("P2", "exponent", lambda: valley("x^y"), off=CRASH),
    Forgery("P2", "double power", lambda: valley("x^2^3 - x"), VALLEY + " of x^8 - x"),
    Forgery("P2", "unknown name", lambda: valley("x^2 + y"), off=CRASH),
    Forgery("P2", "atom", lambda: valley("x*x + *"), off=CRASH),
    Forgery("P2", "open parenthesis", lambda: valley("(x^2"), "an unfinished text is x^2"),
    Forgery("P3", "division", lambda: valley("x^2/(1 + x^4)"), VALLEY + " of x^2/(1 + x^4), which has three"),
    Forgery("P3", "division by zero", lambda: valley("x^2 + 1/0"), off=CRASH),
    Forgery("P4", "widths", lambda: net("network", "widths", value=[1]), off=REJECTED),
    Forgery("P4", "activation", lambda: nothing((("network", "activation"), "relu")), off=CRASH),
    Forgery("P4", "fixed output", lambda: fixed_output(["1", "7"]), "the output layer has the weights 1 and 7"),
    Forgery("P4", "no trained weight", lambda: {**nothing((("network", "output"), ["1"])), "form": []}),
    Forgery("P4", "sample", lambda: net("data", "inputs", value=[["2", "5"]]), "the second input number was used"),
    Forgery("P4", "sample without target", lambda: nothing((("data", "targets"), [])), off=CRASH),
    Forgery(
        "P4", "loss", lambda: net("loss", "kind", value="absolute"), "the minimum of the absolute loss is at 24/17"
    ),
    Forgery("P4", "scale", lambda: nothing((("loss", "scale"), "-1")), "a loss that is turned upside down"),
    Forgery("P4", "ridge", lambda: net("loss", "ridge", value=["1/4", "3"]), "the second ridge weight was used"),
]
