"""`schoolgate encryption off`: evidence that an earlier version encrypted, decrypted where the disk is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.errors import InputError, KeyMissing, StoreDamaged
from monitor.cli.commands.options import HomeOptions, finish
from monitor.config.home.elsewhere import here
from monitor.config.home.paths import find
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines, tell

if TYPE_CHECKING:
    from data.evidence.vault import Vault
    from data.store.engine.open import Store

_NOTED = 1000
"""After so many files it says how far it has got."""
_NAMED = 10
"""So many reasons are given."""


def off(
    opts: HomeOptions,
    disk_is_encrypted: Annotated[
        bool, Option("--disk-is-encrypted", help="You have checked that the disk of the home is encrypted.")
    ] = False,
) -> None:
    """Decrypt the evidence that an earlier version encrypted, once its disk is encrypted.

    File by file, each checked against its SHA-256 before it takes the place of what was encrypted. Broken
    off, it goes on when it is typed again. Backups are then encrypted by their own --key.

    \b
    Examples:
      schoolgate encryption off --disk-is-encrypted
    """
    from data.evidence.vault import Vault
    from data.keeping import envelope

    home = find(os.environ, opts.home, opts.config).home
    store = wiring.open_store(home)
    vault, place = Vault(store.evidence), envelope.read_key_place(home)
    names = vault.encrypted()
    if place is None and not names:
        raise InputError(f"Nothing is encrypted by Schoolgate in {home}.")
    if not disk_is_encrypted:
        again = here("schoolgate encryption off --disk-is-encrypted")
        raise InputError(
            f"Whoever takes the disk of {home} can read what is decrypted, unless that is encrypted. How to "
            f"turn that on, and to check it: schoolgate docs encryption. Then type: {again}. Nothing was "
            "changed."
        )
    if names and place is not None:
        envelope.keys_in(place)
    if faults := list(_decrypt(store, vault, names)):
        say(f"Files of evidence that could not be decrypted, and stay as they are: {len(faults):,}.")
        say_lines(f"  {n:,}: {why}" for why, n in Counter(faults).most_common(_NAMED))
        say("Encryption by Schoolgate ends once they can be read, or are deleted with their case.")
        finish(1)
    (home / envelope.AT_REST).unlink(missing_ok=True)
    say(f"Evidence is not encrypted by Schoolgate any more: {len(names):,} files were decrypted.")
    say("New backups are not either, unless you name a key: schoolgate backup DIR --key FILE")
    say("Keep the old key as long as there are backups that were made with it: they still need it.")


def _decrypt(store: Store, vault: Vault, names: Sequence[str]) -> Iterator[str]:
    """Gives why a file could not be decrypted, for each that could not."""
    for n, name in enumerate(names):
        if n % _NOTED == 0:
            tell(f"decrypting evidence: {n:,} of {len(names):,} files …")
        with store.write("decrypt evidence"):  # one at a time, should this be typed twice
            try:
                vault.decrypt(name)
            except (KeyMissing, StoreDamaged) as error:
                yield error.text


encryption_app = group("Evidence that an earlier version encrypted.")
encryption_app.command("off")(off)
