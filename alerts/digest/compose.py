"""One person's digest in words: the subject line, the opening, and the sections in their order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerts.digest import lines, matters, waiting
from alerts.digest.facts import Facts
from alerts.digest.lines import NOON, Saying
from alerts.digest.select import Selection
from alerts.digest.stopped import stopped, unwatched
from alerts.digest.view import Line, Section, View
from data.digest import FreshStory
from data.judged import beyond_cap, in_another_language
from data.types import Relevance, Verdict
from data.words.say import words

_SHOWN = {
    "decide": 8,
    "look": 4,
    "unread": 12,
    "answer": 6,
    "before": 6,
    "praise": 4,
    "waiting": 8,
    "not_seen": 6,
}
LIST_ALERTS = "schoolgate alerts list"
LIST_STORIES = "schoolgate story list"
LIST_SOURCES = "schoolgate source list"
LIST_CASES = "schoolgate case list"
SHOW_CASE = "schoolgate case show"
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


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told in lines that several posts may share, made once."""

    answers: Sequence[Line]
    praises: Sequence[Line]


def compose(facts: Facts, chosen: Selection) -> View:
    """The digest of one person. Lines hold descriptions, counts and news headlines, never a post's words."""
    say = Saying(facts, chosen.person, words(facts.school.language))
    told = _Told(matters.answers(say, chosen.answer), matters.praises(say, chosen.praise))
    return View(
        language=facts.school.language,
        subject=_subject(say, chosen, told),
        heading=_heading(say),
        opening=_opening(say, chosen),
        sections=_numbered(_sections(say, chosen, told)),
        closing=_closing(say, chosen),
    )


def _heading(say: Saying) -> str:
    facts, w = say.facts, say.w
    day = w.day(facts.day, facts.now, facts.zone)
    return w("digest.page_heading", day=day, school=lines.one_line(facts.school.name))


def _sections(say: Saying, chosen: Selection, told: _Told) -> list[Section]:
    found = [_decide(say, chosen)]
    if say.facts.school_day:
        found += [_look(say, chosen), _unread(say, chosen), _answer(say, told), _before(say, chosen)]
        found += [_some(say, "praise", told.praises)]
        found += [_waiting(say, chosen), _more_talk(say), _accounts(say)]
    found.append(_undelivered(say, chosen))
    if say.facts.school_day:
        found += [_not_seen(say), _unsure(say, chosen)]
    return [section for section in found if section.lines]


