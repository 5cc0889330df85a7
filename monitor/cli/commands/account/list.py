"""`schoolgate account list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.store.engine.connect import Connection
    from data.store.sources.own_accounts import OddPost
    from data.types import Source
    from monitor.cli.views.accounts import ShownAccount, ShownEntry
    from monitor.matters.reader import Reader

_MOST_ODD = 5


def account_list(
    school: School = None,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Own accounts: notice, odd posts, what was done there.

    \b
    Examples:
      schoolgate account list
      schoolgate account list --as b-patel --json
    """
    from data.effects import utc_now
    from monitor.cli.commands.common import open_reader
    from monitor.cli.views import accounts as view
    from monitor.home import wiring
    from monitor.terminal.wording import WHO_YOU_ARE

    reader = open_reader(person, home, config)
    urn = wiring.pick_urn(reader.config, school) if school else None
    with reader.store.read() as con:
        shown = _accounts(con, reader, urn)
    if reader.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json([view.as_json(account) for account in shown]))
        finish(0)
    if not shown:
        say("No source is marked as the school's own. Write own = true with it: docs/own-accounts.md")
    for line in view.lines(shown, utc_now(), reader.config.zone):
        say(line)
    finish(0)


def _accounts(con: Connection, reader: Reader, urn: str | None) -> list[ShownAccount]:
    """Every own account of the schools whose accounts this person may know of."""
    from data.store.sources import own_accounts as account_store
    from data.store.sources import source_runs as source_store
    from monitor.cli.views.accounts import ShownAccount

    urns = {s.urn for s in reader.config.schools if urn in (None, s.urn)} & reader.account_schools()
    own = [s for s in reader.config.sources if s.own and urns & set(s.urns)]
    ids = [s.id for s in own]
    runs, notices = source_store.latest_runs(con, ids), account_store.notices(con, ids)
    log = _log(con, reader, ids, urns)
    return [
        ShownAccount(
            *(s, runs.get(s.id), notices.get(s.id), _odd_posts(con, reader, s)),
            [entry for entry in log if entry.logged.source_id == s.id],
        )
        for s in own
    ]


def _odd_posts(con: Connection, reader: Reader, source: Source) -> list[OddPost]:
    """Its newest odd posts that this person may know of."""
    from data.store.alerts import alerts as alert_store
    from data.store.sources import own_accounts as account_store

    odd = account_store.odd_posts(con, source.id, limit=20 * _MOST_ODD)
    alerts = [a for o in odd if (a := alert_store.alert(con, o.alert_id))]
    known = reader.look(con, {a.story_id: a.urn for a in alerts})
    ids = {a.id for a in alerts if known.tells_of(a.story_id)}
    return [o for o in odd if o.alert_id in ids][:_MOST_ODD]


def _log(con: Connection, reader: Reader, ids: list[str], urns: Iterable[str]) -> list[ShownEntry]:
    """What was done on these accounts for these schools."""
    from data.store.sources import own_accounts as account_store
    from monitor.cli.views.accounts import ShownEntry

    done = [entry for entry in account_store.list_log(con, ids) if entry.urn in urns]
    words = reader.may_read_done(done)
    return [ShownEntry(entry, entry.id in words) for entry in done]
