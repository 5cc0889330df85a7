"""Which matters a digest names, and the lines of what to answer, what to pass on and what is in the news.

Posts are told in their own words; of the press what is adverse first; what we cannot tell, as a question.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.access.offices import ANSWERERS, holders
from alerts.facts import NAMED, Agenda, OpenMatter, Phrase, Selection
from alerts.layout.note import clean_line
from alerts.wording.digest.lines import (
    clearing_words,
    more_in_print,
    outlet,
    perhaps,
    quote,
    ref,
    shown_title,
    spread,
    story_line,
    when_posted,
)
from alerts.wording.digest.view import Line, Saying, call_office
from alerts.wording.matters import describe, next_of
from data.judged import (
    HANDED_IN,
    clears_somebody,
    in_another_language,
    is_over,
    maybe_grave,
    tone_of,
    top_of,
    urgency,
)
from data.matters import MatterView
from data.types import PressEvent, Role, Route, Sentiment, Verdict
from data.web.channels import REVIEWS
from data.words.say import join_filled

_HALF_WAY = 0.5
_UNSAID = frozenset(("safeguarding", "self_harm", "sexual"))
"""For these the digest says only that somebody should read it."""
_UNJUDGED = {
    "language_cy": "welsh",
    "language_": "language",
    "too_few_words": "few_words",
    "own_": "own_account",
}
"""Codes of reasons, by how they begin, that say why nothing was judged; and the sentence for each."""


_UNQUOTED = frozenset(("safeguarding", "self_harm", "sexual", "hate", "privacy", "defamation", "extremism"))
"""What comes near one of these is not quoted while we cannot tell."""


def look_line(say: Saying, story: MatterView) -> Line:
    """Write what we cannot tell, as a question; with the post's words where they do no harm."""
    verdict, post = story.look or top_of(story), story.post
    why, channel = _why_look(say, verdict), post.channel if post else ""
    if why == "impersonation" and channel in REVIEWS:  # a review is no account
        why = "other"
    question = clean_line(
        say.w(f"digest.look.{why}", who=say.w(f"describe.who.{verdict.about.value}"), where=say.at(channel))
    )
    near = _nearest(say, verdict) in _UNQUOTED
    line = story_line(say, replace(story, posts=()) if near else story, question)
    when = when_posted(say, story)
    wider = spread(say, story) if len(story.people_keys) > 1 else []
    quoted = bool(line.then)
    where = join_filled(" · ", when, *wider, perhaps(say, story))
    doubt = say.w(f"digest.doubt.{why}") if quoted and why != "other" else ""
    return replace(line, where=where, then=doubt, matter=story)


def _why_look(say: Saying, verdict: Verdict) -> str:
    """Say what we cannot tell: a label of abuse, or what kept us from judging it."""
    codes = [reason.code for reason in verdict.reasons]
    unjudged = next(
        (said for start, said in _UNJUDGED.items() if any(c.startswith(start) for c in codes)), ""
    )
    by_hand = "handed" if HANDED_IN in codes else ""
    label = next(iter(verdict.abuse), "") or unjudged or _nearest(say, verdict) or by_hand
    if label in _UNSAID or _UNSAID & set(verdict.abuse) or not say.w.has(f"digest.look.{label}"):
        return "other"
    return label


def _nearest(say: Saying, verdict: Verdict) -> str:
    """The label of abuse that comes nearest to its line; none where none comes half-way."""
    limits = say.facts.label_lines
    scores = {k.removeprefix("abuse:"): v for k, v in verdict.scores if k.startswith("abuse:")}
    near = {label: score / limits.get(label, 1.0) for label, score in scores.items()}
    label = max(near, key=lambda k: (near[k], k), default="")
    return label if label and near[label] >= _HALF_WAY else ""


def name_first(of: Sequence[Selection], most: int = NAMED) -> list[Selection]:
    """Leave in these selections the matters that are named: all that may be danger or severity 4, and others
    until there are `most`, at all of the schools together."""
    every = [one for chosen in of for one in chosen.matters]
    always = [one for one in every if is_always_named(one)]
    others = sorted((one for one in every if not is_always_named(one)), key=_name_order)
    named = {id(one) for one in (*always, *others[: max(0, most - len(always))])}
    return [replace(c, matters=tuple(one for one in c.matters if id(one) in named)) for c in of]


def is_always_named(one: OpenMatter) -> bool:
    """May it be danger, or severity 4?"""
    if one.group is Agenda.DANGER:
        return True
    return one.wording in (Phrase.LOOK, Phrase.NEWS) and maybe_grave(one.view.look or top_of(one.view))


def _name_order(one: OpenMatter) -> int:
    """Its place among what is named. An answer that was owed in an earlier digest goes before a look, and so
    does what is serious and from before we began, which alerted nobody and is told once."""
    owed = one.group is Agenda.ANSWER and one.view.first_seen is not None
    serious = one.group is Agenda.BEFORE and one.wording is Phrase.SAYING
    return list(Agenda).index(Agenda.DECIDE if owed or serious else one.group)


