"""Whom somebody means who names a person of the file: by an id, a name, or an office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from data.errors import InputError
from data.types import Role
from monitor.home import wiring

if TYPE_CHECKING:
    from data.types import Person, Role
    from monitor.config.load import Config


_ALSO = {
    Role.HEAD: "head teacher, head of school, executive head, executive headteacher, principal, manager",
    Role.DEPUTY_HEAD: "deputy, deputy head teacher, vice-principal, assistant head, assistant headteacher",
    Role.DSL: "safeguarding, safeguarding lead, designated safeguarding lead, dsp, designated safeguarding "
    "person, designated teacher, child protection coordinator, child protection co-ordinator",
    Role.DEPUTY_DSL: "deputy safeguarding lead, deputy designated safeguarding lead, ddsl, deputy designated "
    "safeguarding person, deputy designated teacher, deputy safeguarding",
    Role.CHAIR: "chair of governors, chair of trustees, chair of the governing body, chairman",
    Role.VICE_CHAIR: "vice-chair of governors, vice chair of governors",
    Role.GOVERNOR: "school governor, trustee",
    Role.SLT: "senior leadership team, senior leader, leadership, leadership team, business manager, bursar",
    Role.STAFF: "member of staff, teacher, teaching assistant, office, school office, secretary",
    Role.IT_LEAD: "it, it technician, technician, network manager, it manager, ict",
    Role.DPO: "data protection, data protection officer",
    Role.PRESS: "press contact, communications, media",
    Role.LA_CONTACT: "local authority, local authority contact, la, council, lado",
    Role.TRUST_CONTACT: "trust, academy trust, central team, trust contact, ceo",
}


def titles(nation: str) -> list[tuple[Role, str]]:
    """Each role with what it is called in that nation."""
    from alerts.letters.signing import office
    from data.words.say import words

    return [(role, office(role, nation, words("en"))) for role in Role]


def roles_of(answer: str, nation: str) -> tuple[Role, ...]:
    """The roles of an answer: numbers of `titles`, words or the names in the file. Raises InputError."""
    said = [part.strip() for part in re.split(r"[,;+&\n]|\band\b", answer) if part.strip()]
    if not said:
        raise InputError("At least one role is needed, for example: head, or DSL.")
    return tuple(dict.fromkeys(_role(part, titles(nation)) for part in said))


def _role(said: str, known: Sequence[tuple[Role, str]]) -> Role:
    if said.isdecimal() and 1 <= int(said) <= len(known):
        return known[int(said) - 1][0]
    names = ((role, (role.value, *_ALSO[role].split(", "), title)) for role, title in known)
    found = {_plain(name): role for role, called in names for name in called}
    if _plain(said) in found:
        return found[_plain(said)]
    from monitor.terminal.wording import nearest

    near = nearest(said, [title for _, title in known])
    meant = f" Did you mean {near}?" if near else ""
    raise InputError(
        f"“{said}” is not a role here.{meant} There are: {', '.join(title for _, title in known)}."
    )


def _plain(said: str) -> str:
    return re.sub(r"[\s_-]+", " ", said.casefold()).strip()


def titled(roles: Iterable[Role], nation: str) -> str:
    """Those roles by their titles, in one line."""
    title = dict(titles(nation))
    return ", ".join(title[role] for role in roles)


def someone(settings: Config, said: str) -> Person:
    """The person of that id or name, or who alone holds that office. Raises InputError; also where the id is
    the name of an office that somebody else has come to hold since: “dsl” would be the one before."""
    from monitor.config.home.lookup import one_of

    by_id = next((p for p in settings.people if p.id == said), None)
    roles = _offices(settings, said)
    if by_id is None and not roles and not _named(settings, said):
        has = one_of(said, {p.id: p.name for p in settings.people}, "[[people]]", named=True)
        raise InputError(
            f"{said}: there is no such person, by id, name or office. {settings.path.name} has{has}"
        )
    if by_id is None:
        return whose(settings, said, None)[0]
    others = _in(settings, roles, None)
    if others and by_id not in others:
        now = ", ".join(f"{p.name} (id {p.id})" for p in others)
        office = titled(roles, settings.schools[0].nation)
        raise InputError(
            f"“{said}” is the id of {by_id.name}, but {office} is {now}. Nothing was changed. Say which, by "
            f"the name: “{by_id.name}”"
        )
    return by_id


def whose(settings: Config, office: str, school: str | None) -> tuple[Person, tuple[Role, ...]]:
    """Who is meant, and by which office; by none where an id or a name was given. Raises InputError."""
    from monitor.config.home.lookup import known_person

    urn = wiring.pick_urn(settings, school) if school else None
    by_name = _named(settings, office)
    if len(by_name) > 1:
        ids = ", ".join(p.id for p in by_name)
        raise InputError(f"{len(by_name)} people are called {by_name[0].name}. Say which, by id: {ids}.")
    if by_name:
        return by_name[0], ()
    try:
        roles = roles_of(office, settings.schools[0].nation)
    except InputError:
        if any(p.id == office for p in settings.people):
            return known_person(settings, office), ()
        raise
    found = _in(settings, roles, urn)
    if len(found) == 1:
        return found[0], roles
    what = titled(roles, settings.schools[0].nation)
    if not found:
        raise InputError(f"Nobody here is {what}. To name somebody: schoolgate people add --role {roles[0]}")
    names = ", ".join(f"“{p.name}”" for p in found)
    raise InputError(f"{len(found)} people are {what}: {names}. Say which, by the name, or by --school.")


def _named(settings: Config, name: str) -> list[Person]:
    return [p for p in settings.people if p.name.casefold() == name.strip().casefold()]


def _in(settings: Config, roles: tuple[Role, ...], urn: str | None) -> list[Person]:
    """Who holds one of these offices at that school, or at any."""
    from alerts.access.recipients import in_office

    schools = [s for s in settings.schools if urn in (None, s.urn)]
    return list({p.id: p for s in schools for p in in_office(s, settings.people, roles)}.values())


def _offices(settings: Config, said: str) -> tuple[Role, ...]:
    """The offices that these words are the name of; none where they are not."""
    try:
        return roles_of(said, settings.schools[0].nation)
    except InputError:
        return ()
