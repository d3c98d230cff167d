"""The JSON between a process and its macaulay child, written plainly and parsed strictly."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from typing import Any

from exactland.engines.base import (
    MERSENNE_PRIMES,
    EngineAnswer,
    Exponents,
    LevelEquation,
    LevelEvidence,
    Line,
    Multiplier,
    PolynomialSystem,
    RankEvidence,
    Status,
    Terms,
    Zero,
)

CLAIMS = {"engine", "version", "status", "points", "rank", "levels", "dimension", "message", "groups", "zeros"}


class Malformed(ValueError):
    """The text is not what was agreed."""


def _integer(text: str) -> int:
    # Decimal conversion is quadratic and limited by the interpreter; long integers travel in hexadecimal.
    return int(text, 16)


def _fraction_text(value: Fraction) -> str:
    return f"{value.numerator:x}/{value.denominator:x}"


def fraction_from_text(value: Any) -> Fraction:
    """The rational written as two hexadecimal integers; raises Malformed."""
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9a-f]+/[0-9a-f]+", value):
        raise Malformed(f"not a rational: {value!r}"[:80])
    top, bottom = value.split("/")
    if _integer(bottom) == 0:
        raise Malformed("zero denominator")
    return Fraction(_integer(top), _integer(bottom))


def _natural(value: Any, bound: int | None = None) -> int:
    if type(value) is not int or value < 0 or (bound is not None and value >= bound):
        raise Malformed(f"not an index: {value!r}"[:80])
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > 1_000_000:
        raise Malformed(f"not a small integer: {value!r}"[:80])
    return value


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise Malformed(f"not a list of the right length: {value!r}"[:80])
    return value


def _exponents(value: Any, n: int) -> Exponents:
    return tuple(_natural(e) for e in _list(value, n))


def _sign(value: Any) -> int:
    if type(value) is not int or value not in (-1, 1):
        raise Malformed(f"not a sign: {value!r}"[:80])
    return value


def system_to_json(system: PolynomialSystem) -> dict[str, Any]:
    """Plain JSON of a system; coefficients are hexadecimal text."""
    equations = [[[f"{c:x}", list(m)] for c, m in equation] for equation in system.equations]
    return {"variables": list(system.variables), "equations": equations}


def system_from_json(data: Any) -> PolynomialSystem:
    """The system of `system_to_json`; raises Malformed."""
    try:
        names = tuple(str(v) for v in _list(data["variables"]))
        equations: list[Terms] = [
            tuple((_integer(c), _exponents(m, len(names))) for c, m in _list(equation))
            for equation in _list(data["equations"])
        ]
        return PolynomialSystem(names, tuple(equations))
    except Malformed:
        raise
    except (KeyError, TypeError, ValueError) as trouble:
        raise Malformed(str(trouble)) from trouble


def _lines_to_json(lines: tuple[Line, ...]) -> list[Any]:
    return [
        [[g, [[_fraction_text(c), list(m)] for c, m in multiplier]] for g, multiplier in line.combination]
        for line in lines
    ]


def _lines_from_json(data: Any, n: int, equations: int) -> tuple[Line, ...]:
    lines: list[Line] = []
    for line in _list(data):
        combination: list[tuple[int, Multiplier]] = []
        for pair in _list(line):
            g, multiplier = _list(pair, 2)
            terms = tuple((fraction_from_text(_list(t, 2)[0]), _exponents(t[1], n)) for t in _list(multiplier))
            combination.append((_natural(g, equations + len(lines)), terms))
        lines.append(Line(tuple(combination)))
    return tuple(lines)


def _prime(value: Any) -> int:
    if value not in MERSENNE_PRIMES:
        raise Malformed("the prime is not one that the checker knows")
    return int(value)


def levels_to_json(evidence: LevelEvidence) -> dict[str, Any]:
    """Plain JSON of the evidence."""

    def equation(given: LevelEquation) -> list[Any]:
        if given.element is None:
            return [list(given.monomial), *given.ways]
        return [given.element, list(given.monomial)]

    return {
        "lines": _lines_to_json(evidence.lines),
        "multipliers": [list(u) for u in evidence.multipliers],
        "levels": [[[list(b) for b in basis], [equation(e) for e in rows]] for basis, rows in evidence.levels],
        "prime": evidence.prime,
        "signs": [list(s) for s in evidence.signs],
    }


def levels_from_json(data: Any, n: int, equations: int) -> LevelEvidence:
    """The evidence of `levels_to_json`; raises Malformed."""
    if not isinstance(data, dict) or set(data) != {"lines", "multipliers", "levels", "prime", "signs"}:
        raise Malformed("level evidence has other fields than expected")
    lines = _lines_from_json(data["lines"], n, equations)
    multipliers = tuple(_exponents(u, n) for u in _list(data["multipliers"]))

    def equation(value: Any) -> LevelEquation:
        if len(_list(value)) == 2:
            return LevelEquation(_exponents(value[1], n), _natural(value[0], equations + len(lines)))
        _list(value, 3)
        count = len(multipliers)
        return LevelEquation(_exponents(value[0], n), None, (_natural(value[1], count), _natural(value[2], count)))

    levels = tuple(
        (tuple(_exponents(b, n) for b in _list(_list(level, 2)[0])), tuple(equation(e) for e in _list(level[1])))
        for level in _list(data["levels"])
    )
    signs = tuple(tuple(_sign(v) for v in _list(s, n)) for s in _list(data["signs"]))
    return LevelEvidence(lines, multipliers, levels, _prime(data["prime"]), signs)


def rank_to_json(evidence: RankEvidence) -> dict[str, Any]:
    """Plain JSON of the evidence."""
    return {
        "lines": _lines_to_json(evidence.lines),
        "rows": [[g, list(m)] for g, m in evidence.rows],
        "basis": [list(b) for b in evidence.basis],
        "prime": evidence.prime,
    }


def rank_from_json(data: Any, n: int, equations: int) -> RankEvidence:
    """The evidence of `rank_to_json`; raises Malformed."""
    if not isinstance(data, dict) or set(data) != {"lines", "rows", "basis", "prime"}:
        raise Malformed("rank evidence has other fields than expected")
    lines = _lines_from_json(data["lines"], n, equations)
    rows = tuple((_natural(_list(r, 2)[0], equations + len(lines)), _exponents(r[1], n)) for r in _list(data["rows"]))
    basis = tuple(_exponents(b, n) for b in _list(data["basis"]))
    return RankEvidence(lines, rows, basis, _prime(data["prime"]))


def answer_to_text(answer: EngineAnswer) -> str:
    """One line of JSON."""
    data = {
        "format": "exactland.engine-answer/1",
        "engine": answer.engine,
        "version": answer.version,
        "status": answer.status.value,
        "points": [[[z.real, z.imag] for z in point] for point in answer.points],
        "rank": None if answer.rank is None else rank_to_json(answer.rank),
        "levels": None if answer.levels is None else levels_to_json(answer.levels),
        "dimension": answer.dimension,
        "message": answer.message,
        "groups": list(answer.groups),
        "zeros": [[list(zero.chart), [list(z) for z in zero.at]] for zero in answer.zeros],
    }
    return json.dumps(data, allow_nan=False, separators=(",", ":"))


def _groups(value: Any, n: int) -> tuple[int, ...]:
    groups = tuple(_natural(g, n) for g in _list(value))
    if len(groups) not in (0, n) or set(groups) != set(range(max(groups, default=-1) + 1)):
        raise Malformed("not a partition of the variables")
    return groups


def _zero(value: Any, groups: tuple[int, ...]) -> Zero:
    given = _list(value, 2)
    chart = tuple(None if k is None else _natural(k, len(groups)) for k in _list(given[0], max(groups, default=-1) + 1))
    at = tuple((_whole(_list(pair, 2)[0]), _whole(pair[1])) for pair in _list(given[1], len(groups)))
    for g, k in enumerate(chart):
        before = [] if k is None else [at[j] for j in range(k) if groups[j] == g]
        if k is not None and (groups[k] != g or at[k] != (1, 0) or any(z != (0, 0) for z in before)):
            raise Malformed("a zero at infinity that is not in normal form")
    if all(k is None for k in chart):
        raise Malformed("a zero that is not at infinity")
    return Zero(chart, at)


def answer_from_text(text: bytes, system: PolynomialSystem, seconds: float) -> EngineAnswer:
    """The answer in a child's output; raises Malformed for anything else than exactly one well-formed answer."""
    n = len(system.variables)
    try:
        data = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as trouble:
        raise Malformed("the output is not JSON") from trouble
    if not isinstance(data, dict) or set(data) != {"format", *CLAIMS} or data["format"] != "exactland.engine-answer/1":
        raise Malformed("the output has other fields than expected")
    for key in ("engine", "version", "status", "message"):
        if not isinstance(data[key], str):
            raise Malformed(f"{key} is not text")
    try:
        status = Status(data["status"])
    except ValueError as trouble:
        raise Malformed("unknown status") from trouble
    points: list[tuple[complex, ...]] = []
    for point in _list(data["points"]):
        numbers: list[complex] = []
        for pair in _list(point, n):
            real, imag = _list(pair, 2)
            if not all(type(v) in (int, float) and math.isfinite(v) for v in (real, imag)):
                raise Malformed("a coordinate is not a pair of finite numbers")
            numbers.append(complex(real, imag))
        points.append(tuple(numbers))
    groups = _groups(data["groups"], n)
    zeros = tuple(_zero(zero, groups) for zero in _list(data["zeros"]))
    rank = None if data["rank"] is None else rank_from_json(data["rank"], n, len(system.equations))
    levels = None if data["levels"] is None else levels_from_json(data["levels"], n, len(system.equations))
    dimension = None if data["dimension"] is None else _natural(data["dimension"])
    if status is Status.SOLVED and not points:
        raise Malformed("solved, but without a point")
    if status not in (Status.SOLVED, Status.FAILED) and points:  # one that fails may have found some
        raise Malformed("points, but not solved")
    return EngineAnswer(
        data["engine"],
        data["version"],
        status,
        tuple(points),
        rank,
        dimension,
        data["message"],
        seconds,
        levels,
        groups,
        zeros,
    )
