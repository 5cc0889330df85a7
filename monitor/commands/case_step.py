"""`schoolgate case step …`: what was done, as an event of the case."""

from __future__ import annotations

from alerts.ladder.guards_steps import PLACES
from data.cases import Answer, Case, Event, StepKind
from data.errors import InputError
from data.rungs import EMERGENCY, Rung
from data.store.case_posts import mentions_beginning
from monitor.commands.case_common import RING_FIRST, Desk, desk, find, moment, one_of, words
from monitor.commands.case_take import Given, among, event, of, take, take_danger, the_one
from monitor.commands.common import whole_id

HOW_ANSWERED = ("meeting", "phone", "letter", "mail", "public_reply")
KINDS = tuple(dict.fromkeys(kind for rung in Rung for kind in rung.spec.kinds))
"""Every way of asking, of whichever rung."""
UNLOCKING = ("charge", "publication", "waiver", "court_order")
"""What ends the lock (Education Act 2002 s.141F): charge, publication by the regulator or the Secretary of
State, the teacher's written waiver, an order of a court."""


def weigh(given: Given, *, nature: str, visible: str, spread: str, impact: str, why: str) -> int:
    """Records how serious it is, in somebody's own words."""
    facts = {"nature": nature, "visible": visible, "spread": spread, "impact": impact}
    said = {name: words(text, f"--{name}") for name, text in facts.items()}
    return take(given, of(StepKind.WEIGHED, said, why))


def decide(given: Given, *, seek: bool, answer: bool, stop: bool, why: str) -> int:
    """Records the decision: to seek removal, to answer instead, or to stop."""
    chosen = the_one({"seek": seek, "answer": answer, "stop": stop}, "Say what was decided")
    return take(given, of(StepKind.DECIDED, {"decision": chosen}, words(why, "--why")))


def ask(
    given: Given,
    *,
    rung: str,
    kind: str | None,
    channel: str | None,
    reference: str | None,
    imminent: bool | None,
    lawyer: bool,
    received: str | None,
    at: str | None,
    why: str,
) -> int:
    """Records that a rung was asked, outside Schoolgate, by a person."""
    chosen = one_of(rung, "--rung", Rung)
    if imminent and chosen is EMERGENCY:
        return _rang_999(given, channel=channel, reference=reference, at=at, why=why)

    def made(desk: Desk, case: Case) -> Event:
        got = moment(received, "--received-at", desk.config)
        facts = {
            "rung": chosen.value,
            "kind": among(kind, "--kind", KINDS) if kind else "",
            "channel": channel or "",
            "reference": reference or "",
            "imminent": "" if imminent is None else ("yes" if imminent else "no"),
            "advice": "lawyer" if lawyer else "",
            "received_at": got.isoformat() if got else "",
        }
        return event(desk, StepKind.ASKED, facts, why, at)

    return take(given, made)


def _rang_999(given: Given, *, channel: str | None, reference: str | None, at: str | None, why: str) -> int:
    """Records that 999 was rung. What else may be said of an asking does not matter then."""
    facts = {
        "rung": EMERGENCY.value, "imminent": "yes", "channel": channel or "", "reference": reference or "",
    }  # fmt: skip

    def made(desk: Desk, case: Case) -> Event:
        try:
            return event(desk, StepKind.ASKED, facts, why, at)
        except InputError as error:
            raise InputError(f"{error} {RING_FIRST}") from None

    return take_danger(given, made)


def answered(
    given: Given,
    *,
    rung: str,
    result: str,
    kind: str | None,
    reference: str | None,
    poster_told: str | None,
    at: str | None,
    why: str,
) -> int:
    """Records what came back from a rung, or that nothing did."""

    def made(desk: Desk, case: Case) -> Event:
        told = moment(poster_told, "--poster-told-at", desk.config)
        facts = {
            "rung": one_of(rung, "--rung", Rung).value,
            "result": one_of(result, "--result", Answer).value,
            "kind": among(kind, "--kind", KINDS) if kind else "",
            "reference": reference or "",
            "poster_told_at": told.isoformat() if told else "",
        }
        return event(desk, StepKind.ANSWERED, facts, why, at)

    return take(given, made)


def responded(given: Given, *, how: str, at: str | None, why: str) -> int:
    """Records that the concern itself was answered."""
    facts = {"how": among(how, "--how", HOW_ANSWERED)}
    return take(given, of(StepKind.RESPONDED, facts, why, at))


def referred(given: Given, *, to: str, reference: str | None, at: str | None, why: str) -> int:
    """Records that somebody outside was told, by a person: children's services, the police, LADO, …"""
    facts = {"to": among(to, "--to", tuple(sorted(PLACES))), "reference": reference or ""}
    return take(given, of(StepKind.REFERRED, facts, why, at))


def hold(given: Given, *, review: str, why: str) -> int:
    """Keeps the case and its evidence from deletion until it is released."""

    def made(desk: Desk, case: Case) -> Event:
        until = moment(review, "--review", desk.config)
        facts = {"review": until.isoformat() if until else ""}
        return event(desk, StepKind.HELD, facts, words(why, "--why"))

    return take(given, made)


def plain(given: Given, kind: StepKind, *, why: str) -> int:
    """A step that says no more than that it was done, and why."""
    return take(given, of(kind, {}, words(why, "--why")))


def unlock(given: Given, *, ground: str, why: str) -> int:
    """Ends the lock of an accused teacher's identity."""
    facts = {"ground": among(ground, "--ground", UNLOCKING)}
    return take(given, of(StepKind.UNLOCKED, facts, words(why, "--why")))


CLOCKS = ("art14_month", "dp_complaint_30d")
"""What is owed to a person about their data: being told that it is held, an answer to their complaint."""


def note(given: Given, text: str, *, starts: str | None, ends: str | None) -> int:
    """Keeps a note; it may start or end a time that is owed to a person about their data."""
    facts = {
        "starts": among(starts, "--starts", CLOCKS) if starts else "",
        "ends": among(ends, "--ends", CLOCKS) if ends else "",
    }
    return take(given, of(StepKind.NOTED, facts, words(text, "WORDS")))


def copy(given: Given, *, mention: str, why: str) -> int:
    """Records that the same post stands elsewhere too, as another post that is held."""
    beginning = words(mention, "--post").lower()
    at = desk(given.person, given.home, given.config)
    with at.store.read() as con:
        case = find(con, at, given.number)
        known = set(mentions_beginning(con, case.urn, beginning)) - {case.mention_id}
        found = whole_id(beginning, known, "other post of that school", "story")
    return take(given, of(StepKind.COPY_FOUND, {"mention": found}, why))
