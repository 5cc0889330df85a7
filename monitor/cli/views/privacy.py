"""What the commands of a data protection officer print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.wording.cases import class_words, state_words
from alerts.wording.verdicts import channel_name
from data.content_class import ContentClass, class_spec
from data.privacy.requests import PrivacyRequest, RequestEnding, RequestKind
from data.privacy.sorting import CopyKind
from data.privacy.terms import TermKind
from data.retention.erase import Staying, Stays
from data.retention.purge import Going, KeptBack, Preview
from data.store.privacy.held import FoundPost
from data.types import Policy, Relevance
from data.words.say import words
from monitor.act.privacy import ToErase
from monitor.act.requests.copying import why_proposed
from monitor.act.requests.entries import CopyEntry
from monitor.act.requests.finding import HeldData, Withheld
from monitor.cli.views.layout import local, picked, plain, utc
from monitor.cli.views.screen import ENGLISH
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, Tone, table
from monitor.terminal.wording import counted, numbered

ASKED = {
    RequestKind.ACCESS: "access to their data",
    RequestKind.ERASURE: "erasure",
    RequestKind.OBJECTION: "an objection",
    RequestKind.RECTIFICATION: "rectification",
    RequestKind.RESTRICTION: "restricting what is done with their data",
    RequestKind.COMPLAINT: "a complaint",
    RequestKind.TOLD: "to be told that we hold their data (Article 14)",
}
ENDED = {
    RequestEnding.GRANTED: "granted",
    RequestEnding.PART: "granted in part",
    RequestEnding.REFUSED: "refused",
    RequestEnding.WITHDRAWN: "withdrawn",
}
_A_MOMENT = timedelta(minutes=1)


def request_line(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    """One request: its number, what is asked, since when, and what is due."""
    return f"{one.id}  {one.reference}  {_asked(one, zone, now)}"


def request_lines(
    requests: Sequence[PrivacyRequest], zone: ZoneInfo, now: datetime, schools: Mapping[str, str]
) -> list[Painted]:
    """Requests as a table, what is overdue in a colour; of several `schools` (URN to name) with which."""
    rows = []
    for one in requests:
        over = one.answered_at is None and one.due_at is not None and now >= one.due_at
        where = f"{schools[one.urn]} ({numbered(one.urn)}): " if schools else ""
        said = Cell(f"{where}{_asked(one, zone, now)}", Tone.GRAVE if over else Tone.PLAIN)
        rows.append((one.id, one.reference, said))
    return table(("Request", "Reference", "What is asked, and where it stands"), rows)


def _asked(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    received = local(one.received_at, zone).removesuffix(", 00:00")  # no time was given, as for a letter
    return f"{ASKED[one.kind]}, received {received}: {_stands(one, zone, now)}"


def _stands(one: PrivacyRequest, zone: ZoneInfo, now: datetime) -> str:
    if one.answered_at is not None and one.ending is not None:
        return f"{ENDED[one.ending]} on {local(one.answered_at, zone)} by {one.answered_by}"
    if one.due_at is None:
        return "acknowledged; to be answered without undue delay"
    last = f"{(one.due_at - _A_MOMENT).astimezone(zone):%A %d %B %Y}"
    what = "acknowledge it" if one.kind is RequestKind.COMPLAINT else "answer it"
    longer = " (extended)" if one.extended_at else ""
    return f"OVERDUE since {last}{longer}" if now >= one.due_at else f"{what} by {last}{longer}"


def request_json(one: PrivacyRequest) -> dict[str, object]:
    """The same for programs, with the words that it was recorded with."""
    times = ("received", "recorded", "due", "acknowledged", "extended", "answered")
    return {
        **picked(one, "id urn kind reference reason recorded_by ending"), "answer": one.answer or None,
        "answered_by": one.answered_by, **{name: plain(getattr(one, f"{name}_at")) for name in times},
    }  # fmt: skip


WHY_WITHHELD: Mapping[Withheld, str] = {
    Withheld.RESTRICTED: (
        "with the safeguarding lead, who decides whether to give it (Data Protection Act 2018, "
        "Schedule 3, paragraphs 19 and 21: serious harm, child abuse data)"
    ),
    Withheld.ACCUSES: (
        "may accuse the person asking. Those dealing with the matter decide whether to give it "
        "(Schedule 2, paragraph 2: crime)"
    ),
    Withheld.LOCKED: "in a case that is locked (Education Act 2002, section 141F). Ask a solicitor first",
}
"""Which exemption a person has to think of; it is named, not applied."""
ABOUT_YOURSELF = "A matter that may be about yourself is not included: somebody else would have to answer."


def held_lines(
    held: HeldData, asked: PrivacyRequest, by: TermKind, options: str, zone: ZoneInfo
) -> Iterator[str]:
    """What was found: their own posts with their beginning, of all else where and when."""
    theirs = [p for p in held.posts if p.theirs]
    about = [p for p in held.posts if not p.theirs]
    yield f"Request {asked.id}: {counted(theirs, 'post')} by them, {len(about)} naming them, " + (
        f"{counted(held.cases, 'case')} and {counted(held.notes, 'typed note')}."
    )
    for post in (*theirs, *about):
        yield f"  {_post_line(post, zone)}"
    for case in held.cases:
        yield f"  case {case.id}, opened {local(case.opened_at, zone)}, {state_words(case, ENGLISH)}"
    for note in held.notes:
        where = f"case {note.case_id}, step {note.n}" if note.case_id else "on an account of the school"
        yield f"  note of {local(note.at, zone)} by {note.by}: {where}"
    for why, n in held.withheld.items():
        yield f"Withheld: {n}, {WHY_WITHHELD[why]}."
    yield ABOUT_YOURSELF
    if held.count:
        yield f"A copy to hand over: schoolgate privacy sar {asked.id} --by {by.value} --to DIR {options}"


def to_decide_lines(
    kinds: Mapping[CopyKind, Sequence[CopyEntry]],
    asked: PrivacyRequest,
    by: TermKind,
    options: str,
    zone: ZoneInfo,
) -> Iterator[str]:
    """What a person has to decide on before there is a copy: each kind, what is proposed, each entry."""
    yield f"Request {asked.id}: nothing was written. First decide what of this they may have, kind by kind:"
    for kind, entries in kinds.items():
        yield ""
        what = ENGLISH(f"privacy.kind.{kind.value}")
        yield f"{kind.value}: {what}, {counted(entries, 'entry', 'entries')}."
        yield f"  Proposed: {why_proposed(kind, entries, ENGLISH)}"
        for one in entries:
            where = f"case {one.case_id}, step {one.n}" if one.case_id else "a note"
            done = ENGLISH(f"pack.step.{one.said.kind.value}") if one.said else ""
            yield f"  {local(one.at, zone)}, {where}: {one.words or done}"
    yield ""
    yield "No program knows all words that show it: read held.txt too. For the copy, with --give KIND or"
    yield f"--withhold KIND added for each of these ({', '.join(kinds)}):"
    yield f"schoolgate privacy sar {asked.id} --by {by.value} --to DIR {options}"


def _post_line(found: FoundPost, zone: ZoneInfo) -> str:
    post = found.post
    begins = f"  {(post.title or post.text or '')[:50]}" if found.theirs else ""
    whose = "theirs" if found.theirs else "names them"
    when = local(post.published or post.first_seen, zone)
    until = local(found.retain_until, zone)
    where = channel_name(post.channel, words("en"))
    return f"{post.mention_id[:8]}  {when}  {where}, {whose}, kept until {until}{begins}"


def held_json(held: HeldData) -> dict[str, object]:
    return {
        "posts": [
            {
                "id": p.post.mention_id, "theirs": p.theirs, "channel": p.post.channel, "url": p.post.url,
                "published": plain(p.post.published),
                "first_seen": utc(p.post.first_seen), "kept_until": utc(p.retain_until),
            }
            for p in held.posts
        ],
        "cases": [c.id for c in held.cases],
        "notes": [{"case": n.case_id, "step": n.n or None, "by": n.by, "at": utc(n.at)} for n in held.notes],
        "withheld": {why.value: n for why, n in held.withheld.items()},
    }  # fmt: skip


STAYS: Mapping[Stays, str] = {
    Stays.RESTRICTED: "it is with the safeguarding lead, who decides on it",
    Stays.ALERT: "its alert is open: somebody has to take it first (Article 17(3)(b))",
    Stays.OPEN: "case {case} is open (Article 17(3)(e): legal claims; or (b): a public task)",
    Stays.HOLD: "case {case} is on hold (Article 17(3)(e): legal claims)",
    Stays.CLOSED: "it is evidence in case {case}, kept {until} (Article 17(3)(e): legal claims)",
}
"""Why a post is not erased, to be weighed by a person and told to whoever asked."""


def erasure_lines(meant: ToErase, stays: Sequence[Staying], zone: ZoneInfo, *, done: bool) -> Iterator[str]:
    """What went, or would go; and what stays, and why."""
    gone = len(meant.posts) - len(stays)
    yield f"Request {meant.request_id}: {counted(gone, 'post')} {'erased' if done else 'would be erased'}."
    for one in stays:
        until = f"until {local(one.until, zone)}" if one.until else "while that case is kept"
        yield f"  stays: {one.mention_id[:8]}, as {STAYS[one.why].format(case=one.case_id, until=until)}"
    if meant.withheld:
        yield f"  stays: {meant.withheld} more, withheld: see schoolgate privacy search {meant.request_id}"
    for post in meant.naming:
        yield f"  not meant: {_post_line(post, zone)}"
    if meant.naming:
        yield "  These are by others and name them. To erase one of them too: --post ID in place of --by"
    if not done and gone:
        yield "Nothing has been erased yet. To erase them for good: the same with --yes"
    if done and gone:
        yield "Not erased: what was printed, saved or sent (letters, packs, digests), and backups."


def erasure_json(meant: ToErase, stays: Sequence[Staying], *, done: bool) -> dict[str, object]:
    stay = {one.mention_id for one in stays}
    return {
        "request": meant.request_id,
        "done": done,
        "erased": [p.post.mention_id for p in meant.posts if p.post.mention_id not in stay],
        "stays": [
            {"post": s.mention_id, "why": s.why.value, "case": s.case_id, "until": plain(s.until)}
            for s in stays
        ],
        "naming": [p.post.mention_id for p in meant.naming],
        "withheld": meant.withheld,
    }


def due_lines(found: Preview, policy: Policy, days: int, zone: ZoneInfo) -> Iterator[str]:
    """What goes and when, day by day; the cases that do; and what is kept back, by which case."""
    posts = sum(one.posts for one in found.going)
    due = f"{counted(posts, 'post')} and {counted(found.cases, 'closed case')}"
    yield f"To be deleted within {counted(days, 'day')}: {due}."
    yield from table(("Day", "What", "Why"), [*_due_rows(found, policy, zone)])


def _due_rows(found: Preview, policy: Policy, zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
    for one in found.going:
        yield _date(one.day, zone), counted(one.posts, "post"), _why_it_goes(one, policy)
    for case in found.cases:
        why = f"closed, {class_words(case.content_class, ENGLISH)}: its time is up"
        yield _date(case.until, zone), f"case {case.id}", why
    for kept in found.kept_back:
        yield "kept back", counted(kept.posts, "post"), f"by case {kept.case.id}, {_why_kept(kept, zone)}"


def _why_it_goes(one: Going, policy: Policy) -> str:
    if one.stubs:
        return "with the safeguarding lead; a stub is left"
    if one.relevance == Relevance.NOT_ABOUT:
        return f"not about the school, {policy.unmatched_hours} hours"
    if one.content_class == ContentClass.FAIR_COMMENT:
        return f"criticism, opinion or praise, {policy.criticism_days} days"
    known = one.content_class in set(ContentClass)
    what = words("en")(ContentClass(one.content_class).key) if known else one.content_class
    kept = class_spec(one.content_class).kept
    return f"{what}, {kept.days if kept else policy.retain_days} days"


def _why_kept(kept: KeptBack, zone: ZoneInfo) -> str:
    if kept.case.hold:
        held = f"put on hold by {kept.held_by}"
        review = datetime.fromisoformat(kept.review) if kept.review else None
        return f"{held}, to be reviewed on {_date(review, zone)}" if review else held
    return "which is open" if kept.case.open else f"closed, until {_date(kept.case.until, zone)}"


def _date(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}" if moment else "released"


def due_json(found: Preview) -> dict[str, object]:
    return {
        "going": [
            {
                "day": f"{one.day:%Y-%m-%d}", "class": one.content_class, "relevance": one.relevance,
                "leaves_stub": one.stubs, "posts": one.posts,
            }
            for one in found.going
        ],
        "cases": [{"case": c.id, "until": plain(c.until)} for c in found.cases],
        "kept_back": [
            {
                "case": k.case.id, "posts": k.posts, "open": k.case.open, "hold": k.case.hold,
                "held_by": k.held_by, "review": k.review,
                "until": plain(k.case.until),
            }
            for k in found.kept_back
        ],
    }  # fmt: skip
