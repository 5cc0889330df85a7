"""Settings for all schools of a home: how mail goes out, how the desk is reached, the way out of the network.

Each is one act, for the desk and the commands, and raises as `write_settings` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from data.frozen import freeze
from data.steps.acts import Refused
from data.words.say import words
from monitor.act.people import Became, Keeper, Shown, write_settings
from monitor.config import edit
from monitor.config.load import Config
from monitor.config.model import DEFAULT_LISTEN

SECRET_FILE = "mail-secret"


@freeze
class MailChoice:
    """The keys that [mail] is to hold, and the secret for a file of its own; None for none."""

    values: dict[str, object]
    secret: str | None = field(default=None, repr=False)

    @property
    def is_application(self) -> bool:
        """Does an application sign in, by a secret of its own?"""
        return "sign_in" in self.values


def set_mail(at: Keeper, chosen: MailChoice) -> Became:
    """Mail goes that way from now on; its secret into a file of its own, for this account alone."""
    values = mail_values(at.config, at.home, chosen)
    write = partial(_set, at, [edit.mail_replaced(values)], "mail")
    if chosen.secret is None or not at.keeps(()):
        return write()
    return edit.write_after_secret(at.home / SECRET_FILE, chosen.secret, write)


def mail_values(config: Config, home: Path, chosen: MailChoice) -> dict[str, object]:
    """The keys of [mail], the file of the secret among them."""
    if chosen.secret is None:
        return chosen.values
    name = SECRET_FILE if config.path.parent == home else str(home / SECRET_FILE)
    return {**chosen.values, "secret_file" if chosen.is_application else "password_file": name}


def do_without_mail(at: Keeper) -> Became:
    """Nobody is sent email from now on: somebody opens the desk each morning."""
    return _set(at, [edit.mail_removed, edit.set_in("", {"without_mail": True})], "mail")


def web_server_elsewhere(config: Config) -> str:
    """The address of the web server in front, where that is another machine; "" for none."""
    others = (str(network) for network in config.serve.proxies if not ip_network(network).is_loopback)
    return next(others, "").removesuffix("/32")


_EVERYWHERE = f"0.0.0.0:{DEFAULT_LISTEN.rpartition(':')[2]}"


def listen_of_ones_own(config: Config) -> str:
    """The address at which pages are served, where somebody set it by hand; "" for one of the usual two."""
    return "" if config.serve.listen in (DEFAULT_LISTEN, _EVERYWHERE) else config.serve.listen


def set_address(at: Keeper, base_url: str | None, elsewhere: str = "", listen: str = "") -> Became:
    """The desk is reached at that address, None for this machine alone; `elsewhere` is where the web server
    in front asks from, where that is another machine; `listen` where we serve it, "" for where is usual."""
    serve: dict[str, object] = {"here_only": None if base_url else True}
    moved = not at.config.serve.proxies or elsewhere.removesuffix("/32") != web_server_elsewhere(at.config)
    if base_url and moved and urlsplit(base_url).scheme == "https":
        serve["proxies"] = [elsewhere or "127.0.0.1"]
    if listen or moved or base_url is None or listen_of_ones_own(at.config):
        serve["listen"] = listen or (_EVERYWHERE if base_url and elsewhere else None)
    return _set(at, [edit.set_in("", {"base_url": base_url}), edit.set_in("serve", serve)], "base_url")


def set_way_out(at: Keeper, **given: str | None) -> Became:
    """Pages are asked for through that `proxy`, or with that `ca_file` of authorities beside our own; None
    takes it away."""
    return _set(at, [edit.set_in("network", given)], "network")


def set_names(at: Keeper, names: Mapping[str, Sequence[str]], mark: str) -> Became:
    """People call the schools that, by number; `mark` is of the schools as they were shown."""
    changes = [edit.change_table("schools", urn, {"aliases": list(said)}) for urn, said in names.items()]
    return _set(at, changes, "schools", Shown("schools", "", mark))


def _set(at: Keeper, changes: list[edit.Change], subject: str, shown: Shown | None = None) -> Became:
    if not at.keeps(()):
        return Refused("schools", words(at.config.schools[0].language)("places.refused.schools"))
    return write_settings(at, changes, subject, shown)
