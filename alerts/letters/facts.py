"""Facts that a letter is filled with: of the post, of the past, for the police; and what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address
from typing import Any

from alerts.access.knowing import spokesperson
from alerts.access.offices import holders
from alerts.ladder.guards import CONVERSATION, OWN, consent_wanted, section_5_applies
from alerts.ladder.mails import describe_record
from alerts.ladder.replay import CONSENT, SUPPORT, with_ways
from alerts.ladder.rules import LONDON, Rules, due, imminent, limitation_ends
from alerts.letters.forbidden_words import REACHES, find_name, plain_line, year_group
from alerts.letters.kinds import (
    FORMAL,
    LONG_FACTS,
    QUOTED_FACTS,
    LetterCheck,
    LetterFacts,
    LetterKind,
    LetterReader,
    LetterSpec,
    fair_comment,
)
from alerts.letters.layout import complainant, postal_address, salutation
from alerts.pack.facts import (
    FOR_CHECKING,
    Exhibit,
    Recipient,
    exhibits,
    file_name,
    given_letter,
    may_give_name,
    time_shown,
)
from alerts.said_time import said_time
from alerts.ways import PlatformRoute, helplines, route
from alerts.wording.cases import (
    is_account,
    office,
    place_name,
    places_words,
    where_done,
    where_kept,
    words_of,
)
from alerts.wording.matters import time_words
from data.cases import Asking, Case, CaseFile, CaseStep, Consent, Post
from data.content_class import ContentClass
from data.evidence.faults import ABOUT_THE_MANIFEST
from data.evidence.handed_in import BY_HAND, WhoseWords, read_somebody
from data.privacy import sentences
from data.rungs import COPYRIGHT, EMERGENCY, CaseClock, Rung
from data.steps.classes import (
    Answered,
    Asked,
    BreachDecided,
    CameBack,
    Checked,
    ConsentAsked,
    ConsentOverridden,
    ConsentRefused,
    ConsentWithdrawn,
    CopyFound,
    Decided,
    EvidenceKept,
    Opened,
)
from data.steps.codes import (
    Complainant,
    Decision,
    EvidenceKind,
    PlaceRole,
    Relationship,
    RungAnswer,
    StepKind,
)
from data.types import ADULTS_OF_THE_SCHOOL, THEMES, About, Person, Role
from data.web.channels import PlaceKind, channel, host_of, is_spoken
from data.words.say import Words, asked_in, join_filled, who_is_asked, words

# How a letter names its post: by day and first words, so that nobody asks which one is meant. Pure.

_AUTHOR_CHARS, _FIRST_CHARS = 120, 60
_WITHIN = str.maketrans('“”"', "‘’’")
"""Quotation marks within quotation marks. It only says which post is meant; the words themselves are kept."""
_UNQUOTED = frozenset((ContentClass.CONFIDENTIAL, ContentClass.SEXUAL))


def facts_of_post(check: LetterCheck, w: Words) -> dict[str, object]:
    """Return what a letter may say of the post: where, whose, of when, its start, what it may be."""
    case, post, whose = check.case, check.file.post, words_of(check.file)
    reported, of_account = whose is WhoseWords.REPORTED, whose is WhoseWords.OF_ACCOUNT
    return {
        "url": plain_line(post.url or "") if post else "",
        "also_at": [plain_line(copy.url) for copy in check.file.copies if copy.url],
        "all_places": list(_all_places(check, w)),
        "author": _author(post, case, check.rules),
        "as_reported": f" {w('letter.as_reported')}" if reported else "",
        "exactly": w(f"letter.exactly.{'reported' if reported else 'read'}"),
        "of_account": post_text(check.file) if of_account and not has_withheld_words(case) else "",
        "is_account": is_account(case, post),
        "of_pupil": case.about is About.PUPIL,
        "childline": helplines()["report_remove"].phone,
        "exhibits": case.captures > 0,
        "public": channel(case.channel).public,
        "place": place_words_of(case, w),
        **_say_when(check, w),
        **_say_what(case, w),
    }


def _say_when(check: LetterCheck, w: Words) -> dict[str, str]:
    """Say when it was posted, else when we saw it first, and when its page was captured; nothing in a bare
    letter."""
    post, rules = check.file.post, check.rules
    said = dict.fromkeys(("posted", "posted_at", "first_seen", "captured"), "")
    if check.bare:
        return said
    for step in check.file.steps:
        kept = step.said
        # a page is what we saw ourselves there; not what somebody handed in, and not a log-in wall
        if isinstance(kept, EvidenceKept) and kept.what is EvidenceKind.PAGE and _is_here(kept, check.case):
            said["captured"] = day_and_time(step.done_at, rules, w)
            break
    if post and post.published:
        said["posted"] = w.full_day(post.published, rules.means.zone)
        said["posted_at"] = day_and_time(post.published, rules, w)
    elif post and (first := first_seen(check)):
        said["first_seen"] = w.full_day(first, rules.means.zone)
    return said


def _say_what(case: Case, w: Words) -> dict[str, str]:
    """Say what it may be, by its class: of what somebody of the staff wrote of others in words of its own."""
    code = what = case.content_class.lower()
    if fair_comment(case):
        what = "c0"
    elif case.relationship.works_here and case.target is None and code in ("c2", "c7", "c11"):
        what = f"{code}_others"
    keys = {
        "what": f"letter.what.{what}",
        "class_words": ContentClass(case.content_class).key,
        "rule": f"letter.rule.{code}",
    }
    return {name: w(key) if w.has(key) else "" for name, key in keys.items()}


def place_words_of(case: Case, w: Words) -> str:
    """Say where it is, in a few words: “on Facebook”."""
    place = f"letter.place.{case.channel}"
    return w(place if w.has(place) else "letter.place_other")


def _all_places(check: LetterCheck, w: Words) -> Iterator[str]:
    """List each place of a case of several: number, address, when posted or known, how it stands."""
    file, rules = check.file, check.rules
    posts = {p.mention_id: p for p in (file.post, *file.copies) if p and p.mention_id}
    added = {where_done(file, s.said, w): s.done_at for s in file.steps if isinstance(s.said, CopyFound)}
    for here, (number, where, stands) in zip(file.case.places, places_words(file, w), strict=False):
        post = posts.get(here.mention_id or "")
        shown = post.published if post else None
        known = post.first_seen if post else added.get(place_name(file, here.n, w))
        at, how = (shown, "posted") if shown else (known, "known")
        if check.bare or at is None:
            at, how = at or file.case.opened_at, "bare"
        place = f"{number}, {plain_line(where)}"
        yield w(f"letter.one_place.{how}", where=place, stands=stands, moment=day_and_time(at, rules, w))


def first_seen(check: LetterCheck) -> datetime:
    """The first time (UTC) that anybody saw it, also as somebody says. Raises ValueError with no post."""
    if check.file.post is None:
        raise ValueError("there is no post that was seen")
    zone = check.rules.means.zone
    # what each person said of the post who handed it in, at the place that is written about
    kept = (s.said for s in check.file.steps if isinstance(s.said, EvidenceKept))
    far = {said.manifest for said in kept if not _is_here(said, check.case)}
    here = (json.loads(held) for sha256, held in check.given.manifests.items() if sha256 not in far)
    seen = ((one.get("handed_in") or {}).get("seen") or {} for one in here)
    times = (
        datetime.fromisoformat(one["utc"])
        if "utc" in one
        else datetime.combine(date.fromisoformat(one["day"]), time.max, zone)
        for one in seen
        if one
    )
    return min((check.file.post.first_seen, *times))


def _is_here(said: EvidenceKept, case: Case) -> bool:
    return (said.place or 1) == case.place


def asks_removal(case: Case) -> bool:
    """Was it decided to ask for its removal, of what is no fair comment?"""
    return case.decision == Decision.SEEK and not fair_comment(case)


def has_withheld_words(case: Case) -> bool:
    """May its words not be repeated: a child's, in confidence, of a sexual kind, or under the lock?"""
    child = case.about is About.PUPIL or case.relationship is Relationship.PUPIL
    return case.locked or case.restricted or child or case.content_class in _UNQUOTED


