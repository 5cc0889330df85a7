"""A case found, opened by hand or of an alert; an event applied to it by the rules of the ladder; and the one
thing to do next in it, and by when."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from alerts.access.guidance import staff_places
from alerts.access.knowing import Access, Act, access
from alerts.access.matter import Matter, matter_of_story
from alerts.ladder.advance import Advance, Refusal, advance, begin, remedy_of
from alerts.ladder.guards import AUTHOR, urgent
from alerts.ladder.replay import GONE_ENDINGS, key, seen_from
from alerts.ladder.rules import (
    SCHOOLGATE,
    Rules,
    has_been_tried,
    in_due_form,
    newest_asking,
    opens_ladder,
    second_persons,
)
from alerts.places import at_counted_places, name_place, unasked_places
from alerts.said_time import said_time
from data.cases import Asking, Case, CaseState, Consent, Event, EvidenceFile, Post, RunningClock
from data.content_class import BYPASSING, ContentClass, Police
from data.errors import InputError
from data.evidence.faults import MANIFEST, captures
from data.evidence.handed_in import FIELDS, NOTHING
from data.evidence.vault import Vault
from data.frozen import freeze
from data.judged import is_enquiry, is_unplaced, leading, said_now, was_judged
from data.people import people_of
from data.rungs import EMERGENCY, AskingWay, Rung
from data.steps.acts import Values
from data.steps.classes import (
    Accused,
    Asked,
    Classified,
    Closed,
    CopyFound,
    EvidenceKept,
    Opened,
    Placed,
    Proposed,
    Reclassified,
    StaffPost,
    Step,
    Targeted,
)
from data.steps.codes import (
    Decision,
    Ending,
    EvidenceKind,
    NoticeWay,
    PlaceRole,
    Relationship,
    RungAnswer,
    StaffMatter,
    StepKind,
)
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import stories as story_store
from data.store.alerts import people_asked
from data.store.cases import posts_of, posts_of_story, restricted_among, seen_posts, stories_of_posts
from data.store.engine.connect import Connection
from data.store.evidence import handed_in_untold, listed_with
from data.store.mentions import put_channel_right
from data.store.outbox import withdraw, withdraw_keys
from data.store.stories import sketches
from data.store.verdicts import former_verdicts, story_verdicts
from data.types import Alert, Relevance, Route, Verdict
from data.web.channels import WEBSITE, PlaceKind, Reporter, channel, channel_at
from data.web.urls import canonical_url, is_profile
from monitor.config.home.context import Context, message_means
from monitor.config.home.lookup import whole_number, with_policy
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import (
    Session,
    access_to,
    found_case,
    load_case,
    matter_of,
    read_matters,
    school_of,
)
from monitor.pipeline.judges import Judges, Linking
from sources.recheck import Overlap, compare_words, count_words


@freeze
class NextStep:
    """A rung that might be asked in one way; `refusal` says why it cannot be, None where it can."""

    rung: Rung
    kind: str
    refusal: Refusal | None


def next_steps(case: Case, person_id: str, now: datetime, rules: Rules) -> tuple[NextStep, ...]:
    """List what this person could ask next, in the order of the ladder; nothing in a state without rungs."""
    if case.state in (CaseState.CLOSED, CaseState.FAIR_COMMENT, CaseState.BYPASSED):
        return ()
    ways = [(rung, way) for rung in Rung for way in rung.spec.ways if way.offered]
    ways.sort(key=lambda each: any(_talked_out(way, each[0], case) for way in each[0].spec.ways))
    return tuple(
        _try_step(case, person_id, rung, way.kind, now, rules) for rung, way in ways if _fits(way, rung, case)
    )


def _talked_out(way: AskingWay, rung: Rung, case: Case) -> bool:
    talk = newest_asking(case, rung, way.kind) if way.spoken else None
    return talk is not None and talk.answer is RungAnswer.REFUSED


def _fits(way: AskingWay, rung: Rung, case: Case) -> bool:
    """A parent is spoken to first, and not again once they refused; in a private conversation a member
    reports, and nobody else; only what is no platform has a host and a registrar of its own."""
    if way.for_sites and not channel(case.channel).has_operator:
        return False
    if way.of_owner and case.content_class != ContentClass.COPYRIGHT:
        return False
    if way.for_parents and case.relationship is not Relationship.PARENT and not _only_talked_to(case):
        return False
    if _talked_out(way, rung, case):
        return False
    for_members = any(other.for_members for other in rung.spec.ways)
    private = channel(case.channel).reporter is Reporter.MEMBER
    return not for_members or way.for_members is private


def _only_talked_to(case: Case) -> bool:
    """May a known author be spoken to and nothing else: no evidence is held, or nothing of it is online?"""
    known = case.relationship not in (Relationship.UNKNOWN, Relationship.PUPIL)
    return known and (not case.captures or channel(case.channel).place is PlaceKind.NOTHING)


def _try_step(case: Case, person_id: str, rung: Rung, kind: str, now: datetime, rules: Rules) -> NextStep:
    said = Asked(rung=rung, way=kind, imminent=False if rung is EMERGENCY else None)
    done = advance(case, Event(said, person_id), now, rules)
    return NextStep(rung, kind, done if isinstance(done, Refusal) else None)


def with_handed_in(con: Connection, context: Context, case: Case, rules: Rules, now: datetime) -> Case:
    """Store what `steps_for_captures` makes of the case, in the write transaction `con` that loaded it."""
    for done in steps_for_captures(con, context, case, rules, now):
        case_store.append_steps(con, done.case, done.steps, done.outbox, now)
        case = done.case
    return case


def steps_for_captures(
    con: Connection, context: Context, case: Case, rules: Rules, now: datetime
) -> list[Advance]:
    """Make a step for each capture of its post and each other line of its list that none tells of, as far as
    the ladder allows; what cannot be read is told without what is known of it."""
    vault, found = Vault(context.home / "evidence"), list[Advance]()
    held = captures(handed_in_untold(con, case.id)).values()
    for files in (capture for capture in held if MANIFEST in capture):
        done = advance(case, _event(files, vault, case), now, rules)
        if isinstance(done, Advance):
            found.append(done)
            case = done.case
    for said in _copies_to_add(con, case):
        done = advance(case, Event(_place_copy(con, context, case, said), SCHOOLGATE), now, rules)
        if isinstance(done, Advance):
            found.append(replace(done, outbox=()))  # they were told of these already
            case = done.case
    return found


def _copies_to_add(con: Connection, case: Case) -> list[CopyFound]:
    """List what an open case lacks as places: posts of its list, and copies named of old that are held."""
    if case.state is CaseState.CLOSED:
        return []
    beside, placed = listed_with(con, case.story_id, case.mention_id), {p.mention_id for p in case.places}
    missing = [mention for mention in dict.fromkeys((*case.copies, *beside)) if mention not in placed]
    held = seen_posts(con, missing) if missing else ()
    roles = {mention: PlaceRole.ITEM if mention in beside else PlaceRole.COPY for mention in missing}
    return [CopyFound(mention=mention, what=role) for mention, role in roles.items() if mention in held]


def _event(files: Mapping[str, EvidenceFile], vault: Vault, case: Case) -> Event:
    manifest = files[MANIFEST]
    place = next((here.n for here in case.places if here.mention_id == manifest.mention_id), 1)
    supplied = any(name.startswith("supplied-") for name in files)
    said = EvidenceKept(
        capture=manifest.capture_id or "",
        manifest=manifest.sha256,
        files=len(files),
        what=EvidenceKind.SUPPLIED if supplied else EvidenceKind.TOLD,
        known=_known_names(vault.content(manifest.sha256)),
        place=place if place > 1 else None,
    )
    return Event(said, SCHOOLGATE, when=manifest.captured_at)


_KEYS = {
    "author": "author_as_shown", "posted": "posted_as_displayed", "words": "words_typed", "seen_at": "seen",
}  # fmt: skip
"""What a field is called in the manifest, where that is not its name."""


def _known_names(manifest: bytes | None) -> tuple[str, ...]:
    try:
        told = json.loads(manifest or b"{}")["handed_in"]
        said = {name: told[_KEYS.get(name, name)] for name in FIELDS}
        known = [n for n, value in said.items() if value is not None and (n != "words" or value is True)]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(known) or (NOTHING,)


def school_rules(context: Context, urn: str) -> Rules:
    """Return what a school's policy, people and days make of the ladder. Raises InputError for no school."""
    config = context.config
    school = school_of(config, urn)
    return Rules(config.profile(urn), school, people_of(school, config.people), message_means(context, urn))


