"""The result of a look at a post's address, and why, in sentences that never quote the post."""

from __future__ import annotations

from dataclasses import dataclass

from data.steps.codes import Check


@dataclass(frozen=True, slots=True)
class RecheckFinding:
    """The result of a look; `code` says why, and `SAID` has the sentence for it."""

    check: Check
    code: str

    @property
    def said(self) -> str:
        """Why, as a sentence that does not quote the post."""
        return SAID[self.code]


SAID = {
    "status": "The site says that there is no such page any more.",
    "notice": "The site shows a notice in place of the page: it was removed, or there is no such page.",
    "tombstone": "In its place the site says that the post was removed.",
    "absent": "The page is there, with the posts around it; this post is not among them.",
    "stands": "The post's words are there.",
    "element": "The post is there; we no longer hold its words, so they were not compared.",
    "changed": "The post is there, but its words are not the ones we hold.",
    "mostly": "Most of the post's words are there, but not all.",
    "log_in": "The site asks for a log-in, and we never log in.",
    "wall": "The site shows a wall instead of the page (a check for robots, consent, a refusal).",
    "robots": "The site's robots.txt asks programs not to read this address: a person has to look.",
    "elsewhere": "The site redirects to a different page, which proves nothing.",
    "region": "The site does not show it here (region or legal reasons); others may still see it.",
    "hedged": "It is not clear that it was removed: it may be hidden, or the site may have a fault.",
    "notice_and_words": "The text in its place may be somebody's own words, or may only hide it.",
    "trouble": "The site did not answer, or has a fault of its own.",
    "too_large": "The answer is too large to read in full.",
    "too_much": "Reading the page took too long or too much memory, and was stopped.",
    "empty": "The page came without content.",
    "script": "The page has no text without its scripts: a person has to look.",
    "unread": "No posts could be read on the page, so it proves nothing that this one is missing.",
    "cut": "The page did not arrive in full.",
    "no_words": "We no longer hold the post's words, so we cannot look for them.",
    "partly": "Some of the post's words are there; it may have been quoted, or changed.",
    "paged": "The thread continues on other pages, and the post may have moved to one of them.",
    "more": "The page does not show all its posts (more to load, or for members only).",
    "other_page": "The page is not the one that the post was on.",
    "no_address": "We no longer hold an address for the post.",
    "barred": "We never open this address again: it may show a child, or is for the safeguarding lead alone.",
    "profile": "The address is somebody's profile, and we never read profiles.",
    "person": "A person looked for themselves.",
    "copy": "A scan found the same words elsewhere.",
    "alone": "The page shows no other post, so it proves nothing that this one is missing.",
}
"""The reason for each result, by code."""


def cannot_tell(code: str) -> RecheckFinding:
    """The result “we cannot tell”, for this reason."""
    return RecheckFinding(Check.CANNOT_TELL, code)
