"""The hand-over sheet as text that pastes clean, in the order of the fields of a safeguarding record: who,
when, where, what was seen, category, what was done, by whom. What is not known is not in it. Pure.

It repeats all that was posted, so it is made for somebody whose reading of it is on record, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time
from zoneinfo import ZoneInfo

from alerts.layout.pdf import all_printable, compile_pdf
from alerts.wording.matters import channel_name, describe_lane
from data.cases import CaseStep
from data.evidence.handed_in import WhoseWords, whose_words
from data.frozen import freeze
from data.ids import each_once
from data.judged import dangers
from data.matters import MatterNote, MatterView, PostView
from data.steps.classes import Asked, Assigned, Closed, Noted, Opened, Referred, Warned
from data.store.engine.audit_chain import AuditEntry, Code
from data.types import SURE, Harm, School
from data.web.urls import visible
from data.words.say import Words, asked_in, capital, join_filled, place_words

Names = Callable[[str], str]
"""Gives the name of a person by their id."""
_ONCE = "restricted_read"
_SAID = frozenset((_ONCE, "alert_raised", "alert_acked", "alert_given", "alert_put_down", "giving_undone"))


def list_records(entries: Iterable[AuditEntry], names: Names, w: Words) -> Iterator[tuple[datetime, str]]:
    """List what the record says of it; that somebody read it once, the first time."""
    read = set()
    for entry in entries:
        if entry.action not in _SAID or (entry.action == _ONCE and entry.actor in read):
            continue
        if entry.action == _ONCE:
            read.add(entry.actor)
        to = next(iter(Code.PERSON.values(entry.codes)), "")
        yield entry.done_at, w(f"room.did.{entry.action}", who=names(entry.actor), to=names(to))


def list_case_steps(steps: Iterable[CaseStep], names: Names, w: Words) -> Iterator[tuple[datetime, str]]:
    """List what its case holds: who was told, with the number they gave, and what was written of it."""
    for step in steps:
        if isinstance(step.said, Opened | Assigned):
            continue
        who, why = names(step.actor), visible(step.why.strip())
        if isinstance(step.said, Referred | Asked):
            to = place_words(step.said.to, w) if isinstance(step.said, Referred) else asked_in(step.said, w)
            number = visible(step.said.reference)
            said = w("room.did.told_number" if number else "room.did.told", who=who, to=to, number=number)
        else:
            said = w("room.did.step", who=who, said=w(f"pack.step.{step.said.wording}"))
        why = why if isinstance(step.said, Referred | Asked | Noted | Closed | Warned) else ""
        yield step.done_at, f"{said} “{why}”" if why else said


def list_notes(notes: Iterable[MatterNote], names: Names, w: Words) -> Iterator[tuple[datetime, str]]:
    for note in notes:
        yield note.written_at, f"{w('room.did.note', who=names(note.person_id))} “{visible(note.note)}”"


@freeze
class SheetPart:
    key: str
    heading: str
    text: str


@freeze
class HandOverSheet:
    """The whole; `left_out` is what is not in it; a category may be in the school's own words."""

    language: str
    title: str
    parts: tuple[SheetPart, ...]
    left_out: str
    page: str
    own_category: bool

    def pdf(self, day: datetime) -> bytes:
        """Make one page of A4, more where the post is long. Raises typst.TypstError."""
        return compile_pdf("alerts.layout/handover.typ", all_printable(asdict(self)), day.date())


