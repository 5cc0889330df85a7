"""`schoolgate report-in --list`: many posts at once, shown line by line before anything is recorded."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands import handed_in, report_in
from monitor.cli.commands.options import JsonOptions, finish
from monitor.home import wiring

if TYPE_CHECKING:
    from data.types import Person
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.pipeline.sighting import Report

_NOT_ALL = 3


def hand_in(
    opts: JsonOptions,
    into: tuple[Paths, Config, str],
    who: Person | None,
    path: Path,
    said: tuple[report_in.Given, handed_in.Typed, handed_in.Door],
    *,
    named: bool,
    yes: bool,
) -> None:
    """What becomes of each line of the list; with `yes` it is recorded. What was `said` holds for all."""
    from monitor.act.casework.from_alert import judging
    from monitor.act.matter.from_list import Becomes, hand_in_list, read_list, without_known
    from monitor.act.report_in import check_address, checked_report, sends, to_ring
    from monitor.cli.views.report_in import Answer, ListAnswer, list_json, list_lines

    where, settings, urn = into
    given, typed, door = said
    if given.text is not None or given.text_file is not None or given.url or given.file is not None:
        raise InputError(
            "--list: its lines have the addresses and the words. Leave out --url, --text, --text-file, --file."
        )
    fake = given.false_account or door.not_sure
    address = partial(check_address, settings=settings, urn=urn, any_account=fake or given.child_image)
    how = handed_in.HowRead(settings.people, utc_now(), settings.zone, address)
    report_in.refuse_unusable(given, address)
    given = replace(given, handed=handed_in.read(typed, how))
    says = handed_in.at_the_door(door, how.people, asking=False, file=False)
    now = utc_now()

    def report_of(url: str, words: str) -> Report:
        """Raises InputError for what cannot be recorded."""
        address(url)
        line = replace(given, url=url, text="" if given.child_image else words)
        by = who.id if who else None
        taken = replace(report_in.report_of(line, now), school_named=named, by=by, says=says)
        return checked_report(taken, None)

    read = read_list(path, report_of)
    before: frozenset[str] = frozenset()
    if who is not None:
        with wiring.open_store(where.home).read() as con:
            read, before = without_known(con, read, urn, who.id)
    wanted, answer = read.of(Becomes.RECORDED), None
    if yes and wanted:
        reports = [report_of(line.address, line.words) for line in wanted]
        first = hand_in_list(settings, where, reports, before, urn, utc_now, judging)
        ring = to_ring(settings, urn, says.about)
        answer = Answer(
            first,
            settings.zone,
            None if ring is not None and ring == who else ring.name if ring else "",
            who.id if who else "PERSON",
            sends=sends(settings, where, utc_now()),
        )
    shown = ListAnswer(path.name, read, answer, yes=yes)
    opts.show("report-list", list_json(shown), list_lines(shown))
    if yes and read.of(Becomes.REFUSED):
        finish(_NOT_ALL)
