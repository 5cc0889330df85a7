"""Checks of what has come about: the store, the sources' runs, the model's files."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
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
from data.store.mentions.articles import peoples_finds
from data.store.messages.outbox import UndeliveredMessage, count_waiting, last_by_mail, undelivered_messages
from data.store.service.clock import Trust, clock_state
from data.store.sources.source_runs import articles_of, latest_runs
from data.types import Mention, Outcome, Source, SourceRun, SourceState
from data.web.channels import WEBSITE, channel_at
from data.words.say import words
from monitor.act.ways_in import people_without_sheet
from monitor.config.load import Config
from monitor.config.model import ModelSettings
from monitor.pipeline import supplied as spool
from monitor.service.state.health import trouble_words
from monitor.service.state.notebook import read_book
from monitor.setup.doctor.findings import Finding, end_sentence, fault_finding, ok, warn
from monitor.setup.doctor.install import ANEW
from monitor.setup.doctor.mail import check_last_mail
from monitor.terminal.wording import count_words, outcome_words, some
from sources.http.exchange import UNKNOWN_AUTHORITY
from sources.nature.nature import said_or_sure
from sources.places.papers import count_outlets
from sources.source_health import SourceTrouble, unseen

LOOKED_BACK = timedelta(days=7)
_FAILING = 3
"""So many failures in a row, and a person should look."""
SCAN = "schoolgate scan"
_NO_NETWORK = "Ask whoever runs the network; where a proxy leads out, name it", "schoolgate set network.proxy"
_NO_AUTHORITY = (
    "A web filter that reads encrypted pages is the likely cause. Ask whoever runs it for its authority, as "
    "a PEM file, and name the file",
    "schoolgate set network.ca_file",
)
_ROOM_AND_RIGHTS = "See that there is room (df -h {home}), and that the service’s account may write there."
_RESTORE = "schoolgate restore DIR --replace"
_REFUSED = (
    "Let an alert feed or a person bring what is there (schoolgate docs what-it-sees). To stop asking, "
    "switch it off: ⟪/sources⟫"
)
_ONE_PLACE: Mapping[Outcome, str] = {
    Outcome.BLOCKED: _REFUSED,
    Outcome.REFUSED_BY_ROBOTS: _REFUSED,
    Outcome.GONE: "Where it has moved, add its new address. To take this one out: ⟪/sources⟫",
}
"""What to do about one place that ended so; of another it is looked at now."""
_YOURSELF = ("Tell these people yourself. To see what about", "schoolgate alerts list")


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
    from data.store.privacy.requests import overdue_requests
    from data.store.sources.source_runs import states

    mail = config is not None and config.mail is not None
    door = Store(home, clock=clock, sleep=sleep, wait_s=5.0)
    if not door.path.exists() and not (home / RESTORING).exists():
        return [ok("store", f"No store yet; the first scan makes it at {door.path}.")]
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
        return [warn("store", str(error), "Let the other end, then look again", "schoolgate doctor")]
    except StoreDamaged as error:
        return [
            fault_finding("store", str(error), "End the service, and put a backup in its place", _RESTORE)
        ]
    except StoreOlder as error:
        what = str(error).partition(". ")[0]
        remedy = "The service brings it up to date as it starts, and keeps a copy. To do it by hand"
        return [warn("store", f"{what}.", remedy, SCAN)]
    except StoreError as error:
        return [fault_finding("store", end_sentence(str(error)), _ROOM_AND_RIGHTS.format(home=home))]
    found = [*_chain(broken, door.path), *runs(sources, before, latest), *_natures(sources, asked)]
    found += _sites(sources, met, config)
    found += (
        [*silent(config, before, clock()), *check_looked_up(config), *check_last_mail(config, last)]
        if config
        else []
    )
    found += [*_waiting(waiting, mail), *_check_lost(lost), *check_clock(trust), *_check_overdue(owed)]
    for school, lacking in sheets.items():
        what = f"{school.name}: no sealed sheet of codes of this term for {some([p.name for p in lacking])}."
        found.append(warn("sheets", what, "Have a new one made: ⟪/sheet⟫"))
    return found


def _is_unknown(source: Source) -> bool:
    """Is it a feed of which nobody has said, nor its address or name says, what it is?"""
    feed = source.kind == "feed" and not source.surfaced and not source.disabled
    return feed and channel_at(source.url) == WEBSITE and said_or_sure(source) is None


def _natures(sources: Sequence[Source], asked: Collection[str]) -> list[Finding]:
    """Asked of those that brought something, and until somebody has said it."""
    names = [source.id for source in sources if source.id in asked]
    what = (
        f"Nobody has said what these are: {some(names)}. They wrote about you; if one is a paper, that is "
        "judged as somebody's own words until you say so."
    )
    return (
        [warn("sources", what, "Say whether it is a paper, a board or a blog: ⟪/sources⟫")] if names else []
    )


def _sites(sources: Sequence[Source], met: Sequence[Mention], config: Config | None) -> list[Finding]:
    """The sites on which searches found articles and of which nobody knows what they are, and how many."""
    from monitor.pipeline.one_event import nature_known, natures_said  # late: it loads what judges

    said = natures_said(sources, config.natures if config else None) if met else {}
    urls = {o: f"https://{o.host}/a" for o in count_outlets(met) if o.host}
    asked = [o for o, u in urls.items() if channel_at(u) == WEBSITE and not nature_known(u, said)]
    names = some([f"{o.host} ({o.articles})" for o in asked])
    what = (
        f"Nobody has said what these are, on which searches found articles about you: {names}. They are "
        "judged as a paper’s until you say so."
    )
    do = "Say whether each is a paper, a board or a blog: ⟪/sources⟫", "schoolgate source set HOST WHAT"
    return [warn("sources", what, *do)] if asked else []


def _check_overdue(overdue: int) -> list[Finding]:
    """Privacy requests whose time to be answered is over."""
    if not overdue:
        return []
    said = f"Privacy requests that should have been answered by now: {overdue}."
    return [warn("privacy", said, "The data protection officer sees them at ⟪/requests⟫")]


def check_clock(trust: Trust) -> list[Finding]:
    """Report where the clock has leapt, so that nothing is deleted by it."""
    if trust.until is None:
        return []
    off = "ahead of" if trust.ahead else "behind"
    what = (
        f"The clock is more than a day {off} {trust.believed:%Y-%m-%d %H:%M} "
        f"UTC, when it was last believed. Nothing is deleted until {trust.until:%Y-%m-%d %H:%M} UTC by it."
    )
    remedy = (
        "If the machine was off that long, do nothing. Else set its clock, and let it follow a time server."
    )
    return [warn("clock", what, remedy)]


def handed_in(home: Path) -> list[Finding]:
    """Reports of people that could not be saved: nobody has been told of them."""
    found = []
    if kept := spool.spooled_reports(home):
        said = f"Handed in and not recorded yet, so that nobody was told of it: {_in(kept)}."
        remedy = "Tell the safeguarding lead of what cannot wait. To take it in"
        found.append(fault_finding("report-in", said, remedy, "schoolgate scan"))
    if cut := spool.broken_off(home):
        said = f"Handed in, and broke off while it was written down: {_in(cut)}, ending in .part."
        remedy = "Have whoever handed it in do so again, then delete it: it may hold words of a child."
        found.append(fault_finding("report-in", said, remedy))
    return found


def _in(paths: Sequence[Path]) -> str:
    return f"{len(paths)}, in {paths[0].parent}"


def _chain(broken: Sequence[str], path: Path) -> list[Finding]:
    if not broken:
        return [ok("store", f"{path} opens, every table can be read, and its audit chain holds.")]
    remedy = "Keep a copy of the file, and tell the data protection officer. To restore the last backup"
    return [
        fault_finding("store", end_sentence(f"The audit chain does not hold: {text}"), remedy, _RESTORE)
        for text in broken
    ]


def _waiting(waiting: int, mail: bool) -> list[Finding]:
    if not waiting:
        return []
    how = ("To send what is due", "schoolgate scan") if mail else _YOURSELF
    return [warn("mail", f"Messages that wait, and that nobody has had: {waiting}.", *how)]


def _check_lost(lost: Sequence[UndeliveredMessage]) -> list[Finding]:
    """Messages of the last week that did not arrive, by what stood in the way."""
    w = words("en")
    why = Counter(w(f"failure.cause.{cause_of(one.detail)}") for one in lost)
    return [
        warn("mail", end_sentence(f"Messages of the last week that did not arrive: {n}; {cause}"), *_YOURSELF)
        for cause, n in why.items()
    ]


def runs(
    sources: Sequence[Source], states: Mapping[str, SourceState], last: Mapping[str, SourceRun]
) -> list[Finding]:
    """Places that were never read, and those that keep failing. Those that are off are told elsewhere."""
    on = [source for source in sources if not source.disabled]
    if on and not any(source.id in last for source in on):
        return [warn("sources", "No place has been read yet.", "To read them for the first time", SCAN)]
    outcomes = [run and run.outcome for run in map(last.get, (source.id for source in on))]
    barred = [source.id for source in on if (run := last.get(source.id)) and UNKNOWN_AUTHORITY in run.detail]
    if barred:
        what = f"The certificate is not accepted of {count_words(barred, 'place')}: {some(barred)}."
        return [warn("sources", what, *_NO_AUTHORITY)]
    if len(on) > 1 and all(outcome is Outcome.UNREACHABLE for outcome in outcomes):
        what = f"None of the {len(on)} places could be reached: this machine does not get out to the network."
        return [warn("sources", what, *_NO_NETWORK)]
    found = list(_unread(on, states, last))
    return found or ([ok("sources", "Every place that is switched on was read.")] if on else [])


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
            remedy = _ONE_PLACE.get(run.outcome) if run else None
            how = (remedy,) if remedy else ("To look now", f"schoolgate source test {source.id}")
            yield warn("sources", end_sentence(f"{source.id} {alone}"), *how)
        else:
            names = some([source.id for source, _ in found])
            many = end_sentence(f"{len(found)} places {what}: {names}{then}")
            yield warn("sources", many, "To see each, and how it was last", "schoolgate source list")


def _source_words(state: SourceState | None, run: SourceRun | None) -> tuple[tuple[str, str], str] | None:
    """Say what is said of many such places, before and after their names, then of one alone; None where it is
    read.
    """
    if state is None or run is None or state.last_run_at is None:
        return ("were never read", ""), "was never read"
    if state.last_ok_at is None:
        how = f"Last time: {outcome_words(run.outcome)}"
        alone = f"was never read with success. {how}"
        return (
            ("were never read with success", f". {how}"),
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
    what = f"They answer, but have brought nothing new for much longer than usual: {some(names)}."
    return [warn("sources", what, "To see since when", "schoolgate status")] if names else []


def check_looked_up(config: Config) -> Iterator[Finding]:
    """Report what did not answer when places were looked for: the feeds that it names are not among them."""
    if config.to_look_up:
        hosts = some(list(config.to_look_up))
        what = f"Places were looked for, and this did not answer: {hosts}. What it names may be missed"
        yield warn("sources", f"{what}, as feeds of your website.", "Ask again", "schoolgate source propose")


def check_model_files(settings: ModelSettings) -> list[Finding]:
    """Whether the files of the model that comes with us, and of the second reader where it is used, are those
    their cards name, and score a text."""
    from classifiers.scoring.heads import reader_of
    from monitor.pipeline.judges import scorer

    text = ["Good morning from the school gate."]
    first = scorer(settings.model_copy(update={"threads": 1, "name": None}))
    try:
        found = [ok("model", f"The model {first.score(text).model} is whole and answers.")]
    except (InputError, ModelMissing) as error:
        return [fault_finding("model", str(error), f"The model comes with Schoolgate. {ANEW}")]
    if settings.name:
        return found
    weaker = "more that is grave is missed, and more alerts are needless."
    if not settings.second_reader:
        return [*found, ok("model", f"The second reader is switched off ([model] second_reader): {weaker}")]
    if (reader := reader_of(first)) is None:
        what = "The second reader is not installed (in the folder of Schoolgate: pip install ./reader)"
        return [*found, ok("model", f"{what}: {weaker}")]
    try:
        return [*found, ok("model", f"The second reader {reader.score(text).model} is whole and answers.")]
    except (InputError, ModelMissing) as error:
        again = "Install it again, in the folder of Schoolgate"
        command = "pip install --force-reinstall --no-deps ./reader"
        return [*found, fault_finding("model", f"The second reader does not read: {error}", again, command)]


def check_service(home: Path, complaints: tuple[str, ...] | None, now: datetime) -> list[Finding]:
    """Report what the service complains of (`complaints`; None where none answers). Nothing where none ever
    ran.
    """
    if complaints is not None:
        said = [_complaint(f"The service says: {one}.", one, home) for one in complaints]
        return said or [ok("service", "The service runs, and complains of nothing.")]
    book = read_book(home)
    if book.alive is None:
        return []
    troubles = [t for n in book.notices for t in merge_troubles(n.troubles) if t.until is None]
    return [
        *(_complaint(f"The service said last: {one}.", one, home) for one in map(trouble_words, troubles)),
        warn(
            "service",
            f"The service does not answer; its last sign of life was on {book.alive:%-d %B %Y, %H:%M} UTC.",
            "Where it is set up as a service (schoolgate docs service): systemctl start schoolgate. By hand",
            "schoolgate serve",
        ),
    ]


def _complaint(what: str, complaint: str, home: Path) -> Finding:
    text = files("monitor.setup.doctor").joinpath("complaints.toml").read_text(encoding="utf-8")
    row = next(row for row in tomllib.loads(text)["complaint"] if row["says"] in complaint)
    return fault_finding("service", what, row["remedy"].format(home=home), row.get("command", ""))
