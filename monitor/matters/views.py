"""Matters as much as one reader may know of them: in bulk, for a list; and one with its posts and what its
reader may do in it, which a page of it is made from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.access.knowing import Act, who_may
from alerts.access.matter import Matter, part_of
from alerts.next_date import OPENS, is_decided, may_be_danger, next_date, to_decide
from alerts.said_time import time_to_tell, times_named
from data.cases import Case, CasePlace, Post
from data.errors import InputError
from data.ids import number_of
from data.judged import (
    SAYS_ENDED,
    gravest_verdict,
    harms,
    is_danger,
    is_enquiry,
    may_endanger,
    stamp,
)
from data.matters import (
    DECIDE,
    SOMEBODY,
    Access,
    Action,
    ActKind,
    Having,
    MatterView,
    Mistake,
    NextDate,
    PostVersion,
    PostView,
    ReaderPart,
    SaidTime,
    SaidWrong,
    WrongKind,
)
from data.register.calendar import local_day
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import mentions as mention_store
from data.store import stories as story_store
from data.store import verdicts as verdict_store
from data.store.alerts import RestrictedText, acted_since, is_in_hand
from data.store.cases import alert_of_case, posts_of, posts_of_story, with_the_same_words
from data.store.digest import article_headlines, view_posts
from data.store.engine.connect import Connection
from data.store.mentions import earlier_versions
from data.store.owners import notes_of, reason_of, said_wrong
from data.store.stories import StoryDetail, StoryMention, StoryRow, last_merge, moved_to
from data.types import ADULTS_OF_THE_SCHOOL, Alert, Escalation, Harm, Owner, Reason, Severity, Verdict
from monitor.config.home.lookup import no_such, whole_number
from monitor.config.load import Config
from monitor.matters.reader import (
    KnownMatters,
    Markable,
    Reader,
    StoredMatters,
    find_markable,
    look_for_no_case,
    may_have,
    may_join,
    may_open_case,
    may_say_what_happened,
    may_say_who,
    may_take_unread,
    read_matters,
    reads_all,
    waiting_requests,
)

TELL_OF_A_CONFLICT = frozenset(("subject_excluded", "related_excluded", "fallback", "nobody_left"))
"""Codes of the reasons that say that somebody is kept out of it."""


def limit_verdict(verdict: Verdict, access: Access) -> Verdict:
    """A verdict: without the words of its reasons, and nobody's id."""
    if access is Access.WORDS:
        return verdict
    return replace(
        verdict,
        mention_id="",
        subject_person=verdict.subject_person and SOMEBODY,
        endangers=(),
        accuses=(),
        reasons=_codes(verdict.reasons),
    )


def reasons_as_far(reasons: Iterable[Reason], access: Access, *, conflicts: bool) -> tuple[Reason, ...]:
    """Why it was raised: as codes alone, and nothing of who is kept out of it."""
    shown = tuple(r for r in reasons if conflicts or r.code not in TELL_OF_A_CONFLICT)
    return shown if access is Access.WORDS else _codes(shown)


def case_as_far(case: Case, access: Access) -> Case:
    """A case: nobody's id."""
    if access is Access.WORDS:
        return case
    return replace(
        case,
        **_NOBODYS,
        **_nowhere(case),
        others=tuple(replace(here, **_nowhere(here)) for here in case.others),
        proposal=case.proposal and replace(case.proposal, by="", meant=()),
    )


_NOBODYS: Mapping[str, Any] = {
    **dict.fromkeys(("target", "assigned_to", "owner", "acting", "complainant_person", "classified_by")),
    **dict.fromkeys(("weighed", "decided_by", "consent_person", "hold_by", "sought_by", "chronology_by")),
    **dict.fromkeys(("chronology_author", "chronology_person", "consent_by", "support_by")),
    **dict.fromkeys(("subjects", "audience", "copies"), ()),
    "opened_by": "",
}
"""What of a case names somebody, as nobody."""


def _nowhere(here: Case | CasePlace) -> dict[str, Any]:
    """One of its places without post, address, or anybody who was asked or asked them."""
    askings = tuple(replace(a, by="", reference="") for a in here.askings)
    return {"mention_id": None, "url": "", "hosting": {}, "askings": askings}


