"""A digest in words, of one school or of several: the subject line, the opening, what is named in order, and
how much else there is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from alerts.access.offices import LEADERSHIP, hold
from alerts.access.recipients import is_press_contact_only
from alerts.facts import NAMED, WAITING, Agenda, Facts, NotSeen, OpenMatter, Phrase, SchoolPart, Selection
from alerts.layout.note import clean_line
from alerts.wording.digest import lines, matters
from alerts.wording.digest.view import (
    Line,
    Saying,
    Section,
    View,
    digest_text,
    greeting,
    has_unwatched_time,
    no_term,
    say_what_stopped,
)
from alerts.wording.matters import (
    PHONE_CHARS,
    Seen,
    Topic,
    describe,
    matter_words,
    topic_of_alert,
    topic_of_case,
    who_is_away,
)
from data.judged import gravest_verdict, top_of
from data.matters import MatterView, ReaderPart
from data.types import Severity
from data.words.say import capital, join_filled, words

_ASKING = (Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.ANSWER, Agenda.OTHERS, Agenda.PRAISE)
"""Groups whose lines bear numbers, so that people can speak of them; those of danger do too."""
_NO_NEWS = {"not_seen", Agenda.UNSURE, "rest"}
"""Sections of a quiet day."""
_MOST_WORDS, _LEAST_NAMED = 350, 3
"""The words that are read on a telephone in a minute and a half. Where seven matters need more, fewer are
named, but three at least; what may be danger or severity 4 always is."""
_PLACES = 3
"""The number of places named that could not be seen."""


def compose_digest(facts: Facts, chosen: Selection) -> View:
    """Compose one person's digest, at most seven matters and 350 words; words where `headlines.fit` lets."""
    say = Saying(facts, chosen.person, words(facts.school.language))
    view = _compose(say, chosen, NAMED)
    for most in range(NAMED - 1, _LEAST_NAMED - 1, -1):
        if _count_words(view) <= _MOST_WORDS:
            break
        view = _compose(say, chosen, most)
    return view


def _count_words(view: View) -> int:
    """Count all that its reader reads: no address."""
    return sum("://" not in word for word in digest_text(view).split())


def _compose(say: Saying, chosen: Selection, most: int) -> View:
    """Compose a digest that names so many matters at most, and counts the others."""
    facts = say.facts
    (named,) = matters.name_first([chosen], most)
    whole = facts.school_day and not chosen.alone
    found = [section_to_you(say, named), grave_section(say, named)]
    found += [group_section(say, named, group) for group in list(Agenda)[1:]]
    rest = _rest(say, chosen, named)
    found += [rest, section(say, "over", lines.over(say))]
    if whole:
        found.append(section(say, "more_talk", [lines.spike(say, s) for s in facts.spikes]))
        found.append(section(say, "to_sign", lines.to_sign(say, chosen.person)))
        missing = say.w("digest.accounts.no_notice", accounts=say.some(facts.no_notice))
        on_ours = [Line(missing)] if facts.no_notice else []
        on_ours += [lines.act(say, a) for a in facts.acts]
        found += [section(say, "accounts", on_ours), section(say, "terms", lines.terms(say))]
    found.append(section(say, "drill", lines.drill_lines(say)))
    found.append(section(say, "undelivered", lines.undelivered_lines(say, chosen.undelivered)))
    if whole:
        not_seen = () if facts.first_looks else facts.not_seen  # the opening tells of first looks
        unseen = [*lines.unseen_places(say, not_seen, _PLACES), *lines.switched_off(say)]
        found.append(section(say, "not_seen", [Line(" ".join(unseen))] if unseen else []))  # read as one line
        found.append(section(say, "set_up", [Line(said) for said in lines.set_up(say).values()]))
    sections = _number_lines(found)
    with_dsl = [say.count("digest.dsl_line", chosen.with_dsl)] if chosen.with_dsl else []
    unseen_count = len(facts.unseen) if whole and facts.reading.places else 0
    absent = (*who_is_away(facts.people, facts.now, facts.zone, say.w), *lines.to_keep(say))
    return View(
        language=facts.school.language,
        subject=_subject([say], [chosen], _quiet_subject(say, chosen), unseen_count),
        heading=the_day(say),
        opening=_opening(say, chosen),
        sections=sections,
        closing=(*with_dsl, *absent, *by_command(say, sections), say.w("common.not_watched")),
        all=None if rest.lines else facts.links.today,
        quiet=chosen.quiet
        and {s.key for s in sections} <= _NO_NEWS
        and not (chosen.with_dsl or has_unwatched_time(say) or facts.lost.get(say.reader.id)),
    )


