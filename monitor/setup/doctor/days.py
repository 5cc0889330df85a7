"""Checks of the school's days, its language, and where its pages are reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

from data.types import School
from data.web.public_addresses import is_this_machine
from data.words.say import unchecked
from monitor.config.load import Config
from monitor.config.settings import DEFAULT_LISTEN
from monitor.setup.doctor.findings import Finding, Level, warn
from monitor.setup.doctor.people import Told, at_schools

_SOON = timedelta(days=30)
TERMS = "schoolgate terms add"


def days(config: Config, today: date) -> list[Finding]:
    """Terms that are not given, run out, or are contradicted by a closed day."""

    def look(school: School, config: Config) -> Iterator[Told]:
        return _days(school, config, today)

    return list(at_schools("terms", config, look))


def _days(school: School, config: Config, today: date) -> Iterator[Told]:
    calendar = config.calendar(school.urn)
    if not calendar.terms:
        what = "no terms are given, so the digest comes in the holidays too."
        yield Level.WARN, what, "Type them in, as your calendar has them", TERMS
        return
    last = max(term.last for term in calendar.terms)
    if last < today:
        what = f"the last term ended on {last}: no day counts as a school day, and no daily digest comes."
        yield Level.WARN, what, "Add the next terms", TERMS
    elif last - today <= _SOON:
        what = f"the last term that is given ends on {last}; after it no daily digest comes."
        yield Level.WARN, what, "Add the next terms", TERMS
    outside = sorted(day for day in calendar.closed if not calendar.in_term(day))
    if outside:
        what = f"closed on {', '.join(map(str, outside))}, which is in no term."
        yield Level.WARN, what, "Correct “closed” or “terms” in its [[schools]].", ""


def pages(config: Config) -> Iterator[Finding]:
    """Where matters are read and taken on a telephone; without it, only by commands."""
    listen = config.serve.listen
    host = listen.rpartition(":")[0]
    if config.base_url is None:
        remedy = "Put a web server with TLS in front, then say where it is reached"
        what = (
            "No “base_url”: messages hold no link, and alerts can be read and acknowledged only by command."
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
    if not is_this_machine(host):
        what = f"The pages behind links are served at {listen} without TLS, beyond this machine."
        remedy = "Put a web server with TLS in front, and serve it to this machine alone"
        yield warn("pages", what, remedy, f"schoolgate set serve.listen={DEFAULT_LISTEN}")


def language(config: Config) -> list[Finding]:
    """Sentences that nobody who grew up with the language has read yet."""

    def look(school: School, _: Config) -> Iterator[Told]:
        if unchecked(school.language):
            what = "its messages are in Welsh that no native speaker has checked yet."
            yield Level.WARN, what, "Have it read (docs/words.md), or write “en” as its “language”.", ""

    return list(at_schools("language", config, look))