def first_of_group(group: Sequence[OpenMatter]) -> list[OpenMatter]:
    """The first of one group, with all of it that is always named."""
    room = max(0, NAMED - sum(map(is_always_named, group)))
    others = [one for one in group if not is_always_named(one)][:room]
    return [one for one in group if is_always_named(one) or any(one is other for other in others)]


_GOOD = (PressEvent.ACHIEVEMENT, PressEvent.FUNDING, PressEvent.OTHER)


def adverse(story: MatterView) -> bool:
    """Does it tell of something that the school would rather not read?"""
    for verdict in filter(None, (story.top, story.look)):
        if verdict.route is Route.RESPOND:
            return True
        event = verdict.event
        if event is not None and event not in _GOOD:
            if not (is_over(verdict) or clears_somebody(verdict)):
                return True
        elif tone_of(verdict) is Sentiment.NEGATIVE and event is not PressEvent.ACHIEVEMENT:
            return True
    return False


def news_order(story: MatterView) -> tuple[bool, bool, int, bool, bool, int, str]:
    """Put what may be grave first, then what is adverse, then what most papers carry."""
    top = top_of(story)
    good = tone_of(top) is Sentiment.POSITIVE
    grave = maybe_grave(story.look or top)
    less = not grave, not adverse(story), -top.severity
    return *less, story.look is None, good, -story.articles, story.story_id


def in_the_news(say: Saying, story: MatterView) -> Line:
    """Write its headline if repeatable, else what it tells of; paper, day, copies, who has it."""
    w, verdict = say.w, story.look or top_of(story)
    shown = quote(say, story, printed=True)
    described = describe(replace(verdict, event=verdict.event or PressEvent.OTHER), w)
    page = say.page(story.story_id)
    post = story.article or story.post
    named = say.facts.excerpts != "none" and story.story_id not in say.facts.locked
    paper = outlet(say, post)[1] if post and named else ""
    when = when_posted(say, story, post)
    copies = [say.count("digest.count.copies", story.articles - 1)] if story.articles > 1 else []
    more = more_in_print(say, story) if story.printed else copies
    return Line(
        shown.said if shown else described,
        say.w("digest.waiting.in_hand", who=say.person(story.holder.person)) if story.holder else "",
        url=shown.url if shown else None,
        where=join_filled(" · ", paper or say.at("news"), when, *more, perhaps(say, story)),
        title=shown_title(say, story, quoted=shown is not None),
        then=join_filled(
            " ", _say_what_is_asked(say, verdict, shown=shown is not None), clearing_words(say, story)
        ),
        page=page,
        ref="" if page else ref(story),
        matter=story,
    )


def _say_what_is_asked(say: Saying, verdict: Verdict, *, shown: bool) -> str:
    """Say what is asked of the reader that is not asked of every line: a member of staff, a look."""
    if verdict.route is Route.RESPOND and verdict.event is PressEvent.STAFF:
        return say.w("digest.suggested", next=next_of(verdict, say.w))
    if in_another_language(verdict):
        return say.w("digest.look.not_judged")
    told = is_over(verdict) or (shown and verdict.event is not PressEvent.OTHER)
    return say.w("digest.look.in_press") if verdict.look and not told else ""


def asked_of_all(say: Saying, stories: Iterable[MatterView]) -> tuple[str, ...]:
    """Say what is asked where any of it is to be answered."""
    told = [s.look or top_of(s) for s in stories]
    found = [v for v in told if v.route is Route.RESPOND and v.event is not PressEvent.STAFF]
    if not found:
        return ()
    next_ = next_of(replace(found[0], event=found[0].event or PressEvent.OTHER), say.w)
    return (say.w("digest.press_next", next=next_),)


def who_answers(say: Saying) -> str:
    """Say who answers, and by when: the deputy where there is one, within the week."""
    alone = holders(say.facts.people, answerer(say)) == [say.reader]
    who = say.w("digest.by.you") if alone else call_office(answerer(say), say.facts.school, say.w)
    return f"{who} · {say.w('digest.by.this_week')}"


def answerer(say: Saying) -> Role:
    """Return the first office of those who answer that somebody holds."""
    return next((r for r in ANSWERERS if holders(say.facts.people, r)), Role.SLT)


def saying(say: Saying, story: MatterView) -> Line:
    """Write what people say: a complaint, a question or praise, in its own words where it may."""
    top = top_of(story)
    praise = top.route is Route.THANK or tone_of(top) is Sentiment.POSITIVE
    asks = "complaint" if tone_of(top) is Sentiment.NEGATIVE else "question"
    about = say.w(f"describe.who.{top.about.value}")
    kind = "praise" if praise else asks
    line = story_line(say, story, f"{say.w(f'digest.say.{kind}', matter=about)}.")
    heated = [say.w("digest.say.heated")] if story.heated and not praise else []
    return replace(line, then="", where=join_filled(" · ", line.where, *heated))


def loudness(story: MatterView) -> tuple[object, ...]:
    """An order: those first of which most people speak."""
    return -len(story.people_keys), -story.mentions, urgency(story)
