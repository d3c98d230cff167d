"""Every rule rejects its forgeries, and only that rule does: with the rule switched off the forgery is accepted."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import exactland.checker.kernel as kernel
from exactland.checker import Rejection, check_bytes
from tests.checker.build import encode
from tests.checker.good import NAMES, good
from tests.forged import (
    components,
    counting,
    facts,
    form,
    images,
    kinds,
    mixed,
    points,
    problems,
    slices,
    smaller,
    sphere,
    strata,
    values,
)
from tests.forged.table import ACCEPTED, CRASH, REJECTED, Forgery

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / "exactland" / "checker"
FORGERIES: list[Forgery] = [
    forgery
    for module in (
        form,
        problems,
        counting,
        mixed,
        smaller,
        points,
        images,
        kinds,
        values,
        facts,
        sphere,
        strata,
        components,
        slices,
    )
    for forgery in module.FORGERIES
]
PARAMETRIC = {"read_squares", "squares_and_powers"}  # the rule is an argument: G1, G3 or K6
Site = tuple[str, int]


def data_of(forgery: Forgery) -> bytes:
    made = forgery.make()
    return made if isinstance(made, bytes) else encode(made)


@contextmanager
def without(rule: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    original = kernel.need

    def lenient(condition: bool, number: str, found: object, required: str) -> None:
        if number != rule:
            original(condition, number, found, required)

    with monkeypatch.context() as patch:
        patch.setattr(kernel, "need", lenient)
        yield


def check(forgery: Forgery) -> None:
    """Rules W are about one component by itself."""
    (strata.check_strata if forgery in strata.FORGERIES else check_bytes)(data_of(forgery))


def outcome(forgery: Forgery) -> str:
    try:
        check(forgery)
    except Rejection:
        return REJECTED
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, AttributeError):
        return CRASH
    return ACCEPTED


@pytest.mark.parametrize("name", NAMES)
def test_good_certificates_are_accepted(name: str) -> None:
    report = check_bytes(encode(good(name)))
    assert report.complete is not None or report.facts or report.points[0].kind != "undecided"


@pytest.mark.parametrize("name", strata.good())
def test_good_strata_are_accepted(name: str) -> None:
    assert strata.check_strata(encode(strata.good()[name]))


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_forgery_is_rejected_by_its_rule(forgery: Forgery) -> None:
    with pytest.raises(Rejection) as caught:
        check(forgery)
    assert caught.value.rule == forgery.rule


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_no_other_rule_rejects_the_forgery(forgery: Forgery, monkeypatch: pytest.MonkeyPatch) -> None:
    with without(forgery.rule, monkeypatch):
        assert outcome(forgery) == forgery.off


def test_names_are_distinct() -> None:
    assert len({str(f) for f in FORGERIES}) == len(FORGERIES)


def rules_of_the_document() -> set[str]:
    spec = (ROOT / "proofs" / "SPEC.md").read_text(encoding="utf-8")
    return set(re.findall(r"\*\*([A-Z][0-9]+)\*\*", spec))


def sites() -> dict[Site, str]:
    """Every place of the checker that rejects, with the rule, "" where the rule is an argument."""
    found: dict[Site, str] = {}
    for path in sorted(CHECKER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "need":
                rule = node.args[1]
            elif name == "Rejection":
                rule = node.args[0]
            else:
                continue
            found[(path.name, node.lineno)] = str(rule.value) if isinstance(rule, ast.Constant) else ""
    return found


def test_rules_of_checker_document_and_table_are_the_same() -> None:
    document = rules_of_the_document()
    passed_on = {"G1", "G3", "K6", "W13"}
    used = set(sites().values()) - {""} | passed_on
    assert used == document
    assert {f.rule for f in FORGERIES} == document


def test_every_rule_has_a_forgery_that_only_it_rejects() -> None:
    alone = {f.rule for f in FORGERIES if f.off == ACCEPTED}
    assert rules_of_the_document() == alone


def test_every_rule_about_mathematics_guards_a_false_claim() -> None:
    guarded = {f.rule for f in FORGERIES if f.claim and f.off == ACCEPTED}
    assert {r for r in rules_of_the_document() if r[0] not in "FP"} <= guarded


def test_every_place_that_rejects_has_a_forgery(monkeypatch: pytest.MonkeyPatch) -> None:
    """The condition of every `need` in the checker is false for some forgery."""
    reached: set[Site] = set()
    original = kernel.need

    def watched(condition: bool, rule: str, found: object, required: str) -> None:
        if not condition:
            frame = sys._getframe(1)
            reached.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        original(condition, rule, found, required)

    monkeypatch.setattr(kernel, "need", watched)
    for forgery in FORGERIES:
        try:
            check(forgery)
        except Rejection as error:
            last = error.__traceback__
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            if last is not None:
                reached.add((Path(last.tb_frame.f_code.co_filename).name, last.tb_lineno))
    missed = sorted(f"{name}:{line} {rule}" for (name, line), rule in sites().items() if (name, line) not in reached)
    assert missed == []
