"""`schoolgate report-in --list`: many posts at once, shown line by line before anything is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from data.errors import SchoolgateError
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
    report_of: Callable[[str, str], Report],
    *,
    yes: bool,
) -> None:
    """What becomes of each line of the list; with `yes` it is recorded. `report_of` makes a report of an
    address and words, or raises InputError."""
    from alerts.access.guidance import office_named
    from monitor.act.casework.from_alert import judging
    from monitor.act.matter.from_list import Becomes, hand_in_list, read_list, speaking_of, without_known
    from monitor.act.report_in import sends, to_ring
    from monitor.cli.views.report_in import Answer, ListAnswer, list_json, list_lines, list_not_saved
    from monitor.cli.views.screen import ENGLISH

    where, settings, urn = into
    read, before = read_list(path, report_of), frozenset[str]()
    if who is not None:
        with wiring.open_store(where.home).read() as con:
            read, before = without_known(con, read, urn, who.id)
    wanted, answer = read.of(Becomes.RECORDED), None
    if yes and wanted:
        reports = [report_of(line.address, line.words) for line in wanted]
        try:
            first = hand_in_list(settings, where, reports, before, urn, utc_now, judging)
        except (SchoolgateError, OSError) as error:
            raise SchoolgateError(list_not_saved(error, path)) from error
        ring = to_ring(settings, urn, first.report.says.about)
        answer = Answer(
            first,
            settings.zone,
            None if ring is not None and ring == who else ring.name if ring else "",
            who.id if who else "PERSON",
            sends=sends(settings, where, utc_now()),
        )
    school = settings.school(urn)
    spoken = speaking_of(read, school, settings.people).items() if school else ()
    of = {office_named(role, school.nation, ENGLISH): lines for role, lines in spoken} if school else {}
    shown = ListAnswer(path.name, read, answer, of)
    opts.show(list_json(shown), list_lines(shown))
    if yes and read.of(Becomes.REFUSED):
        finish(_NOT_ALL)
