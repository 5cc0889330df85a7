"""What a request may have erased, and what of it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.errors import InputError
from data.privacy.requests import PrivacyRequest, RequestKind
from data.privacy.terms import SearchTerm, TermKind
from data.retention.erase import Staying, staying
from data.store.engine.connect import Connection
from data.store.privacy import held as held_store
from data.store.privacy.held import FoundPost
from monitor.act.requests.finding import held_about
from monitor.act.requests.office import Office

ERASES = (RequestKind.ERASURE, RequestKind.OBJECTION)
"""For these posts are erased: an objection that was upheld, too (UK GDPR, Article 17(1)(c))."""


@dataclass(frozen=True, slots=True)
class ToErase:
    """The posts that are meant, those of them that stay, and why; `withheld` are out of reach here."""

    request_id: str
    posts: tuple[FoundPost, ...]
    stays: tuple[Staying, ...]
    withheld: int


def to_erase(
    con: Connection,
    office: Office,
    number: str,
    now: datetime,
    wanted: SearchTerm | None,
    chosen: Sequence[FoundPost],
) -> ToErase:
    """What would be erased. Of an author only posts that are theirs: what names them is another's.

    Raises InputError for a name, which is no proof of who wrote something, and for a request that does not
    ask for erasing: what somebody asked to see stays until they have been answered.
    """
    if wanted is not None and wanted.kind is TermKind.NAME:
        raise InputError(
            "A name does not show who wrote a post. Erase by handle, by address, or with ⟨post⟩."
        )
    asked = office.request(con, number)
    if asked.kind not in ERASES:
        raise InputError(_not_to_erase(asked))
    posts, withheld = tuple(chosen), 0
    if wanted is not None:
        held = held_about(con, office, wanted)
        posts, withheld = tuple(p for p in held.posts if p.theirs), sum(held.withheld.values())
    about_self = _about_oneself(con, office)
    theirs = tuple(p for p in posts if p.post.mention_id not in about_self)
    if chosen and len(theirs) < len(posts):
        raise InputError("A post that is about yourself is not yours to erase: somebody else decides on it.")
    posts, withheld = theirs, withheld + len(posts) - len(theirs)
    stays = staying(con, [p.post.mention_id for p in posts], now, office.config.policy)
    return ToErase(asked.id, posts, tuple(stays.values()), withheld)


def _not_to_erase(asked: PrivacyRequest) -> str:
    """Why nothing is erased for a request of this kind, and what to do instead."""
    of_access = (
        " To erase what somebody has asked to see, so that they do not get it, is a crime (Data Protection "
        "Act 2018, section 173): give them their copy first."
    )
    first = of_access if asked.kind is RequestKind.ACCESS else ""
    return (
        f"Request {asked.id} is of kind {asked.kind.value}. Posts are erased only for a request of erasure "
        f"or objection: nothing was erased.{first} If they also ask to have it erased, that is a request of "
        "its own: ⟪privacy record⟫ erasure"
    )


def _about_oneself(con: Connection, office: Office) -> set[str]:
    """Nobody takes away what may accuse themselves. Fair comment is no accusation: its author may ask."""
    keys = sorted({office.school.urn, *office.school.members})
    return held_store.judged_about(con, keys, (office.person,), fair=False)
