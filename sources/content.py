"""Does a page hold posts, reviews, an article, or a list of threads? Data and one question, for `recognise`.

Told by the marks of forum software, by what the page declares of itself, by dates. None of the
walls that were met bears any of them.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

_MARKED = (
    "//article[.//p] | //time[@datetime] | //meta[@property='og:type'][contains(@content,'article')] |"
    " //*[contains(@itemtype,'Posting') or contains(@itemtype,'Review') or contains(@itemtype,'Article')] |"
    " //*[@data-reply-id or @data-post-id or @data-pid or @data-commentapp or @component='post']"
)
_CLASS_NAMES = (
    "post postbody postcontent post_body post-body Post-body post-message postmsg blockpost talk-post "
    "crawler-post message-body messageText bbWrapper comment review "
    "topictitle structItem discussionListItem threadtitle thread-title topic-list-item"
)
_CLASSES = frozenset(_CLASS_NAMES.split())
_ID = re.compile(
    r"(?:post(?:_message|_content)?[_-]?|td_post_|msg_|pid_?|reply-body-|comment[_-]|thread_title_)\d+"
)
_DECLARED = re.compile(
    r'"@type"\s*+:\s*+(?:\[\s*+)?"(?:https?://schema\.org/)?'
    r'(?:[a-z]{0,30}posting|comment|qapage|(?:user|critic|employer)?review|[a-z]{0,30}article)"'
    r'|"(?:reviews|pageposts|posts)"\s*+:\s*+\[\s*+\{|data-initial-state="review-info"'
)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?[ .-]{_MONTH}[ .,-]{{1,2}}(?:20)?\d\d\b"
    rf"|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? 20\d\d\b"
    r"|(?<![\d.])\d{1,2}([/.-])\d{1,2}\1(?:20)?\d\d(?!\.?\d)|\b20\d\d-\d\d-\d\d(?!\d)"
    r"|\b(?:\d{1,3}|an?) ?(?:min(?:ute)?|hour|day|week|month|year)s? ago\b|\byesterday,? (?:at )?\d"
)
_DATES = 2


def holds_content(root: Any, source: str, prose: str) -> bool:
    """True for a page with something to read; `root` is its lxml tree, `source` its markup in lower case.

    `prose` is what a reader sees. Two dates are enough: a wall has no reason to show them.
    """
    return (
        bool(root.xpath(_MARKED))
        or any(not _CLASSES.isdisjoint(names.split()) for names in root.xpath("//@class"))
        or any(_ID.fullmatch(name) for name in root.xpath("//@id"))
        or _DECLARED.search(source) is not None
        or len(list(islice(_DATE.finditer(prose.lower()), _DATES))) == _DATES
    )