def posted_words(file: CaseFile) -> str:
    """Return what was posted, as it is held; its title where it has no more. Nothing is changed. "" where
    nobody holds any of it: what was said of an account, or of an image, was not posted."""
    return post_text(file) if words_of(file).are_posted else ""


def post_text(file: CaseFile) -> str:
    """Return what is held of the post in words, whosever these are."""
    return (file.post.text or file.post.title or "") if file.post else ""


def first_words(check: LetterCheck) -> str:
    """Say how the post begins, in one line, to its author alone; "" where its words are withheld."""
    if check.spec.reader is not LetterReader.AUTHOR or has_withheld_words(check.case):
        return ""
    return _cut_words(plain_line(posted_words(check.file)).translate(_WITHIN), _FIRST_CHARS)


def _cut_words(said: str, most: int) -> str:
    if len(said) <= most:
        return said.removesuffix(".")
    whole = said[:most].rpartition(" ")[0] or said[:most]
    return f"{whole.rstrip(' ,;:.–-')} …"


def name_post(known: Mapping[str, object], begins: str, w: Words) -> str:
    """Name the post in a few words: “the post of 11 November 2026 on Facebook that begins “…””."""
    if known["is_account"]:
        return w("letter.the_post.account", address=known["url"])
    when = "posted" if known["posted"] else "seen" if known["first_seen"] else ""
    how = join_filled("_", when, "begins" if begins else "") or "bare"
    given = {"begins": begins, "place": known["place"], "address": known["url"]}
    day = known["posted"] or known["first_seen"]
    return w(f"letter.the_post.{how}", day=day, as_reported=known["as_reported"], **given)


def _author(post: Post | None, case: Case, rules: Rules) -> str:
    """Name the author as shown, in one line; never a pupil's name, nor that of one of our people."""
    if post is None or case.relationship is Relationship.PUPIL:
        return ""
    shown = plain_line(post.author or "")[:_AUTHOR_CHARS]
    own = None if case.locked else case.complainant_person
    return "" if find_name(shown, [p for p in rules.people if p.id != own]) else shown


def with_place(said: str, where: str, w: Words) -> str:
    """A line with the place that it is about, where the case has several."""
    return w("letter.with_place", said=said, where=where) if where else said


