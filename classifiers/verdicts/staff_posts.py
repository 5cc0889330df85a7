"""Whether the author of a post says that they work for or with the school, and what the post may be then.

It proposes, where it can tell; a person answers. Found for recall in this order: that somebody harmed a
child, a concern about a child, whistle-blowing (the wrongs of the Employment Rights Act 1996, s.43B), a union
matter, conduct towards children. Pure.
"""

from __future__ import annotations

import re
from pathlib import Path

from classifiers.signals.rule import either, with_the_school
from classifiers.signals.word_files import WordFile
from data.steps.codes import Relationship, StaffMatter
from data.types import School

_WORDS = WordFile(Path(__file__).with_name("staff_posts.toml"), others=("by", "what"))
_OF_OTHERS, _QUOTED, _SCHOOL, _WORK, _END = _WORDS.patterns("of_others", "quoted", "school", "work", "end")
_CHILD, _WRONG, _KIDS, _ONE, _ENGLISH = _WORDS.patterns(
    "may_be_child", "may_be_wrong", "of_a_child", "of_one", "english"
)
_BY = tuple(
    (Relationship(row["is"]), _WORDS.compile(row["is"], either(row["words"])))
    for row in _WORDS.rows("by", ("is", "words"))
)
_WHAT = tuple(
    (StaffMatter(row["is"]), _WORDS.compile(row["is"], either(row["words"])))
    for row in _WORDS.rows("what", ("is", "words"))
)
_MOST_CHARS = 4000
_SIGNS = {
    StaffMatter.UNION: (),
    StaffMatter.LOW_LEVEL: (_WRONG, _ONE),
    StaffMatter.NONE: (_WRONG, _KIDS),
    StaffMatter.OUTSIDE: (_WRONG, _KIDS),
}
"""Beside which words, and those of a child at risk, none of these is proposed."""


def author_in(text: str, school: School) -> Relationship | None:
    """What the author plainly says that they are to the school, of those who may blow the whistle there;
    None where they say nothing of it, or speak of somebody else."""
    plain = _QUOTED.sub(" ", _plain(text, school))
    if not _SCHOOL.search(plain):
        return None
    own = ". ".join(said for said in _END.split(plain) if not _OF_OTHERS.search(said))
    return next((who for who, words in _BY if words.search(own)), None)


def read_staff_post(text: str, school: School) -> tuple[StaffMatter | None, str]:
    """What it may be, the gravest first, and its words that say so, if any; None where we cannot tell:
    nothing lower is proposed beside a sign of more, nor of what is not read whole."""
    plain = _plain(text, school)
    work, wrong, child = (words.search(plain) for words in (_WORK, _WRONG, _CHILD))
    hits = ((what, words.search(plain)) for what, words in _WHAT if work or what is not StaffMatter.NONE)
    what, found = next(((what, hit) for what, hit in hits if hit), (StaffMatter.OUTSIDE, None))
    if found is None and work:
        return (StaffMatter.WHISTLEBLOWING, wrong[0].strip()) if wrong and not child else (None, "")
    if what in _SIGNS:
        unread = len(text) > _MOST_CHARS or not _ENGLISH.search(plain)
        if unread or child or any(sign.search(plain) for sign in _SIGNS[what]):
            return None, ""
    return what, found[0].strip() if found else ""


def _plain(text: str, school: School) -> str:
    return re.sub(r"\s+", " ", with_the_school(text[:_MOST_CHARS].lower(), school).replace("’", "'"))
