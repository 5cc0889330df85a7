"""What people ask about their own data: written down, answered, put right, erased, kept out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.access.matter import keys_of
from data.errors import InputError
from data.ids import digest
from data.keeping.deletion_record import DeletedKind
from data.privacy import PrivacyRequest, RequestEnding, RequestKind, SearchTerm, TermKind, request_due
from data.retention.erase import Erasure, Staying, staying
from data.retention.erase import erase as erase_in_store
from data.retention.purge import record_deletions
from data.steps.acts import Done, Refused
from data.store import privacy as request_store
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.connect import Connection
from data.store.privacy import Correction, FoundPost, Suppression
from data.words.say import words
from monitor.act.requests.copying import Copy, draft_copy, refuse_independent
from monitor.act.requests.finding import Decided, HeldData, Office, held_about, one_post
from monitor.config.home.paths import secret_key
from monitor.pipeline.sighting import known_channel

ERASES = (RequestKind.ERASURE, RequestKind.OBJECTION)
"""For these posts are erased: an objection that was upheld, too (UK GDPR, Article 17(1)(c))."""


@dataclass(frozen=True, slots=True)
class ToErase:
    """The posts that are meant, those of them that stay, and why; `withheld` are out of reach here, and
    `naming` are by others, name the person who asked, and are not meant."""

    request_id: str
    posts: tuple[FoundPost, ...]
    stays: tuple[Staying, ...]
    withheld: int
    naming: tuple[FoundPost, ...] = ()


def plan_erasure(
    con: Connection,
    office: Office,
    number: str,
    now: datetime,
    wanted: SearchTerm | None,
    chosen: Sequence[FoundPost],
) -> ToErase:
    """Return what would be erased. Of an author only posts that are theirs: what names them is another's.

    Raises InputError for a name, which is no proof of who wrote something, and for a request that does not
    ask for erasing: what somebody asked to see stays until they have been answered.
    """
    if wanted is not None and wanted.kind is TermKind.NAME:
        raise InputError(
            "A name does not show who wrote a post. Choose single posts, or search by handle or address."
        )
    asked = office.request(con, number)
    if asked.kind not in ERASES:
        raise InputError(_not_to_erase(asked))
    posts, withheld, naming = tuple(chosen), 0, tuple[FoundPost, ...]()
    if wanted is not None:
        held = held_about(con, office, wanted)
        posts, withheld = tuple(p for p in held.posts if p.theirs), sum(held.withheld.values())
        naming = tuple(p for p in held.posts if not p.theirs)
    # nobody takes away what may accuse themselves; fair comment is no accusation: its author may ask
    keys = sorted(keys_of(office.school))
    about_self = request_store.judged_about(con, keys, (office.person,), fair=False)
    theirs = tuple(p for p in posts if p.post.mention_id not in about_self)
    if chosen and len(theirs) < len(posts):
        raise InputError("A post that is about yourself is not yours to erase: somebody else decides on it.")
    posts, withheld = theirs, withheld + len(posts) - len(theirs)
    stays = staying(con, [p.post.mention_id for p in posts], now, office.config.policy)
    return ToErase(asked.id, posts, tuple(stays.values()), withheld, naming)


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
        "its own: record it on the page “Privacy requests”."
    )


UNTIMED = (RequestKind.COMPLAINT, RequestKind.TOLD, RequestKind.FREEDOM)
"""Their time is not extended, and does not wait for proof of who asks."""
FOR_NOW = ("acknowledged", "extended", "proof_asked", "proof_came")
"""What may become of a request that is still to be answered."""


def record_request(
    office: Office, kind: RequestKind, reference: str, why: str, came: datetime | None, now: datetime
) -> Done[PrivacyRequest]:
    """Writes down what somebody asks; the time to answer runs from when it came. Raises InputError."""
    if (received := came or now) > now:
        raise InputError("The day on which the request came is in the future.")
    if kind is RequestKind.FREEDOM:
        refuse_independent(office.school)
    due = request_due(kind, received, office.config.calendar(office.school.urn), office.config.zone)
    given = PrivacyRequest("", office.school.urn, kind, reference, why, received, now, office.person, due)
    with office.store.write("record a request") as con:
        return Done(request_store.record_request(con, given))


def answer_request(
    office: Office, number: str, how: str, said: str, now: datetime, proof: datetime | None = None
) -> Done[PrivacyRequest] | Refused:
    """Writes down what became of a request, its ending or one of `FOR_NOW`, and what was `said` each time, of
    which the audit has the hash; `proof` is when proof of who asks was asked for, or came. Raises
    InputError."""
    with office.store.write("answer a request") as con:
        one = office.request(con, number)
        one = replace(one, answer="\n".join(filter(None, (one.answer, said))))
        if how == "acknowledged":
            if not may_be_acknowledged(one):
                w = words(office.school.language)
                return Refused("may_be_acknowledged", w("requests.answer.not_to_acknowledge"))
            changed = replace(one, acknowledged_at=now, due_at=None)
        elif how == "extended":
            if reason := why_not_extended(one, now):
                return Refused("may_be_extended", reason)
            changed = replace(one, extended_at=now)
            changed = replace(changed, due_at=_due(office, changed))
        elif how in ("proof_asked", "proof_came"):
            at, zone = proof or now, office.config.zone
            before, day = (t.astimezone(zone).date() for t in (one.proof_at or one.received_at, at))
            if how not in ways_of_proof(one, now) or at > now or day < before:
                return Refused("proof", words(office.school.language)("requests.answer.no_proof"))
            changed = replace(one, acknowledged_at=at, due_at=None)
            if how == "proof_came":
                changed = replace(changed, due_at=_due(office, changed))
        else:
            ending, by = RequestEnding(how), office.person
            changed = replace(one, answered_at=now, answered_by=by, ending=ending, due_at=None)
        codes = (Code.RESULT.of(how), Code.NOTE.of(digest(said)))
        entry = AuditEntry(now, office.person, "request_answered", one.id, one.urn, codes)
        request_store.change(con, changed, entry)
    return Done(changed)


def _due(office: Office, one: PrivacyRequest) -> datetime:
    """When it is due: its time runs from when it came, or from when it was proved who asks."""
    since, calendar = one.proof_at or one.received_at, office.config.calendar(one.urn)
    return request_due(one.kind, since, calendar, office.config.zone, extended=bool(one.extended_at))


def ways_of_proof(one: PrivacyRequest, now: datetime) -> tuple[str, ...]:
    """List what may be written down of proof of who asks (UK GDPR, Article 12(6)): in time and once that it
    is asked for, then that it came.
    """
    if one.waits_for_proof:
        return ("proof_came",)
    timed = one.kind not in UNTIMED and one.proof_at is None
    return ("proof_asked",) if timed and one.due_at is not None and now < one.due_at else ()


def may_be_acknowledged(one: PrivacyRequest) -> bool:
    """Is it a complaint of which nothing was said yet? Nothing has a set time then."""
    return one.kind is RequestKind.COMPLAINT and one.acknowledged_at is None


def why_not_extended(one: PrivacyRequest, now: datetime) -> str:
    """Why its time may not be extended; "" where it may."""
    if one.kind in UNTIMED:
        return f"Request {one.id}: {one.kind.value} has no time that may be extended."
    if one.waits_for_proof:
        return f"Request {one.id} waits for proof of who asks: its time stands still."
    if one.extended_at is not None:
        return f"Request {one.id} was extended already, and may be once."
    if one.due_at is not None and now >= one.due_at:
        return f"Request {one.id}: its month is over, and only within it may it be extended. Answer it now."
    return ""


def search_held(office: Office, number: str, wanted: SearchTerm, now: datetime) -> Done[HeldData]:
    """Finds what is held about somebody who asked; on record is who searched, and not the words."""
    with office.store.open_reader() as con:
        asked, held = _about_self(con, office, number), held_about(con, office, wanted)
    _record_search(office, asked, wanted, held.count, now)
    return Done(held)


def look_over_copy(
    office: Office, number: str, wanted: SearchTerm, decided: Decided, now: datetime
) -> Done[Copy]:
    """Drafts a copy, to be looked over; on record as a search is, where it shows what is to be decided on."""
    with office.store.open_reader() as con:
        asked = _about_self(con, office, number)
        copy = draft_copy(con, office, asked, wanted, decided, now)
    if copy.undecided:
        _record_search(office, asked, wanted, copy.found, now)
    return Done(copy)


def _about_self(con: Connection, office: Office, number: str) -> PrivacyRequest:
    """The request, where people ask about themselves. Raises InputError."""
    asked = office.request(con, number)
    if asked.kind is RequestKind.FREEDOM:
        raise InputError(words(office.school.language)("requests.search.freedom"))
    return asked


def _record_search(
    office: Office, asked: PrivacyRequest, wanted: SearchTerm, found: int, now: datetime
) -> None:
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(found))
    with office.store.write("record a search") as con:
        append(con, [AuditEntry(now, office.person, "data_searched", asked.id, asked.urn, codes)])


def hand_copy(
    office: Office, number: str, wanted: SearchTerm, decided: Decided, now: datetime
) -> Done[Copy] | Refused:
    """Makes the copy to be handed over; on record is who made it, and what of each kind they may have."""
    with office.store.open_reader() as con:
        asked = _about_self(con, office, number)
        copy = draft_copy(con, office, asked, wanted, decided, now)
    if copy.undecided:
        return Refused("decided", "Decide first on each kind of what is held in a case.")
    chosen = [(Code.GIVEN if decided[kind] else Code.WITHHELD).of(kind.value) for kind in copy.kinds]
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(copy.found), *chosen)
    with office.store.write("copy for a request") as con:
        append(con, [AuditEntry(now, office.person, "data_copied", asked.id, asked.urn, codes)])
    return Done(copy)


def rectify(office: Office, number: str, post: str, said: str, now: datetime) -> Done[Correction]:
    """Keeps with a post what somebody says about it. Raises InputError for no such request or post."""
    with office.store.write("rectify for a request") as con:
        asked, found = office.request(con, number), one_post(con, office, post)
        added = Correction(asked.id, found.post.mention_id, said, now, office.person)
        request_store.correct(con, added, asked.urn)
    return Done(added)


def erase(office: Office, meant: ToErase, now: datetime) -> Done[tuple[Staying, ...]]:
    """Erases what may be; gives what stays, as it was found when it was done."""
    ids = [p.post.mention_id for p in meant.posts]
    secret = secret_key(office.store.home)
    given = Erasure(meant.request_id, office.school.urn, office.person, secret)
    return Done(erase_in_store(office.store, ids, given, now, office.config.policy))


def uphold(
    office: Office, number: str, wanted: SearchTerm, channel: str | None, now: datetime
) -> Done[str] | Refused:
    """Keeps the keys of an author or an address from now on; gives the request's number.

    Raises InputError where it is not known in which kind of place a handle is theirs, or that is none.
    """
    known_channel(channel or "")
    store = office.store
    with store.write("an objection") as con:
        asked = office.request(con, number)
        if asked.kind not in ERASES:
            reason = (
                f"Request {asked.id} is of kind {asked.kind.value}, so nothing is kept out for it. If they "
                "object, that is a request of its own: record it on the page “Privacy requests”."
            )
            return Refused("kind_of_request", reason)
        keys = _keys(con, office, wanted, channel)
        record_deletions(store, now, {DeletedKind.SUPPRESSED: [one for _, one in keys]})
        request_store.add_suppressions(con, keys, asked.id, now)
        codes = (Code.KIND.of(wanted.kind.value), Code.RESULT.of("upheld"))
        append(con, [AuditEntry(now, office.person, "objection_decided", asked.id, asked.urn, codes)])
    return Done(asked.id)


def withdraw(office: Office, number: str, now: datetime) -> Done[int]:
    """Drops what an objection keeps out, and nothing of what was erased; gives how many keys that were."""
    with office.store.write("an objection withdrawn") as con:
        asked = office.request(con, number, open_only=False)
        dropped = request_store.lift_suppressions(con, asked.id)
        codes = (Code.RESULT.of("withdrawn"),)
        append(con, [AuditEntry(now, office.person, "objection_decided", asked.id, asked.urn, codes)])
    return Done(dropped)


def _keys(
    con: Connection, office: Office, wanted: SearchTerm, channel: str | None
) -> list[tuple[Suppression, str]]:
    secret = secret_key(office.store.home)
    if wanted.kind is TermKind.ADDRESS:
        return [(Suppression.POST, request_store.key(secret, Suppression.POST, wanted.text))]
    if wanted.kind is TermKind.NAME:
        raise InputError("A name may be anybody’s. Give the handle or an address.")
    theirs = [p.post.channel for p in held_about(con, office, wanted).posts if p.theirs]
    places = sorted({channel} if channel else set(theirs))
    if not places:
        raise InputError("No post of theirs is held. Say in which kind of place they use the handle.")
    return [(Suppression.AUTHOR, request_store.author_key(secret, place, wanted.text)) for place in places]