def rehearse_step(context: Context, case: Case, event: Event, now: datetime) -> Advance | Refusal:
    """Ask what the ladder makes of a step, before anything is fetched or asked for; nothing is changed."""
    return advance(case, event, now, school_rules(context, case.urn))


def apply_event(
    con: Connection, context: Context, case: Case, event: Event, now: datetime
) -> Advance | Refusal:
    """Apply an event to a case, in the write transaction `con`, with what was handed in meanwhile; a refusal
    changes nothing. A decision cites the written policy in force. Raises CaseMoved for another step since."""
    rules = school_rules(context, case.urn)
    waiting = bool(handed_in_untold(con, case.id) or _copies_to_add(con, case))
    before = steps_for_captures(con, context, case, rules, now) if waiting else []
    event, mention = replace(event, said=name_place(case, event.said)), case.mention_id
    case = before[-1].case if before else case
    event = _fill_event(con, context, case, event, rules)
    if isinstance(event.said, Closed):
        copies = copies_of(con, case) if event.said.ending in GONE_ENDINGS else ()
        rules = replace(rules, copies=copies, danger_at=danger_at(con, case, rules))
    done = advance(case, event, now, rules)
    if isinstance(done, Refusal):
        return done
    for each in (*before, done):
        case_store.append_steps(con, each.case, each.steps, each.outbox, now)
    if late := set(done.case.subjects).difference(case.subjects):
        # Withdraws the mail about the case and its alert that waits for those (ids) it may accuse only now
        if done.case.alert_id is not None:
            withdraw(con, done.case.alert_id, late, now)
        keys = [key(done.case, n, person) for n in range(1, done.case.steps + 1) for person in late]
        withdraw_keys(con, keys, now)
    if isinstance(event.said, Placed) and mention:
        put_channel_right(con, mention, event.said.channel, now)
    if waiting or isinstance(event.said, CopyFound):  # what could not be told of before may be now
        done = replace(done, case=with_handed_in(con, context, done.case, rules, now))
    return done


