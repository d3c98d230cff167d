from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exactland as el
from exactland.errors import InputError, NotBuilt
from exactland.polynomial import evaluate
from exactland.problem_file import load_problem

HEAD = 'schema = "exactland.problem/1"\n'
EXPRESSION = HEAD + '[objective]\nvariables = ["a", "b"]\nexpression = "1/2*(a*b - 1)^2"\n'
DATA = '[data]\ninputs = [["1", "0"], ["0", "1"]]\ntargets = [["2", "0"], ["0", "1"]]\n'
LOSS = '[loss]\nkind = "squared"\nscale = "1/2"\nridge = "1/10"\n'
NETWORK = HEAD + "[network]\nwidths = [2, 1, 2]\n" + DATA + LOSS


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "p.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_an_expression_file(tmp_path: Path) -> None:
    text = EXPRESSION.replace("[objective]", 'title = "two layers"\n[objective]') + 'positive = ["a"]\non_sphere = []\n'
    objective = load_problem(written(tmp_path, text))
    assert objective.title == "two layers"
    assert objective.variables == ("a", "b")
    assert objective.positive == ("a",)
    assert str(objective.expression) == "1/2*(a*b - 1)^2"


def test_a_network_file(tmp_path: Path) -> None:
    objective = load_problem(str(written(tmp_path, NETWORK)))
    net = el.networks.Dense([2, 1, 2])
    same = el.losses.squared(net, inputs=[[1, 0], [0, 1]], targets=[[2, 0], [0, 1]], ridge="1/10")
    assert objective == same
    assert objective.statement == same.statement
    assert evaluate(objective.polynomial, [1, 1, 1, 1]) == Fraction(27, 10) - 1
    assert el.load_problem is load_problem


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    plain = load_problem(written(tmp_path, EXPRESSION))
    assert load_problem(written(tmp_path, b"\xef\xbb\xbf" + EXPRESSION.encode())) == plain


def test_defaults(tmp_path: Path) -> None:
    text = NETWORK.replace('scale = "1/2"\nridge = "1/10"\n', "")
    assert load_problem(written(tmp_path, text)).statement["loss"] == {"kind": "squared", "scale": "1/2", "ridge": "0"}


def test_integers_need_no_quotes_and_no_data_is_allowed(tmp_path: Path) -> None:
    text = NETWORK.replace(DATA, "[data]\ninputs = []\ntargets = []\n").replace('"1/10"', "[1, 2, 3, 4]")
    objective = load_problem(written(tmp_path, text))
    assert evaluate(objective.polynomial, [1, 1, 1, 1]) == 5
    assert objective.statement["loss"]["ridge"] == ["1", "2", "3", "4"]


