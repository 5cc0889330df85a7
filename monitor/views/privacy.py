"""What the commands of a data protection officer print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.privacy.requests import PrivacyRequest, RequestKind
from data.store.privacy.held import FoundPost, TypedNote
from monitor.privacy.finding import HeldData, Withheld
from monitor.views.alerts import local, utc

ASKED = {
    RequestKind.ACCESS: "access to their data",
    RequestKind.ERASURE: "erasure",
    RequestKind.OBJECTION: "an objection",
    RequestKind.RECTIFICATION: "rectification",
    RequestKind.COMPLAINT: "a complaint",
    RequestKind.TOLD: "to be told that we hold their data (Article 14)",
}
_A_MOMENT = timedelta(minutes=1)


def request_line(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    """One request: its number, what is asked, since when, and what is due."""
    asked = f"{ASKED[one.kind]}, of {local(one.received_at, zone)}"
    return f"{one.id}  {one.reference}  {asked}: {_stands(one, zone, now)}"


def _stands(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    if one.answered_at is not None and one.ending is not None:
        return f"{one.ending.value} on {local(one.answered_at, zone)} by {one.answered_by}"
    if one.due_at is None:
        return "acknowledged; to be answered without undue delay"
    last = f"{(one.due_at - _A_MOMENT).astimezone(zone):%A %d %B %Y}"
    what = "acknowledge it" if one.kind is RequestKind.COMPLAINT else "answer it"
    longer = " (extended)" if one.extended_at else ""
    return f"OVERDUE since {last}{longer}" if now >= one.due_at else f"{what} by {last}{longer}"


def request_json(one: PrivacyRequest) -> dict[str, object]:
    """The same for programs, with the words that it was recorded with."""
    times = {
        "received": one.received_at, "recorded": one.recorded_at, "due": one.due_at,
        "acknowledged": one.acknowledged_at, "extended": one.extended_at, "answered": one.answered_at,
    }  # fmt: skip
    return {
        "id": one.id, "urn": one.urn, "kind": one.kind.value, "reference": one.reference,
        "reason": one.reason, "recorded_by": one.recorded_by, "ending": one.ending and one.ending.value,
        "answer": one.answer or None, "answered_by": one.answered_by,
        **{name: utc(at) if at else None for name, at in times.items()},
    }  # fmt: skip


WHY_WITHHELD: Mapping[Withheld, str] = {
    Withheld.RESTRICTED: (
        "with the safeguarding lead. Whether it is given is theirs to decide (Data Protection Act 2018, "
        "Schedule 3, paragraphs 19 and 21: serious harm, child abuse data)"
    ),
    Withheld.ACCUSES: (
        "may accuse whoever asked. Whether it is given is for whoever acts in the matter to decide "
        "(Schedule 2, paragraph 2: crime)"
    ),
}
"""Which exemption a person has to think of; it is named, not applied."""
ABOUT_YOURSELF = "A matter that may be about yourself is not in it: somebody else would have to answer."


def held_lines(held: HeldData, asked: PrivacyRequest, person: str, zone: ZoneInfo) -> Iterator[str]:
    """What was found: their own posts with their beginning, of all else where and when."""
    theirs = [p for p in held.posts if p.theirs]
    about = [p for p in held.posts if not p.theirs]
    yield f"Request {asked.id}: held are {len(theirs)} posts of theirs, {len(about)} that name them, " + (
        f"{len(held.cases)} cases and {len(held.notes)} typed notes."
    )
    for post in (*theirs, *about):
        yield f"  {_post_line(post, zone)}"
    for case in held.cases:
        yield f"  case {case.id}, opened {local(case.opened_at, zone)}, {case.state.value.replace('_', ' ')}"
    for note in held.notes:
        yield f"  {_note_line(note, zone)}"
    for why, n in held.withheld.items():
        yield f"Withheld: {n}, {WHY_WITHHELD[why]}."
    yield ABOUT_YOURSELF
    if held.count:
        yield f"A copy to check and hand over: schoolgate privacy sar {asked.id} --to DIR --as {person}"


def _post_line(found: FoundPost, zone: ZoneInfo) -> str:
    post = found.post
    begins = f"  {(post.title or post.text or '')[:50]}" if found.theirs else ""
    whose = "theirs" if found.theirs else "names them"
    when = local(post.published or post.first_seen, zone)
    until = local(found.retain_until, zone)
    return f"{post.mention_id[:8]}  {when}  {post.channel}, {whose}, kept until {until}{begins}"


def _note_line(note: TypedNote, zone: ZoneInfo) -> str:
    where = f"case {note.case_id}, step {note.n}" if note.case_id else "on an account of the school"
    return f"note of {local(note.at, zone)} by {note.by}: {where}"


def held_json(held: HeldData) -> dict[str, object]:
    """The same for programs."""
    return {
        "posts": [
            {
                "id": p.post.mention_id, "theirs": p.theirs, "channel": p.post.channel, "url": p.post.url,
                "published": utc(p.post.published) if p.post.published else None,
                "first_seen": utc(p.post.first_seen), "kept_until": utc(p.retain_until),
            }
            for p in held.posts
        ],
        "cases": [c.id for c in held.cases],
        "notes": [{"case": n.case_id, "step": n.n or None, "by": n.by, "at": utc(n.at)} for n in held.notes],
        "withheld": {why.value: n for why, n in held.withheld.items()},
    }  # fmt: skip
