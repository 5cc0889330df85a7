"""Tries posts at a home beforehand: each is judged and raised by what does so there, as if nothing else were
known, and nothing is saved or sent.

What is read goes the way of a scan, what is handed in the way of a report, over an empty store that is thrown
away. So a post is no copy of another, was not told before, and nothing that people marked weighs on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.access.matter import matter_of_story, persons_meant
from alerts.access.offices import roles_of
from alerts.wording.matters import describe, describe_lane
from classifiers.triage import answer, limit_looks, mention_of, source_of
from data.effects import Clock
from data.errors import InputError
from data.judged import dangers, wrongs
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    About,
    Alert,
    Harm,
    Match,
    Meant,
    Outcome,
    Person,
    Relevance,
    Role,
    Route,
    School,
    SourceRun,
    Verdict,
)
from data.web.channels import CHANNELS
from data.words.say import words
from monitor.config.home.lookup import list_choices
from monitor.pipeline.collect import Collected
from monitor.pipeline.conclude import conclude
from monitor.pipeline.intake import Intake, read_report
from monitor.pipeline.judge import judge, verdicts_on
from monitor.pipeline.judges import Judges, Recent
from monitor.pipeline.supplied import Kept, Report

COLLECTED, REPORTED = "collected", "reported"
_ASKS = {
    Route.RESPOND: "answer",
    Route.THANK: "thanks",
    Route.REQUEST_REMOVAL: "removal",
    Route.PLATFORM_REPORT: "removal",
}
"""What a post asks the school for, by its route; any other asks for nothing."""
_COMPLAINED_OF = {
    About.HEAD: f"office:{Role.HEAD}",
    **dict.fromkeys((About.STAFF, About.DSL, About.CHAIR, About.GOVERNOR), "staff"),
    About.PUPIL: "pupil",
    About.OTHER: "other",
}
"""Of whom a complaint is, where it names nobody; the school itself is nobody."""
_LEAST = 0.05
"""A complaint that is less likely than this is not listed."""


def try_posts(
    items: Sequence[Mapping[str, Any]], schools: Mapping[str, School], intake: Intake, clock: Clock
) -> Iterator[dict[str, Any]]:
    """The answer on each item, in order: as `triage` gives it, and who would be told of what."""
    judges = intake.judges()
    tried = [_try_post(item, schools[str(item["school"])], intake, clock()) for item in items]
    looks = limit_looks([v for v, _ in tried], judges.policy.look_share)
    for item, (verdict, alert), limited in zip(items, tried, looks, strict=True):
        shown = verdict if is_reported(item) else limited  # a person reads what was handed in, however many
        yield answer(str(item["id"]), shown) | _outcome(verdict, alert, judges)


def complete_item(
    item: dict[str, Any], where: str, schools: Mapping[str, School], people: Sequence[Person]
) -> None:
    """Fills in the only school. Raises InputError, naming `where` it stands, for a school or somebody that
    the settings do not name, and for another way of coming than there is."""
    urn, how, by = item.get("school"), item.get("how"), item.get("by")
    if urn is None and len({s.urn for s in schools.values()}) == 1:
        item["school"] = next(iter(schools))
    elif urn is None or (isinstance(urn, str) and urn not in schools):
        raise InputError(
            f"{where}: “school” is {urn or 'missing'}. Write one of the settings: {', '.join(schools)}."
        )
    if how not in (None, COLLECTED, REPORTED):
        raise InputError(f"{where}: “how” is {how}. Write “{REPORTED}” or “{COLLECTED}”, or leave it out.")
    ids = {p.id: p.name for p in people}
    if by is not None and str(by) not in ids:
        has = list_choices(str(by), ids, "[[people]]")
        raise InputError(f"{where}: “by” is {by}, and the settings name nobody so. They have{has}")


def is_reported(item: Mapping[str, Any]) -> bool:
    """Was it handed in by a person: as it says, or since that is the only way to learn of it?"""
    place = CHANNELS.get(mention_of(item).channel)
    told = item.get("by") or (place is not None and place.kind == "people")
    return (item.get("how") or (REPORTED if told else COLLECTED)) == REPORTED


def _try_post(
    item: Mapping[str, Any], school: School, intake: Intake, now: datetime
) -> tuple[Verdict, Alert | None]:
    """The verdict for the school under which it came, and the alert that this raises."""
    judges = replace(intake.judges(), recent=Recent())
    if is_reported(item):
        said = "\n".join(filter(None, (str(item.get("title") or ""), str(item["text"]))))
        several, place = len(judges.schools) > 1, mention_of(item).channel
        report = Report(said, "", place, None, None, now, school_named=several, by=item.get("by"))
        judged, _ = read_report(Kept(report, school.urn, now), intake)
    else:
        mention = replace(mention_of(item), fetched_at=now)
        source = source_of(item, school)
        run = SourceRun(source.id, now, now, Outcome.OK, pages=1, mentions_read=1)
        judged = judge(Collected(source, run, (mention,)), intake.store, judges, now)
    with intake.store.open_reader() as con:
        (batch,) = conclude(con, [judged], judges, now)
    nothing = Match(school.urn, Relevance.NOT_ABOUT, 0.0)
    verdict = next((v for v in batch.verdicts if v.urn == school.urn), None)
    if verdict is None:  # of very many schools only those get a match that something in the text touches
        (verdict,) = verdicts_on([(judged.collected.mentions[0], (nothing,))], judges)
    return verdict, next((a for a in batch.alerts if a.urn == school.urn), None)


def _outcome(verdict: Verdict, alert: Alert | None, judges: Judges) -> dict[str, Any]:
    people, school, title = judges.people_of(verdict.urn), judges.schools[verdict.urn], ""
    if alert is not None:  # the heading of its page, for whoever is told first and has opened it
        matter, w = matter_of_story([verdict], alert, school, people), words(school.language)
        title = describe_lane(matter.bypass, matter.about, w)[0] if matter.bypass else describe(verdict, w)
    return {
        "alert": alert is not None,
        "title": title,
        "told": list(alert.audience) if alert else [],
        "warned": list(alert.warned) if alert else [],
        "left_out": list(alert.excluded) if alert else [],
        "facts": facts_of(verdict, people),
    }


# ---------------------------------------------------------------------------------- facts


def facts_of(verdict: Verdict, people: Sequence[Person]) -> dict[str, Any]:
    """List what it says of whom, each with how sure (0..1): who may be in danger, who is said to have done
    wrong, who is wronged, and what is asked for. People are named by id; the head by “head” as well where
    something wrong is said of them."""
    danger: dict[str, float] = {}
    for meant in dangers(verdict):
        _add(danger, _endangered_ids(meant, verdict, people), meant.sure)
    wrong: dict[str, float] = {}
    # of whom it asserts something shameful that harms no child
    smeared = [m for m in verdict.endangers if m.harm is Harm.WRONGED and "defamation" in verdict.abuse]
    for meant in (*verdict.accuses, *smeared, *_people_complained_of(verdict)):
        _add(wrong, _at_fault(meant, people), meant.sure)
    wronged: dict[str, float] = {}
    for meant in wrongs(verdict):
        _add(wronged, persons_meant((meant,), people), meant.sure)
    return {"danger": danger, "wrong": wrong, "wronged": wronged, "asks": _ASKS.get(verdict.route, "nothing")}


def _add(found: dict[str, float], keys: Iterable[str], sure: float) -> None:
    for key in sorted(keys):
        found[key] = round(max(sure, found.get(key, 0.0)), 2)


def _endangered_ids(meant: Meant, verdict: Verdict, people: Sequence[Person]) -> set[str]:
    ids = set(persons_meant((meant,), people))
    if ids or meant.who == "child":
        return ids or {"child"}
    of_staff = meant.who.startswith("office:") or verdict.about in ADULTS_OF_THE_SCHOOL
    return {"staff" if of_staff else "site"}


def _at_fault(meant: Meant, people: Sequence[Person]) -> set[str]:
    ids = persons_meant((meant,), people)
    if meant.who == f"office:{Role.HEAD}" or Role.HEAD in roles_of(people, ids):
        return {"head", *ids}
    return {*ids} or {"staff" if ":" in meant.who else meant.who}


def _people_complained_of(verdict: Verdict) -> list[Meant]:
    """List the people of whom it may complain, as its tone and whom it is about tell: the likeliest person,
    else an office. Not of somebody who is filmed, posed as or exposed."""
    scores, wronged = dict(verdict.scores), {m.person for m in wrongs(verdict)}
    tone, likeliest = scores.get("sentiment:negative", 0.0), verdict.subject_person
    named = likeliest or any(m.person for m in verdict.accuses)
    of = [
        (who, tone * scores.get(f"about:{about.value}", 0.0))
        for about, who in _COMPLAINED_OF.items()
        if not (named and about in ADULTS_OF_THE_SCHOOL)
    ]
    if likeliest and likeliest not in wronged and verdict.about in ADULTS_OF_THE_SCHOOL:
        of.append((f"person:{likeliest}", tone))
    return [Meant(who, sure, "tone") for who, sure in of if sure >= _LEAST]
