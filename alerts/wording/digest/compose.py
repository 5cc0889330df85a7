"""One person's digest in words: the subject line, the opening, and the sections in their order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum

from alerts.access.recipients import of_press_alone
from alerts.facts import SHOWN, Facts, Selection
from alerts.wording.digest import lines, matters, waiting
from alerts.wording.digest.matters import look_line, shown_looks
from alerts.wording.digest.reader import Saying, greeting, no_term, one_line, stopped, unwatched
from alerts.wording.digest.view import Line, Section, View
from alerts.wording.matters import who_is_away
from alerts.wording.subject import Seen, Topic, matter_words, topic_of_alert, topic_of_case
from data.judged import gravest
from data.matters import MatterView, ReaderPart
from data.words.say import capital, words


class Rank(IntEnum):
    """What the gravest matter is, the gravest first; QUIET where there is none."""

    DANGER = 0
    DANGER_APART = 1
    APART = 2
    DECIDE = 3
    QUIET = 4


def first_part(say: Saying, chosen: Selection) -> tuple[Rank, str]:
    """“threat: deputy head has it, police not recorded”; “safeguarding matter 894434 is due”."""
    if chosen.danger:
        first = chosen.danger[0]
        missing = [say.w("digest.subject.no_police")] if "police" in first.unrecorded else []
        return Rank.DANGER, _with_holder(say, first.view, *missing)
    endangers = sorted((v for v in chosen.restricted if v.endangers), key=lambda v: v.restricted)
    due = [v for v in chosen.restricted if v.due and lines.is_due(say, v)]
    for rank, found in ((Rank.DANGER_APART, endangers), (Rank.APART, due)):
        if found:
            return rank, _by_number(say, found[0])
    if chosen.decide:
        return Rank.DECIDE, _with_holder(say, chosen.decide[0])
    return Rank.QUIET, ""


def _by_number(say: Saying, view: MatterView) -> str:
    if view.part is ReaderPart.TARGET:
        return say.w("instant.warned.subject.you")
    due = "digest.subject.apart_due" if view.due else "digest.subject.apart_open"
    return say.w(due if view.restricted else "instant.numbered.one", number=view.number)


def _with_holder(say: Saying, view: MatterView, *missing: str) -> str:
    said = ", ".join((lines.has(say, view), *missing))
    return f"{matter_words(_topic(say, view), say.w, said)}: {said}"


def _topic(say: Saying, view: MatterView) -> Topic:
    if view.part is ReaderPart.TARGET:
        return Topic(view.number, label="target")
    if view.story_id in say.facts.locked:
        return Topic(view.number, restricted=True)
    if view.alert is None:
        return topic_of_case(view.cases[0])
    seen = Seen(gravest(view.verdicts) if view.verdicts else None, view.channels)
    return topic_of_alert(view.alert, seen, view.number)


def counts_beside(chosen: Sequence[Selection], first: Rank) -> dict[str, int]:
    """How much there is beside the first part of what stands before everything else."""
    numbered = [v for c in chosen for v in c.restricted]
    apart, alarms = sum(v.restricted for v in numbered), sum(not v.restricted for v in numbered)
    dangers, decide = sum(len(c.danger) for c in chosen) + alarms, sum(len(c.decide) for c in chosen)
    by_number = first in (Rank.DANGER_APART, Rank.APART)
    of_apart = by_number and not alarms
    return {
        "danger_more": dangers - (first is Rank.DANGER or (by_number and alarms > 0)),
        "apart_more" if of_apart else "apart": apart - of_apart,
        "decide" if by_number else "decide_more": decide - (first is Rank.DECIDE),
    }


def waiting_in_time(say: Saying, chosen: Selection) -> int:
    """How much waits that is not overdue: cases, and what somebody has."""
    late = sum(waiting.late(say, c) for c in chosen.cases)
    return len(chosen.cases) - late + len(chosen.in_hand) + len(chosen.taken)


def counted(say: Saying, counts: Mapping[str, int]) -> list[str]:
    """What there is, in the words of a subject line."""
    return [say.count(f"digest.subject.{key}", n) for key, n in counts.items() if n]


def subject_line(say: Saying, parts: Sequence[str]) -> str:
    """The gravest first, then the day; whose digest it is, the sender's name says."""
    weekday = say.w.weekday(say.facts.day)
    return one_line(say.w("digest.subject.line", parts=capital(", ".join(parts)), weekday=weekday))


