"""Is an address somebody's profile? Nobody's is ever asked for: only what was said, where it stands. Pure.

Looking through what one person has posted is what policies forbid staff (Monkhouse; King James's 2.9;
Calcot) and what may be surveillance of that person. A post's own address is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_NAME = r"/[^/]+/?"
_HANDLE = r"/@[^/]+(/(with_replies|media|likes|replies|videos|shorts|followers|following))?/?"
_NO_NAMES = (
    r"(?!/(groups|events|watch|share|reel|p|search|hashtag|explore|i|home|intent|permalink|story)([/.]|$))"
)
_OF_PLATFORM: Mapping[str, str] = {
    "bsky.app": r"/profile/[^/]+/?|/profile/[^/]+/(?!(post|feed|lists)/).+",
    "facebook.com": rf"/profile\.php.*|/people/.*|{_NO_NAMES}/[^/?]+(/(photos|friends|about|reels))?/?",
    "instagram.com": rf"{_NO_NAMES}/[^/?]+(/(reels|tagged|followers))?/?",
    "linkedin.com": r"/in/.*",
    "reddit.com": r"/(u|user)/[^/]+/?|/(u|user)/[^/]+/(?!comments/).+",
    "snapchat.com": r"/(add|@)/?.*",
    "threads.com": _HANDLE,
    "threads.net": _HANDLE,
    "tiktok.com": _HANDLE,
    "twitter.com": rf"{_NO_NAMES}/[^/?]+(/(with_replies|media|likes|followers))?/?",
    "youtube.com": rf"{_HANDLE}|/(channel|user|c){_NAME}",
}
"""Paths, with what is asked of them, that are one person's page or list of posts, by the site's domain."""
_OF_PLATFORM = {**_OF_PLATFORM, "x.com": _OF_PLATFORM["twitter.com"]}
_ANYWHERE = re.compile(
    rf"{_HANDLE}|/(u|users?|profiles?)/[^/]+(/(summary|activity|posts|topics))?/?|/members/[^/]+\.\d+/?"
    r"|.*\b(mode=viewprofile|action=profile|author_id=|search_?author=|member\.php\?).*",
    re.IGNORECASE,
)
"""The same for the usual forum software and for Mastodon."""


def is_profile(url: str) -> bool:
    """True where the address is of a person's page, or of a list of what one person has posted.

    What is no address is none. Never raises.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    asked = parts.path + (f"?{parts.query}" if parts.query else "")
    host = (parts.hostname or "").lower()
    platform = next((p for p in _OF_PLATFORM if host == p or host.endswith(f".{p}")), None)
    if platform is None:
        return _ANYWHERE.fullmatch(asked) is not None
    return re.fullmatch(_OF_PLATFORM[platform], _bare(asked), re.IGNORECASE) is not None


def _bare(asked: str) -> str:
    """Without what only tells where the reader came from; of /profile.php the number stays."""
    return asked if asked.startswith("/profile.php") else asked.partition("?")[0]
