"""What the text of the checker does not contain: other packages, floats, assertions, truncating loops, global state."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKER = Path(__file__).resolve().parents[2] / "exactland" / "checker"
FILES = sorted(CHECKER.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
MAX_LINES = 7_600  # of all files together: what has to be read to trust it
EXACT_DIVISIONS = {  # the places of `/`, all between fractions
    "boxes.py": {"bound * Fraction(box.radius, 1 << bits) ** 2 / 2"},
    "facts.py": {"(low + high) / 2", "(high - low) / 2"},
    "fields.py": {
        "(low + high) / 2",
        "(high - low) / 2",
        "(value - half * slope) / den",
        "(value + half * slope) / den",
    },
    "kinds.py": {"rows[i][column] / rows[column][column]"},
    "problem.py": {"Fraction(c) / right[zero]"},
    "inertia.py": {"row.pop(pivot) / value"},
    "reductions.py": {"own.get(lead, Fraction(0)) / square.get(lead, Fraction(1))", "-1 / weight", "-1 / divisor"},
    "slices.py": {"-number / slope"},
}
INTEGERS_FROM_TEXT = {  # the calls of int(...), each behind a match of digits and a limit of length
    "kernel.py": {"int(text)", "int(value)"},
    "problem.py": {"int(text)", "int(whole + places)"},
    "kinds.py": {"int(entry['sign'])"},
    "__main__.py": {"int(text)"},
}

pytestmark = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(TREES[path]) if isinstance(node, kinds))


def calls(path: Path, name: str) -> list[ast.Call]:
    return [c for c in nodes(path, ast.Call) if isinstance(c, ast.Call) and ast.unparse(c.func).split(".")[-1] == name]


def test_it_is_short(path: Path) -> None:
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in FILES}
    assert lines[path] <= 400
    assert sum(lines.values()) <= MAX_LINES


def test_only_the_standard_library(path: Path) -> None:
    for node in nodes(path, ast.Import):
        assert isinstance(node, ast.Import)
        assert {alias.name.split(".")[0] for alias in node.names} <= sys.stdlib_module_names
    for node in nodes(path, ast.ImportFrom):
        assert isinstance(node, ast.ImportFrom)
        assert node.level == 1 or (node.module or "").split(".")[0] in sys.stdlib_module_names


def test_no_assertion(path: Path) -> None:
    assert list(nodes(path, ast.Assert)) == []


def test_no_float(path: Path) -> None:
    constants = [n.value for n in nodes(path, ast.Constant) if isinstance(n, ast.Constant)]
    assert not [c for c in constants if isinstance(c, float | complex)]
    names = {n.id for n in nodes(path, ast.Name) if isinstance(n, ast.Name)}
    assert names.isdisjoint(
        {"float", "complex", "round", "eval", "exec", "compile", "__import__", "getattr", "globals"}
    )
    modules = {alias.name for n in nodes(path, ast.ImportFrom) if isinstance(n, ast.ImportFrom) for alias in n.names}
    assert modules.isdisjoint({"sqrt", "log", "log2", "exp", "pow", "floor", "ceil", "isclose", "random"})


def test_division_is_between_fractions(path: Path) -> None:
    divisions = [n for n in nodes(path, ast.BinOp) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
    assert {ast.unparse(n) for n in divisions} <= EXACT_DIVISIONS.get(path.name, set())
    assert not [n for n in nodes(path, ast.AugAssign) if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Div)]


def test_every_zip_is_strict(path: Path) -> None:
    for call in calls(path, "zip"):
        assert any(
            k.arg == "strict" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
        )


def test_integers_are_read_from_checked_text(path: Path) -> None:
    assert {ast.unparse(call) for call in calls(path, "int")} <= INTEGERS_FROM_TEXT.get(path.name, set())


def test_no_mutable_state_of_modules(path: Path) -> None:
    """Tables at module level are only read."""
    tables = set()
    for node in TREES[path].body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(part, ast.List | ast.Dict | ast.Set) for part in ast.walk(node.value)):
                tables |= {t.id for t in targets if isinstance(t, ast.Name)}
    assert list(nodes(path, ast.Global)) == []
    changing = {"append", "extend", "update", "add", "pop", "setdefault", "clear", "insert", "remove"}
    for call in nodes(path, ast.Call):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
        ):
            assert not (call.func.value.id in tables and call.func.attr in changing)
    for node in nodes(path, ast.Subscript):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in tables:
            assert isinstance(node.ctx, ast.Load)


def test_no_mutable_default(path: Path) -> None:
    for function in nodes(path, ast.FunctionDef, ast.Lambda):
        assert isinstance(function, ast.FunctionDef | ast.Lambda)
        defaults = [*function.args.defaults, *(d for d in function.args.kw_defaults if d is not None)]
        assert all(isinstance(d, ast.Constant | ast.Name | ast.UnaryOp) for d in defaults)


def test_exceptions_are_named(path: Path) -> None:
    """No handler swallows what it does not know."""
    for handler in nodes(path, ast.ExceptHandler):
        assert isinstance(handler, ast.ExceptHandler)
        assert handler.type is not None
        assert ast.unparse(handler.type) not in ("Exception", "BaseException", "Rejection", "kernel.Rejection")
