"""A story as text and as JSON, as much of it as its reader may know.

A restricted post is only ever “with the DSL” here; whoever may know that an open story is there, but not its
words, is shown its kind, how grave it is, when and where.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from alerts.wording.cases import state_words
from alerts.wording.matters import the_same_words
from alerts.wording.verdicts import channel_name, in_words, next_of, what_weighed_in
from data.judged import reasons_of, tone_of, was_judged
from data.matters import MatterView, PostView
from data.types import Relevance, Verdict
from monitor.cli.views.alerts import (
    WITHOUT_WORDS,
    case_line,
    reported_json,
    reported_lines,
    said_wrong_json,
    said_wrong_line,
)
from monitor.cli.views.layout import below, enclosed_line, in_short, picked, plain, utc
from monitor.cli.views.screen import ENGLISH, Screen, holder_json, mark_json
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, counted, numbered, severity_cell, severity_words

HEADS = ("Story", "How soon", "Posted", "What and where, and what next")
_NAMED = 3
"""So many places are named."""
_SOON_AFTER = timedelta(days=1)
"""When it was read is said where that was later."""
IN_SUCH_A_THREAD = "(a thread with a matter that is with the DSL)"


def listed(stories: Sequence[MatterView], screen: Screen) -> list[Painted]:
    """Stories as a table: which, how soon, since when, what it is, where and what next."""
    whose = screen.whose(stories)
    rows = ((view.urn, _row(view, screen)) for view in stories)
    return table(HEADS, [(*cells, f"{whose[urn]}{said}") for urn, (*cells, said) in rows])


def _row(view: MatterView, screen: Screen) -> tuple[str, str | Cell, str, str]:
    if view.apart:
        return view.number, "", "", f"{WITH_THE_DSL}."
    number, soon, posted = view.story_id[:8], severity_cell(view.severity), view.posted_at
    read = f" Read on {screen.brief(view.last_seen)}."
    if view.restricted:
        return number, soon, "", f"{WITH_THE_DSL}.{read}"
    if posted and view.last_seen and view.last_seen - posted < _SOON_AFTER:
        read = ""
    then = _state(view, screen) or f"Next: {_next(view)}"
    return (
        number,
        soon,
        screen.brief(posted) or "no time",
        " ".join(
            filter(None, (f"{_quoted(view)}{_where(view, screen)}.{read}", screen.time_named(view), then))
        ),
    )


def _state(view: MatterView, screen: Screen) -> str:
    """That it is done with, or who has it; "" where neither is so."""
    return screen.marked(view) or screen.held(view)


def _next(view: MatterView) -> str:
    return next_of(view.top, ENGLISH, view.part) if view.top else ""


def _quoted(view: MatterView) -> str:
    if not view.words:
        return ""
    return f"“{_title(view)}”, " if view.title else f"{_title(view)}, "


def _where(view: MatterView, screen: Screen) -> str:
    """The kinds of places and their names, how many people, and what it was besides."""
    names = screen.places or {}
    places = ", ".join(names.get(source, source) for source in view.sources[:_NAMED])
    more = f" and {len(view.sources) - _NAMED} more" if len(view.sources) > _NAMED else ""
    return f"{_channels(view)}{f' ({places}{more})' if places else ''}{_besides(view)}"


def _channels(view: MatterView) -> str:
    return ", ".join(channel_name(c, ENGLISH) for c in view.channels)


def _besides(view: MatterView) -> str:
    people = f", {view.people} people" if view.people > 1 else ""
    perhaps = ", perhaps another school" if view.relevance is Relevance.UNSURE else ""
    return f"{people}{perhaps}{_before(view.top)}"


def _before(verdict: Verdict | None) -> str:
    return ", from before we began" if verdict and verdict.history else ""


def lines(view: MatterView, screen: Screen) -> list[str]:
    """The story in full: who carries it, what we think, and why."""
    soon = "" if view.apart else f"{severity_words(view.severity)} · "
    found = [
        f"Story {view.story_id}  ({numbered(view.urn)})",
        *below(f"{soon}{WITH_THE_DSL if view.restricted else _next(view)}", "  "),
        *(line for part in _rest(view, screen) for line in below(part, "  ")),
        *(f"  {case_line(case)}" for case in view.numbers),
        *below("" if view.restricted else _state(view, screen), "  "),
        *below(the_same_words(view, ENGLISH), "  "),
    ]
    for post in view.posts:
        found += ["", *_post_lines(post, screen)]
    return found


_WITHHELD = dict.fromkeys(
    (
        "state", "title", "published", "relevance", "route", "abuse", "about", "sentiment", "mentions",
        "places", "people", "channels", "has_it", "marked",
    )
)  # fmt: skip
"""What is null of a story whose reader may not know it; and of a post."""
_WITHHELD_POST = dict.fromkeys(
    (
        "state", "published", "from_before", "relevance", "sentiment", "abuse", "about", "severity", "event",
        "route", "judged", "look", "id", "version", "url", "author", "title", "text", "enclosed", "themes",
        "reasons", "weighed_most", "reported", "corrections", "said_wrong", "case", "case_state",
    )
)  # fmt: skip


def row_json(view: MatterView) -> dict[str, object]:
    """The story as JSON values; times in UTC. Each has the same keys, whatever its reader may know."""
    found: dict[str, object] = {
        "id": view.number if view.apart else view.story_id, "urn": view.urn, "restricted": view.restricted,
        "last_seen": view.last_seen and utc(view.last_seen),
        "severity": None if view.apart else int(view.severity), **_WITHHELD,
    }  # fmt: skip
    top = view.top
    if view.restricted or top is None:
        return found | {"state": WITH_THE_DSL}
    return found | ({"title": view.title} if view.words else {"state": WITHOUT_WORDS}) | {
        "published": plain(view.posted_at),
        "relevance": view.relevance.value, **picked(top, "route abuse about"), "sentiment": tone_of(top),
        **picked(view, "mentions places people channels"),
        "has_it": holder_json(view.holder),
        "marked": mark_json(view),
    }  # fmt: skip


def whole_json(view: MatterView) -> dict[str, object]:
    posts = [_post_json(post) for post in view.posts]
    same = list(view.same_words_at)
    return row_json(view) | {"posts": posts, "cases": list(view.numbers), "same_words_at": same}


def _rest(view: MatterView, screen: Screen) -> list[str]:
    """What it is, where it stands, when it was posted and, apart, when it was read."""
    several = view.mentions > 1
    read = f"{'last ' if several else ''}read {screen.local(view.last_seen)}" if view.last_seen else ""
    if view.restricted:
        return [read]
    posted = "bears no time"
    if view.posted_at:
        posted = f"{'first ' if several else ''}posted {screen.local(view.posted_at)}"
    where = f"{_channels(view)}; {counted(view.places, 'place')}{_besides(view)}"
    return [*([_title(view)] if view.words else []), where, f"{posted} · {read}"]


def _title(view: MatterView) -> str:
    """Its title, or why it has none."""
    if view.title:
        return in_short(view.title)
    return IN_SUCH_A_THREAD if view.beside else "(no words)"


def _post_lines(post: PostView, screen: Screen) -> list[str]:
    channel, verdict = channel_name(post.channel, ENGLISH), post.verdict
    if verdict is None or post.first_seen is None:
        return [f"  {channel}: {WITH_THE_DSL}"]
    posted = f"posted {screen.local(post.published)}" if post.published else "bears no time"
    when = f"{posted}, read {screen.local(post.first_seen)}{_before(verdict)}"
    judged = f"  {in_words(verdict, ENGLISH)}"
    if not post.words:
        return [f"  {when}  {channel}", judged]
    author = f"{post.author or 'nobody named'}{f', version {post.version}' if post.version > 1 else ''}"
    themes = "; ".join(ENGLISH(f"theme.{theme}") for theme in verdict.themes)
    return [
        f"  {post.id[:8]}  {channel}, {author}  {post.url or ''}",
        f"  {when}",
        *([f"  {post.title}"] if post.title else []),
        *([f"  {post.text}"] if post.text else []),
        *enclosed_line(post.enclosed),
        *([f"  Case {post.case.id}: {state_words(post.case, ENGLISH)}"] if post.case else []),
        judged,
        *([f"  Themes: {themes}"] if themes else []),
        *(f"    - {reason.text}" for reason in reasons_of(verdict)),
        *([f"    - {weighed}"] if (weighed := what_weighed_in(post, ENGLISH)) else []),
        *(f"    {line}" for report in post.reported for line in reported_lines(report, screen.zone)),
        *(f"    Somebody it is about says: {said}" for said in post.corrections),
        *(f"    {said_wrong_line(one, screen.zone)}" for one in post.said_wrong),
    ]


def _post_json(post: PostView) -> dict[str, object]:
    verdict = post.verdict
    status: dict[str, object] = {"channel": post.channel, "restricted": verdict is None, **_WITHHELD_POST}
    if verdict is None:
        return status | {"state": WITH_THE_DSL}
    status |= {
        "published": plain(post.published),
        "from_before": verdict.history is not None,
        "relevance": verdict.relevance.value, "sentiment": tone_of(verdict),
        **picked(verdict, "abuse about severity event route"), "judged": was_judged(verdict),
        "look": verdict.look,
    }  # fmt: skip
    if not post.words:
        return status | {"state": WITHOUT_WORDS}
    return status | {
        **picked(post, "id version url author title text enclosed"), "themes": list(verdict.themes),
        "reasons": [picked(reason, "code text") for reason in reasons_of(verdict)],
        "weighed_most": post.weighed_most or None,
        "reported": [reported_json(r) for r in post.reported],
        "corrections": list(post.corrections),
        "said_wrong": [said_wrong_json(one) for one in post.said_wrong],
        "case": post.case.id if post.case else None,
        "case_state": post.case.state.value if post.case else None,
    }  # fmt: skip
