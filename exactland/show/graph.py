"""A landscape as a graph: its critical sets, and what is proved to connect them."""

from __future__ import annotations

from typing import Any

from exactland.errors import InputError
from exactland.landscape import Completeness, CriticalPoint, Kind, Landscape

#: What the checker says of an infimum whose sublevel sets are compact.
COMPACT = (
    "coercive: a sum of squares that bounds every variable",
    "coercive: the weighted leading form is positive definite",
)
LEAVING = (Kind.STRICT_SADDLE, Kind.NONSTRICT_SADDLE, Kind.MAXIMUM)


def graph(landscape: Landscape, collapse: bool = False) -> Any:
    """A networkx `MultiGraph` with the entries of the landscape as nodes 0, 1, ..., or its orbits and components.

    The latter when `collapse`. Attributes of a node: `kinds`, `value`, `dimension`, `members` (the indices of its
    entries). Attribute `relation` of an edge: "set" joins strata of one component, on which the loss is constant;
    "symmetry" joins points of one orbit; "descent" joins a saddle or maximum to the only critical set of lower loss,
    where the sublevel sets are compact and the list is complete: from points as near to it as you like the gradient
    flow leads there (its bounded paths converge, S. Lojasiewicz). `InputError` without networkx.
    """
    try:
        import networkx
    except ImportError:
        fix = "pip install networkx, or pip install 'exactland[graph]'"
        raise InputError("a graph without networkx", "networkx 3 or newer", fix) from None
    points = landscape.points
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, p in enumerate(points):
        groups.setdefault((p.dimension > 0, p.orbit) if collapse else (i,), []).append(i)
    result = networkx.MultiGraph()
    place: dict[int, int] = {}
    for node, members in enumerate(groups.values()):
        place.update(dict.fromkeys(members, node))
        chosen = [points[i] for i in members]
        kinds = tuple(dict.fromkeys(p.kind.value for p in chosen))
        first = chosen[0]
        result.add_node(node, kinds=kinds, value=first.value, dimension=first.dimension, members=tuple(members))
    last: dict[tuple[bool, int], int] = {}
    for i, p in enumerate(points):
        before = last.get((p.dimension > 0, p.orbit))
        if before is not None and place[before] != place[i]:
            result.add_edge(place[before], place[i], relation="set" if p.dimension > 0 else "symmetry")
        last[p.dimension > 0, p.orbit] = i
    for i, j in _descents(landscape):
        result.add_edge(place[i], place[j], relation="descent")
    return result


def _descents(landscape: Landscape) -> list[tuple[int, int]]:
    lowest = landscape.infimum
    if landscape.complete is not Completeness.PROVED or lowest is None or lowest.argument not in COMPACT:
        return []
    found = []
    for i, p in enumerate(landscape.points):
        if p.kind not in LEAVING:
            continue
        lower: dict[tuple[Any, ...], int] = {}
        for j, q in enumerate(landscape.points):
            if q.value.upper < p.value.lower:
                lower.setdefault((q.dimension > 0, q.orbit) if q.dimension else (j,), j)
            elif not _not_lower(q, p):
                break
        else:
            if len(lower) == 1:
                found.append((i, next(iter(lower.values()))))
    return found


def _not_lower(q: CriticalPoint, p: CriticalPoint) -> bool:
    """Whether the loss of q is known to be at least that of p."""
    same = (q.dimension > 0, q.orbit) == (p.dimension > 0, p.orbit)
    return same or q.value.lower >= p.value.upper