WRONG: list[tuple[str, str | bytes, list[str]]] = [
    ("empty", "", ["p.toml: an empty file", "[objective]", 'write schema = "exactland.problem/1"']),
    ("only a comment", "# nothing\n", ["an empty file"]),
    ("no schema", EXPRESSION.replace(HEAD, ""), ["no key 'schema'", 'write schema = "exactland.problem/1"']),
    ("another schema", EXPRESSION.replace("/1", "/2", 1), ["schema: 'exactland.problem/2'", '"exactland.problem/1"']),
    ("schema 1", EXPRESSION.replace('"exactland.problem/1"', "1"), ["schema: 1"]),
    (
        "an unknown key",
        HEAD + "titel = 1\n" + EXPRESSION.replace(HEAD, ""),
        ["the unknown key 'titel'", "did you mean title?"],
    ),
    (
        "a key outside its table",
        HEAD + 'variables = ["a"]\nobjective = "a^2"\n',
        ["the key 'variables' outside [objective]", "write it below [objective]"],
    ),
    (
        "a title number",
        HEAD + "title = 3\n" + EXPRESSION.replace(HEAD, ""),
        ["title: the title 3", "one line of at most 200"],
    ),
    ("two lines in the title", HEAD + 'title = "a\\nb"\n', ["title: the title"]),
    ("neither", HEAD, ["neither [objective] nor [network]", "add [objective]"]),
    ("both", EXPRESSION + "[network]\nwidths = [1, 1]\n", ["both [objective] and [network]", "remove [network]"]),
    ("data besides objective", EXPRESSION + DATA, ["both [objective] and [data]", "remove [data]"]),
    ("no data", NETWORK.replace(DATA, ""), ["[network] without [data]", "add [data]"]),
    ("no loss", NETWORK.replace(LOSS, ""), ["[network] without [loss]", "add [loss]"]),
    ("objective is text", HEAD + 'objective = "a"\n', ["objective: 'a'", "a table", "write [objective]"]),
    ("network is a list", HEAD + "network = [1]\n" + DATA + LOSS, ["network: [1]", "a table"]),
    (
        "no variables",
        EXPRESSION.replace('variables = ["a", "b"]\n', ""),
        ["objective: no key 'variables'", "add variables"],
    ),
    (
        "no expression",
        EXPRESSION.replace("expression =", "expresion ="),
        ["objective: the unknown key 'expresion'", "did you mean expression?"],
    ),
    (
        "a typo in the expression",
        EXPRESSION.replace("a*b", "a*c"),
        ["objective.expression: the unknown name 'c'", "here: 1/2*(a*-->c - 1)^2"],
    ),
    (
        "a syntax error",
        EXPRESSION.replace("a*b", "a b"),
        ["objective.expression: 'b' without an operator", "character 8", "write *"],
    ),
    ("an expression number", EXPRESSION.replace('"1/2*(a*b - 1)^2"', "3"), ["objective.expression: 3", "a text"]),
    ("variables as text", EXPRESSION.replace('["a", "b"]', '"a b"'), ["objective.variables: 'a b'", "a list of names"]),
    ("a variable number", EXPRESSION.replace('["a", "b"]', '["a", 1]'), ["objective.variables: the name 1"]),
    ("a function's name", EXPRESSION.replace('["a", "b"]', '["a", "exp"]'), ["objective.variables: the name 'exp'"]),
    ("empty variables", EXPRESSION.replace('["a", "b"]', "[]"), ["objective.variables: no variables"]),
    ("positive", EXPRESSION + 'positive = ["c"]\n', ["objective.positive: the unknown name 'c'", "the variables a, b"]),
    ("a float scale", NETWORK.replace('"1/2"', "0.5"), ["loss.scale: the float 0.5", 'write "0.5" in quotes']),
    (
        "a float input",
        NETWORK.replace('["0", "1"]]\ntar', '["0", 0.1]]\ntar'),
        ["data.inputs, row 2, number 2: the float 0.1", 'write "0.1" in quotes'],
    ),
    (
        "a float as it is written",
        NETWORK.replace('"1/10"', "[1, 2, 0.100_000_000_000_000_000_001, 3]"),
        ["loss.ridge, number 3: the float 0.100_000", 'write "0.100000000000000000001" in quotes'],
    ),
    (
        "a long float",
        NETWORK.replace('"1/10"', "0." + "3" * 500),
        ["loss.ridge: the float 0.333", "write it in quotes"],
    ),
    ("a float for a name", EXPRESSION.replace('["a", "b"]', '["a", 1.5]'), ["objective.variables: the name 1.5"]),
    ("nan", NETWORK.replace('"1/10"', "nan"), ["loss.ridge: the float nan", "leave it out"]),
    ("infinity", NETWORK.replace('"1/10"', "-inf"), ["loss.ridge: the float -inf"]),
    ("a zero denominator", NETWORK.replace('"1/10"', '"1/0"'), ["loss.ridge: '1/0', a zero denominator"]),
    ("a date", NETWORK.replace('"1/10"', "2020-01-01"), ["loss.ridge:", "an integer, 'p/q'"]),
    ("true", NETWORK.replace('"1/10"', "true"), ["loss.ridge: the truth value True"]),
    ("a table for a number", NETWORK.replace('"1/10"', "{a = 1}"), ["loss.ridge: "]),
    (
        "a long row",
        NETWORK.replace('["2", "0"]', '["2", "0", "1"]'),
        ["data.targets, row 1: 3 numbers", "rows of 2 numbers (the last width is 2)"],
    ),
    ("fewer targets", NETWORK.replace('["2", "0"], ', ""), ["data.targets: 1 rows", "2 rows"]),
    (
        "an unknown loss",
        NETWORK.replace('"squared"', '"sqared"'),
        ["loss.kind: the loss 'sqared'", "did you mean squared?"],
    ),
    ("a loss number", NETWORK.replace('"squared"', "2"), ["loss.kind: the loss 2", 'write kind = "squared"']),
    ("a loss list", NETWORK.replace('"squared"', "[[1]]"), ["loss.kind: the loss [[1]]"]),
    (
        "an unknown key of the loss",
        NETWORK.replace("ridge", "ridg"),
        ["loss: the unknown key 'ridg'", "did you mean ridge?"],
    ),
    (
        "an unknown key of the network",
        NETWORK.replace("widths", "width"),
        ["network: the unknown key 'width'", "did you mean widths?"],
    ),
    ("an unknown key of the data", NETWORK.replace("inputs", "input"), ["data: the unknown key 'input'"]),
    ("a width", NETWORK.replace("[2, 1, 2]", "[2, 1.5, 2]"), ["network.widths: the width 1.5"]),
    ("too wide", NETWORK.replace("[2, 1, 2]", "[2, 99, 2]"), ["network.widths: 396 trained weights", "at most 16"]),
    (
        "an output",
        NETWORK.replace(DATA, "output = [1]\n" + DATA),
        ["network.output: 1 number\n", "2 numbers (2 x 1, row by row)"],
    ),
    ("no TOML", "a = \n", ["p.toml, line 1: no TOML (invalid value) at character 5, here: a = -->"]),
    ("a key twice", HEAD + HEAD, ["p.toml, line 2: no TOML (cannot overwrite a value)"]),
    (
        "an open bracket",
        HEAD + "[objective\n",
        [
            "p.toml, line 2: no TOML (expected ']' at the end of a table declaration)",
            "character 11, here: [objective-->",
        ],
    ),
    ("an open list", HEAD + "x = [1, 2\n", ["p.toml, line 3: no TOML (unclosed array) at the end of the file"]),
    (
        "long lines",
        HEAD + 'x = "' + "y" * 500 + '" z\n',
        ["line 2: no TOML (expected newline", "character 508", 'yyy" -->z'],
    ),
    ("long keys", HEAD + ("[" + "k" * 500 + "]\n") * 2, ["p.toml, line 3: no TOML (cannot declare ('kkk", "...)"]),
    ("Windows lines", HEAD.replace("\n", "\r\n") + "x = [1,,2]\r\n", ["p.toml, line 2: ", "here: x = [1,-->,2]"]),
    ("no UTF-8", HEAD.encode() + b"\xff", ["line 2: bytes that are no UTF-8, from byte 31", "save the file as UTF-8"]),
    ("UTF-16", EXPRESSION.encode("utf-16"), ["UTF-16 text", "save the file as UTF-8"]),
    ("a null byte", b"\x00", ["no TOML"]),
    ("deep arrays", HEAD + "title = " + "[" * 100_000, ["nested too deeply"]),
    ("deep closed arrays", HEAD + "title = " + "[" * 5000 + "]" * 5000 + "\n", ["nested too deeply"]),
    ("deep data", NETWORK.replace('["2", "0"]', "[" * 60 + "]" * 60), ["data.targets, row 1, number 1"]),
    ("deep keys", HEAD + "x" + ".x" * 3000 + " = 1\n", ["the unknown key 'x'"]),
    (
        "a long integer",
        NETWORK.replace('"1/10"', "7" * 10_000),
        ["p.toml, line 10: an integer of 10000 digits", "at most 1000 digits", "use a shorter number"],
    ),
    (
        "a longish integer",
        NETWORK.replace('"1/10"', "9" * 2000),
        ["loss.ridge: a number of about", "at most 1000 digits"],
    ),
    (
        "a long number",
        NETWORK.replace('"1/10"', '"' + "9" * 10_000 + '"'),
        ["loss.ridge: a number of 10000 characters"],
    ),
    ("too large", HEAD + "#" * 1_000_001, ["a file of more than 1000000 bytes", "shorten it"]),
    (
        "a high power",
        EXPRESSION.replace("^2", "^999999999"),
        ["objective.expression: the exponent 999999999", "from -64 to 64"],
    ),
]


