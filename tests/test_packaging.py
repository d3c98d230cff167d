from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import exactland

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "exactland").rglob("*.py"))
CHECKER = sorted((ROOT / "exactland" / "checker").rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The first parts of the names of all modules that a file imports; '.' for its own package."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." if node.level else (node.module or "").split(".")[0])
    return found


def test_importing_the_package_is_quick_and_light() -> None:
    code = (
        "import sys, time, json\n"
        "start = time.perf_counter()\n"
        "import exactland\n"
        "seconds = time.perf_counter() - start\n"
        "print(json.dumps([seconds, [m for m in ('sympy', 'numpy', 'flint', 'tomllib') if m in sys.modules]]))\n"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)]
    reports = [json.loads(run.stdout) for run in runs]
    assert min(seconds for seconds, _ in reports) < 0.1
    assert [heavy for _, heavy in reports] == [[], [], []]


def test_stating_a_problem_needs_neither_numpy_nor_flint() -> None:
    code = (
        "import sys, exactland as el\n"
        "a, b = el.variables('a b')\n"
        "el.Objective.from_expression((a*b - 1)**2/2)\n"
        "el.losses.squared(el.networks.Dense([1, 1]), inputs=[[1]], targets=[[2]])\n"
        "print([m for m in ('sympy', 'numpy', 'flint') if m in sys.modules])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_table_of_contents_is_complete() -> None:
    assert sorted(exactland.__all__) == sorted(exactland._CONTENTS)
    assert set(exactland.__all__) <= set(dir(exactland))
    built = [name for name in exactland.__all__ if find_spec(exactland._CONTENTS[name]) is not None]
    assert len(built) >= 13
    for name in built:
        assert getattr(exactland, name) is not None


def test_public_functions_are_not_shadowed_by_modules() -> None:
    modules = {path.stem for path in (ROOT / "exactland").iterdir()}
    functions = {name for name, home in exactland._CONTENTS.items() if home != f"exactland.{name}"}
    assert functions >= {"solve", "check", "parse", "variables"}
    assert functions & modules == set()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'slove'"):
        _ = exactland.slove


def test_the_version_is_written_once() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert f"version: {exactland.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "exactland/__init__.py"
    assert importlib.metadata.version("exactland")


def test_the_package_needs_flint_and_numpy_only() -> None:
    names = sorted(requirement.split(">")[0] for requirement in PROJECT["project"]["dependencies"])
    assert names == ["numpy", "python-flint"]
    allowed = {*sys.stdlib_module_names, "exactland", "flint", "numpy", "."}
    guests = {"exactland/pytest_plugin.py": {"pytest"}, "exactland/show/graph.py": {"networkx"}}
    strange = {
        str(path.relative_to(ROOT)): sorted(imported(path) - allowed - guests.get(str(path.relative_to(ROOT)), set()))
        for path in MODULES
    }
    assert {path: names for path, names in strange.items() if names} == {}


def test_the_checker_imports_the_standard_library_only() -> None:
    assert CHECKER
    allowed = {*sys.stdlib_module_names, "."}
    assert {path.name: sorted(imported(path) - allowed) for path in CHECKER if imported(path) - allowed} == {}
    too_far = [
        path.name
        for path in CHECKER
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level > len(path.relative_to(ROOT / "exactland" / "checker").parts)
    ]
    assert too_far == []


def test_the_checker_is_one_file_that_runs_alone(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "exactland-check.pyz"
    builder = [sys.executable, "-I", "-S", str(ROOT / "tools" / "build_checker.py"), str(target)]
    subprocess.run(builder, capture_output=True, check=True)
    first = target.read_bytes()
    subprocess.run(builder, capture_output=True, check=True)
    assert target.read_bytes() == first
    missing = str(tmp_path / "no-such-certificate.json")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(target), missing], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_package_is_typed_and_its_files_are_short() -> None:
    assert (ROOT / "exactland" / "py.typed").is_file()
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > 600} == {}


def test_the_wheel_holds_the_proofs_and_the_readme() -> None:
    from exactland.claims import registry

    assert PROJECT["project"]["readme"] == "README.md"
    assert (ROOT / "README.md").is_file()
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"proofs": "exactland/_proofs"}
    assert '"_proofs"' in Path(registry.__file__).read_text(encoding="utf-8")
    sdist = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"/exactland", "/proofs", "/README.md", "/LICENSE"} <= set(sdist)
    assert all((ROOT / path.lstrip("/")).exists() for path in sdist)


def test_the_scripts_have_a_home() -> None:
    scripts = PROJECT["project"]["scripts"]
    assert scripts == {"exactland": "exactland.cli:run", "exactland-check": "exactland.checker.__main__:main"}
    assert find_spec("exactland.checker.__main__") is not None


def test_the_gate_is_strict_and_executable() -> None:
    gate = ROOT / ".ci" / "run"
    text = gate.read_text(encoding="utf-8")
    assert os.access(gate, os.X_OK)
    assert "set -euo pipefail" in text
    assert [line for line in text.splitlines() if line.startswith("make")] == ["make test", "make lint", "make verify"]