def begin_with_place(said: str, where: str, w: Words) -> str:
    """Begin a sentence with the place that it is about, where the case has several."""
    return w("letter.of_place", said=said, where=where) if where else said


def day_and_time(at: datetime, rules: Rules, w: Words) -> str:
    """Write a day and a time of day, where the school is."""
    zone = rules.means.zone
    return w("letter.moment", day=w.full_day(at, zone), clock=w.clock(at, zone))


OWNERS = {"school": False, "ysgol": False, "parent": True, "rhiant": True}
LAWS = ("us", "uk")
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/[^/]+/(?P<page>https?:/.+)", re.IGNORECASE)


def parents(facts: Mapping[str, str]) -> bool:
    return OWNERS.get(facts.get("owner", "").strip().casefold(), False)


def further_facts(check: LetterCheck, known: Mapping[str, object], row: PlatformRoute) -> dict[str, object]:
    """Return what may be filled in besides what is `known`; `row` is how the place of the post is asked. A
    platform is its own host, and the school's address is the owner's where the school owns the works."""
    facts, archived = check.given.facts, _ARCHIVED.fullmatch(str(known["url"]))
    own = parents(facts)
    found: dict[str, object] = {
        "parents": own,
        "uk": facts.get("law", "").strip().casefold() == "uk",
        "original": known["original"] or (archived["page"] if archived else ""),
        "profile": known["profile"] or (known["url"] if known["is_account"] else ""),
    }
    if check.kind is LetterKind.COPYRIGHT_NOTICE:
        school = check.rules.school
        where = f"{school.name}, {postal_address(school)}" if school.street and not own else ""
        found["host"] = known["host"] or ("" if row.is_site else row.name)
        found["address"] = known["address"] or where
    return found


# What a report to the police holds besides the post: danger, consent, who it is aimed at, which crimes it may
# be, who saw it, the exhibits. From facts alone. Pure.

_BEFORE = {StepKind.CONSENT_REFUSED: "refused", StepKind.CONSENT_WITHDRAWN: "withdrawn"}
_BEFORE |= {StepKind.CONSENT_ASKED: "unanswered"}
"""What the person had said before somebody else decided: not asked is not the same as not agreed."""
_ANSWERS = (ConsentAsked, ConsentRefused, ConsentWithdrawn)


def for_the_police(file: CaseFile, rules: Rules, w: Words, manifests: Mapping[str, bytes]) -> dict[str, Any]:
    """The names that only the police's letter has; the evidence pack takes some of them."""
    case = file.case
    asked = [s.said for s in file.steps if isinstance(s.said, Asked) and s.said.rung is EMERGENCY]
    references = [said.reference for said in asked if said.reference]
    made = exhibits(case.id, file.evidence, rules.people, rules.means.zone, lambda s: manifests.get(s, b"{}"))
    held = tuple(e for e in made if given_letter(e.facts, Recipient.POLICE))  # as the pack numbers them
    return {
        "imminent": any(said.imminent for said in asked),
        "reported": w(f"letter.reported.{_kind_of_place(file)}", place=place_words_of(case, w)),
        "time_named": time_named(file, rules, w),
        "time_quoted": quote_time(file, rules),
        "spoken": w(f"digest.at.{case.channel}") if is_spoken(case.channel) else "",
        "preserve": case.content_class == ContentClass.THREAT,
        "crime_reference": references[-1] if references else "",
        "consent_words": _consent(file, rules, w),
        "victim": person.name if (person := rules.person(victim(case))) else "",
        "crimes": crimes(case, rules.school.nation, w),
        "seen_by": list(_list_witnesses(file, held, rules, w)),
        "time_shown": plain_line(time_shown(held)),
        "exhibit_list": list(_exhibits(file, held, rules, w)),
    }


def time_named(file: CaseFile, rules: Rules, w: Words) -> str:
    """The day and hour, where the school is, that the post of a danger names, in a sentence; "" for none."""
    if (post := _dangerous(file)) is None:
        return ""
    at = (post.published or post.first_seen).astimezone(rules.means.zone)
    found = said_time(f"{post.title or ''}\n{post.text}".strip(), at, rules.means.calendar, post.title or "")
    return time_words(found, at.date() - timedelta(7), w)  # no “today”, which is another on another day


def quote_time(file: CaseFile, rules: Rules) -> str:
    """The sentence of a danger that names a time, which mostly says the place too; "" for none."""
    if (post := _dangerous(file)) is None or has_withheld_words(file.case):
        return ""
    at, calendar = (post.published or post.first_seen).astimezone(rules.means.zone), rules.means.calendar
    named = (one for one in sentences(posted_words(file)) if said_time(one, at, calendar))
    return _cut_words(plain_line(next(named, "")).translate(_WITHIN), _SHORT_CHARS)


def _dangerous(file: CaseFile) -> Post | None:
    """The post with its words, where it may be a danger."""
    danger = file.case.content_class == ContentClass.THREAT or file.case.lane is not None
    return file.post if danger and file.post and file.post.text else None


