"""The case file as text, for somebody who may read it: what it is, its state, what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.guidance import Guidance, guidance
from alerts.access.knowing import reads_whole
from alerts.access.referrals import handed_by_route
from alerts.describe import channel_name
from alerts.ladder.reclassifying import second_persons
from alerts.ladder.replay import with_ways
from alerts.ladder.rules import Rules
from data.cases import Asking, Case, CaseFile, Post
from data.content_class import ContentClass
from data.errors import as_typed
from data.steps.codes import EvidenceKind, HowTold
from data.steps.keeping import EvidenceKept, LetterDrafted
from data.types import Person, School
from data.words.say import words
from monitor.casework.evidence.sealed import not_as_sealed
from monitor.casework.next_steps import NextStep
from monitor.casework.replaying import matter_of
from monitor.session import Session
from monitor.terminal.wording import numbered
from monitor.views.case.case_list import Row
from monitor.views.case.next_steps import (
    danger_lines,
    helpline_lines,
    next_lines,
    proposal_lines,
    unexplained_lines,
)
from monitor.views.case.steps import step_lines
from monitor.views.case.wording import (
    ANSWERS,
    CHECKS,
    CONSENTS,
    DECISIONS,
    KEPT,
    LANES,
    RELATIONSHIPS,
    SUPPORTS,
    TOLDS,
    class_words,
    clock_lines,
    folded,
    lacking,
    rung_words,
    state_words,
)
from monitor.views.layout import enclosed_line, local
from monitor.views.whose import due_line

WITHHELD = "withheld: an accused teacher must not be made known (section 141F)"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who it is shown to: `person` is their id, `names` are people's names by id.

    `words` is False where the post's words are withheld from them, `locked` True where section 141F is why.
    `row` is the case as it is listed for them.
    `unread` is True for a restricted case until its reading is recorded. `guidance` says what to do first in
    a case that bypasses the ladder. `second` are the ids of those who may confirm what is proposed.
    """

    now: datetime
    zone: ZoneInfo
    names: Mapping[str, str]
    person: str
    row: Row
    words: bool = True
    locked: bool = False
    unread: bool = False
    guidance: Guidance | None = None
    second: tuple[str, ...] = ()

    def name(self, person_id: str | None) -> str:
        """What somebody is called."""
        return self.names.get(person_id or "", person_id or "nobody")

    def when(self, moment: datetime) -> str:
        """A moment with its weekday; withheld where dates may make an accused teacher known."""
        return "date withheld" if self.locked else local(moment, self.zone)


def reader_of(row: Row, session: Session, rules: Rules, now: datetime, *, read: bool) -> Reader:
    """What this person is shown of the case; `read` says that their reading of it is on record.

    What section 141F withholds is shown to the safeguarding leads, and on record to whoever leads the case.
    """
    person, config, case = session.person, session.config, row.case
    matter = matter_of(case, config)
    locked = case.locked and not reads_whole(person, matter, config.people, recorded=read)
    names = {p.id: p.name for p in config.people}
    if locked:  # whoever is accused may have answered for themselves
        names |= dict.fromkeys((*case.subjects, case.target or ""), "name withheld")
    return Reader(
        now,
        config.zone,
        names,
        person.id,
        row,
        words=(read or not case.restricted) and not locked,
        locked=locked,
        unread=case.restricted and not read,
        second=tuple(p.id for p in second_persons(case, rules)),
        guidance=_guidance(case, rules, person),
    )


def _guidance(case: Case, rules: Rules, person: Person) -> Guidance | None:
    if case.lane is None:
        return None
    return guidance(rules.matter(case), rules.people, rules.school.nation, words("en"), person)


def head_lines(case: Case, school: str, reader: Reader) -> Iterator[str]:
    """Number, school, class, the person targeted, who has it."""
    yield f"Case {case.id}  {school} ({numbered(case.urn)})"
    yield from _whose(reader)
    if reader.unread:
        return
    yield f"  {_class(case, reader)}"
    if not reader.locked:
        yield f"  about {words('en')(f'describe.who.{case.about.value}')}"
    if case.target:
        yield f"  aimed at: {WITHHELD if reader.locked else reader.name(case.target)}"
    if case.relationship.value != "unknown":
        safe = "" if case.contact_safe else ", not safe to contact"
        yield f"  the author: {RELATIONSHIPS[case.relationship]}{safe}"


def _whose(reader: Reader) -> Iterator[str]:
    """Who has it, and when something is next due; no date where dates are withheld."""
    row, due = reader.row, reader.row.due(reader.now)
    if row.case.closed_at is None:
        since = row.who.since
        dated = f" since {local(since, reader.zone)}" if since and not reader.locked else ""
        yield f"  with {row.who.said}{dated}" if since else "  nobody has it yet"
    if due is not None and not reader.locked:
        yield f"  {due_line(due, reader.now, reader.zone)}"


def _class(case: Case, reader: Reader) -> str:
    if case.unjudged:
        return class_words(case.content_class)
    if case.classified_by is None:
        return f"{class_words(case.content_class)} (proposed; nobody has set it yet)"
    proposed = f"; {_proposed(case)}" if case.proposed_class != case.content_class else ""
    return f"{class_words(case.content_class)} (set by {reader.name(case.classified_by)}{proposed})"


