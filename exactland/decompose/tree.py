"""Case trees as data: the steps of a search, in the order in which a certificate writes them down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactland.classify._tools import Exponents, Square


@dataclass(frozen=True, eq=False)
class Element:
    """A polynomial that vanishes in a case, with its leading monomial; compared by identity."""

    poly: fmpq_mpoly
    lead: Exponents


@dataclass(frozen=True, eq=False)
class Line:
    """`element` is the sum of multiplier times earlier element."""

    element: Element
    combination: tuple[tuple[Element, fmpq_mpoly], ...]


@dataclass(frozen=True, eq=False)
class Squares:
    """sign * element is the sum of the squares, so all of them vanish at real points."""

    element: Element
    sign: int
    squares: tuple[Square, ...]
    roots: tuple[Element, ...]


@dataclass(eq=False)
class Split:
    """element is a multiple of the product of the factors to these powers; one branch for each factor."""

    element: Element
    factors: tuple[tuple[Element, int], ...]
    branches: list[Node] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Absurd:
    """The element is a nonzero constant, perhaps times variables that are not 0: no point."""

    element: Element


@dataclass(frozen=True, eq=False)
class Earlier:
    """The element is the factor of an earlier branch of a split above, where these points have been looked at."""

    element: Element
    split: Split | Nearest
    branch: int


@dataclass(eq=False)
class Leaf:
    """A case with a complete basis: `members` is set when its points belong to a component found elsewhere.

    `eliminant` is the minimal polynomial of the loss (ascending, primitive) when the loss is not constant.
    """

    ring: fmpq_mpoly_ctx
    basis: list[Element]
    dimension: int
    value: fmpq | None = None
    eliminant: tuple[int, ...] = ()
    part_of: Leaf | None = None
    members: tuple[Element, ...] = ()
    none: tuple[tuple[int, ...], tuple[int, ...]] | None = None  # no real point: a form and its minimal polynomial


@dataclass(eq=False)
class Nearest:
    """`off` vanishes at all real points at which these elements do. The first branch is for points where it vanishes;
    in the second one the elements and `forms` vanish at a nearest point, and it is shown that there is none.
    """

    off: Element
    centre: tuple[Fraction, ...]
    elements: tuple[Element, ...]
    fields: tuple[tuple[fmpq_mpoly, ...], ...]
    forms: tuple[Element, ...]
    branches: list[Node] = field(default_factory=list)


Step = Line | Squares | Split | Absurd | Earlier | Leaf | Nearest
Node = list[Step]


@dataclass
class Tree:
    """The whole search: gradient entries, steps, and the leaves that are no part of another."""

    gradient: list[Element]
    root: Node
    leaves: list[Leaf]

    def components(self) -> list[Leaf]:
        return [leaf for leaf in self.leaves if leaf.dimension > 0 and leaf.part_of is None]

    def points(self) -> list[Leaf]:
        return [leaf for leaf in self.leaves if leaf.dimension == 0 and leaf.part_of is None]


def walk(node: Node) -> Iterator[Step]:
    """All steps in order, branches included."""
    for step in node:
        yield step
        if isinstance(step, Split | Nearest):
            for branch in step.branches:
                yield from walk(branch)
