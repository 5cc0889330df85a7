"""The codes of an audit entry: each kind begins with its own prefix and a colon.

A code without a prefix is a hash, a content class or a single word. Whoever writes an entry takes the prefix
from here, so that a reader of the chain never mistakes one kind for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum, unique

_HASHED = re.compile(r"[0-9a-f]{64}")


@unique
class Code(StrEnum):
    """A prefix. Facts of a case's step that are ids, codes or hashes are named as they are stored."""

    ABOUT = "about"
    ACTION = "action"
    ALERT = "alert"
    ALL_STEPS = "all_steps"
    AMENDED = "amended"
    AS = "as"
    AUDIENCE = "audience"
    AUTHORITY = "authority"
    CAPTURE = "capture"
    CASE = "case"
    CASES = "cases"
    CHANNEL = "channel"
    CLASS = "class"
    CLOSED = "closed"
    COLUMN = "column"
    CONTACT_SAFE = "contact_safe"
    DECISION = "decision"
    DELETED = "deleted"
    ENDING = "ending"
    ENDS = "ends"
    ENTRY = "entry"
    ESCALATION = "escalation"
    EXCLUDED = "excluded"
    FILE = "file"
    FOR = "for"
    FORM = "form"
    FOUND = "found"
    FROM = "from"
    GROUND = "ground"
    IMMINENT = "imminent"
    INFORMED = "informed"
    KIND = "kind"
    LANE = "lane"
    MANIFEST = "manifest"
    MARK = "mark"
    MEANT = "meant"
    MENTION = "mention"
    N = "n"
    NOT_ABOUT = "not_about"
    NOTE = "note"
    NTH = "nth"
    OPENED = "opened"
    OVERSEERS = "overseers"
    OWN_SITE = "own_site"
    PDF = "pdf"
    PERSON = "person"
    PROPOSED_BY = "proposed_by"
    PROPOSED_CLASS = "proposed_class"
    REASON = "reason"
    RELATIONSHIP = "relationship"
    REQUEST = "request"
    RESTRICTED = "restricted"
    RESULT = "result"
    REVIEW = "review"
    ROUTE = "route"
    RUNG = "rung"
    SEEN_AT = "seen_at"
    SEVERITY = "severity"
    SHA256 = "sha256"
    STARTS = "starts"
    STATUS = "status"
    STEP = "step"
    STORY = "story"
    STUBS = "stubs"
    SUBJECTS = "subjects"
    TARGET = "target"
    TIMES = "times"
    TOLD = "told"
    VERSION = "version"
    WHO = "who"

    def of(self, value: object) -> str:
        """The code of this kind with that value."""
        return f"{self.value}:{value}"

    def values(self, codes: Iterable[str]) -> list[str]:
        """The values of those of the codes that are of this kind."""
        start = self.of("")
        return [code.removeprefix(start) for code in codes if code.startswith(start)]

    def seals(self, codes: Iterable[str]) -> list[str]:
        """Those of the codes that are of this kind and hold a complete hash.

        Early escalations wrote `step:1` where steps write their seals; that is not a seal.
        """
        found = (code.partition(":") for code in codes)
        return [a + b + c for a, b, c in found if a == self.value and _HASHED.fullmatch(c)]
