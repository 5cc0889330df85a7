"""`schoolgate encryption`: evidence and backups encrypted, where the disk is not; and a new key for them."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.errors import InputError, KeyMissing, StoreDamaged
from monitor.cli.commands.options import HomeOptions, finish
from monitor.config.home.elsewhere import here
from monitor.config.home.paths import find, keep
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines, tell

if TYPE_CHECKING:
    from data.evidence.vault import Vault
    from data.keeping.at_rest import AtRest
    from data.keeping.envelope import Keyring
    from data.store.engine.open import Store

_NOTED = 1000
"""After so many files it says how far it has got."""
_NAMED = 10
"""So many damaged files are named."""


def on(
    opts: HomeOptions,
    key_file: Annotated[
        Path | None,
        Argument(metavar="[FILE]", help="The file of the key, made where it is not there; none: systemd's."),
    ] = None,
    key_lost: Annotated[
        bool, Option("--key-lost", help="Go on, though evidence is there whose key is lost for good.")
    ] = False,
) -> None:
    """Encrypt evidence, what is there and what comes, and every backup from now on.

    Without FILE the key is the systemd credential schoolgate-at-rest. Once broken off, it goes on when it is
    typed again.

    \b
    Examples:
      schoolgate encryption on /etc/schoolgate/at-rest.key
      schoolgate encryption on
    """
    from data.evidence.vault import Vault
    from data.keeping import at_rest
    from data.keeping.at_rest import AtRest
    from data.keeping.envelope import Keyring

    home = find(os.environ, opts.home, opts.config).home
    store, file, before = wiring.open_store(home), _outside(key_file, home) if key_file else None, None
    with suppress(KeyMissing):  # what cannot be read is written anew
        before = at_rest.read(home)
    place = AtRest(file, before.backups if before else None)
    with store.write("encrypt from now on"):
        is_new = file is not None and not file.exists()
        keys = Keyring(str(file), (secrets.token_bytes(32),)) if is_new else at_rest.keys(place)
        vault = Vault(store.evidence, lambda: keys)
        locked = [why for name in vault.names() if (why := vault.locked(name))]
        if locked and not key_lost:
            raise InputError(
                f"{len(locked):,} files of evidence cannot be read with this key. {locked[0]} If it is lost "
                "for good, they are too; to go on without them: --key-lost. Nothing was changed."
            )
        if file is not None and is_new:
            keep(file, at_rest.key_text(keys.held))
        keep(home / at_rest.NAME, place.text())
    faults = _encrypt_anew(vault, keys.newest)
    say(f"Evidence and backups are encrypted, under the key {keys.newest} in {keys.place}.")
    say("Keep a copy of it elsewhere, not beside the backups: without it nobody can read them.")
    if file is not None and file.stat().st_dev == home.stat().st_dev:
        say("It lies on the disk of the evidence: whoever takes that has both. Backups elsewhere are safe.")
    if before is None:
        say(f"Backups made before are not encrypted. To make one now: {here('schoolgate backup DIR')}")
    _end(faults)


def _outside(file: Path, home: Path) -> Path:
    if not str(file).isprintable():
        raise InputError(
            f"{file}: in the name of the key file are characters that cannot be seen, so that nobody could "
            "type it again. Name another. Nothing was changed."
        )
    path = file.expanduser().resolve()  # a new key is written there, not over a link to it
    if path.is_relative_to(home.resolve()):
        raise InputError(
            f"{file} lies within {home}: whoever takes that has the key as well. Name a file elsewhere, best "
            "on another disk. Nothing was changed."
        )
    return path


def _opened(opts: HomeOptions) -> tuple[Path, Store, AtRest]:
    """The home, its store, where its key lies. Raises InputError where nothing is encrypted."""
    from data.keeping import at_rest

    home = find(os.environ, opts.home, opts.config).home
    store = wiring.open_store(home)
    if (place := at_rest.read(home)) is None:
        raise InputError(f"Nothing is encrypted in {home}. To begin: {here('schoolgate encryption on FILE')}")
    return home, store, place


def _encrypt_anew(vault: Vault, key: str) -> list[str]:
    """Every file under the key of that id, the newest; "": plain. Returns what could not be read, and why."""
    names, faults = vault.not_under(key), list[str]()
    for n, name in enumerate(names):
        if n % _NOTED == 0:
            tell(f"{'encrypting' if key else 'decrypting'} evidence: {n:,} of {len(names):,} files …")
        try:
            vault.encrypt_anew(name, plain=not key)
        except StoreDamaged as error:
            faults.append(str(error))
    return faults


def _end(faults: list[str]) -> None:
    """Says which files are damaged, and ends with 1 where any is."""
    if faults:
        say(f"{len(faults):,} files of evidence could not be read, and stay as they are. No key was dropped.")
        say_lines(f"  {fault}" for fault in faults[:_NAMED])
        say(f"To see all: {here('schoolgate evidence verify')}")
        finish(1)


def rotate(opts: HomeOptions) -> None:
    """Make a new key, and encrypt all evidence under it; what was broken off goes on.

    The older key stays in its file: backups made before need it.

    \b
    Examples:
      schoolgate encryption rotate
    """
    from data.evidence.vault import Vault
    from data.keeping import at_rest

    _, store, place = _opened(opts)
    vault = Vault(store.evidence)
    with store.write("make a new key"):  # one at a time: none writes over the key of another
        keys = at_rest.keys(place)
        if all(map(vault.damaged, vault.not_under(keys.newest))):  # none that was broken off before
            _add_key(place, keys)
        keys = at_rest.keys(place)
    faults = _encrypt_anew(vault, keys.newest)
    every = "All evidence that can be read" if faults else "All evidence"
    say(f"{every} is encrypted under the key {keys.newest} in {keys.place}. Copy that file anew.")
    if len(keys.held) > 1:
        say(f"Backups made before need the older keys, which are still there: {len(keys.held) - 1}.")
        say(f"Make a backup now. Once those before it are gone: {here('schoolgate encryption drop-old')}")
    _end(faults)


def _add_key(place: AtRest, keys: Keyring) -> None:
    from data.keeping import at_rest

    if place.key_file is None:
        raise InputError(
            "All evidence is encrypted under the first key of the systemd credential. For a new one, put it "
            "above that (schoolgate docs encryption), then type this again. Nothing was changed."
        )
    keep(place.key_file, at_rest.key_text((secrets.token_bytes(32), *keys.held)))


def drop_old(opts: HomeOptions) -> None:
    """Delete the older keys, once neither evidence nor a backup needs them.

    \b
    Examples:
      schoolgate encryption drop-old
    """
    from data.evidence.vault import Vault
    from data.keeping import at_rest

    _, store, place = _opened(opts)
    with store.write("drop the older keys"):
        keys = at_rest.keys(place)
        if len(keys.held) == 1:
            say("There is no older key.")
            return
        _refuse_evidence(Vault(store.evidence), keys)
        _refuse_needed(place, keys)
        if place.key_file is None:
            say(f"Nothing needs the older keys. Take them out of the credential; {keys.newest} stays.")
            return
        keep(place.key_file, at_rest.key_text(keys.held[:1]))
    say(f"Older keys deleted from {place.key_file}: {len(keys.held) - 1}. Delete them from its copies, too.")


def _refuse_evidence(vault: Vault, keys: Keyring) -> None:
    """Raises InputError while a file of evidence is not under the newest key."""
    behind = vault.not_under(keys.newest)
    if not all(map(vault.damaged, behind)):
        how = here("schoolgate encryption rotate")
        raise InputError(f"Evidence still needs an older key. To encrypt it anew: {how}")
    if behind:
        raise InputError(
            f"{len(behind):,} files of evidence are damaged, and not under the newest key: older ones stay "
            f"as long as they do, for whoever would save what is left. {vault.damaged(behind[0])} No key was "
            "dropped."
        )


def _refuse_needed(place: AtRest, keys: Keyring) -> None:
    """Raises InputError while a backup that we know of needs an older key, or none can be looked at."""
    from data.retention.backup import encrypted_under, named

    if (folder := place.backups) is None:
        raise InputError(
            "Which backups need an older key is not known: none was made since encryption was switched on. "
            f"Make one where the others are: {here('schoolgate backup DIR')}. No key was dropped."
        )
    if not folder.is_dir():
        raise InputError(
            f"{folder}, with the backups, is not there. Is its disk mounted? No key was dropped."
        )
    needing = [path for path in named(folder) if encrypted_under(path) not in ("", keys.newest)]
    if needing:
        raise InputError(
            f"Backups in {folder} that need an older key: {len(needing)}; the last is {needing[-1].name}. "
            "Delete them, or wait until they are deleted (--keep), then type this again. No key was dropped."
        )


def off(opts: HomeOptions) -> None:
    """Decrypt all evidence, and encrypt nothing from now on. Backups made before stay encrypted.

    \b
    Examples:
      schoolgate encryption off
    """
    from data.evidence.vault import Vault
    from data.keeping import at_rest

    home, store, place = _opened(opts)
    at_rest.keys(place)
    vault = Vault(store.evidence)
    _end(_encrypt_anew(vault, ""))
    with store.write("encrypt nothing from now on"):
        _end(_encrypt_anew(vault, ""))  # what was kept meanwhile
        (home / at_rest.NAME).unlink()
    say("Evidence is not encrypted any more, nor will backups be.")
    say("Keep the key as long as there are backups that were made with it: they still need it.")


encryption_app = group("Encryption of evidence and backups, where the disk has none.")
encryption_app.command("on")(on)
encryption_app.command("rotate")(rotate)
encryption_app.command("drop-old")(drop_old)
encryption_app.command("off")(off)
