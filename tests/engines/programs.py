"""Foreign programs: a small system for each with what it writes about it, and programs that stand in for it."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from exactland.engines import PolynomialSystem, engine_named, msolve, phcpack, singular

# x1^2 x2 - 2 x1 + 1 and x2^2 - x1 - 3: what msolve and PHCpack answer.
PAIR = PolynomialSystem(
    ("a", "b"),
    (((1, (2, 1)), (-2, (1, 0)), (1, (0, 0))), ((1, (0, 2)), (-1, (1, 0)), (-3, (0, 0)))),
)
LISTS = """[0, [0,
2,
5,
['x1', 'x2'],
[0, 1],
[1,
[[5, [7, 9, -2, -6, 0, 1]],
[4, [9, -4, -18, 0, 5]],
[
[[4, [27, 23, -18, -6, 3]],
1]
]]]]]:
"""
PHC = """
THE SOLUTIONS :
2 2
===========================================================================
solution 1 :
t :  1.00000000000000E+00   0.00000000000000E+00
m : 1
the solution for t :
 x1 :  3.72553704939318E-01   0.00000000000000E+00
 x2 : -1.83645138921217E+00   0.00000000000000E+00
== err :  3.890E-17 = rco :  8.034E-01 = res :  8.327E-17 ==
solution 2 :
t :  1.00000000000000E+00   0.00000000000000E+00
m : 1
the solution for t :
 x1 :  5.27017663180568E-01   4.65601571189061E-01
 x2 :  1.88210448981039E+00   1.23691743394111E-01
== err :  5.923E-17 = rco :  6.834E-01 = res :  1.110E-16 ==
"""

GIVEN = "2\n1*x1^2*x2-2*x1+1;\n1*x2^2-1*x1-3;\n"
WHOLE = GIVEN + PHC

# x1^2 - 2 and x2^2 - x1: what Singular answers.
WAVE = PolynomialSystem(("a", "b"), (((1, (2, 0)), (-2, (0, 0))), ((1, (0, 2)), (-1, (1, 0)))))
RING = """DIM 0
VDIM 4
BASIS x1*x2
BASIS x2
BASIS x1
BASIS 1
ROW 2*x2
ROW x1*x2
ROW 2
ROW x1
ROW 2
ROW x1
ROW x1*x2
ROW x2
END
"""

# (a b - 1) b and (a b - 1) a, half the gradient of (a b - 1)^2: the primes by Singular, with cofactors.
CURVE = PolynomialSystem(("a", "b"), (((1, (1, 2)), (-1, (0, 1))), ((1, (2, 1)), (-1, (1, 0)))))
CURVE_PRIMES = """PRIMES 2
SIZES 1
FEW 1
REST 2
OTHERS 1
P x1*x2-1
F x1*x2-1
R x2
R x1
O x2
POWER 1
C 1
M 1
E
C 3
M 1
E
C 3
M 1
E
C 2
M -1
C 3
M x1^2
E
SIZES 2
FEW 0
REST 1
OTHERS 1
P x2
P x1
R 1
O 1
C 1
M 1
E
C 2
M 1
E
END
"""


@dataclass(frozen=True)
class Foreign:
    """An engine that runs a program, and all that tells its program from another: `say` writes where it is read."""

    environment: str
    given: PolynomialSystem
    truth: str
    lie: str
    points: int
    version: str
    say: str


FOREIGN = {
    "msolve": Foreign(
        msolve.ENVIRONMENT,
        PAIR,
        LISTS,
        LISTS.replace("[27, 23", "[28, 23"),
        5,
        "9.9",
        "open(sys.argv[sys.argv.index('-o') + 1], 'a').write",
    ),
    "singular": Foreign(
        singular.ENVIRONMENT,
        WAVE,
        RING,
        RING.replace("VDIM 4", "VDIM 3"),
        4,
        "Singular for x86_64-Linux version 9.9 (99)",
        "sys.stdout.write",
    ),
    "phcpack": Foreign(
        phcpack.ENVIRONMENT,
        PAIR,
        PHC,
        PHC.replace("2 2\n===", "3 2\n==="),
        2,
        "PHCv9.9",
        "open('in.phc', 'a').write",
    ),
}
needs = {
    name: pytest.mark.skipif(not engine_named(name).is_available(), reason=f"{name} is not installed")
    for name in FOREIGN
}
HERE = [pytest.param(name, marks=needs[name]) for name in FOREIGN]


def stand_in(name: str, body: str, folder: Path, monkeypatch: pytest.MonkeyPatch, version: str | None = None) -> None:
    """Make the engine run, instead of its program, Python text that may use `truth`, `lie` and `say`."""
    foreign = FOREIGN[name]
    told = foreign.version if version is None else version
    ask = f"if {{'-V', '--version'}} & {{*sys.argv}}: print({told!r}); sys.exit()"
    begin = f"import os, signal, sys, time\n{ask}\ntruth, lie = {foreign.truth!r}, {foreign.lie!r}\n"
    path = folder / "program"
    path.write_text(f"#!{sys.executable}\n{begin}say = {foreign.say}\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(foreign.environment, str(path))
