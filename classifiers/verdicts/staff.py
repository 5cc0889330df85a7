"""Read whether the author of a text works for or with the school, and what it may be then. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

from classifiers.signals.patterns import with_the_school
from classifiers.text.words import WordFile, either, late_pattern
from data.steps.codes import Relationship, StaffMatter
from data.types import School

# A post of somebody who works there. It proposes, where it can tell; a person answers. What has most signs
# is proposed: harm to a child, a concern about one, whistle-blowing (the wrongs of the Employment Rights
# Act 1996, s.43B), a union matter.

_POSTS = WordFile(Path(__file__).with_name("staff_posts.toml"), others=("by", "what"))
_OF_OTHERS, _QUOTED, _SCHOOL, _WORK, _SENTENCE_END = _POSTS.patterns(
    "of_others", "quoted", "school", "work", "end"
)
_MAY_BE_CHILD, _WRONG, _CLAUSE, _LITTLE = _POSTS.patterns("may_be_child", "may_be_wrong", "clause", "little")
_AUTHORS = tuple(
    (Relationship(row["is"]), late_pattern(either(row["words"])))
    for row in _POSTS.rows("by", ("is", "words"))
)
_WHAT = tuple(
    (StaffMatter(row["is"]), row.get("weight", 1), late_pattern(either(row["words"])))
    for row in _POSTS.rows("what", ("is", "weight", "words"))
)
_MOST_CHARS = 4000
_OF_CHILDREN = (StaffMatter.ALLEGATION, StaffMatter.CHILD)
_MAY_GO = (StaffMatter.NONE, StaffMatter.LOW_LEVEL)
_PLENTY = 3
"""So many signs tell, even where the school is not spoken of or there are half as many of what stays up."""
_SHOWN = 3
_PLAINLY = tuple(words for what, weight, words in _WHAT if what is StaffMatter.WHISTLEBLOWING and weight > 1)
_SAYS = 2
"""So many words of its own say something, beside what is known and little words."""


def author_relationship(text: str, school: School) -> Relationship | None:
    """Find what the author plainly says that they are to the school, of those who may blow the whistle there;
    None where they say nothing of it, or speak of somebody else.
    """
    plain = _QUOTED.sub(" ", _plain(text, school))
    if not _SCHOOL.search(plain):
        return None
    own = ". ".join(said for said in _SENTENCE_END.split(plain) if not _OF_OTHERS.search(said))
    return next((who for who, words in _AUTHORS if words.search(own)), None)


def read_staff_post(text: str, school: School) -> tuple[StaffMatter | None, str]:
    """Read what it has most signs of, and its words that say so; None where we cannot tell: what may come
    down is proposed only of what is read whole and tells of no harm or wrong plainly, whatever abuse is
    beside it.
    """
    plain, many, sure = _plain(text, school), Counter[StaffMatter](), set[StaffMatter]()
    found = defaultdict[StaffMatter, list[str]](list)
    for kind, weight, words in _WHAT:
        for hit in words.finditer(plain):
            if not any(hit[0] in other for other in found[kind]):
                found[kind].append(hit[0])
                many[kind] += weight
                sure |= {kind} if weight > 1 else set()
    child, low = (max(of, key=lambda what: many[what]) for of in (_OF_CHILDREN, _MAY_GO))
    stays = {child: sum(many[what] for what in _OF_CHILDREN)}
    stays |= {what: many[what] for what in (StaffMatter.WHISTLEBLOWING, StaffMatter.UNION)}
    most, signs = max(stays, key=lambda what: stays[what]), sum(stays.values())
    goes, private = sum(many[what] for what in _MAY_GO), many[StaffMatter.OUTSIDE]
    work, whole = _WORK.search(plain), len(text) <= _MOST_CHARS
    what: StaffMatter | None = None
    if stays[most] > goes and (work or stays[most] > max(private, _PLENTY)):
        what = most
    elif sure & {*stays, *_OF_CHILDREN}:
        pass
    elif whole and work and (max(2 * signs, _PLENTY) <= goes or (goes and _says_no_more(plain))):
        what = low
    elif whole and not work and max(signs, 2 * stays[child], goes, 1) <= private:
        what = StaffMatter.OUTSIDE
    return what, " … ".join(found[what][:_SHOWN]) if what else ""


def discloses(text: str, school: School) -> bool:
    """Does somebody who says that they work there speak of wrong-doing?"""
    if author_relationship(text, school) is None:
        return False
    what, plain = read_staff_post(text, school)[0], _plain(text, school)
    told = what is None and _WORK.search(plain) and any(words.search(plain) for words in _PLAINLY)
    return what is StaffMatter.WHISTLEBLOWING or bool(told)


def _says_no_more(plain: str) -> bool:
    if _MAY_BE_CHILD.search(plain) or _WRONG.search(plain):
        return False
    for words in (*(words for _, words in _AUTHORS), *(words for what, _, words in _WHAT if what in _MAY_GO)):
        plain = words.sub(" ", plain)
    return all(len(_LITTLE.sub(" ", said).split()) < _SAYS for said in _CLAUSE.split(plain))


def _plain(text: str, school: School) -> str:
    return re.sub(r"\s+", " ", with_the_school(text[:_MOST_CHARS].lower(), school).replace("’", "'"))
