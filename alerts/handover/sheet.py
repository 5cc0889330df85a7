"""The hand-over sheet: what was posted, its category, what was done, as text that pastes clean. Pure.

It repeats all that was posted, so it is made for somebody whose reading of it is on record, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.layout.pdf import compiled
from alerts.layout.printable import all_printable
from alerts.wording.verdicts import channel_name, kept_apart
from data.evidence.handed_in import WhoseWords, whose_words
from data.matters import MatterView, PostView
from data.types import School
from data.web.visible import visible
from data.words.say import Words


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One part of it: its `key`, a heading, and the text that is copied."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class HandOverSheet:
    """The whole of it; `made` says who made it and when, `left_out` what is not in it,
    `own_category` that its category is in the school's own words."""

    language: str
    title: str
    made: str
    parts: tuple[SheetPart, ...]
    left_out: str
    page: str
    own_category: bool

    def pdf(self, day: datetime) -> bytes:
        """One page of A4, more where what was posted is long. Raises typst.TypstError where it could not be
        made as the standard asks."""
        return compiled("alerts.handover/handover.typ", all_printable(asdict(self)), day.date())


def compose_sheet(
    view: MatterView,
    posts: Sequence[PostView],
    done: Iterable[tuple[datetime, str]],
    school: School,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    w: Words,
    own: Mapping[str, str],
) -> HandOverSheet:
    """The sheet of a matter whose words were read just now; `done` is what was done in it, each with
    when; `own` are the school's own words for a category."""
    lane = view.lane.value if view.lane else "other"
    about = {"number": view.number, "school": school.name}
    incident = [w("room.sheet.number", **about), *_said(view, w)]
    incident += [line for post in posts for line in _post(post, zone, w)] or [w("page.nothing_kept")]
    actions = [w("room.sheet.did", when=_when(at, zone, w), said=_marked(said)) for at, said in sorted(done)]
    texts = {
        "incident": "\n".join(incident),
        "category": own.get(lane) or w(f"room.category.{lane}"),
        "actions": "\n".join(actions),
    }
    return HandOverSheet(
        w.language,
        w("room.sheet.title", **about),
        w("room.sheet.made", who=by, when=_when(now, zone, w)),
        tuple(SheetPart(key, w(f"room.sheet.{key}"), text) for key, text in texts.items()),
        w("room.sheet.left_out"),
        w("room.sheet.page", page="{page}", pages="{pages}"),
        lane in own,
    )


def _said(view: MatterView, w: Words) -> Iterator[str]:
    if view.lane is not None:
        yield w("room.sheet.judged", what=kept_apart(view.lane, view.about, w)[0])


def _post(post: PostView, zone: ZoneInfo, w: Words) -> Iterator[str]:
    """What was posted, with where and when; then what it said before, and where it stands."""
    when = _when(post.published, zone, w) if post.published else w("page.no_date")
    author = " ".join(visible(post.author or "").split()) or w("room.sheet.no_author")
    place = channel_name(post.channel, w) if post.channel else w("room.sheet.no_place")
    yield ""
    yield f"{w('room.sheet.posted', when=when, place=place)} {author}"
    whose = whose_words(post.text, post.source_ids)
    if whose is not WhoseWords.READ:
        yield w(f"pack.post.{whose.value}")
    text = None if whose is WhoseWords.NOBODYS else post.text
    said = (("|", post.title), (w("room.sheet.quoted"), post.quoted), ("|", text))
    yield from (f"{first} {_marked(words)}" for first, words in said if words)
    for version in post.earlier:
        before = " ".join(filter(None, (version.title, version.text)))
        yield f"{w('room.sheet.before')} {_marked(before)}"
    if post.url:
        yield f"{w('room.sheet.address')} {visible(post.url)}"
    if post.first_seen:
        yield w("room.sheet.seen", when=_when(post.first_seen, zone, w))


def _marked(said: str) -> str:
    """Quotes what somebody wrote: no further line of it passes for one of ours."""
    return visible(said).replace("\n", "\n| ")


def _when(at: datetime, zone: ZoneInfo, w: Words) -> str:
    return w("room.when", day=w.full_day(at, zone), clock=w.clock(at, zone))
