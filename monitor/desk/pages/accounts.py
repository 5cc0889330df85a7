"""The school's own accounts: who runs each, its notice, odd posts, what was hidden and why; the register to
be changed; and the written policies: their reviews, owners and what the school set by them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from alerts.access.offices import keeps_accounts, keeps_policies, on_staff
from data.cases import Profile
from data.errors import SchoolgateError
from data.people import people_of
from data.steps.acts import Done, Refused
from data.store import alerts as alert_store
from data.store import sources as source_store
from data.store.engine.connect import Connection
from data.store.sources import ACTIONS, AccountNotice, Logged
from data.types import Person, Policy, Role, School, Source, SourceRun
from data.words.say import Words
from monitor.act.accounts import NEW, log_action, row_hash, save_account, save_policy, schools_in_file
from monitor.config.home.lookup import RunAccount, run_accounts, schools_named
from monitor.config.load import Config, load_file
from monitor.config.model import OWN_PAGE, OwnAccount, WrittenPolicy
from monitor.desk.page import DeskRequest, FormFields, NotThere, led_to
from monitor.matters.reader import Reader, account_schools

_TEXTS = ("name", "url", "purpose", "disclaimer", "owner", "approved_by", "access", "since")
_MOST_ODD, _ODD_READ = 5, 100


def current_settings(asking: DeskRequest) -> Config:
    """The settings as their file has them now: what was changed a moment ago is not in use yet."""
    try:
        return load_file(asking.config.path, os.environ)
    except SchoolgateError:
        return asking.config


def show_accounts(asking: DeskRequest, con: Connection, refused: str = "") -> Response:
    """Show all that concerns its reader's schools; and why nothing was written down, where that is so."""
    config, person, w = current_settings(asking), asking.person, asking.w
    here = account_schools(config, person)
    urns, several = {s.urn for s in here}, len(config.schools) > 1
    own = [s for s in config.sources if s.own and urns & set(s.urns)]
    runs = [
        r
        for r in run_accounts(config)
        if not urns.isdisjoint(s.urn for s in schools_named(config, r.account.schools))
    ]
    names = {s.urn: s.name for s in here}
    choices = [
        (f"{s.id} {urn}", f"{s.name} ({names[urn]})" if several else s.name)
        for s in own
        for urn in s.urns
        if urn in urns
    ]
    view = {
        "accounts": [_account(config, person, r, w) for r in runs],
        "places": _places(asking, con, config, own, urns, w),
        "choices": choices,
        "actions": ACTIONS,
        "adds": keeps_accounts(person, config.schools),
        "done": asking.query["done"],
        "refused": refused,
        "typed": asking.form,
    }
    return asking.render("accounts.html", 422 if refused else 200, **view)


def write_log(asking: DeskRequest) -> Response:
    """Write down what was done on an account."""
    source_id, _, urn = asking.form["place"].rpartition(" ")
    said = {**asking.form, "source": source_id, "school": urn}
    by, config = asking.person, current_settings(asking)
    match log_action(asking.store, config, by, said, asking.now):
        case Refused(guard):
            with asking.store.open_reader() as con:
                return show_accounts(asking, con, guard)
        case Done(fair):
            return led_to(f"/accounts?done={'fair' if fair else 'logged'}")


def _account(config: Config, person: Person, run: RunAccount, w: Words) -> dict[str, object]:
    one = run.account
    trained = [name for name in run.staff if name in {_name_person(config, each) for each in one.trained}]
    said = {
        "url": one.url or "",
        "staff": w.list_items(list(run.staff)),
        "trained": w.list_items(trained),
        "owner": _name_person(config, one.owner),
        "purpose": one.purpose,
        "approved_by": _name_person(config, one.approved_by),
        "since": w.full_day(one.since) if one.since else "",
        "access": w(f"accounts.access.{one.access}"),
        "disclaimer": one.disclaimer,
        "closed_on": w.full_day(one.closed_on) if one.closed_on else "",
    }
    facts = [(w(f"accounts.field.{key}"), value) for key, value in said.items() if value]
    theirs = keeps_accounts(person, schools_named(config, one.schools))
    return {"run": run, "facts": facts, "path": f"/accounts/{one.id}" if theirs else ""}


def _name_person(config: Config, said: str | None) -> str:
    """Name somebody whom the file names by id or by name."""
    return next((p.name for p in config.all_people if p.id == said), said or "")


