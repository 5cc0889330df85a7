"""`schoolgate evidence`: is what is kept still what was kept; exhibits for those who may have them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from data import effects
from data.errors import InputError, SchoolgateError
from monitor.cli.commands.options import As, Asking, CaseNumber, HomeOptions, JsonOptions, finish
from monitor.home import wiring
from monitor.terminal import private_words
from monitor.terminal.groups import group
from monitor.terminal.output import say

_LAST = re.compile(r"([0-9a-f]{64})@([0-9]{1,18})")


def verify(
    opts: JsonOptions,
    case: Annotated[str | None, Argument(metavar="[CASE]", help="Only this case: 482913.")] = None,
    person: Asking = None,
    last: Annotated[
        str | None, Option("--last", metavar="HASH@ROW", help="The chain's end as it was printed earlier.")
    ] = None,
) -> None:
    """Prove that files, cases and the audit chain are unchanged.

    Ends with 1 where something is missing, changed or unknown, and says what.

    \b
    Examples:
      schoolgate evidence verify
      schoolgate evidence verify 482913 --json
    """
    from data.evidence.vault import Vault
    from monitor.act.casework.evidence.proving import prove, read_evidence
    from monitor.cli.views.evidence import proved_json, proved_lines
    from monitor.config.home.lookup import whole_number
    from monitor.matters.one import cases_meant
    from monitor.matters.reader import found_case

    noted = _noted(last)
    reader = opts.reader(person)
    store, settings = reader.store, reader.config
    number = whole_number(case) if case else None
    vault = Vault(store.evidence)
    present = vault.everything() if number is None else ()
    with store.read() as con:
        asked = found_case(con, number) if number else None
        hidden = asked is not None and not reader.cases([asked]).get(asked.id)
        of_alert = cases_meant(con, case, reader.cases) if case and (hidden or asked is None) else []
        if len(of_alert) == 1:
            number, hidden = of_alert[0].id, False
        held = read_evidence(con, "" if hidden else number)  # as much is read as where there is none
    if number is not None and (hidden or not held.knows(number)):
        raise InputError(f"There is no case {number}. Those there are stand at the desk.")
    proved = prove(held, vault, case_id=number, last=noted, present=present)
    opts.show(proved_json(proved), proved_lines(proved, settings.zone))
    finish(1 if proved.faults else 0)


def _noted(last: str | None) -> tuple[int, str] | None:
    """The chain's end as it was noted earlier: HASH@NUMBER."""
    if last is None:
        return None
    found = _LAST.fullmatch(last.strip())
    if found is None:
        raise InputError(f"--last {last}: write it as it was printed, 64 digits, “@” and the row's number.")
    return int(found[2]), found[1]


class NotStamped(SchoolgateError):
    """There is no stamp for the chain's end; the text says why."""


def end(
    opts: HomeOptions,
    stamp: Annotated[
        bool, Option("--stamp", help="Have it stamped by the configured time server; its hash is sent.")
    ] = False,
) -> None:
    """Print the audit chain's last hash, to be kept elsewhere.

    \b
    Examples:
      schoolgate evidence end
      schoolgate evidence end --stamp
    """
    from data.store.engine.audit_chain import links
    from monitor.act.casework.evidence.audit_checkpoint import end_of, stamp_end
    from monitor.cli.views.layout import local
    from sources.timestamps import NoStamp

    _, settings, store = wiring.open_home(opts.home, opts.config)
    with store.read() as con:
        last = end_of(links(con))
    say(last or "The audit chain is empty: nothing was done yet.")
    if last is None or not stamp:
        return
    with wiring.fetcher(settings) as fetch:
        found = stamp_end(store, settings, fetch, effects.utc_now())
    if isinstance(found, NoStamp):
        raise NotStamped(f"{found.detail} Nothing was kept.")
    say(f"Stamped at {local(found.at, settings.zone)}, and kept: verify holds the chain against it.")


def pack(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    out: Annotated[Path, Option("--out", metavar="DIR", help="The folder to put it into.")],
    to: Annotated[
        str | None,
        Option(
            "--to",
            help="Who it is for: police, solicitor, platform, helpline, la or dsl; otherwise your own file.",
        ),
    ] = None,
    chronology: Annotated[
        bool,
        Option(
            "--chronology",
            help="With this author’s other posts about the same person, where that was approved in the case.",
        ),
    ] = False,
    reason: Annotated[
        str | None,
        Option(
            "--reason",
            callback=private_words.given,
            help="Why; it is kept. Needed for a restricted or locked case.",
        ),
    ] = None,
) -> None:
    """Make the exhibits of a case: a ZIP and a PDF that others can check.

    \b
    Examples:
      schoolgate evidence pack 482913 --as b-patel --out exhibits
      schoolgate evidence pack 482913 --as b-patel --to police --chronology --out exhibits --json
    """
    from alerts.ladder.advance import Refusal
    from alerts.pack.recipients import Recipient
    from data.evidence.vault import Vault
    from monitor.act.casework.evidence import packing
    from monitor.act.casework.finding import find_case
    from monitor.act.step import refused
    from monitor.cli.commands.case.record import ActRefused
    from monitor.cli.commands.inputs import one_of
    from monitor.cli.views.evidence import packed_json, packed_lines

    recipient = one_of(to or "file", "--to", Recipient)
    session = opts.session(person)
    why, now = (reason or "").strip(), effects.utc_now()
    with session.store.read() as con:
        found = find_case(con, session, case)
        wanted = packing.PackRequest(found, session.person, recipient, chronology)
        packing.refuse_reading(session, wanted, why)
        if no := packing.refusal(con, wanted):
            raise ActRefused(refused(session, found, no))
        facts = packing.gather(con, session.context, wanted, Vault(session.store.evidence), now)
    packed = packing.make(facts)
    written = packing.hand_out(session, wanted, packed, why, out, now)
    if isinstance(written, Refusal):
        raise ActRefused(refused(session, found, written))
    lines = packed_lines(facts, written, packed)
    opts.show(packed_json(facts, written, packed), lines)


evidence_app = group("What is kept of posts: proved unchanged, and handed to somebody outside.")
evidence_app.command("verify")(verify)
evidence_app.command("end")(end)
evidence_app.command("pack")(pack)
