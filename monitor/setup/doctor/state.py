"""Checks of what has come about: the store, the sources' runs, the model's files."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from alerts.delivery.results import cause_of
from alerts.notices.book import merge_troubles
from data.effects import Clock, Sleep, Uptime
from data.errors import InputError, ModelMissing, StoreBusy, StoreDamaged, StoreError, StoreOlder
from data.store.engine.audit_chain import verify
from data.store.engine.connect import read_whole
from data.store.engine.open import RESTORING, Store
from data.store.engine.rows import group_pairs
from data.store.mentions.known import peoples_finds
from data.store.messages.outbox import count_waiting, last_by_mail, undelivered_messages
from data.store.service import Trust, clock_state
from data.store.sources import articles_of, latest_runs
from data.types import Mention, Outcome, Source, SourceRun, SourceState
from data.web.channels import WEBSITE, channel_at
from data.words.say import words
from monitor.act.ways_in import people_without_sheet
from monitor.config.load import Config
from monitor.config.model import ModelSettings
from monitor.pipeline import supplied as spool
from monitor.service.state.health import trouble_words
from monitor.service.state.notebook import read_book
from monitor.setup.doctor.findings import Finding, end_sentence, tell
from monitor.setup.doctor.install import ANEW
from monitor.setup.doctor.mail import check_last_mail
from monitor.terminal.wording import count_words, outcome_words, some
from sources.http.exchange import UNKNOWN_AUTHORITY
from sources.nature.nature import said_or_sure
from sources.places.behind import count_outlets
from sources.source_health import SourceTrouble, unseen

LOOKED_BACK = timedelta(days=7)
_FAILING = 3
"""So many failures in a row, and a person should look."""
_ONE_PLACE: Mapping[Outcome, str] = {
    Outcome.BLOCKED: "sources.refused",
    Outcome.REFUSED_BY_ROBOTS: "sources.refused",
    Outcome.GONE: "sources.gone",
}
"""What to do about one place that ended so; any other is looked at now."""


def store(
    home: Path,
    sources: Sequence[Source],
    *,
    clock: Clock,
    sleep: Sleep,
    config: Config | None = None,
    up: Uptime | None = None,
) -> list[Finding]:
    """Whether the store is of this version, can be read whole, and its audit chain holds; how sources fare.

    Also what became of messages: where `config` names a server for them, one that is not due yet waits for
    nothing but its time.
    """
    from data.store.privacy import overdue_requests
    from data.store.sources import states

    mail = config is not None and config.mail is not None
    door = Store(home, clock=clock, sleep=sleep, wait_s=5.0)
    if not door.path.exists() and not (home / RESTORING).exists():
        return [tell("store.none", path=door.path)]
    ids = [source.id for source in sources]
    try:
        with door.open_reader() as con:
            read_whole(con)
            broken, waiting = verify(con), count_waiting(con, clock(), due=mail)
            lost, last = undelivered_messages(con, clock(), clock() - LOOKED_BACK), last_by_mail(con)
            before, latest = states(con, ids), latest_runs(con, ids)
            trust, owed = clock_state(con, clock(), up), len(overdue_requests(con, clock()))
            asked = peoples_finds(con, [s.id for s in sources if _is_unknown(s)])
            met = articles_of(con, [s.id for s in sources if s.surfaced])
            sheets = people_without_sheet(con, config, clock()) if config and config.base_url else {}
    except StoreBusy as error:
        return [tell("store.busy", why=error)]
    except StoreDamaged as error:
        return [tell("store.damaged", why=error)]
    except StoreOlder as error:
        return [tell("store.older", why=str(error).partition(". ")[0])]
    except StoreError as error:
        return [tell("store.unreadable", why=end_sentence(str(error)), home=home)]
    found = [tell("store.broken_chain", why=end_sentence(text)) for text in broken]
    found = [*(found or [tell("store.holds", path=door.path)]), *runs(sources, before, latest)]
    if names := [source.id for source in sources if source.id in asked]:  # until somebody has said it
        found.append(tell("sources.unknown_feeds", places=some(names)))
    found += _sites(sources, met, config)
    if config:
        found += [*silent(config, before, clock()), *check_looked_up(config), *check_last_mail(config, last)]
    if waiting:
        found.append(tell("mail.waiting" if mail else "mail.waiting_for_ever", count=waiting))
    w = words("en")  # what did not arrive in the last week, by what stood in the way
    why = Counter(w(f"failure.cause.{cause_of(one.detail)}") for one in lost)
    found += [tell("mail.lost", count=n, why=end_sentence(cause)) for cause, n in why.items()]
    found += check_clock(trust)
    if owed:
        found.append(tell("privacy.overdue", count=owed))
    for school, lacking in sheets.items():
        found.append(tell("sheets.none", school=school.name, people=some([p.name for p in lacking])))
    return found


def _is_unknown(source: Source) -> bool:
    """Is it a feed of which nobody has said, nor its address or name says, what it is?"""
    feed = source.kind == "feed" and not source.surfaced and not source.disabled
    return feed and channel_at(source.url) == WEBSITE and said_or_sure(source) is None


def _sites(sources: Sequence[Source], met: Sequence[Mention], config: Config | None) -> list[Finding]:
    """The sites on which searches found articles and of which nobody knows what they are, and how many."""
    from monitor.pipeline.one_event import nature_known, natures_said  # late: it loads what judges

    said = natures_said(sources, config.natures if config else None) if met else {}
    urls = {o: f"https://{o.host}/a" for o in count_outlets(met) if o.host}
    asked = [o for o, u in urls.items() if channel_at(u) == WEBSITE and not nature_known(u, said)]
    names = some([f"{o.host} ({o.articles})" for o in asked])
    return [tell("sources.unknown_sites", sites=names)] if asked else []


def check_clock(trust: Trust) -> list[Finding]:
    """Report where the clock has leapt, so that nothing is deleted by it."""
    if trust.until is None:
        return []
    off = "ahead of" if trust.ahead else "behind"
    believed, until = (f"{at:%Y-%m-%d %H:%M}" for at in (trust.believed, trust.until))
    return [tell("clock.leapt", off=off, believed=believed, until=until)]


def handed_in(home: Path) -> list[Finding]:
    """Reports of people that could not be saved: nobody has been told of them."""
    found = {"kept": spool.spooled_reports(home), "cut": spool.broken_off(home)}
    return [
        tell(f"report-in.{key}", paths=f"{len(paths)}, in {paths[0].parent}")
        for key, paths in found.items()
        if paths
    ]


def runs(
    sources: Sequence[Source], states: Mapping[str, SourceState], last: Mapping[str, SourceRun]
) -> list[Finding]:
    """Places that were never read, and those that keep failing. Those that are off are told elsewhere."""
    on = [source for source in sources if not source.disabled]
    if on and not any(source.id in last for source in on):
        return [tell("sources.never_read")]
    outcomes = [run and run.outcome for run in map(last.get, (source.id for source in on))]
    barred = [source.id for source in on if (run := last.get(source.id)) and UNKNOWN_AUTHORITY in run.detail]
    if barred:
        return [tell("sources.barred", count=count_words(barred, "source"), places=some(barred))]
    if len(on) > 1 and all(outcome is Outcome.UNREACHABLE for outcome in outcomes):
        return [tell("sources.no_network", count=len(on))]
    found = list(_unread(on, states, last))
    return found or ([tell("sources.all_read")] if on else [])


def _unread(
    on: Sequence[Source], states: Mapping[str, SourceState], last: Mapping[str, SourceRun]
) -> Iterator[Finding]:
    """One finding for all that are in the same way; of one alone all that is known."""
    said = ((source, _source_words(states.get(source.id), last.get(source.id))) for source in on)
    alike = group_pairs((each[0], (source, each[1])) for source, each in said if each)
    for (what, then), found in alike.items():
        if len(found) == 1:
            ((source, alone),) = found
            run = last.get(source.id)
            key = _ONE_PLACE.get(run.outcome, "sources.unread") if run else "sources.unread"
            yield tell(key, what=end_sentence(f"{source.id} {alone}"), source=source.id)
        else:
            names = some([source.id for source, _ in found])
            yield tell(
                "sources.several_unread", what=end_sentence(f"{len(found)} sources {what}: {names}{then}")
            )


def _source_words(state: SourceState | None, run: SourceRun | None) -> tuple[tuple[str, str], str] | None:
    """Say it of many such places, before and after their names, then of one alone; None where it is read."""
    if state is None or run is None or state.last_run_at is None:
        return ("were never read", ""), "was never read"
    if state.last_ok_at is None:
        how = f"Last time: {outcome_words(run.outcome)}"
        alone = f"was never read successfully. {how}"
        return (
            ("were never read successfully", f". {how}"),
            f"{alone}: {run.detail}" if run.detail else alone,
        )
    if state.failures_in_a_row >= _FAILING:
        alone = (
            f"could not be read {state.failures_in_a_row} times in a row; "
            f"last seen {state.last_ok_at:%d %B %Y, %H:%M} UTC."
        )
        return (f"could not be read {_FAILING} times in a row or more", ""), alone
    return None


def silent(config: Config, states: Mapping[str, SourceState], now: datetime) -> list[Finding]:
    """Places that answer and have brought nothing new for much longer than usual."""
    on = [source for source in config.sources if not source.disabled]
    found = ((s.id, unseen(states[s.id], now, config.school_hours(s))) for s in on)
    names = [name for name, one in found if one and one.trouble is SourceTrouble.SILENT]
    return [tell("sources.silent", places=some(names))] if names else []


def check_looked_up(config: Config) -> Iterator[Finding]:
    """Report what did not answer when places were looked for: the feeds that it names are not among them."""
    if config.to_look_up:
        yield tell("sources.not_looked_up", hosts=some(list(config.to_look_up)))


def check_model_files(settings: ModelSettings) -> list[Finding]:
    """Whether the files of our model and the second reader are those that their cards name, and score."""
    from classifiers.scoring.heads import reader_of
    from monitor.pipeline.judges import scorer

    text = ["Good morning from the school gate."]
    first = scorer(settings.model_copy(update={"threads": 1, "name": None}))
    try:
        found = [tell("model.answers", model=first.score(text).model)]
    except (InputError, ModelMissing) as error:
        return [tell("model.broken", why=error, anew=ANEW)]
    if settings.name:
        return found
    if not settings.second_reader:
        return [*found, tell("model.reader_off")]
    if (reader := reader_of(first)) is None:
        return [*found, tell("model.reader_missing")]
    try:
        return [*found, tell("model.reader_answers", model=reader.score(text).model)]
    except (InputError, ModelMissing) as error:
        return [*found, tell("model.reader_broken", why=error)]


def check_service(home: Path, complaints: tuple[str, ...] | None, now: datetime) -> list[Finding]:
    """Report what the service complains of (None: none answers); nothing where none ever ran."""
    if complaints is not None:
        said = [_complaint("service.says", one, home) for one in complaints]
        return said or [tell("service.runs")]
    book = read_book(home)
    if book.alive is None:
        return []
    troubles = [t for n in book.notices for t in merge_troubles(n.troubles) if t.until is None]
    last = [_complaint("service.said", one, home) for one in map(trouble_words, troubles)]
    return [*last, tell("service.silent", alive=f"{book.alive:%-d %B %Y, %H:%M}")]


def _complaint(key: str, complaint: str, home: Path) -> Finding:
    text = files("monitor.setup.doctor").joinpath("complaints.toml").read_text(encoding="utf-8")
    row = next(row for row in tomllib.loads(text)["complaint"] if row["says"] in complaint)
    return tell(key, (row["remedy"].format(home=home), row.get("command", "")), complaint=complaint)
