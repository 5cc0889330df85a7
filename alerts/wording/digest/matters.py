"""Sections of what to answer, what to pass on, what is in the news: posts in their own words, those of one
theme in one line; of the press what is adverse first; and what we cannot tell, as a question. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from alerts.access.offices import ANSWERERS, holders
from alerts.facts import OpenMatter, Phrase
from alerts.layout.note import clean_line
from alerts.wording.digest.lines import (
    clearing_words,
    more_in_print,
    outlet,
    people_in,
    perhaps,
    place_line,
    quote,
    ref,
    shown_title,
    spread,
    story_line,
    verdicts_of,
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
    wider = spread(say, [story]) if len(story.people_keys) > 1 else []
    quoted = bool(line.then)
    where = place_line(say, (), when, *wider, *perhaps(say, [story]))
    return replace(line, where=where, then=say.w(f"digest.doubt.{why}") if quoted else "", matter=story)


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


def shown_first(found: Sequence[OpenMatter], most: int) -> Sequence[OpenMatter]:
    """All that may be severity 4, which come first, and `most` of the others."""
    looks = [one.view for one in found if one.wording is Phrase.LOOK]
    return found[: most + sum(maybe_grave(view.look or top_of(view)) for view in looks)]


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
    shown = quote(say, story, verdicts_of(story), printed=True)
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
        where=" · ".join([paper or say.at("news"), *([when] if when else []), *more, *perhaps(say, [story])]),
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


_PRAISE = ("digest.say.praise", "digest.theme.praise")
_LOUDEST = 2


def who_answers(say: Saying) -> str:
    """Say who answers, and by when: the deputy where there is one, within the week."""
    alone = holders(say.facts.people, _answerer(say)) == [say.reader]
    who = say.w("digest.by.you") if alone else call_office(_answerer(say), say.facts.school, say.w)
    return f"{who} · {say.w('digest.by.this_week')}"


def is_to_answer(say: Saying) -> bool:
    """Is the reader of those who answer?"""
    return say.reader in holders(say.facts.people, _answerer(say))


def _answerer(say: Saying) -> Role:
    return next((r for r in ANSWERERS if holders(say.facts.people, r)), Role.SLT)


def saying(say: Saying, story: MatterView) -> Line:
    """Write what people say, by itself: a complaint, a question or praise, in its own words where it may."""
    top = top_of(story)
    praise = top.route is Route.THANK or tone_of(top) is Sentiment.POSITIVE
    key, matter = _matter(say, story, "praise" if praise else "answer")
    return _alone(say, story, say.w(key, matter=matter))


def lines_by_matter(say: Saying, stories: Iterable[MatterView], what: str) -> list[Line]:
    """Write what to `answer`, or what is worth passing on (`praise`): what most people speak of first."""
    groups: dict[tuple[str, str], list[MatterView]] = defaultdict(list)
    for alike in judged_alike(stories):
        groups[_matter(say, alike[0], what)] += alike
    ranked = sorted(groups.items(), key=lambda g: (-people_in(g[1]), -sum(s.mentions for s in g[1]), g[0]))
    return [_group(say, *matter, found) for matter, found in ranked]


def judged_alike(stories: Iterable[MatterView]) -> Collection[list[MatterView]]:
    """These stories in groups of which one sentence says what they are about."""
    groups: dict[tuple[object, ...], list[MatterView]] = defaultdict(list)
    for story in stories:
        top = top_of(story)
        groups[top.themes, tone_of(top), top.about].append(story)
    return groups.values()


def loudness(story: MatterView) -> tuple[object, ...]:
    """An order: those first of which most people speak."""
    return -len(story.people_keys), -story.mentions, urgency(story)


def _matter(say: Saying, story: MatterView, what: str) -> tuple[str, str]:
    """The key of the sentence that says it, and whom or what it is about, in words."""
    top = top_of(story)
    theme = next((t for t in top.themes if say.w.has(f"theme.{t}")), None)
    if theme is not None:
        said = say.w(f"theme.{theme}")
        return f"digest.theme.{what}", said[:1].upper() + said[1:] if what == "answer" else said
    complaint = tone_of(top) is Sentiment.NEGATIVE
    kind = ("complaint" if complaint else "question") if what == "answer" else what
    return f"digest.say.{kind}", say.w(f"describe.who.{top.about.value}")


def _group(say: Saying, key: str, matter: str, stories: Sequence[MatterView]) -> Line:
    """One story by its own words; several by what they have in common, the loudest below."""
    n = len(stories)
    several = f"{key}s" if n > 1 and say.w.has(f"{key}s") else key
    said = say.count(several, n, matter=matter)
    heat = [say.w("digest.say.heated")] if key not in _PRAISE and any(s.heated for s in stories) else []
    if n == 1:
        line = _alone(say, stories[0], said)
        return replace(line, where=join_filled(" · ", line.where, *heat))
    doubt = perhaps(say, stories)
    ranked = sorted((s for s in stories if s.post is not None), key=loudness)
    quoted = (s for s in ranked if quote(say, s, verdicts_of(s)))
    under = tuple(_under(say, s) for s, _ in zip(quoted, range(_LOUDEST), strict=False))
    head = Line(said, where=place_line(say, _one_place(stories), *spread(say, stories), *heat, *doubt))
    if not under:
        first = min(stories, key=urgency)
        page = say.page(first.story_id)
        return replace(head, page=page, ref="" if page else f"{ref(first)} +{n - 1}")
    more = n - len(under)
    return replace(head, under=under, then=say.count("digest.say.and_more", more) if more else "")


def _alone(say: Saying, story: MatterView, described: str) -> Line:
    """A theme is only a guess at what it is about: where its own words stand there, they say it."""
    return replace(story_line(say, story, f"{described}."), then="")


def _under(say: Saying, story: MatterView) -> Line:
    """One of a group, which has no title of its own."""
    line = _alone(say, story, "")
    return replace(line, title="", where=place_line(say, sorted(story.channels), line.where))


def _one_place(stories: Sequence[MatterView]) -> list[str]:
    """The kind of place where all of it stands in one; else their number is said."""
    if len(frozenset[str]().union(*(s.place_keys for s in stories))) > 1:
        return []
    channels = frozenset[str]().union(*(s.channels for s in stories))
    return list(channels) if len(channels) == 1 else []
