"""The engines that exist, by name."""

from __future__ import annotations

from collections.abc import Sequence

from exactland.engines.base import Engine
from exactland.errors import InputError, did_you_mean, shown


def all_engines() -> tuple[Engine, ...]:
    """Every engine that this version knows, the preferred one first."""
    from exactland.engines.foreign import Msolve, Phcpack, Singular
    from exactland.engines.homotopy import Homotopy
    from exactland.engines.macaulay import Macaulay, Orbits

    return (Homotopy(), Orbits(), Macaulay(), Msolve(), Singular(), Phcpack())


def available_engines(engines: Sequence[Engine] | None = None) -> tuple[Engine, ...]:
    """The engines that can be started here, out of the given ones or all."""
    return tuple(e for e in (all_engines() if engines is None else engines) if e.is_available())


def engine_named(name: str, engines: Sequence[Engine] | None = None) -> Engine:
    """The engine of this name; `InputError` with the known names otherwise."""
    known = {e.name: e for e in (all_engines() if engines is None else engines)}
    if name not in known:
        raise InputError(f"no engine {shown(name)}", ", ".join(known), did_you_mean(name, known, "choose one of them"))
    return known[name]


def chosen_engines(
    wanted: Sequence[Engine | str] | None = None, unwanted: Sequence[str] = ()
) -> tuple[Engine, ...] | None:
    """The engines that may be used, None for the usual ones; `InputError` when there is no such choice.

    Only those in `wanted`, which must be here, or all when it is None; without those in `unwanted`.
    """
    for given in (wanted, unwanted):
        if isinstance(given, str):
            raise InputError(f"the text {shown(given)} where names belong", "a list of names", f"write [{given!r}]")
    if wanted is None and not unwanted:
        return None
    left = [engine_named(name).name for name in unwanted]
    named = list(all_engines()) if wanted is None else [engine_named(e) if isinstance(e, str) else e for e in wanted]
    for engine in named if wanted is not None else ():
        if engine.name in (w for w in wanted or () if isinstance(w, str)) and not engine.is_available():
            here = ", ".join(e.name for e in available_engines()) or "none"
            given_name = f"the engine {engine.name}, which is not found here"
            raise InputError(given_name, f"engines here: {here}", "see exactland doctor")
    chosen = tuple(engine for engine in named if engine.name not in left)
    if unwanted and not any(engine.is_available() for engine in chosen):
        raise InputError("no engine is left", ", ".join(e.name for e in all_engines()), "leave out fewer engines")
    return chosen
