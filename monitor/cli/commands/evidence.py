"""`schoolgate evidence verify`: is what is kept still what was kept?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from typer import Argument

from data.errors import InputError
from data.evidence.faults import Wrong
from data.store.engine.audit_chain import read_end
from monitor.cli.commands.options import JsonOptions, end_command
from monitor.config.home.lookup import whole_number
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.wording import count_many, local, pick_fields, utc_json

if TYPE_CHECKING:
    from monitor.act.proving import Proof


def verify(
    opts: JsonOptions, case: Annotated[str | None, Argument(metavar="[CASE]")] = None, last: str | None = None
) -> None:
    """Prove that files, cases and the audit chain are unchanged."""
    from data.evidence.vault import Vault
    from monitor.act.proving import prove, read_evidence

    noted, number = read_end(last) if last else None, whole_number(case) if case else None
    if last and noted is None:
        raise InputError(f"--last {last}: write it as it was printed or mailed: 1842-ABCD-EFGH-JKLM-NPQR.")
    _, settings, store = wiring.open_home(opts.home, opts.config)
    vault = Vault(store.evidence)
    present = vault.everything() if number is None else ()
    with store.open_reader() as con:
        held = read_evidence(con, number)
    if number is not None and not held.knows(number):
        raise InputError(f"There is no case {number}. The desk lists all cases.")
    proved = prove(held, vault, case_id=number, last=noted, present=present)
    opts.show(proved_json(proved), proved_lines(proved, settings.zone))
    end_command(1 if proved.faults else 0)


evidence_app = group("What is kept of posts: proved unchanged.")
evidence_app.command("verify")(verify)


def proved_lines(proved: Proof, zone: ZoneInfo) -> Iterator[str]:
    """Every fault, else that all holds; then the time stamps, and the chain's end to be kept elsewhere."""
    for fault in proved.faults:
        yield f"{fault.wrong.value.upper()}: {fault.where}. {fault.said}"
    looked = (
        f"{count_many(proved.files, 'file')} of {count_many(proved.captures, 'capture')}, "
        f"{count_many(proved.steps, 'step')} of cases, "
        f"{count_many(proved.sealed, 'sealed row')} of posts and alerts, "
        f"{count_many(proved.rows, 'row')} of the audit chain"
    )
    faults = len(proved.faults)
    yield f"{count_many(faults, 'fault')} in {looked}." if faults else f"All holds: {looked}."
    if any(fault.wrong is not Wrong.LOCKED for fault in proved.faults):
        yield "Change nothing, copy the home folder as it is, and tell your data protection officer."
    if proved.noted:
        yield "The chain still contains the end that was noted: up to there nothing was changed or removed."
    if proved.not_sealed:
        yield (
            f"Never sealed, so not compared: {count_many(proved.not_sealed, 'post')} of cases that an older "
            "version opened."
        )
    for request, n in proved.erased.items():
        yield f"Erased for request {request}: {count_many(n, 'post')}."
    for stamp in proved.stamps:
        yield f"Time stamp of capture {stamp.capture_id}: {local(stamp.at, zone)}, by {stamp.authority}."
    unstamped = proved.captures - len(proved.stamps)
    if unstamped:
        yield f"Without a valid time stamp: {count_many(unstamped, 'capture')}."
    if proved.last:
        yield f"The chain ends with {proved.last}"
        yield "Keep that line elsewhere. Later, --last says whether the chain still contains it."


def proved_json(proved: Proof) -> dict[str, object]:
    return {
        "holds": not proved.faults,
        "faults": [pick_fields(fault, "wrong where said") for fault in proved.faults],
        **pick_fields(proved, "files captures steps"),
        "audit_rows": proved.rows,
        "sealed_rows": proved.sealed,
        "posts_not_sealed": proved.not_sealed,
        "stamps": [
            {"capture": s.capture_id, "at": utc_json(s.at), "authority": s.authority} for s in proved.stamps
        ],
        "erased": dict(proved.erased),
        "last": proved.last,
        "noted": proved.noted,
    }