def _proposed(case: Case) -> str:
    judged = case.proposed_class != ContentClass.UNJUDGED
    return f"{case.proposed_class} was proposed" if judged else "it had not been judged"


def stand_lines(case: Case, reader: Reader) -> Iterator[str]:
    """The state of the case, every running clock, and what is over."""
    yield f"  {state_words(case)}"
    if case.restricted and case.lane and reader.words:
        yield f"  off the ladder, {LANES[case.lane]}"
    for said in clock_lines(case, reader.now, reader.zone, acts=reader.words, every=True):
        yield f"  {said}"
    if case.hold_by:
        review = (
            f", to be looked at again on {local(case.hold_review, reader.zone)}" if case.hold_review else ""
        )
        yield f"  on hold by {reader.name(case.hold_by)}: nothing of it is deleted{review}"
    if case.locked:
        yield "  locked: nothing that may identify an accused teacher leaves it (section 141F)"


def known_lines(case: Case, reader: Reader) -> Iterator[str]:
    """What was proposed, weighed, decided, asked, consented and offered."""
    if case.proposal:
        by, at = reader.name(case.proposal.by), reader.when(case.proposal.at)
        yield f"  proposed: {class_words(case.proposal.content_class)} ({by}, {at})"
    on_ladder = case.lane is None and not case.fair
    if on_ladder or case.weighed:
        yield from _weighed(case, reader)
    if case.decision and case.decided_at:
        at = reader.when(case.decided_at)
        what = DECISIONS.get(case.decision, case.decision)
        yield f"  decided: {what} ({reader.name(case.decided_by)}, {at})"
    elif on_ladder:
        yield "  decided: nothing yet"
    if case.target:
        support = _recorded(case.support_by, case.support_told, reader)
        consent = _recorded(case.consent_by, case.consent_told, reader)
        yield f"  support for the person targeted: {SUPPORTS[case.support]}{support}"
        yield f"  consent to tell the police: {CONSENTS[case.consent]}{consent}"
    for asking in case.askings:
        yield from _asked(asking, reader)
    for n, look in enumerate(case.checks, start=1):
        yield f"  look {n} whether it is gone: {CHECKS[look.result]}, {reader.when(look.at)}"


def _recorded(by: str | None, told: HowTold | None, reader: Reader) -> str:
    """Who recorded it; where that was somebody else, how the person was told."""
    if by is None:
        return ""
    who = "name withheld" if reader.locked else reader.name(by)
    return f" (recorded by {who}{'; ' + TOLDS[told] if told else ''})"


def _weighed(case: Case, reader: Reader) -> Iterator[str]:
    weighed = case.weighed
    if weighed is None:
        yield "  how serious: not weighed yet"
        return
    yield f"  how serious ({reader.name(weighed.by)}, {reader.when(weighed.at)}):"
    if reader.locked:
        yield f"    {WITHHELD}"
        return
    said = (("nature", weighed.nature), ("visible", weighed.visible), ("spread", weighed.spread))
    for name, text in (*said, ("impact", weighed.impact)):
        yield from folded(f"{name}: {text}", "    ")


def _asked(asking: Asking, reader: Reader) -> Iterator[str]:
    """Who was asked and what came back; below it, when what was sent was written and received, and whether it
    is kept.
    """
    more = [asking.channel, asking.reference and f"reference {asking.reference}"]
    told = f" ({', '.join(filter(None, more))})" if any(more) else ""
    who = f"{rung_words(asking.rung, asking.kind)}{told}, {reader.name(asking.by)}"
    answer = ANSWERS[asking.answer] if asking.answer else "no answer yet"
    yield f"  asked: {who}, {reader.when(asking.sent_at or asking.at)}: {answer}"
    times = (("written", asking.written_at), ("received by them", asking.received_at))
    notes = [f"{said} {reader.when(at)}" for said, at in times if at]
    notes += [f"what was sent: {KEPT[asking.kept]}"] if asking.kept else []
    notes += [f"their answer: {KEPT[asking.answer_kept]}"] if asking.answer_kept else []
    if notes:
        yield from folded("; ".join(notes), "    ")


def post_lines(file: CaseFile, reader: Reader) -> Iterator[str]:
    """The post and its copies, as far as this reader may see them."""
    if reader.locked:
        yield f"  {WITHHELD}"
        return
    if file.post is None:
        yield "  not kept any more"
    else:
        yield from _post(file.post, _undated(file), reader)
    for copy in file.copies:
        yield f"  copy: {channel_name(copy.channel, words('en'))}, {copy.url or 'no address'}"


def _undated(file: CaseFile) -> str:
    """What is said of a post whose time no program could read."""
    kept = (s.said for s in file.steps if isinstance(s.said, EvidenceKept))
    shown = any("posted" in said.known for said in kept)
    return "its time is kept as it was shown there" if shown else "not dated"