def _places(
    asking: DeskRequest, con: Connection, config: Config, own: Sequence[Source], urns: set[str], w: Words
) -> list[dict[str, object]]:
    ids, reader = [s.id for s in own], Reader(config, asking.store, asking.person)
    runs, notices = source_store.latest_runs(con, ids), source_store.notices(con, ids)
    log = [entry for entry in source_store.list_log(con, ids) if entry.urn in urns]
    known = reader.may_read_done(log)
    return [
        {
            "name": s.name,
            "notice": _notice(s, runs.get(s.id), notices.get(s.id), w, config.zone),
            "missing": (found := notices.get(s.id)) is not None and not found.stands and not s.disabled,
            "odd": _odd(asking, con, reader, s),
            "log": [
                _log_line(config, e, w, asking.now, whole=e.id in known) for e in log if e.source_id == s.id
            ],
        }
        for s in own
    ]


def _notice(
    source: Source, run: SourceRun | None, notice: AccountNotice | None, w: Words, zone: ZoneInfo
) -> str:
    if source.disabled:
        return w("accounts.notice.off", why=source.disabled)
    unseen = "" if run is None or run.outcome.is_seen else run.detail
    if notice is None:
        if unseen:
            return w("accounts.notice.unknown", why=unseen)
        return w(f"accounts.notice.{'feed' if run and source.kind != OWN_PAGE else 'not_yet'}")
    key = "accounts.notice.up" if notice.stands else "accounts.notice.missing"
    told = w(key, since=w.full_day(notice.since, zone), looked=w.full_day(notice.read_at, zone))
    return f"{told} {w('accounts.notice.unseen', why=unseen)}" if unseen else told


def _odd(asking: DeskRequest, con: Connection, reader: Reader, source: Source) -> list[tuple[str, str, bool]]:
    """Its newest odd posts that this reader may know of."""
    odd = source_store.odd_posts(con, source.id, limit=_ODD_READ)
    stories = {a.id: a for o in odd if (a := alert_store.alert(con, o.alert_id))}
    known = reader.look(con, {a.story_id: a.urn for a in stories.values()})
    page = asking.links.at_desk
    return [
        (o.number, page(stories[o.alert_id].story_id), o.in_hand)
        for o in odd
        if o.alert_id in stories and known.tells_of(stories[o.alert_id].story_id)
    ][:_MOST_ODD]


def _log_line(config: Config, entry: Logged, w: Words, now: datetime, *, whole: bool) -> str:
    """Say what was done; by whom, why and where only for who may know it."""
    day, action = w.brief_day(entry.done_at, now, config.zone), w(f"accounts.action.{entry.action}")
    if not whole:
        return w("accounts.log.bare", day=day, action=action)
    who = _name_person(config, entry.person_id)
    return w("accounts.log.whole", day=day, action=action, who=who, reason=entry.reason, at=entry.url or "")


def change_account(asking: DeskRequest) -> Response:
    """Enter, change, close or remove it."""
    config, form, by = current_settings(asking), asking.form, asking.person
    row = _row(asking, config)
    if row is None and asking.query["id"] != NEW:
        raise NotThere
    today, do = config.day_of(asking.now), form["do"]
    given: dict[str, object] | None = {"closed_on": today if do == "close" else None}
    if do == "remove":
        given = None
    elif do == "keep":
        given = _values(config, form, new=row is None, schools=asking.signed_in.schools)
    elif do not in ("close", "reopen") or row is None:
        raise NotThere
    became = save_account(asking.store, config, by, form["seal"], given, asking.now)
    return (
        show_account(asking, None, became) if isinstance(became, Refused) else led_to(f"/accounts?done={do}")
    )


def _row(asking: DeskRequest, config: Config) -> OwnAccount | None:
    row = next((a for a in config.accounts if a.id == asking.query["id"]), None)
    by = asking.person
    return row if row and keeps_accounts(by, schools_named(config, row.schools)) else None


def day_or_text(typed: str) -> date | str:
    """A day as a form gives it; anything else as it was typed, which the file's own check refuses."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return typed.strip()


def ticked_values(form: FormFields, name: str) -> list[str]:
    """List what was ticked of boxes of that name, which a number or an id follows."""
    return [value for key, value in form.items() if key.startswith(f"{name}-")]


def _values(config: Config, form: FormFields, *, new: bool, schools: Sequence[School]) -> dict[str, object]:
    given: dict[str, object] = {key: form[key].strip() for key in _TEXTS}
    given["since"] = day_or_text(form["since"])
    given["staff"] = [*ticked_values(form, "staff"), *form["others"].split(",")]
    if new:
        given["schools"] = schools_in_file(
            config, [s for s in schools if f"school-{s.urn}" in form] or schools
        )
    else:
        given["trained"] = ticked_values(form, "trained")
    return given


def show_account(asking: DeskRequest, _: object = None, no: Refused | None = None) -> Response:
    """Show what the register says of one account, to be changed; or nothing yet."""
    config, who = current_settings(asking), asking.signed_in
    row = _row(asking, config)
    if row is None and not (asking.query["id"] == NEW and keeps_accounts(who.person, config.schools)):
        raise NotThere
    people = {p.id: p for school in who.schools for p in people_of(school, config.people)}
    staff = [p for p in people.values() if on_staff(p)]
    run = next((r for r in run_accounts(config) if r.account == row), None)
    runs, typed = run.staff if run else (), asking.form
    held = {key: f"{getattr(row, key) or ''}" for key in _TEXTS} if row else {}
    held |= {key: _name_person(config, held.get(key)) for key in ("owner", "approved_by")}
    held["others"] = ", ".join(name for name in runs if name not in {p.name for p in staff})
    view = {
        "row": row,
        "seal": typed.get("seal") or (row_hash(row) if row else NEW),
        "fields": {key: typed.get(key, held.get(key, "")) for key in (*_TEXTS, "others")},
        "staff": [(p.id, p.name, f"staff-{p.id}" in typed if no else p.name in runs) for p in staff],
        "trained": [
            (n, n in {_name_person(config, each) for each in (row.trained if row else ())}) for n in runs
        ],
        "gone": run.gone if run else (),
        "names": sorted({p.name for p in people.values()}),
        "schools": who.schools if row is None and len(who.schools) > 1 else (),
        "refused": no,
    }
    return asking.render("account.html", 422 if no else 200, **view)


_ELSEWHERE = {"categories"}
"""What is no rule of a policy: the names that a school's safeguarding record has."""


