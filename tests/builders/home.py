"""A home folder with an empty store, or with one that many tests begin with."""

import atexit
import shutil
import tempfile
from collections.abc import Hashable
from functools import cache
from pathlib import Path

from builders.mention import Clock, a_store

from monitor.act.mark import Handling
from monitor.config.home.lookup import known_person
from monitor.home import wiring
from monitor.matters.reader import Session


def a_migrated_store(home, clock=None):
    """A store that is brought up to date already; where there is one, that one."""
    return migrated(a_store(home, clock))


def migrated(store):
    """As `store.migrate()` leaves a new home; where there is one, it stays as it is."""
    if not store.path.exists():
        store.migrate()
    return store


def open_session(person, home, config):
    """Somebody (an id) at work in that home."""
    where, settings, store = wiring.open_home(home, config, at_once=False)
    return Session(settings, store, known_person(settings, person), wiring.make_context(settings, where.home))


def rows_of(store, sql, given=None):
    """The rows that answer this question."""
    with store.open_reader() as con:
        return con.execute(sql, given).fetchall()


def do_in(store, what, *given, **named):
    """Does it in a transaction of its own."""
    with store.write("test") as con:
        return what(con, *given, **named)


def tend(store, task, *given):
    """As the service: reads what a task has to write, then writes it; how many writes that was."""
    with store.open_reader() as con:
        writes = task(con, *given)
    with store.write("test") as con:
        for write in writes:
            write(con)
    return len(writes)


def do_on(session, story, urn, at, what, *given, **named):
    """Does it in a transaction of its own, for somebody at work on a story of a school at that time."""
    with session.store.write("test") as con:
        return what(Handling(con, session, story, urn, at), *given, **named)


_filled: dict[Hashable, Path] = {}


def begun_as(store, key, fill):
    """The store, brought up to date and filled by what depends on the key alone: once each, then copied."""
    if store.path.exists():
        fill(store)
        return store
    if key not in _filled:
        first = a_migrated_store(_folder() / str(len(_filled)), Clock())
        fill(first)
        _filled[key] = first.path
    migrated(store)
    shutil.copy(_filled[key], store.path)
    return store


@cache
def _folder():
    made = Path(tempfile.mkdtemp(prefix="schoolgate-filled-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
