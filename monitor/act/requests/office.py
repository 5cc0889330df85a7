"""Who answers what people ask about their own data, and the request that an act is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.access.acts import Act, who_may
from alerts.access.matter import Matter, keys_of
from data.errors import InputError, as_typed
from data.people import PeopleBySchool, people_of
from data.privacy.requests import PrivacyRequest
from data.store.engine.connect import Connection
from data.store.privacy import requests as request_store
from data.types import Person, School
from monitor.config.load import Config
from monitor.home import wiring
from monitor.home.wiring import Session, open_session


@dataclass(frozen=True, slots=True)
class Office:
    """Whoever protects the data of a school, at work in its home."""

    session: Session
    school: School

    @property
    def config(self) -> Config:
        return self.session.config

    @property
    def person(self) -> str:
        """Who acts, by id."""
        return self.session.person.id

    @property
    def options(self) -> str:
        """What the next command takes, to be of the same person and school."""
        several = len(self.config.schools) > 1 and _own_school(self.session) is None
        return as_typed(f"⟨person⟩ {self.person}{f' ⟨school⟩ {self.school.urn}' if several else ''}")

    def request(self, con: Connection, number: str, *, open_only: bool = True) -> PrivacyRequest:
        """The request of that number at this school. Raises InputError where there is none, or none open."""
        wanted = f"P{number.strip().lstrip('Pp#').lstrip('0').zfill(4)}"  # “3”, “p3” → “P0003”
        found = request_store.request(con, wanted)
        if found is None or found.urn != self.school.urn:
            raise InputError(
                f"There is no request {wanted}. To see those there are: ⟪privacy requests⟫ "
                f"{self.options}. To write one down: ⟪privacy record⟫"
            )
        if open_only and not found.open:
            raise InputError(
                f"Request {wanted} was answered on {found.answered_at:%Y-%m-%d}. What is asked anew is a new "
                "request: ⟪privacy record⟫"
            )
        return found


def open_office(
    person: str | None, home: Path | None, config: Path | None, school: str | None = None
) -> Office:
    """Opens the home for whoever protects the school's data.

    Raises InputError for anybody else, ConfigError, StoreError.
    """
    session = open_session(person, home, config)
    urn = wiring.pick_urn(session.config, school or _own_school(session))
    found = session.config.school(urn)
    assert found is not None  # pick_urn raised otherwise
    able = protectors(session.config, found)
    if session.person.id not in able:
        named = ", ".join(able) or "nobody: name a data protection officer (dpo) or a head in the settings"
        raise InputError(
            f"What people ask about their own data is for the data protection officer; where none is named, "
            f"for the head. At {found.name} that is {named}."
        )
    return Office(session, found)


def open_offices(
    person: str | None, home: Path | None, config: Path | None, school: str | None = None
) -> tuple[Office, ...]:
    """The same at that school; without one, at each whose data this person protects. Raises as it does."""
    session = open_session(person, home, config)
    if school is None and _own_school(session) is None:
        schools = session.config.schools
        people = PeopleBySchool(session.config.people)
        found = [
            Office(session, s)
            for s in schools
            if session.person.id in protectors(session.config, s, people.of(s))
        ]
        if found:
            return tuple(found)
    return (open_office(person, home, config, school),)


def protectors(config: Config, school: School, people: Sequence[Person] | None = None) -> tuple[str, ...]:
    """The ids of those who protect the data of a school, whose people these are."""
    plain = Matter(keys_of(school), fair=True, policy=config.profile(school.urn))
    return tuple(p.id for p in who_may(Act.PROTECT_DATA, plain, people_of(school, people or config.people)))


def _own_school(session: Session) -> str | None:
    """The one school of several that this person belongs to, if it is one."""
    found = map(session.config.school, session.person.urns)
    own = {school.urn for school in found if school is not None}
    return own.pop() if len(own) == 1 else None
