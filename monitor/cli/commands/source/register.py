"""`schoolgate account add | change | remove | register`: who runs the school's own accounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of, which_schools, whole_day
from monitor.cli.commands.options import HomeOptions, JsonOptions, School, Schools
from monitor.home import wiring
from monitor.terminal.answers import until_right
from monitor.terminal.output import say
from monitor.terminal.table import Cell, Tone, table

if TYPE_CHECKING:
    from monitor.config.accounts import RunAccount
    from monitor.config.load import Config
    from monitor.config.model import OwnAccount

NOT_FOR_VETTING = (
    "Not for vetting: this program searches by the school, never by a person. A search without a name of the "
    "school, or with that of one of its people, is not added, and nobody's profile is read."
)
_NONE = "No account is in the register yet. To enter one: schoolgate account add"
_OPTIONS = ("url", "staff", "owner", "purpose", "disclaimer", "since", "id", "name")

Url = Annotated[str | None, Option("--url", help="Its address.")]
Staff = Annotated[
    list[str] | None,
    Option("--staff", metavar="WHO", help="Who runs it: a person's id, or a name; at least two."),
]
Owner = Annotated[
    str | None, Option("--owner", metavar="WHO", help="Who answers for it: a person's id, or a name.")
]
Purpose = Annotated[str | None, Option("--purpose", help="What it is for, and why it is needed.")]
Disclaimer = Annotated[
    str | None, Option("--disclaimer", help="What its profile says of views, hours and concerns.")
]
Since = Annotated[str | None, Option("--since", metavar="DAY", help="The day it was approved.")]
AccountId = Annotated[str, Argument(metavar="ID", help="The account's id in the register.")]


def account_add(
    opts: HomeOptions,
    name: Annotated[str, Argument(metavar="NAME", help="What people call it.")],
    url: Url = None,
    staff: Staff = None,
    owner: Owner = None,
    purpose: Purpose = None,
    disclaimer: Disclaimer = None,
    since: Since = None,
    school: Schools = None,
    account_id: Annotated[str | None, Option("--id", help="A short name of your own.")] = None,
) -> None:
    """Enter an account in the register, with the two members of staff who run it.

    It is not read by that: what is watched is added by `schoolgate source add --own`.

    \b
    Examples:
      schoolgate account add "Our Facebook page" --staff b-patel --staff "Ms J Example" --purpose "News"
    """
    where, settings = wiring.settings(opts.home, opts.config)
    from monitor.config.home.lookup import free
    from monitor.config.writing.edit import added, edit_in_turn

    given = _given(settings, url, staff or _asked(settings), owner, purpose, disclaimer, since)
    taken = {a.id for a in settings.accounts}
    values = {"id": account_id or free(_id_of(name), taken), "name": name.strip(), **given}
    if urns := which_schools(school, settings, asks=False):
        values["schools"] = list(urns)
    with in_terms_of({key: f"--{key}" for key in _OPTIONS}):
        edit_in_turn(where.config, added("accounts", values))
    say(f"Written to {settings.path.name}: {values['name']}, id {values['id']}.")
    _say_short(wiring.configured(where), str(values["id"]))


def account_change(
    opts: HomeOptions,
    account_id: AccountId,
    name: Annotated[str | None, Option("--name", help="What people call it.")] = None,
    url: Url = None,
    staff: Staff = None,
    owner: Owner = None,
    purpose: Purpose = None,
    disclaimer: Disclaimer = None,
    since: Since = None,
) -> None:
    """Change what the register says of an account: asks who runs it where nothing is given.

    --staff names all of them anew.

    \b
    Examples:
      schoolgate account change our-facebook-page --staff b-patel --staff it
      schoolgate account change our-facebook-page
    """
    where, settings = wiring.settings(opts.home, opts.config)
    from monitor.config.writing.edit import changed, edit_in_turn

    _known(settings, account_id)
    some = (name, url, staff, owner, purpose, disclaimer, since)
    asked = None if any(each is not None for each in some) else _asked(settings)
    values = _given(settings, url, staff or asked, owner, purpose, disclaimer, since)
    with in_terms_of({key: f"--{key}" for key in _OPTIONS}):
        values |= {"name": name} if name else {}
        edit_in_turn(where.config, changed("accounts", account_id, values))
    say(f"Written to {settings.path.name}.")
    _say_short(wiring.configured(where), account_id)


def account_remove(opts: HomeOptions, account_id: AccountId) -> None:
    """Take an account out of the register: it is closed, or was never the school's.

    \b
    Examples:
      schoolgate account remove our-facebook-page
    """
    where, settings = wiring.settings(opts.home, opts.config)
    from monitor.config.writing.edit import edit_in_turn, removed

    account = _known(settings, account_id)
    edit_in_turn(where.config, removed("accounts", account_id))
    say(f"{account.name} is no longer in the register. What is watched has not changed.")


def account_register(opts: JsonOptions, school: School = None) -> None:
    """Who runs each account of the school's own, what for, since when, and which need another person.

    \b
    Examples:
      schoolgate account register
    """
    from monitor.config.accounts import run_accounts

    _, settings = wiring.settings(opts.home, opts.config)
    urn = wiring.pick_urn(settings, school) if school else None
    of = next((s for s in settings.schools if s.urn == urn), None)
    found = run_accounts(settings.accounts, settings.named, of)
    said = [*(_lines(found, settings) or [_NONE]), "", NOT_FOR_VETTING]
    opts.show([_as_json(one) for one in found], said)


def _given(
    settings: Config,
    url: str | None,
    staff: Sequence[str] | None,
    owner: str | None,
    purpose: str | None,
    disclaimer: str | None,
    since: str | None,
) -> dict[str, object]:
    """What is to be written, by key; a person of the settings by their id."""

    said: dict[str, object] = {"url": url, "purpose": purpose, "disclaimer": disclaimer}
    said["staff"] = list(dict.fromkeys(_who(settings, one) for one in staff)) if staff else None
    said["owner"] = _who(settings, owner) if owner else None
    said["since"] = whole_day(since, "--since", settings.zone, past=True) if since else None
    return {key: value for key, value in said.items() if value is not None}


def _asked(settings: Config) -> tuple[str, ...]:
    question = "Who runs it: two members of staff, by id or by name, with a comma between them"
    return until_right(question, lambda answer: tuple(_who(settings, one) for one in _parts(answer)))


def _parts(answer: str) -> list[str]:
    found = [part.strip() for part in answer.split(",") if part.strip()]
    if not found:
        raise InputError("At least one is needed, for example: b-patel, Ms J Example")
    return found


def _who(settings: Config, said: str) -> str:
    """The id of a person of the settings, or the name as it is. Raises InputError for an id of nobody."""
    from monitor.config.accounts import reads_as_id
    from monitor.config.home.lookup import one_of

    said = said.strip()
    named = next((p for p in settings.people if said.casefold() in (p.id, p.name.casefold())), None)
    if named is not None or not reads_as_id(said):
        return named.id if named else said
    known = one_of(said, {p.id: p.name for p in settings.people}, "[[people]]")
    where = f"nobody has that id in {settings.path.name}, which has{known}"
    raise InputError(f"{said}: {where} Write a name as people write it.")


def _id_of(name: str) -> str:
    """“our-facebook-page”, by which people know it again."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "account"


