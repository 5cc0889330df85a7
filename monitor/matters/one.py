"""One matter by what somebody types: the number of an alert or a case, or the beginning of an id."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.access.matter import Matter
from data.cases import Post
from data.errors import InputError
from data.judged import SAYS_ENDED, harms
from data.matters import Access, MatterView, PostVersion, PostView, WrongKind
from data.store.alerts import alerts as alert_store
from data.store.alerts.alerts import RestrictedText
from data.store.cases.case_posts import posts, posts_of, with_the_same_words
from data.store.cases.cases import alert_of_case
from data.store.engine.connect import Connection
from data.store.mentions import person_reports as report_store
from data.store.mentions.known import earlier_versions
from data.store.verdicts import stories as story_store
from data.store.verdicts import verdicts as verdict_store
from data.store.verdicts.said_wrong import said_wrong
from data.store.verdicts.stories import StoryMention
from data.store.verdicts.story_moves import moved_to
from data.types import ADULTS_OF_THE_SCHOOL, Alert, Harm
from monitor.config.home.lookup import no_such, whole_id, whole_number
from monitor.config.load import Config
from monitor.matters.reader import KnownMatters, Reader
from monitor.matters.views import alert_views, as_far, story_views

_FEW = 5


def ambiguous(given: str, numbers: Sequence[str]) -> InputError:
    """Several are meant; `numbers` of those of them that somebody may know of."""
    few = ", ".join(sorted(numbers)[:_FEW])
    return InputError(f"{len(numbers)} matters can be meant by “{given}”. Type the number of one: {few}")


def alerts_meant(con: Connection, given: str) -> dict[Alert, Access]:
    """The alerts of that number, or whose id begins so, each with how much somebody has to know of its story
    to mean it; of what was merged, that of the matter which has its posts now.
    """
    number, found = whole_number(given), alert_store.meant(con, whole_number(given), given.strip())
    into = {a.story_id: moved_to(con, a.story_id) for a in found}
    now = alert_store.by_story(con, [to for story, to in into.items() if to != story])
    return {
        now.get((into[a.story_id], a.urn), a): Access.EXISTS if a.number == number else Access.STATUS
        for a in found
    }


def find_alert(con: Connection, reader: Reader, given: str, now: datetime) -> MatterView:
    """The alert of that number, or whose id begins so, or whose case has that number. Raises InputError where
    there is none that they may know of, and where it could be several.
    """
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
    view = alert_views(con, reader, [meant], now)[0]
    return replace(view, same_words_at=same_words_at(con, reader, view))


def _alerts_known(con: Connection, reader: Reader, given: str) -> list[Alert]:
    """Those that are meant by their number or id, of which they may know."""
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
        **_said(text),
    )


def with_said_wrong(con: Connection, posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """These posts, each whose words may be read with what people say who hold it to be judged wrongly; not of
    whom, where they say that somebody is to be let in."""
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
    """These posts, each whose words may be read with who reported it, and what somebody says of it who it is
    about. Who brought what concerns staff is for those who act in it."""
    from data.store.privacy.requests import corrections

    shown = tuple(posts)
    ids = [post.id for post in shown if post.words]
    hidden = matter.about in ADULTS_OF_THE_SCHOOL and not reader.conflicts(matter)
    reported, corrected = {} if hidden else report_store.reported(con, ids), corrections(con, ids)
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
    """These posts, each whose words may be read with what it said before; of one that is given in several
    versions, the newest with the others.
    """
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


def _said(post: StoryMention | RestrictedText) -> dict[str, Any]:
    """What was posted."""
    return {name: getattr(post, name) for name in _SAID}


_SAID = ("title", "text", "quoted", "author", "url", "enclosed", "weighed_most")


def find_story(con: Connection, reader: Reader, beginning: str) -> MatterView:
    """The story whose id begins so, with its posts; of one with a locked case no words, which are read with a
    reason. Raises InputError where there is none that they may know of.
    """
    known = _stories_known(con, reader, beginning)
    wanted = whole_id(beginning, _told_of(known), "story", "story")
    if (moved := moved_to(con, wanted)) != wanted:  # it was merged: whoever may know of that is led there
        wanted, known = moved, _stories_known(con, reader, moved)
    detail = story_store.story(con, wanted)
    views = story_views(con, reader, [detail.row], known) if detail else []
    if (
        detail is None or not views or known.access[wanted] <= Access.EXISTS
    ):  # a story without a verdict has nothing to show
        raise no_such(beginning, "story", "story")
    locked = any(case.locked for case in known.stored.cases_of(wanted))
    access = min(views[0].access, Access.STATUS) if locked else views[0].access
    posts = with_said_wrong(con, (post_as_far(m, access) for m in detail.mentions))
    view = replace(views[0], access=access, locked=locked, posts=posts)
    view = replace(view, posts=with_reports(con, reader, known.stored.by_story[wanted], view.posts))
    return replace(view, same_words_at=same_words_at(con, reader, view))


def same_words_at(con: Connection, reader: Reader, view: MatterView) -> tuple[str, ...]:
    """The names of other schools that have the very words of one of its posts in a matter that they may read
    too; nothing of what is restricted."""
    if len(reader.config.schools) < 2 or not view.words or view.restricted or view.locked:
        return ()
    others = with_the_same_words(con, view.story_id, view.urn)
    known = reader.look(con, others)
    read = {others[s] for s, m in known.stored.by_story.items() if known.words(s) and not m.restricted}
    return tuple(school.name for school in reader.config.schools if school.urn in read)


def endings_of(con: Connection, config: Config, urn: str, since: datetime) -> dict[str, list[PostView]]:
    """The posts since then by which each open matter of a school may have ended, by story: of who may know.
    Where several matters may be meant, and nothing tells which, none is."""
    from classifiers.verdicts.press.same_event import ending_in, may_end

    judged = verdict_store.by_reason(con, SAYS_ENDED, since, in_story=False).values()
    said, school = {v.mention_id for of in judged for v in of if v.urn == urn}, config.school(urn)
    if not said or school is None:
        return {}
    alerts = alert_store.list_alerts(con, [urn], open_only=False, finished=False)
    matters = {a.story_id: posts(con, a.story_id, restricted=True) for a in alerts}
    verdicts = verdict_store.story_verdicts(con, list(matters))
    violent = {s for s, of in verdicts.items() if any(Harm.VIOLENCE in harms(v) for v in of)}
    found: dict[str, list[PostView]] = defaultdict(list)
    for post in posts_of(con, sorted(said)):
        ended, at, sure = ending_in(post.title or "", post.text or ""), post.published, Counter[str]()
        if ended is None or at is None:
            continue
        for story, of in matters.items():
            after = at - min((p.published or p.first_seen for p in of), default=at)
            given = (*ended, _words_of(post), "\n".join(map(_words_of, of)), school, after)
            sure[story] = may_end(*given, violent=story in violent)
        most = max(sure.values(), default=0)
        meant = [story for story, n in sure.items() if most and n == most]
        view = PostView(post.channel, words=True, id=post.mention_id, text=ended[1], reasons=(ended[0],))
        for story in meant if most > 1 or len(meant) == 1 else ():
            found[story].append(replace(view, author=post.author, url=post.url, published=at))
    return found


def _words_of(post: Post) -> str:
    return "\n".join(part for part in (post.title, post.text) if part)


def _stories_known(con: Connection, reader: Reader, beginning: str) -> KnownMatters:
    return reader.look(con, story_store.beginning(con, beginning.strip().lower()))


def _told_of(known: KnownMatters) -> list[str]:
    """The stories that they may know more of than that there is one: an id leads to its post."""
    return [story for story, access in known.access.items() if access > Access.EXISTS]


def find_alert_or_story(con: Connection, reader: Reader, given: str, now: datetime) -> MatterView:
    """The alert that somebody means, else the story: what was never raised has a story's number alone.

    Raises InputError where there is none that they may know of, and where it could be several.
    """
    alerts = _alerts_known(con, reader, given)
    raised = {alert.story_id for alert in alerts}
    stories = [s for s in _told_of(_stories_known(con, reader, given)) if s not in raised]
    if stories and len(alerts) + len(stories) > 1:
        raise ambiguous(given, [*(alert.number for alert in alerts), *(story[:8] for story in stories)])
    return find_story(con, reader, given) if stories else find_alert(con, reader, given, now)


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
        relevance=post.match.relevance,
        verdict=as_far(post.verdict, access),
    )
    if access is not Access.WORDS:
        return view
    return replace(view, words=True, id=post.id, version=post.version, **_said(post))