def _kind_of_place(file: CaseFile) -> str:
    """Whether anybody could look at it: what is called public, and was not, is false evidence. A place where
    anybody may look is no proof: the program read it there, or somebody did who was not signed in."""
    place, post = channel(file.case.channel), file.post
    if place.public:
        read = post is not None and set(post.source_ids) != {BY_HAND}
        kept = (s.said for s in file.steps if isinstance(s.said, EvidenceKept))
        page = any(said.what is EvidenceKind.PAGE for said in kept if _is_here(said, file.case))
        return "public" if read or page else "seen"
    return place.place.value if place.place in (PlaceKind.NOTHING, PlaceKind.UNKNOWN) else "private"


def victim(case: Case) -> str | None:
    """Return who it is aimed at, where the police may have the name in writing; never under the lock."""
    may = case.target is not None and may_give_name(case.target, case, Recipient.POLICE)
    return case.target if may and not case.locked else None


def _consent(file: CaseFile, rules: Rules, w: Words) -> str:
    case, zone = file.case, rules.means.zone
    if case.consent is Consent.GIVEN:
        at = next((s.done_at for s in reversed(file.steps) if s.kind is StepKind.CONSENT_GIVEN), None)
        return w("letter.consent.given_on", day=w.full_day(at, zone)) if at else w("letter.consent.given")
    if case.consent is Consent.OVERRIDDEN:
        return w(f"letter.consent.overridden.{_said_themselves(file)}", ground=ground_to_overrule(file, w))
    if not consent_wanted(case):
        return w("letter.consent.not_needed")
    return w(f"letter.consent.{'imminent' if any(map(imminent, file.steps)) else 'open'}")


def ground_to_overrule(file: CaseFile, w: Words) -> str:
    grounds = (s.said.ground for s in reversed(file.steps) if isinstance(s.said, ConsentOverridden))
    return w(f"letter.consent.ground.{next(grounds, 'other_at_risk')}")


def _said_themselves(file: CaseFile) -> str:
    """Return what that person themselves had said; not somebody whom it was thought to be aimed at before."""
    whose = file.case.consent_person or file.case.target or ""
    said = (s.said for s in reversed(file.steps))
    theirs = (s for s in said if isinstance(s, _ANSWERS) and s.person == whose)
    return next((_BEFORE[s.kind] for s in theirs), "not_asked")


def crimes(case: Case, nation: str, w: Words) -> str:
    """Which crimes it may be, with the law of the nation; "" where the class names none."""
    code = case.content_class.lower()
    keys = (f"letter.crime.{nation}.{code}", f"letter.crime.{code}")
    return next((w(key) for key in keys if w.has(key)), "")


def _exhibits(file: CaseFile, held: Sequence[Exhibit], rules: Rules, w: Words) -> Iterator[str]:
    for exhibit in held:
        kept = [f for f in exhibit.files if f.name not in ABOUT_THE_MANIFEST]
        names = ", ".join(map(file_name, [f for f in kept if f.name not in FOR_CHECKING] or kept))
        said = w("letter.exhibit", name=exhibit.name, moment=day_and_time(exhibit.at, rules, w), files=names)
        address = plain_line(exhibit.address(file))
        yield with_place(said, address or where_kept(file, exhibit.files[0], w), w)


def _list_witnesses(file: CaseFile, held: Sequence[Exhibit], rules: Rules, w: Words) -> Iterator[str]:
    """List who saw the post, and when: from what was captured and handed in."""
    if file.post and not file.case.captures:
        sources = file.post.source_ids
        first = "brought" if sources == (BY_HAND,) else "either" if BY_HAND in sources else "first"
        yield w(f"letter.witness.{first}", moment=day_and_time(file.post.first_seen, rules, w))
    said = {exhibit.capture_id: exhibit.facts.get("handed_in") or {} for exhibit in held}
    for step in file.steps:
        if isinstance(step.said, EvidenceKept):
            kept, where = said.get(step.said.capture, {}), where_done(file, step.said, w)
            if kept.get("seen_by") or kept.get("seen"):
                yield begin_with_place(_said_seen(kept, file.case, rules, w), where, w)
            way = "page" if step.said.what is EvidenceKind.PAGE else "handed_in"
            who = _for_the_police_who(step.actor, file.case, rules, w) or w("letter.witness.program")
            line = w(f"letter.witness.{way}", who=who, moment=day_and_time(step.done_at, rules, w))
            yield begin_with_place(line, where, w)


def _said_seen(kept: Mapping[str, Any], case: Case, rules: Rules, w: Words) -> str:
    """Say who saw it, as far as whoever handed it in said. Only our own people are named in writing."""
    by, at = read_somebody(kept, "seen_by"), kept.get("seen")
    who = _for_the_police_who(by.person or "", case, rules, w) if by else ""
    who = who or w(f"letter.witness.{'another' if by else 'not_said'}")
    how = "heard" if is_spoken(case.channel) else "seen"
    if at is None:
        return w(f"letter.witness.{how}", who=who)
    on = datetime.fromisoformat(at.get("utc") or at["day"])
    when = day_and_time(on, rules, w) if "utc" in at else w.full_day(on.date())
    return w(f"letter.witness.{how}_at", who=who, moment=when)


def _for_the_police_who(person_id: str, case: Case, rules: Rules, w: Words) -> str:
    """One of our people; not by name whoever the matter may accuse, or is aimed at and may not be named."""
    person = rules.person(person_id)
    if person is None:
        return ""
    aimed_at = person.id == case.target and victim(case) is None
    hidden = case.locked or person.id in case.subjects or aimed_at
    return w("letter.witness.somebody") if hidden else person.name


