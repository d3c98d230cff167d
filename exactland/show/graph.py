"""A landscape as a graph: its critical sets, and what connects them."""

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
    "symmetry" joins points of one orbit; "descent" joins a saddle or maximum to a critical set of lower loss to which
    a path leads from it, along which the loss falls: an explicit one, checked exactly (`show/descents.py`), the image
    of one by a symmetry, or the gradient flow where this is the only critical set of lower loss, the sublevel sets are
    compact and the list is complete (bounded paths of the flow converge, S. Lojasiewicz; a first piece of the path
    is an arc as in the curve selection lemma, J. Milnor). Attribute `status`: "proved" where the report of the checker
    says so (sets and symmetries of a proved list), else "checked": descents are computed exactly, outside the checker
    and without a certificate. Edges that are not there are not shown to be none.
    `InputError` without networkx.
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
    reported = "proved" if landscape.complete is Completeness.PROVED else "checked"
    for i, p in enumerate(points):
        before = last.get((p.dimension > 0, p.orbit))
        if before is not None and place[before] != place[i]:
            relation = "set" if p.dimension > 0 else "symmetry"
            result.add_edge(place[before], place[i], relation=relation, status=reported)
        last[p.dimension > 0, p.orbit] = i
    for i, j in sorted({(place[i], place[j]) for i, j in _descents(landscape)}):
        result.add_edge(i, j, relation="descent", status="checked")
    return result


def _descents(landscape: Landscape) -> list[tuple[int, int]]:
    lowest = landscape.infimum
    proved = landscape.complete is Completeness.PROVED
    compact = proved and lowest is not None and lowest.argument in COMPACT
    found = dict.fromkeys(_only_lower(landscape)) if compact else {}
    if landscape.objective.on_sphere:
        return list(found)
    from exactland.show.descents import Descents, images

    known = {i for i, _ in found}
    search = Descents(landscape, compact)
    for i, p in enumerate(landscape.points):
        if p.kind in LEAVING and i not in known and p.point and p.index:
            found.update(dict.fromkeys((i, j) for j in sorted(search.ends(p))))
    permutations = images(landscape) if found else []
    waiting = list(found)
    while waiting:
        i, j = waiting.pop()
        for permutation in permutations:
            image = permutation[i], permutation[j]
            if image not in found:
                found[image] = None
                waiting.append(image)
    return sorted(found)


def _only_lower(landscape: Landscape) -> list[tuple[int, int]]:
    """The saddles and maxima above one critical set only."""
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
