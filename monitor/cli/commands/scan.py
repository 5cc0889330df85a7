"""`schoolgate scan`: look now."""

from __future__ import annotations

import logging
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any

from data.effects import uptime, utc_now
from data.errors import InputError, SchoolgateError, Unreadable
from data.types import Severity
from data.words.say import words
from monitor.cli.commands.options import Asking, JsonOptions, day_begins, end_command, require_done
from monitor.cli.commands.options import SchoolOption as School
from monitor.config.home.lookup import list_choices
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal.output import say, say_on_stderr
from monitor.terminal.wording import say_read_back
from sources.registry import load

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.open import Store
    from data.store.mentions import Batch
    from monitor.cli.scan_once import ScanSummary
    from monitor.matters.reader import Reader
    from monitor.pipeline.judges import Judges
    from monitor.pipeline.scan import FinishedSource
    from monitor.service.delivery import Sending
    from sources.fetch import Fetcher

log = logging.getLogger("schoolgate.scan")


def scan_once_command(
    opts: JsonOptions,
    demo: bool = False,
    school: School = None,
    source: list[str] | None = None,
    since: str | None = None,
    mbox: Path | None = None,
    person: Asking = None,
    timings: bool = False,
    no_send: bool = False,
) -> None:
    """Look now: read every source, judge what is new, and say what needs doing."""
    from data.retention.deleting import purge_if_believed
    from monitor.cli.scan_once import scan_once, show_summary
    from monitor.matters.assessment import ImpactAssessment, find_assessment
    from monitor.matters.reader import Reader, asker
    from monitor.pipeline.scan import Timings
    from monitor.terminal.progress import Progress

    if demo:
        # the demo plays its own school, sources and dates: what would be passed over is wrong use
        given = [("school", school), ("source", source), ("since", since), ("mbox", mbox)]
        given.append(("config", opts.config))
        if named := ", ".join(f"--{name}" for name, value in (*given, ("timings", timings)) if value):
            what = f"--demo plays its own school and sources, so it takes no {named}."
            raise InputError(f"{what} Leave it out.")
        from monitor.cli.demo.run import run_demo

        end_command(run_demo(home=opts.home, as_json=opts.as_json, say=say))
    spent = Timings()
    where, whole = opts.open_settings()
    who = asker(whole, person)
    store = wiring.open_store(where.home)
    if not whole.sources:
        _pass_on(where, store, whole, no_send=no_send)
    settings = choose(whole, school, source or [])
    if mbox and (not source or len(settings.sources) != 1 or not mbox.is_file()):
        raise InputError(f"--mbox {mbox}: give a file, and with --source the mailbox that it is read as.")
    reader = Reader(settings, store, who)
    wiring.remember_config(store, whole)
    if withheld := purge_if_believed(store, utc_now(), whole.policy, uptime()).withheld_until:
        log.warning(
            "The clock may be wrong, so nothing is deleted until %s. Is its time right? "
            "See: schoolgate doctor",
            f"{withheld:%Y-%m-%d %H:%M} UTC",
        )
    with store.open_reader() as con:
        found = find_assessment(con, whole, utc_now())
    if found is ImpactAssessment.ONLY_LOOKS:
        _pass_on(where, store, whole, no_send=no_send)
        if mbox:
            raise InputError(words("en")("assessment.no_archive"))
        end_command(_look(where, reader, day_begins(since, settings.zone), as_json=opts.as_json))
    with wiring.fetcher(settings, store=store) as fetcher:
        with ExitStack() as stack:
            beside = _Beside(where, store, whole, stack, sends=not no_send)
            summary = scan_once(
                settings, store, beside.judges, fetcher,
                clock=utc_now, since=day_begins(since, settings.zone), progress=Progress(quiet=opts.as_json),
                saved=beside.send_urgent, timings=spent,
                back=partial(_read_back, settings, mbox) if source else None,
            )  # fmt: skip
        whole_home = school is None and not source
        summary, fault = _finish_scan(beside, summary, reader, fetcher, rechecks=whole_home)
    show_summary(summary, reader, as_json=opts.as_json, say=say)
    if timings:
        say_on_stderr(spent.line())
    if fault is not None:
        raise fault
    end_command(summary.exit)