def for_a_solicitor(file: CaseFile, rules: Rules, w: Words) -> dict[str, object]:
    """The names that only this sheet has."""
    case = file.case
    placed = {found for here in case.places for found in (here.mention_id, here.url) if found}
    copies = (c for c in file.copies if c.url and not placed & {c.mention_id, c.url})
    weighed = case.weighed
    return {
        "copies": [plain_line(copy.url or "") for copy in copies],
        "weighed_on": w.full_day(weighed.at, rules.means.zone) if weighed else "",
        "visible": plain_line(weighed.visible) if weighed else "",
        "spread": plain_line(weighed.spread) if weighed else "",
        "impact": plain_line(weighed.impact) if weighed else "",
        "hashes": list(_hashes(file, rules, w)),
        "limitation": limitation_line(file.case, file.post, rules.school.nation, w),
        "defamation": file.case.content_class == ContentClass.DEFAMATION,
    }


def limitation_line(case: Case, post: Post | None, nation: str, w: Words) -> str:
    """Until when a claim for what may be defamatory can be brought; "" where the law or day says none."""
    if case.content_class != ContentClass.DEFAMATION or post is None or post.published is None:
        return ""
    day, posted = w.full_day(limitation_ends(post.published)), w.full_day(post.published, LONDON)
    return w("letter.limitation.said", day=day, posted=posted, law=w(f"letter.limitation.{nation}"))


def _hashes(file: CaseFile, rules: Rules, w: Words) -> Iterator[str]:
    """Each file that is kept of the post, with its SHA-256; letters are told of in what was asked."""
    for held in sorted(file.evidence, key=lambda f: (f.captured_at, f.name)):
        if not held.is_of_letter:
            name = plain_line(held.name)
            at = day_and_time(held.captured_at, rules, w)
            said = w("letter.hash", name=name, moment=at, sha256=held.sha256)
            yield begin_with_place(said, where_kept(file, held, w), w)


# What a letter may say of what has been: each sentence from a recorded step of its kind, and from nothing
# else. Pure.

TO_THE_HOST = ("host", COPYRIGHT)
"""The ways in which a host is asked; in any other, whoever runs the site."""
_MOMENT, _TWO_MINUTES = timedelta(seconds=1), timedelta(minutes=2)
"""The same, said again before the second is over, is told once."""
_LONGEST = timedelta(60)
"""A day further ahead than this is more likely one that has been."""
_A_DATE = re.compile(r"\d\s*(?:st|nd|rd|th)?\s+(?:of\s+)?[^\W\d]{3,}|\d/\d")
_TO_AUTHORS = (LetterReader.AUTHOR, LetterReader.STRANGER)


def facts_of_past(check: LetterCheck, w: Words) -> dict[str, object]:
    """Say when somebody was talked to, invited, asked, what they answered, and what happened meanwhile."""
    case, file, rules, now = check.case, check.file, check.rules, check.given.now
    zone = rules.means.zone

    def on(*rungs: Rung, of: Callable[[Asking], bool] = lambda _: True) -> str:
        at = next((a.at for a in reversed(case.askings) if a.rung in rungs and of(a)), None)
        return w.full_day(at, zone) if at else ""

    talks = [a for a in case.askings if a.kind == CONVERSATION]
    talked = next((a.talked_at for a in reversed(talks) if a.talked_at), None)
    references = [a.reference for a in case.reports if a.reference]
    return {
        "talked": w.full_day(talked, zone) if talked else "",
        "invited": on(Rung.AUTHOR_REQUEST, of=lambda a: a.kind == CONVERSATION),
        "no_talk": bool(talks) and talks[-1].answer is RungAnswer.NONE,
        "by": w.day(_until(check) - _MOMENT, now, zone),
        "asked_on": on(Rung.PLATFORM_REPORT, of=lambda a: a.kind != OWN),
        "asked_host": on(Rung.HOST, Rung.ISP, of=lambda a: a.kind in TO_THE_HOST),
        "asked_operator": on(Rung.HOST, of=lambda a: a.kind not in TO_THE_HOST),
        "not_yet": w("letter.not_yet"),
        "platform_reference": references[-1] if references else "",
        "operator_said": _site_said(case, w, lambda a: a.rung is Rung.HOST and a.kind not in TO_THE_HOST),
        "host_said": _site_said(case, w, lambda a: a.kind in TO_THE_HOST),
        "came_back": "" if check.bare else _came_back(file, rules, w),
        "recorded": list(_list_recorded(file, rules, w, now)),
        "chronology": [] if check.bare else list(_chronology(check, w)),
    }


def deadline(check: LetterCheck) -> datetime | None:
    """The moment (UTC) until which the letter leaves its author time; None where no day can be only one."""
    if check.spec.reader not in _TO_AUTHORS or "by" not in check.spec.wants:
        return None
    if not (said := check.given.facts.get("by", "")):
        return _until(check)
    means, now = check.rules.means, check.given.now
    local = now.astimezone(means.zone)
    found = said_time(said, local, means.calendar)
    if found is None or found.day is None or not (found.sure or _A_DATE.search(said)):
        return None
    end = found.at or time(0)
    day = found.day if found.at else found.day + timedelta(1)
    at = datetime.combine(day, end, means.zone).astimezone(now.tzinfo)
    return at if now < at <= now + _LONGEST else None


