"""A case in plain words: its class, its state, what it waits for, and the codes of its steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.access.offices import kind_of_school
from alerts.next_date import last_day
from alerts.places import at_counted_places, is_gone, place_of, seen_twice
from alerts.wording.matters import channel_name
from data.cases import (
    Case,
    CaseFile,
    CasePlace,
    CaseState,
    EvidenceFile,
    PlaceState,
    Post,
    RunningClock,
    is_police_informed,
)
from data.content_class import ContentClass
from data.evidence.faults import ABOUT_THE_MANIFEST
from data.evidence.handed_in import BY_HAND, WORDS, WhoseWords, whose_words
from data.register.calendar import local_day
from data.rungs import EMERGENCY, Rung
from data.steps.classes import Answered, Asked, CopyFound, EvidenceKept, LetterDrafted, Step
from data.steps.codes import BypassRoute, Ending, PlaceRole
from data.types import Role, School
from data.web.channels import host_of
from data.web.urls import is_profile
from data.words.say import Words, join_filled, who_is_asked

_WEEK = timedelta(days=6)


def until(w: Words, moment: datetime, today: date, zone: ZoneInfo) -> str:
    """“Thursday 10:12”, an end at midnight as “the end of Wednesday”; with its date more than a week away."""
    day = last_day(moment, zone)
    named = w.weekday(day) if abs(today - day) <= _WEEK else w.day(day, today)
    if day != local_day(moment, zone):
        return w("digest.end_of", day=named)
    if named == w.weekday(day):
        return w("digest.on_weekday", weekday=named, time=w.clock(moment, zone))
    return w("digest.on_day", day=named, time=w.clock(moment, zone))


def is_account(case: Case, post: Post | None) -> bool:
    """Is it, at its place, about an account: added or brought as one, or by a profile not the school's?"""
    if case.role is not PlaceRole.POST or post is None or post.source_ids != (BY_HAND,):
        return case.role is PlaceRole.ACCOUNT
    profile = not case.own_site and is_profile(post.url or "")
    return profile or case.content_class == ContentClass.IMPERSONATION


def shown_class(case: Case) -> ContentClass:
    """The class by which people call it: past the ladder as extremism that, whatever it was judged."""
    if case.lane is BypassRoute.TERRORISM:
        return ContentClass.EXTREMISM
    return ContentClass(case.content_class)


