"""Claims as data: the sentence of a paper, its hypotheses, its conclusion, cases, and controls that must fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from exactland.claims.properties import Property
from exactland.claims.truth import Truth
from exactland.errors import ExactlandError
from exactland.objective import Objective

__all__ = ["Case", "Claim", "ClaimError", "Control", "Hypothesis", "Parameters", "System", "Verdict", "check_system"]

Parameters = Mapping[str, Any]


class ClaimError(ExactlandError):
    """A claim that is badly stated: no case satisfies it, or a control drops nothing."""


class Verdict(Enum):
    """The answer on one instance. VERIFIED always reads: verified on this instance."""

    VERIFIED = "VERIFIED"
    REFUTED = "REFUTED"
    VACUOUS = "VACUOUS"
    UNDECIDED = "UNDECIDED"

    def __bool__(self) -> bool:
        raise TypeError("a verdict is VERIFIED, REFUTED, VACUOUS or UNDECIDED: compare with Verdict.VERIFIED")


@dataclass(frozen=True)
class Hypothesis:
    """A condition of the theorem as a predicate that is checked on the parameters of every instance."""

    name: str
    holds: Callable[[Parameters], bool | Truth]

    def check(self, parameters: Parameters) -> Truth:
        found = self.holds(parameters)
        if isinstance(found, Truth):
            return found
        if type(found) is not bool:
            raise ClaimError(f"the hypothesis {self.name!r} answers {found!r}, not True, False or a Truth")
        return Truth.TRUE if found else Truth.FALSE

    def dropped_by(self, *instances: Case) -> tuple[Control, ...]:
        """Controls out of cases of other claims, each of which violates this hypothesis and has to be refuted."""
        return tuple(Control(i.name, self.name, i.parameters, seconds=i.seconds) for i in instances)


@dataclass(frozen=True)
class Case:
    """An instance. `expected` is compared with the verdict after it is reached, and used for nothing else.

    An instance of several claims stands once, as a case; where it violates a hypothesis, `Hypothesis.dropped_by` makes
    it a control.

    A case that cannot be decided yet expects UNDECIDED and says `because` of what; the run turns red when it can.
    `seconds` bounds each engine on this instance.
    """

    name: str
    parameters: Parameters
    expected: Verdict = Verdict.VERIFIED
    because: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Control:
    """An instance that violates one named hypothesis; the conclusion is evaluated all the same and must fail.

    With `evaluate` off it is only shown that the claim says nothing there (VACUOUS).
    """

    name: str
    drops: str
    parameters: Parameters
    expected: Verdict = Verdict.REFUTED
    because: str = ""
    evaluate: bool = True
    seconds: float | None = None


@dataclass(frozen=True)
class Claim:
    """One statement with its instances.

    `without_controls` and `vacuous` are the reasons why there is no control, or why no case satisfies the hypotheses;
    without such a reason both are errors.
    """

    name: str
    statement: str
    source: str
    hypotheses: tuple[Hypothesis, ...]
    objective: Callable[[Parameters], Objective]
    conclusion: Callable[[Parameters], Property]
    cases: tuple[Case, ...]
    controls: tuple[Control, ...] = ()
    notes: tuple[str, ...] = ()
    without_controls: str = ""
    vacuous: str = ""

    @property
    def entries(self) -> tuple[Case | Control, ...]:
        """The cases, then the controls."""
        return (*self.cases, *self.controls)


@dataclass(frozen=True)
class System:
    """A page of the catalogue: where the statements come from, and the claims."""

    name: str
    title: str
    source: str
    source_status: str
    claims: tuple[Claim, ...]
    notes: tuple[str, ...] = ()


def check_system(system: System) -> None:
    """Raises `ClaimError` unless every claim is well stated."""
    _unique([claim.name for claim in system.claims], system.name, "claim")
    if not system.claims:
        raise ClaimError(f"{system.name}: no claims")
    for claim in system.claims:
        _check_claim(claim, f"{system.name}/{claim.name}")


def _check_claim(claim: Claim, where: str) -> None:
    _unique([h.name for h in claim.hypotheses], where, "hypothesis")
    _unique([c.name for c in claim.entries], where, "case")
    if not claim.cases:
        raise ClaimError(f"{where}: no cases")
    if not claim.controls and not claim.without_controls:
        raise ClaimError(f"{where}: no control, and no reason in `without_controls`")
    for entry in claim.entries:
        if entry.expected is Verdict.UNDECIDED and not entry.because:
            raise ClaimError(f"{where}/{entry.name}: expects UNDECIDED without saying because of what")
    satisfied = [c.name for c in claim.cases if all(h.check(c.parameters) is Truth.TRUE for h in claim.hypotheses)]
    if not satisfied and not claim.vacuous:
        raise ClaimError(f"{where}: no case satisfies the hypotheses, so the claim says nothing")
    if satisfied and claim.vacuous:
        raise ClaimError(f"{where}: declared vacuous, but {satisfied[0]} satisfies the hypotheses")
    names = {h.name: h for h in claim.hypotheses}
    for control in claim.controls:
        if control.expected is Verdict.VERIFIED:
            raise ClaimError(f"{where}/{control.name}: a control must come out REFUTED or VACUOUS")
        if control.drops not in names:
            allowed = ", ".join(names) or "there are none"
            raise ClaimError(f"{where}/{control.name}: drops {control.drops!r}; the hypotheses are: {allowed}")
        if names[control.drops].check(control.parameters) is not Truth.FALSE:
            raise ClaimError(f"{where}/{control.name}: {control.drops!r} is not violated, so nothing is dropped")


def _unique(names: list[str], where: str, what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ClaimError(f"{where}: two {what} entries named {name!r}")
