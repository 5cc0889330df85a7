"""An event applied to a case by the rules of the ladder."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from alerts.ladder.advance import Advance, Refusal, Rules, advance
from alerts.ladder.reclassifying import in_due_form
from alerts.ladder.recorded_on_behalf import key
from alerts.ladder.rules import opens_ladder
from data.cases import Case, Event
from data.people import people_of
from data.steps.codes import StepKind
from data.steps.judging import Classified, Proposed, Reclassified
from data.store.cases import cases as case_store
from data.store.cases.case_posts import posts_of
from data.store.cases.evidence_files import handed_in_untold
from data.store.engine.connect import Connection
from data.store.mentions.person_reports import put_channel_right
from data.store.messages import outbox
from data.store.verdicts.verdicts import former_verdicts
from data.types import Route
from monitor.act.casework.handed_in import told_of, with_handed_in
from monitor.config.home.context import Context, means
from monitor.config.home.policies import with_policy
from monitor.matters.replaying import school_of


def school_rules(context: Context, urn: str) -> Rules:
    """What the school's own policy, people and days make of the ladder. Raises InputError for no school."""
    config = context.config
    school = school_of(config, urn)
    return Rules(config.profile(urn), school, people_of(school, config.people), means(context, urn))


def rehearse(context: Context, case: Case, event: Event, now: datetime) -> Advance | Refusal:
    """What the ladder makes of a step, asked before anything is fetched or asked for; nothing is changed."""
    return advance(case, event, now, school_rules(context, case.urn))


def apply_event(
    con: Connection, context: Context, case: Case, event: Event, now: datetime
) -> Advance | Refusal:
    """Applies an event to a case and stores the result; a refusal changes nothing. Before and after, what was
    handed in of its post and is not told of yet becomes its evidence.

    `con` is the write transaction in which the case was loaded. A decision cites the written policy in
    force. Raises CaseMoved where the case has got another step since it was loaded.
    """
    rules = school_rules(context, case.urn)
    waiting = bool(handed_in_untold(con, case.id))
    before = told_of(con, context, case, rules, now) if waiting else []
    case = before[-1].case if before else case
    if opens_ladder(case, event):
        event = _with_meant(con, case, event, rules)
    if event.kind is StepKind.DECIDED:
        event = with_policy(event, context.config, rules.school)
    done = advance(case, event, now, rules)
    if isinstance(done, Refusal):
        return done
    for each in (*before, done):
        case_store.put(con, each.case, each.steps, each.outbox, now)
    if late := set(done.case.subjects).difference(case.subjects):
        _call_back(con, done.case, late, now)
    if event.kind is StepKind.PLACE and case.mention_id:
        put_channel_right(con, case.mention_id, done.case.channel, now)
    if waiting:  # what could not be told of before may be now
        done = replace(done, case=with_handed_in(con, context, done.case, rules, now))
    return done


def _call_back(con: Connection, case: Case, late: Set[str], now: datetime) -> None:
    """Withdraws the mail about the case and its alert that waits for those (ids) it may accuse only now."""
    if case.alert_id is not None:
        outbox.withdraw(con, case.alert_id, late, now)
    keys = [key(case, n, person) for n in range(1, case.steps + 1) for person in late]
    outbox.withdraw_keys(con, keys, now)


def _with_meant(con: Connection, case: Case, event: Event, rules: Rules) -> Event:
    """A step that would open the ladder, with the ids of the people the post means; as a proposal, where a
    second person has to confirm it."""
    if isinstance(event.said, Classified | Reclassified | Proposed):
        event = replace(event, said=replace(event.said, meant=_meant(con, case, rules)))
    return in_due_form(case, event, rules)


def _meant(con: Connection, case: Case, rules: Rules) -> tuple[str, ...]:
    """Everybody whom the post, in any version, or a copy of it names or refers to."""
    from classifiers.verdicts.subject import possible_subjects  # late: few steps ask for it

    ids = [i for i in (case.mention_id, *case.copies) if i]
    judged = [v for v in former_verdicts(con, ids) if v.urn == case.urn]
    found = {person for v in judged for person in (*v.subjects, v.subject_person)}
    for post in posts_of(con, ids, restricted=True):
        text = f"{post.title or ''}\n{post.text or ''}"
        found |= {*possible_subjects(text, Route.RESPOND, (), case.about, None, rules.school, rules.people)}
    return tuple(p.id for p in rules.people if p.id in found)
