"""The JSON forms of the evidence, as `proofs/SPEC.md` describes them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from flint import fmpq_mpoly, fmpz

from exactland.engines.base import LevelEvidence, Line, RankEvidence
from exactland.exact import rational_text
from exactland.polynomial import from_fmpq, terms, to_json
from exactland.solving.pool import Functional
from exactland.solving.refine import Certified

if TYPE_CHECKING:
    from exactland.classify.balanced import Balanced
    from exactland.classify.branches import Branch
    from exactland.classify.coercivity import CoerciveForm, CoerciveSquares
    from exactland.classify.gates import Gate, Gated
    from exactland.classify.local_evidence import LocalForm
    from exactland.classify.multiples import Multiple
    from exactland.classify.sos import SumOfSquares
    from exactland.classify.tangency import TangencyType


def certificate(
    statement: dict[str, Any], form: Sequence[int], points: Sequence[dict[str, Any]], fields: Sequence[Any], **more: Any
) -> dict[str, Any]:
    """A certificate with these points, which claims nothing else but what `more` adds."""
    return {
        "schema": "exactland.certificate/1",
        "problem": statement,
        "form": [str(c) for c in form],
        "lines": [],
        "completeness": None,
        "points": list(points),
        "nonreal": [],
        "fields": list(fields),
        "symmetries": [],
        "equal_values": [],
        "infimum": None,
        **more,
    }


def box(found: Certified) -> dict[str, Any]:
    def text(values: Iterable[int]) -> str:
        return " ".join(map(str, values))

    def half(rows: Sequence[Sequence[int]]) -> str:
        return text(itertools.chain(*(row[i:] for i, row in enumerate(rows))))

    inverse: dict[str, Any] = {"bits": found.places, "real": half(found.inverse)}
    result: dict[str, Any] = {"bits": found.box.bits, "real": text(found.box.real), "radius": str(found.box.radius)}
    if found.box.imaginary is not None:
        result["imaginary"] = text(found.box.imaginary)
        inverse["imaginary"] = half(found.inverse_imaginary or ())
    result["inverse"] = inverse
    return result


def line(given: Line) -> dict[str, Any]:
    """Integer multipliers and one divisor."""
    divisor = lcm(*(factor.denominator for _, multiplier in given.combination for factor, _ in multiplier))
    combination = [
        [index, [[_digits(int(factor * divisor)), list(exponents)] for factor, exponents in multiplier]]
        for index, multiplier in given.combination
    ]
    return {"combination": combination} if divisor == 1 else {"combination": combination, "divisor": _digits(divisor)}


def _digits(number: int) -> str:
    """The text of an integer of any length; that of Python's own integers is limited."""
    return str(fmpz(number))


def rank(evidence: RankEvidence) -> dict[str, Any]:
    return {
        "rule": "rank",
        "prime": str(evidence.prime),
        "rows": [[g, list(shift)] for g, shift in evidence.rows],
        "basis": [list(b) for b in evidence.basis],
    }


def dual(space: Iterable[Functional]) -> list[dict[str, Any]]:
    """The functionals of a local dual space."""
    return [
        {"pivot": list(pivot), "terms": [[[rational_text(c) for c in value], list(m)] for m, value in orders.items()]}
        for pivot, orders in space
    ]


def levels(evidence: LevelEvidence) -> dict[str, Any]:
    result: dict[str, Any] = {
        "rule": "levels",
        "prime": str(evidence.prime),
        "multipliers": [list(u) for u in evidence.multipliers],
        "levels": [
            {
                "basis": [list(b) for b in basis],
                "equations": [
                    [list(e.monomial), *e.ways] if e.element is None else [e.element, list(e.monomial)]
                    for e in equations
                ],
            }
            for basis, equations in evidence.levels
        ],
    }
    if evidence.signs:
        result["signs"] = [list(s) for s in evidence.signs]
    return result


def with_prime(completeness: dict[str, Any], prime: int) -> dict[str, Any]:
    """The same with another prime for the rules of rank and of levels, also in smaller objectives."""
    if completeness["rule"] in ("rank", "levels"):
        return {**completeness, "prime": str(prime)}
    inner = completeness.get("inner")
    if inner is None:
        return completeness
    parts = inner if isinstance(inner, list) else [inner]
    changed = [{**part, "completeness": with_prime(part["completeness"], prime)} for part in parts]
    return {**completeness, "inner": changed if isinstance(inner, list) else changed[0]}


def squares(given: Sequence[tuple[Fraction, fmpq_mpoly]]) -> list[Any]:
    return [[rational_text(Fraction(c)), to_json(q)] for c, q in given]


