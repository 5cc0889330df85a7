"""`schoolgate case recheck`: is the post still there? Looked at by the program, or seen by a person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from alerts.ladder.advance import Refusal
from data.cases import Case, Check
from data.effects import Fetch, utc_now
from data.errors import InputError
from monitor import wiring
from monitor.casework.act import load
from monitor.casework.recheck import NEVER, Rechecked, recheck, saw
from monitor.commands.case_common import Desk, Refused, Say, desk, find, moment, one_of, words
from monitor.commands.common import officers, opened
from monitor.config import Config
from monitor.service.rechecks import Done, copies, rechecks
from monitor.terminal import in_json
from monitor.views.alerts import local
from monitor.views.case_words import CHECKS, state_words

Fetching = Callable[[Config], AbstractContextManager[Fetch]]

_UNSEEN = frozenset((Check.LOG_IN_WALL, Check.BLOCKED, Check.CANNOT_TELL))


def one(
    number: str,
    *,
    person: str,
    saw_it: str | None,
    why: str,
    at: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    fetching: Fetching = wiring.fetcher,
) -> int:
    """Looks at the post of one case now, or with `saw_it` writes down what a person saw.

    1 where it could not be seen. Raises InputError, Refused.
    """
    desk_ = desk(person, home, config)
    with desk_.store.read() as con:
        case = find(con, desk_, number)
    result = _seen_by(desk_, case, saw_it, why, at) if saw_it else _looked(desk_, case, fetching)
    if isinstance(result, Refusal):
        raise Refused(result, number, desk_.person.id)
    if as_json:
        say(in_json(_json(result)))
    else:
        for line in _lines(result, desk_):
            say(line)
    return 1 if result.seen.check in _UNSEEN and not saw_it else 0


def all_due(
    *,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    fetching: Fetching = wiring.fetcher,
) -> int:
    """Looks at every post that is due; 3 where one could not be seen. Of restricted cases nothing is said.

    As in `case list` without a person, a case that may accuse somebody with an office is not named.
    """
    where, settings, store = opened(home, config)
    context = wiring.context(settings, where.home)
    with fetching(settings) as fetch:
        done = [*rechecks(store, context, fetch, utc_now), *copies(store, context, utc_now)]
    with store.read() as con:
        known = {one.case_id: load(con, one.case_id) for one in done}
    shown = [each for each in done if not set(known[each.case_id].subjects) & set(officers(settings))]
    if as_json:
        told = [_due_json(each, known[each.case_id]) for each in shown]
        say(in_json(told))
    elif not shown:
        say("No post is due to be looked at.")
    else:
        for each in shown:
            say(f"Case {each.case_id}: {_due_words(each, known[each.case_id])}")
    return 3 if any(_unseen(each) for each in done) else 0


def _looked(desk_: Desk, case: Case, fetching: Fetching) -> Rechecked | Refusal:
    with fetching(desk_.config) as fetch:
        return recheck(desk_.store, desk_.context, fetch, case.id, utc_now, by=desk_.person.id)


def _seen_by(desk_: Desk, case: Case, saw_it: str, why: str, at: str | None) -> Rechecked | Refusal:
    check = one_of(saw_it, "--saw", Check)
    said = words(why, "--why")
    seen_at = moment(at, "--at", desk_.config)
    return saw(
        desk_.store, desk_.context, case.id, check, utc_now(), by=desk_.person.id, why=said, when=seen_at
    )


def _lines(result: Rechecked, desk_: Desk) -> list[str]:
    case, check = result.case, result.seen.check
    lines = [f"Case {case.id}: {CHECKS[check]}. {result.seen.said}"]
    if result.came_back:
        lines.append("  It was gone, and stands again: the case is open at the rung that it had reached.")
    lines += [f"  The same words stand elsewhere too: post {mention}" for mention in result.copies]
    if result.seen.code in NEVER:
        lines.append("  Do not open it either.")
    elif check in _UNSEEN and result.seen.code != "person":
        lines.append(
            "  A wall or an error is no removal. Look yourself, logged out, and write down what you see:"
        )
        lines.append(f'    schoolgate case recheck {case.id} --saw gone --why "…" --as {desk_.person.id}')
    lines.append(f"  Now: {state_words(case)}.")
    if case.recheck_at is not None:
        lines.append(f"  next look {local(case.recheck_at, desk_.config.zone)}")
    return lines


def _json(result: Rechecked) -> dict[str, object]:
    case = result.case
    return {
        "case": case.id,
        "result": result.seen.check.value,
        "why": result.seen.code,
        "said": result.seen.said,
        "came_back": result.came_back,
        "copies": list(result.copies),
        "state": case.state.value,
        "next_check": case.recheck_at.strftime("%Y-%m-%dT%H:%M:%SZ") if case.recheck_at else None,
    }


def _due_words(each: Done, case: Case) -> str:
    if case.restricted:
        return "looked at. It is with the DSL."
    if each.result is None:
        return "it could not be looked at now, and is tried again."
    if isinstance(each.result, Refusal):
        return f"not looked at. {each.result.said}"
    if each.result.seen.code == "copy":
        return f"the same words stand elsewhere too: post {', '.join(each.result.copies)}."
    again = " It was gone, and stands again." if each.result.came_back else ""
    return f"{CHECKS[each.result.seen.check]}. {each.result.seen.said}{again}"


def _due_json(each: Done, case: Case) -> dict[str, object]:
    if case.restricted:
        return {"case": each.case_id, "restricted": True}
    if isinstance(each.result, Rechecked):
        return _json(each.result)
    return {"case": each.case_id, "result": None, "guard": each.result.guard if each.result else None}


def _unseen(each: Done) -> bool:
    return not isinstance(each.result, Rechecked) or each.result.seen.check in _UNSEEN


def one_or_due(number: str | None, person: str | None, *, due: bool) -> tuple[str, str] | None:
    """The case and the person that are named, None for all that is due. Raises InputError for a mixture."""
    if due and number is None:
        return None
    if due or number is None:
        raise InputError("Name one case, or all that are due: schoolgate case recheck CASE | --due")
    if not person:
        raise InputError("Say who you are: --as PERSON")
    return number, person
