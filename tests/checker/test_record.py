"""Records behave as the data classes of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

import exactland.checker.record as record

KINDS = [record, dataclasses]


def point(kind: Any, **options: bool) -> Any:
    @kind.dataclass(**options)
    class Point:
        x: int
        y: int = 2
        tags: list[str] = kind.field(default_factory=list)
        note: str = kind.field(default="", repr=False, compare=False)
        seen: dict[str, int] = kind.field(default_factory=dict, init=False, repr=False, compare=False)
        count: int = kind.field(default=7, init=False, compare=False)
        unit: ClassVar[int] = 3

    return Point


def child(kind: Any) -> Any:
    base = point(kind, frozen=True)

    @kind.dataclass(frozen=True)
    class Child(base):  # type: ignore[misc]
        z: int = 5

        def __post_init__(self) -> None:
            object.__setattr__(self, "count", self.z)

        def __repr__(self) -> str:
            return "child"

    return Child


USES: dict[str, Callable[[Any], object]] = {
    "in order": lambda k: repr(point(k)(1, 3, ["a"], "n")),
    "by name": lambda k: repr(point(k)(note="n", x=1, y=4)),
    "defaults": lambda k: [point(k)(1).y, point(k)(1).tags, point(k)(1).seen, point(k)(1).count, point(k).unit],
    "own list each": lambda k: (lambda c: c(1).tags is c(1).tags)(point(k)),
    "equal": lambda k: (lambda c: (c(1) == c(1), c(1) == c(2), c(1, note="n") == c(1), c(1) == 1))(point(k)),
    "no hash when it may change": lambda k: point(k).__hash__ is None,
    "identity": lambda k: (lambda c: (c(1) == c(1), c(1) in {c(1)}))(point(k, eq=False, frozen=True)),
    "hash": lambda k: (lambda c: len({c(1), c(1), c(2)}))(flat(k)),
    "replace": lambda k: repr(k.replace(point(k, frozen=True)(1, 3, ["a"]), x=9)),
    "copy": lambda k: repr(copy.copy(point(k, frozen=True)(1, 3, ["a"]))),
    "child": lambda k: (lambda c: (c.y, c.z, c.count, repr(c), c == child(k)(1)))(child(k)(1, z=6)),
    "changed": lambda k: (lambda c: [setattr(c, "x", 5), c.x])(point(k)(1)),
    "own init": lambda k: own_init(k)(3).x,
}
WRONG: dict[str, Callable[[Any], object]] = {
    "missing": lambda k: point(k)(),
    "too many": lambda k: point(k)(1, 2, [], "", 5),
    "twice": lambda k: point(k)(1, x=2),
    "unknown": lambda k: point(k)(1, w=2),
    "not given at the start": lambda k: point(k)(1, count=2),
    "frozen": lambda k: setattr(point(k, frozen=True)(1), "x", 2),
    "frozen, new name": lambda k: setattr(point(k, frozen=True)(1), "w", 2),
    "frozen, deleted": lambda k: delattr(point(k, frozen=True)(1), "x"),
    "not hashable": lambda k: hash(point(k)(1)),
    "not hashable inside": lambda k: hash(point(k, frozen=True)(1)),
    "default before none": lambda k: misplaced(k),
    "replace with an unknown name": lambda k: k.replace(point(k)(1), w=2),
}


def flat(kind: Any) -> Any:
    @kind.dataclass(frozen=True)
    class Flat:
        x: int

    return Flat


def own_init(kind: Any) -> Any:
    @kind.dataclass(frozen=True, init=False)
    class Own:
        x: int

        def __init__(self, x: int) -> None:
            object.__setattr__(self, "x", x + 1)

    return Own


def misplaced(kind: Any) -> Any:
    @kind.dataclass
    class Misplaced:
        x: int = 1
        y: int

    return Misplaced


@pytest.mark.parametrize("name", USES)
def test_it_is_used_as_the_original(name: str) -> None:
    ours, theirs = (USES[name](kind) for kind in KINDS)
    assert ours == theirs


@pytest.mark.parametrize("name", WRONG)
def test_it_refuses_what_the_original_refuses(name: str) -> None:
    errors = []
    for kind in KINDS:
        with pytest.raises((TypeError, AttributeError)) as caught:
            WRONG[name](kind)
        errors.append(caught.type)
    assert issubclass(errors[1], errors[0])


def test_expressions_can_be_pickled() -> None:
    from exactland import variables

    a, b = variables("a b")
    f = (a * b - 1) ** 2
    assert pickle.loads(pickle.dumps(f)) == f


def test_the_checker_starts_without_generated_code() -> None:
    """Neither the module that writes methods nor the one that reads source text is loaded."""
    text = "import sys, exactland.checker; print({'dataclasses', 'inspect'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "set()"
