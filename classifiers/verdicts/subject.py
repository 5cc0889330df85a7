"""What a mention is about: the kind of subject, and the person where it is somebody in the configuration.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from classifiers.signals.possible import PossiblePatterns
from classifiers.verdicts.named_people import NameReading, is_named, people_named, read, strictly_named
from data.people import people_of
from data.register.school_names import told_apart
from data.types import About, Person, Role, School, Signal

# ruff: noqa: E501 - a pattern has one alternative a line, however long


HEAD = re.compile(
    r"\b(?:the|our|that|this|your|new|useless|worst|best|acting|executive|exec)\s+(?:so[ -]called\s+)?(?:executive\s+)?"
    r"heads?\b(?!\s*(?:of\b(?!\s+(?:the\s+|this\s+|that\s+|our\s+)?school\b)|(?:lice|lines?|long|start|boys?|girls?|count)\b|injur|wound))"
    r"|\bhead\s*-?\s*(?:teacher|master|mistress)|\bhead of (?:the |this |that |our )?school\b|\bheidie\b|\bprincipal\b"
    r"|\b(?:who'?s|who is|s?he(?:'?s| is)(?: the| still| now)?|became|made|our present|the present) head\b(?! (?:and|over|of (?!the school)|down|first|to|on|in|for|boy|girl|lice|is|was))|\b(?:present|current) head\b"
    r"|\bht\b|\b(?:the|our|that|this) boss\b|\bboss of (?:the|that|this|our)\b"
    r"|\b(?:in charge of|who runs|runs|running) (?:the|that|this|our) (?:school|place|dump|show|joint)\b|\b(?:the )?one in charge\b"
    r"|\b(?:her|him|them|those|woman|man|lady|bloke|person|people|whoever(?:'?s| is)?|who(?:'s| is)|some(?:one|body)) in charge\b"
    r"|\b(?:lady|woman|man|one|person|bloke|guy|she|he) (?:who |that )?(?:runs(?! (?:the )?(?:[\w-]+ ){0,2}(?:club|team|shop|choir|trips?|bus|kitchen|office|library|nursery)\b)(?! (?:by|along|in|to|through|round|past|at|every|home|up|down|for|on|off|like|away)\b)|in charge of|at the top of) (?:\w+ ?){1,4}"
    r"|\bthe top (?:woman|man|lady|dog|brass)\b|\bher (?:majesty|ladyship)\b|\bin the (?:big|corner) office\b"
    r"|\b(?:p|b|ph|mh)ennaeth|\b(?:p|b|ph|mh)rifathr|\b(?:y|a|sy'n|sydd'n|sydd yn) rhedeg yr ysgol\b"
)
BODY = re.compile(
    r"\b(?:back|side|top|front|crown) of\s+the\s+head\b(?!['’])|\b(?:round|around|across|upside|over|above)\s+the\s+head\b(?!['’])"
    r"|\b(?:hit|smack|slap|kick|punch|struck|strik|clip|bang|bump|knock|tap|pat|shot|shoot|whack|bash|belt|thump|drop|fell|land|kiss|nail|sick|right|wrong|soft|messed|cut|bruis|lump|stab|touch)\w*"
    r"\W+(?:\w+\W+){0,6}?(?:on|in)\s+the\s+head\b(?!['’])"
    r"|\b(?:threw|throw\w*|kick\w*|aim\w*|fir(?:ed|ing)|lobb\w*|chuck\w*|flung|hurl\w*)\W+(?:\w+\W+){1,4}at\s+the\s+head\b(?!['’])"
    r"|\b(?:blow|kick|punch|knock|bang|bump|whack|slap|smack|injury|shot|gun|gash|cut|wound|graze)s?\s+to\s+the\s+head\b(?!['’])"
    r"|\bat\s+the\s+head\s+of\b|\bheads?\s+lice\b"
)
_SEAT = re.compile(
    r"\b(?:on|onto|in|into|off|under|over|behind|against|with|thr[eo]w\w*|kick\w*|pull\w*|push\w*|mov\w*|tip\w*|broke\w*|lift\w*)\s+"
    r"(?:the|a|that|his|her|this)\s+chairs?\b(?!\s*(?:man|woman|person|of\b))"
)
_FORMER = re.compile(
    r"\b(?:former|ex|previous|last|old)[ -]+(?:head\s*-?\s*(?:teacher|master|mistress)?|principal|chair)\b"
)
_DEPUTY_DSL = re.compile(
    r"\b(?:deputy|assistant)\s+(?:designated\s+)?(?:safeguarding\s+(?:lead|officer|person)|dsl|dsp)\b|\bddsl\b"
)
_DEPUTY = re.compile(
    r"\b(?:deputy|assistant|depute|vice|associate)[ -]+(?:head\s*-?\s*(?:teacher|master|mistress)?|principal)(?!\w)|\b(?:the|our|that) (?:deputy|depute)\b"
    r"|\bd?dirprwy(?:\s+\w+)?"
)
_VICE = re.compile(
    r"\bvice[ -]+chair(?:man|woman|person)?(?:\s+of\s+(?:the\s+)?(?:governors|trustees|governing\w*))?|\bis-?gadeirydd"
)
CHAIR = re.compile(
    r"\bchair(?:man|woman|person)\b|\bchair\s+(?:of\s+(?:the\s+)?)?(?:governors?|trustees|governing)"
    r"|\b(?:the|our|that|this|its own|their own|your own|current|acting|school'?s)\s+chair\b(?!\s+(?:leg|back|seat|cover|lift))|\b(?:c|g|ch|ngh)adeirydd"
    r"|\b(?:s?he(?:'?s| is)?|is|still|as|who|now) chairs?\b(?! (?:leg|back|seat|at|lift|and table))|\bruns? the (?:governors|board)\b"
)
DSL = re.compile(
    r"\b(?:safeguarding (?:lead|officer|person|teacher|woman|man|lady)|head of safeguarding|designated (?:safeguarding|teacher|person)|dsl|dsp"
    r"|child protection (?:lead|officer|co-?ordinator))\b|\b(?:arweinydd|person|swyddog) diogelu\b"
)
_GOVERNOR = re.compile(
    r"\bgovernor\b|\b(?:one|some|two|member) of the governors\b|\b(?:l)?lywodraethwr\b", re.I
)
_LEADERS = re.compile(
    r"\bmember of (?:the )?(?:slt|senior leadership\w*|leadership team)\b|\bsenior leader\b|\bassistant[ -]+(?:head|principal)"
)
_IT = re.compile(
    r"\b(?:it|ict|computing|network)[ -]+(?:lead|guy|man|bloke|woman|manager|director|technician|tech|teacher|support|co-?ordinator)\b|\bdirector of (?:it|ict)\b"
)
_DPO = re.compile(r"\bdata protection (?:officer|lead)\b|\bdpo\b")

_IN_TURN: tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[Role, ...]], ...] = (
    (BODY, ("head",), ()),
    (_SEAT, ("chair",), ()),
    (_FORMER, ("head", "principal", "chair"), ()),
    (_LEADERS, ("slt", "leader", "assistant"), (Role.SLT, Role.DEPUTY_HEAD)),
    (_DEPUTY_DSL, ("safeguarding", "dsl", "dsp"), (Role.DEPUTY_DSL,)),
    (_DEPUTY, ("deput", "assistant", "vice", "associate", "irprwy"), (Role.DEPUTY_HEAD,)),
    (_VICE, ("vice", "gadeirydd"), (Role.VICE_CHAIR,)),
    (CHAIR, ("chair", "adeirydd"), (Role.CHAIR,)),
    (DSL, ("safeguarding", "designated", "dsl", "dsp", "protection", "diogelu"), (Role.DSL,)),
    (
        HEAD,
        (
            "head",
            "heidie",
            "principal",
            "ht",
            "boss",
            "charge",
            "run",
            "ennaeth",
            "rifathr",
            "the top",
            "her ",
            "office",
            "rhedeg",
        ),
        (Role.HEAD,),
    ),
    (_GOVERNOR, ("governor", "lywodraethwr"), (Role.GOVERNOR, Role.CHAIR, Role.VICE_CHAIR)),
    (_IT, ("it", "ict", "computing", "network"), (Role.IT_LEAD,)),
    (_DPO, ("protection", "dpo"), (Role.DPO,)),
)
"""Patterns in the order of their removal, each with the pieces one of which is in whatever it finds."""


@lru_cache(maxsize=4)  # each verdict asks it of one text several times
def roles_said(text: str) -> frozenset[Role]:
    """The roles that the text may mention, erring towards too many.

    A former holder does not count; “governors” and other bodies are not a person.
    """
    text = text.lower()
    possible = _possible().of(text)
    found: set[Role] = set()
    for i in sorted(possible):
        pattern, _, roles = _IN_TURN[i]
        text, times = pattern.subn(" , ", text)
        if times:
            found.update(roles)
    return frozenset(found)


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    return PossiblePatterns("|".join(pieces) for _, pieces, _ in _IN_TURN)


ROLE_OF = {About.HEAD: Role.HEAD, About.DSL: Role.DSL, About.CHAIR: Role.CHAIR}
_ABOUTS = {
    about: f"about:{about.value}"
    for about in (About.SCHOOL, About.STAFF, About.PUPIL, About.HEAD, About.GOVERNOR, About.OTHER)
}
OF_TRUST = re.compile(
    r"\bceo\b|\b(?:chief exec|executive head)|\btrust['’]?s? (?:boss|leader|chief|director|head)\b",
    re.IGNORECASE,
)
"""Who leads an academy trust, and may be a contact of it at its schools."""
_BY_NAME = 0.9
_BY_ROLE = 0.5
_SCHOOL_SHARE = 0.1
_NOT_SAID = 0.8
ADULT_SHARE = 0.15
"""From here it may be about an adult of the school, though more likely about something else."""
_SIGNAL_SHARE = 0.6
_SUFFERS = 0.25


def subject(
    text: str,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    school: School,
    people: Sequence[Person],
    named: Sequence[Person] | None = None,
) -> tuple[About, str | None]:
    """What the mention is about, and the id of the person meant; None if that is nobody in `people`.

    The model's `about:*` decides, adjusted by signals and by names and roles in the text. A person who is
    named, or whose role is named and held by nobody else, is meant where the subject is an adult of the
    school. Where that is only possible, a named person is still the likeliest. For others who may be meant
    see `possible_subjects`. `named` are those of the school's people who are named, where they are known.
    """
    here = people_of(school, people)
    if named is None:
        named = strictly_named(here, text)
    odds = {a: scores.get(label, 0.0) for a, label in _ABOUTS.items()}
    _weigh_signals(odds, signals)
    _weigh_head(odds, text, school, named)
    best = max(_ABOUTS, key=lambda a: odds[a])
    if best in (About.SCHOOL, About.PUPIL, About.OTHER):
        possible = sum(odds[a] for a in (About.STAFF, About.HEAD, About.GOVERNOR)) >= ADULT_SHARE
        return best, named[0].id if named and possible else None
    about = _finer(best, text, named)
    role = ROLE_OF.get(about)
    holders = [p for p in here if role in p.roles] if role else []
    meant = [p for p in named if not role or role in p.roles] or (holders if len(holders) == 1 else [])
    return about, meant[0].id if meant else None


def about_of(ids: Collection[str | None], people: Iterable[Person]) -> About:
    """About whom it is where it means these (ids): an officer, else a member of staff."""
    meant = [p for p in people if p.id in ids]
    return next((a for a, role in ROLE_OF.items() if any(role in p.roles for p in meant)), About.STAFF)


def held_by(person: Person, offices: Collection[Role]) -> bool:
    """Does this person hold one of these offices?"""
    return not {*offices}.isdisjoint(person.roles)


def chiefs_of(school: School, people: Sequence[Person]) -> frozenset[str]:
    """Ids of those who are the chief of this trust, whatever their office: one of its contacts may be; none of a
    school."""
    return frozenset(p.id for p in people_named(read(school.head or ""), people) if school.is_trust)


def possible_subjects(
    reading: NameReading, about: About, likeliest: str | None, school: School, people: Sequence[Person]
) -> tuple[str, ...]:
    """Ids of everyone about whom a text may be, in the order of `people`.

    Everyone whom the text names, at any school, every holder at this school of a role it mentions, and the
    likeliest person. This errs towards too many, so that nobody reads what is alleged of them.
    """
    if not people:
        return ()
    found = {p.id for p in people_named(reading, people)} | ({likeliest} if likeliest else set())
    here = people_of(school, people)
    roles = set(roles_said(reading.plain))
    if people_named(reading, [Person("", name, ()) for name in told_apart(school.head)]):
        roles.add(Role.HEAD)
    role = ROLE_OF.get(about)
    if role and not any(p.id in found and role in p.roles for p in here):
        roles.add(role)
    if school.is_trust and Role.HEAD in roles:
        found |= chiefs_of(school, here)
    elif OF_TRUST.search(reading.plain):  # who of them it is no school knows
        roles.add(Role.TRUST_CONTACT)
    found |= {p.id for p in here if roles & set(p.roles)}
    return tuple(p.id for p in people if p.id in found)


def _weigh_signals(odds: dict[About, float], signals: Sequence[Signal]) -> None:
    """An allegation against an adult is about the adult, even though a child suffers.

    Without one, words of self-harm are about a child, whichever adult was told.
    """
    abouts = {s.about for s in signals if s.about in odds}
    if not abouts & {About.STAFF, About.HEAD} and any("self_harm" in s.labels for s in signals):
        for adult in (About.STAFF, About.HEAD, About.GOVERNOR):
            odds[adult] *= _SUFFERS
    if abouts & {About.STAFF, About.HEAD}:
        abouts.discard(About.PUPIL)
        odds[About.PUPIL] *= _SUFFERS
    told = {s.about for s in signals if s.danger}
    for about in abouts:
        odds[about] += 1.0 if about in told else _SIGNAL_SHARE


def _weigh_head(odds: dict[About, float], text: str, school: School, named: Sequence[Person]) -> None:
    """The model cannot know who the head is: what it attributes to staff goes to a head who is named."""
    by_name = any(is_named(name, text) for name in told_apart(school.head))
    by_name = by_name or any(Role.HEAD in p.roles for p in named)
    by_role = Role.HEAD in roles_said(text)
    if not by_name and not by_role:
        odds[About.STAFF] += odds[About.HEAD] * _NOT_SAID
        odds[About.HEAD] *= 1 - _NOT_SAID
        return
    from_staff = odds[About.STAFF] * (_BY_NAME if by_name else _BY_ROLE)
    from_school = odds[About.SCHOOL] * _SCHOOL_SHARE * (by_name + by_role)
    odds[About.HEAD] += from_staff + from_school
    odds[About.STAFF] -= from_staff
    odds[About.SCHOOL] -= from_school


def _finer(best: About, text: str, named: Sequence[Person]) -> About:
    """Also tells the chair and the safeguarding lead apart, which the model does not."""
    if best is About.HEAD:
        return best
    if CHAIR.search(text.lower()) or (best is About.GOVERNOR and any(Role.CHAIR in p.roles for p in named)):
        return About.CHAIR
    dsl = any(Role.DSL in p.roles and Role.HEAD not in p.roles for p in named)
    if best is About.STAFF and (dsl or DSL.search(text.lower())):
        return About.DSL
    return best