def danger_at(con: Connection, case: Case, rules: Rules) -> datetime | None:
    """When the danger of an open case is to be that its post surely names (UTC)."""
    if case.closed_at or not (case.threatens or case.danger_now):
        return None
    zone, calendar = rules.means.zone, rules.means.calendar
    for post in posts_of(con, [case.mention_id or ""], restricted=True):
        posted = (post.published or post.first_seen).astimezone(zone)
        words = ". ".join(filter(None, (post.title, post.text)))
        named = said_time(words, posted, calendar, post.title or "")
        if named is not None and named.day is not None and named.sure:
            return datetime.combine(named.day, named.at or time.max, zone).astimezone(UTC)
    return None


_MUCH = (Overlap.ALL, Overlap.MOSTLY)
"""With so many of a post's words another post is a copy of it; a few words may be in any post."""
_BEFORE = timedelta(days=91)
_ALIKE = 0.3
"""Texts that have less in common than that (Jaccard, estimated) are not compared word by word."""


def copies_of(con: Connection, case: Case, since: datetime | None = None) -> tuple[Post, ...]:
    """Find other posts with the words of one of its places, elsewhere: of its story or handed in for its
    school, up to a quarter of a year before; `since`: only what came since. Pictures are not compared."""
    known = {here.mention_id for here in case.places if here.mention_id}
    placed = posts_of(con, sorted(known), restricted=True)
    these = [post for post in placed if post.text and post.url]
    if not these:
        return ()
    taken = {canonical_url(at or "") for at in (*(p.url for p in placed), *(p.url for p in case.places), "")}
    from classifiers.stories import fingerprint_likeness, parts_of, runs, sketch

    # posts of other stories that may have the words of one of these; none that only a few may read
    parts = [parts_of(sketch(runs(post.text or "")))[0] for post in these]
    alike = [
        one.mention_id
        for one in sketches(con, [case.urn], since or min(p.first_seen for p in these) - _BEFORE)
        if one.story_id != case.story_id
        and any(fingerprint_likeness(p, parts_of(one.minhash)[0]) >= _ALIKE for p in parts)
    ]
    others = (
        *posts_of_story(con, case.story_id, restricted=True),
        *(o for o in posts_of(con, alike) if o.text),
    )
    return tuple(
        o
        for o in others
        if o.mention_id not in known
        and canonical_url(o.url or "") not in taken
        and any((not since or o.first_seen > post.first_seen) and _is_copy(post, o) for post in these)
    )


def _is_copy(post: Post, other: Post) -> bool:
    if not other.text:
        return False
    if compare_words(post.text or "", other.text) in _MUCH:
        return True
    quoted = 2 * count_words(other.text) >= count_words(post.text or "")
    return quoted and compare_words(other.text, post.text or "") in _MUCH


def _fill_event(con: Connection, context: Context, case: Case, event: Event, rules: Rules) -> Event:
    """The event with what only the store and the settings know of it."""
    if opens_ladder(case, event):
        if isinstance(event.said, Classified | Reclassified | Proposed):
            event = replace(event, said=replace(event.said, meant=list_meant_in(con, case, rules)))
        event = in_due_form(case, event, rules)
    if isinstance(event.said, StaffPost):
        event = replace(event, said=replace(event.said, meant=list_meant_in(con, case, rules)))
    if isinstance(event.said, CopyFound):
        event = replace(event, said=_at_its_own(con, case, _place_copy(con, context, case, event.said)))
    if event.kind is StepKind.DECIDED:
        event = with_policy(event, context.config, rules.school)
    return event


