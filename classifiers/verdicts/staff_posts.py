"""Whether the author of a post says that they work for or with the school, and what the post may be then.

It proposes, where it can tell; a person answers. Found for recall in this order: that somebody harmed a
child, a concern about a child, whistle-blowing (the wrongs of the Employment Rights Act 1996, s.43B), a union
matter, conduct towards children. Pure.
"""

from __future__ import annotations

import re
from pathlib import Path

from classifiers.signals.patterns import with_the_school
from classifiers.text.word_files import WordFile, either
from data.steps.codes import Relationship, StaffMatter
from data.types import School

_WORDS = WordFile(Path(__file__).with_name("staff_posts.toml"), others=("by", "what"))
_OF_OTHERS, _QUOTED, _SCHOOL, _WORK, _END = _WORDS.patterns("of_others", "quoted", "school", "work", "end")
_CHILD, _WRONG, _CLAUSE, _LITTLE = _WORDS.patterns("may_be_child", "may_be_wrong", "clause", "little")
_BY = tuple(
    (Relationship(row["is"]), _WORDS.compile(row["is"], either(row["words"])))
    for row in _WORDS.rows("by", ("is", "words"))
)
_WHAT = tuple(
    (StaffMatter(row["is"]), _WORDS.compile(row["is"], either(row["words"])))
    for row in _WORDS.rows("what", ("is", "words"))
)
_MOST_CHARS = 4000
_OF_CHILDREN = (StaffMatter.CHILD, StaffMatter.ALLEGATION)
_SAYS = 2
"""So many words of its own say something, beside what is known and little words."""


def author_relationship(text: str, school: School) -> Relationship | None:
    """Find what the author plainly says that they are to the school, of those who may blow the whistle there;
    None where they say nothing of it, or speak of somebody else.
    """
    plain = _QUOTED.sub(" ", _plain(text, school))
    if not _SCHOOL.search(plain):
        return None
    own = ". ".join(said for said in _END.split(plain) if not _OF_OTHERS.search(said))
    return next((who for who, words in _BY if words.search(own)), None)


def read_staff_post(text: str, school: School) -> tuple[StaffMatter | None, str]:
    """Read what it may be, the gravest first, and its words that say so; None where we cannot tell: what may
    come down is proposed only of what is read whole, has no sign of more, and says nothing besides.
    """
    plain = _plain(text, school)
    work, wrong, child = (words.search(plain) for words in (_WORK, _WRONG, _CHILD))
    hits = ((what, words.search(plain)) for what, words in _WHAT if work or what is not StaffMatter.NONE)
    what, found = next(((what, hit) for what, hit in hits if hit), (StaffMatter.WHISTLEBLOWING, wrong))
    if found is None or (found is wrong and not work) or (child and what not in _OF_CHILDREN):
        return None, ""
    if not what.stays_up and (wrong or len(text) > _MOST_CHARS or not _says_no_more(plain)):
        return None, ""
    return what, found[0].strip()


def discloses(text: str, school: School) -> bool:
    """Does somebody who says that they work there speak of wrong-doing?"""
    return (
        author_relationship(text, school) is not None
        and read_staff_post(text, school)[0] is StaffMatter.WHISTLEBLOWING
    )


def _says_no_more(plain: str) -> bool:
    for _, words in (*_BY, *(row for row in _WHAT if not row[0].stays_up)):
        plain = words.sub(" ", plain)
    return all(len(_LITTLE.sub(" ", said).split()) < _SAYS for said in _CLAUSE.split(plain))


def _plain(text: str, school: School) -> str:
    return re.sub(r"\s+", " ", with_the_school(text[:_MOST_CHARS].lower(), school).replace("’", "'"))