def multiple(evidence: Multiple) -> dict[str, Any]:
    return {
        "constant": rational_text(evidence.value),
        "multiplier": squares(evidence.multiplier),
        "squares": squares(evidence.squares),
    }


def powers(form: SumOfSquares) -> list[str]:
    return [rational_text(Fraction(c)) for c, _ in form.powers]


def coercivity(evidence: CoerciveSquares | CoerciveForm) -> dict[str, Any]:
    from exactland.classify.coercivity import CoerciveSquares

    if isinstance(evidence, CoerciveSquares):
        return {
            "rule": "squares",
            "constant": rational_text(Fraction(evidence.constant)),
            "squares": squares(evidence.squares),
            "chain": [list(pair) for pair in evidence.chain],
        }
    form = evidence.form
    return {"rule": "form", "weights": list(evidence.weights), "squares": squares(form.squares), "powers": powers(form)}


def gated(evidence: Gated) -> dict[str, Any]:
    """Rule G16."""

    def item(given: int | tuple[Gate, ...]) -> Any:
        if isinstance(given, int):
            return given
        return [
            [gate.square, rational_text(gate.limit), gate.power, [[j, rational_text(b)] for j, b in gate.factors]]
            for gate in given
        ]

    return {
        "constant": rational_text(evidence.constant),
        "squares": squares(evidence.squares),
        "chain": [[variable, item(given)] for variable, given in evidence.chain],
    }


def balanced(evidence: Balanced) -> dict[str, Any]:
    entry = coercivity(evidence.coercive)
    if evidence.balances:
        entry["balances"] = [
            {"field": [to_json(v) for v in field], "multiplier": to_json(q)} for field, q in evidence.balances
        ]
    if evidence.level is not None:
        level = evidence.level
        entry["level"] = {"value": rational_text(level.value), "multiplier": squares(level.multiplier)}
    return entry


def curve(coordinates: Sequence[fmpq_mpoly]) -> list[list[str]]:
    """Coefficients of t, t^2, ... of every coordinate."""
    result = []
    for coordinate in coordinates:
        found = {exponents[0]: c for c, exponents in terms(coordinate)}
        result.append([rational_text(found.get(k, Fraction(0))) for k in range(1, max(found, default=0) + 1)])
    return result


def local_form(evidence: LocalForm) -> dict[str, Any]:
    return {
        "sign": evidence.sign,
        "map": [to_json(image) for image in evidence.substitution],
        "weights": list(evidence.weights),
        "degree": evidence.degree,
        "squares": squares(evidence.form.squares),
        "powers": powers(evidence.form),
    }


def tangency(evidence: TangencyType) -> dict[str, Any]:
    result: dict[str, Any] = {
        "power": evidence.power,
        "unit": to_json(evidence.unit),
        "cofactors": [to_json(c) for c in evidence.cofactors],
        "radius": rational_text(evidence.radius),
    }
    if evidence.images is not None:
        variables = evidence.unit.context().nvars()
        result["map"] = {"variables": variables, "images": [to_json(image) for image in evidence.images]}
    if evidence.sign:
        result["sphere"] = {"sign": evidence.sign, "cuts": [rational_text(c) for c in evidence.cuts]}
        return result
    for name, point in (("below", evidence.below), ("above", evidence.above)):
        if point is not None:
            result[name] = [rational_text(c) for c in point]
    return result


def branch_proofs(branch: Branch, degree: int) -> list[dict[str, Any]]:
    """The proofs that a branch over a field of this degree may give, depending on signs at the root."""

    def rows(given: Branch) -> list[list[list[str]]]:
        return [[[rational_text(from_fmpq(x[i])) for i in range(degree)] for x in row] for row in given.curve]

    forward = rows(branch)
    if branch.order % 2 == 0:
        return [{"branch": forward}, {"below": forward}, {"above": forward}]
    backward = rows(branch.reversed())
    return [{"below": a, "above": b} for a, b in ((forward, backward), (backward, forward))]


def degenerate_proof(evidence: Iterable[object]) -> dict[str, Any]:
    """The entry `proof` of a point."""
    from exactland.classify.local_evidence import Arc, GlobalSquares, LocalForm
    from exactland.classify.tangency import TangencyType

    result: dict[str, Any] = {}
    for part in evidence:
        if isinstance(part, Arc):
            result["below" if part.coefficient < 0 else "above"] = curve(part.coordinates)
        elif isinstance(part, LocalForm):
            result["local"] = local_form(part)
        elif isinstance(part, GlobalSquares):
            result["squares"] = {"sign": part.sign, "squares": squares(part.squares.squares)}
        elif isinstance(part, TangencyType):
            result["tangency"] = tangency(part)
    return result
