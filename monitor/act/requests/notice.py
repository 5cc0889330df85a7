"""What a school publishes about its reading (UK GDPR, Articles 13 and 14), made of its settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from alerts.access.offices import holders
from data.people import people_of
from data.types import Role
from data.words.say import Words
from monitor.act.requests.office import Office
from monitor.config.load import Config


class Basis(StrEnum):
    """The lawful basis, which the school chooses and records; it is printed where it is given."""

    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


def notice_lines(office: Office, w: Words, now: datetime, basis: Basis | None = None) -> Iterator[str]:
    """The paragraphs, each a string; a list is one of several lines."""
    school, config = office.school, office.config
    yield w("privacy.notice.title", school=school.name)
    yield from (w(f"privacy.notice.{name}") for name in ("what", "not"))
    yield from _place_lines(config, school.urn, w)
    yield w("privacy.notice.by_hand")
    yield w("privacy.notice.data")
    if basis is not None:
        yield w("privacy.notice.basis", basis=w(f"privacy.basis.{basis.value}"))
    yield from (w(f"privacy.notice.{name}") for name in ("decide", "who"))
    yield "\n".join([w("privacy.notice.kept"), *(f"- {line}" for line in _kept(config, w))])
    yield from (w(f"privacy.notice.{name}") for name in ("rights", "complain"))
    if contact := contact_of(office):
        yield w("privacy.notice.contact", contact=contact)
    yield w("privacy.notice.day", school=school.name, day=w.full_day(now, config.zone))


def register_lines(office: Office, w: Words, basis: Basis | None = None) -> Iterator[str]:
    """The record of this processing (Article 30), each paragraph a string."""
    school, config = office.school, office.config
    yield w("privacy.register.title", school=school.name)
    yield w("privacy.register.controller", school=school.name, contact=contact_of(office) or "–")
    yield w("privacy.register.purpose")
    if basis is not None:
        yield w("privacy.notice.basis", basis=w(f"privacy.basis.{basis.value}"))
    for name in ("people", "data", "source", "recipients", "transfers", "security"):
        yield w(f"privacy.register.{name}")
    yield from _place_lines(config, school.urn, w)
    yield "\n".join([w("privacy.notice.kept"), *(f"- {line}" for line in _kept(config, w))])
    recorded = config.dpia.recorded_on
    day = w.full_day(recorded) if recorded else ""
    yield w("privacy.register.dpia", day=day) if recorded else w("privacy.register.no_dpia")


def contact_of(office: Office) -> str:
    """Where people ask: the data protection officer’s address, else the contact of the settings."""
    officers = holders(people_of(office.school, office.config.people), Role.DPO)
    return next((p.email for p in officers if p.email), office.config.contact)


def _place_lines(config: Config, urn: str, w: Words) -> Iterator[str]:
    """The list of places; nothing where none is read yet."""
    mine = [s for s in config.sources if s.disabled is None and (not s.urns or urn in s.urns)]
    hosts = (s.name or s.url.partition("://")[2].partition("/")[0] or s.kind for s in mine)
    if names := dict.fromkeys(hosts):
        yield "\n".join([w("privacy.notice.places"), *(f"- {name}" for name in names)])


def _kept(config: Config, w: Words) -> Iterator[str]:
    policy = config.policy
    yield w("privacy.notice.kept_unmatched", n=policy.unmatched_hours)
    yield w("privacy.notice.kept_criticism", n=policy.criticism_days)
    yield w("privacy.notice.kept_other", n=policy.retain_days)
    yield from (w(f"privacy.notice.kept_{name}") for name in ("defamation", "grave", "safeguarding"))
