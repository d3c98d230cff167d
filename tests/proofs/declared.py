"""What every system of the library has to show."""

from __future__ import annotations

from collections.abc import Iterable

from exactland.claims.claim import Verdict
from exactland.claims.runner import Report


def assert_as_declared(report: Report, undecided: Iterable[str] = (), vacuous: Iterable[str] = ()) -> None:
    """All verdicts are the expected ones and come with what was proved; named are the cases that decide nothing."""
    assert [(c.case, c.verdict, c.reason) for c in report.unexpected] == []
    assert report.code == 0
    assert {c.case for c in report.cases if c.verdict is Verdict.UNDECIDED} == set(undecided)
    assert {c.case for c in report.cases if c.verdict is Verdict.VACUOUS} == set(vacuous)
    for case in report.cases:
        assert bool(case.proved) is (case.verdict in (Verdict.VERIFIED, Verdict.REFUTED)), case.case
