"""Solve one problem statement with `exactland.api.solve`: statement on standard input, counts on standard output.

The certificate goes to `certificate.json` in the current folder. The argument is the time limit of one engine. The
process begins and ends as that of the command `exactland solve` does (`exactland.process`).
"""

from __future__ import annotations

import json
import sys


def main() -> int:
    """Solve, write the certificate, print the counts."""
    from exactland.api import solve
    from exactland.landscape import Completeness
    from exactland.objective import Objective

    landscape = solve(Objective.from_statement(json.load(sys.stdin)), seconds=float(sys.argv[1]))
    proved = landscape.complete is Completeness.PROVED
    size = 0
    if proved:
        with open("certificate.json", "w", encoding="ascii") as file:
            size = file.write(landscape.certificate().text)
    answer = {
        "proved": proved,
        "reason": landscape.reason,
        "complex": landscape.complex_points,
        "real": len(landscape.points),
        "components": landscape.counts()["components"],
        "undecided": len(landscape.undecided),
        "seconds": dict(landscape.seconds),
        "engines": list(landscape.engines),
        "certificate": size,
    }
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    from exactland.process import begin, leave

    begin()
    leave(main())
