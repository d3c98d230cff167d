"""Pages: escaped whatever the names are, written in one step, and honest about certificates."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest

from exactland.api import solve
from exactland.errors import InputError
from exactland.files import check_writable, write_atomically
from exactland.show.html import certificate_section, page, write_report
from exactland.show.verdicts import case_line, tally


class Verdict(Enum):
    VERIFIED = "VERIFIED"
    REFUTED = "REFUTED"


@dataclass(frozen=True)
class Case:
    system: str = "system"
    case: str = "claim/case"
    role: str = "case"
    statement: str = "a statement"
    verdict: Verdict = Verdict.VERIFIED
    expected: Verdict = Verdict.VERIFIED
    reason: str = ""
    proved: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    seconds: float = 0.25


EVIL = '<script>alert("x")</script>&\'\x1b\ud800../..'


def test_every_field_is_escaped(tmp_path: Path) -> None:
    case = Case(EVIL, EVIL, EVIL, EVIL, reason=EVIL, proved=(EVIL,), certificates=(EVIL,))
    index = write_report([case], tmp_path, lambda _: EVIL)
    assert sorted(os.listdir(tmp_path)) == ["index.html", "system-1.html"]
    for name in os.listdir(tmp_path):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "<script" not in text
        assert "\x1b" not in text
        assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#x27;" in text
    assert index == tmp_path / "index.html"


def test_pages_load_nothing(tmp_path: Path) -> None:
    text = page("title", "<p>body</p>")
    assert "default-src 'none'" in text
    for word in ("http:", "https:", "//", "@import", "url(", "<script", "src="):
        assert word not in text


def test_an_unexpected_verdict_stands_out(tmp_path: Path) -> None:
    write_report([Case(expected=Verdict.REFUTED)], tmp_path)
    assert '<td class="other">VERIFIED</td>' in (tmp_path / "index.html").read_text()
    assert "expected REFUTED" in (tmp_path / "system.html").read_text()


def test_tables_come_from_the_checker(tmp_path: Path) -> None:
    good = solve("x^2*y^2 + (x - 1)^2 + (y - 1)^2").certificate()
    path = good.save(tmp_path / "good.json")
    accepted = certificate_section(str(path), tmp_path)
    assert "Accepted by the checker" in accepted
    assert '<a href="good.json">good.json</a>' in accepted
    assert "the list is complete" in accepted
    assert accepted.count("<tr>") == 1 + len(solve("x^2*y^2 + (x - 1)^2 + (y - 1)^2"))
    changed = good.text.replace('"minimum"', '"maximum"')
    assert changed != good.text
    (tmp_path / "bad.json").write_text(changed)
    rejected = certificate_section(str(tmp_path / "bad.json"), tmp_path)
    assert "The checker did not accept it" in rejected
    assert "<table" not in rejected
    assert "There is no such file" in certificate_section(str(tmp_path / "missing.json"), tmp_path)


def test_a_certificate_is_shown_once_per_page(tmp_path: Path) -> None:
    path = solve("x^2").certificate().save(tmp_path / "bowl.json")
    case = Case(certificates=(str(path),))
    write_report([case, case, case], tmp_path)
    text = (tmp_path / "system.html").read_text()
    assert text.count("Accepted by the checker") == 1
    assert text.count('<section id="certificate-1">') == 1
    assert text.count('<a href="#certificate-1">shown above</a>') == 2


def test_files_are_written_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomically(target, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(target, "new \ud800")
    assert target.read_text() == "old"
    write_atomically(target, "new")
    assert (target.read_text(), os.listdir(tmp_path)) == ("new", ["file"])
    with pytest.raises(InputError, match="cannot be written"):
        write_atomically(tmp_path / "no" / "file", "text")
    for wrong in (tmp_path, tmp_path / "no" / "file"):
        with pytest.raises(InputError):
            check_writable(wrong)
    check_writable(tmp_path / "another")
    assert os.listdir(tmp_path) == ["file"]


def test_lines_of_cases() -> None:
    assert case_line(Case()) == "VERIFIED   as expected  system/claim/case: nothing is proved  [0.2 s]"
    control = Case(role="control", verdict=Verdict.REFUTED, reason="a\x1bwitness", seconds=1.0)
    assert case_line(control) == "REFUTED    EXPECTED VERIFIED  system/claim/case (control): a witness  [1.0 s]"
    many = Case(reason="complete list", proved=("first", "second"))
    assert case_line(many).endswith(": complete list [2 proved statements]  [0.2 s]")
    assert case_line(Case(proved=("first",))).endswith(": first [1 proved statement]  [0.2 s]")
    cases = [Case(), control]
    assert tally(cases) == "1 system, 1 case, 1 control: 1 REFUTED, 1 VERIFIED; 1 not as expected"
    assert tally([]) == "0 systems, 0 cases, 0 controls: no verdict; all as expected"


def test_long_reasons_are_cut_on_the_terminal_only(tmp_path: Path) -> None:
    case = Case(reason="because " * 100)
    assert len(case_line(case)) < 300
    assert case_line(case).endswith("...  [0.2 s]")
    write_report([case], tmp_path)
    assert "because " * 100 in (tmp_path / "system.html").read_text(encoding="utf-8")


def test_the_index_explains_itself(tmp_path: Path) -> None:
    index = write_report([Case("one"), Case("two")], tmp_path, {"one": "A title\nmore", "two": ""}.__getitem__)
    text = index.read_text(encoding="utf-8")
    assert '<li><a href="one.html">one</a>: A title</li>' in text
    assert '<li><a href="two.html">two</a></li>' in text
    for word in ("VERIFIED: ", "REFUTED: ", "VACUOUS: ", "UNDECIDED: ", "A control drops one hypothesis"):
        assert word in text
