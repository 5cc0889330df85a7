"""`schoolgate story mark` and `story wrong`: who has a story, that it is done with, what is right of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from data import effects
from data.errors import InputError
from monitor.cli.commands import options
from monitor.terminal.output import say, say_lines

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.matters import WrongKind
    from data.types import Mark, Marked
    from monitor.act.wrong import Marking

_NAMES = {
    "not_us": "marked as not about the school",
    "too_grave": "marked as judged too gravely",
    "wrong_lane": "marked as in the wrong lane",
    "answered": "marked as answered",
    "taken": "taken",
    "said_not_us": "said not to be about the school, which waits for a second person,",
    "said_too_grave": "said to be judged too gravely, which waits for a second person,",
    "said_wrong_lane": "said to be in the wrong lane, which waits for a second person,",
}


def story_mark(
    opts: options.HomeOptions,
    story_id: options.StoryId,
    taken: Annotated[bool, Option("--taken", help="You have it, and deal with it.")] = False,
    answered: Annotated[bool, Option("--answered", help="Somebody has answered it.")] = False,
    not_us: Annotated[bool, Option("--not-us", help="It is not about this school.")] = False,
    ours: Annotated[bool, Option("--ours", help="It is about this school.")] = False,
    too_grave: Annotated[bool, Option("--too-grave", help="It was judged too gravely.")] = False,
    missed: Annotated[bool, Option("--missed", help="It was judged too lightly: somebody reads it.")] = False,
    wrong_lane: Annotated[bool, Option("--wrong-lane", help="It belongs on another route: --route.")] = False,
    route: Annotated[
        str,
        Option("--route", metavar="ROUTE", help="With --missed or --wrong-lane: safeguarding, respond, …"),
    ] = "",
    tone: Annotated[str, Option("--tone", help="Its tone: negative, neutral or positive.")] = "",
    undo: Annotated[bool, Option("--undo", help="Take the mark back.")] = False,
    why: options.Why = "",
    person: options.Asking = None,
) -> None:
    """Say that you have a story, that it is done with, or that it is judged wrongly.

    --not-us, --too-grave and --missed also count for what is nearly the same, at this school. Of what may be
    danger, or is with the DSL, two people say --not-us, --too-grave or --wrong-lane, each with --why: until
    the second has, nothing is lowered. Exits with 1 where --undo took nothing back.

    \b
    Examples:
      schoolgate story mark 91cc --taken --as b-patel
      schoolgate story mark 91cc --too-grave --why "It is a joke about the bake sale" --as b-patel
      schoolgate story mark 91cc --missed --route safeguarding --why "She means her son" --as b-patel
      schoolgate story mark 91cc --undo --as b-patel
    """
    from data.matters import WrongKind
    from data.types import Mark

    asked = {
        Mark.TAKEN: taken, Mark.ANSWERED: answered, WrongKind.NOT_US: not_us, WrongKind.OURS: ours,
        WrongKind.TOO_GRAVE: too_grave, WrongKind.MISSED: missed, WrongKind.WRONG_LANE: wrong_lane,
        WrongKind.TONE: bool(tone), None: undo,
    }  # fmt: skip
    found = [what for what, given in asked.items() if given]
    if len(found) != 1:
        options_ = (
            "--taken, --answered, --not-us, --ours, --too-grave, --missed, --wrong-lane, --tone or --undo"
        )
        raise InputError(f"Say one of these: {options_}. Nothing was changed.")
    (what,) = found
    if route and what not in (WrongKind.MISSED, WrongKind.WRONG_LANE):
        raise InputError("--route goes with --missed or --wrong-lane. Nothing was changed.")
    if isinstance(what, WrongKind):
        _correct(opts, story_id, _marking(what, route, tone), why, person)
    else:
        _mark(opts, story_id, what, why, person)


def _marking(kind: WrongKind, route: str, tone: str) -> Marking:
    """Raises InputError where there is no such route or tone."""
    from data.types import Route, Sentiment
    from monitor.act.wrong import WAYS, Marking

    for given, known, option in ((route, WAYS, "--route"), (tone, tuple(Sentiment), "--tone")):
        if given and given not in known:
            raise InputError(f"{option} {given}: it is one of: {', '.join(each.value for each in known)}.")
    return Marking(kind, Route(route) if route else None, Sentiment(tone) if tone else None)


def _mark(
    opts: options.HomeOptions, story_id: str, wanted: Mark | None, why: str, person: str | None
) -> None:
    from data.matters import WrongKind
    from data.steps.acts import Refused
    from data.store import owners as owner_store
    from monitor.act.mark import mark
    from monitor.act.wrong import take_back
    from monitor.matters.one import find_story

    reader = opts.reader(person, named=True)
    now = effects.utc_now()
    with reader.store.write("a mark") as con:
        story = find_story(con, reader, story_id)
        key = story.story_id
        before = owner_store.marks(con, [key]).get(key)
        came = mark(con, reader, key, story.urn, wanted, now, why)
        # what marks no end of it is taken back by whoever said it
        gone = (
            wanted is None
            and before is None
            and take_back(con, reader, key, story.urn, now, [*WrongKind]).made
        )
    if isinstance(came, Refused):
        raise _refused(key, reader.id, came.reason)
    say(_UNDONE if gone else _said(key[:8], before, came.made, now, reader.config.zone))
    if wanted is None and before is not None and came.made is None and before.mark.value in _JUDGED:
        say(_UNDONE)
    options.finish(0 if wanted is not None or gone or (before is not None and came.made is None) else 1)


def _correct(opts: options.HomeOptions, story_id: str, said: Marking, why: str, person: str | None) -> None:
    from alerts.wording.matters import follows_words
    from data.matters import SaidWrong
    from data.steps.acts import Refused
    from data.store import owners as owner_store
    from monitor.act.wrong import correct, what_follows
    from monitor.cli.views.screen import ENGLISH
    from monitor.matters.one import find_story

    reader = opts.reader(person, named=True)
    session, now = opts.session(reader.id), effects.utc_now()
    with session.store.write("a mark") as con:
        story = find_story(con, reader, story_id)
        key, urn = story.story_id, story.urn
        before = owner_store.marks(con, [key]).get(key)
        came = correct(con, session, key, urn, said, why, now)
        if isinstance(came, Refused):
            raise _refused(key, reader.id, came.reason)
        follows = list(what_follows(con, reader, key, urn, now))
    if not isinstance(came.made, SaidWrong):
        say(_said(key[:8], before, came.made, now, reader.config.zone))
    say_lines(follows_words(follows, ENGLISH))
    if isinstance(came.made, SaidWrong):
        say(f"It is recorded. To take it back: schoolgate story mark {key[:8]} --undo --as PERSON")


def _refused(story_id: str, who: str, reason: str) -> InputError:
    return InputError(f"Story {story_id[:8]} cannot be marked so by {who}. Nothing was changed. {reason}")


_JUDGED = frozenset(name for name in _NAMES if name not in ("answered", "taken"))
_UNDONE = "Later posts are judged as before. What was raised or sent by it stays as it is."


def story_wrong(
    opts: options.HomeOptions,
    story_id: options.StoryId,
    about: Annotated[bool, Option("--about", help="It is about this school.")] = False,
    not_about: Annotated[bool, Option("--not-about", help="It is not about this school.")] = False,
    label: Annotated[str, Option("--label", help="What it is: threat, hate, …; “criticism”: no abuse.")] = "",
    severity: Annotated[
        int | None, Option("--severity", min=0, max=4, help="How soon somebody must act.")
    ] = None,
    undo: Annotated[bool, Option("--undo", help="Take back what you said.")] = False,
    why: options.Why = "",
    person: options.Asking = None,
) -> None:
    """Say that something is judged wrongly, with what is right and why.

    Whoever may read it sees it. No alert changes by it: what is urgent stays so. Exits with 1 where --undo
    took nothing back.

    \b
    Examples:
      schoolgate story wrong 91cc --label criticism --severity 2 --why "It is a complaint" --as b-patel
      schoolgate story wrong 91cc --undo --as b-patel
    """
    from data.steps.acts import Refused
    from data.types import Relevance, Severity
    from monitor.act.wrong import Right, say_wrong, take_back
    from monitor.matters.one import find_alert_or_story

    said = Relevance.ABOUT if about else Relevance.NOT_ABOUT if not_about else None
    right = Right(said, label.strip(), None if severity is None else Severity(severity))
    if (undo and right != Right()) or (about and not_about):
        raise InputError("Say what is right, or --undo, and not both --about and --not-about.")
    reader, now = opts.reader(person, named=True), effects.utc_now()
    with reader.store.write("judged wrongly") as con:
        story = find_alert_or_story(con, reader, story_id, now)
        key, urn = story.story_id, story.urn
        came = (
            take_back(con, reader, key, urn, now, [""])
            if undo
            else say_wrong(con, reader, key, urn, right, why, now)
        )
    if isinstance(came, Refused):
        raise InputError(f"Nothing was recorded. {came.reason}")
    say("It is recorded. No alert has changed." if came.made else "You had said nothing of it.")
    options.finish(0 if came.made else 1)


def _said(number: str, before: Marked | None, holds: Marked | None, now: datetime, zone: ZoneInfo) -> str:
    from monitor.cli.views.layout import local

    if holds is None:
        if before is None:
            return f"Story {number} has no mark, so there is none to take back. Nothing was changed."
        what = f"Story {number} is no longer {_NAMES[before.mark.value]}"
        return f"{what}: the mark by {before.person_id} is taken back."
    what = f"Story {number} is {_NAMES[holds.mark.value]} by {holds.person_id}"
    if holds.at == now:
        return f"{what}. To take it back: schoolgate story mark {number} --undo --as PERSON"
    return f"{what} already, since {local(holds.at, zone)}. Nothing was changed."
