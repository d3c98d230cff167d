"""Loops of right-hand sides, until there are as many solutions as the mixed volume allows.

The points (x, F(x)) are a copy of the space of all x, so loops of right-hand sides lead from one solution of a generic
F(x) = c to every other one. One solution is found from a random point; loops find more (`monodromy`). The mixed volume
says when there are no others. Where it is not attained the search ends after many idle paths. Nothing here is trusted.

Run as a program it reads a system as JSON on standard input and prints one answer.
"""

from __future__ import annotations

import sys
import time

from exactland.engines.base import EngineAnswer, PolynomialSystem, Status
from exactland.engines.process import ChildEngine

NAME = "loops"
VERSION = "1"
MAX_SOLUTIONS = 5_000
#: Random points that are tried for so many first solutions, and idle paths at least.
SEEDS, FEW, IDLE = 40, 4, 2_000


class Loops(ChildEngine):
    """For systems with as many solutions as their mixed volume; needs nothing but numpy."""

    name = NAME
    purpose = "loops of right-hand sides, for systems that attain their mixed volume"
    module = "exactland.engines.loops"

    def is_available(self) -> bool:
        """Always: it is part of the package."""
        return True

    def version(self) -> str:
        """Version of the engine."""
        return VERSION

    def unsuited(self, system: PolynomialSystem) -> str | None:
        """Why there is no mixed volume, or None."""
        square = len(system.variables) == len(system.equations) and all(system.equations)
        return None if square else "not as many equations as variables"


def search(system: PolynomialSystem, seconds: float) -> EngineAnswer:
    """Solve in this process."""
    import numpy as np

    from exactland.engines.classes import loss_symmetries
    from exactland.engines.evaluation import Complex, Evaluator
    from exactland.engines.mixed import mixed_cells
    from exactland.engines.monodromy import PATIENCE, fill, follow
    from exactland.engines.noise import Noise
    from exactland.engines.numeric import distinct, newton

    deadline = time.monotonic() + seconds
    cells = mixed_cells(system, linear=True)
    if cells is None:
        return EngineAnswer(NAME, VERSION, Status.FAILED, message="no list of mixed cells was found")
    bound, n = cells.volume, len(system.variables)
    if bound > MAX_SOLUTIONS:
        return EngineAnswer(NAME, VERSION, Status.FAILED, message=f"mixed volume {bound} is out of range")
    evaluate, rng = Evaluator(system), Noise(5)
    signs = [[-1.0 if mask >> k & 1 else 1.0 for k in range(n)] for mask in loss_symmetries(system)]

    def orbit(points: Complex) -> Complex:
        points = np.vstack([points, points.conj()])
        for change in signs:
            points = np.vstack([points, points * change])
            points = points[distinct(points)]
        return points

    found = np.zeros((0, n), dtype=np.complex128)
    origin = np.zeros((int(all(any(m) for equation in system.equations for _, m in equation)), n))
    for _ in range(SEEDS):
        if len(found) >= FEW or time.monotonic() > deadline:
            break
        real, imaginary = rng.normal((2, 1, n))
        seed = real + 1j * imaginary
        moved = follow(evaluate, seed, evaluate(seed)[0][0], np.zeros(n, dtype=np.complex128), deadline)
        moved, last, residual = newton(evaluate, moved)
        found = np.vstack([found, moved[(last < 1e-9) & (residual < 1e-11)]])
    found = np.vstack([origin, found])  # for the origin a relative residual says nothing
    found = orbit(found)
    patience = PATIENCE + IDLE // max(1, bound)
    found = fill(evaluate, found[distinct(found)], bound, orbit, distinct, deadline, patience)
    message = f"{len(found)} distinct points, mixed volume {bound}"
    status = Status.SOLVED if len(found) == bound else Status.FAILED
    points = sorted((tuple(complex(z) for z in p) for p in found), key=lambda p: [(z.real, z.imag) for z in p])
    return EngineAnswer(NAME, VERSION, status, tuple(points) if status is Status.SOLVED else (), message=message)


def main() -> int:
    """Read a request, print an answer."""
    import json

    import numpy as np

    from exactland.engines.child import clean_output
    from exactland.engines.wire import answer_to_text, system_from_json

    with clean_output() as output, np.errstate(all="ignore"):
        request = json.loads(sys.stdin.buffer.read())
        answer = search(system_from_json(request["system"]), float(request["seconds"]))
        output.write(answer_to_text(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