@pytest.mark.parametrize(("text", "parts"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_file_is_refused_with_file_and_key(tmp_path: Path, text: str | bytes, parts: list[str]) -> None:
    path = written(tmp_path, text)
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        load_problem(path)
    message = str(caught.value)
    assert time.perf_counter() - start < 5
    assert [part for part in parts if part not in message] == []
    assert caught.value.file == str(path)
    assert message.count("\n") == 1
    assert "allowed: " in message
    assert len(message) < 600 + len(str(path))


@pytest.mark.parametrize("kind", ["logistic", "cross_entropy", "hinge"])
def test_losses_that_are_not_built(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, NETWORK.replace("squared", kind))
    with pytest.raises(NotBuilt) as caught:
        load_problem(path)
    assert f"{path}: the {kind} loss is not built yet" in str(caught.value)


def test_networks_that_are_not_built(tmp_path: Path) -> None:
    path = written(tmp_path, NETWORK.replace(DATA, 'activation = "tanh"\n' + DATA))
    with pytest.raises(NotBuilt) as caught:
        load_problem(path)
    assert f"{path}: networks with the activation tanh (analytic) are not built yet" in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    cases = [(tmp_path / "none.toml", "no such file"), (tmp_path, "a directory"), (Path("a\0b"), "cannot be read")]
    for path, part in cases:
        with pytest.raises(InputError) as caught:
            load_problem(path)
        assert part in str(caught.value)
        assert str(caught.value).count("\n") == 1
    with pytest.raises(InputError, match="3 as path"):
        load_problem(3)  # type: ignore[arg-type]


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda text: (HEAD + text).encode())))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = written(tmp_path_factory.mktemp("any"), content)
    with pytest.raises(InputError) as caught:
        load_problem(path)
    assert str(caught.value).count("\n") == 1
