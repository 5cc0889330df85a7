"""The result of a look at a post's address, and why, in sentences that never quote the post."""

from __future__ import annotations

from dataclasses import dataclass

from data.cases import Check


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
    "tombstone": "In the post's place stands that it was removed.",
    "absent": "The page is there, with the posts around it; this post is not among them.",
    "stands": "The post's words stand there.",
    "element": "The post stands there; its words are no longer held, so they were not compared.",
    "changed": "The post is there, but its words are not those that we hold.",
    "mostly": "Much of the post's words stands there, but not all.",
    "log_in": "The site asks for a log-in, which we never have.",
    "wall": "The site shows a wall in place of the page (a check for robots, consent, a refusal).",
    "robots": "The site's robots.txt asks programs not to read this address: a person has to look.",
    "elsewhere": "The site leads to another page than the post's, which proves nothing.",
    "region": "The site does not show it here (region or legal reasons); others may still see it.",
    "hedged": "The notice leaves open whether it was removed: it may be hidden, or the site in trouble.",
    "notice_and_words": "What stands in its place may be somebody's words, or hide it only.",
    "trouble": "The site did not answer, or has trouble of its own.",
    "too_large": "The answer is too large to be read whole.",
    "too_much": "Reading the page took too long or too much memory, and was ended.",
    "empty": "The page came without content.",
    "script": "The page holds no text without its scripts: a person has to look.",
    "unread": "No posts could be read on the page, so that this one is missing proves nothing.",
    "cut": "The page did not come whole.",
    "no_words": "The post's words are no longer held, so they cannot be looked for.",
    "partly": "Some of the post's words stand there; it may be quoted, or changed.",
    "paged": "The thread goes on over other pages, and the post may have moved to one of them.",
    "more": "The page keeps some of its posts back (more to load, or for members only).",
    "other_page": "The page is not the one that the post stood on.",
    "no_address": "No address of the post is held any more.",
    "barred": "This address is never opened again: it may show a child, or what is the safeguarding lead's.",
    "profile": "The address is of somebody's profile, which is not looked through.",
    "person": "A person looked for themselves, logged out.",
    "copy": "A scan found the same words elsewhere.",
    "alone": "The page shows no other post beside which this one would be missing.",
}
"""The reason for each result, by code."""


def cannot_tell(code: str) -> RecheckFinding:
    """The result “we cannot tell”, for this reason."""
    return RecheckFinding(Check.CANNOT_TELL, code)
