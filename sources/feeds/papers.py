"""Is a plain feed a newspaper's or a broadcaster's? In doubt it is people's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from data.ids import squeeze
from data.web.channels import WEBSITE, channel_at, domains_of, host_of
from sources.html.markup import plain

_FIRM = frozenset(
    (
        "advertiser", "argus", "bbc", "chronicle", "courier", "echo", "gazette", "herald", "itv", "mercury",
        "tribune",
    )
)  # fmt: skip
"""Says it wherever it is a whole word."""
_LOOSE = frozenset((
    "citizen", "examiner", "express", "guardian", "independent", "journal", "leader", "live", "mail", "news",
    "observer", "post", "press", "reporter", "standard", "star", "telegraph", "times",
))  # fmt: skip
"""Says it at the end of a name: “York Press”, “leeds-live”."""
_NO_NAME = frozenset((
    "a", "all", "and", "breaking", "general", "good", "home", "in", "latest", "local", "more", "my", "new",
    "our", "recent", "site", "sport", "sports", "this", "top", "website", "your",
))  # fmt: skip
_THE_ONLY_ONE = frozenset(("news", "live", "post", "mail", "journal"))
_PEOPLES = re.compile(
    r"\b(?:web)?(?:blogs?|blogg?(?:er|ing)|forums?|(?:message ?)?boards?|talk|chat|discussions?|comments?"
    r"|diary|diaries|gossip|confessions?|newsletters?)\b"
)
_BODIES = re.compile(
    r"\b(?:school(?!s)|primary|infants?|juniors?|academy|college|university|nursery|pta|ptfa|pupils?|governors?|ysgol"
    r"|coleg|council|parish|church|club|residents|association|society|trust|union|party|charity|community)\b"
)
_BODY_HOSTS = re.compile(r"school|academy|college|ysgol|\.(?:sch|ac|gov)\.uk$|\.gov\.wales$")
_HOSTS_OF_BLOGS = frozenset((
    "blogger", "blogspot", "discourse", "ghost", "livejournal", "medium", "proboards", "substack", "tumblr",
    "typepad", "weebly", "wixsite", "wordpress",
))  # fmt: skip
_KNOWN = frozenset((
    "bbc.co.uk", "bbc.com", "bbci.co.uk", "belfastlive.co.uk", "belfasttelegraph.co.uk",
    "birminghammail.co.uk", "bristolpost.co.uk", "cambridge-news.co.uk", "cheshire-live.co.uk",
    "cornwalllive.com", "dailymail.co.uk", "dailypost.co.uk", "dailyrecord.co.uk", "devonlive.com",
    "essexlive.news", "examinerlive.co.uk", "express.co.uk", "golwg.360.cymru", "hulldailymail.co.uk",
    "independent.co.uk", "itv.com", "kentlive.news", "kentonline.co.uk", "lancashiretelegraph.co.uk",
    "lancs.live", "lincolnshirelive.co.uk", "manchestereveningnews.co.uk", "metro.co.uk", "mirror.co.uk",
    "nation.cymru", "nottinghampost.com", "oxfordmail.co.uk", "plymouthherald.co.uk", "scotsman.com",
    "somersetlive.co.uk", "standard.co.uk", "stokesentinel.co.uk", "surreylive.news", "telegraph.co.uk",
    "theboltonnews.co.uk", "theguardian.com", "thenorthernecho.co.uk", "thesun.co.uk", "thetimes.co.uk",
    "thetimes.com", "walesonline.co.uk", "yorkpress.co.uk", "yorkshirepost.co.uk",
))  # fmt: skip
_ENDINGS = tuple(word for word in sorted(_FIRM) if len(word) > 3)
_WORD = re.compile(r"[\w'’]+")
_SEGMENT = re.compile(r"\s[-–—]\s|[|:»]")


def is_paper(title: str, url: str, addresses: Sequence[str]) -> bool:
    """By the trade's words in its title or host; never a blog's, a forum's, a school's or a council's."""
    name, host = squeeze(plain(title)).casefold(), host_of(url)
    if _PEOPLES.search(name) or any(map(_is_peoples_place, (url, *addresses))):
        return False
    if not _KNOWN.isdisjoint(domains_of(host)):
        return True
    if _BODIES.search(name) or _BODY_HOSTS.search(host):
        return False
    return any(map(_names_a_paper, _SEGMENT.split(name))) or any(
        _is_papers(label.split("-")) for label in host.split(".")[:-1]
    )


def _is_peoples_place(address: str) -> bool:
    """A platform, a host of blogs, or an address that says blog or forum."""
    try:
        path = urlsplit(address).path.casefold()
    except ValueError:
        return True
    labels = host_of(address).split(".")
    said = " ".join((*labels, path)).replace("-", " ").replace("_", " ")
    known = channel_at(address)
    return known not in ("", WEBSITE) or not _HOSTS_OF_BLOGS.isdisjoint(labels) or bool(_PEOPLES.search(said))


def _names_a_paper(segment: str) -> bool:
    words = _WORD.findall(segment)
    if not _FIRM.isdisjoint(words):
        return True
    if len(words) < 2 or words[-1] not in _LOOSE:
        return False
    before = words[:-1]
    if before == ["the"]:
        return words[-1] not in _THE_ONLY_ONE
    return before[-1] not in _NO_NAME and not before[-1].endswith(("'s", "’s"))


def _is_papers(words: list[str]) -> bool:
    """`gazette`, `northvale-echo`, `northvalegazette`, `leeds-live`: a loose word follows a hyphen."""
    if len(words) > 1 and words[-1] in _LOOSE:
        return True
    return any(word in _FIRM or word.endswith(_ENDINGS) for word in words)
