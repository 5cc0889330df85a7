"""Is what is held of a case's posts and alert what the audit chain seals?"""

from __future__ import annotations

from data.cases import Case
from data.evidence.chain_faults import deletion_faults
from data.evidence.sealed_faults import SealedRows, sealed_faults
from data.store.engine import audit_chain
from data.store.engine.connect import Connection
from data.store.sealing import kept_salts, sealed_rows


def read_sealed(con: Connection, about: frozenset[str]) -> SealedRows:
    """What the store holds about these posts and alerts (ids), with the salts of their seals."""
    return SealedRows(about, sealed_rows(con, about), kept_salts(con, about))


def not_as_sealed(case: Case) -> str:
    """What whoever reads the case, or writes from it, is told where it is not."""
    return (
        "NOT AS IT WAS SEALED: its post or alert was changed in the store. Do not rely on it: "
        f"⟪evidence verify⟫ {case.id}"
    )


def as_sealed(con: Connection, case: Case) -> bool | None:
    """Are the posts and the alert of a case what was sealed? None where its post never was.

    The chain itself is taken as it is: only `schoolgate evidence verify` proves it.
    """
    about = frozenset(i for i in (case.mention_id, case.alert_id, *case.copies) if i)
    chain = audit_chain.links(con, about | {case.id})
    faults = (*deletion_faults(chain), *sealed_faults(read_sealed(con, about), chain))
    if faults:
        return False
    sealed = any(link.entry.action == "sealed" and link.entry.subject == case.mention_id for link in chain)
    return True if sealed else None
