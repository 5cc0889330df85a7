"""The register of the school's own accounts: who runs each, who has left, and which need another. Pure.

A school's policy asks for two named members of staff an account, so that it does not hang on one (King
James's 2.1 to 2.3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.access.offices import on_staff
from data.types import Person, School
from monitor.config.home.lookup import schools_named
from monitor.config.load import Config
from monitor.config.model import OwnAccount

ENOUGH = 2
"""So many members of staff run an account."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
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