def _number_lines(found: Iterable[Section]) -> tuple[Section, ...]:
    """Number the lines that ask for something through all sections; a look and what has none do not."""
    numbered, n = list[Section](), 1
    for each in (each for each in found if each.lines):
        numbered.append(each if each.first is None else replace(each, first=n))
        n += 0 if each.first is None else len(each.lines)
    return tuple(numbered)


def _quiet_subject(say: Saying, chosen: Selection) -> str:
    """Say in the subject of a day on which nothing needs its reader why that is."""
    facts = say.facts
    if not facts.reading.places:
        return say.w(f"digest.subject.{'first_look' if facts.first_looks else 'blind'}")
    if facts.set_up and facts.school_day and not chosen.alone:
        return say.w("digest.subject.first")
    return say.w(f"digest.subject.{'calm' if chosen.about else 'quiet'}")


def line_of(say: Saying, one: OpenMatter) -> Line:
    view = one.view
    if one.wording in (Phrase.TO_YOU, Phrase.OF_YOU):
        return lines.line_to_you(say, view, threat=one.wording is Phrase.TO_YOU)
    if one.wording is Phrase.DANGER:
        line = lines.danger(say, view, one.unrecorded)
        if one.may_be_over:
            line = replace(line, had=f"{line.had} {say.w('digest.danger.is_over')}".lstrip())
        return lines.add_case(say, line, view) if view.cases else line
    if one.wording is Phrase.NUMBER:
        return lines.with_lead(say, view)
    if one.wording is Phrase.DECISION:
        line = (lines.in_hand if view.holder else lines.decision)(say, view)
        return lines.add_case(say, line, view) if view.cases else line
    if one.wording is Phrase.CASE:
        return lines.waiting_line(say, view)
    if one.wording is Phrase.HELD:
        return lines.in_hand(say, view)
    if one.wording is Phrase.LOOK:
        return matters.look_line(say, view)
    if one.wording is Phrase.NEWS:
        return matters.in_the_news(say, view)
    if one.group is Agenda.BEFORE:
        return lines.story_line(say, view, describe(top_of(view), say.w))
    if one.group is Agenda.UNSURE:  # it asks for nothing but a glance
        return replace(lines.story_line(say, view, say.w("digest.unsure.line")), then="")
    return matters.saying(say, view)


def group_section(say: Saying, named: Selection, group: Agenda) -> Section:
    """Return the section of a group: a line for each matter that is named."""
    of_it = named.of(group)
    made = section(say, group, [line_of(say, one) for one in of_it], numbered=group in _ASKING)
    if group is Agenda.NEWS:
        return replace(made, after=matters.asked_of_all(say, [one.view for one in of_it]))
    if group is Agenda.BEFORE:
        return replace(made, after=(say.w("digest.before.note"),))
    if group is Agenda.ANSWER:  # who answers is the same for every line
        return replace(made, heading=f"{made.heading} · {matters.who_answers(say)}")
    return replace(made, urgent=group in (Agenda.OVERDUE, Agenda.DECIDE))


