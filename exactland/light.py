"""flint in part, for a process that is a command and nothing else: half of the start of a small run went into it.

The package imports 44 modules; the polynomials, matrices and balls used here need 30 of them. Each of them also asks
the module `inspect` of the standard library for seven constants, which costs as much again. Whoever asks for a name
outside the list below gets the whole package, and whoever asks `inspect` for more gets the real module.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

#: Releases of python-flint for which this order was tried; others are imported as they are.
RELEASES = ("0.9.0",)
#: In the order of the package itself; some modules can only be imported after others.
TYPES = (
    "fmpz", "fmpz_poly", "fmpz_mat", "fmpq", "fmpq_poly", "fmpq_mat", "nmod", "nmod_poly", "nmod_mat", "fmpq_mpoly",
    "arb", "arb_mat", "acb", "acb_poly", "acb_mat",
)  # fmt: skip
NAMES = {*TYPES, "ctx", "fmpq_mpoly_ctx"}


class _Package(ModuleType):
    """The package before anything of it is imported, and after only `TYPES` are."""

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES or "ctx" in vars(self):
            self.__class__ = ModuleType  # type: ignore[assignment]
            assert self.__spec__ is not None
            assert self.__spec__.loader is not None
            self.__spec__.loader.exec_module(self)
            return getattr(self, name)
        with_stand_in = sys.modules.setdefault("inspect", _Inspect("inspect"))
        try:
            self.ctx = import_module("flint.pyflint").ctx
            for kind in TYPES:
                setattr(self, kind, getattr(import_module(f"flint.types.{kind}"), kind))
            self.fmpq_mpoly_ctx = sys.modules["flint.types.fmpq_mpoly"].fmpq_mpoly_ctx
        finally:
            if isinstance(with_stand_in, _Inspect) and sys.modules.get("inspect") is with_stand_in:
                del sys.modules["inspect"]
        return vars(self)[name]


class _Inspect(ModuleType):
    """What Cython needs of `inspect`: the flags of code objects, which are part of the language."""

    CO_OPTIMIZED, CO_NEWLOCALS, CO_VARARGS, CO_VARKEYWORDS = 1, 2, 4, 8
    CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 32, 128, 512

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get("inspect") is self:
            del sys.modules["inspect"]
        return getattr(import_module("inspect"), name)


def flint_in_part() -> None:
    """From now on `import flint` imports the part that is used here, when a name is first asked for."""
    if "flint" in sys.modules:
        return
    found = (finder.find_spec("flint", None) for finder in sys.meta_path)
    spec = next((spec for spec in found if spec is not None), None)
    if spec is None or spec.submodule_search_locations is None:
        return
    place = os.path.dirname(spec.submodule_search_locations[0])
    if not any(os.path.isdir(os.path.join(place, f"python_flint-{release}.dist-info")) for release in RELEASES):
        return
    package = _Package("flint")
    package.__spec__, package.__file__, package.__loader__ = spec, spec.origin, spec.loader
    package.__path__, package.__package__ = list(spec.submodule_search_locations), "flint"
    sys.modules["flint"] = package
