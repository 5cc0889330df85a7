"""Matters as the daily digest reads them."""

from dataclasses import replace

from data.matters import Access, MatterView, PostView
from data.types import MentionKind, Relevance

URN = "900001"


def a_post(
    channel="local_forum", kind=MentionKind.POST, url=None, title="", text="", at=None, dated=True,
    source_ids=(), id="",
):  # fmt: skip
    """A post with its words; `at` is when it was posted, or first read where it is not `dated`."""
    return PostView(
        channel, words=True, id=id, kind=kind, url=url, title=title, text=text,
        published=at if dated else None, first_seen=at, source_ids=source_ids,
    )  # fmt: skip


def fresh(story_id, top, post=None, **fields):
    """A story with something judged within the window."""
    given = {
        "relevance": Relevance.ABOUT, "mentions": 1, "place_keys": ("forum",), "people_keys": (0,),
        "from_before": top.history,
    }  # fmt: skip
    view = MatterView(story_id, URN, Access.WORDS, top=top, **{**given, **fields})
    return with_post(view, post) if post else view


def with_post(view, post):
    """The story with this post read."""
    return replace(view, posts=(replace(post, id=view.post_id),))


def with_article(view, post):
    """The story with this article, and nothing else of it, read."""
    return replace(view, posts=(replace(post, id="article"),), article_id="article", articles=1)


def raised(alert, verdicts, written_at, *, restricted=False, channels=(), post=None):
    """An alert as it is now, with its grave verdicts; `written_at` is when it was last written."""
    return MatterView(
        alert.story_id, alert.urn, Access.WORDS, alert_id=alert.id, restricted=restricted,
        verdicts=tuple(verdicts), severity=alert.severity, route=alert.route,
        content_class=alert.content_class, because=alert.because, posts=(post,) if post else (),
        channels=channels, raised_at=alert.raised_at, times=alert.times, from_before=alert.posted_at,
        updated_at=written_at, audience=alert.audience, excluded=alert.excluded, warned=alert.warned,
    )  # fmt: skip


def of_case(case, verdicts, *, restricted=False, excluded=(), post=None):
    """A case as it is now, with the verdicts on its story."""
    return MatterView(
        case.story_id, URN, Access.WORDS, number=case.id, restricted=restricted, locked=case.locked,
        verdicts=tuple(verdicts), posts=(post,) if post else (), excluded=excluded, cases=(case,),
    )  # fmt: skip


def marked(mark, verdicts, channels, **fields):
    """A story that somebody has, or said is answered."""
    return MatterView(
        mark.story_id, URN, Access.WORDS, mark=mark, verdicts=tuple(verdicts), channels=channels,
        **fields,
    )  # fmt: skip