def _rest(say: Saying, chosen: Selection, named: Selection) -> Section:
    """Count by kind what is not named, with the page on which it stands."""
    rest = count_rest(say, chosen, named)
    if not rest:
        return section(say, "rest", ())
    today = say.facts.links.today
    whom_to_ask = "" if today else say.w("digest.the_rest")
    line = Line(f"{capital(', '.join(rest))}.", page=today, opens=say.w("digest.all"), then=whom_to_ask)
    return section(say, "rest", [line])


def count_rest(say: Saying, chosen: Selection, named: Selection) -> list[str]:
    """“3 to answer”, “2 worth a look”: what of a selection is not named, by kind."""
    stand_there = {id(one) for one in named.matters}
    left = replace(chosen, matters=tuple(one for one in chosen.matters if id(one) not in stand_there))
    calm = {
        "news": sum(not matters.adverse(one.view) for one in left.of(Agenda.NEWS)),
        "unsure": len(left.of(Agenda.UNSURE)),
    }
    counted = [say.count(f"digest.rest.{key}", n) for key, n in calm.items() if n]
    return count_by_kind(say, [(left, False)]) + counted + count_further(say, chosen)


def count_further(say: Saying, chosen: Selection) -> list[str]:
    """“3 less likely to matter”, “30 more that are open”: what is open and stands in no list of the day."""
    further = {"less_likely": chosen.more_looks, "long_open": chosen.long_open}
    return [say.count(f"digest.rest.{key}", n) for key, n in further.items() if n]


def section_to_you(say: Saying, chosen: Selection) -> Section:
    """List what is aimed at its reader, who may be in danger by it, and decides nothing in it."""
    found = [line_of(say, one) for one in chosen.of(Agenda.DANGER) if one.wording is Phrase.TO_YOU]
    heading = say.w("desk.today.danger_to_you")
    return Section(heading, tuple(found), 1, urgent=True, grave=True, key="danger_to_you")


def grave_section(say: Saying, chosen: Selection) -> Section:
    """List what else may be a matter of 999, whoever has it, before everything else."""
    of_it = [one for one in chosen.of(Agenda.DANGER) if one.wording is not Phrase.TO_YOU]
    untaken = any(one.view.holder is None for one in of_it)
    key = "grave" if untaken else "grave_taken"
    made = section(say, key, [line_of(say, one) for one in of_it], numbered=True)
    return replace(made, urgent=True, grave=True)


def first_part(say: Saying, chosen: Selection) -> str:
    """The gravest: “threat: deputy head has it”, “safeguarding matter 894434 is due”; "" without any."""
    dangers = _dangers(chosen)
    apart = [one.view for one in chosen.matters if one.wording is Phrase.NUMBER]
    due = [v for v in apart if v.endangers or (v.due and lines.is_due(say, v))]
    decide = [one.view for one in chosen.of(Agenda.OVERDUE, Agenda.DECIDE) if one.wording is Phrase.DECISION]
    if dangers and not (dangers[0].wording is Phrase.OF_YOU and any(v.endangers for v in due)):
        missing = [say.w("digest.subject.no_police")] if "police" in dangers[0].unrecorded else []
        return _with_holder(say, dangers[0].view, *missing)
    if due:
        key = "digest.subject.apart_due" if due[0].due else "digest.subject.apart_open"
        return say.w(key if due[0].restricted else "instant.numbered.one", number=due[0].number)
    return _with_holder(say, decide[0]) if decide else ""


def _dangers(chosen: Selection) -> list[OpenMatter]:
    """List what may be danger and is told by more than its number, the gravest first."""
    return sorted((one for one in chosen.of(Agenda.DANGER) if one.wording is not Phrase.NUMBER), key=_gravity)


def _worst(chosen: Selection) -> tuple[bool, int, bool]:
    return next(map(_gravity, _dangers(chosen)), (True, 0, True))


