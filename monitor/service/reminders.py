"""Reminders: policies past review, accounts without a notice, cases whose time is over, sheets of codes, the
chain’s stamp; and what the leadership is told once, such as that far more is said of a school than is usual.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from alerts.access.matter import matter_of_story
from alerts.access.recipients import in_their_place, notified_so_far, people_for_repairs
from alerts.ladder.mails import ran_out, reminders
from alerts.layout.note import LIFE, mails
from alerts.next_date import in_working_hours
from alerts.notices.posts import (
    DAYS,
    ENOUGH_DAYS,
    LEAST,
    OVER_AFTER,
    RUSH,
    RUSH_KNOWN,
    RUSH_LEAST,
    STILL_LEAST,
    WINDOW,
    Reading,
    Talk,
    ended_messages,
    goes_on,
    grade_messages,
    main_themes,
    measure,
    measure_reviews,
    pupil_messages,
    surge_messages,
)
from alerts.notices.upkeep import (
    Missing,
    UnreadPlace,
    assessment_messages,
    notice_messages,
    review_messages,
    sheet_wanted_note,
    unread_messages,
)
from data.digest import Surge
from data.effects import Fetch
from data.judged import GRADED, NAMES_PUPIL, SAYS_ENDED, calls_for_alert
from data.people import people_of, schools_of
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import evidence as evidence_store
from data.store import sources as source_store
from data.store import weekly as weekly_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import is_in_digest, put_outbox
from data.store.sources import AccountNotice, states
from data.store.verdicts import by_reason, judged_at
from data.store.weekly import Heard
from data.types import OutboxMessage, Outcome, Person, Route, School, Source, SourceState
from data.web.channels import REVIEWS
from monitor.act.casework import case_of, school_rules
from monitor.act.casework import open_of_alert as open_case
from monitor.act.proving import stamp_end
from monitor.act.ways_in import people_without_sheet
from monitor.config.home.context import Context, Write, message_means, write_new
from monitor.config.home.lookup import held_by
from monitor.config.load import Config
from monitor.matters.assessment import ImpactAssessment, find_assessment
from monitor.matters.reader import replay_cases
from monitor.matters.views import endings_of
from sources.timestamps import NoStamp, TimeStamp

_FRESH = timedelta(hours=1)
_LATELY = timedelta(days=14)
"""An older reading says nothing of today."""
_TOLD_LONG_AGO = 0.8
"""What has been missing for so much of the time that readings are kept was told: its beginning is forgotten
soon, and would seem to be another each day."""


def remind_of_notices(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about notices that are missing; each is written once, until the notice is back."""
    own = {s.id: s for s in context.config.sources if s.own and not s.disabled}
    if not own:
        return []
    remembered = timedelta(days=context.config.policy.retain_days) * _TOLD_LONG_AGO
    lacking = source_store.without_notice(con, list(own), now - _LATELY)
    found = source_store.notices(con, lacking) if lacking else {}
    messages = (
        message
        for key, notice in found.items()
        if now - notice.since <= remembered
        for message in _notice_messages(own[key], notice, context, now)
    )
    return write_new(con, messages, now)


def _notice_messages(
    source: Source, notice: AccountNotice, context: Context, now: datetime
) -> list[OutboxMessage]:
    config = context.config
    missing = Missing(
        source_id=source.id,
        account=source.name or source.id,
        since=notice.since,
        was_there=notice.turned,
        notice=source.notice,
        contact=config.contact,
    )
    schools = [school for urn in source.urns if (school := config.school(urn)) is not None]
    return [
        message
        for school in schools
        for message in notice_messages(missing, school, config.people, config.zone, now)
    ]


