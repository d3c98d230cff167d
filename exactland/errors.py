"""The errors a user can meet, each in one or two lines: what was given, what is allowed, the smallest fix."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["ExactlandError", "InputError", "NotBuilt", "did_you_mean", "shown"]

_LONGEST = 60
_SHORTEST_PART = 4


class ExactlandError(Exception):
    """Base of every error raised on purpose by exactland."""


class NotBuilt(ExactlandError):
    """The input is fine, but the part of exactland that would answer it is not built yet (exit code 3).

    The message is one sentence that names the missing part.
    """


class InputError(ExactlandError, ValueError):
    """The input is wrong. Printed in at most two lines.

    ``given``, ``allowed`` and ``fix`` are phrases without a final stop. The optional location is a ``file``, a ``key``
    inside it (``data.inputs``), and for text a ``source`` with a 0-based ``position``; ``picture`` then shows a caret
    under the place.
    """

    def __init__(
        self,
        given: str,
        allowed: str,
        fix: str,
        *,
        file: str | None = None,
        key: str | None = None,
        source: str | None = None,
        position: int | None = None,
    ) -> None:
        super().__init__(given, allowed, fix)
        self.given = given
        self.allowed = allowed
        self.fix = fix
        self.file = file
        self.key = key
        self.source = source
        self.position = position

    def at(self, *, file: str | None = None, key: str | None = None) -> InputError:
        """The same error with a location filled in where it had none; a key is put in front of one that is there
        already.
        """
        joined = self.key if key is None else key if self.key is None else f"{key}.{self.key}"
        return InputError(
            self.given,
            self.allowed,
            self.fix,
            file=self.file or file,
            key=joined,
            source=self.source,
            position=self.position,
        )

    @property
    def picture(self) -> str | None:
        """Two lines, the text around the place and a caret under it; ``None`` when the error is not about a place in a
        text.
        """
        if self.source is None or self.position is None:
            return None
        start = max(0, self.position - _LONGEST // 2)
        line = "".join(c if c.isprintable() else " " for c in self.source[start : start + _LONGEST])
        return f"{line}\n{' ' * (self.position - start)}^"

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.key) if part)
        first = f"{place}: {self.given}" if place else self.given
        if self.source is not None and self.position is not None:
            first += f" at character {self.position + 1}, here: {self._excerpt()}"
        return f"{first}\n  allowed: {self.allowed}; fix: {self.fix}"

    def _excerpt(self) -> str:
        """The text around the place, with ``-->`` in front of the offending character."""
        source, position = self.source or "", self.position or 0
        before = source[max(0, position - 20) : position]
        after = source[position : position + 20]
        left = "..." if position > 20 else ""
        right = "..." if position + 20 < len(source) else ""
        return "".join(c if c.isprintable() else " " for c in f"{left}{before}-->{after}{right}")


def shown(value: object) -> str:
    """A short, one-line, printable picture of what the user gave."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 600:
        return f"an integer of about {value.bit_length() * 3 // 10} digits"
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[: _LONGEST - 20]!r}... ({len(value)} characters)"
    try:
        text = repr(value)
    except Exception:  # a foreign __repr__ may raise anything, and an error message must not
        text = f"a {type(value).__name__}"
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def did_you_mean(word: object, known: Iterable[str], otherwise: str, after: str = "") -> str:
    """The fix for an unknown word: the known one that looks most like it or alone contains it, if there is one."""
    close = _nearest(word, known) if isinstance(word, str) else None
    return f"did you mean {close}{after}?" if close else otherwise


def _nearest(word: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    folded, given = {name.lower(): name for name in sorted(known)}, word[:_LONGEST].lower()
    found = get_close_matches(given, list(folded), n=1, cutoff=0.6)
    if not found and len(given) >= _SHORTEST_PART:
        holding = [name for name in folded if given in name]
        found = holding if len(holding) == 1 else []
    return folded[found[0]] if found else None
