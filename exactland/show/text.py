"""Landscapes and verdicts as plain text: short blocks and tables for a terminal, the same on every run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from exactland.exact import rational_text
from exactland.landscape import Completeness, CriticalPoint, Kind, Landscape
from exactland.number import Number
from exactland.objective import Objective

__all__ = [
    "DIGITS",
    "ROWS",
    "column_names",
    "describe",
    "header_lines",
    "landscape_block",
    "last_lines",
    "number_text",
    "plural",
    "point_cells",
    "printable",
    "proves_something",
    "table",
]

DIGITS = 6
"""Significant digits of a number that is not shown exactly."""
ROWS = 20
"""Rows of a table unless all are asked for."""
_LONGEST_EXACT = 16
_LONGEST_TITLE = 80
_LONGEST_EQUATIONS = 200
_SHORT_EQUATIONS = 40
_SAID = ("loss = ", "the orbit of ")
_LONGEST_POLYNOMIAL = 60
_NAMES = {
    Kind.MINIMUM: ("minimum", "minima"),
    Kind.MAXIMUM: ("maximum", "maxima"),
    Kind.STRICT_SADDLE: ("strict saddle", "strict saddles"),
    Kind.NONSTRICT_SADDLE: ("non-strict saddle", "non-strict saddles"),
    Kind.UNDECIDED: ("type open", "of open type"),
}


def landscape_block(landscape: Landscape, rows: int | None = ROWS) -> str:
    """The landscape as text: what it is, counts, one row per critical point, and last what is not established.

    `rows` bounds the table; None shows all rows.
    """
    lines = header_lines(landscape)
    points = landscape.points
    if points:
        shown = points if rows is None else points[:rows]
        names = column_names(landscape.objective.variables)
        cells = [point_cells(p, landscape.evidence is not None, landscape.objective.variables) for p in shown]
        lines += ["", *(f"  {line}" for line in table(names, cells, left=(0, len(names) - 1)))]
        if len(shown) < len(points):
            lines.append(f"  ... {len(points) - len(shown)} more rows (all of them: exactland solve --all)")
        lines += [f"  {line}" for line in set_lines(shown)]
        lines += _undecided(shown)
        named = _exact_numbers(shown)
        lines += ["", *named] if named else []
        lines += ["", f"  {_legend(shown)}"]
    return "\n".join([*lines, *(f"  {line}" for line in last_lines(landscape))])


def header_lines(landscape: Landscape) -> list[str]:
    """What the landscape is of, whether the list is the whole list, and the counts."""
    objective = landscape.objective
    names = ", ".join(objective.variables)
    lines = [f"Landscape of {describe(objective)} in {names} ({objective.kind.value.replace('_', ' ')})"]
    real = sum(p.dimension == 0 for p in landscape.points)
    sets = landscape.counts()["components"] or 0
    if landscape.complete is Completeness.PROVED:
        total = landscape.complex_points
        found = (
            plural(real, "real critical point")
            if total is None
            else f"{plural(total, 'complex critical point')}, {real} of them real"
        )
        outside = f" outside {plural(sets, 'critical set')}" if sets else ""  # a set may hold isolated points as well
        lines.append(f"  complete: proved; {found}{outside}")
    else:
        how = "shown to exist" if landscape.evidence is not None and landscape.points else "found"
        found = f"{len(landscape)} {how}"
        lines.append(f"  complete: {landscape.complete.value}; critical points: {found}")
    if landscape.points:
        lines.append(f"  {'points and parts of sets: ' if sets else ''}{_counts(landscape)}")
    infimum = landscape.infimum
    if infimum is not None:
        value = "minus infinity" if infimum.value is None else number_text(infimum.value)
        how = "attained" if infimum.attained else "not attained"
        lines.append(f"  infimum: {value}, {how} ({infimum.argument})")
    return lines


def last_lines(landscape: Landscape) -> list[str]:
    """Where the answer comes from, and what is not established."""
    engines = ", ".join(f"{name} {version.partition(',')[0]}".strip() for name, version in landscape.engines.items())
    searched = f"searched by {engines}" if engines else "nothing was searched"
    checked = "certificate accepted by the checker" if proves_something(landscape) else "no certificate"
    saved = "" if landscape.certificate_path is None else f" ({printable(str(landscape.certificate_path))})"
    gaps = "; ".join(printable(gap) for gap in landscape.not_established) or "nothing"
    return [f"provenance: {searched}; {checked}{saved}", f"not established: {gaps}"]


def proves_something(landscape: Landscape) -> bool:
    """Whether the certificate shows more than which problem it is about."""
    proved = landscape.complete is Completeness.PROVED or landscape.infimum is not None or len(landscape) > 0
    return landscape.evidence is not None and proved


def describe(objective: Objective) -> str:
    """The title, or else the network or the expression in few words."""
    if objective.title:
        text = printable(objective.title)
    elif "network" in objective.statement:
        widths = "-".join(str(w) for w in objective.statement["network"]["widths"])
        samples = len(objective.statement["data"]["inputs"])
        text = f"the squared loss of a {widths} network on {plural(samples, 'sample')}"
    else:
        text = str(objective.expression)
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 3]}..."


def column_names(variables: Iterable[str]) -> tuple[str, ...]:
    """The columns of a table of critical points."""
    return ("type", "index", "loss", "inertia", *variables, "orbit", "how known")


def point_cells(
    point: CriticalPoint, certified: bool = True, variables: Iterable[str] | None = None
) -> tuple[str, ...]:
    """One row of the table of critical points; `?` in the columns of a set of which no point is known."""
    variables = list(point.point if variables is None else variables)
    inertia = point.inertia
    return (
        _type(point),
        "?" if point.index is None else str(point.index),
        number_text(point.value),
        "?" if inertia is None else f"{inertia.positive},{inertia.zero},{inertia.negative}",
        *(number_text(point.point[name]) if name in point.point else "?" for name in variables),
        f"set {point.orbit + 1}" if point.dimension else f"{point.orbit + 1} ({point.orbit_size})",
        _how_known(point, certified),
    )


def set_lines(points: Sequence[CriticalPoint]) -> list[str]:
    """Each critical set with its dimension and equations, and what sets its parts apart, row by row."""
    rows: dict[int, list[int]] = {}
    for i, p in enumerate(points, 1):
        if p.dimension:
            rows.setdefault(p.orbit, []).append(i)
    lines = []
    known: dict[tuple[str, ...], int] = {}
    for number, members in rows.items():
        first = points[members[0] - 1]
        equations = first.equations[: len(first.equations) - len(first.conditions)]
        plain = tuple(e for e in equations if not e.startswith(_SAID))
        whole = _shortened(equations)
        if plain in known and len("; ".join(plain)) > _SHORT_EQUATIONS:
            said = [f"as set {known[plain]}", *(e for e in equations if e.startswith(_SAID))]
            whole = f"equations {'; '.join(said)}"
        known.setdefault(plain, number + 1)
        lines.append(f"set {number + 1}, dimension {first.dimension}: {whole or 'all of space'}")
        parts = [(i, points[i - 1].conditions) for i in members if points[i - 1].conditions]
        lines += [f"  row {i} where {_shortened(conditions)}" for i, conditions in parts]
    return lines


def _shortened(equations: Sequence[str]) -> str:
    """The equations in one line, the longest left out where there are too many."""
    said = [e for e in equations if e.startswith(_SAID)]
    plain = [e for e in equations if not e.startswith(_SAID)]
    shown: set[int] = set()
    length = sum(map(len, said))
    for k in sorted(range(len(plain)), key=lambda k: (len(plain[k]), k)):
        length += len(plain[k]) + 2
        if shown and length > _LONGEST_EQUATIONS:
            break
        shown.add(k)
    left = len(plain) - len(shown)
    more = [f"{plural(left, 'more equation')} (--json shows them)"] if left else []
    return "; ".join([*(e for k, e in enumerate(plain) if k in shown), *more, *said])


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Iterable[int] = (0,)) -> list[str]:
    """Aligned columns; those in `left` to the left, all others to the right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    flush = set(left)
    return [
        "  ".join(
            cell.ljust(width) if k in flush else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def number_text(number: Number) -> str:
    """A short rational exactly; otherwise a decimal with as many of six digits as are certain, zeros at the end kept.

    So `1` is one, `1.00000` is a number near one, and `±1e-20` one between -1e-20 and 1e-20.
    """
    if number.exact is not None:
        text = rational_text(number.exact)
        if len(text) <= _LONGEST_EXACT:
            return text
    for digits in range(DIGITS, 0, -1):
        low, high = _rounded(number.lower, digits), _rounded(number.upper, digits)
        if low == high:
            return low
    if number.lower <= 0 <= number.upper:
        size = max(-number.lower, number.upper)
        return f"±{Decimal(1).scaleb(Decimal(_rounded(size, 60, ROUND_CEILING)).adjusted() + 1):e}"
    return f"[{_rounded(number.lower, 2, ROUND_FLOOR)}, {_rounded(number.upper, 2, ROUND_CEILING)}]"


def plural(count: int, noun: str) -> str:
    """The count with its noun: `1 point`, `2 points`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def printable(text: str) -> str:
    """The text on one line and without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _rounded(value: Fraction, digits: int, rounding: str = ROUND_HALF_EVEN) -> str:
    if value == 0:
        return "0"
    context = Context(prec=digits, rounding=rounding, Emin=-999_999, Emax=999_999)
    # Two roundings only matter on the last digit of a number of 60 digits.
    fine = Context(prec=60, rounding=rounding, Emin=-999_999, Emax=999_999)
    quotient = context.plus(_decimal(value, fine))
    exponent = quotient.adjusted()
    filled = quotient.quantize(Decimal(1).scaleb(exponent - digits + 1, context), context=context)
    return format(filled, "f" if -5 <= exponent < digits else "e")


def _decimal(value: Fraction, context: Context) -> Decimal:
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def _type(point: CriticalPoint) -> str:
    words = [_NAMES[point.kind][0]]
    if point.kind is Kind.MINIMUM and point.is_global:
        words.append("global")
    if point.kind is Kind.MINIMUM and point.spurious:
        words.append("spurious")
    if point.multiplicity is not None and point.multiplicity > 1:
        words.append(f"multiplicity {point.multiplicity}")
    if point.dimension and point.degenerate:
        words.append("degenerate")
    if not point.smooth:
        words.append("not smooth")
    return ", ".join(words)


def _how_known(point: CriticalPoint, certified: bool) -> str:
    if not certified:
        return "not checked"
    if point.kind is Kind.UNDECIDED:
        return "proved to exist"
    if point.dimension:
        return "proved along the set" if point.point else "proved, no point known"
    inertia = point.inertia
    if inertia is not None and (inertia.zero == 0 or point.kind is Kind.STRICT_SADDLE):
        return "proved by inertia"
    return "proved at a degenerate point"


def _undecided(points: Sequence[CriticalPoint]) -> list[str]:
    """Why the type of these rows is open; rows with the same reason share a line."""
    rows: dict[str, list[int]] = {}
    for i, p in enumerate(points, 1):
        if p.reason is not None:
            rows.setdefault(printable(p.reason), []).append(i)
    return [
        f"  type of row{'s' if len(at) > 1 else ''} {', '.join(map(str, at))} open: {why}" for why, at in rows.items()
    ]


def _exact_numbers(points: Sequence[CriticalPoint]) -> list[str]:
    """The irrational numbers in these rows in closed form, or as roots; rows with the same ones share a line."""
    if all(x.polynomial is None for p in points for x in p.point.values()):
        return []
    rows: dict[str, list[int]] = {}
    for i, p in enumerate(points, 1):
        numbers = {"loss": p.value, **p.point}
        texts = {name: _exact_text(x) for name, x in numbers.items() if x.exact is None}
        if texts:
            rows.setdefault("; ".join(f"{name}: {text}" for name, text in texts.items()), []).append(i)
    lines = [f"    row{'s' if len(at) > 1 else ''} {', '.join(map(str, at))}: {text}" for text, at in rows.items()]
    return ["  the irrational numbers (computed exactly, not part of the certificate)", *lines]


def _exact_text(number: Number) -> str:
    """A closed form, a root of the minimal polynomial in t, or that nothing was found."""
    text = number.minimal_polynomial
    if text is None:
        return "not found"
    form = number.closed_form
    if form is not None:
        return form
    if len(text) <= _LONGEST_POLYNOMIAL:
        return f"root of {text}"
    leading = text.split(" ", 1)[0]
    return f"root of degree {leading.partition('^')[2] or 1} (--json shows the polynomial)"


def _counts(landscape: Landscape) -> str:
    parts = []
    for kind in Kind:
        found = [p for p in landscape.of_kind(kind) if p.inhabited]
        if not found:
            continue
        if kind is Kind.UNDECIDED:
            parts.append(f"{len(found)} {_NAMES[kind][1]}")
            continue
        text = f"{len(found)} {_NAMES[kind][len(found) > 1]}"
        if kind is Kind.MINIMUM:
            flags = {"global": len(landscape.global_minima), "spurious": len(landscape.spurious_minima)}
            flags["open"] = sum(p.is_global is None and p.spurious is None for p in found)
            text += f" ({', '.join(f'{n} {word}' for word, n in flags.items() if n)})" if any(flags.values()) else ""
        parts.append(text)
    return ", ".join(parts)


def _legend(points: Sequence[CriticalPoint]) -> str:
    texts = [number_text(x) for p in points for x in (p.value, *p.point.values())]
    note = "; decimals are rounded, the other numbers exact" if any("." in t or "e" in t for t in texts) else ""
    note += "; ±e is a number of size e at most" if any("±" in t for t in texts) else ""
    sets = any(p.dimension for p in points)
    what = ", of a set at the point shown" if sets else ""
    orbit = f"number (size){', or the set' if sets else ''}"
    return f"inertia counts positive,zero,negative eigenvalues{what}; orbit: {orbit}{note}"