def _until(check: LetterCheck) -> datetime:
    rules, now = check.rules, check.given.now
    means = rules.means
    return due(CaseClock.AUTHOR_DAYS, now, calendar=means.calendar, zone=means.zone, profile=rules.profile)


def _site_said(case: Case, w: Words, of: Callable[[Asking], bool]) -> str:
    """Return what whoever runs or hosts the site answered last, or that nobody did."""
    last = next((a for a in reversed(case.askings) if a.rung in (Rung.HOST, Rung.ISP) and of(a)), None)
    return w(f"letter.site_said.{last.answer or RungAnswer.NONE}") if last else ""


def _came_back(file: CaseFile, rules: Rules, w: Words) -> str:
    """Return the day it was found back at the place written about; "" where never, or only as a copy."""
    copies, here = _returns_as_copies(file), file.case.place
    back = (s for s in reversed(file.steps) if isinstance(s.said, CameBack) and (s.said.place or 1) == here)
    at = next((step.done_at for step in back if step.n not in copies), None)
    return w.full_day(at, rules.means.zone) if at else ""


def _returns_as_copies(file: CaseFile) -> frozenset[int]:
    """List the numbers of the steps that say it is back, but only in a post or place they name."""
    added = {s.n + 1 for s in file.steps if isinstance(s.said, CopyFound)}
    return frozenset(
        s.n for s in file.steps if isinstance(s.said, CameBack) and (s.n in added or s.said.mention)
    )


def _list_recorded(file: CaseFile, rules: Rules, w: Words, now: datetime) -> Iterator[str]:
    """List what others recorded on behalf of the person targeted: their consent, and the support for them."""
    for kinds, told in ((CONSENT, file.case.consent_told), (SUPPORT, file.case.support_told)):
        steps = [step for step in file.steps if step.kind in kinds]
        if told is not None and steps:
            yield describe_record(steps[-1], w, rules, now)


def _chronology(check: LetterCheck, w: Words) -> Iterator[str]:
    file, rules = check.file, check.rules
    copies, whole = _returns_as_copies(file), bool(file.steps) and isinstance(file.steps[0].said, Opened)
    found = {s.n + 1 for s in file.steps if _name_event(s) == "found"}
    told = [
        (
            step.done_at,
            "copy_back" if step.n in copies else _name_event(step),
            _party_to_step(step, w),
            where_done(file, step.said, w),
        )
        for step in (with_ways(file.steps) if whole else file.steps)
        if not (isinstance(step.said, CameBack) and step.n in found)  # told where the place was added
    ]
    here = place_name(file, file.case.place, w)
    seen = [(first_seen(check), "first_seen", "", here)] if file.post else []
    events = sorted((*seen, *told), key=lambda event: event[0])
    for before, (at, what, who, where) in zip((None, *events), events, strict=False):
        again = before is not None and before[1:] == (what, who, where) and at - before[0] < _TWO_MINUTES
        if what and not again and w.has(f"letter.happened.{what}"):
            said = w(f"letter.happened.{what}", who=who)
            yield with_place(w("letter.event", moment=day_and_time(at, rules, w), what=said), where, w)


def _party_to_step(step: CaseStep, w: Words) -> str:
    """Name the one who was asked, or answered; of a place that was added, its role."""
    match step.said:
        case Asked() as said:
            return _with_reference(asked_in(said, w), said.reference, w)
        case Answered(rung=rung, way=way) as answer:
            return _with_reference(who_is_asked(rung, way or "", w), answer.reference, w)
        case CopyFound(what=PlaceRole() as role):
            return w(f"pack.code.{role}")
    return ""


def _with_reference(who: str, reference: str, w: Words) -> str:
    given = plain_line(reference)
    return w("letter.with_reference", who=who, reference=given) if given else who


def _name_event(step: CaseStep) -> str:
    """Return what a chronology calls a step; "" for what it does not tell. None names anybody."""
    match step.said:
        case Answered(poster_told_at=datetime()):
            return "poster_told"
        case Answered(result=result):
            return f"answered_{result.value}"
        case Checked(result=found):
            return f"checked_{found.value}"
        case Decided(decision=decision):
            return "decided" if decision is Decision.SEEK else ""
        case Asked(sender=sender):
            return f"asked_{sender.value}" if sender else "asked"
        case CopyFound(what=PlaceRole()):
            return "found"
        case EvidenceKept() | CameBack():
            return step.kind.value
    return ""


# What a letter may hold: what the case and the school know, and what somebody gave.

