"""Texts that a pattern matches, made from it: every alternative of every group stands in one of them.

Written apart from `classifiers.signals.patterns`, whose work it tries.
"""

import re

_QUANTIFIER = re.compile(r"(\?|\*|\+|\{(\d*)(,?)(\d*)\})\??")
_CLASS = re.compile(r"\[(\^?)(\]?(?:\\.|[^\]])*)\]")
_STANDS_FOR = {"w": "qq", "W": " ", "d": "7", "s": " ", "S": "qq", "b": ""}


def samples(pattern):
    """Texts that together show every alternative; what may be left out is once there and once not."""
    found, end = _either(pattern, 0)
    assert end == len(pattern)
    return list(dict.fromkeys(found))


def _either(pattern, at):
    found, at = _sequence(pattern, at)
    while pattern[at : at + 1] == "|":
        more, at = _sequence(pattern, at + 1)
        found = found + more
    return found, at


def _sequence(pattern, at):
    """The n-th choice of each part beside the n-th of all others, until each was shown. Of anything, however
    often, one blank is taken, so that what is bound by words stays so."""
    parts: list[list[str]] = []
    while at < len(pattern) and pattern[at] not in "|)":
        choices, at = _atom(pattern, at)
        if quantifier := _QUANTIFIER.match(pattern, at):
            at = quantifier.end()
            choices = choices if choices == [" "] else _repeated(choices, quantifier)
        parts.append(choices)
    most = max(map(len, parts), default=1)
    return ["".join(part[n % len(part)] for part in parts) for n in range(most)], at


def _atom(pattern, at):
    if pattern.startswith("(", at):
        opening = re.compile(r"\((?:\?(?::|=|!|<=|<!))?").match(pattern, at)
        assert opening
        choices, end = _either(pattern, opening.end())
        return choices if opening[0] in ("(", "(?:") else [""], end + 1
    if chars := _CLASS.match(pattern, at):
        return ["~" if chars[1] else chars[2][0]], chars.end()
    if pattern[at] == "\\":
        return [_STANDS_FOR.get(pattern[at + 1], pattern[at + 1])], at + 2
    return [" " if pattern[at] == "." else pattern[at]], at + 1


def _repeated(choices, quantifier):
    if quantifier[1] in "?*":
        return [*choices, ""]
    if quantifier[1] == "+":
        return choices
    least, most = int(quantifier[2] or 0), int(quantifier[4] or quantifier[2] or 2)
    counts = dict.fromkeys((max(least, 1), least, most))
    return [choice * count for count in counts for choice in choices]
