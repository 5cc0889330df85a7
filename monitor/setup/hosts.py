"""Hosts that must be let through a school's filter, by the settings as they are; and what each is for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from urllib.parse import urlsplit

from alerts.delivery.chat import asked_at
from alerts.delivery.graph import GRAPH
from alerts.delivery.tokens import AUTHORITY
from data.frozen import dataclass
from monitor.config.load import Config
from monitor.desk.sign_in.providers import GOOGLE, MICROSOFT
from sources.mailbox.address import is_graph, is_mailbox, mailbox_at

_GOOGLE_TOO = ("https://oauth2.googleapis.com", "https://www.googleapis.com")
"""Where Google's discovery document says that a sign-in goes on."""
_IANA = "https://data.iana.org/rdap/"
_PORTS = {"http": 80, "https": 443}

Reached = tuple[str, int]


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """A host and port, and what for; `proxied`: it is asked through the proxy where there is one."""

    host: str
    port: int
    what_for: tuple[str, ...]
    proxied: bool = True


def hosts(config: Config) -> list[AllowedHost]:
    """All of them, each once, in the order of what they are for."""
    found: dict[tuple[Reached, bool], list[str]] = {}
    for reached, why, proxied in (*_places(config), *_mail(config), *_people(config), *_besides(config)):
        found.setdefault((reached, proxied), []).append(why)
    return [
        AllowedHost(host, port, tuple(dict.fromkeys(why)), proxied)
        for ((host, port), proxied), why in found.items()
    ]


Told = tuple[Reached, str, bool]


def _places(config: Config) -> Iterator[Told]:
    for source in config.sources:
        if source.disabled is None and is_graph(source.url):
            for url in (AUTHORITY, GRAPH):
                yield from _web(url, f"the mailbox {source.name}")
        elif source.disabled is None and is_mailbox(source.url):
            target = mailbox_at(source.url).target
            yield (target.host, target.port), f"the mailbox {source.name}", True
        elif source.disabled is None:
            yield from _web(source.url, "places that are read")


def _mail(config: Config) -> Iterator[Told]:
    mail = config.mail
    if mail is None:
        return
    if mail.host and mail.sign_in != "graph":
        yield (mail.host, mail.port), "sending mail", False
    if mail.sign_in != "password":
        yield from _web(AUTHORITY, "signing in to send mail")
    if mail.sign_in == "graph":
        yield from _web(GRAPH, "sending mail")


def _people(config: Config) -> Iterator[Told]:
    if config.sign_in is not None:
        google = config.sign_in.provider == "google"
        for url in (GOOGLE, *_GOOGLE_TOO) if google else (MICROSOFT,):
            yield from _web(url, "signing in at the desk")
    for address in config.chats.values():
        for url in asked_at(address.get_secret_value()):
            yield from _web(url, "short messages")


def _besides(config: Config) -> Iterator[Told]:
    if config.evidence.timestamp_url:
        yield from _web(config.evidence.timestamp_url, "time stamps")
    if config.heartbeat is not None:
        yield from _web(config.heartbeat.get_secret_value(), "the heartbeat")
    known = tomllib.loads(files("sources.hosting").joinpath("registries.toml").read_text(encoding="utf-8"))
    for url in (_IANA, *known["dns"].values(), *(region["server"] for region in known["regions"])):
        yield from _web(url, "who hosts a page (RDAP)")


def _web(url: str, why: str) -> Iterator[Told]:
    parts = urlsplit(url)
    if parts.hostname:
        yield (parts.hostname, parts.port or _PORTS.get(parts.scheme, 443)), why, True
