"""Is this the page we asked for, or a wall in its place (log-in, captcha, notice)? Pure; used by everything.

A page is judged by what it says, then by its status. Wording alone never condemns a page that has
anything to read: a thread about a captcha is a thread. So a page counts as a wall only if it has
little text and no sign of a post, review, article, list of threads or dates.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree

from data.frozen import freeze
from data.ids import squeeze
from data.types import Block, BlockKind, Response
from data.web.channels import host_of
from sources.html.markup import decode_answer
from sources.html.parsers import is_feed, json_in, parse_html
from sources.walls import REASONS, wording

_THIN_LETTERS = 2000  # the longest wall seen that is not a consent page has 1,120 letters
_THIN_CONSENT_LETTERS = 6000  # nothing with more text is any kind of wall
_SHELL_LETTERS = 150
_EMPTY_LETTERS = 25
_MOST_BYTES = 3 * 1024 * 1024
_START_CHARS = 700
_WORD = re.compile(r"[^\W\d_]{2,}")
_DATA = re.compile(
    r"application/ld\+json|data-preloaded|__next_data__|__nuxt|__initial_state__|__apollo_state__|__preloaded_state__"
)
BY_STATUS = {
    401: BlockKind.LOG_IN,
    402: BlockKind.FORBIDDEN,
    403: BlockKind.FORBIDDEN,
    404: BlockKind.REMOVED,
    407: BlockKind.FORBIDDEN,
    410: BlockKind.REMOVED,
    429: BlockKind.RATE_LIMITED,
    451: BlockKind.FORBIDDEN,
}
_IN_ANY_STATUS = frozenset(
    {BlockKind.CHALLENGE, BlockKind.CAPTCHA, BlockKind.CONSENT, BlockKind.LOG_IN, BlockKind.AGE}
)
_AGREE = re.compile(
    r"\b(yes|enter|continue|proceed|agree|accept|confirm|i am|i'm|over ?18|18 ?\+|ydw|derbyn|parhau)\b"
)


def recognise_block(response: Response) -> Block | None:
    """Find out what was served instead of the page; None if it is the page.

    The reason is a sentence from `REASONS`. It never quotes the page, because the title of a removed thread
    is its poster's words. An empty body or a server error (5xx) is not a block unless the page says so."""
    said = _read_body(response)
    by_status = BY_STATUS.get(response.status)
    if 200 <= response.status < 300:
        return said
    shut = by_status is not None and response.status != 404
    if said is not None and (said.kind in _IN_ANY_STATUS or shut):
        return said
    if by_status is None:
        return None
    return Block(by_status, f"{REASONS[by_status]} (it answered {response.status}).")


def _read_body(response: Response) -> Block | None:
    """Recognise a block by the body itself."""
    if not response.body.strip() or len(response.body) > _MOST_BYTES or response.body[:2] == b"\x1f\x8b":
        return None
    text = decode_answer(response)
    text = text.lstrip("\ufeff \t\r\n")
    head = text[:2000].lower()
    if text[:1] in "{[":
        return _json_says(text)
    if is_feed(text):
        return None
    if "<html" in head or "<!doctype html" in head or "<head" in head or "<body" in head:
        return _html_says(text, response.url)
    if text[:1] == "<" and not head.startswith(("<p", "<h1", "<center", "<div")):
        return _block(BlockKind.FORBIDDEN) if "<code>accessdenied</code>" in head else None
    return _match_words("", text, "") if len(text) < _START_CHARS else None


@freeze
class _PageSigns:
    title: str
    start: str
    letters: int
    holds_content: bool
    asks_password: bool
    asks_leave: bool
    controls: int
    scripts: int


def _html_says(text: str, url: str) -> Block | None:
    source = text.lower()
    seen = _find_signs(text, source)
    if seen is None:
        return None
    if host_of(url).startswith(("consent.", "guce.", "cmp.")):
        return _block(BlockKind.CONSENT)
    if seen.holds_content:
        return None
    has_data = _DATA.search(source) is not None
    worded = _match_words(seen.title, seen.start, source)
    if worded is not None and _thin_enough(worded.kind, seen, has_data=has_data):
        return worded
    if seen.asks_password and seen.letters < _SHELL_LETTERS and not has_data:
        return _block(BlockKind.LOG_IN)
    if _is_shell(seen) and not has_data:
        return _block(BlockKind.SCRIPT_ONLY)
    return None


def _is_shell(seen: _PageSigns) -> bool:
    """Nothing to read: almost no text, or little text on a page whose scripts would load it."""
    if seen.scripts:
        return seen.letters < _SHELL_LETTERS and seen.controls < 8
    return seen.letters < _EMPTY_LETTERS and seen.controls == 0


def _thin_enough(kind: BlockKind, seen: _PageSigns, *, has_data: bool) -> bool:
    if kind is BlockKind.CONSENT:
        return True
    if kind is BlockKind.AGE and not seen.asks_leave:
        return False
    if kind is BlockKind.SCRIPT_ONLY:
        return seen.letters < 4 * _SHELL_LETTERS and not has_data
    return seen.letters < _THIN_LETTERS