def _place_copy(con: Connection, context: Context, case: Case, said: CopyFound) -> CopyFound:
    """Place an added copy, as its post or its address tells, with whom that leaves out."""
    seen = seen_posts(con, [said.mention]).get(said.mention) if said.mention else None
    told = said.channel or (seen.channel if seen else channel_at(said.url) or WEBSITE)
    account = PlaceRole.ACCOUNT if said.url and is_profile(said.url) else PlaceRole.COPY
    what = said.what or _ROLES.get(channel(told).place, account)
    return replace(said, channel=told, what=what, subjects=_accused_ids(con, context, case, said.mention))


def _accused_ids(con: Connection, context: Context, case: Case, mention: str) -> tuple[str, ...]:
    """Those (ids) whom a story that holds that post may accuse, but for the case's own: its alert tells."""
    stories = {*(stories_of_posts(con, case.urn, mention).get(mention, ()) if mention else ())}
    stories -= {case.story_id if case.alert_id else ""}
    found = read_matters(con, context.config, dict.fromkeys(stories, case.urn)).by_story if stories else {}
    return tuple(sorted({person for matter in found.values() for person in matter.subjects}))


def _at_its_own(con: Connection, case: Case, said: CopyFound) -> CopyFound:
    """Find the place that the case has at that address, to be refused; posts of a list may share one."""
    ids = [i for i in (said.mention, *(here.mention_id for here in case.places)) if i]
    urls = {post.mention_id: post.url or "" for post in posts_of(con, ids, restricted=True)}
    at = canonical_url(said.url or urls.get(said.mention, ""))
    for here in case.places if at and said.what is not PlaceRole.ITEM else ():
        if canonical_url(here.url or urls.get(here.mention_id or "", "")) == at:
            return replace(said, mention=here.mention_id or "", url=here.url)
    return said


_ROLES = {PlaceKind.ARCHIVE: PlaceRole.ARCHIVE, PlaceKind.SEARCH: PlaceRole.SEARCH}


def list_meant_in(con: Connection, case: Case, rules: Rules) -> tuple[str, ...]:
    """List everybody whom the post, in any version, or a copy of it names or refers to."""
    from classifiers.verdicts.subject import (
        possible_subjects,
        prepare_names,  # late: few steps ask for it
    )

    ids = [i for i in (case.mention_id, *case.copies) if i]
    judged = [v for v in former_verdicts(con, ids) if v.urn == case.urn]
    found = {person for v in judged for person in (*v.subjects, v.subject_person)}
    for post in posts_of(con, ids, restricted=True):
        text = prepare_names(f"{post.title or ''}\n{post.text or ''}")
        found |= {*possible_subjects(text, case.about, None, rules.school, rules.people)}
    return tuple(p.id for p in rules.people if p.id in found)


RECLASSIFY_LEAST = 40
"""Characters of a written reason for reclassifying fair comment."""


def in_form(case: Case, said: Step) -> Step:
    """Reclassify fair comment, unless it stays that or bypasses the ladder; who is accused has no target."""
    match said:
        case Classified(content_class=wanted, lane=lane):
            stays = not case.fair or wanted == ContentClass.FAIR_COMMENT or wanted in BYPASSING
            again = Reclassified(from_class=case.content_class, content_class=wanted, lane=lane)
            return said if stays else again
        case Targeted(person="", subjects=tuple() as accused) if accused:
            return Accused(people=accused)
    return said


def least_reason_length(said: Step) -> int:
    """Return how many characters its written reason has, at least."""
    reclassifies = isinstance(said, Reclassified) and not said.proposed_by
    return RECLASSIFY_LEAST if reclassifies else int(bool(said.wants_why))


def confirmed_step(case: Case) -> Step | None:
    """Return what was proposed, as a second person sets it; None where nothing was."""
    if (proposal := case.proposal) is None:
        return None
    to, lane, by, was = proposal.content_class, proposal.lane, proposal.by, case.content_class
    if not case.fair:
        return Classified(content_class=to, lane=lane, proposed_by=by)
    return Reclassified(from_class=was, content_class=to, lane=lane, proposed_by=by)


LOOK, CAPTURE, WAIT = "look_again", "capture", "wait"
FOR_A_REASON = ("police_matter", "police_last")
"""Guards of the police that a written reason satisfies."""


@freeze
class NextAct:
    """An act (a step's kind, a function, WAIT, or ""), what is settled of it, and what runs until (`due`)."""

    act: str
    values: Values = ()
    due: RunningClock | None = None


