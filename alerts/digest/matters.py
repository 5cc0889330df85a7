"""What to answer and what to pass on: news by their headlines, all else grouped by theme. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from alerts.access.offices import ANSWERERS, holders
from alerts.describe import describe, next_of
from alerts.digest import headlines
from alerts.digest.lines import Saying, people_in, perhaps, ref, spread, who_of
from alerts.digest.select import by_gravity
from alerts.digest.view import Line
from data.digest import FreshStory, Headline
from data.judged import tone_of
from data.types import Relevance, Role, Route, Sentiment, Verdict

_PRAISE = ("digest.say.praise", "digest.theme.praise")


def answers(say: Saying, stories: Iterable[FreshStory]) -> list[Line]:
    """What to answer: news by headline, all else by theme, what most people speak of first."""
    return _told(say, stories, "answer")


def who_answers(say: Saying) -> str:
    """Who answers, and by when: the deputy where there is one, within the week."""
    role = _answerer(say)
    held_by = [p.id for p in holders(say.facts.people, role)]
    who = say.w("digest.by.you" if held_by == [say.reader.id] else f"digest.who.{role.value}")
    return f"{who} · {say.w('digest.by.this_week')}"


def praises(say: Saying, stories: Iterable[FreshStory]) -> list[Line]:
    """What is worth passing on: news by headline, all else by theme."""
    return _told(say, stories, "praise")


def _told(say: Saying, stories: Iterable[FreshStory], what: str) -> list[Line]:
    news: list[Line] = []
    groups: dict[tuple[str, str], list[FreshStory]] = defaultdict(list)
    for story in by_gravity(stories):
        headline = headlines.allowed(story, say.facts.people) if say.facts.headlines else None
        if headline is not None:
            news.append(_news(say, story, headline))
        elif story.top.event is not None:
            news.append(in_the_press(say, story, story.top))
        else:
            groups[_matter(say, story, what)].append(story)
    ranked = sorted(groups.items(), key=lambda g: (-people_in(g[1]), -sum(s.mentions for s in g[1]), g[0]))
    return [*news, *(_group(say, *matter, found) for matter, found in ranked)]


def in_the_press(say: Saying, story: FreshStory, verdict: Verdict) -> Line:
    """An article: its headline where that may stand here, else what it tells of; its paper; what next."""
    w, facts = say.w, say.facts
    shown = headlines.allowed(story, facts.people) if facts.headlines else None
    if shown is not None:
        return _news(say, story, shown)
    said = describe(verdict, w)
    paper = headlines.worded(story.headline, facts.papers, facts.source_names)[1] if story.headline else ""
    if paper and facts.headlines:
        said = w("digest.where", said=said.removesuffix("."), where=paper)
    said = perhaps(say, said, story.relevance is Relevance.UNSURE)
    if verdict.route is Route.RESPOND:
        said = w("digest.with_next", said=said, next=next_of(verdict, w))
    return Line(said, "", ref(story))


def _news(say: Saying, story: FreshStory, headline: Headline) -> Line:
    w = say.w
    title, paper = headlines.worded(headline, say.facts.papers, say.facts.source_names)
    parts = [w("digest.say.headline", headline=title)]
    parts += [paper] if paper else []
    if story.articles > 1:
        copies = say.count("digest.count.copies", story.articles - 1)
        parts.append(w("digest.say.and_copies", copies=copies))
    said = perhaps(say, f"{', '.join(parts)}.", story.relevance is Relevance.UNSURE)
    return Line(said, "", ref(story), headlines.link(headline))


def _matter(say: Saying, story: FreshStory, what: str) -> tuple[str, str]:
    """The key of the sentence that says it, and whom or what it is about, in words."""
    theme = next((t for t in story.top.themes if say.w.has(f"theme.{t}")), None)
    if theme is not None:
        said = say.w(f"theme.{theme}")
        return f"digest.theme.{what}", said[:1].upper() + said[1:] if what == "answer" else said
    complaint = tone_of(story.top) is Sentiment.NEGATIVE
    kind = ("complaint" if complaint else "question") if what == "answer" else what
    return f"digest.say.{kind}", who_of(say, story.top)


def _group(say: Saying, key: str, matter: str, stories: Sequence[FreshStory]) -> Line:
    n = len(stories)
    several = f"{key}s" if n > 1 and say.w.has(f"{key}s") else key
    parts = [say.w(several, n=n, count=say.w.number(n), matter=matter)]
    parts += [p for p in (_place(say, stories), *spread(say, stories)) if p]
    if key not in _PRAISE and any(s.heated for s in stories):
        parts.append(say.w("digest.say.heated"))
    doubt = all(s.relevance is Relevance.UNSURE for s in stories)
    more = f" +{n - 1}" if n > 1 else ""
    return Line(perhaps(say, f"{', '.join(parts)}.", doubt), "", f"{ref(stories[0])}{more}")


def _place(say: Saying, stories: Sequence[FreshStory]) -> str:
    """The kind of place where all of it stands in one; else their number is said."""
    if len(frozenset[str]().union(*(s.places for s in stories))) > 1:
        return ""
    channels = frozenset[str]().union(*(s.channels for s in stories))
    return say.at(next(iter(channels))) if len(channels) == 1 else ""


def _answerer(say: Saying) -> Role:
    return next((r for r in ANSWERERS if holders(say.facts.people, r)), Role.SLT)
