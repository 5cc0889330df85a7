"""A service and two scans by hand, which all look at the same four places at the same time."""

import random
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from support.account import Account, account
from support.mail_server import post_office
from support.places import Places, number_of
from support.service_forks import Worker, configured
from support.web_server import serve

from data.effects import utc_now
from data.store.engine.open import Store

SCORING_S, LIMIT_S = 0.2, 150.0
FOUR = ("gazette", "bulletin", "residents", "talk")
_STORED = """SELECT m.id, coalesce(m.url, r.url) FROM mentions m
    LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version"""
_UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


def looked_at_by_three(folder: Path, threats: int, *, scans: int = 2, seed: int = 7) -> Account:
    """Each threat is published in four places at once; what became of them when all three have read all.

    The model is slow, so that whoever judges works on what another has saved meanwhile.
    """
    home, chance, routes = folder / "home", random.Random(seed), {}
    home.mkdir(mode=0o700)
    with ExitStack() as stack:
        office = stack.enter_context(post_office())
        site = stack.enter_context(serve(routes))
        worker = Worker(folder, home, site.port, folder / "log", SCORING_S)
        stack.callback(worker.close)
        places = Places(worker.clock, chance, *FOUR)
        routes.update(places.routes)
        configured(home, places, site, office.port)
        store = Store(home, clock=utc_now, sleep=time.sleep)
        store.migrate()
        pids = [worker.begin("serve"), *(worker.begin("scan") for _ in range(scans))]
        for _ in range(threats):
            places.threat(*FOUR)
            time.sleep(chance.uniform(0.2, 1.0))
        stored = _all_stored(store, places)
        for pid in pids:
            worker.end(pid, signal.SIGKILL)
        return account(store, places.published, stored, office.taken, aged=False)


def _all_stored(store: Store, places: Places) -> dict[int, set[str]]:
    """Waits until everything is stored and every message sent; the ids of each number."""
    began = time.monotonic()
    while True:
        with store.read() as con:
            rows = con.execute(_STORED).fetchall()
            unsent = con.execute(_UNSENT).fetchall()[0][0]
        found: dict[int, set[str]] = {}
        for mention_id, url in rows:
            found.setdefault(number_of(url), set()).add(mention_id)
        if (len(found) >= len(places.published) and not unsent) or time.monotonic() - began > LIMIT_S:
            return found
        time.sleep(0.3)
