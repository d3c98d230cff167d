"""The page on the architecture names what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exactland.api import RULES

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
HOUSE = PAGE[PAGE.index("## The house") : PAGE.index("## Interfaces")]


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", text))


def test_the_house_is_the_package() -> None:
    parts = {path.name: path.is_dir() for path in (ROOT / "exactland").iterdir() if not path.name.startswith("_")}
    named = set(re.findall(r"\b([a-z_]+(?:\.py|(?=/)))", HOUSE)) - {"proofs", "tests", "forged", "claim.py"}
    assert {name for name in named if name not in parts} == set()
    assert {name for name, folder in parts.items() if folder and name not in named} == set()


def test_every_file_of_the_checker_has_a_place() -> None:
    section = HOUSE[HOUSE.index("    checker/") : HOUSE.index("    landscape.py")]
    stems = {path.stem for path in (ROOT / "exactland" / "checker").glob("*.py")} - {"__init__"}
    assert {stem for stem in stems if stem not in words(section)} == set()


@pytest.mark.parametrize("how", ["An engine", "A reduction", "A checker rule", "A claim"])
def test_it_says_how_to_add(how: str) -> None:
    assert f"\n**{how}.** " in PAGE or f"\n**{how}** " in PAGE


def test_every_path_exists() -> None:
    found = re.findall(r"`((?:exactland|tests|proofs|docs|engines|checker|certify|claims|solving)/[\w/.]+)`", PAGE)
    assert len(found) >= 8
    missing = [path for path in found if not (ROOT / path).exists() and not (ROOT / "exactland" / path).exists()]
    assert missing == []


def test_the_readme_names_every_family_of_rules() -> None:
    spec = (ROOT / "proofs" / "SPEC.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z](?:, [A-Z])*) \| ", readme, re.MULTILINE)
    named = [letter for row in rows for letter in row.split(", ")]
    assert sorted(named) == sorted(set(re.findall(r"\*\*([A-Z])[0-9]+\*\*", spec)))


def test_the_readme_names_every_option() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = (ROOT / "exactland" / "cli.py").read_text(encoding="utf-8")
    options = set(re.findall(r'"(--[a-z-]+)"', said)) - {"--version", "--without-engine"}
    assert len(options) >= 10
    assert {option for option in options if option not in readme} == set()
    assert {rule for rule in RULES if rule not in readme} == set()


def test_it_is_short() -> None:
    assert len(PAGE.splitlines()) <= 120


def test_no_file_holds_two_ideas() -> None:
    folders = ("exactland", "proofs", "tests", "benchmarks", "tools", "examples")
    lengths = {p: len(p.read_text("utf-8").splitlines()) for f in folders for p in (ROOT / f).rglob("*.py")}
    assert len(lengths) > 200
    assert {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > 600} == {}
