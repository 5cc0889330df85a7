"""Google Alerts by mail: a headline, an outlet, the start of a text and a forwarding address for each result.

As their plain part has it, the address stands below its result; as their HTML has it, beside its headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sources.mailbox.mail import ReadMail, links_in, without_links

_SECTION = re.compile(r"={3,} .{0,300}? ={3,}")
_NOT_A_RESULT = re.compile(
    r"see (?:more|all) (?:results|stories)|flag as irrelevant|unsubscribe|edit this alert|see all your alerts"
    r"|this once a|you have received this|(?:- ){4,}|-{8,}|full coverage|share on|receive this alert as",
    re.IGNORECASE,
)
_LONGEST_OUTLET = 60
_MOST_RESULTS = 200


@dataclass(frozen=True, slots=True)
class AlertResult:
    """One result of an alert; `outlet` is "" where none is named."""

    url: str
    title: str
    outlet: str
    snippet: str


def is_alert(mail: ReadMail) -> bool:
    """Is it a mail of Google Alerts? A person's, who forwards one, is not."""
    return mail.of("google.com") and "alert" in mail.sender


def results_of(mail: ReadMail) -> list[AlertResult]:
    """What was found, in the mail's order."""
    lines = [line for line in mail.lines if line]
    at = [(n, url) for n, line in enumerate(lines) for url in links_in(line)[:1] if _is_result(url)]
    if not at:
        return []
    below = sum(bool(_bare(lines[n])) for n, _ in at) * 2 < len(at)
    return list(_above(lines, at) if below else _beside(lines, at))[:_MOST_RESULTS]


def _above(lines: Sequence[str], at: Sequence[tuple[int, str]]) -> Iterator[AlertResult]:
    for n, url in at:
        before = n
        while before and not links_in(lines[before - 1]):
            before -= 1
        found = _result(url, _said(lines[before:n]))
        if found is not None:
            yield found


def _beside(lines: Sequence[str], at: Sequence[tuple[int, str]]) -> Iterator[AlertResult]:
    ends = [n for n, _ in at[1:]] + [len(lines)]
    for (n, url), end in zip(at, ends, strict=True):
        found = _result(url, _said([_bare(lines[n]), *lines[n + 1 : end]]))
        if found is not None:
            yield found


def _said(lines: Sequence[str]) -> list[str]:
    """The lines that belong to a result, up to the first that does not."""
    text = _SECTION.sub("\n", "\n".join(map(_bare, lines)).replace("===\n", "=== "))
    kept: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if _NOT_A_RESULT.search(line):
            if kept:
                break
            continue
        kept.append(line)
    return kept


def _result(url: str, said: Sequence[str]) -> AlertResult | None:
    if not said:
        return None
    named = len(said) > 2 and len(said[1]) <= _LONGEST_OUTLET
    return AlertResult(url, said[0], said[1] if named else "", " ".join(said[2 if named else 1 :]))


def _bare(line: str) -> str:
    return " ".join(without_links(line).split())


def _is_result(url: str) -> bool:
    """Does it lead out of Google: not to the alert's own pages?"""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    own = host in ("google.com", "google.co.uk", "support.google.com", "accounts.google.com", "goo.gl")
    return not own or parts.path.startswith("/maps")