def _post(post: Post, undated: str, reader: Reader) -> Iterator[str]:
    posted = f"posted {reader.when(post.published)}" if post.published else undated
    yield f"  {channel_name(post.channel, words('en'))}, by {post.author or 'nobody named'}, {posted}"
    yield f"  {post.url or 'no address'}"
    seen = f"seen first {reader.when(post.first_seen)}, last {reader.when(post.last_seen)}"
    yield f"  {seen}{f', version {post.version}' if post.version > 1 else ''}"
    if post.event is not None:
        yield f"  {words('en')(f'describe.press.{post.event.value}')}"
    for part in (post.title, post.text):
        yield from folded(part or "", "  ")
    yield from enclosed_line(post.enclosed)


def held_lines(file: CaseFile, reader: Reader) -> Iterator[str]:
    """Evidence, letters and who hosts it."""
    kept = (s.said for s in file.steps if isinstance(s.said, EvidenceKept))
    told = {said.capture for said in kept if said.what is EvidenceKind.TOLD}
    if (
        all(f.of_letter or f.capture_id in told for f in file.evidence)
        and file.case.lane is None
        and not file.case.fair
    ):
        yield "  evidence: none yet"
    for capture in dict.fromkeys(f.capture_id or f.id for f in file.evidence):
        files = [f for f in file.evidence if (f.capture_id or f.id) == capture]
        names = ", ".join(f.name or f.media_type for f in files)
        plain = "what was said, with no picture" if capture in told else "evidence"
        what = files[0].how if files[0].of_letter else plain
        yield f"  {what} {capture[:8]}, {reader.when(files[0].captured_at)}: {names}"
        yield from _lacking(file, capture, reader)
    for step in file.steps:
        if isinstance(step.said, LetterDrafted):
            drafted = step.said.letter.replace("_", " ")
            yield f"  draft of a letter: {drafted}, {reader.when(step.done_at)}"
    yield from (f"  {line}" for line in _hosting(file.case.hosting))


def _lacking(file: CaseFile, capture: str, reader: Reader) -> Iterator[str]:
    """What is not known of a capture that was handed in, counting what was added to it since."""
    kept = [s.said for s in file.steps if isinstance(s.said, EvidenceKept)]
    mine = next((said for said in kept if said.capture == capture), None)
    if mine is None or mine.what not in (EvidenceKind.SUPPLIED, EvidenceKind.TOLD):
        return
    if mine.adds_to:
        yield f"    adds to {mine.adds_to[:8]}"
        return
    known = {name for said in kept if capture in (said.capture, said.adds_to) for name in said.known}
    yield from (f"  {line}" for line in lacking(file.case.id, capture, known, reader.person))


_HOSTING: Sequence[tuple[str, str]] = (
    ("host", "hosted at"),
    ("registrar", "registrar"),
    ("registrar_abuse", "registrar's abuse desk"),
    ("network", "network"),
    ("network_abuse", "network's abuse desk"),
    ("front", "perhaps only in front of the site, which somebody else may hold"),
    ("failed", "could not be found out"),
)


def _hosting(facts: Mapping[str, str]) -> Iterator[str]:
    return (f"{what}: {facts[name]}" for name, what in _HOSTING if facts.get(name))


def whole_lines(
    file: CaseFile, ways: Sequence[NextStep], reader: Reader, school: School, *, changed: bool = False
) -> Iterator[str]:
    """The whole file; no words of a restricted one without a recorded reason.

    `changed` says that what is held of its posts or its alert is not what was sealed.
    """
    case = file.case
    yield from head_lines(case, school.name, reader)
    if changed:
        yield f"  {as_typed(not_as_sealed(case))}"
    if not reader.unread:
        yield from _part("The post", post_lines(file, reader))
    yield from _part("Where it stands", stand_lines(case, reader))
    yield from _part("What comes next", _next(case, ways, reader, school))
    if reader.unread:
        yield ""
        command = f"schoolgate case show {case.id} --restricted --as {reader.person} --reason “…”"
        yield f"To read it, which is recorded: {command}"
        return
    yield from _part("What is known", known_lines(case, reader))
    yield from _part("What is kept", held_lines(file, reader))
    yield from _part("What was done", done_lines(file, reader))


def _next(case: Case, ways: Sequence[NextStep], reader: Reader, school: School) -> Iterator[str]:
    """What can be asked next; past the ladder, who is told and what is never done."""
    if reader.guidance is not None and not reader.unread:
        told = reader.guidance
        for name, text in (("first", told.first), ("then", told.then), ("never", told.never)):
            yield from folded(f"{name}: {text}", "  ")
    yield from danger_lines(case, reader.person)
    yield from unexplained_lines(case, reader.person)
    yield from proposal_lines(case, reader.second, reader.person, reader.name)
    open_to_them = ways if reader.words else ()
    handed = handed_by_route(case.lane, school.nation) if case.lane and not reader.unread else ()
    yield from next_lines(case, open_to_them, reader.person, handed)
    yield from helpline_lines(open_to_them, reader.now, reader.when)


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", title, *found)


def done_lines(file: CaseFile, reader: Reader) -> Iterator[str]:
    """Its steps, in their order."""
    for step in with_ways(file.steps):
        yield from step_lines(step, reader.name, reader.when, withheld=not reader.words)
