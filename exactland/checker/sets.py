"""What a report says of sets of critical points: components, and orbits on slices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from .components import Component, Interval
from .kernel import Exponents, TermBudget
from .minimum import Infimum
from .sections import Matrix, Orbit
from .strata import ProvedStratum


@dataclass(frozen=True)
class ProvedComponent:
    """What is proved of one set of critical points: the real zeros of the generators with this value of the loss, or,
    under flows and sign changes, the orbit of the sample, or if there are generators of what these are about.
    """

    generators: tuple[tuple[tuple[Exponents, int], ...], ...]
    dimension: int
    value: Interval
    value_polynomial: tuple[int, ...] | None
    sample: tuple[Interval, ...]
    inertia: tuple[int, int, int] | None  # at the sample point
    is_global: bool | None
    strata: tuple[ProvedStratum, ...]
    constants: tuple[tuple[int, Fraction], ...] | None = None  # of the slice, when it is the orbit of the sample
    flows: tuple[Matrix, ...] = ()  # under which it is
    exact: bool = True  # the dimension is no lower bound only


def of_component(c: Component, number: int, lowest: Infimum | None) -> ProvedComponent:
    field, root = c.sample
    is_global = None if lowest is None else number in lowest.argmin
    generators = tuple(tuple(sorted(g.items())) for g in c.generators)
    sample = tuple(field.point_enclosure(root))
    strata = tuple(_stratum(s, is_global) for s in c.strata)
    if lowest is not None and number in lowest.argmax:
        strata = tuple(replace(s, kind="maximum") if s.kind == "undecided" else s for s in strata)
    return ProvedComponent(generators, c.dimension, c.value, c.polynomial, sample, c.inertia, is_global, strata)


def of_orbit(
    o: Orbit, number: int, values: list[Interval], lowest: Infimum | None, budget: TermBudget
) -> ProvedComponent:
    """Where the infimum is not known, a lower value that is listed shows that a minimum is not global."""
    is_global = None if lowest is None else number in lowest.argmin
    if lowest is None and any(high < values[number][0] for _, high in values):
        is_global = False
    inertia = _widened(o, o.found.inertia)
    generators: tuple[tuple[tuple[Exponents, int], ...], ...] = ()
    if o.component is None:
        kind = "minimum" if is_global else o.found.kind
        spurious = None if kind != "minimum" or is_global is None else not is_global
        isolated = inertia is not None and inertia[1] == o.dimension
        strata = [ProvedStratum(kind, (), (), (), True, None, inertia, isolated, is_global, spurious)]
    else:
        known = None if lowest is None else is_global
        strata = [_stratum(_carried(s, o, is_global, budget), known) for s in o.component.strata]
        generators = tuple(tuple(sorted(g.items())) for g in o.generators(budget))
    value, polynomial, sample = o.found.value, o.found.value_polynomial, tuple(o.sample)
    constants = tuple(sorted(o.chosen.constants.items()))
    parts = o.dimension, value, polynomial, sample, inertia, is_global, tuple(strata), constants
    return ProvedComponent(generators, *parts, tuple(o.flows), o.exact)


def _carried(s: ProvedStratum, o: Orbit, is_global: bool | None, budget: TermBudget) -> ProvedStratum:
    """A stratum of a component of a slice, as one of its orbit. A sample that may be at rest is none; that a minimum is
    global on the slice says nothing.
    """
    sample, inertia, inhabited = None, None, s.inhabited and s.enclosure is None
    if s.sample is not None:
        place = o.chosen.whole([(x, x) for x in s.sample], len(o.sample))
        crossed = o.minor({k: x for k, (x, _) in enumerate(place)}, budget)
        inhabited = bool(crossed)
        if crossed:
            sample, inertia = tuple(x for x, _ in place), _widened(o, s.inertia)
    lower = s.is_global is False or (s.kind == "minimum" and is_global is False)
    return replace(
        s,
        equations=tuple(o.whole(p, budget) for p in s.equations),
        nonzero=tuple(o.whole(p, budget) for p in s.nonzero),
        positive=tuple(o.whole(p, budget) for p in s.positive),
        inhabited=inhabited,
        sample=sample,
        inertia=inertia,
        is_global=False if lower else None,
        spurious=True if lower else None,
        enclosure=None,
    )


def _widened(o: Orbit, inertia: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
    """The inertia of the whole Hessian: a zero more for each flow."""
    return None if inertia is None else (inertia[0], inertia[1] + len(o.across), inertia[2])


def _stratum(s: ProvedStratum, is_global: bool | None) -> ProvedStratum:
    """Rule K1: where the infimum is known, minima are global or spurious; where it is attained all are minima."""
    if is_global is None or s.kind == "empty" or (s.kind != "minimum" and not is_global):
        return s
    return replace(s, kind="minimum", is_global=is_global, spurious=not is_global)
