"""Problem files: TOML in, ``Objective`` out, every complaint with the file and the key."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exactland.errors import InputError, NotBuilt, shown
from exactland.files import read_bytes
from exactland.objective import Objective
from exactland.statement import check_keys, check_title

__all__ = ["MAX_BYTES", "SCHEMA", "load_problem", "read_problem"]

SCHEMA = "exactland.problem/1"
"""The schema that every problem file names."""
MAX_BYTES = 1_000_000
"""Largest problem file."""
_KEYS = ("schema", "title", "objective", "network", "data", "loss")
_OBJECTIVE = ("variables", "expression", "positive", "on_sphere")
_NUMBERS = (
    ("network", "activation"), ("network", "output"), ("data", "inputs"), ("data", "targets"), ("loss", "scale"),
    ("loss", "ridge"),
)  # fmt: skip
_PLACE = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")
_LONG_INTEGER = re.compile(r"(?<![\"'\w.])[+-]?[0-9][0-9_]{1000,}(?![\"'\w.])")
_LONGEST_COMPLAINT = 120


@dataclass(frozen=True)
class _Float:
    """A TOML float as it is written, to be refused at its key."""

    text: str

    def __repr__(self) -> str:
        return self.text


def load_problem(path: str | os.PathLike[str]) -> Objective:
    """The objective that a problem file states.

    Raises ``InputError`` (with ``file`` and ``key``) for everything that is wrong with the file, and ``NotBuilt`` for
    parts that exactland recognises but cannot answer yet.
    """
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"{shown(path)} as path", "a path of a problem file", 'write load_problem("problem.toml")')
    file = os.fsdecode(path)
    name = "".join(c if c.isprintable() else "?" for c in file)
    try:
        return read_problem(_toml(file))
    except InputError as error:
        raise error.at(file=name) from None
    except NotBuilt as error:
        raise NotBuilt(f"{name}: {error}") from None


def read_problem(table: dict[str, Any]) -> Objective:
    """The objective of the table that a problem file holds."""
    fix = f'write schema = "{SCHEMA}"'
    if not table:
        raise InputError("an empty file", f'schema = "{SCHEMA}" with [objective], or [network], [data] and [loss]', fix)
    if "schema" not in table:
        raise InputError("no key 'schema'", f'schema = "{SCHEMA}"', fix)
    if table["schema"] != SCHEMA:
        raise InputError(shown(table["schema"]), f'"{SCHEMA}"', fix, key="schema")
    for key in table:
        if key in _OBJECTIVE:
            raise InputError(
                f"the key {shown(key)} outside [objective]", ", ".join(_KEYS), "write it below [objective]"
            )
    check_keys(table, _KEYS, ())
    title = table.get("title", "")
    check_title(title)
    if "objective" in table:
        extra = [key for key in ("network", "data", "loss") if key in table]
        if extra:
            raise InputError(
                f"both [objective] and [{extra[0]}]", "one of [objective] and [network]", f"remove [{extra[0]}]"
            )
        if not isinstance(table["objective"], dict):
            raise InputError(shown(table["objective"]), "a table", "write [objective]", key="objective")
        check_keys(table["objective"], _OBJECTIVE, ("variables", "expression"), "objective")
        try:
            return Objective.from_statement(table["objective"], title=title)
        except InputError as error:
            raise error.at(key="objective") from None
    if "network" not in table:
        raise InputError("neither [objective] nor [network]", "one of [objective] and [network]", "add [objective]")
    for key in ("data", "loss"):
        if key not in table:
            raise InputError(f"[network] without [{key}]", "[network] with [data] and [loss]", f"add [{key}]")
    for key, name in _NUMBERS:
        if isinstance(table[key], dict):
            _refuse_floats(table[key].get(name), f"{key}.{name}")
    return Objective.from_statement({key: table[key] for key in ("network", "data", "loss")}, title=title)


def _toml(file: str) -> dict[str, Any]:
    content = read_bytes(Path(file), "problem file (TOML)", MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InputError(f"a file of more than {MAX_BYTES} bytes", f"at most {MAX_BYTES} bytes", "shorten it")
    return _parsed(_text(content))


def _text(content: bytes) -> str:
    """The text of the file, without the mark that some editors put in front of UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("UTF-16 text", "UTF-8 text", "save the file as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"bytes that are no UTF-8, from byte {error.start}",
            "UTF-8 text",
            "save the file as UTF-8",
            key=f"line {line}",
        ) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_Float)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(text, str(error)) from None
    except RecursionError:
        raise InputError("arrays nested too deeply", "lists of lists of numbers", "flatten them") from None
    except ValueError as error:  # the limit of Python on the digits of an integer
        long = _LONG_INTEGER.search(text)
        if long is None:
            raise _no_toml(text, str(error)) from None
        digits = sum(c.isdigit() for c in long.group())
        raise InputError(
            f"an integer of {digits} digits",
            "integers of at most 1000 digits",
            "use a shorter number",
            key=f"line {text.count(chr(10), 0, long.start()) + 1}",
        ) from None


def _no_toml(text: str, complaint: str) -> InputError:
    """The complaint of the TOML parser with the line and a picture of the place."""
    place = _PLACE.search(complaint)
    what = complaint[: place.start()] if place else complaint
    what = "".join(c if c.isprintable() else " " for c in what)
    if len(what) > _LONGEST_COMPLAINT:
        what = f"{what[:_LONGEST_COMPLAINT]}..."
    given = f"no TOML ({what[:1].lower()}{what[1:]})"
    fix = "correct it there"
    if place is None:
        return InputError(given, "a TOML file", fix)
    if text.lstrip().startswith("{"):
        fix = "a certificate is for exactland check"
    lines = text.replace("\r\n", "\n").split("\n")
    if place[1] is None:
        return InputError(f"{given} at the end of the file", "a TOML file", fix, key=f"line {len(lines)}")
    line, column = int(place[1]), int(place[2])
    source = lines[line - 1] if line <= len(lines) else ""
    return InputError(given, "a TOML file", fix, key=f"line {line}", source=source, position=column - 1)


def _refuse_floats(value: Any, key: str) -> None:
    """`InputError` for a float anywhere in here, with the fix in TOML."""
    if isinstance(value, list):
        noun = "row" if any(isinstance(part, list) for part in value) else "number"
        for place, part in enumerate(value, 1):
            _refuse_floats(part, f"{key}, {noun} {place}")
    elif isinstance(value, _Float | float):
        text = repr(value)
        fix = f'write "{text.replace("_", "")}" in quotes' if len(text) <= 40 else "write it in quotes"
        if text.lstrip("+-") in ("nan", "inf"):
            fix = "leave it out: there is no exact value"
        allowed = 'an integer, or text such as "1/10" or "0.1" (which means exactly 1/10)'
        raise InputError(f"the float {shown(value)}, which is not an exact number", allowed, fix, key=key)