def next_act(case: Case, ways: Sequence[NextStep], person_id: str, now: datetime, rules: Rules) -> NextAct:
    """Choose what this person does next; where others must first, that it waits. Who let their time go by is
    waited for no more."""
    due = case.due(now)
    if (urgent := _urgent_act(case, person_id, now, rules)) is not None:
        return NextAct(*urgent, due)
    if (found := _act_by_state(case, person_id, now, rules)) is not None:
        return NextAct(*found, due)
    pending = [a for a in case.askings if a.answer is None and not a.rung.spec.emergency]
    if awaited := [a for a in pending if a.is_awaited(now)]:
        clocks = [clock for a in awaited if (clock := a.running) is not None]
        asked = any(a.rung.spec.of_site for a in case.since_sought(case.askings))
        beside = None if asked else _site_act(case, ways)
        due = due if beside else min(clocks, key=lambda c: c.due_at, default=None)
        return NextAct(*(beside or (StepKind.ANSWERED, _of(awaited[-1]))), due)
    if case.classified_by is None:
        return NextAct(StepKind.CLASSIFIED, (), due)
    found = _ladder_act(case, ways, now)
    if pending and found[0] in (WAIT, StepKind.DECIDED):  # nobody else is left: that nothing came is said
        none: Values = (("result", RungAnswer.NONE.value),)
        found = StepKind.ANSWERED, (*_of(pending[-1]), *none)
    return NextAct(*found, due)


def place_next(case: Case, person_id: str, now: datetime, rules: Rules) -> int:
    """The place of the next act: another where a site can be asked and none is, once here one is or cannot be
    (each has the 24 hours of Basildon 9.3); else where nobody is asked, unless a time is over here."""
    here, left = case.place, unasked_places(case)
    sought = at_counted_places(case) if case.decision == Decision.SEEK else ()
    for there in sorted(sought, key=lambda each: each.place != here):
        if there.said_gone_at or any(a.rung.spec.of_site for a in there.askings):
            continue
        there = seen_from(case, there.place)
        after = next_act(there, next_steps(there, person_id, now, rules), person_id, now, rules)
        if after.act not in (StepKind.ANSWERED, StepKind.DECIDED, WAIT, LOOK, ""):
            return there.place
    late = any(w.place == here for w in case.late(now))
    return here if late or here in left or not left else left[0]


def _of(asking: Asking | NextStep) -> Values:
    return (("rung", asking.rung.value), ("kind", asking.kind))


_Next = tuple[str, Values]


def _urgent_act(case: Case, person_id: str, now: datetime, rules: Rules) -> _Next | None:
    """Find what comes before everything: people still to be warned of a danger, a word on a call."""
    if case.state is CaseState.CLOSED:
        return "", ()
    if rules.unsaid(case, now):
        return StepKind.NOTED, ()
    if case.to_warn:
        return StepKind.WARNED, (("who", case.to_warn[0].value),)
    if case.unexplained:
        return StepKind.NOTED, ()
    if (of_staff := _staff_act(case, person_id, rules)) is not None:
        return of_staff
    if case.proposal is not None:
        able = any(p.id == person_id for p in second_persons(case, rules))
        return (StepKind.TURNED_DOWN if able else WAIT), ()
    return None


def _staff_act(case: Case, person_id: str, rules: Rules) -> _Next | None:
    """Find what comes first of what staff posted: what it is, who hears of it; None as for any other."""
    if case.state is CaseState.BYPASSED:
        return None
    if case.wants_staff_matter:
        return StepKind.STAFF_POST, ()
    if not case.stays_up:
        return None
    if case.staff_matter is StaffMatter.OUTSIDE:
        return StepKind.CLOSED, _ends(Ending.MISTAKEN)
    if case.responded_at or (case.referred_to and not case.is_whistleblowing):
        return StepKind.CLOSED, _ends(Ending.ANSWERED if case.responded_at else Ending.HANDED_OVER)
    if case.is_whistleblowing and any(p.id == person_id for p in rules.who_may(Act.DECIDE, case)):
        return StepKind.RESPONDED, ()
    if case.referred_to:
        return WAIT, ()
    to = (*staff_places(case, rules.school.nation, rules.people), "chair")[0]
    return StepKind.REFERRED, (("to", to),)


