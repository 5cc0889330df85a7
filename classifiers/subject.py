"""Who is meant: the kind of subject, and the person of the configuration where one is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from data.types import About, Person, Role, School, Signal

_HONORIFIC = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|rev|revd|fr|sir|dame|prof|professor|cllr)\.?\s+", re.I)
_HEAD = re.compile(
    r"\b(?:the|our|that|this|your|new|useless|worst|best)\s+(?:so[ -]called\s+)?(?:executive\s+)?"
    r"head(?!\s*(?:of|lice|line|long|start|boy|girl))"
    r"|\bhead\s*-?\s*(?:teacher|master|mistress)\b|\bheidie\b|\bprincipal\b|\bpennaeth\b|\bprifathr",
    re.I,
)
_DEPUTY = re.compile(
    r"\b(?:deputy|assistant|depute|acting deputy|former|ex)[ -]+(?:head|principal)|\bdirprwy", re.I
)
_CHAIR = re.compile(
    r"\b(?:chair(?:man|woman|person)?\s+of\s+(?:the\s+)?(?:governors|trustees|governing))|\bcadeirydd",
    re.I,
)
_DSL = re.compile(
    r"\b(?:safeguarding lead|designated safeguarding|dsl|dsp|child protection (?:lead|officer))\b", re.I
)

_ROLE_OF = {About.HEAD: Role.HEAD, About.DSL: Role.DSL, About.CHAIR: Role.CHAIR}
_ABOUTS = {
    about: f"about:{about.value}"
    for about in (About.SCHOOL, About.STAFF, About.PUPIL, About.HEAD, About.GOVERNOR, About.OTHER)
}
_BY_NAME = 0.9
_BY_ROLE = 0.5
_SCHOOL_SHARE = 0.1
_NOT_SAID = 0.8
_ADULT_SHARE = 0.15
_SIGNAL_SHARE = 0.6
_SUFFERS = 0.25


def subject(
    text: str,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    school: School,
    people: Sequence[Person],
) -> tuple[About, str | None]:
    """What the mention is about, and the id of the person meant, None where nobody in `people` is.

    The model's `about:*` decides, moved by signals and by names and roles in the text. A person
    named, or named by a role only one holds, is meant where the subject is an adult of the school.
    Where that is merely possible, a person named is still taken to be meant: an allegation must
    not reach whom it is about.
    """
    here = [p for p in people if not p.urns or school.urn in p.urns]
    named = [p for p in here if _is_named(p.name, text)]
    odds = {a: scores.get(label, 0.0) for a, label in _ABOUTS.items()}
    _weigh_signals(odds, signals)
    _weigh_head(odds, text, school, named)
    best = max(_ABOUTS, key=lambda a: odds[a])
    if best in (About.SCHOOL, About.PUPIL, About.OTHER):
        possible = sum(odds[a] for a in (About.STAFF, About.HEAD, About.GOVERNOR)) >= _ADULT_SHARE
        return best, named[0].id if named and possible else None
    return _person(best, text, named, here, school)


def _weigh_signals(odds: dict[About, float], signals: Sequence[Signal]) -> None:
    """An allegation against an adult is about the adult, though a child suffers."""
    abouts = {s.about for s in signals if s.about in odds}
    if abouts & {About.STAFF, About.HEAD}:
        abouts.discard(About.PUPIL)
        odds[About.PUPIL] *= _SUFFERS
    for about in abouts:
        odds[about] += _SIGNAL_SHARE


def _weigh_head(odds: dict[About, float], text: str, school: School, named: Sequence[Person]) -> None:
    """The model cannot know who the head is: what it gives to staff goes to a head who is named."""
    by_name = bool(school.head and _is_named(school.head, text)) or any(Role.HEAD in p.roles for p in named)
    by_role = bool(_HEAD.search(_DEPUTY.sub(" ", text)))
    if not by_name and not by_role:
        odds[About.STAFF] += odds[About.HEAD] * _NOT_SAID
        odds[About.HEAD] *= 1 - _NOT_SAID
        return
    from_staff = odds[About.STAFF] * (_BY_NAME if by_name else _BY_ROLE)
    from_school = odds[About.SCHOOL] * _SCHOOL_SHARE * (by_name + by_role)
    odds[About.HEAD] += from_staff + from_school
    odds[About.STAFF] -= from_staff
    odds[About.SCHOOL] -= from_school


def _person(
    best: About, text: str, named: Sequence[Person], here: Sequence[Person], school: School
) -> tuple[About, str | None]:
    about = _finer(best, text, named)
    role = _ROLE_OF.get(about)
    holders = [p for p in here if role in p.roles] if role else []
    meant = [p for p in named if not role or role in p.roles] or (holders if len(holders) == 1 else [])
    return about, meant[0].id if meant else None


def _finer(best: About, text: str, named: Sequence[Person]) -> About:
    """The product also tells the chair and the safeguarding lead apart."""
    if best is About.HEAD:
        return best
    if _CHAIR.search(text) or (best is About.GOVERNOR and any(Role.CHAIR in p.roles for p in named)):
        return About.CHAIR
    dsl = any(Role.DSL in p.roles and Role.HEAD not in p.roles for p in named)
    if best is About.STAFF and (dsl or _DSL.search(text)):
        return About.DSL
    return best


@lru_cache(maxsize=4096)
def _name_pattern(name: str) -> re.Pattern[str] | None:
    """Finds the name whole, its surname after an honorific, or a surname of some length alone."""
    plain = _HONORIFIC.sub("", name.strip())
    words = plain.split()
    if not words:
        return None
    surname = re.escape(words[-1])
    forms = [r"\s+".join(re.escape(w) for w in words)]
    forms.append(rf"(?:mr|mrs|ms|miss|mx|dr|rev|cllr|head|headteacher|principal)\.?\s+{surname}")
    if len(words[-1]) >= 4:
        forms.append(surname)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?:['’]s)?(?!\w)", re.I)


def _is_named(name: str, text: str) -> bool:
    pattern = _name_pattern(name)
    return bool(pattern and pattern.search(text))
