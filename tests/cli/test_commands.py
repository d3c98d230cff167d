"""The commands as a shell sees them: what they print, which file they write, and the exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from exactland import cli
from exactland.objective import Objective
from tests.cli.running import ROOT, exactland

ENGINES = ("homotopy", "orbits", "loops", "macaulay", "msolve", "singular", "phcpack")
PRODUCT = "examples/product.toml"
LANDSCAPE_KEYS = [
    "schema", "title", "problem_sha256", "class", "complete", "reason", "counts", "infimum", "critical", "clarke_only",
    "certificate", "seconds", "engines",
]  # fmt: skip


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, time\nstart = time.monotonic()\nfrom exactland.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = sorted({'sympy', 'numpy', 'flint', 'mpmath'} & set(sys.modules))\n"
        "print(heavy, time.monotonic() - start, file=sys.stderr)\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True) for _ in "ab"
    ]
    heavy, seconds = zip(*(run.stderr.split() for run in runs), strict=True)
    assert set(heavy) == {"[]"}
    assert min(map(float, seconds)) < 0.5
    for name in ("solve", "check", "verify", "list", "explain", "report", "doctor"):
        assert f"\n    {name} " in runs[0].stdout


def test_version() -> None:
    from exactland import __version__

    assert exactland("--version").out == f"exactland {__version__}\n"


def test_solve_prints_a_table_and_nothing_else() -> None:
    outcome = exactland("solve", PRODUCT)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[1] == "  complete: proved; 5 complex critical points, 3 of them real"
    assert sum("minimum, global" in line for line in lines) == 2
    assert lines[-2].startswith("  provenance: searched by macaulay")
    assert lines[-1] == "  not established: nothing"
    assert "\x1b" not in outcome.out


def test_solve_json_has_the_documented_keys(tmp_path: Path) -> None:
    target = tmp_path / "product.json"
    outcome = exactland("solve", PRODUCT, "--json", "--certificate", str(target))
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert list(found) == LANDSCAPE_KEYS
    assert found["schema"] == "exactland.landscape/1"
    assert (found["complete"], found["certificate"]) == ("proved", str(target))
    assert (found["counts"]["real_points"], found["counts"]["complex_points"]) == (3, 5)
    assert sorted(found["critical"][0]["point"]) == ["a", "b"]
    assert os.listdir(tmp_path) == ["product.json"]


def test_solve_json_says_on_stderr_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "open.toml"
    file.write_text('schema = "exactland.problem/1"\n[objective]\nvariables = ["a"]\nexpression = "tanh(a)"\n')
    outcome = exactland("solve", str(file), "--json", "--certificate", str(tmp_path / "none.json"))
    assert outcome.code == 3
    found = json.loads(outcome.out)
    assert (found["complete"], found["certificate"], found["critical"]) == ("open", None, [])
    assert "no certificate was written" in outcome.err
    assert "not built yet" in outcome.err
    assert os.listdir(tmp_path) == ["open.toml"]


def test_solve_writes_no_file_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_bytes((ROOT / PRODUCT).read_bytes())
    assert exactland("solve", "p.toml", cwd=tmp_path).code == 0
    assert os.listdir(tmp_path) == ["p.toml"]


def test_engines_are_chosen_by_name() -> None:
    one = exactland("solve", PRODUCT, "--engine", "macaulay", "--json")
    assert one.code == 0
    assert list(json.loads(one.out)["engines"]) == ["macaulay"]
    none = exactland("solve", PRODUCT, "--engine", "macaulay", "--without-engine", "macaulay")
    assert (none.code, none.out) == (2, "")
    assert "no engine is left" in none.err
    without = exactland("solve", PRODUCT, "--without", "homotopy", "--without", "msolve", "--json")
    assert list(json.loads(without.out)["engines"]) == ["macaulay"]


def test_at_most_twenty_rows_unless_all(tmp_path: Path) -> None:
    text = " + ".join(f"(x{i}^2 - {i})^2" for i in (1, 2, 3))
    file = tmp_path / "many.toml"
    file.write_text(
        f'schema = "exactland.problem/1"\n[objective]\nvariables = ["x1", "x2", "x3"]\nexpression = "{text}"\n'
    )
    short, full = exactland("solve", str(file)), exactland("solve", str(file), "--all")
    assert (short.code, full.code) == (0, 0)
    assert (short.out.count("proved by"), full.out.count("proved by")) == (20, 27)
    assert "7 more rows" in short.out
    assert "more rows" not in full.out


def test_check_accepts_and_the_checker_alone_agrees(tmp_path: Path) -> None:
    target = tmp_path / "product.json"
    assert exactland("solve", PRODUCT, "--certificate", str(target)).code == 0
    mine = exactland("check", "product.json", cwd=tmp_path)
    command = [sys.executable, "-I", "-S", str(ROOT / "exactland" / "checker"), "product.json"]
    alone = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (mine.code, mine.err) == (0, "")
    assert (alone.returncode, alone.stdout) == (0, mine.out)
    assert mine.out.startswith("ACCEPT product.json\n")


def test_check_rejects_a_changed_certificate(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    assert exactland("solve", PRODUCT, "--certificate", str(good)).code == 0
    changed = good.read_text().replace("strict_saddle", "minimum")
    assert changed != good.read_text()
    bad.write_text(changed)
    outcome = exactland("check", "good.json", "bad.json", "--json", cwd=tmp_path)
    assert (outcome.code, outcome.err) == (1, "")
    found = json.loads(outcome.out)
    assert found["schema"] == "exactland.check/1"
    assert [(c["certificate"], c["outcome"], c["code"]) for c in found["certificates"]] == [
        ("good.json", "ACCEPT", 0),
        ("bad.json", "REJECT", 1),
    ]


def test_check_takes_names_that_begin_with_a_dash(tmp_path: Path) -> None:
    (tmp_path / "-x.json").write_text("{}")
    for arguments in (("--", "-x.json"), ("--json", "--", "-x.json"), ("./-x.json",), (str(tmp_path / "-x.json"),)):
        outcome = exactland("check", *arguments, cwd=tmp_path)
        assert (outcome.code, outcome.err) == (1, "")
        assert "REJECT" in outcome.out


CHECKS = {
    "two good": (["good.json", "good.json"], 0, ["ACCEPT", "ACCEPT"]),
    "one changed": (["good.json", "bad.json"], 1, ["ACCEPT", "REJECT"]),
    "one too deep": (["deep.json", "good.json"], 3, ["RESOURCE", "ACCEPT"]),
    "a rejection outweighs a limit": (["deep.json", "bad.json"], 1, ["RESOURCE", "REJECT"]),
    "a missing file outweighs all": (["bad.json", "none.json", "good.json"], 2, ["REJECT", "ERROR", "ACCEPT"]),
}


@pytest.mark.parametrize("name", CHECKS)
def test_check_of_several_files(name: str, tmp_path: Path) -> None:
    files, code, outcomes = CHECKS[name]
    assert exactland("solve", PRODUCT, "--certificate", str(tmp_path / "good.json")).code == 0
    (tmp_path / "bad.json").write_text((tmp_path / "good.json").read_text().replace("strict_saddle", "minimum"))
    (tmp_path / "deep.json").write_text("[" * 200_000 + "]" * 200_000)
    text, data = (
        exactland("check", *files, cwd=tmp_path),
        exactland("check", files[0], "--json", *files[1:], cwd=tmp_path),
    )
    assert (text.code, data.code) == (code, code)
    spoken = [line.split(" ")[0] for line in text.out.splitlines() if not line.startswith(" ")]
    assert spoken == [word for word in outcomes if word != "ERROR"]
    assert [found["outcome"] for found in json.loads(data.out)["certificates"]] == outcomes
    assert text.err == data.err
    assert ("none.json: no such file\n  allowed: the path of a certificate" in text.err) == ("ERROR" in outcomes)


def test_rules_are_chosen_by_name() -> None:
    from exactland.api import RULES

    text = exactland("solve", "--help").out
    assert [rule for rule in RULES if rule not in text] == []
    for rule in ("rank", "levels", "ideal"):
        outcome = exactland("solve", PRODUCT, "--engine", "macaulay", "--rule", rule, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        assert (json.loads(outcome.out)["counts"]["complex_points"] is None) == (rule == "ideal")


def test_minimal_polynomials_on_demand() -> None:
    usual = json.loads(exactland("solve", PRODUCT, "--json").out)
    assert usual["critical"][0]["point"]["a"]["minimal_polynomial"] is None
    found = json.loads(exactland("solve", PRODUCT, "--minimal-polynomials", "--json").out)
    assert found["critical"][0]["point"]["a"]["minimal_polynomial"] == "10*t^2 - 9"


def test_an_empty_list_is_no_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from exactland.landscape import Certificate, Completeness, Landscape

    def empty(objective: Objective, **_: object) -> Landscape:
        return Landscape(
            objective, Completeness.OPEN, "time limit", evidence=Certificate("{}", SimpleNamespace(proved=("problem",)))
        )

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("exactland.api.solve", empty)
    target = tmp_path / "none.json"
    assert cli.main(["solve", PRODUCT, "--certificate", str(target)]) == 3
    said = capsys.readouterr()
    assert "no certificate was written, because nothing was proved" in said.err
    assert "accepted" not in said.out
    assert not target.exists()


def test_doctor_finds_itself_well() -> None:
    text, data = exactland("doctor"), exactland("doctor", "--json")
    assert (text.code, data.code) == (0, 0)
    assert text.out.splitlines()[-1].endswith(": ok")
    found = json.loads(data.out)
    assert [engine["name"] for engine in found["engines"]] == [*ENGINES]
    assert all(engine["purpose"] and engine["how_to_get"] for engine in found["engines"])
    assert all(f"engine {engine['name']}: " in text.out for engine in found["engines"])
    assert (found["schema"], found["ok"], found["self_test"]) == ("exactland.doctor/1", True, "ok")
    assert {engine["name"]: engine["available"] for engine in found["engines"]}["macaulay"] is True


def test_interruption_is_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_bytes((ROOT / PRODUCT).read_bytes())
    waiting = (
        "import signal, sys, time, exactland.api\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell in the background ignores it
        "def slow(*_, **__):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "exactland.api.solve = slow\nfrom exactland.cli import main\n"
        "sys.exit(main(['solve', 'p.toml', '--certificate', 'c.json']))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", waiting], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        start = time.monotonic()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (130, "exactland: interrupted\n")
    assert time.monotonic() - start < 10
    assert os.listdir(tmp_path) == ["p.toml"]


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m exactland.cli solve {PRODUCT} --json | head -c 1"
    run = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("{", "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line() -> None:
    command = f"{sys.executable} -m exactland.cli solve {PRODUCT} > /dev/full"
    run = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("exactland: the system refused to read or write: ")
    assert len(run.stderr.splitlines()) == 1


def test_closed_streams_are_no_error() -> None:
    command = f"{sys.executable} -m exactland.cli solve {PRODUCT} >&- 2>&-"
    run = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_an_ascii_locale(tmp_path: Path) -> None:
    text = (ROOT / PRODUCT).read_text().replace("a product", "ein Produkt für λ")
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    outcome = exactland("solve", "p.toml", cwd=tmp_path, environment=ascii_only)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Landscape of ein Produkt f\\xfcr \\u03bb ")


def test_an_unexpected_exception_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nsecret line")

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("exactland.api.solve", broken)
    assert cli.main(["solve", PRODUCT]) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(
        r"exactland: internal error, please report it: ZeroDivisionError: a\n  EXACTLAND_DEBUG.*\n", said.err
    )
    monkeypatch.setenv("EXACTLAND_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["solve", PRODUCT])


def test_progress_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with cli._Progress() as progress:
        progress("unseen")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with cli._Progress() as progress:
        progress("engine\x1b[31m macaulay")
        progress("done")
    err = capsys.readouterr().err
    assert err.startswith("\rengine [31m macaulay\rdone")
    assert err.endswith("\r")
    assert "\x1b" not in err
