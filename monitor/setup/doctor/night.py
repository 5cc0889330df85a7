"""Checks of how people would be told: at night, on which days, in which language, by which pages; and of the
school's own pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlsplit

from alerts.access.offices import PAIRS, REPORT_READERS, REPORT_SIGNERS, holders
from alerts.access.recipients import leadership, people_for_repairs
from data.judged import supposed_verdict
from data.types import About, Person, Role, Route, School
from data.web.public_addresses import is_this_machine
from monitor.act.people import reachable
from monitor.config.accounts import run_accounts
from monitor.config.load import Config
from monitor.config.model import DEFAULT_LISTEN, OWN_PAGE
from monitor.setup.doctor.findings import Finding, Level, warn
from monitor.setup.doctor.people import Told, at_schools, find_recipients, naming_remedy
from monitor.setup.doctor.settings import closed_to_others
from monitor.terminal.wording import ADD_TERM

_BY_NIGHT = {Role.DSL: "the safeguarding leads", Role.HEAD: "the heads"}
_MATTERS = (
    ("a child at risk", Route.SAFEGUARDING, About.PUPIL),
    ("an allegation against the head", Route.SAFEGUARDING, About.HEAD),
    ("a threat to the school", Route.POLICE_NOW, About.SCHOOL),
)
_SHORT = "give one of them a “chat_file” for short messages (schoolgate docs alerts-and-mail)."


def check_telling(config: Config) -> list[Finding]:
    """Report who hears nothing at night, in the morning or on Friday though somebody should."""
    return [
        *_unreadable(config),
        *_open_to_others(config),
        *_check_shared(config),
        *at_schools("night", config, _night),
        *at_schools("digest", config, _digest),
        *at_schools("report", config, _report),
        *at_schools("own accounts", config, _own),
        *_run_by(config),
        *_witness(config),
    ]


def _unreadable(config: Config) -> Iterator[Finding]:
    """Somebody configured where a short message goes, and it goes nowhere."""
    if config.unreadable_chats:
        what = f"The address for short messages to {', '.join(config.unreadable_chats)} cannot be read."
        remedy = "Set the variable that “chat_env” names, for the account that runs Schoolgate, or write the "
        yield warn("night", what, f"{remedy}address into the first line of the file that “chat_file” names.")


def _run_by(config: Config) -> Iterator[Finding]:
    """Two named members of staff run an account, or nobody can when one of them leaves."""
    for one in run_accounts(config):
        if one.short:
            gone = f" Not on the staff: {', '.join(one.gone)}." if one.gone else ""
            what = f"{one.account.name} is not run by two named members of staff.{gone}"
            yield warn("own accounts", what, "Say who runs it: ⟪/accounts⟫")


def _witness(config: Config) -> Iterator[Finding]:
    """The end of the record proves nothing in the hands of whoever can rewrite it, or in nobody's."""
    person = next((p for p in config.people if p.id == config.evidence.witness), None)
    reads = any(person in leadership(school, config.people) for school in config.schools)
    if config.evidence.witness is None or (reads and person not in people_for_repairs(config.people)):
        return
    what = f"The end of the record goes to {config.evidence.witness}, who "
    what += "keeps this machine and could rewrite it." if reads else "is sent no digest."
    yield warn("proof", what, "Name somebody else of the leadership", "schoolgate set evidence.witness")


def _open_to_others(config: Config) -> Iterator[Finding]:
    """Whoever reads the address may write to that person as if it were us."""
    ids = [
        id_ for id_, file in config.chat_files.items() if id_ in config.chats and not closed_to_others(file)
    ]
    if ids:
        what = f"Others on this machine may read the address for short messages to {', '.join(ids)}."
        yield warn("night", what, "Close it: chmod 600, then the file that “chat_file” names.")


def _check_shared(config: Config) -> Iterator[Finding]:
    """Report the people who share a telephone: of a matter about one of them the others would have no short
    message, as it would be read there.
    """
    groups = dict.fromkeys(tuple(sorted({p, *others})) for p, others in config.people_sharing().items())
    for ids in groups:
        what = f"One address for short messages reaches {', '.join(ids)}"
        what += ": it is not used for a matter about one of them."
        yield warn("night", what, "Give each an address of their own (schoolgate docs alerts-and-mail).")


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
    verdict = supposed_verdict(school.urn, route, about)
    told = find_recipients(verdict, here, school, config.policy).audience
    return bool(told) and not any(person in config.chats for person in told)


def _digest(school: School, config: Config) -> Iterator[Told]:
    here = reachable(school, config.people)
    if here and not leadership(school, config.people):
        yield Level.WARN, "nobody receives the daily digest.", *naming_remedy(Role.SLT)


