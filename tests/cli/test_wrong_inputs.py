"""What a newcomer gets wrong: one or two clear lines, the right exit code, no traceback, and quickly."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.running import exactland

SECONDS = 10.0
"""Far more than the second or two it takes alone: the machine may be busy."""
HEAD = 'schema = "exactland.problem/1"\n'


@dataclass(frozen=True)
class Case:
    """A problem file, the exit code, and words that the message contains."""

    content: str | bytes
    code: int
    said: tuple[str, ...]


def objective(expression: str, variables: str = '["a", "b"]', more: str = "") -> str:
    return f'{HEAD}[objective]\nvariables = {variables}\nexpression = "{expression}"\n{more}'


def network(
    activation: str = "identity",
    inputs: str = '[["1"]]',
    targets: str = '[["2"]]',
    ridge: str = '"1/10"',
    kind: str = "squared",
) -> str:
    return (
        f'{HEAD}[network]\nwidths = [1, 1, 1]\nactivation = "{activation}"\n'
        f"[data]\ninputs = {inputs}\ntargets = {targets}\n"
        f'[loss]\nkind = "{kind}"\nridge = {ridge}\n'
    )


CASES = {
    "empty file": Case("", 2, ("an empty file", "exactland.problem/1")),
    "no schema": Case("x = 1\n", 2, ("no key 'schema'",)),
    "not TOML": Case(HEAD + "[objective\n", 2, ("problem.toml, line 2: no TOML (expected ']'", "[objective-->")),
    "UTF-16": Case(objective("a^2 + b^2").encode("utf-16"), 2, ("UTF-16", "save the file as UTF-8")),
    "too large": Case(b"#" * 2_000_000, 2, ("more than 1000000 bytes",)),
    "deep arrays": Case(f"{HEAD}x = {'[' * 100_000}{']' * 100_000}", 2, ("nested too deeply",)),
    "deep tables": Case(f"{HEAD}x = {'{a=' * 50_000}1{'}' * 50_000}", 2, ("nested too deeply",)),
    "deep dotted table": Case(f"{HEAD}[{'.'.join('a' * 30_000)}]\n", 2, ("unknown key",)),
    "misspelt key": Case(objective("a^2 + b^2", more='postive = ["a"]'), 2, ("did you mean positive?",)),
    "unknown function": Case(
        objective("besselj(a) + b^2"), 2, ("unknown function 'besselj'", "the functions sqrt", "use one of these")
    ),
    "misspelt function": Case(
        objective("sgimoid(a) + b^2"), 2, ("unknown function 'sgimoid'", "did you mean sigmoid(...)?")
    ),
    "product without a sign": Case(objective("a(b + 1)"), 2, ("write a*(...) for a product",)),
    "unknown name": Case(objective("a + c"), 2, ("unknown name 'c'", "add 'c' to the variables")),
    "open parenthesis": Case(objective("(a + b"), 2, ("never closed",)),
    "superscript": Case(objective("a² + b"), 2, ("write the square as ^2",)),
    "50,000 parentheses": Case(objective("(" * 50_000 + "a" + ")" * 50_000), 2, ("at most 100000 characters",)),
    "huge exponent": Case(objective("(a + b)^1000000"), 2, ("exponent", "lower the degree")),
    "tower of exponents": Case(objective("a^2^2^2^2^2^2"), 2, ("exponent", "lower the degree")),
    "division by zero": Case(objective("a/0 + b"), 2, ("division by zero",)),
    "division by a - a": Case(objective("1/(a - a) + b^2"), 2, ("division by zero, as 'a - a' expands to 0",)),
    "name twice": Case(objective("a^2", '["a", "a"]'), 2, ("twice",)),
    "17 variables": Case(objective("x1^2", str([f"x{i}" for i in range(17)]).replace("'", '"')), 2, ("at most 16",)),
    "10,000 digits in text": Case(objective(f"a^2 + {'7' * 10_000}*b^2"), 2, ("10000", "at most 1000 digits")),
    "10,000 digits in TOML": Case(
        network(ridge="7" * 10_000), 2, ("line 10: an integer of 10000 digits", "at most 1000")
    ),
    "TOML float": Case(network(ridge="0.1"), 2, ("loss.ridge: the float 0.1", 'write "0.1" in quotes')),
    "row too long": Case(network(inputs='[["1", "2"]]'), 2, ("data.inputs, row 1", "2 numbers")),
    "targets missing": Case(network(inputs='[["1"], ["2"]]'), 2, ("data.targets", "one target per input")),
    "misspelt activation": Case(network("identty"), 2, ("did you mean identity?",)),
    "misspelt loss": Case(network(kind="squaerd"), 2, ("did you mean squared?",)),
    "hinge loss": Case(network(kind="hinge"), 3, ("hinge loss is not built yet",)),
    "relu network": Case(network("relu"), 3, ("relu", "not built yet")),
    "tanh network": Case(network("tanh"), 3, ("tanh", "not built yet")),
    "relu": Case(objective("relu(a*b - 1) + a^2"), 3, ("not established: completeness", "not built yet", "relu")),
    "tanh": Case(objective("tanh(a)*b + a^2"), 3, ("not established: completeness", "not built yet", "tanh")),
    "zero over a": Case(
        objective("0/a + a^2 + b^2"), 3, ("rational functions are not built yet", "division by a variable")
    ),
    "rational": Case(objective("1/a + a^2 + b^2"), 3, ("rational functions are not built yet",)),
    "positive": Case(objective("a^2 + b^2", more='positive = ["a"]'), 3, ("positivity constraints",)),
}


@pytest.mark.parametrize("name", CASES)
def test_message_code_and_time(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    file = tmp_path / "problem.toml"
    file.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    start = time.monotonic()
    outcome = exactland("solve", "problem.toml", cwd=tmp_path)
    assert time.monotonic() - start < SECONDS
    assert outcome.code == case.code
    message = outcome.out + outcome.err
    assert [words for words in case.said if words not in message] == []
    assert "Traceback" not in message
    assert "internal error" not in message
    assert len(outcome.err.splitlines()) <= 2
    assert max(map(len, message.splitlines())) < 400
    assert list(tmp_path.iterdir()) == [file]


def test_an_answer_of_zero_data_is_ordinary(tmp_path: Path) -> None:
    (tmp_path / "zero.toml").write_text(network(inputs='[["0"]]', targets='[["0"]]'))
    outcome = exactland("solve", "zero.toml", cwd=tmp_path)
    assert (outcome.code, outcome.err) == (0, "")
    assert "not established: nothing" in outcome.out


def test_a_directory_or_nothing_as_problem_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, words in (("folder", "a directory"), ("missing.toml", "no such file")):
        outcome = exactland("solve", name, cwd=tmp_path)
        assert (outcome.code, outcome.out) == (2, "")
        assert words in outcome.err


CERTIFICATES = {
    "empty": (b"", 1, "REJECT"),
    "binary": (bytes(range(256)) * 1000, 1, "REJECT"),
    "another object": (b"{}", 1, "REJECT"),
    "not a number": (b'{"schema": NaN}', 1, "REJECT"),
    "key twice": (b'{"schema": "a", "schema": "b"}', 1, "REJECT"),
    "200,000 nested lists": (b"[" * 200_000 + b"]" * 200_000, 3, "RESOURCE"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_wrong_certificates(name: str, tmp_path: Path) -> None:
    content, code, word = CERTIFICATES[name]
    (tmp_path / "wrong.json").write_bytes(content)
    start = time.monotonic()
    outcome = exactland("check", "wrong.json", cwd=tmp_path)
    assert time.monotonic() - start < SECONDS
    assert (outcome.code, outcome.err) == (code, "")
    assert outcome.out.startswith(f"{word} wrong.json: ")
    assert len(outcome.out.splitlines()) == 1


def test_a_directory_or_nothing_as_certificate(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, words in (("folder", "folder: a directory"), ("missing.json", "missing.json: no such file")):
        outcome = exactland("check", name, cwd=tmp_path)
        assert (outcome.code, outcome.out) == (2, "")
        assert words in outcome.err
        assert "the path of a certificate" in outcome.err


def test_a_certificate_as_problem_file(tmp_path: Path) -> None:
    (tmp_path / "landscape.json").write_text('{"schema": "exactland.certificate/1"}')
    outcome = exactland("solve", "landscape.json", cwd=tmp_path)
    assert (outcome.code, outcome.out) == (2, "")
    assert "no TOML" in outcome.err
    assert "a certificate is for exactland check" in outcome.err


def test_a_certificate_of_another_problem(tmp_path: Path) -> None:
    problem, other = tmp_path / "own.toml", tmp_path / "other.toml"
    problem.write_text(objective("(a*b - 1)^2 + 0.1*(a^2 + b^2)"))
    other.write_text(objective("(a*b - 2)^2 + 0.1*(a^2 + b^2)"))
    assert exactland("solve", "own.toml", "--certificate", "own.json", cwd=tmp_path).code == 0
    problem.write_text(objective("(a * b-1)^2 + 1/10*(a^2 + b^2)"))  # the same in another spelling
    accepted = exactland("check", "own.json", "--problem", "own.toml", cwd=tmp_path)
    assert (accepted.code, accepted.err) == (0, "")
    assert accepted.out == exactland("check", "own.json", cwd=tmp_path).out
    wrong = exactland("check", "--problem", "other.toml", "own.json", cwd=tmp_path)
    assert (wrong.code, wrong.err) == (1, "")
    assert wrong.out.startswith("REJECT own.json: a valid certificate of another problem: found ")
    assert len(wrong.out.splitlines()) == 1
    missing = exactland("check", "own.json", "--problem", "none.toml", cwd=tmp_path)
    assert (missing.code, missing.out) == (2, "")
    assert "none.toml: no such file" in missing.err


COMMAND_LINES = {
    "no command": ((), "COMMAND"),
    "misspelt command": (("sovle",), "did you mean solve?"),
    "no file": (("solve",), "FILE"),
    "unknown option": (("solve", "x.toml", "--fast"), "--fast"),
    "seconds in words": (("solve", "x.toml", "--seconds", "many"), "number of seconds"),
    "no seconds": (("solve", "x.toml", "--seconds", "0"), "number of seconds"),
    "not a number of seconds": (("solve", "x.toml", "--seconds", "nan"), "number of seconds"),
    "misspelt engine": (("solve", "examples/product.toml", "--engine", "macauley"), "did you mean macaulay?"),
    "unknown engine": (("solve", "examples/product.toml", "--without-engine", "zzz"), "no engine 'zzz'"),
    "unknown unwanted engine": (
        ("solve", "examples/product.toml", "--without", "zzz"),
        "homotopy, orbits, loops, macaulay, msolve, singular, phcpack",
    ),
    "misspelt rule": (("solve", "examples/product.toml", "--rule", "ranks"), "fix: did you mean rank?"),
    "certificate in no directory": (("solve", "examples/product.toml", "--certificate", "no/where"), "no directory"),
    "certificate is a directory": (("solve", "examples/product.toml", "--certificate", "."), "directory"),
    "no certificate": (("check",), "CERTIFICATE"),
    "part of the name of a system": (("explain", "deep_learning"), "did you mean deep_learning_without_poor"),
    "no system": (("verify", "zzz"), "see exactland list"),
    "megabytes below zero": (("check", "x.json", "--megabytes", "-1"), "--megabytes"),
}


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_wrong_command_lines(name: str) -> None:
    arguments, words = COMMAND_LINES[name]
    outcome = exactland(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
    assert 1 <= len(outcome.err.splitlines()) <= 2
