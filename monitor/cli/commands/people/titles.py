"""What a school calls the roles of its people, and what people type for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from data.errors import InputError
from data.types import Role

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
