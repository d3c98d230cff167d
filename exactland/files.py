"""Files: clear complaints, and writing in one step: after an interruption there is the old file or the new one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from exactland.errors import InputError, shown

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_readable", "check_writable", "read_bytes", "write_atomically"]


def check_readable(path: Path, noun: str) -> None:
    """`InputError` unless there is a file at this path."""
    if path.is_dir():
        raise InputError("a directory", f"the path of a {noun}", "name the file inside it")
    if not path.is_file():
        raise InputError("no such file", f"the path of a {noun}", "check the path")


def read_bytes(path: Path, noun: str, most: int) -> bytes:
    """At most so many bytes of a file, which may also be a pipe; `InputError` when nothing can be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError):
            check_readable(path, noun)
        why = getattr(error, "strerror", None) or error
        raise InputError(f"a file that cannot be read ({why})", "a readable file", "check the path") from None


def write_atomically(path: Path, text: str) -> None:
    """Write the text next to the path and then move it there; `InputError` when that is impossible."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with partial.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        partial.replace(path)
    except OSError as error:
        raise _cannot(path, error.strerror or str(error)) from None
    finally:
        partial.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """`InputError` when a file at this path could not be written; asked before work that takes long."""
    if path.is_dir():
        raise InputError(f"the directory {shown(str(path))}", "the path of a file to write", "add a file name")
    if not path.parent.is_dir():
        raise InputError(
            f"no directory {shown(str(path.parent))}", "a path in an existing directory", "make the directory"
        )
    if not os.access(path.parent, os.W_OK):
        raise _cannot(path, "no permission")


def _cannot(path: Path, why: str) -> InputError:
    return InputError(f"{shown(str(path))} cannot be written ({why})", "a path that can be written", "choose another")
