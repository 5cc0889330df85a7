"""What a command needs at its start, for less: `dataclass`, for a third of the time it takes to make one,
and patterns that are compiled at their first question.

The standard library compiles six functions for each frozen class, and takes as long from Python 3.13 on,
where it does so in one go: for some 300 of them a quarter of what a command needs to start. Here the
constructor alone is compiled, and the others are the same for every class (docs/decisions,
0049-what-a-start-costs.md). What comes out is what `dataclasses` would have made; a test holds the two
together. Checkers of types read the standard library's.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import cached_property, partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, cast

_Methods = Mapping[str, Callable[..., Any]]


def _dataclass(
    *, frozen: bool = False, slots: bool = False, order: bool = False, **asked: bool
) -> Callable[[type], type]:
    """As `dataclasses.dataclass`, to which it leaves all but frozen classes with slots."""

    def made(cls: type) -> type:
        if frozen and slots and not order and not _does_more(cls):
            return _frozen(cls, **asked)
        return dataclasses.dataclass(cls, frozen=frozen, slots=slots, order=order, **asked)

    return made


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass


def _does_more(cls: type) -> bool:
    """Does its constructor do more than keep what it is given?"""
    of_its_own = (isinstance(value, Field) and not value.init for value in vars(cls).values())
    return hasattr(cls, "__post_init__") or any(of_its_own)


def _frozen(cls: type, *, eq: bool = True, kw_only: bool = False) -> type:
    own = set(vars(cls))
    cls.__doc__ = cls.__doc__ or cls.__name__  # else its signature is worked out
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    there = fields(made)
    names = frozenset(field.name for field in there)
    methods = {
        "__init__": _first_init(made, there),
        "__signature__": _Signature(),
        **_SHARED,
        **_refusals(made, names),
    }
    if eq:
        methods |= _comparisons([field.name for field in there if field.compare])
    for name in methods.keys() - own:
        setattr(made, name, methods[name])
    return made


def _first_init(cls: Any, there: Sequence[Field[Any]]) -> Callable[..., None]:
    """The constructor is compiled at the first call: of most classes a command makes nothing."""

    def __init__(self: object, *given: object, **named: object) -> None:
        if cls.__init__ is __init__:
            cls.__init__ = _init(cls, there)
        cls.__init__(self, *given, **named)

    return __init__


class _Signature:
    """The constructor's, for who looks at the class before anything is made of it."""

    def __get__(self, made: object, cls: type) -> inspect.Signature:
        here = next(c for c in cls.__mro__ if vars(c).get("__signature__") is self)
        taken = inspect.signature(_init(here, fields(here)))
        return taken.replace(parameters=list(taken.parameters.values())[1:])


def _init(cls: type, there: Iterable[Field[Any]]) -> Callable[..., None]:
    """Compiled, since it is what a scan calls for every post."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_MISSING": MISSING}
    plain, named, body = ["self"], ["*"], ["pass"]
    for field in there:
        name = given = value = field.name
        if field.default is not MISSING:
            known[f"_of_{name}"], given = field.default, f"{name}=_of_{name}"
        elif field.default_factory is not MISSING:
            known[f"_of_{name}"], given = field.default_factory, f"{name}=_MISSING"
            value = f"_of_{name}() if {name} is _MISSING else {name}"
        (named if field.kw_only else plain).append(given)
        body.append(f"_set(self, {name!r}, {value})")
    taken = ", ".join(plain + (named if len(named) > 1 else []))
    inner = "\n  ".join([f"def __init__({taken}):", *body])
    space: dict[str, Any] = {}
    exec(
        f"def made({', '.join(known)}):\n {inner}\n return __init__", vars(sys.modules[cls.__module__]), space
    )
    init: Callable[..., None] = space["made"](**known)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in there} | {"return": None}
    return init


def _comparisons(names: Sequence[str]) -> _Methods:
    values: Any = attrgetter(*names) if len(names) > 1 else partial(_values, names)

    def __eq__(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(values(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _values(names: Sequence[str], self: object) -> tuple[object, ...]:
    return tuple(getattr(self, name) for name in names)


def _refusals(cls: type[Any], names: frozenset[str]) -> _Methods:
    def __setattr__(self: object, name: str, value: object) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (field.name for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_SHARED: _Methods = {"__repr__": _repr, "__getstate__": _state, "__setstate__": _set_state}


_QUESTIONS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _LazyPattern:
    """Stands for a compiled pattern; after the first question its methods are its own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._written = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        compiled = re.compile(*self._written)
        self.__dict__.update({name: getattr(compiled, name) for name in _QUESTIONS})
        return compiled

    def __getattr__(self, name: str) -> Any:
        if name in _QUESTIONS:  # one that is kept for later compiles nothing yet
            return partial(self._ask, name)
        if name in ("pattern", "flags"):
            return getattr(self._compiled, name)
        raise AttributeError(name)

    def _ask(self, name: str, *given: Any, **named: Any) -> Any:
        return getattr(self._compiled, name)(*given, **named)


def lazy_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, but that a fault in it (re.error) is raised at the first question."""
    return cast("re.Pattern[str]", _LazyPattern(pattern, flags))