def compose_sheet(
    view: MatterView,
    posts: Sequence[PostView],
    people: Sequence[str],
    done: Iterable[tuple[datetime, str]],
    school: School,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    w: Words,
    own: Mapping[str, str],
) -> HandOverSheet:
    """The sheet of a matter whose words were read just now; `people` says who is in danger and who is
    accused, `done` what was done in it, each with when; `own` are the school's own words for a category."""
    categories = _categories(view)
    about = {"number": view.number, "school": school.name}
    incident = [w("room.sheet.number", **about)]
    if view.lane is not None:
        incident.append(w("room.sheet.judged", what=describe_lane(view.lane, view.about, w)[0]))
    texts = {
        "people": [*people, *each_once(line for post in posts for line in _author(post, w))],
        "when": _lines_by_post(posts, lambda post: _times(post, zone, w)),
        "where": _lines_by_post(posts, lambda post: _place(post, w)),
        "incident": [
            *incident,
            *(_lines_by_post(posts, lambda post: _words_found(post, zone, w)) or [w("page.nothing_kept")]),
        ],
        "category": [own.get(name) or w(f"room.category.{name}") for name in categories],
        "actions": [
            w("room.sheet.did", when=_when(at, zone, w), said=_quote_lines(said)) for at, said in sorted(done)
        ],
        "by": [w("room.sheet.made", who=by, when=_when(now, zone, w))],
    }
    return HandOverSheet(
        w.language,
        w("room.sheet.title", **about),
        tuple(SheetPart(key, w(f"room.sheet.{key}"), "\n".join(of)) for key, of in texts.items() if of),
        w("room.sheet.left_out"),
        w("room.sheet.page", page="{page}", pages="{pages}"),
        all(name in own for name in categories),
    )


_OF_HARM = {Harm.SELF_HARM: "self_harm", Harm.EXTREMISM: "terrorism"}


def _categories(view: MatterView) -> tuple[str, ...]:
    """List what it is by its facts, and not by its lane alone: an allegation first, of which the designated
    officer is told within one working day (Working Together to Safeguard Children; KCSIE, part four)."""
    accused = any(m.sure >= SURE for v in view.verdicts for m in v.accuses)
    accused |= any(case.accused for case in view.cases)
    surely = {m.harm for v in view.verdicts for m in dangers(v) if m.sure >= SURE}
    found = ["staff_allegation"] if accused else []
    found += [view.lane.value] if view.lane else []
    found += [name for harm, name in _OF_HARM.items() if harm in surely]
    return each_once(found or ["other"])


def _lines_by_post(posts: Sequence[PostView], lines_of: Callable[[PostView], Iterator[str]]) -> list[str]:
    """List the lines of each post, those of several under the number of each."""
    if len(posts) == 1:
        return [*lines_of(posts[0])]
    numbered = ((n, [*lines_of(post)]) for n, post in enumerate(posts, start=1))
    return [line for n, lines in numbered if lines for line in (f"({n})", *lines)]


def _author(post: PostView, w: Words) -> Iterator[str]:
    if author := " ".join(visible(post.author or "").split()):
        yield f"{w('room.sheet.author')} {author}"


def _times(post: PostView, zone: ZoneInfo, w: Words) -> Iterator[str]:
    if post.published:
        yield w("room.sheet.posted", when=_when(post.published, zone, w))
    for at in (one.seen_at for one in post.reported if one.seen_at):
        whole = at.astimezone(zone).time() == time()  # a day was said alone
        yield w("room.sheet.saw", when=w.full_day(at, zone) if whole else _when(at, zone, w))


def _place(post: PostView, w: Words) -> Iterator[str]:
    if post.channel:
        yield capital(channel_name(post.channel, w))
    if post.url:
        yield f"{w('room.sheet.address')} {visible(post.url)}"


def _words_found(post: PostView, zone: ZoneInfo, w: Words) -> Iterator[str]:
    """Say by what it was found, and the words."""
    if post.first_seen:
        yield w("room.sheet.seen", when=_when(post.first_seen, zone, w))
    for one in post.reported:
        who = " ".join(visible(one.seen_by or w("page.reported.nobody")).split())
        yield w("room.sheet.reported", who=who, when=_when(one.at, zone, w), number=one.number or "–")
    whose = whose_words(post.text, post.source_ids)
    if whose is not WhoseWords.READ:
        yield w(f"pack.post.{whose.value}")
    text = None if whose is WhoseWords.NOBODYS else post.text
    said = (("|", post.title), (w("room.sheet.quoted"), post.quoted), ("|", text))
    yield from (f"{first} {_quote_lines(words)}" for first, words in said if words)
    for version in post.earlier:
        before = join_filled(" ", version.title, version.text)
        yield f"{w('room.sheet.before')} {_quote_lines(before)}"


def _quote_lines(said: str) -> str:
    """Quote what somebody wrote: no further line of it passes for one of ours."""
    return visible(said).replace("\n", "\n| ")


def _when(at: datetime, zone: ZoneInfo, w: Words) -> str:
    return w("room.when", day=w.full_day(at, zone), clock=w.clock(at, zone))