def keep_policy(asking: DeskRequest) -> Response:
    """Names one, or writes down its review."""
    config, form, who = current_settings(asking), asking.form, asking.signed_in
    if not keeps_policies(who.person, config.schools):
        raise NotThere
    given: dict[str, object] = {key: form[key].strip() for key in ("version", "owner")}
    given |= {key: day_or_text(form[key]) for key in ("approved_on", "review_due")}
    shown_as = form["seal"]
    if shown_as == NEW:
        given |= {"title": form["title"].strip(), "schools": schools_in_file(config, who.schools)}
    became = save_policy(asking.store, config, who.person, shown_as, given, asking.now)
    return show_policies(asking, None, became) if isinstance(became, Refused) else led_to("/policies?done=1")


def show_policies(asking: DeskRequest, _: object = None, refused: Refused | None = None) -> Response:
    """Show those of its reader's schools."""
    config, who, w = current_settings(asking), asking.signed_in, asking.w
    today = asking.now.astimezone(asking.zone)
    held = [p for p in config.policies if set(who.schools) & set(schools_named(config, p.schools))]
    view = {
        "policies": [_policy(asking, config, p, w, today.date()) for p in held],
        "rules": [(s.name, _rules(config, s, w)) for s in who.schools],
        "adds": keeps_policies(who.person, config.schools),
        "names": sorted({p.name for p in config.people}),
        "done": "done" in asking.query,
        "refused": refused,
        "typed": asking.form if refused else {},
    }
    return asking.render("policies.html", 422 if refused else 200, **view)


def _policy(
    asking: DeskRequest, config: Config, policy: WrittenPolicy, w: Words, today: date
) -> dict[str, object]:
    owner = _name_person(config, policy.owner)
    named = [s.name for s in schools_named(config, policy.schools)] if policy.schools else []
    approved = w.full_day(policy.approved_on) if policy.approved_on else ""
    said = {
        "version": policy.version,
        "approved_on": approved,
        "owner": owner,
        "schools": w.list_items(named),
    }
    due = policy.review_due
    late = due is None or due < today
    key = "none" if due is None else "late" if late else "due"
    return {
        "policy": policy,
        "facts": [(w(f"accounts.field.{key}"), value) for key, value in said.items() if value],
        "review": w(f"accounts.review.{key}", day=w.full_day(due) if due else ""),
        "late": late,
        "seal": row_hash(policy)
        if keeps_policies(asking.person, schools_named(config, policy.schools))
        else "",
        "owner": owner,
    }


def _rules(config: Config, school: School, w: Words) -> list[tuple[str, str]]:
    """List what is set for the school, each with what is set; ours is marked."""
    found = {}
    for rules, usual in ((config.policy, Policy()), (config.profile(school.urn), Profile())):
        for name in (field.name for field in fields(rules) if field.name not in _ELSEWHERE):
            value, said = getattr(rules, name), _value_words(getattr(rules, name), w)
            ours = value == getattr(usual, name) and value not in (None, "")
            found[w(f"accounts.rule.{name}")] = w("accounts.value.usual", value=said) if ours else said
    return list(found.items())


def _value_words(value: object, w: Words) -> str:
    match value:
        case Role():
            return w(f"letter.role.{value.value}")
        case bool():
            return w(f"accounts.value.{'yes' if value else 'no'}")
        case None | "" | ():
            return w("accounts.value.none")
        case tuple():
            return w.list_items([_value_words(each, w) for each in value])
        case float():
            return f"{w.number(100 * value)}%"
        case int():
            return w.number(value)
    return str(value)
