"""The report as HTML: an index with the verdicts and one page per system. Self-contained, no scripts, no network.

Tables of critical points are read off the certificates by the checker at the time of writing, not off any search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from exactland import __version__
from exactland.certify.reading import entries
from exactland.checker import Rejection, Report, ResourceLimit, check_bytes
from exactland.errors import InputError, shown
from exactland.files import write_atomically
from exactland.show.text import column_names, point_cells, printable, set_lines
from exactland.show.verdicts import CaseResult, summary, tally, verdict_word

__all__ = ["certificate_section", "make_directory", "page", "write_report"]

MAX_BYTES = 64_000_000
"""Largest certificate that is opened for a table."""
_CSS = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-style: italic; padding: .3rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; white-space: pre-wrap; }
.other { font-weight: bold; text-decoration: underline; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); font-size: .9rem; }
""".strip()
_INTRODUCTION = (
    "Each row is one statement on one exact instance. VERIFIED: it holds there; REFUTED: it fails there; VACUOUS: its "
    "hypotheses do not hold there; UNDECIDED: nothing is proved yet. A control drops one hypothesis, and the statement "
    "has to fail."
)
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'"


def make_directory(path: Path) -> None:
    """Make the directory; `InputError` when there is something else or it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise InputError(f"{shown(str(path))}, which is not a directory", "a directory", "choose another") from None
    except OSError as error:
        raise InputError(
            f"{shown(str(path))} cannot be made ({error.strerror or error})", "a directory", "choose another"
        ) from None


def write_report(cases: Sequence[CaseResult], directory: Path, about: Callable[[str], str] = lambda _: "") -> Path:
    """Write one page per system and then the index, each in one step; the path of the index.

    `about` gives a text on a system for the head of its page. Certificates below the directory are linked.
    """
    make_directory(directory)
    systems = list(dict.fromkeys(case.system for case in cases))
    names = _file_names(systems)
    for system in systems:
        own = [case for case in cases if case.system == system]
        write_atomically(directory / names[system], _system_page(system, own, about(system), directory))
    index = directory / "index.html"
    titles = {system: next(iter(about(system).splitlines()), "") for system in systems}
    write_atomically(index, _index_page(cases, names, titles))
    return index


def page(title: str, body: str) -> str:
    """A whole HTML page; `body` is markup, `title` is text."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_CLOSED}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>\n{_CSS}\n</style>\n</head>\n<body>\n"
        f"<h1>{_text(title)}</h1>\n{body}\n<footer>exactland {_text(__version__)}. VERIFIED means verified on this "
        "instance.</footer>\n</body>\n</html>\n"
    )


def certificate_section(path: str, directory: Path | None = None) -> str:
    """What the checker says of one certificate, with the table of critical points when it is accepted.

    A certificate below `directory`, where the page is, is named relative to it and linked.
    """
    found, name = Path(path), _text(path)
    if directory is not None and found.is_relative_to(directory):
        inside = found.relative_to(directory).as_posix()
        name = f'<a href="{escape(quote(inside))}">{_text(inside)}</a>'
    heading = f"<h3>Certificate {name}</h3>"
    if not found.is_file():
        return f"{heading}\n<p>There is no such file here.</p>"
    try:
        with found.open("rb") as stream:
            report = check_bytes(stream.read(MAX_BYTES + 1))
    except (Rejection, ResourceLimit) as error:
        return f"{heading}\n<p>The checker did not accept it: {_text(str(error))}</p>"
    except OSError as error:
        return f"{heading}\n<p>It cannot be read: {_text(error.strerror or str(error))}</p>"
    parts = [heading, "<p>Accepted by the checker. It proves:</p>", _list(report.proved)]
    if report.points or report.components:
        parts.append(_points_table(report))
    return "\n".join(parts)


def _index_page(cases: Sequence[CaseResult], names: dict[str, str], titles: dict[str, str]) -> str:
    about = "\n".join(
        f'<li><a href="{escape(names[system])}">{_text(system)}</a>{": " if title else ""}{_text(title)}</li>'
        for system, title in titles.items()
    )
    head = ("system", "case", "role", "verdict", "expected", "what is proved, or why not", "seconds")
    rows = []
    for case in cases:
        link = f'<a href="{escape(names[case.system])}">{_text(case.system)}</a>'
        rows.append(
            [
                f"<td>{link}</td>",
                f"<td>{_text(case.case)}</td>",
                f"<td>{_text(case.role)}</td>",
                _verdict_cell(case),
                f"<td>{_text(verdict_word(case.expected))}</td>",
                f"<td>{_text(summary(case))}</td>",
                f'<td class="number">{case.seconds:.1f}</td>',
            ]
        )
    body = f"<p>{_INTRODUCTION}</p>\n<ul>\n{about}\n</ul>\n<p>{_text(tally(cases))}.</p>\n"
    return page("Verdicts on published statements", body + _table("One row per case or control", head, rows))


def _system_page(system: str, cases: Sequence[CaseResult], about: str, directory: Path) -> str:
    parts = ['<p><a href="index.html">All verdicts</a></p>']
    numbers: dict[str, int] = {}
    if about:
        parts.append(f"<pre>{escape(_lines(about))}</pre>")
    for case in cases:
        verdict, expected = verdict_word(case.verdict), verdict_word(case.expected)
        parts.append(f"<h2>{_text(case.case)} ({_text(case.role)}): {_text(verdict)}</h2>")
        parts.append(f"<p>{_text(case.statement)}</p>")
        mark = "as expected" if verdict == expected else f'<span class="other">expected {_text(expected)}</span>'
        parts.append(f"<p>Verdict {_text(verdict)}, {mark}; {case.seconds:.1f} seconds.</p>")
        if _reason(case):
            parts.append(f"<p>Reason: {_text(_reason(case))}</p>")
        parts.append(_list(case.proved) if case.proved else "<p>Nothing is proved.</p>")
        for path in case.certificates:
            if path in numbers:
                parts.append(f'<p>Certificate: <a href="#certificate-{numbers[path]}">shown above</a>.</p>')
                continue
            numbers[path] = len(numbers) + 1
            section = certificate_section(path, directory)
            parts.append(f'<section id="certificate-{numbers[path]}">\n{section}\n</section>')
    return page(system, "\n".join(parts))


def _points_table(report: Report) -> str:
    variables = report.problem.variables[: -1 if report.problem.sphere else None]
    head = column_names(variables)
    rows = []
    for point in entries(report):
        cells = point_cells(point, variables=variables)
        texts = (0, len(cells) - 1)
        rows.append(
            [
                f"<td>{_text(c)}</td>" if k in texts else f'<td class="number">{_text(c)}</td>'
                for k, c in enumerate(cells)
            ]
        )
    listed = "the list is complete" if report.complete is not None else "others may exist"
    made = _table(f"Real critical points; {listed}. Decimals are rounded, the other numbers exact.", head, rows)
    sets = [line.strip() for line in set_lines(entries(report))]
    return f"{made}\n{_list(sets)}" if sets else made


def _verdict_cell(case: CaseResult) -> str:
    verdict = verdict_word(case.verdict)
    other = ' class="other"' if verdict != verdict_word(case.expected) else ""
    return f"<td{other}>{_text(verdict)}</td>"


def _reason(case: CaseResult) -> str:
    return "" if case.reason is None else verdict_word(case.reason)


def _table(caption: str, head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f'<th scope="col">{_text(name)}</th>' for name in head)
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (
        f"<table>\n<caption>{_text(caption)}</caption>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n{body}\n"
        "</tbody>\n</table>"
    )


def _list(sentences: Iterable[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{_text(s)}</li>" for s in sentences) + "\n</ul>"


def _text(value: str) -> str:
    return escape(_storable(printable(value)))


def _lines(value: str) -> str:
    return "\n".join(_storable(printable(line)) for line in value.splitlines())


def _storable(value: str) -> str:
    """The text without lone surrogates, which have no UTF-8."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _file_names(systems: Iterable[str]) -> dict[str, str]:
    """A file name for every system: its own name when that is harmless, otherwise a number with it."""
    names: dict[str, str] = {}
    for k, system in enumerate(systems, 1):
        harmless = re.fullmatch(r"[a-z0-9_]{1,80}", system) is not None and system != "index"
        names[system] = f"{system}.html" if harmless else f"system-{k}.html"
    return names
