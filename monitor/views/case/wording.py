"""A case in plain words: its class, its state, what it waits for. The command line speaks English."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from textwrap import fill
from zoneinfo import ZoneInfo

from data.cases import Case, CaseState, Consent
from data.content_class import ContentClass
from data.evidence.handed_in import FIELDS
from data.rungs import EMERGENCY, Rung
from data.steps.codes import (
    BypassRoute,
    Check,
    Ending,
    HowTold,
    KeptLetter,
    Relationship,
    RungAnswer,
    Support,
)
from data.words.asking import asking_words, who_is_asked
from data.words.say import words
from monitor.terminal.wording import WITH_THE_DSL
from monitor.views.layout import local

WIDTH = 80
"""Characters in a line that is folded: of the narrowest terminal in which a case is to be read."""
NOT_JUDGED = "not judged: a person reads it and says what it is"
PROPOSED = "proposed to be {}, which waits for a second person"
STATES: Mapping[CaseState, str] = {
    CaseState.TRIAGE: "to be weighed and decided",
    CaseState.FAIR_COMMENT: "fair comment: to be answered, not removed",
    CaseState.BYPASSED: "off the ladder",
    CaseState.SEEKING: "its removal is sought; nobody is being asked yet",
    CaseState.WAITING: "waiting",
    CaseState.CONFIRMING: "said to be gone; not seen gone twice, a day apart",
    CaseState.CLOSED: "closed",
}
ENDINGS: Mapping[Ending, str] = {
    Ending.REMOVED: "removed, and seen gone twice",
    Ending.CHANGED: "changed",
    Ending.STANDING: "it stays up",
    Ending.ANSWERED: "answered",
    Ending.HANDED_OVER: "handed over",
    Ending.MISTAKEN: "opened by mistake",
}
LANES: Mapping[BypassRoute, str] = {
    BypassRoute.SAFEGUARDING: "a safeguarding matter: with the DSL",
    BypassRoute.CHILD_IMAGE: "a picture of a child that must not be opened: with the DSL",
    BypassRoute.STAFF_ALLEGATION: "an allegation against staff: with the few who may act on it",
    BypassRoute.TERRORISM: "extremism: with the DSL as Prevent lead",
    BypassRoute.SELF_HARM: "somebody may be at risk from themselves: with the DSL",
}
RELATIONSHIPS: Mapping[Relationship, str] = {
    Relationship.STAFF: "a member of staff",
    Relationship.PARENT: "a parent",
    Relationship.PUPIL: "a pupil",
    Relationship.GOVERNOR: "a governor",
    Relationship.THIRD_PARTY: "somebody outside the school",
    Relationship.UNKNOWN: "not known",
}
ANSWERS: Mapping[RungAnswer, str] = {
    RungAnswer.REMOVED: "they say that it is gone",
    RungAnswer.AMENDED: "they say that it is changed",
    RungAnswer.REFUSED: "refused",
    RungAnswer.PERSON_ONLY: "they hear only the person it is about",
    RungAnswer.MORE_WANTED: "they want to know more",
    RungAnswer.NONE: "no answer",
}
CHECKS: Mapping[Check, str] = {
    Check.GONE: "gone",
    Check.PRESENT: "still there",
    Check.CHANGED: "there, but changed",
    Check.LOG_IN_WALL: "behind a log-in: cannot tell",
    Check.BLOCKED: "we were not let in: cannot tell",
    Check.CANNOT_TELL: "cannot tell",
}
CONSENTS: Mapping[Consent, str] = {
    Consent.NOT_ASKED: "not asked",
    Consent.ASKED: "asked, not answered yet",
    Consent.GIVEN: "given",
    Consent.REFUSED: "refused",
    Consent.WITHDRAWN: "withdrawn",
    Consent.OVERRIDDEN: "gone without, for a recorded reason",
}
SUPPORTS: Mapping[Support, str] = {
    Support.NOT_OFFERED: "not offered yet",
    Support.OFFERED: "offered, not answered yet",
    Support.ACCEPTED: "accepted",
    Support.DECLINED: "declined",
    Support.IN_PLACE: "in place",
    Support.ENDED: "ended",
}
TOLDS: Mapping[HowTold, str] = {
    HowTold.MAIL: "they were told by mail",
    HowTold.WAITING: "a mail that says so has not gone out yet",
    HowTold.OWED: "no mail reaches them: they are to be handed a letter, recorded_for_you",
    HowTold.LETTER: "a letter was made to be handed to them",
}
KEPT: Mapping[KeptLetter, str] = {
    KeptLetter.AS_SENT: "kept, as it was sent",
    KeptLetter.AS_DRAFTED: "kept, sent as it was drafted",
    KeptLetter.AS_CAME: "kept, as it came",
    KeptLetter.NOT_KEPT: "not kept",
}
CLOCKS: Mapping[str, str] = {
    "basildon_24h": "the school's own target for having it removed",
    "operator_s5_48h": "the operator's 48 hours, bank holidays and weekends left out",
    "poster_5d": "the poster's five days",
    "platform_48h": "48 hours for the platform",
    "rhc_week": "a week's silence: then Report Harmful Content takes it",
    "art14_month": "telling the person that we hold data on them",
    "dp_complaint_30d": "acknowledging the data-protection complaint",
    "author_days": "the author's time to take it down",
    "chase_2_working_days": "asking them again",
    "review_30d": "looking at it again",
    "recheck": "the next look whether it is gone",
    "hold_review": "looking at the hold again",
}
NEXT: Mapping[str, str] = {
    "basildon_24h": "ask somebody to take it down",
    "operator_s5_48h": "record what came of it, or that nothing did, and go one rung further",
    "poster_5d": "ask the operator what came of it, and record it",
    "platform_48h": "record what came of it, or that nothing did, and go one rung further",
    "rhc_week": "Report Harmful Content may be asked",
    "art14_month": "tell them, and end this with a note",
    "dp_complaint_30d": "acknowledge it, and end this with a note",
    "author_days": "see whether it is gone; if not, record that, and go one rung further",
    "chase_2_working_days": "ask them again, or go one rung further",
    "review_30d": "look at it, and decide anew or close the case",
    "recheck": "look whether it is gone",
    "hold_review": "release the hold, or have it held anew",
}
"""What is to be done once the time of a clock is over."""
LOCKED = "locked: nothing may name the accused teacher (section 141F)"
DECISIONS: Mapping[str, str] = {
    "seek": "seek its removal",
    "answer": "answer it, ask for no removal",
    "stop": "ask nobody (any more)",
}


def state_words(case: Case) -> str:
    """Its state in a few words; of a restricted case only that it is with the DSL."""
    if case.restricted:
        return f"{WITH_THE_DSL}, closed" if case.state is CaseState.CLOSED else WITH_THE_DSL
    if case.state is CaseState.TRIAGE and case.rung is EMERGENCY:
        return "decide whether the police are told: by 999, or by 101"
    if case.proposal is not None:
        return f"{_without_proposal(case)}; {PROPOSED.format(case.proposal.content_class)}"
    return _without_proposal(case)


def _without_proposal(case: Case) -> str:
    if case.unjudged and case.state is CaseState.TRIAGE:
        return NOT_JUDGED
    if case.state is CaseState.WAITING and case.rung:
        return f"waiting for {words('en').listed(_waited_for(case, case.rung))}"
    if case.state is CaseState.CLOSED and case.ending:
        return f"closed: {ENDINGS[case.ending]}"
    if case.state is CaseState.BYPASSED and case.lane:
        return f"off the ladder, {LANES[case.lane]}"
    return STATES[case.state]


def class_words(content_class: str) -> str:
    """“C7, a possibly false and damaging statement …”."""
    if content_class == ContentClass.UNJUDGED:
        return NOT_JUDGED
    return f"{content_class}, {words('en')(ContentClass(content_class).key)}"


def _waited_for(case: Case, rung: Rung) -> list[str]:
    """Who has not answered yet of those who were asked at this rung; all of them where each has."""
    asked = [a for a in case.askings if a.rung is rung]
    waited = [a for a in asked if a.answer is None] or asked
    return list(dict.fromkeys(who_is_asked(rung, a.kind, words("en")) for a in waited))


def rung_words(rung: Rung, kind: str) -> str:
    """What asking there in that way is called: “the platform, in an appeal”."""
    return asking_words(rung, kind, words("en"))


def clock_words(clock: str) -> str:
    """What a clock waits for."""
    return CLOCKS.get(clock, clock.replace("_", " "))


def next_words(clock: str) -> str:
    """What is to be done once the time of a clock is over."""
    return NEXT.get(clock, "see what can be asked")


def folded(text: str, indent: str) -> Iterator[str]:
    """Lines of a terminal's width, each with this indent; the text's own lines stay apart."""
    for line in text.splitlines():
        yield from fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent).splitlines()


def clock_lines(
    case: Case, now: datetime, zone: ZoneInfo, *, acts: bool = True, every: bool = False
) -> Iterator[str]:
    """What is due next, or `every` clock that still runs; then what is over and since when, to whoever `acts`
    also what is then to be done.
    """
    running = [wait for wait in case.waits if not wait.over(now)]
    for wait in running if every else running[:1]:
        yield f"due {local(wait.due_at, zone)}: {clock_words(wait.clock)}"
    for wait in case.over(now):
        yield f"over since {local(wait.due_at, zone)}: {clock_words(wait.clock)}"
        if acts and wait in case.late(now):
            yield f"  next: {next_words(wait.clock)}"


SAID_OF: Mapping[str, str] = {
    "address": "its address",
    "author": "its author",
    "posted": "the time shown with it",
    "words": "its words",
    "seen_at": "when it was seen",
    "seen_by": "who saw it",
    "logged_in": "whether they were logged in",
    "supplied_by": "who handed it in",
    "came": "where it came from",
}
"""What may be known of a post that was handed in (`data.evidence.handed_in.FIELDS`)."""


def option_of(name: str) -> str:
    """The option that gives one of them: “--seen-at”."""
    return "--" + {"address": "url", "words": "words-file"}.get(name, name.replace("_", "-"))


def lacking(number: str, capture_id: str, known: Collection[str], person: str) -> Iterator[str]:
    """What is not known of a capture that was handed in, and the command that adds it once it is."""
    missing = [name for name in FIELDS if name not in known]
    if missing:
        all_of_it = len(missing) == len(FIELDS)
        names = "anything about it" if all_of_it else ", ".join(SAID_OF[name] for name in missing)
        yield from folded(f"not known: {names}", "  ")
        given = f"--adds-to {capture_id} {option_of(missing[0])} … --as {person}"
        yield f"  to add it: schoolgate case capture {number} {given}"
