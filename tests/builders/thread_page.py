"""A forum thread as its site would serve it, in the markup of XenForo 2, for looks at a post again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TITLE = "Parking at the gate"
BEGAN = datetime(2026, 11, 8, 8, 40, tzinfo=UTC)
INSULT = "Mr Larkspur of Year 4 is a thief who takes the dinner money, and everybody knows it."
_PAGE = """<!DOCTYPE html>
<html id="XF" lang="en-GB" data-app="public" data-template="thread_view"><head><meta charset="utf-8" />
<title>{title} | Northvale Talk</title>{head}</head><body data-template="thread_view">
<h1 class="p-title-value">{title}</h1>{pages}<div class="block-body js-replyNewMessageContainer">
{posts}</div>{foot}</body></html>"""
_POST = """<article class="message message--post js-post" data-author="{author}" data-content="post-{n}" \
id="js-post-{n}"><span class="u-anchorTarget" id="post-{n}"></span><div class="message-inner">
<div class="message-cell message-cell--user"><h4 class="message-name"><a href="/members/{author}.1/" \
class="username">{author}</a></h4></div><div class="message-cell message-cell--main"><header \
class="message-attribution"><ul class="message-attribution-main"><li><a href="/threads/gate.12/post-{n}" \
rel="nofollow"><time class="u-dt" datetime="{at}">then</time></a></li></ul></header>
<div class="message-content"><article class="message-body"><div class="bbWrapper">{text}</div>
</article></div></div></div></article>"""


@dataclass(frozen=True)
class Posted:
    """One post of the thread; the n-th was written n hours after it began."""

    n: int
    text: str
    author: str = "gate_watcher"

    @property
    def at(self):
        return BEGAN + timedelta(hours=self.n)


BEFORE = Posted(1, "The gate was blocked again this morning by two vans.")
MEANT = Posted(2, INSULT, "angry_of_larch_road")
AFTER = Posted(3, "The wardens come on Tuesdays, ring them.")


def thread(*posts, title=TITLE, head="", pages="", foot=""):
    made = "".join(
        _POST.format(author=p.author, n=p.n, at=p.at.strftime("%Y-%m-%dT%H:%M:%S+0000"), text=p.text)
        for p in posts
    )
    return _PAGE.format(title=title, head=head, pages=pages, posts=made, foot=foot).encode()
