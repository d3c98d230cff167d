"""What holds on an orbit of critical points: invariants of the flows with their values, coordinates that stay 0.

These equations are shown, not used: what is proved of an orbit is in the report of the checker. Invariants are exact
(a derivation is 0 on them), their values are those at the sample point.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flint import fmpq_mpoly_ctx

from exactland.checker.check import ProvedComponent
from exactland.checker.components import value_range
from exactland.decompose.slices import Matrix, Terms, invariants
from exactland.landscape import Number, outward
from exactland.polynomial import integer_terms, to_fmpq

MOST = 40  # invariants


@lru_cache(maxsize=32)
def _known(flows: tuple[Matrix, ...], n: int, degree: int) -> list[Terms]:
    return invariants(flows, n, degree)


def orbit_equations(context: fmpq_mpoly_ctx, c: ProvedComponent, degree: int) -> Iterator[str]:
    """Equations and inequations that hold on the orbit, for an objective of this degree; last, what the set is."""
    n, names = len(c.sample), context.names()
    still = {k for k, x in enumerate(c.sample) if x[0] == x[1] == 0}
    while True:  # the coordinates that are 0 and whose speeds are combinations of such coordinates
        left = {k for k in still if all(j in still for flow in c.flows for j, a in enumerate(flow[k]) if a)}
        if left == still:
            break
        still = left
    yield from (f"{names[k]} = 0" for k in sorted(still))
    for k, (low, high) in enumerate(c.sample):
        scaled = all(not a or j == k for flow in c.flows for j, a in enumerate(flow[k]))
        if scaled and (low > 0 or high < 0) and any(flow[k][k] for flow in c.flows):
            yield f"{names[k]} != 0"
    for terms in _known(c.flows, n, max(1, degree // 2))[:MOST]:
        if any(all(not e or k not in still for k, e in enumerate(m)) for m in terms):
            poly = context.from_dict({m: to_fmpq(a) for m, a in terms.items()})
            whole = integer_terms(poly)
            value = Number(*outward(*value_range(whole, list(c.sample))))
            text = str(context.from_dict(whole))
            yield f"{text} = {value!r}" + ("" if value.exact is not None else " (rounded)")
    yield "the orbit of the point under the continuous symmetries of the loss"
