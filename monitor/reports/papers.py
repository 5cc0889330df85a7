"""The papers that data protection law asks of a school, drafted from its settings, in English.

A template is filled with facts: “% ” begins a line that steers, “? ” a question left to who approves it. What
is said of the law stands in `law.toml`, each once, with where and when it was read, numbered as used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from itertools import count
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markdown_it import MarkdownIt

from alerts.access.offices import holders
from alerts.wording.cases import office as title_of
from classifiers.scoring.onnx_scorer import read_figures
from data.content_class import SIX_YEARS, ContentClass, class_spec
from data.errors import InputError
from data.people import people_of
from data.retention.deleting import COPIES_KEPT, REWRITE_AFTER
from data.shipped import read_shipped, read_table
from data.store.engine.open import Store
from data.store.weekly import count_kept, count_purged, first_known_at
from data.types import Policy, Role, School
from data.words.say import words
from monitor.config.load import Config

_W = words("en")
ANSWER = _W("privacy.paper.answer")
"""The line under each question."""
_STEERS = re.compile(r"(?m)^% (.*)\n")
_QUESTION = re.compile(r"(?m)^\? (.*)$\n?")
_GAP = re.compile(r"\n{3,}")
INDEPENDENT = "independent"
_YEAR = timedelta(days=365)
_MEASURED = {
    "grave_alerted": 100, "grave_seen": 100, "false_alarms": 100, "about_dismissed": 100,
    "real_grave_alerted": 100, "real_grave_seen": 100, "real_alerts_per_1000": 1, "identity_seen": 100,
}  # fmt: skip
"""The figures of the model's card that the papers give, and what makes each a number out of 100 or 1,000."""
_SERVICES = ("mailbox", "mail", "mail_sign_in", "desk_sign_in", "chat", "time_stamps", "heartbeat")
"""What hosts are asked for that serve the school (`monitor.config.hosts`)."""
Hosts = Mapping[str, Sequence[str]]
"""The hosts that are asked, by what for."""


class Paper(StrEnum):
    """The papers that may be drafted, by their addresses; FOI stands beside what a request for it exports."""

    DPIA = "dpia"
    LIA = "lia"
    ROPA = "ropa"
    NOTICE = "notice"
    APD = "apd"
    RETENTION = "retention"
    DUE_DILIGENCE = "due-diligence"
    BRIEFING = "briefing"
    FOI = "foi"


class Basis(StrEnum):
    """The lawful basis, which the school chooses and records; it is printed where it is given."""

    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


def draft_paper(
    school: School,
    config: Config,
    store: Store,
    paper: Paper,
    now: datetime,
    basis: Basis | None,
    asked: Hosts,
) -> str:
    """The draft of a paper, as Markdown. Raises InputError where it, or that basis, is not for the school."""
    if paper is Paper.LIA or basis is Basis.LEGITIMATE_INTERESTS:
        # legitimate interests is for independent schools alone (`basis_public` in law.toml)
        sector = sector_of(school)
        why = f"Only an independent school may rest on legitimate interests. {law_words('basis_public')}"
        if not sector:
            raise InputError(f"{why} {_W('privacy.paper.no_sector', school=school.name)}")
        if sector != INDEPENDENT:
            raise InputError(f"{why} {school.name} is “{sector}” by the settings: its basis is public task.")
    read = read_since(school, config, store, now) if paper is Paper.DPIA else {}
    return compose_paper(paper, {**paper_facts(school, config, store, now, basis, asked), "read_since": read})


def privacy_notice(school: School, config: Config, store: Store, now: datetime) -> list[str]:
    """Return the notice without what is for the school, as plain text: a copy of data ends with it."""
    said = compose_paper(Paper.NOTICE, paper_facts(school, config, store, now), draft=False)
    return [paragraph.lstrip("# ") for paragraph in said.strip().split("\n\n")]


def compose_paper(paper: Paper, facts: Mapping[str, object], *, draft: bool = True) -> str:
    """The paper filled in. Raises jinja2.UndefinedError where a fact is missing."""
    cited = _Law()
    given = {**facts, "law": cited, "draft": draft}
    template = _templates().get_template(f"{paper.value.replace('-', '_')}.md")
    title, _, body = template.render(given).partition("\n")
    whole = _templates().get_template("_frame.md").render(given, title=title, body=body.strip())
    number = count(1)

    def ask_question(question: re.Match[str]) -> str:
        label = _W("privacy.paper.question", n=next(number))
        return f"\n> **{label}** {question[1]}\n>\n> {ANSWER}\n\n"

    return _GAP.sub("\n\n", _QUESTION.sub(ask_question, whole)).strip() + "\n"


def paper_page(text: str) -> str:
    """The paper as an HTML page, which word processors open too."""
    page = _templates().get_template("page.html")
    return page.render(title=text.partition("\n")[0].removeprefix("# "), body=body_of(text))


def body_of(text: str) -> str:
    """The paper as HTML without a page around it; what it says is escaped."""
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))


def law_words(key: str) -> str:
    """Return what the law says of a thing. Raises KeyError."""
    return str(_laws()[key]["text"])


