"""The trusted part of exactland: a checker of certificates in plain standard-library Python.

It imports nothing else of the package, searches for nothing and computes with integers and fractions only.
`check_bytes` either returns a `Report` of what the certificate proves or raises `Rejection` (with the number of the
broken rule) or `ResourceLimit`. The rules and their proofs are in `proofs/SPEC.md`.
"""

from .check import ProvedPoint as ProvedPoint
from .check import Report as Report
from .check import check_bytes as check_bytes
from .kernel import Rejection as Rejection
from .kernel import ResourceLimit as ResourceLimit
