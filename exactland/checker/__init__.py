"""The trusted part of exactland: a checker of certificates in plain standard-library Python.

It imports nothing else of the package, searches for nothing and computes with integers and fractions only.
`check_bytes` either returns a `Report` of what the certificate proves or raises `Rejection` (with the number of the
broken rule) or `ResourceLimit`. The rules and their proofs are in `proofs/SPEC.md`. The names are imported on first
use, for the rest of the package takes `record` from here before it has anything to check.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .check import ProvedPoint as ProvedPoint
    from .check import Report as Report
    from .check import check_bytes as check_bytes
    from .kernel import Rejection as Rejection
    from .kernel import ResourceLimit as ResourceLimit

_CONTENTS = {
    "ProvedPoint": ".check",
    "Report": ".check",
    "check_bytes": ".check",
    "Rejection": ".kernel",
    "ResourceLimit": ".kernel",
}


def __getattr__(name: str) -> object:
    if name not in _CONTENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return vars(import_module(_CONTENTS[name], __name__))[name]
