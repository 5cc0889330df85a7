"""The matters that stories are, read from the store in bulk: for a list and for one story alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from alerts.access.knowing import Access, access_of_all
from alerts.access.matter import Matter, matter_of_story, with_more
from alerts.holding import Holder, has_it
from data.frozen import dataclass
from data.people import PeopleBySchool
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations as escalation_store
from data.store.alerts import marks as mark_store
from data.store.cases import cases as case_store
from data.store.verdicts import verdicts as verdict_store
from monitor.matters.replaying import replay_cases

if TYPE_CHECKING:
    from data.cases import Case
    from data.store.engine.connect import Connection
    from data.types import Acknowledged, Alert, Marked, Person, Severity, Verdict
    from monitor.config.load import Config


@dataclass(frozen=True, slots=True)
class StoredMatters:
    """Matters by story, with what they were made of.

    `verdicts` are the newest of each story for its school; `cases` all of these stories, open or closed, as
    they are known now; `acknowledged` is by alert. By story: `alerts` of it, `marks` that hold.
    """

    by_story: Mapping[str, Matter]
    verdicts: Mapping[str, tuple[Verdict, ...]]
    cases: tuple[Case, ...]
    acknowledged: Mapping[str, Acknowledged]
    alerts: Mapping[str, Alert]
    marks: Mapping[str, Marked]

    def cases_of(self, story_id: str) -> tuple[Case, ...]:
        """The cases of that story, the oldest first."""
        return tuple(case for case in self.cases if case.story_id == story_id)

    def raised(self, story_id: str) -> Severity | None:
        """The severity of its alert, None where it has none."""
        alert = self.alerts.get(story_id)
        return alert.severity if alert else None

    def ended(self, story_id: str) -> Marked | None:
        """What somebody marked it as, so that it is done with; None where nobody did."""
        marked = self.marks.get(story_id)
        return marked if marked is not None and marked.mark.ends else None

    def holder(self, story_id: str) -> Holder | None:
        """Who has that story; nobody whom it may accuse, or whom its alert keeps out."""
        alert, matter = self.alerts.get(story_id), self.by_story[story_id]
        taken = self.acknowledged.get(alert.id) if alert else None
        out = alert.excluded if alert else matter.subjects
        return has_it(taken, self.cases_of(story_id), out, self.marks.get(story_id))


def read_matters(con: Connection, config: Config, stories: Mapping[str, str]) -> StoredMatters:
    """The matter that each of these stories is; given with the school of each (URN).

    Anybody a case of it may accuse, its story may accuse. Stories of a school that is not configured are left
    out.
    """
    schools = {story: school for story, urn in stories.items() if (school := config.school(urn))}
    judged = verdict_store.story_verdicts(con, list(schools))
    verdicts = {s: tuple(v for v in judged.get(s, ()) if v.urn == stories[s]) for s in schools}
    alerts = {s: a for (s, urn), a in alert_store.by_story(con, list(schools)).items() if urn == stories[s]}
    acknowledged = alert_store.acknowledged(con, [a.id for a in alerts.values()])
    asked, people = _asked(con, list(alerts.values()), acknowledged), PeopleBySchool(config.people)
    matters = {
        story: matter_of_story(
            verdicts[story], alerts.get(story), school, people.of(school), config.profile(school.urn),
            asked=asked.get(story, ()),
        )
        for story, school in schools.items()
    }  # fmt: skip
    cases = replay_cases(con, *case_store.all_steps(con, story_ids=list(schools)).values())
    for case in cases:
        found = matters[case.story_id]
        matters[case.story_id] = with_more(found, subjects=case.subjects, restricted=case.restricted)
    marks = mark_store.marks(con, list(schools))
    return StoredMatters(matters, verdicts, cases, acknowledged, alerts, marks)


def access_to_stories(
    con: Connection, config: Config, person: Person, stories: Mapping[str, str]
) -> dict[str, Access]:
    """How much of each of these stories this person may know; given as to `read_matters`."""
    matters = read_matters(con, config, stories).by_story
    return dict(zip(matters, access_of_all(person, matters.values(), config.people), strict=True))


def _asked(
    con: Connection, alerts: Sequence[Alert], took: Mapping[str, Acknowledged]
) -> dict[str, tuple[str, ...]]:
    """Who was asked next about each of these alerts, or took it: ids, by story."""
    asked = escalation_store.asked(con, [a.id for a in alerts])
    return {
        a.story_id: (*asked.get(a.id, ()), *((took[a.id].person,) if a.id in took else ())) for a in alerts
    }
