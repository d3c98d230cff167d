"""The engines that exist, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exactland.engines.base import Engine
from exactland.errors import InputError, did_you_mean, shown


def all_engines() -> tuple[Engine, ...]:
    """Every engine that this version knows, the preferred one first."""
    from exactland.engines.foreign import Msolve, Phcpack, Singular
    from exactland.engines.homotopy import Homotopy
    from exactland.engines.loops import Loops
    from exactland.engines.macaulay import Macaulay, Orbits

    return (Homotopy(), Orbits(), Loops(), Macaulay(), Msolve(), Singular(), Phcpack())


def available_engines(engines: Sequence[Engine] | None = None) -> tuple[Engine, ...]:
    """The engines that can be started here, out of the given ones or all."""
    return tuple(e for e in (all_engines() if engines is None else engines) if e.is_available())


def engine_named(name: str, engines: Sequence[Engine] | None = None) -> Engine:
    """The engine of this name; `InputError` with the known names otherwise."""
    known = all_engines() if engines is None else engines
    for engine in known:
        if engine.name == name:
            return engine
    names = [engine.name for engine in known]
    raise InputError(f"no engine {shown(name)}", ", ".join(names), did_you_mean(name, names, "choose one of them"))


def chosen_engines(
    wanted: Sequence[Engine | str] | None = None, unwanted: Sequence[str] = ()
) -> tuple[Engine, ...] | None:
    """The engines that may be used, None for the usual ones; `InputError` when there is no such choice.

    Only those in `wanted`, which must be here, or all when it is None; without those in `unwanted`.
    """
    for given in (wanted, unwanted):
        if isinstance(given, str):
            raise InputError(f"the text {shown(given)} where names belong", "a list of names", f"write [{given!r}]")
        if given is not None and not isinstance(given, Iterable):
            raise InputError(f"{shown(given)} where names belong", "a list of names", "write for example ['macaulay']")
    if wanted is None and not unwanted:
        return None
    left = [engine_named(name).name for name in unwanted]
    named = all_engines() if wanted is None else [e if isinstance(e, Engine) else _found(e) for e in wanted]
    chosen = tuple(engine for engine in named if engine.name not in left)
    if unwanted and not any(engine.is_available() for engine in chosen):
        raise InputError("no engine is left", ", ".join(e.name for e in all_engines()), "leave out fewer engines")
    return chosen


def _found(name: str) -> Engine:
    """The engine of this name, which must be here."""
    engine = engine_named(name)
    if not engine.is_available():
        here = ", ".join(e.name for e in available_engines()) or "none"
        raise InputError(f"the engine {name}, which is not found here", f"engines here: {here}", "see exactland doctor")
    return engine
