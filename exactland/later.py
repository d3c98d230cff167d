"""Modules that are imported on first use: numpy takes longer to start than most small systems take to solve."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module, which is imported when something of it is asked for.

    To be used beside an import for type checkers:

        if TYPE_CHECKING:
            import numpy as np
        else:
            np = Later("numpy")
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value