def _act_by_state(case: Case, person_id: str, now: datetime, rules: Rules) -> _Next | None:
    """Find what follows from where it is, if that is not on the ladder or nearly done."""
    if case.state is CaseState.FAIR_COMMENT:
        answered = case.responded_at is not None
        if case.enquiry and rules.profile.press_approval and not (case.approved or answered):
            return StepKind.APPROVED, ()
        return (StepKind.CLOSED, _ends(Ending.ANSWERED)) if answered else (StepKind.RESPONDED, ())
    if case.state is CaseState.BYPASSED:
        told = bool(case.referred_to)
        return (StepKind.CLOSED, _ends(Ending.HANDED_OVER)) if told else (StepKind.REFERRED, ())
    if case.state is CaseState.CONFIRMING:
        ends = advance(case, Event(Closed(ending=Ending.REMOVED), person_id, "-"), now, rules)
        if isinstance(ends, Refusal):
            return (remedy_of(ends.guard, case, rules.copies) if ends.copies else None) or (LOOK, ())
        return StepKind.CLOSED, _ends(Ending.REMOVED)
    if case.decision == Decision.ANSWER:
        answered = case.responded_at is not None
        return (StepKind.CLOSED, _ends(Ending.ANSWERED)) if answered else (StepKind.RESPONDED, ())
    if case.decision == Decision.STOP:
        return StepKind.CLOSED, _ends(Ending.STANDING)
    return None


def _ends(how: Ending) -> Values:
    return (("ending", how.value),)


def _ladder_act(case: Case, ways: Sequence[NextStep], now: datetime) -> _Next:
    """Choose on the ladder: of what may be a crime the police, once agreed; else the lowest rung not asked,
    who helps before who hosts; or what the first barred one is without. Last the police, once agreed."""
    police = next((way for way in ways if way.rung is EMERGENCY and not case.to_police), None)
    if police and (first := _police_first(case, police)):
        return first
    case = replace(case, askings=case.since_sought(case.askings))  # all again, of a post that is back
    left = [w for w in ways if not has_been_tried(case, w.rung, now, w.kind) and w.rung is not EMERGENCY]
    if beside := _ask_another_than_author(case, left):
        return beside
    # who was asked in another way comes last
    left.sort(
        key=lambda way: (has_been_tried(case, way.rung, now), way.rung.spec.order, way.rung.spec.of_site)
    )
    found = _first(left, case)
    if police and _is_agreed(case, police) and (found is None or found[0] == StepKind.AUTHOR):
        return StepKind.ASKED, _of(police)
    stop = StepKind.DECIDED, (("decision", Decision.STOP.value),)
    return found or ((WAIT, ()) if case.due(now) else stop)


def _is_agreed(case: Case, police: NextStep) -> bool:
    """Does whom it is aimed at agree to the police, so that at most a reason for it is wanting?"""
    barred = police.refusal and police.refusal.guard
    return case.consent is Consent.GIVEN and (not barred or barred in FOR_A_REASON)


def _police_first(case: Case, police: NextStep) -> _Next | None:
    """Find what comes before the ladder where the police are told at once: that, or whether they may be."""
    if not (case.threatens or case.spec.police is Police.AT_ONCE):
        return None
    if police.refusal is None or _is_agreed(case, police):
        return StepKind.ASKED, _of(police)
    barred = police.refusal.guard
    if barred == "consent" and case.consent is Consent.NOT_ASKED:
        return StepKind.CONSENT_ASKED, (("person", case.target or ""),)
    owed = barred == "consent_told" and case.consent_told is NoticeWay.OWED
    return remedy_of(barred, case) if owed else None


def _ask_another_than_author(case: Case, left: Sequence[NextStep]) -> _Next | None:
    """Find what is done so that a site is asked while the author is: a copy of what is urgent, or that."""
    sites = [way for way in left if way.rung.spec.of_site]
    if urgent(case) and any(way.refusal and way.refusal.guard == "evidence_held" for way in sites):
        return CAPTURE, ()
    by_author = any(a.rung is AUTHOR for here in case.places for a in here.askings)
    by_site = any(a.rung.spec.of_site for a in case.askings)
    return _site_act(case, sites) if by_author and not by_site else None


def _site_act(case: Case, ways: Sequence[NextStep]) -> _Next | None:
    """Find who is asked while the author's answer is awaited, so that the school's own time for a site is
    kept (Basildon 9.3); None where nobody can be asked, or the author has that time first."""
    sites = [way for way in ways if way.rung.spec.of_site]
    late = [way for way in sites if way.refusal is None or way.refusal.guard != "author_first"]
    return _first(late, case) if case.sought and len(late) == len(sites) else None


def _first(left: Sequence[NextStep], case: Case) -> _Next | None:
    """Return the first of these that may be asked; that nobody knows the author comes last."""
    if now_open := next((way for way in left if way.refusal is None), None):
        return StepKind.ASKED, _of(now_open)
    found = [remedy_of(way.refusal.guard, case) for way in left if way.refusal is not None]
    acts = [act for act in found if act is not None and act[0] != StepKind.ASKED]
    return min(acts, key=lambda act: act[0] == StepKind.AUTHOR, default=None)


# A case is found by its number.