_OFFERED = (
    "//button/descendant::text() | //a[@href]/descendant::text()"
    " | //input[@type='submit' or @type='button']/@value"
)


def _find_signs(text: str, source: str) -> _PageSigns | None:
    """The facts needed to decide whether a page is a wall; None if it has too much text or no element."""
    root = parse_html(text)
    if root is None:
        return None
    title = squeeze(root.findtext(".//title") or "")
    asks_password = bool(root.xpath("//input[@type='password']"))
    offered = root.xpath(_OFFERED)
    controls = len(root.xpath("//a[@href][not(starts-with(@href, '#'))] | //input[not(@type='hidden')]"))
    scripts = len(root.xpath("//script"))
    etree.strip_elements(root, "script", "style", "template", "title", etree.Comment, with_tail=False)
    prose = squeeze(" ".join(root.itertext()))
    letters = sum(map(len, _WORD.findall(prose)))
    if letters >= _THIN_CONSENT_LETTERS:
        return None
    asks_leave = any(_AGREE.search(_plain(words)) for words in offered)
    content = _holds_content(root, source, prose)
    start = f"{title} {prose}"[:_START_CHARS]
    return _PageSigns(title, start, letters, content, asks_password, asks_leave, controls, scripts)


def _match_words(title: str, start: str, source: str) -> Block | None:
    places = {"title": _plain(title), "start": _plain(start), "source": source}
    for row in wording().walls:
        if row.pattern.search(places[row.where]):
            return _block(row.kind)
    return None


def _block(kind: BlockKind) -> Block:
    return Block(kind, f"{REASONS[kind]}.")


def _plain(text: str) -> str:
    return squeeze(text).lower().replace("’", "'")


# ------------------------------------------------------------- is there anything to read?

_MARKED = (
    "//article[.//p] | //time[@datetime] | //meta[@property='og:type'][contains(@content,'article')] |"
    " //*[contains(@itemtype,'Posting') or contains(@itemtype,'Review') or contains(@itemtype,'Article')] |"
    " //*[@data-reply-id or @data-post-id or @data-pid or @data-commentapp or @component='post']"
)
_POST_CLASS_NAMES = (
    "post postbody postcontent post_body post-body Post-body post-message postmsg blockpost talk-post "
    "crawler-post message-body messageText bbWrapper comment review "
    "topictitle structItem discussionListItem threadtitle thread-title topic-list-item"
)
_POST_CLASSES = frozenset(_POST_CLASS_NAMES.split())
_POST_ID = re.compile(
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
_ENOUGH_DATES = 2


def _holds_content(root: Any, source: str, prose: str) -> bool:
    """True for a page with posts, reviews, an article or a list of threads.

    It is recognised by the markup of forum software, by what the page declares, and by dates: no wall we have
    seen has any of these. Two dates are enough. `root` is the lxml tree, `source` the markup in lower case,
    `prose` the visible text."""
    return (
        bool(root.xpath(_MARKED))
        or any(not _POST_CLASSES.isdisjoint(names.split()) for names in root.xpath("//@class"))
        or any(_POST_ID.fullmatch(name) for name in root.xpath("//@id"))
        or _DECLARED.search(source) is not None
        or len(list(islice(_DATE.finditer(prose.lower()), _ENOUGH_DATES))) == _ENOUGH_DATES
    )


# ---------------------------------------------------------------------------------- JSON

_JSON_CODES = {  # what services send instead of data: error words and codes
    BlockKind.RATE_LIMITED: r"rate_limit|ratelimit|too many requests|resource_exhausted|quotaexceeded|429",
    BlockKind.LOG_IN: r"oauthexception|unauthorized|unauthenticated|authrequired|not_logged_in|401",
    BlockKind.FORBIDDEN: r"forbidden|permission_denied|invalid_access|request_denied|403",
    BlockKind.REMOVED: r"not_found|not found|recordnotfound|404|410",
}
_JSON_SAYS = frozenset(
    {"error", "errors", "error_type", "code", "status", "title", "type", "message", "reason"}
)


def _json_says(text: str) -> Block | None:
    if len(text) > 20_000 or ('"error' not in text and '"status"' not in text):
        return None  # an error is short
    found = json_in(text)
    if not isinstance(found, dict) or not _is_error(found):
        return None
    words = " ".join(_leaves(found, 0)).lower()
    for kind, codes in _JSON_CODES.items():
        if re.search(rf"(?<![a-z0-9])(?:{codes})(?![a-z0-9])", words):
            return _block(kind)
    return None


def _is_error(found: dict[str, Any]) -> bool:
    """An object that reports a failure and carries no data."""
    status = found.get("status")
    failed = "error" in found or "errors" in found or "error_type" in found
    failed = failed or (isinstance(status, int) and status >= 400)
    return failed and not found.keys() & {"data", "items", "results", "includes", "feed", "posts"}


def _leaves(node: object, depth: int) -> list[str]:
    if isinstance(node, dict) and depth < 4:
        return [w for k, v in node.items() if k in _JSON_SAYS for w in _leaves(v, depth + 1)]
    if isinstance(node, list) and depth < 4:
        return [w for v in node[:5] for w in _leaves(v, depth + 1)]
    return [str(node)] if isinstance(node, str | int) else []