def _gravity(one: OpenMatter) -> tuple[bool, int, bool]:
    """Order dangers for a subject, whoever deals with them: words about its reader, who is in no danger, come
    last, and what is sealed counts as the least of them. Of two as grave, that of others comes first."""
    view, least = one.view, Severity.TODAY
    grave = least if view.is_sealed else view.severity or least
    return one.wording is Phrase.OF_YOU, -grave, view.part is ReaderPart.TARGET


def _with_holder(say: Saying, view: MatterView, *missing: str) -> str:
    has = lines.has(say, view)
    for said in (", ".join((has, *missing)), has):
        whole = f"{matter_words(_topic(say, view), say.w, said)}: {said}"
        if len(whole) <= PHONE_CHARS:
            break
    return whole


def _topic(say: Saying, view: MatterView) -> Topic:
    if view.part is ReaderPart.TARGET:
        return Topic(view.number, label="target")
    if view.story_id in say.facts.locked:
        return Topic(view.number, restricted=True)
    if view.alert is None:
        return topic_of_case(view.cases[0])
    seen = Seen(gravest_verdict(view.verdicts) if view.verdicts else None, view.channels)
    return topic_of_alert(view.alert, seen, view.number)


def count_by_kind(say: Saying, found: Sequence[tuple[Selection, bool]]) -> list[str]:
    """Count its kinds in a subject's words; of each selection, whether its first is told before."""
    n: dict[str, int] = dict.fromkeys(("danger_more", "overdue", "mine"), 0)
    n |= dict.fromkeys(("decide", "look", "bad_news", "answer", "before", "praise", "waiting"), 0)
    for chosen, first in found:
        danger, decide = len(chosen.of(Agenda.DANGER)), len(chosen.of(Agenda.DECIDE))
        overdue = sum(one.group is Agenda.OVERDUE or one.late for one in chosen.matters)
        n["danger_more"] += danger - (first and danger > 0)
        n["decide"] += decide - (first and not danger and decide > 0 and not chosen.of(Agenda.OVERDUE))
        n["overdue"] += overdue - (first and not danger and bool(chosen.of(Agenda.OVERDUE)))
        n["bad_news"] += sum(matters.adverse(one.view) for one in chosen.of(Agenda.NEWS))
        n["waiting"] += sum(not one.late for one in chosen.of(Agenda.OTHERS))
        for key in (Agenda.MINE, Agenda.LOOK, Agenda.ANSWER, Agenda.BEFORE, Agenda.PRAISE):
            n[key] += sum(not one.late for one in chosen.of(key))
    return [say.count(f"digest.subject.{key}", count) for key, count in n.items() if count > 0]


def _subject(says: Sequence[Saying], chosen: Sequence[Selection], quiet: str, unseen: int) -> str:
    """The gravest first, of any school, and as much more as a telephone shows; else that all is `quiet`. The
    sender's name says whose digest it is."""
    say, order = says[0], list(Agenda)
    firsts = [first_part(one, of) for one, of in zip(says, chosen, strict=True)]
    heard = (n for n, said in enumerate(firsts) if said)
    gravest = min(
        heard, key=lambda n: (order.index(chosen[n].matters[0].group), *_worst(chosen[n])), default=None
    )
    parts = [] if gravest is None else [firsts[gravest]]
    parts += count_by_kind(say, [(one, n == gravest) for n, one in enumerate(chosen)])
    if signing := sum(len(lines.to_sign(one, one.reader)) for one in says):
        parts.append(say.count("digest.subject.to_sign", signing))
    if has_unwatched_time(say):
        parts.insert(gravest is not None, say.w("notice.digest.subject"))
    parts = parts or [quiet]
    parts += [say.count("digest.subject.not_seen", unseen)] if unseen else []
    said = parts[0]
    for part in parts[1:]:
        said = f"{said}, {part}" if len(f"{said}, {part}") <= PHONE_CHARS else said
    weekday = say.w.weekday(say.facts.day)
    return clean_line(say.w("digest.subject.line", parts=capital(said), weekday=weekday))


