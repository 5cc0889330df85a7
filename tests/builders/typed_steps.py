"""Steps of a case in the few words in which tests say them: `("consent", "give", "1", "--as", "vale")`.

After the number stand the facts of the step by their stored names, `--relationship parent`; a choice may
stand for its fact, `--seek`. What the desk's forms do before the ladder sees a step is done here too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from builders.case_file import alert_shown, listed, shown, stories_shown, story_shown
from builders.home import open_session
from builders.typed_options import options, own_words

from alerts.ladder.advance import Advance
from alerts.ladder.replay import open_asking
from alerts.letters import layout
from alerts.letters.kinds import LetterKind
from alerts.wording.cases import clock_lines, state_words
from alerts.wording.matters import follows_words
from data import effects
from data.cases import Case, Event
from data.errors import InputError, SchoolgateError
from data.matters import WrongKind
from data.register.typed_days import read_moment
from data.rungs import CaseClock
from data.steps.acts import Done, Refused
from data.steps.asking import Answered
from data.steps.codes import Check, RungAnswer, StepKind, ValueKind
from data.steps.judging import Targeted
from data.steps.keeping import Noted
from data.steps.stored import Step, StepField, facts_of_kind, read_stored
from data.store import owners
from data.store.cases import cases
from data.types import Mark, Relevance, Route, Sentiment, Severity
from data.words.say import words as words_of
from monitor.act.casework.evidence.letter_copies import NO_COPY, LetterCopy, copy_of
from monitor.act.casework.finding import find_case
from monitor.act.casework.steps import confirmed, in_form, least_why
from monitor.act.give import give
from monitor.act.letter import NotDrafted, draft_letter
from monitor.act.mark import mark
from monitor.act.matter.joining import merge, split, undo_merge, undo_split
from monitor.act.step import find_host, look_again, open_case, record_look, take_step, take_step_with_copy
from monitor.act.wrong import Marking, Right, correct, say_wrong, take_back, what_follows
from monitor.cli.commands.options import HomeOptions
from monitor.home import wiring
from monitor.home.wiring import Session
from monitor.matters.one import find_alert_or_story, find_story
from monitor.matters.reader import Reader
from monitor.terminal.output import in_json, say
from monitor.terminal.wording import local

_GROUPS = ("step", "consent", "support", "chronology")
_KINDS = {
    "step ask": "asked", "step answered": "answered", "step weigh": "weighed", "step decide": "decided",
    "step confirm": "turned_down", "step hold": "held",
    "step release": "released", "step lock": "locked", "step unlock": "unlocked", "step copy": "copy_found",
    "step leave": "place_left", "consent ask": "consent_asked", "consent give": "consent_given",
    "consent refuse": "consent_refused", "consent withdraw": "consent_withdrawn",
    "consent override": "consent_overridden", "chronology approve": "chronology", "classify": "classified",
    "assign": "assigned", "close": "closed", "reopen": "reopened",
}  # fmt: skip
_NAMES = {
    (StepKind.ASSIGNED, "to"): "person", (StepKind.TARGET, "subject"): "subjects",
    (StepKind.COPY_FOUND, "post"): "mention",
}  # fmt: skip
_ALONE = {StepKind.CLASSIFIED: "class", StepKind.PLACE: "channel", StepKind.CONFLICTED: "person"}
"""The fact that stands without its name."""
_DENIED = {"not": "stands", "unsafe": "contact_safe"}
_UNREAD = ("safe", "held", "released", "consent_given", "consent_refused", "consent_withdrawn")
"""Kinds that take no more than knowing how far the case is."""


_OF_THE_STEP = ("as", "why", "at", "json", "home")
"""Who takes the step, why and when: no facts of its class."""


def is_typed_step(words: Sequence[str]) -> bool:
    """Are these the words of a step?"""
    return words[0] in _GROUPS or words[0] in _KINDS


def take_typed_step(words: Sequence[str]) -> None:
    """Records the step and prints what a command prints. Raises InputError, ActRefused."""
    group, name, *rest = words if words[0] in _GROUPS else (words[0], words[0], *words[1:])
    path = f"{group} {name}" if group != name else name
    kind = StepKind("support" if group == "support" else _KINDS.get(path, name.replace("-", "_")))
    number, said = rest[0], _read(rest[1:], kind)
    if group == "support":
        said["status"] = [name.replace("-", "_")]
    session = open_session(said["as"][0], Path(said["home"][0]) if "home" in said else None, None)

    def event(case: Case) -> Event:
        step = _step(kind, said, case)
        why = own_words(_why(said), "--why", least_why(step))
        at = said.get("at")
        when = read_moment(at[0], effects.utc_now(), session.config.zone) if at else None
        return Event(step, session.person.id, why, when)

    if kind in (StepKind.ASKED, StepKind.ANSWERED):
        with session.store.read() as con:
            made = event(find_case(con, session, number))
            spoken = _was_spoken(find_case(con, session, number), made.said)
        copy = None if spoken else _copy(session, number, said, kind)
        taken = take_step_with_copy(session, number, made, copy, effects.utc_now())
        print_result(done_by(taken), session, as_json="json" in said)
        return
    unread = kind.value in _UNREAD or (group == "support" and name != "offered")
    find = find_case if not unread else partial(find_case, reading=False)
    taken = take_step(session, number, event, effects.utc_now(), find=find)
    print_result(done_by(taken), session, as_json="json" in said)


class ActRefused(SchoolgateError):
    """A guard refused: the text names it, what would satisfy it, and by which act."""

    def __init__(self, refused: Refused) -> None:
        lines = [
            f"Refused by the guard “{refused.guard}”. {refused.reason}",
            f"What would satisfy it: {refused.wanted}",
            "Nothing was changed.",
        ]
        super().__init__("\n".join(lines))


def done_by(came: Done | Refused) -> object:
    """What the act made. Raises ActRefused where it was refused."""
    if isinstance(came, Refused):
        raise ActRefused(came)
    return came.made


def print_result(done: Advance, session: Session, *, as_json: bool) -> None:
    """Prints what was recorded, what the case waits for now, and who hears of it."""
    case, now = done.case, done.steps[-1].recorded_at
    told = list(dict.fromkeys(m.person_id for m in done.outbox))
    if as_json:
        steps = [{"n": s.n, "step": s.kind.value} for s in done.steps]
        state = "with the DSL" if case.restricted else case.state.value
        say(in_json({"case": case.id, "state": state, "steps": steps, "told": told}))
        return
    say(f"Case {case.id}: recorded. Now: {state_words(case, words_of('en'))}.")
    at = partial(local, zone=session.config.zone)
    for said in clock_lines(case, now, at, words_of("en"), case.late(now)):
        say(f"  {said.replace('’', chr(39))}")
    if names := [p.name for each in told for p in session.config.people if p.id == each]:
        say(f"  told, without a word of the post: {', '.join(names)}")


def _was_spoken(case: Case, said: Step) -> bool:
    if isinstance(said, Answered) and (said.result is RungAnswer.NONE or said.way is None):
        to = open_asking(case, said.rung)
        way = "" if to is None else case.askings[to].kind
        return said.result is RungAnswer.NONE or said.rung.spec.spoken(way)
    return said.rung.spec.spoken(said.way or "")


def _copy(session: Session, number: str, said: Mapping[str, list[str]], kind: StepKind) -> LetterCopy:
    if "letter" not in said:
        return NO_COPY
    with session.store.read() as con:
        steps = cases.steps(con, find_case(con, session, number).id)
    return copy_of(Path(said["letter"][0]).read_bytes(), kind, steps)


AT_DESK = ("host", "list", "show", "open", "note", "letter", "recheck")
"""What of a case was done by commands once, and is done at its page now."""


def take_typed_act(act: str, *words: str) -> None:
    """Does it, and prints what came of it. Raises InputError, ActRefused."""
    if act == "list":
        given = options(words)
        opts = HomeOptions(home=Path(given["home"][0]) if "home" in given else None)
        say(in_json(listed(opts.reader(given.get("as", [None])[0]), closed="all" in given)))
        return
    what, *words = words
    alone = {"letter": "kind", "note": "words"}.get(act, "")
    said = {name: values[0] if values else "yes" for name, values in options(words, alone).items()}
    home = Path(said["home"]) if "home" in said else None
    session, why, now = open_session(said["as"], home, None), said.get("why", ""), effects.utc_now()
    as_json = "json" in said
    if act == "host":
        case = done_by(find_host(session, what, said.get("reason", "At work on it"), now))
        say(in_json(dict(case.hosting)))
    elif act == "show":
        reason = own_words(said.get("reason"), "--reason") if "restricted" in said else None
        text, data = shown(session, what, reason)
        say(in_json(data) if as_json else text)
    elif act == "open":
        reader = Reader(session.config, session.store, session.person)
        with session.store.read() as con:
            story = find_alert_or_story(con, reader, what, now).story_id
        done = done_by(open_case(session, story, why, now))
        print_result(done, session, as_json=as_json)
    elif act == "note":
        starts, ends = (
            CaseClock(said[n].replace("-", "_")) if n in said else None for n in ("starts", "ends")
        )
        event = Event(
            Noted(starts=starts, ends=ends), session.person.id, own_words(said.get("words"), "WORDS")
        )
        print_result(done_by(take_step(session, what, event, now)), session, as_json=as_json)
    elif act == "letter":
        given = (one.partition("=") for one in options(words).get("fact", ()))
        facts = {name.replace("-", "_"): value for name, _, value in given}
        kind = LetterKind(said["kind"].replace("-", "_"))
        try:
            done = done_by(draft_letter(session, what, kind, facts, now))
        except NotDrafted as error:
            say("\n".join(want.fact for want in error.missing.wanted))
            raise
        folder = Path(said["out"]) if "out" in said else None
        if folder:
            folder.mkdir(exist_ok=True)
        for ending, content in done.files.items() if folder else ():
            (folder / f"{done.draft.urn}-{what}-{done.draft.kind.value}{ending}").write_bytes(content)
        say(layout.text(done.draft))
        say("\n".join(done.draft.warnings))
    elif "saw" in said:
        when = read_moment(said["at"], now, session.config.zone) if "at" in said else None
        check, own = Check(said["saw"].replace("-", "_")), "signed_in" in said
        say(str(done_by(record_look(session, what, check, why, when, now, signed_in=own)).seen.said))
    else:
        with wiring.fetcher(session.config) as fetch:
            say(str(done_by(look_again(session, what, fetch, effects.utc_now)).seen.said))


MATTERS = (
    *(("story", act) for act in ("list", "show", "merge", "split")),
    *(("alerts", act) for act in ("show", "give")),
)
"""What of a matter was done by commands once, and is done at its page now."""


def take_typed_matter(group: str, act: str, *words: str) -> None:
    """Does it, and prints what came of it. Raises InputError."""
    said = options(words, "what")
    what, now = said.get("what", []), effects.utc_now()
    opts = HomeOptions(home=Path(said["home"][0]) if "home" in said else None)
    person = said.get("as", [os.environ.get("SCHOOLGATE_AS")])[0]
    reader, as_json = opts.reader(person, named=act not in ("list", "show")), "json" in said
    if act == "list":
        rows = stories_shown(reader)
        say(in_json(rows) if as_json else "\n".join(str(row) for row in rows))
    elif act == "show":
        reason = said.get("reason", [""])[0] if "restricted" in said else None
        text, data = story_shown(reader, *what) if group == "story" else alert_shown(reader, *what, reason)
        say(in_json(data) if as_json else text)
    else:
        session = open_session(reader.id, opts.home, opts.config)
        with reader.store.write("a matter") as con:
            view = find_alert_or_story(con, reader, what[0], now)
            if act == "give":
                days = {
                    name: read_moment(said[name][0], now, session.config.zone)
                    for name in ("until", "ask_again")
                    if name in said
                }
                to, why = said["to"][0], said.get("why", [""])[0]
                ends, asked = days.get("until"), days.get("ask_again")
                came = give(
                    con, session, view.story_id, view.urn, to, now, until=ends, ask_at=asked, note=why
                )
            elif act == "merge" and "undo" in said:
                came = undo_merge(con, session, view.story_id, now)
            elif act == "merge":
                other = find_alert_or_story(con, reader, what[1], now).story_id
                came = merge(con, session, view.story_id, other, now, said.get("why", [""])[0])
            elif "undo" in said:
                came = undo_split(con, session, view.story_id, now)
            else:
                came = split(con, session, view.story_id, view.urn, what[1:], now)
            if isinstance(came, Refused):
                raise InputError(f"Nothing was changed. {came.reason}")
        made = came.made
        say(
            f"{made.from_story[:8]} {made.to_story[:8]}"
            if act != "give"
            else f"{view.number} is with {to} now."
        )


def _why(said: Mapping[str, list[str]]) -> str:
    why = said.get("why", [""])[0].strip()
    return sys.stdin.read().strip() if why == "-" else why


def _read(words: Sequence[str], kind: StepKind) -> dict[str, list[str]]:
    return options(words, _ALONE.get(kind, ""))


def _step(kind: StepKind, said: Mapping[str, list[str]], case: Case) -> Step:
    if kind is StepKind.TURNED_DOWN and "turn_down" not in said and (agreed := confirmed(case)) is not None:
        return agreed
    known, facts = facts_of_kind(kind), {}
    for name, values in said.items():
        fact = _NAMES.get((kind, name), _DENIED.get(name, name))
        if name in _OF_THE_STEP:
            continue
        if fact in known:
            facts[fact] = _written(known[fact], name, values)
        elif not values and (of := next((f for f in known.values() if name in f.choices), None)):
            facts[of.name] = name
    for whose in (f for f in known.values() if f.kind is ValueKind.WHOSE and f.required and case.target):
        facts.setdefault(whose.name, case.target or "")
    if kind is StepKind.TARGET and len(people := said.get("person", [])) > 1:
        facts |= {"person": people[0], "beside": ",".join(people[1:])}
    try:
        step, _ = read_stored(kind, facts)
    except ValueError as error:
        raise InputError(str(error)) from None
    if isinstance(step, Targeted) and "accuses_nobody" in said:
        return replace(step, subjects=())
    return in_form(case, step)


def _written(fact: StepField, name: str, values: Sequence[str]) -> str:
    if fact.kind is ValueKind.YES_NO:
        return "no" if name in _DENIED else "yes"
    if fact.kind is ValueKind.CLASS:
        return values[0].upper()
    if fact.choices or fact.kind is ValueKind.REFERRAL:
        return values[0].replace("-", "_")
    return fact.between.join(values) if fact.many else values[0]


_MARKS = ("taken", "answered")
_CORRECTIONS = ("not_us", "ours", "too_grave", "missed", "wrong_lane", "tone")


def take_typed_mark(act: str, story_id: str, words: Sequence[str]) -> None:
    """Marks a story, or says that it is judged wrongly, as the page does; prints what follows. Raises
    InputError where that is refused."""
    said = options(words)
    opts, why = HomeOptions(home=Path(said["home"][0]) if "home" in said else None), said.get("why", [""])[0]
    reader, now = opts.reader(said["as"][0], named=True), effects.utc_now()
    with reader.store.write("a mark") as con:
        story = find_story(con, reader, story_id)
        key, urn = story.story_id, story.urn
        if act == "wrong":
            about = {"about": Relevance.ABOUT, "not_about": Relevance.NOT_ABOUT}
            severity = Severity(int(said["severity"][0])) if "severity" in said else None
            right = Right(
                next((about[name] for name in about if name in said), None),
                said.get("label", [""])[0],
                severity,
            )
            undo = "undo" in said
            came = (
                take_back(con, reader, key, urn, now, [""])
                if undo
                else say_wrong(con, reader, key, urn, right, why, now)
            )
        elif kind := next((WrongKind(name) for name in _CORRECTIONS if name in said), None):
            route = Route(said["route"][0]) if "route" in said else None
            tone = Sentiment(said["tone"][0]) if "tone" in said else None
            came = correct(
                con,
                open_session(reader.id, opts.home, opts.config),
                key,
                urn,
                Marking(kind, route, tone),
                why,
                now,
            )
        else:
            wanted = next((Mark(name) for name in _MARKS if name in said), None)
            had = owners.marks(con, [key]).get(key)
            came = mark(con, reader, key, urn, wanted, now, why)
            if wanted is None and had is None:
                came = take_back(con, reader, key, urn, now, [*WrongKind])
        if isinstance(came, Refused):
            raise InputError(came.reason)
        if not came.made and "undo" in said and act == "wrong":
            raise InputError("Nothing was said of it.")
        follows = follows_words([*what_follows(con, reader, key, urn, now)], words_of("en"))
        sys.stdout.write("\n".join(follows))
