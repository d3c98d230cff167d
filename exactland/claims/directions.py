"""Derivatives along vector fields: what the gradient flow does to a function of the weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from exactland.claims.evidence import Evidence, is_plain_polynomial
from exactland.claims.membership import expression_text
from exactland.claims.properties import IdentityHolds, Property
from exactland.claims.truth import Finding, unknown
from exactland.objective import Objective

__all__ = ["DerivativeAlong"]

_STEP = "step_"


@dataclass(frozen=True)
class DerivativeAlong(Property):
    """The derivative of the objective along v, the sum of v_i dL/dx_i, is this polynomial at x_i = `places`_i.

    `direction` and `places` give polynomials by variable; without an entry v_i is 0 and the place is x_i itself. The
    checker is shown L(x + e v) = L(x) + e * derivative + e^2 * rest. Along x' = -grad L a function m with gradient v
    obeys m' = -(this derivative); so it is conserved if the derivative is 0.
    """

    direction: Mapping[str, str]
    derivative: str
    places: Mapping[str, str] = field(default_factory=dict)

    def evaluate(self, evidence: Evidence) -> Finding:
        if not is_plain_polynomial(evidence.objective):
            return unknown("derivatives are taken of polynomials only")
        names = (*evidence.objective.variables, _STEP)
        here = {x: f"({self.places.get(x, x)})" for x in evidence.objective.variables}
        direction = {x: _replaced(self.direction.get(x, "0"), here) for x in here}
        moved = {x: f"({place} + {_STEP}*({direction[x]}))" for x, place in here.items()}
        left, plain = (_replaced(str(evidence.objective.expression), given) for given in (moved, here))
        difference = Objective.from_expression(f"({left}) - ({plain})", names).polynomial
        context = difference.context()
        rest = context.from_dict({m: c for m, c in difference.to_dict().items() if m[-1] >= 2})
        right = f"({plain}) + {_STEP}*({_replaced(self.derivative, here)}) + {expression_text(rest)}"
        return IdentityHolds(names, left, right).evaluate(evidence)


def _replaced(text: str, given: Mapping[str, str]) -> str:
    return re.sub(r"[A-Za-z_]\w*", lambda m: given[m.group()], text)