def compose(facts: Facts, chosen: Selection, shown: Mapping[str, int] = SHOWN) -> View:
    """The digest of one person: what they are told, in the posts' own words where `headlines.fit` lets it;
    at most so many lines of each section."""
    say = Saying(facts, chosen.person, words(facts.school.language), shown)
    answers, praises = matters.answers(say, chosen.answer), matters.praises(say, chosen.praise)
    apart = [lines.with_lead(say, v) for v in chosen.restricted if v.restricted and not v.endangers]
    found = [to_you(say, chosen), grave(say, chosen), _section(say, "restricted", apart, numbered=True)]
    found.append(_decide(say, chosen))
    if say.facts.school_day and chosen.alone:
        found += [_news(say, chosen)]
    if say.facts.school_day and not chosen.alone:
        found.append(_looks(say, "handed", chosen.handed))
        found.append(_looks(say, "look", chosen.looks, chosen.more_looks, "digest.less_likely"))
        found += [_looks(say, "unread", chosen.unread), _news(say, chosen), _answer(say, answers)]
        found += [_unanswered(say, chosen), _first(say, "praise", praises, numbered=True)]
        found += [_before(say, chosen), _waiting(say, chosen)]
        found.append(_first(say, "answered", [matters.answered(say, a) for a in chosen.answered]))
        found.append(_section(say, "more_talk", [lines.spike(say, s) for s in say.facts.spikes]))
        found.append(_section(say, "to_sign", lines.to_sign(say, chosen.person)))
        missing = (say.w("digest.accounts.no_notice", account=one_line(x)) for x in facts.no_notice)
        on_ours = [*map(Line, missing), *(lines.act(say, a) for a in facts.acts)]
        found += [_section(say, "accounts", on_ours), _section(say, "terms", lines.terms(say))]
    found.append(_section(say, "undelivered", lines.undelivered(say, chosen.undelivered)))
    if say.facts.school_day and not chosen.alone:
        # what stands nowhere else and may be another school's asks for nothing but a glance
        first = (lines.told(say, s, say.w("digest.unsure.line")) for s in chosen.unsure[: shown["unsure"]])
        unsure = [replace(line, then="") for line in first]
        found += [
            _not_seen(say),
            _section(say, "unsure", unsure, more=len(chosen.unsure) - len(unsure)),
            _section(say, "set_up", [Line(said) for said in lines.set_up(say).values()]),
        ]
    # Lines that ask for something bear numbers, through all sections; a look and what has none do not.
    numbered, n = [], 1
    for section in (each for each in found if each.lines):
        if section.first is None:
            numbered.append(section)
        else:
            numbered.append(replace(section, first=n))
            n += len(section.lines)
    sections = tuple(numbered)
    with_dsl = [say.w("digest.dsl_line", count=say.w.number(chosen.with_dsl))] if chosen.with_dsl else []
    absent = who_is_away(facts.people, facts.now, facts.zone, say.w)
    return View(
        language=facts.school.language,
        subject=_subject(say, chosen, len(answers), len(praises)),
        heading=the_day(say),
        opening=_opening(say, chosen),
        sections=sections,
        closing=(*with_dsl, *absent, *by_command(say, sections), say.w("common.not_watched")),
        all=facts.links.today,
    )


def the_day(say: Saying) -> str:
    """“Tuesday 17 November”: whose digest it is, the sender's name says."""
    day = say.w.day(say.facts.day, say.facts.now, say.facts.zone)
    return day[:1].upper() + day[1:]


def _subject(say: Saying, chosen: Selection, answers: int, praises: int) -> str:
    w, facts = say.w, say.facts
    late = sum(waiting.late(say, view) for view in (*chosen.cases, *chosen.decide))
    rank, first = first_part(say, chosen)
    counts = {
        **counts_beside([chosen], rank),
        "overdue": late,
        "look": len(chosen.handed) + len(chosen.looks),
        "unread": len(chosen.unread),
        "bad_news": sum(matters.adverse(s) for s in chosen.news),
        "answer": answers,
        "unanswered": len(chosen.unanswered),
        "before": len(chosen.before),
        "praise": praises,
        "to_sign": len(lines.to_sign(say, chosen.person)),
        "waiting": waiting_in_time(say, chosen),
    }
    parts = [*([first] if first else []), *counted(say, counts)][:3]
    if unwatched(say):
        parts.insert(bool(first), w("notice.digest.subject"))
    if not parts:
        quiet = "first" if facts.set_up else "calm" if chosen.about else "quiet"
        parts = [w(f"digest.subject.{quiet if facts.reading.places else 'blind'}")]
    unseen = len(facts.unseen)
    if unseen and facts.school_day and facts.reading.places and not chosen.alone:
        parts.append(say.count("digest.subject.not_seen", unseen))
    return subject_line(say, parts)