def the_day(say: Saying) -> str:
    """“Tuesday 17 November”: whose digest it is, the sender's name says."""
    return capital(say.w.day(say.facts.day, say.facts.now, say.facts.zone))


def _opening(say: Saying, chosen: Selection) -> tuple[str, ...]:
    w, facts = say.w, say.facts
    if not facts.school_day:
        said = w("digest.grave_only")
    elif chosen.alone and chosen.quiet:
        said = w("digest.alone_quiet", places=say.count("digest.count.places", facts.places))
    elif chosen.alone:
        numbered = any(one.wording is Phrase.NUMBER and not one.view.endangers for one in chosen.matters)
        of_leads = "alone" if numbered else "alone_danger"
        said = w("digest.alone_press" if is_press_contact_only(chosen.person) else f"digest.{of_leads}")
    elif not facts.reading.places:
        said = lines.nothing_read(say)
    else:
        said = _say_what_was_read(say, chosen)
    if chosen.older:
        said += " " + say.count("digest.before.read", chosen.older)
    lost = [
        say.lost_digest(day, fate) for day, fate in facts.lost.get(chosen.person.id, ()) if facts.school_day
    ]
    no_days = no_term(say) if facts.school_day and not chosen.alone else ""
    return _begin(say, no_days, said, lost)


def _begin(say: Saying, no_days: str, said: str, lost: Iterable[str]) -> tuple[str, ...]:
    """Greet, say first what did not work and that no days are known, then what was read and what was lost."""
    hello, head = greeting(say), join_filled(" ", say_what_stopped(say), no_days)
    return (f"{hello} {head}", said, *lost) if head else (f"{hello} {said}", *lost)


def _say_what_was_read(say: Saying, chosen: Selection) -> str:
    w, reading = say.w, say.facts.reading
    since = say.lately(say.facts.window.since)
    places = say.count("digest.count.places", say.facts.places)
    if not chosen.about and not chosen.of(Agenda.UNSURE):
        key = "digest.quiet" if chosen.quiet else "digest.waiting_only"
        return w(key, places=places, since=since)
    about = say.count("digest.count.about", chosen.about) if chosen.about else w("digest.count.about_none")
    posts = say.count("digest.count.posts", max(reading.posts, chosen.about))
    key = "digest.read" if reading.posts else "digest.read_nothing"
    return w(key, since=since, posts=posts, places=places, about=about)


def by_command(say: Saying, sections: Sequence[Section]) -> tuple[str, ...]:
    """Say once, where there are no pages, how a matter is taken and read."""
    w, links = say.w, say.facts.links
    if not sections or links.base_url:
        return ()
    if say.facts.school.urn in links.replies:
        return (w("ways.digest.reply"),)
    typed = links.typed(f"⟪alerts ack⟫ NUMBER ⟨person⟩ {clean_line(say.reader.id)}")
    return (w("ways.digest.command", command=typed),)


def section(say: Saying, key: str, found: Sequence[Line], *, numbered: bool = False) -> Section:
    """Return the section of that key."""
    return Section(say.w(f"digest.heading.{key}"), tuple(found), 1 if numbered else None, key=key)


_NOT_SEEN, _QUIET = 6, 12