def places(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about places that have not been read for a whole school day, through no fault of ours: one
    to each IT lead, for all whose day is over at the same time."""
    config = context.config
    on = {s.id: s for s in config.sources if s.disabled is None}
    found = states(con, list(on))
    unread: dict[tuple[Person, datetime], list[Source]] = {}
    for source in on.values():
        state = found[source.id]
        if (
            state.last_outcome is None
            or state.last_outcome is Outcome.OUR_FAULT
            or state.last_outcome.is_seen
        ):
            continue
        due = config.school_hours(source).end_of_a_day(state.last_ok_at or state.first_run_at or now)
        if due and due <= now <= due + _LATELY:
            schools = [s for s in config.schools if not source.urns or s.urn in source.urns]
            for person in _it_leads(config, schools, now):
                unread.setdefault((person, due), []).append(source)
    messages = (
        message
        for (person, due), sources in unread.items()
        for message in _unread_messages(person, sources, found, context, due)
    )
    return write_new(con, messages, now)


def grades(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages that the press tells what inspectors judged a school to be; not where an alert does."""
    config = context.config
    messages = (
        message
        for story_id, verdicts in by_reason(con, GRADED, now - _FRESH).items()
        if (school := config.school(verdicts[0].urn)) and not any(map(calls_for_alert, verdicts))
        for people in [people_of(school, config.people)]
        for matter in [matter_of_story(verdicts, None, school, people, config.profile(school.urn))]
        for told in [next(r.text for r in verdicts[0].reasons if r.code == GRADED)]
        for message in grade_messages(
            *(story_id, told.rpartition(": ")[2].rstrip("."), matter, school, people),
            *(message_means(context, school.urn), now),
        )
    )
    return write_new(con, messages, now)


def endings(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages that a later post may say that an open matter has ended, to those who were told of it before;
    whoever was told of it since finds that on its page."""
    config, since, messages = context.config, now - _FRESH, list[OutboxMessage]()
    said = by_reason(con, SAYS_ENDED, since, in_story=False).values()
    for school in filter(None, {config.school(v.urn) for of in said for v in of}):
        found, people = endings_of(con, config, school.urn, since), people_of(school, config.people)
        for (story, urn), alert in alert_store.by_story(con, list(found)).items():
            made = alert_store.escalation_steps(con, [alert.id]).get(alert.id, ())
            for post in found[story] if urn == school.urn else ():
                came = judged_at(con, post.id, urn)
                if came is None or came <= alert.raised_at:
                    continue
                told = (*notified_so_far(alert, [s for s in made if s.told_at < came]), *alert.warned)
                messages += ended_messages(alert, post, told, school, people, context.links, now)
    return write_new(con, messages, now)


def pupils(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages that the school's own post gives a pupil's full name; each is written once."""
    found = by_reason(con, NAMES_PUPIL, now - _FRESH)
    if not found:
        return []
    config = context.config
    messages = (
        message
        for story_id, verdicts in found.items()
        if (school := config.school(verdicts[0].urn))
        for people in [people_of(school, config.people)]
        for matter in [matter_of_story(verdicts, None, school, people, config.profile(school.urn))]
        for message in pupil_messages(
            story_id, matter, school, people, message_means(context, school.urn), now
        )
    )
    return write_new(con, messages, now)


def _it_leads(config: Config, schools: Iterable[School], now: datetime) -> tuple[Person, ...]:
    """List whom mail reaches of the IT leads of these schools, or who is here in their place."""
    found = (
        person
        for here in (people_of(school, config.people) for school in schools)
        for person in in_their_place(
            [p for p in people_for_repairs(here) if p.email], here, now, lambda _: True
        )
    )
    return tuple(dict.fromkeys(found))


def _unread_messages(
    person: Person,
    sources: Sequence[Source],
    found: Mapping[str, SourceState],
    context: Context,
    due: datetime,
) -> tuple[OutboxMessage, ...]:
    config = context.config
    unread = [
        UnreadPlace(s.name or s.id, state.last_outcome, since)
        for s in sources
        for state in [found[s.id]]
        if state.last_outcome and (since := state.last_ok_at or state.first_run_at)
    ]
    school = schools_of(person, config.schools)[0]
    return unread_messages(unread, school, [person], message_means(context, school.urn), due)


def stamp_daily(store: Store, context: Context, fetch: Fetch, now: datetime) -> TimeStamp | NoStamp | None:
    """Has the end stamped unless it was today, in the school's zone; None where nothing was to be done."""
    config = context.config
    if not config.evidence.timestamp_url:
        return None
    with store.open_reader() as con:
        before, begun = evidence_store.end_stamped_at(con), evidence_store.has_begun(con)
    today = config.day_of(now)
    if not begun or (before is not None and config.day_of(before) == today):
        return None
    return stamp_end(store, config, fetch, now)


_LOOKED_BACK = timedelta(days=7)
"""What was raised longer ago and has no case was left without one by a person, or by an older version."""


def cases(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A case for each alert of the police that has none, and reminders of what is overdue."""
    return [*_open_cases(con, context, now), *write_new(con, _overdue_messages(con, context, now), now)]


def _open_cases(con: Connection, context: Context, now: datetime) -> list[Write]:
    """Open cases that no reading has opened: alerts of an older version, or refused then."""
    wanted = alert_store.without_case(con, Route.POLICE_NOW, now - _LOOKED_BACK)
    if not wanted:
        return []
    return [
        partial(open_case, context=context, alert=a, now=now)
        for a in wanted
        if case_of(con, context, a, now) is not None
    ]


def _overdue_messages(con: Connection, context: Context, now: datetime) -> Iterable[OutboxMessage]:
    """Remind of overdue matters, once it may be sent; nobody whom a digest has told since."""
    late = case_store.overdue_cases(con, now)
    if not late:
        return
    for case_id in late:
        (case,) = replay_cases(con, case_store.steps_of_case(con, case_id))
        if context.config.school(case.urn) is not None:
            over = ran_out(case, now)
            yield from (
                message
                for message in reminders(case, now, school_rules(context, case.urn))
                if message.due_at <= now
                and not is_in_digest(con, case.id, message.person_id, over[-1].due_at)
            )


def remind_of_policies(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about reviews that are overdue; each is written once a quarter."""
    config, today = context.config, context.config.day_of(now)
    messages = (
        message
        for school in config.proper
        for p in held_by(config, school)
        if p.review_due and p.review_due < today
        for message in review_messages(
            (p.title, p.version, p.review_due),
            *(school, config.people, message_means(context, school.urn), now),
        )
    )  # fmt: skip
    return write_new(con, messages, now)


def remind_of_assessment(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages that no impact assessment is recorded; each working day."""
    config, schools = context.config, context.config.proper
    found = find_assessment(con, config, now)
    if found is ImpactAssessment.RECORDED or not schools:
        return ()
    first, looks = schools[0], found is ImpactAssessment.ONLY_LOOKS
    means = message_means(context, first.urn)
    return write_new(con, assessment_messages(first, config.people, means, now, only_looks=looks), now)


def sheets(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages that a new sealed sheet of codes is wanted for this term: one a term, to whose it is."""
    config, base = context.config, context.links.base_url
    found: list[OutboxMessage] = []
    for school, people in people_without_sheet(con, config, now).items() if base else ():
        calendar, today = config.calendar(school.urn), config.day_of(now)
        if term := next((t for t in calendar.terms if t.first <= today <= t.last), None):
            to = [p for p in people if p.email]
            note, key = sheet_wanted_note(school, f"{base}/sheet"), ("sheet", school.urn)
            due = in_working_hours(now, config.zone, calendar)
            found += mails(note, to, school.urn, "account", (*key, str(term.first)), due, LIFE)
    return write_new(con, found, now)


_JUST_NOW = timedelta(minutes=2)
_BEFORE = timedelta(hours=5)
"""So much more than the days compared is read: the window, the hour before it, a change of clocks."""
_KEEP_EVERY = timedelta(minutes=30)


def spikes(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about surges and rushes of reviews that begin now, and how long those told have lasted.

    Two cheap questions come first: a school is looked at where something about it came in the last two
    minutes and enough in the hours before, or where a surge that was told may be going on.
    """
    writes: list[Write] = []
    rushes: set[str] = set()
    for of_reviews, window, least in ((True, RUSH, RUSH_LEAST), (False, WINDOW, LEAST)):
        heard = weekly_store.count_much_heard(
            con, now - window, now - _JUST_NOW, STILL_LEAST, of_reviews=of_reviews
        )
        for urn, count in heard.items():
            school = context.config.school(urn)
            before = weekly_store.latest_surge(con, urn, of_reviews=of_reviews)
            over = before is None or now - before.lasted_to > OVER_AFTER
            worth = count >= least if over else before and now - before.lasted_to >= _KEEP_EVERY
            if school is not None and school.urn == urn and worth:
                found = _find_surges(con, context, school, before, now, rushes, of_reviews=of_reviews)
                rushes |= {urn} if found else set()
                writes.extend(found)
    return writes


def _find_surges(
    con: Connection,
    context: Context,
    school: School,
    before: Surge | None,
    now: datetime,
    rushes: Collection[str],
    *,
    of_reviews: bool,
) -> list[Write]:
    """`rushes` are the schools (urns) of which a rush of reviews is told now."""
    settled = now - (RUSH_KNOWN if of_reviews else timedelta(days=ENOUGH_DAYS))
    # how far back what is kept tells how much was said; None where nothing is
    watched = weekly_store.watched_since(con, school.urn, settled)
    kept = now - timedelta(days=context.config.policy.criticism_days)
    since = None if watched is None else max(watched, kept, now - timedelta(days=DAYS) - _BEFORE)
    if since is None:
        return []
    posts: Sequence[Heard] = weekly_store.list_heard(con, school.urn, since, settled)
    if of_reviews:
        posts = [p for p in posts if p.channel in REVIEWS]
        reading = measure_reviews([p.at for p in posts], now, since)
    else:
        posts = _without_rush(con, school.urn, posts, rushes, now)
        moments, stories = [p.at for p in posts], [p.story_id for p in posts]
        calendar = context.config.calendar(school.urn)
        reading = measure(moments, stories, now, context.config.zone, since, calendar.school_day)
    if reading is None:
        return []
    if before is not None and goes_on(reading, before.lasted_to, now):
        mentions = max(before.mentions, reading.mentions) if of_reviews else before.mentions
        lasting = replace(before, lasted_to=now, mentions=mentions)
        return [lambda con: weekly_store.put_surges(con, [lasting])]
    return (
        _tell_of_surge(context, school, reading, posts, now, of_reviews=of_reviews) if reading.surge else []
    )


def _without_rush(
    con: Connection, urn: str, posts: Sequence[Heard], rushes: Collection[str], now: datetime
) -> Sequence[Heard]:
    """The posts without the reviews of a rush that was told and may be going on."""
    rush = weekly_store.latest_surge(con, urn, of_reviews=True)
    if urn not in rushes and (rush is None or now - rush.lasted_to > OVER_AFTER):
        return posts
    return [p for p in posts if p.channel not in REVIEWS]


def _tell_of_surge(
    context: Context,
    school: School,
    reading: Reading,
    posts: Sequence[Heard],
    now: datetime,
    *,
    of_reviews: bool,
) -> list[Write]:
    counted = posts[-reading.mentions :]
    talk = Talk(
        began_at=reading.began_at,
        mentions=reading.mentions,
        usual=reading.usual,
        stories=len({p.story_id for p in counted}),
        themes=tuple(theme for p in counted for theme in p.themes),
        of_reviews=of_reviews,
    )
    messages = surge_messages(talk, school, context.config.people, message_means(context, school.urn), now)
    surge = Surge(
        *(school.urn, reading.began_at, now, reading.mentions, reading.usual),
        *(main_themes(talk.themes, talk.mentions), now, of_reviews),
    )
    return [lambda con: weekly_store.put_surges(con, [surge]), lambda con: put_outbox(con, messages, now)]