def _opening(say: Saying, chosen: Selection) -> tuple[str, ...]:
    w, facts = say.w, say.facts
    if not facts.school_day:
        said = w("digest.grave_only")
    elif chosen.alone:
        of_leads = "alone" if any(not v.endangers for v in chosen.restricted) else "alone_danger"
        said = w("digest.alone_press" if of_press_alone(chosen.person) else f"digest.{of_leads}")
    elif not facts.reading.places:
        said = w("digest.blind", since=say.since(facts.window.since))
    else:
        said = _read(say, chosen)
    if chosen.older:
        said += " " + say.count("digest.before.read", chosen.older)
    lost = [say.lost(day, fate) for day, fate in facts.lost.get(chosen.person.id, ()) if facts.school_day]
    no_days = no_term(say) if facts.school_day and not chosen.alone else ""
    head = " ".join(filter(None, (stopped(say), no_days)))
    hello = greeting(say)
    return (f"{hello} {head}", said, *lost) if head else (f"{hello} {said}", *lost)


def _read(say: Saying, chosen: Selection) -> str:
    w, reading = say.w, say.facts.reading
    since = say.lately(say.facts.window.since)
    places = say.count("digest.count.places", say.facts.places)
    if not chosen.about and not chosen.unsure:
        key = "digest.quiet" if chosen.quiet else "digest.waiting_only"
        return w(key, places=places, since=since)
    about = say.count("digest.count.about", chosen.about) if chosen.about else w("digest.count.about_none")
    posts = say.count("digest.count.posts", max(reading.posts, chosen.about))
    return w("digest.read", since=since, posts=posts, places=places, about=about)


def to_you(say: Saying, chosen: Selection) -> Section:
    """What is aimed at its reader, who may be in danger by it, and decides nothing in it."""
    views = (*(d.view for d in chosen.danger), *chosen.restricted)
    found = tuple(lines.to_you(say, v) for v in views if v.part is ReaderPart.TARGET)
    heading = say.w("desk.today.danger_to_you")
    return Section(heading, found, 1, urgent=True, grave=True, key="danger_to_you")


def grave(say: Saying, chosen: Selection) -> Section:
    """What else may be a matter of 999, whoever has it, before everything else."""
    dangers = [d for d in chosen.danger if d.view.part is not ReaderPart.TARGET]
    apart = [v for v in chosen.restricted if v.endangers and v.part is not ReaderPart.TARGET]
    found = [_with_case(say, d.view, lines.danger(say, d)) for d in dangers]
    found += [lines.with_lead(say, view) for view in apart]
    untaken = any(view.holder is None for view in (*(d.view for d in dangers), *apart))
    section = _section(say, "grave" if untaken else "grave_taken", found, numbered=True)
    return replace(section, urgent=True, grave=True)


def _decide(say: Saying, chosen: Selection) -> Section:
    shown = [decided(say, view) for view in chosen.decide[: say.shown["decide"]]]
    by_number = [lines.with_lead(say, v) for v in chosen.restricted if not (v.restricted or v.endangers)]
    before, again = ["", *(line.suggested for line in shown)], say.w("digest.as_above")
    once = [  # a suggestion that was the line’s before is not said again in full
        replace(line, suggested=again) if line.suggested and line.suggested == last else line
        for line, last in zip(shown, before, strict=False)
    ]
    more = len(chosen.decide) - len(shown)
    return replace(_section(say, "decide", [*by_number, *once], numbered=True, more=more), urgent=True)


def decided(say: Saying, view: MatterView) -> Line:
    """What is to be decided, with what its case waits for."""
    return _with_case(say, view, lines.decision(say, view))


def _with_case(say: Saying, view: MatterView, line: Line) -> Line:
    return replace(line, waits=waiting.said_of(say, view)) if view.cases else line