def compose_for_schools(parts: Sequence[SchoolPart]) -> View:
    """Compose the digest of one person over these schools, by the rules of each."""
    w = words(parts[0].facts.school.language)
    says = [Saying(part.facts, part.chosen.person, w) for part in parts]
    # the places that could not be seen at several of the schools, and all that only wait for their turn
    unseen = Counter(n for part in parts if part.facts.school_day for n in set(part.facts.not_seen))
    common = frozenset(n for n, schools in unseen.items() if schools > 1 or n.why in WAITING)
    named = matters.name_first([_select_asking(part.chosen) for part in parts])
    sections = [_school(s, part, of, common) for s, part, of in zip(says, parts, named, strict=True)]
    quiet = [
        s for s, part, made in zip(says, parts, sections, strict=True)
        if not (made.lines or part.chosen.of(Agenda.DANGER))
    ]  # fmt: skip
    busy, first = len(parts) - len(quiet), says[0]
    # What was set up at each school whose first digest it is; what holds for all of them once.
    told = [(say, lines.set_up(say)) for say in says if say.facts.school_day]
    kinds = ["places", "danger", "child", *["fault"] * (len({s["fault"] for _, s in told if s}) > 1)]
    own = [
        " ".join((f"{clean_line(say.facts.school.name)}:", *(said[of] for of in kinds if of in said)))
        for say, said in told
        if said
    ]
    once = dict.fromkeys(said[of] for of in ("fault", "wrong") if of not in kinds for _, said in told if said)
    places = [n for n in dict.fromkeys(n for part in parts for n in part.facts.not_seen) if n in common]
    shared = (Line(_places(first, places)),) if places else ()
    found = [
        _grave(says, named, section_to_you),
        _grave(says, named, grave_section),
        *sections,
        Section(w("digest.heading.not_seen_together"), shared),
        _terms(says),
        _quiet(first, quiet),
        section(first, "set_up", [Line(said) for said in (*own, *once)]),
    ]
    found = [made for made in found if made.lines]
    n = sum(not part.facts.school.is_trust for part in parts)
    about = "schools" if n == len(parts) else "with_trust"
    calm_there = busy and not any(part.chosen.open_to_others for part in parts)
    calm = w("digest.subject.calm") if calm_there else first.count(f"digest.together.subject_{about}", n)
    missed = {(n.name, n.why) for part in parts if part.facts.school_day for n in part.facts.unseen}
    return View(
        language=w.language,
        subject=_subject(says, [part.chosen for part in parts], calm, len(missed)),
        heading=the_day(first),
        opening=_opening_for_schools(first, parts, first.count(f"digest.together.{about}", n), busy),
        sections=tuple(found),
        closing=(
            *_open_to_others(first, parts),
            first.w("digest.together.own"),
            *by_command(first, found),
            *lines.to_keep(first),
            first.w("common.not_watched"),
        ),
        all=first.facts.links.today,
    )


def _terms(says: Sequence[Saying]) -> Section:
    """Write a line about terms of office that are about to end, one for all that end on one day."""
    found: dict[str, list[str]] = {}
    for say in says:
        for line in lines.terms(say) if say.facts.school_day else ():
            found.setdefault(line.said, []).append(say.facts.school.name)
    lines_of = (Line(f"{_name_schools(says[0], names)}: {said}") for said, names in found.items())
    return Section(says[0].w("digest.heading.terms"), tuple(lines_of), key="terms")


def _opening_for_schools(say: Saying, parts: Sequence[SchoolPart], about: str, busy: int) -> tuple[str, ...]:
    w, since = say.w, say.since(min(part.facts.window.since for part in parts))
    said = about + " " + w("digest.together.since", since=since)
    if not any(part.facts.school_day for part in parts):
        said = w("digest.grave_only")
    elif busy:
        said += " " + say.count("digest.together.busy", busy)
    lost = dict.fromkeys(x for p in parts for x in p.facts.lost.get(p.chosen.person.id, ()))
    none = [
        p.facts.school.name
        for p in parts
        if p.facts.school_day and p.facts.calendar.end_of_terms(p.facts.day)
    ]
    no_days = w("digest.terms.none_at", schools=_name_schools(say, none)) if none else ""
    return _begin(say, no_days, said, (say.lost_digest(day, fate) for day, fate in lost))


