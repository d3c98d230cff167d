"""The strata of a component as plain data, in the form that rules W read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly

from exactland.certify.json_forms import degenerate_proof
from exactland.checker import Rejection, ResourceLimit
from exactland.checker.kernel import TermBudget
from exactland.checker.problem import Problem
from exactland.checker.strata import Component, read_strata
from exactland.classify.curvature import Gram
from exactland.classify.stratum import Stratum
from exactland.exact import rational_text
from exactland.polynomial import from_fmpq, terms, to_json

Interval = tuple[Fraction, Fraction]


def accepted_strata(
    strata: Sequence[Stratum], problem: Problem, generators: Sequence[fmpq_mpoly], value: Interval, exact: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """The entry `strata` of a component and the reasons of its undecided ones; a single undecided stratum where the
    checker does not accept what the search found, so that nothing else of the certificate is lost.
    """
    entry = plain_strata(strata)
    given = tuple({m: c for c, m in terms(g)} for g in generators)
    component = Component(given, value[0] if exact else None, value, 0)
    try:
        read_strata(entry, problem, component, TermBudget())
    except (Rejection, ResourceLimit) as error:
        return [{"equations": [], "nonzero": [], "kind": "undecided"}], [f"the checker did not accept a proof: {error}"]
    return entry, [stratum.reason for stratum in strata]


def plain_strata(strata: Sequence[Stratum]) -> list[dict[str, Any]]:
    """The entry `strata` of a component."""
    return [_entry(stratum) for stratum in strata]


def _entry(stratum: Stratum) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "equations": _plain(stratum.equations),
        "nonzero": _plain(stratum.nonzero),
        "kind": stratum.kind,
    }
    if stratum.positive:
        entry["positive"] = _plain(stratum.positive)
    if stratum.proof is not None:
        proof = dict(stratum.proof)
        if "proof" in proof:
            proof["proof"] = degenerate_proof(proof["proof"])
        entry["proof"] = {key: value if key == "proof" else _plain(value) for key, value in proof.items()}
    if stratum.sample is not None:
        entry["sample"] = _plain(stratum.sample)
    if stratum.bounds is not None:
        entry["bounds"] = _plain(stratum.bounds)
    if stratum.extension is not None:
        entry["extension"] = _plain(stratum.extension)
    if stratum.lower is not None:
        entry["lower"] = _plain(stratum.lower)
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, fmpq_mpoly):
        return to_json(value)
    if isinstance(value, Gram):
        if len(value.members) == 1:
            return [rational_text(from_fmpq(value.matrix[0][0])), value.multiplier, _plain(value.members[0])]
        matrix = [[rational_text(from_fmpq(c)) for c in row] for row in value.matrix]
        return [matrix, value.multiplier, _plain(value.members)]
    if isinstance(value, Fraction):
        return rational_text(value)
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
