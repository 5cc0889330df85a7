"""Patterns that are compiled at their first question."""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import Any, cast

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