def material(files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    """Those of these files that show what was posted or brought: not typed words, lists or letters."""
    return [f for f in files if f.name not in (*ABOUT_THE_MANIFEST, WORDS) and not f.is_of_letter]


def kept_words(file: CaseFile, w: Words) -> str:
    """Say what is kept, of a matter of which nothing may be: none of it, or what was taken in before that was
    known; "" of any other. Pages and packs say it in these words alone."""
    if file.case.lane is None or file.case.lane.keeps_files:
        return ""
    held = len(material(file.evidence))
    return w("lane.held", n=held) if held else w("lane.held_none")


def words_of(file: CaseFile) -> WhoseWords:
    """Tell whose the words of the case's post are: every letter and pack asks here."""
    post = file.post
    if post is None:
        return WhoseWords.READ
    return whose_words(post.text, post.source_ids, account=is_account(file.case, post))


def office(role: Role, school: School, w: Words) -> str:
    """Name the office as a school of its kind does, else as its nation does."""
    own = (f"letter.role.{which}.{role.value}" for which in (kind_of_school(school), school.nation))
    return w(next((key for key in own if w.has(key)), f"letter.role.{role.value}"))


RULE = "-" * 8


def drop_mark(said: str) -> str:
    """Return the words of a draft below the mark and the notice: those that go to its reader."""
    return (said.partition(f"\n{RULE}\n")[2] or said).strip()


def code_words(table: str, code: str, w: Words) -> str:
    """A code of a case as it reads inside a sentence: as the case's file says it, else as a pack does."""
    keys = (f"case.{table}.{code}", f"pack.code.{code}")
    return next((w(key) for key in keys if w.has(key)), code.replace("_", " "))


def state_words(case: Case, w: Words) -> str:
    """Its state in a few words; of a restricted case only that it is with the DSL."""
    if case.restricted:
        return w("case.state.apart_closed" if case.state is CaseState.CLOSED else "case.state.apart")
    if case.state is CaseState.TRIAGE and case.rung is EMERGENCY and not is_police_informed((case,)):
        return w("case.state.emergency")
    said = w(f"case.state.{_state_code(case)}")
    if case.state is CaseState.WAITING and case.rung:
        said = w("case.state.waiting_for", who=w.list_items(_waited_for(case, case.rung, w)))
    elif case.joined_to:
        said = w("case.state.joined", number=case.joined_to)
    elif case.state is CaseState.CLOSED and case.ending:
        left = case.ending in (Ending.REMOVED, Ending.CHANGED) and any(here.left for here in case.places)
        ending = f"{case.ending}_in_part" if left else case.ending
        said = w("case.state.closed_as", ending=code_words("ending", ending, w))
    elif case.state is CaseState.BYPASSED and case.lane:
        said = w("case.state.off_ladder", lane=w(f"case.lane.{case.lane.value}"))
    if case.proposal is None:
        return said
    return w("case.state.proposed", stands=said, kind=case.proposal.content_class)


def _state_code(case: Case) -> str:
    """Return its state; apart from it that nobody judged it, that those asked did not help, and that it was
    seen gone twice: where every place is said to be gone at each, seen from the first; else at its own."""
    if case.is_unjudged and case.state is CaseState.TRIAGE:
        return "unjudged"
    if case.state is CaseState.SEEKING and any(here.askings for here in case.places):
        return "asked"
    confirming = case.state is CaseState.CONFIRMING
    whole = case.place == 1 and is_gone(case)
    twice = confirming and all(map(seen_twice, at_counted_places(case) if whole else (case,)))
    return "confirmed" if twice else case.state.value


def class_words(content_class: str, w: Words) -> str:
    """“C7, a possibly false and damaging statement …”."""
    if content_class == ContentClass.UNJUDGED:
        return w("case.state.unjudged")
    return f"{content_class}, {w(ContentClass(content_class).key)}"


def _waited_for(case: Case, rung: Rung, w: Words) -> list[str]:
    """List who has not answered of those asked at this rung, else elsewhere; all of it where each has."""
    asked = [a for a in case.askings if a.rung is rung]
    elsewhere = [a for here in case.others if here.place_state is PlaceState.ASKED for a in here.askings]
    awaited = [a for a in (*case.askings, *elsewhere) if a.answer is None]
    waited = [a for a in awaited if a in asked] or awaited or asked
    return list(dict.fromkeys(who_is_asked(a.rung, a.kind, w) for a in waited))


def places_words(file: CaseFile, w: Words) -> Iterator[tuple[str, str, str]]:
    """Its places, where it has several: the number that is typed for each, where that is, how it stands."""
    for here in file.case.places if file.case.others else ():
        parts = (w(f"pack.code.{here.role}"), channel_name(here.channel, w), address_of(file, here))
        # apart from how it stands there, that somebody was asked, and it stands all the same
        answered = here.place_state is PlaceState.STANDING and here.askings
        stands = w(f"case.place.{'answered' if answered else here.place_state.value}")
        yield file.case.number_at(here.n), join_filled(", ", *parts), stands


def address_of(file: CaseFile, here: CasePlace) -> str:
    """The address of one of its places, "" where none is held."""
    urls = (p.url for p in (file.post, *file.copies) if p and p.url and p.mention_id == here.mention_id)
    return here.url or next(urls, "")


def place_name(file: CaseFile, n: int, w: Words) -> str:
    """The same as `numbered_site`, by what the file holds."""
    here = next((p for p in file.case.places if p.n == n), None)
    return numbered_site(file.case, n, w, address_of(file, here)) if here else ""


def where_done(file: CaseFile, said: Step, w: Words) -> str:
    """Name the place that a step is about, or adds; "" of the whole, a call to 999, a first letter."""
    if isinstance(said, CopyFound):
        others = (p for p in file.case.places if p.n > 1)
        added = (p.n for p in others if (p.mention_id == said.mention if said.mention else p.url == said.url))
        return place_name(file, next(added, 0), w)
    called = isinstance(said, Asked | Answered) and said.rung is EMERGENCY
    whole = called or (isinstance(said, LetterDrafted) and said.place is None)
    return "" if whole else place_name(file, place_of(said) or 0, w)


def where_kept(file: CaseFile, held: EvidenceFile, w: Words) -> str:
    """Name the place of which a file is kept: as its step says, else as its post does."""
    kept = (s.said for s in file.steps if isinstance(s.said, Asked | Answered | EvidenceKept))
    said = next((s for s in kept if s.capture and s.capture == held.capture_id), None)
    if said is not None:
        return where_done(file, said, w)
    ours = (p.n for p in file.case.places if p.mention_id and p.mention_id == held.mention_id)
    return place_name(file, next(ours, 1), w)


def numbered_site(case: Case, n: int, w: Words, address: str = "") -> str:
    """“4-2, forum.example.org”: number and site of the place of that `address`; "" of a lone one."""
    here = next((p for p in case.places if p.n == n), None) if case.others else None
    if here is None:
        return ""
    site = host_of(here.url or address) or here.hosting.get("domain") or channel_name(here.channel, w)
    return join_filled(", ", case.number_at(n), site)


def add_place(said: str, wait: RunningClock, case: Case, w: Words) -> str:
    """Add to words about a clock the place whose it is, where the case has several."""
    where = numbered_site(case, wait.place or 0, w)
    return f"{said} ({where})" if where else said


def clock_of(wait: RunningClock, case: Case, w: Words) -> str:
    """The thing that a clock waits for, and at which place."""
    key = f"case.clock.{wait.clock}"
    return add_place(w(key) if w.has(key) else wait.clock.replace("_", " "), wait, case, w)
