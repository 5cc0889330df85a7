"""`schoolgate case host`, `case step ask` and `case step answered`: whom to ask, who was asked, and what came
back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data import effects, rungs
from data.errors import InputError
from monitor.cli.commands.case.letter_copy import CopyGiven, Letter, record_with_copy
from monitor.cli.commands.handed_in import ChildImage, WordsAlone
from monitor.cli.commands.inputs import among, moment, one_of, own_words
from monitor.cli.commands.options import As, At, CaseNumber, JsonOptions, Reason, Reference, Restricted, Why

if TYPE_CHECKING:
    from data.cases import Case, Event
    from data.steps.asking import Asked
    from monitor.home.wiring import Session

_KINDS = tuple(dict.fromkeys(kind for rung in rungs.Rung for kind in rung.spec.kinds))
RungName = Annotated[str, Option("--rung", help=f"One of: {', '.join(rung.option for rung in rungs.Rung)}.")]


def ask(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    rung: RungName,
    kind: Annotated[
        str | None,
        Option("--kind", help=f"How, if a rung can be asked in several ways: {', '.join(_KINDS)}."),
    ] = None,
    channel: Annotated[
        str | None, Option("--channel", help="Which platform or site, or how it was sent.")
    ] = None,
    reference: Reference = None,
    imminent: Annotated[
        bool | None, Option("--imminent/--not-imminent", help="For the police: is anybody in danger now?")
    ] = None,
    lawyer: Annotated[
        bool, Option("--lawyer", help="A lawyer advised the school to give notice in its own name.")
    ] = False,
    received: Annotated[
        str | None, Option("--received-at", help="When it reached them, if known; clocks run from then.")
    ] = None,
    written: Annotated[
        str | None, Option("--written-at", help="When the letter was written, if known.")
    ] = None,
    sender: Annotated[
        str | None,
        Option(
            "--sender",
            help="Who asked, if not the school: solicitor (for the person it is about) or themselves.",
        ),
    ] = None,
    letter: Letter = None,
    child_image: ChildImage = None,
    words_alone: WordsAlone = False,
    at: At = None,
    why: Why = "",
) -> None:
    """Record that you asked somebody to act, and keep what you sent.

    Schoolgate itself does not ask anybody outside the school.

    \b
    Examples:
      schoolgate case step ask 4 --rung author-request --kind conversation --as t-quillfeather
      schoolgate case step ask 4 --rung platform-report --reference 7731 --as c-dray
      schoolgate case step ask 4 --rung host --kind s5 --letter sent.eml --no-child-image \\
        --received-at 2026-12-24T10:00 --as t-quillfeather
      schoolgate case step ask 4 --rung host --kind s5 --sender solicitor --as t-quillfeather
      schoolgate case step ask 4 --rung police --imminent --reference "999" --as t-quillfeather \\
        --why "He says that he is at the gate"
    """
    from alerts.ladder.guards.asking import LAWYER
    from data.steps.asking import Asked
    from data.steps.codes import Sender
    from monitor.cli.commands.case.record import event_of

    chosen = one_of(rung, "--rung", rungs.Rung)
    session = opts.session(person)
    said = Asked(rung=chosen, channel=channel or "", reference=reference or "", imminent=imminent)
    if imminent and chosen is rungs.EMERGENCY:  # whatever else was given does not matter then
        _record_999(session, case, said, why, at, as_json=opts.as_json)
        return
    zone = session.config.zone
    said = replace(
        said,
        way=_kind(kind),
        advice=LAWYER if lawyer else "",
        sender=one_of(sender, "--sender", Sender) if sender else None,
        written_at=moment(written, "--written-at", zone),
        received_at=moment(received, "--received-at", zone),
    )
    given = CopyGiven(letter, child_image, words_alone, spoken=chosen.spec.spoken(said.way))
    record_with_copy(session, case, event_of(session, said, why, at), given, as_json=opts.as_json)


def _record_999(
    session: Session, number: str, said: Asked, why: str, at: str | None, *, as_json: bool
) -> None:
    """Records that 999 was rung, for anybody at the school; whoever may not read the case sees none of it."""
    from alerts.access.knowing import Access
    from data.effects import utc_now
    from monitor.act.casework.finding import find_case_in_danger
    from monitor.act.step import take_step
    from monitor.cli.commands.case.record import made, print_recorded, print_result
    from monitor.matters.reader import access_to
    from monitor.terminal.output import say

    def call(_: Case) -> Event:
        return _call(session, said, why, at)

    done = made(take_step(session, number, call, utc_now(), find=find_case_in_danger))
    case = done.case
    if access_to(case, session.person, session.config) is Access.WORDS:
        print_result(done, session, as_json=as_json)
        if case.unexplained and not as_json:
            say("  Say why once there is time: as a note, on the case's page at the desk.")
    elif as_json:
        print_recorded(case.id, done.steps[0].kind)
    else:
        say(f"Case {case.id}: the 999 call is recorded. You are shown no more of the case.")
        say("  Please also tell whoever is leading the school today, and say why you rang.")


def _call(session: Session, said: Asked, why: str, at: str | None) -> Event:
    from monitor.act.casework.finding import RING_FIRST
    from monitor.cli.commands.case.record import event_of

    try:
        return event_of(session, said, why, at)
    except InputError as error:
        raise InputError(f"{error.text} {RING_FIRST}") from None


def _kind(given: str | None) -> str:
    """A way of asking, of any rung; "" where none is given."""
    return among(given, "--kind", _KINDS) if given else ""


def answered(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    rung: RungName,
    result: Annotated[
        str,
        Option(
            "--result",
            help="removed, amended, refused, person-only (they deal only with the person it is about), "
            "more-wanted or none.",
        ),
    ],
    kind: Annotated[
        str | None, Option("--kind", help="Which way of asking they answered, if there were several.")
    ] = None,
    reference: Reference = None,
    poster_told: Annotated[
        str | None,
        Option("--poster-told-at", help="When the operator passed the notice on to whoever posted it."),
    ] = None,
    talked: Annotated[
        str | None, Option("--talked-at", help="Of a conversation: when you talked, if you did.")
    ] = None,
    letter: Letter = None,
    child_image: ChildImage = None,
    words_alone: WordsAlone = False,
    at: At = None,
    why: Why = "",
) -> None:
    """Record what came back from somebody you asked, or that nothing did, and keep a copy.

    \b
    Examples:
      schoolgate case step answered 4 --rung author-request --result removed --as t-quillfeather
      schoolgate case step answered 4 --rung author-request --kind conversation --result refused \\
        --talked-at 2026-11-19T15:30 --as t-quillfeather
      schoolgate case step answered 4 --rung platform-report --result none --as c-dray
      schoolgate case step answered 4 --rung platform-report --result refused --letter reply.eml \\
        --no-child-image --as c-dray
    """
    from data.steps.asking import Answered
    from data.steps.codes import RungAnswer
    from monitor.cli.commands.case.record import event_of

    session = opts.session(person)
    said = Answered(
        rung=one_of(rung, "--rung", rungs.Rung),
        result=one_of(result, "--result", RungAnswer),
        way=_kind(kind) or None,
        reference=reference or "",
        poster_told_at=moment(poster_told, "--poster-told-at", session.config.zone),
        talked_at=moment(talked, "--talked-at", session.config.zone),
    )
    unwritten = said.result is RungAnswer.NONE or said.rung.spec.spoken(said.way or "")
    given = CopyGiven(letter, child_image, words_alone, spoken=unwritten)
    record_with_copy(session, case, event_of(session, said, why, at), given, as_json=opts.as_json)


def host(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    offline: Annotated[bool, Option("--offline", help="Ask nobody: show what is known already.")] = False,
    restricted: Restricted = False,
    reason: Reason = None,
) -> None:
    """Who to ask: how to report to the platform, or who hosts the website.

    For a website the public registers are asked (RDAP), and their answers are recorded. The page itself is
    not opened.

    \b
    Examples:
      schoolgate case host 4 --as t-quillfeather
      schoolgate case host 4 --as t-quillfeather --offline
      schoolgate case host 4 --as t-quillfeather --json
    """
    from alerts.routes.ways import route
    from monitor.act.casework import hosting
    from monitor.act.step import find_host
    from monitor.cli.commands.case.record import made
    from monitor.cli.views.case.host import host_lines, route_json

    session, now = opts.session(person), effects.utc_now()
    why = own_words(reason, "--reason") if restricted else ""
    found, url = made(find_host(session, case, why, now, ask=not offline))
    row, facts = route(found.channel, url), found.hosting
    today = now.astimezone(session.config.zone).date()
    what = found.content_class
    by_hand = hosting.by_hand(session.context.home, url, now) if row.is_site and not facts else None
    asked_at = hosting.last_asked(session, found) if facts else None
    document = {"case": found.id, "hosting": dict(facts) or None, "route": route_json(row, what, today)}
    opts.show(document, host_lines(found.number, row, what, facts, asked_at, today, by_hand, person))
