"""Files beside a copy of somebody's data: letters to them and from them, and evidence to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from mimetypes import guess_extension

from data.cases import EvidenceFile
from data.evidence.file_faults import MANIFEST
from data.evidence.vault import Vault
from data.rungs import Rung
from data.steps.asking import Answered, Asked
from data.store.engine.connect import Connection
from data.store.privacy import held as held_store
from monitor.act.requests.entries import Entry
from monitor.act.requests.finding import HeldData
from monitor.act.requests.office import Office


def to_author(one: Entry) -> bool:
    """Was the author asked, or did they answer?"""
    return isinstance(one.said, Asked | Answered) and one.said.rung is Rung.AUTHOR_REQUEST


def enclosed(
    con: Connection, office: Office, held: HeldData, entries: Sequence[Entry]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Letters that went to the author of their post or came from them, and all other evidence that may show
    them, each by a name that says where it belongs. Of a lost file there is nothing."""
    vault = Vault(office.session.store.evidence)
    ids = [p.post.mention_id for p in held.posts]
    own = {p.post.mention_id for p in held.posts if p.theirs}
    of_author = {
        one.said.capture
        for one in entries
        if isinstance(one.said, Asked | Answered) and to_author(one) and one.said.capture
    }
    letters, shown = dict[str, bytes](), dict[str, bytes]()
    for n, file in enumerate(held_store.files_showing(con, ids, [c.id for c in held.cases]), 1):
        if file.name == MANIFEST or (content := vault.content(file.sha256)) is None:
            continue
        theirs = file.capture_id in of_author and file.mention_id in own
        (letters if theirs else shown)[_name(n, file)] = content
    return letters, shown


def _name(n: int, file: EvidenceFile) -> str:
    """“case-0004-17-nov-…”: where it belongs, when it was kept, what it is."""
    where = f"case-{file.case_id}" if file.case_id else f"post-{(file.mention_id or '')[:8]}"
    name = file.name or f"file{guess_extension(file.media_type) or ''}"
    return f"{where}-{file.captured_at:%Y-%m-%d}-{n}-{name}"
