"""Who asks to see what is in the store, and how much of each matter they may know.

The answer is `alerts.access`' own; what it needs is read here, in bulk, for lists and for one thing alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.access.knowing import Access, access_of_all, access_unnamed, may_know_conflicts
from alerts.access.matter import Matter, matter_of_account
from alerts.access.part import part_of
from alerts.holding import has_it
from alerts.next_date import SchoolDays
from data.errors import InputError
from data.frozen import dataclass
from data.people import PeopleBySchool
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations as escalation_store
from data.store.alerts import marks as mark_store
from data.store.cases import cases as case_store
from data.store.cases.case_posts import stories_of_posts
from data.store.cases.one_matter import alert_of_case
from data.store.mentions import person_reports as report_store
from data.store.verdicts import stories as story_store
from data.types import Acknowledged, Alert, Escalation, Marked, Person
from monitor import wiring
from monitor.casework.matters import StoredMatters, read_matters
from monitor.casework.replaying import matter_of, replay_cases
from monitor.lookup import known_person, whole_id, whole_number
from monitor.views.alerts import ShownAlert
from monitor.views.case.case_list import Row, overdue
from monitor.views.stories import ShownStory
from monitor.views.whose import ShownMark, Whose, shown_mark, whose

if TYPE_CHECKING:
    from data.cases import Case
    from data.store.engine.connect import Connection
    from data.store.engine.open import Store
    from data.store.sources.own_accounts import Logged
    from data.store.verdicts.stories import StoryRow
    from monitor.config.load import Config
    from monitor.views.scan.summary import ScanSummary

WHO_YOU_ARE = (
    "You have not said who you are, so no words are shown. To say so: --as PERSON, SCHOOLGATE_AS, "
    "or “me” under [cli] in schoolgate.toml."
)


def asker(config: Config, given: str | None) -> Person | None:
    """Who asks: `given` by --as or SCHOOLGATE_AS, else `[cli] me`, else nobody (None).

    Raises InputError where somebody is named whom the configuration does not know.
    """
    if given is not None and given.strip():
        return known_person(config, given.strip())
    if config.me is None:
        return None
    found = next((p for p in config.people if p.id == config.me), None)
    if found is None:
        raise InputError(
            f"{config.path.name}, [cli] “me”: there is no person {config.me}. Name one of the [[people]]."
        )
    return found


@dataclass(frozen=True, slots=True)
class KnownMatters:
    """What somebody may know of some stories, by story; `cases` are the open ones that they may know of."""

    stored: StoredMatters
    access: Mapping[str, Access]
    cases: tuple[Case, ...]

    def tells_of(self, story_id: str) -> bool:
        """May they know that it is there?"""
        return self.access.get(story_id, Access.NOTHING) > Access.NOTHING

    def words(self, story_id: str) -> bool:
        """May they know all of it?"""
        return self.access.get(story_id) is Access.WORDS

    def open_cases(self, story_id: str) -> tuple[str, ...]:
        """The numbers of its open cases that they may know of, the oldest first."""
        return tuple(case.id for case in self.cases if case.story_id == story_id)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a home, None where nobody is named, and what there is to look at."""

    config: Config
    store: Store
    person: Person | None

    def access(self, matters: Mapping[str, Matter]) -> dict[str, Access]:
        """How much of each of these they may know."""
        people = self.config.people
        if self.person is None:
            here = PeopleBySchool(people)
            return {key: access_unnamed(matter, here.at(matter.school)) for key, matter in matters.items()}
        return dict(zip(matters, access_of_all(self.person, matters.values(), people), strict=True))

    def look(self, con: Connection, stories: Mapping[str, str]) -> KnownMatters:
        """What they may know of these stories, given with the school of each (URN)."""
        stored = read_matters(con, self.config, stories)
        cases = self.cases(stored.cases)
        return KnownMatters(
            stored,
            self.access(stored.by_story),
            tuple(c for c in stored.cases if c.closed_at is None and cases.get(c.id)),
        )

    def tells_of_post(self, con: Connection, mention_id: str, urn: str) -> bool:
        """May they know of every story of that school that this post is in? True of one that is in none."""
        stories = {story: urn for found in stories_of_posts(con, urn, mention_id).values() for story in found}
        known = self.look(con, stories)
        return all(map(known.tells_of, stories))

    def stories(
        self, con: Connection, rows: Sequence[StoryRow], known: KnownMatters | None = None
    ) -> list[ShownStory]:
        """Those of these stories that they may know of, in their order, without their posts.

        `known` is what `look` gave of them, where that was asked before.
        """
        known = known or self.look(con, {row.id: row.urn for row in rows})
        seen = [row for row in rows if known.tells_of(row.id)]
        beside = self._beside(con, [row.id for row in seen])
        return [
            ShownStory(
                row,
                known.words(row.id),
                row.id in beside,
                known.open_cases(row.id),
                raised=known.stored.raised(row.id),
                part=part_of(self.person, known.stored.by_story[row.id]),
                marked=self._marked(row.id, known),
                who=self._whose(row.id, known),
            )
            for row in seen
        ]

    def alerts(self, con: Connection, alerts: Sequence[Alert]) -> list[ShownAlert]:
        """Those of these alerts that they may know of, in their order."""
        known = self.look(con, {a.story_id: a.urn for a in alerts})
        seen = [a for a in alerts if known.tells_of(a.story_id)]
        escalated = escalation_store.steps(con, [a.id for a in seen])
        return self._with_headlines(
            con, [self._shown(a, known, tuple(escalated.get(a.id, ()))) for a in seen]
        )

    def listed(
        self, con: Connection, urns: Sequence[str] | None = None, *, finished: bool = False
    ) -> list[ShownAlert]:
        """The alerts of these schools (all if None) that they may know of: not the finished ones, or all."""
        going = alert_store.list_alerts(con, urns, open_only=False, finished=False)
        if not finished:
            return self.alerts(con, going)
        ids = {alert.id for alert in going}
        shown = self.alerts(con, alert_store.list_alerts(con, urns, open_only=False))
        return [s if s.alert.id in ids else replace(s, finished=True) for s in shown]

    def _shown(self, alert: Alert, known: KnownMatters, escalated: tuple[Escalation, ...]) -> ShownAlert:
        story, stored = alert.story_id, known.stored
        matter, asked = stored.by_story[story], (*alert.audience, *(s.person_id or "" for s in escalated))
        return ShownAlert(
            alert,
            stored.verdicts.get(story, ()),
            stored.acknowledged.get(alert.id),
            escalated,
            known.open_cases(story),
            words=known.words(story),
            conflicts=self._conflicts(matter),
            part=part_of(self.person, matter),
            lane=matter.bypass,
            about=matter.about,
            who=self._whose(story, known, asked),
            of_matter=stored.cases_of(story),
            days=self.days(alert.urn),
            marked=self._marked(story, known),
        )

    def _marked(self, story_id: str, known: KnownMatters) -> ShownMark | None:
        marked, named = known.stored.ended(story_id), known.words(story_id)
        return shown_mark(marked, self.person, self.config.people, named=named)

    def days(self, urn: str) -> SchoolDays | None:
        """How that school counts its days; None where it is not in the settings any more."""
        school, config = self.config.school(urn), self.config
        return SchoolDays(school.nation, config.zone, config.calendar(urn)) if school else None

    def scan(self, con: Connection, summary: ScanSummary) -> ScanSummary:
        """What they may know of a scan, without what somebody marked as done with."""
        from monitor.views.scan.for_reader import as_known, stories_of  # late: few commands show a scan

        stories = stories_of(summary)
        known = self.look(con, stories)
        access = {story: much for story, much in known.access.items() if known.stored.ended(story) is None}
        cases = {story: numbers for story in stories if (numbers := known.open_cases(story))}
        parts = {story: part_of(self.person, known.stored.by_story[story]) for story in known.access}
        held = {story: who for story in known.access if not (who := self._whose(story, known)).nobody}
        return as_known(summary, access, cases, parts, held)

    def _whose(self, story: str, known: KnownMatters, asked: Iterable[str] = ()) -> Whose:
        holder = known.stored.holder(story)
        return whose(holder, self.person, self.config.people, named=known.words(story), asked=asked)

    def _with_headlines(self, con: Connection, alerts: Sequence[ShownAlert]) -> list[ShownAlert]:
        """Those that the press tells of with what it printed, for whoever may know their words."""
        told = {a.alert.id: a.top for a in alerts if a.words and a.top is not None and a.top.event}
        if not told:
            return list(alerts)
        from alerts.wording.digest.headlines import in_print  # late: most alerts are not in print
        from data.store.reporting.daily_digest import article_headlines
        from data.words.say import words

        found = article_headlines(con, told)
        names = {s.id: s.name for s in self.config.sources if s.name}
        papers = frozenset(s.id for s in self.config.sources if not s.surfaced)
        printed = {key: in_print(headline, papers, names, words("en")) for key, headline in found.items()}
        return [replace(a, headline=printed.get(a.alert.id, "")) for a in alerts]

    def _conflicts(self, matter: Matter) -> bool:
        """May they know who is kept out of it?"""
        return self.person is not None and may_know_conflicts(self.person, matter, self.config.people)

    def cases(self, cases: Iterable[Case]) -> dict[str, Access]:
        """How much of each of these cases they may know, by number."""
        config = self.config
        return self.access({c.id: matter_of(c, config) for c in cases if config.school(c.urn) is not None})

    def case_rows(self, con: Connection, cases: Sequence[Case]) -> list[Row]:
        """Those of these cases that they may know of, as they are listed."""
        known = self.cases(cases)
        seen = [case for case in cases if known.get(case.id, Access.NOTHING)]
        alerts = alert_store.by_story(con, [case.story_id for case in seen])
        acked = alert_store.acknowledged(con, [alert.id for alert in alerts.values()])
        marks = mark_store.marks(con, [case.story_id for case in seen])
        found = [(case, alerts.get((case.story_id, case.urn))) for case in seen]
        return [
            self._row(
                case, known[case.id], alert, acked.get(alert.id) if alert else None, marks.get(case.story_id)
            )
            for case, alert in found
        ]

    def _row(
        self,
        case: Case,
        access: Access,
        alert: Alert | None,
        acked: Acknowledged | None,
        marked: Marked | None,
    ) -> Row:
        told = alert.audience if alert else ()
        holder = has_it(acked, [case], alert.excluded if alert else (), marked)
        asked = (*case.audience, *told)
        who = whose(holder, self.person, self.config.people, named=access is Access.WORDS, asked=asked)
        own = self.person is not None and self.person.id == case.target
        return Row(case, access, own, who, alert, self.days(case.urn))

    def is_offered(self, access: Access | None) -> bool:
        """Is its id offered where they type one? Where nobody is named, only of what has a status to show."""
        least = Access.STATUS if self.person is None else Access.EXISTS
        return access is not None and access >= least

    def account_schools(self) -> set[str]:
        """The schools (URN) whose own accounts they may know of."""
        known = self.access({s.urn: matter_of_account(s) for s in self.config.schools})
        return {urn for urn, access in known.items() if access > Access.NOTHING}

    def may_read_done(self, done: Iterable[Logged]) -> set[str]:
        """The ids of those things done on an own account of which they may know why, where and by whom."""
        schools = {s.urn: s for s in self.config.schools}
        matters = {e.id: matter_of_account(schools[e.urn], e.person_id) for e in done if e.urn in schools}
        return {key for key, access in self.access(matters).items() if access is Access.WORDS}

    def open_alerts(self, con: Connection) -> int:
        """How many alerts that somebody was told of and nobody has acknowledged they may know of."""
        told = [a for a in alert_store.list_alerts(con) if a.audience]
        known = self.look(con, {a.story_id: a.urn for a in told})
        return sum(known.tells_of(a.story_id) for a in told)

    def late_cases(self, con: Connection, now: datetime) -> int:
        """How many cases in which somebody is to act, since a time is over, they may know the status of."""
        cases = replay_cases(con, *case_store.all_steps(con, open_only=True).values())
        return sum(overdue(row, now) for row in self.case_rows(con, cases))

    def _beside(self, con: Connection, story_ids: Sequence[str]) -> set[str]:
        """Those in whose thread a restricted post stands: none, where they may not know of such a post."""
        beside = report_store.beside_restricted(con, story_ids)
        if not beside:
            return set()
        known = self.look(con, story_store.restricted(con)).access
        return beside if all(known.values()) else set()


