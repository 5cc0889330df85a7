"""The case file as text, for somebody who may read it: what it is, its state, what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from alerts.access.guidance import Guidance, guidance
from alerts.access.knowing import reads_whole
from alerts.access.referrals import handed_by_route
from alerts.ladder.replay import with_ways
from alerts.ladder.rules import Rules, second_persons
from alerts.letters.facts.for_a_solicitor import limitation_line
from alerts.routes.playbooks import next_words
from alerts.wording.cases import (
    class_words,
    clock_lines,
    kept_words,
    off_ladder,
    places_words,
    shown_class,
    state_words,
    where_done,
    words_of,
)
from alerts.wording.matters import named, the_same_words
from alerts.wording.verdicts import channel_name, press_words, who_words
from data.cases import Asking, Case, CaseFile, CaseState, Post
from data.content_class import ContentClass
from data.errors import as_typed
from data.evidence.handed_in import WhoseWords
from data.matters import MatterView
from data.steps.codes import EvidenceKind, HowTold
from data.steps.keeping import EvidenceKept, LetterDrafted
from data.types import About, School
from data.words.asking import asking_words
from monitor.act.casework.evidence.sealed import not_as_sealed
from monitor.act.casework.steps import NextStep
from monitor.cli.views.case import next_steps
from monitor.cli.views.case.steps import step_lines
from monitor.cli.views.case.wording import folded, lacking
from monitor.cli.views.layout import enclosed_line, typed
from monitor.cli.views.screen import ENGLISH, Screen, coded
from monitor.home.wiring import Session
from monitor.matters.reader import matter_of
from monitor.terminal.wording import numbered

WITHHELD = "withheld: an accused teacher must not be made known (section 141F)"


@dataclass(frozen=True, slots=True)
class FileScreen:
    """Who it is shown to: `person` is their id, `view` the case as it is listed for them.

    `words` is False where the post's words are withheld from them, `locked` True where section 141F is why;
    `hidden` are then the ids of people who may be accused. `unread` is True for a restricted case until its
    reading is recorded. `guidance` says what to do first in a case that bypasses the ladder. `second` are the
    ids of those who may confirm what is proposed.
    """

    screen: Screen
    person: str
    view: MatterView
    words: bool = True
    locked: bool = False
    unread: bool = False
    guidance: Guidance | None = None
    second: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()

    @property
    def now(self) -> datetime:
        return self.screen.now

    def name(self, person_id: str | None) -> str:
        return "name withheld" if (person_id or "") in self.hidden else self.screen.name(person_id)

    def when(self, moment: datetime) -> str:
        """A moment with its weekday; withheld where dates may make an accused teacher known."""
        return "date withheld" if self.locked else self.screen.local(moment)


def file_screen(
    view: MatterView, case: Case, session: Session, rules: Rules, screen: Screen, *, read: bool
) -> FileScreen:
    """What this person is shown of the case; `read` says that their reading of it is on record.

    What section 141F withholds is shown to the safeguarding leads, and on record to whoever leads the case.
    """
    person, config = session.person, session.config
    locked = case.locked and not reads_whole(person, matter_of(case, config), config.people, recorded=read)
    return FileScreen(
        screen,
        person.id,
        view,
        words=(read or not case.restricted) and not locked,
        locked=locked,
        unread=case.restricted and not read,
        second=tuple(p.id for p in second_persons(case, rules)),
        guidance=guidance(rules.matter(case), rules.people, rules.school.nation, ENGLISH, person)
        if case.lane is not None
        else None,
        # whoever is accused may have answered for themselves
        hidden=frozenset((*case.subjects, case.target or "")) if locked else frozenset(),
    )


def head_lines(case: Case, school: str, reader: FileScreen) -> Iterator[str]:
    """Number, school, class, the person targeted, who has it."""
    yield f"Case {case.number}  {school} ({numbered(case.urn)})"
    # who has it, and when something is next due; no date where dates are withheld
    view, screen = reader.view, reader.screen
    has = view.holder
    if not view.finished:
        dated = f" since {screen.local(has.since)}" if has and not reader.locked else ""
        yield f"  with {named(has, screen.people, ENGLISH)}{dated}" if has else "  nobody has it yet"
    if view.due is not None and not reader.locked:
        yield f"  {screen.due(view)}"
    if reader.unread:
        return
    yield f"  {_class(case, reader)}"
    yield from folded(the_same_words(reader.view, ENGLISH), "  ")
    if not reader.locked:
        yield f"  about {who_words(case.about, ENGLISH)}"
        yield from _of_pictures(case, reader)
    if case.target:
        yield f"  aimed at: {WITHHELD if reader.locked else reader.name(case.target)}"
    for heading, people in (
        ("accused", case.accused),
        ("a conflict of interest, no accusation", case.conflicted),
    ):
        if people:
            yield f"  {heading}: {WITHHELD if reader.locked else ', '.join(map(reader.name, people))}"
    if case.relationship.value != "unknown":
        safe = "" if case.contact_safe else ", not safe to contact"
        yield f"  the author: {coded('author', case.relationship.value)}{safe}"


def _of_pictures(case: Case, reader: FileScreen) -> Iterator[str]:
    """That pupils may be in pictures that were taken, which only a person can see."""
    if case.content_class != ContentClass.COPYRIGHT or case.about is About.PUPIL or case.closed_at:
        return
    said = "if pupils are in it, say so: the safeguarding lead and the data protection officer are told"
    yield from folded(said, "  ")


def _class(case: Case, reader: FileScreen) -> str:
    what, proposed = class_words(shown_class(case), ENGLISH), ""
    if case.unjudged:
        return what
    if case.classified_by is None:
        return f"{what} (proposed; nobody has set it yet)"
    if case.proposed_class != case.content_class:
        judged = case.proposed_class != ContentClass.UNJUDGED
        proposed = f"; {case.proposed_class} was proposed" if judged else "; it had not been judged"
    return f"{what} (set by {reader.name(case.classified_by)}{proposed})"


def stand_lines(case: Case, reader: FileScreen) -> Iterator[str]:
    """The state of the case, every running clock, and what is over."""
    yield f"  {state_words(case, ENGLISH)}"
    if case.restricted and case.lane and reader.words:
        yield f"  {off_ladder(case.lane.value, ENGLISH)}"
    asking = case.late(reader.now) if reader.words else ()
    for said in clock_lines(case, reader.now, reader.screen.local, ENGLISH, asking):
        yield f"  {typed(said)}"
    if case.to_warn:
        left = ENGLISH.listed([ENGLISH(f"pack.code.{who}") for who in case.to_warn])
        yield from folded(f"999 was rung. Still to be warned: {left}", "  ")
    if case.hold_by:
        review = (
            f", to be looked at again on {reader.screen.local(case.hold_review)}" if case.hold_review else ""
        )
        yield f"  on hold by {reader.name(case.hold_by)}: nothing of it is deleted{review}"
    if case.joined_to:
        yield f"  what is done from now on is in it: schoolgate case show {case.joined_to}"
    for number, at in case.joined:
        yield f"  joined: case {number}, closed {reader.when(at)}. Its own steps:"
        yield f"    schoolgate case show {number}"
    if case.locked:
        yield "  locked: nothing that may identify an accused teacher leaves it (section 141F)"


def known_lines(case: Case, reader: FileScreen) -> Iterator[str]:
    """What was proposed, weighed, decided, asked, consented and offered."""
    if case.proposal:
        by, at = reader.name(case.proposal.by), reader.when(case.proposal.at)
        yield f"  proposed: {class_words(case.proposal.content_class, ENGLISH)} ({by}, {at})"
    on_ladder = case.lane is None and not case.fair
    if on_ladder or case.weighed:
        yield from _weighed(case, reader)
    if case.decision and case.decided_at:
        at = reader.when(case.decided_at)
        what = coded("decision", case.decision)
        yield f"  decided: {what} ({reader.name(case.decided_by)}, {at})"
    elif on_ladder:
        yield "  decided: nothing yet"
    if case.target:
        support = _recorded(case.support_by, case.support_told, reader)
        consent = _recorded(case.consent_by, case.consent_told, reader)
        yield f"  support for the person targeted: {coded('supported', case.support.value)}{support}"
        yield f"  consent to tell the police: {coded('consent', case.consent.value)}{consent}"
    for here in case.places:
        there = f" at {case.number_at(here.n)}" if here.n > 1 else ""
        for asking in here.askings:
            yield from _asked(asking, reader, there)
        for n, look in enumerate(here.checks, start=1):
            seen = coded("check", look.result.value)
            yield f"  look {n} whether it is gone{there}: {seen}, {reader.when(look.at)}"


def _recorded(by: str | None, told: HowTold | None, reader: FileScreen) -> str:
    """Who recorded it; where that was somebody else, how the person was told."""
    if by is None:
        return ""
    who = "name withheld" if reader.locked else reader.name(by)
    return f" (recorded by {who}{'; ' + coded('informed', told.value) if told else ''})"


def _weighed(case: Case, reader: FileScreen) -> Iterator[str]:
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


def _asked(asking: Asking, reader: FileScreen, there: str) -> Iterator[str]:
    """Who was asked and what came back; below it, when what was sent was written and received, and whether it
    is kept.
    """
    more = [asking.channel, asking.reference and f"reference {asking.reference}"]
    told = f" ({', '.join(filter(None, more))})" if any(more) else ""
    who = f"{asking_words(asking.rung, asking.kind, ENGLISH)}{told}, {reader.name(asking.by)}"
    answer = coded("answer", asking.answer.value) if asking.answer else "no answer yet"
    yield f"  asked{there}: {who}, {reader.when(asking.sent_at or asking.at)}: {answer}"
    times = (("written", asking.written_at), ("received by them", asking.received_at))
    notes = [f"{said} {reader.when(at)}" for said, at in times if at]
    notes += [f"what was sent: {coded('kept', asking.kept.value)}"] if asking.kept else []
    notes += [f"their answer: {coded('kept', asking.answer_kept.value)}"] if asking.answer_kept else []
    if notes:
        yield from folded("; ".join(notes), "    ")


def post_lines(file: CaseFile, reader: FileScreen) -> Iterator[str]:
    """The post and its copies, as far as this reader may see them."""
    if reader.locked:
        yield f"  {WITHHELD}"
        return
    if file.post is None:
        yield "  not kept any more"
    else:
        yield from _post(file.post, words_of(file), _undated(file), reader)
    for other in file.beside:
        yield f"  in other words, {reader.when(other.at)}:"
        for part in (other.title, other.text):
            yield from folded(part or "", "    ")
    for number, where, stands in places_words(file, ENGLISH):
        yield f"  {number}  {typed(where)}: {stands}"
    known = {here.mention_id for here in file.case.places}
    for copy in file.copies:  # named before places were told apart
        if copy.mention_id and copy.mention_id not in known:
            yield f"  copy: {channel_name(copy.channel, ENGLISH)}, {copy.url or 'no address'}"


def _undated(file: CaseFile) -> str:
    """What is said of a post whose time no program could read."""
    kept = (s.said for s in file.steps if isinstance(s.said, EvidenceKept))
    shown = any("posted" in said.known for said in kept)
    return "its time is kept as it was shown there" if shown else "not dated"


def _post(post: Post, whose: WhoseWords, undated: str, reader: FileScreen) -> Iterator[str]:
    posted = f"posted {reader.when(post.published)}" if post.published else undated
    yield f"  {channel_name(post.channel, ENGLISH)}, by {post.author or 'nobody named'}, {posted}"
    yield f"  {post.url or 'no address'}"
    seen = f"seen first {reader.when(post.first_seen)}, last {reader.when(post.last_seen)}"
    yield f"  {seen}{f', version {post.version}' if post.version > 1 else ''}"
    if post.event is not None:
        yield f"  {press_words(post.event, ENGLISH)}"
    if whose is not WhoseWords.READ:
        yield f"  {ENGLISH(f'pack.post.{whose.value}')}"
    for part in (post.title, post.text):
        yield from folded(part or "", "  ")
    yield from enclosed_line(post.enclosed)


def held_lines(file: CaseFile, reader: FileScreen) -> Iterator[str]:
    """Evidence, letters and who hosts it."""
    yield from folded(kept_words(file, ENGLISH), "  ")
    kept = (s.said for s in file.steps if isinstance(s.said, EvidenceKept))
    told = {said.capture for said in kept if said.what is EvidenceKind.TOLD}
    on_ladder = file.case.lane is None and not file.case.fair
    if on_ladder and all(f.of_letter or f.capture_id in told for f in file.evidence):
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
    facts = file.case.hosting
    yield from (f"  {what}: {facts[name]}" for name, what in _HOSTING if facts.get(name))


def _lacking(file: CaseFile, capture: str, reader: FileScreen) -> Iterator[str]:
    """What is not known of a capture that was handed in, counting what was added to it since."""
    kept = [s.said for s in file.steps if isinstance(s.said, EvidenceKept)]
    mine = next((said for said in kept if said.capture == capture), None)
    if mine is None or mine.what not in (EvidenceKind.SUPPLIED, EvidenceKind.TOLD):
        return
    if mine.adds_to:
        yield f"    adds to {mine.adds_to[:8]}"
        return
    known = {name for said in kept if capture in (said.capture, said.adds_to) for name in said.known}
    yield from (f"  {line}" for line in lacking(file.case.number, capture, known, reader.person))


_HOSTING: Sequence[tuple[str, str]] = (
    ("host", "hosted at"),
    ("registrar", "registrar"),
    ("registrar_abuse", "registrar's abuse desk"),
    ("network", "network"),
    ("network_abuse", "network's abuse desk"),
    ("front", "perhaps only in front of the site, which somebody else may hold"),
    ("failed", "could not be found out"),
)


def whole_lines(
    file: CaseFile, ways: Sequence[NextStep], reader: FileScreen, school: School, *, changed: bool = False
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
    limited = limitation_line(case, file.post, school.nation, ENGLISH, ask=True) if reader.words else ""
    yield from _part("Where it stands", chain(stand_lines(case, reader), folded(limited, "  ")))
    yield from _part("What comes next", _next(case, ways, reader, school))
    if reader.unread:
        yield ""
        command = f"schoolgate case show {case.number} --restricted --as {reader.person} --reason “…”"
        yield f"To read it, which is recorded: {command}"
        return
    yield from _part("What is known", known_lines(case, reader))
    yield from _part("What is kept", held_lines(file, reader))
    steps = (
        step_lines(
            s, reader.name, reader.when, withheld=not reader.words, where=where_done(file, s.said, ENGLISH)
        )
        for s in with_ways(file.steps)
    )
    yield from _part("What was done", chain.from_iterable(steps))


def _next(case: Case, ways: Sequence[NextStep], reader: FileScreen, school: School) -> Iterator[str]:
    """What can be asked next; past the ladder, who is told and what is never done."""
    if reader.guidance is not None and not reader.unread and case.state is not CaseState.CLOSED:
        told = reader.guidance
        for name, text in (("first", told.first), ("then", told.then), ("never", told.never)):
            yield from folded(f"{name}: {text}", "  ")
    if reader.words:
        for said in next_words(case, ENGLISH):
            yield from folded(said, "  ")
    yield from next_steps.danger_lines(case, reader.person, reader.when)
    yield from next_steps.unexplained_lines(case, reader.person)
    yield from next_steps.proposal_lines(case, reader.second, reader.person, reader.name)
    open_to_them = ways if reader.words else ()
    handed = handed_by_route(case.lane, school.nation) if case.lane and not reader.unread else ()
    yield from next_steps.next_lines(case, open_to_them, reader.person, handed)
    yield from next_steps.elsewhere_lines(case if reader.words else None, reader.person)
    yield from next_steps.helpline_lines(open_to_them, reader.now, reader.when)


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", title, *found)
