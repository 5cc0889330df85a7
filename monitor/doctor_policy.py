"""Checks of a school's own rules for removals: that those they name are there, and its letters too."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.access.offices import holders
from data.cases import Profile
from data.types import Role, School
from monitor.config import Config
from monitor.doctor_people import ADD, Told, at_schools, reachable
from monitor.findings import Finding, Level, ok

_DUTIES = {
    "first_assessor": "looks at a matter first",
    "decider": "decides whether removal is asked for",
    "signs": "signs the letters",
    "press": "answers the press",
}


def ladder(config: Config) -> list[Finding]:
    """Offices of `[schools.ladder]` that nobody holds, and folders of letters that are not there."""
    found = list(at_schools("ladder", config, _school))
    return found or [ok("ladder", "Everybody whom the rules for removals name can be reached.")]


def _school(school: School, config: Config) -> Iterator[Told]:
    profile = config.profile(school.urn)
    here = reachable(school, config.people)
    for key, does in _DUTIES.items():
        role: Role = getattr(profile, key)
        if here and not holders(here, role):
            what = f"{role} {does} (“{key}”), and nobody with an email is one."
            yield Level.WARN, what, f'{ADD} roles = ["{role}"], or correct “{key}” in [schools.ladder].'
    yield from _letters(profile)


def _letters(profile: Profile) -> Iterator[Told]:
    if profile.letters and not profile.letters.is_dir():
        what = f"the folder of its own letters is not at {profile.letters}."
        yield Level.WARN, what, "Correct “letters” in [schools.ladder], or remove it: ours are used then."
