"""`schoolgate people replace` and `people remove`: somebody else comes, or somebody leaves."""

from __future__ import annotations

import os
import tomllib
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of
from monitor.cli.commands.options import Asking, HomeOptions, School
from monitor.cli.commands.people.add import (
    email_of,
    full_name,
    new_id,
    same_person,
    say_who_is_told,
)
from monitor.cli.commands.people.change import refuse_empty, say_heads
from monitor.cli.commands.people.whose import roles_of, someone, titled, whose
from monitor.home import wiring
from monitor.terminal.answers import until_right
from monitor.terminal.output import say, say_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.types import Person, Role
    from monitor.act.matter.leaving import HandedOver
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.matters.reader import Reader
    from monitor.setup.changes import Succession


def replace_person(
    opts: HomeOptions,
    office: Annotated[
        str,
        Argument(metavar="OFFICE", help="head, DSL, chair, …; or whom, by id or name."),
    ],
    name: Annotated[str | None, Option("--name", help="Who comes, as people write the name.")] = None,
    email: Annotated[str | None, Option("--email", help="Where messages to them go.")] = None,
    phone: Annotated[str | None, Option("--phone", help="The number to ring them.")] = None,
    role: Annotated[
        list[str] | None,
        Option("--role", help="What they are, where not all that the one before was; may be repeated."),
    ] = None,
    stays: Annotated[
        bool, Option("--stays", help="The one before stays at the school, and gives up this office alone.")
    ] = False,
    school: School = None,
    person: Asking = None,
) -> None:
    """Put somebody else in an office: a new head, safeguarding lead or chair, or whoever comes for whom.

    The one before holds no office any more: no mail, no sign-in. What they had goes to whoever comes, as far
    as those may know of it, and the rest to the next who may. What is recorded keeps its names.

    \b
    Examples:
      schoolgate people replace head --name "Mrs B Example" --email head@oakfield.example.sch.uk
      schoolgate people replace DSL --name "Mr C Example" --stays
    """
    from alerts.access.offices import holding, keeping
    from monitor.setup.changes import Succession

    where, settings = wiring.settings(opts.home, opts.config)
    nation = settings.schools[0].nation
    old, offices = whose(settings, office, school)
    offices = (
        roles_of(", ".join(role), nation) if role else offices if stays and offices else holding(old, ())
    )
    asks = not name
    name = (
        full_name(name) if name is not None else until_right("Who comes, as people write the name", full_name)
    )
    new = _comer(settings, old, name, email_of(email, asks=asks), phone, offices)
    kept = keeping(old, offices) if stays else None
    _carry_out(where, settings, Succession(old, new, kept), person)


def remove_person(
    opts: HomeOptions,
    who: Annotated[str, Argument(metavar="PERSON", help="Who leaves, by id, name or office.")],
    person: Asking = None,
) -> None:
    """Take out somebody who leaves: no mail, no sign-in, and what they had goes to the next who may know it.

    Not where an office would be nobody's that the school needs: then say who comes, by people replace.
    Matters about them stay as they are, and what is recorded keeps their name.

    \b
    Examples:
      schoolgate people remove j-sandhu
    """
    from monitor.setup.changes import Succession

    where, settings = wiring.settings(opts.home, opts.config)
    _carry_out(where, settings, Succession(someone(settings, who)), person)


def _comer(
    settings: Config, old: Person, name: str, email: str | None, phone: str | None, offices: tuple[Role, ...]
) -> Person:
    """Whoever comes, as they are in the file from then on. Raises InputError where that is who goes."""
    from alerts.access.offices import holding
    from data.types import Person

    if name.casefold() == old.name.casefold():
        raise InputError(
            f"{old.name} has it already. To correct the address: schoolgate people change {old.id} --email …"
        )
    known = same_person(settings.people, {"name": name, "email": email}, None)
    if known is None:
        return Person(new_id(settings, offices[0]), name, offices, email, old.urns, phone)
    urns = tuple(dict.fromkeys((*known.urns, *old.urns))) if known.urns and old.urns else ()
    roles = holding(known, offices)
    return replace(known, roles=roles, email=known.email or email, urns=urns, phone=phone or known.phone)


