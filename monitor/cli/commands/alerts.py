"""`schoolgate alerts`: what somebody must act on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data import effects
from data.errors import InputError
from monitor.cli.commands import options
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.steps.acts import Done, Refused
    from data.types import Alert


def alerts_show(
    opts: options.HomeOptions,
    alert_id: options.AlertId,
    reason: options.Reason = None,
    person: options.Asking = None,
) -> None:
    """Read one on this machine, where the desk has no address. Say why, of a restricted one: it is recorded.

    \b
    Examples:
      schoolgate alerts show 482913 --as b-patel
      schoolgate alerts show 482913 --as b-patel --reason "I am the DSL on duty"
    """
    from data.matters import ActKind
    from monitor.cli.commands.inputs import own_words
    from monitor.cli.views.alerts import lines
    from monitor.cli.views.screen import screen_of
    from monitor.matters.one import find_alert, may_act
    from monitor.matters.whole import one, read_posts

    reader, now = opts.reader(person, named=True), effects.utc_now()
    with reader.store.write("reading a matter") as con:
        found = find_alert(con, reader, alert_id, now)
        view = one(con, reader, found.story_id, now) or found
        sealed = view.sealed
        if may_act(reader, found) and sealed and not view.may(ActKind.READ):
            raise InputError(f"Alert {view.number} is locked. Ask whoever locked it.")
        why = own_words(reason, "--reason") if sealed else ""
        posts = read_posts(con, reader, view, why, now) if sealed else view.posts
    say_lines(lines(found, posts, screen_of(reader.config, now), now))


def alerts_ack(opts: options.HomeOptions, alert_id: options.AlertId, person: options.Asking = None) -> None:
    """Say that you have it in hand.

    \b
    Examples:
      schoolgate alerts ack 482913 --as b-patel
    """
    from alerts.wording.matters import name_and_role
    from data.matters import ActKind
    from data.store.alerts import alerts as alert_store
    from data.words.say import words
    from monitor.cli.views.layout import local
    from monitor.matters.one import find_alert, may_act

    reader, now = opts.reader(person, named=True), effects.utc_now()
    with reader.store.write("acknowledgement") as con:
        shown = find_alert(con, reader, alert_id, now)
        who = reader.named if shown.may(ActKind.TAKE) else may_act(reader, shown)
        has = alert_store.ack(con, shown.alert_id, who.id, now)
    whom = name_and_role(has.person, reader.config.people, words("en"))
    if has.at == now:
        say(f"{shown.number} is with {whom}. To see what you have: schoolgate alerts list --mine")
    else:
        since = local(has.at, reader.config.zone)
        say(f"{shown.number} is with {whom} already, since {since}. Nothing was changed.")


def alerts_list(
    opts: options.JsonOptions,
    mine: Annotated[
        bool, Option("--mine", help="Only what you have, or were asked to take and nobody has.")
    ] = False,
    untaken: Annotated[bool, Option("--open", help="Only what nobody has.")] = False,
    everything: Annotated[bool, Option("--all", help="Also what is finished.")] = False,
    school: options.School = None,
    person: options.Asking = None,
) -> None:
    """What nobody has, and what somebody has and is not finished; of a restricted one only “with the DSL”.

    \b
    Examples:
      schoolgate alerts list
      schoolgate alerts list --mine --as b-patel
      schoolgate alerts list --open --json
    """
    from alerts.wording.matters import who_is_away
    from data.words.say import words
    from monitor.cli.views import alerts as view
    from monitor.cli.views.screen import screen_of
    from monitor.home import wiring
    from monitor.matters.listed import alerts_listed

    if untaken and everything:
        raise InputError("--open and --all are two lists. Give one of them.")
    reader, now = opts.reader(person, named=mine), effects.utc_now()
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.read() as con:
        shown = alerts_listed(con, reader, now, urns, finished=everything)
    if mine:
        shown = [alert for alert in shown if alert.asked or (alert.holder is not None and alert.holder.mine)]
    if untaken:
        shown = [alert for alert in shown if alert.holder is None]
    options.explain_no_words(reader)
    if opts.as_json:
        say(in_json([view.as_json(alert) for alert in shown]))
        return
    if none := view.none(shown, mine=mine, everything=everything):
        say(none)
    absent = who_is_away(reader.config.people, now, reader.config.zone, words("en"))
    say_lines((*view.listed(shown, screen_of(reader.config, now)), *absent))


MatterId = Annotated[str, Argument(metavar="ID", help="Its number, its case's, or its story's.")]
AimedAt = Annotated[
    list[str] | None,
    Option(
        "--aimed-at",
        metavar="PERSON",
        help="Whom it threatens; may be repeated.",
    ),
]
About = Annotated[
    list[str] | None,
    Option(
        "--about",
        metavar="PERSON|nobody",
        help="Of whom it alleges that they harmed a child, or are not safe with children; may be repeated. "
        "“nobody”: nobody at the school.",
    ),
]
Wronged = Annotated[
    list[str] | None,
    Option(
        "--wronged",
        metavar="PERSON",
        help="Whom it wrongs otherwise: filmed, exposed, posed as, accused of a theft; may be repeated.",
    ),
]


def alerts_person(
    opts: options.HomeOptions,
    given: MatterId,
    why: options.WhyWanted,
    aimed_at: AimedAt = None,
    about: About = None,
    wronged: Wronged = None,
    person: options.Asking = None,
) -> None:
    """Say at whom it is aimed, and whom it is about; they take the place of everybody it may mean by guess.

    For a safeguarding lead, or whoever decides, whom it does not accuse. Who is told, who is left out and a
    case of it follow at once: whoever may not know is told no more, whoever must know is. Whoever is left out
    is let in once a second person agrees, who is asked, or says the same.

    \b
    Examples:
      schoolgate alerts person 482913 --aimed-at b-vale --as i-larkspur --why "He takes that class"
      schoolgate alerts person 482913 --about b-vale --as i-larkspur --why "His mother told me"
      schoolgate alerts person 482913 --about nobody --as i-larkspur --why "It was at home"
    """
    from classifiers.verdicts.by_people.said import Naming
    from monitor.act.name import name

    target, wrong = (tuple(ids) if ids else None for ids in (aimed_at, wronged))
    naming = Naming(target, wrong, _ids(about))
    _settle(opts, given, person, partial(name, naming=naming, why=why), "it is recorded whom it means")


def alerts_said(
    opts: options.HomeOptions,
    given: MatterId,
    why: options.WhyWanted,
    confirm: Annotated[bool, Option("--confirm", help="It is as they said.")] = False,
    withdraw: Annotated[bool, Option("--withdraw", help="It is not: nobody is left out for it.")] = False,
    person: options.Asking = None,
) -> None:
    """Confirm or withdraw what was said when it was handed in of who is in danger and whom it is about.

    For a safeguarding lead, or whoever decides, whom it does not accuse. Until then it holds. Withdrawn, it
    leaves out nobody, once a second person agrees, and is as urgent as before.

    \b
    Examples:
      schoolgate alerts said 482913 --confirm --as i-larkspur --why "I have seen the pupil"
      schoolgate alerts said 482913 --withdraw --as i-larkspur --why "It is about another school's head"
    """
    from monitor.act.name import settle_said

    if confirm == withdraw:
        raise InputError("Say one of the two: --confirm or --withdraw. Nothing was changed.")
    what = "what was said at the door is confirmed" if confirm else "what was said at the door is withdrawn"
    _settle(opts, given, person, partial(settle_said, why=why, holds=confirm), what)


def _settle(
    opts: options.HomeOptions,
    given: str,
    person: str | None,
    act: Callable[..., Done[Alert | None] | Refused],
    what: str,
) -> None:
    """Does it, and says who is notified of it and who is left out from now on."""
    from alerts.wording.matters import name_and_role
    from data.steps.acts import Refused
    from data.store.verdicts.said_wrong import asked
    from data.words.say import words
    from monitor.home import wiring
    from monitor.matters.one import find_alert_or_story

    reader, now = opts.reader(person, named=True), effects.utc_now()
    context = wiring.context(reader.config, reader.store.home)
    session = wiring.Session(reader.config, context, reader.store, reader.named)
    with reader.store.write("who is meant") as con:
        shown = find_alert_or_story(con, reader, given, now)
        done = act(con, session, shown.story_id, shown.urn, now=now)
    if isinstance(done, Refused):
        raise InputError(f"Nothing was changed. {done.reason}")
    say(f"{shown.number or given}: {what}.")
    alert, w, here = done.made, words("en"), reader.config.people
    lines = (
        [
            ("Told of it", alert.audience),
            ("Told of the danger alone", alert.warned),
            ("Told nothing", alert.excluded),
        ]
        if alert
        else []
    )
    say_lines(f"  {of}: {', '.join(name_and_role(i, here, w) for i in ids)}" for of, ids in lines if ids)
    with reader.store.read() as con:
        if any(one.person_id == reader.id for one in asked(con, shown.story_id, shown.urn)):
            say("  A second person is asked to agree; until then nobody is let in.")
    by_hand = ("tell_target", "nobody_left")
    say_lines(f"  {r.text}" for r in (alert.because if alert else ()) if r.code in by_hand)


def _ids(about: list[str] | None) -> tuple[str, ...] | None:
    """Nobody where that is said, None where nothing is."""
    if not about:
        return None
    if "nobody" in about and len(about) > 1:
        raise InputError("--about nobody, or --about somebody: one of the two.")
    return () if about == ["nobody"] else tuple(about)


alerts_app = group("What somebody must act on.")
alerts_app.command("list")(alerts_list)
alerts_app.command("show")(alerts_show)
alerts_app.command("ack")(alerts_ack)
alerts_app.command("person")(alerts_person)
alerts_app.command("said")(alerts_said)
