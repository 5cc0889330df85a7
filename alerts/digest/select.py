"""What of a school's facts one person is told, and in which section. Pure.

Restricted matters are left out but for a bare count, and that only where it reveals nothing. Whoever
may be the subject of something grave, or of what might be grave, does not see its line, nor is it
counted for them. Criticism that is only to be answered is hidden from nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alerts.access.knowing import Access, access
from alerts.access.matter import matter_of_story, with_more
from alerts.access.offices import ADULTS_OF_THE_SCHOOL
from alerts.digest.facts import Facts
from alerts.digest.saying.waiting import matter_of, tells
from alerts.gravity import route_rank
from alerts.holding import has_it
from data.content_class import BYPASSING
from data.digest import CaseStanding, FreshStory, MarkedStory, Standing, Undelivered
from data.judged import beyond_cap, in_another_language, maybe_grave, tone_of
from data.types import Mark, Person, Relevance, Route, Sentiment, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Selection:
    """One person's digest, still without words.

    `before` is what is grave and was posted before we began, unless it alerted; `before_looks` counts the
    stories of then that are worth a look. `news` is what was in the press; `answered` what somebody said is
    answered, once; `taken` what somebody took and has, and `held` who that is (ids), by story; `of_decide`
    are the open cases about what is to be decided. `about` counts the posts about the school that this person
    may know of, `older` those from before we began; `more_looks` those less
    likely to matter that are not shown; `unread` those in a language that nobody judged, beside them;
    `unsure` stories that may be another school's and stand nowhere else; `with_dsl` restricted matters, 0
    where not even their number may be told. Nothing stands in two of these.
    """

    person: Person
    decide: tuple[Standing, ...] = ()
    new_to_decide: int = 0
    in_hand: tuple[Standing, ...] = ()
    looks: tuple[FreshStory, ...] = ()
    unread: tuple[FreshStory, ...] = ()
    more_looks: int = 0
    answer: tuple[FreshStory, ...] = ()
    news: tuple[FreshStory, ...] = ()
    before: tuple[FreshStory, ...] = ()
    before_looks: int = 0
    praise: tuple[FreshStory, ...] = ()
    answered: tuple[MarkedStory, ...] = ()
    taken: tuple[MarkedStory, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[CaseStanding, ...] = ()
    of_decide: tuple[CaseStanding, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    about: int = 0
    older: int = 0
    unsure: tuple[FreshStory, ...] = ()
    with_dsl: int = 0

    @property
    def quiet(self) -> bool:
        """Nothing was said that this person is told of, and nothing waits for them."""
        before = self.before or self.before_looks
        said = (
            self.decide,
            self.in_hand,
            self.looks,
            self.unread,
            self.answer,
            self.news,
            self.answered,
            self.taken,
            before,
            self.praise,
            self.cases,
        )
        return not any(said)


def select(facts: Facts, person: Person) -> Selection:
    """What this person is told."""
    open_to = [s for s in facts.alerts if _told_of(s, person, facts)]
    decide = tuple(sorted((s for s in open_to if s.open), key=_by_urgency))
    hidden = {s.alert.story_id for s in facts.alerts} - {s.alert.story_id for s in open_to}
    chosen = Selection(
        person,
        decide=decide,
        new_to_decide=sum(s.told_at >= facts.window.since for s in decide),
        undelivered=_undelivered(facts, person),
    )
    if facts.school_day:
        chosen = _said(replace(chosen, in_hand=tuple(s for s in open_to if not s.open)), facts, hidden)
    else:  # a matter is called by its case's number on a weekend too
        chosen = replace(chosen, of_decide=_with_cases(chosen, (), facts, hidden).of_decide)
    return replace(chosen, with_dsl=_with_dsl(facts, chosen))


def _by_urgency(standing: Standing) -> tuple[int, int]:
    return -standing.alert.severity, -route_rank(standing.alert.route)


def _said(chosen: Selection, facts: Facts, hidden: set[str]) -> Selection:
    person = chosen.person
    stories = _known(facts.stories, person, facts, hidden)
    older = _known(facts.older, person, facts, hidden)
    alerted, held = {s.alert.story_id for s in facts.alerts}, _held(facts)
    by_section: dict[str, list[FreshStory]] = {name: [] for name in SECTIONS}
    for story in stories:
        by_section[_place(story, alerted, held)].append(story)
    ranked = sorted(by_section["look"], key=lambda s: (-_look(s).look_rank, s.story_id))
    room = max(1, int(facts.look_share * sum(s.mentions for s in stories)))
    room += sum(beyond_cap(_look(s)) for s in ranked)
    chosen = _with_cases(_with_marked(chosen, facts, held), stories, facts, hidden)
    return replace(
        chosen,
        taken=tuple(m for m in chosen.taken if m.story_id not in {s.story_id for s in by_section["news"]}),
        looks=tuple(ranked[:room]),
        unread=tuple(sorted(by_section["unread"], key=lambda s: not maybe_grave(_look(s)))),
        more_looks=len(ranked[room:]),
        answer=tuple(by_section["answer"]),
        news=tuple(by_section["news"]),
        before=tuple(
            sorted(
                (s for s in older if _place(s, alerted, held) == "decide" and s.story_id not in alerted),
                key=urgency,
            )
        ),
        before_looks=sum(s.look is not None and _section(s) != "decide" for s in older),
        praise=tuple(by_section["praise"]),
        about=sum(s.mentions for s in stories if s.relevance is Relevance.ABOUT),
        older=sum(s.mentions for s in older if s.relevance is Relevance.ABOUT),
        unsure=tuple(by_section["unsure"]),
    )


def _with_cases(
    chosen: Selection, stories: Sequence[FreshStory], facts: Facts, hidden: set[str]
) -> Selection:
    """With the cases this person is told of: those about what is to be decided are told with it."""
    barred = hidden | {s.story_id for s in facts.stories} - {s.story_id for s in stories}
    person, deciding = chosen.person, {s.alert.story_id for s in chosen.decide}
    known = [c for c in facts.cases if c.case.story_id not in barred and _knows_case(c, person, facts)]
    cases = tuple(c for c in known if c.case.story_id not in deciding and tells(c, facts))
    of_cases = {c.case.story_id for c in cases}
    return replace(
        chosen,
        cases=cases,
        of_decide=tuple(c for c in known if c.case.story_id in deciding and not c.case.closed_at),
        in_hand=tuple(s for s in chosen.in_hand if s.alert.story_id not in of_cases),
        taken=tuple(m for m in chosen.taken if m.story_id not in of_cases),
    )


def _with_marked(chosen: Selection, facts: Facts, held: Mapping[str, str]) -> Selection:
    """With what somebody said is answered, and what somebody took."""
    told = [m for m in facts.marked if _reads_of(chosen.person, m.verdicts, m.kept_out, facts)]
    return replace(
        chosen,
        answered=tuple(m for m in told if m.marked.mark is Mark.ANSWERED),
        taken=tuple(m for m in told if m.story_id in held),
        held=held,
    )


def _held(facts: Facts) -> dict[str, str]:
    """Who has what somebody took (ids), by story; none where its taker left, or may not read it any more."""
    here = {p.id: p for p in facts.people}
    found = {}
    for m in (m for m in facts.marked if m.marked.mark is Mark.TAKEN):
        cases = [c.case for c in facts.cases if c.case.story_id == m.story_id]
        holder = has_it(None, cases, m.kept_out, m.marked)
        if holder and holder.person in here and _reads_of(here[holder.person], m.verdicts, m.kept_out, facts):
            found[m.story_id] = holder.person
    return found


def _known(stories: Iterable[FreshStory], person: Person, facts: Facts, hidden: set[str]) -> list[FreshStory]:
    """Those this person may know of: is it nothing grave, or might it be, that means them? What was judged
    alike and keeps the same people out is one matter.
    """
    known: dict[tuple[object, ...], bool] = {}
    found = []
    for story in stories:
        verdicts = (story.top, *story.looks)
        grave = tuple(v for v in verdicts if v.look or v.severity >= Severity.TODAY)
        key = (grave, story.kept_out)
        if key not in known:
            known[key] = _reads_of(person, grave, story.kept_out, facts)
        if known[key] and story.story_id not in hidden:
            found.append(story)
    return found


SECTIONS = ("decide", "news", "look", "unread", "answer", "praise", "unsure", "note")


def _place(story: FreshStory, alerted: Collection[str], held: Collection[str]) -> str:
    """Where it stands: nobody is asked about what somebody has, of which only the news tells all the same."""
    place = "decide" if story.story_id in alerted else _section(story)
    return "note" if story.story_id in held and place not in ("decide", "news") else place


def _section(story: FreshStory) -> str:
    """The one section where a story stands; what is grave stands with its alert."""
    top = story.top
    if top.severity >= Severity.TODAY:
        return "decide"
    if story.article_id or story.article is not None or (top.event is not None and story.articles):
        return "news"
    if story.look is not None:
        return "unread" if in_another_language(_look(story)) else "look"
    if top.route is Route.RESPOND:
        return "answer"
    if top.route is Route.THANK or tone_of(top) is Sentiment.POSITIVE:
        return "praise"
    return "unsure" if story.relevance is Relevance.UNSURE else "note"


def _look(story: FreshStory) -> Verdict:
    return story.look or story.top


def _reads_of(person: Person, verdicts: Iterable[Verdict], kept_out: Iterable[str], facts: Facts) -> bool:
    grave = [v for v in verdicts if v.look or v.severity >= Severity.TODAY]
    matter = matter_of_story(grave, None, facts.school, facts.people)
    return access(person, with_more(matter, subjects=kept_out), facts.people) is Access.WORDS


def _knows_case(standing: CaseStanding, person: Person, facts: Facts) -> bool:
    """Is this person told of the case?"""
    known = access(person, matter_of(standing, facts), facts.people) >= Access.STATUS
    return known and not standing.restricted


def _told_of(standing: Standing, person: Person, facts: Facts) -> bool:
    matter = matter_of_story(standing.severe, standing.alert, facts.school, facts.people)
    return not restricted(standing) and access(person, matter, facts.people) is Access.WORDS


def restricted(standing: Standing) -> bool:
    """Is it for its own few alone?"""
    alert = standing.alert
    return standing.restricted or alert.route is Route.SAFEGUARDING or alert.content_class in BYPASSING


def _with_dsl(facts: Facts, chosen: Selection) -> int:
    """How many restricted matters are open, where their number reveals nothing to this person.

    It is told to whoever was told of each of them. Others are told only where none of them accuses an
    adult of the school, nobody is kept out of any, and the digest holds something else as well.
    """
    person = chosen.person
    alerts = [s for s in facts.alerts if s.open and restricted(s)]
    told = {s.alert.story_id for s in alerts}
    cases = [c for c in facts.cases if c.restricted and not c.case.closed_at and c.case.story_id not in told]
    count = len(alerts) + len(cases)
    known = all(person.id in s.alert.audience for s in alerts)
    if known and all(access(person, matter_of(c, facts), facts.people) >= Access.STATUS for c in cases):
        return count
    accused = any(_accuses(s) for s in alerts) or any(_names_somebody(c) for c in cases)
    return 0 if chosen.quiet or not facts.school_day or accused else count


def _names_somebody(standing: CaseStanding) -> bool:
    case = standing.case
    return bool(case.subjects or standing.kept_out) or case.about in ADULTS_OF_THE_SCHOOL


def _accuses(standing: Standing) -> bool:
    """Might somebody of the school be its subject?"""
    return bool(standing.alert.excluded) or any(
        v.about in ADULTS_OF_THE_SCHOOL or v.subjects or v.subject_person for v in standing.severe
    )


def _undelivered(facts: Facts, person: Person) -> tuple[Undelivered, ...]:
    """Messages of a matter that this person may not know of are left out, and those of a case without an
    alert, which does not tell who may: whoever looks after the machines is told of them.
    """
    known = {s.alert.id for s in facts.alerts if _told_of(s, person, facts) or person.id in s.alert.audience}
    return tuple(
        m for m in facts.undelivered if m.alert_id in known or (m.alert_id is None and m.kind != "case")
    )


def urgency(story: FreshStory) -> tuple[int, int, int, int, str]:
    """An order: the most urgent first, then what most people speak of."""
    top = story.top
    return -top.severity, -route_rank(top.route), -len(story.people), -story.mentions, story.story_id
