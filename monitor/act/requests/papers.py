"""The facts that a school's papers on data protection are filled in from: its settings, and code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version

from alerts.access.offices import holders
from alerts.letters.signing import office as title_of
from alerts.papers.compose import Paper, composed, law
from data.content_class import SIX_YEARS, ContentClass, class_spec
from data.errors import InputError
from data.people import people_of
from data.retention.purge import COPIES_KEPT, REWRITE_AFTER
from data.store.reporting.weekly_counts import began, counted, purged
from data.types import Policy, Role, School, Source
from data.words.say import Words
from monitor.act.requests.office import Office

INDEPENDENT = "independent"
_YEAR = timedelta(days=365)
_MEASURED = {
    "grave_alerted": 100, "grave_seen": 100, "false_alarms": 100, "about_dismissed": 100,
    "real_grave_alerted": 100, "real_grave_seen": 100, "real_alerts_per_1000": 1, "identity_seen": 100,
}  # fmt: skip
"""The figures of the model's card that the papers give, and what makes each a number out of 100 or 1,000."""
_SERVICES = ("mailbox", "mail", "mail_sign_in", "desk_sign_in", "chat", "time_stamps", "heartbeat")
"""What hosts are asked for that serve the school (`monitor.setup.hosts`)."""
Hosts = Mapping[str, Sequence[str]]
"""The hosts that are asked, by what for."""


class Basis(StrEnum):
    """The lawful basis, which the school chooses and records; it is printed where it is given."""

    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


def drafted(office: Office, paper: Paper, w: Words, now: datetime, basis: Basis | None, asked: Hosts) -> str:
    """The draft of a paper, as Markdown. Raises InputError where it, or that basis, is not for the school."""
    if paper is Paper.LIA or basis is Basis.LEGITIMATE_INTERESTS:
        _refuse_public_bodies(office.school)
    read = read_since(office, w, now) if paper is Paper.DPIA else {}
    return composed(paper, w, {**facts(office, w, now, basis, asked), "read_since": read})


def published(office: Office, w: Words, now: datetime) -> list[str]:
    """The notice without its questions, as plain paragraphs: a copy of somebody's data ends with it."""
    said = composed(Paper.NOTICE, w, facts(office, w, now, None, {}), draft=False)
    return [paragraph.lstrip("# ") for paragraph in said.strip().split("\n\n")]


def facts(office: Office, w: Words, now: datetime, basis: Basis | None, asked: Hosts) -> Mapping[str, object]:
    """Every fact that a template may name; what the settings do not say is empty."""
    school, config = office.school, office.config
    mine = [s for s in config.sources if s.disabled is None and (not s.urns or school.urn in s.urns)]
    here = people_of(school, config.people)
    held = {role: len(holders(here, role)) for role in Role}
    dpia = config.dpia.recorded_on
    home = office.session.store.home
    return {
        "school": school.name,
        "nation": school.nation,
        "controller": controller_of(school, config.trust.name if config.trust else ""),
        "schools": [s.name for s in config.proper],
        "sector": sector_of(school),
        "trust": school.trust or (config.trust.name if config.trust else ""),
        "lead": w(f"lane.lead.{school.nation}"),
        "offices": [f"{title_of(role, school.nation, w)}: {n}" for role, n in held.items() if n],
        "contact": contact_of(office),
        "site_contact": config.contact,
        "basis": w(f"privacy.basis.{basis.value}") if basis else "",
        "places": list(dict.fromkeys(s.name or _host(s) for s in mine)),
        "own_pages": any(s.own for s in mine),
        "names_looked_for": not config.policy.names_permitted,
        "kept": kept(config.policy, w),
        "store": str(office.session.store.path),
        "evidence": str(home / "evidence"),
        "measured": _figures(config.model.name),
        "leaves": {name: ", ".join(asked.get(name, ())) for name in (*_SERVICES, "rdap")},
        "services": ", ".join(dict.fromkeys(host for name in _SERVICES for host in asked.get(name, ()))),
        "excerpts": config.digest.excerpts,
        "desk": config.base_url is not None,
        "sign_in": config.sign_in.provider.capitalize() if config.sign_in else "",
        "model": config.model.name or "",
        "dpia": w.full_day(dpia) if dpia else "",
        "day": w.full_day(now, config.zone),
        "version": version("schoolgate"),
    }