GIVEN = (
    "to", "meeting", "by", "address", "what", "place", "complaints_url", "contact", "url", "ground",
    "why", "words", "answer", "platform_reference", "name", "email", "operator", "statement", "defames",
    "meaning", "wrong", "no_details", "share_name", "share_email", "host", "domain", "registrar", "provider",
    "crime_reference", "age_13", "harm", "force", "danger", "seen", "source", "theme", "answer_given",
    "support", "profile", "posed_as", "items", "original", "searched", "owner", "works", "material", "law",
    "telephone", "good_faith", "authority", "author_name", "learnt", "concerned", "records", "effects",
    "measures", "late",
)  # fmt: skip
"""Every fact that somebody may give; a letter takes those of its `LetterSpec`."""
HARMS = ("abuse", "bullying", "threats", "impersonation", "advances", "violent", "self_harm", "pornographic")
_YES = ("yes", "ie")
_NO = ("no", "na")
SWITCHES = ("share_name", "share_email")
"""Regulation 2(e) asks for the name and for the address, each by itself."""
_WHOLE_POST = (LetterReader.OPERATOR, LetterReader.POLICE, LetterReader.SOLICITOR)
"""Readers of all of a post, however long it is."""
_SHORT_CHARS, _PART_CHARS = 600, 1200
"""To others a post up to the first is quoted whole; of a longer one the sentences that are meant, or its
beginning, up to the second."""
_TO_STAFF = (LetterReader.STAFF, LetterReader.SOLICITOR)
SENTENCE_ENDS = (".", "!", "?", "”", ":", "…")


def yes(said: object) -> bool:
    return str(said).strip().casefold() in _YES


def yes_or_no(said: object) -> bool:
    return str(said).strip().casefold() in (*_YES, *_NO)


def values(check: LetterCheck) -> dict[str, object]:
    """All names that a letter's file may use."""
    kind, spec, file, given, rules = check.kind, check.spec, check.file, check.given, check.rules
    w, case, row = words(given.language), file.case, platform(file)
    known: dict[str, object] = dict.fromkeys(GIVEN, "")
    known |= _facts_of_school(case, given, rules, w)
    known |= facts_of_post(check, w)
    known |= facts_of_past(check, w) | _facts_of_hosting(case)
    known |= _facts_of_person(spec, case, rules)
    known |= for_the_police(file, rules, w, given.manifests)
    known |= for_a_solicitor(file, rules, w)
    known |= {
        "formal": spec is FORMAL,
        "private": private_on_wikipedia(case),
        "site": row.is_site,
        "platform": w("letter.platform_other") if row.is_site else row.name,
        "ground": next(iter(grounds(file, w)), "") if row.fitting(case.content_class) else "",
    }
    known["decided"] = _breach_decided(file, rules, w)
    if kind is LetterKind.BREACH_REPORT:
        known["to"] = next((p.name for p in holders(rules.people, Role.DPO)), "")
    if spec.reader is LetterReader.STAFF:  # the author's days are not theirs: they are asked the same day
        known["by"] = ""
    for name, said in given.facts.items():  # what somebody wrote in sentences ends with a full stop
        if said:
            known[name] = said if name not in LONG_FACTS or said.endswith(SENTENCE_ENDS) else f"{said}."
    known |= further_facts(check, known, row)
    if kind is LetterKind.MUMSNET:
        known["operator"] = row.name
    if fact := fact_of_post(check):
        known[fact] = quote_post(check)
    known["operator"] = known["operator"] or _operator(str(known["domain"]), str(known["url"]), w)
    # what the provider is to the website, as far as the registers say
    own = next((name for name in ("host", "registrar") if known[name] == known["provider"]), "other")
    provides = w(f"letter.provides.{own}", domain=known["domain"])
    begins = "" if known["words"] else first_words(check)
    known |= {"the_post": name_post(known, begins, w), "provides": provides}
    another = known["searched"] not in ("", known["name"])
    known["for_child"] = case.complainant is Complainant.PARENT and another
    known["dear"] = salutation(str(known["to"]))
    known["binds"] = w(f"letter.binds.{case.relationship.value}") if case.relationship.works_here else ""
    no_worker = case.relationship in (Relationship.VOLUNTEER, Relationship.GOVERNOR)
    known["disclosure_law"] = "" if no_worker else w(f"letter.disclosure_law.{rules.school.nation}")
    known["harm"] = harms(w).get(str(known["harm"]).casefold(), "")
    theme = str(known["theme"])
    known["theme"] = w(f"theme.{theme}") if theme in THEMES else ""
    known |= {name: yes(known[name]) for name in SWITCHES}
    known["share_details"] = all(known[name] for name in SWITCHES)
    return known


def _breach_decided(file: CaseFile, rules: Rules, w: Words) -> str:
    """Say who is told of data that got out, as was decided last, when and why; "" before."""
    step = next((s for s in reversed(file.steps) if isinstance(s.said, BreachDecided)), None)
    if step is None or not isinstance(step.said, BreachDecided):
        return ""
    day, who = w.full_day(step.done_at, rules.means.zone), w(f"pack.code.{step.said.tell}")
    return w("letter.decided", day=day, who=who, why=step.why)


def fact_of_post(check: LetterCheck) -> str:
    """The fact for which the post is quoted, as it is held, because nobody gave it; "" for none."""
    takes = (*check.spec.wants, *check.spec.may)
    fact = next((name for name in QUOTED_FACTS if name in takes), "")
    if not fact or check.given.facts.get(fact) or not posted_words(check.file):
        return ""
    # an invitation to talk may ask for nothing to go
    kept = check.kind is LetterKind.PARENT_INVITATION and not asks_removal(check.case)
    withheld = has_withheld_words(check.case) or _gives_details(check)
    return "" if kept or (fact == "words" and withheld) else fact