def _codes(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(Reason(r.code, "") for r in reasons)


def alert_views(
    con: Connection, reader: Reader, alerts: Sequence[Alert], now: datetime, finished: Iterable[str] = ()
) -> list[MatterView]:
    """List those of these alerts that the reader may know of; `finished` are ids with nothing to do."""
    known = reader.look(con, {a.story_id: a.urn for a in alerts})
    seen, ended = [a for a in alerts if known.tells_of(a.story_id)], frozenset(finished)
    escalated = known.stored.escalated
    views = [
        alert_view(reader, a, known, tuple(escalated.get(a.id, ())), now, finished=a.id in ended)
        for a in seen
    ]
    return _with_headlines(con, with_times(con, reader, known, views, now))


def alert_view(
    reader: Reader, alert: Alert, known: KnownMatters, escalated: tuple[Escalation, ...], now: datetime, *,
    finished: bool,
) -> MatterView:  # fmt: skip
    story, stored = alert.story_id, known.stored
    asked = (*alert.audience, *(s.person_id for s in escalated))
    matter, access = stored.by_story[story], known.access[story]
    words, holder = access is Access.WORDS, stored.holder(story)
    judged = stored.verdicts.get(story, ())
    restricted = alert.restricted or access is Access.EXISTS
    shown = () if restricted else tuple(v for v in judged if not v.restricted)
    conflicts, has = reader.conflicts(matter), stored.acknowledged.get(alert.id)
    if has is not None and not words:
        has = Owner(has.person if reader.is_me(has.person) else "", has.at)
    view = replace(
        _first_view(reader, known, story, alert.urn, alert, restricted=restricted),
        conflicts=conflicts,
        top=limit_verdict(gravest_verdict(shown), access) if shown else None,
        verdicts=tuple(limit_verdict(v, access) for v in shown),
        judged=bool(judged),
        asked=holder is None and any(map(reader.is_me, asked)),
        actions=(Action(ActKind.TAKE),) if may_take_unread(reader, known, story) else (),
        acknowledged=has,
        finished=finished,
    )
    if view.apart:
        return view
    view = replace(view, severity=alert.severity, raised_at=alert.raised_at, known_at=alert.known_at)
    view = replace(view, times=alert.times, from_before=alert.posted_at)
    if restricted and not words:
        return view
    days, lane, due = reader.days(alert.urn), matter.bypass, None
    if days is not None and not finished:
        due = next_date(alert, stored.cases_of(story), days, now, had=holder is not None, lane=lane)
    view = replace(
        view,
        part=part_of(reader.person, matter),
        lane=lane,
        about=matter.about,
        route=alert.route,
        content_class=alert.content_class,
        because=reasons_as_far(alert.because, access, conflicts=conflicts),
        due=due,
    )
    if not words:
        return view
    excluded, warned = (alert.excluded, alert.warned) if conflicts else ((), ())
    return replace(view, audience=alert.audience, excluded=excluded, warned=warned, escalated=escalated)


def _first_view(
    reader: Reader, known: KnownMatters, story: str, urn: str, alert: Alert | None, *, restricted: bool
) -> MatterView:
    """View what whoever may know that it exists may know of a matter."""
    access, stored, cases = known.access[story], known.stored, known.open_cases(story)
    return MatterView(
        story,
        urn,
        access,
        reader=reader.id,
        alert_id=alert.id if alert else "",
        numbers=cases,
        number=number_of(alert.number, cases) if alert else "",
        restricted=restricted,
        holder=reader.holder(stored.holder(story), access),
        mark=reader.mark(stored.marks.get(story), access),
    )


def with_times(
    con: Connection, reader: Reader, known: KnownMatters, views: list[MatterView], now: datetime
) -> list[MatterView]:
    """Add the time that their gravest post names, if shown, and the date that it makes due."""
    locked = {case.story_id for case in known.stored.cases if case.locked}
    going = (v for v in views if v.words and not (v.finished or v.restricted or v.ending_mark))
    leads = [
        (v.story_id, v.urn, v.top.mention_id, is_danger(v) or may_endanger(judged) or is_enquiry(judged))
        for v in going
        if v.top and (judged := v.alert or v.top) and v.story_id not in locked
    ]
    posts = view_posts(con, [post for _, _, post, _ in leads])
    named = times_named(leads, posts, reader.days)
    return [
        with_deadline(replace(v, said_time=said), said, reader, now) if (said := named.get(v.story_id)) else v
        for v in views
    ]


def with_deadline(view: MatterView, said: SaidTime | None, reader: Reader, now: datetime) -> MatterView:
    """An enquiry of the press as due by the time that was `said` in it, whoever has it, until it ends."""
    alert, days = view.alert, reader.days(view.urn)
    if alert is None or days is None or not is_enquiry(alert) or view.ending_mark or view.finished:
        return view
    due = to_decide(alert, days, now, said)
    others = [view.due] if view.due and view.due.clock != DECIDE else []
    return replace(view, due=min((*others, due), key=lambda d: d.at))


def _with_headlines(con: Connection, views: list[MatterView]) -> list[MatterView]:
    """Those that the press tells of with what it printed, for a reader who may know their words."""
    in_press = {v.alert_id: v.top for v in views if v.words and v.top is not None and v.top.event}
    if not in_press:
        return views
    found = article_headlines(con, in_press)
    return [replace(v, headline=found[v.alert_id]) if v.alert_id in found else v for v in views]


def story_views(
    con: Connection, reader: Reader, rows: Sequence[StoryRow], known: KnownMatters | None = None
) -> list[MatterView]:
    """List those of these stories that the reader may know of, without posts; `known` if looked up before."""
    known = known or reader.look(con, {row.id: row.urn for row in rows})
    return [story_view(reader, row, known) for row in rows if known.tells_of(row.id)]


def story_view(reader: Reader, row: StoryRow, known: KnownMatters) -> MatterView:
    access, stored = known.access[row.id], known.stored
    alert = stored.alerts.get(row.id)
    restricted = row.restricted or access is Access.EXISTS
    view = _first_view(reader, known, row.id, row.urn, alert, restricted=restricted)
    if view.apart:
        return view
    view = replace(
        view,
        severity=max(row.top.severity, alert.severity if alert else Severity.NOTHING),
        mentions=row.mentions,
        last_seen=row.last_seen,
    )
    if view.restricted:
        return view
    return replace(
        view,
        part=part_of(reader.person, stored.by_story[row.id]),
        top=limit_verdict(row.top, access),
        relevance=row.relevance,
        title=row.title if access is Access.WORDS else "",
        channels=row.channels,
        sources=row.sources,
        places=row.places,
        people=row.authors,
        posted_at=row.published,
        first_seen=row.first_seen,
    )


# Which matter somebody means who types the number of an alert or a case, or the beginning of an id.

_FEW = 5


def ambiguous(given: str, numbers: Sequence[str]) -> InputError:
    """Several are meant; `numbers` of those of them that somebody may know of."""
    few = ", ".join(sorted(numbers)[:_FEW])
    return InputError(f"{len(numbers)} matters can be meant by “{given}”. Type the number of one: {few}")


def alerts_meant(con: Connection, given: str) -> dict[Alert, Access]:
    """Find alerts by number or id, moved if merged, each with the access that suffices to mean it."""
    number, found = whole_number(given), alert_store.find_by_number(con, whole_number(given), given.strip())
    into = {a.story_id: moved_to(con, a.story_id) for a in found}
    now = alert_store.by_story(con, [to for story, to in into.items() if to != story])
    return {
        now.get((into[a.story_id], a.urn), a): Access.EXISTS if a.number == number else Access.STATUS
        for a in found
    }


def find_alert(con: Connection, reader: Reader, given: str) -> Alert:
    """Find the alert by its number, id or case. Raises InputError where none is known, or several are."""
    found, of_case = _alerts_known(con, reader, given), _alert_of_case(con, reader, given)
    if others := [a.number for a in found if of_case and a != of_case]:
        raise InputError(
            f"“{given}” is the number of a case and the beginning of an alert. For the case type "
            f"#{whole_number(given)}; for the alert its number: {', '.join(others)}"
        )
    if len(found) > 1:
        raise ambiguous(given, [a.number for a in found])
    if not (meant := of_case or next(iter(found), None)):
        raise no_such(given, "alert", "alerts")
    return meant


def _alerts_known(con: Connection, reader: Reader, given: str) -> list[Alert]:
    meant = alerts_meant(con, given)
    known = reader.look(con, {alert.story_id: alert.urn for alert in meant}).access
    return [a for a, least in meant.items() if known.get(a.story_id, Access.NOTHING) >= least]


_CASE_NUMBER = re.compile(r"\s*(?:#\d+|\d{4,})\s*", re.ASCII)
"""As cases are numbered in lists; shorter is the beginning of an alert's id."""


def _alert_of_case(con: Connection, reader: Reader, given: str) -> Alert | None:
    """The alert of the case of that number, where they may know of both."""
    number = whole_number(given)
    alert_id = alert_of_case(con, number) if _CASE_NUMBER.fullmatch(given) else None
    found = alert_store.alert(con, alert_id) if alert_id else None
    if found is None:
        return None
    known = reader.look(con, {found.story_id: found.urn})
    cases = known.stored.cases_of(found.story_id)
    knows = reader.cases(cases).get(number, Access.NOTHING) and known.tells_of(found.story_id)
    return found if knows else None


def restricted_post(text: RestrictedText) -> PostView:
    """A restricted post, once a reading of it is on record."""
    return PostView(
        "",
        words=True,
        restricted=True,
        id=text.mention_id,
        version=text.n,
        reasons=text.reasons,
        **_post_fields(text),
    )


def with_said_wrong(con: Connection, posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """Add what people say who hold a readable post to be judged wrongly; not whom they let in."""
    shown = tuple(posts)
    found = said_wrong(con, [post.id for post in shown if post.words])
    of_nobody = {
        i: tuple(replace(s, label="") if s.kind == WrongKind.LET_IN else s for s in said)
        for i, said in found.items()
    }
    return tuple(replace(p, said_wrong=of_nobody.get(p.id, ())) if p.words else p for p in shown)


def with_reports(
    con: Connection, reader: Reader, matter: Matter, posts: Iterable[PostView]
) -> tuple[PostView, ...]:
    """Add who reported a readable post, and corrections; of what concerns staff only for who acts in it."""
    from data.store.privacy import corrections_of_posts

    shown = tuple(posts)
    ids = [post.id for post in shown if post.words]
    hidden = matter.about in ADULTS_OF_THE_SCHOOL and not reader.conflicts(matter)
    reported = {} if hidden else mention_store.find_reports(con, ids)
    corrected = corrections_of_posts(con, ids)
    return tuple(
        replace(
            post,
            reported=tuple(reported.get(post.id, ())),
            corrections=tuple(said.words for said in corrected.get(post.id, ())),
        )
        if post.words
        else post
        for post in shown
    )


def with_earlier(con: Connection, posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """Add what each readable post said before; of one in several versions, the newest has the others."""
    newest: dict[str, PostView] = {}
    said: dict[str, list[PostVersion]] = defaultdict(list)
    for post in posts:
        before = newest.get(post.id) if post.words else None
        old, new = (post, before) if before and before.version > post.version else (before, post)
        newest[new.id if new.words else f"{len(newest)}"] = new
        if old is not None:
            said[old.id].append(PostVersion(old.version, None, old.title or "", old.text or ""))
    known = {p.id: p.version for p in newest.values() if p.words and p.version > 1}
    kept = earlier_versions(con, known)
    return tuple(
        replace(p, earlier=_together(kept.get(p.id, ()), said.get(p.id, ()))) for p in newest.values()
    )


def _together(kept: Collection[PostVersion], said: Iterable[PostVersion]) -> tuple[PostVersion, ...]:
    """Each version once, in the words that may be read, the newest first."""
    times = {version.n: version.at for version in kept}
    words = {v.n: v for v in kept if v.text or v.title} | {v.n: replace(v, at=times.get(v.n)) for v in said}
    return tuple(words[n] for n in sorted(words, reverse=True))


def _post_fields(post: StoryMention | RestrictedText) -> dict[str, Any]:
    return {name: getattr(post, name) for name in _SAID}


_SAID = ("title", "text", "quoted", "author", "url", "enclosed", "weighed_most")


def same_words_at(con: Connection, reader: Reader, view: MatterView) -> tuple[str, ...]:
    """Name other schools with the very words in a matter that they may read too; nothing restricted."""
    if len(reader.config.schools) < 2 or not view.words or view.restricted or view.locked:
        return ()
    others = with_the_same_words(con, view.story_id, view.urn)
    known = reader.look(con, others)
    read = {others[s] for s, m in known.stored.by_story.items() if known.words(s) and not m.restricted}
    return tuple(school.name for school in reader.config.schools if school.urn in read)


def endings_of(con: Connection, config: Config, urn: str, since: datetime) -> dict[str, list[PostView]]:
    """Find the posts by which each open matter may have ended, by story. Each is of the one matter that it
    surely speaks of, which may be done with by now; where several may be meant, of none."""
    judged = verdict_store.by_reason(con, SAYS_ENDED, since, in_story=False).values()
    said, school = {v.mention_id for of in judged for v in of if v.urn == urn}, config.school(urn)
    if not said or school is None:
        return {}
    from classifiers.verdicts.press import (  # late: few days have one
        COURT,
        EndingText,
        clears,
        find_ending,
        weigh_ending,
    )

    alerts, back = alert_store.list_alerts(con, [urn], open_only=False), since - LOOKED_BACK
    going = {a.story_id for a in alert_store.list_alerts(con, [urn], open_only=False, finished=False)}
    may_be_meant = [a.story_id for a in alerts if a.story_id in going or a.raised_at >= back]
    matters = {story: posts_of_story(con, story, restricted=True) for story in may_be_meant}
    verdicts = verdict_store.story_verdicts(con, list(matters))
    violent = {s for s, of in verdicts.items() if any(Harm.VIOLENCE in harms(v) for v in of)}
    found: dict[str, list[PostView]] = defaultdict(list)
    for post in posts_of(con, sorted(said)):
        ended, at = find_ending(post.title or "", post.text or ""), post.published
        if ended is None or at is None:
            continue
        sure: dict[str, tuple[bool, int]] = {}
        for story, of in matters.items():
            before = [p for p in of if p.mention_id != post.mention_id]
            after = at - min((p.published or p.first_seen for p in before), default=at)
            ending = EndingText(*ended, _words_of(post), "\n".join(map(_words_of, before)), school)
            if weight := weigh_ending(ending, after, violent=story in violent):
                sure[story] = (len(before) < len(of), weight)  # first of all the matter that it is put with
        most = max(sure.values(), default=(False, 0))
        meant = [story for story, n in sure.items() if n == most]
        if len(meant) != 1 or meant[0] not in going:
            continue
        shown = "…" if ended[0] == COURT and most[1] == 1 else ended[1]  # it may name whom nobody has named
        kind = "cleared" if clears(*ended) else ended[0]
        view = PostView(post.channel, words=True, id=post.mention_id, text=shown, reasons=(kind,))
        found[meant[0]].append(replace(view, author=post.author, url=post.url, published=at))
    return found


def may_be_over(
    con: Connection, config: Config, urn: str, since: datetime
) -> dict[str, tuple[str, frozenset[str]]]:
    """The open matters that may have ended, as a post since then says, by story: the number of each, and who
    (ids) may say so, as at its own page."""
    found = endings_of(con, config, urn, since)
    stored, over = read_matters(con, config, dict.fromkeys(found, urn)), {}
    for story, alert in stored.alerts.items():
        times = (verdict_store.judged_at(con, post.id, urn) for post in found[story])
        if alert.raised_at <= since or any(at and at >= alert.raised_at for at in times):
            able = who_may(Act.WORK, stored.by_story[story], config.people)
            over[story] = alert.number, frozenset(person.id for person in able)
    return over


def _words_of(post: Post) -> str:
    return "\n".join(filter(None, (post.title, post.text)))


def find_matter(con: Connection, reader: Reader, given: str) -> str:
    """Find the story of the alert somebody means, else the one whose id begins so, merged into what has its
    posts now. Raises InputError for none of which they may know so much, or several."""
    alerts = _alerts_known(con, reader, given)
    known = reader.look(con, story_store.beginning(con, given.strip().lower())).access
    raised = {alert.story_id for alert in alerts}
    stories = [s for s, access in known.items() if access > Access.EXISTS and s not in raised]
    if stories and len(alerts) + len(stories) > 1:
        raise ambiguous(given, [*(alert.number for alert in alerts), *(story[:8] for story in stories)])
    return moved_to(con, stories[0]) if stories else find_alert(con, reader, given).story_id


def post_as_far(post: StoryMention, access: Access) -> PostView:
    """A post of a story, as far as whoever has this access to the story may know it."""
    if post.restricted or access < Access.STATUS:
        return PostView(post.channel, restricted=True)
    view = PostView(
        post.channel,
        kind=post.kind,
        published=post.published,
        first_seen=post.first_seen,
        words_deleted_at=post.words_deleted_at,
        gone_at=post.gone_at,
        relevance=post.match.relevance,
        verdict=limit_verdict(post.verdict, access),
    )
    if access is not Access.WORDS:
        return view
    return replace(view, words=True, id=post.id, version=post.version, **_post_fields(post))


AT_ONCE = timedelta(hours=1)
"""So long taking what may be danger can be undone: then who has it is asked, and may give it away."""


def undoings(
    con: Connection, reader: Reader, known: KnownMatters, story_id: str, now: datetime
) -> Iterator[Action]:
    """List what this person may undo of what is not done with."""
    stored, owner = known.stored, known.stored.owners.get(story_id)
    if owner is None or not known.words(story_id) or stored.ending_mark(story_id):
        return
    alert = stored.to_tell(story_id, now)
    mine = reader.is_me(owner.person)
    raised = story_id in stored.alerts
    lapsed = raised and alert.id not in stored.acknowledged
    by_steps = any(case.closed_at is None for case in stored.cases_of(story_id))  # they say who has it
    if not reader.is_me(owner.by) or lapsed or by_steps:
        return
    acted = acted_since(con, alert, owner.at, reader.id)
    if not mine and not acted:
        yield Action(ActKind.TAKE_BACK, (("to", owner.person), ("at", owner.at)))
    danger = may_be_danger(stored.by_story[story_id], alert, stored.verdicts.get(story_id, ()))
    if raised and mine and (not danger or (now - owner.at < AT_ONCE and not acted)):
        yield Action(ActKind.PUT_DOWN)


def read_matter(con: Connection, reader: Reader, story_id: str, now: datetime) -> MatterView | None:
    """Read that matter; None for none that the reader may know of. Of what is sealed no words, until a
    reading is on record (`read_posts`). The first of its posts leads, the others follow by gravity."""
    story_id = moved_to(con, story_id)
    detail = story_store.story(con, story_id)
    if detail is None or reader.config.school(detail.row.urn) is None:
        look_for_nothing(con, reader)
        return None
    known = reader.look(con, {story_id: detail.row.urn})
    if not known.tells_of(story_id):
        take_equal_time(con, known)
        return None
    view = _whole(con, reader, detail, known, now)
    asked = waiting_requests(con, reader, known, story_id, view.urn)
    undo = tuple(undoings(con, reader, known, story_id, now))
    merged = last_merge(con, story_id) if Mistake.TWICE in view.wrongs else None
    if merged is not None:
        undo += (Action(ActKind.UNMERGE, (("at", merged.moved_at), ("to", merged.moved_by))),)
    agree = (Action(ActKind.AGREE, _request_facts(one)) for one in asked[:1])
    actions = (*view.actions, *undo, *agree)
    posts = with_earlier(con, with_said_wrong(con, view.posts))
    if view.words and not view.is_sealed:
        posts = with_reports(con, reader, known.stored.by_story[story_id], posts)
    same = same_words_at(con, reader, view)
    view = replace(view, posts=posts, actions=actions, same_words_at=same)
    if view.words and view.alert_id and not view.ending_mark and view.raised_at:
        since = max(view.raised_at or now, now - LOOKED_BACK)
        found = endings_of(con, reader.config, view.urn, since).get(view.story_id)
        able = who_may(Act.WORK, known.stored.by_story[view.story_id], reader.config.people) if found else ()
        ends = [Action(ActKind.ENDED)] if reader.person in able else []
        view = replace(view, endings=tuple(found or ()), actions=(*view.actions, *ends))
    if not view.words or view.is_sealed:
        return view
    view = with_notes(con, view)
    at = find_reminder(reader, view, known, now)
    remind = (Action(ActKind.REMIND, (("at", at),)),) if at else ()
    return replace(view, actions=(*view.actions, *remind))


def find_reminder(reader: Reader, view: MatterView, known: KnownMatters, now: datetime) -> datetime | None:
    """Find when its reader may be reminded of what they have: at 08:00 on the next school day (UTC). None
    where it is not theirs or is over, may be danger, has an open case, or something is due before."""
    stored, story, days = known.stored, view.story_id, reader.days(view.urn)
    owner = stored.owners.get(story)
    if owner is None or days is None or not reader.is_me(owner.person) or view.holder is None:
        return None
    if view.ending_mark or view.finished or not view.holder.mine:
        return None
    if may_be_danger(stored.by_story[story], stored.alerts.get(story), stored.verdicts.get(story, ())):
        return None
    if any(case.closed_at is None for case in stored.cases_of(story)):
        return None
    day = days.calendar.next_school_day(local_day(now, days.zone))
    at = datetime.combine(day, OPENS, days.zone).astimezone(UTC)
    if owner.ask_at is not None and owner.ask_at >= at:
        return None
    if view.due is None or view.due.at >= at:
        return at
    return at if view.due.clock == DECIDE and is_decided(view.notes, view.raised_at) else None


LOOKED_BACK = timedelta(days=30)


def _request_facts(one: SaidWrong) -> tuple[tuple[str, str], ...]:
    """List what somebody asks that takes two people: what it is, who asks, of whom or where to, and why."""
    to = one.route.value if one.route else ""
    return ("kind", one.kind), ("by", one.person_id), ("of", one.label), ("to", to), ("why", one.why)


def look_for_nothing(con: Connection, reader: Reader, *, whole: bool = True) -> None:
    """Read some matter and tell nothing of it: what does not exist takes as long as what is hidden. Not
    `whole`: only who may know of it."""
    story_id = alert_store.alert_to_look_at(con)
    if story_id and not whole:
        reader.look(con, {story_id: reader.config.schools[0].urn})
    elif story_id and (detail := story_store.story(con, story_id)):
        take_equal_time(con, reader.look(con, {story_id: detail.row.urn}))


def take_equal_time(con: Connection, hidden: KnownMatters) -> None:
    """Takes as long over what is hidden as where it has a case, which is a third of that."""
    if not hidden.stored.cases:
        look_for_no_case(con)


def with_notes(con: Connection, view: MatterView) -> MatterView:
    """The matter with what was written on it, for a reader who may read all of it."""
    why = reason_of(con, view.story_id, view.urn) if view.ending_mark else ""
    theirs = view.holder is not None and view.holder.mine and view.holder.how is Having.GIVEN
    passed = alert_store.find_last_giving(con, view.alert_id or view.story_id, view.urn) if theirs else None
    return replace(view, notes=notes_of(con, view.story_id, view.urn), why_ended=why, passed=passed)


def _whole(
    con: Connection, reader: Reader, detail: StoryDetail, known: KnownMatters, now: datetime
) -> MatterView:
    """Return a matter as far as this person may know it, with what they may do."""
    view, story, row = _find_state(con, reader, detail, known), detail.row.id, detail.row
    if view.access is Access.EXISTS or (view.is_sealed and not view.words):
        takes = may_take_unread(reader, known, story)
        return replace(view, actions=(Action(ActKind.TAKE),)) if takes else view
    matter, alert = known.stored.by_story[story], known.stored.alerts.get(story)
    verdicts = [m.verdict for m in detail.mentions]
    top = gravest_verdict([v for v in verdicts if not v.restricted] or verdicts)
    reads, conflicts = reads_all(reader, known, story), reader.conflicts(matter)
    posts = tuple(_post_views(detail, view, top.mention_id, reads=reads))
    view = replace(
        view,
        part=part_of(reader.person, matter),
        own=any(map(reader.is_me, matter.threatened)),
        top=limit_verdict(top, view.access),
        lane=matter.bypass,
        about=matter.about,
        relevance=row.relevance,
        severity=max(top.severity, alert.severity if alert else Severity.NOTHING),
        endangers=may_endanger(alert or top),
        conflicts=conflicts,
        channels=row.channels,
        places=row.places,
        people=row.authors,
        posts=posts,
        due=_find_due(reader, view, known, now),
    )
    if alert is not None:
        because = reasons_as_far(alert.because, view.access, conflicts=conflicts)
        view = replace(view, route=alert.route, content_class=alert.content_class, because=because)
        view = replace(view, raised_at=alert.raised_at, known_at=alert.known_at, times=alert.times)
    days = reader.days(row.urn)
    if days is not None and is_enquiry(view) and posts and posts[0].words:
        said = time_to_tell(posts[0], days.calendar, days.zone, danger=True)
        view = with_deadline(view, said, reader, now)
    return replace(view, actions=tuple(_actions(reader, view, known, reads=reads)))


def _find_state(con: Connection, reader: Reader, detail: StoryDetail, known: KnownMatters) -> MatterView:
    """Return how far a matter is, without a word of it."""
    story, stored = detail.row.id, known.stored
    access, alert = known.access[story], stored.alerts.get(story)
    restricted, known_of = stored.by_story[story].restricted, access > Access.EXISTS
    cases = _open_cases(reader, stored.cases_of(story), access) if known_of else []
    locked, numbers = any(case.locked for case in stored.cases_of(story)), tuple(case.id for case in cases)
    number = alert.number if alert else story[:6].upper() if known_of else ""
    taken = alert is not None and is_in_hand(con, alert.id)
    return replace(
        _first_view(reader, known, story, detail.row.urn, alert, restricted=restricted),
        numbers=numbers,
        number=number_of(number, numbers),
        locked=locked,
        nobody_told=alert is not None and not alert.audience,
        taken=taken,
        finished=access is Access.WORDS
        and not locked
        and alert is not None
        and _is_over(stored, alert, taken),
        cases=tuple(cases),
        stamp=stamp(story, alert.times if alert else 0, (m.verdict for m in detail.mentions)),
    )


def _is_over(stored: StoredMatters, alert: Alert, taken: bool) -> bool:
    """Was what was raised handed over, or dealt with and put down?"""
    if taken and alert.id not in stored.acknowledged:
        return True
    return stored.holder(alert.story_id) is None and stored.dealt_with(alert)


def _find_due(reader: Reader, view: MatterView, known: KnownMatters, now: datetime) -> NextDate | None:
    """Find what is due first in a matter, of a locked case nothing. When it was to be decided stays to be
    seen by whoever has it."""
    story, stored, days = view.story_id, known.stored, reader.days(view.urn)
    if days is None or view.locked:
        return None
    alert, had = stored.alerts.get(story), view.taken or stored.holder(story) is not None
    due = next_date(alert, view.cases, days, now, had=had, lane=stored.by_story[story].bypass)
    return to_decide(alert, days, now) if due is None and alert is not None else due


def _open_cases(reader: Reader, cases: tuple[Case, ...], access: Access) -> list[Case]:
    """Those that are open and whose state they may know, as far as they may."""
    still_open = [case for case in cases if case.closed_at is None]
    known = reader.cases(still_open)
    return [
        case_as_far(case, min(much, access))
        for case in still_open
        if (much := known.get(case.id, Access.NOTHING)) >= Access.STATUS
    ]


def _post_views(detail: StoryDetail, view: MatterView, lead_id: str, *, reads: bool) -> Iterator[PostView]:
    """Show of what is sealed the kind of place and, for whoever may read it, when it was posted."""
    lead = next(m for m in detail.mentions if m.id == lead_id)
    others = sorted((m for m in detail.mentions if m is not lead), key=lambda m: -m.verdict.severity)
    for post in (lead, *others):
        if view.is_sealed:
            when = post.published if reads else None
            yield PostView(post.channel, restricted=post.restricted, published=when)
        else:
            yield post_as_far(post, view.access)


def _actions(reader: Reader, view: MatterView, known: KnownMatters, *, reads: bool) -> Iterator[Action]:
    """List what this person may do; what is offered once all of it may be read only to who `reads` it."""
    story, may = view.story_id, find_markable(reader, known, view.story_id)
    matter = known.stored.by_story[story]
    if reads:
        yield from (Action(ActKind.READ), Action(ActKind.RIGHT_AGAIN), Action(ActKind.NOTE))
    going = reads and not may.is_ended
    mistakes = _possible_mistakes(reader, view, known) if going else ()
    yield from (Action(ActKind.WRONG, (("what", what.value),)) for what in mistakes)
    yield from _list_marking(view, may)
    if may_say_what_happened(reader, known, story):
        yield Action(ActKind.HAPPENED)
    elif going and not matter.restricted and reader.person in who_may(Act.WORK, matter, reader.config.people):
        yield Action(ActKind.DID)
    if reads and may.by_two and view.alert_id:
        yield from (Action(ActKind.OVER), Action(ActKind.NO_DANGER))
    if may_open_case(reader, known, story):
        yield Action(ActKind.OPEN)
    others = (p for p in may_have(reader, known, story) if not reader.is_me(p.id))
    yield from (Action(ActKind.GIVE, (("to", person.id),)) for person in others)


def _list_marking(view: MatterView, may: Markable) -> Iterator[Action]:
    """List how it may be taken, marked and unmarked. What was raised and nobody has, whoever reads it takes;
    who is wronged reads it too, and another acts."""
    raised = view.words and view.alert_id and view.part is not ReaderPart.TARGET
    if (raised and not (view.taken or may.is_ended)) or not all(mark.ends for mark in may.offered):
        yield Action(ActKind.TAKE)
    yield from (Action(ActKind.MARK, (("mark", mark.value),)) for mark in may.offered)
    if may.undoable:
        yield Action(ActKind.UNMARK)


def _possible_mistakes(reader: Reader, view: MatterView, known: KnownMatters) -> Iterator[Mistake]:
    """List what this person may say is wrong of it; of what is grave also who is meant."""
    yield Mistake.LANE
    if may_say_who(reader, known, view.story_id):
        yield from (Mistake.DANGER, Mistake.ACCUSED, Mistake.WRONGED)
    yield from (Mistake.US, Mistake.TONE)
    if may_join(reader, known, view.story_id):
        yield Mistake.TWICE


def read_posts(
    con: Connection, reader: Reader, view: MatterView, why: str, now: datetime
) -> tuple[PostView, ...]:
    """Read all posts of a sealed matter with their words, restricted ones first, on record, for each locked
    case too. Needs a write connection, and a view in which READ is on offer."""
    person, config = reader.required_person, reader.config
    stored = reader.look(con, {view.story_id: view.urn}).stored
    for case in stored.cases_of(view.story_id):
        if case.locked:
            case_store.record_read(con, case, person=person.id, reason=why, now=now)
    restricted: tuple[PostView, ...] = ()
    if view.alert_id and view.restricted:
        texts = alert_store.restricted_text(con, view.alert_id, reason=why, person=person.id, now=now)
        restricted = tuple(map(restricted_post, texts))
    detail = story_store.story(con, view.story_id) if config.school(view.urn) else None
    open_view = replace(view, restricted=False, locked=False)
    lead = view.top.mention_id if view.top else ""
    posts = _post_views(detail, open_view, lead, reads=True) if detail else ()
    shown = (*restricted, *(post for post in posts if not post.restricted))
    shown = with_reports(con, reader, stored.by_story[view.story_id], shown)
    return with_earlier(con, with_said_wrong(con, shown))
