"""README.txt of a pack: what is in it, and the commands that check it, as they are typed. Plain text."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence

from alerts.pack.facts import PackFacts
from data.evidence.file_faults import MANIFEST
from data.words.say import Words

_WIDTH = 100
_VERIFY = ("openssl", "ts", "-verify")
_STAMP, _QUERY, _CHAIN, _WACZ = "manifest.json.tsr", "manifest.json.tsq", "tsa-chain.pem", "capture.wacz"


def readme(facts: PackFacts, w: Words) -> str:
    """The text; each command is on a line of its own, indented by four spaces, to be typed in its folder."""
    parts = [
        w(
            "pack.readme.top", case=facts.file.case.id, school=facts.school.name, urn=facts.file.case.urn,
            recipient=w(facts.recipient.key(facts.school.nation)),
        ),
        w("pack.made_with", version=facts.version)
        if facts.withheld
        else w("pack.readme.made", utc=facts.utc(facts.made_at), version=facts.version),
        w("pack.readme.what_withheld" if facts.withheld else "pack.readme.what", pdf=f"{facts.name}.pdf"),
    ]  # fmt: skip
    if facts.withheld:
        parts += [w("pack.withheld"), w("pack.readme.withheld")]
    parts.append(w("pack.readme.shell"))
    text = [_wrapped(part) for part in parts]
    text.append(_section(w("pack.readme.all"), [shlex.join(("sha256sum", "-c", "SHA256SUMS"))]))
    if not facts.withheld:
        text += _sections(facts, w)
    text.append(_wrapped(w("pack.readme.limits")))
    return "\n\n".join(text) + "\n"


def _sections(facts: PackFacts, w: Words) -> list[str]:
    stamps, archives = _stamps(facts), _with(facts, _WACZ)
    return [
        _section(w("pack.readme.stamps" if stamps else "pack.readme.no_stamps"), stamps),
        _section(
            w("pack.readme.archive" if archives else "pack.readme.no_archive"),
            [shlex.join(("wacz", "validate", "--file", f"{folder}/{_WACZ}")) for folder in archives],
        ),
        _section(w("pack.readme.rows"), [shlex.join(("python3", "verify.py"))]),
        _wrapped(w("pack.readme.format")),
    ]


def _stamps(facts: PackFacts) -> list[str]:
    """Both ways: against the manifest itself, and against the request that was sent.

    As of the stamp's own time, since certificates run out long before a matter is over.
    """
    found = []
    for exhibit in facts.exhibits:
        if (stamp := facts.stamps.get(exhibit.capture_id or "")) is None:
            continue
        folder, at = f"exhibits/{exhibit.folder}", str(int(stamp.at.timestamp()))
        ends = ("-in", f"{folder}/{_STAMP}", "-CAfile", f"{folder}/{_CHAIN}", "-attime", at)
        found.append(shlex.join((*_VERIFY, "-data", f"{folder}/{MANIFEST}", *ends)))
        found.append(shlex.join((*_VERIFY, "-queryfile", f"{folder}/{_QUERY}", *ends)))
    return found


def _with(facts: PackFacts, name: str) -> list[str]:
    """The folders of the exhibits that have a file of that name."""
    return [f"exhibits/{e.folder}" for e in facts.exhibits if e.file(name) is not None]


def _section(said: str, commands: Sequence[str]) -> str:
    return "\n".join([_wrapped(said), *(["", *(f"    {c}" for c in commands)] if commands else [])])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