def _looks(
    say: Saying, key: str, looks: Sequence[MatterView], left_out: int = 0, in_words: str = "digest.more"
) -> Section:
    """What is worth a look; what nobody judged has a list of its own: it takes no place from that."""
    shown = [look_line(say, s) for s in shown_looks(looks, say.shown[key])]
    left = len(looks) - len(shown)
    return replace(_section(say, key, shown, more=left_out + left, in_words=in_words), left=left)


def _answer(say: Saying, answers: Sequence[Line]) -> Section:
    """Who answers is said once, beside the heading: it is the same for every line."""
    section = _first(say, "answer", answers, numbered=True)
    return replace(section, heading=f"{section.heading} · {matters.who_answers(say)}")


def _unanswered(say: Saying, chosen: Selection) -> Section:
    """What nobody has answered since an earlier digest, a line a matter; what is open for long, counted."""
    found = [matters.unanswered(say, s) for s in chosen.unanswered[: say.shown["unanswered"]]]
    more = len(chosen.unanswered) - len(found)
    if n := chosen.long_open:
        found.append(Line(say.count("digest.long_open", n)))
    return _section(say, "unanswered", found, numbered=True, more=more)


def _news(say: Saying, chosen: Selection) -> Section:
    shown = matters.in_the_news(say, chosen.news, say.shown["news"])
    section = _section(say, "news", shown, more=len(chosen.news) - len(shown))
    return replace(section, after=(*section.after, *matters.asked_of_all(say, chosen.news)))


def _before(say: Saying, chosen: Selection) -> Section:
    shown = [lines.before(say, s) for s in chosen.before[: say.shown["before"]]]
    more = len(chosen.before) - len(shown)
    if n := chosen.before_looks:
        shown.append(Line(say.count("digest.before.looks", n)))
    section = _section(say, "before", shown, more=more)
    note = say.w("digest.before.note")
    return replace(section, after=(*section.after, note), cut=section.cut or n > 0)


def _waiting(say: Saying, chosen: Selection) -> Section:
    """Cases first, overdue before others; then what was taken since the last digest, or goes on."""
    cases = waiting.lines(say, chosen.cases)
    shown = cases[: say.shown["waiting"]]
    taken = [lines.in_hand(say, view) for view in chosen.in_hand[: say.shown["in_hand"]]]
    taken += [matters.taken(say, view) for view in chosen.taken]
    had = taken[: say.shown["in_hand"]]
    more = len(cases) + len(chosen.in_hand) + len(chosen.taken) - len(shown) - len(had)
    return _section(say, "waiting", [*shown, *had], numbered=True, more=more)


def _not_seen(say: Saying) -> Section:
    """All of it as one line, for it is read as one: what we could not see."""
    said, cut = lines.places(say, say.facts.not_seen, say.shown["not_seen"])
    return replace(_section(say, "not_seen", [Line(" ".join(said))] if said else []), cut=cut)


def by_command(say: Saying, sections: Sequence[Section]) -> tuple[str, ...]:
    """Without pages, how a matter is taken and read, once; with them, whom to ask for what did not fit."""
    if not sections:
        return ()
    w = say.w
    if say.facts.links.base_url:
        return (w("digest.the_rest"),) if any(s.cut for s in sections) else ()
    if say.facts.school.urn in say.facts.links.replies:
        return (w("ways.digest.reply"),)
    typed = say.facts.links.typed(f"⟪alerts ack⟫ NUMBER ⟨person⟩ {one_line(say.reader.id)}")
    return (w("ways.digest.command", command=typed),)


def _first(say: Saying, key: str, found: Sequence[Line], *, numbered: bool = False) -> Section:
    """A section of the first of these lines."""
    shown = found[: say.shown[key]]
    return _section(say, key, shown, numbered=numbered, more=len(found) - len(shown))


def _section(
    say: Saying, key: str, found: Sequence[Line], *,
    numbered: bool = False, more: int = 0, in_words: str = "digest.more",
) -> Section:  # fmt: skip
    """`more` is how many lines were left out, said `in_words`."""
    heading = say.w(f"digest.heading.{key}")
    after = (say.w(in_words, count=say.w.number(more)),) if more > 0 else ()
    first = 1 if numbered else None
    return Section(heading, tuple(found), first, after=after, cut=bool(after), key=key, left=more)