def find_alert(con: Connection, viewer: Viewer, given: str) -> ShownAlert:
    """The alert whose id begins so, or whose case has that number. Raises InputError where there is none that
    they may know of, and where it could be either.
    """
    of_case = _alert_of_case(con, viewer, given)
    begins = given.strip().lower()
    shown = viewer.alerts(
        con, [a for a in alert_store.list_alerts(con, open_only=False) if a.id.startswith(begins)]
    )
    if of_case is None:
        wanted = whole_id(given, (s.alert.id for s in shown), "alert", "alerts")
        return next(s for s in shown if s.alert.id == wanted)
    if others := [s.alert.id[:8] for s in shown if s.alert.id != of_case.alert.id]:
        raise InputError(
            f"“{given}” is the number of a case and the beginning of an alert. For the case type "
            f"#{begins}; for the alert more of its number: {', '.join(others[:5])}"
        )
    return of_case


_CASE_NUMBER = re.compile(r"\s*(?:#\d+|\d{4,})\s*", re.ASCII)
"""As cases are numbered in lists; shorter is the beginning of an alert's id."""


def _alert_of_case(con: Connection, viewer: Viewer, given: str) -> ShownAlert | None:
    """The alert of the case of that number, where they may know of both."""
    number = whole_number(given)
    alert_id = alert_of_case(con, number) if _CASE_NUMBER.fullmatch(given) else None
    found = alert_store.alert(con, alert_id) if alert_id else None
    for shown in viewer.alerts(con, [found] if found else []):
        if viewer.cases(shown.of_matter).get(number, Access.NOTHING):
            return shown
    return None


def named(viewer: Viewer) -> Person:
    """Who asks, where somebody must be named. Raises InputError."""
    return viewer.person or known_person(viewer.config, None)


def whoever_may_act(viewer: Viewer, shown: ShownAlert) -> Person:
    """Who asks, if all of it is theirs to know. Raises InputError for others, and where nobody is named."""
    person = named(viewer)
    if not shown.words:
        number = shown.alert.id[:8]
        raise InputError(f"Alert {number} is not for {person.id}. Ask one of those it was sent to.")
    return person


def open_viewer(person: str | None, home: Path | None, config: Path | None) -> Viewer:
    """Opens the home for whoever asks. Raises InputError for somebody unknown, ConfigError, StoreError."""
    where, settings = wiring.settings(home, config)
    return Viewer(settings, wiring.open_store(where.home, at_once=False), asker(settings, person))