def _numbered(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Lines that ask for something bear numbers, through all sections; a look and what has none do not."""
    numbered, n = [], 1
    for section in sections:
        if section.first is None:
            numbered.append(section)
        else:
            numbered.append(replace(section, first=n))
            n += len(section.lines)
    return tuple(numbered)


def _subject(say: Saying, chosen: Selection, told: _Told) -> str:
    w, facts = say.w, say.facts
    late = sum(waiting.late(say, c) for c in chosen.cases)
    counts = {
        "decide": len(chosen.decide),
        "overdue": late,
        "look": len(chosen.looks),
        "unread": len(chosen.unread),
        "answer": len(told.answers),
        "before": len(chosen.before),
        "praise": len(told.praises),
        "waiting": len(chosen.cases) - late + len(chosen.in_hand),
    }
    parts = [w(f"digest.subject.{key}", count=w.number(n)) for key, n in counts.items() if n][:3]
    if unwatched(say):
        parts.insert(0, w("notice.digest.subject"))
    if not parts:
        parts = [w("digest.subject.quiet" if facts.reading.places else "digest.subject.blind")]
    if facts.not_seen and facts.school_day and facts.reading.places:
        parts.append(say.count("digest.subject.not_seen", len(facts.not_seen)))
    weekday = w.weekday(facts.day)
    line = w("digest.subject.line", weekday=weekday, parts=", ".join(parts), school=facts.school.name)
    return lines.one_line(line)


def _opening(say: Saying, chosen: Selection) -> tuple[str, ...]:
    w, facts = say.w, say.facts
    morning = facts.now.astimezone(facts.zone).hour < NOON
    greeting = w("digest.greeting_morning" if morning else "digest.greeting_later")
    if not facts.school_day:
        said = w("digest.grave_only")
    elif not facts.reading.places:
        said = w("digest.blind", since=say.since(facts.window.since))
    else:
        said = _read(say, chosen)
    if chosen.older:
        said += " " + say.count("digest.before.read", chosen.older)
    lost = [say.lost(day, fate) for day, fate in facts.lost.get(chosen.person.id, ()) if facts.school_day]
    head = stopped(say)
    return (f"{greeting} {head}", said, *lost) if head else (f"{greeting} {said}", *lost)


def _read(say: Saying, chosen: Selection) -> str:
    w, reading = say.w, say.facts.reading
    since = say.since(say.facts.window.since)
    places = say.count("digest.count.places", reading.places)
    if not chosen.about and not chosen.unsure:
        key = "digest.quiet" if chosen.quiet else "digest.waiting_only"
        return w(key, places=places, since=since)
    about = say.count("digest.count.about", chosen.about) if chosen.about else w("digest.count.about_none")
    posts = say.count("digest.count.posts", max(reading.posts, chosen.about))
    return w("digest.read", since=since, posts=posts, places=places, about=about)


def _decide(say: Saying, chosen: Selection) -> Section:
    shown = [lines.decision(say, s) for s in chosen.decide[: _SHOWN["decide"]]]
    after = _more(say, len(chosen.decide) - len(shown), _as(say, LIST_ALERTS))
    return _section(say, "decide", shown, numbered=True, urgent=True, after=after)


def _look(say: Saying, chosen: Selection) -> Section:
    sure = sum(beyond_cap(s.look or s.top) for s in chosen.looks)
    shown = [look_line(say, s) for s in chosen.looks[: _SHOWN["look"] + sure]]
    more = chosen.more_looks + len(chosen.looks) - len(shown)
    after = _more(say, more, _as(say, f"{LIST_STORIES} --look"), "digest.less_likely")
    return _section(say, "look", shown, after=after)


def _unread(say: Saying, chosen: Selection) -> Section:
    """What nobody judged, in a list of its own: it takes no place from what we are not sure of."""
    shown = [look_line(say, s) for s in chosen.unread[: _SHOWN["unread"]]]
    after = _more(say, len(chosen.unread) - len(shown), _as(say, f"{LIST_STORIES} --look"))
    return _section(say, "unread", shown, after=after)


def _answer(say: Saying, told: _Told) -> Section:
    """Who answers is said once, beside the heading: it is the same for every line."""
    section = _some(say, "answer", told.answers)
    return replace(section, heading=f"{section.heading} · {matters.who_answers(say)}")


def _before(say: Saying, chosen: Selection) -> Section:
    shown = [lines.before(say, s) for s in chosen.before[: _SHOWN["before"]]]
    more = _more(say, len(chosen.before) - len(shown), _as(say, LIST_STORIES))
    if n := chosen.before_looks:
        command = _as(say, f"{LIST_STORIES} --look")
        shown.append(Line(say.w("digest.before.looks", n=n, count=say.w.number(n), command=command)))
    return _section(say, "before", shown, after=(*more, say.w("digest.before.note")))


def _some(say: Saying, key: str, found: Sequence[Line]) -> Section:
    shown = found[: _SHOWN[key]]
    after = _more(say, len(found) - len(shown), _as(say, LIST_STORIES))
    return _section(say, key, shown, numbered=True, after=after)


def _waiting(say: Saying, chosen: Selection) -> Section:
    """Cases first, the overdue before the others; then what somebody took in hand since the last digest."""
    cases = waiting.lines(say, chosen.cases)
    shown = cases[: _SHOWN["waiting"]]
    after = _more(say, len(cases) - len(shown), _as(say, LIST_CASES))
    found = [*shown, *(lines.in_hand(say, s) for s in chosen.in_hand)]
    return _section(say, "waiting", found, numbered=True, after=after)


def _more_talk(say: Saying) -> Section:
    return _section(say, "more_talk", [lines.spike(say, s) for s in say.facts.spikes])


def _accounts(say: Saying) -> Section:
    w = say.w
    missing = [
        Line(w("digest.accounts.no_notice", account=lines.one_line(name))) for name in say.facts.no_notice
    ]
    return _section(say, "accounts", [*missing, *(lines.act(say, a) for a in say.facts.acts)])


def _undelivered(say: Saying, chosen: Selection) -> Section:
    return _section(say, "undelivered", lines.undelivered(say, chosen.undelivered))


def _not_seen(say: Saying) -> Section:
    """All of it as one line, for it is read as one: what we could not see, and where to look why."""
    facts, w = say.facts, say.w
    said = [lines.not_seen(say, n) for n in facts.not_seen[: _SHOWN["not_seen"]]]
    said += [say.count("digest.not_seen.off", facts.off)] if facts.off else []
    more = len(facts.not_seen) - _SHOWN["not_seen"]
    if said:
        said += _more(say, more, LIST_SOURCES) or (w("digest.not_seen.mend", command=LIST_SOURCES),)
    return _section(say, "not_seen", [Line(" ".join(said))] if said else [])


def _unsure(say: Saying, chosen: Selection) -> Section:
    if not chosen.unsure:
        return _section(say, "unsure", [])
    w, n = say.w, chosen.unsure
    said = w("digest.unsure.line", n=n, count=w.number(n), command=_as(say, f"{LIST_STORIES} --unsure"))
    return _section(say, "unsure", [Line(said)])


def _closing(say: Saying, chosen: Selection) -> tuple[str, ...]:
    w = say.w
    found = []
    if chosen.with_dsl:
        found.append(w("digest.dsl_line", count=w.number(chosen.with_dsl)))
    if (
        chosen.decide
        or chosen.looks
        or chosen.unread
        or chosen.answer
        or chosen.before
        or chosen.praise
        or chosen.in_hand
    ):
        shows = {"story": "schoolgate story show", "alert": "schoolgate alerts show"}
        found.append(w("digest.to_open", **shows, who=_as(say)))
    if chosen.cases:
        found.append(w("digest.to_open_case", case=SHOW_CASE, who=_as(say)))
    return (*found, w("common.not_watched"))


def _section(
    say: Saying,
    key: str,
    found: Sequence[Line],
    *,
    numbered: bool = False,
    urgent: bool = False,
    after: tuple[str, ...] = (),
) -> Section:
    heading = say.w(f"digest.heading.{key}")
    return Section(heading, tuple(found), 1 if numbered else None, urgent, after)


def _more(say: Saying, n: int, command: str, key: str = "digest.more") -> tuple[str, ...]:
    return (say.w(key, count=say.w.number(n), command=command),) if n > 0 else ()


def _as(say: Saying, command: str = "") -> str:
    """The command as this reader types it: it shows no words to somebody who does not say who they are."""
    return f"{command} --as {lines.one_line(say.reader.id)}".lstrip()


def look_line(say: Saying, story: FreshStory) -> Line:
    """What we cannot tell, as a question."""
    verdict = story.look or story.top
    if verdict.event is not None and not in_another_language(verdict):
        return matters.in_the_press(say, story, verdict)
    given = {"who": lines.who_of(say, verdict), "where": say.at(story.look_channel)}
    said = lines.one_line(say.w(f"digest.look.{_why_look(say, verdict)}", **given))
    notes = lines.spread(say, [story]) if len(story.people) > 1 else []
    notes += [say.w("digest.perhaps_other")] if story.relevance is Relevance.UNSURE else []
    return Line(f"{said} ({', '.join(notes)})" if notes else said, "", lines.ref(story))


def _why_look(say: Saying, verdict: Verdict) -> str:
    """What we cannot tell: a label of abuse, or what kept us from judging it."""
    codes = [reason.code for reason in verdict.reasons]
    unjudged = next(
        (said for start, said in _UNJUDGED.items() if any(c.startswith(start) for c in codes)), ""
    )
    label = next(iter(verdict.abuse), "") or unjudged or _nearest(say, verdict)
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
