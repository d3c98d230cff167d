"""Data classes without generated code: `dataclass`, `field` and `replace` as in `dataclasses`, as far as needed here.

The module of the standard library writes the text of up to six methods for each class and compiles it whenever a
program starts; with `inspect`, which it imports, that took a third of the time in which a small system is solved and
checked. Here the methods are ordinary functions that look up the fields. Type checkers see the original.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["dataclass", "field", "replace"]

T = TypeVar("T")
_NONE: Any = object()  # no default
_FIELDS = "_record_fields"
_set = object.__setattr__


class _Field:
    """What is known of one field besides its name."""

    def __init__(self, default: Any, factory: Any, init: bool, shown: bool, compare: bool) -> None:
        self.default, self.factory = default, factory
        self.init, self.shown, self.compare = init, shown, compare


def _field(
    *,
    default: Any = _NONE,
    default_factory: Any = None,
    init: bool = True,
    repr: bool = True,  # noqa: A002 -- the name in `dataclasses`
    compare: bool = True,
) -> Any:
    return _Field(default, default_factory, init, repr, compare)


def _dataclass(
    cls: type[T] | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002 -- the name in `dataclasses`
    init: bool = True,
) -> Any:
    if cls is None:
        return lambda given: _made(given, frozen, eq, repr, init)
    return _made(cls, frozen, eq, repr, init)


def _replace(given: T, /, **changes: Any) -> T:
    fields: dict[str, _Field] = type(given).__dict__[_FIELDS]
    return type(given)(**{name: attrgetter(name)(given) for name, f in fields.items() if f.init} | changes)


def _made(cls: type[T], frozen: bool, eq: bool, shown: bool, init: bool) -> type[T]:
    """The class with its fields and methods; a method that the class has itself stays."""
    fields: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        fields |= base.__dict__.get(_FIELDS, {})
    own = dict(cls.__dict__)
    for name, annotation in own.get("__annotations__", {}).items():
        if not str(annotation).startswith("ClassVar"):
            given = own.get(name, _NONE)
            fields[name] = given if isinstance(given, _Field) else _Field(given, None, True, True, True)
            if isinstance(given, _Field):  # a default stays an attribute of the class, for fields that are not given
                delattr(cls, name) if given.default is _NONE else setattr(cls, name, given.default)
    setattr(cls, _FIELDS, fields)
    compared = _getter(tuple(name for name, f in fields.items() if f.compare))
    methods: dict[str, Any] = {}
    if init:
        methods["__init__"] = _initialiser(cls, fields)
    if shown:
        methods["__repr__"] = _shower(tuple(name for name, f in fields.items() if f.shown))
    if eq:
        methods["__eq__"] = _comparer(compared)
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    for name, method in methods.items():
        if name not in own:
            setattr(cls, name, method)
    # Python itself sets __hash__ to None where a class defines __eq__; that is no hash of its own.
    if eq and (own.get("__hash__") is None):
        cls.__hash__ = _hasher(compared) if frozen else None  # type: ignore[method-assign, assignment]
    return cls


def _initialiser(cls: type, fields: dict[str, _Field]) -> Callable[..., None]:
    names = tuple(name for name, f in fields.items() if f.init)
    factories = tuple((name, f.factory) for name, f in fields.items() if f.factory is not None and not f.init)
    optional = [f.default is not _NONE or f.factory is not None for f in fields.values() if f.init]
    if optional != sorted(optional):
        raise TypeError(f"{cls.__name__}: a field without default follows one with a default")
    finish = hasattr(cls, "__post_init__")

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        if named or len(values) != len(names):
            values = _values(type(self).__name__, names, fields, values, named)
        for name, value in zip(names, values, strict=True):
            _set(self, name, value)
        for name, factory in factories:
            _set(self, name, factory())
        if finish:
            self.__post_init__()

    return __init__


def _values(
    cls: str, names: tuple[str, ...], fields: dict[str, _Field], values: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """The values of all fields in order: those given in order, by name, and the defaults of the others."""
    if len(values) > len(names):
        raise TypeError(f"{cls} has {len(names)} fields, {len(values)} values were given")
    found = list(values)
    used = 0
    for name in names[len(values) :]:
        if name in named:
            used += 1
            found.append(named[name])
        elif fields[name].factory is not None:
            found.append(fields[name].factory())
        elif fields[name].default is not _NONE:
            found.append(fields[name].default)
        else:
            raise TypeError(f"{cls}: no value for the field {name!r}")
    if used != len(named):
        unknown = [name for name in named if name not in names[len(values) :]]
        raise TypeError(f"{cls}: the field {unknown[0]!r} is given twice or does not exist")
    return tuple(found)


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of these fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple([attrgetter(name)(record) for name in names])


def _shower(names: tuple[str, ...]) -> Callable[[Any], str]:
    values = _getter(names)

    def __repr__(self: Any) -> str:
        shown = [f"{name}={value!r}" for name, value in zip(names, values(self), strict=True)]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    return __repr__


def _comparer(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], bool]:
    def __eq__(self: Any, other: object) -> bool:
        return values(self) == values(other) if type(self) is type(other) else NotImplemented

    return __eq__


def _hasher(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __hash__


def _refuse(self: object, name: str, value: object = None) -> NoReturn:
    raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be changed")


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    dataclass, field, replace = _dataclass, _field, _replace
