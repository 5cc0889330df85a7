"""What was handed in before there was a case becomes the case's evidence: a step names each capture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from alerts.ladder.advance import Advance, advance
from alerts.ladder.rules import SCHOOLGATE, Rules
from data.cases import Case, Event, EvidenceFile
from data.evidence.file_faults import MANIFEST, captures
from data.evidence.handed_in import FIELDS, NOTHING
from data.evidence.vault import Vault
from data.steps.codes import EvidenceKind
from data.steps.keeping import EvidenceKept
from data.store.cases import cases as case_store
from data.store.cases.evidence_files import handed_in_untold
from data.store.engine.connect import Connection
from monitor.config.home.context import Context


def with_handed_in(con: Connection, context: Context, case: Case, rules: Rules, now: datetime) -> Case:
    """The case, with what `told_of` makes of it stored. `con` is the write transaction in which the case was
    loaded."""
    for done in told_of(con, context, case, rules, now):
        case_store.put(con, done.case, done.steps, done.outbox, now)
        case = done.case
    return case


def told_of(con: Connection, context: Context, case: Case, rules: Rules, now: datetime) -> list[Advance]:
    """A step for each capture of its post that none tells of yet, as far as the ladder allows; nothing is
    stored.

    Nothing here stops a step: what cannot be read is told of without what is known of it.
    """
    vault, found = Vault(context.home / "evidence"), list[Advance]()
    held = captures(handed_in_untold(con, case.id)).values()
    for files in (capture for capture in held if MANIFEST in capture):
        done = advance(case, _event(files, vault), now, rules)
        if isinstance(done, Advance):
            found.append(done)
            case = done.case
    return found


def _event(files: Mapping[str, EvidenceFile], vault: Vault) -> Event:
    manifest = files[MANIFEST]
    supplied = any(name.startswith("supplied-") for name in files)
    said = EvidenceKept(
        capture=manifest.capture_id or "",
        manifest=manifest.sha256,
        files=len(files),
        what=EvidenceKind.SUPPLIED if supplied else EvidenceKind.TOLD,
        known=_known(vault.content(manifest.sha256)),
    )
    return Event(said, SCHOOLGATE, when=manifest.captured_at)


_KEYS = {
    "author": "author_as_shown", "posted": "posted_as_displayed", "words": "words_typed", "seen_at": "seen",
}  # fmt: skip
"""What a field is called in the manifest, where that is not its name."""


def _known(manifest: bytes | None) -> tuple[str, ...]:
    try:
        told = json.loads(manifest or b"{}")["handed_in"]
        known = [name for name in FIELDS if _is_known(name, told[_KEYS.get(name, name)])]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(known) or (NOTHING,)


def _is_known(name: str, told: object) -> bool:
    return told is not None and (name != "words" or told is True)
