"""Three-valued truth, with the reason and the evidence beside the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from exactland.landscape import Certificate

__all__ = ["Finding", "Truth", "conjunction", "disjunction", "false", "negation", "true", "unknown"]


class Truth(Enum):
    """Whether a property is proved, disproved, or neither."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("a truth value is TRUE, FALSE or UNKNOWN: compare with Truth.TRUE")


@dataclass(frozen=True)
class Finding:
    """A truth value, why, and the accepted certificates that it was read from; TRUE and FALSE need one."""

    truth: Truth
    reason: str
    certificates: tuple[Certificate, ...] = ()

    def __post_init__(self) -> None:
        if self.truth is not Truth.UNKNOWN and not self.certificates:
            raise ValueError(f"decided without a certificate: {self.reason}")


def true(reason: str, *certificates: Certificate) -> Finding:
    return Finding(Truth.TRUE, reason, certificates)


def false(reason: str, *certificates: Certificate) -> Finding:
    return Finding(Truth.FALSE, reason, certificates)


def unknown(reason: str) -> Finding:
    return Finding(Truth.UNKNOWN, reason)


def negation(finding: Finding) -> Finding:
    swapped = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}
    return Finding(swapped[finding.truth], finding.reason, finding.certificates)


def conjunction(findings: Sequence[Finding]) -> Finding:
    """Kleene's 'and': one FALSE decides, else one UNKNOWN leaves it open."""
    return _combined(findings, Truth.FALSE, Truth.TRUE)


def disjunction(findings: Sequence[Finding]) -> Finding:
    """Kleene's 'or': one TRUE decides, else one UNKNOWN leaves it open."""
    return _combined(findings, Truth.TRUE, Truth.FALSE)


def _combined(findings: Sequence[Finding], decisive: Truth, otherwise: Truth) -> Finding:
    for wanted in (decisive, Truth.UNKNOWN):
        for finding in findings:
            if finding.truth is wanted:
                return finding
    certificates = tuple(dict.fromkeys(c for finding in findings for c in finding.certificates))
    return Finding(otherwise, "; ".join(dict.fromkeys(f.reason for f in findings)), certificates)