def _report(school: School, config: Config) -> Iterator[Told]:
    here = reachable(school, config.people)
    if here and not holders(here, *REPORT_READERS):
        what = "nobody receives the governors' weekly report."
        yield Level.WARN, what, *naming_remedy(Role.GOVERNOR)
    if here and not holders(here, *REPORT_SIGNERS):
        what = "nobody may sign the governors' weekly report, so it stays a draft."
        yield Level.WARN, what, *naming_remedy(Role.HEAD)


def _own(school: School, config: Config) -> Iterator[Told]:
    """An odd post on the school's own page is told to those who can take it down."""
    here = reachable(school, config.people)
    own = [s.id for s in config.sources if s.own and not s.disabled and school.urn in s.urns]
    pages = [s for s in config.sources if s.id in own and s.kind == OWN_PAGE]
    if own and not pages:
        what = f"nothing checks that the notice is on the school's own pages ({', '.join(own)})."
        remedy = (
            f"Add the page itself: “kind” is {OWN_PAGE}, and “own” is true (schoolgate docs own-accounts)."
        )
        yield Level.WARN, what, remedy, ""
    if own and here and not holders(here, Role.IT_LEAD):
        what = f"nobody in IT is told about an odd post on the school's own pages ({', '.join(own)})."
        yield Level.WARN, what, *naming_remedy(Role.IT_LEAD)


def days(config: Config, today: date) -> list[Finding]:
    """Terms that are not given, run out, or are contradicted by a closed day."""
    return list(at_schools("terms", config, partial(_days, today=today)))


def _days(school: School, config: Config, today: date) -> Iterator[Told]:
    calendar = config.calendar(school.urn)
    if not calendar.terms:
        what = "no terms are given, so the digest comes in the holidays too."
        yield Level.WARN, what, "Type them in, as your calendar has them", ADD_TERM
        return
    every = (
        "every weekday that is no bank holiday counts as a school day, and the digest comes in holidays too."
    )
    if last := calendar.end_of_terms(today):
        yield Level.WARN, f"the last term ended on {last:%-d %B %Y}: {every}", "Add the next terms", ADD_TERM
    elif last := calendar.ending(today):
        what = f"the last term that is given ends on {last:%-d %B %Y}; after it {every}"
        yield Level.WARN, what, "Add the next terms", ADD_TERM
    near = [timedelta(n) for n in range(-4, 5)]  # an INSET day may stand just before its term
    outside = sorted(day for day in calendar.closed if not any(calendar.in_term(day + n) for n in near))
    if outside:
        what = f"closed on {', '.join(f'{day:%-d %B %Y}' for day in outside)}, which is in no term."
        yield Level.WARN, what, "Correct “closed” or “terms” in its [[schools]].", ""


def check_pages(config: Config) -> Iterator[Finding]:
    """Report whether matters are read and taken on a telephone; without it, only by commands."""
    listen = config.serve.listen
    host = listen.rpartition(":")[0]
    if config.base_url is None:
        remedy = (
            "Give the desk an address, by Caddy, a tunnel or Microsoft Entra application proxy (schoolgate "
            "docs reaching), then say where it is"
        )
        what = (
            "No “base_url”: no telephone reaches the desk. On this machine it is opened by: schoolgate desk"
        )
        yield warn("pages", what, remedy, "schoolgate set base_url")
        if config.serve.listen_given:
            what = "“listen” in [serve] does nothing without “base_url”."
            yield warn("pages", what, "Add “base_url”, or remove “listen”.")
        return
    parts = urlsplit(config.base_url)
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        what = "“base_url” is not https: anyone listening on the way could read what was posted."
        remedy = "Put a web server with TLS in front, and write the address with https://"
        yield warn("pages", what, remedy, "schoolgate set base_url")
    if not (config.serve.proxies or is_this_machine(host)):
        what = f"The pages behind links are served at {listen} without TLS, beyond this machine."
        remedy = "Put a web server with TLS in front, and serve it to this machine alone"
        yield warn("pages", what, remedy, f"schoolgate set serve.listen={DEFAULT_LISTEN}")


def language(config: Config) -> list[Finding]:
    """Schools whose settings name a language without an edition."""
    return list(at_schools("language", config, _language))


def _language(school: School, config: Config) -> Iterator[Told]:
    if school.urn in config.in_english:
        what = "its settings ask for Welsh, and Schoolgate writes English: that is what its people are sent."
        remedy = (
            "Delete “language” in its [[schools]]. Letters of its own in Welsh belong into the folder “en”"
        )
        remedy += " of its “letters” (schoolgate docs letters)."
        yield Level.WARN, what, remedy, ""
