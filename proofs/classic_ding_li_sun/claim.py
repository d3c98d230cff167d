"""Bad local minima at any width, for one activation and one dataset.

L = 1/2 (o_1^2 + o_2^2 + (o_3 - 1)^2),  o_k = sum_i u_i h(a_i x_k + b_i y_k),  samples (1, 0), (0, 1), (1/2, 1/2)
"""

from __future__ import annotations

from exactland.claims.claim import Case, Claim, Control, Hypothesis, Parameters, System
from exactland.claims.midpoint import MidpointNetwork
from exactland.claims.regions import MinimumOnRegion, SpuriousMinimumOnRegion
from exactland.claims.values import GlobalMinimum
from exactland.exact import rational
from exactland.objective import Objective

PAPER = "T. Ding, D. Li, R. Sun, arXiv 1911.01413"


def network(parameters: Parameters) -> MidpointNetwork:
    return MidpointNetwork(parameters["width"], parameters["power"])


def loss(parameters: Parameters) -> Objective:
    return network(parameters).loss()


def _zero(width: int) -> tuple[str, ...]:
    """(x + y)^2 - (x - y)^2, and units that are off."""
    return ("1", "1", "1", "-1", "1", "-1", *("0",) * (3 * width - 6))


def _shared(width: int) -> tuple[str, ...]:
    """1/3 of (x + y)^2, shared by all units: the output is 1/3 on all samples."""
    return (f"1/{3 * width}", "1", "1") * width


def minimum(parameters: Parameters) -> MinimumOnRegion:
    width = parameters["width"]
    return network(parameters).minimum(_shared(width), _zero(width))


NONLINEAR = Hypothesis("the activation is not linear", lambda p: p["power"] > 1)
TWO = Hypothesis("the last hidden layer has at least two units", lambda p: p["width"] >= 2)


def square(width: int) -> Parameters:
    return {"width": width, "power": 2}


BAD = Claim(
    name="bad_minimum_at_any_width",
    statement="With h(z) = z^2 and n >= 2 hidden units there is a local minimum that is not global, with L = 1/3.",
    source=f"our instance of a theorem of {PAPER} about generic data and almost all activations",
    hypotheses=(NONLINEAR, TWO),
    objective=loss,
    conclusion=lambda p: SpuriousMinimumOnRegion(minimum(p)),
    cases=(
        Case("width_3", square(3)),
        Case("width_2", square(2)),
        Case("width_4", square(4)),
        Case("width_5", square(5)),
    ),
    controls=(Control("linear_width_2", NONLINEAR.name, {"width": 2, "power": 1}),),
    notes=(
        (
            "The bound is one identity for all widths (`classic_yun_small_nonlinearities/why_a_minimum`): L >= 1/3 "
            "where all u_i > 0. The certificates are about these widths."
        ),
        (
            "Two units are needed for this construction: with one unit L >= 1/3 everywhere. That unit has other bad "
            "minima: `dead_units`."
        ),
    ),
)

ZERO = Claim(
    name="zero_loss",
    statement="With h(z) = z^2 and n >= 2 hidden units zero loss is attained.",
    source="ours: a part of the claim on bad minima",
    hypotheses=(NONLINEAR, TWO),
    objective=loss,
    conclusion=lambda p: GlobalMinimum(
        tuple(map(rational, _zero(p["width"]))), (tuple(map(rational, _shared(p["width"]))),)
    ),
    cases=(Case("width_3", square(3)), Case("width_2", square(2))),
    controls=(Control("linear_width_3", NONLINEAR.name, {"width": 3, "power": 1}),),
)

DEAD = Claim(
    name="dead_units",
    statement="With h(z) = z^2 and any number of units, a_i = b_i = 0 and u_i < 0 is a local minimum that is not "
    "global, with L = 1/2: there the output vanishes, and near by it is at most 0.",
    source="ours",
    hypotheses=(NONLINEAR,),
    objective=loss,
    conclusion=lambda p: SpuriousMinimumOnRegion(
        network(p).dead(("-1", "0", "0") * p["width"], ("1/3", "1", "1", *("0",) * (3 * p["width"] - 3)))
    ),
    cases=(Case("width_1", square(1)), Case("width_2", square(2)), Case("width_3", square(3))),
    controls=(Control("linear_width_1", NONLINEAR.name, {"width": 1, "power": 1}),),
)

SYSTEM = System(
    name="classic_ding_li_sun",
    title="Sub-optimal local minima exist for neural networks with almost all non-linear activations",
    source=PAPER,
    source_status="The abstract was compared with public copies: sub-optimal local minima exist 'no matter how wide "
    "the network is (as long as the last hidden layer has at least two neurons)', for 'generic input data' and a "
    "dense set of activations. The theorem was not confirmed. The instance is ours.",
    claims=(BAD, ZERO, DEAD),
    notes=(
        (
            "One activation and one dataset: 'almost all activations', 'generic data' and deeper networks are not "
            "tested. The paper's own construction is not the one here."
        ),
    ),
)
