"""What holds on an orbit of critical points: invariants of the flows with their values, coordinates that stay 0.

These equations are shown, not used: what is proved of an orbit is in the report of the checker. Invariants are exact
(a derivation is 0 on them), their values are those at the sample point.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, reduce
from operator import or_

from flint import fmpq_mpoly_ctx

from exactland.checker.components import value_range
from exactland.checker.kernel import RationalPoly
from exactland.checker.sets import ProvedComponent
from exactland.decompose.invariants import Terms, invariants
from exactland.decompose.slices import Matrix
from exactland.number import Number, outward
from exactland.polynomial import integer_terms, sign_symmetries, to_fmpq

MOST = 40  # invariants
AT_LEAST = ", of this dimension or more"


@lru_cache(maxsize=32)
def _known(flows: tuple[Matrix, ...], n: int, degree: int) -> list[Terms]:
    return invariants(flows, n, degree)


def orbit_equations(context: fmpq_mpoly_ctx, c: ProvedComponent, loss: RationalPoly) -> Iterator[str]:
    """Equations and inequations that hold on the orbit and its images under sign changes that keep the loss; last, what
    the set is. Of the orbit of a component these are the coordinates that are 0.
    """
    degree = max((sum(m) for m in loss), default=0)
    masks = sign_symmetries(len(c.sample), [[(0,) * len(c.sample), *loss]])
    turned = reduce(or_, masks, 0)
    n, names = len(c.sample), context.names()
    polys = [str(context.from_dict({m: to_fmpq(a) for m, a in g})) for g in c.generators]
    still = {k for k, x in enumerate(c.sample) if x[0] == x[1] == 0 and (not polys or names[k] in polys)}
    while True:  # the coordinates that are 0 and whose speeds are combinations of such coordinates
        left = {k for k in still if all(j in still for flow in c.flows for j, a in enumerate(flow[k]) if a)}
        if left == still:
            break
        still = left
    yield from (f"{names[k]} = 0" for k in sorted(still))
    signs = " and its sign changes" if turned else ""
    size = "" if c.exact else AT_LEAST
    under = f"under the continuous symmetries of the loss{signs}{size}"
    if polys:
        yield f"the orbit of the points with {', '.join(f'{p} = 0' for p in polys)} {under}"
        return
    for k, (low, high) in enumerate(c.sample):
        scaled = all(not a or j == k for flow in c.flows for j, a in enumerate(flow[k]))
        if scaled and (low > 0 or high < 0) and any(flow[k][k] for flow in c.flows):
            yield f"{names[k]} {'!=' if turned >> k & 1 else '>' if low > 0 else '<'} 0"
    for terms in _known(c.flows, n, max(1, degree // 2))[:MOST]:
        if any(all(not e or k not in still for k, e in enumerate(m)) for m in terms):
            poly = context.from_dict({m: to_fmpq(a) for m, a in terms.items()})
            whole = integer_terms(poly)
            parities = [{sum(e for k, e in enumerate(m) if mask >> k & 1) % 2 for m in whole} for mask in masks]
            if any(len(p) > 1 for p in parities):
                continue
            low, high = outward(*value_range(whole, list(c.sample)))
            value, other = Number(low, high), Number(-high, -low)
            either = f" or {other!r}" if {1} in parities and not low == high == 0 else ""
            yield f"{context.from_dict(whole)} = {value!r}{either}" + ("" if low == high else " (rounded)")
    yield f"the orbit of the point {under}"
