"""`schoolgate case consent | support | assign | chronology`, and who is who: author, complainant, target."""

from __future__ import annotations

from data.cases import Case, Complainant, Event, Relationship, StepKind, Support
from data.errors import InputError
from monitor.commands.case_common import Desk, one_of, somebody, words
from monitor.commands.case_take import Given, among, event, of, take

HOW_ASKED = ("in_person", "phone", "letter", "mail", "meeting")
OVERRIDING = ("child_at_risk", "other_at_risk", "risk_to_life")


def author(given: Given, *, relationship: str, unsafe: bool, why: str) -> int:
    """Records what the author is to the school, as far as that is visible or known already."""
    facts = {"relationship": one_of(relationship, "--relationship", Relationship).value}
    if unsafe:
        facts["contact_safe"] = "no"
    return take(given, of(StepKind.AUTHOR, facts, why))


def complainant(given: Given, *, who: str, person: str | None, why: str) -> int:
    """Records in whose name removal is asked for."""

    def made(desk: Desk, case: Case) -> Event:
        facts = {"who": one_of(who, "--who", Complainant).value}
        if person and facts["who"] == Complainant.STAFF:
            facts["person"] = somebody(desk, case, person, "--person").id
        elif person:
            facts["person"] = person
        return event(desk, StepKind.COMPLAINANT, facts, why)

    return take(given, made)


def target(given: Given, *, person: str, subjects: list[str], nobody: bool, why: str) -> int:
    """Records which member of staff it is aimed at, and whom it accuses, or that it accuses `nobody`."""
    if subjects and nobody:
        raise InputError("--subject, --accuses-nobody: one of the two.")

    def made(desk: Desk, case: Case) -> Event:
        facts = {"person": somebody(desk, case, person, "--person").id}
        if subjects or nobody:
            facts["subjects"] = ",".join(somebody(desk, case, s, "--subject").id for s in subjects)
        return Event(StepKind.TARGET, desk.person.id, why.strip(), facts)

    return take(given, made)


def consent(
    given: Given, kind: StepKind, *, person: str | None, how: str | None, at: str | None, why: str
) -> int:
    """Records that the member of staff threatened was asked, or what they answered."""

    def made(desk: Desk, case: Case) -> Event:
        whose = somebody(desk, case, person, "--person").id if person else case.target
        if whose is None:
            raise InputError("Say whose consent it is: --person PERSON. Nobody is named as the target yet.")
        facts = {"person": whose}
        if kind is StepKind.CONSENT_ASKED:
            facts["how"] = among(how or "", "--how", HOW_ASKED)
        return event(desk, kind, facts, why, at)

    return take(given, made, reading=kind is StepKind.CONSENT_ASKED)


def override(given: Given, *, ground: str, why: str) -> int:
    """Records that the police are told without consent, and on what ground."""
    facts = {"ground": among(ground, "--ground", OVERRIDING)}
    return take(given, of(StepKind.CONSENT_OVERRIDDEN, facts, words(why, "--why")))


def support(given: Given, *, status: Support, person: str | None, at: str | None) -> int:
    """Records what became of the support offered: a status, never what is said in it."""

    def made(desk: Desk, case: Case) -> Event:
        facts = {"status": status.value}
        if person:
            facts["person"] = somebody(desk, case, person, "--person").id
        return event(desk, StepKind.SUPPORT, facts, "", at)

    return take(given, made, reading=status is Support.OFFERED)


def assign(given: Given, *, to: str, why: str) -> int:
    """Gives the case to somebody."""

    def made(desk: Desk, case: Case) -> Event:
        return event(desk, StepKind.ASSIGNED, {"person": somebody(desk, case, to, "--to").id}, why)

    return take(given, made)


def chronology(given: Given, *, author: str, person: str, why: str) -> int:
    """Records that one author's posts about one person, already held, may be put together in this case."""

    def made(desk: Desk, case: Case) -> Event:
        about = somebody(desk, case, person, "--person").id
        facts = {"author": words(author, "--author"), "person": about}
        return event(desk, StepKind.CHRONOLOGY, facts, words(why, "--why"))

    return take(given, made)
