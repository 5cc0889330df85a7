"""Finds the home of a command, here or elsewhere."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from itertools import chain, count
from pathlib import Path

from alerts.access.offices import on_staff
from data.cases import Event
from data.errors import InputError, write_commands
from data.frozen import freeze
from data.steps.classes import Decided
from data.types import Person, School
from monitor.config.home.paths import account, find_paths
from monitor.config.load import Config
from monitor.config.model import OwnAccount, WrittenPolicy
from monitor.terminal.program import sudo_command, typed_arguments

# What the settings know by a name: a person by id, a story or an alert by the beginning of its id; and the
# written policies of a school: which hold, and in which version.


def known_person(config: Config, person: str | None) -> Person:
    """The configured person of that id. Raises InputError where none is given or known."""
    found = next((p for p in config.people if p.id == person), None)
    if found is not None:
        return found
    if not config.people:
        raise InputError(f"{config.path.name} names nobody yet. To add somebody: ⟪setup⟫")
    has = f"{config.path.name} has{list_choices(person, {p.id: p.name for p in config.people}, '[[people]]')}"
    if not (person or "").strip():
        raise InputError(f"Say who you are: ⟨person⟩ PERSON. {has}")
    raise InputError(f"⟨person⟩ {person}: there is no such person. {has}")


_FEW, _NEAREST = 8, 4
"""So many are all named, and so many of more."""


def list_choices(given: str | None, known: Mapping[str, str], where: str, *, named: bool = False) -> str:
    """List what could be meant of what is `known` (id to name): “: a, b.”; of many how many, and the nearest.

    `where` all of them stand; `named` says the names beside the ids.
    """
    wanted = (given or "").strip().casefold()
    shown = list(known) if len(known) <= _FEW else _nearest(wanted, known)
    said = ", ".join(f"{i} ({known[i]})" if named and known[i] else i for i in shown)
    if len(known) <= _FEW:
        return f": {said or 'none'}."
    return f" {len(known)}, under {where}.{f' Nearest: {said}.' if said else ''}"


def _nearest(wanted: str, known: Mapping[str, str]) -> list[str]:
    """The ids whose beginning, name or letters are like it; none where nothing was given."""
    if not wanted:
        return []
    spelt: dict[str, list[str]] = {}
    for i, name in known.items():
        for text in (*name.split(), name, i):
            spelt.setdefault(text.casefold(), []).append(i)
    holds = [i for i, name in known.items() if wanted in i.casefold() or wanted in name.casefold()]
    like = [i for text in get_close_matches(wanted, spelt, n=_NEAREST) for i in spelt[text]]
    return list(dict.fromkeys([*holds[:_NEAREST], *like]))[:_NEAREST]


def no_such(beginning: str, what: str, group: str) -> InputError:
    """None of them begins so: that of which somebody may not know is answered the same."""
    return InputError(f"No {what} begins with “{beginning}”. To see them: schoolgate {group} list")


def whole_number(given: str) -> str:
    """The number of a case as it is stored: six digits, “482 913” too; in homes of before “4” → “0004”."""
    number = "".join(given.split()).removeprefix("#")
    return number.lstrip("0").zfill(4) if number.isdigit() else number


def free(wanted: str, taken: Collection[str]) -> str:
    """An id that nobody has: “dsl”, then “dsl-2”."""
    return next(each for each in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if each not in taken)


def held_by(config: Config, school: School) -> tuple[WrittenPolicy, ...]:
    """Those that hold for the school: for all schools, for it, or for one of its members."""
    return tuple(p for p in config.policies if school in schools_named(config, p.schools))


def schools_named(config: Config, keys: Collection[str]) -> tuple[School, ...]:
    """The schools that these keys of the file name, be it by a member; all of them where there is none."""
    return tuple(s for s in config.schools if not keys or s in map(config.school, keys))


def in_force(config: Config, school: School) -> str:
    """Their titles and versions in one line, “Social media policy, version 3”; "" where none is named."""
    cited = []
    for policy in held_by(config, school):
        approved = f"approved {policy.approved_on}" if policy.approved_on else ""
        version = f"version {policy.version}" if policy.version else approved
        cited.append(f"{policy.title}, {version}" if version else policy.title)
    return "; ".join(cited)


def with_policy(event: Event, config: Config, school: School) -> Event:
    """A decision with the policy that it was made under, so that a later one cannot be taken for it."""
    cited = in_force(config, school)
    if not isinstance(event.said, Decided) or not cited or event.said.policy:
        return event
    return replace(event, said=replace(event.said, policy=cited))


# How a command is typed for a home that whoever reads it would not reach by its name alone.

_SYSTEM_IDS = range(1, 1000)
_NO_SHELLS = ("nologin", "false")


def typed_home() -> tuple[str, str]:
    """The program and the option that reach the home which what was typed names, as for a further command;
    "schoolgate" and "" where it names none."""
    words = typed_arguments()
    at = next((n for n, word in enumerate(words) if word.partition("=")[0] == "--home"), None)
    if at is None:
        return "schoolgate", ""
    named = words[at : at + (2 if words[at] == "--home" else 1)]
    owner = _service_account(Path(named[-1].removeprefix("--home=")))
    return sudo_command(owner) if owner else "schoolgate", f" {shlex.join(named)}"


def for_home(home: Path, text: str, desk: str = "") -> str:
    """The text with its acts as commands (`write_commands`) that do what they say for whoever reads it on
    this machine: as the account of a service whose home it is, and naming a home that is not the usual one;
    and with its pages at the address of the `desk`.
    """
    owner = _service_account(home)
    program = sudo_command(owner) if owner else "schoolgate"
    named = owner or home != find_paths({}, anybodys=True).home
    return write_commands(text, program, f" --home {shlex.quote(str(home))}" if named else "", desk)


def _service_account(home: Path) -> str:
    """The account whose home it is, where nobody is it: a service's own; "" of a person's, and of root's."""
    if os.name != "posix" or not home.exists():
        return ""
    import pwd

    uid = home.stat().st_uid
    with suppress(KeyError):
        shell = Path(pwd.getpwuid(uid).pw_shell).name
        return account(uid) if uid and (uid in _SYSTEM_IDS or shell in _NO_SHELLS) else ""
    return ""


ENOUGH = 2
"""So many members of staff run an account."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")


@freeze
class RunAccount:
    """An account, the names of the staff who run it, and whoever of its `staff` has left, or is no staff."""

    account: OwnAccount
    staff: tuple[str, ...]
    gone: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Is it in use, and without two named members of staff?"""
        return self.account.closed_on is None and len(self.staff) < ENOUGH


def reads_as_id(said: str) -> bool:
    """Is it written as a person's id is? A name has a capital, or a blank."""
    return _ID.fullmatch(said) is not None


def run_accounts(config: Config, school: School | None = None) -> tuple[RunAccount, ...]:
    """Each account of the register, or of that school, as it is run: not by those who have left."""
    accounts = (a for a in config.accounts if not school or school in schools_named(config, a.schools))
    return tuple(_run(a, config.all_people) for a in accounts)


def _run(account: OwnAccount, people: Sequence[Person]) -> RunAccount:
    known = {p.id: p for p in people} | {p.name: p for p in people}
    staff, gone = dict[str, None](), []
    for said in account.staff:
        person = known.get(said)
        if person is None and reads_as_id(said):
            gone.append(said)
        elif person is not None and not on_staff(person):
            gone.append(person.name)
        else:
            staff[person.name if person else said] = None
    return RunAccount(account, tuple(staff), tuple(gone))
