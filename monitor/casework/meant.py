"""Whom a post means, by the rules that keep people from alerts about themselves: for who reclassifies it."""

from __future__ import annotations

from dataclasses import replace

from alerts.ladder.conflicts import in_due_form, opens_ladder
from alerts.ladder.rules import Rules
from classifiers.verdicts.subject import possible_subjects
from data.cases import Case, Event
from data.store.case_posts import posts_of
from data.store.connect import Connection
from data.store.verdicts import former_verdicts
from data.types import Route


def with_meant(con: Connection, case: Case, event: Event, rules: Rules) -> Event:
    """A step that would open the ladder, with the ids of those whom the post means; as a proposal, where it
    wants a second person. Any other step as it is."""
    if not opens_ladder(case, event):
        return event
    told = {name: said for name, said in event.facts.items() if name != "meant"}
    if ids := _meant(con, case, rules):
        told["meant"] = " ".join(ids)
    return in_due_form(case, replace(event, facts=told), rules)


def _meant(con: Connection, case: Case, rules: Rules) -> tuple[str, ...]:
    """Whoever it, in any version, or a copy of it names or speaks of."""
    ids = [i for i in (case.mention_id, *case.copies) if i]
    judged = [v for v in former_verdicts(con, ids) if v.urn == case.urn]
    found = {person for v in judged for person in (*v.subjects, v.subject_person)}
    for post in posts_of(con, ids, restricted=True):
        text = f"{post.title or ''}\n{post.text or ''}"
        found |= {*possible_subjects(text, Route.RESPOND, (), case.about, None, rules.school, rules.people)}
    return tuple(p.id for p in rules.people if p.id in found)
