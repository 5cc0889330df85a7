"""The content classes C0 to C14, and what hangs on each of them. One row a class; no rules here.

The classes are those of the schools' own policies (docs/cases.md). What a class means for removal, for the
police, for letters and for how long things are kept is a column of its row, so that every part of the
program reads the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum, StrEnum

from data.frozen import freeze

SIX_YEARS = timedelta(days=6 * 365 + 2)
EIGHTEEN_MONTHS = timedelta(days=548)


class ContentClass(StrEnum):
    """The class of a post. The values are stored, and are what the command line takes. UNJUDGED is no class:
    nothing and nobody has judged the post, and a person has to read it first."""

    FAIR_COMMENT = "C0"
    CONFIDENTIAL = "C1"
    HARASSMENT = "C2"
    HATE = "C3"
    DISREPUTE = "C4"
    SEXUAL = "C5"
    THREAT = "C6"
    DEFAMATION = "C7"
    COPYRIGHT = "C8"
    EXTREMISM = "C9"
    SAFEGUARDING = "C10"
    PRIVACY = "C11"
    IMPERSONATION = "C12"
    UNLAWFUL = "C13"
    OWN_ACCOUNT = "C14"
    UNJUDGED = "unjudged"

    @property
    def key(self) -> str:
        """The key of what it is called, in data/words."""
        return f"class.{self.value.lower()}.name"


class Police(IntEnum):
    """When the police may be told of a class: never, for a written reason, after another rung, or at once."""

    NO = 0
    FOR_A_REASON = 1
    AFTER_ANOTHER = 2
    AT_ONCE = 3


@freeze
class ClassSpec:
    """The rules that follow from a class.

    `bypasses` the removal ladder: for the safeguarding lead alone, restricted, and handed over; a stub is
    all that stays here. `grave`: the digest does not quote it. `author`: the school may ask its author.
    `pictures` of the post may be kept, once a person has decided so. `police`: when they may be told;
    `consent`: a member of staff it is aimed at is asked first. `course` of conduct: a chronology may be
    approved. `crime`: a registrar acts on it; `harm`: Report Harmful Content takes it; `posh`: the
    schools' helpline does. `private` and `personal` are why a letter about it goes by a private way:
    private details, or harm to a living person. `account`: the post is about an account itself. `grounds`
    are the platforms' own reasons that fit, the best first. `kept` is how long, None for the school's policy.
    """

    bypasses: bool = False
    grave: bool = False
    author: bool = True
    pictures: bool = True
    police: Police = Police.NO
    consent: bool = True
    course: bool = False
    crime: bool = False
    harm: bool = False
    posh: bool = True
    private: bool = False
    personal: bool = False
    account: bool = False
    grounds: tuple[str, ...] = ()
    kept: timedelta | None = None


CLASSES: Mapping[str, ClassSpec] = {
    ContentClass.FAIR_COMMENT: ClassSpec(),
    ContentClass.CONFIDENTIAL: ClassSpec(private=True, grounds=("privacy",)),
    ContentClass.HARASSMENT: ClassSpec(
        police=Police.AFTER_ANOTHER, course=True, harm=True, personal=True, grounds=("bullying", "harassment")
    ),
    ContentClass.HATE: ClassSpec(
        police=Police.AT_ONCE,
        course=True,
        crime=True,
        harm=True,
        personal=True,
        grounds=("hate", "harassment"),
        kept=SIX_YEARS,
    ),
    ContentClass.DISREPUTE: ClassSpec(grounds=("harassment", "off_topic", "not_genuine")),
    ContentClass.SEXUAL: ClassSpec(
        author=False,
        pictures=False,
        police=Police.AT_ONCE,
        crime=True,
        harm=True,
        private=True,
        grounds=("nudity",),
    ),
    ContentClass.THREAT: ClassSpec(
        grave=True,
        author=False,
        police=Police.AT_ONCE,
        course=True,
        crime=True,
        harm=True,
        personal=True,
        grounds=("threats",),
        kept=SIX_YEARS,
    ),
    ContentClass.DEFAMATION: ClassSpec(
        grave=True,
        police=Police.FOR_A_REASON,
        personal=True,
        grounds=("defamation", "inaccuracy", "harassment"),
        kept=EIGHTEEN_MONTHS,
    ),
    ContentClass.COPYRIGHT: ClassSpec(posh=False, grounds=("copyright",)),
    ContentClass.EXTREMISM: ClassSpec(bypasses=True, grave=True, author=False, pictures=False, consent=False),
    ContentClass.SAFEGUARDING: ClassSpec(bypasses=True, grave=True, author=False, pictures=False),
    ContentClass.PRIVACY: ClassSpec(police=Police.AFTER_ANOTHER, private=True, grounds=("privacy",)),
    ContentClass.IMPERSONATION: ClassSpec(
        police=Police.FOR_A_REASON,
        crime=True,
        harm=True,
        account=True,
        grounds=("impersonation", "not_genuine"),
    ),
    ContentClass.UNLAWFUL: ClassSpec(
        police=Police.AT_ONCE, consent=False, crime=True, grounds=("lawbreaking",)
    ),
    ContentClass.OWN_ACCOUNT: ClassSpec(police=Police.AFTER_ANOTHER, consent=False, account=True),
}
"""A row a class. Criticism has no grounds to report, and what bypasses is not reported to a platform."""

MOST_PROTECTIVE = (ContentClass.SAFEGUARDING, ContentClass.EXTREMISM, ContentClass.THREAT)
"""Where a post has several classes the first of these is the one that counts."""

BYPASSING = frozenset(code for code, spec in CLASSES.items() if spec.bypasses)
"""The classes that never enter the removal ladder."""

_NONE = ClassSpec()


def class_spec(code: str) -> ClassSpec:
    """The row of a class; what has not been judged has no class, and nothing follows from it."""
    return CLASSES.get(code, _NONE)