def _known(settings: Config, account_id: str) -> OwnAccount:
    found = next((a for a in settings.accounts if a.id == account_id), None)
    if found is None:
        known = ", ".join(a.id for a in settings.accounts) or "none"
        raise InputError(f"{account_id}: no account of that id is in the register. There are: {known}.")
    return found


def _say_short(settings: Config, account_id: str) -> None:
    from monitor.config.accounts import run_accounts

    (one,) = (r for r in run_accounts(settings.accounts, settings.named) if r.account.id == account_id)
    if one.short:
        say(f"{_needs(one)} To name them: schoolgate account change {account_id}")


def _needs(one: RunAccount) -> str:
    gone = f" Not on the staff: {', '.join(one.gone)}." if one.gone else ""
    return f"It needs two named members of staff, and has {len(one.staff) or 'none'}.{gone}"


def _lines(found: Sequence[RunAccount], settings: Config) -> Sequence[str]:
    names = {p.id: p.name for p in settings.people}
    rows = [
        (
            *(one.account.id, one.account.name, _run_by(one)),
            names.get(one.account.owner or "", one.account.owner or ""),
            *(one.account.purpose, one.account.disclaimer),
            f"{one.account.since:%-d %b %Y}" if one.account.since else "",
        )
        for one in found
    ]
    heads = ("Id", "Account", "Run by", "Answers for it", "What for", "Its profile says", "Since")
    return table(heads, rows, wraps=("Account", "Run by", "What for", "Its profile says"))


def _run_by(one: RunAccount) -> str | Cell:
    said = ", ".join(one.staff) or "nobody"
    if not one.short:
        return said
    gone = f" ({', '.join(one.gone)}: not on the staff)" if one.gone else ""
    return Cell(f"{said}{gone}; needs another", Tone.WARN)


def _as_json(one: RunAccount) -> dict[str, object]:
    account = one.account
    return {
        "id": account.id, "name": account.name, "url": account.url, "schools": list(account.schools),
        "staff": list(one.staff), "gone": list(one.gone), "short": one.short, "owner": account.owner,
        "purpose": account.purpose, "disclaimer": account.disclaimer,
        "since": account.since.isoformat() if account.since else None,
    }  # fmt: skip