def _figures(other_model: str | None) -> Mapping[str, int]:
    """What was measured of the model that ships; of another that the settings name nothing is known."""
    if other_model:
        return {}
    from classifiers.scoring.model_card import measured_of

    found = measured_of()
    return {name: round(found[name] * times) for name, times in _MEASURED.items()}


def read_since(office: Office, w: Words, now: datetime) -> Mapping[str, object]:
    """Posts about the school of the last year at most, those deleted since among them, and from which day on;
    empty where nothing was read. What is restricted is in no count."""
    urn = office.school.urn
    with office.session.store.read() as con:
        first = began(con, urn)
        if first is None:
            return {}
        start = max(first, now - _YEAR)
        kept, gone = counted(con, urn, start, now), purged(con, urn, start.date(), now.date())
    return {"posts": sum(kept.values()) + sum(gone.values()), "day": w.full_day(start, office.config.zone)}


def _host(source: Source) -> str:
    return source.url.partition("://")[2].partition("/")[0] or source.kind


def kept(policy: Policy, w: Words) -> Mapping[str, str]:
    """How long what is kept, in words: the times of `data.keeping.periods` and of the purge."""
    other = timedelta(days=policy.retain_days)
    days = {"criticism": policy.criticism_days, "other": policy.retain_days}
    days |= {"copies": COPIES_KEPT.days, "rewrite": REWRITE_AFTER.days}
    classes = {"defamation": ContentClass.DEFAMATION, "grave": ContentClass.THREAT}
    longer = {name: class_spec(code).kept or other for name, code in classes.items()} | {"stub": SIX_YEARS}
    return {
        "unmatched": w("privacy.period.hours", n=policy.unmatched_hours),
        **{name: w("privacy.period.days", n=n) for name, n in days.items()},
        **{name: _in_months_or_years(time, w) for name, time in longer.items()},
    }


def _in_months_or_years(time: timedelta, w: Words) -> str:
    years = round(time.days / 365.25, 1)
    if years.is_integer():
        return w("privacy.period.years", n=int(years))
    return w("privacy.period.months", n=round(time.days / 30.44))


def sector_of(school: School) -> str:
    """Who runs it, as the settings say or its trust shows; "" where neither does."""
    return school.sector or ("academy" if school.trust or school.is_trust else "")


def controller_of(school: School, trust: str) -> str:
    """Who answers in law for what the school does with data: an academy's trust, in Scotland the council of a
    maintained school, else the school; "" where that is not in the settings."""
    sector = sector_of(school)
    if sector == "academy":
        return school.trust or (school.name if school.is_trust else trust)
    if school.nation == "scotland" and sector == "maintained":
        return school.local_authority
    return school.name


def contact_of(office: Office) -> str:
    """Where people ask: the data protection officer’s address, else the contact of the settings."""
    officers = holders(people_of(office.school, office.config.people), Role.DPO)
    return next((p.email for p in officers if p.email), office.config.contact)


def _refuse_public_bodies(school: School) -> None:
    """Legitimate interests is for independent schools alone (`basis_public` in law.toml)."""
    sector = sector_of(school)
    why = f"Only an independent school may rest on legitimate interests. {law('basis_public', 'en')}"
    if not sector:
        raise InputError(
            f"{why} Who runs {school.name} is not in the settings. If it is independent: "
            f"⟪schools change⟫ {school.urn} sector={INDEPENDENT}"
        )
    if sector != INDEPENDENT:
        raise InputError(
            f"{why} {school.name} is “{sector}” by the settings. What it needs: "
            "⟪privacy dpia⟫ ⟨basis⟩ public-task"
        )
