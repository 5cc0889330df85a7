"""Is who has a matter, and who said that it is done with, what the audit chain seals? Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from data.evidence.file_faults import EvidenceFault, Wrong
from data.store.engine.audit_chain import Code, Link
from data.store.owners import NOBODYS, SEALED, OwnerRow


def owner_faults(
    held: Mapping[tuple[str, str], OwnerRow], chain: Sequence[Link], stories: frozenset[str] | None = None
) -> Iterator[EvidenceFault]:
    """Records, by story and school, that are not what the chain seals last, of these stories or all.

    In a home older than seals, until its first, a record stands where an entry says so of its person then.
    """
    entries = [link.entry for link in chain if link.entry.action == SEALED]
    sealed = {(e.subject, e.urn or ""): e.codes[0] for e in entries if e.codes}
    done = set() if entries else _acts(chain)
    for key in sorted(held.keys() | sealed.keys()):
        row, must = held.get(key), sealed.get(key)
        where = f"who has story {key[0]}"
        if (stories is not None and key[0] not in stories) or (row.seal if row else NOBODYS) == must:
            continue
        if row is None:
            yield EvidenceFault(Wrong.MISSING, where, "Who has it, or has ended it, is no longer there.")
        elif must is not None:
            yield EvidenceFault(Wrong.CHANGED, where, "Its record is not the one that the audit seals.")
        elif not done.issuperset(row.said):
            yield EvidenceFault(Wrong.UNRECORDED, where, "No audit entry says so of this person then.")


def _acts(chain: Sequence[Link]) -> set[tuple[str, int]]:
    """Who took, was given or ended something, and when."""
    return {
        (who, round(link.entry.done_at.timestamp() * 1_000_000))
        for link in chain
        for who in (link.entry.actor, *Code.PERSON.values(link.entry.codes))
    }
