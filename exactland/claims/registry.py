"""Where the proofs are, and how one is loaded."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from exactland.claims.claim import ClaimError, System, check_system
from exactland.errors import InputError, did_you_mean, shown

__all__ = ["check_known", "load", "page", "proofs_folder", "systems"]

VARIABLE = "EXACTLAND_PROOFS"


def proofs_folder() -> Path:
    """The folder of proofs: $EXACTLAND_PROOFS, else `proofs` beside the package, else the packaged copy."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        folder = Path(chosen)
        if not folder.is_dir():
            raise InputError(
                f"{VARIABLE}={chosen!r}, which is no folder", "a folder with <system>/claim.py", f"unset {VARIABLE}"
            )
        return folder
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "proofs", package / "_proofs"):
        if any(folder.glob("*/claim.py")):
            return folder
    raise InputError(
        "no folder of proofs beside the package", "a folder with <system>/claim.py", f"set {VARIABLE} to such a folder"
    )


def systems() -> tuple[str, ...]:
    """The names of all systems, sorted."""
    return tuple(sorted(path.parent.name for path in proofs_folder().glob("*/claim.py")))


def check_known(wanted: Iterable[str]) -> None:
    """`InputError` for a name that no system has."""
    known = systems()
    for name in wanted:
        if name not in known:
            fix = did_you_mean(name, known, "see exactland list")
            raise InputError(f"no system {shown(name)}", f"one of {len(known)}", fix)


def page(name: str) -> ModuleType:
    """The module `proofs/<name>/claim.py`."""
    check_known((name,))
    path = proofs_folder() / name / "claim.py"
    spec = importlib.util.spec_from_file_location(f"exactland_proofs_{name}", path)
    if spec is None or spec.loader is None:
        raise ClaimError(f"{name}: claim.py cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(name: str) -> System:
    """The system of this name, checked to be well stated."""
    system = getattr(page(name), "SYSTEM", None)
    if not isinstance(system, System) or system.name != name:
        raise ClaimError(f"{name}: claim.py must define SYSTEM, a System of that name")
    check_system(system)
    return system
