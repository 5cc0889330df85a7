"""`schoolgate privacy record`: a request about somebody's own data is written down, and its time begins."""

from __future__ import annotations

from typing import Annotated

import typer

from data.effects import utc_now
from monitor.commands.options import As, ConfigFile, Home, Json, School, WhyWanted
from monitor.terminal.output import in_json, say

KINDS = "access, erasure, objection, rectification, complaint; told: somebody has to be told (Article 14)"


def record(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"What is asked: {KINDS}.")],
    person: As,
    reference: Annotated[
        str, typer.Option("--reference", help="Your own number for it, without a name: lists show it.")
    ],
    why: WhyWanted,
    received: Annotated[
        str | None, typer.Option("--received", help="When it came, if not today: 2026-11-20.")
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record what somebody asks about their own data. The time to answer starts.

    \b
    Examples:
      schoolgate privacy record access --reference SAR-2026-004 --received 2026-11-20 --as r-lowe
      schoolgate privacy record complaint --reference DPC-7 --as r-lowe --why "By letter, from the author"
    """
    from data.privacy.requests import RequestKind
    from monitor.act.privacy import record_request
    from monitor.commands.inputs import moment, one_of, own_words
    from monitor.privacy.office import open_office
    from monitor.views.privacy import request_json, request_line

    asked = one_of(kind, "KIND", RequestKind)
    words, number = own_words(why, "--why"), own_words(reference, "--reference")
    office = open_office(person, home, config, school)
    zone, now = office.config.zone, utc_now()
    kept = record_request(office, asked, number, words, moment(received, "--received", zone), now).made
    if as_json:
        say(in_json(request_json(kept)))
        return
    say(request_line(kept, zone, now))
    if asked is not RequestKind.TOLD:
        say(f"What is held about them: schoolgate privacy search {kept.id} --by handle {office.options}")