def _carry_out(where: Paths, settings: Config, going: Succession, asking: str | None) -> None:
    """All of it or nothing: the file is written last, inside the store's transaction."""
    from monitor.config.load import from_text
    from monitor.config.writing import edit
    from monitor.matters.reader import Reader, asker
    from monitor.setup import changes as succession

    now, by = utc_now(), asker(settings, asking)
    refuse_empty(settings, succession.after(settings, going), going.old)
    changes = succession.changes(settings, going, now.astimezone(settings.zone).date())
    store = wiring.open_store(where.home) if where.store.exists() else None
    handed: Sequence[HandedOver] = ()
    with in_terms_of({"name": "--name", "email": "--email", "phone": "--phone"}):
        then = from_text(where.config, edit.preview(where.config, changes), os.environ)
        with store.write("hand over") if store else nullcontext() as con:
            if con is not None:
                context = wiring.context(then, where.home)
                from monitor.act.matter.leaving import ask_next, hand_over, let_go

                handed = hand_over(con, context, going.old, going.new, now)
                handed += ask_next(con, context, going.old, going.new, now)
                if going.leaves:
                    let_go(con, going.old, by.id if by else "schoolgate", now)
            edit.edit_in_turn(where.config, *changes)
    _say_changed(settings, then, going)
    if store is not None:
        wiring.remember_config(store, then)
        known = {p.id for p in then.people}
        _say_handed(handed, going, Reader(then, store, by if by and by.id in known else None))
    say_who_is_told(then)


def _say_changed(before: Config, then: Config, going: Succession) -> None:
    """What is otherwise in the file, a line each."""
    from alerts.access.offices import holding
    from monitor.config.accounts import run_accounts
    from monitor.config.load import read
    from monitor.setup.changes import heads, still_named

    old, new, nation = going.old, going.new, before.schools[0].nation
    if new is not None:
        say(f"{new.name} (id {new.id}): {titled(holding(new, ()), nation)}.")
    if going.kept is not None:
        say(f"{old.name} (id {old.id}) stays: {titled(going.kept, nation)}.")
    else:
        say(
            f"{old.name} has left: no office and no mail; what waited for them is withdrawn. They are signed "
            "out everywhere, and links they were mailed open nothing. What is recorded keeps their name."
        )
    say_heads(before, heads(before, then))
    for account in (one.account for one in run_accounts(then.accounts, then.named) if old.name in one.gone):
        say(f"{old.name} ran {account.name}. To say who does: schoolgate account change {account.id}")
    for p in (p for p in before.people if p.id != old.id):
        if going.leaves and p.cover == old.id:
            cover = new.name if new and new.id != p.id else "nobody"
            say(f"{p.name} is away, and {old.name} covered: {cover} does now.")
        if shared := [role for role in p.related_to if role in holding(old, ())]:
            say(
                f"{p.name} is close to “{', '.join(shared)}”: that is whoever holds the office now, "
                f"too. If it is not so: schoolgate people change {p.id} --related-to WHO"
            )
    if going.leaves and (keys := still_named(tomllib.loads(read(then.path)), old)):
        say(f"{old.name} still stands under {', '.join(keys)}. To change that: schoolgate set KEY")


def _say_handed(handed: Sequence[HandedOver], going: Succession, reader: Reader) -> None:
    """A line for each matter that whoever types may know of; who has what else is its readers' to know."""
    from alerts.access.knowing import Access

    known = reader.access({each.number: each.matter for each in handed})
    lines, more = list[str](), 0
    for each in handed:
        may, new = known[each.number], going.new
        to_them = new is not None and each.to is not None and each.to.id == new.id
        if may is Access.WORDS or (may is Access.STATUS and (to_them or each.to is None)):
            whom = f"to {each.to.name}." if each.to else "nobody may have it. To see why: schoolgate doctor"
            lines.append(f"  {each.number}: {whom}")
        else:
            more += may > Access.NOTHING
    lines += [f"  {more} more, each to the next who may know of it."] if more else []
    say_lines(lines or ["Of what they had in hand there is nothing that you may know of."])
