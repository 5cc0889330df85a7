"""How a letter goes out: what is said of that beside it, to whom it is, and its address if known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.letters import forbidden_words, kinds
from alerts.letters.facts.fillings import platform
from alerts.letters.places import account_ways
from alerts.routes.ways import Helpline, OtherWay, PlatformRoute, helplines, old, route
from data.people import EMAIL
from data.web.channels import CHANNELS, PlaceKind
from data.words.say import Words

Known = PlatformRoute | OtherWay | Helpline | None
_TO = {
    kinds.LetterReader.AUTHOR: ("to",),
    kinds.LetterReader.STAFF: ("to",),
    kinds.LetterReader.POLICE: ("force",),
    kinds.LetterReader.OPERATOR: ("operator",),
    kinds.LetterReader.HOST: ("host",),
}
_OWN_WAY = (
    *(kinds.LetterKind.MUMSNET, kinds.LetterKind.RHC, kinds.LetterKind.ARCHIVE_REQUEST),
    *(kinds.LetterKind.SEARCH_RESULT, kinds.LetterKind.COPYRIGHT_NOTICE),
)
"""How these go out is said of them alone."""
_DESKS = {
    kinds.LetterKind.HOST_ABUSE: "host",
    kinds.LetterKind.REGISTRAR_ABUSE: "registrar",
    kinds.LetterKind.ISP_TERMS: "provider",
}
"""Whose abuse desk it goes to, by the name of the fact."""


def notice(check: kinds.LetterCheck, filling: Mapping[str, object], w: Words) -> str:
    """That it is a draft, and how it goes out, with the address of the platform's form or the helpline.

    If the route was last checked over six months ago, it says so.
    """
    how, (known, address, only) = _how(check, filling), _by(check, filling)
    said = w("letter.notice", how=w(f"letter.how.{how}"))
    said = " ".join((said, *(w(f"letter.who.{who}") for who in only)))
    today = check.given.now.astimezone(check.rules.means.zone).date()
    if known is not None and old(known, today):
        said += f" {w('letter.old', day=w.full_day(known.checked_on))}"
    return w("letter.form", notice=said, form=address) if address else said


def _how(check: kinds.LetterCheck, filling: Mapping[str, object]) -> str:
    """The code of how it goes out."""
    if check.kind is kinds.LetterKind.WIKIPEDIA:
        return "oversight" if filling["private"] else "talk_page"
    own = check.kind in _OWN_WAY and not filling["formal"]
    return check.kind.value if own else check.spec.reader.value


def _by(check: kinds.LetterCheck, filling: Mapping[str, object]) -> tuple[Known, str, tuple[str, ...]]:
    """What is known of the way, the address that is shown, and the codes of who alone is heard there."""
    if check.kind is kinds.LetterKind.SEARCH_RESULT:
        engines = [route(key) for key, at in CHANNELS.items() if at.place is PlaceKind.SEARCH]
        return engines[0], "; ".join(f"{row.name}: {row.form}" for row in engines), ("person",)
    if check.kind is kinds.LetterKind.COPYRIGHT_NOTICE:
        agents = helplines()["copyright_office"]
        return (None, "", ()) if filling["uk"] else (agents, agents.web, ("agent",))
    if check.spec.reader is kinds.LetterReader.HELPLINE:
        line = helplines()[check.kind.value]
        return line, line.mail or line.web, ()
    if check.spec.reader is not kinds.LetterReader.PLATFORM:
        return None, "", ()
    row = platform(check.file)
    way = row.way(*account_ways(check.case)) if check.kind is kinds.LetterKind.ACCOUNT_REPORT else None
    known = way or row
    if check.kind is kinds.LetterKind.WIKIPEDIA and not filling["private"]:
        return known, "", ()
    return known, known.form or row.form or row.mail, (known.who,) if known.who != "anyone" else ()


def lines_to(check: kinds.LetterCheck, filling: Mapping[str, object]) -> tuple[str, ...]:
    """The lines that say who it is to; none for whoever has no name here."""
    names = (_DESKS[check.kind],) if check.kind in _DESKS else _TO.get(check.spec.reader, ())
    address = str(filling["address"]).split(",") if check.spec.reader is kinds.LetterReader.AUTHOR else []
    lines = [*(str(filling[name]) for name in names), *(part.strip() for part in address)]
    return tuple(line for line in lines if line)


def mail_to(check: kinds.LetterCheck, filling: Mapping[str, object]) -> str | None:
    """The archive's address, or the abuse desk of whoever it is to, where one is known; else None."""
    if check.kind is kinds.LetterKind.ARCHIVE_REQUEST:
        return platform(check.file).mail or None
    hosting, desk = check.case.hosting, _DESKS.get(check.kind, "")
    known = {
        "network_abuse": hosting.get("network") or hosting.get("host", ""),
        "registrar_abuse": hosting.get("registrar", ""),
    }
    first = ("registrar_abuse",) if desk == "registrar" else ()
    to = str(filling[desk]) if desk else ""
    whose = (hosting.get(n, "") for n in (*first, *known) if to and forbidden_words.plain(known[n]) == to)
    address = next(whose, "")
    return address if EMAIL.fullmatch(address) else None
