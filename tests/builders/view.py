"""Matters as the daily digest reads them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data.cases import Case
from data.matters import Access, MatterView, PostView
from data.types import Alert, Marked, MentionKind, Relevance, Verdict

URN = "900001"


def a_post(
    channel: str = "local_forum", kind: MentionKind = MentionKind.POST, url: str | None = None,
    title: str = "", text: str = "", at: datetime | None = None, dated: bool = True,
    source_ids: tuple[str, ...] = (), id: str = "",
) -> PostView:  # fmt: skip
    """A post with its words; `at` is when it was posted, or first read where it is not `dated`."""
    return PostView(
        channel, words=True, id=id, kind=kind, url=url, title=title, text=text,
        published=at if dated else None, first_seen=at, source_ids=source_ids,
    )  # fmt: skip


def fresh(story_id: str, top: Verdict, post: PostView | None = None, **fields: object) -> MatterView:
    """A story with something judged within the window."""
    given = {
        "relevance": Relevance.ABOUT, "mentions": 1, "place_keys": ("forum",), "people_keys": (0,),
        "from_before": top.history,
    }  # fmt: skip
    view = MatterView(story_id, URN, Access.WORDS, top=top, **{**given, **fields})  # type: ignore[arg-type]
    return with_post(view, post) if post else view


def with_post(view: MatterView, post: PostView) -> MatterView:
    """The story with this post read."""
    return replace(view, posts=(replace(post, id=view.post_id),))


def with_article(view: MatterView, post: PostView) -> MatterView:
    """The story with this article, and nothing else of it, read."""
    return replace(view, posts=(replace(post, id="article"),), article_id="article", articles=1)


def raised(
    alert: Alert, verdicts: Sequence[Verdict], written_at: datetime, *,
    restricted: bool = False, channels: tuple[str, ...] = (), post: PostView | None = None,
) -> MatterView:  # fmt: skip
    """An alert as it is now, with its grave verdicts; `written_at` is when it was last written."""
    return MatterView(
        alert.story_id, alert.urn, Access.WORDS, alert_id=alert.id, restricted=restricted,
        verdicts=tuple(verdicts), severity=alert.severity, route=alert.route,
        content_class=alert.content_class, because=alert.because, posts=(post,) if post else (),
        channels=channels, raised_at=alert.raised_at, times=alert.times, from_before=alert.posted_at,
        updated_at=written_at, audience=alert.audience, excluded=alert.excluded, warned=alert.warned,
    )  # fmt: skip


def of_case(
    case: Case, verdicts: Sequence[Verdict], *,
    restricted: bool = False, excluded: tuple[str, ...] = (), post: PostView | None = None,
) -> MatterView:  # fmt: skip
    """A case as it is now, with the verdicts on its story."""
    return MatterView(
        case.story_id, URN, Access.WORDS, number=case.id, restricted=restricted, locked=case.locked,
        verdicts=tuple(verdicts), posts=(post,) if post else (), excluded=excluded, cases=(case,),
    )  # fmt: skip


def marked(
    mark: Marked, verdicts: Sequence[Verdict], channels: tuple[str, ...], **fields: object
) -> MatterView:
    """A story that somebody has, or said is answered."""
    return MatterView(
        mark.story_id, URN, Access.WORDS, mark=mark, verdicts=tuple(verdicts), channels=channels,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip
