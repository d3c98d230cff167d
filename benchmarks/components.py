"""Critical sets of positive dimension beside Singular: `python -m benchmarks.components`.

exactland lists the real components with loss, dimension and types along them, proves the list complete and has the
certificate accepted; Singular decomposes the complex critical set (`minAssGTZ`: prime components; `facstd`: a
factorising basis) and says nothing about real points, losses, types, or a proof. Each run is a process of its own;
medians of wall times, programs in turns.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers import HERE, Job, written
from benchmarks.run import machine, measure, plain, text_of

Matrix = Sequence[Sequence[int]]
MEMORY = 4 << 30


def products(left: str, right: str, rank: int, target: Matrix, weights: Matrix | None = None) -> str:
    """||U V^T - target||^2, with U and V called by these letters; the same letter twice gives U U^T. With weights each
    square is multiplied by its weight, and left out for a weight 0.
    """
    terms = []
    for i, row in enumerate(target):
        for j, value in enumerate(row):
            inner = " + ".join(f"{left}{i}{k}*{right}{j}{k}" for k in range(rank))
            weight = 1 if weights is None else weights[i][j]
            if weight:
                terms.append(f"{weight}*({inner} - ({value}))^2")
    return " + ".join(terms)


SYSTEMS: dict[str, str] = {
    "(w3 w2 w1 - 1)^2": "(w3*w2*w1 - 1)^2",
    "(w4 w3 w2 w1 - 1)^2": "(w4*w3*w2*w1 - 1)^2",
    "2x2 rank 1 diagonal": products("u", "v", 1, ((2, 0), (0, 1))),
    "2x2 rank 1 generic": products("u", "v", 1, ((1, 2), (3, 5))),
    "2x2 rank 1 identity": products("u", "v", 1, ((1, 0), (0, 1))),
    "2x2 rank 2 diagonal": products("u", "v", 2, ((2, 0), (0, 1))),
    "2x2 rank 2 generic": products("u", "v", 2, ((1, 2), (3, 5))),
    "2x2 rank 2 identity": products("u", "v", 2, ((1, 0), (0, 1))),
    "3x3 rank 1 diagonal": products("u", "v", 1, ((3, 0, 0), (0, 2, 0), (0, 0, 1))),
    "net 2-1-1-2": " + ".join(
        f"(c{i}*b*a{j} - ({t}))^2" for i, row in enumerate(((2, 0), (0, 1))) for j, t in enumerate(row)
    ),
    "weighted 2-1-2": "(a1*b1 - 2)^2 + 2*(a1*b2)^2 + 3*(a2*b1)^2 + (a2*b2 - 1)^2",
    "semidefinite 3x3 rank 2": products("x", "x", 2, ((3, 0, 0), (0, 2, 0), (0, 0, 1))),
    "semidefinite 3x3 rank 2 generic": products("x", "x", 2, ((3, 1, 0), (1, 2, 1), (0, 1, 1))),
    "semidefinite 3x3 rank 2, each entry once": products(
        "x", "x", 2, ((2, 1, 0), (1, 3, -1), (0, -1, 1)), ((1, 1, 1), (0, 1, 1), (0, 0, 1))
    ),
    "semidefinite 4x4 rank 2": products("x", "x", 2, ((4, 1, 0, 1), (1, 3, -1, 0), (0, -1, 2, 1), (1, 0, 1, 1))),
    "weighted 2x2 rank 1": products("u", "v", 1, ((2, 1), (-1, 3)), ((1, 2), (3, 1))),
    "weighted 2x2 rank 2": products("u", "v", 2, ((2, 1), (-1, 3)), ((1, 2), (3, 1))),
    "weighted 2x3 rank 2": products("u", "v", 2, ((2, 1, 0), (-1, 3, 2)), ((1, 2, 3), (3, 1, 1))),
    "3x3 rank 2 generic": products("u", "v", 2, ((2, 1, 0), (-1, 3, 1), (1, 1, -2))),
    "(w5 w4 w3 w2 w1 - 1)^2": "(w5*w4*w3*w2*w1 - 1)^2",
    "quadratic neuron": "(v*(w + b)^2 - 1)^2 + (v*(2*w + b)^2 - 3)^2 + (v*(b - w)^2 - 1)^2",
    "equivariant quadratic student": " + ".join(
        f"(v*({x}*a + ({y})*b)^2 + v*(({-x})*a + ({y})*b)^2 - {t})^2" for x, y, t in ((1, 1, 2), (2, 1, 3), (1, -2, 1))
    ),
}


@dataclass
class Cell:
    """The runs of one program on one system."""

    walls: list[float] = field(default_factory=list)
    said: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{statistics.median(self.walls):.2f}" if self.walls else self.said or "-"


def ours(expression: str, seconds: float) -> Job:
    """Solve, prove, certify, check."""
    from exactland.objective import as_objective

    statement = as_objective(expression).statement
    return Job([sys.executable, "-P", str(HERE / "exactland_child.py"), str(seconds)], json.dumps(statement))


def singular(expression: str, command: str) -> Job:
    """Dimensions of the parts of the complex critical set."""
    from exactland.objective import as_objective
    from exactland.polynomial import gradient, integer_terms

    program = shutil.which("Singular")
    if program is None:
        raise FileNotFoundError("Singular")
    polynomial = as_objective(expression).polynomial
    names = [f"x{i}" for i in range(1, polynomial.context().nvars() + 1)]
    entries = [tuple((c, m) for m, c in integer_terms(g).items()) for g in gradient(polynomial) if g]
    ideal = ",".join(written(entry, names) for entry in entries)
    text = (
        f'LIB "primdec.lib";\nring r=0,({",".join(names)}),dp;\nideal i={ideal};\nlist l={command}(i);\nint k;\n'
        'for(k=1;k<=size(l);k++){print("DIM "+string(dim(std(l[k]))));}\nprint("END");\nquit;\n'
    )
    return Job([program, "-q", "--no-rc"], text)


def dimensions(output: str) -> list[int] | None:
    """What Singular said; None for anything else than the lines asked for."""
    if re.fullmatch(r"\s*(?:DIM -?[0-9]+\s+)*END\s*", output) is None:
        return None
    return sorted((int(d) for d in re.findall(r"DIM (-?[0-9]+)", output)), reverse=True)


def run_once(job: Job, cell: Cell, seconds: float, is_ours: bool) -> None:
    """One run, entered into its cell."""
    with tempfile.TemporaryDirectory(prefix="bench_") as name:
        folder = Path(name)
        done = measure(job.command, folder, seconds, MEMORY, job.stdin)
        output = text_of(folder / "stdout")
    if done["code"] != 0:
        cell.said = "time limit" if done["code"] is None else f"ended with code {done['code']}"
        return
    if is_ours:
        answer = json.loads(output)
        if not answer["proved"]:
            cell.said = plain(f"open: {answer['reason']}")
            return
        cell.more = answer
    else:
        found = dimensions(output)
        if found is None:
            cell.said = "no answer"
            return
        cell.more = {"dimensions": found}
    cell.walls.append(float(done["wall"]))


def bench(name: str, seconds: float, runs: int) -> list[str]:
    """One row of the table."""
    programs = ["exactland"] + (["minAssGTZ", "facstd"] if shutil.which("Singular") else [])
    cells = {program: Cell() for program in programs}
    for turn in range(runs):
        for program in [*programs[turn % len(programs) :], *programs[: turn % len(programs)]]:
            is_ours = program == "exactland"
            job = ours(SYSTEMS[name], seconds) if is_ours else singular(SYSTEMS[name], program)
            run_once(job, cells[program], seconds, is_ours)
    said, parts = cells["exactland"].more, cells.get("minAssGTZ", Cell()).more.get("dimensions")
    spent = said.get("seconds", {})
    searched = sum(float(spent.get(part, 0)) for part in ("cases", "slices"))
    return [
        name,
        str(said.get("components", "-")),
        str(said.get("undecided", "-")),
        str(cells["exactland"]),
        f"{searched:.2f}",
        *(str(cells.get(p, Cell())) for p in ("minAssGTZ", "facstd")),
        " ".join(map(str, parts)) if parts is not None else "-",
    ]


HEAD = (
    "system",
    "real components",
    "types open",
    "exactland, s",
    "search and certificate, s",
    "minAssGTZ, s",
    "facstd, s",
    "dimensions by minAssGTZ",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(SYSTEMS), choices=list(SYSTEMS), metavar="SYSTEM")
    parser.add_argument("--output", type=Path, help="a Markdown file for the table, with the machine and the limits")
    options = parser.parse_args(arguments)
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    sys.stdout.write("\n".join(lines) + "\n")
    for name in options.only:
        lines.append(f"| {' | '.join(bench(name, options.limit, options.runs))} |")
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    if options.output is not None:
        options.output.write_text("\n".join([*page(options.limit, options.runs), *lines]) + "\n", encoding="utf-8")
    return 0


def page(limit: float, runs: int) -> list[str]:
    """What stands above the table."""
    return [
        "# Critical sets of positive dimension",
        "",
        f"Written by `python -m benchmarks.components --output`; do not edit. Medians of {runs} run(s) of at most",
        f"{limit:g} s each. Machine:",
        f"{'; '.join(f'{name}: {value}' for name, value in machine().items())}.",
        "",
        "exactland lists the real critical sets with loss, dimension and types, proves the list complete and has the",
        "certificate accepted. Singular decomposes the complex critical set, without real points, losses, types or a",
        "proof.",
        "",
    ]


if __name__ == "__main__":
    sys.exit(main())
