"""PHCpack as an engine, run as a subprocess when it is found: polyhedral homotopies, good for many solutions.

It appends the solutions to its input file, in floating point. It cuts integers of more than 18 digits off silently,
crashes on some systems, lists the ends of failed paths among the solutions and answers inconsistent linear systems
with the origin: every point must solve the system before it is handed on.
"""

from __future__ import annotations

import re
import sys

from exactland.engines.base import EngineAnswer, PolynomialSystem, Status
from exactland.engines.foreign import Phcpack
from exactland.engines.program import Refused, Stopped, polynomial_texts, run_program, serve

NAME, ENVIRONMENT = Phcpack.name, Phcpack.environment
DIGITS = 18

_FLOAT = r"-?[0-9]\.[0-9]{1,60}E[+-][0-9]{2,3}"
_HEAD = re.compile(r"\s*\nTHE SOLUTIONS :\s*\n([0-9]{1,9}) ([0-9]{1,9})\s*\n=+[ \t]*\n")
_SOLUTION = re.compile(
    rf"solution ([0-9]{{1,9}}) :[ \t]*\nt : +{_FLOAT} +{_FLOAT}[ \t]*\nm : [0-9]+[^\n]*\nthe solution for t :[ \t]*\n"
    rf"((?: x[0-9]+ : +{_FLOAT} +{_FLOAT}[ \t]*\n)+)== err : +{_FLOAT} = rco : +{_FLOAT} = res : +{_FLOAT} =="
    r"[^\n]*(?:\n|\Z)"
)
_COORDINATE = re.compile(rf" x([0-9]{{1,6}}) : +({_FLOAT}) +({_FLOAT})")


def given(system: PolynomialSystem) -> str:
    """The input file; raises Stopped for systems that PHCpack reads wrongly or does not take."""
    texts = polynomial_texts(system)
    n = len(system.variables)
    if len(texts) != n:
        raise Stopped(Status.UNAVAILABLE, f"PHCpack is asked about square systems, not {len(texts)} equations in {n}")
    if any(len(equation) < 2 and not any(equation[0][1]) for equation in system.equations):
        raise Stopped(Status.UNAVAILABLE, "PHCpack is not asked about constant equations")
    longest = max(len(number) for text in texts for number in re.findall(r"[0-9]+", text))
    if longest > DIGITS:
        raise Stopped(Status.UNAVAILABLE, f"PHCpack cuts off integers of more than {DIGITS} digits, here {longest}")
    return f"{n}\n" + "".join(f"{text};\n" for text in texts)


def read(text: str, given_text: str, n: int) -> list[tuple[complex, ...]]:
    """The points listed after the input; raises Refused."""
    if not text.startswith(given_text):
        raise Refused("the input was changed")
    position = len(given_text)
    head = _HEAD.match(text, position - 1)
    if head is None:
        raise Refused("no list of solutions")
    count = int(head.group(1))
    if int(head.group(2)) != n:
        raise Refused("a list in another number of variables")
    position = head.end()
    found = []
    for number in range(1, count + 1):
        match = _SOLUTION.match(text, position)
        if match is None or int(match.group(1)) != number:
            raise Refused("the list of solutions is cut off, or a solution cannot be read")
        lines = _COORDINATE.findall(match.group(2))
        named = {int(k): complex(float(re_), float(im)) for k, re_, im in lines}
        if len(lines) != n or sorted(named) != list(range(1, n + 1)):
            raise Refused("unexpected variables")
        found.append(tuple(named[k] for k in range(1, n + 1)))
        position = match.end()
    if text[position:].strip():
        raise Refused("something follows the list of solutions")
    return found


def interpret(system: PolynomialSystem, text: str, given_text: str, version: str) -> EngineAnswer:
    """The answer in the file; raises Refused."""
    import numpy as np

    from exactland.engines.evaluation import Evaluator
    from exactland.engines.near import first_ones
    from exactland.engines.numeric import newton

    listed = read(text, given_text, len(system.variables))
    if not listed:
        # No isolated solution found: no statement about the system.
        return EngineAnswer(NAME, version, Status.FAILED, message="PHCpack lists no solution")
    raw = np.array(listed, dtype=np.complex128)
    evaluate = Evaluator(system)
    points, step, residual = newton(evaluate, raw)
    # A multiple point is approached slowly; it is handed on as it is when it solves the system.
    good = np.isfinite(points).all(axis=1) & (residual < 1e-9) & (step < 1e-3)
    points = points[good]
    points = points[first_ones(points)]
    if not len(points):
        raise Refused("no point of the answer solves the system")
    chosen = sorted((tuple(complex(z) for z in p) for p in points), key=lambda p: [(z.real, z.imag) for z in p])
    message = f"{len(points)} distinct points, {len(listed)} listed"
    return EngineAnswer(NAME, version, Status.SOLVED, tuple(chosen), None, None, message)


def run(system: PolynomialSystem, program: str, version: str, seconds: float) -> EngineAnswer:
    """Run PHCpack in the process group of this process and read its answer."""
    text = given(system)
    # The seed is fixed, so that the answer is the same every time.
    command = [program, "-b", "-0", "in.phc", "out.phc"]
    return interpret(system, run_program(command, {"in.phc": text}, "", seconds, "in.phc"), text, version)


def main() -> int:
    """Read a request, print an answer."""
    return serve(NAME, run)


if __name__ == "__main__":
    sys.exit(main())
