"""Checks of how people would be told: at night, each morning, each Friday, of the school's own pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from alerts.access.offices import PAIRS, REPORT_READERS, REPORT_SIGNERS, holders
from alerts.access.recipients import leadership
from data.types import About, Person, Role, Route, School
from monitor.config.load import Config
from monitor.config.settings import OWN_PAGE
from monitor.setup.doctor.findings import Finding, Level, warn
from monitor.setup.doctor.people import Told, at_schools, named, reachable, supposed, told_of

_BY_NIGHT = {Role.DSL: "the safeguarding leads", Role.HEAD: "the heads"}
_MATTERS = (
    ("a child at risk", Route.SAFEGUARDING, About.PUPIL),
    ("an allegation against the head", Route.SAFEGUARDING, About.HEAD),
    ("a threat to the school", Route.POLICE_NOW, About.SCHOOL),
)
_SHORT = "give one of them a “chat_file” for short messages (docs/alerts-and-mail.md)."


def telling(config: Config) -> list[Finding]:
    """Who hears nothing at night, in the morning or on Friday though somebody should."""
    checks: tuple[Callable[[School, Config], Iterator[Told]], ...] = (_night, _digest, _report, _own)
    return [
        *_unreadable(config),
        *_open_to_others(config),
        *_shared(config),
        *(
            finding
            for name, check in zip(("night", "digest", "report", "own accounts"), checks, strict=True)
            for finding in at_schools(name, config, check)
        ),
    ]


def _unreadable(config: Config) -> list[Finding]:
    """Somebody configured where a short message goes, and it goes nowhere."""
    if not config.unreadable_chats:
        return []
    what = f"The address for short messages to {', '.join(config.unreadable_chats)} cannot be read."
    remedy = (
        "Set the variable that “chat_env” names, for the account that runs Schoolgate, or write the address "
    )
    return [warn("night", what, remedy + "into the first line of the file that “chat_file” names.")]


def _open_to_others(config: Config) -> Iterator[Finding]:
    """Whoever reads the address may write to that person as if it were us."""
    ids = [id_ for id_, file in config.chat_files.items() if id_ in config.chats and _others_may_read(file)]
    if ids:
        what = f"Others on this machine may read the address for short messages to {', '.join(ids)}."
        yield warn("night", what, "Close it: chmod 600, then the file that “chat_file” names.")


def _shared(config: Config) -> Iterator[Finding]:
    """Of a matter about one of them the others would have no short message: it would be read there."""
    groups = dict.fromkeys(tuple(sorted({p, *others})) for p, others in config.beside().items())
    for ids in groups:
        what = f"One address for short messages reaches {', '.join(ids)}"
        what += ": it is not used for a matter about one of them."
        yield warn("night", what, "Give each an address of their own (docs/alerts-and-mail.md).")


def _others_may_read(file: Path) -> bool:
    return os.name == "posix" and bool(file.stat().st_mode & 0o077)


def _night(school: School, config: Config) -> Iterator[Told]:
    """An email does not wake anybody, and a child at risk cannot wait for the morning."""
    here = reachable(school, config.people)
    only_mail = [
        _BY_NIGHT[pair[0]]
        for pair in PAIRS
        if pair[0] in _BY_NIGHT
        and (held := holders(here, *pair))
        and not any(p.id in config.chats for p in held)
    ]
    if only_mail:
        what = f"only mail reaches {' and '.join(only_mail)}, counting deputies, "
        what += "and an email does not wake anybody."
        yield Level.WARN, what, f"For the night, {_SHORT}", ""
        return
    matters = [
        title for title, route, about in _MATTERS if _by_mail_alone(school, here, config, route, about)
    ]
    if matters:
        what = f"at night only email would report {' or '.join(matters)}."
        yield Level.WARN, what, f"For one of the people told, {_SHORT}", ""


def _by_mail_alone(
    school: School, here: Sequence[Person], config: Config, route: Route, about: About
) -> bool:
    """By the rule that alerts use: is somebody told, and none by a short message?"""
    verdict = supposed(school.urn, route, about)
    told = told_of(verdict, here, school, config.policy).told
    return bool(told) and not any(person in config.chats for person in told)


def _digest(school: School, config: Config) -> Iterator[Told]:
    here = reachable(school, config.people)
    if here and not leadership(school, config.people):
        yield Level.WARN, "nobody receives the daily digest.", *named(Role.SLT)


def _report(school: School, config: Config) -> Iterator[Told]:
    here = reachable(school, config.people)
    if here and not holders(here, *REPORT_READERS):
        what = "nobody receives the governors' weekly report."
        yield Level.WARN, what, *named(Role.GOVERNOR)
    if here and not holders(here, *REPORT_SIGNERS):
        what = "nobody may sign the governors' weekly report, so it stays a draft."
        yield Level.WARN, what, *named(Role.HEAD)


def _own(school: School, config: Config) -> Iterator[Told]:
    """An odd post on the school's own page is told to those who can take it down."""
    here = reachable(school, config.people)
    own = [s.id for s in config.sources if s.own and not s.disabled and school.urn in s.urns]
    pages = [s for s in config.sources if s.id in own and s.kind == OWN_PAGE]
    if own and not pages:
        what = f"nothing checks that the notice is on the school's own pages ({', '.join(own)})."
        remedy = f"Add the page itself: “kind” is {OWN_PAGE}, and “own” is true (docs/own-accounts.md)."
        yield Level.WARN, what, remedy, ""
    if own and here and not holders(here, Role.IT_LEAD):
        what = f"nobody in IT is told about an odd post on the school's own pages ({', '.join(own)})."
        yield Level.WARN, what, *named(Role.IT_LEAD)