class _Law:
    """Sentences on the law by key for one paper: each with the number of its source, in the order of use."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def __getitem__(self, key: str) -> str:
        return f"{law_words(key)} {self.source(key)}"

    def source(self, key: str) -> str:
        """The number of its source alone."""
        return f"[{self._used.setdefault(_laws()[key]['source'], len(self._used) + 1)}]"

    def citations(self) -> list[tuple[str, str]]:
        """Each source that was used, and the day it was read."""
        read = {row["source"]: row["read"] for row in _laws().values()}
        return [(source, _W.full_day(read[source])) for source in self._used]


def _laws() -> Mapping[str, Mapping[str, Any]]:
    return read_table("monitor.reports", "templates/law.toml")


@cache
def _templates() -> Environment:
    """Every name filled in; a page escapes, Markdown is escaped when a page is made of it."""
    return Environment(
        loader=FunctionLoader(_load_template),
        autoescape=lambda name: name == "page.html",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _load_template(name: str) -> str:
    return _STEERS.sub(r"{% \1 %}", read_shipped("monitor.reports", "templates", name))


def paper_facts(
    school: School,
    config: Config,
    store: Store,
    now: datetime,
    basis: Basis | None = None,
    asked: Hosts = MappingProxyType({}),
) -> Mapping[str, object]:
    """Every fact that a template may name; what the settings do not say is empty."""
    mine = [s for s in config.sources if s.disabled is None and (not s.urns or school.urn in s.urns)]
    here = people_of(school, config.people)
    held = {role: len(holders(here, role)) for role in Role}
    dpia = config.dpia.recorded_on
    officers = holders(people_of(school, config.people), Role.DPO)
    return {
        "school": school.name,
        "nation": school.nation,
        "controller": controller_of(school, config.trust.name if config.trust else ""),
        "schools": [s.name for s in config.proper],
        "sector": sector_of(school),
        "trust": school.trust or (config.trust.name if config.trust else ""),
        "lead": _W(f"lane.lead.{school.nation}"),
        "offices": [f"{title_of(role, school, _W)}: {n}" for role, n in held.items() if n],
        "contact": next((p.email for p in officers if p.email), config.contact),
        "site_contact": config.contact,
        "basis": _W(f"privacy.basis.{basis.value}") if basis else "",
        "places": list(
            dict.fromkeys(s.name or (s.url.partition("://")[2].partition("/")[0] or s.kind) for s in mine)
        ),
        "own_pages": any(s.own for s in mine),
        "names_looked_for": not config.policy.names_permitted,
        "kept": retention_words(config.policy),
        "store": str(store.path),
        "evidence": str(store.evidence),
        "measured": _model_figures(config.model.name),
        "leaves": {name: ", ".join(asked.get(name, ())) for name in (*_SERVICES, "rdap")},
        "services": ", ".join(dict.fromkeys(host for name in _SERVICES for host in asked.get(name, ()))),
        "excerpts": config.digest.excerpts,
        "without_mail": config.without_mail,
        "desk": config.base_url is not None,
        "sign_in": config.sign_in.provider.capitalize() if config.sign_in else "",
        "model": config.model.name or "",
        "dpia": _W.full_day(dpia) if dpia else "",
        "day": _W.full_day(now, config.zone),
        "version": version("schoolgate"),
    }


def _model_figures(other_model: str | None) -> Mapping[str, int]:
    """Return what was measured of the shipped model; of another named in the settings nothing is known."""
    if other_model:
        return {}
    found = read_figures()
    return {name: round(found[name] * times) for name, times in _MEASURED.items()}


def read_since(school: School, config: Config, store: Store, now: datetime) -> Mapping[str, object]:
    """Count posts of the last year, deleted ones too, and from which day; none restricted."""
    urn = school.urn
    with store.open_reader() as con:
        first = first_known_at(con, urn)
        if first is None:
            return {}
        start = max(first, now - _YEAR)
        kept, gone = count_kept(con, urn, start, now), count_purged(con, urn, start.date(), now.date())
    return {"posts": sum(kept.values()) + sum(gone.values()), "day": _W.full_day(start, config.zone)}


def retention_words(policy: Policy) -> Mapping[str, str]:
    """Say how long what is kept, in words: the times of `data.keeping` and of the purge."""
    other = timedelta(days=policy.retain_days)
    days = {"criticism": policy.criticism_days, "other": policy.retain_days}
    days |= {"copies": COPIES_KEPT.days, "rewrite": REWRITE_AFTER.days}
    classes = {"defamation": ContentClass.DEFAMATION, "grave": ContentClass.THREAT}
    longer = {name: class_spec(code).kept or other for name, code in classes.items()} | {"stub": SIX_YEARS}
    return {
        "unmatched": _W("privacy.period.hours", n=policy.unmatched_hours),
        **{name: _W("privacy.period.days", n=n) for name, n in days.items()},
        **{name: _in_months_or_years(time) for name, time in longer.items()},
    }


def _in_months_or_years(time: timedelta) -> str:
    years = round(time.days / 365.25, 1)
    if years.is_integer():
        return _W("privacy.period.years", n=int(years))
    return _W("privacy.period.months", n=round(time.days / 30.44))


def sector_of(school: School) -> str:
    """Find who runs it, as the settings say or its trust shows; "" where neither does."""
    return school.sector or ("academy" if school.trust or school.is_trust else "")


def controller_of(school: School, trust: str) -> str:
    """Find the controller: an academy's trust, in Scotland a council, else the school; "" if unset."""
    sector = sector_of(school)
    if sector == "academy":
        return school.trust or (school.name if school.is_trust else trust)
    if school.nation == "scotland" and sector == "maintained":
        return school.local_authority
    return school.name