def find_case(con: Connection, session: Session, number: str, *, least: Access = Access.WORDS) -> Case:
    """Find the case of that number, for who may know at `least` so much of it; “4-2” is case 4 at its second
    place. Raises InputError for none, alike for who it may accuse."""
    number, place = without_place(number)
    case, person = found_case(con, whole_number(number)), session.person
    seen = access_to(case, person, session.config) if case else Access.NOTHING
    if case is None or seen is Access.NOTHING:
        raise InputError(f"There is no case {whole_number(number)}. The desk lists all cases.")
    if seen < least:
        raise InputError(f"Case {case.id} is not for {person.id}. {_WHERE_TO_ASK[seen]}")
    return turn_to_place(case, place)


def without_place(number: str) -> tuple[str, int]:
    """A number as it was typed, and which place of the case it names: “4-2” is the second of case 4."""
    case, _, place = number.strip().rpartition("-")
    return (case, int(place)) if case and place.isdecimal() else (number, 1)


def turn_to_place(case: Case, place: int) -> Case:
    """The case at that place. Raises InputError where it has none of that number."""
    known = [here.n for here in case.places]
    if place not in known:
        there = ", ".join(f"{case.id}-{n}" if n > 1 else case.id for n in known)
        raise InputError(f"Case {case.id} has no place {place}. It has: {there}.")
    return seen_from(case, place) if len(known) > 1 else case


_WHERE_TO_ASK = {
    Access.EXISTS: "It is with the DSL: ask there.",
    Access.STATUS: "Its page at the desk shows its state.",
}


# Opening a case: which story is meant, what is known of it and of its gravest post, who may open it.


def open_by_hand(con: Connection, session: Session, story: str, why: str, now: datetime) -> Advance | Refusal:
    """Open a case about a story's gravest post. Raises InputError for none, or one that is open."""
    detail, person, config = story_store.story(con, story), session.person, session.config
    if detail is None or config.school(detail.row.urn) is None:
        raise InputError(f"There is no story {story}.")
    urn = detail.row.urn
    alert = alert_store.by_story(con, [story]).get((story, urn))
    event, rules = opening_event(con, session.context, alert or story), school_rules(session.context, urn)
    would_be = begin("0000", urn, event, now, rules)
    if isinstance(would_be, Advance):
        mention = would_be.case.mention_id
        already = case_store.find_open(con, mention, urn) if mention else None
        of = load_case(con, already) if already else would_be.case  # which may accuse them, unlike a new one
        if access(person, matter_of(of, config), rules.people) is not Access.WORDS:
            raise InputError(f"There is no story {story}.")
        if already:
            raise InputError(f"Case {already} is open about this post.")
    event = replace(event, actor=person.id, why=why)
    done = begin(case_store.next_id(con, of=alert.number if alert else ""), urn, event, now, rules)
    if isinstance(done, Advance):
        done = without_those_informed(con, alert, done)
        case_store.append_steps(con, done.case, done.steps, done.outbox, now)
        done = replace(done, case=with_handed_in(con, session.context, done.case, rules, now))
    return done


def without_those_informed(con: Connection, alert: Alert | None, done: Advance) -> Advance:
    """Return the opening with mails only to who was neither told of the alert nor asked next."""
    if alert is None:
        return done
    told = {*alert.audience, *people_asked(con, [alert.id]).get(alert.id, ())}
    return replace(done, outbox=tuple(m for m in done.outbox if m.person_id not in told))


def opening_event(con: Connection, context: Context, of: Alert | str) -> Event:
    """Open a case of an alert or story, as an event. Raises InputError where no post is about the school."""
    story_id = of if isinstance(of, str) else of.story_id
    verdicts = story_verdicts(con, [story_id]).get(story_id, ())
    judged = [v for v in verdicts if v.relevance is not Relevance.NOT_ABOUT]
    if not judged:
        raise InputError(f"There is no story {story_id}.")
    alert = (
        alert_store.by_story(con, [story_id]).get((story_id, judged[0].urn)) if isinstance(of, str) else of
    )
    lead = leading(judged)  # what is raised, then what was not judged; of equally grave ones the first seen
    school = context.config.school(lead.urn)
    if school is None:
        raise InputError(f"School {lead.urn} of this story is not in {context.config.path.name} any more.")
    former = former_verdicts(con, [v.mention_id for v in judged])
    people = people_of(school, context.config.people)
    matter = matter_of_story(judged, alert, school, people, former=former)
    from classifiers.verdicts.staff import author_relationship  # late: few scans open a case

    at = seen_posts(con, [lead.mention_id]).get(lead.mention_id)
    posts = posts_of(con, [lead.mention_id])  # of what only a few may read without its words
    own = {s.id for s in context.config.sources if s.own}
    hidden = restricted_among(con, [lead.mention_id])
    out = alert.excluded if alert else ()
    said = replace(
        _opened_facts(matter, alert or lead, lead, story_id),
        channel=at.channel if at else "",
        own_site=at is not None and not own.isdisjoint(at.source_ids),
        danger_now=any(map(said_now, judged)) or None,
        author_says=author_relationship("\n".join(f"{p.title or ''}\n{p.text or ''}" for p in posts), school),
        enquiry=any(map(is_enquiry, judged)) or None,
        restricted=lead.restricted or bool(hidden) or (alert is not None and alert.restricted),
        # who was told; the person threatened sees the status of the case but not its words
        audience=tuple(p for p in alert.audience if p not in matter.threatened) if alert else (),
        alert=alert.id if alert else "",
        # those it may accuse, the ones its alert excludes first
        subjects=(*out, *sorted(matter.subjects.difference(out))),
    )
    return Event(said, SCHOOLGATE)


