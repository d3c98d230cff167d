"""Decide claims case by case, then compare with what was declared."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exactland.claims.claim import Case, Claim, Control, Parameters, System, Verdict
from exactland.claims.evidence import Evidence, Proof, Solver, certified_landscape
from exactland.claims.registry import load
from exactland.claims.registry import systems as all_systems
from exactland.claims.truth import Truth
from exactland.errors import NotBuilt
from exactland.landscape import Certificate, Completeness, Landscape
from exactland.objective import Objective

__all__ = ["CaseReport", "Judgement", "Report", "Run", "judge", "verify"]

SCHEMA = "exactland.verdicts/1"
DEFAULT_SECONDS = 60.0
_PROVED = {Truth.TRUE: Verdict.VERIFIED, Truth.FALSE: Verdict.REFUTED, Truth.UNKNOWN: Verdict.UNDECIDED}


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason and what proves it."""

    verdict: Verdict
    reason: str
    certificates: tuple[Certificate, ...] = ()
    evidence: Evidence | None = None

    @property
    def proved(self) -> tuple[str, ...]:
        """The sentences of the checker on the certificates that the verdict rests on."""
        return tuple(dict.fromkeys(line for certificate in self.certificates for line in certificate.proved))


def judge(
    claim: Claim,
    parameters: Parameters,
    solver: Callable[[Objective], Landscape],
    drops: str | None = None,
    evaluate: bool = True,
    known: dict[str, Proof | None] | None = None,
) -> Judgement:
    """The verdict on one instance. The declared expectation is no argument, so it cannot matter.

    `known` shares proofs with other instances.
    """
    found = {h.name: h.check(parameters) for h in claim.hypotheses}
    violated = [name for name, truth in found.items() if truth is Truth.FALSE and (name != drops or not evaluate)]
    if violated:
        return Judgement(Verdict.VACUOUS, f"hypothesis not satisfied: {'; '.join(violated)}")
    open_ = [name for name, truth in found.items() if truth is Truth.UNKNOWN]
    if open_:
        return Judgement(Verdict.UNDECIDED, f"hypothesis not decided: {'; '.join(open_)}")
    try:
        evidence = Evidence(claim.objective(parameters), solver, {} if known is None else known)
    except NotBuilt as error:
        return Judgement(Verdict.UNDECIDED, str(error))
    finding = claim.conclusion(parameters).evaluate(evidence)
    if not all(map(evidence.holds, finding.certificates)):
        raise RuntimeError(f"a verdict on a certificate that was not accepted here: {finding.reason}")
    return Judgement(_PROVED[finding.truth], finding.reason, finding.certificates, evidence)


@dataclass(frozen=True)
class CaseReport:
    """One case or control, decided and compared."""

    system: str
    case: str
    role: str
    statement: str
    verdict: Verdict
    expected: Verdict
    reason: str
    proved: tuple[str, ...]
    certificates: tuple[str, ...]
    seconds: float
    judgement: Judgement = field(repr=False, compare=False)

    @property
    def as_expected(self) -> bool:
        return self.verdict is self.expected

    def to_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "case": self.case,
            "role": self.role,
            "statement": self.statement,
            "verdict": self.verdict.value,
            "expected": self.expected.value,
            "reason": self.reason,
            "proved": list(self.proved),
            "certificates": list(self.certificates),
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Report:
    """All cases of a run."""

    cases: tuple[CaseReport, ...]

    @property
    def unexpected(self) -> tuple[CaseReport, ...]:
        """The cases whose verdict is not the declared one."""
        return tuple(case for case in self.cases if not case.as_expected)

    @property
    def code(self) -> int:
        """0 all as declared; 1 some verdict is another one; 3 only undecided ones are; 4 only vacuous ones are."""
        found = {case.verdict for case in self.unexpected}
        if not found:
            return 0
        if found <= {Verdict.UNDECIDED, Verdict.VACUOUS}:
            return 3 if Verdict.UNDECIDED in found else 4
        return 1

    def to_json(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "cases": [case.to_json() for case in self.cases]}


@dataclass
class Run:
    """Shares landscapes and proofs between cases, by the hash of the problem."""

    seconds: float = DEFAULT_SECONDS
    solver: Solver = certified_landscape
    progress: Callable[[str], None] = lambda _: None
    certificates: Path | None = None
    _landscapes: dict[str, tuple[float, Landscape]] = field(default_factory=dict)
    _proofs: dict[str, Proof | None] = field(default_factory=dict)

    def landscape(self, objective: Objective, seconds: float) -> Landscape:
        """A proved landscape is kept; an open one is tried again only with more time."""
        known = self._landscapes.get(objective.sha256)
        if known is not None and (known[1].complete is Completeness.PROVED or known[0] >= seconds):
            return known[1]
        found = self.solver(objective, seconds)
        if found.complete is not Completeness.PROVED and found.reason:
            self.progress(f"  open: {found.reason}")
        self._landscapes[objective.sha256] = (seconds, found)
        return found

    def system(self, system: System) -> list[CaseReport]:
        """All cases, then all controls, claim by claim."""
        return [self._entry(system.name, claim, entry) for claim in system.claims for entry in claim.entries]

    def _entry(self, system: str, claim: Claim, entry: Case | Control) -> CaseReport:
        name = f"{claim.name}/{entry.name}"
        self.progress(f"{system} {name}")
        start = time.monotonic()
        bound = self.seconds if entry.seconds is None else min(entry.seconds, self.seconds)
        drops, evaluate = (entry.drops, entry.evaluate) if isinstance(entry, Control) else (None, True)
        judgement = judge(claim, entry.parameters, lambda o: self.landscape(o, bound), drops, evaluate, self._proofs)
        written = self._written(system, judgement)
        reason = judgement.reason
        if judgement.verdict is Verdict.UNDECIDED and entry.because:
            reason = f"{reason}; {entry.because}"
        return CaseReport(
            system,
            name,
            "control" if isinstance(entry, Control) else "case",
            claim.statement,
            judgement.verdict,
            entry.expected,
            reason,
            judgement.proved,
            written,
            round(time.monotonic() - start, 3),
            judgement,
        )

    def _written(self, system: str, judgement: Judgement) -> tuple[str, ...]:
        if self.certificates is None or not judgement.certificates:
            return ()
        folder = self.certificates / system
        folder.mkdir(parents=True, exist_ok=True)
        paths = (folder / f"{_name(c)}.json" for c in judgement.certificates)
        return tuple(str(c.save(path)) for c, path in zip(judgement.certificates, paths, strict=True))


def _name(certificate: Certificate) -> str:
    return hashlib.sha256(certificate.text.encode("ascii")).hexdigest()[:16]


def verify(
    systems: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
    seconds: float = DEFAULT_SECONDS,
    *,
    certificates: Path | None = None,
) -> Report:
    """Decide every case and control of these systems (of all of them by default).

    `seconds` bounds each engine on each instance. With `certificates`, a folder, those that the verdicts
    rest on are written to `<folder>/<system>/`.
    """
    loaded = [load(name) for name in (all_systems() if systems is None else systems)]
    run = Run(seconds, progress=progress or (lambda _: None), certificates=certificates)
    return Report(tuple(report for system in loaded for report in run.system(system)))