def _look(where: Paths, reader: Reader, since: datetime | None, *, as_json: bool) -> int:
    """Read the public places as a scan does, over a store that is thrown away, and show what is there; what
    a look that was killed left is thrown away first."""
    from monitor.act.casework import make_judges
    from monitor.cli.scan_once import count_unsent, scan_once, show_summary
    from monitor.matters.reader import Reader
    from monitor.terminal.progress import Progress
    from sources.mailbox.address import is_mailbox

    for left in where.home.glob(f"{_LOOK}*"):
        rmtree(left, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    public = tuple(s for s in reader.config.sources if not is_mailbox(s.url))
    settings, grave = replace(reader.config, sources=public), dict[str, str]()
    names = {source.id: source.name or source.id for source in public}

    def note_danger(batch: Batch) -> None:
        if any(a.restricted or a.severity is Severity.THIS_HOUR for a in batch.alerts):
            grave[batch.run.source_id] = names[batch.run.source_id]

    with TemporaryDirectory(prefix=_LOOK, dir=where.home) as folder, wiring.fetcher(settings) as fetcher:
        store = wiring.open_store(Path(folder))
        wiring.remember_config(store, settings)
        summary = scan_once(
            settings, store, lambda: make_judges(settings, where.home), fetcher,
            clock=utc_now, since=since, progress=Progress(quiet=as_json), saved=note_danger,
        )  # fmt: skip
        waiting = count_unsent(reader.store, utc_now())
        summary = replace(summary, only_looked=True, dangers=tuple(grave.values()), waiting_messages=waiting)
        show_summary(summary, Reader(settings, store, reader.person), as_json=as_json, say=say)
    return summary.exit


_LOOK = "look-"
"""The beginning of the name of a folder that holds a look's store."""


def _read_back(settings: Config, mbox: Path | None, **given: Any) -> Iterator[FinishedSource]:
    """Read the chosen places back, or a file of old mails, as far as it goes now; say how far."""
    from data.store.sources import list_back_fills
    from monitor.act.places import read_archive
    from monitor.pipeline.back_fill import read_back
    from sources.mailbox.archive import ArchiveReader

    store, names = given["store"], {s.id: s.name or s.id for s in settings.sources}
    if mbox is None:
        yield from read_back(settings, **given)
    else:
        with closing(ArchiveReader(mbox, utc_now, given["fetcher"].apart)) as file:
            require_done(read_archive(store, settings, settings.sources[0], file))
            yield from read_back(settings, file, **given)
    with store.open_reader() as con:
        for fill in list_back_fills(con, list(names)):
            if said := say_read_back(fill, words("en"), utc_now(), settings.zone):
                say_on_stderr(f"{names[fill.source_id]}: {said}")


@dataclass
class _Beside:
    """The work beside the reading of a scan: begun while the first sites answer, for they take longer."""

    where: Paths
    store: Store
    config: Config
    stack: ExitStack
    sends: bool
    sending: Sending | None = None

    def judges(self) -> Judges:
        """Take in what was handed in, and send what is due; then return what judges."""
        Thread(target=_begin_parsing, args=[frozenset(s.kind for s in self.config.sources)]).start()
        from monitor.act.casework import make_judges

        _take_in_spooled(self.where, self.store, self.config)
        _judge_again(self.where, self.store, self.config)
        if self.sends:
            from monitor.service.delivery import Sending

            context = wiring.make_context(self.config, self.where.home)
            self.sending = self.stack.enter_context(Sending(self.store, context, utc_now))
        return make_judges(self.config, self.where.home)

    def send_urgent(self, batch: Batch) -> None:
        """Send what is urgent at once."""
        if self.sending is not None:
            self.sending.send_due(batch)


def _finish_scan(
    beside: _Beside, summary: ScanSummary, reader: Reader, fetcher: Fetcher, *, rechecks: bool
) -> tuple[ScanSummary, Exception | None]:
    """Do what follows the reading: name the copies that were folded into stories of cases, hand over whatever
    is due by now, and then look again at the posts of cases; what it failed of is raised once the finds have
    been shown.
    """
    from monitor.cli.scan_once import count_unsent
    from monitor.service.rechecks import known_rechecks, name_new_copies, recheck_due

    sending, store = beside.sending, beside.store
    if sending is None:
        return summary, None
    try:
        copies = known_rechecks([*name_new_copies(store, sending.context, utc_now)], reader)
        sending.send()
        waiting, again = sending.done.waiting if sending.done else 0, [r for r in copies if r.came_back]
        summary = replace(
            summary, delivered=sending.done, waiting_messages=waiting, opened_again=tuple(again)
        )
        if rechecks:
            if sending.context.config.keys:
                from monitor.service.gone import look_for_gone

                look_for_gone(store, sending.context, fetcher, utc_now)
            looked = recheck_due(store, sending.context, fetcher, utc_now, reader)
            again += [r for r in looked if r.came_back]
            found = Counter(r.seen.check.value for r in looked)
            summary = replace(summary, looked_again=found, opened_again=tuple(again))
    except Exception as error:  # noqa: BLE001 - an edge: raised again
        unsent = count_unsent(store, utc_now())
        return replace(summary, cut_short=True, delivered=sending.done, waiting_messages=unsent), error
    return summary, None


def choose(config: Config, school: str | None, sources: Sequence[str]) -> Config:
    """The configuration cut down to one school or some sources. Raises InputError for unknown ones."""
    schools, chosen = config.schools, config.sources
    if school is not None:
        urn = wiring.pick_urn(config, school)
        schools = tuple(s for s in schools if s.urn == urn)
        if urn != (config.trust.urn if config.trust else ""):  # a trust is looked for in each
            chosen = tuple(replace(s, urns=(urn,)) for s in chosen if urn in s.urns)
    unknown = sorted(set(sources) - {s.id for s in chosen})
    if unknown:
        has = list_choices(unknown[0], {s.id: s.name for s in chosen}, "[[sources]]")
        raise InputError(f"--source {unknown[0]}: no such source in {config.path.name}. It has{has}")
    if sources:
        chosen = tuple(s for s in chosen if s.id in sources)
    if not chosen:
        from monitor.setup.check_settings import next_lines

        nothing = f"{config.path.name} names no source yet, so nothing is read."
        raise InputError("\n".join([nothing, *next_lines(config.path, utc_now().date())]))
    return replace(config, schools=schools, sources=chosen)


def _begin_parsing(kinds: frozenset[str]) -> None:
    """Begins the process that reads what the sites answer; what it fails of is told where it reads."""
    with suppress(Unreadable, SchoolgateError):
        wiring.start_reading()(load, kinds)


def _judge_again(where: Paths, store: Store, config: Config) -> None:
    """Open matters, once after an upgrade; a fault with it keeps no scan."""
    from data.store.verdicts import any_before
    from monitor.act.casework import make_judges

    try:
        with store.open_reader() as con:
            if not any_before(con):
                return
        from monitor.pipeline.rejudge import judge_again

        judge_again(store, lambda: make_judges(config, where.home), utc_now)
    except Exception as error:  # noqa: BLE001 - an edge: what is new is judged all the same; the next tries
        log.error("in=judge_again fault=%s", type(error).__name__)


def _pass_on(where: Paths, store: Store, config: Config, *, no_send: bool) -> None:
    """Pass on what people handed in though there is no place to read."""
    from monitor.service.delivery import Sending

    wiring.remember_config(store, config)
    _take_in_spooled(where, store, config)
    if not no_send:
        Sending(store, wiring.make_context(config, where.home), utc_now).send()


def _take_in_spooled(where: Paths, store: Store, config: Config) -> None:
    """Take in what people handed in while it could not be saved; a fault is logged, and keeps no scan."""
    from monitor.pipeline.supplied import spooled_reports

    with suppress(Exception):  # it is logged there, and stays for the next
        if not spooled_reports(where.home):
            return
        from monitor.act.casework import make_judges
        from monitor.pipeline.intake import take_waiting

        take_waiting(where.home, wiring.make_intake(config, where, store, make_judges), utc_now)