def _target(matter: Matter, lead: Verdict) -> str:
    """The one at whom it is aimed: of several the likeliest; nobody where that is not known."""
    if lead.subject_person in matter.threatened:
        return lead.subject_person or ""
    return "".join(matter.threatened) if len(matter.threatened) == 1 else ""


def _opened_facts(matter: Matter, of: Alert | Verdict, lead: Verdict, story_id: str) -> Opened:
    """Its class, route and bypass, as `of` has them: its alert, or the verdict of what raised none."""
    unread = matter.bypass is None and (is_unplaced(lead) or (of is lead and not was_judged(lead)))
    return Opened(
        story=story_id,
        mention=lead.mention_id,
        route=of.route,
        proposed_class=ContentClass.UNJUDGED if unread else ContentClass(of.content_class),
        about=matter.about,
        lane=matter.bypass,
        target=_target(matter, lead),
    )


# The case that an alert for the police begins, so that a person chooses: opened by the program, once.

log = logging.getLogger("schoolgate.service")


def make_judges(config: Config, home: Path, linking: Linking | None = None) -> Judges:
    """Make what judges, and opens the cases that alerts begin. Raises InputError as `wiring.links` does."""
    made = wiring.judges(config, home, linking)
    return replace(made, open_cases=partial(open_cases, wiring.make_context(config, home)))


def open_cases(context: Context, con: Connection, alerts: Sequence[Alert], now: datetime) -> None:
    """Open them where these alerts are saved, with no second mail; a fault holds no alert back."""
    for alert in _without_case(con, [a for a in alerts if a.route is Route.POLICE_NOW]):
        try:
            made = case_of(con, context, alert, now)
        except Exception as error:  # noqa: BLE001 - somebody may be in danger: it goes out without its case
            log.error("in=cases fault=%s alert=%s", type(error).__name__, alert.number)
            continue
        if made is not None:
            _keep(con, context, alert, made, now)


def open_of_alert(con: Connection, context: Context, alert: Alert, now: datetime) -> None:
    """Open the case where the alert's story has none, in the writing transaction."""
    for still in _without_case(con, [alert]):
        if (made := case_of(con, context, still, now)) is not None:
            _keep(con, context, still, made, now)


def begin_case(con: Connection, context: Context, alert: Alert, now: datetime) -> Case | None:
    """Begins the case of the alert, which has none yet; who was told of the alert gets no mail of it."""
    made = case_of(con, context, alert, now)
    if made is None:
        return None
    _keep(con, context, alert, made, now)
    return load_case(con, made.case.id)


def _without_case(con: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """Those of these alerts whose story has no case, in their order, as they are kept."""
    if not alerts:
        return []
    since = min(a.raised_at for a in alerts)
    still = {a.id: a for a in alert_store.without_case(con, Route.POLICE_NOW, since)}
    return [still[a.id] for a in alerts if a.id in still]


def _keep(con: Connection, context: Context, alert: Alert, made: Advance, now: datetime) -> None:
    """Saves the case that was begun; whoever was told of its alert gets no mail of it."""
    case_store.append_steps(con, made.case, made.steps, without_those_informed(con, alert, made).outbox, now)
    with_handed_in(con, context, made.case, school_rules(context, made.case.urn), now)


def case_of(con: Connection, context: Context, alert: Alert, now: datetime) -> Advance | None:
    """The case that the alert begins; None where the ladder does not begin one, or nothing is left of it."""
    if context.config.school(alert.urn) is None:
        return None
    try:
        event = opening_event(con, context, alert)
    except InputError:
        return None
    number = case_store.next_id(con, of=alert.number)
    made = begin(number, alert.urn, event, now, school_rules(context, alert.urn))
    if isinstance(made, Advance):
        return made
    log.warning("in=cases refused=%s alert=%s", made.guard, alert.number)
    return None
