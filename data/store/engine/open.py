"""The entrance to the store: open late, close early, wait your turn.

No process keeps the file from others (design.md, The store), so a scan, the service and the desk work side by
side. Opening and closing takes 8 to 12 ms of processor time, and 1 to 6 where the file is still attached.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import cast

from data.effects import Clock, Sleep
from data.errors import InputError, StoreBusy, StoreError, StoreFull, StoreOlder, explain_refusal
from data.store.engine.connect import OpenFile, connect, damage_error, is_damage, is_of_the_machine
from data.store.engine.migrations import MIGRATIONS, applied_migrations, migrate, refuse_held, refuse_newer
from data.store.engine.rows import Connection, duckdb
from data.store.engine.turn import PATIENCE_S, LockHeld, is_read_only, leave_queue, lock_of, queue_up, turn_of

WAIT_S = 30.0
"""How long a caller waits for its turn."""
RESTORING, ASIDE, BACKING_UP = ".restoring", "before-restore-", ".backing-up-"
"""The folder in the home where a restore is prepared, and how folders begin for what was there before and for
a backup that is to be encrypted."""


class Store:
    """The database file of one home. Processes and threads take turns. `wait_s` is how long a caller waits
    for its turn before StoreBusy is raised. A file of an older version is refused, or with `upgrade` migrated
    as soon as it is read or written. With `keep` it stays attached for a moment after each use, until another
    process wants it."""

    def __init__(
        self,
        home: Path,
        *,
        clock: Clock,
        sleep: Sleep,
        wait_s: float = WAIT_S,
        upgrade: bool = False,
        keep: bool = False,
    ) -> None:
        self.home = home
        self.path = home / "schoolgate.duckdb"
        self.evidence = home / "evidence"
        self._clock = clock
        self._sleep = sleep
        self._wait_s = wait_s
        self._upgrade = upgrade
        self._keep = keep

    @contextmanager
    def write(self, purpose: str) -> Iterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back on any exception. `purpose` says
        what for, in a word or two. Raises StoreBusy past the deadline, StoreError where the file is missing
        or not migrated, StoreFull where the disk is full, StoreTooNew where a newer version wrote it,
        StoreDamaged where what is read is not as it was written."""
        with self._ready(purpose, read_only=False) as con:
            con.execute("BEGIN")
            try:
                yield con
                self._commit(con, purpose)
            except BaseException:
                with suppress(duckdb.Error):  # nothing to undo where the commit failed
                    con.execute("ROLLBACK")
                raise

    def _commit(self, con: Connection, purpose: str) -> None:
        try:
            con.execute("COMMIT")
        except duckdb.Error as error:
            if is_damage(error):
                raise
            raise _kind(error)(
                f"{self.path} could not be written ({purpose}). Nothing of that was kept, and what "
                f"was there before is intact. The reason: {error}"
            ) from error
        if (turn := turn_of(con)) is not None:
            turn.committed = True

    def open_reader(self) -> AbstractContextManager[Connection]:
        """Open a read-only connection with a stable view of the data. Raises as `write` does."""
        return self._ready("read", read_only=True)

    def migrate(self) -> tuple[str, ...]:
        """Bring the file to this version and return the names of the migrations applied.

        Creates the home (0700) and the file (0600). Keeps a copy of an existing file before the first. A file
        of this version on a read-only disk stays as it is. Raises StoreTooNew where a newer version wrote the
        file, StoreHeld where an older one's service runs.
        """
        if self.path.exists() and is_read_only(self.home):
            with self._open_connection("migrate", read_only=True) as con:
                if self._is_current(con):
                    return ()
        if not self.path.exists():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.home.chmod(0o700)
        with self._open_connection("migrate", read_only=False, create=True) as con:
            done = len(applied_migrations(con))
            if not done:  # new, or left unfinished by a crash
                self.path.chmod(0o600)
            elif done < len(MIGRATIONS) and self.home.name != RESTORING:  # a lease in a backup holds nothing
                refuse_held(con, self.path, self._clock())
            return migrate(con, self.path, MIGRATIONS, self._clock())

    def alone(self, purpose: str, *, create: bool = False) -> AbstractContextManager[Connection]:
        """A connection that holds the file exclusively, outside any transaction, and lets go of it at the
        end: for what replaces or removes the file."""
        return self._open_connection(purpose, read_only=False, create=create, stays=False)

    @contextmanager
    def _ready(self, purpose: str, *, read_only: bool) -> Iterator[Connection]:
        with self._open_connection(purpose, read_only=read_only) as con:
            if self._is_current(con):
                yield con
                return
        self.migrate()
        with self._open_connection(purpose, read_only=read_only) as con:
            yield con

    def _is_current(self, con: Connection) -> bool:
        file = getattr(con, "file", None)
        if file is not None and file.checked is MIGRATIONS:
            return True
        done = applied_migrations(con)
        refuse_newer(done, MIGRATIONS, self.path)
        if len(done) == len(MIGRATIONS):
            if file is not None:
                file.checked = MIGRATIONS
            return True
        if self._upgrade:
            return False
        refuse_held(con, self.path, self._clock())
        raise StoreOlder(
            f"{self.path} is from an older version ({len(done)} of {len(MIGRATIONS)} changes applied). "
            "A scan brings it up to date: ⟪scan⟫"
        )

    @contextmanager
    def _open_connection(
        self, purpose: str, *, read_only: bool, create: bool = False, stays: bool = True
    ) -> Iterator[Connection]:
        opened = self._wait_for(purpose, read_only, create)
        opened.keep = self._keep and stays
        failed = True
        try:
            yield cast("Connection", opened.con)
            failed = False
        except InputError:  # what somebody asked for was refused: nothing is wrong with the file
            failed = False
            raise
        except duckdb.Error as error:
            if not self.path.exists():
                raise StoreError(
                    f"{self.path} is gone: its folder was moved or deleted during this."
                ) from error
            if is_damage(error):
                raise damage_error(self.path, error) from error
            if not (isinstance(error, duckdb.IOException) or is_of_the_machine(error)):
                raise
            said = str(error).splitlines()[0]
            said += ". Make room, and begin again." if "No space left" in said else ""
            raise _kind(error)(f"{self.path} could not be read or written ({purpose}): {said}") from error
        finally:
            opened.close(failed=failed)

    def _wait_for(self, purpose: str, read_only: bool, create: bool) -> OpenFile:
        """The deadline counts both clock time and time slept, because a clock may stop or be set back."""
        began = self._clock()
        waited_s = slept_s = 0.0
        place: int | None = None
        try:
            while True:
                if not self.path.exists():
                    refuse_half_restored(self.home)
                    if not create:
                        raise StoreError(f"There is no store at {self.path} yet. A scan makes it: ⟪scan⟫")
                try:
                    if (
                        place is None
                        and waited_s < PATIENCE_S
                        and not (read_only and is_read_only(self.home))
                    ):
                        place = queue_up(lock_of(self.path))
                    return connect(self.path, read_only=read_only)
                except LockHeld as held:
                    if waited_s >= self._wait_s:
                        raise StoreBusy(
                            f"{self.path} is held by {held.holder}. Waited {self._wait_s:g} s, for: "
                            f"{purpose}. Let it finish, or end it, and try again."
                        ) from held
                    self._sleep(held.look_again_s)
                    slept_s += held.look_again_s
                waited_s = max(slept_s, (self._clock() - began).total_seconds())
        except OSError as error:
            raise StoreError(explain_refusal(error, self.path)) from error
        finally:
            if place is not None:
                leave_queue(place)


def _kind(error: duckdb.Error) -> type[StoreError]:
    return StoreFull if is_of_the_machine(error) else StoreError


def refuse_half_restored(home: Path) -> None:
    """Raises StoreError where a restore has not finished: no new store is begun beside it."""
    if not (home / RESTORING).exists() or (home / "schoolgate.duckdb").exists():
        return
    aside = sorted(path.name for path in home.glob(f"{ASIDE}*"))
    there = f"What was there is in {home / aside[-1]}. " if aside else ""
    raise StoreError(
        f"A restore into {home} is under way or was interrupted. {there}To finish it: "
        f"⟪restore⟫ DIR ⟨replace⟩. To begin without it, delete {home / RESTORING}"
    )