def _gives_details(check: LetterCheck) -> bool:
    """Would it hand private details on to a host, registrar or network, which holds no posts: of a post about
    such details, or with a class or a way to reach somebody? A person may type the words."""
    if check.spec.reader is not LetterReader.HOST:
        return False
    said = posted_words(check.file)
    private = check.case.content_class == ContentClass.PRIVACY
    return private or year_group(said) or REACHES.search(said) is not None


def quote_post(check: LetterCheck) -> str:
    """Quote the post: all of it where it is short, or its reader needs it; else the sentences of it that are
    meant, or how it begins. An ellipsis says where more stood."""
    said, meant = posted_words(check.file), check.given.meant.strip()
    if len(said) <= _SHORT_CHARS or check.spec.reader in _WHOLE_POST:
        return said
    begins, ends = _find_sentences(said, meant) if meant and meant in said else (0, len(said))
    if ends - begins > _PART_CHARS:
        ends = max(said.rfind(" ", begins, begins + _PART_CHARS), begins + _PART_CHARS // 2)
    before, after = ("…" if cut.strip() else "" for cut in (said[:begins], said[ends:]))
    return join_filled(" ", before, said[begins:ends].strip(), after)


def _find_sentences(said: str, part: str) -> tuple[int, int]:
    """Return where the sentences begin and end that hold that part of what was said."""
    start = said.index(part)
    spans, at = [], 0
    for one in sentences(said):
        at = said.index(one, at)
        spans.append((at, at := at + len(one)))
    held = [span for span in spans if span[1] > start and span[0] < start + len(part)]
    return held[0][0], held[-1][1]


def private_on_wikipedia(case: Case) -> bool:
    """Is it for Wikipedia's oversight: private, about a child, or possibly libelling or harming somebody?"""
    person = case.target is not None or case.about in ADULTS_OF_THE_SCHOOL
    spec = case.spec
    return (person and spec.personal) or case.about is About.PUPIL or spec.private


def platform(file: CaseFile) -> PlatformRoute:
    """Return how to report to the platform that the post is on."""
    return route(file.case.channel, (file.post.url or "") if file.post else "")


def grounds(file: CaseFile, w: Words) -> tuple[str, ...]:
    """The platform's own grounds, in words: those that fit the class first."""
    row = platform(file)
    codes = dict.fromkeys((*row.fitting(file.case.content_class), *row.grounds))
    return tuple(w(f"route.ground.{code}") for code in codes)


def harms(w: Words) -> dict[str, str]:
    """List what Report Harmful Content takes, by code and by its word."""
    by_code = {code: w(f"letter.harm.{code}") for code in HARMS}
    return by_code | {said.casefold(): said for said in by_code.values()}


def _operator(domain: str, url: str, w: Words) -> str:
    """The website by its domain, or by the host of the post's address; "" where that is only a number."""
    site = next((name for name in (domain, host_of(url)) if _is_a_name(name)), "")
    return w("letter.s5_operator", domain=site) if site else ""


def _is_a_name(host: str) -> bool:
    """Is it a domain, and no network address or name of this machine alone?"""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." in host
    return False


def _facts_of_school(case: Case, given: LetterFacts, rules: Rules, w: Words) -> dict[str, object]:
    nation = rules.school.nation
    press = spokesperson(rules.matter(case), rules.people)
    force = f"letter.force.{nation}"
    said = office(press[1] if press else rules.profile.press, rules.school, w)
    return {
        "school": rules.school.name,
        "nation": nation,
        "force": w(force) if w.has(force) else "",
        "today": w.full_day(given.now, rules.means.zone),
        "case": case.id,
        "fair": fair_comment(case),
        "asks": asks_removal(case),
        "locked": case.locked,
        "child": case.about is About.PUPIL,
        "account": case.spec.account,
        "enquiry": case.enquiry,
        "police_told": bool(case.to_police),
        "s5_law": section_5_applies(nation) and case.content_class == ContentClass.DEFAMATION,
        "complaints_url": rules.profile.complaints_url,
        "support": rules.profile.support,
        "press": f"{press[0].name} ({said})" if press else said,
    }


def _facts_of_hosting(case: Case) -> dict[str, object]:
    hosting = {name: plain_line(said) for name, said in case.hosting.items()}
    network = hosting.get("network") or hosting.get("host", "")
    registrar = hosting.get("registrar", "")
    asked = any(a.kind in TO_THE_HOST for a in case.askings)
    found: dict[str, object] = {"host": network, "domain": hosting.get("domain", ""), "registrar": registrar}
    found["provider"] = registrar if asked and registrar else network
    return found | {"addresses": hosting.get("addresses", ""), "nominet": yes(hosting.get("nominet", ""))}


def _facts_of_person(spec: LetterSpec, case: Case, rules: Rules) -> dict[str, object]:
    """Say whose name it goes out in, and who a letter to staff is for."""
    person = None if case.locked else complainant(case, rules)
    own: Person | None = person if spec.own_name or spec.reader is LetterReader.PLATFORM else None
    named = case.target or (case.complainant_person if spec.reader is LetterReader.SOLICITOR else None)
    target = rules.person(named) if spec.reader in _TO_STAFF else None
    name, email = (own.name, own.email or "") if own else ("", "")
    return {"name": name, "email": email, "to": target.name if target else ""}