def _grave(
    says: Sequence[Saying], named: Sequence[Selection], of_school: Callable[[Saying, Selection], Section]
) -> Section:
    """List possible matters of 999 by school: the gravest of each before any school's second."""
    made = [of_school(say, of) for say, of in zip(says, named, strict=True)]
    with_school = (
        [replace(x, title=join_filled(": ", clean_line(say.facts.school.name), x.title)) for x in s.lines]
        for say, s in zip(says, made, strict=True)
    )
    found = tuple(line for of_each in zip_longest(*with_school) for line in of_each if line)
    first = min((s for s in made if s.lines), key=lambda s: s.key, default=made[0])
    return replace(first, lines=found, first=None)


def _select_asking(chosen: Selection) -> Selection:
    """Leave what asks something of whoever reads of several schools; the rest is counted."""
    asking = (Agenda.DANGER, Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.LOOK, Agenda.NEWS)
    return replace(chosen, matters=chosen.of(*asking))


def _school(say: Saying, part: SchoolPart, named: Selection, common: frozenset[NotSeen]) -> Section:
    """List what is named of one school, a line a matter; how much else there is, and what could not be seen
    there alone."""
    chosen, found = part.chosen, list[Line]()
    for one in named.matters:
        if one.group is Agenda.DANGER:
            continue
        line, about = line_of(say, one), f"digest.together.{one.group}"
        found.append(replace(line, about=say.w(about)) if say.w.has(about) else line)
    rest = [] if chosen.quiet else count_rest(say, chosen, named)
    also = [say.w("digest.together.also", parts=", ".join(rest))] if rest else []
    if chosen.with_dsl and hold(chosen.person, LEADERSHIP):
        also.append(say.count("digest.dsl_line", chosen.with_dsl))
    found += [Line(" ".join(also))] if also else []
    found += [*lines.over(say), *lines.drill_lines(say), *lines.to_sign(say, chosen.person)]
    found += lines.undelivered_lines(say, chosen.undelivered)
    found += _unseen(say, part.facts, common)
    urgent = bool(chosen.of(Agenda.OVERDUE, Agenda.DECIDE))
    return Section(clean_line(part.facts.school.name), tuple(found), urgent=urgent)


def _unseen(say: Saying, facts: Facts, common: frozenset[NotSeen]) -> list[Line]:
    if not facts.school_day:
        return []
    if not (facts.reading.places or facts.first_looks):
        return [Line(lines.nothing_read(say))]
    own = [n for n in facts.not_seen if n not in common]
    said = join_filled(" ", _places(say, own), *lines.switched_off(say))
    return [Line(say.w("digest.together.not_seen", said=said))] if own else []


def _places(say: Saying, found: Sequence[NotSeen]) -> str:
    return " ".join(lines.unseen_places(say, found, _NOT_SEEN))


def _open_to_others(say: Saying, parts: Sequence[SchoolPart]) -> list[str]:
    """Say at which schools something is open of which this person is told nothing, if it may be said."""
    names = [part.facts.school.name for part in parts if part.chosen.open_to_others]
    if not names:
        return []
    why = say.w("digest.open_to_others")
    return [say.w("digest.together.open_to_others", schools=_name_schools(say, names), why=why)]


def _quiet(say: Saying, quiet: Sequence[Saying]) -> Section:
    """The schools at which nothing needs this person, with how much was read there."""
    w = say.w
    said = [
        w(
            "digest.together.quiet_school",
            school=clean_line(one.facts.school.name),
            posts=one.count("digest.count.posts", one.facts.reading.posts),
        )
        for one in quiet[:_QUIET]
    ]
    more = len(quiet) - _QUIET
    said += [say.count("digest.together.more_schools", more)] if more > 0 else []
    return Section(w("digest.heading.quiet"), (Line("; ".join(said) + "."),) if said else ())


def _name_schools(say: Saying, schools: Sequence[str]) -> str:
    """Name the first of them, and say how many more there are."""
    more = len(schools) - _QUIET
    left = [say.count("digest.together.more_schools", more)] if more > 0 else []
    return ", ".join((*map(clean_line, schools[:_QUIET]), *left))
